"""The rows of one sweep, read back from its store in the order and form of a sweep without one."""
from __future__ import annotations

import ctypes
from typing import Any, NamedTuple

import numpy as np

from ._batch import Windows
from ._handles import Handle
from ._library import declarations, lib, new
from ._names import enum_names
from ._table import categories
from .errors import check, fail


class Wanted(NamedTuple):
    """What to read: items in the order of the batch, settings as columns of one item."""

    store: Handle
    batch: Handle
    items: list[tuple[str, str, dict[str, str]]]  # series, mode, keys
    settings: dict[str, "np.ndarray[Any, Any]"]
    measures: list[int]
    has_reached: bool  # values end with what they reached
    windows: Windows
    n_windows: "np.ndarray[Any, Any]"  # of each item; 1 without windows


class _Rows:
    """Receives what the library delivers: rows of one item after another."""

    def __init__(self, wanted: Wanted, with_values: bool):
        self._wanted = wanted
        self._keys = _store_keys(wanted.store)
        self._mask = sum(1 << measure for measure in wanted.measures)
        self._item = {(series, mode, *(keys.get(name) for name in self._keys)): k
                      for k, (series, mode, keys) in enumerate(wanted.items)}
        self._place = {setting: k for k, setting in enumerate(
            zip(*(column.tolist() for column in wanted.settings.values())))}
        self._n_rows = wanted.n_windows * len(wanted.settings["dim"])
        self._firsts = np.cumsum(self._n_rows) - self._n_rows
        self._window_rules = _window_rules(wanted.windows)
        n_rows = int(self._n_rows.sum())
        n_measures = declarations.RQA_MEASURE_COUNT
        self._columns = wanted.measures + ([n_measures, n_measures + 1] if wanted.has_reached else [])
        self._n_bytes = n_measures * np.dtype(float).itemsize
        self.values = np.full((n_rows if with_values else 0, len(self._columns)), np.nan)
        self.codes = np.zeros(n_rows, dtype=np.int32)
        self.kinds: dict[str, int] = {"": 0, "ok": 1}
        # Of the item that is being delivered: all measures, copied in one move a row.
        self._wide = np.empty((int(self._n_rows.max(initial=0)), n_measures + 2))
        self._current, self._known = -1, False
        self._first, self._end, self._n_windows = 0, 0, 1

    def take(self, row: Any) -> None:
        """One row."""
        if row.item != self._current:
            self.flush()
            self._begin(row)
        if not self._known:
            return
        code = self.kinds.setdefault(row.reason.decode(errors="replace") or "ok", len(self.kinds))
        if row.status:
            self.codes[self._first:self._end] = code
            return
        place = self._place.get((row.dim, row.delay, row.threshold, row.lmin, row.vmin))
        if (place is not None and row.window < self._n_windows
                and row.measures & self._mask == self._mask):
            at: int = place * self._n_windows + row.window
            self.codes[self._first + at] = code
            ctypes.memmove(self._wide.ctypes.data + at * self._wide.strides[0], row.values,
                           self._n_bytes)
            self._wide[at, -2:] = row.threshold_reached, row.rr_reached

    def _begin(self, row: Any) -> None:
        self._current = row.item
        keys = [row.keys[k] for k in range(row.n_keys)]
        item = self._item.get((row.series.decode(), row.mode.decode(),
                               *(None if key is None else key.decode() for key in keys)))
        self._known = item is not None and all(
            row.rules[k] == value for k, value in self._window_rules.items())
        item = item or 0
        self._first, self._n_windows = int(self._firsts[item]), int(self._wanted.n_windows[item])
        self._end = self._first + int(self._n_rows[item])
        self._wide[:] = np.nan

    def flush(self) -> None:
        """Keeps the rows of the item that was delivered."""
        if self._known and len(self.values):
            self.values[self._first:self._end] = self._wide[
                :self._end - self._first, self._columns]


def _window_rules(windows: Windows) -> dict[int, bytes]:
    """What a store's rules say of windows, by their positions: nothing where there are none."""
    scope = {number: name for name, number in enum_names("rqa_windows_scope").items()}
    texts = ("",) * 3 if not windows.window else (
        str(windows.window), str(windows.step), scope[windows.scope])
    said = dict(zip((b"window_length", b"window_step", b"window_scope"), texts))
    found: dict[int, bytes] = {}
    k = 0
    while (name := lib.rqa_store_rule_name(k)) is not None:
        if name in said:
            found[k] = said[name].encode()
        k += 1
    return found


def _store_keys(store: Handle) -> list[str]:
    names: list[str] = []
    while True:
        name = lib.rqa_store_key(store.pointer, len(names))
        if name is None:
            return names
        names.append(name.decode())


def _received(wanted: Wanted, of_batch: bool = True) -> _Rows:
    rows = _Rows(wanted, of_batch)
    failure: list[BaseException] = []

    def receive(row: Any, user: Any) -> int:
        try:
            rows.take(row.contents)
        except BaseException as error:  # also Ctrl-C: raised again below
            failure.append(error)
        return len(failure)

    filters = new("rqa_store_filter")
    if of_batch:
        filters.batch = wanted.batch.pointer
    status = lib.rqa_store_read(wanted.store.pointer, ctypes.byref(filters),
                                declarations.rqa_store_callback(receive), None)
    if failure:
        raise failure[0]
    check(status)
    rows.flush()
    return rows


def present(wanted: Wanted) -> "np.ndarray[Any, Any]":
    """Which rows the store seems to have before the batch has run: by names and settings, without a
    look at the data and the rules."""
    return np.asarray(_received(wanted, of_batch=False).codes != 0)


def read(wanted: Wanted) -> tuple["np.ndarray[Any, Any]", Any]:
    """(rows x measures, status) of a batch that has run into the store: "ok", or the reason."""
    rows = _received(wanted)
    if not rows.codes.all():
        fail("STORE", "the store lacks rows of this sweep; was it changed meanwhile?")
    return rows.values, categories(rows.codes, list(rows.kinds))
