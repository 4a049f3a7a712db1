"""The commands about what waits for a person."""

from typing import Any

from headrace.components import of_project
from headrace.remote import Remote
from headrace.words import ago, out, plain, print_json, show_code_diff, table
from schemas.errors import NotFound

CONFLICTS = "/api/components/conflicts"
_REMEDY = "headrace conflicts list --all shows them"
_SHORT = 12
_STATES = {
    "pending": "waits",
    "upload": "the worker's side",
    "download": "the active version",
    "skip": "neither",
    "superseded": "superseded",
}


async def _all(remote: Remote, project: str | None, worker: str | None, *, every: bool) -> list[dict[str, Any]]:
    """The list by pages, to its end."""
    query = of_project(project, worker=worker, state="all" if every else "pending", limit=1000)
    found: list[dict[str, Any]] = []
    while page := await remote.call("GET", CONFLICTS, params=query):
        found += page
        query |= {"before": page[-1]["created_at"], "before_id": page[-1]["id"]}
    return found


async def show_list(remote: Remote, project: str | None, worker: str | None, *, every: bool, as_json: bool) -> None:
    """Print conflicts, newest first."""
    found = await _all(remote, project, worker, every=every)
    if as_json:
        print_json(found)
    elif not found:
        out.print("no conflicts" if every else "no conflicts wait")
    else:
        rows = [
            [c["id"][-_SHORT:], c["path"], c["worker"], _sides(c), ago(c["created_at"]), _STATES[c["state"]]]
            for c in found
        ]
        table(["id", "component", "worker", "changed", "since", "decided"], rows)


def _sides(conflict: dict[str, Any]) -> str:
    return "both sides" if conflict["diverged"] else "the worker's side"


async def _id(remote: Remote, beginning: str, project: str | None) -> str:
    """The id that begins or ends so. Raises NotFound where none, or more than one, does."""
    ids, part = [one["id"] for one in await _all(remote, project, None, every=True)], beginning.lower()
    found = [id_ for id_ in ids if id_.startswith(part) or id_.endswith(part)] if part else []
    if len(found) != 1:
        count = "no conflict has" if not found else f"{len(found)} conflicts have"
        raise NotFound(f"{count} an id that begins or ends with {beginning!r}", _REMEDY)
    return str(found[0])


async def show_one(remote: Remote, beginning: str, project: str | None, *, as_json: bool) -> None:
    """Print both sides of a conflict."""
    id_ = await _id(remote, beginning, project)
    found = await remote.call("GET", f"{CONFLICTS}/{id_}", params=of_project(project))
    if as_json:
        print_json(found)
        return
    out.print(f"[bold]{plain(found['path'])}[/]  of {plain(found['worker'])}, {_STATES[found['state']]}")
    ours = found["server_hash"] or "none", found["server_content"] or ""
    show_code_diff(found["path"], ours, (found["local_hash"] or "none", found["local_content"] or ""))


async def decide(remote: Remote, beginning: str, decision: str, project: str | None, *, as_json: bool) -> None:
    """Settle a conflict, and say so."""
    id_ = await _id(remote, beginning, project)
    done = await remote.call("POST", f"{CONFLICTS}/{id_}", params=of_project(project), json={"decision": str(decision)})
    if as_json:
        print_json(done)
    else:
        out.print(f"{plain(done['path'])}: {_STATES[done['state']]}")
