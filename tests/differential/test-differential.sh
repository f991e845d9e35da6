#!/bin/bash
# There is no body that Go and Sentinel both take and read differently.  READER is the built reader;
# SEED and COUNT may be given: a seed that failed once reproduces.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
: "${READER:?the built reader}"
seed=${SEED:-$(date +%s)} count=${COUNT:-200000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

GO111MODULE=off GOCACHE=$work/cache go build -o "$work/oracle" "$here/oracle.go" || exit 1
"$work/oracle" make "$seed" "$count" > "$work/bodies"
"$work/oracle" read < "$work/bodies" > "$work/go"
"$READER" < "$work/bodies" > "$work/ours"

# A body that we refuse and Go takes is a matter of taste; one that we take must be read as Go reads it.
paste -d' ' "$work/ours" "$work/go" "$work/bodies" | awk '$1 != "refused" && $2 != "refused" && $1 != $2' > "$work/different"
taken=$(grep -cv '^refused$' "$work/ours")
echo "1..2"
if [ -s "$work/different" ]; then
	echo "not ok 1 - $count bodies (seed $seed): $(wc -l < "$work/different") are read in two ways"
	head -5 "$work/different" | while read -r ours go body; do
		printf '# body: %s\n#   ours: %s\n#   Go:   %s\n' "$(base64 -d <<< "$body" | tr -d '\n')" "$ours" "$go"
	done
else
	echo "ok 1 - $count bodies (seed $seed): none is read in two ways"
fi
if [ "$taken" -gt $((count / 10)) ] && [ "$(wc -l < "$work/ours")" = "$count" ] && [ "$(wc -l < "$work/go")" = "$count" ]; then
	echo "ok 2 - $taken of them are taken"
else
	echo "not ok 2 - only $taken of $count are taken"
fi
[ ! -s "$work/different" ]
