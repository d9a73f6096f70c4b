#!/usr/bin/env python3
"""What Proctor puts into a model and what it writes, against a llama-server.

    bench/server.py --model SmolLM2.gguf --build build/dev [--n 100] [--max-tokens 40]

The questions are those of MMLU's college_computer_science as the protocol seed_zeroshot
asks them; MMLU's csv/ is at --mmlu. Of each, the prompt's text is compared with the
server's /apply-template and its tokens with /tokenize, token by token; then the replies
at temperature 0. Where two replies part, the server says how much likelier the one token
was to it than the other: a difference of arithmetic shows as a near tie.

Needs a build with -DPROCTOR_BENCH=ON (bench_chat) and a Python with xllamacpp, whose
server is llama.cpp's own (tests/fakes/llama_server.py).
"""

import argparse
import csv
import http.client
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
SUBJECT = "college_computer_science"


def questions_of(mmlu, n):
    path = mmlu / f"csv/test/{SUBJECT}_test.csv"
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:][:n]
    for row in rows:
        options = "".join(f"{letter}. {text}\n" for letter, text in zip("ABCD", row[1:5]))
        yield ("The following are multiple-choice questions about "
               f"{SUBJECT.replace('_', ' ')}. Please answer with the letter of the correct "
               "choice (A, B, C, or D) only. Answer the letter only. Do not need Explanation."
               f"Question: {row[0]}\nChoices:\n{options}")


class Server:
    def __init__(self, python, model):
        self.process = subprocess.Popen(
            [python, ROOT / "tests/fakes/llama_server.py", "-m", model, "--port", "0",
             "-t", "1", "--ctx-size", "8192"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        self.address = line.split()[-1].removeprefix("http://")

        # What ends a reply; BOS, which a tokenizer may add, is not of it.
        self.end = self.tokens(self.post("/props")["eos_token"])[-1:]

    def post(self, path, body=None):
        connection = http.client.HTTPConnection(self.address, timeout=600)
        connection.request("POST" if body else "GET", path, json.dumps(body),
                           {"Content-Type": "application/json"})
        response = connection.getresponse()
        said = json.loads(response.read())
        connection.close()
        if response.status != 200:
            sys.exit(f"{path}: {response.status}: {said}")
        return said

    def tokens(self, text, special=True):
        said = self.post("/tokenize", {"content": text, "add_special": special,
                                       "parse_special": special})
        return said["tokens"]

    def close(self):
        self.process.terminate()
        self.process.wait()


def margin(server, prompt, written, ours):
    """Where a reply parts from the tokens that the server wrote, and how much likelier its
    own was to it, as it wrote, than ours."""
    mine = server.tokens(ours, special=False) + server.end
    at = next((i for i, (token, other) in enumerate(zip(written, mine)) if token["id"] != other),
              len(written))
    if at < len(written):
        listed, best = written[at]["top_logprobs"], written[at]["id"]
    else:  # it ended, and does not list that: what it says when it is asked once more
        said = server.post("/completion", {
            "prompt": prompt + [token["id"] for token in written], "n_predict": 1,
            "temperature": 0, "n_probs": 20, "cache_prompt": False})
        listed, best = said["completion_probabilities"][0]["top_logprobs"], server.end[0]
    known = {each["id"]: each["logprob"] for each in listed}
    both = best in known and mine[at] in known
    return at, known[best] - known[mine[at]] if both else None


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=pathlib.Path, required=True)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/bench")
    parser.add_argument("--mmlu", type=pathlib.Path, default=ROOT.parent / "shared/mmlu")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--n", type=int, default=100)
    parser.add_argument("--max-tokens", type=int, default=40)
    parser.add_argument("--exact", action="store_true")
    chosen = parser.parse_args()

    asked = list(questions_of(chosen.mmlu, chosen.n))
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write("".join(question + "\0" for question in asked))
        file.flush()
        command = [chosen.build / "bench/bench_chat", chosen.model, file.name,
                   chosen.max_tokens, *(["exact"] if chosen.exact else [])]
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                              check=False,
                              env={**os.environ, "PROCTOR_PLUGINS": str(chosen.build)})
    if done.returncode != 0:
        sys.exit(done.stderr.strip())
    ours = [json.loads(line) for line in done.stdout.splitlines()]

    server = Server(chosen.python, chosen.model)
    texts = tokens = same = 0
    parted = []
    for question, mine in zip(asked, ours):
        messages = [{"role": "user", "content": question}]
        prompt = server.post("/apply-template", {"messages": messages})["prompt"]
        theirs = server.tokens(prompt)
        texts += prompt == mine["prompt"]
        tokens += theirs == mine["tokens"]
        said = server.post("/v1/chat/completions", {
            "messages": messages, "temperature": 0, "max_tokens": chosen.max_tokens,
            "cache_prompt": False, "logprobs": True, "top_logprobs": 20})
        choice = said["choices"][0]
        if choice["message"]["content"].strip() == mine["reply"].strip():
            same += 1
        else:
            parted.append(margin(server, theirs, choice["logprobs"]["content"], mine["reply"]))
    server.close()

    n = len(asked)
    print(f"prompts equal as text: {texts} of {n}; token by token: {tokens} of {n}")
    print(f"replies equal: {same} of {n}")
    known = [nats for _, nats in parted if nats is not None]
    for at, nats in sorted(parted, key=lambda part: part[0]):
        shown = "not among the server's 20" if nats is None else f"{nats:.3f} nats"
        print(f"  part at token {at}: {shown}")
    if known:
        print(f"margins: median {statistics.median(known):.3f}, largest {max(known):.3f} nats")


if __name__ == "__main__":
    main()
