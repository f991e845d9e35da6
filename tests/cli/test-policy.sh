#!/bin/bash
# SPDX-License-Identifier: MIT
# The policy verbs against a private sentineld.
set -u
# shellcheck source=tests/e2e/tap.sh
. "$(dirname "$0")/../e2e/tap.sh"
# shellcheck source=tests/cli/answers.sh
. "$(dirname "$0")/answers.sh"

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export TMPDIR=$dir SENTINEL_DAEMON=$SENTINELD SENTINEL_CONFIG_DIR=$dir/config
local_sentinel() { "$SENTINEL" --local --config-dir "$dir/config" "$@"; }

printf 'name: p\nmode: enforce\nrules: {privileged: {}}\ntests:\n  - {name: good, command: docker run --privileged x, expect: {decision: denied}}\n' > "$dir/good.yaml"
printf 'name: p\nmode: wrong\n' > "$dir/bad.yaml"
{ cat "$dir/good.yaml"; printf '  - {name: "a < b", command: docker ps, expect: {decision: denied}}\n'; } > "$dir/failing.yaml"

is "$("$SENTINEL" policy validate "$dir/good.yaml")" "$dir/good.yaml: valid" "a good file is valid, without a service"
fails_with 1 "a bad file is not" "$SENTINEL" policy validate "$dir/bad.yaml"
contains "$output" "$dir/bad.yaml:2:7: mode: expected enforce, warn or audit" "and the message says where"
fails_with 2 "a file that is not there" "$SENTINEL" policy validate "$dir/nothing.yaml"
contains "$output" "cannot read" "is named"
is "$("$SENTINEL" policy validate - < "$dir/good.yaml")" "-: valid" "standard input is a file, too"
is "$("$SENTINEL" --json policy validate "$dir/bad.yaml" | jq -c '[.success, .data.files[0].valid, .data.files[0].diagnostics[0].line]')" '[false,false,2]' "the same as JSON"
head -c 3000 /dev/urandom > "$dir/garbage.yaml"
fails_with 1 "garbage is refused" "$SENTINEL" policy validate "$dir/garbage.yaml"
is "$("$SENTINEL" --json policy validate "$dir/good.yaml" "$dir/garbage.yaml" | jq -c '[.success, .error.code]')" '[false,"policy_invalid"]' "with --json there is one answer"
{ printf 'name: p\nmode: warn\n#'; head -c $((4 * 1024 * 1024 - 20)) /dev/zero | tr '\0' x; } > "$dir/longest.yaml"
is "$(stat -c %s "$dir/longest.yaml") $("$SENTINEL" policy validate "$dir/longest.yaml" 2>&1)" "4194304 $dir/longest.yaml: valid" "four megabytes are not too large"
echo x >> "$dir/longest.yaml"
fails_with 1 "more are" "$SENTINEL" policy validate "$dir/longest.yaml"
contains "$output" "too large" "and it says so"
head -c 10000000 /dev/zero | tr '\0' x > "$dir/big.yaml"
fails_with 1 "ten megabytes are refused" "$SENTINEL" policy validate "$dir/big.yaml"

is "$("$SENTINEL" policy test "$dir/good.yaml" | tail -1)" "1 passed, 0 failed" "tests that pass"
fails_with 1 "a test that fails" "$SENTINEL" policy test --junit "$dir/junit.xml" "$dir/good.yaml" "$dir/failing.yaml"
contains "$output" "failing.yaml:6: expected denied, it is allowed" "says where and why"
succeeds "the JUnit report is XML" xmllint --noout "$dir/junit.xml"
is "$(xmllint --xpath 'string(/testsuites/testsuite[2]/@failures)' "$dir/junit.xml")" 1 "and counts the failure"
is "$("$SENTINEL" --json policy test "$dir/failing.yaml" | jq -c '[.success, (.data.tests | map(.passed))]')" '[false,[true,false]]' "the same as JSON"
fails_with 1 "tests of a policy that does not load" "$SENTINEL" policy test "$dir/bad.yaml"

