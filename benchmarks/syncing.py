"""Component sync: what a worker waits for, and what the store answers when it holds much."""

import secrets
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import aiohttp

from benchmarks.figures import Figure, Goal, measured, percentile
from benchmarks.live import answers
from benchmarks.machine import Servers, headrace, until, wipe
from schemas.base import derived_id
from schemas.components import CATEGORIES, ComponentPath
from schemas.hashing import fingerprint
from schemas.settings import Settings
from schemas.sides import SyncStrategy
from streams.embedded import free_port
from streams.store import Store
from watchers.sync.manager import AsyncComponentManager
from watchers.sync.tree import Tree

KEY = f"bench-{secrets.token_hex(16)}"
BASE = "/api/components"
FEW, MANY = 40, 1_000
ROUNDS = 30
ASKED = 300
DOCUMENTS, EACH = 5_000, 20
EXPERIMENTS = 2_000


async def figures(where: Servers) -> AsyncIterator[Figure]:
    """What a sync takes, then what questions take with 100,000 versions in the store."""
    await wipe(where)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    async with headrace(where, "gateway", "--port", str(port), HEADRACE_API_KEY=KEY):
        await until(lambda: answers(url))
        async with headrace(where, "worker"), aiohttp.ClientSession(url, headers={"X-API-Key": KEY}) as session:
            with tempfile.TemporaryDirectory() as folder:
                async for figure in _syncs(Path(folder), url, session):
                    yield figure
        await _fill(where)
        async with aiohttp.ClientSession(url, headers={"X-API-Key": KEY}) as session:
            async for figure in _questions(session):
                yield figure


def _paths(count: int) -> list[ComponentPath]:
    """Spread over all categories."""
    return [ComponentPath(CATEGORIES[number % len(CATEGORIES)], f"part{number:05}") for number in range(count)]


def _config(paths: list[ComponentPath]) -> dict[str, Any]:
    return {category: [path.name for path in paths if path.category == category] for category in CATEGORIES}


async def _syncs(folder: Path, url: str, session: aiohttp.ClientSession) -> AsyncIterator[Figure]:
    paths = _paths(MANY)
    author = AsyncComponentManager(url, _tree(folder / "author"), KEY)
    for path in paths:
        file = folder / "author" / path.on_disk
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"NAME = {path.name!r}\n" * 40)
    await author.sync_with_strategy(_config(paths), SyncStrategy.LOCAL_PRIORITY)

    few = AsyncComponentManager(url, _tree(folder / "few"), KEY)
    await few.sync_with_strategy(_config(paths[:FEW]))
    quiet = [await _seconds(lambda: few.sync_with_strategy(_config(paths[:FEW]))) for _ in range(ROUNDS)]
    bare = [await _seconds(lambda: _get(session, "/healthz")) for _ in range(ROUNDS)]
    name = f"sync of {FEW} components, nothing changed, p50"
    yield measured(name, percentile(quiet, 0.5) * 1e3, "ms", percentile(bare, 0.5) * 1e3, Goal("≤", 50))

    worker = AsyncComponentManager(url, _tree(folder / "worker"), KEY)
    whole = await _seconds(lambda: worker.sync_with_strategy(_config(paths)))
    singly = await _seconds(lambda: _each(url, paths, _tree(folder / "singly")))
    yield measured(
        f"first sync of {MANY:,} components, of one request a file", whole, "s", singly, Goal("≤", 0.05, "ratio")
    )


def _tree(path: Path) -> Path:
    path.mkdir()
    return path


async def _seconds(step: Callable[[], Awaitable[object]]) -> float:
    started = perf_counter()
    await step()
    return perf_counter() - started


async def _get(session: aiohttp.ClientSession, path: str, **query: str) -> bytes:
    async with session.get(path, params=query) as response:
        assert response.ok, await response.text()
        return await response.read()


async def _each(url: str, paths: list[ComponentPath], root: Path) -> None:
    """As a client does that asks for one file after the other, and writes each as safely as we do."""
    tree = Tree(root)
    for path in paths:
        where = f"agent/{path.name}" if path.category == "agent" else f"component/{path.category}/{path.name}"
        address = f"{url}{BASE}/{where}/source"
        async with aiohttp.request("GET", address, headers={"X-API-Key": KEY}) as response:
            assert response.ok
            tree.write(path.wire, await response.read(), None)


