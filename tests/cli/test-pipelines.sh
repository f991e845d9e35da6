#!/bin/bash
# SPDX-License-Identifier: MIT
# The pipelines of examples/: their shell steps run as they stand there, without Docker and without a service, and stop at what is denied.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/e2e/tap.sh
. "$root/tests/e2e/tap.sh"

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export TMPDIR=$dir SENTINEL_DAEMON=$SENTINELD HOME=$dir DOCKER_HOST=unix://$dir/no.sock
mkdir "$dir/bin"
printf '#!/bin/sh\nexec "%s" "$@"\n' "$SENTINEL" > "$dir/bin/sentinel"
# Compose reads a file without a Docker, where it is installed.
printf '#!/bin/sh\n[ "$1" != compose ] || exec %s "$@"\necho "docker is not there" >&2\nexit 127\n' "$(command -v docker || echo false)" > "$dir/bin/docker"
chmod 755 "$dir/bin/sentinel" "$dir/bin/docker"

runs() { # PIPELINE
	python3 -B "$root/tests/cli/pipeline.py" "$root/examples/$1" > "$dir/steps.sh" || return
	rm -rf "$dir/work" "$dir/config"
	cp -r "${2:-$root/examples/project}" "$dir/work"
	(cd "$dir/work" && PATH=$dir/bin:$PATH SENTINEL_CONFIG_DIR=$dir/config bash -euo pipefail "$dir/steps.sh")
}
cp -r "$root/examples/project" "$dir/bad"
sed -i 's/^    user: "101"/    privileged: true/' "$dir/bad/compose.yaml"
cp -r "$root/examples/project" "$dir/untrue"
sed -i 's/decision: allowed/decision: denied/' "$dir/untrue/policies/team.yaml"

for pipeline in github-actions.yml gitlab-ci.yml azure-pipelines.yml Jenkinsfile; do
	succeeds "$pipeline" runs "$pipeline"
	is "$(jq -c '[.success, (.data.calls | map(select(.outcome == "allowed")) | length)]' "$dir/work/compose.json")" '[true,4]' "judges every call of the project"
	succeeds "and has a report of the tests" xmllint --noout "$dir/work/policy.xml"
	fails_with 1 "$pipeline stops at a service that is denied" runs "$pipeline" "$dir/bad"
	is "$(jq -r '.data.risks[].rule' "$dir/work/compose.json" | head -1)" privileged "and says why"
	fails_with 1 "... and at a policy that does not say what its tests expect" runs "$pipeline" "$dir/untrue"
done
is "$(find "$root/examples" -maxdepth 1 -type f ! -name README.md ! -name secret-rules.yaml | wc -l)" 4 "there is no other pipeline"
done_testing
