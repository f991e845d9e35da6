#!/bin/bash
# Scans and what policies make of them, on a real Docker, with scripts for scanners.
. "$(dirname "$0")/begin.sh"

bin=$SENTINEL_HOST/bin
mkdir -p "$bin" "$SENTINEL_HOST/guard/policies" "$SENTINEL_HOST/guard/cache" "$SENTINEL_HOST/overlay"
# Where the service keeps images while they are scanned is an overlay whose files have another device than their directories.
mount -t tmpfs tmpfs "$SENTINEL_HOST/overlay"
mkdir "$SENTINEL_HOST"/overlay/{upper,work}
mount -t overlay overlay -o "lowerdir=/etc/docker,upperdir=$SENTINEL_HOST/overlay/upper,workdir=$SENTINEL_HOST/overlay/work,xino=off" "$SENTINEL_HOST/guard/cache"
chmod 700 "$SENTINEL_HOST/guard/cache"
program() { # NAME: a scanner with the script on stdin
	{ echo '#!/bin/sh' && cat; } > "$bin/.new"
	chmod 755 "$bin/.new"
	mv "$bin/.new" "$bin/$1"
}
# What it finds stands in a file; it looks whether it was given an archive of an image.
program trivy << EOF
[ "\$1" != --version ] || exit 0
echo "\$*" >> "$SENTINEL_HOST/trivy.calls"
for archive; do :; done
tar -tf "\$archive" | grep -q manifest.json || exit 9
cat "$SENTINEL_HOST/trivy.answer"
EOF
program trufflehog << EOF
[ "\$1" != --version ] || exit 0
echo "\$*" >> "$SENTINEL_HOST/trufflehog.calls"
cat "$SENTINEL_HOST/trufflehog.answer"
echo '{"level":"info-0","msg":"finished scanning"}' >&2
EOF
vulnerable() { # SEVERITY
	echo '{"SchemaVersion":2,"ArtifactName":"x","Trivy":{"Version":"0.99"},"Results":[{"Target":"os","Vulnerabilities":[{"VulnerabilityID":"CVE-2030-1","PkgName":"libx","InstalledVersion":"1","Severity":"'"$1"'","Title":"a hole"}]}]}' > "$SENTINEL_HOST/trivy.answer"
}
healthy() { echo '{"SchemaVersion":2,"ArtifactName":"x"}' > "$SENTINEL_HOST/trivy.answer"; }
leaky() { echo '{"SourceMetadata":{"Data":{"Docker":{"file":"/app/.env"}}},"DetectorName":"AWS","Verified":'"$1"',"Raw":"AKIAHUNTER2"}' > "$SENTINEL_HOST/trufflehog.answer"; }
discreet() { : > "$SENTINEL_HOST/trufflehog.answer"; }

policy() { # NAME: settings on stdin
	{ echo "name: $1" && echo "mode: enforce" && cat; } > "$SENTINEL_HOST/guard/policies/$1.yaml"
}
use() { # NAME GENERATION
	printf 'audit: {log_reads: all}\nactive_policy: %s\nscanning: {program_dirs: ["%s"]}\n' "$1" "$bin" > "$SENTINEL_HOST/guard/config.yaml"
	wait_for 5 guard_logged "policy $1 (enforce) is in force, generation $2" || bail_out "policy $1 did not come into force"
}
policy open < /dev/null
policy scanned << EOF
settings:
  require_image_scan: true
  image_scanning: {enabled: true, scanners: [trivy], max_critical: 0, cache_duration: 1h}
EOF
policy hasty <<< 'settings: {require_image_scan: true, image_scanning: {scanners: [trivy], cache_duration: 1s}}'
policy missing <<< 'settings: {require_image_scan: true, image_scanning: {scanners: [grype]}}'
policy built <<< 'settings: {secret_scanning: {enabled: true}}'
policy discreet <<< 'settings: {secret_scanning: {enabled: true, scanner: trufflehog}}'
printf 'audit: {log_reads: all}\nactive_policy: open\nscanning: {program_dirs: ["%s"]}\n' "$bin" > "$SENTINEL_HOST/guard/config.yaml"
start_bus
guard_start --bus session
docker_start
image_import > /dev/null
docker tag busybox:1.36 clean:1
run() { docker run --rm --network none "$@" 2>&1; }
sentinel() { "$SENTINEL" --bus session "$@"; }
verdicts() { find "$SENTINEL_HOST/guard/cache/verdicts" -name '*.json' | wc -l; }
ran() { [ "$(run "$1" echo fine)" = fine ]; }
pushed() { docker push "$1" 2>&1; }
let_through() { [[ $(pushed "$1") != *"BLOCKED BY SENTINEL"* ]]; }

