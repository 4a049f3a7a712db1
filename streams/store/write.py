"""Changes of the store as data: decided on in one place, made in another, together and in one statement.

One statement is one round trip and needs no transaction around it: all of it happens or nothing, and a process that
stops in the middle of a decision holds no lock.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import asyncpg
from loguru import logger

from schemas.errors import Away, HeadraceError, Rejected
from streams.store.connection import Executor

DEADLOCKS = 5
"""How often in a row a statement may be the one that ends a deadlock."""

_PARAMETER = re.compile(r"\$(\d+)")
_REFUSED = "HR001"  # the condition that the function `demand` raises, with the number of the write


class Write(NamedTuple):
    """One `insert`, `update` or `delete`, with the values of its parameters.

    `rows` must change, where it is given: otherwise nothing of what is written together happens, and `otherwise` is
    raised. Writes that go together see the store as it was before all of them, and must not meet in one row.
    """

    sql: str
    values: tuple[object, ...]
    rows: int | None = None
    otherwise: HeadraceError | None = None


async def commit(db: Executor, writes: Sequence[Write]) -> None:
    """Make these changes, all or none.

    Raises:
        Rejected: PostgreSQL can never take one of the values. Whatever a write says: it could not be made.
    """
    if not writes:
        return
    values = [value for write in writes for value in write.values]
    demanded = [write.rows for write in writes if write.rows is not None]
    try:
        await _make(db, _together(tuple((write.sql, write.rows is not None) for write in writes)), *values, *demanded)
    except (asyncpg.DataError, asyncpg.NotNullViolationError) as error:
        raise Rejected(f"PostgreSQL cannot take this: {error}") from error
    except asyncpg.CheckViolationError as error:
        if error.constraint_name:
            raise
        raise Away(f"a month of the archive was dropped just now: {error}", "it is tried again") from error
    except asyncpg.PostgresError as error:
        if error.sqlstate != _REFUSED:
            raise
        raise writes[int(str(error))].otherwise or error from error


async def _make(db: Executor, statement: str, *values: object) -> None:
    """Run a statement; again where it was chosen to end a deadlock: nothing of it has happened then."""
    for tries_left in reversed(range(DEADLOCKS)):
        try:
            await db.fetchrow(statement, *values)
        except Away as error:
            if not tries_left or not isinstance(error.__cause__, asyncpg.DeadlockDetectedError):
                raise
            logger.warning("{}; a statement is made again", error)
        else:
            return


@lru_cache(maxsize=256)
def _together(writes: tuple[tuple[str, bool], ...]) -> str:
    """Several statements as one: common table expressions that change rows, with their parameters numbered on."""
    used = 0
    parts: list[str] = []
    for number, (sql, _) in enumerate(writes):
        parts.append(f"w{number} as ({_renumbered(sql, used)} returning 1)")
        used += _width(sql)
    demands: list[str] = []
    for number, (_, demanded) in enumerate(writes):
        if demanded:
            used += 1
            demands.append(f"demand((select count(*) from w{number}) = ${used}, {number})")  # noqa: S608 - two integers
    return f"with {', '.join(parts)} select {', '.join(demands) or '1'}"


def _width(sql: str) -> int:
    return max((int(number) for number in _PARAMETER.findall(sql)), default=0)


def _renumbered(sql: str, by: int) -> str:
    return _PARAMETER.sub(lambda found: f"${int(found[1]) + by}", sql)
