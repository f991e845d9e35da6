/* SPDX-License-Identifier: MIT
 *
 * Every member of the interfaces, one row each: what it takes and gives, who may call it, and how it runs.
 */
#include "base/limits.h"
#include "bus/internal.h"

#define TRIAL_OUT "b allowed, u risk_score, a(sssss) findings, as mitigations, a{sv} details"

static const Method manager_methods[] = {
	{ "Validate", "as argv, a{sv} options", TRIAL_OUT, "What the policy would say about a docker command; nothing runs.", ACTION_EVALUATE, .run = RUN_DOCKER,
		.handler = &validate_argv },
	{ "ValidateRequest", "s method, s uri, ay body, a{sv} options", TRIAL_OUT, "What the policy would say about a request of the Engine API.", ACTION_EVALUATE,
		.run = RUN_DOCKER, .handler = &validate_request },
	{ "ReloadPolicy", "", "t generation", "Reads the configuration and the policy again.", ACTION_POLICY_RELOAD, .run = RUN_WRITE, .handler = &reload_policy },
	{ "AuditQuery", "a{sv} filter, u limit, t before_id", "aa{sv} entries", "Decisions, newest first.", ACTION_AUDIT_READ, .less = ACTION_AUDIT_READ_OWN,
		.run = RUN_READ, .patience_s = LIMIT_QUERY_S, .handler = &audit_query },
	{ "Scan", "s image, a{sv} options", "o job", "Scans an image; the job is an object with the interface " SENTINEL_INTERFACE_JOB ".", ACTION_SCAN,
		.run = RUN_DOCKER, .patience_s = LIMIT_SEARCH_S, .handler = &scan_image },
	{ "CreateGrant", "t decision_id, a{sv} options", "t grant", "Lets the request through that this decision denied.", ACTION_GRANT, .refine = &create_refine,
		.run = RUN_WRITE, .handler = &grants_create },
	{ "RevokeGrant", "t grant", "", "Ends a grant.", ACTION_GRANT_REVOKE, .refine = &revoke_refine, .run = RUN_WRITE, .handler = &grants_revoke },
	{ "ListGrants", "", "aa{sv} grants", "Grants that can still be used.", ACTION_AUDIT_READ, .run = RUN_INLINE, .handler = &grants_list },
	{ "Diagnose", "", "a(ssss) checks", "What may be wrong here: name, status, message, advice.", ACTION_STATUS, .run = RUN_DOCKER,
		.patience_s = LIMIT_SEARCH_S, .handler = &diagnose },
	{ "JudgeContainers", "a{sv} options", "s policy, u judged, b more, a(ssa(ss)) denied, a{sas} mounts",
		"Which containers a policy would not let start again: name, image, and by which rule why; and what could be added to its lists of mounts.",
		ACTION_EVALUATE, .run = RUN_DOCKER, .patience_s = LIMIT_SEARCH_S, .handler = &judge_containers },
	{ "ProbeDocker", "", "s state, s message",
		"Whether Docker asks this service: asked, unasked, refused, unknown, elsewhere; and the same for people.", ACTION_STATUS, .run = RUN_DOCKER,
		.handler = &probe_docker },
	{ "Subscribe", "", "o path", "DecisionMade and ImageScanned come to this caller from the path that is returned: what they may see of it.", ACTION_AUDIT_READ,
		.less = ACTION_AUDIT_READ_OWN, .run = RUN_READ, .handler = &subscribe },
	{ "Metrics", "s format", "s text", "Counters for Prometheus: openmetrics, or plain (the older form, for node_exporter).", ACTION_STATUS, .run = RUN_READ,
		.handler = &manager_metrics },
	{ "Settings", "", "s file, s problem, a(ssu) settings",
		"What holds of config.yaml: where that is, why it does not hold itself, and of each key the value and its line in the file (0: the default).", ACTION_STATUS,
		.run = RUN_INLINE, .handler = &manager_settings },
	{ "CheckSettings", "s yaml", "a(suuss) diagnostics", "What is wrong with a text for config.yaml: file, line, column, severity, message.", ACTION_EVALUATE,
		.run = RUN_READ, .handler = &manager_check_settings },
	{ "Progress", "", "a(uu) calls", "How far this connection's calls are that take long: the serial number of each, and percent.", ACTION_STATUS, .run = RUN_INLINE,
		.handler = &manager_progress },
	{ "Unsubscribe", "", "", "Ends what Subscribe began.", ACTION_STATUS, .run = RUN_INLINE, .handler = &unsubscribe },
};

