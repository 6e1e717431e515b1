"""study_data.py - the recordings of a study, its grid, and the table of subject means."""
from __future__ import annotations

import hashlib
import json
import os
import pathlib
from typing import Any, NamedTuple, Optional, Sequence

import numpy as np
import pandas
from scipy.integrate import trapezoid

import rqa
from rqa.types import Measure
from study_sampling import (SAME_RATE, Clock, Source, at_rate, clock, common_rate, n_vectors,
                            thinned, trimmed, usual_rate, valid_share, with_gaps)

Array = np.ndarray[Any, Any]

MODES: dict[str, dict[str, Any]] = {"1d": {"channels": 0, "norm": "manhattan"},
                                    "2d": {"channels": range(2)}}

# What the library gives, but div: as 1 / l_max it has the ranks of l_max, so it is the same test.
MEASURES: list[Measure] = [name for name in rqa.default_measures
                           if name not in ("t1", "t2", "rte", "trend", "div")]

# Features made of a recording's measures, before subjects are averaged. The longest lines grow with
# the recording, and groups differ in how long they took: taken relative to the number of vectors.
# Trapping time over mean diagonal length asks whether states are held longer than paths are
# repeated. det_rr and lam_det, the ratios in common use, come from the library.
DERIVED = ["l_max_rel", "v_max_rel", "w_max_rel", "tt_l_mean"]

# Features over the threshold axis, for each dim, delay and lmin: the mean over the range (the area
# under the curve by its width) is what a threshold chosen by hand cannot bend, and the slope says
# how fast structure comes in as the threshold grows.
OVER_THRESHOLD = ["auc", "slope"]


# Measures that are lengths of lines: in samples from the library, in seconds here.
LENGTHS: list[Measure] = ["l_mean", "l_max", "tt", "v_max", "w_mean", "w_max"]

# The same length by itself and relative to the recording. Where recordings of groups differ in
# duration, one of the two differs by that alone.
PARTNERS = {"l_max": "l_max_rel", "v_max": "v_max_rel", "w_max": "w_max_rel"}
PARTNERS.update({relative: absolute for absolute, relative in list(PARTNERS.items())})

# What has no diagonal line in it: the same for every l_min.
WITHOUT_LMIN = ["rr", "lam", "tt", "v_max", "v_entr", "w_mean", "w_max", "w_entr", "v_max_rel",
                "w_max_rel"]


class Recording(NamedTuple):
    label: str
    group: str
    subject: str
    samples: Array  # n x 2, evenly spaced; NaN where missing
    valid: float  # share of the samples that are not missing
    rate: float  # of samples, a second; NaN: unknown
    own_rate: float  # as it was recorded
    source: Source
    clock: Optional[Clock]


class Grid(NamedTuple):
    dim: Sequence[int]
    delay: Sequence[int]
    threshold: Array
    lmin: Sequence[int]

    @property
    def shape(self) -> tuple[int, ...]:
        return len(self.dim), len(self.delay), len(self.threshold), len(self.lmin)


GRIDS = {"founding": Grid(range(1, 11), range(1, 11), np.round(np.arange(50, 101) / 1000, 3),
                          [2, 3]),
         "small": Grid([1, 2, 3, 5], [1, 2, 4, 8], np.round(np.arange(5, 11) / 100, 2), [2])}


def load(path: str, group_by: Optional[str], columns: str, degrees: Optional[float],
         time: str = "t", sampling: Optional[float] = None) -> list[Recording]:
    """Recordings of a folder GROUP/SUBJECT_*.csv, or of a table split by columns, each at its own
    rate. What a column `valid` marks 0, or the time stamps skip, is missing."""
    found = _folder(path) if os.path.isdir(path) else _table(path, group_by)
    if not found:
        raise SystemExit(f"study: {path} holds no recordings GROUP/SUBJECT_*.csv")
    return _with_lost_samples([_recording(*each, columns.split(","), degrees, time, sampling)
                               for each in found])


def _folder(path: str) -> list[tuple[str, str, str, Any]]:
    return [(f"{file.parent.name}/{file.stem}", file.parent.name, file.stem.split("_")[0],
             pandas.read_csv(file)) for file in sorted(pathlib.Path(path).glob("*/*.csv"))]


def _table(path: str, group_by: Optional[str]) -> list[tuple[str, str, str, Any]]:
    if not group_by or group_by.count(",") < 1:
        raise SystemExit(f"study: {path} is a table; --group-by needs the columns of the group "
                         "and the subject, and what else tells recordings apart")
    names = group_by.split(",")
    # By converters a group called NA or None keeps its name.
    table = pandas.read_csv(path, converters={name: str for name in names})
    _check_columns(path, table, names)
    for name in names:
        n_empty = int((table[name] == "").sum())
        if n_empty:
            raise SystemExit(f"study: {path}: {n_empty:,} rows have no {name}; whose are they?")
    return [("/".join(values), values[0], values[1], part)
            for values, part in table.groupby(names, sort=True)]


