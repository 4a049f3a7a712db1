"""Bring the clients of one scope into step: look, plan, tell, check, write, remember. Whatever fails is begun anew.

The centre is told first, each element only in the place of the one that was looked at; then each client's program may
refuse its new files; then the others are written, each only in the place of the one that was read; then it is
remembered what they say. Killed anywhere in between, the next sync finds nothing to do twice.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from schemas.clients import configuration
from schemas.clients.adapter import Client, Problem, Scope
from schemas.clients.planning import Member, Plan, plan
from schemas.clients.reconcile import Decision, Policy, Standing, nobody
from schemas.clients.unified import Key
from schemas.errors import Away
from watchers.below.files import Moved, Unusable
from watchers.clients.centre import Centre, Refused
from watchers.clients.checking import Finding, Programs, check
from watchers.clients.disk import Disk
from watchers.clients.state import State

ATTEMPTS = 20
"""Times that somebody else may be first, before we give up."""


class Scene(NamedTuple):
    """What is synced: which clients, where, and who decides.

    `programs`: how clients' own programs are run to check their new files; None: they are not.
    """

    scope: Scope
    clients: Sequence[Client]
    disk: Disk
    state: State
    policy_of: Callable[[Key], Policy]
    programs: Programs | None = None


class Report(NamedTuple):
    """What was planned and, unless only looked at, done.

    `failed`: whose files were not written, and why; `unchecked`: whose were, though their program could not judge them.
    """

    scope: Scope
    plan: Plan
    problems: Mapping[str, tuple[Problem, ...]]
    refused: tuple[Refused, ...] = ()
    failed: Mapping[str, Unusable] = {}
    unchecked: Mapping[str, Finding] = {}


async def look(scene: Scene, centre: Centre, approves: Callable[[Decision], bool] = nobody) -> Report:
    """Say what a sync would do."""
    standing = await centre.standing(scene.scope)
    return await asyncio.to_thread(_planned, scene, standing, approves, ())


async def sync(scene: Scene, centre: Centre, approves: Callable[[Decision], bool] = nobody) -> Report:
    """Bring all clients into step with each other.

    Raises:
        Away: the centre cannot be reached, or somebody else is always first.
    """
    refused: tuple[Refused, ...] = ()
    for _ in range(ATTEMPTS):
        standing = await centre.standing(scene.scope)
        report = await asyncio.to_thread(_planned, scene, standing, approves, refused)
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


def _planned(
    scene: Scene, standing: Mapping[Key, Standing], approves: Callable[[Decision], bool], refused: Sequence[Refused]
) -> Report:
    bases = scene.state.bases()
    members: list[Member] = []
    problems: dict[str, tuple[Problem, ...]] = {}
    for client in scene.clients:
        found = scene.disk.read(client, scene.scope)
        config = configuration.read(client, scene.scope, found.files, found.unknown)
        members.append(Member(client, found.files, config, bases.get(client.name), found.time, found.unknown))
        problems[client.name] = (*found.problems, *config.unreadable, *config.held.values())
    keys = [one.key for one in refused]
    made = plan(scene.scope, standing, members, scene.policy_of, approves, keys)
    return Report(scene.scope, made, {name: some for name, some in problems.items() if some}, tuple(refused))


def _deploy(scene: Scene, report: Report) -> Report | None:
    """Write what is to be written and is not refused, and remember it; None where a file was changed meanwhile.

    Who takes part no more is forgotten: should it come back without its files, nothing was deleted.
    """
    found = check(report.plan.deployments, scene.programs) if scene.programs else {}
    failed = {name: Unusable(one.why, one.remedy) for name, one in found.items() if one.blocks}
    members = {deployment.member.client.name for deployment in report.plan.deployments}
    bases = {name: base for name, base in scene.state.bases().items() if name in members}
    try:
        for deployment in report.plan.deployments:
            name = deployment.member.client.name
            if name in failed:
                continue
            try:
                scene.disk.write(deployment.written.files, deployment.member.files)
            except Unusable as error:
                failed[name] = error
            else:
                bases[name] = deployment.base
    except Moved:
        return None
    finally:
        scene.state.keep(bases)
    return report._replace(failed=failed, unchecked={name: one for name, one in found.items() if not one.blocks})


def taking_part(clients: Sequence[Client], scope: Scope, disk: Disk, named: Sequence[str] = ()) -> list[Client]:
    """The clients that have files there, those that are named, and the files that these share."""
    members = [one for one in clients if one.name in named or (not one.shared and disk.has(one, scope))]
    read = {location for one in members for location in one.reads}
    return [
        one
        for one in clients
        if one in members or (one.shared and (read & set(configuration.patterns(one, scope)) or disk.has(one, scope)))
    ]
