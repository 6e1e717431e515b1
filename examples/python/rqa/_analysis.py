"""One analysis: options, the call, the result."""
from __future__ import annotations

import ctypes
import math
from typing import Any, Callable, Iterable, Optional

import numpy as np

from ._context import Context, T, interruptible
from ._handles import Handle
from ._library import declarations, initialized, lib, new
from ._names import (MEASURES, enum_names, enum_number, integer, library_name, library_number,
                     measure_mask, number, shown)
from ._recording import as_samples, n_channels, series
from ._result import Result
from .errors import Error, check, fail

_LARGEST = 2**31 - 1


def _shortest(value: Any, argument: str) -> int:
    """0 (the convention's) for None."""
    return 0 if value is None else integer(value, argument, 1, _LARGEST)


def _window(value: Any, argument: str) -> int:
    """-1 (the convention's) for None."""
    return -1 if value is None else integer(value, argument, 0, 2**63 - 1)


def _or_convention(name: Optional[str]) -> str:
    return "convention" if name is None else name


def make_options(*, threshold: Any = 0.0, threshold_y: Any = None, norm: str = "euclidean",
                 convention: str = "standard", compare: Optional[str] = None,
                 relation: str = "auto", threshold_unit: str = "data", theiler: Any = None,
                 theiler_points: Any = None, theiler_diagonal: Any = None,
                 theiler_vertical: Any = None, lmin: Any = None, vmin: Any = None, wmin: Any = None,
                 white_border: Optional[str] = None, trend_border: Any = None,
                 microstate_size: Optional[int] = None, border: str = "all",
                 backend: str = "auto", measures: Optional[Iterable[str]] = None,
                 threshold_lower: Any = None, ties: str = "all") -> Any:
    """rqa_analysis_options from keyword arguments; None is the convention's choice."""
    options = initialized("rqa_analysis_options")
    options.convention = library_number("convention", convention, "convention")
    options.norm = library_number("norm", norm, "norm")
    options.compare = enum_number("rqa_compare", _or_convention(compare), "compare")
    options.relation = enum_number("rqa_relation", relation, "relation")
    options.threshold_unit = enum_number("rqa_threshold_unit", threshold_unit, "threshold_unit")
    options.threshold = number(threshold, "threshold")
    if threshold_y is not None:
        options.threshold_y = number(threshold_y, "threshold_y")
        if options.threshold_y < 0:  # which means "as threshold" to the library
            fail("VALUE", f"threshold_y is {shown(threshold_y)}; allowed is >= 0, or None for "
                          "threshold")
    if threshold_lower is not None:
        options.threshold_lower = number(threshold_lower, "threshold_lower")
        options.corridor = 1
    options.ties = enum_number("rqa_ties", ties, "ties")
    options.theiler = _window(theiler, "theiler")
    options.theiler_points = _window(theiler_points, "theiler_points")
    options.theiler_diagonal = _window(theiler_diagonal, "theiler_diagonal")
    options.theiler_vertical = _window(theiler_vertical, "theiler_vertical")
    options.lmin = _shortest(lmin, "lmin")
    options.vmin = _shortest(vmin, "vmin")
    options.wmin = _shortest(wmin, "wmin")
    options.white_border = enum_number("rqa_white_border", _or_convention(white_border),
                                       "white_border")
    options.border = library_number("border", border, "border")
    if trend_border is not None:
        left_out = integer(trend_border, "trend_border", 0, _LARGEST)
        options.trend_border = left_out or 2**32 - 1
    if microstate_size is not None:
        options.microstate_size = integer(microstate_size, "microstate_size", 1, 4)
    options.backend = library_number("backend", backend, "backend")
    options.measures = measure_mask(measures)
    return options


def _embed(context: Handle, array: "np.ndarray[Any, Any]", dim: int, delay: int,
           normalize: Optional[str], missing: Optional[str], said: str) -> Handle:
    """The delay embedding of an array; said: what stands before the text of an error."""
    try:
        with series(context, array, normalize, missing) as recording:
            return Handle("embedding", lambda out: int(lib.rqa_embedding_create(
                out, recording.pointer, dim, delay)), context)
    except Error as error:
        raise type(error)(said + str(error)) from None


def on_embeddings(context: Optional[Context], x: Any, y: Any, dim: Any, delay: Any, dim_y: Any,
                  delay_y: Any, normalize: Optional[str], missing: Optional[str],
                  run: Callable[[Handle, Any, Any], T]) -> T:
    """run(context, embedding of x, embedding of y or None), in such a way that Ctrl-C works."""
    m, tau = (integer(value, name, 1, _LARGEST) for value, name in ((dim, "dim"), (delay, "delay")))
    m_y, tau_y = (first if value is None else integer(value, name, 1, _LARGEST)
                  for value, name, first in ((dim_y, "dim_y", m), (delay_y, "delay_y", tau)))
    array_x = as_samples(x, "x")
    array_y = None if y is None else as_samples(y, "y")

    def embed_both(handle: Handle) -> T:
        with _embed(handle, array_x, m, tau, normalize, missing,
                    "" if array_y is None else "x: ") as first:
            second = None
            if array_y is not None:
                second = _embed(handle, array_y, m_y, tau_y, normalize, missing, "y: ")
            return run(handle, first.pointer, second and second.pointer)

    return interruptible(context, work_of(array_x, array_y, m), embed_both)


