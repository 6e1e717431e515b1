"""test_abi.py WHAT SOURCE WORK LIBRARY - guards of the ABI. LIBRARY has debug information.

release: the library against the last release's dump and headers, kept in this folder.
mutants: that those guards let additions pass and nothing else.
callers: a caller of the last release with this library, one of this with a library that has grown,
         and one of a release to come with this library.
"""
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import abi_rules
import abi_text

HERE = Path(__file__).resolve().parent
# The only dump in this folder is the last release's.
RELEASE = next(HERE.glob("librqa-*.abi")).stem.removeprefix("librqa-")
CC = os.environ.get("CC", "cc")
SKIPPED = 77


def run(*command: object, **more: object) -> str:
    """Standard output of a command; its error output as an exception if it fails."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          check=False, **more)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}: exit {done.returncode}\n"
                           f"{done.stderr}{done.stdout}")
    return done.stdout


class Abi:
    """Where things lie."""

    def __init__(self, source: str, work: str, library: str) -> None:
        self.source, self.work = Path(source).absolute(), Path(work).absolute()
        self.built = Path(library).absolute()
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        self.header = abi_text.flatten(self.source / "include")
        self.old_header = (HERE / f"rqa-{RELEASE}.h").read_text()
        self.dump = HERE / f"librqa-{RELEASE}.abi"
        number = re.search(r"RQA_ABI_VERSION (\d+)", self.old_header)
        self.stub_map = self.write(
            "stub.map", f"RQA_{number[1]} {{ global: rqa_[a-z]*; local: *; }};\n")

    def write(self, name: str, text: str) -> Path:
        """A file in the work folder."""
        path = self.work / name
        path.write_text(text)
        return path

    def stub(self, name: str, header: str, folder: str = "") -> Path:
        """A library with the ABI that the header describes."""
        source = self.write(f"{name}.c", abi_text.stub(header))
        (self.work / folder).mkdir(exist_ok=True)
        out = self.work / folder / "librqa.so.0" if folder else self.work / f"{name}.so"
        run(CC, "-std=c99", "-g", "-fPIC", "-shared", "-Wl,-soname,librqa.so.0",
            f"-Wl,--version-script={self.stub_map}", source, "-o", out)
        return out

    def layout(self, name: str, program: Path, header: str) -> str:
        """What the layout program prints when compiled with this header."""
        self.write(f"{name}.h", header)
        run(CC, "-std=c99", f'-DRQA_HEADER="{name}.h"', f"-I{self.work}", program, "-o",
            self.work / name)
        return run(self.work / name)

    def refusals(self, old: Path, old_header: str, new: Path, new_header: str) -> list[str]:
        """Everything both guards object to."""
        may_grow = abi_text.growing(new_header)
        found = abi_rules.refusals(old, new, may_grow)
        program = self.write("layout.c", abi_text.layout_program(old_header))
        try:
            found += abi_rules.layout_refusals(self.layout("old_layout", program, old_header),
                                               self.layout("new_layout", program, new_header),
                                               may_grow)
        except RuntimeError as error:
            found.append(f"layout: what was declared is gone: {error}")
        return found


def release(abi: Abi) -> None:
    """This library against the last release."""
    number = re.search(r"RQA_ABI_VERSION (\d+)", abi.header)
    old_number = re.search(r"RQA_ABI_VERSION (\d+)", abi.old_header)
    if number[1] != old_number[1]:
        print(f"skipped: ABI {number[1]} owes nothing to ABI {old_number[1]}")
        sys.exit(SKIPPED)
    # Headers, stub and dump of the release must be of one mind, or one of them is stale.
    own = abi.refusals(abi.dump, abi.old_header, abi.stub("old", abi.old_header), abi.old_header)
    assert not own, f"{abi.dump.name} is not the dump of rqa-{RELEASE}.h: {own}"
    found = abi.refusals(abi.dump, abi.old_header, abi.built, abi.header)
    assert not found, f"not compatible with librqa {RELEASE}:\n" + "\n".join(found)
    print(f"compatible with librqa {RELEASE}")


# What is done to the headers (pattern, replacement), and whether callers survive it.
APPEND = (r"(\n\} rqa_analysis_options;)", r"\n    uint64_t grown;\1")
SWAP = (r"(    int32_t norm;\n)(    int32_t compare;\n)", r"\2\1")
SIZE = r"RQA_API size_t rqa_struct_size\(int32_t struct_id\);"
MUTANTS: dict[str, tuple[bool, list[tuple[str, str]]]] = {
    "nothing": (True, []),
    "a new call": (True, [(f"({SIZE})", r"\1\nRQA_API uint32_t rqa_fresh(const rqa_context *c);")]),
    "a new struct": (True, [(f"({SIZE})", r"typedef struct rqa_fresh {\n    uint32_t struct_size;\n"
                             r"} rqa_fresh;\n\1\nRQA_API void rqa_fresh_get(rqa_fresh *fresh);")]),
    "an appended field": (True, [APPEND]),
    "two appended fields": (True, [APPEND, APPEND[:1] + (r"\n    double more;\1",)]),
    "a field appended to an event": (True, [(r"(\n\} rqa_batch_event;)", r"\n    double more;\1")]),
    "a new number": (True, [(r"(    RQA_NORM_MANHATTAN = 2)", r"\1,\n    RQA_NORM_FRESH = 3")]),
    "a reserved field put to use": (True, [(r"uint32_t reserved;(\n    uint64_t window;)",
                                            r"uint32_t flags;\1")]),
    "a removed call": (False, [(SIZE, "")]),
    "a renamed call": (False, [("rqa_struct_size", "rqa_sizeof")]),
    "a parameter of another type": (False, [(r"(rqa_struct_size\()int32_t", r"\1int64_t")]),
    "one more parameter": (False, [(r"(rqa_struct_size\(int32_t struct_id)", r"\1, int32_t b")]),
    "another return type": (False, [(r"size_t( rqa_struct_size)", r"uint32_t\1")]),
    "another callback": (False, [(r"(\(\*rqa_log_callback\)\(void \*user), int32_t level, (.*)\);",
                                  r"\1, \2, int32_t level);")]),
    "fields that change places": (False, [SWAP]),
    "the same behind an appended field": (False, [SWAP, APPEND]),
    "an inserted field": (False, [(r"(    int32_t norm;\n)", r"\1    int32_t fresh;\n")]),
    "a removed field": (False, [(r"    uint32_t direction_lag;\n    uint32_t reserved;\n"
                                 r"(\} rqa_analysis_options)", r"\1")]),
    "a renamed field": (False, [(r"    int32_t norm;\n(    int32_t compare)",
                                 r"    int32_t metric;\n\1")]),
    "a field of another size": (False, [("double threshold_y;", "float threshold_y;")]),
    "the same behind an appended one": (False, [("double threshold_y;", "float threshold_y;"),
                                                APPEND]),
    "a field of another sign": (False, [("uint32_t lmin;\n    uint32_t vmin;\n    uint32_t wmin;",
                                         "int32_t lmin;\n    uint32_t vmin;\n    uint32_t wmin;")]),
    "a number that changed": (False, [("RQA_NORM_EUCLIDEAN = 1", "RQA_NORM_EUCLIDEAN = 7")]),
    "a number that is gone": (False, [(r"    RQA_NORM_MANHATTAN = 2\n", "")]),
    "a field appended to a struct without size": (False, [(r"(\n\} rqa_line_bin;)",
                                                           r"\n    uint64_t more;\1")]),
    "a field appended to a struct inside another": (False, [(r"(\n\} rqa_batch_statistics;)",
                                                             r"\n    double more;\1")]),
}


def mutants(abi: Abi) -> None:
    """Each mutant of the headers is let through or refused, as it should be."""
    base = abi.stub("base", abi.header)
    wrong = []
    for name, (harmless, changes) in MUTANTS.items():
        header = abi.header
        for pattern, replacement in changes:
            header, n = re.subn(pattern, replacement, header, count=1)
            assert n == 1, f"{name}: nothing to change"
        found = abi.refusals(base, abi.header, abi.stub("mutant", header), header)
        print(f"{name}: {'; '.join(found)[:150].splitlines()[0] if found else 'passes'}")
        if harmless != (not found):
            wrong.append(f"{name}: {found or 'was not refused'}")
    other = abi.work / "other.so"
    run(CC, "-shared", "-g", "-fPIC", "-Wl,-soname,librqa.so.1",
        f"-Wl,--version-script={abi.stub_map}", abi.work / "base.c", "-o", other)
    if not abi.refusals(base, abi.header, other, abi.header):
        wrong.append("another SONAME was not refused")
    assert not wrong, "\n".join(wrong)
    print(f"{len(MUTANTS) + 1} mutants as they should be")


def caller(abi: Abi, name: str, header: str, library: Path, *options: str) -> Path:
    """abi_caller.c compiled with this header and linked with this library."""
    abi.write(f"{name}.h", header)
    run(CC, "-std=c99", "-Wall", "-Wextra", "-Werror", f'-DRQA_HEADER="{name}.h"', f"-I{abi.work}",
        *options, HERE / "abi_caller.c", library, "-o", abi.work / name)
    return abi.work / name


def grown_library(abi: Abi, names: list[str]) -> Path:
    """This library as a later release may be: each of these structs has one more field."""
    copy = abi.work / "grown"
    unused = shutil.ignore_patterns("build*", ".*", "examples", "tests")
    shutil.copytree(abi.source, copy, ignore=unused)
    for header in (copy / "include/rqa").glob("*.h"):
        header.write_text(abi_text.grown(header.read_text(), names))
    run("cmake", "-S", abi.source / "tests/consumer/add_subdirectory", "-B", copy / "build",
        f"-DRQA_SOURCE={copy}", "-DCMAKE_BUILD_TYPE=Debug",
        env=dict(os.environ, README_PROGRAM=str(abi.source / "examples/first_analysis.c")))
    run("cmake", "--build", copy / "build", "-j", 2)
    return copy / "build/rqa/lib/librqa.so"


def callers(abi: Abi) -> None:
    """Callers of one release with libraries of another."""
    names = abi_text.growing(abi.header)
    assert "rqa_analysis_options" in names and "rqa_batch_statistics" not in names, names
    new_header = abi_text.grown(abi.header, names)
    later = grown_library(abi, names)
    now = caller(abi, "caller_now", abi.header, abi.built)
    old = caller(abi, "caller_old", abi.old_header, abi.stub("old", abi.old_header, "old_library"))
    new = caller(abi, "caller_new", new_header, abi.built, "-DGROWN")

    def transcript(program: Path, library: Path, longer: int, shorter: int) -> str:
        environment = dict(os.environ, LD_LIBRARY_PATH=str(library.parent))
        done = subprocess.run([str(program)], capture_output=True, text=True, check=False,
                              cwd=abi.work, env=environment)
        relation = f"structs: {longer} longer in the library, {shorter} shorter\n"
        if done.returncode or (longer >= 0 and done.stderr != relation):
            raise AssertionError(f"{program.name} with {library}: exit {done.returncode}\n"
                                 f"{done.stderr}")
        return done.stdout

    expected = transcript(now, abi.built, 0, 0)
    assert "recurrence rate 0.3091, determinism 0.4118" in expected, expected
    n_known = (HERE / "abi_caller.c").read_text().count("{RQA_STRUCT_")
    for program, library, longer, shorter in ((old, abi.built, -1, 0), (now, later, n_known, 0),
                                              (old, later, n_known, 0),
                                              (new, abi.built, 0, n_known)):
        got = transcript(program, library, longer, shorter)
        assert got == expected, f"{program.name} with {library} printed\n{got}not\n{expected}"
    print(f"callers of {RELEASE}, of now and of later agree; {len(names)} structs may grow")


def main() -> int:
    what, source, work, library = sys.argv[1:]
    if what != "callers" and shutil.which("abidiff") is None:
        print("skipped: no abidiff (Debian: abigail-tools)")
        return SKIPPED
    try:
        {"release": release, "mutants": mutants, "callers": callers}[what](
            Abi(source, work, library))
    except (AssertionError, RuntimeError) as error:
        print(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
