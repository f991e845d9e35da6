#!/bin/bash
# Who may administer: root, administrators by password, nobody else; and what a refusal looks like.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../e2e/tap.sh"
. "$here/host.sh"
host_boot
host_install
in_host sh -c 'cat > /root/answer.exp; chmod 755 /root /root/answer.exp' < "$here/answer.exp"
# polkit has text agents only for those who are in a session.
answer() { # PASSWORD USER COMMAND...
	local password=$1 user=$2
	shift 2
	in_session remote "$user" /root/answer.exp "$password" "$@"
}
mode() { property Mode; }

succeeds "polkit knows the actions" in_host pkaction --action-id io.github.dockersentinel.sentinel1.mode.relax
is "$(in_host pkaction | grep -c dockersentinel)" "$(grep -c '<action' "$SOURCE_ROOT/polkit/io.github.dockersentinel.Sentinel1.policy.in")" "... all of them"

succeeds "everybody sees the policies" as mallory sentinel policy list
succeeds "everybody sees the state" as mallory sentinel authz status
fails_with 1 "everybody may try a command" as mallory sentinel validate --policy production -- docker run --privileged ubuntu

fails_with 4 "no terminal: a user cannot change the policy" as alice sentinel policy use production
contains "$output" "no agent" "... and is told that nothing could ask"
fails_with 4 "--no-ask-password: refused at once" as admin sentinel --no-ask-password policy use production
contains "$output" "password" "... and is told that a password would help"
is "$(mode)" '"warn"' "nothing changed"

fails_with 0 "root passes" in_host sentinel policy use production
is "$(mode)" '"enforce"' "... and the policy is in force"

# Who writes is another one, and believes neither the service nor its user.
is "$(in_host stat -c %U /etc/sentinel /etc/sentinel/policies /etc/sentinel/config.yaml /etc/sentinel/policies/production.yaml | sort -u)" sentinel-write "the files have a user of their own"
guard=(setpriv --reuid sentinel --regid sentinel --clear-groups)
contains "$(in_host "${guard[@]}" sh -c 'echo x >> /etc/sentinel/config.yaml' 2>&1)" "Permission denied" "... the service's user cannot write them"
contains "$(in_host "${guard[@]}" touch /etc/sentinel/policies/mine.yaml 2>&1)" "Permission denied" "... nor make others"
contains "$(in_host nsenter --mount --target "$(main_pid)" touch /etc/sentinel/policies/mine.yaml 2>&1)" "Read-only file system" "... nor, in its unit, anybody"
# As one who has taken over the service: a question as base/write-wire.h has it; what is printed is a WriteResult.
attack() { # NAME
	in_host "${guard[@]}" perl -MIO::Socket::UNIX -e '
		my $writer = IO::Socket::UNIX->new(Peer => "/run/sentinel-write.sock") or die "no way in: $!";
		my ($sender, $policy) = ($ARGV[0], "permissive");
		$writer->print(pack("L6", 0, 0, length $sender, length $policy, 0, 0), $sender, $policy, "a");
		$writer->flush;
		$writer->read(my $answer, 1036);
		print unpack("L", $answer);' "$1" 2>&1
}
is "$(attack :1.99999)" 7 "... in the name of nobody who is there it gets nothing"
is "$(attack org.freedesktop.systemd1)" 7 "... nor in one that is no connection's own"
contains "$(as mallory perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Peer => "/run/sentinel-write.sock") or print $!')" "Permission denied" "... nobody else gets in"
is "$(mode)" '"enforce"' "nothing changed"
in_host systemctl stop sentinel-write.socket sentinel-write.service
fails_with 3 "without it nothing is written" in_host sentinel policy use permissive
contains "$output" "nothing was changed" "... which is said"
is "$(mode)" '"enforce"' "... and nothing changed"
in_host systemctl start sentinel-write.socket

fails_with 4 "a wrong password is refused" answer wrong admin sentinel policy use strict
is "$(mode)" '"enforce"' "nothing changed"
fails_with 0 "an administrator changes the policy with his password" answer admin admin sentinel policy use strict
contains "$output" "AUTHENTICATING FOR io.github.dockersentinel.sentinel1" "... asked by the text agent"
fails_with 0 "alice may when an administrator types his password" answer admin alice sentinel policy use production

fails_with 0 "an administrator relaxes the mode" answer admin admin sentinel policy use permissive
contains "$output" "sentinel1.mode.relax" "... which is another action"
contains "$output" "policy permissive, mode audit" "... whose question names policy and mode"
is "$(mode)" '"audit"' "... and it is done"
contains "$(in_host journalctl -b -x --no-pager -u sentineld.service)" "Docker Sentinel allows more than before" "the journal says that more is allowed"

# With the text agent a password is kept for the process only: every command asks again for itself.
fails_with 4 "without an answer nothing is kept" as admin sentinel --no-ask-password policy use strict

fails_with 0 "a seat's user sees the state" in_session local alice sentinel authz status
fails_with 4 "a session at the seat has no more rights without a password" in_session local alice sentinel --no-ask-password policy use strict
fails_with 4 "a session elsewhere neither" in_session remote admin sentinel --no-ask-password policy use strict

in_host sh -c 'cat > /etc/polkit-1/rules.d/50-test.rules' << 'RULE'
polkit.addRule(function(action, subject) {
	if (action.id == "io.github.dockersentinel.sentinel1.mode.relax" && action.lookup("policy") == "default" && subject.user == "alice")
		return polkit.Result.YES;
});
RULE
in_host sentinel policy use production > /dev/null
succeeds "a rule may look at the policy's name" wait_for 10 as alice sentinel policy use default
fails_with 4 "... and another name is refused" as alice sentinel --no-ask-password policy use permissive

# The broadcast names users: it is root's.
in_host systemctl stop polkit.service
in_host systemctl mask --runtime --quiet polkit.service
fails_with 3 "polkit gone: a user may nothing" as alice sentinel policy list
contains "$output" "polkit" "... and is told why"
succeeds "polkit gone: root may everything" in_host sentinel policy use production

in_host systemctl stop sentineld.service sentineld.socket
in_host systemctl mask --runtime --quiet sentineld.service
fails_with 3 "the service cannot be started" as alice sentinel authz status
contains "$output" "was stopped by an administrator" "... and it is said why"
fails_with 3 "... nor by another call" as alice sentinel policy list
contains "$output" "systemctl status sentineld" "... which says where to look"
in_host dpkg --purge docker-sentinel > /dev/null 2>&1
in_host sh -c 'cp /root/sentinel /usr/local/bin/sentinel' 2> /dev/null || in_host sh -c 'cat > /usr/local/bin/sentinel && chmod 755 /usr/local/bin/sentinel' < "$BUILD_ROOT/cli/sentinel"
in_host systemctl unmask --runtime --quiet sentineld.service
in_host systemctl reload dbus.service
fails_with 3 "the service is not installed" as alice sentinel authz status
contains "$output" "is the package installed" "... and it is said that it is not"
done_testing
