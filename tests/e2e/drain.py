#!/usr/bin/python3
"""drain.py SENTINELD DIR - tells sentineld to end while a call waits for Docker, which asks about our question.

A Docker of its own answers one question only after it has asked the plugin about it on a new connection, and
that only after sentineld was told to end, as late as after two tries of Docker's that failed (1 s and 2 s).  Prints what the waiting call was answered, and how sentineld ended."""
import base64
import http.client
import http.server
import json
import os
import signal
import socketserver
import subprocess
import sys
import threading
import time

from plugin import Connection


PATH = "/AuthZPlugin.AuthZReq"


def question(method, uri, body=None):
    words = {"RequestMethod": method, "RequestUri": uri}
    if body:
        words["RequestBody"] = base64.b64encode(json.dumps(body).encode()).decode()
        words["RequestHeaders"] = {"Content-Type": "application/json"}
    return words


def ask(path, *words):
    connection = Connection(path)
    try:
        connection.request("POST", PATH, json.dumps(question(*words)))
        return json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError) as problem:
        return {"Allow": False, "Msg": f"no answer: {problem}"}
    finally:
        connection.close()


class Docker(http.server.BaseHTTPRequestHandler):
    service = None
    plugin = ""

    def do_GET(self):
        if "/volumes/" not in self.path:
            self.send_error(404)
            return
        self.service.send_signal(signal.SIGTERM)
        time.sleep(3.3)
        allowed = ask(self.plugin, "GET", self.path)["Allow"]
        answer = json.dumps({"Name": "data", "Driver": "local", "Mountpoint": "/x", "Options": None}).encode()
        self.send_response(200 if allowed else 403)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def address_string(self):
        return "unix"

    def log_message(self, *_):
        pass


def serve(path, handler):
    server = socketserver.ThreadingUnixStreamServer(path, handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()


def main():
    sentineld, folder = sys.argv[1:]
    docker, Docker.plugin = f"{folder}/docker.sock", f"{folder}/plugin.sock"
    serve(docker, Docker)
    Docker.service = subprocess.Popen([sentineld, "--config-dir", f"{folder}/guard", "--authz-socket", Docker.plugin,
                                       "--docker-host", f"unix://{docker}", "--bus", "none", "--log-level", "error"])
    while not os.path.exists(Docker.plugin):
        time.sleep(0.05)
    answer = ask(Docker.plugin, "POST", "/v1.41/containers/create",
                 {"Image": "busybox:1.36", "User": "1000", "HostConfig": {"Memory": 67108864, "Binds": ["data:/data"]}})
    print(json.dumps(answer, ensure_ascii=False))
    print(Docker.service.wait(15))


if __name__ == "__main__":
    main()
