"""Servers that Proctor starts for a run and ends with it."""

import json
import os
import pathlib
import shlex
import signal
import sqlite3
import subprocess
import time

import pytest

from conftest import FAKE_SERVER, one_line, wait_until

FAKE = shlex.quote(FAKE_SERVER) + " --port {port}"


def exam_command(work, *options):
    """A fake server that gets 40 of 100 right, as --serve takes it."""
    key = shlex.quote(str(work.path / "exam/test"))
    return f"{FAKE} --right 40/100 --key {key} " + " ".join(options)


def run(command, *options, model="llama"):
    return ["run", model, "--dataset", "exam", "--serve", command, *options]


def running(mark):
    """The processes whose command line has this word."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes()
        except OSError:
            continue
        if mark.encode() in line:
            found.append(int(path.parent.name))
    return [pid for pid in found if pid != os.getpid()]


def servers_of(work):
    return [pid for pid in running(str(work.path)) if b"fake_server" in name_of(pid)]


def name_of(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0]
    except OSError:
        return b""


def test_a_server_is_started_asked_and_ended(work):
    done = work.json(*run(exam_command(work)))
    assert (done["correct"], done["n"], done["complete"]) == (40, 100, True)
    assert servers_of(work) == []


def test_several_protocols_ask_one_server(work):
    command = exam_command(work)
    done = work.run(*run(f"echo started >> started; exec {command}"), "--protocol",
                    "seed,proctor", "--json")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["n"] for line in done.stdout.splitlines()] == [100, 100]
    assert (work.path / "started").read_text() == "started\n"
    assert servers_of(work) == []


def test_the_port_is_another_and_the_run_the_same(work):
    command = exam_command(work)
    first = work.json(*run(command, "--limit", 10))
    again = work.json(*run(command))
    assert again["run"] == first["run"] and again["reused"] == 10
    other = work.json(*run(command + " --slots 2"))
    assert other["run"] != first["run"] and other["reused"] == 0


def test_the_command_and_the_build_are_kept(work):
    command = exam_command(work, "--build", "b4711")
    work.json(*run(command, "--limit", 2))
    with sqlite3.connect(work.path / "proctor.db") as file:
        ((key,),) = file.execute("SELECT key FROM run").fetchall()
        builds = {row[0] for row in file.execute("SELECT build FROM attempt")}
    assert json.loads(json.loads(key)["engine"]) == {"serve": command}
    assert builds == {"b4711"}


def test_the_model_s_name_is_filled_in(work):
    command = exam_command(work, "--models", "{model}")
    done = work.json(*run(command, model="openai-compatible/it's/m"))
    assert (done["correct"], done["model"]) == (40, "openai-compatible/it's/m")


def test_a_server_that_loads_is_waited_for(work):
    done = work.run(*run(exam_command(work, "--loading-ms", "1500")))
    assert done.returncode == 0, done.stderr
    assert "starting the server at http://127.0.0.1:" in done.stderr
    assert "\r" not in done.stderr


def test_the_wait_is_shown_in_a_terminal(work):
    said, code = work.in_terminal(*run(exam_command(work, "--loading-ms", "1500")))
    assert code == 0
    assert ": 1 s" in said


def test_the_wait_is_finite(work):
    command = exam_command(work, "--loading-ms", "600000")
    done = work.run(*run(command, "--serve-wait", 1))
    assert done.returncode == 2
    assert "was not ready after 1 s" in done.stderr and "--serve-wait says" in done.stderr
    assert servers_of(work) == [] and answered(work) == 0


def test_a_server_that_ends_at_once_says_why(work):
    command = "for i in 1 2 3 4 5 6 7; do echo line $i; done; echo no model >&2; exit 7; : {port}"
    done = work.run(*run(command, "--quiet"))
    assert done.returncode == 2
    said = one_line(done.stderr)
    assert "the server ended with exit code 7; it wrote last: " in said
    assert "line 7 | no model" in said and "line 3" not in said


def test_what_a_server_writes_is_inert(work):
    done = work.run(*run("printf '\\033[31mred\\007\\n'; exit 1; : {port}", "--quiet"))
    assert "\x1b" not in done.stderr and "\x07" not in done.stderr and "red" in done.stderr


def test_a_program_that_is_not_there_is_told(work):
    done = work.run(*run("no-such-server --port {port}", "--quiet"))
    assert done.returncode == 2
    assert "exit code 127" in done.stderr and "no-such-server" in done.stderr


def test_a_server_that_dies_during_the_run_ends_it(work):
    command = exam_command(work, "--latency-ms", "50")
    process = work.start(*run(command, "--concurrency", 1, "--quiet"))
    wait_until(lambda: len(servers_of(work)) >= 1 and answered(work) >= 3)
    for pid in servers_of(work):
        os.kill(pid, signal.SIGKILL)
    out, said = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "the server " in said and "it wrote last: listening on" in said
    assert 3 <= answered(work) < 100
    again = work.json(*run(command, "--concurrency", 8))
    assert again["complete"] and again["reused"] >= 3


def answered(work):
    try:
        with sqlite3.connect(f"file:{work.path}/proctor.db?mode=ro", uri=True) as file:
            return file.execute("SELECT count(*) FROM result").fetchone()[0]
    except sqlite3.OperationalError:  # not made yet
        return 0


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_during_the_run_ends_the_server(work, number, code):
    process = work.start(
        *run(exam_command(work, "--latency-ms", "50"), "--concurrency", 1)
    )
    wait_until(lambda: answered(work) >= 2)
    process.send_signal(number)
    process.communicate(timeout=30)
    assert process.returncode == code
    assert servers_of(work) == []


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_while_it_starts_ends_the_server(work, number, code):
    process = work.start(*run(exam_command(work, "--loading-ms", "600000")))
    wait_until(lambda: servers_of(work))
    process.send_signal(number)
    process.communicate(timeout=30)
    assert process.returncode == code
    assert servers_of(work) == []


def test_a_killed_proctor_leaves_no_server(work):
    process = work.start(
        *run(exam_command(work, "--latency-ms", "50"), "--concurrency", 1)
    )
    wait_until(lambda: answered(work) >= 2)
    process.kill()
    process.communicate()
    wait_until(lambda: servers_of(work) == [], seconds=10)


def test_a_server_that_ignores_sigterm_is_killed(work):
    command = f"trap '' TERM; {exam_command(work)}"
    started = time.monotonic()
    done = work.json(*run(command))
    assert done["complete"] and time.monotonic() - started < 30
    assert servers_of(work) == []


def test_what_the_server_starts_ends_with_it(work):
    command = f"sleep 987654 & exec {exam_command(work)}"
    assert work.json(*run(command))["complete"]
    assert running("987654") == []


def test_an_address_may_be_given_instead_of_a_port(work, free_port):
    port = free_port()
    command = exam_command(work).replace("{port}", str(port))
    done = work.json(*run(command, "--base-url", f"http://127.0.0.1:{port}"))
    assert done["complete"]


@pytest.mark.parametrize(
    "words, said",
    [
        (["llama", "--serve", "x"], "expected {port}"),
        (["llama", "--serve", "x {port}", "--base-url", "http://h"], "--base-url"),
        (["baseline/random", "--serve", "x {port}"], "--serve: it is for"),
        (["llama", "--engine", "server"], "llama is no .gguf file"),
        (["llama", "--engine", "serve"], "--engine: found serve, expected process or server"),
        (["a.gguf", "--engine", "server", "--base-url", "http://h"], "--base-url"),
        (["a.gguf", "--engine", "server", "--exact"], "--exact"),
        (["a.gguf", "--engine", "server"], "no llama-server on PATH"),
    ],
)
def test_options_that_do_not_fit_are_told(work, words, said):
    done = work.run("run", *words, "--dataset", "exam", PATH="/usr/bin:/bin")
    assert done.returncode == 2 and said in one_line(done.stderr)


@pytest.fixture
def llama_server_on_path(tmp_path):
    """A program of that name that plays a server: the fake one, told what llama-server is."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "llama-server"
    program.write_text(
        "#!/bin/sh\n"
        'echo "$@" > "$HOME/words"\n'
        'while [ "$1" != --port ]; do shift; done\n'
        f'exec {shlex.quote(FAKE_SERVER)} --port "$2" --answer B\n'
    )
    program.chmod(0o755)
    return program


def test_a_llama_server_is_found_and_told_the_model(work, llama_server_on_path, tmp_path):
    (tmp_path / "home").mkdir()
    (work.path / "my model.gguf").write_bytes(b"GGUF")
    words = ["run", "my model.gguf", "--engine", "server", "--dataset", "exam"]
    more = ["--concurrency", 2, "--context", 1024, "--threads", 1]
    path = f"{llama_server_on_path.parent}:{os.environ['PATH']}"
    done = work.json(*words, *more, PATH=path)
    assert (done["model"], done["n"]) == ("llama/my model.gguf", 100)
    told = (tmp_path / "home/words").read_text()
    assert told.startswith("-m my model.gguf --host 127.0.0.1 --port ")
    assert told.endswith("--parallel 2 --ctx-size 2048 --threads 1\n")
    named = work.json(
        *words, *more, PROCTOR_LLAMA_SERVER=llama_server_on_path, PATH="/usr/bin:/bin"
    )
    assert named["reused"] == 100 and named["run"] == done["run"]
