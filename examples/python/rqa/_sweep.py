"""A grid of settings over many recordings, as one job and one table."""
from __future__ import annotations

import ctypes
from collections.abc import Mapping
from typing import Any, Callable, Iterable, NamedTuple, Optional, Union

import numpy as np

from ._analysis import make_options
from ._context import Context, default_context
from ._handles import Handle
from ._library import declarations, initialized, lib, new, version
from ._names import integer, integer_axis, library_name, library_number, number_axis
from ._recording import as_array, series as make_series
from ._table import categories, frame_of, repeated
from .errors import Error, check, fail, last

# Well below the half second in which Ctrl-C is to work; the library stops within 0.1 s.
_POLL_S = 0.05


class _Recording(NamedTuple):
    label: str
    keys: Mapping[str, Any]
    x: Any
    y: Any  # None unless relation is cross or joint


class _Mode(NamedTuple):
    name: str
    norm: int
    first: int
    n_channels: int


class _Axes(NamedTuple):
    dim: "np.ndarray[Any, Any]"
    delay: "np.ndarray[Any, Any]"
    threshold: "np.ndarray[Any, Any]"
    lmin: "np.ndarray[Any, Any]"  # empty: the convention's
    vmin: "np.ndarray[Any, Any]"


def _recordings(given: Any, pairs: bool) -> list[_Recording]:
    if isinstance(given, np.ndarray) or (hasattr(given, "to_numpy")):
        given = [given]
    if isinstance(given, Mapping):
        triples: list[Any] = [(str(label), {}, value) for label, value in given.items()]
    else:
        triples = [value if _is_triple(value) else (str(k), {}, value)
                   for k, value in enumerate(given)]
    found = []
    for label, keys, value in triples:
        if pairs and not (isinstance(value, (tuple, list)) and len(value) == 2):
            fail("VALUE", f"series {label!r} is no pair (x, y), which this relation needs")
        x, y = value if pairs else (value, None)
        found.append(_Recording(str(label), keys, x, y))
    if not found:
        fail("VALUE", "series is empty; give at least one recording")
    names = list(found[0].keys)
    for recording in found:
        if list(recording.keys) != names:
            fail("VALUE", f"series {recording.label!r} has the keys {list(recording.keys)}; the "
                          f"first one has {names}")
    return found


def _is_triple(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) == 3 and isinstance(value[1], Mapping)


def _channels(value: Any, mode: str) -> tuple[int, int]:
    """(first, count) of a channel, or of a range or list of neighbours; (0, 0) for all."""
    if value is None:
        return 0, 0
    listed = [integer(v, f"modes[{mode!r}] channels", 0, 65534)
              for v in (value if isinstance(value, (range, list, tuple)) else [value])]
    if not listed or listed != list(range(listed[0], listed[0] + len(listed))):
        fail("VALUE", f"modes[{mode!r}] channels is {value!r}; allowed are a channel and a run of "
                      "neighbours, such as range(0, 2)")
    return listed[0], len(listed)


def _modes(given: Optional[Mapping[str, Mapping[str, Any]]], norm: str) -> list[_Mode]:
    if given is None:
        number = library_number("norm", norm, "norm")
        return [_Mode(library_name("norm", number), number, 0, 0)]
    found = []
    for name, mode in given.items():
        unknown = set(mode) - {"norm", "channels"}
        if unknown:
            fail("VALUE", f"modes[{name!r}] has {', '.join(sorted(unknown))}; allowed are norm, "
                          "channels")
        number = library_number("norm", mode.get("norm", norm), f"modes[{name!r}] norm")
        found.append(_Mode(str(name), number, *_channels(mode.get("channels"), name)))
    return found or fail("VALUE", "modes is empty; None means one mode of all channels")


def _pointer(axis: "np.ndarray[Any, Any]") -> Any:
    kind: Any = ctypes.c_double if axis.dtype == np.float64 else ctypes.c_uint32
    return axis.ctypes.data_as(ctypes.POINTER(kind)) if len(axis) else None


def _create(context: Handle, axes: _Axes, analysis: Any) -> Handle:
    options = initialized("rqa_batch_options")
    for name, axis in axes._asdict().items():
        setattr(options, name + "s", _pointer(axis))
        setattr(options, f"n_{name}s", len(axis))
    options.analysis = ctypes.pointer(analysis)
    return Handle("batch", lambda out: int(lib.rqa_batch_create(
        out, context.pointer, ctypes.byref(options))), context)