# A seccomp profile by what it says.
printf '{ "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW"}],\n "defaultAction": "SCMP_ACT_ERRNO" }\n' > "$dir/seccomp.json"
digest=sha256:$(jq -cjS . "$dir/seccomp.json" | sha256sum | cut -d' ' -f1)
is "$("$SENTINEL" policy digest "$dir/seccomp.json")" "$digest  $dir/seccomp.json" "a profile's digest is that of its normal form"
is "$(jq -c . "$dir/seccomp.json" | "$SENTINEL" --json policy digest - | jq -r '.data.digests[0]')" "$digest" "the same as JSON, of other white space"
echo '{"a": 1, "A": 2}' > "$dir/twice.json"
fails_with 2 "a profile with two meanings has none" "$SENTINEL" policy digest "$dir/twice.json"
contains "$output" 'the member "A" is there twice' "and it says why"
mkdir -p "$dir/config/policies"
printf 'name: seccomp\nmode: enforce\nrules: {security_options: {allowed: ["seccomp=%s"]}}\n' "$digest" > "$dir/config/policies/seccomp.yaml"
succeeds "what is listed may be used" local_sentinel validate --policy seccomp -- docker run --security-opt "seccomp=$dir/seccomp.json" x
echo '{"defaultAction": "SCMP_ACT_ALLOW"}' > "$dir/open.json"
fails_with 1 "another may not" local_sentinel validate --policy seccomp -- docker run --security-opt "seccomp=$dir/open.json" x
contains "$output" "seccomp=$("$SENTINEL" policy digest "$dir/open.json" | cut -d' ' -f1) is not allowed" "and the denial says its name"

# For whom a trial is judged.
mkdir -p "$dir/config/policies"
printf 'name: who\nmode: enforce\nrules: {privileged: {exceptions: [{users: [root]}, {groups: [devs, "4711"]}]}}\n' > "$dir/config/policies/who.yaml"
as() { local_sentinel validate --policy who "$@" -- docker run --privileged x; }
fails_with 1 "nobody known is excepted from nothing" as --user ''
succeeds "a user is" as --user root
fails_with 1 "another one is not" as --user nobody
fails_with 1 "nor one of several" as --user one-of:alice,root
succeeds "a group by its name" as --uid 5 --groups video,devs:7
succeeds "a group by its number" as --user alice --gid 4711
[ "$(id -un)" = root ] && own=0 || own=1
as > /dev/null 2>&1
is $? "$own" "without them it is who calls"
fails_with 1 "a number without groups is in none" as --uid 5
is "$(grep -c GLib <<< "$output")" 0 "and nothing else is said"
fails_with 2 "a uid is a number" as --uid alice
contains "$output" "--uid alice: expected a number" "says so"
fails_with 2 "a group needs its name" as --uid 5 --groups :x
contains "$output" "NAME:NUMBER" "or number"

is "$(local_sentinel policy create mine --template strict)" "Policy mine was created" "create copies a template"
contains "$(cat "$dir/config/policies/mine.yaml")" "name: mine" "under its own name"
fails_with 2 "create does not overwrite" local_sentinel policy create mine
fails_with 3 "a template that is not there" local_sentinel policy create other --template nothing
contains "$output" 'there is no policy "nothing"' "is named"
for verb in create use show edit delete; do
	fails_with 2 "$verb takes no name that cannot be one" local_sentinel policy "$verb" 'a name' < /dev/null
	contains "$output" "a policy's name has letters" "and says what one is"
