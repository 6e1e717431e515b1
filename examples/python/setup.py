"""setup.py - what pyproject.toml cannot say: the version, the generated files, the library.

In librqa's source tree the wheel gets a librqa that CMake builds here, and is a wheel for this
platform. RQA_BUNDLE=PATH takes that librqa instead; RQA_BUNDLE=none takes none, and the package
then finds an installed one when it is imported (as it does when made from a source distribution,
or without CMake).
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

from setuptools import setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

HERE = os.path.dirname(os.path.abspath(__file__))
TREE = os.path.normpath(os.path.join(HERE, "..", ".."))
IN_TREE = os.path.exists(os.path.join(TREE, "include", "rqa", "rqa.h"))
# Nothing is written into the source tree.
SCRATCH = tempfile.mkdtemp(prefix="rqa-python-")


def read_version():
    """RQA_VERSION_STRING, from the headers or from what a source distribution has of them, as Python
    writes it: 0.3.0-dev is 0.3.0.dev0."""
    path = (os.path.join(TREE, "include", "rqa", "version.h") if IN_TREE
            else os.path.join(HERE, "rqa", "_declarations.py"))
    with open(path, encoding="utf-8") as file:
        found = re.search(r"""RQA_VERSION_STRING\W+([0-9][^"']*)""", file.read())
    if not found:
        sys.exit(f"{path}: no RQA_VERSION_STRING")
    return found.group(1).replace("-dev", ".dev0")


def generate(folder):
    """_declarations.py and rqa_cdef.h; a source distribution brings them along."""
    if IN_TREE:
        os.makedirs(folder, exist_ok=True)
        subprocess.run([sys.executable, "-B", os.path.join(HERE, "tools", "make_declarations.py"),
                        os.path.join(TREE, "include"), folder], check=True)


def library_to_bundle():
    """Path of the librqa that goes into the wheel, or None."""
    given = os.environ.get("RQA_BUNDLE", "")
    if given == "none":
        return None
    if given:
        return given
    if not IN_TREE or not shutil.which("cmake"):
        print("rqa: no librqa is bundled; an installed one will be used", file=sys.stderr)
        return None
    build = os.path.join(SCRATCH, "librqa")
    for command in (["cmake", "-S", TREE, "-B", build, "-DCMAKE_BUILD_TYPE=Release",
                     "-DRQA_BUILD_BENCH=OFF", "-DRQA_BUILD_TESTS=OFF", "-DRQA_BUILD_EXAMPLES=OFF",
                     # bin/rqa beside librqa.so finds it there, and by that name.
                     "-DCMAKE_BUILD_WITH_INSTALL_RPATH=ON", "-DCMAKE_INSTALL_BINDIR=lib/bin",
                     "-DCMAKE_INSTALL_LIBDIR=lib", "-DCMAKE_PLATFORM_NO_VERSIONED_SONAME=ON"],
                    ["cmake", "--build", build, "--target", "rqa", "rqa_program", "-j",
                     str(os.cpu_count() or 1)]):
        if subprocess.run(command).returncode:
            sys.exit("rqa: librqa could not be built (see above). It needs a C11 compiler and "
                     "libpng, zlib and SQLite; RQA_BUNDLE=none installs the package without it.")
    return os.path.join(build, "lib", "librqa.so")


def bundle_program(library, folder):
    """The program, if it was built with the library; rqa-live runs it."""
    program = os.path.join(os.path.dirname(os.path.dirname(library)), "examples", "rqa", "rqa")
    if library.startswith(SCRATCH):
        os.makedirs(os.path.join(folder, "bin"), exist_ok=True)
        shutil.copy(program, os.path.join(folder, "bin", "rqa"))


class BuildWithLibrary(build_py):
    """build_py that adds the generated files and the library."""

    def run(self):
        super().run()
        folder = os.path.join(self.build_lib, "rqa")
        if getattr(self, "editable_mode", False):
            return  # the sources are used where they are, and generate for themselves
        generate(folder)
        library = library_to_bundle()
        if library:
            shutil.copyfile(library, os.path.join(folder, "librqa.so"))
            bundle_program(library, folder)
        if IN_TREE:
            shutil.copytree(os.path.join(TREE, "examples", "data", "gaze"),
                            os.path.join(self.build_lib, "rqa_live", "demo"), dirs_exist_ok=True)


class SourceDistribution(sdist):
    """sdist that brings the generated files along, for it leaves the headers behind."""

    def make_release_tree(self, base_dir, files):
        super().make_release_tree(base_dir, files)
        generate(os.path.join(base_dir, "rqa"))


commands = {"build_py": BuildWithLibrary, "sdist": SourceDistribution}
try:
    from wheel.bdist_wheel import bdist_wheel
except ImportError:  # asked for something else than a wheel
    pass
else:
    class PlatformWheel(bdist_wheel):
        """Any Python 3, this platform, if there is a library in it."""

        def finalize_options(self):
            super().finalize_options()
            bundles = os.environ.get("RQA_BUNDLE") or (IN_TREE and shutil.which("cmake"))
            self.root_is_pure = not bundles or os.environ.get("RQA_BUNDLE") == "none"

        def get_tag(self):
            python, abi, platform = super().get_tag()
            return ("py3", "none", platform)

    commands["bdist_wheel"] = PlatformWheel

try:
    setup(version=read_version(), cmdclass=commands,
          options={"build": {"build_base": os.path.join(SCRATCH, "build")},
                   "egg_info": {"egg_base": SCRATCH}})
finally:
    shutil.rmtree(SCRATCH, ignore_errors=True)
