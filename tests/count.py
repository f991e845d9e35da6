# SPDX-License-Identifier: MIT
"""Adds up what a run of `meson test` did: count.py LOG ("meson-logs/testlog.json").

Prints "PASSED FAILED SKIPPED", then the name and output of every test that did not pass or skipped something.
TAP tests count by their lines, others as one.  A test that broke without saying "not ok" is one failure.
"""
import json
import re
import sys

RESULT = re.compile(r"^(not )?ok\b(?:(?!#).)*(#\s*skip\b)?", re.I)
PASSED = re.compile(r"^ok\b(?!.*#\s*skip)", re.I)
PLAN_SKIPS = re.compile(r"^1\.\.0\b.*skip", re.I)


def count(test):
    passed = failed = skipped = 0
    for line in test.get("stdout", "").splitlines():
        found = RESULT.match(line)
        if found and found[2]:
            skipped += 1
        elif found and found[1]:
            failed += 1
        elif found:
            passed += 1
        elif PLAN_SKIPS.match(line):
            skipped += 1
    if test["result"] == "SKIP":
        skipped = max(skipped, 1)
    elif test["result"] != "OK":
        failed = max(failed, 1)
    elif not passed + failed + skipped:
        passed = 1
    return passed, failed, skipped


def main():
    totals, details = [0, 0, 0], []
    with open(sys.argv[1], encoding="utf-8") as log:
        for test in map(json.loads, filter(str.strip, log)):
            counts = count(test)
            totals = [sum(pair) for pair in zip(totals, counts)]
            if counts[1] or counts[2]:
                output = test.get("stdout", "").splitlines() + test.get("stderr", "").splitlines()
                details.append(f"--- {test['name']}: {test['result']}, {test['duration']:.1f} s")
                details += [line for line in output if not PASSED.match(line)]
    print(*totals)
    print("\n".join(details))


main()
