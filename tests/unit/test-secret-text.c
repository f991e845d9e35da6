/* SPDX-License-Identifier: MIT
 *
 * The parts under the rules: keywords, values, assignments, places, checksums.
 */
#include "scan/secret/text/assignment.h"
#include "scan/secret/text/beside.h"
#include "scan/secret/text/content.h"
#include "scan/secret/text/keywords.h"
#include "scan/secret/severity.h"
#include "scan/secret/text/value.h"
#include "secret-fixture.h"

#define MOST 64u

typedef struct Hits {
	struct { uint32_t value; size_t end; } items[MOST];
	size_t count, enough;
} Hits;

static bool hit(uint32_t value, size_t end, size_t length, void *data)
{
	Hits *hits = data;

	g_assert_cmpuint(length, <=, end);
	g_assert_cmpuint(hits->count, <, MOST);
	hits->items[hits->count].value = value;
	hits->items[hits->count++].end = end;
	return hits->count < hits->enough;
}

static bool has(const Hits *hits, uint32_t value, size_t end)
{
	for (size_t i = 0; i < hits->count; i++)
		if (hits->items[i].value == value && hits->items[i].end == end)
			return true;
	return false;
}

/* Against a search for each word alone, in random texts of few letters. */
static void test_keywords(void)
{
	static const char *const words[] = { "a", "ab", "bab", "abcab", "b-c", "cab", "ab", "cccc" };
	g_autoptr(GRand) chance = g_rand_new_with_seed(1);

	for (unsigned round = 0; round < 2000; round++) {
		g_autoptr(Arena) arena = arena_new();
		Keywords *keywords = keywords_new(arena);
		char text[24];
		size_t count = 0;
		for (size_t i = 0; i < sizeof text; i++)
			text[i] = "abcABC-"[g_rand_int_range(chance, 0, 7)];
		for (uint32_t i = 0; i < G_N_ELEMENTS(words); i++)
			keywords_add(keywords, words[i], i);
		keywords_finish(keywords);
		Hits hits = { .enough = MOST };
		keywords_find(keywords, text, sizeof text, hit, &hits);
		for (uint32_t i = 0; i < G_N_ELEMENTS(words); i++)
			for (size_t end = strlen(words[i]); end <= sizeof text; end++)
				if (!g_ascii_strncasecmp(text + end - strlen(words[i]), words[i], strlen(words[i]))) {
					g_assert_true(has(&hits, i, end));
					count++;
				}
		g_assert_cmpuint(hits.count, ==, count);
	}
}

static void test_keywords_enough(void)
{
	g_autoptr(Arena) arena = arena_new();
	Keywords *keywords = keywords_new(arena);
	Hits hits = { .enough = 2 };

	keywords_add(keywords, "x", 7);
	keywords_finish(keywords);
	keywords_find(keywords, "xxxx", 4, hit, &hits);
	g_assert_cmpuint(hits.count, ==, 2);
}

