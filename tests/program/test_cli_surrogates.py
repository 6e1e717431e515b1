#!/usr/bin/env python3
"""test_cli_surrogates.py - rqa test and rqa analyze --bootstrap from outside.

Usage: test_cli_surrogates.py PATH_TO_RQA
"""
import json
import math
import os
import random
import sys
import xml.dom.minidom

import test_cli as cli
from test_cli import column, run, test, write

cli.tests.clear()

HENON = [.1, .2]
for _ in range(298):
    HENON.append(1 - 1.4 * HENON[-1] ** 2 + .3 * HENON[-2])
SETTING = ["--threshold", "0.2", "--dim", "2"]


def noise(n, seed=1):
    draw = random.Random(seed)
    return [draw.gauss(0, 1) for _ in range(n)]


def report(*arguments):
    return json.loads(run("test", *arguments, "--format", "json")[0])


@test
def chaos_is_found_and_noise_is_not():
    write("henon.txt", column(HENON))
    write("noise.txt", column(noise(300)))
    found = report("henon.txt", *SETTING, "--count", "39", "--measures", "det,l_mean")
    assert found["surrogates"]["method"] == "iaaft" and found["surrogates"]["count"] == 39
    assert 0 < found["surrogates"]["spectrum_error_mean"] < .1
    assert set(found["measures"]) == {"det", "l_mean"}
    det = found["measures"]["det"]
    assert det["p"] == det["p_greater"] == 1 / 40 and det["n_at_least"] == 0, det
    assert det["min"] <= det["q025"] <= det["median"] <= det["q975"] <= det["max"] < det["value"]
    two = report("henon.txt", *SETTING, "--count", "39", "--measures", "det", "--two-sided")
    assert two["sides"] == 2 and two["measures"]["det"]["p"] == det["p_two_sided"] == 2 / 40
    nothing = report("noise.txt", *SETTING, "--count", "39", "--measures", "det", "--two-sided")
    assert nothing["measures"]["det"]["p"] > .05
    # The recording's values are those of rqa analyze.
    alone = json.loads(run("analyze", "henon.txt", *SETTING, "--format", "json")[0])
    assert alone["measures"]["det"] == det["value"]


@test
def the_seed_decides_and_threads_do_not():
    write("n.txt", column(noise(120)))
    for method in "shuffle", "phase", "aaft", "iaaft":
        given = ["n.txt", "--threshold", "0.5", "--surrogates", method, "--count", "19"]
        first = run("test", *given, "--threads", "1")[0]
        assert run("test", *given, "--threads", "3", "--seed", "1")[0] == first
        assert run("test", *given, "--seed", "2")[0] != first
    assert "p (two)" in run("test", *given, "--two-sided")[0]


@test
def twins_and_two_recordings():
    draw = random.Random(2)
    x = [draw.randrange(4) for _ in range(150)]
    write("x.txt", column(x))
    write("y.txt", column([x[max(k - 2, 0)] for k in range(150)]))
    got = report("x.txt", "--with", "y.txt", "--joint", "--surrogates", "twin", "--threshold", "0",
                 "--count", "19", "--min-distance", "3", "--measures", "rr,lam")
    assert got["surrogates"]["twin_pairs"] > 1000 and got["surrogates"]["vectors_with_a_twin"] == 150
    assert got["measures"]["rr"]["p"] <= 1
    write("ramp.txt", column(range(30)))
    _, error = run("test", "ramp.txt", "--surrogates", "twin", "--threshold", "0.5", code=2)
    assert "no two of the 30 vectors are twins" in error, error


@test
def undefined_measures_say_why():
    write("n.txt", column(noise(30)))
    got = report("n.txt", "--threshold", "0.001", "--count", "19", "--measures", "l_mean,rr")
    mean = got["measures"]["l_mean"]
    assert mean["value"] is None and mean["p"] is None and mean["undefined"], mean
    assert mean["n_undefined"] + mean["n_surrogates"] == 19
    text = run("test", "n.txt", "--threshold", "0.001", "--count", "19", "--measures", "l_mean")[0]
    assert "undefined, " in text


@test
def nobody_asked_for_the_other_measures():
    write("n.txt", column(noise(60)))
    given = ["n.txt", "--threshold", "0.5", "--count", "1"]
    assert len(report(*given)["measures"]) == 19
    text = run("test", *given)[0]
    assert "transitivity" not in text and "undefined" not in text and "nan" not in text, text


@test
def the_picture():
    write("henon.txt", column(HENON))
    given = ["henon.txt", *SETTING, "--count", "19", "--measures", "det,lam"]
    run("test", *given, "--plot", "a.svg")
    text = open("a.svg").read()
    xml.dom.minidom.parseString(text)
    assert "det: p = 0.05, 19 surrogates" in text and "recording: " in text and "lam" in text
    assert "exists" in run("test", *given, "--plot", "a.svg", code=2)[1]
    run("test", *given, "--plot", "a.svg", "--force")
    assert open("a.svg").read() == text
    assert "stdout" in run("test", *given, "--plot", "-", code=2)[1]
    assert "is an input" in run("test", *given, "--plot", "henon.txt", "--force", code=2)[1]
    assert not os.path.exists("b.svg")
    run("test", "missing.txt", *SETTING, "--plot", "b.svg", code=2)
    assert not os.path.exists("b.svg")


