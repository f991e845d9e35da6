/* SPDX-License-Identifier: MIT
 *
 * Short names for the tables of flags and commands: { NAME, letter, TYPE, another name of, marks }.
 */
#pragma once

#include "request/argv/value/value.h"

#define SWITCH &type_switch
#define TEXT &type_text
#define INT &type_int
#define UINT &type_uint
#define UINT16 &type_uint16
#define UINT32 &type_uint32
#define FLOAT &type_float
#define DURATION &type_duration
#define POSITIVE &type_positive_duration
#define BYTES &type_bytes
#define SWAP &type_swap
#define CPUS &type_cpus
#define FILTER &type_filter
#define LABEL &type_label
#define ENV &type_env
#define ATTACH &type_attach
#define LINK &type_link
#define HOST &type_extra_host
#define ADDRESS &type_address
#define DOMAIN &type_search_domain
#define SYSCTL &type_sysctl
#define DEVICE_RULE &type_device_rule
#define WEIGHT &type_weight
#define BPS &type_bps
#define IOPS &type_iops
#define ULIMIT &type_ulimit
#define MOUNT &type_mount
#define NETWORK &type_network
#define GPUS &type_gpus
#define IMAGE &type_image_name
#define CSV &type_csv
#define SETTING &type_settings
#define PORT &type_service_port
#define CIDR &type_networks
#define PLATFORM &type_platform
#define RESOURCE &type_resource
#define CREDENTIAL &type_credential

#define FLAG_ROWS(...) (const Flag[]){ __VA_ARGS__ }
#define FLAGS(...) { FLAG_ROWS(__VA_ARGS__), sizeof(FLAG_ROWS(__VA_ARGS__)) / sizeof(Flag) }
#define NO_FLAGS { NULL, 0 }
#define ANY SIZE_MAX
