# SPDX-License-Identifier: MIT
"""What documents say of rules is what the tables say.  Prints TAP.

  test-printed.py PRINT-RULES ROOT [--write]

--write: puts it there.
"""
import os
import subprocess
import sys

# Document, the form of it, and the lines before and behind.
SCHEMAS = [sys.executable, "-B", "schemas/schemas.py", "schemas/answers.json", "--text"]
PARTS = [
    ("docs/JSON.md", None, "<!-- printed by schemas/schemas.py -->", "<!-- end of what is printed -->"),
    ("docs/CHEATSHEET.md", "cheatsheet", "<!-- printed by print-rules -->", "<!-- end of what is printed -->"),
    ("docs/POLICY.md", "policy", "<!-- printed by print-rules -->", "<!-- end of what is printed -->"),
    ("docs/man/sentinel-policy.5.scd", "manual", "; printed by print-rules", "; end of what is printed"),
]


def main():
    program, root = map(os.path.abspath, sys.argv[1:3])
    failed = 0
    for number, (name, form, before, behind) in enumerate(PARTS, 1):
        path = os.path.join(root, name)
        printed = subprocess.run([program, form] if form else SCHEMAS, check=True, capture_output=True, text=True, cwd=root).stdout.rstrip("\n")
        text = open(path).read()
        front, found, rest = text.partition(f"\n{before}\n")
        there, ended, rest = rest.partition(f"\n{behind}\n")
        good = bool(found and ended and printed) and there.strip("\n") == printed
        if found and ended and not good and "--write" in sys.argv:
            with open(path, "w") as file:
                file.write(f"{front}{found}\n{printed}\n\n{behind}\n{rest}")
            good = True
        failed += not good
        print(f"{'ok' if good else 'not ok'} {number} - what {name} says is what is printed (meson test printed --test-args=--write)")
    print(f"1..{len(PARTS)}")
    return failed > 0


sys.exit(main())
