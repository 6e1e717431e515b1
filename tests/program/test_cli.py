#!/usr/bin/env python3
"""test_cli.py - the program rqa from outside: formats, oracles, sweeps, signals, bad input.

Usage: test_cli.py PATH_TO_RQA [FOLDER_WITH_REAL_RECORDINGS]
"""
import contextlib
import csv
import gzip
import io
import json
import math
import os
import pty
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

RQA = os.path.abspath(sys.argv[1])
SHARED = os.path.abspath(sys.argv[2]) if len(sys.argv) > 2 and sys.argv[2] else None
DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "cli")
DEADLINE_S = 600  # only for what hangs

# PyRQA's documented example, and its numbers; CONVENTIONS.md, oracle 1.
ORACLE = [.1, .5, 1.3, .7, .8, 1.4, 1.6, 1.2, .4, 1.1, .8, .2, 1.3]
SETTING = ["--dim", "2", "--delay", "2", "--threshold", "0.65"]
PYRQA = dict(rr=.371901, det=.411765, l_mean=2.333333, l_max=3, div=.333333, l_entr=.636514, lam=.4,
             tt=2.571429, v_max=4, v_entr=.955700, w_mean=2.538462, w_max=6, w_entr=.839796,
             det_rr=1.107190, lam_det=.971429)
# The same matrix without its main diagonal: 34 of 110 cells.
STANDARD = dict(rr=34 / 110, det=14 / 34, l_mean=14 / 6, l_max=3, lam=14 / 34, tt=2.8, v_max=4)
CROSS_X = [.9, .1, .2, .3, .5, 1.7, .4, .8, 1.5]
CROSS_Y = [.3, 1.3, .6, .2, 1.1, 1.9, 1.3, .4, .7, .9, 1.6]
CROSS = dict(rr=.319444, det=.521739, l_mean=2.4, l_max=3, l_entr=.673012, lam=.434783, tt=2.5,
             v_max=3, v_entr=.693147, w_mean=3.5, w_max=8, w_entr=1.424130)

# For processes that are killed or may not write: in a build with RQA_COVERAGE they would leave half of a
# file of counts at their end, and everybody after them would complain of it on stderr.
NO_COUNTS = {**os.environ, "GCOV_PREFIX": "/dev/null", "GCOV_ERROR_FILE": "/dev/null"}

tests = []


class Skipped(Exception):
    """What a test needs and this machine lacks."""


def test(function):
    tests.append(function)
    return function


def run(*arguments, stdin=None, code=0):
    """Runs rqa; what it says must be one line if it fails."""
    done = subprocess.run([RQA, *arguments], input=stdin, capture_output=True, timeout=DEADLINE_S,
                          stdin=subprocess.DEVNULL if stdin is None else None)
    error = done.stderr.decode()
    assert done.returncode == code, (arguments, done.returncode, error)
    if code:
        assert error.count("\n") == 1 and error.startswith("rqa: "), (arguments, error)
    return done.stdout.decode(), error


