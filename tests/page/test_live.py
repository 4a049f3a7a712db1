"""The live page: who may look, what comes in, versions and roll-back, the connection."""

import asyncio
import itertools
import re
from pathlib import Path

from playwright.async_api import expect

from schemas.base import now
from streams.store.credentials import Credential
from tests.build import event, hash_of, observed, until
from tests.page.conftest import (
    KEY,
    LOOKING,
    REFUSED,
    UNREACHED,
    VERSIONS,
    Site,
    Visitor,
    accept,
    dismiss,
    row,
    shows,
    shows_just,
)

pytestmark = LOOKING

# --- who may look


async def test_log_in_by_a_link(site: Site, visitor: Visitor) -> None:
    page = await visitor.page()
    link = await site.link()
    await page.goto(link)
    await expect(page.get_by_role("region", name="Components")).to_be_visible()
    assert page.url == f"{site.url}/"
    await page.reload()
    await expect(page.locator("#link")).to_have_text("live")
    visitor.tolerated.append(REFUSED)
    visitor.tolerated.append(re.compile("404"))  # a picture for the bar, which a browser seeks beside a bare answer
    other = await visitor.page()
    refused = await other.goto(link)
    assert refused is not None
    assert refused.status == 401


async def test_log_in_by_key_and_out_again(site: Site, visitor: Visitor) -> None:
    visitor.tolerated.append(REFUSED)
    page = await visitor.page()
    await page.goto(site.url)
    dialog = page.get_by_role("dialog", name="Log in")
    await expect(dialog).to_be_visible()
    await expect(page.locator("#desk")).to_be_hidden()
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_visible()
    await page.get_by_label("API key").fill("wrong")
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_role("alert")).to_have_text("the API key is not known here")
    await page.get_by_label("API key").fill(KEY)
    await page.keyboard.press("Enter")
    await expect(page.locator("#link")).to_have_text("live")
    await expect(dialog).to_be_hidden()
    await page.get_by_role("button", name="Log out").click()
    await expect(dialog).to_be_visible()
    await expect(page.locator("#link")).to_be_hidden()
    await page.reload()
    await expect(dialog).to_be_visible()


async def test_a_session_that_ends_asks_for_the_key_again(site: Site, visitor: Visitor) -> None:
    visitor.tolerated.append(REFUSED)
    await site.upload("model/a.py", "a\n")
    page = await visitor.home()
    await site.store.db.execute("truncate credentials")
    await row(page, "a").click()
    await expect(page.get_by_role("dialog", name="Log in")).to_be_visible()
    await page.get_by_label("API key").fill(KEY)
    await page.get_by_role("button", name="Log in").click()
    await expect(page.locator("#link")).to_have_text("live")
    await site.upload("model/a.py", "b\n")
    await shows(page, 10)
    await shows_just(page, list(range(10, 0, -1)))


async def test_a_viewer_is_offered_nothing_to_write(site: Site, visitor: Visitor) -> None:
    visitor.tolerated.append(REFUSED)
    await site.upload("model/a.py", "a\n", "b\n")
    await site.store.credentials.add("key-viewer", Credential("key", "a viewer", "viewer"), now(), None)
    page = await visitor.page()
    await page.goto(site.url)
    await page.get_by_label("API key").fill("key-viewer")
    await page.keyboard.press("Enter")
    await row(page, "a").click()
    await expect(page.locator("#history li")).to_have_count(2)
    await expect(page.locator(".writes").first).to_be_hidden()
    await expect(page.get_by_role("button", name="Scan")).to_be_hidden()
    await expect(page.get_by_role("button", name=re.compile("Activate"))).to_have_count(0)


# --- what happens, as it happens


async def test_events_and_components_come_in_live(site: Site, visitor: Visitor) -> None:
    page = await visitor.home()
    await expect(page.get_by_text("No component yet.")).to_be_visible()
    await site.upload("model/resnet.py", "a\n")
    await expect(row(page, "resnet")).to_be_visible()
    await shows(page, 5)
    lines = page.locator("#stream li")
    assert [(await line.locator("b").text_content()) for line in await lines.all()] == [
        "head.moved",
        "version.created",
        "change.accepted",
        "change.hashed",
        "change.observed",
    ]
    await expect(lines.first).to_contain_text("components/model/resnet.py")
    await expect(lines.first).to_contain_text(hash_of("a\n")[:8])
    await site.upload("model/resnet.py", "b\n")
    await expect(row(page, "resnet").locator(".count")).to_have_text("2")
    await expect(row(page, "resnet").locator("code")).to_have_text(hash_of("b\n")[:8])
    await expect(page.get_by_text("No component yet.")).to_be_hidden()
    await expect(page.locator("#rate")).to_have_text(re.compile(r"^\d+(\.\d)? events/s$"))


async def test_what_came_before_is_there(site: Site, visitor: Visitor) -> None:
    for number in range(30):
        await site.upload("model/a.py", f"{number}\n")
    await until(lambda: archived(site, 150))
    page = await visitor.home()
    await shows(page, 150)
    await shows_just(page, list(range(150, 50, -1)))
    await expect(row(page, "a").locator(".count")).to_have_text("30")