def work_of(x: "np.ndarray[Any, Any]", y: Optional["np.ndarray[Any, Any]"], dim: int) -> float:
    """Pairs x coordinates, roughly."""
    other = x if y is None else y
    coordinates = n_channels(x) * dim
    return float(len(x)) * float(len(other)) * coordinates


def _histogram(metrics: Handle, kind: int) -> Optional["np.ndarray[Any, Any]"]:
    bins = ctypes.POINTER(declarations.rqa_line_bin)()
    count = ctypes.c_size_t()
    status = lib.rqa_metrics_histogram(metrics.pointer, kind, ctypes.byref(bins),
                                       ctypes.byref(count))
    if status == declarations.RQA_ERROR_STATE:
        return None
    check(status)
    dtype = np.dtype([("length", np.uint64), ("count", np.uint64)])
    if count.value == 0:
        return np.empty(0, dtype)
    words = np.ctypeslib.as_array(ctypes.cast(bins, ctypes.POINTER(ctypes.c_uint64)),
                                  (count.value, 2))
    return words.copy().view(dtype)[:, 0]


def _offset_points(metrics: Handle) -> Optional["np.ndarray[Any, Any]"]:
    points = ctypes.POINTER(ctypes.c_uint64)()
    count = ctypes.c_size_t()
    status = lib.rqa_metrics_offset_points(metrics.pointer, ctypes.byref(points),
                                           ctypes.byref(count))
    if status == declarations.RQA_ERROR_STATE:
        return None
    check(status)
    return np.ctypeslib.as_array(points, (count.value,)).copy()


def _provenance(metrics: Handle) -> dict[str, Any]:
    out = new("rqa_provenance")
    check(lib.rqa_metrics_provenance(metrics.pointer, ctypes.byref(out)))
    found: dict[str, Any] = {}
    for field, _ in out._fields_[1:]:
        value = getattr(out, field)
        found[field] = value.decode(errors="replace") if isinstance(value, bytes) else value
    for field in ("threshold_lower", "rr_reached", "rr_reached_y"):
        if math.isnan(found[field]):  # the unit has none
            found[field] = None
    found["backend"] = library_name("backend", out.backend)
    found["convention"] = library_name("convention", out.convention)
    found["compare"] = {n: name for name, n in enum_names("rqa_compare").items()}[out.compare]
    return found


def read_result(metrics: Handle, settings: dict[str, Any]) -> Result:
    """Everything a result holds, copied: what is returned belongs to Python alone."""
    values, reasons, counts = {}, {}, {}
    value, count = ctypes.c_double(), ctypes.c_uint64()
    for name, measure in MEASURES.items():
        reason = lib.rqa_metrics_reason(metrics.pointer, measure)
        if reason == declarations.RQA_REASON_NOT_COMPUTED:
            continue
        check(lib.rqa_metrics_get(metrics.pointer, measure, ctypes.byref(value)))
        values[name] = value.value
        if reason:
            reasons[name] = lib.rqa_reason_text(reason).decode()
    for name, kind in enum_names("rqa_count").items():
        check(lib.rqa_metrics_count(metrics.pointer, kind, ctypes.byref(count)))
        counts[name] = count.value
    histograms = {}
    for name, kind in enum_names("rqa_histogram").items():
        bins = _histogram(metrics, kind)
        if bins is not None:
            histograms[name] = bins
    return Result(values, reasons, counts, histograms, _offset_points(metrics),
                  _provenance(metrics), settings)


def _analyze(relation: str, x: Any, y: Any, dim: Any, delay: Any, dim_y: Any, delay_y: Any,
             normalize: Optional[str], missing: Optional[str], context: Optional[Context],
             given: dict[str, Any]) -> Result:
    options = make_options(relation=relation, **given)

    def run(handle: Handle, first: Any, second: Any) -> Result:
        with Handle("metrics", lambda out: int(lib.rqa_metrics_compute(
                out, first, second, ctypes.byref(options))), handle) as metrics:
            return read_result(metrics, settings)

    settings = {"relation": relation, "dim": dim, "delay": delay, "threshold": options.threshold,
                "threshold_unit": given["threshold_unit"],
                "norm": library_name("norm", options.norm),
                "normalize": "none" if normalize is None else normalize,
                "missing": "error" if missing is None else missing}
    return on_embeddings(context, x, y, dim, delay, dim_y, delay_y, normalize, missing, run)


