/* SPDX-License-Identifier: MIT
 *
 * Pairs of policies: which is laxer.
 */
#include <string.h>
#include "base/arena.h"
#include "base/budget.h"
#include "policy/review/difference.h"
#include "policy/review/laxer.h"
#include "policy/schema/schema.h"
#include "policy/store.h"

static Policy *parse(const char *body)
{
	g_autofree char *text = g_strconcat("version: \"1.0\"\nname: p\n", body, NULL);
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	Policy *policy = policy_parse("p.yaml", text, strlen(text), diagnostics);
	g_autofree char *problem = diagnostics_first_error(diagnostics);

	if (!policy)
		g_error("%s", problem);
	return policy;
}

#define RULES "mode: enforce\nrules:\n"
#define CASE(words) "mode: enforce\nexceptions: [{" words "}]\n"

#define SIGNED(on, registry, keys) "mode: enforce\nrules: {images: {require_signed: " on ", signatures: [{registries: [" registry "], keys: [" keys "]}]}}\n"

static const struct { const char *before, *after; bool laxer; } pairs[] = {
	{ "mode: enforce\n", "mode: enforce\n", false },
	{ "mode: enforce\n", "mode: warn\n", true },
	{ "mode: warn\n", "mode: audit\n", true },
	{ "mode: audit\n", "mode: enforce\n", false },
	{ "mode: warn\nrules: {privileged: {}}\n", "mode: enforce\n", false }, /* nothing was denied */
	{ "mode: warn\nrules: {privileged: {}}\n", "mode: warn\n", false },
	{ "mode: enforce\ndescription: a\n", "mode: enforce\nauthor: b\n", false },
	{ "mode: enforce\nsettings: {max_risk_score: 50}\n", "mode: enforce\nsettings: {max_risk_score: 51}\n", true },
	{ "mode: enforce\nsettings: {max_risk_score: 50}\n", "mode: enforce\nsettings: {max_risk_score: 20}\n", false },
	{ "mode: enforce\nsettings: {max_risk_score: 50}\n", "mode: enforce\n", true },
	{ "mode: enforce\nsettings: {require_image_scan: true}\n", "mode: enforce\nsettings: {require_image_scan: true, image_scanning: {cache_duration: 9000h}}\n", true },
	{ "mode: enforce\nsettings: {image_scanning: {enabled: true, max_high: 0}}\n", "mode: enforce\nsettings: {image_scanning: {enabled: true, max_high: 0, ignore_unfixed: true}}\n", true },
	{ "mode: enforce\nsettings: {image_scanning: {enabled: true, max_high: 0}}\n", "mode: enforce\nsettings: {image_scanning: {enabled: true, max_high: 0, vex: true}}\n", true },
	{ "mode: enforce\nsettings: {image_scanning: {enabled: true, max_high: 0, max_database_age: 7d}}\n", "mode: enforce\nsettings: {image_scanning: {enabled: true, max_high: 0}}\n", true },
	{ "mode: enforce\nsettings: {image_scanning: {enabled: true, max_high: 0, max_database_age: 7d}}\n", "mode: enforce\nsettings: {image_scanning: {enabled: true, max_high: 0, max_database_age: 8d}}\n", true },
	{ "mode: enforce\nsettings: {image_scanning: {enabled: true, max_high: 0}}\n", "mode: enforce\nsettings: {image_scanning: {enabled: true, max_high: 0, max_database_age: 7d}}\n", false },
	{ "mode: enforce\nsettings: {image_scanning: {enabled: true, max_high: 0, end_of_life: block}}\n", "mode: enforce\nsettings: {image_scanning: {enabled: true, max_high: 0, end_of_life: warn}}\n", true },
	{ "mode: enforce\nsettings: {image_scanning: {enabled: true, max_high: 0}}\n", "mode: enforce\nsettings: {image_scanning: {enabled: true, max_high: 0, end_of_life: warn}}\n", false },
	{ "mode: enforce\nsettings: {image_scanning: {enabled: true, max_high: 0}}\n", "mode: enforce\nsettings: {image_scanning: {enabled: true, max_high: 0, exceptions: [{vulnerabilities: [CVE-1], reason: r}]}}\n", true },
	{ "mode: enforce\nsettings: {image_scanning: {enabled: true, max_high: 0, exceptions: [{vulnerabilities: [CVE-1], reason: r}]}}\n", "mode: enforce\nsettings: {image_scanning: {enabled: true, max_high: 0}}\n", false },
	{ "mode: enforce\nsettings: {image_scanning: {enabled: true, max_high: 0, exceptions: [{vulnerabilities: [CVE-1], reason: r}]}}\n", "mode: enforce\nsettings: {image_scanning: {enabled: true, max_high: 0, exceptions: [{vulnerabilities: [CVE-1, CVE-2], reason: r}]}}\n", true },
	{ "mode: enforce\nsettings: {image_scanning: {enabled: true, max_high: 0, exceptions: [{vulnerabilities: [CVE-1], reason: r, expires: 2099-01-01}]}}\n", "mode: enforce\nsettings: {image_scanning: {enabled: true, max_high: 0, exceptions: [{vulnerabilities: [CVE-1], reason: r}]}}\n", true },
	{ "mode: enforce\nsettings: {image_scanning: {enabled: true, max_high: 0, exceptions: [{vulnerabilities: [CVE-1], reason: r}]}}\n", "mode: enforce\nsettings: {image_scanning: {enabled: true, max_high: 0, exceptions: [{vulnerabilities: [CVE-1], reason: other, expires: 2099-01-01}]}}\n", false },
	{ "mode: enforce\nsettings: {require_image_scan: true}\n", "mode: enforce\nsettings: {require_image_scan: false}\n", true },
	{ "mode: enforce\nsettings: {max_risk_score: 50}\n", "mode: enforce\nsettings: {max_risk_score: 50, require_image_scan: true}\n", false },
	{ SIGNED("true", "a.net", "/a"), SIGNED("true", "a.net", "/a"), false }, { SIGNED("true", "a.net", "/a"), SIGNED("false", "a.net", "/a"), true },
	{ SIGNED("false", "a.net", "/a"), SIGNED("true", "a.net", "/a"), false }, { SIGNED("true", "a.net", "/a"), SIGNED("true", "a.net", "/b"), true },
	{ SIGNED("true", "a.net", "/a"), SIGNED("true", "b.net", "/a"), true }, { SIGNED("true", "a.net", "/a"), SIGNED("true", "a.net", "/a, /b"), true },
	{ "mode: enforce\nsettings: {secret_scanning: {enabled: true}}\n", "mode: enforce\nsettings: {secret_scanning: {enabled: true, exclude_paths: [\"*\"]}}\n", true },
	{ "mode: enforce\nsettings: {secret_scanning: {enabled: true}}\n", "mode: enforce\nsettings: {secret_scanning: {enabled: true, incomplete_paths: [\"/models/*\"]}}\n", true },
	{ "mode: enforce\nsettings: {secret_scanning: {enabled: true, incomplete_paths: [\"/models/*\"]}}\n", "mode: enforce\nsettings: {secret_scanning: {enabled: true}}\n", false },
	{ "mode: enforce\nsettings: {secret_scanning: {enabled: true}}\n", "mode: enforce\nsettings: {secret_scanning: {enabled: true, max_high: 9}}\n", true },
	{ "mode: enforce\nsettings: {secret_scanning: {enabled: true}}\n", "mode: enforce\nsettings: {max_risk_score: 100}\n", true },
	{ RULES "  privileged: {action: block}\n", "mode: enforce\n", true },
	{ "mode: enforce\n", RULES "  privileged: {action: warn}\n", false },
	{ RULES "  privileged: {action: block}\n", RULES "  privileged: {action: warn}\n", true },
	{ RULES "  privileged: {action: warn}\n", RULES "  privileged: {action: block}\n", false },
	{ RULES "  privileged: {action: block}\n", RULES "  privileged: {}\n", false }, /* what it does unless it says otherwise */
	{ RULES "  privileged: {}\n", RULES "  privileged: {action: block}\n", false },
	{ RULES "  privileged: {action: block, severity: high}\n", RULES "  privileged: {action: block, severity: low}\n", true },
	{ RULES "  privileged: {action: block}\n", RULES "  privileged: {action: block, message: no}\n", false },
	{ RULES "  privileged: {}\n", RULES "  privileged: {exceptions: [{images: [\"docker:dind\"]}]}\n", true },
	{ RULES "  privileged: {exceptions: [{images: [\"docker:dind\"]}]}\n", RULES "  privileged: {}\n", false },
	{ RULES "  privileged: {exceptions: [{images: [a]}]}\n", RULES "  privileged: {exceptions: [{images: [a, b]}]}\n", true },
	{ RULES "  privileged: {exceptions: [{images: [a]}, {images: [b]}]}\n", RULES "  privileged: {exceptions: [{images: [b]}]}\n", false },
	{ RULES "  mounts: {blocked: [{path: /}]}\n", RULES "  mounts: {blocked: []}\n", true },
	{ RULES "  mounts: {blocked: [{path: /}]}\n", RULES "  mounts: {blocked: [{path: /}, {path: /etc}]}\n", false },
	{ RULES "  mounts: {blocked: [{path: /}]}\n", RULES "  mounts: {blocked: [{path: /etc, action: warn}, {path: /}]}\n", true },
	{ RULES "  mounts: {blocked: [{path: /}]}\n", RULES "  mounts: {blocked: [{path: /etc, allow_read_only: true}, {path: /}]}\n", true },
	{ RULES "  mounts: {default: block}\n", RULES "  mounts: {default: warn}\n", true },
	{ RULES "  mounts: {default: warn}\n", RULES "  mounts: {default: block}\n", false },
	{ RULES "  mounts: {}\n", RULES "  mounts: {default: block, require_trusted: block, no_way_back: block, foreign_ids: block, block_engine_files: true}\n", false },
	{ RULES "  mounts: {require_trusted: block}\n", RULES "  mounts: {require_trusted: warn}\n", true },
	{ RULES "  mounts: {require_trusted: warn}\n", RULES "  mounts: {require_trusted: block}\n", false },
	{ RULES "  mounts: {no_way_back: block}\n", RULES "  mounts: {}\n", true },
	{ RULES "  mounts: {pin: own}\n", RULES "  mounts: {pin: block}\n", false },
	{ RULES "  mounts: {pin: block}\n", RULES "  mounts: {pin: own}\n", true },
	{ RULES "  mounts: {pin: own}\n", RULES "  mounts: {}\n", true },
	{ RULES "  mounts: {}\n", RULES "  mounts: {pin: own}\n", true },
	{ RULES "  mounts: {pin: own}\n", RULES "  mounts: {pin: own}\n", false },
	{ RULES "  mounts: {foreign_ids: block}\n", RULES "  mounts: {foreign_ids: allow}\n", true },
	{ RULES "  mounts: {}\n", RULES "  mounts: {as_self: true}\n", true },
	{ RULES "  mounts: {as_self: true}\n", RULES "  mounts: {}\n", false },
	{ RULES "  mounts: {as_self: false}\n", RULES "  mounts: {as_self: true}\n", true },
	{ RULES "  mounts: {default: block}\n", RULES "  mounts: {default: block, allowed_read_only: [/usr]}\n", true },
	{ RULES "  mounts: {allowed_read_only: [/usr, /opt]}\n", RULES "  mounts: {allowed_read_only: [/usr]}\n", false },
	{ RULES "  mounts: {blocked: [{path: /}]}\n", RULES "  mounts: {blocked: [{path: /home, allow_as_self: true}, {path: /}]}\n", true },
	{ RULES "  mounts: {block_engine_files: true}\n", RULES "  mounts: {block_engine_files: false}\n", true },
	{ RULES "  mounts: {require_read_only: true}\n", RULES "  mounts: {require_read_only: false}\n", true },
	{ RULES "  mounts: {require_read_only: false}\n", RULES "  mounts: {require_read_only: true}\n", false },
	{ RULES "  mounts: {}\n", RULES "  mounts: {require_read_only: true}\n", false },
	{ RULES "  images: {allowed_registries: [docker.io]}\n", RULES "  images: {allowed_registries: [docker.io, quay.io]}\n", true },
	{ RULES "  images: {allowed_registries: [docker.io, quay.io]}\n", RULES "  images: {allowed_registries: [docker.io]}\n", false },
	{ RULES "  images: {allowed_registries: [docker.io]}\n", RULES "  images: {allowed_registries: []}\n", true },
	{ RULES "  images: {blocked_registries: [a.io]}\n", RULES "  images: {blocked_registries: [a.io, b.io]}\n", false },
	{ RULES "  images: {blocked_registries: [a.io, b.io]}\n", RULES "  images: {blocked_registries: [b.io]}\n", true },
	{ RULES "  container: {max_memory: 1g}\n", RULES "  container: {max_memory: 2g}\n", true },
	{ RULES "  container: {max_memory: 1g}\n", RULES "  container: {max_memory: 1g}\n", false },
	{ RULES "  container: {max_memory: 1g}\n", RULES "  container: {}\n", true },
	{ RULES "  container: {max_memory: 1g}\n", RULES "  container: {max_memory: 1024m}\n", false },
	{ RULES "  container: {}\n", RULES "  container: {max_memory: 1g}\n", false },
	{ RULES "  container: {}\n", RULES "  container: {require_non_root: true}\n", false },
	{ RULES "  container: {require_non_root: true}\n", RULES "  container: {}\n", true },
	{ RULES "  container: {require_non_root: true}\n", RULES "  container: {require_non_root: true, action: warn}\n", false }, /* its default */
	{ RULES "  container: {require_non_root: true}\n", RULES "  container: {require_non_root: true, action: block}\n", false },
	{ RULES "  container: {action: block, require_non_root: true}\n", RULES "  container: {require_non_root: true}\n", true },
	{ RULES "  privileged: {action: block}\n", RULES "  privileged: {action: block, severity: high}\n", true },
	{ RULES "  privileged: {severity: low}\n", RULES "  privileged: {}\n", false },
	{ RULES "  privileged: {action: allow}\n", "mode: enforce\n", false },
	{ RULES "  privileged: {exceptions: [{images: [a], users: [bob]}]}\n", RULES "  privileged: {exceptions: [{images: [a]}]}\n", true },
	{ "mode: enforce\n", CASE("rules: [privileged], users: [bob]"), true },
	{ CASE("rules: [privileged], users: [bob]"), "mode: enforce\n", false },
	{ CASE("rules: [privileged], users: [bob]"), CASE("rules: [privileged, exec.root], users: [bob]"), true },
	{ CASE("rules: [privileged, exec.root], users: [bob]"), CASE("rules: [privileged], users: [bob]"), false },
	{ CASE("rules: [devices], values: [/dev/a]"), CASE("rules: [devices], values: [/dev/a, /dev/b]"), true },
	{ CASE("rules: [devices], values: [/dev/a, /dev/b]"), CASE("rules: [devices], values: [/dev/b]"), false },
	{ CASE("rules: [devices], values: [/dev/a], users: [bob]"), CASE("rules: [devices], users: [bob]"), true },
	{ CASE("rules: [devices], users: [bob]"), CASE("rules: [devices], users: [bob], values: [/dev/a]"), false },
	{ CASE("rules: [exec.root], commands: [id]"), CASE("rules: [exec.root], users: [bob]"), true },
	{ CASE("rules: [exec.root], users: [bob]"), CASE("rules: [exec.root], users: [bob], commands: [id]"), false },
	{ CASE("rules: [mounts.default], values: [/a], read_only: true"), CASE("rules: [mounts.default], values: [/a]"), true },
	{ CASE("rules: [mounts.default], values: [/a]"), CASE("rules: [mounts.default], values: [/a], read_only: true"), false },
	{ CASE("rules: [privileged], users: [bob], expires: 2090-01-01"), CASE("rules: [privileged], users: [bob]"), true },
	{ RULES "  privileged: {exceptions: [{images: [a]}]}\n", RULES "  privileged: {exceptions: [{images: [a], users: [bob], reason: x}]}\n", false },
	{ RULES "  privileged: {exceptions: [{images: [a], expires: 2090-01-01}]}\n", RULES "  privileged: {exceptions: [{images: [a]}]}\n", true },
	{ RULES "  privileged: {exceptions: [{images: [a], expires: 2090-01-01}]}\n", RULES "  privileged: {exceptions: [{images: [a], expires: 2080-01-01}]}\n", false },
	{ RULES "  capabilities: {blocked: [{name: SYS_ADMIN}]}\n", RULES "  capabilities: {blocked: [{name: SYS_ADMIN, action: warn}]}\n", true },
	{ RULES "  capabilities: {blocked: [{name: SYS_ADMIN, action: warn}]}\n", RULES "  capabilities: {blocked: [{name: cap_sys_admin}]}\n", false },
	{ RULES "  capabilities: {blocked: [{name: BPF}]}\n", RULES "  capabilities: {blocked: [{name: BPF, action: warn}, {name: BPF}]}\n", true },
	{ RULES "  capabilities: {}\n", RULES "  capabilities: {default_action: block}\n", false },
	{ RULES "  capabilities: {default_action: block}\n", RULES "  capabilities: {}\n", true },
	{ RULES "  capabilities: {allowed: [CHOWN, KILL]}\n", RULES "  capabilities: {allowed: [KILL]}\n", false },
	{ RULES "  capabilities: {allowed: [KILL]}\n", RULES "  capabilities: {allowed: [CHOWN, KILL]}\n", true },
	{ RULES "  capabilities: {warned: [{name: KILL}]}\n", RULES "  capabilities: {}\n", false },
	{ RULES "  capabilities: {warned: [{name: KILL}], default_action: allow}\n", RULES "  capabilities: {default_action: allow}\n", true },
	{ RULES "  capabilities: {default_action: block}\n", RULES "  capabilities: {default_action: block, warned: [{name: KILL}]}\n", true },
	{ RULES "  mounts: {block_bind_mounts: true, allowed: [/srv]}\n", RULES "  mounts: {block_bind_mounts: true, allowed: [/srv/app]}\n", false },
	{ RULES "  mounts: {block_bind_mounts: true, allowed: [/srv/app]}\n", RULES "  mounts: {block_bind_mounts: true, allowed: [/srv]}\n", true },
	{ RULES "  mounts: {block_bind_mounts: true, allowed: [/srv]}\n", RULES "  mounts: {block_bind_mounts: true, allowed: [/srv2]}\n", true },
	{ RULES "  mounts: {}\n", RULES "  mounts: {block_bind_mounts: true, allowed: [/srv]}\n", false },
	{ RULES "  mounts: {blocked: [{path: /srv}]}\n", RULES "  mounts: {blocked: [{path: /srv}], block_bind_mounts: true, allowed: [/srv/app]}\n", true },
	{ RULES "  images: {}\n", RULES "  images: {allowed_registries: [docker.io]}\n", false },
	{ RULES "  images: {allowed_registries: [ghcr.io]}\n", RULES "  images: {allowed_registries: [ghcr.io/team]}\n", false },
	{ RULES "  images: {allowed_registries: [ghcr.io/team]}\n", RULES "  images: {allowed_registries: [ghcr.io/team2]}\n", true },
	{ RULES "  images: {allowed_registries: [\"*.example.com\"]}\n", RULES "  images: {allowed_registries: [a.example.com]}\n", false },
	{ RULES "  sysctls: {allowed: [\"net.*\"]}\n", RULES "  sysctls: {allowed: [\"net.ipv4.*\"]}\n", false },
	{ RULES "  sysctls: {allowed: [\"net.*\"]}\n", RULES "  sysctls: {allowed: []}\n", false }, /* nothing is */
	{ RULES "  sysctls: {allowed: []}\n", RULES "  sysctls: {allowed: [\"net.*\"]}\n", true },
	{ RULES "  sysctls: {allowed: [\"net.?\"]}\n", RULES "  sysctls: {allowed: [\"net.*\"]}\n", true },
	{ RULES "  security_options: {require_seccomp: true}\n", RULES "  security_options: {require_seccomp: true, allowed_seccomp_profiles: [unconfined]}\n", true },
	{ RULES "  security_options: {allowed_seccomp_profiles: [a]}\n", RULES "  security_options: {}\n", true },
	{ RULES "  network: {blocked_ports: [{port: 22}, {port: 80}]}\n", RULES "  network: {blocked_ports: [{port: 22, message: no}]}\n", true },
	{ RULES "  network: {blocked_ports: [{port: 22}]}\n", RULES "  network: {blocked_ports: [{port: 80}, {port: 22, message: no}]}\n", false },
	{ RULES "  network: {blocked_ports: [{port: 22}]}\n", RULES "  network: {blocked_ports: [{port: 22, protocol: tcp}]}\n", true },
	{ RULES "  ulimits: {max: [{name: nofile, max: 9}]}\n", RULES "  ulimits: {max: [{name: nofile, max: 8}, {name: core, max: 0}]}\n", false },
	{ RULES "  ulimits: {max: [{name: nofile, max: 9}]}\n", RULES "  ulimits: {max: [{name: nofile, max: 10}]}\n", true },
	{ RULES "  oom: {}\n", RULES "  oom: {min_score_adj: -5}\n", true },
	{ RULES "  oom: {min_score_adj: -5}\n", RULES "  oom: {}\n", false },
	{ RULES "  oom: {}\n", RULES "  oom: {allow_kill_disable: true}\n", true },
	{ RULES "  environment: {secret_patterns: [a, b]}\n", RULES "  environment: {secret_patterns: [b]}\n", true },
	{ RULES "  environment: {secret_patterns: [b]}\n", RULES "  environment: {secret_patterns: [a, b]}\n", false },
	{ RULES "  endpoints: {swarm: block}\n", RULES "  endpoints: {swarm: {action: block}}\n", false },
	{ RULES "  endpoints: {swarm: block}\n", RULES "  endpoints: {swarm: warn}\n", true },
	/* A rule that takes the place of another. */
	{ RULES "  privileged: {}\n", RULES "  privileged: {}\n  exec: {privileged: {action: warn}}\n", true },
	{ RULES "  privileged: {}\n  exec: {privileged: {action: warn}}\n", RULES "  privileged: {}\n", false },
	{ RULES "  host_namespaces: {network: {}}\n", RULES "  host_namespaces: {network: {}}\n  build: {host_network: {action: allow}}\n", true },
	{ RULES "  build: {host_network: {}}\n", RULES "  host_namespaces: {network: {}}\n", false },
	/* Rules of one's own */
	{ "mode: enforce\n", "mode: enforce\ncustom_rules: [{name: a, action: warn, condition: {field: image, operator: equals, value: x}}]\n", false },
	{ "mode: enforce\ncustom_rules: [{name: a, condition: {field: image, operator: equals, value: x}}]\n", "mode: enforce\n", true },
	{ "mode: enforce\ncustom_rules: [{name: a, condition: {field: image, operator: equals, value: x}}]\n",
	  "mode: enforce\ncustom_rules: [{name: a, condition: {field: image, operator: equals, value: y}}]\n", true },
	{ "mode: enforce\ncustom_rules: [{name: a, action: warn, condition: {field: image, operator: equals, value: x}}]\n",
	  "mode: enforce\ncustom_rules: [{name: a, description: d, action: block, condition: {field: image, operator: equals, value: x}}]\n", false },
};

