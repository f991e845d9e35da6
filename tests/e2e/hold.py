#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""hold.py SOCKET COUNT BYTES - so many connections to the plugin that each send all of a message of that size but its last byte, and
keep it there; one that is refused comes again a second later.  Says "ready" when each has sent or was refused; until killed."""
import queue
import socket
import sys
import threading
import time

READY = queue.Queue()


def hold(path, size):
    block = b" " * 65536
    told = False
    while True:
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(path)
                connection.sendall(b"POST /AuthZPlugin.AuthZReq HTTP/1.1\r\nHost: plugin\r\nContent-Length: %d\r\n\r\n" % size)
                left = size - 1
                while left:
                    left -= connection.send(block[:left])
                if not told:
                    READY.put(None)
                    told = True
                connection.recv(4096)
            except OSError:
                pass
        if not told:
            READY.put(None)
            told = True
        time.sleep(1)


def main():
    path, count, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    for _ in range(count):
        threading.Thread(target=hold, args=(path, size), daemon=True).start()
    for _ in range(count):
        READY.get()
    print("ready", flush=True)
    time.sleep(3600)


main()
