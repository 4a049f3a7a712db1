"""Random histories of eight workers, against a model that knows what each side did since they last met.

Nobody's change is overridden without a word, no deliberate step back is undone, nothing is called a conflict that is
none, and every content that was ever seen by the server stays.
"""

import asyncio
from random import Random
from typing import NamedTuple

import pytest

from schemas.sides import SyncResult, SyncStrategy
from tests.build import hash_of
from tests.gateway.conftest import Client
from tests.watchers.sync.conftest import A, B, Hire, Worker

STEPS = 60
STRATEGIES = (SyncStrategy.LOCAL_PRIORITY, SyncStrategy.INTERACTIVE, SyncStrategy.SERVER_AUTHORITATIVE)


APART = ""
"""The base of those who have met and had nothing in common."""


class Server:
    """What the server has of a component."""

    def __init__(self, client: Client, path: str) -> None:
        self._client, self._path = client, path

    async def versions(self) -> dict[str, bool]:
        """Each content, and whether it is active."""
        url = f"/api/components/versions/{self._path.removesuffix('.py')}?include_content=true"
        status, found = await self._client.call("GET", url)
        versions = {one["content"]: False for one in found} if status == 200 else {}
        return versions | {one["content"]: True for one in found if status == 200 and one["is_active"]}

    async def head(self) -> str | None:
        """The active content."""
        return next((text for text, is_active in (await self.versions()).items() if is_active), None)

    async def save(self, text: str) -> None:
        """Somebody who is no worker uploads."""
        await self._client.upload(self._path, text)

    async def roll_back(self, text: str) -> None:
        """Somebody makes an older version the active one."""
        await self._client.post("/api/components/versions/activate", {"hash": hash_of(text), "path": self._path})


class Before(NamedTuple):
    """How things stood before a sync. `base`: what both had when they last met."""

    local: str | None
    base: str | None
    head: str | None
    known: frozenset[str]


class Meeting:
    """One worker and one component: what they last had in common."""

    def __init__(self, worker: Worker, server: Server, path: str) -> None:
        self.worker, self.server, self.path = worker, server, path
        self.base: str | None = None
        self.had: list[str] = []

    async def before(self) -> Before:
        return Before(
            self.worker.text(self.path), self.base, await self.server.head(), frozenset(await self.server.versions())
        )

    def write(self, text: str) -> None:
        self.worker.write(self.path, text)
        self.had.append(text)

    async def sync(self, strategy: SyncStrategy) -> None:
        """Sync, and check that what it did was right."""
        before = await self.before()
        result = await self.worker.sync(self.path, strategy=strategy)
        local, head = self.worker.text(self.path), await self.server.head()
        self._check_head(before, head, result, strategy)
        self._check_local(before, local, head, strategy)
        self._check_conflicts(before, result, strategy)
        versions = await self.server.versions()
        assert before.known <= set(versions)
        assert before.local == local or before.local is None or before.local in versions
        self.base = head if local == head else self.base
        if result.conflicts and self.base is None:
            self.base = APART
        if local is not None:
            self.had.append(local)

    def _check_head(self, before: Before, head: str | None, result: SyncResult, strategy: SyncStrategy) -> None:
        """The head moves to the worker's side alone, and over what it never saw only with a word."""
        overridden = [conflict.server_hash for conflict in result.overridden]
        if head == before.head:
            assert overridden == []
            return
        assert head == before.local
        assert strategy is SyncStrategy.LOCAL_PRIORITY or before.head is None
        is_unseen = before.head is not None and before.head != before.base
        assert overridden == ([hash_of(before.head)] if is_unseen and before.head else [])

    def _check_local(self, before: Before, local: str | None, head: str | None, strategy: SyncStrategy) -> None:
        """Who alone has changed gets its way."""
        if local != before.local:
            assert local == head == before.head
        is_met = before.base is not None and before.local is not None
        if is_met and before.local == before.base:
            assert local == before.head
        if is_met and before.head == before.base and strategy is SyncStrategy.LOCAL_PRIORITY:
            assert head == before.local

    def _check_conflicts(self, before: Before, result: SyncResult, strategy: SyncStrategy) -> None:
        """A person is asked where the worker's side has changed, and nowhere else."""
        if before.local is None or before.head is None or before.local == before.head:
            has_changed = False
        else:
            has_changed = before.local not in before.known if before.base is None else before.local != before.base
        is_asked = has_changed and strategy is SyncStrategy.INTERACTIVE
        assert [conflict.path for conflict in result.conflicts] == ([self.path] if is_asked else [])
        if is_asked:
            assert result.conflicts[0].diverged == (before.base is not None and before.head != before.base)


@pytest.mark.parametrize("seed", range(4))
async def test_each_after_the_other(client: Client, hire: Hire, seed: int) -> None:
    random = Random(seed)
    server = Server(client, A)
    meetings = [Meeting(hire(f"w{number}"), server, A) for number in range(8)]
    for step in range(STEPS):
        meeting = random.choice(meetings)
        match random.choices(["edit", "back", "sync", "save", "roll back"], [4, 2, 8, 1, 1])[0]:
            case "edit":
                meeting.write(f"{seed} {step}")
            case "back" if meeting.had:
                meeting.write(random.choice(meeting.had))
            case "save":
                await server.save(f"{seed} {step} server")
            case "roll back" if versions := sorted(await server.versions()):
                await server.roll_back(random.choice(versions))
            case "sync" if meeting.worker.text(A) is not None or await server.head() is not None:
                await meeting.sync(random.choice(STRATEGIES))


async def test_all_at_once(client: Client, hire: Hire) -> None:
    """Of eight who have changed the same, seven override somebody, each says whom, and nothing is lost."""
    workers = [hire(f"w{number}") for number in range(8)]
    for path in (A, B):
        workers[0].write(path, "first")
    await asyncio.gather(*[worker.sync(A, B) for worker in workers[:1]])
    await asyncio.gather(*[worker.sync(A, B) for worker in workers])
    for turn in range(2):
        for number, worker in enumerate(workers):
            worker.write(A, f"{turn} {number}")
        results = await asyncio.gather(*[worker.sync(A, B, strategy="local_priority") for worker in workers])
        over = [conflict.server_hash for result in results for conflict in result.overridden]
        assert (len(over), len(set(over))) == (7, 7)
        assert [result.failed for result in results] == [[]] * 8
        head = await Server(client, A).head()
        synced = await asyncio.gather(*[worker.sync(A, B) for worker in workers])
        assert [worker.text(A) for worker in workers] == [head] * 8
        assert [result.conflicts for result in synced] == [[]] * 8
    assert len(await Server(client, A).versions()) == 17
    assert await Server(client, B).versions() == {"first": True}
