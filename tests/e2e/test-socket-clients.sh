#!/bin/bash
# Clients at a socket of Sentinel's and at Docker's own, under a policy that lets all through: what they do comes to the same.
. "$(dirname "$0")/begin.sh"
. "$here/sockets.sh"

MEGABYTES=${MEGABYTES:-100}
guard_policy_all_reads permissive
guard_start --judge-socket "$JUDGE_SOCKET"
docker_spawn_plain "{}" --insecure-registry 127.0.0.1:5001
docker_ready
image_import > /dev/null
python3 "$here/registry.py" 5001 "$(command -v busybox)" &
registry=$!
trap 'kill $registry 2> /dev/null; host_leave' EXIT
proxy_start
own=$DOCKER_HOST

# same WHAT COMMAND...: at the socket it says what it says at Docker's own, and ends the same
said() { ("$@" 2>&1; echo "status $?"); }
same() {
	local theirs ours
	theirs=$(DOCKER_HOST=$own said "${@:2}")
	ours=$(DOCKER_HOST=unix://$OUR_SOCKET said "${@:2}")
	is "$ours" "$theirs" "$1"
	[ -z "${SHOW:-}" ] || printf '%s\n' "$theirs" | sed 's/^/# /'
}
run() { docker run --network none "$@"; }
# A terminal's: the question is answered.
typed() { python3 "$here/answer.py" "name?" you -- "$(type -P docker)" "$@" busybox:1.36 sh -c 'read -p "name? " n; echo "hello $n"; exit 4' | tr -d '\r' | grep -o "hello.*"; }

run -d --name lasting busybox:1.36 sleep 600 > /dev/null
same "version, info" eval 'docker version --format "{{.Server.Version}}"; docker info --format "{{.ID}} {{.Images}}"'
same "run: both outputs, the status" eval 'run --rm busybox:1.36 sh -c "echo out; echo err >&2; exit 7" 2> "$SENTINEL_HOST/err"; echo "$? $(cat "$SENTINEL_HOST/err")"'
same "run -it: a terminal" typed run --rm -it --network none
same "exec -it: a terminal and its status" eval 'python3 "$here/answer.py" "name?" you -- "$(type -P docker)" exec -it lasting sh -c "read -p \"name? \" n; echo hello \$n; exit 4" | tr -d "\r" | grep hello; echo "${PIPESTATUS[0]}"'
same "exec -i: 20 MB, there and back" eval 'head -c 20000000 /dev/zero | docker exec -i lasting cat | sha256sum'
same "attach: in, out and the end" eval 'docker create -i --rm --network none --name taken busybox:1.36 cat > /dev/null; printf "%s\n" {1..2000} | docker start -ai taken | sha256sum'
same "logs -f: until it ends" eval 'docker run -d --network none --name talks busybox:1.36 sh -c "for i in 1 2 3 4 5; do echo \$i; sleep 0.1; done" > /dev/null; docker logs -f talks; docker wait talks; docker rm talks'
same "events: what has been" eval 'now=$(date +%s.%N); docker create --name told busybox:1.36 id > /dev/null; docker rm told; docker events --since "$now" --until "$(date +%s.%N)" --format "{{.Action}} {{.Actor.Attributes.name}}"'
same "top, port, diff, stats" eval 'docker top lasting -o pid,comm | grep -o "sleep"; docker port lasting; docker diff lasting; docker stats --no-stream --format "{{.Name}}" lasting'
same "rename, update, pause, inspect, kill, wait" eval 'docker create --name one --network none busybox:1.36 sleep 60 > /dev/null; docker rename one two; docker start two; docker pause two; docker inspect -f "{{.State.Status}}" two; docker unpause two; docker kill two; docker wait two; docker rm two'
same "commit, tag, history, rmi" eval 'docker commit -c "LABEL a=b" lasting kept > /dev/null; docker tag kept kept:2; docker history -q kept | wc -l; docker rmi kept:2 kept | wc -l'
same "export, import" eval 'docker export lasting | tar -t | sort | sha256sum; docker export lasting | docker import - again > /dev/null; docker run --rm --network none again echo again; docker rmi again | wc -l'
same "networks, volumes" eval 'docker network ls --format "{{.Name}}" | sort; docker network create "two words" > /dev/null; docker network inspect -f "{{.Name}}" "two words"; docker network rm "two words"; docker volume create one; docker volume inspect -f "{{.Driver}}" one; docker volume rm one'
same "what is not there" eval 'docker container inspect none; docker exec none id; docker logs none; docker rmi none; docker start none'

head -c "${MEGABYTES}M" /dev/urandom > "$SENTINEL_HOST/file"
same "cp: $MEGABYTES MB in and out" eval 'docker cp "$SENTINEL_HOST/file" lasting:/tmp/file && docker cp lasting:/tmp/file - | tar -xO | cmp - "$SENTINEL_HOST/file"; docker exec lasting busybox rm /tmp/file'
same "save, load" eval 'docker save busybox:1.36 | sha256sum; docker save busybox:1.36 | docker load'
same "push to a registry, pull" eval 'docker tag busybox:1.36 127.0.0.1:5001/pushed:1; docker push -q 127.0.0.1:5001/pushed:1; docker rmi 127.0.0.1:5001/pushed:1 > /dev/null; docker pull -q 127.0.0.1:5001/pushed:1; docker run --rm --network none 127.0.0.1:5001/pushed:1 echo pulled; docker pull 127.0.0.1:5001/endless/../none:1'

mkdir "$SENTINEL_HOST/context"
head -c 20000000 /dev/urandom > "$SENTINEL_HOST/context/file"
printf 'FROM busybox:1.36\nCOPY file /file\nRUN cat /file > /copy && echo ran\n' > "$SENTINEL_HOST/context/Dockerfile"
built() { # BUILDKIT: what is in the image
	DOCKER_BUILDKIT=$1 docker build --no-cache --network none -t built "$SENTINEL_HOST/context" > "$SENTINEL_HOST/build.log" 2>&1
	echo "status $? $(grep -om 1 ran "$SENTINEL_HOST/build.log")"
	docker run --rm --network none built cat /copy | cmp - "$SENTINEL_HOST/context/file"
	docker rmi built > /dev/null
}
same "build, classic, 20 MB of context" built 0
same "build by BuildKit: sessions and gRPC" built 1
contains "$(journal | jq -r 'select(.socket == "tools") | .endpoint' | sort -u | xargs)" buildkit "... which came through the socket"

mkdir "$SENTINEL_HOST/shop"
cat > "$SENTINEL_HOST/shop/docker-compose.yml" <<'YAML'
version: "2.4"
services:
  web:
    image: busybox:1.36
    command: [sh, -c, "echo web is up; exec sleep 600"]
    network_mode: none
    stop_grace_period: 1s
    volumes: ["data:/data"]
volumes: { data: {} }
YAML
compose() {
	local compose=(docker-compose)
	! docker compose version > /dev/null 2>&1 || compose=(docker compose)
	"${compose[@]}" -f "$SENTINEL_HOST/shop/docker-compose.yml" "$@" 2> /dev/null
}
same "compose: up, exec, logs, down" eval 'compose up -d; echo in | compose exec -T web cat; compose exec -T web sh -c "exit 5"; echo $?; compose logs | grep -o "web is up"; compose down -v; docker ps -aq --filter label=com.docker.compose.project | wc -l'
# Compose 1 brings the library; the last lines say that it got to its end.
if ! docker compose version > /dev/null 2>&1; then
	same "Docker's library for Python" /usr/bin/python3 "$here/library.py" made
	contains "$(DOCKER_HOST=unix://$OUR_SOCKET said /usr/bin/python3 "$here/library.py" made | tail -2 | xargs)" "refused: " "... to its end"
fi
is "$(journal | jq -r 'select(.socket == "tools" and .decision == "denied") | .id')" "" "nothing was denied"
proxy_stop
done_testing
