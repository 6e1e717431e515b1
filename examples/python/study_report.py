"""study_report.py - the tables and the HTML page of the study."""
from __future__ import annotations

import argparse
import base64
import html
import os
import platform
import shlex
from typing import TYPE_CHECKING, Any

import matplotlib
import numpy as np
import pandas
import scipy

import rqa
from study_data import MODES, Grid, Recording
from study_figures import MODE_NAMES, describe, name, unit_values

if TYPE_CHECKING:
    from study import Found

LEVEL = 0.05

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem;
       color: #1a1a1a; }
h1 { font-size: 1.7rem; line-height: 1.25; } h2 { font-size: 1.2rem; margin-top: 2.2rem; }
.headline { border-left: 4px solid #0072B2; background: #f1f6fa; padding: .7rem 1rem; }
table { border-collapse: collapse; font-size: .88rem; margin: .8rem 0; }
th, td { padding: .25rem .7rem; border-bottom: 1px solid #ddd; text-align: right; }
th:first-child, td:first-child { text-align: left; }
img { max-width: 100%; } figure { margin: 1.2rem 0; } figcaption { color: #555; font-size: .88rem; }
pre { background: #f5f5f5; padding: .6rem .8rem; white-space: pre-wrap; font-size: .82rem; }
.wide { overflow-x: auto; }
"""


def best_tests(table: Any) -> Any:
    """The best test of each feature, the greatest effect first; of equals the first in the grid."""
    tested = table[table["epsilon_squared"].notna()]
    if tested.empty:
        raise SystemExit("study: no test was possible: every feature is undefined or constant")
    places = tested.groupby("feature", observed=True)["epsilon_squared"].idxmax()
    return tested.loc[places].sort_values("epsilon_squared", ascending=False, kind="stable")


def _number(value: float) -> str:
    """Small numbers as powers of ten, others with three figures."""
    if np.isnan(value):
        return "–"
    return f"{value:.1e}" if 0 < abs(value) < 1e-3 else f"{value:.3g}"


def group_sizes(found: "Found", grid: Grid, row: Any) -> list[int]:
    """How many subjects of each group are in a test."""
    values = unit_values(found, grid, row)
    return [sum(unit[0] == group and not np.isnan(value)
                for unit, value in zip(found.units, values)) for group in found.groups]


def headline(found: "Found", best: Any, grid: Grid) -> str:
    """The result in one sentence."""
    row = best.iloc[0]
    sizes = group_sizes(found, grid, row)
    text = (f"{name(row)} ({describe(row)}) separates {', '.join(found.groups)} best: "
            f"epsilon squared (E²) = {row['epsilon_squared']:.3f}, Kruskal-Wallis "
            f"H({len(sizes) - 1}) = {row['h']:.2f}, p = {_number(row['p'])}, "
            f"{_number(row['q'])} after Benjamini-Hochberg, n = {int(row['n'])} subject means "
            f"({' + '.join(map(str, sizes))})")
    if found.paired:
        text += (f"; within {len(found.paired)} subjects Friedman p = "
                 f"{_number(row['friedman_p'])}, {_number(row['friedman_q'])} after "
                 f"Benjamini-Hochberg, W = {row['kendall_w']:.3f}")
    return text


def _table(header: list[str], rows: list[list[str]]) -> str:
    cells = "".join(f"<th>{html.escape(text)}</th>" for text in header)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(text)}</td>" for text in row) + "</tr>"
                   for row in rows)
    return f'<div class="wide"><table><tr>{cells}</tr>{body}</table></div>'


def _data_table(found: "Found", recordings: list[Recording]) -> str:
    rows = []
    for group in sorted({r.group for r in recordings}):
        own = [r for r in recordings if r.group == group]
        lengths = [len(r.samples) for r in own]
        rows.append([group, str(len({r.subject for r in own})), str(len(own)),
                     f"{np.median(lengths):.0f} ({min(lengths)}–{max(lengths)})",
                     f"{np.mean([r.valid for r in own]):.0%}",
                     "yes" if group in found.groups else "no: one subject"])
    return _table(["group", "subjects", "recordings", "samples, median (range)", "valid",
                   "tested"], rows)


def _unused(unused: list[tuple[str, str]]) -> str:
    if not unused:
        return ""
    told = ", ".join(f"{label} ({text})" for label, text in unused)
    return f"<p>Left out: {html.escape(told)}.</p>"


def _best_table(found: "Found", best: Any) -> str:
    header = ["feature", "mode", "m", "τ", "ε", "l_min", "E²", "p", "q"]
    if found.paired:
        header += ["Friedman q", "W"]
    rows = []
    for _, row in best.head(12).iterrows():
        threshold = "all" if row["over"] else f"{row['threshold']:g}"
        cells = [name(row), row["mode"], str(row["dim"]), str(row["delay"]), threshold,
                 str(row["lmin"]), f"{row['epsilon_squared']:.3f}", _number(row["p"]),
                 _number(row["q"])]
        if found.paired:
            cells += [_number(row["friedman_q"]), f"{row['kendall_w']:.3f}"]
        rows.append(cells)
    return _table(header, rows)


def _medians_table(found: "Found") -> str:
    """How the choice of the setting matters: over all settings, not at the best."""
    rows = []
    table = found.table
    for mode in MODES:
        own = table[table["mode"] == mode]
        tested = own["p"].notna().sum()
        low, middle, high = own["epsilon_squared"].quantile([0.25, 0.5, 0.75])
        row = [MODE_NAMES[mode], f"{tested:,}", f"{middle:.3f} ({low:.3f}–{high:.3f})",
               f"{(own['q'] <= LEVEL).sum():,}"]
        if found.paired:
            row.append(f"{(own['friedman_q'] <= LEVEL).sum():,}")
        rows.append(row)
    header = ["mode", "tests", "E², median (quartiles)", f"q ≤ {LEVEL}"]
    chance = (len(found.groups) - 1) / (len(found.units) - 1)
    note = f"<p>Where groups do not differ, E² is {chance:.3f} on average.</p>"
    return note + _table(header + ([f"Friedman q ≤ {LEVEL}"] if found.paired else []), rows)


def _design(found: "Found", recordings: list[Recording]) -> str:
    per_unit = len(recordings) / len(found.means.units)
    text = (f"<p><b>The unit of analysis is the subject in a group</b>: the recordings of a "
            f"subject in a group ({per_unit:.1f} on average) are averaged first, because they are "
            "repeated measures and not independent. ")
    subjects = {subject for _, subject in found.units}
    if found.paired:
        text += (f"Of {len(subjects)} subjects {len(found.paired)} are in every group. "
                 "Kruskal-Wallis takes the groups for independent samples, which they are not: "
                 "read its effect size as a description, and the <b>Friedman test</b>, which "
                 "compares each subject with itself, as the test. Labels are shuffled within a "
                 "subject.")
    elif len(subjects) < len(found.units):
        text += ("<b>Some subjects are in several groups, most not in all</b>: the p values "
                 "below take them for independent and are a description, not evidence.")
    return text + "</p>"


def _caveats(sizes: list[int], n_tests: int) -> list[str]:
    notes = [f"The headline is the best of {n_tests:,} tests: its effect size is optimistic. A "
             "setting chosen here has to be confirmed on other recordings.",
             "The tests are far from independent (neighbouring settings nearly repeat each other); "
             "Benjamini-Hochberg stays valid under such positive dependence, and the number of "
             "significant tests does not count separate findings.",
             "Groups may differ in the length of their recordings and in the share of valid "
             "samples (see the table), and most features depend on both. Longest lines grow with "
             "length; the features ending in _rel are relative to the number of vectors.",
             "Samples marked invalid are cut out, not interpolated: lines can run across a "
             "cut."]
    if min(sizes) < 5:
        notes.insert(0, f"The smallest group has {min(sizes)} subjects: chi square p values are "
                        "rough at this size, and nothing general can be concluded.")
    return notes


_CAPTIONS = {
    "embedding": "Effect size over embedding dimension and delay. Grey: not tested.",
    "threshold": "Effect size over the threshold, median over all m, τ and l_min; features by "
                 "their greatest median.",
    "distributions": "Subject means at the best settings of the four best features. Box: "
                     "quartiles; whiskers: up to 1.5 times the box.",
    "plots": "A typical recording of each group: of the subject nearest the group's median, the "
             "one of median length.",
}


def _figure(key: str, file: str) -> str:
    with open(file, "rb") as image:
        data = base64.b64encode(image.read()).decode()
    text = html.escape(_CAPTIONS[key])
    return (f'<figure><img alt="{text}" src="data:image/png;base64,{data}">'
            f"<figcaption>{text}</figcaption></figure>")


def _command(chosen: argparse.Namespace, defaults: dict[str, Any]) -> str:
    words = ["python3", "study.py"]
    for option, value in vars(chosen).items():
        if value is None or value is False or option == "quick" or value == defaults[option]:
            continue
        words += ["--" + option.replace("_", "-"),
                  f"{value:g}" if isinstance(value, float) else str(value)]
    return shlex.join(words)


def write(found: "Found", best: Any, grid: Grid, recordings: list[Recording],
          chosen: argparse.Namespace, defaults: dict[str, Any], figures: dict[str, str],
          unused: list[tuple[str, str]], file: str) -> str:
    """Writes the page; returns the headline. No times in it: the same data make the same page."""
    told = headline(found, best, grid)
    table = found.table
    n_tests = int(table["p"].notna().sum())
    n_found = int((table["q"] <= LEVEL).sum())
    shuffled = "Shuffling the group labels was not possible: every test lacks a value somewhere."
    if not np.isnan(found.permuted).any():
        reached = int((found.permuted >= best.iloc[0]["epsilon_squared"] * (1 - 1e-6)).sum())
        corrected = (1 + reached) / (1 + len(found.permuted))
        shuffled = (f"When the group labels are shuffled, {reached} of {len(found.permuted)} "
                    "shufflings have a test somewhere that reaches the headline's effect size: "
                    f"p = {corrected:.3g}, corrected for the search over all settings.")
    many = (f"{n_tests:,} tests ({len(table) - n_tests:,} more were not possible: undefined or "
            f"constant); {n_found:,} have a corrected p (q) of {LEVEL} or less")
    if found.paired:
        many += f", {int((table['friedman_q'] <= LEVEL).sum()):,} by Friedman"
    named: list[tuple[str, Any]] = list(zip(grid._fields, grid))
    axes = ", ".join(f"{key} {min(axis):g}–{max(axis):g} ({len(axis)})" if len(axis) > 1
                     else f"{key} {axis[0]:g}" for key, axis in named)
    versions = (f"librqa {rqa.version}, convention {chosen.convention}; Python "
                f"{platform.python_version()}, NumPy {np.__version__}, SciPy {scipy.__version__}, "
                f"pandas {pandas.__version__}, Matplotlib {matplotlib.__version__}")
    images = {key: _figure(key, path) for key, path in figures.items()}
    notes = "".join(f"<li>{html.escape(note)}</li>" for note in _caveats(
        group_sizes(found, grid, best.iloc[0]), n_tests))
    page = f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Recurrence of gaze in groups</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>
<body><h1>Does recurrence tell these groups of gaze recordings apart?</h1>
<p class="headline">{html.escape(told)}.</p>
<p>{many}. {shuffled}</p>
{images["distributions"]}
<h2>Data and design</h2>{_data_table(found, recordings)}{_unused(unused)}
{_design(found, recordings)}
<p>Grid: {html.escape(axes)}: {int(np.prod(grid.shape)):,} settings in {len(MODES)} modes;
{len(found.means.features)} features at each, and their mean and slope over the threshold.</p>
<h2>The best setting of each feature</h2>{_best_table(found, best)}
<p>q is p after Benjamini-Hochberg over all tests of the study.</p>
<h2>All settings</h2>{_medians_table(found)}{images["embedding"]}{images["threshold"]}
<h2>What it looks like</h2>{images["plots"]}
<h2>Caveats</h2><ul>{notes}</ul>
<h2>How it was made</h2><pre>{html.escape(_command(chosen, defaults))}</pre>
<p>{html.escape(versions)}</p>
<p>Every result is in results.sqlite (view <code>results</code>), every test in tests.csv.gz.</p>
</body></html>
"""
    with open(file + ".part", "w", encoding="utf-8") as out:
        out.write(page)
    os.replace(file + ".part", file)
    return told
