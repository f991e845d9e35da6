# SPDX-License-Identifier: MIT
"""Kinds of mutants: each reads one line of C and says by what it could be replaced.

A kind gets the line, the line before, the line after and the file's constants; it yields the changed line.  What it cannot
change for certain it leaves alone: an `if` over several lines, a call whose brackets are open.
"""
import re

CONSTANT = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")
STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
WORD = re.compile(r'"[\w./:-]+"')  # text for people is not behaviour
OFF_BY_ONE = {">": ">=", ">=": ">", "<": "<=", "<=": "<"}
# Memory that is not given back, and what is only told to the log, no test of behaviour sees; sanitizers and people do.
UNSEEN = re.compile(r"\s*(?:\(void\))?\s*(?:g_free|g_strfreev|g_error|g_clear_\w+|g_assert\w*|va_end|free|log_\w+|printf|puts|\w*_unref|\w*_free|\w*_clear|\w*_close\w*|close|g_test_\w+)\(")
ROW = re.compile(r"\s*(?:\[\w+\] = )?\{.*\},?|\s*\[\w+\] = [^{]*,|\s*[A-Z_]+\(.*\),")


def outside_strings(line):
    return STRING.sub(lambda found: '"' + "s" * (len(found[0]) - 2) + '"', line)


def balanced(text):
    bare = outside_strings(text)
    return bare.count("(") == bare.count(")") and bare.count("{") == bare.count("}")


def condition(line):
    """(start, end) of what stands in the brackets of an `if` that begins and ends on this line."""
    found = re.match(r"\s*(?:\} )?(?:else )?if \(", outside_strings(line))
    if not found:
        return None
    depth, bare = 1, outside_strings(line)
    for at in range(found.end(), len(bare)):
        depth += {"(": 1, ")": -1}.get(bare[at], 0)
        if not depth:
            return (found.end(), at) if bare[at + 1:].strip() in ("", "{") else None
    return None


def limit(line, before, after, constants):
    """A comparison with a limit that is off by one."""
    bare = outside_strings(line)
    for found in re.finditer(r"(?<![-<>=])(>=|<=|>|<)(?![<>=]) ?(?=[^;&|?]*LIMIT_)", bare):
        yield line[:found.start(1)] + OFF_BY_ONE[found[1]] + line[found.end(1):]


def negate(line, before, after, constants):
    """A condition that is the other way round."""
    place = condition(line)
    if place:
        yield f"{line[:place[0]]}!({line[place[0]:place[1]]}){line[place[1]:]}"


def check(line, before, after, constants):
    """A check that is not made: an `if` before a return, a continue or a goto."""
    place = condition(line)
    if place and re.match(r"\s*(return|continue|break|goto)\b", after):
        yield f"{line[:place[0]]}0 && ({line[place[0]:place[1]]}){line[place[1]:]}"


def call(line, before, after, constants):
    """A call that is not made."""
    if re.fullmatch(r"\t+(?:\(void\))?[a-z_0-9]+\(.*\);", line) and balanced(line) and not UNSEEN.match(line) and not re.search(r"\) \*?\w+ = ", line):
        yield re.match(r"\s*", line)[0] + ";"


def junction(line, before, after, constants):
    """And for or, or for and."""
    bare = outside_strings(line)
    for found in re.finditer(r"&&|\|\|", bare):
        if re.match(r"\s*(?:\} )?(?:else )?(?:if|while|return)\b", line):
            yield line[:found.start()] + {"&&": "||", "||": "&&"}[found[0]] + line[found.end():]


def equal(line, before, after, constants):
    """Equal for unequal."""
    bare = outside_strings(line)
    if re.match(r"\s*(?:return|for|while|bool)\b", line):
        for found in re.finditer(r" (==|!=) ", bare):
            yield line[:found.start(1)] + {"==": "!=", "!=": "=="}[found[1]] + line[found.end(1):]


def answer(line, before, after, constants):
    """Yes for no, and another error."""
    for old, new in (("return false;", "return true;"), ("return true;", "return false;"), ("return 0;", "return -1;"), ("return -EINVAL;", "return -EIO;")):
        if line.strip() == old:
            yield line.replace(old, new)
    found = re.search(r"\bSENTINEL_ERROR_[A-Z]+\b", line)
    if found:
        others = sorted(name for name in constants if name.startswith("SENTINEL_ERROR_") and name != found[0])
        yield line[:found.start()] + (others[0] if others else "SENTINEL_ERROR_" + ("INVALID" if found[0] != "SENTINEL_ERROR_INVALID" else "INTERNAL")) + line[found.end():]


def row(line, before, after, constants):
    """A row of a table with the constant of another row, another word, or the other truth."""
    if not ROW.fullmatch(line):
        return
    for found in CONSTANT.finditer(outside_strings(line)):
        family = found[0].split("_")[0] + "_"
        others = sorted(name for name in constants if name.startswith(family) and name != found[0])
        if others:
            yield line[:found.start()] + others[sum(map(ord, found[0])) % len(others)] + line[found.end():]
    for found in STRING.finditer(line):
        if WORD.fullmatch(found[0]):
            yield line[:found.end() - 1] + "x" + line[found.end() - 1:]
    for found in re.finditer(r"\b(true|false)\b", outside_strings(line)):
        yield line[:found.start()] + {"true": "false", "false": "true"}[found[0]] + line[found.end():]


KINDS = [limit, row, check, negate, call, junction, equal, answer]


def mutants(text):
    """(kind, number of the line from 0, the new line) for all of a file."""
    lines = text.split("\n")
    constants = set(CONSTANT.findall("\n".join(outside_strings(line) for line in lines)))
    comment = False
    for number, line in enumerate(lines):
        comment = comment or line.lstrip().startswith("/*")
        if comment or line.lstrip().startswith("#") or line.endswith("\\"):
            comment = comment and "*/" not in line
            continue
        before = lines[number - 1] if number else ""
        after = lines[number + 1] if number + 1 < len(lines) else ""
        for kind in KINDS:
            for changed in kind(line, before, after, constants):
                if changed != line:
                    yield kind.__name__, number, changed
