#!/bin/bash
# A swarm of one node: closed by production, and judged where a policy allows it.
. "$(dirname "$0")/begin.sh"

mkdir -p "$SENTINEL_HOST/guard/policies"
cat > "$SENTINEL_HOST/guard/policies/clustered.yaml" <<'YAML'
version: "1.0"
name: clustered
mode: enforce
rules:
  privileged: { action: block }
  capabilities: { default_action: block }
  mounts: { blocked: [{ path: "/etc" }, { path: "/var/run/docker.sock" }] }
YAML
guard_policy production
guard_start
docker_start
image_import > /dev/null
contains "$(docker swarm init --advertise-addr 127.0.0.1 2>&1)" "BLOCKED BY SENTINEL" "production: no swarm"
contains "$(docker info -f '{{.Swarm.LocalNodeState}}')" inactive "... and there is none"
guard_policy clustered
wait_for 5 guard_logged "policy clustered (enforce) is in force, generation 2" || bail_out "the policy did not come into force"

contains "$(docker swarm init --advertise-addr 127.0.0.1 2>&1)" "is now a manager" "a policy that says nothing about it allows one"
service() { docker service create --detach --no-resolve-image --network host --name "$@" 2>&1; }
running() { [ "$(docker service ps --filter desired-state=running --format '{{.CurrentState}}' "$1" | cut -d' ' -f1)" = Running ]; }
succeeds "a harmless service" service good busybox:1.36 sh -c 'echo served; exec sleep 600'
succeeds "... runs" wait_for 60 running good || docker service ps --no-trunc good | sed 's/^/# /'
says() { docker service logs "$1" 2>&1 | grep -q "$2"; }
succeeds "... and is heard" wait_for 20 says good served
contains "$(service evil --mount type=bind,src=/etc,dst=/h busybox:1.36 sleep 600)" "BLOCKED BY SENTINEL" "one with /etc is blocked"
contains "$(service evil --mount type=bind,src=/run/docker.sock,dst=/s busybox:1.36 sleep 600)" "BLOCKED BY SENTINEL" "one with Docker's socket"
contains "$(service evil --cap-add SYS_ADMIN busybox:1.36 sleep 600)" "BLOCKED BY SENTINEL" "one with a capability"
is "$(docker service ls --format '{{.Name}}')" good "only the harmless one was made"
contains "$(docker service update --detach --mount-add type=bind,src=/etc,dst=/h good 2>&1)" "BLOCKED BY SENTINEL" "an update that brings /etc is blocked"
succeeds "one that changes a label is not" docker service update --detach --label-add a=b good
succeeds "... and may be taken back" docker service rollback --detach good
guard_policy permissive
wait_for 5 guard_logged "policy permissive (audit) is in force, generation 3" || bail_out "the policy did not come into force"
service old --replicas 0 --mount type=bind,src=/etc,dst=/h busybox:1.36 sleep 600 > /dev/null
succeeds "one of before, without /etc now" docker service update --detach --mount-rm /h old
guard_policy clustered
wait_for 5 guard_logged "policy clustered (enforce) is in force, generation 4" || bail_out "the policy did not come into force"
contains "$(docker service rollback --detach old 2>&1)" "BLOCKED BY SENTINEL" "... does not get it back"
succeeds "rm" docker service rm good
succeeds "leave" docker swarm leave --force
done_testing
