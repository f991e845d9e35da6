#!/bin/bash
# Pins in containers of the real dockerd, under the policy production: what they are for works, and every way around is closed.
. "$(dirname "$0")/begin.sh"
. "$here/pins.sh"

guard_policy production
mkdir -p "$SENTINEL_HOST/guard/policies"
sed -E -e 's/^( *allowed_registries: \[)/\1127.0.0.1:5001, /' -e '/shared_namespaces:/,/ipc:/s/pid: .*/pid: { action: allow }/' -e '/^tests:/,$d' "$here/../../policies/production.yaml" > "$SENTINEL_HOST/guard/policies/production.yaml"
guard_start
docker_start
image_import > /dev/null
chmod 666 "$SENTINEL_HOST/docker.sock"
run() { run_as=$1 pin=$2 && shift 2 && "$run_as" run --rm --network none --cap-drop MKNOD -v "$pin:/w" busybox:1.36 "$@"; }

project=$SENTINEL_HOST/project
mkdir "$project"
echo secret > "$project/secret" && chmod 600 "$project/secret"
chown $ALICE:$ALICE "$project"
new() { ask make $ALICE "$project" || bail_out "there is no pin"; }

says "$(alice run --rm --network none -v "$project:/w" busybox:1.36 true)" 'docker run $(sentinel pin --args .:/w) IMAGE' "who is denied a directory is told of pins"

pin=$(new)
is "$(run alice "$pin" sh -c 'busybox mkdir /w/out && echo built > /w/out/program && cat /w/out/program')" built "root in a container builds"
is "$(stat -c %u:%g "$project/out/program" "$project/out" | sort -u)" "$ALICE:$ALICE" "and what it built is the caller's"
denied "$(run alice "$pin" true)" "a second container does not have the pin of the first"

says "$(run alice "$(new)" cat /w/secret)" "Permission denied" "a file of root's, 0600, stays closed"
says "$(run alice "$(new)" busybox mknod /w/disk b 8 0)" "not permitted" "no device node is made"
run alice "$(new)" sh -c 'busybox cp /bin/busybox /w/su && busybox chmod 4755 /w/su' > /dev/null
is "$(stat -c %u:%a "$project/su")" "$ALICE:4755" "a setuid program is the caller's own"

echo outside > "$SENTINEL_HOST/outside"
ln -s "$SENTINEL_HOST/outside" "$project/link"
ln "$SENTINEL_HOST/outside" "$project/hard" && chmod 600 "$SENTINEL_HOST/outside"
says "$(run alice "$(new)" cat /w/link)" "No such file" "a link in it leads nowhere but in the container"
says "$(run alice "$(new)" cat /w/hard)" "Permission denied" "a hard link to a file of root's stays closed"
run alice "$(new)" sh -c 'busybox chmod 4777 /w/hard; busybox chown 0 /w/hard; busybox ln /w/hard /w/harder; echo x > /w/hard' > /dev/null
is "$(stat -c %a:%u:%h "$SENTINEL_HOST/outside") $(cat "$SENTINEL_HOST/outside")" "600:0:2 outside" "and is not changed"
rm -f "$project/link" "$project/hard" "$project/harder"
denied "$(alice run --rm --network none -v "$(new):/w" busybox:1.36 true)" "with the right to make device nodes"
denied "$(alice run --rm --network none --cap-drop MKNOD -v "$(new):/w:ro" busybox:1.36 true)" ":ro"
denied "$(alice run --network none --restart always --cap-drop MKNOD -v "$(new):/w" busybox:1.36 true)" "a container that restarts by itself"
denied "$(alice run --rm --network none --cap-drop MKNOD -v "$(new)/out:/w" busybox:1.36 true)" "a directory in a pin"
denied "$(alice run --rm --network none --cap-drop MKNOD -v "$(new):/w" -v data:/w/data busybox:1.36 true)" "a volume in a pin"
denied "$(alice run --rm --network none --cap-drop MKNOD -v "$(new):/w" --tmpfs //w/data busybox:1.36 true)" "a tmpfs in a pin, written otherwise"
denied "$(alice run --rm --network none --cap-drop MKNOD -v "$(new):/w" --device /dev/zero:/w/zero busybox:1.36 true)" "a device whose node would be in a pin"
is "$(find "$project" -type c -o -name data)" "" "and nothing of them is there"
denied "$(run bob "/run/sentinel/pins/00000000000000000000000000000000" true)" "a guessed name"
pin=$(new)
denied "$(run bob "$pin" true)" "another user, who may have read an unused name on its owner's command line"
is "$(run alice "$pin" echo mine)" mine "and its owner still has it"
python3 "$here/registry.py" 5001 "$(command -v busybox)" &
wait_for 20 curl -sf http://127.0.0.1:5001/v2/ > /dev/null
pin=$(new)
as $ALICE /usr/bin/docker run --rm --network none --cap-drop MKNOD -v "$pin:/w" 127.0.0.1:5001/endless/tool:1 true 2> /dev/null &
waiting=$!
pulled() { journal | grep -q '"endpoint":"image.create"'; }
succeeds "while Docker pulls an image for its owner" wait_for 30 pulled
read_there() { cat /proc/[0-9]*/cmdline | tr '\0' '\n' | grep -om1 "^$pin"; }
is "$(as $BOB bash -c "$(declare -f read_there); pin=/run/sentinel/pins/................................; read_there" 2> /dev/null)" "$pin" "another user reads the name"
denied "$(run bob "$pin" cat /w/out/program)" "and has nothing of it, though its owner is connected too"
kill $waiting
is "$(alice run --rm --network none --cap-drop MKNOD -v "$(new):/w" --device /dev/zero busybox:1.36 sh -c 'busybox head -c 2 /dev/zero | busybox wc -c')" 2 "a device in /dev is none in the pin"
is "$(find /run/sentinel/pins -mindepth 1 -maxdepth 1 -name '000*')" "" "and nothing was made there"
alice volume create -o type=none -o o=bind -o "device=$(new)" volume > /dev/null
is "$(alice volume ls -q)" "" "a volume of a pin is not made"