/* text, path, the value that is found or NULL */
static const struct { const char *text, *path, *secret; } assignments[] = {
	{ "DB_PASSWORD=q9-Kfz2", "/app/x.conf", "q9-Kfz2" },
	{ "DB_PASSWORD ::= \"q9-Kfz2\"", "/app/x.mk", "q9-Kfz2" },
	{ "DB_PASSWORD :::= \"q9-Kfz2\"", "/app/x.mk", "q9-Kfz2" },
	{ "$password .= \"q9-Kfz2\";", "/app/x.php", "q9-Kfz2" },
	{ "password += 'q9-Kfz2'", "/app/x.py", "q9-Kfz2" },
	{ "var password string = \"q9-Kfz2\"", "/app/notes.conf", "q9-Kfz2" },
	{ "set(\"db.password\", \"q9-Kfz2\")", "/app/x.conf", "q9-Kfz2" },
	{ "set(\"db.password\", q9-Kfz2)", "/app/x.conf", NULL },
	{ "[\"password\", \"q9-Kfz2\"]", "/app/x.json", NULL },
	{ "password - 'q9-Kfz2'", "/app/notes.txt", "q9-Kfz2" },
	{ "password - q9-Kfz2", "/app/notes.txt", NULL },
	{ "x = password - 'q9-Kfz2'", "/app/x.py", NULL },
	{ "password: \"Bearer q9-Kfz2\"", "/app/x.yml", "q9-Kfz2" },
	{ "password: \" q9-Kfz2 \"", "/app/x.yml", "q9-Kfz2" },
	{ "export DB_PASSWORD='q9 Kfz2'", "/app/x.sh", NULL },
	{ "export DB_PASSWORD=\"q9-Kfz2\";", "/app/x.sh", "q9-Kfz2" },
	{ "password: q9-Kfz2 # why", "/app/x.yml", "q9-Kfz2" },
	{ "\"db_password\" : \"q9-Kfz2\",", "/app/x.json", "q9-Kfz2" },
	{ "'password' => 'q9-Kfz2',", "/app/x.php", "q9-Kfz2" },
	{ "define('DB_PASSWORD', 'q9-Kfz2');", "/app/x.php", "q9-Kfz2" },
	{ "$cfg['password'] = 'q9-Kfz2';", "/app/x.php", "q9-Kfz2" },
	{ "<password>q9-Kfz2</password>", "/app/x.xml", "q9-Kfz2" },
	{ "<add key=\"Password\" value=\"q9-Kfz2\"/>", "/app/x.config", "q9-Kfz2" },
	{ "run --password q9-Kfz2", "image-metadata:cmd", "q9-Kfz2" },
	{ "Server=a;Password=q9-Kfz2;Database=b", "/app/x.conf", "q9-Kfz2" },
	{ "password: str = \"q9-Kfz2\"", "/app/x.py", "q9-Kfz2" },
	{ "password := \"q9-Kfz2\"", "/app/x.go", "q9-Kfz2" },
	{ "\\\"password\\\": \\\"q9-Kfz2\\\"", "/app/x.json", "q9-Kfz2" },
	{ "MLAB_PASS='q9-Kfz2'", "/root/.bashrc", "q9-Kfz2" },
	{ "dbpass = \"q9-Kfz2\"", "/app/x.py", "q9-Kfz2" },
	{ "ADMIN_PWD=q9-Kfz2", "/root/.profile", "q9-Kfz2" },
	{ "password = q9-K/fz2", "/app/x.conf", "q9-K/fz2" },
	/* all signs, in quotes */
	{ "password: \"q9(Kf[z2\"", "/app/x.yml", "q9(Kf[z2" },
	{ "\"password\": \"{q9<Kfz2>,|\"", "/app/x.json", "{q9<Kfz2>,|" },
	{ "password = '$q9&Kfz2!'", "/app/x.ini", "$q9&Kfz2!" },
	{ "password = '/q9~Kfz2*'", "/app/x.py", "/q9~Kfz2*" },
	{ "password = \"%Kfz:2)\"", "/app/x.py", "%Kfz:2)" },
	{ "<password>q9*K->fz2</password>", "/app/x.xml", "q9*K->fz2" },
	{ "DB_PASSWORD=q9(Kfz[2", "/app/x.conf", "q9(Kfz[2" },
	{ "DB_PASSWORD=@q9%Kfz2", "/app/x.conf", "@q9%Kfz2" },
	{ "DB_PASSWORD=q9}Kf)z]2>x", "/app/x.conf", "q9}Kf)z]2>x" },
	{ "{a: {password: q9-Kfz2}}", "/app/x.yml", "q9-Kfz2" },
	{ "(host=a, password=q9-Kfz2) and more", "/app/x.conf", "q9-Kfz2" },
	{ "password = \"q9%dKfz2\"", "/app/x.py", "q9%dKfz2" },
	/* brackets that are no expression's */
	{ "password = \"q9{{K)f[z2}}\"", "/app/x.conf", "q9{{K)f[z2}}" },
	{ "password = \"q9${K]fz2\"", "/app/x.conf", "q9${K]fz2" },
	{ "password = \"q9${Kfz2\"", "/app/x.conf", NULL },
	{ "password = \"q9{{ K.f('z2')[0] }}\"", "/app/x.conf", NULL },
	{ "password = \"q9$(cat K[2])\"", "/app/x.conf", NULL },
	{ "password = \"q9-Kfz2 }}\"", "/app/x.conf", NULL },
	{ "password = \"%d-q9%s\"", "/app/x.py", NULL },
	/* other tools' comments that ask to leave a line alone */
	{ "DB_PASSWORD=q9-Kfz2 # gitleaks:allow", "/app/x.env", "q9-Kfz2" },
	{ "password = \"q9-Kfz2\"  # pragma: allowlist secret", "/app/x.py", "q9-Kfz2" },
	{ "password = \"q9-Kfz2\"  # trufflehog:ignore nosec", "/app/x.py", "q9-Kfz2" },
	/* name and value apart */
	{ "env:\n  - name: DB_PASSWORD\n    value: q9-Kfz2\n", "/app/x.yml", "q9-Kfz2" },
	{ "{\"name\": \"DB_PASSWORD\", \"value\": \"q9-Kfz2\"}", "/app/x.json", "q9-Kfz2" },
	{ "{\n  \"key\": \"password\",\n  \"value\": \"q9-Kfz2\",\n  \"type\": \"string\"\n}", "/app/x.json", "q9-Kfz2" },
	{ "variable \"db_password\" {\n  type    = string\n  default = \"q9-Kfz2\"\n}", "/app/x.tf", "q9-Kfz2" },
	{ "<property>\n<name>db.password</name>\n<value>q9-Kfz2</value>\n</property>", "/app/x.xml", "q9-Kfz2" },
	{ "- name: DB_PASSWORD\n  valueFrom: {secretKeyRef: {key: q9-Kfz2}}\n- name: A\n  value: q9-Kfz2\n", "/app/x.yml", NULL },
	{ "{\"name\": \"DB_PASSWORD\"}, {\"name\": \"A\", \"value\": \"q9-Kfz2\"}", "/app/x.json", NULL },
	{ "title: password\nvalue: q9-Kfz2\n", "/app/x.yml", NULL },
	/* types, lines, escapes */
	{ "var dbPassword string = \"q9-Kfz2\"", "/app/x.go", "q9-Kfz2" },
	{ "char password[] = \"q9-Kfz2\";", "/app/x.c", "q9-Kfz2" },
	{ "var password []byte = \"q9-Kfz2\"", "/app/x.go", "q9-Kfz2" },
	{ "static char password[32] = \"q9-Kfz2\";", "/app/x.c", "q9-Kfz2" },
	{ "Const Password As String = \"q9-Kfz2\"", "/app/x.vb", "q9-Kfz2" },
	{ "Admin_Passwort: q9-Kfz2", "/app/x.yml", "q9-Kfz2" },
	{ "contrasena = q9-Kfz2", "/app/x.ini", "q9-Kfz2" },
	{ "resenhado: q9-Kfz2", "/app/x.yml", NULL },
	{ "#define SN_other_pass_sha2 \"other-pass-sha2\"", "/app/x.h", NULL },
	{ "password string, other string) { x = \"q9-Kfz2\"", "/app/x.go", NULL },
	{ "<password>\n\t\tq9-Kfz2\n\t</password>", "/app/x.xml", "q9-Kfz2" },
	{ "{\"data\": \"A=1\\nDB_PASSWORD=q9-Kfz2\\nB=2\"}", "/app/x.json", "q9-Kfz2" },
	{ "if (password>\nq9-Kfz2", "/app/x.conf", NULL },
	{ "spring.datasource.password=q9-Kfz2", "/app/x.properties", "q9-Kfz2" },
	/* expressions, and what is encrypted */
	{ "password = random_password.db1.result", "/app/x.tf", NULL },
	{ "password = var.db_password2", "/app/x.tfvars", NULL },
	{ "password = \"q9-Kfz2\"", "/app/x.tf", "q9-Kfz2" },
	{ "password: vault:v1:q9Kfz2q9Kfz2q9Kfz2==", "/app/x.yml", NULL },
	{ "password: ENC[AES256_GCM,data:q9Kfz2=,iv:a1=,tag:b2=,type:str]", "/app/x.yml", NULL },
	{ "password={cipher}q9Kfz2q9Kfz2", "/app/x.properties", NULL },
	/* no values */
	{ "password = \"$DB_PASSWORD2\"", "/app/x.sh", NULL },
	{ "password = \"%(password2)s\"", "/app/x.ini", NULL },
	{ "password = \"config.get('p2')\"", "/app/x.yml", NULL },
	{ "password: \"items[2]\"", "/app/x.yml", NULL },
	{ "password: \"user->pass2\"", "/app/x.yml", NULL },
	{ "password: \"Config::PASS2\"", "/app/x.yml", NULL },
	{ "password: \"@secret2\"", "/app/x.yml", NULL },
	{ "password: \"/run/secrets/db2\"", "/app/x.yml", NULL },
	{ "password: \"https://vault.net/v1\"", "/app/x.yml", NULL },
	{ "password = \"^[a-z0-9]{8,}$\"", "/app/x.py", NULL },
	{ "password = q9_Kfz2", "/app/x.py", NULL },
	{ "password == \"q9-Kfz2\"", "/app/x.py", NULL },
	{ "password = getPassword(q9)", "/app/x.conf", NULL },
	{ "password = ${DB_PASSWORD2}", "/app/x.conf", NULL },
	{ "password = {{ vault.q9 }}", "/app/x.yml", NULL },
	{ "password = /run/secrets/db9", "/app/x.conf", NULL },
	{ "password = q-K/fz", "/app/x.conf", NULL },
	{ "password: <q9-Kfz2>", "/app/x.yml", NULL },
	{ "password = password", "/app/x.conf", NULL },
	{ "password = changeme-9", "/app/x.conf", NULL },
	{ "password = ********", "/app/x.conf", NULL },
	{ "password = aaaaaaaaa9", "/app/x.conf", NULL },
	{ "passwordField = \"q9-Kfz2\"", "/app/x.py", NULL },
	{ "password_file = q9-Kfz2", "/app/x.conf", NULL },
	{ "bypass = \"q9-Kfz2\"", "/app/x.py", NULL },
	{ "encompass: q9-Kfz2", "/app/x.yml", NULL },
	{ "password = \"q9-Kfz2", "/app/x.py", NULL },
	{ "password = q9-Kfz2", "/app/x.css", NULL },
	{ "password = 0x803100A4", "/app/x.conf", NULL },
	{ "password", "/app/x.conf", NULL },
	{ "password=", "/app/x.conf", NULL },
	{ "{\"result\":\"pass\",\"of\":\"q9-Kfz2\"}", "/app/x.json", NULL },
};

