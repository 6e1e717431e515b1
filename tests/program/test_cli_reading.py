#!/usr/bin/env python3
"""test_cli_reading.py - what the program says of tables that others wrote, of clocks among their
columns, of folders that hold other files, and how much memory it takes to read.

Usage: test_cli_reading.py PATH_TO_RQA
"""
import gzip
import json
import os
import random
import subprocess
import sys

import test_cli as cli
from test_cli import RQA, analyze, npy, read_csv, refused, refused_sweep, run, test, write

cli.tests.clear()  # those of the other file

ONE = ["--threshold", "1"]
CLOCKS = {
    "named.csv": ("Time (s),x,y\n", "'Time (s)' looks like a clock (by its name)", "x,y"),
    "gaze.csv": ("gaze_timestamp,x,y\n", "'gaze_timestamp' looks like a clock (by its name)", "x,y"),
    "german.csv": ("Zeit,x,y\n", "'Zeit' looks like a clock (by its name)", "x,y"),
    "pandas.csv": (",x,y\n", "column 1 looks like a clock (it has no name, as", "x,y"),
    "bare.csv": ("", "column 1 looks like a clock (its values rise in even steps of 0.25)", "2,3"),
    "odd.csv": ("when,x,y\n", "'when' looks like a clock (its values rise in even steps", "x,y"),
}


def clocked(header, n=40):
    random.seed(3)
    return header + "".join(f"{k / 4},{random.random():.3f},{random.random():.3f}\n"
                            for k in range(n))


@test
def a_clock_is_refused_by_every_command():
    for name, (header, what, others) in CLOCKS.items():
        write(name, clocked(header))
        for command, more in (("analyze", []), ("plot", ["-o", "rp.png"]), ("sweep", ["--out", "never.csv"])):
            refused(f"{name}: column {what}".replace("column column", "column"), name, *ONE, *more,
                    command=command)
            refused(f"--columns {others}, or --columns all with the clock", name, *ONE, *more,
                    command=command)
        refused("looks like a clock", name, "--with", name, *ONE)
        # Both ways on that the message names.
        assert analyze(name, *ONE, "--columns", others)["parameters"]["columns"] == others.replace(",", "/")
        assert analyze(name, *ONE, "--columns", "all")["n_samples"] == 40
        out, _ = run("sweep", name, "--mode", "all:all:max", "--mode", "last:3:max", *ONE, "--measures",
                     "rr", "--out", "-")
        last = analyze(name, *ONE, "--columns", "3", "--norm", "max")["measures"]["rr"]
        assert [float(row["rr"]) for row in read_csv(out)][1] == last
    write("clock.npy", npy([[k / 4, random.random()] for k in range(40)]))
    refused("clock.npy: column 1 looks like a clock", "clock.npy", *ONE)
    assert analyze("clock.npy", *ONE, "--columns", "all")["n_samples"] == 40


@test
def beside_a_clock_columns_of_texts_are_not_offered():
    rows = "".join(f"a,{k},{(k * 7) % 5},{'' if k == 0 else 'up'},{k % 3}\n" for k in range(20))
    write("texts.csv", "who,time,x,side,y\n" + rows)
    refused("column 'time' looks like a clock (by its name); choose what to analyse: --columns x,y", "texts.csv",
            *ONE)
    _, error = run("analyze", "texts.csv", *ONE, code=2)
    assert "all" not in error, error
    assert analyze("texts.csv", *ONE, "--columns", "x,y")["n_samples"] == 20
    refused("--columns who,x,side,y, or --columns all", "texts.csv", "--categorical")
    write("texts.csv", "who,time\n" + "".join(f"a,{k}\n" for k in range(20)))
    refused("'time' looks like a clock (by its name), and no other column holds numbers", "texts.csv", *ONE)


@test
def messages_speak_of_options_and_count_columns_from_1():
    write("flat.csv", "x,y\n1,2\n2,2\n3,2\n")
    refused("flat.csv: channel 2 is constant", "flat.csv", *ONE, "--normalize", "unit")
    refused("flat.csv: channel 1 is constant", "flat.csv", *ONE, "--normalize", "unit", "--columns", "y")
    refused_sweep("flat.csv: channel 2 is constant", "flat.csv", *ONE, "--normalize", "unit")
    corridor = ["flat.csv", "--columns", "x", *ONE, "--threshold-lower", "0.5"]
    refused("of a network, which has no corridor (--threshold-lower)", *corridor, "--measures", "transitivity")
    refused("with a corridor (--threshold-lower) only all is allowed", *corridor, "--border", "kelo")
    refused("does not go with --isodirectional or --perpendicular", "flat.csv", "--columns", "x", *ONE,
            "--isodirectional", "0.5,1", "--measures", "transitivity")