done
fails_with 2 "nor does --policy" local_sentinel validate --policy 'a name' -- docker run x
fails_with 3 "a policy that is not there" local_sentinel policy show producton
contains "$output" "did you mean production?" "is near another one"
EDITOR="sed -i s/enforce/wrong/" fails_with 3 "an edit that does not load is refused" local_sentinel policy edit mine < /dev/null
kept=$(sed -n 's/.*your text is in //p' <<< "$output")
contains "$(cat "$kept")" "mode: wrong" "and what was written is kept"
contains "$(cat "$dir/config/policies/mine.yaml")" "mode: enforce" "and the policy stays"
EDITOR=false fails_with 3 "an editor that fails" local_sentinel policy edit mine
is "$(EDITOR="sed -i s/enforce/warn/" local_sentinel policy edit mine)" "Policy mine was changed" "an edit that loads replaces the policy"
is "$(EDITOR=true local_sentinel policy edit mine)" "Policy mine was not changed" "nothing edited, nothing written"
contains "$(local_sentinel policy show mine)" "mode: warn" "show has the new text"
editor="sh -c 'sed -i \"s/^mode: warn/mode: audit/\" \"\$1\"; echo \"# by somebody else\" >> $dir/config/policies/mine.yaml' sh"
EDITOR="$editor" fails_with 3 "an edit beside another's" local_sentinel policy edit mine
contains "$output" "the policy mine was changed meanwhile, and nothing was written" "says so"
contains "$(cat "$(sed -n 's/.*your text is in //p' <<< "$output")")" "mode: audit" "... keeps the text"
contains "$(cat "$dir/config/policies/mine.yaml")" "# by somebody else" "... and the other's change stays"
contains "$(local_sentinel policy show --coverage production)" "CIS-5.5         block" "coverage is a table"
is "$(local_sentinel --json policy show --coverage strict | jq -r '.data.coverage[] | select(.item == "CIS-5.26") | .status')" block "and JSON"
is "$(local_sentinel policy diff strict strict)" "strict and strict mean the same" "a policy means the same as itself"
fails_with 1 "an edit is a difference" local_sentinel policy diff strict mine
contains "$output" "mine allows what strict does not:" "in this direction"
contains "$output" "  mode: enforce, now warn" "with key and values"
fails_with 1 "and back" local_sentinel policy diff mine strict
contains "$output" "strict denies what mine does not:" "in the other"
sed 's/^name:.*/name: draft/; s/^description:.*/description: x/' "$dir/config/policies/strict.yaml" > "$dir/draft.yaml"
succeeds "names and texts are no difference, and a file may be compared" local_sentinel policy diff strict "$dir/draft.yaml"
printf 'name: a\nmode: enforce\nrules: {privileged: {action: warn}}\n' > "$dir/a.yaml"
printf 'name: a\nmode: enforce\nrules: {privileged: {action: block}}\n' > "$dir/b.yaml"
is "$(local_sentinel --json policy diff "$dir/a.yaml" "$dir/b.yaml" | jq -r '.data.differences[] | select(.key == "rules.privileged.action") | "\(.effect) \(.text)"')" "denies warn, now block" "and JSON"
contains "$(local_sentinel policy diff "$dir/a.yaml" "$dir/b.yaml")" "CIS-5.5: warn, now block" "also of the standards"
printf 'name: a\nmode: nonsense\n' > "$dir/b.yaml"
fails_with 3 "of one that does not load nothing is said" local_sentinel policy diff "$dir/a.yaml" "$dir/b.yaml"
contains "$output" "b.yaml:2:7:" "but where"
fails_with 3 "nor of one that is not there" local_sentinel policy diff strict nothing
is "$(VISUAL="sed -i s/^mode:.*/mode:\\ audit/" EDITOR=false local_sentinel policy edit mine)" "Policy mine was changed" "\$VISUAL comes before \$EDITOR"
editors() { # PROGRAM...: only these are in $PATH, each says which it is
	rm -rf "$dir/editors" && mkdir "$dir/editors"
	ln -s /bin/sh "$dir/editors/sh"
	for name; do
		printf '#!/bin/sh\necho "# %s" >> "$1"\n' "$name" > "$dir/editors/$name"
		chmod +x "$dir/editors/$name"
	done
	env -u VISUAL -u EDITOR PATH="$dir/editors" "$SENTINEL" --local --config-dir "$dir/config" policy edit mine
}
for first in "nano vi vim" "vim vi" "vi" "sensible-editor nano"; do
	read -ra names <<< "$first"
	is "$(editors "${names[@]}")" "Policy mine was changed" "without them it is one of: $first"
	contains "$(tail -1 "$dir/config/policies/mine.yaml")" "# ${names[0]}" "${names[0]}"
