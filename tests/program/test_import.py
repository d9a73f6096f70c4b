"""Runs of other harnesses, read from their own files."""

import importlib.util
import json
import os
import struct
import subprocess
import sys
import zipfile
import zlib

import pytest

from conftest import ROOT, SHARED

NAME = "model_outputs_some-model_5shots"


def entry(number, reply, pred, **more):
    return {"question_id": number, "question": f"Which one is it, {number}?", "options": ["one", "two", "three"],
            "answer": "B", "answer_index": 1, "cot_content": "", "category": "law", "src": "made up", "pred": pred,
            "model_outputs": reply, **more}


ENTRIES = [entry(1, "The answer is (B).", "B"), entry(2, "The answer is (A).", "A"), entry(3, "So it is B", "B"),
           entry(4, None, None)]


@pytest.fixture
def file(work):
    path = work.path / f"{NAME}.json"
    path.write_text(json.dumps(ENTRIES))
    return path


def test_a_run_of_mmlu_pro_has_the_files_own_score(work, file):
    run = work.json("import", file, "--json")
    assert (run["n"], run["right"], run["right_there"]) == (4, 2, 2)
    assert (run["model"], run["from"], run["reader"]) == ("some-model", "MMLU-Pro", "mmlu_pro_cascade")


def test_it_is_reported_as_imported_and_not_as_asked(work, file):
    work.run("import", file)
    said = work.run("report", "last").stdout
    assert "imported from MMLU-Pro: files of SHA-256" in said and "nothing was asked" in said
    assert "request" not in said


def test_what_is_said_at_the_import_is_said_of_the_run(work, file):
    file.write_text(json.dumps([entry(1, "The answer is (B).", "C"), "a summary's key"]))
    done = work.run("import", file)
    said = ["1 of 2 entries are no objects: left out", "no reader marks all replies as the file does"]
    assert all(one in done.stderr for one in said)
    assert all(one in " ".join(work.run("report", "last").stdout.split()) for one in said)
    assert len(work.json("report", "last", "--json")["notes"]) == 2
    assert "除きました" in work.run("report", "last", "--lang", "ja").stdout


def test_a_question_without_a_reply_is_failed(work, file):
    done = work.run("import", file)
    assert "1 of 4 questions have no reply in the file: they are failed" in done.stderr
    assert work.json("report", "last", "--json")["ledger"]["failed"] == 1


