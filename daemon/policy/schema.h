/* SPDX-License-Identifier: MIT */
#pragma once

#include "policy/field.h"

/* The keys of a policy file; reads into a struct Policy. */
extern const Section policy_section;
