# SPDX-License-Identifier: MIT
"""ask.py make UID DIR [MAP] | drop PATH | container PATH: one question to the helper at its usual place, by a script."""
import sys

import pins

client = pins.Client("/run/sentinel-pin.sock")
what, words = sys.argv[1], sys.argv[2:]
if what == "make":
    answer = client.make(words[1], int(words[0]), map=int(words[2]) if len(words) > 2 else 0)
elif what == "drop":
    answer = client.ask(pins.DROP, name=words[0].rsplit("/", 1)[-1])
else:
    answer = client.ask(pins.LOOK, name=words[0].rsplit("/", 1)[-1])
if answer.result != pins.OK:
    sys.exit(answer.text)
print(answer.items[0]["container"] if what == "container" else client.path_of(answer))
