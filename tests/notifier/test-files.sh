#!/bin/bash
# What the desktop reads of the notifier, by the rules of those who read it; and the documents against the code.
#   test-files.sh SOURCE_ROOT BUILD_ROOT
set -uo pipefail
source_root=$1 build_root=$2
. "$source_root/tests/e2e/tap.sh"
files=$source_root/notifier id=io.github.dockersentinel.Notifier
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

for entry in "$id.desktop" autostart.desktop; do
	fails_with 0 "$entry is a desktop entry" desktop-file-validate "$files/$entry"
	is "$output" "" "... without a warning"
done
sed 's/^Type=.*/Type=Nothing/' "$files/$id.desktop" > "$place/bad.desktop"
fails_with 1 "one that is wrong is refused" desktop-file-validate "$place/bad.desktop"
fails_with 0 "the metadata are AppStream's" appstreamcli validate --no-net --no-color "$files/$id.metainfo.xml"
sed 's/<summary>.*//' "$files/$id.metainfo.xml" > "$place/$id.metainfo.xml"
refused() { ! "$@"; }
succeeds "metadata that are wrong are refused" refused appstreamcli validate --no-net --no-color "$place/$id.metainfo.xml"
succeeds "the icon is XML" xmllint --nonet --noout "$files/$id.svg"
is "$(xmllint --nonet --xpath 'string(/*/@viewBox)' "$files/$id.svg")" "0 0 128 128" "... and has no size of its own"
is "$(xmllint --nonet --xpath 'string(//launchable)' "$files/$id.metainfo.xml")" "$id.desktop" "the metadata name the desktop entry"
is "$(sed -n 's/^Icon=//p' "$files/$id.desktop" "$files/autostart.desktop" | sort -u)" "$id" "the entries name the icon"
is "$(sed -n 's/^#define NOTIFIER_ID "\([^"]*\)".*/\1/p' "$files/call.h")" "$id" "... and so does the program"
# The unit names the installed program: verified with one that is there.
sed "s|^ExecStart=.*|ExecStart=$build_root/notifier/sentinel-notifier|" "$build_root/notifier/sentinel-notifier.service" > "$place/sentinel-notifier.service"
fails_with 0 "the unit is systemd's" env XDG_RUNTIME_DIR="$place" systemd-analyze --user --man=no verify "$place/sentinel-notifier.service"
is "$output" "" "... without a warning"

# The example says what holds without it, and the manual has each key.
example=$files/notifier.conf.example manual=$source_root/docs/man/sentinel-notifier.1.scd
keys=$(grep -oP '^[a-z_]+(?==)' "$example")
is "$(sort <<< "$keys")" "$(grep -oP '^\s+\{ "[a-z]+", "\K[a-z_]+' "$files/settings.c" | sort)" "the example has every key"
while IFS= read -r line; do
	succeeds "the manual has $line" grep -qxF "*${line%%=*}*=${line#*=}" "$manual"
done < <(grep -P '^[a-z_]+=' "$example")
while IFS= read -r option; do
	succeeds "the manual has --$option" grep -qF "*--$option*" "$manual"
done < <(grep -oP '^\s*\{ "\K[a-z]+(?=", 0, 0, G_OPTION)' "$files/main.c")

# What needs no bus.
notifier=$build_root/notifier/sentinel-notifier
fails_with 0 "it says its version" "$notifier" --version
contains "$output" "sentinel-notifier $(sed -n "s/^  version: '\(.*\)',/\1/p" "$source_root/meson.build")" "... which is the project's"
fails_with 2 "it takes no words" "$notifier" everything
fails_with 2 "... and no options of others" "$notifier" --everything
fails_with 3 "without a session bus it ends" env DBUS_SESSION_BUS_ADDRESS=unix:path="$place/none" "$notifier"
fails_with 3 "... and has nothing to show a test" env DBUS_SESSION_BUS_ADDRESS=unix:path="$place/none" "$notifier" --test
fails_with 3 "... nor a list" env DBUS_SYSTEM_BUS_ADDRESS=unix:path="$place/none" "$notifier" --list
done_testing