def test_a_zip_is_the_run_of_its_file(work, file):
    with zipfile.ZipFile(work.path / f"{NAME}.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.write(file, file.name)
    one = work.json("import", file, "--json")
    assert work.json("import", f"{NAME}.zip", "--json")["run"] == one["run"]
    assert len(work.run("list", "runs", "--json").stdout.splitlines()) == 1


def test_it_goes_into_the_store_that_is_named(work, file):
    work.run("import", file, "--into", "other.db", "--name", "theirs")
    assert work.json("report", "theirs", "--store", "other.db", "--json")["n"] == 4
    assert not (work.path / "proctor.db").exists()


def test_its_replies_are_read_again_and_exported(work, file):
    work.run("import", file)
    assert work.json("rescore", "last", "--extract", "mmlu_pro_first_rule", "--json")["correct"] == 1
    lines = [json.loads(line) for line in work.run("export", "last").stdout.splitlines()]
    assert [line["id"] for line in lines] == ["1", "2", "3", "4"]
    assert work.run("verify").returncode == 0


def test_two_models_are_compared_question_by_question(work, file):
    work.run("import", file, "--name", "one")
    other = work.path / "model_outputs_other_5shots.json"
    other.write_text(json.dumps([entry(n, "The answer is (B).", "B") for n in (1, 2, 3, 4)]))
    work.run("import", other, "--name", "other")
    done = work.json("compare", "one", "other", "--json")
    assert (done["n"], done["only_b"], done["only_a"]) == (3, 1, 0)


@pytest.mark.parametrize("content, said", [
    (json.dumps(ENTRIES)[:-9], "was it cut off?"),
    ("[1, 2]", "found no run in it"),
    ("", "at byte 0; was it cut off?"),
    (json.dumps([entry(1, "B", "B", options="one")]), "entry 1: options: found string, expected a list of texts"),
    ("[" * 3000, "nested more than 500 deep"),
])
def test_a_file_that_is_none_stores_nothing(work, content, said):
    (work.path / "bad.json").write_text(content)
    done = work.run("import", "bad.json")
    assert done.returncode == 2 and done.stderr.startswith("proctor: bad.json: ") and said in done.stderr
    assert not (work.path / "proctor.db").exists()


def test_one_bad_file_of_two_stores_nothing(work, file):
    (work.path / "bad.json").write_text("[")
    assert work.run("import", file, "bad.json").returncode == 2
    assert not (work.path / "proctor.db").exists()


def test_a_published_run_has_its_published_score(work):
    path = SHARED / "mmlu_pro/model_outputs_DeepSeek-Coder-V2_5shots.zip"
    if not path.exists():
        pytest.skip(f"no published runs: {path} is missing (set PROCTOR_SHARED)")
    done = work.run("import", path, "--json")
    run = json.loads(done.stdout)
    # 43 entries are the keys of a summary, and 131 answers are none that the published rules find.
    assert (run["n"], run["right_there"], run["right"]) == (10351, 6586, 6622)
    assert "43 of 10,394 entries are no objects" in done.stderr
    assert "by mmlu_pro_cascade, 6,622 of 10,351 are right, the file counts 6,586" in done.stderr


# ---- lm-evaluation-harness


LM_EVAL = """
import csv, hashlib, json, pathlib, sys
import lm_eval
from lm_eval.api.model import LM
from lm_eval.loggers import EvaluationTracker
from lm_eval.tasks import TaskManager

here, exam, template = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
tasks = []
for file in sorted(exam.glob("*.csv")):
    subject = file.stem.removesuffix("_test")
    rows = list(csv.reader(open(file)))[1:]
    docs = here / f"{subject}.jsonl"
    docs.write_text("".join(json.dumps({"question": r[0], "subject": subject, "choices": r[1:5], "answer": int(r[5])})
                            + "\\n" for r in rows))
    whole = pathlib.Path(lm_eval.__file__).parent / "tasks" / template
    (here / f"{subject}.yaml").write_text(
        f"include: {whole}\\ntask: mmlu_{subject}\\ndataset_path: json\\ndataset_kwargs:\\n  data_files:\\n    test: {docs}\\n"
        "fewshot_split: null\\ntest_split: test\\nvalidation_split: null\\n")
    tasks.append(f"mmlu_{subject}")


def chance(text):
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)


class Model(LM):
    def loglikelihood(self, requests, **_):
        return [(-(chance(r.args[0] + r.args[1]) % 1000) / 100 - 0.1234567890123, False) for r in requests]

    def generate_until(self, requests, **_):
        said = [" B", "The answer is (C).", "Well. The answer is (D). So", "no idea", "(B)"]
        return [said[chance(r.args[0]) % 5] for r in requests]

    def loglikelihood_rolling(self, requests, **_):
        raise NotImplementedError


tracker = EvaluationTracker(output_path=str(here / "out"))
tracker.general_config_tracker.log_experiment_args("hf", "pretrained=acme/model-7b", None, None, False)
results = lm_eval.simple_evaluate(Model(), model_args="pretrained=acme/model-7b", tasks=tasks, bootstrap_iters=0,
                                  task_manager=TaskManager(include_path=str(here)), log_samples=True)
samples = results.pop("samples")
tracker.save_results_aggregated(results=results, samples=samples)
for task, of_task in samples.items():
    tracker.save_results_samples(task_name=task, samples=of_task)
"""


@pytest.fixture
def lm_eval(work):
    """The real harness, which asks a model of chance; a folder with what it wrote."""
    if importlib.util.find_spec("lm_eval") is None:
        pytest.skip("lm-evaluation-harness is not installed here: pip install lm-eval")

    def run(template):
        script = work.path / "harness.py"
        script.write_text(LM_EVAL)
        done = subprocess.run([sys.executable, script, work.path, ROOT / "data/sample/test", template],
                              capture_output=True, text=True, env={**os.environ, "HF_HUB_OFFLINE": "1"})
        assert done.returncode == 0, done.stderr[-2000:]
        return next((work.path / "out").glob("*/results_*.json"))

    return run


@pytest.mark.parametrize("template, metric", [
    ("mmlu/default/_default_template_yaml", "acc,none"),
    ("mmlu/generative/_default_template_yaml", "exact_match,get_response"),
    ("mmlu/flan_cot_zeroshot/_mmlu_flan_cot_zeroshot_template_yaml", "exact_match,strict-match"),
])
def test_a_run_of_the_harness_has_its_scores_to_the_digit(work, lm_eval, template, metric):
    results = lm_eval(template)
    work.run("import", results)
    theirs = {task.removeprefix("mmlu_"): said[metric]
              for task, said in json.loads(results.read_text())["results"].items()}
    lines = work.run("report", "--by", "subject", "--json").stdout.splitlines()
    assert {line["subject"]: line["accuracy"] for line in map(json.loads, lines)} == theirs
    assert work.json("report", "last", "--json")["n"] == 120


# ---- inspect_ai


HEADER = {"version": 2, "status": "success", "eval": {"task": "mmlu", "model": "acme/model-7b",
                                                      "dataset": {"name": "cais/mmlu"}},
          "results": {"scores": [{"name": "choice", "metrics": {"accuracy": {"name": "accuracy", "value": 0.5}}}]}}


def sample(number, reply, value, **more):
    said = {"role": "assistant", "source": "generate", "content": reply}
    return {"id": number, "epoch": 1, "input": f"Which, {number}?", "choices": ["one", "two"], "target": "B",
            "messages": [{"role": "user", "source": "input", "content": "attachment://1"}, said],
            "attachments": {"1": "The whole prompt"}, "metadata": {"subject": "law"},
            "output": {"model": "model-7b", "choices": [{"message": said, "stop_reason": "stop"}],
                       "usage": {"input_tokens": 7, "output_tokens": 3}, "time": 0.5},
            "scores": {"choice": {"value": value, "answer": reply[-1:]}},
            "started_at": "2026-08-01T12:34:56.500000+00:00", **more}


SAMPLES = [sample(1, "ANSWER: B", "C"), sample(2, "ANSWER: A", "I"),
           sample(3, "", "I", error={"message": "rate limit"}, scores=None)]


def zstandard(content):
    """A frame of one block that is not packed (RFC 8878)."""
    blocks = [content[at:at + 100_000] for at in range(0, len(content), 100_000)]
    frame = b"\x28\xb5\x2f\xfd\xa0" + struct.pack("<I", len(content))
    for number, block in enumerate(blocks):
        frame += struct.pack("<I", len(block) << 3 | (number == len(blocks) - 1))[:3] + block
    return frame


def packed(files):
    """A zip as inspect_ai makes it, which packs by Zstandard."""
    body, index = b"", b""
    for name, content in files.items():
        data, sum_of = zstandard(content), zlib.crc32(content)
        sizes = struct.pack("<HHHIIIHH", 93, 0, 33, sum_of, len(data), len(content), len(name), 0)
        index += b"PK\1\2" + struct.pack("<HHH", 63, 63, 0) + sizes + struct.pack("<HHHII", 0, 0, 0, 0, len(body))
        index += name.encode()
        body += b"PK\3\4" + struct.pack("<HH", 63, 0) + sizes + name.encode() + data
    end = struct.pack("<HHHHIIH", 0, 0, len(files), len(files), len(index), len(body), 0)
    return body + index + b"PK\5\6" + end


def log_files(samples=SAMPLES):
    files = {f"samples/{one['id']}_epoch_1.json": json.dumps(one).encode() for one in samples}
    return {**files, "header.json": json.dumps(HEADER).encode()}


@pytest.fixture
def log(work):
    (work.path / "log.eval").write_bytes(packed(log_files()))
    return work.path / "log.eval"


def test_a_log_of_inspect_is_read(work, log):
    run = work.json("import", log, "--json")
    assert (run["n"], run["right"], run["right_there"], run["reader"]) == (3, 1, 1, "inspect")
    first = json.loads(work.run("export", "last").stdout.splitlines()[0])
    assert (first["subject"], first["tokens"], first["latency_ms"]) == ("law", {"prompt": 7, "reply": 3}, 500)
    assert "The whole prompt" in work.run("show", "last", "--limit", "1").stdout


def test_a_sample_with_an_error_is_failed(work, log):
    done = work.run("import", log)
    assert "1 of 3 questions have no reply in the file" in done.stderr
    assert work.json("report", "last", "--json")["ledger"]["failed"] == 1


def test_a_log_in_json_is_the_same(work, log):
    (work.path / "log.json").write_text(json.dumps({**HEADER, "samples": SAMPLES}))
    one, other = work.json("import", log, "--json"), work.json("import", "log.json", "--json")
    assert {**one, "run": 0} == {**other, "run": 0}


def test_an_accuracy_that_is_not_the_samples_is_said(work):
    (work.path / "log.eval").write_bytes(packed(log_files(SAMPLES[:1])))
    assert "the log says an accuracy of 0.5, and its samples have 1" in work.run("import", "log.eval").stderr


def log_of(work, samples):
    (work.path / "log.json").write_text(json.dumps({**HEADER, "results": {}, "samples": samples}))
    return work.path / "log.json"


def test_a_sample_of_inspect_that_stands_there_twice_counts_once(work):
    done = work.run("import", log_of(work, [SAMPLES[0], SAMPLES[1], SAMPLES[1]]))
    assert done.returncode == 0 and "1 samples repeat one of the log, word for word: left out" in done.stderr
    assert work.json("report", "last", "--json")["n"] == 2


def test_two_samples_of_one_id_are_refused(work):
    done = work.run("import", log_of(work, [SAMPLES[0], {**SAMPLES[1], "id": 1}]))
    assert done.returncode == 2 and "id: found 1 a second time, with another content" in done.stderr, done.stderr
    assert not (work.path / "proctor.db").exists()


def test_the_first_epoch_alone_is_taken_and_said(work):
    done = work.run("import", log_of(work, [SAMPLES[0], {**SAMPLES[0], "epoch": 2}]))
    assert done.returncode == 0 and "1 samples are of later epochs: the first alone is taken" in done.stderr
    assert work.json("report", "last", "--json")["n"] == 1


@pytest.mark.parametrize("content", [{"content": None}, {}])
def test_a_message_of_inspect_without_content_is_no_reply(work, content):
    said = {"role": "assistant", "source": "generate", **content}
    empty = {**SAMPLES[1], "output": {"model": "model-7b", "choices": [{"message": said, "stop_reason": "stop"}]}}
    done = work.run("import", log_of(work, [SAMPLES[0], empty]))
    assert "1 of 2 questions have no reply in the file: they are failed" in done.stderr


def test_an_empty_message_of_inspect_is_a_reply(work):
    work.run("import", log_of(work, [SAMPLES[0], sample(2, "", "I")]))
    assert work.json("report", "last", "--json")["ledger"]["failed"] == 0


@pytest.mark.parametrize("harm, said", [
    (lambda whole: whole[:-30], "not a whole zip"),
    (lambda whole: whole.replace(b"Which, 1?", b"Which, 9?", 1), "its sum is not what the zip says"),
    (lambda _: packed({"_journal/start.json": b"{}"}), "found no header.json in the log"),
    (lambda _: packed({"header.json": b"{}"}), "found no samples in the log"),
    (lambda _: packed(log_files([{**SAMPLES[0], "target": "Z"}])), "target: found \"Z\", expected a letter"),
])
def test_a_log_that_is_not_whole_stores_nothing(work, log, harm, said):
    log.write_bytes(harm(log.read_bytes()))
    done = work.run("import", log)
    assert done.returncode == 2 and said in done.stderr, done.stderr
    assert not (work.path / "proctor.db").exists()


# ---- Exports


@pytest.fixture
def run(work):
    done = work.run("run", "baseline/longest", "--dataset", "sample", "--subject", "all", "--name", "mine", "--quiet")
    assert done.returncode == 0, done.stderr
    return work.json("report", "mine", "--json")


@pytest.mark.parametrize("options, back", [
    (["--format", "lm-eval", "-o", "out"], "out/baseline__longest/results_*.json"),
    (["-o", "mine.eval"], "mine.eval"),
    (["--format", "inspect", "-o", "mine.zip.eval"], "mine.zip.eval"),
    (["--format", "mmlu-pro", "-o", "mine.json"], "mine.json"),
])
def test_an_export_reads_back_with_the_same_score(work, run, options, back):
    done = work.run("export", "mine", *options)
    assert done.returncode == 0 and "120 questions" in done.stderr, done.stderr
    theirs = work.json("import", *work.path.glob(back), "--into", "theirs.db", "--json")
    assert (theirs["n"], theirs["right"], theirs["right_there"]) == (run["n"], run["correct"], run["correct"])


@pytest.mark.skipif(not importlib.util.find_spec("pyarrow"), reason="pyarrow is not installed here")
def test_a_table_of_parquet_has_what_the_lines_have(work, run, file):
    import pyarrow.parquet

    for asked in ("mine", work.json("import", file, "--json")["run"]):
        work.run("export", asked, "-o", "run.jsonl")
        work.run("export", asked, "-o", "run.parquet")
        lines = [json.loads(line) for line in (work.path / "run.jsonl").read_text().splitlines()]
        rows = pyarrow.parquet.read_table(work.path / "run.parquet").to_pylist()
        assert len(rows) == len(lines) > 0
        for row, line in zip(rows, lines):
            tokens = line.pop("tokens")
            line["logprobs"] = [{"letter": letter, "logprob": value} for letter, value in line["logprobs"].items()]
            assert row == {**line, "prompt_tokens": tokens["prompt"], "reply_tokens": tokens["reply"]}


def test_a_form_that_is_none_says_which_there_are(work, run):
    for options in (["--format", "xlsx"], ["-o", "run.xlsx"]):
        done = work.run("export", "mine", *options)
        assert done.returncode == 2 and "found" in done.stderr and "parquet" in done.stderr


def test_a_samples_name_in_a_log_leaves_no_folder(work, file):
    file.write_text(json.dumps([entry("../../../out", "The answer is (B).", "B"), entry("/etc/x", "(B)", "B")]))
    work.run("import", file)
    work.run("export", "last", "-o", "mine.eval")
    with zipfile.ZipFile(work.path / "mine.eval") as log:
        names = [name for name in log.namelist() if name.startswith("samples/")]
    assert len(names) == 2 and not any(".." in name.split("/") or "//" in name for name in names), names


def test_a_file_that_is_missing_is_named_once(work):
    done = work.run("import", "missing.json")
    assert done.returncode != 0 and done.stderr.count("missing.json") == 1, done.stderr


def test_lm_evals_form_needs_a_folder(work, run):
    done = work.run("export", "mine", "--format", "lm-eval")
    assert done.returncode == 2 and "expected the folder" in done.stderr


def test_inspect_opens_an_export_and_says_its_score(work, run):
    if importlib.util.find_spec("inspect_ai") is None:
        pytest.skip("inspect_ai is not installed here: pip install inspect-ai")
    work.run("export", "mine", "-o", "mine.eval")
    script = ("import sys, json; from inspect_ai.log import read_eval_log; log = read_eval_log(sys.argv[1]); "
              "print(json.dumps([log.status, len(log.samples), log.results.scores[0].metrics['accuracy'].value, "
              "log.samples[0].messages[-1].content]))")
    done = subprocess.run([sys.executable, "-c", script, work.path / "mine.eval"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    status, samples, accuracy, reply = json.loads(done.stdout)
    assert (status, samples, accuracy) == ("success", 120, run["accuracy"]) and reply in "ABCD"


def test_an_export_of_the_harnesss_own_run_has_its_numbers_and_hashes(work, lm_eval):
    theirs = json.loads((path := lm_eval("mmlu/default/_default_template_yaml")).read_text())
    work.run("import", path)
    work.run("export", "last", "--format", "lm-eval", "-o", "again")
    ours = json.loads(next((work.path / "again").glob("*/results_*.json")).read_text())
    assert ours["task_hashes"] == theirs["task_hashes"]
    for task, said in theirs["results"].items():
        assert ours["results"][task]["acc,none"] == said["acc,none"]
