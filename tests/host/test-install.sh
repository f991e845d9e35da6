#!/bin/bash
# sentinel authz: Docker's configuration with the plugin and without, while containers run.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../e2e/tap.sh"
. "$here/host.sh"
host_boot
host_install
in_host sh -c 'cat > /root/answer.exp; chmod 755 /root /root/answer.exp' < "$here/answer.exp"
config() { in_host cat /etc/docker/daemon.json; }
original='{
	"bridge": "none",  "iptables": false,
	"log-opts": {"max-size": "1m"}
}'
in_host sh -c 'mkdir -p /etc/docker && cat > /etc/docker/daemon.json && chmod 640 /etc/docker/daemon.json && chgrp docker /etc/docker/daemon.json' <<< "$original"
in_host systemctl restart docker
host_image
in_host sentinel policy use production > /dev/null
in_host docker run -d --name lasting --network none busybox:1.36 sleep 600 > /dev/null 2>&1
docker_pid=$(in_host systemctl show --value -p MainPID docker.service)
blocked() { [[ "$(as alice docker create --privileged busybox:1.36 true 2>&1)" == *"BLOCKED BY SENTINEL"* ]]; }

fails_with 4 "a user may not install" as alice sentinel --no-ask-password authz install
is "$(config)" "$original" "nothing changed"
fails_with 0 "an administrator installs with his password" in_session remote admin /root/answer.exp admin sentinel authz install --systemd
contains "$output" "sentinel1.manage-docker" "... which is an action of its own"
contains "$(config)" "$(printf '{\n\t"authorization-plugins": ["sentinel"],\n\t"bridge": "none",  "iptables": false,')" "the rest of the file is as it was"
is "$(in_host stat -c '%a %U %G' /etc/docker/daemon.json)" "640 root docker" "... and its mode and owner"
is "$(in_host cat /etc/docker/daemon.json.before-sentinel)" "$original" "... and its old text is kept"
succeeds "Docker asks the plugin" blocked
is "$(in_host docker inspect -f '{{.State.Running}}' lasting)" true "containers run on"
is "$(in_host systemctl show --value -p MainPID docker.service)" "$docker_pid" "Docker was not restarted"
before=$(config)
fails_with 0 "installed twice: fine" in_host sentinel authz install
is "$(config)" "$before" "... and nothing changed"
contains "$(in_host sentinel --json authz install | jq -r .data.message)" "daemon.json" "--json answers with the envelope"

fails_with 0 "stop stops it" in_host sentinel authz stop
is "$(in_host systemctl is-active sentineld.socket sentineld.service | tr '\n' ' ')" "inactive inactive " "... service and socket"
contains "$(as alice timeout 60 docker create busybox:1.36 true 2>&1)" "plugin sentinel" "without its plugin Docker does nothing"
fails_with 4 "a user may not start it" as alice sentinel --no-ask-password authz start
fails_with 0 "start starts it" in_host sentinel authz start
succeeds "Docker asks the plugin again" blocked

fails_with 0 "uninstall" in_host sentinel authz uninstall
is "$(config)" "$original" "the file is as it was in the beginning"
is "$(in_host systemctl is-active sentineld.socket sentineld.service | tr '\n' ' ')" "inactive inactive " "the service is stopped"
fails_with 0 "Docker works without it" in_host docker create --privileged busybox:1.36 true
fails_with 0 "uninstalled twice: fine" in_host sentinel authz uninstall
is "$(in_host docker inspect -f '{{.State.Running}}' lasting)" true "containers run on"

in_host sh -c 'echo "{broken" > /etc/docker/daemon.json'
fails_with 3 "a broken file is refused" in_host sentinel authz install
contains "$output" "not valid JSON" "... with its reason"
is "$(config)" "{broken" "... and left alone"
in_host rm /etc/docker/daemon.json
in_host systemctl stop docker.service docker.socket
fails_with 0 "without a file, while Docker does not run" in_host sentinel authz install
fails_with 0 "... and back" in_host sentinel authz uninstall
fails_with 1 "... there is no file again" in_host test -e /etc/docker/daemon.json

in_host sh -c 'mkdir -p /etc/systemd/system/docker.service.d && printf "[Service]\nExecStart=\nExecStart=/usr/sbin/dockerd -H fd:// --bridge none --iptables=false --authorization-plugin=sentinel\n" > /etc/systemd/system/docker.service.d/x.conf && systemctl daemon-reload && systemctl start sentineld.socket docker.service'
fails_with 3 "a list on dockerd's command line is refused" in_host sentinel authz install
contains "$output" "--authorization-plugin" "... and named"
fails_with 1 "... and nothing is written" in_host test -e /etc/docker/daemon.json
in_host sh -c 'rm /etc/systemd/system/docker.service.d/x.conf && systemctl daemon-reload && echo "{\"iptables\": false, \"bridge\": \"none\"}" > /etc/docker/daemon.json && systemctl restart docker'

fails_with 0 "with --restart-docker" in_host sentinel authz install --restart-docker
succeeds "Docker asks the plugin" blocked
fails_with 0 "the package can be removed while Docker has the plugin" in_host dpkg --remove docker-sentinel
is "$(config)" '{"iptables": false, "bridge": "none"}' "... it takes itself out"
fails_with 0 "... and Docker works on" in_host docker create --privileged busybox:1.36 true
done_testing
