"""Results as notebooks show them: plain tables, every text escaped."""
from __future__ import annotations

import html
import math
from typing import Iterable, Sequence, Union

Cell = Union[None, int, float, str]


def _cell(value: Cell) -> str:
    if value is None:
        return "<td></td>"
    if isinstance(value, str):
        return f'<td style="text-align: left">{html.escape(value)}</td>'
    return f"<td>{'-' if isinstance(value, float) and math.isnan(value) else f'{value:.6g}'}</td>"


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A table under a caption."""
    top = "".join(f"<th>{html.escape(name)}</th>" for name in head)
    body = "".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in rows)
    return (f"<table><caption>{html.escape(caption)}</caption><thead><tr>{top}</tr></thead>"
            f"<tbody>{body}</tbody></table>")
