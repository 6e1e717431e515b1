"""What an analysis returns: plain Python and NumPy data, nothing of the library's."""
from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Iterator, NamedTuple, Optional

from ._html import table
from ._library import lib
from ._names import MEASURES
from .types import BootstrapLines, Counts, K2Estimator, Records, Setting
from .errors import fail


class Interval(NamedTuple):
    """An interval of a line measure; NaN where no replicate counts.

    Attributes
    ----------
    lower, upper, mean, std : float
        The interval, and the replicates.
    n_lines, n_skipped : int
        Lines that each replicate draws; replicates without a line that is long enough.
    """
    lower: float
    upper: float
    mean: float     # of the replicates
    std: float
    n_lines: int    # that each of them draws
    n_skipped: int  # replicates without a line that is long enough


def _float(value: Setting) -> float:
    return math.nan if value is None else float(value)


class Result(Mapping[str, float]):
    """Measures by name: result["det"] or result.det; NaN where undefined.

    Attributes
    ----------
    counts : dict of str to int
        samples_x, samples_y, vectors_x, vectors_y, skipped_x, skipped_y (vectors that touch a
        missing sample), pairs (the denominator of rr), points.
    histograms : dict of str to array
        "diagonal", "vertical", "white", "recurrence_time", each with the fields length and count,
        without empty classes; those alone that some measure needed.
    offset_points : array of int, or None
        Recurrence points on each diagonal; None without trend.
    provenance : dict
        What ran, where and why, and the rules in force.
    settings : dict
        What was asked for.

    Examples
    --------
    >>> result = rqa.analyze([1.0, 2.0, 1.0, 2.0, 1.0], threshold=0.5)
    >>> result["rr"] == result.rr, dict(result)["det"], result.counts["points"]
    (True, 0.75, 8)
    >>> result.histograms["diagonal"]["length"].tolist()
    [1, 3]
    """

    __slots__ = ("_values", "_reasons", "counts", "histograms", "offset_points", "provenance",
                 "settings")

    def __init__(self, values: dict[str, float], reasons: dict[str, str], counts: dict[str, int],
                 histograms: dict[str, Records],
                 offset_points: Optional[Counts], provenance: dict[str, Setting],
                 settings: dict[str, Setting]):
        self._values = values
        self._reasons = reasons
        self.counts = counts
        self.histograms = histograms
        self.offset_points = offset_points
        self.provenance = provenance
        self.settings = settings

    def __getitem__(self, name: str) -> float:
        try:
            return self._values[name]
        except KeyError:
            raise KeyError(self._missing(name)) from None

    if TYPE_CHECKING:  # so that a misspelt one is seen
        rr: float
        det: float
        l_mean: float
        l_max: float
        div: float
        l_entr: float
        lam: float
        tt: float
        v_max: float
        v_entr: float
        w_mean: float
        w_max: float
        w_entr: float
        t1: float
        t2: float
        rte: float
        trend: float
        det_rr: float
        lam_det: float
        transitivity: float
        clustering: float
        assortativity: float
        components: float
        path_mean: float
        diameter: float
        efficiency: float
        rpde: float
        nmprt: float
        nmprt_time: float
        l_entr_rel: float
        microstate_entropy: float
        cat_entropy: float
    else:
        def __getattr__(self, name: str) -> float:
            # Not for what unpickling asks before there are values.
            if name.startswith("_"):
                raise AttributeError(name)
            try:
                return self._values[name]
            except KeyError:
                raise AttributeError(self._missing(name)) from None

    def _missing(self, name: str) -> str:
        if name in MEASURES:
            return f"{name} was not computed; measures asked for: {', '.join(self._values)}"
        return f"{name!r} is no measure; there are {', '.join(MEASURES)}"

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __dir__(self) -> list[str]:
        return sorted(set(super().__dir__()) | set(self._values))

    def reason(self, name: str) -> str:
        """Why a measure is undefined; "" if it is a number. Set also where a convention puts 0 or
        infinity in place of NaN."""
        self[name]  # pylint: disable=pointless-statement  # KeyError for what is not there
        return self._reasons.get(name, "")

    @property
    def threshold_reached(self) -> float:
        """The threshold in force, in data units; NaN for neighbours, which have one each."""
        return _float(self.provenance["threshold"])

    @property
    def rr_reached(self) -> float:
        """What a recurrence rate that was asked for has come to; NaN in other units."""
        reached = self.provenance["rr_reached"]
        return _float(reached)

    @property
    def ties_at_threshold(self) -> int:
        """Cells at the threshold that a recurrence rate gave: what it can be off by."""
        return int(_float(self.provenance["ties_at_threshold"]))

    @property
    def undefined(self) -> dict[str, str]:
        """Reasons by measure, for those that have one."""
        return dict(self._reasons)

    def bootstrap(self, count: int = 1000, seed: int = 1, *, level: float = 0.95,
                  lines: BootstrapLines = "all_lines") -> dict[str, Interval]:
        """Intervals of det, l_mean, l_entr, lam, tt and v_entr by resampling the lines (Schinkel et
        al. 2009): count replicates, each of as many lines as there are.

        Lines of neighbouring diagonals (columns) are alike, so the intervals are too narrow; to decide,
        use rqa.test().
        """
        from ._significance import bootstrap
        return bootstrap([self], count, seed, level=level, lines=lines)[0]

    def _diagonals(self) -> Records:
        if "diagonal" not in self.histograms:
            fail("STATE", "diagonal lines were not counted: no measure asked for needs them")
        return self.histograms["diagonal"]

    def k2(self, first: int, last: int, *, estimator: K2Estimator = "lines") -> float:
        """K2, the correlation entropy, in nats a sample: minus the slope of ln N(l) over the lengths
        first to last. estimator: N(l) is the number of "lines" of at least that length, or of
        "segments" of that length in them. NaN with fewer than two lengths."""
        from ._invariants import k2
        return k2(self._diagonals(), first, last, estimator)

    def k2_counts(self, first: int, last: int, *,
                  estimator: K2Estimator = "lines") -> Counts:
        """N(l) of k2(), l = first .. last: where its logarithm falls on a line is what to fit."""
        from ._invariants import k2_counts
        return k2_counts(self._diagonals(), first, last, estimator)

    def to_dict(self) -> dict[str, object]:
        """Plain data as `rqa analyze --format json --histograms` prints it, ready for json.dumps:
        undefined or infinite = None."""
        finite = {name: value if math.isfinite(value) else None
                  for name, value in self._values.items()}
        return {"n_samples": self.counts["samples_x"], "n_vectors": self.counts["vectors_x"],
                "n_skipped": self.counts["skipped_x"],
                "recurrence_points": self.counts["points"], "pairs": self.counts["pairs"],
                "measures": finite,
                "undefined": {name: reason for name, reason in self._reasons.items()
                              if finite[name] is None},
                "histograms": {name: [[int(length), int(count)] for length, count in bins]
                               for name, bins in self.histograms.items()},
                "settings": dict(self.settings),
                "provenance": {name: None if isinstance(value, float) and math.isnan(value) else value
                               for name, value in self.provenance.items()},
                "convention": self.provenance["convention"],
                "backend": self.provenance["backend"], "version": self.provenance["version"]}

    def _head(self) -> str:
        c, p, s = self.counts, self.provenance, self.settings
        size = f"{c['vectors_x']:,}"
        if s.get("relation") == "cross":
            size += f" x {c['vectors_y']:,}"
        head = [f"{size} vectors"]
        skipped = c["skipped_x"] + (c["skipped_y"] if s.get("relation") != "auto" else 0)
        if skipped:
            head.append(f"{skipped:,} skipped (missing samples)")
        if s:
            head += [f"{s['relation']}", f"dim {s['dim']}", f"delay {s['delay']}", f"{s['norm']}"]
        near = "neighbour" in str(s.get("threshold_unit", ""))
        head += [f"{s['threshold_unit']} {s['threshold']:.6g}" if near
                 else f"threshold {p['threshold']:.6g}", f"convention {p['convention']}"]
        return ", ".join(head)

    def _rows(self) -> Iterator[tuple[str, float, str]]:
        """Measures with what they are, and why they are undefined."""
        for name, value in self._values.items():
            text = (lib.rqa_measure_text(MEASURES[name]) or b"").decode()
            note = self._reasons.get(name)
            yield name, value, text + (f" ({note})" if note else "")

    def __repr__(self) -> str:
        return "\n".join([f"<rqa.Result: {self._head()}>"] + [
            f"  {name:<8}{value:>12.6g}  {text}" for name, value, text in self._rows()])

    def _repr_html_(self) -> str:
        return table(self._head(), ("measure", "value", ""), self._rows())
