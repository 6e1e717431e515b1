#!/usr/bin/env python3
"""test_cli_console.py - rqa and its surroundings: hostile names on terminals, outputs that are inputs,
limits of the system, closed and full streams.

Usage: test_cli_console.py PATH_TO_RQA
"""
import contextlib
import csv
import json
import os
import pty
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import unicodedata

import test_cli as cli
from test_cli import DEADLINE_S, NO_COUNTS, ORACLE, RQA, Skipped, column, read_csv, run, test, write

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


def raw(*arguments, code=0, limit=None, **more):
    """Under a limit, if it is one: a function that sets it."""
    if limit:
        more.update(preexec_fn=limit, env=NO_COUNTS)
    done = subprocess.run([RQA, *arguments], capture_output=True, timeout=DEADLINE_S,
                          stdin=subprocess.DEVNULL, **more)
    assert done.returncode == code, (arguments, done)
    return done.stdout, done.stderr


def on_a_terminal(*arguments, code=0, both=True):
    """What a terminal gets from stdout and, if both, stderr."""
    try:
        main_side, side = pty.openpty()
    except OSError as error:  # as in a root without /dev/pts
        raise Skipped(f"no pseudo-terminal: {error}") from error
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
    for out in ("-", "/dev/stdout", "/dev/fd/1"):
        if out == "-" or os.path.exists(out):
            assert is_plain(on_a_terminal("sweep", "study", "--threshold", "0.65", "--out", out,
                                          both=False))


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


# --- outputs --------------------------------------------------------------------------------------


def refused(*arguments, words, **more):
    out, error = raw(*arguments, code=2, **more)
    error = error.decode()
    assert out == b"" and error.count("\n") == 1 and error.startswith("rqa: "), (arguments, error)
    for word in [words] if isinstance(words, str) else words:
        assert word in error, (word, error)


@test
def an_output_is_no_input():
    """By device and number: names, paths, symbolic and hard links, files of folders, both streams."""
    content = "x\n" + column(ORACLE)
    write("in.csv", content)
    write("study/a/r.csv", content)
    os.symlink("in.csv", "link.csv")
    os.link("in.csv", "hard.csv")
    raw("sweep", "in.csv", *ONE, "--store", "s.sqlite", "-q")
    before = open("s.sqlite", "rb").read()
    names = ("in.csv", "./in.csv", os.path.abspath("in.csv"), "link.csv", "hard.csv", "study/../in.csv")
    for name in names:
        for option in ("--log", "--events", "--out", "--store"):
            more = [] if option in ("--out", "--store") else ["--out", "o.csv"]
            refused("sweep", "in.csv", *ONE, *more, option, name, "--force", words=[option, "input"])
        refused("plot", "in.csv", *ONE, "--out", name, "--force", words=["--out", "input"])
        refused("plot", "study/a/r.csv", "--with", "in.csv", *ONE, "--out", name, "--force",
                words=["--out", "input"])
    refused("sweep", "study", *ONE, "--out", "o.csv", "--log", "study/a/r.csv",
            words="study/a/r.csv is an input")
    with open("in.csv") as stdin:
        done = subprocess.run([RQA, "sweep", "-", *ONE, "--out", "o.csv", "--log", "in.csv"],
                              stdin=stdin, capture_output=True)
        assert done.returncode == 2 and b"stdin" in done.stderr, done
    with open("in.csv", "ab") as stdout:
        done = subprocess.run([RQA, "sweep", "in.csv", *ONE, "--out", "-"], stdout=stdout,
                              stderr=subprocess.PIPE)
        assert done.returncode == 2 and b"stdout is the input in.csv" in done.stderr, done
    for option, name in (("--log", "s.sqlite"), ("--out", "./s.sqlite")):
        refused("export", "s.sqlite", option, name, "--force", words=[option, "input"])
    refused("merge", "s.sqlite", "-o", "all.sqlite", "--log", "s.sqlite", words="--log")
    os.symlink("s.sqlite", "to.sqlite")
    for ending in ("-wal", "-shm", "-journal", "-workers"):
        for name in ("s.sqlite", "new.sqlite", "to.sqlite"):
            beside = ("s.sqlite" if name[0] == "t" else name) + ending
            for option in ("--log", "--events", "--out"):
                refused("sweep", "in.csv", *ONE, "--store", name, option, beside, "--force",
                        words=[option, "belongs to the store " + name])
        for option in ("--log", "--out"):
            refused("export", "s.sqlite", option, "s.sqlite" + ending, "--force",
                    words=[option, "belongs to the store"])
        for name in ("s.sqlite", "all.sqlite"):
            refused("merge", "s.sqlite", "-o", "all.sqlite", "--log", name + ending,
                    words="belongs to the store")
    refused("plot", "in.csv", *ONE, "--out", "-", words="a plot is a file; stdout cannot be one")
    refused("sweep", "in.csv", *ONE, "--out", "o.csv", "--log", "-",
            words="a log is a file; stdout cannot be one")
    assert "-" not in os.listdir()
    assert open("in.csv").read() == open("study/a/r.csv").read() == content
    assert open("s.sqlite", "rb").read() == before
    assert not {"o.csv", "all.sqlite"} & set(os.listdir()), os.listdir()


