"""Servers that fail, each in its way."""

import csv
import email.utils
import io
import json
import os
import subprocess
import time

import pytest

from conftest import KEYS

KEY = "sk-never-told-0123456789abcdef"


def command(server, *more, model="llama", limit=3):
    return [
        *["run", model, "--base-url", getattr(server, "url", server)],
        *["--dataset", "exam", "--limit", limit, *more],
    ]


# ---- What passes is tried again


def test_a_wait_asked_for_in_seconds_is_never_undercut(work, exam_server):
    server = exam_server("--fault", "status=429:first=1", "--retry-after", 1)
    began = time.monotonic()
    run = work.json(*command(server, limit=1))
    assert time.monotonic() - began >= 1
    assert (run["correct"], run["requests"], server.requests()) == (1, 2, 2)


def test_a_wait_asked_for_by_date_is_never_undercut(work, exam_server):
    then = int(time.time()) + 2
    date = email.utils.formatdate(then, usegmt=True)
    server = exam_server("--fault", "status=503:first=1", "--retry-after", date)
    run = work.json(*command(server, model="openai-compatible/m", limit=1))
    assert time.time() >= then
    assert (run["correct"], run["requests"]) == (1, 2)


def test_a_wait_asked_for_by_a_server_that_loads_is_never_undercut(work, exam_server):
    server = exam_server("--fault", "status=503:first=1", "--retry-after", 2)
    began = time.monotonic()
    work.json(*command(server, limit=1))
    assert time.monotonic() - began >= 2


def test_geminis_delay_in_the_body_is_never_undercut(work, exam_server):
    server = exam_server("--fault", "status=429:first=1", "--retry-after", 1)
    began = time.monotonic()
    run = work.json(*command(server, model="gemini", limit=1), GEMINI_API_KEY=KEY)
    assert time.monotonic() - began >= 1
    assert (run["correct"], run["requests"]) == (1, 2)


def test_a_wait_too_long_to_wait_ends_the_run(work, exam_server):
    server = exam_server("--fault", "status=429", "--retry-after", 86400)
    done = work.run(*command(server, limit=100))
    assert done.returncode == 4
    assert "86400" in done.stderr and server.requests() <= 2


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 504, 529])
def test_a_passing_status_is_tried_again(work, exam_server, status):
    server = exam_server("--fault", f"status={status}:first=1")
    run = work.json(*command(server, model="openai-compatible/m", limit=2))
    assert (run["correct"], run["requests"]) == (2, 3)


@pytest.mark.parametrize("fault", ["reset", "close", "truncate"])
def test_a_broken_connection_is_tried_again(work, exam_server, fault):
    server = exam_server("--fault", f"{fault}:first=1")
    run = work.json(*command(server, limit=3))
    assert (run["correct"], run["ledger"]["failed"]) == (3, 0)
    assert server.requests() == 4


def test_a_server_that_still_loads_is_waited_for(work, exam_server):
    server = exam_server("--loading-ms", 800)
    run = work.json(*command(server, "--retries", 0))
    assert (run["correct"], run["complete"]) == (3, True)


def test_blank_lines_before_the_answer_are_skipped(work, exam_server):
    server = exam_server("--fault", "blank-lines=5")
    assert work.json(*command(server))["correct"] == 3


# ---- What does not pass is counted apart


@pytest.mark.parametrize("fault", ["not-json", "html", "no-choices", "null-content", "truncate"])
def test_no_answer_after_all_tries_is_failed_and_not_wrong(work, exam_server, fault):
    server = exam_server("--fault", f"{fault}:every=2")
    run = work.json(*command(server, "--retries", 0, "--concurrency", 1, limit=4), code=3)
    assert run["ledger"] == {
        **{"right": 2, "wrong": 0, "unread": 0, "refused": 0, "cut": 0, "failed": 2}
    }
    assert (run["n"], run["accuracy"], run["bounds"]) == (4, 0.5, [0.5, 1.0])
    assert run["complete"] is False


