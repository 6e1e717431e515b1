"""The types of the public face: names as literals, what samples may be, what is returned.

The lists of names are the library's; the tests compare them.
"""
from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypedDict, Union

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas

Norm = Literal["euclidean", "maximum", "manhattan", "l2", "max", "chebyshev", "l1", "taxicab"]
Convention = Literal["standard", "recurrenceanalysis", "crp", "pyrqa", "pyunicorn", "accrqa", "crqa",
                     "neurokit", "founding"]
Measure = Literal["rr", "det", "l_mean", "l_max", "div", "l_entr", "lam", "tt", "v_max", "v_entr",
                  "w_mean", "w_max", "w_entr", "t1", "t2", "rte", "trend", "det_rr", "lam_det",
                  "transitivity", "clustering", "assortativity", "components", "path_mean",
                  "diameter", "efficiency", "rpde", "nmprt", "nmprt_time", "l_entr_rel",
                  "microstate_entropy", "cat_entropy"]
#: Names of measures; "all" are the 19 that need not be named.
Measures = Union[Literal["all"], Measure, Iterable[Measure]]
ThresholdUnit = Literal["data", "std", "max_diameter", "mean_diameter", "recurrence_rate",
                        "neighbours", "neighbour_rate", "adaptive_neighbours", "max-diameter",
                        "mean-diameter", "recurrence-rate", "neighbour-rate",
                        "adaptive-neighbours"]
Compare = Literal["convention", "le", "lt"]
Relation = Literal["auto", "cross", "joint"]
Ties = Literal["all", "index"]
WhiteBorder = Literal["convention", "include", "exclude"]
Border = Literal["all", "dibo", "dibo-semi", "kelo", "kelo-semi", "censi", "censi-semi", "censi-loi",
                 "censi-semi-loi"]
# A bound, or (bound, lag in samples).
Isodirectional = Union[float, "tuple[float, int]"]
Backend = Literal["auto", "sequential", "threads", "gpu", "hybrid"]
Normalize = Literal["none", "zscore", "zscore_pop", "unit"]
Missing = Literal["error", "skip"]
SurrogateMethod = Literal["shuffle", "phase", "aaft", "iaaft", "twin"]
BootstrapLines = Literal["all_lines", "long_lines"]
K2Estimator = Literal["lines", "segments"]
MiEstimator = Literal["bins", "ksg"]
Scope = Literal["recording", "window"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Counts = npt.NDArray[np.uint64]
Booleans = npt.NDArray[np.bool_]
#: Rows with named fields.
Records = npt.NDArray[np.void]
Path = Union[str, bytes, "os.PathLike[str]"]


class HasDLPack(Protocol):
    """A tensor in the memory of the CPU."""

    def __dlpack__(self) -> object: ...
    def __dlpack_device__(self) -> tuple[int, int]: ...


class HasNumpy(Protocol):
    """A column or a table, such as those of pandas and polars."""

    def to_numpy(self) -> "npt.NDArray[Any]": ...


#: Samples, or samples x channels: whatever NumPy reads, with __array__, to_numpy or DLPack.
Samples = Union[npt.ArrayLike, HasDLPack, HasNumpy]
#: Two recordings, of a cross or joint relation.
Pair = tuple[Samples, Samples]
#: What a sweep goes over; see `rqa.sweep`.
Recordings = Union[Samples, Mapping[str, Union[Samples, Pair]], Mapping[int, Union[Samples, Pair]],
                   Iterable[tuple[str, Union[Samples, Pair]]],
                   Iterable[tuple[str, Mapping[str, object], Union[Samples, Pair]]],
                   Iterable[Union[Samples, Pair]]]
#: One value of a grid, or a range, list, array or Series of values.
Axis = Union[npt.ArrayLike, HasNumpy, Iterable[float]]

#: A number, name or text of what was asked for, or ran.
Setting = Union[None, bool, int, float, str]


class Counting(TypedDict, total=False):
    """The options of analyze() that say how lines are counted."""

    convention: Convention
    theiler: Union[None, int]
    theiler_points: Union[None, int]
    theiler_diagonal: Union[None, int]
    theiler_vertical: Union[None, int]
    lmin: Union[None, int]
    vmin: Union[None, int]
    wmin: Union[None, int]
    white_border: Union[None, WhiteBorder]
    trend_border: Union[None, int]
    border: Border
    microstate_size: Union[None, int]


class Measuring(Counting, total=False):
    """Those, and what is computed."""

    measures: Union[None, Measures]


class Recurring(Counting, total=False):
    """Those, and what recurs."""

    norm: Norm
    threshold_unit: ThresholdUnit
    threshold_y: Union[None, float]
    threshold_lower: Union[None, float]
    ties: Ties
    compare: Union[None, Compare]
    backend: Backend


class Device(TypedDict):
    """What can compute, or why it cannot."""

    backend: str
    available: bool
    workers: int
    detail: str
    memory_bytes: int


if TYPE_CHECKING:
    #: A pandas frame; without pandas a dict of NumPy columns.
    Table = pandas.DataFrame
else:
    Table = Any
