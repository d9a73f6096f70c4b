"""--again asks what a stored run has no letter of once more, and says so ever after."""

import re
import sqlite3

import pytest
from standin import StandIn


class Thinker(StandIn):
    """Needs as many tokens for a question as its number says, and thinks until then."""

    needs = staticmethod(lambda number: 10 * number)
    limits = None  # of the requests, by the question's number
    refuses = ()

    def reply_to(self, body):
        number = int(re.search(r"(\d+): what follows", str(body["messages"])).group(1))
        self.limits = self.limits or {}
        with self.lock:
            self.limits.setdefault(number, []).append(body.get("max_tokens"))
        reply = super().reply_to(body)
        choice = reply["choices"][0]
        if number in self.refuses:
            choice["message"]["content"] = "I would rather not say."
        elif body.get("max_tokens", 1_000) < self.needs(number):
            choice["message"]["content"], choice["finish_reason"] = "Let me see", "length"
        return reply


@pytest.fixture
def thinker():
    server = Thinker()
    yield server
    server.stop()


def command(server, *more):
    return ["run", "llama", "--base-url", server.url, "--dataset", "exam", "--limit", 20, *more]


def stored(work, words):
    with sqlite3.connect(work.path / "proctor.db") as store:
        return store.execute(words).fetchall()


def test_a_larger_limit_asks_the_cut_replies_alone_and_in_the_same_run(work, thinker):
    first = work.json(*command(thinker, "--max-tokens", 100))
    assert (first["ledger"]["cut"], first["second_tries"]) == (9, 0)
    again = work.json(*command(thinker, "--max-tokens", 500, "--again", "cut"))
    assert again["run"] == first["run"]
    assert (again["ledger"]["cut"], again["n"], again["requests"]) == (0, 20, 9)
    assert (again["second_tries"], again["reused"]) == (9, 11)
    assert again["correct"] == 5  # A is right in each fourth
    assert {n: l for n, l in thinker.limits.items() if len(l) > 1} == {
        n: [100, 500] for n in range(11, 20)}
    # The first replies are kept, and the first command finds its run whole.
    assert stored(work, "SELECT generation, count(*) FROM attempt GROUP BY 1") == [
        (0, 20), (1, 9)]
    same = work.json(*command(thinker, "--max-tokens", 100))
    assert (same["run"], same["requests"], same["second_tries"]) == (first["run"], 0, 9)
    assert work.run("verify").returncode == 0


def test_every_report_says_that_replies_are_second_tries(work, thinker):
    first = work.run(*command(thinker, "--max-tokens", 100))
    assert "next: with --again cut --max-tokens N the same command asks the 9" in first.stderr
    done = work.run(*command(thinker, "--max-tokens", 1500, "--again", "cut"))
    line = "9 of the replies are second tries (asked again: cut, of at most 1,500 tokens)"
    assert "9 of 20 questions are asked again" in done.stderr
    assert line in done.stdout
    assert line in work.run("report", "last").stdout
    table = work.run("report").stdout
    assert re.search(r"second tries\n.*\n.* 9\n", table)
    assert line in work.run("verify").stdout
    assert "9 件は再試行" in work.run("report", "last", "--lang", "ja").stdout
    assert work.run("merge", "proctor.db", "--into", "copy.db").returncode == 0
    assert line in work.run("report", "last", "--store", "copy.db").stdout
    assert line in work.run("report", "--by", "subject").stdout
    work.run("run", "baseline/A", "--dataset", "exam", "--limit", 20)
    run = work.json("report", "--subject", "all", "--store", "copy.db")["run"]
    assert line in work.run("compare", run, "last").stdout
    assert work.json("compare", run, "last")["a"]["second_tries"] == 9
    rows = work.run("export", run, "--format", "jsonl").stdout.splitlines()
    assert sum('"second_try":true' in row for row in rows) == 9


def test_what_is_still_cut_can_be_asked_again_and_again(work, thinker):
    limits = [100, 150, 500]
    cut = [work.json(*command(thinker, "--max-tokens", limit, *["--again", "cut"][:2 * bool(i)]))
           ["ledger"]["cut"] for i, limit in enumerate(limits)]
    assert cut == [9, 4, 0]
    assert stored(work, "SELECT generation, count(*) FROM attempt GROUP BY 1") == [
        (0, 20), (1, 9), (2, 4)]


def test_a_second_try_that_fails_leaves_the_first_reply(work, thinker):
    first = work.json(*command(thinker, "--max-tokens", 100))
    ask = thinker.reply_to
    thinker.reply_to = lambda body: None  # 404
    again = work.json(*command(thinker, "--max-tokens", 500, "--again", "cut",
                               "--retries", 0), code=4)
    thinker.reply_to = ask
    assert again["ledger"] == first["ledger"]
    assert (again["second_tries"], again["failed_second_tries"]) == (0, 1)
    assert again["reused"] == 20 and again["failure"].startswith("HTTP 404")


def test_unread_replies_are_asked_again_with_the_same_settings(work, thinker):
    thinker.refuses = (3, 5)
    assert work.json(*command(thinker))["ledger"]["unread"] == 2
    thinker.refuses = ()
    assert work.json(*command(thinker, "--again", "unread,refused"))["ledger"]["unread"] == 0
    none = work.run(*command(thinker, "--again", "unread"))
    assert "0 of 20 questions are asked again" in none.stderr
    assert none.returncode == 0 and "(5/20)" in none.stdout
    assert thinker.asked == 22


