"""The data sets that are known by name, each from a small file of our own in its
schema, and files with any number of choices."""

import csv
import io
import json
import shutil
import string
import zipfile

import pytest

from conftest import ROOT, one_line

SMALL = ROOT / "tests/dataset/parquet"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
PIN = "c30699e8356da336a370243923dbaf21066bb9fe"
OFFLINE = {"HF_HUB_OFFLINE": "1"}
CMMLU = ",Question,A,B,C,D,Answer\n0,一加一等于几？,1,2,3,4,B\n1,二加二等于几？,3,4,5,6,B\n"
JMMLU = "\ufeffquestion,A,B,C,D,answer\n1足す1は？,1,2,3,4,B\n"


@pytest.fixture
def needs_parquet(work):
    if "read by Arrow" not in work.run("doctor").stdout:
        pytest.skip("this build reads no Parquet files (the plug-in is missing)")


@pytest.fixture
def cached(work):
    """Puts a file into the hub's cache, as if it had been downloaded."""

    def put(repo, path, content=b"", copy=None, commit=COMMIT):
        folder = work.path.parent / "hf/hub" / ("datasets--" + repo.replace("/", "--"))
        file = folder / "snapshots" / commit / path
        file.parent.mkdir(parents=True, exist_ok=True)
        (folder / "refs").mkdir(exist_ok=True)
        (folder / "refs/main").write_text(commit)
        if copy:
            shutil.copy(copy, file)
        else:
            file.write_bytes(content)
        return file

    return put


