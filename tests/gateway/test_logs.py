"""Logs of syncs and exports of them: found by client, level, time and text; written whole; made again and again."""

import csv
import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from gateway.schedule import Schedule
from gateway.services import SERVICES
from schemas.base import new_id, now
from schemas.clients.documents import path_of
from schemas.clients.unified import Key, Server, encode
from streams.store import Store
from tests.build import until
from tests.gateway.access import member
from tests.gateway.conftest import KEY, Client
from tests.gateway.sites import event, session, tell

LOGS, EXPORT, EXPORTS = "/api/v1/logs", "/api/v1/export", "/api/v1/exports"
DOCS = path_of("project", Key("servers", "docs"))
CONTENT = encode(Server(transport="http", url="https://docs.example")).decode()


async def start(client: Client) -> None:
    """Two clients with three lines, at 10 and at 11 o'clock, and an element."""
    early, late = "2026-11-22T10:00:00+00:00", "2026-11-22T11:00:00+00:00"
    lines = [event("Docs added", element="servers/docs"), event("=HYPERLINK(1)", "problem", "warning")]
    await tell(client, session("cursor", finished_at=early, events=lines))
    await tell(client, session("codex", finished_at=late, events=[event("disk full", "failed", "error")]))
    element = {"id": new_id(), "path": DOCS, "content": CONTENT, "base": None}
    await client.post("/api/v1/elements", {"client": "cursor", "elements": [element]})


async def found(http: Client, /, **query: str) -> list[str]:
    return [one["message"] for one in await http.get(LOGS, params=query)]


async def raw(client: Client, path: str, **query: str) -> tuple[bytes, Any]:
    async with client.raw.get(path, params=query, headers=KEY) as response:
        assert response.status == 200, await response.text()
        return await response.read(), response.headers


async def test_lines_are_found(client: Client) -> None:
    await start(client)
    assert await found(client) == ["disk full", "=HYPERLINK(1)", "Docs added"]
    (codex,) = [one["name"] for one in await client.get("/api/v1/clients") if one["type"] == "codex"]
    assert await found(client, client=codex) == ["disk full"]
    assert await found(client, level="warning") == ["=HYPERLINK(1)"]
    assert await found(client, since="2026-11-22T10:30:00+00:00") == ["disk full"]
    assert await found(client, until="2026-11-22T10:30:00+00:00") == ["=HYPERLINK(1)", "Docs added"]
    assert await found(client, text="dOCS") == ["Docs added"]
    assert await found(client, type="problem") == ["=HYPERLINK(1)"]
    assert await found(client, element="servers/docs") == ["Docs added"]
    assert await found(client, text="%") == []
    assert await found(client, text="servers/") == ["Docs added"]
    assert await found(client, project="another") == []


async def test_pages_leave_nothing_out(client: Client) -> None:
    await start(client)
    seen: list[str] = []
    before: dict[str, str] = {}
    while page := await client.get(LOGS, params={"limit": "1", **before}):
        seen += [one["message"] for one in page]
        before = {"before": page[-1]["id"]}
    assert seen == await found(client)


async def test_one_line_however_old(client: Client, store: Store) -> None:
    await start(client)
    viewer, stranger = (
        await member(client, store, "lee", default="viewer"),
        await member(client, store, "kim", another="admin"),
    )
    for line in await client.get(LOGS):
        assert await client.get(f"{LOGS}/{line['id']}") == line
        assert (await client.call("GET", f"{LOGS}/{line['id']}?project=another"))[0] == 404
        assert (await client.call("GET", f"{LOGS}/{line['id']}", headers=viewer))[0] == 200
        assert (await client.call("GET", f"{LOGS}/{line['id']}", headers=stranger))[0] == 403
    status, error = await client.call("GET", f"{LOGS}/{new_id()}")
    assert (status, "there is no line" in error["message"]) == (404, True)


