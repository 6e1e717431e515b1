#!/usr/bin/env python3
"""test_readme.py - the README's programs are the tested ones, and its files exist.

Usage: test_readme.py SOURCE_FOLDER PATH_TO_LIBRQA
"""
import os
import re
import subprocess
import sys

source, library = sys.argv[1:3]
readme = open(os.path.join(source, "README.md"), encoding="utf-8").read()

blocks = re.findall(r"```(\w*)\n(.*?)```", readme, re.S)
program = [text for language, text in blocks if language == "c"]
example = open(os.path.join(source, "examples", "first_analysis.c"), encoding="utf-8").read()
assert program == [example], "the README's C program differs from examples/first_analysis.c"

output = [text for language, text in blocks if language == ""]
assert "recurrence rate 0.3091, determinism 0.4118\n" in output, output

snippet, = [text for language, text in blocks if language == "python"]
snippet = snippet.replace("build/lib/librqa.so", library)
done = subprocess.run([sys.executable, "-B", "-c", snippet], cwd=source, capture_output=True,
                      text=True, check=True)
assert abs(float(done.stdout) - 1) < 1e-12, done.stdout

for path in re.findall(r"(?:sh |`|\()((?:examples|tests|include|lib|cuda)/[\w./-]+)", readme):
    if not path.endswith("."):
        assert os.path.exists(os.path.join(source, path)), f"README names {path}, which is missing"
print("README holds")
