"""How new values are written into a JSON file: as the people and programs that wrote the rest of it write."""

import json
import re
from typing import NamedTuple

from schemas.errors import Rejected
from schemas.formats.edits import Value
from schemas.formats.jsonc_tree import BREAKS, LINE_BREAK, Branch, Document, written

WIDTH = 80
"""Columns of the longest line that a list of scalars is written on."""

_INDENTED = re.compile(r"^([ \t]+)[^\s*]", re.MULTILINE)
_COLON = re.compile(r'"([ \t]*:[ \t]*)\Z')


class Style(NamedTuple):
    """What differs between files that say the same. `pad` is what stands inside the braces of an object on one line."""

    newline: str = "\n"
    unit: str = "  "
    colon: str = ": "
    comma: str = ", "
    pad: str = ""

    def flat(self, value: Value) -> str:
        """A value on one line."""
        if isinstance(value, dict) and value:
            members = self.comma.join(self.name(key) + self.flat(each) for key, each in value.items())
            return f"{{{self.pad}{members}{self.pad}}}"
        if isinstance(value, list):
            return f"[{self.comma.join(map(self.flat, value))}]"
        return literal(value)

    def tall(self, value: Value, indent: str, used: str) -> str:
        """A value on lines of its own: one a member, but one for a short list of scalars. `used` stands before it."""
        if not value or not isinstance(value, dict | list):
            return self.flat(value)
        inner = indent + self.unit
        if isinstance(value, dict):
            names = (inner + self.name(key) for key in value)
            lines = [name + self.tall(each, inner, name) for name, each in zip(names, value.values(), strict=True)]
            return self.newline.join(("{", f",{self.newline}".join(lines), indent + "}"))
        line = self.flat(value)
        if not any(isinstance(each, dict | list) for each in value) and fits(used + line):
            return line
        lines = [inner + self.tall(each, inner, inner) for each in value]
        return self.newline.join(("[", f",{self.newline}".join(lines), indent + "]"))

    def name(self, key: str) -> str:
        """A key with its colon."""
        return literal(key) + self.colon


def fits(line: str) -> bool:
    """Whether a line, with the comma that may follow, is short."""
    return len(line.expandtabs(4)) < WIDTH


def literal(value: Value) -> str:
    """A scalar, or an empty object or list, as JSON. Raises Rejected for what JSON or UTF-8 cannot say."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        text.encode()
    except ValueError as problem:
        raise Rejected(f"JSON cannot say this {type(value).__name__}: {problem}") from None
    return text


def document_style(document: Document) -> Style:
    """What a file shows of how it is written."""
    newline = LINE_BREAK.search(document.source)
    indented = _INDENTED.search(document.source)
    members = document.root.members if document.root else []
    colon = _colon(members[0].name, ": ") if members else ": "
    return Style(
        newline=newline.group() if newline else "\n",
        unit=indented.group(1) if indented else "  ",
        colon=colon,
        comma=", " if colon.endswith((" ", "\t")) else ",",
    )


def branch_style(style: Style, branch: Branch, indent: str) -> Style:
    """What the members of a branch show of how it is written; `indent` is that of the line on which it begins."""
    if not branch.members:
        return style
    first, last = branch.members[0], branch.members[-1]
    inner = next((indentation(m.lead) for m in (last, first) if m.lead.startswith(BREAKS)), "")
    alone = inner.removeprefix(indent) if inner.startswith(indent) else ""
    shown = style._replace(unit=alone or style.unit, colon=_colon(last.name, style.colon))
    if branch.brackets == "{}" and not first.lead.startswith(BREAKS):
        shown = shown._replace(pad=" " if first.lead.startswith(" ") else "")
    if len(branch.members) > 1 and last.lead in ("", " "):
        shown = shown._replace(comma="," + last.lead)
    return shown


def one_line_object(branch: Branch) -> Branch | None:
    """The last object among the members that is no empty one, if it stands on one line."""
    for member in reversed(branch.members):
        node = member.node
        if isinstance(node, Branch) and node.brackets == "{}" and node.members:
            return None if any(LINE_BREAK.search(piece) for piece in written(node)) else node
    return None


def indentation(lead: str) -> str:
    """What the last line of a lead begins with."""
    line = LINE_BREAK.split(lead)[-1]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _colon(name: str, otherwise: str) -> str:
    found = _COLON.search(name)
    return found.group(1) if found else otherwise
