#!/bin/bash
# SPDX-License-Identifier: MIT
# What users were promised before there was this program, item by item: verbs and flags in their spelling, files, variables, templates, the
# policy of the description, scores, members of JSON.
set -u
# shellcheck source=tests/e2e/tap.sh
. "$(dirname "$0")/../e2e/tap.sh"
# shellcheck source=tests/cli/answers.sh
. "$(dirname "$0")/answers.sh"

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export TMPDIR=$dir SENTINEL_DAEMON=$SENTINELD DOCKER_HOST=unix://$dir/no.sock
config=$dir/config
judge() { "$SENTINEL" --local --config-dir "$config" "$@" < /dev/null; }

# Verbs and flags.
while IFS= read -r line; do
	read -ra words <<< "$line"
	before=() after=()
	for word in "${words[@]}"; do
		if [ ${#after[@]} -gt 0 ] || [ "$word" = -- ]; then after+=("$word"); else before+=("$word"); fi
	done
	fails_with 0 "sentinel $line" "$SENTINEL" "${before[@]}" --help "${after[@]}"
done <<'LINES'
version
version --json
doctor
doctor --json
init
init --policy strict --no-interactive
exec -- docker run nginx:latest
validate -- docker run --privileged ubuntu
validate --json -- docker run --privileged ubuntu
scan nginx:latest
scan --scanner trivy,grype nginx:latest
scan --fail-on --max-critical 0 myapp:latest
scan --json nginx:latest
scan --json --fail-on --max-critical 0 myapp:latest
scan-secrets myapp:latest
scan-secrets --fail-on-secrets myapp:latest
scan-secrets --json myapp:latest
policy list
policy show
policy use strict
policy create my-policy --template strict
policy edit my-policy
policy validate ./policy.yaml
policy delete old-policy
authz status
authz start
authz stop
authz reload
authz install --systemd
authz install --systemd --restart-docker
authz uninstall
audit list
audit list --limit 50 --decision denied
audit tail
audit stats --since 7d
audit export --format csv --output audit.csv
LINES

# Templates: mode and limit.
judge policy list > /dev/null
while read -r name mode limit; do
	is "$(judge --json policy list | jq -r --arg name "$name" '.data.policies[] | select(.name == $name) | .mode')" "$mode" "the template $name: $mode"
	is "$(judge policy show "$name" | sed -n 's/^  max_risk_score: //p')" "$limit" "... at most $limit"
	is "$(judge --json validate --policy "$name" -- docker run --privileged ubuntu | jq .data.allowed)" "$([ "$mode" = enforce ] && echo false || echo true)" "... only enforce blocks"
done <<'TEMPLATES'
default warn 50
strict enforce 25
permissive audit 100
production enforce 50
ci-cd enforce 40
agent enforce 50
TEMPLATES

# Files, and the variable that says where.
for file in config.yaml policies/default.yaml policies/strict.yaml audit/audit.jsonl audit/audit.db cache; do
	succeeds "$file is there" test -e "$config/$file"
done
SENTINEL_CONFIG_DIR=$dir/other "$SENTINEL" --local policy list > /dev/null
succeeds "SENTINEL_CONFIG_DIR says where" test -e "$dir/other/config.yaml"
sed "s/^name:.*/name: mine/" "$config/policies/default.yaml" > "$config/policies/mine.yaml"
contains "$(env -u VISUAL EDITOR='sed -i s/^description:.*/description:\ edited/' "$SENTINEL" --local --config-dir "$config" policy edit mine)" "was changed" "EDITOR edits"

# The policy of the description.
cat > "$dir/policy.yaml" <<'YAML'
version: "1.0"
name: my-policy
description: "Custom security policy"
mode: enforce
settings:
  max_risk_score: 50
  require_image_scan: true
rules:
  privileged:
    action: block
    exceptions:
      - images: ["docker:dind"]
  host_namespaces:
    network: { action: block }
    pid: { action: block }
  capabilities:
    blocked:
      - name: SYS_ADMIN
      - name: SYS_PTRACE
  mounts:
    blocked:
      - path: "/"
      - path: "/var/run/docker.sock"
  images:
    allowed_registries: [docker.io, gcr.io, ghcr.io]
    block_latest_tag: false
YAML
succeeds "it loads" judge policy validate "$dir/policy.yaml"
cp "$dir/policy.yaml" "$config/policies/my-policy.yaml"
while IFS='|' read -r rule command; do
	read -ra words <<< "$command"
	contains "$(judge --json validate --policy my-policy -- "${words[@]}" | jq -r '.data.risks[].rule')" "$rule" "it blocks $command"
done <<'ROWS'
privileged|docker run --privileged ubuntu
host_namespaces.network|docker run --network host ubuntu
host_namespaces.pid|docker run --pid host ubuntu
capabilities.blocked|docker run --cap-add SYS_PTRACE ubuntu
mounts.blocked|docker run -v /var/run/docker.sock:/s ubuntu
images.allowed_registries|docker pull quay.io/x/y:1
ROWS

# What is looked at of each command.
while IFS='|' read -r says rule command; do
	read -ra words <<< "$command"
	is "$(judge --json validate --policy "$says" -- "${words[@]}" | jq -r --arg rule "$rule" '[.data.risks[], .data.warnings[]] | map(.rule) | if $rule == "" then . == [] else any(. == $rule) end')" true "$command: ${rule:-nothing is looked at}"
done <<'ROWS'
production|privileged|docker run --privileged ubuntu
production|capabilities.blocked|docker create --cap-add SYS_ADMIN ubuntu
production|security_options.allowed|docker run --security-opt seccomp=unconfined ubuntu
production|container.require_non_root|docker run ubuntu
production|container.require_resource_limits|docker run ubuntu
production|images.latest_tag|docker run ubuntu
my-policy|images.allowed_registries|docker pull quay.io/x/y:1
production|settings.secret_scanning|docker push myapp:latest
production|exec.privileged|docker exec --privileged web sh
production||docker ps
production||docker logs web
ROWS

# Trouble, and what is pushed: each item is provoked where its service or its scanner is played.
while IFS='|' read -r item file part; do
	succeeds "$item: $file" grep -qF -- "$part" "$(dirname "$0")/../../$file"
done <<'ROWS'
"requires root privileges"|tests/cli/test-helper.sh|fails_with 4 "the verb of who is not root
"No policy files found"|tests/cli/test-service.sh|a restart of sentineld puts the templates back
journalctl -u docker-sentinel|systemd/meson.build|install_symlink('docker-sentinel.service'
authz stop in an emergency|tests/host/test-truth.sh|authz stop
PUSH BLOCKED, verified, critical, high|tests/cli/test-scan.sh|SECRETS DETECTED - PUSH BLOCKED
build, and what was built is looked at after|tests/cli/test-scan.sh|what it built is looked at
scan --json --fail-on|tests/cli/test-scan.sh|.data.over_threshold
audit tail, live|tests/cli/test-audit.sh|audit tail under load
audit export --format csv|tests/bus/test-trail.c|id,time,decision,
hot reload|tests/e2e/test-reload.sh|Policies edited on disk while requests go on
the wizard|tests/cli/test-service.sh|Which policy?
examples|tests/cli/test-pipelines.sh|examples
ROWS

# The answer, in text and as JSON.
answer=$(judge validate --policy production -- docker run --privileged ubuntu)
for part in "⛔ BLOCKED BY SENTINEL (Risk Score: 65/100)" "🚫 [CRITICAL] Privileged containers are not allowed" "💡 Suggested fixes:" "→ Remove --privileged flag" "→ Use specific capabilities instead: --cap-add"; do
	contains "$answer" "$part" "$part"
done
is "$(judge --json validate --policy production -- docker run --privileged ubuntu |
	jq -c '[.success, (.timestamp | test("^[0-9T:-]+Z$")), .data.allowed, .data.risk_score, .data.max_score, .data.command, (.data.risks[0] | .level, .category), (.data.mitigations | length > 1)]')" \
	'[false,true,false,65,50,"docker run --privileged ubuntu","critical","privileged",true]' "success, timestamp, data"
is "$(judge --json validate --policy production -- docker run --privileged ubuntu |
	jq '[(.data.risks[], .data.warnings[]) | {critical: 40, high: 25, medium: 15, low: 5}[.level]] | add')" 65 "critical 40, high 25, medium 15, low 5"
fails_with 1 "doctor sees that Docker does not run" judge doctor
contains "$output" "systemctl start docker" "and says how to start it"
answers_hold validate
done_testing
