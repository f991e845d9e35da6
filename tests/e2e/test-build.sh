#!/bin/bash
# docker build, by the classic builder and by BuildKit.
. "$(dirname "$0")/begin.sh"

guard_policy production
guard_start
docker_start
image_import > /dev/null
policy() { # NAME MODE GENERATION
	guard_policy "$1"
	wait_for 5 guard_logged "policy $1 ($2) is in force, generation $3" || bail_out "policy $1 did not come into force"
}
context=$SENTINEL_HOST/context
mkdir -p "$context"
echo content > "$context/file"
printf 'FROM busybox:1.36\nCOPY file /file\nRUN cat /file > /copied && echo "ran as $(id -u)"\nUSER 1000\n' > "$context/Dockerfile"
built() { docker run --rm --network none --memory 64m "$1" cat /copied 2>&1; }
there() { docker image inspect "$1" > /dev/null 2>&1; }

classic() { DOCKER_BUILDKIT=0 docker build "$@" "$context" 2>&1; }
contains "$(classic --network none -t classic:1)" "ran as 0" "a classic build runs its steps"
is "$(built classic:1)" content "... and its image runs"
contains "$(classic --network host -t classic:2)" "BLOCKED BY SENTINEL" "one on the host's network is blocked"
succeeds "... before anything is made" test -z "$(docker images -q classic:2)"
contains "$(classic --cgroup-parent /x --network none -t classic:3)" "BLOCKED BY SENTINEL" "one in another cgroup is blocked"

# Docker 20.10 has BuildKit in its client, later ones in the plugin buildx.
buildkit() { DOCKER_BUILDKIT=1 docker build --progress plain "$@" "$context" 2>&1; }
policy strict enforce 2
succeeds "strict: BuildKit's channel is closed" eval '! buildkit --network none -t kit:1'
denied=$(buildkit --network none -t kit:1)
if docker buildx version > /dev/null 2>&1; then
	# buildx hides that denial, and shows what becomes of a builder of its own: first its image, then, where that is there, its container.
	contains "$denied" "BuildKit's channel cannot be seen into" "... which the user is told, whatever buildx tries next"
	contains "$denied" "DOCKER_BUILDKIT=0 docker build" "... with one way out"
	contains "$denied" "sudo sentinel authz install --builder" "... and the other"
	docker tag busybox:1.36 moby/buildkit:buildx-stable-1
	denied=$(buildkit --network none -t kit:1)
	contains "$denied" "BuildKit's channel cannot be seen into" "... also with the image of such a builder at hand"
	succeeds "... and not to remove a flag that nobody gave" test -z "$(grep -e --privileged <<< "$denied")"
	docker rmi moby/buildkit:buildx-stable-1 > /dev/null
else
	# The calls of its channel and of the build are both denied: which one the client shows goes by what comes first.
	succeeds "... of which this client shows its status, or the text" grep -qE "received 403|BLOCKED BY SENTINEL" <<< "$denied"
fi
succeeds "... and no image comes of it" eval '! there kit:1'
is "$(journal | jq -r 'select((.endpoint | startswith("buildkit")) and .decision != "denied") | .id')" "" "... each call of its channel is denied"
policy permissive audit 3
contains "$(buildkit --network none -t kit:2)" "ran as 0" "where it is allowed BuildKit runs its steps"
succeeds "... the channel is in the journal" test -n "$(journal | jq -r 'select(.endpoint | startswith("buildkit")) | .id')"
policy production enforce 4
is "$(built kit:2)" content "... and its image runs"

# production: BuildKit is let through when its builder gives nothing of the host, which daemon.json says.
denied=$(buildkit --network none -t kit:3)
succeeds "production: it is denied while the builder would give the host's network" eval '! there kit:3'
if docker buildx version > /dev/null 2>&1; then
	contains "$denied" "DOCKER_BUILDKIT=0 docker build" "... with one way out"
	contains "$denied" "sudo sentinel authz install --builder" "... and the other"
fi
docker_stop
docker_spawn_plain '{"builder":{"entitlements":{"network-host":false,"security-insecure":false}}}' --authorization-plugin sentinel
docker_ready
contains "$(buildkit --no-cache --network none -t kit:3)" "ran as 0" "... and allowed when daemon.json takes that away"
is "$(built kit:3)" content "... the image runs"
is "$(journal | jq -r 'select(.endpoint | startswith("buildkit")) | .decision' | tail -n 1)" warned "... and it is reported"
printf 'FROM busybox:1.36\nRUN --network=host id\n' > "$context/Dockerfile"
succeeds "... a step that asks for the host's network fails" eval '! buildkit -t kit:4 || ! there kit:4'
done_testing
