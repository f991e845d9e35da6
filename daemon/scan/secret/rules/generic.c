/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <glib.h>
#include "scan/secret/text/assignment.h"
#include "scan/secret/rules/checksum.h"
#include "scan/secret/text/beside.h"
#include "scan/secret/rules/rules.h"
#include "scan/secret/text/value.h"

/* name:name@host; back from the sign between them, at most to the slashes that stand before the name. */
static bool is_users_name(Span secret)
{
	const char *sign = secret.at - 1;

	for (size_t i = 1; i <= secret.length; i++)
		if (sign[-(ptrdiff_t)i] == '/' || sign[-(ptrdiff_t)i] != secret.at[secret.length - i])
			return false;
	return sign[-(ptrdiff_t)secret.length - 1] == '/';
}

/* A password in an address stands in for one more often than anywhere else: user:pass@host. */
static RuleAnswer check_url_password(Span secret)
{
	static const char *const usual[] = { "pass", "pwd", "pw", "user", "xxx", "foo", "bar", "test", "guest" };

	if (value_stands_in(secret) || g_ascii_strncasecmp(secret.at, "pass", 4) == 0 || is_users_name(secret))
		return RULE_NO;
	for (size_t i = 0; i < G_N_ELEMENTS(usual); i++)
		if (secret.length <= 5 && !g_ascii_strncasecmp(secret.at, usual[i], MIN(secret.length, 3)))
			return RULE_NO;
	return RULE_YES;
}

/* curl -u user:password, as manuals write it. */
static RuleAnswer check_user_password(Span secret)
{
	static const char *const words[] = { "password", "passwd", "passphrase", "pass", "secret", "token", "apikey", "api_key", "api-key" };

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		if (secret.length == strlen(words[i]) && !g_ascii_strncasecmp(secret.at, words[i], secret.length))
			return RULE_NO;
	return value_stands_in(secret) ? RULE_NO : RULE_YES;
}

static RuleAnswer check_bearer(Span secret)
{
	return value_is_key(secret, (Span){ "", 0 }) ? RULE_YES : RULE_NO;
}

static RuleAnswer check_long_key(Span secret)
{
	return value_is_long_key(secret, (Span){ "api_key", strlen("api_key") }) ? RULE_YES : RULE_NO;
}

#define PASSWORD_NAMES "pass pwd psw kennwort contrasena senha motdepasse mot_de_passe"
#define KEY_NAMES                                                                                                          \
	"token secret apikey api_key api-key api.key accesskey access_key access-key access.key authkey auth_key auth-key auth.key privatekey private_key private-key private.key " \
	"encryptionkey encryption_key encryption-key encryption.key signingkey signing_key signing-key signing.key masterkey master_key master-key master.key " \
	"admin_key adminkey admin-key admin.key account_key accountkey account-key account.key credential"