static const Property manager_properties[] = {
	{ "Version", "s", "Of the service.", PROPERTY_CONST, get_version },
	{ "ActivePolicy", "s", "The name of the policy in force; empty: there is none.", PROPERTY_CHANGES, get_active_policy },
	{ "Mode", "s", "enforce, warn or audit.", PROPERTY_CHANGES, get_mode },
	{ "State", "s", "serving, degraded or lockdown.", PROPERTY_CHANGES, get_state },
	{ "PolicyGeneration", "t", "Grows with each policy that was put in force.", PROPERTY_CHANGES, get_generation },
	{ "PolicyError", "s", "Why what is in the files is not in force; empty: it is.", PROPERTY_CHANGES, get_policy_error },
	{ "AuditWarning", "s", "Why the audit trail will soon not be written; empty: no reason is known.", PROPERTY_CHANGES, get_audit_warning },
	{ "Allowed", "t", "Calls of Docker's that were allowed since the start.", PROPERTY_SILENT, get_counter },
	{ "Denied", "t", "Calls of Docker's that were denied since the start.", PROPERTY_SILENT, get_counter },
	{ "Warned", "t", "Calls of Docker's that were allowed with findings since the start.", PROPERTY_SILENT, get_counter },
	{ "FetchNumber", "t", "Of the policies that were fetched from a repository and accepted last; 0: none.", PROPERTY_SILENT, get_fetched },
	{ "FetchPolicy", "s", "The policy that they gave.", PROPERTY_SILENT, get_fetched },
	{ "FetchSource", "s", "Where they came from.", PROPERTY_SILENT, get_fetched },
	{ "FetchAccepted", "t", "When they were put in force, in µs since the epoch; 0: never.", PROPERTY_SILENT, get_fetched },
	{ "FetchExpires", "t", "When they end.", PROPERTY_SILENT, get_fetched },
	{ "FetchChecked", "t", "When the repository was looked at last and everything was in order.", PROPERTY_SILENT, get_fetched },
	{ "FetchFailed", "t", "When it was looked at last and something was not.", PROPERTY_SILENT, get_fetched },
	{ "FetchError", "s", "What; empty: nothing is wrong.", PROPERTY_SILENT, get_fetched },
	{ "PluginSocket", "s", "Where Docker asks; empty: this service is not for Docker.", PROPERTY_CONST, get_plugin_socket },
	{ "AskedFirst", "t", "When something was asked there first since the start, in µs since the epoch; 0: never.", PROPERTY_SILENT, get_counter },
	{ "AskedLast", "t", "And last.", PROPERTY_SILENT, get_counter },
	{ "AuditWriteErrors", "t", "Decisions that could not be written to the audit trail since the start.", PROPERTY_SILENT, get_counter },
};

static const Signal manager_signals[] = {
	{ "DecisionMade", "t id, s decision, u risk_score, s user, s summary", "Docker asked. Root hears all, others what they subscribed to." },
	{ "ImageScanned", "s image, s image_id, s outcome, s severity, s user, s summary",
		"An image that was built here was scanned: passed, found, or unscanned. Root hears all, others what they subscribed to." },
	{ "PolicyChanged", "s name, s mode, t generation", "This policy is in force now." },
	{ "PolicyRejected", "s name, s message", "This policy was not put in force." },
	{ "PolicyRelaxed", "s name, s mode, s why", "The policy that is in force now may allow more than the one before; comes before PolicyChanged." },
};

