/* SPDX-License-Identifier: MIT
 *
 * The notifier between a service and a server: what it shows, whom it believes, and what comes of a click.
 */
#include <stdarg.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "desktop.h"
#include "dbus/names.h"
#include "base/limits.h"
#include "tests/unit/scratch.h"

static Desktop desktop;

static bool is_subscribed(const Desktop *d)
{
	return d->subscribed > 0;
}

static void set_up(void)
{
	desktop_start(&desktop);
	desktop_start_notifier(&desktop);
	desktop_wait(&desktop, is_subscribed);
	desktop_settle(&desktop, 100); /* its answer is there */
}

static bool shown_once(const Desktop *d)
{
	return d->shown->len == 1;
}

static bool shown_twice(const Desktop *d)
{
	return d->shown->len == 2;
}

static void test_shown(void)
{
	set_up();
	desktop_decide(&desktop, NULL);
	desktop_wait(&desktop, shown_once);
	const Shown *shown = desktop_last(&desktop);
	uint32_t id = shown->id;
	g_assert_cmpuint(shown->replaces, ==, 0);
	g_assert_cmpstr(shown->title, ==, "Docker command blocked");
	g_assert_cmpstr(shown->body, ==,
		"<b>docker run/create --privileged &lt;image&gt;</b>\n[CRITICAL] Privileged containers are not allowed\nDecision 1, policy "
		"production");
	g_assert_cmpint(shown->urgency, ==, 2);
	g_assert_cmpstr(shown->category, ==, "x-dockersentinel.denied");
	g_assert_cmpstr(shown->actions, ==, "default why allow-once");
	g_assert_false(shown->transient);
	desktop_decide(&desktop, NULL);
	desktop_wait(&desktop, shown_twice);
	g_assert_cmpuint(desktop_last(&desktop)->replaces, ==, id);
	g_assert_cmpstr(desktop_last(&desktop)->title, ==, "Docker command blocked (2 times)");
	g_assert_cmpuint(desktop.asked_capabilities, ==, 1);
	desktop_stop(&desktop);
}

static void test_capabilities(void)
{
	desktop_start(&desktop);
	desktop.capabilities = "body";
	desktop_start_notifier(&desktop);
	desktop_wait(&desktop, is_subscribed);
	desktop_settle(&desktop, 100);
	desktop_decide(&desktop, NULL);
	desktop_wait(&desktop, shown_once);
	g_assert_cmpstr(desktop_last(&desktop)->actions, ==, "");
	g_assert_true(g_str_has_prefix(desktop_last(&desktop)->body, "docker run/create --privileged <image>\n"));
	desktop_stop_server(&desktop);
	desktop.capabilities = "x";
	desktop_start_server(&desktop);
	desktop.image = "debian";
	desktop_decide(&desktop, NULL);
	desktop_wait(&desktop, shown_twice);
	g_assert_cmpstr(desktop_last(&desktop)->title, ==, "Docker command blocked: Privileged containers are not allowed");
	g_assert_cmpstr(desktop_last(&desktop)->body, ==, "");
	desktop_stop(&desktop);
}

/* Anybody may send a signal; the service's own comes after it. */
static void test_forged(void)
{
	set_up();
	sd_bus *stranger = bus_fixture_connect(&desktop.system), *program = bus_fixture_connect(&desktop.fixture);
	desktop_decide(&desktop, stranger);
	(void)sd_bus_emit_signal(
		stranger, SENTINEL_OBJECT_PATH, SENTINEL_INTERFACE_MANAGER, "PolicyChanged", "sst", "none", "audit", (uint64_t)1);
	(void)sd_bus_flush(stranger);
	desktop_settle(&desktop, 200);
	g_assert_cmpuint(desktop.queries, ==, 0);
	g_assert_cmpuint(desktop.shown->len, ==, 0);
	desktop_decide(&desktop, NULL);
	desktop_wait(&desktop, shown_once);
	g_assert_nonnull(strstr(desktop_last(&desktop)->body, "Decision 2"));
	desktop_click(&desktop, program, desktop_last(&desktop)->id, "allow-once");
	(void)sd_bus_flush(program);
	desktop_settle(&desktop, 200);
	g_assert_cmpuint(desktop.grants, ==, 0);
	sd_bus_flush_close_unref(stranger);
	sd_bus_flush_close_unref(program);
	desktop_stop(&desktop);
}

