# SPDX-License-Identifier: MIT
"""Holds the rules of rules.py over the whole tree, after showing that each can fail.  Prints TAP."""
import subprocess
import sys

import rules

C = "/* SPDX-License-Identifier: MIT */\n"

# rule, what is wrong, a tree that has it
BAD = [
    (rules.daemon_includes, "base includes request", {"daemon/base/a.c": C + '#include "request/json.h"\n'}),
    (rules.daemon_includes, "request includes policy", {"daemon/request/a.h": C + '#include "policy/policy.h"\n'}),
    (rules.daemon_includes, "policy includes core", {"daemon/policy/a.c": C + '#  include "core/world.h"\n'}),
    (rules.daemon_includes, "core includes authz", {"daemon/core/a.c": C + '#include "authz/plugin.h"\n'}),
    (rules.daemon_includes, "siblings: audit includes authz", {"daemon/audit/a.c": C + '#include "authz/plugin.h"\n'}),
    (rules.daemon_includes, "siblings: scan includes docker", {"daemon/scan/a.c": C + '#include "docker/client.h"\n'}),
    (rules.daemon_includes, "authz includes bus", {"daemon/authz/a.c": C + '#include "bus/bus.h"\n'}),
    (rules.daemon_includes, "bus includes cli", {"daemon/bus/a.c": C + '#include "cli/cli.h"\n'}),
    (rules.daemon_includes, "a header without its folder", {"daemon/base/a.c": C + '#include "arena.h"\n'}),
    (rules.daemon_includes, "a folder that nobody placed", {"daemon/new/a.c": C + '#include "base/arena.h"\n'}),
    (rules.words_have_one_meaning, "two types of one name", {"daemon/audit/a.h": C + "typedef struct Line {\n", "daemon/scan/b.c": C + "typedef struct Line {\n"}),
    (rules.words_have_one_meaning, "a type that only a header names", {"daemon/bus/a.h": C + "typedef struct Line Line;\n", "daemon/bus/a.c": C + "struct Line {\n", "daemon/scan/b.c": C + "typedef struct Line {\n"}),
    (rules.words_have_one_meaning, "two types of one name in the command", {"cli/a.h": C + "typedef enum Line { A } Line;\n", "cli/b.c": C + "typedef struct Line {\n"}),
    (rules.comments_name_files, "a comment names a file that is gone", {"daemon/audit/a.h": C + "/* argv-words.c: reads */\n", "daemon/audit/b.c": C}),
    (rules.comments_name_files, "a comment names a moved file", {"daemon/audit/a.h": C + "/* see policy/gone.h */\n"}),
    (rules.comments_name_sections, "a comment names a section that moved", {"daemon/audit/a.h": C + '/* See README,\n * "Files". */\n', "README.md": "# A\n\n## Why\n"}),
    (rules.comments_name_sections, "a comment names a document that is gone", {"daemon/audit/a.h": C + "/* docs/GONE.md says more. */\n"}),
    (rules.policy_is_pure, "a check looks at the host", {"daemon/policy/check/a.c": C + "x = stat(path, &status);\n"}),
    (rules.policy_is_pure, "a policy's custom rule follows links", {"daemon/policy/custom/a.c": C + "x = path_resolve(path, arena);\n"}),
    (rules.cli_includes, "cli includes policy", {"cli/a.c": C + '#include "policy/policy.h"\n'}),
    (rules.cli_includes, "cli includes daemon by path", {"cli/a.c": C + '#include "../daemon/request/argv/argv.h"\n'}),
    (rules.notifier_includes, "the notifier includes policy", {"notifier/a.c": C + '#include "policy/policy.h"\n'}),
    (rules.notifier_includes, "the notifier includes the command", {"notifier/a.c": C + '#include "cli/client.h"\n'}),
    (rules.libraries_at_home, "sd-bus outside bus", {"daemon/core/a.h": C + "#include <systemd/sd-bus.h>\n"}),
    (rules.libraries_at_home, "SQLite outside audit", {"daemon/bus/a.c": C + "#include <sqlite3.h>\n"}),
    (rules.libraries_at_home, "the HTTP server in main", {"daemon/sentineld.c": C + "#include <microhttpd.h>\n"}),
    (rules.timers_by_helper, "a timer of its own", {"daemon/core/a.c": C + "sd_event_add_time(event, &a, CLOCK_MONOTONIC, 0, 0, f, b);\n"}),
    (rules.timers_by_helper, "a relative timer", {"cli/a.c": C + "sd_event_add_time_relative(event, &a, CLOCK_MONOTONIC, 0, 0, f, b);\n"}),
    (rules.timers_by_helper, "a timer set by hand", {"daemon/bus/a.c": C + "(void)sd_event_source_set_time(timer, now);\n"}),
    (rules.licence_first, "no licence", {"cli/a.c": "int a;\n"}),
    (rules.licence_first, "a licence that is not first", {"tests/unit/a.h": "\n" + C}),
    (rules.not_too_long, "a long file", {"daemon/core/a.c": C + "\n" * rules.LINES_MAX}),
    (rules.not_too_long, "a long file of the helper for pins", {"pin/a.c": C + "\n" * rules.LINES_MAX}),
    (rules.not_too_long, "a long test", {"tests/unit/test-a.c": C + "\n" * rules.TEST_LINES_MAX}),
    (rules.not_too_long, "a long script", {"tests/e2e/test-a.sh": "#!/bin/bash\n" + "\n" * rules.TEST_LINES_MAX}),
    (rules.not_too_long, "a long script without an ending", {"check": "#!/bin/bash\n" + "\n" * rules.TEST_LINES_MAX}),
    (rules.nothing_unfinished, "unfinished", {"README.md": "fine\nTO" + "DO: write this\n"}),
    (rules.nothing_unfinished, "unfinished in C", {"cli/a.c": C + "/* FIX" + "ME */\n"}),
    (rules.nothing_foreign, "a path of a machine", {"docs/a.md": "see /wor" + "k/main\n"}),
    (rules.nothing_foreign, "a registry's host", {"check": "curl https://py" + "pi.org\n"}),
    (rules.nothing_half_merged, "our side of a conflict", {"README.md": "fine\n" + "<" * 7 + " HEAD\nours\n"}),
    (rules.nothing_half_merged, "what both sides had", {"docs/a.md": "|" * 7 + " 4aa8290\n"}),
    (rules.nothing_half_merged, "the middle of a conflict", {"cli/a.c": C + "=" * 7 + "\n"}),
    (rules.nothing_half_merged, "their side of a conflict", {"debian/rules": "theirs\n" + ">" * 7 + "\n"}),
    (rules.mutants_are_current, "a mutant of what is gone", {"tests/mutants/named.py": 'NAMED = [\n    ("cli/a.c", "b", "c"),\n]\n', "cli/a.c": C}),
    (rules.mutants_are_current, "a mutant of what is there twice", {"tests/mutants/named.py": 'NAMED = [("cli/a.c", "b;", "c;")]\n', "cli/a.c": C + "b;\nb;\n"}),
    (rules.all_built, "a C file that is not built", {"cli/a.c": C, "cli/meson.build": "executable('x', 'b.c')", "cli/b.c": C}),
    (rules.all_built, "a C file in a folder without meson.build", {"cli/new/a.c": C}),
    (rules.all_built, "a C file that the folder above does not build", {"cli/meson.build": "x = ['new/b.c']", "cli/new/a.c": C, "cli/new/b.c": C}),
    (rules.all_built, "a source that is not there", {"cli/meson.build": "executable('x', 'a.c')"}),
]

