#!/bin/bash
# What docs/PINS.md shows, with this machine's own make in an image, and a database whose container begins as root and goes on as another user.
. "$(dirname "$0")/begin.sh"
. "$here/pins.sh"

guard_policy production
pins_bus
pins_guard
docker_start
image_import > /dev/null
chmod 666 "$SENTINEL_HOST/docker.sock"
cp "$SENTINEL" /run/sentinel-command

# image_of NAME FILE...: these files of the machine, with what they are linked to, beside busybox.
image_of() {
	local name=$1 root=$SENTINEL_HOST/image-$1
	shift
	mkdir -p "$root"/{tmp,bin,usr/lib,usr/lib64}
	ln -s usr/lib "$root/lib"
	ln -s usr/lib64 "$root/lib64"
	cp /bin/busybox "$root/bin/"
	for program in sh rm mkdir chown chmod echo cat; do ln -s busybox "$root/bin/$program"; done
	{
		printf '%s\n' "$@"
		ldd "$@" | grep -o '/[^ ]*'
	} | sort -u | tar -C / -c -h --files-from - 2> /dev/null | tar -C "$root" -x --keep-directory-symlink
	chmod 755 "$root"
	tar -C "$root" -c . | docker import - "$name:1" > /dev/null || bail_out "there is no image $name"
}
in_project() { (cd "$1" && as $ALICE sh -c "docker run --rm --network none $2 2>&1" | sed '/^WARNING: /d'); }
pinned() { as $ALICE /run/sentinel-command pin "$@"; }
project() { # NAME: an empty one of alice's
	mkdir "$SENTINEL_HOST/$1"
	chown $ALICE:$ALICE "$SENTINEL_HOST/$1"
	cd "$SENTINEL_HOST/$1" || bail_out "there is no project"
}
foreign() { find . ! -user $ALICE -o ! -group $ALICE; }

image_of make "$(type -P make)"
project make
printf '#!/bin/sh\necho made\n' > main.sh
printf 'out/program: main.sh\n\tmkdir -p out\n\tcat $< > $@\n\tchmod 755 $@\nclean:\n\trm -rf out\n' > Makefile
chown $ALICE:$ALICE main.sh Makefile
in_project . "$(pinned --args .:/w) -w /w make:1 make" > "$SENTINEL_HOST/said"
succeeds "make builds a program in a pin" out/program
[ -x out/program ] || sed 's/^/# /' "$SENTINEL_HOST/said"
is "$(foreign)" "" "all of it is the caller's"
in_project . "$(pinned --args .:/w) -w /w make:1 make clean" > /dev/null
is "$(ls)" "Makefile
main.sh" "and make clean takes it away"

image_of database "$(type -P setpriv)"
project database
cat > ../entrypoint << 'END'
# As the entrypoints of databases do: root gives the directory to the database's user, and goes on as that.
if [ "$(busybox id -u)" = 0 ]; then
	mkdir -p /var/data/base && chown -R 999:999 /var/data/base && chmod 700 /var/data/base || exit
	exec SETPRIV --reuid 999 --regid 999 --clear-groups sh /entrypoint
fi
umask 77
cd /var/data/base || exit
[ -e version ] || { echo 1 > version && mkdir tables && echo row > tables/first; }
echo started >> log
cat tables/first
exec busybox sleep 600
END
sed -i "s,SETPRIV,$(type -P setpriv)," ../entrypoint
docker create --name with --network none database:1 sh /entrypoint > /dev/null
docker cp ../entrypoint with:/entrypoint
docker commit with database:2 > /dev/null
docker rm with > /dev/null
run_database() { in_project . "-d --name db --rm=false --restart unless-stopped $(pinned --map subuid --keep --args .:/var/data) database:2 sh /entrypoint" > "$SENTINEL_HOST/said"; }
run_database
logged() { [ "$(docker logs db 2>&1 | grep -c row)" = "$1" ]; }
succeeds "a database makes its files with --map subuid" wait_for 20 logged 1
logged 1 || { sed 's/^/# /' "$SENTINEL_HOST/said"; docker logs db 2>&1 | sed 's/^/# /'; }
is "$(stat -c %u:%a base base/tables/first | tr '\n' ' ')" "$((RANGE + 998)):700 $((RANGE + 998)):600 " "as a user of the caller's range"
alice restart -t 0 db > /dev/null
succeeds "and finds them when it is started again" wait_for 20 logged 2
docker rm -f db > /dev/null
in_project . "$(pinned --args .:/var/data) database:2 sh /entrypoint" > "$SENTINEL_HOST/said"
says "$(cat "$SENTINEL_HOST/said")" "Permission denied" "with --map self it may not, and says so"
done_testing
