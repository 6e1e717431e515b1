#!/usr/bin/env python3
"""test_versions.py SOURCE VERSION TEXT - every place that names the release names the one that
CMakeLists.txt builds: VERSION in numbers, TEXT with -dev while it is in development; and the licence
that packages carry is that of the project.
"""
import re
import shutil
import subprocess
import sys
from pathlib import Path

SOURCE, VERSION, TEXT = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
IN_DEVELOPMENT = TEXT != VERSION


def found(path, pattern):
    """Everything that the pattern finds in a file."""
    return re.findall(pattern, (SOURCE / path).read_text(), re.M)


def expect(what, got, wanted):
    """Equal, or the end."""
    assert got == wanted, f"{what}: {got}, not {wanted}"


def main():
    """All places."""
    assert TEXT in (VERSION, VERSION + "-dev"), TEXT
    header = dict(found("include/rqa/version.h", r'^#define RQA_VERSION_(\w+) "?([^\s"]+)'))
    expect("version.h, numbers", [header[part] for part in ("MAJOR", "MINOR", "PATCH")],
           VERSION.split("."))
    expect("version.h, text", header["STRING"], TEXT)
    expect("README.md, citation", found("README.md", r"cite as: \*librqa ([^,\s]+)"), [TEXT])
    # R's own sign of a development version.
    expect("examples/r/rqa/DESCRIPTION", found("examples/r/rqa/DESCRIPTION", r"^Version: (\S+)$"),
           [VERSION + ".9000" if IN_DEVELOPMENT else VERSION])
    expect("docs/abi.md", found("docs/abi.md", r"^\| release, here (\S+) \|"), [TEXT])

    releases = found("CHANGELOG.md", r"^## \[([\d.]+)\] - (.*)$")
    expect("CHANGELOG.md", (releases[0][0], releases[0][1] == "in development"),
           (VERSION, IN_DEVELOPMENT))
    for _, date in releases[IN_DEVELOPMENT:]:
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", date), date
    debian = found("packaging/changelog.Debian", r"^rqa \((\S+)-\d+\)")
    expect("changelog.Debian", debian, [TEXT.replace("-", "~"), *(name for name, _ in releases[1:])])
    for older, newer in zip(debian[1:], debian) if shutil.which("dpkg") else ():
        subprocess.run(["dpkg", "--compare-versions", older, "lt", newer], check=True)

    # What the guards of the ABI compare with is the newest release that has a date.
    last = releases[IN_DEVELOPMENT][0]
    expect("tests/abi", sorted(path.name for path in (SOURCE / "tests/abi").glob("*rqa-*")),
           [f"librqa-{last}.abi", f"rqa-{last}.h"])
    expect("tests/abi, header", found(f"tests/abi/rqa-{last}.h", r'^#define RQA_VERSION_STRING "(.*)"'),
           [last])
    # A package that is built of this folder alone has the licence, where links are not kept too.
    licence = SOURCE / "examples/python/LICENSE"
    expect("examples/python/LICENSE, a link", licence.is_symlink(), False)
    expect("examples/python/LICENSE", licence.read_text(), (SOURCE / "LICENSE").read_text())
    # The project has no home page.
    for path in [SOURCE / "CMakeLists.txt", *(SOURCE / "packaging").iterdir(),
                 *(SOURCE / "pkgconfig").iterdir()]:
        named = re.search(r"HOMEPAGE|librqa\.(org|com|net|io)", path.read_text())
        assert not named, f"{path}: {named[0]}"
    print(f"everything names librqa {TEXT}; the last release is {last}")


if __name__ == "__main__":
    main()
