/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/users.h"
#include "policy/exception.h"
#include "policy/review/excuse.h"
#include "policy/rules.h"
#include "request/list.h"
#include "request/runs.h"

typedef enum Narrowness {
	NEVER,      /* `why` */
	BY_VALUE,   /* for the value that was found */
	BY_IMAGE,   /* the rule says it all: for the image, or where there is none for the user */
	BY_COMMAND, /* for the command that ran */
} Narrowness;

#define HOST "it gives the host away"
#define SWAP "somebody could exchange what is mounted, or leave a program there that runs with others' rights"
#define KERNEL "it takes away what the kernel keeps from containers"
#define OTHERS "what it reaches may be somebody else's"
#define SCANS "what a scan says has no exceptions"
#define JUDGE "it cannot be judged"
#define SOCKET "no policy was asked: what a socket is config.yaml says"
#define LIST "the policy blocks it by name: change the list, if it should not"
#define HAND(key) "what " key " says is for all: change it by hand, if it is wrong"

/* A rule that is not here is never proposed. */
static const struct { Narrowness how; const char *why; } excuses[RULE_COUNT] = {
	[RULE_UNKNOWN_ENDPOINT] = { NEVER, JUDGE }, [RULE_BODY_MISSING] = { NEVER, JUDGE }, [RULE_AMBIGUOUS_BODY] = { NEVER, JUDGE }, [RULE_LOCKDOWN] = { NEVER, JUDGE },
	[RULE_AUDIT_DOWN] = { NEVER, JUDGE }, [RULE_UNRESOLVED] = { NEVER, "what it is about was not found out" },
	[RULE_SOCKET_UNKNOWN] = { NEVER, SOCKET }, [RULE_SOCKET_POLICY] = { NEVER, SOCKET }, [RULE_SOCKET_CALLER] = { NEVER, SOCKET }, [RULE_SOCKET_READ] = { NEVER, SOCKET },
	[RULE_PRIVILEGED] = { NEVER, HOST }, [RULE_EXEC_PRIVILEGED] = { NEVER, HOST },
	[RULE_HOST_NETWORK] = { NEVER, HOST }, [RULE_HOST_PID] = { NEVER, HOST }, [RULE_HOST_IPC] = { NEVER, HOST }, [RULE_HOST_UTS] = { NEVER, HOST },
	[RULE_HOST_USERNS] = { NEVER, HOST }, [RULE_HOST_CGROUP] = { NEVER, HOST },
	[RULE_SHARED_NETWORK] = { BY_VALUE, NULL }, [RULE_SHARED_PID] = { NEVER, OTHERS }, [RULE_SHARED_IPC] = { NEVER, OTHERS },
	[RULE_CAPABILITY_BLOCKED] = { NEVER, HOST }, [RULE_CAPABILITY_WARNED] = { BY_VALUE, NULL }, [RULE_CAPABILITY_UNLISTED] = { BY_VALUE, NULL },
	[RULE_CAPABILITY_DROP_ALL] = { BY_IMAGE, NULL },
	[RULE_MOUNT_BLOCKED] = { NEVER, HOST }, [RULE_MOUNT_WARNED] = { BY_VALUE, NULL }, [RULE_MOUNT_BIND] = { BY_VALUE, NULL }, [RULE_MOUNT_WRITABLE] = { BY_VALUE, NULL },
	[RULE_MOUNT_PROPAGATION] = { NEVER, HOST }, [RULE_MOUNT_TYPE] = { NEVER, HOST }, [RULE_MOUNT_TEMPLATE] = { NEVER, HOST }, [RULE_MOUNT_UNLISTED] = { BY_VALUE, NULL },
	[RULE_MOUNT_READ_ONLY] = { NEVER, "what it may look at it would change: mount it read-only" }, [RULE_MOUNT_TRUSTED] = { NEVER, SWAP }, [RULE_MOUNT_WAY_BACK] = { NEVER, SWAP },
	[RULE_MOUNT_FOREIGN] = { NEVER, SWAP }, [RULE_MOUNT_ENGINE] = { NEVER, HOST }, [RULE_MOUNT_PIN] = { NEVER, "a pin is its maker's" },
	[RULE_VOLUME_DRIVER] = { NEVER, HOST }, [RULE_VOLUME_OPTION] = { NEVER, HOST }, [RULE_VOLUME_TYPE] = { NEVER, HOST }, [RULE_VOLUME_SERVER] = { NEVER, OTHERS },
	[RULE_SECURITY_OPTION] = { NEVER, KERNEL }, [RULE_SECCOMP] = { NEVER, KERNEL }, [RULE_APPARMOR] = { NEVER, KERNEL }, [RULE_NO_NEW_PRIVILEGES] = { BY_IMAGE, NULL },
	[RULE_MASKED_PATHS] = { NEVER, KERNEL },
	[RULE_NON_ROOT] = { BY_IMAGE, NULL }, [RULE_USER_ALLOWED] = { BY_VALUE, NULL }, [RULE_USER_BLOCKED] = { NEVER, LIST }, [RULE_USER_NUMERIC] = { BY_IMAGE, NULL },
	[RULE_READ_ONLY_ROOTFS] = { BY_IMAGE, NULL }, [RULE_LIMITS] = { BY_IMAGE, NULL }, [RULE_CPU_LIMIT] = { BY_IMAGE, NULL }, [RULE_PIDS_LIMIT] = { BY_IMAGE, NULL },
	[RULE_HEALTHCHECK] = { BY_IMAGE, NULL }, [RULE_MAX_MEMORY] = { NEVER, HAND("rules.container.max_memory") }, [RULE_MAX_CPUS] = { NEVER, HAND("rules.container.max_cpus") },
	[RULE_MAX_PIDS] = { NEVER, HAND("rules.container.max_pids") }, [RULE_RESTART] = { BY_VALUE, NULL }, [RULE_ULIMITS] = { NEVER, HAND("rules.ulimits.max") },
	[RULE_OOM_SCORE] = { NEVER, HOST }, [RULE_OOM_KILL] = { NEVER, HOST },
	[RULE_REGISTRY] = { BY_VALUE, NULL }, [RULE_REGISTRY_BLOCKED] = { NEVER, LIST }, [RULE_IMAGE_BLOCKED] = { NEVER, LIST }, [RULE_DIGEST] = { BY_VALUE, NULL },
	[RULE_LATEST] = { BY_IMAGE, NULL }, [RULE_IMAGE_LOCAL] = { NEVER, "nothing shows where the image came from" },
	[RULE_IMAGE_NAME] = { NEVER, "nothing shows where the image came from" }, [RULE_SIGNED] = { NEVER, "no signature was checked" },
	[RULE_IMAGE_SCAN] = { NEVER, SCANS }, [RULE_IMAGE_FINDINGS] = { NEVER, SCANS }, [RULE_SECRET_SCAN] = { NEVER, SCANS },
	[RULE_DEVICES] = { NEVER, HOST }, [RULE_DEVICE_WARNED] = { BY_VALUE, NULL }, [RULE_RUNTIME] = { NEVER, HOST }, [RULE_SYSCTL] = { NEVER, KERNEL },
	[RULE_CGROUP_PARENT] = { NEVER, HOST }, [RULE_ANNOTATION] = { NEVER, HOST },
	[RULE_LOG_DRIVER] = { BY_VALUE, NULL }, [RULE_LOG_SOCKET] = { NEVER, HOST }, [RULE_LOG_OPTION] = { NEVER, OTHERS },
	[RULE_NETWORK_MODE] = { NEVER, HAND("rules.network.allowed_modes") }, [RULE_NETWORK_DRIVER] = { NEVER, HOST }, [RULE_NETWORK_OPTION] = { NEVER, HOST },
	[RULE_NETWORK_SUBNET] = { NEVER, HOST }, [RULE_NETWORK_ROUTE] = { NEVER, HOST }, [RULE_NETWORK_INTERFACE] = { NEVER, HOST }, [RULE_PORT_BLOCKED] = { NEVER, LIST },
	[RULE_PORT_PRIVILEGED] = { BY_VALUE, NULL }, [RULE_PORT_INTERFACES] = { BY_VALUE, NULL }, [RULE_PUBLISH_ALL] = { BY_IMAGE, NULL }, [RULE_DEFAULT_BRIDGE] = { BY_IMAGE, NULL },
	[RULE_DNS] = { BY_IMAGE, NULL },
	[RULE_ENV_SECRET] = { BY_VALUE, NULL }, [RULE_ENV_PATTERN] = { BY_VALUE, NULL }, [RULE_ENV_REQUIRED] = { BY_VALUE, NULL }, [RULE_ENV_BLOCKED] = { BY_VALUE, NULL },
	[RULE_BUILD_REMOTE] = { NEVER, "nobody sees what is fetched" }, [RULE_BUILD_NETWORK] = { NEVER, HOST }, [RULE_BUILD_UNSEEN] = { BY_IMAGE, NULL }, [RULE_BUILD_REGISTRY] = { BY_VALUE, NULL },
	[RULE_EXEC_ROOT] = { NEVER, HAND("rules.exec.root") }, /* its start does not say the command */
	[RULE_ENDPOINT_SWARM] = { NEVER, HOST }, [RULE_ENDPOINT_PLUGINS] = { NEVER, HOST }, [RULE_ENDPOINT_BUILDKIT] = { NEVER, HOST }, [RULE_BUILDKIT_CONFINED] = { BY_IMAGE, NULL },
	[RULE_ENDPOINT_BUILD] = { BY_IMAGE, NULL }, [RULE_ENDPOINT_PULL] = { BY_IMAGE, NULL }, [RULE_ENDPOINT_PUSH] = { BY_IMAGE, NULL }, [RULE_ENDPOINT_TAG] = { BY_IMAGE, NULL },
	[RULE_ENDPOINT_CP] = { BY_IMAGE, NULL }, [RULE_ENDPOINT_EXPORT] = { BY_IMAGE, NULL }, [RULE_ENDPOINT_COMMIT] = { BY_IMAGE, NULL }, [RULE_ENDPOINT_SAVE] = { BY_IMAGE, NULL },
	[RULE_ENDPOINT_LOAD] = { BY_IMAGE, NULL }, [RULE_ENDPOINT_IMPORT] = { BY_IMAGE, NULL }, [RULE_ENDPOINT_LOGIN] = { BY_IMAGE, NULL }, [RULE_ENDPOINT_EXEC] = { NEVER, HAND("rules.endpoints.exec") },
	[RULE_ENDPOINT_ATTACH] = { BY_IMAGE, NULL }, [RULE_ENDPOINT_LOGS] = { BY_IMAGE, NULL }, [RULE_ENDPOINT_UPDATE] = { BY_IMAGE, NULL },
	[RULE_ENDPOINT_CHECKPOINT] = { NEVER, HOST }, [RULE_ENDPOINT_VOLUMES] = { BY_IMAGE, NULL }, [RULE_ENDPOINT_NETWORKS] = { BY_IMAGE, NULL },
	[RULE_ENDPOINT_SECRETS] = { NEVER, OTHERS }, [RULE_ENDPOINT_CONFIGS] = { NEVER, OTHERS }, [RULE_ENDPOINT_SERVICES] = { NEVER, HOST },
	[RULE_ENDPOINT_REMOVE] = { BY_IMAGE, NULL }, [RULE_ENDPOINT_PRUNE] = { BY_IMAGE, NULL },
};

