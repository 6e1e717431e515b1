"""test_py_neighbourhood.py - thresholds from a rate, neighbours and corridors from Python."""
import concurrent.futures
import json
import math
import os
import tempfile
import unittest

from py_case import exact, noise, np

import rqa


class Rates(unittest.TestCase):
    def test_threshold_is_an_order_statistic(self):
        x = noise(80)
        distances = np.sort(np.abs(x[:, None] - x[None, :])[~np.eye(80, dtype=bool)])
        for unit in ("recurrence-rate", "recurrence_rate"):
            result = rqa.analyze(x, threshold=.1, threshold_unit=unit)
            self.assertEqual(result.threshold_reached, distances[math.ceil(.1 * distances.size) - 1])
            self.assertEqual(result.rr_reached, result.rr)
            self.assertEqual(result.ties_at_threshold, 2)
        self.assertEqual(exact(result), exact(rqa.analyze(x, threshold=result.threshold_reached)))
        self.assertTrue(math.isnan(rqa.analyze(x, threshold=.1).rr_reached))

    def test_joint_has_two(self):
        x, y = noise(60, 1), noise(60, 2)
        result = rqa.joint(x, y, threshold=.2, threshold_y=.4, threshold_unit="recurrence-rate")
        one = rqa.analyze(y, threshold=.4, threshold_unit="recurrence-rate")
        self.assertEqual(result.provenance["threshold_y"], one.threshold_reached)
        self.assertEqual(result.provenance["rr_reached_y"], one.rr_reached)

    def test_out_of_reach(self):
        x = noise(50)
        x[3:40] = math.nan
        with self.assertRaisesRegex(ValueError, "recurrence rate of 0.9; missing samples leave"):
            rqa.analyze(x, threshold=.9, threshold_unit="recurrence-rate", missing="skip")


class Sweeps(unittest.TestCase):
    def test_rows_tell_what_rates_reached(self):
        x, holes = noise(120), noise(60, 2)
        holes[5:50] = math.nan
        given = {"dim": [1, 3], "delay": [1, 2], "threshold": [.2, .05, .9],
                 "threshold_unit": "recurrence-rate", "measures": ["rr", "det"], "missing": "skip"}
        with tempfile.TemporaryDirectory() as folder:
            tables = [rqa.sweep({"x": x, "holes": holes}, **given),
                      rqa.sweep({"x": x, "holes": holes}, **given,
                                store=os.path.join(folder, "s.sqlite"))]
        for name in ("threshold_reached", "rr_reached", "rr", "det"):
            self.assertTrue(np.array_equal(*(np.asarray(t[name], dtype=float) for t in tables),
                                           equal_nan=True), name)
        table = {name: list(tables[0][name]) for name in tables[0]}
        at = list(table).index("threshold")
        self.assertEqual(list(table)[at + 1:at + 3], ["threshold_reached", "rr_reached"])
        for k in range(12):
            result = rqa.analyze(x, dim=int(table["dim"][k]), delay=int(table["delay"][k]),
                                 threshold=table["threshold"][k], threshold_unit="recurrence-rate")
            self.assertEqual((table["threshold_reached"][k], table["rr_reached"][k], table["det"][k]),
                             (result.threshold_reached, result.rr_reached, result.det))
        self.assertIn("recurrence rate out of reach", table["status"])
        self.assertNotIn("rr_reached", list(rqa.sweep(x, threshold=.2, measures=["rr"])))

    def test_what_is_no_rate(self):
        with self.assertRaisesRegex(ValueError, r"thresholds\[1\] is 2; a rate must be above 0"):
            rqa.sweep(noise(50), threshold=[.1, 2], threshold_unit="recurrence-rate")


class Neighbours(unittest.TestCase):
    def test_every_column_has_k(self):
        x = noise(70)
        with rqa.matrix(x, threshold=9, threshold_unit="neighbours") as matrix:
            cells = matrix.to_numpy()
        np.fill_diagonal(cells, 0)
        self.assertEqual(set(cells.sum(axis=0)), {9})
        result = rqa.analyze(x, threshold=9, threshold_unit="neighbours")
        self.assertEqual(result.counts["points"], 9 * 70)
        self.assertTrue(math.isnan(result.threshold_reached))
        self.assertIn("neighbours 9", repr(result))
        self.assertNotIn("NaN", json.dumps(result.to_dict()))

    def test_ties(self):
        x = np.arange(100.) % 5
        points = {ties: rqa.analyze(x, threshold=7, threshold_unit="neighbours", ties=ties)
                  .counts["points"] for ties in ("all", "index")}
        self.assertEqual(points, {"all": 1900, "index": 700})
        with self.assertRaisesRegex(ValueError, "ties is index"):
            rqa.analyze(x, threshold=7, ties="index")
        with self.assertRaisesRegex(ValueError, "ties is 'some'"):
            rqa.analyze(x, threshold=7, threshold_unit="neighbours", ties="some")


