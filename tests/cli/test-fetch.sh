#!/bin/bash
# SPDX-License-Identifier: MIT
# Policies from a repository: what a signed bundle puts in force, and everything that must not: each refusal has its own words and leaves the
# policy in force, the last number and the files as they were.
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/cli/service.sh
. "$here/service.sh"

chmod 755 "$dir"
server_pid=
leave() {
	[ -z "$server_pid" ] || kill "$server_pid"
	service_leave
}
trap leave EXIT
umask 022
mkdir -p "$dir/guard/policies" "$dir/repo" "$dir/made"
for key in release relaxer foreign; do
	minisign -G -W -f -p "$dir/$key.pub" -s "$dir/$key.sec" > "$dir/keys.log" 2>&1 || bail_out "minisign makes no key: $(< "$dir/keys.log")"
done

conf() { # SOURCE [LINE...]: fetch.conf
	local source=$1
	shift
	{
		printf '[policies]\nsource=%s\npolicy=shop\n' "$source"
		[ $# -eq 0 ] || printf '%s\n' "$@"
		printf '[key release]\nfile=%s\n[key relaxer]\nfile=%s\nmay_relax=true\n' "$dir/release.pub" "$dir/relaxer.pub"
	} > "$dir/guard/fetch.conf"
}
# policy MEMORY [LINE...] > FILE: blocks privileged containers, and limits memory
policy() {
	printf 'version: "1.0"\nname: shop\nmode: enforce\nrules:\n  privileged: {}\n  container: { action: block, max_memory: %s }\n' "$1"
	shift
	[ $# -eq 0 ] || printf '%s\n' "$@"
}
sign() { minisign -S -s "$dir/${1:-release}.sec" -m "$dir/repo/manifest.json" > "$dir/sign.log" 2>&1 || bail_out "minisign does not sign: $(< "$dir/sign.log")"; }
bundle() { # NUMBER MEMORY [KEY]
	rm -rf "$dir/repo"
	mkdir "$dir/repo"
	policy "$2" > "$dir/made/shop.yaml"
	"$SENTINEL" policy bundle "$dir/repo" "$dir/made/shop.yaml" --number "$1" > "$dir/bundle.log" 2>&1 || bail_out "no bundle: $(< "$dir/bundle.log")"
	sign "${3:-release}"
}
# What the manifest says, otherwise: set JQ
set_manifest() {
	jq "$1" "$dir/repo/manifest.json" > "$dir/manifest.new" && mv "$dir/manifest.new" "$dir/repo/manifest.json"
	sign
}
# Another text for the policy, that the manifest vouches for.
set_policy() { # < TEXT
	cat > "$dir/repo/shop-$1.yaml"
	set_manifest ".policies[0].size = $(stat -c %s "$dir/repo/shop-$1.yaml") | .policies[0].sha256 = \"$(sha256sum < "$dir/repo/shop-$1.yaml" | cut -d' ' -f1)\""
}

fetch() { session policy fetch --config "$dir/guard/fetch.conf" --state "$dir/guard/fetch" "$@"; }
property() { busctl --json=short --address="$DBUS_SESSION_BUS_ADDRESS" get-property io.github.dockersentinel.Sentinel1 /io/github/dockersentinel/Sentinel1 io.github.dockersentinel.Sentinel1.Manager "$1" | jq -r .data; }
in_force() { session --json authz status | jq -r '[.data.active_policy, .data.mode] | join(" ")'; }
limit() { sed -n 's/.*max_memory: \([0-9]*[a-z]\).*/\1/p' "$dir/guard/policies/shop.yaml"; }
accepted() { jq -r .number "$dir/guard/fetch/accepted"; }
standing() { echo "$(in_force) $(limit) $(accepted)"; }

conf "$dir/repo"
service_bus
service_start
succeeds "a start" session policy use production

# The first time.
bundle 3 1g
fails_with 1 "without a record of the last number nothing is fetched" fetch
contains "$output" "policy fetch --begin NUMBER" "it says what to type"
contains "$(property FetchError)" "there is no record of the last number" "and the service knows"
is "$(in_force)" "production enforce" "nothing changed"
fails_with 2 "a beginning has a number" fetch --begin -1
mkdir -p "$dir/guard/fetch"
[ "$(id -u)" != 0 ] || chown 65534:65534 "$dir/guard/fetch"
succeeds "a beginning" fetch --begin 2
is "$(stat -c %u:%g "$dir/guard/fetch/lock")" "$(stat -c %u:%g "$dir/guard/fetch")" "... which keeps nobody out to whom the directory belongs"
fails_with 1 "is made once" fetch --begin 0
contains "$output" "the last number that was accepted here is 2" "and not lowered"

# production is stricter: who may not relax does not get past it.
fails_with 1 "shop is laxer than production" fetch
contains "$output" "it is not certainly as strict as what is in force" "it says so"
contains "$output" "only a key with may_relax=true" "and what it needs"
is "$(in_force) $(accepted)" "production enforce 2" "production stays, and the number"
fails_with 1 "not even its file is written" test -e "$dir/guard/policies/shop.yaml"
bundle 3 1g relaxer
fails_with 0 "by a key that may" fetch
contains "$output" "Policy shop is in force: number 3" "it is in force"
is "$(standing)" "shop enforce 1g 3" "and its number is written down"
is "$(property FetchNumber) $(property FetchPolicy) $(property FetchError)" "3 shop " "as properties, too"
is "$(property FetchSource)" "$dir/repo" "with its source"
contains "$(session authz status)" "  Fetched: number 3 of $dir/repo" "authz status has it"
is "$(session --json authz status | jq -c '.data.fetched | [.number, .policy, .error]')" '[3,"shop",""]' "... and with --json"
contains "$(session doctor)" "the policy shop was fetched (number 3 of $dir/repo)" "so has doctor"
fails_with 0 "the same once more" fetch
contains "$output" "Nothing new: number 3" "is nothing new"
is "$(fetch --json | jq -c '[.success, .data.changed, .data.number]')" '[true,false,3]' "with --json"

bundle 4 512m
fails_with 0 "a stricter one, by a key that may not relax" fetch
is "$(standing)" "shop enforce 512m 4" "is in force"
# What the guard recorded: allowed by 512m, not by 64m.
answer=$(ask POST /v1.41/containers/create '{"Image":"busybox:1","HostConfig":{"Memory":134217728}}')
contains "$answer" '"Allow":true' "a call that is recorded"

# Every way in which a bundle can be wrong.  Each begins with a good one, number 5.
before=$(standing)
refused() { # CODE TEXT WHAT
	fails_with "$1" "$3: refused" fetch
	contains "$output" "$2" "... and says so"
	contains "$(property FetchError)" "$2" "... to who asks the service, too"
	is "$(standing)" "$before" "... what was in force stays"
}
fresh() { bundle 5 256m; conf "$dir/repo"; }

fresh; sign foreign
refused 1 "which is none of those in" "another key"
fresh; jq '.number = 6' "$dir/repo/manifest.json" > "$dir/m" && mv "$dir/m" "$dir/repo/manifest.json"
refused 1 "was changed after it was signed" "a manifest that was altered"
fresh; head -c 100 "$dir/repo/manifest.json" > "$dir/m" && mv "$dir/m" "$dir/repo/manifest.json"
refused 1 "was changed after it was signed" "one that is cut off"
fresh; head -c 60 "$dir/repo/manifest.json.minisig" > "$dir/m" && mv "$dir/m" "$dir/repo/manifest.json.minisig"
refused 1 "is no signature of minisign's, or is cut off" "a signature that is cut off"
fresh; rm "$dir/repo/manifest.json.minisig"
refused 3 "cannot fetch $dir/repo/manifest.json.minisig" "no signature"
fresh; sed -i 's/256m/900m/' "$dir/repo/shop-5.yaml"
refused 1 "is not the file that was signed" "a policy that was altered"
fresh; truncate -s -20 "$dir/repo/shop-5.yaml"
refused 1 "is cut off" "a policy that is cut off"
fresh; echo "# more" >> "$dir/repo/shop-5.yaml"
refused 3 "it is too large" "a policy that is longer than was signed"
fresh; set_manifest '.policies[0].size = 4194305'
refused 1 "a policy has at most 4194304 bytes" "a policy that is too large"
fresh; head -c 70000 /dev/zero | tr '\0' ' ' >> "$dir/repo/manifest.json"; sign
refused 3 "it is too large: more than 65536 bytes" "a manifest that is too large"
fresh; set_manifest '.number = 3'
refused 1 "has the number 3, and 4 was accepted here already" "a lower number"
fresh; set_manifest '.number = 4'
refused 1 "has the number 4 again" "the same number of another bundle"
fresh; set_manifest '.expires = "2026-01-31T00:00:00Z"'
refused 1 "ended at 2026-01-31" "a bundle that has expired"
bundle 4 512m; set_manifest '.expires = "2026-01-31T00:00:00Z"'
refused 1 "ended at 2026-01-31" "also of the number that is in force"
fresh; set_manifest '.more = true'
refused 1 "not what this version understands" "a manifest with a member that is not known"
fresh; set_manifest '.policies[0].file = "../made/shop.yaml"'
refused 1 "not what this version understands" "a file that is elsewhere"
fresh; set_manifest '.policies[0].name = "other"'
refused 1 "has no policy shop" "a bundle without this machine's policy"
fresh; policy 256m "nonsense: true" | set_policy 5
refused 1 "the policy shop does not load" "a policy that does not load"
fresh; policy 256m | sed 's/name: shop/name: other/' | set_policy 5
refused 3 "the policy calls itself other" "a policy of another name"
fresh; policy 256m 'tests:' '  - command: docker run --privileged ubuntu' '    expect: { decision: allowed }' | set_policy 5
refused 1 "a test of the policy shop fails" "a policy whose own tests fail"
fresh; policy 2g | set_policy 5
refused 1 "it is not certainly as strict as what is in force" "a laxer one, by a key that may not relax"
fresh; policy 64m | set_policy 5
refused 1 "would deny 1 of the calls recorded here that were allowed" "one that would deny what was allowed"
contains "$output" "docker create" "with the call"
fresh; conf "$dir/gone"
refused 3 "cannot fetch $dir/gone/manifest.json" "no repository"
fresh; conf https://127.0.0.1:1
refused 3 "cannot fetch https://127.0.0.1:1/manifest.json" "a server that nobody reaches"
fresh; conf http://127.0.0.1:1
refused 3 "source is https://HOST/PATH or the path of a directory" "no encryption"
fresh; conf "$dir/repo" "max_newly_denied=few"
refused 3 "max_newly_denied is a number, or any" "a bound that is none"
fresh; conf "$dir/repo" "relax=yes"
refused 3 'has no key "relax"' "a key that is not known"
fresh; chmod 666 "$dir/release.pub"
refused 3 "release.pub is not believed" "a key that others may write"
chmod 644 "$dir/release.pub"; fresh; chmod 777 "$dir"
refused 3 "is not believed" "a configuration in a directory that others may write"
chmod 755 "$dir"
contains "$(session doctor)" "policies were not fetched, what was in force stays" "doctor has what is wrong"

# The record of the last number.
fresh; mv "$dir/guard/fetch/accepted" "$dir/kept"
fails_with 1 "a record that was removed is not \"none\"" fetch
contains "$output" "an old bundle could come back" "it says why"
printf '{"number": "4"}' > "$dir/guard/fetch/accepted"
fails_with 1 "nor is a broken one" fetch
contains "$(session doctor)" "there is no record of the last number" "doctor has it"
succeeds "an administrator repairs it by a command" fetch --begin 4
fails_with 0 "and then it goes on" fetch
is "$(standing)" "shop enforce 256m 5" "with the newer one"

# What is only told; the service gone.
bundle 6 64m; conf "$dir/repo" "max_newly_denied=any"
fails_with 0 "max_newly_denied=any" fetch
contains "$output" "it would have denied 1 more" "only tells"
is "$(standing)" "shop enforce 64m 6" "and goes on"
bundle 7 32m
service_stop
fails_with 3 "without the service" fetch
is "$(limit) $(accepted)" "64m 6" "nothing changes"
service_start
fails_with 0 "when it is back, it goes on" fetch
is "$(standing)" "shop enforce 32m 7" "the newest is in force"

# From a server.
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=repo -addext subjectAltName=IP:127.0.0.1 -keyout "$dir/tls.key" -out "$dir/tls.crt" 2> "$dir/tls.log" || bail_out "no certificate"
python3 -B "$here/https.py" "$dir/tls.crt" "$dir/tls.key" "$dir/repo" > "$dir/port" 2> "$dir/https.log" &
server_pid=$!
for _ in $(seq 200); do [ ! -s "$dir/port" ] || break; sleep 0.05; done
url=https://127.0.0.1:$(< "$dir/port")
bundle 8 16m
before=$(standing)
conf "$url"
refused 3 "cannot fetch $url/manifest.json: " "a server whose certificate nobody vouches for"
conf "$url" "ca=$dir/tls.crt" "max_newly_denied=1"
fails_with 0 "with its certificate" fetch
contains "$output" "number 8 of $url" "it comes from the server"
is "$(standing)" "shop enforce 16m 8" "and is in force"
before=$(standing)
for what in endless short away missing; do
	conf "$url/$what" "ca=$dir/tls.crt"
	refused 3 "cannot fetch $url/$what/manifest.json: " "a server that is $what"
done
conf "$url" "ca=$dir/tls.crt" "max_newly_denied=1"
fails_with 0 "after all that" fetch
is "$(property FetchError)" "" "nothing is wrong any more"

# The maker refuses what the machines would.
fails_with 2 "a bundle without a number" "$SENTINEL" policy bundle "$dir/repo" "$dir/made/shop.yaml"
fails_with 2 "a number that does not rise" "$SENTINEL" policy bundle "$dir/repo" "$dir/made/shop.yaml" -n 8
contains "$output" "--number 9 or more" "says which would"
echo "rules: [" >> "$dir/made/shop.yaml"
fails_with 1 "a policy that does not load" "$SENTINEL" policy bundle "$dir/repo" "$dir/made/shop.yaml" -n 9
is "$(jq .number "$dir/repo/manifest.json")" 8 "leaves the bundle as it was"
policy 16m > "$dir/made/shop.yaml"
"$SENTINEL" --json policy bundle "$dir/repo" "$dir/made/shop.yaml" -n 99 > /dev/null
answers_hold "policy bundle" "policy fetch"
done_testing
