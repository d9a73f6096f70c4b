"""Whoever reads Japanese meets no sentence in English, whatever they do."""

import csv
import json
import re
import sqlite3
import subprocess

import pytest

from conftest import PROCTOR

# Three words in a row.
ENGLISH = re.compile(r"(?<![\w'./-])[A-Za-z]+(?:'[a-z]+)?(?: [A-Za-z]+(?:'[a-z]+)?){2,}(?![\w/-])")
# What is typed at a shell: a command with its words, none of which is a sentence's.
TYPED = re.compile(
    r"\bproctor (?:[a-z]+)(?: (?:-[^ ]*(?: [A-Z]+\b)?|last|all|RUN|[a-z]*[^a-z ()（）。、]\S*))*"
    r"|\bollama (?:serve|pull \S+)|lms server start|vllm serve MODEL"
)
# The seed prints these, in every language.
OF_THE_SEED = re.compile(r"^(?:Input to API|Output from API): .*|Predicted Answer: .*"
                         r"|Processed \S+ Current Accuracy", re.M)  # fmt: skip
# Quotations and names.
QUOTED = re.compile(r"「[^」]*」|\{\"[^\n]*\}|\"[^\"\n]*\"")
NAMES = ["OpenAI simple-evals", "HELM Lite MMLU", "HELM Lite mmlu"]


def english_in(text):
    text = re.sub(r"\x1b\[[0-9;]*[A-Za-z]|\r", " ", text)
    for pattern in (OF_THE_SEED, QUOTED, TYPED):
        text = pattern.sub("…", text)
    for name in NAMES:
        text = text.replace(name, "…")
    return ENGLISH.findall(text)


