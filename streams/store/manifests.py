"""What is asked about manifests: an experiment's revisions, who used a version, what has changed since."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from schemas.base import Document
from schemas.manifests import DOMAIN, ManifestSummary, ManifestUse
from streams.store.connection import Executor, arrays
from streams.store.write import Write

_ADD = """
insert into manifest_entries (document, number, path, hash)
select * from unnest($1::text::uuid[], $2::text::int[], $3::text::text[], $4::text::text[])
"""

_REVISION = """
select v.number, d.versions, v.created_at, b.content
from documents d join versions v on v.document = d.id join blobs b on b.hash = v.hash
where d.id = $1 and v.number = coalesce($2, d.head)
"""

_LIST = f"""
select d.path, d.created_at, d.updated_at, d.versions,
    (select count(*) from manifest_entries e where e.document = d.id and e.number = d.head) as components
from documents d where d.project = $1 and d.domain = '{DOMAIN}' and d.path > $2
order by d.path limit $3
"""  # noqa: S608 - a constant

_USERS = """
select d.path, max(e.number) as number, max(v.created_at) as created_at
from manifest_entries e join documents d on d.id = e.document
join versions v on v.document = e.document and v.number = e.number
where e.hash = $2 and d.project = $1 and ($3::text is null or e.path = $3) and d.path > $4
group by d.path order by d.path limit $5
"""

_UNKNOWN = """
select asked.path from unnest($1::text::uuid[], $2::text::text[], $3::text::text[]) as asked (document, hash, path)
where not exists (select from versions v where v.document = asked.document and v.hash = asked.hash)
order by asked.path
"""


class Used(NamedTuple):
    """A row of `manifest_entries`: a revision of a manifest names a version."""

    document: str
    number: int
    path: str
    hash: str


class Revision(NamedTuple):
    """One revision of a manifest. `content`: its canonical bytes."""

    number: int
    revisions: int
    created_at: datetime
    content: bytes


class Manifests:
    """The manifests' own questions to the common tables, and the `manifest_entries` table."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    @staticmethod
    def add(used: Sequence[Used]) -> Write:
        """Keep what revisions name."""
        return Write(_ADD, tuple(arrays(used, 4)))

    async def revision(self, manifest: Document, number: int | None) -> Revision | None:
        """A revision, or the newest."""
        row = await self._db.fetchrow(_REVISION, manifest.id, number)
        return Revision(*row) if row else None

    async def page(self, project: str, after: str, limit: int) -> list[ManifestSummary]:
        """Experiments in the order of their uids."""
        return [
            ManifestSummary(
                experiment_uid=row["path"],
                component_count=row["components"],
                created_at=row["created_at"],
                updated_at=row["updated_at"],
                revisions=row["versions"],
            )
            for row in await self._db.fetch(_LIST, project, after, limit)
        ]

    async def users(self, project: str, hash_: str, path: str | None, after: str, limit: int) -> list[ManifestUse]:
        """The experiments that used a version, in the order of their uids."""
        rows = await self._db.fetch(_USERS, project, hash_, path, after, limit)
        return [ManifestUse(experiment_uid=path, revision=number, created_at=at) for path, number, at in rows]

    async def unknown(self, entries: Sequence[tuple[str, str, str]]) -> list[str]:
        """Of (document id, hash, path): the paths of those documents that never had such a version."""
        return [row[0] for row in await self._db.fetch(_UNKNOWN, *arrays(entries, 3))]
