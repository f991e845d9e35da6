#!/bin/bash
# Scanners under the installed service: what they may do there, and that they work.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../e2e/tap.sh"
. "$here/host.sh"
host_boot
host_install
host_guard_docker
host_image

in_host sh -c 'cat > /usr/local/bin/trivy && chmod 755 /usr/local/bin/trivy' << 'EOF'
#!/bin/sh
# Says what it is given, where only root and the service can read it.
[ "$1" != --version ] || exit 0
sleep 1
{
	echo "user $(id -un)"
	grep -E '^(CapEff|CapAmb|NoNewPrivs|Seccomp):' /proc/self/status | tr -d '\t'
	echo "oom $(cat /proc/self/oom_score_adj)"
	echo "links $(ls /sys/class/net > /dev/null; awk 'NR > 2 { print $1 }' /proc/net/dev | tr -d '\n')"
	echo "shadow $(cat /etc/shadow > /dev/null 2>&1 && echo yes || echo no)"
	echo "policies $(touch /etc/sentinel/policies/x 2> /dev/null && echo yes || echo no)"
	echo "arguments $*"
} > "$HOME/seen"
while [ "$1" != --input ]; do shift; done
archive=$2
test -s "$archive" || exit 9
echo '{"SchemaVersion":2,"ArtifactName":"x","Results":[{"Target":"t","Vulnerabilities":[{"VulnerabilityID":"CVE-2030-1","PkgName":"p","Severity":"LOW"}]}]}'
EOF
seen() { in_host sed -n "s/^$1 *//p" /var/cache/sentinel/scanners/seen; }

contains "$(in_host sentinel scan busybox:1.36 2>&1)" "CVE-2030-1" "a scan under the service's unit"
is "$(seen user)" "sentinel" "the scanner has the service's user"
is "$(seen CapEff:)$(seen CapAmb:)" "00000000000000000000000000000000" "... and not its capability"
is "$(seen shadow)" "no" "... so that it reads what that user may"
is "$(seen links)" "lo:" "... no network"
is "$(seen oom)" "500" "... and goes before the guard when memory is short"
contains "$(seen arguments)" "--skip-db-update --skip-java-db-update --offline-scan" "it is told that there is no network"
is "$(in_host ls -A /var/cache/sentinel/scans)" "" "nothing of the image is left"
is "$(in_host stat -c '%U %a' /var/cache/sentinel/scan.key)" "sentinel 600" "the key is the service's"

fails_with 4 "who has not proved who they are may not scan" as mallory sentinel --no-ask-password scan busybox:1.36
done_testing
