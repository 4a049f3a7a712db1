"""What clients answer, by their files: written down anew, from what their makers say."""

import json
import re
from collections.abc import Callable

import yaml

from schemas.clients.widening import STRICTNESS


def answered(raw: bytes, tool: str, what: str) -> str | None:
    """What opencode answers, as its source does."""
    permission = json.loads(raw).get("permission", {})
    found = permission if isinstance(permission, str) else None
    for key, said in permission.items() if isinstance(permission, dict) else ():
        for pattern, answer in said.items() if isinstance(said, dict) else [("*", said)]:
            if matches(key, tool) and matches(pattern, what):
                found = answer
    return found


def matches(pattern: str, text: str) -> bool:
    said = re.sub(r"[.+^${}()|[\]\\]", r"\\\g<0>", pattern).replace("*", ".*").replace("?", ".")
    if said.endswith(" .*"):
        said = said[:-3] + "( .*)?"
    return re.fullmatch(said, text, re.DOTALL) is not None


def spoken_of(name: str, tool: str, what: str) -> bool:
    """Whether a name of the common grammar speaks of this."""
    if name.startswith("mcp__"):
        _, server, *rest = name.split("__")
        return tool.startswith(f"{server}_") if not rest else tool == f"{server}_{rest[0]}"
    which, _, pattern = name.partition("(")
    return which.lower() == tool and matches(pattern.removesuffix(")") or "*", what)


Asked = Callable[[bytes, str, str], str | None]


def _by_lists(raw: bytes, tool: str, what: str) -> str | None:
    said = json.loads(raw or b"{}").get("permissions", {})
    for answer in ("deny", "ask", "allow"):
        for entry in said.get(answer, []):
            if spoken_of(entry.replace(":*)", " *)"), tool, what):
                return answer
    return None


def _by_tokens(raw: bytes, tool: str, what: str) -> str | None:
    said = json.loads(raw or b"{}").get("permissions", {})
    server, _, name = tool.partition("_")
    tokens = (
        {f"Shell({what.split(maxsplit=1)[0]})"} if tool == "bash" else {f"Mcp({server}:{name})", f"Mcp({server}:*)"}
    )
    return next((answer for answer in ("deny", "allow") if tokens & {*said.get(answer, [])}), None)


def _by_commands(raw: bytes, tool: str, what: str) -> str | None:
    """What is answered if, among several, the worst counts."""
    said = (yaml.safe_load(raw) or {}).get("toolPermissions", {}).get("bash", {}).get("commands", [])
    found = {one["permission"] for one in said if tool == "bash" and re.fullmatch(one["command"], what)}
    return min(found, key=lambda one: STRICTNESS[one], default=None)


ASKED: dict[str, Asked] = {
    "claude": _by_lists,
    "qwen": _by_lists,
    "cursor": _by_tokens,
    "opencode": lambda raw, tool, what: answered(raw or b"{}", tool, what),
    "rovodev": _by_commands,
}
