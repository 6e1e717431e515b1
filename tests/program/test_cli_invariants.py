#!/usr/bin/env python3
"""test_cli_invariants.py - rqa analyze --scaling and --lengths from outside.

Usage: test_cli_invariants.py PATH_TO_RQA
"""
import json
import math
import random
import sys

import test_cli as cli
from test_cli import column, run, test, write

cli.tests.clear()


def uniform(n, seed=1):
    draw = random.Random(seed)
    return [draw.random() for _ in range(n)]


def report(*arguments):
    return json.loads(run("analyze", *arguments, "--format", "json")[0])


def slope(x, y):
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    return (sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y)) /
            sum((a - mean_x) ** 2 for a in x))


@test
def dimension():
    write("u.txt", column(uniform(1500)))
    found = report("u.txt", "--threshold", "0.1", "--scaling", "0.01:0.16")["scaling"]
    thresholds, sums = found["thresholds"], found["correlation_sum"]
    assert len(thresholds) == len(sums) == 17 and len(found["local_slope"]) == 16
    assert (thresholds[0], thresholds[-1]) == (.01, .16)
    for before, k, after in zip(thresholds, thresholds[1:], thresholds[2:]):
        assert math.isclose(k, math.sqrt(before * after), rel_tol=1e-14)
    logs = [math.log(t) for t in thresholds], [math.log(c) for c in sums]
    assert math.isclose(found["d2"], slope(*logs), rel_tol=1e-10)
    assert abs(found["d2"] - 1) < .1  # they fill a line
    # Each is the recurrence rate there.
    alone = report("u.txt", "--threshold", repr(thresholds[5]))
    assert alone["measures"]["rr"] == sums[5] and "scaling" not in alone and "k2" not in alone
    text = run("analyze", "u.txt", "--threshold", "0.1", "--scaling", "0.01:0.16")[0]
    assert f"{found['d2']:.10g}" in text and "local slope" in text


@test
def entropy():
    write("u.txt", column(uniform(1500)))
    given = ["u.txt", "--threshold", "0.1", "--lengths", "1:4", "--histograms"]
    found = report(*given)
    bins = found["histograms"]["diagonal"]
    lengths = range(1, 5)
    lines = [sum(n for l, n in bins if l >= k) for k in lengths]
    segments = [sum(n * (l - k + 1) for l, n in bins if l >= k) for k in lengths]
    assert found["k2"]["lengths"] == [1, 4]
    for name, counts in ("k2_lines", lines), ("k2_segments", segments):
        expected = -slope(list(lengths), [math.log(c) for c in counts])
        assert math.isclose(found["k2"][name], expected, rel_tol=1e-10)
        assert abs(found["k2"][name] / -math.log(found["measures"]["rr"]) - 1) < .1
    assert "k2_segments" in run("analyze", *given[:-1])[0]
    none = report("u.txt", "--threshold", "0", "--lengths", "100:200")
    assert none["k2"]["k2_lines"] is None
    assert "fewer than two points" in run("analyze", "u.txt", "--threshold", "0", "--lengths", "5:9")[0]


@test
def bad_input_is_one_line():
    write("u.txt", column(uniform(60)))
    for arguments, said in ((["--scaling", "1"], "range such as"), (["--scaling", "2:1"], "below"),
                            (["--scaling", "0:1"], "above 0"), (["--scaling", "a:1"], "not a number"),
                            (["--scaling", "1:2:3"], "range such as"),
                            (["--scaling", "-1:2"], "not allowed"),
                            (["--lengths", "5:5"], "above the first"),
                            (["--lengths", "0:4"], "not allowed"),
                            (["--lengths", "1:4", "--measures", "rr"], "such as det"),
                            (["--scaling", "1:2", "--threshold-unit", "neighbours"], "mean-diameter")):
        _, error = run("analyze", "u.txt", "--threshold", "1", *arguments, code=2)
        assert said in error and error.count("\n") == 1, error


if __name__ == "__main__":
    sys.exit(cli.main())
