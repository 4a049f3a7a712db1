"""Let a person decide: whoever is there, else anyone who looks at the server's pages, now or days later."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from schemas.base import EventId
from schemas.errors import NotFound, Overtaken, Rejected
from schemas.sides import ConflictType, Resolution, SyncConflict
from schemas.sync import Conflict, Decision, Question
from watchers.sync.cases import Case, Tally
from watchers.sync.moving import Mover
from watchers.sync.session import Session
from watchers.sync.state import Asked

DECISIONS: dict[Resolution, Decision] = {
    Resolution.USE_LOCAL: "upload",
    Resolution.USE_SERVER: "download",
    Resolution.SKIP: "skip",
}

Choose = Callable[[SyncConflict], Awaitable[Resolution]]
"""Who is there; PENDING where nobody is."""


class Asker:
    """Asks about the components of one tree, and does what the answers say."""

    def __init__(self, session: Session, tally: Tally, choose: Choose) -> None:
        self._state, self._client = session.state, session.client
        self._mover = Mover(session, tally)
        self._tally = tally
        self._choose = choose

    async def ask(self, cases: Sequence[Case]) -> None:
        """Ask who is there about each; the server about the rest."""
        chosen: dict[Resolution, list[Case]] = defaultdict(list)
        for case in cases:
            resolution = await self._choose(case.conflict())
            chosen[await self._settle(case, resolution)].append(case)
        await self._mover.upload([case for case in chosen[Resolution.USE_LOCAL] if case.file])
        await self._take(chosen[Resolution.USE_SERVER])
        self._tally.skip([*chosen[Resolution.SKIP], *(case for case in chosen[Resolution.USE_LOCAL] if not case.file)])
        await self._wait(chosen[Resolution.PENDING])

    async def _settle(self, case: Case, resolution: Resolution) -> Resolution:
        """What counts: the first word, where a person was asked on the server, too."""
        asked = self._state.questions().get(case.path)
        if resolution is Resolution.PENDING or asked is None or asked[:2] != case.pair:
            return resolution
        try:
            await self._client.decide(asked.id, DECISIONS[resolution], case.sides.head)
        except Overtaken:
            return Resolution.PENDING
        except NotFound:
            self._state.drop_questions([case.path])
        return resolution

    async def _take(self, cases: Sequence[Case]) -> None:
        """Take the server's side; a file that was removed there stays here."""
        await self._mover.download([case for case in cases if case.sides.head])
        self._tally.skip(case for case in cases if not case.sides.head)

    async def _wait(self, cases: Sequence[Case]) -> None:
        """Ask the server where both sides have something to say; the rest only waits."""
        newer = [case for case in cases if case.relation is ConflictType.LOCAL_NEWER]
        for case in cases:
            if case not in newer:
                self._tally.pend(case.conflict())
        told = await self._look(newer)
        if still := [case for case in newer if case.path not in told]:
            await self._question(still)

    async def _look(self, cases: Sequence[Case]) -> set[str]:
        """Do what was decided about what was asked before; the components of which that is known."""
        asked = self._state.questions()
        mine = [case for case in cases if case.path in asked and case.pair == asked[case.path][:2]]
        found = {one.id: one for one in await self._client.conflicts() if one.state != "superseded"} if mine else {}
        told = {case.path: case for case in mine if asked[case.path].id in found}
        await self._answered(told, asked, [found[asked[path].id] for path in told])
        return set(told)

    async def _question(self, cases: Sequence[Case]) -> None:
        """Ask about all; where the server refuses that, about each half, so that one spoils nothing for the others."""
        asked = self._state.ask({case.path: (case.sides.local or "", case.sides.head) for case in cases})
        self._state.begin(asked)
        questions = [
            Question(id=asked[case.path].id, path=case.path, content=case.file.text, base=case.sides.base or None)
            for case in cases
            if case.file
        ]
        try:
            answers = [answer async for part in self._client.ask(questions) for answer in part]
        except Rejected as error:
            await self._divide(cases, error)
        else:
            await self._answered({case.path: case for case in cases}, asked, answers)

    async def _divide(self, cases: Sequence[Case], error: Rejected) -> None:
        if len(cases) == 1:
            self._tally.fail(cases[0].path, f"the server refuses it: {error.message}")
            return
        half = len(cases) // 2
        await self._question(cases[:half])
        await self._question(cases[half:])

    async def _answered(self, cases: Mapping[str, Case], asked: Mapping[str, Asked], said: Iterable[Conflict]) -> None:
        """Do what was decided. What has no answer has moved: it is left, to be asked about anew."""
        by_path = {one.path: one for one in said if one.state != "superseded"}
        answers = {path: by_path[path] for path in cases if path in by_path}
        past = [path for path, one in answers.items() if _is_past(one, asked[path])]
        self._state.drop_questions([*(cases.keys() - answers.keys()), *past])
        for path in past:
            self._tally.pend(cases[path].conflict())
            del answers[path]
        self._state.set_questions({path: _as_asked(one) for path, one in answers.items()})
        await self._follow(cases, answers)

    async def _follow(self, cases: Mapping[str, Case], answers: Mapping[str, Conflict]) -> None:
        decided: dict[str, list[Case]] = defaultdict(list)
        for path, one in answers.items():
            case = cases[path]
            if one.state == "pending":
                self._pend(case, one)
            elif one.state == "upload" or one.server_hash == case.sides.head:
                decided[one.state].append(case._replace(sides=case.sides._replace(known=True)))
        self._state.set_bases({case.path: case.sides.local or "" for case in decided["upload"]})
        for case in decided["upload"]:
            self._tally.done(self._tally.result.uploaded, case.path, case.sides.local)
        self._tally.skip(decided["skip"])
        await self._take(decided["download"])

    def _pend(self, case: Case, asked: Conflict) -> None:
        conflict = case._replace(sides=case.sides._replace(head=asked.server_hash)).conflict()
        conflict.id = asked.id
        self._tally.pend(conflict)


def _is_past(answer: Conflict, asked: Asked) -> bool:
    """Whether it was given to an earlier question about the same sides, and was followed then."""
    return answer.state in {"upload", "download"} and answer.id != asked.id


def _as_asked(answer: Conflict) -> Asked:
    return Asked(answer.local_hash or "", answer.server_hash, EventId(answer.id))
