/* SPDX-License-Identifier: MIT
 *
 * The interface Pins: who asks, and with which directory, comes to the helper, whose part is played here.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include "base/pin-wire.h"
#include "callers.h"
#include "tests/unit/scratch.h"

#define PINS SENTINEL_INTERFACE_PINS
#define NAME "0123456789abcdef0123456789abcdef"
#define OBJECT SENTINEL_OBJECT_PATH "/pins/" NAME
#define CONTAINER "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define FOR_ONCE 9u /* seconds of one that is for one command */
#define LISTED 20u /* more than one answer holds */

static bool receive(int fd, PinQuestion *question, int *ret_directory)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec part = { question, sizeof *question };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes };
	bool good = recvmsg(fd, &message, 0) == (ssize_t)sizeof *question;
	const struct cmsghdr *rights = CMSG_FIRSTHDR(&message);

	*ret_directory = -1;
	if (rights)
		memcpy(ret_directory, CMSG_DATA(rights), sizeof *ret_directory);
	return good;
}

/* Says back what it was asked: the path of the directory, who asks, what for. */
static void answer_question(const PinQuestion *question, int directory, PinAnswer *answer)
{
	g_autofree char *link = g_strdup_printf("/proc/self/fd/%d", directory), *path = directory < 0 ? NULL : g_file_read_link(link, NULL);
	PinItem item = { .uid = question->uid, .map = question->map, .flags = question->flags, .expires_us = question->seconds, .name = NAME };

	*answer = (PinAnswer){ .number = question->number };
	(void)g_strlcpy(item.origin, path ? path : "", sizeof item.origin);
	(void)g_strlcpy(item.container, question->ask == PIN_DROP ? CONTAINER : "", sizeof item.container);
	if (question->ask == PIN_MAKE && ((question->seconds == 0) != ((question->flags & PIN_KEEP) != 0) || (question->seconds == FOR_ONCE) != ((question->flags & PIN_ONCE) != 0))) {
		answer->result = PIN_REFUSED;
		return;
	}
	if (question->ask == PIN_MAKE && question->seconds == 7) {
		answer->result = PIN_FULL;
		(void)g_strlcpy(answer->text, "too many", sizeof answer->text);
		return;
	}
	if (question->ask != PIN_LIST) {
		answer->items[answer->count++] = item;
		return;
	}
	for (item.serial = question->cursor + 1; item.serial <= LISTED && answer->count < LIMIT_PIN_ITEMS; item.serial++)
		answer->items[answer->count++] = item;
}

static void serve(int listener)
{
	static PinAnswer answer;

	for (int fd; (fd = accept(listener, NULL, NULL)) >= 0; (void)close(fd)) {
		PinQuestion question;
		int directory;
		while (receive(fd, &question, &directory)) {
			answer_question(&question, directory, &answer);
			if (send(fd, &answer, pin_answer_size(&answer), MSG_NOSIGNAL) < 0)
				break;
			if (directory >= 0)
				(void)close(directory);
		}
	}
	_exit(0);
}

static pid_t start_helper(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	g_autofree char *path = g_build_filename(fixture.dir, "pins", NULL);
	int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	(void)g_strlcpy(address.sun_path, path, sizeof address.sun_path);
	g_assert_cmpint(bind(listener, (const struct sockaddr *)&address, sizeof address), ==, 0);
	g_assert_cmpint(listen(listener, 4), ==, 0);
	pid_t child = fork();
	if (child == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve(listener);
	}
	(void)close(listener);
	return child;
}

static void expect_pin(sd_bus *bus)
{
	int directory = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	sd_bus_message *reply = call(bus, false, NULL, PINS, "Pin", "ha{sv}", directory, 3, "read_only", "b", 1, "duration", "t", (uint64_t)60, "map", "s", "subuid");
	const char *path, *object;

	g_assert_cmpint(sd_bus_message_read(reply, "so", &path, &object), >=, 0);
	g_assert_cmpstr(path, ==, PIN_DIR "/" NAME);
	g_assert_cmpstr(object, ==, OBJECT);
	sd_bus_message_unref(reply);
	(void)close(directory);
}

