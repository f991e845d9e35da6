# SPDX-License-Identifier: MIT
"""An https server of one directory, and of some that are wrong.  Prints its port.
   https.py CERTIFICATE KEY DIRECTORY
/endless/ sends without end, /short/ less than it says, /away/ to http, /missing/ has nothing."""
import http.server
import os
import ssl
import sys

certificate, key, directory = sys.argv[1:]


class Handler(http.server.BaseHTTPRequestHandler):
    def say(self, status, length=None, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def do_GET(self):
        first, _, name = self.path.lstrip("/").rpartition("/")
        if first == "endless":
            self.say(200)
            try:
                while True:
                    self.wfile.write(b" " * 65536)
            except OSError:
                return
        elif first == "short":
            self.say(200, 4000)
            self.wfile.write(b" " * 100)
        elif first == "away":
            self.say(302, 0, Location="http://127.0.0.1:1/" + name)
        elif first == "missing" or not os.path.isfile(os.path.join(directory, name)):
            self.say(404, 0)
        else:
            with open(os.path.join(directory, name), "rb") as file:
                text = file.read()
            self.say(200, len(text))
            self.wfile.write(text)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