/* What reaches no further than the container; others stay with the policy's own lists. */
static const char *const harmless_capabilities[] = {
	"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "IPC_LOCK", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
	"SYS_NICE", "SYS_RESOURCE",
};

static bool is_harmless(const char *capability)
{
	for (size_t i = 0; i < G_N_ELEMENTS(harmless_capabilities); i++)
		if (!strcmp(harmless_capabilities[i], capability))
			return true;
	return false;
}

static bool is_rule(const Finding *finding, RuleId id)
{
	return !strcmp(finding->rule, rule_catalogue[id].id);
}

/* NULL: it may be proposed, so narrowly. */
static const char *why_never(const Finding *finding, Narrowness *ret)
{
	*ret = BY_COMMAND;
	if (g_str_has_prefix(finding->rule, "custom."))
		return NULL;
	for (size_t i = 0; i < RULE_COUNT; i++) {
		if (!is_rule(finding, (RuleId)i))
			continue;
		*ret = excuses[i].how;
		if (*ret == NEVER)
			return excuses[i].why ? excuses[i].why : HOST;
		return i == RULE_CAPABILITY_UNLISTED && !is_harmless(finding->what) ? HOST : NULL;
	}
	return JUDGE;
}

/* A fact that a container's image has one name and no other meaning. */
static const char *image_of(const Request *request, const ExcuseCall *call, Arena *arena, const char **ret_why)
{
	const bool asked = request->use || request->kind == KIND_CONTAINER_CREATE || request->kind == KIND_SERVICE;
	const char *image = *request->image.text ? image_pattern_subject(&request->image, arena) : "";

	*ret_why = NULL;
	if (asked && *request->image.text && !call->origin_known)
		*ret_why = "where the image came from was not looked at then";
	else if (request->image_local)
		*ret_why = "nothing shows where the image came from";
	else if (*request->image.text && (!*image || strpbrk(image, "*?[")))
		*ret_why = "the image has no name that could be written down";
	return *ret_why ? "" : image;
}