static void test_assignments(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(assignments); i++) {
		Seen seen = look_for("password-assignment", assignments[i].path, assignments[i].text);
		if (!assignments[i].secret != !seen.count || (seen.count && strcmp(seen.secret, assignments[i].secret) != 0)) {
			g_test_message("%s: %u, '%s'", assignments[i].text, seen.count, seen.secret);
			g_test_fail();
		}
	}
}

/* Every beginning of every text: nothing is read behind its end. */
static void test_cut(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(assignments); i++)
		for (size_t length = 0; length <= strlen(assignments[i].text); length++) {
			g_autofree char *text = g_memdup2(assignments[i].text, length ? length : 1);
			const Piece piece = { .path = assignments[i].path, .place = { PLACE_ORDINARY, SYNTAX_CONFIG }, .text = text, .length = length, .to = length };
			Span secret = { "", 0 };
			for (size_t start = 0; start < length; start++) {
				if (assignment_password(&piece, start, start + 1, &secret) || assignment_key(&piece, start, start + 1, &secret) ||
					assignment_plain_password(&piece, start, start + 1, &secret) || beside_password(&piece, start, start + 1, &secret))
					g_assert_true(secret.at >= text && secret.at + secret.length <= text + length);
			}
		}
}

/* A key that is a UUID, and what is called a token and is none. */
static void test_keys(void)
{
	static const struct {
		const char *text, *path;
		bool found;
	} rows[] = {
		{ "api_key: <x8>-<x4>-4<x3>-a<x3>-<x12>", "/app/x.yml", true },
		{ "CLIENT_SECRET=<x8>-<x4>-4<x3>-a<x3>-<x12>", "/app/x.conf", true },
		{ "access_token = '<x8>-<x4>-4<x3>-a<x3>-<x12>'", "/app/x.py", true },
		{ "credential: <x8>-<x4>-4<x3>-a<x3>-<x12>", "/app/x.yml", false },
		{ "secret_id: <x8>-<x4>-4<x3>-a<x3>-<x12>", "/app/x.yml", false },
		{ "token: <x8>-<x4>-4<x3>-a<x3>-<x12>", "/app/x.yml", false },
		{ "csrf_token: <b31>9", "/app/x.yml", false },
		{ "\"nextPageToken\": \"<b31>9\"", "/app/x.json", false },
		{ "continuation_token=<b31>9", "/app/x.conf", false },
		{ "ADMIN_KEY=<b31>9", "/app/x.conf", true },
		{ "secret = aws_secretsmanager_secret_version.db1.secret_string", "/app/x.tf", false },
		{ "api_key = data.vault_generic_secret.app2.data[\"k1\"]", "/app/x.tf", false },
		{ "token: vault:v1:<B60>=", "/app/x.yml", false },
		{ "secret: arn:aws:secretsmanager:eu-west-1:<d12>:secret:shop-a1b2c3", "/app/x.yml", false },
		{ "| `cephClusterSpec.storage.deviceKeyRotation2` | `secret`: the key of rook-ceph-v1.14 | `rook-csi-rbd-provisioner2` |", "/app/README.md", false },
		{ "curl -u user:password1 https://a.net", "/app/README.md", false },
		{ "  secret: eW91ci10b2tlbi1oZXJl", "/app/x.yml", false },
		{ "encryptedData:\n  secret: AgA<B340>9=", "/app/x.yml", false },
		{ "data:\n  secret: QgA<B340>9=", "/app/x.yml", true },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = draw(rows[i].text, 4);
		g_test_message("%s", text);
		g_assert_cmpint(look_for("key-assignment", rows[i].path, text).count > 0, ==, rows[i].found);
	}
	/* the configuration of an image is an environment file */
	g_assert_cmpint(
		look_for("environment-secret", "image-metadata:env:DB_PASSWORD", "DB_PASSWORD=correcthorse").severity, ==, SCAN_HIGH);
	g_assert_cmpint(look_for(NULL, "image-metadata:env:PASSWORD_FILE", "PASSWORD_FILE=/run/secrets/db").count, ==, 0);
}

