#!/bin/bash
# SPDX-License-Identifier: MIT
# validate -- docker compose up: what is said of each call, and that nothing is called allowed that is not understood.  What Compose really
# sends is compared in tests/e2e/test-compose.sh.
set -u
# shellcheck source=tests/e2e/tap.sh
. "$(dirname "$0")/../e2e/tap.sh"
# Where Compose's plugin is installed, sentinel asks it; how sentinel reads a file itself is seen without.
plugins=(/usr/local/lib /usr/local/libexec /usr/lib /usr/libexec)
for place in "${plugins[@]/%//docker/cli-plugins}"; do
	[ ! -e "$place/docker-compose" ] || [ "${PLUGINS_HIDDEN:-}" = yes ] || hidden+=("$place")
done
if [ -n "${hidden[*]:-}" ]; then
	own=()
	[ "$(id -u)" = 0 ] || own=(--map-root-user)
	export PLUGINS_HIDDEN=yes
	# shellcheck disable=SC2016
	exec unshare --mount "${own[@]}" bash -c 'for place in "${@:2}"; do mount -t tmpfs tmpfs "$place" || exit; done; exec bash "$1"' - "$0" "${hidden[@]}"
fi
# shellcheck source=tests/cli/answers.sh
. "$(dirname "$0")/answers.sh"

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
unset COMPOSE_FILE COMPOSE_PROFILES COMPOSE_PROJECT_NAME COMPOSE_ENV_FILES
export TMPDIR=$dir SENTINEL_DAEMON=$SENTINELD HOME=$dir DOCKER_CONFIG=$dir/docker DOCKER_HOST=unix://$dir/no.sock
mkdir -p "$dir/shop" "$dir/bin" "$dir/docker"
cd "$dir/shop" || bail_out "there is no project"
judge() { "$SENTINEL" --local --config-dir "$dir/config" "$@"; }
compose() { judge --json validate --policy production -- docker compose "$@"; }
outcomes() { jq -r '.data.calls[] | "\(.what): \(.outcome)"' | paste -sd'|'; }

cat > compose.yaml <<'YAML'
name: shop
x-common: { anything: here }
services:
  web:
    image: nginx:1.25
    user: "1000:1000"
    mem_limit: 64m
    cpus: 0.5
    pids_limit: 100
    read_only: true
    cap_drop: [ALL]
    volumes: ["data:/data", "/anonymous"]
    tmpfs: /run
    ports: ["127.0.0.1:8080:80", { target: 443, published: 8443, protocol: tcp }]
    environment: { A: b, C: }
    labels: ["a=b"]
    healthcheck: { test: [CMD, id] }
    depends_on: [base]
    networks: { front: { aliases: [w] } }
  base:
    image: nginx:1.25
    user: "1000"
    deploy: { resources: { limits: { memory: 64M, pids: 50 } } }
    networks: [front]
  other: { image: "nginx:1.25", user: "1000", mem_limit: 64m, network_mode: none }
networks: { front: { internal: true } }
volumes: { data: }
YAML
is "$(compose up -d | outcomes)" "network shop_front: allowed|volume shop_data: allowed|service base: allowed|service other: allowed|service web: allowed" "networks, volumes and services are judged each"
succeeds "all allowed: exit 0" compose up --detach --no-build
is "$(compose up other | outcomes)" "service other: allowed" "only what is named"
is "$(compose up web --no-deps | outcomes)" "network shop_front: allowed|volume shop_data: allowed|service web: allowed" "without what it depends on"
is "$(compose -p name create web | jq -r '.data.calls[0].what')" "network name_front" "create is like up, and --project-name counts"
is "$(judge --json validate --policy production -- docker-compose up other | outcomes)" "service other: allowed" "the older program's name"
is "$(judge --json validate --policy production -- compose up other | outcomes)" "service other: allowed" "docker may be left out"
is "$(compose -f compose.yaml --project-directory . up other | outcomes)" "service other: allowed" "a file that is named"
contains "$(judge validate --policy production -- docker compose up)" "service web         allowed" "a table"
is "$(compose up | jq -c '[.success, .data.allowed, .data.known, .data.policy, .data.mode]')" '[true,true,true,"production","enforce"]' "and JSON"

