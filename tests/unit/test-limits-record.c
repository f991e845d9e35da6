/* SPDX-License-Identifier: MIT
 *
 * Each limit of what a record holds, and of what is counted of records and seals: exactly so much, and not one more.
 */
#include <errno.h>
#include <systemd/sd-journal.h>
#include "audit-fixture.h"
#include "audit/seals.h"
#include "base/event.h"
#include "core/record-names.h"
#include "core/replay.h"
#include "limits-fixture.h"
#include "policy-fixture.h"
#include "scan/redactor.h"

/* A system journal of so many seals, in the place of libsystemd's, for the library too. */
static size_t seals_left;

int sd_journal_open(sd_journal **ret, int flags)
{
	(void)flags;
	*ret = NULL;
	return 0;
}

void sd_journal_close(sd_journal *journal)
{
	(void)journal;
}

int sd_journal_has_persistent_files(sd_journal *journal)
{
	(void)journal;
	return 1;
}

int sd_journal_add_match(sd_journal *journal, const void *data, size_t size)
{
	(void)journal;
	(void)data;
	(void)size;
	return 0;
}

int sd_journal_seek_tail(sd_journal *journal)
{
	(void)journal;
	return 0;
}

int sd_journal_previous(sd_journal *journal)
{
	(void)journal;
	if (!seals_left)
		return 0;
	seals_left--;
	return 1;
}

int sd_journal_get_realtime_usec(sd_journal *journal, uint64_t *ret)
{
	(void)journal;
	*ret = 1;
	return 0;
}

int sd_journal_get_data(sd_journal *journal, const char *field, const void **data, size_t *length)
{
	static const char *const fields[] = { "_UID=0", "SENTINEL_RECORD=1", "SENTINEL_POSITION=1", "SENTINEL_HASH=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" };

	(void)journal;
	for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
		if (!strncmp(fields[i], field, strlen(field)) && fields[i][strlen(field)] == '=') {
			*data = fields[i];
			*length = strlen(fields[i]);
			return 0;
		}
	return -ENOENT;
}

static bool seals_fit(size_t count, Arena *arena)
{
	char *why = NULL;

	(void)arena;
	seals_left = count;
	g_autoptr(GArray) seals = seals_read("/", &why);
	g_assert_null(why);
	return seals->len == count;
}

static bool line_fits(size_t bytes, Arena *arena)
{
	static const char begin[] = "{\"v\":1,\"id\":1,\"time\":1,\"decision\":\"allowed\",\"command\":\"", end[] = "\"}\n";
	g_autoptr(Scratch) dir = scratch_new();
	Journal *journal = journal_open(dir, NULL);
	const char *line = arena_printf(arena, "%s%s%s", begin, filled(bytes - strlen(begin) - strlen(end), 'a', arena), end);
	int r = journal_append(journal, line, bytes);

	journal_close(journal);
	g_assert_true(r == 0 || r == -EMSGSIZE);
	return r == 0;
}

/* What another policy needs takes so many bytes, with the room that the line's end has. */
static bool kept_fits(size_t bytes, Arena *arena)
{
	const Situation situation = { .user = "" };
	const Decision decision = { .allowed = true, .policy = "p" };
	Request *request = request_new(arena);
	Buffer without = BUFFER_INIT(arena), with = BUFFER_INIT(arena);
	const char *member = ",\"request\":";
	size_t length;

	request->image.text = "a";
	kept_put(&without, kept_new(request, &situation, 0, 0, NULL, arena));
	request->image.text = filled(bytes - RECORD_END_BYTES - strlen(member) - without.length + 1, 'a', arena);
	const KeptCall *kept = kept_new(request, &situation, 0, 0, NULL, arena);
	kept_put(&with, kept);
	g_assert_cmpuint(strlen(member) + with.length + RECORD_END_BYTES, ==, bytes);
	const char *line = record_format(&(Record){ .id = 1, .user = "", .request = request, .decision = &decision, .kept = kept }, arena, &length);
	return !strstr(line, "\"unkept\":true");
}

static void ignore(void *data, size_t at, size_t length)
{
	(void)data;
	(void)at;
	(void)length;
}

static bool looked_through(size_t bytes, Arena *arena)
{
	TextRedactor *redactor = text_redactor_new();
	const Redactor *one = text_redactor_get(redactor);
	bool looked = one->find(one->data, filled(bytes, ' ', arena), bytes, ignore, NULL);

	text_redactor_free(redactor);
	return looked;
}

