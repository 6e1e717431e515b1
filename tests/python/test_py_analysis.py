"""test_py_analysis.py - analyze, cross, joint, matrix and Result: numbers, options, errors."""
import json
import math
import os
import pickle
import subprocess
import tempfile
import unittest

from py_case import PYRQA_SERIES, ROOT, exact, main, noise, np
import rqa


class Oracles(unittest.TestCase):
    """Published numbers; tests/measures/test_oracles.c has their sources."""

    def test_pyrqa(self):
        r = rqa.analyze(PYRQA_SERIES, 2, 2, threshold=0.65, convention="pyrqa")
        for name, value in {"rr": 0.371901, "det": 0.411765, "l_mean": 2.333333, "l_max": 3,
                            "div": 0.333333, "l_entr": 0.636514, "lam": 0.4, "tt": 2.571429,
                            "v_max": 4, "v_entr": 0.955700, "w_mean": 2.538462, "w_max": 6,
                            "w_entr": 0.839796}.items():
            self.assertAlmostEqual(r[name], value, delta=5.1e-7, msg=name)
            self.assertEqual(getattr(r, name), r[name])
        self.assertEqual(r.histograms["diagonal"].tolist(), [(1, 20), (2, 4), (3, 2)])
        self.assertEqual(r.counts["points"], 45)
        self.assertEqual(r.counts["pairs"], 121)

    def test_sine_is_deterministic(self):
        r = rqa.analyze(np.sin(0.1 * np.arange(500)), dim=2, delay=16, threshold=0.2)
        self.assertAlmostEqual(r.det, 1, delta=1e-12)

    def test_brute_force(self):
        """rr, det and lam from the matrix that NumPy computes."""
        x = noise(120, channels=2)
        v = np.hstack([x[:-3], x[3:]])
        for norm, order in (("euclidean", 2), ("maximum", np.inf), ("manhattan", 1)):
            near = np.linalg.norm(v[:, None] - v[None], ord=order, axis=2) <= 1.5
            r = rqa.analyze(x, 2, 3, threshold=1.5, norm=norm)
            outside = near & ~np.eye(len(v), dtype=bool)
            self.assertEqual(r.counts["points"], outside.sum())
            self.assertEqual(r.rr, outside.sum() / (len(v) * (len(v) - 1)))
            m = rqa.matrix(x, dim=2, delay=3, threshold=1.5, norm=norm)
            np.testing.assert_array_equal(m.to_numpy(), near)
            np.testing.assert_array_equal(np.asarray(m), near)
            self.assertEqual(exact(m.analyze()), exact(r))


class Relations(unittest.TestCase):
    def test_cross(self):
        x, y = noise(90), noise(70, 2)
        near = np.abs(x[None, :] - y[:, None]) <= 0.3
        r = rqa.cross(x, y, threshold=0.3)
        self.assertEqual(r.counts["points"], near.sum())
        self.assertEqual((r.counts["vectors_x"], r.counts["vectors_y"]), (90, 70))
        m = rqa.matrix(x, y, threshold=0.3)
        self.assertEqual(m.shape, (70, 90))
        np.testing.assert_array_equal(m.to_numpy(), near)
        self.assertEqual(m.analyze().counts["points"], near.sum())

    def test_one_vector(self):
        """One against many is a column, many against one a row; alone there is nothing."""
        y = [1, 2, 1, 1, 5]
        r = rqa.cross([1], y, threshold=0.5)
        self.assertEqual((r.rr, r.lam, r.tt), (0.6, 2 / 3, 2))
        r = rqa.cross(y, [1], threshold=0.5)
        self.assertEqual((r.rr, r.lam, r.v_max), (0.6, 0, 1))
        m = rqa.matrix([1], y, threshold=0.5)
        self.assertEqual(m.shape, (5, 1))
        self.assertEqual(m.analyze().tt, 2)
        self.assertEqual(rqa.Matrix.from_numpy(m.to_numpy()).analyze(relation="cross").tt, 2)
        self.assertTrue(np.isnan(rqa.analyze([1], threshold=0.5).rr))
        frame = rqa.sweep([("a", {}, ([1], y))], relation="cross", threshold=[0.5, 4],
                          measures=["rr", "tt"])
        self.assertEqual([list(frame["rr"]), list(frame["tt"])], [[0.6, 1], [2, 5]])

    def test_joint(self):
        x, y = noise(90), noise(92, 2)
        near_x = np.abs(x[None] - x[:, None]) <= 0.5
        v = np.stack([y[:-2], y[2:]], axis=1)
        near_y = np.abs(v[None] - v[:, None]).max(axis=2) <= 0.9
        r = rqa.joint(x, y, dim=1, dim_y=2, delay_y=2, threshold=0.5, threshold_y=0.9,
                      norm="maximum", theiler=0)
        self.assertEqual(r.counts["points"], (near_x & near_y).sum())
        m = rqa.matrix(x, y, relation="joint", dim=1, dim_y=2, delay_y=2, threshold=0.5,
                       threshold_y=0.9, norm="maximum")
        np.testing.assert_array_equal(m.to_numpy(), near_x & near_y)


