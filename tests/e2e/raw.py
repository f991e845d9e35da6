#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Speaks to a socket in ways that no client does.  raw.py SOCKET WHAT [ARGUMENT...]; prints what came back, in a line each."""
import json
import socket
import sys
import time

HOST = b"Host: docker\r\n"
CREATE = b"POST /v1.41/containers/create?name="
JSON = b"Content-Type: application/json\r\n"


def connect(path):
    end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    end.settimeout(60)
    end.connect(path)
    return end


def everything(end):
    answer = b""
    try:
        while part := end.recv(65536):
            answer += part
    except ConnectionResetError:
        pass
    return answer


def exchange(path, data):
    with connect(path) as end:
        try:
            end.sendall(data)
        except BrokenPipeError:
            pass
        return everything(end)


def head(answer):
    return answer.split(b"\r\n")[0].decode(errors="replace")


def message(answer):
    body = answer.partition(b"\r\n\r\n")[2]
    try:
        return json.loads(body)["message"].replace("\n", " ")
    except (ValueError, KeyError, TypeError):
        return body[:200].decode(errors="replace")


def body(name, size=0, privileged=False):
    config = {"Image": "busybox:1.36", "Cmd": ["id"], "User": "1000", "Labels": {"padding": "x" * size},
              "HostConfig": {"NetworkMode": "none", "Memory": 67108864, "Privileged": privileged}}
    return json.dumps(config).encode()


def chunks(data, size):
    return b"".join(b"%x\r\n%s\r\n" % (len(data[i:i + size]), data[i:i + size]) for i in range(0, len(data), size)) + b"0\r\n\r\n"


def smuggled():
    """A call inside of another one's body."""
    inner = body("smuggled", privileged=True)
    return CREATE + b"smuggled HTTP/1.1\r\n" + HOST + JSON + b"Content-Length: %d\r\n\r\n" % len(inner) + inner


def attacks():
    inner = smuggled()
    post = CREATE + b"outer HTTP/1.1\r\n" + HOST + JSON
    good = body("outer")
    length = b"Content-Length: %d\r\n" % len(good)
    yield "CL.TE", post + b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" % (5 + len(inner)) + inner
    yield "TE.CL", post + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n" + chunks(inner, 100)
    yield "two lengths", post + b"Content-Length: 0\r\n" + length + b"\r\n" + inner
    yield "a fold", post + length + b"X: y\r\n Transfer-Encoding: chunked\r\n\r\n" + good
    yield "a space before the colon", post + length + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + inner
    yield "bare LF", post + b"X: y\nContent-Length: 0\r\n\r\n" + inner
    yield "bare CR", post + b"X: y\rContent-Length: 0\r\n\r\n" + inner
    yield "NUL", post + b"X: a\0b\r\n\r\n"
    yield "a chunk's extension", post + b"Transfer-Encoding: chunked\r\n\r\n5;a=\r\n" + inner
    yield "a trailer", post + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\nX-Sentinel-Call: 1\r\n\r\n" % (len(good), good)
    yield "a chunk of another size", post + b"Transfer-Encoding: chunked\r\n\r\n3\r\n" + good + b"\r\n0\r\n\r\n"
    yield "an absolute target", b"POST http://docker/v1.41/containers/create?name=smuggled HTTP/1.1\r\n" + HOST + JSON + length + b"\r\n" + good
    yield "dots", b"POST /v1.41/images/../containers/create?name=smuggled HTTP/1.1\r\n" + HOST + JSON + length + b"\r\n" + good
    yield "encoded slash", b"POST /v1.41/containers%2fcreate?name=smuggled HTTP/1.1\r\n" + HOST + JSON + length + b"\r\n" + good
    yield "two hosts", b"GET /v1.41/info HTTP/1.1\r\n" + HOST + b"Host: x\r\n\r\n"
    yield "two types", CREATE + b"outer HTTP/1.1\r\n" + HOST + JSON + b"Content-Type: text/plain\r\n" + length + b"\r\n" + good
    yield "HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
    yield "HTTP/1.0 with a body", CREATE + b"outer HTTP/1.0\r\n" + JSON + length + b"\r\n" + good
    yield "behind an upgrade", b"POST /v1.41/containers/none/attach?stream=1 HTTP/1.1\r\n" + HOST + b"Connection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 0\r\n\r\n" + inner
    yield "an upgrade of something else", b"GET /v1.41/info HTTP/1.1\r\n" + HOST + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n" + inner
    yield "Connection names the type", CREATE + b"outer HTTP/1.1\r\n" + HOST + JSON + b"Connection: Content-Type\r\n" + length + b"\r\n" + good
    yield "an endless head", b"GET /v1.41/info HTTP/1.1\r\n" + HOST + b"X: " + b"x" * 70000


def main(path, what, *rest):
    if what == "get":
        answer = exchange(path, b"GET " + rest[0].encode() + b" HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
        print(head(answer), message(answer))
    elif what == "attacks":
        for name, data in attacks():
            print(f"{name}: {head(exchange(path, data))}")
    elif what == "create":  # NAME BYTES privileged|plain length|chunked
        data = body(rest[0], int(rest[1]), rest[2] == "privileged")
        framing = b"Transfer-Encoding: chunked\r\n\r\n" + chunks(data, 60000) if rest[3] == "chunked" else b"Content-Length: %d\r\n\r\n" % len(data) + data
        answer = exchange(path, CREATE + rest[0].encode() + b" HTTP/1.1\r\n" + HOST + JSON + b"X-Sentinel-Call: 0123456789abcdef0123456789abcdef\r\nConnection: close\r\n" + framing)
        print(head(answer), message(answer))
    elif what == "crowd":  # COUNT: how many of so many connections are answered
        ends = [connect(path) for _ in range(int(rest[0]))]
        answers = []
        for end in ends:
            try:
                end.sendall(b"GET /_ping HTTP/1.1\r\n" + HOST + b"\r\n")
                answers.append(head(end.recv(4096)))
            except (BrokenPipeError, ConnectionResetError):
                answers.append(head(everything(end)))
        print(" ".join(f"{answers.count(kind)}x{kind.split()[1]}" for kind in sorted(set(answers))))
    elif what == "slow":  # a byte at a time
        with connect(path) as end:
            for byte in b"GET /_ping HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n":
                end.send(bytes([byte]))
                time.sleep(0.001)
            print(head(everything(end)))
    elif what == "ahead":  # two calls at once
        answer = exchange(path, b"GET /_ping HTTP/1.1\r\n" + HOST + b"\r\nGET /v1.41/info HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
        print(answer.count(b"HTTP/1.1 200"))


main(*sys.argv[1:])
