"""What a person sees, and what a program reads."""

import csv
import io
import json
import re
import signal
import sqlite3
import struct
import subprocess
import unicodedata
import xml.etree.ElementTree

import pytest

from conftest import ROOT, SUBJECT, one_line, wait_until

COMMANDS = [
    *["run", "report", "chart", "show", "rescore", "export", "prompt", "extract"],
    *["verify", "doctor", "list", "completions", "man", "version"],
]
MARKS = ["right", "wrong", "unread", "refused", "cut", "failed"]


def command(server, *more):
    return ["run", "llama", "--base-url", server.url, "--dataset", "exam", *more]


def lines_of_json(text):
    return [json.loads(line) for line in text.split("\n") if line]


def is_share(value):
    return isinstance(value, float) and 0 <= value <= 1


def check_json(run):
    """The keys and types that are fixed, and the sums that must hold."""
    for key in ["run", "model", "dataset", "subjects", "protocol", "extract"]:
        assert isinstance(run[key], str) and run[key], key
    for key in ["planned", "n", "not_asked", "correct", "requests", "reused"]:
        assert type(run[key]) is int and run[key] >= 0, key
    assert list(run["ledger"]) == MARKS
    assert sum(run["ledger"].values()) == run["n"]
    assert run["n"] + run["not_asked"] == run["planned"]
    assert run["ledger"]["right"] == run["correct"]
    for key in ["ci95", "bounds"]:
        low, high = run[key]
        assert 0 <= low <= high <= 1, key
    if run["n"] == run["ledger"]["failed"]:  # no reply, no accuracy
        assert run["accuracy"] is None
    else:
        assert run["accuracy"] == pytest.approx(run["correct"] / run["n"])
        assert run["ci95"][0] <= run["accuracy"] <= run["ci95"][1]
        assert is_share(run["macro_accuracy"])
    for counts in [*run["by_subject"].values(), *run["by_category"].values()]:
        assert set(counts) >= {"n", "correct", "accuracy"}
    assert sum(one["n"] for one in run["by_subject"].values()) == run["n"]
    assert type(run["complete"]) is bool
    assert all(type(run["tokens"][key]) is int for key in ["prompt", "reply", "decoded"])
    assert isinstance(run["seconds"], (int, float))


# ---- JSON


def test_json_has_its_keys_when_all_is_well(work, exam_server):
    run = work.json(*command(exam_server()))
    check_json(run)
    assert (run["n"], run["correct"], run["accuracy"]) == (100, 40, 0.4)
    assert run["by_subject"][SUBJECT] == {"n": 100, "correct": 40, "accuracy": 0.4}
    assert run["by_category"]["stem"]["n"] == 100
    assert run["model"] == "llama" and run["tokens"]["prompt"] > 0
    assert run["ci95"] == pytest.approx([0.3094, 0.4980], abs=1e-4)


def test_json_has_its_keys_when_questions_failed(work, exam_server):
    server = exam_server("--fault", "status=500:first=2")
    run = work.json(*command(server, "--retries", 0, "--limit", 10), code=3)
    check_json(run)
    assert run["ledger"]["failed"] == 2 and not run["complete"]


def test_json_has_its_keys_when_nothing_could_be_asked(work, exam_server):
    run = work.json(*command(exam_server("--fault", "status=401")), code=4)
    check_json(run)
    assert not run["complete"]


def test_json_has_its_keys_when_interrupted(work, exam_server):
    server = exam_server("--latency-ms", 50)
    process = work.start(*command(server, "--json", "--concurrency", 2))
    wait_until(lambda: server.requests() >= 5)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    (line,) = out.splitlines()
    check_json(json.loads(line))


def test_stdout_is_json_alone_even_with_show(work, exam_server):
    done = work.run(*command(exam_server(), "--json", "--show"))
    (line,) = done.stdout.splitlines()
    check_json(json.loads(line))
    assert done.stderr.count("Predicted Answer: ") == 100


def test_a_line_a_model(work, exam_server):
    server = exam_server()
    done = work.run(
        *["run", "llama", "ollama/mistral:7b", "--base-url", server.url],
        *["--dataset", "exam", "--json"],
    )
    assert done.returncode == 0, done.stderr
    models = [json.loads(line)["model"] for line in done.stdout.splitlines()]
    assert models == ["llama", "ollama/mistral:7b"]


