/* SPDX-License-Identifier: MIT */
#pragma once

#include "policy/model.h"

/* The last step of loading.  Looks up the policy's paths on this host, as requests' paths are. */
void policy_compile(Policy *policy);
