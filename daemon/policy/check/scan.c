/* SPDX-License-Identifier: MIT
 *
 * What scanners said of an image.  Nothing is scanned here: a decision looks at the verdicts that are
 * there and says which scans should be made.
 */
#include <string.h>
#include "base/limits.h"
#include "base/scanner-names.h"
#include "base/text.h"
#include "policy/aside.h"
#include "policy/check/check.h"
#include "policy/verdict.h"
#include "policy/schema/field.h"
#include "request/image.h"
#include "request/list.h"

#define SHOWN_BYTES 200u
#define DETAIL_BYTES 300u
#define SECRETS_SHOWN 3u
#define SECOND_US ((int64_t)1000 * 1000)

static const char *shown(const Evaluation *e)
{
	const ImageRef *image = &e->request->image;

	return text_printable(e->arena, e->request->kind == KIND_IMAGE_PUSH ? image_tagged(image, e->arena) : image->text, SHOWN_BYTES);
}

/* What a grant for a finding is bound to: this image, whatever its name leads to later. */
static const char *which(const Evaluation *e)
{
	return arena_printf(e->arena, "%s (%s)", shown(e), *e->request->image_id ? text_printable(e->arena, e->request->image_id, SHOWN_BYTES) : "unknown");
}

/* One that finds only secrets may be named for images as well. */
static bool by_secrets(const ScannerName *scanner)
{
	return scanner && !scanner->vulnerabilities;
}

static const Verdict *find(const Evaluation *e, const char *scanner, bool secrets)
{
	if (!e->situation->verdicts || !*e->request->image_id)
		return NULL;
	return verdict_table_find(e->situation->verdicts, e->request->image_id, scanner, secrets);
}

/* What the scanner knew of is older than it may be, or it does not say.  Scout asks a service of its maker's each time. */
static bool has_old_database(const Evaluation *e, const Verdict *verdict)
{
	const int64_t most_us = verdict->secrets ? 0 : e->policy->image_scanning.max_database_age_us;
	int64_t made_us = 0;

	if (!most_us || !strcmp(verdict->scanner, scanner_names[SCANNER_SCOUT].name))
		return false;
	return !date_parse(verdict->database, &made_us) || e->situation->now_us - made_us > most_us;
}

static bool is_fresh(const Evaluation *e, const Verdict *verdict)
{
	int64_t age = e->situation->now_us - verdict->time_us;

	return verdict->whole && age >= 0 && age <= e->policy->image_scanning.cache_us && !has_old_database(e, verdict);
}

static void want(Evaluation *e, unsigned scans)
{
	e->scan_image = e->request->image_id;
	e->scans |= scans;
}

/* A scan that did not work is not made again at once (scan/jobs.c). */
static const char *tried_again(const Evaluation *e, const Verdict *verdict)
{
	int64_t rest_us = verdict->time_us + LIMIT_SCAN_RETRY_S * SECOND_US - e->situation->now_us;

	if (rest_us <= 0 || rest_us > LIMIT_SCAN_RETRY_S * SECOND_US)
		return "the scan is queued anew, try again in a minute";
	return arena_printf(e->arena, "it is scanned again by a call after %u seconds", (unsigned)(rest_us / SECOND_US) + 1);
}

/* Why the image counts as not scanned, and what comes next. */
static const char *explain(const Evaluation *e, const char *scanner, const Verdict *verdict)
{
	const char *by = scanner ? arena_printf(e->arena, " by %s", scanner) : "";
	const char *next = e->situation->trial ? "the scan is queued when Docker asks for it" : "the scan is queued, try again in a minute";

	if (!e->situation->verdicts)
		return arena_printf(e->arena, "The image %s was not scanned%s: scanning is switched off in config.yaml", shown(e), by);
	if (!*e->request->image_id)
		return arena_printf(e->arena, "The image %s was not scanned%s: Docker does not say which image that is", shown(e), by);
	if (!verdict)
		return arena_printf(e->arena, "The image %s was not scanned yet%s; %s", shown(e), by, next);
	if (!verdict->whole)
		return arena_printf(e->arena, "The image %s could not be scanned: %s; %s", shown(e), text_printable(e->arena, verdict->detail, DETAIL_BYTES),
			tried_again(e, verdict));
	if (has_old_database(e, verdict))
		return arena_printf(e->arena, "The image %s was scanned by %s with a database %s (max_database_age); %s", shown(e), verdict->scanner,
			*verdict->database ? arena_printf(e->arena, "of %s, which is too old", text_printable(e->arena, verdict->database, SHOWN_BYTES)) : "that does not say how old it is",
			tried_again(e, verdict));
	return arena_printf(e->arena, "The scan of the image %s%s is too old; %s", shown(e), by, next);
}

