#!/bin/bash
# Who asks on Docker's Unix socket: what the kernel shows of real clients of the real dockerd, and that nobody is taken for another.
. "$(dirname "$0")/begin.sh"

ALICE=61001 BOB=61002 GUARD=61003 PROXY=61006 PORT=23751
TRIES=20
chmod 711 "$SENTINEL_HOST"
sed -E '/:6100[1236]:|^(alice|bob|sentinel-proxy):/d' /etc/passwd > "$SENTINEL_HOST/passwd"
printf '%s\n' "alice:x:$ALICE:$ALICE::/:/bin/sh" "bob:x:$BOB:$BOB::/:/bin/sh" "sentinel-proxy:x:$PROXY:$PROXY::/:/bin/sh" >> "$SENTINEL_HOST/passwd"
mount --bind "$SENTINEL_HOST/passwd" /etc/passwd
{ grep -vE '^(alice|bob|team|admins):' /etc/group; printf '%s\n' "alice:x:$ALICE:" "bob:x:$BOB:" "team:x:61004:alice,bob" "admins:x:61005:alice"; } > "$SENTINEL_HOST/group"
mount --bind "$SENTINEL_HOST/group" /etc/group
cp "$here/client.py" "$SENTINEL_HOST/client.py"
socket=$SENTINEL_HOST/docker.sock

as() { # UID COMMAND...
	setpriv --reuid "$1" --regid "$1" --clear-groups "${@:2}"
}
within=() # a command to run clients with
client() { # UID HOW [METHOD TARGET], at $where or Docker's Unix socket
	as "$1" "${within[@]}" /usr/bin/python3 "$SENTINEL_HOST/client.py" "$2" "${where:-$socket}" "${@:3}"
}
# sit UID: somebody who is connected and silent, until `leave`
sit() {
	coproc SITTER { client "$1" idle; }
	read -r -u "${SITTER[0]}" _
}
leave() {
	eval "exec ${SITTER[1]}>&-"
	wait "$SITTER_PID"
}
# stop NAME: a call that changes something, as far as the plugin can tell, and that is known in the trail by its name
stop() { echo "/containers/$1/stop"; }
# The users that the trail has for the calls about NAME.
users_of() { journal | jq -r --arg s "$1" 'select(.subject == $s) | .user' | sort -u; }
written() { [ "$(journal | jq -r --arg s "$1" 'select(.subject == $s) | .id' | wc -l)" -ge "$2" ]; }

mkdir -p "$SENTINEL_HOST/guard/policies"
cat > "$SENTINEL_HOST/guard/policies/users.yaml" <<-'EOF'
	name: users
	mode: enforce
	rules:
	  privileged:
	    action: block
	    exceptions:
	      - users: [alice]
	        reason: a test of users
	  host_namespaces:
	    pid: {action: block, exceptions: [{groups: [admins]}]}
	    uts: {action: block, exceptions: [{groups: [team]}]}
	  endpoints:
	    logs: {action: block, exceptions: [{users: [alice]}]}
EOF
cat - "$SENTINEL_HOST/guard/policies/users.yaml" > "$SENTINEL_HOST/guard/policies/readers.yaml" <<-'EOF'
	custom_rules:
	  - name: top
	    requests: [read]
	    condition: {and: [{field: endpoint, operator: equals, value: container.top}, {field: caller, operator: not_equals, value: alice}]}
EOF
sed -i 's/^name: users/name: readers/' "$SENTINEL_HOST/guard/policies/readers.yaml"
guard_policy_all_reads users
guard_start
docker_start
image_import > /dev/null
chmod 666 "$socket"

privileged() { # UID [FLAG]: whether that user's privileged container, or one with another flag, is allowed
	local answer
	answer=$(as "$1" docker create "${2:---privileged}" busybox:1.36 id 2>&1)
	case $answer in
	*BLOCKED*) echo denied ;;
	*) echo allowed ;;
	esac
}

looks() { # UID TARGET: the status of the answer
	client "$1" ask GET "$2" | cut -d' ' -f2
}