/* What cannot be written down exactly would be said of more than was seen. */
static bool is_exact(const char *text)
{
	return !strstr(text, "\xe2\x80\xa6") && !strstr(text, "...") && !strchr(text, '?');
}

static const char *narrow(const Finding *finding, Narrowness how, const ExcuseCall *call, Arena *arena, Excuse *ret)
{
	const char *user = call->situation->user ? call->situation->user : "", *no_image = NULL;

	*ret = (Excuse){ .rule = finding->rule, .value = finding->what, .also = finding->also, .command = "", .read_only = finding->read_only };
	ret->user = user_is_certain(user) && is_exact(user) && !strpbrk(user, "*?[") ? user : "";
	ret->image = image_of(finding->request, call, arena, &no_image);
	if (!is_exact(ret->value) || !is_exact(ret->also))
		return "what was found cannot be written down exactly";
	if (how == BY_COMMAND) {
		ret->command = runs_line(finding->request, 0, arena);
		if (!call->command_known || !*ret->command)
			return "which command it was is not known";
	}
	if (how == BY_VALUE && *ret->value)
		return NULL;
	if (how == BY_IMAGE && no_image)
		return no_image;
	return *ret->user || *ret->image ? NULL : "nobody is certain who asked, so it would be for everybody";
}

static const char *excuse_of(const Finding *finding, const ExcuseCall *call, Arena *arena, Excuse *ret)
{
	Narrowness how;
	const char *why = why_never(finding, &how);

	return why ? why : narrow(finding, how, call, arena, ret);
}

