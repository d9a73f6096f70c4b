#!/usr/bin/env python3
"""Questions a second that processes at one run in PostgreSQL get through, as tables for docs/store.md.

    bench/postgres.py --build build/release

Starts a PostgreSQL of its own with fsync on. First the store alone, whose model answers at once (bench_postgres_store,
from a build with -DPROCTOR_BENCH=ON); then whole runs of the program at a server that answers at once (fake_server),
in a file and in PostgreSQL, in turns.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "program"))
import conftest  # noqa: E402
import postgres_server  # noqa: E402


def store_alone(build, server, questions, rounds):
    bench = build / "bench" / "bench_postgres_store"
    if not bench.exists():
        return print(f"{bench}: is not there")
    print("| processes | units of 1 | of 16 | of 64 |\n|---|---|---|---|")
    for workers in (1, 2, 4, 8, 16):
        cells = []
        for unit in (1, 16, 64):
            rates = []
            for _ in range(rounds):
                server.sql("DROP SCHEMA IF EXISTS bench CASCADE; CREATE SCHEMA bench")
                done = subprocess.run([bench, server.url("bench"), str(questions), str(workers), str(unit), str(unit)],
                                      check=True, capture_output=True, text=True)
                rates.append(float(done.stdout))
            cells.append(f"{statistics.median(rates):,.0f}/s")
        print(f"| {workers} | {' | '.join(cells)} |", flush=True)


def whole_runs(build, server, questions, rounds):
    if not (build / "proctor").exists():
        return print(f"{build / 'proctor'}: is not there")
    os.environ["FAKE_SERVER"] = conftest.FAKE_SERVER = str(build / "tests" / "fakes" / "fake_server")
    model = conftest.Server("--no-log")
    with tempfile.TemporaryDirectory() as folder:
        conftest.write_exam(pathlib.Path(folder) / "exam", n=questions)

        def seconds(store, workers):
            words = [build / "proctor", "run", "llama", "--base-url", model.url, "--dataset", "exam", "--quiet",
                     "--concurrency", "32", "--store", store]
            started = time.monotonic()
            runs = [subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL) for _ in range(workers)]
            assert all(run.wait() == 0 for run in runs)
            return time.monotonic() - started

        print("\n| store | processes | questions/s |\n|---|---|---|")
        for workers in (1, 2, 4, 8, 16):
            for kind in ("a file", "PostgreSQL"):
                if kind == "a file" and workers > 1:
                    continue
                rates = []
                for round_number in range(rounds):
                    server.sql("DROP SCHEMA IF EXISTS bench CASCADE; CREATE SCHEMA bench")
                    store = server.url("bench") if kind == "PostgreSQL" else f"file{time.monotonic_ns()}.db"
                    rates.append(questions / seconds(store, workers))
                print(f"| {kind} | {workers} | {statistics.median(rates):,.0f} |", flush=True)
    model.stop()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "release")
    parser.add_argument("--questions", type=int, default=640)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if not postgres_server.is_here():
        sys.exit("PostgreSQL is not here")
    server = postgres_server.Postgres(durable=True)
    try:
        store_alone(options.build.resolve(), server, options.questions, options.rounds)
        whole_runs(options.build.resolve(), server, options.questions, options.rounds)
    finally:
        server.remove()


if __name__ == "__main__":
    main()