# one SERVICE: the outcome and the rule that blocks of a project with this service, and the exit status
one() {
	printf 'name: p\nservices:\n  s: { image: "nginx:1.25", user: "1000", mem_limit: 64m, network_mode: none, %s }\n' "$1" > one.yaml
	local answer status
	answer=$(compose -f one.yaml up)
	status=$?
	jq -r --arg status "$status" '.data.calls[-1].outcome + " " + $status + " " + ([.data.risks[].rule] | unique | join(","))' <<< "$answer"
}
while IFS='|' read -r expected service; do
	is "$(one "$service")" "$expected" "$service"
done <<'ROWS'
allowed 0 |working_dir: /
denied 1 privileged|privileged: true
denied 1 host_namespaces.pid|pid: host
denied 1 host_namespaces.ipc|ipc: host
warned 0 |uts: host
denied 1 capabilities.blocked|cap_add: [SYS_ADMIN]
denied 1 mounts.blocked|volumes: ["/etc:/h:ro"]
denied 1 mounts.blocked|volumes: [{ type: bind, source: /etc, target: /h, read_only: true, bind: { create_host_path: true } }]
denied 1 mounts.blocked|volumes: ["/var/run/docker.sock:/s"]
denied 1 security_options.allowed|security_opt: ["seccomp:unconfined"]
denied 1 devices|devices: ["/dev/sda:/dev/sda:rwm"]
allowed 0 |ulimits: { nofile: 1024, nproc: { soft: 5, hard: 10 } }, logging: { driver: json-file, options: { max-size: 1m } }, extra_hosts: ["a:192.0.2.1"]
not known 3 |logging: { driver: json-file, frob: x }
not known 3 |secrets: [a]
not known 3 |configs: [a]
not known 3 |env_file: x.env
not known 3 |extends: { service: t }
not known 3 |gpus: all
not known 3 |pid: "service:t"
not known 3 |volumes_from: [t]
not known 3 |volumes: [{ type: image, source: x, target: /x }]
not known 3 |volumes: [{ type: volume, source: v, target: /x, volume: { subpath: y } }]
not known 3 |ports: ["8000-8010:80"]
denied 1 security_options.allowed|security_opt: ["seccomp:profile.json"]
not known 3 |deploy: { endpoint_mode: dnsrr }
not known 3 |deploy: { resources: { reservations: { devices: [{ capabilities: [gpu] }] } } }
not known 3 |a_key_of_tomorrow: true
denied 1 privileged|privileged: true, secrets: [a]
ROWS

# What is not read at all.
while IFS='|' read -r status part text; do
	printf '%b\n' "$text" > bad.yaml
	fails_with "$status" "not read: $text" judge validate --policy production -- docker compose -f bad.yaml up
	contains "$output" "$part" "says $part"
