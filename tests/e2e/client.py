#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A client of Docker's that does what docker never does.

client.py HOW SOCKET [METHOD TARGET [HEADER...]]   SOCKET is a path, or HOST:PORT
  idle   connects, says "connected", and waits until its standard input ends
  ask    sends a request without a body and prints the status of the answer
  gone   sends it and closes the connection at once
  half   sends it, closes its way of writing, and reads the answer
"""
import socket
import sys


def connect(where):
    if where.startswith("/"):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(where)
        return connection
    host, port = where.split(":")
    return socket.create_connection((host, int(port)))


def answer(connection):
    data = b""
    while b"\r\n" not in data:
        piece = connection.recv(4096)
        if not piece:
            break
        data += piece
    return data.split(b"\r\n")[0].decode()


def main(how, where, method="GET", target="/_ping", *headers):
    connection = connect(where)
    if how == "idle":
        print("connected", flush=True)
        sys.stdin.read()
        return
    lines = "".join(f"{header}\r\n" for header in headers)
    connection.sendall(f"{method} {target} HTTP/1.1\r\nHost: docker\r\nContent-Length: 0\r\n{lines}\r\n".encode())
    if how == "half":
        connection.shutdown(socket.SHUT_WR)
    if how != "gone":
        print(answer(connection))


main(*sys.argv[1:])
