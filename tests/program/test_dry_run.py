"""--dry-run: what the same command would do, without a question."""

import json

import pytest

from conftest import write_exam
from standin import standing_in


def dry(work, *command):
    return work.json(*command, "--dry-run")


def test_it_has_the_runs_name_and_counts_what_is_left(work, exam_server):
    server = exam_server()
    command = ["run", "openai-compatible/m", "--base-url", server.url, "--dataset", "exam"]
    run = work.json(*command, "--limit", 30)
    text = work.run(*command, "--dry-run").stdout
    assert "100 planned, 30 stored, 70 to ask, about " in text
    assert f"run {run['run'][:8]}" in text and " prompt tokens" in text
    told = dry(work, *command)
    assert (told["run"], told["planned"], told["stored"], told["to_ask"]) == (
        run["run"], 100, 30, 70)
    assert server.requests() == 30


def test_its_tokens_are_those_of_the_stored_replies(work):
    with standing_in() as server:  # 100 tokens each, whatever is asked
        command = ["run", "llama", "--base-url", server.url, "--dataset", "exam"]
        work.json(*command, "--limit", 50)
        told = dry(work, *command)
        asked = server.asked
    assert told["prompt_tokens"] == pytest.approx(50 * 100, rel=0.05)
    assert (told["prompt_tokens_exact"], asked) == (False, 50)


def test_a_complete_run_has_nothing_to_ask(work):
    work.json("run", "baseline/A", "--dataset", "exam")
    told = dry(work, "run", "baseline/A", "--dataset", "exam")
    assert (told["stored"], told["to_ask"], told["prompt_tokens"]) == (100, 0, 0)


def test_of_a_file_it_has_the_runs_name_and_exact_tokens(work, nano):
    write_exam(work.path / "exam", n=5, split="dev")
    command = ["run", nano, "--dataset", "exam", "--protocol", "mmlu", "--limit", 20]
    told = dry(work, *command)
    assert not (work.path / "proctor.db").exists()
    run = work.json(*command)
    assert (told["run"], told["to_ask"]) == (run["run"], 20)
    assert (told["prompt_tokens"], told["prompt_tokens_exact"]) == (run["tokens"]["prompt"], True)


@pytest.mark.parametrize("more", [["--protocol", "lmeval_mmlu__chat", "--shots", 0],
                                  ["--protocol", "seed", "--only-letters"]])
def test_of_a_file_whose_template_opens_a_thought_its_tokens_are_exact(work, nano, more):
    (work.path / "thinks.jinja").write_text(
        "{% for message in messages %}{{ message.content }}\n{% endfor %}|<think>\n")
    command = ["run", nano, "--dataset", "exam", "--limit", 3, "--chat-template", "thinks.jinja", *more]
    told = dry(work, *command)
    run = work.json(*command)
    assert told["run"] == run["run"]
    assert told["prompt_tokens"] == run["tokens"]["prompt"]
    assert run["ledger"]["right"] + run["ledger"]["wrong"] == 3  # a letter, and no thought


def test_of_a_server_that_is_started_for_the_run_it_has_the_runs_name(work, exam_server):
    server = exam_server()
    command = ["run", "openai-compatible/m", "--dataset", "exam", "--serve", "sleep 1000",
               "--base-url", server.url]
    told = dry(work, *command)
    assert told["run"] == work.json(*command)["run"]


def test_of_a_server_that_is_there_it_has_the_runs_name(work):
    with standing_in() as server:
        command = ["run", "llama", "--base-url", server.url, "--dataset", "exam"]
        told = dry(work, *command)
        assert server.asked == 0
        assert told["run"] == work.json(*command)["run"]


def test_of_a_server_that_is_down_the_name_is_not_known_yet(work, free_port):
    command = ["run", "llama", "--base-url", f"http://127.0.0.1:{free_port()}"]
    told = dry(work, *command, "--dataset", "exam")
    assert (told["run"], told["to_ask"]) == (None, 100)


def test_each_protocol_has_its_line(work):
    done = work.run("run", "baseline/A", "--dataset", "exam", "--protocol", "seed,proctor",
                    "--dry-run", "--json")
    protocols = [json.loads(line)["protocol"] for line in done.stdout.splitlines()]
    assert protocols == ["seed_zeroshot", "proctor"]


def test_a_file_that_is_not_there_is_an_error(work):
    done = work.run("run", "nothere.gguf", "--dataset", "exam", "--dry-run")
    assert done.returncode == 2 and "nothere.gguf" in done.stderr
