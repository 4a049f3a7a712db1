"""Which projects there are, and what in them."""

from streams.store.connection import Executor

_ALL = """
with recursive found (project, domain) as (
    (select project, domain from documents order by project, domain limit 1)
    union all
    select further.project, further.domain from found, lateral (
        select d.project, d.domain from documents d where (d.project, d.domain) > (found.project, found.domain)
        order by d.project, d.domain limit 1
    ) further
)
select project, array_agg(domain order by domain) as domains from found group by project order by project
"""
"""One step of the index for each domain of each project, however many documents it has."""


class Projects:
    """The projects of the table `documents`."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def all(self) -> dict[str, list[str]]:
        """The domains of which something was ever in each project, in the order of the alphabet."""
        return {row["project"]: row["domains"] for row in await self._db.fetch(_ALL)}
