"""Batches: processes of `rqa sweep` that outlive this server, and what their files tell of them.

Of each there is a folder DIR/.rqa-live/ID with batch.json (the command, the processes) and, for each
run, RUN.events and RUN.log, which the program writes. The results are in DIR/NAME.sqlite.
"""
from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import time
from typing import Any, Iterator, Optional

from ._folder import Folder, Refused
from ._request import arguments

MOST_RUNNING = 4
_TAIL_BYTES = 1 << 16


def _start_of(pid: int) -> str:
    """When a process was started, which tells it from another that has got its number; "" = it is
    not there, or has ended and waits to be asked."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
        return "" if fields[0] in "ZX" else fields[19]
    except OSError:
        return ""


class Batch:
    """One sweep, however often it was started."""

    def __init__(self, folder: str, record: dict[str, Any]):
        self.folder, self.record = folder, record

    @property
    def id(self) -> str:
        """Of the batch, part of addresses."""
        return os.path.basename(self.folder)

    @property
    def n_runs(self) -> int:
        """How often it was started."""
        return len(self.record["runs"])

    def events_path(self, run: int) -> str:
        """The events of a run, from 1."""
        return os.path.join(self.folder, f"{run}.events")

    def log_path(self, run: int) -> str:
        """What the program said."""
        return os.path.join(self.folder, f"{run}.log")

    def process(self) -> int:
        """The process that is at work, or 0."""
        if not self.record["runs"]:
            return 0
        run = self.record["runs"][-1]
        alive = _start_of(run["pid"]) == run["start"] != ""
        return int(run["pid"]) if alive else 0

    def save(self) -> None:
        """Whole or not at all."""
        path = os.path.join(self.folder, "batch.json")
        with open(path + ".new", "w", encoding="utf-8") as file:
            json.dump(self.record, file, indent=1)
        os.replace(path + ".new", path)

    def tail(self) -> list[dict[str, Any]]:
        """The last events of the last run."""
        try:
            with open(self.events_path(self.n_runs), "rb") as file:
                file.seek(0, os.SEEK_END)
                whole = file.tell() <= _TAIL_BYTES
                file.seek(max(0, file.tell() - _TAIL_BYTES))
                lines = file.read().split(b"\n")[:-1]
        except OSError:
            return []
        return [json.loads(line) for line in (lines if whole else lines[1:])]

    def told(self) -> dict[str, Any]:
        """Where it stands."""
        alive = self.process()
        last: dict[str, dict[str, Any]] = {}
        for event in self.tail():
            last[event["event"]] = event
        ended = last.get("batch_completed")
        if alive:
            state = "running"
        elif ended is None:
            state = "interrupted"  # killed, or it never got as far
        else:
            state = {"ok": "completed", "cancelled": "cancelled"}.get(ended["status"], "failed")
        newest = ended or last.get("progress") or last.get("batch_started") or {}
        return {
            "id": self.id, "name": self.record["name"], "state": state, "runs": self.n_runs,
            "created_s": self.record["created_s"], "command": self.command(),
            "store": self.record["store"], "request": self.record["request"],
            "text": (ended or {}).get("text") or (self.complaint() if state == "interrupted"
                                                  else ""),
            "device": last.get("device_stats"),
            **{name: newest.get(name) for name in ("done", "failed", "skipped", "total", "percent",
                                                   "rate_per_s", "eta_s", "elapsed_s")}}

    def complaint(self) -> str:
        """The program's last line, where there are no events."""
        try:
            with open(self.log_path(self.n_runs), encoding="utf-8", errors="replace") as file:
                lines = file.read()[-2000:].strip().splitlines()
        except OSError:
            return ""
        return lines[-1] if lines else ""

    def command(self) -> str:
        """To be repeated by hand, in the folder."""
        return "rqa " + shlex.join(self.record["arguments"])


