#!/usr/bin/env python3
"""MMLU's published 5-shot prompts for bench_engine, from Hendrycks' CSV files.

    engine_prompts.py MMLU_FOLDER --subjects 12 --questions 17 > prompts.txt
"""

import argparse
import csv
import pathlib


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        found = list(csv.reader(file))
    if found[0][0] == "question":
        found = [[*row[:5], "ABCD"[int(row[5])]] for row in found[1:]]
    return found


def block(row):
    options = "".join(f"\n{letter}. {text}" for letter, text in zip("ABCD", row[1:5]))
    return f"{row[0]}{options}\nAnswer:"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--subjects", type=int, default=57)
    parser.add_argument("--questions", type=int, default=10**6)
    parser.add_argument("--shots", type=int, default=5)
    chosen = parser.parse_args()
    for path in sorted((chosen.folder / "test").glob("*.csv"))[: chosen.subjects]:
        subject = path.stem.removesuffix("_test")
        shots = rows(chosen.folder / "dev" / f"{subject}_dev.csv")[: chosen.shots]
        name = " ".join(subject.split("_"))
        start = f"The following are multiple choice questions (with answers) about  {name}.\n\n"
        start += "".join(f"{block(row)} {row[5]}\n\n" for row in shots)
        for row in rows(path)[: chosen.questions]:
            print(start + block(row), end="\n---\n")


if __name__ == "__main__":
    main()
