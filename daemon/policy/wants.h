/* SPDX-License-Identifier: MIT */
#pragma once

#include "policy/policy.h"
#include "request/facts.h"

/* The WANT_ bits of what Docker must be asked before `policy` can judge `request`.  policy NULL:
 * lockdown wants nothing.  Pure, any thread. */
unsigned policy_wants(const Policy *policy, const Request *request);
/* Whether it makes a difference for some image that it was pulled from where its name says. */
bool policy_goes_by_origin(const Policy *policy);
/* Whether who asks must be known for certain, beside what the findings say: always when something changes. */
bool policy_wants_caller(const Policy *policy, const Request *request);
/* The PATHS_ bits of what is to be looked at of a request's host paths (request/host-view.h); 0: their names are enough. */
unsigned policy_paths(const Policy *policy);
