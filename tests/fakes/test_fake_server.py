"""What fake_server promises. FAKE_SERVER is the path of the binary."""

import csv
import hashlib
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import threading
import time

import pytest

BINARY = os.environ.get("FAKE_SERVER", "fake_server")
CHAT = "/v1/chat/completions"
GEMINI = "/v1beta/models/gemini-1.5-flash:generateContent"


class Server:
    def __init__(self, *options):
        self.process = subprocess.Popen(
            [BINARY, *map(str, options)], stdout=subprocess.PIPE, text=True
        )
        line = self.process.stdout.readline()
        assert line.startswith("listening on http://127.0.0.1:"), line
        self.port = int(line.rsplit(":", 1)[1])

    def ask(self, body, path=CHAT, method="POST", headers=None, timeout=10):
        """Status, headers and body of one request on a connection of its own."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            text = body if isinstance(body, (str, bytes)) else json.dumps(body)
            link.request(method, path, text, headers or {})
            reply = link.getresponse()
            return reply.status, reply.headers, reply.read()
        finally:
            link.close()

    def json(self, body, path=CHAT, **more):
        status, _, text = self.ask(body, path, **more)
        assert status == 200, text
        return json.loads(text)

    def text(self, prompt):
        return self.json(chat(prompt))["choices"][0]["message"]["content"]

    def get(self, path):
        return json.loads(self.ask("", path, "GET")[2])

    def raw(self, prompt="hello"):
        """A socket on which one chat request was sent."""
        body = json.dumps(chat(prompt)).encode()
        link = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        link.sendall(
            b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
            % (CHAT.encode(), len(body))
            + body
        )
        return link

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(10)


@pytest.fixture
def start():
    running = []

    def run(*options):
        running.append(Server(*options))
        return running[-1]

    yield run
    for server in running:
        if server.process.poll() is None:
            assert server.stop() == 0


def chat(prompt, **more):
    return {"model": "m", "messages": [{"role": "user", "content": prompt}], **more}


def gemini(prompt):
    return {"contents": [{"role": "user", "parts": [{"text": prompt}]}]}


def everything(link):
    out = b""
    while piece := link.recv(65536):
        out += piece
    return out


def refused(*options):
    done = subprocess.run([BINARY, *map(str, options)], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    return done.stderr


# ---- Dialects


def test_chat_answers_in_openais_shape(start):
    reply = start("--answer", "B").json(chat("Say B."))
    assert reply["choices"][0]["message"] == {"role": "assistant", "content": "B"}
    assert reply["choices"][0]["finish_reason"] == "stop"
    assert reply["model"] == "m" and reply["usage"]["prompt_tokens"] == 2


def test_completions_answer_with_a_text(start):
    reply = start("--answer", " B").json({"prompt": "Answer:"}, "/v1/completions")
    assert reply["object"] == "text_completion"
    assert reply["choices"][0]["text"] == " B"


def test_gemini_answers_in_candidates(start):
    reply = start("--answer", "B").json(gemini("x"), GEMINI)
    assert reply["candidates"][0]["content"]["parts"] == [{"text": "B\n"}]
    assert reply["candidates"][0]["finishReason"] == "STOP"
    assert reply["modelVersion"] == "gemini-1.5-flash"


def test_anthropic_answers_in_content_blocks(start):
    reply = start("--answer", "B").json(chat("x"), "/v1/messages")
    assert reply["content"] == [{"type": "text", "text": "B"}]
    assert reply["stop_reason"] == "end_turn"


def test_a_llama_server_tells_its_slots_and_build(start):
    server = start("--slots", 7, "--build", "b9-fake")
    assert server.get("/props")["total_slots"] == 7
    assert server.get("/props")["build_info"] == "b9-fake"
    assert server.get("/health") == {"status": "ok"}


def test_ollama_lists_and_shows_its_models(start):
    server = start("--models", "mistral:7b,qwen3:8b")
    assert [m["name"] for m in server.get("/api/tags")["models"]] == [
        "mistral:7b",
        "qwen3:8b",
    ]
    assert "template" in server.json({"model": "mistral:7b"}, "/api/show")
    status, _, body = server.ask({**chat("x"), "model": "other"})
    assert status == 404
    assert json.loads(body)["error"]["message"] == "model 'other' not found"


def test_log_probabilities_have_the_chat_shape_and_every_letter(start):
    server = start("--logprobs", "--answer", " C")
    reply = server.json({"prompt": "Answer:", "logprobs": 5}, "/v1/completions")
    token = reply["choices"][0]["logprobs"]["content"][0]
    assert token["token"] == " C"
    assert [t["token"] for t in token["top_logprobs"][:4]] == [" C", " A", " B", " D"]
    assert len(token["top_logprobs"]) == 5
    assert "logprobs" not in server.json(chat("x"))["choices"][0]


def test_openai_s_completions_have_lists_side_by_side(start):
    server = start("--logprobs", "--answer", "C", "--flavour", "openai")
    reply = server.json({"prompt": "Answer:", "logprobs": 5}, "/v1/completions")
    lists = reply["choices"][0]["logprobs"]
    assert lists["tokens"] == [" C"] and lists["token_logprobs"] == [-0.25]
    assert list(lists["top_logprobs"][0]) == [" C", " A", " B", " D", "C"]


def test_ollama_s_own_form_has_its_log_probabilities_at_the_top(start):
    server = start("--logprobs", "--answer", "C")
    body = {"model": "m", "prompt": "Answer:", "raw": True, "stream": False}
    reply = server.json({**body, "logprobs": True, "top_logprobs": 3}, "/api/generate")
    assert reply["response"] == "C" and reply["done"]
    assert [t["token"] for t in reply["logprobs"][0]["top_logprobs"]] == [" C", " A", " B"]
    assert "logprobs" not in server.json(body, "/api/generate")
    del body["stream"]  # it streams unless it is told not to
    assert server.ask(json.dumps(body), "/api/generate")[0] == 400


def test_a_body_that_is_no_json_is_a_400(start):
    server = start()
    for body in ["{", '{"messages": [}', '{"model": "m"}', '{"messages": []} x', "[]"]:
        assert server.ask(body)[0] == 400, body


def test_an_escaped_prompt_is_read_as_json_reads_it(start, tmp_path):
    script = tmp_path / "s.jsonl"
    script.write_text(json.dumps({"match": 'é "q" \n 😀 \\', "reply": "found"}))
    assert start("--answers", script).text('an é "q" \n 😀 \\ end') == "found"


# ---- Answers


def test_the_first_line_that_matches_and_is_not_used_up_answers(start, tmp_path):
    script = tmp_path / "s.jsonl"
    script.write_text(
        '{"match": "sky", "reply": "slow down", "status": 429, "times": 1,'
        ' "headers": {"Retry-After": "7"}}\n'
        '{"match": "sky", "reply": "blue", "finish_reason": "length"}\n'
        '{"match": "raw", "body": "<raw>"}\n'
    )
    server = start("--answers", script, "--answer", "D")
    status, headers, body = server.ask(chat("the sky"))
    assert (status, headers["Retry-After"]) == (429, "7")
    assert json.loads(body)["error"]["message"] == "slow down"
    choice = server.json(chat("the sky"))["choices"][0]
    assert choice["message"]["content"] == "blue"
    assert choice["finish_reason"] == "length"
    assert server.ask(chat("raw"))[2] == b"<raw>"
    assert server.text("else") == "D"


def exam(path, rows):
    with open(path, "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["question", "choice0", "choice1", "choice2", "choice3", "answer"])
        out.writerows(rows)
    return rows


def seed_prompt(row):
    return (
        "The following are multiple-choice questions about x. Question: %s\n"
        "Choices:\nA. %s\nB. %s\nC. %s\nD. %s\n" % tuple(row[:5])
    )


def shot(row):
    return "%s\nA. %s\nB. %s\nC. %s\nD. %s\nAnswer:" % tuple(row[:5])


def nested(n):
    """Questions that begin and end alike, of which some hold others."""
    return [
        ["Which of these" + ", and\nwhich" * (i % 7) + " is number %d?" % (i // 7)]
        + ["%d" % (i + j) for j in range(4)]
        + [i % 4]
        for i in range(n)
    ]


@pytest.mark.parametrize("prompt_of", [seed_prompt, shot])
def test_exactly_the_share_asked_for_is_right_in_any_order(start, tmp_path, prompt_of):
    rows = exam(tmp_path / "x_test.csv", nested(100))
    server = start("--right", "40/100", "--key", tmp_path / "x_test.csv")
    right = [None] * 100

    def ask(places):
        for place in places:
            letter = server.text(prompt_of(rows[place]))
            right[place] = letter == "ABCD"[rows[place][5]]

    order = list(range(100))
    random.Random(1).shuffle(order)
    threads = [threading.Thread(target=ask, args=(order[i::4],)) for i in range(4)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert right == [True] * 40 + [False] * 60
    assert server.get("/stats")["key"] == {"x": {"questions": 100, "right": 40}}


def test_the_question_after_the_examples_is_the_one_answered(start, tmp_path):
    rows = exam(tmp_path / "x_test.csv", nested(20))
    server = start("--key", tmp_path)
    examples = "".join(shot(r) + " B\n\n" for r in rows[:5])
    for row in rows[5:]:
        assert server.text(examples + shot(row)) == "ABCD"[row[5]]


def test_questions_alike_but_for_a_choice_are_told_apart(start, tmp_path):
    one = ["Who?", "Kant", "Adler", "Perls", "Mach", 0]
    two = ["Who?", "Kant", "Adler.", "Perls", "Mach", 3]
    exam(tmp_path / "x_test.csv", [one, two])
    server = start("--key", tmp_path)
    assert [server.text(seed_prompt(row)) for row in [one, two]] == ["A", "D"]


def test_questions_alike_in_all_get_one_answer_and_the_stats_know(start, tmp_path):
    row = ["Which of these is number 1?", "1", "2", "3", "4", 0]
    exam(tmp_path / "x_test.csv", [row, row, row])
    server = start("--right", "1/3", "--key", tmp_path)
    assert server.text(seed_prompt(row)) == "A"
    assert server.get("/stats")["key"] == {"x": {"questions": 3, "right": 3}}


def test_a_letter_by_hash_is_the_same_every_time(start):
    one, two = start("--random", 1), start("--random", 1)
    letters = [one.text(f"prompt {i}") for i in range(40)]
    assert letters == [two.text(f"prompt {i}") for i in range(40)]
    assert set(letters) == set("ABCD")


def test_recorded_replies_are_said_again_and_take_turns(start, tmp_path):
    one = ["Who wrote it, then?", "Kant", "Adler", "Perls", "Mach", 0]
    two = ["Who wrote it, then?", "Kant", "Hume", "Perls", "Mach", 0]
    file = tmp_path / "replies.jsonl"
    lines = [(one, "first"), (two, "other"), (one, "second")]
    file.write_text(
        "\n".join(
            json.dumps({"question": q[0], "choices": q[1:5], "reply": r}) for q, r in lines
        )
    )
    server = start("--replies", file)
    assert [server.text(seed_prompt(row)) for row in [one, one, two, one]] == [
        "first", "second", "other", "first",
    ]


def test_a_wrong_file_is_one_line_and_exit_2(tmp_path):
    script, key = tmp_path / "s.jsonl", tmp_path / "k.csv"
    script.write_text('{"reply": "A"}\n{"repyl": "B"}\n')
    assert 'line 2: "repyl": no such key; did you mean reply?' in refused(
        "--answers", script
    )
    key.write_text("question,choice0,choice1,answer\nWhat?,a,b,7\n")
    assert "line 2: expected a digit" in refused("--key", key)
    key.write_text('question,choice0,choice1,answer\n"What?,a,b,0\n')
    assert "line 2: a quote is never closed" in refused("--key", key)
    script.write_text('{"question": "What?", "choices": [1], "reply": "B"}\n')
    assert "line 1: expected an object such as" in refused("--replies", script)


# ---- The log and the counts


def test_the_log_holds_every_model_request_to_the_byte(start):
    server = start()
    body = '{"messages":[{"role":"user","content":"caf\u00e9"}],"x":1.50}'
    server.ask(body.encode(), headers={"X-Mine": "yes"})
    server.get("/health")
    (entry,) = server.get("/log")
    assert (entry["n"], entry["path"], entry["body"]) == (1, CHAT, body)
    assert entry["headers"]["x-mine"] == "yes"


def test_the_stats_count_by_prompt_and_the_most_in_flight(start):
    server = start("--latency-ms", 200)
    links = [server.raw("same") for _ in range(3)]
    for link in links:
        assert link.recv(12) == b"HTTP/1.1 200"
        link.close()
    stats = server.get("/stats")
    assert stats["requests"] == stats["most_in_flight"] == 3
    assert stats["by_prompt"] == {hashlib.sha256(b"same").hexdigest(): 3}
    server.ask("", "/reset")
    assert server.get("/stats")["requests"] == 0


def test_requests_may_be_pipelined_and_come_in_pieces(start):
    server = start()
    one = json.dumps(chat("x")).encode()
    request = b"POST %s HTTP/1.1\r\nContent-Length: %d\r\n\r\n%s" % (
        CHAT.encode(),
        len(one),
        one,
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as link:
        for piece in [request + request[:30], request[30:90], request[90:]]:
            link.sendall(piece)
        got = b""
        while got.count(b"HTTP/1.1 200 OK") < 2:
            got += link.recv(65536)


# ---- Faults


def test_faults_fire_by_count_and_each_counts_what_the_others_left(start):
    server = start("--fault", "status=429:first=2", "--fault", "status=503:every=3")
    seen = [server.ask(chat("x"))[0] for _ in range(8)]
    assert seen == [429, 429, 200, 200, 503, 200, 200, 503]


def test_a_share_of_faults_is_exact(start):
    server = start("--fault", "status=500:0.3")
    assert [server.ask(chat("x"))[0] for _ in range(100)].count(500) == 30


def test_the_wait_is_a_header_and_for_gemini_in_the_body(start):
    server = start("--fault", "status=429", "--retry-after", 53)
    status, headers, _ = server.ask(chat("x"))
    assert (status, headers["Retry-After"]) == (429, "53")
    status, headers, body = server.ask(gemini("x"), GEMINI)
    error = json.loads(body)["error"]
    assert "Retry-After" not in headers and error["status"] == "RESOURCE_EXHAUSTED"
    assert error["details"][-1]["retryDelay"] == "53s"


@pytest.mark.parametrize("status", [401, 402, 403, 404, 503])
def test_an_error_has_the_body_of_its_dialect(start, status):
    server = start("--fault", f"status={status}")
    llama = {"messages": [{"role": "user", "content": "x"}]}
    code, _, body = server.ask(llama)
    assert code == status == json.loads(body)["error"]["code"]
    error = json.loads(server.ask(chat("x"))[2])["error"]
    assert error["code"] is None and error["type"]
    error = json.loads(server.ask(gemini("x"), GEMINI)[2])["error"]
    assert error["code"] == status and error["status"].isupper()
    body = json.loads(server.ask(chat("x"), "/v1/messages")[2])
    assert body["type"] == "error" and body["error"]["type"]


def test_a_key_is_taken_in_any_of_three_headers(start):
    server = start("--key-required", "s3cret")
    assert server.ask(chat("x"))[0] == 401
    assert server.ask("", "/v1/models", "GET")[0] == 401
    for header, value in [
        ("Authorization", "Bearer s3cret"),
        ("x-api-key", "s3cret"),
        ("x-goog-api-key", "s3cret"),
    ]:
        assert server.ask(chat("x"), headers={header: value})[0] == 200


def test_reset_is_a_tcp_reset(start):
    with pytest.raises(ConnectionResetError):
        start("--fault", "reset").raw().recv(1)


def test_close_ends_the_connection_without_a_byte(start):
    assert everything(start("--fault", "close").raw()) == b""


def test_truncate_sends_less_than_it_said(start):
    with pytest.raises(http.client.IncompleteRead):
        start("--fault", "truncate").ask(chat("x"))


def test_hang_sends_nothing_and_stays(start):
    link = start("--fault", "hang").raw()
    link.settimeout(0.3)
    with pytest.raises(socket.timeout):
        link.recv(1)


def test_drip_sends_a_byte_at_a_time(start):
    link = start("--fault", "drip=150").raw()
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += link.recv(1)
    began = time.monotonic()
    assert [len(link.recv(100)) for _ in range(3)] == [1, 1, 1]
    assert time.monotonic() - began >= 0.25


def test_blank_lines_come_before_the_json(start):
    _, _, body = start("--fault", "blank-lines=4").ask(chat("x"))
    assert body.startswith(b'\n\n\n\n{"id"') and json.loads(body)["choices"]


def test_not_json_and_html_are_200s(start):
    server = start("--fault", "not-json:first=1", "--fault", "html")
    status, headers, body = server.ask(chat("x"))
    assert status == 200 and headers["Content-Type"] == "application/json"
    with pytest.raises(ValueError):
        json.loads(body)
    status, headers, body = server.ask(chat("x"))
    assert status == 200 and b"<html>" in body
    assert headers["Content-Type"].startswith("text/html")


def test_a_text_may_be_empty_or_null_or_not_there(start):
    names = ["empty-content", "null-content"]
    options = [word for name in names for word in ("--fault", f"{name}:first=1")]
    server = start(*options, "--fault", "no-choices")
    assert server.text("x") == ""
    assert server.text("x") is None
    assert server.json(chat("x"))["choices"] == []
    assert "candidates" not in server.json(gemini("x"), GEMINI)


def test_huge_never_ends_and_others_are_still_served(start):
    server = start("--fault", "huge:first=1")
    link = server.raw()
    got = 0
    while got < 20_000_000:
        got += len(link.recv(1 << 20))
    assert server.text("x") == "A"
    link.close()
    assert server.get("/stats")["requests"] == 2


def test_redirect_points_elsewhere(start):
    server = start("--fault", "redirect=http://127.0.0.1:9/x:first=1")
    status, headers, _ = server.ask(chat("x"))
    assert (status, headers["Location"]) == (302, "http://127.0.0.1:9/x")
    assert server.ask(chat("x"))[0] == 200


def test_bad_utf8_stands_in_the_text(start):
    with pytest.raises(UnicodeDecodeError):
        start("--fault", "bad-utf8").ask(chat("x"))[2].decode()


def test_escape_holds_what_a_terminal_a_page_and_a_sheet_would_run(start):
    text = start("--fault", "escape").text("x")
    assert "\x1b[2J" in text and "<script>" in text and "\n=cmd()" in text


@pytest.mark.parametrize(
    "fault, words",
    [
        ("length", ["length", "MAX_TOKENS", "max_tokens"]),
        ("refusal", ["content_filter", "SAFETY", "refusal"]),
    ],
)
def test_a_cut_or_refused_reply_says_so_in_its_dialect(start, fault, words):
    server = start("--fault", fault)
    assert [
        server.json(chat("x"))["choices"][0]["finish_reason"],
        server.json(gemini("x"), GEMINI)["candidates"][0]["finishReason"],
        server.json(chat("x"), "/v1/messages")["stop_reason"],
    ] == words


def test_reasoning_stands_beside_the_text_under_the_servers_own_name(start):
    server = start("--fault", "reasoning")
    assert server.json(chat("x"))["choices"][0]["message"]["reasoning"]
    message = server.json(chat("x"), "/chat/completions")["choices"][0]["message"]
    assert message["reasoning_content"] and message["content"] == "A"


def test_loading_answers_503_until_it_is_over(start):
    server = start("--loading-ms", 300)
    status, _, body = server.ask("", "/health", "GET")
    assert status == 503
    assert json.loads(body)["error"]["message"] == "Loading model"
    deadline = time.monotonic() + 10
    while server.ask("", "/health", "GET")[0] != 200:
        assert time.monotonic() < deadline
    assert server.ask(chat("x"))[0] == 200


# ---- The program


def test_quit_and_sigint_end_it_cleanly(start, tmp_path):
    server = start("--port-file", tmp_path / "port")
    assert int((tmp_path / "port").read_text()) == server.port
    server.ask("", "/quit")
    assert server.process.wait(10) == 0
    server = start()
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(10) == 0


def test_a_port_in_use_is_said_in_one_line(start):
    assert "Address already in use" in refused("--port", start().port)


def test_a_mistyped_option_or_fault_is_suggested():
    assert "did you mean --answer?" in refused("--answr", "B")
    assert "did you mean reset?" in refused("--fault", "rest")
    assert "expected a share" in refused("--fault", "reset:2")


# ---- Limits


def test_a_limit_is_told_and_more_is_turned_away_by_name(start):
    server = start("--rpm", 60, "--burst-ms", 2000)
    told = [server.ask(chat("x")) for _ in range(3)]
    assert [status for status, _, _ in told] == [200, 200, 429]
    assert told[0][1]["x-ratelimit-limit-requests"] == "60"
    assert [headers["x-ratelimit-remaining-requests"] for _, headers, _ in told] == ["1", "0", "0"]
    assert told[2][1]["Retry-After"] == "1"
    assert b"requests per min (RPM): Limit 60" in told[2][2]
    assert server.get("/stats")["turned_away"] == 1


def test_tokens_are_counted_of_prompts_and_replies(start):
    server = start("--tpm", 6000, "--answer", "A" * 400)
    _, first, _ = server.ask(chat("x" * 400))
    _, second, _ = server.ask(chat("x" * 400))
    left = [int(headers["x-ratelimit-remaining-tokens"]) for headers in (first, second)]
    assert left[0] == 5800 and 5600 <= left[1] < 5700


def test_anthropic_is_told_in_its_own_names(start):
    server = start("--rpm", 50, "--tpm", 1000)
    body = {"model": "m", "max_tokens": 5, "messages": [{"role": "user", "content": "x"}]}
    status, headers, _ = server.ask(body, "/v1/messages")
    assert status == 200
    assert headers["anthropic-ratelimit-requests-limit"] == "50"
    assert headers["anthropic-ratelimit-requests-remaining"] == "49"
    assert headers["anthropic-ratelimit-requests-reset"].endswith("Z")
    assert headers["anthropic-ratelimit-input-tokens-limit"] == "1000"


def test_a_days_limit_takes_a_day(start):
    server = start("--rpd", 86400)
    _, headers, _ = server.ask(chat("x"))
    assert headers["x-ratelimit-limit-requests"] == "86400"
    assert headers["x-ratelimit-reset-requests"] == "1.000s"
