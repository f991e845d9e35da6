#!/bin/bash
# Whether Docker asks is found out, not believed; what Docker's builder gives is what is in force.
. "$(dirname "$0")/begin.sh"

guard_policy production
start_bus
guard_start --bus session
sentinel() { "$SENTINEL" --bus session "$@"; }
asked() { sentinel --json authz status | jq -r .data.docker; }
check() { sentinel --json doctor | jq -r ".data.checks[] | select(.name == \"$1\") | .status + \": \" + .message"; }
by_init() { sentinel --json init --no-interactive | jq -r .data.docker_asks; }
all() { echo "$(asked) $(by_init) $(check plugin)"; }
info() { docker info -f '{{.Plugins.Authorization}}' 2> /dev/null; }
yes="asked true ok: Docker asks Sentinel about every call"
no="unasked false failed: Docker does not ask Sentinel: nothing is guarded"
listed='{"authorization-plugins": ["sentinel"]}'

is "$(all)" "unknown null failed: it is not known whether Docker asks Sentinel: nobody listens on Docker's socket" "without Docker it is not known"
docker_spawn_plain '{}'
docker_ready
is "$(all)" "$no" "never installed"
docker_reconfigure "$listed"
is "$(info)" "[]" "installed by a reload: Docker's own account is an old one"
is "$(all)" "$yes" "... and it is known better"
contains "$(docker create --privileged busybox:1.36 2>&1)" "BLOCKED BY SENTINEL" "... and so it is"
docker_reconfigure '{}'
is "$(all)" "$no" "uninstalled by a reload"
docker_reconfigure "$listed"
is "$(all)" "$yes" "installed again"
docker_stop
docker_spawn_plain "$listed"
docker_ready
is "$(all)" "$yes" "Docker restarted"
docker_reconfigure '{}'
is "$(info)" "[sentinel]" "uninstalled: Docker's own account is an old one"
is "$(all)" "$no" "... and it is known better"
docker_reconfigure "$listed"
kill -STOP "$docker_pid"
is "$(asked) $(by_init)" "unknown null" "a Docker that hangs: it is not known"
contains "$(check plugin)" "failed: it is not known whether Docker asks Sentinel: Docker does not answer" "... and doctor says so"
kill -CONT "$docker_pid"
is "$(asked)" "asked" "... until it goes on"
contains "$("$SENTINEL" --local --config-dir "$SENTINEL_HOST/guard" --json doctor | jq -r '.data.checks[] | select(.name == "plugin") | .message')" \
	"not known whether Docker asks Sentinel: this is a private instance" "a private instance does not know"

contains "$(check builder)" "Docker's builder would give a build the host's network" "the builder as Docker has it when nobody says anything"
closed='{"authorization-plugins": ["sentinel"], "builder": {"entitlements": {"network-host": false, "security-insecure": false}}}'
docker_reconfigure "$closed"
contains "$(check builder)" "would give a build the host's network" "changed and reloaded: that is still in force"
docker_stop
docker_spawn_plain "$closed"
docker_ready
contains "$(check builder)" "neither the host's network nor processes without confinement" "changed and restarted: now it is"
guard_stop
docker_stop
guard_start --bus session
docker_spawn_plain "$listed"
docker_ready
contains "$(check builder)" "would give a build the host's network" "back again"
guard_stop
echo "$closed" > "$SENTINEL_HOST/daemon.json"
guard_start --bus session
docker ps > /dev/null
contains "$(check builder)" "it is not known what Docker's builder gives" "changed while nobody looked: it is not known"

# What buildx does when BuildKit's channel is denied (docker/buildx driver/docker-container): pull, create.
pull=$(docker pull moby/buildkit:buildx-stable-1 2>&1)
contains "$pull" "BuildKit's channel cannot be seen into" "buildx's own builder: its pull is told of as what it is"
contains "$pull" "DOCKER_BUILDKIT=0 docker build" "... with one way out"
contains "$pull" "sudo sentinel authz install --builder" "... and the other"
image_import > /dev/null
contains "$(docker create --name buildx_buildkit_default0 --privileged busybox:1.36 2>&1 | sed -n '2,3p')" "BuildKit's channel cannot be seen into" "... and so is its container, before all else"

# Stopped by an administrator: the stand-in reads nothing, and denies at once.
guard_stop
"$SENTINELD" --bus none --stopped --authz-socket "$PLUGIN_SOCKET" > "$SENTINEL_HOST/stopped.log" 2>&1 &
guard_pid=$!
wait_for 10 test -S "$PLUGIN_SOCKET"
stopped() { [[ $(docker "$@" 2>&1) == *"DOCKER SENTINEL IS STOPPED"*"sudo sentinel authz start"* ]]; }
succeeds "stopped: reading is denied, with what to do" wait_for 10 stopped ps
succeeds "... and changing" stopped create busybox:1.36
succeeds "... and asking who is there" stopped version
is "$("$SENTINEL" --local --config-dir "$SENTINEL_HOST/guard" --json authz status | jq -r .data.docker)" refused "... which does not pass for being guarded"
docker_stop
docker_spawn_plain "$listed"
succeeds "Docker starts with it" wait_for 20 stopped ps
done_testing
