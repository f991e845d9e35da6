#!/bin/bash
# SPDX-License-Identifier: MIT
# What the documents say one can type: sentinel's verbs and options are there, docker's lines can be read, and what docs/PATTERNS.md says of
# them is what the policies say.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/e2e/tap.sh
. "$root/tests/e2e/tap.sh"

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export TMPDIR=$dir SENTINEL_DAEMON=$SENTINELD
local_sentinel() { "$SENTINEL" --local --config-dir "$dir/config" "$@" < /dev/null; }
documents() { ls "$root"/README.md "$root"/docs/*.md; }

# The commands of a kind in the documents, without prompt, comment and what a shell does with their output.
commands() { # PATTERN
	documents | xargs grep -hoP "^\s*([\$#] )?(sudo )?(build/cli/)?\K$1 .*" | sed -E 's/ +#.*//; s/ (\||&&) .*//; s/ \|\| .*//; s/ \.\.\.//g; s/\[NAME\]/NAME/' | sort -u
}

# The terminal that README shows.  RECORDED=write: what comes today becomes what it shows.
sentinel() { SENTINEL_CONFIG_DIR=$dir/recorded "$SENTINEL" "$@"; }
recorded() { sed -n '/^<!-- recorded/,/^```$/p' "$root/README.md" | sed '1,2d;$d'; }
play() {
	local status=0
	while IFS= read -r line; do
		echo "\$ $line"
		(exit "$status")
		eval "$line"
		status=$?
	done < <(recorded | sed -n 's/^\$ //p') 2>&1
}
played=$(play)
if [ "${RECORDED:-}" = write ]; then
	printf '%s\n' "$played" > "$dir/played"
	sed -i -e "/^<!-- recorded/,/^\`\`\`\$/{/^<!--/b;/^\`\`\`console/{r $dir/played
b};/^\`\`\`\$/b;d}" "$root/README.md"
fi
is "$played" "$(recorded)" "README's terminal is what comes"

count=0
while IFS= read -r line; do
	eval "words=($line)"
	before=() after=()
	for word in "${words[@]:1}"; do
		if [ ${#after[@]} -gt 0 ] || [ "$word" = -- ]; then after+=("$word"); else before+=("$word"); fi
	done
	count=$((count + 1))
	succeeds "$line" "$SENTINEL" "${before[@]}" --help "${after[@]}"
done < <(commands sentinel)
is $((count > 40)) 1 "the documents have many of them"

while IFS= read -r line; do
	eval "words=($line)"
	local_sentinel --json validate --policy production -- "${words[@]}" > "$dir/out" 2>&1
	succeeds "it can be read: $line" jq -e 'has("data")' "$dir/out"
done < <(commands docker | grep -v 'docker \.\.\.')

outcome() { # POLICY COMMAND
	local words
	eval "words=($2)"
	local_sentinel --json validate --policy "$1" --user alice --uid 1000 --gid 1000 --groups alice:1000,docker:998 -- "${words[@]}" 2> /dev/null |
		tee -a "$dir/answers" | jq -r 'if .data.allowed | not then "denied" elif (.data.warnings | length) > 0 then "warned" else "allowed" end'
}
count=0 policy=
while IFS= read -r line; do
	case $line in
	'## Under `'*) policy=${line#*\`} policy=${policy%\`*} ;;
	'| `docker '*)
		command=${line#*\`} command=${command%%\`*} says=${line#*\` | } says=${says%% *}
		count=$((count + 1))
		is "$(outcome "$policy" "$command")" "$says" "$policy: $command"
		;;
	esac
done < "$root/docs/PATTERNS.md"
is $((count > 30)) 1 "the patterns have many of them"
# What sentinel-proxy(8) says to mount a fixed socket, in the policy production.
page=$root/docs/man/sentinel-proxy.8.scd
mkdir -p "$dir/config/policies"
{ sed 's/^name: .*/name: fixed/; /^tests:/,$d' "$root/policies/production.yaml"; sed -n '/^exceptions:/,/^```$/p' "$page" | sed '$d'; } > "$dir/config/policies/fixed.yaml"
mount=$(grep -oP '^\$ \Kdocker run .*fixed/traefik.*' "$page")
mounts() { # GROUP COMMAND
	local words
	eval "words=($2)"
	local_sentinel --json validate --policy fixed --user bob --uid 1001 --gid 1001 --groups "bob:1001,$1:990" -- "${words[@]}" 2> /dev/null | jq '.data.allowed'
}
is "$(mounts operators "$mount")" true "a fixed socket is mounted with its exception"
is "$(for line in "${mount/traefik.sock/other.sock}" "${mount/fixed\/traefik.sock/docker.sock}" "${mount/fixed\/traefik.sock/fixed}" "${mount/\/fixed\/traefik.sock/}" "${mount/:ro/}" "${mount/%:v3.1/:v2}"; do
	mounts operators "$line"
done | uniq -c | xargs) $(mounts others "$mount")" "6 false false" "... not another one, what contains it, to be written, another image, or by others"
# README explains the score: the severities of what is shown, added up.
is "$(jq -sc '[.[].data | select(.risk_score != ([([.risks[], .warnings[]] | map({critical: 40, high: 25, medium: 15, low: 5}[.level]) | add // 0), 100] | min)) | .command]' "$dir/answers")" "[]" \
	"each score is what its findings add up to"
done_testing