# ---- Pipes and terminals


def test_a_pipe_gets_no_progress_line(work, exam_server):
    done = work.run(*command(exam_server("--latency-ms", 20)), text=False)
    assert b"\r" not in done.stderr and b"\x1b" not in done.stderr + done.stdout
    assert done.stderr.count(b"\n") <= 2


def test_in_one_log_what_is_printed_first_stands_first(work, exam_server):
    out = subprocess.run(
        work.command(command(exam_server())), cwd=work.path, env=work.env({}),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True,
    ).stdout
    assert out.startswith("Model: ") and out.splitlines()[-1].startswith("next: ")


def test_a_log_is_told_how_the_run_stands(work, exam_server):
    server = exam_server("--latency-ms", 50)
    done = work.run(*command(server, "--concurrency", 1))
    first = done.stderr.splitlines()[0]
    assert re.match(r"Evaluating \d+/100  accuracy .* q/s  .* tokens/s  0:02, 0:0\d left", first)


@pytest.mark.parametrize("progress, is_drawn, is_told",
                         [("auto", True, False), ("line", False, True), ("none", False, False)])
def test_progress_is_told_as_it_is_asked_for(work, exam_server, progress, is_drawn, is_told):
    server = exam_server("--latency-ms", 50)
    out, code = work.in_terminal(*command(server, "--concurrency", 1, "--progress", progress))
    assert code == 0
    assert ("\x1b[K" in out) == is_drawn
    assert ("\nEvaluating " in "\n" + out.replace("\r", "")) == is_told or is_drawn


def test_a_progress_that_there_is_not_is_refused(work):
    done = work.run("run", "baseline/A", "--dataset", "exam", "--progress", "bar")
    assert done.returncode == 2
    assert "--progress: found bar, expected auto, line or none" in done.stderr


def test_a_log_has_each_question_at_once(work, exam_server):
    server = exam_server("--latency-ms", 100)
    process = work.start(*command(server, "--concurrency", 1, "--show"))
    line = next(line for line in process.stdout if line.startswith("Processed "))
    assert line.startswith("Processed 10/100. Current Accuracy: ")
    assert process.poll() is None  # 90 questions take nine seconds more
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)


def test_quiet_says_nothing_but_the_result(work, exam_server):
    done = work.run(*command(exam_server(), "--quiet"))
    assert done.stderr == "" and "Accuracy: 40.00% (40/100)" in done.stdout


def width(text):
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


@pytest.mark.parametrize("columns", [40, 80, 200])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_progress_line_fits_the_terminal(work, exam_server, columns, language):
    server = exam_server("--latency-ms", 16, "--fault", "status=500:every=10")
    out, code = work.in_terminal(
        *command(server, "--concurrency", 4, "--retries", 0, "--lang", language),
        columns=columns,
    )
    assert code == 3
    lines = re.findall(r"\r([^\r\n]*)\x1b\[K", out)
    lines = [line for line in lines if line]
    assert len(lines) >= 3, out
    assert all(width(line) < columns for line in lines), max(lines, key=width)
    assert any("100/100" in line for line in lines)
    if columns == 200:
        words = {"en": ["accuracy", "95 % CI", "q/s", "left", "in flight", "failed"],
                 "ja": ["正答率", "問/秒", "残り", "処理中", "失敗"]}[language]
        assert any(all(word in line for word in words) for line in lines), lines


def test_no_color_and_a_dumb_terminal_get_no_escapes(work, exam_server):
    out, code = work.in_terminal("run", "baseline/A", "--dataset", "exam", NO_COLOR=1)
    assert code == 0 and not re.search(r"\x1b\[[0-9;]*m", out)


# ---- The summary, the report


def test_the_summary_names_model_subject_accuracy_and_ledger(work, exam_server):
    server = exam_server("--fault", "empty-content:every=10")
    out = work.run(*command(server, "--concurrency", 1)).stdout
    assert "Model: llama (fake.gguf, fp_fake)\n" in out and f"Subject: {SUBJECT}\n" in out
    assert re.search(r"^Accuracy: 36\.00% \(36/100\), 95 % CI 27\.3-45\.8$", out, re.M)
    assert "right 36, wrong 54, unread 10" in out


