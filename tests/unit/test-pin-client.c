/* SPDX-License-Identifier: MIT
 *
 * Answers of the helper that makes pins: whole ones are taken, others are none.  The socket is played by this file.
 */
#include <string.h>
#include <glib.h>
#include "base/packet.h"
#include "base/pin-client.h"

static struct {
	PinAnswer answer;
	size_t length;
	const char *socket;
	uint32_t numbers[2];
	unsigned asked;
} helper;

PacketClient *packet_client_new(const char *socket)
{
	helper.socket = socket;
	return (PacketClient *)&helper;
}

void packet_client_free(PacketClient *client)
{
	g_assert_true(client == (PacketClient *)&helper);
}

bool packet_client_ask(PacketClient *client, const PacketQuestion *question)
{
	const PinQuestion *sent = question->bytes;
	uint32_t number = 0;

	g_assert_true(client == (PacketClient *)&helper);
	g_assert_cmpuint(question->length, ==, sizeof *sent);
	g_assert_cmpuint(sent->number, ==, question->number);
	g_assert_cmpint(question->descriptor, ==, 7);
	g_assert_cmpuint(question->patience_ms, ==, 1234);
	g_assert_cmpuint(question->size, ==, sizeof helper.answer);
	helper.numbers[helper.asked++ % 2] = question->number;
	memcpy(question->answer, &helper.answer, sizeof helper.answer);
	return question->whole(question->answer, helper.length, &number) && number == 99;
}

static void fill(char *text, size_t size)
{
	memset(text, 'x', size);
}

typedef enum Flaw { FLAW_NONE, FLAW_TEXT, FLAW_NAME, FLAW_CONTAINER, FLAW_ORIGIN, FLAW_LAST_NAME } Flaw;

static void spoil(Flaw flaw)
{
	PinItem *first = &helper.answer.items[0], *second = &helper.answer.items[1];

	if (flaw == FLAW_TEXT)
		fill(helper.answer.text, sizeof helper.answer.text);
	else if (flaw == FLAW_NAME)
		fill(first->name, sizeof first->name);
	else if (flaw == FLAW_CONTAINER)
		fill(first->container, sizeof first->container);
	else if (flaw == FLAW_ORIGIN)
		fill(first->origin, sizeof first->origin);
	else if (flaw == FLAW_LAST_NAME)
		fill(second->name, sizeof second->name);
}

static void test_whole(void)
{
	static const struct { uint32_t result, count; int more; Flaw flaw; bool good; } rows[] = {
		{ PIN_OK, 0, 0, FLAW_NONE, true }, { PIN_OK, 2, 0, FLAW_NONE, true }, { PIN_OK, LIMIT_PIN_ITEMS, 0, FLAW_NONE, true }, { PIN_RESULT_COUNT - 1, 0, 0, FLAW_NONE, true },
		{ PIN_RESULT_COUNT, 0, 0, FLAW_NONE, false }, { PIN_OK, LIMIT_PIN_ITEMS + 1, 0, FLAW_NONE, false }, { PIN_OK, 0, -1, FLAW_NONE, false }, { PIN_OK, 0, 1, FLAW_NONE, false },
		{ PIN_OK, 2, -1, FLAW_NONE, false }, { PIN_OK, 2, (int)sizeof(PinItem), FLAW_NONE, false }, { PIN_OK, 0, -(int)offsetof(PinAnswer, items), FLAW_NONE, false },
		{ PIN_OK, 2, 0, FLAW_TEXT, false }, { PIN_OK, 2, 0, FLAW_NAME, false }, { PIN_OK, 2, 0, FLAW_CONTAINER, false }, { PIN_OK, 2, 0, FLAW_ORIGIN, false },
		{ PIN_OK, 2, 0, FLAW_LAST_NAME, false }, { PIN_OK, 1, 0, FLAW_LAST_NAME, true },
	};
	const PinQuestion question = { .ask = PIN_LIST };
	PinClient *client = pin_client_new("/helper");
	const PinAnswer *answer;

	g_assert_cmpstr(helper.socket, ==, "/helper");
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		memset(&helper.answer, 0, sizeof helper.answer);
		helper.answer.number = 99;
		helper.answer.result = rows[i].result;
		helper.answer.count = rows[i].count;
		helper.length = (size_t)((ssize_t)pin_answer_size(&helper.answer) + rows[i].more);
		spoil(rows[i].flaw);
		g_test_message("%zu", i);
		g_assert_true(pin_client_ask(client, &question, 7, 1234, &answer) == rows[i].good);
		g_assert_cmpuint(answer->count, ==, rows[i].count);
	}
	g_assert_cmpuint(helper.numbers[0], !=, helper.numbers[1]); /* a late answer is another question's */
	pin_client_free(client);
	pin_client_free(NULL);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/pin-client/whole", test_whole);
	return g_test_run();
}
