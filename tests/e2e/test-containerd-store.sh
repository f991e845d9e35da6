#!/bin/bash
# Docker's containerd image store (features: containerd-snapshotter): where an image comes from, as docs/POLICY.md says it.
. "$(dirname "$0")/begin.sh"

guard_policy permissive
mkdir -p "$SENTINEL_HOST/guard/policies"
cat > "$SENTINEL_HOST/guard/policies/mine.yaml" << 'YAML'
version: "1.0"
name: mine
mode: enforce
rules:
  privileged:
    action: block
    exceptions:
      - images: ["127.0.0.1:5001/team/tool:1"]
        reason: "the team's own tool"
  images:
    action: block
    allowed_registries: [docker.io, "127.0.0.1:5001/team"]
    block_latest_tag: false
    local: allow
YAML
python3 "$here/registry.py" 5001 "$(command -v busybox)" &
registry_pid=$!
trap 'kill "$registry_pid"; host_leave' EXIT
guard_start
docker_spawn_plain '{"features":{"containerd-snapshotter":true}}' --authorization-plugin sentinel
docker_ready
contains "$(docker info --format '{{.DriverStatus}}')" "io.containerd.snapshotter" "this Docker keeps images in containerd's store"
image_import > /dev/null
run() { docker run --rm --network none "$@" 2>&1; }
# Whether the guard lets it through; not every machine of tests has all that such a container gets when it starts.
mighty() {
	local output
	if output=$(docker create --privileged --network none 127.0.0.1:5001/team/tool:1 true 2>&1); then echo made; else echo "$output"; fi
}
blocked() { contains "$1" "BLOCKED BY SENTINEL" "$2"; }
docker pull -q 127.0.0.1:5001/evil/x:1 > /dev/null
echo "active_policy: mine" > "$SENTINEL_HOST/guard/config.yaml"
wait_for 5 guard_logged "policy mine (enforce) is in force" || bail_out "the policy did not come into force"

is "$(run busybox:1.36 echo fine)" fine "an image that was imported here runs"
is "$(docker pull -q 127.0.0.1:5001/team/tool:1 2>&1)" 127.0.0.1:5001/team/tool:1 "a registry that is allowed is pulled from"
is "$(run 127.0.0.1:5001/team/tool:1 echo fine)" fine "... and its image runs"
blocked "$(docker pull 127.0.0.1:5001/evil/x:1 2>&1)" "another one is not"
blocked "$(run 127.0.0.1:5001/evil/x:1 true)" "... nor does its image run that was there before: nobody knows that it was made here"
blocked "$(docker tag busybox:1.36 127.0.0.1:5001/evil/mine:1 2>&1)" "... nor is one given its name"

is "$(mighty)" made "an exception by a tag holds for what the guard saw being pulled"
docker tag busybox:1.36 127.0.0.1:5001/team/tool:1
contains "$(docker image inspect --format '{{.RepoDigests}}' 127.0.0.1:5001/team/tool:1)" "127.0.0.1:5001/team/tool@sha256:" "Docker writes a digest for every tag"
blocked "$(mighty)" "... and another image with that name has nothing of the exception"
docker pull -q 127.0.0.1:5001/team/tool:1 > /dev/null
wait_for 10 eval '[ "$(mighty)" = made ]'
is "$(mighty)" made "... until it is pulled once more"
digest=$(docker image inspect --format '{{index .RepoDigests 0}}' 127.0.0.1:5001/team/tool:1)
guard_stop
guard_start
is "$(mighty)" made "what was pulled is remembered over a restart of the guard"
contains "$(run "$digest" echo fine)" fine "a name with its digest runs"
done_testing