class Options(unittest.TestCase):
    def test_every_option_arrives(self):
        x = np.round(noise(200), 1)
        base = rqa.analyze(x, 2, 1, threshold=0.3)
        for change in ({"norm": "max"}, {"theiler": 5}, {"lmin": 3}, {"vmin": 4}, {"wmin": 7},
                       {"convention": "crqa"}, {"normalize": "unit"}, {"threshold_unit": "std"},
                       {"compare": "lt"}, {"theiler_points": 3}, {"theiler_diagonal": 3},
                       {"theiler_vertical": 3}, {"white_border": "exclude"}, {"trend_border": 60},
                       {"trend_border": 0}, {"measures": ["det"]}):
            with self.subTest(**change):
                changed = rqa.analyze(x, 2, 1, threshold=0.3, **change)
                self.assertNotEqual(exact(changed), exact(base))
        self.assertEqual(list(rqa.analyze(x, threshold=0.3, measures=["tt", "rr"])), ["rr", "tt"])
        self.assertEqual(rqa.analyze(x, threshold=1, backend="threads").provenance["backend"],
                         "threads")

    def test_missing(self):
        x = noise(50)
        x[7] = np.nan
        with self.assertRaises(rqa.NotFiniteError) as caught:
            rqa.analyze(x, threshold=0.1)
        self.assertIn("sample 7", str(caught.exception))
        r = rqa.analyze(x, threshold=9, missing="skip", dim=2, delay=3)
        self.assertEqual(r.counts["points"], 45 * 44)
        self.assertEqual((r.counts["skipped_x"], r.to_dict()["n_skipped"]), (2, 2))
        self.assertIn("2 skipped (missing samples)", repr(r))

    def test_context(self):
        with rqa.Context(threads=1) as context:
            r = rqa.analyze(noise(2000), threshold=0.1, context=context)
            self.assertEqual(r.provenance["n_threads"], 1)
            self.assertEqual(context.threads, 1)
        with self.assertRaises(rqa.StateError):
            rqa.analyze([1, 2], threshold=0.1, context=context)

    def test_log(self):
        lines = []
        context = rqa.Context(log=lambda level, line: lines.append((level, line)), log_level=2)
        rqa.analyze(noise(100), threshold=0.1, context=context)
        self.assertTrue(any(level == 2 and "backend" in line for level, line in lines), lines)

    def test_calibrated(self):
        """A profile goes along to the context that long work has of its own."""
        with rqa.Context() as context:
            context.calibrate()
            r = rqa.analyze(noise(5000), threshold=0.1, context=context)
            self.assertIn("profile predicts", r.provenance["reason"])
        r = rqa.analyze(noise(5000), threshold=0.1)
        self.assertNotIn("profile predicts", r.provenance["reason"])

    def test_devices(self):
        found = {d["backend"]: d for d in rqa.devices()}
        self.assertTrue(found["sequential"]["available"])
        self.assertTrue(found["gpu"]["detail"])


