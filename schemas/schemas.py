#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What the verbs answer with --json, as JSON Schemas.

schemas.py answers.json DIRECTORY           writes one a verb: policy-list.schema.json
schemas.py answers.json --text              prints the table of docs/JSON.md

answers.json has a value for each member: a word (text, number, time, yes|no, null, anything, words of which it is one:
"a|b", or the name of a type), behind ": " what it means; a list with the kind of its elements; or members, where
"name?" may be missing and "*" is any other name.
"""
import json
import pathlib
import sys

WORDS = {
    "text": {"type": "string"},
    "number": {"type": "integer"},
    "time": {"type": "integer", "minimum": 0},
    "null": {"type": "null"},
    "anything": {},
}
LINES = {"audit tail"}  # one object a line, and no envelope


def words_schema(text, types):
    word, _, meaning = text.partition(": ")
    if word == "yes|no":
        schema = {"type": "boolean"}
    elif word in WORDS:
        schema = dict(WORDS[word])
    elif word in types:
        return schema_of(types[word], types)
    else:
        # Words of which it is one, and of these some are types or "".
        parts = word.split("|")
        schemas = [words_schema(part, types) for part in parts if part in types or part in WORDS]
        constants = [part for part in parts if part not in types and part not in WORDS]
        schemas += [{"enum": constants}] if constants else []
        schema = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
    meaning = meaning or ("microseconds since 1970" if word == "time" else "")
    return {**schema, "description": meaning} if meaning else schema


def schema_of(value, types):
    if isinstance(value, str):
        return words_schema(value, types)
    if isinstance(value, list):
        return {"type": "array", "items": schema_of(value[0], types)}
    members = {name: item for name, item in value.items() if name != "*"}
    schema = {"type": "object"}
    if members:
        schema["properties"] = {name.rstrip("?"): schema_of(item, types) for name, item in members.items()}
        schema["required"] = [name for name in members if not name.endswith("?")]
    if "*" in value:
        schema["additionalProperties"] = schema_of(value["*"], types)
    return schema


def envelope(data, types):
    error = schema_of({"code": "text", "message": "text", "details": {"*": "anything"}}, types)
    common = {"success": {"type": "boolean"}, "timestamp": {"type": "string", "format": "date-time"}}
    return {
        "type": "object",
        "oneOf": [
            {"properties": {**common, "data": data}, "required": ["success", "timestamp", "data"]},
            {"properties": {**common, "success": {"const": False}, "error": error}, "required": ["success", "timestamp", "error"]},
        ],
    }


def verb_schema(verb, source):
    data = schema_of(source["answers"][verb], source["types"])
    schema = data if verb in LINES else envelope(data, source["types"])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"sentinel {verb} --json", **schema}


def show(value, indent, name=""):
    """The members as indented lines."""
    name = name + ": " if name else ""
    if isinstance(value, str):
        return [f"{indent}{name}{value}"]
    if isinstance(value, list):
        inner = value[0]
        return [f"{indent}{name}list of {inner}"] if isinstance(inner, str) else [f"{indent}{name}list of"] + show(inner, indent + "  ")
    lines = [f"{indent}{name}".rstrip()] if name else []
    for member, item in value.items():
        lines += show(item, indent + ("  " if name else ""), member)
    return lines


def text_of(source):
    """The two lists of docs/JSON.md."""
    lines = []
    for title, rows in (("Answers", "answers"), ("Kinds", "types")):
        lines += [f"## {title}", "", "```"]
        for name, value in source[rows].items():
            lines += [f"{name}: {value}"] if isinstance(value, str) else [name] + show(value, "  ")
        lines += ["```", ""]
    return "\n".join(lines)


def main(file, where):
    source = json.loads(pathlib.Path(file).read_text(encoding="utf-8"))
    if where == "--text":
        return print(text_of(source), end="")
    for verb in source["answers"]:
        name = verb.replace(" ", "-") + ".schema.json"
        (pathlib.Path(where) / name).write_text(json.dumps(verb_schema(verb, source), indent="\t") + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
