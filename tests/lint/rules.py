# SPDX-License-Identifier: MIT
"""The rules of the tree that no compiler holds.

A tree is {path: text}.  A rule is a function that takes one and yields complaints ("path:line: what").
"""
import ast
import posixpath
import re

# base <- request <- policy <- core <- {authz, audit, scan, docker} <- bus <- service; docs/ARCHITECTURE.md says why.
MAY_INCLUDE = {
    "base": set(),
    "request": {"base"},
    "policy": {"base", "request"},
    "core": {"base", "request", "policy"},
    "authz": {"base", "request", "policy", "core"},
    "audit": {"base", "request", "policy", "core"},
    "scan": {"base", "request", "policy", "core"},
    "docker": {"base", "request", "policy", "core"},
    "bus": {"base", "request", "policy", "core", "authz", "audit", "scan", "docker", "dbus"},
    "service": {"base", "request", "policy", "core", "authz", "audit", "scan", "docker", "bus"},
}
CLI_MAY_INCLUDE = {"cli", "dbus", "base"}
# Of the command what its library has.
NOTIFIER_MAY_INCLUDE = {"notifier", "dbus", "base"}
CLIENT_LIBRARY = {"cli/cli.h", "cli/output.h", "cli/variant.h", "cli/when.h"}

# A library has one home in the daemon.
HOME = {
    "systemd/sd-bus.h": "daemon/bus",
    "microhttpd.h": "daemon/authz",
    "sqlite3.h": "daemon/audit",
    "yaml.h": "daemon/policy",
    "archive.h": "daemon/scan",
}
PROGRAMS = ("daemon/", "cli/", "helper/", "notifier/", "pin/", "proxy/")
# Code that runs may have so many lines, code and scripts that build and test it so many.
LINES_MAX = 400
TEST_LINES_MAX = 450
CODE = (".c", ".h", ".py", ".sh")

# A decision is made of what was read: these two alone look at the host, when a policy is loaded.
FOREIGN_HEADERS = {"sd-bus.h"}
LOOKS_AT_HOST = re.compile(r"\b(fopen|open|openat|stat|lstat|fstatat|statx|readlink|readlinkat|realpath|access|path_resolve|path_is_device)\(")
MAY_LOOK = {"daemon/policy/store.c", "daemon/policy/store-keys.c", "daemon/policy/template-store.c", "daemon/policy/compile.c"}

# sd-event's own timers are late by up to 250 ms when nobody thinks of their accuracy.
TIMERS = "daemon/base/timer.c"
OWN_TIMER = re.compile(r"\bsd_event_(add_time|source_set_time)(_relative|_accuracy)?\b")

# Spelled so that this file does not contain them.
UNFINISHED = re.compile(r"\b(TOD[O]|FIXM[E]|XX[X])\b")
FOREIGN = re.compile(
    r"(?<![\w.])/wor[k]/|helper sessio[n]|shared folde[r]|\bsubagen[t]|"
    r"deb\.debian\.or[g]|pypi\.or[g]|pythonhosted\.or[g]|npmjs\.or[g]|crates\.i[o]|proxy\.golang\.or[g]|rubygems\.or[g]", re.I)
CONFLICT = re.compile(r"^(<{7}( .*)?|\|{7}( .*)?|={7}|>{7}( .*)?)$")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def is_c(path):
    return path.endswith((".c", ".h"))


def lines(text):
    return enumerate(text.split("\n"), 1)


def includes(tree, top):
    for path, text in tree.items():
        if not (is_c(path) and path.startswith(top + "/")):
            continue
        for number, line in lines(text):
            found = INCLUDE.match(line)
            if found:
                yield path, number, found[1] == '"', found[2]


def daemon_includes(tree):
    for path, number, own, name in includes(tree, "daemon"):
        folder = path.split("/")[1] if path.count("/") > 1 else None
        if not own or folder is None or name == "config.h":
            continue
        if folder not in MAY_INCLUDE:
            yield f"{path}:{number}: tests/lint/rules.py does not know the folder daemon/{folder}"
            continue
        other = name.split("/")[0] if "/" in name else ""
        if other != folder and other not in MAY_INCLUDE[folder]:
            yield f"{path}:{number}: daemon/{folder} may not include {name}"


def cli_includes(tree):
    for path, number, own, name in includes(tree, "cli"):
        if own and name != "config.h" and posixpath.dirname(name) not in CLI_MAY_INCLUDE:
            yield f"{path}:{number}: cli may not include {name}"


def notifier_includes(tree):
    for path, number, own, name in includes(tree, "notifier"):
        if own and name != "config.h" and name not in CLIENT_LIBRARY and posixpath.dirname(name) not in NOTIFIER_MAY_INCLUDE:
            yield f"{path}:{number}: notifier may not include {name}"


def libraries_at_home(tree):
    for path, number, _, name in includes(tree, "daemon"):
        home = HOME.get(name)
        if home and not path.startswith(home + "/"):
            yield f"{path}:{number}: {name} belongs to {home} alone"


def words_have_one_meaning(tree):
    """A type that a header names is the only one of its name in its program: below the same top folder."""
    places = {}
    for path, text in tree.items():
        if path.startswith(PROGRAMS) and is_c(path):
            for name in set(re.findall(r"^typedef (?:struct|enum|union) (\w+) \{", text, re.M) + re.findall(r"^struct (\w+) \{", text, re.M)):
                places.setdefault((path.split("/")[0], name), set()).add(path)
    for path, text in tree.items():
        for name in re.findall(r"^typedef struct (\w+) \1;", text, re.M) if path.startswith(PROGRAMS) and path.endswith(".h") else ():
            homes = places.get((path.split("/")[0], name), set())
            if len(homes) > 1:
                homes.add(path)
    for (_, name), paths in sorted(places.items()):
        if len(paths) > 1 and any(path.endswith(".h") for path in paths):
            yield f"{sorted(paths)[0]}:1: {name} is also another type: {', '.join(sorted(paths)[1:])}"


