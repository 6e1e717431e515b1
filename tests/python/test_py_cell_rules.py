"""test_py_cell_rules.py - skeletons, isodirectional and perpendicular plots from Python."""
import inspect
import math
import os
import tempfile
import unittest

from py_case import noise, np

import rqa


def spiral(n=160):
    t = np.arange(n) / 9
    return np.column_stack([np.sin(t) + .1 * np.sin(7 * t), np.cos(1.1 * t)])


def plain(x, threshold):
    return np.asarray(rqa.matrix(x, threshold=threshold).to_numpy(), bool)


def cosines(a, b):
    with np.errstate(invalid="ignore", divide="ignore"):
        return (a * b).sum(-1) / (np.sqrt((a * a).sum(-1)) * np.sqrt((b * b).sum(-1)))


class Directions(unittest.TestCase):
    def test_isodirectional(self):
        x = spiral()
        steps = np.full_like(x, np.nan)
        steps[:-3] = x[3:] - x[:-3]
        wanted = plain(x, .5) & (abs(cosines(steps[None], steps[:, None]) - 1) < .2)
        got = rqa.matrix(x, threshold=.5, isodirectional=(.2, 3)).to_numpy()
        self.assertTrue(wanted.any() and np.array_equal(got, wanted))
        self.assertTrue(np.array_equal(rqa.matrix(x, threshold=.5, isodirectional=.2).to_numpy(),
                                       rqa.matrix(x, threshold=.5, isodirectional=(.2, 1)).to_numpy()))

    def test_perpendicular(self):
        x = spiral()
        steps = np.full_like(x, np.nan)
        steps[1:-1] = x[2:] - x[:-2]  # of the column
        across = cosines(x[:, None] - x[None], steps[None])
        wanted = plain(x, .5) & (abs(across) < .3)
        got = rqa.matrix(x, threshold=.5, perpendicular=.3).to_numpy()
        self.assertTrue(wanted.any() and np.array_equal(got, wanted))
        result = rqa.analyze(x, threshold=.5, perpendicular=.3)
        self.assertEqual(result.counts["points"], wanted.sum())
        # Both sides are lines of their own: intervals are those of a plot that is not symmetric.
        lines = result.histograms["diagonal"]["count"].sum()
        self.assertGreater(lines, 50)
        interval = result.bootstrap(200)["det"]
        self.assertTrue(interval.lower <= result.det <= interval.upper)
        self.assertEqual(interval.n_lines, lines)

    def test_cross_and_joint(self):
        x, y = spiral(), spiral(160)[::-1].copy()
        self.assertLess(rqa.cross(x, y, threshold=.5, isodirectional=.2).rr,
                        rqa.cross(x, y, threshold=.5).rr)
        self.assertLess(rqa.joint(x, y, threshold=.9, perpendicular=.5).rr,
                        rqa.joint(x, y, threshold=.9).rr)

    def test_what_is_refused(self):
        x = spiral()
        for given, words in (({"isodirectional": (.2, 0)}, "lag of isodirectional is 0"),
                             ({"isodirectional": (3, 1)}, "direction_bound is 3"),
                             ({"isodirectional": (.1, 160)}, "direction_lag of an isodirectional plot is 160"),
                             ({"perpendicular": 1.5}, "direction_bound is 1.5"),
                             ({"perpendicular": "x"}, "perpendicular is 'x'"),
                             ({"perpendicular": .1, "isodirectional": .1}, "one of them"),
                             ({"perpendicular": .1, "skeleton": True}, "symmetric")):
            with self.assertRaisesRegex(rqa.Error, words):
                rqa.analyze(x, threshold=.5, **given)


