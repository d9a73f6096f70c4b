#!/usr/bin/env python3
"""Makes a tiny llama-architecture GGUF file with random weights, for tests.

    make_tiny_gguf.py nano.gguf
    make_tiny_gguf.py tiny.gguf --size tiny --type q8_0 --seed 7
    make_tiny_gguf.py bench.gguf --size bench --words 8192 --text mmlu/csv

The same arguments give the same bytes: the weights come from NumPy's legacy generator,
whose stream never changes. Needs numpy and gguf only. With --text, files whose words a
real model's vocabulary would hold as few tokens, the vocabulary is learnt from them.
"""

import argparse
import collections
import hashlib
import heapq
import pathlib
import re

import gguf
import numpy as np

# layers, width, feed-forward width, heads, key-value heads
SIZES = {
    "nano": (2, 64, 192, 4, 2),
    "tiny": (4, 192, 512, 6, 2),
    # Wide and flat: attention is nearly as small a part of the work as in a real model.
    "bench": (2, 2048, 5632, 16, 4),
}
# the file type's number, the tensors' type
TYPES = {
    "f32": (0, gguf.GGMLQuantizationType.F32),
    "f16": (1, gguf.GGMLQuantizationType.F16),
    "q8_0": (7, gguf.GGMLQuantizationType.Q8_0),
}
SPECIAL = ["<unk>", "<s>", "</s>", "<|im_start|>", "<|im_end|>"]
CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n'"
    " + message['content'] + '<|im_end|>\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
# Merged from left to right, pair by pair; "_" is the blank.
PIECES = """_the _of _and _to _in _is _which _what _for _that _are _following _question
_answer _choice _statement in on er re th ing tion""".split()