static void test_places(void)
{
	static const struct { const char *path; PlaceClass kind; PlaceSyntax syntax; } rows[] = {
		{ "/app/.env", PLACE_ORDINARY, SYNTAX_CONFIG },
		{ "/app/main.py", PLACE_ORDINARY, SYNTAX_CODE },
		{ "/app/tests/main.py", PLACE_EXAMPLE, SYNTAX_CODE },
		{ "/app/Docs/a.yml", PLACE_EXAMPLE, SYNTAX_CONFIG },
		{ "/app/latest/a.yml", PLACE_ORDINARY, SYNTAX_CONFIG },
		{ "/app/.env.example", PLACE_EXAMPLE, SYNTAX_CONFIG },
		{ "/etc/ssl/private/ssl-cert-snakeoil.key", PLACE_PACKAGED_EXAMPLE, SYNTAX_CONFIG },
		{ "/usr/share/x/a.conf", PLACE_PACKAGED, SYNTAX_CONFIG },
		{ "/usr/share/doc/x/examples/a.conf", PLACE_PACKAGED_EXAMPLE, SYNTAX_CONFIG },
		{ "/app/node_modules/a/test/b.pem", PLACE_PACKAGED_EXAMPLE, SYNTAX_CONFIG },
		{ "/usr/share/nginx/html/a.js", PLACE_ORDINARY, SYNTAX_CODE },
		{ "/app/node_modules/a/b.js", PLACE_PACKAGED, SYNTAX_CODE },
		{ "/app/package-lock.json", PLACE_ORDINARY, SYNTAX_LOCK },
		{ "/etc/environment", PLACE_ORDINARY, SYNTAX_CONFIG },
		{ "/app/notes.txt", PLACE_ORDINARY, SYNTAX_PROSE },
		{ "/test", PLACE_ORDINARY, SYNTAX_PROSE },
		{ "", PLACE_ORDINARY, SYNTAX_PROSE },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const SecretPlace place = place_of(rows[i].path);
		g_assert_cmpint(place.kind, ==, rows[i].kind);
		g_assert_cmpint(place.syntax, ==, rows[i].syntax);
	}
	g_assert_true(path_fits("/a/.docker/config.json", "x|.docker/config.json"));
	g_assert_false(path_fits("/a/b.docker/config.json", ".docker/config.json"));
	g_assert_true(path_fits("/a/b.key", "*.key"));
	g_assert_false(path_fits("key", "*.key"));
	g_assert_true(path_fits("/etc/apt/auth.conf.d/a.conf", "x|apt/auth.conf.d/*"));
	g_assert_false(path_fits("/etc/rapt/auth.conf.d/a.conf", "apt/auth.conf.d/*"));
	g_assert_true(path_fits("image-metadata:env:A", "image-metadata:env:*"));
}

