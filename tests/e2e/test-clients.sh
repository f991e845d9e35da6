#!/bin/bash
# Thirty docker clients at once: each gets its own answer, each answer has its line.
. "$(dirname "$0")/begin.sh"

CLIENTS=30
guard_policy production
guard_start
docker_start
image_import > /dev/null
client() {
	local number=$1 answer
	if ((number % 3 == 0)); then
		answer=$(docker create --name "client-$number" --privileged busybox:1.36 2>&1)
		[[ "$answer" == *BLOCKED* ]] || echo "client $number: not blocked: $answer"
		echo "$(denial_id "$answer") denied" >> "$SENTINEL_HOST/answers"
	else
		answer=$(docker run --rm --name "client-$number" --network none --user 1000 --memory 64m busybox:1.36 sh -c "echo hello $number; exit $((number + 1))" 2>&1)
		# What a container says in its last moment Docker may lose on a busy machine (moby, daemon/attach.go, issue 29285); its status it does not.
		[[ $? = $((number + 1)) && ("$answer" = "hello $number" || -z "$answer") ]] || echo "client $number: $answer"
	fi
}
clients=()
for ((i = 0; i < CLIENTS; i++)); do
	client $i >> "$SENTINEL_HOST/complaints" &
	clients+=($!)
done
wait "${clients[@]}"
is "$(cat "$SENTINEL_HOST/complaints")" "" "$CLIENTS clients each got the right answer"
is "$(sort -u "$SENTINEL_HOST/answers" | wc -l)" $((CLIENTS / 3)) "every denial has an id of its own"
missing=0
while read -r id decision; do
	[ "$(journal | jq -r "select(.id == $id) | .decision")" = "$decision" ] || missing=$((missing + 1))
done < "$SENTINEL_HOST/answers"
is "$missing" 0 "every denial is in the journal under its id"
is "$(journal | jq -r 'select(.endpoint == "container.create" and .decision == "allowed") | .id' | wc -l)" $((CLIENTS * 2 / 3)) "so is every container that was created"
is "$(journal | jq .id | sort -n | uniq -d)" "" "no id was given twice"
done_testing
