"""study_figures.py - the figures of the study, as PNG files."""
from __future__ import annotations

import os
import warnings
from typing import TYPE_CHECKING, Any

import matplotlib
import numpy as np

import rqa
from rqa.types import Convention
from study_data import LENGTHS, MODES, WITHOUT_LMIN, Grid, Recording

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402

if TYPE_CHECKING:
    from study import Found
    from study_chosen import Chosen

# Okabe and Ito (2008): told apart with any kind of colour vision.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442", "#000000"]
# The usual sign is an epsilon, which is the threshold here.
EFFECT = "effect size E²"

pyplot.rcParams.update({"font.size": 10, "axes.spines.top": False, "axes.spines.right": False,
                        "figure.dpi": 110, "savefig.bbox": "tight"})

MODE_NAMES = {"1d": "1-D (x, Manhattan)", "2d": "2-D (x and y, Euclidean)"}


def describe(row: Any) -> str:
    """The setting of a test in words, without what plays no part in it."""
    text = f"{row['mode']}, m={row['dim']}"
    if row["dim"] > 1:
        text += f", τ={row['delay']}"
    if row["feature"] not in WITHOUT_LMIN:
        text += f", l_min={row['lmin']}"
    return text + (f", ε={row['threshold']:g}" if not row["over"] else "")


def name(row: Any) -> str:
    """The feature of a test."""
    if not row["over"]:
        return str(row["feature"])
    return f"{row['feature']}, {'mean' if row['over'] == 'auc' else 'slope'} over ε"


def _cube(found: "Found", grid: Grid, once: bool) -> Any:
    """The effect sizes of single settings: mode, dim, delay, threshold, lmin, feature; once: NaN
    where a test is an earlier one again, which would weigh more in a median."""
    features = found.means.features
    n = len(MODES) * int(np.prod(grid.shape)) * len(features)
    effects = found.table["epsilon_squared"].to_numpy()[:n]
    if once:
        effects = np.where(found.table["counted"].to_numpy()[:n], effects, np.nan)
    return effects.reshape(len(MODES), *grid.shape, len(features))


def _edges(axis: Any) -> Any:
    """Borders of the cells of a heat map whose cells are of equal width."""
    return np.arange(len(axis) + 1) - 0.5


