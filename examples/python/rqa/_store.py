"""Stored results of sweeps, read through the library; merging.

Python's sqlite3 is not used here: where it is another copy of SQLite than the library's, as in a
wheel, what it opens and closes takes away the locks of a sweep that writes in this process.
"""
from __future__ import annotations

import ctypes
import os
from typing import Any, Iterable, Iterator, Optional, Sequence

import numpy as np

from ._batch import PLACES, REACHED
from ._context import Context, chosen_context
from ._cursor import Answer, Value
from ._handles import Handle
from ._library import declarations, initialized, lib
from ._names import MEASURES, file_path
from ._table import frame_of
from .types import Path, Table
from .errors import check, fail

# Columns that describe a row's settings and fate rather than who was recorded.
_SETTINGS = ("mode", "dim", "delay", "threshold", "lmin", "vmin")
_INTEGERS = ("dim", "delay", "lmin", "vmin", "theiler", "theiler_diagonal", "theiler_vertical",
             "wmin", "numerics", *PLACES[:3])
_NUMBERS = (*_INTEGERS, "threshold", *REACHED, PLACES[3], *MEASURES)


class Store:
    """Results that a sweep has stored, also while it is still running.

    A context manager. Any thread may use it.

    Attributes
    ----------
    path : str
        Of the file.
    columns : list of str
        All of the table's.

    Examples
    --------
    >>> rqa.sweep({"a": np.arange(9.0)}, threshold=[1, 2], store="few.sqlite", frame=False)
    >>> with rqa.open_store("few.sqlite") as store:
    ...     store.count("threshold > ?", (1,)), store.series
    (1, ['a'])
    """

    def __init__(self, path: Path):
        self.path = file_path(path, "path")
        if not os.path.exists(self.path):
            raise FileNotFoundError(f"{self.path}: no such store")
        options = initialized("rqa_store_options")
        options.mode = declarations.RQA_STORE_READ
        self._context = chosen_context(None).handle
        self._store: Optional[Handle] = Handle("store", lambda out: int(lib.rqa_store_open(
            out, self._context.pointer, os.fsencode(self.path), ctypes.byref(options))),
            self._context, "close")
        with self._ask("SELECT * FROM results LIMIT 0") as answer:
            self.columns = answer.names

    @property
    def measures(self) -> list[str]:
        """Measures among the columns."""
        return [name for name in self.columns if name in MEASURES]

    @property
    def keys(self) -> list[str]:
        """Columns between `series` and `mode`: what tells groups of recordings apart."""
        return self.columns[self.columns.index("series") + 1:self.columns.index("mode")]

    @property
    def series(self) -> list[str]:
        """Names of the recordings."""
        return [str(row[0]) for row in
                self.query("SELECT DISTINCT series FROM results ORDER BY series")]

    def settings(self) -> Table:
        """The distinct combinations of mode, dim, delay, threshold, lmin and vmin, as a frame."""
        listed = ", ".join(_SETTINGS)
        return self._frame(f"SELECT DISTINCT {listed} FROM results WHERE dim IS NOT NULL "
                           f"ORDER BY {listed}", ())

    def count(self, where: str = "", parameters: Sequence[Value] = ()) -> int:
        """Number of rows."""
        return int(self.query(f"SELECT COUNT(*) FROM results{_clause(where)}",
                              parameters)[0][0] or 0)

    def frame(self, where: str = "", parameters: Sequence[Value] = (),
              columns: Optional[Iterable[str]] = None) -> Table:
        """Rows as a pandas frame, or a dict of arrays without pandas; undefined = NaN.
        A recording that failed has one row, without settings.

        where: an SQL condition, with ? for each of the parameters: frame("dim = ? AND det > ?",
        (3, 0.9)). columns: which; None = all.
        """
        names = ([columns] if isinstance(columns, str) else
                 self.columns if columns is None else list(columns))
        for name in names:
            if name not in self.columns:
                raise ValueError(f"columns: {name!r} is not there; there are "
                                 f"{', '.join(self.columns)}")
        listed = ", ".join('"' + name.replace('"', '""') + '"' for name in names)
        return self._frame(f"SELECT {listed} FROM results{_clause(where)}", parameters)

    def query(self, sql: str, parameters: Sequence[Value] = ()) -> list[tuple[Value, ...]]:
        """The rows of one SELECT, on the views results, results_replaced and results_older and on
        the tables behind them."""
        return list(self.iterate(sql, parameters))

    def iterate(self, sql: str, parameters: Sequence[Value] = ()) -> Iterator[tuple[Value, ...]]:
        """The rows of query(), one at a time: millions of them need no memory. They are of one
        moment, that of the first."""
        answer = self._ask(sql, parameters)

        def rows() -> Iterator[tuple[Value, ...]]:
            with answer:
                while answer.advance():
                    yield from zip(*(answer.values(k) for k in range(len(answer.names))))

        return rows()

    def _ask(self, sql: str, parameters: Sequence[Value] = ()) -> Answer:
        if self._store is None:
            fail("STATE", f"the store {self.path} is closed")
        return Answer(self._store, self._context, sql, parameters)

    def _frame(self, sql: str, parameters: Sequence[Value]) -> Table:
        with self._ask(sql, parameters) as answer:
            # A name asked for twice is one column.
            place = {name: k for k, name in enumerate(answer.names)}
            parts: dict[str, list[Any]] = {name: [] for name in place}
            while answer.advance():
                for name, k in place.items():
                    parts[name].append(answer.numbers(k) if name in _NUMBERS else
                                       np.array(answer.values(k), dtype=object))
        columns: dict[str, Any] = {}
        for name, part in parts.items():
            column = np.concatenate(part or [np.empty(0, float if name in _NUMBERS else object)])
            exact = name in _INTEGERS and not np.isnan(column).any()
            columns[name] = column.astype(np.int64) if exact else column
        return frame_of(columns)

    def close(self) -> None:
        """Closes the file."""
        if self._store is not None:
            self._store.close()
            self._store = None

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *details: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Store({self.path!r})"


