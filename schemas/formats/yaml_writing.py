"""Values as YAML text that YAML 1.1 and 1.2 read alike."""

import json
import re
from typing import NamedTuple

from schemas.errors import Rejected
from schemas.formats.edits import Scalar, Value
from schemas.formats.yaml_nodes import resolved

_NOT_TEXT = re.compile(  # to YAML 1.2, or to readers of 1.1 that know `y` and `n`
    r"[-+]?[0-9_]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
    r"|[-+]?\.(inf|nan)|y|n|yes|no|on|off|true|false|null|~",
    re.IGNORECASE,
)
_STARTS = re.compile(r"[-?:](?= |$)|[,\[\]{}#&*!|>'\"%@`?:]|---|\.\.\.")
_BREAKS = re.compile(r": | #|:$")
_ODD = re.compile(r"[^\x20-\x7E\xA1-\u1FFF\u2010-\u2027\u2030-\uD7FF\uE000-\uFEFE\uFF00-\uFFFD\U00010000-\U0010FFFF]")
_LONGEST_KEY = 1000  # characters that a reader looks ahead for the colon, a few spared


class Style(NamedTuple):
    """How a file indents what a key holds: by how many columns for mappings, and for lists."""

    mapping: int = 2
    sequence: int = 2


def plain(text: str, flow: bool) -> bool:
    """Whether text needs no quotes, in either version."""
    return (
        bool(text)
        and text.strip() == text
        and not (_NOT_TEXT.fullmatch(text) or _STARTS.match(text) or _BREAKS.search(text) or _ODD.search(text))
        and not (flow and re.search(r"[,\[\]{}:?]", text))
        and resolved(text) == "str"
    )


def quoted(text: str) -> str:
    """Text in double quotes, on one line."""
    if re.search("[\ud800-\udfff]", text):
        raise Rejected("half a surrogate pair is no text", "mend what is to be written")
    return _ODD.sub(_escaped, json.dumps(text, ensure_ascii=False))


def spelled(value: Scalar, flow: bool = False) -> str:
    """A scalar, plain where that is safe."""
    if isinstance(value, str):
        return value if plain(value, flow) else quoted(value)
    if isinstance(value, float):
        return _float(value)
    return json.dumps(value)


def key_spelled(key: str, flow: bool = False) -> str:
    """A key, without its colon."""
    if len(key) > _LONGEST_KEY:
        raise Rejected(f"a key has more than {_LONGEST_KEY} characters", "shorten it")
    return spelled(key, flow)


def restyled(text: str, style: str, old: str, eol: str, flow: bool) -> str:
    """Text in the style that `old` is written in, where that can say it."""
    if style == "'" and not _ODD.search(text):
        return "'" + text.replace("'", "''") + "'"
    if style == '"':
        return quoted(text)
    literal = _literal(text, old, eol) if style in {"|", ">"} else None
    return literal or spelled(text, flow)


def flow_text(value: Value, as_json: bool = False) -> str:
    """A value on one line; `as_json` keeps a file that is JSON, too, what it is."""
    if isinstance(value, dict):
        spell = quoted if as_json else _flow_key
        return "{" + ", ".join(f"{spell(key)}: {flow_text(each, as_json)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow_text(each, as_json) for each in value) + "]"
    return quoted(value) if as_json and isinstance(value, str) else spelled(value, flow=True)


def block_lines(value: Value, style: Style, gap: int = 1) -> list[str]:
    """A value on lines of its own, not indented; `gap` is what stands between a dash and its item."""
    if isinstance(value, dict) and value:
        return [line for key, each in value.items() for line in entry_lines(key, each, style)]
    if isinstance(value, list) and value:
        return [line for each in value for line in item_lines(each, style, gap)]
    return [flow_text(value) if isinstance(value, dict | list) else spelled(value)]


def entry_lines(key: str, value: Value, style: Style) -> list[str]:
    """A key and its value, not indented."""
    lines = block_lines(value, style)
    if not isinstance(value, dict | list) or not value:
        return [f"{key_spelled(key)}: {lines[0]}"]
    indent = " " * (style.mapping if isinstance(value, dict) else style.sequence)
    return [f"{key_spelled(key)}:", *(indent + line for line in lines)]


def item_lines(value: Value, style: Style, gap: int = 1) -> list[str]:
    """A dash and its item, not indented."""
    first, *others = block_lines(value, style)
    return ["-" + " " * gap + first, *(" " * (1 + gap) + line for line in others)]


def _flow_key(key: str) -> str:
    return key_spelled(key, flow=True)


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match.group()):04x}"


def _float(value: float) -> str:
    text = repr(value)
    if text.endswith(("inf", "nan")):
        return text.replace("inf", ".inf").replace("nan", ".nan")
    mantissa, e, exponent = text.partition("e")
    return text if not e or "." in mantissa else f"{mantissa}.0e{exponent}"


def _literal(text: str, old: str, eol: str) -> str | None:
    """Text as a literal block in the place of another, in its indentation; None where a literal cannot say it."""
    header, *body = old.splitlines()
    indent = next((line[: len(line) - len(line.lstrip(" "))] for line in body if line.strip()), "")
    lines = text.removesuffix("\n").split("\n")
    if not indent or not lines[0].strip() or lines[0].startswith((" ", "\t")) or not lines[-1].strip():
        return None
    if any(_ODD.search(line.replace("\t", "")) or (line and not line.strip()) for line in lines):
        return None
    sign = re.sub(r"[|>][-+0-9]*", "|" if text.endswith("\n") else "|-", header, count=1)
    return eol.join([sign, *(indent + line if line else "" for line in lines)])
