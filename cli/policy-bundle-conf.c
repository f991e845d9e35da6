/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/limits.h"
#include "cli/policy-bundle.h"
#include "cli/when.h"

#define GROUP "policies"
#define KEY_PREFIX "key "
#define SYSTEM_FILE "/etc/sentinel-fetch/fetch.conf"
#define DEFAULT_SINCE "7d"
#define ANY "any"

int problem_set(Problem *problem, ExitCode code, const char *word, const char *format, ...)
{
	va_list arguments;

	if (problem->text)
		return (int)problem->code;
	va_start(arguments, format);
	problem->text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	problem->code = code;
	problem->word = word;
	return (int)code;
}

/* Nobody but root can have changed it, or put something else in its place; where the service is the caller's own, nor the caller. */
static bool only_roots(const Cli *cli, const struct stat *status)
{
	bool own = cli->local || (cli->bus && !strcmp(cli->bus, "session"));
	bool owned = status->st_uid == 0 || (own && status->st_uid == geteuid());

	return owned && (!(status->st_mode & 022) || (S_ISDIR(status->st_mode) && (status->st_mode & S_ISVTX)));
}

static bool way_is_roots(const Cli *cli, const char *path)
{
	g_autofree char *above = g_path_get_dirname(path);
	struct stat status;

	if (stat(above, &status) < 0 || !only_roots(cli, &status))
		return false;
	return !strcmp(above, "/") || way_is_roots(cli, above);
}

static int read_trusted(const Cli *cli, const char *file, GBytes **ret, Problem *problem)
{
	char *real = realpath(file, NULL), *text = g_malloc(LIMIT_FETCH_CONF_BYTES + 1);
	int fd = real ? open(real, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY) : -1, code = 0;
	struct stat status;
	ssize_t got = -1;

	if (fd < 0 || fstat(fd, &status) < 0)
		code = problem_set(problem, EXIT_UNDONE, "conf", "cannot read %s: %s; docs/FLEET.md says what is in it", file, g_strerror(errno));
	else if (!S_ISREG(status.st_mode) || !only_roots(cli, &status) || !way_is_roots(cli, real))
		code = problem_set(problem, EXIT_UNDONE, "conf",
			"%s is not believed: it and the directories above it must be root's, and nobody else may write them (chown root, chmod go-w)", file);
	else if ((got = read(fd, text, LIMIT_FETCH_CONF_BYTES + 1)) < 0 || got > (ssize_t)LIMIT_FETCH_CONF_BYTES)
		code = problem_set(problem, EXIT_UNDONE, "conf", "%s is not a file of at most %u bytes", file, LIMIT_FETCH_CONF_BYTES);
	if (fd >= 0)
		(void)close(fd);
	free(real);
	*ret = g_bytes_new_take(text, got > 0 ? (gsize)got : 0);
	return code;
}

static void key_free(void *data)
{
	BundleKey *key = data;

	g_free(key->name);
	g_bytes_unref(key->text);
	g_free(key);
}

/* One section's keys; what is not known is an error, and so is what is missing. */
typedef struct Entry {
	const char *name;
	char **target;
	bool needed;
} Entry;

static int read_entries(GKeyFile *text, const char *group, const Entry *entries, size_t count, const BundleConf *conf, Problem *problem)
{
	g_auto(GStrv) names = g_key_file_get_keys(text, group, NULL, NULL);

	for (char **name = names; name && *name; name++) {
		size_t i = 0;
		while (i < count && strcmp(entries[i].name, *name) != 0)
			i++;
		if (i == count)
			return problem_set(problem, EXIT_UNDONE, "conf", "%s: [%s] has no key \"%s\"", conf->file, group, *name);
		*entries[i].target = g_key_file_get_string(text, group, *name, NULL);
	}
	for (size_t i = 0; i < count; i++)
		if (entries[i].needed && (!*entries[i].target || !**entries[i].target))
			return problem_set(problem, EXIT_UNDONE, "conf", "%s: [%s] must say %s=", conf->file, group, entries[i].name);
	return 0;
}

