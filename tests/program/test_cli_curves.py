#!/usr/bin/env python3
"""test_cli_curves.py - rqa profile and rqa windows from outside: tables, curves, bad input.

Usage: test_cli_curves.py PATH_TO_RQA
"""
import csv
import io
import json
import math
import os
import random
import subprocess
import sys
import tempfile
import xml.dom.minidom

RQA = os.path.abspath(sys.argv[1])
tests = []


def test(function):
    tests.append(function)
    return function


def run(*arguments, code=0):
    """Runs rqa; what it says must be one line if it fails."""
    done = subprocess.run([RQA, *map(str, arguments)], capture_output=True, timeout=600,
                          stdin=subprocess.DEVNULL)
    error = done.stderr.decode()
    assert done.returncode == code, (arguments, done.returncode, error)
    if code:
        assert error.count("\n") == 1 and error.startswith("rqa: "), (arguments, error)
    return done.stdout.decode(), error


def fails(words, *arguments):
    """Bad input: one line that has these words, and no file."""
    before = sorted(os.listdir("."))
    _, error = run(*arguments, code=2)
    for word in words:
        assert word in error, (arguments, word, error)
    assert sorted(os.listdir(".")) == before, (arguments, os.listdir("."))


def write(name, values):
    os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
    with open(name, "w", encoding="utf-8") as file:
        file.writelines(f"{v!r}\n" if not isinstance(v, str) else f"{v}\n" for v in values)
    return name


def table(text):
    return list(csv.DictReader(io.StringIO(text)))


def number(cell):
    return float(cell) if cell else math.nan


def same(a, b):
    return a == b or (math.isnan(a) and math.isnan(b))


def texts_of(path):
    """What can be read in a picture; it must be well-formed."""
    with open(path, encoding="utf-8") as file:
        tree = xml.dom.minidom.parse(file)
    assert tree.documentElement.tagName == "svg"
    return [node.firstChild.data for node in tree.getElementsByTagName("text") if node.firstChild]


def series(seed, n):
    draw = random.Random(seed)
    x = [draw.random()]
    for _ in range(n - 1):
        x.append(round(0.7 * x[-1] + 0.3 * draw.random(), 2))
    return x


def diagonal(x, y, lag, threshold, lmin=2):
    """rr, det, l_mean of one diagonal."""
    cells = [abs(x[i] - y[i + lag]) <= threshold for i in range(len(x)) if 0 <= i + lag < len(y)]
    runs = [len(r) for r in "".join(".#"[c] for c in cells).split(".") if r]
    points, lines = sum(runs), [r for r in runs if r >= lmin]
    return (points / len(cells) if cells else math.nan,
            sum(lines) / points if points else math.nan,
            sum(lines) / len(lines) if lines else math.nan)


@test
def profile_of_one_recording():
    x = series(1, 300)
    write("x.txt", x)
    out, error = run("profile", "x.txt", "--threshold", "0.05", "--max-lag", "40")
    rows = table(out)
    assert [list(r) for r in rows][0] == ["lag", "rr", "det", "l_mean"]
    assert [int(r["lag"]) for r in rows] == list(range(41))
    for r in rows:
        for name, value in zip(("rr", "det", "l_mean"), diagonal(x, x, int(r["lag"]), 0.05)):
            assert same(number(r[name]), value), (r, name, value)
    rates = [number(r["rr"]) for r in rows]

    def low(values):  # from the first one on to the nearest larger one
        end = next((k for k, v in enumerate(values) if v > values[0]), len(values))
        return min(values[:end])

    height = [rates[k] - max(low(rates[k::-1]), low(rates[k:])) for k in range(41)]
    best = max(range(1, 40), key=lambda k: (height[k], -k))
    assert height[best] > 0
    assert "most prominent peak of the recurrence rate: " in error and f"at lag {best}\n" in error, \
        (best, error)
    out, _ = run("profile", "x.txt", "--threshold", "0.05")
    assert len(table(out)) == 76  # a quarter of the vectors


