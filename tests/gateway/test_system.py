"""Documents, figures."""

from openapi_spec_validator import validate

from gateway.openapi import document
from gateway.routes import ROUTES
from streams.log import Log
from streams.store import Store
from tests.build import until
from tests.gateway.conftest import KEY, Client
from tests.streams.runner import messages


def test_the_document_is_openapi_3_1() -> None:
    found = document(ROUTES)
    validate(found)
    assert found["openapi"] == "3.1.0"
    operations = [operation for path in found["paths"].values() for operation in path.values()]
    assert len(operations) == len(ROUTES)
    assert len({operation["operationId"] for operation in operations}) == len(ROUTES)
    assert all(operation["summary"] for operation in operations)


async def test_the_document_is_served(idle: Client) -> None:
    async with idle.raw.get("/api/openapi.json", headers=KEY) as response:
        assert (await response.json())["info"]["title"] == "Headrace"


async def test_status(client: Client) -> None:
    await client.upload("model/a.py", "a")
    await until(lambda: _caught_up(client))
    status = await client.get("/api/status")
    assert (status["ready"], status["problems"], status["events"], status["archived"]) == (True, [], 5, 5)
    assert {group["group"] for group in status["groups"]} == {"hash", "resolve", "persist", "archive"}
    assert all(len(group["workers"]) == 1 for group in status["groups"])


async def _caught_up(client: Client) -> bool:
    status = await client.get("/api/status")
    return status["events"] == 5 and all(group["lag"] == 0 for group in status["groups"])


async def test_lag_is_what_is_left_to_do(idle: Client, log: Log) -> None:
    for partition in range(log.partitions):
        await log.redis.xgroup_create(log.keys.stream("changes", partition), "hash", "0", mkstream=True)
    await log.publish(messages(log, 40))
    (group,) = (await idle.get("/api/status"))["groups"]
    assert (group["group"], group["lag"], group["workers"]) == ("hash", 40, [])


async def test_readiness_says_why_not(idle: Client, store: Store) -> None:
    assert (await idle.call("GET", "/readyz"))[0] == 200
    await store.db.execute("delete from migrations where number = 1")
    try:
        async with idle.raw.get("/readyz", headers=KEY) as response:
            assert response.status == 503
            assert "migration" in (await response.text())
    finally:
        await store.db.execute("insert into migrations (number, name) values (1, '0001_first_flow.sql')")


async def test_metrics(client: Client) -> None:
    await client.upload("model/a.py", "a")
    async with client.raw.get("/metrics", headers=KEY) as response:
        text = await response.text()
    assert 'headrace_group_workers{group="hash"} 1.0' in text
    assert "headrace_events 5.0" in text
    route = "/api/components/versions/upload"
    assert f'headrace_http_requests_total{{method="POST",route="{route}",status="200"}} 1.0' in text
    assert "model/a.py" not in text
