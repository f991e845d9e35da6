#!/bin/bash
# Every shell script through shellcheck, every Python script through the compiler, every XML through xmllint.
#   test-scripts.sh ROOT
set -uo pipefail
cd "$1" || exit 1
. tests/e2e/tap.sh
export PYTHONDONTWRITEBYTECODE=1

compiles() { python3 -c 'import sys; compile(open(sys.argv[1]).read(), sys.argv[1], "exec")' "$1"; }
well_formed() { xmllint --nonet --noout "$1"; }
tool() { # FILE: what reads it, nothing for the others
	case $1 in
	*.py) echo compiles ;;
	*.sh) echo shellcheck ;;
	*.xml | *.policy) echo well_formed ;;
	*) case $(head -c 64 "$1" | head -n 1 | tr -d '\0') in
		'#!'*python*) echo compiles ;;
		'#!'*bash | '#!/bin/sh'*) echo shellcheck ;;
		esac ;;
	esac
}

# Each tool has been seen to refuse.
bad=$(mktemp -d)
trap 'rm -rf "$bad"' EXIT
echo '[ $1 = x ]' > "$bad/a.sh"
echo 'def f(:' > "$bad/a.py"
echo '<node><interface></node>' > "$bad/a.xml"
for file in a.sh a.py a.xml; do
	read -ra command <<< "$(tool "$bad/$file")"
	fails_with 1 "$file that is wrong is refused" "${command[@]}" "$bad/$file"
done

while IFS= read -r -d '' file; do
	[ -f "$file" ] || continue
	read -ra command <<< "$(tool "$file")"
	[ ${#command[@]} -eq 0 ] || succeeds "$file" "${command[@]}" "$file"
done < <(git -c safe.directory='*' ls-files -z --cached --others --exclude-standard -- ':!tests/data')
done_testing
