"""test_py_declarations.py - the generator of declarations: complete, strict; and the checks that
the loaded library gets."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from py_case import PACKAGE, ROOT, main, python
from rqa._library import declarations, path as library_path

sys.path.insert(0, os.path.join(PACKAGE, "tools"))
import make_declarations as maker  # noqa: E402

INCLUDE = os.path.join(ROOT, "include")


class Complete(unittest.TestCase):
    def test_every_exported_function_is_declared(self):
        """tests/abi/symbols.txt is what the library exports; plugin entries are no calls."""
        with open(os.path.join(ROOT, "tests", "abi", "symbols.txt"), encoding="ascii") as file:
            self.assertEqual(sorted(declarations.PROTOTYPES), file.read().split())

    def test_the_layout_is_the_compiler_s(self):
        """The sizes and offsets that tests/api/test_layout.c asserts when it is compiled."""
        with open(os.path.join(ROOT, "tests", "api", "test_layout.c"), encoding="ascii") as file:
            text = file.read()
        fields = re.findall(r"^AT\((\w+), (\w+), (\d+)\);", text, re.M)
        numbers = re.findall(r"^NUMBER\((\w+), (-?\d+)\);", text, re.M)
        self.assertGreater(len(fields), 100)
        self.assertGreater(len(numbers), 100)
        for struct, field, offset in fields:
            kind = getattr(declarations, struct)
            self.assertEqual(getattr(kind, field).offset, int(offset), (struct, field))
        for name, number in numbers:
            self.assertEqual(getattr(declarations, name), int(number), name)
        self.assertEqual(declarations.RQA_MEASURES_ALL, 2**declarations.RQA_MEASURE_COUNT - 1)

    def test_the_plain_caller_lays_its_options_out_alike(self):
        sys.path.insert(0, os.path.join(ROOT, "examples"))
        import ctypes_caller
        real = declarations.rqa_analysis_options
        for name, kind in ctypes_caller.AnalysisOptions._fields_:
            field = getattr(ctypes_caller.AnalysisOptions, name)
            self.assertEqual((field.offset, field.size),
                             (getattr(real, name).offset, getattr(real, name).size), name)


class Strict(unittest.TestCase):
    """A header that is changed in a way the generator does not know is an error, never a gap."""

    def generate(self, header, old, new):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(os.path.join(INCLUDE, "rqa"), os.path.join(folder, "rqa"))
            path = os.path.join(folder, "rqa", header)
            with open(path, encoding="utf-8") as file:
                text = file.read()
            self.assertIn(old, text)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text.replace(old, new, 1))
            return maker.python_source(maker.read_headers(folder))

    def refused(self, header, old, new, text):
        with self.subTest(new), self.assertRaisesRegex(maker.HeaderError, f"^{header}: .*{text}"):
            self.generate(header, old, new)

    def test_refused(self):
        field = "uint32_t n_threads;     /**< 0 = as many"
        self.refused("context.h", field, "unsigned n_threads; /**<", "a type that is declared")
        self.refused("context.h", field, "uint32_t n_threads : 3; /**<", "not understood")
        self.refused("context.h", field, "uint32_t n_threads, more; /**<", "expected ;")
        self.refused("context.h", "RQA_LOG_INFO = 2,", "RQA_LOG_INFO,", "expected =")
        self.refused("context.h", "RQA_LOG_INFO = 2,", "RQA_LOG_INFO = 1 + 1,", "not understood")
        self.refused("context.h", "RQA_API void rqa_context_destroy", "void rqa_context_destroy",
                     "expected typedef or enum or RQA_API")
        self.refused("context.h", "#include \"status.h\"", "#include <stdio.h>", "not understood")
        self.refused("context.h", "#include \"status.h\"", "#if 1\n#endif", "not understood")
        self.refused("version.h", "RQA_STRUCT_PROFILE = 14", "RQA_STRUCT_OTHER = 14",
                     "rqa_struct_id and the structs differ")
        self.refused("version.h", "uint32_t rqa_abi_version(void)", "uint32_t rqa_abi_version()",
                     "expected a name")
        self.refused("context.h", field, "void user; /**<", "a pointer to void")
        self.refused("context.h", field, "rqa_context more; /**<", "a pointer to rqa_context")
        self.refused("context.h", field, "char letter; /**<", "a pointer to char")
        self.refused("measure.h", "((uint64_t)1 << (measure))", "sizeof(int[measure])",
                     "not understood")

    def test_understood(self):
        source = self.generate("context.h", "\n} rqa_context_options;",
                               "char name[8]; int8_t *more;\n} rqa_context_options;")
        self.assertIn("('name', c_char * 8)", source)
        scope = {}
        exec(source, scope)
        import ctypes
        self.assertEqual(ctypes.sizeof(scope["rqa_context_options"]), 64)

    def test_the_program(self):
        script = os.path.join(PACKAGE, "tools", "make_declarations.py")
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.executable, "-B", script, INCLUDE, folder], check=True)
            self.assertEqual(sorted(os.listdir(folder)), ["_declarations.py", "rqa_cdef.h"])
            done = subprocess.run([sys.executable, "-B", script, folder, folder],
                                  capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, "^make_declarations.py: .*rqa.h")


class Import(unittest.TestCase):
    """What import says when the library does not fit, or is not there."""

    def package(self, folder, **changes):
        """A copy of the package with generated declarations, some of them changed."""
        copy = os.path.join(folder, "rqa")
        shutil.copytree(os.path.join(PACKAGE, "rqa"), copy,
                        ignore=shutil.ignore_patterns("__pycache__"))
        maker.write(INCLUDE, copy)
        with open(os.path.join(copy, "_declarations.py"), "a", encoding="utf-8") as file:
            file.write("\n".join(changes.values()))
        return folder

    def message(self, environment=None, **changes):
        with tempfile.TemporaryDirectory() as folder:
            done = python("import rqa", environment={
                "PYTHONPATH": self.package(folder, **changes), "PATH": os.environ["PATH"],
                "RQA_LIBRARY": library_path, **(environment or {})})
        return done.stderr.strip().split("ImportError: ")[-1]

    def test_it_works_unchanged(self):
        self.assertEqual(self.message(), "")

    def test_struct_sizes(self):
        self.assertRegex(self.message(a="class rqa_profile(Structure):\n    _fields_ = "
                                        "rqa_profile._fields_ + [('more', c_uint64)]\n"),
                         "rqa: struct rqa_profile has 56 bytes in .*librqa.* and 64 in this ")
        # A library that is newer may have appended to a struct that says its size,
        self.assertEqual(self.message(a="class rqa_profile(Structure):\n    _fields_ = "
                                        "rqa_profile._fields_[:-1]\n"), "")
        # but not to one that does not.
        self.assertRegex(self.message(a="class rqa_line_bin(Structure):\n    _fields_ = "
                                        "rqa_line_bin._fields_[:-1]\n"),
                         "rqa: struct rqa_line_bin has 16 bytes in .* and 8 in this package")

    def test_abi(self):
        self.assertRegex(self.message(a="RQA_ABI_VERSION = 77"), "has ABI 0; this package needs "
                                                                 "ABI 77")

    def test_missing_function(self):
        self.assertRegex(self.message(a="PROTOTYPES['rqa_later'] = (None, [])"),
                         "rqa: .* lacks rqa_later; it is older than this package")

    def test_no_library(self):
        self.assertRegex(self.message({"RQA_LIBRARY": "/nowhere/librqa.so"}),
                         "^rqa: RQA_LIBRARY=/nowhere/librqa.so cannot be loaded: ")
        text = self.message({"RQA_LIBRARY": "", "PATH": "/nowhere"}, a="RQA_ABI_VERSION = 77")
        for line in ("rqa: librqa was not found. Tried:", "no librqa is bundled", "pkg-config: ",
                     "librqa.so.77", "set RQA_LIBRARY"):
            self.assertIn(line, text)

    def test_bundled_library(self):
        with tempfile.TemporaryDirectory() as folder:
            self.package(folder)
            shutil.copy(library_path, os.path.join(folder, "rqa", "librqa.so"))
            done = python("from rqa import library_path; print(library_path)",
                          environment={"PYTHONPATH": folder, "RQA_LIBRARY": ""})
            self.assertEqual(done.stdout.strip(), os.path.join(folder, "rqa", "librqa.so"),
                             done.stderr)

    def test_pkg_config(self):
        with tempfile.TemporaryDirectory() as folder:
            self.package(folder)
            shutil.copy(library_path, os.path.join(folder, "librqa.so.0"))
            tool = os.path.join(folder, "pkg-config")
            with open(tool, "w", encoding="ascii") as file:
                file.write(f"#!/bin/sh\n[ \"$*\" = '--variable=libdir rqa' ] && echo '{folder}'\n")
            os.chmod(tool, 0o755)
            done = python("from rqa import library_path; print(library_path)", environment={
                "PYTHONPATH": folder, "RQA_LIBRARY": "", "PATH": folder + ":" + os.environ["PATH"]})
            self.assertEqual(done.stdout.strip(), os.path.join(folder, "librqa.so.0"), done.stderr)


if __name__ == "__main__":
    main()
