/* SPDX-License-Identifier: MIT */
#include <glib.h>
#include "cli/editor.h"
#include "cli/output.h"

/* Debian's choice is a program that only chooses; it says nothing useful when there is none to choose from. */
static bool is_there(const char *name)
{
	static const char *const editors[] = { "editor", "nano", "nano-tiny", "vim", "vi" };
	g_autofree char *found = g_find_program_in_path(name);
	bool any = !g_str_equal(name, "sensible-editor");

	for (size_t i = 0; found && !any && i < G_N_ELEMENTS(editors); i++) {
		g_autofree char *editor = g_find_program_in_path(editors[i]);
		any = editor != NULL;
	}
	return found && any;
}

/* As a shell reads it: it may have arguments.  NULL: there is none. */
static const char *choose(void)
{
	static const char *const names[] = { "VISUAL", "EDITOR" };
	static const char *const usual[] = { "sensible-editor", "nano", "vim", "vi" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		const char *line = g_getenv(names[i]);
		if (line && *line)
			return line;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(usual); i++)
		if (is_there(usual[i]))
			return usual[i];
	return NULL;
}

int editor_run(const Cli *cli, const char *file)
{
	const char *editor = choose();
	g_autoptr(GError) error = NULL;
	int status = 0;

	if (!editor)
		return output_error(cli, EXIT_UNDONE, "no_editor",
			"there is no editor: install one (apt install nano), or name it: EDITOR=PROGRAM sentinel policy edit ...; your text is in %s", file);
	g_autofree char *script = g_strdup_printf("exec %s \"$1\"", editor);
	const char *const argv[] = { "sh", "-c", script, "sh", file, NULL };
	bool ran = g_spawn_sync(NULL, (char **)(uintptr_t)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL, NULL, NULL, &status, &error) &&
		   g_spawn_check_wait_status(status, &error);
	if (ran)
		return 0;
	return output_error(cli, EXIT_UNDONE, "failed", "the editor (%s) ended with an error (%s); nothing was changed, your text is in %s", editor, error->message, file);
}
