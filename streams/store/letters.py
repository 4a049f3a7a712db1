"""Dead letters: events that a group gave up, until a person decides; and what has become of each, act by act."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias

from asyncpg import Record

from schemas.base import EventId
from schemas.errors import Overtaken
from streams.entry import Place
from streams.store.connection import Executor, array
from streams.store.patterns import escaped, matches
from streams.store.write import Write

State: TypeAlias = Literal["buried", "retried", "discarded"]
"""What a letter is, and the acts that make it so."""

_SUMMARY = """id, group_name, event_id, kind, project, subject, topic, partition, seq, entry_offset, key, attempts,
    error, buried_at, state, decided_by, decided_at, reason"""

_BURY = """
insert into dead_letters (id, group_name, event_id, kind, project, subject, topic, partition, seq, entry_offset, key,
    attempts, error, buried_at, event, traceback)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
on conflict (id) do update
    set state = 'buried', attempts = excluded.attempts, error = excluded.error, traceback = excluded.traceback,
        buried_at = excluded.buried_at, acts = dead_letters.acts + 1, decided_by = null, decided_at = null,
        reason = null
"""

_NOTE_BURIAL = """
insert into letter_acts (letter, number, act, at, actor, words, attempts)
values ($1, coalesce((select acts from dead_letters where id = $1), 0) + 1, 'buried', $2, $3, $4, $5)
"""

_DECIDE = """
update dead_letters set state = $2, decided_by = $3, decided_at = $4, reason = $5, acts = acts + 1
where id = any($1::text::uuid[]) and state = 'buried'
"""

_NOTE_DECISION = """
insert into letter_acts (letter, number, act, at, actor, words, attempts)
select id, acts + 1, $2, $4, $3, $5, attempts from dead_letters where id = any($1::text::uuid[]) and state = 'buried'
on conflict do nothing
"""

_HOLD = """
insert into held (group_name, partition, key, seq, topic, entry_offset, event, attempts, due_at, error)
select group_name, partition, key, seq, topic, entry_offset, event, 0, $2, 'retried by hand'
from dead_letters where id = any($1::text::uuid[])
on conflict (group_name, partition, key, seq) do update
    set attempts = excluded.attempts, due_at = excluded.due_at, error = excluded.error
"""

_RELEASE = """
delete from held using dead_letters letter
where letter.id = any($1::text::uuid[]) and held.group_name = letter.group_name
    and held.partition = letter.partition and held.key = letter.key and held.seq = letter.seq
"""

_UNTOLD = f"""
select act.letter, act.number, act.act, act.at, act.actor, act.words, act.attempts, {_SUMMARY.replace("attempts,", "")},
    event
from letter_acts act join dead_letters on id = act.letter
where not act.told and ($1::text::uuid[] is null or act.letter = any($1::text::uuid[]))
order by act.at, act.letter, act.number limit $2
"""  # noqa: S608 - made of constants

_TOLD = """
update letter_acts act set told = true
from unnest($1::text::uuid[], $2::text::int[]) as said (letter, number)
where act.letter = said.letter and act.number = said.number
"""


class DeadLetter(NamedTuple):
    """An event that a group gave up. `key`: the partition key under which it waits, where it waits again."""

    id: EventId
    group: str
    event_id: EventId | None
    kind: str
    project: str
    subject: str
    place: Place
    key: str
    attempts: int
    error: str
    buried_at: datetime
    state: State = "buried"
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str | None = None


class Remains(NamedTuple):
    """What is kept of a dead letter to look at: the event's bytes, and where it failed."""

    raw: bytes
    traceback: str


class Act(NamedTuple):
    """A burial, whose `words` are the error, or a decision, whose `words` are its reason. Numbers count from 1."""

    number: int
    act: State
    at: datetime
    actor: str
    words: str
    attempts: int


class Untold(NamedTuple):
    """An act that may not stand in the log yet, with the event's bytes."""

    letter: DeadLetter
    act: Act
    raw: bytes


class Filter(NamedTuple):
    """Which letters. `kind` and `subject` may hold `*`; `error` is a part of it, in letters of either size.

    `projects`: those that may be seen; None: all.
    """

    group: str | None = None
    kind: str | None = None
    project: str | None = None
    subject: str | None = None
    error: str | None = None
    since: datetime | None = None
    projects: Collection[str] | None = None
    state: State | None = "buried"


class Before(NamedTuple):
    """The last letter seen: what comes next has a smaller number, or the same and a smaller id."""

    seq: int = 2**62
    id: str = "ffffffff-ffff-ffff-ffff-ffffffffffff"


# Written out, for the planner: most letters are in one state, and few in the others.
_IN_STATE: dict[State | None, str] = {
    None: "true",
    "buried": "state = 'buried'",
    "retried": "state = 'retried'",
    "discarded": "state = 'discarded'",
}
_WAITING, _TOP = Filter(), Before()


