"""A grid of settings over many recordings, as one job and one table."""
from __future__ import annotations

import contextlib
import ctypes
import os
from collections.abc import Mapping
from typing import Any, Callable, Iterable, NamedTuple, Optional, Union

import numpy as np

from ._analysis import make_options
from ._context import Context, chosen_context
from ._given import Recording, key_texts, recordings
from ._handles import Handle
from ._library import declarations, initialized, lib, new, version
from ._names import (DEFAULT_MEASURES, MEASURES, integer, integer_axis, library_name,
                     library_number, listed, number_axis, shown, text)
from ._recording import as_samples, series as make_series, series_options
from ._store import open_for_writing
from ._stored import Wanted, read as read_stored
from ._table import categories, frame_of, repeated
from .errors import Error, check, fail, last

# Well below the half second in which Ctrl-C is to work; the library stops within 0.1 s.
_POLL_S = 0.05


# These multiply the time of a sweep; `rqa sweep` leaves them out as well unless asked.
_SLOW = {"t1", "t2", "rte", "trend"}


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


def _channels(value: Any, mode: str) -> tuple[int, int]:
    """(first, count) of a channel, or of a range or list of neighbours; (0, 0) for all."""
    if value is None:
        return 0, 0
    said, allowed = f"modes[{mode!r}] channels", "a channel and a run of neighbours"
    found = [integer(v, said, 0, 65534) for v in listed(value, said, allowed)]
    if found != list(range(found[0], found[0] + len(found))):
        fail("VALUE", f"{said} is {shown(value)}; allowed are {allowed}, such as range(0, 2)")
    return found[0], len(found)


def _modes(given: Optional[Mapping[str, Mapping[str, Any]]], norm: str) -> list[_Mode]:
    if given is None:
        number = library_number("norm", norm, "norm")
        return [_Mode(library_name("norm", number), number, 0, 0)]
    if not isinstance(given, Mapping):
        fail("VALUE", f"modes is {shown(given)}; allowed is a dict name -> dict")
    found: list[_Mode] = []
    for name, mode in given.items():
        if not isinstance(mode, Mapping):
            fail("VALUE", f"modes[{name!r}] is {shown(mode)}; allowed is a dict of norm, channels")
        unknown = set(mode) - {"norm", "channels"}
        if unknown:
            fail("VALUE", f"modes[{name!r}] has {', '.join(sorted(map(str, unknown)))}; allowed "
                          "are norm, channels")
        number = library_number("norm", mode.get("norm", norm), f"modes[{name!r}] norm")
        found.append(_Mode(text(name, "the mode"), number, *_channels(mode.get("channels"), name)))
    names = [way.name for way in found]
    for name in names:
        if names.count(name) > 1:
            fail("VALUE", f"modes holds {name!r} twice")
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


def _texts(values: Iterable[str]) -> Any:
    encoded = [value.encode() for value in values]
    return (ctypes.c_char_p * len(encoded))(*encoded)


def _sides(recording: Recording, pairs: bool) -> list[tuple[Any, str]]:
    """What is to become a series, and which side of a pair it is."""
    return [(recording.x, "x"), (recording.y, "y")] if pairs else [(recording.x, "")]


def _series(context: Handle, value: Any, name: str, said: str, normalize: Optional[str],
            missing: Optional[str]) -> Handle:
    array = as_samples(value, name)
    try:
        return make_series(context, array, normalize, missing)
    except Error as error:
        raise type(error)(said + str(error)) from None


