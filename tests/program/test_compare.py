"""Two runs on the same questions, where their difference comes from, and every reader
over one run."""

import csv
import json
import shlex
import shutil
import sqlite3
import subprocess

import pytest

from conftest import PROCTOR, SUBJECT, exam_rows, write_exam


def run(work, server, model="m", *more, dataset="exam"):
    return work.json(
        "run", f"openai-compatible/{model}", "--base-url", server.url, "--dataset", dataset,
        *more,
    )["run"]


def compared(work, a, b, *more):
    return work.json("compare", a, b, *more)


def test_show_lists_the_questions_that_only_one_got_right(work, exam_server):
    a = run(work, exam_server(), "m-F16")
    b = run(work, exam_server(right="30/100"), "m-Q4_K_M")
    text = work.run("compare", a, b, "--show", "--limit", 3).stdout
    assert "only A right 10, only B right 0; the most telling first:\n" in text
    assert text.count("; A answered ") == 3 and "and 7 more: --limit N shows N of them" in text
    parted = compared(work, a, b, "--show")["parted"]
    assert len(parted) == 10
    for one in parted:
        assert one["only"] == "a" and [one["a"]["letter"]] == one["right"] != [one["b"]["letter"]]
    assert work.run("compare", a, b, "--limit", 3).returncode == 2


def test_a_run_compared_with_itself_is_said_to_be_one(work, exam_server):
    run(work, exam_server())
    out = work.run("compare", "last", "last").stdout
    assert out.startswith("A and B are one run, ")


def test_an_audit_lists_as_many_disagreements_as_are_asked_for(work, exam_server):
    run(work, exam_server("--wrap", "Answer: {}"))
    text = work.run("audit", "last", "--limit", 5).stdout
    assert text.count("(right: ") == 5 and "more: --limit N shows N of them" in text
    assert work.run("audit", "last", "--limit", 1000).stdout.count("(right: ") > 20


def test_the_first_line_says_what_it_costs(work, exam_server):
    a = run(work, exam_server(), "m-F16")
    b = run(work, exam_server(right="30/100"), "m-Q4_K_M")
    done = work.run("compare", a, b)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:2] == [
        "openai-compatible/m-Q4_K_M costs 10.00 points against openai-compatible/m-F16: "
        "30.00% against 40.00% of the same 100 questions",
        "95 % CI of the difference -17.44 to -5.52 points, n 100, exact McNemar "
        "p = 0.0020: more than chance",
    ]
    assert "both right 30, only A 10, only B 0, neither 60 (n 100)" in done.stdout


def test_a_small_difference_is_not_called_one(work, exam_server):
    a = run(work, exam_server(), "a")
    b = run(work, exam_server(right="41/100"), "b")
    first = work.run("compare", a, b).stdout.splitlines()[0]
    assert "cannot be told apart on these 100 questions" in first
    assert "41.00% against 40.00% (+1.00 points)" in first


def test_json_holds_the_four_cells_and_the_statistics(work, exam_server):
    a = run(work, exam_server(), "a")
    b = run(work, exam_server(right="30/100"), "b")
    both = compared(work, a, b)
    assert (both["n"], both["both_right"], both["only_a"], both["only_b"]) == (100, 30, 10, 0)
    assert both["difference"] == -0.1
    assert both["mcnemar_p"] == pytest.approx(2 / 2**10)
    assert both["by_subject"][SUBJECT]["n"] == 100
    turned = compared(work, b, a)
    assert turned["difference"] == 0.1
    assert turned["ci95"] == pytest.approx([-end for end in reversed(both["ci95"])])


