/* SPDX-License-Identifier: MIT
 *
 * policy fetch: a signed bundle from a repository, and what it gives for this machine put in force (docs/FLEET.md).  Each step may refuse; the
 * policy in force is the last thing that changes.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "base/limits.h"
#include "cli/client.h"
#include "cli/output.h"
#include "cli/policy-bundle.h"
#include "cli/verb.h"
#include "cli/when.h"

typedef struct Options {
	char *begin, *conf, *state;
} Options;

static const Option rows[] = {
	OPTION(Options, begin, "begin", 0, "NUMBER", "fetch nothing; where no number is recorded as accepted, record this one (0: any may come)"),
	OPTION(Options, conf, "config", 0, "FILE", "where from and by whose keys", .fallback = "/etc/sentinel-fetch/fetch.conf"),
	OPTION(Options, state, "state", 0, "DIR", "where the last number is recorded", .fallback = "/var/lib/sentinel-fetch"),
};

/* One try. */
typedef struct Fetch {
	const Options *options;
	BundleConf conf;
	BundleState state;
	Bundle bundle;
	const BundleKey *key;
	GBytes *manifest, *signature, *text;
	BundleVerdict verdict;
	bool news; /* there is something to put in force */
	Problem problem;
} Fetch;

static int see_begun(Cli *cli, Fetch *fetch)
{
	(void)cli;
	return fetch->state.begun ? 0 : problem_set(&fetch->problem, EXIT_DENIED, "no_number",
		"there is no record of the last number that was accepted (%s/accepted): it was never begun here, or the record was lost, and an old bundle could come back; sudo sentinel policy fetch --begin NUMBER, with the number of the newest bundle that this machine may have had (0 on a new machine)",
		fetch->state.dir);
}

static int get_manifest(Cli *cli, Fetch *fetch)
{
	int code = bundle_get(&fetch->conf, BUNDLE_MANIFEST, LIMIT_BUNDLE_BYTES, &fetch->manifest, &fetch->problem);

	(void)cli;
	return code != 0 ? code : bundle_get(&fetch->conf, BUNDLE_SIGNATURE, LIMIT_BUNDLE_SIGNATURE_BYTES, &fetch->signature, &fetch->problem);
}

static int see_signature(Cli *cli, Fetch *fetch)
{
	int code = bundle_verify(&fetch->conf, fetch->state.dir, fetch->manifest, fetch->signature, &fetch->key, &fetch->problem);

	(void)cli;
	return code != 0 ? code : bundle_read(fetch->manifest, &fetch->bundle, &fetch->problem);
}

static int see_number(Cli *cli, Fetch *fetch)
{
	const Bundle *bundle = &fetch->bundle;
	const BundleState *state = &fetch->state;
	g_autofree char *end = time_show(bundle->expires_us);

	(void)cli;
	if (bundle->expires_us <= g_get_real_time())
		return problem_set(&fetch->problem, EXIT_DENIED, "expired", "the bundle of %s, number %" PRId64 ", ended at %s: whoever made it must make a new one, or the repository is kept from showing it", fetch->conf.source, bundle->number, end);
	if (bundle->number < state->number)
		return problem_set(&fetch->problem, EXIT_DENIED, "older", "the bundle of %s has the number %" PRId64 ", and %" PRId64 " was accepted here already: older ones are not taken", fetch->conf.source, bundle->number, state->number);
	fetch->news = bundle->number > state->number;
	if (!fetch->news && strcmp(bundle->digest, state->digest) != 0)
		return problem_set(&fetch->problem, EXIT_DENIED, "same_number", "the bundle of %s has the number %" PRId64 " again, of a bundle that was accepted here and was another one: give the new one a higher number", fetch->conf.source, bundle->number);
	return 0;
}

static int see_text(const BundlePolicy *policy, Fetch *fetch)
{
	gsize length = 0;
	const char *text = g_bytes_get_data(fetch->text, &length);
	g_autofree char *digest = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, fetch->text);

	if ((int64_t)length < policy->size)
		return problem_set(&fetch->problem, EXIT_DENIED, "truncated", "%s of %s is cut off: %" G_GSIZE_FORMAT " bytes of %" PRId64, policy->file, fetch->conf.source, length, policy->size);
	if (strcmp(digest, policy->sha256) != 0)
		return problem_set(&fetch->problem, EXIT_DENIED, "altered", "%s of %s is not the file that was signed: its SHA-256 is another one", policy->file, fetch->conf.source);
	if (memchr(text, 0, length) || !g_utf8_validate(text, (gssize)length, NULL))
		return problem_set(&fetch->problem, EXIT_DENIED, "policy_invalid", "%s of %s is not UTF-8 text", policy->file, fetch->conf.source);
	return 0;
}

static int get_policy(Cli *cli, Fetch *fetch)
{
	const BundlePolicy *found = NULL;

	(void)cli;
	for (guint i = 0; i < fetch->bundle.policies->len; i++) {
		const BundlePolicy *policy = g_ptr_array_index(fetch->bundle.policies, i);
		if (!strcmp(policy->name, fetch->conf.policy))
			found = policy;
	}
	if (!found)
		return problem_set(&fetch->problem, EXIT_DENIED, "not_found", "the bundle of %s, number %" PRId64 ", has no policy %s (%s)", fetch->conf.source, fetch->bundle.number, fetch->conf.policy, fetch->conf.file);
	if (found->size > (int64_t)LIMIT_POLICY_BYTES)
		return problem_set(&fetch->problem, EXIT_DENIED, "too_large", "%s of %s is too large: a policy has at most %u bytes", found->file, fetch->conf.source, LIMIT_POLICY_BYTES);
	int code = bundle_get(&fetch->conf, found->file, (gsize)found->size, &fetch->text, &fetch->problem);
	return code != 0 ? code : see_text(found, fetch);
}

