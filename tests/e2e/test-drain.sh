#!/bin/bash
# A call that waits for Docker when sentineld is told to end is answered, though Docker asks once more before it says anything.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/guard"
printf 'active_policy: production\naudit: {log_reads: all}\n' > "$dir/guard/config.yaml"
mapfile -t said < <(python3 "$here/drain.py" "$SENTINELD" "$dir")
is "${said[0]:-}" '{"Allow": true}' "the waiting call is allowed"
is "${said[1]:-}" 0 "and sentineld ends by itself"
is "$(jq -r 'select(.decision).decision' "$dir/guard/audit/audit.jsonl" | sort | uniq -c | xargs)" "2 allowed" "both calls are in the trail"

# Where systemd holds the socket nothing waits: the next instance is asked, and no call is lost on the connections of the one that ends.
rm -rf "${dir:?}"/*
mkdir "$dir/guard"
printf 'active_policy: production\naudit: {log_reads: all}\n' > "$dir/guard/config.yaml"
mapfile -t said < <(python3 "$here/handover.py" "$SENTINELD" "$dir")
is "${said[0]:-}" "(307, '/AuthZPlugin.AuthZReq', 'close')" "handed over: the waiting call is sent to the next instance"
is "${said[1]:-}" '{"Allow": true}' "... a connection just made is heard"
is "${said[2]:-}" "nothing was taken" "... one that is idle takes nothing any more"
is "${said[3]:-}" "0 at once" "... sentineld does not wait for Docker"
is "${said[4]:-}" '{"Allow": true}' "... and the next instance answers the call"
is "$(jq -r 'select(.decision and .command != "ping").decision' "$dir/guard/audit/audit.jsonl" | xargs)" "allowed" "... which is in the trail once"
done_testing