static bool asked_once(const Desktop *d)
{
	return d->grants == 1 && d->shown->len > 1 && strstr(desktop_last(d)->body, "llowed") && !strstr(desktop_last(d)->body, "asked");
}

static void click_allow(const char *error, const char *note)
{
	set_up();
	desktop.grant_error = error;
	desktop_decide(&desktop, NULL);
	desktop_wait(&desktop, shown_once);
	uint32_t id = desktop_last(&desktop)->id;
	desktop_click(&desktop, NULL, id + 1, "allow-once"); /* of no bubble */
	desktop_click(&desktop, NULL, id, "copy");           /* not offered */
	desktop_click(&desktop, NULL, id, "allow-once");
	desktop_click(&desktop, NULL, id, "allow-once");
	desktop_wait(&desktop, asked_once);
	desktop_settle(&desktop, 100);
	g_assert_cmpuint(desktop.grants, ==, 1);
	g_assert_cmpuint(desktop.grants_interactive, ==, 1);
	g_assert_cmpuint(desktop.granted, ==, 1);
	g_assert_cmpuint(desktop_last(&desktop)->replaces, ==, id);
	g_assert_nonnull(strstr(desktop_last(&desktop)->body, note));
	/* What was refused can be asked for again, what was granted not. */
	g_assert_cmpstr(desktop_last(&desktop)->actions, ==, error ? "default why allow-once" : "");
	desktop_stop(&desktop);
}

static void test_allow(void)
{
	static const char *const refusals[][2] = {
		{ SENTINEL_ERROR_PREFIX "Dismissed", "the question for the password was closed" },
		{ SD_BUS_ERROR_ACCESS_DENIED, "no administrator agreed" },
		{ SENTINEL_ERROR_PREFIX "NoAgent", "no program that asks" },
		{ SENTINEL_ERROR_PREFIX "Whatever", "Not allowed: no" },
	};

	click_allow(NULL, "Allowed once: repeat the command within 10 minutes.");
	for (size_t i = 0; i < G_N_ELEMENTS(refusals); i++)
		click_allow(refusals[i][0], refusals[i][1]);
}

static bool terminal_is_open(const Desktop *d)
{
	g_autofree char *path = g_build_filename(d->fixture.dir, "terminal", NULL);

	return access(path, R_OK) == 0;
}

static void test_why(void)
{
	set_up();
	desktop_decide(&desktop, NULL);
	desktop_wait(&desktop, shown_once);
	desktop_click(&desktop, NULL, desktop_last(&desktop)->id, "default");
	desktop_wait(&desktop, terminal_is_open);
	g_autofree char *words = scratch_get(desktop.fixture.dir, "terminal");
	g_assert_true(g_str_has_prefix(words, "sh\n-c\nsentinel audit show \"$1\";"));
	g_assert_true(g_str_has_suffix(words, "\nsh\n1\n"));
	desktop_stop(&desktop);
}

/* Two ways lead to a start, one notifier comes of it. */
static void test_second(void)
{
	int status;

	set_up();
	GPid first = desktop.notifier;
	desktop_start_notifier(&desktop);
	g_assert_cmpint(waitpid(desktop.notifier, &status, 0), ==, desktop.notifier);
	g_assert_cmpint(status, ==, 0);
	desktop.notifier = first;
	g_assert_cmpint(waitpid(first, NULL, WNOHANG), ==, 0);
	desktop_stop(&desktop);
}

static void emit(const char *member, const char *types, ...)
{
	sd_bus_message *signal = NULL;
	va_list arguments;

	g_assert_cmpint(
		sd_bus_message_new_signal(desktop.service, &signal, SENTINEL_OBJECT_PATH, SENTINEL_INTERFACE_MANAGER, member), >=, 0);
	va_start(arguments, types);
	g_assert_cmpint(sd_bus_message_appendv(signal, types, arguments), >=, 0);
	va_end(arguments);
	g_assert_cmpint(sd_bus_send(desktop.service, signal, NULL), >=, 0);
	sd_bus_message_unref(signal);
}

static bool shown_thrice(const Desktop *d)
{
	return d->shown->len == 3;
}

