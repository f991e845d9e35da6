/* SPDX-License-Identifier: MIT
 *
 * Whether an image that will run is signed.  Nothing is verified here: what was (scan/verify.c) is in the verdicts, bound to a digest and to the
 * keys by which it was verified.  Whatever is not there, is too old or was verified by other keys is not signed.
 */
#include <string.h>
#include "base/limits.h"
#include "base/text.h"
#include "policy/check/check.h"
#include "policy/signature.h"
#include "policy/verdict.h"
#include "request/image.h"

#define SHOWN_BYTES 200u
#define DETAIL_BYTES 300u
#define SECOND_US ((int64_t)1000 * 1000)

static const char *shown(const Evaluation *e)
{
	return text_printable(e->arena, e->request->image.text, SHOWN_BYTES);
}

/* An image that is named by its id alone may be vouched for under any of its names. */
static bool by_id(const Request *request)
{
	return signature_digest_valid(request->image.text);
}

static bool is_fresh(const Evaluation *e, int64_t time_us)
{
	int64_t age = e->situation->now_us - time_us;

	return age >= 0 && age <= e->policy->image_scanning.cache_us;
}

/* By the keys that the policy has now. */
static bool is_vouched(const Evaluation *e, const Verdict *verdict)
{
	for (size_t i = 0; i < verdict->names.count; i++) {
		const VerdictSigned *one = &verdict->names.items[i];
		const ImageRef source = image_parse(one->image, e->arena);
		if (!one->good || !is_fresh(e, one->time_us) || !signature_is_of(e->request, &source))
			continue;
		const SignatureTrust *trust = policy_signature_trust(e->policy, &source, e->arena);
		if (trust && !*trust->problem && *trust->revision && !strcmp(trust->revision, one->revision))
			return true;
	}
	return verdict->stated && is_fresh(e, verdict->time_us);
}

/* A check is not made again at once, whatever it said (scan/jobs.c). */
static const char *what_next(const Evaluation *e, const Verdict *verdict)
{
	int64_t rest_us = verdict ? verdict->time_us + LIMIT_SCAN_RETRY_S * SECOND_US - e->situation->now_us : 0;

	if (e->situation->trial)
		return "it is checked when Docker asks for it";
	if (rest_us <= 0 || rest_us > LIMIT_SCAN_RETRY_S * SECOND_US)
		return "it is being checked, try again in a minute";
	return arena_printf(e->arena, "it is checked again by a call after %u seconds, or now: sentinel scan --signatures", (unsigned)(rest_us / SECOND_US) + 1);
}

/* Why nobody needs to look, for no answer would do; NULL: somebody must. */
static const char *hopeless(const Evaluation *e)
{
	const Request *request = e->request;
	const SignatureTrust *trust = by_id(request) ? NULL : policy_signature_trust(e->policy, &request->image, e->arena);

	if (!trust && !(by_id(request) && policy_signature_entry(e->policy, 0)))
		return "no entry of images.signatures is for it";
	if (trust && *trust->problem)
		return trust->problem;
	if (!e->situation->verdicts)
		return "scanning is switched off in config.yaml, and signatures are checked by it";
	if (request->kind == KIND_SERVICE && !*request->image.digest)
		return "a service's image must be named by its digest";
	if (!*signature_subject(request))
		return "Docker does not say which image that is";
	return signature_digest_valid(signature_subject(request)) ? NULL : "its digest is none that can be checked";
}

static const char *explain(Evaluation *e, const Verdict *verdict)
{
	if (verdict && *verdict->detail)
		return arena_printf(e->arena, "%s; %s", text_printable(e->arena, verdict->detail, DETAIL_BYTES), what_next(e, verdict));
	return arena_printf(e->arena, "nobody has checked it%s; %s", verdict ? " under this name by the keys of now, or too long ago" : " yet", what_next(e, NULL));
}

void check_image_signed(Evaluation *e)
{
	const ImageRules *rules = &e->policy->images;

	if (!*e->request->image.text || !rules->rule.set || !rules->require_signed)
		return;
	/* Docker refuses by itself, and its client pulls and asks again.  A container that is there has an image, whatever became of its name. */
	if (e->request->image_absent && !*e->request->image_id)
		return;
	const char *subject = signature_subject(e->request), *why = hopeless(e);
	const Verdict *verdict = why ? NULL : verdict_table_find(e->situation->verdicts, subject, VERDICT_SIGNATURES, false);
	/* Docker has just this image under the digest: what is known of it by its id is known of it. */
	const Verdict *same = why || !*e->request->image_id ? NULL : verdict_table_find(e->situation->verdicts, e->request->image_id, VERDICT_SIGNATURES, false);
	if ((verdict && is_vouched(e, verdict)) || (same && is_vouched(e, same)))
		return;
	if (!why) {
		e->scan_image = subject;
		e->scans |= SCANS_SIGNATURES;
		why = explain(e, verdict);
	}
	const char *message = *rules->rule.message ? "" : arena_printf(e->arena, "The image %s is not signed: %s", shown(e), text_printable(e->arena, why, DETAIL_BYTES + SHOWN_BYTES));
	check_report_as(e, RULE_SIGNED, &rules->rule, rules->rule.action, message, shown(e));
}
