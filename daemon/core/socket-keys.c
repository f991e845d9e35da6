/* SPDX-License-Identifier: MIT
 *
 * The keys of one socket in config.yaml.  Names and paths go into units of systemd's, labels into questions to Docker: what may be in them is listed.
 */
#include <string.h>
#include <sys/un.h>
#include "base/limits.h"
#include "core/sockets.h"
#include "policy/schema/schema.h"
#include "policy/store.h"
#include "request/list.h"

#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyz0123456789-_"
#define USER_LETTERS NAME_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ."
#define PATH_LETTERS USER_LETTERS "/"
#define LONGEST_USER 32u
#define UNIX_HOST "unix://"

static bool consists_of(const char *text, const char *letters, size_t most)
{
	size_t length = strlen(text);

	return length && length <= most && *text != '-' && strspn(text, letters) == length;
}

static FIELD_READER(read_account)
{
	const char **name = target;

	field_text(loader, node, path, field, target);
	if (!consists_of(*name, USER_LETTERS, LONGEST_USER))
		field_error(loader, node, path, "expected a name of letters, digits, '-', '_' and '.', or a number");
}

static FIELD_READER(read_mode)
{
	static const struct { const char *text; unsigned mode; } modes[] = { { "0600", 0600 }, { "0660", 0660 }, { "0666", 0666 } };
	const char *text = "";

	field_text(loader, node, path, field, &text);
	for (size_t i = 0; i < G_N_ELEMENTS(modes); i++) {
		if (!strcmp(text, modes[i].text)) {
			*(unsigned *)target = modes[i].mode;
			return;
		}
	}
	if (*text)
		field_error(loader, node, path, "expected 0600, 0660 or 0666");
}

static FIELD_READER(read_identity)
{
	const char *word = "";

	field_text(loader, node, path, field, &word);
	if (!strcmp(word, "peer") || !strcmp(word, "fixed"))
		*(bool *)target = strcmp(word, "fixed") == 0;
	else if (*word)
		field_error(loader, node, path, "expected peer or fixed");
}

static FIELD_READER(read_policy)
{
	const char **name = target;

	field_text(loader, node, path, field, target);
	if (*name && !store_name_valid(*name))
		field_error(loader, node, path, "a policy's name has letters, digits, '-', '_' and '.'");
}

/* Docker's own, written out, is what is there without the key. */
static FIELD_READER(read_upstream)
{
	static const char *const own[] = { "/run/docker.sock", "/var/run/docker.sock" };
	const struct sockaddr_un room;
	const char *text = "", *at;

	field_text(loader, node, path, field, &text);
	at = g_str_has_prefix(text, UNIX_HOST) ? text + strlen(UNIX_HOST) : "";
	if (*at != '/' || !consists_of(at, PATH_LETTERS, sizeof room.sun_path - 1) || strstr(at, "/.") || strstr(at, "//")) {
		field_error(loader, node, path, "expected unix:// and the absolute path of a socket, of letters, digits, '-', '_', '.' and '/'");
		return;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(own); i++)
		if (!strcmp(at, own[i]))
			at = "";
	*(const char **)target = at;
}

/* A list of words, each of a length that can be worked with; an empty one says nothing that it could mean. */
static FIELD_READER(read_words)
{
	const StringList *words = target;

	field_words(loader, node, path, field, target);
	if (node->kind == YAML_LIST && (!node->count || node->count > LIMIT_SOCKET_WORDS))
		field_error(loader, node, path, "expected 1 to %u words", LIMIT_SOCKET_WORDS);
	for (size_t i = 0; i < words->count; i++)
		if (strlen(words->items[i]) > LIMIT_SOCKET_WORD_BYTES)
			field_error(loader, node, path, "expected words of at most %u bytes", LIMIT_SOCKET_WORD_BYTES);
}

static FIELD_READER(read_labels)
{
	const StringList *labels = target;

	read_words(loader, node, path, field, target);
	for (size_t i = 0; i < labels->count; i++)
		for (const char *at = labels->items[i]; *at; at++)
			if (*labels->items[i] == '=' || *at < ' ' || *at >= 0x7f) {
				field_error(loader, node, path, "expected labels, NAME or NAME=VALUE, of printable ASCII");
				return;
			}
}

