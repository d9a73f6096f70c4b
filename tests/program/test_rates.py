"""A server that has limits: none of its 429 is seen, and nearly all that it allows is used."""

import stat
import time

import pytest

KEY = "sk-of-somebody-0123456789abcdef"


def command(server, *more, limit=100):
    return [
        *["run", "openai/m", "--base-url", server.url, "--dataset", "exam"],
        *["--limit", limit, *more],
    ]


def books(work):
    return list((work.path.parent / "home/.cache/proctor/rates").glob("*"))


@pytest.mark.parametrize("options", [("--rpm", 1200), ("--tpm", 60_000)])
def test_a_servers_limits_are_kept_and_used(work, start_server, options):
    server = start_server(*options, "--burst-ms", 3000, "--latency-ms", 20)
    began = time.monotonic()
    run = work.json(*command(server, "--max-tokens", 16), OPENAI_API_KEY=KEY)
    took = time.monotonic() - began
    stats = server.stats()
    assert (run["requests"], stats["requests"], stats["turned_away"]) == (100, 100, 0)
    assert took < 2 * 5  # five seconds by the limit, and a machine that is busy


def test_a_users_limit_is_not_exceeded_whatever_the_server_allows(work, start_server):
    server = start_server("--rpm", 60_000)
    began = time.monotonic()
    run = work.json(*command(server, "--rpm", 600, limit=30), OPENAI_API_KEY=KEY)
    # Half a second's worth at once, and then 600 in 60.5 seconds.
    assert time.monotonic() - began > (30 - 6) * 60.5 / 600
    assert (run["requests"], run["complete"]) == (30, True)


def test_two_with_one_key_share_its_limit(work, start_server):
    server = start_server("--rpm", 1200, "--burst-ms", 3000, "--latency-ms", 20)
    runs = [
        work.start(*command(server, "--store", f"{i}.db"), OPENAI_API_KEY=KEY)
        for i in range(2)
    ]
    assert [run.wait(120) for run in runs] == [0, 0]
    for run in runs:
        run.communicate()
    stats = server.stats()
    assert (stats["requests"], stats["turned_away"]) == (200, 0)
    (book,) = books(work)
    assert stat.S_IMODE(book.stat().st_mode) == 0o600
    assert KEY not in book.name + book.read_text()


def test_a_run_by_another_limit_is_the_same_run(work, start_server):
    server = start_server()
    first = work.json(*command(server, "--rpm", 6000, limit=5), OPENAI_API_KEY=KEY)
    again = work.json(*command(server, "--tpm", 100_000, limit=10), OPENAI_API_KEY=KEY)
    assert (again["run"], again["reused"]) == (first["run"], 5)


def test_a_day_that_is_over_ends_the_run_as_partial_and_says_until_when(work, start_server):
    server = start_server()
    done = work.run(*command(server, "--rpd", 7, limit=20), OPENAI_API_KEY=KEY)
    assert done.returncode == 3
    assert "the limit of 7 requests a day is used up; it is renewed in 1440 min" in done.stderr
    assert "UTC: run the same command again then" in done.stderr
    assert "the same command again asks the 13 that are left" in done.stderr
    assert server.requests() == 7
    again = work.run(*command(server, "--rpd", 7, limit=20), OPENAI_API_KEY=KEY)
    assert (again.returncode, server.requests()) == (3, 7)


def test_a_servers_day_is_kept_too(work, start_server):
    server = start_server("--rpd", 4)
    run = work.json(*command(server, "--concurrency", 1, limit=20), code=3, OPENAI_API_KEY=KEY)
    assert (run["n"], server.stats()["turned_away"]) == (4, 0)


def test_a_folder_that_cannot_be_written_is_said_and_done_without(work, start_server):
    cache = work.path.parent / "home/.cache"
    cache.parent.mkdir()
    cache.write_text("in the way")
    server = start_server()
    done = work.run(*command(server, "--rpm", 6000, limit=3), OPENAI_API_KEY=KEY)
    assert done.returncode == 0
    assert done.stderr.count("other runs with this key are not counted") == 1


def test_without_a_limit_nothing_is_written(work, start_server):
    server = start_server()
    work.json(*command(server, limit=3), OPENAI_API_KEY=KEY)
    assert books(work) == []


@pytest.mark.parametrize("option", ["--rpm", "--tpm", "--rpd"])
def test_a_limit_of_nothing_is_refused(work, option):
    done = work.run("run", "llama", "--base-url", "http://127.0.0.1:9", "--dataset", "exam",
                    option, 0)
    assert done.returncode == 2
    assert f"{option}: found 0, expected a whole number from 1 to" in done.stderr
