/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "request/list.h"
#include "request/local-volume.h"
#include "request/mounts.h"

/* Kernel file systems show the host wherever they are mounted: judged as the path they normally have. */
static const Pair kernel_filesystems[] = {
	{ "bpf", "/sys/fs/bpf" },
	{ "cgroup", "/sys/fs/cgroup" },
	{ "cgroup2", "/sys/fs/cgroup" },
	{ "configfs", "/sys/kernel/config" },
	{ "debugfs", "/sys/kernel/debug" },
	{ "devpts", "/dev/pts" },
	{ "devtmpfs", "/dev" },
	{ "efivarfs", "/sys/firmware" },
	{ "fusectl", "/sys/fs/fuse" },
	{ "hugetlbfs", "/dev/hugepages" },
	{ "mqueue", "/dev/mqueue" },
	{ "nsfs", "/proc" },
	{ "proc", "/proc" },
	{ "pstore", "/sys/fs/pstore" },
	{ "securityfs", "/sys/kernel/security" },
	{ "selinuxfs", "/sys/fs/selinux" },
	{ "sysfs", "/sys" },
	{ "tracefs", "/sys/kernel/tracing" },
};

/* Words of `o` by the type: NAME, or NAME=VALUE when only that value is harmless. */
static const char *const flag_words[] = { "ro", "rw", "suid", "nosuid", "dev", "nodev", "exec", "noexec", "sync", "async", "dirsync",
	"atime", "noatime", "diratime", "nodiratime", "relatime", "norelatime", "strictatime", "nostrictatime", "mand", "nomand", "private",
	"rprivate", "slave", "rslave", "shared", "rshared", "unbindable", "runbindable", NULL };
static const char *const bind_words[] = { "bind", "rbind", NULL };
static const char *const tmpfs_words[] = { "size", "nr_blocks", "nr_inodes", "mode", "uid", "gid", "huge", "mpol", "inode32", "inode64",
	"noswap", NULL };
static const char *const overlay_words[] = { "lowerdir", "upperdir", "workdir", "xino", "volatile", "index=off", "redirect_dir=off",
	"redirect_dir=nofollow", "metacopy=off", "nfs_export=off", NULL };
static const char *const nfs_words[] = { "addr", "mountaddr", "mounthost", "clientaddr", "soft", "hard", "softerr", "softreval",
	"nosoftreval", "intr", "nointr", "posix", "noposix", "cto", "nocto", "ac", "noac", "lock", "nolock", "udp", "tcp", "rdma", "acl",
	"noacl", "rdirplus", "nordirplus", "sharecache", "nosharecache", "resvport", "noresvport", "fsc", "nofsc", "migration",
	"nomigration", "port", "rsize", "wsize", "bsize", "timeo", "retrans", "retry", "acregmin", "acregmax", "acdirmin", "acdirmax",
	"actimeo", "namlen", "mountport", "mountvers", "mountproto", "minorversion", "nfsvers", "vers", "v3", "v4", "v4.0", "v4.1", "v4.2",
	"sec", "proto", "nconnect", "max_connect", "lookupcache", "local_lock", "xprtsec", "trunkdiscovery", "notrunkdiscovery", "fg", "bg",
	"nfsvers", "write", NULL };
static const char *const cifs_words[] = { "addr", "ip", "username", "user", "password", "pass", "domain", "dom", "workgroup", "vers", "sec",
	"uid", "gid", "forceuid", "noforceuid", "forcegid", "noforcegid", "file_mode", "dir_mode", "port", "rsize", "wsize", "cache",
	"iocharset", "seal", "sign", "soft", "hard", "nounix", "unix", "serverino", "noserverino", "mapchars", "nomapchars", "mapposix",
	"nomapposix", "mfsymlinks", "nobrl", "brl", "perm", "noperm", "guest", "actimeo", "acdirmax", "acregmax", "nodfs", "echo_interval",
	"nohandlecache", "handlecache", "nosharesock", "noacl", "cifsacl", "idsfromsid", "posixpaths", "noposixpaths", "nocase",
	"ignorecase", "multichannel", "nomultichannel", "max_channels", "resilienthandles", "persistenthandles", NULL };

static const struct {
	const char *type;
	const char *const *words;
} known[] = {
	{ "none", bind_words },
	{ "tmpfs", tmpfs_words },
	{ "overlay", overlay_words },
	{ "nfs", nfs_words },
	{ "nfs4", nfs_words },
	{ "cifs", cifs_words },
};

/* One volume while it is read. */
typedef struct OptionReading {
	ContainerSpec *spec;
	LocalVolume volume;
	const char *target, *origin;
	Arena *arena;
} OptionReading;

static bool among(const char *const *words, const char *name, const char *whole)
{
	for (size_t i = 0; words[i]; i++)
		if (!strcmp(words[i], name) || !strcmp(words[i], whole))
			return true;
	return false;
}

static bool word_known(const char *type, const char *name, const char *whole)
{
	if (!*whole || among(flag_words, whole, whole))
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
		if (!strcmp(known[i].type, type))
			return among(known[i].words, name, whole);
	return false;
}

/* mount(2) takes a relative path from dockerd's working directory, which is "/". */
static void add_path(OptionReading *r, const char *path, bool read_only)
{
	mounts_add_path(r->spec, *path == '/' ? path : arena_printf(r->arena, "/%s", path), r->target, read_only, r->origin, r->arena);
}

/* A backslash takes the meaning of what follows it; a bare colon ends a layer.  Whether older kernels undo one that is left a second time
 * is not said: refused. */
