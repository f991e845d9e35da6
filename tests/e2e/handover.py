#!/usr/bin/python3
"""handover.py SENTINELD DIR - ends a sentineld whose socket somebody holds, as systemd does, while a call waits for Docker.

Prints, a line each: what the call that waits is told (status, where to ask again), what a connection gets that was made before the end and
used after it, what an idle one gets that is used then, whether the end was quick, and what the next instance says of the call."""
import contextlib
import http.client
import json
import sys
import threading
import time

import drain
import holder


class Docker(drain.Docker):
    """Does not answer until it is told to."""
    asked, open = threading.Event(), threading.Event()

    def do_GET(self):
        if "/volumes/" in self.path:
            self.asked.set()
            self.open.wait(20)
        with contextlib.suppress(BrokenPipeError):
            self.send_error(404)


CREATE = ("POST", "/v1.41/containers/create", {"Image": "busybox:1.36", "User": "1000", "HostConfig": {"Memory": 67108864, "Binds": ["data:/data"]}})


def write(connection, path, question):
    connection.request("POST", path, json.dumps(question))


def said(connection):
    try:
        answer = connection.getresponse()
        return answer, json.loads(answer.read())
    except (OSError, http.client.HTTPException, ValueError) as problem:
        return None, f"no answer: {type(problem).__name__}"


def late(connection):
    """What a call gets on a connection that was there before."""
    try:
        write(connection, drain.PATH, drain.question("GET", "/_ping"))
    except BrokenPipeError:
        return "nothing was taken"
    return json.dumps(said(connection)[1])


def main():
    sentineld, folder = sys.argv[1:]
    plugin = f"{folder}/plugin.sock"
    drain.serve(f"{folder}/docker.sock", Docker)
    listener = holder.listen(plugin)
    words = [sentineld, "--config-dir", f"{folder}/guard", "--docker-host", f"unix://{folder}/docker.sock", "--bus", "none", "--log-level", "error"]
    first = holder.start(listener, words)
    kept, waiting, fresh = (drain.Connection(plugin) for _ in range(3))
    write(kept, drain.PATH, drain.question("GET", "/_ping"))
    kept.getresponse().read()
    write(waiting, drain.PATH, drain.question(*CREATE))
    Docker.asked.wait(10)
    fresh.connect()
    time.sleep(0.05)
    begun = time.monotonic()
    first.terminate()
    time.sleep(0.1)
    heard = late(fresh)
    answer, _ = said(waiting)
    print(answer and (answer.status, answer.getheader("Location"), answer.getheader("Connection")))
    print(heard)
    print(late(kept))
    code = first.wait(20)
    print(code, "at once" if time.monotonic() - begun < 2 else "late")
    second = holder.start(listener, words)
    again = drain.Connection(plugin)
    write(again, answer.getheader("Location") if answer else drain.PATH, drain.question(*CREATE))
    Docker.open.set()
    print(json.dumps(said(again)[1]))
    second.terminate()
    second.wait(20)


main()
