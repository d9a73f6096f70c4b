#!/usr/bin/env python3
"""Writes into replies.jsonl what each peer's own code reads, or checks it.

    tests/golden/peer_columns.py PEERS                 fills the columns of replies.jsonl
    tests/golden/peer_columns.py PEERS --check FILE    says where FILE's columns differ

A line of replies.jsonl is written with `id`, `output`, `choices` and `human` (the letter
that a careful person says the model finally chose, or null); the other columns come from
here. PEERS holds the sources of the peers, whose rules are taken out of their sources by name,
so that none of what they import is needed; Python needs numpy and PyYAML:

    github.com/EleutherAI/lm-evaluation-harness  4e7e0d47f
    github.com/openai/simple-evals               ee3b031
    github.com/TIGER-AI-Lab/MMLU-Pro             f418b11
    github.com/chigkim/Ollama-MMLU-Pro           f23ee66
    github.com/stanford-crfm/helm                63754d05d
    github.com/modelscope/evalscope              fde259d2
    pypi.org/project/inspect-ai                  0.3.285, unpacked
"""

import argparse
import ast
import json
import pathlib
import re
import string
import sys
import types
import unicodedata
import warnings

import numpy
import yaml

REPLIES = pathlib.Path(__file__).parent / "replies.jsonl"
LETTERS = string.ascii_uppercase


def rules(path, **names):
    """A source's functions, classes and constants, without what it imports."""
    names = {"re": re, "sys": sys, "np": numpy, "string": string, "unicodedata": unicodedata,
             "config": {"log": {"verbosity": 0}}, "print": lambda *_: None, **names}  # fmt: skip
    kept = (ast.FunctionDef, ast.ClassDef, ast.Assign)
    future = ast.parse("from __future__ import annotations").body
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, kept):
            try:
                exec(compile(ast.Module(future + [node], []), str(path), "exec"), names)
            except (AttributeError, NameError):  # it needs an import: no rule
                pass
    return types.SimpleNamespace(**names)


class LmEval:
    """Filters of a task's file, and the gold letter against which they score 1."""

    def __init__(self, root):
        self.root = root / "lm-evaluation-harness/lm_eval"
        self.filters = {}
        names = {"Filter": object, "register_filter": self.named}
        for file in ["extraction", "selection", "transformation"]:
            names = vars(rules(self.root / f"filters/{file}.py", **names))
        self.exact_match = rules(self.root / "api/metrics.py").exact_match_hf_evaluate
        yaml.SafeLoader.add_multi_constructor("!function", lambda *_: None)

    def named(self, name):
        return lambda kind: self.filters.setdefault(name, kind)

    def column(self, task, name, gold):
        text = (self.root / "tasks" / task).read_text(encoding="utf-8")
        task = yaml.safe_load(text)
        (steps,) = [each["filter"] for each in task["filter_list"] if each["name"] == name]
        (metric,) = task["metric_list"]
        ignored = {key: value for key, value in metric.items()
                   if key.startswith(("ignore", "regexes"))}  # fmt: skip
        golds = LETTERS[:10] if task["dataset_path"].endswith("Pro") else LETTERS[:4]

        def read(reply, choices):
            said = [[reply]]
            for step in steps:
                words = {key: value for key, value in step.items() if key != "function"}
                each = self.filters[step["function"]](**words)
                said = list(each.apply(said, [{"choices": choices}]))
            (text,) = said
            for letter in golds[: len(choices)]:
                if self.exact_match([text], [gold.format(letter)], **ignored)["exact_match"]:
                    return text, letter
            return text, None

        return read


