#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The shell steps of a pipeline, as one script for bash -e: each as it stands there, without the installation of packages.

pipeline.py FILE
"""
import re
import sys

import yaml


def steps_of(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if path.endswith("Jenkinsfile"):
        return re.findall(r"^\s*sh '(.*)'$", text, flags=re.M)
    tree = yaml.safe_load(text)
    if "jobs" in tree:
        return [step["run"] for job in tree["jobs"].values() for step in job["steps"] if "run" in step]
    if "steps" in tree:
        return [step["script"] for step in tree["steps"] if "script" in step]
    return [line for job in tree.values() for line in job["before_script"] + job["script"]]


steps = steps_of(sys.argv[1])
run = [step for step in steps if "apt-get install" not in step]
if len(run) < 4 or len(steps) - len(run) > 1 or "SENTINEL_CONFIG_DIR" not in open(sys.argv[1], encoding="utf-8").read():
    sys.exit(f"{sys.argv[1]}: not the steps that were expected: {steps}")
print("\n".join(run))
