"""What a sync of clients did or would do, for people and as JSON."""

from collections.abc import Iterator
from typing import Any

import msgspec

from headrace.words import complain, err, line, out, plain
from schemas.clients.adapter import Problem
from schemas.clients.planning import Deployment
from schemas.clients.reconcile import Conflict, Decision
from schemas.clients.unified import Element, Key
from watchers.clients.report import Report
from watchers.clients.telling import change_of, lost, shown, where_of
from watchers.clients.telling import plain as as_plain

_SIGNS = {"added": "[green]+[/]", "changed": "[yellow]~[/]", "removed": "[red]-[/]"}


def show(report: Report, *, is_done: bool) -> None:
    """A line for each element that changes in a client's files, and what waits, is lost, or is wrong."""
    for name, problems in report.problems.items():
        _show_problems(name, problems)
    for deployment in report.plan.deployments:
        _show_deployment(deployment, set(report.plan.news))
    for waiting in report.plan.outcome.waiting:
        out.print(f"[bold yellow]waits[/]  {plain(shown(waiting.key))} of {waiting.client}: {plain(waiting.widens)}")
    for conflict in report.plan.outcome.conflicts:
        fields = ", ".join(conflict.fields)
        out.print(f"[bold yellow]conflict[/]  {plain(shown(conflict.key))} of {conflict.client}: {plain(fields)}")
    _show_failures(report)
    _sum_up(report, is_done=is_done)


def _show_failures(report: Report) -> None:
    for refused in report.refused:
        complain(f"{shown(refused.key)}: {refused.why}", label="refused: ")
    for name, error in report.failed.items():
        complain(f"{name}: {error.message}", error.remedy, "failed: ")
    for name, finding in report.unchecked.items():
        err.print(f"[yellow]unchecked[/]  {line(name)}: {line(finding.why)}")
    if report.untold:
        complain(f"the server does not take the report of this sync: {report.untold}")


def _show_problems(name: str, problems: tuple[Problem, ...]) -> None:
    for one in problems:
        err.print(f"[yellow]left alone[/]  {line(name)}: {line(where_of(one.place))}: {line(one.why)}")
        if one.remedy:
            err.print(f"  [dim]try:[/] {line(one.remedy)}")


def _show_deployment(deployment: Deployment, news: set[Key]) -> None:
    """What changes, and what is lost of it. What was lost before is told by `why`."""
    name = deployment.member.client.name
    told = news | {change.key for change in deployment.changes}
    for change in deployment.changes:
        out.print(f"{_SIGNS[change_of(change)]} {name:<9} {plain(shown(change.key))}")
    for loss in [one for one in deployment.written.losses if one.key in told]:
        out.print(f"  [dim]{name:<9} {plain(shown(loss.key))}: {plain(lost(loss))}[/]")


def _sum_up(report: Report, *, is_done: bool) -> None:
    plan = report.plan
    files = sum(len(deployment.written.files) for deployment in plan.deployments)
    clients = ", ".join(deployment.member.client.name for deployment in plan.deployments) or "no client"
    losses = len({(one.member.client.name, loss.key) for one in plan.deployments for loss in one.written.losses})
    if losses:
        out.print(f"[dim]{losses} elements are not, or not wholly, in some client: headrace clients why ELEMENT[/]")
    if plan.in_step:
        out.print(f"in step: {clients}")
        return
    verb = "written" if is_done else "to be written"
    told = f"{_count(files, 'file')} {verb}, {_count(len(plan.news), 'change')} of the history"
    out.print(f"{told}  [dim]({clients})[/]")
    if plan.outcome.waiting and is_done:
        out.print("  [dim]approve what waits:[/] headrace clients sync --yes")


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def ask(decision: Decision) -> bool:
    """Ask whoever sits at the terminal whether an agent may do more."""
    out.print(f"\n[bold]{plain(shown(decision.key))}[/] of {decision.client}: {plain(decision.widens)}")
    for what, element in (("before", decision.before), ("after", decision.after)):
        out.print(f"  {what:<7} {plain(_said(element))}")
    while True:
        try:
            answer = input("[y]es, for all clients, or [n]ot yet? ").strip().lower()
        except EOFError:
            return False
        if answer[:1] in {"y", "n"}:
            return answer[:1] == "y"


def _said(element: Element | None) -> str:
    return "nothing" if element is None else msgspec.json.encode(element).decode()


def as_json(report: Report, *, is_done: bool) -> dict[str, Any]:
    """The same for programs."""
    plan = report.plan
    return {
        "scope": report.scope,
        "done": is_done,
        "in_step": plan.in_step,
        "clients": {one.member.client.name: _deployed(one, report) for one in plan.deployments},
        "decisions": [_decided(one) for one in plan.outcome.decisions if one.before != one.after],
        "waiting": [_decided(one) for one in plan.outcome.waiting],
        "conflicts": [_contested(one) for one in plan.outcome.conflicts],
        "refused": {shown(one.key): one.why for one in report.refused},
    }


def _deployed(deployment: Deployment, report: Report) -> dict[str, Any]:
    name = deployment.member.client.name
    return {
        "files": [location.path for location in deployment.written.files],
        "changes": {shown(change.key): change_of(change) for change in deployment.changes},
        "losses": [
            {"element": shown(loss.key), "field": loss.field, "why": loss.why} for loss in deployment.written.losses
        ],
        "problems": [*_problems(report.problems.get(name, ()))],
        "failed": report.failed[name].message if name in report.failed else None,
        "unchecked": report.unchecked[name].why if name in report.unchecked else None,
    }


def _problems(problems: tuple[Problem, ...]) -> Iterator[dict[str, Any]]:
    for one in problems:
        line_, column = one.place.position
        where = {"file": one.place.location.path, "line": line_, "column": column}
        yield {**where, "why": one.why, "remedy": one.remedy}


def _decided(one: Decision) -> dict[str, Any]:
    sides = {"before": as_plain(one.before), "after": as_plain(one.after)}
    return {"element": shown(one.key), "client": one.client, "how": one.how, "widens": one.widens, **sides}


def _contested(one: Conflict) -> dict[str, Any]:
    sides = {"base": as_plain(one.base), "ours": as_plain(one.ours), "theirs": as_plain(one.theirs)}
    return {"element": shown(one.key), "client": one.client, "fields": one.fields, **sides}