says "$(alice service create --detach --name s --mount "type=bind,source=$(new),target=/w" busybox:1.36 true)" "pins are for containers" "nor a service"

said_started() { [ "$(grep -c started "$project"*/log)" = "$1" ]; } # before it is stopped again
pin=$(new)
alice run -d --name web --network none --cap-drop MKNOD -v "$pin:/w" busybox:1.36 sh -c 'echo started >> /w/log; exec sleep 600' > /dev/null
id=$(docker inspect -f '{{.Id}}' web)
is "$(ask container "$pin")" "$id" "the container has its pin"
denied "$(run bob "$(docker inspect -f '{{(index .Mounts 0).Source}}' web)" true)" "who reads its name has nothing of it"
is "$(alice exec web sh -c 'echo x > /w/exec && cat /w/exec')" x "its owner enters it"
denied "$(bob exec web cat /w/log)" "another user does not"
denied "$(bob rename web moved)" "nor does he give it another name, by which one of his own could be taken for it while it is judged"
denied "$(as $BOB curl -s --unix-socket "$SENTINEL_HOST/docker.sock" -H 'Content-Type: application/json' -d '{"CheckpointID":"one"}' http://docker/containers/web/checkpoints)" "nor does he write down its processes in a checkpoint"
is "$(docker ps --format '{{.Names}}')" web "and it runs as it was called"
connect $BOB
alice exec web cat /w/exec > "$SENTINEL_HOST/said" &
asking=$!
sleep 0.3
disconnect
wait $asking
is "$(cat "$SENTINEL_HOST/said")" x "while another user's connection lingers its owner waits until it is gone"
connect $BOB
denied "$(alice exec web cat /w/exec)" "and is not certain when it stays"
disconnect
connect $ALICE
for _ in 1 2 3 4 5; do
	as $BOB /usr/bin/python3 "$SENTINEL_HOST/client.py" gone "$SENTINEL_HOST/docker.sock" POST "/containers/web/restart?t=0"
