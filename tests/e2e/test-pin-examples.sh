#!/bin/bash
# What docs/PINS.md shows, with images of Debian's make, npm, Go and PostgreSQL (example-images.sh).
EXAMPLES=${EXAMPLES:-$(bash "$(dirname "$0")/example-images.sh")} || exit
export EXAMPLES
. "$(dirname "$0")/begin.sh"
. "$here/pins.sh"

pins_begin
for name in make npm go postgres; do
	docker import -c 'ENV PGDATA=/var/lib/postgresql/data' -c 'ENTRYPOINT []' "$EXAMPLES/$name.tar" "$name:1" > /dev/null || bail_out "there is no image $name"
done
# As a shell does it: $(sentinel pin ...) is typed, and words are made of it.
typed() { as $ALICE sh -c "$1" 2>&1 | sed '/^WARNING: /d'; }
in_pin() { typed "docker run --rm --network none \$(/run/sentinel-command pin --args .:/w) -w /w $1"; }
project() { # NAME: an empty one of alice's, where the script goes on
	mkdir "$SENTINEL_HOST/$1"
	chown $ALICE:$ALICE "$SENTINEL_HOST/$1"
	cd "$SENTINEL_HOST/$1" || bail_out "there is no project"
}
written() { chown -R $ALICE:$ALICE .; } # what the script wrote, alice wrote
foreign() { find . ! -user $ALICE -o ! -group $ALICE; }
builds() { # WHAT PROGRAM
	local said=$said
	succeeds "$1 in a pin" test -e "$2"
	[ -e "$2" ] || printf '%s\n' "$said" | sed 's/^/# /'
	is "$(foreign)" "" "all that it wrote is the caller's"
}

project make
printf '#!/bin/sh\necho made\n' > main.sh
printf 'out/program: main.sh\n\tmkdir -p out\n\tcat $< > $@\n\tchmod 755 $@\nclean:\n\trm -rf out\n' > Makefile
written
said=$(in_pin "make:1 make")
builds "make builds a program" out/program
is "$(out/program)" made "which runs"
in_pin "make:1 make clean" > /dev/null
is "$(ls)" "Makefile
main.sh" "and make clean takes it away"

project npm
mkdir package
echo '{"name": "said", "version": "1.0.0", "main": "said.js", "bin": "said.js"}' > package/package.json
printf '#!/usr/bin/env node\nmodule.exports = (who) => `built by ${who}`;\n' > package/said.js
tar -czf said-1.0.0.tgz package
rm -r package
echo '{"name": "example", "version": "1.0.0", "private": true, "scripts": {"build": "node build.js"}, "dependencies": {"said": "file:said-1.0.0.tgz"}}' > package.json
cat > package-lock.json << 'END'
{"name": "example", "version": "1.0.0", "lockfileVersion": 3, "requires": true, "packages": {
  "": {"name": "example", "version": "1.0.0", "dependencies": {"said": "file:said-1.0.0.tgz"}},
  "node_modules/said": {"version": "1.0.0", "resolved": "file:said-1.0.0.tgz", "bin": {"said": "said.js"}}}}
END
echo 'require("fs").writeFileSync("program.js", require("said")("npm"));' > build.js
written
said=$(in_pin "npm:1 npm ci --offline")
builds "npm ci installs a package" node_modules/said/said.js
is "$(readlink node_modules/.bin/said)" ../said/said.js "with its command"
said=$(in_pin "npm:1 npm run build")
builds "npm run builds with it" program.js
is "$(cat program.js)" "built by npm" "and that is it"

project go
printf 'module example\n\ngo 1.19\n' > go.mod
mkdir greet
printf 'package greet\n\nconst Word = "gone"\n' > greet/greet.go
printf 'package main\n\nimport "example/greet"\n\nfunc main() { println(greet.Word) }\n' > main.go
written
said=$(in_pin "go:1 go build -o out/program .")
builds "go build builds a module" out/program
is "$(out/program 2>&1)" gone "which runs"

project database
query() { as $ALICE docker exec -u postgres db psql -h /tmp -At -c "$1" postgres 2>&1; }
answers() { query "select 1" | grep -qx 1; }
run_postgres() { # OPTION of sentinel pin...
	typed "docker run -d --name db --restart unless-stopped --network none \$(/run/sentinel-command pin $* --keep --args .:/var/lib/postgresql/data) postgres:1 /entrypoint postgres"
}
said=$(run_postgres --map subuid)
succeeds "PostgreSQL initialises its directory with --map subuid" wait_for 60 answers
answers || { echo "$said"; docker logs db 2>&1; } | sed 's/^/# /'
is "$(query 'create table words (word text); insert into words values ('"'kept'"')' | tail -1)" "INSERT 0 1" "and takes a row"
owners() { stat -c %u:%g "$@" | sort -u; }
is "$(owners . base global/pg_control PG_VERSION)" "$((RANGE + 998)):$((RANGE + 998))" "its files are of one user of the caller's range"
is "$(find . ! -user $((RANGE + 998)))" "" "all of them"
is "$(stat -c %a .)" 700 "closed to others"
says "$(as $BOB cat PG_VERSION 2>&1)" "Permission denied" "another user of the host does not read them"
alice restart db > /dev/null
succeeds "started again it answers" wait_for 60 answers
is "$(query 'select word from words')" kept "and has what it had"
docker kill db > /dev/null # as when the machine fails: it goes through its log
alice start db > /dev/null
succeeds "so it does when it was killed" wait_for 60 answers
is "$(query 'select word from words')" kept "with the same"
docker rm -f db > /dev/null
project other
said=$(run_postgres)
failed() { [ "$(docker inspect -f '{{.RestartCount}}' db)" -gt 0 ]; }
wait_for 20 failed
says "$(docker logs db 2>&1)" "chown" "with --map self it may not give its directory to its user, and says so"
docker rm -f db > /dev/null
done_testing
