/* SPDX-License-Identifier: MIT
 *
 * The vulnerabilities with the packages that have them.  It is no inventory of the image: scanners were asked for what they found.
 */
#include <string.h>
#include "cli/scan-format.h"

#define SCHEMA "http://cyclonedx.org/schema/bom-1.5.schema.json"

typedef struct Bom {
	JsonArray *components, *vulnerabilities;
	GHashTable *packages; /* name, version and purl -> bom-ref */
	GHashTable *known;    /* scanner and id -> JsonObject of the vulnerability, owned by the list */
} Bom;

static const char *severity_of(JsonObject *finding)
{
	const char *severity = scan_text(finding, "severity");

	return !strcmp(severity, "negligible") ? "info" : severity;
}

static JsonObject *component(const char *type, const char *name, const char *version)
{
	JsonObject *object = json_object_new();

	json_object_set_string_member(object, "type", type);
	json_object_set_string_member(object, "name", name);
	if (*version)
		json_object_set_string_member(object, "version", version);
	return object;
}

/* The bom-ref of the package, which is written down once. */
static const char *package_of(Bom *bom, JsonObject *finding)
{
	const char *purl = scan_text(finding, "purl"), *name = scan_text(finding, "package"), *version = scan_text(finding, "version");
	g_autofree char *key = g_strjoin("\n", purl, name, version, NULL);
	const char *known = g_hash_table_lookup(bom->packages, key);

	if (known)
		return known;
	char *ref = g_strdup_printf("package-%u", json_array_get_length(bom->components) + 1);
	JsonObject *package = component("library", name, version);
	json_object_set_string_member(package, "bom-ref", ref);
	if (*purl)
		json_object_set_string_member(package, "purl", purl);
	json_array_add_object_element(bom->components, package);
	g_hash_table_insert(bom->packages, g_steal_pointer(&key), ref);
	return ref;
}

static JsonArray *list_with(JsonObject *element)
{
	JsonArray *list = json_array_new();

	json_array_add_object_element(list, element);
	return list;
}

static JsonObject *vulnerability_new(JsonObject *finding)
{
	JsonObject *object = json_object_new(), *source = json_object_new(), *rating = json_object_new();
	const char *title = scan_text(finding, "title"), *url = scan_text(finding, "url");

	json_object_set_string_member(object, "id", scan_text(finding, "id"));
	json_object_set_string_member(source, "name", scan_text(finding, "scanner"));
	json_object_set_object_member(object, "source", source);
	json_object_set_string_member(rating, "severity", severity_of(finding));
	json_object_set_array_member(object, "ratings", list_with(rating));
	if (*title)
		json_object_set_string_member(object, "description", title);
	if (g_str_has_prefix(url, "https://") || g_str_has_prefix(url, "http://")) {
		JsonObject *advisory = json_object_new();
		json_object_set_string_member(advisory, "url", url);
		json_object_set_array_member(object, "advisories", list_with(advisory));
	}
	json_object_set_array_member(object, "affects", json_array_new());
	return object;
}

static void add_property(JsonObject *object, const char *name, const char *value)
{
	JsonObject *property = json_object_new();

	if (!json_object_has_member(object, "properties"))
		json_object_set_array_member(object, "properties", json_array_new());
	json_object_set_string_member(property, "name", name);
	json_object_set_string_member(property, "value", value);
	json_array_add_object_element(json_object_get_array_member(object, "properties"), property);
}

static void add_finding(Bom *bom, JsonObject *finding)
{
	g_autofree char *key = g_strjoin("\n", scan_text(finding, "scanner"), scan_text(finding, "id"), NULL);
	JsonObject *object = g_hash_table_lookup(bom->known, key), *affected = json_object_new();
	const char *fixed = scan_text(finding, "fixed_version"), *aside = scan_text(finding, "set_aside");

	if (!object) {
		object = vulnerability_new(finding);
		json_array_add_object_element(bom->vulnerabilities, object);
		g_hash_table_insert(bom->known, g_strdup(key), object);
	}
	json_object_set_string_member(affected, "ref", package_of(bom, finding));
	json_array_add_object_element(json_object_get_array_member(object, "affects"), affected);
	if (*fixed && !json_object_has_member(object, "recommendation")) {
		g_autofree char *text = g_strdup_printf("%s: %s", scan_text(finding, "package"), fixed);
		json_object_set_string_member(object, "recommendation", text);
	}
	if (*aside) {
		g_autofree char *text = g_strdup_printf("%s: %s", scan_text(finding, "package"), aside);
		add_property(object, "docker-sentinel:set_aside", text);
	}
}

static JsonObject *metadata_of(JsonObject *result)
{
	JsonObject *metadata = json_object_new(), *tools = json_object_new(), *image = component("container", scan_text(result, "image"), scan_text(result, "image_id"));
	JsonArray *components = json_array_new(), *reports = scan_list(result, "reports");
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	g_autofree char *time = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");

	for (guint i = 0; reports && i < json_array_get_length(reports); i++) {
		JsonObject *report = json_array_get_object_element(reports, i), *tool = component("application", scan_text(report, "scanner"), scan_text(report, "version"));
		add_property(tool, "docker-sentinel:outcome", scan_text(report, "outcome"));
		if (*scan_text(report, "end_of_life"))
			add_property(tool, "docker-sentinel:end_of_life", scan_text(report, "end_of_life"));
		json_array_add_object_element(components, tool);
	}
	json_object_set_string_member(metadata, "timestamp", time);
	json_object_set_array_member(tools, "components", components);
	json_object_set_object_member(metadata, "tools", tools);
	json_object_set_string_member(image, "bom-ref", "image");
	json_object_set_object_member(metadata, "component", image);
	if (json_object_get_boolean_member_with_default(result, "truncated", FALSE))
		add_property(metadata, "docker-sentinel:truncated", "true");
	return metadata;
}

JsonObject *scan_cyclonedx(JsonObject *result)
{
	Bom bom = {
		.components = json_array_new(), .vulnerabilities = json_array_new(), .packages = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
		.known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
	};
	JsonArray *findings = scan_list(result, "findings");
	JsonObject *document = json_object_new();
	g_autofree char *uuid = g_uuid_string_random(), *serial = g_strconcat("urn:uuid:", uuid, NULL);

	for (guint i = 0; findings && i < json_array_get_length(findings); i++) {
		JsonObject *finding = json_array_get_object_element(findings, i);
		if (!strcmp(scan_text(finding, "kind"), "vulnerability"))
			add_finding(&bom, finding);
	}
	json_object_set_string_member(document, "$schema", SCHEMA);
	json_object_set_string_member(document, "bomFormat", "CycloneDX");
	json_object_set_string_member(document, "specVersion", "1.5");
	json_object_set_string_member(document, "serialNumber", serial);
	json_object_set_int_member(document, "version", 1);
	json_object_set_object_member(document, "metadata", metadata_of(result));
	json_object_set_array_member(document, "components", bom.components);
	json_object_set_array_member(document, "vulnerabilities", bom.vulnerabilities);
	g_hash_table_unref(bom.packages);
	g_hash_table_unref(bom.known);
	return document;
}
