#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Gives a command a terminal and answers its questions.

answer.py QUESTION ANSWER ... -- COMMAND...

Each ANSWER is typed when QUESTION has appeared behind what came before; the answer ^D ends the input.
Prints what the command wrote and ends with its status, or with 124 when a question did not come
or the command did not end.
"""
import os
import pty
import select
import sys
import time

PATIENCE_S = 20


def read(terminal, until):
    ready, _, _ = select.select([terminal], [], [], max(0, until - time.monotonic()))
    if not ready:
        return None
    try:
        return os.read(terminal, 4096).decode(errors="replace")
    except OSError:  # EIO: the other end is closed
        return ""


def converse(terminal, questions):
    text, seen, until = "", 0, time.monotonic() + PATIENCE_S
    while True:
        piece = read(terminal, until)
        if not piece:
            return text, piece is not None and not questions
        text += piece
        while questions and questions[0][0] in text[seen:]:
            question, answer = questions.pop(0)
            seen = text.index(question, seen) + len(question)
            os.write(terminal, b"\x04" if answer == "^D" else answer.encode() + b"\n")


def main(words):
    split = words.index("--")
    questions = list(zip(words[0:split:2], words[1:split:2]))
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(words[split + 1], words[split + 1:])
    text, whole = converse(terminal, questions)
    os.close(terminal)  # hangs up on a command that still waits
    _, status = os.waitpid(child, 0)
    sys.stdout.write(text.replace("\r\n", "\n"))
    return os.waitstatus_to_exitcode(status) if whole else 124


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
