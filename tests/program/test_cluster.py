#!/usr/bin/env python3
"""test_cluster.py - examples/cluster: a job array of two processes, and three of MPI.

Usage: test_cluster.py PATH_TO_RQA SOURCE_FOLDER [PATH_TO_RQA_MPI]
With PATH_TO_RQA_MPI the MPI program is tested, without it the job array.
"""
import os
import subprocess
import sys
import tempfile

sys.argv[1:] = [os.path.abspath(path) for path in sys.argv[1:]]
from test_cli import DEADLINE_S, RQA, column, run, write  # noqa: E402
from test_cli_store import GRID, MODES, make_study, query, view  # noqa: E402

SCRIPT = os.path.join(sys.argv[2], "examples", "cluster", "sweep_shard.sh")
MPI = sys.argv[3] if len(sys.argv) > 3 else None


def job_array(n, first=1, **environment):
    """All tasks at once, as a cluster runs them; Slurm's variables."""
    tasks = [subprocess.Popen(["sh", SCRIPT, "out", "study", *MODES, *GRID], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env={**os.environ, "RQA": RQA, "SLURM_ARRAY_TASK_ID": str(first + k),
                                   "SLURM_ARRAY_TASK_MIN": str(first),
                                   "SLURM_ARRAY_TASK_COUNT": str(n), **environment})
             for k in range(n)]
    outputs = [task.communicate(timeout=DEADLINE_S) for task in tasks]
    assert all(task.returncode == 0 for task in tasks), outputs
    return "".join(out for out, _ in outputs)


def test_job_array():
    make_study(3)
    run("sweep", "study", *MODES, *GRID, "--store", "whole.sqlite", "--quiet")
    told = job_array(2)
    assert "all are joined: out/all.sqlite" in told, told
    assert view("out/all.sqlite") == view("whole.sqlite")
    parts = [query(f"out/shard-{k}.sqlite", "SELECT count(*) FROM results")[0][0] for k in (1, 2)]
    assert min(parts) > 0.3 * sum(parts), parts
    # Again, numbered from 0: nothing is left to do, and the result stays as it is.
    job_array(2, first=0, SLURM_CPUS_PER_TASK="1")
    assert view("out/all.sqlite") == view("whole.sqlite")
    logs = [open(f"out/shard-{k}.log").read().splitlines() for k in (1, 2)]
    assert all(" 0 results in " in "".join(log[-8:]) for log in logs), logs
    assert not any("failed: " in "".join(log) for log in logs), logs
    one = subprocess.run(["sh", SCRIPT, "manual", "study", *MODES, *GRID], text=True,
                         capture_output=True, env={**os.environ, "RQA": RQA, "SHARD": "1/2"})
    assert one.returncode == 0 and "others are not yet" in one.stdout, one
    assert not os.path.exists("manual/all.sqlite")
    lost = {k: v for k, v in os.environ.items() if not k.startswith("SLURM") and k != "SHARD"}
    bad = subprocess.run(["sh", SCRIPT, "out", "study"], env=lost, capture_output=True, text=True)
    assert bad.returncode == 2 and "SHARD=K/N" in bad.stderr, bad


def mpirun(n, *arguments):
    # As root, and with more processes than cores: a test machine is no cluster.
    return subprocess.run(["mpirun", "--oversubscribe", "-n", str(n), MPI, *arguments], text=True,
                          capture_output=True, timeout=DEADLINE_S,
                          env={**os.environ, "OMPI_MCA_mpi_yield_when_idle": "1",
                               "OMPI_ALLOW_RUN_AS_ROOT": "1",
                               "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"})


def test_mpi():
    for _ in range(20):
        three = mpirun(3, "three.sqlite")
        assert three.returncode == 0, three
        assert "three.sqlite: 9600 results of 6 recordings" in three.stdout, three
        units = [line for line in three.stdout.splitlines() if line.startswith("rank")]
        counts = [int(line.split()[2]) for line in units]
        assert len(counts) == 2 and sum(counts) == 6 * 8, units
        if min(counts) > 0:  # else one had done all before the other was there
            break
        os.remove("three.sqlite")
    assert min(counts) > 0, units
    two = mpirun(2, "two.sqlite")
    assert two.returncode == 0, two
    assert view("three.sqlite") == view("two.sqlite")
    assert sorted(os.listdir()) == ["three.sqlite", "two.sqlite"], os.listdir()
    # The same numbers as the program's.
    write("own/a.txt", column([0.3, 0.7, 0.4, 0.8, 0.35, 0.75, 0.1, 0.9] * 40))
    assert mpirun(3, "own.sqlite", "own/a.txt").returncode == 0
    run("sweep", "own/a.txt", "--dim", "1:5", "--delay", "1:8", "--threshold", "0.01:0.20:0.01",
        "--lmin", "2:3", "--measures", "all", "--store", "program.sqlite", "--quiet")
    columns = "dim, delay, threshold, lmin, vmin, rr, det, l_entr, tt, w_mean, trend, data"
    order = f"SELECT {columns} FROM results ORDER BY 1, 2, 3, 4, 5"
    assert query("own.sqlite", order) == query("program.sqlite", order)
    failed = mpirun(3, "bad.sqlite", "missing.txt")
    assert failed.returncode != 0 and "missing.txt: cannot be opened" in failed.stderr, failed


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        if len(sys.argv) > 3:
            test_mpi()
        else:
            test_job_array()
        os.chdir("/")
    print("cluster examples work")


if __name__ == "__main__":
    main()
