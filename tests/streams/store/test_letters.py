"""Dead letters from before they had a history, and how they are found among many."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from schemas.settings import Settings
from streams.store import Store
from streams.store.letters import Filter, _conditions
from streams.store.migrate import migrations

OLD = """
insert into dead_letters (id, group_name, event_id, kind, project, subject, topic, partition, seq, entry_offset, event,
    attempts, error, traceback, buried_at, state, decided_by, decided_at)
values (md5($1)::uuid, 'hash', {event}, 'k', 'p', 's/x', 'changes', 0, $2, 1, 'raw', 3, 'E', 'T', now(), $1,
    {by}, {by_at})
"""


@pytest.fixture
async def older(postgres_url: str, settings: Settings) -> AsyncIterator[Store]:
    """A database as it was before."""
    server = await asyncpg.connect(postgres_url)
    await server.execute("drop database if exists older with (force)")
    await server.execute("create database older")
    store = await Store.connect(f"{postgres_url.rpartition('/')[0]}/older", settings)
    yield store
    await store.close()
    await server.execute("drop database older with (force)")
    await server.close()


async def test_letters_of_an_earlier_version_get_their_history(older: Store) -> None:
    for step in migrations()[:4]:
        await older.db.execute(step.sql)
    await older.db.execute("create table migrations (number int, name text, applied_at timestamptz default now())")
    await older.db.execute("insert into migrations select n, '' from generate_series(1, 4) n")
    await older.db.execute(OLD.format(event="null", by="null", by_at="null"), "buried", 1)
    for number, state in enumerate(("retried", "dropped"), 2):
        await older.db.execute(OLD.format(event="gen_random_uuid()", by="'anna'", by_at="now()"), state, number)
    assert await older.migrate() == [step.name for step in migrations()[4:]]
    discarded, retried, buried = await older.dead_letters.page(Filter(state=None))
    assert [letter.state for letter in (discarded, retried, buried)] == ["discarded", "retried", "buried"]
    assert (buried.key, retried.key) == ("?/changes/1-1", "p/s/x")
    assert [(act.act, act.actor) for act in await older.dead_letters.acts(buried.id)] == [("buried", "hash")]
    acts = await older.dead_letters.acts(discarded.id)
    assert [(act.number, act.act, act.actor) for act in acts] == [(1, "buried", "hash"), (2, "discarded", "anna")]
    assert await older.dead_letters.untold(None, 10) == []


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (Filter(state="retried"), "dead_letters_by_state"),
        (Filter(group="hash"), "dead_letters_by_group"),
        (Filter(state=None), "dead_letters_by_age"),
    ],
)
async def test_a_page_is_read_off_an_index(store: Store, wanted: Filter, index: str) -> None:
    insert = """
        insert into dead_letters (id, group_name, kind, project, subject, topic, partition, seq, entry_offset, key,
            event, attempts, error, traceback, buried_at)
        select gen_random_uuid(), 'persist' || n % 10, 'k', 'p', 's', 'changes', 0, n, n, 'k', '', 1, '', '', now()
        from generate_series(1, 2000) n
    """
    await store.db.execute(insert)
    await store.db.execute("analyze dead_letters")
    conditions, values = _conditions(wanted)
    query = f"explain select * from dead_letters where {conditions} order by seq desc, id desc limit 10"
    plan = "\n".join(row[0] for row in await store.db.fetch(query, *values))
    assert index in plan
    assert "Sort" not in plan
