#!/bin/bash
# A socket of Sentinel's in front of a Docker without the plugin: what works there works here, every call is judged with its caller known, and what two readers could
# read differently is refused.  Then with the plugin beside it.
. "$(dirname "$0")/begin.sh"
. "$here/sockets.sh"

BYTES=3000000
LARGE=50000000
MOST_KIB=65536 IDLE_KIB=15360
guard_policy_all_reads production
guard_template_fits production
guard_start --judge-socket "$JUDGE_SOCKET"
docker_spawn_plain "{}"
docker_ready
image_import > /dev/null
proxy_start
run() { through run --network none --user 1000 --memory 64m "$@"; }
records() { journal | jq -c --arg endpoint "$1" 'select(.endpoint == $endpoint and .socket == "tools")'; }
raw() { python3 "$here/raw.py" "$OUR_SOCKET" "$@"; }
raw_as() { # UID WHAT...
	local uid=$1
	shift
	setpriv --reuid="$uid" --regid="$uid" --clear-groups python3 - "$OUR_SOCKET" "$@" < "$here/raw.py"
}

units=$SENTINEL_HOST/units
printf 'sockets:\n  ci: {group: builders}\n  box: {identity: fixed, mode: 0666}\n' > "$SENTINEL_HOST/sockets.yaml"
"${SENTINEL_GENERATOR:?}" "$units" "$units" "$units" "$SENTINEL_HOST/sockets.yaml"
is "$(grep -h '^[LS].*=.' "$units"/sentinel-proxy@{ci,box}.socket.d/50-config.conf | xargs)" "SourcePath=$SENTINEL_HOST/sockets.yaml ListenStream=/run/sentinel/ci.sock SocketUser=root SocketGroup=builders SocketMode=0660 \
SourcePath=$SENTINEL_HOST/sockets.yaml ListenStream=/run/sentinel/fixed/box.sock SocketUser=root SocketGroup=root SocketMode=0666" "systemd is told of each socket of config.yaml"
is "$(find "$units/sockets.target.wants" -type l -printf "%f\n" | sort | xargs)" "sentinel-proxy@box.socket sentinel-proxy@ci.socket" "... to start it"
echo "  x: {group: 'a b'}" >> "$SENTINEL_HOST/sockets.yaml"
fails_with 1 "... and of none by a file with an error" "$SENTINEL_GENERATOR" "$units/bad" "$units/bad" "$units/bad" "$SENTINEL_HOST/sockets.yaml"
fails_with 1 "... not even in part" test -e "$units/bad"

contains "$(through version 2>&1)" "Engine" "version"
is "$(printf 'one\ntwo\n' | run --rm -i busybox:1.36 cat)" "one
two" "run -i: what goes in comes out"
is "$(head -c $BYTES /dev/zero | run --rm -i busybox:1.36 busybox wc -c)" $BYTES "run -i: much of it, to its end"
is "$(run --rm busybox:1.36 sh -c 'echo out; echo err >&2; exit 7' 2> "$SENTINEL_HOST/err"; echo "$? $(cat "$SENTINEL_HOST/err")")" "out
7 err" "run: both outputs and the exit status"
contains "$(python3 "$here/answer.py" "name?" world -- "$(type -P docker)" --host "unix://$OUR_SOCKET" run --rm -it --network none --user 1000 --memory 64m busybox:1.36 \
	sh -c 'read -p "name? " n; echo "hello $n on $(busybox tty)"')" "hello world on /dev/" "run -it: a terminal"
