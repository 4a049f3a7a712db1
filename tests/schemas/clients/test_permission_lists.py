"""Lists of permissions: what stands in several, how an entry is spelled, and what Cursor's entries mean."""

import pytest

from schemas.clients.adapter import File, Location, Wanted
from schemas.clients.permission_lists import GRAMMAR, TOKENS, Lists
from schemas.clients.permissions import Permissions
from schemas.clients.unified import Answer, Key, Permission
from schemas.formats.edits import Position
from schemas.formats.jsonc import COMMENTED

HERE = Location("project", "settings.json")
CLAUDE = Permissions(File("project", HERE.path, COMMENTED), Lists(GRAMMAR))
CURSOR = Permissions(File("project", HERE.path, COMMENTED), Lists(TOKENS, ("allow", "deny")))


def wanted(**answers: Answer | None) -> Wanted:
    return {
        Key("permissions", f"Bash({name.replace('_', ' ')} *)"): Permission(answer) if answer else None
        for name, answer in answers.items()
    }


def written(section: Permissions, text: str, changes: Wanted) -> str:
    raw = section.write({HERE: text.encode()}, changes).files.get(HERE, text.encode())
    assert raw is not None
    return raw.decode()


def test_the_strictest_counts() -> None:
    text = '{"permissions": {"deny": ["Bash(rm *)"], "allow": ["Bash(rm *)", "Bash(ls)"], "ask": ["Bash(ls)"]}}'
    config = CLAUDE.read({HERE: text.encode()})
    assert {key.name: element for key, element in config.elements.items()} == {
        "Bash(rm *)": Permission("deny"),
        "Bash(ls)": Permission("ask"),
    }
    assert config.places[Key("permissions", "Bash(rm *)")] == (HERE, Position(1, 27))


def test_afterwards_it_stands_in_one_list() -> None:
    text = '{"permissions": {"allow": ["Bash(x)", "Bash(rm:*)", "Bash(y)", "Bash(rm *)"], "deny": ["Bash(rm *)"]}}'
    assert written(CLAUDE, text, wanted(rm="ask")) == (
        '{"permissions": {"allow": ["Bash(x)", "Bash(y)"], "ask": ["Bash(rm:*)"]}}'
    )
    assert written(CLAUDE, text, wanted(rm="allow")) == text.replace(', "deny": ["Bash(rm *)"]', "")
    assert written(CLAUDE, text, wanted(rm="deny")) == text


def test_an_older_spelling_stays_and_is_the_same_rule() -> None:
    text = '{"permissions": {"allow": [/* mine */ "Bash(git:*)"]}}'
    assert written(CLAUDE, text, wanted(git="allow")) == text
    assert (
        written(CLAUDE, text, wanted(git=None, npm="allow")) == '{"permissions": {"allow": [/* mine */ "Bash(npm *)"]}}'
    )
    older = {Key("permissions", "Bash(git:*)"): Permission("deny")}
    assert written(CLAUDE, text, older) == '{"permissions": {"deny": ["Bash(git:*)"]}}'


def test_of_two_keys_that_are_one_rule_the_stricter_counts() -> None:
    older = {Key("permissions", "Bash(git:*)"): Permission("deny")}
    for changes in ({**wanted(git="allow"), **older}, {**older, **wanted(git="allow")}):
        assert '"deny"' in written(CLAUDE, "{}", changes)
        assert "allow" not in written(CLAUDE, "{}", changes)


def test_what_is_no_entry_stays() -> None:
    text = '{"permissions": {"defaultMode": "plan", "deny": [], "allow": [1, "", {"a": 1}], "ask": "Bash"}}'
    assert not CLAUDE.read({HERE: text.encode()}).elements
    now = written(CLAUDE, text, wanted(ls="allow"))
    assert now == text.replace('{"a": 1}]', '{"a": 1}, "Bash(ls *)"]')
    assert written(CLAUDE, now, wanted(ls=None)) == text
    losses = CLAUDE.write({HERE: text.encode()}, wanted(ls="ask")).losses
    assert [(loss.field, "not a list" in loss.why) for loss in losses] == [("*", True)]


