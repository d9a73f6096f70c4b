#!/usr/bin/env python3
"""How far each way of computing is from the model's own numbers.

    cmake --preset bench && cmake --build --preset bench --target proctor bench_engine
    build/venv/bin/python bench/precision.py MODEL.gguf [--mmlu MMLU] [--ways server,shared]

The letters of the 200 questions of bench/engine.py (12 subjects of MMLU, five examples, the
protocol mmlu) by an independent forward pass in float32 over the dequantised weights, and
by every way that the engine and a llama-server have. Told of each: the largest difference
of a question's four log-probabilities, in nats, its median and maximum; how far the distance
of the two likeliest letters is off, at most in 95 % and in all questions; letters changed;
right ones. f32 and f32-exact are over a file of the same weights in float32, which is what
--precision f32 computes with.

The forward pass knows the architectures llama and gemma3. It needs numpy and gguf, and
takes the tokens from a llama-server (xllamacpp), one thread each. What it has computed is kept
in --work. --check N computes N questions in float64, too.
"""

import argparse
import http.client
import json
import pathlib
import statistics
import sys

import engine
import gguf
import numpy

# ---- The forward pass ---------------------------------------------------------------


class Model:
    """A GGUF file's weights, dequantised, and what its architecture does with them."""

    def __init__(self, path, kind):
        reader = gguf.GGUFReader(path)
        self.kind = kind
        self.weights = {each.name: gguf.quants.dequantize(each.data, each.tensor_type).astype(kind)
                        for each in reader.tensors}
        self.architecture = reader.fields["general.architecture"].contents()
        if self.architecture not in ("llama", "gemma3"):
            sys.exit(f"{path}: {self.architecture} is no architecture that this knows")
        if any("rope.scaling" in key for key in reader.fields) or "rope_freqs.weight" in self.weights:
            sys.exit(f"{path}: stretches its positions, which this does not know")
        self.is_gemma = self.architecture == "gemma3"

        def of(key, default=None):
            field = reader.fields.get(f"{self.architecture}.{key}")
            return default if field is None else field.contents()

        self.layers = of("block_count")
        self.width = of("embedding_length")
        self.heads = of("attention.head_count")
        self.groups = of("attention.head_count_kv")
        self.depth = of("attention.key_length", self.width // self.heads)
        self.epsilon = of("attention.layer_norm_rms_epsilon")
        self.base = of("rope.freq_base", 10000.0)
        self.window = of("attention.sliding_window", 0)

    def norm(self, x, name):
        mean = numpy.mean(numpy.square(x), axis=-1, keepdims=True)
        return x / numpy.sqrt(mean + self.kind(self.epsilon)) * self.weights[name]

    def is_local(self, layer):
        """gemma3: five layers that see a window, then one that sees all."""
        return self.is_gemma and (layer + 1) % 6 != 0

    def rotated(self, x, positions, layer):
        """x: token, head, depth. llama's pairs lie side by side, gemma's in two halves."""
        half = self.depth // 2
        base = 10000.0 if self.is_local(layer) else self.base
        angles = positions[:, None] * base ** (-numpy.arange(half) / half)  # in float64
        cos, sin = (f(angles).astype(self.kind)[:, None, :] for f in (numpy.cos, numpy.sin))
        out = numpy.empty_like(x)
        if self.is_gemma:
            places = numpy.s_[..., :half], numpy.s_[..., half:]
        else:
            places = numpy.s_[..., 0::2], numpy.s_[..., 1::2]
        a, b = x[places[0]], x[places[1]]
        out[places[0]], out[places[1]] = a * cos - b * sin, a * sin + b * cos
        return out

    def attention(self, x, layer, cache, positions):
        block = f"blk.{layer}.attn_"
        count = len(x)

        def heads_of(name, number):
            return (x @ self.weights[f"{block}{name}.weight"].T).reshape(count, number, self.depth)

        q, k, v = heads_of("q", self.heads), heads_of("k", self.groups), heads_of("v", self.groups)
        if self.is_gemma:
            q, k = self.norm(q, f"{block}q_norm.weight"), self.norm(k, f"{block}k_norm.weight")
        q, k = self.rotated(q, positions, layer), self.rotated(k, positions, layer)
        if layer in cache:
            k, v = (numpy.concatenate(pair) for pair in zip(cache[layer], (k, v)))
        cache[layer] = k, v
        apart = positions[:, None] - numpy.arange(len(k))[None, :]
        hidden = (apart < 0) | ((apart >= self.window) if self.is_local(layer) else False)
        out = numpy.empty((count, self.heads, self.depth), self.kind)
        for head in range(self.heads):
            group = head // (self.heads // self.groups)
            scores = q[:, head] @ k[:, group].T / self.kind(self.depth**0.5)
            scores[hidden] = -numpy.inf
            scores = numpy.exp(scores - scores.max(axis=-1, keepdims=True))
            out[:, head] = scores / scores.sum(axis=-1, keepdims=True) @ v[:, group]
        return out.reshape(count, -1) @ self.weights[f"{block}output.weight"].T

    def forward(self, tokens, cache, start):
        """The logits after the last of the tokens, which begin at `start`; `cache` grows."""
        positions = numpy.arange(start, start + len(tokens))
        x = self.weights["token_embd.weight"][tokens]
        if self.is_gemma:
            x = x * self.kind(self.width**0.5)
        for layer in range(self.layers):
            block = f"blk.{layer}."
            y = self.attention(self.norm(x, f"{block}attn_norm.weight"), layer, cache, positions)
            x = x + (self.norm(y, f"{block}post_attention_norm.weight") if self.is_gemma else y)
            y = self.norm(x, f"{block}ffn_norm.weight")
            gate, up = (y @ self.weights[f"{block}ffn_{name}.weight"].T for name in ("gate", "up"))
            if self.is_gemma:  # GELU by tanh
                inner = self.kind((2 / numpy.pi) ** 0.5) * (gate + self.kind(0.044715) * gate**3)
                gate = self.kind(0.5) * gate * (1 + numpy.tanh(inner))
            else:
                gate = gate / (1 + numpy.exp(-gate))
            y = (gate * up) @ self.weights[f"{block}ffn_down.weight"].T
            x = x + (self.norm(y, f"{block}post_ffw_norm.weight") if self.is_gemma else y)
        last = self.norm(x[-1], "output_norm.weight")
        head = self.weights.get("output.weight", self.weights["token_embd.weight"])
        return (head @ last).astype(numpy.float64)


def letters_of(model, prompts, letters):
    """The letters' log-probabilities after each prompt. What a prompt shares with the one
    before it is not computed again: the same numbers but for float32's own rounding."""
    scores, before, cache = [], [], {}
    for place, tokens in enumerate(prompts):
        same = 0
        while same < min(len(before), len(tokens) - 1) and before[same] == tokens[same]:
            same += 1
        cache = {layer: (k[:same], v[:same]) for layer, (k, v) in cache.items()} if same else {}
        logits = model.forward(tokens[same:], cache, same)
        top = logits.max()
        sum_of_all = top + numpy.log(numpy.exp(logits - top).sum())
        scores.append([float(logits[letter] - sum_of_all) for letter in letters])
        before = tokens
        print(f"\r{place + 1} of {len(prompts)}", end="", file=sys.stderr)
    print(file=sys.stderr)
    return scores


def in_float32(path, out):
    """The same model, each weight dequantised: what no kernel rounds on its way in."""
    if out.exists():
        return out
    reader = gguf.GGUFReader(path)
    part = out.with_suffix(".part")
    writer = gguf.GGUFWriter(part, reader.fields["general.architecture"].contents())
    for name, field in reader.fields.items():
        if name.startswith("GGUF.") or name in ("general.architecture", "general.file_type"):
            continue
        kind = field.types[0]
        items = field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(name, field.contents(), kind, sub_type=items)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    for tensor in reader.tensors:
        whole = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
        writer.add_tensor(tensor.name, whole.astype(numpy.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    part.rename(out)
    return out


# ---- The ways -----------------------------------------------------------------------

WAYS = ["server", "shared", "exact", "f32", "f32-exact", "naive"]


def kept(path, make):
    """What was computed before, or now."""
    if not path.exists():
        path.write_text(json.dumps(make()))
    return json.loads(path.read_text())


def asked(server, place, body):
    link = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=600)
    link.request("POST", place, json.dumps(body), {"Content-Type": "application/json"})
    answer = link.getresponse()
    text = answer.read()
    link.close()
    assert answer.status == 200, text
    return json.loads(text)


def tokens_of(server, prompts):
    """The prompts' tokens and the letters', where a letter is one token behind each."""
    def of(text):
        return asked(server, "/tokenize", {"content": text, "add_special": True,
                                           "parse_special": False})["tokens"]

    whole = [of(prompt) for prompt in prompts]
    letters = [of(f"{prompts[0]} {letter}")[-1] for letter in engine.LETTERS]
    for prompt, tokens in zip(prompts, whole):
        assert of(f"{prompt} A") == [*tokens, letters[0]]
    return whole, letters


def by_server(server, prompts, letters):
    """Of a llama-server with one slot, which keeps its last prompt."""
    scores = []
    for prompt in prompts:
        body = {"prompt": prompt, "n_predict": 1, "n_probs": 3000, "temperature": 0,
                "cache_prompt": True}
        first = asked(server, "/completion", body)["completion_probabilities"][0]
        theirs = {each["id"]: each["logprob"] for each in first["top_logprobs"]}
        scores.append([theirs.get(letter, numpy.nan) for letter in letters])
    return scores


def measure(chosen, work):
    prompts = engine.prompts_of(chosen.mmlu)[: chosen.limit]
    server = engine.Server(chosen.model)
    tokens, letters = tokens_of(server, prompts)
    ways = {}
    if "server" in chosen.ways:
        ways["llama-server, one slot"] = kept(
            work / "server.json", lambda: by_server(server, prompts, letters))
    server.stop()
    reference = kept(work / "reference.json", lambda: letters_of(
        Model(chosen.model, numpy.float32), tokens, letters))
    if chosen.check:
        some = slice(None, None, max(1, len(prompts) // chosen.check))
        exact = letters_of(Model(chosen.model, numpy.float64), tokens[some], letters)
        far = numpy.abs(numpy.array(exact) - numpy.array(reference[some])).max()
        print(f"float32 against float64, {len(exact)} questions: at most {far:.1e} nats apart")

    runs = {"shared": ("the default: beginnings shared", chosen.model, "shared"),
            "exact": ("`--exact`", chosen.model, "exact"),
            "naive": ("naive: every prompt whole", chosen.model, "naive")}
    if {"f32", "f32-exact"} & set(chosen.ways):
        file = in_float32(chosen.model, work / "f32.gguf")
        runs["f32"] = ("`--precision f32`", file, "shared")
        runs["f32-exact"] = ("`--precision f32 --exact`", file, "exact")
    costs = {}
    chosen.work = work
    for way in chosen.ways:
        if way not in runs:
            continue
        name, file, mode = runs[way]
        result = kept(work / f"{file.stem}-{mode}.json",
                      lambda: engine.engine(chosen, file, prompts, mode))
        ways[name] = result["scores"]
        costs[name] = result["cpu_s"]
    return prompts, reference, ways, costs


def lead_error(scores, reference):
    first, second = sorted(range(4), key=lambda i: -reference[i])[:2]
    return abs((scores[first] - scores[second]) - (reference[first] - reference[second]))


def keys_of(mmlu):
    return [row[5] for place, subject in enumerate(engine.subjects_of(mmlu))
            for row in engine.rows(mmlu / f"csv/test/{subject}_test.csv")[: engine.how_many(place)]]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--mmlu", type=pathlib.Path, default=engine.ROOT.parent / "shared/mmlu")
    parser.add_argument("--build", type=pathlib.Path, default=engine.ROOT / "build/bench")
    parser.add_argument("--work", type=pathlib.Path, default=engine.ROOT / "build/bench/work")
    parser.add_argument("--limit", type=int, default=200, help="questions")
    parser.add_argument("--ways", type=lambda text: text.split(","), default=WAYS,
                        help=f"of {','.join(WAYS)}")
    parser.add_argument("--check", type=int, default=0, help="questions in float64, too")
    chosen = parser.parse_args()
    if unknown := set(chosen.ways) - set(WAYS):
        parser.error(f"--ways: found {','.join(unknown)}, expected some of {','.join(WAYS)}")
    work = chosen.work / f"precision-{chosen.model.stem}-{chosen.limit}"
    work.mkdir(parents=True, exist_ok=True)
    prompts, reference, ways, costs = measure(chosen, work)

    keys = keys_of(chosen.mmlu)[: len(prompts)]
    def answers(scores):
        return [engine.LETTERS[row.index(max(row))] for row in scores]

    def right(scores):
        return sum(answer == key for answer, key in zip(answers(scores), keys))

    lines = [["float32, the reference", len(prompts), "", "", "", right(reference), ""]]
    for name, scores in ways.items():
        pairs = [(one, two) for one, two in zip(scores, reference) if not numpy.isnan(one).any()]
        far = [max(abs(a - b) for a, b in zip(one, two)) for one, two in pairs]
        leads = sorted(lead_error(one, two) for one, two in pairs)
        changed = sum(a != b for a, b in zip(answers(scores), answers(reference)))
        lines.append([name, len(pairs), f"{statistics.median(far):.4f}; {max(far):.4f}",
                      f"{leads[len(leads) * 95 // 100]:.4f}; {leads[-1]:.4f}", changed,
                      right(scores), f"{costs[name]:.1f}" if name in costs else "-"])
    engine.table(f"{chosen.model.name}: the four letters of {len(prompts)} questions", [
        "way", "n", "nats from the reference: median; largest",
        "of the two likeliest letters' distance: 95 %; largest", "letters changed", "right", "CPU s"],
        lines)


if __name__ == "__main__":
    main()
