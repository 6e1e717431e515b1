"""study_report.py - the tables and the HTML page of the study."""
from __future__ import annotations

import argparse
import base64
import html
import os
import platform
import shlex
from typing import TYPE_CHECKING, Any, NamedTuple

import matplotlib
import numpy as np
import pandas
import scipy

import rqa
from study_chosen import RECURRENCE
from study_claims import LEVEL, group_sizes, headline, number, of_duration, search_p
from study_data import MODES, WITHOUT_LMIN, Grid, Recording
from study_figures import MODE_NAMES, name
from study_sampling import SAME_RATE

if TYPE_CHECKING:
    from study import Found
    from study_chosen import Chosen

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


class Data(NamedTuple):
    """What the study was given and what it used."""

    everything: list[Recording]  # as recorded
    recordings: list[Recording]  # those compared, at one rate
    unused: list[tuple[str, str]]  # labels and reasons
    chosen: "Chosen"  # the results at one embedding


def _table(header: list[str], rows: list[list[str]]) -> str:
    cells = "".join(f"<th>{html.escape(text)}</th>" for text in header)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(text)}</td>" for text in row) + "</tr>"
                   for row in rows)
    return f'<div class="wide"><table><tr>{cells}</tr>{body}</table></div>'


def _span(values: list[float], form: str) -> str:
    """Median and range, or the one value."""
    low, middle, high = (format(v, form) for v in (min(values), np.median(values), max(values)))
    return middle if low == high else f"{middle} ({low}–{high})"


def _data_table(found: "Found", data: Data) -> str:
    rows = []
    for group in sorted({r.group for r in data.everything}):
        own = [r for r in data.everything if r.group == group]
        used = [r for r in data.recordings if r.group == group]
        shown = used or own
        known = not np.isnan(shown[0].rate)
        rows.append([group, str(len({r.subject for r in own})), f"{len(used)} of {len(own)}",
                     _span([r.own_rate for r in shown], ".4g") if known else "?",
                     _span([len(r.samples) / r.rate for r in shown], ".2f") if known else "?",
                     _span([len(r.samples) for r in shown], ".0f"),
                     f"{np.mean([r.valid for r in shown]):.0%}",
                     "yes" if group in found.groups else "no: one subject"])
    return _table(["group", "subjects", "recordings used", "recorded at (Hz)",
                   "duration (s), median (range)", "samples, median (range)", "valid", "tested"],
                  rows)


def _sampling(found: "Found", data: Data) -> str:
    """At which rate, and whether the groups differ in duration."""
    rate = data.recordings[0].rate
    if np.isnan(rate):
        text = ("<b>The sampling rates are unknown</b>: they are taken for equal, and lengths are "
                "in samples. If they differ, no number here compares anything (--time, "
                "--sampling).")
    else:
        text = (f"Compared at {rate:.4g} samples a second: a delay of 1 and a line of 1 are "
                f"{1000 / rate:.3g} ms in every group; lengths are in seconds.")
        faster = sorted({r.group for r in data.recordings if r.own_rate > rate * SAME_RATE})
        if faster:
            text += (f" {html.escape(', '.join(faster))} had more; of them the samples nearest in "
                     "time were taken, none was computed.")
    effects = found.duration.effect[[0, 2]]
    if np.isnan(effects).all():
        text += " All recordings are equally long."
        return f"<p>{text}</p>"
    k = 2 * int(np.nanargmax(effects))
    effect, p = found.duration.effect[k], found.duration.p[k]
    samples = "all" if k else "valid"
    if p <= LEVEL or effect >= 0.1:
        text += (f" <b>The groups differ in duration</b> ({samples} samples: E² = {effect:.3f}, p = "
                 f"{number(p)}): longest lines and white lines grow with it, and what is taken "
                 "relative to it shrinks.")
    else:
        text += (f" Durations hardly differ ({samples} samples: E² = {effect:.3f}, p = "
                 f"{number(p)}).")
    return f"<p>{text}</p>"


def _unused(unused: list[tuple[str, str]]) -> str:
    if not unused:
        return ""
    told = ", ".join(f"{label} ({text})" for label, text in unused)
    return f"<p>Left out: {html.escape(told)}.</p>"


def _best_table(found: "Found", best: Any) -> str:
    header = ["feature", "mode", "m", "τ", "ε", "l_min", "n", "E²", "of duration", "p", "q"]
    if found.paired:
        header += ["Friedman q", "W"]
    rows = []
    for _, row in best.head(12).iterrows():
        threshold = "all" if row["over"] else f"{row['threshold']:g}"
        cells = [name(row), row["mode"], str(row["dim"]),
                 str(row["delay"]) if row["dim"] > 1 else "–", threshold,
                 "–" if row["feature"] in WITHOUT_LMIN else str(row["lmin"]), str(int(row["n"])),
                 f"{row['epsilon_squared']:.3f}",
                 number(of_duration(found, row)), number(row["p"]),
                 number(row["q"])]
        if found.paired:
            cells += [number(row["friedman_q"]), f"{row['kendall_w']:.3f}"]
        rows.append(cells)
    return _table(header, rows)


