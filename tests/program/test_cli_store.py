#!/usr/bin/env python3
"""test_cli_store.py - rqa sweep --store, merge, export, --events, --log: resume, faults, shards.

Usage: test_cli_store.py PATH_TO_RQA
"""
import contextlib
import csv
import json
import math
import os
import random
import re
import shlex
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import time

import test_cli as cli
from test_cli import NO_COUNTS, RQA, column, npy, read_csv, run, started, test, write

cli.tests.clear()  # those of the other file

GRID = ["--dim", "1:3", "--delay", "1:2", "--threshold", "0.05:0.11:0.02", "--lmin", "2:3",
        "--measures", "all"]
MODES = ["--mode", "1d:x:manhattan", "--mode", "2d:x,y:max"]
N_ITEM = 3 * 2 * 4 * 2
SETTINGS = ["series", "mode", "dim", "delay", "threshold", "lmin", "vmin"]


def make_study(n=3, folder="study", seed=7):
    for group in ("a", "b"):
        for k in range(n):
            random.seed(f"{seed} {group} {k}")
            walk, lines = 0.5, []
            for t in range(90 + 10 * k):
                walk += random.uniform(-.05, .05)
                lines.append(f"{t},{walk:.4f},{random.random():.4f}\n")
            write(f"{folder}/{group}/r{k}.csv", "t,x,y\n" + "".join(lines))


def query(store, sql):
    with contextlib.closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as database:
        return database.execute(sql).fetchall()


def view(store):
    """The results in one order, without what says where they were computed."""
    with contextlib.closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        cursor = database.execute("SELECT * FROM results")
        names = [d[0] for d in cursor.description]
        keep = [k for k, name in enumerate(names) if name != "backend"]
        rows = [tuple(row[k] for k in keep) for row in cursor]
    return sorted(rows, key=repr)


def sweep(*arguments, code=0, study="study"):
    return run("sweep", study, *MODES, *GRID, *arguments, code=code)


def number(text):
    return int(text.replace(",", ""))


def skipped(error):
    """How many results a sweep found in its store, from both places where it says so."""
    before = re.search(r"has ([\d,]+) of the ([\d,]+) results already; ([\d,]+) are left", error)
    after = re.search(r"([\d,]+) skipped \(in the store already\)", error)
    assert (before is None) == (after is None), error
    if not before:
        return 0
    assert number(before[1]) == number(after[1]) == number(before[2]) - number(before[3]), error
    return number(before[1])


def done(error):
    return number(re.search(r": ([\d,]+) results in ", error)[1])


# --- resume ---------------------------------------------------------------------------------------


@test
def the_view_has_what_the_csv_has():
    make_study()
    sweep("--out", "direct.csv")
    sweep("--store", "s.sqlite", "--out", "both.csv")
    run("export", "s.sqlite", "-o", "export.csv")
    text = open("direct.csv").read()
    assert open("both.csv").read() == text and open("export.csv").read() == text
    assert run("export", "s.sqlite", "--quiet")[0] == text
    names = text.split("\n")[0].split(",")
    columns = ", ".join(f'"{name}"' for name in names[:-1])
    order = "series, mode, dim, delay, threshold, lmin, vmin"
    rows = query("s.sqlite", f"SELECT {columns} FROM results ORDER BY {order}")
    wanted = [[row[n] for n in names[:-1]] for row in read_csv("direct.csv")]
    assert len(rows) == len(wanted) == 12 * N_ITEM
    for row, cells in zip(rows, wanted):
        for value, cell in zip(row, cells):
            assert cell == ("" if value is None else value) or float(cell) == value, (row, cells)
    undefined = [row["status"] for row in read_csv("direct.csv") if row["status"] != "ok"]
    reasons = query("s.sqlite", "SELECT reason FROM results WHERE status = 'undefined'"
                    f" ORDER BY {order}")
    assert undefined and undefined == [reason for reason, in reasons]


@test
def rates():
    """A sweep of rates tells what they reached: alone, from a store, and exported."""
    make_study(1)
    grid = ["sweep", "study", "--columns", "x", "--dim", "1:2", "--threshold-unit", "recurrence-rate",
            "--threshold", "0.05:0.15:0.05", "--measures", "rr,det", "--quiet", "--out"]
    run(*grid, "alone.csv")
    run(*grid, "stored.csv", "--store", "s.sqlite")
    run("export", "s.sqlite", "-o", "all.csv")
    with open("alone.csv", encoding="utf-8") as alone, open("stored.csv", encoding="utf-8") as stored:
        text = alone.read()
        assert text == stored.read()
    assert ",delay,threshold,threshold_reached,rr_reached,lmin," in text.splitlines()[0]
    rows, exported = read_csv("alone.csv"), read_csv("all.csv")
    assert len(rows) == len(exported) == 2 * 2 * 3
    for row in rows:
        assert float(row["rr_reached"]) == float(row["rr"]) >= float(row["threshold"])
        one = json.loads(run("analyze", "study/" + row["group"] + "/r0.csv", "--columns", "x", "--dim",
                             row["dim"], "--threshold", row["threshold"], "--threshold-unit",
                             "recurrence-rate", "--format", "json")[0])
        assert repr(one["parameters"]["threshold_reached"]) == repr(float(row["threshold_reached"]))
    assert "threshold_reached" in exported[0]
    run("sweep", "study", "--columns", "x", "--threshold", "0.1", "--out", "fixed.csv", "--quiet")
    assert "reached" not in read_csv("fixed.csv")[0]


@test
def what_a_sweep_exports_is_its_own_part_of_the_store():
    make_study()
    sweep("--store", "s.sqlite")
    part = ["study", "--mode", "2d:x,y:max", "--dim", "2", "--delay", "1,2", "--threshold",
            "0.05:0.11:0.06", "--lmin", "2:3", "--measures", "all"]
    run("sweep", *part, "--out", "direct.csv")
    table, error = run("sweep", *part, "--store", "s.sqlite", "--out", "own.csv")
    assert done(error) == 0 and table == run("sweep", *part, "--out", "direct.csv", "--force")[0]
    assert open("own.csv").read() == open("direct.csv").read()
    _, error = sweep("--dim", "1:2", "--store", "s.sqlite", "--out", "few.csv")
    assert done(error) == 0 and skipped(error) == 12 * N_ITEM * 2 // 3
    sweep("--dim", "1:2", "--out", "wanted.csv")
    assert open("few.csv").read() == open("wanted.csv").read()
    # The store knows more measures, and why trend is undefined; this file has no such column.
    write("short.txt", column([.1, .2, .3, .1, .2, .3]))
    one = ["sweep", "short.txt", "--threshold", "0.05"]
    run(*one, "--measures", "rr,trend", "--store", "one.sqlite")
    assert "trend: fewer" in run("export", "one.sqlite", "--quiet")[0]
    run(*one, "--measures", "rr", "--store", "one.sqlite", "--out", "one.csv")
    assert open("one.csv").read() == run(*one, "--measures", "rr", "--out", "-")[0]


