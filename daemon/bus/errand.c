/* SPDX-License-Identifier: MIT */
#include "bus/errand.h"

Errand *errand_new(Bus *bus, sd_bus_message *call, const char *argument)
{
	Errand *errand = g_new0(Errand, 1);

	*errand = (Errand){
		.bus = bus, .call = sd_bus_message_ref(call), .policies_dir = g_strdup(bus->context->paths->policies_dir),
		.config_file = g_strdup(bus->context->paths->config_file), .argument = g_strdup(argument), .diagnostics = diagnostics_new(),
	};
	return errand;
}

void errand_free(Errand *errand)
{
	sd_bus_message_unref(errand->call);
	g_free(errand->policies_dir);
	g_free(errand->config_file);
	g_free(errand->argument);
	g_free(errand->yaml);
	g_free(errand->kept);
	g_free(errand->wanted);
	g_free(errand->old);
	g_free(errand->text);
	g_clear_error(&errand->error);
	if (errand->infos)
		g_ptr_array_unref(errand->infos);
	g_ptr_array_unref(errand->diagnostics);
	g_free(errand);
}

int errand_submit(Errand *errand, JobFn work, JobFn done)
{
	if (bus_submit(errand->bus, errand->call, work, done, errand))
		return 1;
	int r = bus_reply_named(errand->call, "Busy", "too many calls wait; try again");
	errand_free(errand);
	return r;
}

bool errand_failed(Errand *errand)
{
	if (!errand->error)
		return false;
	(void)bus_reply_error(errand->call, errand->error);
	errand_free(errand);
	return true;
}
