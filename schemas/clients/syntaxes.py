"""How the clients spell references to the environment, as their documentation and their programs say."""

import re

from schemas.clients.text import NAME, Ref, Syntax


def _read(match: re.Match[str]) -> Ref:
    found = match.groupdict()
    if special := found.get("special"):
        return Ref(f":{special}")
    return Ref(found.get("name") or found["bare"], found.get("default"))


def _with_default(ref: Ref) -> str | None:
    if ref.name.startswith(":") or "}" in (ref.default or ""):
        return None
    return f"${{{ref.name}}}" if ref.default is None else f"${{{ref.name}:-{ref.default}}}"


def _plain(ref: Ref) -> str | None:
    return None if ref.default is not None else _with_default(ref)


def _never(_: Ref) -> str | None:
    return None


def _env(ref: Ref) -> str | None:
    """`${env:NAME}`; what an editor knows by name."""
    if ref.default is not None:
        return None
    if ref.name.startswith(":"):
        return f"${{{ref.name[1:]}}}"
    return f"${{env:{ref.name}}}"


def _editor(*specials: str) -> Syntax:
    """`${env:NAME}`, and these names besides."""
    known = "|".join(specials)
    pattern = re.compile(rf"\$\{{(?:env:(?P<name>{NAME})" + (rf"|(?P<special>{known})" if known else "") + r")\}")
    return Syntax(pattern, _read, _env)


def _opencode(ref: Ref) -> str | None:
    if ref.default is not None:
        return None
    if ref.name.startswith(":file:"):
        return f"{{{ref.name[1:]}}}"
    return None if ref.name.startswith(":") else f"{{env:{ref.name}}}"


def _secret(ref: Ref) -> str | None:
    return None if ref.default is not None or ref.name.startswith(":") else f"${{{{ secrets.{ref.name} }}}}"


CLAUDE = Syntax(re.compile(rf"\$\{{(?P<name>{NAME})(?::-(?P<default>[^}}]*))?\}}"), _read, _with_default)
"""`${NAME}`, `${NAME:-default}`."""

GEMINI = Syntax(
    re.compile(rf"\$\{{(?P<name>{NAME})(?::-(?P<default>[^}}]*))?\}}|\$(?P<bare>{NAME})"), _read, _with_default
)
"""The same, and `$NAME`."""

QWEN = Syntax(re.compile(rf"\$\{{(?P<name>{NAME})\}}|\$(?P<bare>{NAME})"), _read, _plain)
"""`${NAME}` and `$NAME`."""

BRACES = Syntax(re.compile(rf"\$\{{(?P<name>{NAME})\}}"), _read, _plain)
"""`${NAME}` alone."""

CURSOR = _editor("userHome", "workspaceFolder", "workspaceFolderBasename", "pathSeparator", "/")
"""`${env:NAME}`, and what Cursor knows."""

VSCODE = _editor(
    "input:[^{}]+", "workspaceFolder[^{}]*", "userHome", "pathSeparator", "command:[^{}]+", "config:[^{}]+"
)
"""`${env:NAME}`, and what VS Code knows."""

EDITOR = _editor()
"""`${env:NAME}` alone."""

WINDSURF = _editor("file:[^{}]+")
"""`${env:NAME}`, `${file:/path}`."""

OPENCODE = Syntax(re.compile(rf"\{{(?:env:(?P<name>{NAME})|(?P<special>file:[^{{}}]+))\}}"), _read, _opencode)
"""`{env:NAME}`, `{file:path}`."""

SECRETS = Syntax(re.compile(rf"\$\{{\{{\s*secrets\.(?P<name>{NAME})\s*\}}\}}"), _read, _secret)
"""`${{ secrets.NAME }}`."""

NONE = Syntax(re.compile(r"(?!)"), _read, _never)
"""Every string means itself."""
