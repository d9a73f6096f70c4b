#!/usr/bin/env python3
"""Writes data sets in the layouts of the hub's, with questions of our own: make_hub.py ROOT

ROOT/datasets and ROOT/rows are what fake_hub.py serves: cais/mmlu with two subjects, each
with the 100 questions that the seed's subject has, TIGER-Lab/MMLU-Pro with ten options
and worked answers, and three data sets in Japanese with two questions each. ROOT/csv has
MMLU's questions once more, in its files' layout. Needs pyarrow.
"""

import csv
import json
import pathlib
import sys
import zipfile

import pyarrow
import pyarrow.parquet

SUBJECTS = ["anatomy", "college_computer_science"]
SPLITS = {"test": 100, "dev": 5, "validation": 11}
# What has gone wrong with MMLU's own rows: blanks, lines, quotes, braces, words that
# readers of tables take for something else.
ODDITIES = ["", " with blanks around ", "two\nlines", 'a "quote", a comma', "{braces} {} {{",
            "a\ttab", "no\u00a0break", "日本語", "C:\\path", "\u0085"]  # fmt: skip


def mmlu(subject, split):
    """Every row is another, so that a mix-up shows."""
    rows = []
    for i in range(SPLITS[split]):
        oddity = ODDITIES[i % len(ODDITIES)]
        sums = [str(7 * i + j) for j in range(4)]
        if i % 9 == 4:
            sums[3] = "None"
        rows.append({"question": f"{subject}, {split} {i}: {oddity} What is 7 x {i} + {i % 4}?",
                     "subject": subject, "choices": sums, "answer": i % 4})  # fmt: skip
    return rows


def mmlu_pro(split):
    rows = []
    for i in range({"test": 20, "validation": 10}[split]):
        category = ["biology", "computer science"][i % 2]
        right = i % 10
        rows.append({
            "question_id": i, "question": f"{category}, {split} {i}: what is {i} + {right}?",
            "options": [str(i + j) for j in range(10)], "answer": "ABCDEFGHIJ"[right],
            "answer_index": right, "category": category, "src": "ours",
            "cot_content": f"A: Let's think step by step. We add {right} to {i}. "
                           f"The answer is ({'ABCDEFGHIJ'[right]}).",
        })  # fmt: skip
    return rows


JAPANESE = [{"question": "1足す1は？", "choices": ["1", "2", "3", "4"], "answer": "B"},
            {"question": "2足す2は？", "choices": ["1", "2", "3", "4"], "answer": "D"}]  # fmt: skip


def write_japanese(datasets):
    """MMMLU, Global-MMLU and JMMLU, each in its own form."""
    lines = [",".join([row["question"], *row["choices"], row["answer"]]) for row in JAPANESE]
    mmmlu = datasets / "openai/MMMLU/test/mmlu_JA-JP.csv"
    mmmlu.parent.mkdir(parents=True)
    numbered = [f"{i},{line},anatomy\n" for i, line in enumerate(lines)]
    mmmlu.write_text("".join([",Question,A,B,C,D,Answer,Subject\n", *numbered]))
    write_parquet(datasets / "CohereLabs/Global-MMLU/ja/test-00000-of-00001.parquet", [
        {"sample_id": f"anatomy/test/{i}", "subject": "anatomy", "question": row["question"],
         **dict(zip(("option_a", "option_b", "option_c", "option_d"), row["choices"])),
         "answer": row["answer"]} for i, row in enumerate(JAPANESE)])  # fmt: skip
    jmmlu = datasets / "nlp-waseda/JMMLU/JMMLU.zip"
    jmmlu.parent.mkdir(parents=True)
    with zipfile.ZipFile(jmmlu, "w") as out:
        for subject in ("anatomy", "japanese_idiom"):
            text = "".join(["\ufeffquestion,A,B,C,D,answer\n", *(line + "\n" for line in lines)])
            out.writestr(f"JMMLU/test/{subject}.csv", text)


def write_parquet(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    # Uncompressed, so that a file is long enough to be broken off.
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), path, compression="none")


def write_rows(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def write_csv(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        table.writerow(["question", "choice0", "choice1", "choice2", "choice3", "answer"])
        table.writerows([row["question"], *row["choices"], row["answer"]] for row in rows)


def main(root):
    for split in SPLITS:
        by_subject = {subject: mmlu(subject, split) for subject in SUBJECTS}
        configs = {**by_subject, "all": [row for rows in by_subject.values() for row in rows]}
        for config, rows in configs.items():
            file = f"datasets/cais/mmlu/{config}/{split}-00000-of-00001.parquet"
            write_parquet(root / file, rows)
            write_rows(root / f"rows/cais/mmlu/{config}/{split}.jsonl", rows)
        for subject, rows in by_subject.items():
            write_csv(root / f"csv/{split}/{subject}_{split}.csv", rows)
    for split in ["test", "validation"]:
        file = f"datasets/TIGER-Lab/MMLU-Pro/data/{split}-00000-of-00001.parquet"
        write_parquet(root / file, mmlu_pro(split))
    write_japanese(root / "datasets")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
