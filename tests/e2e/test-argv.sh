#!/bin/bash
# What sentinel validate says about a docker command is what the plugin decides when docker runs it.
. "$(dirname "$0")/begin.sh"

guard_policy_all_reads permissive
guard_template_fits production
guard_start
docker_start
image_import > /dev/null
policy() { # NAME GENERATION
	guard_policy_all_reads "$1"
	wait_for 5 guard_logged "policy $1 (enforce) is in force, generation $2" || bail_out "policy $1 did not come into force"
}
docker create --name bad --privileged --network none busybox:1.36 sleep 60 > /dev/null
policy production 2
mkdir -p "$SENTINEL_HOST/work/context"
cd "$SENTINEL_HOST/work" || bail_out "no directory to work in"
export DOCKER_BUILDKIT=0 TOKEN=hunter2
printf 'A=1\nTOKEN\n# nothing\n' > some.env
echo '{ "defaultAction": "SCMP_ACT_ALLOW" }' > profile.json
echo 'FROM scratch' > context/Dockerfile
docker create --name web --network none --user 1000 --memory 64m busybox:1.36 sleep 60 > /dev/null

# The decision and the points by the journal: of the first entry that is the same command.  (Clients of other versions than the
# one that is foretold write names and defaults otherwise.)
decided() { # LINES-BEFORE LOGGED-AS
	journal | tail -n "+$(($1 + 1))" | jq -rs --arg command "$2" \
		'def verb: split(" ")[0:2]; map(select((.command | verb) == ($command | verb)))[0] | [.decision, .score] | join(" ")'
}

while IFS= read -r line; do
	[ -n "$line" ] || continue
	eval "words=($line)"
	before=$(journal | wc -l)
	said=$("$SENTINEL" --local --config-dir "$SENTINEL_HOST/guard" --json validate -- docker "${words[@]}")
	timeout 20 docker "${words[@]}" > /dev/null 2>&1 < /dev/null
	foretold=$(jq -r '.data | [if .allowed | not then "denied" elif (.risks + .warnings | length) > 0 then "warned" else "allowed" end, .risk_score] | join(" ")' \
		<<< "$said")
	is "$(decided "$before" "$(jq -r .data.logged_as <<< "$said")")" "$foretold" "docker $line"
done <<'ROWS'
run --rm --network none --user 1000 --memory 64m busybox:1.36 true
run --rm --network none -u 1000:1000 -m64m busybox:1.36 echo --privileged -v /:/x
run --rm --network none busybox:1.36 true
run --privileged busybox
run --privileged=false --rm --network none busybox:1.36 true
run -itdP --privileged=T --name x busybox:1.36
create -v /:/host busybox:1.36
create -v /etc:/e:ro -v "$PWD/context":/c busybox:1.36
create -v data:/data --volume /anonymous busybox:1.36
create --mount type=bind,src=/var/run/docker.sock,dst=/s busybox:1.36
create --mount '"type=bind",source=/srv,"target=/srv",readonly' busybox:1.36
create --mount type=volume,dst=/h,volume-opt=type=none,volume-opt=o=bind,volume-opt=device=/etc busybox:1.36
create --mount type=tmpfs,dst=/t,tmpfs-size=64m --tmpfs /run busybox:1.36
create -v /srv:/srv:ro,z busybox:1.36
create --cap-add net_admin busybox:1.36
create --cap-add=CAP_CHOWN --cap-drop all busybox:1.36
create --cap-add ALL busybox:1.36
create --network host busybox:1.36
create --net=none --pid host --ipc=host --uts host busybox:1.36
create --pid container:web --network container:web busybox:1.36
create --device /dev/null busybox:1.36
create --device /dev/loop0:/dev/x:r busybox:1.36
create --device-cgroup-rule 'a *:* rwm' busybox:1.36
create --security-opt seccomp=unconfined busybox:1.36
create --security-opt seccomp=profile.json busybox:1.36
create --security-opt no-new-privileges --security-opt systempaths=unconfined busybox:1.36
create --security-opt label:disable busybox:1.36
create --sysctl net.ipv4.ip_forward=1 busybox:1.36
create --sysctl fs.mqueue.msg_max=20 busybox:1.36
create --cgroup-parent /x busybox:1.36
create --runtime other busybox:1.36
create --env-file some.env -e TOKEN -e X=hunter2 -l secret=hunter2 busybox:1.36
create --restart always --log-driver none --shm-size 64m --ulimit nofile=1:2 --cpus 1.5 busybox:1.36
create -p 127.0.0.1:8080:80/tcp -p 9000-9001:90-91 --expose 70 busybox:1.36
create --volumes-from web:ro --link web:db busybox:1.36
create --user 0 --memory 64m busybox:1.36
create registry.evil.test/a:1
create busybox@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
exec -u 0 -e A=1 web id
exec --privileged -w / web id
pull registry.evil.test/a
tag busybox:1.36 registry.evil.test/b:1
tag busybox:1.36 mine
build -q -t mine:2 --network host context
build -q --build-arg A=b --label c=d context
volume create -d local -o type=none -o o=bind -o device=/etc hidden
volume create --label a=b plain
network create --internal -o a=b quiet
swarm init --advertise-addr 127.0.0.1
plugin install --grant-all-permissions registry.evil.test/p
import http://127.0.0.1:1/x.tar remote:1
start web
rename web site
rm -f site
container ls -a
ROWS