through create --name echo -i --network none --user 1000 --memory 64m busybox:1.36 cat > /dev/null
is "$(echo attached | timeout 20 docker --host "unix://$OUR_SOCKET" start -ai echo)" attached "start -ai: in, out, and its end"
run -d --name lasting busybox:1.36 sleep 600 > /dev/null
is "$(docker ps -q)" "$(through ps -q)" "ps says the same"
is "$(head -c $BYTES /dev/zero | through exec -i lasting busybox wc -c)" $BYTES "exec -i: much of it, to its end"
through exec lasting sh -c 'exit 9'
is $? 9 "exec: its exit status"
contains "$(python3 "$here/answer.py" "name?" you -- "$(type -P docker)" --host "unix://$OUR_SOCKET" exec -it lasting sh -c 'read -p "name? " n; echo "hello $n"')" "hello you" "exec -it"
run -d --name talks busybox:1.36 sh -c 'for i in 1 2 3; do echo line $i; sleep 0.5; done' > /dev/null
is "$(timeout 30 docker --host "unix://$OUR_SOCKET" logs -f talks | xargs)" "line 1 line 2 line 3" "logs -f: until the container ends"
command docker --host "unix://$OUR_SOCKET" events --format '{{.Type}} {{.Action}} {{.Actor.Attributes.name}}' > "$SENTINEL_HOST/events" &
events=$!
started() { through rm -f seen > /dev/null 2>&1; run -d --name seen busybox:1.36 id > /dev/null && sleep 0.3 && grep -qx "container start seen" "$SENTINEL_HOST/events"; }
succeeds "events: a start is told while it happens" wait_for 20 started
kill $events

head -c $BYTES /dev/urandom > "$SENTINEL_HOST/file"
through cp "$SENTINEL_HOST/file" lasting:/tmp/file
through cp lasting:/tmp/file "$SENTINEL_HOST/back" && succeeds "cp: there and back" cmp "$SENTINEL_HOST/file" "$SENTINEL_HOST/back"
through save busybox:1.36 | sha256sum > "$SENTINEL_HOST/ours"
docker save busybox:1.36 | sha256sum > "$SENTINEL_HOST/theirs"
succeeds "save: the same bytes" cmp "$SENTINEL_HOST/ours" "$SENTINEL_HOST/theirs"
contains "$(docker save busybox:1.36 | through load)" "Loaded image" "load"

printf 'FROM busybox:1.36\nLABEL from=socket\n' > "$SENTINEL_HOST/Dockerfile"
DOCKER_BUILDKIT=0 through build -q -t built -f "$SENTINEL_HOST/Dockerfile" "$SENTINEL_HOST/image" > /dev/null
is "$(docker image inspect -f '{{.Config.Labels.from}}' built)" socket "build"

contains "$(run --privileged busybox:1.36 id 2>&1)" "BLOCKED BY SENTINEL" "what the policy denies is denied, with its text"
is "$(docker ps -aqf label=never | wc -l) $(records container.create | tail -1 | jq -r '.decision + " " + .user + " " + .program')" "0 denied root docker" "... and is in the trail: who, and by which program"
is "$(docker ps -q | wc -l)" 1 "... and was not made"
is "$(journal | jq -s '[.[] | select(.user == "" or (.user | startswith("one-of")))] | length')" 0 "nobody in the trail is unknown"
is "$(journal | jq -s '[.[] | select(.socket == null)] | length')" 0 "... and nothing came by the plugin"
raw_as 65534 get /v1.41/info > /dev/null
is "$(journal | tail -1 | jq -r '.user + " " + .socket + " " + .program')" "nobody tools python3" "another user is known"

contains "$(raw create big $LARGE privileged length)" "BLOCKED BY SENTINEL" "50 MB of body are judged"
contains "$(raw create chunks 100000 privileged chunked)" "BLOCKED BY SENTINEL" "a body in chunks is judged"
contains "$(raw create chunks 100000 plain chunked)" "HTTP/1.1 201" "... and sent on"
is "$(through inspect -f '{{len .Config.Labels.padding}}' chunks)" 100000 "... as it was"
contains "$(raw create toolarge 70000000 plain length)" "HTTP/1.1 413" "70 MB are not taken"

raw attacks > "$SENTINEL_HOST/attacks"
is "$(grep -cE ': HTTP/1.1 (400|431) ' "$SENTINEL_HOST/attacks") $(grep -vE ': HTTP/1.1 (400|431) ' "$SENTINEL_HOST/attacks")" "41 " "what has two readings is refused"
is "$(docker ps -aqf name=smuggled -f name=outer)" "" "... and did nothing"
is "$(raw slow)" "HTTP/1.1 200 OK" "a byte at a time"
is "$(raw ahead)" 2 "two calls at once are two calls"
contains "$(raw crowd 300)" "256x200" "256 connections of one user are taken"
is "$(raw_as 65534 crowd 10)" "10x200" "... and others' are as well"
is "$(raw storm 10000)" 9744 "10,000 connections of one user: the others are told so at once"
contains "$(raw create endless 70000000 plain chunked)" "HTTP/1.1 413" "a body in chunks that does not end is not taken"
for kind in heads bodies chunks questions calls; do
	contains "$(raw flood $kind 1000 $proxy_pid $MOST_KIB $IDLE_KIB | tee -a "$SENTINEL_HOST/floods")" "little" "1,000 connections with $kind take little memory, and give it back"
