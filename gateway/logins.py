"""Log in and out: with a password, a key, a one-time link or a refresh token; as a browser or as a program."""

import secrets
from contextlib import suppress
from datetime import timedelta

from aiohttp import web

from gateway.acts import noted
from gateway.auth import COOKIE, principal_of
from gateway.peers import address_of, is_encrypted
from gateway.route import Principal
from gateway.services import SERVICES, Services
from gateway.tokens import ACCESS, REFRESH, Claims
from schemas.access import PasswordLogin, Role, Tokens
from schemas.base import new_id, now
from schemas.errors import Denied, NotFound
from streams.store.credentials import Credential, Kind
from streams.store.users import User, Users

LINK_MINUTES = 60


async def by_password(request: web.Request, login: PasswordLogin) -> User:
    """Who a password logs in: the same words, after the same time, for whatever is wrong.

    Raises:
        Denied: it does not. RateLimited: too many have failed; none is tried now.
    """
    services, address = request.app[SERVICES], address_of(request)
    await services.limits.attempt(login.username, address)
    user = await services.store.users.find(login.username)
    is_right = await services.passwords.matches(user.password if user else None, login.password)
    if user is None or not is_right or user.disabled:
        await services.store.commit(noted(request, login.username, "login.failed"))
        raise Denied("user and password do not match", "an administrator can set another password")
    await services.limits.forgive(login.username, address)
    await services.store.commit(Users.logged_in(user, now()), noted(request, user.name, "login"))
    await services.store.credentials.sweep(now())
    return user


def principal(user: User) -> Principal:
    """The user as a caller."""
    return Principal(user.name, user.access, user=user.id, generation=user.generation)


async def begin(services: Services, user: User) -> Tokens:
    """The first tokens of a log-in."""
    refresh, id_ = secrets.token_urlsafe(32), new_id()
    credential = _credential("login", principal(user), id_)
    await services.store.credentials.add(refresh, credential, now(), now() + REFRESH)
    return await _tokens(services, Claims(user.id, id_), refresh)


async def refresh(request: web.Request, old: str) -> Tokens:
    """Other tokens for a refresh token, which is good once. Whoever shows it again ends the log-in. Raises Denied."""
    services, new = request.app[SERVICES], secrets.token_urlsafe(32)
    store = services.store.credentials
    found = await store.find(old, now())
    if found is None or found.kind != "login" or not await store.exchange(old, new, now(), now() + REFRESH):
        await _note_reuse(request, old)
        raise Denied("the refresh token is not good any more", "log in again")
    return await _tokens(services, Claims(found.owner or "", found.id), new)


async def _note_reuse(request: web.Request, token: str) -> None:
    services = request.app[SERVICES]
    if login := await services.store.credentials.spent(token):
        found = await services.store.credentials.find_login(login, now())
        actor = found.name if found else "?"
        with suppress(NotFound):
            removed = services.store.credentials.removed(login)
            await services.store.commit(removed, noted(request, actor, "token.reused"))


async def _tokens(services: Services, claims: Claims, refresh_token: str) -> Tokens:
    return Tokens(
        access_token=await services.tokens.make(claims),
        expires_in=int(ACCESS.total_seconds()),
        refresh_token=refresh_token,
        refresh_expires_in=int(REFRESH.total_seconds()),
    )


async def log_out(request: web.Request, token: str) -> None:
    """End what a refresh token, or a session's, stands for."""
    credentials = request.app[SERVICES].store.credentials
    found = await credentials.find(token, now())
    if found is not None and found.kind != "key":
        await request.app[SERVICES].store.commit(
            credentials.removed(found.id), noted(request, found.name, "logout", found.kind)
        )


def _credential(kind: Kind, who: Principal, id_: str | None = None) -> Credential:
    """What stands for somebody: for as much as a user may at the time, or no more than a key allowed."""
    bound: tuple[Role, list[str] | None] = ("admin", None)
    if who.key or not who.user:
        bound = who.access.highest or "viewer", None if who.access.role else list(who.access.projects)
    return Credential(kind, who.name, *bound, who.user, who.generation, who.key, who.name, id_)


async def make_link(services: Services, who: Principal) -> tuple[str, timedelta]:
    """A token that logs one browser in, once, as `who`."""
    token, lives = secrets.token_urlsafe(32), timedelta(minutes=LINK_MINUTES)
    await services.store.credentials.add(token, _credential("link", who), now(), now() + lives)
    return token, lives


async def redeem_link(services: Services, token: str) -> Principal:
    """Who a one-time link logs in. Raises Denied where it was used or is too old."""
    found = await services.store.credentials.redeem(token, now())
    if found is None:
        raise Denied("this link was used already, or is too old", "make another with: headrace login-link")
    return principal_of(found)


async def open_session(request: web.Request, who: Principal, response: web.StreamResponse) -> None:
    """Log a browser in: it carries the cookie from now on."""
    services = request.app[SERVICES]
    token, lives = secrets.token_urlsafe(32), timedelta(hours=services.settings.session_hours)
    await services.store.credentials.add(token, _credential("session", who), now(), now() + lives)
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(lives.total_seconds()),
        httponly=True,
        samesite="Strict",
        secure=is_encrypted(request),
    )
