"""test_py_peers.py - the dialects against the packages they are named after, on random series.

Optional: a package that is not there is skipped. RQA_PEERS_PYTHON names the interpreter of an
environment that has them; tests/peers.sh makes one. Where a package stores float32 (PyRQA,
pyunicorn), the series lie on a grid of 1/64, which float32 holds exactly.
"""
import contextlib
import io
import math
import os
import sys
import unittest
import warnings

PEERS = os.environ.get("RQA_PEERS_PYTHON", "")
os.environ.setdefault("OMP_NUM_THREADS", "1")
if os.access(PEERS, os.X_OK) and os.path.abspath(PEERS) != os.path.abspath(sys.executable):
    os.execv(PEERS, [PEERS, "-B", *sys.argv])

from py_case import main, np
import rqa

N_CASES = int(os.environ.get("RQA_TEST_DRAWS", "60"))


def draw(random, shortest=6):
    """A walk of small steps, a walk on the grid, values drawn from four, or a ramp."""
    n = int(random.integers(shortest, 60))
    kind = random.integers(4)
    if kind == 0:
        return np.cumsum(random.integers(-1, 2, n)).astype(float)
    if kind == 1:
        return np.cumsum(np.round(random.normal(size=n) * 64)) / 64
    if kind == 2:
        return random.integers(0, 4, n).astype(float)
    return np.arange(n) * 1.0


def settings(random, x, norms):
    """dim, delay, threshold, shortest line and norm, with three vectors at least."""
    while True:
        dim, delay = int(random.integers(1, 4)), int(random.integers(1, 3))
        if len(x) - (dim - 1) * delay >= 3:
            break
    return (dim, delay, float(random.choice([.01, .5, 1, 1.5, 2, 30])),
            int(random.choice([2, 2, 3, 5])), str(random.choice(norms)))


class Peer(unittest.TestCase):
    tolerance = 1e-12

    def run(self, result=None):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # those of the packages
            return super().run(result)

    def compare(self, peer, ours, text):
        wrong = []
        for name, value in peer.items():
            found = float(ours[name])
            if math.isnan(value) and math.isnan(found) or value == found:
                continue
            if not abs(found - value) <= self.tolerance * max(1, abs(value)):
                wrong.append(f"{name} {found!r}, the package {value!r}")
        self.assertEqual(wrong, [], text)


class NeuroKit2(Peer):
    def test_thirteen_measures(self):
        try:
            import neurokit2
        except ImportError as error:
            self.skipTest(f"no NeuroKit2: {error}")
        names = {"RecurrenceRate": "rr", "Determinism": "det", "DeteRec": "det_rr", "L": "l_mean",
                 "Divergence": "div", "LEn": "l_entr", "Laminarity": "lam", "TrappingTime": "tt",
                 "VMax": "v_max", "VEn": "v_entr", "W": "w_mean", "WMax": "w_max", "WEn": "w_entr"}
        random = np.random.default_rng(1)
        for case in range(N_CASES):
            x = draw(random)
            dim, delay, threshold, shortest, norm = settings(random, x, ["euclidean"])
            table, _ = neurokit2.complexity_rqa(x, dimension=dim, delay=delay, tolerance=threshold,
                                                min_linelength=shortest)
            ours = rqa.analyze(x, dim, delay, threshold=threshold, norm=norm, lmin=shortest,
                               vmin=shortest, wmin=shortest, convention="neurokit")
            self.compare({name: float(table[key][0]) for key, name in names.items()}, ours,
                         (case, len(x), dim, delay, threshold, shortest))


