"""Measures in windows that move along a recording, as a table with a time axis."""
from __future__ import annotations

import ctypes
import functools
from typing import TYPE_CHECKING, Any, Iterable, Optional

import numpy as np
import numpy.typing as npt

from ._analysis import _OPTIONS, make_options, on_embeddings
from ._batch import PLACES
from ._context import Context
from ._handles import Handle
from ._library import initialized, lib, new
from ._names import DEFAULT_MEASURES, MEASURES, checked_rate, enum_number, integer
from ._plotting import draw_recording, label_time, panels
from ._table import frame_of, set_index
from .types import (Backend, Border, Compare, Convention, Isodirectional, Measure, Measures, Missing,
                     Norm, Normalize, Relation, Samples, Scope, Table, ThresholdUnit, Ties,
                     WhiteBorder)
from .errors import check, fail

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def _values(windows: Handle, measure: int) -> "tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]":
    """Values and reasons of a measure, copied."""
    values = ctypes.POINTER(ctypes.c_double)()
    reasons = ctypes.POINTER(ctypes.c_uint8)()
    count = ctypes.c_size_t()
    check(lib.rqa_windows_values(windows.pointer, measure, ctypes.byref(values),
                                 ctypes.byref(reasons), ctypes.byref(count)))
    shape = (count.value,)
    return (np.ctypeslib.as_array(values, shape).copy(),
            np.ctypeslib.as_array(reasons, shape).copy())


