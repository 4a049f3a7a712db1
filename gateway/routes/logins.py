"""Log in and out, as a browser and as a program; who is logged in; one's own password."""

from aiohttp import web

from gateway import logins
from gateway.acts import noted
from gateway.auth import COOKIE, by_key
from gateway.pages import asks_for_page
from gateway.peers import address_of, check_origin, is_encrypted
from gateway.route import Answer, Call, Principal, Route
from schemas.access import ChangePassword, Login, PasswordLogin, RefreshToken, Session, Tokens
from schemas.base import now
from schemas.errors import Denied, NotFound, Rejected
from schemas.wire import LoginLink
from streams.store.users import User, Users

_NOT_KEPT = {"Cache-Control": "no-store"}
_NO_GOOD = "/login-link"
"""The page about a link that was used, is too old, or was cut off."""


async def log_in(call: Call[PasswordLogin, None]) -> Answer:
    """Exchange username and password for tokens. Open to all."""
    user = await logins.by_password(call.request, call.body)
    return Answer(await logins.begin(call.services, user), headers=_NOT_KEPT)


async def refresh(call: Call[RefreshToken, None]) -> Answer:
    """Exchange a refresh token, once, for other tokens. Open to all."""
    return Answer(await logins.refresh(call.request, call.body.refresh_token), headers=_NOT_KEPT)


async def log_out(call: Call[RefreshToken, None]) -> None:
    """End the log-in that a refresh token belongs to. Open to all."""
    await logins.log_out(call.request, call.body.refresh_token)


async def open_session(call: Call[Login, None]) -> web.Response:
    """Log this browser in, with an API key or a password. Open to all."""
    check_origin(call.request)
    return await _welcome(call.request, await _who(call), web.Response(status=204))


async def _who(call: Call[Login, None]) -> Principal:
    body = call.body
    if body.key is not None:
        return await by_key(call.services, body.key)
    login = PasswordLogin.model_validate(body.model_dump(include={"username", "password"}))
    return logins.principal(await logins.by_password(call.request, login))


async def follow_link(call: Call[None, None]) -> web.Response:
    """Follow a one-time link. Open to all. Where it is no good, a browser is led to a page that says so."""
    try:
        principal = await _linked(call)
    except (Denied, Rejected):
        if not asks_for_page(call.request):
            raise
        return _onward(_NO_GOOD)
    return await _welcome(call.request, principal, _onward("/"))


async def _linked(call: Call[None, None]) -> Principal:
    token = call.request.query.get("once", "")
    if not token:
        raise Rejected("this link is incomplete", "make another with: headrace login-link")
    return await logins.redeem_link(call.services, token)


def _onward(path: str) -> web.Response:
    return web.Response(status=303, headers={"Location": path})


async def _welcome(request: web.Request, principal: Principal, response: web.Response) -> web.Response:
    await logins.open_session(request, principal, response)
    return response


async def who(call: Call[None, None]) -> Session:
    """Who is logged in."""
    access = call.principal.access
    is_user = call.principal.user is not None and call.principal.key is None
    return Session(
        name=call.principal.name,
        project=call.services.settings.project,
        role=access.role,
        projects=dict(access.projects),
        user=is_user,
        sequence=str(call.services.hub.seq),
    )


async def end_session(call: Call[None, None]) -> web.Response:
    """Forget this browser."""
    if token := call.request.cookies.get(COOKIE):
        await logins.log_out(call.request, token)
    response = web.Response(status=204)
    response.del_cookie(COOKIE)
    return response


async def login_link(call: Call[None, None]) -> LoginLink:
    """A link that logs one browser in as you, once."""
    token, lives = await logins.make_link(call.services, call.principal)
    origin = call.request.url.origin()
    if is_encrypted(call.request):
        origin = origin.with_scheme("https")
    return LoginLink(url=f"{origin}/login?once={token}", expires_at=now() + lives)


async def change_password(call: Call[ChangePassword, None]) -> web.Response:
    """Change your own password. It ends all your log-ins but this browser's."""
    user, limits, address = await _myself(call), call.services.limits, address_of(call.request)
    await limits.attempt(user.name, address)
    if not await call.services.passwords.matches(user.password, call.body.old):
        raise Rejected("the old password is wrong")
    await limits.forgive(user.name, address)
    changed = user._replace(password=await call.services.passwords.hash(call.body.new))
    await call.services.store.commit(Users.change(changed), noted(call.request, user.name, "password.changed"))
    response = web.Response(status=204)
    if call.principal.origin_bound:
        renewed = logins.principal(user._replace(generation=user.generation + 1))
        await logins.open_session(call.request, renewed, response)
    return response


async def _myself(call: Call[ChangePassword, None]) -> User:
    """The user who calls. Raises Denied where it is a key."""
    if call.principal.user is None or call.principal.key is not None:
        raise Denied("a key has no password", "log in as a user", known=True)
    found = await call.services.store.users.find(call.principal.name)
    if found is None or found.id != call.principal.user:
        raise NotFound(f"there is no user {call.principal.name!r} any more")
    return found


_AUTH = "/api/v1/auth"
_OPEN = (400, 401, 422)

ROUTES = (
    Route("POST", f"{_AUTH}/login", log_in, Tokens, body=PasswordLogin, statuses=_OPEN, scope="open"),
    Route("POST", f"{_AUTH}/refresh", refresh, Tokens, body=RefreshToken, statuses=_OPEN, scope="open"),
    Route("POST", f"{_AUTH}/logout", log_out, None, body=RefreshToken, statuses=_OPEN, scope="open"),
    Route("POST", f"{_AUTH}/password", change_password, None, body=ChangePassword, statuses=(400, 422), scope="self"),
    Route("POST", "/api/session", open_session, None, body=Login, statuses=_OPEN, scope="open"),
    Route("GET", "/api/session", who, Session, scope="self"),
    Route("DELETE", "/api/session", end_session, None, scope="self"),
    Route("POST", "/api/login-links", login_link, LoginLink, "admin"),
    Route("GET", "/login", follow_link, str, statuses=(422,), scope="open"),
)