def write(name, content):
    folder = os.path.dirname(name)
    if folder:
        os.makedirs(folder, exist_ok=True)
    with open(name, "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())
    return name


def column(values):
    return "".join(f"{v}\n" for v in values)


def npy(rows, kind="<f8", fortran=False, version=1, shape=None, one_dim=False):
    """A .npy file; rows is a list of lists."""
    code = {"f8": "d", "f4": "f", "f2": "e", "i1": "b", "i2": "h", "i4": "i", "i8": "q", "u1": "B",
            "u2": "H", "u4": "I", "u8": "Q"}[kind[1:]]
    order = zip(*rows) if fortran else rows
    flat = [value for row in order for value in row]
    if shape is None:
        shape = f"({len(rows)},)" if one_dim else f"({len(rows)}, {len(rows[0])})"
    header = f"{{'descr': '{kind}', 'fortran_order': {fortran}, 'shape': {shape}, }}"
    n = 10 if version == 1 else 12
    header += " " * (-(n + len(header) + 1) % 64) + "\n"
    return (b"\x93NUMPY" + bytes([version, 0]) +
            struct.pack("<H" if version == 1 else "<I", len(header)) + header.encode() +
            struct.pack((">" if kind[0] == ">" else "<") + code * len(flat), *flat))


def analyze(*arguments, stdin=None):
    out, error = run("analyze", *arguments, "--format", "json", stdin=stdin)
    return json.loads(out)


def comparable(result):
    """Without the names of columns and parts, which differ between formats."""
    result["parameters"].pop("columns")
    result["parameters"].pop("part", None)
    return json.dumps(result, sort_keys=True)


def check_measures(result, expected, tolerance=1e-6):
    for name, value in expected.items():
        got = result["measures"][name]
        assert got is not None and abs(got - value) < tolerance, (name, got, value)


# --- numbers --------------------------------------------------------------------------------------


@test
def oracle_1_in_two_dialects():
    write("o.txt", column(ORACLE))
    result = analyze("o.txt", *SETTING, "--convention", "pyrqa")
    check_measures(result, PYRQA)
    assert (result["recurrence_points"], result["pairs"]) == (45, 121)
    assert (result["n_samples"], result["n_vectors"]) == (13, 11)
    assert result["convention"] == "pyrqa" and result["version"]
    result = analyze("o.txt", *SETTING, "--histograms")
    check_measures(result, STANDARD, 1e-12)
    assert (result["recurrence_points"], result["pairs"]) == (34, 110)
    assert sum(l * n for l, n in result["histograms"]["diagonal"]) == 34
    assert sum(l * n for l, n in result["histograms"]["vertical"]) == 34
    assert result["undefined"] == {"trend": "fewer than two offsets"}
    assert result["measures"]["trend"] is None
    check_measures(analyze("o.txt", *SETTING, "--convention", "pyrqa", "--theiler", "0"),
                   dict(det=.555556, l_mean=3.571429, l_max=11, l_entr=.955700, lam_det=.72))


@test
def oracle_2_cross():
    write("x.txt", column(CROSS_X))
    write("y.txt", column(CROSS_Y))
    result = analyze("x.txt", "--with", "y.txt", "--dim", "2", "--delay", "1", "--delay-y", "2",
                     "--threshold", "0.73", "--convention", "pyrqa")
    check_measures(result, CROSS)
    assert (result["n_vectors"], result["n_vectors_y"]) == (8, 9)


@test
def one_vector_against_many():
    write("one.txt", "1\n")
    write("five.txt", "1\n2\n1\n1\n5\n")
    column_of_five = analyze("one.txt", "--with", "five.txt", "--threshold", "0.5")
    check_measures(column_of_five, dict(rr=.6, det=0, lam=2 / 3, tt=2, v_max=2, t2=2), 1e-12)
    assert (column_of_five["n_vectors"], column_of_five["n_vectors_y"]) == (1, 5)
    row_of_five = analyze("five.txt", "--with", "one.txt", "--threshold", "0.5")
    check_measures(row_of_five, dict(rr=.6, lam=0, v_max=1), 1e-12)
    alone = analyze("one.txt", "--threshold", "0.5")
    assert set(alone["undefined"].values()) == {"series too short"}, alone["undefined"]
    run("plot", "one.txt", "--with", "five.txt", "--threshold", "0.5", "-o", "column.png")
    with open("column.png", "rb") as picture:
        assert picture.read(4) == b"\x89PNG"


@test
def oracle_3_multivariate():
    rows = [[math.sin(t * math.pi / 10 + k * math.pi / 2) for k in range(6)] for t in range(10)]
    write("m.csv", "\n".join(",".join(repr(v) for v in row) for row in rows) + "\n")
    result = analyze("m.csv", "--norm", "max", "--threshold", "0.8", "--convention", "pyunicorn",
                     "--histograms")
    assert result["histograms"]["diagonal"] == [[1, 4], [8, 2], [9, 2]]
    assert result["histograms"]["vertical"] == [[3, 1], [4, 2], [5, 5], [6, 2]]
    check_measures(result, dict(rr=.48, det=34 / 38, l_mean=8.5, tt=4.8), 1e-12)


@test
def joint_of_a_recording_with_itself_is_auto():
    write("o.txt", column(ORACLE))
    joint = analyze("o.txt", "--with", "o.txt", "--joint", *SETTING, "--dim-y", "2", "--theiler", "0")
    auto = analyze("o.txt", *SETTING, "--theiler", "0")
    assert joint["measures"]["det"] == auto["measures"]["det"]
    assert joint["recurrence_points"] == auto["recurrence_points"]


@test
def text_output_names_measures_and_reasons():
    write("flat.txt", "1\n5\n9\n14\n")
    out, _ = run("analyze", "flat.txt", "--threshold", "0.5")
    assert "determinism" in out and "undefined" in out and "no recurrence point" in out
    out, _ = run("analyze", "flat.txt", "--threshold", "0.5", "--measures", "rr", "--histograms")
    assert "laminarity" not in out


# --- formats --------------------------------------------------------------------------------------


@test
def each_recording_of_a_joint_analysis_has_its_threshold():
    write("x.csv", column([0, 1, 3, 6, 10, 15, 21]))
    write("y.csv", column([0, 1, 2, 3, 4, 5, 6]))
    joint = ["x.csv", "--with", "y.csv", "--joint", "--measures", "rr"]

    def rule(*given):
        return run("analyze", *joint, *given)[0].split("recurrent if ")[1].split("\n")[0].strip()

    assert rule("--threshold", "3", "--threshold-y", "2") == "distance (euclidean) <= 3; in y <= 2"
    assert rule("--threshold", "3", "--threshold-y", "2", "--threshold-unit", "neighbours") == \
        "among the nearest (euclidean): neighbours 3, ties: all; in y neighbours 2, ties: all"
    rate = ["--threshold", "0.04", "--threshold-y", "0.25", "--threshold-unit", "recurrence-rate"]
    text = rule(*rate)
    assert "<= 1: rr 0.04 is asked for, 0.047619047619047616 reached, 2 cells tied; in y <= 1: rr 0.25 " \
        "is asked for, 0.2857142857142857 reached, 12 cells tied" in text, text
    parameters = analyze(*joint, *rate)["parameters"]
    assert (parameters["rr_reached_y"], parameters["ties_at_threshold_y"]) == (12 / 42, 12), parameters
    write("one.csv", column([1]))
    text = run("analyze", "one.csv", "--threshold", "0.5", "--threshold-unit", "recurrence-rate")[0]
    assert "no threshold: rr 0.5 is asked for, of no cells" in text and "nan" not in text, text


@test
def every_format_gives_the_same_result():
    rows = [[a, b] for a, b in zip(ORACLE, reversed(ORACLE))]
    text = [[repr(v) for v in row] for row in rows]

    def table(delimiter, header="x,y", comma=False, end="\n"):
        lines = [header.replace(",", delimiter)] if header else []
        lines += [delimiter.join(v.replace(".", ",") if comma else v for v in row) for row in text]
        return end.join(lines) + end

    plain = table(",")
    files = {
        "a.csv": plain,
        "no_header.csv": table(",", header=None),
        "semicolon.csv": table(";"),
        "german.csv": table(";", comma=True),
        "a.tsv": table("\t"),
        "comma.tsv": table("\t", comma=True),
        "a.txt": table(" "),
        "comma.txt": table(" ", comma=True),
        "wide.txt": table("   ", header=None),
        "crlf.csv": table(",", end="\r\n"),
        "mac.csv": table(",", end="\r"),
        "bom.csv": b"\xef\xbb\xbf" + plain.encode(),
        "comments.csv": "# made by hand\n\n" + plain.replace("\n", "\n  # note\n", 3),
        "no_final_newline.csv": plain[:-1],
        "quoted.csv": '"x","y"\n' + "".join(f'"{a}", {b} \n' for a, b in text),
        "trailing.csv": plain.replace("\n", ",\n").replace("x,y,", "x,y"),
        "named.csv": "t,y,note,x\n" + "".join(f'{k},{b},"a, ""b""\nc",{a}\n'
                                              for k, (a, b) in enumerate(text)),
        "exponent.csv": "x,y\n" + "".join(f"{a * 1000!r}e-3,+{b:.17E}\n" for a, b in rows),
        "f8.npy": npy(rows),
        "big.npy": npy(rows, ">f8"),
        "fortran.npy": npy(rows, fortran=True),
        "fortran_big.npy": npy(rows, ">f8", fortran=True),
        "v2.npy": npy(rows, version=2),
        "v3.npy": npy(rows, version=3),
    }
    wanted = None
    for name, content in files.items():
        write(name, content)
        raw = open(name, "rb").read()
        half = len(raw) // 2
        write(name + ".gz", gzip.compress(raw))
        # Two members, and a name that does not tell that it is gzip.
        write("packed_" + name, gzip.compress(raw[:half]) + gzip.compress(raw[half:]))
        columns = ["--columns", "x,y"] if name == "named.csv" else []
        for path, stdin in [(name, None), (name + ".gz", None), ("packed_" + name, None),
                            ("-", raw), ("-", gzip.compress(raw))]:
            result = comparable(analyze(path, *columns, *SETTING, stdin=stdin))
            wanted = wanted or result
            assert result == wanted, (name, path)
    assert comparable(analyze("named.csv", "--columns", "4,2", *SETTING)) == wanted
    assert comparable(analyze("named.csv", "--columns", "y", *SETTING)) != wanted


@test
def npy_types_are_converted_exactly():
    whole = [[v] for v in [1, 5, 13, 7, 8, 14, 16, 12, 4, 11, 8, 2, 13]]
    wanted = None
    for kind in ("f8", "f4", "f2", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"):
        for order in "<>":
            for one_dim in (False, True):
                write("t.npy", npy(whole, order + kind, one_dim=one_dim))
                result = comparable(analyze("t.npy", "--dim", "2", "--delay", "2", "--threshold",
                                            "6.5"))
                wanted = wanted or result
                assert result == wanted, (kind, order)
    header = b"{'descr': [('x', '<f8')], 'fortran_order': False, 'shape': (1,), }\n"
    write("rec.npy", b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header + bytes(8))
    refused("rec.npy: the array's type is structured; f2, f4", "rec.npy", "--threshold", "1")
    # Negative numbers, and the ends of the types.
    for kind, values in {"i1": [-128, 127, -1], "i2": [-32768, 32767, -1], "i4": [-2**31, 2**31 - 1, -1],
                         "i8": [-2**63, 2**53, -1], "f2": [-0.5, 65504, 2**-24]}.items():
        write("n.npy", npy([[v] for v in values], "<" + kind))
        write("n.txt", column(repr(v) for v in values))
        a = analyze("n.npy", "--threshold", "0.4", "--threshold-unit", "max-diameter")
        b = analyze("n.txt", "--threshold", "0.4", "--threshold-unit", "max-diameter")
        assert a["parameters"]["threshold_reached"] == b["parameters"]["threshold_reached"], kind


@test
def rates_neighbours_corridors():
    write("t.txt", column(str(k * k % 29 / 4) for k in range(120)))
    rate = analyze("t.txt", "--threshold", "0.1", "--threshold-unit", "recurrence-rate")
    p = rate["parameters"]
    assert p["threshold"] == 0.1 and p["threshold_unit"] == "recurrence-rate", p
    assert p["rr_reached"] == rate["measures"]["rr"] >= 0.1 and p["ties_at_threshold"] > 2, p
    fixed = analyze("t.txt", "--threshold", repr(p["threshold_reached"]))
    assert fixed["measures"] == rate["measures"]
    assert fixed["parameters"]["rr_reached"] is fixed["parameters"]["ties_at_threshold"] is None
    near = ("t.txt", "--threshold", "7", "--threshold-unit", "neighbours")
    assert analyze(*near, "--ties", "index")["recurrence_points"] == 7 * 120
    assert analyze(*near)["recurrence_points"] > 7 * 120
    assert analyze(*near)["parameters"]["threshold_reached"] is None
    assert [analyze(*near, *o)["parameters"]["ties"] for o in ((), ("--ties", "index"))] == ["all", "index"]
    whole = analyze("t.txt", "--threshold", "2")["recurrence_points"]
    inner = analyze("t.txt", "--threshold", "1")["recurrence_points"]
    outer = analyze("t.txt", "--threshold", "2", "--threshold-lower", "1")
    assert whole - inner == outer["recurrence_points"] and outer["parameters"]["threshold_lower"] == 1
    nothing_equal = analyze("t.txt", "--threshold", "2", "--threshold-lower", "0")
    assert 0 < nothing_equal["recurrence_points"] < whole
    for arguments, text in (((*near[:3], *near[3:], "--threshold-lower", "1"), "corridor"),
                            (("t.txt", "--threshold", "2", "--ties", "index"), "neighbours"),
                            (("t.txt", "--threshold", "2", "--ties", "some"), "--ties: 'some'"),
                            (("t.txt", "--threshold", "1", "--threshold-lower", "1"), "below")):
        assert text in run("analyze", *arguments, code=2)[1], arguments
    links = analyze("t.txt", "--threshold", "10", "--threshold-unit", "adaptive-neighbours")
    assert links["recurrence_points"] == 2 * 10 * 120, links["recurrence_points"]
    assert "neighbours, 10 rounds" in run("analyze", "t.txt", "--threshold", "10", "--threshold-unit",
                                          "adaptive-neighbours")[0]
    adaptive = ("t.txt", "--threshold", "2", "--threshold-unit", "adaptive-neighbours")
    for arguments, text in ((("sweep", *adaptive, "--out", "-"), "allowed: data, std"),
                            (("windows", *adaptive, "--window", "30", "--out", "-"), "allowed: data, std"),
                            (("analyze", *adaptive, "--with", "t.txt"), "of one series"),
                            (("analyze", *adaptive, "--ties", "index"), "--ties is index"),
                            (("analyze", *adaptive, "--border", "dibo"), "--border is dibo"),
                            (("analyze", *adaptive, "--threshold-lower", "1"), "a corridor")):
        out, err = run(*arguments, code=2)
        assert text in err and not out, (arguments, err)
    run("plot", *near, "--out", "near.png")
    assert "among the nearest (euclidean): neighbours 7" in run("analyze", *near)[0]


@test
def rules_on_cells():
    write("s.csv", "x,y\n" + "".join(f"{math.sin(t / 9):.9f},{math.cos(t / 7.5):.9f}\n"
                                     for t in range(300)))
    given = ("s.csv", "--threshold", "0.3")
    whole = analyze(*given)
    assert (whole["parameters"]["skeleton"], whole["parameters"]["direction"]) == (False, "any")
    seen = {whole["recurrence_points"]}
    for options, wanted, words in (
            (["--skeleton", "--border", "kelo"], {"skeleton": True, "border": "kelo"},
             "of that the skeleton"),
            (["--isodirectional", "0.2,3"],
             {"direction": "isodirectional", "direction_bound": .2, "direction_lag": 3},
             "the steps over 3 samples run the same way (|cos - 1| < 0.2)"),
            (["--isodirectional", "0.2"], {"direction_lag": 1}, "over 1 samples"),
            (["--perpendicular", "0.2"], {"direction": "perpendicular", "direction_bound": .2},
             "across the trajectory (|cos| < 0.2)"),
            (["--skeleton", "--isodirectional", "0.2,3"], {"skeleton": True, "direction_lag": 3},
             "of that the skeleton")):
        got = analyze(*given, *options)
        assert wanted.items() <= got["parameters"].items(), got["parameters"]
        assert 0 < got["recurrence_points"] < whole["recurrence_points"]
        seen.add(got["recurrence_points"])
        assert words in run("analyze", *given, *options)[0], words
        run("plot", *given, *[o for o in options if o not in ("--border", "kelo")],
            "--out", f"p{len(seen)}.png")
    assert len(seen) == 6, seen
    assert len({open(f"p{k}.png", "rb").read() for k in range(2, 7)}) == 5
    for options, words in ((["--isodirectional", "x"], "--isodirectional: 'x' is not a number"),
                           (["--isodirectional", "0.2,0"], "a whole number from 1"),
                           (["--isodirectional", "3"], "above 0 and at most 2"),
                           (["--isodirectional", "0.1,400"], "isodirectional plot is 400"),
                           (["--perpendicular", "2"], "above 0 and at most 1"),
                           (["--perpendicular", "0.1", "--isodirectional", "1"], "give one of them"),
                           (["--perpendicular", "0.1", "--skeleton"], "--skeleton needs a symmetric"),
                           (["--skeleton", "--with", "s.csv"], "--skeleton needs a symmetric"),
                           (["--skeleton", "--measures", "transitivity"], "go with --skeleton"),
                           (["--skeleton", "--scaling", "0.1:1"], "--skeleton is set"),
                           (["--skeleton", "--sampled", "100"], "--skeleton is set; a sample has none"),
                           (["--perpendicular", "0.1", "--sampled", "100"], "is set; a sample has none")):
        assert words in run("analyze", *given, *options, code=2)[1], options
    for options in (["--skeleton"], ["--isodirectional", "0.2"], ["--perpendicular", "0.2"]):
        assert f"{options[0]} needs --threshold" in run("plot", "s.csv", *options, "-o", "no.png", code=2)[1]
    assert "--skeleton" in run("sweep", *given, "--skeleton", "--out", "-", code=2)[1]
    # In windows each window has its own, whatever the recording around it.
    for options in (["--skeleton"], ["--isodirectional", "0.2,3"], ["--perpendicular", "0.2"]):
        rows = list(csv.DictReader(io.StringIO(run(
            "windows", *given, *options, "--window", "100", "--step", "150", "--out", "-", "-q")[0])))
        assert len(rows) == 2
        for row in rows:
            start = int(row["window_start"])
            write("part.csv", "x,y\n" + "".join(f"{math.sin(t / 9):.9f},{math.cos(t / 7.5):.9f}\n"
                                                for t in range(start, start + 100)))
            alone = analyze("part.csv", *given[1:], *options)["measures"]
            for name in ("rr", "det", "l_mean", "lam", "tt"):
                got = float(row[name]) if row[name] else None
                assert got == alone[name], (options, start, name)
    assert "needs a symmetric" in run("windows", *given, "--skeleton", "--with", "s.csv", "--window", "50",
                                      "--out", "-", code=2)[1]


@test
def sweeps_of_neighbours_and_corridors():
    write("t.txt", column(str(k * k % 29 / 4) for k in range(120)))
    for rule, near in ((["--threshold-unit", "neighbours", "--threshold", "5:20:5", "--ties", "index"], 1),
                       (["--threshold-unit", "neighbour-rate", "--threshold", "0.05,0.1"], 1),
                       (["--threshold", "1,2.5", "--threshold-lower", "0.5"], 0)):
        grid = ["t.txt", "--dim", "1:2", *rule, "--measures", "rr,det"]
        plain = run("sweep", *grid, "--out", "-", "--quiet")[0]
        lines = [line.split(",") for line in plain.splitlines()]
        assert ("threshold_reached" in lines[0]) == bool(near), lines[0]
        for line in lines[1:]:
            row = dict(zip(lines[0], line))
            one = analyze("t.txt", "--dim", row["dim"], *rule, "--threshold", row["threshold"],
                          "--measures", "rr,det")["measures"]
            assert [float(row["rr"]), float(row["det"])] == [one["rr"], one["det"]], (row, one)
            assert not near or row["threshold_reached"] == row["rr_reached"] == "", row
        for part in ("1/2", "2/2"):
            run("sweep", *grid, "--store", f"s{part[0]}", "--shard", part, "--quiet")
        run("merge", "s1", "s2", "--out", "whole")
        run("sweep", *grid, "--store", "whole", "--out", "again.csv", "--quiet")
        with open("again.csv", encoding="utf-8") as file:
            assert file.read() == plain, rule
        for name in ("s1", "s2", "whole", "again.csv"):
            os.remove(name)
    for rule, text, code in (
            (["--threshold", "1,2", "--threshold-lower", "1"], "--threshold-lower is 1", 2),
            (["--threshold", "1", "--ties", "index"], "--ties is index", 2),
            (["--threshold-unit", "neighbours", "--threshold", "0:2:1"], "is 0; a number", 2),
            (["--threshold-unit", "neighbours", "--threshold", "2", "--window", "50"],
             "neighbour-rate does not go with --window in a sweep; rqa windows has both", 2),
            (["--threshold", "2", "--threshold-lower", "1", "--window", "50"],
             "--threshold-lower does not go with --window in a sweep; rqa windows has both", 2),
            (["--threshold-unit", "neighbours", "--threshold", "2", "--backend", "gpu"],
             "backend 'gpu'", 1)):
        out, err = run("sweep", "t.txt", *rule, "--out", "-", code=code)
        assert text in err and not out, (rule, err)


@test
def decimal_sign_of_one_column():
    text = "mv\n" + "".join(f"{v:.1f}".replace(".", ",") + "\n" for v in ORACLE)
    write("one.csv", text)
    write("o.txt", column(ORACLE))
    wanted = comparable(analyze("o.txt", *SETTING))
    assert comparable(analyze("one.csv", *SETTING)) == wanted
    write("bare.csv", text[3:])
    assert comparable(analyze("bare.csv", "--decimal", "comma", *SETTING)) == wanted


@test
def columns_of_texts():
    """Codes are only names of texts: as numbers would do, over both recordings."""
    x, y = "aabbbcaaNAbbc", "bbaacccab"
    letters = ["NA" if c == "N" else c for c in x.replace("NA", "N")]
    number = {"a": "3", "b": "-1", "c": "7", "NA": "NA"}
    write("x.csv", "state\n" + "".join(c + "\n" for c in letters))
    write("y.csv", "state\n" + "".join(c + "\n" for c in y))
    write("nx.csv", "state\n" + "".join(number[c] + "\n" for c in letters))
    write("ny.csv", "state\n" + "".join(number[c] + "\n" for c in y))
    wanted = ["--measures", "rr,det,lam,cat_entropy", "--missing-policy", "skip"]
    for texts, numbers in ((["x.csv"], ["nx.csv"]), (["x.csv", "--with", "y.csv"],
                                                      ["nx.csv", "--with", "ny.csv"])):
        found = analyze(*texts, "--categorical", *wanted)
        expected = analyze(*numbers, "--threshold", "0", *wanted)
        assert found["measures"] == expected["measures"], (found, expected)
        assert found["recurrence_points"] == expected["recurrence_points"] > 0
    out, _ = run("sweep", "x.csv", "--categorical", *wanted, "--out", "-")
    value = analyze("x.csv", "--categorical", *wanted)["measures"]["cat_entropy"]
    assert abs(float(out.splitlines()[1].split(",")[-2]) - value) < 1e-15, out
    refused("'a' is not a number", "x.csv", "--threshold", "0")
    refused("--threshold 0", "x.csv", "--categorical", "--threshold", "1")
    refused("no numbers to scale", "x.csv", "--categorical", "--normalize", "zscore")
    refused("cat_entropy", "nx.csv", "--measures", "cat_entropy", "--threshold", ".5",
            "--missing-policy", "skip")


@test
def measures_that_must_be_named():
    write("o.txt", column(ORACLE))
    named = "transitivity,components,rpde,nmprt,nmprt_time,l_entr_rel,microstate_entropy"
    found = analyze("o.txt", *SETTING, "--measures", named, "--microstate-size", "1")
    assert list(found["measures"]) == named.split(",")
    for choice in ([], ["--measures", "all"]):
        assert len(analyze("o.txt", *SETTING, *choice)["measures"]) == 19
    refused("transitivity", "o.txt", "--with", "o.txt", *SETTING, "--measures", "transitivity")
    refused("from 1 to 4", "o.txt", *SETTING, "--microstate-size", "5")


@test
def missing_codes():
    rows = ["1", "-1", "3", "NA", "2", "", "nan", "-1.000", "4", "blink"]
    write("m.csv", "t,x\n" + "".join(f"{k},{v}\n" for k, v in enumerate(rows)))
    base = ["m.csv", "--columns", "x", "--threshold", "1"]
    _, error = run("analyze", *base, "--missing", "blink,-1", code=2)
    assert "m.csv:3:2: a missing value in column x" in error, error
    result = analyze(*base, "--missing", "blink,-1", "--missing-policy", "skip")
    assert result["n_samples"] == 10 and result["recurrence_points"] == 6, result
    assert result["n_skipped"] == 6, result
    out, _ = run("analyze", *base, "--missing", "blink,-1", "--missing-policy", "skip",
                 "--format", "text")
    assert "10 vectors (dim 1, delay 1), 6 of them skipped: they touch a missing sample" in out, out
    write("none.csv", "x\n" + 6 * "NA\n1\n")
    every = ["none.csv", "--columns", "x", "--threshold", "1", "--dim", "2", "--delay", "1",
             "--missing-policy", "skip"]
    _, error = run("analyze", *every, code=2)
    assert "every one of the 11 vectors of x touches a missing sample and is skipped" in error, error
    assert len(error.splitlines()) == 1, error
    out, error = run("sweep", *every, "--out", "-")
    assert "every vector touches a missing sample" in out, out
    assert "missing: 6 of 12 samples, in 1 of 1 recording; vectors that touch one" in error, error
    _, error = run("analyze", *base, "--missing-policy", "skip", code=2)
    assert "m.csv:11:2: 'blink' is not a number" in error, error
    write("m.npy", npy([[.1], [-1.], [.2]]))
    _, error = run("analyze", "m.npy", "--missing", "-1", "--threshold", "1", code=2)
    assert "sample 1" in error, error


# --- eye trackers ---------------------------------------------------------------------------------

ASC_HEAD = "** CONVERTED FROM s1.edf\n**\nMSG\t5 !CAL\n  -65     6   -72     7\n"


def asc_block(start, rows, trial=None, inside=None, both=False):
    """START..END with a sample for each (x, y); None is a blink. inside: {sample: TRIALID}."""
    def sample(k, x, y):
        gap, flags = x is None, "....." if both else "..."
        eye = "   .\t   .\t    0.0" if gap else f"{x:7.1f}\t{y:7.1f}\t  778.0"
        other = f"\t{(x or 0) + 1:7.1f}\t{(y or 0) + 1:7.1f}\t  701.0" if both else ""
        return f"{start + k}\t{eye}{other}\t{flags}\n"

    eyes = "LEFT\tRIGHT" if both else "LEFT"
    text = f"MSG\t{start - 2} TRIALID {trial}\n" if trial is not None else ""
    text += f"START\t{start} \t{eyes}\tSAMPLES\tEVENTS\nPRESCALER\t1\nVPRESCALER\t1\nPUPIL\tAREA\n"
    for kind in ("EVENTS", "SAMPLES"):
        text += f"{kind}\tGAZE\t{eyes}\tRATE\t1000.00\tTRACKING\tCR\tFILTER\t2\n"
    for k, (x, y) in enumerate(rows):
        if inside and k in inside:
            text += f"MSG\t{start + k} TRIALID {inside[k]}\n"
        text += f"SFIX L   {start + k}\n" if k % 9 == 4 else ""
        text += sample(k, x, y)
    return text + f"END\t{start + len(rows)} \tSAMPLES\tEVENTS\tRES\t  37.17\t  37.75\n"


def gaze(seed, n):
    random.seed(seed)
    return [(round(random.uniform(0, 1200), 1), round(random.uniform(0, 1000), 1)) for _ in range(n)]


@test
def asc_gives_what_a_table_of_its_samples_gives():
    rows = gaze(1, 80)
    rows[30] = rows[31] = (None, None)
    write("s.asc", ASC_HEAD + asc_block(1000, rows, trial=1))
    write("s.asc.gz", gzip.compress(open("s.asc", "rb").read()))
    write("s.csv", "t,x,y\n" + "".join(f"{k},{'' if x is None else x},{'' if y is None else y}\n"
                                       for k, (x, y) in enumerate(rows)))
    base = ["--columns", "x,y", "--dim", "2", "--threshold", "300"]
    wanted = comparable(analyze("s.csv", *base, "--missing-policy", "skip"))
    for name in ("s.asc", "s.asc.gz"):
        assert comparable(analyze(name, *base, "--missing-policy", "skip")) == wanted
        _, error = run("analyze", name, *base, code=2)
        assert f"{name}:45:2: a missing value in column x" in error, error
        run("plot", name, *base, "--missing-policy", "skip", "-o", "rp.png", "-f")
        assert open("rp.png", "rb").read(4) == b"\x89PNG"
    refused("there is no part '1'; the file is one recording", "s.asc", *base, "--part", "1")


@test
def each_trial_of_an_asc_file_is_a_recording():
    trials = {"face": gaze(2, 50), "house 2": gaze(3, 60), "rest": gaze(4, 40)}
    text = ASC_HEAD
    for k, (name, rows) in enumerate(trials.items()):
        text += asc_block(1000 * (k + 1), rows, trial=name)
        write(f"{name}.csv", "x,y\n" + "".join(f"{x},{y}\n" for x, y in rows))
    write("all/p1/s.asc", text)
    write("all/p2/t.asc", ASC_HEAD + asc_block(1, trials["face"]) + asc_block(99, trials["rest"]))
    write("one.asc", ASC_HEAD + asc_block(1, trials["face"] + trials["rest"], inside={0: 1, 50: 2}))
    base = ["--columns", "x,y", "--threshold", "200"]
    single = {name: analyze(f"{name}.csv", *base) for name in trials}
    for name in trials:
        assert comparable(analyze("all/p1/s.asc", *base, "--part", name)) == comparable(single[name])
    grid = [*base, "--measures", "rr,det", "--out", "-"]
    out, _ = run("sweep", "all/p1/s.asc", *grid)
    rows = read_csv(out)
    assert [row["series"] for row in rows] == [f"all/p1/s.asc#{name}" for name in trials], rows
    assert [float(row["rr"]) for row in rows] == [r["measures"]["rr"] for r in single.values()]
    out, _ = run("sweep", "all", *grid)
    assert [(row["series"], row["group"]) for row in read_csv(out)] == [
        ("p1/s#face", "p1"), ("p1/s#house 2", "p1"), ("p1/s#rest", "p1"), ("p2/t#1", "p2"),
        ("p2/t#2", "p2")]
    out, _ = run("sweep", "one.asc", *grid)
    assert [row["series"] for row in read_csv(out)] == ["one.asc#1", "one.asc#2"]
    out, _ = run("sweep", "one.asc", *grid, "--group-by", "block")
    rows = read_csv(out)
    assert [(row["series"], row["block"]) for row in rows] == [("1", "1")]
    out, _ = run("sweep", "all/p1/s.asc", "one.asc", *grid, "--group-by", "block,trial")
    assert [row["series"] for row in read_csv(out)][2:] == ["all/p1/s.asc:3/rest", "one.asc:1/1",
                                                            "one.asc:1/2"]


@test
def a_file_of_several_recordings_needs_a_choice():
    write("s.asc", ASC_HEAD + asc_block(1, gaze(5, 30), trial="a") +
          asc_block(99, gaze(6, 20), trial="b"))
    write("both.asc", ASC_HEAD + asc_block(1, gaze(5, 30), both=True))
    write("long.csv", "who,x\nA,1\nA,2\nB,3\nB,4\nB,6\n")
    base = ["--columns", "x,y", "--threshold", "200"]
    for command in ("analyze", "plot"):
        out = ["-o", "rp.png"] if command == "plot" else []
        _, error = run(command, "s.asc", *base, *out, code=2)
        assert ("s.asc: the file holds 2 recordings; choose one with --part (there are: a, b), or let "
                "rqa sweep analyse each") in error, error
        run(command, "s.asc", *base, *out, "--part", "b")
    refused("s.asc: there is no part 'c'; its parts are: a, b", "s.asc", *base, "--part", "c")
    cross = analyze("s.asc", "--with", "s.asc", *base, "--part", "a", "--part-y", "b")
    assert (cross["n_samples"], cross["n_samples_y"]) == (30, 20)
    assert cross["parameters"]["part"] == "a"
    assert "s.asc, part b, columns x/y: 20" in run("analyze", "s.asc", *base, "--part", "b")[0]
    refused("its trials are, with --part", "s.asc", *base, "--where", "trial=a")
    refused("--part-y needs a second recording", "s.asc", *base, "--part", "a", "--part-y", "b")
    refused("there is no column 'x'; there is: x_left, x_right", "both.asc", *base)
    assert analyze("both.asc", "--columns", "x_right,y_right", "--threshold", "200")["n_samples"] == 30
    # Half a quote in each list makes no whole one.
    refused_sweep("there is no column '\"x'", "long.csv", "--mode", 'a:"x:max', "--mode", 'b:who":max',
                  "--threshold", "1")
    refused_sweep("grouped by block or trial, not by 'eye'", "s.asc", *base, "--group-by", "eye")
    assert analyze("long.csv", "--columns", "x", "--threshold", "1", "--group-by", "who", "--part",
                   "B")["n_samples"] == 3
    refused("holds 2 recordings; choose one with --part (there are: A, B)", "long.csv", "--columns", "x",
            "--threshold", "1", "--group-by", "who")


@test
def tobii_exports_by_column_name():
    x, y = "Gaze point X [DACS px]", "Gaze point Y [DACS px]"
    rows = gaze(7, 60)
    rows[20] = (None, None)

    def export(decimal, quote=""):
        names = ["Recording timestamp [\u03bcs]", "Sensor", "Event", x, y, "AOI hit [a, b]"]
        lines = ["\t".join(f"{quote}{name}{quote}" for name in names), "0\t\tRecordingStart\t\t\t"]
        for k, (a, b) in enumerate(rows):
            cells = ["", ""] if a is None else [f"{v:.1f}".replace(".", decimal) for v in (a, b)]
            lines.append("\t".join([str(8333 * k), "Eye Tracker", "", *cells, str(k % 2)]))
            if k % 10 == 0:
                lines.append(f"{8333 * k + 9}\tMouse\t\t\t\t")
        return "\r\n".join(lines) + "\r\n"

    write("eye.csv", "x,y\n" + "".join(f"{'' if a is None else a},{'' if b is None else b}\n"
                                       for a, b in rows))
    base = ["--threshold", "200", "--missing-policy", "skip"]
    wanted = comparable(analyze("eye.csv", *base))
    files = {"point.tsv": export(".").encode(), "comma.tsv": export(",").encode(),
             "bom.tsv": b"\xef\xbb\xbf" + export(".").encode(),
             "quoted.tsv": export(",", '"').encode(), "wide.tsv": export(",").encode("utf-16")}
    # Two members that meet within a character.
    wide, at = files["wide.tsv"], 2 * export(",").index(",") + 1
    files["wide.tsv.gz"] = gzip.compress(wide[:at]) + gzip.compress(wide[at:])
    for name, content in files.items():
        write(name, content)
        eye = [name, *base, "--group-by", "Sensor", "--part", "Eye Tracker"]
        assert comparable(analyze(*eye, "--columns", f"{x},{y}")) == wanted, name
        assert comparable(analyze(*eye, "--columns", f"4,{y}")) == wanted, name
        assert analyze(*eye, "--columns", '"AOI hit [a, b]"')["n_samples"] == 60
        rows_of = [name, *base, "--columns", f"{x},{y}", "--where"]
        assert comparable(analyze(*rows_of, "Sensor=Eye Tracker")) == wanted, name
        assert analyze(*rows_of, '2=Eye Tracker,"AOI hit [a, b]=1"')["n_samples"] == 30
        refused("there is no row with Sensor=Head", *rows_of, "Sensor=Head")
        refused("there is no column 'sensor'; there is: Sensor", *rows_of, "sensor=Mouse")
        refused("--where: 'Sensor' is not COLUMN=TEXT", *rows_of, "Sensor")
        out, _ = run("sweep", name, "--group-by", "Sensor", "--mode", f"2d:{x},{y}:euclidean", *base,
                     "--measures", "rr", "--out", "-")
        rates = {row["series"]: row["rr"] for row in read_csv(out)}
        assert float(rates["Eye Tracker"]) == json.loads(wanted)["measures"]["rr"], rates
        run("plot", *eye, "--columns", x, "-o", "rp.png", "-f")
        refused("there is no column 'Gaze point'; there is: Gaze point X [DACS px], Gaze point Y", name,
                "--columns", "Gaze point", *base)


# --- sweeps ---------------------------------------------------------------------------------------


def read_csv(path_or_text):
    if "\n" in path_or_text:
        return list(csv.DictReader(io.StringIO(path_or_text)))
    with open(path_or_text, newline="") as file:
        return list(csv.DictReader(file))


def make_groups():
    random.seed(7)
    for group in ("a", "b"):
        for k in range(3):
            walk, lines = 0.5, []
            for t in range(120 + 10 * k):
                walk += random.uniform(-.05, .05)
                lines.append(f"{t},{walk:.4f},{random.random():.4f}\n")
            write(f"study/{group}/r{k}.csv", "t,x,y\n" + "".join(lines))
    write("study/README.md", "no recording")


GRID = ["--dim", "1:3", "--delay", "1,4", "--threshold", "0.05:0.11:0.02", "--lmin", "2:3", "--vmin",
        "2,4", "--measures", "all"]


@test
def sweep_equals_analyze_in_the_documented_order():
    make_groups()
    out, _ = run("sweep", "study", "--mode", "1d:x:manhattan", "--mode", "2d:y,x:max", *GRID, "--out",
                 "r.csv")
    assert "Means over recordings" in out and "r.csv.partial" not in " ".join(os.listdir())
    rows = read_csv("r.csv")
    expected = [(f"{g}/r{k}", g, mode, str(m), str(d), e, str(l), str(v))
                for g in "ab" for k in range(3) for mode in ("1d", "2d") for m in (1, 2, 3)
                for d in (1, 4) for e in ("0.05", "0.07", "0.09", "0.11") for l in (2, 3)
                for v in (2, 4)]
    settings = ("series", "group", "mode", "dim", "delay", "threshold", "lmin", "vmin")
    assert [tuple(row[s] for s in settings) for row in rows] == expected
    random.seed(1)
    for row in random.sample(rows, 40):
        mode = {"1d": ("x", "manhattan"), "2d": ("y,x", "max")}[row["mode"]]
        single = analyze(f"study/{row['series']}.csv", "--columns", mode[0], "--norm", mode[1],
                         "--dim", row["dim"], "--delay", row["delay"], "--threshold",
                         row["threshold"], "--lmin", row["lmin"], "--vmin", row["vmin"])
        for name, value in single["measures"].items():
            assert (float(row[name]) if row[name] else None) == value, (row, name, value)
        assert (row["status"] == "ok") == (not single["undefined"])


@test
def sweep_does_not_depend_on_threads_or_output():
    make_groups()
    base = ["sweep", "study", "--columns", "x", *GRID]
    texts = [run(*base, "--threads", str(n), "--out", "-", "--quiet")[0] for n in (1, 2, 3, 7)]
    assert all(text == texts[0] for text in texts)
    run(*base, "--out", "t.csv")
    assert open("t.csv").read() == texts[0]
    run(*base, "--out", "t.csv", code=2)
    assert open("t.csv").read() == texts[0]
    write("t.csv", "old")
    _, error = run(*base, "--out", "t.csv", "--force", "--verbose")
    assert open("t.csv").read() == texts[0] and "backend" in error


@test
def rows_keep_their_order_when_items_end_out_of_order():
    random.seed(5)
    names = [f"r{k:02}" for k in range(30)]
    for k, name in enumerate(names):
        # The first recordings take hundreds of times as long as those that follow.
        n = 3000 if k in (0, 11) else 40
        write(f"uneven/{name}.txt", column(random.random() for _ in range(n)))
    base = ["sweep", "uneven", "--dim", "1:3", "--threshold", "0.1:0.3:0.1", "--out", "-", "--quiet"]
    several = run(*base, "--threads", "4", "--backend", "threads")[0]
    rows = read_csv(several)
    assert [row["series"] for row in rows] == [name for name in names for _ in range(9)]
    assert several == run(*base, "--threads", "1")[0]


@test
def long_table_is_split_by_keys():
    make_groups()
    long = "group,subject,t,x,y\n"
    for t in range(140):
        for group in ("b", "a"):
            for k in range(3):
                lines = open(f"study/{group}/r{k}.csv").read().splitlines()[1:]
                if t < len(lines):
                    long += f"{group},{k},{lines[t]}\n"
    write("long.csv.gz", gzip.compress(long.encode()))
    run("sweep", "long.csv.gz", "--group-by", "group,subject", "--columns", "x", *GRID, "--out",
        "l.csv")
    run("sweep", "study", "--columns", "x", *GRID, "--out", "s.csv", "--force")
    rows = read_csv("l.csv")
    assert list(dict.fromkeys(r["series"] for r in rows)) == ["b/0", "b/1", "b/2", "a/0", "a/1", "a/2"]
    assert rows[0]["group"] == "b" and rows[0]["subject"] == "0"
    names = [n for n in rows[0] if n not in ("series", "group", "subject", "mode")]
    by_series = {}
    for r in read_csv("s.csv"):
        by_series.setdefault(r["series"].replace("r", ""), []).append([r[n] for n in names])
    for series, wanted in by_series.items():
        assert [[r[n] for n in names] for r in rows if r["series"] == series] == wanted, series


@test
def decimal_ranges_hold_the_typed_numbers():
    write("o.txt", column(ORACLE))
    out, _ = run("sweep", "o.txt", "--threshold", "0.05:0.10:0.001", "--measures", "rr", "--out", "-")
    got = [row["threshold"] for row in read_csv(out)]
    assert got == [repr(k / 1000) for k in range(50, 101)], got
    out, _ = run("sweep", "o.txt", "--threshold", "1:3,0.5,1e-3:3e-3:1e-3", "--measures", "rr",
                 "--out", "-")
    assert [row["threshold"] for row in read_csv(out)] == ["1", "2", "3", "0.5", "0.001", "0.002",
                                                           "0.003"]


@test
def too_short_is_undefined_not_an_error():
    write("o.txt", column(ORACLE))
    out, _ = run("sweep", "o.txt", "--threshold", "0.5", "--dim", "1,20", "--measures", "rr,det",
                 "--out", "-")
    rows = read_csv(out)
    assert rows[0]["status"] == "ok" and rows[0]["lmin"] == "2"
    assert rows[1]["rr"] == "" and "short" in rows[1]["status"], rows[1]


@test
def one_bad_recording_does_not_stop_the_others():
    make_groups()
    write("study/a/r0.csv", "t,x,y\n0,1,2\n1,abc,2\n")
    write("study/b/r1.csv", "t,x,y\n0,1,2\n1,,2\n")
    _, error = run("sweep", "study", "--columns", "x", "--threshold", "0.1", "--out", "p.csv")
    rows = {row["series"]: row for row in read_csv("p.csv")}
    assert len(rows) == 6 and rows["a/r1"]["status"] == "ok"
    assert rows["a/r0"]["status"].endswith("a/r0.csv:3:2: 'abc' is not a number; a number is expected")
    assert "b/r1.csv:3:2: a missing value" in rows["b/r1"]["status"] and rows["b/r1"]["rr"] == ""
    assert "2 failed" in error and "r0.csv:3:2" in error
    shutil.rmtree("study")


@test
def numbers_read_back_exactly():
    write("o.txt", column(ORACLE))
    out, _ = run("sweep", "o.txt", *SETTING, "--measures", "all", "--out", "-")
    row = read_csv(out)[0]
    single = analyze("o.txt", *SETTING)["measures"]
    for name, value in single.items():
        assert (float(row[name]) if row[name] else None) == value
        if value is not None and value != int(value):
            assert row[name] == repr(value), (name, row[name], value)


# --- signals and pipes ----------------------------------------------------------------------------

# Most of an hour's work, however many cores there are: if it ends, it was interrupted.
LONG_SWEEP = ["sweep", "big.npy", "--dim", "1:10", "--delay", "1:1000", "--threshold", "0.01:0.60:0.01",
              "--threads", "2", "--out", "never.csv"]


def make_big():
    random.seed(3)
    walk, rows = 0.0, []
    for _ in range(20000):
        walk += random.uniform(-.01, .01)
        rows.append([walk])
    write("big.npy", npy(rows))


@contextlib.contextmanager
def started(*arguments, **streams):
    """A running rqa that does not outlive its test."""
    process = subprocess.Popen([RQA, *arguments], **streams)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream:
                stream.close()


def nothing_left():
    left = [name for name in os.listdir() if name.startswith("never")]
    assert not left, left


@test
def signals_cancel_and_leave_nothing():
    make_big()
    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        with started(*LONG_SWEEP, "--events", "-", stdout=subprocess.PIPE,
                     stderr=subprocess.PIPE) as process:
            assert b"batch_started" in process.stdout.readline()
            assert b"progress" in process.stdout.readline()
            process.send_signal(number)
            _, error = process.communicate(timeout=DEADLINE_S)
            assert process.returncode == code, (process.returncode, error)
            assert b"interrupted" in error
            nothing_left()


@test
def progress_bar_on_a_terminal():
    make_big()
    try:
        main_side, side = pty.openpty()
    except OSError as error:  # as in a root without /dev/pts
        raise Skipped(f"no pseudo-terminal: {error}") from error
    with started(*LONG_SWEEP, stderr=side, stdout=subprocess.DEVNULL) as process:
        os.close(side)
        text = b""
        deadline = time.monotonic() + DEADLINE_S
        with contextlib.suppress(OSError):  # how the end of a terminal shows
            while part := os.read(main_side, 65536):
                text += part
                if b"ETA" in text or time.monotonic() > deadline:
                    process.send_signal(signal.SIGINT)
        assert process.wait(DEADLINE_S) == 130
    os.close(main_side)
    assert re.search(rb"\[[#.]+\] +\d+%.*ETA", text), text[-300:]
    nothing_left()


@test
def closed_pipe_is_an_error_line():
    write("o.txt", column(ORACLE))
    with started("sweep", "o.txt", "--threshold", "0.0001:9:0.0001", "--out", "-", "--quiet",
                 stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.read(100)
        process.stdout.close()
        error = process.stderr.read().decode()
        assert process.wait(DEADLINE_S) == 1, process.returncode
        assert error == "rqa: stdout: the reader closed the pipe\n", error


@test
def a_file_that_appears_meanwhile_is_kept():
    with started("sweep", "-", "--threshold", "1", "--out", "new.csv", stdin=subprocess.PIPE,
                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + DEADLINE_S
        while not os.listdir() and time.monotonic() < deadline:
            time.sleep(.01)
        assert os.listdir() == [f"new.csv.partial-{process.pid}"]
        write("new.csv", "somebody else's")
        _, error = process.communicate(column(ORACLE).encode(), timeout=DEADLINE_S)
        assert process.returncode == 2 and b"new.csv: exists" in error, error
    assert os.listdir() == ["new.csv"] and open("new.csv").read() == "somebody else's"


@test
def full_device_is_a_failure():
    if not os.path.exists("/dev/full"):
        return
    write("o.txt", column(ORACLE))
    _, error = run("sweep", "o.txt", "--threshold", "0.1", "--out", "/dev/full", code=1)
    assert "/dev/full" in error and "space" in error.lower(), error
    with open("/dev/full", "wb") as full:
        done = subprocess.run([RQA, "analyze", "o.txt", "--threshold", "0.1"], stdout=full,
                              stderr=subprocess.PIPE)
    assert done.returncode == 1 and b"stdout" in done.stderr, done


# --- bad input ------------------------------------------------------------------------------------


def refused(fragment, *arguments, stdin=None, command="analyze"):
    before = sorted(os.listdir())
    _, error = run(command, *arguments, stdin=stdin, code=2)
    assert fragment in error, (arguments, fragment, error)
    assert sorted(os.listdir()) == before, arguments


def refused_sweep(fragment, *arguments):
    refused(fragment, *arguments, "--out", "never.csv", command="sweep")


@test
def bad_files():
    one = ["--threshold", "1"]
    write("empty.csv", "")
    write("only_header.csv", "x,y\n")
    write("only_comments.csv", "# a\n\n# b\n")
    write("gaze.csv", "t,x\n" + "".join(f"{k},0.{k}\n" for k in range(15)) + "15,0.5\n16,abc\n")
    write("short_row.csv", "a,x\n0,1\n1,2\n2\n3,4\n")
    write("long_row.csv", "a,x\n0,1\n1,2,7\n")
    write("quote.csv", 'x\n1\n"2\n3\n')
    write("binary.csv", b"x\n1\n\x00\x01\n")
    write("utf16.csv", "x\n1\n2\n".encode("utf-16")[:-1])
    write("time.csv", "time,x\n1,2\n2,3\n")
    write("mixed.csv", "x;y\n1,5;2\n1.5;2\n")
    write("header_like.csv", "0.5,abc\n0.6,0.7\n")
    good = gzip.compress(column(ORACLE * 500).encode())
    write("cut.csv.gz", good[:len(good) // 2])
    write("damaged.csv.gz", good[:20] + bytes([good[20] ^ 255]) + good[21:])
    write("tail.csv.gz", good + b"garbage")
    write("inf.csv", "1\n2\ninf\n3\n")
    write("constant.csv", "3\n3\n3\n3\n")
    os.makedirs("nothing/here", exist_ok=True)
    write("nothing/README.md", "x")
    for name in ("empty.csv", "only_header.csv", "only_comments.csv", "quote.csv", "binary.csv",
                 "utf16.csv", "cut.csv.gz", "damaged.csv.gz", "tail.csv.gz"):
        refused(name, name, *one)
        refused_sweep(name, name, *one)
    refused("is empty", "empty.csv", *one)
    refused("no row of data", "only_header.csv", *one)
    refused("missing.csv: cannot be opened: No such file", "missing.csv", *one)
    refused_sweep("missing.csv: cannot be opened: No such file", "missing.csv", *one)
    refused_sweep("nothing: the folder holds no recordings", "nothing", *one)
    refused("nothing: is a folder", "nothing", *one)
    refused("gaze.csv:18:2: 'abc' is not a number", "gaze.csv", "--columns", "x", *one)
    refused("header_like.csv:1:2: 'abc' is not a number", "header_like.csv", *one)
    refused("short_row.csv:4: 1 column where 2 are expected", "short_row.csv", *one)
    refused("long_row.csv:3: 3 columns where 2 are expected", "long_row.csv", *one)
    refused("quote.csv:3: a quote is opened", "quote.csv", *one)
    refused("mixed.csv:3:1: '1.5' is not a number; a number is expected (the decimal sign",
            "mixed.csv", *one)
    refused("there is no column 'z'; its columns are: t, x", "gaze.csv", "--columns", "x,z", *one)
    refused("there is no column 3; the file has 2", "gaze.csv", "--columns", "3", *one)
    refused("there is no column 0", "gaze.csv", "--columns", "0", *one)
    refused("'time' looks like a clock", "time.csv", *one)
    refused("cut short", "cut.csv.gz", *one)
    refused("stdin: the gzip data is cut short", "-", *one, stdin=good[:50])
    refused("inf.csv:3:1: an infinite value", "inf.csv", *one)
    refused("constant", "constant.csv", "--normalize", "zscore", *one)
    refused_sweep("constant", "constant.csv", "--normalize", "unit", *one)
    refused("stdin: the file is empty", "-", *one, stdin=b"")
    refused_sweep("there is no column 'g'", "gaze.csv", "--group-by", "g", "--columns", "x", *one)


@test
def bad_npy():
    rows = [[v] for v in ORACLE]
    good = npy(rows)
    one = ["--threshold", "1"]

    def bad(fragment, content):
        write("bad.npy", content)
        refused("bad.npy", "bad.npy", *one)
        refused(fragment, "bad.npy", *one)
        write("bad.npy", gzip.compress(content))
        refused(fragment, "bad.npy", *one)

    for k in (7, 9, 11, 60, len(good) - 1, len(good) - 8):
        write("cut.npy", good[:k])
        refused("cut.npy", "cut.npy", *one)
    bad("the file ends after 12 elements", good[:-8])
    bad("goes on after", good + b"\0")
    bad("type is <c8", npy(rows, shape="(13,)").replace(b"<f8", b"<c8"))
    bad("type is <U3", npy(rows).replace(b"<f8", b"<U3"))
    bad("type is |O", npy(rows).replace(b"'<f8'", b"'|O' "))
    bad("3 dimensions", npy(rows, shape="(13, 1, 1)"))
    bad("0 dimensions", npy(rows, shape="()"))
    bad("is empty", npy(rows, shape="(0, 2)"))
    bad("header says 200000000 x 1", npy(rows, shape="(200000000, 1)"))
    bad("header says 100000000 x 2", npy(rows, shape="(100000000, 2)", fortran=True))
    bad("channels; at most 65535", npy(rows, shape="(2, 100000)"))
    bad("too large", npy(rows, shape="(99999999999999999999999, 1)"))
    bad("too large", npy(rows, shape="(9223372036854775807, 4)"))
    bad("not a list of whole numbers", npy(rows, shape="(-3, 1)"))
    bad("version 9", good[:6] + b"\x09" + good[7:])
    bad("fortran_order", good.replace(b"fortran_order", b"fortran_ordre"))
    bad("no shape", good.replace(b"'shape'", b"'shpae'"))
    second = npy(rows, version=2)
    bad("claims 4294967295 bytes", second[:8] + b"\xff\xff\xff\xff" + second[12:])
    bad("no exact double", npy([[2**53 + 1], [2]], "<i8"))
    write("two.npy", npy([[1., 2.], [2., 3.]]))
    refused("its columns have no names, use numbers: 1 to 2", "two.npy", "--columns", "x", *one)


@test
def bad_options():
    write("o.txt", column(ORACLE))
    base = ["o.txt", "--threshold", "0.5"]

    def bad(fragment, *options):
        refused(fragment, *base, *options)

    def bad_sweep(fragment, *options):
        refused_sweep(fragment, *base, *options)

    refused("--threshold is required", "o.txt")
    refused("0 files are given", "--threshold", "1")
    refused("2 files are given", "o.txt", "o.txt", "--threshold", "1")
    for command in (bad, bad_sweep):
        command("--dim: '0'", "--dim", "0")
        command("--dim: '1001'", "--dim", "1001")
        command("--dim: '99999999999999999999'", "--dim", "99999999999999999999")
        command("--dim: '2.5'", "--dim", "2.5")
        command("--delay: '0'", "--delay", "0")
        command("--threshold: '-0.5'", "--threshold", "-0.5")
        command("--threshold: 'nan'", "--threshold", "nan")
        command("--threshold: 'inf'", "--threshold", "inf")
        command("--threshold: 'abc'", "--threshold", "abc")
        command("--threshold: the value is empty", "--threshold=")
        command("'euclidian' is unknown; did you mean 'euclidean'?", "--norm", "euclidian")
        command("--convention: 'pirqa' is unknown; did you mean 'pyrqa'?", "--convention", "pirqa")
        command("--measures: 'dett' is unknown; did you mean 'det'?", "--measures", "rr,dett")
        command("--measures: '' is unknown", "--measures", "rr,")
        command("--compare: 'eq'", "--compare", "eq")
        command("--lmin: '0'", "--lmin", "0")
        command("--theiler: '-1'", "--theiler", "-1")
        command("--threads: '0'", "--threads", "0")
        command("--threads: '100000'", "--threads", "100000")
        command("--memory: 'much'", "--memory", "much")
        command("--backend: 'cuda' is unknown", "--backend", "cuda")
        command("--normalize: 'max'", "--normalize", "max")
        command("--missing-policy: 'drop'", "--missing-policy", "drop")
        command("--threshold-unit: 'sd'", "--threshold-unit", "sd")
        command("unknown option '--treshold'; did you mean '--threshold'?", "--treshold", "1")
        command("unknown option '-z'", "-z")
        command("--dim needs a value", "--dim")
        command("--verbose takes no value", "--verbose=1")
    bad("is a list or range; one whole number", "--dim", "1:3")
    bad("is a list or range; one number", "--threshold", "0.1,0.2")
    bad("needs a second recording", "--joint")
    bad("--format: 'xml' is unknown", "--format", "xml")
    bad("unknown option '--out'", "--out", "x")
    bad_sweep("is an inverted range", "--dim", "5:2")
    bad_sweep("is an inverted range", "--threshold", "0.1:0.05:0.01")
    bad_sweep("is an inverted range", "--threshold", "0.1:0.5:-0.01")
    bad_sweep("is a range of step zero", "--threshold", "0.05:0.1:0")
    bad_sweep("is a range without step", "--threshold", "0.05:0.1")
    bad_sweep("at most 100000 are allowed", "--threshold", "0:1:0.000000001")
    bad_sweep("too many digits", "--threshold", "0:1e15:1e-15")
    bad_sweep("is not a number, a range", "--threshold", "0:1:0.1:2")
    bad_sweep("is not a number, a range", "--dim", "1:")
    bad_sweep("has 2 twice", "--dim", "1:3,2")
    bad_sweep("is not NAME:COLUMNS:NORM", "--mode", "1d:x")
    bad_sweep("'foo' is unknown", "--mode", "1d:1:foo")
    bad_sweep("has the name of another mode", "--mode", "a:1:max", "--mode", "a:1:l1")
    bad_sweep("--columns and --norm cannot", "--mode", "a:1:max", "--norm", "max")
    refused("an input is expected", "--threshold", "1", "--out", "never.csv", command="sweep")
    refused("--out is required", "o.txt", "--threshold", "1", command="sweep")
    run("frobnicate", code=2)
    run(code=2)
    assert "did you mean 'sweep'" in run("swep", code=2)[1]


@test
def bad_outputs():
    write("o.txt", column(ORACLE))
    base = ["o.txt", "--threshold", "0.5", "--out"]
    write("there.csv", "keep me")
    os.makedirs("folder", exist_ok=True)
    for command in ("sweep", "plot"):
        refused("there.csv: exists; --force replaces it", *base, "there.csv", command=command)
        refused("no_such_folder/x: cannot be written: No such file", *base, "no_such_folder/x",
                command=command)
        refused("folder: is a folder", *base, "folder", command=command)
        # A failure after the output was opened keeps what was there.
        refused("missing.csv", "missing.csv", *base[1:], "there.csv", "--force", command=command)
    assert open("there.csv").read() == "keep me"


@test
def lengths_of_joint_recordings_must_agree():
    write("o.txt", column(ORACLE))
    write("shorter.txt", column(ORACLE[:-2]))
    refused("13", "o.txt", "--with", "shorter.txt", "--joint", "--threshold", "1")
    write("wide.csv", "1,2\n2,3\n3,4\n")
    refused("channel", "o.txt", "--with", "wide.csv", "--threshold", "1")
    refused("o.txt", "o.txt", "--dim", "20", "--threshold", "1")


# --- the rest -------------------------------------------------------------------------------------


@test
def plot_writes_a_png():
    write("o.txt", column(ORACLE))
    run("plot", "o.txt", *SETTING, "-o", "rp.png", "--period", "0.1", "--x-label", "time (s)")
    assert open("rp.png", "rb").read(8) == b"\x89PNG\r\n\x1a\n"
    before = open("rp.png", "rb").read()
    for name, given in (("a.png", []), ("b.png", ["--x-label", "sample", "--y-label", "sample"]),
                        ("c.png", ["--period", "0.1"]), ("d.png", ["--period", "0.1", "--y-label", "time"])):
        run("plot", "o.txt", *SETTING, "-o", name, *given)
    assert open("a.png", "rb").read() == open("b.png", "rb").read()
    assert open("c.png", "rb").read() == open("d.png", "rb").read()
    run("plot", "o.txt", *SETTING, "-o", "rp.png", code=2)
    run("plot", "o.txt", *SETTING, "-orp.png", "--force", "--no-frame", "--max-pixels", "100")
    assert open("rp.png", "rb").read() != before
    write("long.txt", column(range(40000)))  # its matrix would take 200 MB
    run("plot", "long.txt", "--threshold", "1", "--memory", "50M", "-o", "long.png")
    assert open("long.png", "rb").read(8) == b"\x89PNG\r\n\x1a\n"
    _, error = run("plot", "long.txt", "--threshold", "1", "--memory", "50M", "-o", "big.png",
                   "--max-pixels", "20000", code=1)
    assert "52428800" in error and "blocks of 2 x 2" in error, error
    assert not os.path.exists("big.png")


def png_size(name):
    head = open(name, "rb").read(26)
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big"), head[24]


@test
def plot_without_a_threshold_draws_distances():
    write("o.txt", column(ORACLE))
    run("plot", "o.txt", "--dim", "2", "--norm", "max", "-o", "d.png", "--max-pixels", "120")
    run("plot", "o.txt", "--dim", "2", "--threshold", "1", "-o", "r.png", "--max-pixels", "120")
    wide, high, depth = png_size("d.png")
    assert depth == 8 and wide > png_size("r.png")[0] + 20 and high == png_size("r.png")[1]
    run("plot", "o.txt", "--with", "o.txt", "-o", "x.png", "--no-frame", "--max-pixels", "120")
    assert png_size("x.png") == (len(ORACLE), len(ORACLE), 8)
    for given in (["--threshold-unit", "std"], ["--compare", "lt"], ["--threshold-lower", "1"],
                  ["--ties", "all"], ["--convention", "crp"], ["--with", "o.txt", "--joint"]):
        refused(f"{given[-2] if len(given) == 2 else given[-1]} needs --threshold; without it the distances",
                "o.txt", *given, "-o", "no.png", command="plot")
    assert not os.path.exists("no.png")
    refused("--threshold is required", "o.txt")


@test
def a_sample_says_that_it_is_one():
    write("noise.txt", column([(k * k * 7919 % 1009) / 100 for k in range(1200)]))
    base = ["noise.txt", "--dim", "2", "--threshold", "2", "--norm", "max"]
    exact = analyze(*base)["measures"]
    got = analyze(*base, "--sampled", "3000", "--seed", "7", "--histograms")
    assert "not the exact values" in got["sampled"]["note"]
    assert got["sampled"]["seed"] == 7 and got["sampled"]["lines"] == 3000
    assert set(got["measures"]) == set(got["standard_errors"]) == {"rr", "det", "l_mean", "lam", "tt"}
    for name, value in got["measures"].items():
        assert 0 < got["standard_errors"][name], name
        assert abs(value - exact[name]) < 5 * got["standard_errors"][name], (name, value, exact[name])
    assert sum(count for _, count in got["histograms"]["diagonal"]) == 3000
    assert got == analyze(*base, "--sampled", "3000", "--seed", "7", "--histograms")
    assert got["measures"] != analyze(*base, "--sampled", "3000", "--seed", "8")["measures"]
    few = analyze(*base, "--sampled", "3000", "--max-cells", "500", "--measures", "det,microstate_entropy")
    assert few["sampled"]["cells"] == 500 and few["sampled"]["lines"] < 3000
    assert set(few["measures"]) == {"det", "microstate_entropy"} and few["sampled"]["blocks"] == 1000000
    text, _ = run("analyze", *base, "--sampled", "3000", "--max-cells", "500")
    assert "not the exact values" in text and "standard error" in text and "--max-cells 500" in text
    empty = analyze("noise.txt", "--threshold", "0", "--dim", "40", "--sampled", "9", "--max-cells", "90")
    assert empty["measures"]["det"] is None and "no recurrence point" in empty["undefined"]["det"].lower()
    for words, given in (("--sampled: '0'", ["--sampled", "0"]),
                         ("--max-cells: '0'", ["--sampled", "5", "--max-cells", "0"]),
                         ("--max-cells is that of --sampled", ["--max-cells", "5"]),
                         ("--seed is that of --bootstrap or --sampled", ["--seed", "5"]),
                         ("--bootstrap needs the whole plot", ["--sampled", "5", "--bootstrap", "5"]),
                         ("--scaling needs the whole plot", ["--sampled", "5", "--scaling", "1:2"]),
                         ("--lengths needs the whole plot", ["--sampled", "5", "--lengths", "1:2"]),
                         ("--measures has l_max", ["--sampled", "5", "--measures", "l_max"]),
                         ("--border is kelo", ["--sampled", "5", "--border", "kelo"]),
                         ("--threshold-unit is recurrence-rate", ["--sampled", "5", "--threshold-unit", "recurrence-rate"])):
        refused(words, *base, *given)


@test
def help_devices_and_version():
    out, _ = run("help")
    for command in ("analyze", "sweep", "plot", "devices"):
        assert command in out
        text, _ = run(command, "--help")
        assert text == run("help", command)[0] and "Machine" in text
        assert all(len(line) <= 96 and line == line.rstrip() for line in text.splitlines()), command
    backends = {b["name"]: b for b in json.loads(run("devices", "--format", "json")[0])["backends"]}
    assert backends["sequential"]["available"] is True
    assert "sequential" in run("devices")[0]
    assert re.match(r"rqa \d+\.\d+\.\d+(-dev)? ", run("version")[0])


@test
def kept_examples_give_the_kept_numbers():
    """Files as devices and spreadsheets write them, with the points they must give."""
    wanted = json.load(open(os.path.join(DATA, "expected.json")))
    for entry in wanted:
        result = analyze(os.path.join(DATA, entry["file"]), *entry["options"])
        for key, value in entry["result"].items():
            assert result[key] == value, (entry["file"], key, result[key], value)


@test
def real_recordings():
    if not SHARED:
        raise Skipped("no folder of real recordings was given")
    table = os.path.join(SHARED, "gaze_vr_objects", "gaze_3groups_mini.csv")
    folder = os.path.join(SHARED, "gaze_vr_objects", "one_csv_per_series")
    grid = ["--columns", "x,y", "--dim", "1:2", "--delay", "1", "--threshold", "5.5:11:5.5"]
    out, _ = run("sweep", table, "--group-by", "group,subject,trial", *grid, "--out", "-", "--quiet")
    files, _ = run("sweep", folder, *grid, "--out", "-", "--quiet")

    def by_recording(text):
        found = {}
        for row in read_csv(text):
            assert row["status"] == "ok"
            found.setdefault(row["series"], []).append([row[n] for n in ("dim", "threshold", "rr", "det")])
        return sorted(found.values())

    assert len(by_recording(out)) == 24 and by_recording(out) == by_recording(files)
    climate = os.path.join(SHARED, "climate")
    assert analyze(os.path.join(climate, "sunspots_yearly.csv"), "--columns", "SUNACTIVITY",
                   "--threshold", "5")["n_samples"] == 309
    ecg = os.path.join(SHARED, "physio", "ecg_mitbih208_360Hz.txt")
    _, error = run("analyze", ecg, "--dim", "1000", "--delay", "200", "--threshold", "1", code=2)
    assert "108000" in error, error


@test
def test_dry_run():
    """Tells what a sweep would compute, and what is wrong with it, and writes nothing."""
    write("a.csv", "x\n" + "\n".join(map(str, ORACLE)))
    write("b.csv", "y\n1\n2\n")
    grid = ["--dim", "1:3", "--threshold", ".1:.5:.1", "--columns", "x"]
    out, _ = run("sweep", "a.csv", "b.csv", *grid, "--dry-run")
    assert "2 recordings x 1 mode x 15 settings = 30 results" in out, out
    assert "cannot be used: b.csv: there is no column 'x'" in out and "about 1 s" in out, out
    told = json.loads(run("sweep", "a.csv", "b.csv", *grid, "--dry-run", "--format", "json")[0])
    assert told["results"] == 30 and told["recordings"] == 2 and told["core_seconds"] > 0, told
    assert [bad["series"] for bad in told["unusable"]] == ["b.csv"], told
    alone = json.loads(run("sweep", "a.csv", *grid, "--dry-run", "--format", "json",
                           "--store", "no.sqlite")[0])
    assert alone["unusable"] == [] and not os.path.exists("no.sqlite")
    run("sweep", "b.csv", *grid, "--dry-run", code=2)
    _, error = run("sweep", "a.csv", *grid, "--out", "c.csv", "--format", "json", code=2)
    assert "--format" in error and "--dry-run" in error, error


def main():
    """RQA_TEST_ONLY: a regular expression of the names to run; RQA_TEST_NOT: of those to leave out."""
    failed = skipped = 0
    chosen = [function for function in tests
              if re.search(os.environ.get("RQA_TEST_ONLY", ""), function.__name__)
              and not re.fullmatch(os.environ.get("RQA_TEST_NOT", ""), function.__name__)]
    for function in chosen:
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            start = time.monotonic()
            try:
                function()
                print(f"ok      {function.__name__} ({time.monotonic() - start:.1f} s)", flush=True)
            except Skipped as reason:
                skipped += 1
                print(f"skipped: {function.__name__}: {reason}", flush=True)
            except Exception as error:  # one failure must not hide the others
                failed += 1
                print(f"FAILED  {function.__name__}: {type(error).__name__}: {error}", flush=True)
            os.chdir("/")
    print(f"{len(chosen) - failed - skipped} of {len(chosen)} passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
