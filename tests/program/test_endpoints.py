"""Several servers of one model, one run."""

import signal
import time

import pytest

from conftest import wait_until

ALL = ("--dataset", "exam", "--subject", "all")


def asking(servers, *more, limit=100):
    addresses = [word for server in servers for word in ("--base-url", getattr(server, "url", server))]
    return ["run", "llama", *addresses, *ALL, "--limit", limit, *more]


def model(start_server, *options):
    return start_server("--flavour", "llama", "--answer", "B", *options)


def test_servers_of_unequal_speed_share_the_questions(work, start_server):
    servers = [model(start_server, "--latency-ms", ms) for ms in (20, 40, 60, 80, 160)]
    run = work.json(*asking(servers))
    assert (run["n"], run["complete"]) == (100, True)
    asked = [server.requests() for server in servers]
    assert min(asked) > 3 and asked[0] > 2 * asked[4]  # three are the check of the model
    assert 100 <= sum(asked) - 15 <= 100 + 4 * 4


def test_the_order_of_addresses_is_no_other_run(work, start_server):
    one, other = model(start_server), model(start_server)
    first = work.json(*asking([one, other], limit=20))
    again = work.json(*asking([other, one], limit=30))
    assert (again["run"], again["reused"]) == (first["run"], 20)


def test_a_run_goes_on_with_more_servers_and_with_fewer(work, start_server):
    one, other = model(start_server), model(start_server)
    first = work.json(*asking([one], limit=10))
    more = work.json(*asking([one, other], limit=20))
    fewer = work.json(*asking([one], limit=30))
    assert more["run"] == fewer["run"] == first["run"]
    assert (more["reused"], fewer["reused"]) == (10, 20)


def test_a_complete_run_asks_no_server(work, start_server):
    servers = [model(start_server), model(start_server)]
    first = work.json(*asking(servers, limit=5))
    before = [server.requests() for server in servers]
    again = work.json(*asking(servers, limit=5))
    assert (again["run"], again["reused"]) == (first["run"], 5)
    assert [server.requests() for server in servers] == before


def test_a_server_that_dies_loses_no_question(work, start_server):
    one = model(start_server, "--latency-ms", 50)
    other = model(start_server, "--latency-ms", 50)
    process = work.start(*asking([one, other], "--json"))
    wait_until(lambda: other.requests() >= 10)
    other.process.send_signal(signal.SIGKILL)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert '"complete":true' in out
    assert f"{other.url}: " in err and "the others are asked" in err


def test_a_server_that_hangs_holds_nothing_up(work, start_server):
    one = model(start_server, "--latency-ms", 20)
    # Three questions of the check are answered, then none.
    other = start_server("--flavour", "llama", "--answers", silent_after(work, 3))
    began = time.monotonic()
    run = work.json(*asking([one, other], limit=40))
    assert (run["n"], run["complete"]) == (40, True)
    assert time.monotonic() - began < 60  # and not 600


def silent_after(work, times):
    path = work.path / "silent.jsonl"
    path.write_text(
        f'{{"match": "", "reply": "B", "times": {times}}}\n{{"match": "", "fault": "hang"}}\n'
    )
    return path


def test_a_server_of_another_model_ends_the_run_before_the_first_question(work, start_server):
    one = model(start_server)
    liar = start_server("--flavour", "llama", "--answer", "I am another")
    done = work.run(*asking([one, liar]))
    assert done.returncode == 2
    assert one.url in done.stderr and liar.url in done.stderr
    assert 'are not one model: asked "' in done.stderr and '"I am another"' in done.stderr
    assert one.requests() == liar.requests() == 3


def test_a_server_of_another_build_ends_the_run_too(work, start_server):
    one, other = model(start_server), model(start_server, "--build", "b2")
    done = work.run(*asking([one, other]))
    assert done.returncode == 2
    assert "expected one model and one build" in done.stderr


def test_a_server_that_is_down_is_said_and_done_without(work, start_server, free_port):
    one = model(start_server)
    down = f"http://127.0.0.1:{free_port()}"
    done = work.run(*asking([down, one], limit=5))
    assert done.returncode == 0, done.stderr
    assert "the run goes on without this server" in done.stderr


def test_nobody_there_is_told(work, free_port):
    servers = [f"http://127.0.0.1:{free_port()}" for _ in range(2)]
    done = work.run(*asking(servers, limit=5))
    assert done.returncode == 2
    assert "none of the 2 servers answers" in done.stderr


@pytest.mark.parametrize("more", ["", "/v1"])
def test_an_address_that_is_named_twice_is_refused(work, more):
    address = "http://127.0.0.1:9"
    done = work.run(*asking([address, address + more], limit=5))
    assert done.returncode == 2
    assert f"--base-url: {address} is named twice" in done.stderr


def test_a_file_of_options_has_a_list_of_addresses(work, start_server):
    servers = [model(start_server), model(start_server)]
    (work.path / "c.toml").write_text(f"base-url = {[server.url for server in servers]}\n")
    run = work.json("run", "llama", "--config", "c.toml", *ALL, "--limit", 20)
    assert run["n"] == 20 and min(server.requests() for server in servers) > 3


def test_servers_are_of_no_use_to_a_model_that_has_none(work):
    done = work.run("run", "baseline/A", "--base-url", "http://h:1", "--base-url", "http://h:2", *ALL)
    assert done.returncode == 2 and "--base-url" in done.stderr
