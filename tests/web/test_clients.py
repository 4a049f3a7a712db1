"""The clients: how each does, what it is configured with, what its syncs did, and who wins conflicts."""

import json
import re
from typing import Any

import pytest
from playwright.async_api import expect

from tests.build import until
from tests.gateway.sites import event, session
from tests.web.conftest import LOOKING, Site, Visitor, violations
from tests.web.told import ELEMENTS, HOSTILE, fits, looking, path_to, put, question, server_of, tell

pytestmark = LOOKING

CLIENTS = "/api/v1/clients"
DOCS = path_to("docs")
LOSS = event("without cwd: it has none", "loss", element="servers/docs", payload={"field": "cwd", "harmful": False})


async def start(site: Site) -> Any:
    """Two clients of one machine, and a server that all are kept to."""
    done = session(
        "cursor",
        summary={"files": [".cursor/mcp.json"], "changes": 1, "losses": 1},
        events=[LOSS, event("changed in its files", element="servers/docs")],
        snapshot={DOCS: {"transport": "http"}},
        diff="--- before\n+++ after\n+  https://two.example\n",
    )
    await tell(site, done, session("claude", status="failed", events=[event("disk full", "failed", "error")]))
    await put(site, DOCS, server_of("one"))
    await put(site, DOCS, server_of("two"), server_of("one"))
    found = await site.call("GET", CLIENTS)
    return {one["type"]: one["name"] for one in found}


async def content(site: Site) -> str | None:
    (found,) = await site.call("GET", ELEMENTS)
    stands: str | None = found["content"]
    return stands


async def test_tiles_tell_how_each_does_and_stay_live(visitor: Visitor, site: Site) -> None:
    await start(site)
    page = await visitor.at("/clients")
    main = page.locator("main")
    await expect(main.get_by_role("heading", name="laptop, project")).to_be_visible()
    await expect(main.locator("[data-state=failed]")).to_have_count(1)
    await expect(main).to_contain_text("lost in translation: 1")
    await tell(site, session("codex"))
    await expect(main.get_by_role("link", name="Codex CLI")).to_be_visible()
    await page.get_by_label("Search by name").fill("claude")
    await expect(main.get_by_role("link", name="Codex CLI")).to_have_count(0)
    await expect(page).to_have_url(re.compile(r"q=claude"))


async def test_a_client_is_added_synced_and_disabled(visitor: Visitor, site: Site) -> None:
    page = await visitor.at("/clients")
    await expect(page.locator("main")).to_contain_text("headrace clients sync")
    await page.get_by_role("button", name="Add a client").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Program").select_option("codex")
    await dialog.get_by_label("Folder").fill("/work/app")
    await dialog.get_by_label("Name", exact=False).last.fill("mine")
    await dialog.get_by_role("button", name="Add Codex CLI").click()
    await expect(page).to_have_url(re.compile("/clients/mine$"))
    await page.get_by_role("button", name="Sync now").click()
    await expect(page.get_by_role("dialog")).to_contain_text("headrace clients watch")
    await page.get_by_role("dialog").get_by_role("button", name="Sync now").click()
    await expect(page.locator("main [data-state=pending]")).to_be_visible()
    (asked,) = await site.call("GET", "/api/v1/sync/sessions?status=pending")
    await tell(site, session("codex", id=asked["id"]), trigger="request")
    await expect(page.locator("main [data-state=success]")).to_be_visible()
    await page.get_by_role("button", name="Disable").click()
    await expect(page.get_by_role("dialog")).to_contain_text("neither read nor written")
    await page.get_by_role("dialog").get_by_role("button", name="Disable").click()
    await expect(page.locator("main [data-state=off]")).to_be_visible()
    await expect(page.get_by_role("button", name="Sync now")).to_have_count(0)