client $ALICE ask POST "$(stop alone)" > /dev/null
is "$(users_of alone)" alice "one user is connected: it is that user"
client 61009 ask POST "$(stop nameless)" > /dev/null
is "$(users_of nameless)" 61009 "who has no name is a number"
client $ALICE half POST "$(stop half)" > /dev/null
is "$(users_of half)" alice "a client that has said all and waits for the answer is there"
as $ALICE docker stop command > /dev/null 2>&1
is "$(users_of command)" alice "the docker command is its user's"
client $ALICE ask GET "/containers/looking/json" > /dev/null
is "$(users_of looking)" "one-of:alice,?" "a call that only looks has a look of a second, which is marked"
as $ALICE docker run --rm --network none busybox:1.36 id > /dev/null 2>&1
client $ALICE ask POST "$(stop after)" > /dev/null
is "$(users_of after)" alice "what Docker keeps of a connection that has ended is known as its user's"
is "$(privileged $ALICE)" allowed "the exception for alice holds for alice"
is "$(privileged $BOB)" denied "and not for bob"
is "$(privileged $ALICE --pid=host)" allowed "the exception for a group holds for who is in it"
is "$(privileged $BOB --pid=host)" denied "and not for who is not"
is "$(privileged $BOB --uts=host)" allowed "a group has several members"
is "$(looks $ALICE "/containers/no/logs?stdout=1") $(looks $BOB "/containers/no/logs?stdout=1")" "404 403" "who reads what a rule is about is certain, too"
# Docker lets go of them when it tidies its memory, within two minutes; not waited for here.
docker_stop
guard_stop
guard_policy_all_reads readers
guard_start
docker_start
chmod 666 "$socket"
is "$(looks $ALICE /containers/no/top) $(looks $BOB /containers/no/top)" "404 403" "and where a rule of one's own goes by the caller"
is "$(looks $BOB /_ping) $(looks $BOB /version)" "200 200" "what every client begins with is answered"
docker_stop
docker_start
chmod 666 "$socket"

sit $BOB
client $ALICE ask POST "$(stop two)" > /dev/null
is "$(users_of two)" "one-of:alice,bob" "two are connected: it is one of them"
is "$(privileged $ALICE)" denied "the exception does not hold for one of two"
is "$(privileged $ALICE --pid=host)" denied "nor that for a group which one of them is not in"
is "$(privileged $ALICE --uts=host)" allowed "but for the group that both are in"
for ((i = 0; i < TRIES; i++)); do
	client $ALICE gone POST "$(stop gone)"
done
succeeds "calls of a client that goes at once are in the trail" wait_for 10 written gone 1
contains "$(users_of gone | tr '\n' ' ')" "one-of:" "they are one of several's"
is "$(users_of gone | grep -cx bob)" 0 "and never bob's, who is connected"
within=(unshare --user --map-root-user --net)
for ((i = 0; i < TRIES; i++)); do
	client $ALICE ask POST "$(stop hidden)" > /dev/null
done
within=()
is "$(users_of hidden)" "one-of:bob,?" "a client in a network namespace of its own is not seen, but missed"
leave

# What a socket of Sentinel's sends on has a mark.
docker_stop
docker_start
chmod 666 "$socket"
sit $PROXY
client $ALICE ask POST "$(stop direct)" > /dev/null
is "$(users_of direct)" alice "beside a socket of Sentinel's that is connected it is still that user"
is "$(privileged $ALICE)" allowed "... and her exception holds"
client $ALICE ask POST "$(stop marked)" "X-Sentinel-Call: forged" > /dev/null
is "$(users_of marked)" "one-of:alice,sentinel-proxy" "... but not of a call with a mark that nobody gave"
leave

docker_stop
docker_start --host tcp://127.0.0.1:$PORT
chmod 666 "$socket"
sit $ALICE
where=127.0.0.1:$PORT client $BOB ask POST "$(stop network)" > /dev/null
is "$(users_of network)" "one-of:alice,?" "who comes over TCP is not taken for who is connected"
leave
docker_stop

# As installed: without root, with the witness and without.
guard_stop
chown -R $GUARD "$SENTINEL_HOST/guard"
chown $GUARD /run/docker/plugins
chmod 711 /run/docker
cp "$SENTINELD" "$(dirname "$SENTINELD")/../helper/sentinel-witness" "$SENTINEL_HOST"
root_guard=$SENTINELD
SENTINELD=$SENTINEL_HOST/without-root
printf '#!/bin/sh\nexec setpriv --reuid %s --regid %s --clear-groups %s "$@"\n' $GUARD $GUARD "$SENTINEL_HOST/$(basename "$root_guard")" > "$SENTINELD"
chmod 755 "$SENTINELD"
guard_start
docker_start
chmod 666 "$socket"
client $ALICE ask POST "$(stop unproven)" > /dev/null
is "$(users_of unproven)" "one-of:alice,?" "without a witness nobody is certain"
guard_stop
systemd-socket-activate --accept --seqpacket -l /run/sentinel-witness.sock "$SENTINEL_HOST/sentinel-witness" 2> /dev/null &
witness=$!
wait_for 5 test -S /run/sentinel-witness.sock
chown $GUARD /run/sentinel-witness.sock
guard_start
docker_ready
client $ALICE ask POST "$(stop proven)" > /dev/null
is "$(users_of proven)" alice "with one it is"
kill $witness
done_testing
