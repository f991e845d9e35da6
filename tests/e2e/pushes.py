#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""pushes.py SOCKET IMAGE COUNT - a name that is pushed to a registry which says nothing, and so many calls to Docker that would give it to
another image and wait; one that is denied comes again a second later.  Says "ready" when no more may wait; until killed."""
import http.client
import select
import socket
import sys
import threading
import time

PAUSE_S = 1
FULL = threading.Event()


class Docker(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("docker")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def post(path, uri, headers=None):
    docker = Docker(path)
    try:
        docker.request("POST", "/v1.41" + uri, headers=headers or {})
        answer = docker.getresponse()
        return answer.status, answer.read()
    except OSError:
        return 0, b""
    finally:
        docker.close()


def push(path, name):
    while True:
        post(path, f"/images/{name}/push?tag=1", {"X-Registry-Auth": "e30="})
        time.sleep(PAUSE_S)


def move(path, image, name):
    while True:
        status, said = post(path, f"/images/{image}/tag?repo={name}&tag=1")
        if status >= 400 and b"too many" in said:
            FULL.set()
        time.sleep(PAUSE_S)


def main():
    path, image, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    silent = socket.create_server(("127.0.0.1", 5009))
    name = "127.0.0.1:5009/team/app"
    status, said = post(path, f"/images/{image}/tag?repo={name}&tag=1")
    if status != 201:
        sys.exit(f"the name cannot be given: {status} {said.decode()}")
    threading.Thread(target=push, args=(path, name), daemon=True).start()
    select.select([silent], [], [])  # Docker is there: the push runs
    for _ in range(count):
        threading.Thread(target=move, args=(path, image, name), daemon=True).start()
    if not FULL.wait(20):
        sys.exit("they do not fill what may wait")
    print("ready", flush=True)
    time.sleep(3600)


main()
