#!/usr/bin/env python3
"""test_verify.py RQA PLANTED [PLUGIN] - rqa verify: what it prints holds, and a wrong number is found.

PLANTED is the program with a table of wrong numbers, PLUGIN one for an emulated GPU.
"""
import json
import os
import subprocess
import sys

RQA, PLANTED = sys.argv[1:3]
PLUGIN = sys.argv[3] if len(sys.argv) > 3 else None
SOURCES = ("PyRQA 8.0.0, README, Classic RQA", "PyRQA 8.0.0, README, Cross RQA", "pyunicorn 0.8",
           "RecurrenceAnalysis.jl, test/smallmatrix.jl", "closed form", "identity", "probability")
CPU_WAYS = ["sequential by bits", "sequential by sweep", "threads by bits", "threads by sweep"]


def run(program, *arguments, code=0, **environment):
    """Standard output and error of rqa verify."""
    done = subprocess.run([program, "verify", *arguments], env={**os.environ, **environment},
                          capture_output=True, text=True, check=False)
    assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
    assert done.stderr.count("\n") == (code != 0), done.stderr
    return done.stdout, done.stderr


def document(program, *arguments, **more):
    """The JSON that it prints, and its rows."""
    whole = json.loads(run(program, *arguments, "--format", "json", **more)[0])
    assert whole["n_rows"] == len(whole["rows"])
    assert whole["n_wrong"] == sum(not row["holds"] for row in whole["rows"])
    return whole, whole["rows"]


def every_number_holds():
    """As text: the machine, then a line each with its source."""
    head, _, body = run(RQA, RQA_CPU="ref")[0].partition("\n\n")
    assert head.startswith("rqa ") and "numerics" in head and "ref kernels" in head, head
    lines = [line for line in body.splitlines()[1:] if line and " of " not in line[:12]]
    assert len(lines) > 100 and all(line.startswith("ok     ref ") for line in lines), body
    for source in SOURCES:
        assert any(source in line for line in lines), source
    assert f"{len(lines)} of {len(lines)} numbers are as they should be" in body, body[-200:]
    row = next(line.split() for line in lines if " det " in line)
    assert row[2:5] == ["det", "0.411765", "0.4117647058823529"], row


def levels_agree():
    """Each level that the machine has gives the same, to the last bit; others are refused."""
    whole, rows = document(RQA, "--level", "all")
    assert set(whole) == {"abi", "numerics", "threads", "version", "librqa", "compiler", "cpu",
                          "system", "backends", "rows", "n_rows", "n_wrong"}, set(whole)
    assert whole["n_wrong"] == 0 and {row["level"] for row in rows} >= {"ref"}
    by_level = {}
    for row in rows:
        assert list(row["got"])[:4] == CPU_WAYS, row
        by_level.setdefault(row.pop("level"), []).append(row)
    for level, found in by_level.items():
        assert found == by_level["ref"], level
    for level in {"avx2", "avx512", "neon"} - set(by_level):
        text, error = run(RQA, "--level", level, code=2)
        assert text == "" and "this machine has no such kernels" in error, error


def wrong_numbers_are_found():
    """Three of a planted table's four are wrong; each way's value is told."""
    text, error = run(PLANTED, "--level", "ref", code=1)
    assert error.startswith("rqa: verify: 3 of ") and error.endswith("as they should be\n"), error
    wrong = [line.split() for line in text.splitlines() if line.startswith("WRONG ")]
    assert [row[2] for row in wrong] == ["points", "rr", "diagonal"], wrong
    assert wrong[0][3:5] == ["46", "45"], wrong
    for way in CPU_WAYS:
        assert f"       {way}: 45\n" in text, text
    whole, rows = document(PLANTED, code=1)
    assert whole["n_wrong"] == 3 and [row["holds"] for row in rows[:4]] == [False, True, False,
                                                                            False]
    assert rows[0]["expected"] == 46 and set(rows[0]["got"].values()) == {45}, rows[0]


def quiet_tells_what_is_wrong():
    """Nothing if all holds, else the wrong lines alone; a document stays whole."""
    assert run(RQA, "--quiet", "--level", "ref")[0] == ""
    text, _ = run(PLANTED, "-q", "--level", "ref", code=1)
    assert text and all(line.startswith(("WRONG ", "       ")) for line in text.splitlines()), text
    assert text.count("WRONG ") == 3, text
    assert document(RQA, "--quiet", "--level", "ref")[0]["n_wrong"] == 0


def a_gpu_is_verified_too():
    """The GPU and the GPU with threads give what threads give."""
    whole, rows = document(RQA, "--level", "ref", RQA_PLUGIN_PATH=PLUGIN)
    assert whole["n_wrong"] == 0 and list(rows[0]["got"]) == [*CPU_WAYS, "gpu", "hybrid"], rows[0]


def what_is_not_there_is_refused():
    """An unknown level, a file; nothing is printed."""
    for arguments in (["--level", "avx1024"], ["x.csv"]):
        assert run(RQA, *arguments, code=2)[0] == ""


def main():
    """All of them; the first failure ends it."""
    every_number_holds()
    levels_agree()
    wrong_numbers_are_found()
    quiet_tells_what_is_wrong()
    what_is_not_there_is_refused()
    if PLUGIN:
        a_gpu_is_verified_too()
    else:
        print("skipped: a_gpu_is_verified_too: no emulated GPU")
    print("what is known is computed, and what is wrong is found")


if __name__ == "__main__":
    main()
