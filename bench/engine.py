#!/usr/bin/env python3
"""What the embedded engine gains, and that it gains it without changing an answer.

    cmake --preset bench && cmake --build --preset bench --target bench

or, once it is built, one part of it:

    build/venv/bin/python bench/engine.py speed --mmlu MMLU [--rounds 3]

Python needs numpy, gguf and xllamacpp. MMLU is a folder with MMLU's csv/ (test and dev). The parts: `whole` asks all questions of
the test set in one run that is killed on the way; `speed` and `exact` compare the ways to
score 200 questions of 12 subjects; `rate` sets the letters beside llama.cpp alone; `write`
the seed's replies beside a llama-server's; `agree` compares what both say. The server is
tests/fakes/llama_server.py, llama.cpp's own one. Times are CPU seconds, one thread each.
"""

import argparse
import concurrent.futures
import csv
import http.client
import json
import os
import pathlib
import resource
import sqlite3
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
FAKES = ROOT / "tests/fakes"
LETTERS = "ABCD"
TICKS = os.sysconf("SC_CLK_TCK")


# ---- The questions and the models ---------------------------------------------------


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return [[*row[:5], LETTERS[int(row[5])]] for row in list(csv.reader(file))[1:]]


def block(row):
    options = "".join(f"\n{letter}. {text}" for letter, text in zip(LETTERS, row[1:5]))
    return f"{row[0]}{options}\nAnswer:"


def subjects_of(mmlu):
    """12 of the 57, evenly spread."""
    names = [path.stem.removesuffix("_test") for path in sorted((mmlu / "csv/test").glob("*"))]
    return names[::5][:12]


def how_many(place, questions=200):
    """Of the subject at this place: 200, or 500, of 12."""
    return questions // 12 + (place % 3 != 0)


def prompts_of(mmlu, questions=200, examples=5):
    """Prompts of 12 subjects, as the protocol mmlu has them."""
    prompts = []
    for place, subject in enumerate(subjects_of(mmlu)):
        shots = rows(mmlu / f"csv/dev/{subject}_dev.csv")[:examples]
        start = "The following are multiple choice questions (with answers) about  "
        start += " ".join(subject.split("_")) + ".\n\n"
        start += "".join(f"{block(row)} {row[5]}\n\n" for row in shots)
        for row in rows(mmlu / f"csv/test/{subject}_test.csv")[: how_many(place, questions)]:
            prompts.append(start + block(row))
    assert len(prompts) == questions
    return prompts


def exam_of(mmlu, work):
    """The same 200 questions and their examples as a folder that proctor reads."""
    folder = work / "mmlu-200"
    for place, subject in enumerate(subjects_of(mmlu)):
        for split, count in [("dev", 5), ("test", how_many(place))]:
            name = f"{split}/{subject}_{split}.csv"
            with open(mmlu / "csv" / name, newline="", encoding="utf-8") as file:
                kept = list(csv.reader(file))[: 1 + count]
            (folder / split).mkdir(parents=True, exist_ok=True)
            with open(folder / name, "w", newline="", encoding="utf-8") as file:
                csv.writer(file, lineterminator="\n").writerows(kept)
    return folder


