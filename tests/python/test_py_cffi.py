"""test_py_cffi.py - the generated rqa_cdef.h in cffi: it parses, sizes agree, an analysis runs."""
import os
import sys
import tempfile
import unittest

from py_case import PACKAGE, PYRQA_SERIES, ROOT, main
from rqa._library import declarations, path as library_path

try:
    import cffi
except ImportError:
    print("skipped: no cffi")
    sys.exit(77)

sys.path.insert(0, os.path.join(PACKAGE, "tools"))
import make_declarations  # noqa: E402


class Cffi(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ffi = cffi.FFI()
        with tempfile.TemporaryDirectory() as folder:
            make_declarations.write(os.path.join(ROOT, "include"), folder)
            with open(os.path.join(folder, "rqa_cdef.h"), encoding="utf-8") as file:
                cls.ffi.cdef(file.read())
        cls.lib = cls.ffi.dlopen(library_path)

    def test_sizes(self):
        for name, number in declarations.STRUCT_IDS.items():
            self.assertEqual(self.ffi.sizeof(name), self.lib.rqa_struct_size(number), name)

    def test_every_function_is_there(self):
        for name in declarations.PROTOTYPES:
            self.assertTrue(getattr(self.lib, name), name)
        self.assertEqual(self.lib.RQA_MEASURE_COUNT, declarations.RQA_MEASURE_COUNT)
        self.assertEqual(self.lib.RQA_ERROR_VALUE, -3)

    def test_an_analysis(self):
        ffi, lib = self.ffi, self.lib

        def create(noun, *arguments, function=None):
            out = ffi.new(f"rqa_{noun} **")
            call = getattr(lib, function or f"rqa_{noun}_create")
            self.assertEqual(call(out, *arguments), 0, ffi.string(lib.rqa_last_error()))
            return ffi.gc(out[0], getattr(lib, f"rqa_{noun}_destroy"))

        context = create("context", ffi.NULL)
        data = ffi.new("double[]", PYRQA_SERIES)
        series = create("series", context, data, len(PYRQA_SERIES), 1, ffi.NULL)
        embedding = create("embedding", series, 2, 2)
        options = ffi.new("rqa_analysis_options *")
        lib.rqa_analysis_options_init(options)
        options.threshold = 0.65
        options.convention = lib.RQA_CONVENTION_PYRQA
        metrics = create("metrics", embedding, ffi.NULL, options, function="rqa_metrics_compute")
        value = ffi.new("double *")
        self.assertEqual(lib.rqa_metrics_get(metrics, lib.RQA_MEASURE_DET, value), 0)
        self.assertAlmostEqual(value[0], 0.411765, delta=5.1e-7)
        for handle in (metrics, embedding, series, context):
            ffi.release(handle)


if __name__ == "__main__":
    main()
