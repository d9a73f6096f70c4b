#!/usr/bin/env python3
"""Every chat template of a folder as Proctor renders it, against Python's jinja2.

    bench/templates.py FOLDER --proctor build/dev/proctor --model nano.gguf

FOLDER holds *.jinja, such as llama.cpp's models/templates. Python needs jinja2, which is
set up as the library transformers sets it up. The model is any GGUF file, for its
vocabulary alone (tests/fakes/make_tiny_gguf.py makes one). Each template is asked for
three conversations, each with nothing said of thinking, with thinking on and off. Proctor
shows a prompt in what it keeps of a question; so this is the whole way, from the options
to the store.

Both are told the same: turns, BOS and EOS, enable_thinking and its other names, and the
day. What Proctor refuses must be refused there too, with the same words; but where a
template leaves a turn out in silence or has no such switch, Proctor refuses and jinja2
does not: these are counted apart, and checked (the text is not there; on and off are the
same). Ends with 1 where anything else differs.
"""

import argparse
import collections
import datetime
import json
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

import jinja2
import jinja2.ext
import jinja2.sandbox

BOS, EOS = "<s>", "<|im_end|>"  # of the tiny model; --bos and --eos for another
SYSTEM, FIRST, REPLY, QUESTION = "You are terse.", "What is 1+1?", "B", "What is 2+2?"
TURNS = {
    "user": [("user", QUESTION)],
    "system, user": [("system", SYSTEM), ("user", QUESTION)],
    "user, assistant, user": [("user", FIRST), ("assistant", REPLY), ("user", QUESTION)],
}


class Generation(jinja2.ext.Extension):
    """{% generation %}: what is inside, as it is."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        call = self.call_method("_inside", [])
        return jinja2.nodes.CallBlock(call, [], [], body).set_lineno(line)

    @staticmethod
    def _inside(caller):
        return caller()


def environment(date):
    made = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True,
        extensions=[Generation, jinja2.ext.loopcontrols],
    )

    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators,
                          sort_keys=sort_keys)

    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    made.filters["tojson"] = tojson
    made.globals["raise_exception"] = raise_exception
    noon = datetime.datetime.combine(date, datetime.time(12))
    made.globals["strftime_now"] = noon.strftime
    return made


def thinking(word):
    """What Proctor tells a template."""
    if not word:
        return {"enable_thinking": True}
    on = word == "on"
    said = {
        "enable_thinking": on, "thinking": on,
        "thinking_mode": "enabled" if on else "disabled",
        "thinking_option": "on" if on else "off",
    }
    return said if on else {**said, "thinking_budget": 0}


def reference(template, turns, word, chosen, **more):
    """The prompt, or None and what the template says."""
    date = chosen.date
    try:
        made = environment(date).from_string(template)
        return made.render(
            messages=[{"role": role, "content": content} for role, content in turns],
            add_generation_prompt=True, bos_token=chosen.bos, eos_token=chosen.eos,
            date_string=date.strftime("%d %b %Y"), datetime=date.strftime("%b %d %Y"),
            **{"tools": None, "documents": None, **thinking(word), **more},
        ), ""
    except Exception as error:
        return None, str(error)


def prompt_of(folder, template, turns, word, chosen):
    """The prompt that Proctor kept, or None and its error."""
    roles = [role for role, _ in turns]
    store = folder / "store.db"
    store.unlink(missing_ok=True)
    command = [
        chosen.proctor, "run", chosen.model, "--threads", "1", "--dataset", folder / "exam",
        "--protocol", folder / "p.toml", "--shots", int("assistant" in roles),
        "--max-tokens", "1", "--limit", "1", "--store", store, "--chat-template", template,
        "--quiet",
    ]
    source = template.read_text("utf-8")
    if any(name in source for name in ("strftime_now", "date_string", "datetime")):
        command += ["--template-date", chosen.date.isoformat()]
    if "system" in roles:
        command += ["--system", SYSTEM]
    if word:
        command += ["--reasoning", word]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                          check=False)
    if store.exists():
        with sqlite3.connect(store) as file:
            for request, message in file.execute("SELECT request, message FROM attempt"):
                if message:
                    return None, message
                return json.loads(request)["prompt"], ""
    return None, done.stderr.strip()


def write_exam(folder):
    header = "question,choice0,choice1,choice2,choice3,answer\n"
    for split, question in [("test", QUESTION), ("dev", FIRST)]:
        (folder / "exam" / split).mkdir(parents=True)
        (folder / "exam" / split / f"sums_{split}.csv").write_text(
            f'{header}"{question}",1,2,3,4,1\n')
    (folder / "p.toml").write_text(
        'form = "turns"\n[texts]\nquestion = "{question}"\nexample = "{question}"\n'
        'example_reply = "{right}"\n')


def verdict(template, turns, word, chosen, ours, theirs):
    prompt, error = ours
    expected, words = theirs
    if prompt is not None:
        if prompt == expected:
            return "equal"
        # A template for tools alone, that takes no None for them.
        undefined = jinja2.Undefined()
        if prompt == reference(template, turns, word, chosen, tools=undefined)[0]:
            return "equal where jinja2 too is told of no tools"
        return "DIFFERENT"
    if word and "--reasoning" in error and "offers" in error:
        same = (reference(template, turns, "on", chosen)
                == reference(template, turns, "off", chosen))
        return "offers no such switch" if same else "DIFFERENT"
    if expected is None:
        return "refused by both" if words and words in error else "refused in OTHER WORDS"
    if "leaves out turn" in error:
        gone = any(content.strip() not in expected for _, content in turns)
        return "leaves a turn out: refused" if gone else "DIFFERENT"
    return "DIFFERENT"


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--proctor", type=pathlib.Path, default="build/dev/proctor")
    parser.add_argument("--model", type=pathlib.Path, required=True)
    parser.add_argument("--bos", default=BOS)
    parser.add_argument("--eos", default=EOS)
    parser.add_argument("--date", type=datetime.date.fromisoformat, default="2026-01-01")
    parser.add_argument("--only", default="", help="part of a template's name")
    chosen = parser.parse_args()

    counts, odd = collections.Counter(), []
    templates = [path for path in sorted(chosen.folder.glob("*.jinja"))
                 if chosen.only in path.name]
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        write_exam(folder)
        for path in templates:
            template = path.read_text("utf-8")
            for name, turns in TURNS.items():
                for word in ["", "on", "off"]:
                    ours = prompt_of(folder, path, turns, word, chosen)
                    theirs = reference(template, turns, word, chosen)
                    found = verdict(template, turns, word, chosen, ours, theirs)
                    counts[name, word or "-", found] += 1
                    if found.isupper() or any(part.isupper() for part in found.split()):
                        odd.append((path.name, name, word, ours, theirs))
    print(f"{len(templates)} templates\n")
    print("| turns | thinking | outcome | templates |\n|---|---|---|---|")
    for (name, word, found), count in sorted(counts.items()):
        print(f"| {name} | {word} | {found} | {count} |")
    for name, roles, word, ours, theirs in odd:
        print(f"\n{name}: {roles}, thinking {word or '-'}\n  ours:   {ours!r}\n  jinja2: {theirs!r}")
    return 1 if odd else 0


if __name__ == "__main__":
    sys.exit(main())
