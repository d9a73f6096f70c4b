"""What is shown of stored runs: which questions are counted, which runs are meant, and
how one is forgotten."""

import json
import re

import pytest

from conftest import SUBJECT, one_line, write_exam

STEM = ["astronomy", "college_physics", SUBJECT]


@pytest.fixture
def exam(work):
    """Five subjects of 10 questions: three of STEM, two others."""
    for subject in [*STEM, "philosophy", "sociology"]:
        write_exam(work.path / "five", 10, subject)
    return work


def run(work, *words, model="baseline/A"):
    return work.json("run", model, "--dataset", "five", *words)


def dead_run(work, server=None, model="openai-compatible/dead", **more):
    """One that never had a reply: its key is refused, or nobody is there."""
    url = server.url if server else "http://127.0.0.1:9"
    return work.run("run", model, "--base-url", url, "--dataset", "exam", "--retries", 0, **more)


# ---- Titles ----


@pytest.mark.parametrize(
    "subject, title",
    [
        ("all", "all"),
        ("stem", "stem"),
        ("philosophy", "philosophy"),
        ("philosophy,sociology", "philosophy, sociology"),
        ("philosophy,stem", "4 subjects"),
        (",".join(reversed(STEM)), "stem"),
        ("astronomy,sociology,philosophy,college_physics,college_computer_science", "all"),
    ],
)
def test_a_title_is_made_from_the_subjects_that_are_counted(exam, subject, title):
    assert run(exam, "--subject", subject)["subjects"] == title
    assert exam.json("report", "last")["subjects"] == title
    assert exam.json("list", "runs")["subjects"] == title
    row = json.loads(exam.run("report", "--format", "json").stdout)
    assert (row["dataset"], row["subjects"]) == ("five", title)
    assert f"five {title}" in exam.run("report").stdout.splitlines()[0]


def test_after_all_a_run_of_one_subject_changes_no_title(exam):
    run(exam, "--subject", "all")
    done = exam.run("run", "baseline/A", "--dataset", "five", "--subject", "sociology")
    assert "Subject: sociology\n" in done.stdout and "(3/10)" in done.stdout
    report = exam.run("report", "last").stdout
    assert "Subject: all (5 subjects)\n" in report
    assert report.startswith("five all, seed_zeroshot, ") and "(15/50)" in report


def test_a_summary_of_a_part_says_so(exam):
    first = exam.run("run", "baseline/A", "--dataset", "five", "--subject", "all").stdout
    assert "of these questions alone" not in first
    part = exam.run("run", "baseline/A", "--dataset", "five", "--subject", "stem").stdout
    assert "Subject: stem (3 subjects)\n" in part
    assert "of these questions alone; run " in part and "holds 50 replies in all" in part
    assert run(exam, "--subject", "stem")["stored"] == 50


# ---- --subject on what reads ----


def test_report_of_a_subject_is_what_its_own_run_said(exam):
    alone = run(exam, "--subject", "philosophy")
    run(exam, "--subject", "all")
    part = exam.json("report", "last", "--subject", "philosophy")
    for key in ["n", "correct", "accuracy", "ci95", "subjects", "by_subject", "planned"]:
        assert part[key] == alone[key], key
    assert part["stored"] == 50


@pytest.mark.parametrize("command", ["report", "rescore"])
def test_a_category_can_be_shown_again(exam, command):
    run(exam, "--subject", "all")
    words = ["--extract", "proctor"] if command == "rescore" else []
    part = exam.json(command, "last", "--subject", "stem", *words)
    assert (part["n"], part["subjects"]) == (30, "stem")


def test_a_chart_of_a_subject_has_its_questions_alone(exam):
    run(exam, "--subject", "all")
    assert exam.run("chart", "-o", "c.svg", "--subject", "sociology").returncode == 0
    drawn = re.search("<desc>(.*)</desc>", (exam.path / "c.svg").read_text())[1]
    assert drawn == "baseline/A: 30.00%, n = 10, 95 % CI 10.8-60.3"


