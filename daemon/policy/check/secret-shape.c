/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <glib.h>
#include "policy/check/secret-shape.h"

#define LONGEST_NAME 100u

/* Words that a name holds, and endings that say it only speaks of a secret. */
static const char *const words[] = {
	"PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN", "API_KEY", "APIKEY", "ACCESS_KEY", "ACCESSKEY", "PRIVATE_KEY", "PRIVATEKEY",
	"CREDENTIAL", "AUTH_KEY", "ENCRYPTION_KEY", "SIGNING_KEY", "MASTER_KEY", "CONNECTION_STRING",
};
static const char *const harmless_endings[] = {
	"_FILE", "_PATH", "_DIR", "_TTL", "_EXPIRY", "_EXPIRES", "_LIFETIME", "_LENGTH", "_SIZE", "_NAME", "_TYPE", "_ID", "_ALGORITHM", "_ENABLED",
	"_URL", "_URI", "_HOST", "_HEADER", "_POLICY",
};

/* One of these is in each of the words: most names have none. */
static const char *const stems[] = { "PASS", "SECRET", "TOKEN", "KEY", "CREDENTIAL", "CONNECTION" };

/* Public token forms: how they begin and how much must follow. */
static const struct { const char *prefix; size_t least; } tokens[] = {
	{ "AKIA", 16 }, { "ASIA", 16 }, { "ghp_", 36 }, { "gho_", 36 }, { "ghu_", 36 }, { "ghs_", 36 }, { "ghr_", 36 }, { "github_pat_", 22 },
	{ "glpat-", 20 }, { "xoxb-", 20 }, { "xoxp-", 20 }, { "xapp-", 20 }, { "sk_live_", 16 }, { "rk_live_", 16 }, { "AIza", 35 }, { "npm_", 36 },
	{ "dckr_pat_", 20 }, { "pypi-", 50 }, { "SG.", 40 },
};

static bool has_any(const char *name, const char *const *parts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strstr(name, parts[i]))
			return true;
	return false;
}

static bool name_speaks(const char *name)
{
	char upper[LONGEST_NAME + 1];
	size_t length = 0;

	for (; name[length] && length < LONGEST_NAME; length++)
		upper[length] = g_ascii_toupper(name[length]);
	upper[length] = 0;
	if (!has_any(upper, stems, G_N_ELEMENTS(stems)))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(harmless_endings); i++)
		if (g_str_has_suffix(upper, harmless_endings[i]))
			return false;
	if (has_any(upper, words, G_N_ELEMENTS(words)))
		return true;
	return g_str_has_suffix(upper, "_PASS") || !strcmp(upper, "PASS");
}

static bool value_is_plain(const char *value)
{
	return strspn(value, "0123456789.") == strlen(value) || !g_ascii_strcasecmp(value, "true") || !g_ascii_strcasecmp(value, "false") ||
	       !g_ascii_strcasecmp(value, "yes") || !g_ascii_strcasecmp(value, "no") || *value == '/';
}

static bool token_at(const char *value)
{
	for (size_t i = 0; i < G_N_ELEMENTS(tokens); i++) {
		if (*value != *tokens[i].prefix)
			continue;
		size_t length = strlen(tokens[i].prefix), run = 0;
		if (strncmp(value, tokens[i].prefix, length) != 0)
			continue;
		while (g_ascii_isalnum(value[length + run]) || (value[length + run] && strchr("_-.", value[length + run])))
			run++;
		if (run >= tokens[i].least)
			return true;
	}
	return false;
}

/* scheme://user:password@host */
static bool url_has_password(const char *value)
{
	const char *scheme = strstr(value, "://"), *user = scheme ? scheme + 3 : NULL;

	if (!user)
		return false;
	size_t user_length = strcspn(user, ":@/?#");
	if (user[user_length] != ':')
		return false;
	const char *password = user + user_length + 1;
	size_t length = strcspn(password, "@/?#");
	return length > 0 && password[length] == '@';
}

/* Three base64url parts, the first of which opens a JSON object. */
static bool web_token(const char *value)
{
	const char *dot = strchr(value, '.');

	return !strncmp(value, "eyJ", 3) && dot && !strncmp(dot + 1, "eyJ", 3) && strchr(dot + 1, '.');
}

static bool private_key(const char *value)
{
	const char *begin = strstr(value, "-----BEGIN ");

	return begin && strstr(begin, "PRIVATE KEY");
}

bool secret_shaped(const char *name, const char *value)
{
	return token_at(value) || web_token(value) || private_key(value) || url_has_password(value) || (!value_is_plain(value) && name_speaks(name));
}
