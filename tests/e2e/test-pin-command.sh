#!/bin/bash
# What an ordinary user types to have pins, over the bus, the helper and the real dockerd: sentinel pin, and sentinel exec that makes them by itself.
. "$(dirname "$0")/begin.sh"
. "$here/pins.sh"

guard_policy production
pins_bus
pins_guard
docker_start
image_import > /dev/null
chmod 666 "$SENTINEL_HOST/docker.sock"
cp "$SENTINEL" /run/sentinel-command
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

is "$(docker run --rm --network none $(sentinel $ALICE pin --args .:/w) busybox:1.36 sh -c 'echo typed > /w/typed && cat /w/typed')" typed "what sentinel pin --args prints is what docker needs"
is "$(stat -c %u typed)" $ALICE "and the file is its user's"

is "$(make -v .:/w busybox:1.36 sh -c 'echo built > /w/program && cat /w/program')" built "exec makes a pin of one's own directory"
is "$(stat -c %u:%g program)" "$ALICE:$ALICE" "what the container built is the caller's"
says "$(cat "$SENTINEL_HOST/said")" "$project is at /w through a pin" "it says so"
says "$(make -v .:/w busybox:1.36 cat /w/secret; cat "$SENTINEL_HOST/said")" "through a pin" "somebody else's file"
is "$(make -v .:/w busybox:1.36 cat /w/secret)" "" "stays closed in it"
is "$(make -iv .:/w busybox:1.36 cat < program; cat "$SENTINEL_HOST/said" >&2)" built "in one word with other flags"
is "$(make --volume=.:/w -v "$project:/x:ro" busybox:1.36 sh -c 'echo new > /w/new; cat /x/new; echo no > /x/new')" new "two of them, one of which is for looking"
is "$(cat new)" new "nothing was written through that"
is "$(make --mount "type=bind,src=$project,dst=/w" busybox:1.36 cat /w/new)" new "by --mount"

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

before=$(pins)
guard_stop
guard_policy strict
pins_guard
make -v .:/w busybox:1.36 true
is "$?:$(pins)" "1:$before" "a policy without pins denies it"
done_testing
