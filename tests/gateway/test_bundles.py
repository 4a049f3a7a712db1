"""Bundles and sources: the files that a config names, as they are active."""

import gzip
import io
import tarfile

import pytest
import xxhash

from schemas.hashing import fingerprint
from tests.gateway.conftest import KEY, Client

BASE = "/api/components"
FILES = {"agent/train.py": "agent", "model/resnet.py": "model", "transform/resize.py": "1", "transform/flip.py": "22"}
BODY = {
    "agent": "train",
    "components": {"model": "resnet(depth=18)", "transform": "resize(size=(2, 2)) | flip, resize"},
}


@pytest.fixture
async def stocked(client: Client) -> Client:
    for path, content in FILES.items():
        await client.upload(path, content)
    return client


async def test_what_a_config_needs(stocked: Client) -> None:
    bundle = await stocked.post(f"{BASE}/bundle/info", BODY)
    hashes = [fingerprint(content.encode()).hash for content in FILES.values()]
    assert bundle["files"] == [
        {"path": "cvlabkit/agent/train.py", "type": "agent", "name": "train", "hash": hashes[0], "size": 5},
        {"path": "cvlabkit/component/model/resnet.py", "type": "model", "name": "resnet", "hash": hashes[1], "size": 5},
        {
            "path": "cvlabkit/component/transform/resize.py",
            "type": "transform",
            "name": "resize",
            "hash": hashes[2],
            "size": 1,
        },
        {
            "path": "cvlabkit/component/transform/flip.py",
            "type": "transform",
            "name": "flip",
            "hash": hashes[3],
            "size": 2,
        },
    ]
    assert bundle["total_size"] == 13
    assert bundle["missing"] == []
    assert bundle["total_hash"] == xxhash.xxh3_64_hexdigest("".join(hashes).encode())


async def test_the_archive(stocked: Client) -> None:
    raw = []
    for _ in range(2):
        async with stocked.raw.post(f"{BASE}/bundle/download", json=BODY, headers=KEY) as response:
            assert (response.status, response.content_type) == (200, "application/gzip")
            raw.append(await response.read())
    assert raw[0] == raw[1]
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(raw[0]))) as tar:
        found = {one.name: (one.isreg(), one.mode, one.mtime, tar.extractfile(one)) for one in tar}
    assert all((regular, mode, time) == (True, 0o644, 0) for regular, mode, time, _ in found.values())
    assert sorted(found) == [
        "cvlabkit/agent/train.py",
        "cvlabkit/component/model/resnet.py",
        "cvlabkit/component/transform/flip.py",
        "cvlabkit/component/transform/resize.py",
    ]


async def test_what_is_not_there_is_named_and_the_rest_is_given(stocked: Client) -> None:
    """As existing workers expect: they ask for all that a config names, and take what there is."""
    body = {"agent": "nobody", "components": {"model": "resnet, vit(depth=3)"}}
    bundle = await stocked.post(f"{BASE}/bundle/info", body)
    assert ([file["name"] for file in bundle["files"]], bundle["missing"]) == (
        ["resnet"],
        ["agent/nobody.py", "model/vit.py"],
    )
    async with stocked.raw.post(f"{BASE}/bundle/download", json=body, headers=KEY) as response:
        with tarfile.open(fileobj=io.BytesIO(gzip.decompress(await response.read()))) as tar:
            assert tar.getnames() == ["cvlabkit/component/model/resnet.py"]


@pytest.mark.parametrize(
    "body",
    [
        {"components": {"core": "x"}},
        {"components": {"model": "resnet("}},
        {"components": {"model": "../resnet"}},
        {"agent": "a/b"},
        {"components": "model"},
    ],
)
async def test_no_bundle(client: Client, body: object) -> None:
    assert (await client.call("POST", f"{BASE}/bundle/info", body))[0] == 422


async def test_nothing_is_a_bundle_too(client: Client) -> None:
    bundle = await client.post(f"{BASE}/bundle/info", {"agent": "", "components": {"model": []}})
    assert (bundle["files"], bundle["total_size"]) == ([], 0)


async def test_sources(stocked: Client) -> None:
    for url, path in (("agent/train", "agent/train.py"), ("component/model/resnet", "model/resnet.py")):
        async with stocked.raw.get(f"{BASE}/{url}/source", headers=KEY) as response:
            assert (response.status, await response.text()) == (200, FILES[path])
            assert response.headers["X-Content-Hash"] == fingerprint(FILES[path].encode()).hash
    for url in ("agent/none", "component/model/none", "component/core/x", "component/model/_x"):
        assert (await stocked.call("GET", f"{BASE}/{url}/source"))[0] == 404
