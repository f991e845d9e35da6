/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/text.h"
#include "policy/custom/request-field.h"
#include "request/image.h"
#include "request/path.h"

#define K(kind) REQUEST_KINDS(KIND_##kind)
#define RUN REQUEST_KINDS_RUN
#define HOST (RUN | K(CONTAINER_START) | K(CONTAINER_UPDATE))
#define EXEC K(EXEC_CREATE)
#define BUILD K(IMAGE_BUILD)
#define ANY REQUEST_KINDS_ALL
#define NAMED (RUN | K(IMAGE_PULL) | K(IMAGE_PUSH) | K(IMAGE_TAG) | BUILD)
#define DRIVEN (K(VOLUME_CREATE) | K(LIFECYCLE))

typedef enum Special { PLAIN, SPECIAL_IMAGE, SPECIAL_TAG, SPECIAL_SOURCE, SPECIAL_MOUNT_TYPE, SPECIAL_KIND, SPECIAL_WHO, SPECIAL_COMMAND, SPECIAL_WORDS } Special;

#define OF(member) offsetof(Request, member)
#define SPEC(member) offsetof(Request, container.member)
#define TEXT(name, at, kinds) { name, VALUE_TEXT, at, 0, 0, kinds, false, PLAIN, false }
#define FLAG(name, at, kinds) { name, VALUE_FLAG, at, 0, 0, kinds, false, PLAIN, false }
#define NUMBER(name, at, kinds) { name, VALUE_NUMBER, at, 0, 0, kinds, false, PLAIN, false }
#define WORDS(name, at, kinds) { name, VALUE_TEXT, at, sizeof(char *), 0, kinds, false, PLAIN, false }
#define PAIRS(name, at, kinds) { name, VALUE_TEXT, at, sizeof(Pair), 0, kinds, true, PLAIN, false }
#define ITEM(name, value, at, type, member, kinds) { name, value, at, sizeof(type), offsetof(type, member), kinds, false, PLAIN, false }
#define SPECIAL(name, at, kinds, how) { name, VALUE_TEXT, at, 0, 0, kinds, false, how, false }

