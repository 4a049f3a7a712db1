"""`headrace clients`: the configurations of AI coding clients in a project, or of a person, from a command line."""

import asyncio
import getpass
import hashlib
import platform
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from platformdirs import user_state_path

from headrace.borrowed import borrowed, has_begun
from headrace.clients_shown import as_json, ask, show
from headrace.words import print_json
from schemas.clients.adapter import Client, Scope
from schemas.clients.adapters import BY_NAME, CLIENTS
from schemas.clients.reconcile import Decision, Policy, Strategy, nobody
from schemas.clients.sessions import Site
from schemas.clients.unified import Key
from schemas.errors import Misconfigured
from schemas.settings import Settings, environment_of
from watchers.clients.centre import Centre, EmptyCentre, ServedCentre
from watchers.clients.checking import Programs
from watchers.clients.disk import Disk
from watchers.clients.report import Report
from watchers.clients.state import State
from watchers.clients.syncing import Scene, look, sync, taking_part
from watchers.connection import Address

FAILED, DRIFT, WAITING = 1, 3, 4


class Place(NamedTuple):
    """Whose configurations: a project's, at its root, or a person's. `project`: their name in the log."""

    scope: Scope
    root: Path
    home: Path
    project: str

    @property
    def site(self) -> Site:
        """What the server knows it by."""
        machine = re.sub(r"[^A-Za-z0-9_.-]+", "-", platform.node())
        return Site(machine=machine, scope=self.scope, path=str(self.root))

    @classmethod
    def find(cls, settings: Settings, root: Path | None, scope: Scope | None) -> "Place":
        """What is meant: the project around here, else the person.

        Raises:
            Misconfigured: there is no project.
        """
        home = Path.home()
        found = root or _project_around(Path.cwd(), home)
        if scope == "user" or (found is None and scope is None):
            return cls("user", home, home, _named(settings, f"user-{getpass.getuser()}"))
        if found is None or not found.is_dir():
            raise Misconfigured(f"there is no project around {found or Path.cwd()}", "name its directory with --root")
        found = found.resolve()
        return cls("project", found, home, _named(settings, _project_name(found)))


def _project_around(here: Path, home: Path) -> Path | None:
    """The nearest directory upwards that is a repository, else this one, where some client has files in it."""
    above = [one for one in (here, *here.parents) if one.joinpath(".git").exists() and one != home]
    if above:
        return above[0]
    disk = Disk(here, home)
    return here if here != home and any(disk.has(client, "project") for client in CLIENTS) else None


def _named(settings: Settings, name: str) -> str:
    """The project that is set, else a name that fits."""
    if "project" in settings.model_fields_set:
        return settings.project
    return re.sub(r"[^a-z0-9_.-]+", "-", name.lower()).strip("-.")[:64] or "clients"


def _project_name(root: Path) -> str:
    """The same for every clone of a repository; another for every other directory."""
    origin = _remote_of(root) or str(root)
    return f"{origin.rpartition('/')[2][:40]}-{hashlib.sha256(origin.encode()).hexdigest()[:8]}"


def _remote_of(root: Path) -> str:
    """The address of a repository's remote as `host/path`, however it is spelled; empty where there is none."""
    git = ["git", "-C", str(root), "config", "--get", "remote.origin.url"]
    try:
        found = subprocess.run(git, capture_output=True, text=True, timeout=10, check=False).stdout.strip()  # noqa: S603 - git, for a directory
    except OSError:
        return ""
    scheme, is_url, rest = found.partition("://")
    address = rest if is_url else scheme.replace(":", "/", 1)
    host, _, path = address.partition("/")
    return f"{host.rpartition('@')[2]}/{path.rstrip('/').removesuffix('.git')}" if path else ""


class Wanted(NamedTuple):
    """What a sync is asked for."""

    root: Path | None = None
    scope: Scope | None = None
    clients: Sequence[str] = ()
    policy: Strategy | None = None
    priorities: Sequence[str] = ()
    yes: bool = False
    dry_run: bool = False
    check: bool = False
    as_json: bool = False
    validate: bool = True


