"""What the documents name, the program has: commands, and options of those commands."""

import re
import shlex
import subprocess

import pytest

from conftest import FAKE_SERVER, PROCTOR, ROOT

DOCUMENTS = [path for names in ("README*.md", "docs/*.md", "docs/ja/*.md") for path in sorted(ROOT.glob(names))]
# Words for which a reader puts a command.
PLACES = {"COMMAND"}
# Other programs' options that stand alone in a sentence, by document.
OF_OTHERS = {
    "backends.md": {"--api-key"},
    "README.md": {"--quick", "--long"},
    "README.ja.md": {"--quick", "--long"},
    "engine.md": {"--mmlu"},
    "protocols.md": {"--apply_chat_template", "--fewshot_as_multiturn"},
}


def name_of(path):
    return str(path.relative_to(ROOT))


def options_in(text):
    return set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", text))


def help_of(*words):
    return subprocess.run([PROCTOR, *words, "--help"], capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def known():
    """Every command's options."""
    commands = re.findall(r"^  (\w+) +\S", help_of().split("Commands:")[1], re.M)
    return {name: options_in(help_of(name)) | {"--help"} for name in commands}


def code_of(path):
    """The lines of its blocks, those that go on joined, and its code spans."""
    text = path.read_text(encoding="utf-8")
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S)
    for block in blocks:
        yield from re.sub(r"\\\n", " ", block).splitlines()
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S))


def words_of(line):
    try:
        return shlex.split(line, comments=True)
    except ValueError:  # a quotation that goes on in the next line
        return line.split()


def commands_in(path):
    """Each `proctor …` with its words, as far as the shell gives them to it."""
    for line in code_of(path):
        words = words_of(re.sub(r"^\$ ", "", line))
        at = next((i for i, word in enumerate(words) if re.fullmatch(r"(.*/)?proctor", word)), None)
        if at is None or at + 1 == len(words):
            continue
        end = next((i for i in range(at, len(words)) if words[i] in {"|", "&&", ";", ">"}), len(words))
        yield words[at + 1 : end]


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_command_and_its_options_are_known(path, known):
    unknown = []
    for command, *words in commands_in(path):
        if command in PLACES or not re.fullmatch(r"[a-z]+", command):
            continue
        if command not in known:
            unknown.append(f"proctor {command}")
            continue
        options = {word.split("=")[0] for word in words if re.match(r"--?[a-z]", word)}
        unknown += [f"proctor {command} {name}" for name in sorted(options - known[command])]
    assert unknown == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_an_option_that_stands_alone_is_known_to_some_command(path, known):
    of_all = set().union(*known.values(), OF_OTHERS.get(path.name, set()))
    if path.name == "fake-server.md":
        done = subprocess.run([FAKE_SERVER, "--help"], capture_output=True, text=True)
        of_all |= options_in(done.stdout + done.stderr)
    alone = {re.match(r"--[a-z_-]+", code)[0] for code in code_of(path) if re.match(r"--[a-z]", code)}
    assert sorted(alone - of_all) == []


def test_a_runs_json_has_the_keys_that_are_documented(work):
    section = (ROOT / "docs/statistics.md").read_text().split("## A run in JSON")[1]
    rows = re.findall(r"^\| (`.*?) \|", section.split("`proctor export`")[0], re.M)
    documented = set(re.findall(r"`(\w+)`", " ".join(rows)))
    summary = work.json("run", "baseline/A", "--dataset", "exam")
    assert documented - {"stopped", "failure"} == set(summary)


@pytest.mark.parametrize("language, page", [("en", "docs/cli.md"), ("ja", "docs/ja/cli.md")])
def test_the_command_line_is_documented_as_it_is(language, page):
    words = ["list", "manual", "--lang", language]
    done = subprocess.run([PROCTOR, *words], capture_output=True, text=True)
    assert done.stdout == (ROOT / page).read_text(), f"proctor {' '.join(words)} > {page}"
