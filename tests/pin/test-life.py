# SPDX-License-Identifier: MIT
"""How long a pin is there: over new starts of the machine when it is kept, else to the end of the last session, and whenever the helper is killed."""
import os
import pathlib
import signal
import stat
import subprocess
import sys
import time

import bed
from bed import ALICE, BOB, KINDS, as_user, in_container, ok, own, owner, pin_mounts
from pins import ABSENT, BIND, DROP, END, ENDLESS, FULL, KEEP, LOOK, MAKE, NOT_FOUND, OK, ONCE, READ_ONLY, REFUSED, SESSION, TAKE

CONTAINER = "c" * 64


def keep(helper, directory, uid=ALICE, **words):
    return helper.make(directory, uid, flags=KEEP | words.pop("flags", 0), **words)


def boot(helper):
    """The machine starts again: nothing is mounted, /run is empty.  What is told."""
    helper.kill()
    subprocess.run(["umount", "-l", *[f"{helper.dir}/{name}" for name in os.listdir(helper.dir)], helper.dir], check=True)
    os.unlink(helper.dir + ".table")
    told = helper.boot()
    helper.start()
    return told.stderr if told.returncode == 0 else f"it failed: {told.stderr}"


def there(helper, answer):
    name = answer.items[0]["name"]
    return helper.ask(LOOK, name=name).result == OK and os.path.ismount(f"{helper.dir}/{name}")


def absent(helper, answer):
    name = answer.items[0]["name"]
    row = next(item for item in helper.list(ALICE) if item["name"] == name)
    return row["flags"] & ABSENT and helper.ask(LOOK, name=name).result == NOT_FOUND and helper.ask(TAKE, name=name, token=3).result == NOT_FOUND


def test_kept(helper, mounts):
    """What is kept is the same after a start of the machine, also where its disk has another number then."""
    for kind in (*KINDS, "tmpfs"):
        project = own(f"{mounts}/{kind}/kept", ALICE)
        pathlib.Path(project, "file").write_text("kept\n")
        answer = keep(helper, project)
        ok(answer.result == OK and answer.items[0]["expires"] == ENDLESS, f"{kind}: a pin is kept ({answer.text})")
        name = answer.items[0]["name"]
        helper.ask(TAKE, name=name, token=7)
        helper.ask(BIND, name=name, token=7, container=CONTAINER)
        ok(helper.ask(TAKE, name=name, token=8).result == NOT_FOUND, f"{kind}: its container has it")
        plain = helper.make(project, ALICE)
        told = boot(helper)
        ok(told == "" and there(helper, answer), f"{kind}: after a start of the machine it is there ({told})")
        ok(not there(helper, plain) and len(helper.list(ALICE)) == 1, f"{kind}: what is not kept is not")
        ok(helper.ask(LOOK, name=name).items[0]["container"] == CONTAINER and helper.ask(TAKE, name=name, token=8).result == NOT_FOUND, f"{kind}: it is its container's still")
        in_container(f"echo more > {helper.dir}/{name}/more")
        ok(owner(f"{project}/more") == (ALICE, ALICE), f"{kind}: and its owner's")
        ok(in_container(f"mknod {helper.dir}/{name}/disk b 8 0").returncode != 0 and as_user(BOB, f"ls {helper.dir}").returncode != 0, f"{kind}: as closed as before")
        helper.ask(DROP, uid=ALICE, name=name)
        boot(helper)
        ok(helper.list() == [] and os.listdir(helper.dir) == [] and not os.path.lexists(helper.kept), f"{kind}: dropped it does not come back")


def test_other_disk(helper, mounts):
    for kind in ("ext4", "btrfs"):
        answer = keep(helper, own(f"{mounts}/{kind}/moved-disk", ALICE))
        before = os.stat(f"{mounts}/{kind}").st_dev
        helper.kill()
        subprocess.run(["umount", "-l", *[f"{helper.dir}/{name}" for name in os.listdir(helper.dir)], helper.dir, f"{mounts}/{kind}"], check=True)
        os.unlink(helper.dir + ".table")
        image = f"{mounts}/../{kind}.img"
        other = subprocess.run(["losetup", "--find", "--show", "/dev/null"], capture_output=True, text=True)
        bed.mount_image(image, f"{mounts}/{kind}")
        if other.returncode == 0:
            subprocess.run(["losetup", "--detach", other.stdout.strip()])
        told = helper.boot().stderr
        helper.start()
        ok(told == "" and there(helper, answer), f"{kind}: a disk that is mounted again is the same ({before} {os.stat(f'{mounts}/{kind}').st_dev} {told})")
        helper.drop_all()


