"""Every command's result as a file by its ending, and as JSON; errors too."""

import csv
import io
import json
import re

import pytest

from conftest import ROOT, one_line

# A command that succeeds beside two runs, the forms that its result has, and the keys of
# docs/json.md's section on it.
COMMANDS = {
    "report": ("report", "csv md json txt"),
    "report RUN": ("report first", "csv md json txt"),
    "report --by": ("report --by subject", "csv md json txt"),
    "compare": ("compare first second", "csv md json txt"),
    "show": ("show first", "csv json jsonl txt"),
    "rescore": ("rescore first --extract proctor", "csv md json txt"),
    "audit": ("audit first", "csv md json txt"),
    "export": ("export first", "csv json jsonl"),
    "extract": ("extract replies.jsonl", "csv json jsonl"),
    "prompt": ("prompt --type deepseek --dataset exam", "json txt"),
    "verify": ("verify", "json txt"),
    "merge": ("merge proctor.db --into all.db", "csv md json txt"),
    "doctor": ("doctor", "csv md json txt"),
    "list models": ("list models", "csv md json txt"),
    "list datasets": ("list datasets", "csv md json txt"),
    "list protocols": ("list protocols", "csv md json txt"),
    "list subjects": ("list subjects", "csv md json txt"),
    "list subjects of": ("list subjects --dataset exam", "csv md json txt"),
    "list readers": ("list readers", "csv md json txt"),
    "list templates": ("list templates", "csv md json txt"),
    "list runs": ("list runs", "csv md json txt"),
}
# Those that print JSON and write no form of their own.
OTHERS = {
    "run": "run baseline/A --dataset exam",
    "run --dry-run": "run baseline/B --dataset exam --dry-run",
    "chart": "chart first second -o chart.svg",
    "html": "html first second",
    "forget": "forget first",
    "version": "version",
}
WRONG = {
    "run": "run nobody/x", "report": "report nothing", "compare": "compare first", "show": "show nothing",
    "rescore": "rescore first", "audit": "audit nothing", "export": "export nothing",
    "extract": "extract nothing.jsonl", "prompt": "prompt --index x", "verify": "verify --store nothing",
    "merge": "merge nothing --into all.db", "doctor": "doctor nobody/x", "list": "list nothing",
    "chart": "chart -o chart.gif", "html": "html nothing -o x.html", "view": "view nothing.db", "forget": "forget nothing", "version": "version 2",
    "no such option": "run --limt 5", "no such command": "rum", "before the command": "--limit",
}  # fmt: skip


@pytest.fixture
def runs(work):
    for name, model in (("first", "baseline/A"), ("second", "baseline/longest")):
        done = work.run("run", model, "--dataset", "exam", "--name", name)
        assert done.returncode == 0, done.stderr
    replies = [{"id": i, "output": f"The answer is {letter}."} for i, letter in enumerate("AB")]
    (work.path / "replies.jsonl").write_text("".join(json.dumps(one) + "\n" for one in replies))
    return work


def objects(text):
    assert text.endswith("\n")
    return [json.loads(line) for line in text.splitlines()]


def keys_in(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            # Whose names are data: a subject, a model, a reason.
            if key not in {"by_subject", "by_category", "failures", "letters", "logprobs"}:
                yield from keys_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys_in(inner)


def skip_without_engine(work, words):
    if "templates" in words and work.run("list", "templates").returncode != 0:
        pytest.skip("built without llama.cpp (PROCTOR_ENGINE)")


@pytest.mark.parametrize("name", [*COMMANDS, *OTHERS])
def test_json_is_an_object_a_line_with_keys_without_blanks(runs, name):
    words = (COMMANDS[name][0] if name in COMMANDS else OTHERS[name]).split()
    skip_without_engine(runs, words)

    done = runs.run(*words, "--json")

    assert done.returncode == 0, done.stderr
    found = objects(done.stdout)
    assert found and all(isinstance(one, dict) for one in found)
    assert [key for one in found for key in keys_in(one) if not re.fullmatch(r"[a-z]\w*", key)] == []


@pytest.mark.parametrize("name", WRONG)
def test_an_error_is_an_object_too(runs, name):
    done = runs.run(*WRONG[name].split(), "--json")

    assert (done.returncode, done.stdout) == (2, ""), done
    error = json.loads(one_line(done.stderr))["error"]
    assert set(error) == {"fault", "message"} and error["fault"] in {"usage", "data", "io", "store"}
    assert not error["message"].startswith("proctor:")


def test_an_error_of_a_configured_run_is_one_too(runs):
    (runs.path / "c.toml").write_text("json = true\nsubject = 'nothing_such'\n")

    done = runs.run("report", "--config", "c.toml")

    assert "nothing_such" in json.loads(one_line(done.stderr))["error"]["message"]


def read_back(path):
    text = path.read_bytes().decode("utf-8")
    assert text.endswith("\n")
    ending = path.suffix
    if ending in {".json", ".jsonl"}:
        return [list(map(str, one.values())) for one in objects(text)]
    if ending == ".csv":
        table = list(csv.reader(io.StringIO(text)))
        assert all(re.fullmatch(r"[a-z]\w*", key) for key in table[0]), table[0]
        assert {len(row) for row in table} == {len(table[0])}
        # What a spreadsheet would take for a formula has an apostrophe before it.
        return [[re.sub(r"^'(?=[-=+@])", "", cell) for cell in row] for row in table[1:]]
    if ending == ".md" and not text.startswith("```"):
        lines = [line for line in text.splitlines() if line.startswith("|")]
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in lines}) == 1
        return lines[2:]
    return text.splitlines()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_result_goes_to_a_file_in_the_form_of_its_ending(runs, name):
    command, endings = COMMANDS[name]
    skip_without_engine(runs, command.split())
    for ending in endings.split():
        done = runs.run(*command.split(), "-o", f"x.{ending}")

        assert (done.returncode, done.stdout) == (0, ""), done
        assert done.stderr.splitlines()[-1].startswith((f"x.{ending}: ", "proctor.db: whole")), done
        assert f"x.{ending}: " in done.stderr
        assert read_back(runs.path / f"x.{ending}")
    for ending in {"csv", "md", "json"} - set(endings.split()):
        done = runs.run(*command.split(), "-o", f"y.{ending}")
        assert done.returncode == 2 and f"-o: found y.{ending}, expected ." in done.stderr