static const char *names_of(const Request *request, Arena *arena)
{
	const KeptCall kept = { .request = (Request *)(uintptr_t)request };
	Buffer out = BUFFER_INIT(arena);

	record_put_names(&out, &kept, arena);
	return out.data;
}

static bool ports_fit(size_t count, Arena *arena)
{
	Request *request = request_new(arena);
	Port *ports = arena_alloc(arena, count * sizeof *ports);

	for (size_t i = 0; i < count; i++)
		ports[i] = (Port){ .host_ip = "", .host_port = arena_printf(arena, "%zu", 1000 + i), .container = "80/tcp" };
	request->has_container = true;
	request->container.ports.items = ports;
	request->container.ports.count = count;
	const char *names = names_of(request, arena);
	g_assert_nonnull(strstr(names, "\"1000:80/tcp\""));
	return strstr(names, arena_printf(arena, "\"%zu:80/tcp\"]", 999 + count)) != NULL;
}

static bool name_fits(size_t bytes, Arena *arena)
{
	Request *request = request_new(arena);
	const char *source = filled(bytes - strlen(":/d"), 'v', arena);
	Mount mount = { .kind = MOUNT_VOLUME, .source = source, .target = "/d" };

	request->has_container = true;
	request->container.mounts.items = &mount;
	request->container.mounts.count = 1;
	return strstr(names_of(request, arena), arena_printf(arena, "\"%s:/d\"", source)) != NULL;
}

/* A rule, and users: so many groups, and none for what more there is. */
static bool groups_fit(size_t count, Arena *arena)
{
	g_autoptr(Policy) policy = fixture_policy("rules: {privileged: {}}\n");
	const Situation situation = { .user = "" };
	ReplayReport report = { .arena = arena };
	static const char body[] = "{\"Image\":\"x\",\"HostConfig\":{\"Privileged\":true}}";
	const ApiCall create = { .method = "POST", .uri = "/containers/create", .body = body, .body_length = strlen(body), .content_type = "application/json", .content_length = "2" };
	const Request *request = api_read(&create, arena);

	const KeptCall *kept = kept_new(request, &situation, ~0u, ~0u, NULL, arena);
	for (size_t i = 0; i + 1 < count; i++) {
		g_autoptr(Arena) scratch = arena_new();
		const ReplayCall call = { .id = i + 1, .time_us = FIXTURE_NOW, .user = arena_printf(scratch, "user%zu", i), .command = "", .image = "", .allowed = true };
		replay_add(&report, policy, kept, &call, scratch);
	}
	g_assert_cmpuint(report.counts[REPLAY_DENIED], ==, count - 1);
	g_assert_cmpuint(report.groups.count, ==, count);
	g_assert_cmpuint(report.groups.items[0].count, ==, count - 1); /* of the rule: what is known goes on to be counted */
	return *report.groups.items[count - 1].name != '\0';
}

/* Of a field so many different values: an hour's number is its own. */
static bool terms_fit(size_t count, Arena *arena)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autoptr(GError) error = NULL;
	AuditCounts counts;

	scratch_put(dir, "audit.jsonl", make_line_at(1, (int64_t)(count - 1) * 3600 * G_USEC_PER_SEC, OUTCOME_ALLOWED, "", "a", NULL, arena));
	run_index(dir);
	bool counted = query_count(dir, &(AuditFilter){ .kind = FILTER_DECISIONS }, LIMIT_STATS_VALUES, &counts, &error);
	if (counted)
		audit_counts_clear(&counts);
	else
		g_assert_nonnull(strstr(error->message, "more different values than are counted"));
	return counted;
}

static const LimitRow rows[] = {
	{ "bytes of a line", LIMIT_RECORD_BYTES, line_fits },
	{ "bytes of what another policy needs", LIMIT_RECORD_KEPT, kept_fits },
	{ "bytes that are looked through for credentials", LIMIT_RECORD_LOOKED, looked_through },
	{ "ports of a record", LIMIT_RECORD_NAMES, ports_fit },
	{ "bytes of the name of a volume", LIMIT_RECORD_NAME_BYTES, name_fits },
	{ "groups of a replay", LIMIT_REPLAY_GROUPS, groups_fit },
	{ "values of the statistics that are counted", LIMIT_STATS_TERMS, terms_fit },
	{ "seals", LIMIT_SEALS, seals_fit },
};

static void test_limits(void)
{
	check_limits(rows, G_N_ELEMENTS(rows));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/limits-record/exactly", test_limits);
	return g_test_run();
}
