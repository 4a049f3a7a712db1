"""What a sync has planned and done."""

from collections.abc import Mapping
from typing import NamedTuple

from schemas.clients.adapter import Problem, Scope
from schemas.clients.planning import Plan
from watchers.below.files import Unusable
from watchers.clients.centre import Refused
from watchers.clients.checking import Finding


class Report(NamedTuple):
    """What was planned and, unless only looked at, done.

    `failed`: whose files were not written, and why; `unchecked`: whose were, though their program could not judge them;
    `untold`: why the server does not take what is told of this.
    """

    scope: Scope
    plan: Plan
    problems: Mapping[str, tuple[Problem, ...]]
    refused: tuple[Refused, ...] = ()
    failed: Mapping[str, Unusable] = {}
    unchecked: Mapping[str, Finding] = {}
    untold: str = ""
