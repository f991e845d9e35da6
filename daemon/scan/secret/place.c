/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <glib.h>
#include "scan/secret/place.h"

/* Names of folders, and ends of files. */
static const char example_folders[] =
	"|test|tests|testing|testdata|test-data|test_data|__tests__|spec|specs|fixture|fixtures|example|examples|sample|samples|demo|demos|"
	"doc|docs|mock|mocks|locale|locales|i18n|man|";
static const char example_ends[] =
	"*.md|*.rst|*.adoc|*.example|*.sample|*.dist|*.template|*.tmpl|*_test.go|*.test.js|*.test.ts|*.spec.js|*.spec.ts|*.po|*.pot|"
	"*snakeoil.key|*snakeoil.pem|*vagrant.key|*insecure_private_key";
static const char config_ends[] =
	"*.env|*.ini|*.cfg|*.conf|*.cnf|*.config|*.properties|*.props|*.yml|*.yaml|*.toml|*.json|*.xml|*.sh|*.bash|*.zsh|*.fish|*.tfvars|"
	"*.tf|*.tfstate|*.service|*.plist|*.reg|*.ps1|*.bat|*.cmd|*.sql|*.credentials|*.settings|*.j2|*.pem|*.key|*.auto|*.local|"
	"Dockerfile|Jenkinsfile|Makefile|credentials|config|passwd|secrets|environment|hub|*rc|*_profile|*_history";
static const char code_ends[] =
	"*.py|*.js|*.mjs|*.cjs|*.ts|*.tsx|*.jsx|*.vue|*.go|*.java|*.kt|*.scala|*.groovy|*.rb|*.php|*.pl|*.pm|*.c|*.h|*.cc|*.cpp|*.hpp|"
	"*.cs|*.fs|*.vb|*.rs|*.swift|*.m|*.lua|*.r|*.R|*.jl|*.ex|*.exs|*.erl|*.clj|*.hs|*.ml|*.dart|*.tcl|*.el|*.vim|*.awk|*.am|*.m4|*.inc";
static const char lock_ends[] =
	"*.lock|package-lock.json|npm-shrinkwrap.json|go.sum|pnpm-lock.yaml|*.map|*.css|*.svg|*.sha256|*.md5sums|*.html|*.htm|*.csv|*.tsv|"
	"*.min.js|*.md5|*.asc|RECORD|*.dtd|*.xsd|*.xsl|*.rng|*.hyp|*.dic|*.aff";

static const char *const packaged_roots[] = {
	"/usr/share/", "/usr/lib/", "/usr/libexec/", "/usr/lib32/", "/usr/lib64/", "/lib/", "/lib64/", "/usr/include/", "/usr/bin/", "/usr/sbin/", "/bin/",
	"/sbin/", "/usr/local/go/", "/usr/local/lib/", "/usr/local/include/", "/var/lib/dpkg/", "/var/lib/apt/",
};
/* Where people put their own files all the same. */
static const char *const own_roots[] = { "/usr/share/nginx/html/", "/usr/share/app/", "/usr/share/httpd/" };
static const char *const packaged_parts[] = { "/site-packages/", "/dist-packages/", "/node_modules/", "/gems/", "/vendor/bundle/" };

static bool one_tail(const char *path, size_t length, const char *tail, size_t tail_length)
{
	bool any = *tail == '*';

	tail += any;
	tail_length -= any;
	if (tail_length > length || memcmp(path + length - tail_length, tail, tail_length) != 0)
		return false;
	return any || tail_length == length || path[length - tail_length - 1] == '/';
}

bool path_ends(const char *path, const char *tails)
{
	size_t length = strlen(path);

	for (const char *tail = tails; *tail;) {
		size_t tail_length = strcspn(tail, "|");
		if (one_tail(path, length, tail, tail_length))
			return true;
		tail += tail_length + (tail[tail_length] == '|');
	}
	return false;
}

static bool folder_listed(const char *name, size_t length)
{
	char word[32];

	if (!length || length + 3 > sizeof word)
		return false;
	word[0] = '|';
	for (size_t i = 0; i < length; i++)
		word[i + 1] = g_ascii_tolower(name[i]);
	word[length + 1] = '|';
	word[length + 2] = 0;
	return strstr(example_folders, word) != NULL;
}

static bool in_examples(const char *path)
{
	for (const char *at = path; at;) {
		const char *slash = strchr(at, '/');
		if (slash && folder_listed(at, (size_t)(slash - at)))
			return true;
		at = slash ? slash + 1 : NULL;
	}
	return path_ends(path, example_ends);
}

static bool begins_with_any(const char *path, const char *const *roots, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (g_str_has_prefix(path, roots[i]))
			return true;
	return false;
}

static bool packaged(const char *path)
{
	for (size_t i = 0; i < G_N_ELEMENTS(packaged_parts); i++)
		if (strstr(path, packaged_parts[i]))
			return true;
	return begins_with_any(path, packaged_roots, G_N_ELEMENTS(packaged_roots)) && !begins_with_any(path, own_roots, G_N_ELEMENTS(own_roots));
}

/* Files without an ending are settings where settings are kept, and when their name begins with a dot. */
static PlaceSyntax syntax_of(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	if (path_ends(path, lock_ends))
		return SYNTAX_LOCK;
	if (path_ends(path, code_ends))
		return SYNTAX_CODE;
	if (*name == '.' || path_ends(path, config_ends) || g_str_has_prefix(path, "image-metadata:"))
		return SYNTAX_CONFIG;
	return !strchr(name, '.') && g_str_has_prefix(path, "/etc/") ? SYNTAX_CONFIG : SYNTAX_PROSE;
}

SecretPlace place_of(const char *path)
{
	SecretPlace place = { PLACE_ORDINARY, syntax_of(path) };

	if (in_examples(path))
		place.kind = PLACE_EXAMPLE;
	else if (packaged(path))
		place.kind = PLACE_PACKAGED;
	return place;
}