async def _fill(where: Servers) -> None:
    """What a team has after years. The rows are written straight away: how they come about is measured elsewhere."""
    store = await Store.connect(where.postgres_url, Settings())
    paths = [ComponentPath(path.category, f"old{path.name}") for path in _paths(DOCUMENTS)]
    documents = [(path.document("default").id, path.wire) for path in paths]
    contents = [f"x = {number}\n".encode() for number in range(DOCUMENTS * EACH)]
    blobs = [(*fingerprint(content), content) for content in contents]
    await store.db.execute(
        "insert into blobs (hash, digest, size, content) select * from unnest($1::text[], $2::text[], $3::bigint[],"
        " $4::bytea[]) on conflict do nothing",
        *[list(column) for column in zip(*blobs, strict=True)],
    )
    await store.db.execute(
        "insert into documents select id, 'default', 'components', path, $3, $3, $3, now(), now()"
        " from unnest($1::text[]::uuid[], $2::text[]) as row (id, path)",
        *[list(column) for column in zip(*documents, strict=True)],
        EACH,
    )
    await store.db.execute(
        "insert into versions select ($1::text[])[1 + (place - 1) / $3]::uuid, 1 + (place - 1) % $3, hash, 10,"
        " 'forced', gen_random_uuid(), 'bench', now() from unnest($2::text[]) with ordinality as row (hash, place)",
        [id_ for id_, _ in documents],
        [blob[0] for blob in blobs],
        EACH,
    )
    await _fill_manifests(store, [wire for _, wire in documents], [blob[0] for blob in blobs])
    await store.db.execute("analyze")
    await store.close()


async def _fill_manifests(store: Store, wires: list[str], hashes: list[str]) -> None:
    ids = [str(derived_id("00000000-0000-0000-0000-000000000000", f"e{number}")) for number in range(EXPERIMENTS)]
    await store.db.execute(
        "insert into documents select id, 'default', 'manifests', 'e' || place, 1, 1, 1, now(), now()"
        " from unnest($1::text[]::uuid[]) with ordinality as row (id, place)",
        ids,
    )
    await store.db.execute(
        "insert into versions select id, 1, $2, 10, 'forced', id, 'bench', now() from unnest($1::text[]::uuid[]) as id",
        ids,
        hashes[0],
    )
    await store.db.execute(
        "insert into manifest_entries select id, 1, wire, ($3::text[])[1 + place % 20]"
        " from unnest($1::text[]::uuid[]) with ordinality as one (id, place), unnest($2::text[]) as wire",
        ids,
        wires[:20],
        hashes,
    )


async def _questions(session: aiohttp.ClientSession) -> AsyncIterator[Figure]:
    """Each list and history, asked at many places, against an answer that asks no database."""
    paths = [ComponentPath(path.category, f"old{path.name}") for path in _paths(DOCUMENTS)]
    hash_ = fingerprint(b"x = 3\n").hash
    questions: dict[str, Callable[[ComponentPath], Awaitable[object]]] = {
        "list": lambda path: _get(session, f"{BASE}/versions", limit="100", after=path.wire),
        "category": lambda path: _get(session, f"{BASE}/versions/{path.category}", limit="100", after=path.wire),
        "history": lambda path: _get(session, f"{BASE}/versions/{path.category}/{path.name}"),
        "version": lambda _: _get(session, f"{BASE}/versions/hash/{hash_}"),
        "experiments": lambda path: _get(session, f"{BASE}/manifests", limit="100", after=f"e{path.name[-3:]}"),
        "users": lambda path: _get(
            session, f"{BASE}/versions/hash/{hash_}/experiments", limit="100", after=f"e{path.name[-3:]}"
        ),
        "conflicts": lambda _: _get(session, f"{BASE}/conflicts", limit="100"),
    }
    bare = percentile([await _seconds(lambda: _get(session, "/healthz")) for _ in range(ASKED)], 0.95) * 1e3
    for name, ask in questions.items():
        asked = [paths[number * 16 % DOCUMENTS] for number in range(ASKED)]
        found = [await _seconds(partial(ask, path)) for path in asked]
        title = f"{DOCUMENTS * EACH:,} versions: {name}, p95"
        yield measured(title, percentile(found, 0.95) * 1e3, "ms", bare, Goal("≤", 20))
