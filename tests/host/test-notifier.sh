#!/bin/bash
# A blocked command on the screen of who typed it and on nobody else's, and the way out of it: two users' desktops with systemd, a
# session bus, Xvfb and dunst for each, and polkit's text agent.  PICTURES=DIRECTORY keeps what was on alice's screen.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../e2e/tap.sh"
. "$here/host.sh"
host_boot desktop-tree.sh
host_install docker-sentinel-notifier
in_host sh -c 'cat > /root/answer.exp; chmod 755 /root /root/answer.exp' < "$here/answer.exp"
in_host sentinel policy use production > /dev/null
host_guard_docker
host_image
# A machine that is itself in a container may lack capabilities: what it has not, runc is not asked for.
in_host sh -c 'r=$(command -v runc) && mv "$r" "$r.all" && cat > "$r" && chmod 755 "$r"' << 'RUNC'
#!/bin/sh
have=$(setpriv --dump | sed -n 's/^Capability bounding set: //p' | tr a-z A-Z)
for word; do
	if [ "$last" = --bundle ]; then
		jq --arg have "$have" '($have | split(",") | map("CAP_" + .)) as $caps | .process.capabilities |= map_values(map(select(IN($caps[]))))' \
			"$word/config.json" > "$word/config.new" && mv "$word/config.new" "$word/config.json"
	fi
	last=$word
done
exec "$0.all" "$@"
RUNC

# Each user's display has the number of their uid.  The menu of dunst is a program that chooses the line that the test says.
in_host sh -c 'cat > /usr/local/bin/choose; chmod 755 /usr/local/bin/choose' <<< $'#!/bin/sh\nexec grep -m1 "$(cat /run/choice)"'
choose() { # USER ACTION
	in_host sh -c 'cat > /run/choice' <<< "$2"
	on_desktop "$1" dunstctl context
}
in_host sh -c 'cat > /etc/systemd/user/screen.service' << 'UNIT'
[Service]
ExecStart=/usr/bin/Xvfb :%U -screen 0 640x220x24 -fbdir %t -nolisten tcp
ExecStartPost=/bin/sh -c 'until [ -S /tmp/.X11-unix/X%U ]; do sleep 0.1; done'
UNIT
in_host sh -c 'cat > /etc/systemd/user/desktop.target' << 'UNIT'
[Unit]
BindsTo=graphical-session.target
Wants=screen.service xdg-desktop-autostart.target
After=screen.service
UNIT
in_host sh -c 'mkdir -p /etc/xdg/dunst && cat > /etc/xdg/dunst/dunstrc' << 'CONFIG'
[global]
	font = DejaVu Sans 10
	icon_position = off
	width = (0, 480)
	offset = 16x16
	show_indicators = no
	dmenu = /usr/local/bin/choose
CONFIG

uid() { in_host id -u "$1"; }
on_desktop() { # USER COMMAND...: with the session bus and the screen
	local user=$1 id
	shift
	id=$(uid "$user")
	as "$user" env XDG_RUNTIME_DIR="/run/user/$id" DBUS_SESSION_BUS_ADDRESS="unix:path=/run/user/$id/bus" DISPLAY=":$id" "$@"
}
runs() { [ "$(on_desktop "$1" systemctl --user is-active sentinel-notifier.service)" = active ]; }
log_in() { # USER, who then has a graphical session and a desktop
	SESSION_TYPE=x11 in_session local "$1" sh -c 'systemctl --user set-environment DISPLAY=:$(id -u); systemctl --user start desktop.target; exec sleep infinity' > "$host/session-$1" 2>&1 &
	wait_for 30 runs "$1"
}
colours() { # USER
	in_host cat "/run/user/$(uid "$1")/Xvfb_screen0" > "$host/screen-$1"
	python3 -B "$here/screen.py" colours "$host/screen-$1"
}
hears() { grep -q "$2" "$host/$1-hears"; }
listen() { # USER: whatever is asked to be shown to them
	on_desktop "$1" dbus-monitor --session "interface='org.freedesktop.Notifications',member='Notify'" > "$host/$1-hears" 2>&1 &
	wait_for 10 hears "$1" NameAcquired
}
picture() { [ -z "${PICTURES:-}" ] || { colours alice > "$host/colours" && python3 -B "$here/screen.py" png "$host/screen-alice" "$PICTURES/$1.png"; }; }
for user in admin mallory alice; do
	succeeds "$user logs in: the notifier is started with the desktop" log_in "$user"
	listen "$user"
done
is "$(in_host ps -C sentinel-notifier -o user= | sort | xargs)" "admin alice mallory" "... one for each, though the desktop's own list of programs has it too"
fails_with 0 "what that list would start" on_desktop alice sh -c "$(in_host sed -n 's/^Exec=//p' /etc/xdg/autostart/io.github.dockersentinel.Notifier.desktop)"
contains "$output" "another one runs" "... ends at once"

run=(docker run --rm --privileged --network none busybox:1.36 echo ran)
denied_id() { sed -n 's/^Decision \([0-9]*\), policy.*/\1/p' <<< "$output"; }
fails_with 125 "alice runs a privileged container: denied" as alice "${run[@]}"
id=$(denied_id)
succeeds "... her desktop is told" wait_for 20 hears alice "Decision $id, policy production"
contains "$(cat "$host/alice-hears")" "docker run/create --privileged --network none busybox:1.36" "... the command"
contains "$(cat "$host/alice-hears")" "Privileged containers are not allowed" "... and why"
on_screen() { [ "$(colours "$1")" -gt 1 ]; }
succeeds "... and it is on her screen" wait_for 20 on_screen alice
picture denied