def test_compare_takes_a_subject(exam):
    run(exam, "--subject", "all")
    run(exam, "--subject", "all", model="baseline/B")
    runs = [json.loads(line)["run"] for line in exam.run("list", "runs", "--json").stdout.splitlines()]
    both = exam.json("compare", *runs, "--subject", "stem,sociology")
    assert both["n"] == 40 and sorted(both["by_subject"]) == sorted([*STEM, "sociology"])
    assert both["a"]["subjects"] == "4 subjects"
    assert exam.json("compare", *runs)["n"] == 50


def test_show_export_and_audit_take_a_subject(exam, start_server):
    server = start_server("--answer", "B")
    exam.run("run", "llama", "--base-url", server.url, "--dataset", "five", "--subject", "all")
    shown = exam.run("show", "last", "--subject", "sociology")
    assert len(re.findall(r"^\[\d+\] sociology/", shown.stdout, re.M)) == 10
    assert "10 of 10 questions" in shown.stderr
    rows = exam.exported("--subject", "philosophy,sociology")
    assert {row["subject"] for row in rows} == {"philosophy", "sociology"} and len(rows) == 20
    assert exam.json("audit", "last", "--subject", "stem")["replies"] == 30
    assert "five stem" in exam.run("audit", "last", "--subject", "stem").stdout


@pytest.mark.parametrize(
    "words",
    [["report"], ["report", "last"], ["chart", "-o", "c.svg"], ["show", "last"], ["export"],
     ["rescore", "--extract", "proctor"], ["compare", "last", "last"]],
    ids=" ".join,
)
def test_a_mistyped_subject_is_suggested_by_what_reads(exam, words):
    run(exam, "--subject", "all")
    done = exam.run(*words, "--subject", "sociologi")
    assert done.returncode == 2 and done.stdout == ""
    line = one_line(done.stderr)
    assert "--subject" in line and "sociologi" in line
    assert "did you mean sociology?" in line or "sociology" in line.split("(")[-1]


def test_a_run_without_answers_in_a_subject_is_left_out_and_counted(exam):
    run(exam, "--subject", "sociology")
    exam.run("run", "baseline/A", "--dataset", "sample")
    run(exam, "--subject", "philosophy", model="baseline/B")
    done = exam.run("report", "--subject", "sociology", "--json")
    assert json.loads(one_line(done.stdout))["subjects"] == "sociology"
    assert "2 runs have no answer in sociology" in done.stderr


def test_what_was_not_asked_of_a_subject_has_no_accuracy(exam):
    run(exam, "--subject", "sociology")
    done = exam.run("report", "last", "--subject", "stem")
    assert "Accuracy" not in done.stdout and "nothing was answered" in done.stdout
    done = exam.run("compare", "last", "last", "--subject", "stem")
    assert done.returncode == 2 and "none of these questions was asked" in one_line(done.stderr)


# ---- Runs of one name ----


def test_of_runs_with_one_name_it_is_said_which_one_is_taken(work):
    ids = [work.json("run", f"baseline/{letter}", "--dataset", "exam", "--name", "n")["run"][:8]
           for letter in "ABC"]  # fmt: skip
    table = work.run("report")
    assert all(f"n {name}" in table.stdout for name in ids) and "called n" not in table.stderr
    others = f"the others: {ids[1]}, {ids[0]}"
    told = f"3 runs are called n; the newest is taken, {ids[2]}; {others}"
    for command in (["report", "n"], ["show", "n"], ["audit", "n"], ["compare", "n", ids[0]],
                    ["export", "n"], ["rescore", "n", "--extract", "inspect"],
                    ["chart", "n", "-o", "c.svg"]):  # fmt: skip
        assert told in work.run(*command).stderr, command
    assert "という名前の実行は 3 件あります" in work.run("report", "n", "--lang", "ja").stderr
    assert "called n" not in work.run("report", ids[0]).stderr
    work.run("forget", "n")
    assert f"2 runs are called n; the newest is taken, {ids[1]}; " in work.run("report", "n").stderr


