/* SPDX-License-Identifier: MIT
 *
 * Which variables of a container's environment are taken for secrets: by their names, and by what they hold.
 */
#include <string.h>
#include <glib.h>
#include "policy/check/secret-shape.h"

static void test_names(void)
{
	static const char *const words[] = {
		"PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN", "API_KEY", "APIKEY", "ACCESS_KEY", "ACCESSKEY", "PRIVATE_KEY", "PRIVATEKEY", "CREDENTIAL",
		"AUTH_KEY", "ENCRYPTION_KEY", "SIGNING_KEY", "MASTER_KEY", "CONNECTION_STRING",
	};
	static const char *const endings[] = {
		"_FILE", "_PATH", "_DIR", "_TTL", "_EXPIRY", "_EXPIRES", "_LIFETIME", "_LENGTH", "_SIZE", "_NAME", "_TYPE", "_ID", "_ALGORITHM", "_ENABLED", "_URL", "_URI",
		"_HOST", "_HEADER", "_POLICY",
	};
	static const struct { const char *name; bool secret; } rows[] = {
		{ "PASS", true }, { "DB_PASS", true }, { "db_pass", true }, { "BYPASS", false }, { "PASSENGER", false }, { "COMPASS_HOME", false }, { "PATH", false }, { "KEY", false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		g_autofree char *within = g_strdup_printf("my_%s_2", words[i]), *lower = g_ascii_strdown(words[i], -1);
		g_test_message("%s", words[i]);
		g_assert_true(secret_shaped(within, "hunter2") && secret_shaped(lower, "hunter2"));
	}
	for (size_t i = 0; i < G_N_ELEMENTS(endings); i++) {
		g_autofree char *name = g_strconcat("PASSWORD", endings[i], NULL), *longer = g_strconcat(name, "S", NULL);
		g_test_message("%s", name);
		g_assert_true(!secret_shaped(name, "hunter2") && secret_shaped(longer, "hunter2"));
	}
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		if (secret_shaped(rows[i].name, "hunter2") != rows[i].secret)
			g_error("%s", rows[i].name);
}

/* A token is one with so many letters behind its beginning, and none with one less. */
static void test_tokens(void)
{
	static const struct { const char *prefix; size_t least; } tokens[] = {
		{ "AKIA", 16 },   { "ASIA", 16 },   { "ghp_", 36 },     { "gho_", 36 },     { "ghu_", 36 }, { "ghs_", 36 }, { "ghr_", 36 },      { "github_pat_", 22 }, { "glpat-", 20 }, { "xoxb-", 20 },
		{ "xoxp-", 20 },  { "xapp-", 20 },  { "sk_live_", 16 }, { "rk_live_", 16 }, { "AIza", 35 }, { "npm_", 36 }, { "dckr_pat_", 20 }, { "pypi-", 50 },       { "SG.", 40 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(tokens); i++) {
		g_autofree char *rest = g_strnfill(tokens[i].least, 'a'), *enough = g_strconcat(tokens[i].prefix, rest, NULL), *less = g_strndup(enough, strlen(enough) - 1);
		g_autofree char *broken = g_strconcat(less, " a", NULL), *other = g_strconcat("x", enough, NULL);
		g_test_message("%s", enough);
		g_assert_true(secret_shaped("X", enough) && !secret_shaped("X", less) && !secret_shaped("X", broken) && !secret_shaped("X", other));
	}
}

static void test_values(void)
{
	static const struct { const char *name, *value; bool secret; } rows[] = {
		{ "PASSWORD", "0.5", false },
		{ "PASSWORD", "true", false },
		{ "PASSWORD", "FALSE", false },
		{ "PASSWORD", "Yes", false },
		{ "PASSWORD", "no", false },
		{ "PASSWORD", "/run/secrets/p", false },
		{ "PASSWORD", "", false },
		{ "PASSWORD", "1a", true },
		{ "PASSWORD", "nothing", true },
		{ "X", "postgres://user:word@host/db", true },
		{ "X", "postgres://:word@host/db", true },
		{ "X", "postgres://user:@host/db", false },
		{ "X", "postgres://user@host:5432/db", false },
		{ "X", "http://host:80/a@b", false },
		{ "X", "http://host/a:b@c", false },
		{ "X", "user:word@host", false },
		{ "X", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", true },
		{ "X", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0", false },
		{ "X", "eyJhbGciOiJIUzI1NiJ9.c3ViMQ.c2ln", false },
		{ "X", "c3ViMQ.eyJzdWIiOiIxIn0.c2ln", false },
		{ "X", "-----BEGIN EC PRIVATE KEY-----\n", true },
		{ "X", "-----BEGIN PUBLIC KEY-----\n", false },
		{ "X", "PRIVATE KEY", false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		if (secret_shaped(rows[i].name, rows[i].value) != rows[i].secret)
			g_error("%s=%s is taken for %s", rows[i].name, rows[i].value, rows[i].secret ? "none" : "a secret");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/secret-shape/names", test_names);
	g_test_add_func("/secret-shape/tokens", test_tokens);
	g_test_add_func("/secret-shape/values", test_values);
	return g_test_run();
}
