"""What a file says once an edit is made: pure values, so that every format can be held to the same."""

from schemas.errors import Rejected
from schemas.formats.edits import Append, Drop, Edit, Path, Put, Value, at, same


def outcome(value: Value, edit: Edit) -> Value:
    """What `value` becomes by `edit`; `value` itself stays as it is.

    Raises Rejected where what stands on the way cannot hold the next step. `null` on the way is as good as nothing.
    """
    match edit:
        case Put(path, new):
            return _put(value, path, new, path)
        case Append(path, new):
            return _put(value, appended(value, edit), new, path)
        case Drop(path):
            path = dropped(value, edit)
            return _without(value, path) if path else value


def dropped(value: Value, drop: Drop) -> Path:
    """What goes with `drop`: its path, or that of the highest parent left empty; empty where there is nothing."""
    path = drop.path
    if not path:
        raise Rejected("the whole of a file cannot be dropped", "name what is to go")
    if not stands(value, path):
        return ()
    for _ in range(drop.parents):
        parent = at(value, path[:-1])
        if len(path) == 1 or not isinstance(parent, dict | list) or len(parent) > 1:
            break
        path = path[:-1]
    return path


def appended(value: Value, edit: Append) -> Path:
    """Where an item that is appended will stand: behind the last, unless that is the same."""
    there = at(value, edit.path) if stands(value, edit.path) else None
    if there is not None and not isinstance(there, list):
        raise Rejected(f"{spelled(edit.path)} is not a list", "append to a list, or put another value there")
    count = len(there or ())
    return (*edit.path, count - 1 if there and same(there[-1], edit.value) else count)


def spelled(path: Path) -> str:
    """A path as people write it: `mcp.servers[0]`."""
    return (
        "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".") or "the file"
    )


def stands(value: Value, path: Path) -> bool:
    """Whether there is anything at `path`, be it `null`."""
    if any(isinstance(step, int) and step < 0 for step in path):
        return False
    try:
        at(value, path)
    except KeyError:
        return False
    return True


def _put(value: Value, rest: Path, new: Value, whole: Path) -> Value:
    if not rest:
        return new
    step, *further = rest
    if isinstance(step, str):
        return _put_key(value, step, tuple(further), new, whole)
    items = [] if value is None else value
    if not isinstance(items, list) or not 0 <= step <= len(items):
        raise Rejected(f"{spelled(whole)} cannot be put: there is no place {step} in a list there", "look again")
    inner = items[step] if step < len(items) else None
    return [*items[:step], _put(inner, tuple(further), new, whole), *items[step + 1 :]]


def _put_key(value: Value, key: str, further: Path, new: Value, whole: Path) -> Value:
    entries = {} if value is None else value
    if not isinstance(entries, dict):
        raise Rejected(f"{spelled(whole)} cannot be put: what would hold {key!r} has no keys", "look again")
    return {**entries, key: _put(entries.get(key), further, new, whole)}


def _without(value: Value, path: Path) -> Value:
    step, *further = path
    if isinstance(value, dict) and isinstance(step, str):
        inner = {step: _without(value[step], tuple(further))} if further else {}
        return {key: inner.get(key, each) for key, each in value.items() if key != step or further}
    if isinstance(value, list) and isinstance(step, int):
        kept = [_without(value[step], tuple(further))] if further else []
        return [*value[:step], *kept, *value[step + 1 :]]
    raise Rejected(f"nothing stands at {spelled(path)}")
