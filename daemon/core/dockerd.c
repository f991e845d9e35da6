/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "base/limits.h"
#include "core/dockerd.h"

#define DEFAULT_CONFIG "/etc/docker/daemon.json"
#define DEFAULT_PID_FILE "/run/docker.pid"
#define SECOND_NS ((int64_t)1000 * 1000 * 1000)
#define STAMP_LAG_NS (SECOND_NS / 100) /* a file's times are those of the kernel's last tick: clock_gettime(2), CLOCK_REALTIME_COARSE; HZ is 100 or more */
#define STAT_FIELDS_BEFORE_START 19 /* behind the name: proc(5), fields 3 to 21 */

static const char nobody[] = "there is no dockerd whose configuration could be looked at";
static const char gone[] = "it cannot be said whether there was a daemon.json when Docker was started: its directory was changed since";
static const char changed[] = "Docker's configuration was changed after Docker was started";

/* From the words of its command line; NULL: not said. */
typedef struct Words {
	const char *config_file, *pid_file;
	bool doubtful; /* said twice */
} Words;

/* At most `limit` bytes of a regular file or one of /proc; NULL with errno set. */
static char *slurp(const char *path, size_t limit, size_t *ret_length, struct stat *ret, Arena *arena)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return NULL;
	char *text = arena_bytes(arena, limit + 1);
	size_t length = 0;
	ssize_t got = -1;
	if (fstat(fd, ret) == 0 && S_ISREG(ret->st_mode))
		while (length <= limit && (got = read(fd, text + length, limit + 1 - length)) > 0)
			length += (size_t)got;
	int cause = length > limit ? EFBIG : got < 0 ? errno : 0;
	(void)close(fd);
	errno = cause;
	if (cause || got != 0)
		return NULL;
	text[length] = 0;
	*ret_length = length;
	return text;
}

static char *slurp_proc(pid_t pid, const char *name, size_t *ret_length, Arena *arena)
{
	struct stat status;

	return slurp(arena_printf(arena, "/proc/%d/%s", (int)pid, name), LIMIT_DOCKERD_PROC_BYTES, ret_length, &status, arena);
}

static bool is_flag(const char *word, const char *name, const char **ret_value)
{
	size_t length = strlen(name);

	if (strncmp(word, name, length) != 0 || (word[length] && word[length] != '='))
		return false;
	*ret_value = word[length] ? word + length + 1 : NULL;
	return true;
}

static Words read_words(const char *text, size_t length)
{
	Words words = { 0 };
	const struct { const char *name; const char **place; } flags[] = {
		{ "--config-file", &words.config_file }, { "--pidfile", &words.pid_file }, { "-p", &words.pid_file },
	};

	for (const char *word = text; word < text + length; word += strlen(word) + 1) {
		for (size_t i = 0; i < G_N_ELEMENTS(flags); i++) {
			const char *value;
			if (!is_flag(word, flags[i].name, &value))
				continue;
			const char *next = word + strlen(word) + 1;
			words.doubtful |= *flags[i].place != NULL;
			*flags[i].place = value ? value : next < text + length ? next : "";
		}
	}
	return words;
}

static int64_t nanoseconds(struct timespec time)
{
	return (int64_t)time.tv_sec * SECOND_NS + time.tv_nsec;
}

/* When the process began, in the kernel's ticks since boot; 0: it is not there. */
static int64_t start_ticks(pid_t pid, Arena *arena)
{
	size_t length;
	const char *text = slurp_proc(pid, "stat", &length, arena), *at = text ? strrchr(text, ')') : NULL;

	for (unsigned i = 0; at && i <= STAT_FIELDS_BEFORE_START; i++)
		at = strchr(at + 1, ' ');
	return at ? strtoll(at + 1, NULL, 10) : 0;
}

/* By the wall clock as it is set now. */
static int64_t started_ns(int64_t ticks)
{
	struct timespec wall, boot;

	if (clock_gettime(CLOCK_REALTIME, &wall) < 0 || clock_gettime(CLOCK_BOOTTIME, &boot) < 0)
		return 0;
	return nanoseconds(wall) - nanoseconds(boot) + ticks * (SECOND_NS / sysconf(_SC_CLK_TCK));
}

/* When Docker wrote its process file; 0: it is not there, or another's. */
static int64_t written_ns(const char *pid_file, pid_t pid, Arena *arena)
{
	struct stat status;
	size_t length;
	const char *text = slurp(pid_file, LIMIT_DOCKERD_PROC_BYTES, &length, &status, arena);

	return text && strtol(text, NULL, 10) == pid ? nanoseconds(status.st_mtim) : 0;
}

static bool is_dockerd(pid_t pid, Arena *arena)
{
	size_t length;
	const char *name = slurp_proc(pid, "comm", &length, arena);

	return name && !strcmp(name, "dockerd\n");
}

/* The process that asked the plugin last. */
static _Atomic pid_t noticed;

static pid_t find(Arena *arena)
{
	pid_t asker = atomic_load(&noticed);
	struct stat status;
	size_t length;

	if (asker > 0 && is_dockerd(asker, arena))
		return asker;
	const char *text = slurp(DEFAULT_PID_FILE, LIMIT_DOCKERD_PROC_BYTES, &length, &status, arena);

	return text ? (pid_t)strtol(text, NULL, 10) : 0;
}

pid_t dockerd_process(Arena *arena)
{
	return MAX(find(arena), 0);
}

