"""Several projects: each is as if it were alone, and one goes from one to the other."""

import re

import pytest
from playwright.async_api import expect

from schemas.base import new_id
from tests.build import hash_of
from tests.gateway.sites import RUNS, event, run, session
from tests.web.conftest import LOOKING, VERSIONS, Site, Visitor, is_live, violations
from tests.web.test_settings import PASSWORD, add, log_in
from tests.web.told import ELEMENTS, path_to, server_of

pytestmark = LOOKING

LAB = "?project=lab"
PATH = "model/a.py"


async def upload(site: Site, *contents: str) -> None:
    """Give a component of the other project versions."""
    for content in contents:
        await site.call("POST", f"{VERSIONS}/upload{LAB}", {"path": PATH, "content": content})


async def sync(site: Site) -> None:
    """A client of the other project was synced, and has left something to look at."""
    element = {"id": new_id(), "path": path_to("docs"), "content": server_of("one"), "base": None}
    await site.call("POST", f"{ELEMENTS}{LAB}", {"client": "codex", "elements": [element]})
    failed = session("codex", status="failed", events=[event("disk full", "failed", "error")], snapshot={"a": 1})
    await site.call("POST", f"{RUNS}{LAB}", run(failed))


async def test_one_is_chosen_and_the_address_keeps_it(site: Site, visitor: Visitor) -> None:
    await site.upload(PATH, "ours\n")
    page = await visitor.at("/components")
    await expect(page.locator("header").get_by_role("combobox")).to_have_count(0)
    await upload(site, "theirs\n", "theirs 2\n")
    chooser = page.locator("header").get_by_label("Project")
    await expect(chooser).to_have_value("default")
    await chooser.select_option("lab")
    await expect(page).to_have_url(f"{site.url}/p/lab/components")
    await is_live(page)
    await page.locator("main").get_by_role("link", name=re.compile("^a")).click()
    await expect(page).to_have_url(f"{site.url}/p/lab/components/{PATH}")
    await expect(page.locator("main")).to_contain_text("2 versions")
    await expect(page.locator(".cm-merge-b .cm-changedLine")).to_have_text(["theirs 2"])
    await page.reload()
    await expect(page.locator("main")).to_contain_text("2 versions")
    await site.upload(PATH, "ours 2\n", "ours 3\n")
    await upload(site, "theirs 3\n")
    await expect(page.locator("main")).to_contain_text("3 versions")
    await expect(page.locator("main")).not_to_contain_text("ours")
    await page.get_by_role("button", name="Activate version 1").click()
    await page.get_by_role("dialog").get_by_role("button", name="Activate version 1").click()
    await expect(page.get_by_text(f"Version 1 of {PATH} is active now.")).to_be_visible()
    (ours,), (theirs,) = await site.call("GET", VERSIONS), await site.call("GET", f"{VERSIONS}{LAB}")
    assert (ours["active_hash"], theirs["active_hash"]) == (hash_of("ours 3\n"), hash_of("theirs\n"))
    assert await violations(page) == []
    await page.locator("header").get_by_label("Project").select_option("default")
    await expect(page).to_have_url(f"{site.url}/components")


async def test_who_looks_for_clients_finds_the_project_they_are_in(site: Site, visitor: Visitor) -> None:
    await sync(site)
    page = await visitor.at("/clients")
    await expect(page.locator("main")).to_contain_text("No client takes part yet")
    await page.get_by_role("link", name="lab").click()
    await is_live(page)
    await page.get_by_role("link", name="Codex CLI").click()
    await expect(page).to_have_url(re.compile("/p/lab/clients/codex"))
    await expect(page.locator("main")).to_contain_text("disk full")
    await page.get_by_role("tab", name="Syncs").click()
    async with page.expect_download() as began:
        await page.get_by_role("link", name="Download its configuration").click()
    assert (await (await began.value).path()).read_bytes().startswith(b"{")
    await page.goto(f"{site.url}/p/lab/")
    await expect(page.get_by_role("region", name="What is wrong")).to_contain_text("disk full")


async def test_who_has_a_role_elsewhere_only_begins_there(site: Site, visitor: Visitor) -> None:
    await site.upload(PATH, "ours\n")
    await upload(site, "theirs\n")
    await add(site, "seo", projects={"lab": "viewer"})
    page = await log_in(visitor, site, "seo", PASSWORD)
    await expect(page).to_have_url(f"{site.url}/p/lab/")
    await is_live(page)
    await page.get_by_role("link", name="Components", exact=True).click()
    await page.locator("main").get_by_role("link", name=re.compile("^a")).click()
    await expect(page.locator("main")).to_contain_text("1 version")
    await upload(site, "theirs 2\n")
    await expect(page.locator("main")).to_contain_text("2 versions")
    await expect(page.get_by_role("button", name=re.compile("^Activate"))).to_have_count(0)


async def test_an_administrator_of_one_project_is_none_of_the_server(site: Site, visitor: Visitor) -> None:
    visitor.tolerated.append(re.compile(r"\b403\b"))
    await upload(site, "theirs\n", "theirs 2\n")
    await add(site, "nam", projects={"lab": "admin"})
    page = await log_in(visitor, site, "nam", PASSWORD)
    await is_live(page)
    await page.goto(f"{site.url}/p/lab/events/dead")
    await expect(page.locator("main")).to_contain_text("Only an administrator may retry or discard")
    await page.goto(f"{site.url}/p/lab/events/proofs")
    await expect(page.get_by_role("heading", name="Events")).to_be_visible()
    await expect(page.get_by_role("button", name="Replay the log")).to_have_count(0)
    await page.goto(f"{site.url}/p/lab/events/replays")
    await expect(page.get_by_role("button", name="Replay a range")).to_be_visible()
    await page.goto(f"{site.url}/p/lab/components/{PATH}")
    await expect(page.get_by_role("button", name="Activate version 1")).to_be_visible()


@pytest.mark.parametrize("path", ["/p/nobody/components", "/p/%zz/clients", "/p/lab"])
async def test_an_address_that_was_made_up(site: Site, visitor: Visitor, path: str) -> None:
    visitor.tolerated.append(re.compile(r"\b(400|422)\b"))
    page = await visitor.at(path)
    await expect(page.get_by_role("heading", level=2).first).to_be_visible()


async def test_it_fits_a_telephone(site: Site, visitor: Visitor) -> None:
    await site.call("POST", f"{VERSIONS}/upload?project={'long-name-' * 6}", {"path": PATH, "content": "a\n"})
    page = await visitor.at("/", viewport={"width": 360, "height": 740}, locale="ko-KR", color_scheme="dark")
    await expect(page.locator("header").get_by_label("프로젝트")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    assert await violations(page) == []
