"""Log-in, users, keys, the audit log: who may do what, as people set it."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.web.conftest import KEY, LOOKING, REFUSED, UNREACHED, Site, Visitor, is_live, violations

pytestmark = LOOKING

PASSWORD = "correct horse battery"


async def log_in(visitor: Visitor, site: Site, name: str, password: str = PASSWORD) -> Page:
    """The log-in page, filled in."""
    visitor.tolerated.append(REFUSED)
    page = await visitor.page()
    await page.goto(site.url)
    await page.get_by_label("User name").fill(name)
    await page.locator("input[type=password]").fill(password)
    await page.get_by_role("button", name="Log in").click()
    return page


async def add(site: Site, name: str, **more: object) -> None:
    await site.call("POST", "/api/v1/users", {"username": name, "password": PASSWORD, **more})


@pytest.mark.parametrize(("locale", "words"), [("en-GB", "This link was used already"), ("ko-KR", "이미 사용했거나")])
async def test_a_link_that_was_used(visitor: Visitor, site: Site, locale: str, words: str) -> None:
    visitor.tolerated.append(REFUSED)
    link = await site.link()
    page = await visitor.page(locale=locale)
    await page.goto(link)
    await is_live(page)
    await page.goto(link)
    await expect(page.locator("main")).to_contain_text(words)
    await expect(page.locator("main")).to_contain_text("headrace login-link")
    assert await violations(page) == []
    other = await visitor.page(locale=locale, viewport={"width": 360, "height": 740})
    await other.goto(link)
    await expect(other).to_have_url(f"{site.url}/login-link")
    await expect(other.get_by_role("alert")).to_contain_text(words)
    await expect(other.get_by_role("alert")).to_contain_text("headrace login-link")
    assert await violations(other) == []
    assert await other.evaluate("document.documentElement.scrollWidth") <= 360
    await other.get_by_text(re.compile("API key|API 키"), exact=False).first.click()
    await other.locator("input[type=password]").fill(KEY)
    await other.locator("button[type=submit]").click()
    await is_live(other)
    await expect(other).to_have_url(f"{site.url}/")


async def test_an_administrator_adds_a_user_who_logs_in(visitor: Visitor, site: Site) -> None:
    page = await visitor.at("/settings/users")
    await expect(page.locator("main")).to_contain_text("There are no users yet")
    await page.get_by_role("button", name="Add a user").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("kim")
    await dialog.locator("input[type=password]").fill(PASSWORD)
    await dialog.get_by_label("Role").select_option("viewer")
    await dialog.get_by_role("button", name="Add a user").click()
    await expect(page.get_by_role("table", name="Users")).to_contain_text("kim")
    other = await log_in(visitor, site, "kim")
    await is_live(other)
    await other.goto(f"{site.url}/settings")
    await expect(other.locator("main")).to_contain_text("kim: viewer")
    await expect(other.get_by_role("tab")).to_have_text(["You", "API keys"])


async def test_a_user_who_is_disabled_is_out_at_once(visitor: Visitor, site: Site) -> None:
    await add(site, "lee", role="user")
    theirs = await log_in(visitor, site, "lee")
    await is_live(theirs)
    page = await visitor.at("/settings/users")
    await page.get_by_role("button", name="Disable lee").click()
    await page.get_by_role("dialog").get_by_role("button", name="Disable lee").click()
    await expect(page.get_by_role("table", name="Users")).to_contain_text("off")
    await theirs.reload()
    await expect(theirs.get_by_role("heading", name="Log in to Headrace")).to_be_visible()


async def test_other_roles_and_a_new_password(visitor: Visitor, site: Site) -> None:
    visitor.tolerated.append(UNREACHED)
    await add(site, "kang", role="viewer")
    theirs = await log_in(visitor, site, "kang")
    await is_live(theirs)
    page = await visitor.at("/settings/users")
    await page.get_by_role("button", name="Change kang").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("All log-ins of kang end")
    await dialog.get_by_label("Role").select_option("user")
    await dialog.get_by_label("Projects").fill("default, lab=viewer")
    await dialog.get_by_label("New password").fill("another horse battery")
    await dialog.get_by_role("button", name="Change kang").click()
    await expect(page.get_by_role("table", name="Users")).to_contain_text("default=user, lab=viewer")
    await theirs.reload()
    await expect(theirs.get_by_role("heading", name="Log in to Headrace")).to_be_visible()
    await theirs.get_by_label("User name").fill("kang")
    await theirs.locator("input[type=password]").fill("another horse battery")
    await theirs.get_by_role("button", name="Log in").click()
    await is_live(theirs)
    await page.get_by_role("button", name="Change kang").click()
    await dialog.get_by_label("Projects").fill("")
    await dialog.get_by_role("button", name="Change kang").click()
    await expect(page.get_by_role("table", name="Users")).to_contain_text("user (all projects)")


async def test_nothing_is_done_later_that_could_not_be_done_now(visitor: Visitor, site: Site) -> None:
    visitor.tolerated.append(UNREACHED)
    await add(site, "lim", role="user")
    page = await visitor.at("/settings/users", locale="ko-KR")
    await page.get_by_role("button", name="lim 사용 중지").click()
    await page.context.set_offline(True)
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="lim 사용 중지").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("서버가 응답하지 않습니다.")
    await page.context.set_offline(False)
    await dialog.get_by_role("button", name="취소").click()
    await page.get_by_role("button", name="lim 변경").click()
    await dialog.get_by_role("button", name="lim 변경").click()
    await expect(dialog).to_have_count(0)
    assert not (await site.call("GET", "/api/v1/users/lim"))["disabled"]


async def test_what_is_wrong_is_said_and_the_key_works_too(visitor: Visitor, site: Site) -> None:
    page = await log_in(visitor, site, "nobody")
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.get_by_text("API key", exact=True).click()
    await page.locator("input[type=password]").fill(KEY)
    await page.get_by_role("button", name="Log in").click()
    await is_live(page)


async def test_a_key_is_shown_once_and_revoked(visitor: Visitor, site: Site) -> None:
    page = await visitor.at("/settings/keys")
    await page.get_by_role("button", name="Make an API key").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("watcher-3")
    await dialog.get_by_label("Projects").fill("default, lab")
    await dialog.get_by_label("Expires").fill("2099-12-31T23:59")
    await dialog.get_by_role("button", name="Make an API key").click()
    secret = await page.get_by_test_id("secret").inner_text()
    assert len(secret) > 20
    await page.reload()
    row = page.get_by_role("row").filter(has_text="watcher-3")
    await expect(row).to_contain_text("default, lab")
    await expect(row).to_contain_text("2099")
    await expect(page.locator("main")).not_to_contain_text(secret)
    await page.get_by_role("button", name=re.compile("Revoke .*watcher-3")).click()
    await page.get_by_role("dialog").get_by_role("button", name=re.compile("Revoke .*watcher-3")).click()
    await expect(page.locator("main")).to_contain_text("There are no API keys yet")


async def test_a_key_may_no_more_than_its_owner(visitor: Visitor, site: Site) -> None:
    await add(site, "yoon", role="viewer")
    page = await log_in(visitor, site, "yoon")
    await is_live(page)
    await page.goto(f"{site.url}/settings/keys")
    await page.get_by_role("button", name="Make an API key").click()
    await expect(page.get_by_role("dialog").get_by_label("Role").get_by_role("option")).to_have_text(["viewer: sees"])


async def test_one_changes_the_password(visitor: Visitor, site: Site) -> None:
    await add(site, "park", role="user")
    page = await log_in(visitor, site, "park")
    await is_live(page)
    await page.goto(f"{site.url}/settings")
    await page.get_by_label("Present password").fill(PASSWORD)
    await page.get_by_label("New password").fill("another horse battery")
    await page.get_by_role("button", name="Change the password").click()
    await expect(page.locator("main")).to_contain_text("Your password is changed")
    again = await log_in(visitor, site, "park", "another horse battery")
    await is_live(again)


async def test_what_was_done_is_in_the_audit_log(visitor: Visitor, site: Site) -> None:
    await add(site, "choi", role="user")
    page = await visitor.at("/settings/audit")
    await expect(page.get_by_role("table", name="Audit log")).to_contain_text("choi")
    await page.get_by_label("Actor").fill("nobody-at-all")
    await expect(page.get_by_role("table", name="Audit log")).not_to_contain_text("choi")
    await expect(page).to_have_url(re.compile("actor=nobody-at-all"))


@pytest.mark.parametrize("path", ["/settings", "/settings/users", "/settings/keys", "/settings/audit", "/docs"])
async def test_anybody_can_use_it(visitor: Visitor, site: Site, path: str) -> None:
    await add(site, "jung", projects={"a": "viewer"})
    for scheme, locale in (("light", "en-GB"), ("dark", "ko-KR")):
        page = await visitor.at(path, color_scheme=scheme, locale=locale, viewport={"width": 360, "height": 740})
        await expect(page.get_by_role("heading", level=2).first).to_be_visible()
        await expect(page.get_by_text(re.compile("Loading|불러오는"))).to_have_count(0)
        assert await violations(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_anybody_can_log_in(visitor: Visitor, site: Site, scheme: str) -> None:
    visitor.tolerated.append(REFUSED)
    page = await visitor.page(color_scheme=scheme)
    await page.goto(site.url)
    await expect(page.get_by_role("button", name="Log in")).to_be_visible()
    assert await violations(page) == []
