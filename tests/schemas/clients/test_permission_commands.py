"""Rovo Dev's commands: those that are no patterns go to and fro, and none that a pattern may gainsay."""

import pytest

from schemas.clients.adapter import File, Location
from schemas.clients.permission_commands import Commands
from schemas.clients.permissions import Permissions
from schemas.clients.unified import Key, Permission
from schemas.formats import yaml
from schemas.formats.edits import Position

HERE = Location("user", ".rovodev/config.yml")
SECTION = Permissions(File("user", HERE.path, yaml), Commands())
STATUS = Key("permissions", "Bash(git status)")
CONFIG = """# written by the tool
toolPermissions:
  default: ask
  tools:
    create_file: ask
  bash:
    default: ask   # everything else
    # by hand
    commands:
      - command: ls.*
        permission: allow
      - command: git status
        permission: allow
      - command: git (diff|log).*
        permission: allow
"""


def test_only_commands_that_are_no_patterns_are_permissions() -> None:
    config = SECTION.read({HERE: CONFIG.encode()})
    assert config.elements == {STATUS: Permission("allow")}
    assert config.places[STATUS].position == Position(12, 9)
    assert not config.held


def test_in_and_out_again() -> None:
    files = {HERE: CONFIG.encode()}
    pwd = Key("permissions", "Bash(pwd)")
    made = SECTION.write(files, {pwd: Permission("deny")}).files[HERE]
    assert made == (CONFIG + "      - command: pwd\n        permission: deny\n").encode()
    assert SECTION.write({HERE: made}, {pwd: None}).files == files
    assert SECTION.write(files, {STATUS: Permission("allow")}) == ({}, ())


def test_what_it_cannot_be_told_to_ask_for_it_is_no_longer_told_to_allow() -> None:
    changed = SECTION.write({HERE: CONFIG.encode()}, {STATUS: Permission("ask")})  # `git (` may match it
    assert [loss.key for loss in changed.losses] == [STATUS]
    text = CONFIG.replace("      - command: git status\n        permission: allow\n", "")
    assert changed.files == {HERE: text.encode()}


def test_another_answer_is_put_in_its_place() -> None:
    text = CONFIG.replace("      - command: git (diff|log).*\n        permission: allow\n", "")
    changed = SECTION.write({HERE: text.encode()}, {STATUS: Permission("deny")})
    assert changed.files == {
        HERE: text.replace("git status\n        permission: allow", "git status\n        permission: deny").encode()
    }


def test_of_several_that_say_the_same_one_is_left() -> None:
    text = "toolPermissions:\n  bash:\n    commands:\n" + "      - command: git status\n        permission: ask\n" * 3
    made = SECTION.write({HERE: text.encode()}, {STATUS: Permission("deny")}).files[HERE]
    assert made == text.partition("ask\n")[0].encode() + b"deny\n"


@pytest.mark.parametrize(
    "pattern",
    [
        "git.*",
        ".*",
        "^git",
        "git status?",
        "x|git status",
        "git statu[s]",
        "(?i)GIT",
        "G(?i)IT .*",
        "gitx* s.*",
        "git{1} .*",
    ],
)
def test_what_another_may_gainsay_is_held(pattern: str) -> None:
    entries = f"      - command: '{pattern}'\n        permission: deny\n"
    for text in (CONFIG + entries, CONFIG.replace("      - command: ls", entries + "      - command: ls")):
        config = SECTION.read({HERE: text.encode()})
        assert not config.elements
        assert "may say otherwise" in config.held[STATUS].why
        assert SECTION.write({HERE: text.encode()}, {STATUS: Permission("deny")}).files == {}
    empty = f"toolPermissions:\n  bash:\n    commands:\n{entries}"
    made = SECTION.write({HERE: empty.encode()}, {STATUS: Permission("allow")})
    assert (made.files, [loss.field for loss in made.losses]) == ({}, ["*"])


@pytest.mark.parametrize("pattern", ["npm.*", "git d.*", "git statuses", "b+x", "git d(a|git status)"])
def test_what_cannot_match_gainsays_nothing(pattern: str) -> None:
    text = CONFIG + f"      - command: '{pattern}'\n        permission: deny\n"
    assert SECTION.read({HERE: text.encode()}).elements[STATUS] == Permission("allow")


@pytest.mark.parametrize(
    "name",
    [
        "Bash",
        "Bash(git *)",
        "Bash(a.b)",
        "Bash(a && b)",
        "Bash(a; b)",
        "Bash(a\nb)",
        "Bash(f(x))",
        "Read(./x/**)",
        "mcp__docs",
    ],
)
def test_what_it_cannot_be_told(name: str) -> None:
    made = SECTION.write({}, {Key("permissions", name): Permission("deny")})
    assert (made.files, [loss.field for loss in made.losses]) == ({}, ["*"])


def test_a_colon_too_many_is_told_of_and_not_mended() -> None:
    text = CONFIG.replace("toolPermissions:", '"toolPermissions:":', 1)
    config = SECTION.read({HERE: text.encode()})
    assert not config.elements
    (problem,) = config.held.values()
    assert "colon" in problem.why
    assert problem.place.position.line in {2, 3}
    made = SECTION.write({HERE: text.encode()}, {STATUS: Permission("deny")}).files[HERE]
    assert made is not None
    assert made.startswith(text.encode())
    assert SECTION.write({HERE: made}, {STATUS: None}).files == {HERE: text.encode()}


def test_odd_entries_are_left() -> None:
    text = "toolPermissions:\n  bash:\n    commands: [1, {command: 2}, {command: ls, permission: perhaps}]\n"
    assert not SECTION.read({HERE: text.encode()}).elements
    assert SECTION.write({HERE: text.encode()}, {STATUS: Permission("deny")}).files == {}
