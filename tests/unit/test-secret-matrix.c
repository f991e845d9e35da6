/* SPDX-License-Identifier: MIT
 *
 * What is found of the matrix of kinds and contexts must not become less: one draw of each cell.  bench-matrix says which are missed.
 */
#include "secret-matrix.h"

#define LEAST_OF_ALL 97u     /* of a hundred */
#define LEAST_OF_CONTEXT 93u /* of the kinds in each context */

static MatrixLook look;

static void test_found(void)
{
	size_t found = 0;

	g_assert_cmpuint(G_N_ELEMENTS(secret_kinds), >=, 136);
	g_assert_cmpuint(G_N_ELEMENTS(secret_contexts), >=, 34);
	for (size_t c = 0; c < G_N_ELEMENTS(secret_contexts); c++) {
		size_t here = 0;
		for (size_t k = 0; k < G_N_ELEMENTS(secret_kinds); k++)
			here += matrix_cell(&look, &secret_kinds[k], &secret_contexts[c], (guint32)(k + 1)) >= SCAN_MEDIUM;
		g_test_message("%s: %zu", secret_contexts[c].what, here);
		g_assert_cmpuint(here * 100, >=, LEAST_OF_CONTEXT * G_N_ELEMENTS(secret_kinds));
		found += here;
	}
	g_assert_cmpuint(found * 100, >=, LEAST_OF_ALL * G_N_ELEMENTS(secret_kinds) * G_N_ELEMENTS(secret_contexts));
}

static void test_benign(void)
{
	for (size_t k = 0; k < G_N_ELEMENTS(benign_kinds); k++)
		for (size_t c = 0; c < G_N_ELEMENTS(secret_contexts); c++) {
			g_test_message("%s in %s", benign_kinds[k].name, secret_contexts[c].what);
			g_assert_cmpint(matrix_cell(&look, &benign_kinds[k], &secret_contexts[c], (guint32)(k + 1)), <, SCAN_MEDIUM);
		}
}

int main(int argc, char **argv)
{
	const EngineCalls calls = { matrix_found, never_stop, &look };

	g_test_init(&argc, &argv, NULL);
	g_autoptr(SecretEngine) engine = engine_new(NULL, calls);
	look.engine = engine;
	g_test_add_func("/secret-matrix/found", test_found);
	g_test_add_func("/secret-matrix/benign", test_benign);
	return g_test_run();
}
