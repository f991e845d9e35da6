/* SPDX-License-Identifier: MIT */
#include "base/log.h"
#include "service/judging.h"

void judging_start(Judging *judging, const Plugin *plugin, const char *path, const char *pin_socket, PinBook *book)
{
	g_autoptr(GError) error = NULL;
	Plugin own = *plugin;

	own.identity = NULL;
	own.view = judging->view = host_view_new(pin_socket);
	own.pinning = judging->pinning = pinning_new(pin_socket, book);
	judging->redactor = text_redactor_new();
	own.redactor = text_redactor_get(judging->redactor);
	judging->judge = judge_start(&own, path, &error);
	if (!judging->judge)
		log_error("sockets of Sentinel's stay closed: %s", error->message);
}

void judging_stop(Judging *judging)
{
	judge_stop(judging->judge);
	host_view_free(judging->view);
	pinning_free(judging->pinning);
	text_redactor_free(judging->redactor);
}
