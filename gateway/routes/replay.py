"""What happened, told and proved: the story of a document, replays and audits."""

from typing import Annotated

from pydantic import AwareDatetime, Field, PositiveInt, StringConstraints

from gateway.projects import ProjectQuery, project_of
from gateway.proofs import Proof
from gateway.route import Answer, Call, Route
from schemas.base import Model
from schemas.errors import NotFound
from schemas.events import decode
from schemas.stories import Chapter, tell
from streams.store.events import Query

MOST = 5_000
"""Events that one story may be made of; the newest count."""


class StoryQuery(ProjectQuery):
    """Which document: `subject` is its domain and path."""

    subject: Annotated[str, StringConstraints(max_length=1000, pattern=r"^[^*]+$")]
    until: AwareDatetime | None = None


class ReplayOrder(Model):
    """What to replay: all groups, or one."""

    group: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,32}$")] | None = None


class AuditOrder(Model):
    """Which events to audit: by their numbers."""

    since: PositiveInt | None = Field(None, le=2**53)
    until: PositiveInt | None = Field(None, le=2**53)


async def story(call: Call[None, StoryQuery]) -> list[Chapter]:
    """Who did what to a document, why it was taken so, and what came of it; both sides of each conflict."""
    query = call.query
    wanted = Query(subject=query.subject, project=project_of(call), newest_first=True, limit=MOST)
    found = [(seq, decode(raw.encode())) for seq, raw in await call.services.store.events.find(wanted)]
    return tell((seq, event) for seq, event in reversed(found) if query.until is None or event.time <= query.until)


async def begin_replay(call: Call[ReplayOrder, None]) -> Answer:
    """Replay the archive beside what runs, and compare every table."""
    group = ["--group", call.body.group] if call.body.group else []
    return _begun(call.services.proofs.begin("replay", ["replay", "--verify", *group], call.principal.name))


async def begin_audit(call: Call[AuditOrder, None]) -> Answer:
    """Check the archive's hash chain and signatures."""
    span = (("--from", call.body.since), ("--to", call.body.until))
    arguments = [part for name, number in span if number for part in (name, str(number))]
    return _begun(call.services.proofs.begin("audit", ["audit", "verify", *arguments], call.principal.name))


def _begun(proof: Proof) -> Answer:
    return Answer(proof, "begun", 202, {"Location": f"/api/replay/{proof.id}"})


async def proofs(call: Call[None, None]) -> list[Proof]:
    """The replays and audits that were asked for, newest first."""
    return call.services.proofs.all


async def proof(call: Call[None, None]) -> Proof:
    """One replay or audit: whether it runs, and what it came to."""
    found = call.services.proofs.get(call.path["id"])
    if found is None:
        raise NotFound(f"there is no proof {call.path['id']}", "it may be of another gateway, or long ago")
    return found


ROUTES: tuple[Route, ...] = (
    Route("GET", "/api/replay/story", story, list[Chapter], query=StoryQuery, statuses=(422,)),
    Route("POST", "/api/replay", begin_replay, Proof, "admin", ReplayOrder, statuses=(202, 409, 422), taken=Proof),
    Route("POST", "/api/audit", begin_audit, Proof, "admin", AuditOrder, statuses=(202, 409, 422), taken=Proof),
    Route("GET", "/api/replay", proofs, list[Proof]),
    Route("GET", "/api/replay/{id:[0-9a-f-]{36}}", proof, Proof, statuses=(404,)),
)
