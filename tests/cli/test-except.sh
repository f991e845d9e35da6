#!/bin/bash
# SPDX-License-Identifier: MIT
# sentinel policy except beside somebody who edits the same policy: what one of them wrote is never written over by the other; who comes second is
# told, and does it again.
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/cli/service.sh
. "$here/service.sh"
times=8

mkdir -p "$dir/guard/policies"
printf 'active_policy: production\n' > "$dir/guard/config.yaml"
service_bus
service_start
policy=$dir/guard/policies/production.yaml

deny() { # NAME: the number of the decision
	jq -nc --arg uri "/v1.43/images/create?fromImage=$1.example.com%2Fx&tag=1" '{RequestMethod: "POST", RequestUri: $uri, RequestHeaders: {"Content-Length": "0"}}' |
		curl -s --unix-socket "$dir/authz.sock" http://p/AuthZPlugin.AuthZReq -d @- | grep -o 'audit show [0-9]*' | grep -o '[0-9]*'
}
for i in $(seq $times); do deny "host$i" > "$dir/denied-$i"; done
is "$(cat "$dir"/denied-* | sort -u | wc -l)" $times "calls are denied"

# An editor that takes a while, as people do.
cat > "$dir/editor" << 'END'
#!/bin/sh
sleep 0.05
echo "# edit $EDIT_NUMBER" >> "$1"
END
chmod +x "$dir/editor"
edit() { # NUMBER
	EDITOR=$dir/editor EDIT_NUMBER=$1 session policy edit production
}
except() { session policy except "$(cat "$dir/denied-$1")" --reason "needed $1"; }
# Each until it is done; how often it was told that somebody else was faster.
again() { # WHAT
	local i code told=0
	for i in $(seq $times); do
		until "$1" "$i" > "$dir/$1.out" 2>&1; do
			code=$?
			if [ $code -ne 3 ] || ! grep -Eq 'meanwhile|changed' "$dir/$1.out"; then
				echo "$1 $i: $code $(cat "$dir/$1.out")"
				return 1
			fi
			told=$((told + 1))
		done
	done
	echo "$told"
}
again edit > "$dir/edits" &
other=$!
again except > "$dir/excepts"
wait $other
echo "# told that somebody else was faster: editor $(cat "$dir/edits"), except $(cat "$dir/excepts")"
is "$(grep -c '^# edit [0-9]*$' "$policy")" $times "every edit is there"
is "$(grep -c 'reason: "needed [0-9]*"' "$policy")" $times "... and every exception"
is "$(session policy validate "$policy" | tail -n 1)" "$policy: valid" "... and the policy loads"
is "$(deny host1)$(deny host$times)" "" "... and holds"

# The same with certainty: while the editor is open, an exception is made.
deny last > "$dir/denied-last"
cat > "$dir/editor" << END
#!/bin/sh
"$SENTINEL" --bus session policy except "\$(cat "$dir/denied-last")" --reason "while it was open" > "$dir/inner" 2>&1
echo "# edit late" >> "\$1"
END
fails_with 3 "an edit that began before an exception is not written over it" edit late
is "$(grep -c 'while it was open' "$policy") $(grep -c '^# edit late' "$policy")" "1 0" "... which stays"
done_testing
