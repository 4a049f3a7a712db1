"""Making one of both sides of a configuration: by field, by hand, kept for the next day, and seen by all at once."""

import json
import re
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from schemas.clients.documents import path_of
from schemas.clients.unified import Key, Rule, encode
from tests.gateway.sites import session
from tests.web.conftest import LOOKING, Site, Visitor, violations
from tests.web.told import HOSTILE, fits, looking, path_to, put, question, server_of, tell

pytestmark = LOOKING

DECIDE = "Make this the common configuration"
TOKEN = "ghp_" + "0aB1" * 9
ONE = server_of("one", env={"A": "1"})
TWO = server_of("two", env={"A": "1"}, call_timeout=5.0)
MINE = server_of("mine", env={"A": "2"}, call_timeout=5.0)


async def ask(site: Site, name: str = "docs", sides: tuple[str, str, str] = (ONE, TWO, MINE), path: str = "") -> Any:
    """An element that a client and the common configuration have both changed."""
    path = path or path_to(name)
    base, ours, theirs = sides
    await put(site, path, base)
    await put(site, path, ours, base)
    await tell(site, session("cursor"), questions=[question(path, theirs, base)])
    return (await site.call("GET", "/api/v1/conflicts"))[0]


async def opened(visitor: Visitor, conflict: Any, **options: Any) -> Page:
    page = await visitor.at(f"/conflicts/clients/{conflict['id']}?view=merge", **options)
    await expect(editor(page)).to_be_visible()
    return page


def field(page: Page, name: str) -> Locator:
    return page.locator(f"fieldset[data-field='{name}']")


def editor(page: Page) -> Locator:
    return page.locator("[role=textbox][contenteditable=true]")


async def write(page: Page, text: str) -> None:
    """Type a text in the place of all that is there."""
    await editor(page).click()
    await page.keyboard.press("ControlOrMeta+a")
    await page.keyboard.insert_text(text)


async def decide(page: Page) -> None:
    await page.get_by_role("button", name=DECIDE).click()
    await page.get_by_role("dialog").get_by_role("button", name=DECIDE).click()


async def standing(site: Site) -> Any:
    (found,) = await site.call("GET", "/api/v1/elements")
    return json.loads(found["content"])


async def kept(page: Page) -> list[str]:
    names = "() => Object.keys(localStorage).filter((name) => name.startsWith('merge:'))"
    return [str(name) for name in await page.evaluate(names)]


async def test_field_by_field_by_keyboard_and_seen_elsewhere(visitor: Visitor, site: Site) -> None:
    conflict = await ask(site)
    page, other = await opened(visitor, conflict), await opened(visitor, conflict)
    mine = re.compile("^cursor@")
    variable, endpoint = field(page, "env.A"), field(page, "endpoint")
    await expect(variable.get_by_role("radio", name=mine)).to_be_checked()
    await expect(variable.get_by_role("radio", name="Base = Common configuration")).not_to_be_checked()
    await expect(endpoint.get_by_role("radio", checked=True)).to_have_count(0)
    await expect(endpoint).to_contain_text("choose")
    await expect(page.locator("main")).to_contain_text("Fields still to be chosen: 1")
    await expect(page.get_by_role("button", name=DECIDE)).to_be_disabled()
    await endpoint.get_by_role("radio", name="Common configuration").focus()
    await page.keyboard.press("Space")
    await page.keyboard.press("ArrowRight")
    await expect(endpoint.get_by_role("radio", name=mine)).to_be_checked()
    await expect(editor(page)).to_contain_text("https://mine.example")
    await page.keyboard.press("ArrowLeft")
    await expect(editor(page)).to_contain_text("https://two.example")
    await decide(page)
    await expect(page.locator("main")).to_contain_text("Decided by admin")
    await expect(page.locator("main [data-state=merge]")).to_be_visible()
    assert await standing(site) == {
        "transport": "http",
        "url": "https://two.example",
        "env": {"A": "2"},
        "call_timeout": 5,
    }
    await expect(other.locator("main")).to_contain_text("Decided by admin")
    await expect(other.locator("main")).to_contain_text("What became of it")
    await expect(editor(other)).to_have_count(0)


