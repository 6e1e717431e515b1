"""study_claims.py - what may be said of the tests of a study, in a few sentences."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas

from study_data import PARTNERS, Grid
from study_figures import describe, name, unit_values

if TYPE_CHECKING:
    from study import Found

LEVEL = 0.05


def best_tests(table: Any, decides: str) -> Any:
    """The best test of each feature: among those that hold after correction the greatest effect,
    else the greatest of all; of equals the first in the grid."""
    tested = table[table["epsilon_squared"].notna() & table["counted"]].copy()
    if tested.empty:
        raise SystemExit("study: no test was possible: every feature is undefined or constant")
    tested["holds"] = tested[decides] <= LEVEL
    tested = tested.sort_values(["holds", "epsilon_squared"], ascending=False, kind="stable")
    return tested.groupby("feature", observed=True, sort=False).head(1)


def number(value: float) -> str:
    """Small numbers as powers of ten, others with three figures."""
    if np.isnan(value):
        return "–"
    return f"{value:.1e}" if 0 < abs(value) < 1e-3 else f"{value:.3g}"


def group_sizes(found: "Found", grid: Grid, row: Any) -> list[int]:
    """How many subjects of each group are in a test."""
    values = unit_values(found, grid, row)
    return [sum(unit[0] == group and not np.isnan(value)
                for unit, value in zip(found.units, values)) for group in found.groups]


def search_p(found: "Found", row: Any) -> float:
    """The chance that shuffled labels have a test that does as well; NaN: not possible."""
    if np.isnan(found.permuted).any():
        return float("nan")
    reached = int((found.permuted >= row["epsilon_squared"] * (1 - 1e-6)).sum())
    return (1 + reached) / (1 + len(found.permuted))


def _claim(found: "Found", row: Any) -> str:
    """What may be said of the best test."""
    groups, test = ", ".join(found.groups), f"{name(row)} ({describe(row)})"
    if not row["holds"]:
        n_tests = int((found.table["p"].notna() & found.table["counted"]).sum())
        return (f"No difference between {groups} was found: of {n_tests:,} tests none holds after "
                f"correction; the largest effect has {test}")
    if found.shared and not found.paired:
        return f"The largest difference between {groups} is in {test}"
    return f"{test} separates {groups} best"


def _undefined(found: "Found", sizes: list[int]) -> list[str]:
    """Groups some of whose subjects have no value: they may differ in that already."""
    full = [sum(unit[0] == group for unit in found.units) for group in found.groups]
    lacking = [f"{n - size} of {n} in {group}" for group, size, n in zip(found.groups, sizes, full)
               if size < n]
    return [f"It is undefined for {', '.join(lacking)}, who are left out"] if lacking else []


def of_duration(found: "Found", row: Any) -> float:
    """The effect size of the number of samples alone, or of 1 / it, with or without the missing
    ones; NaN for a feature that is no longest line."""
    if row["feature"] not in PARTNERS:
        return float("nan")
    relative = int(row["feature"].endswith("_rel"))
    return float(np.fmax(*found.duration.effect[[relative, 2 + relative]]))


def _about_duration(found: "Found", row: Any) -> list[str]:
    """A longest line by itself and relative to the recording, and what duration does alone."""
    partner = PARTNERS.get(row["feature"])
    if partner is None:
        return []
    table = found.table
    same = (table["feature"] == partner) & np.logical_and.reduce(
        [table[key].eq(row[key]) | (pandas.isna(row[key]) & table[key].isna())
         for key in ("mode", "dim", "delay", "threshold", "lmin", "over")])
    other = table[same].iloc[0]
    relative = row["feature"].endswith("_rel")
    alone = of_duration(found, row)
    text = [f"At the same setting {partner}, "
            f"{'in itself' if relative else 'relative to the recording'}, has E² = "
            f"{number(other['epsilon_squared'])}, q = {number(other[found.decides])}"]
    if alone >= 0.25 * row["epsilon_squared"]:
        text.append(f"The groups' recordings differ in duration, and {'1/n' if relative else 'n'}, "
                    f"the number of samples alone, has E² = {number(alone)}: "
                    f"{row['feature']} shows that too, in part or in whole")
    return text


def _medians(found: "Found", grid: Grid, row: Any) -> str:
    """In which direction the groups differ."""
    values = unit_values(found, grid, row)
    middle = [np.nanmedian([v for unit, v in zip(found.units, values) if unit[0] == group] or
                           [np.nan]) for group in found.groups]
    return ", ".join(f"{group} {value:.3g}" for group, value in zip(found.groups, middle))


def headline(found: "Found", best: Any, grid: Grid) -> str:
    """The result in a few sentences."""
    row = best.iloc[0]
    sizes = group_sizes(found, grid, row)
    text = (f"{_claim(found, row)}: "
            f"epsilon squared (E²) = {row['epsilon_squared']:.3f}, Kruskal-Wallis "
            f"H({len(sizes) - 1}) = {row['h']:.2f}, p = {number(row['p'])}, "
            f"{number(row['q'])} after Benjamini-Hochberg, n = {int(row['n'])} subject means "
            f"({' + '.join(map(str, sizes))})")
    if found.paired:
        text += (f"; within {len(found.paired)} subjects Friedman p = "
                 f"{number(row['friedman_p'])}, {number(row['friedman_q'])} after "
                 f"Benjamini-Hochberg, W = {row['kendall_w']:.3f}")
    corrected = search_p(found, row)
    if not np.isnan(corrected):
        text += f"; p = {corrected:.3g} with shuffled labels, for the search over all settings"
    sentences = [text, f"Medians: {_medians(found, grid, row)}"]
    if found.shared and not found.paired:
        subjects = {subject for _, subject in found.units}
        sentences.append(f"{len(found.shared)} of {len(subjects)} subjects are in several groups, "
                         "which these tests take for independent: p and q describe, they prove "
                         "nothing")
    return ". ".join(sentences + _about_duration(found, row) + _undefined(found, sizes))
