/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "pin/keep.h"
#include "pin/kept.h"
#include "pin/session.h"

#define SECOND_US UINT64_C(1000000)

static bool in_table(const char *name, void *data)
{
	const PinKeeper *keeper = data;

	return pin_table_find(keeper->table, name) && pin_place_holds(&keeper->place, name);
}

/* Rows whose mount is gone, and that will not be made again. */
static void forget_lost(PinKeeper *keeper)
{
	uint64_t serial = 0;

	for (const PinItem *item; (item = pin_table_next(keeper->table, 0, serial));) {
		serial = item->serial;
		if (!(item->flags & PIN_KEEP) && !pin_place_holds(&keeper->place, item->name))
			pin_table_remove(keeper->table, item->name);
	}
}

/* The table of a helper that ended; false: there is none, or it cannot be read and holds no pin. */
static bool read_table(PinKeeper *keeper)
{
	g_autofree char *text = NULL;

	return g_file_get_contents(keeper->file, &text, NULL, NULL) && pin_table_read(keeper->table, text);
}

int pin_keeper_open(PinKeeper *keeper, const PinDatabases *databases, const char *dir, const char *kept)
{
	bool fresh;

	*keeper = (PinKeeper){
		.databases = databases,
		.table = pin_table_new(),
		.maps = pin_maps_new(),
		.file = g_strconcat(dir, ".table", NULL),
		.kept_file = g_strdup(kept),
		.place = { -1, -1 },
	};
	int r = pin_place_open(dir, &keeper->place, &fresh);
	if (r < 0)
		return r;
	bool known = !fresh && read_table(keeper);
	if (!known && (r = pin_kept_read(keeper)) < 0)
		return r;
	pin_place_sweep(&keeper->place, in_table, keeper);
	forget_lost(keeper);
	if (!known)
		pin_kept_restore(keeper);
	return pin_keeper_save(keeper);
}

void pin_keeper_close(PinKeeper *keeper)
{
	pin_table_free(keeper->table);
	pin_maps_free(keeper->maps);
	g_free(keeper->file);
	g_free(keeper->kept_file);
	g_free(keeper->kept_text);
	if (keeper->place.visible >= 0)
		(void)close(keeper->place.visible);
	if (keeper->place.writable >= 0)
		(void)close(keeper->place.writable);
}

