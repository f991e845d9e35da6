/* SPDX-License-Identifier: MIT
 *
 * What only the service can have written.
 */
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "core/seal.h"
#include "scratch.h"

static void test_line(void)
{
	static const char *const texts[] = { "", "x", "{\"a\":1}\n", "a\n#seal 0000\n" };

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		size_t length, checked;
		g_autofree char *sealed = seal_put("verdict", texts[i], strlen(texts[i]), &length);
		g_assert_cmpuint(length, ==, strlen(sealed));
		checked = length;
		g_assert_true(seal_check("verdict", sealed, &checked));
		g_assert_cmpuint(checked, ==, strlen(texts[i]));
		checked = length;
		g_assert_false(seal_check("grants", sealed, &checked));
		/* Any byte that is changed, and any end that is missing. */
		for (size_t at = 0; at < length; at++) {
			checked = at;
			g_assert_false(seal_check("verdict", sealed, &checked));
			sealed[at] ^= 1;
			checked = length;
			g_assert_false(seal_check("verdict", sealed, &checked));
			sealed[at] ^= 1;
		}
	}
}

/* A text that is shorter than a seal: nothing before its first byte is read. */
static void test_short(void)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t length = 1;

	g_assert_true(pages != MAP_FAILED);
	g_assert_cmpint(mprotect(pages, page, PROT_NONE), ==, 0);
	pages[page] = '\n';
	g_assert_false(seal_check("p", pages + page, &length));
	length = 0;
	g_assert_false(seal_check("p", pages + page, &length));
	g_assert_cmpint(munmap(pages, 2 * page), ==, 0);
}

/* The key is made once and read again; one that is damaged or a link is none. */
static void test_key(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *file = g_build_filename(dir, "key", NULL), *link = g_build_filename(dir, "link", NULL);
	g_autoptr(GError) error = NULL, damaged = NULL;
	struct stat status;
	size_t length;

	g_assert_true(seal_open(file, &error));
	g_assert_no_error(error);
	g_assert_cmpint(stat(file, &status), ==, 0);
	g_assert_cmpuint(status.st_mode & 0777, ==, 0600);
	g_assert_cmpint(status.st_size, ==, 32);
	g_autofree char *before = seal_put("p", "text", 4, &length);
	g_assert_true(seal_open(file, &error));
	g_assert_true(seal_check("p", before, &length));
	g_assert_cmpint(symlink(file, link), ==, 0);
	g_assert_false(seal_open(link, NULL));
	scratch_put(dir, "key", "short");
	g_assert_false(seal_open(file, &damaged));
	g_assert_nonnull(strstr(damaged->message, file));
	/* Another key: what was sealed by the first does not count. */
	scratch_put(dir, "other", "01234567890123456789012345678901");
	g_autofree char *other = g_build_filename(dir, "other", NULL);
	length = strlen(before);
	g_assert_true(seal_open(other, &error));
	g_assert_false(seal_check("p", before, &length));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/seal/line", test_line);
	g_test_add_func("/seal/short", test_short);
	g_test_add_func("/seal/key", test_key);
	return g_test_run();
}