class PyUnicorn(Peer):
    tolerance = 1e-6  # it adds 1e-8 to denominators

    def peer(self, plot, shortest):
        return {name: float(value) for name, value in {
            "rr": plot.recurrence_rate(), "det": plot.determinism(shortest),
            "l_mean": plot.average_diaglength(shortest), "l_max": plot.max_diaglength(),
            "l_entr": plot.diag_entropy(shortest), "lam": plot.laminarity(shortest),
            "tt": plot.trapping_time(shortest), "v_max": plot.max_vertlength(),
            "v_entr": plot.vert_entropy(shortest), "w_mean": plot.mean_recurrence_time(shortest),
            "w_max": plot.max_white_vertlength(),
            "w_entr": plot.white_vert_entropy(shortest)}.items()}

    def setUp(self):
        try:
            from pyunicorn.timeseries import JointRecurrencePlot, RecurrencePlot
        except ImportError as error:
            self.skipTest(f"no pyunicorn: {error}")
        self.plot, self.joint_plot = RecurrencePlot, JointRecurrencePlot

    def test_auto(self):
        random = np.random.default_rng(2)
        for case in range(N_CASES):
            x = draw(random)
            dim, delay, threshold, shortest, norm = settings(
                random, x, ["euclidean", "maximum", "manhattan"])
            plot = self.plot(x, metric="supremum" if norm == "maximum" else norm, dim=dim,
                             tau=delay, threshold=threshold, silence_level=2)
            ours = rqa.analyze(x, dim, delay, threshold=threshold, norm=norm, lmin=shortest,
                               vmin=shortest, wmin=shortest, convention="pyunicorn")
            self.compare(self.peer(plot, shortest), ours,
                         (case, len(x), dim, delay, threshold, shortest, norm))

    def test_joint(self):
        random = np.random.default_rng(3)
        for case in range(N_CASES):
            x = draw(random)
            y = np.roll(x, int(random.integers(len(x)))) + np.round(random.normal(size=len(x)))
            dim, delay, threshold, shortest, norm = settings(random, x, ["maximum"])
            plot = self.joint_plot(x, y, metric=("supremum", "supremum"), dim=(dim, dim),
                                   tau=(delay, delay), threshold=(threshold, threshold),
                                   silence_level=2)
            ours = rqa.joint(x, y, dim, delay, threshold=threshold, norm=norm, lmin=shortest,
                             vmin=shortest, wmin=shortest, convention="pyunicorn")
            self.compare(self.peer(plot, shortest), ours,
                         (case, len(x), dim, delay, threshold, shortest))

    def test_adaptive_neighbours(self):
        random = np.random.default_rng(4)
        for case in range(6):
            # pyunicorn keeps 24 bits of a number: of these it keeps all, and of their differences.
            x = np.round(random.normal(size=int(random.integers(60, 300))).cumsum() * 2**17) / 2**17
            dim, delay, rounds = (int(random.integers(1, most)) for most in (4, 4, 20))
            plot = self.plot(x, metric="supremum", dim=dim, tau=delay,
                             adaptive_neighborhood_size=rounds, silence_level=2)
            theirs = np.array(plot.recurrence_matrix())
            np.fill_diagonal(theirs, 0)
            with rqa.matrix(x, dim=dim, delay=delay, norm="maximum", threshold=rounds,
                            threshold_unit="adaptive-neighbours") as matrix:
                ours = matrix.to_numpy()
            self.assertEqual(theirs.sum(), ours.sum())
            # Of more dims m delays ahead and m delays back may be equally far, and pyunicorn's sort takes
            # either first.
            if dim == 1:
                self.assertTrue(np.array_equal(theirs, ours), (case, delay, rounds))


class AccRqa(Peer):
    def test_auto(self):
        try:
            import accrqa
        except (ImportError, OSError) as error:
            self.skipTest(f"no AccRQA: {error}")
        random = np.random.default_rng(4)
        cpu = accrqa.accrqaCompPlatform("cpu")
        for case in range(N_CASES):
            x = draw(random, 12)  # a shortest line beyond the matrix reads past its histogram
            dim, delay, threshold, shortest, norm = settings(random, x, ["euclidean", "maximum"])
            distance = accrqa.accrqaDistance("maximal" if norm == "maximum" else norm)
            with contextlib.redirect_stdout(io.StringIO()):
                det = accrqa.DET(x, delay, dim, shortest, threshold, distance, True, cpu, False)
                lam = accrqa.LAM(x, delay, dim, shortest, threshold, distance, True, cpu, False)
                rate = accrqa.RR(x, delay, dim, threshold, distance, cpu, False)
            peer = dict(zip(("det", "l_mean", "l_max", "l_entr", "rr"), map(float, det.ravel())))
            peer |= dict(zip(("lam", "tt", "v_max", "v_entr"), map(float, lam.ravel())))
            ours = rqa.analyze(x, dim, delay, threshold=threshold, norm=norm, lmin=shortest,
                               vmin=shortest, convention="accrqa")
            text = (case, len(x), dim, delay, threshold, shortest, norm)
            self.compare(peer, ours, text)
            self.compare({"rr": float(rate.ravel()[0])}, ours, text)


