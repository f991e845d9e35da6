#!/bin/bash
# Containers that were there before a policy: which of them it would not let start again, and what could be written so that it does.
. "$(dirname "$0")/begin.sh"
# shellcheck source=tests/cli/answers.sh
. "$here/../cli/answers.sh"

guard_policy permissive
guard_start
docker_start
image_import > /dev/null
local_sentinel() { "$SENTINEL" --local --config-dir "$SENTINEL_HOST/guard" "$@"; }
quiet() { "$@" > /dev/null 2>&1; }
mounts() { local_sentinel --json doctor | jq -r '.data.checks[] | select(.name == "mounts") | .status + ": " + .message'; }
denied() { local_sentinel --json policy containers "$1" | jq -r '[.data.denied[].name] | sort | join(" ")'; }

# A directory of the host's that no template lists; closed, so that nothing but the list speaks against it.
mount -t tmpfs -o mode=755 tmpfs /opt
mkdir -m 755 "/opt/sites, old"
mount -t tmpfs -o mode=755 tmpfs /var/spool
mkdir -m 700 /var/spool/shop /var/spool/depot

is "$(mounts)" "ok: no container of 0 mounts what would be denied at its next start" "there is none"
is "$(local_sentinel policy containers production; echo $?)" "Policy production would deny the next start of 0 of 0 containers
0" "... and nothing that would be denied"
quiet docker create --name plain --user 1000 --memory 64m --network none busybox:1.36 sleep 60
quiet docker create --name shop -v /var/spool/shop:/shop --memory 64m --network none busybox:1.36 sleep 60
quiet docker create --name depot -v /var/spool/depot:/depot:ro --user 1000 --memory 64m --network none busybox:1.36 sleep 60
quiet docker create --name sites -v "/opt/sites, old:/sites" --user 1000 --memory 64m --network none busybox:1.36 sleep 60
quiet docker create --name root -v /root:/r --network none busybox:1.36 sleep 60
quiet docker create --name mighty --privileged --network none busybox:1.36 sleep 60
quiet docker run -d --name runs -v /etc:/e:ro --network none busybox:1.36 sleep 600
is "$(mounts)" "ok: no container of 7 mounts what would be denied at its next start" "permissive would let all of them start"
is "$(denied production)" "depot mighty root runs shop sites" "production would not"
is "$(local_sentinel policy containers production > /dev/null; echo $?)" 1 "... and the command says so to scripts"

shown=$(local_sentinel policy containers production)
contains "$shown" "Policy production would deny the next start of 6 of 7 containers" "how many there are"
contains "$shown" "  shop (busybox:1.36)
    /var/spool/shop is not among the directories of the host that may be mounted (mounts.default)" "which, and why"
contains "$shown" "  mighty (busybox:1.36)
    Privileged containers are not allowed (privileged)" "... also for other reasons than mounts"
is "$(sed -n '/^Nothing was changed/,$p' <<< "$shown")" "Nothing was changed.  If containers may have these directories, an administrator adds them (sudo sentinel policy edit production):
  to rules.mounts.allowed: \"/opt/sites, old\", /var/spool/shop
  to rules.mounts.allowed_read_only: /var/spool/depot" "what an administrator could add: nothing that is blocked"

# By the plugin: what is foretold happens, and the lines do what they say.
echo "active_policy: production" > "$SENTINEL_HOST/guard/config.yaml"
wait_for 5 guard_logged "policy production (enforce) is in force" || bail_out "production did not come into force"
for name in shop depot sites root mighty; do
	contains "$(docker start "$name" 2>&1)" "BLOCKED BY SENTINEL" "$name is not started, as it was foretold"
done
is "$(docker start plain)" plain "what was not named is started"
is "$(mounts | cut -d: -f1-2)" "warning: the policy would not let 5 of 7 containers start again for what they mount" "doctor counts those that are held back by what they mount"
added() { sed -n "s/^  to rules.mounts.$1: //p" <<< "$shown"; }
sed "s|^    allowed: \[/srv|&, $(added allowed)|; s|^      - /opt$|      - $(added allowed_read_only)\n&|; s/^name: production/name: mine/" \
	"$SENTINEL_HOST/guard/policies/production.yaml" > "$SENTINEL_HOST/guard/policies/mine.yaml"
succeeds "the policy with these lines loads" local_sentinel policy validate "$SENTINEL_HOST/guard/policies/mine.yaml"
is "$(denied mine)" "mighty root runs sites" "with these lines the others would start"
contains "$(local_sentinel policy containers mine)" "give people of this host" "what else speaks against one is said"
echo "active_policy: mine" > "$SENTINEL_HOST/guard/config.yaml"
wait_for 5 guard_logged "policy mine (enforce) is in force" || bail_out "the policy did not come into force"
is "$(docker start shop) $(docker start depot)" "shop depot" "... and they do"

# init says the same before it is too late, and writes nothing.
before=$(sha256sum "$SENTINEL_HOST/guard/policies/production.yaml")
output=$(local_sentinel init --policy production --no-interactive)
contains "$output" "Policy production would deny the next start of 6 of 7 containers" "init tells of them"
contains "$output" "  to rules.mounts.allowed: \"/opt/sites, old\", /var/spool/shop" "... and of what could be added"
is "$(sha256sum "$SENTINEL_HOST/guard/policies/production.yaml")" "$before" "... and does not write it"
is "$(local_sentinel --json init --policy production --no-interactive | jq -r '.data.containers | [.judged, (.denied | length), .more] | join(" ")')" "7 6 false" "init --json"

# More than are looked at: the newest, and that there are others.
docker_stop
is "$(local_sentinel policy containers production > /dev/null 2>&1; echo $?)" 3 "without Docker it is not known"
is "$(mounts)" "" "... and doctor says nothing about it"
is "$(local_sentinel --json init --policy production --no-interactive | jq -r '.data | has("containers")')" false "... nor does init"
# Once, on this machine: they do not depend on the Docker.
[ -z "${ANSWERS_HOLD:-}" ] || answers_hold "policy containers" init doctor
done_testing
