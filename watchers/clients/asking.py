"""What waits for a person, as questions to the server, and what people have answered."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from schemas.base import new_id
from schemas.clients.documents import key_of, path_of
from schemas.clients.planning import Member, Plan
from schemas.clients.reconcile import Conflict, Decision, Standing
from schemas.clients.sessions import Brief, ElementQuestion
from schemas.clients.unified import Element, Key, encode
from schemas.hashing import fingerprint
from schemas.sync import Conflict as Asked
from watchers.clients.telling import why_of


class Answers(NamedTuple):
    """What people have answered: who `yields` which elements, and which are `left` as they are on both sides."""

    yields: frozenset[tuple[str, Key]] = frozenset()
    left: frozenset[tuple[str, Key]] = frozenset()


def answers_to(plan: Plan, scope: str, brief: Brief) -> Answers:
    """The answers to what a plan leaves open, given to these very sides."""
    asked = _newest(brief)
    states: dict[tuple[str, Key], str] = {}
    for one in _open(plan):
        answer = asked.get((one.client, path_of(scope, one.key)))
        if answer and (answer.local_hash, answer.server_hash) == (_hash(_wanted(one)), _hash(_ours(one))):
            states[one.client, one.key] = answer.state
    return Answers(
        frozenset(key for key, state in states.items() if state == "download"),
        frozenset(key for key, state in states.items() if state == "skip"),
    )


def merged(
    members: Sequence[Member], standing: Mapping[Key, Standing], scope: str, brief: Brief
) -> frozenset[tuple[str, Key]]:
    """Who yields to what a person has made of both sides, where that stands: who says what it said when it asked."""
    saying = {member.client.name: member.config.elements for member in members}
    found: set[tuple[str, Key]] = set()
    for (client, path), one in _newest(brief).items():
        if one.state == "merge" and client in saying and path.startswith(f"{scope}/"):
            _, key = key_of(path)
            stands = standing[key].element if key in standing else None
            if (one.said_hash, one.merged_hash) == (_hash(saying[client].get(key)), _hash(stands)):
                found.add((client, key))
    return frozenset(found)


def without(plan: Plan, left: frozenset[tuple[str, Key]]) -> Plan:
    """A plan that does not name what people have left as it is."""
    outcome = plan.outcome
    waiting = tuple(one for one in outcome.waiting if (one.client, one.key) not in left)
    conflicts = tuple(one for one in outcome.conflicts if (one.client, one.key) not in left)
    return plan._replace(outcome=outcome._replace(waiting=waiting, conflicts=conflicts))


def questions_of(plan: Plan, scope: str, brief: Brief) -> list[ElementQuestion] | None:
    """All that waits; None where the server knows just that."""
    found = [_question(one, scope) for one in _open(plan)]
    hashes = {(one.type, one.path): _hash_of(one.content) for one in found}
    pending = {key: one.local_hash for key, one in _newest(brief).items() if one.state == "pending"}
    in_scope = {key: hash_ for key, hash_ in pending.items() if key[1].startswith(f"{scope}/")}
    return None if hashes == in_scope else found


def _question(one: Conflict | Decision, scope: str) -> ElementQuestion:
    wanted = _wanted(one)
    content = None if wanted is None else encode(wanted).decode()
    base, path = _hash(one.base), path_of(scope, one.key)
    return ElementQuestion(
        id=new_id(), type=one.client, path=path, content=content, base=base, why=why_of(one), said=_hash(one.theirs)
    )


def _open(plan: Plan) -> Sequence[Conflict | Decision]:
    return (*plan.outcome.conflicts, *plan.outcome.waiting)


def _newest(brief: Brief) -> Mapping[tuple[str, str], Asked]:
    types = {one.name: one.type for one in brief.clients}
    return {(types[one.worker], one.path): one for one in brief.conflicts if one.worker in types}


def _wanted(one: Conflict | Decision) -> Element | None:
    return one.over if isinstance(one, Conflict) else one.after


def _ours(one: Conflict | Decision) -> Element | None:
    return one.ours if isinstance(one, Conflict) else one.before


def _hash(element: Element | None) -> str | None:
    return None if element is None else fingerprint(encode(element)).hash


def _hash_of(content: str | None) -> str | None:
    return None if content is None else fingerprint(content.encode()).hash
