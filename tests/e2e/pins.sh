# shellcheck shell=bash
# Two ordinary users and the helper that makes pins, inside of a Docker host of a script's own (host.sh).
: "${SENTINEL_PIN:?the sentinel-pin to test}"

ALICE=61001 BOB=61002 RANGE=6100000
chmod 711 "$SENTINEL_HOST"
# No other people: what doctor says of their home directories is not what is tested.
awk -F: '$3 < 1000 || $3 == 65534' /etc/passwd > "$SENTINEL_HOST/passwd"
printf '%s\n' "alice:x:$ALICE:$ALICE::/:/bin/sh" "bob:x:$BOB:$BOB::/:/bin/sh" >> "$SENTINEL_HOST/passwd"
mount --bind "$SENTINEL_HOST/passwd" /etc/passwd
{ grep -vE '^(alice|bob):' /etc/group; printf '%s\n' "alice:x:$ALICE:" "bob:x:$BOB:"; } > "$SENTINEL_HOST/group"
mount --bind "$SENTINEL_HOST/group" /etc/group
echo "alice:$RANGE:65536" > "$SENTINEL_HOST/subid"
for file in subuid subgid; do
	touch "/etc/$file"
	mount --bind "$SENTINEL_HOST/subid" "/etc/$file"
done

# As its socket's unit does: it is started again when it has ended for want of pins.
helper_start() {
	while systemd-socket-activate --seqpacket -l /run/sentinel-pin.sock "$SENTINEL_PIN" /run/sentinel/pins "$SENTINEL_HOST/kept"; do
		rm -f /run/sentinel-pin.sock
	done > /dev/null 2>&1 &
	helper=$!
	wait_for 5 test -S /run/sentinel-pin.sock || bail_out "the helper did not start"
}
helper_kill() {
	# shellcheck disable=SC2046 # one or none
	kill -KILL "$helper" $(pgrep -P "$helper")
	wait "$helper" 2> /dev/null
	rm -f /run/sentinel-pin.sock
}
helper_start
trap 'helper_kill 2> /dev/null; umount -l /run/sentinel/pins 2> /dev/null; host_leave' EXIT
# As when the machine starts: nothing is mounted, /run is empty, and what is kept is made again before Docker is there.
helper_boot() {
	helper_kill
	umount -l /run/sentinel/pins/* /run/sentinel/pins
	rm -f /run/sentinel/pins.table
	"$SENTINEL_PIN" --boot /run/sentinel/pins "$SENTINEL_HOST/kept" 2> "$SENTINEL_HOST/told"
	helper_start
}
export PYTHONDONTWRITEBYTECODE=1
ask() { python3 "$here/../pin/ask.py" "$@"; }

as() { # UID COMMAND...
	setpriv --reuid "$1" --regid "$1" --clear-groups env HOME=/nonexistent "${@:2}"
}
alice() { as $ALICE /usr/bin/docker "$@" 2>&1 | sed '/^WARNING: /d'; }
bob() { as $BOB /usr/bin/docker "$@" 2>&1 | sed '/^WARNING: /d'; }
cp "$here/client.py" "$SENTINEL_HOST/client.py"
# connect UID: somebody who is connected and silent, until `disconnect`
connect() {
	coproc CONNECTED { as "$1" /usr/bin/python3 "$SENTINEL_HOST/client.py" idle "$SENTINEL_HOST/docker.sock"; }
	read -r -u "${CONNECTED[0]}" _
}
disconnect() {
	eval "exec ${CONNECTED[1]}>&-"
	wait "$CONNECTED_PID"
}
says() { # TEXT PATTERN WHAT
	local good=no
	[[ $1 == *$2* ]] && good=yes
	tap_result $good "$3" "$1"
}
denied() { says "$1" "This pin cannot be used here" "$2"; }

# The system's bus, which everybody reaches, with a polkit that lets people do what needs no password.
pins_bus() {
	: "${CROWD:?the crowd of tests/bus}"
	mkdir -m 755 /run/bus
	cat > /run/bus/bus.conf << 'END'
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=/run/bus/bus</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/></policy></busconfig>
END
	dbus-daemon --nofork --nopidfile --config-file=/run/bus/bus.conf &
	export DBUS_SYSTEM_BUS_ADDRESS=unix:path=/run/bus/bus
	wait_for 10 busctl --address="$DBUS_SYSTEM_BUS_ADDRESS" status || bail_out "there is no bus"
	printf '%s yes\n' status evaluate pin audit.read-own > /run/bus/polkit-answers
	"$CROWD" "$DBUS_SYSTEM_BUS_ADDRESS" polkit /run/bus &
	wait_for 10 busctl --address="$DBUS_SYSTEM_BUS_ADDRESS" status org.freedesktop.PolicyKit1 || bail_out "there is no polkit"
}
pins_guard() {
	guard_start --bus system
	wait_for 20 busctl --address="$DBUS_SYSTEM_BUS_ADDRESS" status io.github.dockersentinel.Sentinel1 || bail_out "the service is not on the bus"
}
# What begins a script that types what a user types: the bus, the guard, Docker with an image, and the command where everybody may run it.
pins_begin() {
	guard_policy production
	pins_bus
	pins_guard
	docker_start
	image_import > /dev/null
	chmod 666 "$SENTINEL_HOST/docker.sock"
	cp "$SENTINEL" /run/sentinel-command
}
