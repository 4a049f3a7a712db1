"""Conflicts: asked of whoever is there, else on the server; decided here, there, or by both."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from schemas.errors import Away, NotFound, Rejected
from schemas.sides import SyncConflict, SyncResult
from tests.build import hash_of, until
from tests.gateway.conftest import Client
from tests.watchers.sync.conftest import A, B, Hire, Network, Worker, history, is_history, lists

Scene = Callable[[Client, Worker], Awaitable[None]]


async def edited(client: Client, worker: Worker) -> None:
    """Here alone."""
    worker.write(A, "a")
    await worker.sync(A)
    worker.write(A, "l")


async def both(client: Client, worker: Worker) -> None:
    """On both sides."""
    await edited(client, worker)
    await client.upload(A, "s")


async def unknown(client: Client, worker: Worker) -> None:
    """At first contact."""
    await client.upload(A, "s")
    worker.write(A, "l")


SCENES = [pytest.param(scene, id=scene.__name__) for scene in (edited, both, unknown)]


async def asked(client: Client, state: str = "pending") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await client.get(f"/api/components/conflicts?state={state}")
    return found


async def decide(client: Client, decision: str) -> None:
    """Somebody does, who looks at the page."""
    (one,) = await asked(client)
    await client.post(f"/api/components/conflicts/{one['id']}", {"decision": decision})


@pytest.mark.parametrize("scene", SCENES)
async def test_a_conflict_waits_on_the_server_once(client: Client, hire: Hire, scene: Scene) -> None:
    one = hire()
    await scene(client, one)
    results = [await one.sync(A) for _ in range(3)]
    assert [lists(result) for result in results] == [{"conflicts": [A]}] * 3
    (found,) = await asked(client, "all")
    for result in results:
        (conflict,) = result.conflicts
        assert (conflict.id, conflict.local_hash, conflict.server_hash) == (
            found["id"],
            hash_of("l"),
            found["server_hash"],
        )
        assert (conflict.conflict_type, conflict.resolution, conflict.local_content) == ("local_newer", "pending", "l")
    assert results[0].conflicts[0].diverged == (scene is both)
    assert (found["worker"], found["base_hash"]) == ("one", None if scene is unknown else hash_of("a"))


PAGE = [
    pytest.param("upload", "uploaded", "l", "aslL", id="upload"),
    pytest.param("download", "synced", "s", "aSl", id="download"),
    pytest.param("skip", "skipped", "l", "aSl", id="skip"),
]


@pytest.mark.parametrize(("decision", "where", "text", "versions"), PAGE)
async def test_a_decision_on_the_page_is_followed(
    client: Client, hire: Hire, decision: str, where: str, text: str, versions: str
) -> None:
    one = hire()
    await both(client, one)
    await one.sync(A)
    await decide(client, decision)
    result = await one.sync(A)
    expected = "skipped" if decision == "upload" else where  # it is the active one already
    assert lists(result) == {expected: [A]}
    assert one.text(A) == text
    await until(lambda: is_history(client, A, versions))
    assert lists(await one.sync(A)) == {"skipped": [A]}
    assert await asked(client) == []


@pytest.mark.parametrize(("decision", "where", "text", "versions"), PAGE)
async def test_a_decision_between_comparing_and_asking_is_followed(
    client: Client, hire: Hire, network: Network, decision: str, where: str, text: str, versions: str
) -> None:
    one = hire()
    await both(client, one)
    await one.sync(A)
    network.after("/compare", lambda: decide(client, decision))
    assert lists(await one.sync(A)) == {where: [A]}
    assert one.text(A) == text
    assert lists(await one.sync(A)) == {"skipped": [A]}


async def test_a_decision_about_a_newer_version_takes_that_one(client: Client, hire: Hire, network: Network) -> None:
    one = hire()
    await both(client, one)
    await one.sync(A)

    async def decide_later() -> None:
        await client.upload(A, "t")
        await decide(client, "download")

    network.after("/compare", decide_later)
    assert lists(await one.sync(A)) == {"synced": [A]}
    assert one.text(A) == "t"


async def test_what_was_decided_once_is_not_decided_for_good(client: Client, hire: Hire) -> None:
    one = hire()
    await edited(client, one)
    await one.sync(A)
    await decide(client, "download")
    assert lists(await one.sync(A)) == {"synced": [A]}
    one.write(A, "l")  # the same edit once more
    result = await one.sync(A)
    assert lists(result) == {"conflicts": [A]}
    assert one.text(A) == "l"
    assert lists(await one.manager.resolve_pending_conflicts(result, {A: "use_local"})) == {"uploaded": [A]}
    assert (await history(client, A))[-1] == "L"


async def test_a_worker_that_goes_back_by_itself_asks_no_more(client: Client, hire: Hire) -> None:
    one = hire()
    await edited(client, one)
    await one.sync(A)
    one.write(A, "a")
    assert lists(await one.sync(A)) == {"skipped": [A]}
    assert await asked(client) == []


async def test_a_worker_that_goes_on_asks_anew(client: Client, hire: Hire) -> None:
    one = hire()
    await edited(client, one)
    await one.sync(A)
    one.write(A, "m")
    (conflict,) = (await one.sync(A)).conflicts
    (found,) = await asked(client)
    assert (found["id"], found["local_hash"]) == (conflict.id, hash_of("m"))


async def test_one_refused_question_spoils_nothing_for_the_others(client: Client, hire: Hire) -> None:
    one = hire()
    paths = [f"model/m{n}.py" for n in range(3)]
    for path in paths:
        await client.upload(path, "s")
        one.write(path, "l")
    one.write(paths[1], "#" * (2 << 20))  # more than this server takes
    result = await one.sync(*paths)
    assert lists(result) == {"conflicts": [paths[0], paths[2]], "failed": [paths[1]]}
    assert len(await asked(client)) == 2


ANSWERS = [
    pytest.param("use_local", {"uploaded": [A]}, "l", "aslL", id="use_local"),
    pytest.param("use_server", {"synced": [A]}, "s", "aSl", id="use_server"),
    pytest.param("skip", {"skipped": [A]}, "l", "aS", id="skip"),
    pytest.param("pending", {"conflicts": [A]}, "l", "aSl", id="pending"),
    pytest.param(None, {"conflicts": [A]}, "l", "aSl", id="none"),
]


@pytest.mark.parametrize(("answer", "expected", "text", "versions"), ANSWERS)
@pytest.mark.parametrize("awaits", [True, False], ids=["awaits", "returns"])
async def test_whoever_is_there_is_asked_first(
    client: Client,
    hire: Hire,
    answer: str | None,
    expected: dict[str, list[str]],
    text: str,
    versions: str,
    awaits: bool,
) -> None:
    seen: list[SyncConflict] = []

    async def later(conflict: SyncConflict) -> str | None:
        seen.append(conflict)
        return answer

    def at_once(conflict: SyncConflict) -> str | None:
        seen.append(conflict)
        return answer

    one = hire(conflict_callback=later if awaits else at_once)
    await both(client, one)
    result = await one.sync(A)
    assert {**lists(result), "overridden": []} == {**expected, "overridden": lists(result).get("overridden", [])} | {
        "overridden": []
    }
    assert [(c.path, c.local_hash, c.server_hash) for c in seen] == [(A, hash_of("l"), hash_of("s"))]
    assert one.text(A) == text
    await until(lambda: is_history(client, A, versions))
    assert len(await asked(client)) == len(result.conflicts)


async def test_an_answer_that_is_none_is_refused(client: Client, hire: Hire) -> None:
    one = hire(conflict_callback=lambda _: "upload")
    await both(client, one)
    with pytest.raises(Rejected, match="no resolution"):
        await one.sync(A)
    assert one.text(A) == "l"


async def test_what_the_callback_raises_reaches_the_caller(client: Client, hire: Hire) -> None:
    def fail(_: SyncConflict) -> str:
        raise ZeroDivisionError

    one = hire(conflict_callback=fail)
    await both(client, one)
    with pytest.raises(ZeroDivisionError):
        await one.sync(A)


async def test_an_answer_here_settles_what_was_asked_there(client: Client, hire: Hire) -> None:
    answers: list[str | None] = [None, "use_server"]
    one = hire(conflict_callback=lambda _: answers.pop(0))
    await both(client, one)
    await one.sync(A)
    assert len(await asked(client)) == 1
    assert lists(await one.sync(A)) == {"synced": [A]}
    assert [conflict["state"] for conflict in await asked(client, "all")] == ["download"]


async def kept(client: Client, versions: str) -> bool:
    """Whether these are kept, too: that happens a moment after the answer."""
    return (await history(client, A)).replace("l", "") == versions


async def pending(client: Client, worker: Worker) -> SyncResult:
    await both(client, worker)
    result = await worker.sync(A)
    assert lists(result) == {"conflicts": [A]}
    return result


@pytest.mark.parametrize(("answer", "expected", "text", "versions"), ANSWERS[:3])
async def test_conflicts_of_a_result_are_decided(
    client: Client, hire: Hire, answer: str, expected: dict[str, list[str]], text: str, versions: str
) -> None:
    one = hire()
    result = await pending(client, one)
    (conflict,) = result.conflicts
    assert await one.manager.resolve_pending_conflicts(result, {A: answer}) is result
    assert {name: paths for name, paths in lists(result).items() if name != "overridden"} == expected
    assert (conflict.resolved, conflict.resolution) == (True, answer)
    assert one.text(A) == text
    assert result.component_hashes == {A: hash_of(text)}
    state = {"use_local": "upload", "use_server": "download", "skip": "skip"}[answer]
    assert [found["state"] for found in await asked(client, "all")] == [state]
    assert lists(await one.sync(A)) == {"skipped": [A]}


@pytest.mark.parametrize("answer", ["use_local", "use_server", "skip"])
async def test_what_moved_since_it_was_shown_stays_open(client: Client, hire: Hire, answer: str) -> None:
    one = hire()
    result = await pending(client, one)
    await client.upload(A, "t")
    await one.manager.resolve_pending_conflicts(result, {A: answer})
    assert lists(result) == {"conflicts": [A]}
    assert result.conflicts[0].server_hash == hash_of("t")
    assert not result.conflicts[0].resolved
    one.write(A, "m")
    await one.manager.resolve_pending_conflicts(result, {A: answer})
    assert [(c.local_hash, c.server_hash) for c in result.conflicts] == [(hash_of("m"), hash_of("t"))]
    assert await until(lambda: kept(client, "asTm"))
    assert one.text(A) == "m"


@pytest.mark.parametrize("answer", ["use_local", "use_server"])
async def test_what_moves_while_it_is_decided_stays_open(
    client: Client, hire: Hire, network: Network, answer: str
) -> None:
    one = hire()
    result = await pending(client, one)
    network.before("/conflicts", lambda: client.upload(A, "t"))
    await one.manager.resolve_pending_conflicts(result, {A: answer})
    assert lists(result) == {"conflicts": [A]}
    assert result.conflicts[0].server_hash == hash_of("t")
    assert (one.text(A), (await history(client, A)).replace("l", "")) == ("l", "asT")


async def test_the_first_word_counts(client: Client, hire: Hire, network: Network) -> None:
    one = hire()
    result = await pending(client, one)
    network.before("/conflicts", lambda: decide(client, "download"))
    await one.manager.resolve_pending_conflicts(result, {A: "use_local"})
    assert lists(result) == {"synced": [A]}
    assert one.text(A) == "s"


async def test_other_conflicts_of_the_result_stay(client: Client, hire: Hire) -> None:
    one = hire()
    for path in (A, B):
        await client.upload(path, "s")
        one.write(path, "l")
    result = await one.sync(A, B)
    await one.manager.resolve_pending_conflicts(result, {B: "use_server"})
    assert lists(result) == {"conflicts": [A], "synced": [B]}


@pytest.mark.parametrize(
    ("answer", "expected", "text"),
    [("use_server", "synced", "s"), ("use_local", "uploaded", "a"), ("skip", "skipped", "a")],
)
async def test_conflicts_of_a_dry_run_can_be_decided_too(
    client: Client, hire: Hire, answer: str, expected: str, text: str
) -> None:
    one = hire()
    one.write(A, "a")
    await one.sync(A)
    await client.upload(A, "s")
    result = await one.sync(A, strategy="dry_run")
    result.skipped.clear()
    assert result.conflicts[0].conflict_type == "server_newer"
    await one.manager.resolve_pending_conflicts(result, {A: answer})
    assert next(iter(lists(result))) == expected
    assert one.text(A) == text


async def test_unknown_conflicts_and_resolutions_are_refused(client: Client, hire: Hire) -> None:
    one = hire()
    result = await pending(client, one)
    with pytest.raises(NotFound, match=r"model/b\.py"):
        await one.manager.resolve_pending_conflicts(result, {A: "skip", B: "skip"})
    with pytest.raises(Rejected, match="'upload'"):
        await one.manager.resolve_pending_conflicts(result, {A: "upload"})
    assert lists(result) == {"conflicts": [A]}


async def test_a_decision_without_a_server_changes_nothing(client: Client, hire: Hire, network: Network) -> None:
    one = hire()
    result = await pending(client, one)
    network.down.add("")
    with pytest.raises(Away):
        await one.manager.resolve_pending_conflicts(result, {A: "use_server"})
    assert lists(result) == {"conflicts": [A]}
    assert one.text(A) == "l"