def _add(batch: Handle, context: Handle, recording: _Recording, modes: list[_Mode],
         normalize: Optional[str], missing: Optional[str]) -> None:
    """One item for each mode; a recording that cannot be used is an item that has failed."""
    handles: list[Handle] = []
    failure: Optional[Error] = None
    try:
        for array in (recording.x, recording.y):
            if array is not None:
                handles.append(make_series(context, as_array(array, recording.label), normalize,
                                           missing))
    except Error as error:
        if not isinstance(error, ValueError):
            raise
        failure = error
    for mode in modes:
        item = new("rqa_batch_item")
        item.norm = mode.norm
        item.relation = -1
        item.label = recording.label.encode()
        refusal = failure
        if refusal is None:
            item.channel_first, item.channel_count = mode.first, mode.n_channels
            item.x = handles[0].pointer
            if len(handles) > 1:
                item.y = handles[1].pointer
            status = lib.rqa_batch_add(batch.pointer, ctypes.byref(item))
            if status == 0:
                continue
            refusal = last(status)
            if not isinstance(refusal, ValueError):
                raise refusal
            item.x = item.y = None
            item.channel_first = item.channel_count = 0
        item.status, item.text = refusal.status, str(refusal).encode()
        check(lib.rqa_batch_add(batch.pointer, ctypes.byref(item)))


def _statistics(batch: Handle) -> Any:
    out = new("rqa_batch_statistics")
    check(lib.rqa_batch_poll(batch.pointer, ctypes.byref(out)))
    return out


def _run(batch: Handle, report: Callable[[Any], None]) -> None:
    """Starts the batch and waits in short steps, between which Python handles signals."""
    no_callback = declarations.rqa_batch_callback()
    check(lib.rqa_batch_start(batch.pointer))
    while True:
        status = lib.rqa_batch_wait(batch.pointer, _POLL_S, no_callback, None)
        statistics = _statistics(batch)
        report(statistics)
        if statistics.state >= 2:
            return check(status)


Progress = Union[bool, Callable[[dict[str, float]], Any]]


class _Reporter:
    """Progress as a tqdm bar, as calls of a function, or not at all."""

    def __init__(self, progress: Progress, n_rows: int):
        self._bar: Any = None
        self._call = progress if callable(progress) else None
        if progress and self._call is None:
            try:
                from tqdm.auto import tqdm
            except ImportError:
                raise ImportError("progress=True needs tqdm (pip install tqdm); a function is "
                                  "called with the numbers instead") from None
            self._bar = tqdm(total=n_rows, unit=" rows", unit_scale=True)

    def __call__(self, statistics: Any) -> None:
        ended = statistics.n_done + statistics.n_failed + statistics.n_skipped
        if self._bar is not None:
            if statistics.n_failed:
                self._bar.set_postfix(failed=statistics.n_failed, refresh=False)
            self._bar.update(ended - self._bar.n)
        elif self._call is not None:
            self._call({name: getattr(statistics, name) for name in (
                "n_total", "n_done", "n_failed", "n_skipped", "percent", "elapsed_s", "eta_s",
                "rate_per_s")})

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


def _setting_columns(batch: Handle, axes: _Axes, n_items: int) -> dict[str, Any]:
    """dim, delay, threshold, lmin and vmin of every row: nested loops, vmin innermost."""
    first = new("rqa_batch_row")
    check(lib.rqa_batch_row_at(batch.pointer, 0, ctypes.byref(first)))
    full = [axis if len(axis) else np.array([getattr(first, name)], dtype=np.uint32)
            for name, axis in axes._asdict().items()]
    columns = {}
    for k, name in enumerate(axes._fields):
        inner = int(np.prod([len(axis) for axis in full[k + 1:]]))
        outer = int(np.prod([len(axis) for axis in full[:k]])) * n_items
        axis = full[k].astype(np.int32) if full[k].dtype == np.uint32 else full[k]
        columns[name] = np.tile(np.repeat(axis, inner), outer)
    return columns


def _status_column(batch: Handle, reasons: "np.ndarray[Any, Any]", n_items: int,
                   item_errors: dict[int, str]) -> Any:
    """"ok", the first reason in the row, or the text of the item's failure."""
    first = (reasons != 0).argmax(axis=1)
    codes = reasons[np.arange(len(reasons)), first].astype(np.int32)
    kinds: list[str] = ["ok"]
    while True:
        text = lib.rqa_reason_text(len(kinds))
        if not text:
            break
        kinds.append(text.decode())
    each = len(reasons) // n_items
    for item, text in item_errors.items():
        codes[item * each:(item + 1) * each] = len(kinds)
        kinds.append(text)
    return categories(codes, kinds)


def _item_errors(batch: Handle, n_items: int) -> dict[int, str]:
    found, text = {}, ctypes.c_char_p()
    for item in range(n_items):
        if lib.rqa_batch_item_status(batch.pointer, item, ctypes.byref(text)):
            found[item] = (text.value or b"").decode(errors="replace")
    return found


