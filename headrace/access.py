"""Users and API keys, asked of a gateway."""

import getpass
import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple, Self
from urllib.parse import quote

from headrace.remote import Remote
from headrace.words import ago, line, out, print_json, table
from schemas.access import SHORTEST
from schemas.base import now
from schemas.errors import NotFound, Rejected

_USERS = "/api/v1/users"
_KEYS = "/api/v1/keys"
_NONE = "none"


class Roles(NamedTuple):
    """Roles as they are typed: in all projects, where that is said, and in some."""

    everywhere: str | None
    projects: dict[str, str]

    @classmethod
    def read(cls, role: str | None, within: Sequence[str] | None) -> Self:
        """Take `lab=viewer` apart. Raises Rejected."""
        projects: dict[str, str] = {}
        for text in within or ():
            project, equals, named = text.partition("=")
            if not (project and equals and named):
                raise Rejected(f"--in {text}: not a project with a role", "such as --in lab=viewer")
            projects[project] = named
        return cls(role, projects)

    def over(self, projects: dict[str, str]) -> dict[str, Any]:
        """What to send, where somebody has these roles so far."""
        asked: dict[str, Any] = {}
        if self.everywhere is not None:
            asked["role"] = None if self.everywhere == _NONE else self.everywhere
        if self.projects:
            roles = projects | self.projects
            asked["projects"] = {project: role for project, role in roles.items() if role != _NONE}
        return asked


def read_password(name: str, *, stdin: bool) -> str:
    """A new password, from whoever sits there, twice, or from standard input. Raises Rejected."""
    password = sys.stdin.readline().rstrip("\r\n") if stdin else _ask(name)
    if len(password) < SHORTEST:
        raise Rejected(f"a password has at least {SHORTEST} characters", "choose a longer one")
    return password


def _ask(name: str) -> str:
    if not sys.stdin.isatty():
        raise Rejected("nobody is there to be asked for the password", "give it on standard input, with --stdin")
    password = getpass.getpass(f"Password of {name}: ")
    if getpass.getpass("The same again: ") != password:
        raise Rejected("these were two passwords", "type the same twice")
    return password


async def show_users(remote: Remote, *, as_json: bool) -> None:
    """Print all users."""
    found = await remote.call("GET", _USERS)
    if as_json:
        print_json(found)
    elif not found:
        out.print("no users")
    else:
        rows = [[one["username"], _roles(one), _state(one), _since(one["last_login_at"])] for one in found]
        table(["user", "roles", "state", "last log-in"], rows)


def _roles(user: dict[str, Any]) -> str:
    inside = [f"{project}={role}" for project, role in sorted(user["projects"].items())]
    return " ".join([user["role"] or "", *inside]).strip() or "none"


def _state(user: dict[str, Any]) -> str:
    return "disabled" if user["disabled"] else "active"


def _since(time: str | None) -> str:
    return ago(time) if time else "never"


def _told(user: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(user)
    else:
        out.print(f"{line(user['username'])}: {line(_roles(user))}, {_state(user)}")


async def add_user(remote: Remote, name: str, password: str, roles: Roles, *, as_json: bool) -> None:
    """Make a user."""
    body = {"username": name, "password": password, **roles.over({})}
    _told(await remote.call("POST", _USERS, json=body), as_json=as_json)


async def set_user(remote: Remote, name: str, roles: Roles, disabled: bool | None, *, as_json: bool) -> None:
    """Change what a user may."""
    found = await remote.call("GET", _user(name))
    body = roles.over(found["projects"]) | ({} if disabled is None else {"disabled": disabled})
    if not body:
        raise Rejected("nothing is to be changed", "say what: --role, --in, --disable, --enable")
    _told(await remote.call("PATCH", _user(name), json=body), as_json=as_json)


async def remove_user(remote: Remote, name: str, *, as_json: bool) -> None:
    """Remove a user."""
    await remote.call("DELETE", _user(name))
    if as_json:
        print_json({"removed": name})
    else:
        out.print(f"removed {line(name)}")


async def set_password(remote: Remote, name: str, password: str, *, as_json: bool) -> None:
    """Give a user another password."""
    _told(await remote.call("PATCH", _user(name), json={"password": password}), as_json=as_json)


def _user(name: str) -> str:
    return f"{_USERS}/{quote(name, safe='')}"


async def show_keys(remote: Remote, *, as_json: bool) -> None:
    """Print API keys."""
    found = await remote.call("GET", _KEYS)
    if as_json:
        print_json(found)
    elif not found:
        out.print("no keys")
    else:
        rows = [
            [one["id"], one["name"], _key_role(one), _since(one["last_used_at"]), one["expires_at"] or ""]
            for one in found
        ]
        table(["id", "name", "role", "last used", "expires"], rows)


def _key_role(key: dict[str, Any]) -> str:
    return " ".join([key["role"], *([f"in {', '.join(key['projects'])}"] if key["projects"] is not None else [])])


async def create_key(
    remote: Remote, name: str, role: str, projects: Sequence[str] | None, days: int | None, *, as_json: bool
) -> None:
    """Make an API key, and print its secret."""
    expires = None if days is None else (now() + timedelta(days=days)).isoformat()
    body = {"name": name, "role": role, "projects": projects or None, "expires_at": expires}
    made = await remote.call("POST", _KEYS, json=body)
    if as_json:
        print_json(made)
    else:
        out.print(f"{line(made['name'])}: {line(_key_role(made))}   [dim](the secret is not shown again)[/]")
        out.print(line(made["secret"]))


async def revoke_key(remote: Remote, named: str, *, as_json: bool) -> None:
    """Revoke an API key."""
    found = [one for one in await remote.call("GET", _KEYS) if named in {one["id"], one["name"]}]
    if len(found) != 1:
        which = "several keys are named" if found else "there is no key"
        raise (Rejected if found else NotFound)(f"{which} {named!r}", "headrace keys list shows them, with their ids")
    await remote.call("DELETE", f"{_KEYS}/{found[0]['id']}")
    if as_json:
        print_json(found[0])
    else:
        out.print(f"revoked {line(found[0]['name'])}")
