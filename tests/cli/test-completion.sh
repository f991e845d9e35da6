#!/bin/bash
# SPDX-License-Identifier: MIT
# What Tab writes, in bash, zsh and fish on a terminal; and that every verb and option is offered.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/cli/service.sh
. "$root/tests/cli/service.sh"
export SENTINEL_DAEMON=$SENTINELD
service_bus
service_start
# The first two decisions: an allowed one and a denied one.
session policy use production > /dev/null || bail_out "no policy"
ask POST /v1.41/containers/create '{"Image":"img-one"}' > /dev/null
ask POST /v1.41/containers/create '{"Image":"img-one","HostConfig":{"Privileged":true}}' > /dev/null
denied=$(session --json audit list --decision denied | jq -r '.data.entries[0].id')
offered() { "$SENTINEL" __complete "$@" | cut -f1; }

# All of the table is offered, and nothing else.
rows=$("$SENTINEL" help --json)
while IFS= read -r verb; do
	read -ra words <<< "$verb"
	last=${words[-1]}
	unset 'words[-1]'
	contains "$(offered "${words[@]}" "$last")"$'\n' "$last"$'\n' "the verb $verb"
	is "$(offered "${words[@]}" "$last" -- | sort)" "$(jq -r --arg verb "$verb" '.data.verbs[] | select(.verb == $verb) | .options[].name | "--" + .' <<< "$rows" |
		cat - <(jq -r '.data.options[].name | "--" + .' <<< "$rows") | sort)" "the options of $verb"
done < <(jq -r '.data.verbs[].verb' <<< "$rows")

# What stands for a value is a word that completions know, or is nobody's to know.
free='N NUMBER TEXT WORDS LIST NEW-NAME VERB'
while IFS= read -r word; do
	[[ " $free " != *" $word "* ]] || continue
	succeeds "completions know $word" grep -q "^	{ \"$word\"," "$root/cli/complete.c"
done < <(jq -r '.data | (.options, .verbs[].options)[] | .value // empty' <<< "$rows" |
	cat - <(jq -r '.data.verbs[].arguments' <<< "$rows" | grep -v '^--' | tr -d '[].') | sed 's/[ |]/\n/g' | grep . | sort -u)

is "$(offered policy show --bus session '' | paste -sd' ')" "$(cd "$root/policies" && printf '%s\n' *.yaml | sed 's/\.yaml//' | LC_ALL=C sort | paste -sd' ')" "policies of the service"
is "$(offered policy show --bus session pe)" permissive "that begin so"
is "$(offered audit show --bus session '' | paste -sd' ' | grep -wo "$denied")" "$denied" "decisions"
is "$(offered grant create --bus session '')" "$denied" "only denied ones where a denial is meant"
is "$(offered audit export -o '')" :files "files are the shell's"
is "$(offered scan --scanner '' | paste -sd' ')" "trivy grype scout" "what finds vulnerabilities"
is "$(offered scan-secrets --scanner '' | paste -sd' ')" "builtin trufflehog gitleaks trivy" "what finds secrets"
is "$(offered exec -- docker ru)" ":command 2" "and a docker command is docker's"
service_stop
is "$(offered grant create --bus session '')" "" "without a service there are no decisions"
is "$(offered policy create '')" "" "no name is proposed for what is new"
is "$(offered frob '')$(offered policy frob '')" "" "nothing follows what is no verb"
is "$(offered policy show --local --config-dir "$dir/config" str)" strict "a private sentineld answers, too"
service_start

# The real shells.  `sentinel` only says what it was called with.
mkdir "$dir/bin"
cat > "$dir/bin/sentinel" <<END
#!/bin/bash
[ "\${1:-}" != __complete ] || exec "$SENTINEL" "\$@"
IFS='|'
echo "RAN[\$*]"
END
cat > "$dir/bin/docker" <<'END'
#!/bin/sh
[ "$1" != image ] || printf 'app-one:latest\napp-one:7.0\n<none>:<none>\n'
END
chmod +x "$dir/bin/"*
touch "$dir/a-file.yaml"
mkdir "$dir/some-directory"
rows=(
	"sentinel pol|RAN[policy]"
	"sentinel policy cov|RAN[policy|cov]"
	"sentinel policy cont|RAN[policy|containers]"
	"sentinel policy show --bus session prod|RAN[policy|show|--bus|session|production]"
	"sentinel audit list --dec|RAN[audit|list|--decision]"
	"sentinel audit list --decision=w|RAN[audit|list|--decision=warned]"
	"sentinel audit list --bus session --rule privi|RAN[audit|list|--bus|session|--rule|privileged]"
	"sentinel grant create --bus session |RAN[grant|create|--bus|session|$denied]"
	"sentinel scan app-one:la|RAN[scan|app-one:latest]"
	"sentinel scan app-one:7|RAN[scan|app-one:7.0]"
	"sentinel policy validate a-fi|RAN[policy|validate|a-file.yaml]"
	"sentinel --local --config-dir some-d|RAN[--local|--config-dir|some-directory]"
	"sentinel exec -- docker run|RAN[exec|--|docker|runaway]"
)
for shell in bash zsh fish; do
	mapfile -t ran < <(cd "$dir" && printf '%s\n' "${rows[@]%%|RAN*}" |
		HOME=$dir XDG_CONFIG_HOME=$dir/.config PATH=$dir/bin:$PATH TERM=xterm python3 -B "$root/tests/cli/shells.py" "$shell" "$root/completions")
	for i in "${!rows[@]}"; do
		is "${ran[i]/directory\//directory}" "RAN${rows[i]#*|RAN}" "$shell: ${rows[i]%%|RAN*}"
	done
done
done_testing
