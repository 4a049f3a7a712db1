"""Members of an object or a list come and go; the lines, comments and commas of all others stay.

What is added and then removed leaves what was there before, to the byte. For an empty pair of brackets this means that
the blanks between them stay in front of the lines of the first member (`{ }` is not `{}` again by chance).
"""

from dataclasses import dataclass

from schemas.errors import Rejected
from schemas.formats.edits import Value
from schemas.formats.jsonc_text import Style, branch_style, fits, indentation, one_line_object
from schemas.formats.jsonc_tree import BREAKS, Branch, Leaf, Member, Node, Scanner, split


@dataclass(slots=True)
class Place:
    """A branch on the way to a value, the indentation of the line it begins on, and whether it begins a line."""

    branch: Branch
    indent: str = ""
    lined: bool = True

    def below(self, index: int) -> "Place":
        """The place of a member that is a branch itself."""
        member = self.branch.members[index]
        if isinstance(member.node, Leaf):
            raise Rejected(f"what is to hold a value is {member.node.text[:40]}, no object or list")
        lined = member.lead.startswith(BREAKS)
        return Place(member.node, indentation(member.lead) if lined else self.indent, lined)


def replace(place: Place, index: int, value: Value, style: Style) -> None:
    """Let a member have another value."""
    member = place.branch.members[index]
    lined = member.lead.startswith(BREAKS)
    indent = indentation(member.lead) if lined else place.indent
    member.node = _node(place, value, style, indent if lined else None, member.name)


def add(place: Place, index: int, key: str | None, value: Value, style: Style) -> None:
    """Let there be a member more, which then stands at `index`."""
    if not place.branch.members:
        _fill(place, key, value, style)
    elif index == 0:
        _add_first(place, key, value, style)
    else:
        _add_behind(place, index, key, value, style)


def remove(branch: Branch, index: int) -> None:
    """Let a member go, with its lines, its comma, and the comment behind it on its line."""
    gone = branch.members.pop(index)
    if index < len(branch.members):
        follower = branch.members[index]
        lead = _closed(gone.lead, follower.lead)
        tail, follower.lead = split(lead)
        _extend_line(branch, index, tail)
    elif branch.members:
        last = branch.members[-1]
        last.comma = gone.comma
        last.gap = last.gap if last.comma or "/" in last.gap else ""
        if "/" in gone.lead or (last.tail and not branch.end.startswith(BREAKS)):
            tail, branch.end = split(_closed(gone.lead, branch.end))
            _extend_line(branch, index, tail)
    else:
        branch.head, branch.end = "", _emptied(branch.head + gone.lead, branch.end)


def _fill(place: Place, key: str | None, value: Value, style: Style) -> None:
    """Add the first member of an empty branch."""
    branch, inside = place.branch, place.branch.end
    rest, line = without_last_line(inside)
    broken = line.startswith(BREAKS)
    indent: str | None = place.indent + style.unit
    name = "" if key is None else style.name(key)
    if "/" in inside and broken:  # behind the comments
        lead, branch.end = f"{rest}{style.newline}{indent}", line
    elif "/" in inside:
        lead, branch.end, indent = rest.rstrip(" \t") + " ", line, None
    elif not broken and (not place.lined or _short(value, key, style, place.indent)):
        lead, indent = inside, None
    else:
        lead, branch.end = f"{inside}{style.newline}{indent}", style.newline + place.indent
    branch.head, lead = split(lead)
    branch.members.append(Member(lead, key, name, _node(place, value, style, indent, name)))


def _short(value: Value, key: str | None, style: Style, indent: str) -> bool:
    """Whether a list of this only goes on one line."""
    return key is None and not isinstance(value, dict | list) and fits(f"{indent}{style.flat([value])}")


def _add_first(place: Place, key: str | None, value: Value, style: Style) -> None:
    """Add in front of all others; what is written above or before the first of them stays with it."""
    first = place.branch.members[0]
    shown = branch_style(style, place.branch, place.indent)
    name = "" if key is None else shown.name(key)
    if first.lead.startswith(BREAKS):
        indent = indentation(first.lead)
        node = _node(place, value, style, indent, name)
        member = Member(f"{style.newline}{indent}", key, name, node, comma=True)
    else:
        stripped = first.lead.lstrip(" \t")
        lead = first.lead[: len(first.lead) - len(stripped)]
        member = Member(lead, key, name, _node(place, value, style, None, name), comma=True)
        first.lead = shown.comma[1:] + stripped
    place.branch.members.insert(0, member)


def _add_behind(place: Place, index: int, key: str | None, value: Value, style: Style) -> None:
    """Add behind another member, and behind the comment on its line."""
    previous = place.branch.members[index - 1]
    shown = branch_style(style, place.branch, place.indent)
    name = "" if key is None else shown.name(key)
    if previous.lead.startswith(BREAKS):
        indent: str | None = indentation(previous.lead)
    else:
        indent = place.indent + shown.unit if previous.tail else None
    lead = shown.comma[1:] if indent is None else f"{style.newline}{indent}"
    member = Member(lead, key, name, _node(place, value, style, indent, name), comma=True)
    if index == len(place.branch.members):
        member.comma, previous.comma = previous.comma, True
    place.branch.members.insert(index, member)


def _node(place: Place, value: Value, style: Style, indent: str | None, name: str) -> Node:
    """A new value: on lines of its own at an indentation, unless others like it stand on one; None is on this line."""
    style = branch_style(style, place.branch, place.indent)
    like = one_line_object(place.branch) if isinstance(value, dict) else None
    if like:
        text = branch_style(style, like, "").flat(value)
    elif indent is None:
        text = style.flat(value)
    else:
        text = style.tall(value, indent, indent + name)
    return Scanner(text).node(0, 1)[0]


def _closed(lead: str, following: str) -> str:
    """What stands before something, when what stood between it and this lead has gone."""
    if following.startswith(BREAKS):
        return without_last_line(lead)[0] + following
    return lead + following.lstrip(" \t")


def _emptied(lead: str, end: str) -> str:
    """What stands between brackets when the only member between these has gone: what `_fill` has found there."""
    rest, line = without_last_line(lead)
    if line.startswith(BREAKS) and "/" in rest and not end.startswith(BREAKS):
        return lead + end.lstrip(" \t")
    if "/" in rest + end:
        return rest + end
    return rest + without_last_line(end)[0] if any(b in end for b in BREAKS) else rest + end


def _extend_line(branch: Branch, index: int, tail: str) -> None:
    """Add to what follows on the line that the member before `index`, or else the opening bracket, ends."""
    if index:
        branch.members[index - 1].tail += tail
    else:
        branch.head += tail


def without_last_line(trivia: str) -> tuple[str, str]:
    """What stands before the last line break with what follows it, if that is blank, and these."""
    rest = trivia.rstrip(" \t")
    for line_break in ("\r\n", "\n", "\r"):
        if rest.endswith(line_break):
            rest = rest.removesuffix(line_break)
            break
    return rest, trivia[len(rest) :]
