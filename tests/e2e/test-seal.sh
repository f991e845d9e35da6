#!/bin/bash
# Seals of the trail in the system's journal, which here is a journald of the script's own: what was removed from the trail's end, and a chain
# that was made anew from a line on, is found; what nobody sealed is said not to be proved.
. "$(dirname "$0")/begin.sh"

audit=$SENTINEL_HOST/guard/audit
guard_policy development
mkdir -p /run/systemd/journal /run/log
mount -t tmpfs tmpfs /var/log/journal 2> /dev/null || true

ask() { curl -s --unix-socket $PLUGIN_SOCKET http://p/AuthZPlugin.AuthZReq -d "{\"RequestMethod\":\"POST\",\"RequestUri\":\"/v1.41/volumes/create\",\"RequestBody\":\"$(echo "{\"Name\":\"$1\"}" | base64 -w0)\"}" > /dev/null; }
verify() { "$SENTINEL" --local --config-dir "$SENTINEL_HOST/guard" audit verify; }
guard_in_journal() {
	# As systemd tells a service where its log goes (systemd.exec(5), JOURNAL_STREAM).
	systemd-cat -t sentineld sh -c 'JOURNAL_STREAM=$(stat -Lc %d:%i /proc/self/fd/2) exec "$@"' - \
		"$SENTINELD" --config-dir "$SENTINEL_HOST/guard" --authz-socket $PLUGIN_SOCKET --bus none &
	guard_pid=$!
	wait_for 20 curl -s --unix-socket $PLUGIN_SOCKET -X POST http://p/Plugin.Activate || bail_out "sentineld did not start"
}
# Lines with another chain: each with the hash of the one before it, from line N on with what sed says.
remade() { # N SED
	python3 -B - "$audit/audit.jsonl" "$1" "$2" << 'END'
import hashlib, re, sys
name, first, new = sys.argv[1], int(sys.argv[2]), sys.argv[3]
lines = open(name).read().splitlines()
for i in range(first - 1, len(lines)):
    if i == first - 1:
        lines[i] = lines[i].replace(*new.split("=>"))
    before = hashlib.sha256(lines[i - 1].encode()).hexdigest() if i else "0" * 64
    lines[i] = re.sub(r'"prev":"[0-9a-f]{64}"}$', f'"prev":"{before}"}}', lines[i])
open(name, "w").write("\n".join(lines) + "\n")
END
}

guard_start
ask one
guard_stop
contains "$(verify)" "the system's journal cannot be read (there is none here" "without a journal of the system verify says so"
fails_with 3 "a seal without one" "$SENTINEL" --local --config-dir "$SENTINEL_HOST/guard" audit seal
contains "$output" "no system journal" "says so, too"

/lib/systemd/systemd-journald > "$SENTINEL_HOST/journald.log" 2>&1 &
journald=$!
wait_for 20 test -S /run/systemd/journal/stdout || { cat "$SENTINEL_HOST/journald.log" >&2; bail_out "journald did not start"; }
contains "$(verify)" "no seal of it is in the system's journal" "a trail that nobody sealed is not proved, and verify says so"

guard_in_journal
ask two
guard_stop
sealed() { journalctl --sync > /dev/null 2>&1; verify; }
contains "$(sealed)" "in the system's journal; 0 records after it are not" "a service that stops seals all of it"
is "$(journalctl -o json MESSAGE_ID=86ef642e7c914941b03c020488777547 | jq -r .SENTINEL_HASH | tail -1)" "$(tail -1 "$audit/audit.jsonl" | head -c -1 | sha256sum | cut -d' ' -f1)" \
	"the seal has the hash of the last line"
cp -a "$audit" "$SENTINEL_HOST/whole"
again() { rm -rf "$audit" && cp -a "$SENTINEL_HOST/whole" "$audit"; }

guard_start
ask three
guard_kill
is "$(verify | grep -c "; [1-9][0-9]* records after it are not")" 1 "what came after the seal is not proved"
contains "$("$SENTINEL" --local --config-dir "$SENTINEL_HOST/guard" audit seal)" "sealed up to record" "audit seal says how far"
contains "$(sealed)" "; 0 records after it are not" "it proves the rest"
rm -rf "$SENTINEL_HOST/whole"
cp -a "$audit" "$SENTINEL_HOST/whole"

sed -i '$d' "$audit/audit.jsonl"
fails_with 1 "a trail whose last line was removed" verify
contains "$output" "its end was removed" "says so"
again
sed -i '3,$d' "$audit/audit.jsonl"
fails_with 1 "a trail of which two lines are left" verify
contains "$output" "audit.jsonl:2: the trail ends here" "says where"
again
remade 3 '"user":"=>"user":"mallory'
fails_with 1 "a chain that was made anew from line 3 on" verify
contains "$output" "the chain was made anew" "says so"
again
remade 1 '"pid":=>"pid":1'
fails_with 1 "a chain that was made anew from the first line on" verify
again
contains "$(verify)" "proved up to record" "the whole one is as it was"

# Who is neither root nor the trail's owner seals nothing.
printf 'MESSAGE_ID=86ef642e7c914941b03c020488777547\nSENTINEL_DIRECTORY=%s\nSENTINEL_RECORD=9\nSENTINEL_POSITION=99999999\nSENTINEL_HASH=%064d\n' "$(realpath "$audit")" 0 \
	| setpriv --reuid 65534 --regid 65534 --clear-groups logger --journald
contains "$(sealed)" "intact" "a message of somebody else's is no seal"
printf 'MESSAGE_ID=86ef642e7c914941b03c020488777547\nSENTINEL_DIRECTORY=%s\nSENTINEL_RECORD=9\nSENTINEL_POSITION=99999999\nSENTINEL_HASH=%064d\n' "$(realpath "$audit")" 0 | logger --journald
journalctl --sync
fails_with 1 "the same of root's" verify
done_testing
