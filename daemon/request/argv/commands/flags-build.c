/* SPDX-License-Identifier: MIT
 *
 * The flags of docker build: the classic builder's (docker/cli cli/command/image/build.go) and
 * BuildKit's (docker/buildx commands/build.go), with those that it takes and ignores.
 */
#include "request/argv/commands/flags.h"
#include "request/argv/commands/verbs.h"

static const Flag build_rows[] = {
	{ "add-host", 0, HOST, NULL, 0 }, { "build-arg", 0, ENV, NULL, MARK_SECRET }, { "cache-from", 0, CSV, NULL, 0 },
	{ "cgroup-parent", 0, TEXT, NULL, MARK_ONE }, { "compress", 0, SWITCH, NULL, 0 }, { "cpu-period", 0, INT, NULL, 0 },
	{ "cpu-quota", 0, INT, NULL, 0 }, { "cpu-shares", 'c', INT, NULL, 0 }, { "cpuset-cpus", 0, TEXT, NULL, 0 },
	{ "cpuset-mems", 0, TEXT, NULL, 0 }, { "disable-content-trust", 0, SWITCH, NULL, 0 }, { "file", 'f', TEXT, NULL, 0 },
	{ "force-rm", 0, SWITCH, NULL, 0 }, { "iidfile", 0, TEXT, NULL, 0 }, { "isolation", 0, TEXT, NULL, 0 },
	{ "label", 0, LABEL, NULL, MARK_SECRET }, { "memory", 'm', BYTES, NULL, MARK_ONE }, { "memory-swap", 0, SWAP, NULL, 0 },
	{ "network", 0, TEXT, NULL, MARK_ONE }, { "no-cache", 0, SWITCH, NULL, 0 }, { "platform", 0, TEXT, NULL, 0 }, { "pull", 0, SWITCH, NULL, 0 },
	{ "quiet", 'q', SWITCH, NULL, 0 }, { "rm", 0, SWITCH, NULL, 0 }, { "security-opt", 0, CSV, NULL, 0 }, { "shm-size", 0, BYTES, NULL, 0 },
	{ "squash", 0, SWITCH, NULL, MARK_EXPERIMENTAL }, { "tag", 't', IMAGE, NULL, 0 }, { "target", 0, TEXT, NULL, 0 },
	{ "ulimit", 0, ULIMIT, NULL, 0 },
};

static const Flag buildx_rows[] = {
	{ "add-host", 0, CSV, NULL, 0 }, { "allow", 0, CSV, NULL, 0 }, { "annotation", 0, TEXT, NULL, 0 }, { "attest", 0, TEXT, NULL, 0 },
	{ "build-arg", 0, TEXT, NULL, MARK_SECRET }, { "build-context", 0, TEXT, NULL, 0 }, { "builder", 0, TEXT, NULL, 0 },
	{ "cache-from", 0, TEXT, NULL, 0 }, { "cache-to", 0, TEXT, NULL, 0 }, { "call", 0, TEXT, NULL, 0 }, { "cgroup-parent", 0, TEXT, NULL, MARK_ONE },
	{ "check", 0, SWITCH, NULL, 0 }, { "debug", 'D', SWITCH, NULL, 0 },
	{ "compress", 0, SWITCH, NULL, 0 }, { "cpu-period", 0, INT, NULL, 0 }, { "cpu-quota", 0, INT, NULL, 0 }, { "cpu-shares", 'c', INT, NULL, 0 },
	{ "cpuset-cpus", 0, TEXT, NULL, 0 }, { "cpuset-mems", 0, TEXT, NULL, 0 }, { "file", 'f', TEXT, NULL, 0 },
	{ "force-rm", 0, SWITCH, NULL, 0 }, { "iidfile", 0, TEXT, NULL, 0 }, { "isolation", 0, TEXT, NULL, 0 },
	{ "label", 0, TEXT, NULL, MARK_SECRET }, { "load", 0, SWITCH, NULL, 0 }, { "memory", 'm', TEXT, NULL, MARK_ONE },
	{ "memory-swap", 0, TEXT, NULL, 0 }, { "metadata-file", 0, TEXT, NULL, 0 }, { "network", 0, TEXT, NULL, MARK_ONE },
	{ "no-cache", 0, SWITCH, NULL, 0 }, { "no-cache-filter", 0, TEXT, NULL, 0 }, { "output", 'o', TEXT, NULL, 0 },
	{ "platform", 0, TEXT, NULL, 0 }, { "print", 0, TEXT, NULL, 0 }, { "progress", 0, TEXT, NULL, 0 }, { "provenance", 0, TEXT, NULL, 0 },
	{ "pull", 0, SWITCH, NULL, 0 }, { "push", 0, SWITCH, NULL, 0 }, { "quiet", 'q', SWITCH, NULL, 0 }, { "rm", 0, SWITCH, NULL, 0 },
	{ "sbom", 0, TEXT, NULL, 0 }, { "secret", 0, TEXT, NULL, 0 }, { "security-opt", 0, CSV, NULL, 0 },
	{ "shm-size", 0, BYTES, NULL, 0 }, { "squash", 0, SWITCH, NULL, 0 }, { "ssh", 0, TEXT, NULL, 0 },
	{ "tag", 't', TEXT, NULL, 0 }, { "target", 0, TEXT, NULL, 0 }, { "ulimit", 0, ULIMIT, NULL, 0 },
};

const FlagTable build_flags = { build_rows, G_N_ELEMENTS(build_rows) };
const FlagTable buildx_flags = { buildx_rows, G_N_ELEMENTS(buildx_rows) };
