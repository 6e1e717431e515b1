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

Array = np.ndarray[Any, Any]

MODES: dict[str, dict[str, Any]] = {"1d": {"channels": 0, "norm": "manhattan"},
                                    "2d": {"channels": range(2)}}

# What the library gives, but div: as 1 / l_max it has the ranks of l_max, so it is the same test.
MEASURES = [name for name in rqa.measures if name not in ("t1", "t2", "rte", "trend", "div")]

# Features made of a recording's measures, before subjects are averaged. The longest lines grow with
# the recording, and groups differ in how long they took: taken relative to the number of vectors.
# Trapping time over mean diagonal length asks whether states are held longer than paths are
# repeated. det_rr and lam_det, the ratios in common use, come from the library.
DERIVED = ["l_max_rel", "v_max_rel", "w_max_rel", "tt_l_mean"]

# Features over the threshold axis, for each dim, delay and lmin: the mean over the range (the area
# under the curve by its width) is what a threshold chosen by hand cannot bend, and the slope says
# how fast structure comes in as the threshold grows.
OVER_THRESHOLD = ["auc", "slope"]


class Recording(NamedTuple):
    label: str
    group: str
    subject: str
    samples: Array  # n x 2
    valid: float  # share of the samples that were not cut out


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


def load(path: str, group_by: Optional[str], columns: str,
         degrees: Optional[float]) -> list[Recording]:
    """Recordings of a folder GROUP/SUBJECT_*.csv, or of a table split by columns. Samples that a
    column `valid` marks 0 are cut out, as blinks are in examples/data."""
    wanted = columns.split(",")
    found = []
    if os.path.isdir(path):
        for file in sorted(pathlib.Path(path).glob("*/*.csv")):
            table = pandas.read_csv(file)
            found.append((f"{file.parent.name}/{file.stem}", file.parent.name,
                          file.stem.split("_")[0], table))
    else:
        if not group_by or group_by.count(",") < 1:
            raise SystemExit(f"study: {path} is a table; --group-by needs the columns of the group "
                             "and the subject, and what else tells recordings apart")
        names = group_by.split(",")
        table = pandas.read_csv(path, dtype={name: str for name in names})
        _check_columns(path, table, names)
        for values, part in table.groupby(names, sort=True):
            found.append(("/".join(values), values[0], values[1], part))
    if not found:
        raise SystemExit(f"study: {path} holds no recordings GROUP/SUBJECT_*.csv")
    recordings = []
    for label, group, subject, table in found:
        _check_columns(label, table, wanted)
        valid = table["valid"] != 0 if "valid" in table else np.ones(len(table), dtype=bool)
        samples = table[wanted][valid].to_numpy(dtype=float)
        if degrees is not None:
            samples = 0.5 + samples / degrees
        recordings.append(Recording(label, group, subject, samples, float(np.mean(valid))))
    return recordings


def _check_columns(where: str, table: Any, names: list[str]) -> None:
    for name in names:
        if name not in table:
            raise SystemExit(f"study: {where} has no column {name!r}; it has "
                             f"{', '.join(table.columns)}")


class Means(NamedTuple):
    """Features averaged over the recordings of a subject in a group."""

    units: list[tuple[str, str]]  # group, subject
    features: list[str]
    plain: Array  # units x modes x dim x delay x threshold x lmin x features
    over: Array   # units x modes x dim x delay x lmin x OVER_THRESHOLD x features
    kept: bool    # read from the file of an earlier run


def _enrich(values: Array, n_samples: int, grid: Grid) -> Array:
    """A recording's measures (..., MEASURES) with the features of DERIVED behind them."""
    at = {name: values[..., k] for k, name in enumerate(MEASURES)}
    vectors = n_samples - (np.array(grid.dim)[:, None] - 1) * np.array(grid.delay)
    vectors = np.where(vectors > 0, vectors, np.nan)[:, :, None, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = at["tt"] / at["l_mean"]
    added = [at["l_max"] / vectors, at["v_max"] / vectors, at["w_max"] / vectors, ratio]
    return np.concatenate([values, np.stack(added, axis=-1)], axis=-1)


def _over_threshold(values: Array, threshold: Array) -> Array:
    """(auc, slope) of (dim, delay, threshold, lmin, feature) along the thresholds."""
    moved = np.moveaxis(values, 2, -1)
    auc = trapezoid(moved, threshold, axis=-1) / (threshold[-1] - threshold[0])
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
        return np.asarray(np.where(valid, stacked, 0).sum(axis=0) / valid.sum(axis=0))


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
            pairs = [[_enrich(_read(store, r.label, mode, convention, grid), len(r.samples), grid)
                      for r in own] for mode in MODES]
            plain.append([_mean(values) for values in pairs])
            over.append([_mean([_over_threshold(v, grid.threshold) for v in values])
                         for values in pairs])
    means = Means(units, features, np.array(plain), np.array(over), False)
    with open(file + ".part", "wb") as out:
        np.savez(out, key=key, plain=means.plain, over=means.over)
    os.replace(file + ".part", file)
    return means


def _fingerprint(recordings: list[Recording], grid: Grid, convention: str) -> str:
    """Changes with anything that the means depend on."""
    digest = hashlib.sha256()
    axes = [np.array(axis, dtype=float).tolist() for axis in grid]
    told = [rqa.version, convention, MEASURES, DERIVED, axes]
    digest.update(json.dumps(told).encode())
    for r in recordings:
        digest.update(f"{r.label}\0{r.group}\0{r.subject}\0{r.samples.shape}".encode())
        digest.update(np.ascontiguousarray(r.samples).tobytes())
    return digest.hexdigest()
