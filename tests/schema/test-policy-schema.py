#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The JSON Schema against the loader: test-policy-schema.py PRINT_SCHEMA LOAD_POLICIES SOURCE_ROOT"""
import glob
import json
import os
import re
import subprocess
import sys

import jsonschema
import yaml


class CoreLoader(yaml.SafeLoader):
    """YAML 1.2's core schema, as editors read it; no aliases, tags or double keys."""

    def compose_node(self, parent, index):
        event = self.peek_event()
        if self.check_event(yaml.AliasEvent) or getattr(event, "anchor", None) or getattr(event, "tag", None):
            raise yaml.YAMLError("an alias, anchor or tag")
        return super().compose_node(parent, index)

    def construct_mapping(self, node, deep=False):
        keys = [key.value for key, _ in node.value]
        if len(keys) != len(set(keys)):
            raise yaml.YAMLError("a key is there twice")
        return super().construct_mapping(node, deep)


CoreLoader.yaml_implicit_resolvers = {}
CoreLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|false)$"), list("tf"))
CoreLoader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(~|null|)$"), ["~", "n", ""])
CoreLoader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?[0-9]+$"), list("-+0123456789"))
CoreLoader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^[-+]?([0-9]+\.[0-9]*|\.[0-9]+)$"), list("-+.0123456789"))


def schema_accepts(validator, file):
    try:
        with open(file, encoding="utf-8") as text:
            document = yaml.load(text, Loader=CoreLoader)
        validator.validate(document)
    except (yaml.YAMLError, UnicodeDecodeError):
        return False, "it is not plain YAML"
    except jsonschema.ValidationError as problem:
        return False, problem.message[:100]
    return True, ""


def main():
    print_schema, load_policies, root = sys.argv[1:4]
    written = subprocess.run([print_schema], check=True, capture_output=True, text=True).stdout
    with open(os.path.join(root, "policies/policy.schema.json"), encoding="utf-8") as file:
        committed = file.read()
    schema = json.loads(written)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker(["regex"]))

    data = os.path.join(root, "tests/data/policies")
    files = {kind: sorted(glob.glob(f"{data}/{kind}/*.yaml")) for kind in ("good", "bad", "bad-loader")}
    files["good"] += sorted(glob.glob(f"{root}/policies/*.yaml"))
    names = [file for group in files.values() for file in group]
    answers = subprocess.run([load_policies] + names, check=True, capture_output=True, text=True).stdout
    loaded = {}
    for line in answers.splitlines():
        verdict, name, problem = line.split("\t", 2)
        loaded[name] = (verdict == "good", problem)

    checks = [("policy.schema.json is what print-schema writes", written == committed, ""),
              ("there are at least 150 small files", len(files["good"]) + len(files["bad"]) >= 150, str(len(names)))]
    for kind, group in files.items():
        for name in group:
            by_schema, schema_problem = schema_accepts(validator, name)
            by_loader, loader_problem = loaded[name]
            right = by_loader == (kind == "good") and (kind == "bad-loader" or by_schema == (kind == "good"))
            checks.append((f"{kind}/{os.path.basename(name)}", right, f"loader: {loader_problem or 'accepts'}; schema: {schema_problem or 'accepts'}"))
    print(f"1..{len(checks)}")
    for number, (name, right, detail) in enumerate(checks, 1):
        print(f"{'ok' if right else 'not ok'} {number} - {name}{'' if right else ' # ' + detail}")
    return 0


sys.exit(main())
