"""test_py_sampled.py - rqa.sampled: estimates beside the exact values, what was drawn, bad input."""
import math
import unittest

from py_case import main, noise, np
import rqa


class Sampled(unittest.TestCase):
    def test_beside_the_exact_values(self):
        x = noise(1500)
        exact = rqa.analyze(x, dim=2, threshold=.4, norm="maximum")
        found = rqa.sampled(x, dim=2, threshold=.4, norm="maximum", lines=5000, seed=3)
        self.assertEqual(set(found), {"rr", "det", "l_mean", "lam", "tt"})
        for name, estimate in found.items():
            self.assertGreater(estimate.standard_error, 0)
            self.assertLess(abs(estimate.value - exact[name]), 5 * estimate.standard_error, name)
            self.assertEqual(getattr(found, name), estimate.value)
        self.assertEqual(found.counts["diagonal"], 5000)
        self.assertEqual(int(found.diagonal["count"].sum()), 5000)
        self.assertEqual(found["rr"].n, found.counts["cells"])
        self.assertEqual(found.reasons, {})
        self.assertIn("5,000 lines", repr(found))
        with self.assertRaisesRegex(AttributeError, "no l_max"):
            found.l_max

    def test_the_same_seed_the_same_result(self):
        x, given = noise(500), {"threshold": .5, "lines": 2000}
        self.assertEqual(rqa.sampled(x, **given), rqa.sampled(x, **given))
        self.assertNotEqual(rqa.sampled(x, **given), rqa.sampled(x, **given, seed=2))
        with rqa.Context(threads=1) as one, rqa.Context(threads=3) as three:
            self.assertEqual(rqa.sampled(x, **given, context=one),
                             rqa.sampled(x, **given, context=three))

    def test_blocks_and_pairs_of_recordings(self):
        x, y = noise(400, 1), noise(300, 2)
        exact = rqa.cross(x, y, threshold=.5, measures=["microstate_entropy"], microstate_size=3)
        found = rqa.sampled(x, y, threshold=.5, measures=["microstate_entropy"], microstate_size=3,
                            blocks=200000)
        self.assertEqual(list(found), ["microstate_entropy"])
        self.assertEqual(found.counts["blocks"], 200000)
        self.assertLess(abs(found.microstate_entropy - exact.microstate_entropy),
                        5 * found["microstate_entropy"].standard_error)

    def test_nothing_found(self):
        found = rqa.sampled(np.arange(50.), threshold=.5, max_cells=1000)
        self.assertEqual((found.rr, found.counts["cells"]), (0, 1000))
        self.assertTrue(math.isnan(found.det))
        self.assertEqual(set(found.reasons), {"det", "l_mean", "lam", "tt"})

    def test_errors(self):
        x = noise(50)
        for given, text in (({"lines": 0}, "n_lines is 0"), ({"seed": -1}, "seed is -1"),
                            ({"measures": ["l_max"]}, "l_max"), ({"blocks": 0}, "n_blocks is 0"),
                            ({"threshold_unit": "recurrence-rate"}, "all pairs")):
            with self.assertRaisesRegex(rqa.Error, text):
                rqa.sampled(x, **{"threshold": .1, **given})


class DetEstimate(unittest.TestCase):
    def test_against_numpy(self):
        x = noise(200)
        r = (np.abs(x[:, None] - x) <= .5).astype(int)
        i = np.arange(198)
        code = r[:198, :198] + 2 * r[1:199, 1:199] + 4 * r[2:, 2:]
        counts = np.bincount(code[np.abs(i[:, None] - i) >= 3], minlength=8)
        found = rqa.det_estimate(x, threshold=.5, theiler=3)
        np.testing.assert_array_equal(found.counts, counts)
        points = sum(bin(k).count("1") * int(n) for k, n in enumerate(counts)) / 3
        self.assertAlmostEqual(found.det, 1 - counts[2] / points, 14)

    def test_of_two_recordings_and_of_nothing(self):
        found = rqa.det_estimate(noise(60, 1), noise(70, 2), threshold=.3)
        self.assertEqual(int(found.counts.sum()), 58 * 68)
        self.assertTrue(math.isnan(rqa.det_estimate(np.arange(9.), threshold=.1).det))
        with self.assertRaisesRegex(rqa.Error, "compare is 'eq'"):
            rqa.det_estimate(noise(60), threshold=.3, compare="eq")


if __name__ == "__main__":
    main()
