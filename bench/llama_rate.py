#!/usr/bin/env python3
"""llama.cpp's own rate on a list of prompts: one line of JSON, as bench_engine has it.

    $(tools/get-llama --python) bench/llama_rate.py MODEL.gguf PROMPTS [THREADS]
    $(tools/get-llama --python) bench/llama_rate.py MODEL.gguf --shapes 64,512 [THREADS]
    $(tools/get-llama --python) bench/llama_rate.py MODEL.gguf --replies 1,8 [THREADS]

PROMPTS: prompts, each ended by a NUL byte. What a prompt's tokens share with those of the one
before it stays in the cache; the rest goes through llama_decode in portions of 512, with
logits after the last. Nothing else is done: no letters, no requests. The CPU seconds are
those of llama_decode alone. --shapes: instead, seconds of the clock for 4,096 tokens that
are computed so many at once, a line each; for a GPU. --replies: instead, where so many
sequences of 190 tokens lie in the cache, the CPU milliseconds (the least of 8) of a prompt
of 130 tokens behind 60 of one of them, and of a token where each of them gets one.
"""

import ctypes
import json
import sys
import time

import llama_cpp

PORTION = 512


def tokens_of(vocabulary, text):
    room = len(text) + 8
    tokens = (llama_cpp.llama_token * room)()
    n = llama_cpp.llama_tokenize(vocabulary, text, len(text), tokens, room, True, False)
    return list(tokens[:n])


def context_of(model, portion, threads, sequences=1):
    params = llama_cpp.llama_context_default_params()
    params.n_ctx, params.n_batch, params.n_ubatch = 8192, portion, portion
    params.n_threads = params.n_threads_batch = threads
    params.swa_full = params.kv_unified = True
    params.n_seq_max = sequences
    return llama_cpp.llama_init_from_model(model, params)


def rate_of(model, shape, threads):
    """Tokens a second of the clock."""
    context = context_of(model, shape, threads)
    decode(context, [10 + i % 200 for i in range(shape)], shape)  # warm
    llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(context), True)
    before = time.perf_counter()
    decode(context, [10 + i % 200 for i in range(4096)], shape)
    llama_cpp.llama_synchronize(context)
    spent = time.perf_counter() - before
    llama_cpp.llama_free(context)
    return 4096 / spent


def add(context, places):
    """CPU milliseconds for tokens at these places and in these sequences."""
    batch = llama_cpp.llama_batch_init(len(places), 0, 1)
    batch.n_tokens = len(places)
    for i, (place, sequence) in enumerate(places):
        batch.token[i], batch.pos[i] = 10 + place % 200, place
        batch.n_seq_id[i], batch.seq_id[i][0] = 1, sequence
        batch.logits[i] = i + 1 == len(places) or places[i + 1][1] != sequence
    before = time.process_time()
    if llama_cpp.llama_decode(context, batch):
        sys.exit("llama_decode failed")
    llama_cpp.llama_synchronize(context)
    spent = time.process_time() - before
    llama_cpp.llama_batch_free(batch)
    return 1000 * spent


def costs_beside(model, replies, threads):
    """Of a prompt, and of a token of a reply."""
    context = context_of(model, PORTION, threads, replies + 1)
    memory = llama_cpp.llama_get_memory(context)
    for sequence in range(1, replies + 1):
        add(context, [(place, sequence) for place in range(190)])
    prompts, steps = [], []
    for turn in range(8):
        llama_cpp.llama_memory_seq_rm(memory, 0, -1, -1)
        llama_cpp.llama_memory_seq_cp(memory, 1, 0, 0, 60)
        prompts.append(add(context, [(place, 0) for place in range(60, 190)]))
    for turn in range(8):
        steps.append(add(context, [(190 + turn, each) for each in range(1, replies + 1)]))
    llama_cpp.llama_free(context)
    return min(prompts), min(steps) / replies


def decode(context, tokens, portion=PORTION):
    for at in range(0, len(tokens), portion):
        part = tokens[at : at + portion]
        array = (llama_cpp.llama_token * len(part))(*part)
        if llama_cpp.llama_decode(context, llama_cpp.llama_batch_get_one(array, len(part))):
            sys.exit("llama_decode failed")


def main():
    path, part = sys.argv[1].encode(), sys.argv[2]
    more = sys.argv[4:] if part in ("--shapes", "--replies") else sys.argv[3:]
    threads = int(more[0]) if more else 1
    quiet = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)(lambda *_: None)
    llama_cpp.llama_log_set(quiet, None)
    llama_cpp.llama_backend_init()
    model = llama_cpp.llama_model_load_from_file(path, llama_cpp.llama_model_default_params())
    if part == "--replies":
        for replies in map(int, sys.argv[3].split(",")):
            prompt, token = costs_beside(model, replies, threads)
            print(f"  {replies:3} {prompt:8.0f} {token:8.1f}", flush=True)
        return
    if part == "--shapes":
        for shape in map(int, sys.argv[3].split(",")):
            print(f"  {shape:5} {rate_of(model, shape, threads):10.0f}", flush=True)
        return
    context = context_of(model, PORTION, threads)
    memory = llama_cpp.llama_get_memory(context)
    vocabulary = llama_cpp.llama_model_get_vocab(model)
    prompts = open(sys.argv[2], "rb").read().split(b"\0")[:-1]
    spent, decoded, held = 0.0, 0, []
    for prompt in prompts:
        tokens = tokens_of(vocabulary, prompt)
        same = 0
        while same < min(len(held), len(tokens) - 1) and held[same] == tokens[same]:
            same += 1
        llama_cpp.llama_memory_seq_rm(memory, 0, same, -1)
        before = time.process_time()
        decode(context, tokens[same:])
        spent += time.process_time() - before
        decoded += len(tokens) - same
        held = tokens
    print(json.dumps({"n": len(prompts), "cpu_s": spent, "decoded": decoded}))


if __name__ == "__main__":
    main()