@test
def a_clock_among_chosen_rows_and_groups():
    rows = "".join(f"{who},{k * 10},{(k * 7) % 5}\n" for k in range(20) for who in ("a", "b"))
    write("long.csv", "who,n,x\n" + rows)
    refused_sweep("column 'n' looks like a clock (its values rise in even steps of 10)", "long.csv", *ONE,
                  "--group-by", "who")
    refused("column 'n' looks like a clock", "long.csv", *ONE, "--where", "who=a")
    assert analyze("long.csv", *ONE, "--where", "who=a", "--columns", "x")["n_samples"] == 20


@test
def one_column_is_never_a_clock():
    write("ramp.txt", cli.column(range(30)))
    write("time.csv", "time\n" + cli.column(range(30)))
    assert analyze("ramp.txt", *ONE)["n_samples"] == analyze("time.csv", *ONE)["n_samples"] == 30


@test
def tables_of_others():
    """Each shape gives what the plain table gives."""
    random.seed(4)
    rows = [(round(random.uniform(0, 9), 2), random.randrange(9)) for _ in range(30)]
    write("plain.csv", "x,y\n" + "".join(f"{a},{b}\n" for a, b in rows))
    wanted = cli.comparable(analyze("plain.csv", *ONE))
    comma = [(str(a).replace(".", ","), b) for a, b in rows]
    shapes = {
        "note.csv": ("x,y,note\n" + "".join(f"{a},{b},\n" for a, b in rows), ["--columns", "x,y"]),
        "header.csv": ("x,y,\n" + "".join(f"{a},{b}\n" for a, b in rows), []),
        "bare.csv": ("".join(f"{a},{b},\n" for a, b in rows), []),
        "quoted.csv": ("x,y\n" + "".join(f'"{a}",{b}\n' for a, b in comma), []),
        "r.txt": ('"x" "y"\n' + "".join(f'"{k + 1}" {a} {b}\n' for k, (a, b) in enumerate(rows)), []),
        "r.csv": ('"","x","y"\n' + "".join(f'"{k + 1}",{a},{b}\n' for k, (a, b) in enumerate(rows)),
                  ["--columns", "x,y"]),
        "short.csv": ("g,x,y\nb,1\nc\n" + "".join(f"a,{a},{b}\n" for a, b in rows) + "b,2,3,4\n",
                      ["--where", "g=a"]),
        "above.csv": ("Device: A\nRate; 250 Hz\n\nx,y\n" + "".join(f"{a},{b}\n" for a, b in rows),
                      ["--skip-lines", "3"]),
        "remarks.csv": ("! A\n; 250 Hz\nx,y\n" + "".join(f"{a},{b}\n" for a, b in rows),
                        ["--comment", "!;"]),
        "matlab.txt": ("% x y\n" + "".join(f"{a} {b}\n" for a, b in rows), []),
        "sep.csv": ("sep=;\r\nx;y\r\n" + "".join(f"{a};{b}\r\n" for a, b in comma), []),
    }
    for name, (text, options) in shapes.items():
        write(name, text)
        assert cli.comparable(analyze(name, *ONE, *options)) == wanted, name


@test
def what_is_missing_is_said():
    write("bids.tsv", "x\ty\n1\tn/a\n2\tnull\n3\t4\n")
    assert analyze("bids.tsv", "--columns", "y", *ONE, "--missing-policy", "skip")["n_samples"] == 3
    refused("bids.tsv:2:2: a missing value in column y", "bids.tsv", "--columns", "y", *ONE)
    write("dot.csv", "x\n1\n.\n3\n")
    refused("dot.csv:3:1: '.' is not a number; a number is expected (if it means missing: --missing '.')",
            "dot.csv", *ONE)
    assert analyze("dot.csv", *ONE, "--missing", ".", "--missing-policy", "skip")["n_samples"] == 3
    write("hole.csv", "x\n1\n2\n\n4\n\n")
    refused("hole.csv:4:1: a missing value in column x", "hole.csv", *ONE)
    assert analyze("hole.csv", *ONE, "--missing-policy", "skip")["n_samples"] == 4
    refused("stdin:2:1: a missing value in column x", "-", *ONE, "--out", "never.csv", stdin=b"x\n\n1\n",
            command="sweep")
    write("twice.csv", "x,y,x\n1,5,3\n2,4,1\n")
    refused("twice.csv: columns 1 and 3 are both named 'x'; choose one by its number", "twice.csv", *ONE,
            "--columns", "x")
    assert analyze("twice.csv", *ONE, "--columns", "3")["n_samples"] == 2


