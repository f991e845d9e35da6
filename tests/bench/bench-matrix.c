/* SPDX-License-Identifier: MIT
 *
 * How much of the matrix of kinds and contexts (tests/unit/secret-kinds.h, secret-contexts.h) is found: bench-matrix [--list]
 * Prints the shares, the worst kinds and contexts, and what is found of the benign ones; --list: each cell that is missed.
 */
#include <stdio.h>
#include "../unit/secret-matrix.h"

#define DRAWS 3u
#define POOR 90u

static unsigned kind_found[G_N_ELEMENTS(secret_kinds)], context_found[G_N_ELEMENTS(secret_contexts)];

static void measure(MatrixLook *look, bool list)
{
	unsigned found = 0, high = 0, all = 0;

	for (size_t k = 0; k < G_N_ELEMENTS(secret_kinds); k++)
		for (size_t c = 0; c < G_N_ELEMENTS(secret_contexts); c++)
			for (guint32 seed = 1; seed <= DRAWS; seed++) {
				const ScanSeverity worst = matrix_cell(look, &secret_kinds[k], &secret_contexts[c], seed * 7919u + (guint32)k);
				all++;
				found += worst >= SCAN_MEDIUM;
				high += worst >= SCAN_HIGH;
				kind_found[k] += worst >= SCAN_MEDIUM;
				context_found[c] += worst >= SCAN_MEDIUM;
				if (list && worst < SCAN_MEDIUM)
					(void)printf("missed: %s in %s (%u)\n", secret_kinds[k].name, secret_contexts[c].what, seed);
			}
	(void)printf("%zu kinds in %zu contexts, %u draws each: found %.1f %%, at high or critical %.1f %%\n", G_N_ELEMENTS(secret_kinds), G_N_ELEMENTS(secret_contexts), DRAWS,
		100.0 * found / all, 100.0 * high / all);
}

static void worst_ones(void)
{
	const unsigned contexts = G_N_ELEMENTS(secret_contexts) * DRAWS, kinds = G_N_ELEMENTS(secret_kinds) * DRAWS;

	for (size_t k = 0; k < G_N_ELEMENTS(secret_kinds); k++)
		if (kind_found[k] * 100 < contexts * POOR)
			(void)printf("%3u %% of contexts: %s %s\n", kind_found[k] * 100 / contexts, secret_kinds[k].name, secret_kinds[k].form);
	for (size_t c = 0; c < G_N_ELEMENTS(secret_contexts); c++)
		if (context_found[c] * 100 < kinds * POOR)
			(void)printf("%3u %% of kinds: %s\n", context_found[c] * 100 / kinds, secret_contexts[c].what);
}

static void measure_benign(MatrixLook *look)
{
	unsigned high = 0, medium = 0, all = 0;

	for (size_t k = 0; k < G_N_ELEMENTS(benign_kinds); k++)
		for (size_t c = 0; c < G_N_ELEMENTS(secret_contexts); c++)
			for (guint32 seed = 1; seed <= DRAWS; seed++) {
				const ScanSeverity worst = matrix_cell(look, &benign_kinds[k], &secret_contexts[c], seed * 104729u + (guint32)k);
				all++;
				high += worst >= SCAN_HIGH;
				medium += worst == SCAN_MEDIUM;
				if (worst >= SCAN_MEDIUM && seed == 1)
					(void)printf("benign, found %s by %s: %s=%s in %s\n", worst >= SCAN_HIGH ? "high" : "medium", look->rule, benign_kinds[k].name, benign_kinds[k].form, secret_contexts[c].what);
			}
	(void)printf("%zu benign kinds in as many contexts: %u of %u at high or critical, %u at medium\n", G_N_ELEMENTS(benign_kinds), high, all, medium);
}

int main(int argc, char **argv)
{
	MatrixLook look = { 0 };
	const EngineCalls calls = { matrix_found, never_stop, &look };
	g_autoptr(SecretEngine) engine = engine_new(NULL, calls);

	look.engine = engine;
	measure(&look, argc > 1);
	worst_ones();
	measure_benign(&look);
	return 0;
}