def run_sync(settings: Settings, server: str | None, data: Path | None, wanted: Wanted) -> None:
    """Bring clients into step.

    Exits with 1 where something failed, with 3 where `check` finds that something is to be done, and with 4 where
    something waits for a person.
    """
    place = Place.find(settings, wanted.root, wanted.scope)
    try:
        report = asyncio.run(_run(settings, server, data, place, wanted))
    except KeyboardInterrupt:
        sys.exit(130)
    is_done = not (wanted.dry_run or wanted.check)
    if wanted.as_json:
        print_json(as_json(report, is_done=is_done))
    else:
        show(report, is_done=is_done)
    raise SystemExit(_status(report, wanted))


def _status(report: Report, wanted: Wanted) -> int:
    if any(deployment.member.config.unreadable for deployment in report.plan.deployments) or report.failed:
        return FAILED
    if wanted.dry_run:
        return 0
    if wanted.check:
        return 0 if report.plan.in_step else DRIFT
    if report.refused:
        return FAILED
    return WAITING if report.plan.outcome.waiting or report.plan.outcome.conflicts else 0


async def _run(settings: Settings, server: str | None, data: Path | None, place: Place, wanted: Wanted) -> Report:
    scene = scene_of(place, wanted)
    async with scene.state.alone():
        if wanted.dry_run or wanted.check:
            async with looked_at(settings, server, data, place) as centre:
                return await look(scene, centre, everybody if wanted.check else nobody)
        async with opened(settings, server, data, place) as centre:
            return await sync(scene, centre, await _approval(scene, centre, wanted))


async def _approval(scene: Scene, centre: Centre, wanted: Wanted) -> Callable[[Decision], bool]:
    """Who approves of what lets agents do more: whoever said yes to all, or sits at the terminal."""
    if wanted.yes or not is_asked(wanted):
        return everybody if wanted.yes else nobody
    return await approved((await look(scene, centre)).plan.outcome.waiting)


def is_asked(wanted: Wanted) -> bool:
    """Whether somebody sits there to be asked."""
    return not wanted.as_json and sys.stdin.isatty() and sys.stdout.isatty()


async def approved(waiting: Sequence[Decision]) -> Callable[[Decision], bool]:
    """Ask about each; what was approved of."""
    found = [(one.key, one.after) for one in waiting if await asyncio.to_thread(ask, one)]
    return lambda one: (one.key, one.after) in found


def everybody(_: Decision) -> bool:
    """Approves of everything."""
    return True


def scene_of(place: Place, wanted: Wanted) -> Scene:
    """Who takes part in a sync. Raises Misconfigured."""
    for name in wanted.clients:
        client_named(name)
    disk = Disk(place.root, place.home)
    state = State(user_state_path("headrace", appauthor=False) / "clients", place.root, place.project, place.scope)
    clients = taking_part(CLIENTS, place.scope, disk, [*state.added(), *wanted.clients])
    programs = Programs(environment_of("PATH", "LANG")) if wanted.validate else None
    return Scene(place.site, clients, disk, state, _policy(wanted), programs)


def _policy(wanted: Wanted) -> Callable[[Key, Policy], Policy]:
    """The policy that is given, and the server's where none is."""
    scores = dict(score(one) for one in wanted.priorities)
    return lambda _, usual: Policy(wanted.policy or usual.strategy, {**usual.scores, **scores})


def client_named(name: str) -> Client:
    """A client by its name. Raises Misconfigured."""
    if name not in BY_NAME:
        raise Misconfigured(f"there is no client {name!r}", f"they are: {', '.join(BY_NAME)}")
    return BY_NAME[name]


def score(said: str) -> tuple[str, int]:
    """A client and its priority, as people write them: `codex=10`. Raises Misconfigured."""
    name, _, number = said.partition("=")
    client_named(name)
    try:
        return name, int(number)
    except ValueError:
        raise Misconfigured(f"{said!r} is no priority", "write CLIENT=NUMBER, such as codex=10") from None


@asynccontextmanager
async def opened(
    settings: Settings, server: str | None, data: Path | None, place: Place
) -> AsyncIterator[ServedCentre]:
    """The centre on the server that is meant, or on one for the moment."""
    async with (
        borrowed(server, data, settings) as found,
        ServedCentre(Address(found.url, found.key, place.project, "")) as centre,
    ):
        yield centre


@asynccontextmanager
async def looked_at(settings: Settings, server: str | None, data: Path | None, place: Place) -> AsyncIterator[Centre]:
    """The centre for whoever changes nothing: where none was ever begun, none is."""
    if not has_begun(server, data, settings):
        yield EmptyCentre()
        return
    async with opened(settings, server, data, place) as centre:
        yield centre
