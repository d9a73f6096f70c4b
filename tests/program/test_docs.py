"""What the documents name, the program has: commands, and options of those commands."""

import os
import re
import shlex
import shutil
import subprocess

import pytest

from conftest import FAKE_SERVER, PROCTOR, ROOT, python_with

DOCUMENTS = [path for names in ("README*.md", "docs/*.md", "docs/ja/*.md") for path in sorted(ROOT.glob(names))]
# Words for which a reader puts a command or a model.
PLACES = {"COMMAND", "hf:OWNER/REPO:Q4_K_M"}
# Other programs' options that stand alone in a sentence, by document.
OF_OTHERS = {
    "backends.md": {"--api-key"},
    "README.md": {"--quick", "--long"},
    "README.ja.md": {"--quick", "--long"},
    "engine.md": {"--mmlu"},
    "protocols.md": {"--apply_chat_template", "--fewshot_as_multiturn"},
}


def name_of(path):
    return str(path.relative_to(ROOT))


def options_in(text):
    return set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", text))


def help_of(*words):
    return subprocess.run([PROCTOR, *words, "--help"], capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def known():
    """Every command's options."""
    commands = re.findall(r"^  (\w+) +\S", help_of().split("Commands:")[1], re.M)
    return {name: options_in(help_of(name)) | {"--help"} for name in commands}


def code_of(path):
    """The lines of its blocks, those that go on joined, and its code spans."""
    text = path.read_text(encoding="utf-8")
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S)
    for block in blocks:
        yield from re.sub(r"\\\n", " ", block).splitlines()
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S))


def words_of(line):
    try:
        return shlex.split(line, comments=True)
    except ValueError:  # a quotation that goes on in the next line
        return line.split()


def commands_in(path):
    """Each `proctor …` with its words, as far as the shell gives them to it."""
    for line in code_of(path):
        words = words_of(re.sub(r"^\$ ", "", line))
        at = next((i for i, word in enumerate(words) if re.fullmatch(r"(.*/)?proctor", word)), None)
        if at is None or at + 1 == len(words):
            continue
        end = next((i for i in range(at, len(words)) if words[i] in {"|", "&&", ";", ">"}), len(words))
        yield words[at + 1 : end]


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_command_and_its_options_are_known(path, known):
    unknown = []
    for command, *words in commands_in(path):
        if command in PLACES or not re.fullmatch(r"[a-z]+", command):
            continue
        if command not in known:
            unknown.append(f"proctor {command}")
            continue
        options = {word.split("=")[0] for word in words if re.match(r"--?[a-z]", word)}
        unknown += [f"proctor {command} {name}" for name in sorted(options - known[command])]
    assert unknown == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_command_is_understood(path, tmp_path):
    """A configuration is read once all words are understood, and this one is not there."""
    wrong = []
    for command, *words in commands_in(path):
        if command in PLACES or not re.fullmatch(r"[a-z]+", command) or command in {"completions", "help"}:
            continue
        done = subprocess.run([PROCTOR, command, *words, "--config", "nowhere.toml"], capture_output=True, text=True,
                              cwd=tmp_path, stdin=subprocess.DEVNULL, env={"LC_ALL": "C.UTF-8"})  # fmt: skip
        is_help = done.returncode == 0 and done.stdout.startswith(f"proctor {command}")
        if not is_help and "--config: nowhere.toml: " not in done.stderr:
            wrong.append((command, *words, done.stderr))
    assert wrong == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_an_option_that_stands_alone_is_known_to_some_command(path, known):
    of_all = set().union(*known.values(), OF_OTHERS.get(path.name, set()))
    if path.name == "fake-server.md":
        done = subprocess.run([FAKE_SERVER, "--help"], capture_output=True, text=True)
        of_all |= options_in(done.stdout + done.stderr)
    alone = {re.match(r"--[a-z_-]+", code)[0] for code in code_of(path) if re.match(r"--[a-z]", code)}
    assert sorted(alone - of_all) == []