@test
def profile_of_two_recordings():
    x = series(2, 200)
    y = [0.0] * 7 + x[:150]
    write("x.txt", x)
    write("y.txt", y)
    command = ["profile", "x.txt", "--with", "y.txt", "--threshold", "0.01", "--max-lag", "30",
               "--lmin", "3", "--sampling-rate", "50"]
    out, error = run(*command, "-o", "lags.csv", "--plot", "lags.svg")
    assert out == "" and "maximum of the recurrence rate: 1 at lag 7 (0.14 s)" in error, error
    with open("lags.csv", encoding="utf-8") as file:
        rows = table(file.read())
    assert [int(r["lag"]) for r in rows] == list(range(-30, 31))
    for r in rows:
        assert float(r["lag_s"]) == int(r["lag"]) / 50
        for name, value in zip(("rr", "det", "l_mean"), diagonal(x, y, int(r["lag"]), 0.01, 3)):
            assert same(number(r[name]), value), (r, name, value)
    texts = texts_of("lags.svg")
    assert "x.txt and y.txt" in texts and "lag 7 (0.14 s)" in texts, texts
    assert "lag (s); above 0, the second does later what the first does" in texts, texts
    document = json.loads(run(*command, "--format", "json")[0])
    assert document["lag_of_max"] == 7 and document["rr_max"] == 1 and document["first_lag"] == -30
    assert document["rr"] == [number(r["rr"]) for r in rows]
    assert all(value is None or value >= 0 for value in document["det"])
    joint = table(run("profile", "x.txt", "--with", "x.txt", "--joint", "--threshold", "0.01",
                      "--threshold-y", "0.5", "--max-lag", "20")[0])
    for r in joint:
        assert number(r["rr"]) == diagonal(x, x, int(r["lag"]), 0.01)[0]
    for name in ("lags.csv", "lags.svg"):
        _, error = run(*command, "-o", "new.csv" if name != "lags.csv" else name, "--plot",
                       "lags.svg", code=2)
        assert f"{name}: exists; --force replaces it" in error, error
    assert not os.path.exists("new.csv")
    run(*command, "-o", "lags.csv", "--plot", "lags.svg", "-f")


@test
def profile_of_neighbours():
    write("x.txt", series(31, 120))
    command = ["profile", "x.txt", "--threshold", "3", "--threshold-unit", "neighbours", "--max-lag",
               "20"]
    rows = table(run(*command, "--plot", "n.svg")[0])
    assert [int(r["lag"]) for r in rows] == list(range(-20, 21))
    assert number(rows[20]["rr"]) == 1 and max(number(r["rr"]) for r in rows if r != rows[20]) < 0.5
    assert "1.0" not in texts_of("n.svg") and "100" not in texts_of("n.svg"), texts_of("n.svg")


@test
def profile_refuses():
    write("x.txt", series(3, 50))
    ok = ["profile", "x.txt", "--threshold", "0.1"]
    fails(["--threshold is required"], "profile", "x.txt")
    fails(["--max-lag", "'50'", "0 to 49"], *ok, "--max-lag", "50")
    fails(["--sampling-rate", "> 0"], *ok, "--sampling-rate", "0")
    fails(["--out and --plot cannot both be stdout"], *ok, "--plot", "-")
    fails(["--out and --plot are both"], *ok, "-o", "same", "--plot", "same")
    fails(["--plot: x.txt is an input"], *ok, "--plot", "x.txt")
    fails(["--joint needs a second recording"], *ok, "--joint")
    fails(["--format", "csv"], *ok, "--format", "text")
    fails(["unknown option '--theiler'"], *ok, "--theiler", "1")
    fails(["cannot be written"], *ok, "--plot", "nowhere/x.svg")


def measures_of(*arguments):
    """What rqa analyze gives: undefined is NaN."""
    found = json.loads(run("analyze", *arguments, "--format", "json")[0])["measures"]
    return {name: math.nan if value is None else value for name, value in found.items()}


