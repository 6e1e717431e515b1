"""Tables: a pandas frame where there is pandas, else a dict of NumPy columns."""
from __future__ import annotations

from typing import Any, Optional

import numpy as np


def _pandas() -> Any:
    try:
        import pandas
    except ImportError:
        return None
    return pandas


def frame_of(columns: dict[str, "np.ndarray[Any, Any]"],
             values: Optional["np.ndarray[Any, Any]"] = None, names: Optional[list[str]] = None,
             last: Optional[dict[str, Any]] = None) -> Any:
    """Columns, then the columns `names` of the 2-D array `values` (not copied), then `last`."""
    pandas = _pandas()
    values = np.empty((0, 0)) if values is None else values
    names, last = names or [], last or {}
    if pandas is None:
        return {**columns, **{name: values[:, k] for k, name in enumerate(names)}, **last}
    if not names:
        return pandas.DataFrame({**columns, **last}, copy=False)
    frame = pandas.DataFrame(values, columns=names, copy=False)
    for k, (name, column) in enumerate(columns.items()):
        frame.insert(k, name, column)
    for name, column in last.items():
        frame[name] = column
    return frame


def set_index(frame: Any, values: Any, name: str) -> None:
    """Values as the index of a pandas frame."""
    frame.index = values
    frame.index.name = name


def categories(codes: "np.ndarray[Any, Any]", kinds: list[Any]) -> Any:
    """kinds[codes]: a pandas categorical of the kinds that occur, else an array of objects; code -1
    is missing."""
    used = np.flatnonzero(np.bincount(codes[codes >= 0], minlength=len(kinds)))
    distinct = list(dict.fromkeys(kinds[k] for k in used))
    position = {kind: k for k, kind in enumerate(distinct)}
    renumber = np.array([position.get(kind, 0) for kind in kinds], dtype=np.int32)
    pandas = _pandas()
    if pandas is None:
        named = np.empty(len(distinct) + 1, dtype=object)  # the last, also -1, is None
        named[:-1] = distinct
        return named[np.where(codes < 0, -1, renumber[codes])]
    index = pandas.Index(distinct, tupleize_cols=False)
    return pandas.Categorical.from_codes(np.where(codes < 0, -1, renumber[codes]),
                                         categories=index)


def is_missing(value: Any) -> bool:
    """None, NaN, and pandas' NA and NaT."""
    try:
        return value is None or bool(value != value)
    except TypeError:  # NA: neither equal nor unequal to itself
        return True


def repeated(values: list[Any], each: Any) -> Any:
    """Each value `each` times over (one number, or one for each value): numbers as such, all else as categories; missing as NaN of
    numbers, else as no category (None without pandas)."""
    there = [value for value in values if not is_missing(value)]
    if all(isinstance(value, (int, float, np.number)) for value in there):
        known = values if len(there) == len(values) else [
            np.nan if is_missing(value) else value for value in values]
        return np.repeat(np.array(known), each)
    kinds = list(dict.fromkeys(there))
    code = {value: k for k, value in enumerate(kinds)}
    codes = np.array([-1 if is_missing(v) else code[v] for v in values], dtype=np.int32)
    return categories(np.repeat(codes, each), kinds)
