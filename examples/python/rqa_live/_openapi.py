"""The OpenAPI document of the server."""
from __future__ import annotations

from typing import Any, Optional

from ._batches import MOST_LISTED, MOST_RUNNING
from ._request import TEXTS
from ._results import AXES, MOST_ROWS

_TEXT = {"type": "string"}
_NUMBER = {"type": "number"}
_INTEGER = {"type": "integer"}


def _nullable(kind: str) -> dict[str, Any]:
    return {"type": [kind, "null"]}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _object(properties: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"type": "object", "properties": properties,
            "required": [name for name in properties if name not in optional]}


_SUMMARY: dict[str, Any] = {
    "id": _TEXT, "name": _TEXT,
    "state": {"enum": ["running", "completed", "cancelled", "failed", "interrupted"]},
    "runs": _INTEGER, "created_s": _NUMBER, "store": _TEXT, "text": _TEXT,
    "device": _nullable("object"),
    **{name: _nullable("number") for name in (
        "done", "failed", "skipped", "total", "percent", "rate_per_s", "eta_s", "elapsed_s")}}

_SCHEMAS = {
    "Error": _object({"error": _TEXT}),
    "Request": {
        **_object({
            "name": {**_TEXT, "description": "of the batch and its store; default sweep-ID"},
            "recordings": {**_list(_TEXT), "minItems": 1,
                           "description": "names of files and folders, relative"},
            "modes": _list(_object({"name": _TEXT, "columns": _TEXT, "norm": _TEXT}, ("norm",))),
            **{name: {"type": ["string", "number"],
                      "description": f"as --{name.replace('_', '-')} of rqa sweep"}
               for name in TEXTS}},
            tuple(name for name in ("name", "modes", *TEXTS) if name != "threshold")),
        "additionalProperties": False},
    "Plan": _object({
        "recordings": _INTEGER, "modes": _INTEGER, "combinations": _INTEGER, "results": _INTEGER,
        "threads": _INTEGER, "core_seconds": _NUMBER, "explanation": _TEXT,
        "unusable": _list(_object({"series": _TEXT, "mode": _TEXT, "error": _TEXT}))}),
    "Summary": _object(_SUMMARY),
    "Batch": _object({**_SUMMARY, "command": _TEXT, "request": {"type": "object"}}),
    "Devices": _object({"version": _TEXT, "threads": _INTEGER, "backends": _list(_object({
        "name": _TEXT, "available": {"type": "boolean"}, "workers": _INTEGER,
        "memory_bytes": _INTEGER, "detail": _TEXT}))}),
    "Recordings": _object({"recordings": _list(_object({"name": _TEXT, "bytes": _INTEGER})),
                           "more": {"type": "boolean"}, "demo": {"type": "boolean"}}),
    "Preview": _object({"name": _TEXT, "columns": _list(_TEXT), "lines": _list(_TEXT),
                        "note": _TEXT}),
    "Batches": _object({"batches": _list({"$ref": "#/components/schemas/Summary"})}),
    "Log": _object({"lines": _list(_TEXT)}),
    "Axes": _object({**{name: _list(_NUMBER) for name in AXES}, "mode": _list(_TEXT),
                     "series": _list(_TEXT), "keys": _list(_TEXT), "measures": _list(_TEXT)}),
    "Rows": _object({"columns": _list(_TEXT), "rows": _list(_list({})), "next": _nullable("integer")}),
    "Grid": _object({"measure": _TEXT, "x": _list(_NUMBER), "y": _list(_NUMBER),
                     "groups": {"type": "object", "additionalProperties": _list(_list(
                         _nullable("number")))}}),
    "Session": _object({"ok": {"type": "boolean"}}),
}

_ERRORS = {"400": "what is wrong, in the program's words where it is the program's to say",
           "401": "no session", "404": "not there", "409": "not in this state",
           "413": "a body that is too long", "415": "a body that is no JSON",
           "429": f"more than {MOST_RUNNING} batches at a time", "503": "takes too long"}


def _answer(schema: Optional[str], media: str, text: str) -> dict[str, Any]:
    content = {"schema": {"$ref": f"#/components/schemas/{schema}"}} if schema else {}
    return {"description": text, "content": {media: content}}


def _operation(text: str, schema: Optional[str], *, body: Optional[str] = None,
               parameters: tuple[str, ...] = (), with_id: bool = False, status: str = "200",
               media: str = "application/json") -> dict[str, Any]:
    found: dict[str, Any] = {"summary": text, "responses": {
        status: _answer(schema, media, "done"),
        **{code: _answer("Error", "application/json", why) for code, why in _ERRORS.items()}}}
    found["parameters"] = [{"name": name, "in": "query", "schema": {"type": "string"}}
                           for name in parameters]
    if with_id:
        found["parameters"].append({"name": "id", "in": "path", "required": True,
                                    "schema": {"type": "string", "pattern": "^b[0-9]{1,9}$"}})
    if body:
        found["requestBody"] = {"required": True, "content": {
            "application/json": {"schema": {"$ref": f"#/components/schemas/{body}"}}}}
    return found


_FILTERS = ("series", "mode", "status", *AXES)

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "rqa-live", "version": "1", "description":
             "Sweeps of rqa on this machine. A session begins with POST /api/session {token}; "
             "requests that change anything also carry the token in the header X-RQA-Token. "
             "WebSocket /ws/{id}?run=&from= gives the events of a run, from a number on."},
    "paths": {
        "/api/session": {"post": _operation("The token for a cookie", "Session", body="Token")},
        "/api/openapi.json": {"get": _operation("This document", None)},
        "/api/devices": {"get": _operation("What can compute here", "Devices")},
        "/api/recordings": {"get": _operation("Files of the folder", "Recordings")},
        "/api/preview": {"get": _operation("Columns and first lines of a file", "Preview",
                                           parameters=("name",))},
        "/api/plan": {"post": _operation("How many results, and how long", "Plan", body="Request")},
        "/api/batches": {"get": _operation(f"The newest {MOST_LISTED} batches, the newest first",
                                           "Batches"),
                         "post": _operation("Starts a batch", "Batch", body="Request",
                                            status="201")},
        "/api/batches/{id}": {"get": _operation("Where it stands", "Batch", with_id=True)},
        "/api/batches/{id}/cancel": {"post": _operation("Stops it; its results stay", "Batch",
                                                        with_id=True)},
        "/api/batches/{id}/resume": {"post": _operation("Goes on where it was", "Batch",
                                                        with_id=True)},
        "/api/batches/{id}/log": {"get": _operation("End of the log", "Log", with_id=True)},
        "/api/batches/{id}/axes": {"get": _operation("What the results span", "Axes",
                                                     with_id=True)},
        "/api/batches/{id}/results": {"get": _operation(
            f"A page of at most {MOST_ROWS} rows, filtered", "Rows", with_id=True,
            parameters=("limit", "offset", *_FILTERS))},
        "/api/batches/{id}/grid": {"get": _operation(
            "Means of a measure by group and two settings", "Grid", with_id=True,
            parameters=("measure", "x", "y", *_FILTERS))},
        "/api/batches/{id}/export.csv": {"get": _operation("All results", None, with_id=True,
                                                           media="text/csv")},
        "/api/batches/{id}/plot.png": {"get": _operation(
            "A recurrence plot", None, with_id=True, media="image/png",
            parameters=("series", "mode", "dim", "delay", "threshold"))},
    },
    "components": {"schemas": {**_SCHEMAS, "Token": _object({"token": _TEXT})}},
}
