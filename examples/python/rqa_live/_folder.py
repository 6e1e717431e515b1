"""The folder that is served: names of files in it, and none outside."""
from __future__ import annotations

import os
from typing import Iterator

#: What the server keeps of its own.
OWN = ".rqa-live"

#: Endings of recordings, as the program reads them; each also with .gz.
ENDINGS = (".csv", ".tsv", ".txt", ".npy", ".asc")


class Refused(Exception):
    """A request that is wrong; the text says what is allowed. status: of HTTP."""

    def __init__(self, text: str, status: int = 400):
        super().__init__(text)
        self.status = status


class Folder:
    """Names are relative, with forward slashes."""

    def __init__(self, path: str):
        self.path = os.path.realpath(path)
        self.own = os.path.join(self.path, OWN)
        os.makedirs(self.own, mode=0o700, exist_ok=True)

    def inside(self, name: object) -> str:
        """The path of a name that lies in the folder, wherever links lead."""
        if not isinstance(name, str) or not name or len(name) > 4096:
            raise Refused(f"{name!r:.80} is no name of a file here")
        if is_odd(name):
            raise Refused("a name has control characters")
        parts = name.split("/")
        if os.path.isabs(name) or ".." in parts or OWN in parts:
            raise Refused(f"{name!r:.200} is outside of the folder that is served")
        path = os.path.join(self.path, name)
        real = os.path.realpath(path)
        if not self._holds(path):
            raise Refused(f"{name!r:.200} leads outside of the folder that is served")
        if not os.path.exists(real):
            raise Refused(f"{name!r:.200} is not there", 404)
        if os.path.isdir(real):
            self._check_links(real)
        return path

    def _holds(self, path: str) -> bool:
        real = os.path.realpath(path)
        return real == self.path or real.startswith(self.path + os.sep)

    def _check_links(self, path: str) -> None:
        """The program reads whatever is in a folder, also behind links."""
        for folder, folders, files in os.walk(path):
            folders[:] = [f for f in folders if not f.startswith(".")]
            for entry in (os.path.join(folder, one) for one in (*folders, *files)):
                if os.path.islink(entry) and not self._holds(entry):
                    raise Refused(f"{os.path.relpath(entry, self.path)!r:.200} is a link that leads "
                                  "outside of the folder that is served")

    def recordings(self, name: str = ".") -> Iterator[str]:
        """Names of the files below a folder that may be recordings, by name, relative to it."""
        top = os.path.join(self.path, name)
        for folder, folders, files in os.walk(top):
            folders[:] = sorted(f for f in folders if not f.startswith("."))
            for file in sorted(files):
                path = os.path.join(folder, file)
                found = os.path.relpath(path, top)
                if is_recording(file) and not is_odd(found) and self._holds(path):
                    yield found


def is_odd(name: str) -> bool:
    """Whether it has what no page can show: control characters, or bytes that are no UTF-8."""
    return any(ord(c) < 32 or ord(c) == 127 or 0xd800 <= ord(c) < 0xe000 for c in name)


def is_recording(file: str) -> bool:
    """By its ending, as the program tells."""
    name = file.lower()
    return not name.startswith(".") and (name[:-3] if name.endswith(".gz") else name).endswith(
        ENDINGS)
