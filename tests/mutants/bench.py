# SPDX-License-Identifier: MIT
"""A copy of the tree with a build directory, in which mutants are tried one after the other."""
import collections
import hashlib
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SUITES = ("unit", "bus", "cli")
QUICK_S = 1.0
ON_THE_BUS = ("daemon/bus", "daemon/service", "daemon", "dbus")  # what only a running service calls
# In the copy the library is a shared one: a mutant is linked once, and not into every test.
LIBRARY = ("daemon/meson.build", "static_library('sentinel-core'", "shared_library('sentinel-core'")
Test = collections.namedtuple("Test", "name command env timeout targets directory")


def read(name):
    with open(os.path.join(ROOT, name), encoding="utf-8") as file:
        return file.read()


def changed(text, mutant):
    """The text with the mutant in it, or None when its place is not there."""
    if mutant.kind == "named":
        return text.replace(mutant.old, mutant.new) if text.count(mutant.old) == 1 else None
    lines = text.split("\n")
    if mutant.line > len(lines) or lines[mutant.line - 1] != mutant.old:
        return None
    lines[mutant.line - 1] = mutant.new
    return "\n".join(lines)


class Bench:
    """The copy of the tree and its build directory."""

    def __init__(self, scratch, suites):
        self.suites = set(suites)
        self.tree, self.build = os.path.join(scratch, "tree"), os.path.join(scratch, "build")
        self.log, self.times = os.path.join(scratch, "log"), os.path.join(scratch, "times")
        self.copy()
        self.set_up()
        self.tests = {test.name: test for test in self.read_tests()}
        self.objects = self.read_objects()
        self.exports, self.reach, self.calls, self.original, self.seconds = {}, {}, {}, {}, {}
        self.read_links()

    def copy(self):
        os.makedirs(self.tree, exist_ok=True)
        listed = subprocess.run(["git", "-c", "safe.directory=*", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                                check=True, capture_output=True, text=True).stdout.split("\0")
        wanted = {name for name in listed if name and os.path.exists(os.path.join(ROOT, name))}
        for folder, _, names in os.walk(self.tree):
            for name in names:
                path = os.path.join(folder, name)
                if os.path.relpath(path, self.tree) not in wanted:
                    os.unlink(path)
        for name in wanted:
            target = os.path.join(self.tree, name)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            wanted_bytes = self.source(name)
            if not os.path.exists(target) or wanted_bytes != open(target, "rb").read():
                shutil.copy(os.path.join(ROOT, name), target)
                with open(target, "wb") as file:
                    file.write(wanted_bytes)

    @staticmethod
    def source(name):
        with open(os.path.join(ROOT, name), "rb") as file:
            content = file.read()
        if name == LIBRARY[0]:
            if content.count(LIBRARY[1].encode()) != 1:
                sys.exit(f"{name} no longer has: {LIBRARY[1]}")
            content = content.replace(LIBRARY[1].encode(), LIBRARY[2].encode())
        return content

    def set_up(self):
        if not os.path.exists(os.path.join(self.build, "build.ninja")):
            env = dict(os.environ)
            if shutil.which("ld.lld"):
                env["CC_LD"] = "lld"  # most of the time goes into linking
            subprocess.run(["meson", "setup", self.build, self.tree, "-Dbuildtype=plain", "-Doptimization=1", "-Dall_tests=true"],
                           check=True, env=env, stdout=subprocess.DEVNULL)
        if not self.ninja([]):
            sys.exit("the tree does not build: " + self.log)

    def introspect(self, what):
        found = subprocess.run(["meson", "introspect", "--" + what, self.build], check=True, capture_output=True, text=True)
        return json.loads(found.stdout)

    def ninja(self, targets):
        with open(self.log, "wb") as log:
            return subprocess.run(["ninja", "-j1", "-C", self.build, *targets], stdout=log, stderr=log).returncode == 0

    def read_tests(self):
        files = {target["id"]: [os.path.relpath(name, self.build) for name in target["filename"]] for target in self.introspect("targets")}
        for test in self.introspect("tests"):
            suites = [suite.split(":")[-1] for suite in test["suite"]]
            if set(suites) & self.suites:
                targets = [name for need in test["depends"] for name in files.get(need, []) if not name.endswith((".service", ".xml", ".policy"))]
                yield Test(f"{suites[0]}/{test['name']}", test["cmd"], test["env"], test["timeout"], targets, test["workdir"] or self.build)

    def read_objects(self):
        """The objects of each source: more than one when it is linked into more than one program."""
        objects = collections.defaultdict(list)
        with open(os.path.join(self.build, "compile_commands.json"), encoding="utf-8") as file:
            for entry in json.load(file):
                name = os.path.relpath(os.path.join(self.build, entry["file"]), self.tree)
                objects[name].append(os.path.join(self.build, entry["output"]))
        return objects

    def names(self, *options):
        """The symbols of the first object of each source."""
        first = {outputs[0]: name for name, outputs in self.objects.items()}
        found = subprocess.run(["nm", "-A", "-P", *options, *first], capture_output=True, text=True)
        names = {name: set() for name in self.objects}
        for line in found.stdout.splitlines():
            path, symbol = line.split(": ", 1)
            names[first[path]].add(symbol.split()[0])
        return names

    def read_links(self):
        """Which tests have a file in them: what their own objects name, and what that names, as a linker would pull it from an archive."""
        self.exports, named, defined = self.names("--defined-only", "-g"), self.names("--undefined-only"), {}
        for name in self.objects:
            if not name.startswith("tests/"):
                for symbol in self.exports[name] - {"main"}:
                    defined.setdefault(symbol, name)
        for target in {target for test in self.tests.values() for target in test.targets}:
            own = [name for name, outputs in self.objects.items() if any(os.path.relpath(output, self.build).startswith(target + ".p/") for output in outputs)]
            todo, reached = list(own), set(own)
            while todo:
                for symbol in named[todo.pop()]:
                    file = defined.get(symbol)
                    if file and file not in reached:
                        reached.add(file)
                        todo.append(file)
            self.reach[target] = reached
        for test in self.tests.values():
            noun = os.path.splitext(os.path.basename(test.command[0]))[0]
            self.calls[test.name] = set().union(*(named[name] for name in self.objects if name.startswith("tests/") and os.path.basename(name) == noun + ".c"), set())
        self.original = {output: file_digest(output) for outputs in self.objects.values() for output in outputs}

    def tests_of(self, name):
        able = [test for test in self.tests.values() if any(name in self.reach[target] for target in test.targets)]
        near = [test for test in able if self.seconds.get(test.name, 0) < QUICK_S or self.is_near(test, name)]
        stem = os.path.splitext(os.path.basename(name))[0]
        return sorted(near, key=lambda test: (-len(self.exports[name] & self.calls[test.name]), test.name.split("/")[1] not in stem, self.seconds.get(test.name, 0)))

    def is_near(self, test, name):
        """A test that takes long is only for the folders that it calls; one that starts a service, for what nothing else calls."""
        calls = self.calls[test.name]
        if test.name.startswith(("bus/", "cli/")):
            return os.path.dirname(name) in ON_THE_BUS or name.startswith(("cli/", "helper/"))
        if not calls:
            return True
        folder = name.split("/")[:2]
        return any(self.exports[other] & calls for other in self.objects if other.split("/")[:2] == folder)

    def run(self, test, patience=None):
        """True when it passes; what fails is ended at its first failure.  Its processes are a session of their own, and gone afterwards."""
        begun = time.monotonic()
        process = subprocess.Popen(test.command, cwd=test.directory, env={**os.environ, **test.env}, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        end, output, left = begun + (patience or test.timeout), b"", True
        while left and time.monotonic() < end and not re.search(rb"^not ok", output, re.M):
            if select.select([process.stdout], [], [], max(0, end - time.monotonic()))[0]:
                piece = os.read(process.stdout.fileno(), 65536)
                left, output = bool(piece), output + piece
        good = not left and not re.search(rb"^not ok", output, re.M)
        try:
            good = good and process.wait(max(1, end - time.monotonic())) == 0
        except subprocess.TimeoutExpired:
            good = False
        process.stdout.close()
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
        return good, time.monotonic() - begun

    def baseline(self):
        """How long each takes; what fails here, as a program that may not read the copy, cannot tell anything."""
        broken = set()
        for test in self.tests.values():
            good, seconds = self.run(test)
            if not good:
                good, seconds = self.run(test)
            self.seconds[test.name] = seconds
            if not good:
                print(f"left out, for it fails without any mutant: {test.name}", flush=True)
                broken.add(test.name)
        self.tests = {name: test for name, test in self.tests.items() if name not in broken}
        with open(self.times, "w", encoding="utf-8") as file:
            json.dump(self.seconds, file)

    def recall(self):
        """The times of the last run, instead of a new look; False: there are none."""
        if os.path.exists(self.times):
            with open(self.times, encoding="utf-8") as file:
                self.seconds = json.load(file)
        self.tests = {name: test for name, test in self.tests.items() if name in self.seconds}
        return bool(self.tests)

    def fails(self, tests):
        """The name of the first that fails, twice: once may be the machine, which has other work, too."""
        for test in tests:
            patience = 10 + 6 * self.seconds[test.name]
            if not self.run(test, patience)[0] and not self.run(test, patience)[0]:
                return test.name
        return None

    def write(self, name, text):
        with open(os.path.join(self.tree, name), "w", encoding="utf-8") as file:
            file.write(text)

    def restore(self, name):
        self.write(name, read(name))

    def attempt(self, mutant):
        """How it ended: killed by NAME, survived, invalid (the compiler), same (the same object), stale."""
        text = changed(read(mutant.file), mutant) if mutant.kind != "stale" else None
        if text is None:
            return "stale"
        tests = self.tests_of(mutant.file)
        self.write(mutant.file, text)
        try:
            outputs = self.objects[mutant.file]
            if not self.ninja([os.path.relpath(output, self.build) for output in outputs]):
                return "invalid"
            if all(file_digest(output) == self.original[output] for output in outputs):
                return "same"
            if not self.ninja(sorted({target for test in tests for target in test.targets})):
                return "invalid"
            failed = self.fails(tests)
            if failed:
                return "killed by " + failed
            return "survived"
        finally:
            self.restore(mutant.file)


def file_digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()
