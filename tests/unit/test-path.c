/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/limits.h"
#include "request/image.h"
#include "request/path.h"
#include "request/viewer.h"
#include "scratch.h"

#define NOBODY 65534

static void test_clean(void)
{
	static const struct { const char *path, *clean; } rows[] = {
		{ "/", "/" }, { "//", "/" }, { "/a//b/../c/", "/a/c" }, { "/./a", "/a" }, { "/..", "/" }, { "/../../a", "/a" }, { "/a/..", "/" },
		{ "/a/.b", "/a/.b" }, { "/a/...", "/a/..." }, { "", "/" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_assert_cmpstr(path_clean(rows[i].path, arena), ==, rows[i].clean);
	}
}

static void test_relation(void)
{
	static const struct { const char *path, *other; PathRelation relation; } rows[] = {
		{ "/etc", "/etc", PATH_EQUAL }, { "/etc/x", "/etc", PATH_INSIDE }, { "/etcx", "/etc", PATH_APART }, { "/", "/etc", PATH_CONTAINS },
		{ "/etc", "/", PATH_INSIDE }, { "/", "/", PATH_EQUAL }, { "/var", "/var/run/docker.sock", PATH_CONTAINS }, { "/va", "/var", PATH_APART },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpint(path_relation(rows[i].path, rows[i].other), ==, rows[i].relation);
}

static void test_resolve(void)
{
	static const struct { const char *link, *target, *path, *resolved; } rows[] = {
		{ "plain", "/srv", "plain/x", "/srv/x" },       { "up", "/srv/a/b", "up/../c", "/srv/a/c" },
		{ "dangling", "/no/such", "dangling", "/no/such" }, { "relative", "../nowhere", "relative", NULL },
		{ "loop", "loop", "loop", "" },                 { "root", "/", "root/etc", "/etc" },
		{ "twice", "plain", "twice/y", "/srv/y" },      { "deep", "/no/such/../x", "deep/z", "/no/x/z" },
		{ "behind", "/no/such", "behind/a/b", "/no/such/a/b" },
	};
	g_autofree char *made = g_dir_make_tmp("sentinel-XXXXXX", NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_assert_cmpint(symlink(rows[i].target, arena_printf(arena, "%s/%s", made, rows[i].link)), ==, 0);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_autofree char *beside = g_path_get_dirname(made);
		const char *expected = rows[i].resolved ? rows[i].resolved : arena_printf(arena, "%s/nowhere", beside);
		g_assert_cmpstr(path_resolve(arena_printf(arena, "%s/%s", made, rows[i].path), arena), ==, expected);
		g_assert_cmpstr(path_resolve(arena_printf(arena, "%s//%s", made, rows[i].path), arena), ==, expected);
		const char *missing = arena_printf(arena, "%s/missing/%s", made, rows[i].link);
		g_assert_cmpstr(path_resolve(missing, arena), ==, missing);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		(void)unlink(arena_printf(arena, "%s/%s", made, rows[i].link));
	}
	(void)rmdir(made);
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *longer = g_strnfill(5000, 'a');
	*longer = '/';
	g_assert_cmpstr(path_resolve(longer, arena), ==, "");
	g_assert_cmpstr(path_resolve("/proc/self/root/etc", arena), ==, "/etc");
	g_assert_cmpstr(path_canonical_run("/var/run/docker.sock", arena), ==, "/run/docker.sock");
	g_assert_cmpstr(path_canonical_run("/var/running", arena), ==, "/var/running");
}

/* As many links as the kernel follows, and not one more, also to what is not there. */
static void test_links(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autoptr(Arena) arena = arena_new();
	const char *last = "/no/such";

	for (unsigned i = 1; i <= LIMIT_PATH_LINKS + 1; i++) {
		const char *link = arena_printf(arena, "%s/%u", dir, i);
		g_assert_cmpint(symlink(last, link), ==, 0);
		g_assert_cmpstr(path_resolve(link, arena), ==, i <= LIMIT_PATH_LINKS ? "/no/such" : "");
		last = link;
	}
}

/* Where this user may not look, nobody says what is there: that is not taken for nothing. */
static void test_closed(void)
{
	g_autofree char *made = g_dir_make_tmp("sentinel-XXXXXX", NULL), *closed = g_build_filename(made, "closed", NULL);
	g_autofree char *inside = g_build_filename(closed, "x", NULL), *twice = g_strconcat(made, "//closed/x", NULL);
	g_autoptr(Arena) arena = arena_new();

	g_assert_cmpint(chmod(made, 0755), ==, 0);
	g_assert_cmpint(mkdir(closed, 0), ==, 0);
	int before = setfsuid(NOBODY); /* for root, who may look everywhere */
	const char *plain = path_resolve(inside, arena), *odd = path_resolve(twice, arena);
	(void)setfsuid((uid_t)before);
	g_assert_cmpstr(plain, ==, "");
	g_assert_cmpstr(odd, ==, "");
	(void)rmdir(closed);
	(void)rmdir(made);
}

/* The kernel says " (deleted)" of what is gone; a file may also be called so. */
static void test_told(void)
{
	static const char odd[] = "there (deleted)";
	g_autofree char *made = g_dir_make_tmp("sentinel-XXXXXX", NULL), *beside = g_build_filename(made, odd, NULL), *link = g_build_filename(made, "link", NULL);
	g_autofree char *loops = g_build_filename(made, "link", "below", NULL), *gone = g_build_filename(made, "gone", NULL);
	g_autoptr(Arena) arena = arena_new();

	g_assert_true(g_file_set_contents(beside, "", 0, NULL));
	g_assert_cmpint(symlink(odd, link), ==, 0);
	g_assert_cmpstr(path_resolve(link, arena), ==, beside);
	g_assert_cmpstr(path_resolve(loops, arena), ==, arena_printf(arena, "%s/below", beside));
	int fd = open(gone, O_CREAT | O_RDONLY | O_CLOEXEC, 0600);
	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(unlink(gone), ==, 0);
	const char *held = arena_printf(arena, "/proc/self/fd/%d", fd);
	g_assert_cmpstr(path_resolve(held, arena), ==, arena_printf(arena, "%s (deleted)", gone));
	(void)close(fd);
	(void)unlink(link);
	(void)unlink(beside);
	(void)rmdir(made);
}

#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void test_images(void)
{
	static const struct { const char *text, *registry, *canonical; } rows[] = {
		{ "ubuntu", "docker.io", "docker.io/library/ubuntu:latest" },
		{ "team/app:1", "docker.io", "docker.io/team/app:1" },
		{ "index.docker.io/a", "docker.io", "docker.io/library/a:latest" },
		{ "localhost/a", "localhost", "localhost/a:latest" },
		{ "localhost:5000/a:1", "localhost:5000", "localhost:5000/a:1" },
		{ "evil.test/docker.io/a", "evil.test", "evil.test/docker.io/a:latest" },
		{ "docker.io.evil.test/a", "docker.io.evil.test", "docker.io.evil.test/a:latest" },
		{ "DOCKER.IO/a", "DOCKER.IO", "DOCKER.IO/a:latest" },
		{ "a@" DIGEST, "docker.io", "docker.io/library/a@" DIGEST },
		{ "a:1@" DIGEST, "docker.io", "docker.io/library/a:1@" DIGEST },
		{ "docker.io@evil.test/x", "", "docker.io@evil.test/x" },
		{ "a@sha256:01", "", "a@sha256:01" },
		{ "a@" DIGEST "/x", "", "a@" DIGEST "/x" },
		{ "a:.hidden", "", "a:.hidden" },
		{ "a:b@c", "", "a:b@c" },
		{ "UPPER", "", "UPPER" },
		{ "a//b", "", "a//b" },
		{ "evil.test/", "", "evil.test/" },
		{ "", "", "" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		ImageRef image = image_parse(rows[i].text, arena);
		g_test_message("%s", rows[i].text);
		g_assert_cmpstr(image.registry, ==, rows[i].registry);
		g_assert_cmpstr(image_canonical(&image, arena), ==, rows[i].canonical);
	}
}

/* A way is gone only where the one who asks may go. */
static void test_viewer(void)
{
	const gid_t groups[] = { getegid() };
	static const struct { mode_t mode; bool owner, member, seen; } rows[] = {
		{ 0700, false, false, false }, { 0711, false, false, true }, { 0710, false, true, true }, { 0710, false, false, false }, { 0700, true, false, true },
		{ 0077, true, true, false }, /* its owner is not one of the others */
		{ 0701, false, true, false }, /* nor its group */
	};
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *made = g_dir_make_tmp("sentinel-XXXXXX", NULL), *directory = g_build_filename(made, "d", NULL), *link = g_build_filename(directory, "link", NULL);

	g_assert_cmpint(chmod(made, 0755), ==, 0);
	g_assert_cmpint(mkdir(directory, 0700), ==, 0);
	g_assert_cmpint(symlink("/srv", link), ==, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const PathViewer other = { rows[i].owner ? geteuid() : geteuid() + 4711, groups, rows[i].member };
		struct stat status;
		g_assert_cmpint(chmod(directory, rows[i].mode), ==, 0);
		g_assert_null(viewer_set(&other));
		g_test_message("%zu", i);
		g_assert_cmpstr(path_resolve(link, arena), ==, rows[i].seen ? "/srv" : "");
		g_assert_cmpint(viewer_stat(link, &status, arena), ==, rows[i].seen);
		g_assert_cmpstr(path_resolve(arena_printf(arena, "%s/missing", made), arena), ==, arena_printf(arena, "%s/missing", made));
		g_assert_cmpstr(path_resolve("/proc/self/cwd", arena), ==, "");
		g_assert_true(viewer_set(NULL) == &other);
	}
	g_assert_cmpint(chmod(directory, 0700), ==, 0);
	g_assert_cmpstr(path_resolve(link, arena), ==, "/srv");
	(void)unlink(link);
	(void)rmdir(directory);
	(void)rmdir(made);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/path/clean", test_clean);
	g_test_add_func("/path/relation", test_relation);
	g_test_add_func("/path/resolve", test_resolve);
	g_test_add_func("/path/links", test_links);
	g_test_add_func("/path/closed", test_closed);
	g_test_add_func("/path/told", test_told);
	g_test_add_func("/path/images", test_images);
	g_test_add_func("/path/viewer", test_viewer);
	return g_test_run();
}
