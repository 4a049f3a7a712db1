"""What the judge knows. It reads nothing that another group writes: its verdicts must not hang on their speed."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from streams.store.connection import Executor, array, arrays

_HEADS = "select document::text, head from judged where document = any($1::text::uuid[])"

_KNOWN = """
select document::text, hash from judged_hashes
join unnest($1::text::uuid[], $2::text::text[]) as asked (document, hash) using (document, hash)
"""

_SET_HEADS = """
insert into judged (document, head) select * from unnest($1::text::uuid[], $2::text::text[])
on conflict (document) do update set head = excluded.head
"""

_ADD_HASHES = """
insert into judged_hashes (document, hash) select * from unnest($1::text::uuid[], $2::text::text[])
on conflict do nothing
"""


class Past(NamedTuple):
    """One document as its judge sees it: where its head stands, and which of the hashes asked about it has had."""

    head: str | None
    known: frozenset[str]


class Judged:
    """The `judged` and `judged_hashes` tables."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def load(self, asked: Iterable[tuple[str, str | None]]) -> dict[str, Past]:
        """The past of each document, for pairs of (document, hash)."""
        pairs = [(document, hash_ or "") for document, hash_ in asked]
        documents = list(dict.fromkeys(document for document, _ in pairs))
        heads = {row["document"]: row["head"] for row in await self._db.fetch(_HEADS, array(documents))}
        known: dict[str, set[str]] = {}
        for row in await self._db.fetch(_KNOWN, *arrays(pairs, 2)):
            known.setdefault(row["document"], set()).add(row["hash"])
        return {document: Past(heads.get(document), frozenset(known.get(document, ()))) for document in documents}

    async def save(self, heads: Mapping[str, str | None], hashes: Iterable[tuple[str, str]]) -> None:
        """Keep where heads stand now, and the hashes that documents have had."""
        if heads:
            await self._db.execute(_SET_HEADS, *arrays(list(heads.items()), 2))
        new = list(hashes)
        if new:
            await self._db.execute(_ADD_HASHES, *arrays(new, 2))
