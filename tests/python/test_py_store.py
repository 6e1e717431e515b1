"""test_py_store.py - stored results, read through the library; sweeps into stores."""
import os
import pathlib
import sqlite3
import tempfile
import threading
import unittest

from py_case import PACKAGE, main, noise, np, python
import rqa


class Stores(unittest.TestCase):
    """What the library says of a store is what Python's own SQLite finds in it."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="rqa # %41 ?")
        self.addCleanup(self.folder.cleanup)
        self.path = os.path.join(self.folder.name, "results.sqlite")
        series = [("b", {"group": "x", "trial": 1}, noise(60, 1, channels=2)),
                  ("a", {"group": "y", "trial": 2}, noise(50, 2, channels=2)),
                  ("short", {"group": "y", "trial": 3}, [[1.0, np.nan], [1.0, 2.0]])]
        rqa.sweep(series, dim=[1, 2], threshold=[0.5, 0.9], measures=["rr", "det", "l_mean"],
                  modes={"1d": {"channels": 0}, "2d": {}}, store=self.path, frame=False)
        self.direct = sqlite3.connect(self.path)
        self.addCleanup(self.direct.close)

    def test_content(self):
        with rqa.open_store(self.path) as store:
            self.assertEqual(store.columns, [row[1] for row in
                                             self.direct.execute("PRAGMA table_info(results)")])
            self.assertEqual(store.keys, ["group", "trial"])
            self.assertEqual(store.measures, list(rqa.measures))
            self.assertEqual(store.series, ["a", "b", "short"])
            self.assertEqual(store.count(), self.number("1"))
            self.assertEqual(store.count("mode = ? AND dim > ?", ("1d", 1)),
                             self.number("mode = '1d' AND dim > 1"))
            settings = store.settings()
            self.assertEqual(list(settings["mode"]), ["1d"] * 4 + ["2d"] * 4)
            self.assertEqual(list(settings["dim"]), [1, 1, 2, 2] * 2)
            self.assertEqual(np.asarray(settings["dim"]).dtype, np.int64)

    def number(self, where):
        return self.direct.execute(f"SELECT count(*) FROM results WHERE {where}").fetchone()[0]

    def test_every_value(self):
        sql = "SELECT * FROM results ORDER BY series, mode, dim, threshold"
        with rqa.open_store(self.path) as store:
            rows = store.query(sql)
            self.assertEqual(rows, self.direct.execute(sql).fetchall())
            self.assertEqual(list(store.iterate(sql)), rows)
            self.assertEqual(store.query("SELECT ?, ?, ?, ?", (None, 2**62, 0.1, "é")),
                             [(None, 2**62, 0.1, "é")])
            self.assertEqual(store.query("SELECT ?, ?", (np.int32(3), np.float32(0.5))),
                             [(3, 0.5)])

    def test_frame(self):
        with rqa.open_store(self.path) as store:
            table = store.frame("status <> 'failed'")
            self.assertEqual(list(table), store.columns)
            rows = self.direct.execute("SELECT rr, l_mean FROM results WHERE status <> 'failed'")
            wanted = np.array(rows.fetchall(), dtype=float)
            np.testing.assert_array_equal(table["rr"], wanted[:, 0])
            np.testing.assert_array_equal(table["l_mean"], wanted[:, 1])
            self.assertEqual(np.asarray(table["dim"]).dtype, np.int64)
            self.assertEqual(np.asarray(store.frame()["dim"]).dtype, np.float64)  # one has none
            part = store.frame("\"group\" = ? AND dim = 2", ["y"], columns=["series", "rr"])
            self.assertEqual(list(part), ["series", "rr"])
            self.assertEqual(set(part["series"]) - {"short"}, {"a"})
            self.assertEqual(len(store.frame("dim > 9")["rr"]), 0)
            with self.assertRaisesRegex(ValueError, "'rrr' is not there; there are series"):
                store.frame(columns=["rrr"])

    def test_while_it_is_written(self):
        with rqa.open_store(self.path) as store:
            before, half_read = store.count(), store.iterate("SELECT * FROM results")
            rows = [next(half_read)]
            rqa.sweep({"new": noise(40)}, threshold=0.5, store=self.path, frame=False)
            self.assertEqual(store.count(), before + 1)
            self.assertEqual(len(rows + list(half_read)), before)  # of the moment of the first

    def test_any_thread(self):
        counts = []
        with rqa.open_store(self.path) as store:
            threads = [threading.Thread(target=lambda: counts.append(store.count()))
                       for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(counts, [store.count()] * 4)
        with self.assertRaisesRegex(rqa.StateError, "is closed"):
            store.count()

    def test_it_only_reads(self):
        with rqa.open_store(self.path) as store:
            for sql in ("DELETE FROM result", "DROP VIEW results", "CREATE TABLE t (x)",
                        "PRAGMA user_version = 9", "ATTACH ':memory:' AS other"):
                with self.assertRaisesRegex(ValueError, "^sql does more than to read"):
                    store.query(sql)
            for sql, parameters, words in (
                    ("SELECT unknown FROM results", (), "^sql: no such column: unknown$"),
                    ("SELECT 1; SELECT 2", (), "goes on after its first statement: ' SELECT 2'"),
                    ("SELECT ?", (), "n_parameters is 0; the statement has 1"),
                    ("SELECT ?", ([1],), r"parameters\[0\] is \[1\]; allowed are None, integers"),
                    ("SELECT ?", (2**63,), "allowed are integers of 64 bits"),
                    ("SELECT ?", "3", "parameters is '3'; it must be a list")):
                with self.subTest(sql=sql), self.assertRaisesRegex(ValueError, words):
                    store.query(sql, parameters)

    def test_without_pandas(self):
        done = python("import sys; sys.modules['pandas'] = None\nimport rqa\n"
                      "print(type(rqa.open_store(sys.argv[1]).frame('dim = 2')['det']).__name__)",
                      self.path)
        self.assertEqual(done.stdout, "ndarray\n", done.stderr)

    def test_what_is_no_store(self):
        missing = os.path.join(self.folder.name, "missing")
        with self.assertRaises(FileNotFoundError):
            rqa.open_store(missing)
        self.assertFalse(os.path.exists(missing))
        with self.assertRaisesRegex(rqa.StoreFormatError, "is not an SQLite file"):
            rqa.open_store(os.path.join(PACKAGE, "pyproject.toml"))
        sqlite3.connect(missing).execute("CREATE TABLE t (x)").connection.close()
        with self.assertRaisesRegex(rqa.StoreFormatError, "not a store of librqa"):
            rqa.open_store(missing)


def long_sweep(path, progress, endless=False):
    """Some seconds; with an endless recording besides, the last of all, it does not end by itself."""
    rqa.sweep([noise(1200, k) for k in range(20)] + [noise(1000000)] * endless, dim=range(1, 6),
              delay=range(1, 6), threshold=np.linspace(0.1, 1, 20), store=path, frame=False,
              progress=progress)


class StoredSweeps(unittest.TestCase):
    """Sweeps into the library's own store."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = os.path.join(self.folder.name, "results.sqlite")
        self.series = [("a", {"group": "x", "subject": 1}, noise(120, 1, channels=2)),
                       ("b", {"group": "y", "subject": 2}, noise(90, 2, channels=2))]
        self.grid = {"dim": range(1, 4), "delay": [1, 2], "threshold": [0.5, 0.3], "lmin": [2, 3],
                     "modes": {"1d": {"channels": 0, "norm": "manhattan"}, "2d": {}}}

    def tearDown(self):
        self.folder.cleanup()

    def same(self, stored, table):
        """Equal to the last bit, row by row, as a sweep without a store."""
        self.assertEqual(list(stored), list(table))
        for name in (n for n in table if n != "status"):
            if name in rqa.measures:
                np.testing.assert_array_equal(np.asarray(stored[name]), np.asarray(table[name]))
            else:
                self.assertEqual(list(stored[name]), list(table[name]), name)
        self.assertEqual([s == "ok" for s in stored["status"]],
                         [s == "ok" for s in table["status"]])

    def test_it_is_the_table_of_a_sweep_without(self):
        self.grid["dim"] = [3, 1, 60]  # 60: too short
        table = rqa.sweep(self.series, **self.grid)
        self.same(rqa.sweep(self.series, store=self.path, **self.grid), table)
        self.assertIn("series too short", list(table["status"]))
        with rqa.open_store(self.path) as store:
            self.assertEqual(store.keys, ["group", "subject"])
            self.assertEqual(store.count(), 96)

    def test_a_key_with_the_name_of_a_column(self):
        named = [(label, {"norm": keys["group"], "lag": 1}, x) for label, keys, x in self.series]
        self.same(rqa.sweep(named, store=self.path, **self.grid), rqa.sweep(named, **self.grid))
        with rqa.open_store(self.path) as store:
            self.assertEqual(store.keys, ["key_norm", "lag"])

    def test_only_what_was_asked_for(self):
        """Rows of a larger grid, of other recordings and by other rules are left out."""
        table = rqa.sweep(self.series, **self.grid)
        rqa.sweep(self.series, store=self.path, frame=False, **{**self.grid, "threshold": 0.4})
        rqa.sweep({"z": noise(50)}, threshold=0.5, store=self.path, frame=False)
        rqa.sweep([("a", {"group": "y", "subject": 1}, noise(80, channels=2))], store=self.path,
                  frame=False, **self.grid)
        rqa.sweep(self.series, store=self.path, convention="pyrqa", frame=False, **self.grid)
        self.same(rqa.sweep(self.series, store=self.path, **self.grid), table)
        rqa.sweep(self.series, store=self.path, theiler=9, frame=False, **self.grid)
        self.same(rqa.sweep(self.series, store=self.path, theiler=9, **self.grid),
                  rqa.sweep(self.series, theiler=9, **self.grid))
        self.same(rqa.sweep(self.series, store=self.path, **self.grid), table)

    def test_the_same_whatever_the_store_holds(self):
        """Nothing that names, rules and keys can be written as, and nothing that was stored by
        other rules, is found out about after hours of computing: the table is that of no store."""
        for options in ({"theiler": np.int64(3)}, {"wmin": np.uint8(2)}, {"compare": "LE"},
                        {"compare": "convention"}, {"threshold_unit": "STD"},
                        {"white_border": "exclude"}, {"trend_border": 9}, {"convention": "PyRQA"}):
            with self.subTest(**options):
                self.same(rqa.sweep(self.series, store=self.path, **self.grid, **options),
                          rqa.sweep(self.series, **self.grid, **options))
        pair = {"p": (noise(70), noise(60, 2))}
        self.same(rqa.sweep(pair, relation="CROSS", threshold=0.4, store=self.path),
                  rqa.sweep(pair, relation="cross", threshold=0.4))
        for keys in ({"norm": 1, "key_norm": 2}, {'a"b': "c"}, {"Group": "x"}, {"group": ""}):
            named = [("a", keys, noise(70, channels=2))]
            with self.subTest(keys=keys):
                self.same(rqa.sweep(named, store=self.path, **self.grid),
                          rqa.sweep(named, **self.grid))
        absent = [("a", {"group": None}, noise(70, channels=2))]
        self.assertTrue(all(value is None or value != value for value in
                            rqa.sweep(absent, store=self.path, **self.grid)["group"]))
        plain = {"a": noise(70, channels=2)}
        self.same(rqa.sweep(plain, store=self.path, **self.grid), rqa.sweep(plain, **self.grid))

    def test_any_name_of_a_file(self):
        x = [noise(40)]
        expected = rqa.sweep(x, threshold=0.4)
        for name in (self.path.encode(), pathlib.Path(self.path), self.path + "\udce9 a?b#c%20"):
            with self.subTest(name=name):
                self.same(rqa.sweep(x, threshold=0.4, store=name), expected)
                with rqa.open_store(name) as store:
                    self.assertEqual(store.count(), 1)
                    self.assertEqual(len(store.frame(columns="rr")["rr"]), 1)
        for name in (3, "", "a\0b", x):
            with self.subTest(name=name), self.assertRaisesRegex(
                    ValueError, "^store is .*; it must be the path of a file$"):
                rqa.sweep(x, threshold=0.4, store=name)

    def test_a_refused_sweep_leaves_no_file(self):
        for change in ({"dim": 0}, {"delay": range(0)}, {"threshold": [0.1, 0.1]}):
            with self.assertRaises(ValueError):
                rqa.sweep([noise(40)], store=self.path, **{"threshold": 0.4, **change})
        self.assertFalse(os.path.exists(self.path))

    def test_it_goes_on(self):
        """What is there is skipped; a bad recording has a row of its own and is tried again."""
        calls = []
        self.assertIsNone(rqa.sweep(self.series[:1], store=self.path, frame=False, **self.grid))
        series = self.series + [("c", {"group": "x", "subject": 3}, [[1, 2], [np.nan, 1]])]
        table = rqa.sweep(series, store=self.path, progress=calls.append, **self.grid)
        self.same(table, rqa.sweep(series, **self.grid))
        self.assertIn("sample 1", list(table["status"])[-1])
        with rqa.open_store(self.path) as store:
            self.assertEqual(store.count(), 98)
            self.assertEqual(store.count("status = 'failed'"), 2)
            self.assertIn("sample 1", store.frame("status = 'failed'")["reason"][0])
            self.assertEqual(len(store.settings()["dim"]), 48)
        self.assertEqual((calls[-1]["n_skipped"], calls[-1]["n_done"]), (48, 48))

    def test_a_larger_grid_computes_its_new_part(self):
        calls = []
        rqa.sweep(self.series, store=self.path, frame=False, **self.grid)
        self.grid.update(dim=range(1, 5), threshold=[0.3, 0.4, 0.5])
        table = rqa.sweep(self.series, store=self.path, progress=calls.append, **self.grid)
        self.assertEqual((calls[-1]["n_skipped"], calls[-1]["n_done"]), (96, 96))
        self.same(table, rqa.sweep(self.series, **self.grid))

    def test_killed_it_goes_on(self):
        """SIGKILL in the middle: what is stored is skipped, and the end is as without it."""
        source = """
import os, signal, sys
import numpy as np, rqa
sys.path.insert(0, sys.argv[2])
from test_py_store import long_sweep
long_sweep(sys.argv[1], lambda now: now["n_done"] and os.kill(os.getpid(), signal.SIGKILL), endless=True)
"""
        done = python(source, self.path, os.path.dirname(os.path.abspath(__file__)), timeout=600)
        self.assertEqual(done.returncode, -9, done.stderr)
        calls = []
        long_sweep(self.path, calls.append)
        self.assertGreater(calls[-1]["n_skipped"], 0)
        self.assertEqual(calls[-1]["n_skipped"] + calls[-1]["n_done"], calls[-1]["n_total"])
        long_sweep(self.path, calls.append)
        self.assertEqual((calls[-1]["n_skipped"], calls[-1]["n_done"]), (calls[-2]["n_total"], 0))

    def test_merge(self):
        one, two = (os.path.join(self.folder.name, name) for name in ("one", "two"))
        rqa.sweep(self.series[:1], store=one, frame=False, **self.grid)
        rqa.sweep(self.series[1:], store=two, frame=False, **self.grid)
        for _ in range(2):  # the second changes nothing
            rqa.merge_stores(self.path, one, two)
        calls = []
        table = rqa.sweep(self.series, store=self.path, progress=calls.append, **self.grid)
        self.assertEqual((calls[-1]["n_skipped"], calls[-1]["n_done"]), (96, 0))
        self.same(table, rqa.sweep(self.series, **self.grid))
        with self.assertRaises(OSError):
            rqa.merge_stores(self.path, os.path.join(self.folder.name, "missing"))

    def test_refused(self):
        with self.assertRaisesRegex(OSError, "no/folder"):
            rqa.sweep(self.series, threshold=1, store="/no/folder/results.sqlite")
        with open(self.path, "w", encoding="ascii") as file:
            file.write("something else, and long enough to be told from an empty file" * 9)
        with self.assertRaises(rqa.StoreFormatError) as caught:
            rqa.sweep(self.series, threshold=1, store=self.path)
        self.assertIsInstance(caught.exception, OSError)


if __name__ == "__main__":
    main()
