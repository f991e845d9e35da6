#!/bin/bash
# Break-glass: sentinel exec and its --force, with the real Docker.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../e2e/tap.sh"
. "$here/host.sh"
host_boot
host_install
in_host sh -c 'cat > /root/answer.exp; chmod 755 /root /root/answer.exp' < "$here/answer.exp"
in_host sentinel policy use production > /dev/null
host_guard_docker
host_image
manager() { in_host busctl call "${sentinel_bus[@]}" io.github.dockersentinel.Sentinel1.Manager "$@"; }
trail() { in_host cat /var/lib/sentinel/audit/audit.jsonl | jq -r "select($1) | $2"; }

is "$(as alice sentinel exec -- docker run --rm --network none --user 1000 --memory 64m busybox:1.36 echo fine 2> /dev/null)" fine "exec runs what is allowed"
is "$(as alice sentinel exec -- run --rm --network none --user 1000 --memory 64m busybox:1.36 echo fine 2> /dev/null)" fine "... also without the word docker"
fails_with 7 "... and passes on the exit status" as alice sentinel exec -- docker run --rm --network none --user 1000 --memory 64m busybox:1.36 sh -c 'exit 7'
fails_with 1 "exec does not run what is denied" as alice sentinel exec -- docker run --rm --privileged busybox:1.36 echo no
contains "$output" "BLOCKED BY SENTINEL" "... and says why"
is "$(trail '.decision == "denied"' .id)" "" "... without asking Docker"
is "$(as alice sentinel --json exec -- docker run --privileged busybox:1.36 2> /dev/null | jq -r .data.allowed)" false "... with --json in the envelope"

fails_with 4 "--force needs an authorization" as alice sentinel --no-ask-password exec --force -- docker run --rm --network none -v /etc:/x busybox:1.36 echo forced
fails_with 0 "an administrator's password makes a grant" in_session remote alice /root/answer.exp admin sentinel exec --force --reason "night shift" -- docker run --rm --network none -v /etc:/x busybox:1.36 echo forced
contains "$output" "sentinel1.grant" "... by an action of its own"
contains "$output" "let alice run what the policy production denied: docker create" "... whose question names the user, the policy and the command"
contains "$output" "(image busybox:1.36); uses: 1, for 10 min; reason: night shift" "... the image, how often, how long and why"
contains "$output" "forced" "... and the command runs"
contains "$(trail '.endpoint == "sentinel.grant"' '.user + ": " + .command')" "alice: grant 1 made, 1 uses left" "the trail has the grant"
contains "$(trail '.endpoint == "sentinel.grant"' .command)" "night shift" "... with its reason"
contains "$(trail '.grant == 1 and .endpoint != "sentinel.grant"' .decision)" "warned" "... and its use"
contains "$(in_host journalctl -b -x --no-pager -u sentineld.service)" "A grant was used" "the journal explains it"

fails_with 125 "the grant is for this call only" as alice docker run --rm --network none -v /etc:/x -v /root:/y busybox:1.36 echo no
contains "$output" "BLOCKED" "... another is denied"
denied_id() { sed -n 's/^Decision \([0-9]*\), policy.*/\1/p' <<< "$output"; }
id=$(denied_id)
is "$(trail '.decision == "denied"' .user | sort -u)" alice "whoever was denied is known"
is "$(as alice sentinel --json audit list --decision denied | jq -r '.data.entries[].user' | sort -u)" alice "... and may read it"
is "$(as mallory sentinel --json audit list | jq -r '.data.entries | length')" 0 "... but nobody else without an authorization"
fails_with 4 "a grant by its decision's number is not for everybody" as alice sentinel --no-ask-password grant create "$id" --reason x
is "$(in_host sentinel --json grant create "$id" --reason x --uses 3 | jq -c .data.grant)" 2 "... but for administrators"
fails_with 0 "it can be revoked" in_host sentinel grant revoke 2
fails_with 125 "... and counts no more" as alice docker run --rm --network none -v /etc:/x -v /root:/y busybox:1.36 echo no
fails_with 125 "the first one is used up" as alice docker run --rm --network none -v /etc:/x busybox:1.36 echo no
is "$(manager CreateGrant 'ta{sv}' "$(denied_id)" 3 reason s x uses t 3 duration t 20)" "t 3" "one that ends by itself"
# A new guard does not know whose the connections are that Docker keeps for minutes after docker run; a new Docker has none.
in_host systemctl restart sentineld.service docker.service
fails_with 0 "... counts after a restart" as alice docker run --rm --network none -v /etc:/x busybox:1.36 echo no
none_left() { [ "$(manager ListGrants)" = "aa{sv} 0" ]; }
wait_for 60 none_left
fails_with 125 "... and ends with its time" as alice docker run --rm --network none -v /etc:/x busybox:1.36 echo no
contains "$(trail '.endpoint == "sentinel.grant-ended"' .command)" "grant 3 ended" "... which is in the trail"
is "$(manager ListGrants)" "aa{sv} 0" "no grant is left"
is "$(in_host busctl call "${sentinel_bus[@]}" io.github.dockersentinel.Sentinel1.Audit Verify | cut -d' ' -f1,2)" "bts true" "the trail is whole"
done_testing
