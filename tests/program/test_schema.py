"""A store of schema 1, as the program that is built finds it: read as it is, brought to
today's by what writes, and told of in one line."""

import os
import shutil
import sqlite3

import pytest

from conftest import ROOT, one_line

OLD = ROOT / "tests" / "store" / "schema_1.sql"


@pytest.fixture
def old(work):
    """A folder whose store is of schema 1."""
    with sqlite3.connect(work.path / "proctor.db") as store:
        store.executescript(OLD.read_text())
    store.close()
    return work


def schema_of(path):
    with sqlite3.connect(path) as store:
        return store.execute("PRAGMA user_version").fetchone()[0]


def bring_to_todays(work):
    """By a command that writes nothing else."""
    done = work.run("forget", "nobody")
    assert done.returncode == 2
    return done


def all_that_is_said(work):
    runs = [line[:8] for line in work.run("list", "runs", "--all").stdout.splitlines()[2:]]
    assert len(runs) == 8
    commands = [["list", "runs", "--all"], ["report", "--all"], ["verify"],
                ["report", "--all", "--format", "json"], ["compare", runs[0], runs[-1]],
                ["chart", "--all", "-o", "-"]]  # fmt: skip
    for run in runs:
        commands += [[command, run] for command in ("report", "show", "audit", "export")]
        commands += [["report", run, "--json"], ["show", run, "--json"],
                     ["export", run, "--format", "jsonl"], ["compare", runs[1], run],
                     ["compare", runs[1], run, "--explain", "--json"]]  # fmt: skip
    said = {}
    for command in commands:
        done = work.run(*command)
        said[" ".join(command)] = (done.returncode, done.stdout, done.stderr)
    assert sum(code == 0 for code, *_ in said.values()) > len(said) / 2
    return said


def test_all_that_is_said_of_it_is_the_same_before_and_after(old):
    before = all_that_is_said(old)
    assert schema_of(old.path / "proctor.db") == 1
    bring_to_todays(old)
    assert schema_of(old.path / "proctor.db") == 2
    assert all_that_is_said(old) == before


def test_what_had_no_column_is_told_from_both(old):
    for _ in range(2):
        runs = [old.json("report", run) for run in ("8e5a71d7", "c8d99c22", "6afeb4d3")]
        assert [run["dropped_bad_labels"] for run in runs] == [3, 0, 0]
        assert [run["tokens"]["decoded"] > 100 for run in runs] == [False, True, False]
        shown = old.run("show", "6afeb4d3").stdout
        assert shown.count(", right A or C\n") == 1
        bring_to_todays(old)


def test_a_reading_command_changes_no_byte_of_it(old):
    before = (old.path / "proctor.db").read_bytes()
    all_that_is_said(old)
    assert (old.path / "proctor.db").read_bytes() == before
    assert os.listdir(old.path).count("proctor.db.schema1") == 0


def test_the_person_is_told_once_and_where_the_old_one_is(old):
    first, second = bring_to_todays(old), bring_to_todays(old)
    line = "proctor.db: brought from schema 1 to 2; as it was it is kept in proctor.db.schema1\n"
    assert first.stderr.count(line) == 1
    assert "schema" not in second.stderr


def test_a_run_goes_on_in_it_under_its_name(old):
    done = old.run("run", "baseline/random", "--dataset", "sample", "--limit", 1)
    assert done.returncode == 0
    assert "brought from schema 1 to 2" in done.stderr
    assert len(old.run("list", "runs", "--all").stdout.splitlines()) == 2 + 9
    assert old.run("verify").returncode == 0


def test_the_copy_is_a_store_and_can_take_its_place(old):
    before = all_that_is_said(old)
    bring_to_todays(old)
    shutil.move(old.path / "proctor.db.schema1", old.path / "proctor.db")
    assert all_that_is_said(old) == before


def test_removing_for_good_names_the_copies_that_it_does_not_reach(old):
    shutil.copy(old.path / "proctor.db", old.path / "proctor.db.schema1")
    done = old.run("forget", "8e5a71d7", "--for-good", "--yes")
    assert done.returncode == 0
    assert "proctor.db.schema1 is the store as it was before" in done.stderr
    assert "proctor.db.schema1.2 is the store as it was before" in done.stderr
    assert old.run("report", "8e5a71d7", "--store", "proctor.db.schema1").returncode == 0


@pytest.mark.parametrize("command", [["report"], ["forget", "last"], ["verify"]])
def test_a_newer_schema_than_is_known_is_one_line(old, command):
    with sqlite3.connect(old.path / "proctor.db") as store:
        store.execute("PRAGMA user_version = 3")
    done = old.run(*command)
    line = one_line(done.stderr)
    assert "has schema 3" in line and "knows schemas 1 to 2; use a newer Proctor" in line
