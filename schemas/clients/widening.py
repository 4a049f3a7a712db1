"""Whether a change lets an agent do more than before: such changes wait for a person, whatever the policy says."""

from schemas.clients.unified import Answer, Element, Permission, Server

STRICTNESS: dict[Answer | None, int] = {"allow": 0, None: 1, "ask": 2, "deny": 3}
"""How strict an answer is; None is a permission that nobody speaks of."""


def widens(before: Element | None, after: Element | None) -> str:
    """In what `after` lets an agent do more than `before`; empty where it does not."""
    if isinstance(after, Permission) or isinstance(before, Permission):
        was, is_ = (one.answer if isinstance(one, Permission) else None for one in (before, after))
        return f"{_shown(was)} becomes {_shown(is_)}" if STRICTNESS[is_] < STRICTNESS[was] else ""
    if isinstance(after, Server):
        return _server(before if isinstance(before, Server) else None, after)
    return ""


def _shown(answer: Answer | None) -> str:
    return answer or "unspoken"


def _server(before: Server | None, after: Server) -> str:
    if not after.enabled:
        return ""
    if before is None or not before.enabled:
        return "a new command to run" if after.transport == "stdio" else "a new server to call"
    if (before.command, before.args) != (after.command, after.args) and after.transport == "stdio":
        return "another command to run"
    if before.url != after.url and after.url:
        return "another server to call"
    if before.env != after.env or before.cwd != after.cwd:
        return "another environment for its command" if after.transport == "stdio" else ""
    return _tools(before, after)


def _tools(before: Server, after: Server) -> str:
    if _more(before.approved_tools, after.approved_tools):
        return "more tools that run unasked"
    if before.tools is not None and (after.tools is None or set(after.tools) - set(before.tools)):
        return "more tools"
    if set(before.hidden_tools) - set(after.hidden_tools):
        return "fewer hidden tools"
    return ""


def _more(before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    return "*" not in before and bool(set(after) - set(before))