static void test_pairs(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
		g_autoptr(Policy) before = parse(pairs[i].before), after = parse(pairs[i].after);
		g_autofree char *why = policy_laxer_why(before, after);
		if ((why != NULL) != pairs[i].laxer)
			g_error("%s->\n%s: expected %s (%s)", pairs[i].before, pairs[i].after, pairs[i].laxer ? "laxer" : "not laxer", why);
	}
}

/* What the dialog says. */
static const struct { const char *before, *after, *why; } reasons[] = {
	{ "mode: enforce\n", "mode: audit\n", "mode: enforce, now audit" },
	{ "mode: enforce\nsettings: {max_risk_score: 50}\n", "mode: enforce\nsettings: {max_risk_score: 51}\n", "settings.max_risk_score: 50, now 51" },
	{ "mode: enforce\nsettings: {max_risk_score: 50}\n", "mode: enforce\n", "settings.max_risk_score: no limit any more" },
	{ RULES "  privileged: {}\n", RULES "  privileged: {action: warn}\n", "rules.privileged.action: block, now warn" },
	{ RULES "  privileged: {}\n", "mode: enforce\n", "rules.privileged: not in it any more" },
	{ RULES "  mounts: {blocked: [{path: /a}]}\n", RULES "  mounts: {blocked: []}\n", "rules.mounts.blocked: /a is not in it any more" },
	{ RULES "  mounts: {blocked: [{path: /a}]}\n", RULES "  mounts: {blocked: [{path: /a, action: warn}]}\n", "rules.mounts.blocked: /a is laxer" },
	{ RULES "  privileged: {}\n", RULES "  privileged: {exceptions: [{images: [x]}]}\n", "rules.privileged.exceptions: x is new" },
	{ "mode: enforce\n", CASE("rules: [mounts.default], values: [/a], users: [bob]"), "exceptions: /a is new" },
	{ RULES "  images: {allowed_registries: [a.io]}\n", RULES "  images: {allowed_registries: [a.io, b.io]}\n", "rules.images.allowed_registries: b.io is new" },
	{ RULES "  images: {allowed_registries: [a.io]}\n", RULES "  images: {}\n", "rules.images.allowed_registries: now everything" },
};

