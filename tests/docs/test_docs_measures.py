#!/usr/bin/env python3
"""test_docs_measures.py - what is written by hand of each measure of the list is there: its number
and its row in the table of rqa/measure.h, its section in the pages. Plants faults first, to see
itself fail.

Usage: test_docs_measures.py ROOT
"""
from __future__ import annotations

import re
import sys
from pathlib import Path


def faults(measure_list: str, header: str, pages: str) -> list[str]:
    """What is missing, in words."""
    rows = re.findall(r'ROW\((\w+), "(\w+)",', measure_list)
    numbers = dict(re.findall(r"RQA_MEASURE_(\w+) = (\d+)", header))
    found = []
    if [int(numbers.get(number, -1)) for number, _ in rows] != list(range(len(rows))):
        found.append("the numbers are not those of the list, in its order")
    if numbers.get("COUNT") != str(len(rows)):
        found.append(f"RQA_MEASURE_COUNT is not {len(rows)}")
    table = {row.strip() for row in re.findall(r"^ \* \|([^|]+)\|.*\| \[", header, re.M)}
    titles = " ".join(re.findall(r"^## .*: (.*)$", pages, re.M)).replace(",", " ").split()
    for _, name in rows:
        if name not in table:
            found.append(f"{name} has no row in the table of the header")
        if name not in titles:
            found.append(f"{name} is in no title of the page")
    found += [f"{name} is in the header's table and not in the list"
              for name in table - {name for _, name in rows} - {"name"}]
    return found


def main() -> int:
    root = Path(sys.argv[1])
    texts = [(root / name).read_text() for name in
             ("lib/measures/measure_list.h", "include/rqa/measure.h", "docs/measures.md")]
    planted = [texts[:], texts[:], texts[:]]
    planted[0][0] = texts[0].replace('"tt"', '"ttt"')
    planted[1][1] = re.sub(r"^ \* \| div .*\n", "", texts[1], flags=re.M)
    planted[2][2] = texts[2].replace("trend: trend", "trend").replace("Trend: trend", "Trend")
    for texts_with_fault in planted:
        if not faults(*texts_with_fault):
            print("a planted fault was not found")
            return 1
    found = faults(*texts)
    print("\n".join(found) if found else "every measure is written of")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
