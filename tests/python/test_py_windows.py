"""test_py_windows.py - windowed(), profile() and Stream: equal to analyze(), tables, plots."""
import math
import pickle
import unittest

from py_case import main, noise, np, python
import rqa

try:
    import pandas
except ImportError:
    pandas = None
try:
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
except ImportError:
    pyplot = None

ALL = [name for name in rqa.measures if name != "cat_entropy"]
MUTUAL = ["transitivity", "clustering", "assortativity", "components", "path_mean", "diameter",
          "efficiency", "rpde"]
LINES = [name for name in ALL if name not in MUTUAL]
SETTING = {"dim": 2, "delay": 2, "threshold": 0.7, "theiler": 2, "lmin": 3}


def same(case, found, expected):
    case.assertEqual(float(found).hex(), float(expected).hex())


def column(table, name):
    return np.asarray(table[name])


class Windows(unittest.TestCase):
    def test_whatever_the_threshold_says(self):
        x = np.round(noise(90, 5), 1)
        for given in ({"threshold": 0.4, "measures": ALL, "microstate_size": 3},
                      {"threshold": 0.1, "threshold_unit": "recurrence-rate", "measures": ALL},
                      {"threshold": 0.8, "threshold_lower": 0.2, "measures": ["rr"]},
                      {"threshold": 0.8, "threshold_lower": 0.2, "measures": LINES},
                      {"threshold": 3, "threshold_unit": "neighbours", "ties": "index",
                       "measures": LINES},
                      {"threshold": 0.4, "border": "kelo"}):
            table = rqa.windowed(x, window=30, step=30, scope="window", **given)
            for k in range(3):
                expected = rqa.analyze(x[30 * k:30 * k + 30], **given)
                for name in given.get("measures") or rqa.default_measures:
                    same(self, column(table, name)[k], expected[name])
        for given in ({}, {"threshold_lower": 0.2}, {"threshold_unit": "std", "threshold_lower": 0.2}):
            table = rqa.windowed(x, window=90, threshold=0.8, **given)
            whole = rqa.analyze(x, threshold=0.8, **given)
            same(self, column(table, "rr")[0], whole.rr)
            lags = rqa.profile(x, threshold=0.8, max_lag=89, **given)
            self.assertEqual(2 * int(lags.points[1:].sum()), whole.counts["points"])

    def test_each_is_an_analysis(self):
        x, y = noise(130, 1), noise(120, 2)
        for relation in ("auto", "cross", "joint"):
            second = None if relation == "auto" else y if relation == "cross" else noise(130, 3)
            table = rqa.windowed(x, second, window=40, step=9, relation=relation, **SETTING)
            n = 120 if relation == "cross" else 130
            self.assertEqual(len(column(table, "rr")), (n - 40) // 9 + 1)
            for k in (0, 4, len(column(table, "rr")) - 1):
                self.assertEqual(column(table, "window_start")[k], 9 * k)
                self.assertEqual(column(table, "window_end")[k], 9 * k + 39)
                part = slice(9 * k, 9 * k + 40)
                expected = rqa.analyze(x[part], **SETTING) if second is None else getattr(
                    rqa, relation)(x[part], second[part], **SETTING)
                for name in rqa.default_measures:
                    same(self, column(table, name)[k], expected[name])
                self.assertEqual(column(table, "status")[k] == "ok", not expected.undefined)
                for name in expected.undefined:
                    self.assertIn(name, column(table, "status")[k])

    def test_time(self):
        table = rqa.windowed(noise(100), window=11, step=5, threshold=0.5, measures=["rr"],
                             sampling_rate=20)
        index = np.asarray(table.index) if pandas else table["time"]
        np.testing.assert_array_equal(index, (5 * np.arange(18) + 5) / 20)
        table = rqa.windowed(noise(100), window=10, threshold=0.5, measures=["rr"])
        index = np.asarray(table.index) if pandas else table["sample"]
        np.testing.assert_array_equal(index, np.arange(91) + 4.5)

    def test_scope(self):
        x = noise(100) * np.repeat([1, 4], 50)
        setting = {"threshold": 0.3, "threshold_unit": "std", "measures": ["rr"]}
        own = rqa.windowed(x, window=50, step=50, scope="window", **setting)
        same(self, column(own, "rr")[1], rqa.analyze(x[50:], **setting).rr)
        shared = rqa.windowed(x, window=50, step=50, **setting)
        self.assertNotEqual(column(own, "rr")[0], column(shared, "rr")[0])

    def test_status(self):
        x = noise(60)
        x[20:40] = np.nan
        table = rqa.windowed(x, window=20, step=20, threshold=0.5, missing="skip",
                             measures=["rr", "det"])
        self.assertEqual(list(column(table, "status")),
                         ["ok", "every vector touches a missing sample", "ok"])

    def test_refuses(self):
        x = noise(50)
        for words, given in ((["window", "51"], {"window": 51}), (["step"], {"step": 0}),
                             (["sampling_rate"], {"sampling_rate": 0}),
                             (["scope", "recording"], {"scope": "all"}),
                             (["window"], {"window": 2.5}), (["nonsense"], {"measures": ["nonsense"]}),
                             (["vectors"], {"dim": 5, "delay": 4})):
            with self.assertRaises((ValueError, TypeError)) as caught:
                rqa.windowed(x, **{"window": 10, "threshold": 0.1, **given})
            for word in words:
                self.assertIn(word, str(caught.exception))

    @unittest.skipUnless(pandas, "no pandas")
    def test_frame(self):
        table = rqa.windowed(noise(300), window=50, threshold=0.4, sampling_rate=10)
        self.assertIsInstance(table, pandas.DataFrame)
        self.assertEqual(list(table)[:4], ["window", "window_start", "window_end", "window_centre"])
        self.assertEqual(table.index.name, "time")
        back = pickle.loads(pickle.dumps(table))
        pandas.testing.assert_frame_equal(back, table)
        self.assertAlmostEqual(table.loc[10:20]["rr"].mean(), table["rr"].iloc[76:176].mean())

    @unittest.skipUnless(pyplot, "no matplotlib")
    def test_plot(self):
        x = noise(300, channels=2)
        table = rqa.windowed(x, window=50, threshold=0.4, sampling_rate=10, measures=["rr", "det"])
        axes = table.plot(x)
        self.assertEqual([ax.get_ylabel() for ax in axes], ["recording", "rr", "det"])
        np.testing.assert_array_equal(axes[1].lines[0].get_ydata(), column(table, "rr"))
        self.assertAlmostEqual(axes[0].lines[1].get_xdata()[-1], 29.9)
        self.assertIn("(s)", axes[-1].get_xlabel())
        self.assertEqual(len(table.plot(measures=["det"], figure=pyplot.figure())), 1)
        with self.assertRaises(ValueError):
            table.plot(measures=["lam"])
        pyplot.close("all")

    def test_without_pandas(self):
        done = python("import sys; sys.modules['pandas'] = None\n"
                      "import numpy as np, rqa\n"
                      "t = rqa.windowed(np.arange(50.0), window=10, threshold=3)\n"
                      "assert isinstance(t, dict) and len(t['rr']) == 41 == len(t['sample'])\n"
                      "p = rqa.profile(np.arange(50.0), threshold=3, max_lag=4).to_frame()\n"
                      "assert isinstance(p, dict) and list(p['rr']) == [1, 1, 1, 1, 0]\n"
                      "print('fine')")
        self.assertEqual(done.stdout, "fine\n", done.stderr)


class Profiles(unittest.TestCase):
    def check(self, found, x, y, threshold, lmin):
        for k, lag in enumerate(found.lags):
            cells = [abs(x[i] - y[i + lag]) <= threshold for i in range(len(x))
                     if 0 <= i + lag < len(y)]
            runs = [len(r) for r in "".join(".#"[int(c)] for c in cells).split(".") if r]
            lines = [r for r in runs if r >= lmin]
            self.assertEqual((found.cells[k], found.points[k], found.line_points[k],
                              found.lines[k]), (len(cells), sum(runs), sum(lines), len(lines)))
            same(self, found.rr[k], sum(runs) / len(cells) if cells else math.nan)
            same(self, found.det[k], sum(lines) / sum(runs) if runs else math.nan)
            same(self, found.l_mean[k], sum(lines) / len(lines) if lines else math.nan)

    def test_one(self):
        x = np.round(noise(200), 1)
        found = rqa.profile(x, threshold=0.3, lmin=3)
        self.assertEqual(list(found.lags), list(range(51)))
        self.check(found, x, x, 0.3, 3)
        self.assertEqual(found.lag_of_max, 0)
        t = np.arange(400)
        self.assertEqual(rqa.profile(np.sin(2 * np.pi * t / 25), dim=2, delay=6, threshold=0.1,
                                     max_lag=60).peak, 25)

    def test_two(self):
        x = np.round(noise(150), 2)
        y = np.concatenate([np.zeros(9), x[:100]])
        found = rqa.profile(x, y, threshold=0.01, max_lag=140, sampling_rate=5)
        self.assertEqual((found.lags[0], found.lags[-1]), (-140, 140))
        self.check(found, x, y, 0.01, 2)
        self.assertEqual((found.lag_of_max, found.peak), (9, 9))
        np.testing.assert_array_equal(found.lags_s, found.lags / 5)
        joint = rqa.profile(x, x[::-1], threshold=0.2, relation="joint", max_lag=20)
        self.assertEqual(joint.lags[0], 0)
        self.assertTrue((joint.points <= rqa.profile(x, threshold=0.2, max_lag=20).points).all())
        self.assertIn("lag 9", repr(found))
        again = pickle.loads(pickle.dumps(found))
        np.testing.assert_array_equal(again.rr, found.rr)

    def test_refuses(self):
        for words, given in ((["max_lag", "50"], {"max_lag": 50}), (["max_lag"], {"max_lag": -1}),
                             (["sampling_rate"], {"sampling_rate": -1})):
            with self.assertRaises(ValueError) as caught:
                rqa.profile(noise(50), threshold=0.1, **given)
            for word in words:
                self.assertIn(word, str(caught.exception))

    @unittest.skipUnless(pandas, "no pandas")
    def test_frame(self):
        frame = rqa.profile(noise(100), threshold=0.5, sampling_rate=10).to_frame()
        self.assertEqual(frame.index.name, "lag")
        self.assertEqual(list(frame), ["lag_s", "rr", "det", "l_mean", "cells", "points",
                                       "line_points", "lines"])

    @unittest.skipUnless(pyplot, "no matplotlib")
    def test_plot(self):
        x = noise(150)
        found = rqa.profile(x, np.roll(x, 4), threshold=0.1, max_lag=30)
        axes = found.plot()
        self.assertEqual([ax.get_ylabel() for ax in axes], ["rr", "det", "l_mean"])
        self.assertEqual(axes[0].lines[1].get_xdata()[0], 4)
        self.assertIn("y does later", axes[-1].get_xlabel())
        self.assertEqual(len(rqa.profile(x, threshold=0.1).plot()[0].lines[0].get_xdata()), 37)
        pyplot.close("all")


class Streams(unittest.TestCase):
    def test_equals_analyze(self):
        x = noise(120, channels=2)
        stream = rqa.Stream(40, n_channels=2, **SETTING)
        self.assertTrue(math.isnan(stream["rr"]))
        self.assertEqual(stream.reason("rr"), "series too short")
        stream.push(x[:37])
        self.assertFalse(stream.is_full)
        for k in range(37, 120):
            stream.push(x[k])
            if k in (39, 60, 119):
                expected = rqa.analyze(x[k - 39:k + 1], **SETTING)
                found = stream.values()
                self.assertEqual(list(found), list(rqa.default_measures))
                for name in rqa.default_measures:
                    same(self, found[name], expected[name])
                    same(self, stream[name], expected[name])
                    self.assertEqual(stream.reason(name), expected.reason(name))
        self.assertEqual((stream.n_samples, len(stream)), (120, 40))
        stream.reset()
        self.assertEqual((stream.n_samples, stream.is_full), (0, False))

    def test_one_channel(self):
        with rqa.Stream(5, threshold=0.5, measures=["rr"]) as stream:
            for value in range(3):
                stream.push(value)
            stream.push(np.array(3.0))
            stream.push([4.0])
            self.assertEqual(stream["rr"], 0)
            stream.push(np.array([9, 9, 9, 9, 9], dtype=np.int16))
            self.assertEqual(stream["rr"], 1)
            self.assertEqual(repr(stream), "Stream(5 of 5 samples)")
            with self.assertRaises(KeyError):
                stream["det"]
            with self.assertRaises(rqa.NotFiniteError):
                stream.push(math.nan)
            for nothing in ([], np.empty(0), np.empty((0, 1))):
                stream.push(nothing)
            for wrong in ("1", ["1"], 1j, [[1.0, 2.0]], [1.0, [2.0, 3.0]]):
                with self.assertRaises(rqa.RqaValueError) as caught:
                    stream.push(wrong)
                self.assertIn("samples", str(caught.exception))
            self.assertEqual(stream.n_samples, 10)
        with self.assertRaises(rqa.StateError):
            stream.push(1.0)

    def test_refuses(self):
        for words, given in ((["vectors"], {"dim": 9, "delay": 9}), (["window"], {"window": 0}),
                             (["missing"], {"missing": "maybe"})):
            with self.assertRaises(ValueError) as caught:
                rqa.Stream(**{"window": 20, "threshold": 0.1, **given})
            for word in words:
                self.assertIn(word, str(caught.exception))
        with self.assertRaises(ValueError):
            rqa.Stream(20, threshold=1, n_channels=2).push([1.0, 2.0, 3.0])


if __name__ == "__main__":
    main()
