"""An exam as jobs of a real Slurm: three nodes on this host, by tests/cluster/slurm.sh."""

import glob
import json
import os
import pathlib
import shutil
import signal
import subprocess
import time

import pytest
from conftest import ROOT

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not all(map(shutil.which, ("slurmctld", "slurmd", "munged", "sbatch"))),
    reason="no Slurm that root can start: apt-get install slurm-wlm munge")

NODES = 3


@pytest.fixture(scope="module")
def slurm(tmp_path_factory):
    folder = tmp_path_factory.mktemp("slurm")
    started = subprocess.Popen([ROOT / "tests/cluster/slurm.sh", folder, str(NODES)], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    conf = started.stdout.readline().strip()
    assert conf, "Slurm did not start"
    yield {"SLURM_CONF": conf}
    started.stdin.close()
    started.wait(timeout=20)


def until(condition, seconds=90):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.2)
    raise AssertionError("waited in vain")


def state_of(job, slurm):
    done = subprocess.run(["scontrol", "show", "job", job], env={**os.environ, **slurm}, capture_output=True, text=True)
    return [word.split("=")[1] for word in done.stdout.split() if word.startswith("JobState=")]


def ended(job, slurm):
    states = state_of(job, slurm)
    return states if states and not set(states) & {"PENDING", "RUNNING", "COMPLETING"} else None


def processes_of(node):
    """The node's daemon first, then who started its jobs, then the jobs."""
    jobs, daemons = [], []
    for folder in map(pathlib.Path, glob.glob("/proc/[0-9]*")):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            environment = (folder / "environ").read_bytes().split(b"\0")
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        if words[:1] == [b"slurmd"] and node.encode() in words:
            daemons.insert(0, int(folder.name))
        elif f"SLURMD_NODENAME={node}".encode() in environment:
            jobs.append(int(folder.name))
            name = pathlib.Path(f"/proc/{parent}/comm")
            if name.exists() and name.read_text().startswith("slurmstepd"):
                daemons.append(parent)
    return daemons, jobs


def answers(work, store):
    """What was asked and replied, without its times."""
    done = work.run("export", "last", "--store", store)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return sorted(({key: value for key, value in line.items() if key not in ("latency_ms", "attempts")}
                   for line in lines), key=lambda line: line["id"])


def submit(work, slurm, model, *options):
    done = work.run("submit", "slurm", *model, "--store", "all.db", "--json", *options, **slurm)
    assert done.returncode == 0, done.stderr
    jobs = json.loads(done.stdout)
    return jobs, pathlib.Path(jobs["dir"])


def test_an_array_of_which_a_node_dies_comes_to_what_one_process_does(work, slurm, exam_server):
    server = exam_server("--latency-ms", 100)
    model = ["llama", "--base-url", server.url, "--dataset", "exam", "--subject", "all", "--concurrency", "1"]
    jobs, folder = submit(work, slurm, model, "--shards", "8", "--nodes", str(NODES))
    until(lambda: len(list(folder.glob("part-*.db"))) == NODES)

    daemons, running = processes_of("n1")
    assert daemons and running
    for process in daemons + running:
        os.kill(process, signal.SIGKILL)

    states = until(lambda: ended(jobs["merge"], slurm))
    log = (folder / "merge.log").read_text()
    assert states == ["COMPLETED"], log
    assert "40.00% (40/100)" in log

    work.run("run", *model[:-1], "8", "--store", "one.db")
    assert answers(work, "all.db") == answers(work, "one.db")
    one, merged = (work.json("report", "last", "--json", "--store", store) for store in ("one.db", "all.db"))
    assert (merged["run"], merged["n"], merged["correct"]) == (one["run"], 100, one["correct"])
    # A question that was on its way when the node died may have been asked twice; no other was.
    assert 100 <= server.stats()["requests"] - 100 <= 101
