/* SPDX-License-Identifier: MIT */
#include "request/endpoint.h"

/* The first row that matches wins: fixed paths stand before those with {}.
 * A GET that is not here is a read; any other method that is not here is refused. */
const Endpoint endpoints[] = {
	/* containers */
	{ "GET", "/containers/json", "container.list", "docker ps", KIND_READ, BODY_NONE },
	{ "POST", "/containers/create", "container.create", "docker create", KIND_CONTAINER_CREATE, BODY_NEEDED },
	{ "POST", "/containers/prune", "container.prune", "docker container prune", KIND_LIFECYCLE, BODY_NONE },
	{ "GET", "/containers/{}/attach/ws", "container.attach", "docker attach", KIND_LIFECYCLE, BODY_NONE },
	{ "GET", "/containers/{}/archive", "container.archive-get", "docker cp (from)", KIND_READ, BODY_NONE },
	{ "GET", "/containers/{}/changes", "container.changes", "docker diff", KIND_READ, BODY_NONE },
	{ "GET", "/containers/{}/checkpoints", "checkpoint.list", "docker checkpoint ls", KIND_READ, BODY_NONE },
	{ "GET", "/containers/{}/export", "container.export", "docker export", KIND_READ, BODY_NONE },
	{ "GET", "/containers/{}/json", "container.inspect", "docker inspect", KIND_READ, BODY_NONE },
	{ "GET", "/containers/{}/logs", "container.logs", "docker logs", KIND_READ, BODY_NONE },
	{ "GET", "/containers/{}/stats", "container.stats", "docker stats", KIND_READ, BODY_NONE },
	{ "GET", "/containers/{}/top", "container.top", "docker top", KIND_READ, BODY_NONE },
	{ "POST", "/containers/{}/attach", "container.attach", "docker attach", KIND_LIFECYCLE, BODY_NONE },
	{ "POST", "/containers/{}/checkpoints", "checkpoint.create", "docker checkpoint create", KIND_LIFECYCLE, BODY_NEEDED },
	{ "POST", "/containers/{}/exec", "exec.create", "docker exec", KIND_EXEC_CREATE, BODY_NEEDED },
	{ "POST", "/containers/{}/kill", "container.kill", "docker kill", KIND_LIFECYCLE, BODY_NONE },
	{ "POST", "/containers/{}/pause", "container.pause", "docker pause", KIND_LIFECYCLE, BODY_NONE },
	{ "POST", "/containers/{}/rename", "container.rename", "docker rename", KIND_LIFECYCLE, BODY_NONE },
	{ "POST", "/containers/{}/resize", "container.resize", "resize the terminal of", KIND_LIFECYCLE, BODY_NONE },
	{ "POST", "/containers/{}/restart", "container.restart", "docker restart", KIND_CONTAINER_START, BODY_NONE },
	{ "POST", "/containers/{}/start", "container.start", "docker start", KIND_CONTAINER_START, BODY_OPTIONAL },
	{ "POST", "/containers/{}/stop", "container.stop", "docker stop", KIND_LIFECYCLE, BODY_NONE },
	{ "POST", "/containers/{}/unpause", "container.unpause", "docker unpause", KIND_CONTAINER_START, BODY_NONE },
	{ "POST", "/containers/{}/update", "container.update", "docker update", KIND_CONTAINER_UPDATE, BODY_NEEDED },
	{ "POST", "/containers/{}/wait", "container.wait", "docker wait", KIND_READ, BODY_NONE },
	{ "PUT", "/containers/{}/archive", "container.archive-put", "docker cp (to)", KIND_LIFECYCLE, BODY_RAW },
	{ "DELETE", "/containers/{}/checkpoints/{}", "checkpoint.delete", "docker checkpoint rm", KIND_LIFECYCLE, BODY_NONE },
	{ "DELETE", "/containers/{}", "container.delete", "docker rm", KIND_LIFECYCLE, BODY_NONE },
	{ "GET", "/exec/{}/json", "exec.inspect", "docker exec (state)", KIND_READ, BODY_NONE },
	{ "POST", "/exec/{}/resize", "exec.resize", "resize the terminal of exec", KIND_LIFECYCLE, BODY_NONE },
	{ "POST", "/exec/{}/start", "exec.start", "docker exec (start)", KIND_LIFECYCLE, BODY_OPTIONAL },
	{ "POST", "/commit", "container.commit", "docker commit", KIND_LIFECYCLE, BODY_OPTIONAL },

	/* images */
	{ "GET", "/images/get", "image.save", "docker save", KIND_READ, BODY_NONE },
	{ "GET", "/images/json", "image.list", "docker images", KIND_READ, BODY_NONE },
	{ "GET", "/images/search", "image.search", "docker search", KIND_READ, BODY_NONE },
	{ "GET", "/images/{...}/attestations", "image.attestations", "image attestations of", KIND_READ, BODY_NONE },
	{ "GET", "/images/{...}/get", "image.save", "docker save", KIND_READ, BODY_NONE },
	{ "GET", "/images/{...}/history", "image.history", "docker history", KIND_READ, BODY_NONE },
	{ "GET", "/images/{...}/json", "image.inspect", "docker image inspect", KIND_READ, BODY_NONE },
	{ "POST", "/images/create", "image.create", "docker pull", KIND_IMAGE_PULL, BODY_RAW },
	{ "POST", "/images/load", "image.load", "docker load", KIND_LIFECYCLE, BODY_RAW },
	{ "POST", "/images/prune", "image.prune", "docker image prune", KIND_LIFECYCLE, BODY_NONE },
	{ "POST", "/images/{...}/push", "image.push", "docker push", KIND_IMAGE_PUSH, BODY_NONE },
	{ "POST", "/images/{...}/tag", "image.tag", "docker tag", KIND_IMAGE_TAG, BODY_NONE },
	{ "DELETE", "/images/{...}", "image.delete", "docker rmi", KIND_LIFECYCLE, BODY_NONE },
	{ "GET", "/distribution/{...}/json", "distribution.inspect", "docker manifest inspect", KIND_READ, BODY_NONE },

	/* building */
	{ "POST", "/build", "image.build", "docker build", KIND_IMAGE_BUILD, BODY_RAW },
	{ "POST", "/build/prune", "build.prune", "docker builder prune", KIND_LIFECYCLE, BODY_NONE },
	{ "POST", "/build/cancel", "build.cancel", "cancel a build", KIND_LIFECYCLE, BODY_NONE },
	{ "POST", "/session", "buildkit.session", "BuildKit session", KIND_BUILDKIT, BODY_RAW },
	{ "POST", "/grpc", "buildkit.grpc", "BuildKit channel", KIND_BUILDKIT, BODY_RAW },

	/* volumes and networks */
	{ "GET", "/volumes", "volume.list", "docker volume ls", KIND_READ, BODY_NONE },
	{ "GET", "/volumes/{}", "volume.inspect", "docker volume inspect", KIND_READ, BODY_NONE },
	{ "POST", "/volumes/create", "volume.create", "docker volume create", KIND_VOLUME_CREATE, BODY_NEEDED },
	{ "POST", "/volumes/prune", "volume.prune", "docker volume prune", KIND_LIFECYCLE, BODY_NONE },
	{ "PUT", "/volumes/{}", "volume.update", "docker volume update", KIND_SWARM, BODY_NEEDED },
	{ "DELETE", "/volumes/{}", "volume.delete", "docker volume rm", KIND_LIFECYCLE, BODY_NONE },
	{ "GET", "/networks", "network.list", "docker network ls", KIND_READ, BODY_NONE },
	{ "GET", "/networks/{}", "network.inspect", "docker network inspect", KIND_READ, BODY_NONE },
	{ "POST", "/networks/create", "network.create", "docker network create", KIND_LIFECYCLE, BODY_NEEDED },
	{ "POST", "/networks/prune", "network.prune", "docker network prune", KIND_LIFECYCLE, BODY_NONE },
	{ "POST", "/networks/{}/connect", "network.connect", "docker network connect", KIND_LIFECYCLE, BODY_NEEDED },
	{ "POST", "/networks/{}/disconnect", "network.disconnect", "docker network disconnect", KIND_LIFECYCLE, BODY_NEEDED },
	{ "DELETE", "/networks/{}", "network.delete", "docker network rm", KIND_LIFECYCLE, BODY_NONE },

	/* swarm */
	/* It tells the words by which a machine becomes a manager of it. */
	{ "GET", "/swarm", "swarm.inspect", "docker swarm join-token", KIND_SWARM, BODY_NONE },
	{ "GET", "/swarm/unlockkey", "swarm.unlockkey", "docker swarm unlock-key", KIND_SWARM, BODY_NONE },
	{ "POST", "/swarm/init", "swarm.init", "docker swarm init", KIND_SWARM, BODY_NEEDED },
	{ "POST", "/swarm/join", "swarm.join", "docker swarm join", KIND_SWARM, BODY_NEEDED },
	{ "POST", "/swarm/leave", "swarm.leave", "docker swarm leave", KIND_SWARM, BODY_NONE },
	{ "POST", "/swarm/update", "swarm.update", "docker swarm update", KIND_SWARM, BODY_NEEDED },
	{ "POST", "/swarm/unlock", "swarm.unlock", "docker swarm unlock", KIND_SWARM, BODY_NEEDED },
	{ "POST", "/services/create", "service.create", "docker service create", KIND_SERVICE, BODY_NEEDED },
	{ "POST", "/services/{}/update", "service.update", "docker service update", KIND_SERVICE, BODY_NEEDED },
	{ "DELETE", "/services/{}", "service.delete", "docker service rm", KIND_LIFECYCLE, BODY_NONE },
	{ "POST", "/nodes/{}/update", "node.update", "docker node update", KIND_SWARM, BODY_NEEDED },
	{ "DELETE", "/nodes/{}", "node.delete", "docker node rm", KIND_SWARM, BODY_NONE },
	{ "POST", "/secrets/create", "secret.create", "docker secret create", KIND_LIFECYCLE, BODY_NEEDED },
	{ "POST", "/secrets/{}/update", "secret.update", "docker secret update", KIND_LIFECYCLE, BODY_NEEDED },
	{ "DELETE", "/secrets/{}", "secret.delete", "docker secret rm", KIND_LIFECYCLE, BODY_NONE },
	{ "POST", "/configs/create", "config.create", "docker config create", KIND_LIFECYCLE, BODY_NEEDED },
	{ "POST", "/configs/{}/update", "config.update", "docker config update", KIND_LIFECYCLE, BODY_NEEDED },
	{ "DELETE", "/configs/{}", "config.delete", "docker config rm", KIND_LIFECYCLE, BODY_NONE },

	/* managed plugins */
	{ "POST", "/plugins/pull", "plugin.pull", "docker plugin install", KIND_PLUGIN, BODY_OPTIONAL },
	{ "POST", "/plugins/create", "plugin.create", "docker plugin create", KIND_PLUGIN, BODY_RAW },
	{ "POST", "/plugins/{...}/enable", "plugin.enable", "docker plugin enable", KIND_PLUGIN, BODY_NONE },
	{ "POST", "/plugins/{...}/disable", "plugin.disable", "docker plugin disable", KIND_PLUGIN, BODY_NONE },
	{ "POST", "/plugins/{...}/push", "plugin.push", "docker plugin push", KIND_PLUGIN, BODY_NONE },
	{ "POST", "/plugins/{...}/set", "plugin.set", "docker plugin set", KIND_PLUGIN, BODY_OPTIONAL },
	{ "POST", "/plugins/{...}/upgrade", "plugin.upgrade", "docker plugin upgrade", KIND_PLUGIN, BODY_OPTIONAL },
	{ "DELETE", "/plugins/{...}", "plugin.delete", "docker plugin rm", KIND_PLUGIN, BODY_NONE },

	/* the daemon */
	{ "GET", "/_ping", "system.ping", "ping", KIND_READ, BODY_NONE },
	{ "GET", "/events", "system.events", "docker events", KIND_READ, BODY_NONE },
	{ "GET", "/info", "system.info", "docker info", KIND_READ, BODY_NONE },
	{ "GET", "/system/df", "system.df", "docker system df", KIND_READ, BODY_NONE },
	{ "GET", "/version", "system.version", "docker version", KIND_READ, BODY_NONE },
	{ "POST", "/auth", "system.auth", "docker login", KIND_LIFECYCLE, BODY_RAW }, /* newer Dockers do not show passwords */
};
const size_t endpoint_count = G_N_ELEMENTS(endpoints);
