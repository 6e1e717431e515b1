#!/usr/bin/env python3
"""windows_program.py - rqa.exe from outside, under Wine: the program's own tests, and what Windows asks.

Usage: windows_program.py PATH_TO_RQA_EXE PATH_TO_RQA [full]

PATH_TO_RQA is this machine's build, whose files those of rqa.exe must equal. Without "full" a few of
the program's own tests run. RQA_TEST_WINE: what runs an .exe (wine).
"""
import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import windows_faults  # noqa: F401 - its tests
from windows_harness import (DEADLINE_S, EXE, GRID, NATIVE, SERIES, SETTING, WINE, in_console, long_test, native,
                             read, run, test, tests, windows_path, write)

FULL = "full" in sys.argv[3:]
HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "..", "..", "examples", "data")
TESTS = os.path.join(HERE, "..", "program")

SHORT = ("oracle_1_in_two_dialects|oracle_2_cross|text_output_names_measures_and_reasons|"
         "too_short_is_undefined_not_an_error|one_bad_recording_does_not_stop_the_others|bad_outputs|"
         "numbers_read_back_exactly|plot_writes_a_png|help_devices_and_version|"
         "rows_keep_their_order_when_items_end_out_of_order|kept_examples_give_the_kept_numbers")

# Tests of the program that speak of what Windows or Wine has not, or has otherwise.
NOT_HERE = {
    "signals_cancel_and_leave_nothing": "POSIX's signals end Wine itself; Ctrl-C and Ctrl-Break have a test here",
    "a_file_that_appears_meanwhile_is_kept": "the number of the process is another in Wine; has a test here",
    "the_command_is_kept": "a name holds a quote, which Windows has in no name",
    "signals_keep_what_is_stored": "POSIX's signals end Wine itself",
    "a_second_signal_ends_what_the_first_cannot": "POSIX's signals end Wine itself",
    "a_store_that_is_deleted_while_running": "a file that SQLite has open cannot be deleted",
    "the_log_tells_what_happened": "the log has the program's name, the test that of the script",
    "names_do_not_steer_a_terminal": "no name holds a control character",
    "summary_bar_and_log_are_plain": "no name holds a control character",
    "json_escapes_what_it_must_not_show": "no name holds a control character",
    "csv_keeps_what_files_have_in_valid_utf_8": "no name holds a control character or other bytes than UTF-8",
    "an_output_is_no_input": "a stream of this machine's is no file to Wine",
    "a_relative_plugin_path_says_why_it_is_not_used": "other words; has a test here",
    "files_that_may_not_grow_are_failures": "there is no such limit",
    "threads_that_cannot_be_started": "there is no such limit",
    "few_open_files_and_small_stacks": "there are no such limits",
    "closed_streams_are_no_files": "Wine opens streams that are closed",
}


@test
def csv_is_the_same_byte_for_byte():
    write("study/a/one.csv", SERIES)
    write("study/b/two.csv", SERIES.replace("\n", "\r\n"))
    write("study/c.csv", SERIES[:1200])
    run("sweep", "study", *GRID, "--out", "there.csv")
    native("sweep", "study", *GRID, "--out", "here.csv")
    assert read("there.csv") == read("here.csv"), "other bytes"
    assert b"\r" not in read("there.csv") and read("there.csv").count(b"\n") > 100
    out, _ = run("sweep", "study", *GRID, "--out", "-", text=False)
    assert read("here.csv") in out and b"\r" not in out
    run("sweep", "study", *GRID, "--store", "s.sqlite")
    run("export", "s.sqlite", "--out", "e.csv")
    native("export", "s.sqlite", "--out", "f.csv")
    assert read("e.csv") == read("f.csv")


@test
def ecg_gives_the_same_json():
    ecg = os.path.join(DATA, "ecg", "ecg.csv")
    shutil.copy(ecg, "ecg.csv")
    arguments = ["analyze", "ecg.csv", "--dim", "3", "--delay", "5", "--threshold", "0.3",
                 "--format", "json"]
    here, there = native(*arguments)[0], run(*arguments)[0]
    strip = re.compile(r'"(elapsed_s|seconds|threads|backend|cpu|system|compiler)": [^,}]*')
    assert strip.sub("", here) == strip.sub("", there), (here[:400], there[:400])


