"""One sync of a scope, before anything is done: what goes into the centre, and what every client's files become."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from graphlib import TopologicalSorter
from typing import NamedTuple

from schemas.clients import configuration
from schemas.clients.adapter import Client, Files, Location, Scope, UnifiedConfig, Written
from schemas.clients.containers import Made, Memory, pruned
from schemas.clients.reconcile import Decision, Elements, Outcome, Policy, Side, Standing, nobody, reconcile
from schemas.clients.unified import Element, Key, Kind, Server


class Member(NamedTuple):
    """A client that takes part, as it stands.

    `base`: what it said when it was last in step (None: it never was); `time`: when its newest file changed; `unknown`:
    patterns of files that could not be looked at; `made`: what syncs have made in its files.
    """

    client: Client
    files: Files
    config: UnifiedConfig
    base: Elements | None
    time: float
    unknown: frozenset[Location] = frozenset()
    made: Mapping[Location, Memory] = {}


class Change(NamedTuple):
    """What becomes of an element in a client's files."""

    key: Key
    before: Element | None
    after: Element | None


class Deployment(NamedTuple):
    """What is done to a client's files, what it says afterwards, and what is to be remembered until the next time."""

    member: Member
    written: Written
    changes: tuple[Change, ...]
    after: Elements
    base: Elements
    made: Made


class Plan(NamedTuple):
    """What would be done. `news`: the elements that are to stand in the centre in place of others."""

    outcome: Outcome
    news: Mapping[Key, Standing]
    deployments: tuple[Deployment, ...]

    @property
    def in_step(self) -> bool:
        """Whether there is nothing to do, nor to decide."""
        changes = any(deployment.changes for deployment in self.deployments)
        return not (self.news or changes or self.outcome.conflicts or self.outcome.waiting)


def plan(
    scope: Scope,
    centre: Mapping[Key, Standing],
    members: Sequence[Member],
    policy_of: Callable[[Key], Policy],
    approves: Callable[[Decision], bool] = nobody,
    refused: Collection[Key] = (),
    yields: Collection[tuple[str, Key]] = (),
) -> Plan:
    """Plan a sync. Elements that the centre has `refused` stay where they are; a client `yields` those that a person
    has decided against it.
    """
    given_up = {member.client.name: [key for name, key in yields if name == member.client.name] for member in members}
    sides = [_side(member, centre, refused, given_up[member.client.name]) for member in members]
    outcome = reconcile(centre, sides, policy_of, approves)
    news = {key: one for key, one in outcome.centre.items() if one != centre.get(key)}
    by_name = {side.client: (member, side) for member, side in zip(members, sides, strict=True)}
    deployments: list[Deployment] = []
    for name in _lenders_first(members):
        member, side = by_name[name]
        means = _Means(outcome, _lent(member, deployments), given_up[name])
        deployments.append(_deployment(scope, member, side, means))
    return Plan(outcome, news, tuple(deployments))


def _lenders_first(members: Sequence[Member]) -> Iterable[str]:
    """The clients' names, each behind those whose files it reads."""
    order: TopologicalSorter[str] = TopologicalSorter()
    for reader in members:
        lenders = [one.client.name for one in members if one is not reader and _lends(one.client, reader.client)]
        order.add(reader.client.name, *lenders)
    return order.static_order()


def _lends(owner: Client, reader: Client) -> frozenset[Kind]:
    """The kinds of elements that one keeps in files that the other reads, too."""
    lent = set(reader.reads).intersection(owner.lends)
    return frozenset(section.kind for section in owner.sections if not lent.isdisjoint(section.patterns))


def _side(member: Member, centre: Mapping[Key, Standing], refused: Collection[Key], given_up: Collection[Key]) -> Side:
    """What a centre has never heard of is news to it, whatever another centre was told."""
    config = member.config
    base = None if member.base is None else {key: one for key, one in member.base.items() if key in centre}
    if base is not None and given_up:
        kept = {key: one for key, one in base.items() if key not in given_up}
        base = kept | {key: config.elements[key] for key in given_up if key in config.elements}
    blind = {key for key in member.base or {} if key.kind in config.blind}
    held = frozenset(config.held) | blind | frozenset(refused)
    return Side(member.client.name, base, config.elements, member.time, held)


def _lent(reader: Member, deployments: Sequence[Deployment]) -> set[Key]:
    """What a client has from another's file, which it reads. What is off there might run here."""
    lent: set[Key] = set()
    for deployment in deployments:
        kinds = _lends(deployment.member.client, reader.client)
        lent |= {key for key, one in deployment.after.items() if key.kind in kinds and not _is_off(one)}
    return lent


def _is_off(element: Element) -> bool:
    return isinstance(element, Server) and not element.enabled


class _Means(NamedTuple):
    """What a client's files are made from: the outcome, what it has from others' files, what it has given up."""

    outcome: Outcome
    lent: Collection[Key]
    given_up: Collection[Key]


def _deployment(scope: Scope, member: Member, side: Side, means: _Means) -> Deployment:
    name, now, outcome = member.client.name, member.config.elements, means.outcome
    open_ = {one.key for one in outcome.waiting if one.client == name}
    open_ |= {one.key for one in outcome.conflicts if one.client == name} | side.held
    wanted = {
        key: one.element
        for key, one in outcome.centre.items()
        if key not in open_ and (key in now or key not in means.lent)
    }
    wanted |= {key: None for key in means.given_up if key not in outcome.centre}
    wished = configuration.write(member.client, scope, member.files, wanted, member.unknown)
    written, containers = pruned(member.client, scope, member.files, wished, member.made)
    after = _read(scope, member, written)
    changes = [
        Change(key, now.get(key), after.get(key))
        for key in sorted(now.keys() | after.keys())
        if now.get(key) != after.get(key)
    ]
    kept = {key: one for key, one in (member.base or {}).items() if key in open_}
    base = {key: one for key, one in after.items() if key not in open_} | kept
    return Deployment(member, written, tuple(changes), after, base, containers)


def _read(scope: Scope, member: Member, written: Written) -> Elements:
    files = {**member.files, **written.files}
    there = {location: raw for location, raw in files.items() if raw is not None}
    return configuration.read(member.client, scope, there, member.unknown).elements