def _medians_table(found: "Found") -> str:
    """How the choice of the setting matters: over all settings, not at the best."""
    rows = []
    table = found.table[found.table["counted"]]
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
    elif found.shared:
        text += (f"<b>{len(found.shared)} of {len(subjects)} subjects are in several groups, but "
                 "too few in all of them</b> for a test within subjects: the p values below, also "
                 "those of shuffled labels, take them for independent and are a description, not "
                 "evidence.")
    return text + "</p>"


def _caveats(sizes: list[int], n_tests: int, holds: bool) -> list[str]:
    notes = [f"The headline is the best of {n_tests:,} tests: its effect size is optimistic. A "
             "setting chosen here has to be confirmed on other recordings.",
             "The tests are far from independent (neighbouring settings nearly repeat each other); "
             "Benjamini-Hochberg stays valid under such positive dependence, and the number of "
             "significant tests does not count separate findings. Settings that are one test by "
             "what is computed (delays at m = 1; l_min where no diagonal line is measured) count "
             "once.",
             "A longest line grows with the recording; relative to it (features ending in _rel) it "
             "shrinks as 1/n where the line does not grow. Neither is free of the duration: look "
             "at both, and at the durations in the table.",
             "Missing samples recur with nothing, so lines end at a gap: where more is missing, "
             "lines are shorter. Compare the shares of valid samples in the table."]
    if not holds:
        notes.insert(0, "That no test holds does not show that the groups are alike.")
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
    "chosen": "Groups at one embedding: left every recording recurs equally much, right within the "
              "same distance. Bars: 95 % of the medians when subjects are drawn again.",
    "plots": "A typical recording of each group: of the subject nearest the group's median, the "
             "one of median length.",
}


def _threshold_name(row: Any) -> str:
    return (f"{100 * row['threshold']:g} %" if row["unit"] == RECURRENCE
            else f"ε {row['threshold']:g}")


def _chosen_setting(chosen: "Chosen", rate: float) -> str:
    setting = chosen.setting
    delay = f"τ = {setting.delay}"
    if not np.isnan(rate):
        delay += f" ({1000 * setting.delay / rate:.3g} ms)"
    return (f"<p>m = {setting.dim}, {delay}: {html.escape(setting.told)}. Nothing here was chosen by "
            "what the groups do. At a target rate each recording has the threshold at which that "
            "share of its pairs recurs.</p>")


def _chosen_table(chosen: "Chosen") -> str:
    """Target rates beside fixed thresholds, one feature a line."""
    table = chosen.table
    rows = []
    for mode in MODES:
        own = table[table["mode"] == mode]
        columns = list(own[["unit", "threshold"]].drop_duplicates().itertuples(index=False))
        for feature in own["feature"].unique():
            cells = [f"{feature}, {mode}"]
            for unit, threshold in columns:
                row = own[(own["unit"] == unit) & (own["threshold"] == threshold) &
                          (own["feature"] == feature)].iloc[0]
                cells.append(f"{row['epsilon_squared']:.3f} ({number(row['p_holm'])})")
            rows.append(cells)
    first = table[["unit", "threshold"]].drop_duplicates()
    header = ["E² (corrected p)"] + [_threshold_name(row) for _, row in first.iterrows()]
    return _table(header, rows)


def _pairs_table(chosen: "Chosen") -> str:
    """Each two groups, at the row with the greatest effect among target rates."""
    table = chosen.table[(chosen.table["unit"] == RECURRENCE) & chosen.table["p"].notna()]
    if table.empty:
        return "<p>No two groups could be compared at a target rate.</p>"
    best = table.loc[table["epsilon_squared"].idxmax()]
    keys = ["mode", "unit", "threshold", "feature"]
    pairs, groups = (each[(each[keys] == best[keys]).all(axis=1)]
                     for each in (chosen.pairs, chosen.groups))
    spans = {row["group"]: f"{row['median']:.4g} ({row['lower']:.4g}–{row['upper']:.4g})"
             for _, row in groups.iterrows()}
    rows = [[f"{row['first']} – {row['second']}", spans[row["first"]], spans[row["second"]],
             f"{row['delta']:.2f}", number(row["p"]), number(row["p_holm"])]
            for _, row in pairs.iterrows()]
    return (f"<p>Each two groups in {html.escape(best['feature'])} ({best['mode']}, "
            f"{_threshold_name(best)}), where the groups differ most at a target rate: medians with "
            "95 % intervals, Mann-Whitney (which takes subjects for independent), Cliff's δ (1: every "
            "subject of the first has more).</p>"
            + _table(["groups", "first", "second", "δ", "p", "p by Holm"], rows))


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