@test
def two_outputs_are_two_files():
    write("in.csv", "x\n" + column(ORACLE))
    os.mkdir("d")
    os.symlink(".", "d/up")
    for a, b in (("--out", "--log"), ("--out", "--events"), ("--log", "--events"),
                 ("--store", "--log"), ("--store", "--events"), ("--out", "--store")):
        more = [] if {a, b} & {"--out", "--store"} else ["--out", "o.csv"]
        for other in ("both", "./both", "d/../both", os.path.abspath("both")):
            refused("sweep", "in.csv", *ONE, *more, a, "both", b, other, words=[a, b, "file of its own"])
    assert sorted(os.listdir()) == ["d", "in.csv"], os.listdir()
    # What has no content to lose may be named twice.
    raw("sweep", "in.csv", *ONE, "--out", "/dev/null", "--log", "/dev/null", "--events", "/dev/null")


@test
def names_that_are_no_stores():
    write("in.csv", "x\n" + column(ORACLE))
    raw("sweep", "in.csv", *ONE, "--store", "s.sqlite", "-q")
    before = sorted(os.listdir())
    for name in (":memory:", "file::memory:", "file:x.sqlite", "file:x?mode=memory"):
        words = [name, "store", "./" + name]
        refused("sweep", "in.csv", *ONE, "--store", name, words=words)
        refused("merge", "s.sqlite", "-o", name, words=words)
        refused("merge", name, "-o", "all.sqlite", words=words)
        refused("export", name, words=words)
    assert sorted(os.listdir()) == before, os.listdir()
    raw("sweep", "in.csv", *ONE, "--store", "./:memory:", "-q")
    assert open(":memory:", "rb").read(15) == b"SQLite format 3"


@test
def memory_has_units():
    for text, n_bytes in (("200MB", 200e6), ("200MiB", 200 << 20), ("200M", 200 << 20),
                          ("1.5GB", 1.5e9), ("640kB", 640e3), ("640KB", 640e3), ("2000k", 2000 << 10),
                          ("2000K", 2000 << 10), ("2000KiB", 2000 << 10), ("5G", 5 << 30),
                          ("5GiB", 5 << 30), ("5g", 5 << 30), ("1T", 1 << 40), ("1TB", 1e12),
                          ("1TiB", 1 << 40), ("1e9", 1e9), ("100000B", 1e5), ("200 MB", 200e6)):
        out, _ = run("devices", "--memory", text, "--format", "json")
        assert json.loads(out)["backends"][0]["memory_bytes"] == int(n_bytes), text
    for text in ("MB", "iB", "5iB", "5Mb", "5X", "0", "0GB", "-5M", "5MBB", "5KKB", "1e30", "nan"):
        refused("devices", "--memory=" + text, words=[f"--memory: '{text}'", "500MB", "1024", "1000"])


@test
def a_relative_plugin_path_says_why_it_is_not_used():
    out, _ = raw("devices", env={**os.environ, "RQA_PLUGIN_PATH": "plugins"})
    line = [text for text in out.decode().splitlines() if text.startswith("gpu")][0]
    assert "'plugins' in RQA_PLUGIN_PATH is not used: it must begin with /" in line, line
    out, _ = raw("devices", env={**os.environ, "RQA_PLUGIN_PATH": "/nowhere"})
    assert b"is not used" not in out, out


# --- limits and streams ---------------------------------------------------------------------------


