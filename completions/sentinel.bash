# bash completion for sentinel(1)                                        -*- shell-script -*-
# SPDX-License-Identifier: MIT
# What can stand there the program knows; this is how bash wants it.

# Words as sentinel has them: bash ends one at each of COMP_WORDBREAKS, which "nginx:latest" and "--since=7d" are full of.
_sentinel_words() {
	local i word
	words=() cword=0
	for ((i = 1; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ ${#words[@]} -gt 0 && ($word == [:=]* || ${words[-1]} == *[:=]) ]]; then
			words[-1]+=$word
		else
			words+=("$word")
		fi
	done
}

_sentinel() {
	local -a words
	local cword line word
	_sentinel_words
	local last=${words[-1]} offset
	# A quote that is not closed is no part of the word.
	last=${last#[\'\"]}
	[ ${#words[@]} -eq 0 ] || words[-1]=$last
	COMPREPLY=()
	while IFS= read -r line; do
		word=${line%%$'\t'*}
		case $word in
		:files)
			compopt -o filenames
			mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "$last")
			;;
		:directories)
			compopt -o filenames
			mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -d -- "$last")
			;;
		:command\ *)
			# Of bash-completion, where that is there.
			for ((offset = 1; offset <= COMP_CWORD; offset++)); do
				[ "${COMP_WORDS[offset]}" != -- ] || break
			done
			! declare -F _command_offset > /dev/null || _command_offset $((offset + 1))
			return
			;;
		*) COMPREPLY+=("$word") ;;
		esac
	done < <("${COMP_WORDS[0]}" __complete "${words[@]}" 2> /dev/null)
	# What stands before the last of COMP_WORDBREAKS stays.
	local before=${last%"${last##*[:=]}"}
	[ -z "$before" ] || COMPREPLY=("${COMPREPLY[@]#"$before"}")
	[[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != *= ]] || compopt -o nospace
}
complete -F _sentinel sentinel
