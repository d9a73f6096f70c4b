"""The real llama.cpp server, with a tiny model that is made here.

PROCTOR_TEST_PYTHON is a Python with xllamacpp, gguf and numpy.
"""

import math
import os
import sqlite3
import subprocess
import sys

import pytest

from conftest import ROOT, SUBJECT, running_llama_server, wait_until

FAKES = ROOT / "tests/fakes"
CONCURRENCY = 2


@pytest.fixture(scope="module")
def python():
    named = os.environ.get("PROCTOR_TEST_PYTHON")
    for path in [named] if named else [str(ROOT / "build/venv/bin/python"), sys.executable]:
        if not os.path.exists(path):
            continue
        done = subprocess.run([path, "-c", "import gguf, numpy, xllamacpp"], capture_output=True)
        if done.returncode == 0:
            return path
    pytest.skip("no Python with xllamacpp, gguf and numpy (set PROCTOR_TEST_PYTHON)")


@pytest.fixture(scope="module")
def nano(python, tmp_path_factory):
    model = tmp_path_factory.mktemp("model") / "nano.gguf"
    subprocess.run([python, FAKES / "make_tiny_gguf.py", model], check=True, capture_output=True)
    return model


@pytest.fixture(scope="module")
def llama_server(python, nano):
    """Its address."""
    with running_llama_server(python, nano, "--parallel", str(CONCURRENCY)) as address:
        yield address


def answered(work, store="proctor.db"):
    try:
        with sqlite3.connect(f"file:{work.path / store}?mode=ro", uri=True) as file:
            return dict(file.execute("SELECT ordinal, count(*) FROM result GROUP BY ordinal"))
    except sqlite3.OperationalError:  # not made yet
        return {}


def asked(work):
    with sqlite3.connect(work.path / "proctor.db") as file:
        return file.execute("SELECT count(*) FROM attempt").fetchone()[0]


def test_100_questions_killed_half_way_are_each_answered_once(
    work, start_hub, needs_parquet, llama_server
):
    # A tiny model of chance never ends by itself; greedy, it says the same every time.
    command = [
        *["run", "--type", "llama", "--base-url", llama_server],
        *["--max-tokens", 4, "--temperature", 0],
    ]
    work.environment["HF_ENDPOINT"] = start_hub().url
    process = work.start(*command)
    try:
        wait_until(lambda: len(answered(work)) >= 40)
    finally:
        process.kill()
        process.communicate()
    half = len(answered(work))
    assert 40 <= half < 100
    run = work.json(*command)
    assert run["complete"] and run["n"] == 100 and run["reused"] == half
    assert sorted(answered(work).values()) == [1] * 100
    assert run["requests"] == 100 - half
    # What was on its way when the process died has left nothing behind.
    assert asked(work) == 100
    assert (run["dataset"], run["planned"]) == ("cais/mmlu", 100)
    assert set(run["by_subject"]) == {SUBJECT}
    assert run["tokens"]["prompt"] > 0 and run["tokens"]["reply"] > 0
    whole = work.json(*command, "--store", "whole.db")
    assert (whole["correct"], whole["ledger"]) == (run["correct"], run["ledger"])
    assert work.run("verify").returncode == 0


def test_the_servers_model_and_build_are_kept(work, llama_server):
    work.json(
        *["run", "llama", "--base-url", llama_server, "--dataset", "exam", "--limit", 2],
        *["--max-tokens", 2],
    )
    with sqlite3.connect(work.path / "proctor.db") as file:
        rows = file.execute("SELECT model, build, finish_reason FROM attempt").fetchall()
    assert len(rows) == 2
    for model, build, finish_reason in rows:
        assert model and build and finish_reason in ("length", "stop")


def test_doctor_finds_the_server(work, llama_server):
    done = work.run(
        *["doctor", "llama", "--base-url", llama_server + "/v1"],
        *["--extra-body", '{"max_tokens": 2}'],  # such a model never ends by itself
    )
    assert done.returncode == 0, done.stdout + done.stderr


# ---- Letters


BARE = '''name = "bare"
base = "hendrycks_5shot"

[texts]
continuation = "{letter}"
'''
# All of the tiny model's tokens: its letters are seldom among the likeliest.
ALL = ["--extra-body", '{"n_probs": 400}']
EXACT = ["--exact", "--threads", 1]


def letters(work, *command):
    """Log-probabilities by question of the run that is made by this command."""
    work.json(*command)
    return {line["id"]: line["logprobs"] for line in work.exported()}


def test_letters_are_as_likely_as_in_this_process(work, mmlu_csv, llama_server, nano):
    (work.path / "bare.toml").write_text(BARE)
    exam = ["--dataset", mmlu_csv, "--subject", SUBJECT, "--shots", 0, "--limit", 20]
    server = letters(
        *[work, "run", "--type", "llama", "--base-url", llama_server, *exam],
        *["--protocol", "mmlu", *ALL],
    )
    blank = letters(work, "run", nano, *exam, "--protocol", "mmlu", *EXACT)
    bare = letters(work, "run", nano, *exam, "--protocol", "bare.toml", *EXACT)
    assert len(server) == len(blank) == len(bare) == 20
    largest = 0
    for question, found in server.items():
        assert set(found) == set("ABCD")
        for letter, value in found.items():
            both = math.log(math.exp(blank[question][letter]) + math.exp(bare[question][letter]))
            largest = max(largest, abs(value - both))
    print(f"letters: 80 log-probabilities of 20 questions, largest difference {largest:.6f}")
    assert largest < 0.05


def test_one_is_started_for_the_run_and_ends_with_it(work, python, nano, tmp_path):
    program = tmp_path / "llama-server"
    program.write_text(f'#!/bin/sh\nexec "{python}" "{FAKES}/llama_server.py" "$@"\n')
    program.chmod(0o755)
    done = work.json(
        *["run", nano, "--engine", "server", "--dataset", "exam", "--protocol", "mmlu"],
        *["--shots", 0, "--limit", 3, "--threads", 1, "--concurrency", 1, *ALL],
        PROCTOR_LLAMA_SERVER=program,
    )
    assert (done["model"], done["n"], done["unknown_letters"]) == ("llama/nano.gguf", 3, 0)
    with sqlite3.connect(work.path / "proctor.db") as file:
        ((key,),) = file.execute("SELECT key FROM run").fetchall()
        (build,) = file.execute("SELECT DISTINCT build FROM attempt").fetchall()
    assert "--port {port}" in key and build[0]
    left = subprocess.run(["pgrep", "-f", str(nano) + " --host"], capture_output=True)
    assert left.stdout == b""
