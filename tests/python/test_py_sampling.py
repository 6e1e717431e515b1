"""test_py_sampling.py - recordings of the study in time: rates, gaps, one rate for all; and what it
concludes from groups that differ in rate or duration alone, or not at all."""
import os
import sys
import tempfile
import unittest

from py_case import main, np  # it puts examples/python on the path

try:
    import matplotlib  # noqa: F401
    import pandas  # noqa: F401
    import scipy  # noqa: F401
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)
import rqa
import study
import study_claims
from study_data import (GRIDS, LENGTHS, MEASURES, MODES, WITHOUT_LMIN, Grid, Means, _mean,
                        _over_threshold, at_one_rate, load, significant, subject_means)
from study_sampling import Source, at_rate, clock, n_vectors, trimmed, valid_share, with_gaps

SMALL = Grid([1, 2], [1, 2], np.array([0.05, 0.1]), [2, 3])


def walk(seconds, seed):
    """Gaze that rests and jumps: (time in s) -> x, y, whatever the rate it is sampled at."""
    random = np.random.default_rng(seed)
    ends = np.cumsum(random.exponential(0.25, 4 * int(seconds) + 40))
    places = random.uniform(0, 1, (len(ends) + 1, 2))
    return lambda t: places[np.searchsorted(ends, t)]


def write(folder, group, subject, time, samples, more=""):
    os.makedirs(os.path.join(folder, group), exist_ok=True)
    with open(os.path.join(folder, group, f"{subject}_1.csv"), "w", encoding="ascii") as file:
        file.write("t,x,y" + (",valid" if len(more) else "") + "\n")
        for k, (t, (x, y)) in enumerate(zip(time, samples)):
            file.write(f"{t:.6f},{x:.6f},{y:.6f}" + (f",{more[k]}" if len(more) else "") + "\n")


class Clocks(unittest.TestCase):
    def source(self, time):
        return Source("r", np.arange(2.0 * len(time)).reshape(-1, 2), np.asarray(time))

    def test_rates(self):
        """Even steps, jitter, steps that alternate, single samples that are lost."""
        random = np.random.default_rng(1)
        even = np.arange(500) / 125
        uneven = even + random.uniform(-5e-4, 5e-4, 500)
        alternating = np.cumsum(np.tile([0.004, 0.004, 0.008], 100))
        lost = np.delete(even, [20, 21, 22, 100, 300])
        for time, rate, n_absent in ((even, 125, 0), (uneven, 125, 0), (lost, 125, 5),
                                     (alternating, 3 / 0.016, 0)):
            found = clock(self.source(time))
            self.assertAlmostEqual(1 / found.step, rate, delta=0.005 * rate)
            self.assertEqual(found.absent.sum(), n_absent)
        samples = with_gaps(self.source(lost), clock(self.source(lost)))
        self.assertEqual(np.flatnonzero(np.isnan(samples[:, 0])).tolist(), [20, 21, 22, 100, 300])
        self.assertEqual(valid_share(self.source(lost), clock(self.source(lost))), 0.99)
        self.assertIsNone(clock(Source("r", samples, None)))

    def test_refused(self):
        even = np.arange(20) / 100
        for time, text in ((np.r_[even, even[-1]], "does not rise from sample 19"),
                           (even[::-1], "does not rise"), (even * 1000, "are they in seconds"),
                           (np.where(np.arange(20) == 3, np.nan, even), "does not rise")):
            with self.assertRaisesRegex(SystemExit, text):
                clock(self.source(time))

    def test_at_rate(self):
        """Nearest in time, never computed; a gap stays one."""
        time = np.delete(np.arange(100) / 200, range(40, 60))
        source = self.source(time)
        found = at_rate(source, clock(source), 80)
        ticks = np.arange(len(found)) / 80
        for tick, sample in zip(ticks, found):
            k = np.abs(time - tick).argmin()
            if np.abs(time - tick).min() > 1 / 160:
                self.assertTrue(0.2 < tick < 0.3 and np.isnan(sample).all(), tick)
            else:
                self.assertIn(sample[0] / 2, (k, k + 1), tick)  # a tie may go either way
        self.assertEqual(np.isnan(found[:, 0]).sum(), 7)
        self.assertEqual(len(found), int(time[-1] * 80) + 1)

    def test_missing_ends(self):
        samples = np.full((9, 2), np.nan)
        self.assertEqual(len(trimmed(samples)), 0)
        samples[[2, 5]] = 1
        self.assertEqual(len(trimmed(samples)), 4)

    def test_vectors(self):
        valid = np.random.default_rng(2).random(60) > 0.2
        for dim in (1, 2, 5):
            for delay in (1, 3, 20):
                by_hand = sum(valid[[k + j * delay for j in range(dim)]].all()
                              for k in range(max(0, 60 - (dim - 1) * delay)))
                self.assertEqual(n_vectors(valid, dim, delay), by_hand)
        x = np.where(valid, 0.0, np.nan)
        self.assertEqual(rqa.analyze(x, 2, 3, threshold=1, missing="skip").counts["points"],
                         n_vectors(valid, 2, 3) * (n_vectors(valid, 2, 3) - 1))