@pytest.fixture
def japanese(work, start_server):
    """A person with a Japanese exam, and a server that replies in Japanese: right, wrong,
    without a letter, cut off, and with errors."""
    work.environment["PROCTOR_LANG"] = "ja"
    with open(work.path / "exam.csv", "w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        table.writerow(["subject", "question", "A", "B", "C", "D", "answer"])
        for i in range(12):
            subject = ["anatomy", "astronomy"][i % 2]
            table.writerow([subject, f"第{i:02}問: 正しいものはどれか", "甲", "乙", "丙", "丁", "ABCD"[i % 4]])
    replies = [
        {"match": "第01問", "reply": "わかりません"},
        {"match": "第02問", "reply": "考え中", "finish_reason": "length"},
        {"match": "第03問", "status": 400, "body": json.dumps({"error": {"message": "長すぎます"}})},
        {"match": "第0", "reply": "A です"},
        {"match": "第1", "reply": "B です"},
    ]
    script = work.path / "replies.jsonl"
    script.write_text("".join(json.dumps(one) + "\n" for one in replies), encoding="utf-8")
    (work.path / "ja.toml").write_text(
        'extract = "first-letter"\n[sampling]\nmax_tokens = 9\n[texts]\n'
        'question = "{question}\\n{options}\\n答え:"\noption = "{letter}. {choice}"\n'
        'option_separator = "\\n"\n', encoding="utf-8")  # fmt: skip
    work.server = start_server("--answers", script)
    return work


class Visit:
    """What was said by which command."""

    def __init__(self, folder):
        self.folder = folder
        self.english = {}
        self.commands = set()

    def __call__(self, *words, code=0, terminal=False, **more):
        if terminal:
            said, ended = self.folder.in_terminal(*words, columns=120, **more)
        else:
            done = self.folder.run(*words, **more)
            said, ended = done.stdout + done.stderr, done.returncode
        assert ended == code, said
        assert said, words
        self.commands.add(str(words[0]))
        if found := english_in(said):
            self.english.setdefault(" ".join(map(str, words)), []).extend(found)
        return said


def commands():
    done = subprocess.run([PROCTOR, "--help", "--lang", "en"], capture_output=True, text=True)
    return re.findall(r"^  (\w+) +", done.stdout.split("Commands:")[1], re.M)


def test_no_commands_help_is_english(work):
    visit = Visit(work)
    work.environment["PROCTOR_LANG"] = "ja"
    for name in commands():
        visit(name, "--help")
    visit("--help")
    visit("list", "manual")
    assert visit.english == {}


def test_no_command_says_an_english_sentence(japanese):
    visit = Visit(japanese)
    asked = ["--dataset", "exam.csv", "--subject", "all", "--protocol", "ja.toml"]
    llama = ["run", "llama", "--base-url", japanese.server.url, *asked, "--retries", 0]
    first, second = "一", "二"
    visit(*llama, "--dry-run")
    visit(*llama, "--name", first, code=3)
    visit(*llama, "--name", first, code=3, terminal=True)
    visit(*llama, "--again", "cut", "--max-tokens", 20, "--name", first, "--show", code=3)
    visit(*llama, "--protocol", "proctor", "--name", second, code=3)
    visit(*llama, "--protocol", "ja.toml,seed", "--limit", 2, "--show", code=3)
    visit(*llama, "--name", first, code=3)
    visit(*llama, "--protocol", "proctor", "--name", second, code=3)
    visit("run", "baseline/random", *asked)
    visit("run", "baseline/longest", *asked, "--name", "長い")
    visit("run", "baseline/longest", *asked, "--dry-run")

    for what in ["models", "datasets", "protocols", "readers", "runs", "subjects"]:
        visit("list", what)
    visit("list", "readers", terminal=True)
    visit("list", "subjects", "--dataset", "exam.csv")
    visit("list", "runs", "--all")
    for more in [[], [first], ["--by", "subject"], ["--by", "category"], ["--all"],
                 ["--format", "markdown"], ["-o", "report.md"], ["長い"]]:  # fmt: skip
        visit("report", *more)
    visit("report", first, terminal=True)
    visit("compare", first, second)
    visit("compare", first, second, "--explain")
    visit("compare", first, first)
    visit("compare", first, "長い", "--show")
    visit("audit", first)
    visit("show", first)
    visit("show", first, "--only", "failed")
    visit("show", first, "--full", terminal=True)
    visit("rescore", first, "--extract", "inspect")
    visit("export", first, "-o", "run.jsonl")
    visit("chart", "-o", "chart.svg")
    visit("html", "-o", "page.html")
    visit("prompt", *llama[1:4], *asked, "--index", 0)
    (japanese.path / "texts.jsonl").write_text('{"output": "A です"}\n', encoding="utf-8")
    visit("extract", "texts.jsonl")
    visit("verify")
    visit("doctor")
    visit("doctor", *llama[1:4])
    visit("merge", "proctor.db", "--into", "all.db")
    visit("run", "baseline/longest", *asked, "--shard", "1/2", "--store", "part.db")
    visit("merge", "part.db", "--into", "parts.db", "--complete", code=75)
    visit("submit", "kubernetes", "baseline/longest", *asked, code=2)
    entry = {"question_id": 1, "question": "問い", "options": ["一", "二"], "answer": "A", "category": "法"}
    entries = [7, {**entry, "pred": "A", "model_outputs": "二"}, {**entry, "question_id": 2, "pred": None}]
    (japanese.path / "model_outputs_M_5shots.json").write_text(json.dumps(entries), encoding="utf-8")
    visit("import", "model_outputs_M_5shots.json", "--into", "theirs.db")
    visit("report", "--store", "theirs.db")
    visit("forget", second)
    visit("forget", second, "--undo")
    visit("forget", second, "--for-good", terminal=True, typed="n\n")
    visit("forget", second, "--for-good", "--yes")
    visit("version")
    visit("init", "lab.toml")
    assert visit.english == {}
    assert set(commands()) - visit.commands == {"completions", "man", "view"}  # what other programs read, and what does not end


def test_a_damaged_store_is_told_in_japanese(japanese):
    visit = Visit(japanese)
    visit("run", "baseline/A", "--dataset", "exam.csv")
    with sqlite3.connect(japanese.path / "proctor.db") as store:
        store.execute("PRAGMA writable_schema = 1")
        for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            store.execute(f"DROP TRIGGER {name}")
        store.execute("UPDATE attempt SET latency = 7 WHERE number = 1")
    visit("verify", code=1)
    assert visit.english == {}


def test_no_error_is_an_english_sentence(japanese, free_port):
    visit = Visit(japanese)
    visit("run", "baseline/A", "--dataset", "exam.csv")
    (japanese.path / "none.csv").write_text("", encoding="utf-8")
    (japanese.path / "odd.csv").write_text("x,y\n1,2\n", encoding="utf-8")
    (japanese.path / "odd.toml").write_text("limit = \n", encoding="utf-8")
    (japanese.path / "odd.gguf").write_text("<!doctype html>\n", encoding="utf-8")
    exam = ["--dataset", "exam.csv"]
    for words in [
        ["rnu"],
        ["run", "--limit", "x"],
        ["run", "--limti", 3],
        ["run", "--limit", -1, *exam],
        ["run", "baseline/x", *exam],
        ["run", "olama/x", *exam],
        ["run", "openai/gpt-4o", *exam],
        ["run", "baseline/A", "--dataset", "exma.csv"],
        ["run", "baseline/A", "--dataset", "none.csv"],
        ["run", "baseline/A", "--dataset", "odd.csv"],
        ["run", "baseline/A", *exam, "--subject", "anatmy"],
        ["run", "baseline/A", *exam, "--protocol", "sede"],
        ["run", "baseline/A", *exam, "--extract", "frist-letter"],
        ["run", "baseline/A", *exam, "--config", "odd.toml"],
        ["run", "baseline/A", *exam, "--store", "exam.csv"],
        ["run", "odd.gguf", *exam],
        ["run", "none.gguf", *exam],
        ["run", "llama", "--base-url", "localhost", *exam],
        ["run", "llama", "--base-url", f"http://127.0.0.1:{free_port()}", *exam, "--retries", 0],
        ["run", "llama", "--temperature", 3, *exam],
        ["run", "llama", "--reasoning", "hgih", *exam],
        ["run", "--lang", "fr"],
        ["report", "zzz"],
        ["report", "--format", "pdf"],
        ["report", "--by", "model", "--sort", "size"],
        ["report", "--store", "none.db"],
        ["report", "-o", "."],
        ["compare", "last"],
        ["compare", "last", "last~3"],
        ["chart", "--kind", "pie"],
        ["chart", "--kind", "calibration"],
        ["html"],
        ["view", "a.db", "b.db"],
        ["view", "none.db"],
        ["view", "--port", "70000"],
        ["chart", "-o", "x.gif"],
        ["show", "last", "--question", "nobody"],
        ["show", "last", "--only", "rihgt"],
        ["rescore"],
        ["audit", "zzz"],
        ["export", "--format", "xml"],
        ["forget"],
        ["forget", "last", "--for-good"],
        ["merge", "proctor.db"],
        ["prompt", *exam, "--index", 99],
        ["extract"],
        ["list"],
        ["list", "reders"],
        ["completions", "csh"],
    ]:
        visit(*words, code=2)
    assert visit.english == {}


def test_a_gguf_file_is_told_of_in_japanese(japanese, nano):
    visit = Visit(japanese)
    asked = ["--dataset", "exam.csv", "--limit", 2, "--threads", 1]
    visit("doctor", nano)
    visit("run", nano, *asked, "--protocol", "mmlu", "--shots", 0)
    visit("run", nano, *asked, "--protocol", "mmlu", "--shots", 0, terminal=True)
    visit("run", nano, *asked, "--max-tokens", 2)
    visit("report", "last")
    assert visit.english == {}


def test_downloads_and_servers_are_told_of_in_japanese(japanese, start_hub):
    visit = Visit(japanese)
    hub = start_hub().url
    visit("run", "baseline/A", "--limit", 2, terminal=True, HF_ENDPOINT=hub)
    visit("run", "baseline/A", "--dataset", "cais/mmul", code=2, HF_ENDPOINT=hub)
    visit("run", "baseline/A", "--dataset", "openai/MMMLU:JA_JP", code=2)
    visit("run", "hf:nobody/none:Q4_K_M", "--dataset", "sample", code=2, HF_ENDPOINT=hub)
    visit("run", "none.gguf", "--dataset", "sample", "--serve", "false {port}", code=2)
    visit("run", "llama", "--dataset", "sample", "--serve", "sleep 9{port}", "--serve-wait", 2,
          code=2, terminal=True)  # fmt: skip
    assert visit.english == {}
