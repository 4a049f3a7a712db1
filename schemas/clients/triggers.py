"""How a client's rule files say when a rule counts: each in a front matter of its own.

Where a client would count a rule at more times than is meant, because it has no way to say less, the rule is not
written for it.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple, Protocol, TypeAlias

from schemas.clients.entry import Entry, Misspelled, Spelled
from schemas.clients.text import Inexpressible
from schemas.clients.unified import Rule, Trigger
from schemas.errors import Rejected
from schemas.formats.edits import Value
from schemas.formats.globs import globs, joined

DESCRIPTION = "description"
ALWAYS_APPLY = "alwaysApply"
_ALL_FILES = (("**",), ("**/*",))

WIDTH: Mapping[Trigger, int] = {"always": 2, "files": 1, "model": 1, "manual": 0}
"""How often a rule counts, compared with others."""


class When(NamedTuple):
    """When a rule counts: all of it but the text."""

    trigger: Trigger
    globs: tuple[str, ...] = ()
    description: str | None = None


class Spelling(Protocol):
    """How a client's front matter says when a rule counts.

    `keys` are those that say it; text of the `bare` ones has no quotes.
    """

    @property
    def keys(self) -> tuple[str, ...]:
        """See `Spelling`."""
        ...

    @property
    def bare(self) -> tuple[str, ...]:
        """See `Spelling`."""
        ...

    def read(self, entry: Entry) -> When:
        """What the fields say. Raises Misspelled."""
        ...

    def write(self, rule: Rule, name: str, old: Entry) -> Spelled:
        """The fields that say a rule's, in the manner of those that are there. Raises Inexpressible."""
        ...


class Globs(NamedTuple):
    """The field of the globs: a list, one text with commas between them, or either: a text for one, a list for more."""

    key: str
    style: Literal["list", "text", "either"]

    def read(self, entry: Entry) -> tuple[str, ...]:
        """The globs, none where nothing stands there. Raises Misspelled."""
        said = entry.get(self.key)
        if said is None or isinstance(said, str):
            return tuple(globs(said or ""))
        if not isinstance(said, list) or not all(isinstance(one, str) for one in said):
            raise Misspelled(f"{self.key} holds no globs")
        return tuple([str(one) for one in said if one])

    def write(self, wanted: tuple[str, ...], old: Entry) -> Value:
        """What says them. Raises Inexpressible."""
        if not wanted:
            raise Inexpressible("it is for some files, and names none")
        several = len(wanted) > 1
        if isinstance(old.get(self.key), list) or self.style == "list" or (self.style == "either" and several):
            return list(wanted)
        try:
            return joined(wanted)
        except Rejected as error:
            raise Inexpressible(str(error)) from error


_COUNTS: Mapping[Trigger, str] = {
    "always": "always count",
    "files": "count with some files only",
    "model": "count when the model decides so",
    "manual": "count when a person asks for them",
}


def _none_that(trigger: Trigger) -> Inexpressible:
    return Inexpressible(f"it has no rules that {_COUNTS[trigger]}")


def _description(entry: Entry) -> str | None:
    said = entry.get(DESCRIPTION)
    if said is not None and not isinstance(said, str):
        raise Misspelled(f"{DESCRIPTION} is not text")
    return said or None


def _described(rule: Rule) -> dict[str, Value]:
    """The field of the description. Raises Inexpressible where the model would have nothing to decide by."""
    if rule.description:
        return {DESCRIPTION: rule.description}
    if rule.trigger == "model":
        raise Inexpressible("without a description the model cannot decide when it counts")
    return {}


_BY_HAND = (DESCRIPTION, "with a description the model would decide when it counts")

Lost: TypeAlias = tuple[tuple[str, str], ...]


class Always(NamedTuple):
    """All rules count always: Roo."""

    keys: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()

    def read(self, _: Entry) -> When:
        """See `Spelling`."""
        return When("always")

    def write(self, rule: Rule, _: str, __: Entry) -> Spelled:
        """See `Spelling`."""
        if rule.trigger != "always":
            raise _none_that(rule.trigger)
        return Spelled({}, ((DESCRIPTION, "its rules have none"),) if rule.description else ())


class Paths(NamedTuple):
    """`paths` for a rule that is for some files, and nothing for one that counts always: Claude, Cline, Qwen."""

    described: bool = False
    globs: Globs = Globs("paths", "list")
    bare: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """See `Spelling`."""
        return (self.globs.key, DESCRIPTION) if self.described else (self.globs.key,)

    def read(self, entry: Entry) -> When:
        """See `Spelling`."""
        found = self.globs.read(entry)
        if self.globs.key in entry and not found:
            raise Misspelled(f"{self.globs.key} names no files: it may count always, or never")
        return When("files" if found else "always", found, _description(entry) if self.described else None)

    def write(self, rule: Rule, _: str, old: Entry) -> Spelled:
        """See `Spelling`."""
        if rule.trigger not in {"always", "files"}:
            raise _none_that(rule.trigger)
        entry = _described(rule) if self.described else {}
        losses: Lost = ((DESCRIPTION, "its rules have none"),) if rule.description and not self.described else ()
        if rule.trigger == "files":
            entry[self.globs.key] = self.globs.write(rule.globs, old)
        return Spelled(entry, losses)


