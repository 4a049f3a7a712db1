"""opencode's patterns: the last that matches counts, and what is read is what is answered."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.clients.adapter import File, Location
from schemas.clients.permission_map import MOST, Map
from schemas.clients.permissions import Permissions
from schemas.clients.unified import Answer, Key, Permission
from schemas.clients.widening import STRICTNESS
from schemas.formats.edits import Value
from schemas.formats.jsonc import LENIENT
from tests.schemas.clients.permission_answers import answered, spoken_of

HERE = Location("project", "opencode.json")
SECTION = Permissions(File("project", HERE.path, LENIENT), Map())
NAMES = [
    "Bash",
    "Bash(git *)",
    "Bash(git push *)",
    "Bash(* -f)",
    "Bash(git push)",
    "Edit",
    "mcp__docs",
    "mcp__docs__get",
]
PROBES = [
    ("bash", "git"),
    ("bash", "git push"),
    ("bash", "git push -f"),
    ("bash", "git log"),
    ("bash", "rm -f"),
    ("edit", "x"),
    ("docs_get", "x"),
    ("docs_put", "x"),
]
answers = st.sampled_from(["allow", "ask", "deny"])
patterns = st.sampled_from(["*", "git *", "git push *", "git push", "* -f", "git push -?", "rm*"])
tools = st.sampled_from(["*", "bash", "edit", "docs_*", "docs_get", "ba*", "read"])
maps = answers | st.dictionaries(tools, answers | st.dictionaries(patterns, answers, max_size=4), max_size=4)


def text_of(permission: Value) -> bytes:
    return json.dumps({"theirs": 1, "permission": permission}).encode()


def elements(raw: bytes) -> dict[str, Answer]:
    found = SECTION.read({HERE: raw}).elements
    return {key.name: one.answer for key, one in found.items() if isinstance(one, Permission)}


def held(raw: bytes) -> set[str]:
    return {key.name for key in SECTION.read({HERE: raw}).held}


def strictest(said: dict[str, Answer], tool: str, what: str) -> str | None:
    found = [answer for name, answer in said.items() if spoken_of(name, tool, what)]
    return max(found, key=lambda one: STRICTNESS[one], default=None)


@pytest.mark.parametrize(
    ("permission", "names", "held_names"),
    [
        ("ask", {}, set()),
        ({"bash": "ask", "edit": "deny"}, {"Bash": "ask", "Edit": "deny"}, set()),
        ({"bash": {"*": "ask", "git status *": "allow"}}, {"Bash(git status *)": "allow"}, {"Bash"}),
        ({"bash": {"*": "ask", "rm *": "deny"}}, {"Bash": "ask", "Bash(rm *)": "deny"}, set()),
        ({"bash": {"git status *": "allow", "*": "ask"}}, {"Bash": "ask", "Bash(git status *)": "allow"}, set()),
        (
            {"bash": {"git *": "allow", "git push *": "deny", "git push origin *": "allow"}},
            {"Bash(git push origin *)": "allow"},
            {"Bash(git *)", "Bash(git push *)"},
        ),
        ({"bash": {"ls": "allow"}, "*": "deny"}, {}, {"Bash(ls)"}),
        ({"*": "deny", "bash": {"ls": "allow"}}, {"Bash(ls)": "allow"}, set()),
        ({"docs_search": "allow", "docs_*": "deny"}, {"mcp__docs": "deny", "mcp__docs__search": "allow"}, set()),
        ({"docs_*": "deny", "docs_search": "allow"}, {"mcp__docs__search": "allow"}, {"mcp__docs"}),
        ({"bash": {"ls": "perhaps", "cat": "deny"}}, {"Bash(cat)": "deny"}, set()),
        ({"bash": {"l*": "allow", "ls": "perhaps"}}, {}, {"Bash(l*)"}),
        ({"edit": {"src/**": "allow"}, "read": "deny", "webfetch": {"https://x/*": "allow"}}, {}, set()),
        ({"external_directory": "deny", "doom_loop": "ask", "external_*": "ask", "my_own_docs": "deny"}, {}, set()),
        (
            {"bash": {"a?c": "deny", "~/x": "deny", "{env:X}": "deny", "a\\b": "deny", "1": "deny", "git:*": "deny"}},
            {},
            set(),
        ),
        ([], {}, set()),
    ],
)
def test_what_is_really_answered(permission: Value, names: dict[str, str], held_names: set[str]) -> None:
    assert elements(text_of(permission)) == names
    assert held(text_of(permission)) == held_names


@given(permission=maps)
def test_what_is_read_is_what_is_answered(permission: Value) -> None:
    raw = text_of(permission)
    for tool, what in PROBES:
        said = strictest(elements(raw), tool, what)
        assert said is None or said == answered(raw, tool, what)


@given(permission=maps, wanted=st.dictionaries(st.sampled_from(NAMES), st.none() | answers, max_size=4))
def test_nothing_else_is_answered_otherwise(permission: Value, wanted: dict[str, Answer | None]) -> None:
    before = text_of(permission)
    made = SECTION.write(
        {HERE: before}, {Key("permissions", name): Permission(one) if one else None for name, one in wanted.items()}
    )
    after = made.files.get(HERE) or before
    lost = {loss.key.name for loss in made.losses}
    then = elements(after)
    for name in wanted.keys() - lost - held(before):
        assert then.get(name) == wanted[name]
    stays = {name: answer for name, answer in elements(before).items() if name not in wanted}
    assert stays.items() <= then.items()
    whole = stays | {name: answer for name, answer in wanted.items() if answer and name not in held(before)}
    for tool, what in PROBES:
        was, now = answered(before, tool, what), answered(after, tool, what)
        dropped = any(one is None and spoken_of(name, tool, what) for name, one in wanted.items())
        assert now == was or dropped or strictest(whole, tool, what) in {now, "ask", "deny"}
        assert now != "allow" or was == "allow" or dropped or strictest(whole, tool, what) == "allow"


@pytest.mark.parametrize(
    ("text", "name", "answer", "expected"),
    [
        ("{}", "Bash(rm *)", "deny", '{"permission": {"bash": {"rm *": "deny"}}}'),
        ("{}", "Bash", "ask", '{"permission": {"bash": "ask"}}'),
        ("{}", "mcp__docs", "deny", '{"permission": {"docs_*": "deny"}}'),
        (
            '{"permission": {"bash": {"*": "ask", "ls": "allow"}}}',
            "Bash(rm *)",
            "deny",
            '{"*": "ask", "ls": "allow", "rm *": "deny"}',
        ),
        (
            '{"permission": {"bash": {"*": "ask", "ls": "allow"}}}',
            "Bash(cat *)",
            "allow",
            '"ls": "allow", "cat *": "allow"}',
        ),
        ('{"permission": {"*": "ask"}}', "Bash(cat *)", "allow", '{"*": "ask", "bash": {"cat *": "allow"}}'),
        ('{"permission": {"bash": "ask"}}', "Bash(rm *)", "deny", '{"bash": {"*": "ask", "rm *": "deny"}}'),
        ('{"permission": {"bash": {"a": "ask", "b": "ask"}}}', "Bash(a)", "deny", '{"a": "deny", "b": "ask"}'),
    ],
)
def test_where_it_is_put(text: str, name: str, answer: Answer, expected: str) -> None:
    made = SECTION.write({HERE: text.encode()}, {Key("permissions", name): Permission(answer)})
    assert not made.losses
    flat = re.sub(
        r"([{,])\s+|\s+(})",
        lambda found: {"{": "{", ",": ", ", None: "}"}[found[1]],
        (made.files[HERE] or b"").decode(),
    )
    assert expected in flat


@pytest.mark.parametrize(
    ("permission", "name", "answer", "why"),
    [
        ({"bash": "ask"}, "Bash(ls)", "allow", "before it"),
        ({"bash": {"git *": "deny"}}, "Bash(git log)", "allow", "'git *' stands before"),
        ({"bash": {"git *": "deny", "git log": "allow"}}, "Bash(git show)", "allow", "'git *' stands before"),
        ({"bash": {"a": "ask", "*": "deny"}}, "Bash(b)", "allow", "before it"),
        ({"bash": {"git *": "allow"}, "*": "deny"}, "Bash(ls)", "allow", "behind it"),
        ({"bash": {"a": "ask", "a*": "ask"}}, "Bash(a)", "deny", "behind it"),
        ("ask", "Bash(ls)", "deny", "cannot be put"),
        ({"bash": {}}, "Bash(a?c)", "deny", "no pattern"),
        ({"bash": {}}, "Bash(~/x)", "deny", "no pattern"),
        ({}, "Read(./src/**)", "deny", "no pattern"),
        ({}, "Read", "deny", "no pattern"),
        ({}, "WebFetch(domain:x.example)", "deny", "no pattern"),
        ({}, "mcp__my_docs__search", "deny", "no pattern"),
        ({}, "mcp__doom__loop", "deny", "no pattern"),
        ({}, "mcp__external", "deny", "no pattern"),
        ({}, "Agent(x)", "deny", "no pattern"),
        ({}, "}", "deny", "no pattern"),
    ],
)
def test_what_has_no_place(permission: Value, name: str, answer: Answer, why: str) -> None:
    made = SECTION.write({HERE: text_of(permission)}, {Key("permissions", name): Permission(answer)})
    assert made.files == {}
    assert [(loss.key.name, loss.field) for loss in made.losses] == [(name, "*")]
    assert why in made.losses[0].why


def test_it_is_not_told_to_allow_more_than_it_can_be_told_not_to() -> None:
    wanted = {
        Key("permissions", "Bash(cat *)"): Permission("allow"),
        Key("permissions", "Bash(cat a?)"): Permission("deny"),
    }
    made = SECTION.write({}, wanted)
    assert made.files == {}
    assert {loss.key for loss in made.losses} == wanted.keys()


def test_what_goes_makes_room_and_the_laxest_comes_first() -> None:
    files = {HERE: text_of({"bash": {"git *": "deny"}})}
    plan: dict[str, Answer | None] = {
        "Bash(git push *)": "deny",
        "Bash(git *)": None,
        "Bash(git *  *)": "allow",
        "Edit": "ask",
    }
    made = SECTION.write(
        files, {Key("permissions", name): Permission(one) if one else None for name, one in plan.items()}
    )
    assert not made.losses
    assert json.loads(made.files[HERE] or b"")["permission"] == {
        "bash": {"git *  *": "allow", "git push *": "deny"},
        "edit": "ask",
    }


def test_its_older_tools_would_no_longer_count() -> None:
    raw = b'{"tools": {"bash": false}}'
    made = SECTION.write({HERE: raw}, {Key("permissions", "Bash(ls)"): Permission("allow")})
    assert made.files == {}
    assert "`tools`" in made.losses[0].why


def test_of_too_many_patterns_nothing_is_said() -> None:
    raw = text_of({"bash": {f"cmd{n} *": "deny" for n in range(MOST + 1)}})
    assert not elements(raw)
    assert len(held(raw)) == MOST + 1
    made = SECTION.write({HERE: raw}, {Key("permissions", "Bash(ls)"): Permission("deny")})
    assert (made.files, [loss.field for loss in made.losses]) == ({}, ["*"])
