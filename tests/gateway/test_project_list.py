"""The projects one may choose from: those that have something in them, and that one may read."""

from streams.store import Store
from tests.gateway.access import member
from tests.gateway.conftest import Client

UPLOAD = "/api/components/versions/upload"
MANIFEST = "/api/components/manifest/exp-1"
PROJECTS = "/api/v1/projects"


async def upload(client: Client, project: str) -> str:
    made = await client.post(UPLOAD, {"path": "model/a.py", "content": "a\n"}, params={"project": project})
    return str(made["hash"])


async def test_each_with_what_is_in_it(client: Client) -> None:
    assert await client.get(PROJECTS) == []
    for project in ("b", "a"):
        kept = await upload(client, project)
    await client.post(MANIFEST, {"model/a.py": kept}, params={"project": "a"})
    assert await client.get(PROJECTS) == [
        {"name": "a", "role": "admin", "domains": ["components", "manifests"]},
        {"name": "b", "role": "admin", "domains": ["components"]},
    ]


async def test_nobody_hears_of_a_project_that_is_closed_to_them(client: Client, store: Store) -> None:
    for project in ("a", "b", "c"):
        await upload(client, project)
    theirs = await member(client, store, "kim", b="viewer", c="user", nowhere="admin")
    found = await client.get(PROJECTS, headers=theirs)
    assert [(one["name"], one["role"]) for one in found] == [("b", "viewer"), ("c", "user")]
