#!/usr/bin/env python3
"""eta.py - how far off the time left was that a sweep told as it ran.

Usage: eta.py FILE ...; FILE was written by `rqa sweep ... --events FILE`. For each, the error of the
time left, and of the end it foretold relative to the whole time, once so much of that had passed; and
the worst from a tenth on. On a machine that does other work as well, that is in the errors too.
"""
import json
import sys

MARKS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9)


def read(path):
    """(elapsed, time left) of the last run in a file, and how long it took."""
    told, whole = [], None
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            if event["event"] == "batch_started":
                told, whole = [], None
            elif event["event"] == "progress" and event["eta_s"] is not None:
                told.append((event["elapsed_s"], event["eta_s"]))
            elif event["event"] == "batch_completed":
                whole = event["elapsed_s"]
    if whole is None or not told:
        raise ValueError("has no completed run whose progress was told")
    return told, whole


def main(paths):
    if not paths:
        sys.exit(__doc__)
    for path in paths:
        try:
            told, whole = read(path)
        except (OSError, ValueError, KeyError) as error:
            sys.exit(f"eta.py: {path}: {error}")
        print(f"{path}: {whole:.1f} s")
        for mark in MARKS:
            at, left = min(told, key=lambda t: abs(t[0] - mark * whole))
            print(f"  after {at / whole:4.0%}: time left {left / (whole - at) - 1:+7.1%}, "
                  f"end {(at + left) / whole - 1:+7.1%}")
        late = [(at, left) for at, left in told if 0.1 * whole <= at <= 0.95 * whole]
        if late:
            left = max(abs(left / (whole - at) - 1) for at, left in late)
            end = max(abs((at + left) / whole - 1) for at, left in late)
            print(f"  worst from a tenth on (to 95%): time left {left:.1%}, end {end:.1%}")


main(sys.argv[1:])
