"""Who calls: an API key in a header, or a browser's session cookie."""

import hmac
import secrets
from datetime import timedelta
from urllib.parse import urlsplit

from aiohttp import web

from gateway.route import ROLES, Principal, Role
from gateway.services import SERVICES, Services
from schemas.base import now
from schemas.errors import Denied
from streams.store.credentials import Credential

COOKIE = "headrace_session"
LINK_MINUTES = 60
_SAFE = {"GET", "HEAD", "OPTIONS"}


async def identify(request: web.Request) -> Principal:
    """Who sends this request.

    Raises:
        Denied: nobody we know, or a browser on behalf of another site.
    """
    services = request.app[SERVICES]
    if key := _key(request):
        return await by_key(services, key)
    token = request.cookies.get(COOKIE)
    if not token:
        raise Denied("this needs a credential", "send your API key in the header X-API-Key")
    found = await services.store.credentials.find(token, now())
    if found is None or found.kind != "session":
        raise Denied("the session has ended", "log in again")
    if request.method not in _SAFE or request.headers.get("Upgrade"):
        _check_origin(request)
    return Principal(found.name, _role(found), origin_bound=True)


def _key(request: web.Request) -> str:
    bearer = request.headers.get("Authorization", "")
    return request.headers.get("X-API-Key", "") or bearer.removeprefix("Bearer ").strip()


async def by_key(services: Services, key: str) -> Principal:
    """Who an API key stands for. Raises Denied."""
    admin = services.settings.api_key
    if admin and hmac.compare_digest(key.encode(errors="replace"), admin.get_secret_value().encode()):
        return Principal("admin", "admin")
    found = await services.store.credentials.find(key, now())
    if found is None or found.kind != "key":
        raise Denied("the API key is not known here", "check HEADRACE_API_KEY")
    return Principal(found.name, _role(found))


def _role(credential: Credential) -> Role:
    return next(role for role in ROLES if role == credential.role)


def _check_origin(request: web.Request) -> None:
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise Denied(f"a page of {origin} may not act for you", "use Headrace's own page", known=True)


def check_role(principal: Principal, role: Role) -> None:
    """Raises Denied where the caller may not do what `role` may."""
    if ROLES.index(principal.role) < ROLES.index(role):
        raise Denied(f"this takes the role {role}; {principal.name} is a {principal.role}", known=True)


async def make_link(services: Services, principal: Principal) -> tuple[str, timedelta]:
    """A token that logs one browser in, once, as `principal`."""
    token, lives = secrets.token_urlsafe(32), timedelta(minutes=LINK_MINUTES)
    credential = Credential("link", principal.name, principal.role)
    await services.store.credentials.add(token, credential, now(), now() + lives)
    return token, lives


async def redeem_link(services: Services, token: str) -> Principal:
    """Who a one-time link logs in. Raises Denied where it was used or is too old."""
    found = await services.store.credentials.redeem(token, now())
    if found is None:
        raise Denied("this link was used already, or is too old", "make another with: headrace login-link")
    return Principal(found.name, _role(found))


async def open_session(services: Services, principal: Principal, response: web.StreamResponse, *, secure: bool) -> None:
    """Log a browser in: it carries the cookie from now on."""
    token, lives = secrets.token_urlsafe(32), timedelta(hours=services.settings.session_hours)
    credential = Credential("session", principal.name, principal.role)
    await services.store.credentials.add(token, credential, now(), now() + lives)
    response.set_cookie(
        COOKIE, token, max_age=int(lives.total_seconds()), httponly=True, samesite="Strict", secure=secure
    )
