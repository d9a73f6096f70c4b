"""What the rounding of the arithmetic can do to a score, and computing without it."""

import contextlib
import json
import re
import subprocess
import threading

import pytest

from conftest import one_line
from json_handler import JsonHandler, ServerOfMany

LETTERS = "ABCD"


def likelihoods(prompt, shift):
    """Of the four letters after this question: any distance, some of them small."""
    number = int(re.findall(r"(\d+): what follows", prompt)[-1])
    return {f" {letter}": -1 - (number * 37 + at * at * 29 + at * number + shift * at) % 101 / 100
            for at, letter in enumerate(LETTERS)}


@contextlib.contextmanager
def scoring_letters(shift=0):
    """A server of OpenAI's form that has the likelihoods above."""

    class Handler(JsonHandler):
        def do_GET(self):
            self.answer(404, {"error": {"message": "no such page"}})

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            top = likelihoods(body["prompt"], shift)
            best = max(top, key=top.get)
            self.answer(200, {"choices": [{"text": best, "finish_reason": "length", "logprobs": {
                "tokens": [best], "token_logprobs": [top[best]], "top_logprobs": [top]}}]})

    with ServerOfMany(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def command(url, *more):
    return ["run", "openai-compatible/m", "--base-url", url, "--dataset", "exam",
            "--protocol", "mmlu", "--shots", 0, *more]  # fmt: skip


def fallen(line, error, best):
    """Whether it is right, a near tie having fallen the best way for the score, or the worst."""
    top = max(line["logprobs"].values())
    near = [letter for letter, value in line["logprobs"].items() if top - value < error]
    return (any if best else all)(letter == line["right"] for letter in near)


def test_flipping_just_the_near_ties_gives_just_the_bounds(work):
    with scoring_letters() as url:
        told = work.json(*command(url))["arithmetic"]

    lines, error = work.exported(), told["error"]
    two = [sorted(line["logprobs"].values())[-2:] for line in lines]
    assert told["scored"] == 100
    assert 0 < told["near_ties"] == sum(high - low < error for low, high in two) < 100
    bounds = [sum(fallen(line, error, best) for line in lines) / 100 for best in (False, True)]
    assert told["bounds"] == pytest.approx(bounds) and bounds[0] < bounds[1]


def test_summary_and_report_say_how_many_there_are(work):
    with scoring_letters() as url:
        summary = work.run(*command(url)).stdout

    told = work.json("report", "last")["arithmetic"]
    low, high = (100 * share for share in told["bounds"])
    line = (f"arithmetic: {told['near_ties']} of 100 answers are nearly ties; "
            f"{low:.1f}-{high:.1f} % whichever way they fall")
    assert line in summary.splitlines()
    assert line in work.run("report", "last").stdout.splitlines()


def test_a_difference_within_the_arithmetic_is_said_to_be_so(work):
    runs = []
    for shift in 0, 1:
        with scoring_letters(shift) as url:
            runs.append(work.json(*command(url))["run"])

    told = work.json("compare", *runs)
    low, high = told["arithmetic"]["bounds"]
    assert low < told["difference"] < high
    assert told["arithmetic"]["may_be_none"] is True
    assert "whichever way they fall: may be the arithmetic's" in work.run("compare", *runs).stdout


def test_an_answer_that_the_reader_took_otherwise_is_in_no_bound(work):
    with scoring_letters() as url:
        run = work.json(*command(url))
    nothing_read = ["--extract", "simple_evals"]

    told = work.json("rescore", run["run"], *nothing_read)

    assert told["ledger"]["right"] == 0 and told["arithmetic"]["near_ties"] > 0
    assert told["arithmetic"]["bounds"][0] == 0


def test_where_one_of_two_runs_scored_no_letters_there_is_no_verdict(work, exam_server):
    with scoring_letters() as url:
        scored = work.json(*command(url))["run"]
    written = work.json("run", "openai-compatible/m", "--base-url", exam_server().url,
                        "--dataset", "exam", "--protocol", "seed")["run"]  # fmt: skip

    assert work.json("compare", scored, written)["arithmetic"] is None
    assert "arithmetic" not in work.run("compare", scored, written).stdout


def test_where_no_mark_is_near_nothing_may_be_the_arithmetics(work, engine, nano):
    both = [work.json(*in_process(nano, "--precision", "f32", "--protocol", protocol))
            for protocol in ["mmlu", "lmeval_mmlu"]]  # fmt: skip
    assert [run["arithmetic"]["near_ties"] for run in both] == [0, 0]
    pair = [run["run"] for run in both]

    told = work.json("compare", *pair)["arithmetic"]

    assert (told["near_marks"], told["may_be_none"]) == (0, False)
    assert "no mark hangs on nearly equal letters" in work.run("compare", *pair).stdout


def test_replies_that_are_written_have_no_near_ties(work, exam_server):
    run = work.json("run", "openai-compatible/m", "--base-url", exam_server().url, "--dataset",
                    "exam", "--protocol", "seed")  # fmt: skip

    assert run["arithmetic"] is None
    assert "arithmetic" not in work.run("report", "last").stdout


def in_process(model, *more):
    return ["run", model, "--threads", 1, "--dataset", "exam", "--protocol", "mmlu", "--shots", 0,
            "--limit", 5, *more]  # fmt: skip


def test_float32_is_another_run_with_a_smaller_error(work, engine, nano):
    usual = work.json(*in_process(nano))
    precise = work.json(*in_process(nano, "--precision", "f32"))

    assert precise["run"] != usual["run"]
    assert precise["arithmetic"]["error"] < usual["arithmetic"]["error"]


def test_the_report_tells_the_ways_of_computing_apart(work, engine, nano):
    for more in [], ["--precision", "f32"], ["--exact"]:
        work.json(*in_process(nano, *more))

    models = re.findall(r"  nano( \([^)]*\))?", work.run("report").stdout)

    assert sorted(models) == ["", " (exact)", " (f32)"]


def test_float32_without_room_for_it_is_told_before_it_is_written(work, engine, nano):
    small = work.path / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small],
                             capture_output=True, text=True)  # fmt: skip
    if mounted.returncode != 0:
        pytest.skip(f"no small disk can be had: {mounted.stderr.strip()}")
    try:
        done = work.run(*in_process(nano, "--precision", "f32"), XDG_CACHE_HOME=small)
    finally:
        subprocess.run(["umount", small], check=True)

    assert done.returncode == 2
    assert re.search(r"--precision f32: writes .* to .*small.*, where .* are free; make room", done.stderr)


def test_float32_leaves_no_file_behind(work, engine, nano):
    assert work.json(*in_process(nano, "--precision", "f32"))["complete"]

    assert not list(work.path.parent.rglob("float32-*"))


def test_float32_needs_four_bytes_a_weight(work, engine, nano):
    def weights(*more):
        first = work.run(*in_process(nano, *more)).stderr.splitlines()[0]
        return float(re.search(r"([\d.]+) kB weights", first)[1])

    assert weights("--precision", "f32") > 1.2 * weights()


def test_another_precision_is_refused(work, engine, nano):
    done = work.run(*in_process(nano, "--precision", "f16"))

    assert done.returncode == 2
    assert "--precision: found f16, expected f32" in one_line(done.stderr)
