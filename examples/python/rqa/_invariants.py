"""What is read off a plot over a range of thresholds or lengths, and what is exported of it: correlation
sum, d2 and K2, the maximum of microstate entropy, edges of the network, distances."""
from __future__ import annotations

import ctypes
import importlib
from typing import Any, NamedTuple, Optional

import numpy as np

from ._analysis import make_options, on_embeddings
from ._context import Context
from ._handles import Handle
from ._library import declarations, lib
from ._names import enum_names, enum_number, integer, number, number_axis
from .errors import check, fail


def _doubles(values: "np.ndarray[Any, Any]") -> Any:
    return values.ctypes.data_as(ctypes.POINTER(ctypes.c_double))


def _copy(values: Any, count: int) -> "np.ndarray[Any, Any]":
    return np.ctypeslib.as_array(values, (count,)).copy()


class CorrelationSum:
    """The correlation sum over thresholds, each an array of NumPy.

    thresholds: in data units. sum: C, the share of pairs within each; NaN without cells. points: as
    counts, of `cells` in all. local_slope: of ln C over ln threshold, from each threshold to the next; NaN
    where one of them is 0.
    """

    __slots__ = ("_handle", "thresholds", "sum", "points", "cells", "local_slope")
    thresholds: "np.ndarray[Any, Any]"
    sum: "np.ndarray[Any, Any]"
    local_slope: "np.ndarray[Any, Any]"

    def __init__(self, handle: Handle):
        self._handle = handle
        points, count = ctypes.POINTER(ctypes.c_uint64)(), ctypes.c_size_t()
        cells = ctypes.c_uint64()
        check(lib.rqa_correlation_sum_counts(handle.pointer, ctypes.byref(points),
                                             ctypes.byref(count), ctypes.byref(cells)))
        self.points = _copy(points, count.value)
        self.cells: int = cells.value
        for name, kind in enum_names("rqa_correlation_curve").items():
            values = ctypes.POINTER(ctypes.c_double)()
            check(lib.rqa_correlation_sum_curve(handle.pointer, kind, ctypes.byref(values),
                                                ctypes.byref(count)))
            setattr(self, "thresholds" if name == "threshold" else name,
                    _copy(values, count.value))

    def d2(self, lower: float = 0.0, upper: float = float("inf")) -> float:
        """The correlation dimension: the least-squares slope of ln C over ln threshold, over the
        thresholds from lower to upper, in the unit they were given in. NaN with fewer than two."""
        found = ctypes.c_double()
        check(lib.rqa_correlation_sum_d2(self._handle.pointer, number(lower, "lower"),
                                         number(upper, "upper"), ctypes.byref(found), None))
        return found.value

    def __len__(self) -> int:
        return len(self.thresholds)

    def __repr__(self) -> str:
        return (f"<rqa.CorrelationSum: {len(self)} thresholds, {self.thresholds[0]:g} to "
                f"{self.thresholds[-1]:g}>")


def correlation_sum(x: Any, y: Any = None, dim: int = 1, delay: int = 1, *, thresholds: Any,
                    norm: str = "euclidean", theiler: Optional[int] = None,
                    convention: str = "standard", compare: Optional[str] = None,
                    threshold_unit: str = "data", delay_y: Optional[int] = None,
                    normalize: Optional[str] = None, missing: Optional[str] = None,
                    backend: str = "auto", context: Optional[Context] = None) -> CorrelationSum:
    """The correlation sum of x, or of x with y, at many thresholds in one pass.

    thresholds: rising, in threshold_unit (data, std, max_diameter, mean_diameter). The other arguments
    are those of analyze() and cross(). No vector is compared with itself.
    """
    options = make_options(relation="auto" if y is None else "cross", norm=norm, theiler=theiler,
                           convention=convention, compare=compare, threshold_unit=threshold_unit,
                           backend=backend)
    axis = number_axis(thresholds, "thresholds")

    def run(handle: Handle, first: Any, second: Any) -> CorrelationSum:
        return CorrelationSum(Handle(
            "correlation_sum", lambda out: int(lib.rqa_correlation_sum_compute(
                out, first, second, ctypes.byref(options), _doubles(axis), len(axis))), handle))

    return on_embeddings(context, x, y, dim, delay, None, delay_y, normalize, missing, run)