static int put_in_force(Cli *cli, Fetch *fetch)
{
	gsize length;
	const char *bytes = g_bytes_get_data(fetch->text, &length);
	g_autofree char *yaml = g_strndup(bytes, length);
	int code = client_connect(cli);

	if (code != 0)
		return problem_set(&fetch->problem, (ExitCode)code, "unreachable", "the service cannot be reached");
	code = bundle_judge(cli, &fetch->conf, yaml, &fetch->verdict, &fetch->problem);
	if (code == 0)
		code = bundle_state_prepare(&fetch->state, &fetch->bundle, &fetch->conf, fetch->key, &fetch->problem);
	if (code == 0)
		code = bundle_adopt(cli, fetch->conf.policy, yaml, fetch->key, &fetch->problem);
	return code != 0 ? code : bundle_state_commit(&fetch->state, &fetch->problem);
}

static int attempt(Cli *cli, Fetch *fetch)
{
	int (*const steps[])(Cli *, Fetch *) = { see_begun, get_manifest, see_signature, see_number };
	int code = bundle_conf_read(cli, fetch->options->conf, &fetch->conf, &fetch->problem);

	for (size_t i = 0; code == 0 && i < G_N_ELEMENTS(steps); i++)
		code = steps[i](cli, fetch);
	if (code != 0 || !fetch->news)
		return code;
	code = get_policy(cli, fetch);
	return code != 0 ? code : put_in_force(cli, fetch);
}

static void show_json(const Fetch *fetch)
{
	JsonObject *data = json_object_new();

	json_object_set_boolean_member(data, "changed", fetch->news);
	json_object_set_int_member(data, "number", fetch->bundle.number);
	output_set_text(data, "policy", fetch->conf.policy);
	output_set_text(data, "source", fetch->conf.source);
	output_set_text(data, "key", fetch->key->name);
	json_object_set_int_member(data, "newly_denied", (gint64)fetch->verdict.denied);
	json_object_set_int_member(data, "newly_allowed", (gint64)fetch->verdict.allowed);
	json_object_set_int_member(data, "unknown", (gint64)fetch->verdict.unknown);
	output_object(true, data);
}

static void show(const Cli *cli, const Fetch *fetch)
{
	const BundleVerdict *verdict = &fetch->verdict;

	if (cli->json) {
		show_json(fetch);
		return;
	}
	if (!fetch->news) {
		(void)printf("Nothing new: number %" PRId64 " of %s was accepted before\n", fetch->bundle.number, fetch->conf.source);
		return;
	}
	(void)printf("Policy %s is in force: number %" PRId64 " of %s, signed by the key %s\n", fetch->conf.policy, fetch->bundle.number, fetch->conf.source, fetch->key->name);
	(void)printf("Of the calls recorded here it would have denied %" PRIu64 " more, allowed %" PRIu64 " more, judged %" PRIu64 " alike; of %" PRIu64 " that cannot be known\n",
		verdict->denied, verdict->allowed, verdict->same, verdict->unknown);
}

static int begin(const Cli *cli, const char *text, Fetch *fetch)
{
	char *end = NULL;
	int64_t number = g_ascii_strtoll(text, &end, 10);

	if (!g_ascii_isdigit(*text) || *end || number > (int64_t)LIMIT_BUNDLE_NUMBER)
		return problem_set(&fetch->problem, EXIT_USAGE, "usage", "--begin %s: expected a number, 0 or more", text);
	int code = bundle_state_begin(&fetch->state, number, &fetch->problem);
	if (code != 0)
		return code;
	if (cli->json) {
		JsonObject *answer = json_object_new();
		json_object_set_int_member(answer, "number", number);
		output_object(true, answer);
	} else {
		(void)printf("Bundles with a number above %" PRId64 " will be taken\n", number);
	}
	return code;
}

static int run_fetch(Cli *cli, const void *data)
{
	const Options *options = data;
	Fetch fetch = { .options = options, .state.lock = -1 };
	int code = bundle_state_open(cli, options->state, &fetch.state, &fetch.problem);
	bool open = code == 0;

	if (open && options->begin)
		code = begin(cli, options->begin, &fetch);
	else if (open)
		code = attempt(cli, &fetch);
	if (open && !options->begin)
		bundle_state_tell(&fetch.state, code != 0 ? fetch.problem.text : NULL);
	if (code != 0)
		(void)output_error(cli, fetch.problem.code, fetch.problem.word, "%s", fetch.problem.text);
	else if (!options->begin)
		show(cli, &fetch);
	g_bytes_unref(fetch.manifest);
	g_bytes_unref(fetch.signature);
	g_bytes_unref(fetch.text);
	bundle_clear(&fetch.bundle);
	bundle_conf_clear(&fetch.conf);
	bundle_state_close(&fetch.state);
	g_free(fetch.problem.text);
	return code;
}

const Verb verb_policy_fetch = {
	"policy fetch", run_fetch, 0, 0, "", N_("put the policy of a signed bundle in force that is newer than the last one"), OPTION_TABLE(Options, rows),
	"policy fetch", N_("the bundle is refused"), .answer = true, .alone = true,
};