/* What a process was started with: its daemon.json (NULL: there was none), and its command line. */
typedef struct Started {
	char *config, *words;
	size_t config_length, words_length;
} Started;

/* The file and, when it is a link, the link: whichever was changed last.  Without a file its directory tells. */
static Builder read_config(const char *path, bool must_be, int64_t *ret_changed_ns, Started *started, Arena *arena)
{
	struct stat file, link;
	size_t length = 0;
	char *text = slurp(path, LIMIT_DOCKERD_CONFIG_BYTES, &length, &file, arena);

	if (!text && errno == ENOENT && !must_be) {
		g_autofree char *dir = g_path_get_dirname(path);
		*ret_changed_ns = stat(dir, &file) == 0 ? nanoseconds(file.st_ctim) : 0;
		return builder_read(NULL, 0, arena);
	}
	if (!text || lstat(path, &link) < 0)
		return builder_unknown(arena_printf(arena, "Docker's configuration %s cannot be read: %s", path, g_strerror(errno)));
	*ret_changed_ns = MAX(nanoseconds(file.st_ctim), nanoseconds(link.st_ctim));
	started->config = text;
	started->config_length = length;
	return builder_read(text, length, arena);
}

static Builder look(pid_t pid, int64_t ticks, Started *started, Arena *arena)
{
	size_t length = 0;
	char *line = is_dockerd(pid, arena) ? slurp_proc(pid, "cmdline", &length, arena) : NULL;
	int64_t changed_ns = 0;

	if (!line)
		return builder_unknown(nobody);
	started->words = line;
	started->words_length = length;
	Words words = read_words(line, length);
	const char *config = words.config_file ? words.config_file : DEFAULT_CONFIG;
	if (words.doubtful || *config != '/')
		return builder_unknown("Docker's command line does not say with certainty which configuration it reads");
	Builder builder = read_config(config, words.config_file != NULL, &changed_ns, started, arena);
	if (*builder.unknown)
		return builder;
	const char *pid_file = words.pid_file ? words.pid_file : builder.pid_file ? builder.pid_file : DEFAULT_PID_FILE;
	int64_t written = written_ns(pid_file, pid, arena);
	if (!written)
		return builder_unknown(arena_printf(arena, "it cannot be said when Docker was started: %s is not its process file", pid_file));
	return changed_ns + STAMP_LAG_NS <= MIN(started_ns(ticks), written) ? builder : builder_unknown(access(config, F_OK) == 0 ? changed : gone);
}

/* Of the process that was looked at last with success. */
static struct {
	pthread_mutex_t lock; /* guards what follows */
	pid_t pid;
	int64_t ticks;
	Builder builder;
	Started started; /* copies */
} known = { .lock = PTHREAD_MUTEX_INITIALIZER };

static char *copy_bytes(const char *bytes, size_t length, Arena *arena)
{
	return bytes ? arena_strndup(arena, bytes, length) : NULL;
}

static bool recall(pid_t pid, int64_t ticks, Builder *ret, Started *ret_started, Arena *arena)
{
	(void)pthread_mutex_lock(&known.lock);
	bool same = known.pid == pid && known.ticks == ticks;
	*ret = known.builder;
	if (same && ret_started) {
		*ret_started = known.started;
		ret_started->config = copy_bytes(known.started.config, known.started.config_length, arena);
		ret_started->words = copy_bytes(known.started.words, known.started.words_length, arena);
	}
	(void)pthread_mutex_unlock(&known.lock);
	return same;
}

static void keep(pid_t pid, int64_t ticks, const Builder *builder, const Started *started)
{
	(void)pthread_mutex_lock(&known.lock);
	known.pid = pid;
	known.ticks = ticks;
	known.builder = *builder;
	known.builder.pid_file = NULL; /* not ours to keep */
	g_free(known.started.config);
	g_free(known.started.words);
	known.started = *started;
	known.started.config = started->config ? g_memdup2(started->config, started->config_length + 1) : NULL;
	known.started.words = g_memdup2(started->words, started->words_length + 1);
	(void)pthread_mutex_unlock(&known.lock);
}

static Builder find_out(pid_t docker, Started *ret_started, Arena *arena)
{
	pid_t pid = docker > 0 ? docker : find(arena);
	int64_t ticks = pid > 0 ? start_ticks(pid, arena) : 0;
	Started started = { NULL };
	Builder builder;

	if (!ticks)
		return builder_unknown(nobody);
	if (recall(pid, ticks, &builder, ret_started, arena))
		return builder;
	builder = look(pid, ticks, &started, arena);
	if (!*builder.unknown)
		keep(pid, ticks, &builder, &started);
	if (ret_started)
		*ret_started = started;
	return builder;
}

Builder dockerd_builder(pid_t docker, Arena *arena)
{
	return find_out(docker, NULL, arena);
}

bool dockerd_defaults(pid_t docker, Arena *arena, Defaults *ret)
{
	Started started = { NULL };
	Builder builder = find_out(docker, &started, arena);

	return !*builder.unknown && defaults_read(started.config, started.config_length, started.words, started.words_length, arena, ret);
}

void dockerd_notice(pid_t docker)
{
	if (docker > 0 && atomic_exchange(&noticed, docker) == docker)
		return;
	g_autoptr(Arena) arena = arena_new();
	(void)dockerd_builder(docker, arena);
}