static FIELD_READER(read_hidden)
{
	StringList words = { 0 };

	read_words(loader, node, path, field, &words);
	for (size_t i = 0; i < words.count; i++) {
		if (!strcmp(words.items[i], "environment"))
			*(bool *)target = true;
		else
			field_error(loader, node, path, "expected environment: nothing else can be hidden");
	}
}

static FIELD_READER(read_rules)
{
	field_sections(loader, node, path, field, target);
	if (node->kind == YAML_LIST && node->count > LIMIT_SOCKET_RULES)
		field_error(loader, node, path, "expected at most %u entries", LIMIT_SOCKET_RULES);
}

static void check_rule(Loader *loader, const YamlNode *node, const KeyPath *path, void *element)
{
	SocketRule *rule = element;

	if (!rule->policy)
		field_error(loader, node, path, "expected policy: which policy those have");
	if (!rule->users.count && !rule->groups.count)
		field_error(loader, node, path, "expected users or groups: who is meant");
	for (size_t i = 0; i < rule->users.count + rule->groups.count; i++) {
		const char *glob = i < rule->users.count ? rule->users.items[i] : rule->groups.items[i - rule->users.count], *problem = glob_problem(glob);
		if (problem)
			field_error(loader, node, path, "%s: %s", glob, problem);
	}
	rule->user_patterns.globs = rule->users;
	rule->group_patterns.globs = rule->groups;
	patterns_compile(&rule->user_patterns, loader->arena);
	patterns_compile(&rule->group_patterns, loader->arena);
}

static void check_socket(Loader *loader, const YamlNode *node, const KeyPath *path, void *element)
{
	const Socket *socket = element;

	if (socket->fixed && socket->rules.count)
		field_error(loader, node, path, "policies go by who calls, which a socket of identity: fixed does not look at");
}

static const Field choice_fields[] = {
	FIELD("users", SocketRule, users, read_words),
	FIELD("groups", SocketRule, groups, read_words),
	FIELD("policy", SocketRule, policy, read_policy),
};
static const Section choice_section = { choice_fields, G_N_ELEMENTS(choice_fields), sizeof(SocketRule), NULL, check_rule, NULL };
static const Field containers_fields[] = { FIELD("labels", Socket, labels, read_labels) };
static const Section containers_section = SECTION(containers_fields, Socket);
static const Field read_fields[] = {
	{ "containers", field_section, 0, &containers_section },
	FIELD("hide", Socket, hides_environment, read_hidden),
};
static const Section read_section = SECTION(read_fields, Socket);
static const Field socket_fields[] = {
	FIELD("owner", Socket, owner, read_account),
	FIELD("group", Socket, group, read_account),
	FIELD("mode", Socket, mode, read_mode),
	FIELD("identity", Socket, fixed, read_identity),
	FIELD("policy", Socket, policy, read_policy),
	DETAIL("policies", Socket, rules, read_rules, &choice_section),
	FIELD("upstream", Socket, upstream, read_upstream),
	{ "read", field_section, 0, &read_section },
};
static const Section socket_section = { socket_fields, G_N_ELEMENTS(socket_fields), sizeof(Socket), NULL, check_socket, NULL };

FIELD_READER(read_sockets)
{
	Sockets *sockets = target;

	(void)field;
	if (yaml_is_null(node))
		return;
	if (node->kind != YAML_MAP) {
		field_wrong(loader, node, path, "a group of sockets by name");
		return;
	}
	if (node->count > LIMIT_SOCKETS)
		field_error(loader, node, path, "expected at most %u sockets", LIMIT_SOCKETS);
	for (size_t i = 0; i < node->count && i < LIMIT_SOCKETS; i++) {
		Socket socket = { .name = node->keys[i]->text, .owner = "root", .group = "root", .mode = 0660, .policy = SOCKET_ACTIVE_POLICY, .upstream = "" };
		const KeyPath here = { path, socket.name, 0 };
		if (!consists_of(socket.name, NAME_LETTERS, LIMIT_SOCKET_NAME))
			field_error(loader, node->keys[i], path, "a socket's name has at most %u small letters, digits, '-' and '_', and does not begin with '-'", LIMIT_SOCKET_NAME);
		else if (!yaml_is_null(node->items[i]))
			section_read(loader, node->items[i], &here, &socket_section, &socket);
		LIST_APPEND(loader->arena, sockets, socket);
	}
}
