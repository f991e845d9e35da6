#!/usr/bin/python3
"""load.py SOCKET SECONDS THREADS OUT - asks the plugin as dockerd does, until the time is over.

Every question is about an image of its own name.  OUT gets the names that were answered, one a line:
each of them must have its line in the journal, whatever happened to the server meanwhile."""
import base64
import http.client
import json
import sys
import threading
import time

from plugin import Connection


def question(name):
    body = base64.b64encode(json.dumps({"Image": name, "HostConfig": {"Privileged": True}}).encode()).decode()
    return json.dumps({
        "RequestMethod": "POST",
        "RequestUri": "/v1.41/containers/create",
        "RequestHeaders": {"Content-Type": "application/json"},
        "RequestBody": body,
    })


def ask(path, end, number, answered, allowed):
    connection, count = Connection(path), 0
    while time.monotonic() < end:
        count += 1
        name = f"load-{number}-{count}:1"
        try:
            connection.request("POST", "/AuthZPlugin.AuthZReq", question(name), {"Content-Type": "application/json"})
            answer = json.loads(connection.getresponse().read())
        except (OSError, http.client.HTTPException, ValueError):
            connection.close()
            time.sleep(0.01)
            continue
        answered.append(name)
        if answer["Allow"]:
            allowed.append(name)


def main():
    path, seconds, threads, out = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    answered, allowed = [], []
    end = time.monotonic() + seconds
    workers = [threading.Thread(target=ask, args=(path, end, i, answered, allowed)) for i in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with open(out, "w", encoding="utf-8") as file:
        file.writelines(name + "\n" for name in answered)
    print(f"{len(answered)} answered, {len(allowed)} allowed")
    sys.exit(0 if answered and not allowed else 1)


main()