@test
def bad_input_is_one_line():
    write("n.txt", column(noise(40)))
    write("holes.txt", "1\n2\n\n4\n5\n6\n7\n")
    write("same.txt", "3\n3\n3\n3\n3\n")
    write("short.txt", "1\n2\n3\n")
    for arguments, words in (
            (["n.txt", "--threshold", "1", "--count", "0"], "--count: '0' is not allowed"),
            (["n.txt", "--threshold", "1", "--count", "2000000"], "--count"),
            (["n.txt", "--threshold", "1", "--surrogates", "iaafts"], "did you mean 'iaaft'"),
            (["n.txt", "--threshold", "1", "--seed", "-1"], "--seed"),
            (["n.txt", "--threshold", "1", "--max-iterations", "0"], "--max-iterations"),
            (["n.txt", "--threshold", "1", "--surrogates", "shuffle", "--max-iterations", "5"], "iaaft"),
            (["n.txt", "--threshold", "1", "--min-distance", "5"], "twin"),
            (["n.txt"], "--threshold is required"),
            (["n.txt", "--threshold", "5", "--threshold-unit", "neighbours"],
             "allowed: data, std, max-diameter, mean-diameter, recurrence-rate"),
            (["n.txt", "--threshold", "5", "--threshold-unit", "recurrence-rate"], "a rate must be above 0"),
            (["n.txt", "--threshold", "1", "--dim-y", "2"], "unknown option '--dim-y'"),
            (["n.txt", "--threshold", "1", "--dim", "50"], "needs at least 50 samples"),
            (["holes.txt", "--threshold", "1", "--header", "no", "--missing-policy", "skip"], "missing"),
            (["same.txt", "--threshold", "1"], "constant"),
            (["short.txt", "--threshold", "1"], "at least 4")):
        _, error = run("test", *arguments, code=2)
        assert words in error, (arguments, error)
    for arguments, words in ((["--bootstrap", "0"], "--bootstrap: '0'"), (["--seed", "3"], "--bootstrap or --sampled"),
                             (["--bootstrap", "9", "--measures", "rr"], "neither diagonal nor vertical")):
        _, error = run("analyze", "n.txt", "--threshold", "1", *arguments, code=2)
        assert words in error, (arguments, error)


@test
def every_surrogate_reaches_the_rate():
    """A threshold of its own for the recording and for each surrogate."""
    write("rate.txt", column([(k * k * 7919 % 1009) / 100 for k in range(300)]))
    given = ["rate.txt", "--dim", "2", "--threshold", "0.07", "--threshold-unit", "recurrence-rate"]
    got = json.loads(run("test", *given, "--count", "19", "--measures", "rr,det", "--format", "json")[0])
    alone = json.loads(run("analyze", *given, "--format", "json")[0])
    for name in ("rr", "det"):
        assert got["measures"][name]["value"] == alone["measures"][name], name
    assert .07 <= got["measures"]["rr"]["min"] <= got["measures"]["rr"]["max"] < .072, got
    assert got["parameters"]["threshold_unit"] == "recurrence-rate"


@test
def intervals():
    write("n.txt", column(noise(200)))
    given = ["n.txt", "--threshold", "0.5", "--bootstrap", "500"]
    got = json.loads(run("analyze", *given, "--format", "json")[0])
    boot = got["bootstrap"]
    assert (boot["count"], boot["seed"], boot["level"]) == (500, 1, .95)
    assert "too narrow" in boot["warning"]
    assert set(boot["intervals"]) == {"det", "l_mean", "l_entr", "lam", "tt", "v_entr"}
    for name, interval in boot["intervals"].items():
        value = got["measures"][name]
        assert interval["lower"] < value < interval["upper"] and interval["skipped"] == 0, name
        assert math.isclose(interval["mean"], value, abs_tol=interval["std"]), name
    text = run("analyze", *given)[0]
    assert "95 % intervals, 500 resamples" in text and "note: " in text and "too narrow" in text
    assert run("analyze", *given, "--seed", "1")[0] == text
    assert run("analyze", *given, "--seed", "2")[0] != text
    some = json.loads(run("analyze", *given, "--measures", "lam", "--format", "json")[0])
    assert set(some["bootstrap"]["intervals"]) == {"lam"}
    plain = json.loads(run("analyze", *given[:3], "--format", "json")[0])
    assert "bootstrap" not in plain


@test
def border_rules():
    write("p.txt", column([k % 7 for k in range(100)]))
    given = ["p.txt", "--threshold", "0", "--histograms", "--format", "json"]
    for rule, lines in (("all", 28), ("dibo", 0), ("dibo-semi", 0), ("kelo", 2), ("kelo-semi", 2),
                        ("censi", 28), ("censi-semi", 28), ("censi-loi", 28), ("censi-semi-loi", 28)):
        got = json.loads(run("analyze", *given, "--border", rule)[0])
        assert sum(n for _, n in got["histograms"]["diagonal"]) == lines, (rule, got)
        assert got["parameters"]["border"] == rule
    assert "border lines by kelo" in run("analyze", "p.txt", "--threshold", "0", "--border", "kelo")[0]
    assert "kelo" in run("analyze", *given, "--border", "keli", code=2)[1]
    run("sweep", "p.txt", "--threshold", "0", "--border", "censi-loi", "--out", "a.csv",
        "--measures", "l_max")
    assert ",100," in open("a.csv").read()
    sweep = ["sweep", "p.txt", "--threshold", "0", "--measures", "l_max", "--store", "s.sqlite"]
    for rule in ("censi-loi", "all", "censi-loi"):
        run(*sweep, "--border", rule, "--out", "b.csv", "--force")
        assert (open("b.csv").read() == open("a.csv").read()) == (rule == "censi-loi"), rule
    whole = [line.split(",") for line in run("export", "s.sqlite")[0].splitlines()]
    at = whole[0].index("border")
    assert sorted(row[at] for row in whole[1:]) == ["all", "censi-loi"], whole


if __name__ == "__main__":
    sys.exit(cli.main())
