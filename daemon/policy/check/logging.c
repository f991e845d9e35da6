/* SPDX-License-Identifier: MIT
 *
 * Where a container's output goes.  dockerd opens the address as root, and writes the options into every line (moby
 * daemon/logger: syslog.go parseAddress, fluentd.go parseAddress, loggerutils/log_tag.go).
 */
#include <string.h>
#include "base/text.h"
#include "policy/check/check.h"

#define SHOWN_OPTION_BYTES 100u

/* What dockerd fills in for these is plain text (daemon/logger/loginfo.go); others hold what the caller wrote. */
static const char *const plain_fields[] = { "ID", "FullID", "Name", "ImageID", "ImageFullID", "ImageName", "DaemonName", "Hostname" };

/* "{{ .Name }}" at `at`: its length; 0: it is another template. */
static size_t plain_template(const char *at)
{
	const char *name = at + 2 + strspn(at + 2, " ");
	size_t length = *name == '.' ? strspn(name + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") : 0;
	const char *end = name + 1 + length;

	if (!length)
		return 0;
	end += strspn(end, " ");
	if (strncmp(end, "}}", 2) != 0)
		return 0;
	for (size_t i = 0; i < G_N_ELEMENTS(plain_fields); i++)
		if (strlen(plain_fields[i]) == length && !strncmp(plain_fields[i], name + 1, length))
			return (size_t)(end + 2 - at);
	return 0;
}

static bool is_plain(const char *value)
{
	for (const char *at = value; *at;) {
		bool template = at[0] == '{' && at[1] == '{';
		size_t step = template ? plain_template(at) : (size_t)g_utf8_skip[(unsigned char)*at];
		if (!step || (!template && !g_unichar_isprint(g_utf8_get_char(at))))
			return false;
		at += step;
	}
	return true;
}

/* unix, unixgram, unixpacket; a path alone is one for fluentd. */
static bool is_socket(const char *value)
{
	size_t scheme = strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

	return *value == '/' || (value[scheme] == ':' && !g_ascii_strncasecmp(value, "unix", strlen("unix")));
}

static void judge_socket(Evaluation *e, const LoggingRules *rules, const char *address)
{
	if (!patterns_match(&rules->allowed_addresses, address))
		check_report(e, RULE_LOG_SOCKET, &rules->rule, text_printable(e->arena, address, SHOWN_OPTION_BYTES));
}

static bool names(const PairList *options, const char *key)
{
	for (size_t i = 0; i < options->count; i++)
		if (!strcmp(options->items[i].key, key) && *options->items[i].value)
			return true;
	return false;
}

/* Without a driver it is dockerd's own, which the administrator chose. */
void check_logging(Evaluation *e)
{
	const LoggingRules *rules = &e->policy->logging;
	const ContainerSpec *spec = &e->request->container;

	if (!rules->rule.set)
		return;
	if (*spec->log_driver && rules->allowed_drivers.globs.count && !patterns_match(&rules->allowed_drivers, spec->log_driver))
		check_report(e, RULE_LOG_DRIVER, &rules->rule, spec->log_driver);
	else if (!strcmp(spec->log_driver, "syslog") && !names(&spec->log_options, "syslog-address"))
		judge_socket(e, rules, "unixgram:///dev/log");
	for (size_t i = 0; i < spec->log_options.count; i++) {
		const Pair *option = &spec->log_options.items[i];
		if (is_socket(option->value))
			judge_socket(e, rules, option->value);
		if (!is_plain(option->value) || !is_plain(option->key))
			check_report(e, RULE_LOG_OPTION, &rules->rule, text_printable(e->arena, option->key, SHOWN_OPTION_BYTES));
	}
}
