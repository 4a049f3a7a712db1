"""Merging both sides of a conflict by hand: what a person has written is checked, and stands where it is sound."""

from gateway.deciding import one_of, told
from gateway.projects import ProjectQuery, project_of
from gateway.route import Call
from gateway.writes import begin, carry_all, check, observed
from schemas.base import Document, EventId, new_id
from schemas.changes import ChangeObserved
from schemas.clients.documents import DOMAIN, key_of
from schemas.clients.drafts import draft_of
from schemas.clients.unified import decode, encode
from schemas.clients.widening import widens
from schemas.clients.wire import Checked, Merge, Written
from schemas.errors import Overtaken, Rejected
from schemas.hashing import fingerprint
from schemas.sync import Conflict


async def checked(call: Call[Written, ProjectQuery]) -> Checked:
    """What is wrong with a draft, and in what it lets agents do more than what stands. Raises NotFound."""
    found = await one_of(call, DOMAIN)
    element, flaws = draft_of(found.path, call.body.content)
    _, key = key_of(found.path)
    before = None if found.server_content is None else decode(key.kind, found.server_content.encode())
    return Checked(flaws=[*flaws], widens="" if flaws else widens(before, element))


async def merged(call: Call[Merge, ProjectQuery]) -> Conflict:
    """Let what a person has written stand, and settle the conflict. Sent twice it is one and the same.

    Raises NotFound, Rejected, Overtaken.
    """
    found = await one_of(call, DOMAIN)
    element, flaws = draft_of(found.path, call.body.content)
    if element is None:
        raise Rejected("; ".join(flaw.told for flaw in flaws))
    content = encode(element)
    if found.state == "pending":
        await _settle(call, found, content)
        found = await one_of(call, DOMAIN)
    settled = found.state, found.merged_hash, found.decided_by
    if settled != ("merge", fingerprint(content).hash, call.principal.name):
        raise Overtaken(told(found, call.body.server_hash), "look at both sides again, then decide")
    return found


async def _settle(call: Call[Merge, ProjectQuery], found: Conflict, content: bytes) -> None:
    change = ChangeObserved(base=call.body.server_hash, settles=EventId(found.id))
    body = await observed(call.services, content, fingerprint(content), change)
    document = Document(project_of(call), DOMAIN, found.path)
    event = begin(call.services, call.principal, document, body, new_id())
    check((await carry_all(call.services, [event]))[0])