def _recording(label: str, group: str, subject: str, table: Any, wanted: list[str],
               degrees: Optional[float], time: str, sampling: Optional[float]) -> Recording:
    _check_columns(label, table, wanted)
    samples = table[wanted].to_numpy(dtype=float)
    if degrees is not None:
        samples = 0.5 + samples / degrees
    if "valid" in table:
        samples[~(table["valid"].fillna(0) != 0).to_numpy(dtype=bool)] = np.nan
    stamps = table[time].to_numpy(dtype=float) if sampling is None and time in table else None
    source = Source(label, samples, stamps)
    ticks = clock(source)
    rate = 1 / ticks.step if ticks else float("nan") if sampling is None else sampling
    return _clocked(Recording(label, group, subject, samples, 0, rate, rate, source, ticks), ticks)


def _clocked(r: Recording, ticks: Optional[Clock]) -> Recording:
    rate = 1 / ticks.step if ticks else r.rate
    return r._replace(samples=trimmed(with_gaps(r.source, ticks)), rate=rate, own_rate=rate,
                      valid=valid_share(r.source, ticks), clock=ticks)


def _with_lost_samples(recordings: list[Recording]) -> list[Recording]:
    """A device has one rate: a recording slower than the others of its group has lost samples, if
    without the long steps it is as fast as they are."""
    usual = {group: usual_rate([r.rate for r in own])
             for group, own in _by_group([r for r in recordings if r.clock]).items()}
    found = []
    for r in recordings:
        if r.clock and r.rate * SAME_RATE < usual[r.group]:
            ticks = clock(r.source, usual[r.group])
            if ticks and 1 / SAME_RATE < 1 / ticks.step / usual[r.group] < SAME_RATE:
                r = _clocked(r, ticks)
        found.append(r)
    return found


def _by_group(recordings: list[Recording]) -> dict[str, list[Recording]]:
    found: dict[str, list[Recording]] = {}
    for r in recordings:
        found.setdefault(r.group, []).append(r)
    return found


def at_one_rate(recordings: list[Recording], wanted: Optional[float]
                ) -> tuple[list[Recording], list[tuple[str, str]]]:
    """All at the rate of the slowest group, or at a lower one that is wanted; and those that are
    slower, with the reason why they are left out."""
    rate = common_rate({group: [r.rate for r in own]
                        for group, own in _by_group(recordings).items()}, wanted)
    found, slow = [], []
    for r in recordings:
        if r.rate * SAME_RATE < rate:
            slow.append((r.label, f"{r.rate:.3g} samples a second, of {rate:.3g}"))
            continue
        if r.rate > rate * SAME_RATE:
            r = r._replace(samples=trimmed(
                at_rate(r.source, r.clock, rate) if r.clock else
                thinned(r.source.samples, r.rate, rate)))
        # Rates that differ by less are one: a length of so many samples is a tie.
        found.append(r._replace(rate=rate))
    return found, slow


def tested_groups(recordings: list[Recording]) -> list[str]:
    """Groups of two subjects or more: one says nothing about how subjects vary."""
    subjects: dict[str, set[str]] = {}
    for r in recordings:
        subjects.setdefault(r.group, set()).add(r.subject)
    groups = sorted(group for group, members in subjects.items() if len(members) >= 2)
    if len(groups) < 2:
        told = ", ".join(f"{group} {len(members)}" for group, members in sorted(subjects.items()))
        raise SystemExit("study: at least two groups of at least two subjects are needed; there "
                         f"are {told}")
    return groups


def _check_columns(where: str, table: Any, names: list[str]) -> None:
    for name in names:
        if name not in table:
            raise SystemExit(f"study: {where} has no column {name!r}; it has "
                             f"{', '.join(table.columns)}")


def durations(recordings: list[Recording], units: list[tuple[str, str]]) -> Array:
    """units x means of n, 1 / n, N, 1 / N: valid samples, and all from first to last."""
    found = []
    for unit in units:
        own = [r.samples for r in recordings if (r.group, r.subject) == unit]
        counts = np.array([[(~np.isnan(samples).any(axis=1)).sum(), len(samples)]
                           for samples in own], dtype=float)
        found.append(np.stack([counts, 1 / counts], axis=-1).mean(axis=0).ravel())
    return significant(np.array(found))


def same_durations(recordings: list[Recording]) -> bool:
    """Whether a length and its share of the recording are one and the same test."""
    return len({len(r.samples) for r in recordings}) == 1 and not any(
        np.isnan(r.samples).any() for r in recordings)


class Means(NamedTuple):
    """Features averaged over the recordings of a subject in a group."""

    units: list[tuple[str, str]]  # group, subject
    features: list[str]
    plain: Array  # units x modes x dim x delay x threshold x lmin x features
    over: Array   # units x modes x dim x delay x lmin x OVER_THRESHOLD x features
    kept: bool    # read from the file of an earlier run


