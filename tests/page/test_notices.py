"""What is wrong with clients of AI agents is on the page until it is mended."""

from typing import Any

from playwright.async_api import expect

from tests.gateway.sites import RUNS, event, run, session
from tests.page.conftest import LOOKING, Site, Visitor, nameless

pytestmark = LOOKING


async def tell(site: Site, *events: Any, status: str = "success", project: str = "team") -> None:
    await site.call("POST", f"{RUNS}?project={project}", run(session("codex", status=status, events=[*events])))


async def test_a_file_that_cannot_be_read_is_shown_until_it_is_mended(site: Site, visitor: Visitor) -> None:
    page = await visitor.home()
    notices = page.get_by_role("region", name="AI clients that need you")
    await expect(notices).to_be_hidden()
    said = ".codex/config.toml:3:5: a key without a value <b>"
    await tell(site, event(said, "problem", "error"), event("added in its files"), status="failed")
    await expect(notices.get_by_role("listitem")).to_have_count(1)
    await expect(notices).to_contain_text(said)
    await expect(notices).to_contain_text("codex@laptop")
    assert await nameless(page) == []
    await tell(site, event("a new server to call", "waiting", "warning", element="servers/docs"), project="other")
    await expect(notices.get_by_role("listitem")).to_have_count(2)
    await expect(notices).to_contain_text("servers/docs: a new server to call")
    await tell(site)
    await expect(notices.get_by_role("listitem")).to_have_count(1)
    await tell(site, project="other")
    await expect(notices).to_be_hidden()


async def test_who_comes_later_is_shown_it_too(site: Site, visitor: Visitor) -> None:
    await tell(site, event("disk full", "failed", "error"), status="failed")
    page = await visitor.home(locale="ko-KR")
    await expect(page.get_by_role("region", name="확인이 필요한 AI 클라이언트")).to_contain_text("disk full")
