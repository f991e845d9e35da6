#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""As much of a Docker as sentinel doctor asks: its version, and who is in its list of plugins.

engine.py SOCKET [PLUGIN]   listens until it is killed
"""
import json
import os
import socketserver
import sys
from http.server import BaseHTTPRequestHandler


class Handler(BaseHTTPRequestHandler):
    def address_string(self):
        return "unix"

    def do_GET(self):
        answers = {"version": {"Version": "28.0.0"}, "info": {"Plugins": {"Authorization": sys.argv[2:]}}}
        answer = answers.get(os.path.basename(self.path))
        body = json.dumps(answer or {"message": "not found"}).encode()
        self.send_response(200 if answer else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    socketserver.ThreadingUnixStreamServer(sys.argv[1], Handler).serve_forever()