static bool shown_four(const Desktop *d)
{
	return d->shown->len == 4;
}

static void emit_change(const char *property)
{
	g_assert_cmpint(
		sd_bus_emit_properties_changed(desktop.service, SENTINEL_OBJECT_PATH, SENTINEL_INTERFACE_MANAGER, property, NULL), >=, 0);
}

/* What was found in an image that was built; believed of the service alone, and from the path that it gave. */
static void test_scanned(void)
{
	set_up();
	emit("ImageScanned", "ssssss", "app:1", "sha256:1", "found", "critical", "root", "Found 1 high");
	desktop_settle(&desktop, 200);
	g_assert_cmpuint(desktop.shown->len, ==, 0);
	const char *const outcomes[] = { "passed", "found" };
	for (size_t i = 0; i < G_N_ELEMENTS(outcomes); i++)
		g_assert_cmpint(sd_bus_emit_signal(desktop.service, SENTINEL_OBJECT_PATH "/subscriber", SENTINEL_INTERFACE_MANAGER, "ImageScanned", "ssssss", "app:1", "sha256:1",
			outcomes[i], "critical", "root", "Found 1 <high>"), >=, 0);
	desktop_wait(&desktop, shown_once);
	g_assert_cmpstr(desktop_last(&desktop)->title, ==, "Docker image with findings");
	g_assert_cmpstr(desktop_last(&desktop)->body, ==, "app:1\nFound 1 &lt;high&gt;");
	g_assert_cmpint(desktop_last(&desktop)->urgency, ==, 2);
	desktop_stop(&desktop);
}

/* News of the guard; who runs the tests is root. */
static void test_administrator(void)
{
	set_up();
	desktop_settle(&desktop, 200);
	g_assert_cmpuint(desktop.shown->len, ==, 0); /* all is well */
	emit("PolicyRelaxed", "sss", "default", "warn", "mode");
	emit("PolicyChanged", "sst", "default", "warn", (uint64_t)2); /* of the same: told once */
	desktop_wait(&desktop, shown_once);
	g_assert_cmpstr(desktop_last(&desktop)->title, ==, "Docker policy allows more than before");
	g_assert_cmpint(desktop_last(&desktop)->urgency, ==, 2);
	g_assert_null(strstr(desktop_last(&desktop)->body, "By "));
	emit("PolicyRejected", "ss", "strict", "strict.yaml:3: <x>");
	desktop_wait(&desktop, shown_twice);
	g_assert_nonnull(strstr(desktop_last(&desktop)->body, "strict.yaml:3: &lt;x&gt;"));
	desktop.state = "lockdown";
	emit_change("State");
	desktop_wait(&desktop, shown_thrice);
	g_assert_cmpstr(desktop_last(&desktop)->title, ==, "Docker Sentinel has no policy");
	desktop.warning = "10 MiB are free";
	emit_change("AuditWarning");
	desktop_wait(&desktop, shown_four);
	g_assert_cmpstr(desktop_last(&desktop)->title, ==, "The disk of the audit trail is nearly full");
	g_assert_cmpstr(desktop_last(&desktop)->body, ==, "10 MiB are free");
	desktop_stop(&desktop);
}

/* Who may read the trail is told who it was. */
static void test_author(void)
{
	desktop_start(&desktop);
	desktop.reads_all = true;
	desktop_start_notifier(&desktop);
	desktop_wait(&desktop, is_subscribed);
	desktop_settle(&desktop, 200);
	emit("PolicyChanged", "sst", "production", "enforce", (uint64_t)2);
	desktop_wait(&desktop, shown_once);
	g_assert_cmpstr(desktop_last(&desktop)->body, ==, "The policy production (enforce) is in force now.\nBy carol");
	desktop_stop(&desktop);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/notifier/shown", test_shown);
	g_test_add_func("/notifier/capabilities", test_capabilities);
	g_test_add_func("/notifier/forged", test_forged);
	g_test_add_func("/notifier/allow", test_allow);
	g_test_add_func("/notifier/why", test_why);
	g_test_add_func("/notifier/second", test_second);
	g_test_add_func("/notifier/scanned", test_scanned);
	g_test_add_func("/notifier/administrator", test_administrator);
	g_test_add_func("/notifier/author", test_author);
	return g_test_run();
}