def _bins(lines: "np.ndarray[Any, Any]") -> Any:
    words = np.ascontiguousarray(lines).view(np.uint64)
    return words, words.ctypes.data_as(ctypes.POINTER(declarations.rqa_line_bin))


def k2(lines: "np.ndarray[Any, Any]", first: int, last: int, estimator: str) -> float:
    """K2 of a histogram of diagonal lines."""
    words, bins = _bins(lines)
    found = ctypes.c_double()
    check(lib.rqa_k2(ctypes.byref(found), None, bins, len(words) // 2,
                     enum_number("rqa_k2_estimator", estimator, "estimator"),
                     integer(first, "first", 1, 2**63 - 1), integer(last, "last", 1, 2**63 - 1)))
    return found.value


def k2_counts(lines: "np.ndarray[Any, Any]", first: int, last: int,
              estimator: str) -> "np.ndarray[Any, Any]":
    """What K2 is fitted to."""
    words, bins = _bins(lines)
    low, high = integer(first, "first", 1, 2**31 - 1), integer(last, "last", 1, 2**31 - 1)
    counts = np.zeros(max(high - low + 1, 1), dtype=np.uint64)
    check(lib.rqa_k2_counts(counts.ctypes.data_as(ctypes.POINTER(ctypes.c_uint64)), bins,
                            len(words) // 2, enum_number("rqa_k2_estimator", estimator, "estimator"),
                            low, high))
    return counts


class MicrostateMaximum(NamedTuple):
    """The largest microstate entropy over thresholds."""
    entropy: float    # nats; NaN where none is defined
    threshold: float  # in data units
    k: int            # of the grid: the largest distance * k / 50; 0 where none is defined
    entropies: "np.ndarray[Any, Any]"   # of k = 1 .. 50
    thresholds: "np.ndarray[Any, Any]"


def microstate_maximum(x: Any, y: Any = None, dim: int = 1, delay: int = 1, *,
                       microstate_size: Optional[int] = None, norm: str = "euclidean",
                       theiler: Optional[int] = None, delay_y: Optional[int] = None,
                       normalize: Optional[str] = None, missing: Optional[str] = None,
                       backend: str = "auto",
                       context: Optional[Context] = None) -> MicrostateMaximum:
    """The maximum of the entropy of microstates (Corso et al. 2018) over 50 thresholds, k/50 of the
    largest distance; of equal ones the smallest k."""
    options = make_options(relation="auto" if y is None else "cross", norm=norm, theiler=theiler,
                           microstate_size=microstate_size, backend=backend)
    entropies, thresholds = (np.empty(declarations.RQA_MICROSTATE_STEPS) for _ in range(2))
    best = ctypes.c_uint32()

    def run(_handle: Handle, first: Any, second: Any) -> MicrostateMaximum:
        check(lib.rqa_microstate_maximum(ctypes.byref(best), _doubles(entropies),
                                         _doubles(thresholds), first, second,
                                         ctypes.byref(options)))
        k = best.value
        return MicrostateMaximum(float(entropies[k - 1]) if k else float("nan"),
                                 float(thresholds[k - 1]) if k else float("nan"), k, entropies,
                                 thresholds)

    return on_embeddings(context, x, y, dim, delay, None, delay_y, normalize, missing, run)


class Adjacency:
    """The edges of a recurrence network as compressed sparse rows: the neighbours of vector i are
    neighbours[starts[i]:starts[i + 1]], rising; each edge is in the rows of both its ends."""

    __slots__ = ("starts", "neighbours")

    def __init__(self, starts: "np.ndarray[Any, Any]", neighbours: "np.ndarray[Any, Any]"):
        self.starts = starts
        self.neighbours = neighbours

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def edges(self) -> "np.ndarray[Any, Any]":
        """The list of edges, (i, j) with i < j, once each."""
        rows = np.repeat(np.arange(len(self)), np.diff(self.starts))
        upper = self.neighbours > rows
        return np.stack([rows[upper], self.neighbours[upper]], axis=1)

    def to_numpy(self) -> "np.ndarray[Any, Any]":
        """The whole matrix as an array of bool, a byte a cell."""
        dense = np.zeros((len(self), len(self)), dtype=np.bool_)
        dense[np.repeat(np.arange(len(self)), np.diff(self.starts)), self.neighbours] = True
        return dense

    def to_scipy(self) -> Any:
        """A scipy.sparse.csr_array of bool."""
        try:
            sparse: Any = importlib.import_module("scipy.sparse")
        except ImportError:
            raise ImportError("Adjacency.to_scipy needs SciPy (pip install scipy); Adjacency.edges "
                              "and to_numpy do without") from None
        matrix = getattr(sparse, "csr_array", sparse.csr_matrix)
        return matrix((np.ones(len(self.neighbours), dtype=np.bool_), self.neighbours, self.starts),
                      shape=(len(self), len(self)))

    def __repr__(self) -> str:
        return f"<rqa.Adjacency: {len(self):,} vectors, {len(self.neighbours) // 2:,} edges>"