@test
def windows_are_analyses_of_their_samples():
    x, y = series(4, 150), series(5, 140)
    write("x.txt", x)
    write("y.txt", y)
    setting = ["--dim", "2", "--delay", "2", "--threshold", "0.05", "--norm", "maximum",
               "--theiler", "2", "--lmin", "3", "--measures", "all"]
    for pair in (False, True):
        command = ["windows", "x.txt", *(["--with", "y.txt"] if pair else []), *setting, "--window",
                   "40", "--step", "7"]
        out, _ = run(*command, "-o", "-")
        rows = table(out)
        n = 140 if pair else 150
        assert len(rows) == (n - 40) // 7 + 1, len(rows)
        assert list(rows[0])[:5] == ["series", "window", "window_start", "window_end",
                                     "window_centre"], list(rows[0])
        for k, row in enumerate(rows):
            assert row["series"] == "x.txt" and row["window"] == str(k)
            assert row["window_start"] == str(7 * k) and row["window_end"] == str(7 * k + 39)
            assert float(row["window_centre"]) == 7 * k + 19.5
        for k in (0, 5, len(rows) - 1):
            write("part_x.txt", x[7 * k:7 * k + 40])
            write("part_y.txt", y[7 * k:7 * k + 40])
            expected = measures_of("part_x.txt", *(["--with", "part_y.txt"] if pair else []),
                                   *setting)
            assert len(expected) == 19
            for name, value in expected.items():
                assert same(number(rows[k][name]), value), (k, name, rows[k][name], value)
            undefined = [name for name, value in expected.items() if math.isnan(value)]
            assert (rows[k]["status"] == "ok") == (not undefined), (rows[k], undefined)
            assert all(name in rows[k]["status"] for name in undefined), (rows[k], undefined)


@test
def windows_of_many_recordings():
    write("in/a/one.txt", series(6, 60))
    write("in/a/short.txt", series(7, 10))
    write("in/b/two.txt", series(8, 90))
    command = ["windows", "in", "--threshold", "0.05", "--window", "20", "--step", "10",
               "--measures", "rr,det", "--sampling-rate", "4"]
    _, error = run(*command, "-o", "w.csv")
    assert "1 of 3 recordings failed" in error, error
    with open("w.csv", encoding="utf-8") as file:
        rows = table(file.read())
    assert list(rows[0]) == ["series", "group", "window", "window_start", "window_end",
                             "window_centre", "time", "rr", "det", "status"], list(rows[0])
    of = {name: [r for r in rows if r["series"] == name] for name in ("a/one", "a/short", "b/two")}
    assert [len(of[name]) for name in of] == [5, 1, 8], of
    assert of["a/one"][0]["group"] == "a" and of["b/two"][0]["group"] == "b"
    assert float(of["b/two"][3]["time"]) == (30 + 9.5) / 4
    assert of["a/short"][0]["rr"] == "" and "window is 20" in of["a/short"][0]["status"], of
    fails(["--plot draws one recording", "3"], *command, "--plot", "w.svg")
    fails(["none of 3 recordings can be used", "window is 91"], *command[:5], "91", "-o", "none.csv")


@test
def windows_of_a_part():
    rows = [f"{name},{v!r}" for name, seed in (("a", 12), ("b", 13)) for v in series(seed, 50)]
    write("long.csv", ["who,x", *rows])
    command = ["windows", "long.csv", "--group-by", "who", "--columns", "x", "--threshold", "0.05",
               "--window", "20", "--measures", "rr,det", "-o", "-"]
    both = table(run(*command)[0])
    assert {r["who"] for r in both} == {"a", "b"} and len(both) == 62, both[0]
    part = table(run(*command, "--part", "b", "--plot", "b.svg")[0])
    assert [r["rr"] for r in part] == [r["rr"] for r in both if r["who"] == "b"]
    assert part[0]["series"] == "long.csv#b", part[0]
    assert "x" in texts_of("b.svg")


