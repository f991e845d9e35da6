/* SPDX-License-Identifier: MIT
 *
 * The policy language as tables.  A new key is a row there, a member in model.h and a check; the JSON
 * Schema and the list of keys are written from the same tables (print.h).
 */
#pragma once

#include "policy/model.h"

/* Behind the reader (and what it needs): which way is stricter, where the reader does not say it. */
#define FIELD(name, type, member, reader, ...) { name, reader, offsetof(type, member), NULL, __VA_ARGS__ }
#define DETAIL(name, type, member, reader, with, ...) { name, reader, offsetof(type, member), with, __VA_ARGS__ }
#define SECTION(fields, type) { fields, G_N_ELEMENTS(fields), sizeof(type), NULL, NULL, NULL }
/* Behind that: the rules of the catalogue that the key switches. */
#define SWITCHES(...) .rules = (const RuleId[]){ __VA_ARGS__, 0 }
/* A section stands for itself: it begins at the struct that it fills. */
#define GROUP(name, section) { name, field_section, 0, &(section) }

/* The keys of a policy file; reads into a struct Policy. */
extern const Section policy_section;
extern const Section settings_section, rules_section, custom_rule_section, test_section; /* parts of it */

/* rule.c: what every rule has. */
extern const Section rule_section, exception_section;
extern const Section signature_section; /* signatures.c: one of rules.images.signatures */
extern const Section case_section; /* an exception that says for which rules */
extern const Section known_section; /* ... for which known vulnerabilities */
FIELD_READER(read_rule);          /* RuleSettings; StandIn or NULL */
FIELD_READER(read_rule_or_word);  /* RuleSettings; "block" alone is its action */
FIELD_READER(read_rule_severity); /* RuleSettings */
FIELD_READER(read_group);         /* a struct with a RuleSettings, RuleDefaults */

/* A section that holds a RuleSettings: its defaults before its keys. */
typedef struct RuleDefaults {
	const Section *section;
	size_t rule; /* offset of the RuleSettings in what the section fills */
	Action action;
} RuleDefaults;

/* What judges instead while a rule is not there. */
typedef struct StandIn {
	size_t rule; /* offset of that RuleSettings in the Policy */
} StandIn;
#define STAND_IN(member) (&(const StandIn){ offsetof(Policy, member) })

#define RULE_FIELDS(type, member)                                                      \
	FIELD("action", type, member.action, field_action),                            \
	FIELD("severity", type, member, read_rule_severity),                           \
	FIELD("message", type, member.message, field_text, STRICTER_SILENT),           \
	DETAIL("exceptions", type, member.exceptions, field_sections, &exception_section, STRICTER_FEWER)

/* values.c: lists with a meaning. */
FIELD_READER(read_globs);      /* Patterns */
FIELD_READER(read_registries); /* Registries */
FIELD_READER(read_images);     /* Patterns, of normalised image names */
FIELD_READER(read_ranges);     /* Subnets: "10.0.0.0/8", "fc00::/7" */
FIELD_READER(read_regexes);    /* RegexList */
FIELD_READER(read_paths);      /* StringList; an element is a path or {path: PATH} */
extern const Section path_alone_section;
FIELD_READER(read_choice);     /* const char *, Choice */
FIELD_READER(read_port);       /* PortRule: 22 or "8000-8010" */
FIELD_READER(read_choices);    /* StringList, Choice */
FIELD_READER(read_date);       /* int64_t µs */
/* Text; the section's check looks at it, the JSON Schema knows its form. */
FIELD_READER(read_path);
FIELD_READER(read_rule_name);
FIELD_READER(read_version);

/* custom.c */
FIELD_READER(read_operator);  /* Operator */
FIELD_READER(read_value);     /* StringList, from one word or several */
FIELD_READER(read_none);      /* ConditionList, from one condition or several */
FIELD_READER(read_condition); /* Condition * */
