"""What people ask of `headrace clients` besides a sync: who is there, what differs, why, since when, and back."""

import asyncio
import shutil
import sys
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from headrace.clients import (
    WAITING,
    Place,
    Wanted,
    approved,
    client_named,
    everybody,
    is_asked,
    looked_at,
    opened,
    scene_of,
    score,
)
from headrace.clients_import import Source, show_imported, source_of, take_in, waiting_in
from headrace.clients_merged import settle_merged, written_in
from headrace.clients_past import key_named, roll_back, show_file_diffs, show_history, show_why
from headrace.clients_policy import Chosen, choose
from headrace.clients_shown import as_json, show
from headrace.words import out, plain, print_json, table
from schemas.clients.adapter import Client, Scope
from schemas.clients.adapters import CLIENTS
from schemas.clients.reconcile import Decision, Policy, nobody
from schemas.clients.unified import Key, Kind
from schemas.errors import Misconfigured
from schemas.settings import Settings
from watchers.clients.centre import EmptyCentre, ServedCentre
from watchers.clients.disk import Disk
from watchers.clients.syncing import look, sync
from watchers.clients.telling import shown

CENTRE = "centre"
"""Whose side is taken where it is no client's."""

_FOREMOST = 1_000_000


class Asker:
    """One command: on which server, and about whose configurations."""

    def __init__(self, settings: Settings, server: str | None, data: Path | None, wanted: Wanted) -> None:
        self._where = (settings, server, data)
        self._place = Place.find(settings, wanted.root, wanted.scope)
        self._scene = scene_of(self._place, wanted)
        self._as_json = wanted.as_json

    def show_diff(self, only: str | None) -> None:
        """What a sync would change in the files, all approved."""
        if only is not None:
            client_named(only)

        async def run() -> None:
            async with looked_at(*self._where, self._place) as centre:
                report = await look(self._scene, centre, everybody)
            if self._as_json:
                print_json(as_json(report, is_done=False))
            else:
                show_file_diffs(report, only)

        _run(run())

    def show_history(self, key: str) -> None:
        """How an element came to be what it is."""
        named = key_named(key)

        async def run() -> None:
            async with self._begun() as centre:
                await show_history(centre, self._place.scope, named, as_json=self._as_json)

        _run(run())

    def show_why(self, key: str) -> None:
        """Who made an element what it is, and where it stands."""
        named = key_named(key)

        async def run() -> None:
            async with self._begun() as centre:
                report = await look(self._scene, centre)
                await show_why(centre, report, named, as_json=self._as_json)

        _run(run())

    def take_in(self, path: Path, client: str | None, wanted: Wanted) -> None:
        """Take in what other files say, or an export, and bring all clients into step with that."""
        source = source_of(path, self._place.scope, client, self._place.home)

        async def run() -> None:
            async with self._begun() as centre, self._scene.state.alone():
                approves = await self._approval(centre, source, wanted)
                imported = await take_in(centre, self._place.scope, source, approves)
                report = await sync(self._scene, centre)  # what was approved of stands in the centre by now
            show_imported(source, imported, report, as_json=self._as_json)
            if imported.waiting:
                raise SystemExit(WAITING)

        _run(run())

    async def _approval(self, centre: ServedCentre, source: Source, wanted: Wanted) -> Callable[[Decision], bool]:
        if wanted.yes or not is_asked(wanted):
            return everybody if wanted.yes else nobody
        return await approved(await waiting_in(centre, self._place.scope, source))

    def roll_back(self, to: str, key: str | None, client: str | None = None) -> None:
        """Let elements be what they were, and bring all clients into step with that."""
        named = key_named(key) if key is not None else None
        if client is not None:
            client_named(client)

        async def run() -> None:
            async with self._begun() as centre, self._scene.state.alone():
                changed = await roll_back(centre, self._place.scope, to, named, client)
                report = await sync(self._scene, centre)
            if self._as_json:
                print_json({"rolled_back": [shown(one) for one in changed], **as_json(report, is_done=True)})
            else:
                out.print(f"as they were: {', '.join(plain(shown(one)) for one in changed) or 'all were already'}")
                show(report, is_done=True)

        _run(run())

    def resolve(self, key: str, take: str | None, merged: Path | None) -> None:
        """Settle what waits for a person: a client's side, the centre's, or what somebody has made of both."""
        named = key_named(key)
        if merged is not None and take is None:
            self._merge(named, merged)
        elif take is not None and merged is None:
            self._take(named, take)
        else:
            raise Misconfigured("say who wins, or what shall stand", "name one of --take CLIENT and --merged FILE")

    def _merge(self, named: Key, file: Path) -> None:
        content = written_in(file)

        async def run() -> None:
            async with self._begun() as centre, self._scene.state.alone():
                widens = await settle_merged(centre, self._place.site, named, content)
                report = await sync(self._scene, centre)
            if self._as_json:
                print_json({"widens": widens, **as_json(report, is_done=True)})
            else:
                if widens:
                    out.print(f"[bold yellow]lets agents do more[/]  {plain(shown(named))}: {plain(widens)}")
                show(report, is_done=True)

        _run(run())

    def _take(self, named: Key, take: str) -> None:
        if take != CENTRE:
            client_named(take)
        policy = Policy("central-authoritative", {take: _FOREMOST})
        scene = self._scene._replace(policy_of=lambda one, usual: policy if one == named else usual)

        async def run() -> None:
            async with self._begun() as centre, scene.state.alone():
                report = await sync(scene, centre, lambda one: one.key == named and one.client == take)
            if self._as_json:
                print_json(as_json(report, is_done=True))
            else:
                show(report, is_done=True)

        _run(run())

    def choose_policy(self, wanted: Wanted, kind: Kind | None) -> None:
        """Say who wins conflicts from now on, or show who does."""
        chosen = Chosen(wanted.policy, dict(score(one) for one in wanted.priorities), kind)

        async def run() -> None:
            async with self._begun() as centre:
                await choose(centre, self._place.scope, chosen, as_json=self._as_json)

        _run(run())

    def show_list(self) -> None:
        """Who takes part."""
        report = asyncio.run(look(self._scene, EmptyCentre()))
        columns = ["client", "title", "files", "elements", "problems"]
        rows = [
            [
                one.member.client.name,
                one.member.client.title,
                ", ".join(location.path for location in one.member.files) or "nothing yet",
                len(one.member.config.elements),
                len(report.problems.get(one.member.client.name, ())),
            ]
            for one in report.plan.deployments
        ]
        if self._as_json:
            print_json([dict(zip(columns, row, strict=True)) for row in rows])
        else:
            table(columns, rows)

    def add(self, names: list[str]) -> None:
        """Let clients take part from now on, though they have no files yet."""
        for name in names:
            client_named(name)
        self._scene.state.add(names)
        out.print(f"{', '.join(names)}: with the next headrace clients sync")

    def _begun(self) -> AbstractAsyncContextManager[ServedCentre]:
        return opened(*self._where, self._place)


