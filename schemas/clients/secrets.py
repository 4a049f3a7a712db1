"""Literal secrets, which must not get anywhere: only references to the environment are carried from file to file.

Known tokens are told by their look, as their makers document it; others by a telling name, or by looking random.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from math import log2
from typing import NamedTuple

from schemas.clients.text import parts
from schemas.clients.unified import Element, Rule, Server


class _Token(NamedTuple):
    """What its maker's tokens look like. Each holds one of the `signs`, which are found many times as fast."""

    why: str
    signs: tuple[str, ...]
    pattern: re.Pattern[str]

    def search(self, text: str) -> re.Match[str] | None:
        """The first one."""
        return self.pattern.search(text) if any(sign in text for sign in self.signs) else None


def _token(why: str, signs: str, pattern: str) -> _Token:
    return _Token(why, tuple(signs.split()), re.compile(pattern))


_TOKENS = (
    _token("an OpenAI or Anthropic key", "sk-", r"\bsk-(?:ant-|proj-|svcacct-)?[A-Za-z0-9_-]{16,}"),
    _token(
        "a GitHub token",
        "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_",
        r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})",
    ),
    _token("a GitLab token", "glpat- gldt- glrt- glcbt-", r"\bgl(?:pat|dt|rt|cbt)-[A-Za-z0-9_-]{16,}"),
    _token("an AWS key", "AKIA ASIA", r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    _token("a Google key", "AIza ya29.", r"\b(?:AIza[A-Za-z0-9_-]{30,}|ya29\.[A-Za-z0-9_-]{20,})"),
    _token("a Slack token", "xox", r"\bxox[abprs]-[A-Za-z0-9-]{10,}"),
    _token("an Atlassian token", "ATATT3 ATCTT3 ATSTT3", r"\bAT(?:ATT|CTT|STT)3[A-Za-z0-9_=-]{20,}"),
    _token("a Hugging Face token", "hf_", r"\bhf_[A-Za-z0-9]{20,}"),
    _token("an npm token", "npm_", r"\bnpm_[A-Za-z0-9]{20,}"),
    _token("a PyPI token", "pypi-", r"\bpypi-[A-Za-z0-9_-]{20,}"),
    _token("a Stripe key", "k_live_ k_test_", r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}"),
    _token("a JSON web token", "eyJ", r"(?<![\w-])eyJ[A-Za-z0-9_-]{8,}+\.eyJ[A-Za-z0-9_-]{8,}+\."),
    _token("a private key", "PRIVATE", r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    _token("a password in an address", "://", r"\b[a-z][a-z0-9+.-]{0,30}://[^\s/:@]{1,256}:[^\s/@]{3,}@"),
)
_TELLING = re.compile(
    r"(?:^|[_-])(?:api[_-]?key|key|token|secret|passw(?:or)?d|pwd|auth(?:orization)?|credentials?|pat)$", re.IGNORECASE
)
_NO_SECRET = re.compile(
    r"|true|false|none|null|[0-9.]+|[./~].*|<.*>|\*+|[xX]+|(?:your|my)[_ -].*|[a-z]+://.*", re.DOTALL
)
_SCHEME = re.compile(r"(?:bearer|basic|token)\s+", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z0-9+/=_-]{20,}")

RANDOM = 4.0
"""Bits per character from which a long word looks random; words of languages and paths have fewer."""


class Secret(NamedTuple):
    """Where a secret stands in an element, and by what it was found out. What it is stays where it is."""

    field: str
    why: str


def secrets(element: Element) -> list[Secret]:
    """The literal secrets in an element. In what people write for a model, known tokens alone are looked for."""
    if isinstance(element, Rule):
        told = (("body", element.body), ("description", element.description or ""))
        return [Secret(field, why) for field, said in told if (why := _known(said))]
    if not isinstance(element, Server):
        return []
    return [Secret(field, why) for field, name, said in _strings(element) if (why := _why(name, said))]


def masked(text: str) -> str:
    """A text as it may be told of: with `***` for the first known token, and all that comes after it."""
    starts = [found.start() for token in _TOKENS if (found := token.search(text))]
    return f"{text[: min(starts)]}***" if starts else text


def _strings(server: Server) -> Iterator[tuple[str, str, str]]:
    yield from ((f"env.{name}", name, said) for name, said in server.env.items())
    yield from ((f"headers.{name}", name, said) for name, said in server.headers.items())
    yield from ((f"args.{index}", _flag(server.args, index), said) for index, said in enumerate(server.args))
    yield from ((field, "", said) for field in ("command", "url", "cwd") if (said := getattr(server, field)))


def _flag(args: tuple[str, ...], index: int) -> str:
    """What an argument is called: by itself, as in `--token=x`, or by the one before, as in `--token x`."""
    name, is_named, _ = args[index].partition("=")
    if is_named:
        return name
    return args[index - 1] if index and args[index - 1].startswith("-") and not args[index].startswith("-") else ""


@lru_cache(maxsize=4096)
def _why(name: str, said: str) -> str:
    literals = [part for part in parts(said) if isinstance(part, str)]
    for literal in literals:
        if known := _known(literal):
            return known
    if len(literals) < len(parts(said)):
        return ""
    for literal in literals:
        bare = _SCHEME.sub("", literal.partition("=")[2] if literal.startswith("-") else literal, count=1)
        if _TELLING.search(name) and len(bare) >= 8 and not _NO_SECRET.fullmatch(bare) and " " not in bare:
            return f"the name {name} says so"
        if any(_entropy(word) >= RANDOM for word in _WORD.findall(literal) if _is_mixed(word)):
            return "it looks random"
    return ""


def _known(said: str) -> str:
    return next((token.why for token in _TOKENS if token.search(said)), "")


def _is_mixed(word: str) -> bool:
    """Whether a word has digits among its letters, as random ones of this length have."""
    return any(char.isdigit() for char in word) and any(char.isalpha() for char in word)


def _entropy(word: str) -> float:
    """Bits per character, by how often each occurs in the word."""
    shares = [word.count(char) / len(word) for char in set(word)]
    return -sum(share * log2(share) for share in shares)
