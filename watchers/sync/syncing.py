"""One sync of some components: compare, decide, act; and once more for what has moved in between.

Every act may be repeated, and be cut off: the next sync goes on from what lies here and there.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress

from schemas.errors import Away, NotFound, Overtaken, Rejected
from schemas.sides import Action, ConflictType, Sides, SyncResult
from watchers.sync.asking import Asker, Choose
from watchers.sync.cases import Case, Progress, Tally, compare, read
from watchers.sync.moving import Mover
from watchers.sync.outbox import keep_uploads, send_waiting
from watchers.sync.session import Session, aside

ROUNDS = 25
"""How often what moves while it is synced is judged."""

Plan = Callable[[Sides], Action]
Act = Callable[[Sequence[Case]], Awaitable[None]]


class Syncing:
    """One sync. `result` says what was done so far."""

    def __init__(
        self, session: Session, paths: Iterable[str], plan: Plan, choose: Choose, progress: Progress | None = None
    ) -> None:
        self._session = session
        self._tally = Tally(paths, progress)
        self._plan = plan
        self._sent: set[str] = set()
        mover = Mover(session, self._tally)
        self._acts: dict[Action, Act] = {
            Action.NOTE: self._note,
            Action.SKIP: self._skip,
            Action.FAIL: self._miss,
            Action.SHOW: self._show,
            Action.ASK: Asker(session, self._tally, choose).ask,
            Action.UPLOAD: mover.upload,
            Action.DOWNLOAD: mover.download,
        }

    @property
    def result(self) -> SyncResult:
        """What was done so far."""
        return self._tally.result

    async def send_waiting(self) -> None:
        """Send first what waits to be sent. Raises Away."""
        self._sent = await send_waiting(self._session)
        self.result.uploaded += sorted(self._sent - self._tally.left.keys())

    async def run(self) -> SyncResult:
        """Do it. Raises Away, and then some of it may be done."""
        for _ in range(ROUNDS):
            if self._tally.left:
                await self._round()
        self._tally.give_up()
        self.result.message = self.result.summary()
        return self.result

    async def go_offline(self, error: Away, *, is_kept: bool) -> SyncResult:
        """Make do with what is here. `is_kept`: changes are sent when the server is back."""
        files = await read(self._session.tree, self._tally)
        here = {path: file for path, file in files.items() if file}
        for path in files.keys() - here.keys():
            self._tally.fail(path, "it is not here, and the server is away")
        bases = self._session.state.bases()
        changed = {path: file for path, file in here.items() if is_kept and bases.get(path) != file.hash}
        kept = keep_uploads(self._session.state, changed)
        for path, file in here.items():
            self._tally.done(self.result.skipped, path, file.hash)
        later = f"; {kept} more will be sent when it is back" if kept else ""
        self.result.offline = True
        self.result.message = f"{error.message}; {len(here)} components are used as they are here{later}"
        return self.result

    async def _round(self) -> None:
        todo: dict[Action, list[Case]] = defaultdict(list)
        for case in await compare(self._session, self._tally):
            todo[self._plan(case.sides)].append(case)
        for action, act in self._acts.items():
            if todo[action]:
                await act(todo[action])

    async def _note(self, cases: Sequence[Case]) -> None:
        """They are equal."""
        asked = self._session.state.questions()
        for case in cases:
            if case.path in asked:  # whatever was asked: the worker has taken the server's side
                with suppress(NotFound, Overtaken, Rejected):
                    await self._session.client.decide(asked[case.path].id, "download", case.sides.head)
        news = [case for case in cases if case.path in asked or case.sides.base != case.sides.head]
        self._session.state.set_bases({case.path: case.sides.head or "" for case in news})
        for case in cases:
            where = self.result.uploaded if case.path in self._sent else self.result.skipped
            self._tally.done(where, case.path, case.sides.head)

    async def _skip(self, cases: Sequence[Case]) -> None:
        self._tally.skip(cases)

    async def _miss(self, cases: Sequence[Case]) -> None:
        for case in cases:
            self._tally.fail(case.path, await self._why_missing(case))

    async def _why_missing(self, case: Case) -> str:
        if case.sides.exists:
            return "it is not here, and the server's file was deleted: activate a version of it, or write it"
        alike = dict.fromkeys([*case.nearest, *await aside(self._session.tree.nearest, case.path)])
        meant = f": did you mean {' or '.join(alike)}?" if alike else ""
        return f"it is neither here nor on the server{meant}"

    async def _show(self, cases: Sequence[Case]) -> None:
        for case in cases:
            if isinstance(case.relation, ConflictType):
                self.result.conflicts.append(case.conflict())
            elif case.sides.local is None:
                self.result.fail(case.path, await self._why_missing(case))
        self._tally.skip(cases)
