#!/bin/bash
# dockerd and sentineld come and go; requests are never let through unseen.
. "$(dirname "$0")/begin.sh"

guard_policy production
guard_start
docker_start
image_import > /dev/null
harmless() { docker run --rm --network none --user 1000 --memory 64m busybox:1.36 echo fine; }
blocked() { [[ "$(docker create --privileged busybox:1.36 2>&1)" == *BLOCKED* ]]; }

docker_stop
docker_start
is "$(harmless 2>&1)" fine "dockerd restarted: a harmless container runs"
succeeds "dockerd restarted: a privileged one is blocked" blocked

guard_stop
guard_start
is "$(harmless 2>&1)" fine "sentineld restarted: a harmless container runs"
succeeds "sentineld restarted: a privileged one is blocked" blocked
ids=$(journal | jq .id)
is "$ids" "$(sort -nu <<< "$ids")" "ids go on growing across the restart, none twice"

guard_kill
answer=$(docker create --name unseen busybox:1.36 2>&1)
contains "$answer" "sentinel" "without sentineld Docker refuses and names the plugin"
guard_start
contains "$(docker inspect unseen 2>&1)" "No such object" "what was asked meanwhile was not done"
is "$(harmless 2>&1)" fine "sentineld is back: a harmless container runs"
succeeds "sentineld is back: a privileged one is blocked" blocked

docker_stop
guard_stop
docker_spawn
sleep 2
guard_start
docker_ready
is "$(harmless 2>&1)" fine "dockerd that started before sentineld is served once it is there"
done_testing
