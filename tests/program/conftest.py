"""Drives the built program from outside.

PROCTOR and FAKE_SERVER are the paths of the binaries; PROCTOR_SHARED is a folder with
MMLU's files (mmlu/csv, mmlu/hub, golden), without which what needs them is skipped.
"""

import contextlib
import csv
import fcntl
import http.client
import json
import os
import pathlib
import pty
import select
import socket
import struct
import subprocess
import sys
import termios
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "dev"
PROCTOR = os.environ.get("PROCTOR", str(BUILD / "proctor"))
FAKE_SERVER = os.environ.get("FAKE_SERVER", str(BUILD / "tests/fakes/fake_server"))
SHARED = pathlib.Path(os.environ.get("PROCTOR_SHARED", ROOT.parent / "shared"))
SUBJECT = "college_computer_science"
KEYS = {
    "deepseek": "DEEPSEEK_API_KEY",
    "gemini": "GEMINI_API_KEY",
    "openai": "OPENAI_API_KEY",
    "anthropic": "ANTHROPIC_API_KEY",
}


def wait_until(is_so, seconds=60):
    """Polls; a claim that does not come true in time fails the test."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


class Server:
    """A fake_server of its own, on a free port."""

    def __init__(self, *options):
        self.process = subprocess.Popen(
            [FAKE_SERVER, *map(str, options)], stdout=subprocess.PIPE, text=True
        )
        line = self.process.stdout.readline()
        assert line.startswith("listening on http://127.0.0.1:"), line
        self.port = int(line.rsplit(":", 1)[1])
        self.url = f"http://127.0.0.1:{self.port}"

    def get(self, path):
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            link.request("GET", path)
            return json.loads(link.getresponse().read())
        finally:
            link.close()

    def stats(self):
        return self.get("/stats")

    def requests(self):
        return self.stats()["requests"]

    def log(self):
        return self.get("/log")

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class Folder:
    """A working folder with a clean environment, in which the program is run."""

    def __init__(self, path, environment):
        self.path = path
        self.environment = environment

    def command(self, args):
        return [PROCTOR, *map(str, args)]

    def env(self, more):
        return {**self.environment, **{k: str(v) for k, v in more.items()}}

    def run(self, *args, timeout=240, text=True, stdout=subprocess.PIPE, **env):
        return subprocess.run(
            self.command(args),
            cwd=self.path,
            env=self.env(env),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=text,
            timeout=timeout,
        )

    def start(self, *args, **env):
        return subprocess.Popen(
            self.command(args),
            cwd=self.path,
            env=self.env(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def json(self, *args, code=0, timeout=240, **env):
        """The one object that a command with --json prints."""
        done = self.run(*args, "--json", timeout=timeout, **env)
        assert done.returncode == code, (done.stdout, done.stderr)
        (line,) = done.stdout.splitlines()
        return json.loads(line)

    def exported(self, *args):
        done = self.run("export", "last", "--format", "jsonl", *args)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.split("\n") if line]

    def in_terminal(self, *args, columns=80, typed="", **env):
        """What a terminal of that width is sent, and the exit code."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        environment = {"PROCTOR_PAGER": "cat", **self.env(env), "TERM": "xterm-256color",
                       "LC_ALL": "C.UTF-8"}
        process = subprocess.Popen(
            self.command(args), cwd=self.path, env=environment, stdin=slave,
            stdout=slave, stderr=slave,
        )
        os.close(slave)
        os.write(master, typed.encode())
        out = b""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if not select.select([master], [], [], 0.2)[0]:
                continue
            try:
                piece = os.read(master, 65536)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            out += piece
        os.close(master)
        return out.decode("utf-8"), process.wait(10)


def exam_rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def write_exam(folder, n=100, subject=SUBJECT, split="test"):
    """A folder in the layout of MMLU's files with questions of our own."""
    file = pathlib.Path(folder) / split / f"{subject}_{split}.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    with open(file, "w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        table.writerow(["question", "choice0", "choice1", "choice2", "choice3", "answer"])
        for i in range(n):
            sums = [i + j for j in range(4)]
            table.writerow([f"{i}: what follows {i - 1 + i % 4}?", *sums, i % 4])
    return file


@pytest.fixture
def work(tmp_path):
    """A folder of its own with the exam of 100 questions in exam/."""
    path = tmp_path / "work"
    path.mkdir()
    write_exam(path / "exam")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path / "home"),
        "HF_HOME": str(tmp_path / "hf"),
        # Nothing may be asked of the real hub by accident.
        "HF_ENDPOINT": "http://127.0.0.1:9",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    }
    for name in os.environ:
        if name.startswith(("ASAN_", "UBSAN_", "TSAN_", "LSAN_")) or name in (
            "PROCTOR_PLUGINS",
            "LD_LIBRARY_PATH",
        ):
            environment[name] = os.environ[name]
    return Folder(path, environment)


