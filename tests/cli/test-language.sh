#!/bin/bash
# SPDX-License-Identifier: MIT
# The command in German: what is translated, what never is, and whether the catalogue is that of the sources.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/e2e/tap.sh
. "$root/tests/e2e/tap.sh"

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
unset LC_ALL LC_MESSAGES LANGUAGE SENTINEL_CONFIG_DIR
# A locale of that name, on a machine that has none but C.UTF-8: gettext asks only for its name.
cp -r "$(dirname "$(find /usr/lib/locale/C.[Uu]* -maxdepth 1 -name LC_CTYPE | head -1)")" "$dir/de_DE.UTF-8"
export TMPDIR=$dir SENTINEL_DAEMON=$SENTINELD LOCPATH=$dir LANG=C.UTF-8 TERM=xterm
here=(--local --config-dir "$dir/config")
as() { env "$1" "$SENTINEL" "${here[@]}" "${@:2}" 2>&1; } # VARIABLE=VALUE WORD...
answers() { LC_ALL=de_DE.UTF-8 python3 -B "$root/tests/e2e/answer.py" "Die Richtlinie mine endgültig löschen? [j/N]" "$1" -- "$SENTINEL" "${here[@]}" policy delete mine; }

denied=(validate --policy production -- docker run --privileged ubuntu)
contains "$(as LC_ALL=de_DE.UTF-8 "${denied[@]}")" "⛔ VON SENTINEL GESPERRT (Risiko: 65/100)" "a verdict"
contains "$(as LC_ALL=de_DE.UTF-8 "${denied[@]}")" "Richtlinie production (enforce), höchstens 50" "to its end"
contains "$(as LC_MESSAGES=de_DE.UTF-8 policy lits)" "sentinel: es gibt keinen Befehl" "an error"
contains "$(as LC_ALL=de_DE.UTF-8 help policy replay)" "nur von da an: 7d, 2026-01-31" "help"
is "$(as LC_ALL=de_DE.UTF-8 help | LC_ALL=C.UTF-8 grep -cE '^.{81}')" 0 "which fits 80 columns"
contains "$(as LANG=de_DE.UTF-8 authz status)" "Entscheidungen: 0 erlaubt, 0 abgelehnt" "the state"
contains "$(as LANG=C.UTF-8 "${denied[@]}")" "⛔ BLOCKED BY SENTINEL (Risk Score: 65/100)" "in another locale it is English"
contains "$(env LANG=de_DE.UTF-8 LANGUAGE=en "$SENTINEL" policy lits 2>&1)" "there is no verb" "LANGUAGE comes first"
contains "$(env LANG=de_DE.UTF-8 LC_ALL=C "$SENTINEL" policy lits 2>&1)" "there is no verb" "LC_ALL=C is for scripts"

# What programs read.
same() { sed '/"timestamp"/d'; }
while read -ra words; do
	is "$(as LC_ALL=de_DE.UTF-8 "${words[@]}" | same)" "$(as LC_ALL=C "${words[@]}" | same)" "the same in every language: ${words[*]}"
done <<'ROWS'
--json help
--json policy lits
--json validate --policy production -- docker run --privileged ubuntu
--json authz status
policy list
config show
version
ROWS

# Questions, and who answers them in German.
"$SENTINEL" "${here[@]}" policy create mine > /dev/null
fails_with 3 "a question: the empty answer is no" answers ''
contains "$output" "nichts wurde gelöscht" "which is said"
fails_with 3 "nein is no" answers n
fails_with 0 "ja is yes" answers j
"$SENTINEL" "${here[@]}" policy create mine > /dev/null
fails_with 0 "and so is y" answers y

# The catalogue: msgfmt looks at the formats, the rest is compared with the sources.
succeeds "each format is that of its text" msgfmt --check --check-format -o /dev/null "$root/po/de.po"
options=(--from-code=UTF-8 --keyword=_ --keyword=N_ --keyword=OPTION:6 --no-location --no-wrap --sort-output)
for option in "${options[@]:0:4}"; do
	succeeds "the build takes $option" grep -q -- "'$option'" "$root/po/meson.build"
done
(cd "$root" && xgettext "${options[@]}" -f po/POTFILES -D . -o "$dir/now.pot")
is "$(msgcomm --no-wrap --more-than=1 "$dir/now.pot" "$root/po/de.po" | grep -c '^msgid ')" "$(grep -c '^msgid ' "$dir/now.pot")" "every text of the sources is in the catalogue"
is "$(msgcomm --no-wrap --unique --omit-header "$dir/now.pot" "$root/po/de.po" | grep '^msgid ')" "" "and no other"
is "$(msgattrib --untranslated --no-wrap "$root/po/de.po" | grep -c '^msgid ')" 0 "each is translated"
is "$(msgattrib --only-fuzzy --no-wrap "$root/po/de.po" | grep -c '^msgid ')" 0 "and none is a guess"
is "$(cd "$root" && grep -lE '\b(N?_\("|OPTION\([A-Z])' cli/*.c cli/*.h | grep -vE 'cli/(option|language)\.h' | sort)" "$(sort "$root/po/POTFILES")" "all files that have texts are looked at"
done_testing