def test_japanese_words_stand_in_the_summary(work, exam_server):
    out = work.run(*command(exam_server(), "--lang", "ja")).stdout
    assert "Accuracy: 40.00% (40/100)" in out and "正解 40" in out


@pytest.fixture
def two_runs(work, exam_server):
    work.run(*command(exam_server(), "--note", "macOS M2, 16 GB | x", "--name", "mine"))
    work.run("run", "baseline/A", "--dataset", "exam", "--limit", 10)
    return work


def test_the_report_is_a_table(two_runs):
    done = two_runs.run("report")
    assert done.returncode == 0
    assert "40.00% (40/100)" in done.stdout and "baseline/A" in done.stdout
    assert "macOS M2, 16 GB" in done.stdout and "30.9-49.8" in done.stdout
    assert len({width(line) for line in done.stdout.splitlines()[:1]}) == 1


def test_the_report_in_markdown_has_as_many_cells_in_each_row(two_runs):
    out = two_runs.run("report", "--format", "markdown").stdout
    rows = [line for line in out.splitlines() if line.startswith("|")]
    assert len(rows) == 4
    assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) == 1
    assert re.fullmatch(r"[|:\- ]+", rows[1])


def test_the_report_in_csv_has_numbers_and_is_read_back_by_chart(two_runs):
    out = two_runs.run("report", "--format", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(out)))
    assert any(row["method"] == "macOS M2, 16 GB | x" for row in rows)
    for row in rows:
        share = int(row["correct"]) / int(row["n"])
        assert float(row["ci_low"]) < float(row["accuracy"]) < float(row["ci_high"])
        assert float(row["accuracy"]) == pytest.approx(100 * share, abs=0.006)
    (two_runs.path / "report.csv").write_text(out, encoding="utf-8")
    done = two_runs.run("chart", "report.csv", "-o", "bars.svg")
    assert done.returncode == 0 and "2 bars" in done.stderr


@pytest.mark.parametrize("file, starts", [("r.csv", "run,name,model"), ("r.md", "exam "),
                                          ("r.json", '{"run":'), ("r.txt", "exam ")])
def test_the_report_takes_its_form_from_the_ending_and_says_what_it_wrote(two_runs, file, starts):
    done = two_runs.run("report", "-o", file)
    assert (two_runs.path / file).read_text(encoding="utf-8").startswith(starts)
    assert done.stderr == f"{file}: 2 runs\n"


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("columns", [40, 80, 120])
def test_no_line_of_the_report_is_wider_than_the_terminal(two_runs, columns, language):
    for protocols in ["proctor,inspect", "evalscope"]:
        two_runs.run("run", "baseline/longest", "--dataset", "exam", "--protocol", protocols,
                     "--note", "a note that is quite long for what it says")
    out, code = two_runs.in_terminal("report", "--lang", language, columns=columns)
    assert code == 0
    assert max(width(line) for line in out.splitlines()) <= columns
    assert "40.00% (40/100)" in out and "mine" in out


def test_the_report_has_the_columns_that_are_asked_for(two_runs):
    done = two_runs.run("report", "--columns", "accuracy,note,model")
    assert done.stdout.splitlines()[0].split() == ["accuracy", "note", "model"]
    bad = two_runs.run("report", "--columns", "acuracy")
    assert bad.returncode == 2 and "--columns: acuracy" in one_line(bad.stderr)
    assert "did you mean accuracy?" in bad.stderr
    for more in [["--format", "csv"], ["--by", "subject"]]:
        assert two_runs.run("report", "--columns", "n", *more).returncode == 2


def test_a_report_in_a_file_is_as_wide_as_it_needs_to_be(two_runs):
    two_runs.in_terminal("report", "-o", "r.txt", columns=40)
    assert (two_runs.path / "r.txt").read_text(encoding="utf-8") == two_runs.run("report").stdout


def test_an_export_takes_its_form_from_the_ending(two_runs):
    two_runs.run("export", "mine", "-o", "a.csv")
    assert (two_runs.path / "a.csv").read_text(encoding="utf-8").startswith("id,subject,")
    two_runs.run("export", "mine", "-o", "a.csv", "--format", "jsonl")
    assert (two_runs.path / "a.csv").read_text(encoding="utf-8").startswith("{")


