#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""As much of a registry as docker pull and push ask: any name leads to one small image, whose configuration says the name, until another one was pushed to it; what is below
endless/ never comes.

registry.py PORT BUSYBOX   listens on the loopback until it is killed
"""
import hashlib
import http.server
import io
import json
import os
import sys
import tarfile
import threading

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def layer_of(program):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as layer:
        with open(program, "rb") as busybox:
            item = layer.gettarinfo(fileobj=busybox, arcname="bin/busybox")
            item.mode = 0o755
            layer.addfile(item, busybox)
        for name in ("sh", "echo", "sleep"):
            link = tarfile.TarInfo("bin/" + name)
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            layer.addfile(link)
    return packed.getvalue()


class Registry(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    default_request_version = "HTTP/1.0"  # whoever speaks TLS here learns from the answer that this is HTTP
    layer = b""
    blobs = {}
    manifests = {}  # that were pushed: path -> (manifest, type)
    uploads = {}

    def log_message(self, *_):
        pass

    def manifest(self, name):
        config = json.dumps({"architecture": MACHINES[os.uname().machine], "os": "linux", "config": {"Cmd": ["sh"], "Env": ["PATH=/bin"], "Labels": {"name": name}},
                             "rootfs": {"type": "layers", "diff_ids": [digest(self.layer)]}}).encode()
        for blob in (config, self.layer):
            self.blobs[digest(blob)] = blob
        kinds = (("application/vnd.docker.container.image.v1+json", config), ("application/vnd.docker.image.rootfs.diff.tar", self.layer))
        described = [{"mediaType": kind, "size": len(blob), "digest": digest(blob)} for kind, blob in kinds]
        return json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "config": described[0], "layers": described[1:]}).encode()

    def find(self):
        if self.path == "/v2/":
            return b"{}", "application/json"
        if self.path.startswith("/v2/endless/"):
            threading.Event().wait()
        if self.path in self.manifests:
            return self.manifests[self.path]
        if "/manifests/" in self.path:
            return self.manifest(self.path[len("/v2/"):].split("/manifests/")[0]), MANIFEST
        return self.blobs.get(self.path.rsplit("/", 1)[-1]), "application/octet-stream"

    def answer(self, with_body):
        body, kind = self.find()
        self.send_response(200 if body is not None else 404)
        body = body or b""
        self.send_header("Content-Type", kind)
        self.send_header("Docker-Content-Digest", digest(body))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        data = b""
        while size := int(self.rfile.readline(), 16):
            data += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return data

    def done(self, status, **headers):
        self.send_response(status)
        for name, value in {"Content-Length": 0, **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def do_POST(self):
        place = f"{self.path.split('?')[0]}{len(self.uploads)}"
        self.uploads[place] = b""
        self.done(202, Location=place, Docker_Upload_UUID="upload", Range="0-0")

    def do_PATCH(self):
        self.uploads[self.path] += self.body()
        self.done(202, Location=self.path, Docker_Upload_UUID="upload", Range=f"0-{len(self.uploads[self.path]) - 1}")

    def do_PUT(self):
        place, data = self.path.split("?")[0], self.body()
        if "/manifests/" in place:
            name = place.rpartition("/")[0]
            self.manifests[place] = self.manifests[f"{name}/{digest(data)}"] = data, self.headers["Content-Type"]
            self.done(201, Docker_Content_Digest=digest(data))
            return
        data = self.uploads.pop(place) + data
        self.blobs[digest(data)] = data
        self.done(201, Docker_Content_Digest=digest(data), Location=place)

    def do_GET(self):
        self.answer(True)

    def do_HEAD(self):
        self.answer(False)


Registry.layer = layer_of(sys.argv[2])
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Registry).serve_forever()
