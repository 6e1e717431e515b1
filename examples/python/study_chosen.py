"""study_chosen.py - the study at one embedding that the data suggest, not the groups: target rates
beside fixed thresholds, intervals of the groups' medians, and which pairs of groups differ.

A threshold chosen by hand makes recordings recur more or less, and lines with it. At a target
recurrence rate every recording recurs equally much, and what differs is how.
"""
from __future__ import annotations

from itertools import combinations
from typing import Any, NamedTuple, Optional

import numpy as np
import pandas
from scipy import stats

import rqa
from rqa.types import Convention, Measure, ThresholdUnit
from study_data import LENGTHS, MODES, Grid, Recording
from study_statistics import Tests, holm, kruskal

Array = np.ndarray[Any, Any]

RATES = [0.01, 0.02, 0.05, 0.1]
RECURRENCE: ThresholdUnit = "recurrence-rate"
FEATURES: list[Measure] = ["det", "l_mean", "l_entr", "lam", "tt"]
# Recordings with fewer samples than this between two gaps are not asked for an embedding.
_LEAST_SAMPLES = 50
_MOST_DIM = 10


class Setting(NamedTuple):
    dim: int
    delay: int
    told: str  # where they come from


class Chosen(NamedTuple):
    """The results at one embedding."""

    setting: Setting
    # A row for each mode, unit of the threshold, threshold, feature: h, p, effect, n; p_holm over
    # all rows of a unit.
    table: Any
    # A row for each of these and group: median, lower, upper (95 %), n.
    groups: Any
    pairs: Any  # a row for each of these and pair of groups: u, delta, p, p_holm over the pairs


def longest_valid(samples: Array) -> Array:
    """The longest stretch without a missing sample."""
    there = np.concatenate([[False], ~np.isnan(samples).any(axis=1), [False]])
    edges = np.flatnonzero(np.diff(there.astype(int)))
    if not len(edges):
        return samples[:0]
    k = 2 * int(np.argmax(edges[1::2] - edges[::2]))
    return samples[edges[k]:edges[k + 1]]


def choose(recordings: list[Recording], dim: Optional[int], delay: Optional[int]) -> Setting:
    """The embedding that is told, or the median of what rqa.suggest() finds for the recordings."""
    if dim is not None and delay is not None:
        return Setting(dim, delay, "as told")
    parts = [longest_valid(r.samples) for r in recordings]
    parts = [part for part in parts if len(part) >= _LEAST_SAMPLES and np.ptp(part, axis=0).all()]
    if not parts:
        raise SystemExit(f"study: no recording has {_LEAST_SAMPLES} samples in a row to suggest an "
                         "embedding from; give --dim and --delay")
    found = [rqa.suggest(part, max_lag=len(part) // 4, max_dim=_MOST_DIM) for part in parts]
    delays, dims = ([getattr(each, name) for each in found] for name in ("delay", "dim"))
    told = (f"the median of what rqa.suggest() finds for {len(found)} recordings "
            f"(m {min(dims)}–{max(dims)}, τ {min(delays)}–{max(delays)})")
    if dim is not None or delay is not None:
        told = f"{'m' if dim is not None else 'τ'} as told, the other {told}"
    return Setting(int(np.median(dims)) if dim is None else dim,
                   int(np.median(delays)) if delay is None else delay, told)


def _subject_means(recordings: list[Recording], setting: Setting, unit: ThresholdUnit,
                   thresholds: Any, convention: Convention) -> Any:
    """A row for each mode, threshold, group and subject; lengths in seconds where the rate is known."""
    frame = rqa.sweep([(r.label, {"group": r.group, "subject": r.subject}, r.samples)
                       for r in recordings], dim=setting.dim, delay=setting.delay,
                      threshold=thresholds, threshold_unit=unit, modes=MODES, measures=FEATURES,
                      convention=convention, missing="skip")
    rate = recordings[0].rate
    if not np.isnan(rate):
        for name in set(FEATURES) & set(LENGTHS):
            frame[name] = frame[name] / rate
    keys = ["mode", "threshold", "group", "subject"]
    return frame[[*keys, *FEATURES]].groupby(keys, sort=True, observed=True).mean().reset_index()


def interval(values: Array, random: Any, n: int = 2000) -> tuple[float, float]:
    """95 % of the medians of resamples of the subjects (percentile bootstrap)."""
    if len(values) < 2:
        return float("nan"), float("nan")
    medians = np.median(random.choice(values, (n, len(values))), axis=1)
    low, high = np.quantile(medians, [0.025, 0.975])
    return float(low), float(high)


def pairwise(values: list[Array], groups: list[str]) -> list[dict[str, Any]]:
    """Mann-Whitney of each two groups, with Cliff's delta: the share of pairs of subjects in which the
    first has more, less the share in which it has less."""
    rows = []
    for a, b in combinations(range(len(groups)), 2):
        row = {"first": groups[a], "second": groups[b], "u": np.nan, "delta": np.nan, "p": np.nan}
        both = np.concatenate([values[a], values[b]])
        if min(len(values[a]), len(values[b])) >= 2 and np.ptp(both) > 0:
            u, p = stats.mannwhitneyu(values[a], values[b])
            row.update(u=float(u), p=float(p),
                       delta=float(2 * u / (len(values[a]) * len(values[b])) - 1))
        rows.append(row)
    corrected = holm(np.array([row["p"] for row in rows]))
    return [{**row, "p_holm": float(p)} for row, p in zip(rows, corrected)]


def _compare(means: Any, unit: str, groups: list[str], seed: int) -> tuple[Any, Any, Any]:
    random = np.random.default_rng(seed)
    table: list[dict[str, Any]] = []
    medians: list[dict[str, Any]] = []
    pairs: list[dict[str, Any]] = []
    for (mode, threshold), part in means.groupby(["mode", "threshold"], sort=True, observed=True):
        label = np.array([groups.index(group) for group in part["group"]])
        for feature in FEATURES:
            key = {"mode": mode, "unit": unit, "threshold": threshold, "feature": feature}
            values = part[feature].to_numpy(dtype=float)
            test: Tests = kruskal(values[:, None], label)
            table.append({**key, "h": test.statistic[0], "p": test.p[0],
                          "epsilon_squared": test.effect[0], "n": int(test.n[0])})
            own = [values[(label == k) & ~np.isnan(values)] for k in range(len(groups))]
            for group, part_values in zip(groups, own):
                low, high = interval(part_values, random)
                medians.append({**key, "group": group, "n": len(part_values), "lower": low,
                                "upper": high, "median": float(np.median(part_values))
                                if len(part_values) else np.nan})
            pairs += [{**key, **row} for row in pairwise(own, groups)]
    found = pandas.DataFrame(table)
    found["p_holm"] = holm(found["p"].to_numpy())
    return found, pandas.DataFrame(medians), pandas.DataFrame(pairs)


def analyze(recordings: list[Recording], groups: list[str], grid: Grid,
            convention: Convention, dim: Optional[int], delay: Optional[int], seed: int) -> Chosen:
    """Target rates, and the lowest, middle and highest threshold of the grid, at one embedding."""
    setting = choose(recordings, dim, delay)
    fixed = np.unique(np.asarray(grid.threshold)[[0, len(grid.threshold) // 2, -1]])
    units: list[tuple[ThresholdUnit, Any]] = [(RECURRENCE, RATES), ("data", fixed)]
    parts = [_compare(_subject_means(recordings, setting, unit, thresholds, convention), unit, groups,
                      seed) for unit, thresholds in units]
    return Chosen(setting, *(pandas.concat(each, ignore_index=True) for each in zip(*parts)))
