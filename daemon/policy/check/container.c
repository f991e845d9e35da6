/* SPDX-License-Identifier: MIT
 *
 * Who a container runs as and with which security options; and processes started in it.
 */
#include <string.h>
#include "base/text.h"
#include "policy/check/check.h"
#include "request/profile.h"

#define SHOWN_OPTION_BYTES 100u /* a digest and what it is of */
#define SECCOMP "seccomp="
#define NO_PROFILE "(no profile that has one meaning)"

/* What Go's strconv.ParseBool takes. */
static const char *flag_value(const char *value)
{
	static const char *const words[] = { "1", "t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False" };

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		if (!strcmp(words[i], value))
			return i < G_N_ELEMENTS(words) / 2 ? "true" : "false";
	return NULL;
}

/* "seccomp:x" -> "seccomp=x" (both are taken by Docker), "no-new-privileges=true" -> "no-new-privileges" (moby daemon_unix.go, parseSecurityOpt). */
static const char *option_normalise(const char *option, Arena *arena)
{
	char *copy = arena_strdup(arena, option);
	size_t word = strcspn(copy, "=:");

	if (copy[word] == ':')
		copy[word] = '=';
	bool new_privileges = g_str_has_prefix(copy, "no-new-privileges="), cgroups = g_str_has_prefix(copy, "writable-cgroups=");
	const char *flag = new_privileges || cgroups ? flag_value(copy + word + 1) : NULL;
	if (!flag)
		return copy;
	return new_privileges && *flag == 't' ? "no-new-privileges" : arena_printf(arena, "%.*s=%s", (int)word, copy, flag);
}

/* What a policy's lists name: the profile that docker sends for seccomp=FILE by its digest.  `ret_json`: it is one. */
static const char *option_name(const char *option, Arena *arena, bool *ret_json)
{
	const char *profile = g_str_has_prefix(option, SECCOMP) ? option + strlen(SECCOMP) : "", *problem;

	*ret_json = profile[strspn(profile, " \t\r\n")] == '{';
	if (*ret_json) {
		const char *digest = profile_digest(profile, strlen(profile), arena, &problem);
		return arena_concat(arena, SECCOMP, digest ? digest : NO_PROFILE);
	}
	/* Who writes a digest sends no profile. */
	return g_str_has_prefix(profile, PROFILE_DIGEST) ? SECCOMP NO_PROFILE : option;
}

/* Nobody knows what a profile lets through that no list names. */
static bool seccomp_allowed(const SecurityRules *rules, const char *profile, bool json)
{
	if (rules->seccomp_profiles.globs.count)
		return patterns_match(&rules->seccomp_profiles, profile);
	return json ? rules->allowed.globs.count > 0 : strcmp(profile, "unconfined") != 0;
}

static bool profile_allowed(const Patterns *allowed, const char *profile)
{
	return allowed->globs.count ? patterns_match(allowed, profile) : strcmp(profile, "unconfined") != 0;
}

static void judge_option(Evaluation *e, const SecurityRules *rules, const char *written)
{
	bool json;
	const char *option = option_name(written, e->arena, &json), *shown = text_printable(e->arena, option, SHOWN_OPTION_BYTES);
	bool seccomp = g_str_has_prefix(option, SECCOMP), apparmor = g_str_has_prefix(option, "apparmor=");
	const char *profile = seccomp || apparmor ? strchr(option, '=') + 1 : "", *shown_profile = text_printable(e->arena, profile, SHOWN_OPTION_BYTES);

	if (rules->allowed.globs.count && !patterns_match(&rules->allowed, option))
		check_report(e, RULE_SECURITY_OPTION, &rules->rule, shown);
	else if (seccomp && (rules->require_seccomp || rules->seccomp_profiles.globs.count) && !seccomp_allowed(rules, profile, json))
		check_report(e, RULE_SECCOMP, &rules->rule, shown_profile);
	else if (apparmor && (rules->require_apparmor || rules->apparmor_profiles.globs.count) && !profile_allowed(&rules->apparmor_profiles, profile))
		check_report(e, RULE_APPARMOR, &rules->rule, shown_profile);
}

