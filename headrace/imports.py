"""`headrace import-cvlab`: what a CVLab-Kit server has kept, out of its SQLite file, which is only ever read.

Everything is checked before anything is sent. Then the versions go to the gateway in the order of their times, and
after them what experiments used. What cannot be taken is left out by name, and the rest goes on.
"""

import asyncio
import sqlite3
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Literal, NamedTuple

from rich.progress import Progress

from headrace.remote import Remote
from headrace.words import complain, err, line, out, print_json, table
from schemas.base import Model
from schemas.components import ComponentPath, check_content
from schemas.errors import Away, Misconfigured, NotFound
from schemas.hashing import fingerprint
from schemas.imports import MOST, Imported, OldManifest, OldVersion, utc
from schemas.manifests import MOST as MOST_ENTRIES
from schemas.manifests import check_uid
from schemas.settings import Settings

BATCH_BYTES = 8 << 20
"""What one request brings at most, where it brings several things."""
LARGEST = 4 << 20
"""Bytes of a content that is sent: in JSON they may be six times as many, and a server takes 32 MiB."""
PATIENCE = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds to wait between tries, where a server that has answered before is away."""
BUSY_SECONDS = 5.0
"""How long to wait for a lock on the file."""

_COLUMNS = {
    "component_versions": {"hash", "path", "content", "is_active", "created_at"},
    "experiment_component_manifests": {"experiment_uid", "component_path", "component_hash", "created_at"},
}
_VERSIONS = """
select rowid, path, hash, created_at, is_active, length(cast(content as blob)),
    case when length(cast(content as blob)) <= ? then content end
