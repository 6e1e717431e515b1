"""test_py_arrays.py - every type and layout of array gives the numbers of its plain copy, and
those that the library reads are not copied on the way."""
import tracemalloc
import unittest

from py_case import exact, main, noise, np
import rqa


def measures(x, **options):
    return exact(rqa.analyze(x, 2, 2, threshold=1.5, **options))


class Layouts(unittest.TestCase):
    def same(self, array, channels=None):
        plain = [[float(v) for v in row] for row in array] if array.ndim == 2 else \
            [float(v) for v in array]
        self.assertEqual(measures(array), measures(np.array(plain, dtype=np.float64)))

    def test_types(self):
        x = np.round(10 * noise(120))
        for name in ("float64", "float32", "float16", "int8", "int16", "int32", "int64"):
            with self.subTest(type=name):
                self.same((x / 8 if name.startswith("f") else x).astype(name))
        for name in ("uint8", "uint16", "uint32", "uint64"):
            with self.subTest(type=name):
                self.same(np.abs(x).astype(name))
        self.same(x > 0)
        self.same(x.astype(">f8"))
        self.same(x.astype(">i4"))

    def test_int64_beyond_double(self):
        with self.assertRaises(rqa.Error):
            measures(np.array([2**53 + 1, 1, 2], dtype=np.int64))

    def test_strides(self):
        x = noise(600, channels=4)
        for array in (x[::3, 0], x[::-1, 1], x[:, 2], np.asfortranarray(x[:100]), x[:100, ::-1],
                      x[:100, 1:3], x[::-5], x[:100, :1],
                      np.ascontiguousarray(x[:4].T), x[:1, 0:2]):
            with self.subTest(shape=array.shape, strides=array.strides):
                if len(array) == 1:
                    with self.assertRaises(rqa.TooShortError):
                        measures(array)
                else:
                    self.same(array)

    def test_stride_zero(self):
        """0 means "packed" to the library: a broadcast array must not be read past its end."""
        self.same(np.broadcast_to(np.float64(3), 50))
        self.same(np.broadcast_to(noise(50)[:, None], (50, 3)))
        self.same(np.broadcast_to(np.arange(3.0), (50, 3)))

    def test_unaligned(self):
        table = np.zeros(80, dtype=np.dtype([("flag", "u1"), ("x", "f8")]))
        table["x"] = noise(80)
        self.assertFalse(table["x"].flags.aligned)
        self.same(table["x"])

    def test_read_only(self):
        x = noise(50)
        x.flags.writeable = False
        self.same(x)

    def test_sequences(self):
        self.assertEqual(measures([1, 2, 3, 4, 2, 1]), measures(np.array([1., 2, 3, 4, 2, 1])))
        self.assertEqual(measures(range(20)), measures(np.arange(20.0)))
        self.assertEqual(measures([None, 1, 2, 3, 1, 2], missing="skip"),
                         measures([np.nan, 1, 2, 3, 1, 2], missing="skip"))

    def test_masked(self):
        x = noise(60)
        holes = x.copy()
        holes[[3, 40]] = np.nan
        self.assertEqual(measures(np.ma.masked_array(x, mask=np.isnan(holes)), missing="skip"),
                         measures(holes, missing="skip"))
        with self.assertRaises(rqa.NotFiniteError):
            measures(np.ma.masked_array(x, mask=np.isnan(holes)))


class Tensor:
    """Gives its samples by DLPack alone, as tensors do; device 1 is the CPU, 2 CUDA."""

    def __init__(self, samples, device=1):
        self._samples, self._device = samples, device

    def __dlpack_device__(self):
        return self._device, 0

    def __dlpack__(self, **options):
        return self._samples.__dlpack__(**options)


class Foreign(unittest.TestCase):
    def test_what_gives_an_array(self):
        class Array:
            def __array__(self, dtype=None, copy=None):
                return x if dtype is None else x.astype(dtype)

        class Column:
            def to_numpy(self):
                return x

        x = noise(90)
        expected = exact(rqa.analyze(x, threshold=0.5))
        for one in (Tensor(x), Array(), Column(), memoryview(x), x.tolist()):
            with self.subTest(type(one).__name__):
                self.assertEqual(exact(rqa.analyze(one, threshold=0.5)), expected)
        self.assertEqual(exact(rqa.analyze([np.array(v) for v in x], threshold=0.5)), expected)
        two = noise(60, channels=2)
        self.assertEqual(exact(rqa.analyze(Tensor(two), threshold=0.5)),
                         exact(rqa.analyze(two, threshold=0.5)))

    def test_messages(self):
        wide = np.zeros((9, 100))
        for one, words in ((Tensor(noise(9), 2), r"^x lies on a device \(DLPack type 2\); give a copy"),
                           ([[1, 2], [3, 4], [5]], "several lengths: 2 values in row 0 and 1 in row 2"),
                           ([[1, 2], 3], "cannot be read as an array"),
                           ("text", "has the type")):
            with self.subTest(words), self.assertRaisesRegex(ValueError, words):
                rqa.analyze(one, threshold=1)
        with self.assertWarnsRegex(UserWarning, "if its rows are channels, give its transpose"):
            rqa.analyze(wide, threshold=1)
        with self.assertRaisesRegex(ValueError, "it must be a recording: write_png"):
            rqa.write_png("plot.png", noise(9), path="p", threshold=1)


class ZeroCopy(unittest.TestCase):
    """NumPy reports its allocations to tracemalloc, the library does not."""

    def peak(self, array, **options):
        options = {"threshold": 0.5, "measures": ["rr"], **options}
        rqa.analyze(array[:100], **options)
        tracemalloc.start()
        try:
            rqa.analyze(array, **options)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    def test_nothing_is_copied(self):
        x = noise(2 * 4000, channels=64)
        for array in (x[:4000], x[::2], x[::-2], np.asfortranarray(x[:4000]),
                      x[:4000].astype(np.float32), x[::2].astype(np.float32)[::-1],
                      x[:4000].astype(np.int16)):
            with self.subTest(type=array.dtype, strides=array.strides):
                self.assertLess(self.peak(array), 4000 * 64 / 2)

    def test_the_measurement(self):
        """A layout that must be copied is seen."""
        self.assertGreater(self.peak(noise(4000, channels=64).astype(">f8")), 8 * 4000 * 64)


if __name__ == "__main__":
    main()
