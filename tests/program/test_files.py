"""What Proctor writes where it is told to, and what it believes of the working folder."""

import json
import os
import shlex
import stat
import sys
import threading
import time

import pytest

from conftest import FAKE_SERVER, ROOT

BARS = ROOT / "examples/seed_results.csv"


@pytest.fixture
def one_run(work):
    done = work.run("run", "baseline/A", "--dataset", "exam", "--name", "mine", "--quiet")
    assert done.returncode == 0, done.stderr
    return work


def writing(command, work):
    """The command's words up to -o, and what it writes."""
    words = {
        "export": ["export", "mine"],
        "report": ["report"],
        "chart": ["chart", BARS, "--format", "svg"],
    }[command]
    content = work.run(*words, "-o", "-").stdout
    assert content
    return words, content


# ---- -o


@pytest.mark.parametrize("command", ["export", "report", "chart"])
def test_a_pipe_is_written_into(one_run, command):
    words, content = writing(command, one_run)
    pipe = one_run.path / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    done = one_run.run(*words, "-o", "pipe")
    if not pipe.is_fifo():  # else nobody lets the reader go
        os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    reader.join(30)
    assert done.returncode == 0 and read == [content]


@pytest.mark.parametrize("command", ["export", "report", "chart"])
def test_a_link_stays_and_its_file_is_replaced(one_run, command):
    words, content = writing(command, one_run)
    (one_run.path / "file").write_text("old")
    (one_run.path / "link").symlink_to("file")
    (one_run.path / "link_to_link").symlink_to("link")
    assert one_run.run(*words, "-o", "link_to_link").returncode == 0
    assert (one_run.path / "link_to_link").is_symlink()
    assert (one_run.path / "link").is_symlink()
    assert (one_run.path / "file").read_text() == content


def test_a_file_named_as_stdout_is_gone_on_with(one_run):
    words, content = writing("export", one_run)
    out = one_run.path / "out"
    (one_run.path / "link").symlink_to("/dev/fd/1")
    with open(out, "w") as file:
        file.write("before\n")
        file.flush()
        assert one_run.run(*words, "-o", "link", stdout=file).returncode == 0
    assert out.read_text() == "before\n" + content


def test_a_folder_is_refused_before_the_work(one_run):
    done = one_run.run("report", "-o", "exam")
    assert done.returncode == 2
    assert "exam is a folder, expected a file" in done.stderr


@pytest.mark.parametrize("ending", ["", "-wal", "-shm", "-journal", ".lock"])
def test_the_store_is_not_written_over(one_run, ending):
    done = one_run.run("export", "mine", "-o", "./exam/../proctor.db" + ending)
    assert done.returncode == 2 and "the store" in done.stderr
    assert one_run.run("verify").returncode == 0


def test_a_link_to_the_store_is_the_store(one_run):
    (one_run.path / "x.jsonl").symlink_to("proctor.db")
    done = one_run.run("export", "mine", "-o", "x.jsonl")
    assert done.returncode == 2 and "the store" in done.stderr
    assert one_run.run("verify").returncode == 0


def test_what_is_read_is_not_written_over(one_run):
    before = BARS.read_bytes()
    (one_run.path / "bars.csv").write_bytes(before)
    done = one_run.run("chart", "bars.csv", "--format", "png", "-o", "bars.csv")
    assert done.returncode == 2 and "name another file" in done.stderr
    assert (one_run.path / "bars.csv").read_bytes() == before


def test_no_file_that_is_asked_is_written_over(work):
    exam = work.path / "exam.csv"
    exam.write_text("q,1,2,3,4,A\n")
    for command in [["list", "subjects"], ["prompt", "baseline/A"]]:
        done = work.run(*command, "--dataset", "exam.csv", "-o", "exam.csv")
        assert done.returncode == 2 and "exam.csv is the file of --dataset; name another file" in done.stderr
    assert exam.read_text() == "q,1,2,3,4,A\n"


def test_the_store_that_takes_the_runs_is_not_written_over(one_run):
    one_run.run("merge", "proctor.db", "--into", "all.db")
    done = one_run.run("merge", "proctor.db", "--into", "all.db", "-o", "all.db")

    assert done.returncode == 2 and "all.db is the store (--into)" in done.stderr
    assert one_run.run("report", "--store", "all.db").returncode == 0