static void test_reasons(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(reasons); i++) {
		g_autoptr(Policy) before = parse(reasons[i].before), after = parse(reasons[i].after);
		g_autofree char *why = policy_laxer_why(before, after);
		g_assert_cmpstr(why, ==, reasons[i].why);
	}
}

/* policy diff, in both directions. */
static const struct { const char *before, *after, *forth, *back; } differences[] = {
	{ "mode: enforce\n", "mode: enforce\ndescription: other words\n", "", "" },
	{ "mode: enforce\n", "mode: warn\n", "allows mode: enforce, now warn; ", "denies mode: warn, now enforce; " },
	{ "mode: warn\n" "rules:\n  masked_paths: {}\n", "mode: warn\n", "allows rules.masked_paths: not in it any more; ", "denies rules.masked_paths: new; " },
	{ RULES "  mounts: {blocked: [{path: /a}, {path: /b}]}\n", RULES "  mounts: {blocked: [{path: /b, action: warn}, {path: /c}]}\n",
		"allows rules.mounts.blocked: /a is not in it any more; allows rules.mounts.blocked: /b is laxer; denies rules.mounts.blocked: /c is new; ",
		"allows rules.mounts.blocked: /c is not in it any more; denies rules.mounts.blocked: /a is new; denies rules.mounts.blocked: /b is stricter; " },
	{ RULES "  images: {allowed_registries: [a.io, b.io, c.io]}\n", RULES "  images: {allowed_registries: [c.io]}\n",
		"denies rules.images.allowed_registries: a.io is not in it any more; denies rules.images.allowed_registries: b.io is not in it any more; ",
		"allows rules.images.allowed_registries: a.io is new; allows rules.images.allowed_registries: b.io is new; " },
	{ "mode: enforce\nsettings: {max_risk_score: 50}\n", "mode: enforce\n", "allows settings.max_risk_score: no limit any more; ", "denies settings.max_risk_score: 50; " },
	{ "mode: enforce\ncustom_rules: [{name: a, condition: {field: image, operator: equals, value: x}}]\n",
		"mode: enforce\ncustom_rules: [{name: a, condition: {field: image, operator: equals, value: y}}]\n", "differs custom_rules: a is not the same; ",
		"differs custom_rules: a is not the same; " },
};