static const Method policies_methods[] = {
	{ "List", "", "a(sssb) policies", "Name, mode, description, and whether it is in force.", ACTION_STATUS, .run = RUN_READ, .handler = &policies_list },
	{ "Get", "s name", "s yaml", "The text of a policy.", ACTION_STATUS, .run = RUN_READ, .handler = &policies_get },
	{ "Check", "s yaml", "a(suuss) diagnostics", "What is wrong with a policy: file, line, column, severity, message.", ACTION_EVALUATE, .run = RUN_READ,
		.handler = &policies_check },
	{ "Test", "s yaml", "a(suuss) diagnostics, a(suss) results", "Runs the tests that a policy holds: name, line, passed or failed, message.", ACTION_EVALUATE,
		.run = RUN_READ, .handler = &policies_test },
	{ "Coverage", "s name", "a(ssss) items", "What a policy enforces of public standards: item, title, status, rules.", ACTION_STATUS, .run = RUN_READ,
		.handler = &policies_coverage },
	{ "Diff", "s before, s after", "a(suuss) diagnostics, a(sss) differences",
		"How two policies differ in what they mean: effect (allows, denies, differs, standard), key, text.", ACTION_EVALUATE, .run = RUN_READ,
		.handler = &policies_diff },
	{ "Replay", "s yaml, a{sv} options", "a(suuss) diagnostics, a{st} counts, a(ssst) groups, a(stssss) examples",
		"What would change if the recorded calls were judged by this policy.", ACTION_AUDIT_READ, .run = RUN_READ, .patience_s = LIMIT_SEARCH_S,
		.handler = &policies_replay },
	{ "Learn", "s yaml, a{sv} options", "a(suuss) diagnostics, s draft, a{st} counts",
		"The text of this policy with exceptions for the recorded calls that it would deny, to be read and tried.", ACTION_AUDIT_READ, .run = RUN_READ,
		.patience_s = LIMIT_SEARCH_S, .handler = &policies_learn },
	{ "Except", "t decision, a{sv} options", "s policy, s yaml, s exceptions",
		"The text of the policy in force with an exception for one denied call, as narrow as that was; Write puts it in force.", ACTION_AUDIT_READ,
		.run = RUN_READ, .patience_s = LIMIT_SEARCH_S, .handler = &policies_except },
	{ "ProfileDigest", "s json", "s digest", "By which name a policy lists a seccomp profile.", ACTION_EVALUATE, .run = RUN_READ, .handler = &policies_digest },
	{ "Use", "s name", "", "Puts a policy in force.", ACTION_POLICY_MANAGE, .refine = &policies_refine, .run = RUN_WRITE, .handler = &policies_use },
	{ "Write", "s name, s yaml", "", "Writes a policy; the one in force holds at once.", ACTION_POLICY_MANAGE, .refine = &policies_refine, .run = RUN_WRITE,
		.handler = &policies_write },
	{ "Replace", "s name, s yaml, s was", "", "Writes a policy if its file is as the caller has seen it: has this SHA-256, or for \"\" is not there.",
		ACTION_POLICY_MANAGE, .refine = &policies_refine, .run = RUN_WRITE, .handler = &policies_replace },
	{ "Adopt", "s name, s yaml, a{sv} options", "",
		"Writes a policy and puts it in force, or changes nothing; one that is not certainly as strict only with may_relax.", ACTION_POLICY_MANAGE,
		.refine = &policies_refine, .run = RUN_WRITE, .handler = &policies_adopt },
	{ "Delete", "s name", "", "Deletes a policy that is not in force.", ACTION_POLICY_DELETE, .refine = &delete_refine, .run = RUN_WRITE,
		.handler = &policies_delete },
};

static const Method audit_methods[] = {
	{ "Stats", "a{sv} filter", "a{sv} statistics", "How many decisions there are, by decision, user, image and rule.", ACTION_AUDIT_READ, .run = RUN_READ,
		.patience_s = LIMIT_QUERY_S, .handler = &audit_stats },
	{ "Export", "a{sv} filter, s format, h fd", "t entries", "Writes decisions to the descriptor, newest first, as json, jsonl, csv or cef.", ACTION_AUDIT_READ,
		.run = RUN_READ, .patience_s = LIMIT_EXPORT_S, .handler = &audit_export },
	{ "Verify", "", "b intact, t entries, s detail", "Whether the trail is whole.", ACTION_AUDIT_READ, .run = RUN_READ, .patience_s = LIMIT_SEARCH_S,
		.handler = &audit_verify },
	{ "Seal", "", "t record, s hash", "Puts the newest hash of the trail into the system's journal.", ACTION_AUDIT_READ, .run = RUN_READ, .handler = &audit_seal },
	{ "Reindex", "", "t entries", "Makes the index of the trail anew.", ACTION_AUDIT_READ, .run = RUN_READ, .patience_s = LIMIT_EXPORT_S,
		.handler = &audit_reindex },
	{ "Clear", "a{sv} filter", "t entries", "Removes records from the oldest on.", ACTION_AUDIT_MANAGE, .run = RUN_WRITE, .handler = &audit_clear },
};