const RequestField request_fields[] = {
	TEXT("method", OF(method), ANY),
	TEXT("uri", OF(uri), ANY),
	/* A call that has no name is none of those that a list names. */
	{ "endpoint", VALUE_TEXT, OF(endpoint), 0, 0, ANY, false, PLAIN, true },
	TEXT("subject", OF(subject), ANY),
	SPECIAL("request", 0, ANY, SPECIAL_KIND),
	{ "caller", VALUE_TEXT, 0, 0, 0, ANY, false, SPECIAL_WHO, true },
	SPECIAL("image", OF(image), NAMED, SPECIAL_IMAGE),
	TEXT("registry", OF(image.registry), NAMED),
	TEXT("repository", OF(image.repository), NAMED),
	SPECIAL("tag", OF(image), NAMED, SPECIAL_TAG),
	TEXT("digest", OF(image.digest), NAMED),
	WORDS("tags", OF(tags), BUILD),
	TEXT("remote", OF(remote), BUILD | K(IMAGE_PULL)),
	TEXT("driver", OF(driver), DRIVEN),
	PAIRS("options", OF(options), DRIVEN),

	TEXT("name", SPEC(name), RUN),
	TEXT("user", SPEC(user), RUN | EXEC),
	TEXT("hostname", SPEC(hostname), RUN),
	TEXT("domainname", SPEC(domainname), RUN),
	TEXT("working_dir", SPEC(working_dir), RUN | EXEC),
	SPECIAL("command", SPEC(command), RUN | EXEC, SPECIAL_COMMAND),
	SPECIAL("entrypoint", SPEC(entrypoint), RUN, SPECIAL_COMMAND),
	{ "env", VALUE_TEXT, SPEC(env), sizeof(char *), 0, RUN | EXEC | BUILD, true, SPECIAL_WORDS, false },
	PAIRS("labels", SPEC(labels), RUN | BUILD),
	PAIRS("annotations", SPEC(annotations), RUN),
	FLAG("privileged", SPEC(privileged), HOST | EXEC),
	FLAG("read_only", SPEC(read_only_rootfs), RUN),
	FLAG("auto_remove", SPEC(auto_remove), RUN),
	FLAG("publish_all", SPEC(publish_all_ports), HOST),
	FLAG("oom_kill_disable", SPEC(oom_kill_disable), HOST),
	FLAG("healthcheck", SPEC(healthcheck), RUN),
	TEXT("network_mode", SPEC(network_mode), HOST | BUILD),
	TEXT("pid_mode", SPEC(pid_mode), HOST),
	TEXT("ipc_mode", SPEC(ipc_mode), HOST),
	TEXT("uts_mode", SPEC(uts_mode), HOST),
	TEXT("userns_mode", SPEC(userns_mode), HOST),
	TEXT("cgroupns_mode", SPEC(cgroupns_mode), HOST),
	WORDS("capabilities.add", SPEC(cap_add), HOST),
	WORDS("capabilities.drop", SPEC(cap_drop), HOST),
	SPECIAL("mounts[].type", SPEC(mounts), HOST | K(VOLUME_CREATE), SPECIAL_MOUNT_TYPE),
	SPECIAL("mounts[].source", SPEC(mounts), HOST | K(VOLUME_CREATE), SPECIAL_SOURCE),
	ITEM("mounts[].target", VALUE_TEXT, SPEC(mounts), Mount, target, HOST),
	ITEM("mounts[].driver", VALUE_TEXT, SPEC(mounts), Mount, driver, HOST),
	ITEM("mounts[].propagation", VALUE_TEXT, SPEC(mounts), Mount, propagation, HOST),
	ITEM("mounts[].read_only", VALUE_FLAG, SPEC(mounts), Mount, read_only, HOST),
	WORDS("volumes_from", SPEC(volumes_from), HOST),
	TEXT("volume_driver", SPEC(volume_driver), HOST),
	ITEM("devices[].host", VALUE_TEXT, SPEC(devices), Device, path_on_host, HOST),
	ITEM("devices[].container", VALUE_TEXT, SPEC(devices), Device, path_in_container, HOST),
	ITEM("devices[].permissions", VALUE_TEXT, SPEC(devices), Device, permissions, HOST),
	NUMBER("device_requests", SPEC(device_requests), HOST),
	WORDS("device_cgroup_rules", SPEC(device_cgroup_rules), HOST),
	WORDS("security_opt", SPEC(security_opt), HOST | BUILD),
	FLAG("masked_paths", SPEC(masked_paths_set), HOST),
	FLAG("readonly_paths", SPEC(readonly_paths_set), HOST),
	PAIRS("sysctls", SPEC(sysctls), HOST),
	TEXT("runtime", SPEC(runtime), HOST),
	TEXT("cgroup_parent", SPEC(cgroup_parent), HOST | BUILD),
	TEXT("restart_policy", SPEC(restart_policy), HOST),
	NUMBER("restart_retries", SPEC(restart_retries), HOST),
	TEXT("log_driver", SPEC(log_driver), HOST),
	PAIRS("log_options", SPEC(log_options), HOST),
	PAIRS("storage_options", SPEC(storage_options), HOST),
	NUMBER("memory", SPEC(memory), HOST),
	NUMBER("memory_swap", SPEC(memory_swap), HOST),
	NUMBER("nano_cpus", SPEC(nano_cpus), HOST),
	NUMBER("cpu_quota", SPEC(cpu_quota), HOST),
	NUMBER("cpu_shares", SPEC(cpu_shares), HOST),
	NUMBER("pids_limit", SPEC(pids_limit), HOST),
	NUMBER("shm_size", SPEC(shm_size), HOST),
	NUMBER("oom_score_adj", SPEC(oom_score_adj), HOST),
	ITEM("ulimits[].name", VALUE_TEXT, SPEC(ulimits), Ulimit, name, HOST),
	ITEM("ulimits[].soft", VALUE_NUMBER, SPEC(ulimits), Ulimit, soft, HOST),
	ITEM("ulimits[].hard", VALUE_NUMBER, SPEC(ulimits), Ulimit, hard, HOST),
	ITEM("ports[].container", VALUE_TEXT, SPEC(ports), Port, container, HOST),
	ITEM("ports[].host", VALUE_TEXT, SPEC(ports), Port, host_port, HOST),
	ITEM("ports[].host_ip", VALUE_TEXT, SPEC(ports), Port, host_ip, HOST),
	WORDS("dns", SPEC(dns), HOST),
	WORDS("networks", SPEC(networks), RUN),
	WORDS("links", SPEC(links), HOST),
	WORDS("extra_hosts", SPEC(extra_hosts), HOST | BUILD),
	WORDS("group_add", SPEC(group_add), HOST),
};
const size_t request_field_count = G_N_ELEMENTS(request_fields);

