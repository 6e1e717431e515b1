"""test_py_given.py - whatever can be given is taken as it is meant, or refused in one line before
anything is computed: recordings, keys, options, contexts."""
import os
import unittest
import warnings

from py_case import exact, main, noise, np
import rqa

try:
    import pandas
except ImportError:
    pandas = None
try:
    import polars
except ImportError:
    polars = None

X = noise(60)


class OnDevice:
    """What torch and CuPy arrays do that lie on a GPU."""

    def __array__(self, *arguments, **named):
        raise TypeError("can't convert cuda:0 device type tensor to numpy.\nUse Tensor.cpu()")


class Tensor:
    """An array of another library: NumPy can read it, and it can be iterated."""

    def __init__(self, values):
        self.values = values

    def __array__(self, *arguments, **named):
        return self.values

    def __iter__(self):
        return iter(self.values)


def sweep(series, **options):
    return rqa.sweep(series, **{"threshold": 0.5, "measures": ["rr"], **options})


def rates(table):
    return dict(zip(table["series"], table["rr"]))


def expected(**series):
    return {name: rqa.analyze(x, threshold=0.5).rr for name, x in series.items()}


class Refusals(unittest.TestCase):
    def refused(self, text, call, *arguments, **options):
        """One line of librqa's own, which names what was wrong."""
        with self.subTest(text), self.assertRaisesRegex(ValueError, text) as caught:
            call(*arguments, **options)
        self.assertIsInstance(caught.exception, rqa.Error)
        self.assertNotIn("\n", str(caught.exception))
        self.assertLess(len(str(caught.exception)), 400)


