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
from .types import (Backend, Border, Compare, Convention, Isodirectional, Measures, Missing, Norm,
                     Normalize, Samples, Setting, ThresholdUnit, Ties, WhiteBorder)
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


def _set_direction(options: Any, isodirectional: Any, perpendicular: Any) -> None:
    """isodirectional: (bound, lag), or a bound alone; perpendicular: a bound."""
    if isodirectional is not None and perpendicular is not None:
        fail("VALUE", "isodirectional and perpendicular are given; a plot is one of them")
    if isodirectional is not None:
        bound, lag = isodirectional if isinstance(isodirectional, (tuple, list)) \
            and len(isodirectional) == 2 else (isodirectional, 1)
        options.direction = enum_number("rqa_direction", "isodirectional", "direction")
        options.direction_bound = number(bound, "isodirectional")
        options.direction_lag = integer(lag, "the lag of isodirectional", 1, _LARGEST)
    elif perpendicular is not None:
        options.direction = enum_number("rqa_direction", "perpendicular", "direction")
        options.direction_bound = number(perpendicular, "perpendicular")


def make_options(*, threshold: Any = 0.0, threshold_y: Any = None, norm: Norm = "euclidean",
                 convention: Convention = "standard", compare: Optional[Compare] = None,
                 relation: str = "auto", threshold_unit: ThresholdUnit = "data",
                 theiler: Any = None, theiler_points: Any = None, theiler_diagonal: Any = None,
                 theiler_vertical: Any = None, lmin: Any = None, vmin: Any = None, wmin: Any = None,
                 white_border: Optional[WhiteBorder] = None, trend_border: Any = None,
                 microstate_size: Optional[int] = None, border: Border = "all",
                 backend: Backend = "auto", measures: Optional[Iterable[str]] = None,
                 threshold_lower: Any = None, ties: Ties = "all", skeleton: bool = False,
                 isodirectional: Any = None, perpendicular: Any = None) -> Any:
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
    options.skeleton = bool(skeleton)
    _set_direction(options, isodirectional, perpendicular)
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
           normalize: Optional[Normalize], missing: Optional[Missing], said: str) -> Handle:
    """The delay embedding of an array; said: what stands before the text of an error."""
    try:
        with series(context, array, normalize, missing) as recording:
            return Handle("embedding", lambda out: int(lib.rqa_embedding_create(
                out, recording.pointer, dim, delay)), context)
    except Error as error:
        raise type(error)(said + str(error)) from None