static int read_key(const Cli *cli, GKeyFile *text, const char *group, BundleConf *conf, Problem *problem)
{
	g_autofree char *file = NULL, *relax = NULL;
	const Entry entries[] = { { "file", &file, true }, { "may_relax", &relax, false } };
	int code = read_entries(text, group, entries, G_N_ELEMENTS(entries), conf, problem);

	if (code != 0)
		return code;
	if (relax && strcmp(relax, "true") != 0 && strcmp(relax, "false") != 0)
		return problem_set(problem, EXIT_UNDONE, "conf", "%s: [%s] may_relax is true or false", conf->file, group);
	if (conf->keys->len == LIMIT_FETCH_KEYS)
		return problem_set(problem, EXIT_UNDONE, "conf", "%s: more than %u keys", conf->file, LIMIT_FETCH_KEYS);
	BundleKey *key = g_new0(BundleKey, 1);
	key->name = g_strdup(group + strlen(KEY_PREFIX));
	key->may_relax = relax && !strcmp(relax, "true");
	code = read_trusted(cli, file, &key->text, problem);
	g_ptr_array_add(conf->keys, key);
	return code;
}

static int read_numbers(BundleConf *conf, const char *most, const char *since, Problem *problem)
{
	char *end = NULL;

	if (most && !strcmp(most, ANY))
		conf->most_denied = -1;
	else if (most)
		conf->most_denied = g_ascii_strtoll(most, &end, 10);
	if (conf->most_denied < -1 || (end && (end == most || *end || *most == '-')))
		return problem_set(problem, EXIT_UNDONE, "conf", "%s: max_newly_denied is a number, or " ANY, conf->file);
	if (!span_parse(since ? since : DEFAULT_SINCE, &conf->since_us))
		return problem_set(problem, EXIT_UNDONE, "conf", "%s: replay_since is a span such as 7d", conf->file);
	if (!g_str_has_prefix(conf->source, "https://") && *conf->source != '/')
		return problem_set(problem, EXIT_UNDONE, "conf", "%s: source is https://HOST/PATH or the path of a directory", conf->file);
	while (strlen(conf->source) > 1 && g_str_has_suffix(conf->source, "/"))
		conf->source[strlen(conf->source) - 1] = 0;
	return conf->keys->len ? 0 : problem_set(problem, EXIT_UNDONE, "conf", "%s names no key: [key NAME] and file=", conf->file);
}

static int read_groups(const Cli *cli, GKeyFile *text, BundleConf *conf, Problem *problem)
{
	g_auto(GStrv) groups = g_key_file_get_groups(text, NULL);
	g_autofree char *most = NULL, *since = NULL;
	const Entry entries[] = {
		{ "source", &conf->source, true },         { "policy", &conf->policy, true },      { "ca", &conf->ca, false },
		{ "max_newly_denied", &most, false }, { "replay_since", &since, false },
	};
	int code = g_key_file_has_group(text, GROUP) ? 0 : problem_set(problem, EXIT_UNDONE, "conf", "%s has no [" GROUP "]", conf->file);

	for (char **group = groups; code == 0 && *group; group++) {
		if (g_str_has_prefix(*group, KEY_PREFIX))
			code = read_key(cli, text, *group, conf, problem);
		else if (!strcmp(*group, GROUP))
			code = read_entries(text, *group, entries, G_N_ELEMENTS(entries), conf, problem);
		else
			code = problem_set(problem, EXIT_UNDONE, "conf", "%s: there is no section [%s]", conf->file, *group);
	}
	return code != 0 ? code : read_numbers(conf, most, since, problem);
}

int bundle_conf_read(const Cli *cli, const char *file, BundleConf *ret, Problem *problem)
{
	g_autoptr(GKeyFile) text = g_key_file_new();
	g_autoptr(GError) error = NULL;
	GBytes *bytes = NULL;

	*ret = (BundleConf){ .keys = g_ptr_array_new_with_free_func(key_free) };
	ret->file = !file && cli->config_dir ? g_build_filename(cli->config_dir, "fetch.conf", NULL) : g_strdup(file ? file : SYSTEM_FILE);
	int code = read_trusted(cli, ret->file, &bytes, problem);
	if (code == 0 && !g_key_file_load_from_bytes(text, bytes, G_KEY_FILE_NONE, &error))
		code = problem_set(problem, EXIT_UNDONE, "conf", "%s: %s", ret->file, error->message);
	if (code == 0)
		code = read_groups(cli, text, ret, problem);
	g_bytes_unref(bytes);
	return code;
}

void bundle_conf_clear(BundleConf *conf)
{
	g_free(conf->file);
	g_free(conf->source);
	g_free(conf->policy);
	g_free(conf->ca);
	if (conf->keys)
		g_ptr_array_unref(conf->keys);
}