done
restarts_denied() { [ "$(journal | jq -r 'select(.endpoint == "container.restart" and .decision == "denied") | .user' | grep -vcx alice)" = 5 ]; }
succeeds "who asks and goes at once is never its owner who is connected" wait_for 10 restarts_denied
disconnect
is "$(grep -c started "$project/log")" 1 "and nothing is restarted"
denied "$(bob cp web:/w/log "$SENTINEL_HOST/none")" "nor does he copy out of it"
denied "$(bob run --rm --network none --pid container:web busybox:1.36 cat /proc/1/root/w/log)" "nor does he come to it through its processes"
denied "$(bob run --rm --network none --volumes-from web busybox:1.36 cat /w/log)" "nor by its volumes"
bob run -d --name bobs --network none busybox:1.36 sleep 600 > /dev/null
denied "$(alice run --rm --network none --pid container:bobs --cap-drop MKNOD -v "$(new):/w" busybox:1.36 true)" "nor is it shown to others' containers"
denied "$(alice cp "$0" web:/w/copied)" "nothing is copied into it as root of the host"
nodes=$SENTINEL_HOST/nodes
mkdir "$nodes"
mknod "$nodes/disk" b 8 0
cp /bin/busybox "$nodes/su" && chmod 4755 "$nodes/su"
denied "$(tar -C "$nodes" -c . | as $ALICE /usr/bin/docker cp - web:/w 2>&1)" "nor are device nodes and setuid programs"
is "$(find "$project" -name disk -o -name copied)" "" "and nothing of them is there"
tar -C "$nodes" -c . | as $ALICE /usr/bin/docker exec -i web busybox tar x -C /w 2> /dev/null
is "$(find "$project" -type b)$(stat -c %u "$project/su" 2> /dev/null | grep -vx $ALICE)" "" "by tar in the container no node comes of it, and no program of root's"
is "$(tar -C "$here" -c tap.sh | as $ALICE /usr/bin/docker exec -i web busybox tar x -C /w && stat -c %u "$project/tap.sh")" $ALICE "what the denial says instead works"
says "$(alice exec -u 4711 web busybox rm -f /w/tap.sh)" "Permission denied" "who enters as another uid is nobody in it"
denied "$(alice update --restart always web)" "it does not become one that restarts by itself"

mv "$project" "$project.moved"
ln -s /etc "$project"
alice restart -t 0 web > /dev/null
wait_for 20 said_started 2
is "$(alice exec web sh -c 'cat /w/exec; ls /w/passwd 2> /dev/null')" x "restarted with a link to /etc in the place of the directory it has the directory"
rm "$project"
mv "$project.moved" "$project"

guard_stop
guard_start
alice stop -t 0 web > /dev/null
is "$(alice start web)" web "a guard that started again knows it"
wait_for 20 said_started 3
alice stop -t 0 web > /dev/null
helper_kill
says "$(alice start web)" "whether there is such a pin" "without the helper nothing starts"
helper_start
is "$(alice start web)" web "one that was killed knows it when it is back"
wait_for 20 said_started 4
is "$(grep -c started "$project/log")" 4 "each time with the directory"

docker_stop
docker_start
chmod 666 "$SENTINEL_HOST/docker.sock"
is "$(alice start web)" web "and so it does when Docker was started again"
ask drop "$pin" > /dev/null
is "$(alice exec web cat /w/exec 2>&1 | grep -c 'no such pin')" 1 "dropped, nobody enters it"
docker stop -t 0 web > /dev/null
denied "$(alice start web)" "nor is it started"

database=$SENTINEL_HOST/database
mkdir "$database"
chown $ALICE:$ALICE "$database"
pin=$(ask make $ALICE "$database" 1)
alice run -d --name db --network none --cap-drop MKNOD -v "$pin:/data" busybox:1.36 sh -c \
	'[ -d /data/db ] || { busybox mkdir -m 700 /data/db && busybox chown 999:999 /data/db; }; exec sleep 600' > /dev/null
is "$(alice exec -u 999:999 db sh -c 'umask 77; echo row >> /data/db/table; cat /data/db/table')" row "with a range of ids the process of a database initialises its directory"
alice restart -t 0 db > /dev/null
is "$(alice exec -u 999:999 db sh -c 'echo row >> /data/db/table; busybox wc -l < /data/db/table')" 2 "and finds it when it is started again"
is "$(stat -c %u:%g:%a "$database/db/table")" "$((RANGE + 998)):$((RANGE + 998)):600" "on disk it is the range of the caller's"
done_testing
