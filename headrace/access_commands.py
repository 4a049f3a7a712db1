"""The commands about users and API keys, as they are typed."""

from enum import StrEnum
from typing import Annotated

import typer

from headrace.options import Data, Json, ServerUrl, with_remote

users = typer.Typer(
    help="Users and what they may: list, add, set, remove, password.", no_args_is_help=True, rich_markup_mode=None
)
keys = typer.Typer(help="API keys, for programs: list, create, revoke.", no_args_is_help=True, rich_markup_mode=None)


class Role(StrEnum):
    """What somebody may do."""

    VIEWER = "viewer"
    USER = "user"
    ADMIN = "admin"


class RoleOrNone(StrEnum):
    """The same, or nothing."""

    VIEWER = "viewer"
    USER = "user"
    ADMIN = "admin"
    NONE = "none"


Name = Annotated[str, typer.Argument(help="The user.")]
In = Annotated[
    list[str] | None, typer.Option("--in", help="Role in one project, such as lab=viewer; lab=none takes it away.")
]
Stdin = Annotated[bool, typer.Option("--stdin", help="Read the password from standard input; else it is asked for.")]


@users.command("list")
def list_users(server: ServerUrl = None, data: Data = None, as_json: Json = False) -> None:
    """List users."""
    from headrace.access import show_users

    with_remote(server, data, lambda remote: show_users(remote, as_json=as_json))


@users.command("add")
def add_user(
    name: Name,
    role: Annotated[RoleOrNone, typer.Option(help="In all projects.")] = RoleOrNone.NONE,
    within: In = None,
    stdin: Stdin = False,
    server: ServerUrl = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Make a user, and ask for the password."""
    from headrace.access import Roles, add_user, read_password

    roles, password = Roles.read(role, within), read_password(name, stdin=stdin)
    with_remote(server, data, lambda remote: add_user(remote, name, password, roles, as_json=as_json))


@users.command("set")
def set_user(
    name: Name,
    role: Annotated[RoleOrNone | None, typer.Option(help="In all projects.")] = None,
    within: In = None,
    disable: Annotated[bool | None, typer.Option("--disable/--enable", help="Whether the user is shut out.")] = None,
    server: ServerUrl = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Change what a user may. It ends all log-ins of that user."""
    from headrace.access import Roles, set_user

    roles = Roles.read(role, within)
    with_remote(server, data, lambda remote: set_user(remote, name, roles, disable, as_json=as_json))


@users.command("remove")
def remove_user(name: Name, server: ServerUrl = None, data: Data = None, as_json: Json = False) -> None:
    """Remove a user, with every log-in and key. What the user did stays in the log."""
    from headrace.access import remove_user

    with_remote(server, data, lambda remote: remove_user(remote, name, as_json=as_json))


@users.command("password")
def set_password(
    name: Name, stdin: Stdin = False, server: ServerUrl = None, data: Data = None, as_json: Json = False
) -> None:
    """Give a user another password. It ends all log-ins of that user."""
    from headrace.access import read_password, set_password

    password = read_password(name, stdin=stdin)
    with_remote(server, data, lambda remote: set_password(remote, name, password, as_json=as_json))


@keys.command("list")
def list_keys(server: ServerUrl = None, data: Data = None, as_json: Json = False) -> None:
    """List your API keys; an administrator's list has everybody's."""
    from headrace.access import show_keys

    with_remote(server, data, lambda remote: show_keys(remote, as_json=as_json))


@keys.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="What it is for; it is told in the log.")],
    role: Annotated[Role, typer.Option(help="What it may do; never more than you.")] = Role.USER,
    project: Annotated[list[str] | None, typer.Option(help="Only there; may be given several times.")] = None,
    days: Annotated[int | None, typer.Option(min=1, max=36500, help="Days that it is good for; else for ever.")] = None,
    server: ServerUrl = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Make an API key, and print its secret, which is shown this once."""
    from headrace.access import create_key

    with_remote(server, data, lambda remote: create_key(remote, name, role, project, days, as_json=as_json))


@keys.command("revoke")
def revoke_key(
    key: Annotated[str, typer.Argument(help="Its id, or its name where only one has it.")],
    server: ServerUrl = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Revoke an API key, with the sessions and keys that came by it."""
    from headrace.access import revoke_key

    with_remote(server, data, lambda remote: revoke_key(remote, key, as_json=as_json))