def test_a_runs_json_has_the_keys_that_are_documented(work):
    section = (ROOT / "docs/statistics.md").read_text().split("## A run in JSON")[1]
    rows = re.findall(r"^\| (`.*?) \|", section.split("`proctor export`")[0], re.M)
    documented = set(re.findall(r"`(\w+)`", " ".join(rows)))
    summary = work.json("run", "baseline/A", "--dataset", "exam")
    assert documented - {"stopped", "failure"} == set(summary)


@pytest.mark.parametrize("language, page", [("en", "docs/cli.md"), ("ja", "docs/ja/cli.md")])
def test_the_command_line_is_documented_as_it_is(language, page):
    words = ["list", "manual", "--lang", language]
    done = subprocess.run([PROCTOR, *words], capture_output=True, text=True)
    assert done.stdout == (ROOT / page).read_text(), f"proctor {' '.join(words)} > {page}"


# The tutorial: its files are written as they stand there, its sessions (```console) are run and
# printed as they stand there, and its other commands are asked of stand-ins.

TUTORIAL = ROOT / "docs/ja/tutorial.md"
OWN_FILE = re.compile(r"^```\w+ (\S+)\n(.*?)^```$", re.M | re.S)
SESSION = re.compile(r"(?<=^```console\n)(.*?)(?=^```$)", re.M | re.S)
PLAIN = re.compile(r"^```\n(.*?)^```$", re.M | re.S)


@pytest.fixture
def reader(work):
    """Someone who reads Japanese, with the tutorial's files."""
    work.environment |= {"PROCTOR_LANG": "ja"}
    for name, text in OWN_FILE.findall(TUTORIAL.read_text()):
        if name.endswith(".csv"):  # as Excel writes it
            text = "\ufeff" + text.replace("\n", "\r\n")
        (work.path / name).write_bytes(text.encode())
    return work


def session_of(folder, block):
    """The commands of a block, each with what it prints."""
    for line in re.findall(r"^\$ proctor (.*)", block, re.M):
        done = folder.run(*shlex.split(line))
        yield f"$ proctor {line}\n" + done.stdout + done.stderr


def undated(text):
    return re.sub(r"\d{4}-\d\d-\d\d", "YYYY-MM-DD", text)


def with_sessions_run(folder, text):
    return SESSION.sub(lambda block: "".join(session_of(folder, block[0])), text)


def test_the_tutorials_sessions_are_what_is_printed(reader):
    text = TUTORIAL.read_text()
    run = with_sessions_run(reader, text)
    if os.environ.get("PROCTOR_BLESS"):
        TUTORIAL.write_text(run)
        text = run
    assert undated(text) == undated(run), "PROCTOR_BLESS=1 writes them anew"


def test_the_tutorials_other_commands_work(
    reader, start_server, start_hub, nano, needs_parquet
):
    url = start_server("--answer", "B", "--logprobs").url
    environment = {"HF_ENDPOINT": start_hub().url, "OLLAMA_HOST": url, "DEEPSEEK_API_KEY": "k"}
    for name in ("model.gguf", "big.Q8_0.gguf"):
        shutil.copy(nano, reader.path / name)
    maker = [python_with("gguf", "numpy"), ROOT / "tests/fakes/make_tiny_gguf.py"]
    subprocess.run([*maker, reader.path / "small.Q4_K_M.gguf", "--seed=2", "--context=8192"],
                   check=True, capture_output=True)  # fmt: skip
    text = TUTORIAL.read_text()
    with_sessions_run(reader, text)
    failed = {}
    for line in re.findall("^proctor .*", "".join(PLAIN.findall(text)), re.M):
        words = shlex.split(line, comments=True)[1:]
        if any(re.match("llama$|deepseek/", word) for word in words):
            words += ["--base-url", url]
        done = reader.run(*words, **environment)
        if done.returncode and not PLACES & set(words):
            failed[line] = done.stderr
    assert failed == {}


# ---- The other documents' commands, asked of stand-ins

# For what a reader puts there.
MEANT = {"RUN": "91bc", "MODEL": "baseline/A", "MODEL.gguf": "model.gguf", "NAME": "seed", "D": "sample", "X": "proctor",
         "A": "7f3a", "B": "91bc", "last": "91bc", "STORE…": "gpu1.db", "STORE": "all.db"}  # fmt: skip
