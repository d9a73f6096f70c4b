"""The library's messages name fields of a spec; the command line makes flags of them."""

import re

import pytest

from conftest import ROOT

SOURCES = ROOT / "src/proctor"
# These speak to people at a command line.
AT_A_TERMINAL = {"cli", "console", "report"}
LLAMA_SERVER = {"--host", "--port", "--parallel", "--ctx-size", "--threads", "--n-gpu-layers", "--chat-template",
                "--chat-template-file"}  # fmt: skip
# Flags of a command that is made, read or printed for a shell; None: of our own commands.
OF_COMMANDS = {
    "exam/run_between.cc": None,
    "exam/own_server.cc": LLAMA_SERVER,
    "exam/run_name.cc": LLAMA_SERVER,
    "exam/checkup.cc": {"--limit"},
    "exam/secrets.cc": {"--key"},
    "submit/slurm.cc": None,
    "submit/kubernetes.cc": None,
    "backend/providers.cc": {"--port", "--model-path", "--config"},
}
# What a message may name beside fields: open_sqlite_store()'s file, a view's port, and the function.
OF_FUNCTIONS = {"progress", "store", "port", "explain"}

TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\\n])+'|R"(?P<edge>\w*)\((?P<raw>.*?)\)(?P=edge)"|"(?P<text>(?:\\.|[^"\\\n])*)\"""",
    re.DOTALL)  # fmt: skip


def strings_of(code):
    """The literals of a source; those with nothing between them are one."""
    strings, end = [], None
    for found in TOKEN.finditer(code):
        text = found["text"] if found["raw"] is None else found["raw"]
        if text is None:
            continue
        if end is not None and not code[end : found.start()].strip():
            text = strings.pop() + text
        strings.append(text)
        end = found.end()
    return strings


def messages():
    """Every literal of the library, with the file it is in."""
    for file in sorted([*SOURCES.rglob("*.h"), *SOURCES.rglob("*.cc")]):
        name = str(file.relative_to(SOURCES))
        if name.split("/")[0] not in AT_A_TERMINAL:
            for text in strings_of(file.read_text(encoding="utf-8")):
                yield name, text


def named():
    """The words in backquotes, each with the files whose messages name it."""
    words = {}
    for file, text in messages():
        for word in re.findall(r"`(\w+)`", text):
            words.setdefault(word, set()).add(file)
    return words


@pytest.fixture(scope="module")
def fields():
    specs = [SOURCES / "exam/spec.h", SOURCES / "submit/submit.h"]
    code = re.sub(r"//[^\n]*", "", "".join(spec.read_text() for spec in specs))
    return set(re.findall(r"(\w+) = ", code))


@pytest.fixture(scope="module")
def options():
    """The options by the fields that they set, as the table has them."""
    table = (SOURCES / "cli/option_table.cc").read_text()
    found = {}
    for row in re.findall(r"^    \{(\"--.*?)\},$", table, re.DOTALL | re.M):
        name, _, _, *more = strings_of(row)
        if more and more[0]:
            found[more[0]] = name
        elif not re.search(r", kept,", row):
            found[name[2:].replace("-", "_")] = name
    assert len(found) > 30
    return found


def test_a_comment_is_no_message_and_neighbours_are_one():
    assert strings_of('f("a `x"  // "--no"\n  "y`", R"(--z "q")", \'"\'); /* "--no" */') == ["a `x", "y`", '--z "q"']
    assert strings_of('f("a"\n   "b")') == ["ab"]


def test_a_message_of_the_library_names_no_flag():
    wrong = []
    for file, text in messages():
        allowed = OF_COMMANDS.get(file, set())
        flags = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text))
        if allowed is not None and flags - allowed:
            wrong.append(f"{file}: {text}")
    assert not wrong


def test_what_a_message_names_is_a_field_of_a_spec(fields):
    assert {word: files for word, files in named().items() if word not in fields | OF_FUNCTIONS} == {}


def test_what_a_message_names_has_an_option(options):
    assert {word: files for word, files in named().items() if word not in options} == {}


def test_what_an_option_is_said_to_set_is_a_field(fields, options):
    assert {field: name for field, name in options.items() if field not in fields | OF_FUNCTIONS} == {}


def test_what_a_model_says_is_no_message(work, start_server):
    said = "`stop` and `max_tokens`: the answer is B"
    server = start_server("--answer", said)
    asked = work.run("run", "openai-compatible/m", "--base-url", server.url, "--dataset", "exam", "--limit", 1, "--show")
    assert said in asked.stdout
    assert said in work.run("show", "last").stdout
    assert said in work.run("export", "last").stdout
    assert said[:35] in work.run("doctor", "openai-compatible/m", "--base-url", server.url).stdout
