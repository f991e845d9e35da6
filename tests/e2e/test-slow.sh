#!/bin/bash
# A Docker that is slow, as it is by itself while docker cp holds a container, is waited for; one that is gone is not.
. "$(dirname "$0")/begin.sh"

guard_policy permissive
guard_start
docker_start
image_import > /dev/null
docker run -d --name web --user 1000 --memory 64m --network none busybox:1.36 sleep 600 > /dev/null || bail_out "no container"
docker exec -u 0 web busybox dd if=/dev/zero of=/big bs=1M count=32 > /dev/null 2>&1 || bail_out "no file in the container"
guard_policy production
wait_for 5 guard_logged "policy production (enforce) is in force" || bail_out "production did not come into force"

# Longer than what we wait for a ping and longer than any wait of ours used to be.
HELD=10
# execs COUNT: how many of them are made, all at once.  By the API: the docker command looks at the container first, and that look waits in Docker.
execs() {
	local i
	for ((i = 0; i < $1; i++)); do
		curl -s -o /dev/null -w '%{http_code}\n' --unix-socket "$SENTINEL_HOST/docker.sock" -H 'Content-Type: application/json' -d '{"Cmd":["true"]}' \
			http://docker/containers/web/exec &
	done | grep -c 201
}
command docker cp web:/big - 2> /dev/null | (head -c 1; sleep $HELD) > /dev/null &
holder=$!
sleep 1
docker create --user 1000 --memory 64m --network none busybox:1.36 echo > /dev/null # a change: what was known of containers is asked again
is "$(execs 40)" 40 "40 execs while docker cp holds the container"
wait $holder
is "$(guard_log | grep -c 'cannot be asked')" 0 "none of them is denied for a fact that came late"
is "$(execs 10)" 10 "and afterwards"
done_testing
