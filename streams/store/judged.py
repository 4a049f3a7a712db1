"""What the judge knows. It reads nothing that another group writes: its verdicts must not hang on their speed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from streams.store.connection import Executor, arrays
from streams.store.write import Write

_LOAD = """
select asked.document::text, judged.head, judged_hashes.hash
from unnest($1::text::uuid[], $2::text::text[]) as asked (document, hash)
left join judged using (document) left join judged_hashes using (document, hash)
"""

_SAVE_HEADS = """
insert into judged (document, head) select * from unnest($1::text::uuid[], $2::text::text[])
on conflict (document) do update set head = excluded.head
"""

_SAVE_HASHES = """
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
        heads: dict[str, str | None] = {}
        known: dict[str, set[str]] = {}
        for document, head, hash_ in await self._db.fetch(_LOAD, *arrays(pairs, 2)):
            heads[document] = head
            known.setdefault(document, set()).add(hash_)
        return {document: Past(head, frozenset(known[document])) for document, head in heads.items()}

    @staticmethod
    def save(heads: Mapping[str, str | None], hashes: Sequence[tuple[str, str]]) -> list[Write]:
        """Keep where heads stand now, and the hashes that documents have had."""
        rows = ((_SAVE_HEADS, list(heads.items())), (_SAVE_HASHES, hashes))
        return [Write(sql, tuple(arrays(pairs, 2))) for sql, pairs in rows if pairs]