from component_versions
"""
_CONTENT = "select content from component_versions where rowid = ?"
_ENTRIES = "select component_path, component_hash, created_at from experiment_component_manifests"
_MANIFESTS = """
select experiment_uid, component_path, component_hash, created_at
from experiment_component_manifests order by cast(experiment_uid as blob), rowid
"""
_EXPERIMENTS = "select count(distinct experiment_uid) from experiment_component_manifests"

_NAME_IT = "name the SQLite file of the CVLab-Kit server"
_SHOWN = 300

Became = Literal["added", "present", "skipped"]
_BECAME: tuple[Became, ...] = ("added", "present", "skipped")


class Raw(NamedTuple):
    """A row as it is found: SQLite lets anything be in any column. Texts are bytes."""

    rowid: int
    path: object
    hash: object
    created_at: object
    is_active: object
    size: int | None
    content: object


class Row(NamedTuple):
    """A version to be imported, checked. `rowid`: where its content lies. They sort in the order of their times."""

    created_at: datetime
    path: str
    rowid: int
    hash: str
    is_active: bool

    @property
    def key(self) -> tuple[str, str]:
        """What a manifest calls it."""
        return self.path, self.hash


@dataclass
class Tally:
    """What it has come to so far. `usable`: the versions that manifests may name; `notes`: what one should know."""

    counts: Counter[tuple[str, Became]] = field(default_factory=Counter)
    paths: dict[Became, set[str]] = field(default_factory=lambda: defaultdict(set))
    usable: set[tuple[str, str]] = field(default_factory=set)
    skipped: list[dict[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def note(self, what: str, became: Became, name: str, why: str = "") -> None:
        """Note what became of something."""
        self.counts[what, became] += 1
        if became == "skipped":
            self.skipped.append({"what": what, "name": name, "why": why})

    def version(self, became: Became, path: str, hash_: str, why: str = "") -> None:
        """The same of a version."""
        self.note("version", became, f"{path} {hash_}", why)
        self.paths[became].add(path)
        if became != "skipped":
            self.usable.add((path, hash_))

    def answer(self, answer: Imported) -> None:
        """Note what a server says."""
        for became in _BECAME[:2]:
            for one in getattr(answer.versions, became):
                self.version(became, one.path, one.hash)
            for uid in getattr(answer.manifests, became):
                self.note("experiment", became, uid)
        for version in answer.versions.refused:
            self.version("skipped", version.path, version.hash, version.reason)
        for manifest in answer.manifests.refused:
            self.note("experiment", "skipped", manifest.experiment_uid, manifest.reason)
        for aside in answer.versions.aside:
            self.notes.append(f"{aside.path}: {aside.hash} was active there; what is active here stays")

    def table(self) -> dict[str, dict[Became, int]]:
        """How many versions, components and experiments were added, were there, were skipped."""
        here = self.paths["present"]
        added = self.paths["added"] - here
        lost = self.paths["skipped"] - here - added
        return {
            "versions": {became: self.counts["version", became] for became in _BECAME},
            "components": {"added": len(added), "present": len(here), "skipped": len(lost)},
            "experiments": {became: self.counts["experiment", became] for became in _BECAME},
        }


async def import_store(remote: Remote, file: Path, *, project: str | None, dry_run: bool, as_json: bool) -> None:
    """`headrace import-cvlab`. Exits with 1 where something was left out."""
    tally = Tally()
    limit = Settings.model_fields["content_limit"].default if dry_run else LARGEST
    with _opened(file) as db, Progress(console=err, transient=True, disable=not sys.stderr.isatty()) as bar:
        rows = _take_stock(db, tally, limit, bar)
        if dry_run:
            _pretend(db, rows, tally)
        else:
            sender = Sender(remote, project, tally, bar)
            await sender.send("versions", _versions(db, rows), len(rows))
            await sender.send("manifests", _manifests(db, tally), db.execute(_EXPERIMENTS).fetchone()[0])
    _show(tally, dry_run=dry_run, as_json=as_json)
    if tally.skipped:
        raise SystemExit(1)


def _pretend(db: sqlite3.Connection, rows: Iterable[Row], tally: Tally) -> None:
    """As if a server had taken everything."""
    for row in rows:
        tally.version("added", *row.key)
    for old in _manifests(db, tally):
        tally.note("experiment", "added", old.experiment_uid)


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    """The store, to be read only. Raises NotFound, Misconfigured, also for what happens while it is read."""
    uri = f"{_existing(file).as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS)) as db:
            db.text_factory = bytes
            _check_columns(db, file)
            yield db
    except sqlite3.Error as error:
        raise Misconfigured(f"{file} cannot be read: {error}", _remedy(file, error)) from error


def _existing(file: Path) -> Path:
    try:
        if file.is_file():
            return file.resolve()
    except OSError as error:
        raise Misconfigured(f"{file} cannot be read: {error.strerror}", _NAME_IT) from error
    raise NotFound(f"there is no file {file}", _NAME_IT)


def _remedy(file: Path, error: sqlite3.Error) -> str:
    if getattr(error, "sqlite_errorname", "") == "SQLITE_NOTADB":
        return _NAME_IT
    return f"stop the CVLab-Kit server, or import a copy: sqlite3 {file} '.backup copy.db'"


def _check_columns(db: sqlite3.Connection, file: Path) -> None:
    for name, wanted in _COLUMNS.items():
        found = {column.decode() for (column,) in db.execute("select name from pragma_table_info(?)", (name,))}
        if missing := sorted(wanted - found):
            lacks = f"its table {name} has no {', '.join(missing)}" if found else f"it has no table {name}"
            raise Misconfigured(f"{file} is no CVLab-Kit store: {lacks}", _NAME_IT)


def _take_stock(db: sqlite3.Connection, tally: Tally, limit: int, bar: Progress) -> list[Row]:
    """All versions to be imported, checked, in the order of their times; one content at a time is in memory."""
    rows: list[Row] = []
    contents: dict[str, int] = {}
    for raw in map(Raw._make, bar.track(db.execute(_VERSIONS, (limit,)), description="checking")):
        try:
            hash_ = _identify(raw, limit)
            contents[hash_] = raw.rowid
            rows.append(Row(_time(raw.created_at), _path(raw.path), raw.rowid, hash_, _flag(raw.is_active)))
        except ValueError as error:
            tally.version("skipped", _shown(raw.path), _shown(raw.hash), str(error))
    elsewhere = _elsewhere(db, contents, {row.key for row in rows})
    if elsewhere:
        tally.notes.append(f"{len(elsewhere)} of the versions are known by manifests alone: their bytes lay elsewhere")
    return _one_active(sorted([*rows, *elsewhere]), tally)


def _identify(raw: Raw, limit: int) -> str:
    """The hash of its content. Raises ValueError where that is not as the store says, or cannot be a component."""
    if (raw.size or 0) > limit:
        raise ValueError(f"the content is {raw.size} bytes; at most {limit} are taken")
    if not isinstance(raw.content, bytes):
        raise ValueError("it has no content")
    check_content(raw.content)
    if (found := fingerprint(raw.content).hash) != _text(raw.hash, "hash"):
        raise ValueError(f"the hash of its content is {found}")
    return found


def _elsewhere(db: sqlite3.Connection, contents: dict[str, int], known: set[tuple[str, str]]) -> list[Row]:
    """Versions that only manifests tell of: the old store keeps equal bytes once, under one of their paths.

    They were there when an experiment first used them: nothing older is known of them.
    """
    first: dict[tuple[str, str], datetime] = {}
    for raw_path, raw_hash, raw_time in db.execute(_ENTRIES):
        try:
            key, at = (_path(raw_path), _text(raw_hash, "hash")), _time(raw_time)
        except ValueError:
            continue  # said where the experiment is read
        if key not in known and key[1] in contents:
            first[key] = min(at, first.get(key, at))
    return [Row(at, path, contents[hash_], hash_, is_active=False) for (path, hash_), at in first.items()]


def _one_active(rows: Sequence[Row], tally: Tally) -> list[Row]:
    """At most one active version of each path: the newest."""
    newest = {row.path: row for row in rows if row.is_active}
    for path, number in Counter(row.path for row in rows if row.is_active).items():
        if number > 1:
            tally.notes.append(f"{path}: {number} versions are active there; the newest, {newest[path].hash}, counts")
    return [row._replace(is_active=newest.get(row.path) == row) for row in rows]


def _versions(db: sqlite3.Connection, rows: Iterable[Row]) -> Iterator[OldVersion]:
    for row in rows:
        (content,) = db.execute(_CONTENT, (row.rowid,)).fetchone() or (b"",)
        text = str(content or b"", errors="replace")  # where it has changed meanwhile, its hash says so
        yield OldVersion(path=row.path, content=text, hash=row.hash, created_at=row.created_at, is_active=row.is_active)


def _manifests(db: sqlite3.Connection, tally: Tally) -> Iterator[OldManifest]:
    """What experiments used, as far as it is usable."""
    raw = db.execute(_MANIFESTS).fetchall()  # a query that stays open would keep the old server from writing
    for raw_uid, raws in groupby(raw, key=itemgetter(0)):
        try:
            old = _manifest(check_uid(_text(raw_uid, "uid")), raws, tally)
        except ValueError as error:
            tally.note("experiment", "skipped", _shown(raw_uid), str(error))
        else:
            yield old


def _manifest(uid: str, raws: Iterable[Any], tally: Tally) -> OldManifest:
    """What an experiment used; where it names two versions of a component, the later word counts."""
    times, entries = _entries(uid, raws, tally)
    used = {path: hash_ for _, path, hash_ in sorted(entries, key=itemgetter(0))}
    if not used:
        raise ValueError("none of its components can be taken")
    if len(used) > MOST_ENTRIES:
        raise ValueError(f"it has {len(used)} components; at most {MOST_ENTRIES} are taken")
    for path in sorted({path for _, path, hash_ in entries if used[path] != hash_}):
        tally.notes.append(f"{uid}: it names several versions of {path}; the latest, {used[path]}, counts")
    return OldManifest(experiment_uid=uid, components=used, created_at=min(times))


def _entries(uid: str, raws: Iterable[Any], tally: Tally) -> tuple[list[datetime], list[tuple[datetime, str, str]]]:
    """The times of an experiment's rows, and those of the rows that are usable, as (time, path, hash)."""
    times: list[datetime] = []
    entries: list[tuple[datetime, str, str]] = []
    for _, raw_path, raw_hash, raw_time in raws:
        try:
            times.append(_time(raw_time))
            key = _path(raw_path), _text(raw_hash, "hash")
            if key not in tally.usable:
                raise ValueError("there is no such version to import")
            entries.append((times[-1], *key))
        except ValueError as error:
            tally.note("entry", "skipped", f"{uid}: {_shown(raw_path)} {_shown(raw_hash)}", str(error))
    return times, entries