def _add(batch: Handle, context: Handle, recording: Recording, modes: list[_Mode], pairs: bool,
         normalize: Optional[str], missing: Optional[str]) -> None:
    """One item for each mode; a recording that cannot be used is an item that has failed."""
    handles: list[Handle] = []
    failure: Optional[Error] = None
    try:
        if recording.refused:
            fail("VALUE", f"{recording.label} {recording.refused}")
        handles = [_series(context, value, f"{recording.label} ({side})" if side else
                           recording.label, side and side + ": ", normalize, missing)
                   for value, side in _sides(recording, pairs)]
    except Error as error:
        if not isinstance(error, ValueError):
            raise
        failure = error
    key_names, key_values = _texts(recording.keys), _texts(key_texts(recording))
    for mode in modes:
        item = new("rqa_batch_item")
        item.mode = mode.name.encode()
        item.key_names, item.key_values = key_names, key_values
        item.n_keys = len(recording.keys)
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
        item.status, item.text = refusal.status, text(refusal, "the error").encode()
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
            told = {name: number for name, number in (("failed", statistics.n_failed),
                                                      ("skipped", statistics.n_skipped)) if number}
            if told:
                self._bar.set_postfix(told, refresh=False)
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
          microstate_size: Optional[int] = None, border: str = "all", backend: str = "auto",
          progress: Progress = False,
          store: Union[None, str, "os.PathLike[str]"] = None, frame: bool = True,
          context: Optional[Context] = None) -> Any:
    """Every combination of dim, delay, threshold, lmin and vmin on every recording.

    series: an array, a dict name -> array, a list of arrays or of (name, array), a list of (name,
    keys, array), where keys is a dict such as {"group": "control", "subject": 7} whose entries
    become columns (None = missing), or a pandas groupby, whose groups are recordings and whose
    columns are keys. With relation="cross" or "joint" each array is a pair (x, y).
    dim, delay, threshold, lmin, vmin: a value, or a range, list, array or Series of values.
    modes: the same recordings seen in several ways, such as
    {"1d": {"channels": 0, "norm": "manhattan"}, "2d": {"channels": range(2)}}.
    measures: names, or "all", the 19 that need not be named; None = those but t1, t2, rte and trend, which take several times as
    long as the rest together.
    progress: True for a tqdm bar, or a function that is called with a dict of numbers.
    store: path of an SQLite file that takes the results as they come. It is made if it is not
    there; a sweep that is started again computes only what it lacks.
    frame: False = return None and leave the results in the store, for rqa.open_store().
    The other arguments are those of analyze().

    Returns a pandas frame, or a dict of NumPy columns without pandas: series, the keys, mode, dim,
    delay, threshold, lmin, vmin, one column for each measure (NaN where undefined), and status:
    "ok", the reason of the row's first undefined value, or why the recording could not be used.
    With a store the frame is read from it, with the store's words in status. One bad recording
    never stops the others; bad options, names or keys are refused before anything is computed.
    Ctrl-C stops the sweep within half a second.
    """
    if measures is None:
        measures = [name for name in DEFAULT_MEASURES if name not in _SLOW]
    given = {key: value for key, value in locals().items() if key in _OPTIONS}
    analysis = make_options(relation=relation, **given)
    pairs = analysis.relation != declarations.ENUMS["rqa_relation"]["RQA_RELATION_AUTO"]
    ways = _modes(modes, norm)
    axes = _Axes(integer_axis(dim, "dim"), integer_axis(delay, "delay"),
                 number_axis(threshold, "threshold"), _shortest_axis(lmin, "lmin"),
                 _shortest_axis(vmin, "vmin"))
    if store is None and not frame:
        fail("VALUE", "frame is False; without a store it would leave the results nowhere")
    series_options(normalize, missing)  # else each recording fails by itself, for one wrong name
    owner = chosen_context(context).handle
    found = recordings(series, pairs)
    with contextlib.ExitStack() as stack:
        batch = _create(owner, axes, analysis)
        # Not before, so that no refused sweep leaves an empty file; closed after the batch.
        file = None if store is None else stack.enter_context(
            open_for_writing(owner, store, "rqa.sweep (Python)"))
        stack.enter_context(batch)  # ends what still runs
        for recording in found:
            _add(batch, owner, recording, ways, pairs, normalize, missing)
        _rehearse(batch, found, ways)
        if file is None:
            return _table(batch, found, ways, axes, progress)
        check(lib.rqa_batch_set_store(batch.pointer, file.pointer))
        _report(batch, progress)
        return _stored_table(batch, file, found, ways, axes) if frame else None


def _shortest_axis(values: Any, name: str) -> "np.ndarray[Any, Any]":
    """Empty, which is the convention's choice, for None alone."""
    return np.empty(0, dtype=np.uint32) if values is None else integer_axis(values, name)


