/* SPDX-License-Identifier: MIT
 *
 * What loads and is probably not meant: rules that contradict each other or never apply.
 */
#pragma once

#include "policy/schema/field.h"
#include "policy/model.h"

/* Warnings; errors for names that must be unique.  After the policy was compiled. */
void lint_policy(Loader *loader, const YamlNode *root, Policy *policy);
