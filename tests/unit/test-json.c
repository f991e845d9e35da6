/* SPDX-License-Identifier: MIT
 *
 * The strict reader.  What Go takes was tried with encoding/json; the rows say where we refuse
 * because two readers could differ.
 */
#include <string.h>
#include "base/limits.h"
#include "request/json.h"

typedef struct Thing {
	bool flag, present;
	const char *text, *kind;
	int64_t number;
	StringList list, either;
	PairList map;
	size_t count;
	JsonBytes bytes;
} Thing;

static const JsonField fields[] = {
	JSON_FIELD("Flag", Thing, flag, json_bool),
	JSON_FIELD("Text", Thing, text, json_string),
	JSON_FIELD("KindOfSink", Thing, kind, json_string),
	JSON_FIELD("Number", Thing, number, json_int),
	JSON_FIELD("List", Thing, list, json_strings),
	JSON_FIELD("Either", Thing, either, json_string_or_strings),
	JSON_FIELD("Map", Thing, map, json_pairs),
	JSON_FIELD("Count", Thing, count, json_count),
	JSON_FIELD("Present", Thing, present, json_present),
	JSON_FIELD("Bytes", Thing, bytes, json_bytes),
	JSON_FIELD("low_case", Thing, kind, json_string),
};

static bool read_thing(const char *text, size_t length, Arena *arena, Thing *ret, const char **problem)
{
	/* An exact copy: the sanitizer sees a read behind the end. */
	g_autofree char *copy = g_memdup2(text, length ? length : 1);
	Json json = json_begin(copy, length, arena);

	*ret = (Thing){ .text = "", .kind = "" };
	bool good = json_object(&json, fields, G_N_ELEMENTS(fields), ret) && json_finish(&json);
	*problem = json.problem;
	g_assert_true(good == (json.problem == NULL));
	return good;
}

typedef struct Row {
	const char *name, *text, *problem; /* problem NULL: taken */
} Row;

static const Row rows[] = {
	{ "empty-object", "{}", NULL },
	{ "null", "null", NULL },
	{ "space", " \t\r\n{ \"Flag\" : true } \n", NULL },
	{ "unknown", "{\"Other\":[1,-2.5e+3,{\"a\":[null,true,false,\"x\"]}]}", NULL },
	{ "case", "{\"fLAG\":true}", NULL },
	{ "escaped-key", "{\"\\u0046lag\":true}", NULL },
	{ "astral", "{\"Text\":\"\\ud83d\\ude00\"}", NULL },
	{ "null-members", "{\"Flag\":null,\"Text\":null,\"Number\":null,\"List\":null,\"Either\":null,\"Map\":null,\"Count\":null,\"Present\":null}", NULL },
	{ "unknown-twice", "{\"Other\":1,\"Other\":2}", NULL },
	{ "name-almost", "{\"low_case\":\"a\",\"low\x7f""case\":\"b\"}", NULL },
	{ "name-twice", "{\"low_case\":\"a\",\"LOW_case\":\"b\"}", "is there twice" },
	{ "bytes-null", "{\"Bytes\":null}", NULL },
	{ "bytes-number", "{\"Bytes\":1}", "a string was expected" },

	{ "nothing", "", "an object was expected" },
	{ "blank", "  ", "an object was expected" },
	{ "array", "[]", "an object was expected" },
	{ "string", "\"x\"", "an object was expected" },
	{ "cut", "{\"Flag\":tr", "true or false" },
	{ "open", "{\"Flag\":true", "',' or '}'" },
	{ "colon", "{\"Flag\" true}", "':' was expected" },
	{ "comma", "{\"Flag\":true,}", "a string was expected" },
	{ "array-comma", "{\"List\":[\"a\",]}", "a string was expected" },
	{ "bare-key", "{Flag:true}", "a string was expected" },
	{ "comment", "{/*x*/\"Flag\":true}", "a string was expected" },
	{ "bom", "\xef\xbb\xbf{}", "an object was expected" },
	{ "trailing", "{} {}", "more text after" },
	{ "twice", "{\"Flag\":false,\"Flag\":true}", "\"Flag\" is there twice" },
	{ "twice-case", "{\"Flag\":false,\"flag\":true}", "\"Flag\" is there twice" },
	{ "twice-kelvin", "{\"KindOfSink\":\"a\",\"\xe2\x84\xaaindOfSink\":\"b\"}", "is there twice" },
	{ "twice-long-s", "{\"KindOfSink\":\"a\",\"KindOf\\u017fin\\u212a\":\"b\"}", "is there twice" },
	{ "map-twice", "{\"Map\":{\"a\":\"1\",\"a\":\"2\"}}", "the key \"a\" is there twice" },
	{ "map-escape-twice", "{\"Map\":{\"a\":\"1\",\"\\u0061\":\"2\"}}", "is there twice" },
	{ "bool-string", "{\"Flag\":\"true\"}", "true or false" },
	{ "bool-number", "{\"Flag\":1}", "true or false" },
	{ "bool-case", "{\"Flag\":True}", "true or false" },
	{ "string-number", "{\"Text\":1}", "a string was expected" },
	{ "string-list", "{\"Text\":[\"a\"]}", "a string was expected" },
	{ "list-string", "{\"List\":\"a\"}", "an array was expected" },
	{ "list-number", "{\"List\":[1]}", "a string was expected" },
	{ "map-list", "{\"Map\":[]}", "an object was expected" },
	{ "map-number", "{\"Map\":{\"a\":1}}", "a string was expected" },
	{ "either-object", "{\"Either\":{}}", "an array was expected" },
	{ "fraction", "{\"Number\":1.0}", "a whole number" },
	{ "exponent", "{\"Number\":1e9}", "a whole number" },
	{ "zero-first", "{\"Number\":01}", "a whole number" },
	{ "minus", "{\"Number\":-}", "a whole number" },
	{ "plus", "{\"Number\":+1}", "a whole number" },
	{ "hex", "{\"Number\":0x10}", "',' or '}'" },
	{ "range", "{\"Number\":9223372036854775808}", "out of range" },
	{ "long-number", "{\"Number\":1111111111111111111111111111111111111111}", "a whole number" },
	{ "number-string", "{\"Number\":\"1\"}", "a whole number" },
	{ "nan", "{\"Other\":NaN}", "a JSON value" },
	{ "dot", "{\"Other\":1.}", "a JSON value" },
	{ "exponent-open", "{\"Other\":1e}", "a JSON value" },
	{ "single-quotes", "{'Flag':true}", "a string was expected" },
	{ "nul-escape", "{\"Text\":\"a\\u0000b\"}", "a NUL character" },
	{ "nul-escape-unknown", "{\"Other\":\"a\\u0000b\"}", "a NUL character" },
	{ "utf8", "{\"Text\":\"\xff\"}", "bad UTF-8" },
	{ "utf8-overlong", "{\"Text\":\"\xc0\xaf\"}", "bad UTF-8" },
	{ "utf8-surrogate", "{\"Text\":\"\xed\xa0\x80\"}", "bad UTF-8" },
	{ "utf8-unknown", "{\"Other\":\"\xfe\"}", "bad UTF-8" },
	{ "utf8-key", "{\"\xfe\":1}", "bad UTF-8" },
	{ "lone-surrogate", "{\"Text\":\"\\ud800\"}", "surrogate" },
	{ "low-surrogate", "{\"Text\":\"\\udc00\"}", "surrogate" },
	{ "bad-pair", "{\"Text\":\"\\ud800\\u0041\"}", "surrogate" },
	{ "bad-escape", "{\"Text\":\"\\x41\"}", "an unknown escape" },
	{ "short-escape", "{\"Text\":\"\\u00\"}", "a bad \\u escape" },
	{ "control", "{\"Text\":\"a\nb\"}", "control character" },
	{ "open-string", "{\"Text\":\"abc", "without an end" },
	{ "open-escape", "{\"Text\":\"abc\\\"", "without an end" },
};

