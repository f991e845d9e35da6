/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "pin/kept.h"

#define MS_US INT64_C(1000)
#define SHOWN "<4>sentinel-pin: " /* sd-daemon(3): a warning */

/* The name of the file is on the disk when its directory is. */
static int sync_directory(const char *file)
{
	g_autofree char *dir = g_path_get_dirname(file);
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = fd < 0 || fsync(fd) < 0 ? -errno : 0;

	if (fd >= 0)
		(void)close(fd);
	return r;
}

static int write_file(const char *file, const char *text)
{
	g_autofree char *next = g_strconcat(file, ".new", NULL);
	size_t length = strlen(text);
	int fd = open(next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return -errno;
	errno = 0;
	bool good = write(fd, text, length) == (ssize_t)length && fsync(fd) == 0;
	int error = good ? 0 : errno ? errno : ENOSPC;
	(void)close(fd);
	if (!error && rename(next, file) < 0)
		error = errno;
	if (error)
		(void)unlink(next);
	return error ? -error : sync_directory(file);
}

/* Without any there is no file, so that a start of the machine need not look (sentinel-pin-boot.service). */
static int write_list(const PinKeeper *keeper, const char *text, bool any)
{
	if (any)
		return write_file(keeper->kept_file, text);
	if (unlink(keeper->kept_file) < 0 && errno != ENOENT)
		return -errno;
	return keeper->kept_text ? sync_directory(keeper->kept_file) : 0;
}

static bool any_kept(const PinKeeper *keeper)
{
	uint64_t serial = 0;

	for (const PinItem *item; (item = pin_table_next(keeper->table, 0, serial)); serial = item->serial)
		if (item->flags & PIN_KEEP)
			return true;
	return false;
}

int pin_kept_save(PinKeeper *keeper)
{
	bool any = any_kept(keeper);
	g_autofree char *text = any ? pin_table_print(keeper->table, PIN_KEEP) : NULL;

	if (keeper->kept_written && !g_strcmp0(text, keeper->kept_text))
		return 0;
	int r = write_list(keeper, text, any);
	if (r >= 0) {
		keeper->kept_written = true;
		g_free(keeper->kept_text);
		keeper->kept_text = g_steal_pointer(&text);
	}
	return r;
}

int pin_kept_read(PinKeeper *keeper)
{
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;

	if (!g_file_get_contents(keeper->kept_file, &text, NULL, &error))
		return g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT) ? 0 : -EIO;
	if (pin_table_read(keeper->table, text))
		return 0;
	(void)fprintf(stderr, SHOWN "%s is no list of pins: move it away, and make the pins again\n", keeper->kept_file);
	return -EBADMSG;
}

static void tell(const PinItem *item, const char *why)
{
	g_autofree char *origin = g_strescape(item->origin, NULL);

	(void)fprintf(stderr, SHOWN "the kept pin %s of uid %u was not made again: %s: %s\n", item->name, item->uid, origin, why);
}

/* What the process said until then; false: nothing. */
static bool wait_for(int fd, int64_t until_us, PinMade *ret)
{
	struct pollfd readable = { .fd = fd, .events = POLLIN };
	int64_t left_us;

	while ((left_us = until_us - g_get_monotonic_time()) > 0)
		if (poll(&readable, 1, (int)(left_us / MS_US) + 1) > 0)
			return read(fd, ret, sizeof *ret) == (ssize_t)sizeof *ret;
	return false;
}

/* It may be in the file system, which does not answer: then it ends when that does. */
static void end_process(int process)
{
	siginfo_t info;

	(void)syscall(SYS_pidfd_send_signal, process, SIGKILL, NULL, 0);
	for (unsigned i = 0; i < LIMIT_PIN_ENDING_MS && waitid(P_PIDFD, (id_t)process, &info, WEXITED | WNOHANG) == 0 && info.si_pid == 0;
		i++)
		g_usleep(MS_US);
	(void)close(process);
}

static void run(const PinPlan *plan, int64_t until_us, PinMade *ret)
{
	int ends[2], process = -1;

	*ret = (PinMade){ .step = PIN_STEP_TIME, .error = ETIMEDOUT };
	if (pipe2(ends, O_CLOEXEC) < 0) {
		*ret = (PinMade){ .step = PIN_STEP_LOOK, .error = errno };
		return;
	}
	process = pin_make_apart(plan, ends[1]);
	(void)close(ends[1]);
	if (process < 0)
		*ret = (PinMade){ .step = PIN_STEP_LOOK, .error = -process };
	else if (!wait_for(ends[0], until_us, ret) && g_get_monotonic_time() < until_us)
		*ret = (PinMade){ .step = PIN_STEP_LOOK, .error = EIO };
	if (process >= 0)
		end_process(process);
	(void)close(ends[0]);
}

/* NULL, or why not. */
static const char *make_again(PinKeeper *keeper, const PinItem *item, int64_t until_us, bool *ret_late)
{
	PinIds ids;
	PinMade made;
	const char *problem = pin_account(keeper->databases, item->uid, (PinMap)item->map, &ids);
	int userns = problem ? -1 : pin_maps_get(keeper->maps, &ids), r = userns < 0 ? userns : pin_place_add(&keeper->place, item->name);

	*ret_late = false;
	if (problem)
		return problem;
	if (r < 0)
		return pin_refusal(userns < 0 ? PIN_STEP_USERNS : PIN_STEP_PLACE, -r);
	UserAccount *owner = user_account_new(keeper->databases->users, keeper->databases->groups, item->uid);
	const PinPlan plan = { .directory = -1,
		.path = item->origin,
		.owner = owner,
		.device = item->device,
		.inode = item->inode,
		.uid = item->uid,
		.flags = item->flags,
		.userns = userns,
		.place = keeper->place.visible,
		.name = item->name };
	run(&plan, until_us, &made);
	user_account_free(owner);
	if (made.step == PIN_STEP_DONE && pin_place_holds(&keeper->place, item->name))
		return NULL;
	pin_place_remove(&keeper->place, item->name);
	*ret_late = made.step == PIN_STEP_TIME;
	return made.step == PIN_STEP_DONE ? "it is not there" : pin_refusal((PinStep)made.step, made.error);
}

/* Whose directories do not answer has no more of the time of all. */
static bool is_late(const GArray *late, uint32_t uid)
{
	for (guint i = 0; i < late->len; i++)
		if (g_array_index(late, uint32_t, i) == uid)
			return true;
	return false;
}

void pin_kept_restore(PinKeeper *keeper)
{
	g_autoptr(GArray) late = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	int64_t end_us = g_get_monotonic_time() + LIMIT_PIN_BOOT_MS * MS_US;
	uint64_t serial = 0;

	for (const PinItem *item; (item = pin_table_next(keeper->table, 0, serial)); serial = item->serial) {
		int64_t now_us = g_get_monotonic_time();
		bool timed_out = is_late(late, item->uid) || now_us >= end_us;
		const char *why = timed_out ? pin_refusal(PIN_STEP_TIME, ETIMEDOUT)
					    : make_again(keeper, item, MIN(end_us, now_us + LIMIT_PIN_MAKE_MS * MS_US), &timed_out);
		if (timed_out && !is_late(late, item->uid))
			g_array_append_val(late, item->uid);
		if (why)
			tell(item, why);
	}
}
