#!/bin/bash
# What README.md promises of a new machine, on a new machine: test-fresh.sh SOURCE_ROOT SUITE PROMISE...
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source_root=$1 suite=$2
. "$here/../e2e/tap.sh"
. "$here/machine.sh"
shift 2
on_a_new_machine "$suite" tests/fresh/promise.sh "$@"