class AlwaysApply(NamedTuple):
    """`alwaysApply`, `globs`, a description alone, or nothing of these: Cursor, Continue.

    `nothing` is what it means where nothing is said: in Cursor a person asks for such a rule; in Continue, which knows
    none of these, it counts always. `unknown` are keys that narrow a rule in a way that no other client knows.
    """

    nothing: Literal["manual", "always"]
    globs: Globs
    bare: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """See `Spelling`."""
        return (self.globs.key, ALWAYS_APPLY, DESCRIPTION)

    def read(self, entry: Entry) -> When:
        """See `Spelling`."""
        if narrowing := [key for key in self.unknown if entry.get(key)]:
            raise Misspelled(f"it counts by {narrowing[0]}, which other clients do not know")
        found, description, always = self.globs.read(entry), _description(entry), _flag(entry)
        if always:
            return When("always", (), description)
        if found:
            return When("files", found, description)
        if self.nothing == "always" and always is None:
            return When("always", (), description)
        if description:
            return When("model", (), description)
        if self.nothing == "always":
            raise Misspelled(f"{ALWAYS_APPLY} is false, and nothing says when it counts")
        return When("manual")

    def write(self, rule: Rule, _: str, old: Entry) -> Spelled:
        """See `Spelling`."""
        if rule.trigger == "manual":
            return self._by_hand(rule)
        entry = _described(rule)
        if rule.trigger == "files":
            entry[self.globs.key] = self.globs.write(rule.globs, old)
            if self.nothing == "always":
                return Spelled(entry)
        return Spelled({**entry, ALWAYS_APPLY: rule.trigger == "always"})

    def _by_hand(self, rule: Rule) -> Spelled:
        if self.nothing != "manual":
            raise _none_that("manual")
        return Spelled({ALWAYS_APPLY: False}, (_BY_HAND,) if rule.description else ())


def _flag(entry: Entry) -> bool | None:
    said = entry.get(ALWAYS_APPLY)
    if said is None or said == "":
        return None
    if not isinstance(said, bool):
        raise Misspelled(f"{ALWAYS_APPLY} is neither true nor false")
    return said


class ApplyTo(NamedTuple):
    """`applyTo`, which is all files for a rule that counts always; a description alone; or neither: Copilot."""

    globs: Globs = Globs("applyTo", "text")
    bare: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """See `Spelling`."""
        return (self.globs.key, DESCRIPTION)

    def read(self, entry: Entry) -> When:
        """See `Spelling`."""
        found, description = self.globs.read(entry), _description(entry)
        if found:
            return When("always", (), description) if found in _ALL_FILES else When("files", found, description)
        return When("model" if description else "manual", (), description)

    def write(self, rule: Rule, _: str, old: Entry) -> Spelled:
        """See `Spelling`."""
        match rule.trigger:
            case "always":
                return Spelled({**_described(rule), self.globs.key: _ALL_FILES[0][0]})
            case "files":
                if rule.globs in _ALL_FILES:
                    raise Inexpressible("a rule for all files would always count")
                return Spelled({**_described(rule), self.globs.key: self.globs.write(rule.globs, old)})
            case "model":
                return Spelled(_described(rule))
            case "manual":
                return Spelled({}, (_BY_HAND,) if rule.description else ())


class Named(NamedTuple):
    """A key that says by name when a rule counts: `trigger` in Windsurf and Devin, `inclusion` in Kiro.

    `nothing` is what it means where the key is not there. Beside `titled` Kiro wants a name for the rule.
    """

    key: str
    names: Mapping[Trigger, str]
    globs: Globs
    nothing: Trigger | None = None
    titled: Trigger | None = None
    bare: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """See `Spelling`."""
        return (self.key, self.globs.key, DESCRIPTION)

    def read(self, entry: Entry) -> When:
        """See `Spelling`."""
        trigger = self._trigger(entry.get(self.key))
        if trigger != "files":
            return When(trigger, (), _description(entry))
        found = self.globs.read(entry)
        if not found:
            raise Misspelled(f"{self.globs.key} names no files")
        return When("files", found, _description(entry))

    def _trigger(self, said: Value) -> Trigger:
        found = next((trigger for trigger, name in self.names.items() if name == said), None)
        if found is None and (said or self.nothing is None):
            raise Misspelled(f"{self.key} is none of {', '.join(self.names.values())}")
        return found or self.nothing or "manual"

    def write(self, rule: Rule, name: str, old: Entry) -> Spelled:
        """See `Spelling`."""
        entry: dict[str, Value] = {self.key: self.names[rule.trigger]}
        if rule.trigger == "files":
            entry[self.globs.key] = self.globs.write(rule.globs, old)
        if rule.trigger == self.titled:
            entry["name"] = old.get("name") or name
        return Spelled({**entry, DESCRIPTION: rule.description} if rule.description else entry)