@test
def a_second_run_computes_nothing_and_says_so():
    make_study()
    _, error = sweep("--store", "s.sqlite")
    assert skipped(error) == 0 and done(error) == 12 * N_ITEM
    assert f"stored: s.sqlite ({12 * N_ITEM} results)" in error, error
    before = view("s.sqlite")
    table, error = sweep("--store", "s.sqlite")
    assert skipped(error) == 12 * N_ITEM and done(error) == 0
    assert view("s.sqlite") == before
    assert table == sweep("--out", "direct.csv")[0] and "Means over recordings" in table
    assert sweep("--store", "s.sqlite", "--quiet") == ("", "")


@test
def a_larger_grid_and_more_recordings_are_added():
    make_study(2)
    sweep("--store", "s.sqlite", "--dim", "1:2", "--threshold", "0.05:0.07:0.02")
    make_study(3)
    _, error = sweep("--store", "s.sqlite")
    # Two of three recordings, dims 1 and 2, half of the thresholds.
    assert skipped(error) == 8 * N_ITEM // 3, error
    assert done(error) == 12 * N_ITEM - skipped(error)
    sweep("--store", "fresh.sqlite")
    assert view("s.sqlite") == view("fresh.sqlite")


@test
def changed_data_are_new_work():
    make_study()
    sweep("--store", "s.sqlite")
    shutil.copy("study/a/r0.csv", "kept.csv")
    shutil.copy("study/b/r2.csv", "study/a/r0.csv")
    _, error = sweep("--store", "s.sqlite")
    # The content is that of another recording: nothing is computed, and yet nothing is mixed.
    sweep("--store", "fresh.sqlite")
    assert view("s.sqlite") == view("fresh.sqlite")
    write("study/a/r0.csv", open("study/a/r1.csv").read().replace("\n0,", "\n0,1", 1))
    _, error = sweep("--store", "s.sqlite")
    assert skipped(error) == 10 * N_ITEM and done(error) == 2 * N_ITEM, error
    old, = query("s.sqlite", "SELECT count(*) FROM results_replaced WHERE series = 'a/r0'")[0]
    assert old == 2 * 2 * N_ITEM, old
    shutil.copy("kept.csv", "study/a/r0.csv")
    _, error = sweep("--store", "s.sqlite")
    assert skipped(error) == 12 * N_ITEM, error


@test
def a_name_or_a_rule_makes_no_work_twice():
    make_study()
    sweep("--store", "s.sqlite")
    os.rename("study/a/r0.csv", "study/a/new.csv")
    _, error = sweep("--store", "s.sqlite")
    assert done(error) == 0, error
    _, error = sweep("--store", "s.sqlite", "--convention", "pyrqa")
    assert skipped(error) == 0 and done(error) == 12 * N_ITEM, error
    conventions = query("s.sqlite", "SELECT DISTINCT convention FROM results ORDER BY 1")
    assert conventions == [("pyrqa",), ("standard",)]
    _, error = run("export", "s.sqlite", "--format", "npy", "-o", "arrays", code=2)
    assert "several rules" in error and not os.path.exists("arrays"), error


def without(columns, text):
    """The rows of a CSV as lists, without these columns."""
    return [[cell for name, cell in row.items() if name not in columns] for row in read_csv(text)]


@test
def rules_have_columns_where_they_differ():
    make_study(1)
    write("study/b/r0.csv", "t,x,y\n0,1,2\n1,abc,2\n")
    standard = sweep("--store", "s.sqlite", "--out", "-")[0]
    # The norms of the two modes are different ones, which the mode tells.
    assert run("export", "s.sqlite", "--quiet")[0] == standard
    tables = [sweep("--store", "s.sqlite", "--convention", "pyrqa", "--out", "own.csv")[0],
              sweep("--convention", "pyrqa", "--out", "direct.csv")[0]]
    assert open("own.csv").read() == open("direct.csv").read()
    assert tables[0] == tables[1] and "Means over" in tables[0], tables
    sweep("--store", "s.sqlite", "--convention", "pyrqa", "--white-border", "exclude",
          "--out", "border.csv")
    text = run("export", "s.sqlite", "--quiet")[0]
    rules = ["convention", "compare", "theiler", "theiler_vertical", "wmin", "white_border"]
    names = text.split("\n")[0].split(",")
    assert names[:names.index("mode")] == ["series", "group", *rules], names
    rows = read_csv(text)
    assert len(rows) == 3 * len(read_csv(standard)) == 3 * (2 * N_ITEM + 2)
    for convention, border, own in (("standard", "include", standard),
                                    ("pyrqa", "include", open("direct.csv").read()),
                                    ("pyrqa", "exclude", open("border.csv").read())):
        part = [[cell for name, cell in row.items() if name not in rules] for row in rows
                if (row["convention"], row["white_border"]) == (convention, border)]
        assert part == without(rules, own), (convention, border)
    # Recordings that have not one rule in common with those that are there.
    shutil.copytree("study", "other")
    run("sweep", "other/a/r0.csv", *MODES, *GRID, "--theiler", "3", "--store", "two.sqlite")
    assert "theiler" not in run("export", "two.sqlite", "--quiet")[0]
    sweep("--store", "two.sqlite")
    assert ",theiler,theiler_diagonal,theiler_vertical,mode," in run("export", "two.sqlite")[0]
    _, error = run("export", "two.sqlite", "--format", "npy", "-o", "arrays", code=2)
    assert "several rules (theiler" in error and not os.path.exists("arrays"), error


@test
def keys_may_have_the_names_of_other_columns():
    write("t.csv", "theiler,det,status,x\n" + "".join(
        f"{k // 60},a,b,{math.sin(k * k):.6f}\n" for k in range(120)))
    command = ["sweep", "t.csv", "--columns", "x", "--group-by", "theiler,det,status",
               "--threshold", "0.3", "--store", "s.sqlite", "--out", "-"]
    direct = run(*command)[0]
    names = direct.split("\n")[0].split(",")
    assert names[:5] == ["series", "theiler", "key_det", "key_status", "mode"], names
    assert len(set(names)) == len(names) and names[-1] == "status"
    assert run("export", "s.sqlite", "--quiet")[0] == direct
    run(*command[:-2], "--theiler", "3")
    rows = read_csv(run("export", "s.sqlite", "--quiet")[0])
    assert sorted((row["key_theiler"], row["theiler"], row["key_det"], row["key_status"],
                   row["status"]) for row in rows) == [
        (str(k), w, "a", "b", "ok") for k in (0, 1) for w in ("1", "3")]