bool excuse_same(const Excuse *left, const Excuse *right)
{
	return !strcmp(left->rule, right->rule) && !strcmp(left->value, right->value) && !strcmp(left->also, right->also) && !strcmp(left->image, right->image) &&
	       !strcmp(left->command, right->command) && left->read_only == right->read_only && !*left->user == !*right->user;
}

static bool has(const ExcuseList *list, const Excuse *excuse)
{
	for (size_t i = 0; i < list->count; i++)
		if (excuse_same(&list->items[i], excuse))
			return true;
	return false;
}

static const char *because(const Finding *finding, const char *why, Arena *arena)
{
	return arena_printf(arena, "%s: %s (%s)", finding->rule, finding->message, why);
}

/* What the shipped policy blocks for good. */
static const char *why_out_of_reach(const Policy *reach, const ExcuseCall *call, Arena *arena)
{
	const Decision *decision = policy_evaluate(reach, call->request, call->situation, arena);
	Narrowness how;

	for (size_t i = 0; i < decision->finding_count && decision->findings[i].action == ACTION_BLOCK; i++) {
		const char *why = why_never(&decision->findings[i], &how);
		if (why)
			return because(&decision->findings[i], why, arena);
	}
	return NULL;
}

/* The finding that adds the most points of those that are left and that there may be an exception for. */
static const Finding *heaviest(const Decision *decision, const ExcuseCall *call, const ExcuseList *taken, Arena *arena, Excuse *ret)
{
	const Finding *best = NULL;

	for (size_t i = 0; i < decision->finding_count; i++) {
		const Finding *finding = &decision->findings[i];
		Excuse excuse = { 0 };
		if (finding->action == ACTION_BLOCK || (best && finding->points <= best->points) || excuse_of(finding, call, arena, &excuse) || has(taken, &excuse))
			continue;
		best = finding;
		*ret = excuse;
	}
	return best;
}

/* All findings that one exception sets aside count no more. */
static unsigned points_left(const Decision *decision, const ExcuseCall *call, const ExcuseList *taken, Arena *arena)
{
	unsigned points = 0;

	for (size_t i = 0; i < decision->finding_count; i++) {
		Excuse excuse = { 0 };
		if (excuse_of(&decision->findings[i], call, arena, &excuse) || !has(taken, &excuse))
			points += decision->findings[i].points;
	}
	return points;
}

const char *policy_excuses(const Policy *policy, const Policy *reach, const ExcuseCall *call, Arena *arena, ExcuseList *ret)
{
	const Decision *decision = policy_evaluate(policy, call->request, call->situation, arena);
	Excuse excuse = { 0 };

	*ret = (ExcuseList){ 0 };
	if (decision->allowed)
		return NULL;
	const char *why = why_out_of_reach(reach, call, arena);
	for (size_t i = 0; !why && i < decision->finding_count && decision->findings[i].action == ACTION_BLOCK; i++) {
		const char *never = excuse_of(&decision->findings[i], call, arena, &excuse);
		if (never)
			why = because(&decision->findings[i], never, arena);
		else if (!has(ret, &excuse))
			LIST_APPEND(arena, ret, excuse);
	}
	while (!why && points_left(decision, call, ret, arena) > decision->max_score) {
		if (!heaviest(decision, call, ret, arena, &excuse))
			why = arena_printf(arena, "the points of all that was found are more than %u, and what is left cannot be excepted", decision->max_score);
		else
			LIST_APPEND(arena, ret, excuse);
	}
	return why;
}
