"""`headrace clients policy`: who wins where two clients have changed the same, for all who sync with a server."""

from collections.abc import Mapping
from typing import NamedTuple

from headrace.words import out, plain, print_json, table
from schemas.clients.adapter import Scope
from schemas.clients.reconcile import Strategy
from schemas.clients.records import KindPolicy, PolicyRecord
from schemas.clients.unified import Kind
from watchers.clients.centre import ServedCentre

ALL = "all others"


class Chosen(NamedTuple):
    """What is to be so from now on, for all elements or for those of a `kind`; nothing where nothing was said."""

    strategy: Strategy | None
    priorities: Mapping[str, int]
    kind: Kind | None


async def choose(centre: ServedCentre, scope: Scope, chosen: Chosen, *, as_json: bool) -> None:
    """Let the policy of a scope be so, and show it. Raises Rejected."""
    policy = await centre.policy(scope)
    if chosen.strategy or chosen.priorities:
        policy = await centre.set_policy(scope, _changed(policy, chosen))
    if as_json:
        print_json(policy.model_dump(mode="json"))
    else:
        _show(scope, policy)


def _changed(policy: PolicyRecord, chosen: Chosen) -> PolicyRecord:
    if chosen.kind is None:
        priorities = {**policy.priorities, **chosen.priorities}
        strategy = chosen.strategy or policy.strategy
        return PolicyRecord(strategy=strategy, priorities=priorities, kinds=policy.kinds)
    old = policy.kinds.get(chosen.kind, KindPolicy())
    new = KindPolicy(strategy=chosen.strategy or old.strategy, priorities={**old.priorities, **chosen.priorities})
    kinds: dict[Kind, KindPolicy] = {**policy.kinds, chosen.kind: new}
    return PolicyRecord(strategy=policy.strategy, priorities=policy.priorities, kinds=kinds)


def _show(scope: Scope, policy: PolicyRecord) -> None:
    rows = [[ALL if policy.kinds else "all", policy.strategy, _said(policy.priorities)]]
    rows += [
        [kind, one.strategy or policy.strategy, _said({**policy.priorities, **one.priorities})]
        for kind, one in sorted(policy.kinds.items())
    ]
    out.print(f"[dim]scope {plain(scope)}; of permissions the strictest wins, always[/]")
    table(["elements", "policy", "priorities"], rows)


def _said(priorities: Mapping[str, int]) -> str:
    return ", ".join(f"{name}={score}" for name, score in sorted(priorities.items(), key=lambda one: -one[1]))