def test_a_dry_run_says_how_many_are_asked_again(work, thinker):
    work.run(*command(thinker, "--max-tokens", 100))
    asked = thinker.asked
    text = work.run(*command(thinker, "--max-tokens", 500, "--again", "cut", "--dry-run"))
    assert re.search(r"\b9\b", text.stdout), text.stdout
    assert thinker.asked == asked


@pytest.mark.parametrize("marks, words", [
    ("wrong", ["--again: found wrong, expected unread, refused, cut or failed", "measure"]),
    ("cut,right", ["--again: found right"]),
    ("cutt", ["--again: found cutt, expected right, wrong, unread, refused, cut or failed"]),
])
def test_an_answer_that_was_read_is_never_asked_again(work, thinker, marks, words):
    work.run(*command(thinker))
    asked = thinker.asked
    done = work.run(*command(thinker, "--again", marks))
    assert done.returncode == 2
    assert all(word in done.stderr for word in words), done.stderr
    assert thinker.asked == asked


def test_a_run_that_the_store_does_not_have_is_not_asked_again(work, thinker):
    done = work.run(*command(thinker, "--again", "cut"))
    assert done.returncode == 2 and "--again: the store has no run" in done.stderr
    assert thinker.asked == 0


def test_a_file_that_would_write_the_same_again_is_not_asked(work, nano):
    run = ["run", nano, "--dataset", "exam", "--limit", 3, "--max-tokens", 2]
    work.run(*run)
    done = work.run(*run, "--again", "cut,unread")
    assert done.returncode == 2 and "same reply again" in done.stderr
    longer = work.json(*run[:-1], 6, "--again", "cut,unread")
    assert longer["n"] == 3 and longer["second_tries"] > 0


def test_the_words_of_two_stores_are_united_by_a_merge(work, thinker):
    work.run(*command(thinker, "--max-tokens", 100, "--store", "a.db"))
    work.run("merge", "a.db", "--into", "b.db")
    for store, limit in [("a.db", 150), ("b.db", 160)]:
        work.run(*command(thinker, "--max-tokens", limit, "--again", "cut", "--store", store))
    work.run("merge", "a.db", "b.db", "--into", "m.db")
    text = work.run("report", "last", "--store", "m.db").stdout
    assert "asked again: cut, of at most 150 tokens; cut, of at most 160 tokens" in text


def test_the_run_stays_what_it_was_to_ask_and_keeps_its_name(work, thinker):
    first = ["run", "llama", "--base-url", thinker.url, "--dataset", "exam", "--max-tokens", 100]
    work.run(*first, "--limit", 20, "--name", "mine", "--note", "of mine")
    again = work.json(*first[:-1], 500, "--again", "cut")
    assert (again["planned"], again["n"], again["name"]) == (20, 20, "mine")
    assert work.json("report", "mine")["planned"] == 20


def test_what_is_left_is_asked_without_again_and_the_exit_says_that_some_is(work, thinker):
    run = ["run", "llama", "--base-url", thinker.url, "--dataset", "exam", "--concurrency", 1]
    thinker.change_after = (15, {"letter": None})
    ask = thinker.reply_to
    thinker.reply_to = lambda body: ask(body) if thinker.asked < 15 else None
    work.run(*run, "--limit", 20, "--max-tokens", 100)
    thinker.reply_to = ask
    thinker.change_after = None
    done = work.run(*run, "--limit", 20, "--max-tokens", 500, "--again", "cut")
    assert done.returncode == 3, done.stderr
    assert "without --again, and with the first --max-tokens, the command asks the" in done.stderr


def test_what_the_run_s_own_reader_has_read_is_an_answer(work, thinker):
    work.run(*command(thinker, "--max-tokens", 100, "--extract", "first-letter"))
    asked = thinker.asked
    done = work.run(*command(thinker, "--max-tokens", 500, "--again", "unread",
                             "--extract", "lm_eval_strict"))
    assert "0 of 20 questions are asked again" in done.stderr
    assert thinker.asked == asked


def test_a_limit_that_would_cut_the_same_again_is_refused(work, thinker):
    work.run(*command(thinker, "--max-tokens", 100))
    done = work.run(*command(thinker, "--max-tokens", 50, "--again", "cut"))
    assert done.returncode == 2
    assert "--max-tokens: 50 cuts again what 100 has cut" in done.stderr


def test_an_empty_run_of_the_larger_limit_does_not_hide_the_one_that_is_meant(work, thinker):
    work.run(*command(thinker, "--max-tokens", 100))
    ask = thinker.reply_to
    thinker.reply_to = lambda body: None
    work.run(*command(thinker, "--max-tokens", 500))
    thinker.reply_to = ask
    again = work.json(*command(thinker, "--max-tokens", 500, "--again", "cut"))
    assert (again["n"], again["second_tries"]) == (20, 9)


def test_failures_are_those_of_the_run_that_was_typed(work, thinker):
    ask = thinker.reply_to
    thinker.reply_to = lambda body: None
    work.run(*command(thinker, "--max-tokens", 100))
    thinker.reply_to = ask
    other = work.json(*command(thinker, "--max-tokens", 500))
    again = work.json(*command(thinker, "--max-tokens", 100, "--again", "failed"), code=3)
    assert again["run"] != other["run"]
