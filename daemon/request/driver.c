/* SPDX-License-Identifier: MIT */
#include "request/container.h"
#include "request/driver.h"
#include "request/list.h"
#include "request/local-volume.h"

typedef struct Driven {
	const char *name, *driver;
	bool cluster; /* a volume of the swarm's, whatever driver it names */
	PairList options;
	NetworkSpec network;
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
		JSON_FIELD("ClusterVolumeSpec", Driven, cluster, json_present),
	};
	Driven volume = { .name = "", .driver = "" };

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &volume) || !json_finish(json))
		return false;
	if (volume.cluster)
		volume.driver = "cluster";
	take(request, &volume);
	request->has_container = true;
	local_volume_add(&request->container, "", &volume.options, "", "DriverOpts", json->arena);
	return true;
}

static bool read_inside(Json *json, void *target)
{
	const char *text = "";

	if (!json_string(json, &text))
		return false;
	if (*text)
		LIST_APPEND(json->arena, &((NetworkSpec *)target)->inside, text);
	return true;
}

static bool read_auxiliary(Json *json, const char *key, void *target)
{
	(void)key;
	return read_inside(json, target);
}

static bool read_auxiliaries(Json *json, void *target)
{
	return json_map(json, read_auxiliary, target);
}

static bool read_subnet(Json *json, void *target)
{
	const char *text = "";

	if (!json_string(json, &text))
		return false;
	if (*text)
		LIST_APPEND(json->arena, &((NetworkSpec *)target)->subnets, text);
	return true;
}

/* network.IPAMConfig */
static bool read_pool(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD_SELF("Subnet", read_subnet),
		JSON_FIELD_SELF("IPRange", read_inside),
		JSON_FIELD_SELF("Gateway", read_inside),
		JSON_FIELD_SELF("AuxiliaryAddresses", read_auxiliaries),
	};

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

static bool read_pools(Json *json, void *target)
{
	return json_array(json, read_pool, target);
}

static bool read_ipam(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("Driver", NetworkSpec, ipam_driver, json_string),
		JSON_FIELD("Options", NetworkSpec, ipam_options, json_pairs),
		JSON_FIELD_SELF("Config", read_pools),
	};

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

bool network_read(Json *json, Request *request)
{
	static const JsonField fields[] = {
		JSON_FIELD("Name", Driven, name, json_string),
		JSON_FIELD("Driver", Driven, driver, json_string),
		JSON_FIELD("Options", Driven, options, json_pairs),
		JSON_FIELD("IPAM", Driven, network, read_ipam),
		JSON_FIELD("Ingress", Driven, network.ingress, json_bool),
	};
	Driven network = { .name = "", .driver = "", .network = request->network };

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &network) || !json_finish(json))
		return false;
	take(request, &network);
	request->network = network.network;
	return true;
}

/* network.ConnectOptions */
bool network_read_connect(Json *json, Request *request)
{
	static const JsonField fields[] = { JSON_FIELD("EndpointConfig", Request, container, container_read_endpoint) };

	LIST_APPEND(json->arena, &request->container.networks, request->subject);
	return json_object(json, fields, G_N_ELEMENTS(fields), request) && json_finish(json);
}