async def test_a_dry_run_shows_what_a_sync_would_do(visitor: Visitor, site: Site) -> None:
    names = await start(site)
    page = await looking(visitor, site, f"/clients/{names['claude']}")
    await page.get_by_role("button", name="Dry run").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("No sync of it has succeeded yet")
    await expect(dialog).to_contain_text("project/servers/docs: added")
    await expect(dialog.locator(".cm-merge-b")).to_contain_text("https://two.example")
    assert await violations(page) == []
    await tell(site, session("cursor", snapshot={DOCS: json.loads(server_of("one"))}))
    await page.goto(f"{site.url}/clients/{names['cursor']}")
    await page.get_by_role("button", name="Dry run").click()
    await expect(dialog).to_contain_text("1 element changes")
    await expect(dialog).to_contain_text("project/servers/docs: changed")
    await expect(dialog.locator(".cm-merge-a")).to_contain_text("https://one.example")
    await page.keyboard.press("Escape")
    await tell(site, session("cursor", snapshot={DOCS: json.loads(server_of("two"))}))
    await page.get_by_role("button", name="Dry run").click()
    await expect(dialog).to_contain_text("Nothing would change.")
    admin = await visitor.at(f"/clients/{names['cursor']}")
    await admin.get_by_role("button", name="Sync now").click()
    await expect(admin.get_by_role("dialog")).to_contain_text("Nothing would change.")
    assert await site.call("GET", "/api/v1/sync/sessions?status=pending") == []


async def test_a_client_is_forgotten_and_comes_back_by_itself(visitor: Visitor, site: Site) -> None:
    visitor.tolerated.append(re.compile(r"\b404\b"))  # the feed may tell the page before it has left
    names = await start(site)
    here = await visitor.at(f"/clients/{names['cursor']}")
    there = await visitor.at("/clients")
    tile = there.locator("main").get_by_role("link", name="Cursor")
    await expect(tile).to_be_visible()
    await here.get_by_role("button", name="Forget").click()
    dialog = here.get_by_role("dialog")
    await expect(dialog).to_contain_text("its log and the elements it brought stay")
    await dialog.get_by_role("button", name="Cancel").click()
    await here.get_by_role("button", name="Forget").click()
    await here.get_by_role("dialog").get_by_role("button", name="Forget").click()
    await expect(here).to_have_url(re.compile("/clients$"))
    await expect(tile).to_have_count(0)
    assert await content(site) == server_of("two")
    await tell(site, session("cursor"))
    await expect(tile).to_be_visible()
    await expect(here.locator("main").get_by_role("link", name="Cursor")).to_be_visible()


async def test_an_element_goes_back_and_forth_again(visitor: Visitor, site: Site) -> None:
    names = await start(site)
    page = await visitor.at(f"/clients/{names['cursor']}")
    await expect(page.locator("main")).to_contain_text("without cwd: it has none")
    await page.get_by_role("link", name="docs").click()
    await expect(page).to_have_url(re.compile("element="))
    await expect(page.get_by_label("In the common model")).to_contain_text("https://two.example")
    await expect(page.locator(".cm-content", has_text="https://one.example").first).to_be_visible()
    await page.get_by_role("button", name="Roll back to 1: version 1").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.locator(".cm-content", has_text="https://one.example").first).to_be_visible()
    await dialog.get_by_role("button", name="Roll back to version 1").click()
    await expect(page.get_by_label("In the common model")).to_contain_text("https://one.example")
    assert await content(site) == server_of("one")
    await page.get_by_role("button", name="Undo the roll-back").click()
    await expect(page.get_by_label("In the common model")).to_contain_text("https://two.example")
    assert await content(site) == server_of("two")


async def test_what_a_sync_did(visitor: Visitor, site: Site) -> None:
    names = await start(site)
    page = await visitor.at(f"/clients/{names['claude']}?view=syncs")
    main = page.locator("main")
    await expect(main.get_by_role("heading", name="What went wrong")).to_be_visible()
    await expect(main).to_contain_text("disk full")
    await page.goto(f"{site.url}/clients/{names['cursor']}?view=syncs")
    await expect(page.get_by_label("What changed")).to_contain_text("https://two.example")
    await expect(main.get_by_role("link", name="Download its configuration")).to_be_visible()
    await main.get_by_role("link", name="without cwd").click()
    await expect(page.get_by_role("region", name="The line in full")).to_contain_text("harmful")


