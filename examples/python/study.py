#!/usr/bin/env python3
"""study.py - do groups of gaze recordings differ in their recurrence, and at which settings?

one sampling rate for all -> sweep into a store -> subject means -> features -> a rank test for each
setting and feature -> correction for all that differ; and one embedding that the recordings suggest, at target recurrence
rates and fixed thresholds, pair by pair -> figures -> OUT/report.html

    python3 study.py --out study                                       # examples/data
    python3 study.py --out study --data TABLE.csv.gz --group-by group,subject,trial --degrees 110

Killed at any moment and started again it goes on where it was, and makes the same report. Needs
pandas, SciPy and matplotlib beside rqa.
"""
from __future__ import annotations

import argparse
import gzip
import importlib.util
import os
import pathlib
import sys
import time
from typing import Any, NamedTuple, Optional

NEEDED = ("numpy", "pandas", "scipy", "matplotlib")
MISSING = [name for name in NEEDED if importlib.util.find_spec(name) is None]
if MISSING:
    sys.exit(f"study.py needs {', '.join(MISSING)}: pip install {' '.join(MISSING)}")

import numpy as np
import pandas

import study_package  # noqa: F401  before rqa: says which
import rqa
import study_chosen
import study_claims
import study_figures
import study_report
from rqa.types import Convention
from study_data import (GRIDS, MEASURES, MODES, OVER_THRESHOLD, PARTNERS, WITHOUT_LMIN, Grid, Means,
                        Recording, at_one_rate, durations, load, same_durations, subject_means,
                        tested_groups)
from study_statistics import Tests, benjamini_hochberg, friedman, kruskal, largest_effects

Array = np.ndarray[Any, Any]
EXAMPLES = str(pathlib.Path(__file__).resolve().parents[1] / "data" / "gaze")


class Found(NamedTuple):
    """What the tests say."""

    # A row for each mode, dim, delay, threshold, lmin, over, feature; `counted` is False where it
    # is the test of an earlier row again.
    table: Any
    groups: list[str]
    units: list[tuple[str, str]]
    paired: list[str]  # subjects in every group, for Friedman's test; none: it was not made
    shared: list[str]  # subjects in several groups
    permuted: Array  # largest effect size of each relabelling
    means: Means
    duration: Tests  # of what durations() gives
    n_lopsided: int  # tests that were not made because one group alone lacks values

    @property
    def decides(self) -> str:
        """The corrected p of the test that suits the design."""
        return "friedman_q" if self.paired else "q"


def say(text: str) -> None:
    print(f"study: {text}", flush=True)


def compute(recordings: list[Recording], grid: Grid, convention: Convention, store: str) -> None:
    """The sweep; what the store has is skipped."""
    told: dict[str, Any] = {"at": time.monotonic()}

    def progress(now: dict[str, float]) -> None:
        told["last"] = now
        if time.monotonic() - told["at"] >= 5:
            told["at"] = time.monotonic()
            left = "" if np.isnan(now["eta_s"]) else f", {now['eta_s']:.0f} s left"
            say(f"sweep {now['percent']:.0f} %{left}")

    rqa.sweep([(r.label, {"group": r.group, "subject": r.subject}, r.samples) for r in recordings],
              dim=grid.dim, delay=grid.delay, threshold=grid.threshold, lmin=grid.lmin,
              modes=MODES, measures=MEASURES, convention=convention, missing="skip", store=store,
              frame=False, progress=progress)
    now = told["last"]
    say(f"sweep: {now['n_done']:,} results computed, {now['n_skipped']:,} were there, "
        f"{now['n_failed']:,} failed")


def failed(store: str, recordings: list[Recording]) -> list[tuple[str, str]]:
    """Recordings that could not be computed, and why."""
    ours = {r.label for r in recordings}
    with rqa.open_store(store) as opened:
        rows = opened.query("SELECT DISTINCT series, reason FROM results WHERE status = 'failed' "
                            "ORDER BY series")
    return [(str(label), str(text)) for label, text in rows if label in ours]


def select(everything: list[Recording], least_valid: float, rate: Optional[float]
           ) -> tuple[list[Recording], list[tuple[str, str]]]:
    """The recordings to compare, at one rate; and the others, with the reason."""
    unused = [(r.label, f"{r.valid:.0%} valid") for r in everything if r.valid < least_valid]
    usable = [r for r in everything if r.valid >= least_valid]
    if not usable:
        raise SystemExit(f"study: none of {len(everything)} recordings has a share of "
                         f"{least_valid:g} valid samples (--least-valid)")
    unused += [(r.label, "too few samples") for r in usable if len(r.samples) < 3]
    usable = [r for r in usable if len(r.samples) >= 3]
    usable = _of_tested_groups(usable, unused)
    usable, slow = at_one_rate(usable, rate)
    unused += slow
    return _of_tested_groups(usable, unused), unused