static char *difference_text(const Policy *before, const Policy *after)
{
	g_autoptr(Arena) arena = arena_new();
	GString *text = g_string_new("");
	DifferenceList list;

	g_assert_true(policy_difference(before, after, arena, &list));
	for (size_t i = 0; i < list.count; i++)
		if (list.items[i].effect != DIFFERENCE_STANDARD)
			g_string_append_printf(text, "%s %s: %s; ", difference_effect_name(list.items[i].effect), list.items[i].key, list.items[i].text);
	return g_string_free(text, FALSE);
}

static void test_differences(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(differences); i++) {
		g_autoptr(Policy) before = parse(differences[i].before), after = parse(differences[i].after);
		g_autofree char *forth = difference_text(before, after), *back = difference_text(after, before);
		g_assert_cmpstr(forth, ==, differences[i].forth);
		g_assert_cmpstr(back, ==, differences[i].back);
	}
}

/* What is not laxer in either direction is no difference, and the other way round. */
static void test_differences_of_pairs(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
		g_autoptr(Policy) before = parse(pairs[i].before), after = parse(pairs[i].after);
		g_autofree char *text = difference_text(before, after);
		bool seen = strstr(text, "allows ") || strstr(text, "differs ");
		if (pairs[i].laxer && !seen)
			g_error("%s->\n%s: laxer, and no difference: %s", pairs[i].before, pairs[i].after, text);
		if (!pairs[i].laxer && policy_mode(before) == MODE_ENFORCE && seen)
			g_error("%s->\n%s: not laxer, and a difference: %s", pairs[i].before, pairs[i].after, text);
	}
}