def byte_letters():
    """GPT-2's printable stand-in for each byte: itself, or U+0100 and up."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = (chr(256 + i) for i in range(256))
    return [chr(byte) if byte in plain else next(others) for byte in range(256)]


class Words:
    """The words of a text as symbols, and how often each pair of symbols stands in it."""

    def __init__(self, text, letters):
        # Nearly GPT-2's own way to cut a text into words.
        cut = re.compile(r"'(?:s|t|re|ve|m|ll|d)| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+")
        counts = collections.Counter(cut.findall(text))
        self.words = [[letters[byte] for byte in word.encode()] for word in counts]
        self.counts = list(counts.values())
        self.pairs = collections.Counter()
        self.places = collections.defaultdict(set)
        self.queue = []
        changed = set()
        for place in range(len(self.words)):
            self._count(place, 1, changed)
        self._put(changed)

    def _count(self, place, sign, changed):
        word = self.words[place]
        for pair in zip(word, word[1:]):
            self.pairs[pair] += sign * self.counts[place]
            self.places[pair].add(place)
            changed.add(pair)

    def _put(self, changed):
        for pair in changed:
            if self.pairs[pair] > 0:
                heapq.heappush(self.queue, (-self.pairs[pair], pair))

    def commonest(self):
        while self.queue:
            count, pair = heapq.heappop(self.queue)
            if self.pairs[pair] == -count:
                return pair
        return None

    def merge(self, pair):
        changed = set()
        for place in sorted(self.places.pop(pair, ())):
            self._count(place, -1, changed)
            word, joined = self.words[place], []
            for symbol in word:
                if joined and (joined[-1], symbol) == pair:
                    joined[-1] += symbol
                else:
                    joined.append(symbol)
            self.words[place] = joined
            self._count(place, 1, changed)
        self._put(changed)


def vocabulary(text="", size=0):
    """The bytes, then " A" to " Z", then pieces of English, with the merges for them;
    then what is commonest in the text, up to `size` tokens."""
    letters = byte_letters()
    blank = letters[ord(" ")]
    tokens, merges = list(letters), []

    def merge(left, right):
        if left + right not in tokens:
            tokens.append(left + right)
            merges.append(f"{left} {right}")

    for code in range(ord("A"), ord("Z") + 1):
        merge(blank, chr(code))
    for piece in PIECES:
        piece = piece.replace("_", blank)
        for end in range(1, len(piece)):
            merge(piece[:end], piece[end])
    if text:
        known = set(tokens)
        words = Words(text, letters)
        for line in merges:
            words.merge(tuple(line.split(" ")))
        while len(tokens) < size and (pair := words.commonest()):
            words.merge(pair)
            if "".join(pair) not in known:
                known.add("".join(pair))
                tokens.append("".join(pair))
            merges.append(" ".join(pair))
    return tokens, merges


def tensors(size, rows, generator):
    """Name and weights of each tensor, in the order they are drawn and written."""
    layers, width, inner, heads, kv_heads = SIZES[size]
    kv_width = width // heads * kv_heads

    def draw(shape, scale):
        return (generator.standard_normal(shape) * scale).astype(np.float32)

    yield "token_embd.weight", draw((rows, width), 1.0)
    yield "output_norm.weight", np.ones(width, np.float32)
    # A large head makes replies differ from prompt to prompt, and letters confident.
    yield "output.weight", draw((rows, width), 4 / width**0.5)
    for layer in range(layers):
        for name in ["attn_norm", "ffn_norm"]:
            yield f"blk.{layer}.{name}.weight", np.ones(width, np.float32)
        for name, shape in {
            "attn_q": (width, width),
            "attn_k": (kv_width, width),
            "attn_v": (kv_width, width),
            "attn_output": (width, width),
            "ffn_gate": (inner, width),
            "ffn_up": (inner, width),
            "ffn_down": (width, inner),
        }.items():
            yield f"blk.{layer}.{name}.weight", draw(shape, shape[1] ** -0.5)


def write(path, size, kind, seed, context, text="", words=0):
    layers, width, inner, heads, kv_heads = SIZES[size]
    tokens, merges = vocabulary(text, words - len(SPECIAL))
    tokens = SPECIAL + tokens
    types = [gguf.TokenType.UNKNOWN] + [gguf.TokenType.CONTROL] * (len(SPECIAL) - 1)
    types += [gguf.TokenType.NORMAL] * (len(tokens) - len(SPECIAL))
    # Blocks of quantised tensors hold 32 values.
    filling = -len(tokens) % 32
    tokens += [f"<unused{i}>" for i in range(filling)]
    types += [gguf.TokenType.UNUSED] * filling

    out = gguf.GGUFWriter(path, "llama")
    out.add_name(f"proctor-{size}")
    out.add_block_count(layers)
    out.add_embedding_length(width)
    out.add_feed_forward_length(inner)
    out.add_head_count(heads)
    out.add_head_count_kv(kv_heads)
    out.add_context_length(context)
    out.add_layer_norm_rms_eps(1e-5)
    out.add_rope_dimension_count(width // heads)
    out.add_vocab_size(len(tokens))
    out.add_file_type(TYPES[kind][0])
    out.add_tokenizer_model("gpt2")
    out.add_tokenizer_pre("gpt-2")
    out.add_token_list(tokens)
    out.add_token_types(types)
    out.add_token_merges(merges)
    out.add_unk_token_id(SPECIAL.index("<unk>"))
    out.add_bos_token_id(SPECIAL.index("<s>"))
    out.add_eos_token_id(SPECIAL.index("<|im_end|>"))
    out.add_add_bos_token(True)
    out.add_add_eos_token(False)
    out.add_chat_template(CHATML)

    for name, weights in tensors(size, len(tokens), np.random.RandomState(seed)):
        stored = TYPES[kind][1] if weights.ndim > 1 else gguf.GGMLQuantizationType.F32
        out.add_tensor(
            name, gguf.quants.quantize(weights, stored), raw_dtype=stored
        )
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file")
    parser.add_argument("--size", choices=SIZES, default="nano")
    parser.add_argument("--type", choices=TYPES, default="f16")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--context", type=int, default=4096)
    parser.add_argument("--text", type=pathlib.Path, help="a folder of *.csv")
    parser.add_argument("--words", type=int, default=8192, help="tokens, with --text")
    chosen = parser.parse_args()
    text = ""
    if chosen.text:
        files = sorted(chosen.text.rglob("*.csv"))
        text = "\n".join(file.read_text("utf-8") for file in files)
    write(chosen.file, chosen.size, chosen.type, chosen.seed, chosen.context, text,
          chosen.words)
    data = pathlib.Path(chosen.file).read_bytes()
    print(f"{chosen.file}: {len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main()