def comments_name_files(tree):
    """A C file that a comment names with a folder of ours, or alone, is there; the kernel's and Docker's are named with a path of theirs."""
    known = {posixpath.basename(path) for path in tree}
    folders = {"base", "request", "argv", "policy", "core", "authz", "audit", "scan", "docker", "bus", "service", "cli", "helper", "notifier", "pin", "proxy", "tests"}
    for path, text in tree.items():
        if not (is_c(path) and path.startswith(PROGRAMS)):
            continue
        for number, line in lines(text):
            if INCLUDE.match(line) or not re.search(r"/\*|^\s*\*", line):
                continue
            for name in re.findall(r"(?<![\w<./-])([\w-]+(?:/[\w-]+)*\.[ch])\b(?!\()", line):
                ours = "/" not in name or name.split("/")[0] in folders
                if ours and posixpath.basename(name) not in known and name not in FOREIGN_HEADERS and "." not in name[:-2]:
                    yield f"{path}:{number}: {name} is not there"


def comments_name_sections(tree):
    """A document that a comment names is there, and so is the section in it."""
    for path, text in tree.items():
        if not (is_c(path) and path.startswith(PROGRAMS)):
            continue
        for comment in re.finditer(r"/\*.*?\*/", text, re.S):
            words = re.sub(r"\s+(?:\*\s)?\s*", " ", comment[0])
            for name, section in re.findall(r'\b(README(?:\.md)?|docs/\w+\.md)\b(?:[,:]? "([^"]+)")?', words):
                document = tree.get("README.md" if name.startswith("README") else name)
                if name.startswith("README") and not section:
                    continue  # of others
                if document is None or section and not re.search(rf"^#+ {re.escape(section)}$", document, re.M):
                    yield f'{path}:{text.count(chr(10), 0, comment.start()) + 1}: {name} {section} is not there'


def policy_is_pure(tree):
    for path, text in tree.items():
        if not path.startswith("daemon/policy/") or not is_c(path) or path in MAY_LOOK:
            continue
        for number, line in lines(text):
            if LOOKS_AT_HOST.search(line):
                yield f"{path}:{number}: a decision looks at the host; what it needs is read with the request (request/) or when the policy is loaded (compile.c)"


def timers_by_helper(tree):
    code = {path: text for path, text in tree.items() if is_c(path) and path.startswith(PROGRAMS) and path != TIMERS}
    return match_lines(code, OWN_TIMER, f"a timer beside {TIMERS}")


def licence_first(tree):
    for path, text in tree.items():
        if is_c(path) and not text.startswith("/* SPDX-License-Identifier: MIT"):
            yield f"{path}:1: does not start with the SPDX-License-Identifier line"


def not_too_long(tree):
    for path, text in tree.items():
        most = LINES_MAX if is_c(path) and path.startswith(PROGRAMS) else TEST_LINES_MAX
        if (path.endswith(CODE) or text.startswith("#!")) and text.count("\n") > most:
            yield f"{path}: {text.count(chr(10))} lines, at most {most}"


def mutants_are_current(tree):
    """What a mutant by name changes is there, once."""
    path = "tests/mutants/named.py"
    for node in ast.walk(ast.parse(tree.get(path, ""))):
        if isinstance(node, ast.Tuple):
            name, text, _ = ast.literal_eval(node)
            if tree.get(name, "").count(text) != 1:
                yield f"{path}:{node.lineno}: {name} does not have this once: {text}"


def match_lines(tree, pattern, what):
    for path, text in tree.items():
        for number, line in lines(text):
            found = pattern.search(line)
            if found:
                yield f"{path}:{number}: {what}: {found[0]}"


def nothing_unfinished(tree):
    return match_lines(tree, UNFINISHED, "unfinished")


def nothing_foreign(tree):
    return match_lines(tree, FOREIGN, "does not belong into the project")


def nothing_half_merged(tree):
    return match_lines(tree, CONFLICT, "a merge that nobody finished")


def all_built(tree):
    """Every C file is named by the meson.build of its folder or the one above, whole or as a noun of a loop, and every file named is there."""
    for path in tree:
        folder, name = posixpath.split(path)
        build = posixpath.join(folder, "meson.build")
        if path.endswith(".c") and build not in tree:
            build = posixpath.join(posixpath.dirname(folder), "meson.build")
            name = posixpath.relpath(path, posixpath.dirname(build))
        if path.endswith(".c"):
            noun = re.sub(r"^(test|fuzz|bench)-", "", name[:-2])
            if not re.search(rf"'(\S*/)?({re.escape(name)}|{re.escape(noun)})'", tree.get(build, "")):
                yield f"{path}: {build} does not name it"
        if path != build:
            continue
        for number, line in lines(tree[path]):
            for source in re.findall(r"'([\w./-]*\w\.c)'", line):
                if posixpath.normpath(posixpath.join(folder, source)) not in tree and source != "templates.c":
                    yield f"{path}:{number}: {source} is not there"


RULES = [daemon_includes, cli_includes, notifier_includes, libraries_at_home, policy_is_pure, words_have_one_meaning, comments_name_files, comments_name_sections, timers_by_helper, licence_first, not_too_long, nothing_unfinished, nothing_foreign,
         nothing_half_merged, mutants_are_current, all_built]
