#!/bin/bash
# SPDX-License-Identifier: MIT
# What stands on a terminal of 80 and of 200 columns: nothing is wider, what is cut says so, and long answers go through a pager.
#   GOLDEN=write: what it prints today becomes what is expected (tests/cli/golden)
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/e2e/tap.sh
. "$root/tests/e2e/tap.sh"

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
unset NO_COLOR PAGER SENTINEL_PAGER SUDO_UID PKEXEC_UID
export TMPDIR=$dir SENTINEL_DAEMON=$SENTINELD TERM=xterm TZ=UTC LC_ALL=C.UTF-8
on() { python3 -B "$root/tests/cli/terminal.py" "$@"; } # COLUMNS COMMAND...
here=(--local --config-dir "$dir/config" --no-pager)

# A trail of long lines, the same each time.
mkdir -p "$dir/config/audit"
record() { # ID DECISION SCORE USER COMMAND MESSAGE
	printf '{"v":2,"id":%d,"time":%d,"decision":"%s","mode":"enforce","policy":"production","score":%d,"max_score":50,"user":"%s","method":"POST","uri":"/v1.41/containers/create","endpoint":"container.create","command":"%s","image":"nginx:1.25","subject":"","duration_us":10,"findings":[%s]}\n' \
		"$1" $((1769860800000000 + $1 * 60000000)) "$2" "$3" "$4" "$5" "${6:+{\"rule\":\"privileged\",\"severity\":\"critical\",\"category\":\"privileged\",\"action\":\"block\",\"message\":\"$6\"\}}"
}
{
	record 1 allowed 0 alice "docker create nginx:1.25"
	record 2 denied 65 tls:build-machine-of-the-shop "docker create --privileged --name a-name-that-is-rather-long --network shop nginx:1.25" "Privileged containers are not allowed"
	record 3 denied 100 one-of:alice,bob,carol "docker create -v /etc:/host/etc --label 日本語のラベル=日本語 nginx:1.25" "Mounting /etc from the host is not allowed: it has the host's passwords"
} > "$dir/config/audit/audit.jsonl"

long=$(printf 'production with a description of a hundred and twenty characters, which no terminal of eighty columns can show in one %s' line)
printf 'name: wide\nmode: warn\ndescription: "%s"\nrules: {privileged: {}}\n' "$long" > "$dir/wide.yaml"
"$SENTINEL" "${here[@]}" policy list > /dev/null 2>&1
cp "$dir/wide.yaml" "$dir/config/policies/wide.yaml"
printf 'name: bad\nmode: wrong\n' > "$dir/config/policies/bad.yaml"

