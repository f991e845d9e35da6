/* SPDX-License-Identifier: MIT
 *
 * exec: secrets in what is pushed, before it goes, and in what was built.  What could not be scanned the policy decides about alone.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include "cli/exec.h"
#include "cli/layout.h"
#include "cli/output.h"

#define MOST_TAGS 16u

/* The words behind "docker GROUP NAME", of which the group may be missing; NULL: it is another command. */
static char **words_behind(const Cli *cli, const char *name)
{
	static const char *const groups[] = { "image", "buildx", "builder", NULL };
	char **at = cli->words + (cli->words[0] && !strcmp(cli->words[0], "docker"));

	if (*at && g_strv_contains(groups, *at))
		at++;
	return *at && !strcmp(*at, name) ? at + 1 : NULL;
}

/* What --json scan-secrets answers; NULL: nothing that can be read.  Its progress goes to the terminal. */
static JsonNode *scan(const Cli *cli, const char *image)
{
	const char *argv[] = { "/proc/self/exe", "scan-secrets", "--json", "--bus", cli->bus ? cli->bus : "system", "--", image, NULL };
	g_autofree char *said = NULL;

	if (!g_spawn_sync(NULL, (char **)(uintptr_t)argv, NULL, G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL, &said, NULL, NULL, NULL))
		return NULL;
	JsonNode *root = json_from_string(said, NULL);
	if (root && JSON_NODE_HOLDS_OBJECT(root))
		return root;
	g_clear_pointer(&root, json_node_unref);
	return NULL;
}

typedef struct Found {
	int64_t verified, critical, high, medium;
} Found;

/* False: it is not known, which was said. */
static bool look(const Cli *cli, const char *image, Found *ret)
{
	g_autofree char *clean = output_clean(image);
	g_autoptr(JsonNode) root = scan(cli, image);
	JsonObject *answer = root ? json_node_get_object(root) : NULL;
	JsonObject *data = answer && json_object_has_member(answer, "data") ? json_object_get_object_member(answer, "data") : NULL;
	JsonObject *error = answer && json_object_has_member(answer, "error") ? json_object_get_object_member(answer, "error") : NULL;
	JsonObject *summary = data && json_object_has_member(data, "summary") ? json_object_get_object_member(data, "summary") : NULL;

	*ret = (Found){ 0 };
	if (!summary || !json_object_get_boolean_member_with_default(data, "complete", FALSE)) {
		const char *why = error ? json_object_get_string_member_with_default(error, "message", "") : "no scanner came to an end";
		(void)fprintf(stderr, "sentinel: %s was not scanned for secrets: %s\n", clean, why);
		if (!summary)
			return false;
	}
	const struct { const char *name; int64_t *count; } rows[] = {
		{ "verified", &ret->verified }, { "critical", &ret->critical }, { "high", &ret->high }, { "medium", &ret->medium },
	};
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		*rows[i].count = json_object_get_int_member_with_default(summary, rows[i].name, 0);
	return true;
}

static void tell(const char *image, const Found *found, const char *title)
{
	g_autofree char *clean = output_clean(image);

	(void)fprintf(stderr, "%s%s\n%s: %" PRId64 " verified, %" PRId64 " critical, %" PRId64 " high, %" PRId64 " medium secrets\n", layout_is_utf8() ? "🔐 " : "", title, clean,
		found->verified, found->critical, found->high, found->medium);
	(void)fprintf(stderr, "Where they are: sentinel scan-secrets %s\n", clean);
}

int exec_scan_before(const Cli *cli)
{
	char **words = words_behind(cli, "push");
	const char *image = NULL;
	Found found;

	for (; words && *words; words++)
		if (**words != '-')
			image = *words;
	if (!image || !look(cli, image, &found))
		return 0;
	if (found.verified || found.critical || found.high) {
		tell(image, &found, "SECRETS DETECTED - PUSH BLOCKED");
		(void)fputs("Remove them and build the image again; then make new secrets: what was in it is known.\n", stderr);
		return EXIT_DENIED;
	}
	if (found.medium)
		tell(image, &found, "SECRETS DETECTED");
	return 0;
}

/* The value of -t, -tVALUE, --tag or --tag=VALUE at `at`, or NULL. */
static const char *tag_at(char *const *at)
{
	if (!strcmp(*at, "-t") || !strcmp(*at, "--tag"))
		return at[1];
	if (g_str_has_prefix(*at, "--tag="))
		return *at + strlen("--tag=");
	return g_str_has_prefix(*at, "-t") ? *at + strlen("-t") : NULL;
}

bool exec_is_build(const Cli *cli)
{
	return words_behind(cli, "build") != NULL;
}

void exec_scan_after(const Cli *cli)
{
	unsigned tags = 0;

	for (char **at = words_behind(cli, "build"); at && *at && tags < MOST_TAGS; at++) {
		const char *tag = tag_at(at);
		Found found;
		if (!tag || !*tag)
			continue;
		tags++;
		if (look(cli, tag, &found) && (found.verified || found.critical || found.high || found.medium))
			tell(tag, &found, "SECRETS DETECTED");
	}
}