/* The verdict when it is fresh; else the scan is asked for, and reported when it is a must. */
static const Verdict *need(Evaluation *e, const char *scanner, bool secrets, unsigned scans, RuleId id, bool must)
{
	const Verdict *verdict = find(e, scanner, secrets);

	if (verdict && is_fresh(e, verdict))
		return verdict;
	/* Another scan does not help at once where the database is what is old. */
	bool again = verdict && verdict->whole && has_old_database(e, verdict) && e->situation->now_us - verdict->time_us < LIMIT_SCAN_RETRY_S * SECOND_US;
	if (*e->request->image_id && !again)
		want(e, scans);
	if (must) {
		check_report_scan(e, id, ACTION_BLOCK, rule_catalogue[id].severity, -1, explain(e, scanner, verdict), which(e));
		e->findings.items[e->findings.count - 1].info = &rule_catalogue[RULE_IMAGE_SCAN]; /* its fixes: nothing was found that could be removed */
	}
	return NULL;
}

typedef struct Worst {
	unsigned critical, high, medium;
	const char *end_of_life;
} Worst;

/* What is not counted is written down with the reason, once. */
static void write_down(Evaluation *e, const AsideReason *reason)
{
	const char *more = reason->count > LIMIT_ASIDE_SHOWN ? arena_printf(e->arena, " and %u more", reason->count - LIMIT_ASIDE_SHOWN) : "";
	const Waived waived = { rule_catalogue[RULE_IMAGE_FINDINGS].id, arena_printf(e->arena, "%s%s: %s", reason->first, more, reason->why), reason->owner };

	for (size_t i = 0; i < e->waived.count; i++)
		if (!strcmp(e->waived.items[i].reason, waived.reason))
			return;
	LIST_APPEND(e->arena, &e->waived, waived);
}

static void add_counts(Evaluation *e, Worst *worst, const Verdict *verdict)
{
	const AsideSum sum = verdict_without(e->policy, verdict_table_vex(e->situation->verdicts), verdict, e->request, e->situation, e->arena);

	worst->critical = MAX(worst->critical, sum.critical);
	worst->high = MAX(worst->high, sum.high);
	worst->medium = MAX(worst->medium, sum.medium);
	for (size_t i = 0; i < sum.reasons.count; i++)
		write_down(e, &sum.reasons.items[i]);
	if (*verdict->end_of_life)
		worst->end_of_life = verdict->end_of_life;
}

/* What an old or broken scan has found is there, too; NULL: of any that looks for vulnerabilities. */
static void add_scanner(Evaluation *e, Worst *worst, const ScannerName *scanner)
{
	for (size_t i = 0; i < SCANNER_NAMES; i++) {
		const ScannerName *one = &scanner_names[i];
		const Verdict *verdict = (scanner ? one == scanner : one->vulnerabilities) ? find(e, one->name, by_secrets(one)) : NULL;
		if (verdict)
			add_counts(e, worst, verdict);
	}
}

static void report_counts(Evaluation *e, const Worst *worst)
{
	const ScanLimits *limits = &e->policy->image_scanning;
	const struct { Severity severity; unsigned count; int64_t most; } rows[] = {
		{ SEVERITY_CRITICAL, worst->critical, limits->max_critical },
		{ SEVERITY_HIGH, worst->high, limits->max_high },
		{ SEVERITY_MEDIUM, worst->medium, limits->max_medium },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (rows[i].most < 0 || rows[i].count <= rows[i].most)
			continue;
		const char *what = arena_printf(e->arena, "%s: %u %s", which(e), rows[i].count, severity_name(rows[i].severity));
		const char *message = arena_printf(e->arena, "Found %u %s finding(s) in the image %s, at most %u are allowed", rows[i].count,
			severity_name(rows[i].severity), shown(e), (unsigned)rows[i].most);
		check_report_scan(e, RULE_IMAGE_FINDINGS, ACTION_BLOCK, rows[i].severity, -1, message, what);
	}
}

