#!/bin/bash
# What an ordinary user types to have pins, over the bus, the helper and the real dockerd: sentinel pin, and sentinel exec that makes them by itself.
. "$(dirname "$0")/begin.sh"
. "$here/pins.sh"
# shellcheck source=tests/cli/answers.sh
. "$here/../cli/answers.sh"
SENTINEL=$SENTINEL_REAL # which is copied

pins_begin
project=$SENTINEL_HOST/project
mkdir "$project"
echo secret > "$project/secret" && chmod 600 "$project/secret"
chown $ALICE:$ALICE "$project"
cd "$project" || bail_out "there is no project"
sentinel() { # UID WORD...
	as "$1" /run/sentinel-command "${@:2}"
}
pins() { sentinel $ALICE --json pin list | jq -r '.data.pins | length'; }
make() { sentinel $ALICE exec -- docker run --rm --network none "$@" 2> "$SENTINEL_HOST/said"; }

# shellcheck disable=SC2046 # words, as a shell makes them of it
is "$(docker run --rm --network none $(sentinel $ALICE pin --args .:/w) busybox:1.36 sh -c 'echo typed > /w/typed && cat /w/typed')" typed "what sentinel pin --args prints is what docker needs"
is "$(stat -c %u typed)" $ALICE "and the file is its user's"

is "$(make -v .:/w busybox:1.36 sh -c 'echo built > /w/program && cat /w/program')" built "exec makes a pin of one's own directory"
is "$(stat -c %u:%g program)" "$ALICE:$ALICE" "what the container built is the caller's"
says "$(cat "$SENTINEL_HOST/said")" "$project is at /w through a pin" "it says so"
says "$(make -v .:/w busybox:1.36 cat /w/secret; cat "$SENTINEL_HOST/said")" "through a pin" "somebody else's file"
is "$(make -v .:/w busybox:1.36 cat /w/secret)" "" "stays closed in it"
is "$(make -iv .:/w busybox:1.36 cat < program)" built "in one word with other flags"
is "$(make --volume=.:/w -v "$project:/x:ro" busybox:1.36 sh -c 'echo new > /w/new; cat /x/new; echo no > /x/new')" new "two of them, one of which is for looking"
is "$(cat new)" new "nothing was written through that"
is "$(make --mount "type=bind,src=$project,dst=/w" busybox:1.36 cat /w/new)" new "by --mount"

