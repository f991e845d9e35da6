/* SPDX-License-Identifier: MIT */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include "base/error.h"
#include "base/limits.h"
#include "policy/schema/field.h"
#include "request/list.h"
#include "scan/own-rules.h"
#include "scan/secret/text/engine.h"

#define ROOT "secret_rules"
#define LEAST_KEYWORD 3u
#define SHORTEST_ID 3u
#define LONGEST_ID 64u

typedef struct OwnRule {
	const YamlNode *node; /* where it stands */
	const char *id, *title, *regex, *kind;
	Severity severity;
	StringList keywords, finds, ignores;
} OwnRule;

typedef struct OwnRules {
	struct { OwnRule *items; size_t count; } rules;
} OwnRules;

static const ScanSeverity severities[SEVERITY_COUNT] = {
	[SEVERITY_LOW] = SCAN_LOW, [SEVERITY_MEDIUM] = SCAN_MEDIUM, [SEVERITY_HIGH] = SCAN_HIGH, [SEVERITY_CRITICAL] = SCAN_CRITICAL,
};

static void init_rule(void *element)
{
	*(OwnRule *)element = (OwnRule){ .id = "", .title = "", .regex = "", .kind = "token", .severity = SEVERITY_HIGH };
}

/* One capture group, the secret, and no more than a policy's expressions may have. */
static void check_regex(Loader *loader, const YamlNode *node, const KeyPath *path, const OwnRule *rule)
{
	PCRE2_SIZE offset = 0;
	uint32_t groups = 0;
	int problem = 0;

	if (strlen(rule->regex) > LIMIT_REGEX_BYTES) {
		field_error(loader, node, path, "the expression is longer than %u bytes", LIMIT_REGEX_BYTES);
		return;
	}
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)rule->regex, PCRE2_ZERO_TERMINATED, PCRE2_ANCHORED | PCRE2_NEVER_BACKSLASH_C, &problem, &offset, NULL);
	if (!code) {
		field_error(loader, node, path, "the expression is wrong at character %zu (pcre2 %d)", offset, problem);
		return;
	}
	(void)pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &groups);
	if (groups != 1)
		field_error(loader, node, path, "the expression needs one pair of capturing brackets, around the secret, and has %u", groups);
	pcre2_code_free(code);
}

static bool id_good(const char *id)
{
	const size_t length = strlen(id);

	return length >= SHORTEST_ID && length <= LONGEST_ID && strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

static bool id_known(const char *id)
{
	for (size_t t = 0; t < RULE_TABLES; t++)
		for (size_t i = 0; i < rule_tables[t]->count; i++)
			if (!strcmp(rule_tables[t]->items[i].id, id))
				return true;
	return false;
}

static void check_keywords(Loader *loader, const YamlNode *node, const KeyPath *path, const OwnRule *rule)
{
	for (size_t i = 0; i < rule->keywords.count; i++) {
		const char *word = rule->keywords.items[i];
		if (strlen(word) < LEAST_KEYWORD || strchr(word, ' ') || strlen(word) > LONGEST_ID)
			field_error(loader, node, path, "keyword \"%s\": it needs %u to %u characters, and no blank", word, LEAST_KEYWORD, LONGEST_ID);
	}
}

static void check_rule(Loader *loader, const YamlNode *node, const KeyPath *path, void *element)
{
	OwnRule *rule = element;

	rule->node = node;
	if (!id_good(rule->id))
		field_error(loader, node, path, "id: %u to %u of a to z, digits and - are needed", SHORTEST_ID, LONGEST_ID);
	else if (id_known(rule->id))
		field_error(loader, node, path, "id: the detector has a rule %s already", rule->id);
	if (!*rule->title || !*rule->regex || !rule->keywords.count || !rule->finds.count || !rule->ignores.count)
		field_error(loader, node, path, "title, keywords, regex, and examples to find and to ignore are needed");
	if (strcmp(rule->kind, "token") != 0 && strcmp(rule->kind, "setting") != 0)
		field_error(loader, node, path, "kind: token or setting");
	check_keywords(loader, node, path, rule);
	check_regex(loader, node, path, rule);
}

static const Field examples_fields[] = {
	{ "finds", field_words, offsetof(OwnRule, finds), NULL, STRICTER_SAME, NULL },
	{ "ignores", field_words, offsetof(OwnRule, ignores), NULL, STRICTER_SAME, NULL },
};
static const Section examples_section = { examples_fields, G_N_ELEMENTS(examples_fields), 0, NULL, NULL, NULL };

/* A group of the same element's keys. */
static FIELD_READER(read_examples)
{
	OwnRule *rule = (OwnRule *)(void *)((char *)target - field->offset);

	section_read(loader, node, path, &examples_section, rule);
}

static const Field rule_fields[] = {
	{ "id", field_text, offsetof(OwnRule, id), NULL, STRICTER_KEY, NULL },
	{ "title", field_text, offsetof(OwnRule, title), NULL, STRICTER_SILENT, NULL },
	{ "severity", field_severity, offsetof(OwnRule, severity), NULL, STRICTER_SAME, NULL },
	{ "kind", field_text, offsetof(OwnRule, kind), NULL, STRICTER_SAME, NULL },
	{ "keywords", field_words, offsetof(OwnRule, keywords), NULL, STRICTER_SAME, NULL },
	{ "regex", field_text, offsetof(OwnRule, regex), NULL, STRICTER_SAME, NULL },
	{ "examples", read_examples, offsetof(OwnRule, finds), NULL, STRICTER_SAME, NULL },
};
static const Section rule_section = { rule_fields, G_N_ELEMENTS(rule_fields), sizeof(OwnRule), init_rule, check_rule, NULL };
static const Field root_fields[] = { { ROOT, field_sections, offsetof(OwnRules, rules), &rule_section, STRICTER_SAME, NULL } };
static const Section root_section = { root_fields, G_N_ELEMENTS(root_fields), 0, NULL, NULL, NULL };

static const char *join(const StringList *words, Arena *arena)
{
	const char *text = "";

	for (size_t i = 0; i < words->count; i++) {
		g_autofree char *lower = g_ascii_strdown(words->items[i], -1);
		text = arena_printf(arena, "%s%s%s", text, i ? " " : "", lower);
	}
	return text;
}

static bool never(void *data)
{
	(void)data;
	return false;
}

static void count(const EngineMatch *match, void *data)
{
	(void)match;
	++*(unsigned *)data;
}

/* Does the rule, alone, say of each example what it must? */
static void try_examples(Loader *loader, const OwnRule *rule, const RuleTable *alone)
{
	const struct { const StringList *texts; bool found; } sides[] = { { &rule->finds, true }, { &rule->ignores, false } };
	unsigned seen = 0;
	g_autoptr(SecretEngine) engine = engine_new_alone(alone, (EngineCalls){ count, never, &seen });

	for (size_t s = 0; s < G_N_ELEMENTS(sides); s++)
		for (size_t i = 0; i < sides[s].texts->count; i++) {
			const char *text = sides[s].texts->items[i];
			const Piece piece = { .path = "/example", .place = { PLACE_ORDINARY, SYNTAX_CONFIG, false }, .text = text, .length = strlen(text), .to = strlen(text), .line = 1 };
			seen = 0;
			if (!engine_look(engine, &piece))
				field_error(loader, rule->node, NULL, "%s: the expression takes too many steps for an example", rule->id);
			else if ((seen > 0) != sides[s].found)
				field_error(loader, rule->node, NULL, "%s: example %zu of \"%s\" is %sfound", rule->id, i + 1, sides[s].found ? "finds" : "ignores", sides[s].found ? "not " : "");
		}
}

/* Tables have one kind each: settings stand behind tokens. */
static const RuleTable *make_tables(Loader *loader, const OwnRules *own, Arena *arena)
{
	static const char *const kinds[] = { "token", "setting" };
	RuleTable *tables = arena_alloc(arena, 3 * sizeof *tables);

	for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++) {
		SecretRule *items = arena_alloc(arena, (own->rules.count + 1) * sizeof *items);
		size_t used = 0;
		for (size_t i = 0; i < own->rules.count; i++) {
			const OwnRule *rule = &own->rules.items[i];
			if (strcmp(rule->kind, kinds[k]) != 0)
				continue;
			items[used] = (SecretRule){ .id = rule->id, .title = rule->title, .severity = severities[rule->severity], .keywords = join(&rule->keywords, arena), .regex = rule->regex };
			const RuleTable alone[] = { { k ? RULE_GENERIC : RULE_TOKEN, &items[used++], 1 }, { 0 } };
			try_examples(loader, rule, alone);
		}
		tables[k] = (RuleTable){ k ? RULE_GENERIC : RULE_TOKEN, items, used };
	}
	return tables;
}