static const SecretRule items[] = {
	{ .id = "url-password", .title = "Password in an address", .severity = SCAN_HIGH, .keywords = "://", .check = check_url_password,
	  .regex = "://[A-Za-z0-9._~%+-]{0,64}+:((?:[^\\s/:@\"'<>\\\\$%{}()\\[\\]*,;|`]|%[0-9A-Fa-f]{2}){4,100}+)@(?!example\\.|host\\b)[A-Za-z0-9\\[][A-Za-z0-9._-]++",
	  .yes = { "DATABASE_URL=postgres://app:<b12>@db.internal:5432/app", "amqp://:<x20>@queue1/", "mongodb+srv://app:<b6>%40<b6>@localhost/a" },
	  .no = { "https://user:password@host.net/", "http://[::1]:8080/", "postgres://postgres:postgres@localhost/a" } },
	{ .id = "login-call", .title = "Password in a call", .severity = SCAN_MEDIUM, .keywords = "login( networkcredential( directoryentry(", .check = check_filled_in,
	  .regex = "(?i:login|NetworkCredential|DirectoryEntry)\\(\\s*[brfu]?['\"][^'\"\\n]{3,80}['\"]\\s*,\\s*(?:[brfu]?['\"][^'\"\\n]{2,80}['\"]\\s*,\\s*)?[brfu]?['\"]([^'\"\\s]{6,100})['\"]\\s*[,)]",
	  .yes = { "conn.login('joe@a.net', '<b12>', done)" }, .no = { "conn.login('joe@a.net', password)" } },
	{ .id = "chpasswd", .title = "Password of an account set by a command", .severity = SCAN_HIGH, .keywords = "chpasswd", .check = check_filled_in,
	  .regex = "chpasswd[^\\n]{0,40}<<<\\s*['\"]?[\\w-]{1,32}:([^\\s'\"|$]{3,100})", .yes = { "chpasswd <<< 'root:<b12>'" }, .no = { "chpasswd <<< \"$USER:$PASS\"" } },
	{ .id = "chpasswd-echo", .title = "Password of an account set by a command", .severity = SCAN_HIGH, .keywords = "echo printf", .check = check_filled_in,
	  .regex = "(?:echo|printf)\\s+(?:-\\w+\\s+)?['\"]?[\\w-]{1,32}:([^\\s'\"|$:]{3,100})['\"]?\\s*\\|\\s*(?:sudo\\s+)?chpasswd", .yes = { "RUN echo 'root:<b12>' | chpasswd" },
	  .no = { "echo $USER:$PASS | chpasswd" } },
	{ .id = "command-password", .title = "Password in a command line", .severity = SCAN_HIGH, .keywords = "curl wget", .check = check_user_password,
	  .regex = "(?:curl|wget)\\s(?:(?:[^\\n|;\\\\]|\\\\\\n?){0,200}?\\s)?(?:-u|--user)[ =]{0,2}['\"]?[\\w.@-]{1,64}:['\"]?([^\\s'\"$<{]{4,100})", .yes = { "curl -s -u joe:<b12> https://a.net", "curl -u joe:<b12> https://a.net", "curl -k https://a.net \\\n  --user  joe:'<b12>'" },
	  .no = { "curl -u \"$USER:$PASS\" https://a.net", "curl https://a.net:8080/", "curl -u user:password https://a.net" } },
	{ .id = "authorization-header", .title = "Credentials in a header", .severity = SCAN_HIGH, .keywords = "authorization:", .check = check_basic,
	  .regex = "(?i:Authorization):\\s{0,4}(?i:Basic)\\s{1,4}([A-Za-z0-9+/]{8,400}={0,2})", .yes = { "curl -H 'Authorization: Basic am9lOmhlbGxvd29ybGQ5'" },
	  .no = { "Authorization: Basic aGVsbG8gd29ybGQ=" } },
	{ .id = "authorization-bearer", .title = "Token in a header", .severity = SCAN_MEDIUM, .keywords = "authorization", .check = check_bearer, .entropy = 3.0,
	  .regex = "(?i:Authorization)['\"]?\\s{0,4}[:=,]\\s{0,4}['\"]?(?i:Bearer|token)\\s{1,4}([\\w.~+/-]{14,2000}+=*)", .yes = { "curl -H 'Authorization: Bearer <b24>7'" },
	  .no = { "Authorization: Bearer $TOKEN", "\"Authorization\": \"Bearer your-token-goes-here\"" } },
	{ .id = "password-assignment", .title = "Password in a setting", .severity = SCAN_HIGH, .keywords = PASSWORD_NAMES, .find = assignment_password,
	  .yes = { "DB_PASSWORD=zq-<b10>9", "{\"userPassword\": \"Zq<b9>1!\"}", "<dbpass>Zq<b9>1!</dbpass>" },
	  .no = { "password = config.password", "bypass = \"aB3dE5gH7\"", "PASSWORD_FILE=/run/secrets/db1" } },
	{ .id = "key-assignment", .title = "Key or token in a setting", .severity = SCAN_HIGH, .find = assignment_key,
	  .keywords = KEY_NAMES,
	  .yes = { "api_key: <b32>9", "<add key=\"ClientSecret\" value=\"<b31>9\"/>", "svc --auth-token <b31>9" },
	  .no = { "token = \"aaaaaaaaaaaaaaaaaaaaaaaaa1\"", "csrf_token: $TOKEN", "secret: 2f1a4b6c-9d3e-4f50-8a7b-6c5d4e3f2a1b" } },
	{ .id = "plain-password", .title = "Password of letters alone in a setting", .severity = SCAN_LOW, .keywords = PASSWORD_NAMES, .find = assignment_plain_password,
	  .yes = { "POSTGRES_PASSWORD=<A9>", "ftpPass: <A9>" }, .no = { "password: required", "bypass: correctly", "password: ${POSTGRES}" } },
	{ .id = "password-beside", .title = "Password beside its name", .severity = SCAN_MEDIUM, .keywords = PASSWORD_NAMES, .find = beside_password,
	  .yes = { "if (user.password === '<b9>!7q') {", "if (\"<b9>!7q\" == passwd)", "std::string password(\"<b9>!7q\");" },
	  .no = { "if (password == \"required\")", "password(\"%s!1\")", "if (\"<b9>!7q\" == password_file)" } },
	{ .id = "key-beside", .title = "Key or token beside its name", .severity = SCAN_MEDIUM, .keywords = KEY_NAMES, .find = beside_key,
	  .yes = { "if (api_key != \"<b31>9\")", "if ('<x31>9' !== secret)", "token.assign(\"<b31>9\", 32);" },
	  .no = { "if (token == \"identifier\")", "if (token == config.token1)", "token('next-page-token-1')" } },
	{ .id = "odd-key", .title = "Key or token of many signs in a setting", .severity = SCAN_MEDIUM, .keywords = KEY_NAMES, .find = assignment_odd_key,
	  .yes = { "secret: \"<A5>)k!<A3>[m${e]<A4>\"", "apikey=<A4>#k!p@<A3>+x" }, .no = { "token: \"([A-Z]+)|(!?#[a-z@]*)\"", "secret = \"{{ a['b'] }}!@#\"" } },
	{ .id = "named-key", .title = "Key in a setting", .severity = SCAN_MEDIUM, .keywords = "key", .find = assignment_named_key,
	  .yes = { "licenseKey: <b32>9a", "SEGMENT_WRITE_KEY=<b32>9a", "app.integration-key=<x39>a" }, .no = { "public_key: <b40>9a", "sort_key = <b12>", "cacheKey: '<b32>9a'" } },
	{ .id = "address-key", .title = "Key in an address", .severity = SCAN_MEDIUM, .keywords = "?key= &key= ?apikey= &apikey=", .check = check_long_key,
	  .regex = "[?&](?i:api)?(?i:key)=([A-Za-z0-9_-]{20,64})(?![\\w%.-])", .yes = { "https://api.a.net/v1/list?key=<b31>9" }, .no = { "https://api.a.net/v1/list?key=<b9>", "https://a.net/?key=$KEY" } },
	{ .id = "short-key", .title = "Short key in a setting", .severity = SCAN_MEDIUM, .find = assignment_short_key,
	  .keywords = "secret apikey api_key api-key api.key auth_token authtoken auth-token access_token accesstoken", .yes = { "api_key: q7<b10>9", "CLIENT_SECRET=q7z<b8>9" },
	  .no = { "api_key: abcdefghijk", "secret_name: q7<b8>9", "api_key: <d12>" } },
};

const RuleTable rules_generic = { RULE_GENERIC, items, G_N_ELEMENTS(items) };
