"""An exam in parts, and the scripts that put them to a cluster: run here as its scheduler would."""

import json
import os
import signal
import stat
import subprocess
import time

import pytest

MODEL = ["baseline/random", "--dataset", "sample", "--subject", "all", "--seed", "7"]


def write_scripts(work, *options):
    """What sbatch was given: the scripts of the parts and of what merges them."""
    sbatch = work.path / "bin/sbatch"
    sbatch.parent.mkdir(exist_ok=True)
    sbatch.write_text('#!/bin/sh\necho "$@" >>calls\nwc -l <calls\n')
    sbatch.chmod(sbatch.stat().st_mode | stat.S_IXUSR)
    done = work.run("submit", "slurm", *MODEL, "--dir", "jobs", "--store", "all.db", *options,
                    PATH=f"{sbatch.parent}:{os.environ['PATH']}")
    assert done.returncode == 0, done.stderr
    return done


def run_script(work, name, **env):
    return subprocess.run(["bash", f"jobs/{name}.sh"], cwd=work.path, env={**work.env({}), **env},
                          capture_output=True, text=True, timeout=120)


def part(work, number, **env):
    return run_script(work, "ask", SLURM_ARRAY_TASK_ID=str(number), SLURM_JOB_ID="5", **env)


def test_parts_together_are_the_exam_and_none_is_asked_twice(work):
    said = []
    for number in range(1, 6):
        done = work.run("run", *MODEL, "--shard", f"{number}/5", "--store", f"{number}.db", "--json")
        assert f"part {number} of 5" in done.stderr
        said.append(json.loads(done.stdout)["n"])
    assert sum(said) == 120 and min(said) > 0
    merged = work.run("merge", *[f"{number}.db" for number in range(1, 6)], "--into", "all.db", "--complete")
    assert merged.returncode == 0, merged.stderr
    work.run("run", *MODEL, "--store", "one.db")
    of = [work.json("report", "last", "--json", "--store", store) for store in ("one.db", "all.db")]
    assert (of[0]["run"], of[0]["n"], of[0]["correct"]) == (of[1]["run"], of[1]["n"], of[1]["correct"])


def test_parts_of_unequal_questions_have_equal_tokens(work, shared):
    """By count the longest of eight parts of MMLU would have more than twice the tokens of the mean."""
    tokens, questions = [], []
    for number in range(1, 9):
        line = work.json("run", "baseline/A", "--dataset", shared / "mmlu/csv", "--subject", "all", "--protocol", "mmlu",
                         "--shard", f"{number}/8", "--dry-run", "--json")
        tokens.append(line["prompt_tokens"])
        questions.append(line["planned"])
    assert sum(questions) == 14042
    assert max(tokens) / (sum(tokens) / 8) < 1.01
    assert max(questions) / (sum(questions) / 8) > 1.5


@pytest.mark.parametrize("shard", ["0/3", "4/3", "3", "a/b", "1/0", "1/2/3", "-1/2", ""])
def test_a_part_that_is_none_says_what_one_is(work, shard):
    done = work.run("run", *MODEL, f"--shard={shard}")
    assert done.returncode == 2 and "--shard" in done.stderr and not (work.path / "proctor.db").exists()


@pytest.mark.parametrize("scratch", [[], ["--scratch", "$TMPDIR"]], ids=["shared", "scratch"])
def test_scripts_come_to_what_one_process_does(work, scratch):
    (work.path / "local").mkdir()
    env = {"TMPDIR": str(work.path / "local")}
    said = write_scripts(work, "--shards", "3", "--nodes", "2", "--sbatch=--mem=1G", *scratch)
    assert said.stdout.split() == ["1", "2"]
    script = (work.path / "jobs/ask.sh").read_text()
    assert "#SBATCH --array=1-3%2\n" in script and "#SBATCH --mem=1G\n" in script
    assert "--dependency=afterany:1" in (work.path / "calls").read_text()

    assert part(work, 1, **env).returncode == 0
    early = run_script(work, "merge", **env)
    assert early.returncode == 75
    assert "part 2 of 3: no store" in early.stdout and "of 120 questions have no reply" in early.stderr

    assert [part(work, number, **env).returncode for number in (2, 3, 3)] == [0, 0, 0]
    done = run_script(work, "merge", **env)
    assert done.returncode == 0, done.stderr
    work.run("run", *MODEL, "--store", "one.db")
    one, merged = (work.json("report", "last", "--json", "--store", store) for store in ("one.db", "all.db"))
    assert (merged["run"], merged["n"], merged["correct"]) == (one["run"], 120, one["correct"])
    assert work.run("verify", "--complete", "--store", "all.db").returncode == 0


