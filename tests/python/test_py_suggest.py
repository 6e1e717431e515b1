"""test_py_suggest.py - rqa.suggest: curves against NumPy, picks, pictures, what is refused."""
import math
import unittest

from py_case import main, noise, np
import rqa

try:
    import matplotlib
    matplotlib.use("Agg")
except ImportError:
    matplotlib = None


def roessler(n=800, step=0.1):
    """x of the Roessler system by small Euler steps."""
    point, out = np.array([1.0, 1.0, 1.0]), []
    for _ in range(n + 300):
        for _ in range(10):
            a, b, c = point
            point = point + step / 10 * np.array([-b - c, a + 0.25 * b, 0.25 + c * (a - 4)])
        out.append(point[0])
    return np.array(out[300:])


def mutual_information(x, lag, bins):
    """Its formula, by histogram2d on the edges of the whole series."""
    code = np.minimum(bins - 1, np.floor((x - x.min()) / (x.max() - x.min()) * bins)).astype(int)
    a, b = code[:len(x) - lag], code[lag:]
    joint = np.zeros((bins, bins))
    np.add.at(joint, (a, b), 1)
    p = joint / joint.sum()
    outer = p.sum(1)[:, None] * p.sum(0)[None, :]
    return float((p[p > 0] * np.log(p[p > 0] / outer[p > 0])).sum())


class Suggest(unittest.TestCase):
    def test_curves(self):
        x = noise(500)
        found = rqa.suggest(x, max_lag=20, bins=9)
        z = x - x.mean()
        for lag in (0, 1, 7, 20):
            self.assertAlmostEqual(found.acf[lag], (z[:500 - lag] * z[lag:]).sum() / (z * z).sum(),
                                   places=12)
            self.assertAlmostEqual(found.ami[lag], mutual_information(x, lag, 9), places=12)
        self.assertEqual((len(found.acf), len(found.fnn), len(found.cao)), (21, 10, 10))
        self.assertEqual(found.fnn["n"][2], 500 - 3 * found.delay)
        self.assertTrue(math.isnan(found.cao["e1"][-1]))
        self.assertAlmostEqual(found.cao["e1"][0], found.cao["e"][1] / found.cao["e"][0])

    def test_picks(self):
        x = roessler()
        found = rqa.suggest(x)
        self.assertEqual(found.delay, found.first_minimum)
        self.assertEqual(found.dim, int(found.fnn["dim"][found.fnn["fraction"] <= 0.01][0]))
        self.assertIn("mutual information", found.rules["delay"])
        result = rqa.analyze(x, dim=found.dim, delay=found.delay,
                             threshold=found.threshold["rate05"])
        self.assertGreaterEqual(result.rr, 0.05)
        self.assertLess(result.rr, 0.0502)
        self.assertAlmostEqual(found.threshold["sd02"], 0.2 * x.std(ddof=1), places=12)
        self.assertEqual(rqa.suggest(x, delay=5).delay, 5)

    def test_warnings(self):
        self.assertTrue(any("random" in text for text in rqa.suggest(noise(800)).warnings))
        constant = rqa.suggest(np.full(50, 3.0))
        self.assertTrue(any("constant" in text for text in constant.warnings))
        self.assertIsNone(constant.first_zero)

    def test_channels_and_normalize(self):
        x = np.column_stack([roessler(), noise(800)])
        found = rqa.suggest(x, normalize="zscore", max_dim=3)
        single = [rqa.suggest(x[:, c], max_dim=1) for c in range(2)]
        np.testing.assert_allclose(found.ami, (single[0].ami + single[1].ami) / 2, rtol=1e-12)

    def test_shown(self):
        found = rqa.suggest(roessler(), max_dim=4)
        self.assertIn(f"delay={found.delay}", repr(found))
        self.assertIn("<table>", found._repr_html_())
        self.assertIn("first minimum", found._repr_html_())

    @unittest.skipIf(matplotlib is None, "no matplotlib")
    def test_plot(self):
        found = rqa.suggest(roessler())
        figure = found.plot()
        self.assertEqual(len(figure.axes), 4)
        for axes in figure.axes:
            self.assertTrue(axes.get_xlabel() and axes.get_ylabel() and axes.get_title())
        ami = next(a for a in figure.axes if "mutual" in a.get_title())
        self.assertIn(found.first_minimum, [line.get_xdata()[0] for line in ami.lines[1:]])

    def test_refused(self):
        with self.assertRaisesRegex(rqa.Error, "max_lag is 50"):
            rqa.suggest(noise(50), max_lag=50)
        with self.assertRaisesRegex(rqa.Error, "sample 3"):
            rqa.suggest([1.0, 2.0, 4.0, math.nan, 5.0])
        with self.assertRaisesRegex(rqa.Error, "2 samples"):
            rqa.suggest([1.0, 2.0])
        with self.assertRaisesRegex(rqa.Error, "without ties"):
            rqa.suggest(np.arange(60) % 3, estimator="ksg")
        with self.assertRaisesRegex(rqa.Error, "estimator is"):
            rqa.suggest(noise(50), estimator="kde")


if __name__ == "__main__":
    main()
