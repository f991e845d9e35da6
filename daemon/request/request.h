/* SPDX-License-Identifier: MIT
 *
 * The Request: what somebody asks Docker to do, whichever door it came through (API bytes or docker
 * argv).  Plain data in one arena, immutable once a door returned it.  Strings are NUL-terminated
 * UTF-8 without NUL inside, never NULL unless said so.  Names follow the Engine API
 * (moby api/swagger.yaml: ContainerConfig, HostConfig).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "request/path-facts.h"

typedef struct StringList {
	const char **items;
	size_t count;
} StringList;

typedef struct Pair {
	const char *key, *value;
} Pair;

typedef struct PairList {
	Pair *items;
	size_t count;
} PairList;

/* An image reference, read as github.com/distribution/reference does: registry is the text before
 * the first '/' if that holds '.' or ':' or is "localhost", else "docker.io"; "index.docker.io" is
 * "docker.io"; a Docker Hub name without '/' is below "library/". */
typedef struct ImageRef {
	const char *text;       /* as written; "" when the request names no image */
	const char *registry;   /* "docker.io" */
	const char *repository; /* "library/ubuntu" */
	const char *tag;        /* "" when absent (Docker then takes "latest" unless there is a digest) */
	const char *digest;     /* "sha256:..." or "" */
} ImageRef;

typedef enum MountKind { MOUNT_BIND, MOUNT_VOLUME, MOUNT_TMPFS, MOUNT_OTHER } MountKind;

typedef struct Mount {
	MountKind kind;
	const char *type;     /* "bind", "volume", "tmpfs"; of another kind as written: "image", "npipe" */
	const char *source;   /* host path (bind), volume name, or "" */
	const char *clean;    /* source after lexical cleaning; "" unless bind */
	const char *resolved; /* source after following links on this host, "" when it does not exist or is not bind */
	const char *target;
	const char *driver;      /* volume: the driver that was named, or "" */
	const char *propagation; /* bind: "rprivate", "rshared" ..., or "" */
	const char *origin;      /* where it was said: "HostConfig.Binds[0]", "--volume" */
	bool read_only;
	bool device; /* bind: `resolved` was the node of a device when this was read */
	bool from_volume; /* bind: it is what an option of a volume says */
	bool of_joined; /* bind: a container has it whose processes would be seen; only of pins */
	const struct PinFacts *pin; /* bind: of what lies where pins are; NULL: it does not, or nobody looked (request/pins.h) */
	const PathFacts *facts; /* bind: what is known of the path; NULL: nobody looked (request/host-view.h) */
} Mount;

typedef struct MountList {
	Mount *items;
	size_t count;
} MountList;

/* What is behind a volume of Docker's own driver (request/local-volume.h). */
typedef struct LocalVolume {
	const char *driver;      /* of a volume that is there; "": it is made now, or the driver is local */
	const char *type;        /* "none" is a bind; "": a directory of Docker's */
	StringList servers;      /* nfs, cifs: who is asked for it */
	const char *propagation; /* "shared", "rshared" or "" */
	const char *problem;     /* what of it cannot be read in one way, for people; "": nothing */
	bool template;           /* an option has a template of the swarm's in it */
} LocalVolume;

typedef struct LocalVolumeList {
	LocalVolume *items;
	size_t count;
} LocalVolumeList;

typedef struct Device {
	const char *path_on_host, *path_in_container, *permissions; /* as written */
	const char *clean, *resolved; /* of path_on_host: after lexical cleaning; after following links on this host, "" when it does not exist */
} Device;

typedef struct DeviceList {
	Device *items;
	size_t count;
} DeviceList;

typedef struct Port {
	const char *container; /* "80/tcp" */
	const char *host_ip, *host_port;
} Port;

typedef struct PortList {
	Port *items;
	size_t count;
} PortList;

typedef struct Ulimit {
	const char *name;
	int64_t soft, hard; /* -1: unlimited */
} Ulimit;

typedef struct UlimitList {
	Ulimit *items;
	size_t count;
} UlimitList;

/* What the container part of a request asks for (create, service, legacy start, exec). */
typedef struct ContainerSpec {
	const char *name, *user, *hostname, *domainname, *working_dir;
	StringList command, entrypoint, env;
	bool entrypoint_set; /* present and not null: the image's is not taken, also when it is empty */
	PairList labels, annotations;

	bool privileged, read_only_rootfs, auto_remove, publish_all_ports, oom_kill_disable, healthcheck;
	const char *network_mode, *pid_mode, *ipc_mode, *uts_mode, *userns_mode, *cgroupns_mode;
	StringList cap_add, cap_drop; /* upper case, without CAP_; "ALL" kept */
	MountList mounts; /* what is bound, named or anonymous volumes, tmpfs */
	LocalVolumeList local_volumes;
	StringList volumes_from;
	const char *volume_driver;
	DeviceList devices;
	size_t device_requests;
	StringList device_cgroup_rules;
	StringList security_opt; /* as sent */
	bool masked_paths_set, readonly_paths_set; /* present and not null: the caller replaced Docker's list */
	StringList masked_paths, readonly_paths;
	PairList sysctls;
	const char *runtime, *cgroup_parent, *restart_policy, *log_driver;
	int64_t restart_retries;
	PairList log_options, storage_options;
	int64_t memory, memory_swap, nano_cpus, cpu_quota, cpu_shares, pids_limit, shm_size; /* 0: not set (pids_limit: also -1) */
	int64_t oom_score_adj;
	UlimitList ulimits;
	PortList ports;
	StringList dns, networks, links, extra_hosts, group_add;
	PairList endpoint_options; /* of its connections to networks (EndpointSettings.DriverOpts) */
} ContainerSpec;