static void report_end_of_life(Evaluation *e, const Worst *worst)
{
	const Action action = e->policy->image_scanning.end_of_life;

	if (action == ACTION_ALLOW || !*worst->end_of_life)
		return;
	const char *system = text_printable(e->arena, worst->end_of_life, SHOWN_BYTES);
	const char *message = arena_printf(e->arena, "The image %s is of %s, which is at its end of life: nobody mends it any more", shown(e), system);
	check_report_scan(e, RULE_IMAGE_FINDINGS, action, rule_catalogue[RULE_IMAGE_FINDINGS].severity, -1, message, arena_printf(e->arena, "%s: end of life: %s", which(e), system));
}

/* Docker refuses by itself to make a container of an image that it does not have; the swarm would fetch it, and a container that is there has one,
 * whatever became of its name. */
static bool cannot_run(const Request *request)
{
	return request->image_absent && request->kind == KIND_CONTAINER_CREATE && !*request->container_id;
}

void check_image_scan(Evaluation *e)
{
	const ScanLimits *limits = &e->policy->image_scanning;
	bool must = e->policy->require_image_scan;
	const StringList *names = &limits->scanners;
	Worst worst = { .end_of_life = "" };

	if ((!must && !limits->enabled) || !*e->request->image.text || cannot_run(e->request))
		return;
	for (size_t i = 0; i < MAX(names->count, 1); i++) {
		const ScannerName *scanner = names->count ? scanner_name_find(names->items[i]) : NULL;
		(void)need(e, scanner ? scanner->name : NULL, by_secrets(scanner), SCANS_IMAGE, RULE_IMAGE_SCAN, must);
		add_scanner(e, &worst, scanner);
	}
	report_counts(e, &worst);
	report_end_of_life(e, &worst);
}

static bool path_listed(const StringList *globs, const char *full, Arena *arena)
{
	const char *path = *full == '/' ? full + 1 : full;

	for (size_t i = 0; i < globs->count; i++) {
		const char *glob = globs->items[i];
		if (glob_matches(*glob == '/' ? glob + 1 : glob, path) || glob_matches(glob, arena_printf(arena, "/%s", path)))
			return true;
	}
	return false;
}

static bool ignored(const SecretLimits *limits, const VerdictSecret *secret, Arena *arena)
{
	for (size_t i = 0; i < limits->ignore_detectors.count; i++)
		if (!g_ascii_strcasecmp(limits->ignore_detectors.items[i], secret->detector))
			return true;
	return path_listed(&limits->exclude_paths, secret->path, arena);
}

/* All that was not looked at are files that the policy leaves out. */
static bool is_excused(const Evaluation *e, const Verdict *verdict)
{
	const SecretLimits *limits = &e->policy->secret_scanning;
	const int64_t age = verdict ? e->situation->now_us - verdict->time_us : -1;

	if (!verdict || verdict->whole || !verdict->gaps.count || age < 0 || age > e->policy->image_scanning.cache_us)
		return false;
	for (size_t i = 0; i < verdict->gaps.count; i++)
		if (!path_listed(&limits->incomplete_paths, verdict->gaps.items[i], e->arena) && !path_listed(&limits->exclude_paths, verdict->gaps.items[i], e->arena))
			return false;
	return true;
}

/* It is told, and written down, each time. */
static void report_excused(Evaluation *e, const Verdict *verdict)
{
	const char *text = "";

	for (size_t i = 0; i < MIN(verdict->gaps.count, SECRETS_SHOWN); i++)
		text = arena_printf(e->arena, "%s%s %s", text, i ? "," : "", text_printable(e->arena, verdict->gaps.items[i], SHOWN_BYTES));
	const char *message = arena_printf(e->arena, "The image %s was not wholly looked at for secrets, which the policy excuses: %zu file(s),%s", shown(e), verdict->gaps.count, text);
	check_report_scan(e, RULE_SECRET_SCAN, ACTION_WARN, SEVERITY_LOW, 0, message, which(e));
}

/* The counts of a verdict without what the policy leaves out. */
static Verdict counted(const Evaluation *e, const Verdict *verdict)
{
	const SecretLimits *limits = &e->policy->secret_scanning;
	Verdict left = *verdict;

	for (size_t i = 0; (limits->ignore_detectors.count || limits->exclude_paths.count) && i < verdict->listed.count; i++) {
		const VerdictSecret *secret = &verdict->listed.items[i];
		if (!ignored(limits, secret, e->arena))
			continue;
		left.critical -= secret->critical;
		left.high -= secret->high;
		left.medium -= secret->medium;
		left.verified -= secret->verified;
	}
	return left;
}

