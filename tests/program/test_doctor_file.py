"""`proctor doctor model.gguf`: what a model file says of itself, before it is asked."""

import json
import struct

import pytest

from conftest import one_line


def text(value):
    raw = value.encode()
    return struct.pack("<Q", len(raw)) + raw


def write_gguf(path, **keys):
    """A file of that header, with a vocabulary of one word and one tensor: nothing can be
    computed with it. "__" stands for a dot."""
    given = {"general__architecture": "llama", "tokenizer__ggml__model": "gpt2", **keys}
    body = text("tokenizer.ggml.tokens") + struct.pack("<IIQ", 9, 8, 1) + text("x")
    for key, value in given.items():
        body += text(key.replace("__", "."))
        if isinstance(value, str):
            body += struct.pack("<I", 8) + text(value)
        else:
            body += struct.pack("<II", 4, value)
    tensor = text("a.weight") + struct.pack("<IQIQ", 1, 32, 0, 0)
    whole = b"GGUF" + struct.pack("<IQQ", 3, 1, len(given) + 1) + body + tensor
    path.write_bytes(whole + bytes(-len(whole) % 32 + 128))
    return path


def findings(work, *args, code=0):
    """What is found in the lines below the file's own, by what it is, with their signs."""
    done = work.run("doctor", *args)
    assert done.returncode == code, done.stdout + done.stderr
    rows = [line.split(None, 1) for line in done.stdout.splitlines()]
    at = next(i for i, row in enumerate(rows) if row and row[-1].startswith(args[0].name))
    return [(sign, *rest[0].split("  ", 1)) for sign, *rest in rows[at:]]


def found(work, *args, code=0):
    return {what.strip(): words.strip() for _, what, words in findings(work, *args, code=code)}


def of_file(work, *args, code=0):
    """The object that --json ends with."""
    done = work.run("doctor", *args, "--json")
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_real_weights_say_what_they_are(work, engine, smollm2):
    rows = found(work, smollm2)
    assert rows[smollm2.name] == "Smollm2 135M 8k Lc100K Mix1 Ep2 Q4_1"
    assert rows["size label"] == "135M"
    assert rows["weights"] == "134,515,008 parameters, 97 MB, mostly Q4_1"
    assert rows["architecture"] == "llama, trained for 8,192 tokens"
    assert rows["licence"] == "apache-2.0"
    assert rows["chat template"] == "as chatml, takes a system message, no thinking switch"
    words = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
    assert rows["default system"] == f'"{words}"'
    assert rows["BOS"] == '"<|im_start|>", by the chat template'
    assert rows["EOS"] == '"<|im_end|>"'
    assert rows["memory"].startswith("needs about ") and " leaves " in rows["memory"]
    assert "note" not in rows


def test_the_same_is_in_the_json(work, engine, smollm2):
    file = of_file(work, smollm2)
    assert (file["problems"], file["warnings"]) == ([], [])
    assert (file["parameters"], file["trained_context"]) == (134515008, 8192)
    assert (file["size_label"], file["quantisation"], file["license"]) == (
        "135M", "Q4_1", "apache-2.0")
    assert file["chat_template"]["family"] == "chatml"
    assert file["bos"] == {"text": "<|im_start|>", "by_tokenizer": False, "by_template": True}
    assert file["memory"]["needed_bytes"] > 300e6


def test_the_digest_is_told_once_it_is_known(work, engine, nano):
    assert "SHA-256" not in found(work, nano)
    work.json("run", nano, "--dataset", "sample", "--protocol", "mmlu", "--shots", 0,
              "--subject", "natural_science", "--limit", 1, "--threads", 1)  # fmt: skip
    assert len(found(work, nano)["SHA-256"]) == 64


def test_a_beginning_that_the_tokenizer_writes_is_told(work, engine, nano):
    assert found(work, nano)["BOS"] == '"<s>", by the tokenizer'


