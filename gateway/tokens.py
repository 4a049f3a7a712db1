"""Access tokens: JSON Web Tokens, signed with a key that all gateways find in the database.

A token says which log-in of which user it came by. Whether that still counts is looked up for every request.
"""

import secrets
from datetime import timedelta
from typing import NamedTuple

import jwt

from schemas.base import new_id, now
from schemas.errors import Denied
from streams.store import Store

ACCESS = timedelta(hours=1)
REFRESH = timedelta(days=30)

_ALGORITHM = "HS256"
_NAME = "headrace"
_CLAIMS = ["aud", "exp", "iat", "iss", "jti", "sid", "sub"]
_SKEW = timedelta(seconds=5)
"""By how much the clocks of gateways may differ."""


class Claims(NamedTuple):
    """What a token says: the ids of a user and of a log-in."""

    user: str
    login: str


class Tokens:
    """Makes access tokens, and reads them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._key = b""

    async def make(self, claims: Claims) -> str:
        """A token for a log-in, good for an hour."""
        at = now()
        payload = {"sub": claims.user, "sid": claims.login, "jti": new_id(), "iat": at, "exp": at + ACCESS}
        return jwt.encode(payload | {"iss": _NAME, "aud": _NAME}, await self._signing_key(), _ALGORITHM)

    async def read(self, token: str) -> Claims:
        """What a token of ours says. Raises Denied."""
        key = await self._signing_key()
        try:
            said = jwt.decode(
                token,
                key,
                algorithms=[_ALGORITHM],
                audience=_NAME,
                issuer=_NAME,
                leeway=_SKEW,
                options={"require": _CLAIMS},
            )
        except (jwt.PyJWTError, ValueError) as error:
            raise Denied("the access token is none of ours, or has expired", _REMEDY) from error
        return Claims(str(said["sub"]), str(said["sid"]))

    async def _signing_key(self) -> bytes:
        if not self._key:
            self._key = await self._store.credentials.signing_key(secrets.token_bytes(32), now())
        return self._key


_REMEDY = "POST /api/v1/auth/refresh gives another"
