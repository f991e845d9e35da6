/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "mock-polkit.h"
#include "tests/unit/scratch.h"

#define ANSWERS "polkit-answers"
#define QUESTIONS "polkit-questions"
#define DETAILS "polkit-details"
#define PREFIX "io.github.dockersentinel.sentinel1."

static char *answer_for(const char *dir, const char *action)
{
	g_autofree char *text = scratch_get(dir, ANSWERS);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	const char *found = "no";

	for (char **line = lines; *line; line++) {
		g_auto(GStrv) words = g_strsplit(*line, " ", 2);
		if (words[0] && words[1] && !strcmp(words[0], action))
			found = strchr(*line, ' ') + 1;
	}
	return g_strdup(found);
}

/* "grant.revoke<TAB>user<TAB>command" */
static void note_details(const char *dir, const char *line)
{
	g_autofree char *path = g_build_filename(dir, DETAILS, NULL);
	FILE *file = fopen(path, "ae");

	(void)fprintf(file, "%s\n", line + strlen(PREFIX));
	(void)fclose(file);
}

static int check(sd_bus_message *call, void *data, sd_bus_error *error)
{
	const char *dir = data, *action, *key, *value, *policy = "-", *mode = "-", *why = NULL;
	uint32_t flags;

	(void)error;
	if (sd_bus_message_skip(call, "(sa{sv})") < 0 || sd_bus_message_read(call, "s", &action) < 0 || sd_bus_message_enter_container(call, 'a', "{ss}") < 0)
		return -EINVAL;
	g_autoptr(GString) keys = g_string_new(action);
	while (sd_bus_message_read(call, "{ss}", &key, &value) > 0) {
		g_string_append_printf(keys, "\t%s", key);
		policy = !strcmp(key, "policy") ? value : policy;
		mode = !strcmp(key, "mode") ? value : mode;
		why = !strcmp(key, "why") ? value : why;
	}
	if (sd_bus_message_exit_container(call) < 0 || sd_bus_message_read(call, "u", &flags) < 0)
		return -EINVAL;
	const char *word = g_str_has_prefix(action, PREFIX) ? action + strlen(PREFIX) : action;
	g_autofree char *path = g_build_filename(dir, QUESTIONS, NULL), *answer = answer_for(dir, word);
	FILE *file = fopen(path, "ae");
	(void)fprintf(file, "%s %u %s %s%s%s%s\n", word, flags, policy, mode, why ? " (" : "", why ? why : "", why ? ")" : "");
	(void)fclose(file);
	note_details(dir, keys->str);
	if (!strcmp(answer, "hang"))
		return 1;
	if (!strcmp(answer, "full"))
		return sd_bus_reply_method_errorf(call, SD_BUS_ERROR_LIMITS_EXCEEDED, "too many replies are waited for");
	if (!strcmp(answer, "bare"))
		return sd_bus_reply_method_return(call, "bb", true, false);
	bool yes = !strcmp(answer, "yes"), dismissed = !strcmp(answer, "dismissed"), challenge = !strcmp(answer, "challenge") || dismissed;
	return dismissed ? sd_bus_reply_method_return(call, "(bba{ss})", yes, challenge, 1, "polkit.dismissed", "true")
			 : sd_bus_reply_method_return(call, "(bba{ss})", yes, challenge, 0);
}

/* Without a vtable, which would let no other answer than polkit's through. */
static int on_call(sd_bus_message *call, void *data, sd_bus_error *error)
{
	if (!sd_bus_message_is_method_call(call, "org.freedesktop.PolicyKit1.Authority", "CheckAuthorization"))
		return 0;
	int r = check(call, data, error);
	return r < 0 ? r : 1;
}

int mock_polkit_serve(const BusFixture *fixture)
{
	sd_bus *bus = bus_fixture_connect(fixture);

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (sd_bus_add_object(bus, NULL, "/org/freedesktop/PolicyKit1/Authority", on_call, fixture->dir) < 0 ||
		sd_bus_request_name(bus, "org.freedesktop.PolicyKit1", 0) < 0)
		return 1;
	for (;;) {
		int r = sd_bus_process(bus, NULL);
		if (r < 0 || (r == 0 && sd_bus_wait(bus, UINT64_MAX) < 0))
			return 1;
	}
}

GPid mock_polkit_start(const BusFixture *fixture)
{
	mock_polkit_clear(fixture);
	pid_t pid = fork();
	if (pid == 0)
		_exit(mock_polkit_serve(fixture));
	for (int i = 0; i < 500; i++) {
		sd_bus_creds *creds = NULL;
		int r = sd_bus_get_name_creds(fixture->bus, "org.freedesktop.PolicyKit1", 0, &creds);
		sd_bus_creds_unref(creds);
		if (r >= 0)
			return pid;
		g_usleep(10000);
	}
	g_error("the mock of polkit did not take its name");
}

void mock_polkit_stop(GPid pid)
{
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
}

void mock_polkit_say(const BusFixture *fixture, const char *action, const char *answer)
{
	g_autofree char *before = scratch_get(fixture->dir, ANSWERS), *after = g_strdup_printf("%s%s %s\n", before, action, answer);

	scratch_put(fixture->dir, ANSWERS, after);
}

void mock_polkit_clear(const BusFixture *fixture)
{
	scratch_put(fixture->dir, ANSWERS, "");
	scratch_put(fixture->dir, QUESTIONS, "");
	scratch_put(fixture->dir, DETAILS, "");
}

char *mock_polkit_questions(const BusFixture *fixture)
{
	return scratch_get(fixture->dir, QUESTIONS);
}

char *mock_polkit_details(const BusFixture *fixture)
{
	return scratch_get(fixture->dir, DETAILS);
}