/* What the Docker that is asked says of itself (GET /info). */
typedef struct Engine {
	bool known;             /* false: nobody was asked, or there is nobody to ask */
	const char *data_root;  /* DockerRootDir */
	bool no_new_privileges; /* by the daemon's default */
	bool remapped;          /* a container's ids are not the host's: userns-remap, rootless */
	const char *log_driver, *runtime; /* what a container gets that names none; "": it does not say */
} Engine;

/* A network that is made (moby api/types/network: CreateRequest, IPAM). */
typedef struct NetworkSpec {
	StringList subnets;
	StringList inside; /* ranges and addresses that must lie in one of them */
	const char *ipam_driver; /* "" : Docker's own */
	PairList ipam_options;
	bool ingress;
} NetworkSpec;

/* Reasons why the bytes cannot be judged; each is a row of the fail-closed table. */
typedef enum RequestProblem {
	PROBLEM_NONE,
	PROBLEM_UNKNOWN_ENDPOINT, /* builtin.unknown-endpoint */
	PROBLEM_BODY_MISSING,     /* builtin.body-missing */
	PROBLEM_AMBIGUOUS_BODY,   /* builtin.ambiguous-body */
	PROBLEM_COUNT
} RequestProblem;

/* What is asked for; the endpoint says it in API words, the kind groups for the policy. */
typedef enum RequestKind {
	KIND_READ,             /* GET, HEAD and what else changes nothing */
	KIND_CONTAINER_CREATE, /* docker run, docker create */
	KIND_CONTAINER_START,
	KIND_CONTAINER_UPDATE,
	KIND_EXEC_CREATE,
	KIND_IMAGE_PULL,
	KIND_IMAGE_PUSH,
	KIND_IMAGE_TAG,
	KIND_IMAGE_BUILD,
	KIND_VOLUME_CREATE,
	KIND_SERVICE, /* swarm services: create, update */
	KIND_SWARM,   /* init, join */
	KIND_PLUGIN,  /* managed plugins: pull, enable, ... */
	KIND_BUILDKIT, /* /session, /grpc */
	KIND_LIFECYCLE, /* stop, kill, rm, rename, prune, networks, tags, ... */
	KIND_UNKNOWN,
	KIND_COUNT
} RequestKind;

/* What a call does with a stored container (request/use.h). */
typedef struct Use Use;

typedef struct Request {
	const char *method;   /* "POST"; "" from argv */
	const char *uri;      /* the request target as sent, made printable; "" from argv */
	const char *endpoint; /* stable id, "container.create"; "" when unknown */
	const char *summary;  /* one printable line for people and the audit trail: "docker run --privileged ubuntu"
	                       * or "create container from ubuntu"; never holds environment values or bodies */
	RequestKind kind;
	const Use *use; /* of a stored container; also in `stored`.  NULL: it uses none (a create) */
	bool mutates; /* everything but what is known to change nothing and gives nothing out of a container */
	RequestProblem problem;
	const char *problem_detail; /* for people; "" when none */
	const char *subject;        /* the container, volume, network ... that the path names, or "" */
	const char *remote;         /* build, import: the URL that Docker would fetch, or "" */
	bool rollback;              /* service: what Docker keeps as its previous specification comes instead of the body */
	const char *driver;         /* volume, network: the driver that was named, or "" */
	PairList options;           /* volume, network: its options */
	NetworkSpec network;        /* network: its addresses */
	StringList tags;            /* build: every name that the image gets */
	ImageRef image;             /* create, pull, push, tag, build target (the first of tags) ... */
	bool unseen_body;           /* build, import: a body that is not shown may be a form, whose fields go before the query */
	bool has_container;         /* `container` was read */
	ContainerSpec container;
	/* What Docker was asked about things that the request only names (request/facts.h); doors leave these empty,
	 * but for what docker run starts. */
	const char *image_user;     /* the user that the image says, when container.user is ""; NULL: not known */
	const char *image_id;       /* what Docker has under the image's name, "sha256:..."; "" : not known */
	bool image_local;           /* Docker has the image under a name without digest, and nothing shows that it came from there: it may have been
	                             * built, loaded, imported or tagged here */
	bool image_here;            /* Docker has the image, and `image_local` is its answer */
	bool image_made_here;       /* ... and it did not come from there for certain; with Docker's containerd store that is never known */
	bool image_entrypoint, image_command; /* of a container that Docker keeps: what it has is what its image says; asked where a policy goes by commands */
	bool image_absent;          /* Docker has no such image: it will refuse by itself; a service's is pulled by its node: false */
	const struct Request *stored; /* `use`: the container as Docker keeps it, as if it were created now, overlaid by what the use brings; a service's previous
	                               * specification, when that comes back
	                               * (docker run: as the line that makes it says); NULL: not known */
	const char *container_id;   /* of a container that Docker keeps (a `stored` one); "": none */
	const char *fit;            /* of a denied call: what a grant of it fits (core/grant.h); "": it cannot be granted */
	Engine engine;
	StringList unresolved;      /* for people: what could not be found out in time */
} Request;

/* An empty Request: all strings "", nothing set.  Lives in `arena`. */
Request *request_new(Arena *arena);
