"""A delay, a dimension and thresholds for a recording, with the curves they were read from."""
from __future__ import annotations

import ctypes
import html
import math
from typing import TYPE_CHECKING, Any, Optional

import numpy as np

from ._context import Context, interruptible
from ._handles import Handle
from ._library import initialized, lib
from ._names import enum_names, enum_number, integer, library_number, number
from ._recording import as_samples, n_channels, series
from .types import Floats, MiEstimator, Norm, Normalize, Records, Samples, Setting
from .errors import check

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LARGEST = 2**31 - 1
_THRESHOLDS = ("rate05", "diameter10", "sd02")


class Suggestion:
    """What `suggest` found.

    Attributes
    ----------
    delay, dim : int
        What to begin with.
    first_zero, first_1_over_e, first_minimum : int or None
        Lags, None where there is none.
    threshold : dict
        "rate05", "diameter10" and "sd02" in units of the data; NaN where undefined.
    rules : dict of str to str
        The rule behind each number, or why there is none.
    warnings : list of str
        What there is to know before they are used.
    acf, ami : array of float
        By lag, from 0.
    fnn, cao : array
        With the fields dim, criterion1, criterion2, either, fraction, n; and dim, e1, e2, e,
        e_star: e1 and e2 of the last dim are NaN.
    settings : dict
        What was asked for.

    Examples
    --------
    >>> found = rqa.suggest(np.sin(2 * np.pi * np.arange(400) / 40), max_dim=4)
    >>> found.first_zero, sorted(found.threshold)
    (11, ['diameter10', 'rate05', 'sd02'])
    """

    __slots__ = ("delay", "dim", "first_zero", "first_1_over_e", "first_minimum", "threshold",
                 "rules", "warnings", "acf", "ami", "fnn", "cao", "settings")

    def __init__(self, values: dict[str, float], rules: dict[str, str], warnings: list[str],
                 curves: dict[str, Floats], settings: dict[str, Setting]):
        self.delay = int(values["delay"])
        self.dim = int(values["dim"])
        self.first_zero = _lag(values["first_zero"])
        self.first_1_over_e = _lag(values["first_1_over_e"])
        self.first_minimum = _lag(values["first_minimum"])
        self.threshold = {name: values[name] for name in _THRESHOLDS}
        self.rules = rules
        self.warnings = warnings
        self.acf = curves["acf"]
        self.ami = curves["ami"]
        self.fnn = _table(curves, {"criterion1": "fnn_criterion1", "criterion2": "fnn_criterion2",
                                   "either": "fnn_either", "fraction": "fnn_fraction",
                                   "n": "fnn_n"}, ("criterion1", "criterion2", "either", "n"))
        self.cao = _table(curves, {"e1": "cao_e1", "e2": "cao_e2", "e": "cao_e",
                                   "e_star": "cao_e_star"}, ())
        self.settings = settings

    def rows(self) -> list[tuple[str, Optional[float], str]]:
        """Each number with its name and its rule."""
        found: list[tuple[str, Optional[float], str]] = []
        for name, rule in self.rules.items():
            value = self.threshold[name] if name in self.threshold else getattr(self, name)
            found.append((name, value, rule))
        return found

    def plot(self, figure: Optional["Figure"] = None) -> "Figure":
        """Draws the curves with matplotlib, with what was picked from them, and returns the figure."""
        try:
            from matplotlib import pyplot
        except ImportError:
            raise ImportError("Suggestion.plot needs matplotlib (pip install matplotlib); rqa "
                              "suggest --plot does without") from None
        if figure is None:
            figure = pyplot.figure(figsize=(9, 6), layout="constrained")
        (acf, fnn), (ami, cao) = figure.subplots(2, 2)
        acf.plot(self.acf, "k-", lw=1)
        _marks(acf, {"first 1/e": self.first_1_over_e, "first zero": self.first_zero})
        acf.set(title="Autocorrelation", xlabel="lag (samples)", ylabel="r")
        ami.plot(self.ami, "k-", lw=1)
        _marks(ami, {"first minimum": self.first_minimum})
        ami.set(title="Average mutual information", xlabel="lag (samples)", ylabel="I (nats)")
        fnn.plot(self.fnn["dim"], self.fnn["fraction"], "k.-", lw=1)
        fnn.set(title="False nearest neighbours", xlabel="embedding dimension", ylabel="share",
                ylim=(-0.03, 1.03))
        cao.plot(self.cao["dim"], self.cao["e1"], "k.-", lw=1, label="E1")
        cao.plot(self.cao["dim"], self.cao["e2"], "C0.--", lw=1, label="E2")
        cao.axhline(1, color="0.7", lw=1, zorder=0)
        _marks(cao if "Cao" in self.rules["dim"] else fnn, {"dim": self.dim})
        cao.set(title="Cao", xlabel="embedding dimension", ylabel="E1, E2")
        cao.legend()
        for axes in (fnn, cao):
            axes.set_xticks(self.fnn["dim"])
        return figure

    def __repr__(self) -> str:
        return (f"Suggestion(delay={self.delay}, dim={self.dim}, threshold={self.threshold}"
                f"{f', {len(self.warnings)} warnings' if self.warnings else ''})")

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><td>{html.escape(name)}</td><td>{_shown(value)}</td>"
                       f"<td>{html.escape(rule)}</td></tr>" for name, value, rule in self.rows())
        notes = "".join(f"<p>{html.escape(text)}</p>" for text in self.warnings)
        return f"<table><tbody>{rows}</tbody></table>{notes}"


