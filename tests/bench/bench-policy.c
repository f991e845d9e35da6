/* SPDX-License-Identifier: MIT
 *
 * What a long policy costs: a decision under 10,000 rules against one under 10, and loading them against
 * libyaml's own pass over the same text.  Interleaved rounds, medians; prints ratios.  With --check it
 * fails when a ratio is above its limit (decisions: of each kind alone; loading: of all kinds together).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>
#include "policy/policy.h"
#include "request/api.h"

#define FEW 10u
#define MANY 10000u
#define ROUNDS 2001u
#define LOADS 7u
#define DECISION_LIMIT 1.3
#define LOAD_LIMIT 2.0

typedef void (*Writer)(GString *out, unsigned i);

static void write_custom(GString *out, unsigned i)
{
	static const char *const conditions[] = {
		"{field: image, operator: equals, value: \"registry.example.com/team/app-%u:1\"}",
		"{field: image, operator: glob, value: \"registry.example.com/team-%u/*\"}",
		"{field: command, operator: contains, value: \"tool-%u\"}",
		"{field: env.TEAM, operator: equals, value: \"team-%u\"}",
		"{field: labels.owner, operator: in, value: [\"a-%u\"]}",
		"{field: registry, operator: equals, value: \"r%u.example.com\", and: [{field: privileged, operator: equals, value: true}]}",
		"{field: image, operator: matches, value: \"^evil-%u/.*\"}",
		"{or: [{field: user, operator: equals, value: \"user-%u\"}, {field: hostname, operator: equals, value: x}]}",
	};

	g_string_append_printf(out, "  - name: rule-%u\n    severity: high\n    message: \"not this one\"\n    condition: ", i);
	g_autofree char *number = g_strdup_printf("%u", i);
	g_auto(GStrv) parts = g_strsplit(conditions[i % G_N_ELEMENTS(conditions)], "%u", 2);
	g_string_append_printf(out, "%s%s%s\n", parts[0], number, parts[1]);
}

static void write_path(GString *out, unsigned i)
{
	g_string_append_printf(out, "      - path: \"/data/project-%u/secrets\"\n", i);
}

static void write_registry(GString *out, unsigned i)
{
	g_string_append_printf(out, "      - registry-%u.example.com\n", i);
}

static void write_image(GString *out, unsigned i)
{
	g_string_append_printf(out, "      - \"bad/image-%u\"\n", i);
}

static void write_port(GString *out, unsigned i)
{
	g_string_append_printf(out, "      - port: %u\n", 20000 + i);
}

static const struct { const char *name, *head; Writer write; } kinds[] = {
	{ "custom rules", "custom_rules:\n", write_custom },
	{ "blocked paths", "rules:\n  mounts:\n    blocked:\n", write_path },
	{ "allowed registries", "rules:\n  images:\n    allowed_registries:\n      - docker.io\n", write_registry },
	{ "blocked environment", "rules:\n  environment:\n    blocked:\n", write_image },
	{ "blocked ports", "rules:\n  network:\n    blocked_ports:\n", write_port },
};

/* One kind alone, or as many of each as make up the count. */
static GString *write_policy(size_t kind, unsigned count)
{
	GString *text = g_string_new("name: bench\nmode: enforce\n");
	bool mixed = kind == G_N_ELEMENTS(kinds);

	for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++) {
		if (!mixed && k != kind)
			continue;
		const char *head = kinds[k].head;
		g_string_append(text, mixed && k > 1 && g_str_has_prefix(head, "rules:\n") ? head + strlen("rules:\n") : head);
		for (unsigned i = 0; i < (mixed ? count / (unsigned)G_N_ELEMENTS(kinds) : count); i++)
			kinds[k].write(text, i);
	}
	return text;
}

static Policy *load(const GString *text)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	Policy *policy = policy_parse("bench.yaml", text->str, text->len, diagnostics);
	g_autofree char *problem = diagnostics_first_error(diagnostics);

	if (!policy)
		g_error("%s", problem);
	return policy;
}

