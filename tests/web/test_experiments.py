"""Experiments: what they used, what has changed since, how two differ, and the way back."""

import asyncio
import json
import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.build import hash_of
from tests.web.conftest import LOOKING, VERSIONS, Site, Visitor, violations
from tests.web.looks import viewer_at

pytestmark = LOOKING

REMOVED, ADDED = ".cm-merge-a .cm-changedLine", ".cm-merge-b .cm-changedLine"
TELEPHONE = {"width": 360, "height": 740}


def entry(page: Page, listed: str, name: str) -> Locator:
    """An entry of one of the lists."""
    return page.get_by_role("list", name=listed).get_by_role("listitem").filter(has_text=name)


async def keep(site: Site, uid: str, **used: str) -> None:
    """An experiment that used these contents, by the name of a model."""
    for name, content in used.items():
        await site.upload(f"model/{name}.py", content)
    entries = {f"model/{name}.py": hash_of(content) for name, content in used.items()}
    await site.call("POST", f"/api/components/manifest/{uid}", entries)


async def active(site: Site) -> dict[str, str | None]:
    return {one["name"]: one["active_hash"] for one in await site.call("GET", VERSIONS)}


async def prepare(site: Site) -> None:
    """Two experiments; of the first one's three components two have changed since."""
    await keep(site, "good", a="a\n", b="b\n", c="c\n")
    await keep(site, "bad", a="a2\n", b="b2\n", c="c\n")


async def test_the_list_is_live_and_searched(site: Site, visitor: Visitor) -> None:
    page = await visitor.at("/experiments")
    await expect(page.get_by_text("No experiment has said yet what it used")).to_be_visible()
    await keep(site, "exp-1", a="a\n")
    await expect(entry(page, "Experiments", "exp-1")).to_contain_text("1 component, 1 revision")
    await keep(site, "exp-1", a="a2\n")
    await expect(entry(page, "Experiments", "exp-1")).to_contain_text("2 revisions")
    await keep(site, "other", a="a\n")
    await expect(entry(page, "Experiments", "other")).to_be_visible()
    await page.keyboard.press("/")
    await page.keyboard.type("exp")
    await expect(page.locator("main [data-entry]")).to_have_count(1)
    await page.reload()
    await expect(page.get_by_role("status").filter(has_text="1 of 2")).to_be_visible()
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("/experiments/exp-1$"))


async def test_what_has_changed_since(site: Site, visitor: Visitor) -> None:
    await prepare(site)
    page = await visitor.at("/experiments/good")
    await expect(page.get_by_text("2 of 3 components have changed since.")).to_be_visible()
    await expect(entry(page, "Components it used", "model/c.py")).to_contain_text("as it was")
    await page.get_by_label("Only what has changed").click()
    await expect(entry(page, "Components it used", "model/c.py")).to_have_count(0)
    await page.get_by_role("button", name="model/a.py").click()
    await expect(page.locator(REMOVED)).to_have_text(["a"])
    await expect(page.locator(ADDED)).to_have_text(["a2"])
    await expect(page).to_have_url(re.compile(r"changed=1&open=model%2Fa\.py$"))
    await page.reload()
    await expect(page.locator(ADDED)).to_have_text(["a2"])
    await page.get_by_role("link", name="See both in the component's history").click()
    await expect(page.get_by_role("heading", name="model/a.py")).to_be_visible()
    await expect(page.locator(ADDED)).to_have_text(["a2"])
    await page.go_back()
    await site.upload("model/c.py", "c2\n")
    await expect(page.get_by_text("3 of 3 components have changed since.")).to_be_visible()


async def test_revisions(site: Site, visitor: Visitor) -> None:
    await keep(site, "exp", a="a\n")
    await keep(site, "exp", a="a2\n", b="b\n")
    page = await visitor.at("/experiments/exp")
    await expect(page.get_by_role("combobox", name="Revision")).to_have_value("2 (newest)")
    await expect(page.get_by_text("0 of 2 components")).to_be_visible()
    await page.get_by_role("combobox", name="Revision").click()
    await page.get_by_role("option", name="1", exact=True).click()
    await expect(page).to_have_url(re.compile(r"\?revision=1$"))
    await expect(page.get_by_text("1 of 1 component has changed since.")).to_be_visible()
    await expect(entry(page, "Components it used", "model/a.py")).to_contain_text("changed since")


async def test_two_experiments_beside_each_other(site: Site, visitor: Visitor) -> None:
    await prepare(site)
    page = await visitor.at("/experiments/good")
    await page.get_by_role("combobox", name="Compare with").click()
    await page.get_by_role("option", name="bad").click()
    await expect(page).to_have_url(re.compile("/experiments/good/diff/bad$"))
    await expect(page.get_by_text("They differ in 2 components.")).to_be_visible()
    await page.get_by_role("button", name="model/b.py").click()
    await expect(page.locator(REMOVED)).to_have_text(["b"])
    await expect(page.locator(ADDED)).to_have_text(["b2"])
    async with page.expect_download() as downloading:
        await page.get_by_role("button", name="Download this list").click()
    downloaded = json.loads(Path(await (await downloading.value).path()).read_text())
    assert [one["path"] for one in downloaded] == ["model/a.py", "model/b.py"]
    await page.get_by_role("link", name="Swap the sides").click()
    await expect(page).to_have_url(re.compile("/experiments/bad/diff/good$"))
    await page.goto(f"{site.url}/experiments/good/diff/good")
    await expect(page.get_by_text("Both used the same")).to_be_visible()


