#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Types lines into a real shell on a terminal and prints what it then runs.

    shells.py SHELL COMPLETIONS < LINES

Each line of standard input is typed, then Tab, then Enter.  `sentinel` in $PATH must be a program that prints "RAN[a|b|c]" for its words;
for each line there is one such line of output, or "nothing was run" and what was on the screen.
"""
import os
import pty
import re
import select
import sys
import time

PATIENCE = 60
SHELLS = {
    'bash': (['bash', '--noprofile', '--norc', '-i'],
             'source /usr/share/bash-completion/bash_completion; source {0}/sentinel.bash; complete -W runaway docker'),
    'zsh': (['zsh', '-f', '-i'],
            'fpath=({0} $fpath); autoload -Uz compinit; compinit -u -D; _fake() {{ compadd runaway }}; compdef _fake docker'),
    'fish': (['fish', '--no-config', '-i'], 'source {0}/sentinel.fish; complete -c docker -f -a runaway'),
}


class Terminal:
    def __init__(self, argv):
        self.child, self.fd = pty.fork()
        if self.child == 0:
            os.execvp(argv[0], argv)
        self.screen = ''

    def type(self, text):
        os.write(self.fd, text.encode())

    def wait_for(self, pattern):
        """What matched, of what came since the last match; None when it does not come."""
        end = time.monotonic() + PATIENCE
        while True:
            found = re.search(pattern, self.screen)
            if found:
                self.screen = self.screen[found.end():]
                return found
            if time.monotonic() > end or not select.select([self.fd], [], [], 1)[0] and time.monotonic() > end:
                return None
            if select.select([self.fd], [], [], 0)[0]:
                try:
                    got = os.read(self.fd, 65536).decode(errors='replace')
                except OSError:
                    return None
                if re.search(r'\x1b\[0?c', got):
                    self.type('\x1b[?62c')  # some shells ask what kind of terminal this is
                self.screen += got


def main():
    argv, setup = SHELLS[sys.argv[1]]
    terminal = Terminal(argv)
    terminal.type(setup.format(sys.argv[2]) + '\n')
    terminal.type('echo re""ady\n')
    if not terminal.wait_for('ready'):
        sys.exit('the shell is not ready: ' + repr(terminal.screen))
    for line in sys.stdin.read().splitlines():
        terminal.type(line + '\t')
        # It reads the whole of it before it answers Enter.
        terminal.type('\r')
        ran = terminal.wait_for(r'RAN\[[^\]]*\]')
        print(ran.group(0) if ran else 'nothing was run: ' + repr(terminal.screen), flush=True)
        if not ran:
            terminal.type('\x03')
    os.close(terminal.fd)
    os.waitpid(terminal.child, 0)


main()
