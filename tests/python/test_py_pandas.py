"""test_py_pandas.py - pandas in and out."""
import sys
import unittest

from py_case import exact, main, noise, np
import rqa
from rqa._table import frame_of

try:
    import pandas
except ImportError:
    print("skipped: no pandas")
    sys.exit(77)


class Pandas(unittest.TestCase):
    def test_series_and_frames_in(self):
        x = noise(80, channels=2)
        frame = pandas.DataFrame(x, columns=["x", "y"])
        self.assertEqual(exact(rqa.analyze(frame, threshold=1)), exact(rqa.analyze(x, threshold=1)))
        self.assertEqual(exact(rqa.analyze(frame["y"], threshold=1)),
                         exact(rqa.analyze(x[:, 1], threshold=1)))
        holes = pandas.array([1.0, None, 2.0, 3.0], dtype="Float64")
        self.assertEqual(rqa.analyze(pandas.Series(holes), threshold=9,
                                     missing="skip").counts["points"], 6)

    def test_tidy_frame(self):
        series = [(f"s{k}", {"group": "ab"[k % 2], "subject": k}, noise(60, k)) for k in range(4)]
        series.append(("bad", {"group": "a", "subject": 9}, [1.0, float("nan")]))
        frame = rqa.sweep(series, dim=range(1, 4), threshold=[0.1, 0.5], measures=["rr", "det"])
        self.assertEqual(list(frame.columns), ["series", "group", "subject", "mode", "dim", "delay",
                                               "threshold", "lmin", "vmin", "rr", "det", "status"])
        self.assertEqual(len(frame), 30)
        self.assertEqual(frame["rr"].isna().sum(), 6)
        self.assertEqual(frame["subject"].dtype.kind, "i")
        means = frame.groupby(["group", "dim"], observed=True)["rr"].mean()
        one = np.mean([rqa.analyze(noise(60, k), 2, threshold=t).rr for k in (0, 2)
                       for t in (0.1, 0.5)])
        self.assertAlmostEqual(means["a", 2], one)
        self.assertEqual(frame.attrs["librqa"], rqa.version)
        self.assertIn("backend", frame.attrs["explanation"])
        self.assertEqual(len(rqa.sweep(pandas.Series(noise(30)), threshold=0.1)), 1)

    def test_values_are_not_copied(self):
        """6 million rows of 19 measures are a gigabyte: the frame holds the table itself."""
        values = np.zeros((30, 2))
        frame = frame_of({"dim": np.arange(30), "threshold": np.zeros(30)}, values, ["rr", "det"],
                         {"status": np.ones(30)})
        self.assertEqual(list(frame), ["dim", "threshold", "rr", "det", "status"])
        self.assertTrue(np.shares_memory(frame["det"].to_numpy(), values))


if __name__ == "__main__":
    main()