def _rehearse(batch: Handle, found: list[Recording], modes: list[_Mode]) -> None:
    """Makes the table with a row for each item: what fails in it, fails before hours of work."""
    columns = _columns(found, modes, 1)
    n_rows = len(found) * len(modes)
    columns.update({name: np.zeros(n_rows) for name in _Axes._fields})
    names = _measure_names(batch)
    frame_of(columns, np.zeros((n_rows, len(names))), names, {"status": np.zeros(n_rows)})


def _report(batch: Handle, progress: Progress) -> None:
    reporter = _Reporter(progress, int(lib.rqa_batch_size(batch.pointer,
                                                          declarations.RQA_BATCH_ROWS)))
    try:
        _run(batch, reporter)
    finally:
        reporter.close()


def _table(batch: Handle, found: list[Recording], modes: list[_Mode], axes: _Axes,
           progress: Progress) -> Any:
    n_items = len(found) * len(modes)
    n_rows = int(lib.rqa_batch_size(batch.pointer, declarations.RQA_BATCH_ROWS))
    n_measures = int(lib.rqa_batch_size(batch.pointer, declarations.RQA_BATCH_MEASURES))
    values = np.empty((n_rows, n_measures))
    reasons = np.empty((n_rows, n_measures), dtype=np.uint8)
    check(lib.rqa_batch_set_table(batch.pointer, values.ctypes.data_as(
        ctypes.POINTER(ctypes.c_double)), reasons.ctypes.data_as(
            ctypes.POINTER(ctypes.c_uint8)), n_rows))
    _report(batch, progress)
    status = _status_column(batch, reasons, n_items, _item_errors(batch, n_items))
    return _framed(batch, _all_columns(batch, found, modes, axes), values, status)


def _stored_table(batch: Handle, store: Handle, found: list[Recording], modes: list[_Mode],
                  axes: _Axes) -> Any:
    """The same table from a store."""
    columns = _all_columns(batch, found, modes, axes)
    each = int(lib.rqa_batch_size(batch.pointer, declarations.RQA_BATCH_COMBINATIONS))
    items = [(r.label, m.name, dict(zip(r.keys, key_texts(r)))) for r in found for m in modes]
    names = _measure_names(batch)
    values, status = read_stored(store, batch, Wanted(
        items, {name: columns[name][:each] for name in axes._fields},
        [MEASURES[name] for name in names]))
    return _framed(batch, columns, values, status)


def _measure_names(batch: Handle) -> list[str]:
    return [library_name("measure", lib.rqa_batch_measure_at(batch.pointer, k))
            for k in range(int(lib.rqa_batch_size(batch.pointer, declarations.RQA_BATCH_MEASURES)))]


def _columns(found: list[Recording], modes: list[_Mode], each: int) -> dict[str, Any]:
    """What tells items apart, with as many rows for each."""
    columns = {"series": repeated([r.label for r in found], each * len(modes))}
    for key in found[0].keys:
        columns[key] = repeated([r.keys[key] for r in found], each * len(modes))
    columns["mode"] = repeated([m.name for m in modes] * len(found), each)
    return columns


def _all_columns(batch: Handle, found: list[Recording], modes: list[_Mode],
                 axes: _Axes) -> dict[str, Any]:
    """All columns but the measures and the status."""
    each = int(lib.rqa_batch_size(batch.pointer, declarations.RQA_BATCH_COMBINATIONS))
    return {**_columns(found, modes, each),
            **_setting_columns(batch, axes, len(found) * len(modes))}


def _framed(batch: Handle, columns: dict[str, Any], values: "np.ndarray[Any, Any]",
            status: Any) -> Any:
    table = frame_of(columns, values, _measure_names(batch), {"status": status})
    if hasattr(table, "attrs"):
        table.attrs["librqa"] = version
        table.attrs["explanation"] = (lib.rqa_batch_explain(batch.pointer) or b"").decode()
    return table


# What sweep() hands on to make_options() as it is.
_OPTIONS = set(make_options.__kwdefaults__ or ()) - {"relation", "threshold", "threshold_y", "lmin",
                                                     "vmin"}