def test_csv_and_json_of_one_command_say_the_same(runs):
    for command in ("list models", "list protocols", "list subjects --dataset exam", "list runs"):
        runs.run(*command.split(), "-o", "x.csv")
        runs.run(*command.split(), "-o", "x.json")
        assert read_back(runs.path / "x.csv") == read_back(runs.path / "x.json"), command


def test_what_an_error_stops_leaves_the_file_as_it_was(runs):
    (runs.path / "x.csv").write_text("mine\n")

    done = runs.run("show", "first", "--question", "nothing", "-o", "x.csv")

    assert done.returncode == 2
    assert (runs.path / "x.csv").read_text() == "mine\n"


def test_what_is_read_is_not_written(runs):
    before = (runs.path / "replies.jsonl").read_text()

    done = runs.run("extract", "replies.jsonl", "-o", "replies.jsonl")

    assert done.returncode == 2 and "replies.jsonl is what is read" in done.stderr
    assert (runs.path / "replies.jsonl").read_text() == before


def test_a_csv_for_excel_begins_with_a_mark_and_a_chart_reads_it(runs):
    runs.run("report", "-o", "plain.csv")
    runs.run("report", "-o", "bom.csv", "--bom")

    plain, marked = ((runs.path / name).read_bytes() for name in ("plain.csv", "bom.csv"))
    assert marked == b"\xef\xbb\xbf" + plain
    assert runs.run("chart", "bom.csv", "-o", "x.svg").stderr == "x.svg: 2 bars\n"
    refused = runs.run("report", "-o", "x.json", "--bom")
    assert refused.returncode == 2 and refused.stderr.startswith("proctor: --bom: ")


def test_a_picture_and_json_do_not_share_stdout(runs):
    done = runs.run("chart", "-o", "-", "--format", "svg", "--json")

    assert done.returncode == 2 and done.stdout == ""
    assert "--json: stdout is the picture's" in done.stderr


# ---- docs/json.md


def documented():
    """{what the first column names: the keys of its row}."""
    text = (ROOT / "docs/json.md").read_text()
    for row in re.findall(r"^\| (`.+)$", text, re.M):
        commands, _, keys = re.split(r" \| ", row, maxsplit=2)
        for command in re.findall(r"`([^`]+)`", commands):
            yield command, set(re.findall(r"`(\w+)`", re.sub(r"\(.*?\)", "", keys)))


DOCUMENTED = {
    "report --by subject": "report --by subject", "report --by category": "report --by category",
    "compare": "compare first second", "show": "show first", "export": "export first", "audit": "audit first",
    "chart": "chart first second -o chart.svg", "chart --kind subjects": "chart first --kind subjects",
    "chart --kind compare": "chart first second --kind compare", "html": "html first second", "extract": "extract replies.jsonl", "forget": "forget first",
    "merge": "merge proctor.db --into all.db", "doctor": "doctor", "list models": "list models",
    "list datasets": "list datasets", "list protocols": "list protocols", "list subjects": "list subjects",
    "list subjects --dataset FILE": "list subjects --dataset exam", "list runs": "list runs", "version": "version",
    "run --dry-run": "run baseline/B --dataset exam --dry-run", "prompt": "prompt --dataset exam --type deepseek",
    "list readers": "list readers",
}  # fmt: skip


@pytest.mark.parametrize("command", DOCUMENTED)
def test_the_keys_of_a_command_are_those_that_are_documented(runs, command):
    keys = set()
    for name, some in documented():
        keys |= some if name == command else set()

    (first, *_) = objects(runs.run(*DOCUMENTED[command].split(), "--json").stdout)

    assert set(first) == keys - ({"explain"} if command == "compare" else set())


def test_each_command_has_its_row():
    named = {name.split()[0] for name, _ in documented()}
    assert {words.split()[0] for words in [*OTHERS.values(), *(one for one, _ in COMMANDS.values())]} <= named
