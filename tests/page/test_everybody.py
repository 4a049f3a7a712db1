"""The pages for everybody: languages, colours, keyboard, assistive technology, any width, and hostile content."""

import re
from pathlib import Path

from playwright.async_api import expect

from gateway.openapi import document
from gateway.routes import ROUTES
from tests.build import hash_of
from tests.page.conftest import CONTRASTS, KEY, LOOKING, REFUSED, Site, Visitor, accept, nameless, row, shows

pytestmark = LOOKING

PAGE = Path(__file__).parents[2] / "gateway" / "page"
OLD = "".join(f"line {n}\n" for n in range(40))
GROUND = "getComputedStyle(document.body).backgroundColor"
NEW = OLD.replace("line 20\n", "line twenty\n")


async def test_languages(site: Site, visitor: Visitor) -> None:
    await site.upload("model/a.py", "a\n", "b\n")
    page = await visitor.home("model/a.py", locale="ko-KR")
    await expect(page.get_by_role("heading", name="컴포넌트", exact=True)).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("lang", "ko")
    await expect(page.locator("#link")).to_have_text("실시간")
    await page.get_by_role("button", name="일시정지").click()
    await page.get_by_role("button", name="English").click()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(page.get_by_role("button", name="Resume")).to_be_visible()
    await expect(page.locator("#link")).to_have_text("live")
    await expect(page.locator("#component-title")).to_have_text("model/a.py")
    await expect(page.locator("#sum")).to_have_text("1 added, 1 removed")
    await page.reload()
    await expect(page.get_by_role("heading", name="Components", exact=True)).to_be_visible()
    await page.get_by_role("button", name="한국어").click()
    await expect(page.get_by_role("button", name="1번 버전 활성화")).to_have_text("활성화")


async def test_every_word_is_in_both_languages() -> None:
    text = PAGE.joinpath("words.js").read_text(encoding="utf-8")
    text = text[: text.index("let language")]
    english, korean = (set(re.findall(r"(\w+): \"", part)) for part in text.split("  ko: {"))
    assert english == korean
    pages = "".join(path.read_text(encoding="utf-8") for path in PAGE.iterdir())
    used = set(re.findall(r"word\(\"(\w+)\"|data-(?:word|label|title|placeholder)=\"(\w+)\"", pages))
    assert {name for pair in used for name in pair if name} <= english


async def test_colours(site: Site, visitor: Visitor) -> None:
    await site.upload("model/a.py", OLD, NEW)
    page = await visitor.home("model/a.py", reduced_motion="reduce")
    await expect(page.locator("#diff .come")).to_have_count(1)
    await shows(page, 10)
    for address in ("", "docs"):
        if address:
            await page.goto(f"{site.url}/{address}")
            await page.locator("summary").first.click()
        await page.emulate_media(color_scheme="light")
        assert await page.evaluate(GROUND) == "rgb(246, 248, 250)"
        assert await page.evaluate(CONTRASTS) == []
        await page.emulate_media(color_scheme="dark")
        assert await page.evaluate(GROUND) == "rgb(14, 18, 22)"
        assert await page.evaluate(CONTRASTS) == []


async def test_by_keyboard_alone(site: Site, visitor: Visitor) -> None:
    for path in ("model/a.py", "model/b.py"):
        await site.upload(path, "a\n", "b\n")
    page = await visitor.home()
    await expect(row(page, "b")).to_be_visible()
    await page.keyboard.press("/")
    await expect(page.get_by_label("Search components")).to_be_focused()
    await page.keyboard.type("/b")
    await expect(page.locator("#list .name")).to_have_text(["b"])
    await page.keyboard.press("Tab")
    await expect(row(page, "b")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#history li")).to_have_count(2)
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Version 2,")).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Activate version 1")).to_be_focused()
    page.once("dialog", accept)
    await page.keyboard.press("Enter")
    await expect(page.locator("#history li").nth(1).locator(".active")).to_be_visible()
    await expect(page.get_by_role("button", name="Version 1,")).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(page.get_by_label("Compare with")).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("region", name="What has changed")).to_be_focused()


async def test_what_comes_in_does_not_take_the_focus(site: Site, visitor: Visitor) -> None:
    await site.upload("model/b.py", "a\n", "b\n")
    page = await visitor.home("model/b.py")
    await row(page, "b").focus()
    await site.upload("model/a.py", "a\n")
    await expect(page.locator("#list .name")).to_have_text(["a", "b"])
    await expect(row(page, "b")).to_be_focused()
    await page.get_by_role("button", name="Version 1,").focus()
    await site.upload("model/b.py", "c\n")
    await expect(page.locator("#history li")).to_have_count(3)
    await expect(page.get_by_role("button", name="Version 1,")).to_be_focused()