@pytest.mark.parametrize("fault", ["not-json", "html", "no-choices", "null-content"])
def test_a_reply_that_is_none_is_tried_again(work, exam_server, fault):
    server = exam_server("--fault", f"{fault}:first=1")
    run = work.json(*command(server))
    assert (run["correct"], server.requests()) == (3, 4)


def test_retries_are_counted_out(work, exam_server):
    server = exam_server("--fault", "status=500")
    run = work.json(*command(server, "--retries", 1, limit=1), code=3)
    assert (run["ledger"]["failed"], server.requests()) == (1, 2)
    assert run["accuracy"] is None  # without a reply there is none


def test_an_empty_reply_is_unread(work, exam_server):
    server = exam_server("--fault", "empty-content")
    run = work.json(*command(server))
    assert run["ledger"]["unread"] == 3


def test_a_reply_that_was_cut_is_cut(work, start_server):
    server = start_server("--fault", "length", "--answer", "Let me think")
    assert work.json(*command(server))["ledger"]["cut"] == 3


@pytest.mark.parametrize("model", ["llama", "gemini", "anthropic/m"])
def test_a_refusal_is_refused(work, start_server, model):
    server = start_server("--fault", "refusal")
    run = work.json(*command(server, model=model), GEMINI_API_KEY=KEY, ANTHROPIC_API_KEY=KEY)
    assert run["ledger"]["refused"] == 3


def test_a_server_that_hangs_is_left_after_the_timeout(work, exam_server):
    server = exam_server("--fault", "hang:every=2")
    began = time.monotonic()
    run = work.json(
        *command(server, "--timeout", 1, "--retries", 0, "--concurrency", 1, limit=2),
        code=3,
    )
    assert 1 <= time.monotonic() - began < 20
    assert (run["ledger"]["right"], run["ledger"]["failed"]) == (1, 1)


def test_a_dripping_server_is_left_after_the_timeout(work, exam_server):
    server = exam_server("--fault", "drip=50:every=2")
    run = work.json(
        *command(server, "--timeout", 1, "--retries", 0, "--concurrency", 1, limit=2),
        code=3,
    )
    assert run["ledger"]["failed"] == 1