const RequestField *request_field_find(const char *written, Arena *arena, const char **ret_key)
{
	const char *dot = strchr(written, '.');

	*ret_key = NULL;
	for (size_t i = 0; i < request_field_count; i++) {
		const RequestField *field = &request_fields[i];
		if (*field->name != *written)
			continue;
		if (!strcmp(field->name, written))
			return field;
		if (!field->keyed || !dot || !dot[1] || strlen(field->name) != (size_t)(dot - written) || strncmp(field->name, written, (size_t)(dot - written)) != 0)
			continue;
		*ret_key = arena_strdup(arena, dot + 1);
		return field;
	}
	return NULL;
}

typedef struct Receiver {
	RequestValueFn each;
	void *data;
	bool sparse; /* what is "" or 0 was not named */
} Receiver;

static bool give_text(const Receiver *to, const char *key, const char *text)
{
	const RequestValue value = { .key = key, .text = text };

	return (*text || key) && to->each(&value, to->data);
}

static bool give_number(const Receiver *to, int64_t number)
{
	const RequestValue value = { .number = number };

	return (number || !to->sparse) && to->each(&value, to->data);
}

static bool give_flag(const Receiver *to, bool flag)
{
	return (flag || !to->sparse) && give_text(to, NULL, flag ? "true" : "false");
}

static bool give_plain(const Receiver *to, ValueType type, const void *at)
{
	switch (type) {
	case VALUE_TEXT:
		return give_text(to, NULL, *(const char *const *)at);
	case VALUE_FLAG:
		return give_flag(to, *(const bool *)at);
	case VALUE_NUMBER:
		return give_number(to, *(const int64_t *)at);
	}
	return false;
}

static bool give_image(const Receiver *to, const ImageRef *image, Arena *arena)
{
	if (!*image->text)
		return false;
	const char *whole = image_canonical(image, arena);
	return give_text(to, NULL, image->text) || (strcmp(whole, image->text) != 0 && give_text(to, NULL, whole));
}

/* As written and as it is on this host, both with /var/run as /run: the form that literals are brought into. */
static bool give_source(const Receiver *to, const Mount *mount, Arena *arena)
{
	if (mount->kind != MOUNT_BIND)
		return give_text(to, NULL, mount->source);
	const char *clean = path_canonical_run(mount->clean, arena), *resolved = path_canonical_run(mount->resolved, arena);
	return give_text(to, NULL, clean) || (strcmp(clean, resolved) != 0 && give_text(to, NULL, resolved));
}

static bool give_mounts(const Receiver *to, const MountList *mounts, bool type, Arena *arena)
{
	static const char *const types[] = { [MOUNT_BIND] = "bind", [MOUNT_VOLUME] = "volume", [MOUNT_TMPFS] = "tmpfs", [MOUNT_OTHER] = "other" };

	for (size_t i = 0; i < mounts->count; i++) {
		const Mount *mount = &mounts->items[i];
		if (type ? give_text(to, NULL, types[mount->kind]) : give_source(to, mount, arena))
			return true;
	}
	return false;
}

