/* SPDX-License-Identifier: MIT */
#pragma once

#include "policy/check/check.h"

/* Whether the policy lets pins be used at all; whether it says anything of them. */
bool pins_known(const MountRules *rules);
bool pins_judged(const MountRules *rules);
/* A mount of something where pins are. */
void check_pin(Evaluation *e, const MountRules *rules, const Mount *mount);
/* Whether the policy judges what paths are, not only what they are called: then their facts are needed. */
bool mounts_look_closer(const MountRules *rules);
/* The caller could do without Docker what the container can do with this mount. */
bool path_is_as_self(const Evaluation *e, const MountRules *rules, const Mount *mount);
/* True when the mount touches what is Docker's or the guard's: that is reported. */
bool check_engine_files(Evaluation *e, const MountRules *rules, const Mount *mount);
/* Trust, and the way back. */
void check_path_nature(Evaluation *e, const MountRules *rules, const Mount *mount);