def test_of_many_runs_with_one_name_a_few_are_named(work):
    for seed in range(11):
        work.run("run", "baseline/random", "--seed", seed, "--dataset", "exam", "--limit", 1,
                 "--name", "n")  # fmt: skip
    line = one_line(work.run("report", "n").stderr)
    assert line.startswith("11 runs are called n; ") and line.endswith(" and 2 more")


# ---- Runs without a reply ----


def test_a_refused_key_is_no_accuracy(work, start_server):
    done = dead_run(work, start_server("--fault", "status=401"))
    assert done.returncode == 4
    assert "Accuracy" not in done.stdout and "0.00%" not in done.stdout
    assert re.search(r"^nothing was answered: HTTP 401", done.stdout, re.M)


def test_without_a_reply_the_numbers_are_null(work, start_server):
    server = start_server("--fault", "status=401")
    words = ["run", "openai-compatible/m", "--base-url", server.url, "--dataset", "exam"]
    summary = work.json(*words, code=4)
    assert summary["accuracy"] is None and summary["macro_accuracy"] is None
    assert summary["ci95"] == [0, 1] and summary["aggregation"] is None
    assert all(of["accuracy"] is None for of in summary["by_subject"].values())
    assert "401" in summary["stopped"]
    again = work.json("report", summary["run"])
    assert again["accuracy"] is None and "401" in again["failure"]


def test_a_run_without_a_reply_is_left_out_and_counted(work, start_server):
    work.run("run", "baseline/A", "--dataset", "exam")
    dead_run(work, start_server("--fault", "status=401"))
    for words in [["report"], ["list", "runs"]]:
        done = work.run(*words)
        assert "dead" not in done.stdout and "baseline/A" in done.stdout
        assert "1 run is hidden" in done.stderr and "--all" in done.stderr
        done = work.run(*words, "--all")
        assert "dead" in done.stdout and " 0.00%" not in done.stdout
        assert "hidden" not in done.stderr
    done = work.run("chart", "-o", "c.svg")
    assert done.stderr.splitlines()[-1] == "c.svg: 1 bar" and "1 run is hidden" in done.stderr
    assert work.run("chart", "--all", "-o", "c.svg").stderr.endswith("c.svg: 1 bar\n")
    assert "dead" not in (work.path / "c.svg").read_text()


def test_last_is_a_run_with_a_reply_unless_all_are_meant(work, start_server):
    a = work.json("run", "baseline/A", "--dataset", "exam")["run"]
    dead_run(work, start_server("--fault", "status=401"))
    assert work.json("report", "last")["run"] == a
    assert f"run {a[:8]}" in work.run("show").stderr
    assert "error\n  HTTP 401" in work.run("show", "last", "--all").stdout


def test_a_run_without_a_reply_is_refused_where_a_score_is_needed(work, start_server):
    good = work.json("run", "baseline/A", "--dataset", "exam")["run"]
    dead_run(work, start_server("--fault", "status=401"))
    dead = work.json("report", "last", "--all")["run"][:8]
    for words in [["compare", good, dead], ["compare", dead, good], ["audit", dead],
                  ["chart", dead, "-o", "c.svg"]]:
        done = work.run(*words)
        assert done.returncode == 2 and done.stdout == ""
        line = one_line(done.stderr)
        assert f"run {dead}: nothing was answered: HTTP 401" in line
    for words in [["report", dead], ["rescore", dead, "--extract", "proctor"]]:
        done = work.run(*words)
        assert done.returncode == 0 and "nothing was answered: HTTP 401" in done.stdout
        assert "0.00%" not in done.stdout


