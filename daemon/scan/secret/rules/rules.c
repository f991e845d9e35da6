/* SPDX-License-Identifier: MIT */
#include "scan/secret/rules/rules.h"

const RuleTable *const rule_tables[RULE_TABLES] = {
	&rules_key, &rules_cloud, &rules_azure, &rules_code, &rules_service, &rules_ai, &rules_vendor, &rules_file, &rules_more_files, &rules_command, &rules_generic,
};
