#!/usr/bin/env python3
"""test_docs_links.py - every link of the site leads somewhere, every page can be reached from the
main page, and nothing is fetched from elsewhere. Plants faults first, to see itself fail.

Usage: test_docs_links.py FOLDER
"""
from __future__ import annotations

import re
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag


class Page(HTMLParser):
    """The anchors, links and resources of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.resources: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for key, value in attributes:
            if key in ("id", "name") and value:
                self.anchors.add(value)
            elif key == "href" and tag == "a" and value:
                self.links.append(value)
            elif key in ("src", "href") and value:
                self.resources.append(value)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def faults_of(folder: Path) -> list[str]:
    pages = {path.name: Page(path.read_text(encoding="utf-8")) for path in folder.glob("*.html")}
    faults = []
    for name, page in sorted(pages.items()):
        for link in page.links + page.resources:
            if re.match(r"https?:", link):
                if link in page.resources:
                    faults.append(f"{name}: needs {link} from the network")
                continue
            target, anchor = urldefrag(link)
            target = unquote(target) or name
            if not (folder / target).is_file():
                faults.append(f"{name}: link to {target}, which does not exist")
            elif anchor and unquote(anchor) not in pages[target].anchors:
                faults.append(f"{name}: link to {link}, where there is no such anchor")
        text = " ".join(page.words)
        for word in re.findall(r"::(?:rqa_|RQA_)\w+|[@\\]ref\b.*|\$relpath\S*", text):
            faults.append(f"{name}: reference that was not found: {word}")
        for word in re.findall(r"</?(?:code|strong|tt|em|sub|span)>|&#\d+;", text):
            faults.append(f"{name}: markup that is shown as text: {word}")
    reached, waiting = set(), ["index.html"]
    while waiting:
        name = waiting.pop()
        if name in reached or name not in pages:
            continue
        reached.add(name)
        waiting += [unquote(urldefrag(link)[0]) for link in pages[name].links]
    return faults + [f"{name}: cannot be reached from the main page"
                     for name in sorted(set(pages) - reached)]


def self_test() -> None:
    good = '<a href="b.html#x">b</a> <a href="https://example.org">elsewhere</a>'
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for index, other, expected in (
                (good, '<p id="x">', []),
                (good, '<p id="y">', ["no such anchor"]),
                (good + '<a href="c.html">', '<p id="x">', ["does not exist"]),
                ("", '<p id="x">', ["cannot be reached"]),
                (good + '<img src="https://example.org/a.png">', '<p id="x">', ["network"]),
                (good, '<p id="x">see ::rqa_nothing', ["not found"]),
                (good, '<p id="x">&lt;code>rqa', ["shown as text"])):
            (folder / "index.html").write_text(index)
            (folder / "b.html").write_text(other)
            found = faults_of(folder)
            assert len(found) == len(expected) and all(
                text in fault for text, fault in zip(expected, found)), (index, other, found)


def main() -> None:
    folder = Path(sys.argv[1])
    self_test()
    if not (folder / "index.html").is_file():
        print("no site here: it was not built")
        sys.exit(77)
    faults = faults_of(folder)
    print("\n".join(faults))
    if faults:
        sys.exit(f"{len(faults)} faults in {folder}")
    print(f"{len(list(folder.glob('*.html')))} pages: links hold, all can be reached")


if __name__ == "__main__":
    main()