def model_of(work, size, kind, mmlu):
    """A model with random weights and a vocabulary of MMLU's own words."""
    path = work / f"{size}-{kind}.gguf"
    if not path.exists():
        made = path.with_suffix(".part")
        command = [sys.executable, FAKES / "make_tiny_gguf.py", made, "--size", size]
        command += ["--type", kind, "--text", mmlu / "csv", "--context", "8192"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        made.rename(path)
    return path


# ---- The contenders -----------------------------------------------------------------


def cpu_seconds_of(place):
    """Of a process or thread in /proc; nothing where it is gone."""
    try:
        fields = (place / "stat").read_text().rsplit(")")[1]
    except OSError:
        return 0
    return sum(map(int, fields.split()[11:13])) / TICKS


class Server:
    """llama.cpp's server with one slot and one thread."""

    def __init__(self, model, *options):
        self.process = subprocess.Popen(
            [sys.executable, FAKES / "llama_server.py", "-m", model, "--port", "0"]
            + ["--parallel", "1", "--ctx-size", "8192", "-t", "1", *options],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        self.url = self.process.stdout.readline().split()[-1]
        self.link = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=600)
        self.post({"prompt": "warm", "n_predict": 1})

    def post(self, body):
        self.link.request("POST", "/completion", json.dumps(body),
                          {"Content-Type": "application/json"})
        answer = self.link.getresponse()
        text = answer.read()
        self.link.close()  # the server ends a connection that is idle
        assert answer.status == 200, text
        return json.loads(text)

    def cpu_seconds(self):
        return cpu_seconds_of(pathlib.Path(f"/proc/{self.process.pid}"))

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def asked_by_proctor(chosen, model):
    """CPU seconds of the server for `proctor run llama` with letters, and the tokens it
    computed: it has one slot, and keeps what the last prompt began with."""
    exam, store = exam_of(chosen.mmlu, chosen.work), fresh(chosen.work, "server.db")
    server = Server(model)
    before = server.cpu_seconds()
    done = subprocess.run(
        [chosen.build / "proctor", "run", "--type", "llama", "--base-url", server.url,
         "--dataset", exam, "--subject", "all", "--protocol", "mmlu", "--concurrency", "1",
         "--store", store, "--json", "--quiet"], check=True, stdout=subprocess.PIPE)
    spent = server.cpu_seconds() - before
    server.stop()
    with sqlite3.connect(store) as file:
        decoded = sum(json.loads(body)["timings"]["prompt_n"]
                      for (body,) in file.execute("SELECT response FROM attempt"))
    return {"n": json.loads(done.stdout)["n"], "cpu_s": spent, "decoded": decoded}


def four_whole(model, prompts):
    """lm-eval's way with a server: a whole request for each of the four letters."""
    server = Server(model)
    before, decoded = server.cpu_seconds(), 0
    for prompt in prompts:
        for letter in LETTERS:
            body = {"prompt": f"{prompt} {letter}", "n_predict": 1, "n_probs": 10,
                    "temperature": 0, "cache_prompt": False}
            decoded += server.post(body)["timings"]["prompt_n"]
    spent = server.cpu_seconds() - before
    server.stop()
    return {"n": len(prompts), "cpu_s": spent, "decoded": decoded}


def fresh(work, name):
    """The path of a store that is not there yet."""
    for file in work.glob(f"{name}*"):
        file.unlink()
    return work / name


def engine(chosen, model, prompts, mode):
    file = chosen.work / f"prompts-{mode}"
    file.write_bytes(b"".join(prompt.encode() + b"\0" for prompt in prompts))
    command = [chosen.build / "bench/bench_engine", model, file, mode]
    plugins = {**os.environ, "PROCTOR_PLUGINS": str(chosen.build)}
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=plugins)
    return json.loads(done.stdout)


# ---- The parts ----------------------------------------------------------------------


