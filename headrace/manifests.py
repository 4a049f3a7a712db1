"""The commands about what experiments used."""

from typing import Any

import orjson

from headrace.components import VERSIONS, compared, is_hash, of_project
from headrace.remote import Remote
from headrace.words import ago, out, plain, print_json, show_code_diff, table
from schemas.errors import Rejected
from schemas.manifests import check_uid

MANIFEST = "/api/components/manifest"
_PAGE = 1000


def _path(uid: str, rest: str = "") -> str:
    from urllib.parse import quote

    try:
        return f"{MANIFEST}/{quote(check_uid(uid), safe='')}{rest}"
    except ValueError as error:
        raise Rejected(f"{uid!r} is no experiment: {error}", "headrace manifests list shows them") from None


async def _all(remote: Remote, path: str, project: str | None) -> list[dict[str, Any]]:
    """A list by pages, to its end."""
    found: list[dict[str, Any]] = []
    after = ""
    while page := await remote.call("GET", path, params=of_project(project, limit=_PAGE, after=after)):
        found += page
        after = page[-1]["experiment_uid"]
    return found


async def show_list(remote: Remote, project: str | None, *, as_json: bool) -> None:
    """Print experiments."""
    found = await _all(remote, f"{MANIFEST}s", project)
    if as_json:
        print_json(found)
    elif not found:
        out.print("no manifests")
    else:
        rows = [
            [one["experiment_uid"], one["component_count"], one["revisions"], ago(one["updated_at"])] for one in found
        ]
        table(["experiment", "components", "revisions", "saved"], rows)


async def show_one(remote: Remote, uid: str, revision: int | None, project: str | None, *, as_json: bool) -> None:
    """Print what an experiment used."""
    found = await remote.call("GET", _path(uid), params=of_project(project, revision=revision))
    if as_json:
        print_json(found)
        return
    of = f"revision {found['revision']} of {found['revisions']}"
    out.print(f"[bold]{plain(found['experiment_uid'])}[/]  [dim]{of}, {ago(found['created_at'])}[/]")
    table(["component", "version"], [list(entry) for entry in found["components"].items()])


async def show_since(remote: Remote, uid: str, project: str | None, *, as_json: bool) -> None:
    """Print what has changed since an experiment."""
    found = await remote.call("GET", _path(uid, "/since"), params=of_project(project))
    if as_json:
        print_json(found)
        return
    rows = [[one["path"], one["hash"], _since(one)] for one in found]
    table(["component", "used", "now"], rows)


def _since(one: dict[str, Any]) -> str:
    return (one["active_hash"] or "no active version") if one["changed"] else "the same"


async def show_diff(remote: Remote, uids: tuple[str, str], project: str | None, *, code: bool, as_json: bool) -> None:
    """Print the components in which two experiments differ."""
    other = _path(uids[1]).removeprefix(f"{MANIFEST}/")
    found = await remote.call("GET", _path(uids[0], f"/diff/{other}"), params=of_project(project))
    if as_json:
        print_json(found)
        return
    if not found:
        out.print("both used the same")
        return
    table(["component", *uids], [[one["path"], one["from_hash"] or "-", one["to_hash"] or "-"] for one in found])
    for one in found if code else ():
        await _show_code(remote, one, project)


async def _show_code(remote: Remote, one: dict[str, Any], project: str | None) -> None:
    if one["from_hash"] and one["to_hash"]:
        both = await compared(remote, one["from_hash"], one["to_hash"], project)
        out.print()
        show_code_diff(one["path"], (one["from_hash"], both["from_content"]), (one["to_hash"], both["to_content"]))


async def show_users(remote: Remote, hash_: str, project: str | None, *, as_json: bool) -> None:
    """Print the experiments that used a version."""
    if not is_hash(hash_):
        raise Rejected(f"{hash_!r} is no hash", "headrace components history shows them")
    found = await _all(remote, f"{VERSIONS}/hash/{hash_.lower()}/experiments", project)
    if as_json:
        print_json(found)
    elif not found:
        out.print("no experiment used it")
    else:
        table(["experiment", "saved"], [[one["experiment_uid"], ago(one["created_at"])] for one in found])


async def save(remote: Remote, uid: str, text: str, project: str | None, *, as_json: bool) -> None:
    """Keep what an experiment used, and say so."""
    try:
        entries = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Rejected(f"this is no JSON: {error}", 'it is to be {"model/a.py": "HASH"}') from None
    done = await remote.call("POST", _path(uid), params=of_project(project), json=entries)
    if as_json:
        print_json(done)
    else:
        said = f"revision {done['revision']}" if done["is_new"] else "was known already"
        out.print(f"{plain(uid)}: {done['component_count']} components, {said}")