class Adaptive(unittest.TestCase):
    def test_closed_form(self):
        x = noise(200)
        with rqa.matrix(x, dim=2, threshold=6, threshold_unit="adaptive-neighbours") as matrix:
            cells = matrix.to_numpy()
        self.assertEqual(cells.sum(), 2 * 6 * 199)
        self.assertTrue((cells == cells.T).all() and not cells.diagonal().any())
        result = rqa.analyze(x, 2, threshold=6, threshold_unit="adaptive_neighbours")
        self.assertEqual(result.counts["points"], 2 * 6 * 199)
        self.assertTrue(math.isnan(result.threshold_reached))
        self.assertIn("adaptive_neighbours 6", repr(result))

    def test_network(self):
        rules = {"dim": 2, "norm": "maximum", "threshold": 4, "threshold_unit": "adaptive-neighbours"}
        with rqa.matrix(noise(90), **rules) as matrix:
            degrees = matrix.to_numpy().sum(axis=0)
        self.assertEqual(list(rqa.network(noise(90), **rules).degrees), list(degrees))

    def test_what_has_none(self):
        x, unit = noise(60), {"threshold": 3, "threshold_unit": "adaptive-neighbours"}
        for said, call in ((" a batch has", lambda: rqa.sweep(x, **unit)),
                           ("of one series", lambda: rqa.cross(x, x, **unit)),
                           ("of one series", lambda: rqa.joint(x, x, **unit)),
                           ("in windows", lambda: rqa.windowed(x, window=30, step=5, **unit)),
                           ("a profile by lag", lambda: rqa.profile(x, max_lag=5, **unit)),
                           ("a corridor", lambda: rqa.analyze(x, threshold_lower=1, **unit)),
                           ("60 rounds", lambda: rqa.analyze(x, **{**unit, "threshold": 60}))):
            with self.assertRaisesRegex(rqa.Error, said):
                call()


class Sweeps(unittest.TestCase):
    """Of neighbours and corridors: every row is an analysis of its own, wherever it was computed."""

    RULES = ({"threshold": [3, 9, 20], "threshold_unit": "neighbours", "ties": "index"},
             {"threshold": [.05, .3], "threshold_unit": "neighbour-rate"},
             {"threshold": [.5, 2], "threshold_lower": .25},
             {"threshold": [.5, 2], "threshold_lower": .25, "threshold_unit": "std"})

    def expect_analyses(self, table, given, rules):
        for k in range(len(table["rr"])):
            one = rqa.analyze(given[table["series"][k]], int(table["dim"][k]), measures=["rr", "det"],
                              **{**rules, "threshold": float(table["threshold"][k])})
            for name in ("rr", "det"):
                self.assertEqual(repr(float(table[name][k])), repr(float(one[name])), (rules, k))

    def test_rows_are_analyses(self):
        given = {"a": noise(70), "b": np.round(noise(50, 3))}
        for rules in self.RULES:
            table = rqa.sweep(given, dim=[2, 1], measures=["rr", "det"], **rules)
            self.expect_analyses(table, given, rules)
            near = "neighbour" in rules.get("threshold_unit", "")
            self.assertEqual("threshold_reached" in list(table), near)
            if near:
                self.assertTrue(np.isnan(table["threshold_reached"]).all())
                self.assertTrue(np.isnan(table["rr_reached"]).all())

    def test_stores_and_executors(self):
        given = {"a": noise(70), "b": noise(60, 3)}
        with tempfile.TemporaryDirectory() as folder:
            store = os.path.join(folder, "s.sqlite")
            for rules in self.RULES:
                rules = {**rules, "dim": [1, 2], "measures": ["rr", "det"]}
                plain = rqa.sweep(given, **rules)
                with concurrent.futures.ThreadPoolExecutor(2) as executor:
                    tables = (rqa.sweep(given, store=store, **rules),
                              rqa.sweep(given, executor=executor, **rules),
                              rqa.sweep(given, store=store, executor=executor, **rules))
                for table in tables:
                    for name in ("threshold", "rr", "det"):
                        self.assertTrue(np.array_equal(np.asarray(table[name]),
                                                       np.asarray(plain[name]), equal_nan=True), name)

    def test_numbers_without_vectors(self):
        table = rqa.sweep(noise(20), threshold=[5, 40], threshold_unit="neighbours", measures=["rr"])
        self.assertEqual(list(table["status"]), ["ok", "series too short"])

    def test_what_is_refused(self):
        for said, rules in ((r"thresholds\[1\] is 0; a number of neighbours",
                             {"threshold": [2, 0], "threshold_unit": "neighbours"}),
                            (r"below thresholds\[1\], 1", {"threshold": [2, 1], "threshold_lower": 1}),
                            ("ties is index", {"threshold": 1, "ties": "index"})):
            with self.assertRaisesRegex(ValueError, said):
                rqa.sweep(noise(30), **rules)


class Corridors(unittest.TestCase):
    def test_they_tile(self):
        x = noise(90)
        inner, outer, both = (rqa.analyze(x, threshold=upper, threshold_lower=lower).counts["points"]
                              for lower, upper in ((0, .5), (.5, 2), (0, 2)))
        self.assertEqual(inner + outer, both)
        self.assertEqual(rqa.analyze(x, threshold=2, threshold_lower=.5).provenance["threshold_lower"],
                         .5)
        with self.assertRaisesRegex(ValueError, "threshold_lower is 3"):
            rqa.analyze(x, threshold=2, threshold_lower=3)


class Pictures(unittest.TestCase):
    def test_as_of_the_matrix(self):
        x = noise(300)
        rules = ({"threshold": .1, "threshold_unit": "recurrence-rate", "theiler": 5},
                 {"threshold": 20, "threshold_unit": "neighbours", "ties": "index"},
                 {"threshold": 9, "threshold_unit": "adaptive-neighbours"},
                 {"threshold": 1, "threshold_lower": .5})
        with tempfile.TemporaryDirectory() as folder:
            for k, rule in enumerate(rules):
                paths = [os.path.join(folder, f"{k}{part}.png") for part in "ab"]
                rqa.write_png(x, path=paths[0], max_pixels=100, **rule)
                with rqa.matrix(x, **rule) as matrix:
                    matrix.write_png(paths[1], max_pixels=100)
                pictures = []
                for path in paths:
                    with open(path, "rb") as file:
                        pictures.append(file.read())
                self.assertEqual(*pictures)


if __name__ == "__main__":
    unittest.main()