def adjacency(x: Any, dim: int = 1, delay: int = 1, *, threshold: float, y: Any = None,
              dim_y: Optional[int] = None, delay_y: Optional[int] = None, norm: str = "euclidean",
              theiler: Optional[int] = None, normalize: Optional[str] = None,
              threshold_unit: str = "data", threshold_y: Optional[float] = None,
              missing: Optional[str] = None, compare: Optional[str] = None, backend: str = "auto",
              context: Optional[Context] = None) -> Adjacency:
    """The edges of the network that network() counts, with its arguments, for networkx, igraph or SciPy."""
    options = make_options(relation="auto" if y is None else "joint", threshold=threshold,
                           threshold_y=threshold_y, norm=norm, theiler=theiler,
                           threshold_unit=threshold_unit, compare=compare, backend=backend)

    def run(handle: Handle, first: Any, second: Any) -> Adjacency:
        starts, neighbours = ctypes.POINTER(ctypes.c_uint64)(), ctypes.POINTER(ctypes.c_uint32)()
        count = ctypes.c_size_t()
        with Handle("adjacency", lambda out: int(lib.rqa_adjacency_create(
                out, first, second, ctypes.byref(options))), handle) as found:
            check(lib.rqa_adjacency_rows(found.pointer, ctypes.byref(starts),
                                         ctypes.byref(neighbours), ctypes.byref(count)))
            rows = _copy(starts, count.value + 1).astype(np.int64)
            return Adjacency(rows, _copy(neighbours, int(rows[-1])).astype(np.int32)
                             if rows[-1] else np.empty(0, np.int32))

    return on_embeddings(context, x, y, dim, delay, dim_y, delay_y, normalize, missing, run)


def distances(x: Any, y: Any = None, dim: int = 1, delay: int = 1, *, norm: str = "euclidean",
              first_row: int = 0, n_rows: Optional[int] = None, delay_y: Optional[int] = None,
              normalize: Optional[str] = None, missing: Optional[str] = None,
              backend: str = "auto", context: Optional[Context] = None) -> "np.ndarray[Any, Any]":
    """The distances that a threshold is compared with: rows are the index into y (of x again without
    y), columns that into x; NaN where a vector touches a missing sample. 8 bytes a cell.

    first_row, n_rows: a stretch of rows; None is all from there. The other arguments are those of
    matrix().
    """
    options = make_options(relation="auto" if y is None else "cross", norm=norm, backend=backend)
    begin = integer(first_row, "first_row", 0, 2**63 - 1)
    wanted = None if n_rows is None else integer(n_rows, "n_rows", 0, 2**63 - 1)

    def run(_handle: Handle, first: Any, second: Any) -> "np.ndarray[Any, Any]":
        n_columns = int(lib.rqa_embedding_n_vectors(first))
        n_all = int(lib.rqa_embedding_n_vectors(second)) if second else n_columns
        count = max(n_all - begin, 0) if wanted is None else wanted
        if begin + count > n_all:
            fail("VALUE", f"first_row is {begin} and n_rows is {count}; there are {n_all} rows")
        cells = np.empty((count, n_columns))
        check(lib.rqa_distance_rows(_doubles(cells), 0, first, second, ctypes.byref(options), begin,
                                    count))
        return cells

    return on_embeddings(context, x, y, dim, delay, None, delay_y, normalize, missing, run)