def test_the_report_in_json_is_read_back(two_runs):
    runs = lines_of_json(two_runs.run("report", "--json").stdout)
    assert sorted(run["correct"] for run in runs) == [3, 40]
    for run in runs:
        check_json(run)
    assert len(lines_of_json(two_runs.run("report", "--format", "json").stdout)) == 2


def test_the_report_of_one_run_has_its_ledger(two_runs):
    out = two_runs.run("report", "mine").stdout
    assert "Accuracy: 40.00% (40/100), 95 % CI 30.9-49.8\n" in out
    assert "right 40, wrong 60" in out


def test_the_report_goes_to_a_file(two_runs):
    done = two_runs.run("report", "--format", "markdown", "-o", "table.md")
    assert done.returncode == 0
    assert "40.00% (40/100)" in (two_runs.path / "table.md").read_text()


def test_show_only_shows_only_these(two_runs):
    done = two_runs.run("show", "mine", "--only", "wrong")
    assert done.stdout.count(": wrong, ") == 60 and ": right, " not in done.stdout
    assert two_runs.run("show", "mine", "--wrong").stdout == done.stdout
    one = two_runs.run("show", "mine", "--question", 17)
    assert one.stdout.count(", answered ") == 1 and "17: what follows" in one.stdout
    assert two_runs.run("show", "mine", "--question", 100).returncode == 2
    few = two_runs.run("show", "mine", "--limit", 3)
    assert few.stdout.count(", answered ") == 3 and "3 of 100 questions" in few.stderr
    assert two_runs.run("show", "mine", "--wrong", "--only", "right").returncode == 2
    bad = two_runs.run("show", "mine", "--only", "wrng")
    assert bad.returncode == 2 and "--only" in bad.stderr


def test_show_folds_what_a_prompt_has_in_common_with_the_one_before(two_runs):
    work = two_runs
    short, whole = work.run("show", "mine").stdout, work.run("show", "mine", "--full").stdout
    assert short.count("… the same beginning as above (") == 99
    assert whole.count("Please answer with the letter") == 100
    assert short.count("Please answer with the letter") == 1


# ---- Colour, the pager

COLOUR = "\x1b["
READING = [["report"], ["show", "mine"], ["compare", "mine", "last"], ["list", "runs"]]


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_colour_is_for_a_terminal_that_wants_it(two_runs, words):
    def out(*more, **env):
        return two_runs.in_terminal(*words, *more, columns=200, **env)[0]

    assert COLOUR in out()
    assert COLOUR not in out("--color", "never") and COLOUR not in out(NO_COLOR="1")
    assert COLOUR in out("--color", "always", NO_COLOR="1")
    assert COLOUR not in two_runs.run(*words).stdout
    assert COLOUR in two_runs.run(*words, "--color", "always").stdout
    bad = two_runs.run(*words, "--color", "blue")
    assert bad.returncode == 2 and "--color: found blue" in bad.stderr


def test_no_colour_is_ever_in_a_file(two_runs):
    two_runs.in_terminal("report", "-o", "r.txt", "--color", "always")
    assert COLOUR not in (two_runs.path / "r.txt").read_text(encoding="utf-8")


def test_what_is_longer_than_the_screen_goes_through_the_pager_and_talk_follows(two_runs):
    out, code = two_runs.in_terminal("show", "mine", PROCTOR_PAGER="sed 's/^/| /'")
    lines = out.splitlines()
    assert code == 0 and all(line.startswith("| ") for line in lines[:-1]) and len(lines) > 500
    assert lines[-1].startswith("100 of 100 questions of run ")


def test_what_fits_the_screen_goes_through_none_and_neither_does_a_pipe(two_runs):
    env = {"PROCTOR_PAGER": "sed 's/^/> /'"}
    assert "> " not in two_runs.in_terminal("report", **env)[0]
    assert "> " not in two_runs.run("show", "mine", **env).stdout