def _status(names: list[str], reasons: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """"ok", or which measures are undefined and why, as the program says it."""
    kinds, which = np.unique(reasons, axis=0, return_inverse=True)
    texts = np.empty(len(kinds), dtype=object)
    for k, kind in enumerate(kinds):
        why = {int(r): (lib.rqa_reason_text(int(r)) or b"").decode() for r in kind}
        if not kind.any():
            texts[k] = "ok"
        elif len(why) == 1:
            texts[k] = next(iter(why.values()))
        else:
            texts[k] = "; ".join(
                ", ".join(n for n, r in zip(names, kind) if r == reason) + ": " + text
                for reason, text in sorted(why.items()) if reason)
    return np.asarray(texts[which.reshape(-1)])


def _index(centre: "np.ndarray[Any, Any]", sampling_rate: Optional[float]) -> tuple[str, Any]:
    return ("sample", centre) if sampling_rate is None else ("time", centre / sampling_rate)


def _plot(self: Any, x: Any = None, *, measures: Optional[Measures] = None,
          figure: Any = None) -> Any:
    """Draws the measures at the centres of their windows, below the recording x if it is given.

    measures: which of them (default: all). figure: a matplotlib figure (default: a new one). Returns
    the array of axes, from the top.
    """
    index, rate = self.rqa_index, self.rqa_sampling_rate
    names = [name for name in self if name in MEASURES] if measures is None else list(measures)
    for name in names:
        if name not in self:
            fail("UNKNOWN_NAME", f"measures has {name!r}, which is no column of the windows")
    axes = panels(len(names) + (x is not None), figure)
    if x is not None:
        draw_recording(axes[0], x, rate)
    for ax, name in zip(axes[x is not None:], names):
        ax.plot(index, np.asarray(self[name]), color="black", linewidth=0.9,
                marker="." if len(index) <= 100 else None)
        ax.set_ylabel(name)
    label_time(axes[-1], rate)
    return axes


class WindowColumns(dict[str, Any]):
    """What windowed() gives without pandas: columns by name."""

    rqa_index: Any = None
    rqa_sampling_rate: Optional[float] = None
    plot = _plot


if TYPE_CHECKING:
    class WindowTable(Table):
        """What windowed() gives: a table with a plot of its own."""

        def plot(self, x: Optional[Samples] = None, *,  # type: ignore[override]
                 measures: Optional[Iterable[Measure]] = None,
                 figure: Optional["Figure"] = None) -> "npt.NDArray[np.object_]":
            """Draws the measures at the centres of their windows, below the recording x."""
            raise NotImplementedError


@functools.lru_cache(maxsize=None)
def _frame_type() -> Any:
    """pandas.DataFrame with a plot() of its own; what is taken from it keeps that."""
    import pandas
    return type("WindowFrame", (pandas.DataFrame,), {
        "__doc__": "A pandas.DataFrame whose plot() draws windows over time.",
        "__module__": __name__, "_metadata": ["rqa_sampling_rate"], "rqa_sampling_rate": None,
        "_constructor": property(lambda self: _frame_type()),
        "rqa_index": property(lambda self: np.asarray(self.index)), "plot": _plot})


def __getattr__(name: str) -> Any:
    if name == "WindowFrame":  # so that pickle finds it
        return _frame_type()
    raise AttributeError(name)


def _table_of(windows: Handle, names: list[str], sampling_rate: Optional[float]) -> Any:
    n = int(lib.rqa_windows_count(windows.pointer))
    first, second = new("rqa_window"), new("rqa_window")
    check(lib.rqa_windows_at(windows.pointer, 0, ctypes.byref(first)))
    check(lib.rqa_windows_at(windows.pointer, min(1, n - 1), ctypes.byref(second)))
    k = np.arange(n, dtype=np.int64)
    start = first.start + k * (second.start - first.start)
    length = first.end - first.start
    places: dict[str, Any] = dict(zip(PLACES, (k, start, start + length, start + length / 2)))
    index_name, index = _index(places["window_centre"], sampling_rate)
    values, reasons = np.empty((n, len(names))), np.empty((n, len(names)), dtype=np.uint8)
    for c, name in enumerate(names):
        values[:, c], reasons[:, c] = _values(windows, MEASURES[name])
    frame = frame_of(places, values, names, {"status": _status(names, reasons)})
    if isinstance(frame, dict):
        columns = WindowColumns({index_name: index, **frame})
        columns.rqa_index, columns.rqa_sampling_rate = index, sampling_rate
        return columns
    set_index(frame, index, index_name)
    out = _frame_type()(frame)
    out.rqa_sampling_rate = sampling_rate
    return out


def rate_of(sampling_rate: Optional[float]) -> Optional[float]:
    """The rate, checked."""
    return None if sampling_rate is None else checked_rate(sampling_rate)


def windowed(x: Samples, y: Optional[Samples] = None, dim: int = 1, delay: int = 1, *, window: int,
             step: int = 1, threshold: float, relation: Optional[Relation] = None,
             scope: Scope = "recording", sampling_rate: Optional[float] = None,
             norm: Norm = "euclidean", theiler: Optional[int] = None, lmin: Optional[int] = None,
             vmin: Optional[int] = None, wmin: Optional[int] = None,
             convention: Convention = "standard", measures: Optional[Measures] = None,
             normalize: Optional[Normalize] = None, threshold_unit: ThresholdUnit = "data",
             missing: Optional[Missing] = None, compare: Optional[Compare] = None,
             threshold_y: Optional[float] = None, dim_y: Optional[int] = None,
             delay_y: Optional[int] = None, theiler_points: Optional[int] = None,
             theiler_diagonal: Optional[int] = None, theiler_vertical: Optional[int] = None,
             white_border: Optional[WhiteBorder] = None, trend_border: Optional[int] = None,
             microstate_size: Optional[int] = None, border: Border = "all",
             backend: Backend = "auto", threshold_lower: Optional[float] = None, ties: Ties = "all",
             skeleton: bool = False, isodirectional: Optional[Isodirectional] = None,
             perpendicular: Optional[float] = None,
             context: Optional[Context] = None) -> "WindowTable":
    """The measures of x, or of x with y, in windows that move along the recording.

    Each window gives what `analyze` gives for its samples, to the last bit; none is partial. The
    unit of the threshold and `normalize` are those of the whole recording, so that windows can be
    compared; scope="window" takes the unit from each. Overlapping windows share samples: their
    values are not independent.

    Parameters
    ----------
    x : Samples
        Samples, or samples x channels.
    y : Samples, optional
        Another recording.
    window, step : int
        Samples of a window, and from one to the next.
    scope : {"recording", "window"}
        Where a threshold in other units than those of the data takes its unit from.
    sampling_rate : float, optional
        Samples in a second, for an index in seconds.

    Other parameters are those of `analyze`, `cross` and `joint` (relation="joint").

    Returns
    -------
    pandas.DataFrame
        A row for each window: window, window_start, window_end (the last sample), window_centre in
        samples from 0, the measures, status. Its index is the time of the centre, in seconds
        ("time") with a sampling rate, else in samples ("sample"). Its plot(x) draws the measures
        below the recording. Without pandas: a dict of columns with the same plot().

    Raises
    ------
    Error
        As `analyze` does.

    Examples
    --------
    >>> x = np.sin(0.1 * np.arange(500))
    >>> table = rqa.windowed(x, dim=2, delay=16, window=200, step=100, threshold=0.2,
    ...                      measures=["rr", "det"])
    >>> list(table["window_start"]), list(table["det"])
    ([0, 100, 200, 300], [1.0, 1.0, 1.0, 1.0])
    """
    given = {key: value for key, value in locals().items() if key in _OPTIONS}
    if relation is None:
        relation = "auto" if y is None else "cross"
    options = make_options(relation=relation, **given)
    rate = rate_of(sampling_rate)
    moving = initialized("rqa_windows_options")
    moving.window = integer(window, "window", 1, 2**63 - 1)
    moving.step = integer(step, "step", 1, 2**63 - 1)
    moving.scope = enum_number("rqa_windows_scope", scope, "scope")
    names = [name for name, k in MEASURES.items() if options.measures >> k & 1] or DEFAULT_MEASURES

    def run(handle: Handle, first: Any, second: Any) -> Any:
        with Handle("windows", lambda out: int(lib.rqa_windows_compute(
                out, first, second, ctypes.byref(options), ctypes.byref(moving))),
                handle) as windows:
            return _table_of(windows, names, rate)

    table: WindowTable = on_embeddings(context, x, y, dim, delay, dim_y, delay_y, normalize,
                                       missing, run)
    return table
