/* SPDX-License-Identifier: MIT
 *
 * What each stage of a decision costs: bench-stages [ROUNDS].  Prints the median nanoseconds of a call
 * and how many of a read's whole decision that is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "authz/envelope.h"
#include "core/record.h"
#include "policy/policy.h"
#include "scan/redactor.h"

#define ROUNDS 15
#define CALLS 2000

static const char create_body[] =
	"{\"Hostname\":\"\",\"Domainname\":\"\",\"User\":\"1000:1000\",\"AttachStdin\":false,\"AttachStdout\":true,\"AttachStderr\":true,\"Tty\":false,"
	"\"OpenStdin\":false,\"StdinOnce\":false,\"Env\":[\"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin\",\"DATABASE_HOST=db.internal\","
	"\"DATABASE_NAME=orders\",\"LOG_LEVEL=info\",\"WORKERS=4\",\"FEATURE_FLAGS=a,b,c,d,e,f,g,h\"],\"Cmd\":[\"serve\",\"--port\",\"8080\"],"
	"\"Image\":\"team/orders:2.14.1\",\"Volumes\":{},\"WorkingDir\":\"/srv\",\"Entrypoint\":null,\"OnBuild\":null,"
	"\"Labels\":{\"com.example.team\":\"orders\",\"com.example.stage\":\"production\",\"com.example.owner\":\"alice\"},"
	"\"HostConfig\":{\"Binds\":[\"/srv/orders/config:/etc/orders:ro\",\"orders-data:/var/lib/orders\"],\"ContainerIDFile\":\"\","
	"\"LogConfig\":{\"Type\":\"json-file\",\"Config\":{\"max-size\":\"10m\",\"max-file\":\"3\"}},\"NetworkMode\":\"backend\","
	"\"PortBindings\":{\"8080/tcp\":[{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"8080\"}]},\"RestartPolicy\":{\"Name\":\"on-failure\",\"MaximumRetryCount\":5},"
	"\"AutoRemove\":false,\"VolumeDriver\":\"\",\"VolumesFrom\":null,\"ConsoleSize\":[0,0],\"CapAdd\":[\"NET_BIND_SERVICE\"],\"CapDrop\":[\"ALL\"],"
	"\"CgroupnsMode\":\"\",\"Dns\":[],\"DnsOptions\":[],\"DnsSearch\":[],\"ExtraHosts\":null,\"GroupAdd\":null,\"IpcMode\":\"\",\"Cgroup\":\"\","
	"\"Links\":null,\"OomScoreAdj\":0,\"PidMode\":\"\",\"Privileged\":false,\"PublishAllPorts\":false,\"ReadonlyRootfs\":true,"
	"\"SecurityOpt\":[\"no-new-privileges\"],\"UTSMode\":\"\",\"UsernsMode\":\"\",\"ShmSize\":0,\"Isolation\":\"\",\"CpuShares\":0,\"Memory\":536870912,"
	"\"NanoCpus\":1000000000,\"CgroupParent\":\"\",\"BlkioWeight\":0,\"BlkioWeightDevice\":[],\"BlkioDeviceReadBps\":[],\"BlkioDeviceWriteBps\":[],"
	"\"BlkioDeviceReadIOps\":[],\"BlkioDeviceWriteIOps\":[],\"CpuPeriod\":0,\"CpuQuota\":0,\"CpuRealtimePeriod\":0,\"CpuRealtimeRuntime\":0,"
	"\"CpusetCpus\":\"\",\"CpusetMems\":\"\",\"Devices\":[],\"DeviceCgroupRules\":null,\"DeviceRequests\":null,\"MemoryReservation\":0,\"MemorySwap\":0,"
	"\"MemorySwappiness\":-1,\"OomKillDisable\":false,\"PidsLimit\":200,\"Ulimits\":null,\"CpuCount\":0,\"CpuPercent\":0,\"IOMaximumIOps\":0,"
	"\"IOMaximumBandwidth\":0,\"MaskedPaths\":null,\"ReadonlyPaths\":null},\"NetworkingConfig\":{\"EndpointsConfig\":{\"backend\":{\"IPAMConfig\":null,"
	"\"Links\":null,\"Aliases\":[\"orders\"],\"NetworkID\":\"\",\"EndpointID\":\"\",\"Gateway\":\"\",\"IPAddress\":\"\",\"IPPrefixLen\":0}}}}";

/* One call with everything that the stages make of it. */
typedef struct Subject {
	const char *name, *message;
	size_t length;
	Arena *arena;
	Policy *policy;
	Envelope envelope;
	const Request *request;
	const Decision *decision;
	const Redactor *redactor;
} Subject;

