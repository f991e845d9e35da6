/* SPDX-License-Identifier: MIT
 *
 * Values that stand beside the name of a secret and are not given to it, values of many signs, passwords of letters, tokens without a mark.
 */
#include "scan/secret/text/token-form.h"
#include "secret-fixture.h"

static const struct { const char *rule, *text, *path, *secret; } rows[] = {
	{ "password-beside", "if (password == \"q9-Kfz2\") {", "/app/x.js", "q9-Kfz2" },
	{ "password-beside", "if (cfg.dbPassword !== 'q9-Kfz2')", "/app/x.js", "q9-Kfz2" },
	{ "password-beside", "if (\"q9-Kfz2\" === my_password) {", "/app/x.js", "q9-Kfz2" },
	{ "password-beside", "if [ \"$PASSWORD\" = \"a\" ]; then", "/app/x.sh", NULL },
	{ "password-beside", "if \"q9-Kfz2\" != passwd:", "/app/x.py", "q9-Kfz2" },
	{ "password-beside", "return password.equals(\"q9-Kfz2\");", "/app/x.java", "q9-Kfz2" },
	{ "password-beside", "if (!strcmp(password, \"q9-Kfz2\"))", "/app/x.c", "q9-Kfz2" },
	{ "password-beside", "log(password, \"q9-Kfz2\")", "/app/x.c", NULL },
	{ "password-beside", "std::string password(\"q9!Kfz2x\");", "/app/x.cpp", "q9!Kfz2x" },
	{ "password-beside", "password.assign(\"q9!Kfz2x\", 8);", "/app/x.cpp", "q9!Kfz2x" },
	{ "password-beside", "password(\"q9-Kfz2\")", "/app/x.cpp", NULL },
	{ "password-beside", "password \"q9!Kfz2x\";", "/app/x.conf", "q9!Kfz2x" },
	{ "password-beside", "password \"q9!Kfz2x\";", "/app/x.css", NULL },
	{ "password-beside", "password == \"enter one\"", "/app/x.py", NULL },
	{ "password-beside", "password == password2", "/app/x.py", NULL },
	{ "password-beside", "\"q9-Kfz2\" == bypass", "/app/x.py", NULL },
	{ "password-beside", "\"q9-Kfz2\"\n == password", "/app/x.py", NULL },
	{ "password-beside", "q9-Kfz2\" == password", "/app/x.py", NULL },
	{ "password-beside", "if (password == \"q9-Kfz2", "/app/x.py", NULL },
	{ "key-beside", "if (api_key == \"q9Kfz2mW4xR7tB1v\")", "/app/x.py", "q9Kfz2mW4xR7tB1v" },
	{ "key-beside", "if (token.type == \"q9Kfz2mW4xR7tB1v\")", "/app/x.py", NULL },
	{ "key-beside", "{token.FLOAT, \"q9Kfz2mW4xR7tB1v+2\"}", "/app/x.go", NULL },
	{ "odd-key", "secret: \"mq)kz}w[efv>-_$#tko\"", "/app/x.java", "mq)kz}w[efv>-_$#tko" },
	{ "odd-key", "secret = \"([a-z]+)|(!?#[a-z@]*)\"", "/app/x.java", NULL },
	{ "odd-key", "secret = \"f(a[0], {b!: $c}, #d)\"", "/app/x.java", NULL },
	{ "odd-key", "token = \"<a href='#!$b'>c</a>\"", "/app/x.js", NULL },
	{ "odd-key", "secret = \"a!b#c\"", "/app/x.java", NULL },
	{ "plain-password", "POSTGRES_PASSWORD: kalmar", "/app/compose.yml", "kalmar" },
	{ "plain-password", "{\"dbPassword\": \"Kalmar\"}", "/app/x.json", "Kalmar" },
	{ "plain-password", "# password: should be long", "/app/x.yml", NULL },
	{ "plain-password", "password: required", "/app/x.yml", NULL },
	{ "plain-password", "PASS: kalmar", "/app/x.yml", NULL },
	{ "plain-password", "password = \"kalmar\"", "/app/x.py", NULL },
	{ "discord-bot-token-alone", "MTA0q9Kfz2mW4xR7tB1vq9Kf.Gq9Kfz.q9Kfz2mW4xR7tB1vq9Kfz2mW4xR", "/app/x.txt", "MTA0q9Kfz2mW4xR7tB1vq9Kf.Gq9Kfz.q9Kfz2mW4xR7tB1vq9Kfz2mW4xR" },
	{ "discord-bot-token-alone", "XTA0q9Kfz2mW4xR7tB1vq9Kf.Gq9Kfz.q9Kfz2mW4xR7tB1vq9Kfz2mW4xR", "/app/x.txt", NULL },
	{ "discord-bot-token-alone", "MTA0q9Kfz2mW4xR7tB1vq9Kf.Gq9K.z.q9Kfz2mW4xR7tB1vq9Kfz2mW4xR", "/app/x.txt", NULL },
	{ "discord-bot-token-alone", "Module_with_a_longer_name.get_it.another_name_that_is_longer", "/app/x.txt", NULL },
};

static void test_rows(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const Seen seen = look_for(rows[i].rule, rows[i].path, rows[i].text);
		if (!rows[i].secret == !seen.count && (!seen.count || !strcmp(seen.secret, rows[i].secret)))
			continue;
		g_test_message("%s: %s: %u, '%s'", rows[i].rule, rows[i].text, seen.count, seen.secret);
		g_test_fail();
	}
}

/* Guesses, and tokens of no mark: nothing of them holds up a push. */
static void test_severity(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		if (rows[i].secret)
			g_assert_cmpint(look_for(rows[i].rule, rows[i].path, rows[i].text).severity, <, SCAN_HIGH);
}

/* Every beginning and every end: nothing is read outside. */
static void test_cut(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		for (size_t length = 0; length <= strlen(rows[i].text); length++) {
			g_autofree char *begin = g_strndup(rows[i].text, length);
			(void)look_for(NULL, rows[i].path, begin);
			(void)look_for(NULL, rows[i].path, rows[i].text + length);
		}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/secret-beside/rows", test_rows);
	g_test_add_func("/secret-beside/severity", test_severity);
	g_test_add_func("/secret-beside/cut", test_cut);
	return g_test_run();
}
