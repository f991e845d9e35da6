# SPDX-License-Identifier: MIT
"""Mutants by name: faults that a suite once let through.  File, what must be there exactly once, what it becomes.

A text that is no longer there once is reported as stale: repair the row.
"""

NAMED = [
    ("daemon/bus/methods.c", '"Ends a grant.", ACTION_GRANT_REVOKE', '"Ends a grant.", ACTION_STATUS'),
    ("daemon/bus/methods.c", 'as json, jsonl or csv.", ACTION_AUDIT_READ', 'as json, jsonl or csv.", ACTION_STATUS'),
    ("daemon/bus/methods.c", '"Grants that can still be used.", ACTION_AUDIT_READ', '"Grants that can still be used.", ACTION_STATUS'),
    # limits, one more than may be and one less
    ("daemon/request/api.c", "call->body_length > LIMIT_BODY_BYTES", "call->body_length > LIMIT_BODY_BYTES + 1"),
    ("daemon/request/api.c", "call->body_length > LIMIT_BODY_BYTES", "call->body_length >= LIMIT_BODY_BYTES"),
    ("daemon/request/api.c", "strlen(call->uri) > LIMIT_URI_BYTES", "strlen(call->uri) >= LIMIT_URI_BYTES"),
    ("daemon/request/api.c", "strlen(call->uri) > LIMIT_URI_BYTES", "strlen(call->uri) > LIMIT_URI_BYTES + 1"),
    ("daemon/authz/plugin.c", "length > LIMIT_MESSAGE_BYTES", "length >= LIMIT_MESSAGE_BYTES"),
    ("daemon/authz/plugin.c", "length > LIMIT_MESSAGE_BYTES", "length > LIMIT_MESSAGE_BYTES + 1"),
    ("daemon/authz/message.c", "if (needed > LIMIT_MESSAGE_BYTES)", "if (needed >= LIMIT_MESSAGE_BYTES)"),
    ("daemon/authz/message.c", "if (needed > LIMIT_MESSAGE_BYTES)", "if (needed > LIMIT_MESSAGE_BYTES + 1)"),
    ("daemon/request/mounts.c", "if (binds->index == LIMIT_MOUNTS)", "if (binds->index > LIMIT_MOUNTS)"),
    ("daemon/request/mounts.c", "if (mounts->index == LIMIT_MOUNTS)", "if (mounts->index > LIMIT_MOUNTS)"),
    ("daemon/request/facts.c", "container.mounts.count == LIMIT_MOUNTS", "container.mounts.count == LIMIT_MOUNTS + 1"),
    ("daemon/request/facts.c", "container.mounts.count == LIMIT_MOUNTS", "container.mounts.count == LIMIT_MOUNTS - 1"),
    ("daemon/request/facts.c", "steps == LIMIT_FACT_JOINS", "steps == LIMIT_FACT_JOINS + 1"),
    ("daemon/request/facts.c", "steps == LIMIT_FACT_JOINS", "steps == LIMIT_FACT_JOINS - 1"),
    ("daemon/request/facts.c", "pass->facts->count == LIMIT_FACTS", "pass->facts->count == LIMIT_FACTS - 1"),
    # what is read of a call
    ("daemon/request/facts.c", "follow(pass, &spec->ipc_mode, offsetof(ContainerSpec, ipc_mode));", ";"),
    ("daemon/request/path.c", "return errno == EINVAL || errno == ENOENT || errno == ENOTDIR;", "return errno == EINVAL || errno == ENOENT || errno == ENOTDIR || errno == EACCES;"),
    ("daemon/request/path.c", 'g_str_has_suffix(target, " (deleted)") ? NULL : arena_strdup(arena, target)', "arena_strdup(arena, target)"),
    ("daemon/request/api.c", '{ "plugin.upgrade", query_plugin, NULL },', ""),
    ("daemon/request/api.c", '{ "plugin.pull", query_plugin, NULL },', ""),
    ("daemon/policy/check/container.c", 'set = !strcmp(option, "no-new-privileges");', 'set = set || !strcmp(option, "no-new-privileges");'),
    ("daemon/policy/check/actor.c", "\t\tset = false;\n", ""),
    ("daemon/policy/check/container.c", "(*user == '+' || *user == '-')", "(*user == '+')"),
    ("daemon/audit/line.c", 'FIELD("mode", mode, json_string)', 'FIELD("modes", mode, json_string)'),
    ("daemon/core/record.c", 'PUT_TEXT(&out, "mode", mode_name(decision->mode))', 'PUT_TEXT(&out, "modes", mode_name(decision->mode))'),
    ("daemon/bus/trial.c", '"mode", "s", mode_name(decision->mode)', '"modes", "s", mode_name(decision->mode)'),
    ("cli/validate.c", 'output_set_text(data, "mode", text_of(verdict->details, "mode"));', ";"),
    # who is believed
    ("daemon/authz/identity.c", "from.nl_pid ? 0 : length", "length"),
    ("daemon/base/packet.c", "(peer.uid == 0 || peer.uid == geteuid())", "true"),
    ("daemon/authz/server.c", "if (peer.uid == 0 || peer.uid == geteuid())", "if (1)"),
    # what must not fail silently
    ("daemon/core/grant-book.c", "\tif (save(book, &error))\n\t\treturn grant->id;", "\t(void)save(book, &error);\n\treturn grant->id;"),
    ("daemon/core/grant-book.c", "(void)g_ptr_array_remove_index(book->grants, book->grants->len - 1);", ";"),
    ("daemon/scan/run.c", "prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0", "(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0)"),
    ("daemon/scan/run.c", "prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0", "(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), 0)"),
    ("daemon/scan/run.c", "chdir(plan->directory) < 0", "(chdir(plan->directory), 0)"),
    ("daemon/sentineld.c", "service->watched && !stuck", "service->watched"),
    # what is told
    ("daemon/service/herald.c", '{ "SENTINEL_RULE", notice->rule }', '{ "SENTINEL_RULES", notice->rule }'),
    ("daemon/service/herald.c", "outcome == OUTCOME_DENIED ? EVENT_DENIED : EVENT_WARNED", "outcome == OUTCOME_DENIED ? EVENT_WARNED : EVENT_DENIED"),
    ("cli/init.c", '{ "audit", "nothing is denied, what it finds is written down" }', '{ "audits", "nothing is denied, what it finds is written down" }'),
    ("cli/init.c", '{ "Docker", "docker" }', '{ "Docker", "dockers" }'),
    ("helper/main.c", '{ "install", install }, { "uninstall", uninstall }', '{ "install", uninstall }, { "uninstall", install }'),
    ("helper/units.c", '{ "systemctl", "mask", "--runtime", GUARD, NULL }', '{ "systemctl", "mask", GUARD, NULL }'),
]