class Results(unittest.TestCase):
    def setUp(self):
        self.result = rqa.analyze([0, 1, 2, 3, 4, 5], threshold=0.5, measures=["det", "rr"])

    def test_reasons(self):
        self.assertEqual(self.result.rr, 0)
        self.assertTrue(math.isnan(self.result.det))
        self.assertEqual(self.result.reason("det"), "no recurrence point")
        self.assertEqual(self.result.reason("rr"), "")
        self.assertEqual(self.result.undefined, {"det": "no recurrence point"})

    def test_mapping(self):
        self.assertEqual(list(self.result), ["rr", "det"])
        self.assertIn("rr", self.result)
        self.assertNotIn("tt", self.result)
        with self.assertRaisesRegex(KeyError, "tt was not computed"):
            self.result["tt"]
        with self.assertRaisesRegex(AttributeError, "'fun' is no measure"):
            self.result.fun
        self.assertIsNone(self.result.offset_points)
        self.assertNotIn("white", self.result.histograms)

    def test_dict_and_text(self):
        plain = json.loads(json.dumps(self.result.to_dict()))
        self.assertEqual(plain["measures"], {"rr": 0, "det": None})
        self.assertEqual(plain["n_samples"], 6)
        self.assertIn("no recurrence point", repr(self.result))
        self.assertIn("6 vectors", repr(self.result))

    @unittest.skipUnless(os.environ.get("RQA_TEST_PROGRAM"), "RQA_TEST_PROGRAM is not set")
    def test_dict_is_what_the_program_prints(self):
        path = os.path.join(ROOT, "examples", "data", "gaze", "video2d", "p01_fist3.csv")
        x = np.genfromtxt(path, delimiter=",", skip_header=1)[:, 1:3]
        for convention, threshold in (("standard", 0.05), ("pyrqa", 0)):
            printed = json.loads(subprocess.run(
                [os.environ["RQA_TEST_PROGRAM"], "analyze", path, "--columns", "x,y", "--dim", "2",
                 "--delay", "3", "--threshold", str(threshold), "--convention", convention,
                 "--histograms", "--format", "json"], capture_output=True, check=True).stdout)
            plain = rqa.analyze(x, 2, 3, threshold=threshold, convention=convention).to_dict()
            for key in ("n_samples", "n_vectors", "recurrence_points", "pairs", "measures",
                        "undefined", "histograms", "convention", "backend", "version"):
                self.assertEqual(plain[key], printed[key], key)

    def test_pickle(self):
        full = rqa.analyze(noise(80), 2, 1, threshold=1)
        back = pickle.loads(pickle.dumps(full))
        self.assertEqual(exact(back), exact(full))
        np.testing.assert_array_equal(back.histograms["white"], full.histograms["white"])
        self.assertEqual(len(back.offset_points), 79)
        self.assertEqual(back.provenance, full.provenance)


class Matrices(unittest.TestCase):
    def test_from_numpy(self):
        cells = noise(60 * 60).reshape(60, 60) > 0.5
        m = rqa.Matrix.from_numpy(cells)
        np.testing.assert_array_equal(m.to_numpy(), cells)
        np.testing.assert_array_equal(rqa.Matrix.from_numpy(cells.T.astype(int)).to_numpy(),
                                      cells.T)
        np.testing.assert_array_equal(
            np.unpackbits(m.packed_row(3).view(np.uint8), bitorder="little")[:60], cells[3])
        self.assertEqual(m.analyze(theiler=0).counts["points"], cells.sum())
        self.assertEqual(m.analyze(relation="cross").counts["points"], cells.sum())

    def test_shares(self):
        cells = noise(50 * 70).reshape(50, 70) > 0
        m = rqa.Matrix.from_numpy(cells)
        np.testing.assert_array_equal(m.shares(), cells)
        coarse = m.shares(max_pixels=10)
        self.assertEqual(coarse.shape, (8, 10))
        self.assertEqual(coarse[7, 9], cells[49:, 63:].mean())

    def test_png(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "rp.png")
            m = rqa.matrix(noise(100), threshold=0.5)
            m.write_png(path, x_label="time")
            with open(path, "rb") as file:
                self.assertEqual(file.read(8), b"\x89PNG\r\n\x1a\n")
            with self.assertRaises(OSError):
                m.write_png(path)
            m.write_png(path, overwrite=True)

    def test_png_without_a_matrix(self):
        x, y = noise(900), np.stack([noise(900), noise(900)[::-1]], axis=1)
        cases = [(x, None, {}), (y, None, {"norm": "maximum", "dim": 2}),
                 (x, x[:400], {"max_pixels": 100}), (x, x[::-1], {"relation": "joint", "frame": False})]
        with tempfile.TemporaryDirectory() as folder:
            one, other = os.path.join(folder, "1.png"), os.path.join(folder, "2.png")
            for first, second, options in cases:
                drawn = {k: options.pop(k) for k in ("max_pixels", "frame") if k in options}
                drawn = {"max_pixels": 200, "overwrite": True, **drawn}
                rqa.write_png(first, second, path=one, threshold=0.4, **options, **drawn)
                rqa.matrix(first, second, threshold=0.4, **options).write_png(other, **drawn)
                with open(one, "rb") as a, open(other, "rb") as b:
                    self.assertEqual(a.read(), b.read())
            with self.assertRaises(OSError):
                rqa.write_png(x, path=one, threshold=0.4)

    def test_closed(self):
        with rqa.matrix(noise(10), threshold=0.5) as m:
            self.assertEqual(repr(m), "Matrix(10 x 10)")
        with self.assertRaises(rqa.StateError):
            m.to_numpy()


