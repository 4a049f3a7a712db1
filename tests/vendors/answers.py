"""How each vendor's program is asked for its servers, and what its answer says of them."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from schemas.clients.adapter import Client
from schemas.clients.adapters import CLIENTS
from schemas.clients.text import Ref, parts
from schemas.clients.unified import Server

Told: TypeAlias = dict[str, Any]
"""What a program tells of a server: some of what `facts` says."""


def facts(server: Server, shown: Callable[[Ref], str]) -> Told:
    """All that a program could tell; `shown` is how it shows a reference to a variable that is not set."""

    def said(string: str) -> str:
        return "".join([shown(part) if isinstance(part, Ref) else part for part in parts(string)])

    reach = [server.url or ""] if server.transport != "stdio" else [server.command or "", *server.args]
    return {
        "transport": server.transport,
        "enabled": server.enabled,
        "reach": [said(one) for one in reach],
        "line": " ".join([said(one) for one in reach]),
        "env": {name: said(one) for name, one in server.env.items()},
        "headers": {name: said(one) for name, one in server.headers.items()},
        "names": {*server.env, *server.headers},
        "cwd": server.cwd and said(server.cwd),
        "call_timeout": server.call_timeout,
        "start_timeout": server.start_timeout,
        "tools": ["*"] if server.tools is None else [*server.tools],
    }


def _codex(answer: str) -> dict[str, Told]:
    return {
        one["name"]: {
            **_codex_transport(one["transport"]),
            "enabled": one["enabled"],
            "call_timeout": one["tool_timeout_sec"],
            "start_timeout": one["startup_timeout_sec"],
        }
        for one in json.loads(answer)
    }


def _codex_transport(one: Mapping[str, Any]) -> Told:
    if one["type"] == "stdio":
        passed = {name: f"${{{name}}}" for name in one["env_vars"]}
        reach = [one["command"], *one["args"]]
        return {"transport": "stdio", "reach": reach, "env": {**(one["env"] or {}), **passed}, "cwd": one["cwd"]}
    named = {name: f"${{{variable}}}" for name, variable in (one["env_http_headers"] or {}).items()}
    token = one["bearer_token_env_var"]
    bearer = {"Authorization": f"Bearer ${{{token}}}"} if token else {}
    return {"transport": "http", "reach": [one["url"]], "headers": {**(one["http_headers"] or {}), **named, **bearer}}


_CLAUDE = re.compile(r"^(?P<name>.+?): (?P<line>.*?)(?: \((?P<type>HTTP|SSE|WS)\))? - [✘✔✓⏸!⚠]", re.MULTILINE)


def _claude(answer: str) -> dict[str, Told]:
    return {
        one["name"]: {"transport": (one["type"] or "stdio").lower(), "enabled": True, "line": one["line"].strip()}
        for one in _CLAUDE.finditer(answer)
    }


_ITEM = re.compile(r"^\S+ (?P<name>.+?): (?P<line>.*) \((?P<type>stdio|sse|http)\) - (?P<state>.*)$", re.MULTILINE)
_COLOUR = re.compile(r"\x1b\[\d+m")


def _gemini(answer: str) -> dict[str, Told]:
    return {
        one["name"]: {"transport": one["type"], "enabled": one["state"] != "Blocked", "line": one["line"].strip()}
        for one in _ITEM.finditer(answer)
    }


def _qwen(answer: str) -> dict[str, Told]:
    """It tells of servers that are off as if they were on."""
    return {
        one["name"]: {"transport": one["type"], "line": one["line"].strip()}
        for one in _ITEM.finditer(_COLOUR.sub("", answer))
    }


def _opencode(answer: str) -> dict[str, Told]:
    """HTTP and SSE are one to it, and it hides the values of headers and of some variables."""
    return {
        name: {
            "reach": one["command"] if one["type"] == "local" else [one["url"]],
            "enabled": one.get("enabled", True),
            "names": {*one.get("environment", {}), *one.get("headers", {})},
            "cwd": one.get("cwd"),
            "start_timeout": one["timeout"] / 1000 if "timeout" in one else None,
        }
        for name, one in json.loads(answer).get("mcp", {}).items()
        if "type" in one
    }


_COPILOT = {"local": "stdio", "stdio": "stdio", "http": "http", "sse": "sse"}


def _copilot(answer: str) -> dict[str, Told]:
    """Of a server whose type its file does not say, it tells none either."""
    return {
        name: {
            **({"transport": _COPILOT[one["type"]]} if "type" in one else {}),
            "reach": [one["url"]] if "url" in one else [one["command"], *one["args"]],
            "enabled": one["enabled"],
            "headers": one.get("headers", {}),
            "tools": one["tools"],
        }
        for name, one in json.loads(answer)["mcpServers"].items()
    }


def _cline(answer: str) -> dict[str, Told]:
    transports = {"stdio": "stdio", "streamableHttp": "http", "sse": "sse"}
    return {
        one["name"]: {"transport": transports[one["transportType"]], "enabled": not one["disabled"]}
        for one in json.loads(answer)
    }


def _as_it_stands(ref: Ref) -> str:
    return f"${{{ref.name}}}" if ref.default is None else f"${{{ref.name}:-{ref.default}}}"


def _default(ref: Ref) -> str:
    return _as_it_stands(ref) if ref.default is None else ref.default


def _trusted_by_codex(project: Path) -> tuple[str, str]:
    return ".codex/config.toml", f'[projects."{project}"]\ntrust_level = "trusted"\n'


def _trusted_by_copilot(project: Path) -> tuple[str, str]:
    return ".copilot/config.json", json.dumps({"trusted_folders": [str(project)]})


class Vendor(NamedTuple):
    """A vendor's program. `trust` is a file of the home that lets a project's own files count, and what it says."""

    client: Client
    package: str
    version: str
    ask: tuple[str, ...]
    read: Callable[[str], dict[str, Told]]
    shown: Callable[[Ref], str] = _as_it_stands
    trust: Callable[[Path], tuple[str, str]] | None = None
    variables: Mapping[str, str] = {}
    lists_off: bool = True


_BY_NAME = {client.name: client for client in CLIENTS}
_LIST = ("mcp", "list")

VENDORS = (
    Vendor(_BY_NAME["claude"], "@anthropic-ai/claude-code", "2.1.329", _LIST, _claude, shown=_default, lists_off=False),
    Vendor(_BY_NAME["codex"], "@openai/codex", "0.169.0", (*_LIST, "--json"), _codex, trust=_trusted_by_codex),
    Vendor(_BY_NAME["qwen"], "@qwen-code/qwen-code", "0.24.4", _LIST, _qwen),
    Vendor(
        _BY_NAME["gemini"],
        "@google/gemini-cli",
        "0.61.0",
        _LIST,
        _gemini,
        shown=_default,
        variables={"GEMINI_CLI_TRUST_WORKSPACE": "true"},
    ),
    Vendor(_BY_NAME["opencode"], "opencode-ai", "1.18.33", ("debug", "config"), _opencode, shown=lambda _: ""),
    Vendor(_BY_NAME["copilot"], "@github/copilot", "1.0.102", (*_LIST, "--json"), _copilot, trust=_trusted_by_copilot),
    Vendor(_BY_NAME["cline"], "cline", "3.0.65", ("config", "mcp", "--json"), _cline),
)