def _run(work: Coroutine[Any, Any, None]) -> None:
    try:
        asyncio.run(work)
    except KeyboardInterrupt:
        sys.exit(130)


def detect(settings: Settings, root: Path | None, *, as_json: bool) -> None:
    """The clients on this machine: whose program is there, and who has files in the project or in the home."""
    home = Path.home()
    place = Place.find(settings, root, None)
    disk = Disk(place.root, home)
    scopes: tuple[Scope, ...] = ("project", "user") if place.scope == "project" else ("user",)
    found = [_detected(client, disk, scopes) for client in CLIENTS if not client.shared]
    found = [one for one in found if one["program"] or one["files"]]
    if as_json:
        print_json(found)
        return
    table(
        ["client", "title", "program", "files"],
        [[one["name"], one["title"], one["program"] or "", ", ".join(one["files"])] for one in found],
    )


def _detected(client: Client, disk: Disk, scopes: tuple[Scope, ...]) -> dict[str, Any]:
    files = [
        ("~/" if location.scope == "user" else "") + location.path
        for scope in scopes
        if disk.has(client, scope)
        for location in disk.read(client, scope).files
        if location not in client.reads
    ]
    program = shutil.which(client.program) if client.program else None
    return {"name": client.name, "title": client.title, "program": program, "files": list(dict.fromkeys(files))}
