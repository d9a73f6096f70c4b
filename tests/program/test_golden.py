"""`proctor prompt` against every line of every prompt file in golden: the prompts that
the peers' own code made. Questions and shots are MMLU's own rows, read from its files by
the program; MMLU-Pro's protocols get the rows and the worked answers that their golden
lines were made from, as MMLU-Pro's own worked answers are not there."""

import csv
import json
import shutil

import pytest

from conftest import SHARED

GOLDEN = SHARED / "golden"
# Read by other tests: readers' golden replies, and golden numbers.
NOT_PROMPTS = {
    "extraction", "extraction_real_mmlu_pro",  # answer/golden_test.cc
    "aggregation", "constants", "helm_fewshot_order",
}  # fmt: skip
ENDING = ".public.jsonl"
FILES = sorted(path.name[: -len(ENDING)] for path in GOLDEN.glob("*" + ENDING))
PROMPTS = [name for name in FILES if name not in NOT_PROMPTS]
# The peers read the option None as a missing number here and print nan.
NAN = {"hendrycks_5shot_pandas3_na": "hendrycks_5shot",
       "simple_evals_mmlu_pandas3_na": "simple_evals_mmlu"}  # fmt: skip

pytestmark = pytest.mark.skipif(not PROMPTS, reason=f"no golden files: {GOLDEN} is missing")