@test
def windows_drawn():
    x = series(9, 3000)
    x[1000:1100] = ["nan"] * 100
    write("x.txt", x)
    command = ["windows", "x.txt", "--threshold", "0.2", "--threshold-unit", "std", "--window", "100",
               "--measures", "rr,l_mean,lam", "--missing-policy", "skip"]
    run(*command, "--sampling-rate", "100", "--plot", "w.svg")
    texts = texts_of("w.svg")
    for text in ("x.txt", "rr", "l_mean (samples)", "lam", "time, centre of the window (s)", "28"):
        assert text in texts, (text, texts)
    with open("w.svg", encoding="utf-8") as file:
        drawn = file.read()
    assert len(drawn) < 200000, len(drawn)
    run(*command, "--sampling-rate", "100", "--plot", "again.svg", "--threads", "1")
    with open("again.svg", encoding="utf-8") as file:
        assert file.read() == drawn
    assert run(*command, "--plot", "-")[0].startswith("<?xml")
    rows = table(run(*command, "-o", "-")[0])
    assert len(rows) == 2901 and rows[1000]["status"] == "every vector touches a missing sample", \
        rows[1000]
    assert number(rows[0]["rr"]) > 0


@test
def recordings_are_named_in_pictures():
    rows = ["a,b"] + [f"{u!r},{v!r}" for u, v in zip(series(20, 60), series(21, 60))]
    write("x.csv", rows)
    command = ["windows", "x.csv", "--threshold", "0.2", "--window", "20", "--measures", "rr", "-f",
               "--plot", "w.svg"]
    for given, names in ((["a,b"], {"a", "b", "recording"}), (["b"], {"b"}),
                         (["b", "--with", "x.csv", "--columns-y", "a"], {"a", "b"}),
                         (["all"], {"channel 1", "channel 2", "recording"})):
        run(*command, "--columns", *given)
        found = set(texts_of("w.svg"))
        assert names <= found, (given, names, found)
        assert not ({"a", "b", "channel 1", "recording"} - names) & found, (given, found)


@test
def windows_scope():
    x = [v * (1 if k < 100 else 5) for k, v in enumerate(series(10, 200))]
    write("x.txt", x)
    command = ["windows", "x.txt", "--threshold", "0.2", "--threshold-unit", "std", "--window", "100",
               "--step", "100", "--measures", "rr", "-o", "-"]
    own = [number(r["rr"]) for r in table(run(*command, "--scope", "window")[0])]
    for k in range(2):
        write("part.txt", x[100 * k:100 * k + 100])
        assert own[k] == measures_of("part.txt", "--threshold", "0.2", "--threshold-unit",
                                     "std")["rr"]
    shared = [number(r["rr"]) for r in table(run(*command)[0])]
    assert shared[0] > 2 * own[0] and shared == [
        number(r["rr"]) for r in table(run(*command, "--scope", "recording")[0])], (shared, own)


@test
def windows_of_thresholds():
    """Whatever the threshold says, the one window of a whole recording is its analysis."""
    write("x.txt", [round(4 * v) / 4 for v in series(30, 300)])
    for measures in (["--measures", "rr"], ["--measures", "rr,det,rpde,transitivity"], []):
        for setting, corridor in ((["0.1"], 0), (["0.1", "--threshold-unit", "recurrence-rate"], 0),
                                  (["0.75", "--threshold-lower", "0.25"], 1),
                                  (["0.5", "--threshold-lower", "0.1", "--threshold-unit", "std"], 1)):
            if corridor and measures:
                measures = ["--measures", "rr"]
            setting = ["--threshold", *setting, *measures]
            expected = measures_of("x.txt", *setting)
            row = table(run("windows", "x.txt", "--window", "300", "-o", "-", *setting)[0])[0]
            compared = [name for name in expected if name in row]
            assert len(compared) == (len(expected) if measures else 15), (setting, compared)
            for name in compared:
                assert same(number(row[name]), expected[name]), (setting, name, row, expected)
    upper, lower, corridor = (
        measures_of("x.txt", "--measures", "rr", "--threshold", *t)["rr"]
        for t in (["0.75"], ["0.25"], ["0.75", "--threshold-lower", "0.25"]))
    assert 0 < lower < upper and abs(corridor - (upper - lower)) < 1e-12, (upper, lower, corridor)
    wrong = ["windows", "x.txt", "--window", "50", "-o", "w.csv", "--threshold", "0.5"]
    for lower in ("0.5", "0.6"):
        fails(["x.txt: --threshold-lower is " + lower, "below --threshold, 0.5"], *wrong,
              "--threshold-lower", lower)
    fails(["--threshold-lower", "'-1'"], *wrong, "--threshold-lower", "-1")


