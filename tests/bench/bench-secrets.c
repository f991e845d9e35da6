/* SPDX-License-Identifier: MIT
 *
 * What looking for secrets costs: bench-secrets [--check] [--list] [--anywhere] [--root] FOLDER...
 * and what the whole detector says of what docker save writes: bench-secrets --image < ARCHIVE
 * Reads the files below, as a scan would (programs and media left out), and prints MB/s of the rules and the ratio to
 * memchr(3) over the same bytes, interleaved file by file; and how many files have findings.  --list prints them, without
 * the secret.  --anywhere: as if no path made a finding less likely.  --root: FOLDER is the root of an image.  --check
 * fails below the least speed.
 */
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "base/limits.h"
#include "scan/secret/text/content.h"
#include "scan/secret/detector.h"
#include "scan/secret/text/engine.h"

#define LEAST_MB_S 100.0
#define MEGA 1e6
#define LONGEST_FILE (256 * 1024 * 1024) /* is read whole */
#define DESCRIPTORS 16

static struct {
	SecretEngine *engine;
	bool list, anywhere, high;
	const char *path;
	size_t prefix; /* of the folder that stands for / */
	uint64_t files, bytes, found, found_high, findings[SCAN_SEVERITY_COUNT];
	int64_t engine_ns, memchr_ns;
	unsigned in_file;
} bench;

static volatile uintptr_t sink;

static int64_t clock_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static const char *const names[] = { "unknown", "negligible", "low", "medium", "high", "critical" };

static void found(const EngineMatch *match, void *data)
{
	(void)data;
	bench.findings[match->severity]++;
	bench.in_file++;
	bench.high |= match->severity >= SCAN_HIGH;
	if (bench.list)
		(void)printf("%-10s %-28s %s:%llu\n", names[match->severity], match->rule->id, bench.path, (unsigned long long)match->line);
}

static bool go_on(void *data)
{
	(void)data;
	return false;
}

static void look(const char *text, size_t length, ContentKind kind)
{
	Piece piece = { .path = bench.path, .place = place_of(bench.path), .text = text, .length = length, .to = length, .line = 1, .tokens_only = kind == CONTENT_BLOB || kind == CONTENT_PROGRAM };

	piece.place.program = kind == CONTENT_PROGRAM;
	if (bench.anywhere)
		piece.place.kind = PLACE_ORDINARY;
	int64_t start = clock_ns();
	(void)engine_look(bench.engine, &piece);
	int64_t between = clock_ns();
	sink ^= (uintptr_t)memchr(text, 0x01, length);
	bench.memchr_ns += clock_ns() - between;
	bench.engine_ns += between - start;
}

static int visit(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	g_autofree char *text = NULL;
	size_t length = 0;

	(void)walk;
	if (type != FTW_F || !S_ISREG(status->st_mode) || status->st_size > LONGEST_FILE || !g_file_get_contents(path, &text, &length, NULL))
		return 0;
	bench.files++;
	const ContentKind kind = content_kind(text, length);
	if (kind != CONTENT_TEXT && kind != CONTENT_BLOB)
		return 0;
	bench.path = path + bench.prefix;
	bench.in_file = 0;
	bench.high = false;
	bench.bytes += length;
	look(text, length, kind);
	bench.found += bench.in_file > 0;
	bench.found_high += bench.high;
	return 0;
}

static int scan_image(void)
{
	static const char *const outcomes[] = { "failed", "incomplete", "found", "clean" };
	const DetectorOptions options = { .key = "bench" };
	g_autoptr(Arena) arena = arena_new();
	int64_t start = clock_ns();
	const ScanReport report = detector_scan_archive(STDIN_FILENO, &options, arena);
	const double seconds = (double)(clock_ns() - start) / 1e9;

	for (size_t i = 0; i < report.count; i++)
		(void)printf("%-10s %-28s %s:%llu %s\n", names[report.items[i].severity], report.items[i].id, report.items[i].path,
			(unsigned long long)report.items[i].line, report.items[i].layer);
	(void)printf("%s, %zu findings, %.2f s %s\n", outcomes[report.outcome], report.count, seconds, report.detail);
	return 0;
}

int main(int argc, char **argv)
{
	const EngineCalls calls = { found, go_on, NULL };
	bool check = false, prefix = false;

	if (argc > 1 && !strcmp(argv[1], "--image"))
		return scan_image();
	g_autoptr(SecretEngine) engine = engine_new(NULL, calls);
	bench.engine = engine;
	for (int i = 1; i < argc; i++) {
		check |= !strcmp(argv[i], "--check");
		bench.list |= !strcmp(argv[i], "--list");
		bench.anywhere |= !strcmp(argv[i], "--anywhere");
		prefix |= !strcmp(argv[i], "--root");
		bench.prefix = prefix ? strlen(argv[i]) : 0;
		if (argv[i][0] != '-' && nftw(argv[i], visit, DESCRIPTORS, FTW_PHYS) != 0)
			return 1;
	}
	double speed = (double)bench.bytes / MEGA / ((double)bench.engine_ns / 1e9);
	(void)printf("%llu files, %.1f MB looked at: %.0f MB/s, %.1f times the time of memchr\n", (unsigned long long)bench.files, (double)bench.bytes / MEGA, speed,
		(double)bench.engine_ns / (double)bench.memchr_ns);
	(void)printf("files with findings: %llu, at high or critical %llu (%.3f %%); findings: critical %llu, high %llu, medium %llu, low %llu, negligible %llu\n",
		(unsigned long long)bench.found, (unsigned long long)bench.found_high, 100.0 * (double)bench.found_high / (double)MAX(bench.files, 1),
		(unsigned long long)bench.findings[SCAN_CRITICAL], (unsigned long long)bench.findings[SCAN_HIGH], (unsigned long long)bench.findings[SCAN_MEDIUM],
		(unsigned long long)bench.findings[SCAN_LOW], (unsigned long long)bench.findings[SCAN_NEGLIGIBLE]);
	return check && speed < LEAST_MB_S;
}