class Batches:
    """All of a folder."""

    def __init__(self, folder: Folder, program: str):
        self._folder, self._program = folder, program
        self._children: list[subprocess.Popen[bytes]] = []

    def all(self) -> Iterator[Batch]:
        """The newest first."""
        names = [name for name in os.listdir(self._folder.own) if re.fullmatch(r"b\d+", name)]
        for name in sorted(names, key=lambda name: -int(name[1:])):
            try:
                yield self.get(name)
            except Refused:
                continue  # one that is being made

    def get(self, name: str) -> Batch:
        """One by its id."""
        path = os.path.join(self._folder.own, name)
        if not re.fullmatch(r"b\d{1,9}", name):
            raise Refused(f"{name!r:.40} is no batch", 404)
        try:
            with open(os.path.join(path, "batch.json"), encoding="utf-8") as file:
                return Batch(path, json.load(file))
        except (OSError, ValueError):
            raise Refused(f"there is no batch {name}", 404) from None

    def start(self, request: dict[str, Any]) -> Batch:
        """A new one; its store must be new too."""
        self._room()
        batch = self._new_folder()
        name = request["name"] or f"sweep-{batch}"
        store = f"{name}.sqlite"
        path = os.path.join(self._folder.path, store)
        if os.path.lexists(path):
            os.rmdir(os.path.join(self._folder.own, batch))
            raise Refused(f"{store} is there already; start its batch again, or take another name",
                          409)
        record = {"name": name, "store": store, "created_s": time.time(), "request": request,
                  "arguments": ["sweep", *arguments(request), f"--store={store}"], "runs": []}
        made = Batch(os.path.join(self._folder.own, batch), record)
        self._run(made)
        return made

    def resume(self, batch: Batch) -> None:
        """Goes on where it was: the store knows what it has."""
        if batch.process():
            raise Refused(f"{batch.id} is running", 409)
        self._room()
        self._run(batch)

    def cancel(self, batch: Batch) -> None:
        """As Ctrl-C does."""
        pid = batch.process()
        if not pid:
            raise Refused(f"{batch.id} is not running", 409)
        os.kill(pid, signal.SIGINT)

    def _room(self) -> None:
        running = sum(1 for batch in self.all() if batch.process())
        if running >= MOST_RUNNING:
            raise Refused(f"{running} batches are running; allowed are {MOST_RUNNING} at a time", 429)

    def _new_folder(self) -> str:
        numbers = [int(name[1:]) for name in os.listdir(self._folder.own)
                   if re.fullmatch(r"b\d+", name)]
        number = max(numbers, default=0) + 1
        while True:
            try:
                os.mkdir(os.path.join(self._folder.own, f"b{number}"))
                return f"b{number}"
            except FileExistsError:  # another server on this folder
                number += 1

    def _run(self, batch: Batch) -> None:
        """In a session of its own: neither the terminal's Ctrl-C nor the server's end reaches it."""
        self.reap()
        run = batch.n_runs + 1
        log = batch.log_path(run)
        with open(log, "ab") as errors:
            child = subprocess.Popen(
                [self._program, *batch.record["arguments"], "--quiet",
                 f"--events={batch.events_path(run)}", f"--log={log}"], cwd=self._folder.path,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors,
                start_new_session=True)
        self._children.append(child)
        batch.record["runs"].append({"pid": child.pid, "start": _start_of(child.pid),
                                     "started_s": time.time()})
        batch.save()

    def reap(self) -> None:
        """Asks after children that have ended, so that they go."""
        self._children = [child for child in self._children if child.poll() is None]


def plot_file(folder: Folder, batch: Batch, series: str) -> Optional[str]:
    """The file of a recording, by the label that the program gave it."""
    for name in batch.record["request"]["recordings"]:
        path = folder.inside(name)
        if os.path.isfile(path):
            if series in (name, os.path.splitext(os.path.basename(name))[0],
                          os.path.basename(name)):
                return name
            continue
        for file in folder.recordings(1 << 30):
            if not file.startswith(name.rstrip("/") + "/") and name != ".":
                continue
            label = os.path.relpath(file, name)
            stem = os.path.splitext(label[:-3] if label.endswith(".gz") else label)[0]
            if series in (label, stem):
                return file
    return None