static void expect_list(sd_bus *bus, uid_t expected)
{
	sd_bus_message *reply = call(bus, false, NULL, PINS, "List", "");
	unsigned count = 0;

	g_assert_cmpint(sd_bus_message_enter_container(reply, 'a', "a{sv}"), >, 0);
	while (sd_bus_message_enter_container(reply, 'a', "{sv}") > 0) {
		bool seen = false;
		while (sd_bus_message_enter_container(reply, 'e', "sv") > 0) {
			const char *key;
			uint32_t uid;
			g_assert_cmpint(sd_bus_message_read_basic(reply, 's', &key), >, 0);
			if (strcmp(key, "uid") != 0) {
				g_assert_cmpint(sd_bus_message_skip(reply, "v"), >=, 0);
			} else {
				g_assert_cmpint(sd_bus_message_read(reply, "v", "u", &uid), >, 0);
				g_assert_cmpuint(uid, ==, expected);
				seen = true;
			}
			g_assert_cmpint(sd_bus_message_exit_container(reply), >=, 0);
		}
		g_assert_true(seen);
		g_assert_cmpint(sd_bus_message_exit_container(reply), >=, 0);
		count++;
	}
	g_assert_cmpuint(count, ==, LISTED);
	sd_bus_message_unref(reply);
}

/* Without an end; the helper's part says back as the directory's path what it was asked. */
static void expect_kept(sd_bus *bus)
{
	int directory = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	sd_bus_message_unref(call(bus, false, NULL, PINS, "Pin", "ha{sv}", directory, 1, "keep", "b", 1));
	sd_bus_message_unref(call(bus, false, NULL, PINS, "Pin", "ha{sv}", directory, 1, "keep", "b", 0));
	sd_bus_message_unref(call(bus, false, NULL, PINS, "Pin", "ha{sv}", directory, 2, "once", "b", 1, "duration", "t", (uint64_t)FOR_ONCE));
	(void)close(directory);
}

static void use_all(sd_bus *bus)
{
	const char *container;

	expect_pin(bus);
	expect_kept(bus);
	expect_list(bus, getuid());
	sd_bus_message *reply = call(bus, false, NULL, PINS, "Drop", "o", OBJECT);
	g_assert_cmpint(sd_bus_message_read(reply, "s", &container), >, 0);
	g_assert_cmpstr(container, ==, CONTAINER);
	sd_bus_message_unref(reply);
}

static void refused(sd_bus *bus)
{
	int directory = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	g_assert_null(call(bus, false, "LimitExceeded", PINS, "Pin", "ha{sv}", directory, 1, "duration", "t", (uint64_t)7));
	g_assert_null(call(bus, false, "InvalidArgs", PINS, "Pin", "ha{sv}", directory, 1, "duration", "t", (uint64_t)0));
	g_assert_null(call(bus, false, "InvalidArgs", PINS, "Pin", "ha{sv}", directory, 1, "duration", "t", (uint64_t)LIMIT_PIN_S + 1));
	g_assert_null(call(bus, false, "InvalidArgs", PINS, "Pin", "ha{sv}", directory, 1, "map", "s", "all"));
	g_assert_null(call(bus, false, "InvalidArgs", PINS, "Pin", "ha{sv}", directory, 2, "keep", "b", 1, "duration", "t", (uint64_t)60));
	g_assert_null(call(bus, false, "InvalidArgs", PINS, "Pin", "ha{sv}", directory, 2, "keep", "b", 1, "once", "b", 1));
	g_assert_null(call(bus, false, "InvalidArgs", PINS, "Pin", "ha{sv}", directory, 1, "uid", "u", 0));
	g_assert_null(call(bus, false, "NotFound", PINS, "Drop", "o", "/"));
	g_assert_null(call(bus, false, "NotFound", PINS, "Drop", "o", SENTINEL_OBJECT_PATH "/pins/0123"));
	(void)close(directory);
}

static void test_pins(void)
{
	pid_t helper = start_helper();

	mock_polkit_say(&fixture, "pin", "yes");
	as_nobody(use_all);
	use_all(fixture.bus);
	as_nobody(refused);
	mock_polkit_say(&fixture, "pin", "no");
	(void)kill(helper, SIGKILL);
	g_assert_cmpint(waitpid(helper, NULL, 0), ==, helper);
	g_assert_null(call(fixture.bus, false, "Unavailable", PINS, "List", ""));
}

static void forbidden(sd_bus *bus)
{
	g_assert_null(call(bus, false, "AccessDenied", PINS, "List", ""));
}

static void test_gate(void)
{
	mock_polkit_say(&fixture, "pin", "no");
	as_nobody(forbidden);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	bus_fixture_start(&fixture, "system");
	polkit = mock_polkit_start(&fixture);
	g_test_add_func("/pinning/pins", test_pins);
	g_test_add_func("/pinning/gate", test_gate);
	int failures = g_test_run();
	mock_polkit_stop(polkit);
	bus_fixture_stop(&fixture);
	return failures;
}
