/* SPDX-License-Identifier: MIT
 *
 * Members come in any order: a document is taken in first, and then understood.
 */
#include <string.h>
#include <glib.h>
#include "policy/schema/field.h"
#include "policy/vex-internal.h"
#include "request/list.h"

typedef struct Said {
	StringList names;
	const char *time, *status, *justification, *impact;
	VexProducts products;
} Said;

typedef struct Component {
	const char *ref, *purl;
} Component;

typedef struct Document {
	const char *context, *time, *bom_format;
	struct { Said *items; size_t count; } said; /* OpenVEX */
	struct { Said *items; size_t count; } analysed; /* CycloneDX */
	struct { Component *items; size_t count; } components;
} Document;

/* What of a statement makes a vulnerability matter no more, and what says why. */
static const struct { const char *word; bool aside, why; } statuses[] = {
	{ "not_affected", true, true }, { "fixed", true, false }, { "affected", false, false }, { "under_investigation", false, false },
};
static const struct { const char *word; bool aside; } states[] = {
	{ "not_affected", true }, { "false_positive", true }, { "resolved", true }, { "resolved_with_pedigree", true }, { "exploitable", false }, { "in_triage", false },
};

static Said said_new(void)
{
	return (Said){ .time = "", .status = "", .justification = "", .impact = "" };
}

static bool read_names(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD("name", Said, names, json_string_or_strings), JSON_FIELD("aliases", Said, names, json_strings) };
	Said *said = target;

	return json_peek(json) == '"' ? json_string_or_strings(json, &said->names) : json_object(json, fields, G_N_ELEMENTS(fields), said);
}

static bool read_identifiers(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD("purl", Component, purl, json_string) };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

/* "pkg:..." alone, or {"@id": "pkg:...", "identifiers": {"purl": "pkg:..."}}. */
static bool read_name(Json *json, const char **ret)
{
	static const JsonField fields[] = { JSON_FIELD("@id", Component, ref, json_string), JSON_FIELD_SELF("identifiers", read_identifiers) };
	Component named = { "", "" };

	if (json_peek(json) == '"')
		return json_string(json, ret);
	if (!json_object(json, fields, G_N_ELEMENTS(fields), &named))
		return false;
	*ret = *named.purl ? named.purl : named.ref;
	return true;
}

static bool read_part(Json *json, void *target)
{
	const char *name = "";

	if (!read_name(json, &name))
		return false;
	LIST_APPEND(json->arena, (StringList *)target, name);
	return true;
}

static bool read_parts(Json *json, void *target)
{
	return json_array(json, read_part, target);
}

typedef struct NamedProduct {
	Component id; /* first: what reads identifiers fills it */
	StringList parts;
} NamedProduct;

static bool read_product(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("@id", NamedProduct, id.ref, json_string), JSON_FIELD("identifiers", NamedProduct, id, read_identifiers),
		JSON_FIELD("subcomponents", NamedProduct, parts, read_parts),
	};
	NamedProduct named = { .id = { "", "" } };
	Said *said = target;

	if (json_peek(json) == '"' ? !json_string(json, &named.id.ref) : !json_object(json, fields, G_N_ELEMENTS(fields), &named))
		return false;
	const VexProduct product = { .name = *named.id.purl ? named.id.purl : named.id.ref, .parts = named.parts };
	LIST_APPEND(json->arena, &said->products, product);
	return true;
}

static bool read_products(Json *json, void *said)
{
	return json_array(json, read_product, said);
}

static bool read_statement(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD_SELF("vulnerability", read_names), JSON_FIELD("timestamp", Said, time, json_string), JSON_FIELD_SELF("products", read_products),
		JSON_FIELD("status", Said, status, json_string), JSON_FIELD("justification", Said, justification, json_string),
		JSON_FIELD("impact_statement", Said, impact, json_string),
	};
	Said said = said_new();
	Document *document = target;

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &said))
		return false;
	LIST_APPEND(json->arena, &document->said, said);
	return true;
}

static bool read_statements(Json *json, void *document)
{
	return json_array(json, read_statement, document);
}

static bool read_analysis(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("state", Said, status, json_string), JSON_FIELD("justification", Said, justification, json_string), JSON_FIELD("detail", Said, impact, json_string),
		JSON_FIELD("lastUpdated", Said, time, json_string),
	};

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

/* A range says too little to be certain: it is a version that nothing has. */
static bool read_version(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD("ref", Component, ref, json_string), JSON_FIELD("version", Component, purl, json_string) };
	Component version = { "", "" };

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &version))
		return false;
	LIST_APPEND(json->arena, (StringList *)target, version.purl);
	return true;
}

static bool read_versions(Json *json, void *target)
{
	return json_array(json, read_version, target);
}

static bool read_affected(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD("ref", VexProduct, name, json_string), JSON_FIELD("versions", VexProduct, versions, read_versions) };
	VexProduct product = { .name = "" };
	Said *said = target;

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &product))
		return false;
	LIST_APPEND(json->arena, &said->products, product);
	return true;
}