done
for names in "" "sensible-editor"; do
	read -ra names <<< "$names"
	fails_with 3 "without any editor (${names[*]})" editors "${names[@]}"
	contains "$output" "there is no editor: install one (apt install nano)" "it is said what to do"
done
fails_with 3 "on a terminal delete asks" python3 -B "$(dirname "$0")/../e2e/answer.py" "Delete the policy mine for good? [y/N]" n -- "$SENTINEL" --local --config-dir "$dir/config" policy delete mine
contains "$output" "nothing was deleted" "and a no is one"
succeeds "mine is still there" local_sentinel policy show mine
is "$(local_sentinel policy delete mine)" "Policy mine was deleted" "delete"
fails_with 3 "the policy in force is not deleted" local_sentinel policy delete default
fails_with 3 "nor one that is not there" local_sentinel policy delete mine
is "$(local_sentinel policy delete permissive)" "Policy permissive was deleted" "a template can be deleted"
is "$(local_sentinel policy list | grep -c permissive)" 0 "and the next start does not bring it back"
is "$("$SENTINEL" policy diff "$dir/a.yaml" "$dir/a.yaml" 2>&1)" "$dir/a.yaml and $dir/a.yaml mean the same" "not where only files are compared"
contains "$("$SENTINEL" --bus session policy diff production "$dir/a.yaml" 2>&1)" "SENTINEL_CONFIG_DIR is not used" "but with the service's policies"
contains "$(SENTINEL_CONFIG_DIR=$dir/other "$SENTINEL" --bus session policy list 2>&1)" "SENTINEL_CONFIG_DIR is not used" "a variable that says nothing is told"
is "$("$SENTINEL" --local policy list 2>&1 | grep -c "is not used")" 0 "not where it counts"

# config.yaml
printf 'active_policy: default\naudit:\n  rotat: 3\nfail_mode: often\n' > "$dir/bad-config.yaml"
fails_with 1 "config check of a bad file" "$SENTINEL" config check "$dir/bad-config.yaml"
is "$output" "$dir/bad-config.yaml:3:3: audit.rotat: unknown key; did you mean rotate?
$dir/bad-config.yaml:4:12: fail_mode: expected closed or open" "says each place"
is "$("$SENTINEL" config check "$dir/config/config.yaml" 2>&1)" "$dir/config/config.yaml: valid" "a good one is valid"
rules=$(dirname "$0")/../../examples/secret-rules.yaml
is "$("$SENTINEL" config check "$rules" 2>&1)" "$rules: valid" "so are rules of one's own for secrets"
sed 's/live_q7w8e9r0t1y2u3i4/live_q7/' "$rules" > "$dir/bad-rules.yaml"
fails_with 1 "config check of rules whose example does not hold" "$SENTINEL" config check "$dir/bad-rules.yaml"
contains "$("$SENTINEL" config check "$dir/bad-rules.yaml" 2>&1)" 'shop-token: example 1 of "finds" is not found' "the example is named"
fails_with 2 "config check of nothing" "$SENTINEL" --json config check "$dir/nothing.yaml"
"$SENTINEL" --json config check "$dir/bad-config.yaml" > /dev/null
printf 'scanning: {timeout: 90m, program_dirs: [/opt/a, /opt/b]}\n# the policy\nactive_policy: strict\naudit: {retention: {size: 20G}}\n' > "$dir/config/config.yaml"
while IFS='|' read -r key value from; do
	is "$(local_sentinel config show --no-legend | awk -v key="$key" '$1 == key' | sed 's/  */ /g')" "$key $value $from" "config show: $key"