async def test_a_policy_shows_what_it_would_change(visitor: Visitor, site: Site) -> None:
    await site.call("PUT", "/api/v1/policies/project", {"strategy": "manual-review"})
    await start(site)
    asked = question(DOCS, server_of("mine"), server_of("one"))
    await tell(site, session("cursor"), questions=[asked])
    page = await visitor.at("/clients/policy/project")
    main = page.locator("main")
    await expect(main).to_contain_text("Of the 1 present conflict, none.")
    await page.get_by_label("Among equal priorities", exact=True).select_option("central-authoritative")
    await expect(main).to_contain_text("the common configuration stays")
    await page.get_by_label("Give a client a priority").first.select_option("cursor")
    await expect(main).to_contain_text(re.compile("the version of cursor@.* is taken"))
    await page.get_by_role("button", name="Save the policy for projects").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("1 of the 1 present conflict")
    await dialog.get_by_role("button", name="Save the policy for projects").click()
    await until(lambda: _is_saved(site))
    await expect(dialog).to_have_count(0)
    await expect(main.get_by_role("button", name="Save the policy for projects")).to_be_disabled()


async def _is_saved(site: Site) -> bool:
    policy = await site.call("GET", "/api/v1/policies/project")
    return bool(policy["strategy"] == "central-authoritative" and policy["priorities"] == {"cursor": 1})


async def test_a_viewer_is_not_offered_to_change(visitor: Visitor, site: Site) -> None:
    names = await start(site)
    page = await looking(visitor, site, f"/clients/{names['cursor']}?element={DOCS}")
    await expect(page.locator("main")).to_contain_text("takes the role user")
    await expect(page.get_by_role("heading", name="History")).to_be_visible()
    await expect(page.locator("main").get_by_role("button")).to_have_text(["Dry run"])
    await page.goto(f"{site.url}/clients/policy/project")
    await expect(page.get_by_label("Among equal priorities", exact=True)).to_be_disabled()


async def test_hostile_names_on_a_telephone(visitor: Visitor, site: Site) -> None:
    names = await start(site)
    path = path_to(HOSTILE[:120])
    await put(site, path, server_of("hostile"))
    page = await visitor.at("/clients", viewport={"width": 360, "height": 740})
    await expect(page.get_by_role("link", name="Cursor")).to_be_visible()
    await fits(page)
    await page.get_by_role("link", name="Cursor").click()
    await page.get_by_role("link", name=re.compile("onerror")).click()
    await expect(page.get_by_label("In the common model")).to_be_visible()
    await fits(page)
    await page.goto(f"{site.url}/clients/{names['cursor']}?view=syncs")
    await expect(page.get_by_label("What changed")).to_be_visible()
    await fits(page)
    await page.goto(f"{site.url}/clients/policy/user")
    await fits(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-GB", "ko-KR"])
async def test_anybody_can_use_it(visitor: Visitor, site: Site, scheme: str, locale: str) -> None:
    page = await visitor.at("/clients", color_scheme=scheme, locale=locale)
    await expect(page.locator("main p").first).to_be_visible()
    assert await violations(page) == []
    names = await start(site)
    await expect(page.locator("main [data-state=failed]")).to_be_visible()
    assert await violations(page) == []
    await page.goto(f"{site.url}/clients/{names['cursor']}?element={DOCS}")
    await expect(page.locator(".cm-content").first).to_be_visible()
    assert await violations(page) == []
    await page.goto(f"{site.url}/clients/{names['cursor']}?view=syncs")
    await expect(page.locator("main pre").first).to_be_visible()
    assert await violations(page) == []
    await page.goto(f"{site.url}/clients/policy/project")
    await expect(page.locator("main fieldset").first).to_be_visible()
    assert await violations(page) == []