def test_a_pager_that_is_left_early_or_is_none_changes_no_exit_code(two_runs):
    out, code = two_runs.in_terminal("show", "mine", "--full", PROCTOR_PAGER="head -n 1")
    assert code == 0 and len(out.splitlines()) == 2
    out, code = two_runs.in_terminal("show", "mine", PROCTOR_PAGER="no-such-pager")
    assert code == 0 and out.count(", answered ") == 100
    out, code = two_runs.in_terminal("show", "mine", "--subject", "nonsense", PAGER="head -n 1")
    assert code == 2 and "--subject" in out


def test_a_pager_that_cannot_be_run_or_is_blank_hides_nothing(two_runs):
    not_to_be_run = two_runs.path / "no-program"
    not_to_be_run.write_text("text")
    for pager in (not_to_be_run, "/etc", " ", "\t", " cat "):
        out, code = two_runs.in_terminal("show", "mine", PROCTOR_PAGER=str(pager))
        assert code == 0 and out.count(", answered ") == 100, pager


@pytest.mark.parametrize("pager", [
    "no-such-pager | cat", "no-such-pager | less", "cat | no-such-pager", "true", "false", "head -n 0",
])
def test_a_pager_that_reads_nothing_hides_nothing(two_runs, pager):
    out, code = two_runs.in_terminal("show", "mine", PROCTOR_PAGER=pager)
    assert code == 0 and out.count(", answered ") == 100


def test_a_pager_that_reads_nothing_of_much_ends_the_wait(two_runs):
    out, code = two_runs.in_terminal("show", "mine", "--full", PROCTOR_PAGER="no-such-pager | cat")
    assert code == 0 and out.count(", answered ") == 100


def test_a_pager_variable_that_is_empty_is_as_if_it_were_not_set(two_runs):
    out, code = two_runs.in_terminal("show", "mine", PROCTOR_PAGER="", PAGER="sed 's/^/| /'")
    assert code == 0 and out.startswith("| ")


@pytest.mark.parametrize(
    "what, word",
    [
        ("models", "ollama/mistral:7b"),
        ("datasets", "cais/mmlu"),
        ("protocols", "seed"),
        ("subjects", SUBJECT),
        ("readers", "first-letter"),
        ("runs", "baseline/A"),
    ],
)
def test_list_names_what_there_is(work, what, word):
    work.run("run", "baseline/A", "--dataset", "exam")
    done = work.run("list", what)
    assert done.returncode == 0 and word in done.stdout
    assert lines_of_json(work.run("list", what, "--json").stdout)


def test_extract_is_called_reader_too(two_runs):
    by_one = two_runs.run("report", "mine", "--extract", "proctor").stdout
    by_other = two_runs.run("report", "mine", "--reader", "proctor").stdout
    (two_runs.path / "c.toml").write_text('reader = "proctor"')
    by_file = two_runs.run("report", "mine", "--config", "c.toml").stdout

    assert by_one == by_other == by_file
    assert "nobody" in two_runs.run("report", "mine", "--reader", "nobody").stderr


# ---- Export, verify


EXPORT_FIELDS = [
    *["id", "subject", "index", "question", "choices", "right", "letter", "mark", "rule"],
    *["reply", "reasoning", "finish_reason", "logprobs", "tokens", "latency_ms", "attempts"],
]


def test_the_export_has_a_line_a_question_with_all_its_fields(two_runs):
    two_runs.run("export", "mine", "--format", "jsonl", "-o", "out.jsonl")
    lines = (two_runs.path / "out.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    assert len(rows) == 100
    for index, row in enumerate(rows):
        assert set(row) >= set(EXPORT_FIELDS)
        assert (row["index"], row["subject"], row["right"]) == (index, SUBJECT, "ABCD"[index % 4])
        assert row["choices"] == [str(index + j) for j in range(4)]
        assert row["mark"] == ("right" if index < 40 else "wrong")
        assert (row["letter"] == row["right"]) == (index < 40)
        assert isinstance(row["logprobs"], dict) and row["attempts"] == 1
        assert row["latency_ms"] >= 0 and row["finish_reason"] == "stop"


def test_the_csv_export_has_the_same_questions(two_runs):
    out = two_runs.run("export", "mine", "--format", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(out)))
    assert len(rows) == 100
    assert [row["mark"] for row in rows] == ["right"] * 40 + ["wrong"] * 60


