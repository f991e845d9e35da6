/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include "base/limits.h"
#include "policy/policy.h"

static void diagnostic_free(gpointer data)
{
	Diagnostic *diagnostic = data;

	g_free(diagnostic->file);
	g_free(diagnostic->message);
	g_free(diagnostic);
}

GPtrArray *diagnostics_new(void)
{
	return g_ptr_array_new_with_free_func(diagnostic_free);
}

void diagnostics_add(GPtrArray *list, DiagnosticLevel level, const char *file, unsigned line, unsigned column, const char *format, ...)
{
	va_list arguments;

	/* The first errors matter; the last place is kept for an error behind many warnings. */
	if (list->len >= LIMIT_DIAGNOSTICS && (level != DIAGNOSTIC_ERROR || diagnostics_have_error(list)))
		return;
	Diagnostic *diagnostic = g_new0(Diagnostic, 1);
	*diagnostic = (Diagnostic){ .file = g_strdup(file), .line = line, .column = column, .level = level };
	va_start(arguments, format);
	diagnostic->message = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_ptr_array_add(list, diagnostic);
}

static const Diagnostic *first_error(const GPtrArray *list)
{
	for (guint i = 0; i < list->len; i++) {
		const Diagnostic *diagnostic = g_ptr_array_index(list, i);
		if (diagnostic->level == DIAGNOSTIC_ERROR)
			return diagnostic;
	}
	return NULL;
}

bool diagnostics_have_error(const GPtrArray *list)
{
	return first_error(list) != NULL;
}

char *diagnostic_text(const Diagnostic *diagnostic)
{
	if (!diagnostic->line)
		return g_strdup_printf("%s: %s", diagnostic->file, diagnostic->message);
	return g_strdup_printf("%s:%u:%u: %s", diagnostic->file, diagnostic->line, diagnostic->column, diagnostic->message);
}

char *diagnostics_first_error(const GPtrArray *list)
{
	const Diagnostic *error = first_error(list);

	return error ? diagnostic_text(error) : NULL;
}
