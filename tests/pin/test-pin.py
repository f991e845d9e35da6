# SPDX-License-Identifier: MIT
"""What a process that is root, as a container's is, can do through a pin, and what it cannot; and who is refused one."""
import errno
import os
import pathlib
import signal
import socket
import stat
import struct
import subprocess
import sys
import time

import bed
import pins
from bed import ALICE, BOB, KINDS, LONER, RANGE, as_user, in_container, ok, own, owner, pin_mounts, run
from pins import BIND, DROP, FULL, LIST, LOOK, MAKE, NOT_FOUND, OK, READ_ONLY, REFUSED, TAKE


def test_build(helper, base, kind):
    """A build by root is the caller's, and somebody else's file stays closed."""
    project = own(f"{base}/project", ALICE)
    for name, uid, mode in (("secret", 0, 0o600), ("bobs", BOB, 0o600), ("Makefile", ALICE, 0o600)):
        with open(f"{project}/{name}", "w") as file:
            file.write("all:\n\tmkdir -p out && echo built > out/program\n")
        os.chown(f"{project}/{name}", uid, uid)
        os.chmod(f"{project}/{name}", mode)
    answer = helper.make(project, ALICE)
    ok(answer.result == OK, f"{kind}: a pin is made ({answer.text})")
    pin = helper.path_of(answer)
    done = in_container(f"cd {pin} && cat Makefile > /dev/null && mkdir out && echo built > out/program")
    ok(done.returncode == 0 and owner(f"{project}/out/program") == (ALICE, ALICE) and owner(f"{project}/out") == (ALICE, ALICE),
       f"{kind}: what root builds is the caller's ({done.stderr})")
    ok(in_container(f"cat {pin}/secret").returncode != 0 and in_container(f"echo x > {pin}/secret").returncode != 0, f"{kind}: a file of root's, 0600, stays closed")
    ok(in_container(f"cat {pin}/bobs").returncode != 0 and in_container(f"chmod 644 {pin}/bobs").returncode != 0
       and in_container(f"chown 0 {pin}/bobs").returncode != 0, f"{kind}: a file of another user's stays closed, and theirs")
    ok(in_container(f"chown 33 {pin}/Makefile").returncode != 0 and owner(f"{project}/Makefile") == (ALICE, ALICE), f"{kind}: nothing becomes somebody else's")
    return project, pin


def test_no_way_back(helper, project, pin, kind):
    in_container(f"cp /bin/sh {pin}/sh && chmod 6755 {pin}/sh")
    status = os.stat(f"{project}/sh")
    ok(status.st_mode & stat.S_ISUID and (status.st_uid, status.st_gid) == (ALICE, ALICE), f"{kind}: a setuid program is the caller's own, and no one else's")
    ok(as_user(BOB, f"{project}/sh -p -c 'id -u'").stdout.strip() in (str(ALICE), str(BOB)), f"{kind}: who runs it is the caller, never root")
    ok(as_user(BOB, f"cat {project}/secret").returncode != 0, f"{kind}: so nobody comes to what was closed")
    # A file capability of the first kind, all of them: raw, as setcap(8) would write it.
    code = f"import os; os.setxattr('{pin}/sh', 'security.capability', bytes.fromhex('0100000202000000ffffffff000000000000000000000000'[:40]))"
    in_container(f'{sys.executable} -c "{code}"')
    raw = b""
    try:
        raw = os.getxattr(f"{project}/sh", "security.capability")
    except OSError as error:
        ok(error.errno == errno.ENODATA, f"{kind}: no file capability ({error})")
    if raw:
        # of a user namespace of the owner's: revision 3 with its root's uid
        ok(struct.unpack_from("<I", raw)[0] >> 24 == 3 and struct.unpack("<I", raw[-4:])[0] == ALICE, f"{kind}: file capabilities are those of a namespace of the caller's")
    caps = as_user(BOB, f"{project}/sh -p -c 'grep CapEff /proc/self/status'").stdout.split()
    ok(caps[-1:] == ["0" * 16], f"{kind}: and give nobody anything on the host ({caps})")
    ok(in_container(f"mknod {pin}/disk b 8 0").returncode != 0 and not os.path.lexists(f"{project}/disk"), f"{kind}: a device node cannot be made without MKNOD")
    os.mknod(f"{project}/null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
    os.chown(f"{project}/null", ALICE, ALICE)
    ok(in_container(f"cat {pin}/null").returncode != 0, f"{kind}: one that is there opens nothing")
    os.unlink(f"{project}/null")


def test_hard_links_and_acls(helper, base, project, pin, kind):
    with open(f"{base}/outside", "w") as file:
        file.write("outside\n")
    os.chmod(f"{base}/outside", 0o640)
    os.link(f"{base}/outside", f"{project}/link")
    ok(in_container(f"cat {pin}/link").returncode != 0 and in_container(f"chown 0 {pin}/link").returncode != 0, f"{kind}: a hard link to what is somebody else's stays closed")
    os.symlink(f"{base}/outside", f"{project}/symlink")
    ok(os.readlink(f"{pin}/symlink") == f"{base}/outside", f"{kind}: a symbolic link is a text")
    # user:bob:rwx in an access list (acl(5)): version 2, entries of tag, permissions, id
    acl = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in (
        (1, 6, 0xFFFFFFFF), (2, 7, BOB), (4, 0, 0xFFFFFFFF), (0x10, 7, 0xFFFFFFFF), (0x20, 0, 0xFFFFFFFF)))
    with open(f"{project}/bobs", "w") as file:
        file.write("bob\n")
    try:
        os.setxattr(f"{project}/bobs", "system.posix_acl_access", acl)
    except OSError as error:
        ok(error.errno == errno.ENOTSUP, f"{kind}: no access lists here")
        return
    ok(in_container(f"cat {pin}/bobs").returncode != 0, f"{kind}: an access list of somebody else's gives nothing")