done <<'ROWS'
3|Compose puts variables where a $ stands|services: {s: {image: "${IMAGE}"}}
3|anchors and tags|services: {s: {image: &a x}}
3|anchors, aliases and tags|services: &s {s: {image: x}}
3|such a key is not read|services: {s: {<<: {image: x}}}
3|twice|services: {s: {image: x, image: y}}
3|not the same to all readers|services: {s: {image: x, privileged: yes}}
3|not the same to all readers|services: {s: {image: x, mem_limit: 010}}
3|second document|services: {s: {image: x}}\n---\nservices: {}
3|the key include is not read|include: [x]\nservices: {s: {image: x}}
3|line 2|services: {s: [
2|no services|name: x
ROWS
while IFS='|' read -r status part line; do
	read -ra words <<< "$line"
	fails_with "$status" "docker compose $line" judge validate -- docker compose "${words[@]}"
	contains "$output" "$part" "says $part"
done <<'ROWS'
2|--frob is not understood|up --frob
2|--frob is not understood|--frob up
2|expected a value|up --scale
3|several files|-f compose.yaml -f one.yaml up
3|no such service|up nothing
2|No such file|-f nothing.yaml up
2|asks for many things at once|ps
ROWS
fails_with 3 "an override file is not read" bash -c 'touch compose.override.yaml; "$@"; status=$?; rm compose.override.yaml; exit $status' - "$SENTINEL" --local --config-dir "$dir/config" validate -- docker compose up
fails_with 3 "nor what the environment says" env COMPOSE_PROFILES=x "$SENTINEL" --local --config-dir "$dir/config" validate -- docker compose up
fails_with 2 "there is no project" judge validate -- docker compose -f "$dir/none.yaml" up
printf 'name: p\nservices: { s: { build: ., user: "1000", mem_limit: 64m, network_mode: none } }\n' > build.yaml
is "$(compose -f build.yaml up | outcomes)" "build s: not known|service s: warned" "what is built is not known"
is "$(compose -f build.yaml up --no-build | outcomes)" "service s: warned" "unless nothing is"
printf 'name: p\nservices: { s: { image: "nginx:1.25", user: "1000", mem_limit: 64m, network_mode: none, volumes: ["v:/v"] } }\nvolumes: { v: { driver_opts: { type: none, o: bind, device: /etc } } }\n' > volume.yaml
contains "$(compose -f volume.yaml up | outcomes)" "volume p_v: denied" "a volume that is a directory of the host"

# Docker's plugin, where it is installed, is asked: this one answers what Compose 2 says of the file above.
mkdir -p "$DOCKER_CONFIG/cli-plugins"
printf '#!/bin/sh\n' > "$DOCKER_CONFIG/cli-plugins/docker-compose"
chmod +x "$DOCKER_CONFIG/cli-plugins/docker-compose"
cat > "$dir/answer.json" <<'JSON'
{"name":"shop","networks":{"front":{"name":"shop_front","ipam":{},"internal":true}},"services":{
"base":{"command":null,"entrypoint":null,"image":"nginx:1.25","user":"1000","deploy":{"resources":{"limits":{"memory":"67108864","pids":50}},"placement":{}},"networks":{"front":null}},
"other":{"command":null,"entrypoint":null,"image":"nginx:1.25","user":"1000","mem_limit":"67108864","network_mode":"none"},
"web":{"cap_drop":["ALL"],"command":null,"cpus":0.5,"depends_on":{"base":{"condition":"service_started","required":true}},"entrypoint":null,"environment":{"A":"b","C":null},
"healthcheck":{"test":["CMD","id"]},"image":"nginx:1.25","labels":{"a":"b"},"mem_limit":"67108864","networks":{"front":{"aliases":["w"]}},"pids_limit":100,
"ports":[{"mode":"ingress","host_ip":"127.0.0.1","target":80,"published":"8080","protocol":"tcp"}],"read_only":true,"tmpfs":["/run"],"user":"1000:1000",
"volumes":[{"type":"volume","source":"data","target":"/data","volume":{}},{"type":"volume","target":"/anonymous","volume":{}}]}},
"volumes":{"data":{"name":"shop_data"}}}
JSON
cat > "$dir/bin/docker" <<END
#!/bin/sh
echo "\$*" >> "$dir/asked"
[ "\$1" != compose ] || cat "$dir/answer.json"
END
chmod +x "$dir/bin/docker"
PATH=$dir/bin:$PATH
is "$(compose --profile x up -d web | outcomes)" "network shop_front: allowed|volume shop_data: allowed|service base: allowed|service web: allowed" "the plugin's answer is judged"
is "$(cat "$dir/asked")" "compose --profile x config --format json" "it is asked with the same options"
printf '#!/bin/sh\necho "no configuration file provided: not found" >&2\nexit 14\n' > "$dir/bin/docker"
fails_with 2 "what it refuses is refused" judge validate -- docker compose up
contains "$output" "no configuration file provided" "in its words"
printf '#!/bin/sh\necho nonsense\n' > "$dir/bin/docker"
fails_with 3 "an answer that is none" judge validate -- docker compose up
answers_hold validate
done_testing