async def archived(site: Site, number: int) -> bool:
    return bool((await site.call("GET", "/api/status"))["archived"] == number)


async def test_many_at_once(site: Site, visitor: Visitor) -> None:
    page = await visitor.home()
    paths = [f"{category}/c{n}.py" for category in ("agent", "loss", "model") for n in range(10)]
    await asyncio.gather(*(site.upload(path, path) for path in paths))
    await expect(page.locator("#list .name")).to_have_text([Path(path).stem for path in paths])
    await expect(page.locator("#list .category")).to_have_text(["agent", "loss", "model"])
    await shows(page, 150)
    await shows_just(page, list(range(150, 0, -1)))


async def test_other_projects_do_not_mix_in(site: Site, visitor: Visitor) -> None:
    visitor.tolerated.append(re.compile(r"\b404\b"))
    await site.upload("model/a.py", "a\n")
    page = await visitor.home("model/a.py")
    for name in ("a", "b"):
        await site.call("POST", f"{VERSIONS}/upload?project=other", {"path": f"model/{name}.py", "content": "x\n"})
    await shows(page, 15)
    await site.upload("model/c.py", "c\n")
    await expect(page.locator("#list .name")).to_have_text(["a", "c"])
    await expect(page.locator("#history li")).to_have_count(1)


async def test_a_deleted_file_has_no_active_version(site: Site, visitor: Visitor) -> None:
    await site.upload("model/a.py", "a\n")
    page = await visitor.home("model/a.py")
    gone = event(observed(None, base=hash_of("a\n")), "model/a.py")
    await site.log.publish([site.log.message(gone)])
    await expect(row(page, "a").locator("code")).to_have_text("—")
    await expect(page.get_by_role("button", name="Activate version 1")).to_be_enabled()


async def test_pause_and_resume(site: Site, visitor: Visitor) -> None:
    page = await visitor.home()
    await site.upload("model/a.py", "a\n")
    await shows(page, 5)
    await page.get_by_role("button", name="Pause").click()
    await site.upload("model/a.py", "b\n")
    button = page.get_by_role("button", name="Resume (5 new)")
    await expect(button).to_have_attribute("aria-pressed", "true")
    await shows_just(page, [5, 4, 3, 2, 1])
    await button.click()
    await shows(page, 10)
    await shows_just(page, list(range(10, 0, -1)))


async def test_filters(site: Site, visitor: Visitor) -> None:
    page = await visitor.home()
    for path in ("model/resnet.py", "model/patchcore.py", "loss/focal.py"):
        await site.upload(path, path)
    await expect(page.locator("#list .name")).to_have_text(["focal", "patchcore", "resnet"])
    await page.get_by_label("Search components").fill("model/p")
    await expect(page.locator("#list .name")).to_have_text(["patchcore"])
    await page.get_by_label("Search components").fill("nothing")
    await expect(page.get_by_text("Nothing matches.")).to_be_visible()
    await shows(page, 15)
    await page.get_by_label("Filter events").fill("version.created resnet")
    await expect(page.locator("#stream li")).to_have_count(1)
    await site.upload("model/resnet.py", "again\n")
    await site.upload("loss/focal.py", "again\n")
    await expect(page.locator("#stream li b")).to_have_text(["version.created", "version.created"])
    await page.get_by_label("Filter events").fill("")
    await expect(page.locator("#stream li")).to_have_count(25)


# --- one component


OLD = "".join(f"line {n}\n" for n in range(40))
NEW = OLD.replace("line 20\n", "line twenty\nand more\n")


async def test_versions_and_what_lies_between_them(site: Site, visitor: Visitor) -> None:
    await site.upload("model/a.py", OLD, NEW)
    page = await visitor.home()
    await row(page, "a").click()
    await expect(page.get_by_role("heading", name="model/a.py")).to_be_visible()
    assert page.url.endswith("/#model/a.py")
    await expect(page.locator("#history .version b")).to_have_text(["#2", "#1"])
    await expect(page.locator("#history code")).to_have_text([hash_of(NEW)[:8], hash_of(OLD)[:8]])
    await expect(page.locator("#history li").first.locator(".active")).to_have_text("active")
    await expect(page.locator("#diff .gone")).to_have_text(["- line 20\n"])
    await expect(page.locator("#diff .come")).to_have_text(["+ line twenty\n", "+ and more\n"])
    await expect(page.locator("#sum")).to_have_text("2 added, 1 removed")
    await expect(page.locator("#diff .kept")).to_have_count(6)
    await page.get_by_role("button", name="17 unchanged lines").click()
    await expect(page.locator("#diff .kept").first).to_have_text("  line 0\n")
    await page.get_by_label("Compare with").select_option("0")
    await expect(page.locator("#diff .come")).to_have_count(41)
    await page.get_by_label("Compare with").select_option("2")
    await expect(page.locator("#sum")).to_have_text("These two versions are the same.")
    await page.get_by_role("button", name="Version 1,").click()
    await expect(page.locator("#diff .come")).to_have_count(40)
    await expect(page.locator("#diff .gone")).to_have_count(0)


