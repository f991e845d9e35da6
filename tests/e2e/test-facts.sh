#!/bin/bash
# What a request only names: volumes, containers and images that were there before.
. "$(dirname "$0")/begin.sh"

guard_policy_all_reads permissive
guard_template_fits production
guard_template_fits strict
guard_start
docker_start
image_import > /dev/null
run() { docker run --rm --network none --user 1000 --memory 64m "$@" 2>&1; }
quiet() { "$@" > /dev/null 2>&1; }
policy() {
	echo "active_policy: $1" > "$SENTINEL_HOST/guard/config.yaml"
	wait_for 5 guard_logged "policy $1 ($2) is in force, generation $3" || bail_out "policy $1 did not come into force"
}
blocked() { contains "$1" "BLOCKED BY SENTINEL" "$2"; }

# Made while a policy allowed everything.
quiet docker volume create harmless
quiet docker volume create -o type=none -o o=bind -o device=/etc evil
quiet docker create --name made-privileged --privileged busybox:1.36 sleep 60
quiet docker create --name made-harmless --user 1000 --memory 64m --network none busybox:1.36 sleep 60
quiet docker create --name has-etc -v /etc:/h:ro --network none busybox:1.36 sleep 60
quiet docker run -d --name has-host-network --network host busybox:1.36 sleep 600
quiet docker run -d --name has-cap --cap-add SYS_ADMIN --network none busybox:1.36 sleep 600
quiet docker run -d --name runs-harmless --user 1000 --memory 64m --network none busybox:1.36 sleep 600
docker import -c 'USER 1000:1000' - busybox:numbered < <(docker export made-harmless) > /dev/null
policy production enforce 2

is "$(run -v harmless:/data busybox:1.36 echo fine)" fine "a volume without options"
is "$(run -v never-made:/data busybox:1.36 echo fine)" fine "a volume that is made on the way"
blocked "$(run -v evil:/data busybox:1.36 cat /data/passwd)" "a volume that is /etc, by -v"
blocked "$(run --mount type=volume,src=evil,dst=/data busybox:1.36 true)" "a volume that is /etc, by --mount"
blocked "$(run --volumes-from has-etc busybox:1.36 true)" "the mounts of a container that has /etc"
is "$(run --volumes-from made-harmless busybox:1.36 echo fine)" fine "the mounts of one that has none"
blocked "$(docker run --rm --user 1000 --memory 64m --network container:has-host-network busybox:1.36 true 2>&1)" "the network of a container that has the host's"
is "$(docker run --rm --user 1000 --memory 64m --network container:runs-harmless busybox:1.36 echo fine 2>&1)" fine "the network of one that has its own"
blocked "$(docker start made-privileged 2>&1)" "a privileged container is not started"
blocked "$(docker restart made-privileged 2>&1)" "nor restarted"
blocked "$(docker start has-etc 2>&1)" "nor one that binds /etc"
is "$(docker start made-harmless 2>&1)" made-harmless "a harmless one is started"
blocked "$(docker exec has-cap true 2>&1)" "a container with SYS_ADMIN is not entered"
is "$(docker exec runs-harmless echo fine 2>&1)" fine "a harmless one is"
contains "$(docker start no-such 2>&1)" "No such container" "what is not there is Docker's to say"

# The answers are kept, but not beyond a change.
policy permissive audit 3
quiet docker volume rm harmless
quiet docker volume create -o type=none -o o=bind -o device=/root harmless
policy production enforce 4
blocked "$(run -v harmless:/data busybox:1.36 true)" "a volume that was replaced by a host path"

cp "$SENTINEL_HOST/guard/policies/strict.yaml" "$SENTINEL_HOST/guard/policies/.new"
mv "$SENTINEL_HOST/guard/policies/.new" "$SENTINEL_HOST/guard/policies/strict.yaml"
policy strict enforce 5
tight() { docker run --rm --network none --cap-drop ALL --security-opt no-new-privileges --read-only --memory 64m --pids-limit 50 "$@" 2>&1; }
scanned() { [ "$(tight busybox:numbered echo fine)" = fine ]; }
wait_for 20 scanned
is "$(tight busybox:numbered echo fine)" fine "strict: the image says a user, and was looked at"
blocked "$(tight busybox:1.36 true)" "strict: the image says none"
contains "$(tight --pull never busybox:absent true)" "No such image" "strict: an image that is not there is Docker's to say"

is "$(journal | jq -r 'select(.endpoint == "volume.inspect" or .endpoint == "image.inspect" or .endpoint == "system.events") | .id' | wc -l)" 0 \
	"the guard's own questions are not in the journal"
doctor=$("$SENTINEL" --local --config-dir "$SENTINEL_HOST/guard" --json doctor)
says() { jq -r ".data.checks[] | select(.name == \"$1\") | .status" <<< "$doctor"; }
is "$(says docker) $(says plugin) $(says policies) $(says hidden-bodies)" "ok warning ok ok" "doctor says what is in order, and not what a private instance cannot know"
is "$("$SENTINEL" --local --config-dir "$SENTINEL_HOST/guard" validate -- docker run -v evil:/x busybox:1.36 > /dev/null; echo $?)" 1 \
	"validate asks Docker as the plugin does"
foretold() {
	"$SENTINEL" --local --config-dir "$SENTINEL_HOST/guard" validate -- docker run --network none --cap-drop ALL --security-opt no-new-privileges \
		--read-only --memory 64m --pids-limit 50 "$@" > /dev/null
	echo $?
}
is "$(foretold busybox:numbered true) $(foretold busybox:1.36 true) $(foretold busybox:absent true)" "0 1 1" \
	"validate: the same, and an image that must be pulled first has no known user"
# What this Docker does with a large body, and what was said of it before.
{ printf '{"Image":"busybox:1.36","Labels":{"x":"'; head -c 1100000 /dev/zero | tr '\0' x; printf '"}}'; } > "$SENTINEL_HOST/large"
denied=$(curl -s --unix-socket "$SENTINEL_HOST/docker.sock" -H 'Content-Type: application/json' --data-binary "@$SENTINEL_HOST/large" http://docker/containers/create)
hidden=0
[[ "$denied" != *"was not shown to Sentinel"* ]] || hidden=1
is "$(guard_logged "does not show bodies of 1 MiB and more"; echo $?)" "$((1 - hidden))" "the log says whether this Docker hides large bodies from plugins: $hidden"
is "$(guard_log | grep -c 'cannot be asked')" 0 "Docker answered all of them"
done_testing