static void test_row(gconstpointer data)
{
	const Row *row = data;
	g_autoptr(Arena) arena = arena_new();
	const char *problem;
	Thing thing;

	bool good = read_thing(row->text, strlen(row->text), arena, &thing, &problem);
	if (!row->problem) {
		g_assert_cmpstr(problem, ==, NULL);
		g_assert_true(good);
		return;
	}
	g_assert_false(good);
	if (!strstr(problem, row->problem) || !strstr(problem, " at byte "))
		g_error("%s: '%s' does not say '%s'", row->name, problem, row->problem);
}

static void test_values(void)
{
	static const char text[] = "{\"flag\":true,\"Text\":\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00b\",\"number\":-9223372036854775808,"
		"\"List\":[\"a\",null,\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\"],\"Either\":\"one\",\"Map\":{\"k\":\"v\",\"n\":null},"
		"\"Count\":[{},{\"a\":1}],\"Present\":[],\"\\u212aINDOF\\u017fINK\":\"x\"}";
	g_autoptr(Arena) arena = arena_new();
	const char *problem;
	Thing thing;

	g_assert_true(read_thing(text, strlen(text), arena, &thing, &problem));
	g_assert_true(thing.flag && thing.present);
	g_assert_cmpstr(thing.text, ==, "a\"\\/\b\f\n\r\t\xc3\xa9\xf0\x9f\x98\x80" "b");
	g_assert_cmpstr(thing.kind, ==, "x");
	g_assert_true(thing.number == INT64_MIN);
	g_assert_cmpuint(thing.list.count, ==, 9);
	g_assert_cmpstr(thing.list.items[1], ==, "");
	g_assert_cmpstr(thing.list.items[8], ==, "i");
	g_assert_cmpuint(thing.either.count, ==, 1);
	g_assert_cmpstr(thing.either.items[0], ==, "one");
	g_assert_cmpuint(thing.map.count, ==, 2);
	g_assert_cmpstr(thing.map.items[0].value, ==, "v");
	g_assert_cmpuint(thing.count, ==, 2);
}

