"""The programs of examples/cpp: another project, built against an installed Proctor."""

import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest

from conftest import PROCTOR, ROOT

BUILD = pathlib.Path(PROCTOR).parent


def cache(name):
    """What the build folder's cache says of a name; empty where it says nothing."""
    found = re.search(rf"^{name}:\w+=(.*)$", (BUILD / "CMakeCache.txt").read_text(), re.MULTILINE)
    return found[1] if found else ""


def checked(*words, **options):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    if not shutil.which("cmake"):
        pytest.skip("no cmake")
    if cache("PROCTOR_SANITIZE"):
        pytest.skip("the libraries are built with sanitizers")
    prefix = tmp_path_factory.mktemp("prefix")
    checked("cmake", "--install", BUILD, "--prefix", prefix)
    return prefix


@pytest.fixture(scope="module")
def examples(installed, tmp_path_factory):
    build = tmp_path_factory.mktemp("examples")
    checked("cmake", "-G", "Ninja", "-S", ROOT / "examples/cpp", "-B", build,
            f"-DCMAKE_PREFIX_PATH={installed}", "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Wno-missing-field-initializers",
            f"-DCMAKE_CXX_COMPILER={cache('CMAKE_CXX_COMPILER')}",
            f"-DCMAKE_CXX_COMPILER_LAUNCHER={cache('CMAKE_CXX_COMPILER_LAUNCHER')}")
    said = checked("cmake", "--build", build, "-j2")
    assert "warning:" not in said
    return build


@pytest.fixture
def run(examples, installed, tmp_path):
    def run(name, *words):
        return checked(examples / name, *words, cwd=tmp_path,
                       env={"PATH": os.environ["PATH"], "HOME": str(tmp_path),
                            "PROCTOR_PLUGINS": str(installed / "lib/proctor")})
    return run


@pytest.mark.parametrize("name", ["evaluate", "compare", "own_backend"])
def test_an_example_fits_on_a_screen(name):
    assert len((ROOT / f"examples/cpp/{name}.cc").read_text().splitlines()) <= 40


def test_a_program_evaluates_and_another_compares_what_it_has_stored(run, installed, tmp_path):
    first = run("evaluate", "baseline/longest", "mine.db")
    run("evaluate", "baseline/A", "mine.db")

    shown = checked(installed / "bin/proctor", "report", "--store", "mine.db", "--json", cwd=tmp_path)
    longest, letter = [json.loads(line) for line in shown.splitlines()]
    said = run("compare", "mine.db", longest["run"][:8], letter["run"][:8])

    assert first.startswith(f"baseline/longest: {longest['correct']} of {longest['n']} right")
    points = 100 * (letter["accuracy"] - longest["accuracy"])
    assert said.startswith(f"{points:+.2f} points (n {longest['n']}, ")


def test_a_program_that_evaluates_again_asks_nothing_again(run, installed, tmp_path):
    once, again = (run("evaluate", "baseline/longest", "mine.db") for _ in range(2))

    (shown,) = checked(installed / "bin/proctor", "report", "--store", "mine.db", "--json",
                       cwd=tmp_path).splitlines()
    assert once == again
    assert json.loads(shown)["requests"] == json.loads(shown)["n"]


def test_a_program_evaluates_a_model_file(run, nano):
    assert re.match(r"gguf/nano.gguf: \d+ of 120 right, ", run("evaluate", nano, "mine.db"))


def test_a_backend_of_one_s_own_is_examined(run):
    assert re.fullmatch(r"\d+ of 120\n", run("own_backend"))


def test_the_manual_and_the_shells_completions_are_installed(installed):
    share = installed / "share"
    program = installed / "bin/proctor"
    assert (share / "man/man1/proctor.1").read_text() == checked(program, "man")
    for shell, path in {
        "bash": "bash-completion/completions/proctor",
        "zsh": "zsh/site-functions/_proctor",
        "fish": "fish/vendor_completions.d/proctor.fish",
    }.items():
        assert (share / path).read_text() == checked(program, "completions", shell)
    assert (share / "man/ja/man1/proctor.1").read_text() == checked(program, "man", "--lang", "ja")


@pytest.mark.parametrize("readme", ["README.md", "README.ja.md"])
def test_what_is_installed_is_removed_as_the_readme_says(installed, tmp_path, readme):
    prefix = tmp_path / "a prefix"
    checked("cmake", "--install", BUILD, "--prefix", prefix)
    (prefix / "mine.txt").write_text("no file of Proctor's")
    there = [path for path in prefix.rglob("*") if not path.is_dir()]
    removes = re.search(r"`([^`]*build/release/install_manifest.txt[^`]*)`", (ROOT / readme).read_text())[1]

    checked("sh", "-c", removes.replace("build/release", f"'{BUILD}'"))

    assert len(there) > 100
    assert [path for path in prefix.rglob("*") if not path.is_dir()] == [prefix / "mine.txt"]
