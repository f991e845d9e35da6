#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Speaks to a socket in ways that no client does.  raw.py SOCKET WHAT [ARGUMENT...]; prints what came back, in a line each."""
import json
import os
import resource
import socket
import sys
import time

HOST = b"Host: docker\r\n"
CREATE = b"POST /v1.41/containers/create?name="
JSON = b"Content-Type: application/json\r\n"


def connect(path):
    end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    end.connect(path)
    end.settimeout(60)
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
    for name, field in (("a list of lengths", b"Content-Length: 0, %d\r\n" % len(good)), ("a length with a sign", b"Content-Length: +%d\r\n" % len(good)),
                        ("the same length twice", length + length), ("a length that overflows", b"Content-Length: %d\r\n" % (2**64 + len(good))),
                        ("another coding", b"Transfer-Encoding: gzip, chunked\r\n"), ("a coding that looks like it", b"Transfer-Encoding: \x0bchunked\r\n"),
                        ("a coding twice", b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"), ("a fold with a tab", b"Content-Length:\r\n\t%d\r\n" % len(good)),
                        ("a name with a space in it", length + b"X Y: z\r\n"), ("a name with NUL in it", length + b"Content-Length\0: 0\r\n"),
                        ("a name beyond ASCII", length + "Transfer-Encod\u0131ng: chunked\r\n".encode()), ("no name", length + b": chunked\r\n"), ("no colon", length + b"chunked\r\n")):
        yield name, post + field + b"\r\n" + good + inner
    for name, size in (("a chunk's size with a sign", b"+5"), ("a chunk's size that overflows", b"10000000000000005"), ("a chunk's size with a space", b"5 "), ("a chunk's size in quotes", b'"5"')):
        yield name, post + b"Transfer-Encoding: chunked\r\n\r\n" + size + b"\r\nhello\r\n0\r\n\r\n" + inner
    yield "an authority", b"CONNECT docker:80 HTTP/1.1\r\n" + HOST + b"\r\n" + inner
    yield "another version", CREATE + b"outer HTTP/1.2\r\n" + HOST + JSON + length + b"\r\n" + good
    yield "an endless head", b"GET /v1.41/info HTTP/1.1\r\n" + HOST + b"X: " + b"x" * 70000


def anonymous(pid):
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("Anonymous:"))


def worked(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as line:
        return line.read().rpartition(")")[2].split()[11:13]


def flood_bytes(kind):
    post = CREATE + b"flood HTTP/1.1\r\n" + HOST + JSON
    return {
        "heads": b"GET /_ping HTTP/1.1\r\n" + HOST + b"X: " + b"x" * 60000,
        "bodies": post + b"Content-Length: 64000\r\n\r\n" + b" " * 60000,
        "chunks": post + b"Transfer-Encoding: chunked\r\n\r\nfa00\r\n" + b" " * 60000,
        "questions": post + b"Content-Length: 60000\r\n\r\n" + b" " * 60000,
        "calls": (b"GET /_ping HTTP/1.1\r\n" + HOST + b"\r\n") * 1500,
        "answers": b"GET /v1.41/containers/lasting/archive?path=/bin/busybox HTTP/1.1\r\n" + HOST + b"\r\n",
    }[kind]


def flood(path, kind, count, pid, most, idle):
    """So many connections, of users of 200 each, that say this and read nothing: what they take of the proxy's memory, at most and afterwards (KiB)."""
    ends, data, peak = [], flood_bytes(kind), 0
    resource.setrlimit(resource.RLIMIT_NOFILE, (count + 100,) * 2)
    for number in range(count):
        os.seteuid(70000 + number // 200)
        ends.append(connect(path))
        os.seteuid(0)
        ends[-1].setblocking(False)
    unsent = {end: data for end in ends}
    quiet, last = 0, None
    while quiet < 20:  # until it has nothing to do
        for end in list(unsent):
            try:
                unsent[end] = unsent[end][end.send(unsent[end]):]
                if not unsent[end]:
                    del unsent[end]
            except BlockingIOError:
                pass
            except OSError:
                del unsent[end]
        peak = max(peak, anonymous(pid))
        quiet, last = quiet + 1 if worked(pid) == last else 0, worked(pid)
        time.sleep(0.01)
    for end in ends:
        end.close()
    until = time.monotonic() + 5
    while (left := anonymous(pid)) > idle and time.monotonic() < until:
        time.sleep(0.1)
    print(f"{kind}: {'little' if peak <= most and left <= idle else 'MUCH'}, {peak} KiB, then {left} KiB")


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
    elif what == "flood":  # KIND COUNT PID MOST IDLE
        flood(path, rest[0], *map(int, rest[1:]))
    elif what == "storm":  # COUNT: connections that are all kept, of one user
        resource.setrlimit(resource.RLIMIT_NOFILE, (int(rest[0]) + 100,) * 2)
        ends = [connect(path) for _ in range(int(rest[0]))]
        refused = 0
        for end in ends[256:]:
            refused += b" 429 " in end.recv(4096)
        print(refused)
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
