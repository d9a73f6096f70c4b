"""What real models said to MMLU-Pro's questions scores as the published rules have it.

shared/mmlu_pro holds the recorded replies of three models, some 12,000 each. The fake
server says them again, and each rule must give the share and the number of replies
without an answer that its own regular expressions gave. No answer is never a guess: it
is unread, and not right. (Some 160 pairs of questions are alike in all, key included, so
that it does not matter which of the two replies each of a pair gets.)
"""

import ast
import json
import zipfile

import pytest

# model, questions, first rule: percent, no answer; cascade: percent, no answer
PUBLISHED = [
    ("DeepSeek-Coder-V2", 10_351, (53.73, 1_559), (63.97, 63)),
    ("Mistral-7B-Instruct-v0.2", 12_032, (28.76, 2_237), (30.18, 1_066)),
    ("gemini-1.5-flash-002", 12_012, (63.81, 467), (64.09, 71)),
]


def recorded(shared, model):
    """The entries, by category and within one in the file's order, as Proctor asks."""
    path = shared / f"mmlu_pro/model_outputs_{model}_5shots.zip"
    if not path.is_file():
        pytest.skip(f"no recorded replies: {path} is missing (set PROCTOR_SHARED)")
    with zipfile.ZipFile(path) as archive:
        entries = json.loads(archive.read(archive.namelist()[0]))
    entries = [entry for entry in entries if isinstance(entry, dict)]
    return sorted(entries, key=lambda entry: entry["category"])


def write_exam_and_replies(work, entries):
    with open(work.path / "exam.jsonl", "w", encoding="utf-8") as exam, open(
        work.path / "replies.jsonl", "w", encoding="utf-8"
    ) as replies:
        for entry in entries:
            options = entry["options"]
            options = ast.literal_eval(options) if isinstance(options, str) else options
            asked = {
                "subject": entry["category"],
                "question": entry["question"],
                "choices": [option for option in options if option != "N/A"],
            }
            more = {"id": entry["question_id"], "answer": entry["answer"]}
            said = {"reply": entry.get("model_outputs") or entry.get("generated_text")}
            exam.write(json.dumps({**asked, **more}) + "\n")
            replies.write(json.dumps({**asked, **said}) + "\n")


def figures(run):
    assert run["n"] == run["correct"] + run["ledger"]["wrong"] + run["ledger"]["unread"]
    return round(100 * run["accuracy"], 2), run["ledger"]["unread"]


@pytest.mark.parametrize("model, n, first_rule, cascade", PUBLISHED)
def test_recorded_replies_score_as_the_published_rules_have_it(
    work, start_server, shared, model, n, first_rule, cascade
):
    entries = recorded(shared, model)
    assert len({entry["question_id"] for entry in entries}) == len(entries) == n
    write_exam_and_replies(work, entries)
    server = start_server("--replies", work.path / "replies.jsonl", "--no-log")
    run = work.json(
        "run", f"openai-compatible/{model}", "--base-url", server.url, "--concurrency", 128,
        "--dataset", "exam.jsonl", "--protocol", "mmlu_pro_official_local", "--shots", 0,
        timeout=300,
    )
    assert (run["n"], run["requests"], run["complete"]) == (n, n, True)
    assert server.stats()["unknown"] == 0
    assert figures(run) == cascade
    audit = work.json("audit", "last", timeout=300)
    rows = {row["reader"]: row for row in audit["readers"]}
    for reader, (percent, unread) in [
        ("mmlu_pro_cascade", cascade), ("mmlu_pro_first_rule", first_rule),
    ]:
        assert round(100 * rows[reader]["accuracy"], 2) == percent
        assert rows[reader]["ledger"]["unread"] == unread
    again = work.json("rescore", "last", "--extract", "mmlu_pro_first_rule", timeout=300)
    assert (again["n"], figures(again)) == (n, first_rule)
    print(f"{model}: {n} replies, cascade {cascade}, first rule {first_rule}")
