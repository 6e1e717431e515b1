"""test_py_sweep.py - sweeps: every row is that of the single analysis; tables with and without
pandas; bad recordings, bad arguments, progress."""
import os
import tempfile
import unittest

from py_case import main, noise, np
import rqa


def column(table, name):
    """A column as a list, of a frame or of a dict."""
    return list(table[name])


def rows(table):
    """The rows of a table as dicts."""
    names = list(table)
    return [dict(zip(names, values)) for values in zip(*(column(table, name) for name in names))]


class Sweeps(unittest.TestCase):
    def same(self, row, result):
        for name in (n for n in result if n in row):
            self.assertEqual(float(row[name]).hex(), result[name].hex(), (name, row))
            self.assertLessEqual(row["status"] == "ok", not result.reason(name))

    def test_rows_are_single_analyses(self):
        series = {"a": noise(300), "b": noise(211, 2).astype(np.float32)[::-1],
                  "short": noise(12, 3)}
        table = rqa.sweep(series, dim=range(1, 5), delay=[1, 7, 3], threshold=[0.2, 0.9, 0.5],
                          lmin=range(2, 4), vmin=[5, 2], norm="max", theiler=2)
        found = rows(table)
        self.assertEqual(len(found), 3 * 4 * 3 * 3 * 2 * 2)
        n_short = 0
        for row in found:
            options = {key: row[key] for key in ("dim", "delay", "threshold", "lmin", "vmin")}
            x = series[row["series"]]
            if len(x) - (row["dim"] - 1) * row["delay"] < 2:
                self.assertEqual(row["status"], "series too short")
                self.assertTrue(np.isnan(row["rr"]))
                n_short += 1
            else:
                self.same(row, rqa.analyze(x, norm="maximum", theiler=2, **options))
        self.assertEqual(n_short, 2 * 36 // 3)
        self.assertEqual(column(table, "mode"), ["maximum"] * len(found))

    def test_windows(self):
        """Every row is that of windowed(), here and from a store, whatever the lengths."""
        series = {"a": noise(70), "b": noise(101, 2), "short": noise(9, 3)}
        grid = {"dim": [1, 2], "delay": [1, 4], "threshold": [0.9, 0.4], "lmin": [2, 3]}
        for given in ({}, {"scope": "window", "threshold_unit": "std"},
                      {"threshold_unit": "recurrence-rate", "measures": ["rr", "det", "rpde"]}):
            moving = {"window": 20, "step": 8, **given}
            table = rqa.sweep(series, **grid, **moving)
            found = rows(table)
            self.assertEqual(len(found), 16 * (7 + 11 + 1))
            self.assertEqual(list(table)[6:11], ["vmin", "window", "window_start", "window_end",
                                                 "window_centre"] if "threshold_reached" not in table
                             else ["rr_reached", "lmin", "vmin", "window", "window_start"])
            for label in ("a", "b"):
                of = [row for row in found if row["series"] == label]
                for row in of[::13]:
                    setting = {key: row[key] for key in ("dim", "delay", "threshold", "lmin")}
                    one = rows(rqa.windowed(series[label], **setting, **moving))[row["window"]]
                    for name in (n for n in one if n in row and n != "status"):
                        self.assertEqual(float(row[name]).hex(), float(one[name]).hex(), (name, row))
            self.assertTrue(all(np.isnan(row["rr"]) and row["status"] == "series too short" and
                                row["window"] == 0 and row["window_end"] == 19
                                for row in found if row["series"] == "short"))
            with tempfile.TemporaryDirectory() as folder:
                store = os.path.join(folder, "s.sqlite")
                stored = rows(rqa.sweep(series, store=store, **grid, **moving))
                for row, other in zip(found, stored):
                    self.assertEqual([repr(row[n]) for n in row if n != "status"],
                                     [repr(other[n]) for n in row if n != "status"])
                with rqa.open_store(store) as opened:
                    read = opened.frame('"window" = 3 AND series = ?', ("b",))
                self.assertEqual(set(column(read, "window_start")), {24})
                self.assertEqual(set(column(read, "window_centre")), {33.5})
                self.assertEqual(len(column(read, "rr")), 16)

    def test_windows_refused(self):
        for given, words in (({"window": 1}, "window is 1"), ({"window": 20, "step": 0}, "step is 0"),
                             ({"step": 2}, "window is None"), ({"scope": "window"}, "window is None"),
                             ({"window": 20, "scope": "all"}, "scope is 'all'"),
                             ({"window": 2.5}, "window is 2.5")):
            with self.assertRaisesRegex(rqa.Error, words):
                rqa.sweep(noise(50), threshold=0.5, **given)
        with self.assertRaises(ValueError):  # a key with the name of a column
            rqa.sweep([("a", {"window": 1}, noise(50))], threshold=0.5, window=20)
        self.assertEqual(list(column(rqa.sweep([("a", {"window": 1}, noise(50))], threshold=0.5),
                                     "window")), [1])

    def test_modes_and_keys(self):
        series = [("s1", {"group": "g", "subject": 3}, noise(100, channels=2)),
                  ("s2", {"group": "h", "subject": 4}, noise(90, 2, channels=2))]
        modes = {"1d": {"channels": 1, "norm": "manhattan"}, "2d": {"channels": range(2)}}
        table = rqa.sweep(series, dim=[1, 2], threshold=0.5, modes=modes)
        found = rows(table)
        self.assertEqual([(r["series"], r["group"], r["subject"], r["mode"], r["dim"])
                          for r in found],
                         [(s, g, n, m, d) for s, g, n in (("s1", "g", 3), ("s2", "h", 4))
                          for m in ("1d", "2d") for d in (1, 2)])
        for row, (_, _, x) in zip(found, [series[0]] * 4 + [series[1]] * 4):
            if row["mode"] == "1d":
                self.same(row, rqa.analyze(x[:, 1], row["dim"], threshold=0.5, norm="manhattan"))
            else:
                self.same(row, rqa.analyze(x, row["dim"], threshold=0.5))

    def test_relations(self):
        x, y = noise(80), noise(80, 2)
        for relation, call in (("cross", rqa.cross), ("joint", rqa.joint)):
            row, = rows(rqa.sweep({"p": (x, y)}, dim=2, delay=3, threshold=0.7, relation=relation))
            self.same(row, call(x, y, 2, 3, threshold=0.7))
        with self.assertRaisesRegex(ValueError, "'p' is no pair"):
            rqa.sweep({"p": x}, threshold=1, relation="cross")

    def test_options_arrive(self):
        x = np.round(noise(150), 1)
        for options in ({"convention": "pyrqa"}, {"normalize": "zscore"}, {"compare": "lt"},
                        {"threshold_unit": "max_diameter"}, {"measures": ["det", "lam"]},
                        {"measures": "all"},
                        {"theiler": 9}, {"wmin": 4}, {"white_border": "exclude"}, {"lmin": 4}):
            with self.subTest(**options):
                row, = rows(rqa.sweep([x], dim=2, threshold=0.3, **options))
                single = rqa.analyze(x, 2, threshold=0.3, **options)
                self.same(row, single)
                slow = set() if "measures" in options else {"t1", "t2", "rte", "trend"}
                self.assertEqual(set(rqa.measures) & set(row), set(single) - slow)

    def test_kinds_of_series(self):
        x = noise(60)
        expected = rqa.analyze(x, threshold=0.5).rr
        for series in (x, [x], (x,), {"0": x}, iter([x]), [("0", {}, x)]):
            table = rqa.sweep(series, threshold=0.5)
            self.assertEqual(column(table, "series"), ["0"])
            self.assertEqual(column(table, "rr"), [expected])

    def test_bad_recordings_stop_nothing(self):
        hole = noise(50)
        hole[4] = np.nan
        series = {"good": noise(50), "hole": hole, "text": ["a", "b"], "narrow": noise(9),
                  "cube": np.zeros((2, 2, 2)), "wide": noise(50, channels=2)}
        table = rqa.sweep(series, threshold=[0.1, 0.5], modes={"first": {"channels": 0},
                                                               "second": {"channels": 1}})
        status = dict(zip(zip(column(table, "series"), column(table, "mode")),
                          column(table, "status")))
        self.assertEqual(status["good", "first"], "ok")
        self.assertIn("sample 4 of channel 0 is NaN", status["hole", "first"])
        self.assertIn("text has the type", status["text", "first"])
        self.assertIn("cube has 3 dimensions", status["cube", "first"])
        self.assertIn("1 channels", status["good", "second"])
        self.assertEqual(status["wide", "second"], "ok")
        failed = [r for r in rows(table) if r["series"] == "hole"]
        self.assertTrue(all(np.isnan(r["rr"]) for r in failed) and len(failed) == 4)

    def test_refused(self):
        x = noise(30)
        for text, options in (("dim holds|dims holds|twice", {"dim": [1, 1]}),
                              ("dim is 1.5", {"dim": [1, 1.5]}), ("delay is 0", {"delay": 0}),
                              ("dim is empty", {"dim": []}),
                              ("threshold is empty", {"threshold": []}),
                              ("threshold is 'a'", {"threshold": "a"}),
                              (r"threshold is \[1.0\]; it must", {"threshold": [[1.0], [2.0]]}),
                              ("2 dimensions", {"threshold": np.ones((2, 1))}),
                              ("unknown norm", {"norm": "l7"}), ("empty", {"modes": {}}),
                              ("channels", {"modes": {"m": {"channels": [0, 2]}}}),
                              ("allowed are norm, channels", {"modes": {"m": {"chanels": 0}}}),
                              ("has the name of a column", {"series": [("a", {"dim": 1}, x)]}),
                              ("has the keys", {"series": [("a", {"g": 1}, x), ("b", {}, x)]}),
                              ("series is empty", {"series": []})):
            with self.subTest(text), self.assertRaisesRegex(ValueError, text):
                rqa.sweep(**{"series": [x], "threshold": 0.1, **options})

    def test_progress(self):
        calls = []
        rqa.sweep([noise(500)] * 3, dim=range(1, 6), threshold=[.1, .2], progress=calls.append)
        self.assertEqual(calls[-1]["n_done"], 30)
        self.assertEqual(calls[-1]["percent"], 100)

    def test_an_error_in_progress_cancels(self):
        def stop(statistics):
            raise KeyError("enough")
        with self.assertRaisesRegex(KeyError, "enough"):
            rqa.sweep([noise(300000)], dim=range(1, 6), threshold=0.3, progress=stop)


if __name__ == "__main__":
    main()