typedef enum SecretRow { ROW_VERIFIED, ROW_CRITICAL, ROW_HIGH, ROW_MEDIUM } SecretRow;

static bool is_of(const VerdictSecret *secret, SecretRow row, bool verified_apart)
{
	switch (row) {
	case ROW_VERIFIED:
		return secret->verified;
	case ROW_CRITICAL:
		return secret->critical && !(secret->verified && verified_apart);
	case ROW_HIGH:
		return secret->high;
	default:
		return secret->medium;
	}
}

/* ": netrc-password in /root/.netrc line 1, ..." of the worst that are known by name; `left`: so many more may be shown. */
static const char *list_secrets(const Evaluation *e, const Verdict *verdict, SecretRow row, unsigned *left)
{
	const SecretLimits *limits = &e->policy->secret_scanning;
	const char *text = "";

	for (size_t i = 0; i < verdict->listed.count && *left; i++) {
		const VerdictSecret *secret = &verdict->listed.items[i];
		if (!is_of(secret, row, limits->block_on_verified) || ignored(limits, secret, e->arena))
			continue;
		--*left;
		text = arena_printf(e->arena, "%s%s %s in %s%s", text, *text ? "," : ":", text_printable(e->arena, secret->detector, SHOWN_BYTES),
			text_printable(e->arena, secret->path, SHOWN_BYTES), secret->line > 0 ? arena_printf(e->arena, " line %" G_GINT64_FORMAT, secret->line) : "");
	}
	return text;
}

static void report_secrets(Evaluation *e, const Verdict *verdict)
{
	static const char heading[] = "🔐 SECRETS DETECTED - PUSH BLOCKED";
	const SecretLimits *limits = &e->policy->secret_scanning;
	const Verdict left = counted(e, verdict);
	/* Verified ones that block are not counted a second time. */
	unsigned critical = limits->block_on_verified ? left.critical - MIN(left.verified, left.critical) : left.critical, shown_left = SECRETS_SHOWN;
	const struct { const char *word, *words; Severity severity; unsigned count; int64_t most, points; bool blocks; } rows[] = {
		[ROW_VERIFIED] = { "verified", "VERIFIED (active) secret(s) in image!", SEVERITY_CRITICAL, left.verified, 0, limits->verified_score, limits->block_on_verified },
		[ROW_CRITICAL] = { "critical", "critical secret(s) in the image", SEVERITY_CRITICAL, critical, MAX(limits->max_critical, 0), limits->critical_score, true },
		[ROW_HIGH] = { "high", "high secret(s) in the image", SEVERITY_HIGH, left.high, MAX(limits->max_high, 0), limits->high_score, true },
		[ROW_MEDIUM] = { "medium", "medium secret(s) in the image", SEVERITY_MEDIUM, left.medium, MAX(limits->max_medium, 0), -1, limits->max_medium >= 0 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (rows[i].count <= rows[i].most)
			continue;
		const char *what = arena_printf(e->arena, "%s: %u %s", which(e), rows[i].count, rows[i].word);
		const char *message = arena_printf(e->arena, "Found %u %s %s%s", rows[i].count, rows[i].words, shown(e), list_secrets(e, verdict, (SecretRow)i, &shown_left));
		check_report_scan(e, RULE_SECRET_SCAN, rows[i].blocks ? ACTION_BLOCK : ACTION_WARN, rows[i].severity, rows[i].points, message, what);
		if (rows[i].blocks)
			e->heading = heading;
	}
}

void check_push_secrets(Evaluation *e)
{
	const SecretLimits *limits = &e->policy->secret_scanning;
	const ImageRef *image = &e->request->image;
	const char *scanner = limits->scanner;

	if (!limits->enabled || !*image->text || e->request->image_absent)
		return;
	if (!*image->tag && !*image->digest) {
		const char *message = arena_printf(e->arena, "All tags of %s at once cannot be looked at for secrets: push them one by one", shown(e));
		check_report_scan(e, RULE_SECRET_SCAN, ACTION_BLOCK, rule_catalogue[RULE_SECRET_SCAN].severity, -1, message, shown(e));
		return;
	}
	const Verdict *excused = find(e, scanner, true);
	if (is_excused(e, excused)) {
		report_secrets(e, excused);
		report_excused(e, excused);
		return;
	}
	const Verdict *verdict = need(e, scanner, true, SCANS_SECRETS, RULE_SECRET_SCAN, true);
	if (!verdict)
		verdict = find(e, scanner, true);
	if (verdict)
		report_secrets(e, verdict);
}
