"""The pages, as `gateway/web/` was built: files that never change under their names, and one that is never kept."""

import secrets
from importlib.resources import files
from pathlib import Path

from aiohttp import web

BUILT = Path(str(files("gateway").joinpath("static")))
NONCE = "__nonce__"
"""What stands in the page in the place of the word by which a browser knows our own scripts and styles."""

_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{0}'; style-src 'self' 'nonce-{0}'; img-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_PAGE = r"/{path:(?!api/|ws/|assets/|metrics|healthz|readyz).*}"
_UNBUILT = "<!doctype html><title>Headrace</title><p>The pages were not built here. Run <code>make install</code>."


def asks_for_page(request: web.Request) -> bool:
    """Whether it is a browser that shows what comes to somebody."""
    return "text/html" in request.headers.get("Accept", "")


class Pages:
    """What a browser is given."""

    def __init__(self, folder: Path = BUILT) -> None:
        self._assets = {path.name: path for path in folder.joinpath("assets").glob("*")}
        index = folder / "index.html"
        self._index = index.read_text(encoding="utf-8") if index.exists() else _UNBUILT

    def routes(self) -> list[web.RouteDef]:
        """Where they are. The last one takes what nobody else does."""
        return [web.get("/assets/{name}", self.asset), web.get(_PAGE, self.page)]

    async def asset(self, request: web.Request) -> web.StreamResponse:
        """A file whose name changes with what is in it."""
        path = self._assets.get(request.match_info["name"])
        if path is None:
            raise web.HTTPNotFound
        return web.FileResponse(path, headers={"Cache-Control": "public, max-age=31536000, immutable"})

    async def page(self, request: web.Request) -> web.StreamResponse:
        """The page, which finds out by its address what to show."""
        if request.match_info["path"] and not asks_for_page(request):
            raise web.HTTPNotFound
        nonce = secrets.token_urlsafe(16)
        headers = {"Cache-Control": "no-cache", "Content-Security-Policy": _POLICY.format(nonce)}
        return web.Response(text=self._index.replace(NONCE, nonce), content_type="text/html", headers=headers)
