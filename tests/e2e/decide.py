#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""decide.py SOCKET COUNT - the microseconds that the plugin takes for one decision about a create call: the median of so many."""
import base64
import json
import statistics
import sys
import time

from plugin import Connection

BODY = base64.b64encode(json.dumps({"Image": "busybox:1.36", "User": "1000", "HostConfig": {"Memory": 67108864, "NetworkMode": "none"}}).encode()).decode()
QUESTION = json.dumps({"RequestMethod": "POST", "RequestUri": "/v1.41/containers/create", "RequestHeaders": {"Content-Type": "application/json"},
                       "RequestBody": BODY})


def main():
    connection, times = Connection(sys.argv[1]), []
    for _ in range(int(sys.argv[2])):
        begun = time.monotonic()
        connection.request("POST", "/AuthZPlugin.AuthZReq", QUESTION, {"Content-Type": "application/json"})
        answer = json.loads(connection.getresponse().read())
        times.append(time.monotonic() - begun)
        if not answer["Allow"]:
            sys.exit(answer["Msg"])
    print(round(statistics.median(times) * 1000000))


main()