def _shown(value: Optional[float]) -> str:
    return "-" if value is None or math.isnan(value) else f"{value:.6g}"


def _lag(value: float) -> Optional[int]:
    return None if math.isnan(value) else int(value)


def _marks(axes: Any, at: dict[str, Optional[int]]) -> None:
    """Lines across the axes, their texts below each other."""
    there = [(name, value) for name, value in at.items() if value is not None]
    for k, (name, value) in enumerate(there):
        axes.axvline(value, color="C3", ls="--", lw=1)
        axes.annotate(f" {name} {value}", (value, 0.98 - 0.08 * k),
                      xycoords=("data", "axes fraction"), va="top", fontsize="small")


def _table(curves: dict[str, "np.ndarray[Any, Any]"], columns: dict[str, str],
           counts: tuple[str, ...]) -> Records:
    """One row a dim; curves that end sooner go on with NaN."""
    n = max(len(curves[curve]) for curve in columns.values())
    table = np.empty(n, [("dim", np.int64)] + [
        (name, np.int64 if name in counts else np.float64) for name in columns])
    table["dim"] = np.arange(1, n + 1)
    for name, curve in columns.items():
        values = curves[curve]
        if len(values) < n:
            values = np.append(values, np.full(n - len(values), np.nan))
        table[name] = values
    return table


def _read(suggestion: Handle, settings: dict[str, Setting]) -> Suggestion:
    values, rules, curves = {}, {}, {}
    value, count = ctypes.c_double(), ctypes.c_size_t()
    for name, item in enum_names("rqa_suggestion_item").items():
        check(lib.rqa_suggestion_value(suggestion.pointer, item, ctypes.byref(value)))
        values[name] = value.value
        rules[name] = lib.rqa_suggestion_rule(suggestion.pointer, item).decode()
    for name, curve in enum_names("rqa_suggestion_curve_id").items():
        numbers = ctypes.POINTER(ctypes.c_double)()
        check(lib.rqa_suggestion_curve(suggestion.pointer, curve, ctypes.byref(numbers),
                                       ctypes.byref(count)))
        curves[name] = (np.ctypeslib.as_array(numbers, (count.value,)).copy()
                        if count.value else np.empty(0))
    warnings: list[str] = []
    while (text := lib.rqa_suggestion_warning(suggestion.pointer, len(warnings))) is not None:
        warnings.append(text.decode())
    return Suggestion(values, rules, warnings, curves, settings)


