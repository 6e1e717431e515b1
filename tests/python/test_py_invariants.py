"""test_py_invariants.py - rqa.correlation_sum, Result.k2, rqa.microstate_maximum, rqa.adjacency and
rqa.distances, from Python: against plain NumPy and against analyze()."""
import math
import os
import tempfile
import unittest

from py_case import main, noise, np
import rqa

try:
    from scipy import sparse
except ImportError:
    sparse = None


def plot_of(x, threshold):
    return np.abs(x[:, None] - x) <= threshold


class CorrelationSum(unittest.TestCase):
    def test_against_numpy(self):
        x, thresholds = noise(300), np.geomspace(.05, 1, 9)
        found = rqa.correlation_sum(x, thresholds=thresholds, theiler=3)
        i = np.arange(300)
        far = np.abs(x[:, None] - x)[np.abs(i[:, None] - i) >= 3]
        points = [np.count_nonzero(far <= t) for t in thresholds]
        np.testing.assert_array_equal(found.points, points)
        np.testing.assert_array_equal(found.thresholds, thresholds)
        self.assertEqual(found.cells, len(far))
        c = np.array(points) / len(far)
        np.testing.assert_array_equal(found.sum, c)
        np.testing.assert_allclose(found.local_slope,
                                   np.diff(np.log(c)) / np.diff(np.log(thresholds)), rtol=1e-12)
        slope = np.polyfit(np.log(thresholds[2:7]), np.log(c[2:7]), 1)[0]
        self.assertAlmostEqual(found.d2(thresholds[2], thresholds[6]), slope, 10)
        self.assertTrue(math.isnan(found.d2(2, 3)))
        self.assertIn("9 thresholds", repr(found))

    def test_cross(self):
        x, y = noise(100, 1), noise(80, 2)
        found = rqa.correlation_sum(x, y, thresholds=[.1, .5])
        for threshold, points in zip((.1, .5), found.points):
            self.assertEqual(rqa.cross(x, y, threshold=threshold).counts["points"], points)

    def test_errors(self):
        for thresholds, text in (([.2, .1], "must rise"), ([], "empty"), (["a"], "must be a number")):
            with self.assertRaisesRegex(rqa.Error, text):
                rqa.correlation_sum(noise(50), thresholds=thresholds)
        with self.assertRaisesRegex(rqa.Error, "lower is 3"):
            rqa.correlation_sum(noise(50), thresholds=[1]).d2(3, 2)


class K2(unittest.TestCase):
    def test_independent_samples(self):
        result = rqa.analyze(np.random.default_rng(2).uniform(size=2000), threshold=.2)
        for estimator in ("lines", "segments"):
            counts = result.k2_counts(1, 4, estimator=estimator).astype(float)
            slope = np.polyfit(np.arange(1, 5), np.log(counts), 1)[0]
            found = result.k2(1, 4, estimator=estimator)
            self.assertAlmostEqual(found, -slope, 12)
            self.assertAlmostEqual(found / -math.log(result.rr), 1, delta=.05)

    def test_errors(self):
        result = rqa.analyze(noise(60), threshold=.2)
        with self.assertRaisesRegex(rqa.Error, "lines, segments"):
            result.k2(1, 4, estimator="points")
        with self.assertRaisesRegex(rqa.Error, "two lengths"):
            result.k2(3, 3)
        with self.assertRaisesRegex(rqa.Error, "last is 1"):
            result.k2_counts(2, 1)
        with self.assertRaisesRegex(rqa.Error, "not counted"):
            rqa.analyze(noise(60), threshold=.2, measures=["rr"]).k2(1, 4)


class MicrostateMaximum(unittest.TestCase):
    def test_is_the_largest(self):
        x = noise(200)
        found = rqa.microstate_maximum(x, microstate_size=2)
        self.assertEqual(found.entropy, found.entropies.max())
        self.assertEqual(found.k, 1 + found.entropies.argmax())
        self.assertEqual(found.threshold, np.ptp(x) * found.k / 50)
        single = rqa.analyze(x, threshold=found.threshold, microstate_size=2,
                             measures=["microstate_entropy"])
        self.assertEqual(single.microstate_entropy, found.entropy)


class Adjacency(unittest.TestCase):
    def test_edges(self):
        x = noise(150)
        found = rqa.adjacency(x, threshold=.3, theiler=2)
        i = np.arange(150)
        expected = plot_of(x, .3) & (np.abs(i[:, None] - i) >= 2)
        np.testing.assert_array_equal(found.to_numpy(), expected)
        np.testing.assert_array_equal(found.edges, np.argwhere(np.triu(expected)))
        np.testing.assert_array_equal(np.diff(found.starts),
                                      rqa.network(x, threshold=.3, theiler=2).degrees)
        self.assertIn("150 vectors", repr(found))

    def test_no_edge(self):
        found = rqa.adjacency(np.arange(10.), threshold=.5)
        self.assertEqual(len(found.edges), 0)
        self.assertFalse(found.to_numpy().any())

    @unittest.skipIf(sparse is None, "no SciPy")
    def test_scipy(self):
        found = rqa.adjacency(noise(150), threshold=.3)
        np.testing.assert_array_equal(found.to_scipy().toarray(), found.to_numpy())


class Distances(unittest.TestCase):
    def test_against_numpy(self):
        x, y = noise(60, 1), noise(50, 2)
        np.testing.assert_array_equal(rqa.distances(x), np.abs(x[:, None] - x))
        whole = rqa.distances(x, y, dim=2, delay=3, norm="maximum")
        np.testing.assert_array_equal(whole, np.maximum(np.abs(y[:-3, None] - x[:-3]),
                                                        np.abs(y[3:, None] - x[3:])))
        np.testing.assert_array_equal(
            rqa.distances(x, y, dim=2, delay=3, norm="maximum", first_row=5, n_rows=7), whole[5:12])
        self.assertEqual(rqa.distances(x, first_row=60).shape, (0, 60))

    def test_a_threshold_makes_the_plot(self):
        x = noise(80)
        np.testing.assert_array_equal(rqa.matrix(x, dim=2, threshold=.7).to_numpy(),
                                      rqa.distances(x, dim=2) <= .7)

    def test_errors(self):
        with self.assertRaisesRegex(rqa.Error, "there are 60 rows"):
            rqa.distances(noise(60), first_row=50, n_rows=11)
        with self.assertRaisesRegex(rqa.Error, "norm"):
            rqa.distances(noise(60), norm="angle")

    def test_their_picture(self):
        """Without a threshold write_png() draws them: 8 bits a pixel; with one a bit."""
        with tempfile.TemporaryDirectory() as folder:
            depths = []
            for name, given in (("d", {}), ("r", {"threshold": .3})):
                file = os.path.join(folder, name)
                rqa.write_png(noise(60), path=file, dim=2, frame=False, **given)
                with open(file, "rb") as png:
                    head = png.read(26)
                self.assertEqual(int.from_bytes(head[16:20], "big"), 59)
                depths.append(head[24])
            self.assertEqual(depths, [8, 1])
            with self.assertRaisesRegex(rqa.Error, "joint"):
                rqa.write_png(noise(60), noise(60, 2), path=file, relation="joint",
                              overwrite=True)


if __name__ == "__main__":
    main()