/* Each word, and the line that they make. */
static bool give_command(const Receiver *to, const StringList *words, Arena *arena)
{
	Buffer line = BUFFER_INIT(arena);

	for (size_t i = 0; i < words->count; i++) {
		if (give_text(to, NULL, words->items[i]))
			return true;
		buffer_puts(&line, i ? " " : "");
		buffer_puts(&line, words->items[i]);
	}
	return words->count > 1 && give_text(to, NULL, line.data);
}

/* NAME=value; a name alone is taken from the docker client's environment and has no value here. */
static bool give_words(const Receiver *to, const StringList *words, Arena *arena)
{
	for (size_t i = 0; i < words->count; i++) {
		size_t length = strcspn(words->items[i], "=");
		const char *value = words->items[i] + length + (words->items[i][length] == '=');
		if (give_text(to, arena_strndup(arena, words->items[i], length), value))
			return true;
	}
	return false;
}

static const char *const kind_names[KIND_COUNT] = {
	[KIND_READ] = "read", [KIND_CONTAINER_CREATE] = "create", [KIND_CONTAINER_START] = "start", [KIND_CONTAINER_UPDATE] = "update",
	[KIND_EXEC_CREATE] = "exec", [KIND_IMAGE_PULL] = "pull", [KIND_IMAGE_PUSH] = "push", [KIND_IMAGE_TAG] = "tag", [KIND_IMAGE_BUILD] = "build",
	[KIND_VOLUME_CREATE] = "volume", [KIND_SERVICE] = "service", [KIND_SWARM] = "swarm", [KIND_PLUGIN] = "plugin", [KIND_BUILDKIT] = "buildkit",
	[KIND_LIFECYCLE] = "other", [KIND_UNKNOWN] = "unknown",
};

static bool give_special(const Receiver *to, const RequestField *field, const Request *request, const char *who, Arena *arena)
{
	const void *at = (const char *)request + field->offset;
	const ImageRef *image = at;

	switch ((Special)field->special) {
	case SPECIAL_IMAGE:
		return give_image(to, image, arena);
	case SPECIAL_TAG:
		return give_text(to, NULL, *image->tag || *image->digest || !*image->text ? image->tag : "latest");
	case SPECIAL_SOURCE:
	case SPECIAL_MOUNT_TYPE:
		return give_mounts(to, at, field->special == SPECIAL_MOUNT_TYPE, arena);
	case SPECIAL_KIND:
		return give_text(to, NULL, kind_names[request->kind]);
	case SPECIAL_WHO:
		return give_text(to, NULL, who);
	case SPECIAL_COMMAND:
		return give_command(to, at, arena);
	case SPECIAL_WORDS:
		return give_words(to, at, arena);
	case PLAIN:
		break;
	}
	return false;
}

bool request_field_each(const RequestField *field, const Request *request, const char *who, Arena *arena, RequestValueFn each, void *data)
{
	const Receiver to = { each, data, !(REQUEST_KINDS(request->kind) & REQUEST_KINDS_RUN) };
	const char *at = (const char *)request + field->offset;

	if (field->special)
		return give_special(&to, field, request, who, arena);
	if (!field->item_size)
		return give_plain(&to, field->type, at);
	const struct { const char *items; size_t count; } *list = (const void *)at;
	for (size_t i = 0; i < list->count; i++) {
		const char *item = list->items + i * field->item_size;
		const Pair *pair = (const void *)item;
		if (field->keyed ? give_text(&to, pair->key, pair->value) : give_plain(&to, field->type, item + field->member))
			return true;
	}
	return false;
}

const char *const request_kind_words[REQUEST_KIND_WORDS] = {
	"create", "service", "start", "update", "exec", "pull", "push", "tag", "build", "volume", "swarm", "plugin", "buildkit", "other", "read", "any",
};

unsigned request_kinds_parse(const char *word)
{
	if (!strcmp(word, "any"))
		return ANY;
	for (unsigned kind = 0; kind < KIND_UNKNOWN; kind++)
		if (!strcmp(word, kind_names[kind]))
			return REQUEST_KINDS(kind);
	return 0;
}
