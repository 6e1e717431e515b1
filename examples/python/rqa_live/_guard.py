"""Who may ask: the right host, the right origin, the right token, and not too much of it.

The page is on this machine, and so are browsers that show pages of others. Those can send requests
here (cross-site), or make this address theirs (DNS rebinding), but they have neither the token, nor the
cookie that the page got for it, nor this host's name.
"""
from __future__ import annotations

import hashlib
import hmac
import ipaddress
from typing import Any, Awaitable, Callable, Optional
from urllib.parse import urlsplit

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

MOST_BODY_BYTES = 1 << 20
MOST_SOCKETS = 64

_HEADERS = [
    (b"content-security-policy", b"default-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
                                 b"form-action 'none'"),
    (b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"), (b"cache-control", b"no-store")]


class Guard:
    """An ASGI middleware around all of the server."""

    def __init__(self, app: Any, token: str, port: int, hosts: list[str]):
        self._app, self._token, self._port = app, token, port
        self._hosts = {host.lower() for host in hosts}
        self._n_sockets = 0
        self.cookie_name = f"rqa_live_{port}"
        # Not the token itself: what the browser keeps cannot start anything by itself.
        self.cookie = hmac.new(token.encode(), b"cookie", hashlib.sha256).hexdigest()[:32]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers: dict[str, str] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.decode("latin-1").lower(), value.decode("latin-1"))
        why = self._refusal(scope, headers)
        if scope["type"] == "websocket":
            if why is None and self._n_sockets >= MOST_SOCKETS:
                why = 503, f"{MOST_SOCKETS} sockets are open; close some"
            if why:
                await receive()
                await send({"type": "websocket.close", "code": 1008, "reason": why[1][:100]})
                return
            self._n_sockets += 1
            try:
                await self._app(scope, receive, send)
            finally:
                self._n_sockets -= 1
            return
        if why:
            await _refuse(send, *why)
            return
        await self._app(scope, _Limited(receive), _with_headers(send))

    def _refusal(self, scope: Scope, headers: dict[str, str]) -> Optional[tuple[int, str]]:
        if not self._is_ours(headers.get("host", "")):
            return 421, "this server does not answer for that host"
        origin = headers.get("origin")
        if origin is not None or scope["type"] == "websocket":
            parts = urlsplit(origin or "")
            if parts.scheme != "http" or not self._is_ours(parts.netloc):
                return 403, "requests of other pages are not answered"
        path = scope["path"]
        is_public = path == "/" or path.startswith("/static/") or path == "/api/session"
        # What browsers say of requests without an origin: pictures, scripts, links of other pages.
        if not is_public and headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return 403, "requests of other pages are not answered"
        if not is_public and not self._knows(headers.get("cookie", "")):
            return 401, "open the address that rqa-live printed, with its token"
        if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD"):
            if headers.get("content-type", "").split(";")[0].strip() != "application/json":
                return 415, "the body must be application/json"
            length = headers.get("content-length", "0")
            if not length.isascii() or not length.isdigit():
                return 400, "content-length is no number"
            if int(length[:18]) > MOST_BODY_BYTES:
                return 413, f"a body may have {MOST_BODY_BYTES} bytes"
            if path != "/api/session" and not self.is_token(headers.get("x-rqa-token", "")):
                return 403, "the header X-RQA-Token with the token is missing"
        return None

    def _is_ours(self, netloc: str) -> bool:
        """Whether a host and port are this server's: a name it was given, or this very address."""
        try:
            parts = urlsplit("//" + netloc)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            return False
        if port != self._port and not (port is None and self._port == 80):
            return False
        if host in self._hosts:
            return True
        # Served on all addresses, any number is one of this machine's; a name may be anybody's.
        return "0.0.0.0" in self._hosts and _is_number(host)

    def _knows(self, cookies: str) -> bool:
        for cookie in cookies.split(";"):
            name, _, value = cookie.strip().partition("=")
            if name == self.cookie_name and hmac.compare_digest(value.encode(),
                                                                self.cookie.encode()):
                return True
        return False

    def is_token(self, given: object) -> bool:
        """In a time that tells nothing."""
        return isinstance(given, str) and hmac.compare_digest(given.encode(errors="replace"),
                                                              self._token.encode())


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
        return True
    except ValueError:
        return False


class _Limited:
    """Ends a body that is longer than it may be, whatever it said."""

    def __init__(self, receive: Receive):
        self._receive, self._n_bytes = receive, 0

    async def __call__(self) -> dict[str, Any]:
        message = await self._receive()
        self._n_bytes += len(message.get("body", b""))
        if self._n_bytes > MOST_BODY_BYTES:
            return {"type": "http.disconnect"}
        return message


def _with_headers(send: Send) -> Send:
    async def wrapped(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), *_HEADERS]
        await send(message)
    return wrapped


async def _refuse(send: Send, status: int, text: str) -> None:
    body = ('{"error": "%s"}' % text).encode()
    await send({"type": "http.response.start", "status": status, "headers": [
        (b"content-type", b"application/json"), (b"connection", b"close"), *_HEADERS]})
    await send({"type": "http.response.body", "body": body})
