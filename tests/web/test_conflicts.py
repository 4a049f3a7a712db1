"""The conflicts: what waits is seen with both sides, decided in one browser and gone in the other."""

import re
from typing import Any

import pytest
from playwright.async_api import expect

from schemas.base import new_id
from tests.build import hash_of, until
from tests.gateway.sites import session
from tests.web.conftest import LOOKING, Site, Visitor, violations
from tests.web.told import HOSTILE, fits, looking, path_to, put, question, server_of, tell

pytestmark = LOOKING

QUESTIONS = "/api/components/conflicts"
PATH = "model/resnet.py"


async def ask(site: Site, path: str = PATH, worker: str = "gpu-1") -> Any:
    """A component that a worker and the server have both changed."""
    await site.upload(path, "depth = 18\n", "depth = 34\n")
    told = {"id": new_id(), "path": path, "content": "depth = 50\n", "base": hash_of("depth = 18\n")}
    (conflict,) = await site.call("POST", QUESTIONS, {"worker": worker, "conflicts": [told]})
    return conflict


async def ask_of_clients(site: Site, name: str = "docs", why: str = "both sides have changed url") -> Any:
    """A server that a client's file and the common configuration have both changed."""
    path = path_to(name)
    await put(site, path, server_of("one"))
    await put(site, path, server_of("two"), server_of("one"))
    await tell(site, session("cursor"), questions=[question(path, server_of("mine"), server_of("one"), why)])
    return (await site.call("GET", "/api/v1/conflicts"))[0]


async def state_of(site: Site, conflict: Any) -> str:
    found = await site.call("GET", f"{QUESTIONS}/{conflict['id']}")
    return str(found["state"])


async def test_it_is_decided_in_one_browser_and_gone_in_the_other(visitor: Visitor, site: Site) -> None:
    conflict = await ask(site)
    mine, other = await visitor.at("/conflicts"), await visitor.at("/conflicts")
    await expect(other.get_by_role("link", name=PATH)).to_be_visible()
    await mine.get_by_role("link", name=PATH).click()
    await expect(mine).to_have_url(re.compile(f"/conflicts/components/{conflict['id']}$"))
    await mine.get_by_role("button", name="Upload gpu-1's version to the server").click()
    dialog = mine.get_by_role("dialog")
    await expect(dialog).to_contain_text("What changes on the server")
    await expect(dialog).to_contain_text("depth = 50")
    await dialog.get_by_role("button", name="Upload gpu-1's version to the server").click()
    await expect(mine.locator("main")).to_contain_text("Decided by admin")
    assert await state_of(site, conflict) == "upload"
    await expect(other.get_by_role("link", name=PATH)).to_have_count(0)
    await expect(other.locator("main")).to_contain_text(f"{PATH} was decided by admin")
    await other.get_by_role("tab", name="Decided").click()
    await expect(other.get_by_role("listitem")).to_contain_text("theirs was taken")


async def test_the_three_sides_of_a_component(visitor: Visitor, site: Site) -> None:
    conflict = await ask(site)
    page = await visitor.at(f"/conflicts/components/{conflict['id']}")
    main = page.locator("main")
    for content in ("depth = 34", "depth = 50"):
        await expect(main.locator(".cm-content", has_text=content).first).to_be_visible()
    await page.get_by_role("tab", name="What gpu-1 changed").click()
    await expect(main.locator(".cm-content", has_text="depth = 18").first).to_be_visible()
    await expect(page).to_have_url(re.compile("view=theirs"))


async def test_the_fields_of_a_configuration(visitor: Visitor, site: Site) -> None:
    conflict = await ask_of_clients(site)
    page = await visitor.at(f"/conflicts/clients/{conflict['id']}")
    row = page.get_by_role("row").filter(has_text="url")
    await expect(row).to_contain_text("https://two.example")
    await expect(row).to_contain_text("https://mine.example")
    await page.get_by_role("button", name=re.compile("^Take the server's version on cursor@")).click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("What changes on cursor@")
    await dialog.get_by_role("button", name=re.compile("^Take the server's version")).click()
    await expect(page.locator("main")).to_contain_text("Decided by admin")
    await expect(page.locator("main [data-state=download]")).to_be_visible()


async def test_what_was_seen_is_what_is_decided(visitor: Visitor, site: Site) -> None:
    conflict = await ask(site)
    page = await visitor.at(f"/conflicts/components/{conflict['id']}")
    await expect(page.locator(".cm-content", has_text="depth = 34").first).to_be_visible()
    await site.upload(PATH, "depth = 101\n")
    await expect(page.locator(".cm-content", has_text="depth = 101").first).to_be_visible()