@pytest.mark.parametrize("id_", ["-" * 36, "f" * 35 + "-", "x", "%00", "..%2f", "a" * 5000])
async def test_what_is_no_id(idle: Client, id_: str) -> None:
    assert (await idle.call("GET", f"{LOGS}/{id_}"))[0] in {400, 404, 422}


async def test_an_export_as_json(client: Client) -> None:
    await start(client)
    content, headers = await raw(client, EXPORT)
    said = orjson.loads(content)
    assert headers["Content-Disposition"] == 'attachment; filename="default-all.json"'
    assert [one["message"] for one in said["logs"]] == await found(client)
    assert said["configurations"] == {DOCS: orjson.loads(CONTENT)}
    assert {one["type"] for one in said["clients"].values()} == {"cursor", "codex"}
    only, _ = await raw(client, EXPORT, what="logs", level="error")
    assert [one["message"] for one in orjson.loads(only)["logs"]] == ["disk full"]
    assert "configurations" not in orjson.loads(only)


async def test_an_export_as_csv_is_no_program(client: Client) -> None:
    await start(client)
    content, _ = await raw(client, EXPORT, what="logs", format="csv")
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert [row["message"] for row in rows] == ["disk full", "'=HYPERLINK(1)", "Docs added"]
    content, _ = await raw(client, EXPORT, what="configurations", format="csv")
    (row,) = csv.DictReader(io.StringIO(content.decode()))
    assert (row["path"], row["content"]) == (DOCS, CONTENT)
    status, error = await client.call("GET", f"{EXPORT}?format=csv")
    assert (status, "one table" in error["message"]) == (422, True)


async def test_an_export_as_zip(client: Client) -> None:
    await start(client)
    content, _ = await raw(client, EXPORT, format="zip")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert archive.read(f"configurations/{DOCS}.json").decode() == CONTENT
        assert len(archive.read("logs.jsonl").splitlines()) == 3
        assert set(archive.namelist()) >= {"logs.csv", "clients.json", "policies.json"}


async def test_an_export_is_made_again_and_again(client: Client) -> None:
    await start(client)
    status, said = await client.call("PUT", f"{EXPORTS}/nightly", {"hours": 24, "keep": 2})
    assert (status, said["name"], said["hours"]) == (200, "nightly", 24)

    async def is_made() -> bool:
        return bool((await client.get(EXPORTS))[0]["files"])

    await until(is_made)
    (made,) = (await client.get(EXPORTS))[0]["files"]
    content, _ = await raw(client, made["url"])
    assert len(content) == made["size"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert f"configurations/{DOCS}.json" in archive.namelist()
    async with client.raw.delete(f"{EXPORTS}/nightly", headers=KEY) as response:
        assert response.status == 204
    assert await client.get(EXPORTS) == []


async def test_only_what_is_due_is_made_and_only_the_newest_are_kept(client: Client) -> None:
    await client.call("PUT", f"{EXPORTS}/nightly", {"hours": 24, "keep": 2})
    schedule: Schedule = client.raw.app[SERVICES].schedule
    await schedule.make_due()
    (first,) = schedule.files("default", "nightly")
    await schedule.make_due()
    assert schedule.files("default", "nightly") == [first]
    place = schedule.path("default", "nightly", first.name)
    assert place is not None
    for days in (2, 3, 4):
        place.rename(place := _of(place, days))
        await schedule.make_due()
    assert len(schedule.files("default", "nightly")) == 2


def _of(path: Path, days: int) -> Path:
    return path.with_name(f"{now() - timedelta(days=days):%Y%m%dT%H%M%SZ}.zip")


@pytest.mark.parametrize("file", ["..%2F..%2Fadmin-key", "unfinished", "20261122T000000Z.zip"])
async def test_no_other_file_is_given(client: Client, file: str) -> None:
    await client.call("PUT", f"{EXPORTS}/nightly", {})
    assert (await client.call("GET", f"{EXPORTS}/nightly/{file}"))[0] == 404
