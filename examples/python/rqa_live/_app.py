"""The addresses of the server."""
from __future__ import annotations

import asyncio
import contextlib
import json
import math
import os
import tempfile
from typing import Any, AsyncIterator, Awaitable, BinaryIO, Callable, Optional

import anyio
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from . import _openapi, _recordings, _results
from ._batches import Batch, Batches, plot_file
from ._folder import Folder, Refused
from ._guard import Guard
from ._program import ask, ask_json
from ._request import arguments, read_request

STATIC = os.path.join(os.path.dirname(os.path.abspath(__file__)), "static")
_POLL_S = 0.1
_CHUNK_BYTES = 1 << 16
_MOST_LOG_LINES = 200
# Questions at a time: each is a process or a thread.
_MOST_ASKED = 4

Endpoint = Callable[[Request], Awaitable[Response]]


def _answered(endpoint: Endpoint) -> Endpoint:
    """Refusals as JSON."""
    async def wrapped(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Refused as error:
            return JSONResponse({"error": str(error)}, error.status)
        except asyncio.TimeoutError:
            return JSONResponse({"error": "the question takes too long; ask for less"}, 503)
        except ClientDisconnect:
            # Closed, else the rest of the body would be read and thrown away.
            return JSONResponse({"error": "the body is too long"}, 413, {"connection": "close"})
    return wrapped


async def _body(request: Request) -> Any:
    try:
        return json.loads(await request.body())
    except (ValueError, RecursionError):
        raise Refused("the body is no JSON") from None


def _number(request: Request, name: str, least: int, most: int, default: int) -> int:
    said = request.query_params.get(name)
    if said is None:
        return default
    if not said.isascii() or not said.isdigit() or not least <= int(said[:18]) <= most:
        raise Refused(f"{name} is {said!r:.40}; allowed is {least} to {most}")
    return int(said)


def _number_text(said: str, name: str) -> str:
    try:
        if len(said) < 40 and math.isfinite(float(said)) and "_" not in said:
            return said.strip()
    except ValueError:
        pass
    raise Refused(f"{name} is {said!r:.40}; a number is expected")


class _Turns:
    """A semaphore of the loop that first uses it, which in old Pythons is not the one of its maker."""

    def __init__(self, n: int):
        self._n, self._semaphore = n, None  # type: int, Optional[asyncio.Semaphore]

    async def __aenter__(self) -> None:
        self._semaphore = self._semaphore or asyncio.Semaphore(self._n)
        await self._semaphore.acquire()

    async def __aexit__(self, *error: object) -> None:
        assert self._semaphore
        self._semaphore.release()


class Server:
    """What answers, with the folder and the program it was made for."""

    def __init__(self, folder: Folder, batches: Batches, program: str, token: str, port: int,
                 hosts: list[str], is_demo: bool = False):
        self._folder, self._program, self._is_demo = folder, program, is_demo
        self._batches = batches
        # Questions to the program and to stores.
        self._asked, self._read = _Turns(_MOST_ASKED), _Turns(_MOST_ASKED)
        routes: list[Any] = [
            Route("/", self._page), Mount("/static", StaticFiles(directory=STATIC)),
            WebSocketRoute("/ws/{id}", self._socket)]
        for path, method, endpoint in (
                ("/api/session", "POST", self._session),
                ("/api/openapi.json", "GET", self._document),
                ("/api/devices", "GET", self._devices),
                ("/api/recordings", "GET", self._recordings),
                ("/api/preview", "GET", self._preview),
                ("/api/plan", "POST", self._plan),
                ("/api/batches", "GET", self._list),
                ("/api/batches", "POST", self._start),
                ("/api/batches/{id}", "GET", self._one),
                ("/api/batches/{id}/cancel", "POST", self._cancel),
                ("/api/batches/{id}/resume", "POST", self._resume),
                ("/api/batches/{id}/log", "GET", self._log),
                ("/api/batches/{id}/axes", "GET", self._axes),
                ("/api/batches/{id}/results", "GET", self._rows),
                ("/api/batches/{id}/grid", "GET", self._grid),
                ("/api/batches/{id}/export.csv", "GET", self._export),
                ("/api/batches/{id}/plot.png", "GET", self._plot)):
            routes.append(Route(path, _answered(endpoint), methods=[method]))
        self._guard = Guard(Starlette(routes=routes, exception_handlers={
            404: self._nowhere, 405: self._nowhere}), token, port, hosts)
        self.app = self._guard

    async def _nowhere(self, request: Request, error: Any) -> Response:
        return JSONResponse({"error": f"{error.status_code}: {request.url.path} is no address here, "
                             "or not for that method"}, error.status_code)

    async def _page(self, request: Request) -> Response:
        return FileResponse(os.path.join(STATIC, "index.html"))

    async def _session(self, request: Request) -> Response:
        given = await _body(request)
        if not isinstance(given, dict) or not self._guard.is_token(given.get("token")):
            raise Refused("the token is wrong; open the address that rqa-live printed", 401)
        response = JSONResponse({"ok": True})
        response.set_cookie(self._guard.cookie_name, self._guard.cookie, httponly=True,
                            samesite="strict", path="/")
        return response

    async def _document(self, request: Request) -> Response:
        return JSONResponse(_openapi.DOCUMENT)

    async def _ask_json(self, arguments_: list[str]) -> Any:
        async with self._asked:
            return await ask_json(self._program, arguments_, self._folder.path)

    async def _devices(self, request: Request) -> Response:
        return JSONResponse(await self._ask_json(["devices", "--format=json"]))

    async def _recordings(self, request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(_recordings.listed, self._folder,
                                                    self._is_demo))

    async def _preview(self, request: Request) -> Response:
        name = request.query_params.get("name", "")
        return JSONResponse(await run_in_threadpool(_recordings.preview, self._folder, name))

    async def _planned(self, request: Request) -> tuple[dict[str, Any], dict[str, Any]]:
        asked = await run_in_threadpool(read_request, await _body(request), self._folder)
        plan = await self._ask_json(["sweep", *arguments(asked), "--dry-run", "--format=json"])
        return asked, plan

    async def _plan(self, request: Request) -> Response:
        return JSONResponse((await self._planned(request))[1])

    async def _start(self, request: Request) -> Response:
        asked, _ = await self._planned(request)  # so that what is wrong is told before it is there
        name = await run_in_threadpool(self._batches.start, asked)
        return JSONResponse(await run_in_threadpool(self._batches.told, name), 201)

    def _batch(self, request: Request) -> Batch:
        return self._batches.get(request.path_params["id"])

    def _store(self, request: Request) -> str:
        return os.path.join(self._folder.path, self._batch(request).record["store"])

    async def _list(self, request: Request) -> Response:
        return JSONResponse({"batches": await run_in_threadpool(self._batches.newest)})

    async def _one(self, request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(self._batches.told, request.path_params["id"]))

    async def _cancel(self, request: Request) -> Response:
        await run_in_threadpool(self._batches.cancel, request.path_params["id"])
        return await self._one(request)

    async def _resume(self, request: Request) -> Response:
        await run_in_threadpool(self._batches.resume, request.path_params["id"])
        return await self._one(request)

    async def _log(self, request: Request) -> Response:
        lines = await run_in_threadpool(self._batch(request).log)
        return JSONResponse({"lines": lines[-_MOST_LOG_LINES:]})

    async def _of_store(self, question: Callable[..., Any], *given: Any) -> Response:
        """Few at a time: each takes a thread as long as it lasts."""
        async with self._read:
            return JSONResponse(await run_in_threadpool(question, *given))

    async def _axes(self, request: Request) -> Response:
        return await self._of_store(_results.axes, self._store(request))

    async def _rows(self, request: Request) -> Response:
        limit = _number(request, "limit", 1, _results.MOST_ROWS, 100)
        offset = _number(request, "offset", 0, 1 << 40, 0)
        return await self._of_store(_results.rows, self._store(request), request.query_params, limit,
                                    offset)

    async def _grid(self, request: Request) -> Response:
        given = request.query_params
        return await self._of_store(_results.grid, self._store(request), given.get("measure", ""),
                                    given.get("x", "dim"), given.get("y", "delay"), given)

    async def _export(self, request: Request) -> Response:
        batch = self._batch(request)
        if not os.path.exists(self._store(request)):
            raise Refused("there are no results yet", 404)
        child = await asyncio.create_subprocess_exec(
            self._program, "export", f"./{batch.record['store']}", "--format=csv", "--out=-",
            "--quiet", cwd=self._folder.path, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL)

        async def chunks() -> AsyncIterator[bytes]:
            try:
                while child.stdout:
                    chunk = await child.stdout.read(_CHUNK_BYTES)
                    if not chunk:
                        break
                    yield chunk
                if await child.wait():  # half a table must not look like a whole one
                    raise RuntimeError(f"rqa export ended with status {child.returncode}")
            finally:
                with contextlib.suppress(ProcessLookupError):
                    child.kill()
                await child.wait()

        return StreamingResponse(chunks(), media_type="text/csv", headers={
            "content-disposition": f'attachment; filename="{batch.record["name"]}.csv"'})

    async def _plot(self, request: Request) -> Response:
        """The recurrence plot of one setting of one recording."""
        batch, given = self._batch(request), request.query_params
        asked = batch.record["request"]
        file = await run_in_threadpool(plot_file, self._folder, batch, given.get("series", ""))
        if file is None:
            raise Refused("the file of this recording is not known: parts of a table have no plot "
                          "here", 404)
        options = [f"--{name}={_number_text(given[name], name)}"
                   for name in ("dim", "delay", "threshold") if name in given]
        mode = next((m for m in asked["modes"] if m["name"] == given.get("mode")), None)
        if mode:
            options += [f"--columns={mode['columns']}", f"--norm={mode.get('norm', 'euclidean')}"]
        options += [f"--{name.replace('_', '-')}={asked[name]}" for name in (
            "columns", "norm", "threshold_unit", "normalize", "convention", "compare", "missing",
            "missing_policy", "delimiter", "decimal", "header")
            if name in asked and not (mode and name in ("columns", "norm"))]
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "plot.png")
            async with self._asked:
                code, _, error = await ask(self._program, [
                    "plot", f"./{file}", *options, "--max-pixels=700", f"--out={path}"],
                    self._folder.path)
            if code:
                raise Refused(error.removeprefix("rqa: "), 400 if code == 2 else 500)
            with open(path, "rb") as png:
                return Response(png.read(), media_type="image/png")

    async def _socket(self, socket: WebSocket) -> None:
        """The events of a run as they are, from a number on; ends with the run."""
        try:
            batch = self._batches.get(socket.path_params["id"])
            run, first = (int(socket.query_params.get(name, usual)[:18]) for name, usual in (
                ("run", str(batch.n_runs)), ("from", "0")))
            if not 1 <= run <= batch.n_runs:
                raise ValueError
        except (Refused, ValueError):
            await socket.close(1008, "no such batch or run")
            return
        await socket.accept()
        async with anyio.create_task_group() as tasks:
            async def listen(*_: object) -> None:
                """What the page says is nothing; that it has gone is something."""
                with contextlib.suppress(WebSocketDisconnect, RuntimeError):
                    while (await socket.receive())["type"] != "websocket.disconnect":
                        pass
                tasks.cancel_scope.cancel()

            tasks.start_soon(listen)
            with contextlib.suppress(WebSocketDisconnect, RuntimeError):
                async for line in self._lines(batch, run):
                    if json.loads(line)["seq"] >= first:
                        await socket.send_text(line)
                await socket.close(1000)
            tasks.cancel_scope.cancel()

    async def _lines(self, batch: Batch, run: int) -> AsyncIterator[str]:
        """Whole lines of the events of a run, waiting for more while it is at work. Read from the file
        as fast as they are taken, so that a slow page costs neither memory nor the sweep's time."""
        rest = b""
        with contextlib.ExitStack() as opened:
            file: Optional[BinaryIO] = None
            while True:
                alive = self._batches.is_running(batch, run)
                with contextlib.suppress(OSError):
                    file = file or opened.enter_context(open(batch.events_path(run), "rb"))
                chunk = file.read(_CHUNK_BYTES) if file else b""
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    yield line.decode(errors="replace")
                if not chunk:
                    if not alive:
                        return
                    await asyncio.sleep(_POLL_S)
