"""What a shell and man are told of the program; each is asked itself where it is here."""

import re
import shutil
import subprocess

import pytest

from conftest import PROCTOR


def needs(program):
    return pytest.mark.skipif(not shutil.which(program), reason=f"no {program}")


def said(*words):
    done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout


def completed_by_bash(line):
    words = [*line.split(), ""] if line.endswith(" ") else line.split()
    script = f"""source <({PROCTOR} completions bash)
        COMP_WORDS=("$@"); COMP_CWORD={len(words) - 1}; _proctor; printf '%s\\n' "${{COMPREPLY[@]}}" """
    return set(said("bash", "-c", script, "bash", *words).split())


def completed_by_fish(line):
    out = said("fish", "--no-config", "-c",
               f"{PROCTOR} completions fish | source; complete -C '{line}'")  # fmt: skip
    return {one.split("\t")[0] for one in out.splitlines()}


# zsh completes in an editor alone: what would be offered is printed instead.
ZSH = """
compdef() {{ }}
_describe() {{ local name=${{@[-1]}}; print -l -- ${{${{(P)name}}%%:*}} }}
compadd() {{ local name=$2; print -l -- ${{(P)name}} }}
_files() {{ }}
source <({proctor} completions zsh)
words=({line}); CURRENT={n}
_proctor
"""


def completed_by_zsh(line):
    n = len(line.split()) + line.endswith(" ")
    return set(said("zsh", "-f", "-c", ZSH.format(proctor=PROCTOR, line=line, n=n)).split())


SHELLS = [
    pytest.param(completed_by_bash, marks=needs("bash"), id="bash"),
    pytest.param(completed_by_fish, marks=needs("fish"), id="fish"),
    pytest.param(completed_by_zsh, marks=needs("zsh"), id="zsh"),
]


@pytest.mark.parametrize("completed", SHELLS)
def test_a_command_is_completed(completed):
    assert {"run", "report", "completions"} <= completed("proctor ")


@pytest.mark.parametrize("completed", SHELLS)
def test_an_option_is_completed_where_it_belongs(completed):
    assert "--protocol" in completed("proctor run --pro")
    assert not completed("proctor verify --pro") & {"--protocol", "--progress"}


@pytest.mark.parametrize("completed", SHELLS)
def test_the_words_that_a_command_takes_are_completed(completed):
    assert {"protocols", "datasets"} <= completed("proctor list ")


@needs("groff")
def test_troff_takes_the_manual_without_a_warning():
    page = subprocess.run([PROCTOR, "man"], capture_output=True)
    done = subprocess.run(["groff", "-man", "-Tutf8", "-Kutf8", "-ww"], input=page.stdout, capture_output=True)

    text = re.sub(r"\x1b\[\d*m|.\x08", "", done.stdout.decode())
    assert done.stderr == b""
    assert "--protocol P" in text and "proctor chart" in text


def test_the_version_is_said_in_three_ways_and_as_json(work):
    said = {work.run(*words).stdout for words in (["version"], ["--version"], ["-V"])}

    assert said == {"proctor {version}\n".format(**work.json("version"))}


def test_a_slip_for_help_is_help_and_no_model(work):
    asked = work.run("run", "--help")
    for words in (["run", "help"], ["help", "run"], ["--json", "run", "--help"]):
        done = work.run(*words)
        assert (done.returncode, done.stdout) == (0, asked.stdout), words


def test_an_option_may_stand_before_the_command(work):
    work.run("run", "baseline/A", "--dataset", "exam", "--store", "s.db")

    before = work.run("--store", "s.db", "--json", "report")

    assert before.returncode == 0, before.stderr
    assert before.stdout == work.run("report", "--store", "s.db", "--json").stdout