class Ways(Refusals):
    """Every way of giving recordings."""

    def test_several(self):
        a, b = X, X[:40]
        named, numbered = expected(a=a, b=b), {"0": expected(x=a)["x"], "1": expected(x=b)["x"]}
        objects = np.empty(2, dtype=object)
        objects[:] = [a, b]
        for series in ({"a": a, "b": b}, {"a": a, "b": b}.items(), [("a", a), ("b", b)],
                       (pair for pair in [("a", a), ("b", b)]), [["a", {}, a], ["b", {}, b]],
                       [("a", None, a), ("b", None, b)]):
            with self.subTest(kind=type(series)):
                self.assertEqual(rates(sweep(series)), named)
        for series in ([a, b], (a, b), objects, iter([a, b]), {0: a, 1: b}, [a.tolist(), b]):
            with self.subTest(kind=type(series)):
                self.assertEqual(rates(sweep(series)), numbered)

    def test_one(self):
        for series in (X, Tensor(X), [X]):
            self.assertEqual(rates(sweep(series)), {"0": expected(x=X)["x"]})
        two = [(1.0, 2.0), (1.5, 2.0), (1.0, 2.5)]  # samples, neither labels nor pairs
        self.assertEqual(rates(sweep([two])), {"0": expected(x=two)["x"]})

    @unittest.skipIf(pandas is None, "no pandas")
    def test_pandas(self):
        table = pandas.DataFrame({"who": np.repeat(["u", "v"], 30), "run": np.tile([1, 2], 30),
                                  "x": X, "y": noise(60, 2)})
        found = sweep(table.groupby("who"), measures=["rr"], modes={"m": {"channels": 1}})
        self.assertEqual(list(found["series"]), ["u", "v"])
        self.assertEqual(list(found["who"]), ["u", "v"])
        first = table[table["who"] == "u"]
        self.assertEqual(rates(found)["u"], expected(x=first["x"])["x"])
        found = sweep(table.groupby(["who", "run"])[["x", "y"]])
        self.assertEqual(list(found["series"]), ["u/1", "u/2", "v/1", "v/2"])
        self.assertEqual(list(found["run"]), [1, 2, 1, 2])
        self.assertEqual(rates(found)["v/1"], expected(
            x=table[(table["who"] == "v") & (table["run"] == 1)][["x", "y"]])["x"])
        arrays = pandas.Series({"a": X, "b": X[:40]})
        self.assertEqual(rates(sweep(arrays)), expected(a=X, b=X[:40]))
        status, = sweep(table)["status"]
        self.assertIn("columns of text (who); choose those of the samples", status)

    @unittest.skipIf(polars is None, "no polars")
    def test_polars(self):
        table = polars.DataFrame({"who": ["u", "v"] * 30, "x": X, "y": noise(60, 2)})
        self.assertEqual(rates(sweep(table["x"])), {"0": expected(x=X)["x"]})
        self.assertEqual(rates(sweep(table[["x", "y"]])), {
            "0": expected(x=np.transpose([X, noise(60, 2)]))["x"]})
        groups = table[["who", "x"]].partition_by("who", as_dict=True, include_key=False)
        self.assertEqual(rates(sweep(groups)), expected(u=X[::2], v=X[1::2]))
        self.assertIn("'u' is text", sweep(table)["status"][0])
        self.assertEqual(list(sweep([X], dim=polars.Series([1, 2]))["dim"]), [1, 2])

    def test_no_recordings(self):
        self.refused("series is 'abc'; allowed are an array", sweep, "abc")
        self.refused("series is 3.0; allowed are", sweep, 3.0)
        self.refused("series is None; allowed are", sweep, None)
        self.refused("series is empty", sweep, [])
        self.refused("list of numbers", sweep, [1, 2, 3.5])
        self.refused("series has 3 dimensions; .* list", sweep, np.zeros((2, 30, 2)))
        self.refused("'p' is no pair", sweep, {"p": X}, relation="cross")
        self.refused("holds 'a' twice", sweep, [("a", X), ("a", X[:9])])
        self.refused("holds a NUL", sweep, {"a\0b": X})

    def test_names(self):
        """Names of files that are no UTF-8 arrive in Python as this."""
        self.assertEqual(list(sweep({"caf\udce9": X})["series"]), ["caf\\udce9"])

    def test_one_bad_one_stops_nothing(self):
        bad = {"device": OnDevice(), "ragged": [[1, 2], [3]], "none": None, "text": ["a", "b"],
               "words": np.array(["1", 2], dtype=object), "complex": np.zeros(3, complex),
               "masked": np.ma.masked_array(X + 1j), "date": np.zeros(3, "datetime64[s]"),
               "scalar": np.array(3.0), "nothing": [], "long": np.zeros(3, np.longdouble),
               "huge": [2**53 + 1, 1, 2], "larger": np.array([2**70 + 1, 1], dtype=object),
               "mask": np.ma.masked_array([2**53 + 1, 1]), "record": np.zeros(3, "i4,f8"),
               "set": {1, 2}}
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            table = sweep({"first": X, **bad, "last": X})
        status = dict(zip(table["series"], table["status"]))
        self.assertEqual([name for name, text in status.items() if text == "ok"],
                         ["first", "last"])
        for name, text in status.items():
            self.assertNotIn("\n", text)
        self.assertIn("can't convert cuda:0 device", status["device"])
        self.assertIn("has rows of several lengths", status["ragged"])
        self.assertIn("'1' is text", status["words"])
        self.assertIn("masked has the type complex128", status["masked"])
        pairs = sweep({"good": (X, X), "alone": X, "short": (X,), "far": (X, OnDevice()),
                       "hole": (X, [1, np.nan])}, relation="cross")
        status = dict(zip(pairs["series"], pairs["status"]))
        self.assertEqual(status["good"], "ok")
        self.assertIn("is no pair", status["alone"])
        self.assertIn("is no pair", status["short"])
        self.assertIn("far (y) cannot be read", status["far"])
        self.assertIn("y: sample 1 of channel 0 is NaN", status["hole"])

    def test_layouts(self):
        still = X.copy()
        still.flags.writeable = False
        for x in (still, np.repeat(X, 3)[::3], X[::-1][::-1], np.asarray(X, dtype=">f8")):
            self.assertEqual(exact(rqa.analyze(x, threshold=0.5)),
                             exact(rqa.analyze(X, threshold=0.5)))
        with self.assertWarnsRegex(UserWarning, "3 samples of 200 channels.*transpose"):
            rqa.analyze(noise(3, channels=200), threshold=0.5)
        with self.assertWarnsRegex(UserWarning, "wide has 3 samples of 200 channels"):
            sweep({"wide": noise(3, channels=200)})
        clocked = np.transpose([np.arange(60) / 250, noise(60, 2)])
        with self.assertWarnsRegex(UserWarning, "x: column 0 rises in even steps, as a clock does"):
            rqa.analyze(clocked, threshold=0.5)
        if pandas:
            with self.assertWarnsRegex(UserWarning, "gaze: column 't' rises in even steps"):
                sweep({"gaze": pandas.DataFrame(clocked, columns=["t", "x"])})
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            rqa.analyze(np.arange(60.0), threshold=0.5)  # alone, a ramp is a recording
            rqa.analyze(clocked[:, ::-1], threshold=0.5)
        self.refused("cells holds NaN", rqa.Matrix.from_numpy, [[np.nan, 0], [0, 1]])
        self.refused("cells has the type <U1", rqa.Matrix.from_numpy, [["a"]])


