"""Answers of a store to SQL, block by block as the library reads them."""
from __future__ import annotations

import ctypes
import math
import operator
from typing import Any, Sequence, Union

import numpy as np

from ._handles import Handle
from ._library import declarations, lib, new
from ._names import shown, text
from .errors import check, fail

#: What a value of a store is.
Value = Union[None, int, float, str]

_NULL, _INTEGER, _NUMBER, _TEXT = (declarations.RQA_STORE_NULL, declarations.RQA_STORE_INTEGER,
                                   declarations.RQA_STORE_NUMBER, declarations.RQA_STORE_TEXT)


def _parameter(value: Any, k: int) -> tuple[int, int, float, bytes]:
    """(type, integer, number, text) of a parameter."""
    if value is None:
        return _NULL, 0, math.nan, b""
    if isinstance(value, str):
        return _TEXT, 0, math.nan, text(value, f"parameters[{k}]").encode()
    try:
        integer = operator.index(value)
    except TypeError:
        try:
            return _NUMBER, 0, float(value), b""
        except (TypeError, ValueError):
            fail("VALUE", f"parameters[{k}] is {shown(value)}; allowed are None, integers, numbers "
                          "and texts")
    if not -2**63 <= integer < 2**63:
        fail("VALUE", f"parameters[{k}] is {integer}; allowed are integers of 64 bits")
    return _INTEGER, integer, math.nan, b""


def _query(sql: str, parameters: Sequence[Value]) -> Any:
    if isinstance(parameters, (str, bytes)) or not hasattr(parameters, "__len__"):
        fail("VALUE", f"parameters is {shown(parameters)}; it must be a list or tuple of values")
    found = [_parameter(value, k) for k, value in enumerate(parameters)]
    query = new("rqa_store_query")
    n = query.n_parameters = len(found)
    query.sql = text(sql, "the SQL").encode()
    query.types = (ctypes.c_uint8 * n)(*(p[0] for p in found))
    query.integers = (ctypes.c_int64 * n)(*(p[1] for p in found))
    query.numbers = (ctypes.c_double * n)(*(p[2] for p in found))
    query.texts = (ctypes.c_char_p * n)(*(p[3] for p in found))
    return query


class Answer:
    """What one SELECT gives: advance() to the next block, then its columns."""

    def __init__(self, store: Handle, context: Handle, sql: str, parameters: Sequence[Value] = ()):
        query = _query(sql, parameters)
        self._cursor = Handle("store_cursor", lambda out: int(lib.rqa_store_cursor_create(
            out, store.pointer, ctypes.byref(query))), context)
        self._block: Any = new("rqa_store_block")
        self._is_first = True
        self._read()
        self.names: list[str] = [self._block.names[k].decode()
                                 for k in range(self._block.n_columns)]

    def _read(self) -> None:
        check(lib.rqa_store_cursor_next(self._cursor.pointer, ctypes.byref(self._block)))

    def advance(self) -> bool:
        """Whether there is a block, or another one."""
        if not self._is_first:
            self._read()
        self._is_first = False
        return bool(self._block.n_rows)

    def _column(self, name: str, k: int) -> Any:
        begin = k * self._block.stride
        return getattr(self._block, name)[begin:begin + self._block.n_rows]

    def numbers(self, k: int) -> "np.ndarray[Any, np.dtype[np.float64]]":
        """Column k as numbers, NaN where there is none."""
        begin = k * self._block.stride
        whole = np.ctypeslib.as_array(self._block.numbers,
                                      shape=(begin + self._block.n_rows,))
        return np.array(whole[begin:], dtype=np.float64)

    def values(self, k: int) -> list[Value]:
        """Column k as it is."""
        types = bytes(self._column("types", k))
        kinds = set(types)
        if kinds == {_NUMBER}:
            return list(self._column("numbers", k))
        if kinds == {_INTEGER}:
            return list(self._column("integers", k))
        texts = self._column("texts", k) if _TEXT in kinds else ()
        if kinds == {_TEXT}:
            return [value.decode(errors="replace") for value in texts]
        numbers = self._column("numbers", k) if _NUMBER in kinds else ()
        integers = self._column("integers", k) if _INTEGER in kinds else ()
        return [None if kind == _NULL else numbers[i] if kind == _NUMBER else integers[i]
                if kind == _INTEGER else texts[i].decode(errors="replace")
                for i, kind in enumerate(types)]

    def close(self) -> None:
        """Lets the moment that it is of go."""
        self._cursor.close()

    def __enter__(self) -> "Answer":
        return self

    def __exit__(self, *details: object) -> None:
        self.close()
