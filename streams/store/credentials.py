"""API keys, browser sessions, log-ins and one-time links.

Only their SHA-256 is kept: each is 256 random bits. A log-in is found by the refresh token that is good now, and by its
id, which access tokens carry.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal, NamedTuple, TypeAlias

from asyncpg import Record

from schemas.access import Access, Role
from schemas.errors import NotFound
from streams.store.connection import Executor
from streams.store.users import access_of
from streams.store.write import Write

Kind: TypeAlias = Literal["key", "session", "link", "login"]

_ADD = """
insert into credentials (sha256, id, kind, name, role, projects, owner, generation, parent, created_by, created_at,
    expires_at)
values ($1, coalesce($2::text::uuid, gen_random_uuid()), $3, $4, $5, $6, $7::text::uuid, $8, $9::text::uuid, $10, $11,
    $12)
"""

_FOUND = """
c.id::text, c.kind, c.name, c.role, c.projects, c.owner::text, c.parent::text, c.generation, c.expires_at,
c.last_used_at, u.role as owner_role, u.projects as owner_projects
"""

# What has an owner is as good as its owner; what ended with an earlier generation of the owner's log-ins is not.
_IS_GOOD = """
(c.expires_at is null or c.expires_at > $2)
and (c.owner is null or not u.disabled and coalesce(c.generation, u.generation) = u.generation)
and not exists (select from credentials p where p.id = c.parent and p.expires_at <= $2)
"""

_FIND = f"""
select {_FOUND} from credentials c left join users u on u.id = c.owner where c.sha256 = $1 and {_IS_GOOD}
"""  # noqa: S608 - constants

_LOGIN = f"""
select {_FOUND} from credentials c left join users u on u.id = c.owner
where c.id = $1::text::uuid and c.kind = 'login' and {_IS_GOOD}
"""  # noqa: S608 - constants

_REDEEM = f"""
with used as (delete from credentials where sha256 = $1 and kind = 'link' returning *)
select {_FOUND} from used c left join users u on u.id = c.owner where {_IS_GOOD}
"""  # noqa: S608 - constants

_EXCHANGE = """
with login as (
    update credentials set sha256 = $2, expires_at = $4 where sha256 = $1 and kind = 'login' returning id
), spent as (
    insert into spent_tokens (sha256, login, spent_at) select $1, id, $3 from login
)
select id::text from login
"""

_SIGNING_KEY = """
with made as (
    insert into signing_key (number, secret, created_at) values (1, $1, $2) on conflict do nothing returning secret
)
select secret from made union all select secret from signing_key limit 1
"""

_KEYS = """
select c.id::text, c.name, u.name as owner, c.role, c.projects, c.created_by, c.created_at, c.last_used_at, c.expires_at
from credentials c left join users u on u.id = c.owner
where c.kind = 'key' and ($1::text is null or c.owner = $1::text::uuid) and ($2::text is null or c.id = $2::text::uuid)
    and ($3::text is null or $3::text::uuid in (c.id, c.parent))
