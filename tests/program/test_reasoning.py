"""--reasoning: what each provider is told, and what the thoughts become."""

import json

import pytest

from conftest import KEYS, one_line


def body(work, model, *args):
    keys = {variable: "k" for variable in KEYS.values()}
    url = ["--base-url", "http://127.0.0.1:9"] if "compatible" in model else []
    done = work.run("prompt", model, "--dataset", "exam", "--index", 0, "--json", *url, *args,
                    **keys)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    "model, said",
    [
        ("openai/gpt-5", {"on": {"reasoning_effort": "medium"}, "off": {"reasoning_effort": "none"},
                          "minimal": {"reasoning_effort": "minimal"},
                          "high": {"reasoning_effort": "high"}}),
        ("llama", {"on": {"chat_template_kwargs": {"enable_thinking": True}},
                   "off": {"chat_template_kwargs": {"enable_thinking": False}},
                   "low": {"chat_template_kwargs": {"reasoning_effort": "low"}}}),
        ("openai-compatible/qwen", {"off": {"chat_template_kwargs": {"enable_thinking": False}},
                                    "low": {"reasoning_effort": "low"}}),
        ("ollama/qwen3", {"on": {"reasoning_effort": "medium", "think": True},
                          "off": {"reasoning_effort": "none", "think": False},
                          "high": {"reasoning_effort": "high", "think": "high"}}),
        ("deepseek/deepseek-chat", {"on": {"thinking": {"type": "enabled"}, "max_tokens": None},
                                    "off": {"thinking": {"type": "disabled"}}}),
        ("anthropic/claude", {"on": {"thinking": {"type": "enabled", "budget_tokens": 8192},
                                     "max_tokens": 12288},
                              "off": {"thinking": {"type": "disabled"}, "max_tokens": 4096},
                              "low": {"thinking": {"type": "enabled", "budget_tokens": 1024},
                                      "max_tokens": 5120}}),
        ("gemini/gemini-2.5-flash", {
            "on": {"generationConfig": {"thinkingConfig": {"thinkingBudget": -1,
                                                           "includeThoughts": True}}},
            "off": {"generationConfig": {"thinkingConfig": {"thinkingBudget": 0}}},
            "high": {"generationConfig": {"thinkingConfig": {"thinkingBudget": 24576,
                                                             "includeThoughts": True}}}}),
        ("gemini/gemini-3-pro", {
            "high": {"generationConfig": {"thinkingConfig": {"thinkingLevel": "high",
                                                             "includeThoughts": True}}}}),
    ],
)  # fmt: skip
def test_each_provider_is_told_in_its_own_words(work, model, said):
    plain = body(work, model)["body"]
    for word, more in said.items():
        sent = {name: value for name, value in {**plain, **more}.items() if value is not None}
        assert body(work, model, "--reasoning", word)["body"] == sent, word


@pytest.mark.parametrize(
    "model, args, words",
    [
        ("deepseek/deepseek-chat", ["--reasoning", "high"], "deepseek knows on and off"),
        ("ollama/m", ["--reasoning", "minimal"], "ollama knows on, off, low, medium and high"),
        ("anthropic/c", ["--reasoning", "on", "--temperature", "0"], "but 1 with it"),
        ("anthropic/c", ["--reasoning", "on", "--max-tokens", "100"], "which is 100"),
        ("ollama/m", ["--reasoning", "on", "--protocol", "mmlu_pro_official_local", "--shots", 0],
         "bare text"),
        ("baseline/A", ["--reasoning", "on"], "baseline/A cannot be told so"),
        ("model.gguf", ["--reasoning", "on", "--protocol", "mmlu", "--shots", 0],
         "bare text"),
        ("ollama/m", ["--reasoning", "hihg"], "did you mean high?"),
        ("model.gguf", ["--reasoning", "on", "--protocol", "lmeval_mmlu__chat", "--shots", 0],
         "scores the answer at once"),
        ("llama", ["--reasoning", "low", "--protocol", "lmeval_mmlu__chat", "--shots", 0],
         "scores the answer at once"),
        ("model.gguf", ["--reasoning", "on", "--only-letters"], "held to a letter"),
        ("model.gguf", ["--reasoning", "on", "--protocol", "lmeval_mmlu_llama__chat", "--shots", 0],
         "begins the reply itself"),
    ],
)  # fmt: skip
def test_what_a_provider_cannot_be_told_is_an_error_that_names_the_flag(
    work, start_server, model, args, words
):
    server = start_server()
    (work.path / "model.gguf").write_bytes(b"GGUF")  # nobody looks into it
    keys = {variable: "k" for variable in KEYS.values()}
    at = [] if model in ("baseline/A", "model.gguf") else ["--base-url", server.url]
    done = work.run("run", model, "--dataset", "exam", *at, *args, **keys)
    assert (done.returncode, done.stdout) == (2, "") and server.requests() == 0
    line = one_line(done.stderr)
    assert line.startswith("proctor: --reasoning") and words in line


def test_of_several_protocols_those_that_can_think_are_told(work, start_server):
    server = start_server("--answer", "A")
    args = ["run", "openai-compatible/m", "--base-url", server.url, "--dataset", "exam", "--limit",
            1, "--shots", 0, "--json"]  # fmt: skip

    def runs(protocols, *more):
        done = work.run(*args, "--protocol", protocols, *more)
        return [json.loads(line)["run"] for line in done.stdout.splitlines()]

    on = ["--reasoning", "on"]
    (scored,), (written,) = runs("lmeval_mmlu__chat"), runs("seed", *on)
    assert runs("lmeval_mmlu__chat,seed", *on) == [scored, written]


def test_another_reasoning_is_another_run_and_a_protocol_may_set_it(work, start_server):
    server = start_server("--answer", "A")
    args = ["run", "openai-compatible/m", "--base-url", server.url, "--dataset", "exam", "--limit", 1]
    runs = {word: work.json(*args, "--reasoning", word)["run"] for word in ["on", "off", "low"]}
    plain = work.json(*args)["run"]
    assert len({*runs.values(), plain}) == 4
    (work.path / "think.toml").write_text('base = "seed"\n[sampling]\nreasoning = "off"\n')
    assert work.json(*args, "--protocol", "think.toml")["run"] == runs["off"]
    assert work.json(*args, "--protocol", "think.toml", "--reasoning", "on")["run"] == runs["on"]
    (work.path / "think.toml").write_text('base = "seed"\n[sampling]\nreasoning = "of"\n')
    done = work.run(*args, "--protocol", "think.toml")
    assert done.returncode == 2 and "line 3: sampling.reasoning" in one_line(done.stderr)
