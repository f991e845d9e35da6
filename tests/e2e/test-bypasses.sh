#!/bin/bash
# Ways around a guard that worked against real daemons, tried for real; and their harmless twins.
. "$(dirname "$0")/begin.sh"

guard_policy production
guard_start
docker_start
image_import > /dev/null
links=$SENTINEL_HOST/links
mkdir -p "$links/data"
ln -s /etc "$links/etc"
ln -s "$links/etc" "$links/chain"
ln -s / "$links/root"
# In this namespace only.
mount -t tmpfs -o mode=755 tmpfs /srv
mkdir -m 755 /srv/alias /srv/open /srv/quiet
mkdir -m 700 /srv/closed
mount --bind /root /srv/alias
mount -t tmpfs -o mode=755,nosuid,nodev tmpfs /srv/quiet

# send "STATUS..." WHAT METHOD TARGET [BODY] [TYPE]: through Docker's socket, byte for byte as written
send() {
	local status=$1 what=$2 method=$3 target=$4 body=${5:-} type=${6:-application/json} answer
	local arguments=(-s -X "$method" --path-as-is --request-target "$target" --unix-socket "${DOCKER_HOST#unix://}" -o "$SENTINEL_HOST/answer" -w '%{http_code}')
	[ -z "$body" ] || arguments+=(-H "Content-Type: $type" --data-binary "$body")
	answer=$(curl "${arguments[@]}" http://docker/)
	[[ " $status " != *" $answer "* ]] || status=$answer
	is "$answer" "$status" "$what"
	[ "$answer" = "$status" ] || sed 's/^/# /' "$SENTINEL_HOST/answer"
}
create=/v1.41/containers/create
host() { printf '{"Image":"busybox:1.36","Cmd":["true"],"HostConfig":{%s}}' "$1"; }

send 201 "a plain create" POST $create "$(host '"Privileged":false')"
send 403 "keys in lower case" POST $create '{"image":"busybox:1.36","cmd":["true"],"hostconfig":{"privileged":true}}'
send 201 "  and the harmless twin" POST $create '{"image":"busybox:1.36","cmd":["true"],"hostconfig":{"privileged":false}}'
send 403 "a long s in a key" POST $create '{"Image":"busybox:1.36","Cmd":["true"],"Hoſ''tConfig":{"Privileged":true}}'
send 403 "the same as an escape" POST $create '{"Image":"busybox:1.36","Cmd":["true"],"Ho\u017ftConfig":{"Privileged":true}}'
send 403 "a key twice: objects merge" POST $create '{"Image":"busybox:1.36","Cmd":["true"],"HostConfig":{"Privileged":true},"HostConfig":{}}'
send 403 "a list twice: old slots come back" POST $create "$(host '"Binds":["/etc:/h"],"Binds":[null]')"
send 403 "HostConfig's members at top level" POST $create '{"Image":"busybox:1.36","Cmd":["true"],"Privileged":true}'
send 201 "  and the harmless twin" POST $create '{"Image":"busybox:1.36","Cmd":["true"],"Memory":67108864}'
send 403 "text behind the body" POST $create "$(host '') {}"
send 403 "a capability with a long s" POST $create "$(host '"CapAdd":["ſ''ys_admin"]')"
send 403 "a bare string for a list" POST $create "$(host '"CapAdd":"SYS_ADMIN"')"
send 201 "  and the harmless twin" POST $create "$(host '"CapDrop":"ALL"')"
send 403 "a seccomp profile that allows all" POST $create "$(host '"SecurityOpt":["seccomp={\"defaultAction\":\"SCMP_ACT_ALLOW\"}"]')"
send 403 "emptied masked paths" POST $create "$(host '"MaskedPaths":[],"ReadonlyPaths":[]')"
send 403 "a runtime that is an old runc" POST $create "$(host '"Runtime":"io.containerd.runtime.v1.linux"')"
send 403 "the root of the cgroups" POST $create "$(host '"CgroupParent":"/"')"

privileged=$(host '"Privileged":true')
send 403 "no version" POST /containers/create "$privileged"
send 201 "  and the harmless twin" POST /containers/create "$(host '')"
for target in /v1.041/containers/create /v0001.41/containers/create /v1.41.0/containers/create /containers%2fcreate /c%6fntainers/create /%76%31.41/containers/create \
	http://any/v1.41/containers/create http:/v1.41/containers/create /v1.24.99/containers/create /v1.23/containers/create; do
	send 403 "the target $target" POST "$target" "$privileged"
done

padding=$(head -c 1100000 /dev/zero | tr '\0' x)
printf '{"Image":"busybox:1.36","Cmd":["true"],"Labels":{"x":"%s"},"HostConfig":{"Privileged":true}}' "$padding" > "$SENTINEL_HOST/large"
send 403 "a body of more than 1 MiB, which Docker hides" POST $create "@$SENTINEL_HOST/large"
# Newer Dockers, and older ones that were repaired, show it; then it is judged like any other.
printf '{"Image":"busybox:1.36","Cmd":["true"],"Labels":{"big":"%s"}}' "$padding" > "$SENTINEL_HOST/large-harmless"
send "201 403" "  and the harmless twin, where Docker shows it" POST $create "@$SENTINEL_HOST/large-harmless"
shows=$(journal | jq -rs 'map(select(.endpoint == "container.create"))[-1].decision')
send 403 "a create of no body" POST $create
send 403 "a create with the wrong type" POST $create "$privileged" text/plain
send 403 "a service hidden by its type" POST /v1.41/services/create '{"Name":"s","TaskTemplate":{"ContainerSpec":{"Image":"busybox"}}}' text/plain
form=application/x-www-form-urlencoded
send 403 "a pull whose form beats the query" POST '/v1.41/images/create?fromImage=busybox&tag=1.36' fromImage=localhost:5/evil $form
send 403 "a tag whose form beats the query" POST '/v1.41/images/busybox:1.36/tag?repo=good&tag=1' repo=localhost:5/evil $form
send 201 "  and the harmless twin" POST '/v1.41/images/busybox:1.36/tag?repo=good&tag=1'
send 403 "a build whose form beats the query" POST '/v1.41/build?networkmode=none' "networkmode=host&x=${padding:0:9000}" $form
send 403 "a build on the host's network" POST '/v1.41/build?networkmode=host' x application/x-tar
send 403 "a build of a remote context" POST '/v1.41/build?remote=http%3A%2F%2F127.0.0.1%3A1%2Fx' x application/x-tar
send 403 "an escaped name in the query" POST '/v1.41/images/create?%66romImage=localhost:5%2Fevil'
send 403 "BuildKit's channel" POST /grpc
send 403 "the other channel" POST /session

send 403 "/proc/self/root" POST $create "$(host '"Binds":["/proc/self/root:/h"]')"
send 403 "/var/run for /run" POST $create "$(host '"Binds":["/var/run/docker.sock:/s"]')"
send 403 "a directory that holds the socket" POST $create "$(host '"Binds":["/var:/v"]')"
send 403 "two slashes and dots" POST $create "$(host '"Binds":["//srv/..//etc/.:/h"]')"
send 403 "a link" POST $create "$(host "\"Binds\":[\"$links/etc:/h\"]")"
send 403 "a link to a link" POST $create "$(host "\"Binds\":[\"$links/chain:/h\"]")"
send 403 "behind a link" POST $create "$(host "\"Binds\":[\"$links/root/etc:/h\"]")"
send 403 "a link of the caller's to what is harmless" POST $create "$(host "\"Binds\":[\"$links/data:/h\"]")"
send 403 "a bind of a blocked directory elsewhere" POST $create "$(host '"Binds":["/srv/alias:/h:ro"]')"
send 403 "what contains it" POST $create "$(host '"Binds":["/srv:/h:ro"]')"
send 403 "where root's programs could come back from" POST $create "$(host '"Binds":["/srv/open:/h"]')"
send 201 "  and the harmless twins: to look at" POST $create "$(host '"Binds":["/srv/open:/h:ro"]')"
send 201 "  ... closed" POST $create "$(host '"Binds":["/srv/closed:/h"]')"
send 201 "  ... nosuid and nodev" POST $create "$(host '"Binds":["/srv/quiet:/h"]')"
mount -t tmpfs -o mode=755 tmpfs /opt
mkdir /opt/there
send 403 "what is not there, and Docker would make among what is to look at" POST $create "$(host '"Binds":["/opt/there/new:/h:ro"]')"
is "$(ls -d /opt/there/new 2> /dev/null)" "" "  and nothing was made"
send 201 "  and the harmless twin" POST $create "$(host '"Binds":["/opt/there:/h:ro"]')"
send 403 "where mounts of the host's arrive later" POST $create "$(host '"Binds":["/srv/open:/h:ro,rslave"]')"
send 403 "a mount with an inline volume" POST $create \
	"$(host '"Mounts":[{"Type":"volume","Target":"/h","VolumeOptions":{"DriverConfig":{"Options":{"type":"none","o":"bind","device":"/"}}}}]')"