def test_maps(helper, base):
    database = own(f"{base}/database", ALICE)
    answer, looking = keep(helper, database, map=1), keep(helper, database, flags=READ_ONLY)
    boot(helper)
    os.makedirs("/run/view", exist_ok=True)
    subprocess.run(["mount", "--bind", helper.path_of(answer), "/run/view"], check=True)
    in_container("mkdir /run/view/db && chown 999:999 /run/view/db")
    ok(owner(f"{database}/db") == (bed.RANGE + 998, bed.RANGE + 998), "a kept range of ids is the same")
    ok(in_container(f"touch {helper.path_of(looking)}/new").returncode != 0, "and what is for looking is for looking")
    subprocess.run(["umount", "/run/view"], check=True)
    helper.drop_all()


def test_changed(helper, base):
    """What is not the same directory, or not its owner's to open any more, is not made again, and told."""
    home = own(f"{base}/home", ALICE)
    project, away = f"{home}/project", f"{base}/away"

    def moved():
        os.rename(project, away)

    def replaced():
        moved()
        own(project, ALICE)

    def linked():
        moved()
        own(f"{base}/bobs", BOB)
        os.symlink(f"{base}/bobs", project)

    def linked_to_root():
        moved()
        os.symlink("/", project)

    def by_proc():
        moved()
        os.symlink(f"/proc/self/root{away}", project)

    def closed():
        os.chown(home, 0, 0)
        os.chmod(home, 0o700)

    def given():
        os.chown(project, BOB, BOB)

    def covered():
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", project], check=True)
        os.chown(project, ALICE, ALICE)

    def with_mount():
        os.makedirs(f"{project}/below", exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", f"{project}/below"], check=True)

    def without_account():
        bed.rewrite("passwd", lambda text: text.replace("alice:", "other:", 1).replace(f":{ALICE}:", ":4711:", 1))

    def with_power():
        bed.rewrite("passwd", lambda text: text.replace(f":{ALICE}:{ALICE}:", f":{ALICE}:27:", 1))

    def to_file():
        moved()
        pathlib.Path(project).touch()

    def restore():
        for mount in (f"{project}/below", project):
            if os.path.ismount(mount) and not os.path.islink(project):
                subprocess.run(["umount", mount], check=True)
        if os.path.lexists(away):
            if os.path.islink(project) or os.path.isfile(project):
                os.unlink(project)
            elif os.path.isdir(project):
                os.rmdir(project)
            os.rename(away, project)
        bed.rewrite("passwd", lambda _: bed.PASSWD)
        own(home, ALICE)
        own(project, ALICE)

    os.makedirs(project)
    restore()
    answer = keep(helper, project)
    for change, words in ((moved, "no such directory"), (replaced, "another directory"), (linked, "somebody else"), (linked_to_root, "somebody else"),
                          (by_proc, "link of /proc"), (closed, "may not open it"), (given, "somebody else"), (covered, "another directory"),
                          (with_mount, "mounted in the directory"), (without_account, "does not know you"), (with_power, "group"), (to_file, "no directory")):
        change()
        told = boot(helper)
        what = change.__name__.replace("_", " ")
        ok(words in told and project in told, f"{what}: it is told ({told.strip()})")
        ok(absent(helper, answer) and pin_mounts(helper) == 0, f"{what}: and is not made again")
        restore()
    os.rename(home, f"{base}/elsewhere")
    os.symlink(f"{base}/elsewhere", home)
    told = boot(helper)
    ok(told == "" and there(helper, answer), f"a link to where the same directory is now leads to it ({told})")
    os.unlink(home)
    os.rename(f"{base}/elsewhere", home)
    helper.kill()
    helper.start()
    ok(there(helper, answer) and helper.ask(DROP, uid=ALICE, name=answer.items[0]["name"]).result == OK, "and its owner drops it")


def test_list(helper, base):
    """The list of what is kept."""
    project = own(f"{base}/listed", ALICE)
    answer = keep(helper, project)
    status = os.stat(helper.kept)
    ok(status.st_uid == 0 and stat.S_IMODE(status.st_mode) == 0o600, "the list is root's alone")
    ok(helper.make(project, ALICE, flags=KEEP, seconds=60) is None, "what is kept has no end")
    helper.connect()
    long = own(f"{base}/{'x' * 250}/{'y' * 250}", ALICE)
    again = keep(helper, long)
    ok(again.result == REFUSED and "too long" in again.text, f"a path that is cut cannot be kept ({again.text})")
    helper.kill()
    text = pathlib.Path(helper.kept).read_text()
    for what, wrong in (("cut", text[:-5]), ("nothing", ""), ("of another owner, root", text.replace(f" {ALICE} ", " 0 "))):
        pathlib.Path(helper.kept).write_text(wrong)
        subprocess.run(["umount", "-l", *[f"{helper.dir}/{name}" for name in os.listdir(helper.dir)], helper.dir], capture_output=True)
        done = helper.boot()
        ok(done.returncode != 0 and "no list of pins" in done.stderr and pathlib.Path(helper.kept).read_text() == wrong, f"a list that is {what} makes no pin, and is left as it is")
    pathlib.Path(helper.kept).write_text(text)
    os.unlink(helper.dir + ".table")
    helper.boot()
    helper.start()
    ok(there(helper, answer), "with its list it is there")
    second = keep(helper, project)
    # A directory in the place of the next list: nothing can be written.
    os.mkdir(helper.kept + ".new")
    failed = keep(helper, project)
    ok(failed.result != OK and "kept pins" in failed.text and len(helper.list()) == 2 and pin_mounts(helper) == 2, f"what cannot be written down is not kept ({failed.text})")
    dropped = helper.ask(DROP, uid=ALICE, name=answer.items[0]["name"])
    ok(dropped.result != OK and "comes back" in dropped.text and there(helper, second) and pin_mounts(helper) == 1, f"what cannot be struck out is dropped, and that is said ({dropped.text})")
    os.rmdir(helper.kept + ".new")
    helper.drop_all()
    boot(helper)
    ok(helper.list() == [] and not os.path.lexists(helper.kept), "with room for the list it is gone")


def test_kept_quota(helper, base):
    project = own(f"{base}/quota", ALICE)
    results = [keep(helper, project).result for _ in range(65)]
    ok(results == [OK] * 64 + [FULL], "what is kept counts")
    begin = time.monotonic()
    boot(helper)
    print(f"# 64 kept pins made again: {(time.monotonic() - begin) * 1000:.0f} ms")
    ok(len(helper.list(ALICE)) == 64 and pin_mounts(helper) == 64 and helper.make(project, ALICE).result == FULL, "also after a start of the machine")
    helper.drop_all()


def test_killed(helper, base):
    """Killed at any moment: what is kept is in both lists, or in neither."""
    project = own(f"{base}/killed-kept", ALICE)
    good = True
    for i in range(40):
        helper.send(MAKE, uid=ALICE, flags=KEEP, fds=[fd := os.open(project, os.O_RDONLY)])
        os.close(fd)
        time.sleep(i * 0.0002)
        helper.kill()
        helper.start()
        listed = {item["name"] for item in helper.list() if not item["flags"] & ABSENT}
        text = pathlib.Path(helper.kept).read_text() if os.path.exists(helper.kept) else ""
        good &= listed == set(os.listdir(helper.dir)) and {line.split()[0] for line in text.splitlines()[1:]} == {item["name"] for item in helper.list()}
    ok(good, "killed while it keeps a pin, 40 times: the lists and the mounts are the same")
    helper.drop_all()
    ok(pin_mounts(helper) == 0 and not os.path.exists(helper.kept), "and all can be dropped")


def login(uid, state):
    directory = pathlib.Path("/run/systemd/users")
    directory.mkdir(parents=True, exist_ok=True)
    next_file = directory / f".{uid}.new"
    next_file.write_text(f"# as systemd-logind writes it\nNAME=x\nSTATE={state}\n")
    next_file.rename(directory / str(uid))


def gone_soon(path):
    for _ in range(100):
        if not os.path.lexists(path):
            return True
        time.sleep(0.05)
    return False


def test_sessions(helper, base):
    project, bobs = own(f"{base}/session", ALICE), own(f"{base}/bobs-session", BOB)
    early = helper.path_of(helper.make(project, ALICE))
    for uid in (ALICE, BOB):
        login(uid, "active")
    helper.kill()
    helper.start()
    for state in ("closing", "lingering", "offline"):
        login(ALICE, "active")
        answer, kept, other = helper.make(project, ALICE), keep(helper, project), helper.make(bobs, BOB)
        ok(answer.items[0]["flags"] == SESSION and not kept.items[0]["flags"] & SESSION, f"{state}: a pin of somebody who is logged in")
        login(ALICE, "online")
        ok(helper.ask(LOOK, name=answer.items[0]["name"]).result == OK, f"{state}: while another session is there it is there")
        login(ALICE, state)
        ok(gone_soon(helper.path_of(answer)) and helper.ask(LOOK, name=answer.items[0]["name"]).result == NOT_FOUND, f"{state}: it ends with the last session")
        ok(there(helper, kept) and there(helper, other), f"{state}: what is kept does not, nor another user's")
        ok(os.path.ismount(early), f"{state}: nor one that was made without a session")
    login(ALICE, "active")
    answer = helper.make(project, ALICE)
    login(ALICE, "what comes next")
    helper.kill()
    helper.start()
    ok(there(helper, answer), "a state that nobody knows ends nothing")
    helper.kill()
    login(ALICE, "offline")
    helper.start()
    ok(gone_soon(helper.path_of(answer)), "a session that ended while no helper was there")
    helper.drop_all()


def bind(helper, answer, container):
    name = answer.items[0]["name"]
    helper.ask(TAKE, name=name, token=7)
    return helper.ask(BIND, name=name, token=7, container=container)


def test_containers(helper, base):
    """Pins end with their container; and one for a single command when none has it soon."""
    project = own(f"{base}/contained", ALICE)
    first, second, kept, others, unused = helper.make(project, ALICE), helper.make(project, ALICE, flags=ONCE), keep(helper, project), helper.make(project, ALICE), helper.make(project, ALICE)
    for answer in (first, second, kept):
        bind(helper, answer, CONTAINER)
    bind(helper, others, "d" * 64)
    ok(helper.ask(END, container="e" * 64).result == OK and pin_mounts(helper) == 5, "the end of a container without pins ends none")
    ok(helper.ask(END, container=CONTAINER).result == OK and not any(there(helper, answer) for answer in (first, second, kept)), "a container's end is that of its pins, also of kept ones")
    ok(there(helper, others) and there(helper, unused) and pin_mounts(helper) == 2 and not os.path.exists(helper.kept), "and of no other")
    once, used = helper.make(project, ALICE, flags=ONCE), helper.make(project, ALICE, flags=ONCE)
    bind(helper, used, CONTAINER)
    listed = {item["name"]: item["expires"] - item["made"] for item in helper.list(ALICE)}
    ok(listed[once.items[0]["name"]] == 600_000_000 and listed[used.items[0]["name"]] == 3600_000_000, "one for a single command waits ten minutes for its container")
    helper.kill()
    table = pathlib.Path(helper.dir + ".table")
    lines = [line.split(" ") for line in table.read_text().splitlines()]
    for line in lines[1:]:
        line[3] = str(int(line[3]) - 601_000_000)  # when it was made
    table.write_text("".join(" ".join(line) + "\n" for line in lines))
    helper.start()
    ok(gone_soon(helper.path_of(once)), "afterwards it is gone")
    ok(all(there(helper, answer) for answer in (used, others, unused)), "what has a container is not, nor what was not for a single command")
    helper.drop_all()


def test_all(helper, mounts):
    test_kept(helper, mounts)
    test_other_disk(helper, mounts)
    base = f"{mounts}/ext4"
    test_maps(helper, base)
    test_changed(helper, base)
    test_list(helper, base)
    test_kept_quota(helper, base)
    test_killed(helper, base)
    test_containers(helper, base)
    test_sessions(helper, base)
    helper.process.send_signal(signal.SIGTERM)
    ok(helper.process.wait() == 0, "it ends when it is told to")


sys.exit(bed.run_tests(test_all, (*KINDS, "tmpfs")))
