"""What a person writes by hand for an element: read in any spelling, and what is wrong with it said where it stands.

No message repeats what was written: it may hold a secret.
"""

from collections.abc import Iterator
from math import isfinite
from types import UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

import msgspec

from schemas.base import Model
from schemas.clients.documents import LARGEST, key_of
from schemas.clients.secrets import masked, secrets
from schemas.clients.unified import Element, Kind, Permission, Rule, Server
from schemas.formats.edits import Path, Unreadable, Value
from schemas.formats.jsonc import STRICT
from schemas.formats.jsonc_tree import Document

_TYPES: dict[Kind, type[Element]] = {"servers": Server, "rules": Rule, "permissions": Permission}
_SHAPES = {str: "text", bool: "true or false", float: "a number", tuple: "a list of texts", dict: "an object of texts"}
_REMEDY = "name an environment variable instead, such as ${TOKEN}"


class Flaw(Model):
    """What is wrong with a draft. `line` is one of the draft; of a rule's `body` one of that text."""

    field: str | None = None
    line: int
    says: str

    @property
    def told(self) -> str:
        """It in a line."""
        where = f"line {self.line}" if self.field is None else f"{self.field} (line {self.line})"
        return f"{where}: {self.says}"


class Draft(NamedTuple):
    """The element that it is, or else all that is wrong with it."""

    element: Element | None
    flaws: tuple[Flaw, ...] = ()


def draft_of(path: str, text: str) -> Draft:
    """What a draft for the document at `path` is."""
    _, key = key_of(path)
    raw = text.encode()
    if len(raw) > LARGEST:
        return Draft(None, (Flaw(line=1, says=f"an element has at most {LARGEST} bytes"),))
    try:
        document = STRICT.parse(raw)
    except Unreadable as error:
        return Draft(None, (Flaw(line=error.position.line, says=error.reason),))
    type_ = _TYPES[key.kind]
    if flaws := (*_misshapen(document, type_),):
        return Draft(None, flaws)
    element = msgspec.convert(document.value, type_)
    if flaws := (*_incomplete(document, element), *_secrets(document, element)):
        return Draft(None, flaws)
    return Draft(element)


def _misshapen(document: Document, type_: type[Element]) -> Iterator[Flaw]:
    """What is no field, or not what the field can be."""
    fields = {field.name: field for field in msgspec.structs.fields(type_)}
    for name, value in document.value.items():
        if name not in fields:
            yield _flaw(document, (name,), f"there is no such field; there are: {', '.join(fields)}", None)
        elif not _fits(value, fields[name].type):
            yield from _unfit(document, name, value, fields[name].type)
    for name, field in fields.items():
        if field.required and name not in document.value:
            yield _flaw(document, (), f"it is missing; it must be {_shape(field.type)}", name)


def _unfit(document: Document, name: str, value: Value, type_: Any) -> Iterator[Flaw]:
    """Of variables and headers the very ones that do not fit."""
    if isinstance(value, dict) and get_origin(type_) is dict:
        wrong = [one for one, said in value.items() if not isinstance(said, str)]
        yield from (_flaw(document, (name, one), "it must be text", f"{name}.{masked(one)}") for one in wrong)
    else:
        yield _flaw(document, (name,), f"it must be {_shape(type_)}", name)


def _fits(value: Value, type_: Any) -> bool:
    if isinstance(value, float) and not isfinite(value):
        return False
    try:
        msgspec.convert(value, type_)
    except msgspec.ValidationError:
        return False
    return True


def _shape(type_: Any) -> str:
    """What a value must be, for a person."""
    if get_origin(type_) in {UnionType, Union}:
        type_ = get_args(type_)[0]
    if get_origin(type_) is Literal:
        return f"one of {', '.join(get_args(type_))}"
    return _SHAPES[get_origin(type_) or type_]


def _incomplete(document: Document, element: Element) -> Iterator[Flaw]:
    """What a server cannot be reached without."""
    if isinstance(element, Server) and (needed := element.missing):
        place = needed if needed in document.value else "transport"
        yield _flaw(document, (place,), f"a server of {element.transport} needs it", needed)


def _secrets(document: Document, element: Element) -> Iterator[Flaw]:
    """Each literal secret by its field; those in names and lists, too, which clients' files are not searched for."""
    for field, why in secrets(element):
        says = masked(f"it holds a secret ({why}): {_REMEDY}")
        if isinstance(element, Rule) and field == "body":
            yield Flaw(field=field, line=masked(element.body).count("\n") + 1, says=says)
        else:
            yield _flaw(document, _path(field), says, masked(field))
    for path, said in _others(element):
        if masked(said) != said:
            yield _flaw(document, path, f"it holds a secret: {_REMEDY}", str(path[0]))


def _others(element: Element) -> Iterator[tuple[Path, str]]:
    if isinstance(element, Server):
        yield from ((("env", name), name) for name in element.env)
        yield from ((("headers", name), name) for name in element.headers)
    for field in ("tools", "hidden_tools", "approved_tools", "globs"):
        yield from (((field, index), said) for index, said in enumerate(getattr(element, field, None) or ()))


def _path(field: str) -> Path:
    """Where a field stands that is named as `secrets` does: `env.TOKEN`, `args.1`, `url`."""
    group, is_inner, name = field.partition(".")
    if not is_inner:
        return (group,)
    return group, int(name) if group == "args" else name


def _flaw(document: Document, path: Path, says: str, field: str | None) -> Flaw:
    return Flaw(field=field, line=document.position(path).line, says=says)