@pytest.mark.parametrize(
    ("token", "name"),
    [
        ("Shell(git)", "Bash(git *)"),
        ("Shell(g++)", "Bash(g++ *)"),
        ("Shell(curl:*)", "Bash(curl *)"),
        ("Read(src/**)", "Read(./src/**)"),
        ("Write(.github/a/**)", "Edit(./.github/a/**)"),
        ("WebFetch(docs.example.com)", "WebFetch(domain:docs.example.com)"),
        ("Mcp(docs:search)", "mcp__docs__search"),
        ("Mcp(my_docs:read_page)", "mcp__my_docs__read_page"),
        ("Mcp(docs:*)", "mcp__docs"),
    ],
)
def test_what_cursors_tokens_mean(token: str, name: str) -> None:
    assert TOKENS.read(token) == name
    assert TOKENS.write(name) == token.replace("curl:*", "curl")


@pytest.mark.parametrize(
    "token",
    [
        "Shell(git:push *)",
        "Shell(*)",
        "Shell(git push)",
        "Shell()",
        "Read(.env)",
        "Read(src/*.ts)",
        "Read(/etc/**)",
        "Read(../x/**)",
        "Read(**)",
        "Write(src/**/*.key)",
        "WebFetch(*.example.com)",
        "WebFetch(*)",
        "Mcp(*:search)",
        "Mcp(my__docs:x)",
        "Mcp(docs_:x)",
        "Mcp(docs:_x)",
        "Mcp(a.b:x)",
        "Bash(ls *)",
        "Shell(ls)\n",
    ],
)
def test_tokens_that_the_grammar_cannot_say_stay(token: str) -> None:
    assert TOKENS.read(token) is None


@pytest.mark.parametrize(
    "name",
    [
        "Bash",
        "Bash(ls)",
        "Bash(ls*)",
        "Bash(git push *)",
        "Read",
        "Read(.env)",
        "Read(./src/*.ts)",
        "Read(//etc/**)",
        "Read(./../x/**)",
        "WebFetch",
        "WebFetch(domain:*.example.com)",
        "mcp__docs__get_*",
        "mcp__a__b__c",
        "Agent(x)",
        "Shell(ls)",
    ],
)
def test_names_that_cursor_has_no_token_for(name: str) -> None:
    token = TOKENS.write(name)
    assert token is None or TOKENS.read(token) == name
    made = CURSOR.write({}, {Key("permissions", name): Permission("deny")})
    assert bool(made.files) is (token is not None)


def test_cursor_is_not_told_to_ask_and_allows_no_longer() -> None:
    text = '{"permissions": {"allow": ["Shell(ls)", "Shell(git)"], "deny": ["Shell(rm)"]}}'
    assert written(CURSOR, text, wanted(git="ask", rm="ask", npm="ask")) == text.replace(', "Shell(git)"', "")
    losses = CURSOR.write({HERE: text.encode()}, wanted(git="ask", rm="ask", npm="ask")).losses
    assert [(loss.key.name, loss.field) for loss in losses] == [
        ("Bash(git *)", "*"),
        ("Bash(rm *)", "*"),
        ("Bash(npm *)", "*"),
    ]


@pytest.mark.parametrize("answer", ["ask", "deny"])
def test_cursor_is_not_told_to_allow_more_than_it_can_be_told_not_to(answer: Answer) -> None:
    changes = wanted(git="allow", git_push=answer, ls="allow")
    made = CURSOR.write({}, changes)
    assert b"Shell(ls)" in (made.files[HERE] or b"")
    assert b"Shell(git)" not in (made.files[HERE] or b"")
    assert {loss.key.name for loss in made.losses} == {"Bash(git *)", "Bash(git push *)"}
    assert f"{answer} Bash(git push *)" in next(loss.why for loss in made.losses if loss.key.name == "Bash(git *)")
