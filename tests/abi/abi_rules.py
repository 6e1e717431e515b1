"""abi_rules.py - what may change between two releases with the same ABI number: calls and structs
that tell their size may be added to, everything else stays as it is.

abidiff's exit code is the same for an appended field and for two that changed places, and its
suppression `has_data_member_inserted_at = end` (2.2) hides both: so its report is read line by
line, and every line that is not known to be harmless is a refusal.
"""
import re
import subprocess
from pathlib import Path

HARMLESS = re.compile(r"""
    (Leaf\ changes|Changed\ leaf\ types|Removed/Changed/Added\ \w+)\ summary: .*
    | \d+\ Added\ (function|variable)s?: | \ \ \[A\]\ .*
    | \d+\ Added\ function\ symbols?\ not\ referenced\ by\ debug\ info: """, re.X)


def _append_refusals(name: str, lines: list[str], may_grow: list[str]) -> list[str]:
    """What of a struct's changes is more than fields appended where it ended."""
    if name not in may_grow:
        return [f"{name} has changed, and it does not tell its size, or lies in another struct"]
    end, refused = None, []
    for line in lines:
        if found := re.fullmatch(r"  type size changed from (\d+) to (\d+) \(in bits\)", line):
            end = int(found[1])
        elif found := re.fullmatch(r"    '(.*)', at offset (\d+) \(in bits\)", line):
            if end is None or int(found[2]) < end:
                refused.append(f"{name}: '{found[1]}' is not behind the struct's old end")
        elif not re.fullmatch(r"  \d+ data member insertions?:", line):
            refused.append(f"{name}:{line}")
    return refused


def refusals(old: Path, new: Path, may_grow: list[str]) -> list[str]:
    """What abidiff finds between two libraries or dumps that callers of the old would suffer from;
    may_grow: the structs that may be appended to."""
    run = subprocess.run(["abidiff", "--leaf-changes-only", "--no-show-locs", str(old), str(new)],
                         capture_output=True, text=True, check=False)
    if run.returncode & 3:
        return [f"abidiff failed: {run.stderr}{run.stdout}"]
    refused: list[str] = []
    lines = run.stdout.splitlines()
    while lines:
        line = lines.pop(0)
        if found := re.fullmatch(r"'struct (\w+)' changed:", line):
            block = []
            while lines and lines[0].startswith("  "):
                block.append(lines.pop(0))
            refused += _append_refusals(found[1], block, may_grow)
        elif line.strip() and not HARMLESS.fullmatch(line):
            refused.append(line)
    if run.returncode & 8 and not refused:
        refused.append(f"abidiff calls it incompatible: {run.stdout}")
    return refused


def layout_refusals(old: str, new: str, may_grow: list[str]) -> list[str]:
    """Of what two layout programs printed: what moved, has another number, or shrank."""
    refused = []
    for was, now in zip(old.splitlines(), new.splitlines(), strict=True):
        kind, _, rest = was.partition(" ")
        growing = rest.partition(" ")[0] in may_grow if kind == "sizeof" else \
            kind.endswith("_COUNT")
        if was != now and not (growing and int(now.split()[-1]) > int(was.split()[-1])):
            refused.append(f"layout: '{was}' became '{now}'")
    return refused
