#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""journal.py ROWS - an audit trail of so many decisions on stdout, one a second until now: mostly reads, some denials."""
import json
import sys
import time

FINDING = {"rule": "container.privileged", "severity": "critical", "category": "container", "action": "block", "message": "The container is privileged."}


def record(number, when):
    denied = number % 50 == 0
    return {
        "v": 1, "id": number, "time": when, "decision": "denied" if denied else "allowed", "mode": "enforce", "policy": "production",
        "score": 60 if denied else 0, "max_score": 50, "user": f"user{number % 40}", "method": "POST" if denied else "GET",
        "uri": "/v1.41/containers/create" if denied else "/v1.41/containers/json", "endpoint": "container.create" if denied else "container.list",
        "command": f"docker create --privileged image{number % 300}:1" if denied else "docker ps", "image": f"image{number % 300}:1" if denied else "",
        "subject": "", "duration_us": 300, "findings": [FINDING] if denied else [],
    }


def main():
    rows = int(sys.argv[1])
    begin = int(time.time() - rows) * 1000000
    # What differs between two records of the same remainder is put into the text: 10 million are made in seconds.
    period = 600
    texts = []
    for number in range(period):
        line = json.dumps(record(number + period, 7777), separators=(",", ":"))
        texts.append(line.replace(f'"id":{number + period},"time":7777', '"id":%d,"time":%d') + "\n")
    for start in range(1, rows + 1, 10000):
        numbers = range(start, min(start + 10000, rows + 1))
        sys.stdout.write("".join(texts[number % period] % (number, begin + number * 1000000) for number in numbers))


main()