static const char body[] =
	"{\"Image\":\"nginx:1.25\",\"User\":\"1000\",\"Env\":[\"TEAM=web\",\"MODE=production\",\"PATH=/usr/bin\"],\"Labels\":{\"owner\":\"web\",\"app\":\"shop\"},"
	"\"Cmd\":[\"nginx\",\"-g\",\"daemon off;\"],\"HostConfig\":{\"Memory\":536870912,\"Binds\":[\"/srv/data/shop:/data\",\"/srv/config:/config:ro\"],"
	"\"CapAdd\":[\"NET_BIND_SERVICE\"],\"PortBindings\":{\"80/tcp\":[{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"8080\"}]}}}";

static int64_t clock_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int64_t decide_once(const Policy *policy, Arena *arena)
{
	const ApiCall call = {
		.method = "POST", .uri = "/v1.43/containers/create?name=shop", .body = body, .body_length = strlen(body), .content_type = "application/json",
		.content_length = "600",
	};
	const Situation situation = { .user = "", .now_us = 1 };

	arena_reset(arena);
	const Request *request = api_read(&call, arena);
	int64_t start = clock_ns();
	const Decision *decision = policy_evaluate(policy, request, &situation, arena);
	int64_t spent = clock_ns() - start;
	if (!decision->allowed || decision->finding_count)
		g_error("the request was not to be found fault with: %s", decision->findings[0].message);
	return spent;
}

static int compare(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return left < right ? -1 : left > right;
}

static double median(int64_t *values, size_t count)
{
	size_t middle = count / 2;

	qsort(values, count, sizeof *values, compare);
	return (double)values[middle];
}

static int64_t parse_events(const GString *text)
{
	yaml_parser_t parser;
	yaml_event_t event;
	bool more = true;
	int64_t start = clock_ns();

	(void)yaml_parser_initialize(&parser);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text->str, text->len);
	while (more && yaml_parser_parse(&parser, &event)) {
		more = event.type != YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	return clock_ns() - start;
}

static int64_t load_once(const GString *text)
{
	int64_t start = clock_ns();
	policy_unref(load(text));

	return clock_ns() - start;
}

static bool measure(size_t kind)
{
	static int64_t few_ns[ROUNDS], many_ns[ROUNDS];
	int64_t load_ns[LOADS], event_ns[LOADS];
	g_autoptr(GString) few_text = write_policy(kind, FEW);
	g_autoptr(GString) many_text = write_policy(kind, MANY);
	g_autoptr(Policy) few = load(few_text);
	g_autoptr(Policy) many = load(many_text);
	g_autoptr(Arena) arena = arena_new();

	for (size_t i = 0; i < ROUNDS; i++) {
		few_ns[i] = decide_once(few, arena);
		many_ns[i] = decide_once(many, arena);
	}
	for (size_t i = 0; i < LOADS; i++) {
		event_ns[i] = parse_events(many_text);
		load_ns[i] = load_once(many_text);
	}
	double few_p50 = median(few_ns, ROUNDS), many_p50 = median(many_ns, ROUNDS);
	double decision = many_p50 / few_p50, loading = median(load_ns, LOADS) / median(event_ns, LOADS);
	const char *name = kind < G_N_ELEMENTS(kinds) ? kinds[kind].name : "all of them";
	(void)printf("%-20s decision p50 %7.0f ns -> %7.0f ns, ratio %.2f; load %.1f ms, %.2f x libyaml's events\n", name, few_p50, many_p50, decision,
		median(load_ns, LOADS) / 1e6, loading);
	return kind < G_N_ELEMENTS(kinds) ? decision <= DECISION_LIMIT : loading <= LOAD_LIMIT;
}

int main(int argc, char **argv)
{
	bool good = true;

	for (size_t kind = 0; kind <= G_N_ELEMENTS(kinds); kind++)
		good &= measure(kind);
	return argc > 1 && !strcmp(argv[1], "--check") && !good;
}
