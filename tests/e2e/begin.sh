# shellcheck shell=bash
# How a script begins that needs a Docker host of its own: with checks, from here on inside that host (host.sh), and in $here the folder of the scripts.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
. "$here/host.sh"
host_enter "$0" "$@"
