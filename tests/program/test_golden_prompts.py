"""Each protocol's prompts on the sample exam are those in tests/golden/prompts.

No peer made those: the program did, which makes the peers' own prompts of MMLU's rows
byte for byte (test_golden.py). They hold the protocols where those rows are not at hand.
PROCTOR_BLESS=1 writes them anew; read the difference like code."""

import csv
import json
import os

import pytest

from conftest import ROOT

PROMPTS = ROOT / "tests/golden/prompts"
WORKED = ROOT / "tests/golden/worked_answers.jsonl"
PROTOCOLS = sorted(path.stem for path in (ROOT / "data/protocols").glob("*.toml"))
SUBJECTS = ["computing_basics", "natural_science", "world_geography"]
MADE = (
    "by `proctor prompt` on the first questions of the sample exam, where it makes what the"
    " peers make of MMLU's (test_golden.py); anew by"
    " PROCTOR_BLESS=1 ctest --preset dev -R program.golden_prompts"
)


def rows_of(subject, split):
    path = ROOT / f"data/sample/{split}/{subject}_{split}.csv"
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def worked_answers():
    return [json.loads(line) for line in WORKED.read_text(encoding="utf-8").splitlines()]


def with_options_in_the_question(row):
    """As the worked examples of mmlu_flan_cot_fewshot have it."""
    options = " ".join(f"({l}) {text}" for l, text in zip("ABCD", row["choices"]))
    return {"subject": row["subject"], "question": f"{row['question']}\n{options}",
            "target": row["cot_content"].removeprefix("A: ")}  # fmt: skip


def shots_from(work, name):
    """What a protocol with worked examples is given."""
    if "mmlu_pro" in name:
        return ["--shots-from", WORKED]
    if name != "lmeval_mmlu_flan_cot_fewshot":
        return []
    rows = [with_options_in_the_question(row) for row in worked_answers()]
    path = work.path / "worked.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return ["--shots-from", path]


def printed(work, model, name, *more):
    done = work.run("prompt", model, "--dataset", "sample", "--protocol", name, "--json",
                    "--subject", ",".join(SUBJECTS), "--split", "test", "--limit", 1,
                    *more)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.split("\n") if line]


def golden_line(name, shots, ours):
    """In the words of the golden lines that the peers' own code made."""
    question, *choices, answer = rows_of(ours["subject"], "test")[ours["index"]]
    line = {"id": f"{name}/{ours['id']}/k{shots}", "subject": ours["subject"],
            "question": question, "choices": choices, "answer": int(answer),
            "fewshot_k": shots}  # fmt: skip
    if shots and "mmlu_pro" in name:
        line["fewshot_cot"] = [row["cot_content"] for row in worked_answers()
                               if row["subject"] == ours["subject"]]  # fmt: skip
    for key in ["messages", "prompt", "continuations"]:
        if key in ours:
            line[key] = ours[key]
    if "continuations" not in ours:
        body = ours["body"]
        line["temperature"] = body.get("temperature")
        line["max_tokens"] = body.get("max_tokens")
        line["stop_sequences"] = body.get("stop", [])
        for key in ["messages", "prompt"]:  # what is sent is what is shown
            assert body.get(key) == ours.get(key)
    return line


def golden_lines(work, name):
    about = {row["protocol"]: row for row in map(
        json.loads, work.run("list", "protocols", "--json").stdout.splitlines())}  # fmt: skip
    shots = int(about[name]["shots"])
    # The engine's prompt where continuations are scored; a server's elsewhere.
    scored = "continuations" in printed(work, "model.gguf", name, *shots_from(work, name))[0]
    model = "model.gguf" if scored else "ollama/m"
    lines = []
    for k in [shots, 2] if shots == 0 and takes_shots(work, name) else [shots]:
        more = [*shots_from(work, name), *(["--shots", k] if k != shots else [])]
        lines += [golden_line(name, k, ours) for ours in printed(work, model, name, *more)]
    return lines


def takes_shots(work, name):
    return work.run("prompt", "model.gguf", "--dataset", "sample", "--protocol", name,
                    "--shots", 2).returncode == 0  # fmt: skip


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_protocol_puts_the_sample_exam_as_golden_has_it(work, name):
    lines = golden_lines(work, name)
    path = PROMPTS / f"{name}.json"
    if os.environ.get("PROCTOR_BLESS"):
        text = json.dumps({"made": MADE, "prompts": lines}, ensure_ascii=False, indent=1)
        path.write_text(text + "\n", encoding="utf-8")
    golden = json.loads(path.read_text(encoding="utf-8"))["prompts"]
    print(f"golden {name}: {len(golden)} lines compared")
    assert lines == golden and len(golden) >= len(SUBJECTS)


def test_every_protocol_has_golden_prompts_and_nothing_else_has(work):
    done = work.run("list", "protocols", "--json")
    known = {json.loads(line)["protocol"] for line in done.stdout.splitlines()}
    assert known == {path.stem for path in PROMPTS.glob("*.json")}