@pytest.fixture
def start_server():
    running = []

    def start(*options):
        running.append(Server(*options))
        return running[-1]

    yield start
    for server in running:
        server.stop()


@pytest.fixture
def exam_server(start_server, work):
    """A server that knows the exam's answers; 40 of 100 right unless told otherwise."""

    def start(*options, right="40/100"):
        return start_server("--right", right, "--key", work.path / "exam/test", *options)

    return start


@pytest.fixture
def shared():
    if not (SHARED / "mmlu/csv").is_dir():
        pytest.skip(f"no MMLU files: {SHARED}/mmlu/csv is missing (set PROCTOR_SHARED)")
    return SHARED


@pytest.fixture
def free_port():
    def find():
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            return one.getsockname()[1]

    return find


@pytest.fixture
def needs_parquet(work):
    if "read by Arrow" not in work.run("doctor", "--lang", "en").stdout:
        pytest.skip("this build reads no Parquet files (the plug-in is missing)")


class FakeHub:
    def __init__(self, root, *options):
        self.process = subprocess.Popen(
            [sys.executable, ROOT / "tests/fakes/fake_hub.py", root, *map(str, options)],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        line = self.process.stdout.readline()
        assert line.startswith("listening on http://127.0.0.1:"), line
        self.url = line.split()[-1]

    def log(self):
        link = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=10)
        link.request("GET", "/log")
        return json.loads(link.getresponse().read())

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture(scope="session")
def hub_root(tmp_path_factory):
    """What the fake hub serves: data sets of ours in the layouts of MMLU and MMLU-Pro."""
    root = tmp_path_factory.mktemp("hub")
    maker = [python_with("pyarrow"), ROOT / "tests/fakes/make_hub.py", root]
    subprocess.run(maker, check=True)
    return root


@pytest.fixture
def mmlu_csv(request):
    """MMLU's files, or where they are not at hand ours in the same layout."""
    real = SHARED / "mmlu/csv"
    return real if real.is_dir() else request.getfixturevalue("hub_root") / "csv"


@pytest.fixture
def start_hub(request):
    running = []

    def start(*options, root=None):
        root = root or request.getfixturevalue("hub_root")
        running.append(FakeHub(root, *options))
        return running[-1]

    yield start
    for hub in running:
        hub.stop()


def python_with(*modules):
    named = os.environ.get("PROCTOR_TEST_PYTHON")
    for path in [named] if named else [str(ROOT / "build/venv/bin/python"), sys.executable]:
        if os.path.exists(path):
            done = subprocess.run([path, "-c", f"import {', '.join(modules)}"],
                                  capture_output=True)
            if done.returncode == 0:
                return path
    pytest.skip(f"no Python with {', '.join(modules)} (set PROCTOR_TEST_PYTHON)")


@pytest.fixture(scope="session")
def engine(tmp_path_factory):
    done = subprocess.run([PROCTOR, "run", "no.gguf", "--dataset", "sample"],
                          cwd=tmp_path_factory.mktemp("none"), capture_output=True, text=True)
    if "this proctor has no engine" in done.stderr:
        pytest.skip("built without llama.cpp (PROCTOR_ENGINE)")


@pytest.fixture(scope="session")
def nano(engine, tmp_path_factory):
    """A model with random weights that takes whole prompts."""
    path = tmp_path_factory.mktemp("model") / "nano.gguf"
    maker = [python_with("gguf", "numpy"), ROOT / "tests/fakes/make_tiny_gguf.py", path]
    subprocess.run([*maker, "--context", "8192"], check=True, capture_output=True)
    return path


@pytest.fixture(scope="session")
def smollm2():
    """Real weights: SmolLM2-135M-Instruct, as tools/get-model fetched it."""
    done = subprocess.run([sys.executable, ROOT / "tools/get-model", "--where"],
                          capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip("no real weights: tools/get-model fetches them")
    return pathlib.Path(done.stdout.strip())


@contextlib.contextmanager
def running_llama_server(python, model, *options):
    """llama.cpp's own server on that model; its address."""
    process = subprocess.Popen(
        [python, ROOT / "tests/fakes/llama_server.py", "-m", model, "--port", "0", "-t", "1"]
        + [*options, "--ctx-size", "8192"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )
    line = process.stdout.readline()
    assert line.startswith("listening on "), line
    yield line.split()[-1]
    process.kill()
    process.wait()


def one_line(text):
    lines = text.splitlines()
    assert len(lines) == 1, text
    return lines[0]