@test
def names_in_utf_8_with_drives_and_backslashes():
    write("Daten/Grüße/名前 ü.csv", SERIES)
    write("Daten/Grüße/naïve.csv", SERIES[:900])
    write("plain.csv", SERIES)
    out, _ = run("sweep", "Daten\\Grüße", *GRID, "--out", "Ergebnis ✓.csv")
    first = read("Ergebnis ✓.csv").decode().splitlines()[1]
    assert first.startswith(("名前 ü,", "naïve,")), first
    run("sweep", windows_path("Daten"), *GRID, "--out", windows_path("by_drive.csv"))
    native("sweep", "Daten", *GRID, "--out", "here.csv")
    assert read("by_drive.csv") == read("here.csv")
    run("sweep", "Daten\\Grüße\\naïve.csv", "plain.csv", *GRID, "--out", "by_name.csv")
    native("sweep", "Daten/Grüße/naïve.csv", "plain.csv", *GRID, "--out", "here2.csv")
    assert read("by_name.csv") == read("here2.csv")
    label = read("by_name.csv").decode().splitlines()[1]
    assert label.startswith("Daten/Grüße/naïve.csv,"), label
    run("sweep", windows_path("plain.csv"), *GRID, "--out", "whole.csv")
    assert read("whole.csv").decode().splitlines()[1].startswith("Z:/"), "a drive is kept"
    run("plot", "plain.csv", *SETTING, "--out", "Bild ü.png")
    assert read("Bild ü.png").startswith(b"\x89PNG")
    _, error = run("analyze", "fehlt ü.csv", *SETTING, code=2)
    assert "fehlt ü.csv: cannot be opened: No such file or directory" in error, error


@test
def long_paths():
    folder = "/".join(f"{k:03d}" + "x" * 60 for k in range(6))
    write(f"{folder}/one.csv", SERIES)
    assert len(windows_path(f"{folder}/one.csv")) > 400
    there = folder.replace("/", "\\")
    run("sweep", there, *GRID, "--out", f"{there}\\r.csv", "--store", f"{there}\\s.sqlite")
    native("sweep", f"{folder}/one.csv", *GRID, "--out", "here.csv")
    assert read(f"{folder}/r.csv").splitlines()[1].startswith(b"one,")
    assert sorted(os.listdir(folder)) == ["one.csv", "r.csv", "s.sqlite"], os.listdir(folder)
    run("plot", f"{there}\\one.csv", *SETTING, "--out", f"{there}\\p.png")
    assert read(f"{folder}/p.png").startswith(b"\x89PNG")
    run("export", f"{there}\\s.sqlite", "--out", "e.csv")


@test
def crlf_utf_16_and_gzip():
    write("a.csv", SERIES)
    write("crlf.csv", SERIES.replace("\n", "\r\n"))
    write("wide.csv", SERIES.replace("\n", "\r\n").encode("utf-16"))
    write("packed.csv.gz", gzip.compress(SERIES.encode()))
    wanted = run("analyze", "a.csv", *SETTING)[0].replace("a.csv", "")
    for name in "crlf.csv", "wide.csv", "packed.csv.gz":
        assert run("analyze", name, *SETTING)[0].replace(name, "") == wanted, name
    for text in SERIES.encode(), SERIES.encode("utf-16"), gzip.compress(SERIES.encode()) :
        got = run("analyze", "-", *SETTING, stdin=text)[0].replace("stdin", "")
        assert got == wanted, got


@test
def outputs_are_never_lost():
    write("a.csv", SERIES)
    write("out.csv", "precious")
    _, error = run("sweep", "a.csv", *GRID, "--out", "out.csv", code=2)
    assert "out.csv: exists; --force replaces it" in error and read("out.csv") == b"precious"
    run("sweep", "a.csv", *GRID, "--out", "out.csv", "--force")
    assert read("out.csv").startswith(b"series,")
    _, error = run("sweep", "a.csv", *GRID, "--out", "A.CSV", "--force", code=2)
    assert "is an input" in error or "A.CSV" in error, error
    assert not [name for name in os.listdir(".") if "partial" in name or name.endswith(".tmp")]


@test
def names_of_devices_are_refused():
    """Windows writes such a file to a device, whatever its folder and ending; NUL alone is meant so. test_paths has
    all names."""
    write("a.csv", SERIES)
    sweep = ["sweep", "a.csv", *GRID]
    commands = {"CON": [*sweep, "--out"], "x\\com1.csv": [*sweep, "--out"],
                "aux.sqlite": [*sweep, "--out", "s.csv", "--store"], "LPT9": [*sweep, "--out", "l.csv", "--log"],
                "nul.txt": [*sweep, "--out", "e.csv", "--events"],
                windows_path("AUX.png"): ["plot", "a.csv", *SETTING, "--force", "--out"]}
    os.mkdir("x")
    for name, command in commands.items():
        _, error = run(*command, name, code=2)
        assert error.count("\n") == 1 and f"{name}: " in error, (command, name, error)
        assert "Windows takes this name for a device" in error, (command, name, error)
    assert sorted(os.listdir()) == ["a.csv", "x"] and not os.listdir("x"), os.listdir()
    run(*sweep, "--out", "NUL")