static int write_table(const PinKeeper *keeper)
{
	g_autofree char *text = pin_table_print(keeper->table, 0), *next = g_strconcat(keeper->file, ".new", NULL);
	size_t length = strlen(text);
	int fd = open(next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return -errno;
	errno = 0;
	bool good = write(fd, text, length) == (ssize_t)length;
	int error = good ? 0 : errno ? errno : ENOSPC;
	(void)close(fd);
	if (!error && rename(next, keeper->file) < 0)
		error = errno;
	if (error)
		(void)unlink(next);
	return -error;
}

int pin_keeper_save(PinKeeper *keeper)
{
	int r = pin_kept_save(keeper);

	return r < 0 ? r : write_table(keeper);
}

int pin_keeper_drop(PinKeeper *keeper, const char *name)
{
	pin_place_remove(&keeper->place, name);
	pin_table_remove(keeper->table, name);
	(void)write_table(keeper); /* what is still in the file is not mounted, and so does not count */
	return pin_kept_save(keeper);
}

void pin_keeper_expire(PinKeeper *keeper, uint64_t now_us)
{
	for (const PinItem *item; (item = pin_table_expired(keeper->table, now_us));) {
		g_autofree char *name = g_strdup(item->name);
		(void)pin_keeper_drop(keeper, name);
	}
}

static bool refuse(PinAnswer *answer, PinResult result, const char *text)
{
	answer->result = result;
	(void)g_strlcpy(answer->text, text, sizeof answer->text);
	return false;
}

static void answer_with(PinAnswer *answer, const PinItem *item)
{
	answer->items[answer->count] = *item;
	answer->items[answer->count++].expires_us = pin_table_end(item);
}

static void drop(PinKeeper *keeper, const PinQuestion *question, PinAnswer *answer)
{
	const PinItem *item = pin_table_find(keeper->table, question->name);

	if (!item || (question->uid != 0 && item->uid != question->uid)) {
		(void)refuse(answer, PIN_NOT_FOUND, "you have no such pin; see: sentinel pin list");
		return;
	}
	answer_with(answer, item);
	if (pin_keeper_drop(keeper, question->name) < 0) {
		answer->count = 0;
		(void)refuse(answer, PIN_FAILED,
			"it is dropped, but the list of kept pins (/var/lib/sentinel-pins) could not be written: it comes back when the "
			"machine starts");
	}
}

static void list(const PinKeeper *keeper, const PinQuestion *question, PinAnswer *answer)
{
	uint64_t serial = question->cursor;

	for (const PinItem *item; answer->count < LIMIT_PIN_ITEMS && (item = pin_table_next(keeper->table, question->uid, serial));) {
		serial = item->serial;
		answer_with(answer, item);
		if (!pin_place_holds(&keeper->place, item->name))
			answer->items[answer->count - 1].flags |= PIN_ABSENT;
	}
}

static void look(const PinKeeper *keeper, const PinQuestion *question, PinAnswer *answer)
{
	const PinItem *item = pin_table_find(keeper->table, question->name);

	if (item && pin_place_holds(&keeper->place, item->name))
		answer_with(answer, item);
	else
		(void)refuse(answer, PIN_NOT_FOUND, "there is no such pin");
}

/* Those of people whose last session has ended. */
void pin_keeper_log_out(PinKeeper *keeper)
{
	uint64_t serial = 0;

	for (const PinItem *item; (item = pin_table_next(keeper->table, 0, serial));) {
		g_autofree char *name = g_strdup(item->name);
		serial = item->serial;
		if ((item->flags & PIN_SESSION) && session_of(item->uid) == SESSION_NONE)
			(void)pin_keeper_drop(keeper, name);
	}
}

/* What is not written down would be free again for a helper that starts again. */
static void change(PinKeeper *keeper, const PinQuestion *question, PinAnswer *answer)
{
	if (!pin_place_holds(&keeper->place, question->name)) {
		(void)refuse(answer, PIN_NOT_FOUND, "there is no such pin");
		return;
	}
	bool changed = question->ask == PIN_TAKE ? pin_table_take(keeper->table, question->name, question->token)
						 : pin_table_bind(keeper->table, question->name, question->token, question->container);

	if (!changed)
		(void)refuse(answer, PIN_NOT_FOUND, "there is no such pin that can be used");
	else if (pin_keeper_save(keeper) < 0)
		(void)refuse(answer, PIN_FAILED, pin_refusal(PIN_STEP_WRITE, ENOSPC));
}

/* What nobody can use any more. */
static void end(PinKeeper *keeper, const PinQuestion *question)
{
	for (const PinItem *item; (item = pin_table_of(keeper->table, question->container));) {
		g_autofree char *name = g_strdup(item->name);
		(void)pin_keeper_drop(keeper, name);
	}
}

void pin_keeper_answer(PinKeeper *keeper, const PinQuestion *question, PinAnswer *answer)
{
	switch ((PinAsk)question->ask) {
	case PIN_DROP:
		drop(keeper, question, answer);
		return;
	case PIN_LIST:
		list(keeper, question, answer);
		return;
	case PIN_LOOK:
		look(keeper, question, answer);
		return;
	case PIN_TAKE:
	case PIN_BIND:
		change(keeper, question, answer);
		return;
	case PIN_END:
		end(keeper, question);
		return;
	case PIN_MAKE:
	case PIN_ASK_COUNT:
		break;
	}
	(void)refuse(answer, PIN_REFUSED, "this cannot be asked");
}

bool pin_keeper_prepare(
	PinKeeper *keeper, const PinQuestion *question, PinMaking making, PinAnswer *answer, char *ret_name, int *ret_userns)
{
	PinIds ids;

	if (making.own >= LIMIT_PIN_MAKING_PER_USER || making.all >= LIMIT_PIN_MAKING)
		return refuse(answer, PIN_FULL, "too many pins are being made at this moment; try again");
	if (pin_table_count_of(keeper->table, question->uid) + making.own >= LIMIT_PINS_PER_USER)
		return refuse(
			answer, PIN_FULL, "you have as many pins as one user may have; drop some: sentinel pin list, sentinel pin drop");
	if (pin_table_count(keeper->table) + making.all >= LIMIT_PINS)
		return refuse(answer, PIN_FULL, "there are as many pins as this host may have");
	const char *problem = pin_account(keeper->databases, question->uid, (PinMap)question->map, &ids);
	if (problem)
		return refuse(answer, PIN_REFUSED, problem);
	*ret_userns = pin_maps_get(keeper->maps, &ids);
	if (*ret_userns < 0)
		return refuse(answer, PIN_FAILED, pin_refusal(PIN_STEP_USERNS, -*ret_userns));
	int r = pin_place_new(&keeper->place, ret_name);
	return r < 0 ? refuse(answer, PIN_FAILED, pin_refusal(PIN_STEP_PLACE, -r)) : true;
}

static uint64_t now_us(void)
{
	return (uint64_t)g_get_real_time();
}

static PinItem item_of(const PinQuestion *question, const char *name, const PinMade *made)
{
	uint64_t now = now_us();
	PinItem item = {
		.made_us = now,
		.expires_us = question->flags & PIN_KEEP ? PIN_ENDLESS : now + question->seconds * SECOND_US,
		.device = made->device,
		.inode = made->inode,
		.uid = question->uid,
		.map = question->map,
		.flags = question->flags | (!(question->flags & PIN_KEEP) && session_of(question->uid) == SESSION_THERE ? PIN_SESSION : 0u),
		.state = PIN_UNUSED,
	};

	(void)g_strlcpy(item.name, name, sizeof item.name);
	(void)g_strlcpy(item.origin, made->origin, sizeof item.origin);
	return item;
}

void pin_keeper_finish(PinKeeper *keeper, const PinQuestion *question, const char *name, const PinMade *made, PinAnswer *answer)
{
	int r;

	if (made->step != PIN_STEP_DONE) {
		pin_place_remove(&keeper->place, name);
		(void)refuse(answer, PIN_REFUSED, pin_refusal((PinStep)made->step, made->error));
		return;
	}
	const PinItem item = item_of(question, name, made);
	const PinItem *added = pin_table_add(keeper->table, &item);
	if ((r = pin_kept_save(keeper)) < 0)
		(void)refuse(answer, PIN_FAILED, pin_refusal(PIN_STEP_KEEP, -r));
	else if ((r = write_table(keeper)) < 0)
		(void)refuse(answer, PIN_FAILED, pin_refusal(PIN_STEP_WRITE, -r));
	else
		answer_with(answer, added);
	if (r < 0)
		(void)pin_keeper_drop(keeper, name);
}
