# SPDX-License-Identifier: MIT
"""Two people, file systems of all kinds and a helper, in a mount namespace of a test's own; and what its checks share."""
import fcntl
import os
import pathlib
import stat
import subprocess
import tempfile

import pins

ALICE, BOB, LONER = 1001, 1002, 1003
RANGE = 200000
PASSWD = f"""root:x:0:0::/root:/bin/sh
alice:x:{ALICE}:{ALICE}::/home/alice:/bin/sh
bob:x:{BOB}:{BOB}::/home/bob:/bin/sh
loner:x:{LONER}:27::/home/loner:/bin/sh
"""
GROUP = f"root:x:0:\nsudo:x:27:\nalice:x:{ALICE}:\nbob:x:{BOB}:\n"
SUBID = f"alice:{RANGE}:65536\nbob:{RANGE * 2}:1000\n"
KINDS = {"ext4": "mkfs.ext4 -q", "xfs": "mkfs.xfs -q", "btrfs": "mkfs.btrfs -q"}
DEFAULT_CAPS = "-all,+audit_write,+chown,+dac_override,+fowner,+fsetid,+kill,+net_bind_service,+net_raw,+setfcap,+setgid,+setpcap,+setuid,+sys_chroot"

number = 0
failed = 0
databases = None


def ok(condition, what):
    global number, failed
    number += 1
    failed += not condition
    what = " / ".join(what.split("\n"))  # what a program said has lines of its own, which are not TAP
    print(f"{'ok' if condition else 'not ok'} {number} - {what}", flush=True)


def run(*words, **more):
    return subprocess.run(words, capture_output=True, text=True, **more)


def in_container(script, caps=DEFAULT_CAPS):
    """Root with the capabilities of a container of Docker's that dropped MKNOD."""
    return run("setpriv", "--bounding-set", caps, "--inh-caps", caps, "--no-new-privs", "sh", "-c", script)


def as_user(uid, script):
    return run("setpriv", "--reuid", str(uid), "--regid", str(uid), "--clear-groups", "sh", "-c", script)


def own(path, uid, mode=0o755):
    os.makedirs(path, exist_ok=True)
    os.chown(path, uid, uid)
    os.chmod(path, mode)
    return path


def owner(path):
    status = os.lstat(path)
    return status.st_uid, status.st_gid


def mount_image(image, point):
    """Where /dev has no loop devices, as in a container, the two nodes that this one needs are made."""
    control = "/dev/loop-control"
    if not os.path.exists(control):
        os.mknod(control, stat.S_IFCHR | 0o600, os.makedev(10, 237))
    with open(control) as file:
        free = fcntl.ioctl(file, 0x4C82)  # LOOP_CTL_GET_FREE
    if not os.path.exists(f"/dev/loop{free}"):
        os.mknod(f"/dev/loop{free}", stat.S_IFBLK | 0o600, os.makedev(7, free))
    subprocess.run(["mount", "-o", "loop", image, point], check=True)


def rewrite(name, change):
    """What /etc/NAME says here: `change` makes it of the text.  The machine's own is another file."""
    with open(databases / name, "r+") as file:
        text = change(file.read())
        file.seek(0)
        file.truncate()
        file.write(text)


def setup(scratch, kinds):
    global databases
    databases = scratch
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run"], check=True)
    for name, text in {"passwd": PASSWD, "group": GROUP, "subuid": SUBID, "subgid": SUBID}.items():
        file = scratch / name
        file.write_text(text)
        file.chmod(0o644)
        pathlib.Path("/etc", name).touch()
        subprocess.run(["mount", "--bind", file, f"/etc/{name}"], check=True)
    mounts = scratch / "mounts"
    mounts.mkdir()
    for kind, make in [(kind, KINDS[kind]) for kind in kinds if kind in KINDS]:
        image, point = scratch / f"{kind}.img", mounts / kind
        with open(image, "wb") as file:
            file.truncate(320 << 20)
        subprocess.run([*make.split(), image], check=True, stdout=subprocess.DEVNULL)
        point.mkdir()
        mount_image(image, point)
    point = mounts / "tmpfs"
    point.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", point], check=True)
    return mounts


def pin_mounts(helper):
    with open("/proc/self/mountinfo") as file:
        return sum(1 for line in file if f"{helper.dir}/" in line.split()[4])


def run_tests(test, kinds):
    """`test` with a helper and a directory that has one file system of each kind.  Whether something failed."""
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="sentinel-pin-", dir=os.environ.get("TMPDIR", "/tmp")))
    try:
        scratch.chmod(0o755)
        mounts = setup(scratch, kinds)
        os.mkdir("/run/test", 0o755)
        test(pins.Helper(os.environ["SENTINEL_PIN"], "/run/test/pins", scratch / "kept"), mounts)
    finally:
        print(f"1..{number}", flush=True)
        subprocess.run(["umount", "-R", "-l", *[f"{scratch}/mounts/{kind}" for kind in {*kinds, "tmpfs"}]], capture_output=True)
        subprocess.run(["rm", "-rf", "--one-file-system", scratch])
    return failed != 0