class Keys(Refusals):
    def test_missing(self):
        missing = [None, float("nan"), np.nan]
        if pandas:
            missing += [pandas.NA, pandas.NaT]
        for value in missing:
            for other in ("u", 3, 2.5, True):
                with self.subTest(value=value, other=other):
                    table = sweep([("a", {"g": value}, X), ("b", {"g": other}, X)])
                    first, second = table["g"]
                    self.assertTrue(first is None or first != first)
                    self.assertEqual(second, other)

    def test_values(self):
        values = [(1, 2), np.str_("s"), np.int64(7), np.array(3), 2**70, b"raw", 1.5]
        if pandas:
            values += [pandas.Timestamp("2020-01-02"), pandas.Interval(0, 1)]
        for value in values:
            with self.subTest(value=value):
                found, = sweep([("a", {"g": value}, X)])["g"]
                self.assertEqual(found, value)
        for value in ([1], {"a": 1}, np.arange(2), {1}):
            self.refused("the key 'g' of series 'a' is .*; allowed are text", sweep,
                         [("a", {"g": value}, X)])

    def test_names(self):
        for name in ("series", "mode", "dim", "threshold", "status", "rr", "det", "RR", "Dim"):
            self.refused(f"the key '{name}' has the name of a", sweep, [("a", {name: 1}, X)])
        for name in (None, 3, ("a", "b"), ""):
            self.refused("has the key .*; allowed are names", sweep, [("a", {name: 1}, X)])
        self.refused("the name of another key", sweep, [("a", {"g": 1, "G": 2}, X)])
        table = sweep([("a", {"g": 1, "h": 2}, X), ("b", {"h": 3, "g": 4}, X)])
        self.assertEqual((list(table["g"]), list(table["h"])), ([1, 4], [2, 3]))
        if pandas:
            table = sweep([("a", pandas.Series({"g": 1, "h": "z"}), X)])
            self.assertEqual((list(table["g"]), list(table["h"])), ([1], ["z"]))