def _of_tested_groups(recordings: list[Recording], unused: list[tuple[str, str]]
                      ) -> list[Recording]:
    groups = tested_groups(recordings)
    unused += [(r.label, "its group has one subject") for r in recordings if r.group not in groups]
    return [r for r in recordings if r.group in groups]


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


def same_tests(values: Array, means: Means, grid: Grid, one_duration: bool) -> Array:
    """For each column of the values the first that is the same test, by what is computed: with one
    dimension there is no delay, what holds no diagonal line knows no l_min, and a share of
    recordings that are equally long ranks as the length itself. A test counts once, however often
    the grid meets it."""
    same = np.arange(values.shape[1])
    n_plain = means.plain[0].size
    shape = means.plain.shape[1:]
    for part, first in ((same[:n_plain].reshape(shape), 0),
                        (same[n_plain:].reshape(means.over.shape[1:]), n_plain)):
        by_lmin = np.moveaxis(part, 3 if first else 4, 0)
        for k, feature in enumerate(means.features):
            if feature in WITHOUT_LMIN or feature in ("l_max", "l_max_rel"):
                for other in by_lmin[1:]:
                    # Conventions differ in whether l_max sees lines below l_min.
                    if np.array_equal(values[:, other[..., k]], values[:, by_lmin[0][..., k]],
                                      equal_nan=True):
                        other[..., k] = by_lmin[0][..., k]
        for k, dim in enumerate(grid.dim):
            if dim == 1:
                part[:, k, 1:] = part[:, k, :1]
        for k, feature in enumerate(means.features):
            if one_duration and feature.endswith("_rel"):
                part[..., k] = part[..., means.features.index(PARTNERS[feature])]
    return same


def _corrected(p: Array, same: Array) -> Array:
    """Benjamini-Hochberg over tests that differ; the others have their twin's."""
    counted = same == np.arange(len(same))
    q = np.full(len(p), np.nan)
    q[counted] = benjamini_hochberg(p[counted])
    return np.asarray(q[same])


def _lopsided(values: Array, label: Array, tested: Array) -> int:
    """Tests that were not possible because some groups lack values and others do not."""
    there = ~np.isnan(values)
    counts = np.stack([there[label == group].sum(axis=0) for group in np.unique(label)])
    return int((~tested & (counts.min(axis=0) < 2) & (counts.max(axis=0) >= 2)).sum())


def analyze(means: Means, grid: Grid, recordings: list[Recording], n_permutations: int,
            seed: int = 1) -> Found:
    """One Kruskal-Wallis test for each mode, setting and feature, then all of them together."""
    groups = tested_groups(recordings)
    units = means.units
    label = np.array([groups.index(group) for group, _ in units])
    subjects = sorted({subject for _, subject in units})
    n_groups = {s: sum(unit[1] == s for unit in units) for s in subjects}
    paired = [subject for subject in subjects if n_groups[subject] == len(groups)]
    if len(paired) < max(3, len(subjects) / 2):  # then it is another question
        paired = []
    parts = [_setting_columns(grid, means, over) for over in (False, True)]
    table = pandas.concat([pandas.DataFrame(part) for part in parts], ignore_index=True)
    for name in ("mode", "over", "feature"):
        table[name] = table[name].astype("category")
    values = np.concatenate([array.reshape(len(units), -1)
                             for array in (means.plain, means.over)], axis=1)
    same = same_tests(values, means, grid, same_durations(recordings))
    counted = same == np.arange(len(same))
    tests = kruskal(values, label)
    table["counted"] = counted
    table["n"], table["h"], table["p"] = (part[same] for part in (tests.n, tests.statistic,
                                                                  tests.p))
    table["epsilon_squared"], table["q"] = tests.effect[same], _corrected(tests.p, same)
    block = np.array([subjects.index(subject) for _, subject in units])
    if paired:
        order = [k for k in np.lexsort((label, block)) if units[k][1] in paired]
        within: Tests = friedman(values[order], len(groups))
        table["friedman_p"], table["kendall_w"] = within.p[same], within.effect[same]
        table["friedman_q"] = _corrected(within.p, same)
    # A subject none of whose recordings in a group could be used would empty every column.
    there = ~np.isnan(values).all(axis=1)
    permuted = largest_effects(values[there][:, counted], label[there],
                               block[there] if paired else np.zeros(there.sum(), dtype=int),
                               n_permutations, seed)
    return Found(table, groups, units, paired, [s for s in subjects if n_groups[s] > 1], permuted,
                 means, kruskal(durations(recordings, units), label),
                 _lopsided(values[:, counted], label, ~np.isnan(tests.p[counted])))


