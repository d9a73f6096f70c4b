"""proctor chart: every kind, in files, on stdout and in a terminal."""

import json

import pytest

from conftest import ROOT, write_exam

BARS = ROOT / "examples/seed_results.csv"


@pytest.fixture
def two(work):
    """Two runs of 40 questions on two subjects."""
    for subject in ("anatomy", "virology"):
        write_exam(work.path / "two", n=20, subject=subject)
    for letter in "AB":
        done = work.run("run", f"baseline/{letter}", "--dataset", "two", "--subject", "all", "--name", letter, "--quiet")
        assert done.returncode == 0, done.stderr
    return work


@pytest.mark.parametrize("kind", ["bars", "subjects", "heatmap", "progress", "compare", "seed"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_kind_is_drawn_and_said_in_words(two, kind, theme):
    done = two.run("chart", "A", "B", "--kind", kind, "--theme", theme, "--format", "svg", "-o", "-")

    assert done.returncode == 0, done.stderr
    assert '<svg role="img"' in done.stdout and "<title>" in done.stdout
    assert "n = 40" in done.stdout.split("<desc>")[1].split("</desc>")[0]


@pytest.mark.parametrize("form, begin", [("png", b"\x89PNG"), ("jpg", b"\xff\xd8"), ("pdf", b"%PDF"), ("svg", b"<?xml"),
                                         ("kitty", b"\x1b_G"), ("sixel", b"\x1bPq"), ("text", b"MMLU")])  # fmt: skip
def test_every_format_goes_to_stdout(work, form, begin):
    done = work.run("chart", BARS, "--format", form, "-o", "-", text=False)

    assert done.stdout.startswith(begin)


def test_a_picture_for_a_file_needs_one(work):
    done = work.run("chart", BARS, "--format", "png")

    assert done.returncode == 2 and "-o is missing: a .png file, or - for stdout" in done.stderr


@pytest.mark.parametrize("environment", [{"KITTY_WINDOW_ID": "1"}, {"TERM_PROGRAM": "WezTerm"}, {"TERM_PROGRAM": "ghostty"}])
def test_a_terminal_that_takes_pictures_gets_one(two, environment):
    said, code = two.in_terminal("chart", **environment)

    assert code == 0 and said.startswith("\x1b_Gf=100,a=T,")


@pytest.mark.parametrize("environment", [{}, {"KITTY_WINDOW_ID": "1", "TMUX": "/tmp/x,1,0"}])
def test_another_terminal_gets_bars_as_wide_as_it_is(two, environment):
    for columns in (40, 80):
        said, code = two.in_terminal("chart", columns=columns, NO_COLOR="1", **environment)
        rows = [line for line in said.splitlines() if "n = 40" in line]

        assert code == 0 and len(rows) == 2 and "\x1b" not in said
        assert all(len(row) <= columns for row in rows)


def test_text_is_ascii_where_the_locale_is(two):
    said = two.run("chart", "--kind", "subjects", "A", LC_ALL="C").stdout

    assert said.isascii() and "###" in said and "n = 20" in said


def test_without_a_file_json_is_what_would_be_drawn(two):
    chart = two.json("chart", "A", "B", "--kind", "compare")

    assert chart["file"] is None and chart["kind"] == "compare"
    of_all = next(point for point in chart["points"] if point["label"] == "all")
    compared = json.loads(two.run("compare", "A", "B", "--json").stdout)
    assert of_all["difference"] == pytest.approx(compared["difference"])
    assert of_all["ci95"] == pytest.approx(compared["ci95"])


@pytest.mark.parametrize("kind, words", [
    ("calibration", "found no probability of a letter in 40 replies, expected letters that were scored"),
    ("pareto", "no latency is known of it; expected replies that took a time"),
])  # fmt: skip
def test_what_a_run_lacks_is_said_with_what_gives_it(two, kind, words):
    done = two.run("chart", "A", "--kind", kind)

    assert done.returncode == 2 and words in done.stderr


def test_a_file_has_bars_alone(work):
    done = work.run("chart", BARS, "--kind", "heatmap")

    assert done.returncode == 2 and "--kind: heatmap is of runs; a file has bars alone" in done.stderr


def test_a_hostile_name_is_shown_and_does_nothing(work):
    hostile = work.path / "bars.csv"
    hostile.write_text('model,accuracy,correct,n\n"<b>\x1b]0;x\x07</b>",50,1,2\n')
    said, code = work.in_terminal("chart", "bars.csv", NO_COLOR="1")
    svg = work.run("chart", "bars.csv", "--format", "svg", "-o", "-").stdout

    assert code == 0 and "\x1b" not in said
    assert "<b>" not in svg and "\x1b" not in svg
