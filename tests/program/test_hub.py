"""MMLU from the hub, played by a server here."""

import json
import os
import shutil

import pytest

from conftest import PROCTOR, SUBJECT, exam_rows

COMMIT = "c30699e8356da336a370243923dbaf21066bb9fe"
RUN = ["run", "baseline/A"]


def right_As(hub_root, subject=SUBJECT):
    rows = exam_rows(hub_root / f"csv/test/{subject}_test.csv")
    return sum(row[5] in ("0", "A") for row in rows)


def test_100_questions_come_from_the_hub_and_then_from_the_cache(
    work, hub_root, start_hub, needs_parquet
):
    hub = start_hub()
    env = {"HF_ENDPOINT": hub.url}
    run = work.json(*RUN, **env)
    assert (run["n"], run["dataset"]) == (100, "cais/mmlu")
    assert run["correct"] == right_As(hub_root)
    # One file names the digest of the whole split, whichever subjects are asked.
    assert {entry["path"].split("/")[-2] for entry in hub.log()} == {"all"}
    cache = work.path.parent / "hf/hub/datasets--cais--mmlu"
    file = cache / f"snapshots/{COMMIT}/all/test-00000-of-00001.parquet"
    assert file.is_symlink() and not os.path.isabs(os.readlink(file))
    assert file.resolve().parent == (cache / "blobs").resolve()
    seen = len(hub.log())
    again = work.json(*RUN, **env)
    assert (again["run"], again["reused"]) == (run["run"], 100)
    gets = [entry for entry in hub.log()[seen:] if entry["method"] == "GET"]
    assert gets == []
    hub.stop()
    for name in ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"]:
        offline = work.json(*RUN, "--store", f"{name}.db", **env, **{name: "1"})
        assert (offline["run"], offline["n"]) == (run["run"], 100)
    assert work.json(*RUN, "--store", "off.db", **env)["n"] == 100, "without the hub too"


def test_a_cache_of_ones_own_is_used(work, start_hub, needs_parquet):
    hub = start_hub()
    run = work.json(*RUN, "--cache-dir", ".cache", HF_ENDPOINT=hub.url)
    assert run["n"] == 100
    assert list((work.path / ".cache").rglob("*.parquet"))
    assert not (work.path.parent / "hf").exists()
    seen = len(hub.log())
    work.json(*RUN, "--cache-dir", ".cache", "--limit", 3, HF_HUB_OFFLINE=1, HF_ENDPOINT=hub.url)
    assert len(hub.log()) == seen


def test_offline_without_a_cache_is_one_line(work, start_hub):
    hub = start_hub()
    done = work.run(*RUN, HF_ENDPOINT=hub.url, HF_HUB_OFFLINE=1)
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert "HF_HUB_OFFLINE" in done.stderr and hub.log() == []


def test_the_token_goes_to_the_hub_and_to_no_other_host(work, start_hub, needs_parquet):
    hub = start_hub("--token", "hf_0123456789")
    assert work.json(*RUN, HF_ENDPOINT=hub.url, HF_TOKEN="hf_0123456789")["n"] == 100
    entries = hub.log()
    cdn = [entry for entry in entries if entry["path"].startswith("/cdn/")]
    rest = [entry for entry in entries if not entry["path"].startswith("/cdn/")]
    assert cdn and all(entry["authorization"] is None for entry in cdn)
    assert rest and all(e["authorization"] == "Bearer hf_0123456789" for e in rest)


def test_a_token_that_is_missing_is_told_without_a_token(work, start_hub, needs_parquet):
    hub = start_hub("--token", "hf_right")
    done = work.run(*RUN, HF_ENDPOINT=hub.url, HF_TOKEN="hf_wrong")
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert "401" in done.stderr or "HF_TOKEN" in done.stderr
    assert "hf_wrong" not in done.stderr


def test_a_hub_that_is_busy_is_asked_again(work, start_hub, needs_parquet):
    hub = start_hub("--fail", 2)
    assert work.json(*RUN, HF_ENDPOINT=hub.url)["n"] == 100