@long_test
def names_of_devices_are_refused_elsewhere():
    write("a.csv", SERIES)
    _, error = run("analyze", "con.csv", *SETTING, code=2)
    assert "con.csv: cannot be opened: Windows takes this name for a device" in error, error
    run("sweep", "a.csv", *GRID, "--store", "s.sqlite")
    _, error = run("export", "s.sqlite", "--format", "npy", "--out", "prn", code=2)
    assert "prn: cannot be written: Windows takes" in error, error
    _, error = run("merge", "s.sqlite", "--out", "com2.sqlite", code=2)
    assert "com2.sqlite: cannot be written: Windows takes" in error, error
    assert sorted(os.listdir()) == ["a.csv", "s.sqlite"], os.listdir()


@test
def a_folder_of_arrays():
    write("a.csv", SERIES)
    run("sweep", "a.csv", *GRID, "--store", "s.sqlite")
    run("export", "s.sqlite", "--format", "npy", "--out", "there")
    native("export", "s.sqlite", "--format", "npy", "--out", "here")
    assert sorted(os.listdir("there")) == sorted(os.listdir("here"))
    for name in os.listdir("here"):
        assert read(f"here/{name}") == read(f"there/{name}"), name
    run("export", "s.sqlite", "--format", "npy", "--out", "there", code=2)
    run("export", "s.sqlite", "--format", "npy", "--out", "there", "--force")


@test
def exit_codes_and_messages():
    write("a.csv", SERIES)
    assert run("nonsense", code=2)[1].startswith("rqa: unknown command 'nonsense'")
    assert run("analyze", "a.csv", "--dim", "x", code=2)[1].startswith("rqa: ")
    assert run("analyze", "a.csv", *SETTING, "--out", "no_folder\\x.txt", code=2)[1].startswith("rqa: ")
    assert "141 of 141" in run("verify")[0] or "numbers are as they should be" in run("verify")[0]


@test
def merges_and_logs():
    write("a.csv", SERIES)
    write("b.csv", SERIES[:900])
    run("sweep", "a.csv", *GRID, "--store", "a.sqlite", "--log", "run.log")
    run("sweep", "b.csv", *GRID, "--store", "b.sqlite", "--log", "run.log", "--events", "events.jsonl")
    run("merge", "a.sqlite", "b.sqlite", "--out", "all.sqlite", "--log", "run.log")
    native("merge", "a.sqlite", "b.sqlite", "--out", "here.sqlite")
    run("export", "all.sqlite", "--out", "all.csv")
    native("export", "here.sqlite", "--out", "here.csv")
    assert sorted(read("all.csv").splitlines()) == sorted(read("here.csv").splitlines())
    log = read("run.log").decode()
    assert log.count("exit code 0") == 3 and "\r" not in log, log
    assert b'"batch_completed"' in read("events.jsonl") and b"\r" not in read("events.jsonl")
    assert not [name for name in os.listdir(".") if "partial" in name], os.listdir(".")


@test
def the_summary_says_the_same():
    """Among it how many values are undefined: isnan() gives any number but 0."""
    write("a.csv", "x\n" + "".join(f"{k * 7919 % 101 / 8}\n" for k in range(60)))
    grid = ["--dim", "1:6", "--delay", "1:4", "--threshold", "0.1:1:0.3", "--out"]
    strip = re.compile(r" in [0-9.]+ s \([0-9,]+/s\)|^written: .*", re.M)
    there = strip.sub("", run("sweep", "a.csv", *grid, "there.csv")[1])
    here = strip.sub("", native("sweep", "a.csv", *grid, "here.csv")[1])
    assert "undefined: " in here and there == here, (there, here)
    assert read("there.csv") == read("here.csv")


