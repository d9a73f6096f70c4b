"""How long rescore, audit, compare and report take on a large store.

  bench/rescore.py BUILD [N] [REPLIES.jsonl]

BUILD is a build folder made with -DPROCTOR_BENCH=ON; N is 100,000 unless told
otherwise. Prints seconds of wall clock and of the processor, and the greatest memory.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import time

build = pathlib.Path(sys.argv[1])
n = sys.argv[2] if len(sys.argv) > 2 else "100000"
replies = sys.argv[3:4]


def timed(name, command):
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{name}: exit {process.returncode}")
    seconds = time.monotonic() - start
    cpu = usage.ru_utime + usage.ru_stime
    print(f"{name:<28} {seconds:7.2f} s  {cpu:7.2f} CPU-s  {usage.ru_maxrss / 1024:6.0f} MiB")


with tempfile.TemporaryDirectory() as folder:
    store = os.path.join(folder, "big.db")
    timed(f"make {n} replies", [build / "bench/bench_make_store", n, store, *replies])
    print(f"store {os.path.getsize(store) / 2**20:.0f} MiB")
    proctor = [build / "proctor"]
    more = ["--store", store]
    for reader in ["first-letter", "lm_eval_mmlu_pro", "mmlu_pro_cascade", "proctor"]:
        timed(f"rescore {reader}", [*proctor, "rescore", "last", "--extract", reader, *more])
    timed("report", [*proctor, "report", *more])
    timed("audit", [*proctor, "audit", "last", *more])
    timed("compare with itself", [*proctor, "compare", "last", "last", *more])