def zip_of(path, members, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as out:
        for name, text in members.items():
            out.writestr(name, text)
    return path


def prompts(work, *args, code=0):
    done = work.run("prompt", "ollama/m", *args, "--json", **OFFLINE)
    assert done.returncode == code, done.stderr
    return [json.loads(line) for line in done.stdout.split("\n") if line]


def refusal(work, *args):
    done = work.run("run", "baseline/A", *args, **OFFLINE)
    assert (done.returncode, done.stdout) == (2, "")
    return one_line(done.stderr)


def test_every_data_set_says_its_licence(work):
    done = work.run("list", "datasets", "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    licences = {row["dataset"]: row["licence"] for row in rows}
    assert licences == {
        "cais/mmlu": "MIT",
        "TIGER-Lab/MMLU-Pro": "MIT",
        "edinburgh-dair/mmlu-redux": "CC BY 4.0",
        "edinburgh-dair/mmlu-redux-2.0": "CC BY 4.0",
        "CohereLabs/Global-MMLU": "Apache 2.0",
        "openai/MMMLU": "MIT",
        "haonan-li/cmmlu": "CC BY-NC 4.0",
        "nlp-waseda/JMMLU": "CC BY-SA 4.0; some subjects CC BY-NC-ND 4.0 or research only",
        "sample": "MIT",
    }


@pytest.mark.parametrize(
    "repo, config, path, small, commit, subject, labels",
    [
        ("cais/mmlu", "", "all/test-00000-of-00001.parquet", "mmlu", PIN, "sums", "AB"),
        ("TIGER-Lab/MMLU-Pro", "", "data/test-00000-of-00001.parquet", "mmlu_pro", COMMIT,
         "sums", "AB"),
        ("CohereLabs/Global-MMLU", ":ja", "ja/test-00000-of-00001.parquet", "global_mmlu",
         COMMIT, "sums", "ABCD"),
        ("CohereForAI/Global-MMLU", ":ja", "ja/test-00000-of-00001.parquet", "global_mmlu",
         COMMIT, "sums", "ABCD"),
    ],
)  # fmt: skip
def test_a_parquet_data_set_is_asked(
    work, cached, needs_parquet, repo, config, path, small, commit, subject, labels
):
    cached(repo, path, copy=SMALL / f"{small}.parquet", commit=commit)
    first = prompts(work, "--dataset", repo + config)[0]
    assert first["subject"] == subject
    text = first["messages"][-1]["content"]
    assert all(f"\n{letter}. " in text for letter in labels)
    run = work.json("run", "baseline/A", "--dataset", repo + config, **OFFLINE)
    assert run["dataset"] == repo + config and run["n"] == len(prompts(work, "--dataset", repo + config))


def test_mmlus_other_splits_are_reached(work, cached, needs_parquet):
    for split, small in [("validation", "mmlu"), ("dev", "mmlu"),
                         ("auxiliary_train", "auxiliary_train")]:  # fmt: skip
        cached("cais/mmlu", f"all/{split}-00000-of-00001.parquet",
               copy=SMALL / f"{small}.parquet", commit=PIN)  # fmt: skip
        run = work.json("run", "baseline/B", "--split", split, "--subject", "all", **OFFLINE)
        assert (run["split"], run["n"]) == (split, 2)
    assert list(run["by_subject"]) == ["auxiliary_train"]


def test_mmlu_redux_marks_by_the_corrected_keys(work, cached, needs_parquet):
    redux = "edinburgh-dair/mmlu-redux-2.0"
    cached(redux, "anatomy/test-00000-of-00001.parquet", copy=SMALL / "mmlu_redux.parquet")
    args = ["--dataset", redux, "--subject", "anatomy"]
    assert "A. five" in prompts(work, *args, "--index", 1)[0]["messages"][-1]["content"]
    # The keys are B, A, C, D, B or D, D.
    for letter, correct in [("A", 1), ("B", 2), ("C", 1), ("D", 3)]:
        run = work.json("run", f"baseline/{letter}", *args, **OFFLINE)
        assert (run["correct"], run["n"], run["dropped_bad_labels"]) == (correct, 6, 0)
    assert work.run("verify").returncode == 0
    marks = [row["mark"] for row in work.exported()]
    assert marks == ["wrong", "wrong", "wrong", "right", "right", "right"]


def test_all_right_keys_are_shown_wherever_a_key_is(
    work, cached, needs_parquet, start_server
):
    redux = "edinburgh-dair/mmlu-redux-2.0"
    cached(redux, "anatomy/test-00000-of-00001.parquet", copy=SMALL / "mmlu_redux.parquet")
    server = start_server("--answer", "Answer: D")
    done = work.run("run", "llama", "--base-url", server.url, "--show", "--dataset", redux,
                    "--subject", "anatomy", **OFFLINE)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Ground Truth: B or D,") == 1
    assert work.run("show").stdout.count(", right B or D\n") == 1
    assert "(right: B or D)" in work.run("audit").stdout
    audited = work.json("audit")["disagreements"]
    assert [one["right"] for one in audited] == ["B", "A", "C", "D", "B,D", "D"]


@pytest.mark.parametrize("answer", ["A", "B", "D"])
def test_the_accuracy_of_an_export_is_the_reports(work, cached, needs_parquet, answer):
    redux = "edinburgh-dair/mmlu-redux-2.0"
    cached(redux, "anatomy/test-00000-of-00001.parquet", copy=SMALL / "mmlu_redux.parquet")
    work.run("run", f"baseline/{answer}", "--dataset", redux, "--subject", "anatomy", **OFFLINE)
    report = work.json("report", "last")
    table = work.run("export", "last", "--format", "csv").stdout
    for rows in [work.exported(), list(csv.DictReader(io.StringIO(table)))]:
        right = [row["letter"] in row["right"].split(",") for row in rows]
        assert right == [row["mark"] == "right" for row in rows]
        assert sum(right) / len(rows) == report["accuracy"]


def test_bad_labels_are_left_out_of_another_run_and_the_summary_says_how_many(
    work, cached, needs_parquet
):
    redux = "edinburgh-dair/mmlu-redux-2.0"
    cached(redux, "anatomy/test-00000-of-00001.parquet", copy=SMALL / "mmlu_redux.parquet")
    args = ["run", "baseline/B", "--dataset", redux, "--subject", "anatomy"]
    whole = work.json(*args, **OFFLINE)
    run = work.json(*args, "--drop-bad-labels", **OFFLINE)
    assert (run["n"], run["correct"], run["dropped_bad_labels"]) == (1, 1, 5)
    assert run["run"] != whole["run"]
    text = work.run(*args, "--drop-bad-labels", **OFFLINE).stdout
    assert "left out: 5 with bad labels (--drop-bad-labels)" in text
    ja = work.run(*args, "--drop-bad-labels", "--lang", "ja", **OFFLINE).stdout
    assert "ラベル不良の 5 問" in ja
    assert work.run("verify").returncode == 0


def test_labels_that_are_not_there_cannot_be_dropped(work):
    assert refusal(work, "--dataset", "sample", "--drop-bad-labels") == (
        "proctor: --drop-bad-labels: sample does not say which of its questions are bad "
        "(error_type, as MMLU-Redux has it)"
    )


def test_mmmlu_is_asked(work, cached):
    text = ",Question,A,B,C,D,Answer,Subject\n0,1足す1は？,1,2,3,4,B,anatomy\n"
    cached("openai/MMMLU", "test/mmlu_JA-JP.csv", text.encode())
    run = work.json(
        "run", "baseline/B", "--dataset", "openai/MMMLU:JA_JP", "--subject", "other", **OFFLINE
    )
    assert (run["n"], run["correct"], list(run["by_category"])) == (1, 1, ["other"])
    assert "CohereLabs/Global-MMLU:ja" in refusal(work, "--dataset", "CohereLabs/Global-MMLU")


def test_cmmlu_is_asked_from_its_zip(work, cached):
    file = cached("haonan-li/cmmlu", "cmmlu_v1_0_1.zip")
    zip_of(file, {
        "test/anatomy.csv": CMMLU, "test/chinese_history.csv": CMMLU, "dev/anatomy.csv": CMMLU,
        "dev/chinese_history.csv": CMMLU, "__MACOSX/test/._anatomy.csv": "x",
    })  # fmt: skip
    args = ["--dataset", "haonan-li/cmmlu"]
    run = work.json("run", "baseline/B", *args, **OFFLINE)
    assert (run["n"], run["correct"]) == (4, 4)
    categories = {name: total["n"] for name, total in run["by_category"].items()}
    assert categories == {"stem": 2, "humanities": 2, "china_specific": 2}
    asked = prompts(work, *args, "--subject", "china_specific", "--protocol", "mmlu",
                    "--shots", 1)  # fmt: skip
    assert [line["subject"] for line in asked] == ["chinese_history"] * 2
    assert "一加一等于几？" in asked[1]["prompt"]
    assert len(prompts(work, "--dataset", "haonan-li/cmmlu:anatomy")) == 2


def test_jmmlu_is_asked_from_its_zip(work, cached):
    file = cached("nlp-waseda/JMMLU", "JMMLU.zip")
    bare = "2足す2は？,1,2,3,4,D\n"  # no header line, as some copies have it
    zip_of(file, {
        "JMMLU/": "", "JMMLU/test/japanese_idiom.csv": JMMLU, "JMMLU/test/anatomy.csv": bare,
    })  # fmt: skip
    run = work.json("run", "baseline/B", "--dataset", "nlp-waseda/JMMLU", **OFFLINE)
    assert (run["n"], run["correct"]) == (2, 1)
    assert set(run["by_category"]) == {"humanities", "other"}


def test_a_zip_of_ones_own_is_read_like_a_folder(work):
    zip_of(work.path / "exam.ZIP", {
        "x/test/law_test.csv": "Q,a,b,c,d,A\n", "x/test/art.jsonl":
        '{"question": "Q", "choices": ["a", "b"], "answer": 1}\n',
    }, zipfile.ZIP_STORED)  # fmt: skip
    run = work.json("run", "baseline/A", "--dataset", "exam.ZIP")
    assert (run["n"], run["correct"], list(run["by_subject"])) == (2, 1, ["art", "law"])


def broken(path, kind):
    content = {
        "latin": {"test/caf\u00e9.csv": CMMLU},
        "twice": {"a/test/law.csv": CMMLU, "b/test/law.csv": CMMLU},
        "no split": {"dev/law.csv": CMMLU},
        "empty": {},
        "bad csv": {"test/law.csv": "Q,a,b\n"},
    }.get(kind, {"test/law.csv": CMMLU * 50})
    zip_of(path, content)
    data = bytearray(path.read_bytes())
    if kind == "latin":
        data = data.replace("caf\u00e9".encode(), b"cafe\x82")  # as long, of another page
        for mark, at in [(b"PK\3\4", 6), (b"PK\1\2", 8)]:
            place = data.index(mark) + at
            data[place:place + 2] = b"\0\0"
    if kind == "encrypted":
        for mark, at in [(b"PK\3\4", 6), (b"PK\1\2", 8)]:
            data[data.index(mark) + at] |= 1
    if kind == "truncated":
        del data[len(data) // 2:]
    if kind == "damaged":
        data[60:64] = b"\0\0\0\0"
    if kind == "no zip":
        data = b"question,A,B,C,D,answer\n"
    path.write_bytes(bytes(data))


@pytest.mark.parametrize(
    "kind, words",
    [
        ("latin", "its name is not UTF-8"),
        ("encrypted", "test/law.csv: encrypted"),
        ("truncated", "not a whole zip"),
        ("damaged", "test/law.csv: damaged"),
        ("no zip", "not a whole zip"),
        ("twice", "b/test/law.csv: the zip has another file of law"),
        ("no split", "no folder test with .csv or .jsonl files in it"),
        ("empty", "found no such files"),
        ("bad csv", "test/law.csv: line 1"),
    ],
)
def test_a_zip_that_cannot_be_read_is_one_line(work, kind, words):
    broken(work.path / "exam.zip", kind)
    line = refusal(work, "--dataset", "exam.zip")
    assert line.startswith("proctor: exam.zip: ") and words in line


@pytest.mark.parametrize(
    "dataset, subject, near",
    [
        ("cais/mmlu", "college_computer_sience", "college_computer_science"),
        ("TIGER-Lab/MMLU-Pro", "computer sience", "computer science"),
        ("edinburgh-dair/mmlu-redux", "viroligy", "virology"),
        ("edinburgh-dair/mmlu-redux-2.0", "sociologi", "sociology"),
        ("CohereLabs/Global-MMLU:ja", "anatomi", "anatomy"),
        ("openai/MMMLU:JA_JP", "humanitys", "humanities"),
        ("haonan-li/cmmlu", "agronomie", "agronomy"),
        ("nlp-waseda/JMMLU", "japanese_idioms", "japanese_idiom"),
    ],
)
def test_a_mistyped_subject_is_refused_before_any_download(work, start_server, dataset, subject, near):
    hub = start_server()
    done = work.run(
        "run", "baseline/A", "--dataset", dataset, "--subject", subject,
        HF_ENDPOINT=hub.url, PROCTOR_DATASETS_SERVER=hub.url,
    )  # fmt: skip
    assert done.returncode == 2 and hub.requests() == 0
    line = one_line(done.stderr)
    assert line.startswith(f"proctor: --subject: {subject}: no such subject")
    assert dataset in line and near in line


def test_the_subjects_of_a_known_data_set_are_listed_without_a_download(work):
    done = work.run("list", "subjects", "--dataset", "haonan-li/cmmlu", "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) == 67
    assert {"chinese_history": "humanities, china_specific"}.items() <= {
        row["subject"]: row["category"] for row in rows
    }.items()


def save_to_disk(folder, split, rows):
    """The files that datasets writes, by its documentation."""
    pyarrow = pytest.importorskip("pyarrow")
    pyarrow_ipc = pytest.importorskip("pyarrow.ipc")
    folder.mkdir(parents=True)
    table = pyarrow.Table.from_pylist(rows)
    name = "data-00000-of-00001.arrow"
    with pyarrow.OSFile(str(folder / name), "wb") as out:
        with pyarrow_ipc.new_stream(out, table.schema) as stream:
            stream.write_table(table)
    (folder / "dataset_info.json").write_text("{}")
    state = {"_data_files": [{"filename": name}], "_split": split, "_format_type": None}
    (folder / "state.json").write_text(json.dumps(state))


ROWS = [{"question": "What?", "choices": ["x", "y"], "answer": 1},
        {"question": "Who?", "choices": ["z", "w"], "answer": 0}]  # fmt: skip


def test_a_dataset_that_was_saved_to_disk_is_one_split(work, needs_parquet):
    save_to_disk(work.path / "saved", "validation", ROWS)
    run = work.json("run", "baseline/B", "--dataset", "saved")
    assert (run["split"], run["n"], run["correct"]) == ("validation", 2, 1)
    assert list(run["by_subject"]) == ["saved"]
    assert "a saved Dataset is one split" in refusal(work, "--dataset", "saved", "--split", "dev")


def test_a_dataset_dict_that_was_saved_has_a_folder_a_split(work, needs_parquet):
    (work.path / "all").mkdir()
    (work.path / "all/dataset_dict.json").write_text('{"splits": ["dev", "test"]}')
    save_to_disk(work.path / "all/test", "test", ROWS)
    save_to_disk(work.path / "all/dev", "dev", ROWS[:1])
    for split, n in [("test", 2), ("dev", 1)]:
        run = work.json("run", "baseline/B", "--dataset", "all", "--split", split)
        assert (run["split"], run["n"], list(run["by_subject"])) == (split, n, ["all"])


def test_of_a_saved_dataset_dict_only_the_files_that_it_names_are_read(work, needs_parquet):
    test = work.path / "all/test"
    save_to_disk(test, "test", ROWS)
    shutil.copy(test / "data-00000-of-00001.arrow", test / "data-00000-of-00002.arrow")
    assert work.json("run", "baseline/B", "--dataset", "all")["n"] == 2
    state = json.loads((test / "state.json").read_text())
    state["_indices_data_files"] = [{"filename": "indices.arrow"}]
    (test / "state.json").write_text(json.dumps(state))
    assert "flatten_indices()" in refusal(work, "--dataset", "all")


def test_the_configurations_of_a_hub_data_set_are_named(work, start_hub, tmp_path, needs_parquet):
    root = tmp_path / "hub_of_ours"
    for config in ["easy", "hard"]:
        path = root / f"datasets/someone/exam/{config}/test-00000-of-00001.parquet"
        path.parent.mkdir(parents=True)
        shutil.copy(SMALL / "mmlu.parquet", path)
    other = root / "datasets/someone/file/exam.jsonl"
    other.parent.mkdir(parents=True)
    other.write_text(json.dumps(ROWS[0]) + "\n")
    hub = {"HF_ENDPOINT": start_hub(root=root).url}
    run = work.json("run", "baseline/B", "--dataset", "someone/exam:hard", **hub)
    assert run["n"] == 2
    for name, words in [
        ("someone/exam", "someone/exam: no configuration is named; there are easy, hard; "
         "name one as someone/exam:easy"),
        ("someone/exam:hrad", "no configuration hrad; there are easy, hard"),
        ("someone/file", "found exam.jsonl; where one of these is the split, download it"),
    ]:  # fmt: skip
        done = work.run("run", "baseline/A", "--dataset", name, **hub)
        assert done.returncode == 2 and words in one_line(done.stderr)


@pytest.mark.parametrize(
    "name, text, columns",
    [
        ("a.tsv", "question\tA\tB\tanswer\nWhat?\tx\ty\tB\n", None),
        ("a.csv", "question;A;B;answer\nWhat?;x;y;B\n", None),
        ("a.csv", "question,choices,answer\nWhat?,\"['x', 'y']\",y\n", None),
        ("a.csv", "question,choice_1,choice_2,answer\nWhat?,x,y,2\n", "answer=answer@1"),
        ("a.json", json.dumps([ROWS[0]], indent=1), None),
        ("a.json", json.dumps({"questions": [ROWS[0]]}), None),
        ("a.json", json.dumps({key: {"0": value} for key, value in ROWS[0].items()}), None),
    ],
)
def test_the_forms_that_files_have_are_asked_alike(work, name, text, columns):
    (work.path / name).write_text(text)
    named = ["--columns", columns] if columns else []
    run = work.json("run", "baseline/B", "--dataset", name, *named)
    assert (run["n"], run["correct"]) == (1, 1)
    (line,) = prompts(work, "--dataset", name, *named)
    assert "What?" in line["messages"][-1]["content"] and "B. y" in line["messages"][-1]["content"]


def choices(n):
    return [f"choice number {i}" for i in range(n)]


def table(path, n, ending):
    """Two questions of n choices with columns of other names; the last choice is right."""
    letters = string.ascii_uppercase[:n]
    if ending == "csv":
        names = [f"opt{i}" for i in range(n)]
        rows = [["Q", *names, "Key"], *(["What?", *choices(n), letters[-1]] for _ in range(2))]
        path.write_text("".join(",".join(row) + "\n" for row in rows))
        return f"question=Q,choices={'+'.join(names)},answer=Key"
    if ending == "jsonl":
        row = {"Q": "What?", "opts": choices(n), "Key": n - 1}
        path.write_text(f"{json.dumps(row)}\n" * 2)
    if ending == "parquet":
        pyarrow = pytest.importorskip("pyarrow")
        parquet = pytest.importorskip("pyarrow.parquet")
        columns = {"Q": ["What?"] * 2, "opts": [choices(n)] * 2, "Key": [n - 1] * 2}
        parquet.write_table(pyarrow.table(columns), path)
    return "question=Q,choices=opts,answer=Key"


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("n", [1, 2, 4, 10, 26])
def test_from_1_to_26_choices_are_asked_and_read(work, start_server, needs_parquet, n, ending):
    file = work.path / f"exam.{ending}"
    columns = table(file, n, ending)
    last = string.ascii_uppercase[n - 1]
    args = ["--dataset", file.name, "--columns", columns]
    text = prompts(work, *args)[0]["messages"][-1]["content"]
    for letter, choice in zip(string.ascii_uppercase, choices(n)):
        assert f"{letter}. {choice}\n" in text
    assert f"{string.ascii_uppercase[n % 26]}. " not in text or n == 26
    server = start_server("--answer", last)
    for protocol in ["seed", "proctor"]:
        run = work.json("run", "openai-compatible/m", "--base-url", server.url, *args,
                        "--protocol", protocol)  # fmt: skip
        assert (run["n"], run["correct"]) == (2, 2)
    assert f": right, answered {last} (" in work.run("show", "last").stdout


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_27_choices_are_refused(work, needs_parquet, ending):
    file = work.path / f"exam.{ending}"
    columns = table(file, 27, ending) if ending != "csv" else None
    if ending == "csv":
        names = [f"choice{i}" for i in range(27)]
        file.write_text(f"question,{','.join(names)},answer\nWhat?,{','.join(choices(27))},0\n")
        line = refusal(work, "--dataset", file.name)
        assert line == "proctor: exam.csv: line 1, column choice26: found more choices than 26"
        columns = f"question=question,choices={'+'.join(names)},answer=answer"
        line = refusal(work, "--dataset", file.name, "--columns", columns)
        assert line == "proctor: --columns: choices names 27 columns, at most 26 can be"
        return
    line = refusal(work, "--dataset", file.name, "--columns", columns)
    assert "opts: found 27 choices, expected 1 to 26" in line
