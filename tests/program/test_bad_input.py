"""Bad input is one line on stderr that names the place; nothing is asked."""

import sqlite3

import pytest

from conftest import SUBJECT, one_line

HEADER = "question,choice0,choice1,choice2,choice3,answer\n"
ROW = "What is 1+1?,1,2,3,4,1\n"


@pytest.fixture
def refused(work, start_server):
    """Runs, and gives the one line that it said."""
    server = start_server()

    def run(*args, dataset="exam", env={}):
        words = ["run", *args]
        if not any(str(word).startswith("--dataset") for word in words):
            words += ["--dataset", dataset]
        if not any("/" in str(word) or word == "--type" for word in args):
            words += ["openai-compatible/m"]
        done = work.run(*words, "--base-url", server.url, **env)
        assert done.returncode == 2, (done.returncode, done.stdout, done.stderr)
        assert done.stdout == "" and server.requests() == 0
        return one_line(done.stderr)

    return run


@pytest.mark.parametrize(
    "args, words",
    [
        (["--subjcet", "x"], ["--subjcet", "did you mean --subject?"]),
        (["olama/mistral:7b"], ["olama", "did you mean ollama?"]),
        (["--type", "deepsek"], ["--type", "deepsek", "did you mean deepseek?"]),
        (["--protocol", "sead"], ["--protocol", "sead", "did you mean seed?"]),
        (["--extract", "first-leter"], ["--extract", "did you mean first-letter?"]),
        (
            ["--subject", "college_computer_sience"],
            ["--subject", "college_computer_sience", f"did you mean {SUBJECT}?"],
        ),
    ],
    ids=lambda value: value[0].strip("-"),
)
def test_a_mistyped_word_is_suggested(refused, args, words):
    line = refused(*args)
    for word in words:
        assert word in line


def test_a_mistyped_command_is_suggested(work):
    done = work.run("reprot")
    assert done.returncode == 2
    assert "did you mean report?" in one_line(done.stderr)


@pytest.mark.parametrize(
    "args",
    [
        ["--limit", "0"],
        ["--limit", "-1"],
        ["--limit", "ten"],
        ["--limit", "10x"],
        ["--limit", "99999999999999999999"],
        ["--concurrency", "0"],
        ["--concurrency", "many"],
        ["--timeout", "0"],
        ["--timeout", "nan"],
        ["--retries", "-1"],
        ["--temperature", "hot"],
        ["--temperature", "-1"],
        ["--max-tokens", "0"],
        ["--seed", "1.5"],
        ["--lang", "de"],
        ["--header", "no-colon"],
        ["--extra-body", "[1]"],
        ["--extra-body", "{"],
        ["--columns", "nonsense"],
        ["--shots", "3"],
        ["--split", "nowhere"],
        ["--config", "missing.toml"],
        ["--dataset", "missing.csv"],
        ["--dataset", "./nowhere"],
    ],
    ids="=".join,
)
def test_a_bad_value_is_told_by_its_flag(refused, args):
    line = refused(*args)
    assert args[0] in line or args[1] in line


def test_a_flag_without_its_value_is_told(work):
    done = work.run("run", "--limit")
    assert done.returncode == 2 and "--limit" in one_line(done.stderr)


@pytest.mark.parametrize("url", ["localhost:1", "ftp://localhost", "http://", "http://a b"])
def test_a_base_url_that_is_none_is_told(work, url):
    done = work.run("run", "llama", "--dataset", "exam", "--base-url", url, "--retries", 0)
    assert done.returncode == 2 and "--base-url" in one_line(done.stderr)


def bad_file(work, text, name="exam.csv"):
    file = work.path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


@pytest.mark.parametrize(
    "text, words",
    [
        ("question,choice0,choice1\nWhat?,1,2\n", ["answer"]),
        ("choice0,choice1,answer\n1,2,0\n", ["question"]),
        (HEADER + ROW + "What?,1,2,3,4,E\n", ["line 3", "answer", "E"]),
        (HEADER + ROW + "What?,1,2,3,4,7\n", ["line 3", "answer", "7"]),
        (HEADER + ROW + "What?,1,2,3,4,\n", ["line 3", "answer"]),
        (HEADER + ROW + "What?,1,2,3,1\n", ["line 3"]),
        (HEADER + ROW + "What?,1,,3,4,1\n", ["line 3", "choice1"]),
        (HEADER + ROW + ",1,2,3,4,1\n", ["line 3", "question"]),
        (HEADER + ROW + '"What?,1,2,3,4,1\n', ["line 3"]),
        (HEADER.encode() + ROW.encode() + b"Wh\xffat?,1,2,3,4,1\n", ["line 3", "UTF-8"]),
        (HEADER + ROW + "What?,1,2", ["line 3"]),
        ("", ["empty"]),
        (HEADER, []),
    ],
    ids=[
        *["no-answer-column", "no-question-column", "answer-E", "answer-7", "no-answer"],
        *["missing-choice", "empty-choice", "empty-question", "open-quote", "not-utf8"],
        *["truncated-last-line", "empty-file", "header-only"],
    ],
)
def test_a_bad_csv_file_is_told_by_file_and_line(work, refused, text, words):
    bad_file(work, text)
    line = refused(dataset="exam.csv")
    for word in ["exam.csv", *words]:
        assert word in line


