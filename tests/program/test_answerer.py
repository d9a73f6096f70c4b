"""Who answers: two models never meet in one run unawares."""

import hashlib
import json
import sqlite3

import pytest

from conftest import write_exam
from standin import standing_in

QWEN = {"file": "qwen.gguf", "letter": "B"}


@pytest.fixture
def llama():
    with standing_in() as server:
        yield server


def asking(server, *more, model="llama"):
    return ["run", model, "--base-url", server.url, "--dataset", "exam", *more]


def stored(work):
    """Replies that count, by run and model."""
    with sqlite3.connect(work.path / "proctor.db") as store:
        return store.execute(
            "SELECT substr(u.id, 1, 8), a.model, count(*) FROM result r JOIN attempt a "
            "ON a.id = r.attempt JOIN run u ON u.number = r.run GROUP BY 1, 2 ORDER BY 2"
        ).fetchall()


def as_before(work):
    """Turns the only run into one from before names held who answers. Its short id."""
    with sqlite3.connect(work.path / "proctor.db") as store:
        (key, info), = store.execute("SELECT key, info FROM run")
        key, info = json.loads(key), json.loads(info)
        key["engine"] = ""
        for word in ("answerer", "command"):
            info.pop(word, None)
        canonical = json.dumps(key, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        name = hashlib.sha256(canonical.encode()).hexdigest()
        store.execute("UPDATE run SET id = ?, key = ?, info = ?",
                      (name, canonical, json.dumps(info)))
    return name[:8]


# ---- llama-server


def test_another_model_at_an_address_is_another_run(work, llama):
    first = work.json(*asking(llama))
    llama.become(**QWEN)
    done = work.run(*asking(llama, "--json"))
    second = json.loads(done.stdout)
    assert first["run"] != second["run"]
    assert (second["reused"], second["requests"]) == (0, 100)
    assert (f"run {first['run'][:8]} at this address was answered by mistral.gguf, b1; now "
            f"qwen.gguf, b1 is there: this is run {second['run'][:8]}") in done.stderr
    assert [row[1:] for row in stored(work)] == [("mistral.gguf", 100), ("qwen.gguf", 100)]


def test_another_subject_does_not_mix_two_models(work, llama):
    write_exam(work.path / "exam", n=20, subject="anatomy")
    first = work.json(*asking(llama))
    llama.become(**QWEN)
    second = work.json(*asking(llama, "--subject", "anatomy"))
    assert first["run"] != second["run"]
    assert [row[1:] for row in stored(work)] == [("mistral.gguf", 100), ("qwen.gguf", 20)]


def test_the_first_model_back_again_goes_on_with_its_run(work, llama):
    first = work.json(*asking(llama, "--limit", 10))
    llama.become(**QWEN)
    work.json(*asking(llama, "--limit", 10))
    llama.become(file="mistral.gguf", letter="A")
    again = work.json(*asking(llama))
    assert (again["run"], again["reused"], again["requests"]) == (first["run"], 10, 90)


def test_a_model_that_changes_in_the_middle_ends_the_run(work, llama):
    llama.change_after = (40, QWEN)
    done = work.run(*asking(llama, "--concurrency", 1))
    assert done.returncode == 2
    assert "answered by qwen.gguf, expected mistral.gguf (40)" in done.stderr
    assert "--mixed" in done.stderr and "--store" in done.stderr
    assert "failed 1" in done.stdout
    assert [row[1:] for row in stored(work)] == [("mistral.gguf", 40)]
    with sqlite3.connect(work.path / "proctor.db") as store:
        (fault, message, body), = store.execute(
            "SELECT fault, message, CAST(response AS TEXT) FROM attempt WHERE fault NOT NULL")
    assert fault == "rejected" and message.startswith("answered by qwen.gguf")
    assert json.loads(body)["choices"][0]["message"]["content"] == "B"


def test_what_is_on_its_way_then_is_no_answer_either(work, llama):
    llama.change_after = (40, QWEN)
    run = work.json(*asking(llama, "--concurrency", 4), code=2)
    assert run["ledger"]["failed"] == llama.asked - 40 <= 4
    assert [row[1:] for row in stored(work)] == [("mistral.gguf", 40)]
    assert "qwen.gguf" in run["stopped"] and "another --store, or go on with --mixed" in run["stopped"]


def test_a_mixed_run_goes_on_and_names_each(work, llama):
    llama.change_after = (40, QWEN)
    done = work.run(*asking(llama, "--concurrency", 1, "--mixed"))
    assert done.returncode == 0, done.stderr
    assert "answered by 2 models: qwen.gguf 60, mistral.gguf 40" in done.stdout
    assert "Model: llama (2 models, b1)\n" in done.stdout
    verified = work.run("verify")
    assert verified.returncode == 0
    assert "answered by 2 models: qwen.gguf 60, mistral.gguf 40" in verified.stdout
    llama.become(file="mistral.gguf", letter="A", change_after=None)
    last = work.json(*asking(llama))
    assert {row["model"]: row["n"] for row in last["answered_by"]} == {
        "mistral.gguf": 40, "qwen.gguf": 60}


def test_another_build_is_refused_before_the_first_question(work, llama):
    work.json(*asking(llama, "--limit", 10))
    llama.become(build="b2")
    done = work.run(*asking(llama))
    assert done.returncode == 2 and llama.asked == 10
    assert "the stored replies are of build b1 (10), and build b2 is there now" in done.stderr
    assert "--mixed" in done.stderr
    mixed = work.run(*asking(llama, "--mixed"))
    assert mixed.returncode == 0
    assert "answered by 2 builds: b2 90, b1 10" in mixed.stdout
    assert "Model: llama (mistral.gguf, 2 builds)\n" in mixed.stdout


def test_the_title_names_who_wrote_the_replies_not_who_is_there(work, llama):
    work.json(*asking(llama, "--limit", 10))
    llama.become(build="b2")
    refused = work.run(*asking(llama))
    assert "Model: llama (mistral.gguf, b1)\n" in refused.stdout


def test_a_complete_run_is_shown_whatever_build_is_there(work, llama):
    first = work.json(*asking(llama))
    llama.become(build="b2")
    again = work.json(*asking(llama))
    assert (again["run"], again["requests"]) == (first["run"], 0)


def test_a_complete_run_needs_no_server(work, llama):
    first = work.json(*asking(llama))
    llama.stop()
    again = work.json(*asking(llama))
    assert (again["run"], again["correct"], again["requests"]) == (
        first["run"], first["correct"], 0)


def test_where_nobody_answers_and_two_models_did_each_is_named(work, llama):
    work.json(*asking(llama, "--limit", 10))
    llama.become(**QWEN)
    work.json(*asking(llama, "--limit", 10))
    llama.stop()
    done = work.run(*asking(llama))
    assert done.returncode == 2 and done.stdout == ""
    assert "(mistral.gguf, b1)" in done.stderr and "(qwen.gguf, b1)" in done.stderr


def test_a_run_from_before_is_gone_on_with(work, llama):
    today = work.json(*asking(llama, "--limit", 10))["run"][:8]
    then = as_before(work)
    done = work.run(*asking(llama, "--json"))
    run = json.loads(done.stdout)
    assert (run["run"][:8], run["reused"], run["requests"]) == (then, 10, 90)
    assert f"run {then} keeps its name; it would be named {today} today" in done.stderr


def test_a_run_from_before_is_not_gone_on_with_by_another_model(work, llama):
    work.json(*asking(llama, "--limit", 10))
    then = as_before(work)
    llama.become(**QWEN)
    done = work.run(*asking(llama, "--limit", 10, "--json"))
    assert json.loads(done.stdout)["reused"] == 0
    assert f"run {then} at this address was answered by mistral.gguf; now" in done.stderr


def test_an_address_that_moves_its_file_or_alias_is_the_same_run(work, llama):
    first = work.json(*asking(llama, "--limit", 10))
    llama.told_before = llama.told
    llama.told = lambda path: json.loads(
        json.dumps(llama.told_before(path)).replace("/models/", "/mnt/disk/"))
    again = work.json(*asking(llama))
    assert (again["run"], again["reused"]) == (first["run"], 10)


def test_who_answers_stands_in_title_report_and_json(work, llama):
    done = work.run(*asking(llama))
    assert "Model: llama (mistral.gguf, b1)\n" in done.stdout
    assert "llama/mistral 84 " in work.run("report").stdout  # its parameters, as it says
    run = json.loads(work.run("report", "--json").stdout)
    assert run["model"] == "llama"
    assert (run["answerer"]["model"], run["answerer"]["build"]) == ("mistral.gguf", "b1")
    assert run["answered_by"] == [{"model": "mistral.gguf", "build": "b1", "n": 100}]
    assert "says it is mistral.gguf, b1" in work.run(
        "doctor", "llama", "--base-url", llama.url).stdout


# ---- Others


def test_another_model_behind_vllms_served_name_is_another_run(work):
    with standing_in("vllm", file="mistralai/Mistral-7B") as server:
        first = work.json(*asking(server, model="openai-compatible/chat"))
        server.become(file="Qwen/Qwen2.5-7B", letter="B")
        done = work.run(*asking(server, "--json", model="openai-compatible/chat"))
    second = json.loads(done.stdout)
    assert first["run"] != second["run"] and second["reused"] == 0
    assert "was answered by mistralai/Mistral-7B; now Qwen/Qwen2.5-7B is there" in done.stderr


def test_a_tag_that_was_pulled_anew_is_another_run(work):
    with standing_in("ollama", digest="6577803aa9a036369e48") as server:
        first = work.json(*asking(server, model="ollama"))
        server.become(digest="0011223344556677", letter="B")
        done = work.run(*asking(server, "--json", model="ollama"))
    second = json.loads(done.stdout)
    assert first["run"] != second["run"] and second["reused"] == 0
    assert "was answered by 6577803aa9a0; now 001122334455 is there" in done.stderr


def test_a_silent_servers_replies_tell_that_the_model_changed(work):
    with standing_in("silent") as server:
        model = "openai-compatible/chat"
        work.json(*asking(server, "--limit", 10, model=model))
        server.become(**QWEN)
        done = work.run(*asking(server, "--concurrency", 1, model=model))
        assert done.returncode == 2
        assert "answered by qwen.gguf, expected mistral.gguf (10)" in done.stderr
        assert [row[1:] for row in stored(work)] == [("mistral.gguf", 10)]


def test_a_llama_that_says_nothing_of_itself_is_said_to(work):
    with standing_in("silent", says_model=False) as server:
        done = work.run(*asking(server, "--limit", 2))
    assert done.returncode == 0
    assert "the server does not say which model it has" in done.stderr
