#!/bin/bash
# SPDX-License-Identifier: MIT
# test-pin.sh WHAT: sentinel-pin as root, in a mount namespace of its own, on ext4, xfs and btrfs images, by test-WHAT.py.
set -uo pipefail
: "${SENTINEL_PIN:?the sentinel-pin to test}"
here=$(dirname "$(readlink -f "$0")")
export PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH
export PYTHONDONTWRITEBYTECODE=1
exec unshare --mount --pid --fork --kill-child --mount-proc --propagation private -- python3 "$here/test-$1.py"
