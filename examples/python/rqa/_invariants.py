"""What is read off a plot over a range of thresholds or lengths, and what is exported of it: correlation
sum, d2 and K2, the maximum of microstate entropy, det from three cells, edges of the network, distances."""
from __future__ import annotations

import ctypes
import importlib
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

import numpy as np
import numpy.typing as npt

from ._analysis import make_options, on_embeddings
from ._context import Context
from ._handles import Handle
from ._html import table
from ._library import declarations, lib
from ._names import enum_names, enum_number, integer, number, number_axis
from .types import (Axis, Backend, Booleans, Compare, Convention, Counts, Floats, Integers,
                     Missing, Norm, Normalize, Samples, ThresholdUnit)
from .errors import check, fail


if TYPE_CHECKING:
    import scipy.sparse


def _doubles(values: "np.ndarray[Any, Any]") -> Any:
    return values.ctypes.data_as(ctypes.POINTER(ctypes.c_double))


def _copy(values: Any, count: int) -> "np.ndarray[Any, Any]":
    return np.ctypeslib.as_array(values, (count,)).copy()


class CorrelationSum:
    """The correlation sum over thresholds, each an array of NumPy.

    Attributes
    ----------
    thresholds : array of float
        In data units.
    sum : array of float
        C, the share of pairs within each; NaN without cells.
    points : array of int
        The pairs within each, of `cells` in all.
    local_slope : array of float
        Of ln C over ln threshold, from each threshold to the next; NaN where one of them is 0.

    Examples
    --------
    >>> found = rqa.correlation_sum(np.arange(10.0), thresholds=[1, 2, 3])
    >>> found.points.tolist(), int(found.cells), len(found)
    ([18, 34, 48], 90, 3)
    """

    __slots__ = ("_handle", "thresholds", "sum", "points", "cells", "local_slope")
    thresholds: Floats
    sum: Floats
    local_slope: Floats

    def __init__(self, handle: Handle):
        self._handle = handle
        points, count = ctypes.POINTER(ctypes.c_uint64)(), ctypes.c_size_t()
        cells = ctypes.c_uint64()
        check(lib.rqa_correlation_sum_counts(handle.pointer, ctypes.byref(points),
                                             ctypes.byref(count), ctypes.byref(cells)))
        self.points: Counts = _copy(points, count.value)
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

    def _repr_html_(self) -> str:
        return table(f"correlation sum, d2 {self.d2():.6g} over all of it", ("threshold", "C"),
                     zip(self.thresholds.tolist(), self.sum.tolist()))

    def __repr__(self) -> str:
        return (f"<rqa.CorrelationSum: {len(self)} thresholds, {self.thresholds[0]:g} to "
                f"{self.thresholds[-1]:g}>")


