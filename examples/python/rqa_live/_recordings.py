"""What is known of recordings before they are computed: their names, and the columns of one."""
from __future__ import annotations

import gzip
import os
import zlib
from itertools import islice
from typing import Any

import numpy as np

from ._folder import Folder

#: As many as a page can show and a sweep take.
MOST = 20000
_HEAD_BYTES = 16384
_MOST_LINES = 6


def listed(folder: Folder, is_demo: bool) -> dict[str, Any]:
    """All recordings, by folder; the page fills its form with the founding job for a demo."""
    found = []
    for name in islice(folder.recordings(), MOST + 1):
        try:
            size = os.stat(os.path.join(folder.path, name)).st_size
        except OSError:
            continue
        found.append({"name": name, "bytes": size})
    return {"recordings": found[:MOST], "more": len(found) > MOST, "demo": is_demo}


def preview(folder: Folder, name: str) -> dict[str, Any]:
    """The first lines of a file, and its columns as far as they can be told by a look."""
    path = folder.inside(name)
    if os.path.isdir(path):
        return {"name": name, "columns": [], "lines": [], "note": "a folder"}
    if not os.path.isfile(path):
        return {"name": name, "columns": [], "lines": [], "note": "no regular file"}
    if path.lower().endswith(".npy"):
        try:
            array = np.load(path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError) as error:
            return {"name": name, "columns": [], "lines": [], "note": str(error)}
        n = 1 if array.ndim < 2 else array.shape[1]
        return {"name": name, "columns": [str(k + 1) for k in range(n)], "lines": [],
                "note": f"array of {array.shape}, {array.dtype}"}
    try:
        with (gzip.open(path) if path.lower().endswith(".gz") else open(path, "rb")) as file:
            head = file.read(_HEAD_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        return {"name": name, "columns": [], "lines": [], "note": str(error)}
    text = head.decode("utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig",
                       errors="replace")
    lines = [line for line in text.splitlines() if line.strip()][:_MOST_LINES]
    data = [line for line in lines if line.lstrip()[0] not in "#%"]
    return {"name": name, "columns": _columns(data[0]) if data else [], "note": "",
            "lines": [line[:200] for line in lines]}


def _columns(first: str) -> list[str]:
    """Names in the first line, or numbers where it has none."""
    delimiter = max(";,\t", key=first.count)
    cells = first.split(delimiter) if first.count(delimiter) else first.split()
    cells = [cell.strip().strip('"') for cell in cells]

    def is_number(cell: str) -> bool:
        try:
            float(cell.replace(",", "."))
            return True
        except ValueError:
            return False

    return [str(k + 1) for k in range(len(cells))] if all(map(is_number, cells)) else cells
