"""Users: who there is, what they may, and which of their log-ins still count."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import orjson
from asyncpg import Record

from schemas.access import Access, Role
from schemas.errors import Overtaken
from streams.store.connection import Executor
from streams.store.write import Write

_COLUMNS = "id::text, name, password, role, projects, generation, disabled, created_at, last_login_at"

_ADD = """
insert into users (id, name, password, role, projects, created_at) values ($1, $2, $3, $4, $5::text::jsonb, $6)
on conflict do nothing
"""

_CHANGE = """
update users set password = $3, role = $4, projects = $5::text::jsonb, disabled = $6, generation = generation + 1
where id = $1 and generation = $2
"""


class User(NamedTuple):
    """A user. Log-ins of an earlier `generation` have ended."""

    id: str
    name: str
    password: str
    access: Access
    created_at: datetime
    generation: int = 1
    disabled: bool = False
    last_login_at: datetime | None = None


class Users:
    """The `users` table."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def find(self, name: str) -> User | None:
        """The user of that name, in letters of either size."""
        row = await self._db.fetchrow(f"select {_COLUMNS} from users where lower(name) = lower($1)", name)  # noqa: S608 - a constant
        return _user(row) if row else None

    async def all(self) -> list[User]:
        """All users, by name."""
        rows = await self._db.fetch(f"select {_COLUMNS} from users order by lower(name)")  # noqa: S608 - a constant
        return [_user(row) for row in rows]

    @staticmethod
    def add(user: User) -> Write:
        """Make a user: Overtaken where there is one of that name."""
        taken = Overtaken(f"there is a user {user.name!r} already", "choose another name")
        values = (user.id, user.name, user.password, *_stored(user.access), user.created_at)
        return Write(_ADD, values, 1, taken)

    @staticmethod
    def change(user: User) -> Write:
        """Let a user be so from now on, and end all log-ins: Overtaken where somebody else was first."""
        overtaken = Overtaken(f"somebody else has changed {user.name!r} meanwhile", "look at it again")
        values = (user.id, user.generation, user.password, *_stored(user.access), user.disabled)
        return Write(_CHANGE, values, 1, overtaken)

    @staticmethod
    def remove(user: User) -> Write:
        """Forget a user, with every log-in and key: Overtaken where somebody else was first."""
        overtaken = Overtaken(f"somebody else has removed {user.name!r} meanwhile")
        return Write("delete from users where id = $1", (user.id,), 1, overtaken)

    @staticmethod
    def logged_in(user: User, at: datetime) -> Write:
        """Remember a log-in."""
        return Write("update users set last_login_at = $2 where id = $1", (user.id, at))


def _stored(access: Access) -> tuple[Role | None, str]:
    return access.role, orjson.dumps(dict(access.projects)).decode()


def access_of(role: Role | None, projects: str | None) -> Access:
    """What somebody may, as it is stored."""
    roles: Mapping[str, Role] = orjson.loads(projects or "{}")
    return Access(role, roles)


def _user(row: Record) -> User:
    return User(
        row["id"],
        row["name"],
        row["password"],
        access_of(row["role"], row["projects"]),
        row["created_at"],
        row["generation"],
        row["disabled"],
        row["last_login_at"],
    )
