"""What is asked about the elements of clients' configurations: how they stand, stood, and came to that."""

from datetime import datetime
from typing import NamedTuple

from schemas.base import document_id
from schemas.clients.documents import DOMAIN
from streams.store.connection import Executor

_STANDING = f"""
select d.path, v.hash, b.content, m.actor, m.created_at, gone.content as last
from documents d
join head_moves m on m.document = d.id and m.move = d.moves
left join versions v on v.document = d.id and v.number = d.head
left join blobs b on b.hash = v.hash
left join lateral (
    select b.content from head_moves m
    join versions v on v.document = m.document and v.number = m.number join blobs b on b.hash = v.hash
    where d.head is null and m.document = d.id order by m.move desc limit 1
) gone on true
where d.project = $1 and d.domain = '{DOMAIN}' and starts_with(d.path, $2)
order by d.path
"""  # noqa: S608 - a constant

_MOVES = """
select m.move, m.number, v.hash, b.content, m.actor, m.created_at, m.reason
from head_moves m
left join versions v on v.document = m.document and v.number = m.number left join blobs b on b.hash = v.hash
where m.document = $1 and m.move < $2 order by m.move desc limit $3
"""

_THEN = f"""
select d.path, b.content
from documents d
join lateral (
    select number from head_moves m where m.document = d.id and m.created_at <= $3 order by m.move desc limit 1
) m on true
join versions v on v.document = d.id and v.number = m.number join blobs b on b.hash = v.hash
where d.project = $1 and d.domain = '{DOMAIN}' and starts_with(d.path, $2)
order by d.path
"""  # noqa: S608 - a constant


class Standing(NamedTuple):
    """An element: `content` null where it was deleted, `last` being what it was until then."""

    path: str
    hash: str | None
    content: bytes | None
    author: str
    changed_at: datetime
    last: bytes | None


class Move(NamedTuple):
    """A step in an element's history: `number` null where it was deleted."""

    move: int
    number: int | None
    hash: str | None
    content: bytes | None
    author: str
    at: datetime
    reason: str


class Clients:
    """The clients domain's own questions to the common tables."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def standing(self, project: str, scope: str) -> list[Standing]:
        """All elements that a scope has or had, in the order of their paths."""
        return [Standing(*row) for row in await self._db.fetch(_STANDING, project, f"{scope}/")]

    async def moves(self, project: str, path: str, before: int, limit: int) -> list[Move]:
        """How an element came to be what it is, newest first."""
        document = document_id(f"{project}/{DOMAIN}/{path}")
        return [Move(*row) for row in await self._db.fetch(_MOVES, document, before, limit)]

    async def then(self, project: str, scope: str, at: datetime) -> dict[str, bytes]:
        """The elements of a scope as they stood at a time."""
        rows = await self._db.fetch(_THEN, project, f"{scope}/", at)
        return {row["path"]: row["content"] for row in rows}