class Options(Refusals):
    def test_axes(self):
        twos = [[1, 2], (1, 2), range(1, 3), np.arange(1, 3), (k for k in (1, 2)),
                np.array([1, 2], dtype=object), {1: 0, 2: 0}.keys()]
        if pandas:
            twos += [pandas.Series([1, 2]), pandas.Index([1, 2])]
        for axis in twos:
            with self.subTest(axis=axis):
                self.assertEqual(list(sweep([X], dim=axis)["dim"]), [1, 2])
        for one in (3, np.int8(3), np.array(3), [3], (3,)):
            self.assertEqual(list(sweep([X], lmin=one)["lmin"]), [3])
        halves = [[0.5, 1], np.array([0.5, 1]), (k / 2 for k in (1, 2))]
        if pandas:
            halves += [pandas.Series([0.5, 1]), pandas.Index([0.5, 1])]
        for axis in halves:
            self.assertEqual(list(sweep([X], threshold=axis)["threshold"]), [0.5, 1])

    def test_axes_refused(self):
        for name in ("dim", "delay", "lmin", "vmin"):
            self.refused(fr"^{name} is empty \(range\(0, 0\)\); allowed are an integer", sweep,
                         [X], **{name: range(0)})
            for value in (True, np.True_, [True], "12", b"1", 2.0, [1, 2.5], float("nan"), {1: 2},
                          [None], 0, -1, 2**31):
                self.refused(f"^{name} is .*; it must be ", sweep, [X], **{name: value})
        self.refused(r"^threshold is empty \(\[\]\)", sweep, [X], threshold=[])
        for value in (True, "0.5", ["0.5"], b"1", [None], 1j, np.complex128(1), [[0.5], [0.6]]):
            self.refused("^threshold is .*; it must be a number", sweep, [X], threshold=value)
        self.refused("^threshold has 2 dimensions", sweep, [X], threshold=np.ones((1, 1)))

    def test_scalars(self):
        base = exact(rqa.analyze(X, 2, 3, threshold=0.5, theiler=2, lmin=3))
        for kind in (np.int64, np.uint8, np.array):
            self.assertEqual(exact(rqa.analyze(X, kind(2), kind(3), threshold=np.float64(0.5),
                                               theiler=kind(2), lmin=kind(3))), base)
        self.assertEqual(exact(rqa.analyze(X, 2, 3, threshold=np.array(0.5), theiler=2, lmin=3)),
                         base)
        for name in ("dim", "delay", "lmin", "vmin", "wmin", "theiler", "trend_border"):
            for value in (True, "2", 2.0, [2], float("nan")):
                self.refused(f"^{name} is .*; it must be an integer", rqa.analyze, X,
                             **{"threshold": 0.5, name: value})
        for value in (True, "0.5", None, [0.5], np.complex128(1)):
            self.refused("^threshold is .*; it must be a number", rqa.analyze, X, threshold=value)
        for name in ("normalize", "missing", "compare", "white_border"):
            for value in (False, "", 0, float("nan"), "nonsense"):
                self.refused(f"^{name} is .*; allowed are ", rqa.analyze, X,
                             **{"threshold": 0.5, name: value})

    def test_pairs_of_settings(self):
        y = noise(60, 2)
        for name in ("dim_y", "delay_y"):
            for value in (0, -1, True, "1"):
                self.refused(f"^{name} is ", rqa.joint, X, y, threshold=0.5, **{name: value})
        self.assertEqual(exact(rqa.joint(X, y, 2, threshold=0.5, dim_y=np.int64(2))),
                         exact(rqa.joint(X, y, 2, threshold=0.5)))
        self.refused("^y: sample 1 of channel 0", rqa.cross, X, [1, np.nan], threshold=1)
        self.refused("^x: sample 1 of channel 0", rqa.cross, [1, np.nan], X, threshold=1)

    def test_measures(self):
        for given in (np.array(["rr", "det"]), ["rr", "det"], iter(["rr", "det"])):
            self.assertEqual(list(rqa.analyze(X, threshold=0.5, measures=given)), ["rr", "det"])
        for value in (3, None, ["rr", 3]):
            if value is not None:
                self.refused("^measures is ", rqa.analyze, X, threshold=0.5, measures=value)
        self.refused("^measures is empty", rqa.analyze, X, threshold=0.5, measures=iter([]))

    def test_modes(self):
        for value, text in ((["a"], "modes is"), ({"a": None}, "'a'] is None"), ({}, "empty"),
                            ({"a": {"channels": range(0)}}, "channels is empty"),
                            ({"a": {"channels": True}}, "channels is True"),
                            ({"a": {"channels": "x"}}, "channels is 'x'"),
                            ({"1": {}, 1: {}}, "holds '1' twice")):
            self.refused(text, sweep, [X], modes=value)
        both = noise(40, channels=2)
        table = sweep([both], modes={"m": {"channels": np.arange(2)}})
        self.assertEqual(table["rr"][0], rqa.analyze(both, threshold=0.5).rr)

    def test_treatment(self):
        for name in ("normalize", "missing"):
            for value in ("q", 5):
                self.refused(f"{name} is {value!r}; allowed are none|{name} is {value!r}; allowed are "
                             "error", rqa.sweep, [X, X], threshold=1, **{name: value})

    def test_context(self):
        for value in (2, 0, False, "threads", rqa.Context):
            for call in (lambda **o: sweep([X], **o), lambda **o: rqa.analyze(X, threshold=1, **o),
                         lambda **o: rqa.matrix(X, threshold=1, **o), rqa.devices,
                         lambda **o: rqa.merge_stores("a", "b", **o)):
                self.refused("^context is .*; it must be an rqa.Context", call, context=value)

    def test_relation(self):
        for value in ("", False, 0):
            self.refused("^relation is ", rqa.matrix, X, threshold=1, relation=value)
            self.refused("^relation is ", rqa.matrix(X, threshold=1).analyze, relation=value)
            self.refused("^relation is ", sweep, [X], relation=value)

    def test_nothing_to_merge(self):
        self.refused("no store to add", rqa.merge_stores, "never.sqlite")
        self.assertFalse(os.path.exists("never.sqlite"))
        self.refused("^others is .*path of a file", rqa.merge_stores, os.devnull + "/x", ["a"])

    def test_nowhere_to_go(self):
        self.refused("frame is False", sweep, [X], frame=False)


class BeforeComputing(unittest.TestCase):
    def test_nothing_starts(self):
        """A table that cannot be made is found out before the first progress."""
        def never(statistics):
            self.fail("it has begun")
        for keys in ({"rr": 1}, {"g": [1]}, {None: 1}, {"dim": 1}):
            with self.assertRaises(ValueError):
                sweep([("a", keys, X)], progress=never)
        from rqa import _sweep
        given, _sweep.frame_of = _sweep.frame_of, lambda *arguments: 1 / 0
        try:
            with self.assertRaises(ZeroDivisionError):
                sweep([X], progress=never)
        finally:
            _sweep.frame_of = given


if __name__ == "__main__":
    main()
