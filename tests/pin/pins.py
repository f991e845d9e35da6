# SPDX-License-Identifier: MIT
"""Speaks to sentinel-pin as sentineld does (daemon/base/pin-wire.h), and starts it as systemd does."""
import array
import os
import socket
import struct
import subprocess

MAKE, DROP, LIST, LOOK, TAKE, BIND, END = range(7)
OK, REFUSED, NOT_FOUND, FULL, FAILED = range(5)
READ_ONLY, KEEP, SESSION, ABSENT, ONCE = 1, 2, 4, 8, 16
ENDLESS = 2**64 - 1
QUESTION = struct.Struct("=6I3Q40s72s")
HEAD = struct.Struct("=4I512s")
ITEM = struct.Struct("=6Q4I40s72s512s")
ITEM_FIELDS = ("serial", "made", "expires", "device", "inode", "token", "uid", "map", "flags", "state", "name", "container", "origin")


def text(raw):
    return raw.split(b"\0")[0].decode() if isinstance(raw, bytes) else raw


class Answer:
    def __init__(self, packet):
        self.number, self.result, count, _, words = HEAD.unpack_from(packet)
        self.text = text(words)
        self.items = [dict(zip(ITEM_FIELDS, map(text, ITEM.unpack_from(packet, HEAD.size + i * ITEM.size)))) for i in range(count)]


class Client:
    """Somebody who asks the helper behind the socket `path`."""

    def __init__(self, path, dir="/run/sentinel/pins"):
        self.path = path
        self.dir = dir
        self.number = 0
        self.connect()

    def connect(self):
        self.connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.connection.connect(self.path)
        self.connection.settimeout(60)  # a helper that is not there, or hangs, ends the test

    def send(self, ask, uid=0, map=0, flags=0, seconds=0, cursor=0, token=0, name="", container="", fds=()):
        self.number += 1
        packet = QUESTION.pack(self.number, ask, uid, map, flags, 0, seconds, cursor, token, name.encode(), container.encode())
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
        self.connection.sendmsg([packet], rights)

    def receive(self):
        packet = self.connection.recv(1 << 16)
        return Answer(packet) if packet else None

    def ask(self, ask, **words):
        self.send(ask, **words)
        return self.receive()

    def make(self, directory, uid, **words):
        """`directory`: a path, or a descriptor."""
        fd = directory if isinstance(directory, int) else os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            return self.ask(MAKE, uid=uid, seconds=words.pop("seconds", 0 if words.get("flags", 0) & KEEP else 3600), fds=[fd], **words)
        finally:
            if fd is not directory:
                os.close(fd)

    def list(self, uid=0):
        items = []
        while True:
            more = self.ask(LIST, uid=uid, cursor=items[-1]["serial"] if items else 0).items
            if not more:
                return items
            items += more

    def path_of(self, answer):
        return f"{self.dir}/{answer.items[0]['name']}"


class Helper(Client):
    """A helper of its own, with its pins below `dir`, and what is kept in the file `kept`."""

    def __init__(self, program, dir, kept):
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(dir + ".socket")
        self.listener.listen(16)
        self.program = program
        self.dir = dir
        self.kept = str(kept)
        self.start()
        super().__init__(dir + ".socket", dir)

    def start(self):
        # sh's process id is the one that exec keeps
        script = 'exec 3<&"$3"; LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" "$1" "$2"'
        self.process = subprocess.Popen(["sh", "-c", script, self.program, self.dir, self.kept, str(self.listener.fileno())], pass_fds=(self.listener.fileno(),))
        if hasattr(self, "path"):
            self.connect()

    def boot(self):
        """As sentinel-pin-boot.service runs it; what it tells."""
        return subprocess.run([self.program, "--boot", self.dir, self.kept], stderr=subprocess.PIPE, text=True)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def drop_all(self):
        for item in self.list():
            self.ask(DROP, uid=0, name=item["name"])