class DeadLetters:
    """The `dead_letters` table and that of their acts."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    @staticmethod
    def bury(letter: DeadLetter, remains: Remains) -> list[Write]:
        """Keep an event that was given up; the same one again is the same letter, with one more burial."""
        values = (*letter[:6], *letter.place, *letter[7:11], *remains)
        note = (letter.id, letter.buried_at, letter.group, letter.error, letter.attempts)
        return [Write(_BURY, values), Write(_NOTE_BURIAL, note)]

    @staticmethod
    def decide(
        ids: Sequence[EventId], decision: Literal["retried", "discarded"], actor: str, at: datetime, reason: str
    ) -> list[Write]:
        """Say what becomes of buried letters: all of them, or Overtaken where one is not buried any more.

        What is retried is held, due at once; what is discarded holds up the later events of its key no longer.
        """
        overtaken = Overtaken("somebody else has decided meanwhile")
        values = (array(sorted(ids)), decision, actor, at, reason)
        moves = Write(_HOLD, (values[0], at)) if decision == "retried" else Write(_RELEASE, (values[0],))
        decided = [Write(sql, values, len(ids), overtaken) for sql in (_DECIDE, _NOTE_DECISION)]
        return [*decided, moves]

    async def page(self, wanted: Filter = _WAITING, before: Before = _TOP, limit: int = 100) -> list[DeadLetter]:
        """Letters, newest event first."""
        conditions, values = _conditions(wanted)
        at = len(values)
        query = (
            f"select {_SUMMARY} from dead_letters where {conditions} and (seq, id) < (${at + 1}, ${at + 2})"  # noqa: S608 - made of constants
            f" order by seq desc, id desc limit ${at + 3}"
        )
        return [_letter(row) for row in await self._db.fetch(query, *values, before.seq, before.id, limit)]

    async def count(self, wanted: Filter) -> int:
        """How many there are."""
        conditions, values = _conditions(wanted)
        query = f"select count(*) from dead_letters where {conditions}"  # noqa: S608 - made of constants
        return int(await self._db.fetchval(query, *values))

    async def find(self, ids: Sequence[EventId]) -> dict[EventId, DeadLetter]:
        """These letters, as far as there are such, whatever became of them."""
        query = f"select {_SUMMARY} from dead_letters where id = any($1::text::uuid[])"  # noqa: S608 - made of constants
        return {letter.id: letter for letter in map(_letter, await self._db.fetch(query, array(ids)))}

    async def remains(self, id_: EventId) -> Remains:
        """The event's bytes and the traceback of a letter that there is."""
        row = await self._db.fetchrow("select event, traceback from dead_letters where id = $1", id_)
        return Remains(*row) if row else Remains(b"", "")

    async def acts(self, id_: EventId) -> list[Act]:
        """What has become of a letter, oldest first."""
        query = "select number, act, at, actor, words, attempts from letter_acts where letter = $1 order by number"
        return [Act(*row) for row in await self._db.fetch(query, id_)]

    async def untold(self, ids: Sequence[EventId] | None, limit: int) -> list[Untold]:
        """What may not stand in the log yet, oldest first: of these letters, or of all."""
        rows = await self._db.fetch(_UNTOLD, None if ids is None else array(ids), limit)
        names = ("number", "act", "at", "actor", "words", "attempts")
        return [Untold(_letter(row), Act(*[row[name] for name in names]), row["event"]) for row in rows]

    @staticmethod
    def told(acts: Sequence[Untold]) -> Write:
        """They stand in the log."""
        return Write(_TOLD, (array([one.letter.id for one in acts]), array([one.act.number for one in acts])))

    async def by_group(self) -> dict[str, int]:
        """How many letters wait for a decision, by group."""
        query = "select group_name, count(*) as n from dead_letters where state = 'buried' group by group_name"
        return {row["group_name"]: row["n"] for row in await self._db.fetch(query)}


def _conditions(wanted: Filter) -> tuple[str, list[object]]:
    """The conditions, joined, and the values of their parameters."""
    found: list[tuple[str, object]] = []
    if wanted.group:
        found.append(("group_name = {}", wanted.group))
    if wanted.kind:
        found.append(matches("kind", wanted.kind))
    if wanted.project:
        found.append(("project = {}", wanted.project))
    if wanted.projects is not None:
        found.append(("project = any({})", list(wanted.projects)))
    if wanted.subject:
        found.append(matches("subject", wanted.subject))
    if wanted.error:
        found.append(("error ilike {}", f"%{escaped(wanted.error)}%"))
    if wanted.since:
        found.append(("buried_at >= {}", wanted.since))
    conditions = [condition.format(f"${number}") for number, (condition, _) in enumerate(found, 1)]
    return " and ".join([_IN_STATE[wanted.state], *conditions]), [value for _, value in found]


def _letter(row: Record) -> DeadLetter:
    return DeadLetter(
        EventId(str(row["id"])),
        row["group_name"],
        EventId(str(row["event_id"])) if row["event_id"] else None,
        row["kind"],
        row["project"],
        row["subject"],
        Place(row["topic"], row["partition"], row["seq"], row["entry_offset"]),
        row["key"],
        row["attempts"],
        row["error"],
        row["buried_at"],
        row["state"],
        row["decided_by"],
        row["decided_at"],
        row["reason"],
    )
