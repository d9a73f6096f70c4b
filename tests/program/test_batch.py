"""Several models and protocols in one command."""

import json
import re

import pytest

THREE = "seed,proctor,inspect_multiple_choice"


def lines(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def command(server, protocols, *more):
    return ["run", "llama", "--base-url", server.url, "--dataset", "exam",
            "--protocol", protocols, *more]


def test_every_protocol_is_run_and_has_its_line_of_json(work, exam_server):
    server = exam_server("--wrap", "Answer: {}")
    done = work.run(*command(server, THREE, "--json"))
    assert done.returncode == 0, done.stderr
    runs = lines(done)
    assert [run["protocol"] for run in runs] == [
        "seed_zeroshot", "proctor", "inspect_multiple_choice",
    ]
    assert [run["correct"] for run in runs] == [25, 40, 40]
    assert len({run["run"] for run in runs}) == 3
    assert server.requests() == 300


def test_the_talk_says_which_and_a_table_ends_it(work, exam_server):
    server = exam_server("--wrap", "Answer: {}")
    done = work.run(*command(server, THREE, "--limit", 10))
    assert "(1/3) llama, seed_zeroshot" in done.stderr
    assert "(3/3) llama, inspect_multiple_choice" in done.stderr
    table = done.stdout[done.stdout.index("\nrun ") :]
    assert re.findall(r"^[0-9a-f]{8}  (\S+) ", table, re.M) == [
        "seed_zeroshot", "proctor", "inspect_multiple_choice",
    ]


def test_models_by_protocols_are_all_run(work, exam_server):
    server = exam_server()
    done = work.run(
        "run", "openai-compatible/a", "openai-compatible/b", "--base-url", server.url,
        "--dataset", "exam", "--protocol", "seed,proctor", "--limit", 5, "--json",
    )
    plans = [(run["model"], run["protocol"]) for run in lines(done)]
    assert plans == [
        ("openai-compatible/a", "seed_zeroshot"),
        ("openai-compatible/a", "proctor"),
        ("openai-compatible/b", "seed_zeroshot"),
        ("openai-compatible/b", "proctor"),
    ]


def test_what_was_answered_is_not_asked_again(work, exam_server):
    server = exam_server()
    work.json(*command(server, "proctor"))
    done = work.run(*command(server, "seed,proctor", "--json"))
    assert [(run["requests"], run["reused"]) for run in lines(done)] == [(100, 0), (0, 100)]
    work.run(*command(server, "seed,proctor"))
    assert server.requests() == 200


def test_what_a_backend_cannot_be_asked_is_said_before_the_first_question(
    work, exam_server
):
    server = exam_server()
    done = work.run(
        "run", "anthropic/claude", "--base-url", server.url, "--dataset", "exam",
        "--protocol", "seed,lmeval_mmlu",
        ANTHROPIC_API_KEY="k",
    )
    assert done.returncode == 2
    assert "--protocol lmeval_mmlu" in done.stderr
    assert done.stderr.count("\n") == 1
    assert server.requests() == 0


def test_the_exit_code_is_the_worst(work, exam_server):
    server = exam_server("--fault", "status=500:first=3")
    done = work.run(
        *command(server, "seed,proctor", "--retries", 0, "--concurrency", 1, "--json")
    )
    assert done.returncode == 3
    assert [run["complete"] for run in lines(done)] == [False, True]


@pytest.mark.parametrize(
    "protocols, said",
    [("seed,sede", "did you mean seed"), ("seed,seed_zeroshot", "named twice")],
)
def test_a_wrong_list_of_protocols_is_usage(work, protocols, said):
    done = work.run("run", "baseline/A", "--dataset", "exam", "--protocol", protocols)
    assert done.returncode == 2 and said in done.stderr
