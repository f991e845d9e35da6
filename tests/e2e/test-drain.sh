#!/bin/bash
# A call that waits for Docker when sentineld is told to end is answered, though Docker asks once more before it says anything.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/guard"
echo "active_policy: production" > "$dir/guard/config.yaml"
mapfile -t said < <(python3 "$here/drain.py" "$SENTINELD" "$dir")
is "${said[0]:-}" '{"Allow": true}' "the waiting call is allowed"
is "${said[1]:-}" 0 "and sentineld ends by itself"
is "$(jq -r .decision "$dir/guard/audit/audit.jsonl" | sort | uniq -c | xargs)" "2 allowed" "both calls are in the trail"
done_testing