def _shuffled(found: "Found", row: Any) -> str:
    corrected = search_p(found, row)
    if np.isnan(corrected):
        return "Shuffling the group labels was not possible: every test lacks a value somewhere."
    n = len(found.permuted)
    return (f"When the group labels are shuffled, {round(corrected * (1 + n)) - 1} of {n} "
            "shufflings have a test somewhere that reaches the headline's effect size: "
            f"p = {corrected:.3g}, corrected for the search over all settings.")


def _many(found: "Found") -> str:
    """How many tests, and what they found together."""
    once = found.table[found.table["counted"]]
    n_tests = int(once["p"].notna().sum())
    text = (f"{n_tests:,} different tests ({len(found.table) - len(once):,} more are some of them "
            f"again; {len(once) - n_tests:,} were not possible: undefined or constant")
    if found.n_lopsided:
        text += (f", of them {found.n_lopsided:,} because some groups have no value where others "
                 "do, which may be a difference in itself")
    text += f"); {int((once['q'] <= LEVEL).sum()):,} have a corrected p (q) of {LEVEL} or less"
    if found.paired:
        text += f", {int((once['friedman_q'] <= LEVEL).sum()):,} by Friedman"
    return text


def write(found: "Found", best: Any, grid: Grid, data: Data, chosen: argparse.Namespace,
          defaults: dict[str, Any], figures: dict[str, str], file: str) -> str:
    """Writes the page; returns the headline. No times in it: the same data make the same page."""
    told = headline(found, best, grid)
    table = found.table
    n_tests = int((table["p"].notna() & table["counted"]).sum())
    shuffled, many = _shuffled(found, best.iloc[0]), _many(found)
    named: list[tuple[str, Any]] = list(zip(grid._fields, grid))
    axes = ", ".join(f"{key} {min(axis):g}–{max(axis):g} ({len(axis)})" if len(axis) > 1
                     else f"{key} {axis[0]:g}" for key, axis in named)
    versions = (f"librqa {rqa.version}, convention {chosen.convention}; Python "
                f"{platform.python_version()}, NumPy {np.__version__}, SciPy {scipy.__version__}, "
                f"pandas {pandas.__version__}, Matplotlib {matplotlib.__version__}")
    images = {key: _figure(key, path) for key, path in figures.items()}
    notes = "".join(f"<li>{html.escape(note)}</li>" for note in _caveats(
        group_sizes(found, grid, best.iloc[0]), n_tests, bool(best.iloc[0]["holds"])))
    page = f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Recurrence of gaze in groups</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>
<body><h1>Does recurrence tell these groups of gaze recordings apart?</h1>
<p class="headline">{html.escape(told)}.</p>
<p>{many}. {shuffled}</p>
{images["distributions"]}
<h2>Data and design</h2>{_data_table(found, data)}{_unused(data.unused)}
{_sampling(found, data)}
{_design(found, data.recordings)}
<p>Grid: {html.escape(axes)}: {int(np.prod(grid.shape)):,} settings in {len(MODES)} modes;
{len(found.means.features)} features at each, and their mean and slope over the threshold.</p>
<h2>The best setting of each feature</h2>{_best_table(found, best)}
<p>q is p after Benjamini-Hochberg over all tests of the study; n, subject means; of duration, the
E² that n, the number of samples, or 1/n has by itself, for a longest line and its relative form.
–: plays no part.</p>
<h2>All settings</h2>{_medians_table(found)}{images["embedding"]}{images["threshold"]}
<h2>At one embedding</h2>{_chosen_setting(data.chosen, data.recordings[0].rate)}
{_chosen_table(data.chosen)}
<p>p by Holm over the tests of target rates, and over those of fixed thresholds.</p>
{images["chosen"]}{_pairs_table(data.chosen)}
<h2>What it looks like</h2>{images["plots"]}
<h2>Caveats</h2><ul>{notes}</ul>
<h2>How it was made</h2><pre>{html.escape(_command(chosen, defaults))}</pre>
<p>{html.escape(versions)}; {len(found.permuted)} shufflings, seed {chosen.seed}.</p>
<p>Every result is in results.sqlite (view <code>results</code>), every test in tests.csv.gz, those at
one embedding in chosen.csv.gz and pairs.csv.gz.</p>
</body></html>
"""
    with open(file + ".part", "w", encoding="utf-8") as out:
        out.write(page)
    os.replace(file + ".part", file)
    return told
