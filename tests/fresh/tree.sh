#!/bin/bash
# tree.sh SUITE: a Debian as its installer leaves it when nothing is chosen (priorities required and important), made
# once (kept-tree.sh), and prints where it is.
set -euo pipefail
. "$(dirname "$0")/../kept-tree.sh"
suite=$1

# A person answers "yes".
make() {
	debian_into "$1" "$suite" --variant=- --include=ca-certificates --aptopt='APT::Get::Assume-Yes "true"'
	echo sentinel-fresh > "$1/etc/hostname"
}

kept_tree "fresh-$suite" "" make
