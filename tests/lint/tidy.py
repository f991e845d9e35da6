# SPDX-License-Identifier: MIT
"""clang-tidy over every C file of a build directory.  Prints TAP.

  tidy.py ROOT BUILD [--changed]

--changed: only what differs from the last commit, and what includes that.
What was clean is not read again: BUILD/tidy/HASH stands for one preprocessed file, the configuration and the version.
"""
import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys

root, build = sys.argv[1:3]
cache = os.path.join(build, "tidy")


def output(command, cwd=None):
    return subprocess.run(command, check=True, capture_output=True, cwd=cwd).stdout


def preprocess(entry):
    words = [word for word in shlex.split(entry["command"]) if word not in ("-c", "-MD")]
    for option in ("-o", "-MF", "-MQ"):
        at = words.index(option)
        del words[at:at + 2]
    return output(words + ["-E", "-C"], entry["directory"])


def changed_files():
    git = ["git", "-c", "safe.directory=*", "-C", root]
    names = output(git + ["diff", "-z", "--name-only", "HEAD"]) + output(git + ["ls-files", "-z", "--others", "--exclude-standard"])
    return [name for name in names.decode().split("\0") if name.endswith((".c", ".h"))]


def concerned(entry):
    text = preprocess(entry).decode(errors="replace")
    return any(re.search(rf'^# \d+ "(\S*/)?{re.escape(name)}"', text, re.M) for name in changed)


def check(entry):
    """(path, what clang-tidy says or None)"""
    path = os.path.normpath(os.path.join(entry["directory"], entry["file"]))
    name = os.path.relpath(path, root)
    try:
        stamp = os.path.join(cache, hashlib.sha256(settings + name.encode() + preprocess(entry)).hexdigest())
    except subprocess.CalledProcessError as error:
        return name, error.stderr.decode()
    if os.path.exists(stamp):
        return name, None
    run = subprocess.run(["clang-tidy", "--quiet", "-p", cache, path], capture_output=True, text=True)
    if run.returncode == 0:
        open(stamp, "w").close()
        return name, None
    return name, run.stdout or run.stderr


def entries():
    """One a file, also for clang-tidy, which reads a file once for each: what every fuzzer compiles again it would read ten times."""
    with open(os.path.join(build, "compile_commands.json")) as file:
        found = {os.path.normpath(os.path.join(entry["directory"], entry["file"])): entry for entry in json.load(file)}
    with open(os.path.join(cache, "compile_commands.json"), "w") as file:
        json.dump(list(found.values()), file)
    return [entry for path, entry in sorted(found.items()) if not path.startswith(build + "/")]


def refuses():
    """clang-tidy with this configuration has been seen to refuse."""
    bad = "int sign(int a);\nint sign(int a) { if (a > 0) return 1; else return 0; }\n"
    path = os.path.join(cache, "bad.c")
    with open(path, "w") as file:
        file.write(bad)
    run = subprocess.run(["clang-tidy", "--quiet", "--config-file", f"{root}/.clang-tidy", path, "--"], capture_output=True, text=True)
    os.remove(path)
    return run.returncode != 0 and "readability-else-after-return" in run.stdout


os.makedirs(cache, exist_ok=True)
settings = output(["clang-tidy", "--version"])
for name in (".clang-tidy", "tests/.clang-tidy"):
    with open(f"{root}/{name}", "rb") as file:
        settings += file.read()
good = refuses()
print("ok" if good else "not ok", "1 - clang-tidy refuses what is wrong")
failures, number, files = not good, 1, entries()
with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
    if "--changed" in sys.argv:
        changed = changed_files()
        todo = [entry for entry, yes in zip(files, pool.map(concerned, files)) if yes] if changed else []
    else:
        todo = files
    for name, complaint in pool.map(check, todo):
        number += 1
        failures += complaint is not None
        print("ok" if complaint is None else "not ok", number, "-", name, flush=True)
        for line in (complaint or "").splitlines():
            print("#", re.sub(r"\x1b\[[0-9;]*m", "", line))
print(f"1..{number}")
sys.exit(1 if failures else 0)
