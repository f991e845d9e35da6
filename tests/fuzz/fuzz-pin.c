/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "pin/keep.h"
#include "pin/message.h"
#include "pin/subid.h"
#include "pin/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A list that is read is written as it is read again. */
static void fuzz_table(const char *text)
{
	PinTable *table = pin_table_new(), *again = pin_table_new();

	if (pin_table_read(table, text)) {
		g_autofree char *printed = pin_table_print(table, 0);
		if (!pin_table_read(again, printed) || pin_table_count(again) != pin_table_count(table) || pin_table_count(table) > LIMIT_PINS)
			abort();
	} else if (pin_table_count(table)) {
		abort();
	}
	pin_table_free(again);
	pin_table_free(table);
}

static void fuzz_ranges(const uint8_t *data, size_t size)
{
	static const char accounts[] = "root:x:0:0::/:/bin/sh\nalice:x:1001:1001::/:/bin/sh\n";
	FILE *ranges = fmemopen((void *)(uintptr_t)data, size, "r"), *file = fmemopen((void *)(uintptr_t)accounts, sizeof accounts - 1, "r");
	uint32_t first = 0;

	if (ranges && file && subid_find(ranges, file, "alice", 1001, &first) == SUBID_FOUND && (first < 1002 || first > UINT32_MAX - LIMIT_PIN_RANGE))
		abort();
	if (ranges)
		(void)fclose(ranges);
	if (file)
		(void)fclose(file);
}

/* What the questions may say, to a helper without a place: nothing is found (a container has no pin to end), and nothing is read beyond it. */
static void fuzz_question(const uint8_t *data, size_t size)
{
	static PinAnswer answer;
	PinQuestion question = { 0 };
	PinKeeper keeper = { .table = pin_table_new(), .place = { -1, -1 }, .file = g_strdup("/nonexistent/table"), .kept_file = g_strdup("/nonexistent/kept") };

	memcpy(&question, data, MIN(size, sizeof question));
	memset(&answer, 0, sizeof answer);
	if (pin_question_valid(&question) && question.ask != PIN_MAKE) {
		pin_keeper_answer(&keeper, &question, &answer);
		if (answer.count || (question.ask != PIN_LIST && question.ask != PIN_END && answer.result == PIN_OK))
			abort();
	}
	pin_table_free(keeper.table);
	g_free(keeper.file);
	g_free(keeper.kept_file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);

	fuzz_table(text);
	if (size)
		fuzz_ranges(data, size);
	fuzz_question(data, size);
	return 0;
}
