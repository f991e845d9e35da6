/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "cli/output.h"
#include "notifier/fix.h"

#define NO_NEW_PRIVILEGES "--security-opt=no-new-privileges"
#define SELF "127.0.0.1:"

/* What takes the place of a word; NULL: the word can stay in no form that is known here. */
static char *with_address(const char *word)
{
	static const char flag[] = "--publish=", any[] = "0.0.0.0:";
	const char *value = word + strlen(flag);
	g_auto(GStrv) parts = g_strsplit(value, ":", -1);

	if (g_str_has_prefix(value, any))
		return g_strconcat(flag, SELF, value + strlen(any), NULL);
	return g_strv_length(parts) == 2 ? g_strconcat(flag, SELF, value, NULL) : NULL;
}

static char *read_only(const char *word)
{
	g_auto(GStrv) parts = g_strsplit(word, ":", -1);

	return g_strv_length(parts) == 2 ? g_strconcat(word, ":ro", NULL) : NULL;
}

static char *few_restarts(const char *word G_GNUC_UNUSED)
{
	return g_strdup("--restart=on-failure:5");
}

typedef struct Fix {
	const char *rule;
	const char *word;                  /* how the word begins that is left out or changed */
	char *(*change)(const char *word); /* NULL: it is left out */
	const char *add;                   /* instead of `word`: what is put in */
} Fix;

static const Fix fixes[] = {
	{ "privileged", "--privileged", NULL, NULL },
	{ "host_namespaces.pid", "--pid=", NULL, NULL },
	{ "host_namespaces.ipc", "--ipc=", NULL, NULL },
	{ "host_namespaces.uts", "--uts=", NULL, NULL },
	{ "host_namespaces.userns", "--userns=", NULL, NULL },
	{ "host_namespaces.cgroup", "--cgroupns=", NULL, NULL },
	{ "shared_namespaces.pid", "--pid=", NULL, NULL },
	{ "shared_namespaces.ipc", "--ipc=", NULL, NULL },
	{ "capabilities.blocked", "--cap-add=", NULL, NULL },
	{ "capabilities.default", "--cap-add=", NULL, NULL },
	{ "security_options.allowed", "--security-opt=", NULL, NULL },
	{ "security_options.seccomp", "--security-opt=seccomp=unconfined", NULL, NULL },
	{ "security_options.apparmor", "--security-opt=apparmor", NULL, NULL },
	{ "masked_paths", "--security-opt=systempaths=unconfined", NULL, NULL },
	{ "security_options.require_no_new_privileges", NULL, NULL, NO_NEW_PRIVILEGES },
	{ "mounts.require_read_only", "--volume=", read_only, NULL },
	{ "mounts.allowed_read_only", "--volume=", read_only, NULL },
	{ "network.block_all_interfaces", "--publish=", with_address, NULL },
	{ "restart", "--restart=", few_restarts, NULL },
	{ "oom.min_score_adj", "--oom-score-adj=", NULL, NULL },
	{ "oom.kill_disable", "--oom-kill-disable", NULL, NULL },
	{ "devices", "--device", NULL, NULL },
	{ "runtimes", "--runtime=", NULL, NULL },
	{ "sysctls", "--sysctl=", NULL, NULL },
	{ "cgroup_parent", "--cgroup-parent=", NULL, NULL },
};

static const Fix *find_fix(const char *rule)
{
	for (size_t i = 0; i < G_N_ELEMENTS(fixes); i++)
		if (!strcmp(fixes[i].rule, rule))
			return &fixes[i];
	return NULL;
}

/* A word that two findings are about is changed once for each, and left out once. */
static bool apply(const FixFinding *finding, char **words, guint count, bool *adds)
{
	const Fix *fix = find_fix(finding->rule);

	if (!fix)
		return false;
	if (fix->add) {
		*adds = true;
		return true;
	}
	if (finding->index < 1 || (guint)finding->index >= count)
		return false;
	char **word = &words[finding->index];
	if (!*word)
		return true;
	if (!g_str_has_prefix(*word, fix->word))
		return false;
	g_autofree char *old = g_steal_pointer(word);
	*word = fix->change ? fix->change(old) : NULL;
	return *word || !fix->change;
}

static char **pack(char **words, guint count, bool adds)
{
	g_autoptr(GPtrArray) packed = g_ptr_array_new();

	for (guint i = 0; i < count; i++) {
		if (words[i])
			g_ptr_array_add(packed, words[i]);
		if (i == 0 && adds)
			g_ptr_array_add(packed, g_strdup(NO_NEW_PRIVILEGES));
	}
	g_ptr_array_add(packed, NULL);
	return (char **)g_ptr_array_free(g_steal_pointer(&packed), FALSE);
}

char **fix_words(const char *const *words, const FixFinding *findings, size_t count)
{
	guint length = 0;
	bool adds = false, good = count > 0;

	while (words[length])
		length++;
	g_autofree char **copy = g_new0(char *, length + 1);
	for (guint i = 0; i < length; i++)
		copy[i] = g_strdup(words[i]);
	for (size_t i = 0; good && i < count; i++)
		good = apply(&findings[i], copy, length, &adds);
	if (good)
		return pack(copy, length, adds);
	for (guint i = 0; i < length; i++)
		g_free(copy[i]);
	return NULL;
}

static bool is_plain(const char *word)
{
	for (const char *at = word; *at; at++)
		if (!g_ascii_isalnum(*at) && !strchr("_@%+=:,./-", *at))
			return false;
	return *word;
}

char *fix_line(const char *const *words)
{
	g_autoptr(GString) line = g_string_new("docker");

	for (; *words; words++) {
		g_autofree char *quoted = is_plain(*words) ? g_strdup(*words) : g_shell_quote(*words);
		g_string_append_printf(line, " %s", quoted);
	}
	g_autofree char *clean = output_clean(line->str);
	return !strcmp(clean, line->str) && !strpbrk(line->str, "\n\t") ? g_strdup(line->str) : NULL;
}
