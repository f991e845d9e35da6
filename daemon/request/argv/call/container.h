/* SPDX-License-Identifier: MIT
 *
 * What docker run and docker create say of a container; services share parts of it.
 */
#pragma once

#include "request/argv/line.h"

/* opts/mount.go */
typedef struct ArgvMount {
	const char *type, *source, *target, *propagation, *driver;
	bool read_only;
	PairList options;
	bool bind_options, volume_options, tmpfs_options, image_options, needs_read_only, needs_private;
} ArgvMount;

bool argv_mount_read(Line *line, const char *value, ArgvMount *ret);
/* One element of Mounts. */
void argv_mount_write(Line *line, const ArgvMount *mount);

/* opts/network.go */
typedef struct ArgvNetwork {
	const char *name, *ip4, *ip6, *mac;
	StringList aliases, addresses;
	PairList options; /* of its driver */
	bool tuned; /* driver options or a priority */
} ArgvNetwork;

bool argv_network_read(Line *line, const char *value, ArgvNetwork *ret);
/* HostConfig.NetworkMode; false after line_refuse() when the networks do not go together. */
bool argv_networks_check(Line *line, const char **ret_mode);
void argv_networks_write(Line *line);

/* value/ports.c: "[IP:][HOST:]CONTAINER[/PROTOCOL]" with ranges (docker/go-connections nat). */
bool argv_ports_check(Line *line);
void argv_ports_write(Line *line);

/* swarmopts/port.go */
typedef struct ServicePort {
	PortList ports; /* container "80/tcp" and host_port */
} ServicePort;
bool argv_service_port(Line *line, const char *value, ServicePort *ret);

/* value/volumes.c: -v, --device */
bool argv_volumes_check(Line *line);
void argv_volumes_write(Line *line);   /* Volumes of the configuration */
void argv_binds_write(Line *line);     /* HostConfig.Binds */
bool argv_devices_check(Line *line);
void argv_devices_write(Line *line);   /* Devices, DeviceRequests */

/* value/proxy.c: what the CLI's configuration says of proxies, for those names that `settings` lack. */
void argv_add_proxies(Line *line, StringList *settings);

/* value/settings.c: environment and labels, with their files; NULL lists when something is wrong. */
bool argv_environment(Line *line, bool once, StringList *ret);
bool argv_labels(Line *line, FlagName flag, PairList *ret);
/* --security-opt with the profile's text; false after line_refuse(). */
bool argv_security_options(Line *line, StringList *ret, bool *ret_unconfined_paths);
bool argv_health_write(Line *line);
/* "on-failure:3"; false after line_refuse(). */
bool argv_restart_write(Line *line, const char *policy);

/* "a=[::1]" -> "a:::1", or NULL. */
const char *container_extra_host(const char *value, Arena *arena);
bool container_ulimit(const char *value, Arena *arena, Ulimit *ret);
void container_ulimits_write(Line *line, FlagName flag);
bool container_gpus(Line *line, const char *value);
/* As moby's client sends them: upper case, with CAP_, sorted, each once. */
StringList argv_capabilities(StringList names, Arena *arena);
/* A network of this name is one that somebody made. */
bool network_is_user_defined(const char *name);
