"""test_py_store.py - the read-only view of stored results, on a file with the view `results`."""
import os
import sqlite3
import tempfile
import unittest

from py_case import PACKAGE, main, np, python
import rqa

SCHEMA = """
PRAGMA journal_mode=WAL;
CREATE TABLE cells (series TEXT, "group" TEXT, trial TEXT, mode TEXT, dim INTEGER, delay INTEGER,
                    threshold REAL, lmin INTEGER, vmin INTEGER, rr REAL, det REAL, status TEXT,
                    reason TEXT, backend TEXT);
CREATE VIEW results AS SELECT * FROM cells;
"""


class Stores(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="rqa # %41 ?")
        self.path = os.path.join(self.folder.name, "results.sqlite")
        self.writer = sqlite3.connect(self.path)
        self.writer.executescript(SCHEMA)
        rows = [(s, g, t, m, d, 1, 0.1, 2, 2, 0.25 * d, None if d == 2 else 0.5, "ok",
                 "no line" if d == 2 else None, "threads")
                for s, g, t in (("b", "x", "1"), ("a", "y", "2")) for m in ("1d", "2d")
                for d in (1, 2)]
        self.writer.executemany(f"INSERT INTO cells VALUES ({','.join('?' * 14)})", rows)
        self.writer.commit()

    def tearDown(self):
        self.writer.close()
        self.folder.cleanup()

    def test_content(self):
        with rqa.open_store(self.path) as store:
            self.assertEqual(store.keys, ["group", "trial"])
            self.assertEqual(store.measures, ["rr", "det"])
            self.assertEqual(store.series, ["a", "b"])
            self.assertEqual(store.count(), 8)
            self.assertEqual(store.count("mode = ? AND dim > ?", ("1d", 1)), 2)
            settings = store.settings()
            self.assertEqual(list(settings["mode"]), ["1d", "1d", "2d", "2d"])
            self.assertEqual(list(settings["dim"]), [1, 2, 1, 2])

    def test_frame(self):
        with rqa.open_store(self.path) as store:
            table = store.frame()
            self.assertEqual(list(table), store.columns)
            self.assertEqual(list(table["rr"]), [0.25, 0.5] * 4)
            np.testing.assert_array_equal(table["det"], [0.5, np.nan] * 4)
            self.assertEqual(np.asarray(table["dim"]).dtype, np.int64)
            part = store.frame("det IS NULL AND \"group\" = ?", ["y"], columns=["series", "rr"])
            self.assertEqual(list(part), ["series", "rr"])
            self.assertEqual(list(part["series"]), ["a", "a"])
            self.assertEqual(len(store.frame("dim > 9")["rr"]), 0)
            with self.assertRaisesRegex(ValueError, "'rrr' is not there; there are series"):
                store.frame(columns=["rrr"])

    def test_while_it_is_written(self):
        with rqa.open_store(self.path) as store:
            self.writer.execute("INSERT INTO cells SELECT * FROM cells")
            self.assertEqual(store.count(), 8)
            self.writer.commit()
            self.assertEqual(store.count(), 16)

    def test_it_only_reads(self):
        with rqa.open_store(self.path) as store:
            for sql in ("DELETE FROM cells", "DROP VIEW results", "CREATE TABLE t (x)"):
                with self.assertRaisesRegex(sqlite3.OperationalError, "readonly"):
                    store.query(sql)

    def test_without_pandas(self):
        done = python("import sys; sys.modules['pandas'] = None\nimport rqa\n"
                      "print(rqa.open_store(sys.argv[1]).frame('dim = 2')['det'])", self.path)
        self.assertEqual(done.stdout, "[nan nan nan nan]\n", done.stderr)

    def test_what_is_no_store(self):
        missing = os.path.join(self.folder.name, "missing")
        with self.assertRaises(FileNotFoundError):
            rqa.open_store(missing)
        self.assertFalse(os.path.exists(missing))
        with self.assertRaisesRegex(ValueError, "no store of librqa"):
            rqa.open_store(os.path.join(PACKAGE, "pyproject.toml"))
        sqlite3.connect(missing).execute("CREATE TABLE t (x)").connection.close()
        with self.assertRaisesRegex(ValueError, "it has no table `results`"):
            rqa.open_store(missing)


if __name__ == "__main__":
    main()