/* A path lowers what was guessed, and what a package's own tests and examples have: nobody's key passes by where it lies. */
static void test_severity(void)
{
	static const struct {
		const char *rule, *path, *text;
		ScanSeverity severity;
	} rows[] = {
		{ "github-token", "/app/a.conf", "ghp_<b30><crc>", SCAN_CRITICAL },
		{ "github-token", "/app/a.conf", "ghp_<b36>", SCAN_LOW },
		{ "github-token", "/usr/lib/a.conf", "ghp_<b30><crc>", SCAN_CRITICAL },
		{ "github-token", "/usr/lib/x/tests/a.conf", "ghp_<b30><crc>", SCAN_CRITICAL },
		{ "github-token", "/app/tests/a.conf", "ghp_<b30><crc>", SCAN_CRITICAL },
		{ "github-token", "/app/tests/a.conf", "ghp_<b36>", SCAN_LOW },
		{ "aws-secret-key", "/home/demo/.aws/credentials", "aws_secret_access_key = <B40>", SCAN_HIGH },
		{ "slack-token", "/app/README.md", "xoxb-<d12>-<d12>-<b24>", SCAN_HIGH },
		{ "slack-token", "/app/node_modules/a/b.js", "xoxb-<d12>-<d12>-<b24>", SCAN_HIGH },
		{ "slack-token", "/app/node_modules/a/test/b.js", "xoxb-<d12>-<d12>-<b24>", SCAN_MEDIUM },
		{ "google-api-key", "/app/tests/a.conf", "AIza<w35>", SCAN_HIGH },
		{ "google-api-key", "/usr/lib/x/a.py", "AIza<w35>", SCAN_MEDIUM },
		{ "private-key", "/home/test/.ssh/id_rsa", "-----BEGIN RSA PRIVATE KEY-----\n<B64>\n<B64>\n", SCAN_HIGH },
		{ "private-key", "/srv/man/a.md", "-----BEGIN RSA PRIVATE KEY-----\n<B64>\n<B64>\n", SCAN_HIGH },
		{ "private-key", "/usr/lib/app/a.pem", "-----BEGIN RSA PRIVATE KEY-----\n<B64>\n<B64>\n", SCAN_HIGH },
		{ "private-key", "/usr/lib/x/tests/a.pem", "-----BEGIN RSA PRIVATE KEY-----\n<B64>\n<B64>\n", SCAN_LOW },
		{ "environment-secret", "/app/docs/.env", "DB_PASSWORD=<b10>", SCAN_HIGH },
		{ "environment-secret", "/usr/lib/app/.env", "DB_PASSWORD=<b10>", SCAN_HIGH },
		{ "environment-secret", "/usr/share/doc/x/.env", "DB_PASSWORD=<b10>", SCAN_LOW },
		{ "password-assignment", "/app/a.yml", "password: q9-Kfz2", SCAN_HIGH },
		{ "password-assignment", "/app/a.py", "password = 'q9-Kfz2'", SCAN_MEDIUM },
		{ "password-assignment", "/app/tests/a.yml", "password: q9-Kfz2", SCAN_NEGLIGIBLE },
		{ "password-assignment", "/usr/share/x/a.yml", "password: q9-Kfz2", SCAN_NEGLIGIBLE },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = draw(rows[i].text, 4);
		g_test_message("%s in %s", rows[i].rule, rows[i].path);
		g_assert_cmpint(look_for(rows[i].rule, rows[i].path, text).severity, ==, rows[i].severity);
	}
}