# By hand.
healthy
is "$(sentinel --json scan busybox:1.36 | jq -r '[.success, .data.reports[0].outcome, .data.reports[0].version, .data.complete] | @text')" '[true,"clean","",true]' "a scan by hand"
vulnerable CRITICAL
contains "$(sentinel scan busybox:1.36 2>&1)" "CVE-2030-1" "what is found is shown"
fails_with 1 "more than is allowed" "$SENTINEL" --bus session scan --fail-on --max-critical 0 busybox:1.36
fails_with 0 "as much as is allowed" "$SENTINEL" --bus session scan --max-critical 1 busybox:1.36
fails_with 3 "no such image" "$SENTINEL" --bus session scan no-such:1
fails_with 2 "no such scanner" "$SENTINEL" --bus session scan --scanner clamav busybox:1.36
fails_with 3 "a scanner that is not there" "$SENTINEL" --bus session scan --scanner grype busybox:1.36
contains "$output" "grype is not installed" "... says so"
leaky true
fails_with 1 "secrets" "$SENTINEL" --bus session scan-secrets --scanner trufflehog --fail-on-secrets busybox:1.36
contains "$output" "/app/.env" "a secret is shown by its place"
is "$(sentinel --json scan-secrets --scanner trufflehog busybox:1.36 | grep -c HUNTER2)" 0 "but not itself"
is "$("$SENTINEL" --local --config-dir "$SENTINEL_HOST/guard" --json scan busybox:1.36 | jq -r .data.summary.critical)" 1 "a scan without the service"
is "$(ls -A "$SENTINEL_HOST/guard/cache/scans")" "" "nothing of the images is left"

# Interrupted.
healthy
cp "$bin/trivy" "$bin/.kept"
program trivy <<< '[ "$1" = --version ] || exec sleep 987'
scans_on() { pgrep -f 'sleep 987' > /dev/null; }
gone() { ! scans_on; }
"$SENTINEL" --bus session scan busybox:1.36 > "$SENTINEL_HOST/interrupted" 2>&1 & scan=$!
wait_for 30 scans_on
for _ in $(seq 20); do kill -INT "$scan" 2> /dev/null; done # timeout(1) sends two; a second one must not tear what the first began
wait "$scan"
is "$?" 3 "an interrupt ends the scan"
contains "$(cat "$SENTINEL_HOST/interrupted")" "interrupted; the scan is cancelled" "... and says so"
succeeds "... and the scanner is gone" wait_for 20 gone
mv "$bin/.kept" "$bin/trivy"