def test_questions_are_matched_by_what_they_are(work, exam_server):
    server = exam_server()
    a = run(work, server, "a")
    rows = exam_rows(work.path / f"exam/test/{SUBJECT}_test.csv")
    header = ["question", "choice0", "choice1", "choice2", "choice3", "answer"]
    file = work.path / f"turned/test/{SUBJECT}_test.csv"
    file.parent.mkdir(parents=True)
    with open(file, "w", newline="", encoding="utf-8") as out:
        changed = [["Another: " + rows[0][0], *rows[0][1:]]]
        csv.writer(out).writerows([header, *reversed(rows[10:]), *changed])
    b = run(work, server, "b", "--limit", 80, dataset="turned")
    both = compared(work, a, b)
    # 90 are in both data sets, and the first 80 of the turned one were asked: of rows
    # 99 down to 20 the server knows the right letter of 20 to 39.
    assert (both["n"], both["both_right"], both["only_a"], both["only_b"]) == (80, 20, 0, 0)
    assert both["unpaired"]["a"] == {"no_such_question": 10, "not_asked": 10, "failed": 0}
    assert both["unpaired"]["b"] == {"no_such_question": 0, "not_asked": 0, "failed": 0}
    text = work.run("compare", a, b).stdout
    assert "not paired, of A: 10 not in B's data set, 10 not asked in B" in text


def test_a_question_without_a_reply_is_no_pair(work, exam_server):
    a = run(work, exam_server(), "a")
    broken = exam_server("--fault", "status=500:first=3")
    b = work.json(
        "run", "openai-compatible/b", "--base-url", broken.url, "--dataset", "exam",
        "--retries", 0, "--concurrency", 1, code=3,
    )["run"]
    both = compared(work, a, b)
    assert (both["n"], both["both_right"]) == (97, 37)
    assert both["unpaired"]["a"]["failed"] == 3 and both["unpaired"]["failed_in_both"] == 0


def test_runs_without_a_common_question_are_said_to_be(work, exam_server):
    server = exam_server()
    write_exam(work.path / "other", subject="anatomy")
    a = run(work, server, "a", "--limit", 5)
    b = run(work, server, "b", "--limit", 5, "--subject", "all", dataset="other")
    assert compared(work, a, b)["n"] == 0
    assert work.run("compare", a, b).stdout.startswith("nothing to compare")


def test_compare_wants_two_runs(work, exam_server):
    run(work, exam_server(), "a", "--limit", 1)
    done = work.run("compare", "last")
    assert done.returncode == 2 and "expected two runs" in done.stderr


# ---- Explain ----


def explained(work, a, b):
    parts = compared(work, a, b, "--explain")["explain"]
    assert sum(part["difference"] for part in parts["parts"]) == parts["total"]
    assert parts["total"] == pytest.approx(parts["to"] - parts["from"], abs=1e-12)
    return parts


def of_parts(explanation):
    return {part["part"]: part["difference"] for part in explanation["parts"]}


def test_the_readers_part_is_what_the_other_reader_finds_in_as_replies(work, exam_server):
    server = exam_server("--wrap", "It is so. The answer is {}.")
    a = run(work, server, "m", "--protocol", "seed")
    b = run(work, server, "m", "--protocol", "proctor")
    parts = explained(work, a, b)
    assert of_parts(parts) == {"reading": 0.4, "prompt": 0, "averaging": 0}
    assert (parts["n"], parts["from"], parts["to"], parts["next"]) == (100, 0, 0.4, None)


def test_shots_alone_are_told_apart(work, start_server):
    write_exam(work.path / "exam", n=5, split="dev")
    server = start_server("--random", 1)
    protocol = ["--protocol", "mmlu_pro_official_local"]
    a = run(work, server, "m", *protocol, "--shots", 0)
    b = run(work, server, "m", *protocol, "--shots", 2)
    parts = of_parts(explained(work, a, b))
    assert set(parts) == {"reading", "shots", "averaging"} and parts["shots"] != 0


