"""What a person has made of both sides of a conflict, in a file: `headrace clients resolve --merged`."""

from pathlib import Path

from schemas.clients.documents import LARGEST, path_of
from schemas.clients.sessions import Site
from schemas.clients.unified import Key
from schemas.errors import Misconfigured, NotFound
from watchers.clients.centre import ServedCentre
from watchers.clients.telling import shown


def written_in(file: Path) -> str:
    """What a file holds. Raises Misconfigured."""
    try:
        with file.open("rb") as opened:
            raw = opened.read(LARGEST + 1)
        text = raw.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{file} cannot be read: {error}", "name a file of JSON") from error
    if len(raw) > LARGEST:
        raise Misconfigured(f"{file} is too large", f"an element has at most {LARGEST} bytes")
    return text


async def settle_merged(centre: ServedCentre, site: Site, key: Key, content: str) -> str:
    """Settle all that waits about an element at a site by this; in what it lets agents do more.

    Raises:
        NotFound: nothing waits. Rejected: it is not sound. Overtaken: somebody else was first.
    """
    path = path_of(site.scope, key)
    waiting = [one for one in (await centre.brief(site)).conflicts if (one.path, one.state) == (path, "pending")]
    if not waiting:
        raise NotFound(f"nothing waits about {shown(key)}", "see what does with: headrace clients sync")
    widens = (await centre.check(waiting[0], content)).widens
    seen = waiting[0].server_hash
    for one in waiting:
        if one.local_hash != seen:  # else it is settled by the one before
            seen = (await centre.merge(one, content, seen)).merged_hash
    return widens