class Studies(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.data = os.path.join(self.folder.name, "data")
        self.addCleanup(self.folder.cleanup)

    def means(self, **change):
        """Subject means of self.data, the recordings used, and those that were not."""
        everything = load(self.data, None, "x,y", None, **change)
        recordings, unused = study.select(everything, 0.5, None)
        store = os.path.join(self.folder.name, "r.sqlite")
        study.compute(recordings, SMALL, "standard", store)
        return (subject_means(store, recordings, SMALL, "standard", store + ".npz"), recordings,
                unused)

    def run_study(self, **change):
        """What the program makes of self.data: Found, best tests, headline, recordings."""
        means, recordings, unused = self.means(**change)
        found = study.analyze(means, SMALL, recordings, 49)
        best = study_claims.best_tests(found.table, found.decides)
        return found, best, study_claims.headline(found, best, SMALL), recordings, unused

    def test_the_rate_is_no_difference(self):
        """The same kind of gaze, sampled at 250 Hz in one group and at 125 Hz in the other: in
        samples every line of a is twice as long, and that was found as the difference."""
        for k in range(6):
            for group, rate in (("a", 250), ("b", 125)):
                gaze, time = walk(6, 10 * k + rate), np.arange(6 * rate) / rate
                write(self.data, group, f"{group}{k}", time, gaze(time))
        found, best, headline, recordings, _ = self.run_study()
        self.assertEqual({r.rate for r in recordings}, {recordings[0].rate})
        self.assertAlmostEqual(recordings[0].rate, 125, delta=0.1)
        self.assertEqual({round(r.own_rate) for r in recordings}, {125, 250})
        self.assertTrue(headline.startswith("No difference between a, b was found"), headline)
        feature = found.means.features.index("tt")
        a = [k for k, unit in enumerate(found.units) if unit[0] == "a"]
        b = [k for k, unit in enumerate(found.units) if unit[0] == "b"]
        tt = found.means.plain[:, 0, 0, 0, 0, 0, feature]
        self.assertLess(abs(np.log(tt[a].mean() / tt[b].mean())), np.log(1.5))

    def test_seconds(self):
        """Lengths are those of the library by the rate; what has no rate is in samples."""
        for group in "ab":
            for k in range(2):
                time = np.arange(300) / 50
                write(self.data, group, f"{group}{k}", time, walk(6, k + 2 * (group == "b"))(time))
        for change, rate in (({}, 50), ({"sampling": 100.0}, 100), ({"time": "none"}, 1)):
            found, _, _, recordings, _ = self.run_study(**change)
            result = rqa.analyze(recordings[0].samples, threshold=0.05)
            for name in LENGTHS:
                value = found.means.plain[0, 1, 0, 0, 0, 0, found.means.features.index(name)]
                self.assertAlmostEqual(value, result[name] / rate, delta=1e-4 * value)

    def test_rates_that_are_not_known(self):
        time = np.arange(100) / 50
        for group in "ab":
            for k in range(2):
                write(self.data, group, f"{group}{k}", time, walk(2, k)(time))
        path = os.path.join(self.data, "a", "a0_1.csv")
        with open(path, encoding="ascii") as file:
            text = file.read().replace("t,x,y", "u,x,y")
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        everything = load(self.data, None, "x,y", None)
        with self.assertRaisesRegex(SystemExit, "1 of 4 recordings have no time stamps"):
            study.select(everything, 0.5, None)
        self.assertEqual(len(study.select(load(self.data, None, "x,y", None, sampling=60.0), 0.5,
                                          None)[0]), 4)

    def test_lost_samples_are_no_other_rate(self):
        """A recording that loses every fourth sample has the rate of its group; one that is slower
        than its group in truth is left out."""
        for group in "ab":
            for k in range(4):
                time = np.arange(400) / 100
                if (group, k) == ("a", 0):
                    time = np.delete(time, slice(3, None, 4))
                if (group, k) == ("b", 0):
                    time = np.arange(240) / 60
                write(self.data, group, f"{group}{k}", time, walk(4, k)(time))
        for k, rate in enumerate((100, 101, 60)):  # left with one person
            time = np.arange(3 * rate) / rate
            write(self.data, "c", f"c{k // 2}", time, walk(3, k)(time))
        _, _, _, recordings, unused = self.run_study()
        by_name = {r.label: r for r in recordings}
        self.assertAlmostEqual(by_name["a/a0_1"].own_rate, 100, delta=0.1)
        self.assertAlmostEqual(by_name["a/a0_1"].valid, 0.75, delta=0.01)
        self.assertEqual(unused, [("b/b0_1", "60 samples a second, of 100"),
                                  ("c/c1_1", "60 samples a second, of 100"),
                                  ("c/c0_1", "its group has one subject")])

    def test_missing_is_skipped_not_cut_out(self):
        """No line runs across what is missing: a still eye with a hole has two lines, not one."""
        still = np.full((101, 2), 0.5) + np.linspace(0, 1e-3, 101)[:, None]
        valid = np.ones(101, dtype=int)
        valid[50] = 0
        time = np.arange(101) / 100
        for group in "ab":
            for k in range(2):
                write(self.data, group, f"{group}{k}", time, still, valid)
        means, recordings, _ = self.means()
        self.assertEqual(np.isnan(recordings[0].samples[:, 0]).nonzero()[0].tolist(), [50])
        column = means.plain[:, 0, 0, 0, 0, 0]
        self.assertAlmostEqual(column[:, means.features.index("v_max")].max(), 0.5)
        self.assertAlmostEqual(column[:, means.features.index("v_max_rel")].max(), 0.5)

    def test_rounding_is_no_difference(self):
        """What is equal is a tie: over thresholds, and averaged over 2 or over 3 recordings."""
        values = np.full((1, 1, 6, 1, 1), 0.1)
        threshold = np.round(np.arange(5, 11) / 100, 2)
        self.assertEqual(_over_threshold(values, threshold).ravel().tolist(), [0.1, 0])
        random = np.random.default_rng(9).normal(size=1000) * 10.0 ** np.arange(-50, 50).repeat(10)
        for n in (3, 7):
            np.testing.assert_array_equal(_mean([random] * n), _mean([random]))
        np.testing.assert_allclose(_mean([random]), random, rtol=1e-11)
        odd = np.array([0, np.nan, 1e-310, -2.5])
        np.testing.assert_array_equal(significant(odd), odd)

    def test_duration_with_and_without_gaps(self):
        """Group b has as many valid samples as a, and a hole besides: a white line may be as long
        as all of it."""
        for k in range(6):
            for group, hole in (("a", 0), ("b", 30)):
                time = (np.arange(200 + k) + hole * (np.arange(200 + k) >= 100)) / 50
                write(self.data, group, f"{group}{k}", time, walk(6, k)(time))
        found, best, _, _, _ = self.run_study()
        self.assertAlmostEqual(found.duration.effect[0], 0)
        self.assertGreater(found.duration.effect[2], 0.7)
        rows = best[best["feature"] == "w_max"]
        self.assertIn("differ in duration, and n, the number of samples alone, has E² = 0.7",
                      study_claims.headline(found, rows, SMALL))

    def test_duration_alone(self):
        """Groups of one kind of gaze whose recordings are 3 s and 12 s long: v_max_rel, which has
        them in its denominator, separates them without fail; the headline says what does."""
        for k in range(8):
            for group, seconds in (("long", 12), ("short", 3)):
                time = np.arange(seconds * 50) / 50
                write(self.data, group, f"{group}{k}", time, walk(seconds, 20 * k + seconds)(time))
        found, best, _, _, _ = self.run_study()
        rows = best[best["feature"] == "v_max_rel"]
        headline = study_claims.headline(found, rows, SMALL)
        self.assertIn("v_max, in itself, has E² = ", headline)
        self.assertRegex(headline, r"The groups' recordings differ in duration, and 1/n, the "
                                   r"number of samples alone, has E² = 1: v_max_rel "
                                   "shows that too, in part or in whole")
        rows = best[best["feature"] == "l_max"]
        self.assertIn("l_max_rel, relative to the recording, has E²",
                      study_claims.headline(found, rows, SMALL))

    def test_undefined_in_one_group(self):
        """Who has no value is named; a test that one group alone makes impossible is counted."""
        found, grid = self.random_means()
        values = found.plain
        at = found.features.index("tt")
        values[:2, ..., at] = np.nan
        analysis = study.analyze(found, grid, self.stand_ins, 9)
        best = study_claims.best_tests(analysis.table, analysis.decides)
        headline = study_claims.headline(analysis, best[best["feature"] == "tt"], grid)
        self.assertIn("It is undefined for 2 of 6 in a, who are left out", headline)
        values[:5, ..., at] = np.nan
        analysis = study.analyze(found, grid, self.stand_ins, 9)
        n_tt = analysis.table[(analysis.table["feature"] == "tt") & analysis.table["counted"] &
                              (analysis.table["over"] == "")]
        self.assertTrue(n_tt["p"].isna().all())
        self.assertEqual(analysis.n_lopsided, len(n_tt))

    def random_means(self, seed=5, n_subjects=6):
        """Noise as subject means, equal where the grid computes the same thing twice."""
        grid = GRIDS["small"]._replace(lmin=[2, 3])
        random = np.random.default_rng(seed)
        time = np.arange(60) / 50
        for group in "ab":
            for k in range(n_subjects):
                n = len(time) - k
                write(self.data, group, f"{group}{k}", time[:n], walk(2, k)(time[:n]))
        self.stand_ins, _ = at_one_rate(load(self.data, None, "x,y", None), None)
        features = MEASURES + ["l_max_rel", "v_max_rel", "w_max_rel", "tt_l_mean"]
        plain = random.random((2 * n_subjects, len(MODES), *grid.shape, len(features)))
        over = random.random((2 * n_subjects, len(MODES), *grid.shape[:2], 2, 2,
                              len(features)))
        for array, lmin in ((plain, 5), (over, 4)):
            array[:, :, 0] = array[:, :, 0, :1]
            moved = np.moveaxis(array, lmin, 0)
            for name in ("rr", "lam", "tt", "v_max", "v_entr", "w_mean", "w_max", "w_entr",
                         "v_max_rel", "w_max_rel", "l_max", "l_max_rel"):
                moved[1][..., features.index(name)] = moved[0][..., features.index(name)]
        units = sorted((r.group, r.subject) for r in self.stand_ins)
        return Means(units, features, plain, over, False), grid

    def test_a_test_counts_once(self):
        """m = 1 has one delay, tests without diagonal lines have one l_min: Benjamini-Hochberg is
        over those that differ, and the others have their twin's q."""
        means, grid = self.random_means()
        found = study.analyze(means, grid, self.stand_ins, 9)
        table = found.table
        once = table[table["counted"]]
        for _, rows in table[table["dim"] == 1].groupby(
                ["mode", "threshold", "lmin", "over", "feature"], observed=True, dropna=False):
            self.assertEqual(len(set(rows["q"])), 1)
            self.assertLessEqual(rows["counted"].sum(), 1)
        n_settings = 1 + 3 * 4  # m = 1 has no delay
        n_once = sum(2 if name in ("det", "l_mean", "l_entr", "det_rr", "lam_det", "tt_l_mean")
                     else 1 for name in means.features)
        self.assertEqual(len(once), 2 * n_settings * (6 + 2) * n_once)
        np.testing.assert_allclose(once["q"], self.adjusted(once["p"].to_numpy()))
        self.assertGreater(len(table), 1.5 * len(once))

    @staticmethod
    def adjusted(p):
        """Benjamini-Hochberg by its definition: of the hypotheses rejected with p, the least share
        m p(k) / k with p(k) >= p."""
        ordered = np.sort(p)
        shares = len(p) * ordered / np.arange(1, len(p) + 1)
        return [min(1, shares[np.searchsorted(ordered, value):].min()) for value in p]

    def test_what_knows_no_lmin(self):
        """The library's own numbers, by every convention; and m = 1 knows no delay."""
        for convention in ("standard", "pyrqa", "crqa", "crp", "accrqa", "founding"):
            table = rqa.sweep([walk(6, 3)(np.arange(300) / 50)[:, 0]], delay=[1, 4], lmin=[2, 3, 5],
                              threshold=0.05, convention=convention, measures=MEASURES)
            for name in set(MEASURES) & set(WITHOUT_LMIN):
                self.assertEqual(len(set(table[name])), 1, (convention, name))
            for name in MEASURES:
                np.testing.assert_array_equal(table[name][:3], table[name][3:], name)
            self.assertEqual(len(set(table["l_mean"])), 3)

    def test_nothing_is_claimed_of_noise(self):
        for seed in range(3):
            means, grid = self.random_means(seed)
            found = study.analyze(means, grid, self.stand_ins, 49)
            best = study_claims.best_tests(found.table, found.decides)
            headline = study_claims.headline(found, best, grid)
            if best.iloc[0]["q"] > 0.05:
                self.assertTrue(headline.startswith("No difference between a, b was found"))
                self.assertNotIn("separates", headline)
            self.assertRegex(headline, r"p = [\d.]+ with shuffled labels")
            np.testing.assert_array_equal(
                found.permuted, study.analyze(means, grid, self.stand_ins, 49).permuted)
            self.assertFalse(np.array_equal(
                found.permuted, study.analyze(means, grid, self.stand_ins, 49, 2).permuted))

    def test_a_difference_is_claimed(self):
        """One that holds comes before a greater effect that does not."""
        means, grid = self.random_means(n_subjects=12)
        means.plain[12:, ..., means.features.index("rr")] += 2
        found = study.analyze(means, grid, self.stand_ins, 49)
        best = study_claims.best_tests(found.table, found.decides)
        self.assertEqual(best.iloc[0]["feature"], "rr")
        self.assertIn("separates a, b best", study_claims.headline(found, best, grid))
        shared = found._replace(shared=["s"], units=found.units)
        self.assertNotIn("separates", study_claims.headline(shared, best, grid))
        table = found.table.copy()
        table["friedman_q"] = np.where(table["feature"] == "det", 0.01, 0.5)
        self.assertEqual(study_claims.best_tests(table, "friedman_q").iloc[0]["feature"], "det")

    def test_groups_without_a_name(self):
        """pandas takes NA for missing, and groupby leaves such rows out without a word."""
        path = os.path.join(self.folder.name, "t.csv")
        for name, text in (("NA", None), ("", "3 rows have no g")):
            with open(path, "w", encoding="ascii") as file:
                file.write("g,s,t,x,y\n" + "".join(
                    f"{g},{s},{k / 50},{k % 3},0\n" for g in (name, "b") for s in "u"
                    for k in range(3)))
            if text is None:
                self.assertEqual([r.group for r in load(path, "g,s", "x,y", None)], ["NA", "b"])
            else:
                with self.assertRaisesRegex(SystemExit, text):
                    load(path, "g,s", "x,y", None)


if __name__ == "__main__":
    main()