static void test_difference_ends(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autoptr(Policy) before = parse(RULES "  mounts: {blocked: [{path: /a}, {path: /b}]}\n"), after = parse(RULES "  mounts: {blocked: [{path: /c}, {path: /d}]}\n");
	Budget budget = { .steps = 2 };
	DifferenceList list;

	budget_begin(&budget, 60);
	g_assert_false(policy_difference(before, after, arena, &list));
	g_assert_true(policy_is_laxer(before, before)); /* what was not looked at is not known to be as strict */
	budget_end();
	g_assert_false(policy_is_laxer(before, before));
}

static void test_standards(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autoptr(Policy) before = parse("mode: enforce\n"), after = parse(RULES "  privileged: {}\n");
	DifferenceList list;
	bool found = false;

	g_assert_true(policy_difference(before, after, arena, &list));
	for (size_t i = 0; i < list.count; i++)
		found |= list.items[i].effect == DIFFERENCE_STANDARD && !strcmp(list.items[i].key, "CIS-5.5") && g_str_has_prefix(list.items[i].text, "-, now block (");
	g_assert_true(found);
}

static void test_lockdown(void)
{
	g_autoptr(Policy) policy = parse("mode: enforce\n");

	g_assert_true(policy_is_laxer(NULL, policy));
}