def on_embeddings(context: Optional[Context], x: Samples, y: Any, dim: Any, delay: Any, dim_y: Any,
                  delay_y: Any, normalize: Optional[Normalize], missing: Optional[Missing],
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


def line_histogram(function: Any, handle: Handle, kind: int) -> Optional["np.ndarray[Any, Any]"]:
    """What a histogram function of the library gives; None where nothing was counted."""
    bins = ctypes.POINTER(declarations.rqa_line_bin)()
    count = ctypes.c_size_t()
    status = function(handle.pointer, kind, ctypes.byref(bins), ctypes.byref(count))
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


def _provenance(metrics: Handle) -> dict[str, Setting]:
    out = new("rqa_provenance")
    check(lib.rqa_metrics_provenance(metrics.pointer, ctypes.byref(out)))
    found: dict[str, Setting] = {}
    for field, _ in out._fields_[1:]:
        value = getattr(out, field)
        found[field] = value.decode(errors="replace") if isinstance(value, bytes) else value
    for field in ("threshold_lower", "rr_reached", "rr_reached_y"):
        if math.isnan(getattr(out, field)):  # the unit has none
            found[field] = None
    found["backend"] = library_name("backend", out.backend)
    found["convention"] = library_name("convention", out.convention)
    found["compare"] = {n: name for name, n in enum_names("rqa_compare").items()}[out.compare]
    return found


def read_result(metrics: Handle, settings: dict[str, Setting]) -> Result:
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
        bins = line_histogram(lib.rqa_metrics_histogram, metrics, kind)
        if bins is not None:
            histograms[name] = bins
    return Result(values, reasons, counts, histograms, _offset_points(metrics),
                  _provenance(metrics), settings)


def _analyze(relation: str, x: Samples, y: Any, dim: Any, delay: Any, dim_y: Any, delay_y: Any,
             normalize: Optional[Normalize], missing: Optional[Missing], context: Optional[Context],
             given: dict[str, Any]) -> Result:
    options = make_options(relation=relation, **given)

    def run(handle: Handle, first: Any, second: Any) -> Result:
        with Handle("metrics", lambda out: int(lib.rqa_metrics_compute(
                out, first, second, ctypes.byref(options))), handle) as metrics:
            return read_result(metrics, settings)

    settings: dict[str, Setting] = {
        "relation": relation, "dim": dim, "delay": delay, "threshold": options.threshold,
        "threshold_unit": given["threshold_unit"], "norm": library_name("norm", options.norm),
        "normalize": "none" if normalize is None else normalize,
        "missing": "error" if missing is None else missing,
        "border": library_name("border", options.border), "skeleton": bool(options.skeleton),
        "direction": list(enum_names("rqa_direction"))[options.direction],
        "direction_bound": options.direction_bound, "direction_lag": options.direction_lag}
    return on_embeddings(context, x, y, dim, delay, dim_y, delay_y, normalize, missing, run)


def analyze(x: Samples, dim: int = 1, delay: int = 1, *, threshold: float, norm: Norm = "euclidean",
            theiler: Optional[int] = None, lmin: Optional[int] = None, vmin: Optional[int] = None,
            wmin: Optional[int] = None, convention: Convention = "standard",
            measures: Optional[Measures] = None, normalize: Optional[Normalize] = None,
            threshold_unit: ThresholdUnit = "data", missing: Optional[Missing] = None,
            compare: Optional[Compare] = None, theiler_points: Optional[int] = None,
            theiler_diagonal: Optional[int] = None, theiler_vertical: Optional[int] = None,
            white_border: Optional[WhiteBorder] = None, trend_border: Optional[int] = None,
            microstate_size: Optional[int] = None, border: Border = "all",
            backend: Backend = "auto", threshold_lower: Optional[float] = None, ties: Ties = "all",
            skeleton: bool = False, isodirectional: Optional[Isodirectional] = None,
            perpendicular: Optional[float] = None, context: Optional[Context] = None) -> Result:
    """Recurrence quantification analysis of one recording.

    Parameters
    ----------
    x : Samples
        Samples, or samples x channels; any real type and strides, read in place.
    dim, delay : int
        The embedding.
    threshold : float
        In units of the data or of `threshold_unit`; there the rate to reach, or the number or share
        of nearest neighbours.
    norm : {"euclidean", "maximum", "manhattan"}
        What distances are measured by.
    theiler, lmin, vmin, wmin : int, optional
        The Theiler window, and the shortest diagonal, vertical and white vertical line that counts;
        None is what the convention does.
    convention : str
        Whose rules: "standard", "pyrqa", "crqa", ...
    measures : Measures, optional
        Names to compute, of `rqa.measures`; None and "all" are the 19 that need not be named.
    normalize : {"none", "zscore", "zscore_pop", "unit"}, optional
        What is done to each channel before.
    threshold_unit : str
        "data", "std", "max_diameter", "mean_diameter"; "recurrence-rate", the rate to reach;
        "neighbours", the number of nearest neighbours of every vector, "neighbour-rate", their
        share; "adaptive-neighbours", how often every vector is linked with its next nearest.
    missing : {"error", "skip"}, optional
        With "skip" a vector that touches NaN recurs with nothing.
    compare : {"le", "lt"}, optional
        Whether a distance equal to the threshold recurs; None is what the convention does.
    theiler_points, theiler_diagonal, theiler_vertical : int, optional
        The Theiler window for the recurrence rate, diagonal and vertical lines alone.
    white_border : {"include", "exclude"}, optional
        Whether white lines that touch the border count.
    trend_border : int, optional
        Diagonals that trend leaves out at the corner.
    microstate_size : int, optional
        Cells on a side of the blocks of microstate_entropy, 1 to 4.
    border : str
        What diagonal lines that the border of the plot cuts are: "all", "dibo", "kelo", "censi",
        ...
    backend : {"auto", "sequential", "threads", "gpu", "hybrid"}
        What computes.
    threshold_lower : float, optional
        The lower bound of a corridor.
    ties : {"all", "index"}
        Of neighbours at the distance of the last one: all of them, or those that come first.
    skeleton : bool
        Of diagonal lines that touch each other the longest alone (beta; rqa/analysis.h).
    isodirectional : float or (float, int), optional
        Recurrences that run the same way: (A, T) for |cos - 1| < A between steps over T samples, T = 1
        if left out (beta).
    perpendicular : float, optional
        Recurrences across the trajectory: A for |cos| < A (beta).
    context : Context, optional
        Threads and limits.

    Returns
    -------
    Result
        The measures by name. One that is undefined is NaN, and `Result.reason` says why.

    Raises
    ------
    Error
        It is also the ValueError, MemoryError, ... that fits, and names the argument. Ctrl-C stops
        the analysis within half a second.

    Examples
    --------
    >>> x = np.sin(0.1 * np.arange(500))
    >>> result = rqa.analyze(x, dim=2, delay=16, threshold=0.2)
    >>> round(result.det, 6), round(result["rr"], 4)
    (1.0, 0.062)
    >>> by_rate = rqa.analyze(x, 2, 16, threshold=0.05, threshold_unit="recurrence-rate")
    >>> by_rate.threshold_reached > 0
    True
    """
    given = {key: value for key, value in locals().items() if key in _OPTIONS}
    return _analyze("auto", x, None, dim, delay, None, None, normalize, missing, context, given)


def cross(x: Samples, y: Samples, dim: int = 1, delay: int = 1, *, threshold: float,
          norm: Norm = "euclidean", delay_y: Optional[int] = None, theiler: Optional[int] = None,
          lmin: Optional[int] = None, vmin: Optional[int] = None, wmin: Optional[int] = None,
          convention: Convention = "standard", measures: Optional[Measures] = None,
          normalize: Optional[Normalize] = None, threshold_unit: ThresholdUnit = "data",
          missing: Optional[Missing] = None, compare: Optional[Compare] = None,
          theiler_points: Optional[int] = None, theiler_diagonal: Optional[int] = None,
          theiler_vertical: Optional[int] = None, white_border: Optional[WhiteBorder] = None,
          trend_border: Optional[int] = None, microstate_size: Optional[int] = None,
          border: Border = "all", backend: Backend = "auto",
          threshold_lower: Optional[float] = None, ties: Ties = "all",
          isodirectional: Optional[Isodirectional] = None, perpendicular: Optional[float] = None,
          context: Optional[Context] = None) -> Result:
    """Cross-recurrence of x with y, whose lengths may differ.

    Parameters
    ----------
    x, y : Samples
        The recordings; x runs along the columns of the plot, y along its rows.
    delay_y : int, optional
        The delay of y; None is `delay`.

    Other parameters are those of `analyze`.

    Returns
    -------
    Result
        The measures by name.

    Raises
    ------
    Error
        As `analyze` does; "x: " or "y: " says whose fault it is.

    Examples
    --------
    >>> t = 0.1 * np.arange(300)
    >>> result = rqa.cross(np.sin(t), np.cos(t[:200]), dim=2, delay=16, threshold=0.3)
    >>> result.counts["vectors_x"], result.counts["vectors_y"], round(result.det, 3)
    (284, 184, 1.0)
    """
    given = {key: value for key, value in locals().items() if key in _OPTIONS}
    return _analyze("cross", x, y, dim, delay, None, delay_y, normalize, missing, context, given)


def joint(x: Samples, y: Samples, dim: int = 1, delay: int = 1, *, threshold: float,
          threshold_y: Optional[float] = None, dim_y: Optional[int] = None,
          delay_y: Optional[int] = None, norm: Norm = "euclidean", theiler: Optional[int] = None,
          lmin: Optional[int] = None, vmin: Optional[int] = None, wmin: Optional[int] = None,
          convention: Convention = "standard", measures: Optional[Measures] = None,
          normalize: Optional[Normalize] = None, threshold_unit: ThresholdUnit = "data",
          missing: Optional[Missing] = None, compare: Optional[Compare] = None,
          theiler_points: Optional[int] = None, theiler_diagonal: Optional[int] = None,
          theiler_vertical: Optional[int] = None, white_border: Optional[WhiteBorder] = None,
          trend_border: Optional[int] = None, microstate_size: Optional[int] = None,
          border: Border = "all", backend: Backend = "auto",
          threshold_lower: Optional[float] = None, ties: Ties = "all", skeleton: bool = False,
          isodirectional: Optional[Isodirectional] = None, perpendicular: Optional[float] = None,
          context: Optional[Context] = None) -> Result:
    """Times at which x and y recur both, each in its own embedding.

    Parameters
    ----------
    x, y : Samples
        The recordings.
    threshold_y : float, optional
        The threshold of y; None is `threshold`.
    dim_y, delay_y : int, optional
        The embedding of y; None is that of x.

    Other parameters are those of `analyze`.

    Returns
    -------
    Result
        The measures by name.

    Raises
    ------
    Error
        As `analyze` does; "x: " or "y: " says whose fault it is.

    Examples
    --------
    >>> t = 0.1 * np.arange(300)
    >>> both = rqa.joint(np.sin(t), np.cos(t), dim=2, delay=16, threshold=0.3)
    >>> both.rr <= rqa.analyze(np.sin(t), dim=2, delay=16, threshold=0.3).rr
    True
    """
    given = {key: value for key, value in locals().items() if key in _OPTIONS}
    return _analyze("joint", x, y, dim, delay, dim_y, delay_y, normalize, missing, context, given)


# What the public functions hand on to make_options() as it is.
_OPTIONS = set(make_options.__kwdefaults__ or ()) - {"relation"}
