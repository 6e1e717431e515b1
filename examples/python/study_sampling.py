"""study_sampling.py - recordings in time: their sampling rates, gaps as missing samples, and one
rate for all.

A delay, a shortest line and a line length are numbers of samples. At 250 Hz they are half as long
as at 125 Hz, and det, lam and the entropies change with them: recordings are compared at one rate
or not at all.
"""
from __future__ import annotations

from typing import Any, NamedTuple, Optional

import numpy as np

Array = np.ndarray[Any, Any]

# Rates that differ by less are one; devices keep theirs to some per thousand.
SAME_RATE = 1.02
# A recording grows by no more than this by its gaps.
_MOST_GAPS = 50
# Below it, time stamps are rather not in seconds.
_LEAST_HZ = 2.0


class Source(NamedTuple):
    """A recording as the file has it."""

    label: str
    samples: Array  # n x 2; NaN where marked invalid
    time: Optional[Array]  # seconds; None: the file has none


class Clock(NamedTuple):
    """What the time stamps of a recording say."""

    step: float  # seconds between two samples on average, gaps left out
    gap: float  # steps longer than this are gaps
    absent: Array  # samples missing before each sample but the first


def clock(source: Source, expected: Optional[float] = None) -> Optional[Clock]:
    """None without time stamps. Steps may alternate (4 and 8 ms of a device of 200 Hz), so a gap is
    told by the long steps that are common, not by the mean; or by the rate that is expected."""
    if source.time is None or len(source.time) < 3:
        return None
    steps = np.diff(source.time)
    if not (steps > 0).all():
        row = int(np.flatnonzero(~(steps > 0))[0]) + 1
        raise SystemExit(f"study: {source.label}: the time does not rise from sample {row - 1} "
                         f"({source.time[row - 1]:g} s) to {row} ({source.time[row]:g} s); "
                         "--sampling HZ takes samples as evenly spaced")
    gap = 1.5 * (1 / expected if expected else float(np.quantile(steps, 0.9)))
    if not (steps <= gap).any():
        return None
    step = float(steps[steps <= gap].mean())
    if step > 1 / _LEAST_HZ:
        raise SystemExit(f"study: {source.label}: {1 / step:.3g} samples a second by its time "
                         "stamps; are they in seconds? --sampling HZ says the rate instead")
    absent = np.where(steps > gap, np.maximum(np.round(steps / step) - 1, 1), 0)
    return Clock(step, gap, absent.astype(np.int64))


def with_gaps(source: Source, time: Optional[Clock]) -> Array:
    """The samples with NaN for those that are missing between two time stamps."""
    if time is None or not time.absent.any() or \
            time.absent.sum() > _MOST_GAPS * len(source.samples):
        return source.samples
    place = np.concatenate([[0], np.cumsum(time.absent + 1)])
    found = np.full((int(place[-1]) + 1, source.samples.shape[1]), np.nan)
    found[place] = source.samples
    return found


def valid_share(source: Source, time: Optional[Clock]) -> float:
    """Valid samples among all that there should be."""
    n_absent = 0 if time is None else int(time.absent.sum())
    return float((~np.isnan(source.samples).any(axis=1)).sum() /
                 max(1, len(source.samples) + n_absent))


def at_rate(source: Source, time: Clock, rate: float) -> Array:
    """The samples nearest in time to the ticks of a lower rate: measured values, none in between.
    A tick is missing if the nearest sample is, or lies half a step away."""
    assert source.time is not None
    span = source.time[-1] - source.time[0]
    ticks = source.time[0] + np.arange(int(span * rate + 1e-9) + 1) / rate
    after = np.clip(np.searchsorted(source.time, ticks), 1, len(source.time) - 1)
    nearer = ticks - source.time[after - 1] <= source.time[after] - ticks
    nearest = np.where(nearer, after - 1, after)
    far = np.abs(source.time[nearest] - ticks) > max(time.gap, 1 / rate) / 2
    return np.where(far[:, None], np.nan, source.samples[nearest])


def thinned(samples: Array, rate: float, wanted: float) -> Array:
    """The same of evenly spaced samples without time stamps."""
    place = np.round(np.arange(int((len(samples) - 1) * wanted / rate + 1e-9) + 1) * rate / wanted)
    return np.asarray(samples[np.minimum(place.astype(np.int64), len(samples) - 1)])


def trimmed(samples: Array) -> Array:
    """Without what is missing at the ends, which says nothing of gaze."""
    there = np.flatnonzero(~np.isnan(samples).any(axis=1))
    return samples[there[0]:there[-1] + 1] if len(there) else samples[:0]


def usual_rate(rates: list[float]) -> float:
    """The middle one; of two middle ones the faster, and never what lies between two devices."""
    return sorted(rates)[len(rates) // 2] if rates else float("nan")


def common_rate(rates: dict[str, list[float]], wanted: Optional[float]) -> float:
    """The rate at which all groups are compared: that of the slowest group (the median of its
    recordings), or a lower one that is wanted; NaN where none is known."""
    every = np.concatenate([np.array(own, dtype=float) for own in rates.values()])
    n_unknown = int(np.isnan(every).sum())
    if n_unknown == len(every):
        if wanted is not None:
            raise SystemExit("study: --rate needs time stamps (--time) or --sampling HZ")
        return float("nan")
    if n_unknown:
        raise SystemExit(f"study: {n_unknown} of {len(every)} recordings have no time stamps, so "
                         "nothing says that their rate is that of the others; --sampling HZ says "
                         "it for all")
    slowest = min(usual_rate(own) for own in rates.values())
    if wanted is not None and wanted > slowest * SAME_RATE:
        raise SystemExit(f"study: --rate is {wanted:g}; a group has {slowest:.4g} samples a "
                         "second, and none can be given more")
    return slowest if wanted is None else wanted


def n_vectors(valid: Array, dim: int, delay: int) -> int:
    """Delay vectors of which no sample is missing."""
    n = len(valid) - (dim - 1) * delay
    if n <= 0:
        return 0
    there = valid[:n].copy()
    for k in range(1, dim):
        there &= valid[k * delay:k * delay + n]
    return int(there.sum())
