# SPDX-License-Identifier: MIT
"""Mutants that the fast suites cannot or need not kill.  File, a part of the line, why."""

KNOWN = [
    ("daemon/sentineld.c", "service->watched && !stuck", "a thread is stuck after LIMIT_STUCK_S, which no fast test waits for; what is stuck, test-health says"),
    ("daemon/policy/check/network.c", "return true;", "try_rule: of several rules that a port meets another one speaks; which of them is not promised"),
    ("daemon/request/path.c", "(deleted)", "the way that is gone step by step then reads the same text from the same link"),
]
