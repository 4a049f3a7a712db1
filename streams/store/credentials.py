"""API keys, browser sessions and one-time links. Only their SHA-256 is kept: each is 256 random bits."""

from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from streams.store.connection import Executor

_ADD = """
insert into credentials (sha256, kind, name, role, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)
"""


class Credential(NamedTuple):
    """Who a secret stands for."""

    kind: str
    name: str
    role: str


class Credentials:
    """The `credentials` table."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def add(self, secret: str, credential: Credential, at: datetime, expires: datetime | None) -> None:
        """Let `secret` stand for somebody from now on."""
        await self._db.execute(
            _ADD,
            _digest(secret),
            *credential,
            at,
            expires,
        )  # fmt: skip - one row

    async def find(self, secret: str, at: datetime) -> Credential | None:
        """Who a key or a session stands for, if it is still good."""
        row = await self._db.fetchrow(
            """select kind, name, role from credentials
            where sha256 = $1 and kind <> 'link' and (expires_at is null or expires_at > $2)""",
            _digest(secret),
            at,
        )  # fmt: skip - as the query names them
        return Credential(*row) if row else None

    async def redeem(self, secret: str, at: datetime) -> Credential | None:
        """Use a one-time link up; who it stood for."""
        row = await self._db.fetchrow(
            """delete from credentials where sha256 = $1 and kind = 'link' and expires_at > $2
            returning kind, name, role""",
            _digest(secret),
            at,
        )  # fmt: skip - as the query names them
        return Credential(*row) if row else None

    async def revoke(self, secret: str) -> None:
        """It stands for nobody any more."""
        await self._db.execute("delete from credentials where sha256 = $1", _digest(secret))


def _digest(secret: str) -> bytes:
    return sha256(secret.encode(errors="replace")).digest()