const RuleTable *own_rules_parse(const char *file, const char *text, size_t length, Arena *arena, GPtrArray *diagnostics)
{
	Loader loader = { .file = file, .arena = arena, .diagnostics = diagnostics };
	OwnRules own = { 0 };
	const YamlNode *root = yaml_parse(file, text, length, arena, diagnostics);

	if (root)
		section_read(&loader, root, NULL, &root_section, &own);
	for (size_t i = 0; i < own.rules.count; i++)
		for (size_t j = 0; j < i; j++)
			if (own.rules.items[i].node && !strcmp(own.rules.items[i].id, own.rules.items[j].id))
				field_error(&loader, own.rules.items[i].node, NULL, "id: there are two rules %s", own.rules.items[i].id);
	if (own.rules.count > LIMIT_SECRET_OWN_RULES)
		field_error(&loader, own.rules.items[LIMIT_SECRET_OWN_RULES].node ? own.rules.items[LIMIT_SECRET_OWN_RULES].node : root, NULL, "there are more than %u rules", LIMIT_SECRET_OWN_RULES);
	if (diagnostics_have_error(diagnostics))
		return NULL;
	const RuleTable *tables = make_tables(&loader, &own, arena);
	return diagnostics_have_error(diagnostics) ? NULL : tables;
}

bool own_rules_meant(const char *text)
{
	return g_str_has_prefix(text, ROOT ":") || strstr(text, "\n" ROOT ":");
}

char *own_rules_text(const char *file, GError **error)
{
	static _Atomic bool seen; /* who takes it away must mean it */
	g_autoptr(GError) problem = NULL;
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *text = NULL;
	gsize length = 0;

	if (!g_file_get_contents(file, &text, &length, &problem)) {
		if (g_error_matches(problem, G_FILE_ERROR, G_FILE_ERROR_NOENT) && !atomic_load(&seen))
			return g_strdup("");
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "the rules for secrets of this host cannot be read: %s", problem->message);
		return NULL;
	}
	atomic_store(&seen, true);
	if (length > LIMIT_CONFIG_BYTES)
		diagnostics_add(diagnostics, DIAGNOSTIC_ERROR, file, 0, 0, "it is longer than %u bytes", LIMIT_CONFIG_BYTES);
	else
		(void)own_rules_parse(file, text, length, arena, diagnostics);
	if (!diagnostics_have_error(diagnostics))
		return g_steal_pointer(&text);
	g_autofree char *first = diagnostics_first_error(diagnostics);
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_INVALID, "the rules for secrets of this host are wrong: %s", first);
	return NULL;
}
