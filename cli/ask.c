/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "cli/ask.h"
#include "cli/language.h"

#define LINE_BYTES 256u

bool ask_possible(const Cli *cli)
{
	return !cli->json && isatty(STDIN_FILENO);
}

/* The rest of a line that is too long must not answer the next question. */
static void drop_rest(const char *line)
{
	int byte;

	if (strchr(line, '\n'))
		return;
	while ((byte = getchar()) != EOF && byte != '\n')
		;
}

char *ask_line(const char *question)
{
	char line[LINE_BYTES];

	(void)fflush(stdout);
	(void)fprintf(stderr, "%s ", question);
	if (!fgets(line, sizeof line, stdin)) {
		(void)fputc('\n', stderr);
		return NULL;
	}
	drop_rest(line);
	return g_strdup(g_strstrip(line));
}

Answer ask_yes(const char *question)
{
	g_autofree char *asked = g_strdup_printf(_("%s [y/N]"), question), *line = ask_line(asked);

	if (!line)
		return ANSWER_NONE;
	/* TRANSLATORS: the letter of your word for yes, as between the brackets of the question; y is always one. */
	return *line && (strchr("yY", *line) || strchr(_("yY"), *line)) ? ANSWER_YES : ANSWER_NO;
}
