"""What a sync tells the server: that it begins what was asked for, what it has done, and what waits for a person.

What could not be told is kept, and told by the next sync.
"""

from collections.abc import Mapping
from importlib.metadata import version
from typing import NamedTuple

from schemas.base import Uuid, new_id, now
from schemas.clients.records import SessionEvent, Trigger
from schemas.clients.sessions import Brief, ElementQuestion, SentRun, SentSession, Site
from schemas.errors import Rejected
from watchers.clients.asking import questions_of
from watchers.clients.centre import ServedCentre
from watchers.clients.report import Report
from watchers.clients.state import State
from watchers.clients.telling import Times, is_news, session_of, standing_of


async def tell_untold(state: State, centre: ServedCentre) -> None:
    """Tell what earlier syncs could not. Raises Away."""
    for run in state.untold():
        await _tell(run, state, centre)


async def _tell(run: SentRun, state: State, centre: ServedCentre) -> str:
    """Why the server will never take it; empty where it has."""
    why = ""
    try:
        await centre.tell(run)
    except Rejected as error:
        why = error.message
    state.forget(run.id)
    return why


class Errand(NamedTuple):
    """One sync at one site."""

    site: Site
    state: State
    centre: ServedCentre
    brief: Brief
    trigger: Trigger

    async def begin(self) -> None:
        """Tell that what was asked for is begun. Raises Away."""
        asked = [
            SentSession(id=one.session, type=one.type, status="running", started_at=now())
            for one in self.brief.requests
        ]
        if asked:
            await self.centre.tell(self._run(asked))

    async def end(self, report: Report, times: Times) -> Report:
        """Tell what was done, where anything was, or was asked for. Raises Away."""
        standings = {name: standing_of(report, name) for name in _clients(report)}
        sessions = self._sessions(report, times, standings)
        questions = questions_of(report.plan, report.scope, self.brief)
        if not sessions and questions is None:
            return report
        run = self._run(sessions, questions)
        self.state.put_untold(run)
        self.state.keep_told(standings)
        return report._replace(untold=await _tell(run, self.state, self.centre))

    def _sessions(self, report: Report, times: Times, standings: Mapping[str, str]) -> list[SentSession]:
        known = {one.type for one in self.brief.clients}
        asked = {one.type: one.session for one in self.brief.requests}
        told = self.state.told()
        found: list[SentSession] = []
        for one in report.plan.deployments:
            name = one.member.client.name
            is_new = name not in known or name in asked or standings[name] != told.get(name)
            if is_new or is_news(report, one):
                found.append(session_of(report, one, times, asked.get(name)))
        there = _clients(report)
        return found + [_gone(name, id_, times) for name, id_ in asked.items() if name not in there]

    def _run(self, sessions: list[SentSession], questions: list[ElementQuestion] | None = None) -> SentRun:
        return SentRun(
            id=new_id(),
            site=self.site,
            trigger="request" if self.brief.requests else self.trigger,
            version=version("headrace"),
            sessions=sessions,
            questions=questions,
        )


def _gone(client: str, id_: Uuid, times: Times) -> SentSession:
    """What is told of a client that was asked for and takes no part."""
    why = SessionEvent(type="failed", level="warning", message="it has no files here, so there was nothing to sync")
    began, ended = times
    return SentSession(id=id_, type=client, status="failed", started_at=began, finished_at=ended, events=[why])


def _clients(report: Report) -> list[str]:
    return [one.member.client.name for one in report.plan.deployments]
