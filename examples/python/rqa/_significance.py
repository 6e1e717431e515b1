"""Surrogates, the test of a recording against them, and intervals by resampling lines."""
from __future__ import annotations

import ctypes
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Iterator, NamedTuple, Optional, Sequence, Union

import numpy as np
import numpy.typing as npt

from ._analysis import make_options, work_of
from ._context import Context, interruptible
from ._handles import Handle
from ._html import table
from ._library import declarations, initialized, lib, new
from ._names import MEASURES, enum_number, integer, library_number, number
from ._recording import as_samples, n_channels, series
from ._result import Interval, Result
from .types import (BootstrapLines, Floats, Measures, Norm, Normalize, Recurring, Relation,
                     Samples, SurrogateMethod, ThresholdUnit)
from .errors import check, fail

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from typing_extensions import Unpack

_LARGEST = 2**31 - 1
_MOST_COUNT = 1000000
# Rounds of transforms and ranks, as pairs of vectors: for when the main thread need not wait.
_WORK_OF_A_SAMPLE = 4000


def _seed(value: Any) -> int:
    return integer(value, "seed", 0, 2**64 - 1)


def _options(method: str, count: Any, seed: Any, max_iterations: Any, min_distance: Any, dim: Any,
             delay: Any) -> Any:
    options = initialized("rqa_surrogate_options")
    options.method = library_number("surrogate_method", method, "method")
    options.count = integer(count, "count", 1, _MOST_COUNT)
    options.seed = _seed(seed)
    options.max_iterations = integer(max_iterations, "max_iterations", 1, _LARGEST)
    options.min_distance = integer(min_distance, "min_distance", 0, _LARGEST)
    options.dim = integer(dim, "dim", 1, _LARGEST)
    options.delay = integer(delay, "delay", 1, _LARGEST)
    return options


def _make(context: Handle, recording: Handle, options: Any) -> Handle:
    return Handle("surrogates", lambda out: int(lib.rqa_surrogates_create(
        out, recording.pointer, ctypes.byref(options))), context)


