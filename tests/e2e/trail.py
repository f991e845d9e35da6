# SPDX-License-Identifier: MIT
"""A trail that grows and whose files are put away as daemon/audit/rotate.c does it: a second name for the old file, then a new one in its place.
   trail.py DIRECTORY FIRST COUNT RECORDS_OF_A_FILE"""
import json
import os
import random
import sys
import time

directory, first, count, each = sys.argv[1], *map(int, sys.argv[2:])
current = os.path.join(directory, "audit.jsonl")
file = open(current, "ab", buffering=0)
for number in range(first, first + count):
    command = "docker run --label 'a\\b' \"€\" " + "x" * (60000 if number % 500 == 7 else random.randint(1, 900))
    record = {"v": 2, "id": number, "time": int(time.time() * 1e6), "decision": "denied" if number % 3 else "allowed", "command": command}
    file.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")
    if number % each == 0:
        begun = os.path.join(directory, "audit.jsonl.new")
        after = open(begun, "ab", buffering=0)
        after.write(b'{"segment":1,"position":%d}\n' % number)
        os.link(current, os.path.join(directory, "audit-%020d.jsonl" % (number - each + 1)))
        os.rename(begun, current)
        file.close()
        file = after