# What the rules must leave alone.
GOOD = {
    "daemon/bus/a.c": C + '#include <systemd/sd-bus.h>\n#include "audit/query.h"\n#include "dbus/names.h"\n#include "config.h"\n',
    "daemon/bus/b.h": C + "typedef struct Line Line;\n",
    "daemon/bus/c.c": C + "struct Line {\n",
    "notifier/b.c": C + '/* docs/a.md, "A b", says more */\ntypedef struct Line {\n',
    "tests/mutants/named.py": 'NAMED = [("notifier/b.c", "typedef", "Typedef")]\n',
    "tests/unit/long.sh": "\n" * rules.TEST_LINES_MAX,
    "docs/long.md": "\n" * (rules.TEST_LINES_MAX + 1),
    "daemon/bus/meson.build": "files('a.c', 'c.c')",
    "daemon/base/timer.c": C + "sd_event_add_time(event, &timer, CLOCK_MONOTONIC, 0, 1, f, b);\n",
    "daemon/base/meson.build": "files('timer.c')",
    "daemon/sentineld.c": C + '#include "bus/bus.h"\n#include "options.h"\n',
    "daemon/meson.build": "executable('sentineld', 'sentineld.c')",
    "cli/a.c": C + '#include <systemd/sd-bus.h>\n#include "base/nearest.h"\n#include "cli/cli.h"\n#include "config.h"\n',
    "cli/meson.build": "executable('sentinel', 'a.c')",
    "notifier/a.c": C + '#include "cli/variant.h"\n#include "dbus/names.h"\n#include "notifier/a.h"\n',
    "notifier/meson.build": "executable('sentinel-notifier', 'a.c', 'b.c')",
    "tests/unit/test-json.c": C + 'char name[] = "sentinel-XXXX' + 'XX";\n',
    "docs/a.md": "## A b\n\na << b >> c\n\n| a | b |\n|---|---|\n" + "=" * 6 + "\n" + "<" * 8 + "\nx " + "=" * 7 + "\n",
    "tests/unit/meson.build": "foreach noun : ['json']",
}


def read_tree(root):
    names = subprocess.run(
        ["git", "-c", "safe.directory=*", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True, capture_output=True, text=True).stdout
    tree = {}
    for name in filter(None, names.split("\0")):
        try:
            with open(f"{root}/{name}", encoding="utf-8", newline="") as file:
                tree[name] = file.read()
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            pass  # binary test data, a file deleted but not yet committed, a link to a folder
    return tree


def main():
    count = failures = 0

    def result(good, what, details=()):
        nonlocal count, failures
        count += 1
        failures += not good
        print("ok" if good else "not ok", count, "-", what)
        for line in details:
            print("#", line)

    for rule, what, tree in BAD:
        result(bool(list(rule(tree))), f"{rule.__name__} refuses: {what}")
    untested = {rule.__name__ for rule in rules.RULES} - {rule.__name__ for rule, _, _ in BAD}
    result(not untested, "every rule has been seen to fail", untested)
    tree = read_tree(sys.argv[1])
    result(len(tree) > 50, "the tree was read", [f"{len(tree)} files"])
    for rule in rules.RULES:
        complaints = list(rule(GOOD))
        result(not complaints, f"{rule.__name__} accepts what is right", complaints)
        complaints = list(rule(tree))
        result(not complaints, f"{rule.__name__} holds", complaints)
    print(f"1..{count}")
    return 1 if failures else 0


sys.exit(main())
