#!/bin/bash
# SPDX-License-Identifier: MIT
# The verbs that scan, with a Docker that has one image and scanners that are scripts: what they print, and how they end.
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/e2e/wait.sh
. "$here/../e2e/wait.sh"
# shellcheck source=tests/cli/service.sh
. "$here/service.sh"

engine_pid=
leave() {
	[ -z "$engine_pid" ] || kill "$engine_pid"
	service_leave
}
trap leave EXIT

program() { # NAME, its script on standard input: one that works is also asked for its version
	{ printf '#!/bin/sh\ncase $* in --version | version) exit 0 ;; esac\n' && cat; } > "$dir/bin/$1"
	chmod 755 "$dir/bin/$1"
}
mkdir -p "$dir/bin"
printf 'active_policy: default\nscanning: {program_dirs: ["%s/bin"], timeout: 30s}\n' "$dir" > "$dir/guard/config.yaml"
finding() {
	program trivy << 'EOF'
echo '{"SchemaVersion":2,"ArtifactName":"a","Results":[{"Target":"t","Vulnerabilities":[
{"VulnerabilityID":"CVE-1","PkgName":"zlib","InstalledVersion":"1.0","Severity":"LOW","Title":"A crack"},
{"VulnerabilityID":"CVE-2","PkgName":"openssl","InstalledVersion":"1.1.1n-0+deb11u4-with-a-long-tail","FixedVersion":"1.2","Severity":"HIGH","Title":"A hole"},
{"VulnerabilityID":"CVE-3","PkgName":"libc","InstalledVersion":"2","FixedVersion":"3","Severity":"MEDIUM","Title":"A gap that takes many more words to tell of than there is room for in a line"}]}]}'
EOF
}
finding
program trufflehog << 'EOF'
echo '{"SourceMetadata":{"Data":{"Docker":{"file":"/app/.env","layer":"sha256:1","line":3}}},"DetectorName":"Mapbox","DetectorDescription":"Maps","Verified":false,"Raw":"hunter2"}'
echo '{"SourceMetadata":{"Data":{"Docker":{"file":"/root/key","layer":"sha256:2"}}},"DetectorName":"AWS","DetectorDescription":"A cloud","Verified":true,"Raw":"hunter3"}'
echo '{"level":"info-0","msg":"finished scanning"}' >&2
EOF
python3 "$here/../e2e/engine.py" "$dir/docker.sock" 2> /dev/null &
engine_pid=$!
wait_for 20 curl -sf --unix-socket "$dir/docker.sock" http://docker/_ping || bail_out "the test's own Docker does not answer"
service_bus
service_start

scan() { session scan --scanner trivy a:1 "$@"; }
secrets() { session scan-secrets --scanner trufflehog a:1 "$@"; }

is "$(scan)" "SEVERITY  ID     PACKAGE  VERSION               FIXED IN  TITLE
HIGH      CVE-2  openssl  1.1.1n-0+deb11u4-wi…  1.2       A hole
MEDIUM    CVE-3  libc     2                     3         A gap that takes many more words to tell of than there is r…
LOW       CVE-1  zlib     1.0                   -         A crack
trivy: found, 1 high, 1 medium, 1 low" "a scan is a table, the worst first, and a line for each scanner"
is "$(secrets)" "SEVERITY  VERIFIED  DETECTOR  PLACE        LAYER     TITLE
CRITICAL  yes       AWS       /root/key    sha256:2  A cloud
MEDIUM    -         Mapbox    /app/.env:3  sha256:1  Maps
trufflehog: found, 1 critical, 1 medium, 1 verified" "so is one for secrets, without what they are"
is "$(session --json scan --scanner trivy a:1 | jq -c '[.success, .data.image, .data.summary.high, .data.summary.critical, .data.complete, .data.over_threshold, (.data.findings | length)]')" \
	'[true,"a:1",1,0,true,false,3]' "as JSON"
is "$(session --json scan --scanner trivy --max-medium 0 a:1 | jq -c '[.success, .data.over_threshold]')" '[false,true]' "... that says whether it is too much"
while read -r code options; do
	# shellcheck disable=SC2086
	fails_with "$code" "scan $options ends with $code" scan $options
done << 'ROWS'
0
1 --fail-on
0 --max-critical 0
0 --max-high 1
1 --max-high 0
1 --max-medium 0
0 --max-medium 1 --max-high 1
1 --max-medium 1 --max-high 0
0 --fail-on --max-critical 0
2 --max-high x
ROWS
contains "$(scan --max-high 0 2>&1)" "more was found than is allowed" "what is too much is said"
fails_with 1 "scan-secrets --fail-on-secrets" secrets --fail-on-secrets
fails_with 3 "an image that Docker does not have" session scan --scanner trivy absent:1
contains "$output" "Docker has no image absent:1; pull it first" "is named"
fails_with 2 "a scanner that nobody knows" session scan --scanner nonesuch a:1