static void test_nul_bytes(void)
{
	static const struct { const char *text; size_t length; } inputs[] = {
		{ "{}\0", 3 }, { "\0{}", 3 }, { "{\"Text\":\"a\0b\"}", 14 }, { "{\"Flag\0\":true}", 14 },
	};
	g_autoptr(Arena) arena = arena_new();
	const char *problem;
	Thing thing;

	for (size_t i = 0; i < G_N_ELEMENTS(inputs); i++)
		g_assert_false(read_thing(inputs[i].text, inputs[i].length, arena, &thing, &problem));
}

static void test_depth(void)
{
	g_autoptr(Arena) arena = arena_new();
	const char *problem;
	Thing thing;

	for (unsigned extra = 0; extra < 2; extra++) {
		g_autoptr(GString) text = g_string_new("{\"Other\":");
		for (unsigned i = 0; i < LIMIT_JSON_DEPTH - 1 + extra; i++)
			g_string_append_c(text, '[');
		for (unsigned i = 0; i < LIMIT_JSON_DEPTH - 1 + extra; i++)
			g_string_append_c(text, ']');
		g_string_append_c(text, '}');
		g_assert_true(read_thing(text->str, text->len, arena, &thing, &problem) == !extra);
	}
	g_assert_nonnull(strstr(problem, "too many levels"));
}

static void test_counts(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autoptr(GString) list = g_string_new("{\"List\":[\"\"");
	g_autoptr(GString) members = g_string_new("{\"Map\":{\"\":\"\"");
	const char *problem;
	Thing thing;

	for (unsigned i = 0; i < LIMIT_JSON_ITEMS; i++)
		g_string_append(list, ",\"\"");
	g_string_append(list, "]}");
	g_assert_false(read_thing(list->str, list->len, arena, &thing, &problem));
	g_assert_nonnull(strstr(problem, "too many elements"));
	for (unsigned i = 0; i < LIMIT_JSON_MEMBERS; i++)
		g_string_append_printf(members, ",\"%u\":\"\"", i);
	g_string_append(members, "}}");
	g_assert_false(read_thing(members->str, members->len, arena, &thing, &problem));
	g_assert_nonnull(strstr(problem, "too many members"));
}

/* As Go's base64.StdEncoding takes it; a string needs no escapes for that, so none are taken. */
static const struct { const char *text, *bytes; } bytes_rows[] = {
	{ "", "" }, { "YQ==", "a" }, { "YWI=", "ab" }, { "YWJj", "abc" }, { "YWJjZA==", "abcd" }, { "+/+/", "\xfb\xff\xbf" },
	{ "Y", NULL }, { "YQ", NULL }, { "YQ=", NULL }, { "YQ===", NULL }, { "=", NULL }, { "==", NULL }, { "====", NULL }, { "A===", NULL }, { "YWJj=", NULL },
	{ "YQ==YQ==", NULL }, { "YW=j", NULL }, { "YWJ-", NULL }, { "YW Jj", NULL }, { "YWJj\n", NULL }, { "YWJj\\n", NULL }, { "\\u0059WJj", NULL },
	{ "YWJj\x80", NULL },
};

static void test_bytes(void)
{
	g_autoptr(Arena) arena = arena_new();
	const char *problem;
	Thing thing;

	for (size_t i = 0; i < G_N_ELEMENTS(bytes_rows); i++) {
		g_autofree char *text = g_strdup_printf("{\"Bytes\":\"%s\"}", bytes_rows[i].text);
		g_test_message("row %zu", i);
		g_assert_true(read_thing(text, strlen(text), arena, &thing, &problem) == (bytes_rows[i].bytes != NULL));
		if (bytes_rows[i].bytes)
			g_assert_cmpmem(thing.bytes.bytes, thing.bytes.length, bytes_rows[i].bytes, strlen(bytes_rows[i].bytes));
	}
}

/* A body cut at any byte is refused, whatever was cut. */
static void test_every_cut(void)
{
	static const char text[] = "{\"Flag\":true,\"Text\":\"\\u00e9x\",\"Number\":-12,\"Map\":{\"a\":\"b\"},\"Bytes\":\"YWJjYQ==\",\"Other\":[1.5e3,{}]}";
	g_autoptr(Arena) arena = arena_new();
	const char *problem;
	Thing thing;

	for (size_t length = 0; length < strlen(text); length++)
		g_assert_false(read_thing(text, length, arena, &thing, &problem));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strdup_printf("/json/row/%s", rows[i].name);
		g_test_add_data_func(path, &rows[i], test_row);
	}
	g_test_add_func("/json/values", test_values);
	g_test_add_func("/json/nul-bytes", test_nul_bytes);
	g_test_add_func("/json/depth", test_depth);
	g_test_add_func("/json/counts", test_counts);
	g_test_add_func("/json/bytes", test_bytes);
	g_test_add_func("/json/every-cut", test_every_cut);
	return g_test_run();
}