for line in "run --privilegd busybox" "run --memory much busybox" "run Busybox" "run -p 1:2:3:4:5 busybox" "exec web" "pull a b" "rnu busybox"; do
	read -ra words <<< "$line"
	fails_with 2 "docker $line: sentinel refuses it as docker does" "$SENTINEL" --local --config-dir "$SENTINEL_HOST/guard" validate -- docker "${words[@]}"
	docker "${words[@]}" > /dev/null 2>&1 && tap_result no "docker refuses docker $line"
done
local_json() { "$SENTINEL" --local --config-dir "$SENTINEL_HOST/guard" --json validate -- "$@"; }
is "$(local_json docker run -v /usr:/a:ro -v /etc:/b --cap-add NET_RAW --cap-add sys_admin registry.example.net/x | jq -c '[.data.risks[] | [.rule, .argument, .index]]')" \
	'[["mounts.blocked","--volume",4],["capabilities.blocked","--cap-add",8],["images.allowed_registries","",10]]' "findings name the word that caused them"
is "$(local_json docker run -e A=hunter2 --env=B=hunter2 -l c=hunter2 --privileged x | grep -c hunter2)" 0 "and no values are shown"
shown=$("$SENTINEL" --local --config-dir "$SENTINEL_HOST/guard" validate -- docker run -e A=hunter2 --privileged busybox:1.36)
contains "$shown" "  docker run -e A=*** --privileged busybox:1.36
                      ^^^^^^^^^^^^" "they are marked under the command"

# Each name and each step is a call of its own, for docker and for validate.
validate() { "$SENTINEL" --local --config-dir "$SENTINEL_HOST/guard" validate "$@"; }
docker create --name good --network none --user 1000 --memory 64m busybox:1.36 sleep 60 > /dev/null
succeeds "docker start good" validate -- docker start good
fails_with 1 "docker start good bad: one of the two is privileged" validate -- docker start good bad
fails_with 1 "docker restart bad good" validate -- docker restart bad good
is "$(validate -- docker start good bad | tail -2)" "  docker start good bad
                    ^^^" "the name is marked"
before=$(journal | wc -l)
docker start good bad > /dev/null 2>&1
is "$(journal | tail -n "+$((before + 1))" | jq -r 'select(.endpoint == "container.start") | [.subject, .decision] | join(" ")' | sort | xargs)" \
	"bad denied good allowed" "docker asks for both, and is denied the one"
cat > "$SENTINEL_HOST/guard/policies/calls.yaml" <<'POLICY'
version: "1.0"
name: calls
mode: enforce
rules:
  endpoints: { attach: block, pull: block }
custom_rules:
  - { name: no-enter, condition: { field: endpoint, operator: equals, value: exec.start } }
POLICY
policy calls 3
while IFS='|' read -r expected line; do
	read -ra words <<< "$line"
	is "$(validate -- docker "${words[@]}" > /dev/null; echo $?)" "$expected" "docker $line: foretold"
	before=$(journal | wc -l)
	timeout 20 docker "${words[@]}" > /dev/null 2>&1 < /dev/null
	is "$(journal | tail -n "+$((before + 1))" | jq -s 'map(select(.decision == "denied")) | length')" "$expected" "docker $line: done"
done <<'ROWS'
1|run --network none busybox:1.36 true
0|run -d --network none busybox:1.36 true
0|create --network none busybox:1.36 true
1|create --network none busybox:absent true
1|create --pull always --network none busybox:1.36 true
0|create --pull never --network none busybox:absent true
1|start -a good
1|exec good true
0|kill good web
0|rm -f good bad
ROWS
done_testing