def test_swaps(helper, base, project, pin, kind):
    os.rename(project, f"{base}/moved")
    os.symlink("/", project)
    ok(os.path.exists(f"{pin}/Makefile") and not os.path.exists(f"{pin}/etc/passwd"), f"{kind}: another thing under its name is not in the pin")
    os.unlink(project)
    own(project, BOB)
    ok(os.path.exists(f"{pin}/Makefile"), f"{kind}: nor another directory")
    os.rmdir(project)
    os.rename(f"{base}/moved", project)
    os.makedirs(f"{project}/below", exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", f"{project}/below"], check=True)
    pathlib.Path(project, "below/hidden").touch()
    ok(not os.path.exists(f"{pin}/below/hidden"), f"{kind}: what is mounted in it later is not in the pin")
    answer = helper.make(project, ALICE)
    ok(answer.result == REFUSED and "mounted in the directory" in answer.text, f"{kind}: with a mount below it cannot be pinned ({answer.text})")
    subprocess.run(["umount", f"{project}/below"], check=True)


def test_closed(helper, base, project, pin, kind):
    ok(as_user(ALICE, f"ls {pin}").returncode != 0 and as_user(BOB, f"ls {helper.dir}").returncode != 0, f"{kind}: nobody of the host walks there, not even the caller")
    ok(run("mkdir", f"{helper.dir}/{'0' * 32}").returncode != 0, f"{kind}: root makes nothing there by accident")


def test_read_only(helper, project, kind):
    answer = helper.make(project, ALICE, flags=READ_ONLY)
    pin = helper.path_of(answer)
    ok(in_container(f"cat {pin}/Makefile").returncode == 0 and in_container(f"touch {pin}/new").returncode != 0 and in_container(f"rm {pin}/Makefile").returncode != 0,
       f"{kind}: read-only is for looking")
    ok(helper.ask(DROP, uid=BOB, name=answer.items[0]["name"]).result == NOT_FOUND and os.path.exists(f"{pin}/Makefile"), f"{kind}: another user does not drop it")
    ok(helper.ask(DROP, uid=ALICE, name=answer.items[0]["name"]).result == OK and not os.path.exists(pin), f"{kind}: its owner does")


def test_subuid(helper, base, kind):
    data = own(f"{base}/data", ALICE)
    answer = helper.make(data, ALICE, map=1)
    ok(answer.result == OK, f"{kind}: with a range ({answer.text})")
    # mounted where everybody may go, as in a container
    os.makedirs("/run/view", exist_ok=True)
    subprocess.run(["mount", "--bind", helper.path_of(answer), "/run/view"], check=True)
    pin = "/run/view"
    done = in_container(f"mkdir {pin}/db && chown 999:999 {pin}/db && setpriv --reuid 999 --regid 999 --clear-groups sh -c 'umask 077; echo row > {pin}/db/table; cat {pin}/db/table'")
    ok(done.stdout == "row\n" and owner(f"{data}/db/table") == (RANGE + 998, RANGE + 998), f"{kind}: uid 999 of a container is one of the caller's range ({done.stderr})")
    ok(owner(f"{data}/db")[0] == RANGE + 998 and as_user(BOB, f"cat {data}/db/table").returncode != 0, f"{kind}: and nobody else's")
    helper.ask(DROP, uid=ALICE, name=answer.items[0]["name"])
    ok(os.path.exists(f"{pin}/db/table"), f"{kind}: who has it mounted keeps it when it is dropped")
    subprocess.run(["umount", "/run/view"], check=True)
    answer = helper.make(own(f"{base}/bobs-data", BOB), BOB, map=1)
    ok(answer.result == REFUSED and "range" in answer.text, f"{kind}: who has none is told so")


def test_two_users(helper, base, kind):
    shared = own(f"{base}/shared", ALICE, 0o777)
    answer = helper.make(shared, BOB)
    ok(answer.result == REFUSED and "somebody else" in answer.text, f"{kind}: nobody pins another user's directory, open as it may be")
    for what, mode in (("readable", 0o755), ("closed", 0o700)):
        answer = helper.make(own(f"{base}/to-look-at-{what}", ALICE, mode), BOB, flags=READ_ONLY)
        ok(answer.result == REFUSED and "somebody else" in answer.text, f"{kind}: nor to look at it, {what} as it may be: a socket in it would take its user for root")
    os.makedirs(f"{base}/closed/inner", exist_ok=True)
    os.chown(f"{base}/closed/inner", BOB, BOB)
    os.chmod(f"{base}/closed", 0o700)
    ok(as_user(BOB, f"ls {base}/closed/inner").returncode != 0, f"{kind}: closed parents stay closed")


def test_refusals(helper, base):
    alice = own(f"{base}/alices", ALICE)
    pathlib.Path(alice, "file").touch()
    os.chown(f"{alice}/file", ALICE, ALICE)
    gone = os.open(own(f"{base}/gone", ALICE), os.O_RDONLY)
    os.rmdir(f"{base}/gone")
    pinned = helper.make(alice, ALICE)
    own("/run/proc-like", ALICE)
    for what, fd, uid, words in (
        ("a path without the right to read", os.open(alice, os.O_PATH | os.O_DIRECTORY), ALICE, "O_RDONLY"),
        ("a file", os.open(f"{alice}/file", os.O_RDONLY), ALICE, "no directory"),
        ("a file to write in", os.open(f"{alice}/file", os.O_WRONLY), ALICE, "O_RDONLY"),
        ("a directory that is gone", gone, ALICE, "deleted"),
        ("the root directory", os.open("/", os.O_RDONLY), ALICE, "somebody else"),
        ("/proc", os.open("/proc", os.O_RDONLY), ALICE, "somebody else"),
        ("a pin", os.open(helper.path_of(pinned), os.O_RDONLY), ALICE, "somebody else"),
        ("a pipe", os.pipe()[0], ALICE, "no directory"),
        ("a directory of root's for root", os.open("/", os.O_RDONLY), 0, "root needs none"),
        ("somebody without an account", os.open(own(f"{base}/strangers", 4711), os.O_RDONLY), 4711, "does not know you"),
        ("somebody whose group gives power", os.open(own(f"{base}/loners", LONER), os.O_RDONLY), LONER, "group"),
    ):
        answer = helper.make(fd, uid)
        ok(answer.result == REFUSED and words in answer.text, f"{what} is refused ({answer.text})")
        os.close(fd)
    process = subprocess.Popen(["sleep", "1000"], preexec_fn=lambda: (os.setgid(ALICE), os.setuid(ALICE)))
    fd = os.open(f"/proc/{process.pid}", os.O_RDONLY)
    answer = helper.make(fd, ALICE)
    ok(answer.result == REFUSED and "ext4, xfs" in answer.text, f"what is one's own in /proc is refused ({answer.text})")
    os.close(fd)
    process.kill()
    process.wait()


def test_overlay(helper, base):
    for name in ("lower", "upper", "work", "merged"):
        own(f"{base}/{name}", ALICE)
    subprocess.run(["mount", "-t", "overlay", "overlay", "-o", f"lowerdir={base}/lower,upperdir={base}/upper,workdir={base}/work", f"{base}/merged"], check=True)
    answer = helper.make(f"{base}/merged", ALICE)
    ok(answer.result == REFUSED and "ext4, xfs" in answer.text, f"overlay, for real ({answer.text})")
    subprocess.run(["umount", f"{base}/merged"], check=True)


def test_other_namespace(helper, base):
    directory = own(f"{base}/elsewhere", ALICE)
    near, far = socket.socketpair()
    with near, far:
        child = subprocess.Popen(["unshare", "--mount", "--propagation", "private", "--", sys.executable, "-c",
                                  f"import os, socket; s = socket.socket(fileno={far.fileno()}); socket.send_fds(s, [b'x'], [os.open('{directory}', os.O_RDONLY)]); s.recv(1)"],
                                 pass_fds=[far.fileno()])
        _, fds, _, _ = socket.recv_fds(near, 1, 1)
        answer = helper.make(fds[0], ALICE)
        ok(answer.result == REFUSED and "host's own" in answer.text, f"a directory of another mount namespace ({answer.text})")
        os.close(fds[0])
        near.send(b"x")
        child.wait()


def test_states(helper, base):
    directory = own(f"{base}/states", ALICE)
    name = helper.make(directory, ALICE).items[0]["name"]
    first, second = "a" * 64, "b" * 64
    ok(helper.ask(TAKE, name=name, token=7).result == OK and helper.ask(TAKE, name=name, token=8).result == NOT_FOUND, "a pin is taken once")
    ok(helper.ask(TAKE, name=name, token=7).result == NOT_FOUND, "not twice by the same create either")
    ok(helper.ask(BIND, name=name, token=8, container=first).result == NOT_FOUND, "another create does not bind it")
    ok(helper.ask(BIND, name=name, token=7).result == OK and helper.ask(TAKE, name=name, token=9).result == OK, "of a create that failed it is free again")
    ok(helper.ask(BIND, name=name, token=9, container=first).result == OK and helper.ask(LOOK, name=name).items[0]["container"] == first, "the container has it")
    ok(helper.ask(BIND, name=name, token=9, container=second).result == NOT_FOUND and helper.ask(TAKE, name=name, token=9).result == NOT_FOUND, "for good")
    helper.kill()
    helper.start()
    item = helper.ask(LOOK, name=name).items[0]
    ok(item["container"] == first and os.path.exists(f"{helper.dir}/{name}"), "a helper that starts again knows it")
    dropped = helper.ask(DROP, uid=ALICE, name=name)
    ok(dropped.items[0]["container"] == first and helper.ask(LOOK, name=name).result == NOT_FOUND, "what is dropped says whose it was, and is gone")
    ok(helper.ask(TAKE, name=name, token=1).result == NOT_FOUND and helper.ask(LOOK, name="0" * 32).result == NOT_FOUND, "neither an old name nor a guessed one is a pin")


def test_expiry(helper, base):
    directory = own(f"{base}/short", ALICE)
    pin = helper.path_of(helper.make(directory, ALICE, seconds=1))
    ok(os.path.ismount(pin), "it is there")
    for _ in range(100):
        if not os.path.lexists(pin):
            break
        time.sleep(0.1)
    ok(not os.path.lexists(pin) and not helper.list(ALICE), "its time over it is gone by itself")


def test_quotas(helper, base):
    directory = own(f"{base}/many", ALICE)
    answers = [helper.make(directory, ALICE) for _ in range(65)]
    ok([answer.result for answer in answers] == [OK] * 64 + [FULL], f"64 of one user and no more ({answers[-1].text})")
    ok(len(helper.list(ALICE)) == 64 and helper.list(BOB) == [] and helper.make(own(f"{base}/bobs-own", BOB), BOB).result == OK, "they are listed; another user has his own")
    helper.drop_all()
    ok(helper.list() == [] and os.listdir(helper.dir) == [] and pin_mounts(helper) == 0, "dropped by root, nothing is left")
    begin = time.monotonic()
    good = 0
    for _ in range(1000):
        answer = helper.make(directory, ALICE)
        good += answer.result == OK and helper.ask(DROP, uid=ALICE, name=answer.items[0]["name"]).result == OK
    spent = time.monotonic() - begin
    ok(good == 1000 and os.listdir(helper.dir) == [] and pin_mounts(helper) == 0, "1000 made and dropped, nothing is left")
    print(f"# a pin made and dropped: {spent:.1f} ms")
    fds = os.listdir(f"/proc/{helper.process.pid}/fd")
    ok(len(fds) < 24, f"nor in the helper ({len(fds)} descriptors)")


def test_killed(helper, base):
    """Killed at any moment: what is mounted and what the list says are the same afterwards."""
    directory = own(f"{base}/killed", ALICE)
    good = True
    for i in range(40):
        helper.send(MAKE, uid=ALICE, seconds=60, fds=[fd := os.open(directory, os.O_RDONLY)])
        os.close(fd)
        time.sleep(i * 0.0001)
        helper.kill()
        helper.start()
        listed = {item["name"] for item in helper.list()}
        good &= listed == set(os.listdir(helper.dir)) and pin_mounts(helper) == len(listed)
    ok(good, "killed while it makes a pin, 40 times: the list and the mounts are the same")
    helper.drop_all()
    ok(pin_mounts(helper) == 0, "and all can be dropped")


def test_full(helper, base):
    directory = own(f"{base}/full", ALICE)
    with open("/run/fill", "wb") as file:
        try:
            while True:
                file.write(b"x" * (1 << 20))
                file.flush()
        except OSError:
            pass
        answer = helper.make(directory, ALICE)
        ok(answer.result != OK and "full" in answer.text and pin_mounts(helper) == 0, f"with /run full there is no pin ({answer.text})")
    os.unlink("/run/fill")
    ok(helper.make(directory, ALICE).result == OK, "and with room there is")


def test_callers_gone(helper, base):
    directory = own(f"{base}/left", ALICE)
    before = len(helper.list())
    for _ in range(20):
        helper.send(MAKE, uid=ALICE, seconds=60, fds=[fd := os.open(directory, os.O_RDONLY)])
        os.close(fd)
        helper.connection.close()
        helper.connect()
    for _ in range(100):
        if len(os.listdir(helper.dir)) == before and len(helper.list()) == before:
            break
        time.sleep(0.1)
    ok(len(helper.list()) <= before + 20 and set(os.listdir(helper.dir)) == {item["name"] for item in helper.list()}, "whose caller is gone the helper knows")


def test_nonsense(helper):
    def closed(packet, fds=()):
        helper.connect()
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, b"".join(struct.pack("i", fd) for fd in fds))] if fds else []
        helper.connection.sendmsg([packet], rights)
        return helper.connection.recv(1 << 16) == b""

    good = pins.QUESTION.pack(1, LIST, 0, 0, 0, 0, 0, 0, 0, b"", b"")
    ok(closed(good[:-1]) and closed(good + b"x") and closed(b""), "a message that is too short or too long")
    ok(closed(good, [0]) and closed(pins.QUESTION.pack(1, MAKE, ALICE, 0, 0, 0, 60, 0, 0, b"", b"")), "a descriptor too many, and none where one must be")
    ok(closed(pins.QUESTION.pack(1, MAKE, ALICE, 0, 0, 0, 60, 0, 0, b"", b""), [0, 0]), "two of them")
    ok(closed(pins.QUESTION.pack(1, 99, 0, 0, 0, 0, 0, 0, 0, b"", b"")) and closed(pins.QUESTION.pack(1, DROP, 0, 0, 0, 0, 0, 0, 0, b"../../etc", b"")), "what cannot be asked, and names that are none")
    helper.connect()
    ok(helper.ask(LIST).result == OK, "and the helper answers others")


def test_all(helper, mounts):
    for kind in (*KINDS, "tmpfs"):
        base = f"{mounts}/{kind}"
        project, pin = test_build(helper, base, kind)
        test_no_way_back(helper, project, pin, kind)
        test_hard_links_and_acls(helper, base, project, pin, kind)
        test_swaps(helper, base, project, pin, kind)
        test_closed(helper, base, project, pin, kind)
        test_read_only(helper, project, kind)
        test_subuid(helper, base, kind)
        test_two_users(helper, base, kind)
    base = f"{mounts}/ext4"
    test_refusals(helper, base)
    test_overlay(helper, base)
    test_other_namespace(helper, base)
    test_states(helper, base)
    helper.drop_all()
    test_expiry(helper, base)
    test_quotas(helper, base)
    test_killed(helper, base)
    test_full(helper, base)
    test_callers_gone(helper, base)
    test_nonsense(helper)
    helper.process.send_signal(signal.SIGTERM)
    ok(helper.process.wait() == 0, "it ends when it is told to")


sys.exit(bed.run_tests(test_all, (*KINDS, "tmpfs")))
