"""What a store holds, read while it may still grow: axes, pages of rows, means on a grid.

By Python's sqlite3, and with its time limit: this process writes no store and loads no librqa. Each
batch runs in a process of its own, whose locks nobody else can take away (rqa/store.h, "One SQLite").
"""
from __future__ import annotations

import os
import sqlite3
import time
from contextlib import contextmanager
from typing import Any, Iterator, Mapping
from urllib.parse import quote

from ._folder import Refused

AXES = ("dim", "delay", "threshold", "lmin", "vmin")
MOST_ROWS = 1000
MOST_CELLS = 50000
_PATIENCE_S = 60.0


@contextmanager
def _opened(path: str) -> Iterator[sqlite3.Connection]:
    """Read-only, and given up after a time."""
    if not os.path.exists(path):
        raise Refused("there are no results yet", 404)
    connection = sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True, timeout=10)
    deadline = time.monotonic() + _PATIENCE_S
    connection.set_progress_handler(lambda: time.monotonic() > deadline, 10000)
    try:
        yield connection
    except sqlite3.Error as error:
        raise Refused("the question takes too long; ask for less" if "interrupt" in str(error) else
                      f"the store cannot be read: {error}", 503) from None
    finally:
        connection.close()


def _columns(connection: sqlite3.Connection) -> list[str]:
    found = [row[1] for row in connection.execute("PRAGMA table_info(results)")]
    if not found:
        raise Refused("there are no results yet", 404)
    return found


def _keys(columns: list[str]) -> list[str]:
    return columns[columns.index("series") + 1:columns.index("mode")]


def _measures(columns: list[str]) -> list[str]:
    return columns[columns.index("vmin") + 1:columns.index("status")]


def axes(path: str) -> dict[str, Any]:
    """Values of the settings, modes, groups, series, and measures that have any value."""
    with _opened(path) as connection:
        columns = _columns(connection)
        keys = _keys(columns)
        settings = {name: [row[0] for row in connection.execute(
            f"SELECT DISTINCT {name} FROM setting ORDER BY {name}")] for name in AXES}
        modes = [row[0] for row in connection.execute(
            "SELECT DISTINCT mode FROM item ORDER BY mode")]
        series = [row[0] for row in connection.execute(
            "SELECT DISTINCT series FROM item ORDER BY series")]
        measures = _measures(columns)
        row = connection.execute(
            f"SELECT {', '.join(f'max({name} IS NOT NULL)' for name in measures)} FROM "
            "(SELECT * FROM result LIMIT 20000)").fetchone()
        return {**settings, "mode": modes, "series": series, "keys": keys,
                "measures": [name for name, has in zip(measures, row) if has]}


def _where(given: Mapping[str, str], columns: list[str]) -> tuple[str, list[Any]]:
    terms, values = [], []
    for name, value in given.items():
        if name not in ("series", "mode", "status", *AXES, *_keys(columns)):
            continue
        terms.append(f'"{name}" = ?')
        try:
            values.append(float(value) if name in AXES else value)
        except ValueError:
            raise Refused(f"{name} is {value!r:.40}; a number is expected") from None
    return (" WHERE " + " AND ".join(terms) if terms else ""), values


def rows(path: str, given: Mapping[str, str], limit: int, offset: int) -> dict[str, Any]:
    """A page of the view, filtered."""
    with _opened(path) as connection:
        columns = _columns(connection)
        shown = columns[:columns.index("backend")]
        where, values = _where(given, columns)
        listed = ", ".join(f'"{name}"' for name in shown)
        found = connection.execute(f"SELECT {listed} FROM results{where} LIMIT ? OFFSET ?",
                                   [*values, limit + 1, offset]).fetchall()
        return {"columns": shown, "rows": found[:limit],
                "next": offset + limit if len(found) > limit else None}


def grid(path: str, measure: str, x: str, y: str, given: Mapping[str, str]) -> dict[str, Any]:
    """Means of a measure over recordings, by group, x and y; other settings as given."""
    with _opened(path) as connection:
        columns = _columns(connection)
        if measure not in _measures(columns):
            raise Refused(f"measure is {measure!r:.40}; there are {', '.join(_measures(columns))}")
        if x not in AXES or y not in AXES or x == y:
            raise Refused(f"x and y must be two of {', '.join(AXES)}")
        group = f'"{_keys(columns)[0]}"' if _keys(columns) else "''"
        where, values = _where({k: v for k, v in given.items() if k not in (x, y)}, columns)
        found = connection.execute(
            f"SELECT {group}, {x}, {y}, avg({measure}), count({measure}) FROM results"
            f"{where}{' AND' if where else ' WHERE'} dim IS NOT NULL GROUP BY 1, 2, 3",
            values).fetchall()
        xs, ys = sorted({row[1] for row in found}), sorted({row[2] for row in found})
        if len(found) > MOST_CELLS:
            raise Refused(f"{len(found)} cells; a map may have {MOST_CELLS}: choose other axes")
        at = {value: k for k, value in enumerate(xs)}, {value: k for k, value in enumerate(ys)}
        groups: dict[str, list[list[Any]]] = {}
        for name, at_x, at_y, mean, n in found:
            table = groups.setdefault(name or "all", [[None] * len(xs) for _ in ys])
            table[at[1][at_y]][at[0][at_x]] = mean if n else None
        return {"measure": measure, "x": xs, "y": ys, "groups": groups}
