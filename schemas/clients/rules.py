"""The rules in a client's folder of them: what they are, and what becomes of their files."""

import unicodedata
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from schemas.clients.adapter import Files, Location, Place, Problem, Scope, UnifiedConfig, Unread, Wanted, Written
from schemas.clients.documents import path_of
from schemas.clients.rule_files import TOP, read_file, write_file
from schemas.clients.triggers import WIDTH, Spelling
from schemas.clients.unified import Key, Kind, Loss, Rule
from schemas.paths import relative_path

INSTRUCTIONS = Key("rules", "instructions")
"""The rule that counts always and has a file of its own in most clients, such as AGENTS.md."""

_ALWAYS = "a rule of this name counts always"


class Folder(NamedTuple):
    """A folder in which each file is a rule, by the name of its path there: the section of a client's rules.

    There may be several: each rule stays in its own, and new ones go to where others are. `deep`: whether the client
    looks below it. `instructions`: whether it has these here, too, and not in a file of their own.
    """

    scope: Scope
    paths: tuple[str, ...]
    suffix: str
    spelling: Spelling
    deep: bool = True
    instructions: bool = False

    @property
    def kind(self) -> Kind:
        """Of its elements."""
        return "rules"

    @property
    def patterns(self) -> tuple[Location, ...]:
        """The files that it looks at."""
        names = f"**/*{self.suffix}" if self.deep else f"*{self.suffix}"
        return tuple(Location(self.scope, f"{path}/{names}") for path in self.paths)

    def read(self, files: Files) -> UnifiedConfig:
        """What they say."""
        config = UnifiedConfig({}, {}, {})
        for location in files:
            name = self._name(location)
            if name is None:
                continue
            key = Key("rules", name)
            try:
                rule = self._rule(key, location, files)
            except Unread as error:
                config.held[key] = error.problem
                continue
            if rule is not None:
                config.elements[key], config.places[key] = rule, Place(location, TOP)
        return config

    def _rule(self, key: Key, location: Location, files: Files) -> Rule | None:
        """What a file says; None if it is empty. Raises Unread."""
        place = Place(location, TOP)
        if why := self._refused(key.name):
            raise Unread(Problem(place, why, f"rename {location.path}"))
        if key == INSTRUCTIONS and not self.instructions:
            raise Unread(Problem(place, "this is the name of what has a file of its own", f"rename {location.path}"))
        if others := [one.path for one in self._locations(key.name) if one in files and one != location]:
            raise Unread(Problem(place, f"the same rule stands in {others[0]}", "remove one of the two"))
        rule = read_file(location, files[location], self.spelling)
        if rule and key == INSTRUCTIONS and rule.trigger != "always":
            raise Unread(Problem(place, _ALWAYS, f"rename {location.path}"))
        return rule

    def write(self, files: Files, wanted: Wanted) -> Written:
        """What they become."""
        config = self.read(files)
        taken = {_folded(location): location.path for location in files}
        made: dict[Location, bytes | None] = {}
        losses: list[Loss] = []
        for key, rule in self._ours(wanted):
            if key in config.held or config.elements.get(key) == rule:
                continue
            if rule is None:
                made[config.places[key].location] = None
                continue
            written = self._write(files, taken, key, rule)
            made.update(written.files)
            taken.update({_folded(location): location.path for location in written.files})
            losses += written.losses
        return Written(made, tuple(losses))

    def _ours(self, wanted: Wanted) -> Iterator[tuple[Key, Rule | None]]:
        for key, rule in wanted.items():
            if key.kind == "rules" and (self.instructions or key != INSTRUCTIONS) and isinstance(rule, Rule | None):
                yield key, rule

    def _write(self, files: Files, taken: Mapping[str, str], key: Key, rule: Rule) -> Written:
        location = self._location(key.name, files)
        why = self._refused(key.name) or ("" if location in files else _clash(location, taken))
        if key == INSTRUCTIONS and rule.trigger != "always":
            why = _ALWAYS
        if why:
            return Written({}, (Loss(key, "*", why),))
        raw = files.get(location, b"")
        written = write_file(location, raw, self.spelling, key.name, rule)
        losses = tuple([Loss(key, field, why) for field, why in written.losses])
        if written.raw is None:
            return Written({location: None} if self._is_wider(location, raw, rule) else {}, losses)
        return Written({location: written.raw} if written.raw != raw else {}, losses)

    def _is_wider(self, location: Location, raw: bytes, rule: Rule) -> bool:
        """Whether a file says that a rule counts at more times than it shall."""
        old = read_file(location, raw, self.spelling)
        return old is not None and WIDTH[old.trigger] > WIDTH[rule.trigger]

    def _location(self, name: str, files: Files) -> Location:
        """Where a rule is, or where it is made."""
        there = next((one for one in self._locations(name) if one in files), None)
        used = {
            path for path in self.paths for one in files if one.scope == self.scope and one.path.startswith(f"{path}/")
        }
        folder = next((path for path in self.paths if path in used), self.paths[0])
        return there or Location(self.scope, f"{folder}/{name}{self.suffix}")

    def _locations(self, name: str) -> list[Location]:
        return [Location(self.scope, f"{path}/{name}{self.suffix}") for path in self.paths]

    def _name(self, location: Location) -> str | None:
        """Of the rule that a file is; None where it is none of this folder's."""
        for path in self.paths:
            inner = location.path.removeprefix(f"{path}/")
            is_here = location.scope == self.scope and inner != location.path and inner.endswith(self.suffix)
            if is_here and (self.deep or "/" not in inner):
                return inner.removesuffix(self.suffix)
        return None

    def _refused(self, name: str) -> str:
        """Why no file may be named so; empty where one may."""
        if "/" in name and not self.deep:
            return "its folder of rules has no folders in it"
        try:
            for path in (name, *[location.path for location in self._locations(name)]):
                relative_path(path)
            path_of(self.scope, Key("rules", name))
        except ValueError as error:
            return f"no file may be named so: {error}"
        return ""


def _clash(location: Location, taken: Mapping[str, str]) -> str:
    """Why a file would be another one on some systems; empty where it is itself everywhere."""
    new = _folded(location)
    for old, path in taken.items():
        if new == old or new.startswith(f"{old}/") or old.startswith(f"{new}/"):
            return f"on some systems it would be {path}"
    return ""


def _folded(location: Location) -> str:
    return unicodedata.normalize("NFC", f"{location.scope}/{location.path}").casefold()
