#!/usr/bin/env python3
"""windows_wheel.py - the Python package with rqa.dll inside, for 64-bit Windows, made on another system.

Usage: windows_wheel.py RQA.DLL FOLDER [PURE.whl]

The package calls librqa by ctypes and needs no Python to compile against: the wheel that pip makes of
examples/python without a library (RQA_BUNDLE=none), or PURE.whl, gets the DLL, librqa_readers.dll from beside
it, the tag win_amd64 and a new RECORD. The DLLs' format, machine and exports are looked at first.
"""
import base64
import glob
import hashlib
import os
import re
import struct
import subprocess
import sys
import tempfile
import zipfile

TREE = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
NAME_IN_PACKAGE = "rqa/librqa.dll"  # as examples/python/rqa/_library.py looks for it: librqa.*
READERS = "librqa_readers.dll"  # as _files.py does
TAG = "py3-none-win_amd64"


def read_exports(dll):
    """Names that a 64-bit DLL exports (PE format, Microsoft)."""
    def number(at, form):
        return struct.unpack_from(form, dll, at)[0]

    pe = number(0x3c, "<I") if dll[:2] == b"MZ" else 0
    if dll[pe:pe + 4] != b"PE\0\0" or number(pe + 4, "<H") != 0x8664:
        sys.exit("not a DLL for 64-bit Windows")
    n_sections, size_of_optional = number(pe + 6, "<H"), number(pe + 20, "<H")
    sections = []
    for k in range(n_sections):
        at = pe + 24 + size_of_optional + 40 * k
        sections.append((number(at + 12, "<I"), number(at + 8, "<I"), number(at + 20, "<I")))

    def place(address):
        for start, size, raw in sections:
            if start <= address < start + size:
                return address - start + raw
        sys.exit("the DLL is damaged")

    table = place(number(pe + 24 + 112, "<I"))
    names = place(number(table + 32, "<I"))
    found = []
    for k in range(number(table + 24, "<I")):
        at = place(number(names + 4 * k, "<I"))
        found.append(dll[at:dll.index(b"\0", at)].decode())
    return found


def make_pure(folder):
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder,
                    os.path.join(TREE, "examples", "python")],
                   check=True, env=dict(os.environ, RQA_BUNDLE="none"))
    return glob.glob(os.path.join(folder, "*.whl"))[0]


def record_line(name, content):
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(content)}\n"


def read_dll(path, functions):
    """The bytes of a DLL that must export these."""
    try:
        with open(path, "rb") as file:
            dll = file.read()
    except OSError as error:
        sys.exit(f"{path}: {error.strerror}")
    missing = sorted(set(functions) - set(read_exports(dll)))
    if missing:
        sys.exit(f"{path}: does not export {', '.join(missing)}")
    return dll


def pack(pure, dlls, folder):
    out = os.path.join(folder, os.path.basename(pure).rsplit("-", 3)[0] + f"-{TAG}.whl")
    lines = []
    with zipfile.ZipFile(pure) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        names = source.namelist()
        if [name for name in names if name.startswith("rqa/librqa.")]:
            sys.exit(f"{pure}: holds a library of another system")
        record = next(name for name in names if name.endswith(".dist-info/RECORD"))
        contents = {name: source.read(name) for name in names if name != record}
        contents.update(dlls)
        wheel = record.replace("RECORD", "WHEEL")
        kept = [line for line in contents[wheel].decode().splitlines()
                if line and not line.startswith(("Tag:", "Root-Is-Purelib:"))]
        contents[wheel] = "\n".join([*kept, "Root-Is-Purelib: false", f"Tag: {TAG}", ""]).encode()
        for name, content in contents.items():
            target.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
            lines.append(record_line(name, content))
        target.writestr(record, "".join(lines) + f"{record},,\n")
    return out


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    with open(os.path.join(TREE, "tests", "abi", "symbols.txt"), encoding="utf-8") as file:
        symbols = file.read().split()
    with open(os.path.join(TREE, "examples", "rqa", "readers.h"), encoding="utf-8") as file:
        readers = re.findall(r"^READERS_API .*?(\w+)\(", file.read(), re.M)
    beside = os.path.join(os.path.dirname(sys.argv[1]), READERS)
    dlls = {NAME_IN_PACKAGE: read_dll(sys.argv[1], symbols), "rqa/" + READERS: read_dll(beside, readers)}
    os.makedirs(sys.argv[2], exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        pure = sys.argv[3] if len(sys.argv) > 3 else make_pure(scratch)
        out = pack(pure, dlls, sys.argv[2])
    print(f"{out}: {os.path.getsize(out)} bytes")


if __name__ == "__main__":
    main()
