"""Where a model is asked: addresses in every spelling, and those of the environment."""

import json

import pytest
from echo_server import EchoServer

EXAM = ("--dataset", "exam", "--limit", 1, "--retries", 0)
CHAT = "/v1/chat/completions"


@pytest.fixture
def echo():
    with EchoServer(errors=False) as server:
        yield server


@pytest.mark.parametrize("provider, given, asked", [
    ("openai-compatible/m", "/azure/openai/deployments/gpt-4o?api-version=2024-10-21",
     "/azure/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21"),
    ("openai-compatible/m", "/strict/v1?x=1", "/strict/v1/chat/completions?x=1"),
    ("openai-compatible/m", "/strict/v1/chat/completions", "/strict/v1/chat/completions"),
    ("openai-compatible/m", "/bare/chat/completions?x=1", "/bare/chat/completions?x=1"),
    ("openai-compatible/m", "/?sig=abc", CHAT + "?sig=abc"),
    ("llama", "/v1/", CHAT),
    ("ollama/m", "/api", CHAT),
    ("ollama/m", "/api/chat", CHAT),
])
def test_an_address_is_asked_as_it_is_meant(work, echo, provider, given, asked):
    work.run("run", provider, "--base-url", echo.url + given, *EXAM)

    assert echo.paths() == [asked]


def test_both_spellings_are_one_run(work, echo):
    for given in ("", "/v1", CHAT, "/v1/"):
        work.json("run", "openai-compatible/m", "--base-url", echo.url + given, *EXAM)

    assert len(echo.paths()) == 1


def test_a_fragment_is_refused(work):
    done = work.run("run", "openai-compatible/m", "--base-url", "http://h/v1#x", *EXAM)

    assert done.returncode == 2
    assert "--base-url: found a # in the address" in done.stderr


def test_a_404_names_the_address_that_was_asked(work):
    with EchoServer(status=404) as server:
        url = f"{server.url}/wrong?x=1&key=canary-0123456789"
        run = work.run("run", "openai-compatible/m", "--base-url", url, *EXAM)
        doctor = work.run("doctor", "openai-compatible/m", "--base-url", url)

        for text in (run.stderr, doctor.stdout):
            assert f"asked: {server.url}/wrong{CHAT}?x=1&key=***" in text
            assert "canary" not in text


def test_a_model_that_is_not_there_is_told_with_those_that_are(work, start_server):
    server = start_server("--models", "mistral:7b,qwen3:8b")
    ollama = work.run("run", "ollama/mistral:8b", "--base-url", server.url, *EXAM)
    other = work.run("run", "openai-compatible/qwen3:8", "--base-url", server.url, *EXAM)

    there = "; it has mistral:7b, qwen3:8b; did you mean"
    assert f"; ollama pull mistral:8b fetches it{there} mistral:7b?\n" in ollama.stderr
    assert f"{CHAT}{there} qwen3:8b?\n" in other.stderr


@pytest.mark.parametrize("model, variable, ending", [
    ("openai/m", "OPENAI_BASE_URL", "/v1"),
    ("openai/m", "OPENAI_API_BASE", "/v1"),
    ("ollama/m", "OLLAMA_HOST", ""),
])
def test_a_variable_of_the_provider_s_tools_names_the_server(work, echo, model, variable,
                                                             ending):
    value = f"127.0.0.1:{echo.port}" if variable == "OLLAMA_HOST" else echo.url + ending

    done = work.run("run", model, *EXAM, OPENAI_API_KEY="sk-1", **{variable: value})

    assert len(echo.paths()) == 1, done.stderr
    assert f"{model} is asked at " in done.stderr and f"({variable})" in done.stderr


def test_the_flag_wins_over_the_variable(work, echo):
    done = work.run("run", "openai/m", *EXAM, "--base-url", echo.url,
                    OPENAI_API_KEY="sk-1", OPENAI_BASE_URL="http://127.0.0.1:9/v1")

    assert done.returncode == 0, done.stderr


def test_a_working_folder_s_env_file_names_no_server(work, echo):
    (work.path / ".env").write_text(f"OPENAI_BASE_URL={echo.url}/v1\n")

    done = work.json("prompt", "openai/m", "--dataset", "exam", "--index", 0)

    assert done["url"] == "https://api.openai.com/v1/chat/completions"


def test_a_user_and_a_password_are_sent_as_a_header(work, echo):
    url = echo.url.replace("http://", "http://me:s%40cret@")

    work.run("run", "openai-compatible/m", "--base-url", url, *EXAM)

    ((_, path, headers, _),) = [each for each in echo.seen if each[0] == "POST"]
    assert path == CHAT
    assert headers["Authorization"] == "Basic bWU6c0BjcmV0"