static bool read_affects(Json *json, void *said)
{
	return json_array(json, read_affected, said);
}

static bool read_vulnerability(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("id", Said, names, json_string_or_strings), JSON_FIELD("updated", Said, time, json_string), JSON_FIELD_SELF("analysis", read_analysis),
		JSON_FIELD_SELF("affects", read_affects),
	};
	Said said = said_new();
	Document *document = target;

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &said))
		return false;
	LIST_APPEND(json->arena, &document->analysed, said);
	return true;
}

static bool read_vulnerabilities(Json *json, void *document)
{
	return json_array(json, read_vulnerability, document);
}

static bool read_component(Json *json, void *target);

static bool read_components(Json *json, void *document)
{
	return json_array(json, read_component, document);
}

typedef struct Nested {
	Component component;
	Document *document;
} Nested;

static bool read_nested(Json *json, void *target)
{
	return read_components(json, ((Nested *)target)->document);
}

static bool read_component(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("bom-ref", Nested, component.ref, json_string), JSON_FIELD("purl", Nested, component.purl, json_string), JSON_FIELD_SELF("components", read_nested),
	};
	Nested nested = { .component = { "", "" }, .document = target };

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &nested))
		return false;
	LIST_APPEND(json->arena, &nested.document->components, nested.component);
	return true;
}

static bool read_metadata(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD("timestamp", Document, time, json_string), JSON_FIELD_SELF("component", read_component) };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

static int64_t time_of(const Said *said, const Document *document)
{
	int64_t time_us = 0;

	if (!date_parse(said->time, &time_us) && !date_parse(document->time, &time_us))
		return 0;
	return time_us;
}

/* "pkg:...", the bom-ref of a component, or either behind the '#' of "urn:cdx:SERIAL/1#...".  "": it is nobody's. */
static const char *resolve(const Document *document, const char *ref, Arena *arena)
{
	const char *hash = g_str_has_prefix(ref, "urn:cdx:") ? strchr(ref, '#') : NULL;
	g_autofree char *plain = hash ? g_uri_unescape_string(hash + 1, NULL) : NULL;

	ref = hash ? plain ? arena_strdup(arena, plain) : "" : ref;
	for (size_t i = 0; i < document->components.count; i++)
		if (*ref && !strcmp(document->components.items[i].ref, ref))
			return document->components.items[i].purl;
	return ref;
}

static bool add_said(Json *json, VexTable *table, const char *file, const Document *document, const Said *said)
{
	for (size_t i = 0; i < G_N_ELEMENTS(statuses); i++) {
		if (strcmp(said->status, statuses[i].word) != 0)
			continue;
		/* The format asks for a reason; without one nobody says so. */
		bool aside = statuses[i].aside && (!statuses[i].why || *said->justification || *said->impact);
		const VexStatement statement = { aside, statuses[i].word, *said->justification ? said->justification : said->impact, file, time_of(said, document) };
		vex_put(table, &said->names, &statement, &said->products);
		return true;
	}
	return json_refuse(json, "a statement without a status that is one");
}

static bool add_analysed(Json *json, VexTable *table, const char *file, const Document *document, const Said *said)
{
	if (!*said->status)
		return true; /* nobody looked at it */
	for (size_t i = 0; i < said->products.count; i++)
		said->products.items[i].name = resolve(document, said->products.items[i].name, json->arena);
	for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
		if (strcmp(said->status, states[i].word) != 0)
			continue;
		const VexStatement statement = { states[i].aside, states[i].word, *said->justification ? said->justification : said->impact, file, time_of(said, document) };
		vex_put(table, &said->names, &statement, &said->products);
		return true;
	}
	return json_refuse(json, "an analysis without a state that is one");
}

bool vex_read(Json *json, VexTable *table, const char *file)
{
	static const JsonField fields[] = {
		JSON_FIELD("@context", Document, context, json_string), JSON_FIELD("timestamp", Document, time, json_string), JSON_FIELD_SELF("statements", read_statements),
		JSON_FIELD("bomFormat", Document, bom_format, json_string), JSON_FIELD_SELF("metadata", read_metadata), JSON_FIELD_SELF("components", read_components),
		JSON_FIELD_SELF("vulnerabilities", read_vulnerabilities),
	};
	Document document = { .context = "", .time = "", .bom_format = "" };

	json->lenient = true;
	if (!json_object(json, fields, G_N_ELEMENTS(fields), &document))
		return false;
	bool open = g_str_has_prefix(document.context, "https://openvex.dev/ns"), cyclone = !strcmp(document.bom_format, "CycloneDX");
	if (open == cyclone)
		return json_refuse(json, "it is neither OpenVEX nor CycloneDX");
	bool good = true;
	for (size_t i = 0; open && good && i < document.said.count; i++)
		good = add_said(json, table, file, &document, &document.said.items[i]);
	for (size_t i = 0; cyclone && good && i < document.analysed.count; i++)
		good = add_analysed(json, table, file, &document, &document.analysed.items[i]);
	return good;
}