/* What is plain from its form is not put through guesses: real ones have runs of one letter. */
static void test_runs(void)
{
	static const struct {
		const char *rule, *path, *text;
		bool found;
	} rows[] = {
		{ "azure-devops-token", "/app/a.conf", "<b52>JQQJ99BKACAAAAAAAAAAAAASAZDO<b4>", true },
		{ "aws-session-token", "/app/.env", "AWS_SESSION_TOKEN=IQoJb3JpZ2luX2VjE<B40>//////////wEa<B200>", true },
		{ "authorization-bearer", "/app/a.sh", "curl -H 'Authorization: Bearer AAAAAAAAAAAAAAAAAAAAA<b91>7'", true },
		{ "key-assignment", "/app/a.yml", "api_key: <b20>00000<b20>9", true },
		{ "gitlab-token", "/app/a.conf", "glpat-xxxxxxxxxxxxxxxxxxxx", false },
		{ "gitlab-token", "/app/a.conf", "glpat-<w3>aaaaaaaaaaaaaaaaa", false },
		{ "key-assignment", "/app/a.yml", "token: aaaaaaaaaaaaaaaaaaaaaaaaa1", false },
		{ "key-assignment", "/app/a.yml", "token: 4f00000000000000000000000000000000000000", false },
		{ "password-assignment", "/app/a.yml", "password: aaaaaaaa9", false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = draw(rows[i].text, 4);
		g_test_message("%s: %s", rows[i].rule, text);
		g_assert_cmpint(look_for(rows[i].rule, rows[i].path, text).count > 0, ==, rows[i].found);
	}
}

/* The check value of CRC-32 (123456789 gives cbf43926), and back from base 62. */
static void test_checksum(void)
{
	char digits[CHECKSUM_DIGITS];
	uint64_t value = 0;

	checksum_digits((Span){ "123456789", 9 }, digits);
	for (size_t i = 0; i < CHECKSUM_DIGITS; i++) {
		const char c = digits[i];
		value = value * 62 + (uint64_t)(g_ascii_isdigit(c) ? c - '0' : g_ascii_isupper(c) ? c - 'A' + 10 : c - 'a' + 36);
	}
	g_assert_cmpuint(value, ==, 0xcbf43926);
}

static void test_entropy(void)
{
	g_assert_cmpfloat_with_epsilon(value_entropy((Span){ "aaaa", 4 }), 0, 1e-9);
	g_assert_cmpfloat_with_epsilon(value_entropy((Span){ "abab", 4 }), 1, 1e-9);
	g_assert_cmpfloat_with_epsilon(value_entropy((Span){ "abcdefgh", 8 }), 3, 1e-9);
}

static void test_contents(void)
{
	char block[512] = "a/", wide[] = "a\0b\0c\0d\0e\0f\0g\0h\0i\0";

	g_assert_true(content_is_tar((const char[512]){ 0 }, 512));
	g_assert_false(content_is_tar(block, sizeof block));
	g_assert_false(content_is_tar(block, 100));
	g_assert_cmpint(content_kind("", 0), ==, CONTENT_TEXT);
	g_assert_cmpint(content_kind("key: x\n", 7), ==, CONTENT_TEXT);
	g_assert_cmpint(content_kind("a\0b", 3), ==, CONTENT_BLOB);
	g_assert_cmpint(content_kind(wide, 18), ==, CONTENT_WIDE);
	g_assert_cmpint(content_kind("\x89PNG\r\n", 6), ==, CONTENT_BINARY);
	g_assert_cmpuint(content_narrow(wide, 18, content_big_endian(wide, 18)), ==, 9);
	g_assert_cmpint(memcmp(wide, "abcdefghi", 9), ==, 0);
	char big[] = "\xfe\xff\0a\0b";
	g_assert_true(content_big_endian(big, 6));
	g_assert_cmpuint(content_narrow(big, 6, true), ==, 3);
	g_assert_cmpint(memcmp(big, "?ab", 3), ==, 0);
}

/* A text that makes expressions try much is done with all the same. */
static void test_hostile(void)
{
	static const char *const units[] = { "-----BEGIN RSA PRIVATE KEY-----\n", "PuTTY-User-Key-File-2: a\nEncryption: none\n", "password=", "://a:b", "eyJ", "curl -u ", "sig=",
		"<Pass>", "aws_secret_access_key", "define('DB_PASSWORD'," };

	for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		while (text->len < 200000)
			(void)g_string_append(text, units[i]);
		Seen seen = { 0 }, *current = &seen;
		const EngineCalls calls = { seen_found, never_stop, &current };
		g_autoptr(SecretEngine) engine = engine_new(NULL, calls);
		const Piece piece = { .path = "/app/wp-config.php", .place = { PLACE_ORDINARY, SYNTAX_CONFIG }, .text = text->str, .length = text->len, .to = text->len, .line = 1 };
		int64_t start = g_get_monotonic_time();
		(void)engine_look(engine, &piece);
		g_assert_cmpint(g_get_monotonic_time() - start, <, 20 * G_USEC_PER_SEC);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/secret-text/keywords", test_keywords);
	g_test_add_func("/secret-text/keywords-enough", test_keywords_enough);
	g_test_add_func("/secret-text/assignments", test_assignments);
	g_test_add_func("/secret-text/cut", test_cut);
	g_test_add_func("/secret-text/keys", test_keys);
	g_test_add_func("/secret-text/places", test_places);
	g_test_add_func("/secret-text/severity", test_severity);
	g_test_add_func("/secret-text/runs", test_runs);
	g_test_add_func("/secret-text/checksum", test_checksum);
	g_test_add_func("/secret-text/entropy", test_entropy);
	g_test_add_func("/secret-text/contents", test_contents);
	g_test_add_func("/secret-text/hostile", test_hostile);
	return g_test_run();
}