async def test_restore_shows_what_would_change_and_can_be_undone(site: Site, visitor: Visitor) -> None:
    await prepare(site)
    page = await visitor.at("/experiments/good")
    await page.get_by_role("button", name="Activate 2 versions").click()
    dialog = page.get_by_role("dialog", name="Restore what good used")
    await dialog.get_by_role("button", name="model/a.py").click()
    await expect(dialog.locator(REMOVED)).to_have_text(["a2"])
    await expect(dialog.locator(ADDED)).to_have_text(["a"])
    assert await violations(page) == []
    await dialog.get_by_role("button", name="Activate 2 versions").click()
    await expect(dialog.get_by_text("2 of 2 are active now.")).to_be_visible()
    used = {"a": hash_of("a\n"), "b": hash_of("b\n"), "c": hash_of("c\n")}
    assert await active(site) == used
    await dialog.get_by_role("button", name="Undo all 2").click()
    await expect(dialog.get_by_text("2 of 2 are as they were before.")).to_be_visible()
    assert await active(site) == used | {"a": hash_of("a2\n"), "b": hash_of("b2\n")}
    await dialog.get_by_role("button", name="Close").last.click()
    await expect(page.get_by_text("2 of 3 components have changed since.")).to_be_visible()


async def test_undo_goes_back_to_nothing_active(site: Site, visitor: Visitor) -> None:
    await prepare(site)
    await site.call("POST", f"{VERSIONS}/activate", {"hash": None, "path": "model/a.py"})
    page = await visitor.at("/experiments/good")
    await page.get_by_role("button", name="Activate 2 versions").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Activate 2 versions").click()
    await expect(dialog.get_by_text("2 of 2 are active now.")).to_be_visible()
    await dialog.get_by_role("button", name="Undo all 2").click()
    await expect(dialog.get_by_text("2 of 2 are as they were before.")).to_be_visible()
    assert await active(site) == {"a": None, "b": hash_of("b2\n"), "c": hash_of("c\n")}


async def test_restore_leaves_what_somebody_else_has_done_meanwhile(site: Site, visitor: Visitor) -> None:
    visitor.tolerated.append(re.compile(r"\b409\b"))
    await prepare(site)
    page = await visitor.at("/experiments/good")
    await page.get_by_role("button", name="Activate 2 versions").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("button", name="model/a.py")).to_be_visible()
    await site.upload("model/a.py", "a3\n")
    await dialog.get_by_role("button", name="Activate 2 versions").click()
    await expect(dialog.get_by_text("1 of 2 are active now.")).to_be_visible()
    await expect(dialog.get_by_text("1 overtaken: somebody else")).to_be_visible()
    await expect(dialog.get_by_role("button", name="model/a.py")).to_contain_text("overtaken")
    found = await active(site)
    assert (found["a"], found["b"]) == (hash_of("a3\n"), hash_of("b\n"))


async def test_a_viewer_is_not_offered_to_restore(site: Site, visitor: Visitor) -> None:
    await prepare(site)
    page = await viewer_at(visitor, site, "/experiments/good")
    await expect(page.get_by_text("Your role may look, and not restore.")).to_be_visible()
    await expect(page.get_by_role("button", name=re.compile("Activate"))).to_have_count(0)


async def test_what_is_not_there(visitor: Visitor) -> None:
    visitor.tolerated.append(re.compile(r"\b404\b"))
    page = await visitor.at("/experiments/none")
    await expect(page.get_by_text("The list shows what there is.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-GB", "ko-KR"])
async def test_anybody_can_use_it(site: Site, visitor: Visitor, scheme: str, locale: str) -> None:
    page = await visitor.at("/experiments", color_scheme=scheme, locale=locale)
    await expect(page.get_by_text("headrace sync")).to_be_visible()
    assert await violations(page) == []
    await prepare(site)
    await expect(page.locator("main [data-entry]")).to_have_count(2)
    assert await violations(page) == []
    for address in ("good?open=model/a.py", "good/diff/bad?open=model/a.py"):
        await page.goto(f"{site.url}/experiments/{address}")
        await expect(page.locator(ADDED)).to_have_count(1)
        assert await violations(page) == []


HOSTILE = ["<img src=x onerror=hacked=1>", "100%", "%3Cscript%3E", "a#b?c&d", "한글 실험", "a\u202egnp", "x" * 200]


async def test_hostile_names_are_shown_as_text(site: Site, visitor: Visitor) -> None:
    await site.upload("model/a.py", "a\n")
    used = {"model/a.py": hash_of("a\n")}
    escaped = ["%3Cimg%20src=x%20onerror=hacked=1%3E", "100%25", "%253Cscript%253E", "a%23b%3Fc&d", *HOSTILE[4:]]
    await asyncio.gather(*(site.call("POST", f"/api/components/manifest/{uid}", used) for uid in escaped))
    page = await visitor.at("/experiments")
    for uid in HOSTILE:
        await page.get_by_title(uid, exact=True).click()
        await expect(page.get_by_role("heading", level=3)).to_have_text(uid)
        await expect(page.get_by_text("0 of 1 component has changed since.")).to_be_visible()
        await page.get_by_role("link", name="All experiments").click()
    assert await page.evaluate("[typeof hacked, document.querySelectorAll('main img').length]") == ["undefined", 0]


async def test_it_fits_a_telephone(site: Site, visitor: Visitor) -> None:
    uid = "x" * 200
    await keep(site, uid, a="a\n")
    await keep(site, "other", a=f"{'1' * 500}\n")
    page = await visitor.at("/experiments", viewport=TELEPHONE)
    await expect(page.locator("main [data-entry]")).to_have_count(2)
    assert await page.evaluate("document.documentElement.scrollWidth") <= TELEPHONE["width"]
    for address in (f"{uid}?open=model/a.py", f"{uid}/diff/other?open=model/a.py"):
        await page.goto(f"{site.url}/experiments/{address}")
        await expect(page.locator(".cm-editor")).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") <= TELEPHONE["width"]
