"""--config's file, proctor init, and PROCTOR_STORE."""

import json
import pathlib
import re
import tomllib

import pytest

from conftest import ROOT, write_exam

PAGE = (ROOT / "docs/config.md").read_text()
EXAMPLES = re.findall(r"^```toml\n(.*?)^```", PAGE, re.M | re.S)


def config(work, text):
    (work.path / "c.toml").write_text(text)
    return "--config", "c.toml"


def runs_of(work):
    return sorted((one["model"], one["dataset"], one["protocol"]) for one in work_lines(work))


def work_lines(work):
    return [json.loads(line) for line in work.run("report", "--json").stdout.splitlines()]


def test_it_may_name_models_data_sets_and_protocols(work):
    write_exam(work.path / "other", n=8)
    words = config(work, 'models = ["baseline/A", "baseline/B"]\ndataset = ["exam", "other"]\n'
                         'protocol = ["seed", "proctor"]\n')  # fmt: skip

    done = work.run("run", *words)

    assert done.returncode == 0, done.stderr
    found = runs_of(work)
    assert len(found) == len(set(found)) == 8
    assert {model for model, _, _ in found} == {"baseline/A", "baseline/B"}


def test_each_of_several_data_sets_is_in_its_own_run_s_command(work):
    write_exam(work.path / "other", n=8)
    work.run("run", "baseline/A", "--dataset", "exam", "--dataset", "other", "--protocol", "seed,proctor")

    again = [one for one in work_lines(work) if one["planned"] == 8]
    assert len(again) == 2
    done = work.run("compare", again[0]["run"], again[1]["run"], "--explain")
    assert "--dataset exam" not in done.stdout


def test_the_command_line_wins(work):
    words = config(work, 'models = ["baseline/A"]\ndataset = ["nothing"]\n')

    work.run("run", "baseline/B", "--dataset", "exam", *words)

    assert [model for model, _, _ in runs_of(work)] == ["baseline/B"]


def test_one_file_serves_several_commands(work):
    words = config(work, 'models = ["baseline/A"]\ndataset = "exam"\nby = "subject"\ntitle = "T"\n')

    assert work.run("run", *words).returncode == 0
    shown = work.run("report", *words)
    assert shown.returncode == 0 and "college_computer_science" in shown.stdout
    assert work.run("chart", *words, "-o", "x.svg").stderr.endswith("x.svg: 1 bar\n")


@pytest.mark.parametrize("key, hint", [("modles", "--models"), ("protocl", "--protocol"), ("sortt", "")])
def test_a_key_that_no_command_has_is_refused_with_the_nearest(work, key, hint):
    done = work.run("run", *config(work, f'\n{key} = "x"\n'))

    assert done.returncode == 2
    assert done.stderr.startswith(f"proctor: c.toml: line 2: {key}: no such option") and hint in done.stderr


@pytest.mark.parametrize("text", ['models = ["~/m.gguf"]', 'dataset = "~/exam"\nmodels = ["baseline/A"]'])
def test_a_tilde_is_the_home_folder(work, text):
    done = work.run("run", *config(work, text))

    assert done.returncode == 2
    assert f"{work.environment['HOME']}/" in done.stderr and "~" not in done.stderr


def test_init_writes_one_that_runs_and_overwrites_nothing(work):
    done = work.run("init", "mine.toml")
    again = work.run("init", "mine.toml")
    ran = work.run("run", "--config", "mine.toml", "--dry-run")

    assert (done.returncode, done.stderr) == (0, "mine.toml: next: proctor run --config mine.toml\n")
    assert again.returncode == 2 and "mine.toml is there already" in again.stderr
    assert ran.returncode == 0 and "baseline/longest" in ran.stdout
    assert work.run("init").returncode == 0 and (work.path / "proctor.toml").exists()


def test_every_comment_of_init_is_an_option_with_a_value_that_toml_reads(work):
    work.run("init")
    lines = re.findall(r"^# ([a-z-]+ = .*)$", (work.path / "proctor.toml").read_text(), re.M)
    asked = set(re.findall(r"--[a-z][a-z-]*", work.run("run", "--help").stdout))

    keys = {key for line in lines for key in tomllib.loads(line)}
    assert {f"--{key}" for key in keys - {"models"}} | {
        "--dataset", "--protocol", "--subject", "--store", "--config", "--dry-run", "--reader"} >= asked  # fmt: skip


