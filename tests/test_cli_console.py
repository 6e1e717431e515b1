#!/usr/bin/env python3
"""test_cli_console.py - rqa and its surroundings: hostile names on terminals, outputs that are inputs,
limits of the system, closed and full streams.

Usage: test_cli_console.py PATH_TO_RQA
"""
import contextlib
import csv
import io
import json
import os
import pty
import subprocess
import sys
import unicodedata

import test_cli as cli
from test_cli import DEADLINE_S, ORACLE, RQA, column, read_csv, run, test, write

cli.tests.clear()  # those of the other file

ONE = ["--threshold", "0.65", "--dim", "2", "--delay", "2"]

# Each would do something to a terminal, or hide: a title set and a screen cleared by ESC and by C1
# (U+009B, U+009D), a bell, an override of direction, an isolate, a line end, DEL, bytes that are no UTF-8.
EVIL = "\x1b]0;own\x07\x1b[2J\u009b31m\u009dt\u202egnp\u2066\u200b\ufeff\x7f\x85x"
EVIL_BYTES = EVIL.encode() + b"\x9b41m\xff\xc3"


def is_plain(text, but="\n"):
    """Whether a terminal only shows this: valid UTF-8, no control and no format character."""
    if isinstance(text, bytes):
        text = text.decode()  # strict
    bad = [c for c in text if c not in but and unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")]
    assert not bad, (bad, text)
    return True


def raw(*arguments, code=0, **more):
    done = subprocess.run([RQA, *arguments], capture_output=True, timeout=DEADLINE_S,
                          stdin=subprocess.DEVNULL, **more)
    assert done.returncode == code, (arguments, done)
    return done.stdout, done.stderr


def on_a_terminal(*arguments, code=0, both=True):
    """What a terminal gets from stdout and, if both, stderr."""
    main_side, side = pty.openpty()
    with subprocess.Popen([RQA, *arguments], stdout=side, stdin=subprocess.DEVNULL,
                          stderr=side if both else subprocess.DEVNULL) as process:
        os.close(side)
        text = b""
        with contextlib.suppress(OSError):  # how the end of a terminal shows
            while part := os.read(main_side, 65536):
                text += part
        assert process.wait(DEADLINE_S) == code, (process.returncode, text)
    os.close(main_side)
    return text.replace(b"\r\n", b"\n")


# --- text from files ------------------------------------------------------------------------------


def evil_study():
    """A folder with an evil group, recording and column; and a table with evil keys."""
    folder = b"study/" + EVIL_BYTES
    os.makedirs(folder)
    for k in range(2):
        with open(folder + b"/rec\n%d\x1b[5m.csv" % k, "wb") as file:
            file.write(b"x" + EVIL_BYTES + b"\n" + column(ORACLE).encode())
    os.makedirs("study/good")
    write("study/good/r.csv", "x\n" + column(ORACLE))
    with open(folder + b"/broken.csv", "wb") as file:
        file.write(b"x\n1\n" + EVIL_BYTES + b"\n2\n")


@test
def names_do_not_steer_a_terminal():
    evil_study()
    name = b"study/" + EVIL_BYTES + b"/rec\n0\x1b[5m.csv"
    for arguments, code in ((["analyze", name, *ONE], 0),
                            (["analyze", name, *ONE, "--histograms", "--format", "json"], 0),
                            (["analyze", name, *ONE, "--columns", EVIL_BYTES], 2),
                            (["analyze", name + b"no", *ONE], 2),
                            (["analyze", b"study/" + EVIL_BYTES + b"/broken.csv", *ONE], 2),
                            (["analyze", name, "--threshold", EVIL_BYTES], 2),
                            (["analyze", name, *ONE, b"--" + EVIL_BYTES], 2),
                            (["plot", name, *ONE, "--x-label", EVIL_BYTES, "-o", "p.png"], 2),
                            (["plot", name, *ONE, "-o", b"no/" + EVIL_BYTES], 2),
                            ([EVIL_BYTES], 2),
                            (["export", EVIL_BYTES], 2),
                            (["merge", name, "-o", "all.sqlite"], 2),
                            (["devices", EVIL_BYTES], 2)):
        out, error = raw(*arguments, code=code)
        assert is_plain(out) and is_plain(error), arguments
        assert code == 0 or error.count(b"\n") == 1, error


@test
def summary_bar_and_log_are_plain():
    evil_study()
    sweep = ["sweep", "study", "--threshold", "0.2:0.9:0.1", "--mode", b"m" + EVIL_BYTES + b":1:max"]
    out, error = raw(*sweep, "--store", b"s" + EVIL_BYTES + b".sqlite", "--log", "log.txt",
                     "--events", b"ev" + EVIL_BYTES, "-v")
    assert is_plain(out) and is_plain(error)
    assert b"Means over recordings" in out and b"failed: " in error
    assert is_plain(open("log.txt", "rb").read())
    # The bar has its own escapes: back to the begin of the line, wipe it.
    shown = on_a_terminal(*sweep, "--out", "o.csv").replace(b"\r\x1b[K", b"")
    assert is_plain(shown) and b"Means over recordings" in shown
    assert is_plain(on_a_terminal("merge", b"s" + EVIL_BYTES + b".sqlite", "-o",
                                  b"all" + EVIL_BYTES).replace(b"\r\x1b[K", b""))


@test
def json_escapes_what_it_must_not_show():
    evil_study()
    name = b"study/" + EVIL_BYTES + b"/rec\n0\x1b[5m.csv"
    out, _ = raw("analyze", name, *ONE, "--format", "json")
    columns = json.loads(out)["parameters"]["columns"]
    assert is_plain(out) and columns == "x" + EVIL + "\ufffd41m\ufffd\ufffd", columns
    raw("sweep", "study", "--threshold", "0.65", "--store", "s.sqlite", "--events", "events")
    events = open("events", "rb").read()
    assert is_plain(events)
    labels = [json.loads(line).get("series", "") for line in events.splitlines()]
    assert any(EVIL + "\ufffd41m\ufffd\ufffd/rec\n0\x1b[5m" in label for label in labels), labels
    raw("export", "s.sqlite", "--format", "npy", "-o", "arrays")
    axes = open("arrays/axes.json", "rb").read()
    values = json.loads(axes)["axes"][0]["values"]
    assert is_plain(axes) and any(EVIL in value for value in values), values


@test
def csv_keeps_what_files_have_in_valid_utf_8():
    evil_study()
    os.makedirs("study/a,b\"c\r\nd")
    write("study/a,b\"c\r\nd/r.csv", "x\n" + column(ORACLE))
    raw("sweep", "study", "--threshold", "0.65", "--store", "s.sqlite", "--out", "direct.csv")
    raw("export", "s.sqlite", "-o", "exported.csv")
    raw("sweep", "study", "--threshold", "0.65", "--out", "alone.csv")
    for name in ("direct.csv", "exported.csv", "alone.csv"):
        with open(name, encoding="utf-8", errors="strict", newline="") as file:
            rows = list(csv.DictReader(file))
        groups = {row["group"] for row in rows}
        assert groups == {"good", "a,b\"c\r\nd", EVIL + "\ufffd41m\ufffd\ufffd"}, (name, groups)
        assert any("rec\n0\x1b[5m" in row["series"] for row in rows), rows
    # To a terminal it goes without what would steer it; the lines of cells stay.
    shown = on_a_terminal("export", "s.sqlite", both=False)
    assert is_plain(shown) and b"good" in shown
    assert len(read_csv(shown.decode())) == len(rows)
    assert is_plain(on_a_terminal("sweep", "study", "--threshold", "0.65", "--out", "-", both=False))


@test
def text_of_other_scripts_is_untouched():
    """Letters, accents, joiners within words, emoji, private use: all but what steers."""
    name = "Zürich Ελλάδα Москва 東京 الرياض नमस्ते می\u200cخواهم 👩\u200d🔬 e\u0301"
    write(name + ".csv", "x\n" + column(ORACLE))
    out, _ = run("analyze", name + ".csv", *ONE)
    assert name in out, out
    _, error = run("analyze", name, *ONE, code=2)
    assert name in error, error


# --- numbers --------------------------------------------------------------------------------------


@test
def numbers_are_the_shortest_that_read_back():
    write("o.csv", column(ORACLE))
    out, _ = run("analyze", "o.csv", "--threshold", "0.30000000000000004")
    assert "<= 0.30000000000000004\n" in out, out
    out, _ = run("analyze", "o.csv", "--threshold", "0.1", "--format", "json")
    assert '"threshold": 0.1,' in out, out
    out, _ = run("analyze", "o.csv", "--threshold", "5e-324", "--format", "json")
    assert json.loads(out)["parameters"]["threshold"] == 5e-324 and '"threshold": 5e-324,' in out, out
    _, error = run("sweep", "o.csv", "--threshold", "0.1,0.2,0.1", "--out", "-", code=2)
    assert "has 0.1 twice" in error, error
    _, error = run("sweep", "o.csv", "--threshold", "0.1", "--dim", "1,2.7", "--out", "-", code=2)
    assert "has 2.7;" in error, error


if __name__ == "__main__":
    sys.exit(cli.main())