def correlation_sum(x: Samples, y: Optional[Samples] = None, dim: int = 1, delay: int = 1, *,
                    thresholds: Axis, norm: Norm = "euclidean", theiler: Optional[int] = None,
                    convention: Convention = "standard", compare: Optional[Compare] = None,
                    threshold_unit: ThresholdUnit = "data", delay_y: Optional[int] = None,
                    normalize: Optional[Normalize] = None, missing: Optional[Missing] = None,
                    backend: Backend = "auto", context: Optional[Context] = None) -> CorrelationSum:
    """The correlation sum of x, or of x with y, at many thresholds in one pass. No vector is
    compared with itself.

    Parameters
    ----------
    x : Samples
        Samples, or samples x channels.
    y : Samples, optional
        Another recording.
    thresholds : Axis
        Rising, in `threshold_unit` ("data", "std", "max_diameter", "mean_diameter").

    Other parameters are those of `analyze` and `cross`.

    Returns
    -------
    CorrelationSum
        The curves, and `d2()` of them.

    Raises
    ------
    Error
        As `analyze` does.

    Examples
    --------
    >>> circle = np.sin(0.1 * np.arange(2000))
    >>> found = rqa.correlation_sum(circle, dim=2, delay=16, thresholds=np.geomspace(0.05, 0.5, 8))
    >>> round(found.d2(), 1)
    1.0
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
              estimator: str) -> Counts:
    """What K2 is fitted to."""
    words, bins = _bins(lines)
    low, high = integer(first, "first", 1, 2**31 - 1), integer(last, "last", 1, 2**31 - 1)
    counts = np.zeros(max(high - low + 1, 1), dtype=np.uint64)
    check(lib.rqa_k2_counts(counts.ctypes.data_as(ctypes.POINTER(ctypes.c_uint64)), bins,
                            len(words) // 2, enum_number("rqa_k2_estimator", estimator, "estimator"),
                            low, high))
    return counts


class MicrostateMaximum(NamedTuple):
    """The largest microstate entropy over thresholds.

    Attributes
    ----------
    entropy : float
        In nats; NaN where none is defined.
    threshold : float
        In data units.
    k : int
        Of the grid: the threshold is the largest distance * k / 50; 0 where none is defined.
    entropies, thresholds : array of float
        Of k = 1 .. 50.

    Examples
    --------
    >>> found = rqa.microstate_maximum(np.sin(0.3 * np.arange(100)))
    >>> len(found.entropies), bool(found.entropy == found.entropies.max())
    (50, True)
    """
    entropy: float    # nats; NaN where none is defined
    threshold: float  # in data units
    k: int            # of the grid: the largest distance * k / 50; 0 where none is defined
    entropies: Floats   # of k = 1 .. 50
    thresholds: Floats


def microstate_maximum(x: Samples, y: Optional[Samples] = None, dim: int = 1, delay: int = 1, *,
                       microstate_size: Optional[int] = None, norm: Norm = "euclidean",
                       theiler: Optional[int] = None, delay_y: Optional[int] = None,
                       normalize: Optional[Normalize] = None, missing: Optional[Missing] = None,
                       backend: Backend = "auto",
                       context: Optional[Context] = None) -> MicrostateMaximum:
    """The maximum of the entropy of microstates (Corso et al. 2018) over 50 thresholds, k/50 of
    the largest distance; of equal ones the smallest k.

    Parameters
    ----------
    x : Samples
        Samples, or samples x channels.
    y : Samples, optional
        Another recording.
    microstate_size : int, optional
        Cells on a side of the blocks, 1 to 4; None is 3.

    Other parameters are those of `analyze` and `cross`.

    Returns
    -------
    MicrostateMaximum
        The entropy, its threshold, and the curve.

    Raises
    ------
    Error
        As `analyze` does.

    Examples
    --------
    >>> found = rqa.microstate_maximum(np.sin(0.3 * np.arange(100)), microstate_size=2)
    >>> bool(0 < found.entropy <= np.log(16)), 1 <= found.k <= 50
    (True, True)
    """
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


class DetEstimate(NamedTuple):
    """det as three cells of a diagonal estimate it.

    Attributes
    ----------
    det : float
        NaN without a recurrence point.
    counts : array of int
        Of the 8 patterns R(i,j) + 2 R(i+1,j+1) + 4 R(i+2,j+2).

    Examples
    --------
    >>> found = rqa.det_estimate([1.0, 2.0, 1.0, 2.0, 1.0], threshold=0.5)
    >>> found.det, int(found.counts.sum())
    (1.0, 6)
    """
    det: float
    counts: Counts


def det_estimate(x: Samples, y: Optional[Samples] = None, dim: int = 1, delay: int = 1, *,
                 threshold: float, norm: Norm = "euclidean", theiler: Optional[int] = None,
                 compare: Optional[Compare] = None, threshold_unit: ThresholdUnit = "data",
                 delay_y: Optional[int] = None, normalize: Optional[Normalize] = None,
                 missing: Optional[Missing] = None, backend: Backend = "auto",
                 context: Optional[Context] = None) -> DetEstimate:
    """det (lmin 2) from patterns of three successive cells of the diagonals, as packages of
    microstates give it: 1 - p(010) / rr. Not the det of `analyze`, which counts lines; at borders
    they differ.

    Parameters
    ----------
    x : Samples
        Samples, or samples x channels.
    y : Samples, optional
        Another recording.

    Other parameters are those of `analyze` and `cross`.

    Returns
    -------
    DetEstimate
        The estimate, and how often there is each pattern.

    Raises
    ------
    Error
        As `analyze` does.

    Examples
    --------
    >>> x = np.sin(0.1 * np.arange(500))
    >>> estimate = rqa.det_estimate(x, threshold=0.1).det
    >>> abs(estimate - rqa.analyze(x, threshold=0.1).det) < 0.01
    True
    """
    options = make_options(relation="auto" if y is None else "cross", threshold=threshold, norm=norm,
                           theiler=theiler, compare=compare, threshold_unit=threshold_unit,
                           backend=backend)
    counts = np.zeros(8, dtype=np.uint64)
    found = ctypes.c_double()

    def run(_handle: Handle, first: Any, second: Any) -> DetEstimate:
        check(lib.rqa_det_estimate(ctypes.byref(found),
                                   counts.ctypes.data_as(ctypes.POINTER(ctypes.c_uint64)), first,
                                   second, ctypes.byref(options)))
        return DetEstimate(found.value, counts)

    return on_embeddings(context, x, y, dim, delay, None, delay_y, normalize, missing, run)


class Adjacency:
    """The edges of a recurrence network as compressed sparse rows: the neighbours of vector i are
    neighbours[starts[i]:starts[i + 1]], rising; each edge is in the rows of both its ends.

    Attributes
    ----------
    starts, neighbours : array of int
        As above.

    Examples
    --------
    >>> rqa.adjacency([1.0, 5.0, 1.0, 5.0], threshold=0.5).edges.tolist()
    [[0, 2], [1, 3]]
    """

    __slots__ = ("starts", "neighbours")

    def __init__(self, starts: Integers, neighbours: "npt.NDArray[np.int32]"):
        self.starts = starts
        self.neighbours = neighbours

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def edges(self) -> Integers:
        """The list of edges, (i, j) with i < j, once each."""
        rows = np.repeat(np.arange(len(self)), np.diff(self.starts))
        upper = self.neighbours > rows
        return np.stack([rows[upper], self.neighbours[upper]], axis=1)

    def to_numpy(self) -> Booleans:
        """The whole matrix as an array of bool, a byte a cell."""
        dense = np.zeros((len(self), len(self)), dtype=np.bool_)
        dense[np.repeat(np.arange(len(self)), np.diff(self.starts)), self.neighbours] = True
        return dense

    def to_scipy(self) -> "scipy.sparse.csr_array":
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


def adjacency(x: Samples, y: Optional[Samples] = None, dim: int = 1, delay: int = 1, *,
              threshold: float, dim_y: Optional[int] = None, delay_y: Optional[int] = None,
              norm: Norm = "euclidean", theiler: Optional[int] = None,
              normalize: Optional[Normalize] = None, threshold_unit: ThresholdUnit = "data",
              threshold_y: Optional[float] = None, missing: Optional[Missing] = None,
              compare: Optional[Compare] = None, backend: Backend = "auto",
              context: Optional[Context] = None) -> Adjacency:
    """The edges of the network that `network` counts, for networkx, igraph or SciPy.

    Parameters
    ----------
    x : Samples
        Samples, or samples x channels.
    y : Samples, optional
        Another recording, for joint recurrence.

    Other parameters are those of `network`.

    Returns
    -------
    Adjacency
        Compressed sparse rows, with `edges`, `to_numpy()` and `to_scipy()`.

    Raises
    ------
    Error
        As `analyze` does.

    Examples
    --------
    >>> len(rqa.adjacency(np.arange(10.0), threshold=1.5).edges)
    9
    """
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


def distances(x: Samples, y: Optional[Samples] = None, dim: int = 1, delay: int = 1, *,
              norm: Norm = "euclidean", first_row: int = 0, n_rows: Optional[int] = None,
              delay_y: Optional[int] = None, normalize: Optional[Normalize] = None,
              missing: Optional[Missing] = None, backend: Backend = "auto",
              context: Optional[Context] = None) -> Floats:
    """The distances that a threshold is compared with: rows are the index into y (of x again
    without y), columns that into x; NaN where a vector touches a missing sample. 8 bytes a
    cell.

    Parameters
    ----------
    x : Samples
        Samples, or samples x channels.
    y : Samples, optional
        Another recording.
    first_row, n_rows : int
        A stretch of rows; None is all from there.

    Other parameters are those of `matrix`.

    Returns
    -------
    array of float
        Rows x columns.

    Raises
    ------
    Error
        As `analyze` does.

    Examples
    --------
    >>> rqa.distances([0.0, 3.0, 4.0]).tolist()
    [[0.0, 3.0, 4.0], [3.0, 0.0, 1.0], [4.0, 1.0, 0.0]]
    """
    options = make_options(relation="auto" if y is None else "cross", norm=norm, backend=backend)
    begin = integer(first_row, "first_row", 0, 2**63 - 1)
    wanted = None if n_rows is None else integer(n_rows, "n_rows", 0, 2**63 - 1)

    def run(_handle: Handle, first: Any, second: Any) -> Floats:
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
