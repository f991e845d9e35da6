#!/bin/bash
# The package: what lintian says, an upgrade under load, removal and purge.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../e2e/tap.sh"
. "$here/host.sh"
host_boot
# libsystemd-dev has manual pages with sentinels of its own.
named_sentinel() { in_host sh -c 'find / -xdev \( -path /proc -o -path /sys -o -path /root \) -prune -o \( -iname "*sentinel*" ! -path "*/systemd/units/*" \) -print | grep -v sentinel-host'; }
before=$(named_sentinel)
host_install
is "$(lintian --fail-on error --tag-display-limit 0 "$BUILD_ROOT"/package/*.changes 2>&1 | grep '^E:')" "" "lintian finds no error"

in_host sentinel policy use production
host_guard_docker
host_image
in_host docker run -d --name lasting --network none --user 1000 --memory 64m busybox:1.36 sleep 600 > /dev/null 2>&1
docker_pid=$(in_host systemctl show --value -p MainPID docker.service)
guard_pid=$(main_pid)
inode=$(in_host stat -c %i /run/docker/plugins/sentinel.sock)
in_host sh -c 'echo "# mine" >> /etc/sentinel/config.yaml && echo "# mine" >> /etc/sentinel/policies/strict.yaml'

# The same files as another version.
in_host sh -c 'cd /root && dpkg-deb -R docker-sentinel.deb next && sed -i "s/^Version: .*/Version: 9.0/" next/DEBIAN/control && dpkg-deb -b next next.deb' > /dev/null
(for _ in $(seq 40); do as alice docker run --rm --network none --user 1000 --memory 64m busybox:1.36 echo fine; done 2>&1 | grep -v WARNING) > "$host/answers" &
fails_with 0 "an upgrade goes through" in_host dpkg -i /root/next.deb
wait $!
is "$(sort "$host/answers" | uniq -c | awk '{ print $1, $2 }')" "40 fine" "... and every request that came meanwhile was answered"
succeeds "... the service is another process" [ "$(main_pid)" != "$guard_pid" ]
is "$(in_host stat -c %i /run/docker/plugins/sentinel.sock)" "$inode" "... the socket is the same"
is "$(in_host systemctl show --value -p MainPID docker.service)" "$docker_pid" "... Docker was not restarted"
is "$(in_host docker inspect -f '{{.State.Running}}' lasting)" true "... containers run on"
is "$(in_host tail -qn1 /etc/sentinel/config.yaml /etc/sentinel/policies/strict.yaml)" "# mine
# mine" "... and files that were changed are as they were"
is "$(in_host dpkg-query -W -f '${Version}' docker-sentinel)" 9.0 "the new version is there"

in_host sh -c 'echo "{\"iptables\": false, \"bridge\": \"none\"}" > /etc/docker/daemon.json && systemctl reload docker'
fails_with 0 "it can be removed" in_host dpkg --remove docker-sentinel
is "$(in_host systemctl is-active sentineld.socket sentineld.service | tr '\n' ' ')" "inactive inactive " "... then nothing of it runs"
is "$(in_host sh -c 'ls /etc/sentinel/config.yaml /var/lib/sentinel/audit/audit.jsonl | wc -l')" 2 "... its files are kept"
fails_with 0 "Docker works without it" in_host docker create --privileged busybox:1.36 true
fails_with 0 "it can be purged" in_host dpkg --purge docker-sentinel
is "$(named_sentinel)" "$before" "... and nothing is left"
is "$(in_host systemctl show --value -p MainPID docker.service)" "$docker_pid" "Docker was never restarted"
done_testing
