#!/usr/bin/env python3
"""test_commands.py SOURCE - the README's two commands: that one does not take the other's tests away,
that everything builds without Check, and that a run of few tests is no success.
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(sys.argv[1])
RUN = (SOURCE / "tests/run.sh").read_text()
JUNIT = """<testsuite tests="3">
<testcase name="fine" status="run"><system-out>ok</system-out></testcase>
<testcase name="partly" status="run"><system-out>skipped: bar: no terminal
test_a (x.Y.test_a) ... skipped 'no mypy'
</system-out></testcase>
<testcase name="absent" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/>
<system-out>skipped: no doxygen
</system-out></testcase>
</testsuite>"""


def run(*command, code=0):
    """What a command prints, which must end with this status."""
    environment = {name: value for name, value in os.environ.items() if name != "RQA_CPU"}
    done = subprocess.run(command, cwd=SOURCE, env=environment, capture_output=True, text=True,
                          check=False)
    text = done.stdout + done.stderr
    assert (done.returncode != 0) == (code != 0), (command, done.returncode, text)
    return text


def n_tests(folder):
    """How many tests a folder has."""
    return int(re.search(r"Total Tests: (\d+)", run("ctest", "--test-dir", folder, "-N"))[1])


def few_tests_are_a_failure(folder):
    """CTest's "100% tests passed" says nothing of how many there were."""
    junit = os.path.join(folder, "junit.xml")
    Path(junit).write_text(JUNIT)
    report = [sys.executable, "-B", str(SOURCE / "tests/run_report.py"), junit]
    text = run(*report, "2")
    assert text == ("in part  partly: bar: no terminal\n"
                    "in part  partly: test_a (x.Y.test_a) ... skipped 'no mypy'\n"
                    "skipped  absent: no doxygen\n2 tests ran, 1 were skipped\n"), text
    assert "only 2 tests ran and 1 were skipped; 3 must run" in run(*report, "3", code=1)


def a_folder_without_tests_gets_them_back(folder):
    """What builds the program alone leaves a folder whose tests are off; run.sh's preset is not
    moved by that, and has as many tests as run.sh demands."""
    run("cmake", "-S", ".", "-B", folder, "-DRQA_BUILD_TESTS=OFF", "-DRQA_CUDA=OFF")
    assert n_tests(folder) == 0
    run("cmake", "--preset", "tests", "-B", folder)
    least = int(re.search(r"^check tests (\d+)$", RUN, re.M)[1])
    assert n_tests(folder) >= least > 100


def presets_that_run_tests_have_them():
    """Every preset that run.sh builds switches tests on, whatever a folder has remembered."""
    presets = set(re.findall(r"^ *check (\w+) \d+", RUN, re.M))
    assert {"tests", "asan", "tsan", "coverage"} <= presets
    for preset in presets:
        variables = run("cmake", "--preset", preset, "-N")
        assert re.search(r'RQA_BUILD_TESTS="ON"', variables), (preset, variables)


def everything_else_builds_without_check(folder):
    """The default preset goes without Check and says so; asked for, tests need it."""
    settings = ["-B", folder, "-DRQA_CUDA=OFF", "-DPKG_CONFIG_EXECUTABLE=/bin/false"]
    assert "Check was not found: everything but the tests" in run("cmake", "--preset", "default",
                                                                  *settings)
    assert n_tests(folder) == 0
    text = run("cmake", "--preset", "default", *settings, "-DRQA_BUILD_TESTS=ON", code=1)
    assert "RQA_BUILD_TESTS is ON, but Check was not found" in text, text


def ci_runs_what_the_readme_says():
    """Both commands, in the README's order."""
    readme = re.search(r"## Two commands\n.*?```sh\n(.*?)```", (SOURCE / "README.md").read_text(),
                       re.S)[1]
    wanted = re.findall(r"^(sh \S+)", readme, re.M)
    ci = re.findall(r"^(sh \S+)", (SOURCE / ".ci/run").read_text(), re.M)
    assert ci == wanted == ["sh examples/demo.sh", "sh tests/run.sh"], (ci, wanted)


def readme_says_how_to_build_and_to_load():
    """By hand: on more than one core, and what to do about a loader that finds no library."""
    text = (SOURCE / "README.md").read_text()
    for needed in ("cmake --build --preset default -j", "cannot open shared object file", "ldconfig",
                   "-Wl,-rpath,", "LD_LIBRARY_PATH="):
        assert needed in text, needed


def main():
    """All of them; the first failure ends it."""
    for function in (few_tests_are_a_failure, a_folder_without_tests_gets_them_back,
                     everything_else_builds_without_check):
        with tempfile.TemporaryDirectory() as folder:
            function(folder)
    presets_that_run_tests_have_them()
    ci_runs_what_the_readme_says()
    readme_says_how_to_build_and_to_load()
    print("the two commands keep out of each other's way")


if __name__ == "__main__":
    main()