async def test_several_are_decided_at_once(visitor: Visitor, site: Site) -> None:
    conflicts = [await ask(site, f"model/net{number}.py") for number in range(3)]
    page = await visitor.at("/conflicts")
    await page.get_by_label("Select model/net0.py").check()
    await page.get_by_label("Select model/net2.py").check()
    await page.get_by_role("button", name="Take the server's for 2").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("model/net0.py")
    await expect(dialog).to_contain_text("model/net2.py")
    await expect(dialog).not_to_contain_text("model/net1.py")
    await dialog.get_by_role("button", name="Take the server's for 2").click()
    await expect(page.locator("main")).to_contain_text("2 decided.")
    await expect(page.get_by_role("listitem").filter(has_text="model/net")).to_have_count(1)
    assert [await state_of(site, one) for one in conflicts] == ["download", "pending", "download"]


async def test_who_was_not_first_is_told(visitor: Visitor, site: Site) -> None:
    conflict = await ask(site)
    page = await visitor.at("/conflicts")
    await page.get_by_label(f"Select {PATH}").check()
    await page.get_by_role("button", name="Keep 1 as it is").click()
    answer = {"success": False, "error": {"message": f"{PATH} was decided already", "detail": "look again"}}
    await page.route(f"**/{conflict['id']}", lambda route: route.fulfill(status=409, json=answer))
    visitor.tolerated.append(re.compile("409"))
    await page.get_by_role("dialog").get_by_role("button", name="Keep 1 as it is").click()
    await expect(page.locator("main")).to_contain_text("1 not decided:")
    await expect(page.locator("main")).to_contain_text("was decided already")


async def test_a_search_is_kept_in_the_address(visitor: Visitor, site: Site) -> None:
    await ask(site)
    await ask(site, "model/other.py")
    page = await visitor.at("/conflicts?q=other")
    await expect(page.get_by_role("link", name="model/other.py")).to_be_visible()
    await expect(page.get_by_role("link", name=PATH)).to_have_count(0)
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="All conflicts").click()
    await expect(page.get_by_label("Search by path or name")).to_have_value("other")


async def test_a_viewer_is_not_offered_to_decide(visitor: Visitor, site: Site) -> None:
    conflict = await ask(site)
    page = await looking(visitor, site, f"/conflicts/components/{conflict['id']}")
    await expect(page.locator("main")).to_contain_text("Deciding takes the role user")
    await expect(page.get_by_role("button", name=re.compile("Upload"))).to_have_count(0)


async def test_hostile_names_on_a_telephone(visitor: Visitor, site: Site) -> None:
    conflict = await ask_of_clients(site, HOSTILE[:120], HOSTILE)
    page = await visitor.at("/conflicts", viewport={"width": 360, "height": 740})
    await expect(page.get_by_role("listitem")).to_contain_text("onerror")
    await fits(page)
    await page.goto(f"{site.url}/conflicts/clients/{conflict['id']}")
    await expect(page.get_by_role("button", name=re.compile("Keep both"))).to_be_visible()
    await fits(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-GB", "ko-KR"])
async def test_anybody_can_use_it(visitor: Visitor, site: Site, scheme: str, locale: str) -> None:
    page = await visitor.at("/conflicts", color_scheme=scheme, locale=locale)
    await expect(page.locator("main p").first).to_be_visible()
    assert await violations(page) == []
    await ask(site)
    conflict = await ask_of_clients(site)
    await expect(page.get_by_role("listitem")).to_have_count(2)
    assert await violations(page) == []
    await page.goto(f"{site.url}/conflicts/clients/{conflict['id']}")
    await expect(page.locator(".cm-content").first).to_be_visible()
    assert await violations(page) == []


async def test_it_waits_for_the_next_day(visitor: Visitor, site: Site) -> None:
    conflict = await ask(site)
    page = await visitor.at("/conflicts")
    await expect(page.get_by_role("link", name=PATH)).to_be_visible()
    await page.context.close()
    await until(lambda: _is_pending(site, conflict))
    await expect((await visitor.at("/conflicts")).get_by_role("link", name=PATH)).to_be_visible()


async def _is_pending(site: Site, conflict: Any) -> bool:
    return await state_of(site, conflict) == "pending"
