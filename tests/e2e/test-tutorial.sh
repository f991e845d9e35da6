#!/bin/bash
# docs/TUTORIAL.md, as a reader types it: from a policy that warns to one that blocks.
. "$(dirname "$0")/begin.sh"

page=$here/../../docs/TUTORIAL.md
guard_policy permissive
start_bus
guard_start --bus session
docker_start
image_import > /dev/null
sentinel() { "$SENTINEL" --bus session "$@"; }

count=0
while IFS= read -r line; do
	status=0
	[[ "$line" =~ \#\ exit\ ([0-9]+) ]] && status=${BASH_REMATCH[1]}
	command=$(sed -E 's/^[#$] //; s/ +# exit.*//' <<< "$line")
	count=$((count + 1))
	case $command in apt\ * | 'sentinel authz install') continue ;; esac
	actual=0
	output=$(eval "$command" 2>&1) || actual=$?
	is "$actual" "$status" "$line"
	case $command in
	*'--policy default'*) contains "$output" "default (warn), now in force" "says so" ;;
	'sentinel audit list --limit 5') contains "$output" "docker create --network none -v /etc" "has it" ;;
	*replay*) contains "$output" "mounts.blocked" "says what it would deny" ;;
	*'--decision denied') is "$(grep -c "denied .*-v /etc" <<< "$output")" 1 "has the one denial" ;;
	docker*) contains "$output" "$([ "$status" = 0 ] && echo "it runs" || echo "BLOCKED BY SENTINEL")" "what Docker says" ;;
	esac
done < <(sed -n '/^```console/,/^```/p' "$page" | grep '^[#$] ')
is $count 10 "ten commands"
done_testing
