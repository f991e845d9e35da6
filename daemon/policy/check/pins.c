/* SPDX-License-Identifier: MIT
 *
 * Pins: who may use which, and what else a container may have that has one.  A pin shows its owner's files as root's own, without
 * setuid and device nodes; what is asked here is what the mount itself cannot hold.
 */
#include <string.h>
#include "policy/check/check.h"
#include "policy/check/paths.h"
#include "request/path.h"
#include "request/pins.h"
#include "request/use.h"

#define DEV "/dev/"

bool pins_known(const MountRules *rules)
{
	return rules->pin && !strcmp(rules->pin, "own");
}

bool pins_judged(const MountRules *rules)
{
	return pins_known(rules) || (rules->pin && !strcmp(rules->pin, "block"));
}

/* Docker's default less MKNOD: with that a container makes device nodes which are the host's own outside of the pin. */
static bool is_ordinary(const char *capability)
{
	static const char *const names[] = { "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "NET_BIND_SERVICE",
		"NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (!strcmp(names[i], capability))
			return true;
	return false;
}

static bool drops_nodes(const ContainerSpec *spec)
{
	for (size_t i = 0; i < spec->cap_drop.count; i++)
		if (!strcmp(spec->cap_drop.items[i], "MKNOD") || !strcmp(spec->cap_drop.items[i], "ALL"))
			return true;
	return false;
}

#define RESTARTS "a container that Docker restarts by itself (--restart), which may be after the end of the pin: sentinel pin --keep makes one without an end"

static bool restarts(const ContainerSpec *spec)
{
	return *spec->restart_policy && strcmp(spec->restart_policy, "no") != 0;
}

static const char *wrong_rights(const Evaluation *e, const PinFacts *pin)
{
	const ContainerSpec *spec = &e->request->container;

	if (spec->privileged)
		return "a privileged container";
	if (!drops_nodes(spec))
		return "the container could make device nodes; --cap-drop MKNOD is missing";
	for (size_t i = 0; i < spec->cap_add.count; i++)
		if (!is_ordinary(spec->cap_add.items[i]))
			return arena_printf(e->arena, "a container with --cap-add %s", spec->cap_add.items[i]);
	if (g_str_has_prefix(spec->pid_mode, "container:"))
		return "another container's users would see its processes, and in them the pin (--pid container:...)";
	return restarts(spec) && !pin->kept ? RESTARTS : NULL;
}

/* docker cp unpacks device nodes as the host's root, whatever the container's rights are (moby pkg/chrootarchive). */
static const char *wrong_use(const Evaluation *e, const PinFacts *pin)
{
	const Use *use = e->request->use;

	return use && use->capable && use->writes && !pin->read_only ? "the host's root would write in it, device nodes too" : NULL;
}

static bool within(const char *target, const char *above)
{
	size_t length = strlen(above);

	while (length > 1 && above[length - 1] == '/')
		length--;
	return !strncmp(target, above, length) && (target[length] == '/' || target[length] == '\0' || length == 1);
}

/* Docker cleans what it is given (moby volume/mounts/linux_parser.go), and runc what remains. */
static const char *place_of(const Evaluation *e, const Mount *mount)
{
	return path_clean(mount->target, e->arena);
}

/* runc makes the nodes as the host's root when all is mounted, and follows links on the way (libcontainer/rootfs_linux.go): only what lies in /dev
 * itself, where nothing that the call asks for is mounted, should not come to lie in the pin. */
static bool lies_in_dev(const Evaluation *e, const Device *device)
{
	const MountList *mounts = &e->request->container.mounts;
	const char *place = path_clean(device->path_in_container, e->arena);

	if (device->path_in_container[0] != '/' || !g_str_has_prefix(place, DEV) || strchr(place + strlen(DEV), '/'))
		return false;
	for (size_t i = 0; i < mounts->count; i++) {
		const char *target = place_of(e, &mounts->items[i]);
		if (within(place, target) || within(target, place))
			return false;
	}
	return true;
}

/* What everybody may open wherever it lies: a volume of the image's in /dev may lead into the pin after all, where the node would be its owner's.  A
 * directory stands for all devices in it, however deep they lie (moby daemon/pkg/oci/devices_linux.go). */
static bool is_open_to_all(const Device *device)
{
	static const char *const nodes[] = { "/dev/full", "/dev/null", "/dev/random", "/dev/urandom", "/dev/zero" };

	for (size_t i = 0; i < G_N_ELEMENTS(nodes); i++)
		if (!strcmp(nodes[i], device->clean) && !strcmp(nodes[i], device->resolved))
			return true;
	return false;
}

/* Requests for devices (GPUs, CDI) and runtimes of others put nodes, mounts and programs of the host's root into the container. */
static const char *wrong_device(const Evaluation *e)
{
	const ContainerSpec *spec = &e->request->container;

	for (size_t i = 0; i < spec->devices.count; i++)
		if (!is_open_to_all(&spec->devices.items[i]) || !lies_in_dev(e, &spec->devices.items[i]))
			return arena_printf(e->arena, "the node of the device %s might come to lie in it, where it would be its owner's; beside a pin there are "
				"/dev/full, /dev/null, /dev/random, /dev/urandom and /dev/zero, in /dev", spec->devices.items[i].path_in_container);
	return spec->device_requests ? "the container would be given devices (--gpus, or by CDI), whose nodes and mounts might come to lie in it" : NULL;
}

static const char *wrong_runtime(const Evaluation *e)
{
	static const char *const known[] = { "", "runc", "io.containerd.runc.v2" };
	const Engine *engine = &e->request->engine;
	const char *runtime = e->request->container.runtime;

	if (!*runtime && engine->known && engine->runtime)
		runtime = engine->runtime; /* what it is given that names none */
	for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
		if (!strcmp(known[i], runtime))
			return NULL;
	return arena_printf(e->arena, "the runtime %s may do more in it than Docker's own, runc", runtime);
}

/* Docker makes the directory of another mount's target as the host's root, in the pin. */
static const char *wrong_mount(const Evaluation *e, const Mount *mount)
{
	const MountList *mounts = &e->request->container.mounts;

	if (strcmp(mount->type, "bind") != 0 || mount->target[0] != '/' || strstr(mount->target, "..") || strstr(mount->target, "//") ||
		strstr(mount->target, "/./"))
		return "its place in the container is not a plain path";
	if (mount->read_only)
		return "for a pin to look at, leave out :ro and make it so: sentinel pin --read-only";
	if (*mount->propagation && strcmp(mount->propagation, "rprivate") != 0 && strcmp(mount->propagation, "private") != 0)
		return "its mounts would be shared";
	for (size_t i = 0; i < mounts->count; i++)
		if (&mounts->items[i] != mount && within(place_of(e, &mounts->items[i]), mount->target))
			return arena_printf(e->arena, "something else would be mounted in it, at %s", mounts->items[i].target);
	return NULL;
}

/* Who has what is made certain of, and it is the owner, or root. */
static bool asked_by_owner(const Evaluation *e, const PinFacts *pin)
{
	const Caller *caller = &e->situation->caller;

	if (!caller->complete || !caller->count)
		return false;
	for (size_t i = 0; i < caller->count; i++)
		if (caller->candidates[i].uid != 0 && caller->candidates[i].uid != pin->uid)
			return false;
	return true;
}

/* It is known who may have asked, and the owner is not among them. */
static bool asked_by_others(const Evaluation *e, const PinFacts *pin)
{
	const Caller *caller = &e->situation->caller;

	for (size_t i = 0; i < caller->count; i++)
		if (caller->candidates[i].uid == 0 || caller->candidates[i].uid == pin->uid)
			return false;
	return caller->complete && caller->count;
}

/* The name that nobody can guess proves the owner, where nothing else says who asks: command lines are open to all users of the host
 * (proc(5)), so that another one may have read it there.  Once a container has it everybody may have seen it. */
static const char *wrong_user(const Evaluation *e, const PinFacts *pin)
{
	const Request *request = e->request;

	if (!request->use || !*request->container_id) {
		if (pin->state != PIN_UNUSED)
			return "it belongs to another container: each container takes a pin of its own";
		if (asked_by_others(e, pin))
			return "it is another user's";
		return pin->named_before && !asked_by_owner(e, pin) ? "another call named it before, and who asks is not certain" : NULL;
	}
	if (pin->state != PIN_BOUND || strcmp(pin->container, request->container_id) != 0)
		return "it does not belong to this container";
	if (!strcmp(request->use->endpoint, "container.start") || asked_by_owner(e, pin))
		return NULL;
	return "it is another user's, or who asks is not certain";
}

static const char *what_is_wrong(const Evaluation *e, const Mount *mount)
{
	const PinFacts *pin = mount->pin;
	const char *wrong;

	if (!pins_known(&e->policy->mounts))
		return "this policy has no pins";
	if (mount->of_joined)
		return "the processes of a container that has one would be seen, and in them the pin (--pid container:...); docker exec enters it";
	if (e->request->kind != KIND_CONTAINER_CREATE || mount->from_volume)
		return "pins are for containers, by -v";
	if (!pin_name(mount->source))
		return "it is not written exactly as sentinel pin printed it";
	if (!pin->live)
		return "there is no such pin any more";
	if (e->request->engine.known && e->request->engine.remapped)
		return "this Docker maps users (userns-remap) or runs rootless: root of its containers is nobody in a pin";
	if ((wrong = wrong_user(e, pin)) || (wrong = wrong_mount(e, mount)) || (wrong = wrong_use(e, pin)) || (wrong = wrong_device(e)) ||
		(wrong = wrong_runtime(e)))
		return wrong;
	return wrong_rights(e, pin);
}

void check_pin(Evaluation *e, const MountRules *rules, const Mount *mount)
{
	if (pins_known(rules) && (!mount->pin || !mount->pin->known)) {
		check_report_builtin(e, RULE_UNRESOLVED, "whether there is such a pin");
		return;
	}
	const char *wrong = what_is_wrong(e, mount);
	if (wrong)
		check_report(e, RULE_MOUNT_PIN, &rules->rule, wrong);
}

/* A pin that ends, or of which that is not known. */
static bool has_ending_pin(const Evaluation *e, const Request *request)
{
	for (size_t i = 0; request && i < request->container.mounts.count; i++) {
		const Mount *mount = &request->container.mounts.items[i];
		if (pin_concerns(mount, e->arena) && !(mount->pin && mount->pin->live && mount->pin->kept))
			return true;
	}
	return false;
}

/* docker update --restart, which is judged beside the container that it changes. */
void check_pin_update(Evaluation *e)
{
	const MountRules *rules = &e->policy->mounts;

	if (rules->rule.set && pins_judged(rules) && restarts(&e->request->container) && has_ending_pin(e, e->request->stored))
		check_report(e, RULE_MOUNT_PIN, &rules->rule, RESTARTS);
}
