#!/usr/bin/env python3
"""build_site.py - makes the site: expands the pages, runs Doxygen, adds the navigation.

A page is Markdown. Five kinds of fenced blocks are pulled in, so that it shows what really runs:

    ```run       shell commands, one a line; shown with their output. Files they write (pictures)
                 stay for the later blocks of the page. A command that fails ends the build.
    ```show      the same, but only the output is shown
    ```insert    the output is Markdown
    ```python    a script that uses the package rqa, with its output. Without NumPy it is shown, with
                 a note in the build's output, but not run.
    ```code      FILE [NAME]: a source file, or the part between its two lines `//! [NAME]`

Links between pages name the .md file; `rqa_x()` and constants in code spans become links.
Exit status 77: there is no Doxygen.
"""
from __future__ import annotations

import argparse
import html
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

MISSING_TOOL = 77
FRACTION = r'<span class="fraction"><span>\1</span><span>\2</span></span>'


def fail(message: str) -> None:
    sys.exit(f"build_site.py: {message}")


class Site:
    """The pages, and what their blocks and links refer to."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.source = Path(arguments.source).resolve()
        self.out = Path(arguments.out).resolve()
        self.version = arguments.version
        self.doxygen = arguments.doxygen
        self.pages = self.out / "pages"
        self.work = self.out / "work"
        self.html = self.out / "html"
        for folder in (self.pages, self.work, self.html, self.out / "xml"):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        tools = self.out / "bin"
        shutil.rmtree(tools, ignore_errors=True)
        tools.mkdir()
        for program in arguments.program:
            (tools / Path(program).name).symlink_to(Path(program).resolve())
        self.environment = dict(os.environ, PATH=f"{tools}:{os.environ['PATH']}",
                                LIBRQA=str(Path(arguments.librqa).resolve()),
                                RQA_LIBRARY=str(Path(arguments.librqa).resolve()),
                                PYTHONPATH=str(self.source / "examples" / "python"))
        self.has_numpy = importlib.util.find_spec("numpy") is not None
        # What a reader's machine may force must not leak into the pages.
        for name in ("RQA_BACKEND", "RQA_CPU"):
            self.environment.pop(name, None)
        headers = "\n".join(path.read_text(encoding="utf-8")
                            for path in self.source.glob("include/rqa/*.h"))
        found = re.findall(r"^ +(RQA_\w+) = |^#define (RQA_\w+)|\b(rqa_[a-z0-9_]+)\b", headers,
                           re.M)
        self.names = {name for names in found for name in names if name}

    def folder(self, page: str) -> Path:
        """Where a page's commands run: a folder of its own with the example data."""
        folder = self.work / Path(page).stem
        if not folder.exists():
            folder.mkdir()
            (folder / "examples").symlink_to(self.source / "examples")
            (folder / "draw_gallery.py").symlink_to(self.source / "docs" / "draw_gallery.py")
            subprocess.run([sys.executable, "-B", self.source / "docs" / "make_signals.py", folder],
                           check=True)
        return folder

    def run(self, command: str, page: str) -> str:
        done = subprocess.run(["sh", "-eu", "-c", command], cwd=self.folder(page), text=True,
                              env=self.environment, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=120, check=False)
        if done.returncode:
            fail(f"{page}: exit status {done.returncode} of\n{command}\n{done.stdout}")
        return done.stdout

    def code(self, request: str, page: str) -> str:
        path, _, name = request.strip().partition(" ")
        lines = (self.source / path).read_text(encoding="utf-8").splitlines()
        if name:
            marks = [k for k, line in enumerate(lines)
                     if re.fullmatch(rf"\s*(//|#)! \[{re.escape(name)}\]", line)]
            if len(marks) != 2:
                fail(f"{page}: {path} has {len(marks)} marks [{name}], not 2")
            lines = lines[marks[0] + 1:marks[1]]
        lines = [line for line in lines if not re.fullmatch(r"\s*(//|#)! \[\w+\]", line)]
        text = textwrap.dedent("\n".join(lines)).strip("\n")
        return f"```{{{Path(path).suffix}}}\n{text}\n```\n<div class=\"from\">{path}</div>\n\n"

    def session(self, body: str, page: str) -> str:
        """Commands, one a line or continued by a backslash, each followed by its output."""
        commands = re.sub(r"\\\n", "\0", body).splitlines()
        mark = "\1"
        script = "\n".join(f"printf '{mark}'\n" + command.replace("\0", "\\\n")
                           for command in commands)
        outputs = self.run(script, page).split(mark)[1:]
        text = ""
        for command, output in zip(commands, outputs):
            text += "$ " + command.replace("\0", "\\\n  ") + "\n" + output
            if output and not output.endswith("\n"):
                text += "\n"
        return text

    def python(self, body: str, page: str) -> str:
        shown = f"```{{.py}}\n{body}```\n"
        if not self.has_numpy:
            print(f"build_site.py: no NumPy: {page} shows Python that was not run", file=sys.stderr)
            return shown
        (self.folder(page) / "script.py").write_text(body, encoding="utf-8")
        output = self.run(f"{sys.executable} -B script.py", page).rstrip("\n")
        return shown + (f"```{{.unparsed}}\n{output}\n```\n" if output else "")

    def block(self, kind: str, body: str, page: str) -> str:
        if kind == "code":
            return self.code(body, page)
        if kind == "python":
            return self.python(body, page)
        output = self.session(body, page) if kind == "run" else self.run(body, page)
        output = output.rstrip("\n")
        if kind == "insert" or not output:
            return self.prose(page, output + "\n")
        return f"```{{.unparsed}}\n{output}\n```\n"

    def link(self, page: str, target: str, text: str) -> str:
        """A Markdown link of a page, as Doxygen wants it: on one line."""
        text = re.sub(r"\s+", " ", text)
        if re.match(r"https?:", target):
            return f"[{text}]({target})"
        name, _, section = target.partition("#")
        if name and not (self.source / "docs" / name).is_file():
            fail(f"{page}: link to {name}, which does not exist")
        if name and not name.endswith(".md"):
            fail(f"{page}: link to {name}, which is no page")
        stem = Path(name).stem if name else Path(page).stem
        return f"[{text}](@ref {anchor(stem, section)})"

    def span(self, page: str, code: str) -> str:
        """A code span; names of the API become links, paths must exist."""
        if re.match(r"(lib|tests|examples|docs|cuda|include|pkgconfig)/[\w./-]*\w$", code):
            if not (self.source / code).exists():
                fail(f"{page}: names {code}, which does not exist")
        if re.fullmatch(r"rqa/\w+\.h", code) and (self.source / "include" / code).exists():
            return f"<code>@ref {code}</code>"
        called = re.fullmatch(r"(rqa_\w+)\(\)", code)
        if called:
            return f"<code>@ref {called[1]} \"{code}\"</code>"
        if code in self.names and not code.startswith("RQA_API"):
            return f"<code>@ref {code} \"{code}\"</code>"
        return f"`{code}`"

    def prose(self, page: str, text: str) -> str:
        out = []
        for part in re.split(r"(`[^`\n]+`)", text):
            if part.startswith("`") and len(part) > 2:
                out.append(self.span(page, part[1:-1]))
            else:
                out.append(re.sub(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)",
                                  lambda m: self.link(page, m[2], m[1]), part))
        text = "".join(out)
        # A formula: {above} / {below}.
        text = re.sub(r"^> .*$", lambda m: re.sub(r"\{([^{}]+)\} / \{([^{}]+)\}", FRACTION, m[0]),
                      text, flags=re.M)
        stem = Path(page).stem

        def heading(match: re.Match[str]) -> str:
            hashes, title = match[1], match[2]
            label = anchor(stem, "" if hashes == "#" else slug(title))
            # The main page has its label from Doxygen.
            return match[0] if label == "index" else f"{hashes} {title} {{#{label}}}"
        return re.sub(r"^(#{1,4}) (.+)$", heading, text, flags=re.M)

    def expand(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        out = []
        for part in re.split(r"(^```.*?^```\n)", text, flags=re.S | re.M):
            fence = re.match(r"```(run|show|insert|code|python)\n(.*)```\n\Z", part, re.S)
            if fence:
                out.append(self.block(fence[1], fence[2], path.name))
            elif part.startswith("```c\n"):
                fail(f"{path.name}: C that no test runs; take it from an example with ```code")
            elif part.startswith("```"):
                # Doxygen knows languages by their suffix.
                out.append(re.sub(r"\A```(\w+)", r"```{.\1}", part))
            else:
                out.append(self.prose(path.name, part))
        (self.pages / path.name).write_text("".join(out), encoding="utf-8")

    def doxygen_run(self) -> None:
        docs = self.source / "docs"
        settings = (docs / "Doxyfile.in").read_text(encoding="utf-8")
        pictures = " ".join(str(folder) for folder in sorted(self.work.iterdir()))
        for key, value in {"SOURCE": self.source, "OUT": self.out, "PAGES": self.pages,
                           "WORK": pictures, "VERSION": self.version}.items():
            settings = settings.replace(f"@{key}@", str(value))
        (self.out / "Doxyfile").write_text(settings, encoding="utf-8")
        done = subprocess.run([self.doxygen, "Doxyfile"], cwd=self.out, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        warnings = done.stdout.replace(str(self.pages), "docs").replace(f"{self.source}/", "")
        if done.returncode or "warning:" in warnings:
            fail(f"doxygen:\n{warnings}")

    def contents(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Chapters of the site with (file, title): the lists of index.md, then the headers."""
        chapters = []
        for line in (self.source / "docs" / "index.md").read_text(encoding="utf-8").splitlines():
            chapter = re.match(r"## (.+)", line)
            entry = re.match(r"- \[(.+?)\]\((\w+)\.md\)", line)
            if chapter:
                chapters.append((chapter[1], []))
            elif entry:
                chapters[-1][1].append((f"{entry[2]}.html", entry[1]))
        headers = sorted(p.name for p in self.source.glob("include/rqa/*.h"))
        chapters.append(("Reference", [(name.replace("_", "__").replace(".", "_8") + ".html",
                                        f"rqa/{name}") for name in headers] + [("globals.html", "All names")]))
        return [chapter for chapter in chapters if chapter[1]]

    def finish(self) -> None:
        """Puts the list of pages into every page, the open one marked; drops what nothing uses."""
        chapters = self.contents()
        whole = ""
        for path in sorted(self.html.glob("*.html")):
            if re.match("dir_|globals_", path.name):
                path.unlink()
                continue
            rows = []
            for title, entries in chapters:
                rows.append(f"<h2>{html.escape(title)}</h2>\n<ul>")
                for target, name in entries:
                    here = ' aria-current="page"' if target == path.name else ""
                    rows.append(f'<li><a href="{target}"{here}>{html.escape(name)}</a></li>')
                rows.append("</ul>")
            text = path.read_text(encoding="utf-8")
            text = text.replace("<!-- navigation -->", "\n".join(rows))
            text = re.sub(r'<div id="nav-path".*?</div>\n', "", text, flags=re.S)
            text = re.sub(r"([>/])(\w+\.h) File Reference",
                          lambda m: f"{m[1]}rqa/{m[2]}" if m[1] == ">" else f"{m[1]}{m[2]}", text)
            if path.name.startswith("struct"):
                name = path.stem.removeprefix("struct").replace("__", "_")
                text = text.replace("<main>", '<main class="struct">').replace(f"{name}::", "")
                text = text.replace(f'"title">{name}', f'"title">struct {name}')
            text = re.sub(r' <a href="[^"]*">More\.\.\.</a>', "", text)
            text = re.sub(r'<h3>.*?- r -.*?</h3>', "", text)
            if path.name == "globals.html":
                text = text.replace('<div class="contents">',
                                    '<div class="contents">\n<h1 class="title">All names</h1>', 1)
            path.write_text(text, encoding="utf-8")
            whole += text
        for path in self.html.iterdir():
            if path.suffix != ".html" and path.name not in whole:
                path.unlink()


def slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"[`*]", "", title).lower()).strip("-")


def anchor(stem: str, section: str) -> str:
    return stem if not section else f"{stem}_{section.replace('-', '_')}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("source", "out", "version", "doxygen", "librqa"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--program", action="append", default=[])
    arguments = parser.parse_args()
    if not shutil.which(arguments.doxygen):
        print("build_site.py: no doxygen here: the site is not built", file=sys.stderr)
        for stale in ("html", "xml"):
            shutil.rmtree(Path(arguments.out) / stale, ignore_errors=True)
        sys.exit(MISSING_TOOL)
    site = Site(arguments)
    for path in sorted((site.source / "docs").glob("*.md")):
        site.expand(path)
    site.doxygen_run()
    site.finish()
    print(f"{site.html / 'index.html'}")


if __name__ == "__main__":
    main()
