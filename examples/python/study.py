#!/usr/bin/env python3
"""study.py - do groups of gaze recordings differ in their recurrence, and at which settings?

sweep into a store -> subject means -> features -> a rank test for each setting and feature ->
correction for all of them -> figures -> OUT/report.html

    python3 study.py --out study                                       # examples/data
    python3 study.py --out study --data TABLE.csv.gz --group-by group,subject,trial --degrees 110

Killed at any moment and started again it goes on where it was, and makes the same report. Needs
pandas, SciPy and matplotlib beside rqa.
"""
from __future__ import annotations

import argparse
import gzip
import os
import pathlib
import sys
import time
from typing import Any, NamedTuple, Optional

import numpy as np
import pandas

import study_package  # noqa: F401  before rqa: says which
import rqa
import study_figures
import study_report
from study_data import (GRIDS, MEASURES, MODES, OVER_THRESHOLD, Grid, Means, Recording, load,
                        subject_means)
from study_statistics import Tests, benjamini_hochberg, friedman, kruskal, largest_effects

Array = np.ndarray[Any, Any]
EXAMPLES = str(pathlib.Path(__file__).resolve().parents[1] / "data" / "gaze")


class Found(NamedTuple):
    """What the tests say; entries of `tests` in the order of `table`."""

    table: Any  # a row for each test: mode, dim, delay, threshold, lmin, over, feature, ...
    groups: list[str]
    units: list[tuple[str, str]]
    paired: list[str]  # subjects in every group, for Friedman's test; none: it was not made
    permuted: Array  # largest effect size of each relabelling
    means: Means


def say(text: str) -> None:
    print(f"study: {text}", flush=True)


def compute(recordings: list[Recording], grid: Grid, convention: str, store: str) -> None:
    """The sweep; what the store has is skipped."""
    told: dict[str, Any] = {"at": time.monotonic()}

    def progress(now: dict[str, float]) -> None:
        told["last"] = now
        if time.monotonic() - told["at"] >= 5:
            told["at"] = time.monotonic()
            say(f"sweep {now['percent']:.0f} %, {now['eta_s']:.0f} s left")

    rqa.sweep([(r.label, {"group": r.group, "subject": r.subject}, r.samples) for r in recordings],
              dim=grid.dim, delay=grid.delay, threshold=grid.threshold, lmin=grid.lmin,
              modes=MODES, measures=MEASURES, convention=convention, store=store, frame=False,
              progress=progress)
    now = told["last"]
    say(f"sweep: {now['n_done']:,} results computed, {now['n_skipped']:,} were there, "
        f"{now['n_failed']:,} failed")


def left_out(store: str, recordings: list[Recording],
             everything: list[Recording]) -> list[tuple[str, str]]:
    """Recordings that were not used, and why."""
    ours = {r.label for r in recordings}
    unused = [(r.label, f"{r.valid:.0%} valid") for r in everything if r.label not in ours]
    with rqa.open_store(store) as opened:
        rows = opened.query("SELECT DISTINCT series, reason FROM results WHERE status = 'failed' "
                            "ORDER BY series")
    return unused + [(label, text) for label, text in rows if label in ours]


def _setting_columns(grid: Grid, means: Means, over: bool) -> dict[str, Any]:
    """What each test is of, in the order of the raveled arrays of Means."""
    axes: list[list[Any]] = [list(MODES), list(grid.dim), list(grid.delay), list(grid.threshold),
                             list(grid.lmin), [""], means.features]
    if over:
        axes[3], axes[5] = [np.nan], OVER_THRESHOLD
    places = np.indices([len(axis) for axis in axes]).reshape(len(axes), -1)
    names = ["mode", "dim", "delay", "threshold", "lmin", "over", "feature"]
    columns: dict[str, Any] = {}
    for name, axis, place in zip(names, axes, places):
        text = isinstance(axis[0], str)
        columns[name] = (pandas.Categorical.from_codes(place, axis) if text
                         else np.array(axis)[place])
    return columns


