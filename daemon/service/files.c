/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <unistd.h>
#include "base/log.h"
#include "core/config.h"
#include "core/write-client.h"
#include "policy/template-store.h"
#include "service/files.h"

static bool have_written(const char *name, void *data, GError **error)
{
	return write_client_install(data, &(Order){ WRITE_TEMPLATE, name, NULL }, error);
}

static bool install(const Paths *paths, const char *socket, GError **error)
{
	bool configured = access(paths->applied_file, F_OK) == 0 || access(paths->config_file, F_OK) == 0;

	if (!socket)
		return template_store_install(paths->policies_dir, paths->templates_file, error) &&
		       (configured || config_install(paths->config_file, error));
	return template_store_install_by(paths->policies_dir, paths->templates_file, have_written, (void *)(uintptr_t)socket, error) &&
	       (configured || write_client_install(socket, &(Order){ WRITE_CONFIG, NULL, NULL }, error));
}

bool files_prepare(Paths *paths, const char *write_socket, bool reads, GError **error)
{
	g_autoptr(GError) problem = NULL;

	if (paths_prepare(paths, &problem) && install(paths, write_socket, &problem))
		return true;
	if ((!reads && !write_socket) || access(paths->policies_dir, R_OK | X_OK) != 0) {
		g_propagate_error(error, g_steal_pointer(&problem));
		return false;
	}
	if (write_socket)
		log_error("not everything that should be in %s is: %s", paths->config_dir, problem->message);
	return true;
}
