"""The pages as files: found, kept, compressed, and allowed to run nothing but themselves."""

import re

import pytest

from tests.gateway.conftest import KEY, Client

HTML = {"Accept": "text/html,application/xhtml+xml"}


async def page(client: Client, path: str = "/") -> tuple[str, str]:
    """The page, and the policy that it comes with."""
    async with client.raw.get(path, headers=HTML) as response:
        assert (response.status, response.headers["Cache-Control"]) == (200, "no-cache")
        return await response.text(), response.headers["Content-Security-Policy"]


async def script(client: Client) -> str:
    text, _ = await page(client)
    found = re.search(r'src="(/assets/[^"]+\.js)"', text)
    assert found
    return found[1]


@pytest.mark.parametrize("path", ["/", "/events", "/components/model/resnet.py", "/docs", "/what/is/this"])
async def test_the_page_finds_out_by_its_address_what_to_show(idle: Client, path: str) -> None:
    text, _ = await page(idle, path)
    assert '<div id="root">' in text


async def test_what_is_no_page_is_not_found(idle: Client) -> None:
    for path in ("/api/nothing", "/assets/nothing.js", "/metrics/x", "/ws/nothing"):
        status, error = await idle.call("GET", path, headers=KEY | HTML)
        assert (status, error["message"]) == (404, f"there is nothing at {path!r}")
    assert (await idle.call("GET", "/events", headers=KEY | {"Accept": "application/json"}))[0] == 404


async def test_a_browser_runs_only_what_the_page_names(idle: Client) -> None:
    seen = set()
    for _ in range(2):
        text, policy = await page(idle)
        (nonce,) = set(re.findall(r'nonce="([^"]+)"', text))
        assert f"script-src 'self' 'nonce-{nonce}'" in policy
        assert "unsafe" not in policy
        assert "__nonce__" not in text
        seen.add(nonce)
    assert len(seen) == 2


@pytest.mark.parametrize(("encodings", "encoding"), [("gzip", "gzip"), ("identity", None)])
async def test_scripts_come_compressed_and_are_kept(idle: Client, encodings: str, encoding: str | None) -> None:
    async with idle.raw.get(await script(idle), headers={"Accept-Encoding": encodings}) as response:
        assert response.status == 200
        assert response.headers.get("Content-Encoding") == encoding
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response.content_type.endswith("/javascript")


async def test_the_first_load_is_light(idle: Client) -> None:
    text, _ = await page(idle)
    names = set(re.findall(r'"(/assets/[^"]+\.js)"', text))
    sizes = []
    for name in names:
        async with idle.raw.get(name, headers={"Accept-Encoding": "gzip"}) as response:
            sizes.append(int(response.headers["Content-Length"]))
    assert 0 < sum(sizes) < 300 * 1024
