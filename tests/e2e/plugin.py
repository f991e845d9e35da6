"""The plugin socket, as an HTTP connection."""
import http.client
import socket


class Connection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("plugin", timeout=10)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(10)
        self.sock.connect(self.path)
