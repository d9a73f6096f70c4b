"""A secret that is given in any way is nowhere in what the program writes.

The servers here repeat all that they are sent, in replies and in errors: a canary is
looked for in stdout, stderr, the store with its journal, exports, reports and charts.
"""

import base64
import pathlib
import sys

import pytest
from echo_server import EchoServer

CANARY = "cnry-1234567890-fedcba"
BASIC = base64.b64encode(f"me:{CANARY}".encode()).decode()
ECHO = pathlib.Path(__file__).with_name("echo_server.py")
EXAM = ("--dataset", "exam", "--subject", "all", "--limit", 8, "--concurrency", 1,
        "--retries", 1)


def served(words, before=""):
    return ("run", "openai-compatible/m", *EXAM, "--serve",
            f"{before} {sys.executable} {ECHO} --port {{port}} {words} --die-after 6")


def at(url, *more):
    return ("run", "openai-compatible/m", *EXAM, "--base-url", url, *more)


def everything_written(work, given):
    """Names and contents of all that is in the working folder but for what was given."""
    for path in work.path.rglob("*"):
        if path.is_file() and path.name not in given:
            yield path.name, path.read_bytes()


def ways(name, work, url):
    """The command, its environment, and the files that hold the canary."""
    host = url.removeprefix("http://")
    if name == "environment":
        return at(url), {"OPENAI_COMPATIBLE_API_KEY": CANARY}, ()
    if name == "named variable":
        return at(url, "--api-key-env", "MINE"), {"MINE": CANARY}, ()
    if name == ".env":
        (work.path / ".env").write_text(f"OPENAI_COMPATIBLE_API_KEY={CANARY}\n")
        return at(url), {}, (".env",)
    if name == "authorization header":
        return at(url, "--header", f"Authorization: Bearer {CANARY}"), {}, ()
    if name == "api-key header":
        return at(url, "--header", f"api-key: {CANARY}"), {}, ()
    if name == "another header":
        return at(url, "--header", f"X-Gateway: {CANARY}"), {}, ()
    if name == "configuration":
        (work.path / "c.toml").write_text(f'header = ["x-api-key: {CANARY}"]\n')
        return at(url, "--config", "c.toml"), {}, ("c.toml",)
    if name == "user in the address":
        return at(f"http://me:{CANARY}@{host}"), {}, ()
    if name == "user in a variable":
        return (("run", "openai/m", *EXAM),
                {"OPENAI_BASE_URL": f"http://me:{CANARY}@{host}", "OPENAI_API_KEY": "k"}, ())
    if name == "query of the address":
        return at(f"{url}/v1?api-version=1&sig={CANARY}"), {}, ()
    if name == "extra body":
        return at(url, "--extra-body", f'{{"auth":{{"api_key":"{CANARY}"}}}}'), {}, ()
    if name == "served with --api-key":
        return served(f"--api-key {CANARY}"), {}, ()
    if name == "served with --api-key=":
        return served(f"--api-key='{CANARY}'"), {}, ()
    if name == "served with a variable":
        return served("", f"MY_API_KEY={CANARY}"), {}, ()
    if name == "proxy":
        return at("http://model.test/v1"), {"http_proxy": f"http://me:{CANARY}@{host}"}, ()
    if name == "hub token":
        return (("run", "baseline/A", "--limit", 1), {"HF_TOKEN": CANARY,
                                                      "HF_ENDPOINT": url}, ())
    if name == "hub token's file":
        folder = pathlib.Path(work.environment["HF_HOME"])
        folder.mkdir(parents=True)
        (folder / "token").write_text(CANARY + "\n")
        return ("run", "baseline/A", "--limit", 1), {"HF_ENDPOINT": url}, ("token",)
    raise AssertionError(name)


WAYS = ["environment", "named variable", ".env", "authorization header", "api-key header",
        "another header", "configuration", "user in the address", "user in a variable",
        "query of the address", "extra body", "served with --api-key",
        "served with --api-key=", "served with a variable", "proxy", "hub token",
        "hub token's file"]


@pytest.mark.parametrize("way", WAYS)
def test_a_secret_is_nowhere_in_what_is_written(work, way):
    with EchoServer() as server:
        command, environment, given = ways(way, work, server.url)
        wrote = []

        def do(*args):
            done = work.run(*args, **environment)
            wrote.append((args[0], (done.stdout + done.stderr).encode()))
            return done

        first = do(*command)
        arrived = CANARY in str(server.seen) or BASIC in str(server.seen)
        if not any("--serve" == word for word in command):
            assert arrived, (first.stdout, first.stderr)  # the canary sings
        do(*command, "--json", "--show")
        do(*command, "--dry-run")
        if command[1] != "baseline/A" and "--serve" not in command:
            model = command[1:2] + tuple(
                word for flag in ("--base-url", "--header", "--extra-body", "--api-key-env",
                                  "--config")
                if flag in command for word in (flag, command[command.index(flag) + 1]))
            do("doctor", *model)
            do("prompt", *model, "--dataset", "exam", "--json")
        do("show", "last")
        do("list", "runs", "--json")
        do("report", "--format", "json")
        do("report", "--output", "report.txt")
        do("verify")
        for form in ("jsonl", "csv"):
            do("export", "last", "--format", form, "--output", "export." + form)
        do("chart", "-o", "chart.svg")

        if command[1] != "baseline/A":
            assert (work.path / "export.jsonl").stat().st_size > 0, first.stderr
        for place, content in [*wrote, *everything_written(work, given)]:
            for secret in (CANARY, BASIC):
                assert secret.encode() not in content, (place, content[:2000])


@pytest.mark.parametrize("model", ["openai-compatible/m", "llama/m"])
def test_what_a_server_says_of_itself_holds_none_either(work, model):
    with EchoServer(errors=False, says_who=True) as server:
        done = work.run("run", model, "--base-url", f"{server.url}?sig={CANARY}", "--header",
                        f"X-Mine: {CANARY}", "--dataset", "exam", "--limit", 2)

        assert CANARY in str([each for each in server.seen if each[0] == "GET"])
        assert CANARY not in done.stdout + done.stderr
        for place, content in everything_written(work, ()):
            assert CANARY.encode() not in content, place


def test_a_refused_word_is_not_repeated(work):
    for words in (("--header", CANARY), ("--extra-body", f'{{"api_key":"{CANARY}"'),
                  ("--base-url", f"http://me:{CANARY}@host:99999999"),
                  ("--base-url", f"http://host#{CANARY}")):
        done = work.run("run", "openai-compatible/m", "--base-url", "http://h", *words)

        assert done.returncode == 2, words
        assert words[0] in done.stderr
        assert CANARY not in done.stderr


def test_a_secret_s_value_is_in_no_run_s_name(work):
    """Another key, the same run: what was answered is not asked again."""
    with EchoServer(errors=False) as server:
        host = server.url.removeprefix("http://")
        for secret in (CANARY, "other-0987654321"):
            done = work.json("run", "openai-compatible/m", "--base-url",
                             f"http://me:{secret}@{host}/?token={secret}",
                             "--extra-body", f'{{"api_key":"{secret}"}}', "--dataset",
                             "exam", "--limit", 3)

            assert done["planned"] == 3
        assert len(server.paths()) == 3