done
contains "$(raw flood answers 200 $proxy_pid $MOST_KIB $IDLE_KIB | tee -a "$SENTINEL_HOST/floods")" "little" "... 200 that do not read their answers as well"
sed 's/^/# /' "$SENTINEL_HOST/floods"
succeeds "... and it serves" through ps
refused() { "$@" python3 "$here/raw.py" "$OUR_SOCKET" get /_ping; }
contains "$(refused unshare --mount)" "The socket knows who calls only on this machine itself: the process that has connected has mounts" "a process with mounts of its own is nobody"
denied() { journal | jq -r 'select(.decision == "denied") | [.user, .socket, .program, .method, .uri, .findings[0].rule] | join(" ")' | tail -1; }
is "$(denied)" " tools python3 GET /_ping builtin.socket-caller" "... which is in the trail: as nobody, where, by which program, what and why"
is "$("$SENTINEL" --local --config-dir "$SENTINEL_HOST/guard" --json audit list --decision denied --limit 1 | jq -r '.data.entries[0] | .endpoint + " " + .findings[0].rule')" "system.ping builtin.socket-caller" "... as sentinel audit list shows it"
contains "$(refused unshare --mount)" "HTTP/1.1 403 Forbidden ⛔ BLOCKED BY SENTINEL" "... and is told of as another denial"
contains "$(refused unshare --mount)" "sentinel audit show $(journal | jq 'select(.decision == "denied") | .id' | tail -1)" "... with its number"
contains "$(refused unshare --pid --fork)" "a process namespace of its own" "... with processes"
contains "$(refused unshare --user --map-root-user)" "a user namespace of its own" "... with users"

says() { sockets_configure "$1" "${2:-}"; wait_for 20 answers "$3"; }
made="[0-9a-f]{64}"
answers() { [[ $(through create --privileged --network none busybox:1.36 id 2>&1) =~ $1 ]]; }
succeeds "a policy of its own: what the one in force denies" says "policy: permissive" "" "$made"
is "$(records container.create | tail -1 | jq -r '.decision + " " + .policy')" "warned permissive" "... by it, in the trail"
succeeds "by user: the first that fits" says "policy: permissive, policies: [{users: [daemon], policy: permissive}, {users: [ro*], groups: ['0'], policy: active}]" "" "BLOCKED BY SENTINEL"
succeeds "a policy that is not there lets nothing through" says "policy: nowhere" "" "policy cannot be had, so nothing is let through: nowhere"
contains "$(raw get /_ping)" "HTTP/1.1 403" "... not even what only looks"
is "$(denied)" "root tools python3 GET /_ping builtin.socket-policy" "... which is in the trail"
printf 'name: nowhere\nmode: audit\n' > "$SENTINEL_HOST/guard/policies/nowhere.yaml"
succeeds "... it is there: it is read" wait_for 20 answers "$made"
rm "$SENTINEL_HOST/guard/policies/nowhere.yaml"
succeeds "... it is gone: nothing is let through" wait_for 20 answers "cannot be had"
succeeds "a name for whoever has the socket" says "identity: fixed" "" "BLOCKED BY SENTINEL"
contains "$(refused unshare --mount)" "HTTP/1.1 200 OK" "... also a process that is nobody's here"
is "$(journal | tail -1 | jq -r .user)" socket:tools "... is in the trail"
inside() { # prints the answer, and the container's id behind it
	docker rm -f inside > /dev/null 2>&1
	docker run --name inside --network none -v "$OUR_SOCKET:/s" -v /usr:/usr:ro -v /lib:/lib:ro -v /lib64:/lib64:ro busybox:1.36 /usr/bin/curl -s --unix-socket /s http://docker/_ping
	docker inspect -f ' {{.Id}}' inside
}
whence() { journal | tail -1 | jq -r '.decision + " " + .user + " " + .caller_container'; }
id=$(inside)
is "${id% *}" OK "... also a container that has it"
is "$(whence)" "allowed socket:tools ${id#* }" "... which is in the trail, by its id"
succeeds "the callers' own names again" says "" "" "BLOCKED BY SENTINEL"
id=$(inside)
contains "$id" "The socket knows who calls only on this machine itself" "... then the container is refused"
is "$(whence)" "denied  ${id##* }" "... which is in the trail, by its id"
docker create --name shown --label show=yes --env TOKEN=hunter2 busybox:1.36 id > /dev/null
docker create --name other --label show=no busybox:1.36 id > /dev/null
shows() { [ "$(through ps -a --format '{{.Names}}' | sort | xargs)" = "$1" ]; }
sockets_configure "read: {containers: {labels: [show=yes]}, hide: [environment]}"
succeeds "read: a list has only containers with the labels" wait_for 20 shows shown
is "$(through ps -a --filter name=other --filter label=show --format '{{.Names}}')" "" "... whatever is asked for besides"
is "$(through inspect shown | jq -r '.[0] | .Name + " " + (.Config | has("Env") | tostring) + " " + .Config.Labels.show')" "/shown false yes" "... its inspection has no environment"
contains "$(through inspect --type container other 2>&1)" "No such container: other" "... another one is not there"
is "$(through image inspect busybox:1.36 | jq '.[0].Config | has("Env")')" false "... nor has an image one"
contains "$(through logs shown 2>&1)" "nobody knows what it tells" "... and what cannot be cut is refused"
is "$(denied | cut -d " " -f -4,6)" "root tools docker GET builtin.socket-read" "... which is in the trail"
python3 - "$SENTINEL_HOST/away.sock" > "$SENTINEL_HOST/away" << 'LISTENER' &
import socket, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen()
while True:
    client = listener.accept()[0]
    print(client.recv(65536).decode(), flush=True)
    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\naway")
    client.close()
