# SPDX-License-Identifier: MIT
"""What the helper takes to make a pin when it is warm, and what mount(8) takes for a plain bind mount in the same turns: the medians, and their ratio."""
import statistics
import subprocess
import sys
import time

import bed
from bed import ALICE, ok, own
from pins import DROP, OK

ROUNDS = 200
MOST_MS = 10


def timed(call):
    begun = time.perf_counter()
    result = call()
    return (time.perf_counter() - begun) * 1000, result


def measure(helper, mounts):
    project, point = own(f"{mounts}/ext4/project", ALICE), own(f"{mounts}/ext4/point", 0)
    pins, binds, good = [], [], True
    for turn in range(ROUNDS + 5):
        spent, answer = timed(lambda: helper.make(project, ALICE))
        good &= answer.result == OK and helper.ask(DROP, uid=ALICE, name=answer.items[0]["name"]).result == OK
        plain, _ = timed(lambda: subprocess.run(["mount", "--bind", project, point], check=True))
        subprocess.run(["umount", point], check=True)
        if turn >= 5:  # the first are to warm up
            pins.append(spent)
            binds.append(plain)
    pin, bind = statistics.median(pins), statistics.median(binds)
    print(f"# a pin: {pin:.2f} ms (19 of 20 in {sorted(pins)[ROUNDS * 19 // 20]:.2f} ms); mount --bind: {bind:.2f} ms; ratio {pin / bind:.2f}; medians of {ROUNDS}")
    ok(good, "all of them were made")
    ok(pin <= MOST_MS, f"a pin takes at most {MOST_MS} ms")


sys.exit(bed.run_tests(measure, ("ext4",)))
