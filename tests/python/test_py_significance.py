"""test_py_significance.py - surrogates, tests and intervals from Python."""
import json
import os
import pickle
import subprocess
import sys
import tempfile
import unittest

from py_case import main, noise, np
import rqa


def henon(n=300):
    x = [.1, .2]
    while len(x) < n:
        x.append(1 - 1.4 * x[-1] ** 2 + .3 * x[-2])
    return np.array(x)


class Surrogates(unittest.TestCase):
    def test_values_and_spectra(self):
        x = np.cumsum(noise(301)) % 7
        for method in ("shuffle", "phase", "aaft", "iaaft"):
            made = rqa.surrogates(x, method, 5)
            self.assertEqual(made.shape, (5, 301))
            for one in made:
                self.assertFalse((one == x).all())
                if method != "phase":
                    np.testing.assert_array_equal(np.sort(one), np.sort(x))
            if method == "phase":
                np.testing.assert_allclose(np.abs(np.fft.rfft(made)) ** 2,
                                           np.broadcast_to(np.abs(np.fft.rfft(x)) ** 2, (5, 151)), rtol=1e-9)
        self.assertEqual(rqa.surrogates(noise(50, channels=3), "shuffle", 2).shape, (2, 50, 3))

    def test_against_numpy_on_any_length(self):
        """With the phases that NumPy finds in a surrogate, NumPy makes the same surrogate."""
        for n in (4, 5, 97, 100, 127, 360, 1009):
            x = noise(n)
            one = rqa.surrogates(x, "phase", 1)[0]
            bins = np.abs(np.fft.rfft(x)) * np.exp(1j * np.angle(np.fft.rfft(one)))
            np.testing.assert_allclose(np.fft.irfft(bins, n), one, atol=1e-13)

    def test_streams(self):
        x = noise(100)
        few, many = rqa.surrogates(x, count=3), rqa.surrogates(x, count=20)
        np.testing.assert_array_equal(few, many[:3])
        self.assertFalse((rqa.surrogates(x, count=3, seed=2) == few).all())

    def test_twins(self):
        x = np.arange(120) % 8
        made = rqa.surrogates(x, "twin", 4, threshold=0.5)
        steps = np.diff(made, axis=1) % 8
        self.assertTrue((steps == 1).mean() > .95)
        with self.assertRaisesRegex(rqa.UnsupportedError, "no two of the 30 vectors are twins"):
            rqa.surrogates(np.arange(30.), "twin", 4)

    def test_bad_input(self):
        for x, given, kind, words in (
                (noise(20), {"method": "wavelet"}, rqa.UnknownNameError, "shuffle"),
                (noise(20), {"count": 0}, rqa.Error, "count"),
                (np.ones(20), {}, rqa.Error, "constant"),
                ([1, 2, np.nan, 4, 5], {}, rqa.Error, "NaN"),
                ([1, 2, 3], {}, rqa.Error, "at least 4"),
                (noise(20), {"seed": -1}, rqa.Error, "seed"),
                (noise(20), {"max_iterations": 0}, rqa.Error, "max_iterations")):
            with self.assertRaisesRegex(kind, words):
                rqa.surrogates(x, **given)


