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
# Says what it is given, where only root and scanners can read it.
[ "$1" != --version ] || exit 0
n=0 # who started it says so while it runs
until [ "$(cat /proc/self/oom_score_adj)" = 500 ] || [ $((n += 1)) -gt 50 ]; do sleep 0.1; done
{
	echo "user $(id -un)"
	grep -E '^(CapEff|CapAmb|NoNewPrivs|Seccomp):' /proc/self/status | tr -d '\t'
	echo "oom $(cat /proc/self/oom_score_adj)"
	echo "links $(ls /sys/class/net > /dev/null; awk 'NR > 2 { print $1 }' /proc/net/dev | tr -d '\n')"
	echo "net $(readlink /proc/self/ns/net)"
	echo "shadow $(cat /etc/shadow > /dev/null 2>&1 && echo yes || echo no)"
	echo "policies $(touch /etc/sentinel/policies/x 2> /dev/null && echo yes || echo no)"
	echo "groups $(id -Gn)"
	echo "docker $(curl -s --max-time 2 --unix-socket /run/docker.sock http://d/_ping > /dev/null 2>&1 && echo yes || echo no)"
	echo "bus $(busctl --timeout=2 call org.freedesktop.DBus / org.freedesktop.DBus GetId > /dev/null 2>&1 && echo yes || echo no)"
	echo "guard $(ls /var/cache/sentinel /var/lib/sentinel /etc/sentinel > /dev/null 2>&1 && echo yes || echo no)"
	echo "arguments $*"
} > "$HOME/seen"
while [ "$1" != --input ]; do shift; done
archive=$2
test -s "$archive" || exit 9
echo '{"SchemaVersion":2,"ArtifactName":"x","Results":[{"Target":"t","Vulnerabilities":[{"VulnerabilityID":"CVE-2030-1","PkgName":"p","Severity":"LOW"}]}]}'
EOF
seen() { in_host sed -n "s/^$1 *//p" /var/cache/sentinel-scan/seen; }

contains "$(in_host sentinel scan busybox:1.36 2>&1)" "CVE-2030-1" "a scan under the service's unit"
is "$(seen user)" "sentinel-scan" "the scanner is not the guard: it has a user of its own"
is "$(seen groups)" "sentinel-scan" "... and no group of Docker's"
is "$(seen docker)" "no" "... it does not reach Docker"
is "$(seen bus)" "no" "... nor the bus"
is "$(seen guard)" "no" "... and sees nothing of the guard's"
is "$(seen policies)" "no" "... whose policies it cannot write"
is "$(seen CapEff:)$(seen CapAmb:)" "00000000000000000000000000000000" "... and not its capability"
is "$(seen shadow)" "no" "... so that it reads what that user may"
is "$(seen links)" "lo:" "... no network"
is "$(seen oom)" "500" "... and goes before the guard when memory is short"
is "$(in_host systemctl list-units --all --plain --no-legend 'sentinel-scan*@*' | wc -l)" 0 "its unit is gone with it"
contains "$(seen arguments)" "--skip-db-update --skip-java-db-update --offline-scan" "it is told that there is no network"
is "$(in_host ls -A /var/cache/sentinel/scans)" "" "nothing of the image is left"
is "$(in_host stat -c '%U %a' /var/cache/sentinel/scan.key)" "sentinel 600" "the key is the service's"

contains "$(in_host sentinel scan-secrets busybox:1.36 2>&1)" "builtin" "the built-in detector works in its sandbox"
is "$(in_host id -Gn sentinel)" "sentinel" "the guard's user is not in the group docker; its unit is"
in_host sh -c 'printf "active_policy: default\nscanning: {offline: false}\n" > /etc/sentinel/config.yaml'
in_host sentinel authz reload > /dev/null
contains "$(in_host sentinel scan busybox:1.36 2>&1)" "CVE-2030-1" "a scan that may use the network"
is "$(seen net)" "$(in_host readlink /proc/1/ns/net)" "... has the host's"
is "$(seen docker)$(seen bus)$(seen guard)" "nonono" "... and nothing else"
# More processes than its unit may hold; not without end, should the unit hold them all.
in_host sh -c 'cat > /usr/local/bin/trivy' << 'EOF'
#!/bin/sh
[ "$1" != --version ] || exit 0
i=0
while [ $i -lt 1200 ]; do
	[ $i != 400 ] || sleep 2
	sleep 60 &
	i=$((i + 1))
	echo $i > "$HOME/forked"
done
echo '{"SchemaVersion":2,"ArtifactName":"x","Results":[]}'
EOF
forked() { in_host cat /var/cache/sentinel-scan/forked 2> /dev/null || echo 0; }
has_forked() { [ "$(forked)" -ge 400 ]; }
in_host rm -f /var/cache/sentinel-scan/forked
in_host sentinel scan busybox:1.36 > "$host/bomb" 2>&1 &
bomb=$!
wait_for 30 has_forked
contains "$(in_host docker version --format '{{.Server.Version}}' 2>&1)" "." "while a scanner forks without end the guard answers"
wait $bomb
is $? 3 "... its scan fails"
contains "$(cat "$host/bomb")" "trivy: it ended with status" "... as one that is no verdict"
succeeds "... it could not have as many as it wanted" test "$(forked)" -lt 1100
is_gone() { ! in_host pgrep -u sentinel-scan > /dev/null; }
succeeds "... and nothing of it is left" wait_for 10 is_gone
in_host systemctl stop sentinel-scan.socket sentinel-scan-online.socket
contains "$(in_host sentinel scan busybox:1.36 2>&1)" "sandbox cannot be reached" "without its sandbox nothing is scanned"
in_host systemctl start sentinel-scan.socket sentinel-scan-online.socket

fails_with 4 "who has not proved who they are may not scan" as mallory sentinel --no-ask-password scan busybox:1.36
done_testing