class Errors(unittest.TestCase):
    def fails(self, kind, builtin, text, **change):
        arguments = {"x": noise(50), "threshold": 0.5, **change}
        with self.subTest(**change), self.assertRaisesRegex(kind, text) as caught:
            rqa.analyze(**arguments)
        self.assertIsInstance(caught.exception, rqa.Error)
        self.assertIsInstance(caught.exception, builtin)
        self.assertLess(caught.exception.status, 0)
        self.assertNotIn("options->", str(caught.exception))

    def test_arguments(self):
        value, name = rqa.RqaValueError, rqa.UnknownNameError
        self.fails(value, ValueError, "^dim is 0; it must be at least 1", dim=0)
        self.fails(value, ValueError, "^dim is -1;", dim=-1)
        self.fails(value, ValueError, "^dim is 1001; 1..1000 are allowed", dim=1001)
        self.fails(value, ValueError, "^dim is 4294967297; it must be at most", dim=2**32 + 1)
        self.fails(value, ValueError, "^dim is 1.5; it must be an integer", dim=1.5)
        self.fails(value, ValueError, "^delay is 0", delay=0)
        self.fails(value, ValueError, "^threshold is -1", threshold=-1)
        self.fails(value, ValueError, "^threshold is nan", threshold=float("nan"))
        self.fails(value, ValueError, "^threshold is 'a'", threshold="a")
        self.fails(value, ValueError, "^lmin is 0", lmin=0)
        self.fails(value, ValueError, "^theiler is -1", theiler=-1)
        self.fails(value, ValueError, "^measures is empty", measures=[])
        self.fails(name, ValueError, "unknown norm 'hamming'; known are", norm="hamming")
        self.fails(name, ValueError, "^convention is 3; allowed are standard", convention=3)
        self.fails(name, ValueError, "unknown measure 'dett'", measures=["dett"])
        self.fails(name, ValueError, "^missing is 'drop'; allowed are error, skip", missing="drop")
        self.fails(name, ValueError, "^threshold_unit is 'sigma'", threshold_unit="sigma")
        self.fails(rqa.TooShortError, ValueError, "needs at least", dim=60)
        self.fails(rqa.ConstantError, ValueError, "", x=np.ones(5), normalize="zscore")
        self.fails(rqa.BackendMissingError, RuntimeError, "gpu", backend="gpu")
        self.fails(value, ValueError, "^x has 3 dimensions", x=np.zeros((2, 2, 2)))
        self.fails(value, ValueError, "^x has the type complex128", x=np.zeros(3, complex))
        self.fails(value, ValueError, "^x has the type <U1", x=["a", "b"])
        self.fails(value, ValueError, "^x does not hold numbers alone", x=[1, "b", None, {}])
        self.fails(value, ValueError, "n_samples is 0", x=[])
        with self.assertRaises(TypeError):
            rqa.analyze([1, 2, 3])

    def test_memory_limit(self):
        context = rqa.Context(memory_limit=1000)
        with self.assertRaises(rqa.MemoryLimitError) as caught:
            rqa.matrix(noise(5000), threshold=0.1, context=context)
        self.assertIsInstance(caught.exception, MemoryError)

    def test_mismatch(self):
        with self.assertRaises(rqa.MismatchError):
            rqa.joint(noise(10), noise(11), threshold=1)
        with self.assertRaises(rqa.MismatchError):
            rqa.cross(noise(10), noise(10, channels=2), threshold=1)

    def test_table(self):
        """Every status has its class, named after it, and the names are there to be caught."""
        from rqa._library import declarations
        for full, status in declarations.ENUMS["rqa_status_code"].items():
            if status == 0:
                continue
            kind = rqa.errors.by_status(status)
            self.assertEqual(kind.status_name, full)
            self.assertIs(getattr(rqa, kind.__name__), kind)
            self.assertTrue(kind.__doc__)
            self.assertEqual(str(pickle.loads(pickle.dumps(kind("text")))), "text")
        self.assertIs(rqa.errors.by_status(-12345), rqa.Error)


if __name__ == "__main__":
    main()