class Tests(unittest.TestCase):
    def test_chaos_and_noise(self):
        found = rqa.test(henon(), dim=2, threshold=.2, count=39, measures=["det", "l_mean"])
        self.assertEqual(list(found), ["det", "l_mean"])
        self.assertEqual(found["det"].p, 1 / 40)
        self.assertEqual(found.p["det"], 1 / 40)
        self.assertEqual(found["det"].value, rqa.analyze(henon(), dim=2, threshold=.2).det)
        self.assertEqual(found.surrogates["det"].shape, (39,))
        self.assertTrue((found.spectrum_error < .2).all())
        nothing = rqa.test(noise(200), dim=2, threshold=.2, count=39, measures=["det"], two_sided=True)
        self.assertGreater(nothing["det"].p, .05)
        self.assertEqual(nothing["det"].p, nothing["det"].p_two_sided)

    def test_values_are_those_of_analyses(self):
        x, y = noise(90), noise(80, 2)
        found = rqa.test(x, y, threshold=.5, method="shuffle", count=9, lmin=3)
        made = rqa.surrogates(x, "shuffle", 9)
        for k in range(9):
            one = rqa.cross(made[k], y, threshold=.5, lmin=3)
            for name in rqa.default_measures:
                np.testing.assert_equal(found.surrogates[name][k], one[name])
        draws = found.surrogates["det"]
        self.assertEqual(found["det"].p, (1 + (draws >= found["det"].value).sum()) / 10)
        np.testing.assert_allclose(found["det"].q025, np.quantile(draws, .025), rtol=1e-14)
        np.testing.assert_allclose(found["det"].std, draws.std(ddof=1), rtol=1e-12)

    def test_what_it_holds(self):
        found = rqa.test(noise(60), threshold=.001, count=9, measures=["l_mean"])
        self.assertTrue(np.isnan(found["l_mean"].p) and found["l_mean"].reason)
        self.assertEqual(json.loads(json.dumps(found.to_dict()))["measures"]["l_mean"]["p"], None)
        self.assertIn("9 surrogates by iaaft", repr(found))
        self.assertEqual(pickle.loads(pickle.dumps(found)).p.keys(), found.p.keys())
        with self.assertRaisesRegex(KeyError, "was not tested"):
            found["det"]  # pylint: disable=pointless-statement
        with self.assertRaises(TypeError):
            rqa.test(noise(60), threshold=1, no_such_option=1)

    def test_plot(self):
        try:
            import matplotlib
        except ImportError:
            self.skipTest("no matplotlib")
        matplotlib.use("Agg")
        from matplotlib import pyplot
        found = rqa.test(noise(60), threshold=.3, count=19, measures=["det", "lam"])
        axes = found.plot()
        self.assertEqual(len(axes), 2)
        self.assertIn("det: p = ", axes[0].get_title("left"))
        self.assertEqual(axes[1].get_xlabel(), "laminarity")
        self.assertEqual(sum(bar.get_height() for bar in axes[0].patches), 19)
        with self.assertRaisesRegex(ValueError, "1 axes are given for 2"):
            found.plot(axes[0])
        pyplot.close("all")

    def test_as_the_program_does(self):
        program = os.environ.get("RQA_TEST_PROGRAM")
        if not program:
            self.skipTest("no program")
        x = noise(80)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "x.txt")
            np.savetxt(path, x, fmt="%.17g")
            told = json.loads(subprocess.run(
                [program, "test", path, "--threshold", "0.5", "--count", "19", "--format", "json"],
                check=True, capture_output=True, text=True).stdout)
            boot = json.loads(subprocess.run(
                [program, "analyze", path, "--threshold", "0.5", "--bootstrap", "200", "--format", "json"],
                check=True, capture_output=True, text=True).stdout)["bootstrap"]["intervals"]
        found = rqa.test(x, threshold=.5, count=19)
        for name, one in found.items():
            self.assertEqual(told["measures"][name]["p"], one.p)
            self.assertEqual(told["measures"][name]["value"], one.value)
        for name, interval in rqa.analyze(x, threshold=.5).bootstrap(200).items():
            self.assertEqual((boot[name]["lower"], boot[name]["upper"]), interval[:2])


class Borders(unittest.TestCase):
    def test_rules(self):
        x = np.arange(100) % 7
        for rule, lines in (("all", 28), ("dibo", 0), ("kelo", 2), ("censi", 28), ("censi-semi-loi", 28)):
            result = rqa.analyze(x, threshold=0, border=rule)
            self.assertEqual(result.histograms["diagonal"]["count"].sum(), lines)
        self.assertEqual(rqa.cross(x, x, threshold=0, border="kelo").l_max, 100)
        with self.assertRaisesRegex(rqa.Error, "keli"):
            rqa.analyze(x, threshold=0, border="keli")


class Intervals(unittest.TestCase):
    def test_intervals_hold_the_value(self):
        result = rqa.analyze(noise(200), threshold=.5)
        found = result.bootstrap()
        self.assertEqual(set(found), {"det", "l_mean", "l_entr", "lam", "tt", "v_entr"})
        for name, interval in found.items():
            self.assertTrue(interval.lower < result[name] < interval.upper, name)
            self.assertEqual(interval.n_skipped, 0)
        self.assertEqual(found["det"].n_lines, result.histograms["diagonal"]["count"].sum() // 2)
        self.assertEqual(found, result.bootstrap(seed=1))
        self.assertNotEqual(found, result.bootstrap(seed=2))
        self.assertGreater(found["det"].upper, result.bootstrap(level=.5)["det"].upper)
        some = rqa.analyze(noise(200), threshold=.5, measures=["lam"]).bootstrap(100)
        self.assertEqual(set(some), {"lam"})

    def test_exact_deviation(self):
        result = rqa.analyze(noise(300), threshold=.3, norm="maximum")
        bins = result.histograms["diagonal"]
        bins = bins[bins["length"] >= 2]
        lengths = np.repeat(bins["length"], (bins["count"] // 2).astype(int))
        interval = result.bootstrap(5000, lines="long_lines")["l_mean"]
        np.testing.assert_allclose(interval.std, lengths.std() / np.sqrt(len(lengths)), rtol=.05)

    def test_bands(self):
        x = noise(600)
        windows = [rqa.analyze(x[k:k + 200], threshold=.5) for k in (0, 200, 400)]
        bands = rqa.bootstrap(windows, 500)
        self.assertEqual(len(bands), 3)
        inside = sum(b[name].lower <= w[name] <= b[name].upper
                     for b, w in zip(bands, windows) for name in ("det", "lam"))
        self.assertGreaterEqual(inside, 2)
        with self.assertRaisesRegex(rqa.Error, "results"):
            rqa.bootstrap([])
        with self.assertRaisesRegex(rqa.Error, "result 1 has another"):
            rqa.bootstrap([windows[0], rqa.analyze(x, threshold=.5, lmin=3)])
        with self.assertRaisesRegex(rqa.Error, "level"):
            windows[0].bootstrap(level=1)


if __name__ == "__main__":
    sys.exit(main())