def sweep(series: Any, *, dim: Any = 1, delay: Any = 1, threshold: Any, lmin: Any = None,
          vmin: Any = None, norm: str = "euclidean",
          modes: Optional[Mapping[str, Mapping[str, Any]]] = None, relation: str = "auto",
          theiler: Optional[int] = None, wmin: Optional[int] = None, convention: str = "standard",
          measures: Optional[Iterable[str]] = None, normalize: Optional[str] = None,
          threshold_unit: str = "data", missing: Optional[str] = None,
          compare: Optional[str] = None, theiler_points: Optional[int] = None,
          theiler_diagonal: Optional[int] = None, theiler_vertical: Optional[int] = None,
          white_border: Optional[str] = None, trend_border: Optional[int] = None,
          backend: str = "auto", progress: Progress = False,
          context: Optional[Context] = None) -> Any:
    """Every combination of dim, delay, threshold, lmin and vmin on every recording.

    series: a dict name -> array, a list of arrays, or a list of (label, keys, array), where keys
    is a dict such as {"group": "control", "subject": 7} whose entries become columns. With
    relation="cross" or "joint" each array is a pair (x, y).
    dim, delay, threshold, lmin, vmin: a value, or a range, list or array of values.
    modes: the same recordings seen in several ways, such as
    {"1d": {"channels": 0, "norm": "manhattan"}, "2d": {"channels": range(2)}}.
    progress: True for a tqdm bar, or a function that is called with a dict of numbers.
    The other arguments are those of analyze().

    Returns a pandas frame, or a dict of NumPy columns without pandas: series, the keys, mode, dim,
    delay, threshold, lmin, vmin, one column for each measure (NaN where undefined), and status:
    "ok", the reason of the row's first undefined value, or why the recording could not be used.
    One bad recording never stops the others. Ctrl-C stops the sweep within half a second.
    """
    given = {key: value for key, value in locals().items() if key in _OPTIONS}
    analysis = make_options(relation=relation, **given)
    recordings = _recordings(series, relation != "auto")
    ways = _modes(modes, norm)
    axes = _Axes(integer_axis(dim, "dim"), integer_axis(delay, "delay"),
                 number_axis(threshold, "threshold"),
                 integer_axis([] if lmin is None else lmin, "lmin"),
                 integer_axis([] if vmin is None else vmin, "vmin"))
    owner = (context or default_context()).handle
    with _create(owner, axes, analysis) as batch:  # its end cancels what still runs
        for recording in recordings:
            _add(batch, owner, recording, ways, normalize, missing)
        return _table(batch, recordings, ways, axes, progress)


def _table(batch: Handle, recordings: list[_Recording], modes: list[_Mode], axes: _Axes,
           progress: Progress) -> Any:
    n_items = len(recordings) * len(modes)
    n_rows = int(lib.rqa_batch_size(batch.pointer, declarations.RQA_BATCH_ROWS))
    n_measures = int(lib.rqa_batch_size(batch.pointer, declarations.RQA_BATCH_MEASURES))
    values = np.empty((n_rows, n_measures))
    reasons = np.empty((n_rows, n_measures), dtype=np.uint8)
    check(lib.rqa_batch_set_table(batch.pointer, values.ctypes.data_as(
        ctypes.POINTER(ctypes.c_double)), reasons.ctypes.data_as(
            ctypes.POINTER(ctypes.c_uint8)), n_rows))
    reporter = _Reporter(progress, n_rows)
    try:
        _run(batch, reporter)
    finally:
        reporter.close()
    each = n_rows // len(recordings)
    columns = {"series": repeated([r.label for r in recordings], each)}
    for key in recordings[0].keys:
        if key in columns or key in axes._fields or key in ("mode", "status"):
            fail("VALUE", f"the key {key!r} has the name of a column of the table")
        columns[str(key)] = repeated([r.keys[key] for r in recordings], each)
    columns["mode"] = repeated([m.name for m in modes] * len(recordings), each // len(modes))
    columns.update(_setting_columns(batch, axes, n_items))
    names = [library_name("measure", lib.rqa_batch_measure_at(batch.pointer, k))
             for k in range(n_measures)]
    status = _status_column(batch, reasons, n_items, _item_errors(batch, n_items))
    table = frame_of(columns, values, names, {"status": status})
    if hasattr(table, "attrs"):
        table.attrs["librqa"] = version
        table.attrs["explanation"] = (lib.rqa_batch_explain(batch.pointer) or b"").decode()
    return table


# What sweep() hands on to make_options() as it is.
_OPTIONS = set(make_options.__kwdefaults__ or ()) - {"relation", "threshold", "threshold_y", "lmin",
                                                     "vmin"}