done <<'ROWS'
active_policy|strict|config.yaml:3
fail_mode|closed|default
audit.rotate.size|64M|default
audit.retention.size|20G|config.yaml:4
scanning.timeout|90m|config.yaml:1
scanning.program_dirs|[/opt/a, /opt/b]|config.yaml:1
ROWS
is "$(local_sentinel --json config show | jq -c '[.data.problem, (.data.settings[] | select(.key == "audit.retention.size"))]')" '["",{"key":"audit.retention.size","value":"20G","default":false,"line":4}]' "as JSON"
: > "$dir/config/config.yaml"
is "$(local_sentinel config show --no-legend | awk '$3 != "default" && $2 != "default"' | wc -l)" 0 "an empty file says nothing"

# From the older tool.
cat > "$dir/old.yaml" <<'YAML'
# flat keys, as they were once
version: "1.0"
description: "old: one"
enforcement_mode: enforce
max_risk_score: 40
allow_privileged: false
allow_host_network: true
blocked_capabilities: [SYS_ADMIN, SYS_PTRACE]
dangerous_mounts: ["/", /var/run/docker.sock]
allowed_registries: [docker.io, gcr.io]
require_non_root: true
environment: {secret_patterns: ["^AKIA[0-9A-Z]{16}$"]}
YAML
is "$("$SENTINEL" policy import -o "$dir/new.yaml" "$dir/old.yaml" 2>&1 | head -2)" "enforcement_mode is mode now
max_risk_score is settings.max_risk_score now" "policy import says what stands elsewhere now"
is "$(cat "$dir/new.yaml")" 'version: "1.0"
name: old
description: "old: one"
mode: enforce
settings:
  max_risk_score: 40
rules:
  privileged:
    action: block
  host_namespaces:
    network:
      action: allow
  capabilities:
    blocked:
      - name: SYS_ADMIN
      - name: SYS_PTRACE
  mounts:
    blocked:
      - path: /
      - path: /var/run/docker.sock
  images:
    allowed_registries: [docker.io, gcr.io]
  container:
    require_non_root: true
  environment:
    secret_patterns: ["^AKIA[0-9A-Z]{16}$"]' "and writes a policy of today"
succeeds "which loads" "$SENTINEL" policy validate "$dir/new.yaml"
fails_with 2 "a file that is there stays" "$SENTINEL" policy import -o "$dir/new.yaml" "$dir/old.yaml"
for template in "$(dirname "$0")"/../../policies/*.yaml; do
	"$SENTINEL" policy import --quiet "$template" > "$dir/same.yaml"
	is "$("$SENTINEL" policy diff "$template" "$dir/same.yaml")" "$template and $dir/same.yaml mean the same" "what is of today stays what it is: ${template##*/}"
done
while IFS='|' read -r line part; do
	{ cat "$dir/old.yaml"; printf '%b\n' "$line"; } > "$dir/odd.yaml"
	fails_with 1 "not guessed: $line" "$SENTINEL" policy import "$dir/odd.yaml"
	contains "$output" "$part" "says $part"
