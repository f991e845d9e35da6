/* SPDX-License-Identifier: MIT
 *
 * The tables of the normal form (normal.h): a member that a struct gains has a row here, or replay does not know it; a test compares sizes.
 */
#include "request/builder.h"
#include "request/normal.h"
#include "request/pins.h"
#include "request/use.h"

#define WORDS(name, ...)                                                \
	static const char *const name##_words[] = { __VA_ARGS__ };      \
	static const NormalWords name = { name##_words, G_N_ELEMENTS(name##_words) }

WORDS(mount_kinds, "bind", "volume", "tmpfs", "other");
/* In the order of RequestKind. */
WORDS(request_kinds, "read", "create", "start", "update", "exec", "pull", "push", "tag", "build", "volume", "service", "swarm", "plugin", "buildkit", "other", "unknown");
WORDS(problems, "none", "unknown-endpoint", "body-missing", "ambiguous-body");
WORDS(entitlements, "unknown", "off", "on");
_Static_assert(G_N_ELEMENTS(request_kinds_words) == KIND_COUNT && G_N_ELEMENTS(problems_words) == PROBLEM_COUNT, "each has a word");

#define N(member, form, detail) NORMAL(Pair, member, NORMAL_##form, detail)
static const NormalMember pair_members[] = {
	N(key, TEXT, NULL), N(value, TEXT, NULL),
};
#undef N
static const NormalPart pair = NORMAL_PART_OF(Pair, pair_members);

#define N(member, form, detail) NORMAL(ImageRef, member, NORMAL_##form, detail)
static const NormalMember image_members[] = {
	N(text, TEXT, NULL), N(registry, TEXT, NULL), N(repository, TEXT, NULL), N(tag, TEXT, NULL), N(digest, TEXT, NULL),
};
#undef N
static const NormalPart image = NORMAL_PART_OF(ImageRef, image_members);

#define N(member, form, detail) NORMAL(PathNode, member, NORMAL_##form, detail)
static const NormalMember node_members[] = {
	N(path, TEXT, NULL), N(device, NUMBER, NULL), N(inode, NUMBER, NULL), N(mode, SMALL, NULL), N(uid, SMALL, NULL), N(gid, SMALL, NULL),
	N(acl, FLAG, NULL), N(members, FLAG, NULL),
};
#undef N
static const NormalPart node = NORMAL_PART_OF(PathNode, node_members);

#define N(member, form, detail) NORMAL(PathStep, member, NORMAL_##form, detail)
static const NormalMember step_members[] = {
	N(directory, PART, &node), N(local, FLAG, NULL), N(exists, FLAG, NULL), N(link, FLAG, NULL), N(entry_uid, SMALL, NULL),
};
#undef N
static const NormalPart step = NORMAL_PART_OF(PathStep, step_members);

#define N(name, member, form, detail) NORMAL_NAMED(name, PathWay, member, NORMAL_##form, detail)
static const NormalMember way_members[] = {
	N("path", path, TEXT, NULL), N("nodes", items, LIST, &node), N("known", known, FLAG, NULL), N("harmless", harmless, FLAG, NULL),
	N("below", below, FLAG, NULL),
};
#undef N
static const NormalPart way = NORMAL_PART_OF(PathWay, way_members);

#define N(member, form, detail) NORMAL(PathFacts, member, NORMAL_##form, detail)
static const NormalMember facts_members[] = {
	N(problem, TEXT, NULL), N(resolved, TEXT, NULL), N(exists, FLAG, NULL), N(source, PART, &node), N(steps, LIST, &step),
	N(names, WORDS, NULL), N(ways, LIST, &way),
};
#undef N
static const NormalPart facts = NORMAL_PART_OF(PathFacts, facts_members);

#define N(member, form, detail) NORMAL(PinFacts, member, NORMAL_##form, detail)
static const NormalMember pin_members[] = {
	N(known, FLAG, NULL), N(live, FLAG, NULL), N(read_only, FLAG, NULL), N(state, SMALL, NULL), N(uid, SMALL, NULL), N(name, TEXT, NULL),
	N(container, TEXT, NULL), N(kept, FLAG, NULL), N(named_before, FLAG, NULL), N(token, NUMBER, NULL),
};
#undef N
static const NormalPart pin = NORMAL_PART_OF(PinFacts, pin_members);

#define N(member, form, detail) NORMAL(Mount, member, NORMAL_##form, detail)
static const NormalMember mount_members[] = {
	N(kind, WORD, &mount_kinds), N(type, TEXT, NULL), N(source, TEXT, NULL), N(clean, TEXT, NULL), N(resolved, TEXT, NULL),
	N(target, TEXT, NULL), N(driver, TEXT, NULL), N(propagation, TEXT, NULL), N(origin, TEXT, NULL), N(read_only, FLAG, NULL),
	N(device, FLAG, NULL), N(from_volume, FLAG, NULL), N(of_joined, FLAG, NULL), N(pin, POINTER, &pin), N(facts, POINTER, &facts),
};
#undef N
static const NormalPart mount = NORMAL_PART_OF(Mount, mount_members);

#define N(member, form, detail) NORMAL(LocalVolume, member, NORMAL_##form, detail)
static const NormalMember local_volume_members[] = {
	N(driver, TEXT, NULL), N(type, TEXT, NULL), N(servers, WORDS, NULL), N(propagation, TEXT, NULL), N(problem, TEXT, NULL),
	N(template, FLAG, NULL),
};
#undef N
static const NormalPart local_volume = NORMAL_PART_OF(LocalVolume, local_volume_members);

#define N(member, form, detail) NORMAL(Device, member, NORMAL_##form, detail)
static const NormalMember device_members[] = {
	N(path_on_host, TEXT, NULL), N(path_in_container, TEXT, NULL), N(permissions, TEXT, NULL), N(clean, TEXT, NULL), N(resolved, TEXT, NULL),
};
#undef N
static const NormalPart device = NORMAL_PART_OF(Device, device_members);

#define N(member, form, detail) NORMAL(Port, member, NORMAL_##form, detail)
static const NormalMember port_members[] = {
	N(container, TEXT, NULL), N(host_ip, TEXT, NULL), N(host_port, TEXT, NULL),
};
#undef N
static const NormalPart port = NORMAL_PART_OF(Port, port_members);

#define N(member, form, detail) NORMAL(Ulimit, member, NORMAL_##form, detail)
static const NormalMember ulimit_members[] = {
	N(name, TEXT, NULL), N(soft, NUMBER, NULL), N(hard, NUMBER, NULL),
};
#undef N
static const NormalPart ulimit = NORMAL_PART_OF(Ulimit, ulimit_members);

#define N(member, form, detail) NORMAL(ContainerSpec, member, NORMAL_##form, detail)
static const NormalMember container_members[] = {
	N(name, TEXT, NULL), N(user, TEXT, NULL), N(hostname, TEXT, NULL), N(domainname, TEXT, NULL), N(working_dir, TEXT, NULL),
	N(command, WORDS, NULL), N(entrypoint, WORDS, NULL), N(entrypoint_set, FLAG, NULL), N(env, WORDS, NULL), N(labels, LIST, &pair), N(annotations, LIST, &pair),
	N(privileged, FLAG, NULL), N(read_only_rootfs, FLAG, NULL), N(auto_remove, FLAG, NULL), N(publish_all_ports, FLAG, NULL),
	N(oom_kill_disable, FLAG, NULL), N(healthcheck, FLAG, NULL), N(network_mode, TEXT, NULL), N(pid_mode, TEXT, NULL), N(ipc_mode, TEXT, NULL),
	N(uts_mode, TEXT, NULL), N(userns_mode, TEXT, NULL), N(cgroupns_mode, TEXT, NULL), N(cap_add, WORDS, NULL), N(cap_drop, WORDS, NULL),
	N(mounts, LIST, &mount), N(local_volumes, LIST, &local_volume), N(volumes_from, WORDS, NULL), N(volume_driver, TEXT, NULL),
	N(devices, LIST, &device), N(device_requests, NUMBER, NULL), N(device_cgroup_rules, WORDS, NULL), N(security_opt, WORDS, NULL),
	N(masked_paths_set, FLAG, NULL), N(readonly_paths_set, FLAG, NULL), N(masked_paths, WORDS, NULL), N(readonly_paths, WORDS, NULL),
	N(sysctls, LIST, &pair), N(runtime, TEXT, NULL), N(cgroup_parent, TEXT, NULL), N(restart_policy, TEXT, NULL), N(log_driver, TEXT, NULL),
	N(restart_retries, NUMBER, NULL), N(log_options, LIST, &pair), N(storage_options, LIST, &pair), N(memory, NUMBER, NULL),
	N(memory_swap, NUMBER, NULL), N(nano_cpus, NUMBER, NULL), N(cpu_quota, NUMBER, NULL), N(cpu_shares, NUMBER, NULL),
	N(pids_limit, NUMBER, NULL), N(shm_size, NUMBER, NULL), N(oom_score_adj, NUMBER, NULL), N(ulimits, LIST, &ulimit), N(ports, LIST, &port),
	N(dns, WORDS, NULL), N(networks, WORDS, NULL), N(links, WORDS, NULL), N(extra_hosts, WORDS, NULL), N(group_add, WORDS, NULL),
	N(endpoint_options, LIST, &pair),
};
#undef N
static const NormalPart container = NORMAL_PART_OF(ContainerSpec, container_members);

#define N(member, form, detail) NORMAL(Engine, member, NORMAL_##form, detail)
static const NormalMember engine_members[] = {
	N(known, FLAG, NULL), N(no_new_privileges, FLAG, NULL), N(remapped, FLAG, NULL), N(data_root, TEXT, NULL), N(log_driver, TEXT, NULL),
	N(runtime, TEXT, NULL),
};
#undef N
static const NormalPart engine = NORMAL_PART_OF(Engine, engine_members);

#define N(member, form, detail) NORMAL(NetworkSpec, member, NORMAL_##form, detail)
static const NormalMember network_members[] = {
	N(subnets, WORDS, NULL), N(inside, WORDS, NULL), N(ipam_driver, TEXT, NULL), N(ipam_options, LIST, &pair), N(ingress, FLAG, NULL),
};
#undef N
static const NormalPart network = NORMAL_PART_OF(NetworkSpec, network_members);

#define N(member, form, detail) NORMAL(Use, member, NORMAL_##form, detail)
static const NormalMember use_members[] = {
	N(endpoint, TEXT, NULL), N(user, MAYBE, NULL), N(capable, FLAG, NULL), N(gains, FLAG, NULL), N(writes, FLAG, NULL), N(foreign, FLAG, NULL), N(as_made, FLAG, NULL),
};
#undef N
static const NormalPart use = NORMAL_PART_OF(Use, use_members);

#define N(member, form, detail) NORMAL(Request, member, NORMAL_##form, detail)
static const NormalMember request_members[] = {
	N(method, TEXT, NULL), N(uri, TEXT, NULL), N(endpoint, TEXT, NULL), N(kind, WORD, &request_kinds), N(use, POINTER, &use),
	N(mutates, FLAG, NULL), N(problem, WORD, &problems), N(problem_detail, TEXT, NULL), N(subject, TEXT, NULL), N(remote, TEXT, NULL),
	N(rollback, FLAG, NULL), N(driver, TEXT, NULL), N(options, LIST, &pair), N(network, PART, &network), N(tags, WORDS, NULL),
	N(image, PART, &image), N(unseen_body, FLAG, NULL), N(has_container, FLAG, NULL), N(container, PART, &container),
	N(image_user, MAYBE, NULL), N(image_id, TEXT, NULL), N(image_local, FLAG, NULL), N(image_here, FLAG, NULL), N(image_made_here, FLAG, NULL),
	N(image_entrypoint, FLAG, NULL), N(image_command, FLAG, NULL), N(image_absent, FLAG, NULL), N(stored, POINTER, &normal_request), N(container_id, TEXT, NULL), N(engine, PART, &engine),
	N(unresolved, WORDS, NULL),
};
#undef N
const NormalPart normal_request = NORMAL_PART_OF(Request, request_members);

#define N(member, form, detail) NORMAL(Builder, member, NORMAL_##form, detail)
static const NormalMember builder_members[] = {
	N(network_host, WORD, &entitlements), N(security_insecure, WORD, &entitlements), N(device, WORD, &entitlements), N(unknown, TEXT, NULL),
	N(pid_file, MAYBE, NULL),
};
#undef N
const NormalPart normal_builder = NORMAL_PART_OF(Builder, builder_members);