# What must be scanned.
docker import -c 'LABEL g=h' - made-of:1 < <(tar -C "$SENTINEL_HOST/image" -c .) > /dev/null
docker create --name made-before --network none made-of:1 true > /dev/null
docker tag busybox:1.36 made-of:1
rm -f "$SENTINEL_HOST"/guard/cache/verdicts/*
guard_stop
healthy
guard_start --bus session
wait_for 10 docker version
use scanned 2
denied=$(run busybox:1.36 echo fine)
contains "$denied" "was not scanned yet by trivy; the scan is queued" "an image that nobody has scanned does not run"
succeeds "after the scan that this has queued it does" wait_for 15 ran busybox:1.36
is "$(verdicts)" 1 "the verdict is kept"
guard_stop
guard_start --bus session
wait_for 10 docker version
is "$(run busybox:1.36 echo fine)" fine "also by the next guard"
is "$(run clean:1 echo fine)" fine "another name of the same image"
vulnerable CRITICAL
docker import -c 'LABEL a=b' - moved:1 < <(tar -C "$SENTINEL_HOST/image" -c .) > /dev/null
docker tag moved:1 clean:1
wait_for 15 test "$(verdicts)" -ge 2
denied=$(run clean:1 echo fine)
contains "$denied" "BLOCKED BY SENTINEL" "the tag that was moved is judged anew"
is_judged() { [[ $(docker start made-before 2>&1) == *"Found 1 critical"* ]]; }
docker start made-before > /dev/null 2>&1
wait_for 15 is_judged
judged() { [[ $(run clean:1 true) == *"Found 1 critical"* ]]; }
wait_for 15 judged
contains "$(run clean:1 echo fine)" "Found 1 critical finding(s) in the image clean:1, at most 0 are allowed" "and says what was found"
fails_with 1 "validate says the same" "$SENTINEL" --bus session validate -- docker run clean:1
fails_with 0 "of the scanned one as well" "$SENTINEL" --bus session validate -- docker run busybox:1.36

contains "$(docker start made-before 2>&1)" "Found 1 critical" "a container that was made before is judged by the image that it was made of"

# Old verdicts, missing scanners.
healthy
use hasty 2
sleep 1.2
contains "$(run busybox:1.36 echo fine)" "is too old" "a verdict that is too old is none"
use missing 3
run busybox:1.36 true > /dev/null
wait_for 15 guard_logged "grype is not installed"
contains "$(run busybox:1.36 echo fine)" "could not be scanned: grype: grype is not installed" "a scanner that is not there opens nothing"
contains "$(sentinel doctor)" "grype is not installed; the policy needs it" "doctor says so"

# Secrets and pushes: nobody listens there, only the authorization matters.
discreet # before an image comes that is scanned by itself
use discreet 4
rm -f "$SENTINEL_HOST"/guard/cache/verdicts/*
docker tag busybox:1.36 127.0.0.1:9/team/app:1
docker import -c 'LABEL c=d' - 127.0.0.1:9/team/leak:1 < <(tar -C "$SENTINEL_HOST/image" -c .) > /dev/null
wait_for 15 let_through 127.0.0.1:9/team/app:1
contains "$(pushed 127.0.0.1:9/team/app:1)" "refused" "an image without secrets may be pushed"
contains "$(docker push -a 127.0.0.1:9/team/app 2>&1)" "push them one by one" "not all tags at once"
leaky true
docker import -c 'LABEL e=f' - 127.0.0.1:9/team/leak:2 < <(tar -C "$SENTINEL_HOST/image" -c .) > /dev/null
held() { [[ $(pushed 127.0.0.1:9/team/leak:2) == *"Found 1 VERIFIED"* ]]; }
wait_for 15 held
denied=$(pushed 127.0.0.1:9/team/leak:2)
contains "$denied" "Found 1 VERIFIED (active) secret(s) in image! 127.0.0.1:9/team/leak:2: AWS in /app/.env" "one with a secret may not"
contains "$denied" "SECRETS DETECTED - PUSH BLOCKED" "... under a heading"
contains "$denied" "Remove secrets and rebuild the image before pushing" "... and what to do"
is "$(journal | grep -c HUNTER2)$(guard_log | grep -c HUNTER2)$(grep -rc HUNTER2 "$SENTINEL_HOST/guard/cache" | grep -vc ':0')" 000 "the secret is nowhere"
is "$(journal | jq -r 'select(.endpoint == "image.save") | .id' | wc -l)" 1 "the guard's own exports are not in the journal, that of the private one is"
contains "$(cat "$SENTINEL_HOST/trufflehog.calls")" "--no-verification" "secrets are not tried out"

# With nothing installed: the detector that is always there.
use built 5
secret=Qz7$(printf 'vN2%s' kTx94LmRw8)
mkdir -p "$SENTINEL_HOST/leaky/root"
echo "machine git.example.com login deploy password $secret" > "$SENTINEL_HOST/leaky/root/.netrc"
docker import - 127.0.0.1:9/team/netrc:1 < <(tar -C "$SENTINEL_HOST/leaky" -c .) > /dev/null
contains "$(pushed 127.0.0.1:9/team/netrc:1)" "Found 1 high secret(s) in the image 127.0.0.1:9/team/netrc:1: netrc-password in /root/.netrc line 1" "a push waits for the scan; a login in .netrc holds it up"
docker import -c 'LABEL i=j' - 127.0.0.1:9/team/app:2 < <(tar -C "$SENTINEL_HOST/image" -c .) > /dev/null
contains "$(pushed 127.0.0.1:9/team/app:2)" "refused" "one without a secret is let through at the first push, right after it was made"
# What is built here is told of, by either builder, and so is what somebody makes of a container.
events() { jq -c 'select(.kind == "scan")' "$SENTINEL_HOST/guard/audit/audit.jsonl"; }
told() { [ -n "$(events | jq -c 'select(.image == "'"$1"'" and .details.outcome == "'"$2"'")')" ]; } # jq -e of nothing is content
dbus-monitor --session "type='signal',member='ImageScanned'" > "$SENTINEL_HOST/heard" & monitor=$!
wait_for 10 grep -q NameAcquired "$SENTINEL_HOST/heard"
before=$(events | wc -l)
printf 'FROM busybox:1.36\nARG KIT\nLABEL kit=$KIT\nCOPY root/.netrc /root/.netrc\n' > "$SENTINEL_HOST/leaky/Dockerfile"
for kit in 0 1; do
	DOCKER_BUILDKIT=$kit docker build -q --network none --build-arg KIT=$kit -t "built:$kit" "$SENTINEL_HOST/leaky" > /dev/null 2>&1
	wait_for 20 told "built:$kit" found
	is "$(events | jq -r 'select(.image == "built:'$kit'") | [.user, .subject, .details.severity, .details.found] | @text')" \
		'["'"$(id -un)"'","'"$(docker image inspect --format '{{.Id}}' "built:$kit")"'","high","Found 1 high secret(s) in the image built:'$kit': netrc-password in /root/.netrc line 1"]' \
		"what was found in what was built is in the trail, once (DOCKER_BUILDKIT=$kit)"
done
made=$(docker create --network none built:1 true)
docker commit "$made" committed:1 > /dev/null
wait_for 20 told committed:1 found
contains "$(events | tail -n 1)" "in the image committed:1: netrc-password" "... and of what was committed"
docker build -q --network none -t fine:1 - <<< $'FROM busybox:1.36\nLABEL k=l' > /dev/null 2>&1
wait_for 20 told fine:1 passed
is "$(events | tail -n 1 | jq -r '[.details.outcome, .details.found] | @text')" '["passed",""]' "... and that nothing was"
docker import -c 'LABEL m=n' - < <(tar -C "$SENTINEL_HOST/leaky" -c .) > /dev/null
kill "$monitor"
is "$(grep -c 'member=ImageScanned' "$SENTINEL_HOST/heard") $(grep -c 'string "found"' "$SENTINEL_HOST/heard")" "4 3" "the bus hears of each of them"
is "$(($(events | wc -l) - before))" 4 "... and nothing else is told of as built"
contains "$(guard_log)" "the image built:1, built by $(id -un): Found 1 high secret(s)" "... the log of what was found"
# While a name is pushed it is nobody else's: a registry that takes connections and says nothing holds the push up.
python3 -c 'import socket, time
s = socket.create_server(("127.0.0.1", 5009)); open("'"$SENTINEL_HOST"'/silent", "w").close(); time.sleep(600)' & silent=$!
wait_for 10 test -e "$SENTINEL_HOST/silent"
docker tag busybox:1.36 127.0.0.1:5009/team/app:1
docker push 127.0.0.1:5009/team/app:1 > "$SENTINEL_HOST/pushing" 2>&1 & pushing=$!
pushes() { journal | jq -e 'select(.endpoint == "image.push" and (.command | contains("5009")))' > /dev/null; }
wait_for 20 pushes
docker tag busybox:1.36 127.0.0.1:5009/team/app:2
is "$?" 0 "another name may be given while one is pushed"
timeout 2 docker tag 127.0.0.1:9/team/netrc:1 127.0.0.1:5009/team/app:1
is "$?" 124 "the name that is pushed waits"
kill "$pushing" "$silent"
wait "$pushing" "$silent"
docker tag busybox:1.36 127.0.0.1:5009/team/app:1
is "$?" 0 "... until the push has ended"
fails_with 1 "scan-secrets finds it" "$SENTINEL" --bus session scan-secrets --fail-on-secrets 127.0.0.1:9/team/netrc:1
contains "$output" "root/.netrc" "... and says where"
fails_with 0 "and nothing in the image without it" "$SENTINEL" --bus session scan-secrets --fail-on-secrets busybox:1.36
is "$(journal | grep -c "$secret")$(guard_log | grep -c "$secret")$(grep -rc "$secret" "$SENTINEL_HOST/guard/cache" | grep -vc ':0')" 000 "the secret is nowhere"

# Gitleaks itself, where Debian has it: 8.16 in 13, which knows no archives and other words than later ones.
if [ "$(. /etc/os-release && echo "${VERSION_CODENAME:-}")" != bookworm ]; then
	token=ghp_$(printf 'aB3dE6gH9%s' jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6)
	mkdir -p "$SENTINEL_HOST/hub/app"
	echo "token = \"$token\"" > "$SENTINEL_HOST/hub/app/hub.conf"
	docker import -c "ENV HUB=${token/aB3/cD4}" - hub:1 < <(tar -C "$SENTINEL_HOST/hub" -c .) > /dev/null
	found=$(sentinel --json scan-secrets --scanner gitleaks hub:1)
	is "$(jq -r '[.success, .data.reports[0].outcome, ([.data.findings[].id] | unique)] | @text' <<< "$found")" '[true,"found",["github-pat"]]' "gitleaks finds what is in a layer"
	is "$(jq -r '[.data.findings[] | select(.path == "/app/hub.conf") | .line] | @text' <<< "$found")" "[1]" "... by its place"
	is "$(jq -r '[.data.findings[] | select(.path | startswith("image-metadata/"))] | length > 0' <<< "$found")" true "... and in the environment of the image"
	is "$(grep -c "$token" <<< "$found")" 0 "... without what it is"
	is "$(sentinel --json scan-secrets --scanner gitleaks busybox:1.36 | jq -r '[.success, .data.reports[0].outcome] | @text')" '[true,"clean"]' "and an image without is clean"
fi
done_testing
