#!/bin/bash
# Connections that Docker takes over or keeps open: attach, exec, logs -f, events, stats; under the guard as without.
. "$(dirname "$0")/begin.sh"

BYTES=3000000
guard_policy_all_reads production
guard_template_fits production
guard_start
docker_start
image_import > /dev/null
run() { docker run --network none --user 1000 --memory 64m "$@"; }
decided() { # ENDPOINT: of all calls of it
	journal | jq -r --arg endpoint "$1" 'select(.endpoint == $endpoint) | .decision' | sort -u | xargs
}

is "$(printf 'one\ntwo\n' | run --rm -i busybox:1.36 cat)" "one
two" "run -i: what goes in comes out"
is "$(head -c $BYTES /dev/zero | run --rm -i busybox:1.36 busybox wc -c)" $BYTES "run -i: much of it, to its end"
is "$(run --rm busybox:1.36 sh -c 'echo out; echo err >&2; exit 7' 2> "$SENTINEL_HOST/err"; echo "$? $(cat "$SENTINEL_HOST/err")")" "out
7 err" "run: both outputs and the exit status"
contains "$(python3 "$here/answer.py" "name?" world -- "$(type -P docker)" run --rm -it --network none --user 1000 --memory 64m busybox:1.36 \
	sh -c 'read -p "name? " n; echo "hello $n on $(busybox tty)"')" "hello world on /dev/" "run -it: a terminal"

docker create --name echo -i --network none --user 1000 --memory 64m busybox:1.36 cat > /dev/null
is "$(echo attached | timeout 20 docker start -ai echo)" attached "start -ai: in, out, and its end"
is "$(docker wait echo)" 0 "... and the container has ended with its input"

run -d --name lasting busybox:1.36 sleep 600 > /dev/null
is "$(head -c $BYTES /dev/zero | docker exec -i lasting busybox wc -c)" $BYTES "exec -i: much of it, to its end"
docker exec lasting sh -c 'exit 9'
is $? 9 "exec: its exit status"
contains "$(docker exec --privileged lasting id 2>&1)" "BLOCKED BY SENTINEL" "exec --privileged is blocked meanwhile"
holders=()
for ((i = 0; i < 20; i++)); do
	docker exec lasting sh -c "sleep 2; echo held $i" > "$SENTINEL_HOST/held.$i" &
	holders+=($!)
done
start=$SECONDS
succeeds "20 execs are open: others are answered" docker ps
wait "${holders[@]}"
is "$(cat "$SENTINEL_HOST"/held.* | sort -u | wc -l)" 20 "... and each has its own end"
succeeds "... none waited for another" test $((SECONDS - start)) -lt 20

run -d --name talks busybox:1.36 sh -c 'for i in 1 2 3 4; do echo line $i; sleep 1; done' > /dev/null
is "$(timeout 30 docker logs -f talks | xargs)" "line 1 line 2 line 3 line 4" "logs -f: until the container ends"
docker start talks > /dev/null
contains "$(timeout 30 docker attach --no-stdin talks | xargs)" "line 4" "attach: what comes, to its end"
is "$(docker logs --tail 1 talks)" "line 4" "logs"

command docker events --format '{{.Type}} {{.Action}} {{.Actor.Attributes.name}}' > "$SENTINEL_HOST/events" &
events=$!
saw() { grep -qx "container $1 seen" "$SENTINEL_HOST/events"; }
started() { docker rm -f seen > /dev/null 2>&1; run -d --name seen busybox:1.36 id > /dev/null && sleep 0.3 && saw start; }
succeeds "events: a start is told while it happens" wait_for 20 started
succeeds "... and a death" wait_for 10 saw die
kill $events
contains "$(docker stats --no-stream --format '{{.Name}}' | xargs)" lasting "stats"
is "$(decided container.attach) $(decided container.logs) $(decided system.events)" "allowed allowed allowed" "all of them are in the journal"
is "$(decided exec.create)" "allowed denied" "so are the execs"
done_testing
