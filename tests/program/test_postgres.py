"""Stores in PostgreSQL: many processes at one run, and a server that comes and goes."""

import contextlib
import os
import random
import signal
import socket
import threading

import postgres_server
import pytest
from conftest import wait_until

pytestmark = pytest.mark.skipif(not postgres_server.is_here(), reason="PostgreSQL is not here")


@pytest.fixture(scope="module")
def postgres():
    server = postgres_server.Postgres()
    yield server
    server.remove()


class Exam:
    """A schema of the server, and what a test asks of it."""

    def __init__(self, server, name):
        self.server, self.name, self.url = server, name, server.url(name)
        server.sql(f"CREATE SCHEMA {name}")

    def sql(self, text):
        return self.server.sql(f"SET search_path = {self.name}; {text}")

    def number(self, text):
        return int(self.sql(text))

    def kept(self):
        made = self.sql("SELECT to_regclass('attempt')")
        return self.number("SELECT count(*) FROM attempt") if made else 0

    def each_question_once(self, n=100):
        assert self.number("SELECT count(*) FROM result") == n
        assert self.number("SELECT count(DISTINCT ordinal) FROM result") == n
        assert self.sql("SELECT count(*) FROM asker") == self.sql("SELECT count(*) FROM lease") == "0"


@pytest.fixture
def exam(postgres, request):
    name = "e" + str(abs(hash(request.node.name)) % 10**9)
    return Exam(postgres, name)


def command(server, exam, *more):
    return ["run", "llama", "--base-url", server.url, "--dataset", "exam", "--store", exam.url, *more]


def ended(process, seconds=60):
    out, err = process.communicate(timeout=seconds)
    return process.returncode, out, err


def said_by(process, words):
    """Its next line on stderr that has these words."""
    while words not in (line := process.stderr.readline()):
        assert line, f"it never said: {words}"
    return line


# ---- Many askers ----


def test_sixteen_processes_ask_each_question_once_and_each_tells_the_whole_score(work, exam_server, exam):
    server = exam_server("--latency-ms", 20)
    processes = [work.start(*command(server, exam, "--json", "--concurrency", 2)) for _ in range(16)]
    ends = [ended(process) for process in processes]
    assert [code for code, _, _ in ends] == [0] * 16, ends[0]
    exam.each_question_once()
    assert exam.kept() == server.requests() == 100
    alone = work.json("run", "llama", "--base-url", server.url, "--dataset", "exam", "--store", "alone.db")
    assert {out for _, out, _ in ends if f'"correct":{alone["correct"]}' not in out.replace(" ", "")} == set()
    assert work.run("verify", "--store", exam.url).returncode == 0


def test_what_killed_and_sleeping_processes_had_is_asked_by_the_others(work, exam_server, exam):
    """Time is moved on for those that are silent: nobody waits a minute for it."""
    server = exam_server("--latency-ms", 30)
    chance = random.Random(1)
    workers = [work.start(*command(server, exam, "--json", "--concurrency", 2)) for _ in range(6)]
    wait_until(lambda: exam.kept() >= 20)
    killed, sleeping = workers[:2], workers[2:4]
    for worker in chance.sample(killed + sleeping, 4):
        worker.send_signal(signal.SIGKILL if worker in killed else signal.SIGSTOP)
    for worker in killed:
        worker.wait()
    silent = ", ".join(f"'{worker.pid}'" for worker in killed + sleeping)
    exam.sql("UPDATE asker SET expires = now() WHERE split_part(convert_from(name, 'UTF8'), ' ', 2) "
             f"IN ({silent})")
    for worker in workers[4:]:
        assert ended(worker)[0] == 0
    assert exam.number("SELECT count(*) FROM result") == 100
    for worker in sleeping:
        worker.send_signal(signal.SIGCONT)
    ends = [ended(worker) for worker in sleeping]
    assert [code for code, _, _ in ends] == [0, 0], ends
    exam.each_question_once()
    asked = server.stats()["by_prompt"].values()
    assert len(asked) == 100 and sum(asked) <= 100 + 4 * 16  # a unit each, as nobody saw time move on
    assert all('"n":100' in out.replace(" ", "") for _, out, _ in ends)
    assert work.run("verify", "--store", exam.url).returncode == 0


