"""Protocols that score letters, asked of servers."""

import json

import pytest

from conftest import KEYS, one_line

# provider and name, the fake's flavour, the path after a raw text
SERVERS = [
    ("ollama/m", "ollama", "/api/generate"),
    ("llama", "llama", "/v1/completions"),
    ("openai-compatible/m", "openai", "/v1/completions"),
    ("openai/davinci-002", "openai", "/v1/completions"),
]
# protocol, and options that make it fit an exam without a dev split
TEXT = ["--protocol", "mmlu", "--shots", 0]
CHAT = ["--protocol", "lmeval_mmlu__chat"]


def run(work, model, url, *options, code=0):
    return work.json(
        *["run", model, "--base-url", url, "--dataset", "exam", *options],
        code=code, OPENAI_API_KEY="sk-test-0123456789",
    )


@pytest.mark.parametrize("model, flavour, path", SERVERS)
def test_letters_after_a_text_are_scored(work, exam_server, model, flavour, path):
    server = exam_server("--logprobs", "--flavour", flavour)
    done = run(work, model, server.url, *TEXT)
    assert (done["correct"], done["n"], done["complete"]) == (40, 100, True)
    assert {line["path"] for line in server.log()} == {path}
    for line in work.exported():
        assert line["letter"] == line["reply"] == max(line["logprobs"], key=line["logprobs"].get)
        assert line["finish_reason"] == "scored"


@pytest.mark.parametrize("model, flavour, path", SERVERS)
def test_letters_in_a_chat_are_scored(work, exam_server, model, flavour, path):
    server = exam_server("--logprobs", "--flavour", flavour)
    done = run(work, model, server.url, *CHAT)
    assert (done["correct"], done["n"], done["unknown_letters"]) == (40, 100, 0)
    assert {line["path"] for line in server.log()} == {"/v1/chat/completions"}
    assert all(len(line["logprobs"]) == 4 for line in work.exported())


def test_deepseek_scores_letters_in_a_chat(work, exam_server):
    server = exam_server("--logprobs")
    done = work.json(
        *["run", "deepseek", "--base-url", server.url, "--dataset", "exam", *CHAT],
        DEEPSEEK_API_KEY="sk-test-0123456789",
    )
    assert (done["correct"], done["n"]) == (40, 100)


def test_a_letter_outside_the_list_is_unknown_and_counted(work, exam_server):
    server = exam_server("--logprobs")
    few = ["--extra-body", '{"top_logprobs": 2}']
    done = run(work, "ollama/m", server.url, *CHAT, *few)
    assert (done["correct"], done["unknown_letters"], done["no_letters"]) == (40, 100, 0)
    assert all(len(line["logprobs"]) == 2 for line in work.exported())
    said = work.run("report", "last").stdout
    assert (
        "letters outside the server's likeliest tokens in 100 of 100 questions "
        "(0 of them with none at all: unread)" in said
    )


def test_no_letter_at_all_is_unread_and_no_guess(work, start_server):
    server = start_server("--logprobs", "--answer", "Well")
    few = ["--extra-body", '{"top_logprobs": 1}']
    done = run(work, "ollama/m", server.url, *CHAT, *few)
    assert done["ledger"]["unread"] == 100 and done["correct"] == 0
    assert (done["unknown_letters"], done["no_letters"]) == (100, 100)
    assert all(line["logprobs"] == {} and line["letter"] is None for line in work.exported())


@pytest.mark.parametrize("model", ["ollama/m", "llama", "openai-compatible/m"])
def test_a_server_that_lists_nothing_is_asked_once(work, exam_server, model):
    server = exam_server()
    done = work.run(
        *["run", model, "--base-url", server.url, "--dataset", "exam", "--quiet", *TEXT]
    )
    assert done.returncode == 2
    assert "lists no likelihoods" in one_line(done.stderr)
    assert server.requests() == 1


@pytest.mark.parametrize("protocol", ["mmlu", "lmeval_mmlu__chat", "lmeval_mmlu_continuation"])
@pytest.mark.parametrize("model", ["anthropic/claude-x", "gemini", "openai/o3-mini"])
def test_who_cannot_score_is_not_asked(work, exam_server, model, protocol):
    server = exam_server("--logprobs")
    provider = model.split("/")[0]
    done = work.run(
        *["run", model, "--base-url", server.url, "--dataset", "exam", "--shots", 0],
        *["--protocol", protocol], **{KEYS[provider]: "sk-test-0123456789"},
    )
    assert done.returncode == 2 and done.stdout == ""
    said = one_line(done.stderr)
    assert "--protocol " in said and protocol.split("_")[-1] in said.replace("hendrycks_5shot", "mmlu")
    assert ".gguf" in said
    assert server.requests() == 0


@pytest.mark.parametrize(
    "protocol", ["lmeval_mmlu_continuation", "lmeval_mmlu_flan_n_shot_loglikelihood"]
)
@pytest.mark.parametrize("model, flavour, path", SERVERS)
def test_whole_texts_are_refused_before_the_first_question(
    work, exam_server, model, flavour, path, protocol
):
    server = exam_server("--logprobs", "--flavour", flavour)
    done = work.run(
        *["run", model, "--base-url", server.url, "--dataset", "exam"],
        *["--protocol", protocol], OPENAI_API_KEY="sk-test-0123456789",
    )
    assert done.returncode == 2
    assert f"--protocol {protocol}: " in done.stderr and ".gguf" in one_line(done.stderr)
    assert server.requests() == 0


def test_the_body_is_shown_before_it_is_sent(work):
    done = work.run(
        *["prompt", "ollama/m", "--dataset", "exam", "--index", 0, "--json", *TEXT]
    )
    line = json.loads(done.stdout)
    assert line["url"].endswith("/api/generate") and line["body"]["raw"] is True
    assert line["continuations"] == [" A", " B", " C", " D"]