async def test_everything_has_a_name(site: Site, visitor: Visitor) -> None:
    visitor.tolerated.append(REFUSED)
    page = await visitor.page()
    await page.goto(site.url)
    await expect(page.get_by_role("dialog", name="Log in")).to_be_visible()
    assert await nameless(page) == []
    await site.upload("model/a.py", OLD, NEW)
    page = await visitor.home("model/a.py")
    await expect(page.locator("#diff .come")).to_have_count(1)
    assert await nameless(page) == []
    for name in ("Components", "model/a.py", "Events", "What has changed"):
        await expect(page.get_by_role("region", name=name, exact=True)).to_have_count(1)
    await expect(page.get_by_role("log", name="Events").get_by_role("listitem")).to_have_count(10)
    await expect(page.get_by_role("list", name="Version history").get_by_role("listitem")).to_have_count(2)
    await expect(page.get_by_role("button", name="a, 2 versions, active: " + hash_of(NEW)[:8])).to_have_count(1)
    await page.goto(f"{site.url}/docs")
    await page.locator("summary").nth(1).click()
    await expect(page.get_by_role("textbox", name="project")).to_be_visible()
    assert await nameless(page) == []


async def test_no_width_is_too_narrow(site: Site, visitor: Visitor) -> None:
    await site.upload(f"model/{'long_name_' * 10}.py", "x = 1\n", f"x = {'1' * 500}\n")
    page = await visitor.home(viewport={"width": 320, "height": 700})
    await row(page, "long_name_" * 10).click()
    await expect(page.locator("#diff .come")).to_have_count(1)
    await expect(page.locator("#component-title")).to_be_in_viewport()
    for address in ("", "docs"):
        if address:
            await page.goto(f"{site.url}/{address}")
            await page.locator("summary").nth(1).click()
        for width in (320, 390, 899, 901, 1280, 1920):
            await page.set_viewport_size({"width": width, "height": 700})
            assert await page.evaluate("document.documentElement.scrollWidth") <= width


# --- from whom we expect nothing good


HOSTILE = [
    "<img src=x onerror=hacked=1>",
    "\"'><script>hacked=1<",
    "100%",
    "%3Cscript%3E",
    "a#b?c&d",
    "한글 이름",
    "$(7*7)`7`",
    "a\u202egnp",
    "constructor",
    "a.py",
]


async def test_hostile_names_and_contents_are_shown_as_text(site: Site, visitor: Visitor) -> None:
    content = "<script>hacked = 1</script>\n<img src=x onerror='hacked = 1'>\n</code></pre>\n"
    for name in HOSTILE:
        await site.upload(f"model/{name}.py", "# first\n", content)
    page = await visitor.home()
    for name in HOSTILE:
        await row(page, name).click()
        await expect(page.locator("#component-title")).to_have_text(f"model/{name}.py")
        await expect(page.locator("#diff .come")).to_have_text([f"+ {line}\n" for line in content.splitlines()])
        await page.reload()
        await expect(page.locator("#component-title")).to_have_text(f"model/{name}.py")
    await expect(page.locator("#stream").get_by_text(f"components/model/{HOSTILE[0]}.py").first).to_be_visible()
    assert await page.evaluate("[typeof hacked, document.querySelectorAll('img').length]") == ["undefined", 0]
    assert await page.evaluate("document.scripts.length") == 1


async def test_hostile_addresses(visitor: Visitor) -> None:
    page = await visitor.home()
    for address in ("%", "%ff", "model/none.py", "<script>hacked=1</script>"):
        await page.evaluate("(hash) => location.assign('#' + hash)", address)
        await page.reload()
        await expect(page.locator("#link")).to_have_attribute("data-state", "live")
        await expect(page.get_by_role("heading", name="Pick a component")).to_be_visible()
        assert await page.evaluate("typeof hacked") == "undefined"


# --- the API browser


async def test_the_api_browser(site: Site, visitor: Visitor) -> None:
    await site.upload("model/a.py", "a\n")
    page = await visitor.home()
    await page.get_by_role("link", name="API").click()
    await expect(page.get_by_role("heading", name="Headrace API")).to_be_visible()
    listed = page.locator("summary")
    await expect(listed).to_have_count(len(ROUTES))
    said = {
        f"{await one.locator('b').text_content()} {await one.locator('code').text_content()}"
        for one in await listed.all()
    }
    paths = document(ROUTES)["paths"]
    assert said == {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    history = page.locator("details", has_text="A component's versions, newest first.").first
    await history.locator("summary").click()
    await history.get_by_label("category").fill("model")
    await history.get_by_label("name").fill("a")
    await history.get_by_role("button", name="Try it").click()
    await expect(history.get_by_role("status")).to_contain_text(hash_of("a\n"))
    upload = page.locator("#components_upload")
    await upload.locator("summary").click()
    await expect(upload.get_by_label("Body")).to_have_value('{\n  "path": "",\n  "content": ""\n}')
    await upload.get_by_label("Body").fill('{"path": "model/b.py", "content": "b"}')
    await upload.get_by_role("button", name="Try it").click()
    await expect(upload.get_by_role("status")).to_contain_text("200 OK")
    await page.get_by_role("button", name="한국어").click()
    await expect(page.get_by_role("link", name="실시간 화면")).to_be_visible()


async def test_the_api_browser_needs_a_log_in(site: Site, visitor: Visitor) -> None:
    visitor.tolerated.append(REFUSED)
    page = await visitor.page()
    await page.goto(f"{site.url}/docs")
    await expect(page.get_by_text("Log in on the live page first.")).to_be_visible()
    await expect(page.locator("summary")).to_have_count(0)
    assert KEY not in await page.content()
