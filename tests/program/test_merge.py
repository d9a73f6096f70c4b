"""Stores of several machines become one."""

import json
import sqlite3

import pytest

from conftest import SUBJECT, one_line, write_exam


@pytest.fixture
def machines(work, start_server):
    """Two that asked parts of one exam, a few questions both; the first had another run, too."""
    for subject in ["anatomy", "virology"]:
        write_exam(work.path / "three", 10, subject)
    write_exam(work.path / "three", 10, SUBJECT)
    asked = start_server("--right", "17/30", "--key", work.path / "three/test")

    def ask(store, subjects, model="openai-compatible/m"):
        return work.json("run", model, "--base-url", asked.url, "--dataset", "three", "--subject",
                         subjects, "--store", store)

    work.ask, work.asked = ask, asked
    ask("one.db", "anatomy,virology")
    ask("one.db", "anatomy", model="openai-compatible/n")
    ask("two.db", f"virology,{SUBJECT}")
    return work


def report(work, store):
    lines = work.run("report", "--store", store, "--json", "--subject", "all").stdout.splitlines()
    runs = [json.loads(line) for line in lines]
    return {run["run"]: (run["n"], run["correct"], run["by_subject"]) for run in runs}


def merged(work, *words):
    done = work.run("merge", *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_two_machines_asked_is_one_run(machines):
    merged(machines, "one.db", "two.db", "--into", "all.db")

    runs = report(machines, "all.db")
    assert sorted(n for n, *_ in runs.values()) == [10, 30]
    assert machines.run("verify", "--store", "all.db").returncode == 0


def test_the_order_and_how_often_change_nothing(machines):
    merged(machines, "one.db", "two.db", "--into", "all.db")
    merged(machines, "two.db", "one.db", "two.db", "--into", "other.db")

    once = report(machines, "all.db")
    merged(machines, "one.db", "--into", "all.db")

    assert report(machines, "other.db") == once == report(machines, "all.db")


def listed(work, store):
    return work.run("list", "runs", "--store", store, "--json").stdout


def test_what_a_list_says_of_runs_is_the_same_in_any_order(machines):
    merged(machines, "one.db", "two.db", "--into", "all.db")
    merged(machines, "two.db", "one.db", "--into", "other.db")

    assert listed(machines, "all.db") == listed(machines, "other.db")
    names = [json.loads(line)["model"] for line in listed(machines, "all.db").splitlines()]
    assert names == ["openai-compatible/m", "openai-compatible/n"]  # as they were written


def broken(path, statement):
    with sqlite3.connect(path) as store:
        for (name,) in store.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            store.execute(f"DROP TRIGGER {name}")
        store.execute(statement)
    store.close()


@pytest.mark.parametrize("which, whose", [("one.db", "one.db: what is to be copied is not whole ("),
                                          ("two.db", "one.db: the store that takes it is not whole (")])
@pytest.mark.parametrize("statement", [
    "UPDATE attempt SET text = 'B' WHERE number = 3",
    "UPDATE run SET key = replace(key, 'openai-compatible', 'openai-compatiblf') WHERE number = 1",
])
def test_damage_is_not_copied_for_it_would_look_right_in_the_copy(machines, which, whose, statement):
    broken(machines.path / which, statement)
    before = machines.run("verify", "--store", "two.db").stdout

    done = machines.run("merge", "one.db", "--into", "two.db")

    assert done.returncode == 2
    assert one_line(done.stderr).startswith(f"proctor: {whose}")
    assert "proctor verify says what is wrong" in done.stderr
    assert machines.run("verify", "--store", "two.db").stdout == before


def test_it_says_what_it_has_read(machines):
    assert merged(machines, "one.db", "two.db", "--into", "all.db").split() == [
        "store", "runs", "tries", *["──────", "────", "─────"], "one.db", "2", "30", "two.db", "1", "20",
    ]
    said = merged(machines, "one.db", "--into", "all.db", "--json")
    assert json.loads(said) == {"store": "one.db", "runs": 2, "tries": 30}


def test_the_stores_that_are_read_stay_as_they_are(machines):
    before = report(machines, "one.db"), report(machines, "two.db")
    merged(machines, "one.db", "--into", "two.db")

    assert report(machines, "one.db") == before[0]
    assert report(machines, "two.db") != before[1]


def test_a_run_goes_on_where_the_merged_ones_stopped(machines):
    merged(machines, "one.db", "two.db", "--into", "all.db")
    asked = machines.asked.requests()

    run = machines.ask("all.db", "all")

    assert (run["n"], run["reused"], run["requests"]) == (30, 30, 0)
    assert machines.asked.requests() == asked


@pytest.mark.parametrize(
    "words, error",
    [
        (["one.db"], "--into is missing: the store that takes the runs"),
        (["--into", "all.db"], "expected stores to copy from, found none"),
        (["one.db", "./one.db", "--into", "one.db"], "--into: one.db is one of those to copy from"),
        (["none.db", "--into", "all.db"], "none.db: no such store; "),
        (["text.db", "--into", "all.db"], "text.db: "),
        (["one.db", "--into", "text.db"], "--into: text.db: "),
    ],
)
def test_what_cannot_be_merged_is_an_error_and_nothing_is_written(machines, words, error):
    (machines.path / "text.db").write_text("This is no store, but a text of some length.\n" * 9)

    done = machines.run("merge", *words)

    assert done.returncode == 2
    assert one_line(done.stderr).startswith(f"proctor: {error}")
    assert not (machines.path / "all.db").exists()
    assert (machines.path / "text.db").read_text().startswith("This is no store")
