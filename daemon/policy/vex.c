/* SPDX-License-Identifier: MIT */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <glib.h>
#include "base/limits.h"
#include "policy/vex-internal.h"
#include "request/list.h"

#define SHA256 "sha256:"

typedef struct Row {
	const char *vulnerability;
	VexStatement statement;
	VexProducts products;
	size_t place; /* in which order they came */
} Row;

struct VexTable {
	_Atomic unsigned users;
	Arena *arena;
	struct { Row *items; size_t count; } rows;
};

VexTable *vex_new(void)
{
	VexTable *table = g_new0(VexTable, 1);

	atomic_init(&table->users, 1);
	table->arena = arena_new();
	return table;
}

VexTable *vex_ref(const VexTable *table)
{
	VexTable *shared = (VexTable *)(uintptr_t)table; /* nobody but the counter changes */

	if (shared)
		atomic_fetch_add_explicit(&shared->users, 1, memory_order_relaxed);
	return shared;
}

void vex_unref(VexTable *table)
{
	if (!table || atomic_fetch_sub_explicit(&table->users, 1, memory_order_acq_rel) != 1)
		return;
	arena_free(table->arena);
	g_free(table);
}

Arena *vex_arena(VexTable *table)
{
	return table->arena;
}

size_t vex_count(const VexTable *table)
{
	size_t count = 0;

	for (size_t i = 0; i < table->rows.count; i++)
		count += *table->rows.items[i].vulnerability != 0; /* not what was dropped */
	return count;
}

static int compare_rows(const void *left, const void *right)
{
	const Row *a = left, *b = right;
	int order = g_ascii_strcasecmp(a->vulnerability, b->vulnerability);

	return order ? order : (a->place > b->place) - (a->place < b->place);
}

void vex_put(VexTable *table, const StringList *names, const VexStatement *statement, const VexProducts *products)
{
	for (size_t i = 0; i < names->count; i++) {
		const Row row = { names->items[i], *statement, *products, table->rows.count };
		LIST_APPEND(table->arena, &table->rows, row);
	}
}

/* A document counts whole or not at all. */
bool vex_add(VexTable *table, const char *file, const char *text, size_t length, const char **ret_problem)
{
	const size_t before = table->rows.count;
	Json json = json_begin(text, length, table->arena);
	bool good = vex_read(&json, table, arena_strdup(table->arena, file)) && json_finish(&json);

	*ret_problem = json.problem ? json.problem : "it is neither OpenVEX nor CycloneDX";
	if (good && table->rows.count > LIMIT_VEX_STATEMENTS) {
		*ret_problem = "there are too many statements";
		good = false;
	}
	/* The list's room is found by its count: what is dropped is put in again as nothing. */
	for (size_t i = before; !good && i < table->rows.count; i++)
		table->rows.items[i] = (Row){ .vulnerability = "", .place = i };
	return good;
}

void vex_end(VexTable *table)
{
	if (table->rows.count)
		qsort(table->rows.items, table->rows.count, sizeof *table->rows.items, compare_rows);
}

static const char *image_name(const ImageRef *image, Arena *arena)
{
	return arena_printf(arena, "%s/%s", image->registry, image->repository);
}

/* "index.docker.io/library/x" is docker.io/library/x. */
static const char *normal_repository(const char *url)
{
	static const char *const hubs[] = { "index.", "registry-1." };

	for (size_t i = 0; i < G_N_ELEMENTS(hubs); i++)
		if (g_str_has_prefix(url, hubs[i]) && g_str_has_prefix(url + strlen(hubs[i]), "docker.io/"))
			return url + strlen(hubs[i]);
	return url;
}

/* A digest says all; a name counts where the image certainly comes from there, and for any architecture. */
static bool is_image(const Purl *product, const VexCase *about, Arena *arena)
{
	const char *repository = normal_repository(purl_qualifier(product, "repository_url")), *tag = purl_qualifier(product, "tag");

	if (strcmp(product->type, "oci") != 0)
		return false;
	if (*product->version)
		return g_str_has_prefix(product->version, SHA256) && (!strcmp(product->version, about->digest) || !strcmp(product->version, about->image_id));
	if (!about->image || !*repository || *purl_qualifier(product, "arch") || *purl_qualifier(product, "os"))
		return false;
	return !strcmp(repository, image_name(about->image, arena)) && (!*tag || !strcmp(tag, about->image->tag));
}

static bool covers_text(const char *by, const Purl *one, Arena *arena)
{
	Purl package;

	return purl_parse(by, &package, arena) && purl_covers(&package, one);
}

static bool has_version(const VexProduct *product, const Purl *package)
{
	for (size_t i = 0; i < product->versions.count; i++)
		if (!strcmp(product->versions.items[i], package->version))
			return true;
	return !product->versions.count;
}

static bool is_product(const VexProduct *product, const VexCase *about, const Purl *package, Arena *arena)
{
	Purl named;

	if (!purl_parse(product->name, &named, arena))
		return false;
	if (!is_image(&named, about, arena))
		return package && !product->parts.count && purl_covers(&named, package) && has_version(product, package);
	for (size_t i = 0; package && i < product->parts.count; i++)
		if (covers_text(product->parts.items[i], package, arena))
			return true;
	return !product->parts.count && !product->versions.count;
}

static bool is_about(const Row *row, const VexCase *about, const Purl *package, Arena *arena)
{
	for (size_t i = 0; i < row->products.count; i++)
		if (is_product(&row->products.items[i], about, package, arena))
			return true;
	return false;
}

static size_t first_of(const VexTable *table, const char *vulnerability)
{
	size_t low = 0, high = table->rows.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (g_ascii_strcasecmp(table->rows.items[middle].vulnerability, vulnerability) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const VexStatement *vex_find(const VexTable *table, const VexCase *about, Arena *arena)
{
	const VexStatement *best = NULL;
	Purl package;
	bool known = purl_parse(about->purl, &package, arena);

	if (!table || !*about->vulnerability)
		return NULL;
	for (size_t i = first_of(table, about->vulnerability); i < table->rows.count; i++) {
		const Row *row = &table->rows.items[i];
		if (g_ascii_strcasecmp(row->vulnerability, about->vulnerability) != 0)
			break;
		if (!is_about(row, about, known ? &package : NULL, arena))
			continue;
		bool newer = !best || row->statement.time_us > best->time_us;
		if (newer || (row->statement.time_us == best->time_us && !row->statement.aside))
			best = &row->statement;
	}
	return best && best->aside ? best : NULL;
}
