"""`headrace watch`: what is watched, as it happens, why, and how it does."""

import hashlib
import os
import socket
import stat
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from headrace.home import Home
from headrace.watchfile import Roots, read_roots
from headrace.words import complain, line, out, plain, print_json
from schemas.errors import Misconfigured
from schemas.settings import Settings, secret
from watchers.ignore import Ignore
from watchers.report import Found, read_reports
from watchers.roots import Root


class Trees(NamedTuple):
    """What the command line names: trees, or a file that does."""

    paths: Sequence[Path]
    config: Path | None
    gitignore: bool

    def roots(self, settings: Settings) -> Roots:
        """All of them. Raises Misconfigured."""
        named = [Root(path, settings.project, gitignore=self.gitignore) for path in self.paths]
        if self.config is None:
            return Roots(named)
        read = read_roots(self.config.expanduser(), settings.project)
        return Roots([*named, *read.roots], read.server)


def watcher_name(roots: Sequence[Root]) -> str:
    """The same at every start, and another for other trees of this machine."""
    trees = "\0".join(sorted(str(root.path.resolve()) for root in roots))
    return f"{socket.gethostname()}-{hashlib.sha256(trees.encode(errors='surrogateescape')).hexdigest()[:6]}"


def needed(roots: Roots) -> list[Root]:
    """The roots. Raises Misconfigured where there are none, or one is no directory."""
    if not roots.roots:
        raise Misconfigured("no tree to watch", "name one: headrace watch TREE; or a file that does: --config FILE")
    for root in roots.roots:
        if not root.path.is_dir():
            raise Misconfigured(f"{root.path} is not a directory", "name a directory that exists")
    return roots.roots


def run_watch(
    settings: Settings, trees: Trees, server: str | None, data: Path | None, *, emits: bool, initial: bool
) -> None:
    """`headrace watch TREE…`. With `emits`, a server is told only where one is named."""
    from headrace.lean import become_lean

    named = trees.roots(settings)
    roots = needed(named)
    home = Home.of(data, settings)
    home.make()
    server, key = _address(server or named.server, data, settings, needs_none=emits)
    options = {
        "data": home.path,
        "server": server,
        "key": key,
        "watcher": watcher_name(roots),
        "emit_jsonl": emits,
        "show": sys.stdout.isatty() and not emits,
        "initial": initial,
        "settle": settings.settle_ms / 1000,
    }
    become_lean(
        {
            "log_level": settings.log_level,
            "log_json": settings.log_json,
            "sentry_dsn": secret(settings.sentry_dsn),
            "roots": [root._asdict() for root in roots],
            "options": options,
        }
    )


def _address(
    server: str | None, data: Path | None, settings: Settings, *, needs_none: bool
) -> tuple[str | None, str | None]:
    """The address of the server to send to, and the key for it."""
    if needs_none and not server:
        return None, None
    from headrace.remote import Server

    return Server.find(server, data, settings)


def explain_path(settings: Settings, trees: Trees, path: Path, data: Path | None) -> None:
    """`headrace watch [TREE…] --explain PATH`."""
    roots = trees.roots(settings).roots
    if not roots:
        states = [root for found in read_reports(Home.of(data, settings).watch) for root in found.state.roots]
        roots = [Root(Path(state.path), state.project, gitignore=state.gitignore) for state in states]
    place = path.parent.resolve() / path.name
    above = [root for root in roots if place.is_relative_to(root.path.resolve())]
    if not above:
        raise Misconfigured(
            f"{path} is in no tree that is watched", "name its tree: headrace watch TREE --explain PATH"
        )
    for root in above:
        out.print(f"{line(path)}: {line(_explained(root, place, Home.of(data, settings).path))}")


def _explained(root: Root, place: Path, data: Path) -> str:
    top = root.path.resolve()
    relative = os.fsencode(place.relative_to(top).as_posix())
    own = os.fsencode(data.resolve().relative_to(top).as_posix()) if data.resolve().is_relative_to(top) else None
    ignore = Ignore(os.fsencode(top), gitignore=root.gitignore, own=own)
    verdict = ignore.explain(relative, is_directory=place.is_dir() and not place.is_symlink())
    if verdict.ignored:
        return f"not watched, by {verdict.rule}"
    said = f"watched in {root.path}" + (f", by {verdict.rule}" if verdict.rule else "")
    if unusual := _unusual(place):
        return f"not read: {unusual}"
    from watchers.components import Components

    component = Components().wire_path(relative)
    sent = f"a server is told of it as {component}" if component else "a server is not told of it: it is no component"
    return f"{said}; {sent}"


def _unusual(place: Path) -> str:
    """Why a path is not read though no rule is against it."""
    try:
        mode = place.lstat().st_mode
    except OSError as error:
        return f"{error.strerror}"
    if stat.S_ISLNK(mode):
        return "a symbolic link is not followed"
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        return "it is no file"
    return "" if os.access(place, os.R_OK) else "its permissions do not let us"


def show_watchers(settings: Settings, data: Path | None, *, as_json: bool) -> None:
    """`headrace watch status`. Exits with 1 where something is wrong."""
    home = Home.of(data, settings)
    found = read_reports(home.watch)
    if as_json:
        print_json([one.state.json | {"running": one.running} for one in found])
    elif not found:
        complain(f"nothing is watched from {home.path}", "headrace watch TREE; or headrace watch install TREE")
    for one in found if not as_json else ():
        _show_daemon(one)
    if not found or not all(one.running and root.health == "ok" for one in found for root in one.state.roots):
        raise SystemExit(1)


def _show_daemon(found: Found) -> None:
    state = found.state
    to = f"sends to {state.server}" if state.server else "prints"
    ended = f"ended without a word after {_local(state.at)}; start it again"
    out.print(
        f"[bold]{plain(state.watcher)}[/]  {plain(to)}  [dim]{f'process {state.pid}' if found.running else ended}[/]"
    )
    for root in state.roots:
        changed = _local(root.last_change) if root.last_change else "none yet"
        out.print(f"  {plain(root.path)}")
        out.print(
            f"    {root.files} files of project {plain(root.project)}, last change {changed}, {root.spool} unsent"
        )
        out.print(f"    [{'green' if root.health == 'ok' else 'bold red'}]{plain(root.health)}[/]")


def _local(time: str) -> str:
    return f"{datetime.fromisoformat(time).astimezone():%Y-%m-%d %H:%M:%S}"
