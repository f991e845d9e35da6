# SPDX-License-Identifier: MIT
"""The table of verbs and options against all that is said about them.  Prints TAP.

  test-table.py SENTINEL ROOT [--write]

--write: puts the table into docs/CHEATSHEET.md.
"""
import glob
import json
import os
import re
import shlex
import subprocess
import sys

COLUMNS = 80
BEFORE, BEHIND = '<!-- printed by sentinel help --json -->', '<!-- end of the options -->'
FILTERS = 'audit list'  # whose options the manual calls FILTERS
count = failed = 0


def check(good, what, details=''):
    global count, failed
    count += 1
    failed += not good
    print(f'{"ok" if good else "not ok"} {count} - {what}')
    if not good and details:
        print(re.sub('^', '# ', str(details), flags=re.M))


def run(*words):
    ran = subprocess.run([sys.argv[1], *words], capture_output=True, text=True)
    return ran.returncode, ran.stdout


def sections(manual):
    """Of the manual's VERBS: what stands under each verb, by its words."""
    found, name = {}, None
    for line in manual.partition('\n# VERBS\n')[2].partition('\n# EXIT STATUS\n')[0].split('\n'):
        begin = re.match(r'\*([a-z-]+(?: [a-z]+)?)\*', line)
        if begin:
            name = begin.group(1)
        if name:
            found[name] = found.get(name, '') + line + '\n'
    return found


def completed(*words):
    """What a shell is offered behind these words."""
    return {line.split('\t')[0] for line in run('__complete', *words)[1].split('\n')}


def in_manual(option, text):
    forms = [f'*--{option["name"]}*' + (f' _{option["value"]}_' if option['value'] else '')]
    if option['letter']:
        forms.append(f'*-{option["letter"]}*')
    return all(form in text for form in forms)


def cell(text):
    return text.replace('|', '\\|')


def markdown(table):
    lines = ['| verb | options | exit 1 |', '|---|---|---|']
    for verb in table['verbs']:
        options = []
        for option in verb['options']:
            letter = f'-{option["letter"]}, ' if option['letter'] else ''
            value = ' ' + option['value'] if option['value'] else ''
            default = f' ({option["default"]})' if option['default'] else ''
            options.append(f'`{letter}--{option["name"]}{value}`{default}')
        name = (verb['verb'] + ' ' + verb['arguments']).strip()
        lines.append(cell(f'| `{name}`').replace('\\|', '|', 1) + f' | {cell(", ".join(options))} | {cell(verb["status_1"])} |')
    return '\n'.join(lines)


def check_verb(verb, manual):
    name, words = verb['verb'], verb['verb'].split()
    code, text = run('help', *words)
    check(code == 0 and all(len(line) <= COLUMNS for line in text.split('\n')), f'the help of {name} fits {COLUMNS} columns', text)
    lacking = [option['name'] for option in verb['options'] if not re.search(rf'--{option["name"]}( {re.escape(option["value"] or "")})?\s', text)]
    lacking += [option['default'] for option in verb['options'] if option['default'] and f'(default: {option["default"]})' not in re.sub(r'\s+', ' ', text)]
    check(not lacking, f'the help of {name} has its options and what counts without them', lacking)
    check('Exit status:\n  0 done' in text and verb['status_1'] in re.sub(r'\s+', ' ', text), f'the help of {name} has its exit statuses', text)
    example = shlex.split(verb['example'])
    at = example.index('--') if '--' in example else len(example)
    check(f'Example:\n  sentinel {verb["example"]}' in text and example[:len(words)] == words and run(*example[:at], '--help', *example[at:])[0] == 0,
          f'the help of {name} has an example that can be typed', verb['example'])
    lacking = [f'--{option["name"]}' for option in verb['options'] if f'--{option["name"]}' not in completed(*words, '--')]
    check(words[-1] in completed(*words[:-1], '') and not lacking, f'{name} and its options are completed', lacking)
    section = manual.get(name, '')
    lacking = [option['name'] for option in verb['options'] if not in_manual(option, section) and not ('FILTERS' in section and in_manual(option, manual[FILTERS]))]
    check(section and not lacking, f'sentinel(1) has {name} and its options, with the same words for values', lacking)


# Of these no answer is looked at: they are the installed service's.
UNHEARD = {'audit seal', 'authz install', 'authz start', 'authz stop', 'authz uninstall', 'socket takeover'}


def check_schemas(table, root):
    with open(os.path.join(root, 'schemas/answers.json'), encoding='utf-8') as file:
        answers = list(json.load(file)['answers'])
    check(answers == [verb['verb'] for verb in table['verbs']], 'schemas/answers.json has the verbs, in their order', answers)
    heard = set()
    for name in glob.glob(os.path.join(root, 'tests/cli/*.sh')) + glob.glob(os.path.join(root, 'tests/e2e/*.sh')):
        with open(name, encoding='utf-8') as file:
            for line in re.findall(r'^(?:\[.*\] \|\| )?answers_hold (.*)', file.read(), flags=re.M):
                heard |= set(shlex.split(line))
    check(set(answers) - heard == UNHEARD, 'a test compares real answers of each with its schema', (set(answers) - heard) ^ UNHEARD)


def main():
    root = sys.argv[2]
    table = json.loads(run('help', '--json')[1])['data']
    with open(os.path.join(root, 'docs/man/sentinel.1.scd'), encoding='utf-8') as file:
        manual = file.read()
    code, text = run('help')
    check(code == 0 and all(len(line) <= COLUMNS for line in text.split('\n')), f'the help of all fits {COLUMNS} columns', text)
    general = manual.partition('\n# OPTIONS\n')[2].partition('\n# VERBS\n')[0]
    for option in table['options']:
        check(f'--{option["name"]}' in text and in_manual(option, general), f'--{option["name"]} is in the help and the manual')
        check(f'--{option["name"]}' in completed('--'), f'--{option["name"]} is completed')
    found = sections(manual)
    synopsis = manual.partition('\n# SYNOPSIS\n')[2].partition('\n# DESCRIPTION\n')[0]
    lacking = [verb['verb'] for verb in table['verbs'] if f'*{verb["verb"]}*' not in synopsis]
    check(not lacking, 'the manual\'s synopsis has each verb', lacking)
    for verb in table['verbs']:
        check(f'\n  {verb["verb"]} {verb["arguments"]}'.rstrip() in text, f'the help has {verb["verb"]}')
        check_verb(verb, found)
    gone = set(found) - {verb['verb'] for verb in table['verbs']}
    check(not gone, 'the manual has no verb that is gone', gone)

    check_schemas(table, root)
    path = os.path.join(root, 'docs/CHEATSHEET.md')
    with open(path, encoding='utf-8') as file:
        cheatsheet = file.read()
    front, begin, rest = cheatsheet.partition(f'\n{BEFORE}\n')
    there, end, rest = rest.partition(f'\n{BEHIND}\n')
    good = bool(begin and end) and there.strip('\n') == markdown(table)
    if begin and end and not good and '--write' in sys.argv:
        with open(path, 'w', encoding='utf-8') as file:
            file.write(f'{front}{begin}\n{markdown(table)}\n\n{BEHIND}\n{rest}')
        good = True
    check(good, 'docs/CHEATSHEET.md has the table (meson test cli-table --test-args=--write)')
    print(f'1..{count}')
    return failed > 0


sys.exit(main())
