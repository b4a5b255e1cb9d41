"""Start the dashboard on this machine, with every setting it depends on stated here."""

import base64
import hashlib
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import streamlit
from starlette.middleware import Middleware

from dashboard.access import AUDIENCES, RELEASES, shelf_of
from dashboard.palette import PALETTES, Theme

HERE = Path(__file__).parent
HOST = "127.0.0.1"

_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]
_Asgi = Callable[[_Message, _Receive, _Send], Awaitable[None]]

TYPE = {
    "theme.baseFontSize": 16,
    "theme.baseRadius": "4px",
    "theme.buttonRadius": "4px",
    "theme.headingFontSizes": ["32px", "24px", "20px", "17px", "16px", "16px"],
    "theme.headingFontWeights": [700, 650, 650, 650, 600, 600],
    "theme.showWidgetBorder": True,
    "theme.linkUnderline": True,
    "theme.paddingTop": "1.5rem",
}

# Each of these defaults asks another host, shows an internal, or listens too widely.
SETTINGS = {
    "browser.gatherUsageStats": False,
    "browser.serverAddress": HOST,
    "server.address": HOST,
    "server.headless": True,
    "server.fileWatcherType": "none",
    "server.enableXsrfProtection": True,
    "server.enableCORS": True,
    "server.allowedHosts": [HOST, "localhost"],
    "server.enableStaticServing": False,
    "server.disconnectedSessionTTL": 120,
    "server.maxCacheDataSize": "500mb",
    "server.maxUploadSize": 1,
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.disableDataExport": True,
    "client.allowedOrigins": [],
    "logger.enableRich": False,
}


def serve(workspace_releases: Path, *, port: int, audiences: tuple[str, ...]) -> None:
    """Serve the releases of a workspace to this machine until the process is stopped.

    Only the newest release of each audience named in `audiences` can be seen.
    """
    os.environ[RELEASES] = str(workspace_releases.resolve())
    os.environ[AUDIENCES] = ",".join(audiences)
    app = streamlit.App(
        HERE / "app.py",
        lifespan=_ready,
        middleware=[Middleware(Guarded, policy=content_policy(port))],
        on_script_error=_say_sorry,
    )
    app.run(config=settings(port))


def settings(port: int) -> dict[str, Any]:
    """Every Streamlit option that differs from its default."""
    themes = {**TYPE, **_theme("light"), **_theme("dark")}
    return {**SETTINGS, **themes, "server.port": port, "browser.serverPort": port}


def content_policy(port: int) -> str:
    """Content security policy: nothing is fetched from, or sent to, another host."""
    page = Path(streamlit.__file__).with_name("static") / "index.html"
    scripts = re.findall(r"<script>(.*?)</script>", page.read_text("utf-8"), re.DOTALL)
    hashes = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' {hashes}".rstrip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            f"connect-src 'self' ws://{HOST}:{port} ws://localhost:{port}",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


class Guarded:
    """Adds security headers to every answer and refuses the server's own statistics."""

    def __init__(self, app: _Asgi, policy: str) -> None:
        self._app = app
        self._headers = [
            (b"content-security-policy", policy.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"x-frame-options", b"DENY"),
            (b"referrer-policy", b"no-referrer"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
        ]

    async def __call__(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = str(scope["path"])
        if path.startswith("/_stcore/metrics"):
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        extra = list(self._headers)
        if not path.startswith("/static/"):
            extra.append((b"cache-control", b"no-store"))

        async def send_guarded(message: _Message) -> None:
            if message["type"] == "http.response.start":
                replaced = {name for name, _ in extra}
                kept = [pair for pair in message["headers"] if pair[0].lower() not in replaced]
                message["headers"] = [*kept, *extra]
            await send(message)

        await self._app(scope, receive, send_guarded)


def _theme(name: Theme) -> dict[str, str]:
    ink = PALETTES[name]
    colours = {
        "primaryColor": ink.accent,
        "backgroundColor": ink.ground,
        "secondaryBackgroundColor": ink.panel,
        "textColor": ink.text,
        "linkColor": ink.accent,
        "borderColor": ink.line,
        "grayTextColor": ink.secondary,
        "blueColor": ink.better,
        "blueTextColor": ink.better_text,
        "blueBackgroundColor": ink.better_panel,
        "orangeColor": ink.concern,
        "orangeTextColor": ink.concern_text,
        "orangeBackgroundColor": ink.concern_panel,
        "redColor": ink.concern,
        "redTextColor": ink.concern_text,
        "redBackgroundColor": ink.concern_panel,
        "yellowTextColor": ink.caution,
        "yellowBackgroundColor": ink.caution_panel,
    }
    return {f"theme.{name}.{option}": colour for option, colour in colours.items()}


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


@asynccontextmanager
async def _ready(_app: streamlit.App) -> AsyncIterator[None]:
    # Slow imports, and releases that are read whole, before the first reader comes, who would
    # else wait for them.
    for name in ("dashboard.panels", "dashboard.downloads"):
        import_module(name)
    if shelf := shelf_of():
        shelf.newest()
    yield


def _say_sorry(error: Exception) -> bool:  # noqa: ARG001 (Streamlit logs it before this)
    streamlit.error(
        "This page could not be drawn. The figures themselves are not affected: the report"
        " on the export page holds them all. The server's log names the place of the fault."
    )
    return True
