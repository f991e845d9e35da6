/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "pin/table.h"

#define FIELDS 13u
#define DECIMAL 10u
#define HEAD "sentinel-pins 1\n"
#define SECOND_US UINT64_C(1000000)

struct PinTable {
	GPtrArray *items; /* PinItem *, by serial */
	uint64_t serial;  /* the last that was given */
};

PinTable *pin_table_new(void)
{
	PinTable *table = g_new0(PinTable, 1);

	table->items = g_ptr_array_new_with_free_func(g_free);
	return table;
}

void pin_table_free(PinTable *table)
{
	if (!table)
		return;
	g_ptr_array_unref(table->items);
	g_free(table);
}

static PinItem *item_at(const PinTable *table, size_t index)
{
	return g_ptr_array_index(table->items, index);
}

size_t pin_table_count(const PinTable *table)
{
	return table->items->len;
}

size_t pin_table_count_of(const PinTable *table, uint32_t uid)
{
	size_t count = 0;

	for (size_t i = 0; i < table->items->len; i++)
		count += item_at(table, i)->uid == uid;
	return count;
}

const PinItem *pin_table_add(PinTable *table, const PinItem *item)
{
	PinItem *copy = g_memdup2(item, sizeof *item);

	copy->serial = ++table->serial;
	g_ptr_array_add(table->items, copy);
	return copy;
}

static PinItem *find(const PinTable *table, const char *name)
{
	for (size_t i = 0; i < table->items->len; i++)
		if (!strcmp(item_at(table, i)->name, name))
			return item_at(table, i);
	return NULL;
}

const PinItem *pin_table_find(const PinTable *table, const char *name)
{
	return find(table, name);
}

void pin_table_remove(PinTable *table, const char *name)
{
	PinItem *item = find(table, name);

	if (item)
		(void)g_ptr_array_remove(table->items, item);
}

const PinItem *pin_table_next(const PinTable *table, uint32_t uid, uint64_t serial)
{
	for (size_t i = 0; i < table->items->len; i++)
		if (item_at(table, i)->serial > serial && (uid == 0 || item_at(table, i)->uid == uid))
			return item_at(table, i);
	return NULL;
}

uint64_t pin_table_end(const PinItem *item)
{
	uint64_t wait_s = LIMIT_PIN_ONCE_S + (item->state == PIN_TAKEN ? LIMIT_PIN_CREATE_S : 0u);

	if (!(item->flags & PIN_ONCE) || item->state == PIN_BOUND)
		return item->expires_us;
	return MIN(item->expires_us, item->made_us + wait_s * SECOND_US);
}

const PinItem *pin_table_of(const PinTable *table, const char *container)
{
	for (size_t i = 0; i < table->items->len; i++)
		if (item_at(table, i)->state == PIN_BOUND && !strcmp(item_at(table, i)->container, container))
			return item_at(table, i);
	return NULL;
}

const PinItem *pin_table_expired(const PinTable *table, uint64_t now_us)
{
	for (size_t i = 0; i < table->items->len; i++)
		if (pin_table_end(item_at(table, i)) <= now_us)
			return item_at(table, i);
	return NULL;
}

uint64_t pin_table_next_end(const PinTable *table)
{
	uint64_t end_us = UINT64_MAX;

	for (size_t i = 0; i < table->items->len; i++)
		end_us = MIN(end_us, pin_table_end(item_at(table, i)));
	return end_us;
}

bool pin_table_take(PinTable *table, const char *name, uint64_t token)
{
	PinItem *item = find(table, name);

	if (!item || item->state != PIN_UNUSED)
		return false;
	item->state = PIN_TAKEN;
	item->token = token;
	return true;
}

bool pin_table_bind(PinTable *table, const char *name, uint64_t token, const char *container)
{
	PinItem *item = find(table, name);

	if (!item || item->state != PIN_TAKEN || item->token != token)
		return false;
	if (*container)
		item->token = 0;
	item->state = *container ? PIN_BOUND : PIN_UNUSED;
	(void)g_strlcpy(item->container, container, sizeof item->container);
	return true;
}