def suggest(x: Samples, *, max_lag: Optional[int] = None, max_dim: int = 10, bins: int = 16,
            estimator: MiEstimator = "bins", ksg_k: int = 3, theiler: int = 1,
            delay: Optional[int] = None, norm: Norm = "euclidean", fnn_rtol: float = 10.0,
            fnn_atol: float = 2.0, fnn_fraction: float = 0.01,
            normalize: Optional[Normalize] = None, context: Optional[Context] = None) -> Suggestion:
    """A delay, a dimension and thresholds to begin with, and the curves to judge them by.

    They are rules of thumb: `Suggestion.plot` shows what they saw, `Suggestion.warnings` says where
    they saw nothing.

    Parameters
    ----------
    x : Samples
        Samples, or samples x channels, none missing.
    max_lag : int, optional
        Longest lag of autocorrelation and mutual information; None is a quarter of the recording,
        at most 1000.
    max_dim : int
        Largest dimension tried.
    bins : int
        Of the mutual information.
    estimator : {"bins", "ksg"}
        Of the mutual information; "ksg" does without bins.
    ksg_k : int
        Neighbours of "ksg".
    theiler : int
        Neighbours and cells with abs(i - j) < theiler are left out.
    delay : int, optional
        Use this one; None is the first minimum of the mutual information, else the first 1/e of the
        autocorrelation.
    norm : {"euclidean", "maximum", "manhattan"}
        Of the thresholds.
    fnn_rtol, fnn_atol, fnn_fraction : float
        Criteria 1 and 2 of false nearest neighbours, and the share of them that is accepted.
    normalize : {"none", "zscore", "zscore_pop", "unit"}, optional
        What is done to each channel before.
    context : Context, optional
        Threads and limits.

    Returns
    -------
    Suggestion
        The numbers, their rules, warnings and curves.

    Raises
    ------
    Error
        As `analyze` does.

    Examples
    --------
    >>> found = rqa.suggest(np.sin(2 * np.pi * np.arange(400) / 40), max_dim=4)
    >>> found.delay >= 1, 1 <= found.dim <= 4
    (True, True)
    """
    options = initialized("rqa_suggest_options")
    options.max_lag = 0 if max_lag is None else integer(max_lag, "max_lag", 1, _LARGEST)
    options.max_dim = integer(max_dim, "max_dim", 1, _LARGEST)
    options.bins = integer(bins, "bins", 1, _LARGEST)
    options.mi_estimator = enum_number("rqa_mi_estimator", estimator, "estimator")
    options.ksg_k = integer(ksg_k, "ksg_k", 1, _LARGEST)
    options.theiler = integer(theiler, "theiler", 1, _LARGEST)
    options.delay = 0 if delay is None else integer(delay, "delay", 1, _LARGEST)
    options.norm = library_number("norm", norm, "norm")
    options.fnn_rtol = number(fnn_rtol, "fnn_rtol")
    options.fnn_atol = number(fnn_atol, "fnn_atol")
    options.fnn_fraction = number(fnn_fraction, "fnn_fraction")
    array = as_samples(x, "x")
    settings: dict[str, Setting] = {
                "max_lag": max_lag, "max_dim": max_dim, "bins": bins, "estimator": estimator,
                "theiler": theiler, "norm": norm, "fnn_rtol": fnn_rtol, "fnn_atol": fnn_atol,
                "fnn_fraction": fnn_fraction,
                "normalize": "none" if normalize is None else normalize}

    def run(handle: Handle) -> Suggestion:
        with series(handle, array, normalize, None) as recording:
            with Handle("suggestion", lambda out: int(lib.rqa_suggest_compute(
                    out, recording.pointer, ctypes.byref(options))), handle) as found:
                return _read(found, settings)

    work = float(len(array)) ** 2 * n_channels(array) * options.max_dim
    return interruptible(context, work, run)