def test_a_bad_file_in_a_folder_is_told_by_file_line_and_column(work, refused):
    file = work.path / f"exam/test/{SUBJECT}_test.csv"
    file.write_text(file.read_text().replace("7: what follows 9?,7,8,9,10,3", "7: what?,7,8,9,10,E"))
    line = refused()
    for word in [file.name, "line 9", "answer", "E"]:
        assert word in line


@pytest.mark.parametrize(
    "text, words",
    [
        ('{"question": "What?", "choices": ["1", "2"], "answer": 5}\n', ["line 1", "answer"]),
        ('{"question": "What?", "choices": ["1", ""], "answer": 0}\n', ["line 1"]),
        ('{"question": "What?", "choices": ["1", "2"]}\n', ["line 1", "answer"]),
        ('{"question": "What?", "choices": ["1", "2"], "answer": 0}\n{"ques', ["line 2"]),
        ("", ["empty"]),
    ],
    ids=["answer-5", "empty-choice", "no-answer", "truncated-last-line", "empty-file"],
)
def test_a_bad_jsonl_file_is_told_by_file_and_line(work, refused, text, words):
    bad_file(work, text, "exam.jsonl")
    line = refused(dataset="exam.jsonl")
    for word in ["exam.jsonl", *words]:
        assert word in line


def test_a_parquet_file_that_is_none_is_told(work, refused):
    bad_file(work, "not a parquet file", "exam.parquet")
    assert "exam.parquet" in refused(dataset="exam.parquet")


@pytest.mark.parametrize(
    "text", [b"DEEPSEEK_API_KEY='open\n", b"KEY=\xff\n", b"A=1\nnot a name = x\n"]
)
def test_a_bad_dotenv_is_told(work, refused, text):
    (work.path / ".env").write_bytes(text)
    assert ".env" in refused("deepseek/m")


def test_an_unreadable_dotenv_is_told(work, refused):
    (work.path / ".env").mkdir()
    assert ".env" in refused("deepseek/m")


def test_a_key_with_a_line_end_is_told_without_the_key(refused):
    line = refused("deepseek/m", env={"DEEPSEEK_API_KEY": "sk-secret\nX: y"})
    assert "DEEPSEEK_API_KEY" in line and "secret" not in line


def test_a_store_that_is_a_folder_is_told(work, refused):
    (work.path / "store.db").mkdir()
    line = refused("--store", "store.db")
    assert "--store" in line and "store.db" in line


def test_a_store_that_is_no_store_is_told_and_kept(work, refused):
    file = bad_file(work, "these are my notes, not a database\n" * 100, "notes.txt")
    before = file.read_bytes()
    line = refused("--store", "notes.txt")
    assert "notes.txt" in line and file.read_bytes() == before


def test_a_database_of_another_program_is_told_and_kept(work, refused):
    with sqlite3.connect(work.path / "other.db") as other:
        other.execute("CREATE TABLE mine (x)")
    assert "other.db" in refused("--store", "other.db")
    with sqlite3.connect(work.path / "other.db") as other:
        tables = other.execute("SELECT name FROM sqlite_master").fetchall()
    assert tables == [("mine",)]


def test_a_store_in_a_folder_that_is_not_there_is_told(refused):
    line = refused("--store", "nowhere/proctor.db")
    assert "nowhere/proctor.db" in line


def test_a_bad_configuration_is_told_by_file_and_line(work, refused):
    (work.path / "run.toml").write_text('limit = 3\nsubjcet = "x"\n')
    line = refused("--config", "run.toml")
    assert "run.toml" in line and "subjcet" in line
    (work.path / "run.toml").write_text("limit = \n")
    line = refused("--config", "run.toml")
    assert "run.toml" in line and "line 1" in line


def test_a_message_has_no_capital_and_no_full_stop(refused):
    line = refused("--limit", "0")
    assert line.startswith("proctor: --limit") and not line.endswith(".")


@pytest.mark.parametrize("words", [["report", "nosuch"], ["show", "nosuch"], ["export", "x"]])
def test_a_run_that_is_not_there_is_told(work, words):
    work.run("run", "baseline/A", "--dataset", "exam")
    done = work.run(*words)
    assert done.returncode == 2 and words[1] in one_line(done.stderr)


@pytest.mark.parametrize("command", ["report", "show", "export", "verify", "rescore", "chart"])
def test_a_store_that_is_not_there_is_told_and_not_made(work, command):
    words = [command, *{"show": ["last"], "export": ["last"], "chart": ["-o", "c.png"],
                        "rescore": ["last", "--extract", "proctor"]}.get(command, [])]
    done = work.run(*words, "--store", "missing.db")
    assert done.returncode == 2
    assert "missing.db" in one_line(done.stderr)
    assert not (work.path / "missing.db").exists()