def _clause(where: str) -> str:
    return f" WHERE {where}" if where else ""


def open_store(path: Path) -> Store:
    """Opens stored results for reading, through the library: also in the process of the sweep that
    writes them, and while it does.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    Store
        A context manager.

    Raises
    ------
    FileNotFoundError
        There is none.
    StoreFormatError
        It is no store, or a damaged one.

    Examples
    --------
    >>> rqa.sweep([np.arange(9.0)], dim=[1, 2], threshold=2, store="one.sqlite", frame=False)
    >>> with rqa.open_store("one.sqlite") as store:
    ...     store.query("SELECT dim, rr FROM results ORDER BY dim")
    [(1, 0.4166666666666667), (2, 0.25)]
    """
    return Store(path)


def open_for_writing(context: Handle, path: Path, command: str) -> Handle:
    """The library's own store, made if there is none."""
    options = initialized("rqa_store_options")
    options.command = command.encode()
    name = os.fsencode(file_path(path, "store"))
    return Handle("store", lambda out: int(lib.rqa_store_open(
        out, context.pointer, name, ctypes.byref(options))), context, "close")


def merge_stores(into: Path, *others: Path, context: Optional[Context] = None) -> None:
    """Adds to a store, made if there is none, what it lacks of others, one after the other.
    Merging the same store twice changes nothing.

    Parameters
    ----------
    into : Path
        The store that grows.
    *others : Path
        Those that are read.
    context : Context, optional
        Threads and limits.

    Raises
    ------
    StoreConflictError
        A store contradicts `into`; nothing of it is added, and those before it stay.

    Examples
    --------
    >>> for name in ("a", "b"):
    ...     rqa.sweep({name: np.arange(9.0)}, threshold=1, store=name + ".sqlite", frame=False)
    >>> rqa.merge_stores("both.sqlite", "a.sqlite", "b.sqlite")
    >>> rqa.open_store("both.sqlite").count()
    2
    """
    owner = chosen_context(context).handle
    if not others:
        fail("VALUE", "merge_stores was given no store to add; allowed are one and more")
    names = [os.fsencode(file_path(other, "others")) for other in others]
    with open_for_writing(owner, into, "rqa.merge_stores (Python)") as store:
        for other in names:
            check(lib.rqa_store_merge(store.pointer, other))