order by c.created_at desc, c.id desc
"""

_KEPT = timedelta(days=1)
_USED = timedelta(minutes=1)
"""How often is written that a key was used."""


class Credential(NamedTuple):
    """Who a secret stands for, and with what access at the most: that of its owner counts, where it has one.

    `projects` None: all; `generation`: of the owner, where it ends with that; `parent`: the key that it came by.
    """

    kind: Kind
    name: str
    role: Role
    projects: Sequence[str] | None = None
    owner: str | None = None
    generation: int | None = None
    parent: str | None = None
    created_by: str = ""
    id: str | None = None


class Found(NamedTuple):
    """A credential that is good, with what its owner may now."""

    id: str
    kind: Kind
    name: str
    role: Role
    projects: Sequence[str] | None
    owner: str | None
    parent: str | None
    generation: int | None
    expires_at: datetime | None
    last_used_at: datetime | None
    owned: Access | None

    @property
    def access(self) -> Access:
        """What it allows: no more than its owner may at this moment."""
        return (self.owned or Access(self.role)).within(self.role, self.projects)


class KeyRow(NamedTuple):
    """An API key, as it is listed."""

    id: str
    name: str
    owner: str | None
    role: Role
    projects: list[str] | None
    created_by: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None


class Credentials:
    """The `credentials` table, and that of refresh tokens that were exchanged."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def add(self, secret: str, credential: Credential, at: datetime, expires: datetime | None) -> None:
        """Let `secret` stand for somebody from now on."""
        write = self.added(secret, credential, at, expires)
        await self._db.execute(write.sql, *write.values)

    @staticmethod
    def added(secret: str, credential: Credential, at: datetime, expires: datetime | None) -> Write:
        """The same, to be written together with something else."""
        kind, name, role, projects, owner, generation, parent, created_by, id_ = credential
        listed = None if projects is None else list(projects)
        values = (kind, name, role, listed, owner, generation, parent, created_by, at, expires)
        return Write(_ADD, (_digest(secret), id_, *values))

    async def find(self, secret: str, at: datetime) -> Found | None:
        """Who a key, a session or a refresh token stands for, if it is still good."""
        row = await self._db.fetchrow(_FIND, _digest(secret), at)
        return _found(row) if row and row["kind"] != "link" else None

    async def find_login(self, id_: str, at: datetime) -> Found | None:
        """Who logged in, if that still counts."""
        row = await self._db.fetchrow(_LOGIN, id_, at)
        return _found(row) if row else None

    async def redeem(self, secret: str, at: datetime) -> Found | None:
        """Use a one-time link up; who it stood for, if it was good."""
        row = await self._db.fetchrow(_REDEEM, _digest(secret), at)
        return _found(row) if row else None

    async def exchange(self, old: str, new: str, at: datetime, expires: datetime) -> bool:
        """Let a log-in have another refresh token. False where the old one is not that of a log-in any more."""
        row = await self._db.fetchrow(_EXCHANGE, _digest(old), _digest(new), at, expires)
        return row is not None

    async def spent(self, secret: str) -> str | None:
        """The log-in whose refresh token this once was."""
        found = await self._db.fetchval("select login::text from spent_tokens where sha256 = $1", _digest(secret))
        return None if found is None else str(found)

    async def signing_key(self, fresh: bytes, at: datetime) -> bytes:
        """What access tokens are signed with: `fresh` where there is nothing yet."""
        while (found := await self._db.fetchval(_SIGNING_KEY, fresh, at)) is None:
            continue  # another gateway is making it at this moment
        return bytes(found)

    async def touch(self, found: Found, at: datetime) -> None:
        """Remember that a key was used, at most once a minute."""
        if found.last_used_at is None or at - found.last_used_at > _USED:
            await self._db.execute("update credentials set last_used_at = $2 where id = $1::text::uuid", found.id, at)

    async def keys(self, owner: str | None = None, id_: str | None = None, by: str | None = None) -> list[KeyRow]:
        """API keys, newest first: all, or those of one user, or one, or those made by a key, and that one."""
        return [KeyRow(*row) for row in await self._db.fetch(_KEYS, owner, id_, by)]

    @staticmethod
    def removed(id_: str) -> Write:
        """It stands for nobody any more, nor does what came by it: NotFound where it was gone already."""
        gone = NotFound("it was revoked already")
        return Write("delete from credentials where id = $1::text::uuid", (id_,), 1, gone)

    async def revoke(self, secret: str) -> None:
        """It stands for nobody any more."""
        await self._db.execute("delete from credentials where sha256 = $1", _digest(secret))

    async def sweep(self, at: datetime) -> None:
        """Forget log-ins, sessions and links that have not been good for a day."""
        await self._db.execute("delete from credentials where expires_at < $1 and kind <> 'key'", at - _KEPT)


def _found(row: Record) -> Found:
    *own, role, projects = row.values()
    return Found._make([*own, access_of(role, projects) if row["owner"] else None])


def _digest(secret: str) -> bytes:
    return sha256(secret.encode(errors="replace")).digest()
