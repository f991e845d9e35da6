#!/bin/bash
# What Docker's administrator chose for all containers (daemon.json: log-opts, default-ulimits) is not held against whoever starts one, and opens nothing.
. "$(dirname "$0")/begin.sh"

guard_policy mine
mkdir -p "$SENTINEL_HOST/guard/policies"
cat > "$SENTINEL_HOST/guard/policies/mine.yaml" << 'YAML'
version: "1.0"
name: mine
mode: enforce
rules:
  logging: { action: block, allowed_drivers: [local] }
  ulimits: { action: block, max: [{ name: nofile, max: 1024 }] }
YAML
guard_start
docker_spawn_plain '{"log-driver":"json-file","log-opts":{"tag":"{{with .Name}}{{.}}{{end}}","max-size":"10m"},"default-ulimits":{"nofile":{"Name":"nofile","Hard":4096,"Soft":4096}}}' \
	--authorization-plugin sentinel
docker_ready
image_import > /dev/null
blocked() { contains "$1" "BLOCKED BY SENTINEL" "$2"; }

docker create --name plain --network none busybox:1.36 sleep 600 > /dev/null
contains "$(docker inspect plain)" "with .Name" "Docker writes its options into the container"
contains "$(docker inspect plain)" '"Soft": 4096' "... and its ulimits"
is "$(docker start plain 2>&1)" plain "who said nothing may start it"
is "$(docker exec plain echo fine 2>&1)" fine "... and enter it"
is "$(docker restart -t 0 plain 2>&1)" plain "... and start it again"
is "$(docker run --rm --network none --ulimit nofile=4096 busybox:1.36 echo fine 2>&1)" fine "who asks for what he would have anyway has it"
blocked "$(docker run --rm --network none --ulimit nofile=4097 busybox:1.36 true 2>&1)" "more than that is more"
blocked "$(docker run --rm --network none --log-opt 'tag={{with .ID}}{{.}}{{end}}' busybox:1.36 true 2>&1)" "an option of one's own is judged"
blocked "$(docker run --rm --network none --log-driver syslog --log-opt 'tag={{with .Name}}{{.}}{{end}}' busybox:1.36 true 2>&1)" "... and another driver"
blocked "$(docker run --rm --network none --log-driver local --log-opt 'tag={{with .Name}}{{.}}{{end}}' busybox:1.36 true 2>&1)" "... with the options of the usual one"

# What the file says now is not known to be what Docker was started with.
docker_stop
docker_spawn_plain '{"default-ulimits":{"nofile":{"Name":"nofile","Hard":4096,"Soft":4096}}}' --authorization-plugin sentinel
docker_ready
is "$(docker start plain 2>&1 | grep -c 'tag may hold only printable text')" 1 "what another configuration left in a container is judged"
docker rm plain > /dev/null
docker create --name later --network none busybox:1.36 sleep 600 > /dev/null
is "$(docker start later 2>&1)" later "a container of the new one starts"
done_testing
