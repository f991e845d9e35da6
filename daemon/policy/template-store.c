/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/error.h"
#include "base/limits.h"
#include "config.h"
#include "policy/store.h"
#include "policy/template-store.h"
#include "policy/templates.h"

#define DIGEST_LENGTH 64u /* SHA-256, hexadecimal */

const char template_store_source[] = SENTINEL_TEMPLATES_DIR;

static char *digest_of(const char *text, size_t length)
{
	return g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text, length);
}

/* A new file is whole or not there: O_EXCL keeps what exists. */
static bool install(const char *file, const char *text, size_t length, GError **error)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	if (fd < 0 && errno == EEXIST)
		return true;
	ssize_t wrote = fd < 0 ? -1 : write(fd, text, length);
	int cause = wrote < 0 ? errno : ENOSPC;
	if (fd >= 0)
		(void)close(fd);
	if (wrote == (ssize_t)length)
		return true;
	if (fd >= 0)
		(void)unlink(file);
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "cannot write %s: %s", file, g_strerror(cause));
	return false;
}

/* What the record has for a template, "DIGEST  NAME" a line as sha256sum(1) writes it; NULL: nothing. */
static char *remembered(const char *record, const char *name)
{
	FILE *file = record ? fopen(record, "re") : NULL;
	char line[DIGEST_LENGTH + sizeof "  .\n" + LIMIT_POLICY_NAME], *found = NULL;

	while (file && !found && fgets(line, sizeof line, file))
		if (strlen(line) > DIGEST_LENGTH + 2 && !strcmp(g_strchomp(line) + DIGEST_LENGTH + 2, name))
			found = g_strndup(line, DIGEST_LENGTH);
	if (file)
		(void)fclose(file);
	return found;
}

/* Without it nothing else is worse: an older template is then one of which nobody knows. */
static void remember(const char *policies_dir, const char *record)
{
	g_autoptr(GString) lines = g_string_new(NULL);
	g_autofree char *before = NULL;

	for (size_t i = 0; i < template_count; i++) {
		g_autofree char *text = store_read(policies_dir, templates[i].name, NULL);
		bool current = text && !strcmp(text, templates[i].text);
		g_autofree char *digest = current ? digest_of(templates[i].text, templates[i].length) : remembered(record, templates[i].name);
		if (digest)
			g_string_append_printf(lines, "%s  %s\n", digest, templates[i].name);
	}
	if (!g_file_get_contents(record, &before, NULL, NULL) || strcmp(before, lines->str) != 0)
		(void)g_file_set_contents(record, lines->str, (gssize)lines->len, NULL);
}

static bool has_policies(const char *policies_dir)
{
	g_autoptr(GDir) dir = g_dir_open(policies_dir, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir)))
		if (g_str_has_suffix(name, ".yaml"))
			return true;
	return false;
}

/* What was put there once and is gone was deleted by somebody, unless everything is gone: then there would be nothing to choose from. */
static bool was_deleted(const char *policies_dir, const char *record, const char *name)
{
	g_autofree char *known = remembered(record, name);

	return known && has_policies(policies_dir);
}

bool template_store_put(const char *policies_dir, const char *name, GError **error)
{
	g_autofree char *file = g_strconcat(policies_dir, "/", name, ".yaml", NULL);

	for (size_t i = 0; i < template_count; i++)
		if (!strcmp(templates[i].name, name))
			return install(file, templates[i].text, templates[i].length, error);
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_NOT_FOUND, "there is no template %s", name);
	return false;
}

static bool put_here(const char *name, void *data, GError **error)
{
	return template_store_put(data, name, error);
}

bool template_store_install_by(const char *policies_dir, const char *record, TemplatePutFn put, void *data, GError **error)
{
	bool deleted[LIMIT_POLICIES] = { false };

	for (size_t i = 0; i < template_count; i++)
		deleted[i] = was_deleted(policies_dir, record, templates[i].name);
	for (size_t i = 0; i < template_count; i++) {
		g_autofree char *file = g_strconcat(policies_dir, "/", templates[i].name, ".yaml", NULL);
		if (!deleted[i] && access(file, F_OK) < 0 && !put(templates[i].name, data, error))
			return false;
	}
	if (record)
		remember(policies_dir, record);
	return true;
}

bool template_store_install(const char *policies_dir, const char *record, GError **error)
{
	return template_store_install_by(policies_dir, record, put_here, (void *)(uintptr_t)policies_dir, error);
}

TemplateState template_store_compare(const char *policies_dir, const char *record, size_t index)
{
	const Template *template = &templates[index];
	g_autofree char *text = store_read(policies_dir, template->name, NULL), *known = remembered(record, template->name);

	if (!text || !strcmp(text, template->text))
		return TEMPLATE_CURRENT;
	if (!known)
		return TEMPLATE_UNKNOWN;
	g_autofree char *digest = digest_of(text, strlen(text)), *current = digest_of(template->text, template->length);
	if (!strcmp(known, digest))
		return TEMPLATE_OLDER;
	return !strcmp(known, current) ? TEMPLATE_EDITED : TEMPLATE_EDITED_OLDER;
}
