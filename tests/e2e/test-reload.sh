#!/bin/bash
# Policies edited on disk while requests go on.
. "$(dirname "$0")/begin.sh"

guard_policy production
guard_start
docker_start
image_import > /dev/null
policies=$SENTINEL_HOST/guard/policies
privileged() { docker create --privileged busybox:1.36 2>&1; }
blocked() { [[ "$(privileged)" == *BLOCKED* ]]; }
allowed() { [[ "$(privileged)" != *BLOCKED* ]]; }

succeeds "production blocks a privileged container" blocked
sed -i 's/^mode: enforce/mode: audit/' "$policies/production.yaml"
succeeds "the policy edited in place takes effect without a restart" wait_for 5 allowed
sed 's/^mode: audit/mode: enforce/' "$policies/production.yaml" > "$policies/.new"
mv "$policies/.new" "$policies/production.yaml"
succeeds "so does one that an editor moved into place" wait_for 5 blocked

before=$(guard_log | grep -c 'is in force')
printf 'version: "1.0"\nname: production\nmode: audit\nrules:\n  privileged: {action: allow\n' > "$policies/production.yaml"
succeeds "a broken policy is reported with its place" wait_for 5 guard_logged "production.yaml:6:1"
succeeds "a broken policy leaves the old one in force" blocked
is "$(guard_log | grep -c 'is in force')" "$before" "nothing was put in force"
printf 'version: "1.0"\nname: production\nmode: audit\nrules:\n  priviledged: {action: allow}\n' > "$policies/production.yaml"
succeeds "an unknown key is named, with the nearest known one" wait_for 5 guard_logged 'production.yaml:5:3'
succeeds "the old policy is still in force" blocked

cp "$policies/permissive.yaml" "$policies/.new"
mv "$policies/.new" "$policies/production.yaml"
succeeds "a valid policy comes into force again" wait_for 5 allowed
echo "active_policy: strict" > "$SENTINEL_HOST/guard/config.yaml"
succeeds "config.yaml names another policy" wait_for 5 blocked
rm "$policies/strict.yaml"
sleep 1
succeeds "a policy that is deleted stays in force" blocked
done_testing
