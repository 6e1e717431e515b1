"""windows_faults.py - what goes wrong on Windows, for windows_program.py: events, files that others hold, full
disks, the end by Ctrl-Break."""
import os
import re
import subprocess
import tempfile

from windows_harness import (DEADLINE_S, EXE, GRID, SERIES, SETTING, WINE, in_console, long_test, native, read, run,
                             test, windows_path, write)

LONG_GRID = ["--dim", "1:10", "--delay", "1:400", "--threshold", "1:100:10"]


def write_long(name):
    write(name, "x\n" + "".join(f"{k * k * 7919 % 1009}\n" for k in range(3000)))


@long_test
def ctrl_break_and_a_closed_window_end_it():
    write_long("long.csv")
    for event, code in ("break", 149), ("close", 143):
        got, screen = in_console(event, 3000, "sweep", "long.csv", *LONG_GRID, "--out", "x.csv")
        assert got == code and "interrupted; nothing was written" in screen, (event, got, screen)
        assert sorted(os.listdir()) == ["long.csv", "out.txt"], os.listdir()
    got, screen = in_console("break", 4000, "sweep", "long.csv", *LONG_GRID, "--store", "s.sqlite")
    assert got == 149 and "interrupted" in screen, (got, screen)
    assert sorted(os.listdir()) == ["long.csv", "out.txt", "s.sqlite"], os.listdir()


@long_test
def a_reader_of_events_that_sleeps_does_not_stop_the_run():
    for k in range(600):
        write(f"many/r{k:03}.txt", ".1\n.2\n.4\n.3\n.2\n.1\n.5\n")
    reading, writing = os.pipe()
    done = subprocess.run([WINE, EXE, "sweep", "many", "--threshold", "0.1", "--out", "many.csv", "--events", "-"],
                          stdout=writing, stderr=subprocess.PIPE, timeout=DEADLINE_S, stdin=subprocess.DEVNULL)
    os.close(writing)
    with open(reading) as pipe:
        lines = pipe.read().splitlines()
    assert done.returncode == 0 and b"too slow" in done.stderr, done
    assert read("many.csv").count(b"\n") == 601 and '"batch_started"' in lines[0], lines[:1]
    # One that reads gets all of them but progress; where the machine is busy, as many as are told.
    out, error = run("sweep", "many", "--threshold", "0.1", "--out", "more.csv", "--events", "-")
    left_out = int((re.search(r"([0-9]+) events were left out", error) or [0, 0])[1])
    assert 600 - left_out <= out.count('"item_completed"') <= 600, (out.count("\n"), error)
    assert left_out < 300, error
    assert out.splitlines()[-1].count('"batch_completed"') == 1


def hold(how, milliseconds, name, *arguments):
    helper = os.path.join(os.path.dirname(EXE), "hold.exe")
    return subprocess.run([WINE, helper, how, str(milliseconds), name, EXE, *arguments], capture_output=True,
                          text=True, timeout=DEADLINE_S, stdin=subprocess.DEVNULL)


@long_test
def a_result_that_another_program_holds():
    write("a.csv", SERIES)
    for name, arguments in (("out.csv", ["sweep", "a.csv", *GRID, "--out", "out.csv", "--force"]),
                            ("out.png", ["plot", "a.csv", *SETTING, "--out", "out.png", "--force"])):
        for how in "none", "read":
            write(name, "precious")
            done = hold(how, 0, name, *arguments)
            lines = [line for line in done.stderr.splitlines() if name in line]
            assert done.returncode in (1, 2) and len(lines) == 1, (name, how, done)
            assert "another program has it open" in lines[0], lines
            assert read(name) == b"precious" and not leftovers("a.csv", "out.csv", "out.png"), os.listdir()
        done = hold("read", 1000, name, *arguments)  # given free while it is tried
        assert done.returncode == 0 and read(name) != b"precious", done
    done = hold("none", 0, "a.csv", "analyze", "a.csv", *SETTING)
    assert done.returncode == 2 and "a.csv: cannot be opened: another program has it open" in done.stderr, done


def leftovers(*wanted):
    return [name for name in os.listdir() if name not in wanted]


@test
def a_full_disk_is_told_and_nothing_is_left():
    with tempfile.TemporaryDirectory() as disk:
        if os.getuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk],
                                              capture_output=True).returncode != 0:
            print("skipped: a small disk cannot be mounted here")
            return
        try:
            fill_disk(disk)
        finally:
            subprocess.run(["umount", disk], check=True)


def fill(name):
    with open(name, "wb", buffering=0) as out:
        try:
            while out.write(bytes(4096)) > 0:
                pass
        except OSError:
            pass


def fill_disk(disk):
    write("a.csv", SERIES)
    wide = ["--dim", "1:5", "--delay", "1:40", "--threshold", "1:10:1"]
    for arguments in (["sweep", "a.csv", *wide, "--out", windows_path(f"{disk}/r.csv")],
                      ["sweep", "a.csv", *wide, "--store", windows_path(f"{disk}/s.sqlite")],
                      ["plot", "a.csv", *SETTING, "--out", windows_path(f"{disk}/p.png")]):
        if arguments[0] == "plot":
            fill(f"{disk}/rest")
        done = subprocess.run([WINE, EXE, *arguments], capture_output=True, text=True, timeout=DEADLINE_S,
                              stdin=subprocess.DEVNULL)
        told = [line for line in done.stderr.splitlines() if "No space left" in line or "no room left" in line]
        assert done.returncode in (1, 2) and told, (arguments, done)
        # What a store has keeps its log, which could not be written back, as elsewhere.
        left = [name for name in os.listdir(disk) if name != "rest" and not name.startswith("s.sqlite")]
        assert not left, left
    native("export", f"{disk}/s.sqlite", "--out", "rest.csv")
