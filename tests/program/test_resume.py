"""The same command again goes on where it stopped."""

import signal
import sqlite3

from conftest import wait_until


def command(server, *more):
    return ["run", "llama", "--base-url", server.url, "--dataset", "exam", *more]


def answered(work):
    """How often each question has a result in the store."""
    with sqlite3.connect(work.path / "proctor.db") as store:
        return dict(store.execute("SELECT ordinal, count(*) FROM result GROUP BY ordinal"))


def ended(process):
    out, err = process.communicate(timeout=30)
    return process.returncode, out, err


def test_a_killed_run_goes_on_and_asks_every_question_once(work, exam_server):
    server = exam_server("--latency-ms", 30)
    process = work.start(*command(server, "--concurrency", 4))
    wait_until(lambda: server.requests() >= 50)
    process.kill()
    ended(process)
    run = work.json(*command(server, "--concurrency", 4))
    assert answered(work) == {ordinal: 1 for ordinal in range(100)}
    asked = server.stats()["by_prompt"].values()
    assert len(asked) == 100 and max(asked) <= 2
    assert sum(asked) - 100 <= 4
    assert run["reused"] >= 45
    assert run["complete"] and run["n"] == 100
    fresh = work.json(*command(server, "--store", "fresh.db"))
    assert (run["correct"], run["ledger"]) == (fresh["correct"], fresh["ledger"])
    assert run["run"] == fresh["run"]
    assert work.run("verify").returncode == 0


def test_a_run_killed_again_and_again_ends_whole(work, exam_server):
    server = exam_server("--latency-ms", 20)
    for most in [15, 30, 45, 60]:
        process = work.start(*command(server, "--concurrency", 3))
        wait_until(lambda: server.requests() >= most)
        process.kill()
        ended(process)
    run = work.json(*command(server, "--concurrency", 3))
    assert (run["correct"], run["n"]) == (40, 100)
    assert answered(work) == {ordinal: 1 for ordinal in range(100)}
    assert server.requests() <= 100 + 4 * 3
    assert work.run("verify").returncode == 0


def test_a_complete_run_is_answered_from_the_store(work, exam_server):
    server = exam_server()
    first = work.json(*command(server))
    second = work.json(*command(server))
    assert server.requests() == 100
    assert (second["requests"], second["reused"]) == (0, 100)
    for same in ["run", "n", "correct", "ledger", "by_subject", "complete"]:
        assert second[same] == first[same]


def test_a_complete_run_needs_no_server(work, exam_server):
    server = exam_server()
    work.json(*command(server))
    server.stop()
    done = work.run(*command(server))
    assert done.returncode == 0, done.stderr
    assert "Accuracy: 40.00% (40/100)" in done.stdout


def test_a_second_process_on_the_same_run_is_told_who_has_it(work, exam_server):
    server = exam_server("--latency-ms", 60)
    first = work.start(*command(server, "--concurrency", 2))
    wait_until(lambda: server.requests() >= 1)
    second = work.run(*command(server))
    assert second.returncode == 2
    assert second.stderr.count("\n") == 1
    assert f"process {first.pid} " in second.stderr
    other = work.json(*command(server, "--limit", 2, "--temperature", 0))
    assert other["n"] == 2, "another run in the same store is free"
    code, out, _ = ended(first)
    assert code == 0 and "(40/100)" in out
    assert server.requests() == 102


def test_sigint_keeps_what_is_on_the_way(work, exam_server):
    server = exam_server("--latency-ms", 150)
    process = work.start(*command(server, "--concurrency", 4, "--json"))
    wait_until(lambda: server.requests() >= 10)
    process.send_signal(signal.SIGINT)
    code, out, err = ended(process)
    assert code == 130
    asked = server.requests()
    assert len(answered(work)) == asked
    assert f'"n":{asked},"not_asked":{100 - asked},' in out
    assert "stopping" in err
    run = work.json(*command(server, "--concurrency", 32))
    assert run["n"] == 100 and server.requests() == 100


def test_sigterm_keeps_too_and_exits_143(work, exam_server):
    server = exam_server("--latency-ms", 100)
    process = work.start(*command(server, "--concurrency", 4))
    wait_until(lambda: server.requests() >= 10)
    process.send_signal(signal.SIGTERM)
    code, _, _ = ended(process)
    assert code == 143
    assert len(answered(work)) == server.requests()


def test_a_second_sigint_drops_what_is_on_the_way(work, exam_server):
    server = exam_server("--fault", "hang")
    process = work.start(*command(server, "--concurrency", 4))
    wait_until(lambda: server.requests() >= 1)
    process.send_signal(signal.SIGINT)
    assert process.stderr.readline().startswith("stopping")
    process.send_signal(signal.SIGINT)
    code, _, _ = ended(process)
    assert code == 130
    assert answered(work) == {}
    assert work.run("verify").returncode == 0


def test_sigint_ends_a_wait_for_another_try_at_once(work, exam_server):
    server = exam_server("--fault", "status=503", "--retry-after", 60)
    process = work.start(*command(server))
    wait_until(lambda: server.requests() >= 1)
    process.send_signal(signal.SIGINT)
    code, _, _ = ended(process)
    assert code == 130


def test_a_growing_limit_asks_only_what_is_new(work, exam_server):
    server = exam_server()
    assert work.json(*command(server, "--limit", 10))["requests"] == 10
    grown = work.json(*command(server, "--limit", 20))
    assert (grown["planned"], grown["requests"], grown["reused"]) == (20, 10, 10)
    shrunk = work.json(*command(server, "--limit", 5))
    assert (shrunk["n"], shrunk["requests"]) == (5, 0)
    assert server.requests() == 20


def test_another_reader_asks_nothing(work, exam_server):
    server = exam_server("--wrap", "The answer is {}.")
    first = work.json(*command(server))
    second = work.json(*command(server, "--extract", "proctor"))
    third = work.json("rescore", "last", "--extract", "proctor")
    assert server.requests() == 100
    assert first["ledger"]["unread"] == 100
    assert (second["correct"], second["requests"]) == (40, 0)
    assert (third["correct"], third["extract"]) == (40, "proctor")
    assert first["run"] == second["run"] == third["run"]


def test_another_note_or_concurrency_is_the_same_run(work, exam_server):
    server = exam_server()
    work.json(*command(server, "--limit", 5))
    work.json(*command(server, "--limit", 5, "--note", "x", "--concurrency", 1))
    assert server.requests() == 5


def test_another_temperature_is_another_run(work, exam_server):
    server = exam_server()
    first = work.json(*command(server, "--limit", 5))
    second = work.json(*command(server, "--limit", 5, "--temperature", 0))
    assert first["run"] != second["run"] and server.requests() == 10


def test_failed_questions_are_asked_again(work, exam_server):
    server = exam_server("--fault", "status=500:first=3")
    partial = work.json(*command(server, "--retries", 0, "--concurrency", 1), code=3)
    assert partial["ledger"]["failed"] == 3 and not partial["complete"]
    whole = work.json(*command(server))
    assert (whole["correct"], whole["requests"], whole["reused"]) == (40, 3, 97)
