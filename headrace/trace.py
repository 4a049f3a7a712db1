"""`headrace trace`: what followed from one event, with the times."""

import re
from datetime import datetime
from typing import Any

from headrace.remote import Remote
from headrace.words import kind_of, line, note_of, out, print_json
from schemas.errors import NotFound

_NAME = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]{1,18}", re.IGNORECASE)
_REMEDY = "headrace events shows sequences, headrace events --json shows ids"


async def show_trace(remote: Remote, event: str, *, as_json: bool) -> None:
    """Print the story of an event."""
    if not _NAME.fullmatch(event):
        raise NotFound(f"{event!r} is neither the id nor the sequence of an event", _REMEDY)
    trace = await remote.call("GET", f"/api/traces/{event.lower()}")
    if as_json:
        print_json(trace)
        return
    began = datetime.fromisoformat(trace["began_at"])
    out.print(f"trace {trace['trace']}, {began.astimezone():%Y-%m-%d %H:%M:%S}")
    if trace["seen_at"]:
        before = (began - datetime.fromisoformat(trace["seen_at"])).total_seconds()
        out.print(f"[dim]{-before:>+10.3f} s[/]  the file was seen so")
    for step in trace["steps"]:
        out.print(_line(step))


def _line(step: dict[str, Any]) -> str:
    after = f"{step['after']:>+10.3f} s" if step["after"] is not None else f"{'-':>12}"
    told = f"by {line(step['by'])} {line(note_of(step['data']))}"
    return f"[dim]{after}[/]  {kind_of(step)} {line(step['subject'])}  [dim]{told}[/]"
