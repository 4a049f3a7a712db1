"""Take a picture of every screen: start everything on a copy of the example lab, edit some files, look around.

Run it as `make screenshots`; it needs Chromium. It writes docs/images/NAME.png, of which the README shows some.
"""

import asyncio
import json
import shutil
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Page, async_playwright, expect

DOCS = Path(__file__).parent
LAB = DOCS.parent / "examples" / "cvlab"
HEADRACE = Path(sys.executable).with_name("headrace")
COMPONENTS = Path("cvlabkit") / "component"
CONFLICT = 2
"""How `headrace sync` ends where a person has to decide."""

EDITS = [
    ("loss/cross_entropy.py", "smoothing=0.0", "smoothing=0.1"),
    ("model/patchcore.py", "share=0.1, neighbours=9", "share=0.25, neighbours=9"),
    ("model/resnet.py", "50: (3, 4, 6, 3)}", "50: (3, 4, 6, 3), 101: (3, 4, 23, 3)}"),
    ("transform/resize.py", '"""', '"""Keep the aspect ratio. '),
    ("model/resnet.py", "depth=18, classes=10", "depth=50, classes=10"),
    ("model/resnet.py", "return self.head(features)", "return self.head(self.pool(features))"),
]
"""File, what is in it, what is there instead."""

SERVERS = {"docs": {"type": "http", "url": "https://docs.example.com/mcp"}, "labels": {"command": "labels-mcp"}}
"""What the project's MCP servers are, as Claude Code keeps them; Cursor has not heard of them yet."""

SCREENS = {
    "events": "events",
    "components": "components/model/resnet.py",
    "experiments": "experiments/screws-1?changed=1",
    "conflicts": "conflicts",
    "clients": "clients",
    "logs": "logs",
    "settings": "settings",
    "api": "docs",
}
"""The pictures, and where their screens are. It begins at the dashboard; `conflict`, `client` are in the lists."""


async def main() -> None:
    """Take the pictures."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        lab = Path(shutil.copytree(LAB, folder / "lab"))
        up = await asyncio.create_subprocess_exec(
            HEADRACE, "up", "--data", folder / "data", "--port", "0", "--watch", lab, stdout=PIPE
        )  # fmt: skip - as one would type it
        try:
            await _look(await _link(up), folder)
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


async def _look(link: str, folder: Path) -> None:
    async with async_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
        await page.goto(link)
        await expect(page.locator("header [data-state]")).to_have_attribute("data-state", "live")
        await _happen(page, folder)
        site = page.url.rstrip("/")
        await _picture(page, "dashboard")
        for name, path in SCREENS.items():
            await page.goto(f"{site}/{path}")
            await _picture(page, name)
        await page.goto(f"{site}/conflicts")
        await page.get_by_role("link", name="model/resnet.py").click()
        await _picture(page, "conflict")
        await page.goto(f"{site}/clients")
        await page.get_by_role("link", name="Cursor").click()
        await page.get_by_role("link", name="docs", exact=True).click()
        await _picture(page, "client")
        await browser.close()


async def _picture(page: Page, name: str) -> None:
    await expect(page.locator("header [data-state]")).to_have_attribute("data-state", "live")
    await expect(page.get_by_role("heading", level=2).first).to_be_visible()
    await page.wait_for_load_state("networkidle")
    await page.screenshot(path=DOCS / "images" / f"{name}.png")


async def _happen(page: Page, folder: Path) -> None:
    """A worker runs an experiment, files are edited, the worker has changed one of them too, clients are synced."""
    lab, worker, data = folder / "lab", folder / "gpu-1", folder / "data"
    sync = ("sync", lab / "config" / "classification.yaml", "--base-path", worker, "--data", data)
    shutil.copytree(lab, worker)
    await _run(*sync, "--experiment", "screws-1")
    for path, old, new in EDITS:
        await _edit(page, lab / COMPONENTS / path, path, old, new)
    _replace(worker / COMPONENTS / "model/resnet.py", "depth=18, classes=10", "depth=34, classes=10")
    await _run(*sync, status=CONFLICT)
    project = folder / "app"
    (project / ".cursor").mkdir(parents=True)
    (project / ".cursor" / "mcp.json").write_text("{}", encoding="utf-8")
    (project / ".mcp.json").write_text(json.dumps({"mcpServers": SERVERS}), encoding="utf-8")
    await _run("clients", "sync", "--root", project, "--data", data, "--yes")


async def _run(*command: str | Path, status: int = 0) -> None:
    ended = await asyncio.create_subprocess_exec("env", "HEADRACE_PROJECT=default", HEADRACE, *command, stdout=DEVNULL)
    if await ended.wait() != status:
        raise RuntimeError(f"headrace {command[0]} has ended with {ended.returncode}")


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
