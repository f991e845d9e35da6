#!/bin/bash
# Exceptions of a value for what leads back to the host, on a real Docker: for that path, that user and that use alone.
. "$(dirname "$0")/begin.sh"

shared=$SENTINEL_HOST/shared other=$SENTINEL_HOST/other data=$SENTINEL_HOST/data
mkdir "$shared" "$other"
# Where setuid programs count: a machine may have its directory for temporary files without.
for dir in "$shared" "$other"; do mount -t tmpfs -o mode=755 tmpfs "$dir"; done
chmod 755 "$SENTINEL_HOST"
guard_policy mine
mkdir -p "$SENTINEL_HOST/guard/policies"
cat > "$SENTINEL_HOST/guard/policies/mine.yaml" << END
version: "1.0"
name: mine
mode: enforce
rules:
  mounts: {no_way_back: block, block_engine_files: true}
exceptions:
  - {rules: [mounts.no_way_back], values: ["$shared"], users: [nobody], reason: "the shared directory"}
  - {rules: [mounts.block_engine_files], values: ["$data"], read_only: true, users: [nobody], reason: "is counted"}
END
guard_start
docker_start
chmod 666 "$SENTINEL_HOST/docker.sock"
image_import > /dev/null
ci() { setpriv --reuid nobody --regid nogroup --clear-groups env HOME=/ DOCKER_CONFIG=/nonexistent docker "$@" 2>&1; }
# made WHO NAME MOUNT
made() { "$1" create --name "$2" --network none -v "$3" busybox:1.36 sleep 60 2>&1; }
is_made() { [[ "$1" =~ [0-9a-f]{64}$ ]]; }
blocked() { contains "$1" "BLOCKED BY SENTINEL" "$2"; }

succeeds "a directory that is excepted may be mounted as root" is_made "$(made ci one "$shared:/x")"
blocked "$(made ci two "$other:/x")" "... no other"
blocked "$(made docker two "$shared:/x")" "... by nobody else"
is "$(journal | jq -r 'select(.waived) | .waived[] | .rule + ": " + .reason' | sort -u)" "mounts.no_way_back: the shared directory" "the trail has the reason"

# The same container, by what is done with it.
echo text > "$SENTINEL_HOST/text"
chmod 644 "$SENTINEL_HOST/text"
succeeds "who is excepted copies into it" ci cp "$SENTINEL_HOST/text" one:/x/text
is "$(cat "$shared/text")" text "... which arrives there"
blocked "$(docker cp "$SENTINEL_HOST/text" one:/x/second 2>&1)" "somebody else does not: the copy is root's, whoever made the container"
is "$(ls "$shared")" text "... and nothing is there"
blocked "$(docker start one 2>&1)" "nor does somebody else start it"

succeeds "Docker's own files may be mounted read-only where that is excepted" is_made "$(made ci three "$data:/x:ro")"
blocked "$(made ci four "$data:/x")" "... not writable"
blocked "$(made ci four "$data/image:/x:ro")" "... and nothing in them"
blocked "$(made docker five "$data:/x:ro")" "... by nobody else"
done_testing