def test_prompt_and_shots_are_parted_by_a_run_in_between(work, start_server):
    write_exam(work.path / "exam", n=5, split="dev")
    server = start_server("--random", 7)
    more = ["--limit", 60, "--temperature", 0.5]
    a = run(work, server, "m", "--protocol", "seed", *more)
    b = run(work, server, "m", "--protocol", "mmlu_pro_official_local", *more)
    before = explained(work, a, b)
    assert set(of_parts(before)) == {"reading", "prompt and shots", "averaging"}
    assert "cannot be told apart" in before["notes"][0]
    words = shlex.split(before["next"])
    assert words[:2] == ["proctor", "run"]
    assert work.run(*words[1:]).returncode == 0
    after = explained(work, a, b)
    assert set(of_parts(after)) == {"reading", "prompt", "shots", "averaging"}
    assert (after["total"], after["next"]) == (before["total"], None)
    assert after["n"] == 60


def pasted(work, command):
    """A command as a person pastes it into a shell, from another folder."""
    tools = work.path / "tools"
    tools.mkdir(exist_ok=True)
    if not (tools / "proctor").exists():
        (tools / "proctor").symlink_to(PROCTOR)
    elsewhere = work.path / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    store = f" --store {shlex.quote(str(work.path / 'proctor.db'))}"
    return subprocess.run(["/bin/sh", "-c", command + store], cwd=elsewhere, text=True,
                          capture_output=True, timeout=120,
                          env=work.env({"PATH": f"{tools}:{work.environment['PATH']}"}))


def is_parted_by_its_advice(work, a, b):
    before = explained(work, a, b)
    done = pasted(work, before["next"])
    assert done.returncode == 0, (before["next"], done.stderr)
    after = explained(work, a, b)
    assert set(of_parts(after)) >= {"prompt", "shots"}, before["next"]
    assert (after["total"], after["next"]) == (before["total"], None)


def test_the_advice_works_when_pasted_for_a_server(work, start_server):
    exam = work.path / "it's an exam"
    write_exam(exam)
    write_exam(exam, n=5, split="dev")
    # Named like one of ours, and another.
    (work.path / "seed.toml").write_text(
        'base = "mmlu_pro_official_local"\n[sampling]\ntemperature = 0.25\n')
    server = start_server("--random", 7)
    more = ["--limit", 40, "--max-tokens", 77, "--stop", "it's over",
            "--extra-body", '{"user": "it\'s me"}']
    a = run(work, server, "m", "--protocol", "seed", *more, dataset=exam.name)
    b = run(work, server, "m", "--protocol", "seed.toml", *more, "--system", "Say 'A'.",
            dataset=exam.name)
    is_parted_by_its_advice(work, a, b)


def test_the_advice_works_when_pasted_for_a_file(work, nano):
    write_exam(work.path / "exam", n=5, split="dev")
    model = work.path / "my models" / "it's nano.gguf"
    model.parent.mkdir()
    shutil.copy(nano, model)
    more = ["--dataset", "exam", "--limit", 5]
    a = work.json("run", model.relative_to(work.path), *more, "--protocol", "mmlu",
                  "--shots", 2, "--threads", 1)["run"]
    b = work.json("run", model.relative_to(work.path), *more, "--protocol", "lmeval_mmlu",
                  "--shots", 0, "--threads", 2, "--context", 4096)["run"]
    is_parted_by_its_advice(work, a, b)


def test_macro_against_micro_is_the_averagings_part(work, exam_server):
    write_exam(work.path / "exam", n=20, subject="anatomy")
    (work.path / "macro.toml").write_text(
        'base = "seed_zeroshot"\naggregation = "helm"\n[sampling]\ntemperature = 0\n'
    )
    server = exam_server()  # 40 of 100 and 20 of 20 are right
    a = run(work, server, "m", "--subject", "all")
    b = run(work, server, "m", "--subject", "all", "--protocol", "macro.toml")
    parts = explained(work, a, b)
    assert of_parts(parts)["averaging"] == pytest.approx((0.4 + 1) / 2 - 60 / 120)
    assert of_parts(parts)["prompt"] == 0


