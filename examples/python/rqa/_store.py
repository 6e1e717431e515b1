"""Stored results of sweeps: a thin read-only view of the SQLite file's `results`; merging."""
from __future__ import annotations

import ctypes
import os
import sqlite3
from typing import Any, Iterable, Iterator, Optional, Sequence, Union
from urllib.parse import quote

import numpy as np

from ._context import Context, chosen_context
from ._handles import Handle
from ._library import initialized, lib
from ._names import MEASURES, file_path
from ._table import frame_of
from .errors import check, fail

# Columns that describe a row's settings and fate rather than who was recorded.
_SETTINGS = ("mode", "dim", "delay", "threshold", "lmin", "vmin")


class Store:
    """Results that a sweep has stored, also while it is still running.

    columns: all of the table's; keys: those that tell groups apart; measures: those that are there.
    A context manager. It belongs to the thread that opened it, as sqlite3's connections do.
    """

    def __init__(self, path: Union[str, "os.PathLike[str]"]):
        self.path = file_path(path, "path")
        if not os.path.exists(self.path):
            raise FileNotFoundError(f"{self.path}: no such store")
        uri = f"file:{quote(os.fsencode(os.path.abspath(self.path)))}?mode=ro"
        self._connection = sqlite3.connect(uri, uri=True)
        try:
            self.columns = [row[1] for row in
                            self._connection.execute("PRAGMA table_info(results)")]
        except sqlite3.DatabaseError as error:
            self._connection.close()
            raise ValueError(f"{self.path}: no store of librqa: {error}") from None
        if "series" not in self.columns or "dim" not in self.columns:
            self._connection.close()
            raise ValueError(f"{self.path}: no store of librqa: it has no table `results`")

    @property
    def measures(self) -> list[str]:
        """Measures among the columns."""
        return [name for name in self.columns if name in MEASURES]

    @property
    def keys(self) -> list[str]:
        """Columns between `series` and `mode`: what tells groups of recordings apart."""
        at = self.columns.index("series") + 1
        end = self.columns.index("mode") if "mode" in self.columns else at
        return self.columns[at:end]

    @property
    def series(self) -> list[str]:
        """Names of the recordings."""
        return [row[0] for row in self.query("SELECT DISTINCT series FROM results ORDER BY series")]

    def settings(self) -> Any:
        """The distinct combinations of mode, dim, delay, threshold, lmin and vmin, as a frame."""
        names = [name for name in _SETTINGS if name in self.columns]
        listed = ", ".join(names)
        rows = self.query(f"SELECT DISTINCT {listed} FROM results WHERE dim IS NOT NULL "
                          f"ORDER BY {listed}")
        return self._frame(names, rows)

    def count(self, where: str = "", parameters: Sequence[Any] = ()) -> int:
        """Number of rows."""
        return int(self.query(f"SELECT COUNT(*) FROM results{_clause(where)}", parameters)[0][0])

    def frame(self, where: str = "", parameters: Sequence[Any] = (),
              columns: Optional[Iterable[str]] = None) -> Any:
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
        listed = ", ".join(f'"{name}"' for name in names)
        return self._frame(names, self.query(f"SELECT {listed} FROM results{_clause(where)}",
                                             parameters))

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Any SQL that only reads."""
        return self._connection.execute(sql, parameters).fetchall()

    def iterate(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of query(), one at a time: millions of them need no memory."""
        return self._connection.execute(sql, parameters)

    def _frame(self, names: list[str], rows: list[tuple[Any, ...]]) -> Any:
        columns: dict[str, Any] = {}
        for k, name in enumerate(names):
            values = [row[k] for row in rows]
            if name in _SETTINGS[1:] and name != "threshold" and None not in values:
                columns[name] = np.array(values, dtype=np.int64)
            elif name in _SETTINGS[1:] or name in MEASURES:
                columns[name] = np.array([np.nan if v is None else v for v in values], dtype=float)
            else:
                columns[name] = np.array(values, dtype=object)
        return frame_of(columns)

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *details: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Store({self.path!r})"


def _clause(where: str) -> str:
    return f" WHERE {where}" if where else ""


def open_store(path: Union[str, "os.PathLike[str]"]) -> Store:
    """Opens stored results for reading; see Store."""
    return Store(path)


def open_for_writing(context: Handle, path: Union[str, "os.PathLike[str]"], command: str) -> Handle:
    """The library's own store, made if there is none."""
    options = initialized("rqa_store_options")
    options.command = command.encode()
    name = os.fsencode(file_path(path, "store"))
    return Handle("store", lambda out: int(lib.rqa_store_open(
        out, context.pointer, name, ctypes.byref(options))), context, "close")


def merge_stores(into: Union[str, "os.PathLike[str]"], *others: Union[str, "os.PathLike[str]"],
                 context: Optional[Context] = None) -> None:
    """Adds to a store, made if there is none, what it lacks of others, one after the other.

    Merging the same store twice changes nothing. A store that contradicts `into` is a
    StoreConflictError, and nothing of it is added; those before it stay.
    """
    owner = chosen_context(context).handle
    if not others:
        fail("VALUE", "merge_stores was given no store to add; allowed are one and more")
    names = [os.fsencode(file_path(other, "others")) for other in others]
    with open_for_writing(owner, into, "rqa.merge_stores (Python)") as store:
        for other in names:
            check(lib.rqa_store_merge(store.pointer, other))
