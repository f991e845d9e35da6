# SPDX-License-Identifier: MIT
"""A file system that does not answer, and a helper that ends at each of its system calls."""
import ctypes
import os
import pathlib
import select
import signal
import subprocess
import sys
import time

import bed
from bed import ALICE, BOB, ok, own, pin_mounts
from pins import DROP, FULL, KEEP, MAKE, OK, REFUSED, Client

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
CONTINUE_TO_CALL, DETACH, SEIZE, INTERRUPT = 24, 17, 0x4206, 0x4207
OPTIONS = 1 | 2 | 4 | 8  # stops at calls are marked; who is forked, too
STOPPED_AT_CALL = signal.SIGTRAP | 0x80
ALL = 0x40000000  # __WALL


def test_silent(helper, base):
    """Whose file system does not answer has no pin, and nobody else waits for it."""
    point = own(f"{base}/silent", 0)
    server = subprocess.Popen([sys.executable, f"{os.path.dirname(__file__)}/fuse.py", point, str(ALICE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    ok(server.stdout.readline() == "ready\n", "a file system of a process of its own")
    fd = os.open(point, os.O_RDONLY | os.O_DIRECTORY)
    refusal = helper.make(fd, ALICE)
    ok(refusal.result == REFUSED and "not on the file system" in refusal.text, f"which cannot be pinned ({refusal.text})")
    server.stdin.write("\n")
    server.stdin.flush()
    server.stdout.readline()
    others = Client(helper.path, helper.dir)
    begun = time.monotonic()
    for _ in range(4):
        helper.send(MAKE, uid=ALICE, seconds=60, fds=[fd])
    while len(os.listdir(helper.dir)) < 4 and time.monotonic() - begun < 4:
        time.sleep(0.01)
    fifth = others.make(own(f"{base}/alices", ALICE), ALICE)
    ok(fifth.result == FULL and "at this moment" in fifth.text, f"four at a time of one user ({fifth.text})")
    ok(others.make(own(f"{base}/bobs", BOB), BOB).result == OK and not select.select([helper.connection], [], [], 0)[0], "while it does not answer another user has a pin")
    answers = [helper.receive() for _ in range(4)]
    ok(all(answer.result == REFUSED and "in time" in answer.text for answer in answers), f"it is given up ({answers[0].text})")
    ok(time.monotonic() - begun >= 4.5, f"when its time is over ({time.monotonic() - begun:.1f} s)")
    again = others.make(f"{base}/alices", ALICE)
    ok(again.result == FULL, "what hangs there still counts, or it would be more and more of it")
    ok(pin_mounts(helper) == 1 and len(os.listdir(helper.dir)) == 1 and len(helper.list()) == 1, "nothing is left of them but what hangs")
    server.stdin.close()
    server.wait()
    os.close(fd)
    for _ in range(100):
        again = others.make(f"{base}/alices", ALICE)
        if again.result == OK:
            break
        time.sleep(0.1)
    ok(again.result == OK, "with its end the user may again")
    children = pathlib.Path(f"/proc/{helper.process.pid}/task/{helper.process.pid}/children")
    for _ in range(100):
        if children.read_text() == "":
            break
        time.sleep(0.1)
    ok(children.read_text() == "", "and no process is left")
    helper.drop_all()


def step(helper, calls):
    """Lets the helper and what it forks go on until so many system calls have begun; whether the pin was made before, and who is stopped."""
    stopped, within = set(), set()
    while True:
        pid, status = os.waitpid(-1, ALL)
        if not os.WIFSTOPPED(status):
            stopped.discard(pid)
            continue
        stopped.add(pid)
        if os.WSTOPSIG(status) == STOPPED_AT_CALL:
            within ^= {pid}
            calls -= pid in within
        if calls == 0:
            return False, stopped
        if select.select([helper.connection], [], [], 0)[0]:
            return True, stopped
        passed_on = 0 if os.WSTOPSIG(status) in (STOPPED_AT_CALL, signal.SIGTRAP, signal.SIGSTOP) or status >> 16 else os.WSTOPSIG(status)
        libc.ptrace(CONTINUE_TO_CALL, pid, None, passed_on)
        stopped.discard(pid)


def end_traced(helper, stopped):
    """The helper is killed; what it forked goes on when the next helper is there, which is worse than what systemd does: that ends it, too."""
    os.kill(helper.process.pid, signal.SIGKILL)  # not by Popen, which takes a stop for an end
    while os.WIFSTOPPED(os.waitpid(helper.process.pid, ALL)[1]):
        pass
    helper.process.returncode = -signal.SIGKILL
    rest = [pid for pid in stopped if pid != helper.process.pid]
    helper.start()
    for pid in rest:
        libc.ptrace(DETACH, pid, None, None)
    for pid in rest:
        for _ in range(200):
            try:
                if pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                    break
            except (FileNotFoundError, ProcessLookupError):
                break
            time.sleep(0.01)


def kill_at(helper, project, calls, **words):
    """Whether the pin was made before so many calls were over."""
    libc.ptrace(SEIZE, helper.process.pid, None, OPTIONS)
    libc.ptrace(INTERRUPT, helper.process.pid, None, None)
    helper.send(MAKE, uid=ALICE, seconds=0 if words else 60, fds=[fd := os.open(project, os.O_RDONLY)], **words)
    os.close(fd)
    done, stopped = step(helper, calls)
    end_traced(helper, stopped)
    return done


def test_each_step(helper, base, what, **words):
    project = own(f"{base}/each-step", ALICE)
    wrong, calls, done = [], 0, False
    while not done and calls < 2000:
        calls += 1
        done = kill_at(helper, project, calls, **words)
        listed = {item["name"] for item in helper.list()}
        kept = pathlib.Path(helper.kept).read_text() if os.path.exists(helper.kept) else ""
        if not (listed == set(os.listdir(helper.dir)) and pin_mounts(helper) == len(listed) <= 1 and len(kept.splitlines()[1:]) == (len(listed) if words else 0)):
            wrong.append(calls)
        if done and len(listed) != 1:
            wrong.append(f"{calls}: what was answered is not there")
        helper.drop_all()
        if pin_mounts(helper) or os.listdir(helper.dir):
            wrong.append(-calls)
    ok(wrong == [] and done and calls > 40, f"killed at each of {calls} system calls {what}: list and mounts are the same, and what was answered is there ({wrong})")


def test_all(helper, mounts):
    base = f"{mounts}/ext4"
    helper.make(own(f"{base}/warm", ALICE), ALICE)
    helper.drop_all()
    test_silent(helper, base)
    test_each_step(helper, base, "as it makes a pin")
    test_each_step(helper, base, "as it keeps one", flags=KEEP)
    helper.process.send_signal(signal.SIGTERM)
    ok(helper.process.wait() == 0, "it ends when it is told to")


sys.exit(bed.run_tests(test_all, ("ext4",)))
