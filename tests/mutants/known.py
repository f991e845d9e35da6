# SPDX-License-Identifier: MIT
"""Mutants that the fast suites cannot or need not kill.  File, a part of the line as it was or is then, why."""

KNOWN = [
    ("daemon/sentineld.c", "service->watched && !stuck", "a thread is stuck after LIMIT_STUCK_S, which no fast test waits for; what is stuck, test-health says"),
    ("daemon/policy/check/network.c", "return true;", "try_rule: of several rules that a port meets another one speaks; which of them is not promised"),
    ("daemon/authz/peers.c", "pthread_mutex_destroy(", "memory that is not given back, which sanitizers and people see"),
    ("daemon/audit/export.c", "waited <= LIMIT_EXPORT_STALL_MS", "one look more at the end of half a minute"),
    ("daemon/authz/identity.c", ">= LIMIT_LOOK_RECENT_MS", "the same microsecond"),
    ("daemon/request/host-view.c", ">= LIMIT_MOUNTINFO_MS", "the same microsecond"),
    ("daemon/audit/index.c", "set_progress(index);", "read_chunk: the next round tells it at its beginning, so that a wait is a moment longer"),
    ("daemon/scan/agent.c", "sent < 0 && errno == EINTR", "no signal has a handler in that process, so none interrupts a call"),
    ("daemon/docker/probes.c", "if (!open->body_shown)", "a line of the log; what is known of bodies stands in the line above"),
    ("daemon/scan/secret/image/walk.c", "leave_out(walk, GAP_EXPRESSION);", "no text is known on which the expression of a rule gives up; it is there for one that would"),
    ("daemon/request/argv/value/network.c", "return false;", "argv_networks_check: the line keeps what was wrong first, and nobody reads what is written after that"),
    ("daemon/request/path.c", "(deleted)", "the way that is gone step by step then reads the same text from the same link"),
    ("cli/exec-decision.c", "return -1;", "an entry that cannot be read, which no service sends; the number that is then asked a grant for is refused"),
    ("daemon/core/pulls.c", "watch_forget(&pulls->watch);", "memory that is not given back, which sanitizers and people see"),
    ("daemon/bus/policy-change.c", "if (why || !why)", "the reload that follows is guarded as well, and the file is put back (unit /reload/guard): the answer alone says more"),
    ("pin/message.c", "part->cmsg_level", "another kind of control message comes only where an option of the socket asks for it, and none does"),
    ("daemon/core/notice.c", "return -1;", "on_wakeup: a timer that exists can be started"),
    ("daemon/scan/secret/rules/file.c", '"cifs-password"', "the word that is another is in the example that must not be found"),
    ("daemon/request/defaults.c", "return true;", "read_ulimit: the reader keeps what was wrong first, and says so at the end"),
    ("daemon/bus/gate.c", "(void)sd_bus_message_rewind(task->call, true);", "sd-bus rewinds a message itself before each of its callbacks"),
    ("daemon/bus/gate.c", "bus->passing || bus->passing->call", "while a call passes, no other message is handled"),
    ("daemon/service/trail-retain.c", "!trail->retention_failed", "a line of the log more often than once"),
    ("daemon/service/pulling.c", "world_release(", "memory that is not given back, which sanitizers and people see"),
    ("daemon/service/trail-pack.c", "pulse_beat();", "the watchdog of a packing that takes longer than LIMIT_STUCK_S, which no fast test waits for"),
]