def _text(value: object, what: str) -> str:
    with suppress(UnicodeDecodeError):
        if isinstance(value, bytes):
            return value.decode()
    raise ValueError(f"the {what} is no UTF-8 text")


def _path(value: object) -> str:
    return ComponentPath.parse(_text(value, "path")).wire


def _time(value: object) -> datetime:
    """A time as SQLAlchemy writes it: in UTC, unless it says otherwise."""
    text = _text(value, "time")
    try:
        return utc(datetime.fromisoformat(text))
    except ValueError:
        raise ValueError(f"the time {text[:_SHOWN]!r} is none") from None


def _flag(value: object) -> bool:
    return value not in (None, 0, b"", b"0", b"f", b"false", b"False")


def _shown(value: object) -> str:
    """Something that may be anything, as a name."""
    text = value.decode(errors="backslashreplace") if isinstance(value, bytes) else str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


class Sender:
    """Sends in parts that one request can hold. The same part sent again counts once."""

    def __init__(self, remote: Remote, project: str | None, tally: Tally, bar: Progress) -> None:
        self._remote = remote
        self._params = {"project": project} if project else {}
        self._tally = tally
        self._bar = bar
        self._has_answered = False

    async def send(self, name: str, items: Iterable[Model], total: int) -> None:
        """Send all, under the name that the request has for them."""
        task = self._bar.add_task(name, total=total)
        for batch in _batches(item.model_dump_json().encode() for item in items):
            body = b'{"%b":[%b]}' % (name.encode(), b",".join(batch))
            self._tally.answer(Imported.model_validate(await self._post(body)))
            self._bar.advance(task, len(batch))

    async def _post(self, body: bytes) -> Any:
        for seconds in PATIENCE if self._has_answered else ():
            try:
                return await self._once(body)
            except Away as error:
                complain(f"{error.message}: it is tried again in {seconds:g} s")
                await asyncio.sleep(seconds)
        try:
            return await self._once(body)
        except Away as error:
            raise Away(error.message, "import again once it answers: what it has taken already counts once") from error

    async def _once(self, body: bytes) -> Any:
        options = {"data": BytesIO(body), "headers": {"Content-Type": "application/json"}, "params": self._params}
        answer = await self._remote.call("POST", "/api/components/import", **options)  # of large bytes aiohttp warns
        self._has_answered = True
        return answer


def _batches(items: Iterable[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    size = 0
    for item in items:
        if batch and (len(batch) == MOST or size + len(item) > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += len(item)
    if batch:
        yield batch


def _show(tally: Tally, *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        print_json({"dry_run": dry_run, **tally.table(), "skipped": tally.skipped, "notes": tally.notes})
        return
    names: dict[Became, str] = {"added": "added", "present": "already there", "skipped": "skipped"}
    if dry_run:
        names = {"added": "to import", "skipped": "skipped"}
    table(["", *names.values()], [[what, *(row[became] for became in names)] for what, row in tally.table().items()])
    for note in tally.notes:
        out.print(f"[dim]note:[/] {line(note)}")
    for one in tally.skipped:
        out.print(f"[bold red]skipped:[/] {one['what']} {line(one['name'])}: {line(one['why'])}")