def columns(root):
    """Column to rule; a rule of lm-evaluation-harness gives two columns."""
    lm_eval = LmEval(root)
    simple = rules(root / "simple-evals/common.py")
    pro = rules(root / "MMLU-Pro/evaluate_from_api.py")
    first = rules(root / "MMLU-Pro/evaluate_from_api.py", extract_again=None)
    ollama = rules(root / "Ollama-MMLU-Pro/run_openai.py")
    helm = rules(root / "helm/src/helm/benchmark/metrics/gpqa_chain_of_thought_metric.py",
                 Metric=object, Optional=dict, List=list, str=str)  # fmt: skip
    scope = rules(root / "evalscope/evalscope/utils/multi_choices.py")
    characters = rules(root / "inspect_ai/_util/answer.py")
    inspect = rules(root / "inspect_ai/solver/_multiple_choice.py",
                    answer_character=characters.answer_character)  # fmt: skip
    first.extract_answer.__globals__["extract_again"] = lambda text: None

    def state(reply, choices):
        return types.SimpleNamespace(
            output=types.SimpleNamespace(completion=reply), choices=choices
        )

    def one(letters):
        return next(iter(letters)) if len(letters) == 1 else None

    def simple_evals(reply, _):
        text = simple.normalize_response(reply)
        for word in simple.MULTILINGUAL_ANSWER_REGEXES:
            found = re.search(simple.MULTILINGUAL_ANSWER_PATTERN_TEMPLATE.format(word), text)
            if found:
                return simple.normalize_extracted_answer(found.group(1))
        return None

    zero, few = [f"mmlu/flan_cot_{n}shot/_mmlu_flan_cot_{n}shot_template_yaml"
                 for n in ["zero", "few"]]  # fmt: skip
    generative = "mmlu/generative/_default_template_yaml"
    llama = "llama3/instruct/mmlu/_continuation_template_yaml"
    mmlu_pro = "mmlu_pro/_default_template_yaml"
    return {
        "seed_rule": lambda reply, _: reply.strip()[:1].upper(),
        "lm_eval_strict": lm_eval.column(zero, "strict-match", "({})"),
        "lm_eval_flexible": lm_eval.column(zero, "flexible-extract", "({})"),
        "lm_eval_generative": lm_eval.column(generative, "get_response", "{}"),
        "lm_eval_llama": lm_eval.column(llama, "strict_match", "{}."),
        "lm_eval_flan_cot_fewshot": lm_eval.column(few, "get-answer", "({})"),
        "lm_eval_mmlu_pro": lm_eval.column(mmlu_pro, "custom-extract", "{}"),
        "simple_evals": simple_evals,
        "mmlu_pro_first_rule": lambda reply, _: first.extract_answer(reply),
        "mmlu_pro_cascade": lambda reply, _: pro.extract_answer(reply),
        "mmlu_pro_cascade_api": lambda reply, _: pro.extract_answer(reply.replace("**", "")),
        "ollama_mmlu_pro": lambda reply, _: ollama.extract_answer(reply.strip()),
        "helm_gpqa_cot": lambda reply, _: helm.extract_answer(reply),
        "helm_joint": lambda reply, choices: (
            reply.strip() if reply.strip() in list(LETTERS[: len(choices)]) else None
        ),
        "evalscope": lambda reply, choices: one(scope.parse_answers(state(reply, choices))),
        "inspect": lambda reply, choices: one(inspect.parse_answers(state(reply, choices), False)),
    }  # fmt: skip


def read_by_all(line, all_columns):
    read = {}
    for name, rule in all_columns.items():
        found = rule(line["output"], line["choices"])
        if name.startswith("lm_eval"):
            found, read[name + "_scores_as"] = found
        read[name] = found
    return read


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("peers", type=pathlib.Path)
    parser.add_argument("--check", type=pathlib.Path)
    args = parser.parse_args()
    warnings.simplefilter("ignore")  # the peers' own
    file = args.check or REPLIES
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line]
    all_columns = columns(args.peers)
    differ = 0
    for line in lines:
        for name, value in sorted(read_by_all(line, all_columns).items()):
            if not args.check:
                line[name] = value
            elif name in line and line[name] != value:
                differ += 1
                print(f"{line['id']}: {name}: {line[name]!r}, by the peer {value!r}")
    if args.check:
        print(f"{len(lines)} lines compared, {differ} values differ")
        return 1 if differ else 0
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    file.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