def test_a_whole_store_is_verified(two_runs):
    done = two_runs.run("verify")
    assert done.returncode == 0
    assert "40.00% (40/100)" in done.stdout


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE attempt SET text = 'D' WHERE number = 7",
        "UPDATE attempt SET response = CAST(replace(response, 'stop', 'stoq') AS BLOB)"
        " WHERE number = 7",
        "UPDATE question SET right_choices = '[' || ((json_extract(right_choices, '$[0]') + 1)"
        " % 4) || ']' WHERE ordinal = 3",
        "DELETE FROM attempt WHERE number = 7",
        "UPDATE run SET key = replace(key, 'llama', 'other')",
    ],
    ids=["reply", "response", "key", "attempt-gone", "run"],
)
def test_a_store_that_was_changed_is_not_verified(two_runs, change):
    with sqlite3.connect(two_runs.path / "proctor.db") as store:
        for (name,) in store.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            store.execute(f"DROP TRIGGER {name}")
        assert store.execute(change).rowcount > 0
    done = two_runs.run("verify")
    assert done.returncode != 0
    assert done.stdout + done.stderr


# ---- Charts


def check_picture(path):
    data = path.read_bytes()
    if path.suffix == ".jpg":
        assert data.startswith(b"\xff\xd8\xff") and data.endswith(b"\xff\xd9")
    elif path.suffix == ".png":
        assert data.startswith(b"\x89PNG\r\n\x1a\n")
        columns, rows = struct.unpack(">II", data[16:24])
        assert columns / rows == pytest.approx(10 / 6, abs=0.01) and columns >= 800
    elif path.suffix == ".svg":
        root = xml.etree.ElementTree.fromstring(data)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        percent = re.findall(rb"rgb\(([\d.]+)%, ?([\d.]+)%, ?([\d.]+)%\)", data)
        drawn = {tuple(round(float(part) * 2.55) for part in one) for one in percent}
        # skyblue, lightcoral, lightgreen, gold
        assert {(135, 206, 235), (240, 128, 128), (144, 238, 144), (255, 215, 0)} <= drawn
    else:
        assert data.startswith(b"%PDF-") and data.rstrip().endswith(b"%%EOF")


@pytest.mark.parametrize("ending", ["jpg", "png", "svg", "pdf"])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_seeds_figures_are_drawn(work, ending, language):
    done = work.run(
        *["chart", ROOT / "examples/seed_results.csv", "--lang", language],
        *["-o", f"mmlu_accuracy_chart.{ending}"],
    )
    assert done.returncode == 0, done.stderr
    check_picture(work.path / f"mmlu_accuracy_chart.{ending}")


def test_runs_are_drawn(two_runs):
    done = two_runs.run("chart", "-o", "all.png")
    assert done.returncode == 0 and "2 bars" in done.stderr
    check_picture(two_runs.path / "all.png")
    done = two_runs.run("chart", "mine", ROOT / "examples/seed_results.csv", "-o", "five.png")
    assert done.returncode == 0 and "5 bars" in done.stderr


@pytest.mark.parametrize("name", ["chart.gif", "chart", "nowhere/chart.png"])
def test_a_chart_that_cannot_be_written_is_told(work, name):
    done = work.run("chart", ROOT / "examples/seed_results.csv", "-o", name)
    assert done.returncode != 0
    assert done.stderr.count("\n") == 1 and name in done.stderr


# ---- The rest


@pytest.mark.parametrize(
    "words", [["list", "protocols"], ["report"], ["export", "mine"], ["run", "baseline/A",
              "--dataset", "exam", "--json"], ["--help"]], ids=lambda words: words[0]
)
def test_a_full_disk_under_stdout_is_told(two_runs, words):
    with open("/dev/full", "w") as full:
        done = two_runs.run(*words, stdout=full)
    assert done.returncode != 0
    assert "stdout" in done.stderr and "no space" in done.stderr


def test_a_closed_pipe_does_not_end_a_run(work, exam_server):
    server = exam_server("--latency-ms", 10)
    process = work.start(*command(server, "--show", "--concurrency", 2))
    process.stdout.readline()
    process.stdout.close()
    process.stderr.read()
    assert process.wait(30) == 0
    assert server.requests() == 100