LISTENER
away=$!
sockets_configure "upstream: 'unix://$SENTINEL_HOST/away.sock'"
at_away() { curl -s --unix-socket "$OUR_SOCKET" http://docker/_ping | grep -q away; }
succeeds "another upstream is asked instead of Docker" wait_for 20 at_away
is "$(tr -d '\r' < "$SENTINEL_HOST/away" | grep -i '^x-sentinel' | sort -u)" "X-Sentinel-Call: elsewhere" "... and is told no mark, which Docker would believe"
kill $away

sed -i '/^sockets:/,$d' "$SENTINEL_HOST/guard/config.yaml"
kill -HUP "$guard_pid"
succeeds "a socket that is not named lets nothing through" wait_for 20 answers "not in config.yaml"
is "$(denied | cut -d " " -f -4,6)" "root tools docker POST builtin.socket-unknown" "... which is in the trail"
succeeds "named again it does" says "" "" "BLOCKED BY SENTINEL"

guard_kill
start=$EPOCHREALTIME
contains "$(raw get /_ping)" "HTTP/1.1 503 Service Unavailable ⛔ DOCKER SENTINEL is not there" "without the guard a socket refuses"
succeeds "... at once" test "$(((${EPOCHREALTIME//./} - ${start//./}) / 1000))" -lt 3000
succeeds "... and Docker is untouched" docker ps
guard_start --judge-socket "$JUDGE_SOCKET"
contains "$(through ps 2>&1)" lasting "with it again all is as before"

docker_stop
docker_start
is "$(run --rm --name both busybox:1.36 echo made)" made "beside the plugin: a call that a socket judged passes it"
is "$(journal | jq -r 'select(.endpoint == "container.create" and .subject == "both") | .socket // "plugin"')" tools "... judged there"
count() { journal | jq -s '[.[] | select(.endpoint == "container.create")] | length'; }
before=$(count)
run --rm busybox:1.36 id > /dev/null
is $(($(count) - before)) 1 "... and once in the trail"
contains "$(DOCKER_HOST=$DOCKER_HOST docker run --privileged busybox:1.36 id 2>&1)" "BLOCKED BY SENTINEL" "... and at Docker's own socket the plugin judges"
contains "$(python3 "$here/raw.py" "${DOCKER_HOST#unix://}" create forged 0 privileged length)" "BLOCKED BY SENTINEL" "... also with a mark that nobody gave"
proxy_stop
done_testing
