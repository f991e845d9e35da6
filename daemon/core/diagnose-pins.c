/* SPDX-License-Identifier: MIT
 *
 * Whether people of this host can have pins: by the kernel, by the file systems of their home directories, and by the helper.
 */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/diagnose.h"
#include "request/mount-table.h"
#include "request/path.h"

#define FIRST_OF_PEOPLE 1000u /* login.defs(5), UID_MIN and UID_MAX */
#define LAST_OF_PEOPLE 59999u
#define RELEASE(major, minor) ((major)*1000u + (minor))
#define SHOWN_NAMES 5u
#define LINE_BYTES 4096u

/* Since when the kernel maps owners there (fs/, FS_ALLOW_IDMAP). */
static const struct {
	const char *type;
	unsigned release;
} types[] = { { "ext4", RELEASE(5, 12) }, { "xfs", RELEASE(5, 12) }, { "btrfs", RELEASE(5, 15) }, { "f2fs", RELEASE(5, 18) },
	{ "tmpfs", RELEASE(6, 3) } };

static unsigned release_of(const char *release)
{
	char *end;
	unsigned long major = strtoul(release, &end, 10), minor = *end == '.' ? strtoul(end + 1, NULL, 10) : 0;

	return RELEASE((unsigned)MIN(major, 999), (unsigned)MIN(minor, 999));
}

static bool is_possible(const char *type, unsigned release)
{
	for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
		if (!strcmp(types[i].type, type))
			return release >= types[i].release;
	return false;
}

/* The people whose home directory is on a file system without pins: "carol (nfs4)". */
static const char *find_without(const PinsSeen *seen, unsigned release, size_t *ret_people, size_t *ret_without, Arena *arena)
{
	FILE *users = fopen(seen->users, "re");
	char buffer[LINE_BYTES];
	struct passwd entry, *found;
	const char *names = "";

	while (users && fgetpwent_r(users, &entry, buffer, sizeof buffer, &found) == 0) {
		if (entry.pw_uid < FIRST_OF_PEOPLE || entry.pw_uid > LAST_OF_PEOPLE || entry.pw_dir[0] != '/')
			continue;
		const MountRow *mount = mount_table_place(seen->mounts, path_clean(entry.pw_dir, arena), arena).mount;
		++*ret_people;
		if (mount && is_possible(mount->type, release))
			continue;
		if (++*ret_without <= SHOWN_NAMES)
			names = arena_printf(arena, "%s%s%s (%s)", names, *names ? ", " : "", entry.pw_name, mount ? mount->type : "?");
	}
	if (users)
		(void)fclose(users);
	return *ret_without > SHOWN_NAMES ? arena_printf(arena, "%s and %zu more", names, *ret_without - SHOWN_NAMES) : names;
}

void diagnose_pins(const PinsSeen *seen, CheckList *checks, Arena *arena)
{
	unsigned release = release_of(seen->release);
	size_t people = 0, without = 0;

	if (release < RELEASE(5, 12)) {
		check_add(checks, arena, "pins", CHECK_WARNING, "this kernel has no idmapped mounts, so nobody can have pins",
			"Linux 5.12 or newer; docs/PINS.md");
		return;
	}
	if (!seen->answers) {
		check_add(checks, arena, "pins", CHECK_FAILED,
			"the helper that makes pins does not answer; containers that have one are denied",
			"systemctl status sentinel-pin.socket sentinel-pin.service");
		return;
	}
	if (!seen->mounts) {
		check_add(checks, arena, "pins", CHECK_WARNING,
			"the helper that makes pins answers; what the home directories are on cannot be read", "");
		return;
	}
	const char *names = find_without(seen, release, &people, &without, arena);
	if (without)
		check_add(checks, arena, "pins", CHECK_WARNING,
			arena_printf(arena, "pins are not possible in the home directories of %s", names),
			"ext4, xfs, btrfs, f2fs and (from Linux 6.3 on) tmpfs can have them: a directory on one of these for projects; "
			"docs/PINS.md");
	else
		check_add(checks, arena, "pins", CHECK_OK,
			arena_printf(arena, "the helper that makes pins answers%s",
				people ? ", and the file systems of the home directories can have them" : ""),
			"");
}
