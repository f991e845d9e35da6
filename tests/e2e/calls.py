#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""calls.py COUNT NAME=SOCKET...: so many GETs at each, in turns, over connections that stay; the median of each in µs, and by how much the last is above the one before."""
import socket
import statistics
import sys
import time

GET = b"GET /v1.41/containers/json HTTP/1.1\r\nHost: docker\r\n\r\n"
TURN = 50


def call(end):
    start = time.perf_counter_ns()
    end.sendall(GET)
    answer = end.recv(65536)
    while b"\r\n\r\n" not in answer:
        answer += end.recv(65536)
    head, _, body = answer.partition(b"\r\n\r\n")
    length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
    while len(body) < length:
        body += end.recv(65536)
    return (time.perf_counter_ns() - start) / 1000


def main(count, *places):
    ends, times = {}, {}
    for name, path in (place.split("=") for place in places):
        ends[name], times[name] = socket.socket(socket.AF_UNIX), []
        ends[name].connect(path)
    for turn in range(int(count) // TURN + 1):
        for name, end in ends.items():
            took = [call(end) for _ in range(TURN)]
            if turn:
                times[name] += took
    medians = {name: statistics.median(all) for name, all in times.items()}
    *_, before, last = medians.values()
    print(", ".join(f"{name} {median:.0f} µs" for name, median in medians.items()) + f", more: {last - before:.0f}")


main(*sys.argv[1:])
