"""rqa-live: the command."""
from __future__ import annotations

import argparse
import contextlib
import os
import secrets
import shutil
import socket
import sys
import tempfile
import webbrowser
from typing import Optional, Sequence

from ._batches import Batches
from ._folder import OWN, Folder, Refused
from ._program import find_program


# Beyond, requests are answered with 503.
MOST_CONNECTIONS = 400


def _token(folder: Folder) -> str:
    """128 bits, kept with the folder so that an open page outlives the server."""
    path = os.path.join(folder.own, "token")
    try:
        with open(path, encoding="ascii") as file:
            said = file.read().strip()
        if len(said) == 32 and not os.stat(path).st_mode & 0o077:
            return said
    except (OSError, UnicodeError):
        pass
    token = secrets.token_hex(16)
    with open(os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w",
              encoding="ascii") as file:
        file.write(token)
    os.replace(path + ".new", path)
    return token


def _demo_source() -> str:
    here = os.path.dirname(os.path.abspath(__file__))
    for path in (os.path.join(here, "demo"),
                 os.path.normpath(os.path.join(here, "..", "..", "data", "gaze"))):
        if os.path.isdir(path):
            return path
    raise SystemExit("rqa-live: this installation carries no demo recordings")


def _with_demo(path: Optional[str]) -> str:
    """The folder with the demo's recordings in it; a temporary one if none is given."""
    folder = path or tempfile.mkdtemp(prefix="rqa-live-")
    target = os.path.join(folder, "gaze")
    if not os.path.exists(target):
        shutil.copytree(_demo_source(), target)
    return folder


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        found = socket.socket(family, socket.SOCK_STREAM)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
        found.listen(128)  # so that the address works as soon as it is printed
    except (OSError, OverflowError) as error:
        raise SystemExit(f"rqa-live: cannot listen on {host}:{port}: {error}") from None
    return found


def main(arguments: Optional[Sequence[str]] = None) -> None:
    """The command rqa-live."""
    parser = argparse.ArgumentParser(
        prog="rqa-live", description="A page on this machine that starts, shows, cancels and lists "
        "sweeps over the recordings of a folder. The work goes on when the page or this server is "
        "closed; a new server on the folder finds it.")
    parser.add_argument("folder", nargs="?", metavar="DIR",
                        help="recordings, and where stores go (default: the current folder)")
    parser.add_argument("--host", default="127.0.0.1",
                        help="address to listen on (default 127.0.0.1: this machine alone)")
    parser.add_argument("--port", type=int, default=8765, help="default 8765; 0: any that is free")
    parser.add_argument("--no-browser", action="store_true", help="open no browser")
    parser.add_argument("--demo", action="store_true",
                        help="put example recordings into DIR, or a temporary folder without DIR")
    given = parser.parse_args(arguments)
    try:
        import uvicorn
        from ._app import Server
    except ImportError as error:
        raise SystemExit(f"rqa-live: {error}; it needs Starlette, uvicorn and websockets: pip "
                         "install 'rqa[live]'") from None
    path = _with_demo(given.folder) if given.demo else given.folder or "."
    if not os.path.isdir(path):
        raise SystemExit(f"rqa-live: {path} is no folder")
    if not os.path.exists("/proc/self/stat"):
        raise SystemExit("rqa-live: processes are told apart by Linux's /proc, which is not here")
    program = find_program()
    try:
        folder = Folder(path)
        batches = Batches(folder, program)
        token = _token(folder)
    except OSError as error:
        raise SystemExit(f"rqa-live: {path}: {OWN} cannot be made: {error.strerror}") from None
    except Refused as error:
        raise SystemExit(f"rqa-live: {error}") from None
    listening = _listening(given.host, given.port)
    port = listening.getsockname()[1]
    hosts = [given.host]
    if given.host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "::"):
        hosts += ["127.0.0.1", "localhost", "::1"]
    if given.host in ("0.0.0.0", "::"):
        hosts += ["0.0.0.0", socket.gethostname()]
    server = Server(folder, batches, program, token, port, hosts, given.demo)
    shown = "127.0.0.1" if given.host in ("0.0.0.0", "::") else given.host
    address = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}/#token={token}"
    config = uvicorn.Config(server.app, log_level="warning", access_log=False, lifespan="off",
                            http="h11", ws_max_size=65536, limit_concurrency=MOST_CONNECTIONS,
                            timeout_graceful_shutdown=1, server_header=False)
    with contextlib.suppress(KeyboardInterrupt):
        print(f"rqa-live: {folder.path}\n{address}", flush=True)
        if not given.no_browser:
            webbrowser.open(address)
        uvicorn.Server(config).run(sockets=[listening])
    print("rqa-live: ended; what runs goes on", file=sys.stderr)