# What ends with its container.
none_of() { [ "$(sentinel $ALICE --json pin list | jq "[.data.pins[] | select(.container != \"\")] | length")" = 0 ]; }
succeeds "containers that were removed have no pins any more" wait_for 20 none_of

before=$(pins)
make -v .:/w --privileged busybox:1.36 true
is "$?" 1 "what is denied besides is denied"
says "$(cat "$SENTINEL_HOST/said")" "Privileged containers" "for its reason"
is "$(pins)" "$before" "and leaves no pin"
make -v /etc:/w busybox:1.36 true
is "$?" 1 "a directory of somebody else's is denied as ever"
is "$(pins)" "$before" "without a pin"
make -v .:/w -v /etc:/x busybox:1.36 true
is "$?:$(pins)" "1:$before" "also beside one's own"
sentinel $ALICE exec -- docker create --network none --restart always -v .:/w busybox:1.36 true 2> "$SENTINEL_HOST/said"
is "$?:$(pins)" "1:$before" "a container that restarts by itself"
make -v ./program:/w busybox:1.36 true
is "$?:$(pins)" "1:$before" "a file"
mkdir below && chown $ALICE below && mount -t tmpfs tmpfs below
make -v .:/w busybox:1.36 true
is "$?" 1 "what cannot be pinned is denied"
says "$(cat "$SENTINEL_HOST/said")" "mounted in the directory" "with the reason"
says "$(cat "$SENTINEL_HOST/said")" "BLOCKED" "and the denial"
umount below
is "$(sentinel $ALICE --json exec -- docker run --rm --network none -v .:/w busybox:1.36 cat /w/new 2> /dev/null)" new "with --json too"
is "$(sentinel $ALICE --json validate -- docker run -v .:/w busybox:1.36 | jq -c '.data.pins')" \
	"[{\"index\":2,\"words\":2,\"keep\":\"\",\"source\":\"$project\",\"target\":\"/w\",\"read_only\":false}]" "validate --json says what exec would make a pin of"
is "$(sentinel $BOB --json pin list | jq -r '.data.pins | length')" 0 "another user is told of none"

succeeds "so it is with exec's own" wait_for 20 none_of
make --rm=false --name stays -v .:/w busybox:1.36 true
pin_of() { sentinel $ALICE --json pin list | jq -r ".data.pins[] | select(.container == \"$1\").path"; }
id=$(docker inspect -f '{{.Id}}' stays)
make -v .:/w busybox:1.36 true
succeeds "another one is removed" wait_for 20 test "$(docker ps -aq | wc -l)" = 1
is "$(pin_of "$id" | wc -l)" 1 "one that was stopped keeps its pin"
docker rm stays > /dev/null
succeeds "until it is removed" wait_for 20 none_of
make -d -v .:/w busybox:1.36 sleep 600 > "$SENTINEL_HOST/id"
id=$(cat "$SENTINEL_HOST/id")
is "$(pin_of "$id" | wc -l)" 1 "a container with its pin"
guard_stop
kill -KILL "$(grep -l "$id" /proc/[0-9]*/cgroup | head -1 | tr -dc 0-9)"
removed() { ! ls "$SENTINEL_HOST/data/containers/$id"; }
wait_for 20 removed
pins_guard
docker ps > /dev/null # nobody asks Docker before it calls
succeeds "that was removed while the guard was not there: it looks for that when Docker calls" wait_for 20 none_of
before=$(pins)
make -v .:/w no-such-image:1 true
is "$(pins)" $((before + 1)) "an image that does not come leaves a pin"
is "$(sentinel $ALICE --json pin list | jq '.data.pins | max_by(.made) | .expires - .made')" 600000000 "for ten minutes"

doctor() { sentinel $ALICE --json doctor | jq -r '.data.checks[] | select(.name == "pins") | .status + ": " + .message'; }
says "$(doctor)" "the helper that makes pins answers" "doctor says whether there can be pins"
helper_kill
says "$(doctor)" "failed: the helper that makes pins does not answer" "and when there can be none"
helper_start
fails_with 2 "for some time, or kept" sentinel $ALICE pin --keep --for 1h
kept=$(sentinel $ALICE pin --keep --map subuid)
says "$(sentinel $ALICE pin list)" dropped "a pin is kept until it is dropped"
id=$(as $ALICE docker run -d --name db --restart always --network none --cap-drop MKNOD -v "$kept:/w" busybox:1.36 sh -c \
	'busybox mkdir -p -m 700 /w/db && busybox chown 999:999 /w/db && echo start >> /w/starts; exec sleep 600')
is "$(as $ALICE docker inspect -f '{{.State.Running}}' db)" true "a container with it may be one that Docker restarts by itself"
says "$(alice update --restart always "$(as $ALICE docker create --network none --cap-drop MKNOD -v "$(sentinel $ALICE pin):/w" busybox:1.36 true)")" \
	"sentinel pin --keep" "one whose pin ends does not become one"
starts() { [ "$(wc -l < starts)" = "$1" ]; }
wait_for 20 starts 1
docker_stop
helper_boot
docker_start
chmod 666 "$SENTINEL_HOST/docker.sock"
wait_for 30 starts 2
is "$(cat starts)" "start
start" "when the machine starts it is there before Docker is, which starts the container"
is "$(as $ALICE docker exec db sh -c 'echo kept > /w/after && cat /w/after'):$(stat -c %u after db | tr '\n' ' ')" "kept:$ALICE $((RANGE + 998)) " "with the same owners"
is "$(as $ALICE docker restart -t 0 db)" db "it is restarted"
denied "$(bob run --rm --network none --cap-drop MKNOD -v "$kept:/w" busybox:1.36 true)" "and nobody else's"
mv "$project" "$project.moved"
mkdir "$project" && chown $ALICE "$project"
docker_stop
helper_boot
says "$(cat "$SENTINEL_HOST/told")" "another directory is there now" "with another directory in its place it is not made again"
docker_start
chmod 666 "$SENTINEL_HOST/docker.sock"
is "$(as $ALICE docker inspect -f '{{.State.Running}}' db)" false "Docker does not start the container then"
is "$(find "$project" /run/sentinel/pins -mindepth 1 -maxdepth 1)" "" "and makes nothing in its place"
says "$(sentinel $ALICE pin list)" "not made again" "its owner is told"
is "$(sentinel $ALICE pin drop "$kept" 2>&1 | grep -c "${id:0:12}")" 1 "and drops it"

before=$(pins)
guard_stop
guard_policy strict
pins_guard
make -v .:/w busybox:1.36 true
is "$?:$(pins)" "1:$before" "a policy without pins denies it"
# What programs read; the user cannot keep it himself.
keep() { # WORD...
	printf '%s\n' "$@" > "$SENTINEL_ANSWERS/${1// /-}-$2.words"
	sentinel $ALICE --json "$@" | tee "$SENTINEL_ANSWERS/${1// /-}-$2.answer"
}
kept=$(keep pin --for=2h "$project" | jq -r .data.path)
keep pin list > /dev/null
keep pin drop "$kept" > /dev/null
# Once, on this machine: they do not depend on the Docker.
[ -z "${ANSWERS_HOLD:-}" ] || answers_hold pin "pin list" "pin drop"
done_testing