def test_runs_side_by_side_show_no_accuracy_where_none_was_answered(work, start_server):
    server = start_server("--fault", "status=401")
    done = work.run("run", "baseline/A", "openai-compatible/dead", "--base-url", server.url,
                    "--dataset", "exam")
    table = done.stdout.split("\n\n")[-1]
    assert re.search(r"openai-compatible/dead +\d+/100 +- +- +\d+$", table, re.M), table


def test_of_a_run_with_replies_failures_count_as_before(work, start_server):
    server = start_server("--answer", "B", "--fault", "status=500:every=2")
    done = dead_run(work, server)
    assert re.search(r"^Accuracy: .*\(\d+/100\), 95 % CI ", done.stdout, re.M)
    assert "failed 50" in done.stdout


# ---- Forgetting ----


def ids(work, *words):
    text = work.run("list", "runs", "--json", *words).stdout
    return [json.loads(line)["run"] for line in text.splitlines()]


def test_a_forgotten_run_is_hidden_and_can_be_shown_again(exam):
    a = run(exam)["run"][:8]
    b = run(exam, model="baseline/B")["run"][:8]
    done = exam.run("forget", b)
    assert done.returncode == 0 and f"proctor forget {b} --undo" in done.stderr
    assert ids(exam) == [a] and ids(exam, "--all") == [b, a]
    listed = exam.run("list", "runs", "--all", "--json").stdout.splitlines()
    assert [json.loads(line)["hidden"] for line in listed] == ["forgotten", ""]
    assert b not in exam.run("report").stdout
    assert exam.json("report", "last")["run"][:8] == a
    assert exam.json("report", b)["n"] == 10
    assert "whole" in exam.run("verify").stderr
    exam.run("forget", b, "--undo")
    assert ids(exam) == [b, a]


def test_a_forgotten_run_that_is_run_again_is_shown_again_without_a_request(exam):
    a = run(exam)["run"][:8]
    exam.run("forget", "last")
    assert ids(exam) == []
    assert run(exam)["reused"] == 10
    assert ids(exam) == [a]


def test_several_runs_are_forgotten_or_none(exam):
    run(exam)
    run(exam, model="baseline/B")
    done = exam.run("forget", *ids(exam), "nosuch")
    assert done.returncode == 2 and "nosuch: no such run" in one_line(done.stderr)
    assert len(ids(exam)) == 2
    assert exam.run("forget", *ids(exam)).returncode == 0
    assert ids(exam) == []


def test_for_good_wants_a_terminal_or_yes(exam):
    a = run(exam)["run"][:8]
    done = exam.run("forget", a, "--for-good")
    assert done.returncode == 2 and "--yes" in one_line(done.stderr)
    assert a in done.stderr and "10 replies" in done.stderr
    assert ids(exam) == [a]


@pytest.mark.parametrize("typed, left", [("y\n", 0), ("n\n", 1), ("\n", 1), ("\x04", 1)])
def test_for_good_asks_on_a_terminal(exam, typed, left):
    run(exam)
    out, code = exam.in_terminal("forget", "last", "--for-good", typed=typed)
    assert "for good? [y/N]" in out and code == 0
    assert len(ids(exam, "--all")) == left


def test_the_question_on_a_terminal_holds_no_key(exam):
    key = "sk-0123456789abcdefghijkl"
    exam.run("run", "baseline/A", "--dataset", "exam", "--limit", 1, "--name", key)
    out, code = exam.in_terminal("forget", "last", "--for-good", typed="n\n",
                                 OPENAI_API_KEY=key)
    assert "for good? [y/N]" in out and key not in out, out