@test
def bad_recordings_are_kept_as_failed_until_they_are_mended():
    make_study()
    write("study/a/r0.csv", "t,x,y\n0,1,2\n1,abc,2\n")
    write("study/b/r1.csv", "t,x,y\n0,1,2\n1,,2\n")
    write("study/b/r2.csv", "t,x,y\n0,1,2\n1,2,2\n")  # too short for dim 2
    _, error = sweep("--store", "s.sqlite", "--out", "s.csv")
    sweep("--out", "direct.csv")
    assert open("s.csv").read() == open("direct.csv").read()
    assert run("export", "s.sqlite", "--quiet")[0] == open("direct.csv").read()
    failed = query("s.sqlite", "SELECT series, dim, rr, reason FROM results"
                   " WHERE status = 'failed'")
    assert [row[:3] for row in failed] == [("a/r0", None, None)] * 2 + [("b/r1", None, None)] * 2
    assert "r0.csv:3:2: 'abc' is not a number" in failed[0][3], failed
    assert "missing value" in failed[2][3], failed
    assert "r0.csv:3:2" in error and re.search(r"\b192 failed", error), error
    short = query("s.sqlite", "SELECT DISTINCT dim, rr, reason FROM results"
                  " WHERE series = 'b/r2' AND dim = 3")
    assert short == [(3, None, "the series is too short")] or "short" in short[0][2], short
    make_study()
    _, error = sweep("--store", "s.sqlite")
    sweep("--store", "fresh.sqlite")
    assert view("s.sqlite") == view("fresh.sqlite")
    assert done(error) == 6 * N_ITEM, error


@test
def a_recording_that_is_gone_keeps_its_results():
    make_study()
    sweep("--store", "s.sqlite")
    before = view("s.sqlite")
    os.remove("study/b/r1.csv")
    write("study/a/r1.csv", "t,x,y\n0,1,2\n1,abc,2\n")
    _, error = sweep("--store", "s.sqlite", "--out", "s.csv")
    assert view("s.sqlite") == before, error
    assert "r1.csv:3:2" in error, error
    # What this very sweep has of it is the failure.
    sweep("--out", "direct.csv")
    assert open("s.csv").read() == open("direct.csv").read()


@test
def the_command_is_kept():
    make_study(1)
    odd = "it's a \"study\" $HOME"
    shutil.copytree("study", odd)
    run("sweep", odd, *MODES, *GRID, "--store", "s.sqlite")
    (command, version), = query("s.sqlite", "SELECT command, version FROM run")
    words = [RQA, "sweep", odd, *MODES, *GRID, "--store", "s.sqlite"]
    assert shlex.split(command) == words, command
    assert version in run("version")[0]
    # As it is printed, a shell takes it: the same work, nothing left to do.
    again = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert done(again.stderr) == 0, again


# --- faults ---------------------------------------------------------------------------------------


def unchanged(path, *command, fragment, code=2):
    before = open(path, "rb").read()
    _, error = run(*command, code=code)
    assert fragment in error and path in error, error
    assert open(path, "rb").read() == before
    left = [name for name in os.listdir() if name.startswith(path) and name != path]
    assert not left, left


@test
def files_that_are_no_stores_stay_as_they_are():
    make_study(1)
    sweep("--store", "s.sqlite")
    write("text.sqlite", "a letter to a friend\n" * 100)
    with contextlib.closing(sqlite3.connect("foreign.sqlite")) as database:
        database.execute("CREATE TABLE results(series)")
        database.commit()
    shutil.copy("s.sqlite", "newer.sqlite")
    with contextlib.closing(sqlite3.connect("newer.sqlite")) as database:
        database.execute("PRAGMA user_version = 99")
        database.commit()
    write("cut.sqlite", open("s.sqlite", "rb").read()[:3000])
    for name, fragment in (("text.sqlite", "not"), ("foreign.sqlite", "not a store"),
                           ("newer.sqlite", "newer"), ("cut.sqlite", "")):
        unchanged(name, "sweep", "study", *MODES, *GRID, "--store", name, fragment=fragment)
        unchanged(name, "export", name, fragment=fragment)
        unchanged(name, "merge", name, "-o", "all.sqlite", fragment=fragment)
        unchanged(name, "merge", "s.sqlite", "-o", name, fragment=fragment)
        assert not os.path.exists("all.sqlite")
    _, error = run("export", "missing.sqlite", code=2)
    assert "missing.sqlite" in error and not os.path.exists("missing.sqlite"), error


@test
def places_where_no_store_can_be():
    make_study(1)
    for path in ("/proc/s.sqlite", "no_such_folder/s.sqlite", "study"):
        _, error = sweep("--store", path, code=2)
        assert path in error, error
    os.makedirs("locked")
    os.chmod("locked", 0o555)
    if os.getuid() != 0:
        _, error = sweep("--store", "locked/s.sqlite", code=2)
        assert "locked/s.sqlite" in error, error
    for arguments in (["export", "study"], ["merge", "study", "-o", "all.sqlite"]):
        _, error = run(*arguments, code=2)
        assert "study is a folder; a store is a file" in error, error
    # Bad input leaves no store behind.
    run("sweep", "missing.csv", "--threshold", "1", "--store", "new.sqlite", code=2)
    write("bad.csv", "x\n1\nabc\n")
    run("sweep", "bad.csv", "--threshold", "1", "--store", "new.sqlite", code=2)
    assert not os.path.exists("new.sqlite")


# Two threads: on a machine of many cores it must still take a while.
LONG = ["sweep", "long", "--dim", "1:5", "--delay", "1:10", "--threshold", "0.01:0.20:0.01",
        "--threads", "2"]


def make_long(n_recordings=6, n_samples=1000):
    """Some seconds of work."""
    random.seed(3)
    for k in range(n_recordings):
        walk, rows = 0.0, []
        for _ in range(n_samples):
            walk += random.uniform(-.01, .01)
            rows.append([walk])
        write(f"long/r{k}.npy", npy(rows))


def make_endless():
    """Minutes of work, the last of all: a run with it does not end by itself."""
    walk, rows = 0.0, []
    for _ in range(300000):
        walk += random.uniform(-.01, .01)
        rows.append([walk])
    write("long/z.npy", npy(rows))


def wait_for_rows(store, process, table="unit"):
    deadline = time.monotonic() + cli.DEADLINE_S
    while time.monotonic() < deadline:
        assert process.poll() is None, process.stderr.read()
        with contextlib.suppress(sqlite3.Error):
            if query(store, f"SELECT count(*) FROM {table}")[0][0] > 0:
                return
        time.sleep(.01)
    raise AssertionError("no rows came")