void check_security_options(Evaluation *e)
{
	const StringList *options = &e->request->container.security_opt;

	for (size_t i = 0; i < options->count; i++)
		judge_option(e, &e->policy->security, option_normalise(options->items[i], e->arena));
}

void check_no_new_privileges(Evaluation *e)
{
	const StringList *options = &e->request->container.security_opt;

	if (!e->policy->security.require_no_new_privileges)
		return;
	bool set = false;
	for (size_t i = 0; i < options->count; i++) {
		const char *option = option_normalise(options->items[i], e->arena);
		if (g_str_has_prefix(option, "no-new-privileges"))
			set = !strcmp(option, "no-new-privileges"); /* the last one counts */
	}
	if (!set)
		check_report(e, RULE_NO_NEW_PRIVILEGES, &e->policy->security.rule, "");
}

void check_masked_paths(Evaluation *e)
{
	if (e->request->container.masked_paths_set || e->request->container.readonly_paths_set)
		check_report(e, RULE_MASKED_PATHS, &e->policy->masked_paths, "");
}

/* The user without its group: "1000:1000" -> "1000". */
static const char *name_part(const char *user, Arena *arena)
{
	return arena_strndup(arena, user, strcspn(user, ":"));
}

/* runc takes what Go's strconv.Atoi takes for a uid: "+0" and "00" are root as well. */
static bool user_is_number(const char *user, bool *ret_zero)
{
	const char *digits = user + (*user == '+' || *user == '-');

	*ret_zero = *digits && strspn(digits, "0") == strlen(digits);
	return *digits && strspn(digits, "0123456789") == strlen(digits);
}

static bool user_is_root(const char *user)
{
	bool zero;

	return !*user || !strcmp(user, "root") || (user_is_number(user, &zero) && zero);
}

/* Without one of its own a container has the image's user.  An image that is not there runs nothing: Docker's own answer, which
 * makes the client pull it, is not replaced by a denial; a warning stands. */
void check_user(Evaluation *e)
{
	const ContainerRules *rules = &e->policy->container;
	const Request *request = e->request;
	const char *given = *request->container.user || !request->image_user ? request->container.user : request->image_user;
	const char *user = name_part(given, e->arena);
	bool zero, root = user_is_root(user);

	if (!*given && request->image_absent && rules->rule.action == ACTION_BLOCK)
		return;
	if (rules->require_non_root && root)
		check_report(e, RULE_NON_ROOT, &rules->rule, "");
	else if (rules->require_numeric_user && !user_is_number(user, &zero))
		check_report(e, RULE_USER_NUMERIC, &rules->rule, "");
	if (rules->allowed_users.globs.count && !patterns_match(&rules->allowed_users, root ? "root" : user))
		check_report(e, RULE_USER_ALLOWED, &rules->rule, root ? "root" : user);
	if (patterns_match(&rules->blocked_users, root ? "root" : user))
		check_report(e, RULE_USER_BLOCKED, &rules->rule, root ? "root" : user);
}

/* Without a user of its own the process runs as the container's, which is judged with what is stored.  What a policy that has no
 * word for it says of a privileged container it says of a privileged process. */
void check_exec(Evaluation *e)
{
	const ContainerSpec *spec = &e->request->container;
	const char *user = name_part(spec->user, e->arena);

	if (spec->privileged && e->policy->exec_privileged.set)
		check_report(e, RULE_EXEC_PRIVILEGED, &e->policy->exec_privileged, "");
	else if (spec->privileged)
		check_report(e, RULE_PRIVILEGED, &e->policy->privileged, "");
	if (*user && user_is_root(user))
		check_report(e, RULE_EXEC_ROOT, &e->policy->exec_root, "");
}
