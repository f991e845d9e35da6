/* SPDX-License-Identifier: MIT
 *
 * manifest.json: {"format": "sentinel-policies-1", "number": 7, "expires": "2027-01-31T00:00:00Z", "policies": [{"name": "shop", "file":
 * "shop-7.yaml", "size": 812, "sha256": "..."}]}.  It is read only when its signature is good, and strictly all the same.
 */
#include <string.h>
#include "base/limits.h"
#include "cli/policy-bundle.h"

#define DIGEST_CHARACTERS 64u
#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

static void policy_free(void *data)
{
	BundlePolicy *policy = data;

	g_free(policy->name);
	g_free(policy->file);
	g_free(policy->sha256);
	g_free(policy);
}

/* The members of an object: these, each of its type, and no other. */
static bool has_members(JsonObject *object, const char *const *names, const GType *types, size_t count)
{
	if (json_object_get_size(object) != count)
		return false;
	for (size_t i = 0; i < count; i++) {
		JsonNode *node = json_object_get_member(object, names[i]);
		bool array = types[i] == JSON_TYPE_ARRAY;
		if (!node || (array ? !JSON_NODE_HOLDS_ARRAY(node) : !JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != types[i]))
			return false;
	}
	return true;
}

static bool is_plain(const char *name)
{
	return *name && *name != '.' && strlen(name) <= LIMIT_POLICY_NAME + 32 && strspn(name, NAME_CHARACTERS) == strlen(name);
}

static bool read_policy(JsonNode *node, GPtrArray *policies)
{
	static const char *const names[] = { "name", "file", "size", "sha256" };
	const GType types[] = { G_TYPE_STRING, G_TYPE_STRING, G_TYPE_INT64, G_TYPE_STRING };
	JsonObject *object = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;

	if (!object || !has_members(object, names, types, G_N_ELEMENTS(names)))
		return false;
	BundlePolicy *policy = g_new0(BundlePolicy, 1);
	g_ptr_array_add(policies, policy);
	policy->name = g_strdup(json_object_get_string_member(object, "name"));
	policy->file = g_strdup(json_object_get_string_member(object, "file"));
	policy->sha256 = g_strdup(json_object_get_string_member(object, "sha256"));
	policy->size = json_object_get_int_member(object, "size");
	return is_plain(policy->name) && is_plain(policy->file) && policy->size > 0 && strlen(policy->sha256) == DIGEST_CHARACTERS;
}

static bool read_manifest(JsonObject *object, Bundle *ret)
{
	static const char *const names[] = { "format", "number", "expires", "policies" };
	const GType types[] = { G_TYPE_STRING, G_TYPE_INT64, G_TYPE_STRING, JSON_TYPE_ARRAY };

	if (!has_members(object, names, types, G_N_ELEMENTS(names)) || strcmp(json_object_get_string_member(object, "format"), BUNDLE_FORMAT) != 0)
		return false;
	g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
	g_autoptr(GDateTime) expires = g_date_time_new_from_iso8601(json_object_get_string_member(object, "expires"), utc);
	JsonArray *list = json_object_get_array_member(object, "policies");
	ret->number = json_object_get_int_member(object, "number");
	ret->expires_us = expires ? g_date_time_to_unix(expires) * G_USEC_PER_SEC : 0;
	if (ret->number < 1 || ret->number > (int64_t)LIMIT_BUNDLE_NUMBER || !expires || json_array_get_length(list) > LIMIT_BUNDLE_POLICIES)
		return false;
	for (guint i = 0; i < json_array_get_length(list); i++)
		if (!read_policy(json_array_get_element(list, i), ret->policies))
			return false;
	return true;
}

int bundle_read(GBytes *manifest, Bundle *ret, Problem *problem)
{
	g_autoptr(JsonParser) parser = json_parser_new();
	gsize length;
	const char *text = g_bytes_get_data(manifest, &length);

	*ret = (Bundle){ .policies = g_ptr_array_new_with_free_func(policy_free), .digest = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, manifest) };
	bool parsed = json_parser_load_from_data(parser, length ? text : "", (gssize)length, NULL);
	JsonNode *root = parsed ? json_parser_get_root(parser) : NULL;
	if (root && JSON_NODE_HOLDS_OBJECT(root) && read_manifest(json_node_get_object(root), ret))
		return 0;
	return problem_set(problem, EXIT_DENIED, "manifest", BUNDLE_MANIFEST " is signed, but not what this version understands (" BUNDLE_FORMAT
		"): number, expires, and policies with name, file, size and sha256; see: sentinel policy bundle");
}

void bundle_clear(Bundle *bundle)
{
	g_free(bundle->digest);
	if (bundle->policies)
		g_ptr_array_unref(bundle->policies);
}

void bundle_start(Bundle *ret)
{
	*ret = (Bundle){ .policies = g_ptr_array_new_with_free_func(policy_free) };
}

void bundle_add(Bundle *bundle, const char *name, const char *file, GBytes *text)
{
	BundlePolicy *policy = g_new0(BundlePolicy, 1);

	policy->name = g_strdup(name);
	policy->file = g_strdup(file);
	policy->size = (int64_t)g_bytes_get_size(text);
	policy->sha256 = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, text);
	g_ptr_array_add(bundle->policies, policy);
}

char *bundle_text(const Bundle *bundle)
{
	g_autoptr(JsonObject) object = json_object_new();
	g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
	g_autoptr(GDateTime) expires = g_date_time_new_from_unix_utc(bundle->expires_us / G_USEC_PER_SEC);
	g_autofree char *time = g_date_time_format(expires, "%Y-%m-%dT%H:%M:%SZ");
	JsonArray *list = json_array_new();

	json_object_set_string_member(object, "format", BUNDLE_FORMAT);
	json_object_set_int_member(object, "number", bundle->number);
	json_object_set_string_member(object, "expires", time);
	for (guint i = 0; i < bundle->policies->len; i++) {
		const BundlePolicy *policy = g_ptr_array_index(bundle->policies, i);
		JsonObject *one = json_object_new();
		json_object_set_string_member(one, "name", policy->name);
		json_object_set_string_member(one, "file", policy->file);
		json_object_set_int_member(one, "size", policy->size);
		json_object_set_string_member(one, "sha256", policy->sha256);
		json_array_add_object_element(list, one);
	}
	json_object_set_array_member(object, "policies", list);
	json_node_set_object(node, object);
	return json_to_string(node, TRUE);
}