def outputs():
    """Every output there is: a command and what it makes."""
    write("in.csv", "x\n" + column(ORACLE * 20))
    raw("sweep", "in.csv", "--threshold", "0.1:0.9:0.01", "--store", "have.sqlite", "-q")
    sweep = ["sweep", "in.csv", "--threshold", "0.01:0.9:0.0005"]
    return [([*sweep, "--out", "o.csv"], "o.csv"),
            ([*sweep, "--store", "s.sqlite"], None),
            (["plot", "in.csv", *ONE, "-o", "p.png"], "p.png"),
            (["export", "have.sqlite", "-o", "e.csv"], "e.csv"),
            (["export", "have.sqlite", "--format", "npy", "-o", "arrays"], "arrays"),
            (["merge", "have.sqlite", "-o", "m.sqlite"], "m.sqlite")]


@test
def files_that_may_not_grow_are_failures():
    cases = outputs()

    def limited():
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # Python ignores it
        resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))

    for arguments, made in cases:
        out, error = raw(*arguments, code=1, limit=limited)
        error = error.decode()
        assert error.count("rqa: ") == 1 and ("large" in error), (arguments, error)
        assert made is None or not os.path.exists(made), made
        assert not [name for name in os.listdir() if "partial" in name or "tmp" in name], os.listdir()
    # Of what is only told, the work goes on without.
    for option in ("--log", "--events"):
        write("told", "x" * 1020)
        out, error = raw("sweep", "in.csv", *ONE, "--out", "-", option, "told", limit=limited)
        assert error.count(option.encode()) == 1 and out.startswith(b"series,"), error
    with open("stdout", "wb") as file:
        done = subprocess.run([RQA, "sweep", "in.csv", "--threshold", "0.1:0.9:0.01", "--out", "-"],
                              stdout=file, stderr=subprocess.PIPE, preexec_fn=limited, env=NO_COUNTS)
        assert done.returncode == 1 and b"stdout: File too large" in done.stderr, done


@test
def threads_that_cannot_be_started():
    """RLIMIT_NPROC, which does not count for root; and no address space for stacks."""
    random.seed(4)
    write("in.csv", "x\n" + column(random.random() for _ in range(1500)))
    one = ["analyze", "in.csv", "--threshold", "0.1", "--threads", "4", "--format", "json"]
    sweep = ["sweep", "in.csv", "--threshold", "0.1:0.2:0.01", "--dim", "1:3", "--threads", "4"]
    whole, _ = raw(*one)
    table, _ = raw(*sweep, "--out", "-")
    os.chmod(".", 0o777)

    def no_processes():
        if os.getuid() == 0:
            os.setgid(65534)
            os.setuid(65534)
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))

    def no_stacks():
        resource.setrlimit(resource.RLIMIT_STACK, (1 << 36, resource.RLIM_INFINITY))
        resource.setrlimit(resource.RLIMIT_AS, (1 << 34, resource.RLIM_INFINITY))

    n_tried = 0
    for limit in (no_processes, no_stacks):
        try:
            # AddressSanitizer needs more address space, and another user may not see this program.
            if subprocess.run([RQA, "version"], preexec_fn=limit, capture_output=True,
                              env=NO_COUNTS).returncode:
                continue
        except (OSError, subprocess.SubprocessError):
            continue
        n_tried += 1
        out, _ = raw(*one, limit=limit)
        got, wanted = json.loads(out), json.loads(whole)
        assert got["measures"] == wanted["measures"] and got["threads"] == 1, got
        assert got["backend"] == "sequential" and "1 of 4 threads could be had" in got["backend_reason"]
        out, error = raw(*sweep, "--out", "-", limit=limit)
        assert out == table and b"no thread could be had" in error, error
        raw(*sweep, "--store", f"s{n_tried}.sqlite", limit=limit)
        assert raw("export", f"s{n_tried}.sqlite")[0] == table
        _, error = raw(*one, "--backend", "threads", code=1, limit=limit)
        assert b"4 threads are wanted, 1 could be had: " in error, error
        _, error = raw(*sweep, "--out", "-", "--backend", "threads", code=1, limit=limit)
        assert b"a thread could not be created: " in error, error
    if n_tried == 0:
        print("  no limit could be set: not run")


