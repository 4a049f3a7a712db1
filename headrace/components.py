"""The commands that look at components and move them."""

import difflib
import re
from typing import Any

from headrace.remote import Remote
from headrace.words import ago, out, plain, print_json, show_code_diff, table
from schemas.components import CATEGORIES, ComponentPath
from schemas.errors import NotFound, Rejected

VERSIONS = "/api/components/versions"
_HASH = re.compile(r"[0-9a-f]{16}", re.IGNORECASE)


def of_project(project: str | None, **more: object) -> dict[str, str]:
    """The query that names a project."""
    return {name: str(value) for name, value in {"project": project, **more}.items() if value is not None}


def is_hash(text: str) -> bool:
    """Whether this names a version, and no component."""
    return _HASH.fullmatch(text) is not None


def component(text: str) -> ComponentPath:
    """The component that somebody names: `model/resnet`, `model/resnet.py` or its place in a checkout."""
    wire = text if text.endswith(".py") else f"{text}.py"
    try:
        return ComponentPath.in_tree(wire) or ComponentPath.parse(wire)
    except ValueError:
        remedy = f"CATEGORY/NAME or a hash of 16 digits; the categories are {', '.join(CATEGORIES)}"
        raise Rejected(f"{text!r} is no component", remedy) from None


async def show_list(remote: Remote, category: str | None, project: str | None, *, as_json: bool) -> None:
    """Print components with their active version."""
    path = f"{VERSIONS}/{category}" if category else VERSIONS
    found = await remote.call("GET", path, params=of_project(project))
    if as_json:
        print_json(found)
    elif not found:
        out.print("no components")
    else:
        rows = [[one["path"], one["active_hash"], one["version_count"], ago(one["updated_at"])] for one in found]
        table(["component", "active", "versions", "changed"], rows)


async def version(remote: Remote, text: str, project: str | None) -> Any:
    """A version by its hash, or a component's active one, with its content."""
    if is_hash(text):
        return await remote.call("GET", f"{VERSIONS}/hash/{text.lower()}", params=of_project(project))
    found = await _history(remote, text, project, content=True)
    return next((one for one in found if one["is_active"]), found[0])


async def _history(remote: Remote, text: str, project: str | None, *, content: bool = False) -> list[Any]:
    path = component(text)
    query = of_project(project, include_content="true" if content else None)
    try:
        found: list[Any] = await remote.call("GET", f"{VERSIONS}/{path.category}/{path.name}", params=query)
    except NotFound as error:
        raise NotFound(error.message, await _alike(remote, path, project)) from None
    return found


async def _alike(remote: Remote, path: ComponentPath, project: str | None) -> str:
    """What may have been meant."""
    listed = await remote.call("GET", VERSIONS, params=of_project(project))
    near = difflib.get_close_matches(path.wire, [one["path"] for one in listed], 3)
    return f"is it {', '.join(near)}?" if near else "headrace components list shows what there is"


async def show_source(remote: Remote, text: str, project: str | None, *, as_json: bool) -> None:
    """Print a version's source."""
    found = await version(remote, text, project)
    if as_json:
        print_json(found)
    else:
        out.out(found["content"], end="", highlight=False)


async def show_history(remote: Remote, text: str, project: str | None, *, as_json: bool) -> None:
    """Print a component's versions."""
    if is_hash(text):
        text = (await version(remote, text, project))["path"]
    found = await _history(remote, text, project)
    if as_json:
        print_json(found)
        return
    rows = [
        [one["hash"], "active" if one["is_active"] else "", ago(one["created_at"]), one["author"], one["policy"]]
        for one in found
    ]
    table(["version", "", "made", "by", "why"], rows)


async def show_diff(remote: Remote, old: str, new: str | None, project: str | None, *, as_json: bool) -> None:
    """Print what differs."""
    found = await _compared(remote, old, new, project)
    if as_json:
        print_json(found)
    else:
        show_code_diff(
            found["path"], (found["from_hash"], found["from_content"]), (found["to_hash"], found["to_content"])
        )


async def _compared(remote: Remote, old: str, new: str | None, project: str | None) -> Any:
    if is_hash(old):
        path = (await version(remote, old, project))["path"]
        to = new or (await version(remote, path, project))["hash"]
        return await compared(remote, old.lower(), to, project)
    active = await version(remote, old, project)
    if new is not None:
        return await compared(remote, active["hash"], (await version(remote, new, project))["hash"], project)
    found = [one["hash"] for one in await _history(remote, old, project)]
    behind = found[found.index(active["hash"]) + 1 :]
    if not behind:
        raise NotFound(f"{active['path']} has no version before {active['hash']}", "headrace components history")
    return await compared(remote, behind[0], active["hash"], project)


async def compared(remote: Remote, old: str, new: str, project: str | None) -> Any:
    """Two versions side by side."""
    body = {"from_hash": old, "to_hash": new}
    return await remote.call("POST", f"{VERSIONS}/diff", params=of_project(project), json=body)


async def activate(
    remote: Remote, hash_: str, path: str | None, reason: str, project: str | None, *, as_json: bool
) -> None:
    """Roll back, and say so."""
    if not is_hash(hash_):
        raise Rejected(f"{hash_!r} is no hash", "headrace components history shows them")
    body = {"hash": hash_.lower(), "path": component(path).wire if path else None, "reason": reason}
    done = await remote.call("POST", f"{VERSIONS}/activate", params=of_project(project), json=body)
    if as_json:
        print_json(done)
    else:
        out.print(f"{plain(done['path'])} is {plain(done['hash'])} again")


async def scan(remote: Remote, project: str | None, *, dry_run: bool, as_json: bool) -> None:
    """Let the server read its trees, and say what came of it, or would."""
    query = of_project(project, dry_run="true" if dry_run else None)
    done = await remote.call("POST", f"{VERSIONS}/scan", params=query)
    if as_json:
        print_json(done)
    elif dry_run:
        _show_plan(done)
    else:
        out.print(f"{done['registered']} versions added")


def _show_plan(plan: dict[str, Any]) -> None:
    for name, listed in plan.items():
        out.print(f"{name.replace('_', ' ')}: {listed['count']}")
        if name == "unchanged":
            continue
        for path in listed["paths"]:
            out.print(f"  {plain(path)}")
        if listed["count"] > len(listed["paths"]):
            out.print("  …")