def test_no_text_of_a_run_that_is_gone_for_good_is_left(work, start_server):
    server = start_server("--answer", "the-reply-of-the-one B")
    one = work.json("run", "llama/one", "--base-url", server.url, "--dataset", "exam")["run"]
    work.run("run", "baseline/A", "--dataset", "sample")
    assert b"the-reply-of-the-one" in (work.path / "proctor.db").read_bytes()
    assert work.run("forget", one, "--for-good", "--yes").returncode == 0
    for file in work.path.glob("proctor.db*"):
        content = file.read_bytes()
        assert b"the-reply-of-the-one" not in content and b"what follows" not in content
    assert "whole" in work.run("verify").stderr
    assert work.run("report", one).returncode == 2
    assert len(ids(work, "--all")) == 1


def test_a_run_that_is_being_asked_is_not_forgotten(work, start_server):
    server = start_server("--answer", "B", "--latency-ms", 200)
    asking = work.start("run", "llama", "--base-url", server.url, "--dataset", "exam",
                        "--concurrency", 1, "--show")
    try:
        assert asking.stdout.readline()
        (run_id,) = ids(work, "--all")
        for more in [[], ["--for-good", "--yes"]]:
            done = work.run("forget", run_id, *more)
            assert done.returncode == 2 and "is being asked by" in one_line(done.stderr)
    finally:
        asking.kill()
        asking.communicate()
    assert "whole" in work.run("verify").stderr


@pytest.mark.parametrize(
    "words, said",
    [
        ([], "expected runs"),
        (["last", "--yes"], "--for-good"),
        (["last", "--undo", "--for-good"], "--undo"),
        (["x", "--store", "missing.db"], "missing.db"),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, list) else "",
)
def test_what_forget_cannot_do_is_one_line(exam, words, said):
    run(exam)
    done = exam.run("forget", *words)
    assert done.returncode == 2 and said in one_line(done.stderr)
    assert len(ids(exam)) == 1 and not (exam.path / "missing.db").exists()


def test_a_report_of_one_run_shows_its_subjects_and_by_subject_all_runs(exam):
    run(exam, "--subject", "all", "--name", "mine")
    run(exam, "--subject", "stem", model="baseline/random")
    lines = exam.run("report", "mine").stdout.splitlines()
    assert sum(line.startswith("  college_physics ") and "(" not in line for line in lines) == 1
    table = exam.run("report", "--by", "subject", "--sort", "accuracy").stdout
    assert re.search(r"\n  sociology +\d+\.\d\d% \(\d+/10\), [\d.]+-[\d.]+ +-\n", table), table
    csv = exam.run("report", "--by", "subject", "-o", "s.csv")
    rows = (exam.path / "s.csv").read_text(encoding="utf-8").splitlines()
    assert csv.stderr == "s.csv: 2 runs\n" and len(rows) == 1 + 5 + 3
    assert exam.run("report", "--by", "theme").stderr == (
        "proctor: --by: found theme, expected model, subject, category\n")


def test_subjects_are_named_by_a_pattern_a_subcategory_and_a_sample(exam):
    physics = run(exam, "--subject", "college_*,physics")
    assert sorted(physics["by_subject"]) == ["astronomy", SUBJECT, "college_physics"]
    five = run(exam, "--subject", "all", "--sample", 1)
    assert five["n"] == 5 and five["run"] == physics["run"]
    assert run(exam, "--subject", "all", "--sample", 1)["requests"] == 0
    part = exam.run("report", "last", "--subject", "coll*").stdout
    assert "Subject: college_computer_science, college_physics" in part
    both = exam.run("run", "baseline/A", "--dataset", "five", "--limit", 1, "--sample", 1)
    assert both.returncode == 2 and "expected one of the two" in both.stderr


def test_a_run_keeps_its_name_and_note_until_it_is_given_others(exam):
    run(exam, "--name", "first", "--note", "8 GB")
    run(exam)
    assert (exam.json("report", "first")["name"], exam.json("report", "first")["note"]) == ("first", "8 GB")
    run(exam, "--name", "second")
    assert (exam.json("report", "second")["name"], exam.json("report", "last")["note"]) == ("second", "8 GB")
