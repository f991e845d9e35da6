/* SPDX-License-Identifier: MIT
 *
 * The values of docker's flags, as Go reads them (strconv, time, go-units, docker/cli opts).
 */
#pragma once

#include "request/argv/line.h"

extern const FlagType type_switch, type_text, type_int, type_uint, type_uint16, type_uint32, type_float, type_duration, type_positive_duration,
	type_bytes, type_swap, type_cpus, type_filter, type_label, type_env, type_attach, type_link, type_extra_host, type_address,
	type_search_domain, type_sysctl, type_device_rule, type_weight, type_bps, type_iops, type_ulimit, type_mount, type_network, type_gpus,
	type_image_name, type_csv, type_settings, type_service_port, type_networks, type_platform, type_resource,
	type_credential;

/* The number that a checked value says: a count, bytes, nanoseconds, CPUs in 10^-9. */
int64_t value_number(const FlagType *type, const char *value);
/* strconv.ParseInt / ParseUint; base 0 takes 0x, 0o, 0b and '_'. */
bool value_int(const char *text, int base, unsigned bits, int64_t *ret);
bool value_uint(const char *text, int base, unsigned bits, uint64_t *ret);
/* strconv.ParseBool: "true", "false" or NULL. */
const char *value_bool(const char *text);
/* time.ParseDuration, in nanoseconds. */
bool value_duration(const char *text, int64_t *ret);
/* go-units RAMInBytes. */
bool value_bytes(const char *text, int64_t *ret);
/* opts.ParseCPUs, in 10^-9. */
bool value_cpus(const char *text, int64_t *ret);
/* net.ParseIP and its normal form; NULL: not an address. */
const char *value_address(const char *text, Arena *arena);
/* net.ParseMAC */
bool value_mac(const char *text);
/* containerd/platforms: OS[(VERSION)][/ARCHITECTURE[/VARIANT]], or one of the two that is known */
bool value_platform(const char *text);
/* One record of encoding/csv; false with *why. */
bool value_csv(const char *text, Arena *arena, StringList *ret, const char **why);
/* "KEY=VALUE" -> the pair; without '=' the value is "". */
Pair value_pair(const char *text, Arena *arena);
/* Adds or replaces: maps of the CLI keep the last one. */
void value_map_set(PairList *map, Pair pair, Arena *arena);
/* A copy without white space at both ends. */
const char *value_trim(const char *text, Arena *arena);
/* strings.ToLower */
const char *value_lower(const char *text, Arena *arena);
