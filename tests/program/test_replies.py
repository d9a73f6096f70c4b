"""What servers say instead of a reply, or around one: errors inside a 200, streams that
nobody asked for, filters, quotas, thoughts without a word, and very much of it."""

import contextlib
import http.server
import json
import subprocess
import sys
import threading

import pytest
from json_handler import ServerOfMany

LETTER = {"message": {"role": "assistant", "content": "Answer: B"}, "finish_reason": "stop"}


class Answering(ServerOfMany):
    def handle_error(self, request, client_address):
        pass  # the program may hang up


@contextlib.contextmanager
def answering(answer):
    """A server that says `answer(n)`, (status, headers, body), to the n-th POST."""
    lock = threading.Lock()
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # as in json_handler.py

        def log_message(self, *args):
            pass

        def do_GET(self):
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            with lock:
                asked.append(self.path)
                n = len(asked)
            status, headers, body = answer(n)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = Answering(("127.0.0.1", 0), Handler)
    server.asked = asked
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def of_json(value, status=200, **headers):
    return status, {"Content-Type": "application/json", **headers}, json.dumps(value).encode()


def in_choice(choice):
    return of_json({"choices": [choice]})


def asks(server, *more, model="openai-compatible/m", limit=3):
    return ["run", model, "--base-url", server.url, "--dataset", "exam",
            "--limit", limit, "--retries", 0, *more]


def asked(work, answer, *more, code=0, limit=3, **options):
    """The summary as JSON, and what was asked at which paths."""
    with answering(answer) as server:
        run = work.json(*asks(server, *more, limit=limit, **options), code=code)
        return run, server.asked


def ledger(**marks):
    return {
        **dict.fromkeys(["right", "wrong", "unread", "refused", "cut", "failed"], 0), **marks
    }


# ---- An error inside a 200


@pytest.mark.parametrize("content", ["A very long", ""])
def test_an_error_inside_the_choice_is_no_answer(work, content):
    broken = {
        "finish_reason": "error", "index": 0,
        "message": {"role": "assistant", "content": content},
        "error": {"message": "Provider disconnected", "code": 502},
    }
    run, _ = asked(work, lambda n: in_choice(broken), code=3)
    assert run["ledger"] == ledger(failed=3)


def test_a_finish_reason_of_error_is_no_answer(work):
    run, _ = asked(work, lambda n: in_choice({**LETTER, "finish_reason": "error"}), code=3)
    assert run["ledger"] == ledger(failed=3)


def test_an_error_inside_the_choice_is_tried_again(work):
    def answer(n):
        return in_choice({**LETTER, "error": {"code": 502}} if n == 1 else LETTER)

    run, paths = asked(work, answer, "--retries", 1)
    assert (run["ledger"]["failed"], len(paths)) == (0, 4)


# ---- Streams


EVENTS = [
    b": keep-alive",
    b'data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}',
    b'data: {"choices":[{"index":0,"delta":{"content":"Answer"}}]}',
    b'data: {"choices":[{"index":0,"delta":{"content":": B"}}]}',
    b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}',
    b"data: [DONE]",
]


@pytest.mark.parametrize("kind", ["text/event-stream", "application/json", "text/plain"])
@pytest.mark.parametrize("end", [b"\n\n", b"\r\n\r\n"])
def test_a_stream_that_nobody_asked_for_is_read(work, kind, end):
    body = end.join(EVENTS) + end
    run, paths = asked(work, lambda n: (200, {"Content-Type": kind}, body), limit=40)
    assert (len(paths), run["ledger"]["failed"], run["ledger"]["unread"]) == (40, 0, 0)
    assert {row["reply"] for row in work.exported()} == {"Answer: B"}


def test_a_stream_that_breaks_off_is_a_failure(work):
    body = b"\n\n".join(EVENTS[:-2]) + b"\n\n"
    run, _ = asked(work, lambda n: (200, {"Content-Type": "text/event-stream"}, body), code=3)
    assert run["ledger"] == ledger(failed=3)


def test_pages_that_never_become_a_reply_end_the_run(work):
    page = b"<html><h1>Welcome to our router</h1>"
    with answering(lambda n: (200, {"Content-Type": "text/html"}, page)) as server:
        done = work.run(*asks(server, limit=100))
        assert done.returncode == 4
        assert "Welcome to our router" in done.stderr
        assert f"{server.url}/v1/chat/completions" in done.stderr
        assert len(server.asked) == 10


# ---- Filters, quotas, reasons


FILTERED = {
    "error": {
        "message": "The response was filtered", "param": "prompt",
        "code": "content_filter", "status": 400,
    }
}


def test_a_filter_s_no_is_refused_and_complete(work):
    run, _ = asked(work, lambda n: of_json(FILTERED, 400), limit=12)
    assert (run["ledger"], run["complete"]) == (ledger(refused=12), True)


def test_a_filtered_prompt_without_choices_is_refused(work):
    answer = {
        "choices": [],
        "prompt_filter_results": [
            {"content_filter_results": {"hate": {"filtered": False},
                                        "jailbreak": {"filtered": True}}}
        ],
    }
    run, _ = asked(work, lambda n: of_json(answer))
    assert (run["ledger"], run["complete"]) == (ledger(refused=3), True)