static const Method pins_methods[] = {
	{ "Pin", "h directory, a{sv} options", "s path, o pin", "The caller's own directory as a path that containers may have.", ACTION_PIN, .run = RUN_READ,
		.handler = &pins_pin },
	{ "Drop", "o pin", "s container", "Ends a pin; the container that it belongs to, if any, keeps it until it stops.", ACTION_PIN, .run = RUN_READ,
		.handler = &pins_drop },
	{ "List", "", "aa{sv} pins", "The caller's pins; root is shown everybody's.", ACTION_PIN, .run = RUN_READ, .handler = &pins_list },
};

static const Method sockets_methods[] = {
	{ "List", "", "aa{sv} sockets", "The sockets of config.yaml, whether each listens, and what is wrong with it.", ACTION_STATUS, .run = RUN_READ, .handler = &sockets_list },
};

static const Method job_methods[] = {
	{ "Cancel", "", "", "Ends the scan; only who asked for it and root may.", ACTION_STATUS, .run = RUN_INLINE, .handler = &scan_cancel },
};

static const Property job_properties[] = {
	{ "State", "s", "queued, running, done or cancelled.", PROPERTY_CHANGES, get_job_state },
	{ "Progress", "u", "Percent.", PROPERTY_CHANGES, get_job_progress },
	{ "Phase", "s", "What it does at this moment, with the layers and the bytes of the image.", PROPERTY_SILENT, get_job_phase },
	{ "Result", "a{sv}", "Of a job that is done, for who asked for it and root; empty for others.", PROPERTY_SILENT, get_job_result },
};

static const Signal job_signals[] = { { "Finished", "s state", "It is done or cancelled." } };

/* What every object has; the gate knows them too.  No property is writable: sd-bus says so to whoever sets one. */
static const Method properties_methods[] = { { "Get", .action = ACTION_STATUS }, { "GetAll", .action = ACTION_STATUS }, { "Set" } };
static const Method introspectable_methods[] = { { "Introspect" } };
static const Method peer_methods[] = { { "Ping" }, { "GetMachineId" } };

#define METHODS(table) .methods = (table), .method_count = G_N_ELEMENTS(table)
#define PROPERTIES(table) .properties = (table), .property_count = G_N_ELEMENTS(table)
#define SIGNALS(table) .signals = (table), .signal_count = G_N_ELEMENTS(table)

const Interface interfaces[] = {
	{ SENTINEL_INTERFACE_MANAGER, "The state, trials, scans, grants and the audit trail.", METHODS(manager_methods), PROPERTIES(manager_properties),
		SIGNALS(manager_signals) },
	{ SENTINEL_INTERFACE_POLICIES, "The policies that are installed.", METHODS(policies_methods) },
	{ SENTINEL_INTERFACE_AUDIT, "The audit trail as a whole.", METHODS(audit_methods) },
	{ SENTINEL_INTERFACE_PINS, "Directories of the caller's that containers may have.", METHODS(pins_methods) },
	{ SENTINEL_INTERFACE_SOCKETS, "Sockets that speak Docker's API, behind the guard.", METHODS(sockets_methods) },
	{ SENTINEL_INTERFACE_JOB, "One scan, from Manager.Scan until a while after its end.", METHODS(job_methods), PROPERTIES(job_properties), SIGNALS(job_signals) },
	{ "org.freedesktop.DBus.Properties", "", .foreign = true, METHODS(properties_methods) },
	{ "org.freedesktop.DBus.Introspectable", "", .foreign = true, METHODS(introspectable_methods) },
	{ "org.freedesktop.DBus.Peer", "", .foreign = true, METHODS(peer_methods) },
};
const size_t interface_count = G_N_ELEMENTS(interfaces);
