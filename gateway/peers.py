"""Who is at the other end of a connection: its address, whether the way is encrypted, and which page asks."""

from urllib.parse import urlsplit

from aiohttp import web

from gateway.services import SERVICES
from schemas.errors import Denied


def address_of(request: web.Request) -> str:
    """The caller's address, as the proxies before us have seen it."""
    return _told(request, "X-Forwarded-For") or request.remote or "?"


def is_encrypted(request: web.Request) -> bool:
    """Whether the caller speaks HTTPS, with us or with a proxy before us."""
    return request.secure or _told(request, "X-Forwarded-Proto") == "https"


def _told(request: web.Request, header: str) -> str:
    """What the outermost of our proxies says; each adds its word behind those that it was sent."""
    proxies = request.app[SERVICES].settings.proxies
    words = [word.strip() for line in request.headers.getall(header, ()) for word in line.split(",")]
    return words[-min(proxies, len(words))][:100] if proxies and words else ""


def check_origin(request: web.Request) -> None:
    """Raises Denied where a page of another site asks."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise Denied(f"a page of {origin} may not act for you", "use Headrace's own page", known=True)