@pytest.mark.parametrize("name", ["lab.png", "x.html", "x.tsv", "x.jsno"])
def test_an_ending_that_is_no_form_of_the_command_leaves_the_file(one_run, name):
    (one_run.path / name).write_text("before")
    done = one_run.run("report", "-o", name)

    assert (done.returncode, done.stderr) == (
        2, f"proctor: -o: found {name}, expected .txt, .md, .csv or .json\n")
    assert (one_run.path / name).read_text() == "before"


def test_a_report_in_a_file_of_json_is_what_json_prints(one_run):
    one_run.run("report", "-o", "r.json")

    assert (one_run.path / "r.json").read_text() == one_run.run("report", "--json").stdout


def test_a_report_in_csv_is_drawn_as_its_runs_are(work, exam_server):
    asked = ["run", "openai-compatible/m", "--base-url", exam_server().url, "--dataset", "sample", "--subject", "all"]
    for protocol in ["seed", "proctor"]:
        work.run(*asked, "--protocol", protocol)
    work.run(*asked, "--protocol", "seed", "--seed", 1, "--limit", 5, "--name", "part")
    of_runs = work.json("chart", "-o", "runs.svg")
    work.run("report", "-o", "r.csv")
    of_file = work.json("chart", "r.csv", "-o", "file.svg")

    seen = [[(bar["label"], round(bar["accuracy"], 6), bar["n"], bar["partial"]) for bar in chart["bars"]]
            for chart in (of_runs, of_file)]  # fmt: skip
    assert sorted(seen[0]) == sorted(seen[1])
    assert "sample exam accuracy" in (work.path / "file.svg").read_text()
    methods = {(bar["label"], bar["method"]) for bar in of_file["bars"]}
    assert len(methods) == 3


def test_a_line_without_a_reply_is_left_out_of_a_chart_and_said(one_run):
    (one_run.path / "r.csv").write_text("model,accuracy,correct,n,failed\na,50,1,2,0\nb,,,3,3\n")
    done = one_run.run("chart", "r.csv", "-o", "r.svg")

    assert done.stderr == "lines without a reply are left out\nr.svg: 1 bar\n"


def test_a_chart_without_an_ending_asks_for_its_format(work):
    done = work.run("chart", BARS, "-o", "-")
    assert done.returncode == 2 and "--format" in done.stderr
    assert "<svg" in work.run("chart", BARS, "-o", "-", "--format", "svg").stdout


# ---- .env


def serve(work):
    key = shlex.quote(str(work.path / "exam/test"))
    return f"{shlex.quote(FAKE_SERVER)} --port {{port}} --right 40/100 --key {key}"


def test_a_working_folder_starts_no_program(work):
    evil = work.path / "evil.sh"
    evil.write_text("#!/bin/sh\ntouch " + shlex.quote(str(work.path / "owned")) + "\n")
    evil.chmod(0o755)
    (work.path / "m.gguf").write_bytes(b"GGUF")
    (work.path / ".env").write_text(f"PROCTOR_LLAMA_SERVER={evil}\n")
    work.run("run", "m.gguf", "--dataset", "exam", "--engine", "server", "--serve-wait", 5)
    assert not (work.path / "owned").exists()


def test_a_working_folder_does_not_move_the_cache(work):
    (work.path / ".env").write_text("HF_HOME=/evil\nHF_HUB_CACHE=/evil\n")
    del work.environment["HF_HOME"]
    assert "/evil" not in work.run("doctor").stdout


def test_a_working_folder_gives_a_key(work, exam_server):
    (work.path / ".env").write_text("DEEPSEEK_API_KEY=sk-1\nMY_KEY=sk-2\n")
    done = work.run("doctor")
    assert "gives DEEPSEEK_API_KEY; ignored: MY_KEY" in done.stdout
    assert "DEEPSEEK_API_KEY is set" in done.stdout and "sk-" not in done.stdout
    url = exam_server().url
    done = work.run("doctor", "llama", "--base-url", url, "--api-key-env", "MY_KEY")
    assert "gives MY_KEY" in done.stdout


def test_doctor_says_what_is_ignored(work):
    (work.path / ".env").write_text("HF_ENDPOINT=http://evil\nhttps_proxy=http://evil\n")
    done = work.run("doctor")
    assert "ignored: HF_ENDPOINT, https_proxy" in done.stdout and "evil" not in done.stdout