async def test_by_hand_with_what_is_wrong_at_its_line(visitor: Visitor, site: Site) -> None:
    page = await opened(visitor, await ask(site))
    await write(page, '{\n  "transport": "http",\n  "url": 3\n}')
    main = page.locator("main")
    await expect(main).to_contain_text("url: it must be text")
    await expect(page.locator(".cm-flawed")).to_have_text('  "url": 3')
    await expect(page.get_by_role("button", name=DECIDE)).to_be_disabled()
    await page.get_by_role("button", name="Line 3").click()
    await expect(editor(page)).to_be_focused()
    await write(page, "{")
    await expect(main).to_contain_text("Fields can be chosen again")
    await expect(field(page, "endpoint").get_by_role("radio").first).to_be_disabled()
    await write(page, '{"transport": "http", "url": "https://new.example", "approved_tools": ["*"]}')
    await expect(main).to_contain_text("This lets agents do more")
    await expect(field(page, "endpoint")).to_contain_text("by hand")
    await page.get_by_role("button", name=DECIDE).click()
    await expect(page.get_by_role("dialog")).to_contain_text("This lets agents do more")
    await page.get_by_role("dialog").get_by_role("button", name=DECIDE).click()
    await expect(main).to_contain_text("Decided by admin")
    assert await standing(site) == {"transport": "http", "url": "https://new.example", "approved_tools": ["*"]}


async def test_what_was_typed_can_be_undone(visitor: Visitor, site: Site) -> None:
    page = await opened(visitor, await ask(site))
    before = await editor(page).inner_text()
    await write(page, "{}")
    await expect(editor(page)).to_have_text("{}")
    await page.keyboard.press("ControlOrMeta+z")
    await expect(editor(page)).to_contain_text("https://two.example")
    assert await editor(page).inner_text() == before
    await page.keyboard.press("ControlOrMeta+Shift+Z")
    await expect(editor(page)).to_have_text("{}")
    await page.get_by_role("button", name="Begin anew").click()
    await expect(editor(page)).to_contain_text("https://two.example")


async def test_a_secret_is_neither_taken_nor_kept(visitor: Visitor, site: Site) -> None:
    page = await opened(visitor, await ask(site))
    secret = {"transport": "http", "url": "https://x.example", "headers": {"X": f"Bearer {TOKEN}"}}
    await write(page, json.dumps(secret))
    await expect(page.locator("main")).to_contain_text("headers.X: it holds a secret (a GitHub token)")
    await expect(page.locator("main")).to_contain_text("Not kept until it can stand.")
    await expect(page.get_by_role("button", name=DECIDE)).to_be_disabled()
    assert TOKEN not in await page.evaluate("JSON.stringify(localStorage)")


async def test_a_draft_is_kept_until_all_is_decided(visitor: Visitor, site: Site) -> None:
    conflict = await ask(site)
    page = await opened(visitor, conflict)
    await field(page, "endpoint").get_by_role("radio", name=re.compile("^cursor@")).check()
    await expect(page.locator("main")).to_contain_text("Kept in this browser")
    assert len(await kept(page)) == 1
    again = await page.context.new_page()
    await again.goto(page.url)
    await expect(field(again, "endpoint").get_by_role("radio", name=re.compile("^cursor@"))).to_be_checked()
    await expect(editor(again)).to_contain_text("https://mine.example")
    await again.close()
    body = {"decision": "download"}
    await site.call("POST", f"/api/v1/conflicts/{conflict['id']}", body)
    await expect(page.locator("main")).to_contain_text("Decided by")
    assert await kept(page) == []


async def test_drafts_are_bounded_and_may_be_broken(visitor: Visitor, site: Site) -> None:
    conflict = await ask(site)
    page = await visitor.at("/conflicts")
    await page.evaluate(
        """(id) => {
            for (let at = 0; at < 30; at += 1) localStorage.setItem(`merge:${at}:admin`, JSON.stringify({at}));
            localStorage.setItem(`merge:${id}:admin`, '{"text": 7');
        }""",
        conflict["id"],
    )
    await page.goto(f"{site.url}/conflicts/clients/{conflict['id']}?view=merge")
    await field(page, "endpoint").get_by_role("radio", name=re.compile("^cursor@")).check()
    await expect(page.locator("main")).to_contain_text("Kept in this browser")
    names = await kept(page)
    assert len(names) == 20
    assert any(conflict["id"] in name for name in names)
    assert "merge:0:admin" not in names


async def test_what_stands_moves_meanwhile(visitor: Visitor, site: Site) -> None:
    conflict = await ask(site)
    page = await opened(visitor, conflict)
    await field(page, "endpoint").get_by_role("radio", name=re.compile("^cursor@")).check()
    await expect(page.get_by_role("button", name=DECIDE)).to_be_enabled()
    await put(site, conflict["path"], server_of("three", env={"A": "1"}), TWO)
    await expect(page.locator("main")).to_contain_text("has changed since you began")
    await expect(field(page, "endpoint")).to_contain_text("https://three.example")
    await expect(field(page, "call_timeout")).to_be_visible()
    await page.get_by_role("button", name="Begin anew").click()
    await expect(page.locator("main")).not_to_contain_text("has changed since you began")


