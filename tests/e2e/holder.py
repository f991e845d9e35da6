#!/usr/bin/python3
"""holder.py SOCKET SENTINELD OPTION... - as systemd: holds the plugin socket, and starts sentineld again when it ends.

HUP: as `systemctl restart`.  TERM: the end.  Prints a line for each instance: how it ended, and after how many milliseconds."""
import os
import signal
import socket
import subprocess
import sys
import time


def listen(path):
    listener = socket.socket(socket.AF_UNIX)
    old = os.umask(0o177)
    listener.bind(path)
    os.umask(old)
    listener.listen(512)
    return listener


def start(listener, words):
    """As sd_listen_fds(3) wants it: descriptor 3, and its own process id."""
    held = listener.fileno()
    move = f'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@" 3<&{held}' + (f" {held}<&-" if held != 3 else "")
    return subprocess.Popen(["bash", "-c", move, "bash", *words], pass_fds=[held])


def end(child):
    begun = time.monotonic()
    child.terminate()
    print(child.wait(), int((time.monotonic() - begun) * 1000), flush=True)


def main():
    signals = {signal.SIGHUP, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    listener = listen(sys.argv[1])
    child = start(listener, sys.argv[2:])
    while signal.sigwait(signals) == signal.SIGHUP:
        end(child)
        child = start(listener, sys.argv[2:])
    end(child)


if __name__ == "__main__":
    main()