done <<'ROWS'
frobnicate: 3|frobnicate: unknown key; --skip-unknown leaves out
rules: {privileged: {action: warn}}|allow_privileged: rules.privileged.action is there as well
allow_host_pid: sometimes|allow_host_pid: its value is not what this key had
blocked_images: 3|rules.images.blocked_images: expected
name: [a]|name
ROWS
printf 'name: x\nmode: warn\nfrob: 1\nrules:\n  mounts:\n    blocked: [{path: /etc, frob: 2}, {path: /root}]\n' > "$dir/odd.yaml"
is "$("$SENTINEL" policy import --skip-unknown "$dir/odd.yaml" 2> /dev/null | head -2 | sort)" "# not taken over: frob
# not taken over: rules.mounts.blocked[0].frob" "--skip-unknown says what is not taken over in the file"
is "$("$SENTINEL" --json policy import --skip-unknown "$dir/odd.yaml" | jq -c '[.data.kind, (.data.left | sort)]')" '["policy",["frob","rules.mounts.blocked[0].frob"]]' "and as JSON"
printf 'active_policy: strict\nlog_level: info\n' > "$dir/odd.yaml"
fails_with 1 "config.yaml is known by its key" "$SENTINEL" policy import "$dir/odd.yaml"
contains "$output" "log_level: unknown key" "and held to its own"
is "$("$SENTINEL" policy import --skip-unknown "$dir/odd.yaml" 2> /dev/null)" "# not taken over: log_level
active_policy: strict" "it is turned as well"
cat > "$dir/odd.yaml" <<'YAML'
version: "1.0"
mode: warn
active_policy: strict
global_settings: {max_risk_score: 50, require_non_root: false}
image_scanning: {enabled: true, cache_duration: 24h}
notifications: {webhook_url: ""}
audit: {enabled: true, log_all_commands: true}
YAML
fails_with 1 "the settings of the older tool, which had a policy's keys" "$SENTINEL" policy import "$dir/odd.yaml"
contains "$output" "version (now: nothing); mode (now: mode of a policy); global_settings (now: settings and rules of a policy)" "it is said where they are now"
is "$("$SENTINEL" policy import --skip-unknown "$dir/odd.yaml" 2> /dev/null | grep -v '^#')" "active_policy: strict
audit: {}" "what is left is config.yaml of today"
for key in version mode global_settings image_scanning notifications audit.enabled audit.log_all_commands; do
	contains "$("$SENTINEL" policy import --skip-unknown "$dir/odd.yaml" 2> /dev/null)" "# not taken over: $key (now: " "... without $key, and it says so"
	succeeds "docs/MIGRATING.md has $key" grep -qF "| \`$key\` |" "$(dirname "$0")/../../docs/MIGRATING.md"
done
# Said otherwise where they stood; every other key of the older nested form loads as it is.
cat > "$dir/odd.yaml" <<'YAML'
name: nested
mode: enforce
author: somebody
tags: [a]
settings: {max_risk_score: 50, image_scanning: {enabled: true, scanners: [trivy], max_critical: 0, max_high: 5, max_medium: 9, cache_duration: 24h}}
rules:
  privileged: {action: block, message: No., exceptions: [{images: ["docker:dind"], names: [b], labels: {team: ci}, reason: builds}]}
  capabilities: {default_action: warn, blocked: [{name: SYS_ADMIN, message: never}], allowed: [{name: NET_BIND_SERVICE}], require_drop_all: false}
  mounts: {blocked: [{path: /, action: block, message: root, allow_read_only: false}], warned: [{path: /etc}], allowed: [{path: /srv}]}
  security_options: {require_seccomp: false, allowed_seccomp_profiles: [default], require_apparmor: false, require_no_new_privileges: true}
  container: {require_non_root: false, allowed_users: ["1000"], blocked_users: [root], max_memory: 4g, max_cpus: "2"}
  images: {allowed_registries: [docker.io], blocked_registries: [e.example], require_digest: false, block_latest_tag: true}
  network: {allowed_modes: [bridge], blocked_ports: [{port: "22", protocol: tcp, message: ssh}]}
  environment: {block_secrets: true, secret_patterns: [PASSWORD], required: [TEAM], blocked: [LD_PRELOAD]}
custom_rules: [{name: x, description: x, severity: high, category: c, condition: {field: image, operator: contains, value: x}, message: m}]
YAML
fails_with 1 "a nested policy of the older tool" "$SENTINEL" policy validate "$dir/odd.yaml"
"$SENTINEL" policy import --quiet "$dir/odd.yaml" > "$dir/nested.yaml"
succeeds "loads when it is imported" "$SENTINEL" policy validate "$dir/nested.yaml"
contains "$(cat "$dir/nested.yaml")" "labels: [\"team=ci\"]" "labels are pairs"
contains "$(cat "$dir/nested.yaml")" "allowed: [NET_BIND_SERVICE]" "and capabilities names"
printf 'rego: [{name: r, inline: x}]\n' >> "$dir/odd.yaml"
fails_with 1 "what nothing says today is refused" "$SENTINEL" policy import "$dir/odd.yaml"
answers_hold "policy import" "config show" "config check" "policy validate" "policy test" "policy digest" "policy show" "policy diff"
done_testing
