# SPDX-License-Identifier: MIT
"""Ways around a pin that people of the host and the container's root try together; each with the effect that it would have."""
import ctypes
import os
import pathlib
import signal
import socket
import subprocess
import sys
import threading

import bed
from bed import ALICE, BOB, in_container, ok, own, owner, pin_mounts
from pins import DROP, FULL, OK, REFUSED

libc = ctypes.CDLL(None, use_errno=True)


def test_parents(helper, base):
    """What lies above the directory is exchanged, linked, closed and mounted over: the pin stays where it is."""
    home, project = own(f"{base}/home", ALICE), own(f"{base}/home/project", ALICE)
    pathlib.Path(project, "mine").write_text("mine\n")
    other = own(f"{base}/other/project", ALICE)
    pathlib.Path(other, "theirs").touch()
    os.chmod(f"{base}/other", 0o700)
    pin = helper.path_of(helper.make(project, ALICE))

    def still():
        return os.listdir(pin) == ["mine"] and in_container(f"cat {pin}/mine").stdout == "mine\n"

    os.rename(home, f"{base}/home.away")
    os.symlink(f"{base}/other", home)
    ok(still(), "a parent that becomes a link")
    os.unlink(home)
    os.rename(f"{base}/other", home)
    ok(still(), "a parent that becomes another directory")
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", home], check=True)
    ok(still(), "a mount over the parent")
    subprocess.run(["umount", home], check=True)
    os.rename(home, f"{base}/other")
    os.rename(f"{base}/home.away", home)
    subprocess.run(["mount", "--bind", "/etc", project], check=True)
    ok(still(), "a mount over the directory")
    ok(helper.make(project, ALICE).result == REFUSED, "which is root's, and is refused itself")
    subprocess.run(["umount", "-l", project], check=True)
    ok(not os.path.exists(f"{pin}/../home.away") or os.stat(f"{pin}/..").st_ino == os.stat(helper.dir).st_ino, "what is above a pin is the directory of pins")
    done = in_container(f"cd {pin} && ls ../../../etc/shadow ../other 2>&1; chroot {pin} /bin/sh -c true")
    ok("theirs" not in done.stdout, f"and no way leads to what was above ({done.stdout.strip()})")


def test_swapped_while_made(helper, base):
    """Renamed to and fro while pins are made by its name, as fast as it goes: each pin is of the directory that was opened, and of its owner."""
    mine, bobs = own(f"{base}/race", ALICE), own(f"{base}/bobs-race", BOB)
    stop = threading.Event()

    def swap():
        while not stop.is_set():
            libc.renameat2(-100, mine.encode(), -100, bobs.encode(), 2)  # RENAME_EXCHANGE

    thread = threading.Thread(target=swap)
    number = os.stat(mine).st_ino
    thread.start()
    made = refused = wrong = 0
    for _ in range(200):
        answer = helper.make(mine, ALICE)
        if answer.result == OK:
            made += 1
            wrong += os.stat(helper.path_of(answer)).st_ino != number or owner(helper.path_of(answer))[0] != 0
            helper.ask(DROP, uid=ALICE, name=answer.items[0]["name"])
        else:
            refused += 1
            wrong += "somebody else" not in answer.text
    stop.set()
    thread.join()
    ok(made + refused == 200 and wrong == 0, f"swapped while it is made, {made} times it was the caller's, {refused} times another's: refused")
    helper.drop_all()


def test_links(helper, base):
    project = own(f"{base}/links", ALICE)
    outside = f"{base}/outside-of-it"
    pathlib.Path(outside).write_text("outside\n")
    os.chmod(outside, 0o600)
    pin = helper.path_of(helper.make(project, ALICE))
    os.symlink("..", f"{project}/up")
    ok(os.readlink(f"{pin}/up") == ".." and os.path.realpath(f"{pin}/up") == helper.dir, "what leads up leads to the directory of pins, not to what is above the project")
    os.symlink(base, f"{project}/source")
    try:
        fd = os.open(f"{project}/source", os.O_RDONLY | os.O_NOFOLLOW)
        ok(False, "a link was opened")
    except OSError:
        ok(True, "a link is no directory that could be passed")
    answer = helper.make(f"{project}/source", ALICE)
    ok(answer.result == REFUSED and "somebody else" in answer.text, f"a link inside as source is what it leads to: somebody else's ({answer.text})")
    # Hard links into it, from inside and from outside.
    done = in_container(f"ln {outside} {pin}/hard; ln {pin}/mine {outside}.2")
    ok(done.returncode != 0 and not os.path.lexists(f"{project}/hard") and not os.path.lexists(outside + ".2"), "no hard link leads in or out: it is another mount")
    os.link(outside, f"{project}/hard")
    done = in_container(f"cat {pin}/hard; chmod 4755 {pin}/hard; rm -f {pin}/hard; echo")
    ok("outside" not in done.stdout and os.stat(outside).st_mode & 0o7777 == 0o600 and pathlib.Path(outside).read_text() == "outside\n", "one that is there is neither read nor changed")
    helper.drop_all()


