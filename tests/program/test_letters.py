"""Protocols that score letters, asked of servers."""

import json

import pytest

from conftest import KEYS, one_line, write_exam

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


def test_a_llama_server_is_told_the_letters_that_a_reply_may_be(work):
    shown = work.json("prompt", "llama", "--dataset", "exam", "--index", 0, "--only-letters")
    assert shown["body"]["grammar"] == 'root ::= " "? [ABCD]'
    assert "logprobs" not in shown["body"]
    limited = work.json("prompt", "llama", "--dataset", "exam", "--index", 0, "--only-letters",
                        "--max-tokens", 1)  # fmt: skip
    assert limited["body"]["max_tokens"] == 2, "a blank may be a token of its own"


@pytest.mark.parametrize(
    "model, args, words",
    [
        ("ollama/m", [], "a .gguf and llama-server can be held to letters, ollama cannot"),
        ("anthropic/c", [], "anthropic cannot"),
        ("gemini/g", [], "gemini cannot"),
        ("openai/gpt-4o", [], "--extra-body sends them"),
        ("baseline/random", [], "writes nothing else anyway"),
        ("llama", ["--protocol", "mmlu", "--shots", 0], "no reply is written"),
        ("m.gguf", ["--protocol", "mmlu", "--shots", 0], "no reply is written"),
    ],
)
def test_who_cannot_be_held_to_letters_is_not_asked(work, exam_server, model, args, words):
    server = exam_server()
    keys = {variable: "k" for variable in KEYS.values()}
    (work.path / "m.gguf").write_bytes(b"")
    at = [] if model in ("baseline/random", "m.gguf") else ["--base-url", server.url]
    done = work.run("run", model, *at, "--dataset", "exam",
                    "--only-letters", *args, **keys)  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "") and server.requests() == 0
    line = one_line(done.stderr)
    assert line.startswith("proctor: --only-letters: ") and words in line


def test_a_prompt_as_json_says_in_options_why_it_cannot_be_sent(work):
    write_exam(work.path / "exam")
    done = work.run("prompt", "ollama/m", "--dataset", "exam", "--index", 0, "--only-letters", "--json")
    assert json.loads(done.stdout)["cannot_be_sent"].startswith("--only-letters: a .gguf")


def test_a_protocol_may_hold_replies_to_letters_and_says_so_again(work, exam_server):
    (work.path / "p.toml").write_text('base = "seed"\n[sampling]\nonly_letters = true\n')
    args = ["--dataset", "exam"]
    by_file = work.json("prompt", "llama", *args, "--index", 0, "--protocol", "p.toml")
    assert "grammar" in by_file["body"]
    (work.path / "p.toml").write_text('base = "seed"\n[sampling]\nonly_letters = 1\n')
    done = work.run("prompt", "llama", *args, "--index", 0, "--protocol", "p.toml")
    assert "line 3: sampling.only_letters" in one_line(done.stderr)
    assert "true or false" in done.stderr
    write_exam(work.path / "exam", n=5, split="dev")
    command = ["run", "llama", "--base-url", exam_server().url, *args, "--limit", 3]
    free = work.json(*command)["run"]
    held = [*command, "--protocol", "lmeval_mmlu_generative", "--shots", 5, "--only-letters"]
    explained = work.run("compare", free[:8], work.json(*held)["run"][:8], "--explain")
    assert " --only-letters" in explained.stdout, explained.stdout


def test_the_body_is_shown_before_it_is_sent(work):
    done = work.run(
        *["prompt", "ollama/m", "--dataset", "exam", "--index", 0, "--json", *TEXT]
    )
    line = json.loads(done.stdout)
    assert line["url"].endswith("/api/generate") and line["body"]["raw"] is True
    assert line["continuations"] == [" A", " B", " C", " D"]