def test_a_partial_download_is_resumed(work, start_hub, needs_parquet):
    hub = start_hub()
    work.json(*RUN, HF_ENDPOINT=hub.url)
    (blob,) = (work.path.parent / "hf/hub/datasets--cais--mmlu/blobs").iterdir()
    data = blob.read_bytes()
    shutil.rmtree(work.path.parent / "hf/hub/datasets--cais--mmlu/snapshots")
    blob.with_name(blob.name + ".incomplete").write_bytes(data[:5000])
    blob.unlink()
    work.json(*RUN, "--store", "again.db", HF_ENDPOINT=hub.url)
    assert hub.log()[-1]["range"] == "bytes=5000-"
    assert blob.read_bytes() == data


def test_a_download_that_was_spoilt_is_refused(work, start_hub, needs_parquet):
    hub = start_hub()
    work.json(*RUN, HF_ENDPOINT=hub.url)
    (blob,) = (work.path.parent / "hf/hub/datasets--cais--mmlu/blobs").iterdir()
    data = blob.read_bytes()
    shutil.rmtree(work.path.parent / "hf/hub/datasets--cais--mmlu/snapshots")
    blob.with_name(blob.name + ".incomplete").write_bytes(b"x" * 5000)
    blob.unlink()
    done = work.run(*RUN, "--store", "again.db", HF_ENDPOINT=hub.url)
    # Either is honest: to fetch it anew, or to say so. To read it is not.
    assert done.returncode == 0 and blob.read_bytes() == data or done.returncode == 2


def test_a_subject_that_is_not_there_is_told_with_what_is_near(work, start_hub):
    hub = start_hub()
    done = work.run(*RUN, "--subject", "college_computer_sience", HF_ENDPOINT=hub.url)
    assert done.returncode == 2
    assert f"did you mean {SUBJECT}?" in done.stderr.splitlines()[-1]


def test_no_hub_at_all_is_one_line(work, free_port):
    done = work.run(*RUN, HF_ENDPOINT=f"http://127.0.0.1:{free_port()}", timeout=120)
    assert done.returncode == 2 and done.stdout == ""
    assert "127.0.0.1" in done.stderr.splitlines()[-1]


def test_without_parquet_the_rows_come_from_the_datasets_server(work, hub_root, start_hub):
    hub = start_hub()
    alone = work.path / "bin/proctor"  # a folder without the plug-in
    alone.parent.mkdir()
    shutil.copy(PROCTOR, alone)
    command = work.command
    work.command = lambda args: [str(alone), *command(args)[1:]]
    env = {"HF_ENDPOINT": hub.url, "PROCTOR_DATASETS_SERVER": hub.url}
    run = work.json(*RUN, **env)
    assert (run["n"], run["correct"]) == (100, right_As(hub_root))
    assert any(entry["path"].startswith("/rows?") for entry in hub.log())
    assert not any(entry["path"].startswith("/cdn/") for entry in hub.log())
    hub.stop()
    offline = work.json(*RUN, "--store", "off.db", **env, HF_HUB_OFFLINE=1)
    assert (offline["n"], offline["run"]) == (100, run["run"])


def test_the_hubs_questions_are_the_csv_files_questions(
    work, hub_root, start_hub, needs_parquet
):
    hub = start_hub()

    def messages(*args):
        done = work.run("prompt", "llama", *args, "--json", HF_ENDPOINT=hub.url)
        return [json.loads(line)["messages"] for line in done.stdout.split("\n") if line]

    assert messages() == messages("--dataset", hub_root / "csv")


def test_mmlu_pro_comes_with_its_worked_answers(work, start_hub, needs_parquet):
    done = work.run("prompt", "llama", "--dataset", "TIGER-Lab/MMLU-Pro", "--protocol",
                    "mmlu_pro_official_api", "--limit", 1, "--json",
                    HF_ENDPOINT=start_hub().url)  # fmt: skip
    first, second = [json.loads(line) for line in done.stdout.splitlines()]
    assert (first["subject"], second["subject"]) == ("biology", "computer science")
    (told,) = first["messages"]
    assert "We add 4 to 4. The answer is (E)." in told["content"]
    assert "We add 1 to 1." not in told["content"], "that is of another category"
    assert "biology, test 0: what is 0 + 0?" in told["content"] and "J. 9" in told["content"]
