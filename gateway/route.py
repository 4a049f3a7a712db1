"""One table says everything about an endpoint: routing, validation, access and documentation are read from it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from aiohttp import web
from pydantic import BaseModel

from gateway.services import Services
from schemas.access import Access, Role
from schemas.base import Model
from schemas.wire import Pending

B_co = TypeVar("B_co", bound=BaseModel | None, covariant=True)
Q_co = TypeVar("Q_co", bound=Model | None, covariant=True)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls. `origin_bound`: known by a cookie, so that other sites must be kept from using it.

    `user`: the id of the user that it is, or whose key it is; `key`: the id of the API key by which it came;
    `generation`: of the user, where what was made by it ends with that.
    """

    name: str
    access: Access
    origin_bound: bool = False
    user: str | None = None
    key: str | None = None
    generation: int | None = None


UNKNOWN = Principal("", Access())
"""Who calls where nobody asks who it is."""


@dataclass(frozen=True, slots=True)
class Call(Generic[B_co, Q_co]):
    """One request, understood."""

    services: Services
    principal: Principal
    path: dict[str, str]
    body: B_co
    query: Q_co
    request: web.Request


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say where it takes more than the data: another status, a message, where a list goes on, headers."""

    data: object
    message: str = "ok"
    status: int = 200
    headers: dict[str, str] | None = None
    next: str | None = None


Handle = Callable[[Call[Any, Any]], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint. `statuses` are what it may answer beside 200, 400, 401, 403, 429 and 503; `taken` is what 202 says,
    `kinds` are the content types of an answer in bytes.

    `role` is needed in the project that the query names. Where it names none, `scope` says where: in all projects
    (`server`), in any (`anywhere`: the endpoint gives to each what is theirs), in none (`self`: it is about the
    caller), or whether there need be no caller at all (`open`).
    """

    method: str
    path: str
    handle: Handle
    reply: Any
    role: Role = "viewer"
    body: type[BaseModel] | None = None
    query: type[Model] | None = None
    statuses: tuple[int, ...] = ()
    taken: Any = Pending
    kinds: tuple[str, ...] = ("application/gzip",)
    scope: Literal["server", "anywhere", "self", "open"] = "server"

    @property
    def summary(self) -> str:
        """The first line of what the handler says of itself."""
        return (self.handle.__doc__ or "").strip().splitlines()[0]