@test
def signals_keep_what_is_stored():
    make_long()
    make_endless()
    for number_, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        with contextlib.suppress(FileNotFoundError):
            os.remove("s.sqlite")
        with started(*LONG, "--store", "s.sqlite", stderr=subprocess.PIPE,
                     stdout=subprocess.DEVNULL) as process:
            wait_for_rows("s.sqlite", process)
            process.send_signal(number_)
            error = process.stderr.read().decode()
            process.wait(cli.DEADLINE_S)
        assert process.returncode == code, (process.returncode, error)
        told = re.search(r"interrupted; s.sqlite keeps ([\d,]+) results, and the same", error)
        n, = query("s.sqlite", "SELECT count(*) FROM results")[0]
        assert told and number(told[1]) == n > 0, (error, n)
    os.remove("long/z.npy")
    _, error = run(*LONG, "--store", "s.sqlite")
    assert skipped(error) == n, (error, n)
    run(*LONG, "--store", "fresh.sqlite")
    assert view("s.sqlite") == view("fresh.sqlite")


@test
def a_second_signal_ends_at_once():
    make_long(1, 30000)
    with started("sweep", "long", "--dim", "1:10", "--delay", "1:10", "--threshold",
                 "0.01:0.60:0.001", "--threads", "2", "--store", "s.sqlite", "--out", "never.csv",
                 stderr=subprocess.PIPE) as process:
        wait_for_rows("s.sqlite", process, "run")
        process.send_signal(signal.SIGINT)
        time.sleep(.01)  # two that wait at the same time count as one
        process.send_signal(signal.SIGINT)
        assert process.wait(cli.DEADLINE_S) == 130
    assert view("s.sqlite") is not None
    assert not [name for name in os.listdir() if name.startswith("never")]


