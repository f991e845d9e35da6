/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <glib.h>
#include "base/old-keys.h"

static const struct { const char *key, *instead; } rows[] = {
	{ "allow_privileged", "rules.privileged.action" },
	{ "privileged", "rules.privileged" },
	{ "block_privileged", "rules.privileged.action" },
	{ "allow_host_network", "rules.host_namespaces.network.action" },
	{ "allow_host_pid", "rules.host_namespaces.pid.action" },
	{ "allow_host_ipc", "rules.host_namespaces.ipc.action" },
	{ "host_namespaces", "rules.host_namespaces" },
	{ "namespaces", "rules.host_namespaces" },
	{ "capabilities", "rules.capabilities" },
	{ "blocked_capabilities", "rules.capabilities.blocked" },
	{ "allowed_capabilities", "rules.capabilities.allowed" },
	{ "mounts", "rules.mounts" },
	{ "dangerous_mounts", "rules.mounts.blocked" },
	{ "blocked_mounts", "rules.mounts.blocked" },
	{ "sensitive_mounts", "rules.mounts.warned" },
	{ "allowed_mounts", "rules.mounts.allowed" },
	{ "security_options", "rules.security_options" },
	{ "container", "rules.container" },
	{ "require_non_root", "rules.container.require_non_root" },
	{ "require_read_only_fs", "rules.container.require_read_only_rootfs" },
	{ "resource_limits", "rules.container.require_resource_limits" },
	{ "images", "rules.images" },
	{ "allowed_registries", "rules.images.allowed_registries" },
	{ "blocked_registries", "rules.images.blocked_registries" },
	{ "blocked_images", "rules.images.blocked_images" },
	{ "block_latest_tag", "rules.images.block_latest_tag" },
	{ "network", "rules.network" },
	{ "environment", "rules.environment" },
	{ "global_settings", "settings" },
	{ "max_risk_score", "settings.max_risk_score" },
	{ "require_image_scan", "settings.require_image_scan" },
	{ "image_scanning", "settings.image_scanning" },
	{ "secret_scanning", "settings.secret_scanning" },
	{ "enforcement_mode", "mode" },
	{ "custom", "custom_rules" },
};

const char *old_key_now(const char *key)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		if (!strcmp(rows[i].key, key))
			return rows[i].instead;
	return NULL;
}