def test_what_is_a_doubt_is_no_failure(work):
    file = write_gguf(work.path / "m.gguf", general__name="Some 8B Base",
                      tokenizer__chat_template="{{ x }}", llama__pooling_type=3)
    warnings = of_file(work, file, code=1)["warnings"]  # llama.cpp cannot load it
    assert [each.split(" (")[0] for each in warnings] == [
        "is an embedding model", "is a base model by its name"]
    assert sum(sign == "?" for sign, *_ in findings(work, file, code=1)) == 2


@pytest.mark.parametrize("keys, words", [
    ({"general__architecture": "clip"}, "is a projector (mmproj)"),
    ({"general__type": "adapter"}, "is an adapter (LoRA)"),
    ({"general__architecture": "bert"}, "is no model that writes text from left to right"),
    ({"tokenizer__ggml__model": "none"}, "has no vocabulary"),
    ({"split__no": 1, "split__count": 2}, "is part 2 of 2; name the first"),
])  # fmt: skip
def test_doctor_and_run_refuse_a_file_in_the_same_words(work, engine, keys, words):
    file = write_gguf(work.path / "m.gguf", **keys)
    assert words in of_file(work, file, code=1)["problems"][0]
    done = work.run("run", file, "--dataset", "sample")
    assert done.returncode == 2
    assert f"{file}: {words}" in one_line(done.stderr)


def test_a_newer_architecture_names_this_llama_and_the_way_out(work, engine):
    file = write_gguf(work.path / "m.gguf", general__architecture="lhama")
    (problem,) = of_file(work, file, code=1)["problems"]
    assert "unknown model architecture: 'lhama'" in problem
    assert "a newer llama.cpp than this one" in problem and "--engine server" in problem


def test_a_part_that_is_missing_is_named(work):
    file = write_gguf(work.path / "m-00001-of-00002.gguf", split__no=0, split__count=2)
    (problem,) = of_file(work, file, code=1)["problems"]
    assert "m-00002-of-00002.gguf: no such file; the model has 2 parts" in problem


def test_a_file_that_is_cut_or_no_gguf_is_told(work):
    whole = write_gguf(work.path / "m.gguf").read_bytes()
    (work.path / "cut.gguf").write_bytes(whole[:-100])
    (work.path / "page.gguf").write_text("<!doctype html>\n")
    for name, words in [("cut.gguf", "is cut: its tensors need"),
                        ("page.gguf", 'is not a GGUF file: it begins with "<!do"')]:  # fmt: skip
        assert words in found(work, work.path / name, code=1)[name]
    missing = work.run("doctor", "pag.gguf")
    assert missing.returncode == 2
    assert "pag.gguf: no such file; did you mean page.gguf?" in missing.stderr


def test_a_hostile_header_stays_in_its_line(work):
    file = write_gguf(work.path / "m.gguf", general__name="\x1b[2Ja\nb", general__license="\u202ex")
    out = work.run("doctor", file).stdout
    assert "\x1b" not in out and "\u202e" not in out and "\nb" not in out


@pytest.mark.parametrize("command", [["doctor"], ["run"]])
def test_a_folder_names_the_models_in_it(work, command):
    write_gguf(work.path / "m.gguf")
    done = work.run(*command, work.path)
    assert done.returncode == 2
    assert f"{work.path}: a folder; expected a .gguf file in it (it has m.gguf)" in one_line(
        done.stderr)


@pytest.mark.parametrize("command", [["doctor"], ["run"]])
def test_a_file_by_another_name_is_read_before_it_is_refused(work, command):
    (work.path / "notes.txt").write_text("notes")
    write_gguf(work.path / "model.bin")
    done = work.run(*command, "notes.txt")
    assert 'notes.txt: is not a GGUF file: it begins with "note"' in one_line(done.stderr)
    done = work.run(*command, "model.bin")
    assert "model.bin: a GGUF file whose name does not end in .gguf" in one_line(done.stderr)


def test_a_name_of_the_hub_is_no_file_yet(work):
    done = work.run("doctor", "hf:owner/repo:Q4_K_M")
    assert done.returncode == 2
    assert "the doctor looks at files that are here" in one_line(done.stderr)