golden() { # NAME STATUS WORD...
	local name=$1 status=$2 columns file text actual
	shift 2
	for columns in 80 200; do
		file=$root/tests/cli/golden/$name-$columns.txt
		text=$(on "$columns" "$SENTINEL" "${here[@]}" "$@")
		actual=$?
		text=${text//$dir/DIR}
		[ "${GOLDEN:-}" != write ] || printf '%s\n' "$text" > "$file"
		is "$text" "$(cat "$file")" "$name at $columns columns"
		is "$actual" "$status" "and its exit status"
		is "$(printf '%s\n' "$text" | python3 -c '
import re, sys, unicodedata
width = lambda line: sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
for line in sys.stdin:
    line = re.sub("\x1b\\[[0-9;]*m", "", line.rstrip("\n"))
    if width(line) > int(sys.argv[1]):
        print(line)' "$columns")" "" "nothing is wider"
	done
}
golden policy-list 0 policy list
golden coverage 0 policy show --coverage production
golden audit-list 0 audit list
golden audit-list-plain 0 audit list --no-legend --no-color
golden audit-stats 0 audit stats
golden grants 0 grant list
golden help 0 help
golden help-learn 0 help policy learn

text=$(on 80 "$SENTINEL" "${here[@]}" policy list --full)
contains "$text" "$long" "--full cuts nothing"
contains "$("$SENTINEL" "${here[@]}" policy list)" "$long" "nor does a pipe"
contains "$(on 80 env LC_ALL=C "$SENTINEL" "${here[@]}" policy list)" "~" "a terminal without the mark for it gets another"
contains "$(on 80 env LC_ALL=C "$SENTINEL" "${here[@]}" validate --policy production -- docker run --privileged x | LC_ALL=C tr -d '\000-\177' | wc -c)" 0 "and no pictures"
contains "$(LC_ALL=C "$SENTINEL" "${here[@]}" validate --policy production -- docker run --privileged x)" "⛔ BLOCKED BY SENTINEL (Risk Score: 65/100)" "a pipe has them"
is "$("$SENTINEL" "${here[@]}" --no-legend policy list | grep -c NAME)" 0 "--no-legend leaves out the heading"

# Colours.
coloured() { on 80 env "$@" "$SENTINEL" "${here[@]}" policy list | grep -c $'\033\['; }
is "$(coloured A=b)" 1 "the heading has a colour"
is "$(coloured NO_COLOR=1)" 0 "not with NO_COLOR"
is "$(coloured NO_COLOR=)" 1 "which says nothing when it is empty"
is "$(coloured TERM=dumb)" 0 "not on a terminal that cannot show it"
is "$(on 80 "$SENTINEL" "${here[@]}" --no-color policy list | grep -c $'\033\[')" 0 "not with --no-color"
is "$("$SENTINEL" "${here[@]}" policy list | grep -c $'\033\[')" 0 "not in a pipe"

# Quiet: the exit status is the answer.
while IFS='|' read -r status line; do
	eval "words=($line)"
	fails_with "$status" "quiet: $line" "$SENTINEL" "${here[@]}" --quiet "${words[@]}"
	is "$output" "" "says nothing"
done <<'ROWS'
0|validate --policy permissive -- docker run nginx:1.25
1|validate --policy production -- docker run --privileged nginx:1.25
0|policy create quiet --template strict
0|policy use quiet
1|policy diff strict permissive
0|policy use production
0|policy delete quiet --yes
0|authz reload
ROWS
fails_with 3 "what goes wrong is said" "$SENTINEL" "${here[@]}" --quiet policy use nothing
contains "$output" "there is no policy" "with its reason"
contains "$("$SENTINEL" "${here[@]}" --quiet policy list)" production "and what is asked for is shown"

# How far it is, of what reads the whole trail: one that is long enough to be looked at while it is read.
mkdir -p "$dir/long/audit" "$dir/out"
python3 -c '
line = "{\"v\":1,\"id\":%d,\"time\":%d,\"decision\":\"allowed\",\"mode\":\"enforce\",\"policy\":\"production\",\"score\":0,\"max_score\":50,\"user\":\"alice\",\"method\":\"POST\",\"uri\":\"/v1.41/containers/create\",\"endpoint\":\"container.create\",\"command\":\"docker create nginx\",\"image\":\"nginx\",\"subject\":\"\",\"duration_us\":1,\"findings\":[]}"
for i in range(1, 80001):
    print(line % (i, 1769860800000000 + i))' > "$dir/long/audit/audit.jsonl"
cp "$dir/long/audit/audit.jsonl" "$dir/recorded.jsonl"
"$SENTINEL" --local --config-dir "$dir/long" policy list > /dev/null 2>&1
long_trail() { on "$columns" timeout 100 "$SENTINEL" --local --config-dir "$dir/long" --no-pager "$@" 2>&1 | tr '\r' '\n'; }
while IFS='|' read -r what line; do
	line=${line//DIR/$dir}
	read -ra words <<< "$line"
	columns=80
	text=$(long_trail "${words[@]}")
	succeeds "${words[*]:0:2} has a bar" grep -qE "^$what [█░]{24} +[0-9]+ %" <<< "$text"
	succeeds "which is gone in the end" grep -qE $'^\033\\[K.' <<< "$text"
done <<'ROWS'
reading the trail|audit verify
making the index of the trail anew|audit reindex
writing the decisions|audit export --output DIR/out/all
judging the recorded calls|policy replay strict
judging the recorded calls|policy replay --file DIR/recorded.jsonl strict
ROWS
for line in "audit verify" "policy replay strict"; do
	read -ra words <<< "$line"
	is "$(long_trail --quiet "${words[@]}" | grep -c ' %')" 0 "$line --quiet has none"
	is "$("$SENTINEL" --local --config-dir "$dir/long" "${words[@]}" 2>&1 | grep -c ' %')" 0 "nor has $line elsewhere"
done
columns=50
succeeds "a narrow terminal has a shorter line" grep -qE "^making the index o… [█░]{24} +[0-9]+ %" <<< "$(long_trail audit reindex)"
is "$(on 50 timeout 2 "$SENTINEL" --local --config-dir "$dir/long" audit export --format csv 2>&1 | grep -c ' %')" 0 "an export that is shown while it is written has none"
rm -rf "$dir/long" "$dir/out" "$dir/recorded.jsonl"

# The pager.
here=(--local --config-dir "$dir/config")
mkdir "$dir/bin"
printf '#!/bin/sh\necho "LESS=$LESS secure=$LESSSECURE charset=$LESSCHARSET"\ncat\n' > "$dir/bin/less"
chmod +x "$dir/bin/less"
paged() { on 80 env "PATH=$dir/bin:$PATH" "$@" "$SENTINEL" "${here[@]}" "${words[@]}"; }
words=(policy list)
contains "$(paged A=b)" "LESS=FRSXMK secure= charset=utf-8" "less is the pager"
contains "$(paged A=b)" "ci-cd" "and shows the answer"
contains "$(paged PAGER='sed s/^/page:/')" "page:   ci-cd" "\$PAGER is another"
contains "$(paged PAGER=cat SENTINEL_PAGER="sed 's/^/own: /'")" "own:    ci-cd" "\$SENTINEL_PAGER comes before it"
is "$(paged PAGER= | grep -c LESS)$(paged SENTINEL_PAGER=cat | grep -c LESS)" 00 "an empty one is none"
contains "$(paged SENTINEL_LESS=FX)" "LESS=FX " "\$SENTINEL_LESS has its options"
contains "$(paged SUDO_UID=1000 PAGER='sed s/^/page:/' SENTINEL_LESS=FX)" "LESS=FRSXMK secure=1" "under sudo it is less, which starts nothing"
contains "$(paged PKEXEC_UID=1000 SENTINEL_PAGER='sed s/^/page:/')" "secure=1" "and under pkexec"
is "$(paged TERM=dumb | grep -c LESS)$(paged -u TERM | grep -c LESS)" 00 "a terminal of no kind has none: less would ask there"
contains "$(paged PAGER=/nonexistent)" "ci-cd" "one that is not there is no pager"
for words in "policy list --no-pager" "policy list --json" "policy list --quiet" "validate -- docker ps"; do
	read -ra words <<< "$words"
	is "$(paged A=b | grep -c LESS)" 0 "${words[*]}: no pager"
done
words=(policy list)
is "$(PATH=$dir/bin:$PATH "$SENTINEL" "${here[@]}" policy list | grep -c LESS)" 0 "nor is there one in a pipe"
words=(policy diff production permissive)
paged PAGER=true > /dev/null
is $? 1 "who reads only the beginning does not change the exit status"
succeeds "less itself shows a short answer and ends" on 80 env PAGER=less "$SENTINEL" "${here[@]}" policy list
# What is gone for good is asked about on a terminal.
clearing() { python3 -B "$root/tests/e2e/answer.py" "Remove all records from the audit trail for good? [y/N]" "$1" -- "$SENTINEL" --local --config-dir "$dir/config" audit clear; }
fails_with 3 "audit clear asks, and no is no" clearing n
contains "$output" "nothing was removed" "which is said"
fails_with 3 "as is the end of the input" clearing ^D
fails_with 0 "yes is yes" clearing y
contains "$output" "records removed" "and done"
done_testing
