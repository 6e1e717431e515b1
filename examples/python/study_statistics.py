"""study_statistics.py - rank tests of thousands of columns at once: Kruskal-Wallis, Friedman,
their effect sizes, and Benjamini-Hochberg.

scipy.stats does one test a call, some 0.2 ms each; a study of 10,200 settings makes 400,000. Here
the columns of a matrix are tested together. NaN means undefined and is left out of its column.
"""
from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy.special import chdtrc

Array = np.ndarray[Any, Any]

# So many columns are ranked at a time, which bounds the memory.
_COLUMNS = 1 << 14


class Tests(NamedTuple):
    """One entry for each column; NaN where no test was possible."""

    statistic: Array
    p: Array
    effect: Array
    n: Array  # units in the test


def ranks(values: Array) -> tuple[Array, Array]:
    """Ranks 1.. down each column, ties averaged, NaN for NaN; and sum of t^3 - t over the ties."""
    n = len(values)
    order = np.argsort(values, axis=0, kind="stable")  # NaN last
    ordered = np.take_along_axis(values, order, axis=0)
    row = np.arange(n)[:, None]
    starts = np.ones(values.shape, dtype=bool)
    starts[1:] = ordered[1:] != ordered[:-1]
    first = np.maximum.accumulate(np.where(starts, row, 0), axis=0)
    ends = np.ones(values.shape, dtype=bool)
    ends[:-1] = starts[1:]
    last = np.minimum.accumulate(np.where(ends, row, n)[::-1], axis=0)[::-1]
    length = last - first + 1.0
    valid = ~np.isnan(ordered)
    averaged = np.where(valid, 0.5 * (first + last) + 1, np.nan)
    found = np.empty(values.shape)
    np.put_along_axis(found, order, averaged, axis=0)
    return found, np.where(valid, length * length - 1, 0.0).sum(axis=0)


def _in_parts(test: Any, values: Array, *arguments: Any) -> Tests:
    parts = [test(values[:, k:k + _COLUMNS], *arguments)
             for k in range(0, values.shape[1], _COLUMNS)]
    return Tests(*(np.concatenate(part) for part in zip(*parts)))


def kruskal(values: Array, groups: Array, least: int = 2) -> Tests:
    """Kruskal-Wallis H of each column (units x columns) across groups 0..k-1, corrected for ties.

    p is of chi square with k - 1 degrees of freedom. The effect size is epsilon squared,
    H / (n - 1): 0 = the groups do not differ, 1 = they do not overlap (Tomczak and Tomczak, 2014).
    A column in which a group has fewer than `least` values, or all values are equal, is not tested.
    """
    return _in_parts(_kruskal, values, groups, least)


def _kruskal(values: Array, groups: Array, least: int) -> Tests:
    ranked, ties = ranks(values)
    valid = ~np.isnan(values)
    n = valid.sum(axis=0).astype(float)
    total = np.zeros(values.shape[1])
    testable = np.ones(values.shape[1], dtype=bool)
    k = int(groups.max()) + 1
    with np.errstate(invalid="ignore", divide="ignore"):
        for group in range(k):
            members = groups == group
            count = valid[members].sum(axis=0)
            testable &= count >= least
            total += np.nansum(ranked[members], axis=0) ** 2 / count
        h = 12 / (n * (n + 1)) * total - 3 * (n + 1)
        h /= 1 - ties / (n**3 - n)
    testable &= np.isfinite(h)
    h = np.where(testable, np.maximum(h, 0), np.nan)  # rounding can leave -1e-15
    return Tests(h, chdtrc(k - 1, h), h / (n - 1), n)


def friedman(values: Array, n_conditions: int) -> Tests:
    """Friedman's chi square of each column, for the same subjects under every condition.

    values: rows in the order subject, condition. The effect size is Kendall's W, 0..1. A subject
    with an undefined value is left out of that column; one of fewer than 3 subjects is not tested.
    """
    return _in_parts(_friedman, values, n_conditions)