def test_a_process_that_finds_nothing_left_waits_and_says_so_until_it_is_stopped(work, exam_server, exam):
    server = exam_server("--latency-ms", 20)
    sleeping = work.start(*command(server, exam, "--concurrency", 2))
    wait_until(lambda: exam.kept() >= 20)
    sleeping.send_signal(signal.SIGSTOP)
    waiting = work.start(*command(server, exam))
    assert "that other processes ask" in said_by(waiting, "waiting for")
    waiting.send_signal(signal.SIGINT)
    code, out, _ = ended(waiting, 10)
    assert code == 130 and "Accuracy" in out
    sleeping.send_signal(signal.SIGCONT)
    assert ended(sleeping)[0] == 0
    exam.each_question_once()


# ---- Reading and merging ----


def test_every_command_reads_it_and_merging_there_and_back_changes_nothing(work, exam_server, exam):
    server = exam_server()
    run = work.json(*command(server, exam))
    for words in (["report"], ["show"], ["list", "runs"], ["verify"], ["rescore", "--extract", "first-letter"],
                  ["export", "-o", "replies.csv"], ["html", "-o", "page.html"], ["audit"]):
        done = work.run(*words, "--store", exam.url)
        assert done.returncode == 0, (words, done.stderr)
    assert work.run("merge", exam.url, "--into", "copy.db").returncode == 0
    assert work.run("merge", "copy.db", "--into", exam.url).returncode == 0
    assert work.run("report", "--store", "copy.db").stdout == work.run("report", "--store", exam.url).stdout
    exam.each_question_once()
    assert work.run("forget", run["run"][:8], "--for-good", "--yes", "--store", exam.url).returncode == 0
    assert exam.kept() == 0


def test_the_address_may_come_from_the_environment(work, exam_server, exam):
    server = exam_server()
    done = work.run("run", "llama", "--base-url", server.url, "--dataset", "exam", PROCTOR_STORE=exam.url)
    assert done.returncode == 0, done.stderr
    exam.each_question_once()


# ---- A server that comes and goes ----


def test_a_server_that_restarts_is_waited_for(work, exam_server, exam, postgres):
    server = exam_server("--latency-ms", 20)
    process = work.start(*command(server, exam, "--concurrency", 4))
    wait_until(lambda: exam.kept() >= 20)
    postgres.restart("immediate")
    code, out, err = ended(process)
    assert code == 0, err
    exam.each_question_once()
    assert err.count("nothing is asked until the store is there again") == 1
    assert "the store is there again" in err
    assert server.requests() == 100


class Proxy:
    """Before the server; `meets(data)` says whether a packet may pass on: "cut before", "cut behind" or None."""

    def __init__(self, folder, meets):
        self.target, self.meets = str(folder / ".s.PGSQL.5432"), meets
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self.target)
                threading.Thread(target=self.pass_on, args=(client, server, self.meets), daemon=True).start()
                threading.Thread(target=self.pass_on, args=(server, client, lambda data: None), daemon=True).start()

    @staticmethod
    def pass_on(source, target, meets):
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                deed = meets(data)
                if deed == "cut before":
                    break
                target.sendall(data)
                if deed == "cut behind":
                    break
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("where", ["cut before", "cut behind"])
def test_a_connection_that_breaks_at_the_commit_loses_nothing_and_keeps_nothing_twice(
        work, exam_server, exam, postgres, where):
    server = exam_server()
    cuts = iter([where] * 3)
    proxy = Proxy(postgres.folder, lambda data: next(cuts, None) if b"insert_attempt" in data and b"COMMIT" in data
                  else None)
    through = exam.url.replace("/exam?host=" + str(postgres.folder), f"127.0.0.1:{proxy.port}/exam?sslmode=disable")
    done = work.run("run", "llama", "--base-url", server.url, "--dataset", "exam", "--store", through)
    assert done.returncode == 0, done.stderr
    assert next(cuts, None) is None, "nothing was cut"
    exam.each_question_once()
    assert exam.kept() == server.requests() == 100