def analyze(x: Any, dim: int = 1, delay: int = 1, *, threshold: float, norm: str = "euclidean",
            theiler: Optional[int] = None, lmin: Optional[int] = None, vmin: Optional[int] = None,
            wmin: Optional[int] = None, convention: str = "standard",
            measures: Optional[Iterable[str]] = None, normalize: Optional[str] = None,
            threshold_unit: str = "data", missing: Optional[str] = None,
            compare: Optional[str] = None, theiler_points: Optional[int] = None,
            theiler_diagonal: Optional[int] = None, theiler_vertical: Optional[int] = None,
            white_border: Optional[str] = None, trend_border: Optional[int] = None,
            microstate_size: Optional[int] = None, border: str = "all", backend: str = "auto",
            threshold_lower: Optional[float] = None, ties: str = "all",
            context: Optional[Context] = None) -> Result:
    """Recurrence quantification analysis of one recording.

    x: samples, or samples x channels; any real type and strides, read in place.
    dim, delay: the embedding. threshold: in units of the data or of threshold_unit ("std",
    "max_diameter", "mean_diameter"); with "recurrence-rate" the rate to reach, with "neighbours" the
    number of nearest neighbours of every vector, with "neighbour-rate" their share; ties: of
    neighbours as far as the last one "all", or by "index" those that come first. threshold_lower: a
    corridor above it. norm: "euclidean", "maximum", "manhattan".
    theiler, lmin, vmin, wmin, compare ("le", "lt"), white_border ("include", "exclude"): None is
    what the convention does; convention: whose rules ("standard", "pyrqa", ...).
    border: what diagonal lines that the border of the plot cuts are ("all", "dibo", "kelo", "censi",
    "dibo-semi", ...).
    measures: names to compute, of rqa.measures; None = "all" = the 19 that need not be named.
    microstate_size: cells on a side of the blocks of microstate_entropy, 1..4.
    normalize: "zscore", "zscore_pop", "unit".
    missing: "error", or "skip": a vector that touches NaN recurs with nothing.

    Raises rqa.Error, which is also the ValueError, MemoryError, ... that fits. A value that is
    undefined is NaN, and Result.reason() says why. Ctrl-C stops it within half a second.
    """
    given = {key: value for key, value in locals().items() if key in _OPTIONS}
    return _analyze("auto", x, None, dim, delay, None, None, normalize, missing, context, given)


def cross(x: Any, y: Any, dim: int = 1, delay: int = 1, *, threshold: float,
          norm: str = "euclidean", delay_y: Optional[int] = None, theiler: Optional[int] = None,
          lmin: Optional[int] = None, vmin: Optional[int] = None, wmin: Optional[int] = None,
          convention: str = "standard", measures: Optional[Iterable[str]] = None,
          normalize: Optional[str] = None, threshold_unit: str = "data",
          missing: Optional[str] = None, compare: Optional[str] = None,
          theiler_points: Optional[int] = None, theiler_diagonal: Optional[int] = None,
          theiler_vertical: Optional[int] = None, white_border: Optional[str] = None,
          trend_border: Optional[int] = None, microstate_size: Optional[int] = None,
          border: str = "all", backend: str = "auto", threshold_lower: Optional[float] = None,
          ties: str = "all", context: Optional[Context] = None) -> Result:
    """Cross-recurrence of x with y, whose lengths may differ; otherwise as analyze()."""
    given = {key: value for key, value in locals().items() if key in _OPTIONS}
    return _analyze("cross", x, y, dim, delay, None, delay_y, normalize, missing, context, given)


def joint(x: Any, y: Any, dim: int = 1, delay: int = 1, *, threshold: float,
          threshold_y: Optional[float] = None, dim_y: Optional[int] = None,
          delay_y: Optional[int] = None, norm: str = "euclidean", theiler: Optional[int] = None,
          lmin: Optional[int] = None, vmin: Optional[int] = None, wmin: Optional[int] = None,
          convention: str = "standard", measures: Optional[Iterable[str]] = None,
          normalize: Optional[str] = None, threshold_unit: str = "data",
          missing: Optional[str] = None, compare: Optional[str] = None,
          theiler_points: Optional[int] = None, theiler_diagonal: Optional[int] = None,
          theiler_vertical: Optional[int] = None, white_border: Optional[str] = None,
          trend_border: Optional[int] = None, microstate_size: Optional[int] = None,
          border: str = "all", backend: str = "auto", threshold_lower: Optional[float] = None,
          ties: str = "all", context: Optional[Context] = None) -> Result:
    """Times at which x and y recur both, each in its own embedding; otherwise as analyze()."""
    given = {key: value for key, value in locals().items() if key in _OPTIONS}
    return _analyze("joint", x, y, dim, delay, dim_y, delay_y, normalize, missing, context, given)


# What the public functions hand on to make_options() as it is.
_OPTIONS = set(make_options.__kwdefaults__ or ()) - {"relation"}