/* One line a pin, all numbers decimal; the path is escaped, and may be empty, so it ends the line. */
char *pin_table_print(const PinTable *table, uint32_t flags)
{
	GString *out = g_string_new(HEAD);

	for (size_t i = 0; i < table->items->len; i++) {
		const PinItem *item = item_at(table, i);
		if ((item->flags & flags) != flags)
			continue;
		g_autofree char *origin = g_strescape(item->origin, NULL);
		g_string_append_printf(out,
			"%s %s %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %u %u %u %u %s\n", item->name,
			*item->container ? item->container : "-", item->serial, item->made_us, item->expires_us, item->device, item->inode,
			item->token, item->uid, item->map, item->flags, item->state, origin);
	}
	return g_string_free(out, FALSE);
}

static bool read_numbers(char **fields, PinItem *ret)
{
	uint64_t *const wide[] = { &ret->serial, &ret->made_us, &ret->expires_us, &ret->device, &ret->inode, &ret->token };
	uint32_t *const narrow[] = { &ret->uid, &ret->map, &ret->flags, &ret->state };
	guint64 number = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(wide); i++, fields++)
		if (!g_ascii_string_to_unsigned(*fields, DECIMAL, 0, UINT64_MAX, &number, NULL))
			return false;
		else
			*wide[i] = number;
	for (size_t i = 0; i < G_N_ELEMENTS(narrow); i++, fields++)
		if (!g_ascii_string_to_unsigned(*fields, DECIMAL, 0, UINT32_MAX, &number, NULL))
			return false;
		else
			*narrow[i] = (uint32_t)number;
	return ret->map < PIN_MAP_COUNT && ret->state < PIN_STATE_COUNT && pin_flags_valid(ret->flags, PIN_STORED_FLAGS) && ret->uid != 0 &&
	       ((ret->flags & PIN_KEEP) != 0) == (ret->expires_us == PIN_ENDLESS);
}

static bool read_line(const char *line, PinItem *ret)
{
	g_auto(GStrv) fields = g_strsplit(line, " ", FIELDS);

	*ret = (PinItem){ 0 };
	if (g_strv_length(fields) != FIELDS || !pin_is_hex(fields[0], PIN_NAME_LENGTH) || !read_numbers(fields + 2, ret))
		return false;
	if ((ret->state == PIN_BOUND) != (strcmp(fields[1], "-") != 0) ||
		(ret->state == PIN_BOUND && !pin_is_hex(fields[1], PIN_CONTAINER_LENGTH)))
		return false;
	g_autofree char *origin = g_strcompress(fields[FIELDS - 1]);
	(void)g_strlcpy(ret->name, fields[0], sizeof ret->name);
	(void)g_strlcpy(ret->container, ret->state == PIN_BOUND ? fields[1] : "", sizeof ret->container);
	return g_strlcpy(ret->origin, origin, sizeof ret->origin) < sizeof ret->origin;
}

static bool read_all(PinTable *table, const char *text)
{
	if (!g_str_has_prefix(text, HEAD) || !g_str_has_suffix(text, "\n"))
		return false;
	g_auto(GStrv) lines = g_strsplit(text + strlen(HEAD), "\n", -1);
	for (char **line = lines; *line && **line; line++) {
		PinItem item;
		if (!read_line(*line, &item) || item.serial <= table->serial || item.serial == UINT64_MAX || find(table, item.name) ||
			table->items->len == LIMIT_PINS)
			return false;
		table->serial = item.serial - 1;
		(void)pin_table_add(table, &item);
	}
	return true;
}

bool pin_table_read(PinTable *table, const char *text)
{
	if (read_all(table, text))
		return true;
	g_ptr_array_set_size(table->items, 0);
	return false;
}
