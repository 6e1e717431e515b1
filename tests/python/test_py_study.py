"""test_py_study.py - the study on examples/data: its numbers against single analyses and SciPy, its
report, and that it survives being killed."""
import csv
import glob
import gzip
import os
import subprocess
import sys
import tempfile
import unittest

from py_case import PACKAGE, ROOT, main, np, python

try:
    import matplotlib  # noqa: F401
    import pandas  # noqa: F401
    from scipy import stats
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)
import rqa

KILLED = """
import os, signal, sys
import rqa, study, study_figures
die = lambda *arguments, **named: os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[2] == "sweep":
    sweep = rqa.sweep
    def interrupted(series, progress, **options):
        sweep(series, progress=lambda now: now["n_done"] and die(), **options)
    rqa.sweep = interrupted
else:
    study_figures._recurrence_plots = die
study.main(["--quick", "--out", sys.argv[1]])
"""


def study(folder, *more):
    done = subprocess.run([sys.executable, "-B", os.path.join(PACKAGE, "study.py"), "--out", folder,
                           *more], capture_output=True, text=True, timeout=1200)
    return done.returncode, done.stdout, done.stderr


class Study(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.clean = os.path.join(cls.folder.name, "clean")
        cls.first = study(cls.clean, "--quick")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def report(self, folder):
        with open(os.path.join(folder, "report.html"), encoding="utf-8") as file:
            return file.read()

    def table(self):
        with gzip.open(os.path.join(self.clean, "tests.csv.gz"), "rt", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def test_it_ends_well(self):
        code, out, errors = self.first
        self.assertEqual((code, errors), (0, ""))
        self.assertIn("sweep: 5,376 results computed, 0 were there, 0 failed", out)
        self.assertEqual(len(self.table()), 2 * 16 * (6 + 2) * 18)

    def test_the_report_names_the_headline(self):
        headline = [line for line in self.first[1].splitlines() if "E²" in line][0]
        headline = headline[len("study: "):]
        self.assertRegex(headline, r"^No difference between aftervideo, trampoline, video2d, "
                                   r"video360 was found: of 3,744 tests none holds after "
                                   r"correction; the largest effect has tt \(2d, m=5, τ=1, "
                                   r"ε=0.07\): epsilon squared \(E²\) = 0\.944")
        self.assertIn("3 of 6 subjects are in several groups, which these tests take for "
                      "independent", headline)
        self.assertNotIn("separates", headline)
        report = self.report(self.clean)
        self.assertIn(headline, report)
        self.assertEqual(report.count("data:image/png;base64,"), 5)
        self.assertIn("no: one subject", report)
        self.assertIn("3 of 6 subjects are in several groups", report)
        self.assertIn("Compared at 120 samples a second: a delay of 1 and a line of 1 are 8.33 ms",
                      report)
        self.assertIn("trampoline had more; of them the samples nearest in time", report)
        self.assertIn("<b>The groups differ in duration</b> (valid samples: E² = ", report)
        self.assertIn("fixation/glasses_1 (its group has one subject)", report)

    def test_the_best_test_by_hand(self):
        """From the files, by single analyses, with SciPy's own test."""
        best = max(self.table(), key=lambda row: float(row["epsilon_squared"] or 0))
        self.assertEqual((best["mode"], best["over"], best["feature"]), ("2d", "", "tt"))
        means = {}
        for file in glob.glob(os.path.join(ROOT, "examples", "data", "gaze", "*", "*.csv")):
            group = os.path.basename(os.path.dirname(file))
            t, *x = np.loadtxt(file, delimiter=",", skiprows=1).T
            if group == "trampoline":  # 200 Hz to 120 Hz, as the others have
                ticks = np.arange(t[0], t[-1], 1 / 120.03)
                x = [column[[int(np.abs(t - tick).argmin()) for tick in ticks]] for column in x]
            result = rqa.analyze(np.transpose(x), int(best["dim"]), int(best["delay"]),
                                 threshold=float(best["threshold"]), lmin=int(best["lmin"]))
            key = (group, os.path.basename(file).split("_")[0])
            means.setdefault(key, []).append(result[best["feature"]])
        groups = [[np.mean(values) for key, values in sorted(means.items()) if key[0] == group]
                  for group in ("aftervideo", "trampoline", "video2d", "video360")]
        h, p = stats.kruskal(*groups)
        np.testing.assert_allclose([float(best[name]) for name in ("h", "p", "epsilon_squared")],
                                   [h, p, h / 11], rtol=1e-5)
        self.assertEqual(float(best["n"]), 12)

    def read(self, name):
        with gzip.open(os.path.join(self.clean, name), "rt", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def test_one_embedding_by_hand(self):
        """The row with the greatest effect at a target rate: by single analyses, in seconds, with
        SciPy's tests; and each pair of groups."""
        self.assertIn("study: one embedding: m=5, τ=12, the median of what rqa.suggest() finds for 28 "
                      "recordings (m 2–9, τ 5–40)", self.first[1])
        self.assertIn("m = 5, τ = 12 (100 ms): the median of what rqa.suggest()", self.report(self.clean))
        rows = self.read("chosen.csv.gz")
        self.assertEqual(len(rows), 2 * (4 + 3) * 5)
        self.assertEqual({row["threshold"] for row in rows if row["unit"] == "data"},
                         {"0.05", "0.08", "0.1"})
        best = max((row for row in rows if row["unit"] != "data" and row["mode"] == "2d" and
                    row["feature"] == "tt"), key=lambda row: float(row["epsilon_squared"]))
        means = {}
        for file in glob.glob(os.path.join(ROOT, "examples", "data", "gaze", "*", "*.csv")):
            group = os.path.basename(os.path.dirname(file))
            t, *x = np.loadtxt(file, delimiter=",", skiprows=1).T
            if group == "trampoline":
                ticks = np.arange(t[0], t[-1], 1 / 120.03)
                x = [column[[int(np.abs(t - tick).argmin()) for tick in ticks]] for column in x]
            elif group not in ("aftervideo", "video2d", "video360"):
                continue
            result = rqa.analyze(np.transpose(x), 5, 12, threshold=float(best["threshold"]),
                                 threshold_unit="recurrence-rate", measures=["tt"])
            means.setdefault((group, os.path.basename(file).split("_")[0]), []).append(result.tt)
        names = ("aftervideo", "trampoline", "video2d", "video360")
        groups = [[np.mean(values) for key, values in sorted(means.items()) if key[0] == group]
                  for group in names]
        h, p = stats.kruskal(*groups)
        np.testing.assert_allclose([float(best[name]) for name in ("h", "p")], [h, p], rtol=1e-5)
        pairs = [row for row in self.read("pairs.csv.gz")
                 if all(row[key] == best[key] for key in ("mode", "unit", "threshold", "feature"))]
        self.assertEqual(len(pairs), 6)
        ps = []
        for row in pairs:
            a, b = (groups[names.index(row[key])] for key in ("first", "second"))
            u, p = stats.mannwhitneyu(a, b)
            ps.append(p)
            more = np.subtract.outer(a, b)
            np.testing.assert_allclose([float(row["u"]), float(row["p"]), float(row["delta"])],
                                       [u, p, np.sign(more).mean()], rtol=1e-5, atol=1e-12)
        largest = max(pairs, key=lambda row: float(row["p"]))
        least = min(pairs, key=lambda row: float(row["p"]))
        self.assertAlmostEqual(float(least["p_holm"]), min(1, 6 * min(ps)), 5)
        self.assertGreaterEqual(float(largest["p_holm"]), float(least["p_holm"]))

    def test_a_second_run_computes_nothing(self):
        before = self.report(self.clean)
        code, out, errors = study(self.clean, "--quick")
        self.assertEqual((code, errors), (0, ""))
        self.assertIn("sweep: 0 results computed, 5,376 were there", out)
        self.assertIn("kept from the last run", out)
        self.assertEqual(self.report(self.clean), before)

    def test_killed_it_makes_the_same_report(self):
        folder = os.path.join(self.folder.name, "again")
        for place in ("sweep", "plots"):
            done = python(KILLED, folder, place, timeout=1200)
            self.assertEqual(done.returncode, -9, done.stdout + done.stderr)
            self.assertFalse(os.path.exists(os.path.join(folder, "report.html")))
        code, out, errors = study(folder, "--quick")
        self.assertEqual((code, errors), (0, ""))
        self.assertEqual(self.report(folder), self.report(self.clean).replace(self.clean, folder))

    def test_the_same_subjects_in_every_group(self):
        """A table by --group-by: Friedman's test appears. The group b is a shifted copy of a, so
        recurrence is the same and nothing is found. The seventh subject is mostly gaps."""
        table = os.path.join(self.folder.name, "table.csv")
        random = np.random.default_rng(3)
        with open(table, "w", encoding="ascii") as file:
            file.write("group,who,x,y,valid\n")
            for subject in range(7):
                walk = random.normal(size=(150, 2)).cumsum(axis=0)
                for shift, group in enumerate("ab" if subject < 6 else "a"):
                    for k, (x, y) in enumerate(walk):
                        file.write(f"{group},s{subject},{x + shift:.3f},{y:.3f},"
                                   f"{int(k > (9 if subject < 6 else 99))}\n")
        folder = os.path.join(self.folder.name, "paired")
        code, out, errors = study(folder, "--quick", "--data", table, "--group-by", "group,who",
                                  "--degrees", "50")
        self.assertEqual((code, errors), (0, ""))
        report = self.report(folder)
        self.assertIn("Of 6 subjects 6 are in every group", report)
        self.assertIn("<td>140</td><td>93%", report)
        self.assertIn("Left out: a/s6 (33% valid)", report)
        self.assertIn("0 by Friedman", report)
        self.assertIn("No difference between a, b was found", out)
        self.assertIn("The sampling rates are unknown", report)
        self.assertIn("All recordings are equally long", report)
        self.assertIn("; within 6 subjects Friedman p =", report)

    def test_bad_input_gets_one_line(self):
        for text, more in (("holds no recordings", ["--data", PACKAGE]),
                           ("needs the columns of the group", ["--data", "a.csv"]),
                           ("two are needed", ["--columns", "x"]),
                           ("has no column 'z'; it has t, x, y", ["--columns", "x,z"]),
                           ("none can be given more", ["--rate", "500"]),
                           ("--rate: invalid _rate value: '-1'", ["--rate", "-1"]),
                           ("--dim: invalid _positive value: '0'", ["--dim", "0"])):
            code, _, errors = study(os.path.join(self.folder.name, "bad"), *more)
            self.assertNotEqual(code, 0)
            self.assertIn(text, errors.splitlines()[-1])
            self.assertNotIn("Traceback", errors)


if __name__ == "__main__":
    main()
