"""An option that cannot apply is an error that names it and the model."""

import pytest
from conftest import one_line

EXAM = ("--dataset", "exam", "--limit", 1)
SERVER = ("ollama/m", "--base-url", "http://127.0.0.1:9")


@pytest.mark.parametrize("option", [
    ("--exact",), ("--precision", "f32"), ("--threads", 2), ("--gpu-layers", 1), ("--chat-template", "chatml"),
    ("--template-date", "today"),
    ("--engine", "process"), ("--serve-wait", 5),
])
def test_an_option_of_files_is_refused_for_a_server(work, option):
    done = work.run("run", *SERVER, *EXAM, *option)

    assert done.returncode == 2
    line = one_line(done.stderr)
    assert line.startswith(f"proctor: {option[0]}: ") and "ollama/m" in line


@pytest.mark.parametrize("model", ["tiny.gguf", "baseline/A"])
@pytest.mark.parametrize("option", [
    ("--base-url", "http://h"), ("--header", "X: y"), ("--extra-body", "{}"),
    ("--concurrency", 2), ("--timeout", 5), ("--retries", 1), ("--api-key-env", "K"),
    ("--serve-wait", 5),
])
def test_an_option_of_servers_is_refused_without_one(work, model, option):
    (work.path / "tiny.gguf").write_bytes(b"GGUF")

    done = work.run("run", model, *EXAM, *option)

    assert done.returncode == 2
    line = one_line(done.stderr)
    assert line.startswith(f"proctor: {option[0]}: ") and model.split("/")[-1] in line


@pytest.mark.parametrize("words", [
    ("llama", "--context", 4096),
    ("baseline/A", "--exact"),
    ("baseline/A", "--context", 4096),
    ("baseline/A", "--temperature", 0),
    ("baseline/A", "--serve", "x {port}"),
    ("anthropic/claude-3-opus", "--seed", 1),
    ("openai/gpt-5", "--temperature", 0),
    ("openai/o3", "--stop", "X"),
    ("openai-compatible/m", "--serve", "x {port}", "--threads", 2),
    ("tiny.gguf", "--serve", "x {port}", "--chat-template", "chatml"),
])
def test_every_sibling_is_refused_too(work, words):
    (work.path / "tiny.gguf").touch()

    done = work.run("run", *words, *EXAM, OPENAI_API_KEY="sk-1", ANTHROPIC_API_KEY="k")

    assert done.returncode == 2
    option = [word for word in words if str(word).startswith("--")][-1]
    assert one_line(done.stderr).startswith(f"proctor: {option}: ")


def test_an_option_of_a_configuration_counts_too(work):
    (work.path / "c.toml").write_text("exact = true\n")

    done = work.run("run", *SERVER, *EXAM, "--config", "c.toml")

    assert done.returncode == 2
    assert one_line(done.stderr).startswith("proctor: --exact: ")


def test_of_several_models_one_is_enough(work):
    done = work.run("run", "baseline/A", *SERVER, *EXAM, "--retries", 0, "--timeout", 5)

    assert "--retries" not in done.stderr and "--timeout" not in done.stderr


def test_examples_of_a_file_need_a_protocol_that_takes_some(work):
    done = work.run("run", "baseline/A", *EXAM, "--shots-from", "exam/test")

    assert done.returncode == 2
    assert one_line(done.stderr).startswith("proctor: --shots-from: ")


def test_the_doctor_without_a_model_asks_nobody(work):
    done = work.run("doctor", "--base-url", "http://h")

    assert done.returncode == 2
    assert one_line(done.stderr).startswith("proctor: --base-url: ")
