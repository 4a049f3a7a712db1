"""Paths from outside, refused before they can name anything outside their root.

No pydantic here: the watcher checks every path it sees with this and must stay small.
"""

MAX_BYTES = 1024
MAX_PART_BYTES = 255
RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{device}{n}" for device in ("com", "lpt") for n in range(1, 10))})


def relative_path(path: str) -> str:
    """Return `path` if it names something below a root on every system.

    Raises:
        ValueError: it is empty, absolute, too long, not UTF-8, climbs with `..`, or holds a control character,
            a backslash, a colon or a name that Windows reserves.
    """
    try:
        encoded = path.encode()
    except UnicodeEncodeError:
        raise ValueError("the path is not valid UTF-8") from None
    if not encoded:
        raise ValueError("the path is empty")
    if len(encoded) > MAX_BYTES:
        raise ValueError(f"the path is longer than {MAX_BYTES} bytes")
    if any(char < " " or char in "\x7f\\:" for char in path):
        raise ValueError("the path holds a control character, a backslash or a colon")
    for part in path.split("/"):
        _check_part(part)
    return path


def _check_part(part: str) -> None:
    if not part:
        raise ValueError("the path is absolute, or has an empty part")
    if part in {".", ".."}:
        raise ValueError("the path holds '.' or '..'")
    if len(part.encode()) > MAX_PART_BYTES:
        raise ValueError(f"a part of the path is longer than {MAX_PART_BYTES} bytes")
    if part.partition(".")[0].rstrip(" ").lower() in RESERVED:
        raise ValueError(f"{part!r} is a reserved name")
    if part[-1] in " .":
        raise ValueError(f"{part!r} ends with a space or a dot")