static Policy *load(const char *name)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	Policy *policy = store_load(g_getenv("SENTINEL_POLICIES"), name, diagnostics);

	g_assert_nonnull(policy);
	return policy;
}

/* From each to those that are stricter: nobody is asked; the other way round somebody is. */
static void test_ladder(void)
{
	static const struct { const char *before, *after; bool back; } steps[] = {
		{ "permissive", "default", true }, { "permissive", "development", true }, { "permissive", "ci-cd", true }, { "permissive", "production", true },
		{ "permissive", "strict", true }, { "default", "development", false }, { "development", "default", false }, { "default", "ci-cd", true },
		{ "default", "production", true }, { "default", "strict", true }, { "development", "production", true }, { "development", "strict", true },
		{ "production", "strict", true },
		{ "permissive", "permissive", false }, { "ci-cd", "ci-cd", false }, { "production", "production", false }, { "strict", "strict", false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
		g_autoptr(Policy) before = load(steps[i].before), after = load(steps[i].after);
		g_autofree char *why = policy_laxer_why(before, after), *back = policy_laxer_why(after, before);
		if (why || (back != NULL) != steps[i].back)
			g_error("%s to %s: %s; back: %s", steps[i].before, steps[i].after, why, back);
	}
	g_autoptr(Policy) production = load("production"), ci = load("ci-cd");
	g_assert_true(policy_is_laxer(production, ci));
	g_assert_true(policy_is_laxer(ci, production)); /* the host's UTS namespace */
}

/* Somebody has said of each key which way is stricter. */
static void find_gaps(const Section *section, const char *above)
{
	for (size_t i = 0; i < section->count; i++) {
		const Field *field = &section->fields[i];
		g_autofree char *path = g_strdup_printf("%s%s%s", above, *above ? "." : "", field->name);
		if (!laxer_knows(field))
			g_error("%s does not say which way is stricter (policy/schema/field.h, Stricter)", path);
		if (field->stricter == STRICTER_SAME || field->stricter == STRICTER_SILENT)
			continue;
		if (field->read == field_section || field->read == field_sections)
			find_gaps(field->detail, path);
		if (field->read == read_group)
			find_gaps(((const RuleDefaults *)field->detail)->section, path);
	}
}

static void test_gaps(void)
{
	static const Field unsaid[] = { FIELD("a", Policy, require_image_scan, field_flag) }, action[] = { FIELD("a", RuleSettings, action, field_action) };

	g_assert_false(laxer_knows(unsaid));
	g_assert_true(laxer_knows(action));
	find_gaps(&policy_section, "");
	find_gaps(&rule_section, "rule");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/laxer/pairs", test_pairs);
	g_test_add_func("/laxer/lockdown", test_lockdown);
	g_test_add_func("/laxer/reasons", test_reasons);
	g_test_add_func("/laxer/ladder", test_ladder);
	g_test_add_func("/laxer/differences", test_differences);
	g_test_add_func("/laxer/differences-of-pairs", test_differences_of_pairs);
	g_test_add_func("/laxer/difference-ends", test_difference_ends);
	g_test_add_func("/laxer/standards", test_standards);
	g_test_add_func("/laxer/gaps", test_gaps);
	return g_test_run();
}
