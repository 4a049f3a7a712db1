"""How the elements of a configuration are named in the log: a document each, so that each has a history of its own.

`SCOPE/KIND/NAME`, where a name is what its client calls it, percent-encoded: names hold slashes, colons and spaces.
"""

from functools import lru_cache
from typing import get_args
from urllib.parse import quote, unquote

import msgspec

from schemas.clients.secrets import masked, secrets
from schemas.clients.unified import Element, Key, Kind, Server, decode, encode
from schemas.paths import RESERVED, relative_path

DOMAIN = "clients"
LARGEST = 1024 * 1024
"""Bytes of the largest element: clients themselves load no larger rules."""

_KINDS: tuple[Kind, ...] = get_args(Kind)
_PLAIN = " @+=,()[]!~'&;$"


@lru_cache(maxsize=4096)
def path_of(scope: str, key: Key) -> str:
    """The path of an element's document. Raises ValueError where its name is too long or empty."""
    return relative_path(f"{scope}/{key.kind}/{_quoted(key.name)}")


def _quoted(name: str) -> str:
    """A name with what no path may hold, and what some systems read as something else, percent-encoded."""
    quoted = quote(name, safe=_PLAIN)
    if quoted.partition(".")[0].rstrip(" ").lower() in RESERVED:
        quoted = _encoded(quoted[0]) + quoted[1:]
    return quoted[:-1] + _encoded(quoted[-1]) if quoted[-1:] in {".", " "} else quoted


def _encoded(char: str) -> str:
    return f"%{ord(char):02X}"


@lru_cache(maxsize=4096)
def unfit(scope: str, key: Key) -> str:
    """Why an element can have no document, by its name; empty where it can."""
    if masked(key.name) != key.name:
        return "its name holds a secret"
    try:
        path_of(scope, key)
    except ValueError:
        return "its name is empty, or too long"
    return ""


def key_of(path: str) -> tuple[str, Key]:
    """The scope and the element that a path names. Raises ValueError where it is none."""
    scope, _, rest = path.partition("/")
    named, _, quoted = rest.partition("/")
    kind = next((one for one in _KINDS if one == named), None)
    if kind is None or "/" in quoted:
        raise ValueError(f"{path!r} is not SCOPE/KIND/NAME, with a kind of {', '.join(_KINDS)}")
    key = Key(kind, unquote(quoted, errors="strict"))
    if path_of(scope, key) != path:
        raise ValueError(f"{path!r} is not how {key.name!r} is written")
    return scope, key


def read(path: str, content: bytes) -> Element:
    """The element that a document's content is.

    Raises:
        ValueError: it is none, lacks what it needs, is not in its one spelling, or holds a secret.
    """
    _, key = key_of(path)
    if len(content) > LARGEST:
        raise ValueError(f"an element has at most {LARGEST} bytes")
    try:
        element = decode(key.kind, content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"not one of {key.kind}: {error}") from error
    if encode(element) != content:
        raise ValueError("the content is not in the one spelling that it has")
    if isinstance(element, Server) and element.missing:
        raise ValueError(f"a server of {element.transport} needs a {element.missing}")
    if masked(key.name) != key.name:
        raise ValueError("the name holds a secret")
    if found := secrets(element):
        raise ValueError(f"{found[0].field} holds a secret ({found[0].why})")
    return element
