/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/error.h"
#include "base/limits.h"
#include "base/nearest.h"
#include "policy/model.h"
#include "policy/store-keys.h"
#include "policy/store.h"

#define SUFFIX ".yaml"

bool store_name_valid(const char *name)
{
	size_t length = strlen(name);

	if (!length || length > LIMIT_POLICY_NAME || *name == '.' || *name == '-')
		return false;
	for (; *name; name++)
		if (!g_ascii_isalnum(*name) && !strchr("-_.", *name))
			return false;
	return true;
}

static bool read_all(int fd, const char *file, char **ret, gsize *ret_length, GError **error)
{
	char *text = g_malloc((gsize)LIMIT_POLICY_BYTES + 1);
	gsize length = 0;
	ssize_t got;

	while (length <= LIMIT_POLICY_BYTES && (got = read(fd, text + length, LIMIT_POLICY_BYTES + 1 - length)) != 0) {
		if (got < 0) {
			g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "cannot read %s: %s", file, g_strerror(errno));
			g_free(text);
			return false;
		}
		length += (gsize)got;
	}
	if (length > LIMIT_POLICY_BYTES) {
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_LIMIT, "%s has more than %u bytes, the most that a policy may have", file, LIMIT_POLICY_BYTES);
		g_free(text);
		return false;
	}
	text[length] = 0;
	*ret = text;
	*ret_length = length;
	return true;
}

static int compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names of the policies in a directory, sorted. */
static GPtrArray *list_names(const char *policies_dir, GError **error)
{
	g_autoptr(GDir) dir = g_dir_open(policies_dir, 0, error);
	const char *file;

	if (!dir)
		return NULL;
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	while ((file = g_dir_read_name(dir)) && names->len < LIMIT_POLICIES) {
		g_autofree char *name = g_str_has_suffix(file, SUFFIX) ? g_strndup(file, strlen(file) - strlen(SUFFIX)) : NULL;
		if (name && store_name_valid(name))
			g_ptr_array_add(names, g_steal_pointer(&name));
	}
	g_ptr_array_sort(names, compare_names);
	return names;
}

bool store_check_name(const char *name, GError **error)
{
	if (store_name_valid(name))
		return true;
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_ARGUMENT, "a policy's name has letters, digits, '-', '_' and '.', at most %u of them", LIMIT_POLICY_NAME);
	return false;
}

static char *policy_file(const char *policies_dir, const char *name, GError **error)
{
	return store_check_name(name, error) ? g_strconcat(policies_dir, "/", name, SUFFIX, NULL) : NULL;
}

/* What was meant, or what there is to choose from. */
static void not_found(const char *policies_dir, const char *name, GError **error)
{
	g_autoptr(GPtrArray) names = list_names(policies_dir, NULL);
	const char *near = names ? nearest_word(name, (const char *const *)names->pdata, names->len) : NULL;

	if (near) {
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_NOT_FOUND, "there is no policy \"%s\" in %s; did you mean %s?", name, policies_dir, near);
		return;
	}
	g_autoptr(GString) joined = g_string_new("");
	for (guint i = 0; names && i < names->len; i++)
		g_string_append_printf(joined, "%s%s", i ? ", " : "", (const char *)g_ptr_array_index(names, i));
	if (joined->len)
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_NOT_FOUND, "there is no policy \"%s\" in %s; there are: %s", name, policies_dir, joined->str);
	else
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_NOT_FOUND, "there is no policy file in %s; a restart of sentineld puts the templates back", policies_dir);
}

static char *read_policy(const char *policies_dir, const char *name, gsize *ret_length, GError **error)
{
	g_autofree char *file = policy_file(policies_dir, name, error);
	char *text = NULL;

	if (!file)
		return NULL;
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT) {
		not_found(policies_dir, name, error);
		return NULL;
	}
	struct stat status;
	if (fd < 0 || fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "cannot read %s: %s", file, fd < 0 ? g_strerror(errno) : "it is not a regular file");
	else
		(void)read_all(fd, file, &text, ret_length, error);
	if (fd >= 0)
		(void)close(fd);
	return text;
}

char *store_read(const char *policies_dir, const char *name, GError **error)
{
	gsize length;

	return read_policy(policies_dir, name, &length, error);
}

Policy *store_load(const char *policies_dir, const char *name, GPtrArray *diagnostics)
{
	g_autofree char *file = g_strconcat(policies_dir, "/", name, SUFFIX, NULL);
	g_autoptr(GError) error = NULL;
	gsize length;
	g_autofree char *text = read_policy(policies_dir, name, &length, &error);

	if (!text) {
		g_assert(error);
		diagnostics_add(diagnostics, DIAGNOSTIC_ERROR, file, 0, 0, "%s", error->message);
		return NULL;
	}
	Policy *policy = policy_parse(file, text, length, diagnostics);
	if (policy)
		policy->file_name = arena_strdup(policy->arena, name);
	if (policy)
		store_read_keys(policy, file, diagnostics);
	if (policy && strcmp(policy_name(policy), name) != 0)
		diagnostics_add(diagnostics, DIAGNOSTIC_WARNING, file, 0, 0, "the file is called %s and the policy in it %s; decisions name the latter", name, policy_name(policy));
	return policy;
}

bool store_write(const char *policies_dir, const char *name, const char *text, GError **error)
{
	g_autofree char *file = policy_file(policies_dir, name, error);

	return file && g_file_set_contents_full(file, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0644, error);
}

bool store_delete(const char *policies_dir, const char *name, GError **error)
{
	g_autofree char *file = policy_file(policies_dir, name, error);

	if (!file)
		return false;
	if (unlink(file) == 0)
		return true;
	if (errno == ENOENT)
		not_found(policies_dir, name, error);
	else
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "cannot delete %s: %s", file, g_strerror(errno));
	return false;
}

static void info_free(gpointer data)
{
	PolicyInfo *info = data;

	g_free(info->name);
	g_free(info->mode);
	g_free(info->description);
	g_free(info);
}

static PolicyInfo *info_new(const char *policies_dir, const char *name)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(Policy) policy = store_load(policies_dir, name, diagnostics);
	g_autofree char *problem = diagnostics_first_error(diagnostics);
	PolicyInfo *info = g_new0(PolicyInfo, 1);

	info->name = g_strdup(name);
	info->mode = g_strdup(policy ? mode_name(policy_mode(policy)) : "");
	info->description = policy ? g_strdup(policy_description(policy)) : g_strdup_printf("does not load: %s", problem);
	return info;
}

GPtrArray *store_list(const char *policies_dir, GError **error)
{
	g_autoptr(GPtrArray) names = list_names(policies_dir, error);

	if (!names)
		return NULL;
	GPtrArray *infos = g_ptr_array_new_with_free_func(info_free);
	for (guint i = 0; i < names->len; i++)
		g_ptr_array_add(infos, info_new(policies_dir, g_ptr_array_index(names, i)));
	return infos;
}
