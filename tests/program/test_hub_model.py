"""Models that are named on the hub: hf:owner/repo."""

import hashlib
import os
import pathlib
import shutil
import signal
import subprocess

import pytest

from conftest import ROOT, one_line, wait_until

REPO = "someone/tiny-GGUF"
COMMIT = "c30699e8356da336a370243923dbaf21066bb9fe"  # the fake hub's only one


@pytest.fixture(scope="module")
def nano(tmp_path_factory):
    for python in [os.environ.get("PROCTOR_TEST_PYTHON"), str(ROOT / "build/venv/bin/python")]:
        model = tmp_path_factory.mktemp("nano") / "nano.gguf"
        command = [python, ROOT / "tests/fakes/make_tiny_gguf.py", model]
        if python and os.path.exists(python):
            if subprocess.run(command, capture_output=True).returncode == 0:
                return model
    pytest.skip("no Python with gguf and numpy (set PROCTOR_TEST_PYTHON)")


@pytest.fixture
def repository(tmp_path, nano):
    """A folder of the hub's with two quantisations, a split model and a projector."""
    folder = tmp_path / "root/models" / REPO
    folder.mkdir(parents=True)
    shutil.copy(nano, folder / "tiny-F16.gguf")
    (folder / "tiny-Q4_K_M.gguf").write_bytes(nano.read_bytes() + b"\0")
    (folder / "mmproj-F16.gguf").write_bytes(b"no model")
    (folder / "README.md").write_text("hello\n")
    (folder / "big").mkdir()
    for part in (1, 2, 3):
        (folder / f"big/tiny-Q8_0-{part:05}-of-00003.gguf").write_bytes(b"part %d" % part)
    return folder


@pytest.fixture
def hub(start_hub, repository, tmp_path):
    return lambda *options: start_hub(*options, root=tmp_path / "root")


def snapshot(tmp_path):
    return tmp_path / f"hf/hub/models--someone--tiny-GGUF/snapshots/{COMMIT}"


def asked_files(hub):
    return [line["path"] for line in hub.log() if line["path"].startswith("/cdn/")]


def ask(work, hub, name, *options, **env):
    return work.run(
        *["run", name, "--dataset", "exam", "--limit", 2, "--max-tokens", 2, "--threads", 1],
        *options, HF_ENDPOINT=hub.url, **env,
    )


def test_a_model_is_downloaded_once_and_asked(work, engine, hub, tmp_path, repository):
    server = hub()
    done = ask(work, server, f"hf:{REPO}:f16")
    assert done.returncode == 0, done.stderr
    assert "Model: gguf/tiny-F16.gguf" in done.stdout
    assert "\r" not in done.stderr and "downloading someone/tiny-GGUF: tiny-F16.gguf" in done.stderr
    file = snapshot(tmp_path) / "tiny-F16.gguf"
    digest = hashlib.sha256((repository / "tiny-F16.gguf").read_bytes()).hexdigest()
    assert os.readlink(file) == f"../../blobs/{digest}"
    again = ask(work, server, f"hf:{REPO}:tiny-F16.gguf")
    assert again.returncode == 0 and "downloading" not in again.stderr
    assert len(asked_files(server)) == 1
    offline = ask(work, server, f"hf:{REPO}:F16", HF_HUB_OFFLINE=1)
    assert offline.returncode == 0, offline.stderr


def test_all_parts_of_a_split_model_are_downloaded(work, hub, tmp_path):
    server = hub()
    done = ask(work, server, f"hf:{REPO}:Q8_0")
    assert done.returncode == 2  # its parts are no model
    assert "tiny-Q8_0-00001-of-00003.gguf" in done.stderr
    parts = sorted(path.name for path in (snapshot(tmp_path) / "big").iterdir())
    assert parts == [f"tiny-Q8_0-{part:05}-of-00003.gguf" for part in (1, 2, 3)]
    assert len(asked_files(server)) == 3


@pytest.mark.parametrize(
    "name, said",
    [
        (f"hf:{REPO}", "which one?"),
        (f"hf:{REPO}:Q4_K", "none is Q4_K;"),
        (f"hf:{REPO}:mmproj-F16.gguf", "none is mmproj-F16.gguf;"),
        (f"hf:{REPO}:tiny", "3 are tiny;"),
    ],
)
def test_no_choice_or_several_list_the_files(work, hub, name, said):
    server = hub()
    done = ask(work, server, name)
    assert done.returncode == 2
    line = one_line(done.stderr)
    assert said in line
    assert (
        "big/tiny-Q8_0-00001-of-00003.gguf (3 parts), tiny-F16.gguf, tiny-Q4_K_M.gguf" in line
    )
    assert asked_files(server) == []


