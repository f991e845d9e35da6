/* SPDX-License-Identifier: MIT */
#include "base/limits.h"
#include "scan/redactor.h"
#include "scan/secret/text/engine.h"

struct TextRedactor {
	Redactor redactor;
	SecretEngine *engine;
	const char *text;
	RedactorFound found;
	void *data;
};

static void pass_on(const EngineMatch *match, void *data)
{
	const TextRedactor *redactor = data;

	redactor->found(redactor->data, (size_t)(match->secret.at - redactor->text), match->secret.length);
}

static bool never(void *data)
{
	(void)data;
	return false;
}

/* A line of settings, as of no file in particular: a value needs no quotes. */
static bool find(void *data, const char *text, size_t length, RedactorFound found, void *found_data)
{
	TextRedactor *redactor = data;
	const Piece piece = { .path = "", .place = { PLACE_ORDINARY, SYNTAX_CONFIG }, .text = text, .length = length, .to = length };

	if (length > LIMIT_RECORD_LOOKED)
		return false;
	redactor->text = text;
	redactor->found = found;
	redactor->data = found_data;
	return engine_look(redactor->engine, &piece);
}

TextRedactor *text_redactor_new(void)
{
	TextRedactor *redactor = g_new0(TextRedactor, 1);

	redactor->redactor = (Redactor){ redactor, find };
	redactor->engine = engine_new(NULL, (EngineCalls){ pass_on, never, redactor });
	return redactor;
}

void text_redactor_free(TextRedactor *redactor)
{
	if (!redactor)
		return;
	engine_free(redactor->engine);
	g_free(redactor);
}

const Redactor *text_redactor_get(TextRedactor *redactor)
{
	return &redactor->redactor;
}
