"""Recurrence by lag: rate, determinism and mean line of each diagonal."""
from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any, Optional

import numpy as np
import numpy.typing as npt

from ._analysis import make_options, on_embeddings
from ._context import Context
from ._handles import Handle
from ._html import table
from ._library import lib
from ._names import enum_names, integer
from ._plotting import panels
from ._table import frame_of, set_index
from ._windows import rate_of
from .types import (Backend, Compare, Convention, Counts, Floats, Integers, Missing, Norm,
                     Normalize, Relation, Samples, Table, ThresholdUnit, Ties)
from .errors import check

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MOST_LAGS = 1000  # by default


def _lows(values: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """For each value the least one between it and the nearest larger one before it."""
    low = values.copy()
    larger: list[int] = []
    for k, value in enumerate(values):
        while larger and values[larger[-1]] <= value:
            low[k] = np.minimum(low[k], low[larger.pop()])
        larger.append(k)
    return low


class Profile:
    """Values by lag, each an array of NumPy.

    Attributes
    ----------
    lags, rr, det, l_mean : array
        Of each lag; NaN where undefined.
    cells, points, line_points, lines : array of int
        The counts they come from.
    lag_of_max : int
        The lag of the largest rr; of equal ones the nearest to 0, then the positive one.
    relation : {"auto", "cross", "joint"}
        auto and joint have the lags 0 to max_lag (those on both sides for a number of nearest
        neighbours, whose plot is not symmetric), cross those on both sides: at a lag above 0, y
        does later what x does.

    Examples
    --------
    >>> x = np.sin(2 * np.pi * np.arange(300) / 25)
    >>> found = rqa.profile(x, dim=2, delay=6, threshold=0.2, max_lag=40)
    >>> found.peak, len(found)
    (25, 41)
    """

    __slots__ = ("lags", "rr", "det", "l_mean", "cells", "points", "line_points", "lines",
                 "lag_of_max", "relation", "sampling_rate")
    lags: Integers
    rr: Floats
    det: Floats
    l_mean: Floats
    cells: Counts
    points: Counts
    line_points: Counts
    lines: Counts

    def __init__(self, handle: Handle, relation: str, sampling_rate: Optional[float]):
        first, count = ctypes.c_int64(), ctypes.c_size_t()
        check(lib.rqa_lag_profile_lags(handle.pointer, ctypes.byref(first), ctypes.byref(count)))
        self.lags = first.value + np.arange(count.value, dtype=np.int64)
        for name, kind in enum_names("rqa_lag_profile_quantity").items():
            values = ctypes.POINTER(ctypes.c_double)()
            check(lib.rqa_lag_profile_values(handle.pointer, kind, ctypes.byref(values)))
            setattr(self, name, np.ctypeslib.as_array(values, (count.value,)).copy())
        for name, kind in enum_names("rqa_lag_profile_count").items():
            counts = ctypes.POINTER(ctypes.c_uint64)()
            check(lib.rqa_lag_profile_counts(handle.pointer, kind, ctypes.byref(counts)))
            setattr(self, name, np.ctypeslib.as_array(counts, (count.value,)).copy())
        lag = ctypes.c_int64()
        check(lib.rqa_lag_profile_lag_of_max(handle.pointer, ctypes.byref(lag), None))
        self.lag_of_max: int = lag.value
        self.relation = relation
        self.sampling_rate = sampling_rate

    def __len__(self) -> int:
        return len(self.lags)

    @property
    def lags_s(self) -> Optional[Floats]:
        """The lags in seconds; None without a sampling rate."""
        return None if self.sampling_rate is None else self.lags / self.sampling_rate

    @property
    def peak(self) -> Optional[int]:
        """What to look at first: lag_of_max between two recordings; of one, and of a joint profile,
        whose lag 0 recurs by itself, the most prominent peak, from which one must go down furthest to
        come to a larger value or to the end (None if there is none)."""
        if self.relation == "cross":
            return self.lag_of_max
        height = self.rr - np.maximum(_lows(self.rr), _lows(self.rr[::-1])[::-1])
        height[[0, -1]] = height[self.lags == 0] = 0
        return int(self.lags[np.argmax(height)]) if height.max() > 0 else None

    def to_frame(self) -> Table:
        """A table of all of it, lags as index (without pandas a dict of columns)."""
        columns = {name: getattr(self, name) for name in self.__slots__[1:8]}
        if self.lags_s is not None:
            columns = {"lag_s": self.lags_s, **columns}
        frame = frame_of(columns)
        if isinstance(frame, dict):
            return {"lag": self.lags, **frame}
        set_index(frame, self.lags, "lag")
        return frame

    def plot(self, figure: Optional["Figure"] = None) -> "npt.NDArray[np.object_]":
        """Draws rr, det and l_mean by lag with matplotlib, the peak marked; lag 0 of one recording,
        a line as long as itself, is left out. Returns the array of axes, from the top."""
        axes: "npt.NDArray[np.object_]" = panels(3, figure)
        begin = int(self.relation != "cross" and self.lags[0] == 0 and len(self) > 1)
        scale = 1.0 if self.sampling_rate is None else 1.0 / self.sampling_rate
        for ax, name in zip(axes, ("rr", "det", "l_mean")):
            ax.plot(self.lags[begin:] * scale, getattr(self, name)[begin:], color="black",
                    linewidth=0.9)
            ax.set_ylabel(name)
            if self.peak is not None:
                ax.axvline(self.peak * scale, color="0.4", linestyle="--", linewidth=0.9)
        if self.peak is not None:
            axes[0].set_title(f"peak at lag {self.peak * scale:g}", loc="right", fontsize="medium")
        unit = "samples" if self.sampling_rate is None else "s"
        axes[-1].set_xlabel(f"lag ({unit})" + (
            "; above 0, y does later what x does" if self.relation == "cross" else ""))
        return axes

    def _repr_html_(self) -> str:
        k = int(self.lag_of_max - self.lags[0])
        return table(f"profile, {self.relation}, lags {self.lags[0]} to {self.lags[-1]}",
                     ("lag of the largest rr", "rr", "det", "l_mean"),
                     [(self.lag_of_max, float(self.rr[k]), float(self.det[k]),
                       float(self.l_mean[k]))])

    def __repr__(self) -> str:
        k = int(self.lag_of_max - self.lags[0])
        return (f"<rqa.Profile: {self.relation}, lags {self.lags[0]} to {self.lags[-1]}, rr "
                f"{self.rr[k]:.6g} at lag {self.lag_of_max}>")


def profile(x: Samples, y: Optional[Samples] = None, dim: int = 1, delay: int = 1, *,
            threshold: float, max_lag: Optional[int] = None, relation: Optional[Relation] = None,
            sampling_rate: Optional[float] = None, norm: Norm = "euclidean",
            lmin: Optional[int] = None, convention: Convention = "standard",
            normalize: Optional[Normalize] = None, threshold_unit: ThresholdUnit = "data",
            missing: Optional[Missing] = None, compare: Optional[Compare] = None,
            threshold_y: Optional[float] = None, dim_y: Optional[int] = None,
            delay_y: Optional[int] = None, backend: Backend = "auto",
            threshold_lower: Optional[float] = None, ties: Ties = "all",
            theiler: Optional[int] = None, theiler_points: Optional[int] = None,
            context: Optional[Context] = None) -> Profile:
    """Recurrence rate, determinism and mean line of x, or of x with y, by lag. No Theiler window
    is applied to the lags.

    Parameters
    ----------
    x : Samples
        Samples, or samples x channels.
    y : Samples, optional
        Another recording.
    max_lag : int, optional
        The largest lag in samples; None is a quarter of the vectors, at most 1000.
    sampling_rate : float, optional
        Samples in a second, for lags in seconds.
    theiler, theiler_points : int, optional
        Which cells a recurrence rate, or neighbours, are counted over.

    Other parameters are those of `analyze`, `cross` and `joint` (relation="joint").

    Returns
    -------
    Profile
        The curves by lag.

    Raises
    ------
    Error
        As `analyze` does.

    Examples
    --------
    >>> x = np.sin(2 * np.pi * np.arange(300) / 25)
    >>> rqa.profile(x, dim=2, delay=6, threshold=0.2, sampling_rate=50.0).lags_s[:3].tolist()
    [0.0, 0.02, 0.04]
    """
    if relation is None:
        relation = "auto" if y is None else "cross"
    options = make_options(relation=relation, threshold=threshold, threshold_y=threshold_y,
                           norm=norm, convention=convention, compare=compare, lmin=lmin,
                           threshold_unit=threshold_unit, backend=backend,
                           threshold_lower=threshold_lower, ties=ties, theiler=theiler,
                           theiler_points=theiler_points)
    rate = rate_of(sampling_rate)
    wanted = None if max_lag is None else integer(max_lag, "max_lag", 0, 2**63 - 1)

    def run(handle: Handle, first: Any, second: Any) -> Profile:
        longest = max(int(lib.rqa_embedding_n_vectors(e)) for e in (first, second) if e)
        lags = min(longest // 4, _MOST_LAGS) if wanted is None else wanted
        with Handle("lag_profile", lambda out: int(lib.rqa_lag_profile_compute(
                out, first, second, ctypes.byref(options), lags)), handle) as found:
            return Profile(found, relation or "auto", rate)

    return on_embeddings(context, x, y, dim, delay, dim_y, delay_y, normalize, missing, run)