# What is not run here, and why.
NOT_RUN = {
    "hf:OWNER/REPO:Q4_K_M": "names no repository; test_hub_model.py runs one",
    "--engine": "needs a llama-server; test_llama_server.py has one",
    "--serve": "needs a server of models; test_batch.py starts a stand-in",
    "--for-good": "asks; test_stored_runs.py answers",
    "import": "a harness's file; the tests of imports have some",
    "bash)": "the shell's; test_shells.py asks the shells",
    "1c07c4a2": "the run of a server whose answers differ; test_fake_server_page.py has it",
    "postgresql://USER@HOST:PORT/DATABASE": "needs a PostgreSQL; test_postgres.py has one",
    "postgresql://…": "likewise",
    "view": "serves until it is ended; test_view.py ends it",
    "my.csv": "a file of the reader's; test_datasets.py reads such columns",
}
# Commands that take something: alone they are mentioned.
NEED_WORDS = {"run", "show", "list", "export", "rescore", "compare", "merge", "forget", "extract", "chart", "import", "html"}


def commands_to_run(path):
    for line in code_of(path):
        first = re.split(r" {2,}", re.sub(r"^\$ ", "", line.strip()))[0]
        words = words_of(first)
        if not words or not re.fullmatch(r"(.*/)?proctor", words[0]):
            continue
        end = next((i for i in range(len(words)) if words[i] in {"|", "&&", ";", ">"}), len(words))
        words = [MEANT.get(word, word) for word in words[1:end]]
        is_mention = not words or words[0] in PLACES or (len(words) == 1 and words[0] in NEED_WORDS)
        if not is_mention and not set(words) & (NOT_RUN.keys() | {"…"}):
            yield words


@pytest.fixture
def stocked(work, start_server, start_hub, nano, needs_parquet):
    """A folder with what the documents' commands name, and servers behind their addresses."""
    url = start_server("--answer", "B", "--logprobs").url
    work.environment |= {"HF_ENDPOINT": start_hub().url, "OLLAMA_HOST": url, "DEEPSEEK_API_KEY": "k", "GEMINI_API_KEY": "k"}
    shutil.copy(nano, work.path / "model.gguf")
    shutil.copytree(ROOT / "examples", work.path / "examples")
    for store in ("gpu1.db", "gpu2.db"):
        work.run("run", "baseline/B", "--dataset", "sample", "--store", store)
    for name, protocol in (("7f3a", "seed"), ("91bc", "proctor")):
        work.run("run", "baseline/B", "--dataset", "sample", "--name", name, "--protocol", protocol)
    work.run("run", "baseline/A", "--subject", "anatomy", "--name", "0c4d")
    for part in range(1, 5):
        work.run("run", "baseline/B", "--dataset", "sample", "--shard", f"{part}/4", "--store", f"{part}.db")
    sbatch = work.path / "bin/sbatch"
    sbatch.parent.mkdir()
    sbatch.write_text("#!/bin/sh\necho 1\n")
    sbatch.chmod(0o755)
    work.environment["PATH"] = f"{sbatch.parent}:{work.environment['PATH']}"
    work.run("init", "exam.toml")
    (work.path / "replies.jsonl").write_text('{"output": "B"}\n')
    (work.path / "lab.toml").write_text('models = ["baseline/A"]\ndataset = ["sample"]\n')
    return work, url


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if path != TUTORIAL], ids=name_of)
def test_its_commands_work(path, stocked):
    work, url = stocked
    failed = {}
    for words in commands_to_run(path):
        more = []
        if any(re.match("llama$|deepseek|gemini/", word) for word in words):
            more = ["--base-url", url]
        if words == ["audit"]:  # the last run may have no reply to be read
            more = ["91bc"]
        if words[0] == "init":
            (work.path / words[1]).unlink(missing_ok=True)
        done = work.run(*words, *more)
        if done.returncode:
            failed[" ".join(words)] = done.stderr
        if words[0] == "forget":
            work.run("forget", words[1], "--undo")
    assert failed == {}