@pytest.mark.parametrize("name", ["hf:", "hf:x", "hf:/x", "hf:a/", "hf:a/b/c", "hf:a/b@", "hf:../x"])
def test_what_is_no_repository_is_told(work, hub, name):
    done = ask(work, hub(), name)
    assert done.returncode == 2 and name.removeprefix("hf:") in one_line(done.stderr)


def test_an_unknown_repository_is_told(work, hub):
    done = ask(work, hub(), "hf:someone/else")
    assert done.returncode == 2 and "no such repository" in one_line(done.stderr)


def test_a_token_goes_to_the_hub_and_nowhere_else(work, hub):
    server = hub("--token", "hf_secret")
    refused = ask(work, server, f"hf:{REPO}:Q4_K_M")
    assert refused.returncode == 2 and "HF_TOKEN" in refused.stderr
    ask(work, server, f"hf:{REPO}:Q4_K_M", HF_TOKEN="hf_secret")
    seen = {line["path"].split("/")[1]: line["authorization"] for line in server.log()}
    assert seen == {"api": "Bearer hf_secret", "someone": "Bearer hf_secret", "cdn": None}


def test_a_file_that_is_not_what_the_hub_says_is_refused(work, hub, repository, tmp_path):
    server = hub()
    blobs = tmp_path / "hf/hub/models--someone--tiny-GGUF/blobs"
    blobs.mkdir(parents=True)
    file = repository / "tiny-Q4_K_M.gguf"
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    # What an earlier try left has as many bytes, and is something else.
    (blobs / f"{digest}.incomplete").write_bytes(b"x" * file.stat().st_size)
    ask(work, server, f"hf:{REPO}:Q4_K_M")
    assert hashlib.sha256((blobs / digest).read_bytes()).hexdigest() == digest


def test_a_stopped_download_goes_on_where_it_was(work, hub, repository, tmp_path):
    server = hub("--slow", 100_000)
    size = (repository / "tiny-Q4_K_M.gguf").stat().st_size
    words = ["run", f"hf:{REPO}:Q4_K_M", "--dataset", "exam"]
    process = work.start(*words, HF_ENDPOINT=server.url)
    parts = tmp_path / "hf/hub/models--someone--tiny-GGUF/blobs"
    wait_until(lambda: any(p.stat().st_size > 20_000 for p in parts.glob("*.incomplete")))
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=10)
    assert process.returncode in (130, -signal.SIGINT)
    (part,) = parts.glob("*.incomplete")
    assert 0 < part.stat().st_size < size
    ask(work, server, f"hf:{REPO}:Q4_K_M")
    ranges = [line["range"] for line in server.log() if line["path"].startswith("/cdn/")]
    assert ranges[0] is None and ranges[-1].startswith("bytes=")
    assert list(parts.glob("*.incomplete")) == [] and len(list(parts.iterdir())) == 1


def test_a_terminal_shows_how_it_comes(work, hub):
    server = hub("--slow", 150_000)
    said, _ = work.in_terminal(
        *["run", f"hf:{REPO}:Q4_K_M", "--dataset", "exam", "--limit", 1, "--max-tokens", 1],
        HF_ENDPOINT=server.url,
    )
    assert "of 305.7 kB" in said and "kB/s" in said and "s left" in said


def test_ctrl_c_ends_the_pause_before_another_try(work, hub):
    server = hub("--fail", 100)
    process = work.start("run", f"hf:{REPO}:Q4_K_M", "--dataset", "exam", HF_ENDPOINT=server.url)
    wait_until(lambda: len(server.log()) >= 2)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=10)
    assert process.returncode in (130, -signal.SIGINT)


def test_nothing_is_downloaded_for_a_dry_run(work, hub):
    server = hub()
    done = ask(work, server, f"hf:{REPO}:Q4_K_M", "--dry-run")
    assert done.returncode == 0 and server.log() == []
    shown = work.run("prompt", f"hf:{REPO}:Q4_K_M", "--dataset", "exam", HF_ENDPOINT=server.url)
    assert shown.returncode == 0 and server.log() == []
