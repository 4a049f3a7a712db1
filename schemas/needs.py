"""Which components an experiment's config needs: read from its values, with nothing in them evaluated.

Sources: the component-sync seed for the categories and the pipelines; CVLab-Kit's own configs for the other shapes.
"""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from schemas.components import CATEGORIES, ComponentPath

MAX_VALUES = 100_000
MAX_DEPTH = 100
AGENT = "agent"
NAMING = ("_target_", "_type", "type", "name")
"""Keys that say which component a mapping configures; where there are several, the first of these does."""

_CLOSES = {"(": ")", "[": "]", "{": "}"}

Trail: TypeAlias = tuple[object, ...]


class Bounds:
    """Ends a walk through data that refers to itself, or to the same thing over and over."""

    def __init__(self) -> None:
        self._left = MAX_VALUES

    def enter(self, depth: int) -> None:
        """Count a value. Raises ValueError at the first one too many, or too deep."""
        if depth > MAX_DEPTH:
            raise ValueError(f"it is nested more than {MAX_DEPTH} levels deep, or refers to itself")
        if not self._left:
            raise ValueError(f"it holds more than {MAX_VALUES} values, with its aliases written out")
        self._left -= 1


def needs(data: object) -> list[ComponentPath]:
    """The components that a parsed config names, in its order, each once.

    A category's key counts at any depth. Below it stands an expression (see `names`), a list, a mapping of roles to
    expressions, or a mapping with a key of `NAMING`, whose other entries are arguments. A mapping that holds numbers or
    booleans, and no such key, is settings: in it only what can be nothing but an expression names components. Below a
    category no key is a category again, but in the arguments of an agent, which may name what it uses.

    Raises:
        ValueError: a name or an expression is none, saying where; or the data never end.
    """
    return list(dict.fromkeys(_anywhere(data, (), Bounds())))


def _anywhere(value: object, trail: Trail, bounds: Bounds) -> Iterator[ComponentPath]:
    """What the categories name that stand in a value, however deep."""
    bounds.enter(len(trail))
    for key, entry in _entries(value):
        if isinstance(key, str) and key in CATEGORIES:
            yield from _below(entry, key, (*trail, key), bounds)
        else:
            yield from _anywhere(entry, (*trail, key), bounds)


def _below(value: object, category: str, trail: Trail, bounds: Bounds) -> Iterator[ComponentPath]:
    """What stands below a category's key."""
    bounds.enter(len(trail))
    if isinstance(value, str):
        yield from _named(value, category, trail)
    for key, entry in _entries(value):
        if _names(key, entry, value):
            yield from _below(entry, category, (*trail, key), bounds)
        elif category == AGENT:
            yield from _anywhere({key: entry}, trail, bounds)


def _entries(value: object) -> Iterator[tuple[object, object]]:
    """What stands directly in a value, each with its key or its place."""
    if isinstance(value, list | tuple):
        yield from enumerate(value)
    elif isinstance(value, Mapping):
        yield from value.items()


def _names(key: object, entry: object, parent: object) -> bool:
    """Whether an entry below a category names components of it, and is no argument and no setting."""
    if not isinstance(parent, Mapping):
        return True
    naming = next((name for name in NAMING if isinstance(parent.get(name), str)), None)
    if naming is not None:
        return key == naming
    is_settings = any(isinstance(one, int | float) for one in parent.values())
    return not is_settings or not isinstance(entry, str) or any(char in "(|" for char in entry)


def _named(expression: str, category: str, trail: Trail) -> list[ComponentPath]:
    try:
        return [ComponentPath.parse(f"{category}/{name}.py") for name in names(expression)]
    except ValueError as error:
        raise ValueError(f"{_place(trail)}: {error}") from None


def _place(trail: Trail) -> str:
    """`transform.train[1]`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{_shown(str(step))}" for step in trail).lstrip(".")


def _shown(key: str) -> str:
    return f"{key if key.isprintable() else repr(key):.60}"


def names(text: str) -> list[str]:
    """The names in an expression: components with or without arguments, between them `|` or `,`.

    `resize(size=256) | normalize(mean=(0.5, 0.5))` names `resize` and `normalize`. Of arguments only brackets and
    quotes are looked at.

    Raises:
        ValueError: the text is no such expression, saying why.
    """
    return [_name(part.strip()) for part in _top_level(text).replace("|", ",").split(",")]


def _name(part: str) -> str:
    name = part.removesuffix("()").rstrip()
    if not name:
        raise ValueError("a name is missing")
    if name == "None":
        raise ValueError("None is a name in YAML: for nothing, write null")
    if not name.isidentifier() or name.startswith("_"):
        raise ValueError(f"{name!r:.60} is not a component's name: a letter, then letters, digits and underscores")
    return name


def _top_level(text: str) -> str:
    """The text without what stands in quotes and brackets: `a(b(1), c="|") | d` is `a() | d`."""
    kept: list[str] = []
    awaited: list[str] = []
    chars = iter(text)
    for char in chars:
        is_outside = not awaited
        if char in "'\"":
            _skip_quoted(chars, char)
        elif char in _CLOSES:
            awaited.append(_CLOSES[char])
        elif char in ")]}":
            _close(awaited, char)
        if is_outside or not awaited:
            kept.append(char)
    if awaited:
        raise ValueError(f"a {awaited[-1]!r} is missing at the end")
    return "".join(kept)


def _skip_quoted(chars: Iterator[str], quote: str) -> None:
    for char in chars:
        if char == "\\":
            next(chars, None)
        elif char == quote:
            return
    raise ValueError(f"a quote, {quote}, is not closed")


def _close(awaited: list[str], char: str) -> None:
    if not awaited:
        raise ValueError(f"{char!r} closes nothing")
    if awaited.pop() != char:
        raise ValueError(f"{char!r} closes another bracket than the last one opened")