@test
def text_above_a_table_is_suspected():
    write("above.csv", "Subject: 7\nRate: 250\n\nx,y\n" + "".join(f"{k},{k * 3 % 7}\n" for k in range(9)))
    hint = "if the table begins in line 4, --skip-lines 3 or --comment leaves out what is above it"
    refused(hint, "above.csv", *ONE)
    refused(hint, "above.csv", *ONE, "--columns", "y")
    refused_sweep(hint, "above.csv", *ONE, "--columns", "y")
    refused("above.csv: the file has 13 lines; --skip-lines leaves out 99", "above.csv", *ONE,
            "--skip-lines", "99")
    refused("--skip-lines: '-1'", "above.csv", *ONE, "--skip-lines", "-1")
    refused("--comment: 'x' is not made of signs", "above.csv", *ONE, "--comment", "x")
    write("a.npy", npy([[1.], [3.], [2.]]))
    refused("a.npy: --skip-lines is for text tables", "a.npy", *ONE, "--skip-lines", "1")


def peak_bytes(*arguments):
    """Resident memory at its highest, and what was said."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(writing, 2)
        os.execv(RQA, [RQA, *arguments])
    os.close(writing)
    with open(reading) as pipe:
        error = pipe.read()
    _, status, usage = os.wait4(process, 0)
    return usage.ru_maxrss * 1024, error, os.waitstatus_to_exitcode(status)


@test
def reading_keeps_to_the_memory_limit():
    block = b"1\n2\n3\n" * 200000
    with gzip.open("tall.csv.gz", "wb", compresslevel=9) as file:
        for _ in range(15):
            file.write(block)
    with gzip.open("wide.csv.gz", "wb", compresslevel=9) as file:
        file.write(b"1," * 4000000 + b"1\n1\n")
    with gzip.open("empty.csv.gz", "wb", compresslevel=9) as file:
        file.write(b"1\n" + b"\n" * 6000000 + b"2\n")
    with gzip.open("keys.csv.gz", "wb", compresslevel=1) as file:
        file.write("".join(f"k{k},{k % 7}\n" for k in range(400000)).encode())
    write("tall.npy.gz", gzip.compress(npy([[1], [3], [2]] * 1000000, "<i1")))
    bare = peak_bytes("version")[0]
    for name, more in (("tall.csv.gz", []), ("wide.csv.gz", []), ("empty.csv.gz", []), ("tall.npy.gz", []),
                       ("keys.csv.gz", ["--group-by", "1", "--columns", "2"])):
        for command in (["analyze", "--part", "k7"] if more else ["analyze"], ["sweep", "--out", "never.csv"]):
            peak, error, code = peak_bytes(*command, name, *ONE, *more, "--memory", "16M")
            assert code == 1 and error.count("\n") == 1, (name, code, error)
            assert f"rqa: {name}" in error and "needs" in error, error
            assert "--memory allows 16777216" in error, error
            assert peak < bare + (40 << 20), (name, peak)
            cli.nothing_left()
    # The same limit holds for all recordings of a sweep together; those before it are kept. They are
    # too short for the setting, so that nothing is computed.
    content = npy([[k * 7919 % 1009] for k in range(150000)], "<i2")
    for k in range(20):
        write(f"many/r{k:02}.npy", content)
    out, _ = run("sweep", "many", *ONE, "--memory", "16M", "--measures", "rr", "--out", "-", "--dim", "1000",
                 "--delay", "1000")
    statuses = [row["status"] for row in read_csv(out)]
    refusals = ["--memory allows 16777216" in status for status in statuses]
    assert "short" in statuses[0] and not any(refusals[:9]) and all(refusals[14:]), statuses


@test
def wide_tables_take_linear_time():
    """Under the test's time limit only if no step is quadratic in the columns."""
    n = 300000
    names = ",".join(f"c{k}" for k in range(n))
    row = ",".join(str(k % 9) for k in range(n))
    write("wide.csv", f"{names}\n{row}\n{row}\n")
    assert analyze("wide.csv", *ONE, "--columns", f"c{n - 1},c2")["n_samples"] == 2
    refused("n_channels is 300000; 1..65535 are allowed; the table has 2 rows of 300000 columns", "wide.csv",
            *ONE)
    n = 60000
    write("wide.csv", ",".join(f"c{k}" for k in range(n)) + "\n" + ",".join("5" * n) + "\n")
    assert analyze("wide.csv", *ONE)["parameters"]["columns"].count("/") == n - 1