def analyze(means: Means, grid: Grid, n_permutations: int) -> Found:
    """One Kruskal-Wallis test for each mode, setting and feature, then all of them together."""
    counts = pandas.Series([group for group, _ in means.units]).value_counts()
    # One subject says nothing about how subjects vary.
    groups = sorted(group for group in counts.index if counts[group] >= 2)
    if len(groups) < 2:
        raise SystemExit("study: at least two groups of at least two subjects are needed; there "
                         f"are {dict(counts)}")
    used = [k for k, (group, _) in enumerate(means.units) if group in groups]
    units = [means.units[k] for k in used]
    label = np.array([groups.index(group) for group, _ in units])
    subjects = sorted({subject for _, subject in units})
    paired = [subject for subject in subjects
              if sum(unit[1] == subject for unit in units) == len(groups)]
    if len(paired) < max(3, len(subjects) / 2):  # then it is another question
        paired = []
    parts = [_setting_columns(grid, means, over) for over in (False, True)]
    table = pandas.concat([pandas.DataFrame(part) for part in parts], ignore_index=True)
    for name in ("mode", "over", "feature"):
        table[name] = table[name].astype("category")
    values = np.concatenate([array[used].reshape(len(used), -1)
                             for array in (means.plain, means.over)], axis=1)
    tests = kruskal(values, label)
    table["n"], table["h"], table["p"] = tests.n, tests.statistic, tests.p
    table["epsilon_squared"], table["q"] = tests.effect, benjamini_hochberg(tests.p)
    block = np.array([subjects.index(subject) for _, subject in units])
    if paired:
        order = [k for k in np.lexsort((label, block)) if units[k][1] in paired]
        within: Tests = friedman(values[order], len(groups))
        table["friedman_p"], table["kendall_w"] = within.p, within.effect
        table["friedman_q"] = benjamini_hochberg(within.p)
    # A subject none of whose recordings in a group could be used would empty every column.
    there = ~np.isnan(values).all(axis=1)
    permuted = largest_effects(values[there], label[there],
                               block[there] if paired else np.zeros(there.sum(), dtype=int),
                               n_permutations)
    return Found(table, groups, units, paired, permuted, means)


def write_table(table: Any, file: str) -> None:
    """CSV, the same bytes for the same table."""
    with open(file + ".part", "wb") as raw, \
            gzip.GzipFile("", "wb", 1, raw, mtime=0) as packed:
        packed.write(table.to_csv(index=False, float_format="%.6g").encode())
    os.replace(file + ".part", file)


def arguments(given: Optional[list[str]]) -> tuple[argparse.Namespace, dict[str, Any]]:
    """The arguments, and the defaults of all."""
    parser = argparse.ArgumentParser(description="Do groups of gaze recordings differ in their "
                                                 "recurrence? Writes OUT/report.html.")
    parser.add_argument("--out", required=True, help="folder for the store, tables and report")
    parser.add_argument("--data", default=EXAMPLES, help="a folder GROUP/SUBJECT_*.csv, or a table "
                                                         "(default: examples/data/gaze)")
    parser.add_argument("--group-by", help="columns of a table: group,subject[,what else tells "
                                           "recordings apart]")
    parser.add_argument("--columns", default="x,y", help="the two coordinates (default x,y)")
    parser.add_argument("--degrees", type=float, help="coordinates are degrees of a field of this "
                                                      "many, which becomes 0..1")
    parser.add_argument("--least-valid", type=float, default=0.5, metavar="SHARE",
                        help="leave out recordings with a smaller share of valid samples (default "
                             "0.5): what is left of them is more gaps than gaze")
    parser.add_argument("--grid", choices=GRIDS, default="founding",
                        help="founding: 10,200 settings (default); small: 96")
    parser.add_argument("--convention", default="standard", help="rules of the measures")
    parser.add_argument("--permutations", type=int, default=499, help="relabellings (default 499)")
    parser.add_argument("--quick", action="store_true",
                        help="the small grid and 99 relabellings: seconds")
    chosen = parser.parse_args(given)
    if chosen.quick:
        chosen.grid, chosen.permutations = "small", 99
    if chosen.columns.count(",") != 1:
        parser.error("--columns: two are needed, such as x,y")
    return chosen, {name: parser.get_default(name) for name in vars(chosen)}


def main(given: Optional[list[str]] = None) -> None:
    chosen, defaults = arguments(given)
    grid = GRIDS[chosen.grid]
    everything = load(chosen.data, chosen.group_by, chosen.columns, chosen.degrees)
    recordings = [r for r in everything if r.valid >= chosen.least_valid and len(r.samples)]
    if not recordings:
        raise SystemExit(f"study: no recording of {chosen.data} has a share of "
                         f"{chosen.least_valid:g} valid samples (--least-valid)")
    os.makedirs(chosen.out, exist_ok=True)
    store = os.path.join(chosen.out, "results.sqlite")
    say(f"{len(recordings)} of {len(everything)} recordings, {np.prod(grid.shape):,} settings, "
        f"{len(MODES)} modes")
    compute(recordings, grid, chosen.convention, store)
    means = subject_means(store, recordings, grid, chosen.convention,
                          os.path.join(chosen.out, "subject_means.npz"))
    say("subject means: " + ("kept from the last run" if means.kept else "read from the store"))
    found = analyze(means, grid, chosen.permutations)
    write_table(found.table, os.path.join(chosen.out, "tests.csv.gz"))
    best = study_report.best_tests(found.table)
    figures = study_figures.draw(found, best, grid, recordings, chosen.convention, chosen.out)
    headline = study_report.write(found, best, grid, recordings, chosen, defaults, figures,
                                  left_out(store, recordings, everything),
                                  os.path.join(chosen.out, "report.html"))
    say(headline)
    say(f"written: {os.path.join(chosen.out, 'report.html')}")


if __name__ == "__main__":
    try:
        main()
    except rqa.errors.Error as error:
        sys.exit(f"study: {error}")
    except KeyboardInterrupt:
        print("study: interrupted; the same command goes on from here", file=sys.stderr)
        sys.exit(130)
