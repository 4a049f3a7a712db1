"""Editing statements: which lines a table has, where a new one belongs, and what goes with one that goes."""

import re
from collections import Counter
from itertools import islice

from schemas.formats.edits import Path, Value, same
from schemas.formats.toml_inline import rewritten
from schemas.formats.toml_scan import Statement, end_of, line_end, line_start, scan
from schemas.formats.toml_text import Style, holds_tables_alone, is_short, pair, tables

BLANK = " \t\r\n"
BLANK_LINE = re.compile(r"[ \t]*\r?\n")
BLANK_FOLLOWS = re.compile(r"\r?\n[ \t]*(?:\r?\n|\Z)|\Z")
EQUALS = re.compile(r"[ \t]*=[ \t]*\Z")
HEADERS_LOOKED_AT = 50
"""To learn how many blank lines a file has between its tables."""


class Draft:
    """A text that is being edited. It is read anew after each splice."""

    def __init__(self, text: str, statements: list[Statement]) -> None:
        self.text = text
        self.statements = statements

    def owner(self, path: Path) -> Statement | None:
        """The key whose value is at `path`, or around it."""
        owners = (s for s in self.statements if s.value is not None and path[: len(s.path)] == s.path)
        return next(owners, None)

    def is_said(self, path: Path) -> bool:
        """Whether a statement speaks of what is at or under `path`, or of the value it is in."""
        return any(statement.within(path) for statement in self.statements) or self.owner(path) is not None

    def is_implied_by(self, path: Path, inner: Path) -> bool:
        """Whether the table or list at `path` is there only because something is at `inner`."""
        return self.owner(path) is None and all(s.within(inner) for s in self.statements if s.within(path))

    def put(self, path: Path, old: Value, new: Value) -> None:
        """Let `path`, at which `old` is, say `new`."""
        if same(old, new):
            return
        owner = self.owner(path)
        if owner and owner.value:
            start, end = owner.value
            self._splice(start, end, rewritten(self.text[start:end], old, new))
        elif isinstance(old, dict) and isinstance(new, dict):
            self._put_table(path, old, new)
        elif isinstance(old, list) and isinstance(new, list) and new and all(isinstance(one, dict) for one in new):
            self._put_listed(path, old, new)
        else:
            self.drop(path)
            self.add(path, new, {})

    def add(self, path: Path, new: Value, siblings: dict[str, Value]) -> None:
        """Let `new` be at `path`, where nothing is, in a table that holds `siblings`."""
        parent = path[:-1]
        apart = not parent or holds_tables_alone(siblings) or not is_short(new)
        after = self._last_line_of(parent)
        if isinstance(new, dict) and apart:
            self._add_tables(path, new)
        elif after is not None:
            self._add_line(path, new, after)
        elif parent:
            self._add_tables(parent, {str(path[-1]): new})
        else:
            self._add_first_line(path, new)

    def drop(self, path: Path) -> None:
        """Let no statement speak of what is at or under `path`."""
        going = {number for number, statement in enumerate(self.statements) if statement.within(path)}
        headers = {self.statements[number].section for number in going} - {*going, -1}
        going |= {header for header in headers if self._is_idle(header, going)}
        runs: list[tuple[int, int]] = []
        for number in sorted(going):
            if runs and runs[-1][1] == number - 1:
                runs[-1] = runs[-1][0], number
            else:
                runs.append((number, number))
        text = self.text
        for first, last in reversed(runs):
            start, end = self._lines(self.statements[first], self.statements[last])
            text = text[:start] + text[end:]
        self._splice(0, len(self.text), text)

    def _splice(self, start: int, end: int, new: str) -> None:
        self.text = self.text[:start] + new + self.text[end:]
        self.statements = scan(self.text)

    def _put_table(self, path: Path, old: dict[str, Value], new: dict[str, Value]) -> None:
        """New keys first: what goes may be what the table is there by."""
        for name, value in new.items():
            if name in old:
                self.put((*path, name), old[name], value)
            else:
                self.add((*path, name), value, old)
        for name in old:
            if name not in new:
                self.drop((*path, name))
        if path and not self.is_said(path):
            self._add_tables(path, {})

    def _put_listed(self, path: Path, old: list[Value], new: list[Value]) -> None:
        """The same for an array of tables."""
        for number, (one, other) in enumerate(zip(old, new, strict=False)):
            self.put((*path, number), one, other)
        for number in range(len(old) - 1, len(new) - 1, -1):
            self.drop((*path, number))
        for number, value in islice(enumerate(new), len(old), None):
            if isinstance(value, dict):
                self._add_tables((*path, number), value)

    def _last_line_of(self, table: Path) -> Statement | None:
        """The statement behind which a new key of a table belongs, in a section in which it can be written."""
        headers = {number: s for number, s in enumerate(self.statements) if s.value is None}
        own = next((number for number, header in headers.items() if header.path == table), -1)
        if own >= 0 or not table:
            return next((s for s in reversed(self.statements) if s.section == own), None)
        for statement in reversed(self.statements):
            if statement.value is not None and statement.within(table):
                above = headers[statement.section].path if statement.section in headers else ()
                if len(above) < len(table):
                    return statement
        return None

    def _add_line(self, path: Path, new: Value, after: Statement) -> None:
        header = self.statements[after.section] if after.section >= 0 else None
        within = path[len(header.path) if header else 0 :]
        self._insert_below(after.end, pair(within, new, self._style(after)))

    def _add_first_line(self, path: Path, new: Value) -> None:
        """A key before all headers: under what is said of the file as a whole, above what is said of the first."""
        header = self.statements[0] if self.statements else None
        start = self._with_comments_above(header.start) if header else len(self.text)
        said = self.text[:start].rstrip(BLANK)
        line = pair(path, new, Style(newline=self._newline))
        if said:
            self._insert_below(len(said), self._newline + line)
        else:
            self._insert_at_top(line)

    def _add_tables(self, path: Path, new: dict[str, Value]) -> None:
        """A table with a header: behind the last that has the same parent, else at the end."""
        section = None
        for above in (path[:length] for length in range(len(path), 0, -1)):
            section = next((s.section for s in reversed(self.statements) if s.within(above)), None)
            if section is not None:
                break
        near = section is not None and section >= 0
        last = next((s for s in reversed(self.statements) if not near or s.section == section), None)
        style = self._style(last)
        if not near and style.header_indent:
            style = style._replace(header_indent="", key_indent=style.key_indent.removeprefix(style.header_indent))
        lines = tables(path, new, style, listed=isinstance(path[-1], int))
        if near and last is not None:
            self._insert_below(self._with_comments_below(last.end), style.newline * style.blank_lines + lines)
        elif said := self.text.rstrip(BLANK):
            self._insert_below(len(said), style.newline * style.blank_lines + lines)
        else:
            self._insert_at_top(lines)

    def _insert_below(self, offset: int, lines: str) -> None:
        start = self.text.find("\n", offset) + 1
        if start:
            self._splice(start, start, lines + self._newline)
        else:
            self._splice(len(self.text), len(self.text), self._newline + lines)

    def _insert_at_top(self, lines: str) -> None:
        self._splice(0, 0, lines + self._newline * (2 if self.text else 1))

    @property
    def _newline(self) -> str:
        first = self.text.find("\n")
        return "\r\n" if first > 0 and self.text[first - 1] == "\r" else "\n"

    def _style(self, near: Statement | None) -> Style:
        """How to write what comes behind the statement `near`."""
        if near is None:
            return Style(self._newline)
        header_indent = self._indent(self.statements[near.section]) if near.section >= 0 else ""
        equals = " = "
        if near.value is not None:
            found = EQUALS.search(self.text[near.start : near.value.start])
            equals = found[0] if found and len(found[0]) < len(equals) else equals
        return Style(self._newline, header_indent, self._indent(near), equals, self._blank_lines())

    def _indent(self, statement: Statement) -> str:
        return self.text[line_start(self.text, statement.start) : statement.start]

    def _blank_lines(self) -> int:
        """How many blank lines the tables of this file mostly have before them."""
        headers = [s for s in self.statements[1:] if s.value is None][:HEADERS_LOOKED_AT]
        counts = Counter(self._blank_lines_above(self._with_comments_above(header.start)) for header in headers)
        return counts.most_common(1)[0][0] if counts else 1

    def _blank_lines_above(self, offset: int) -> int:
        start = line_start(self.text, offset)
        return self.text.count("\n", len(self.text[:start].rstrip(BLANK)), start) - 1

    def _with_comments_above(self, offset: int) -> int:
        """Where the line around `offset` begins, or the first of the comments that stand right over it."""
        start = line_start(self.text, offset)
        while start and self.text[(above := line_start(self.text, start - 1)) : start].lstrip()[:1] == "#":
            start = above
        return start

    def _with_comments_below(self, offset: int) -> int:
        """Where the line around `offset` ends, or the last of the comments right under it, if no header follows."""
        end = line_end(self.text, offset)
        below = end
        while (following := self.text.find("\n", below)) >= 0:
            stop = line_end(self.text, following + 1)
            line = self.text[following + 1 : stop].strip()
            if line[:1] != "#":
                return end if line else below
            below = stop
        return below

    def _is_idle(self, header: int, going: set[int]) -> bool:
        """Whether a header behind tables that it is over says nothing any more, without the statements that go.

        `add` makes such a header for the first key of a table that was there only because of what is in it.
        """
        path = self.statements[header].path
        alone = all(n in going for n, s in enumerate(self.statements) if s.section == header and n != header)
        return alone and any(s.within(path) for n, s in enumerate(self.statements[:header]) if n not in going)

    def _lines(self, first: Statement, last: Statement) -> tuple[int, int]:
        """The lines of neighbouring statements, and the blank lines that came with them."""
        start, end = line_start(self.text, first.start), line_end(self.text, last.end)
        below = self.text.find("\n", end) + 1
        said = len(self.text[:start].rstrip(BLANK))
        if not said:
            return 0, end_of(BLANK_LINE, self.text, below) if below else end
        if first.value is None or BLANK_FOLLOWS.match(self.text, end):
            start = self.text.index("\n", said) + 1
        return (start, below) if below else (line_end(self.text, start - 1), end)