@test
def a_second_signal_ends_what_the_first_cannot():
    """A reader that has stopped reading holds up the rows, and the first signal with them."""
    random.seed(2)
    write("o.txt", column(random.random() for _ in range(100)))
    with started("sweep", "o.txt", "--threshold", "0.0001:5:0.0001", "--lmin", "2:9", "--quiet",
                 "--out", "-", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.read(1)
        time.sleep(1)
        process.send_signal(signal.SIGTERM)
        time.sleep(.3)
        process.send_signal(signal.SIGINT)
        assert process.wait(cli.DEADLINE_S) in (130, 143)


@test
def killed_and_resumed_gives_the_same_view():
    make_study(6)
    random.seed(11)
    begin = time.monotonic()
    sweep("--store", "fresh.sqlite", "--dim", "1:8", "--delay", "1:9")
    takes = time.monotonic() - begin
    n_kills = 0
    for _ in range(200):
        with started("sweep", "study", *MODES, *GRID, "--dim", "1:8", "--delay", "1:9", "--store",
                     "s.sqlite", stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                     env=NO_COUNTS) as process:
            time.sleep(random.uniform(0, takes))
            was_killed = process.poll() is None
            process.kill()
        n_kills += was_killed
        takes *= 1.1 if was_killed else .7  # the machine is not equally busy all along
        if n_kills == 12:
            break
        if not was_killed:  # all is done: from the beginning
            os.remove("s.sqlite")
    assert n_kills == 12, n_kills
    _, error = sweep("--store", "s.sqlite", "--dim", "1:8", "--delay", "1:9")
    assert view("s.sqlite") == view("fresh.sqlite"), error


@test
def a_store_that_is_deleted_while_running():
    make_long()
    for _ in range(20):  # it may have been quicker
        with started(*LONG, "--store", "s.sqlite", stderr=subprocess.PIPE,
                     stdout=subprocess.DEVNULL) as process:
            with contextlib.suppress(AssertionError):
                wait_for_rows("s.sqlite", process)
            for name in os.listdir():
                if name.startswith("s.sqlite"):
                    with contextlib.suppress(FileNotFoundError):
                        os.remove(name)
            error = process.stderr.read().decode()
            process.wait(cli.DEADLINE_S)
        if process.returncode != 0:
            break
    assert process.returncode == 1 and error.splitlines()[-1].startswith("rqa: "), error
    assert "s.sqlite" in error, error
    _, error = run(*LONG, "--store", "s.sqlite")
    assert skipped(error) == 0, error


@test
def two_processes_share_the_work():
    make_long(8, 800)
    for _ in range(20):
        with contextlib.suppress(FileNotFoundError):
            os.remove("s.sqlite")
        both = [subprocess.Popen([RQA, *LONG, "--store", "s.sqlite", "--threads", "1"],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
                for _ in range(2)]
        errors = [process.communicate(timeout=cli.DEADLINE_S)[1] for process in both]
        assert [process.returncode for process in both] == [0, 0], errors
        counts = [done(error) for error in errors]
        assert sum(counts) == 8 * 5 * 10 * 20, (counts, errors)
        if min(counts) > 0:  # else one had done all before the other was there
            break
    assert min(counts) > 0, (counts, errors)
    run(*LONG, "--store", "fresh.sqlite")
    assert view("s.sqlite") == view("fresh.sqlite")


# --- shards and merging ---------------------------------------------------------------------------


def make_shards(n):
    for k in range(1, n + 1):
        table, error = sweep("--shard", f"{k}/{n}", "--store", f"part{k}.sqlite")
        assert f"shard {k} of {n}" in error and "cancelled" not in error, error
        assert not table, table
    return [f"part{k}.sqlite" for k in range(1, n + 1)]


@test
def shards_merge_into_the_whole():
    make_study()
    write("study/a/r0.csv", "t,x,y\n0,1,2\n1,abc,2\n")
    sweep("--store", "whole.sqlite")
    parts = make_shards(3)
    counted = "SELECT count(*) FROM results WHERE rr IS NOT NULL"
    counts = [query(part, counted)[0][0] for part in parts]
    assert min(counts) > 0.2 * sum(counts), counts
    _, error = run("merge", *parts, "-o", "all.sqlite")
    assert re.search(r"all.sqlite: 480 results of 12 recordings and modes, 2 of them failed", error)
    assert view("all.sqlite") == view("whole.sqlite")
    assert not [name for name in os.listdir() if "partial" in name]
    before = view("all.sqlite")
    run("merge", *parts, "-o", "all.sqlite", "--quiet")
    run("merge", "all.sqlite", *parts[:1], "-o", "all.sqlite", "--quiet")
    assert view("all.sqlite") == before
    _, error = sweep("--store", "all.sqlite")
    assert done(error) == 0, error


@test
def exports_do_not_depend_on_history():
    make_study()
    write("study/a/r0.csv", "t,x,y\n0,1,2\n1,abc,2\n")
    sweep("--store", "whole.sqlite")
    wanted = run("export", "whole.sqlite", "--quiet")[0]
    assert wanted == sweep("--out", "-")[0]
    run("export", "whole.sqlite", "--format", "npy", "-o", "wanted")
    run("merge", *reversed(make_shards(3)), "-o", "merged.sqlite", "--quiet")
    # From the last recording to the first, and first the dims that come last.
    for dim in "312":
        for mode in reversed(MODES[1::2]):
            run("sweep", "study", "--mode", mode, *GRID, "--dim", dim, "--shard", "2/2", "--store",
                "bits.sqlite")
    sweep("--store", "bits.sqlite")
    for store in ("merged.sqlite", "bits.sqlite"):
        assert run("export", store, "--quiet")[0] == wanted, store
        run("export", store, "--format", "npy", "-o", "arrays", "--force")
        for name in os.listdir("wanted"):
            same = open(f"arrays/{name}", "rb").read() == open(f"wanted/{name}", "rb").read()
            assert same, (store, name)
    # And what a sweep exports of its store is in the same order, however its inputs are given.
    inputs = ["study/b/r1.csv", "study/a/r2.csv", "study/a/r1.csv"]
    run("sweep", *inputs, *MODES, *GRID, "--store", "own.sqlite", "--out", "own.csv")
    labels = [row["series"] for row in read_csv("own.csv")]
    assert labels == sorted(labels) and len(set(labels)) == 3, labels


@test
def conflicts_are_refused_and_change_nothing():
    make_study(1)
    sweep("--store", "a.sqlite")
    sweep("--store", "apart.sqlite", "--convention", "pyrqa")
    sweep("--store", "b.sqlite")
    parts = ["a.sqlite", "b.sqlite"]
    run("merge", *parts, "-o", "same.sqlite")
    with contextlib.closing(sqlite3.connect("b.sqlite")) as database:
        database.execute("UPDATE result SET rr = 0.125 WHERE id = (SELECT max(id) FROM result)")
        database.commit()
    assert "different values for the same result" in refused_merge(*parts, "-o", "all.sqlite")
    make_study(1, seed=8)
    sweep("--store", "c.sqlite")
    for inputs in (["a.sqlite", "c.sqlite"], ["apart.sqlite", "a.sqlite", "c.sqlite"]):
        error = refused_merge(*inputs, "-o", "all.sqlite")
        assert "cannot merge c.sqlite into the stores before it: the data of" in error, error
    assert not os.path.exists("all.sqlite")
    # Into a store that exists: nothing of the inputs, even of those that could be merged, gets in.
    run("merge", "a.sqlite", "-o", "all.sqlite", "--quiet")
    before = view("all.sqlite")
    for inputs, named in (["c.sqlite"], "c.sqlite"), (["apart.sqlite", "c.sqlite"], "these stores"):
        error = refused_merge(*inputs, "-o", "all.sqlite")
        assert f"cannot merge {named} into all.sqlite: the data of" in error, error
        assert view("all.sqlite") == before
    with contextlib.closing(sqlite3.connect("apart.sqlite")) as database:
        database.execute("UPDATE analysis SET key = replace(key, 'numerics=' || numerics,"
                         " 'numerics=9'), numerics = 9")
        database.commit()
    assert "numerics version" in refused_merge("apart.sqlite", "-o", "all.sqlite")
    assert view("all.sqlite") == before


# --- older and odd stores -------------------------------------------------------------------------

OLD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "store", "numerics1.sqlite")
OLD_GRID = ["--dim", "1:2", "--delay", "1:2", "--threshold", "0.05,0.08", "--lmin", "2:3",
            "--measures", "all"]


def make_old_study():
    """What the old store was computed from; tests/data/store/README.md."""
    make_study(1)
    write("study/b/r1.csv", "t,x,y\n0,1,2\n1,,2\n")
    shutil.copy(OLD, "old.sqlite")


@test
def a_store_of_0_2_0_goes_on():
    make_old_study()
    grid = ["sweep", "study", *MODES, *OLD_GRID]
    run(*grid, "--out", "wanted.csv")
    text, error = run("export", "old.sqlite")
    old = read_csv(text)
    assert len(old) == 66 and "numerics version 1; this librqa has 2" in error, error
    assert open("old.sqlite", "rb").read() == open(OLD, "rb").read()
    _, error = run(*grid, "--store", "old.sqlite", "--out", "new.csv", "--log", "run.log")
    said = [line for line in error.splitlines() if "results_older" in line]
    assert said == ["rqa: old.sqlite: its 64 results are of numerics version 1; they stay in its "
                    "view results_older, and are computed anew by version 2"], error
    assert open("run.log").read().count("results_older") == 1
    assert open("new.csv").read() == open("wanted.csv").read()
    assert run("export", "old.sqlite", "--quiet")[0] == open("wanted.csv").read()
    assert query("old.sqlite", "SELECT numerics, count(*) FROM results WHERE dim > 0 GROUP BY 1") \
        == [(2, 64)]
    kept = query("old.sqlite", "SELECT series, mode, dim, delay, threshold, lmin, rr, det FROM"
                 " results_older ORDER BY series, mode, dim, delay, threshold, lmin")
    assert len(kept) == 64 and kept == [
        (row["series"], row["mode"], *(int(row[n]) if n != "threshold" else float(row[n])
                                       for n in SETTINGS[2:6]),
         float(row["rr"]), float(row["det"]) if row["det"] else None)
        for row in old if row["dim"]]
    _, error = run(*grid, "--store", "old.sqlite")
    assert skipped(error) == 64 and done(error) == 0 and "results_older" not in error, error


@test
def numerics_are_not_merged():
    make_old_study()
    run("sweep", "study", *MODES, *OLD_GRID, "--store", "new.sqlite")
    for inputs in (["old.sqlite", "new.sqlite"], ["new.sqlite", "old.sqlite"]):
        assert "numerics version" in refused_merge(*inputs, "-o", "all.sqlite")
        assert not os.path.exists("all.sqlite")
    assert "numerics version" in refused_merge("new.sqlite", "-o", "old.sqlite")
    assert len(query("old.sqlite", "SELECT * FROM results")) == 66
    run("merge", "old.sqlite", OLD, "-o", "all.sqlite")
    assert len(query("all.sqlite", "SELECT * FROM results")) == 66


def change(store, sql):
    """As another program may."""
    with contextlib.closing(sqlite3.connect(store)) as database:
        for name in ("worker", "item", "unit"):  # they stop an older librqa
            database.execute(f"DROP TRIGGER no_older_{name}")
        database.executescript(sql)
        for name in ("worker", "item", "unit"):
            database.execute(f"CREATE TRIGGER no_older_{name} BEFORE INSERT ON {name} BEGIN SELECT"
                             " RAISE(ABORT, 'a newer librqa has taken over this store'); END")
        database.commit()


@test
def exit_codes_tell_of_odd_stores():
    make_study(1)
    run("sweep", "study", *MODES, *OLD_GRID, "--store", "good.sqlite")
    for sql, fragment in (
            ("DELETE FROM analysis WHERE id = 2", "the analysis of item"),
            ("UPDATE result SET setting = 99 WHERE id = 3", "the setting of row 3"),
            ("DELETE FROM result WHERE id > 9", "of its"),
            ("INSERT INTO worker(id) VALUES(9223372036854775807)", "worker"),
            ("DROP TABLE claim; CREATE VIEW claim AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL"
             " SELECT x + 1 FROM c) SELECT x AS analysis, x AS delay, x AS worker FROM c", "claim"),
    ):
        shutil.copy("good.sqlite", "s.sqlite")
        change("s.sqlite", sql)
        for command in (["export", "s.sqlite", "-o", "s.csv", "--force"],
                        ["export", "s.sqlite", "--format", "npy", "-o", "arrays", "--force"],
                        ["merge", "s.sqlite", "-o", "all.sqlite"]):
            error = subprocess.run([RQA, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True, timeout=cli.DEADLINE_S)
            assert error.returncode in (1, 2), (sql, command, error.stderr)
            assert len(error.stderr.splitlines()) == 1 and "s.sqlite" in error.stderr, error.stderr
            if command[0] == "export":
                assert fragment in error.stderr, (sql, error.stderr)
        assert not os.path.exists("all.sqlite") and not os.path.exists("s.csv")
    # A sweep sets right what is missing, does not run triggers, and gives the views back.
    shutil.copy("good.sqlite", "s.sqlite")
    change("s.sqlite", "DELETE FROM result WHERE id > 9; CREATE TRIGGER half AFTER INSERT ON result"
           " WHEN NEW.id % 2 BEGIN DELETE FROM result WHERE id = NEW.id; END; DROP VIEW results;"
           " CREATE VIEW results AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)"
           " SELECT x FROM c")
    _, error = run("sweep", "study", *MODES, *OLD_GRID, "--store", "s.sqlite")
    assert "triggers of another program (1)" in error, error
    assert view("s.sqlite") == view("good.sqlite")


def refused_merge(*arguments):
    _, error = run("merge", *arguments, code=2)
    assert not [name for name in os.listdir() if "partial" in name], os.listdir()
    assert "partial" not in error, error
    return error


@test
def bad_merges():
    make_study(1)
    sweep("--store", "a.sqlite")
    assert "--out is required" in refused_merge("a.sqlite")
    assert "stores to merge are expected" in refused_merge("-o", "b.sqlite")
    assert "missing.sqlite" in refused_merge("a.sqlite", "missing.sqlite", "-o", "b.sqlite")
    assert "no_such_folder" in refused_merge("a.sqlite", "-o", "no_such_folder/b.sqlite")
    assert not os.path.exists("b.sqlite")


@test
def shard_options():
    make_study(1)
    for text in ("0/3", "4/3", "x", "1", "1/0", "1/2/3", "-1/3", "1/3x"):
        _, error = sweep("--shard", text, "--store", "s.sqlite", code=2)
        assert f"'{text}'" in error, error
    assert "needs a --store" in sweep("--shard", "1/2", "--out", "x.csv", code=2)[1]
    assert "--store or --out is required" in sweep(code=2)[1]
    assert "stdout" in sweep("--store", "-", code=2)[1]
    assert "both" in sweep("--out", "-", "--events", "-", code=2)[1]
    assert "both s" in sweep("--out", "s", "--store", "s", "--force", code=2)[1]
    assert sorted(os.listdir()) == ["study"]


# --- export ---------------------------------------------------------------------------------------


def read_npy(path):
    """Shape and values of a .npy file of doubles."""
    raw = open(path, "rb").read()
    assert raw[:8] == b"\x93NUMPY\x01\x00", path
    length, = struct.unpack("<H", raw[8:10])
    assert (10 + length) % 64 == 0
    header = eval(raw[10:10 + length])  # a dictionary, as NumPy defines it
    assert header["descr"] == "<f8" and header["fortran_order"] is False
    body = raw[10 + length:]
    return header["shape"], struct.unpack(f"<{len(body) // 8}d", body)


@test
def arrays_have_what_the_csv_has():
    make_study()
    write("study/b/r1.csv", "t,x,y\n0,1,2\n1,,2\n")
    sweep("--store", "s.sqlite", "--out", "s.csv")
    os.remove("study/a/r0.csv")
    sweep("--store", "s.sqlite", "--dim", "4")  # a grid with holes
    run("sweep", "study/b/r0.csv", "--mode", "3d:x,y,t:max", *GRID, "--store", "s.sqlite")
    run("export", "s.sqlite", "-o", "s.csv", "--force")
    run("export", "s.sqlite", "--format", "npy", "-o", "arrays/")
    axes = json.load(open("arrays/axes.json"))
    names = [axis["name"] for axis in axes["axes"]]
    assert names == SETTINGS
    values = [axis["values"] for axis in axes["axes"]]
    assert [len(v) for v in values] == axes["shape"] == [7, 3, 4, 2, 4, 2, 1], axes["shape"]
    groups = axes["axes"][0]["keys"]["group"]
    assert groups == [None if s == "study/b/r0.csv" else s[0] for s in values[0]], groups
    assert values[4] == [0.05, 0.07, 0.09, 0.11]
    assert [(f["series"], f["mode"]) for f in axes["failed"]] == [("b/r1", "1d"), ("b/r1", "2d")]
    assert "missing value" in axes["failed"][0]["text"]
    wanted = {}
    for row in read_csv("s.csv"):
        if row["dim"]:
            at = (row["series"], row["mode"], *(float(row[n]) for n in SETTINGS[2:]))
            wanted[at] = row
    assert sorted(axes["measures"].values()) == sorted(n for n in os.listdir("arrays")
                                                       if n.endswith(".npy"))
    assert len(axes["measures"]) == 19
    for measure, name in axes["measures"].items():
        shape, numbers = read_npy(f"arrays/{name}")
        assert list(shape) == axes["shape"]
        for index, value in enumerate(numbers):
            at, rest = [], index
            for axis in reversed(values):
                at.insert(0, axis[rest % len(axis)])
                rest //= len(axis)
            cell = wanted[tuple(at)][measure] if tuple(at) in wanted else ""
            assert (value != value) if cell == "" else float(cell) == value, (measure, at, value)


@test
def exports_replace_only_what_they_may():
    make_study(1)
    sweep("--store", "s.sqlite")
    run("export", "s.sqlite", "--format", "npy", "-o", "arrays")
    _, error = run("export", "s.sqlite", "--format", "npy", "-o", "arrays", code=2)
    assert "exists; --force" in error, error
    sweep("--store", "few.sqlite", "--measures", "rr,det")
    run("export", "few.sqlite", "--format", "npy", "-o", "arrays", "--force")
    assert sorted(os.listdir("arrays")) == ["axes.json", "det.npy", "rr.npy"]
    write("mine/thesis.txt", "years of work")
    for force in ([], ["--force"]):
        _, error = run("export", "s.sqlite", "--format", "npy", "-o", "mine", *force, code=2)
        assert "other files" in error and os.listdir("mine") == ["thesis.txt"], error
    os.makedirs("empty")
    run("export", "s.sqlite", "--format", "npy", "-o", "empty")
    assert "axes.json" in os.listdir("empty")
    write("there.csv", "keep me")
    assert "exists" in run("export", "s.sqlite", "-o", "there.csv", code=2)[1]
    assert open("there.csv").read() == "keep me"
    run("export", "s.sqlite", "-o", "there.csv", "--force")
    assert len(read_csv("there.csv")) == 4 * N_ITEM
    # A store is no file to write a table, a log or events into.
    for given, fragment in (("s.sqlite", "is an input"), ("few.sqlite", "is a store")):
        unchanged(given, "export", "s.sqlite", "-o", given, "--force", fragment=fragment)
        unchanged(given, "export", "s.sqlite", "-o", "new.csv", "--log", given, fragment=fragment)
    before, again = view("s.sqlite"), ["sweep", "study", *MODES, *GRID, "--store"]
    for given, fragment in (("s.sqlite", "a file of its own"), ("few.sqlite", "is a store")):
        for option in (["--out", f"./{given}", "--force"], ["--events", given]):
            assert fragment in run(*again, "s.sqlite", *option, code=2)[1]
            assert view("s.sqlite") == before
    assert "file of its own" in run(*again, "n.sqlite", "--out", "./n.sqlite", "--force", code=2)[1]
    assert not os.path.exists("n.sqlite")  # told before anything is made
    assert "--out is required" in run("export", "s.sqlite", "--format", "npy", code=2)[1]
    assert "one store is expected" in run("export", code=2)[1]
    assert "'xml' is unknown" in run("export", "s.sqlite", "--format", "xml", code=2)[1]
    assert not [name for name in os.listdir() if "partial" in name]


@test
def thresholds_are_written_as_they_were_typed():
    write("o.txt", column([.1, .2, .4, .3]))
    grid = ["--threshold", "0:1:0.001", "--measures", "rr", "--lmin", "2:3"]
    run("sweep", "o.txt", *grid, "--store", "s.sqlite", "--out", "s.csv")
    wanted = [repr(k / 1000) if k % 1000 else str(k // 1000) for k in range(1001) for _ in "23"]
    assert [row["threshold"] for row in read_csv("s.csv")] == wanted


@test
def export_does_not_depend_on_threads():
    make_study(4)
    many = ["--dim", "1:8", "--delay", "1:9"]  # more rows than a block has
    sweep("--store", "s.sqlite", *many)
    texts = [run("export", "s.sqlite", "--threads", n, "--quiet")[0] for n in ("1", "2", "5")]
    texts += [sweep("--out", "-", "--threads", n, *many)[0] for n in ("1", "3")]
    assert all(text == texts[0] for text in texts)
    rows = [[float(row[n]) for n in SETTINGS[2:]] for row in read_csv(texts[0])]
    assert len(rows) == 16 * 8 * 9 * 8
    assert all(rows[k:k + 576] == sorted(rows[:576]) for k in range(0, len(rows), 576))
    with started("export", "s.sqlite", "--quiet", stdout=subprocess.PIPE,
                 stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b"rqa: stdout: the reader closed the pipe\n"
        assert process.wait(20) == 1
    if os.path.exists("/dev/full"):
        _, error = run("export", "s.sqlite", "-o", "/dev/full", code=1)
        assert "/dev/full" in error, error


# --- events and log -------------------------------------------------------------------------------

COUNTS = {"done", "failed", "skipped", "total", "percent", "rate_per_s", "eta_s"}


def check_events(text, n_items):
    events = [json.loads(line) for line in text.splitlines()]
    assert [e["seq"] for e in events] == list(range(len(events)))
    times = [e["elapsed_s"] for e in events]
    assert times == sorted(times) and all(e["time_s"] > 1.6e9 for e in events)
    assert events[0]["event"] == "batch_started" and events[-1]["event"] == "batch_completed"
    kinds = [e["event"] for e in events]
    assert kinds.count("batch_started") == kinds.count("batch_completed") == 1
    assert set(kinds) <= {"batch_started", "progress", "item_completed", "device_stats",
                          "batch_completed"}
    for e in events:
        if e["event"] in ("batch_started", "progress", "batch_completed"):
            assert COUNTS <= set(e), e
    assert kinds.count("item_completed") == n_items
    return events


@test
def events_can_be_followed():
    make_study()
    write("study/b/r1.csv", "t,x,y\n0,1,2\n1,,2\n")
    sweep("--store", "s.sqlite", "--events", "e.jsonl")
    events = check_events(open("e.jsonl").read(), 12)
    end = events[-1]
    assert (end["done"], end["failed"], end["skipped"], end["total"]) == (480, 96, 0, 576), end
    assert end["status"] == "ok" and end["percent"] == 100 and end["eta_s"] == 0
    failed = [e for e in events if e["event"] == "item_completed" and e["status"] != "ok"]
    assert [(e["series"], e["mode"]) for e in failed] == [("b/r1", "1d"), ("b/r1", "2d")], failed
    assert "missing value" in failed[0]["text"]
    out, error = sweep("--store", "s.sqlite", "--events", "-")
    events = check_events(out, 12)
    assert events[0]["skipped"] == events[-1]["skipped"] == 480 and "Means over" in error
    sweep("--out", "x.csv", "--events", "e.jsonl")  # appended
    assert sum("batch_started" in line for line in open("e.jsonl")) == 2


@test
def an_interrupted_run_ends_its_events():
    make_long()
    make_endless()
    with started(*LONG, "--store", "s.sqlite", "--events", "-", stdout=subprocess.PIPE,
                 stderr=subprocess.PIPE) as process:
        while b'"progress"' not in process.stdout.readline():
            pass
        process.send_signal(signal.SIGINT)
        last = process.stdout.read().decode().splitlines()[-1]
        assert process.wait(cli.DEADLINE_S) == 130
    end = json.loads(last)
    assert end["event"] == "batch_completed" and end["status"] == "RQA_ERROR_CANCELLED", end


# --- windows ---------------------------------------------------------------------------------------


PLACES = ["window", "window_start", "window_end", "window_centre"]
WINDOWS = ["--columns", "x", "--dim", "1:2", "--threshold", "0.05,0.1", "--lmin", "2:3", "--measures",
           "rr,det,l_mean", "--window", "40", "--step", "15"]


@test
def a_sweep_has_the_windows_of_rqa_windows():
    make_study(2)
    write("study/a/short.csv", "t,x,y\n" + "".join(f"{t},{t % 3},1\n" for t in range(20)))
    out, _ = run("sweep", "study", *WINDOWS, "--out", "direct.csv")
    assert "Means over the windows of recordings" in out and "n = windows with" in out, out
    rows = read_csv("direct.csv")
    assert list(rows[0]) == ["series", "group", *SETTINGS[1:], *PLACES, "rr", "det", "l_mean",
                             "status"], list(rows[0])
    for label in ("a/r1", "b/r0"):
        for dim, threshold, lmin in (("1", "0.1", "3"), ("2", "0.05", "2")):
            run("windows", f"study/{label}.csv", "--columns", "x", "--dim", dim, "--threshold",
                threshold, "--lmin", lmin, "--measures", "rr,det,l_mean", "--window", "40", "--step",
                "15", "-o", "w.csv", "--force")
            wanted = read_csv("w.csv")
            found = [row for row in rows if row["series"] == label and row["dim"] == dim and
                     row["threshold"] == threshold and row["lmin"] == lmin]
            assert len(found) == len(wanted) == (len(open(f"study/{label}.csv").readlines()) - 41
                                                 ) // 15 + 1
            for one, other in zip(found, wanted):
                assert all(one[name] == other[name] for name in
                           [*PLACES, "rr", "det", "l_mean", "status"]), (one, other)
    short = [row for row in rows if row["series"] == "a/short"]
    assert len(short) == 8 and all(row["status"] == "series too short" and row["window"] == "0" and
                                   row["rr"] == "" for row in short), short
    run("sweep", "study", *WINDOWS, "--store", "s.sqlite", "--out", "both.csv")
    run("export", "s.sqlite", "-o", "export.csv")
    text = open("direct.csv").read()
    assert open("both.csv").read() == text and open("export.csv").read() == text
    assert query("s.sqlite", 'SELECT count(*), count("window") FROM results') == [
        (len(rows), len(rows))]
    # Told before, and counted.
    out, _ = run("sweep", "study", *WINDOWS, "--dry-run")
    assert f"8 settings x windows = {len(rows)} results" in out, out
    out, _ = run("sweep", "study", *WINDOWS, "--dry-run", "--format", "json")
    assert json.loads(out)["results"] == len(rows)
    # Of two windows the export has both, and their rules.
    run("sweep", "study", *WINDOWS[:-1], "20", "--store", "s.sqlite")
    run("sweep", "study", *WINDOWS[:-4], "--store", "s.sqlite")
    run("export", "s.sqlite", "-o", "all.csv")
    lengths = {(row["window_length"], row["window_step"]) for row in read_csv("all.csv")}
    assert lengths == {("40", "15"), ("40", "20"), ("", "")}, lengths
    assert all((row["window"] == "") == (row["window_length"] == "") for row in read_csv("all.csv"))


@test
def windows_as_an_axis_of_arrays():
    for k in range(2):
        write(f"in/r{k}.txt", column([math.sin(.3 * t * (k + 1)) for t in range(90)]))
    command = ["sweep", "in", "--threshold", "0.2,0.4", "--window", "30", "--step", "10",
               "--measures", "rr"]
    run(*command, "--store", "s.sqlite", "--out", "s.csv")
    run("export", "s.sqlite", "--format", "npy", "-o", "arrays")
    axes = json.load(open("arrays/axes.json"))
    assert axes["shape"] == [2, 1, 1, 1, 2, 1, 1, 7], axes
    assert axes["axes"][-1] == {"name": "window", "values": list(range(7))}, axes
    shape, values = read_npy("arrays/rr.npy")
    wanted = [float(row["rr"]) for row in read_csv("s.csv")]
    assert list(shape) == axes["shape"] and list(values) == wanted, (shape, values)
    write("in/r2.txt", column([.1 * (t % 5) for t in range(61)]))
    run(*command, "--store", "s.sqlite")
    _, error = run("export", "s.sqlite", "--format", "npy", "-o", "more", code=2)
    assert error == ("rqa: recordings have unequal numbers of windows (r0 has 7, r2 has 4), and the "
                     "arrays have one length; --format csv takes them\n"), error
    assert not os.path.exists("more")


@test
def windows_that_a_sweep_refuses():
    write("x.txt", column([.1 * (t % 7) for t in range(60)]))
    ok = ["sweep", "x.txt", "--threshold", "0.2", "--out", "x.csv"]
    for wrong, words in ((["--step", "3"], "--step is of windows: --window W is missing"),
                         (["--scope", "window"], "--scope is of windows"),
                         (["--window", "1"], "--window: '1'"),
                         (["--window", "20", "--step", "0"], "--step: '0'"),
                         (["--window", "20", "--scope", "all"], "--scope: 'all'")):
        _, error = run(*ok, *wrong, code=2)
        assert words in error and error.count("\n") == 1, error
        assert not os.path.exists("x.csv")


@test
def a_reader_that_goes_or_sleeps_does_not_stop_the_run():
    make_long(3, 800)
    _, error = run(*LONG, "--out", "wanted.csv")
    reading, writing = os.pipe()
    os.close(reading)  # before the first event, since all of them may fit into a pipe
    with started(*LONG, "--out", "gone.csv", "--events", "-", stdout=writing,
                 stderr=subprocess.PIPE) as process:
        os.close(writing)
        error = process.stderr.read().decode()
        assert process.wait(cli.DEADLINE_S) == 0 and "the reader has gone" in error, error
    assert open("gone.csv").read() == open("wanted.csv").read()
    # Thousands of items, and a reader that never reads: more than a pipe holds.
    for k in range(600):
        write(f"many/r{k:03}.txt", column([.1, .2, .4, .3, .2, .1, .5]))
    reading, writing = os.pipe()
    process = subprocess.run([RQA, "sweep", "many", "--threshold", "0.1", "--out", "many.csv",
                              "--events", "-"], stdout=writing, stderr=subprocess.PIPE, text=True,
                             timeout=cli.DEADLINE_S)
    assert process.returncode == 0
    assert "too slow" in process.stderr, process.stderr
    assert len(read_csv("many.csv")) == 600
    os.close(writing)
    with open(reading) as pipe:
        lines = pipe.read().splitlines()
    assert json.loads(lines[0])["event"] == "batch_started" and all(map(json.loads, lines))


@test
def the_log_tells_what_happened():
    make_study(1)
    write("study/b/r0.csv", "t,x,y\n0,1,2\n1,,2\n")
    assert sweep("--store", "s.sqlite", "--log", "run.log", "--quiet") == ("", "")
    lines = open("run.log").read().splitlines()
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z ", line) for line in lines), lines
    text = "\n".join(line[25:] for line in lines)
    assert f"$ {RQA} sweep study --mode" in text and "backend" in text and "exit code 0" in text
    assert "failed: b/r0, mode 1d: " in text and "96 results in" in text, text
    sweep("--store", "s.sqlite", "--log", "run.log")
    assert "has 96 of the 192 results already; 96 are left" in open("run.log").read()
    run("export", "s.sqlite", "-o", "s.csv", "--log", "run.log")
    run("merge", "missing.sqlite", "-o", "all.sqlite", "--log", "run.log", code=2)
    assert open("run.log").read().splitlines()[-2:][0].endswith(
        "missing.sqlite: cannot be opened: No such file or directory")
    assert "no_such_folder/x.log" in sweep("--log", "no_such_folder/x.log", code=2)[1]
    assert "no_such_folder/x" in sweep("--out", "y.csv", "--events", "no_such_folder/x", code=2)[1]


if __name__ == "__main__":
    sys.exit(cli.main())
