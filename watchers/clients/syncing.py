"""Bring the clients of one scope into step: look, plan, tell, check, write, remember. Whatever fails is begun anew.

The centre is told first, each element only in the place of the one that was looked at; then each client's program may
refuse its new files; then the others are written, each only in the place of the one that was read; then it is
remembered what they say. Killed anywhere in between, the next sync finds nothing to do twice.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

from schemas.base import now
from schemas.clients import configuration
from schemas.clients.adapter import Client, Problem, Scope
from schemas.clients.adapters import CLIENTS
from schemas.clients.planning import Deployment, Member, plan
from schemas.clients.reconcile import Decision, Policy, Standing, nobody
from schemas.clients.records import Trigger
from schemas.clients.sessions import Brief, Site
from schemas.clients.unified import Key
from schemas.errors import Away
from watchers.below.files import Moved, Unusable
from watchers.clients.asking import answers_to, merged, without
from watchers.clients.centre import Centre, Refused, ServedCentre
from watchers.clients.checking import Programs, check
from watchers.clients.disk import Disk
from watchers.clients.errand import Errand, tell_untold
from watchers.clients.report import Report
from watchers.clients.state import State
from watchers.clients.telling import Times

PAUSES = (0.1, 0.2, 0.4)
"""Seconds after which a file that cannot be written is tried again."""

AT_ONCE = 8
"""Clients whose files are written at the same time."""

ATTEMPTS = 20
"""Times that somebody else may be first, before we give up."""


def as_on_server(_: Key, policy: Policy) -> Policy:
    """The policy that the server has, unchanged."""
    return policy


class Scene(NamedTuple):
    """What is synced: which clients, where, and who decides.

    `policy_of`: the policy for an element, given the one that the server has. `programs`: how clients' own programs
    are run to check their new files; None: they are not.
    """

    site: Site
    clients: Sequence[Client]
    disk: Disk
    state: State
    policy_of: Callable[[Key, Policy], Policy] = as_on_server
    programs: Programs | None = None

    @property
    def scope(self) -> Scope:
        """Of the site."""
        return self.site.scope


async def look(scene: Scene, centre: Centre, approves: Callable[[Decision], bool] = nobody) -> Report:
    """Say what a sync would do."""
    brief = await centre.brief(scene.site)
    standing = await centre.standing(scene.scope)
    return await asyncio.to_thread(_planned, _attended(scene, brief), brief, standing, approves, ())


async def sync(
    scene: Scene,
    centre: ServedCentre,
    approves: Callable[[Decision], bool] = nobody,
    trigger: Trigger = "command",
) -> Report:
    """Bring all clients into step with each other, and tell what was done.

    Raises:
        Away: the centre cannot be reached, or somebody else is always first.
    """
    await tell_untold(scene.state, centre)
    brief = await centre.brief(scene.site)
    errand = Errand(scene.site, scene.state, centre, brief, trigger)
    await errand.begin()
    began = now()
    report = await _synced(_attended(scene, brief), brief, centre, approves)
    return await errand.end(report, Times(began, now()))


async def _synced(scene: Scene, brief: Brief, centre: Centre, approves: Callable[[Decision], bool]) -> Report:
    refused: tuple[Refused, ...] = ()
    for _ in range(ATTEMPTS):
        standing = await centre.standing(scene.scope)
        report = await asyncio.to_thread(_planned, scene, brief, standing, approves, refused)
        if report.plan.news:
            found = await centre.put(scene.scope, report.plan.news)
            if found is None:
                continue
            if found:
                refused = (*refused, *found)
                continue
        done = await asyncio.to_thread(_deploy, scene, report)
        if done is not None:
            return done
    raise Away("the configurations change faster than they can be synced", "sync again")


def _attended(scene: Scene, brief: Brief) -> Scene:
    """The scene with those who were added on the server, and without those who are not enabled there."""
    added = {one.type for one in brief.clients if one.settings.enabled and one.settings.create}
    off = {one.type for one in brief.clients if not one.settings.enabled}
    there = {client.name for client in scene.clients}
    named = [client.name for client in CLIENTS if client.name in added | there]
    clients = taking_part(CLIENTS, scene.scope, scene.disk, named) if named else scene.clients
    return scene._replace(clients=[client for client in clients if client.name not in off])


def _planned(
    scene: Scene,
    brief: Brief,
    standing: Mapping[Key, Standing],
    approves: Callable[[Decision], bool],
    refused: Sequence[Refused],
) -> Report:
    bases, made = scene.state.bases(), scene.state.made()
    members: list[Member] = []
    problems: dict[str, tuple[Problem, ...]] = {}
    for client in scene.clients:
        found = scene.disk.read(client, scene.scope)
        config = configuration.read(client, scene.scope, found.files, found.unknown)
        remembered = bases.get(client.name), found.time, found.unknown, made.get(client.name, {})
        members.append(Member(client, found.files, config, *remembered))
        problems[client.name] = (*found.problems, *config.unreadable, *config.held.values())
    keys = [one.key for one in refused]

    def policy_of(key: Key) -> Policy:
        return scene.policy_of(key, brief.policy.of(key.kind))

    yields = merged(members, standing, scene.scope, brief)
    planned = plan(scene.scope, standing, members, policy_of, approves, keys, yields)
    answers = answers_to(planned, scene.scope, brief)
    if answers.yields:
        planned = plan(scene.scope, standing, members, policy_of, approves, keys, yields | answers.yields)
    return Report(
        scene.scope,
        without(planned, answers.left),
        {name: some for name, some in problems.items() if some},
        tuple(refused),
    )


def _deploy(scene: Scene, report: Report) -> Report | None:
    """Write what is to be written and is not refused, and remember it; None where a file was changed meanwhile.

    Who takes part no more is forgotten: should it come back without its files, nothing was deleted.
    """
    found = check(report.plan.deployments, scene.programs) if scene.programs else {}
    failed = {name: Unusable(one.why, one.remedy) for name, one in found.items() if one.blocks}
    members = {deployment.member.client.name for deployment in report.plan.deployments}
    bases = {name: base for name, base in scene.state.bases().items() if name in members}
    made = {name: paths for name, paths in scene.state.made().items() if name in members}
    wanted = [one for one in report.plan.deployments if one.member.client.name not in failed]
    with ThreadPoolExecutor(AT_ONCE) as pool:  # a file on the disk is waited for, and so are many
        written = [*pool.map(partial(_written, scene.disk), wanted)]
    for deployment, error in zip(wanted, written, strict=True):
        name = deployment.member.client.name
        if error is None:
            bases[name], made[name] = deployment.base, deployment.made
        elif isinstance(error, Unusable):
            failed[name] = error
    scene.state.keep(bases, made)
    if any(isinstance(error, Moved) for error in written):
        return None
    return report._replace(failed=failed, unchecked={name: one for name, one in found.items() if not one.blocks})


def _written(disk: Disk, deployment: Deployment) -> Unusable | Moved | None:
    """Write a client's files, again and again where they cannot be; why they could not."""
    for pause in (*PAUSES, None):
        try:
            disk.write(deployment.written.files, deployment.member.files)
        except Moved as error:
            return error
        except Unusable as error:
            if pause is None:
                return error
            time.sleep(pause)
        else:
            return None
    return None


def taking_part(clients: Sequence[Client], scope: Scope, disk: Disk, named: Sequence[str] = ()) -> list[Client]:
    """The clients that have files there, those that are named, and the files that these share."""
    members = [one for one in clients if one.name in named or (not one.shared and disk.has(one, scope))]
    read = {location for one in members for location in one.reads}
    return [
        one
        for one in clients
        if one in members or (one.shared and (read & set(configuration.patterns(one, scope)) or disk.has(one, scope)))
    ]
