"""Globs that stand in one text, commas between them, as rule files give them."""

from collections.abc import Iterable, Iterator

from schemas.errors import Rejected


def globs(text: str) -> list[str]:
    """The globs of a text such as `src/*.{ts,tsx}, *.py`: commas in braces part nothing."""
    return [glob for part in parts(text) if (glob := part.strip())]


def joined(several: Iterable[str]) -> str:
    """The text that `globs` reads as these. Raises Rejected where there is none."""
    wanted = list(several)
    text = ",".join(wanted)
    if globs(text) != wanted:
        raise Rejected(f"{text!r} does not say where one glob ends and the next begins", "mend the braces and commas")
    return text


def parts(text: str) -> Iterator[str]:
    """What stands between the commas that are not in braces."""
    begin = depth = 0
    for place, char in enumerate(text):
        if char in "{}":
            depth = max(0, depth + (1 if char == "{" else -1))
        elif char == "," and not depth:
            yield text[begin:place]
            begin = place + 1
    yield text[begin:]