async def test_the_newest_version_is_followed_unless_another_is_chosen(site: Site, visitor: Visitor) -> None:
    await site.upload("model/a.py", "a\n", "b\n")
    page = await visitor.home("model/a.py")
    await expect(page.locator("#diff code")).to_have_text(["- a\n", "+ b\n"])
    await site.upload("model/a.py", "c\n")
    await expect(page.locator("#diff code")).to_have_text(["- b\n", "+ c\n"])
    await page.get_by_role("button", name="Version 2,").click()
    await expect(page.locator("#diff code")).to_have_text(["- a\n", "+ b\n"])
    await site.upload("model/a.py", "d\n")
    await expect(page.locator("#history li")).to_have_count(4)
    await expect(page.locator("#diff code")).to_have_text(["- a\n", "+ b\n"])


async def test_what_cannot_be_seen_is_made_visible(site: Site, visitor: Visitor) -> None:
    await site.upload("model/a.py", "x = 1\ny = 2\n", "x = 1\r\ny = '\u202e'", "")
    page = await visitor.home("model/a.py")
    await expect(page.locator("#sum")).to_have_text("0 added, 2 removed")
    await page.get_by_role("button", name="Version 2,").click()
    await expect(page.locator("#diff .come")).to_have_text(
        ["+ x = 1␍\n", "+ y = '<U+202E>'\n  no newline at the end\n"]
    )


async def test_roll_back(site: Site, visitor: Visitor) -> None:
    await site.upload("model/a.py", "a\n", "b\n")
    page = await visitor.home("model/a.py")
    page.once("dialog", dismiss)
    await page.get_by_role("button", name="Activate version 1").click()
    page.once("dialog", accept)
    await page.get_by_role("button", name="Activate version 1").click()
    await expect(page.locator("#note")).to_have_text(hash_of("a\n")[:8] + " is active now")
    await expect(page.locator("#history li").nth(1).locator(".active")).to_be_visible()
    await expect(row(page, "a").locator("code")).to_have_text(hash_of("a\n")[:8])
    assert [v["is_active"] for v in await site.call("GET", f"{VERSIONS}/model/a")] == [False, True]
    activations = await until(lambda: site.call("GET", "/api/events?type=version.activate"))
    assert len(activations) == 1


async def test_a_long_history_is_shown_in_parts(site: Site, visitor: Visitor) -> None:
    await asyncio.gather(*(site.upload("model/a.py", f"{n}\n") for n in range(120)))
    page = await visitor.home("model/a.py")
    await expect(page.locator("#history li")).to_have_count(100)
    await page.get_by_role("button", name="Show older versions").click()
    await expect(page.locator("#history li")).to_have_count(120)
    await expect(page.get_by_role("button", name="Show older versions")).to_be_hidden()


async def test_the_address_says_what_is_shown(site: Site, visitor: Visitor) -> None:
    for path in ("model/a.py", "model/b.py"):
        await site.upload(path, path)
    page = await visitor.home("model/a.py")
    await expect(page.locator("#component-title")).to_have_text("model/a.py")
    await row(page, "b").click()
    await expect(page.locator("#component-title")).to_have_text("model/b.py")
    await page.go_back()
    await expect(page.locator("#component-title")).to_have_text("model/a.py")


async def test_scan(site: Site, visitor: Visitor) -> None:
    page = await visitor.home()
    await page.get_by_role("button", name="Scan").click()
    await expect(page.locator("#said")).to_have_text(re.compile(r"^\d\d versions added$"))
    await expect(row(page, "patchcore")).to_be_visible()


# --- the connection


async def test_after_the_gateway_restarts_no_event_is_missing(site: Site, visitor: Visitor) -> None:
    visitor.tolerated.append(UNREACHED)
    await site.upload("model/a.py", "0\n")
    page = await visitor.home("model/a.py")
    for start in (1, 6):
        await site.stop()
        await expect(page.locator("#link")).to_have_text(re.compile("^connection lost · data as of"))
        for number in range(start, start + 5):
            missed = event(observed(f"{number}\n", forced=True), "model/a.py")
            await site.log.publish([site.log.message(missed)])
        await site.start()
        await expect(page.locator("#link")).to_have_text("live")
    await shows(page, 55)
    await shows_just(page, list(range(55, 0, -1)))
    await expect(page.locator("#history .version b").first).to_have_text("#11")
    await expect(page.locator("#diff code")).to_have_text(["- 9\n", "+ 10\n"])


async def test_a_connection_that_falls_silent_is_given_up(site: Site, visitor: Visitor) -> None:
    page = await visitor.page()
    opened = itertools.count(1)
    sockets: list[int] = []
    page.on("websocket", lambda _: sockets.append(next(opened)))
    await page.clock.install()
    await page.goto(await site.link())
    await expect(page.locator("#link")).to_have_text("live")
    async with page.expect_event("websocket"):
        await page.clock.fast_forward(150_000)
    await expect(page.locator("#link")).to_have_text("live")
    await site.upload("model/a.py", "a\n")
    await shows(page, 5)
    await shows_just(page, [5, 4, 3, 2, 1])