def test_a_home_folder_is_meant_by_a_tilde(work, tmp_path):
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    (work.path / "exam").rename(home / "exam")
    (work.path / "c.toml").write_text('dataset = "~/exam"\nstore = "~/mine.db"\n')

    in_file = work.run("run", "baseline/A", "--config", "c.toml")
    behind_equals = work.run("run", "baseline/A", "--dataset=~/exam", "--store=~/mine.db")

    assert in_file.returncode == 0, in_file.stderr
    assert behind_equals.returncode == 0, behind_equals.stderr
    assert (home / "mine.db").is_file()


# ---- What models refuse ----

def body_of(work, model, *words):
    done = work.run("prompt", model, "--dataset", "exam", "--index", 0, "--json", *words)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["body"]


def test_a_model_is_not_sent_what_it_refuses_and_that_is_said(work, echo):
    done = work.run("run", "openai/gpt-5", "--base-url", echo.url, *EXAM, "--protocol",
                    "simple_evals_mmlu", OPENAI_API_KEY="sk-1")

    (_, _, _, body) = echo.seen[-1]
    assert "temperature" not in json.loads(body)
    assert "openai/gpt-5 is not sent temperature" in done.stderr


def test_what_is_not_sent_is_in_no_run_s_name(work, echo):
    at = ("--base-url", echo.url, *EXAM, "--protocol", "simple_evals_mmlu")
    work.run("run", "openai/gpt-5", *at, OPENAI_API_KEY="sk-1")
    done = work.run("run", "openai/gpt-5", *at, "--temperature", "default",
                    OPENAI_API_KEY="sk-1")

    assert done.returncode == 0, done.stderr
    assert len(echo.paths()) == 1


def test_deepseek_s_reasoner_has_no_limit_but_the_user_s(work):
    assert body_of(work, "deepseek")["max_tokens"] == 100
    assert "max_tokens" not in body_of(work, "deepseek/deepseek-reasoner")
    assert body_of(work, "deepseek/deepseek-reasoner", "--max-tokens", 9000)[
        "max_tokens"] == 9000


def test_an_empty_stop_means_none(work):
    protocol = ("--protocol", "lmeval_mmlu_generative")

    assert "stop" in body_of(work, "ollama/m", *protocol)
    assert "stop" not in body_of(work, "ollama/m", *protocol, "--stop", "")


def test_the_word_default_takes_a_protocol_s_sampling_away(work):
    body = body_of(work, "ollama/m", "--protocol", "simple_evals_mmlu", "--temperature",
                   "default", "--max-tokens", "default")

    assert "temperature" not in body and "max_tokens" not in body


def test_gemini_s_default_model_is_one_that_answers(work):
    assert "gemini-3.5-flash" in work.run("list", "models").stdout


# ---- What ollama cuts ----

def write_long_questions(work):
    rows = [f"q{i} {'word ' * n},1,2,3,4,0\n" for i, n in enumerate((200, 2000, 4000, 6000))]
    (file,) = (work.path / "exam/test").iterdir()
    file.write_text("question,choice0,choice1,choice2,choice3,answer\n" + "".join(rows))


def test_prompts_that_a_server_cut_are_said(work):
    write_long_questions(work)
    with EchoServer(errors=False, context=2050) as server:
        words = ("run", "ollama/m", "--base-url", server.url, "--dataset", "exam")
        first = work.run(*words)
        again = work.json(*words)

    assert "ollama/m: prompts are cut" in first.stderr
    assert "3 prompts were cut by the server: it read 2,050 tokens" in first.stdout
    assert again["cut_prompts"] == 3 and again["requests"] == 0


def test_prompts_of_different_lengths_are_not_cut(work):
    write_long_questions(work)
    with EchoServer(errors=False, context=100_000) as server:
        done = work.json("run", "ollama/m", "--base-url", server.url, "--dataset", "exam")

    assert done["cut_prompts"] == 0


@pytest.mark.parametrize("words, context", [((), 16384), (("--context", 8192), 8192)])
def test_ollama_is_told_the_context_that_letters_after_a_text_need(work, echo, words,
                                                                    context):
    write_long_questions(work)
    work.run("run", "ollama/m", "--base-url", echo.url, "--dataset", "exam", "--protocol",
             "mmlu", "--shots", 0, "--limit", 1, "--retries", 0, *words)
    work.run("run", "ollama/m", "--base-url", echo.url, "--dataset", "exam", "--protocol",
             "mmlu", "--shots", 0, "--retries", 0, *words)

    path, body = [(path, json.loads(body)) for how, path, _, body in echo.seen if body][-1]
    assert path == "/api/generate"
    assert body["options"]["num_ctx"] == context