@pytest.mark.parametrize("kind", ["folder", "malformed"])
def test_a_bad_dotenv_stops_only_what_needs_a_key_from_it(one_run, kind):
    dotenv = one_run.path / ".env"
    dotenv.mkdir() if kind == "folder" else dotenv.write_text("DEEPSEEK_API_KEY='open\n")
    for words in [["report"], ["show", "mine"], ["list", "runs"], ["export", "mine"]]:
        done = one_run.run(*words)
        assert done.returncode == 0 and ".env" not in done.stderr, words
    asked = ["run", "baseline/B", "--dataset", "exam"]
    assert one_run.run(*asked).returncode == 0
    asked[1] = "deepseek/m"
    done = one_run.run(*asked)
    assert done.returncode == 2 and done.stderr.startswith("proctor: .env: ")
    assert "sk-" not in done.stderr
    done = one_run.run(*asked, "--dry-run", DEEPSEEK_API_KEY="k")
    assert done.returncode == 0


# ---- What doctor shows


@pytest.mark.parametrize(
    "variables, cache",
    [
        ({"HUGGINGFACE_HUB_CACHE": "/a/b"}, "/a/b"),
        ({"HF_HUB_CACHE": "/a/c", "HUGGINGFACE_HUB_CACHE": "/a/b"}, "/a/c"),
        ({"HF_HOME": "~/h", "HOME": "/root/u"}, "/root/u/h/hub"),
        ({"XDG_CACHE_HOME": "/x", "HOME": "/h"}, "/x/huggingface/hub"),
    ],
    ids=["old_name", "first_name", "tilde", "xdg"],
)
def test_doctor_shows_the_cache_that_is_used(work, variables, cache):
    del work.environment["HF_HOME"]
    done = work.run("doctor", "--json", **variables)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["found"] for row in found if row["what"] == "cache"] == [cache]


def test_a_key_that_is_not_set_is_not_ok(work):
    rows = [line for line in work.run("doctor").stdout.splitlines() if "not set" in line]
    assert rows and all(row.split()[0] == "-" for row in rows)


def test_a_folder_s_name_that_is_too_long_is_told(work):
    done = work.run("doctor", "--cache-dir", "x" * 300)
    assert done.returncode == 1 and "file name too long" in done.stdout


# ---- Files that are read


def test_27_choices_of_an_example_are_told(work):
    choices = json.dumps(["x"] * 27)
    (work.path / "shots.jsonl").write_text(
        f'{{"subject":"natural_science","question":"Q","answer":26,"choices":{choices}}}\n'
    )
    done = work.run(
        *["prompt", "baseline/A", "--dataset", "sample", "--subject", "natural_science"],
        *["--protocol", "mmlu", "--shots", 1, "--shots-from", "shots.jsonl", "--index", 0],
    )
    assert done.returncode == 2
    assert "shots.jsonl: line 1: choices: found 27 of them" in done.stderr


def test_a_passage_that_is_not_asked_is_told(work):
    (work.path / "race.jsonl").write_text(
        '{"article":"Tom ate.","question":"Who ate?","options":["Ann","Tom"],"answer":"B"}\n'
    )
    words = ["prompt", "baseline/A", "--dataset", "race.jsonl", "--index", 0]
    done = work.run(*words)
    assert "a passage in article that is not asked; --columns context=article" in done.stderr
    done = work.run(*words, "--columns", "context=article")
    assert done.stderr == "" and "Tom ate.\n\nWho ate?" in done.stdout


def test_a_chart_is_opened_in_the_viewer_where_there_is_one(work):
    work.run("run", "baseline/longest", "--dataset", "sample")
    tools = work.path / "tools"
    tools.mkdir()
    viewer = tools / ("open" if sys.platform == "darwin" else "xdg-open")
    viewer.write_text('#!/bin/sh\necho "$1" > opened.tmp && mv opened.tmp opened\n')
    viewer.chmod(0o755)

    done = work.run("chart", "--open", "-o", "-x.png", PATH=f"{tools}:/bin:/usr/bin")
    assert done.returncode == 0, done.stderr
    opened = work.path / "opened"
    for _ in range(500):
        if opened.exists():
            break
        time.sleep(0.02)
    assert opened.read_text() == "./-x.png\n"

    viewer.write_text("#!/bin/sh\nexit 3\n")
    for path, why in ((work.path, "no such program here"), (f"{tools}:/bin:/usr/bin", "found no viewer for it")):
        none = work.run("chart", "--open", "-o", "x.png", PATH=str(path))
        assert none.returncode == 2
        assert f"--open: {viewer.name}: {why}" in none.stderr and "x.png is written" in none.stderr
        assert (work.path / "x.png").exists()
        (work.path / "x.png").unlink()


def test_a_chart_on_stdout_is_not_opened(work):
    done = work.run("chart", "--open", "--format", "png", "-o", "-")
    assert done.returncode == 2
    assert "--open: stdout cannot be opened" in done.stderr