def lines_of(name):
    with open(GOLDEN / (name + ENDING), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def rows_of(subject, split):
    path = SHARED / f"mmlu/csv/{split}/{subject}_{split}.csv"
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write_jsonl(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def mmlu_folder(folder, lines):
    """The lines' rows of the test split, and the whole dev split, as MMLU has them."""
    asked = {}
    for line in lines:
        asked.setdefault(line["subject"], set()).add(line["row_index"])
    for subject, indices in asked.items():
        header, *rows = rows_of(subject, "test")
        for split in ["test", "dev"]:
            (folder / split).mkdir(parents=True, exist_ok=True)
        with open(folder / f"test/{subject}_test.csv", "w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([header, *(rows[i] for i in sorted(indices))])
        dev = f"dev/{subject}_dev.csv"
        shutil.copyfile(SHARED / "mmlu/csv" / dev, folder / dev)
    place = {(s, i): n for s, found in asked.items() for n, i in enumerate(sorted(found))}
    return {(line["subject"], place[line["subject"], line["row_index"]]): line for line in lines}


def layers(lines):
    """MMLU-Pro's word for subject is a category; a layer has one MMLU subject in each."""
    found = []
    for line in lines:
        for layer in found:
            if layer.setdefault(line["category"], line["subject"]) == line["subject"]:
                layer.setdefault("lines", []).append(line)
                break
        else:
            found.append({line["category"]: line["subject"], "lines": [line]})
    return [layer["lines"] for layer in found]


def pro_folder(folder, lines):
    by_key, examples = {}, {}
    tests = []
    for n, line in enumerate(lines):
        category = line["category"]
        tests.append({"id": n, "question": line["question"], "choices": line["choices"],
                      "answer": line["answer"], "subject": category})  # fmt: skip
        by_key[str(n)] = line
        _, *dev = rows_of(line["subject"], "dev")
        examples[category] = [
            {"question": row[0], "choices": row[1:-1], "answer": int(row[-1]),
             "subject": category, "cot_content": worked}
            for row, worked in zip(dev, line["fewshot_cot"])
        ]  # fmt: skip
    write_jsonl(folder / "test/all.jsonl", tests)
    write_jsonl(folder / "validation/all.jsonl", [row for rows in examples.values() for row in rows])
    return by_key


def worked_examples(lines):
    """Those of mmlu_flan_cot_fewshot, out of the peer's prompts: they are its own text."""
    examples = {}
    for line in lines:
        asked = "Q: " + line["question"].strip()
        rest = line["prompt"][: line["prompt"].rindex(asked)]
        rest = rest[rest.index("Q: ") :].removesuffix("\n\n")
        examples[line["subject"]] = [
            {"subject": line["subject"], "question": part.split("\nA: ", 1)[0],
             "target": part.split("\nA: ", 1)[1]}
            for part in rest.removeprefix("Q: ").split("\n\nQ: ")
        ]  # fmt: skip
    return [row for rows in examples.values() for row in rows]


def prompts(work, model, folder, name, shots, *more):
    # Golden lines are of the test split, also where the peer asks another one.
    args = ["prompt", model, "--dataset", folder, "--protocol", name, "--split", "test",
            "--subject", "all", "--json"]  # fmt: skip
    if shots:
        args += ["--shots", shots]
    elif name.startswith(("hendrycks", "lmeval")) and "cot_zeroshot" not in name:
        args += ["--shots", 0]
    done = work.run(*args, *more, timeout=300)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.split("\n") if line]


def sent(ours):
    """What the golden line calls the words that go with a prompt."""
    body = ours.get("body") or {}
    return {"temperature": body.get("temperature"), "max_tokens": body.get("max_tokens"),
            "stop_sequences": body.get("stop", [])}  # fmt: skip


def differences(ours, golden):
    found = []

    def check(key, value):
        if value != golden[key]:
            found.append((golden["id"], key, golden[key], value))

    if "messages" in golden:
        check("messages", ours["messages"])
    if "prompt" in golden:
        only = ours.get("messages", [{}])
        text = ours.get("prompt")
        if text is None and ("messages" not in golden or len(only) == 1):
            text = only[0].get("content")
        if text is not None:
            check("prompt", text)
    if "continuations" in golden:
        check("continuations", ours["continuations"])
        return found
    if ours["body"] is not None:  # what is sent is what is shown
        key = "messages" if "messages" in ours else "prompt"
        if ours["body"][key] != ours[key]:
            found.append((golden["id"], "body", ours[key], ours["body"][key]))
    for key, value in sent(ours).items():
        if key in golden:
            check(key, value)
    if "gen_kwargs" in golden:
        peer = golden["gen_kwargs"]
        if peer.get("until", []) != sent(ours)["stop_sequences"]:
            found.append((golden["id"], "until", peer, sent(ours)))
        if "max_gen_toks" in peer and peer["max_gen_toks"] != sent(ours)["max_tokens"]:
            found.append((golden["id"], "max_gen_toks", peer, sent(ours)))
    return found


def put_back_none(text):
    for mark in [". ", ") "]:
        for letter in "ABCD":
            text = text.replace(f"\n{letter}{mark}nan", f"\n{letter}{mark}None")
    return text


def compared(work, name):
    """Every line of the file with what the program printed for it."""
    protocol = NAN.get(name, name)
    lines = lines_of(name)
    # The engine's prompt where continuations are scored; a server's elsewhere.
    model = "model.gguf" if "continuations" in lines[0] else "ollama/m"
    if "fewshot_cot" in lines[0]:
        for n, layer in enumerate(layers(lines)):
            folder = work.path / f"layer{n}"
            golden = pro_folder(folder, layer)
            for ours in prompts(work, model, folder, protocol, layer[0]["fewshot_k"]):
                yield ours, golden.pop(ours["id"])
            assert not golden
        return
    for shots in sorted({line["fewshot_k"] for line in lines}):
        folder = work.path / f"shots{shots}"
        chosen = [line for line in lines if line["fewshot_k"] == shots]
        more = []
        if protocol == "lmeval_mmlu_flan_cot_fewshot":
            write_jsonl(work.path / "examples.jsonl", worked_examples(chosen))
            more = ["--shots-from", "examples.jsonl"]
        golden = mmlu_folder(folder, chosen)
        for ours in prompts(work, model, folder, protocol, shots, *more):
            yield ours, golden.pop((ours["subject"], ours["index"]))
        assert not golden


@pytest.mark.parametrize("name", PROMPTS)
def test_the_program_prints_what_the_peer_sent(work, shared, name):
    count, found = 0, []
    for ours, golden in compared(work, name):
        count += 1
        if name in NAN:
            assert "nan" in golden["prompt"]
            golden = {**golden, "prompt": put_back_none(golden["prompt"])}
            if "messages" in golden:
                golden["messages"] = [{"role": "user", "content": golden["prompt"]}]
        found += differences(ours, golden)
    print(f"golden {name}: {count} of {len(lines_of(name))} lines compared, {len(found)} differ")
    assert count == len(lines_of(name))
    assert not found, found[:3]


def test_no_golden_file_is_passed_over(work):
    have = {path.name.split(".")[0] for path in GOLDEN.iterdir()} - {"README"}
    assert have == set(PROMPTS) | NOT_PROMPTS
    done = work.run("list", "protocols", "--json")
    known = {json.loads(line)["protocol"] for line in done.stdout.splitlines()}
    assert {NAN.get(name, name) for name in PROMPTS} | {"proctor"} == known


def test_a_row_of_the_whole_split_has_the_index_that_golden_says(work, shared):
    for line in lines_of("seed_zeroshot")[::9]:
        done = work.run(
            "prompt", "ollama/m", "--dataset", shared / "mmlu/csv", "--protocol", "seed",
            "--subject", line["subject"], "--index", line["row_index"], "--json", timeout=300,
        )  # fmt: skip
        ours = json.loads(done.stdout)
        assert not differences(ours, line)
        assert ours["id"] == f"{line['subject']}/test/{line['row_index']}"
