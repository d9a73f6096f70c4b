"""The table of providers: a server that speaks OpenAI's form is one row of it.

docs/backends.md has a line for each; every sentence here is asked of every line, so that
a new row needs no test of its own.
"""

import json
import re
from urllib.parse import urlsplit

import pytest

from conftest import ROOT
from echo_server import EchoServer

KEY = "sk-test-0123456789abcdef"
MODEL = "maker/some-model:free"
WORDS = ["on", "off", "minimal", "low", "medium", "high"]


def in_quotes(cell):
    return re.findall(r"`([^`]+)`", cell)


class Line:
    """What the documentation says of a provider."""

    def __init__(self, cells):
        (self.name,) = in_quotes(cells[0])
        keys = cells[3].split(", as ")
        self.key_is_needed = bool(in_quotes(keys[0])) and "if set" not in keys[0]
        self.keys = in_quotes(keys[0])
        self.header = in_quotes(keys[1])[0] if len(keys) > 1 else "Authorization"
        address = in_quotes(cells[2])[0]
        self.address = address if address.startswith("http") else ""
        self.in_flight = re.findall(r"\d+", cells[4])[-1]
        (self.path,) = in_quotes(cells[5])
        (self.limit,) = in_quotes(cells[6])
        self.reasoning = [] if cells[7] == "–" else cells[7].split(", ")
        self.listed = cells[8].split("; ")
        self.speaks_openai = self.path.endswith("/chat/completions")

    def at(self, url):
        return ["--base-url", url + urlsplit(self.address).path]

    def env(self):
        return {self.keys[0]: KEY} if self.keys else {}


def lines():
    text = (ROOT / "docs/backends.md").read_text()
    table = text[text.index("| provider |"):].split("\n\n")[0].splitlines()[2:]
    return [Line([cell.strip() for cell in row.strip("|").split("|")]) for row in table]


LINES = {line.name: line for line in lines()}
of_each = pytest.mark.parametrize("line", LINES.values(), ids=LINES)


def prompted(work, line, *options, name="m"):
    """What would be sent for the first question."""
    done = work.run(
        *["prompt", f"{line.name}/{name}", *line.at("http://h"), "--dataset", "sample"],
        *["--index", 0, "--json", *options], **line.env(),
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[0])


@pytest.fixture
def listed(work):
    done = work.run("list", "models", "--json")
    rows = [json.loads(row) for row in done.stdout.splitlines()]
    return {
        row["model"].split("/")[0]: row
        for row in rows
        if row["address"] != "-"
    }


def test_no_place_but_the_table_asks_for_a_provider_by_its_name():
    table = (ROOT / "src/proctor/backend/providers.cc").read_text()
    names = re.findall(r'\.name = "([^"]+)"', table)
    asked = re.compile(r'[!=]= "(%s)"' % "|".join(map(re.escape, names)))
    found = [
        f"{file.relative_to(ROOT)}: {line.strip()}"
        for file in sorted((ROOT / "src").rglob("*.cc"))
        for line in file.read_text().splitlines()
        if asked.search(line)
    ]

    assert len(names) == len(LINES) and not found, found


def test_the_documentation_has_a_line_for_each(listed):
    assert sorted(LINES) == sorted(listed)
    for readme in ("README.md", "README.ja.md"):
        assert f" {len(LINES)} " in (ROOT / readme).read_text().replace("\n", " ")


@of_each
def test_the_documented_address_and_keys_are_those_of_the_program(listed, line):
    row = listed[line.name]

    assert row["address"] == (line.address or "--base-url URL")
    assert re.findall(r"([A-Z][A-Z_]+) \(", row["key"]) == line.keys
    assert str(row["in_flight"]) == line.in_flight


@of_each
def test_each_is_asked_where_and_as_the_documentation_says(work, line):
    with EchoServer(errors=False) as server:
        run = work.run(
            *["run", f"{line.name}/{MODEL}", *line.at(server.url), "--dataset", "exam"],
            *["--limit", 1, "--retries", 0, "--max-tokens", 7, "--json"], **line.env(),
        )
    path, headers, body = next(seen[1:] for seen in server.seen if seen[0] == "POST")
    headers = {name.lower(): value for name, value in headers.items()}
    sent = json.loads(body)

    assert path == line.path.replace("NAME", MODEL)
    if line.keys:
        bearer = "Bearer " if line.header == "Authorization" else ""
        assert headers[line.header.lower()] == bearer + KEY
    assert {**sent, **sent.get("generationConfig", {})}[line.limit] == 7
    if line.speaks_openai:
        assert run.returncode == 0, run.stderr
        assert sent["model"] == MODEL


@of_each
def test_a_key_that_is_missing_is_told_with_its_variable(work, line):
    done = work.run(
        *["run", f"{line.name}/m", *line.at("http://127.0.0.1:9"), "--dataset", "exam"],
        *["--limit", 1, "--retries", 0],
    )

    assert done.returncode == 2
    told = [name for name in line.keys if f"set {name}" in done.stderr]
    assert bool(told) == line.key_is_needed, done.stderr


@of_each
def test_each_is_told_to_think_in_the_words_that_it_knows(work, line):
    told = {word: prompted(work, line, "--reasoning", word) for word in WORDS}
    known = [word for word in WORDS if told[word]["body"]]

    assert known == line.reasoning


@of_each
def test_letters_are_asked_for_where_likeliest_tokens_are_listed(work, line):
    for protocol, most in zip(("lmeval_mmlu__chat", "mmlu"), line.listed):
        would_be = prompted(work, line, "--protocol", protocol)
        if most == "–":
            assert "likelihoods of letters" in would_be["cannot_be_sent"]
            continue
        body = would_be["body"]
        names = ("top_logprobs", "n_probs", "logprobs")
        assert next(body[name] for name in names if name in body) == int(most), body


@pytest.mark.parametrize("url, path", [
    ("{}", "/openai/v1/chat/completions"),
    ("{}/", "/openai/v1/chat/completions"),
    ("{}/openai/v1/", "/openai/v1/chat/completions"),
    ("{}/openai/deployments/d?api-version=1",
     "/openai/deployments/d/chat/completions?api-version=1"),
])
def test_azure_is_asked_by_its_v1_api_or_at_a_deployment(work, url, path):
    with EchoServer(errors=False) as server:
        run = work.run(
            *["run", "azure/d", "--dataset", "exam", "--limit", 1],
            AZURE_OPENAI_API_KEY=KEY, AZURE_OPENAI_ENDPOINT=url.format(server.url),
        )

    assert run.returncode == 0 and server.paths() == [path], run.stderr


def test_a_provider_without_an_address_says_what_names_one(work):
    done = work.run("run", "azure/d", "--dataset", "exam", AZURE_OPENAI_API_KEY=KEY)

    assert done.returncode == 2
    assert "--base-url is missing" in done.stderr
    assert "set AZURE_OPENAI_ENDPOINT" in done.stderr


def test_a_model_that_azure_deploys_is_asked_as_openai_s(work):
    azure = LINES["azure"]
    body = prompted(work, azure, "--max-tokens", 9, name="gpt-5-mini")["body"]

    assert body["max_completion_tokens"] == 9


def test_a_server_on_this_machine_is_asked_who_it_is(work):
    with EchoServer(errors=False) as server:
        work.run("run", "vllm/m", "--base-url", server.url, "--dataset", "exam",
                 "--limit", 1)

    assert server.paths("GET") == ["/v1/models"]
