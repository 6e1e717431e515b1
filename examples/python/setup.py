"""setup.py - what pyproject.toml cannot say: the version, the generated files, the library.

The wheel gets a librqa that CMake builds here, from the source tree around this folder or from the
folder librqa of a source distribution, with the program rqa and, where there is nvcc, the GPU
plugin. CMAKE_ARGS is handed to CMake. RQA_BUNDLE=PATH takes the librqa at PATH instead; RQA_BUNDLE=none
takes none, and the package then finds an installed one when it is imported.
"""
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

from setuptools import Distribution, setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

HERE = os.path.dirname(os.path.abspath(__file__))
TREE = os.path.normpath(os.path.join(HERE, "..", ".."))
if not os.path.exists(os.path.join(TREE, "include", "rqa", "rqa.h")):
    TREE = os.path.join(HERE, "librqa")
BUNDLE = os.environ.get("RQA_BUNDLE", "")
# Nothing is written into the source tree.
SCRATCH = tempfile.mkdtemp(prefix="rqa-python-")
# What of the tree makes the library, the program and the demo.
SOURCES = ["CMakeLists.txt", "LICENSE", "README.md", "cuda", "include", "lib", "pkgconfig",
           "examples/rqa", "examples/data/gaze"]
# The last two where they can be built.
TARGETS = ["rqa", "rqa_program", "rqa_cuda", "rqa_readers_shared"]
# What a build makes beside the library, where it can: (folder, file).
ALSO = [("lib", "librqa_cuda.so"), ("examples/rqa", "librqa_readers.so")]
REMEDY = ("On Debian: apt-get install cmake gcc g++ libpng-dev zlib1g-dev libsqlite3-dev "
          "libxxhash-dev. RQA_BUNDLE=none installs the package without a library of its own.")


def read_version():
    """RQA_VERSION_STRING of the headers, as Python writes it: 0.3.0-dev is 0.3.0.dev0."""
    path = os.path.join(TREE, "include", "rqa", "version.h")
    with open(path, encoding="utf-8") as file:
        found = re.search(r"""RQA_VERSION_STRING\W+([0-9][^"']*)""", file.read())
    if not found:
        sys.exit(f"{path}: no RQA_VERSION_STRING")
    return found.group(1).replace("-dev", ".dev0")


def generate(folder):
    """_declarations.py and rqa_cdef.h."""
    os.makedirs(folder, exist_ok=True)
    subprocess.run([sys.executable, "-B", os.path.join(HERE, "tools", "make_declarations.py"),
                    os.path.join(TREE, "include"), folder], check=True)


def check_tools():
    """Says in one line what is missing to build the library."""
    if not shutil.which("cmake"):
        sys.exit(f"rqa: librqa cannot be built: there is no cmake. {REMEDY}")
    compilers = [shlex.split(os.environ["CC"])[0]] if os.environ.get("CC") else ["cc", "gcc", "clang"]
    if not any(shutil.which(name) for name in compilers):
        sys.exit(f"rqa: librqa cannot be built: there is no C compiler ({', '.join(compilers)}). "
                 f"{REMEDY}")


def build_library():
    """Builds librqa, the program and the plugin; the build folder."""
    check_tools()
    build = os.path.join(SCRATCH, "librqa")
    configure = ["cmake", "-S", TREE, "-B", build, "-DCMAKE_BUILD_TYPE=Release",
                 "-DRQA_BUILD_BENCH=OFF", "-DRQA_BUILD_TESTS=OFF", "-DRQA_BUILD_EXAMPLES=OFF",
                 # bin/rqa beside librqa.so finds it there, and by that name.
                 "-DCMAKE_BUILD_WITH_INSTALL_RPATH=ON", "-DCMAKE_INSTALL_BINDIR=lib/bin",
                 "-DCMAKE_INSTALL_LIBDIR=lib", "-DCMAKE_PLATFORM_NO_VERSIONED_SONAME=ON",
                 *shlex.split(os.environ.get("CMAKE_ARGS", ""))]
    make = ["cmake", "--build", build, "--target"]
    if subprocess.run(configure).returncode == 0:
        known = subprocess.run([*make, "help"], capture_output=True, text=True).stdout
        wanted = [target for target in TARGETS if re.search(rf"\b{target}\b", known)]
        if subprocess.run([*make, *wanted, "-j", str(os.cpu_count() or 1)]).returncode == 0:
            return build
    sys.exit(f"rqa: librqa could not be built, see above. {REMEDY}")


def bundle(folder):
    """Puts the library into the package, and what was built with it."""
    if BUNDLE == "none":
        return
    if BUNDLE:
        shutil.copyfile(BUNDLE, os.path.join(folder, "librqa.so"))
        return
    build = build_library()
    shutil.copyfile(os.path.join(build, "lib", "librqa.so"), os.path.join(folder, "librqa.so"))
    os.makedirs(os.path.join(folder, "bin"), exist_ok=True)
    shutil.copy(os.path.join(build, "examples", "rqa", "rqa"), os.path.join(folder, "bin", "rqa"))
    for inside, name in ALSO:
        built = os.path.join(build, inside, name)
        if os.path.exists(built):
            shutil.copyfile(built, os.path.join(folder, name))


class BuildWithLibrary(build_py):
    """build_py that adds the generated files and the library."""

    def run(self):
        super().run()
        folder = os.path.join(self.build_lib, "rqa")
        if getattr(self, "editable_mode", False):
            return  # the sources are used where they are, and generate for themselves
        generate(folder)
        bundle(folder)
        shutil.copytree(os.path.join(TREE, "examples", "data", "gaze"),
                        os.path.join(self.build_lib, "rqa_live", "demo"), dirs_exist_ok=True)


class SourceDistribution(sdist):
    """sdist with the C sources."""

    def make_release_tree(self, base_dir, files):
        super().make_release_tree(base_dir, files)
        shutil.copytree(os.path.join(HERE, "tools"), os.path.join(base_dir, "tools"),
                        ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
        for name in SOURCES:
            source, target = os.path.join(TREE, name), os.path.join(base_dir, "librqa", name)
            if os.path.isdir(source):
                shutil.copytree(source, target, dirs_exist_ok=True)
            else:
                os.makedirs(os.path.dirname(target), exist_ok=True)
                shutil.copyfile(source, target)


class WithLibrary(Distribution):
    """A distribution for one platform, unless it was asked for without a library."""

    def has_ext_modules(self):
        return BUNDLE != "none"


commands = {"build_py": BuildWithLibrary, "sdist": SourceDistribution}
try:
    from setuptools.command.bdist_wheel import bdist_wheel
except ImportError:
    try:
        from wheel.bdist_wheel import bdist_wheel
    except ImportError:  # asked for something else than a wheel
        bdist_wheel = None
if bdist_wheel:
    class AnyPython3(bdist_wheel):
        """The library is called by ctypes: any Python 3 of this platform can."""

        def get_tag(self):
            python, abi, platform = super().get_tag()
            return ("py3", "none", platform)

    commands["bdist_wheel"] = AnyPython3

try:
    setup(version=read_version(), cmdclass=commands, distclass=WithLibrary,
          options={"build": {"build_base": os.path.join(SCRATCH, "build")},
                   "egg_info": {"egg_base": SCRATCH}})
finally:
    shutil.rmtree(SCRATCH, ignore_errors=True)
