# SPDX-License-Identifier: MIT
"""The names of docker's flags as an enumeration, from the tables that have them: a row there is all that a flag needs,
and what writes a call cannot name a flag that no table has.

  flag-names.py HEADER TABLE.c...
"""
import re
import sys

# { "add-host", 0, HOST, NULL, 0 }
ROW = re.compile(r"""\{ "([a-z0-9][a-z0-9-]*)", (?:0|'\w'), [A-Z0-9_]+, (?:NULL|"[a-z0-9-]+"), [A-Z_0-9 |]+ \}""")


def main():
    header, tables = sys.argv[1], sys.argv[2:]
    names = sorted({name for table in tables for name in ROW.findall(open(table).read())})
    rows = [f"\tNAME(FLAG_{name.upper().replace('-', '_')}, \"{name}\")" for name in names]
    with open(header, "w") as out:
        out.write("/* SPDX-License-Identifier: MIT\n *\n * Made by flag-names.py from the tables of flags. */\n#pragma once\n\n")
        out.write("#define FLAG_NAMES(NAME) \\\n" + " \\\n".join(rows) + "\n\n")
        out.write("#define FLAG_NAME_ID(id, name) id,\ntypedef enum FlagName { FLAG_NAMES(FLAG_NAME_ID) FLAG_NAME_COUNT } FlagName;\n#undef FLAG_NAME_ID\n")


main()
