/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "scan/plan.h"
#include "scan/probe.h"
#include "scan/signers.h"

/* What could not be tried may work, if it is a program of its own. */
static bool may_work(const Scanner *scanner, ScannerState state)
{
	bool untried = state == SCANNER_UNTRIED || state == SCANNER_SHUT_OUT;

	return state == SCANNER_READY || (untried && !strcmp(scanner->is->name, scanner->program));
}

const Scanner *plan_ready(ScanKind kind, const char *const *program_dirs)
{
	for (size_t i = 0; i < scanner_count; i++)
		if (scanner_finds(&scanners[i], kind) && may_work(&scanners[i], scanner_state(&scanners[i], program_dirs)))
			return &scanners[i];
	return NULL;
}

const Scanner *plan_default(ScanKind kind, const char *const *program_dirs)
{
	const Scanner *ready = plan_ready(kind, program_dirs);

	for (size_t i = 0; !ready && i < scanner_count; i++)
		if (scanner_finds(&scanners[i], kind))
			return &scanners[i];
	return ready;
}

bool plan_add_step(ScanOrder *order, const Scanner *scanner, ScanKind kind)
{
	if (!scanner_finds(scanner, kind))
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
	if (scans & SCANS_SIGNATURES)
		(void)plan_add_step(order, &signature_scanner, SCAN_SIGNATURE);
	const Scanner *secrets = scanner_find(policy_secret_scanner(policy));
	if ((scans & SCANS_SECRETS) && secrets)
		(void)plan_add_step(order, secrets, SCAN_SECRET);
}