@test
def few_open_files_and_small_stacks():
    """Done, or one line that says why not; nothing unfinished is left."""
    cases = [(arguments, made) for arguments, made in outputs() if arguments[0] != "sweep"]
    cases += [(["sweep", "in.csv", *ONE, "--out", "o.csv"], "o.csv"),
              (["sweep", "in.csv", *ONE, "--store", "s.sqlite", "--out", "so.csv"], "so.csv")]
    n_failed = 0
    for arguments, made in cases:
        for n in range(5, 9):
            done = subprocess.run([RQA, *arguments, "-q"] if arguments[0] != "plot" else
                                  [RQA, *arguments], capture_output=True, stdin=subprocess.DEVNULL,
                                  preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (n, n)))
            error = done.stderr.decode()
            if b"error while loading shared libraries" in done.stderr:
                continue
            assert done.returncode == 0 or ("oo many" in error and error.count("\n") == 1), error
            assert (done.returncode == 0) == os.path.exists(made), (arguments, n, error)
            assert not [name for name in os.listdir() if "partial" in name], os.listdir()
            n_failed += done.returncode != 0
            shutil.rmtree(made) if os.path.isdir(made) else os.path.exists(made) and os.unlink(made)
        raw(*arguments, limit=lambda: resource.setrlimit(resource.RLIMIT_STACK,
                                                         (65536, resource.RLIM_INFINITY)))
    assert n_failed > 0


@test
def full_devices_are_failures():
    if not os.path.exists("/dev/full"):
        return
    outputs()
    for arguments in (["sweep", "in.csv", *ONE, "--out", "/dev/full"],
                      ["export", "have.sqlite", "-o", "/dev/full"]):
        out, error = raw(*arguments, code=1)
        assert b"No space left" in error and error.count(b"\n") == 1, (arguments, error)
    for option in ("--log", "--events"):
        out, error = raw("sweep", "in.csv", *ONE, "--out", "-", option, "/dev/full")
        assert option.encode() in error and b"No space left" in error, error
    for arguments in (["analyze", "in.csv", *ONE], ["analyze", "in.csv", *ONE, "--format", "json"],
                      ["sweep", "in.csv", *ONE, "--out", "-"], ["export", "have.sqlite"],
                      ["sweep", "in.csv", *ONE, "--columns", "x", "--group-by", "x", "--out",
                       "g.csv"],
                      ["devices"], ["version"], ["help"], ["help", "sweep"], ["sweep", "--help"]):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([RQA, *arguments], stdout=full, stderr=subprocess.PIPE)
        assert done.returncode == 1 and b"No space left" in done.stderr, (arguments, done)


@test
def closed_streams_are_no_files():
    """What is printed must not get into the file that was opened first."""
    outputs()

    def without(*streams):
        return lambda: [os.close(stream) for stream in streams]

    header = b"series,mode,"
    quiet = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)  # this one's may be closed
    for streams in ((0,), (1,), (2,), (0, 1), (1, 2), (0, 1, 2)):
        done = subprocess.run([RQA, "sweep", "in.csv", *ONE, "--out", "o.csv", "--force", "--log", "l"],
                              preexec_fn=without(*streams), **quiet)
        table = open("o.csv", "rb").read()
        assert done.returncode == 0 and table.startswith(header) and table.count(b"\n") == 2, table
        for line in open("l").read().splitlines():
            assert re.match(r"\d{4}-\d\d-\d\dT[\d:.]+Z ", line), line
        done = subprocess.run([RQA, "sweep", "in.csv", *ONE, "--store", f"s{streams}.sqlite"],
                              preexec_fn=without(*streams), **quiet)
        out, _ = raw("export", f"s{streams}.sqlite")
        assert done.returncode == 0 and out == table, (streams, out)
    for arguments in (["analyze", "in.csv", *ONE], ["devices"], ["sweep", "in.csv", *ONE, "--out", "-"],
                      ["version"], ["export", "have.sqlite"]):
        done = subprocess.run([RQA, *arguments], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              preexec_fn=without(1))
        assert done.returncode == 1 and b"stdout: Bad file descriptor" in done.stderr, (arguments, done)
    done = subprocess.run([RQA, "analyze", "-", *ONE], stdin=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, preexec_fn=without(0))
    assert done.returncode in (1, 2) and done.stderr.startswith(b"rqa: stdin: "), done


if __name__ == "__main__":
    sys.exit(cli.main())