def test_a_configuration_file_holds_options(work, exam_server):
    server = exam_server()
    (work.path / "run.toml").write_text(
        f'base-url = "{server.url}"\ndataset = "exam"\nlimit = 7\ntype = "llama"\njson = true\n'
    )
    done = work.run("run", "--config", "run.toml")
    assert json.loads(done.stdout)["n"] == 7
    done = work.run("run", "--config", "run.toml", "--limit", 9)
    assert json.loads(done.stdout)["n"] == 9, "the command line wins"


def test_a_dry_run_asks_nothing_and_keeps_nothing(work, exam_server):
    server = exam_server()
    done = work.run(*command(server, "--dry-run"))
    assert done.returncode == 0 and "100 planned, 0 stored, 100 to ask" in done.stdout
    assert server.requests() == 0
    assert not (work.path / "proctor.db").exists()


def test_a_dry_run_needs_no_key(work):
    done = work.run("run", "--type", "deepseek", "--dataset", "exam", "--dry-run")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("word", ["", *COMMANDS])
def test_help_fits_a_screen(work, word):
    done = work.run(*[word] * bool(word), "--help")
    lines = done.stdout.splitlines()
    assert done.returncode == 0 and done.stderr == ""
    assert len(lines) <= 60 and max(map(width, lines)) <= 80, max(lines, key=width)
    assert "proctor " + word in done.stdout


@pytest.mark.parametrize("readme", ["README.md", "README.ja.md"])
def test_the_readmes_first_session_is_what_is_printed(work, readme):
    text = (ROOT / readme).read_text(encoding="utf-8")
    shown = text.split("\n$ proctor ", 1)[1].split("\n```", 1)[0]
    command, expected = shown.split("\n", 1)
    done = work.run(*command.split())
    assert done.stdout + done.stderr == expected + "\n"


def test_the_version_is_one_line(work):
    done = work.run("--version")
    assert re.fullmatch(r"proctor \d+\.\d+\.\d+\n", done.stdout)


def test_baselines_score_what_they_must(work):
    for letter in "ABCD":
        run = work.json("run", f"baseline/{letter}", "--dataset", "exam")
        assert run["correct"] == 25
    first = work.json("run", "baseline/random", "--dataset", "exam", "--seed", 7)
    again = work.json(
        *["run", "baseline/random", "--dataset", "exam", "--seed", 7, "--store", "new.db"]
    )
    assert first["correct"] == again["correct"] and again["reused"] == 0


def test_the_sample_exam_is_part_of_the_program(work):
    run = work.json("run", "baseline/longest", "--dataset", "sample")
    assert run["n"] >= 100 and len(run["by_subject"]) == 4


def test_doctor_says_that_a_server_answers(work, exam_server):
    server = exam_server()
    done = work.run("doctor", "llama", "--base-url", server.url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert server.requests() >= 1


def test_doctor_fails_where_no_server_answers(work, free_port):
    done = work.run("doctor", "llama", "--base-url", f"http://127.0.0.1:{free_port()}")
    assert done.returncode != 0
    assert "llama-server" in done.stdout + done.stderr


def test_extract_reads_the_replies_of_a_file(work):
    (work.path / "replies.jsonl").write_text(
        '{"id": 1, "output": " b."}\n{"id": 2, "output": "The answer is C"}\n'
        '{"id": 3, "output": ""}\n'
    )
    done = work.run("extract", "--extract", "first-letter", "replies.jsonl")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["id"], row["letter"]) for row in rows] == [(1, "B"), (2, None), (3, None)]
    assert all(set(row) >= {"id", "letter", "text", "rule"} for row in rows)


def test_a_store_written_while_the_disk_is_full_is_an_error(work, exam_server):
    """The size of files is limited, as on a full disk."""
    server = exam_server()
    done = subprocess.run(
        ["bash", "-c", 'ulimit -f 100; trap "" XFSZ; exec "$@"', "-"]
        + work.command(command(server, "--json")),
        cwd=work.path, env=work.environment, capture_output=True, text=True, timeout=60,
    )
    assert done.returncode in (1, 2), (done.returncode, done.stdout, done.stderr)
    assert "proctor.db" in done.stderr or "disk" in done.stderr
    assert work.json(*command(server))["correct"] == 40, "it goes on when there is room"
    assert work.run("verify").returncode == 0
