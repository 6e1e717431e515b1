"""The rows of one sweep, read back from its store in the order and form of a sweep without one."""
from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ._store import Store
from ._table import categories
from .errors import fail


class Wanted(NamedTuple):
    """What to read: items in the order of the batch, settings as columns of one item."""

    items: list[tuple[str, str, tuple[str, ...]]]  # series, mode, values of the keys
    keys: list[str]
    settings: dict[str, "np.ndarray[Any, Any]"]
    measures: list[str]
    rules: list[dict[str, Any]]  # of each item: columns of the view that its rows must have


def read(path: str, wanted: Wanted) -> tuple["np.ndarray[Any, Any]", Any]:
    """(rows x measures, status): "ok", or the view's reason."""
    each = len(wanted.settings["dim"])
    place = {setting: k for k, setting in enumerate(
        zip(*(column.tolist() for column in wanted.settings.values())))}
    values = np.full((len(wanted.items) * each, len(wanted.measures)), np.nan)
    kinds: dict[str, int] = {"": 0, "ok": 1}
    codes = np.zeros(len(values), dtype=np.int32)
    with Store(path) as store:
        for number, (item, rules) in enumerate(zip(wanted.items, wanted.rules)):
            _read_item(store, wanted, item, rules, place, kinds,
                       (values[number * each:(number + 1) * each],
                        codes[number * each:(number + 1) * each]))
    if not codes.all():
        fail("STORE", f"{path} lacks rows of this sweep; was it changed meanwhile?")
    return values, categories(codes, list(kinds))


def _read_item(store: Store, wanted: Wanted, item: tuple[str, str, tuple[str, ...]],
               rules: dict[str, Any], place: dict[Any, int], kinds: dict[str, int],
               rows: tuple["np.ndarray[Any, Any]", "np.ndarray[Any, Any]"]) -> None:
    values, codes = rows
    series, mode, key_values = item
    # A key with the name of another column is key_NAME in the view.
    keys = [f"key_{k}" if f"key_{k}" in store.keys else k for k in wanted.keys]
    given = {"series": series, "mode": mode, **dict(zip(keys, key_values)), **rules}
    # A failed recording has neither settings nor rules.
    named = [f'"{name}" = ?' for name in given]
    n_names = 2 + len(wanted.keys)
    where = " AND ".join(named[:n_names]) + " AND (dim IS NULL OR (" + " AND ".join(
        named[n_names:]) + "))"
    listed = ", ".join([*wanted.settings, "status", "reason", *wanted.measures])
    n_settings = len(wanted.settings)
    failed = 0
    for row in store.iterate(f"SELECT {listed} FROM results WHERE {where}", list(given.values())):
        status, reason = row[n_settings:n_settings + 2]
        code = kinds.setdefault("ok" if status == "ok" else reason or status, len(kinds))
        if status == "failed":
            failed = code
            continue
        at = place.get(row[:n_settings])
        if at is None:
            continue
        if codes[at]:
            fail("STATE", f"the store holds {series!r}, mode {mode!r}, by several sets of rules; "
                          "give compare, theiler and wmin, or read it by open_store()")
        codes[at] = code
        values[at] = [np.nan if v is None else v for v in row[n_settings + 2:]]
    codes[codes == 0] = failed
