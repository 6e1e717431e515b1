#!/usr/bin/env python3
"""test_docs_manual.py - what a public function's comment must say beyond what Doxygen asks for: what
it returns, which errors, on which threads, since when, and what it costs where that is not nothing.

Usage: test_docs_manual.py FOLDER_WITH_DOXYGEN_XML
"""
from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as xml
from pathlib import Path

# Calls whose time or memory grows with the data.
COSTLY = re.compile(r"_(create|compute|from_\w+|unpack|write_png|run|start|calibrate|merge|read)$")
# ... of which these look names up.
CHEAP = re.compile(r"_from_name$")


def text_of(node: xml.Element | None) -> str:
    return "" if node is None else re.sub(r"\s+", " ", "".join(node.itertext())).strip()


def faults_of(function: xml.Element, statuses: set[str]) -> list[str]:
    name = text_of(function.find("name"))
    sections = {}
    for section in function.iter("simplesect"):
        key = text_of(section.find("title")) or section.get("kind", "")
        sections[key] = text_of(section)
    documented = {text_of(item) for item in function.iter("parametername")}
    faults = []
    if not text_of(function.find("briefdescription")):
        faults.append("does not say what it does")
    for parameter in function.iter("param"):
        if parameter.find("declname") is not None and text_of(
                parameter.find("declname")) not in documented:
            faults.append(f"parameter {text_of(parameter.find('declname'))} is not described")
    kind = re.sub(r"\b(RQA_API|extern)\b", "", text_of(function.find("type"))).strip()
    if kind != "void" and "return" not in sections:
        faults.append("does not say what it returns")
    if kind == "rqa_status":
        named = set(re.findall(r"RQA_(?:OK|ERROR_\w+)", sections.get("return", "")))
        if not named and not re.search(r"\brqa_\w+\(\)|status", sections.get("return", "")):
            faults.append("does not name its errors")
        faults += [f"names {status}, which does not exist" for status in named - statuses]
    if "Threads" not in sections:
        faults.append("does not say on which threads it may be called")
    if not re.search(r"\d+\.\d+\.\d+", sections.get("since", "")):
        faults.append("does not say since when")
    if COSTLY.search(name) and not CHEAP.search(name) and "Cost" not in sections:
        faults.append("does not say what it costs")
    return [f"{name}: {fault}" for fault in faults]


def main() -> None:
    folder = Path(sys.argv[1])
    files = sorted(folder.glob("*_8h.xml"))
    if not files:
        print("no reference here: it was not built")
        sys.exit(77)
    trees = [xml.parse(path).getroot() for path in files]
    statuses = {text_of(value.find("name")) for tree in trees for value in tree.iter("enumvalue")}
    functions = [member for tree in trees for member in tree.iter("memberdef")
                 if member.get("kind") == "function"]
    assert len(functions) > 50 and "RQA_ERROR_VALUE" in statuses, "the reference cannot be read"
    faults = [fault for function in functions for fault in faults_of(function, statuses)]

    # A function that says nothing must be found out.
    silent = xml.fromstring("<memberdef kind='function'><type>rqa_status</type>"
                            "<name>rqa_x_create</name><param><declname>x</declname></param>"
                            "</memberdef>")
    assert len(faults_of(silent, statuses)) == 7, faults_of(silent, statuses)

    print("\n".join(faults))
    if faults:
        sys.exit(f"{len(faults)} faults in the comments of {len(functions)} functions")
    print(f"{len(functions)} public functions say what they must")


if __name__ == "__main__":
    main()
