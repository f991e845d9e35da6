/* SPDX-License-Identifier: MIT */
#include "request/driver.h"
#include "request/mounts.h"

typedef struct Driven {
	const char *name, *driver;
	PairList options;
} Driven;

static void take(Request *request, const Driven *body)
{
	request->subject = body->name;
	request->driver = body->driver;
	request->options = body->options;
}

bool volume_read(Json *json, Request *request)
{
	static const JsonField fields[] = {
		JSON_FIELD("Name", Driven, name, json_string),
		JSON_FIELD("Driver", Driven, driver, json_string),
		JSON_FIELD("DriverOpts", Driven, options, json_pairs),
	};
	Driven volume = { .name = "", .driver = "" };

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &volume) || !json_finish(json))
		return false;
	take(request, &volume);
	request->has_container = true;
	mounts_add_options(&request->container, &volume.options, "", "DriverOpts", json->arena);
	return true;
}

bool network_read(Json *json, Request *request)
{
	static const JsonField fields[] = {
		JSON_FIELD("Name", Driven, name, json_string),
		JSON_FIELD("Driver", Driven, driver, json_string),
		JSON_FIELD("Options", Driven, options, json_pairs),
	};
	Driven network = { .name = "", .driver = "" };

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &network) || !json_finish(json))
		return false;
	take(request, &network);
	return true;
}
