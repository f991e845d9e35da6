#!/bin/bash
# example-images.sh: makes (once) the images of test-pin-examples.sh, a NAME.tar each, and prints the directory that has them.  No registry can be
# reached: they are Debian's packages.  make, Go and PostgreSQL are this machine's; npm depends on some 400 packages, which nobody shall have to
# install for a test, so they are only extracted.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../kept-tree.sh"
release=$(. /etc/os-release && echo "${VERSION_CODENAME:-sid}")
go=$(readlink -f /usr/lib/go)
postgres=$(printf '%s\n' /usr/lib/postgresql/* | sort -V | tail -1)

skeleton() { # ROOT
	local program
	mkdir -p "$1"/{tmp,bin,etc,root,usr/bin,usr/lib,usr/lib64}
	chmod 1777 "$1/tmp"
	ln -s usr/lib "$1/lib"
	ln -s usr/lib64 "$1/lib64"
	cp "$(command -v busybox)" "$1/bin/busybox"
	for program in sh rm mkdir chown chmod echo cat id ls; do ln -s busybox "$1/bin/$program"; done
	ln -s /bin/busybox "$1/usr/bin/env"
	echo 'root:x:0:0::/root:/bin/sh' > "$1/etc/passwd"
	echo 'root:x:0:' > "$1/etc/group"
}
copy() { # FROM TO [OPTION OF tar...]: the files that standard input names
	tar -C "$1" "${@:3}" -c --files-from - | tar -C "$2" -x --keep-directory-symlink
}
programs_into() { # ROOT FILE...: of this machine, with what they are linked to
	{
		printf '%s\n' "${@:2}"
		{ ldd "${@:2}" || true; } 2> /dev/null | { grep -o '/[^ ]*' || true; } | { grep -v ':$' || true; } # one that is static has none
	} | sed 's,^/,,' | sort -u | copy / "$1" -h
}

make_of() { programs_into "$1" "$(type -P make)"; }

go_of() {
	programs_into "$1" "$go/bin/go"
	{
		ls -d "$go"/{VERSION,go.env,src,pkg/include,pkg/linux_*/{internal,runtime,runtime.a}} "$go"/pkg/tool/*/{asm,buildid,cgo,compile,link} 2> /dev/null || true
		readlink -f "$go/src" "$go/pkg/include"
	} | sed 's,^/,,' | copy / "$1" --exclude='*/src/cmd/*' --exclude='testdata' --exclude='*_test.go'
	ln -s "$go/bin/go" "$1/usr/bin/go"
}

# Its user, and the entrypoint that images of databases have: root gives the directory to that user and goes on as that.
postgres_of() {
	local programs=("$postgres"/bin/{initdb,postgres,psql,pg_isready}) library
	echo 'postgres:x:999:999::/var/lib/postgresql:/bin/sh' >> "$1/etc/passwd"
	echo 'postgres:x:999:' >> "$1/etc/group"
	for library in "$postgres"/lib/*.so; do
		[[ $library == */llvmjit* ]] || programs+=("$library")
	done
	programs_into "$1" "${programs[@]}" "$(type -P setpriv)"
	printf '%s\n' "${postgres/lib/share}" /usr/share/zoneinfo | sed 's,^/,,' | copy / "$1" -h
	for library in "${programs[@]:0:4}"; do ln -s "$library" "$1/usr/bin/"; done
	cat > "$1/entrypoint" <<- 'END'
		#!/bin/sh
		if [ "$(id -u)" = 0 ]; then
		        mkdir -p "$PGDATA" && chown -R postgres:postgres "$PGDATA" && chmod 700 "$PGDATA" || exit
		        exec /usr/bin/setpriv --reuid 999 --regid 999 --clear-groups /entrypoint "$@"
		fi
		[ -s "$PGDATA/PG_VERSION" ] || initdb --auth=trust > /dev/null || exit
		exec "$@" -k /tmp -h ''
	END
	chmod 755 "$1/entrypoint"
}

npm_of() {
	local tree=${1%/*}/tree name
	debian_into "$tree" "$release" --variant=extract --aptopt='APT::Install-Recommends "false"' --include=npm --dpkgopt='path-exclude=/usr/share/doc/*'
	# From Debian 13 on a package makes these, when it is set up.
	for name in lib lib64; do [ -e "$tree/$name" ] || ln -s "usr/$name" "$tree/$name"; done
	{
		printf '%s\n' usr/bin/{node,npm} usr/share/nodejs
		(cd "$tree" && ls -d usr/lib/*-linux-gnu/nodejs 2> /dev/null) || true
	} | copy "$tree" "$1" --exclude={@babel,@types,core-js,core-js-pure,lodash-es,webpack}
	chroot "$tree" "$(readelf -l "$tree/usr/bin/node" | sed -n 's/.*interpreter: \(.*\)\]/\1/p')" --list /usr/bin/node | grep -o '/[^ ]*' | sed 's,^/,,' | copy "$tree" "$1" -h
	rm -rf --one-file-system "$tree"
}

make_images() { # DIRECTORY
	local name
	mkdir "$1"
	for name in make go postgres npm; do
		skeleton "$1/$name"
		"${name}_of" "$1/$name"
		tar -C "$1/$name" -cf "$1/$name.tar" .
		rm -rf --one-file-system "${1:?}/$name"
	done
}

kept_tree "examples-$release" "$(dpkg-query -W libc6 busybox-static util-linux make golang-go postgresql) $go $postgres" make_images