def _ticks(axis: Any, values: Any, most: int = 11) -> None:
    step = -(-len(values) // most)
    places = np.arange(0, len(values), step)
    axis.set_ticks(places)
    axis.set_ticklabels([f"{values[int(k)]:g}" for k in places])


def _over_embedding(found: "Found", grid: Grid, best: Any, rate: float, file: str) -> None:
    """Effect size over m x tau at the best setting's threshold and lmin."""
    cube = _cube(found, grid, False)
    feature = found.means.features.index(best["feature"])
    place = (int(np.flatnonzero(grid.threshold == best["threshold"])[0]),
             list(grid.lmin).index(best["lmin"]))
    panels = cube[:, :, :, place[0], place[1], feature]
    figure, axes = pyplot.subplots(1, len(MODES), figsize=(9.5, 4), sharey=True,
                                   layout="constrained")
    for ax, mode, panel in zip(axes, MODES, panels):
        image = ax.pcolormesh(_edges(grid.delay), _edges(grid.dim), panel, cmap="cividis", vmin=0,
                              vmax=max(np.nanmax(panels), 1e-9))
        ax.set_facecolor("0.85")  # not tested
        ax.set_title(MODE_NAMES[mode], fontsize=10)
        ax.set_xlabel("delay τ (samples" +
                      (")" if np.isnan(rate) else f" of {1000 / rate:.3g} ms)"))
        _ticks(ax.xaxis, grid.delay)
        _ticks(ax.yaxis, grid.dim)
        if mode == best["mode"]:
            at = list(grid.delay).index(best["delay"]), list(grid.dim).index(best["dim"])
            for colour, width in (("white", 5), ("black", 2)):  # seen on light and on dark
                ax.plot(*at, "o", mfc="none", mec=colour, ms=13, mew=width)
    axes[0].set_ylabel("embedding dimension m")
    figure.colorbar(image, ax=axes, label=EFFECT)
    shortest = "" if best["feature"] in WITHOUT_LMIN else f", l_min = {best['lmin']}"
    figure.suptitle(f"{best['feature']} at ε = {best['threshold']:g}{shortest} "
                    "(ring: best setting)", fontsize=11)
    figure.savefig(file)
    pyplot.close(figure)


def _over_threshold(found: "Found", grid: Grid, file: str) -> None:
    """Median effect size over all m, tau, lmin, for each feature along the thresholds."""
    cube = _cube(found, grid, True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # medians of nothing
        medians = np.nanmedian(cube, axis=(1, 2, 4))  # mode, threshold, feature
    order = np.argsort(-np.nanmax(np.where(np.isnan(medians), -1, medians), axis=(0, 1)))
    figure, axes = pyplot.subplots(1, len(MODES), figsize=(9.5, 5.2), sharey=True,
                                   layout="constrained")
    for ax, mode, panel in zip(axes, MODES, medians):
        image = ax.pcolormesh(_edges(grid.threshold), _edges(order), panel[:, order].T,
                              cmap="cividis", vmin=0, vmax=max(np.nanmax(medians), 1e-9))
        ax.set_facecolor("0.85")
        ax.set_title(MODE_NAMES[mode], fontsize=10)
        ax.set_xlabel("threshold ε (field of view = 1)")
        _ticks(ax.xaxis, grid.threshold, 6)
    axes[0].set_yticks(range(len(order)))
    axes[0].set_yticklabels([found.means.features[k] for k in order])
    axes[0].invert_yaxis()
    figure.colorbar(image, ax=axes, label=f"median {EFFECT} over m, τ, l_min")
    figure.savefig(file)
    pyplot.close(figure)


def unit_values(found: "Found", grid: Grid, row: Any) -> Any:
    """The subject means behind a test."""
    means = found.means
    place = (list(MODES).index(row["mode"]), list(grid.dim).index(row["dim"]),
             list(grid.delay).index(row["delay"]))
    lmin, feature = list(grid.lmin).index(row["lmin"]), means.features.index(row["feature"])
    used = [means.units.index(unit) for unit in found.units]
    if row["over"]:
        over = 0 if row["over"] == "auc" else 1
        return means.over[(used, *place, lmin, over, feature)]
    threshold = int(np.flatnonzero(grid.threshold == row["threshold"])[0])
    return means.plain[(used, *place, threshold, lmin, feature)]


def _quantity(row: Any, convention: str, rate: float) -> str:
    """The feature of a test with its unit."""
    feature = str(row["feature"])
    unit = ""
    if feature in LENGTHS:
        unit = "samples" if np.isnan(rate) else "s"
    elif feature.endswith("_entr"):
        unit = "bits" if convention == "founding" else "nats"
    if row["over"] == "slope":
        unit = (unit or "1") + " per unit of ε"
    return feature + (f" ({unit})" if unit else "")


def _distributions(found: "Found", best: Any, grid: Grid, convention: str, rate: float,
                   file: str) -> None:
    """The subjects of each group at the best settings of the four best features."""
    rows = [row for _, row in best.head(4).iterrows()]
    figure, axes = pyplot.subplots(1, len(rows), figsize=(2.55 * len(rows), 3.8), squeeze=False,
                                   layout="constrained")
    label = np.array([found.groups.index(group) for group, _ in found.units])
    random = np.random.default_rng(1)
    for ax, row in zip(axes[0], rows):
        values = unit_values(found, grid, row)
        for k, _ in enumerate(found.groups):
            own = values[(label == k) & ~np.isnan(values)]
            colour = COLOURS[k % len(COLOURS)]
            ax.boxplot(own, positions=[k], widths=0.55, showfliers=False,
                       medianprops={"color": "black", "lw": 1.6}, boxprops={"color": colour},
                       whiskerprops={"color": colour}, capprops={"color": colour})
            ax.plot(k + random.uniform(-0.16, 0.16, len(own)), own, "o", ms=4.5, color=colour,
                    alpha=0.75, mec="none")
        ax.set_xticks(range(len(found.groups)))
        ax.set_xticklabels(found.groups, rotation=30, ha="right")
        ax.set_title(f"{name(row)}\n{describe(row)}\nE² = {row['epsilon_squared']:.2f}",
                     fontsize=8)
        ax.ticklabel_format(axis="y", useOffset=False)
        ax.set_ylabel(f"{_quantity(row, convention, rate)}, subject mean", fontsize=9)
    figure.savefig(file)
    pyplot.close(figure)


def _period(rate: float) -> float:
    return 1.0 if np.isnan(rate) else 1 / rate


def _recurrence_plots(found: "Found", row: Any, grid: Grid, recordings: list[Recording],
                      convention: Convention, file: str) -> None:
    """One recording of each group: of the subject nearest the group's median, the median length."""
    values = unit_values(found, grid, row)
    figure, axes = pyplot.subplots(1, len(found.groups), figsize=(3.2 * len(found.groups), 3.9),
                                   squeeze=False, layout="constrained")
    for ax, group in zip(axes[0], found.groups):
        own = [k for k, unit in enumerate(found.units) if unit[0] == group]
        middle = np.nanmedian(values[own])
        distance = np.abs(values[own] - middle)
        subject = found.units[own[int(np.nanargmin(distance))]][1]
        candidates = sorted((r for r in recordings if (r.group, r.subject) == (group, subject)),
                            key=lambda r: len(r.samples))
        chosen = candidates[len(candidates) // 2]
        mode: Any = MODES[row["mode"]]
        x = chosen.samples[:, mode["channels"]]
        with rqa.matrix(x, dim=row["dim"], delay=row["delay"], threshold=row["threshold"],
                        norm=mode.get("norm", "euclidean"), convention=convention,
                        missing="skip") as matrix:
            matrix.plot(ax, max_pixels=500, sample_period=_period(chosen.rate))
        for label in (ax.set_xlabel, ax.set_ylabel):
            label("sample" if np.isnan(chosen.rate) else "time (s)")
        ax.set_title(f"{group}\n{chosen.label}", fontsize=9)
        for side in ("top", "right"):
            ax.spines[side].set_visible(True)
    for ax in axes[0, 1:]:
        ax.set_ylabel("")
    figure.suptitle(f"recurrence at {describe(row)}\n ", fontsize=10)
    figure.savefig(file)
    pyplot.close(figure)


def _offset(k: int, n: int) -> float:
    """Where the k-th of n groups stands beside a tick."""
    return 0.14 * (k - (n - 1) / 2)


def draw_chosen(chosen: "Chosen", groups: list[str], rate: float, folder: str) -> str:
    """Medians of the groups with their intervals, by feature: at target rates and at fixed thresholds."""
    file = os.path.join(folder, "chosen.png")
    units = [("recurrence-rate", "target rate"), ("data", "threshold ε")]
    features = list(chosen.table["feature"].unique())
    mode = list(MODES)[-1]
    figure, axes = pyplot.subplots(len(features), 2, figsize=(9.5, 1.9 * len(features)), sharex="col",
                                   sharey="row", layout="constrained")
    for row, feature in enumerate(features):
        for column, (unit, label) in enumerate(units):
            ax, table = axes[row, column], chosen.groups
            own = table[(table["mode"] == mode) & (table["unit"] == unit) &
                        (table["feature"] == feature)]
            thresholds = sorted(own["threshold"].unique())
            for k, group in enumerate(groups):
                part = own[own["group"] == group].set_index("threshold").loc[thresholds]
                middle = part["median"].to_numpy()
                spread = np.abs(part[["lower", "upper"]].to_numpy().T - middle)
                ax.errorbar(np.arange(len(thresholds)) + _offset(k, len(groups)), middle, spread,
                            fmt="o", ms=4.5, lw=1.4, capsize=2, color=COLOURS[k % len(COLOURS)],
                            label=group)
            ax.set_xticks(range(len(thresholds)))
            ax.set_xticklabels([f"{t:g}" if unit == "data" else f"{100 * t:g} %" for t in thresholds])
            ax.set_xlabel(label if row == len(features) - 1 else "")
        unit_text = ("" if feature not in LENGTHS else " (samples)" if np.isnan(rate) else " (s)")
        axes[row, 0].set_ylabel(feature + unit_text)
    axes[0, 1].legend(fontsize=8, loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False)
    figure.suptitle(f"{MODE_NAMES[mode]}, m = {chosen.setting.dim}, τ = {chosen.setting.delay}: "
                    "medians of subjects, 95 % intervals", fontsize=11)
    figure.savefig(file)
    pyplot.close(figure)
    return file


def draw(found: "Found", best: Any, grid: Grid, recordings: list[Recording], convention: Convention,
         folder: str) -> dict[str, str]:
    """All figures; returns name -> file."""
    files = {key: os.path.join(folder, key + ".png")
             for key in ("embedding", "threshold", "distributions", "plots")}
    single = best[best["over"] == ""].iloc[0]  # a heat map and a plot need one threshold
    rate = recordings[0].rate
    _over_embedding(found, grid, single, rate, files["embedding"])
    _over_threshold(found, grid, files["threshold"])
    _distributions(found, best, grid, convention, rate, files["distributions"])
    _recurrence_plots(found, single, grid, recordings, convention, files["plots"])
    return files
