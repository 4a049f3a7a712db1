"""Who may do what: roles everywhere and in projects, users, API keys, log-ins, and what is told of them."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Annotated, Literal, NamedTuple, Self, TypeAlias

from pydantic import Field, PositiveInt, SecretStr, StringConstraints, model_validator

from schemas.base import Instant, Model, Project, Uuid

Role: TypeAlias = Literal["viewer", "user", "admin"]
ROLES: tuple[Role, ...] = ("viewer", "user", "admin")
"""Each may do what those before it may."""

ADMINISTRATOR = "admin"
"""The name of whoever holds the server's own key: no user may have it."""

Username = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,49}$")]
KeyName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
Password = Annotated[SecretStr, Field(max_length=1024)]
SHORTEST = 8
NewPassword = Annotated[SecretStr, Field(min_length=SHORTEST, max_length=1024)]
_NOWHERE: Mapping[str, Role] = MappingProxyType({})


def reaches(role: Role | None, needed: Role) -> bool:
    """Whether a role, or none, is enough."""
    return role is not None and ROLES.index(role) >= ROLES.index(needed)


def _highest(*roles: Role | None) -> Role | None:
    return max((role for role in roles if role), key=ROLES.index, default=None)


class Access(NamedTuple):
    """What somebody may: the role in all projects, and those in some."""

    role: Role | None = None
    projects: Mapping[str, Role] = _NOWHERE

    def role_in(self, project: str) -> Role | None:
        """The role in a project."""
        return _highest(self.role, self.projects.get(project))

    @property
    def highest(self) -> Role | None:
        """The role where it is highest."""
        return _highest(self.role, *self.projects.values())

    @property
    def readable(self) -> frozenset[str] | None:
        """The projects that may be read; None: all."""
        return None if self.role else frozenset(self.projects)

    def reads(self, project: str) -> bool:
        """Whether a project may be read."""
        return self.role_in(project) is not None

    def within(self, role: Role, projects: Collection[str] | None = None) -> Self:
        """As much of this as a role allows, in some projects or wherever it is."""
        if projects is None:
            own = {project: _lowest(role, mine) for project, mine in self.projects.items()}
            return type(self)(_lowest(role, self.role) if self.role else None, own)
        return type(self)(None, {one: _lowest(role, mine) for one in projects if (mine := self.role_in(one))})


def _lowest(role: Role, other: Role) -> Role:
    return min(role, other, key=ROLES.index)


class NewUser(Model):
    """A user to be made. `role`: in all projects; `projects`: roles in some. Neither: there is nothing to see."""

    username: Username
    password: NewPassword
    role: Role | None = None
    projects: dict[Project, Role] = Field(default_factory=dict, max_length=1000)


class ChangeUser(Model):
    """What is to be otherwise about a user. It ends all log-ins of that user."""

    password: NewPassword | None = None
    role: Role | None = None
    projects: dict[Project, Role] | None = Field(None, max_length=1000)
    disabled: bool | None = None


class User(Model):
    """A user."""

    username: str
    role: Role | None
    projects: dict[str, Role]
    disabled: bool
    created_at: Instant
    last_login_at: Instant | None


class PasswordLogin(Model):
    """Who logs in."""

    username: Username
    password: Password


class Login(Model):
    """Who logs a browser in: with a key, or as a user."""

    key: str | None = None
    username: Username | None = None
    password: Password | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.key is None) == (self.username is None) or (self.username is None) != (self.password is None):
            raise ValueError("give either a key, or username and password")
        return self


class RefreshToken(Model):
    """A refresh token, to be exchanged or revoked."""

    refresh_token: Annotated[str, StringConstraints(max_length=200)]


class Tokens(Model):
    """What a log-in gives. `expires_in`: seconds that the access token is good for."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - RFC 6750's word
    expires_in: PositiveInt
    refresh_token: str
    refresh_expires_in: PositiveInt


class ChangePassword(Model):
    """One's own password, and the one that takes its place."""

    old: Password
    new: NewPassword


class Session(Model):
    """Who is logged in: `role` in all projects, `projects`: roles in some; `user`: not by a key alone.

    `project`: the server's own, which is meant where a request names none. `sequence`: the newest event by then; a feed
    from there misses nothing of what is asked for afterwards.
    """

    name: str
    project: str
    role: Role | None
    projects: dict[str, Role]
    user: bool
    sequence: str


class ProjectShown(Model):
    """A project, the role that you have there, and the domains of which something is or was in it."""

    name: str
    role: Role
    domains: list[str]


class NewKey(Model):
    """An API key to be made, for some projects, or for all that its owner has."""

    name: KeyName
    role: Role = "user"
    projects: Annotated[list[Project], Field(min_length=1, max_length=1000)] | None = None
    expires_at: Instant | None = None


class Key(Model):
    """An API key. `name` is the actor in the log; `owner` the user whose key it is; `projects` null: all."""

    id: Uuid
    name: str
    owner: str | None
    role: Role
    projects: list[str] | None
    created_by: str
    created_at: Instant
    last_used_at: Instant | None
    expires_at: Instant | None


class MadeKey(Key):
    """The same with its secret, which is shown this once."""

    secret: str


class Act(Model):
    """Who did what. `trace`: of what went through the log; `address`: of what came from one."""

    id: Uuid
    at: Instant
    actor: str
    action: str
    project: str | None
    target: str
    trace: str | None
    address: str | None