def table(title, head, lines):
    print(f"\n### {title}\n\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for line in lines:
        print(f"| {' | '.join(map(str, line))} |")
    sys.stdout.flush()


def in_turn(ways, rounds):
    """What each way gave, by name: every round asks all of them, in an order that turns."""
    taken = {name: [] for name in ways}
    for turn in range(rounds):
        for name in sorted(ways, reverse=turn % 2 == 1):
            taken[name].append(ways[name]())
            print(f"{name}: {taken[name][-1]['cpu_s']:.2f} CPU s", file=sys.stderr)
    return taken


def decodes_little(way):
    return "whole" not in way


def speed(chosen):
    model = chosen.model or model_of(chosen.work, chosen.size, chosen.kind, chosen.mmlu)
    prompts = prompts_of(chosen.mmlu)
    ways = {
        "prefix shared (the default)": lambda: engine(chosen, model, prompts, "shared"),
        "naive: every prompt whole": lambda: engine(chosen, model, prompts, "naive"),
        "proctor run llama: a llama-server with 1 slot": lambda: asked_by_proctor(chosen, model),
        "llama-server, four whole requests (lm-eval's way)": lambda: four_whole(
            model, prompts[:: chosen.four_every]),
    }
    taken = {name: [] for name in ways}
    turns = [(name, run) for turn in range(chosen.rounds) for name, run in ways.items()
             if turn < chosen.slow_rounds or decodes_little(name)]
    # In turn, so that a busy moment hits all alike; or all at once.
    with concurrent.futures.ThreadPoolExecutor(chosen.at_once) as pool:
        for (name, _), result in zip(turns, pool.map(lambda each: each[1](), turns)):
            taken[name].append(result)
            print(f"{name}: {result['cpu_s']:.2f} CPU s", file=sys.stderr)
    ours = statistics.median(run["cpu_s"] for run in taken["prefix shared (the default)"])
    ours /= len(prompts)
    lines = []
    for name, runs in taken.items():
        if not runs:  # --slow-rounds 0
            continue
        times = [run["cpu_s"] for run in runs]
        middle = statistics.median(times)
        lines.append([name, runs[0]["n"], runs[0]["decoded"], f"{middle:.2f}",
                      f"{min(times):.2f}-{max(times):.2f} ({len(times)})",
                      f"{runs[0]['n'] / middle:.2f}", f"{middle / runs[0]['n'] / ours:.2f}"])
    table(f"Speed: {len(prompts)} questions of 12 subjects, 5 examples, {model.name}",
          ["way", "n", "tokens computed", "CPU s, median", "from-to (runs)",
           "questions a CPU s", "CPU s a question, times ours"], lines)


def exact(chosen):
    model = chosen.model or model_of(chosen.work, chosen.size, chosen.kind, chosen.mmlu)
    prompts = prompts_of(chosen.mmlu, chosen.questions, chosen.examples)
    modes = ["exact", "exact-naive"] if chosen.only_exact else ENGINE_MODES
    with concurrent.futures.ThreadPoolExecutor(chosen.at_once) as pool:
        results = pool.map(lambda mode: engine(chosen, model, prompts, mode)["scores"], modes)
        scores = dict(zip(modes, results))
    lines = []
    for mine, other in [("exact", "exact-naive"), ("shared", "naive"), ("shared", "exact")]:
        if other not in scores or mine not in scores:
            continue
        pairs = list(zip(scores[mine], scores[other]))
        far = max(abs(a - b) for one, two in pairs for a, b in zip(one, two))
        changed = sum(one.index(max(one)) != two.index(max(two)) for one, two in pairs)
        same = sum(one == two for one, two in pairs)
        lines.append([f"{mine} against {other}", len(pairs), f"{far:.6f}", same, changed])
    table(f"The same scores: 4 letters of {len(prompts)} questions, {model.name}",
          ["modes", "n", "largest difference", "questions equal to the bit",
           "answers changed"], lines)


def rate(chosen):
    """Letters against llama.cpp's own rate on the same tokens at the same positions, in
    pairs whose order turns."""
    model = chosen.model or model_of(chosen.work, chosen.size, chosen.kind, chosen.mmlu)
    prompts = prompts_of(chosen.mmlu)[: chosen.first]
    where = subprocess.run([ROOT / "tools/get-llama", "--python"], check=True,
                           stdout=subprocess.PIPE, text=True).stdout.strip()
    file = chosen.work / "prompts-rate"
    file.write_bytes(b"".join(prompt.encode() + b"\0" for prompt in prompts))

    def bare():
        done = subprocess.run([where, ROOT / "bench/llama_rate.py", model, file], check=True,
                              stdout=subprocess.PIPE)
        return json.loads(done.stdout)

    ways = {"letters": lambda: engine(chosen, model, prompts, "shared"), "llama.cpp alone": bare}
    taken = in_turn(ways, chosen.rounds)
    rates = {name: [run["decoded"] / run["cpu_s"] for run in runs] for name, runs in taken.items()}
    shares = [100 * ours / theirs for ours, theirs in zip(*rates.values())]
    lines = [[name, taken[name][0]["n"], taken[name][0]["decoded"],
              f"{statistics.median(each):.1f}", f"{min(each):.1f}-{max(each):.1f} ({len(each)})"]
             for name, each in rates.items()]
    lines.append(["letters, % of llama.cpp, in pairs", "", "", f"{statistics.median(shares):.1f}",
                  f"{min(shares):.1f}-{max(shares):.1f} ({len(shares)})"])
    table(f"Prompt rate: {model.name}",
          ["way", "n", "tokens computed", "tokens a CPU s, median", "from-to (runs)"], lines)


def write(chosen):
    """The seed's replies by the engine, which writes up to 8 at once, and by llama-servers with
    1, 4 and 8 slots, or others. Counted are the engine's thread and the server's process: loading
    is in neither, nor is who asks."""
    model = chosen.model or model_of(chosen.work, chosen.size, chosen.kind, chosen.mmlu)

    def asking(store, *to):
        return [chosen.build / "proctor", "run", *to, "--dataset", chosen.mmlu / "csv", "--subject",
                "college_computer_science", "--limit", str(chosen.first), "--protocol", "seed",
                "--temperature", "0", "--max-tokens", str(chosen.tokens), "--store", store,
                "--json", "--quiet"]

    def told(output, store, cpu_s):
        said = json.loads(output)
        with sqlite3.connect(store) as file:
            answers = [json.loads(text) for (text,) in file.execute("SELECT response FROM attempt")]
        computed = sum(each["tokens"]["decoded"] if "tokens" in each else
                       each["timings"]["prompt_n"] + each["timings"]["predicted_n"] - 1
                       for each in answers)
        return {"n": said["n"], "tokens": said["tokens"]["reply"], "computed": computed,
                "cpu_s": cpu_s}

    def ours():
        # A server takes chatml for a model without a template.
        template = ["--chat-template", chosen.chat_template] if chosen.chat_template else []
        store = fresh(chosen.work, "write.db")
        spent = {}
        with subprocess.Popen(asking(store, model, "--threads", "1", *template),
                              stdout=subprocess.PIPE) as process:
            while process.poll() is None:  # the main thread loads, asks and tells
                for task in pathlib.Path(f"/proc/{process.pid}/task").glob("*"):
                    if task.name != str(process.pid):
                        spent[task.name] = cpu_seconds_of(task) or spent.get(task.name, 0)
                time.sleep(0.05)
            output = process.stdout.read()
        assert process.returncode == 0
        return told(output, store, sum(spent.values()))

    def theirs(slots):
        server = Server(model, "--parallel", str(slots))
        store = fresh(chosen.work, "write.db")
        before = server.cpu_seconds()
        done = subprocess.run(
            asking(store, "--type", "llama", "--base-url", server.url, "--concurrency", str(slots)),
            check=True, stdout=subprocess.PIPE)
        spent = server.cpu_seconds() - before
        server.stop()
        return told(done.stdout, store, spent)

    ways = {"proctor run MODEL.gguf": ours}
    for slots in chosen.slots:
        ways[f"llama-server, slots: {slots}"] = lambda slots=slots: theirs(slots)
    taken = in_turn(ways, chosen.rounds)
    first = statistics.median(run["cpu_s"] for run in next(iter(taken.values())))
    lines = []
    for name, runs in taken.items():
        times = [run["cpu_s"] for run in runs]
        middle = statistics.median(times)
        written, computed = (statistics.median(run[key] for run in runs)
                             for key in ["tokens", "computed"])
        each = [1000 * run["cpu_s"] / run["computed"] for run in runs]
        lines.append([name, runs[0]["n"], f"{written:.0f}", f"{computed:.0f}", f"{middle:.2f}",
                      f"{min(times):.2f}-{max(times):.2f} ({len(times)})", f"{middle / first:.2f}",
                      f"{statistics.median(each):.2f}"])
    table(f"Replies of at most {chosen.tokens} tokens, {model.name}",
          ["way", "n", "tokens written", "tokens computed", "CPU s, median", "from-to (runs)",
           "times ours", "CPU ms a token computed"], lines)


def answered(store):
    try:
        with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as file:
            return file.execute("SELECT count(*) FROM result").fetchone()[0]
    except sqlite3.OperationalError:  # not made yet
        return 0


def whole(chosen):
    model = chosen.model or model_of(chosen.work, chosen.size, chosen.kind, chosen.mmlu)
    store = fresh(chosen.work, "whole.db")
    command = [chosen.build / "proctor", "run", model, "--dataset", chosen.mmlu / "csv"]
    command += ["--subject", "all", "--protocol", "mmlu", "--threads", "1", "--json"]
    command += ["--store", store]
    print(" ".join(map(str, command)), file=sys.stderr)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    reused = 0
    if not chosen.uninterrupted:
        with subprocess.Popen(command, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as first:
            while first.poll() is None and answered(store) < 7000:
                time.sleep(0.2)
            first.kill()
        reused = answered(store)
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    run = json.loads(done.stdout)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = sum(getattr(after, key) - getattr(before, key) for key in ["ru_utime", "ru_stime"])
    with sqlite3.connect(store) as file:
        stored = sum(json.loads(body)["tokens"]["decoded"] for (body,) in file.execute(
            "SELECT a.response FROM result r JOIN attempt a ON a.id = r.attempt"))
        often = file.execute("SELECT max(n) FROM (SELECT count(*) AS n FROM attempt"
                             " GROUP BY ordinal)").fetchone()[0]
    tokens = run["tokens"]
    assert run["reused"] == reused and tokens["decoded"] == stored
    low, high = run["ci95"]
    table(f"All questions of MMLU's test set, 5 examples, {model.name}", ["", ""], [
        ["questions answered", f"{run['n']} of {run['planned']}"],
        ["of them before kill -9", reused],
        ["attempts at one question, at most", often],
        ["complete; failed", f"{run['complete']}; {run['ledger']['failed']}"],
        ["accuracy (random weights)",
         f"{run['accuracy']:.4f}, 95 % interval {low:.4f}-{high:.4f}"],
        ["tokens.prompt", tokens["prompt"]],
        ["tokens.decoded (the sum over the stored attempts is the same)", tokens["decoded"]],
        ["prompt / decoded", f"{tokens['prompt'] / tokens['decoded']:.2f}"],
        ["CPU s, whole process; s", f"{spent:.0f}; {time.monotonic() - began:.0f}"],
        ["questions a CPU s", f"{run['n'] / spent:.1f}"],
    ])


def texts(store):
    """By question: the reply, and what was put in."""
    with sqlite3.connect(store) as file:
        return {ordinal: (text, request) for ordinal, text, request in file.execute(
            "SELECT r.ordinal, a.text, a.request FROM result r"
            " JOIN attempt a ON a.id = r.attempt")}


def replies(chosen, server, model, protocol):
    """The replies of 200 questions from the engine and from the server, and the prompts."""
    found = []
    for name, target in [("engine", [model, "--threads", "1"]),
                         ("server", ["llama", "--base-url", server.url, "--concurrency", "1"])]:
        store = fresh(chosen.work, f"agree-{protocol}-{name}.db")
        subprocess.run(
            [chosen.build / "proctor", "run", *target, "--dataset", chosen.mmlu / "csv",
             "--subject", ",".join(subjects_of(chosen.mmlu)), "--limit", "17", "--protocol",
             protocol, "--max-tokens", "12", "--temperature", "0", "--store", store, "--quiet"],
            check=True, stdout=subprocess.DEVNULL)
        found.append(texts(store))
    assert found[0].keys() == found[1].keys()
    return [(found[0][key][0], found[1][key][0], json.loads(found[0][key][1])["prompt"])
            for key in found[0]]


def parting(server, ours, prompt):
    """Where our reply leaves the server's: how much likelier its token is there than the
    next, and whether ours is that next one. Nothing where they do not part."""
    body = {"prompt": prompt, "n_predict": 12, "n_probs": 10, "temperature": 0}
    rest = ours.encode()
    for place in server.post(body)["completion_probabilities"]:
        token = bytes(place["bytes"])
        if rest.startswith(token):
            rest = rest[len(token):]
            continue
        first, second = place["top_logprobs"][:2]
        return (first["logprob"] - second["logprob"], rest.startswith(bytes(second["bytes"])))
    return None


def agree(chosen):
    model = chosen.model or model_of(chosen.work, chosen.size, chosen.kind, chosen.mmlu)
    server = Server(model)
    lines = []
    for title, protocol in [("text, raw prompt", "lmeval_mmlu_generative"),
                            ("text, chat", "seed")]:
        pairs = replies(chosen, server, model, protocol)
        # The limit cuts characters of several bytes; the server may put U+FFFD there.
        same = sum(ours.rstrip("\ufffd") == theirs.rstrip("\ufffd")
                   for ours, theirs, _ in pairs)
        equal = sum(ours == theirs for ours, theirs, _ in pairs)
        parted = [parting(server, ours, prompt) for ours, theirs, prompt in pairs
                  if ours.rstrip("\ufffd") != theirs.rstrip("\ufffd")]
        gaps = [f"{gap:.4f}" for gap, _ in filter(None, parted)]
        lines.append([title, len(pairs), f"{same} the same ({100 * same / len(pairs):.1f} %)",
                      f"{equal} with a cut last character as well; where they part the two"
                      f" likeliest tokens are {', '.join(gaps)} apart, and ours is the second in"
                      f" {sum(second for _, second in filter(None, parted))} of {len(parted)}"])
    prompts = prompts_of(chosen.mmlu)
    ours = engine(chosen, model, prompts, "shared")["scores"]
    far, changed, missing = [], 0, 0
    for prompt, mine in zip(prompts, ours):
        # A token that is no whole character would be told without its probabilities.
        body = {"prompt": prompt, "n_predict": 1, "n_probs": 8192, "temperature": 0,
                "grammar": 'root ::= " A"'}
        first = server.post(body)["completion_probabilities"][0]
        theirs = {each["token"]: each["logprob"] for each in first["top_logprobs"]}
        row = [theirs.get(f" {letter}") for letter in LETTERS]
        missing += row.count(None)
        if None in row:
            continue
        far.append(max(abs(a - b) for a, b in zip(mine, row)))
        changed += mine.index(max(mine)) != row.index(max(row))
    server.stop()
    lines.append(["letters' log-probabilities", len(far),
                  f"median of the largest difference {statistics.median(far):.4f},"
                  f" largest {max(far):.4f}",
                  f"{changed} answers changed, {missing} letters not told"])
    table(f"The engine and llama-server, temperature 0, {model.name}",
          ["compared", "n", "outcome", ""], lines)


ENGINE_MODES = ["shared", "naive", "exact", "exact-naive"]
PARTS = {"exact": exact, "agree": agree, "speed": speed, "rate": rate, "write": write,
         "whole": whole}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", nargs="*", help=f"{', '.join(PARTS)}; all unless named")
    parser.add_argument("--mmlu", type=pathlib.Path, default=ROOT.parent / "shared/mmlu")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/bench")
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build/bench/work")
    parser.add_argument("--model", type=pathlib.Path, help="another GGUF than the random one")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--slow-rounds", type=int, default=1, help="of the ways without sharing")
    parser.add_argument("--four-every", type=int, default=1, help="four requests: each Nth prompt")
    parser.add_argument("--slots", type=int, nargs="+", default=[1, 4, 8], help="write: servers'")
    parser.add_argument("--tokens", type=int, default=40, help="write: of a reply, at most")
    parser.add_argument("--chat-template", help="write: of ours")
    parser.add_argument("--first", type=int, default=30, help="rate, write: of the questions")
    parser.add_argument("--size", default="bench", help="of the random model: nano, tiny, bench")
    parser.add_argument("--kind", default="f16", help="of its weights: f32, f16, q8_0")
    parser.add_argument("--at-once", type=int, default=1, help="ways to measure at a time")
    parser.add_argument("--questions", type=int, default=200, help="exact: 200 or 500")
    parser.add_argument("--examples", type=int, default=5, help="exact: of each question")
    parser.add_argument("--only-exact", action="store_true", help="exact: of --exact alone")
    parser.add_argument("--uninterrupted", action="store_true", help="whole: without kill -9")
    chosen = parser.parse_args()
    chosen.work.mkdir(parents=True, exist_ok=True)
    unknown = set(chosen.part) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    for part in chosen.part or PARTS:
        PARTS[part](chosen)


if __name__ == "__main__":
    main()