def test_sockets(helper, base):
    """Sockets and FIFOs: what is made in it is the owner's, and somebody else's stays closed."""
    project = own(f"{base}/sockets", ALICE)
    closed = socket.socket(socket.AF_UNIX)
    closed.bind(f"{project}/roots")
    os.chmod(f"{project}/roots", 0o600)
    closed.listen(4)
    os.mkfifo(f"{project}/roots-fifo", 0o600)
    pin = helper.path_of(helper.make(project, ALICE))
    code = f"import socket; s = socket.socket(socket.AF_UNIX); s.connect('{pin}/roots')"
    ok(in_container(f'{sys.executable} -c "{code}"').returncode != 0, "a socket of root's, 0600, is not connected to")
    ok(in_container(f"timeout 2 sh -c 'echo x > {pin}/roots-fifo'").returncode not in (0, 124), "nor is a FIFO of root's written to")
    code = f"import os, socket; s = socket.socket(socket.AF_UNIX); s.bind('{pin}/made'); os.mkfifo('{pin}/made-fifo')"
    in_container(f'{sys.executable} -c "{code}"')
    ok(owner(f"{project}/made") == owner(f"{project}/made-fifo") == (ALICE, ALICE), "what the container makes of them is the owner's")
    closed.close()
    helper.drop_all()


def test_others_descriptor(helper, base):
    """A descriptor that somebody else opened: of one's own directory it is good, of theirs it is not."""
    mine, theirs = own(f"{base}/opened-mine", ALICE), own(f"{base}/opened-theirs", BOB, 0o700)
    for directory, opener, uid, good in ((mine, BOB, ALICE, True), (theirs, BOB, ALICE, False), (theirs, BOB, BOB, True), (mine, ALICE, BOB, False)):
        near, far = socket.socketpair()
        with near, far:
            code = f"import os, socket; s = socket.socket(fileno={far.fileno()}); socket.send_fds(s, [b'x'], [os.open('{directory}', os.O_RDONLY)]); s.recv(1)"
            child = subprocess.Popen(["setpriv", "--reuid", str(opener), "--regid", str(opener), "--clear-groups", sys.executable, "-c", code], pass_fds=[far.fileno()])
            _, fds, _, _ = socket.recv_fds(near, 1, 1)
            answer = helper.make(fds[0], uid)
            os.close(fds[0])
            near.send(b"x")
            child.wait()
        ok((answer.result == OK) == good, f"a directory of {owner(directory)[0]}'s, opened by {opener}, for {uid}: {'a pin' if good else 'refused'} ({answer.text})")
    helper.drop_all()


def test_sources(helper, base):
    """What is no directory of a disk, though it is the caller's; another pin, and what is in one."""
    project = own(f"{base}/sources", ALICE)
    own(f"{project}/below", ALICE)
    answer = helper.make(project, ALICE)
    view = own("/run/view-of-pin", 0)
    subprocess.run(["mount", "--bind", helper.path_of(answer), view], check=True)
    subprocess.run(["chown", "-h", str(ALICE), f"{view}/below"], capture_output=True)
    for what, path in (("another pin", view), ("a directory in a pin", f"{view}/below"), ("the directory of pins", helper.dir), ("/", "/"), ("/proc", "/proc"), ("/sys", "/sys"), ("/dev", "/dev")):
        refusal = helper.make(path, ALICE)
        ok(refusal.result == REFUSED, f"{what} is refused ({refusal.text})")
    subprocess.run(["umount", view], check=True)
    helper.drop_all()


def test_all_pins(helper, base):
    """512 of all: nine people have as many as they may, and the next one has none."""
    people = list(range(5001, 5010))
    bed.rewrite("passwd", lambda text: text + "".join(f"user{uid}:x:{uid}:{uid}::/:/bin/sh\n" for uid in people))
    bed.rewrite("group", lambda text: text + "".join(f"user{uid}:x:{uid}:\n" for uid in people))
    directories = [own(f"{base}/of-{uid}", uid) for uid in people]
    results = [helper.make(directory, uid).result for uid, directory in zip(people, directories) for _ in range(64)]
    ok(results == [OK] * 512 + [FULL] * 64 and pin_mounts(helper) == 512, "512 pins of all, and no more")
    answer = helper.make(own(f"{base}/one-more", ALICE), ALICE)
    ok(answer.result == FULL and "host" in answer.text, f"another user is told that the host is full ({answer.text})")
    ok(len(helper.list()) == 512 and len(helper.list(people[0])) == 64, "they are listed in parts")
    first = helper.list(people[0])[0]
    helper.ask(DROP, uid=people[0], name=first["name"])
    ok(helper.make(f"{base}/one-more", ALICE).result == OK, "one that ends makes room")
    helper.kill()
    helper.start()
    ok(len(helper.list()) == 512 and pin_mounts(helper) == 512, "a helper that starts again knows all of them")
    helper.drop_all()
    ok(pin_mounts(helper) == 0 and os.listdir(helper.dir) == [], "dropped, nothing is left")


def test_all(helper, mounts):
    for kind in ("ext4", "btrfs"):
        test_parents(helper, own(f"{mounts}/{kind}/parents", 0))
        helper.drop_all()
    base = f"{mounts}/ext4"
    for test in (test_swapped_while_made, test_links, test_sockets, test_others_descriptor, test_sources, test_all_pins):
        test(helper, base)
    helper.process.send_signal(signal.SIGTERM)
    ok(helper.process.wait() == 0, "it ends when it is told to")


sys.exit(bed.run_tests(test_all, ("ext4", "btrfs")))