def _enrich(values: Array, recording: Recording, grid: Grid) -> Array:
    """A recording's measures (..., MEASURES), lengths in seconds, with the features of DERIVED
    behind them."""
    at = {name: values[..., k].copy() for k, name in enumerate(MEASURES)}
    valid: Array = ~np.asarray(np.isnan(recording.samples).any(axis=1))
    counts: Array = np.array([[n_vectors(valid, dim, delay) for delay in grid.delay]
                       for dim in grid.dim], dtype=float)
    vectors = np.where(counts > 0, counts, np.nan)[:, :, None, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = at["tt"] / at["l_mean"]
    if not np.isnan(recording.rate):
        lengths = [MEASURES.index(name) for name in LENGTHS]
        values = values.copy()
        values[..., lengths] /= recording.rate
    added = [at["l_max"] / vectors, at["v_max"] / vectors, at["w_max"] / vectors, ratio]
    return np.concatenate([values, np.stack(added, axis=-1)], axis=-1)


def _over_threshold(values: Array, threshold: Array) -> Array:
    """(auc, slope) of (dim, delay, threshold, lmin, feature) along the thresholds."""
    moved = np.moveaxis(values, 2, -1)
    first = moved[..., 0]
    moved = moved - first[..., None]  # what is constant has a slope of 0, and not of 1e-14
    auc = first + trapezoid(moved, threshold, axis=-1) / (threshold[-1] - threshold[0])
    centred = threshold - threshold.mean()
    slope = (moved * centred).sum(axis=-1) / (centred**2).sum()
    return np.stack([auc, slope], axis=3)


def _read(store: rqa.Store, label: str, mode: str, convention: str, grid: Grid) -> Array:
    """The measures of a recording on the grid; NaN where undefined."""
    values = np.full((*grid.shape, len(MEASURES)), np.nan)
    rows = store.query(
        f"SELECT dim, delay, threshold, lmin, {', '.join(MEASURES)} FROM results WHERE series = ? "
        "AND mode = ? AND convention = ? AND dim IS NOT NULL", (label, mode, convention))
    if not rows:
        return values
    table = np.array(rows, dtype=float)
    inside = np.ones(len(table), dtype=bool)
    places = []
    for k, axis in enumerate(grid):  # axes rise
        listed = np.array(axis, dtype=float)
        place = np.minimum(np.searchsorted(listed, table[:, k]), len(listed) - 1)
        inside &= listed[place] == table[:, k]
        places.append(place)
    values[tuple(place[inside] for place in places)] = table[inside, len(grid):]
    return values


def _mean(parts: list[Array]) -> Array:
    stacked = np.stack(parts)
    valid = ~np.isnan(stacked)
    with np.errstate(invalid="ignore"):
        return significant(np.where(valid, stacked, 0).sum(axis=0) / valid.sum(axis=0))


def significant(values: Array, digits: int = 12) -> Array:
    """Without the last digits, which are rounding: ranks would tell subjects apart by them."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        scale = 10.0 ** (digits - 1 - np.floor(np.log10(np.abs(values))))
        rounded = np.round(values * scale) / scale
    return np.asarray(np.where(np.isfinite(rounded), rounded, values))


def subject_means(path: str, recordings: list[Recording], grid: Grid, convention: str,
                  file: str) -> Means:
    """The means, from the store at `path`; kept in `file` for the next run."""
    units = sorted({(r.group, r.subject) for r in recordings})
    features = MEASURES + DERIVED
    key = _fingerprint(recordings, grid, convention)
    if os.path.exists(file):
        with np.load(file) as kept:
            if str(kept["key"]) == key:
                return Means(units, features, kept["plain"], kept["over"], True)
    plain, over = [], []
    with rqa.open_store(path) as store:
        for unit in units:
            own = [r for r in recordings if (r.group, r.subject) == unit]
            pairs = [[_enrich(_read(store, r.label, mode, convention, grid), r, grid)
                      for r in own] for mode in MODES]
            plain.append([_mean(values) for values in pairs])
            over.append([_mean([_over_threshold(v, grid.threshold) for v in values])
                         for values in pairs])
    means = Means(units, features, np.array(plain), np.array(over), False)
    with open(file + ".part", "wb") as out:
        np.savez(out, key=key, plain=means.plain, over=means.over)
    os.replace(file + ".part", file)
    return means


# Changes with the formulas of this file, so that kept means are not those of older ones.
_FORMAT = 2


def _fingerprint(recordings: list[Recording], grid: Grid, convention: str) -> str:
    """Changes with anything that the means depend on."""
    digest = hashlib.sha256()
    axes = [np.array(axis, dtype=float).tolist() for axis in grid]
    told = [_FORMAT, rqa.version, convention, MEASURES, DERIVED, LENGTHS, axes]
    digest.update(json.dumps(told).encode())
    for r in recordings:
        digest.update(f"{r.label}\0{r.group}\0{r.subject}\0{r.samples.shape}\0{r.rate!r}".encode())
        digest.update(np.ascontiguousarray(r.samples).tobytes())
    return digest.hexdigest()
