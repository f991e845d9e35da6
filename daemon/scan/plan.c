/* SPDX-License-Identifier: MIT */
#include "scan/plan.h"

const Scanner *plan_default(ScanKind kind, const char *const *program_dirs)
{
	const Scanner *first = NULL;

	for (size_t i = 0; i < scanner_count; i++) {
		const Scanner *scanner = &scanners[i];
		if (!(scanner->kinds & SCAN_KINDS(kind)))
			continue;
		g_autofree char *program = scanner_program(scanner, program_dirs);
		if (program || scanner->detect)
			return scanner;
		first = first ? first : scanner;
	}
	return first;
}

bool plan_add_step(ScanOrder *order, const Scanner *scanner, ScanKind kind)
{
	if (!(scanner->kinds & SCAN_KINDS(kind)))
		return false;
	for (size_t i = 0; i < order->step_count; i++)
		if (order->steps[i].scanner == scanner && order->steps[i].kind == kind)
			return true;
	if (order->step_count < SCAN_STEPS)
		order->steps[order->step_count++] = (ScanStep){ scanner, kind };
	return true;
}

void plan_add(ScanOrder *order, const Policy *policy, unsigned scans, const char *const *program_dirs)
{
	const StringList *names = policy_image_scanners(policy);

	for (size_t i = 0; (scans & SCANS_IMAGE) && i < names->count; i++) {
		const Scanner *scanner = scanner_find(names->items[i]);
		if (scanner && !plan_add_step(order, scanner, SCAN_VULNERABILITY))
			(void)plan_add_step(order, scanner, SCAN_SECRET);
	}
	if ((scans & SCANS_IMAGE) && !names->count)
		(void)plan_add_step(order, plan_default(SCAN_VULNERABILITY, program_dirs), SCAN_VULNERABILITY);
	const Scanner *secrets = scanner_find(policy_secret_scanner(policy));
	if ((scans & SCANS_SECRETS) && secrets)
		(void)plan_add_step(order, secrets, SCAN_SECRET);
}
