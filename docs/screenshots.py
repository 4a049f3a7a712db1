"""Take a picture of every screen: start everything on a copy of the example lab, edit some files, look around.

Run it as `make screenshots`; it needs Chromium. It writes docs/images/NAME.png, of which the README shows some.
"""

import asyncio
import shutil
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Page, async_playwright, expect

DOCS = Path(__file__).parent
LAB = DOCS.parent / "examples" / "cvlab"
HEADRACE = Path(sys.executable).with_name("headrace")
COMPONENTS = Path("cvlabkit") / "component"
EDITS = [
    ("loss/cross_entropy.py", "smoothing=0.0", "smoothing=0.1"),
    ("model/patchcore.py", "share=0.1, neighbours=9", "share=0.25, neighbours=9"),
    ("model/resnet.py", "50: (3, 4, 6, 3)}", "50: (3, 4, 6, 3), 101: (3, 4, 23, 3)}"),
    ("transform/resize.py", '"""', '"""Keep the aspect ratio. '),
    ("model/resnet.py", "depth=18, classes=10", "depth=50, classes=10"),
    ("model/resnet.py", "return self.head(features)", "return self.head(self.pool(features))"),
]
"""File, what is in it, what is there instead."""

SCREENS = {
    "dashboard": "",
    "events": "events",
    "components": "components/model/resnet.py",
    "experiments": "experiments",
    "conflicts": "conflicts",
    "clients": "clients",
    "logs": "logs",
    "settings": "settings",
    "api": "docs",
}
"""The pictures, and where their screens are."""


async def main() -> None:
    """Take the picture."""
    with TemporaryDirectory() as folder:
        lab = Path(shutil.copytree(LAB, Path(folder) / "lab"))
        up = await asyncio.create_subprocess_exec(
            HEADRACE, "up", "--data", Path(folder) / "data", "--port", "0", "--watch", lab, stdout=PIPE
        )  # fmt: skip - as one would type it
        try:
            await _look(await _link(up), lab)
        finally:
            up.terminate()
            await up.wait()


async def _link(up: Process) -> str:
    """The one-time link that `headrace up` prints."""
    if up.stdout is None:
        raise RuntimeError("no output to read")
    async for line in up.stdout:
        words = line.decode().split()
        if words[:1] == ["open"]:
            return words[1]
    raise RuntimeError("headrace up has ended")


async def _look(link: str, lab: Path) -> None:
    async with async_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
        await page.goto(link)
        await expect(page.locator("header [data-state]")).to_have_attribute("data-state", "live")
        for path, old, new in EDITS:
            await _edit(page, lab / COMPONENTS / path, path, old, new)
        site = page.url.rstrip("/")
        for name, path in SCREENS.items():
            await page.goto(f"{site}/{path}")
            await expect(page.locator("header [data-state]")).to_have_attribute("data-state", "live")
            await expect(page.get_by_role("heading", level=2).first).to_be_visible()
            await page.wait_for_load_state("networkidle")
            await page.screenshot(path=DOCS / "images" / f"{name}.png")
        await browser.close()


async def _edit(page: Page, file: Path, path: str, old: str, new: str) -> None:
    """Save a file, and wait until the server has made it the active version."""
    name = f"components/{path}"
    query = f"{page.url.rstrip('/')}/api/events?type=head.moved&subject={name}&limit=1000"
    before = len((await (await page.request.get(query)).json())["data"])
    _replace(file, old, new)
    while len((await (await page.request.get(query)).json())["data"]) == before:  # noqa: ASYNC110 - a server is asked
        await asyncio.sleep(0.05)


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    if old not in text:
        raise ValueError(f"{file} has no {old!r}")
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
