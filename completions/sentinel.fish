# fish completion for sentinel(1)
# SPDX-License-Identifier: MIT
# What can stand there the program knows; this is how fish wants it.

function __sentinel_complete
    set -l words (commandline -opc)
    set -l last (commandline -ct)
    for line in ($words[1] __complete $words[2..-1] "$last" 2> /dev/null)
        switch $line
            case ':files'
                __fish_complete_path "$last"
            case ':directories'
                __fish_complete_directories "$last"
            case ':command *'
                set -l command $words[(math 2 + (string replace ':command ' '' -- $line))..-1] "$last"
                complete -C (string join ' ' -- (string escape -- $command[1..-2]) "$last")
            case '*'
                echo $line
        end
    end
end
complete -c sentinel -f -a '(__sentinel_complete)'