static void stage_envelope(Subject *s)
{
	if (!envelope_read(s->message, s->length, s->arena, &s->envelope))
		abort();
}

static void stage_request(Subject *s)
{
	s->request = api_read(&s->envelope.call, s->arena);
}

static void stage_evaluate(Subject *s)
{
	const Situation situation = { .audit_down = false };

	s->decision = policy_evaluate(s->policy, s->request, &situation, s->arena);
}

static void stage_record(Subject *s)
{
	const Situation situation = { .audit_down = false };
	const Record record = {
		.id = 123456, .time_us = 1700000000000000, .duration_us = 17, .user = "", .request = s->request, .decision = s->decision,
		.kept = kept_new(s->request, &situation, 0, 0, s->redactor, s->arena),
	};
	size_t length;

	(void)record_format(&record, s->arena, &length);
}

static const struct { const char *name; void (*run)(Subject *s); } stages[] = {
	{ "plugin message", stage_envelope }, { "request", stage_request }, { "decision", stage_evaluate }, { "audit record", stage_record },
};

static int64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return left < right ? -1 : left > right;
}

/* One stage alone: the stages before it are done once, its arena is dropped after every call. */
static double measure(Subject *s, size_t stage, unsigned rounds)
{
	double *times = g_new(double, rounds);
	g_autoptr(Arena) kept = arena_new(), own = arena_new();

	s->arena = kept;
	for (size_t i = 0; i < stage; i++)
		stages[i].run(s);
	s->arena = own;
	for (unsigned round = 0; round < rounds; round++) {
		int64_t start = now_ns();
		for (unsigned i = 0; i < CALLS; i++) {
			stages[stage].run(s);
			arena_reset(own);
		}
		times[round] = (double)(now_ns() - start) / CALLS;
	}
	qsort(times, rounds, sizeof *times, compare);
	double median = times[rounds / 2];
	g_free(times);
	return median;
}

static char *make_message(const char *method, const char *uri, const char *body)
{
	g_autofree char *base64 = body ? g_base64_encode((const guchar *)body, strlen(body)) : NULL;
	g_autofree char *headers = g_strdup_printf("{\"Content-Length\":\"%zu\",\"Content-Type\":\"application/json\",\"User-Agent\":\"Docker-Client/28.2.2 (linux)\"}",
		body ? strlen(body) : (size_t)0);

	return g_strdup_printf("{\"RequestMethod\":\"%s\",\"RequestUri\":\"%s\"%s%s%s,\"RequestHeaders\":%s}\n", method, uri, body ? ",\"RequestBody\":\"" : "",
		body ? base64 : "", body ? "\"" : "", headers);
}

static Policy *load_policy(void)
{
	g_autofree char *path = g_strdup_printf("%s/production.yaml", g_getenv("SENTINEL_POLICIES")), *text = NULL;
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();

	if (!g_file_get_contents(path, &text, NULL, NULL)) {
		(void)fprintf(stderr, "bench-stages: cannot read %s; set SENTINEL_POLICIES to the folder of the policies\n", path);
		exit(EXIT_FAILURE);
	}
	return policy_parse(path, text, strlen(text), diagnostics);
}

int main(int argc, char **argv)
{
	unsigned rounds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : ROUNDS;
	g_autoptr(Policy) policy = load_policy();
	g_autofree char *read = make_message("GET", "/v1.41/containers/json?all=1", NULL);
	g_autofree char *create = make_message("POST", "/v1.41/containers/create?name=orders", create_body);
	TextRedactor *redactor = text_redactor_new();
	Subject subjects[] = { { .name = "read", .message = read }, { .name = "create", .message = create } };
	double whole_read = 0;

	rounds = CLAMP(rounds, 1, 1000);
	(void)printf("%-8s %-16s %10s %8s\n", "CALL", "STAGE", "NS", "READS");
	for (size_t i = 0; i < G_N_ELEMENTS(subjects); i++) {
		double times[G_N_ELEMENTS(stages)];
		subjects[i].policy = policy;
		subjects[i].redactor = text_redactor_get(redactor);
		subjects[i].length = strlen(subjects[i].message);
		for (size_t stage = 0; stage < G_N_ELEMENTS(stages); stage++) {
			times[stage] = measure(&subjects[i], stage, rounds);
			if (i == 0)
				whole_read += times[stage];
		}
		for (size_t stage = 0; stage < G_N_ELEMENTS(stages); stage++)
			(void)printf("%-8s %-16s %10.0f %8.2f\n", subjects[i].name, stages[stage].name, times[stage], times[stage] / whole_read);
	}
	text_redactor_free(redactor);
	return EXIT_SUCCESS;
}
