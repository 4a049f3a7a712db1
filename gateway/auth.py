"""Who calls: an API key or an access token in a header, or a browser's session cookie."""

import hmac
from contextlib import suppress

from aiohttp import web

from gateway.peers import check_origin
from gateway.route import Principal
from gateway.services import SERVICES, Services
from schemas.access import ADMINISTRATOR, Access, Role, reaches
from schemas.base import now
from schemas.errors import Away, Denied
from streams.store.credentials import Found

COOKIE = "headrace_session"
_SAFE = {"GET", "HEAD", "OPTIONS"}


async def identify(request: web.Request) -> Principal:
    """Who sends this request.

    Raises:
        Denied: nobody we know, or a browser on behalf of another site.
    """
    services, is_feed = request.app[SERVICES], "Upgrade" in request.headers
    if is_feed:
        check_origin(request)
    if key := request.headers.get("X-API-Key", ""):
        return await by_key(services, key)
    if bearer := request.headers.get("Authorization", "").removeprefix("Bearer ").strip():
        return await by_bearer(services, bearer)
    token = request.cookies.get(COOKIE)
    if not token:
        raise Denied("this needs a credential", "send your API key in the header X-API-Key, or log in")
    found = await services.store.credentials.find(token, now())
    if found is None or found.kind != "session":
        raise Denied("the session has ended", "log in again")
    if request.method not in _SAFE:
        check_origin(request)
    return principal_of(found, origin_bound=True)


async def by_bearer(services: Services, bearer: str) -> Principal:
    """Who an access token, or a key in its place, stands for. Raises Denied."""
    if bearer.count(".") != 2 or _is_ours(services, bearer):
        return await by_key(services, bearer)
    claims = await services.tokens.read(bearer)
    found = await services.store.credentials.find_login(claims.login, now())
    if found is None or found.owner != claims.user:
        raise Denied("this log-in has ended", "log in again")
    return principal_of(found)


async def by_key(services: Services, key: str) -> Principal:
    """Who an API key stands for. Raises Denied."""
    if _is_ours(services, key):
        return Principal(ADMINISTRATOR, Access("admin"))
    at = now()
    found = await services.store.credentials.find(key, at)
    if found is None or found.kind != "key":
        raise Denied("the API key is not known here", "check HEADRACE_API_KEY")
    with suppress(Away):  # it may be read-only at the moment
        await services.store.credentials.touch(found, at)
    return principal_of(found)


def _is_ours(services: Services, key: str) -> bool:
    """Whether it is the server's own key."""
    ours = services.settings.api_key
    return ours is not None and hmac.compare_digest(key.encode(errors="replace"), ours.get_secret_value().encode())


def principal_of(found: Found, *, origin_bound: bool = False) -> Principal:
    """Who a credential stands for."""
    key = found.id if found.kind == "key" else found.parent
    return Principal(found.name, found.access, origin_bound, user=found.owner, key=key, generation=found.generation)


async def still_there(request: web.Request, principal: Principal) -> bool:
    """Whether the same credential still says the same; taken for granted where nobody can be asked."""
    try:
        return await identify(request) == principal
    except Denied:
        return False
    except Away:
        return True


def check_role(principal: Principal, has: Role | None, needed: Role, where: str = "") -> None:
    """Raises Denied where the role that the caller has somewhere is not enough."""
    if not reaches(has, needed):
        raise Denied(
            f"this takes the role {needed}{where}; {principal.name} {'is a ' + has if has else 'has none'}", known=True
        )
