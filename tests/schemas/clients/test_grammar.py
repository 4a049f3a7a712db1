"""A rule has one name, and rules that may speak of one thing are found out."""

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.clients.grammar import canonical, named, overlap, parsed, patterns_overlap

names = st.text("BashRedt_cmp(:*)./ -?\n", max_size=20) | st.builds("Bash({}:*)".format, st.text(min_size=1))
patterns = st.text("ab ?*", max_size=6)
TEXTS = ["".join(chars) for length in range(6) for chars in product("ab ", repeat=length)]


@pytest.mark.parametrize(
    ("spelled", "name"),
    [
        ("Bash(git:*)", "Bash(git *)"),
        ("Bash(npm run test:*)", "Bash(npm run test *)"),
        ("Bash(git *)", "Bash(git *)"),
        ("Bash(git:* push)", "Bash(git:* push)"),
        ("Bash(:*)", "Bash(:*)"),
        ("Bash(*)", "Bash"),
        ("Bash(a\nb:*)", "Bash(a\nb *)"),
        ("Read(*)", "Read"),
        ("Read(src/**)", "Read(./src/**)"),
        ("Edit(.github/**)", "Edit(./.github/**)"),
        ("Read(./src/**)", "Read(./src/**)"),
        ("Read(../src/**)", "Read(../src/**)"),
        ("Read(//etc/**)", "Read(//etc/**)"),
        ("Read(~/x/y)", "Read(~/x/y)"),
        ("Read(**/x)", "Read(**/x)"),
        ("Read(.env)", "Read(.env)"),
        ("Read(C:/x)", "Read(C:/x)"),
        ("Read(src/)", "Read(src/)"),
        ("mcp__docs__*", "mcp__docs"),
        ("mcp__docs__get_*", "mcp__docs__get_*"),
        ("mcp__a__b__*", "mcp__a__b__*"),
        ("Bash('\"')", "Bash('\"')"),
        ("Bash(})", "Bash(})"),
        ("", ""),
    ],
)
def test_one_name(spelled: str, name: str) -> None:
    assert canonical(spelled) == name


@given(name=names)
def test_the_name_of_a_name_is_that_name(name: str) -> None:
    assert canonical(canonical(name)) == canonical(name)


@given(tool=st.sampled_from(["Bash", "Read", "no tool", ""]), what=st.text("ab:*.)(/ \n", max_size=6))
def test_a_name_that_is_given_says_what_it_was_given_for(tool: str, what: str) -> None:
    name = named(tool, what)
    assert name is None or (canonical(name) == name and parsed(name) == (tool, what))


@given(one=patterns, other=patterns)
def test_patterns_overlap_where_a_text_matches_both(one: str, other: str) -> None:
    both = [text for text in TEXTS if _matches(one, text) and _matches(other, text)]
    assert patterns_overlap(one, other) == patterns_overlap(other, one)
    assert patterns_overlap(one, other) or not both
    few = len(one.replace("*", "")) + len(other.replace("*", "")) <= 5
    assert both or not (few and patterns_overlap(one, other))


def _matches(pattern: str, text: str) -> bool:
    said = "".join({"*": "[ab ]*", "?": "[ab ]"}.get(char, re.escape(char)) for char in pattern)
    if pattern.endswith(" *"):
        said = said.removesuffix(re.escape(" ") + "[ab ]*") + "( [ab ]*)?"
    return re.fullmatch(said, text) is not None


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Bash(git *)", "Bash(git push *)", True),
        ("Bash(git *)", "Bash(git)", True),
        ("Bash(git *)", "Bash(gitk)", False),
        ("Bash(git *)", "Bash(npm *)", False),
        ("Bash(git *)", "Bash(* --force)", True),
        ("Bash", "Bash(rm)", True),
        ("Bash", "Read", False),
        ("Read(./a/**)", "Read(b)", True),
        ("Read(./a/**)", "Edit(./a/**)", False),
        ("WebFetch(domain:a.example)", "WebFetch(domain:b.example)", False),
        ("mcp__docs", "mcp__docs__search", True),
        ("mcp__docs__get_*", "mcp__docs__get_page", True),
        ("mcp__docs", "mcp__docs2__search", False),
        ("mcp__docs__search", "mcp__docs__read", False),
        ("}", "}", True),
        ("}", "{", False),
    ],
)
def test_rules_that_speak_of_one_thing(one: str, other: str, expected: bool) -> None:
    assert overlap(one, other) is expected
    assert overlap(other, one) is expected


def test_patterns_too_long_to_compare_may_overlap() -> None:
    assert patterns_overlap("a*" * 50_000, "*b" * 50_000)
    assert not patterns_overlap("a" + "*" * 100_000, "b" + "*" * 100_000)
