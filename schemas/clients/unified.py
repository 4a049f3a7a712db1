"""What AI coding clients are configured with, in one model for all of them.

Three kinds of elements, each with a name of its own: MCP servers, rules (instructions), permissions. All strings of a
server are in the common spelling of `schemas.clients.text`; all times are in seconds. What a client's file says beyond
this belongs to that client, stays in its file, and never reaches another.
"""

from typing import Any, Literal, NamedTuple, TypeAlias

import msgspec

Transport: TypeAlias = Literal["stdio", "http", "sse", "ws"]


class Server(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """An MCP server. `command` is set for stdio, `url` for the others.

    `tools` are the only ones offered (None: all), less those of `hidden_tools`; `approved_tools` run unasked, where
    `("*",)` is all of them. `call_timeout` and `start_timeout` are in seconds.
    """

    transport: Transport
    command: str | None = None
    args: tuple[str, ...] = ()
    env: dict[str, str] = {}
    cwd: str | None = None
    url: str | None = None
    headers: dict[str, str] = {}
    enabled: bool = True
    call_timeout: float | None = None
    start_timeout: float | None = None
    tools: tuple[str, ...] | None = None
    hidden_tools: tuple[str, ...] = ()
    approved_tools: tuple[str, ...] = ()

    @property
    def missing(self) -> str | None:
        """The field without which it cannot be reached, where it has none."""
        needed = "command" if self.transport == "stdio" else "url"
        return None if getattr(self, needed) else needed


Trigger: TypeAlias = Literal["always", "files", "model", "manual"]


class Rule(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Instructions in Markdown. `trigger` says when they count: always, with files that match `globs`, when the model
    decides so by `description`, or when a person asks for them.
    """

    body: str
    trigger: Trigger = "always"
    globs: tuple[str, ...] = ()
    description: str | None = None


Answer: TypeAlias = Literal["allow", "ask", "deny"]


class Permission(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Whether something may be done; its name is the rule, such as `Bash(git push *)` or `mcp__docs__search`."""

    answer: Answer


Element: TypeAlias = Server | Rule | Permission
Kind: TypeAlias = Literal["servers", "rules", "permissions"]


class Key(NamedTuple):
    """Which element: its kind, and its name among those."""

    kind: Kind
    name: str


class Loss(NamedTuple):
    """What a client cannot say of an element, and why. Of some, `*`, nothing can be said without doing harm."""

    key: Key
    field: str
    why: str

    @property
    def harmful(self) -> bool:
        """Whether the element is not written at all."""
        return self.field == "*"


_ENCODER = msgspec.json.Encoder(order="sorted")
_DECODERS: dict[Kind, msgspec.json.Decoder[Any]] = {
    "servers": msgspec.json.Decoder(Server),
    "rules": msgspec.json.Decoder(Rule),
    "permissions": msgspec.json.Decoder(Permission),
}


def encode(element: Element) -> bytes:
    """An element as it is stored: the same element is always the same bytes."""
    return msgspec.json.format(_ENCODER.encode(element), indent=2) + b"\n"


def decode(kind: Kind, raw: str | bytes) -> Element:
    """An element from what is stored. Raises msgspec.DecodeError."""
    element: Element = _DECODERS[kind].decode(raw)
    return element
