/* SPDX-License-Identifier: MIT
 *
 * The readings of oracle.go, made by the project's own reader: bodies in base64 on stdin, one reading
 * a line on stdout.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "request/api.h"

static void put_text(GString *out, const char *text)
{
	for (; *text; text++)
		g_string_append_printf(out, "%02x", (unsigned char)*text);
}

static void put(GString *out, const char *text)
{
	put_text(out, text);
	g_string_append_c(out, '|');
}

static void put_item(GString *out, const char *text)
{
	put_text(out, text);
	g_string_append_c(out, ',');
}

static void put_list(GString *out, const StringList *list)
{
	for (size_t i = 0; i < list->count; i++)
		put_item(out, list->items[i]);
	g_string_append_c(out, '|');
}

static int compare(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void put_pairs(GString *out, const PairList *pairs)
{
	g_autoptr(GPtrArray) sorted = g_ptr_array_new_with_free_func(g_free);

	for (size_t i = 0; i < pairs->count; i++)
		g_ptr_array_add(sorted, g_strdup_printf("%s=%s", pairs->items[i].key, pairs->items[i].value));
	g_ptr_array_sort(sorted, compare);
	for (guint i = 0; i < sorted->len; i++)
		put_item(out, g_ptr_array_index(sorted, i));
	g_string_append_c(out, '|');
}

static void put_mounts(GString *out, const MountList *mounts)
{
	static const char *const origins[] = { "HostConfig.Binds", "HostConfig.Mounts" };

	for (size_t origin = 0; origin < G_N_ELEMENTS(origins); origin++)
		for (size_t i = 0; i < mounts->count; i++) {
			const Mount *mount = &mounts->items[i];
			if (!g_str_has_prefix(mount->origin, origins[origin]))
				continue;
			put_item(out, mount->source);
			put_item(out, mount->target);
			if (origin == 1)
				put_item(out, mount->read_only ? "true" : "false");
			g_string_append_c(out, '|');
		}
}

static void put_reading(GString *out, const Request *request)
{
	const ContainerSpec *c = &request->container;
	const char *const texts[] = {
		request->image.text, c->user, c->hostname, c->working_dir, c->network_mode, c->pid_mode, c->ipc_mode, c->uts_mode, c->userns_mode, c->runtime,
		c->cgroup_parent, c->volume_driver,
	};
	const StringList *const lists[] = {
		&c->env, &c->command, &c->entrypoint, &c->volumes_from, &c->cap_add, &c->cap_drop, &c->security_opt, &c->device_cgroup_rules,
	};
	const bool flags[] = { c->privileged, c->read_only_rootfs, c->masked_paths_set, c->readonly_paths_set };
	const int64_t numbers[] = { c->memory, c->memory_swap, c->nano_cpus, c->oom_score_adj, c->cpu_shares };

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		put(out, texts[i]);
	for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
		put_list(out, lists[i]);
	put_pairs(out, &c->labels);
	put_pairs(out, &c->sysctls);
	for (size_t i = 0; i < G_N_ELEMENTS(flags); i++)
		g_string_append(out, flags[i] ? "true|" : "false|");
	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
		g_string_append_printf(out, "%" G_GINT64_FORMAT "|", numbers[i]);
	for (size_t i = 0; i < c->devices.count; i++)
		put(out, c->devices.items[i].path_on_host);
	put_mounts(out, &c->mounts);
}

int main(void)
{
	g_autofree char *line = NULL;
	size_t size = 0;
	ssize_t length;

	while ((length = getline(&line, &size, stdin)) > 0) {
		g_autoptr(Arena) arena = arena_new();
		g_autoptr(GString) out = g_string_new(NULL);
		gsize count = 0;
		line[length - 1] = 0;
		g_autofree guchar *body = g_base64_decode(line, &count);
		const ApiCall call = {
			.method = "POST", .uri = "/v1.41/containers/create", .body = count ? (const char *)body : "", .body_length = count,
			.content_type = "application/json", .content_length = "1",
		};
		const Request *request = api_read(&call, arena);
		if (request->problem == PROBLEM_NONE)
			put_reading(out, request);
		else
			g_string_append(out, "refused");
		(void)puts(out->str);
	}
	return EXIT_SUCCESS;
}
