"""A model with real weights in the program's own process, on the sample exam."""

import json
import math
import sqlite3
import time

import pytest

LETTERS = ["--protocol", "mmlu"]
CHAT = ["--protocol", "seed", "--temperature", 0, "--max-tokens", 8]


@pytest.fixture(autouse=True)
def needs_the_engine(engine):
    pass


def command(model, *more):
    return ["run", model, "--threads", 1, "--dataset", "sample", "--subject", "natural_science", *more]


def stored(work, column, store="proctor.db"):
    """That column of every attempt, by question."""
    with sqlite3.connect(work.path / store) as file:
        return dict(file.execute(f"SELECT ordinal, {column} FROM attempt ORDER BY ordinal"))


def test_after_five_examples_the_letters_have_most_of_its_weight(work, smollm2):
    run = work.json(*command(smollm2, *LETTERS, "--limit", 3))
    assert run["complete"] and run["n"] == 3
    assert run["ledger"]["right"] + run["ledger"]["wrong"] == 3
    for logprobs in map(json.loads, stored(work, "logprobs").values()):
        assert sum(math.exp(value) for value in logprobs.values()) > 0.5, logprobs


def test_it_is_called_what_its_file_says(work, smollm2):
    said = work.run(*command(smollm2, *LETTERS, "--shots", 0, "--limit", 1)).stderr
    assert f"{smollm2.name}: Smollm2 135M 8k Lc100K Mix1 Ep2 Q4_1; llama.cpp " in said


def test_it_replies_in_words(work, smollm2):
    run = work.json(*command(smollm2, *CHAT, "--limit", 2))
    assert run["complete"] and run["n"] == 2
    for text in stored(work, "text").values():
        assert text.isascii() and any(c.isalpha() for c in text), text


def test_an_exact_run_in_two_parts_has_the_bits_of_one(work, smollm2):
    more = [*LETTERS, "--shots", 0, "--exact"]
    work.json(*command(smollm2, *more, "--limit", 1))
    parts = work.json(*command(smollm2, *more, "--limit", 3))
    whole = work.json(*command(smollm2, *more, "--limit", 3, "--store", "whole.db"))
    assert (parts["reused"], parts["requests"]) == (1, 2)
    assert parts["run"] == whole["run"] and parts["ledger"] == whole["ledger"]
    assert stored(work, "logprobs") == stored(work, "logprobs", "whole.db")


def test_chat_goes_on_where_it_stopped(work, smollm2):
    first = work.json(*command(smollm2, *CHAT, "--limit", 1))
    both = work.json(*command(smollm2, *CHAT, "--limit", 2))
    assert (both["run"], both["reused"], both["requests"]) == (first["run"], 1, 1)


def test_a_killed_process_leaves_no_weights_behind(work, smollm2, tmp_path):
    cache = tmp_path / "cache"
    process = work.start(*command(smollm2, *LETTERS, "--precision", "f32"), XDG_CACHE_HOME=cache)
    while "needs about" not in process.stderr.readline():
        assert process.poll() is None
    before = time.monotonic()
    while not (cache / "proctor").exists() and time.monotonic() < before + 10:
        time.sleep(0.01)
    time.sleep(0.2)
    process.kill()
    process.communicate()

    assert (cache / "proctor").exists(), "it had not begun to write"
    assert not list(cache.rglob("float32-*"))