class PyRqa(Peer):
    tolerance = 2e-5  # it computes in float32

    def setUp(self):
        try:
            import pyopencl
            from pyrqa import analysis_type, computation, metric, neighbourhood, time_series
            from pyrqa.settings import JointSettings, Settings
            if not any(platform.get_devices() for platform in pyopencl.get_platforms()):
                self.skipTest("no PyRQA: there is no OpenCL device")
        except unittest.SkipTest:
            raise
        except Exception as error:  # a missing package, or an OpenCL without a platform
            self.skipTest(f"no PyRQA: {error}")
        self.kinds, self.computation = analysis_type, computation
        self.settings, self.joint_settings = Settings, JointSettings
        self.metrics = {"euclidean": metric.EuclideanMetric, "maximum": metric.MaximumMetric,
                        "manhattan": metric.TaxicabMetric}
        self.radius, self.series = neighbourhood.FixedRadius, time_series.TimeSeries

    def setting(self, series, kind, options):
        return self.settings(series, analysis_type=kind,
                             neighbourhood=self.radius(options["threshold"]),
                             similarity_measure=self.metrics[options["norm"]],
                             theiler_corrector=options["theiler"])

    def check(self, computation, settings, options, ours, text):
        result = computation.create(settings, verbose=False).run()
        shortest = options["lmin"]
        result.min_diagonal_line_length = shortest
        result.min_vertical_line_length = shortest
        result.min_white_vertical_line_length = shortest
        self.compare({name: float(value) for name, value in {
            "rr": result.recurrence_rate, "det": result.determinism,
            "l_mean": result.average_diagonal_line, "l_max": result.longest_diagonal_line,
            "div": result.divergence, "l_entr": result.entropy_diagonal_lines,
            "lam": result.laminarity, "tt": result.trapping_time,
            "v_max": result.longest_vertical_line, "v_entr": result.entropy_vertical_lines,
            "w_mean": result.average_white_vertical_line,
            "w_max": result.longest_white_vertical_line,
            "w_entr": result.entropy_white_vertical_lines,
            "det_rr": result.ratio_determinism_recurrence_rate,
            "lam_det": result.ratio_laminarity_determinism}.items()}, ours, text)

    def draws(self, seed, widest):
        random = np.random.default_rng(seed)
        for case in range(max(N_CASES // 4, 1)):
            x, y = draw(random), draw(random)
            dim, delay, threshold, shortest, norm = settings(
                random, min(x, y, key=len), list(self.metrics))
            options = dict(threshold=threshold, norm=norm, lmin=shortest, vmin=shortest,
                           wmin=shortest, theiler=int(random.integers(widest + 1)),
                           convention="pyrqa")
            yield x, y, dim, delay, options, (case, len(x), len(y), dim, delay, options)

    def embedded(self, x, dim, delay):
        return self.series(x, embedding_dimension=dim, time_delay=delay)

    def test_classic(self):
        for x, _, dim, delay, options, text in self.draws(5, 4):
            settings = self.setting(self.embedded(x, dim, delay), self.kinds.Classic, options)
            self.check(self.computation.RQAComputation, settings, options,
                       rqa.analyze(x, dim, delay, **options), text)

    def test_cross(self):
        """Of a window above 1 its kernels leave out one side alone."""
        for x, y, dim, delay, options, text in self.draws(6, 1):
            both = self.embedded(x, dim, delay), self.embedded(y, dim, delay)
            settings = self.setting(both, self.kinds.Cross, options)
            self.check(self.computation.RQAComputation, settings, options,
                       rqa.cross(x, y, dim, delay, **options), text)

    def test_joint(self):
        for x, y, dim, delay, options, text in self.draws(7, 4):
            n = min(len(x), len(y))
            x, y = x[:n], y[:n]
            settings = self.joint_settings(*(
                self.setting(self.embedded(v, dim, delay), self.kinds.Classic, options)
                for v in (x, y)))
            self.check(self.computation.JRQAComputation, settings, options,
                       rqa.joint(x, y, dim, delay, **options), text)


if __name__ == "__main__":
    main()
