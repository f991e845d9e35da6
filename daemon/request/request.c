/* SPDX-License-Identifier: MIT */
#include "request/request.h"

Request *request_new(Arena *arena)
{
	Request *request = arena_alloc(arena, sizeof *request);
	const ImageRef no_image = { "", "", "", "", "" };

	*request = (Request){
		.method = "", .uri = "", .endpoint = "", .summary = "", .kind = KIND_UNKNOWN, .mutates = true,
		.network = { .ipam_driver = "" }, .problem_detail = "", .image_id = "", .container_id = "", .fit = "", .subject = "", .remote = "", .driver = "", .image = no_image,
		.container = {
			.name = "", .user = "", .hostname = "", .domainname = "", .working_dir = "", .volume_driver = "",
			.network_mode = "", .pid_mode = "", .ipc_mode = "", .uts_mode = "", .userns_mode = "", .cgroupns_mode = "",
			.runtime = "", .cgroup_parent = "", .restart_policy = "", .log_driver = "",
		},
	};
	return request;
}
