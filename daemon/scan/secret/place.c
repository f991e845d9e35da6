/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <glib.h>
#include "scan/secret/place.h"

/* Names of folders, and ends of files. */
static const char example_folders[] =
	"|test|tests|testing|testdata|test-data|test_data|__tests__|spec|specs|fixture|fixtures|example|examples|sample|samples|demo|demos|"
	"doc|docs|mock|mocks|locale|locales|i18n|man|";
static const char example_ends[] =
	"*.md|*.rst|*.adoc|*.example|*.sample|*.dist|*.template|*.tmpl|*_test.go|*.test.js|*.test.ts|*.spec.js|*.spec.ts|*.po|*.pot";
/* Of ssl-cert(8), and Vagrant's, which everybody has. */
static const char public_keys[] =
	"etc/ssl/private/ssl-cert-snakeoil.key|etc/ssl/certs/ssl-cert-snakeoil.pem|*vagrant.key|*insecure_private_key";
static const char config_ends[] =
	"*.env|*.ini|*.cfg|*.conf|*.cnf|*.config|*.properties|*.props|*.yml|*.yaml|*.toml|*.json|*.xml|*.sh|*.bash|*.zsh|*.fish|*.tfvars|"
	"*.tf|*.tfstate|*.service|*.plist|*.reg|*.ps1|*.bat|*.cmd|*.sql|*.credentials|*.settings|*.j2|*.pem|*.key|*.auto|*.local|"
	"Dockerfile|Jenkinsfile|Makefile|credentials|config|passwd|secrets|environment|hub|*rc|*_profile|*_history";
static const char code_ends[] =
	"*.gradle|*.kts|*.sbt|*.py|*.js|*.mjs|*.cjs|*.ts|*.tsx|*.jsx|*.vue|*.go|*.java|*.kt|*.scala|*.groovy|*.rb|*.php|*.pl|*.pm|*.c|*.h|*.cc|*.cpp|*.hpp|"
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
static const char *const packaged_parts[] = {
	"/site-packages/",
	"/dist-packages/",
	"/node_modules/",
	"/gems/",
	"/vendor/bundle/",
	"/lib/python2.",
	"/lib/python3.",
	"/.pyenv/versions/",
	"/.rustup/toolchains/",
	"/.cargo/registry/",
	"/go/pkg/mod/",
	"/.m2/repository/",
	"/.gradle/caches/",
	"/.nvm/versions/",
	"/.rbenv/versions/",
};

static bool has_end(const char *path, size_t length, const char *end, size_t end_length)
{
	const bool any = *end == '*';

	end += any;
	end_length -= any;
	if (end_length > length || memcmp(path + length - end_length, end, end_length) != 0)
		return false;
	return any || end_length == length || path[length - end_length - 1] == '/';
}

static bool has_folder(const char *path, const char *folder, size_t folder_length)
{
	for (const char *at = path; at; at = strchr(at, '/')) {
		at += *at == '/';
		if (!strncmp(at, folder, folder_length))
			return true;
	}
	return false;
}

bool path_fits(const char *path, const char *forms)
{
	const size_t length = strlen(path);

	for (const char *form = forms; *form;) {
		const size_t form_length = strcspn(form, "|");
		if (form[form_length - 1] == '*' ? has_folder(path, form, form_length - 1) : has_end(path, length, form, form_length))
			return true;
		form += form_length + (form[form_length] == '|');
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
	return path_fits(path, example_ends);
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

	if (path_fits(path, lock_ends))
		return SYNTAX_LOCK;
	if (path_fits(path, code_ends))
		return SYNTAX_CODE;
	if (*name == '.' || path_fits(path, config_ends) || g_str_has_prefix(path, "image-metadata:"))
		return SYNTAX_CONFIG;
	return !strchr(name, '.') && g_str_has_prefix(path, "/etc/") ? SYNTAX_CONFIG : SYNTAX_PROSE;
}

SecretPlace place_of(const char *path)
{
	static const PlaceClass kinds[2][2] = { { PLACE_ORDINARY, PLACE_EXAMPLE }, { PLACE_PACKAGED, PLACE_PACKAGED_EXAMPLE } };
	const bool everybodys = path_fits(path, public_keys);

	return (SecretPlace){
		.kind = kinds[everybodys || packaged(path)][everybodys || in_examples(path)], .syntax = syntax_of(path), .expressions = path_fits(path, "*.tf|*.hcl|*.tfvars"),
		.blanks = path_fits(path, "*.gradle|*.kts"), .commas = path_fits(path, "*.sql|*.dump"),
	};
}
