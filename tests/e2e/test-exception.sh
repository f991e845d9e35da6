#!/bin/bash
# The exception of docs/POLICY.md for docker:dind, as it is written there, with an image that is pulled and with what only has its name.
. "$(dirname "$0")/begin.sh"

# The example, with a user that every machine has, and an end that lies ahead.
example() { sed -n '/^### Exceptions$/,/^### /p' "$here/../../docs/POLICY.md" | sed -n '/^```yaml$/,/^```$/p' | sed '/^```/d'; }
contains "$(example)" 'images: ["docker:dind"]' "docs/POLICY.md has the example"
guard_policy mine
mkdir -p "$SENTINEL_HOST/guard/policies"
{
	printf 'version: "1.0"\nname: mine\nmode: enforce\n'
	example | sed "s/users: \[ci\]/users: [nobody]/; s/expires: .*/expires: $(($(date +%Y) + 1))-12-31/"
} > "$SENTINEL_HOST/guard/policies/mine.yaml"
python3 "$here/registry.py" 5001 "$(command -v busybox)" &
registry_pid=$!
trap 'kill "$registry_pid"; host_leave' EXIT
chmod 755 "$SENTINEL_HOST"
guard_start
docker_start --registry-mirror http://127.0.0.1:5001
chmod 666 "$SENTINEL_HOST/docker.sock"
image_import > /dev/null
ci() { setpriv --reuid nobody --regid nogroup --clear-groups env HOME=/ DOCKER_CONFIG=/nonexistent docker "$@" 2>&1; }
# Whether the guard lets it through; not every machine of tests has all that such a container gets when it starts.
mighty() {
	local output
	if output=$(ci create --privileged --network none "$1" true); then echo made; else echo "$output"; fi
}
blocked() { contains "$1" "BLOCKED BY SENTINEL" "$2"; }

docker tag busybox:1.36 docker:dind
blocked "$(mighty docker:dind)" "what somebody here called docker:dind is not covered"
docker rmi docker:dind > /dev/null
is "$(ci pull -q docker:dind)" docker.io/library/docker:dind "the image is pulled"
is "$(mighty docker:dind)" made "... and may be privileged"
is "$(journal | jq -r 'select(.waived) | .waived[] | .rule + ": " + .reason' | sort -u)" "privileged: builds need it until the new builder is there" "the trail has the reason"
blocked "$(docker create --privileged --network none docker:dind true 2>&1)" "... for that user alone"
blocked "$(mighty busybox:1.36)" "... and of that image alone"
docker tag busybox:1.36 docker:dind
blocked "$(mighty docker:dind)" "... not of another that gets its name"
done_testing