@pytest.mark.parametrize("status", [429, 200])
def test_a_quota_of_the_day_ends_the_run(work, status):
    answer = {"error": {"message": "Rate limit exceeded: free-models-per-day", "code": 429}}
    with answering(lambda n: of_json(answer, status)) as server:
        done = work.run(*asks(server, limit=40))
        assert (done.returncode, len(server.asked)) == (4, 1)
        assert "run the same command again" in done.stderr


def test_a_limit_that_is_renewed_far_away_ends_the_run(work):
    answer = {"error": {"message": "Rate limit exceeded", "code": 429}}
    far = {"X-RateLimit-Reset": "4102444800000", "X-RateLimit-Remaining": "0"}
    with answering(lambda n: of_json(answer, 429, **far)) as server:
        done = work.run(*asks(server, limit=40))
        assert (done.returncode, len(server.asked)) == (4, 1)
        assert "run the same command again" in done.stderr


def test_a_summary_says_why_questions_failed(work):
    answer = {
        "object": "error", "code": 400,
        "message": "This model's maximum context length is 512 tokens.",
    }
    with answering(lambda n: of_json(answer, 400)) as server:
        done = work.run(*asks(server))
    assert done.returncode == 3
    assert (
        "nothing was answered: HTTP 400: This model's maximum context length is 512 tokens.\n"
        "right 0, wrong 0, failed 3\n" in done.stdout
    )


def test_reasons_are_counted_and_the_most_frequent_stands_first(work):
    def answer(n):
        if n == 4:
            return in_choice(LETTER)
        return of_json({"error": {"message": "too long" if n < 4 else "too\x1b short"}}, 400)

    with answering(answer) as server:
        done = work.run(*asks(server, "--concurrency", 1, limit=6))
    assert "failed 5 (HTTP 400: too long in 3, HTTP 400: too" in done.stdout
    assert "\x1b" not in done.stdout


# ---- Empty replies


def test_thoughts_without_a_word_are_told(work):
    thought = {"message": {"content": "", "reasoning": "The answer is B."},
               "finish_reason": "stop"}
    with answering(lambda n: in_choice(thought)) as server:
        done = work.run(*asks(server))
    assert done.returncode == 0
    assert "3 of 3 replies are empty" in done.stdout and "--reasoning off" in done.stdout


def test_thoughts_that_take_the_limit_are_told(work):
    cut = {
        "candidates": [{"content": {"role": "model"}, "finishReason": "MAX_TOKENS"}],
        "usageMetadata": {"promptTokenCount": 9, "thoughtsTokenCount": 100},
    }
    with answering(lambda n: of_json(cut)) as server:
        done = work.run(*asks(server, model="gemini"), GEMINI_API_KEY="a-key-of-a-test")
    for text in [done.stdout, work.run("report", "last").stdout]:
        assert "cut 3" in text
        assert "--max-tokens" in text and "thoughts" in text


def test_a_choice_without_a_message_is_no_answer(work):
    run, _ = asked(work, lambda n: in_choice({"index": 0, "finish_reason": "stop"}), code=3)
    assert run["ledger"] == ledger(failed=3)


def test_a_content_of_null_and_nothing_else_is_no_answer(work):
    null = {"message": {"role": "assistant", "content": None}, "finish_reason": "stop"}
    run, _ = asked(work, lambda n: in_choice(null), code=3)
    assert run["ledger"] == ledger(failed=3)


def test_where_most_replies_are_unread_the_next_step_is_the_audit(work):
    vague = {"message": {"content": "I like them all."}, "finish_reason": "stop"}
    with answering(lambda n: in_choice(vague)) as server:
        done = work.run(*asks(server))
    assert "proctor audit " in done.stderr


# ---- Very long replies

MEGABYTES_50 = b"x" * 50_000_000
AROUND = {
    "a page": (b"<html>", b""),
    "another field": (b'{"padding":"', b'","choices":[' + json.dumps(LETTER).encode() + b"]}"),
    "the content": (b'{"choices":[{"message":{"content":"',
                    b'"},"finish_reason":"stop"}]}'),
}


# A process begins with what its parent holds, and the parent here holds the bodies.
MEASURE = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
print(os.waitstatus_to_exitcode(status), usage.ru_maxrss)
"""


def peak_of(work, arguments):
    """The program's exit code and the most memory that it took, in MiB."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *work.command(arguments)],
        cwd=work.path, env=work.environment, capture_output=True, text=True, check=True,
    )
    code, kib = map(int, done.stdout.split())
    return code, kib / 1024


@pytest.mark.parametrize("around", AROUND)
def test_a_reply_of_fifty_megabytes_takes_one_copy(work, around):
    before, behind = AROUND[around]
    body = before + MEGABYTES_50 + behind
    with answering(lambda n: (200, {"Content-Type": "application/json"}, body)) as server:
        code, peak = peak_of(work, asks(server, limit=1))
    assert code == (0 if around == "another field" else 3)
    assert peak < 100


def test_many_long_replies_at_once_are_taken_by_and_by(work):
    body = (b'{"choices":[' + json.dumps(LETTER).encode() + b'],"padding":"'
            + b"x" * 10_000_000 + b'"}')
    with answering(lambda n: (200, {"Content-Type": "application/json"}, body)) as server:
        code, peak = peak_of(work, asks(server, "--concurrency", 128, limit=40))
    assert code == 0
    assert peak < 400
