"""Protocols as a person meets them: the page about them, and the list."""

import json
import re

import pytest

from conftest import ROOT

PAGE = (ROOT / "docs/protocols.md").read_text(encoding="utf-8")


def example(beginning):
    """The page's TOML example that begins so."""
    (block,) = [b for b in re.findall(r"```toml\n(.*?)```", PAGE, re.S) if b.startswith(beginning)]
    return block


def prompt(work, protocol, *args):
    done = work.run("prompt", "ollama/m", "--dataset", "sample", "--protocol", protocol, "--limit", 1,
                    "--json", *args)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[0])


def test_the_pages_own_protocol_works_as_it_stands(work, start_server):
    (work.path / "kitchen.toml").write_text(example("# kitchen.toml"), encoding="utf-8")
    asked = prompt(work, "kitchen.toml")
    system, turn = asked["messages"]
    assert system == {"role": "system", "content": "正しい選択肢の記号だけを答えてください。"}
    assert turn["content"].count("問題: ") == 3 and turn["content"].endswith("\n答え:")
    assert re.search(r"\n答え: [A-D]\n\n問題: ", turn["content"])
    assert asked["body"]["temperature"] == 0 and asked["body"]["max_tokens"] == 8
    server = start_server("--answer", "A")
    run = work.json("run", "openai-compatible/m", "--base-url", server.url, "--dataset", "sample",
                    "--limit", 2, "--protocol", "kitchen.toml")  # fmt: skip
    assert (run["protocol"], run["extract"], run["complete"]) == ("kitchen", "proctor", True)


def test_the_pages_change_to_a_built_in_protocol_changes_that_alone(work):
    (work.path / "mine.toml").write_text(example('base = "simple_evals_mmlu"'), encoding="utf-8")
    base, mine = prompt(work, "simple_evals_mmlu"), prompt(work, "mine.toml")
    assert mine["body"].pop("max_tokens") == 2048
    assert base["body"].pop("max_tokens") == 1024
    assert mine == base


def test_the_page_tells_of_every_protocol(work):
    listed = work.run("list", "protocols", "--json").stdout.splitlines()
    names = [json.loads(line)["protocol"] for line in listed]
    table = PAGE.split("## The protocols")[1].split("## What to know of each")[0]
    assert re.findall(r"^\| `(\w+)`", table, re.M) == names or set(
        re.findall(r"^\| `(\w+)`", table, re.M)
    ) == set(names)
    notes = PAGE.split("## What to know of each")[1].split("For all of them:")[0]
    told = set(re.findall(r"^\* \*\*(\w+)\*\*: ", notes, re.M))
    assert {name.split("__")[0] for name in names} <= {name.split("__")[0] for name in told}


@pytest.mark.parametrize("columns", [80, 132])
def test_the_list_of_protocols_can_be_read_in_a_terminal(work, columns):
    text, code = work.in_terminal("list", "protocols", columns=columns)
    assert code == 0
    lines = text.replace("\r", "").splitlines()
    assert max(map(len, lines)) <= columns
    names = [json.loads(row)["protocol"] for row in
             work.run("list", "protocols", "--json").stdout.splitlines()]  # fmt: skip
    for name in names:
        assert any(line.lstrip().startswith(name) for line in lines), name