def _friedman(values: Array, k: int) -> Tests:
    n_columns = values.shape[1]
    blocks = values.reshape(-1, k, n_columns)
    # Every subject's values are a column of their own to ranks().
    flat = blocks.transpose(1, 0, 2).reshape(k, -1)
    ranked, ties = (part.reshape(*part.shape[:-1], len(blocks), n_columns)
                    for part in ranks(flat))
    complete = ~np.isnan(blocks).any(axis=1)
    n = complete.sum(axis=0).astype(float)
    sums = np.where(complete, ranked, 0).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        chi = 12 / (n * k * (k + 1)) * (sums**2).sum(axis=0) - 3 * n * (k + 1)
        chi /= 1 - np.where(complete, ties, 0).sum(axis=0) / (n * (k**3 - k))
    chi = np.where((n >= 3) & np.isfinite(chi), np.maximum(chi, 0), np.nan)
    return Tests(chi, chdtrc(k - 1, chi), chi / (n * (k - 1)), n)


def benjamini_hochberg(p: Array) -> Array:
    """Adjusted p of all tests together (Benjamini and Hochberg, 1995); NaN is no test."""
    flat = np.asarray(p, dtype=float).ravel()
    tested = np.flatnonzero(~np.isnan(flat))
    order = tested[np.argsort(flat[tested], kind="stable")]
    m = len(order)
    scaled = flat[order] * m / np.arange(1, m + 1)
    adjusted = np.full(flat.shape, np.nan)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1)
    return adjusted.reshape(np.shape(p))


def holm(p: Array) -> Array:
    """Adjusted p of a family of tests (Holm, 1979), which need not be independent; NaN is no test."""
    flat = np.asarray(p, dtype=float).ravel()
    tested = np.flatnonzero(~np.isnan(flat))
    order = tested[np.argsort(flat[tested], kind="stable")]
    adjusted = np.full(flat.shape, np.nan)
    scaled = flat[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1)
    return adjusted.reshape(np.shape(p))


def largest_effects(values: Array, groups: Array, blocks: Array, n: int, seed: int = 1) -> Array:
    """The largest epsilon squared over all columns, for each of n random relabellings.

    Labels are shuffled among the units of a block (the same subject), or among all with one block.
    The share of relabellings that reach the effect really found is its p corrected for having
    looked at every column (Westfall and Young, 1993). Columns with undefined values are left out.
    """
    random = np.random.default_rng(seed)
    k = int(groups.max()) + 1
    labels = np.tile(groups, (n, 1))
    for block in np.unique(blocks):
        members = np.flatnonzero(blocks == block)
        labels[:, members] = random.permuted(labels[:, members], axis=1)
    size = np.bincount(groups, minlength=k)[:, None]
    chosen = (labels[:, None] == np.arange(k)[:, None]) / np.sqrt(size)  # n x k x units
    n_units = len(groups)
    largest = np.full(n, np.nan)  # stays so if there is no column
    for first in range(0, values.shape[1], _COLUMNS):
        part = values[:, first:first + _COLUMNS]
        ranked, ties = ranks(part[:, ~np.isnan(part).any(axis=0)])
        varied = ties < n_units**3 - n_units
        # Centred, the sum of squared rank sums by size is H alone.
        centred = (ranked[:, varied] - (n_units + 1) / 2).astype(np.float32)
        scale = (12 / (n_units * (n_units + 1)) /
                 (1 - ties[varied] / (n_units**3 - n_units)) / (n_units - 1)).astype(np.float32)
        for begin in range(0, n if centred.size else 0, 50):
            share = chosen[begin:begin + 50].astype(np.float32)
            sums = (share.reshape(-1, n_units) @ centred).reshape(len(share), k, -1)
            effects = np.einsum("pkc,pkc->pc", sums, sums) * scale
            largest[begin:begin + 50] = np.fmax(largest[begin:begin + 50], effects.max(axis=1))
    return largest