def test_two_models_are_not_explained(work, exam_server):
    server = exam_server()
    a, b = (run(work, server, name, "--limit", 2) for name in "ab")
    done = work.run("compare", a, b, "--explain")
    assert done.returncode == 2 and "expected two runs of one model" in done.stderr


def test_the_table_of_parts_adds_up(work, start_server):
    write_exam(work.path / "exam", n=5, split="dev")
    server = start_server("--random", 3)
    a = run(work, server, "m", "--protocol", "seed", "--limit", 70)
    b = run(work, server, "m", "--protocol", "mmlu_pro_official_local", "--limit", 70)
    text = work.run("compare", a, b, "--explain").stdout
    rows = text[text.index("\npart ") :].splitlines()[3:]
    points = [row.split("  ") for row in rows]
    figures = [[cell for cell in row if cell.strip()][1] for row in points[:4]]
    assert round(sum(map(float, figures[:3])), 2) == float(figures[3])


# ---- Audit ----


def test_every_reader_has_its_accuracy_and_the_disagreements_are_listed(
    work, exam_server
):
    script = work.path / "said.jsonl"
    odd = "Answer: A\nNo, I was wrong. \x1b[31mThe answer is (B)."
    script.write_text(json.dumps({"match": "0: what follows", "reply": odd, "times": 1}))
    server = exam_server("--wrap", "The answer is {}.", "--answers", script)
    name = run(work, server, "m", "--concurrency", 1)
    audit = work.json("audit", name)
    readers = {reader["reader"]: reader for reader in audit["readers"]}
    assert len(readers) >= 16 and audit["replies"] == 100
    assert readers["first-letter"]["agrees"] == 100
    for reader in readers.values():
        assert sum(reader["ledger"].values()) == reader["n"] == 100
    again = work.json("rescore", name, "--extract", "proctor")
    assert readers["proctor"]["correct"] == again["correct"]
    (one,) = [d for d in audit["disagreements"] if d["letters"]["simple_evals"] == "A"]
    assert one["letters"]["mmlu_pro_cascade"] == "B"
    assert "\x1b" not in one["reply_end"]
    text = work.run("audit", name).stdout
    assert "first-letter *" in text and "\x1b" not in text


def test_a_run_that_scores_letters_has_nothing_to_audit(work):
    work.json("run", "baseline/A", "--dataset", "exam", "--protocol", "lmeval_mmlu")
    done = work.run("audit")
    assert done.returncode == 2 and "scores letters" in done.stderr


# ---- Aggregation ----


def test_a_run_shows_its_harnesss_number(work, exam_server):
    write_exam(work.path / "exam", n=20, subject="anatomy")
    figures = work.json(
        "run", "baseline/A", "--dataset", "exam", "--protocol", "lmeval_mmlu",
        "--subject", "all",
    )["aggregation"]
    assert (figures["name"], figures["average"], figures["n"]) == ("lm_eval", "micro", 120)
    assert set(figures["groups"]) == {"stem"}  # anatomy is STEM there
    assert figures["groups"]["stem"]["subjects"] == 2
    wanted = (100 * 0.25 * 0.75 + 20 * 0.25 * 0.75) / 118 / 120
    assert figures["stderr"] == pytest.approx(wanted**0.5)
    text = work.run("report", "last").stdout
    assert "as lm-evaluation-harness reports it: 25.00% (30/120), stderr 3.9" in text


def test_old_stores_without_an_aggregation_take_the_protocols(work, exam_server):
    work.json("run", "baseline/A", "--dataset", "exam", "--protocol", "lmeval_mmlu")
    with sqlite3.connect(work.path / "proctor.db") as store:
        store.execute("UPDATE run SET info = json_remove(info, '$.aggregation')")
    (line,) = work.run("report", "--json").stdout.splitlines()
    assert json.loads(line)["aggregation"]["name"] == "lm_eval"