send 403 "a volume that is a host path" POST /v1.41/volumes/create '{"Name":"evil","DriverOpts":{"type":"none","o":"bind","device":"/etc"}}'
send 201 "  and the harmless twin" POST /v1.41/volumes/create '{"Name":"good","DriverOpts":{"type":"tmpfs","device":"tmpfs"}}'
send 403 "a volume by a link" POST /v1.41/volumes/create "{\"Name\":\"evil2\",\"DriverOpts\":{\"type\":\"none\",\"o\":\"bind\",\"device\":\"$links/etc\"}}"

container=$(docker run -d --name web --network none --user 1000 --memory 64m busybox:1.36 sleep 600)
send 403 "a privileged exec" POST "/v1.41/containers/$container/exec" '{"Cmd":["id"],"Privileged":true}'
send 403 "a privileged exec on a name with a slash" POST /v1.41/containers/a/b/exec '{"Cmd":["id"],"Privileged":true}'
send 201 "  and the harmless twin" POST "/v1.41/containers/$container/exec" '{"Cmd":["id"]}'
send 403 "a start with a host configuration, as old clients had it" POST /v1.23/containers/web/start '{"Privileged":true}'
send "$([ "$shows" = denied ] && echo 403 || echo 200)" "an update of that size: where it is hidden it is refused" POST "/v1.41/containers/$container/update" "@$SENTINEL_HOST/large-harmless"
send 200 "  and the harmless twin" POST "/v1.41/containers/$container/update" '{"Memory":134217728,"MemorySwap":-1}'
send 403 "a managed plugin" POST /v1.41/plugins/sentinel/disable
send "403 404" "a call that nobody knows; or that Docker has no more" POST /v1.41/containers/web/copy '{"Resource":"/etc/passwd"}'
send 200 "reading goes on" GET /v1.41/containers/json
is "$(docker ps -aq --filter label=x)" "" "nothing that was refused was made"
done_testing