def write_table(table: Any, file: str) -> None:
    """CSV, the same bytes for the same table."""
    with open(file + ".part", "wb") as raw, \
            gzip.GzipFile("", "wb", 1, raw, mtime=0) as packed:
        packed.write(table.to_csv(index=False, float_format="%.6g").encode())
    os.replace(file + ".part", file)


def _rate(text: str) -> float:
    value = float(text)
    if not 0 < value < 1e6:
        raise ValueError
    return value


def _positive(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 1000:
        raise ValueError
    return value


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
    parser.add_argument("--time", default="t", metavar="COLUMN",
                        help="time stamps in seconds (default t, where there is one): gaps in them "
                             "are missing samples")
    parser.add_argument("--sampling", type=_rate, metavar="HZ",
                        help="all recordings are evenly sampled at this rate; no time stamps are "
                             "looked at")
    parser.add_argument("--rate", type=_rate, metavar="HZ",
                        help="compare at this rate (default: that of the slowest group); faster "
                             "recordings are brought down to it")
    parser.add_argument("--least-valid", type=float, default=0.5, metavar="SHARE",
                        help="leave out recordings with a smaller share of valid samples (default "
                             "0.5): what is left of them is more gaps than gaze")
    parser.add_argument("--grid", choices=GRIDS, default="founding",
                        help="founding: 10,200 settings (default); small: 96")
    parser.add_argument("--dim", type=_positive, metavar="M",
                        help="embedding dimension of the part at one embedding (default: what "
                             "rqa.suggest() says of the recordings)")
    parser.add_argument("--delay", type=_positive, metavar="T",
                        help="its delay in samples (default: likewise)")
    parser.add_argument("--convention", default="standard", help="rules of the measures")
    parser.add_argument("--permutations", type=int, default=499, help="relabellings (default 499)")
    parser.add_argument("--seed", type=int, default=1, help="of the relabellings (default 1)")
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
    everything = load(chosen.data, chosen.group_by, chosen.columns, chosen.degrees, chosen.time,
                      chosen.sampling)
    recordings, unused = select(everything, chosen.least_valid, chosen.rate)
    os.makedirs(chosen.out, exist_ok=True)
    store = os.path.join(chosen.out, "results.sqlite")
    rate = recordings[0].rate
    say(f"{len(recordings)} of {len(everything)} recordings, "
        + ("of unknown rate" if np.isnan(rate) else f"at {rate:.4g} samples a second")
        + f", {np.prod(grid.shape):,} settings, {len(MODES)} modes")
    compute(recordings, grid, chosen.convention, store)
    means = subject_means(store, recordings, grid, chosen.convention,
                          os.path.join(chosen.out, "subject_means.npz"))
    say("subject means: " + ("kept from the last run" if means.kept else "read from the store"))
    found = analyze(means, grid, recordings, chosen.permutations, chosen.seed)
    write_table(found.table, os.path.join(chosen.out, "tests.csv.gz"))
    at_one = study_chosen.analyze(recordings, found.groups, grid, chosen.convention, chosen.dim,
                                  chosen.delay, chosen.seed)
    say(f"one embedding: m={at_one.setting.dim}, τ={at_one.setting.delay}, {at_one.setting.told}")
    write_table(at_one.table, os.path.join(chosen.out, "chosen.csv.gz"))
    write_table(at_one.pairs, os.path.join(chosen.out, "pairs.csv.gz"))
    best = study_claims.best_tests(found.table, found.decides)
    figures = study_figures.draw(found, best, grid, recordings, chosen.convention, chosen.out)
    figures["chosen"] = study_figures.draw_chosen(at_one, found.groups, rate, chosen.out)
    headline = study_report.write(
        found, best, grid, study_report.Data(everything, recordings,
                                             unused + failed(store, recordings), at_one),
        chosen, defaults, figures, os.path.join(chosen.out, "report.html"))
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