@test
def a_table_on_its_side_gets_a_hint():
    random.seed(6)
    rows = [[random.random() for _ in range(200)] for _ in range(3)]
    write("t.npy", npy(rows))
    write("t.csv", "\n".join(",".join(f"{v:.3f}" for v in row) for row in rows))
    hint = "the table has 3 rows of 200 columns; rows are samples, columns are channels: if it lies"
    for name in ("t.npy", "t.csv"):
        assert f"{name}: {hint}" in run("analyze", name, *ONE)[1]
        assert f"{name}: {hint}" in run("plot", name, *ONE, "-o", "rp.png", "-f")[1]
        assert f"{name}: {hint}" in run("sweep", name, *ONE, "--out", "-")[1]
        refused(hint, name, *ONE, "--dim", "4")
    write("upright.npy", npy(list(map(list, zip(*rows)))))
    assert run("analyze", "upright.npy", *ONE)[1] == ""


@test
def a_mixed_folder():
    for name in ("p1/a.csv", "p1/a.tsv", "p1/b.csv", "p2/a.csv.gz", "p2/a.txt", "p2/c.csv.csv", "p2/c.csv"):
        text = f"x\n{len(name)}\n3\n2\n7\n"
        write(f"mix/{name}", gzip.compress(text.encode()) if name.endswith(".gz") else text)
    for name in ("README.md", "p1/a.dat", "p2/book.xlsx", "p2/.hidden"):
        write(f"mix/{name}", "no recording")
    out, error = run("sweep", "mix", *ONE, "--measures", "rr", "--out", "-")
    labels = [row["series"] for row in read_csv(out)]
    assert labels == ["p1/a.csv", "p1/a.tsv", "p1/b", "p2/a.csv.gz", "p2/a.txt", "p2/c", "p2/c.csv"], labels
    assert "left out: 3 files that are no recordings: README.md, p1/a.dat, p2/book.xlsx\n" in error, error
    assert "left out" not in run("sweep", "mix", *ONE, "--out", "-", "--quiet")[1]
    write("other/p1/b.csv", "x\n1\n2\n")
    out, error = run("sweep", "mix/p1", "other/p1", *ONE, "--measures", "rr", "--out", "-")
    labels = [row["series"] for row in read_csv(out)]
    assert labels == ["a.csv", "a.tsv", "mix/p1/b.csv", "other/p1/b.csv"], labels
    assert "left out: 1 file that is no recording: a.dat\n" in error
    os.mkfifo("other/p1/pipe.csv")  # nobody writes to it
    _, error = run("sweep", "other", *ONE, "--measures", "rr", "--out", "-")
    assert "left out: 1 file that is no recording: p1/pipe.csv (a pipe, socket or device)\n" in error
    refused_sweep("mix/p1/b.csv: is given twice", "mix/p1/b.csv", "mix/p1/b.csv", *ONE)


@test
def groups_of_a_summary_come_in_the_order_of_their_first_recordings():
    names = [f"g{k * 7919 % 3000}" for k in range(3000)]
    write("long.csv", "g,k,x\n" + "".join(f"{g},{k},1\n{g},{k},1\n{g},{k},2\n"
                                          for k in range(2) for g in names))
    out, _ = run("sweep", "long.csv", "--columns", "x", "--group-by", "g,k", "--threshold", "0",
                 "--measures", "rr", "--out", "r.csv")
    rows = [line.split() for line in out.splitlines()[2:]]
    assert [row[3] for row in rows] == names and {row[4] for row in rows} == {"2"}, rows[:5]


if __name__ == "__main__":
    sys.exit(cli.main())