static void add_layers(OptionReading *r, const char *value, bool several, bool read_only)
{
	char *layer = arena_strdup(r->arena, value), *to = layer;

	for (const char *at = value;; at++) {
		bool escaped = *at == '\\';
		at += escaped;
		if (*at && (escaped || *at != ':' || !several)) {
			*to++ = *at;
			continue;
		}
		*to = 0;
		if (strchr(layer, '\\'))
			r->volume.problem = "a layer's name with a backslash in it";
		if (*layer)
			add_path(r, arena_strdup(r->arena, layer), read_only);
		to = layer;
		if (!*at)
			return;
	}
}

static void add_server(OptionReading *r, const char *host)
{
	LIST_APPEND(r->arena, &r->volume.servers, host);
}

static bool is_type(const OptionReading *r, const char *type)
{
	return !strcmp(r->volume.type, type);
}

static void read_overlay_word(OptionReading *r, const char *name, const char *value)
{
	if (value[strlen(value) - (*value != 0)] == '\\')
		r->volume.problem = "a comma behind a backslash";
	if (!strcmp(name, "lowerdir"))
		add_layers(r, value, true, true);
	else if (!strcmp(name, "upperdir") || !strcmp(name, "workdir"))
		add_layers(r, value, false, false);
}

static bool network_type(const OptionReading *r)
{
	return is_type(r, "nfs") || is_type(r, "nfs4") || is_type(r, "cifs");
}

static void read_word(OptionReading *r, const char *word)
{
	size_t length = strcspn(word, "=");
	const char *name = arena_strndup(r->arena, word, length), *value = word[length] ? word + length + 1 : "";
	bool server = !strcmp(name, "addr") || !strcmp(name, "ip") || !strcmp(name, "mountaddr") || !strcmp(name, "mounthost");

	if (*r->volume.type && !word_known(r->volume.type, name, word))
		r->volume.problem = arena_printf(r->arena, "the option %s", name);
	if (is_type(r, "overlay"))
		read_overlay_word(r, name, value);
	else if (network_type(r) && server)
		add_server(r, value);
	else if (*value == '/') /* whatever it is for, it is of this host */
		add_layers(r, value, true, false);
	if (!strcmp(word, "shared") || !strcmp(word, "rshared"))
		r->volume.propagation = word;
}

/* "nas:/export", "[fd00::1]:/export"; "//nas/share". */
static const char *device_host(const OptionReading *r, const char *device)
{
	bool share = is_type(r, "cifs");
	const char *start = share && g_str_has_prefix(device, "//") ? device + 2 : device;
	const char *end = share ? strchrnul(start, '/') : strstr(start, ":/");

	return end ? arena_strndup(r->arena, start, (size_t)(end - start)) : "";
}

static void read_network(OptionReading *r, const char *device)
{
	const char *host = device_host(r, device);
	size_t said = r->volume.servers.count;

	if (!said && *host)
		add_server(r, host);
	else if (!said)
		r->volume.problem = "no server's address";
}

/* Docker reads the first addr= and the kernel the last. */
static void refuse_repeated(OptionReading *r, char **words)
{
	for (size_t i = 0, seen = 0; words[i]; i++)
		if (g_str_has_prefix(words[i], "addr=") && seen++)
			r->volume.problem = "addr= twice";
}

static const char *option(const PairList *options, const char *key)
{
	for (size_t i = 0; i < options->count; i++)
		if (!strcmp(options->items[i].key, key))
			return options->items[i].value;
	return "";
}

static bool holds(char **words, const char *word)
{
	return g_strv_contains((const char *const *)words, word);
}

/* A bind is one whatever its type says. */
static const char *effective_type(const char *type, const char *device, char **words)
{
	bool bound = holds(words, "bind") || holds(words, "rbind") || holds(words, "move");

	return bound || !strcmp(type, "bind") || (!*type && *device) ? "none" : type;
}

static bool is_template(const PairList *options)
{
	for (size_t i = 0; i < options->count; i++)
		if (strstr(options->items[i].value, "{{") || strstr(options->items[i].key, "{{"))
			return true;
	return false;
}

static void add_device(OptionReading *r, const char *device)
{
	bool none = is_type(r, "none"), share = is_type(r, "cifs") || is_type(r, "smb3");
	size_t before = r->spec->mounts.count;

	for (size_t i = 0; i < G_N_ELEMENTS(kernel_filesystems); i++)
		if (is_type(r, kernel_filesystems[i].key))
			mounts_add_path(r->spec, kernel_filesystems[i].value, r->target, false, r->origin, r->arena);
	if (*device && (none || (*device == '/' && !(share && device[1] == '/'))))
		add_path(r, device, false);
	for (size_t i = before; i < r->spec->mounts.count; i++) {
		r->spec->mounts.items[i].propagation = r->volume.propagation;
		r->spec->mounts.items[i].from_volume = true;
	}
}

void local_volume_add(
	ContainerSpec *spec, const char *driver, const PairList *options, const char *target, const char *origin, Arena *arena)
{
	const char *device = option(options, "device");
	g_auto(GStrv) words = g_strsplit(option(options, "o"), ",", -1);
	OptionReading r = { .spec = spec,
		.target = target,
		.origin = origin,
		.arena = arena,
		.volume = { .driver = driver,
			.type = effective_type(option(options, "type"), device, words),
			.problem = "",
			.propagation = "",
			.template = is_template(options) } };

	for (size_t i = 0; words[i]; i++)
		read_word(&r, arena_strdup(arena, words[i]));
	refuse_repeated(&r, words);
	if (network_type(&r))
		read_network(&r, device);
	add_device(&r, device);
	LIST_APPEND(arena, &spec->local_volumes, r.volume);
}