program trivy <<< 'echo "no database" >&2; exit 1'
fails_with 3 "a scanner that fails" scan
contains "$output" "no database" "says why"
is "$(session --json scan --scanner trivy a:1 | jq -c '[.success, .data.complete]')" '[false,false]' "also as JSON"
program trivy <<< "echo '{\"SchemaVersion\":2,\"ArtifactName\":\"a\",\"Results\":[]}'"
is "$(scan --fail-on)" "trivy: clean" "where nothing is found there is no table"
fails_with 3 "several scanners, of which one is missing" session scan --scanner trivy,grype a:1
contains "$output" "grype is not installed" "and it says which"
session --json scan-secrets --scanner trufflehog a:1 > /dev/null

finding
# In the formats of others: what their specifications say must be there, and no secret anywhere.
# SARIF 2.1.0: 3.13 (log file), 3.14 (run), 3.19 (component), 3.27 (result), 3.28 and 3.30 (places).
sarif='.version == "2.1.0" and (.runs | length > 0) and all(.runs[]; . as $run
	| (.tool.driver.name | length > 0) and (.tool.driver.rules | map(.id) | length == (unique | length))
	and all(.tool.driver.rules[]; (.shortDescription.text | length > 0) and (.properties["security-severity"] | tonumber) <= 10)
	and all(.invocations[]; .executionSuccessful | type == "boolean")
	and all(.results[]; (.message.text | length > 0) and (.level | IN("note", "warning", "error")) and .ruleId == $run.tool.driver.rules[.ruleIndex].id
		and all(.locations[].physicalLocation; (.artifactLocation.uri | test("^[!-~]+$")) and (.region // {startLine: 1}).startLine >= 1)))'
# CycloneDX 1.5 (bom-1.5.schema.json): what is required of a document, a component, an affected thing; each affected thing is there.
cyclonedx='.bomFormat == "CycloneDX" and .specVersion == "1.5" and .version >= 1 and (.serialNumber | test("^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"))
	and ([.components[]["bom-ref"]] as $refs | ($refs | length == (unique | length)) and all(.vulnerabilities[].affects[]; [.ref] - $refs == []))
	and all(.components[], .metadata.component, .metadata.tools.components[]; (.type | length > 0) and (.name | length > 0))
	and all(.vulnerabilities[]; (.id | length > 0) and all(.ratings[]; .severity | IN("critical", "high", "medium", "low", "info", "none", "unknown")))'
is "$(scan --format sarif | jq "$sarif")" true "a scan as SARIF"
is "$(scan --format sarif | jq -c '.runs[0] | [.tool.driver.name, (.results[0] | .ruleId, .level, .locations[0].physicalLocation.artifactLocation.uri), .invocations[0].executionSuccessful]')" \
	'["trivy","CVE-2","error","t",true]' "... says what was found"
is "$(scan --format cyclonedx | jq "$cyclonedx")" true "as CycloneDX"
is "$(scan --format cyclonedx | jq -c '[(.components | length), (.vulnerabilities[] | select(.id == "CVE-2") | .ratings[0].severity, .recommendation)]')" '[3,"high","openssl: 1.2"]' "... with the packages"
is "$(scan --format json | jq -c '[.image, .summary.high, .complete, (.findings | length)]')" '["a:1",1,true,3]' "as JSON without an envelope"
is "$(secrets --format sarif | jq "$sarif")" true "secrets as SARIF"
is "$(secrets --format sarif | jq -c '[.runs[0].results[] | [.ruleId, .level, (.locations[0].physicalLocation | .artifactLocation.uri, .region.startLine)]]')" \
	'[["AWS","error","root/key",null],["Mapbox","warning","app/.env",3]]' "... and where they are"
is "$(for format in table json sarif; do secrets --format "$format"; done | grep -c hunter)" 0 "... without what they are, in no format"
(umask 027; scan --format sarif --output "$dir/report.sarif" > "$dir/said"; echo $? > "$dir/code")
is "$(cat "$dir/said" "$dir/code") $(stat -c %a "$dir/report.sarif") $(jq "$sarif" "$dir/report.sarif")" "trivy: found, 1 high, 1 medium, 1 low
0 640 true" "into a file, with the rights that the umask leaves"
ln -s report.sarif "$dir/link"
scan --format cyclonedx --output "$dir/link" > "$dir/said"
is "$(stat -c %F "$dir/link") $(jq -r .bomFormat "$dir/report.sarif")" "symbolic link CycloneDX" "a link is followed"
is "$(scan --format sarif --max-high 0 --output "$dir/report.sarif" > "$dir/said" 2>&1; echo $?) $(jq "$sarif" "$dir/report.sarif")" "1 true" "what is too much is told by the status, and the file is there"
is "$(session --json scan --scanner trivy --format sarif --output "$dir/report.sarif" a:1 | jq .success)" true "--json with a file"
is "$(scan --format sarif --output /dev/stdout | grep -c '"version" : "2.1.0"')" 1 "a device is written to"
is "$(scan --format sarif --output "$dir/none/report" 2>&1 > /dev/null; echo $?)" "sentinel: cannot write $dir/none/report: No such file or directory
3" "where nothing can be written it says so"
is "$(find "$dir" -name 'report.sarif?*' -o -name 'link?*')" "" "nothing else is left"
for words in "scan --format xml" "scan-secrets --format cyclonedx" "scan --output $dir/x" "--json scan --format sarif"; do
	# shellcheck disable=SC2086
	is "$(session $words a:1 > /dev/null 2>&1; echo $?)" 2 "$words is refused"
done

# What the policy in force sets aside is not counted, and shown.
printf 'name: aside\nmode: warn\nsettings: {image_scanning: {ignore_unfixed: true, exceptions: [{vulnerabilities: [CVE-2], reason: not called, owner: ann}]}}\n' > "$dir/guard/policies/aside.yaml"
session policy use aside > /dev/null || bail_out "no policy for exceptions"
is "$(scan)" "SEVERITY  ID     PACKAGE  VERSION  FIXED IN  TITLE
MEDIUM    CVE-3  libc     2        3         A gap that takes many more words to tell of than there is r…
SET ASIDE  PACKAGE  VERSION               WHY
CVE-2      openssl  1.1.1n-0+deb11u4-wi…  an exception: not called
CVE-1      zlib     1.0                   there is no version without it (ignore_unfixed)
trivy: found, 1 medium, 2 set aside" "what is set aside has its reason"
is "$(scan --max-high 0 > /dev/null 2>&1; echo $?)" 0 "... and is not too much"
is "$(scan --format sarif | jq -c '[.runs[0].results[] | select(.suppressions) | [.ruleId, .suppressions[0].justification]]')" \
	'[["CVE-2","an exception: not called"],["CVE-1","there is no version without it (ignore_unfixed)"]]' "... in SARIF it is suppressed"
session policy use default > /dev/null

# Who goes away leaves no scan behind, however.
program trivy <<< 'echo $$ > "$HOME/trivy.pid"; exec sleep 600'
for signal in INT KILL; do
	rm -f "$dir"/guard/cache/scanners/trivy.pid
	"$SENTINEL" --bus session scan --scanner trivy --format sarif --output "$dir/half" a:1 > "$dir/said" 2>&1 &
	caller=$!
	wait_for 20 test -s "$dir/guard/cache/scanners/trivy.pid" || bail_out "the scan does not begin"
	kill -s "$signal" "$caller"
	wait "$caller" 2> /dev/null
	# shellcheck disable=SC2016
	succeeds "SIG$signal ends the scan" wait_for 20 sh -c '! kill -0 "$(cat "$1")" && [ -z "$(ls "$2")" ]' - "$dir/guard/cache/scanners/trivy.pid" "$dir/guard/cache/scans"
	is "$(find "$dir" -name 'half*')" "" "... and nothing of its file is there"
done

# On a terminal there is a bar while it goes on.
program trivy <<< "sleep 1; echo '{\"SchemaVersion\":2,\"ArtifactName\":\"a\",\"Results\":[]}'"
on_terminal() { LC_ALL=C.UTF-8 python3 -B "$here/../e2e/answer.py" -- "$SENTINEL" --bus session "$@" 2>&1 | tr '\r' '\n'; }
succeeds "a scan has a bar" grep -qE '^scanning a:1 \(trivy, 1 of 1: [0-9]+ MB.*\) [█░]+ +[0-9]+ %' <<< "$(on_terminal scan --scanner trivy a:1)"
is "$(on_terminal --quiet scan --scanner trivy a:1 | grep -c '%')" 0 "not with --quiet"
is "$(session scan --scanner trivy a:1 2>&1)" "trivy: clean" "nor elsewhere"

# exec: what is pushed is looked at before, what was built after; docker is played by a script.
program docker <<< 'echo "docker $*"'
printf 'name: secrets\nmode: warn\nsettings: {secret_scanning: {enabled: true, scanner: trufflehog}}\n' > "$dir/guard/policies/secrets.yaml"
session policy use secrets > /dev/null || bail_out "no policy for secrets"
runs() { PATH=$dir/bin:$PATH session exec -- "$@" 2> "$dir/said"; }
for words in "docker push a:1" "push a:1" "docker image push --quiet a:1"; do
	read -ra words <<< "$words"
	is "$(runs "${words[@]}"; echo $?)" 1 "${words[*]} of an image with secrets does not go"
	contains "$(cat "$dir/said")" "SECRETS DETECTED - PUSH BLOCKED
a:1: 1 verified, 1 critical, 0 high, 1 medium secrets" "and says why"
done
is "$(runs docker build -q -t a:1 --tag=absent:1 .; echo $?)" "docker build -q -t a:1 --tag=absent:1 .
0" "docker build is docker's"
contains "$(cat "$dir/said")" "SECRETS DETECTED
a:1: 1 verified" "what it built is looked at"
contains "$(cat "$dir/said")" "absent:1 was not scanned for secrets: Docker has no image absent:1" "and what cannot be is told"
program trufflehog <<< 'echo "{\"level\":\"info-0\",\"msg\":\"finished scanning\"}" >&2'
is "$(runs docker push absent:1; echo $?)" "docker push absent:1
0" "what cannot be looked at the policy decides about"
contains "$(cat "$dir/said")" "absent:1 was not scanned for secrets" "which is told"
answers_hold scan scan-secrets
done_testing
