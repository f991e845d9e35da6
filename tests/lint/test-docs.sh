#!/bin/bash
# The documents against the code: nothing that a reader looks up may be missing.
#   test-docs.sh SOURCE_ROOT
set -uo pipefail
cd "${1:?the source tree}" || exit 1
count=0
failures=0

check() { # WHAT PROBLEMS: good when there are none
	count=$((count + 1))
	[ -n "$2" ] || { echo "ok $count - $1" && return; }
	failures=$((failures + 1))
	echo "not ok $count - $1"
	echo "# ${2//$'\n'/$'\n'# }"
}

# missing FORM FILE...: the words of stdin that the files lack; FORM is printf's, around the word.
# Without any word the table that they come from was not understood: a failure too.
missing() {
	local form=$1 word words=0
	shift
	while IFS= read -r word; do
		words=$((words + 1))
		# shellcheck disable=SC2059
		grep -qF -- "$(printf "$form" "$word")" "$@" || echo "missing in $*: $word"
	done
	[ $words -gt 0 ] || echo "no names were found to look for"
}

# Like missing, of some lines of a file.
unsaid() { # LINES
	local word
	while IFS= read -r word; do
		grep -qwF -- "$word" <<< "$1" || echo "missing: $word"
	done
}

limits() { grep -ohP '^#define \KLIMIT_\w+' daemon/base/limits*.h; }
rules() { grep -oP '^\s*\[RULE_\w+\] = \{ "\K[^"]+' daemon/policy/rules.c; }
verbs() { grep -ohzP '\nconst Verb verb_\w+ = \{\s*"\K[^"]+' cli/*.c | tr '\0' '\n'; }
options() { grep -ohP '\bOPTION\(\w+, [\w.]+, "\K[^"]+' cli/*.[ch] | sort -u; }
scanners() { sed -n '/^#define SCANNERS(/,/^$/p' daemon/base/scanner-names.h | grep -oP '^\s*ROW\(\w+, "\K[^"]+'; }
daemon_options() { sed -n '/GOptionEntry entries/,/};/p' daemon/options.c | grep -oP '\{ "\K[^"]+'; }
keys() {
	sed -n '/^static const Field .*_fields\[\]/,/};/p' daemon/core/config-keys.c | grep -oP '\{ "\K[a-z_]+(?=",)'
	grep -oP '^\s*GROUP\("\K[^"]+' daemon/core/config-keys.c
}

# FILE: TARGET of each relative link that leads nowhere; a heading counts as GitHub writes it.
broken_links() {
	local file link target anchor
	for file in README.md docs/*.md; do
		while IFS= read -r link; do
			target=${link%%#*}
			anchor=
			[[ $link == *'#'* ]] && anchor=${link#*#}
			target=${target:+$(dirname "$file")/$target}
			target=${target:-$file}
			if [ ! -e "$target" ]; then
				echo "$file: $link"
			elif [ -n "$anchor" ] && ! headings "$target" | grep -qxF -- "$anchor"; then
				echo "$file: $link (no such heading)"
			fi
		done < <(grep -oP '\]\(\K[^)]+' "$file" | grep -v '^[a-z]*://')
	done
}

headings() { sed -n 's/^##* //p' "$1" | tr '[:upper:]' '[:lower:]' | tr -cd 'a-z0-9 \n_-' | tr ' ' '-'; }

listed_rules() { sed -n '/^## Rules/,$p' docs/CHEATSHEET.md | grep '^| `' | cut -d'`' -f2; }
listed_limits() { grep '^| `LIMIT_' docs/SECURITY.md | cut -d'`' -f2; }

# Templates: name, mode and limit as README's table has them.
templates() {
	local file
	for file in policies/*.yaml; do
		echo "| \`$(basename "$file" .yaml)\` | $(sed -n 's/^mode: //p' "$file") | $(sed -n 's/^  max_risk_score: //p' "$file") |"
	done
}

# The suites of HACKING's table, and those that ./check runs; what only one of them has.
suites() {
	comm -3 <(sed -n '/^## Suites/,/^## Sanitizers/p' docs/HACKING.md | grep '^| `' | cut -d'`' -f2 | sort -u) \
		<(grep -P '^\s*full( beside)? +\|' check | cut -d'|' -f6 | tr ' ' '\n' | sed 's/^e2e-quick$/e2e/; s/^docker-OTHER$/docker-RELEASE/' | grep . | sort -u)
}
# What is linked into sentineld beside the library.
own_files() { sed -n "/^sentineld = executable('sentineld'/,/dependencies/p" daemon/meson.build | grep -oP "'\K[a-z]+\.c(?=')"; }
# Files that look at the file system where decisions are made or policies read.
looks() { grep -lP '\b(fopen|open|openat|stat|lstat|fstatat|statx|readlink|readlinkat|realpath|access)\(' -r daemon/policy daemon/request --include=*.c | xargs -n1 basename; }
# A stop that takes longer than systemd lets it is killed, and what it did not answer yet is denied.
limit() { grep -ohP "^#define $1 \\K[0-9]+" daemon/base/limits*.h; }
stops_late() {
	local allowed
	allowed=$(sed -n 's/^TimeoutStopSec=\([0-9]*\)s$/\1/p' systemd/sentineld.service.in)
	[ "$(($(limit LIMIT_DRAIN_MS) + $(limit LIMIT_PARTING_MS)))" -lt $((${allowed:-0} * 1000)) ] || echo "TimeoutStopSec=$allowed"
}
# Promises that the code does not keep.
untrue() { grep -nP "$1" README.md docs/*.md docs/man/*.scd; }

check "every limit is in docs/SECURITY.md" "$(limits | missing "\`%s\`" docs/SECURITY.md)"
check "no limit is there that is gone" "$(comm -13 <(limits | sort) <(listed_limits | sort))"
check "every rule is in docs/CHEATSHEET.md" "$(rules | missing "| \`%s\` |" docs/CHEATSHEET.md)"
check "no rule is there that is gone" "$(comm -13 <(rules | sort) <(listed_rules | sort))"
check "every verb is in sentinel(1)" "$(verbs | missing "*%s*" docs/man/sentinel.1.scd)"
check "every verb is in docs/CHEATSHEET.md" "$(verbs | missing "sentinel %s" docs/CHEATSHEET.md)"
check "every scanner is in sentinel(1)" "$(scanners | missing "_%s_" docs/man/sentinel.1.scd)"
check "every scanner is in the help of sentinel" "$(scanners | unsaid "$(grep -h 'scanner, "scanner"' cli/scan.c)")"
check "every scanner is in the manual of the bus" "$(scanners | unsaid "$(grep -h 'Options: scanners' docs/man/io.github.dockersentinel.Sentinel1.5.scd)")"
check "every scanner is in docs/POLICY.md" "$(scanners | unsaid "$(grep '^| `\(image\|secret\)_scanning` ' docs/POLICY.md)")"
check "every option of sentinel is in sentinel(1)" "$(options | missing "*--%s*" docs/man/sentinel.1.scd)"
check "every option of sentineld is in sentineld(8)" "$(daemon_options | missing "*--%s*" docs/man/sentineld.8.scd)"
check "every key of config.yaml is in sentineld(8)" "$(keys | missing "*%s*" docs/man/sentineld.8.scd)"
check "every template is in README.md, with its mode and limit" "$(templates | missing "%s" README.md)"
check "HACKING has the suites that ./check runs" "$(suites)"
check "ARCHITECTURE names what is beside the library" "$(own_files | missing "%s\`" docs/ARCHITECTURE.md)"
check "ARCHITECTURE names what looks at the file system" "$(looks | missing "\`%s\`" docs/ARCHITECTURE.md)"
check "the journal is not called forced to the disk" "$(untrue '(decision|record|line)[^.|]* is on disk before')"
check "a stop ends before systemd ends it" "$(stops_late)"
check "links in *.md lead somewhere" "$(broken_links)"
echo "1..$count"
[ $failures -eq 0 ]
