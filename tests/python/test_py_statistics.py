"""test_py_statistics.py - the rank tests of the study against SciPy's and against known numbers."""
import sys
import unittest

from py_case import main, np  # it puts examples/python on the path

try:
    from scipy import stats
except ImportError:
    print("skipped: no SciPy")
    sys.exit(77)
from study_statistics import benjamini_hochberg, friedman, holm, kruskal, largest_effects, ranks


def columns(n, n_columns, seed):
    """Columns with and without ties and holes, one constant."""
    random = np.random.default_rng(seed)
    values = random.normal(size=(n, n_columns))
    values[:, 1::3] = np.round(values[:, 1::3])
    values[:, 2::3][random.random(values[:, 2::3].shape) < 0.1] = np.nan
    values[:, 4] = 3
    return values


class Statistics(unittest.TestCase):
    def test_ranks(self):
        values = columns(40, 60, 1)
        found, _ = ranks(values)
        for k in range(values.shape[1]):
            valid = ~np.isnan(values[:, k])
            np.testing.assert_array_equal(found[valid, k], stats.rankdata(values[valid, k]))
            self.assertTrue(np.isnan(found[~valid, k]).all())

    def test_kruskal(self):
        for sizes in ((16, 16, 16), (5, 9, 4, 7), (3, 30)):
            groups = np.repeat(np.arange(len(sizes)), sizes)
            values = columns(len(groups), 90, sum(sizes))
            found = kruskal(values, groups)
            for k in (k for k in range(90) if k != 4):
                parts = [values[(groups == g) & ~np.isnan(values[:, k]), k]
                         for g in range(len(sizes))]
                if min(map(len, parts)) < 2:
                    self.assertTrue(np.isnan(found.p[k]))
                    continue
                h, p = stats.kruskal(*parts)
                n = sum(map(len, parts))
                np.testing.assert_allclose([found.statistic[k], found.p[k], found.effect[k]],
                                           [h, p, h / (n - 1)], rtol=1e-9, atol=1e-12)
                self.assertEqual(found.n[k], n)
            self.assertTrue(np.isnan(found.p[4]))  # all equal

    def test_effect_is_1_when_groups_do_not_overlap(self):
        """Of two points each, H = 12/(n(n+1)) sum - 3(n+1) by hand: ranks 3, 7, 11 of 6."""
        found = kruskal(np.arange(6.0)[:, None], np.repeat([0, 1, 2], 2))
        self.assertAlmostEqual(found.statistic[0], 12 / 42 * (9 + 49 + 121) / 2 - 21)
        self.assertAlmostEqual(found.effect[0], found.statistic[0] / 5)

    def test_friedman(self):
        values = columns(16 * 3, 90, 5)
        found = friedman(values, 3)
        for k in (k for k in range(90) if k != 4):
            blocks = values[:, k].reshape(16, 3)
            blocks = blocks[~np.isnan(blocks).any(axis=1)]
            chi, p = stats.friedmanchisquare(*blocks.T)
            np.testing.assert_allclose(
                [found.statistic[k], found.p[k], found.effect[k]],
                [chi, p, chi / (len(blocks) * 2)], rtol=1e-9, atol=1e-12)
        self.assertTrue(np.isnan(found.p[4]))

    def test_largest_effects(self):
        """Those of kruskal() itself on the same relabellings; with blocks, all that are possible
        within them and no other."""
        values = np.round(np.random.default_rng(7).normal(size=(12, 40)), 1)
        values[:, 3] = 1
        values[2, 5] = np.nan
        groups = np.tile([0, 1, 2], 4)
        tested = np.delete(values, 5, axis=1)
        found = largest_effects(values, groups, np.zeros(12, dtype=int), 60, seed=3)
        random = np.random.default_rng(3)
        labels = random.permuted(np.tile(groups, (60, 1)), axis=1)
        expected = [np.nanmax(kruskal(tested, row).effect) for row in labels]
        np.testing.assert_allclose(found, expected, rtol=1e-4)
        pair = np.array([[1.0], [2.0], [3.0], [5.0], [9.0]])
        blocks = np.array([0, 0, 0, 1, 2])
        possible = {round(float(kruskal(pair, np.array(row)).effect[0]), 5)
                    for row in ([0, 1, 1, 0, 1], [1, 0, 1, 0, 1], [1, 1, 0, 0, 1])}
        found = largest_effects(pair, np.array([0, 1, 1, 0, 1]), blocks, 40)
        self.assertEqual({round(float(value), 5) for value in found}, possible)
        self.assertTrue(np.isnan(largest_effects(values[:, 5:6], groups, groups * 0, 9)).all())

    def test_benjamini_hochberg(self):
        """The 15 p values of Benjamini and Hochberg (1995), section 3.2: four are rejected at
        0.05. The adjusted values are those of R's p.adjust(p, "BH")."""
        p = np.array([.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262,
                      .5719, .6528, .7590, 1.])
        found = benjamini_hochberg(p[::-1])[::-1]
        np.testing.assert_allclose(found, [.0015, .003, .0095, .035625, .0603, .06385714,
                                           .06385714, .0645, .0765, .486, .58118182, .714875,
                                           .75323077, .81321429, 1.], atol=5e-9)
        self.assertEqual((found <= 0.05).sum(), 4)
        with_holes = benjamini_hochberg(np.insert(p, 3, np.nan).reshape(4, 4))
        np.testing.assert_array_equal(np.delete(with_holes.ravel(), 3), found)
        self.assertTrue(np.isnan(with_holes[0, 3]))
        if hasattr(stats, "false_discovery_control"):  # SciPy 1.11
            many = np.random.default_rng(4).random(500) ** 3
            np.testing.assert_allclose(benjamini_hochberg(many),
                                       stats.false_discovery_control(many))

    def test_holm(self):
        """By hand: 4 x .01, 3 x .02, 2 x .03, .04, never falling; at most 1."""
        np.testing.assert_allclose(holm(np.array([.03, .01, np.nan, .04, .02])),
                                   [.06, .04, np.nan, .06, .06])
        np.testing.assert_allclose(holm(np.array([.5, .4])), [.8, .8])
        self.assertTrue(np.isnan(holm(np.array([np.nan]))).all())

    def test_kruskal_of_values_that_one_group_lacks(self):
        """The others decide; a group with one value left makes the test impossible."""
        values = np.random.default_rng(6).normal(size=(15, 3))
        groups = np.repeat([0, 1, 2], 5)
        values[:3, 1] = np.nan
        values[:4, 2] = np.nan
        found = kruskal(values, groups)
        self.assertEqual(found.n.tolist(), [15, 12, 11])
        h, p = stats.kruskal(values[3:5, 1], values[5:10, 1], values[10:, 1])
        np.testing.assert_allclose([found.statistic[1], found.p[1]], [h, p])
        self.assertTrue(np.isnan(found.p[2]))

    def test_seeds(self):
        values = np.random.default_rng(8).normal(size=(12, 30))
        groups, one = np.tile([0, 1, 2], 4), np.zeros(12, dtype=int)
        first, again, other = (largest_effects(values, groups, one, 30, seed) for seed in (1, 1, 2))
        np.testing.assert_array_equal(first, again)
        self.assertFalse(np.array_equal(first, other))


if __name__ == "__main__":
    main()
