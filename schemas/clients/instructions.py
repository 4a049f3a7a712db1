"""A client's one file of instructions, which is the rule `instructions`, and those that many clients share: AGENTS.md.

A client that reads AGENTS.md besides a file of its own must not be given the same text twice, and one that reads it
only as long as it has none must not be given one.
"""

import re
from typing import Literal, NamedTuple, TypeAlias

from schemas.clients.adapter import Files, Location, Place, Problem, Scope, UnifiedConfig, Unread, Wanted, Written
from schemas.clients.rule_files import TOP, checked, read_text
from schemas.clients.rules import INSTRUCTIONS
from schemas.clients.unified import Element, Key, Kind, Loss, Rule
from schemas.formats.source import MARK

AGENTS_MD = Location("project", "AGENTS.md")
"""A client of its own here, because so many read it."""

_ELSEWHERE = "it reads AGENTS.md"
_IMPORT = re.compile(r"(?<!\S)@(?:\.{1,2}/)?AGENTS\.md(?!\S)")

Agents: TypeAlias = Literal["no", "imported", "instead", "too"]
"""Whether a client reads AGENTS.md: where its own file imports it, also where it has none of its own, or anyway."""


class Instructions(NamedTuple):
    """A file that is one rule as a whole: the section of a client's instructions.

    It is at one of `paths`, and is made at the first, unless the client reads AGENTS.md without it. What AGENTS.md says
    in its stead is what this says, and is written by another. Of more bytes than `most` the client reads the first.
    """

    scope: Scope
    paths: tuple[str, ...]
    agents: Agents = "no"
    most: int | None = None

    @property
    def kind(self) -> Kind:
        """Of its elements."""
        return "rules"

    @property
    def patterns(self) -> tuple[Location, ...]:
        """The files that it looks at."""
        own = tuple(Location(self.scope, path) for path in self.paths)
        return own if self.agents == "no" else (*own, AGENTS_MD)

    def read(self, files: Files) -> UnifiedConfig:
        """What it says."""
        config = UnifiedConfig({}, {}, {})
        try:
            location, rule = self._read(files)
        except Unread as error:
            config.held[INSTRUCTIONS] = error.problem
            return config
        if rule is not None:
            config.elements[INSTRUCTIONS], config.places[INSTRUCTIONS] = rule, Place(location, TOP)
        return config

    def _read(self, files: Files) -> tuple[Location, Rule | None]:
        location = self._location(files)
        text = read_text(location, files.get(location, b""))
        if not text.strip():
            return location, None
        if location != AGENTS_MD:
            self._check(location, text, files)
        return location, checked(location, Rule(text))

    def _check(self, location: Location, text: str, files: Files) -> None:
        """Raise Unread where AGENTS.md and a file beside it say one thing together, and not each the same."""
        if self.agents == "too" and AGENTS_MD in files:
            why = "AGENTS.md is read, too, so that what stands in both is read twice"
            remedy = f"move what {location.path} says into AGENTS.md, or into rules, and remove it"
            raise Unread(Problem(Place(location, TOP), why, remedy))
        if self.agents != "no" and _IMPORT.search(text):
            why = "it imports AGENTS.md, and says more than that"
            raise Unread(Problem(Place(location, TOP), why, "move the rest of it into rules, or into AGENTS.md"))

    def _location(self, files: Files) -> Location:
        """Where it is said: in a file of its own, or in AGENTS.md."""
        own = [Location(self.scope, path) for path in self.paths]
        found = next((one for one in own if one in files), None)
        if found is None:
            return AGENTS_MD if self.agents in {"instead", "too"} else own[0]
        imports = self.agents != "no" and _IMPORT.fullmatch(files[found].removeprefix(MARK).strip().decode("latin-1"))
        return AGENTS_MD if imports else found

    def write(self, files: Files, wanted: Wanted) -> Written:
        """What it becomes. The file is the rule as a whole, and goes with it."""
        rule = wanted.get(INSTRUCTIONS)
        config = self.read(files)
        if INSTRUCTIONS not in wanted or INSTRUCTIONS in config.held or config.elements.get(INSTRUCTIONS) == rule:
            return Written({})
        location = self._location(files)
        if location.path not in self.paths:
            return _lost(_ELSEWHERE) if rule else Written({})
        if not isinstance(rule, Rule):
            return Written({location: None})
        return self._write(files, location, rule)

    def _write(self, files: Files, location: Location, rule: Rule) -> Written:
        if rule.trigger != "always":
            return _lost("it always counts, which this rule must not")
        raw = files.get(location, b"")
        try:
            made = (MARK if raw.startswith(MARK) else b"") + rule.body.encode()
        except UnicodeEncodeError as error:
            return _lost(str(error))
        config = self.read({**files, location: made})
        if config.elements.get(INSTRUCTIONS) != Rule(rule.body):
            problem = config.held.get(INSTRUCTIONS)
            return _lost(problem.why if problem else "it would be read as something else")
        losses = [Loss(INSTRUCTIONS, "description", "it is text alone")] if rule.description else []
        if self.most and len(made) > self.most:
            losses.append(Loss(INSTRUCTIONS, "body", f"of its {len(made)} bytes the first {self.most} are read"))
        return Written({location: made} if made != raw else {}, tuple(losses))


def _lost(why: str) -> Written:
    return Written({}, (Loss(INSTRUCTIONS, "*", why),))


class Unsaid(NamedTuple):
    """Rules for which a client has no place of its own: the `instructions`, which it reads in AGENTS.md, or all others.

    The section of a client's rules that says only what is lost.
    """

    scope: Scope
    instructions: bool

    @property
    def kind(self) -> Kind:
        """Of its elements."""
        return "rules"

    @property
    def patterns(self) -> tuple[Location, ...]:
        """None."""
        return ()

    def read(self, _: Files) -> UnifiedConfig:
        """Nothing."""
        return UnifiedConfig({}, {}, {})

    def write(self, _: Files, wanted: Wanted) -> Written:
        """Nothing but losses."""
        why = _ELSEWHERE if self.instructions else "it has one file of instructions, for all files"
        return Written({}, tuple([Loss(key, "*", why) for key, rule in wanted.items() if self._is_lost(key, rule)]))

    def _is_lost(self, key: Key, rule: Element | None) -> bool:
        return key.kind == "rules" and rule is not None and (key == INSTRUCTIONS) == self.instructions
