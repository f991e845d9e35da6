/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "bus/method.h"

const Interface *interface_find(const char *name)
{
	for (size_t i = 0; i < interface_count; i++)
		if (!strcmp(interfaces[i].name, name))
			return &interfaces[i];
	return NULL;
}

const Method *method_find(const char *interface, const char *member)
{
	for (size_t i = 0; member && i < interface_count; i++)
		for (size_t j = 0; j < interfaces[i].method_count && (!interface || !strcmp(interfaces[i].name, interface)); j++)
			if (!strcmp(interfaces[i].methods[j].name, member))
				return &interfaces[i].methods[j];
	return NULL;
}

void arguments_split(const char *arguments, GString *types, GString *names)
{
	g_auto(GStrv) parts = g_strsplit(arguments, ", ", -1);

	for (char **part = parts; *part && **part; part++) {
		const char *space = strchr(*part, ' ');
		g_assert(space);
		g_string_append_len(types, *part, space - *part);
		if (names)
			g_string_append_len(names, space + 1, (gssize)strlen(space)); /* with its NUL */
	}
}

static sd_bus_vtable method_item(const Method *method, sd_bus_message_handler_t dispatch)
{
	GString *in = g_string_new(NULL), *out = g_string_new(NULL), *names = g_string_new(NULL);

	arguments_split(method->in, in, names);
	arguments_split(method->out, out, names);
	return (sd_bus_vtable){
		.type = _SD_BUS_VTABLE_METHOD, .flags = SD_BUS_VTABLE_UNPRIVILEGED,
		.x.method = { .member = method->name, .signature = g_string_free(in, FALSE), .result = g_string_free(out, FALSE), .handler = dispatch,
			.names = g_string_free(names, FALSE) },
	};
}

static sd_bus_vtable property_item(const Property *property)
{
	static const uint64_t flags[] = { [PROPERTY_CHANGES] = SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE, [PROPERTY_CONST] = SD_BUS_VTABLE_PROPERTY_CONST, [PROPERTY_SILENT] = 0 };

	return (sd_bus_vtable)SD_BUS_PROPERTY(property->name, property->type, property->get, 0, flags[property->kind]);
}

static sd_bus_vtable signal_item(const Signal *signal)
{
	GString *types = g_string_new(NULL), *names = g_string_new(NULL);

	arguments_split(signal->arguments, types, names);
	return (sd_bus_vtable){
		.type = _SD_BUS_VTABLE_SIGNAL,
		.x.signal = { .member = signal->name, .signature = g_string_free(types, FALSE), .names = g_string_free(names, FALSE) },
	};
}

static sd_bus_vtable *make(const Interface *interface, sd_bus_message_handler_t dispatch)
{
	size_t count = 0;
	sd_bus_vtable *items = g_new0(sd_bus_vtable, interface->method_count + interface->property_count + interface->signal_count + 2);

	items[count++] = (sd_bus_vtable)SD_BUS_VTABLE_START(0);
	for (size_t i = 0; i < interface->method_count; i++)
		items[count++] = method_item(&interface->methods[i], dispatch);
	for (size_t i = 0; i < interface->property_count; i++)
		items[count++] = property_item(&interface->properties[i]);
	for (size_t i = 0; i < interface->signal_count; i++)
		items[count++] = signal_item(&interface->signals[i]);
	items[count] = (sd_bus_vtable)SD_BUS_VTABLE_END;
	return items;
}

const sd_bus_vtable *interface_vtable(const Interface *interface, sd_bus_message_handler_t dispatch)
{
	static sd_bus_vtable *made[16];
	size_t index = (size_t)(interface - interfaces);

	g_assert(index < G_N_ELEMENTS(made));
	if (!made[index])
		made[index] = make(interface, dispatch);
	return made[index];
}