async def test_who_was_not_first_is_told(visitor: Visitor, site: Site) -> None:
    conflict = await ask(site)
    page = await opened(visitor, conflict)
    await field(page, "endpoint").get_by_role("radio", name=re.compile("^cursor@")).check()
    answer = {"success": False, "error": {"message": "the active version is another by now", "detail": "look again"}}
    await page.route("**/merge", lambda route: route.fulfill(status=409, json=answer))
    visitor.tolerated.append(re.compile("409"))
    await decide(page)
    await expect(page.get_by_role("dialog")).to_contain_text("the active version is another by now")


async def test_the_text_of_a_rule(visitor: Visitor, site: Site) -> None:
    path = path_of("project", Key("rules", "style"))
    texts = ("# Style\n\ntabs\n", "# Style\n\nspaces\n", "# Style\n\ntabs, wide\n")
    base, ours, theirs = (encode(Rule(body=text)).decode() for text in texts)
    page = await opened(visitor, await ask(site, sides=(base, ours, theirs), path=path))
    await expect(editor(page)).to_contain_text("spaces")
    await write(page, f"# Style\n\n{TOKEN}\n")
    await expect(page.locator(".cm-flawed")).to_have_text(TOKEN)
    await write(page, "# Style\n\nspaces, narrow\n")
    await decide(page)
    await expect(page.locator("main")).to_contain_text("Decided by admin")
    assert (await standing(site))["body"] == "# Style\n\nspaces, narrow\n"


async def test_one_side_has_removed_it(visitor: Visitor, site: Site) -> None:
    path = path_to("docs")
    await put(site, path, ONE)
    await put(site, path, TWO, ONE)
    await tell(site, session("cursor"), questions=[question(path, None, ONE)])
    (conflict,) = await site.call("GET", "/api/v1/conflicts")
    page = await opened(visitor, conflict)
    await expect(page.locator("main")).to_contain_text("One side has nothing there.")
    await expect(editor(page)).to_contain_text("https://two.example")


async def test_a_viewer_is_not_offered_to_merge(visitor: Visitor, site: Site) -> None:
    conflict = await ask(site)
    page = await looking(visitor, site, f"/conflicts/clients/{conflict['id']}?view=merge")
    await expect(page.get_by_role("tab", name="Server and")).to_be_visible()
    await expect(page.get_by_role("tab", name="Merge both")).to_have_count(0)


async def test_hostile_strings_on_a_telephone(visitor: Visitor, site: Site) -> None:
    env = {"__proto__": "1", HOSTILE[:60]: HOSTILE, "constructor": "2"}
    sides = (ONE, server_of("two", env=env), server_of("mine", env=env | {"__proto__": "3", "x.y": HOSTILE}))
    page = await opened(visitor, await ask(site, HOSTILE[:100], sides), viewport={"width": 360, "height": 740})
    await fits(page)
    await field(page, "env.__proto__").get_by_role("radio", name=re.compile("^cursor@")).check()
    for choice in await page.locator("fieldset[data-field]").all():
        await choice.get_by_role("radio", name=re.compile("cursor@")).check()
    await expect(page.get_by_role("button", name=DECIDE)).to_be_enabled()
    await fits(page)
    await decide(page)
    await expect(page.locator("main")).to_contain_text("Decided by admin")
    assert (await standing(site))["env"] == env | {"__proto__": "3", "x.y": HOSTILE}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-GB", "ko-KR"])
async def test_anybody_can_use_it(visitor: Visitor, site: Site, scheme: str, locale: str) -> None:
    page = await opened(visitor, await ask(site), color_scheme=scheme, locale=locale)
    assert await violations(page) == []
    await write(page, '{"transport": 3, "url": "https://x.example"}')
    await expect(page.locator(".cm-flawed")).to_be_visible()
    assert await violations(page) == []
    await write(page, '{"transport": "http", "url": "https://x.example"}')
    await expect(page.locator("#flaws [class*=Alert]").first).to_be_visible()
    await page.locator("main button[class*=Button]", has_text=re.compile("common configuration$|적용$")).last.click()
    await expect(page.get_by_role("dialog").locator(".cm-content").first).to_be_visible()
    assert await violations(page) == []