class Parameters(unittest.TestCase):
    """What analyze takes, others take where it decides what they give."""
    LINES = {"measures", "lmin", "vmin", "wmin", "theiler_diagonal", "theiler_vertical", "white_border",
             "trend_border", "microstate_size", "border"}
    CELLS = {"skeleton", "isodirectional", "perpendicular"}

    def test_nothing_is_left_out(self):
        def of(name):
            return set(inspect.signature(getattr(rqa, name)).parameters)
        for name, none in {"cross": {"skeleton"}, "joint": set(), "windowed": set(),
                           "matrix": self.LINES, "write_png": self.LINES,
                           "profile": (self.LINES | self.CELLS) - {"lmin"},
                           "sampled": {"wmin", "white_border", "trend_border", "border", "ties"} | self.CELLS,
                           "sweep": {"x"} | self.CELLS}.items():
            self.assertEqual(of("analyze") - of(name), none, name)

    def test_windows_of_points(self):
        """A rate is counted over the cells that a window leaves."""
        x, rate = noise(300), {"threshold": 0.05, "threshold_unit": "recurrence-rate"}
        whole = rqa.matrix(x, **rate).to_numpy()
        for window in ({"theiler": 40}, {"theiler_points": 40}):
            cells = rqa.matrix(x, **rate, **window).to_numpy()
            outside = np.triu(np.ones_like(cells), 40)
            self.assertNotEqual(cells.sum(), whole.sum())
            self.assertEqual(cells[outside].sum(), math.ceil(.05 * outside.sum()))
            points = rqa.profile(x, **rate, **window, max_lag=50).points
            self.assertEqual(points.tolist(), [np.trace(cells, k) for k in range(51)])

    def test_titles_of_axes(self):
        """As the program has them, where none are given."""
        x = noise(60)
        with tempfile.TemporaryDirectory() as folder:
            def picture(**more):
                path = os.path.join(folder, "plot.png")
                rqa.write_png(x, path=path, threshold=1, overwrite=True, **more)
                with open(path, "rb") as file:
                    drawn = file.read()
                period = {key: more[key] for key in more if key.startswith("sampl")}
                rqa.matrix(x, threshold=1).write_png(path, overwrite=True, **more)
                with open(path, "rb") as file:
                    self.assertEqual(file.read(), drawn, period)
                return drawn
            for unit, period in (("sample", {}), ("time (s)", {"sampling_rate": 50.0}),
                                 ("time", {"sample_period": 0.5})):
                self.assertEqual(picture(**period), picture(**period, x_label=unit, y_label=unit))
                self.assertNotEqual(picture(**period), picture(**period, x_label="", y_label=unit))

    def test_rules_in_windows(self):
        x = np.cumsum(noise(200))
        for rule in ({"skeleton": True}, {"isodirectional": (0.5, 1)}, {"perpendicular": 0.5}):
            table = rqa.windowed(x, dim=2, window=100, step=50, threshold=2, **rule)
            for k, first in enumerate((0, 50, 100)):
                alone = rqa.analyze(x[first:first + 100], dim=2, threshold=2, **rule)
                self.assertEqual(float(np.asarray(table["rr"])[k]), alone.rr, rule)


class Skeletons(unittest.TestCase):
    def test_it_is_a_part_of_the_plot(self):
        x = spiral()
        whole = plain(x, .4)
        got = np.asarray(rqa.matrix(x, threshold=.4, skeleton=True).to_numpy(), bool)
        self.assertTrue(np.array_equal(got, got.T) and not (got & ~whole).any())
        self.assertTrue(got.diagonal().all())
        side = np.triu(got, 1)  # no two lines of it touch sideways
        self.assertFalse((side[1:] & side[:-1]).any() or (side[:, 1:] & side[:, :-1]).any())
        result = rqa.analyze(x, threshold=.4, skeleton=True, border="kelo")
        self.assertEqual(result.counts["points"], 2 * side.sum())
        self.assertEqual((result.settings["skeleton"], result.settings["border"]), (True, "kelo"))
        self.assertTrue(math.isfinite(result.l_entr))

    def test_the_picture(self):
        with tempfile.TemporaryDirectory() as folder:
            a, b = (os.path.join(folder, name) for name in ("a.png", "b.png"))
            rqa.write_png(spiral(), path=a, threshold=.4, skeleton=True)
            rqa.matrix(spiral(), threshold=.4, skeleton=True).write_png(b)
            with open(a, "rb") as one, open(b, "rb") as other:
                self.assertEqual(one.read(), other.read())


if __name__ == "__main__":
    unittest.main()
