"""What is asked about components: lists, histories, one version by its hash."""

from collections.abc import Sequence
from typing import NamedTuple

from asyncpg import Record

from schemas.components import DOMAIN, ComponentPath, ComponentSummary, ComponentVersion
from schemas.sync import Standing
from streams.store.connection import Executor, array, arrays

_SUMMARY = """
select d.path, v.hash as active_hash, v.number as active_number, d.versions, d.updated_at
from documents d left join versions v on v.document = d.id and v.number = d.head
"""

_LIST = f"""{_SUMMARY}
where d.project = $1 and d.domain = '{DOMAIN}' and d.path > $2 and d.path like $3
order by d.path limit $4
"""

_ONE = f"{_SUMMARY} where d.id = $1"

_VERSION = (
    "d.path, v.hash, v.number, v.actor, v.reason, v.number is not distinct from d.head as is_active, v.created_at"
)

_HISTORY = f"""
select {_VERSION}, case when $4 then b.content end as content
from documents d join versions v on v.document = d.id left join blobs b on $4 and b.hash = v.hash
where d.id = $1 and v.number < $2
order by v.number desc limit $3
"""  # noqa: S608 - a constant

_BY_HASH = f"""
select {_VERSION}, b.content
from versions v join documents d on d.id = v.document join blobs b on b.hash = v.hash
where v.hash = $2 and d.project = $1 and d.domain = '{DOMAIN}' and ($3::text is null or d.path = $3)
order by (v.number is not distinct from d.head) desc, v.created_at desc, d.path, v.number desc
limit 1
"""  # noqa: S608 - a constant

_WITH_HASH = f"""
select distinct d.path from versions v join documents d on d.id = v.document
where v.hash = $2 and d.project = $1 and d.domain = '{DOMAIN}' order by d.path
"""  # noqa: S608 - a constant


_STANDINGS = """
select d.id::text, now.hash as active_hash,
    exists (select from versions v where v.document = d.id and v.hash = asked.hash) as known
from unnest($1::text::uuid[], $2::text::text[]) as asked (document, hash)
join documents d on d.id = asked.document
left join versions now on now.document = d.id and now.number = d.head
"""

_NAMES = f"""
select path from documents where project = $1 and domain = '{DOMAIN}' and path like $2 and head is not null
order by path
"""  # noqa: S608 - a constant

_CONTENTS = f"""
select asked.hash, case when sum(b.size) over (order by asked.place) <= $3 or asked.place = 1 then b.content end
from unnest($2::text::text[]) with ordinality as asked (hash, place) join blobs b on b.hash = asked.hash
where exists (
    select from versions v join documents d on d.id = v.document
    where v.hash = asked.hash and d.project = $1 and d.domain = '{DOMAIN}'
)
"""  # noqa: S608 - a constant

_ACTIVE = """
select d.path, v.hash, v.size, b.content
from documents d join versions v on v.document = d.id and v.number = d.head join blobs b on b.hash = v.hash
where d.id = any($1::text::uuid[])
"""


class Active(NamedTuple):
    """A component's active version, with its bytes."""

    path: ComponentPath
    hash: str
    size: int
    content: bytes


class Page(NamedTuple):
    """A part of a list, by key: `limit` rows after (or, in a history, before) the last one seen."""

    last: str | int
    limit: int


class Components:
    """The component domain's own questions to the common tables."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def summaries(self, project: str, category: str | None, page: Page) -> list[ComponentSummary]:
        """Components in the order of their paths."""
        pattern = f"{category}/%" if category else "%"
        rows = await self._db.fetch(_LIST, project, page.last, pattern, page.limit)
        return [_summary(row) for row in rows]

    async def summary(self, project: str, path: ComponentPath) -> ComponentSummary | None:
        """One component, if there is one."""
        row = await self._db.fetchrow(_ONE, path.document(project).id)
        return _summary(row) if row else None

    async def history(self, project: str, path: ComponentPath, page: Page, *, content: bool) -> list[ComponentVersion]:
        """A component's versions, newest first."""
        document = path.document(project).id
        rows = await self._db.fetch(_HISTORY, document, page.last, page.limit, content)
        return [_version(row) for row in rows]

    async def by_hash(self, project: str, hash_: str, path: str | None = None) -> ComponentVersion | None:
        """A version with this hash, with its content: an active one before others, a newer before an older.

        With `path`, only this component's.
        """
        row = await self._db.fetchrow(_BY_HASH, project, hash_, path)
        return _version(row) if row else None

    async def paths_with(self, project: str, hash_: str) -> list[ComponentPath]:
        """The components that have had this content."""
        return [ComponentPath.parse(row["path"]) for row in await self._db.fetch(_WITH_HASH, project, hash_)]

    async def standings(self, asked: Sequence[tuple[str, str | None]]) -> dict[str, Standing]:
        """How the server stands to pairs of (document id, hash); those that it never had are absent."""
        rows = await self._db.fetch(_STANDINGS, *arrays([(id_, hash_ or "") for id_, hash_ in asked], 2))
        return {id_: Standing(active_hash=hash_, exists=True, known=known) for id_, hash_, known in rows}

    async def names(self, project: str, category: str) -> list[str]:
        """The names of the components of a category that have an active version."""
        rows = await self._db.fetch(_NAMES, project, f"{category}/%")
        return [ComponentPath.parse(row["path"]).name for row in rows]

    async def contents(self, project: str, hashes: Sequence[str], limit: int) -> dict[str, bytes | None]:
        """The contents of versions by hash, about `limit` bytes of them in this order; None for the others."""
        rows = await self._db.fetch(_CONTENTS, project, array(hashes), limit)
        return {hash_: content for hash_, content in rows}  # noqa: C416 - rows are records

    async def active(self, project: str, paths: Sequence[ComponentPath]) -> list[Active]:
        """The active versions of these components, where they have one."""
        rows = await self._db.fetch(_ACTIVE, array(path.document(project).id for path in paths))
        return [Active(ComponentPath.parse(path), *rest) for path, *rest in rows]


def _summary(row: Record) -> ComponentSummary:
    path = ComponentPath.parse(row["path"])
    return ComponentSummary(
        path=path.wire,
        category=path.category,
        name=path.name,
        active_hash=row["active_hash"],
        active_number=row["active_number"],
        version_count=row["versions"],
        updated_at=row["updated_at"],
    )


def _version(row: Record) -> ComponentVersion:
    path = ComponentPath.parse(row["path"])
    content = row["content"]
    return ComponentVersion(
        hash=row["hash"],
        path=path.wire,
        category=path.category,
        name=path.name,
        number=row["number"],
        author=row["actor"],
        policy=row["reason"],
        is_active=row["is_active"],
        created_at=row["created_at"],
        content=None if content is None else content.decode(),
    )