@test
def a_file_that_appears_meanwhile_is_kept():
    process = subprocess.Popen([WINE, EXE, "sweep", "-", "--threshold", "1", "--out", "new.csv"],
                               stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    until = time.monotonic() + DEADLINE_S
    while not os.listdir() and time.monotonic() < until:
        time.sleep(.05)
    assert [name.startswith("new.csv.partial-") for name in os.listdir()] == [True], os.listdir()
    write("new.csv", "somebody else's")
    _, error = process.communicate(SERIES.encode(), timeout=DEADLINE_S)
    assert process.returncode == 2 and b"new.csv: exists" in error, error
    assert os.listdir() == ["new.csv"] and read("new.csv") == b"somebody else's"


@test
def two_processes_share_a_store():
    for k in range(4):
        write(f"r{k}.csv", SERIES.replace("\n", f"{k}\n").replace("x" + str(k), "x"))
    names = [f"r{k}.csv" for k in range(4)]
    both = [subprocess.Popen([WINE, EXE, "sweep", *names, *GRID, "--store", "s.sqlite", "--quiet"],
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for _ in range(2)]
    for process in both:
        _, error = process.communicate(timeout=DEADLINE_S)
        assert process.returncode == 0, error
    assert os.path.exists("s.sqlite") and not os.path.exists("s.sqlite-workers"), os.listdir()
    run("export", "s.sqlite", "--out", "there.csv")
    native("sweep", *names, *GRID, "--out", "here.csv")
    assert sorted(read("there.csv").splitlines()) == sorted(read("here.csv").splitlines())


@test
def the_console_shows_utf_8_and_ctrl_c_ends():
    write("lang ü.csv", "x\n" + "".join(f"{(k * k * 7919) % 1009}\n" for k in range(3000)))
    code, screen = in_console("none", 0, "analyze", "lang ü.csv", *SETTING)
    assert code == 0 and "recording    lang ü.csv, columns x: 3000 samples" in screen, screen
    grid = ["--dim", "1:10", "--delay", "1:400", "--threshold", "1:100:10"]
    code, screen = in_console("c", 3000, "sweep", "lang ü.csv", *grid, "--out", "x.csv")
    assert code == 130 and "interrupted; nothing was written" in screen, (code, screen)
    assert sorted(os.listdir()) == ["lang ü.csv", "out.txt"], os.listdir()


@test
def plugins_come_from_whole_paths_alone():
    """Neither the folder the process is in nor PATH is looked into; what is no DLL is told."""
    write("rqa_cuda.dll", "no library")
    write("there/rqa_cuda.dll", "no library")
    environment = dict(os.environ, WINEPATH=windows_path("."), RQA_PLUGIN_PATH=".;there")
    done = subprocess.run([WINE, EXE, "devices"], capture_output=True, text=True, env=environment,
                          timeout=DEADLINE_S)
    told = done.stdout + done.stderr
    assert "'.' in RQA_PLUGIN_PATH is not used: it must begin with a drive" in told, told
    assert "rqa_cuda.dll: " not in told, told
    assert "/lib" not in told, told  # where a library of this machine would be installed
    environment["RQA_PLUGIN_PATH"] = windows_path("there")
    done = subprocess.run([WINE, EXE, "devices"], capture_output=True, text=True, env=environment,
                          timeout=DEADLINE_S)
    assert "there" in done.stdout + done.stderr and "rqa_cuda.dll: " in done.stdout + done.stderr, done


def run_own_tests():
    """The program's own tests, through a script that runs rqa.exe under Wine."""
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        wrapper = os.path.join(folder, "rqa")
        write(wrapper, f'#!/bin/sh\nexec {WINE} "{EXE}" "$@"\n')
        os.chmod(wrapper, 0o755)
        names = [name for name in sorted(os.listdir(TESTS)) if re.fullmatch(r"test_cli(_\w+)?\.py", name)]
        environment = dict(os.environ, RQA_TEST_NOT="|".join(NOT_HERE))
        if not FULL:
            environment["RQA_TEST_ONLY"] = f"^({SHORT})$"
            names = ["test_cli.py"]
        for name in names:
            done = subprocess.run([sys.executable, "-B", os.path.join(TESTS, name), wrapper],
                                  env=environment, stdout=subprocess.PIPE, text=True)
            print(f"{name}:\n{done.stdout}", end="", flush=True)
            failed += done.stdout.count("\nFAILED") + (done.returncode not in (0, 1))
    for name, why in sorted(NOT_HERE.items() if FULL else ()):
        print(f"skipped: {name}: {why}")
    return failed


def main():
    failed = 0
    chosen = os.environ.get("RQA_TEST_ONLY", "")
    run_now = [function for function in tests if re.search(chosen, function.__name__) and
               (FULL or chosen or not hasattr(function, "is_long"))]
    for function in run_now:
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            start = time.monotonic()
            try:
                function()
                print(f"ok      {function.__name__} ({time.monotonic() - start:.1f} s)", flush=True)
            except Exception as error:  # one failure must not hide the others
                failed += 1
                print(f"FAILED  {function.__name__}: {type(error).__name__}: {error}", flush=True)
            os.chdir("/")
    print(f"{len(run_now) - failed} of {len(run_now)} of Windows' own passed", flush=True)
    failed += 0 if chosen else run_own_tests()
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
