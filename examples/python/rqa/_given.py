"""The recordings of a sweep, whichever way they are given, and what tells them apart."""
from __future__ import annotations

from collections.abc import ItemsView, Mapping, Sequence
from typing import Any, Iterable, NamedTuple, Optional

import numpy as np

from ._names import MEASURES, shown, text
from ._table import is_missing
from .errors import fail

ALLOWED = ("an array, a list of arrays, a dict name -> array, pairs (name, array), triples (name, "
           "keys, array) and a pandas groupby")

# Columns of the table, beside the measures.
COLUMNS = ("series", "mode", "dim", "delay", "threshold", "lmin", "vmin", "status")


class Recording(NamedTuple):
    label: str
    keys: dict[str, Any]
    x: Any
    y: Any  # None unless relation is cross or joint
    refused: str  # why it is no recording; "" for one that is


def _is_scalar(value: Any) -> bool:
    return isinstance(value, (str, bytes)) or not (
        hasattr(value, "__array__") or hasattr(value, "__len__")) or np.isscalar(value)


def _is_name(value: Any) -> bool:
    """A label rather than samples: text, a number, a date; or several of them, as groupby has."""
    if isinstance(value, tuple):
        return any(isinstance(part, str) for part in value)
    return _is_scalar(value)


def _label(value: Any) -> str:
    parts = value if isinstance(value, tuple) else (value,)
    return text("/".join(str(part) for part in parts), "the name")


def _of_entry(entry: Any, k: int) -> tuple[str, Any, Any]:
    """(label, keys, samples) of the k-th of several recordings."""
    if isinstance(entry, (tuple, list)):
        if len(entry) == 3 and (isinstance(entry[1], Mapping) or hasattr(entry[1], "to_dict") or
                                (entry[1] is None and isinstance(entry[0], str))):
            keys = entry[1].to_dict() if hasattr(entry[1], "to_dict") else entry[1] or {}
            return _label(entry[0]), keys, entry[2]
        if isinstance(entry, tuple) and len(entry) == 2 and (
                isinstance(entry[0], str) or _is_name(entry[0]) and not _is_scalar(entry[1])):
            return _label(entry[0]), {}, entry[1]
    return str(k), {}, entry


def _of_groups(groups: Any) -> Iterable[tuple[str, Any, Any]]:
    """A pandas groupby: what it is grouped by becomes the keys, and is no channel."""
    by = getattr(groups.keys, "names", groups.keys)  # a grouper once columns have been chosen
    by = [by] if isinstance(by, str) or not isinstance(by, Sequence) else list(by)
    names = by if all(isinstance(name, str) for name in by) else []
    for name, part in groups:
        values = name if isinstance(name, tuple) else (name,)
        grouped = [column for column in names if column in getattr(part, "columns", ())]
        samples = part.drop(columns=grouped) if grouped else part
        yield _label(name), dict(zip(names, values)), samples


def _entries(given: Any) -> Iterable[tuple[str, Any, Any]]:
    if isinstance(given, (Mapping, ItemsView)):
        pairs = given.items() if isinstance(given, Mapping) else given
        return [(_label(name), {}, value) for name, value in pairs]
    if hasattr(given, "groups") and hasattr(given, "keys") and hasattr(given, "obj"):
        return _of_groups(given)
    kind = getattr(given, "dtype", None)
    if kind == object and np.ndim(given) == 1 and len(given) and not any(
            _is_scalar(value) for value in given):  # an array, or a pandas Series, of arrays
        names = list(getattr(given, "index", range(len(given))))
        return [(_label(name), {}, value) for name, value in zip(names, given)]
    if hasattr(given, "__array__") or hasattr(given, "to_numpy"):
        if getattr(given, "ndim", 0) > 2:
            fail("VALUE", f"series has {given.ndim} dimensions; for several recordings give a list "
                          "of them, such as list(series)")
        return [("0", {}, given)]
    try:
        listed = None if isinstance(given, (str, bytes)) else list(given)
    except TypeError:
        listed = None
    if listed is None:
        fail("VALUE", f"series is {shown(given)}; allowed are {ALLOWED}")
    if listed and all(_is_scalar(value) and not isinstance(value, (str, bytes))
                      and value is not None for value in listed):
        fail("VALUE", "series is a list of numbers; for one recording give it as an array, or in "
                      "a list")
    return [_of_entry(entry, k) for k, entry in enumerate(listed)]


def _pair(value: Any) -> tuple[Any, Any, str]:
    """(x, y, why not) of what a cross or joint relation is given."""
    if isinstance(value, (tuple, list)) and len(value) == 2:
        return value[0], value[1], ""
    return None, None, f"is no pair (x, y), which this relation needs, but {shown(value)}"


def _keys(label: str, given: Any) -> dict[str, Any]:
    """Keys whose values are plain: those of 0-d arrays, and None for all that are missing."""
    if not isinstance(given, Mapping):
        fail("VALUE", f"the keys of series {label!r} are {shown(given)}; allowed is a dict")
    found: dict[str, Any] = {}
    for name, value in given.items():
        if not isinstance(name, str) or not name:
            fail("VALUE", f"series {label!r} has the key {shown(name)}; allowed are names")
        if isinstance(value, np.ndarray) and value.ndim == 0:
            value = value.item()
        try:
            hash(value)
        except TypeError:
            fail("VALUE", f"the key {name!r} of series {label!r} is {shown(value)}; allowed are "
                          "text, numbers, dates, and None for a missing one")
        value = None if is_missing(value) else value
        found[text(name, "the key")] = text(value, f"the key {name!r}") if isinstance(
            value, str) else value
    return found


def _check_names(names: list[str], more: Iterable[str]) -> None:
    """A table has no two columns of a name, and a store none that differ in case alone."""
    taken = {name: "a column" for name in (*COLUMNS, *more)}
    taken.update({name: "a measure" for name in MEASURES})
    for name in names:
        what = taken.get(name.lower())
        if what:
            fail("VALUE", f"the key {name!r} has the name of {what} of the table; call it "
                          f"otherwise, such as {name + '_'!r}")
        taken[name.lower()] = "another key"


def recordings(given: Any, pairs: bool, more: Iterable[str] = ()) -> list[Recording]:
    """All of them, checked as far as it needs no look at the samples; more: columns that the table
    has besides those it always has."""
    found: list[Recording] = []
    names: Optional[list[str]] = None
    for label, given_keys, value in _entries(given):
        keys = _keys(label, given_keys)
        if names is None:
            names = list(keys)
            _check_names(names, more)
        if set(keys) != set(names):
            fail("VALUE", f"series {label!r} has the keys {list(keys)}; the first one has {names}")
        x, y, refused = _pair(value) if pairs else (value, None, "")
        found.append(Recording(label, {name: keys[name] for name in names}, x, y, refused))
    if not found:
        fail("VALUE", f"series is empty; allowed are {ALLOWED}")
    if all(recording.refused for recording in found):
        fail("VALUE", f"series {found[0].label!r} {found[0].refused}")
    _check_apart(found)
    return found


def key_texts(recording: Recording) -> list[str]:
    """The values as the library has them; missing is empty."""
    return ["" if value is None else text(value, "the key") for value in recording.keys.values()]


def _check_apart(found: list[Recording]) -> None:
    seen: dict[Any, int] = {}
    for k, recording in enumerate(found):
        first = seen.setdefault((recording.label, *key_texts(recording)), k)
        if first != k:
            fail("VALUE", f"series holds {recording.label!r} twice (entries {first} and {k}); "
                          "names or keys must tell recordings apart")