def _array_of(made: Handle, x: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    count = int(lib.rqa_surrogates_count(made.pointer))
    found = np.empty((count, len(x), n_channels(x)))
    for k in range(count):
        one = lib.rqa_surrogates_series(made.pointer, k)
        for c in range(n_channels(x)):
            found[k, :, c] = np.ctypeslib.as_array(lib.rqa_series_channel(one, c), (len(x),))
    return found if x.ndim == 2 else found[:, :, 0]


def surrogates(x: Samples, method: SurrogateMethod = "iaaft", count: int = 199, seed: int = 1, *,
               max_iterations: int = 100, dim: int = 1, delay: int = 1, threshold: float = 0.0,
               norm: Norm = "euclidean", threshold_unit: ThresholdUnit = "data",
               min_distance: int = 7, normalize: Optional[Normalize] = None,
               context: Optional[Context] = None) -> Floats:
    """Series that are like x but for what a test asks about.

    Parameters
    ----------
    x : Samples
        Samples, or samples x channels, none missing.
    method : {"shuffle", "phase", "aaft", "iaaft", "twin"}
        What is kept: the values, the periodogram, both ("aaft", and better "iaaft"), the attractor
        ("twin").
    count : int
        How many.
    seed : int
        The same seed, the same numbers; surrogate k is the same whatever `count` is.
    max_iterations : int
        Of "iaaft".
    dim, delay, threshold, norm, threshold_unit, min_distance
        The recurrence plot whose twins are sought.
    normalize : {"none", "zscore", "zscore_pop", "unit"}, optional
        What is done to each channel before.
    context : Context, optional
        Threads and limits.

    Returns
    -------
    array of float
        (count, samples), or (count, samples, channels).

    Raises
    ------
    Error
        As `analyze` does.

    Examples
    --------
    >>> x = np.random.default_rng(1).normal(size=100)
    >>> made = rqa.surrogates(x, "shuffle", count=3)
    >>> made.shape, bool((np.sort(made, axis=1) == np.sort(x)).all())
    ((3, 100), True)
    """
    options = _options(method, count, seed, max_iterations, min_distance, dim, delay)
    analysis = make_options(threshold=threshold, norm=norm, threshold_unit=threshold_unit)
    options.analysis = ctypes.pointer(analysis)
    array = as_samples(x, "x")

    def run(handle: Handle) -> "np.ndarray[Any, Any]":
        with series(handle, array, normalize, None) as recording:
            with _make(handle, recording, options) as made:
                return _array_of(made, array)

    return interruptible(context, _work(array, count, dim), run)


def _work(x: "np.ndarray[Any, Any]", count: int, dim: int) -> float:
    return work_of(x, None, dim) + float(count) * len(x) * n_channels(x) * _WORK_OF_A_SAMPLE


class MeasureTest(NamedTuple):
    """What a test says of one measure.

    Attributes
    ----------
    value, p : float
        Of the recording, NaN where undefined; of the side or sides that were asked for.
    p_greater, p_less, p_two_sided : float
        (1 + surrogates at least as large) / (1 + surrogates), likewise at most as large, and
        2 min(p_greater, 1 - p_greater + 1 / (1 + surrogates)), at most 1.
    mean, std, minimum, q025, median, q975, maximum : float
        Of the surrogates.
    n_surrogates, n_undefined, n_at_least : int
        Surrogates that count, that are NaN, that are at least as large.
    reason : str
        Why the value is undefined; "".
    """
    value: float         # of the recording; NaN: undefined
    p: float             # of the side or sides that were asked for
    p_greater: float     # (1 + surrogates at least as large) / (1 + surrogates)
    p_less: float        # (1 + surrogates at most as large) / (1 + surrogates)
    p_two_sided: float   # 2 min(p_greater, 1 - p_greater + 1/(1 + surrogates)), at most 1
    mean: float          # of the surrogates
    std: float
    minimum: float
    q025: float
    median: float
    q975: float
    maximum: float
    n_surrogates: int    # that count
    n_undefined: int     # that do not: NaN
    n_at_least: int
    reason: str          # why the value is undefined; ""


class SurrogateTest(Mapping[str, MeasureTest]):
    """A recording among its surrogates, as test["det"].p.

    Attributes
    ----------
    surrogates : dict of str to array of float
        The measure of each surrogate.
    method, count, seed, two_sided
        What was asked for.
    spectrum_error : array of float
        How far the spectrum of each is from the recording's.

    Examples
    --------
    >>> x = np.sin(0.3 * np.arange(150))
    >>> found = rqa.test(x, dim=2, delay=5, threshold=0.3, method="shuffle", count=19,
    ...                  measures=["det"])
    >>> found["det"].p, found.p
    (0.05, {'det': 0.05})
    """

    def __init__(self, found: dict[str, MeasureTest], values: dict[str, Floats],
                 spectrum_error: Floats, settings: dict[str, Any]):
        self._found = found
        self.surrogates = values
        self.spectrum_error = spectrum_error
        self.method: str = settings["method"]
        self.count: int = settings["count"]
        self.seed: int = settings["seed"]
        self.two_sided: bool = settings["two_sided"]

    def __getitem__(self, name: str) -> MeasureTest:
        try:
            return self._found[name]
        except KeyError:
            raise KeyError(f"{name!r} was not tested; measures are {', '.join(self._found)}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    @property
    def p(self) -> dict[str, float]:
        """p by measure."""
        return {name: one.p for name, one in self._found.items()}

    def to_dict(self) -> dict[str, object]:
        """Plain data for json.dumps: NaN and infinities = None."""
        def plain(value: Any) -> Any:
            return None if isinstance(value, float) and not math.isfinite(value) else value
        return {"method": self.method, "count": self.count, "seed": self.seed,
                "sides": 2 if self.two_sided else 1,
                "measures": {name: {key: plain(value) for key, value in one._asdict().items()}
                             for name, one in self._found.items()}}

    def plot(self, axes: Union[None, "Axes", Sequence["Axes"], "npt.NDArray[np.object_]"] = None,
             *, bins: Union[int, str, Sequence[float]] = "auto") -> "npt.NDArray[np.object_]":
        """Draws with matplotlib, for each measure that has numbers, the surrogates as a histogram and
        the recording as a line; returns the axes as an array. axes: as many as there are measures."""
        shown = [name for name, one in self._found.items()
                 if math.isfinite(one.value) and one.n_surrogates]
        if not shown:
            raise ValueError("no measure has numbers to draw")
        if axes is None:
            try:
                from matplotlib import pyplot
            except ImportError:
                raise ImportError("SurrogateTest.plot needs matplotlib (pip install matplotlib); rqa test "
                                  "--plot does without") from None
            axes = pyplot.subplots(len(shown), figsize=(6.4, 1.2 + 1.6 * len(shown)), squeeze=False,
                                   layout="constrained")[1][:, 0]
        panels: "npt.NDArray[np.object_]" = np.atleast_1d(np.asarray(axes, dtype=object)).ravel()
        if len(panels) != len(shown):
            raise ValueError(f"{len(panels)} axes are given for {len(shown)} measures")
        for ax, name in zip(panels, shown):
            draws = self.surrogates[name]
            ax.hist(draws[np.isfinite(draws)], bins=bins, color="0.7", edgecolor="0.3")
            ax.axvline(self[name].value, color="tab:red", linestyle="--",
                       label=f"recording: {self[name].value:.4g}")
            sides = " (two-sided)" if self.two_sided else ""
            ax.set_title(f"{name}: p = {self[name].p:.3g}{sides}", fontsize="medium", loc="left")
            ax.set_xlabel((lib.rqa_measure_text(MEASURES[name]) or b"").decode())
            ax.set_ylabel("surrogates")
            ax.legend(fontsize="small")
        return panels

    def _repr_html_(self) -> str:
        return table(f"{self.count} surrogates by {self.method}, seed {self.seed}",
                     ("measure", "value", "p", "surrogates: mean", "std", ""),
                     [(name, one.value, one.p, one.mean, one.std, one.reason)
                      for name, one in self._found.items()])

    def __repr__(self) -> str:
        lines = [f"<rqa.SurrogateTest: {self.count} surrogates by {self.method}, seed {self.seed}>"]
        for name, one in self._found.items():
            lines.append(f"  {name:<8}{one.value:>12.6g}  p = {one.p:.4g}  (surrogates {one.mean:.6g} +- "
                         f"{one.std:.4g})" + (f" ({one.reason})" if one.reason else ""))
        return "\n".join(lines)


def _read(test: Handle, two_sided: bool) -> tuple[dict[str, MeasureTest],
                                                  dict[str, "np.ndarray[Any, Any]"]]:
    found, values = {}, {}
    draws, n = ctypes.POINTER(ctypes.c_double)(), ctypes.c_size_t()
    for name, measure in MEASURES.items():
        status = lib.rqa_test_values(test.pointer, measure, ctypes.byref(draws), ctypes.byref(n))
        if status == declarations.RQA_ERROR_STATE:
            continue
        check(status)
        values[name] = np.ctypeslib.as_array(draws, (n.value,)).copy()
        r = new("rqa_test_result")
        check(lib.rqa_test_get(test.pointer, measure, ctypes.byref(r)))
        found[name] = MeasureTest(r.value, r.p_two_sided if two_sided else r.p, r.p, r.p_less,
                                  r.p_two_sided, r.mean, r.std, r.minimum, r.q025, r.median, r.q975,
                                  r.maximum, r.n_surrogates, r.n_undefined, r.n_at_least,
                                  lib.rqa_reason_text(r.reason).decode())
    return found, values


def _errors_of(made: Handle) -> "np.ndarray[Any, Any]":
    error = ctypes.c_double()
    found = np.empty(int(lib.rqa_surrogates_count(made.pointer)))
    for k in range(len(found)):
        check(lib.rqa_surrogates_spectrum_error(made.pointer, k, ctypes.byref(error), None))
        found[k] = error.value
    return found


def test(x: Samples, y: Optional[Samples] = None, dim: int = 1, delay: int = 1, *, threshold: float,
         method: SurrogateMethod = "iaaft", count: int = 199, seed: int = 1,
         two_sided: bool = False, relation: Optional[Relation] = None, max_iterations: int = 100,
         min_distance: int = 7, normalize: Optional[Normalize] = None,
         measures: Optional[Measures] = None, context: Optional[Context] = None,
         **options: "Unpack[Recurring]") -> SurrogateTest:
    """Is a recording more than chance? Its measures among those of its surrogates, in one batch.

    Parameters
    ----------
    x : Samples
        Samples, or samples x channels, none missing.
    y : Samples, optional
        Another recording, which stays as it is.
    relation : {"cross", "joint"}, optional
        With y; None is "cross".
    method, count, seed, max_iterations, min_distance
        As in `surrogates`; twins are those of x with `dim`, `delay`, `threshold` and `norm`.
    two_sided : bool
        p for larger or smaller, not for larger alone.
    **options
        The options of `analyze` that say what recurs and how lines are counted.

    Other parameters are those of `analyze`.

    Returns
    -------
    SurrogateTest
        p is that of each measure by itself; the least it can be is 1 / (count + 1).

    Raises
    ------
    Error
        As `analyze` does.

    Examples
    --------
    >>> x = np.sin(0.3 * np.arange(150))
    >>> found = rqa.test(x, dim=2, delay=5, threshold=0.3, method="shuffle", count=19,
    ...                  measures=["det"])
    >>> found["det"].value > found["det"].maximum
    True
    """
    if relation is None:
        relation = "auto" if y is None else "cross"
    made_of = _options(method, count, seed, max_iterations, min_distance, dim, delay)
    analysis = make_options(relation=relation, threshold=threshold, measures=measures, **options)
    alike: dict[str, Any] = {key: value for key, value in options.items() if key in (
        "norm", "threshold_unit", "compare", "convention", "backend")}
    twin = make_options(threshold=threshold, **alike)
    made_of.analysis = ctypes.pointer(twin)
    how = initialized("rqa_test_options")
    how.dim, how.delay = made_of.dim, made_of.delay
    how.analysis = ctypes.pointer(analysis)
    first = as_samples(x, "x")
    second = None if y is None else as_samples(y, "y")
    settings = {"method": method.lower(), "count": made_of.count, "seed": made_of.seed,
                "two_sided": bool(two_sided)}

    def with_series(handle: Handle, recording: Handle, other: Any) -> SurrogateTest:
        with _make(handle, recording, made_of) as made:
            with Handle("test", lambda out: int(lib.rqa_test_create(
                    out, recording.pointer, other, made.pointer, ctypes.byref(how))), handle) as found:
                return SurrogateTest(*_read(found, bool(two_sided)), _errors_of(made), settings)

    def run(handle: Handle) -> SurrogateTest:
        with series(handle, first, normalize, None) as recording:
            if second is None:
                return with_series(handle, recording, None)
            with series(handle, second, normalize, None) as other:
                return with_series(handle, recording, other.pointer)

    pairs = work_of(first, second, made_of.dim)
    return interruptible(context, pairs * made_of.count + _work(first, made_of.count, made_of.dim), run)


def _sides_differ(result: Result) -> bool:
    """Whether no line of the plot is the copy of another."""
    unit = str(result.settings.get("threshold_unit", "")).replace("-", "_")
    return unit.startswith("neighbour") or result.settings.get("direction") == "perpendicular"


def _lines_of(result: Result, keep: list[Any]) -> Any:
    """rqa_line_counts of a result; what it points to is kept."""
    lines = new("rqa_line_counts")
    lines.convention = library_number("convention", result.provenance["convention"], "convention")
    relation = "cross" if _sides_differ(result) else result.settings.get("relation", "auto")
    lines.relation = enum_number("rqa_relation", relation, "relation")
    lines.lmin, lines.vmin = result.provenance["lmin"], result.provenance["vmin"]
    for name in ("diagonal", "vertical"):
        if name not in result.histograms:
            continue
        bins = result.histograms[name]
        # One more, for a pointer that is none of nothing.
        words = np.zeros((len(bins) + 1, 2), np.uint64)
        words[:-1, 0], words[:-1, 1] = bins["length"], bins["count"]
        keep.append(words)
        setattr(lines, name, ctypes.cast(words.ctypes.data, ctypes.POINTER(declarations.rqa_line_bin)))
        setattr(lines, "n_" + name, len(bins))
    return lines


_RESAMPLED = ("det", "l_mean", "l_entr", "lam", "tt", "v_entr")


def bootstrap(results: Sequence[Result], count: int = 1000, seed: int = 1, *, level: float = 0.95,
              lines: BootstrapLines = "all_lines") -> list[dict[str, Interval]]:
    """Intervals of line measures by resampling the lines of several results together: with the
    results of windows, the bands in which each would lie if nothing changed (Marwan, Schinkel,
    Kurths 2013).

    Parameters
    ----------
    results : sequence of Result
        With one of them it is `Result.bootstrap`.
    count, seed : int
        Replicates, and where their numbers come from.
    level : float
        Of the intervals.
    lines : {"all_lines", "long_lines"}
        What is drawn; long ones have at least lmin (vmin).

    Returns
    -------
    list of dict of str to Interval
        For each result, by measure.

    Raises
    ------
    Error
        As `analyze` does.

    Examples
    --------
    >>> x = np.random.default_rng(1).normal(size=400)
    >>> windows = [rqa.analyze(x[k:k + 100], threshold=0.5) for k in (0, 100, 200, 300)]
    >>> bands = rqa.bootstrap(windows, count=200)
    >>> all(band["det"].lower < band["det"].upper for band in bands)
    True
    """
    options = initialized("rqa_bootstrap_options")
    options.count = integer(count, "count", 1, _MOST_COUNT)
    options.seed = _seed(seed)
    options.level = number(level, "level")
    options.lines = enum_number("rqa_bootstrap_lines", lines, "lines")
    if not results or not all(isinstance(result, Result) for result in results):
        fail("VALUE", "results is no list of rqa.Result, or an empty one")
    keep: list[Any] = []
    given = (declarations.rqa_line_counts * len(results))(*(_lines_of(r, keep) for r in results))
    found: list[dict[str, Interval]] = []
    interval = new("rqa_interval")
    with Handle("bootstrap", lambda out: int(lib.rqa_bootstrap_create_from_lines(
            out, given, len(results), ctypes.byref(options)))) as handle:
        for k, result in enumerate(results):
            own = {}
            for name in _RESAMPLED:
                if name in result and lib.rqa_bootstrap_get(handle.pointer, k, MEASURES[name],
                                                            ctypes.byref(interval)) == 0:
                    own[name] = Interval(interval.lower, interval.upper, interval.mean, interval.std,
                                         interval.n_lines, interval.n_skipped)
            found.append(own)
    return found

