#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Compares answers with their schemas, and says what is wrong.

answers.py SCHEMAS DIRECTORY VERB...

NAME.words has the command line, a word a line, NAME.answer what it wrote.  Here a member that a schema does not name is
an error; the schemas that are installed leave that open, so that a later version may say more.  Of each VERB there must be
an answer that is none of an error.
"""
import json
import pathlib
import sys

import jsonschema

sys.path.insert(0, sys.argv[1])
import schemas  # noqa: E402

OPTIONS = {"--bus", "--config-dir"}


def closed(schema):
    """The same, and no other members."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    whole = {name: closed(item) for name, item in schema.items()}
    if isinstance(whole.get("properties"), dict) and whole.get("type", "object") == "object":
        whole.setdefault("additionalProperties", False)
    return whole


def verb_of(words, verbs):
    plain = []
    skip = False
    for word in words:
        if word == "--":
            break
        if skip or word.startswith("-"):
            skip = not skip and word in OPTIONS
        else:
            plain.append(word)
    for count in (2, 1):
        if " ".join(plain[:count]) in verbs:
            return " ".join(plain[:count])
    return None


def complain(words, answer, source, seen):
    verb = verb_of(words, source["answers"])
    if "--help" in words or "-h" in words:
        verb = "help"
    if "--version" in words or "-V" in words:
        verb = "version"
    try:
        values = [json.loads(answer)] if verb not in schemas.LINES else [json.loads(line) for line in answer.splitlines()]
    except ValueError:
        return f"{words}: no JSON: {answer[:200]}" if answer.strip() else None
    for value in values:
        if verb is None and "error" in value:
            continue
        if verb is None:
            return f"{words}: the answer of which verb?"
        found = jsonschema.Draft202012Validator(closed(schemas.verb_schema(verb, source)))
        error = jsonschema.exceptions.best_match(found.iter_errors(value))
        if error:
            return f"{verb}: {'.'.join(str(part) for part in error.absolute_path)}: {error.message[:600]}"
        if "error" not in value:
            seen.add(verb)
    return None


def main():
    source = json.loads((pathlib.Path(sys.argv[1]) / "answers.json").read_text(encoding="utf-8"))
    seen, said = set(), set()
    for file in sorted(pathlib.Path(sys.argv[2]).glob("*.words")):
        answer = file.with_suffix(".answer").read_text(encoding="utf-8")
        said.add(complain(file.read_text(encoding="utf-8").split("\n")[:-1], answer, source, seen))
    said |= {f"no answer of: {verb}" for verb in sys.argv[3:] if verb not in seen}
    print("\n".join(sorted(said - {None})), end="")


main()