@pytest.mark.parametrize("text", EXAMPLES, ids=lambda text: text.split("\n")[0])
def test_an_example_of_the_page_is_understood(work, text, request):
    (work.path / "exam.csv").write_text("q,1,2,3,4,A\n")
    weights = pathlib.Path(work.environment["HOME"]) / "models"
    if "gguf" in text:
        weights.mkdir(parents=True)
        (weights / "SmolLM2-135M-Instruct.Q4_1.gguf").symlink_to(request.getfixturevalue("smollm2"))
    # MMLU itself may be out of reach.
    given = [] if "dataset" in tomllib.loads(text) else ["--dataset", "sample", "--subject", "all"]
    done = work.run("run", *config(work, text), *given, "--dry-run", DEEPSEEK_API_KEY="k")

    assert done.returncode == 0, done.stderr


def test_the_store_may_be_named_by_a_variable(work):
    named = {"PROCTOR_STORE": "lab.db"}

    missing = work.run("report", **named)
    ran = work.run("run", "baseline/A", "--dataset", "exam", **named)

    assert missing.returncode == 2 and "lab.db: no such store" in missing.stderr
    assert "PROCTOR_STORE" in missing.stderr
    assert ran.returncode == 0 and (work.path / "lab.db").exists() and "--store" not in ran.stderr
    assert "baseline/A" in work.run("report", **named).stdout
    other = work.run("report", "--store", "other.db", **named)
    assert "other.db: no such store" in other.stderr
    assert f"{work.environment['HOME']}/lab.db" in work.run("report", PROCTOR_STORE="~/lab.db").stderr


def test_what_the_command_line_says_wins_over_what_goes_against_it(work):
    words = config(work, 'models = ["baseline/A"]\ndataset = "exam"\nsample = 3\nquiet = true\nformat = "csv"\n'
                         'limit = 20\ntype = "llama"\n')  # fmt: skip
    assert work.run("run", "baseline/B", *words, "--limit", 2).returncode == 0
    assert [one["planned"] for one in work_lines(work)] == [2]

    assert json.loads(work.run("report", *words, "--json").stdout)["model"] == "baseline/B"
    work.run("report", *words, "-o", "x.md")
    assert "\n| run " in (work.path / "x.md").read_text()
    assert work.run("report", *words).stdout.startswith("run,")
    assert work.run("chart", *words, "-o", "x.svg").returncode == 0


@pytest.mark.parametrize("text, words", [
    ("models = []", "models: found an empty list"),
    ('dataset = []', "dataset: found an empty list"),
    ('reader = "inspect"\nextract = "inspect"', "reader: is extract, which the file has said"),
])  # fmt: skip
def test_a_key_that_says_nothing_or_twice_is_refused(work, text, words):
    done = work.run("run", *config(work, text))

    assert done.returncode == 2 and words in done.stderr


def test_each_path_of_a_list_may_begin_with_a_tilde(work):
    home = work.environment["HOME"]
    done = work.run("run", *config(work, 'models = ["baseline/A"]\ndataset = "exam"\n'
                                         'protocol = ["seed", "~/mine.toml"]\n'))  # fmt: skip

    assert done.returncode == 2 and f"{home}/mine.toml" in done.stderr


def test_a_command_about_one_exam_or_model_refuses_two(work):
    two = work.run("prompt", "baseline/A", "--dataset", "exam", "--dataset", "sample")
    models = work.run("prompt", "baseline/A", "baseline/B", "--dataset", "exam")

    assert (two.returncode, two.stderr) == (2, "proctor: --dataset: found exam, sample, expected one\n")
    assert models.stderr == "proctor: expected one model, found baseline/A and baseline/B\n"
    assert "expected one" in work.run("list", "subjects", "--dataset", "exam", "--dataset", "sample").stderr


def test_init_leaves_the_store_to_its_variable(work):
    work.run("init", "mine.toml")

    ran = work.run("run", "--config", "mine.toml", "--dataset", "exam", PROCTOR_STORE="lab.db")

    assert ran.returncode == 0 and (work.path / "lab.db").exists() and not (work.path / "proctor.db").exists()
