#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""As much of a Docker as sentinel doctor and a scan ask: its version, one image, and a ping about which it asks a plugin or does not.

engine.py SOCKET [PLUGIN_SOCKET]   listens until it is killed; what it says of itself (/info) is in the file $ENGINE_INFO
"""
import http.client
import json
import os
import socket
import socketserver
import sys
from http.server import BaseHTTPRequestHandler


ID = "sha256:" + "a" * 64
IMAGE = {"/images/a:1/json": {"Id": ID, "Config": {}}, f"/images/{ID}/get": "what docker save writes"}


class Plugin(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(sys.argv[2])


class Handler(BaseHTTPRequestHandler):
    def address_string(self):
        return "unix"

    def ask(self):
        plugin = Plugin("plugin")
        call = {"RequestMethod": "GET", "RequestUri": self.path, "RequestHeaders": dict(self.headers.items())}
        plugin.request("POST", "/AuthZPlugin.AuthZReq", json.dumps(call), {"Content-Type": "application/json"})
        return json.load(plugin.getresponse())["Allow"]

    def do_GET(self):
        answers = {"version": {"Version": "28.0.0"}, "_ping": "OK"}
        if self.path == "/info" and "ENGINE_INFO" in os.environ:
            with open(os.environ["ENGINE_INFO"], encoding="utf-8") as info:
                answers["info"] = json.load(info)
        answer = answers.get(os.path.basename(self.path)) or IMAGE.get(self.path)
        allowed = len(sys.argv) < 3 or self.ask()
        body = json.dumps(answer or {"message": "not found"}).encode()
        self.send_response((200 if answer else 404) if allowed else 403)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    socketserver.ThreadingUnixStreamServer(sys.argv[1], Handler).serve_forever()