@pytest.mark.parametrize("scratch", [[], ["--scratch", "$TMPDIR"]], ids=["shared", "scratch"])
def test_a_part_whose_time_is_up_goes_back_to_the_queue_with_what_it_has(work, exam_server, scratch):
    server = exam_server("--latency-ms", 200)
    (work.path / "local").mkdir()
    model = ["llama", "--base-url", server.url, "--dataset", "exam", "--subject", "all", "--concurrency", "1"]
    sbatch = work.path / "bin/sbatch"
    sbatch.parent.mkdir()
    for name, text in (("sbatch", "echo 1"), ("scontrol", 'echo "$@" >requeued')):
        (sbatch.parent / name).write_text(f"#!/bin/sh\n{text}\n")
        (sbatch.parent / name).chmod(0o755)
    env = {"PATH": f"{sbatch.parent}:{os.environ['PATH']}", "TMPDIR": str(work.path / "local")}
    done = work.run("submit", "slurm", *model, "--dir", "jobs", "--shards", "10", *scratch, PATH=env["PATH"])
    assert done.returncode == 0, done.stderr

    asking = subprocess.Popen(["bash", "jobs/ask.sh"], cwd=work.path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env={**work.env({}), **env, "SLURM_ARRAY_TASK_ID": "2", "SLURM_JOB_ID": "77"})
    while server.requests() < 3:
        assert asking.poll() is None, asking.stdout.read()
        time.sleep(0.05)
    asking.send_signal(signal.SIGTERM)
    assert asking.wait(timeout=60) == 143
    assert (work.path / "requeued").read_text() == "requeue 77\n"
    kept = work.json("report", "last", "--json", "--store", "jobs/part-2.db")["n"]
    assert 2 <= kept < 10
    before = server.requests()
    assert part(work, 2, **env).returncode == 0
    assert work.json("report", "last", "--json", "--store", "jobs/part-2.db")["n"] == server.requests() - before + kept


def test_a_dry_run_shows_the_scripts_and_writes_nothing(work):
    done = work.run("submit", "slurm", *MODEL, "--dry-run", "--shards", "2")
    assert done.returncode == 0 and done.stdout.count("#!/bin/bash") == 2
    assert sorted(path.name for path in work.path.iterdir()) == ["exam"]
    for script in done.stdout.split("#!/bin/bash")[1:]:
        assert subprocess.run(["bash", "-n"], input=script, text=True).returncode == 0


@pytest.mark.parametrize("options, said", [
    (["nowhere"], "expected slurm or kubernetes"),
    ([], "expected slurm or kubernetes"),
    (["slurm", "baseline/nobody"], "baseline"),
    (["slurm", *MODEL, "--protocol", "nothing"], "--protocol"),
    (["slurm", *MODEL, "--shards", "0"], "--shards"),
    (["slurm", *MODEL, "--dir", "a b"], "--dir"),
    (["slurm", *MODEL, "--scratch", "`id`"], "--scratch"),
    (["slurm", *MODEL, "--sbatch", "--mem=1\nrm"], "--sbatch"),
    (["slurm", "openai/gpt-4o", "--dataset", "sample", "--header", "Authorization: Bearer x"], "--header"),
    (["kubernetes", *MODEL], "--image is missing"),
])
def test_what_is_wrong_is_said_before_anything_is_submitted(work, options, said):
    done = work.run("submit", *options)
    assert done.returncode == 2 and said in done.stderr, done.stderr
    assert not list(work.path.glob("proctor*"))


def test_without_slurm_it_says_so_and_the_scripts_stay(work):
    done = work.run("submit", "slurm", *MODEL, "--dir", "jobs", PATH="/nonexistent")
    assert done.returncode == 2 and "sbatch" in done.stderr
    assert (work.path / "jobs/ask.sh").exists()


def test_a_job_of_kubernetes_has_an_index_a_part(work):
    done = work.run("submit", "kubernetes", *MODEL, "--shards", "4", "--nodes", "2", "--image", "me/proctor:1",
                    "--claim", "stores", "--dir", "/data", "--system", 'say "A" \\ B')
    assert done.returncode == 0, done.stderr
    lines = [line.strip() for line in done.stdout.splitlines()]
    assert {"completionMode: Indexed", "completions: 4", "parallelism: 2", 'image: "me/proctor:1"',
            'claimName: "stores"', 'mountPath: "/data"'} <= set(lines)
    command = json.loads(next(line for line in lines if line.startswith("command:")).removeprefix("command: "))
    assert command[:2] == ["/bin/sh", "-c"] and "--shard $part/4 --store part-$part.db" in command[2]
    # What the shell reads is what was said.
    said = subprocess.run(["sh", "-c", command[2].replace("exec 'proctor'", "printf '%s\\n'")], text=True,
                          capture_output=True, env={"JOB_COMPLETION_INDEX": "1", "PATH": os.environ["PATH"]})
    assert 'say "A" \\ B' in said.stdout.splitlines() and "2/4" in said.stdout.splitlines()
