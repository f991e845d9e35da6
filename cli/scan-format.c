/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include "cli/output.h"
#include "cli/scan-format.h"

#define FILE_MODE 0666 /* without what the umask takes */

bool scan_format_parse(const char *word, ScanFormat *ret)
{
	static const char *const words[SCAN_FORMATS] = { [SCAN_TABLE] = "table", [SCAN_JSON] = "json", [SCAN_SARIF] = "sarif", [SCAN_CYCLONEDX] = "cyclonedx" };

	for (unsigned i = 0; i < SCAN_FORMATS; i++)
		if (!strcmp(words[i], word)) {
			*ret = (ScanFormat)i;
			return true;
		}
	return false;
}

const char *scan_text(JsonObject *object, const char *name)
{
	return json_object_get_string_member_with_default(object, name, "");
}

JsonArray *scan_list(JsonObject *object, const char *name)
{
	return json_object_has_member(object, name) ? json_object_get_array_member(object, name) : NULL;
}

char *scan_format(ScanFormat format, JsonObject *result)
{
	JsonObject *object = format == SCAN_SARIF ? scan_sarif(result) : format == SCAN_CYCLONEDX ? scan_cyclonedx(result) : json_object_ref(result);
	g_autoptr(JsonNode) root = json_node_init_object(json_node_alloc(), object);

	json_object_unref(object);
	g_autofree char *text = json_to_string(root, TRUE);
	return g_strconcat(text, "\n", NULL);
}

static bool write_all(int fd, const char *text)
{
	for (size_t left = strlen(text); left;) {
		ssize_t written = write(fd, text, left);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		text += written;
		left -= (size_t)written;
	}
	return true;
}

/* Beside the file that a link leads to, which is replaced when all of it is on disk. */
static bool replace(const char *file, const char *text)
{
	const mode_t mask = umask(0);
	g_autofree char *fresh = g_strconcat(file, ".XXXXXX", NULL);
	int fd = g_mkstemp_full(fresh, O_WRONLY | O_CLOEXEC, 0600);

	(void)umask(mask);
	bool good = fd >= 0 && write_all(fd, text) && fchmod(fd, FILE_MODE & ~mask) == 0 && fsync(fd) == 0;
	good = (fd < 0 || close(fd) == 0) && good && g_rename(fresh, file) == 0;
	if (!good && fd >= 0) {
		const int failed = errno;
		(void)g_unlink(fresh);
		errno = failed;
	}
	return good;
}

static bool write_into(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);
	bool good = fd >= 0 && write_all(fd, text);

	return (fd < 0 || close(fd) == 0) && good;
}

int scan_write(const Cli *cli, const char *file, const char *text)
{
	struct stat status;
	bool there = stat(file, &status) == 0;
	char *real = there && S_ISREG(status.st_mode) ? realpath(file, NULL) : NULL;
	bool good = there && !S_ISREG(status.st_mode) ? write_into(file, text) : replace(real ? real : file, text);
	const int failed = errno;

	free(real);
	return good ? 0 : output_error(cli, EXIT_UNDONE, "failed", "cannot write %s: %s", file, g_strerror(failed));
}