@pytest.mark.parametrize("trouble", ["disk_full", "deadlock_detected", "query_canceled"])
def test_what_a_server_cannot_keep_now_is_kept_when_it_can(work, exam_server, exam, trouble):
    server = exam_server("--latency-ms", 10)
    assert work.run(*command(server, exam, "--limit", 2)).returncode == 0
    exam.sql("CREATE TABLE trouble (); CREATE FUNCTION balk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
             f"RAISE EXCEPTION 'no' USING ERRCODE = '{trouble}'; END $$; CREATE TRIGGER balk BEFORE INSERT ON "
             "attempt FOR EACH ROW EXECUTE FUNCTION balk()")
    process = work.start(*command(server, exam))
    line = said_by(process, "nothing is asked until")
    assert ("disk is full" in line) == (trouble == "disk_full")
    asked = server.requests()
    exam.sql("DROP TRIGGER balk ON attempt")
    code, _, err = ended(process)
    assert code == 0, err
    exam.each_question_once()
    assert asked < 100 and server.requests() == 100


def test_answers_that_cannot_be_kept_go_to_a_file_that_merge_takes(work, exam_server, exam):
    server = exam_server()
    assert work.run(*command(server, exam, "--limit", 2)).returncode == 0
    exam.sql("CREATE FUNCTION balk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no' USING "
             "ERRCODE = 'disk_full'; END $$; CREATE TRIGGER balk BEFORE INSERT ON attempt FOR EACH ROW EXECUTE "
             "FUNCTION balk()")
    process = work.start(*command(server, exam))
    said_by(process, "nothing is asked until")
    process.send_signal(signal.SIGINT)
    code, _, err = ended(process, 5)
    assert code == 1
    exam.sql("DROP TRIGGER balk ON attempt")
    file = f"proctor-unkept-{process.pid}.db"
    assert file in err and "proctor merge takes" in err
    asked = server.requests()
    assert work.run("merge", file, "--into", exam.url).returncode == 0
    assert exam.kept() == asked
    assert work.run(*command(server, exam)).returncode == 0
    assert server.requests() == 100
    exam.each_question_once()


# ---- Who is let in ----


@pytest.fixture
def guarded(postgres, exam):
    """A role that needs a password; the address has room for it."""
    hba = postgres.folder / "data" / "pg_hba.conf"
    lines = hba.read_text()
    if "guarded" not in lines:
        postgres.sql("CREATE ROLE guarded SUPERUSER LOGIN PASSWORD 'hunter2-hunter2'")
        hba.write_text("local all guarded scram-sha-256\n" + lines)
        postgres.restart("fast")
    return lambda word: exam.url.replace("proctor@", f"guarded:{word}@" if word else "guarded@")


def test_a_password_comes_from_the_address_or_the_environment_and_is_printed_nowhere(work, exam_server, exam, guarded):
    server = exam_server()
    words = ["run", "llama", "--base-url", server.url, "--dataset", "exam"]
    by_address = work.run(*words, "--store", guarded("hunter2-hunter2"))
    by_variable = work.run(*words, "--store", guarded(""), PGPASSWORD="hunter2-hunter2")
    assert by_address.returncode == by_variable.returncode == 0, by_address.stderr + by_variable.stderr
    assert "guarded@" in by_address.stderr
    for done in (by_address, by_variable):
        assert "hunter2" not in done.stdout + done.stderr
    assert exam.number("SELECT count(*) FROM run WHERE convert_from(info, 'UTF8') LIKE '%hunter2%'") == 0


def test_a_wrong_password_is_an_error_at_once(work, exam_server, guarded):
    server = exam_server()
    for word, said in (("wrong-wrong1", "password authentication failed"), ("", "no password supplied")):
        done = work.run("run", "llama", "--base-url", server.url, "--dataset", "exam", "--store", guarded(word))
        assert done.returncode == 2
        assert said in done.stderr and "PGPASSWORD" in done.stderr
        assert "wrong-wrong1" not in done.stderr
    assert server.requests() == 0