def test_a_reply_without_end_takes_little_memory(work, exam_server):
    server = exam_server("--fault", "huge:every=2")
    process = subprocess.Popen(
        work.command(command(server, "--retries", 0, "--concurrency", 1, limit=2)),
        cwd=work.path, env=work.environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 3
    assert usage.ru_maxrss < 400_000  # kB
    assert os.path.getsize(work.path / "proctor.db") < 100_000_000


# ---- What will not change stops at once


@pytest.mark.parametrize("status", [401, 402, 403, 404])
@pytest.mark.parametrize("model", ["llama", "deepseek", "gemini"])
def test_a_final_status_stops_at_once(work, exam_server, model, status):
    server = exam_server("--fault", f"status={status}")
    done = work.run(
        *command(server, "--json", model=model, limit=100),
        **{KEYS["deepseek"]: KEY, KEYS["gemini"]: KEY},
    )
    assert done.returncode == 4
    assert server.requests() <= 2
    assert str(status) in done.stderr
    run = json.loads(done.stdout)
    assert run["not_asked"] >= 98 and not run["complete"]


def test_a_refusal_in_mid_run_keeps_what_was_done(work, exam_server):
    server = exam_server("--fault", "status=402:every=20")
    run = work.json(*command(server, "--concurrency", 1, limit=100), code=4)
    assert run["ledger"]["right"] == 19
    assert server.requests() <= 21


def test_a_redirect_is_never_followed(work, exam_server, start_server):
    other = start_server()
    server = exam_server("--fault", f"redirect={other.url}/v1/chat/completions")
    done = work.run(*command(server, limit=100))
    assert done.returncode == 4
    assert other.url in done.stderr
    assert (server.requests() <= 2, other.requests()) == (True, 0)


def test_a_model_that_is_not_there_is_named(work, start_server):
    server = start_server("--models", "qwen3:8b", "--flavour", "ollama")
    done = work.run(*command(server, model="ollama/mistral:7b"))
    assert done.returncode == 4 and "mistral:7b" in done.stderr
    assert server.requests() <= 2


@pytest.mark.parametrize("retries", [0, 1])
@pytest.mark.parametrize("model", ["llama", "ollama"])
def test_nobody_there_is_told_quickly_with_a_hint(work, free_port, model, retries):
    began = time.monotonic()
    url = f"http://127.0.0.1:{free_port()}"
    done = work.run(*command(url, "--retries", retries, model=model, limit=100))
    assert time.monotonic() - began < 15
    assert done.returncode == 2
    hint = {"llama": "is llama-server running?", "ollama": "is ollama running?"}[model]
    assert hint in done.stderr
    assert done.stdout == ""


def test_nobody_there_is_one_line_when_not_tried_again(work, free_port):
    url = f"http://127.0.0.1:{free_port()}"
    done = work.run(*command(url, "--retries", 0, "--quiet"))
    assert done.stderr.count("\n") == 1, done.stderr


# ---- Replies that would do harm


@pytest.mark.parametrize("fault", ["bad-utf8", "escape"])
def test_a_harmful_reply_is_inert_wherever_it_is_shown(work, exam_server, fault):
    server = exam_server("--fault", fault)
    shown = work.run(*command(server, "--show"), text=False)
    assert shown.returncode == 0, shown.stderr
    for done in [shown, work.run("show", "last", text=False)]:
        done.stdout.decode("utf-8")
        bad = [b for b in done.stdout + done.stderr if b < 32 and b not in b"\n\t"]
        assert bad == [] and b"\x7f" not in done.stdout
    for row in work.exported():
        assert row["reply"]
    table = work.run("export", "last", "--format", "csv", text=False)
    rows = list(csv.reader(io.StringIO(table.stdout.decode("utf-8"))))
    assert len(rows) == 4
    assert all(not cell.startswith(("=", "+", "@", "\t")) for row in rows for cell in row)


def test_a_formula_in_a_reply_is_text_in_the_csv_export(work, start_server):
    server = start_server("--answer", "=cmd()")
    work.run(*command(server))
    table = work.run("export", "last", "--format", "csv").stdout
    assert [row["reply"] for row in csv.DictReader(io.StringIO(table))] == ["'=cmd()"] * 3
    assert [row["reply"] for row in work.exported()] == ["=cmd()"] * 3


# ---- Keys


@pytest.mark.parametrize("model", ["deepseek", "gemini", "openai/m", "anthropic/m"])
def test_a_key_is_never_told(work, start_server, tmp_path, model):
    """Even where the server repeats it, in an answer, an error or a failure."""
    script = tmp_path / "script.jsonl"
    script.write_text(
        json.dumps({"match": "0: what", "reply": f"your key is {KEY}"})
        + "\n"
        + json.dumps({"match": "1: what", "status": 400, "reply": f"bad key {KEY}"})
        + "\n"
    )
    server = start_server("--answers", script)
    env = {name: KEY for name in KEYS.values()}
    done = work.run(*command(server, "--show", "--header", f"X-Mine: {KEY}", model=model), **env)
    told = [done.stdout, done.stderr]
    for more in [["show", "last"], ["export", "last"], ["list", "models"], ["doctor"]]:
        again = work.run(*more, **env)
        told += [again.stdout, again.stderr]
    assert done.returncode == 3
    assert all(KEY not in text for text in told)
    for file in work.path.iterdir():
        if file.is_file():
            assert KEY.encode() not in file.read_bytes(), file


def test_a_key_that_is_refused_is_not_repeated(work, start_server):
    server = start_server("--key-required", "another")
    done = work.run(*command(server, model="deepseek"), DEEPSEEK_API_KEY=KEY)
    assert done.returncode == 4
    assert KEY not in done.stdout + done.stderr