# The same without what was blocked: judged, copied, pasted.
fixed="docker run --rm --network=none busybox:1.36 echo ran"
choose alice "Copy fixed command"
succeeds "a click on \"Copy fixed command\": the notification shows it" wait_for 30 hears alice "Copied: $fixed"
picture fixed
pasted() { [ "$(on_desktop alice timeout 10 xclip -selection clipboard -o)" = "$fixed" ]; }
succeeds "... and the clipboard has it" wait_for 20 pasted
fails_with 0 "... it runs" as alice sh -c "$(on_desktop alice timeout 10 xclip -selection clipboard -o)"
is "${output##*$'\n'}" ran "... and says what it should"

# polkit's agent for the notifier, with a terminal at which an administrator types a password.
notifier=$(on_desktop alice systemctl --user show --value -p MainPID sentinel-notifier.service)
in_session remote alice /root/answer.exp admin sh -c "cd && mkfifo agent && { cat agent && touch agent-is-there & } && exec pkttyagent --process $notifier --notify-fd 3 3> agent" > "$host/agent" 2>&1 &
succeeds "alice's desktop has an agent of polkit's" wait_for 20 in_host test -e /home/alice/agent-is-there
choose alice "Allow once"
succeeds "a click on \"Allow once\": allowed, in the same notification" wait_for 30 hears alice "Allowed once: repeat the command within 10 minutes"
contains "$(cat "$host/agent")" "let alice run what the policy production denied: docker create --privileged --network none" "... asked of an administrator, with user and command"
contains "$(cat "$host/agent")" "asked for by alice from the notification of decision $id" "... and the reason"
is "$(grep -c '^   uint32' "$host/alice-hears") $(grep '^   uint32' "$host/alice-hears" | sort -u | grep -c -v 'uint32 0')" "4 1" "... which was shown four times as one: denied, copied, asked, allowed"
picture allowed
fails_with 0 "the same command runs" as alice "${run[@]}"
is "${output##*$'\n'}" ran "... and says what it should"
fails_with 125 "a third one is blocked" as alice "${run[@]}"
third=$(denied_id)
succeeds "... and told" wait_for 20 hears alice "Decision $third, policy production"

# What others' desktops were told meanwhile: nothing; and they could have been.
is "$(grep -c 'member=Notify' "$host/mallory-hears") $(grep -c 'member=Notify' "$host/admin-hears")" "0 0" "no other desktop was told of anything"
is "$(colours mallory) $(colours admin)" "1 1" "... and their screens are empty"
on_desktop mallory sentinel-notifier --test > "$host/test"
contains "$(cat "$host/test")" "Shown by dunst" "mallory's desktop can show something"
succeeds "... then it is on her screen" wait_for 20 on_screen mallory
contains "$(on_desktop alice sentinel-notifier --list)" "Decision $third, policy production" "alice's list has it"
is "$(on_desktop mallory sentinel-notifier --list)" "Nothing was blocked that you may see." "... mallory's has not"

listed() { in_host sentinel --json audit list --limit 50 | jq -r '.data.entries[] | select(.id == '"$1"') | .decision + " " + .user'; }
trail() { in_host cat /var/lib/sentinel/audit/audit.jsonl | jq -r "select($1) | $2"; }
is "$(listed "$id") $(listed "$third")" "denied alice denied alice" "the trail has both denials, with her name"
contains "$(trail '.endpoint == "sentinel.grant"' '.user + ": " + .command')" "alice: grant 1 made, 1 uses left" "... the grant, with who asked for it"
is "$(trail '.grant == 1 and .kind == null' '.decision + " " + .user + " " + .endpoint' | xargs)" \
	"warned alice container.create warned alice container.attach warned alice container.start" "... and its one use, which is three calls"
contains "$(in_host sentinel audit show "$id")" "alice" "audit show says whose it was"
contains "$(in_host sentinel audit list)" "alice" "audit list too"

is "$(in_host loginctl list-users --no-legend | awk '{ print $2 }' | sort | xargs)" "admin alice mallory" "all of them are still logged in"
[ $tap_failures -eq 0 ] || { cat "$host"/session-*; in_host journalctl -b --no-pager -u systemd-logind -u 'user@*'; } | sed 's/^/# /'

# What started it starts it again.
before=$(on_desktop mallory systemctl --user show --value -p MainPID sentinel-notifier.service)
in_host kill -SEGV "$before"
again() { runs mallory && [ "$(on_desktop mallory systemctl --user show --value -p MainPID sentinel-notifier.service)" != "$before" ]; }
succeeds "one that crashes is started again" wait_for 30 again

# The desktop ends, and with it the notifier.
on_desktop alice systemctl --user stop desktop.target
ended() { [ "$(in_host ps -C sentinel-notifier -o user= | sort | xargs)" = "admin mallory" ]; }
succeeds "the notifier ends with the desktop" wait_for 20 ended
fails_with 0 "its package can be purged" in_host dpkg --purge docker-sentinel-notifier
is "$(in_host sh -c 'ls -d /etc/systemd/user/*/sentinel-notifier* /etc/xdg/autostart/*sentinel* /usr/lib/systemd/user/sentinel* 2> /dev/null')" "" "... and nothing starts it any more"
done_testing
