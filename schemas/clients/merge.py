"""Merge what two sides have made of one element, field by field, against what both last agreed on.

Different fields changed on two sides go together. A field that both have changed, and not to the same, is a conflict:
a policy or a person decides.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from schemas.clients.unified import Element, Server

_ENDPOINT = ("transport", "command", "args", "url")
"""Fields that only make sense together."""


class Merged(NamedTuple):
    """The element (None: it is gone), and the fields that both sides have changed, with our side's in it."""

    element: Element | None
    conflicts: tuple[str, ...] = ()


def merge(base: Element | None, ours: Element | None, theirs: Element | None) -> Merged:
    """Three-way. An element that one side has deleted and the other changed is a conflict of the whole: `*`."""
    if ours == theirs or theirs == base:
        return Merged(ours)
    if ours == base:
        return Merged(theirs)
    if ours is None or theirs is None or type(ours) is not type(theirs):
        return Merged(ours, ("*",))
    was = fields(base) if type(base) is type(ours) and base is not None else {}
    fields_, conflicts = _merged(was, fields(ours), fields(theirs))
    return Merged(of_fields(type(ours), fields_), tuple(sorted(conflicts)))


def _merged(
    base: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    merged: dict[str, Any] = {}
    conflicts: list[str] = []
    for name in [*ours, *(name for name in theirs if name not in ours)]:
        was, mine, other = base.get(name), ours.get(name), theirs.get(name)
        chosen = other if mine == was else mine
        if mine not in (was, other) and other != was:
            conflicts.append(name)
        if chosen is not None:
            merged[name] = chosen
    return merged, conflicts


def fields(element: Element) -> dict[str, Any]:
    """An element as flat fields: each variable and each header is one, and so is all that says what to reach."""
    found = {name: value for name, value in msgspec.structs.asdict(element).items() if value is not None}
    if not isinstance(element, Server):
        return found
    endpoint = tuple(getattr(element, name) for name in _ENDPOINT)
    flat = {name: value for name, value in found.items() if name not in {*_ENDPOINT, "env", "headers"}}
    flat |= {f"env.{name}": value for name, value in element.env.items()}
    flat |= {f"headers.{name}": value for name, value in element.headers.items()}
    return {"endpoint": endpoint, **flat}


def of_fields(kind: type[Element], flat: Mapping[str, Any]) -> Element:
    """The element that these fields make."""
    if kind is not Server:
        return msgspec.convert(flat, kind)
    plain = {name: value for name, value in flat.items() if name != "endpoint" and "." not in name}
    nested = {
        group: {name.partition(".")[2]: value for name, value in flat.items() if name.startswith(f"{group}.")}
        for group in ("env", "headers")
    }
    return msgspec.convert({**dict(zip(_ENDPOINT, flat["endpoint"], strict=True)), **plain, **nested}, Server)
