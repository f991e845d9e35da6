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

# Secrets: what is built here is told of, and no call pushes it; but BuildKit pushes by itself, which doctor says and a policy can close.
policy() { # NAME ACTION GENERATION: of BuildKit
	printf 'name: %s\nmode: enforce\nsettings: {secret_scanning: {enabled: true}}\nrules: {endpoints: {buildkit: {action: %s}}}\n' "$1" "$2" > "$SENTINEL_HOST/guard/policies/$1.yaml"
	echo "active_policy: $1" > "$SENTINEL_HOST/guard/config.yaml"
	wait_for 5 guard_logged "policy $1 (enforce) is in force, generation $3" || bail_out "policy $1 did not come into force"
}
guard_stop
start_bus
guard_start --bus session
policy gated allow 2
wait_for 10 docker version
secret=Qz7$(printf 'vN2%s' kTx94LmRw8)
mkdir -p "$SENTINEL_HOST/leaky"
echo "machine git.example.com login deploy password $secret" > "$SENTINEL_HOST/leaky/.netrc"
printf 'FROM scratch\nARG KIT\nLABEL kit=$KIT\nCOPY .netrc /root/.netrc\n' > "$SENTINEL_HOST/leaky/Dockerfile"
build() { # KIT [OPTION...]
	DOCKER_BUILDKIT=$1 docker build --build-arg KIT="$1" "${@:2}" "$SENTINEL_HOST/leaky" 2>&1
}
told() { jq -e 'select(.kind == "scan" and .image == "'"$1"'" and .details.outcome == "found") | .details.found' "$SENTINEL_HOST/guard/audit/audit.jsonl"; }
for kit in 0 1; do # Docker 26.1 has no event for an image that BuildKit makes: it is asked for its list
	build $kit -t "127.0.0.1:5001/team/leak:$kit" > /dev/null
	wait_for 20 told "127.0.0.1:5001/team/leak:$kit"
	contains "$(told "127.0.0.1:5001/team/leak:$kit")" "netrc-password in /root/.netrc line 1" "what was found in what was built is told (DOCKER_BUILDKIT=$kit)"
	contains "$(docker push "127.0.0.1:5001/team/leak:$kit" 2>&1)" "SECRETS DETECTED - PUSH BLOCKED" "... and its push is held up"
done
pushed=$(docker push 127.0.0.1:5001/team/tool:1 2>&1)
succeeds "an image without a secret is let through" test -z "$(grep BLOCKED <<< "$pushed")"
doctor() { "$SENTINEL" --bus session --json doctor | jq -r '.data.checks[] | select(.name == "pushes") | [.status, .message] | @text'; }
contains "$(doctor)" '["warning","BuildKit pushes what it builds by itself' "doctor says where the gate does not hold"
there() { curl -sf "http://127.0.0.1:5001/v2/team/leak/manifests/$1" | grep -q vnd.oci.image; } # of its own the registry has none of OCI's
succeeds "no image with a secret is in the registry" eval '! there 0 && ! there 1'
build 1 --push -t 127.0.0.1:5001/team/leak:2 > /dev/null # buildx 0.13 also asks Docker to push it, which is denied, and too late
succeeds "... a build that pushes has put it there" there 2
policy closed block 3
blocked "$(build 1 --push -t 127.0.0.1:5001/team/leak:3)" "where the policy blocks BuildKit's channel it cannot"
contains "$(doctor)" '["ok"' "... and doctor has nothing to say"
done_testing
