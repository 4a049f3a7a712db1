"""`headrace audit`: is the archive what was written, and what an outsider needs to see that."""

import sys
from base64 import b64encode
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import TypeVar

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from rich.progress import Progress

from headrace.foreground import to_the_end
from headrace.home import Home
from headrace.run import server_urls
from headrace.words import err, out, plain, print_json
from schemas.errors import Misconfigured, Rejected
from schemas.settings import Settings
from streams.archive import Archive
from streams.checkpoints import make_key, public_key, public_pem
from streams.store import Store
from streams.verify import Span, Verdict, verify

T = TypeVar("T")


class Auditor:
    """Somebody who audits one archive, with the key that it must be signed with."""

    def __init__(self, settings: Settings, data: Path | None, key: Path | None) -> None:
        """Raises Misconfigured where the key is none."""
        self._settings = settings
        self._url = server_urls(settings, data)[1]
        own = Home.of(data, settings).audit_key
        path = key or settings.audit_key or (own if own.exists() else None)
        self._key: Ed25519PublicKey | None = public_key(path) if path else None

    def verify(self, since: str | None, until: str | None, *, as_json: bool) -> None:
        """Check every link and every signature. Exits with 1 where one is broken."""
        started = monotonic()

        async def check(store: Store) -> Verdict:
            span = Span(await _before(store, since), await _number(store, until) if until else None)
            with _progress() as bar:
                task = bar.add_task("checking", total=None)
                return await verify(
                    store,
                    self._key,
                    span,
                    lambda done, of: bar.update(task, completed=done, total=of),
                    self._settings.exports,
                )

        verdict = self._ask(check)
        seconds = monotonic() - started
        if as_json:
            print_json(_as_dict(verdict) | {"whole": verdict.whole, "seconds": round(seconds, 3)})
        else:
            self._show(verdict, seconds)
        if not verdict.whole:
            raise SystemExit(1)

    def _ask(self, ask: Callable[[Store], Awaitable[T]]) -> T:
        async def run() -> T:
            store = await Store.connect(self._url, self._settings)
            try:
                return await ask(store)
            finally:
                await store.close()

        return to_the_end(run())

    def _show(self, verdict: Verdict, seconds: float) -> None:
        if verdict.broken:
            out.print(f"[bold red]broken[/]: checkpoint {verdict.broken.number}: {plain(verdict.broken.says)}")
            return
        if found := verdict.finding:
            place = f"{found.topic}/{found.partition} at offset {found.offset}"
            out.print(f"[bold red]broken[/] at event {found.seq}: {found.crime}: {plain(found.says)}")
            out.print(f"  place  {place}\n  id     {found.id or 'none'}")
            return
        rate = verdict.events / seconds if seconds else 0
        out.print(f"[bold green]whole[/]: {verdict.events} events in {verdict.chains} chains, {rate:,.0f} a second")
        signed = "signed by this key" if self._key else "whose signatures were not checked: name the key with --key"
        out.print(f"  {verdict.checkpoints} checkpoints {signed}; {verdict.unsigned} events since the newest")

    def export(self, folder: Path) -> None:
        """Write what an outsider needs to verify it without this program: docs/audit.md describes it.

        Raises:
            Misconfigured: the folder holds something already.
        """
        if folder.exists() and any(folder.iterdir()):
            raise Misconfigured(f"{folder} is not empty", "name a new folder")
        folder.mkdir(parents=True, exist_ok=True)
        events, checkpoints = self._ask(lambda store: _export(store, folder, self._settings.exports))
        if self._key:
            (folder / "public.pem").write_bytes(public_pem(self._key))
        out.print(f"wrote {events} events and {checkpoints} checkpoints to {plain(folder)}")


def make(path: Path) -> None:
    """Make a key. Raises Misconfigured where there is one already, or it cannot be written."""
    if path.exists():
        raise Misconfigured(f"{path} exists", "name a new file: what an old key has signed, only that one proves")
    try:
        make_key(path)
    except OSError as error:
        raise Misconfigured(f"cannot write {path}: {error.strerror}", "choose another place") from error
    out.print(f"wrote {plain(path)} and {plain(path.with_suffix('.pub'))}")


def _as_dict(verdict: Verdict) -> dict[str, object]:
    parts = {name: part._asdict() if part else None for name, part in verdict._asdict().items() if name in _PARTS}
    return verdict._asdict() | parts


_PARTS = ("finding", "broken")


async def _export(store: Store, folder: Path, exports: Path | None = None) -> tuple[int, int]:
    # Checkpoints first: they say nothing of events that are archived later.
    checkpoints = 0
    with (folder / "checkpoints.jsonl").open("wb") as file:
        async for one in store.checkpoints.all():
            line = {"statement": one.statement, "signature": b64encode(one.signature).decode()}
            file.write(orjson.dumps(line) + b"\n")
            checkpoints += 1
    events = 0
    with (folder / "events.jsonl").open("wb") as file, _progress() as bar:
        task = bar.add_task("writing", total=await store.events.last())
        async for rows in Archive(store, exports).rows(columns=False):
            for row in rows:
                named = row._asdict()
                line = {name: named[name] for name in ("topic", "partition", "offset", "seq", "event")}
                file.write(orjson.dumps(line | {"digest": row.digest.hex()}) + b"\n")
            events += len(rows)
            bar.update(task, completed=rows[-1].seq)
    return events, checkpoints


def _progress() -> Progress:
    return Progress(console=err, transient=True, disable=not sys.stderr.isatty())


async def _before(store: Store, since: str | None) -> int:
    """The number of the event before the first that is meant."""
    return (await _number(store, since)) - 1 if since else 0


async def _number(store: Store, text: str) -> int:
    """An event's number, from the number itself or a time. Raises Rejected."""
    if text.isdigit() and len(text) < 19:
        return max(1, int(text))
    try:
        time = datetime.fromisoformat(text).astimezone()
    except ValueError:
        raise Rejected(f"{text}: not the number of an event, nor a time", "such as 120 or 2026-01-31T12:00") from None
    return await store.events.first_since(time) or await store.events.last() + 1
