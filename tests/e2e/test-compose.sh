#!/bin/bash
# docker compose as people have it: Compose 1 with Docker 20.10, Compose 2 with later ones.
. "$(dirname "$0")/begin.sh"

guard_policy production
guard_start
docker_start
image_import > /dev/null
compose() {
	if docker compose version > /dev/null 2>&1; then
		docker compose "$@"
	else
		docker-compose "$@"
	fi
}
project=$SENTINEL_HOST/shop
mkdir -p "$project"
cd "$project" || bail_out "there is no project"
cat > compose.yaml <<'YAML'
version: "2.4"
services:
  web:
    image: busybox:1.36
    command: [sh, -c, "echo web is up; exec sleep 600"]
    user: "1000:1000"
    mem_limit: 64m
    stop_grace_period: 1s
    volumes: ["data:/data"]
    healthcheck: { test: [CMD, id], interval: 1s, timeout: 5s, retries: 3 }
  later:
    image: busybox:1.36
    command: [sh, -c, "echo later is up; exec sleep 600"]
    user: "1000:1000"
    mem_limit: 64m
    stop_grace_period: 1s
    depends_on: { web: { condition: service_healthy } }
volumes: { data: {} }
YAML
cp compose.yaml docker-compose.yml # the name that Compose 1 looks for
rm compose.yaml
containers() { docker ps "$@" --filter label=com.docker.compose.project=shop --format '{{.Label "com.docker.compose.service"}}' | sort | xargs; }
health() { docker inspect -f '{{.State.Health.Status}}' "$(docker ps -q --filter label=com.docker.compose.service=web)"; }
told() { compose logs 2>&1 | grep -q "$1 is up"; }

# What sentinel says before of a service, and what the trail then says of the call that Compose makes of it: decision and rules.
predict() { "$SENTINEL" --local --config-dir "$SENTINEL_HOST/guard" --json validate -- docker compose "$@"; }
said() { # SERVICE
	jq -r --arg of "service $1" '(.data.calls[] | select(.what == $of) | .outcome) + " " + ([(.data.risks[], .data.warnings[]) | select(.of == $of) | .rule] | sort | join(","))'
}
recorded() { # SERVICE
	journal | jq -rs --arg name "[-_]$1[-_]1" 'map(select(.endpoint == "container.create" and (.command | test($name)))) | last | .decision + " " + ([.findings[].rule] | sort | join(","))'
}
prediction=$(predict up)
output=$(compose up -d 2>&1) || echo "# $output"
is "$(containers)" "later web" "up: both run, one after the other is healthy"
for service in web later; do
	is "$(said $service <<< "$prediction")" "$(recorded $service)" "validate said of $service what the guard decided then"
done
is "$(health)" healthy "... by its health check"
is "$(compose exec -T web id -u 2> /dev/null)" 1000 "exec"
is "$(echo through | compose exec -T web cat 2> /dev/null)" through "exec: with input"
succeeds "logs of one" wait_for 60 told web
succeeds "... and of the other" wait_for 60 told later
contains "$(compose ps 2>&1)" web "ps"
contains "$(compose exec -T --privileged web id 2>&1)" "BLOCKED BY SENTINEL" "exec --privileged is blocked"
succeeds "restart" compose restart web
succeeds "down" compose down -v
is "$(containers -a)" "" "... and nothing is left"
is "$(docker volume ls -q)" "" "... nor a volume"

# refused WHAT YAML: a service with that, beside a good one
refused() {
	printf 'version: "2.4"\nservices:\n  evil: { image: "busybox:1.36", command: "sleep 600", user: "1000", mem_limit: 64m, %s }\n' "$2" > evil.yml
	prediction=$(predict -f evil.yml up)
	contains "$(compose -f evil.yml up -d 2>&1)" "BLOCKED BY SENTINEL" "up: $1 is blocked"
	is "$(containers)" "" "... and does not run"
	is "$(said evil <<< "$prediction")" "$(recorded evil)" "... as validate said, for the same reasons"
	compose -f evil.yml down > /dev/null 2>&1
}
refused "a privileged service" "privileged: true"
refused "one with /etc" 'volumes: ["/etc:/h:ro"]'
refused "one with Docker's socket" 'volumes: ["/var/run/docker.sock:/s"]'
refused "one on the host's network" "network_mode: host"
refused "one with the host's processes" "pid: host"
refused "one with a capability" "cap_add: [SYS_ADMIN]"
refused "one without seccomp" 'security_opt: ["seccomp:unconfined"]'
done_testing
