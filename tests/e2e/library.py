#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What programs do with Docker's library for Python (python3-docker), at the Docker of DOCKER_HOST; prints what came of it, a line each.  library.py NAME, for what it makes."""
import hashlib
import io
import sys
import tarfile
import threading

import docker

IMAGE = "busybox:1.36"


def packed(**files):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        for name, content in files.items():
            item = tarfile.TarInfo(name)
            item.size = len(content)
            tar.addfile(item, io.BytesIO(content))
    return data.getvalue()


def main(name):
    client = docker.from_env(timeout=30)
    api = client.api
    say = lambda what, value: print(f"{what}: {value}")
    say("ping", client.ping())
    say("run", client.containers.run(IMAGE, ["echo", "out"], network_mode="none", remove=True))
    try:
        client.containers.run(IMAGE, ["sh", "-c", "echo err >&2; exit 3"], network_mode="none", remove=True)
    except docker.errors.ContainerError as error:
        say("exit", (error.exit_status, error.stderr))
    try:
        client.containers.get("none")
    except docker.errors.NotFound as error:
        say("missing", error.explanation)
    lasting = client.containers.run(IMAGE, ["sleep", "600"], name=name, network_mode="none", detach=True, labels={"made": name})
    say("list", [one.name for one in client.containers.list(filters={"label": f"made={name}"})])
    say("exec", lasting.exec_run(["sh", "-c", "echo a; echo b >&2"], demux=True))
    say("exec, streamed", b"".join(lasting.exec_run(["sh", "-c", "for i in 1 2 3; do echo $i; done"], stream=True).output))
    _, stream = lasting.exec_run(["cat"], stdin=True, socket=True)
    end = stream._sock
    end.sendall(b"through\n" * 5000)
    end.shutdown(1)
    got = b""
    while part := end.recv(65536):
        got += part
    say("exec, both ways", got.count(b"through"))
    content = hashlib.sha256(b"archive").digest() * 40000
    say("put", lasting.put_archive("/tmp", packed(file=content)))
    pieces, status = lasting.get_archive("/tmp/file")
    with tarfile.open(fileobj=io.BytesIO(b"".join(pieces))) as tar:
        say("get", (status["size"], tar.extractfile("file").read() == content))
    talks = client.containers.run(IMAGE, ["sh", "-c", "for i in 1 2 3; do echo line $i; sleep 0.1; done"], network_mode="none", detach=True)
    say("logs", b"".join(talks.logs(stream=True, follow=True)))
    say("wait", talks.wait()["StatusCode"])
    talks.remove()
    seen = []
    events = client.events(decode=True, filters={"container": name, "event": ["rename", "destroy"]})
    reader = threading.Thread(target=lambda: [seen.append(event["Action"]) or (event["Action"] == "destroy" and events.close()) for event in events])
    reader.start()
    lasting.rename(name + "-2")
    say("stats", sorted(lasting.stats(stream=False))[:3])
    say("top", lasting.top()["Processes"][0][-2:])
    lasting.remove(force=True)
    reader.join(20)
    say("events", seen)
    image, lines = client.images.build(fileobj=io.BytesIO(packed(Dockerfile=f"FROM {IMAGE}\nRUN cat /bin/sh > /dev/null && echo built\nLABEL made={name}\n".encode())), custom_context=True,
                                       network_mode="none", tag=name, rm=True, nocache=True)
    say("build", (image.labels, any("built" in line.get("stream", "") for line in lines)))
    saved = b"".join(image.save(named=True))
    client.images.remove(name)
    say("load", [tag for one in client.images.load(saved) for tag in one.tags])
    client.images.remove(name)
    volume = client.volumes.create(name)
    say("volume", volume.attrs["Driver"])
    volume.remove()
    try:
        api.create_container(IMAGE, command=7)
    except docker.errors.APIError as error:
        say("refused", error.response.status_code)


main(*sys.argv[1:])