@test
def windows_by_every_rule():
    x = [f"{(k * 7 % 11) / 10:.1f}" for k in range(60)]
    write("x.txt", x)
    write("words.csv", ["word", *("abc"[k * k % 3] for k in range(60))])
    for path, rules in (("x.txt", ["--threshold", "0.25", "--border", "kelo"]),
                        ("x.txt", ["--threshold", "0.25", "--microstate-size", "3", "--measures",
                                   "det,microstate_entropy"]),
                        ("words.csv", ["--categorical", "--measures", "det,cat_entropy"])):
        rows = table(run("windows", path, "--window", "30", "--step", "30", "-o", "-", *rules)[0])
        lines = open(path, encoding="utf-8").read().splitlines()
        head = lines[:1] if path == "words.csv" else []
        for k, row in enumerate(rows):
            first = len(head) + 30 * k
            write("part.csv", head + lines[first:first + 30])
            expected = measures_of("part.csv", *rules)
            for name in set(row) & set(expected):
                assert same(number(row[name]), expected[name]), (rules, k, name, row, expected)
    fails(["--categorical: equal texts recur", "--threshold 0"], "windows", "words.csv",
          "--categorical", "--threshold", "1", "--window", "30", "-o", "w.csv")


@test
def a_rate_out_of_reach_in_one_window():
    write("x.txt", ["x", *("nan" if 20 <= k < 36 else str(k % 9) for k in range(60))])
    rows = table(run("windows", "x.txt", "--missing-policy", "skip", "--threshold", "0.5", "--threshold-unit",
                     "recurrence-rate", "--scope", "window", "--window", "20", "--step", "20",
                     "--measures", "rr", "-o", "-")[0])
    assert [row["rr"] != "" for row in rows] == [True, False, True], rows
    assert "recurrence rate" in rows[1]["status"], rows


@test
def windows_refuse():
    write("x.txt", series(11, 50))
    ok = ["windows", "x.txt", "--threshold", "0.1", "--window", "10", "-o", "w.csv"]
    fails(["an input is expected"], "windows", "--threshold", "1", "--window", "10", "-o", "w.csv")
    fails(["--window is required"], *ok[:4], "-o", "w.csv")
    fails(["--threshold is required"], *ok[:2], *ok[4:])
    fails(["--out or --plot is required"], *ok[:6])
    fails(["--window: '1'"], *ok, "--window", "1")
    fails(["--step: '0'"], *ok, "--step", "0")
    fails(["--scope: 'all'", "recording", "window"], *ok, "--scope", "all")
    fails(["x.txt: ", "window is 51 samples", "50"], *ok, "--window", "51")
    fails(["--window: 10 samples have no two vectors", "at least 11"], *ok, "--dim", "4", "--delay",
          "3")
    fails(["--joint needs a second recording"], *ok, "--joint")
    fails(["--threshold-unit: neighbours", "--scope window is needed"], *ok, "--threshold", "3",
          "--threshold-unit", "neighbours")
    fails(["x.txt: --ties is index"], *ok, "--ties", "index")
    fails(["--measures", "'nonsense'"], *ok, "--measures", "nonsense")
    fails(["--out and --plot cannot both be stdout"], *ok[:6], "-o", "-", "--plot", "-")
    fails(["cannot be written"], *ok, "--plot", "nowhere/w.svg")
    write("old.svg", ["kept"])
    fails(["old.svg: exists"], *ok, "--plot", "old.svg")


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for function in tests:
            os.makedirs(function.__name__)
            os.chdir(function.__name__)
            function()
            os.chdir("..")
            print(f"{function.__name__}: ok")
        os.chdir("/")


if __name__ == "__main__":
    main()
