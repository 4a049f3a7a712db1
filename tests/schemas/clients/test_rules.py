"""Rules go into the folders of every client and out again; what is not theirs stays as it is."""

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.clients import configuration
from schemas.clients.adapter import Client, Files, Location, UnifiedConfig, Wanted
from schemas.clients.adapters import CLIENTS
from schemas.clients.documents import LARGEST
from schemas.clients.rules import INSTRUCTIONS, Folder
from schemas.clients.unified import Key, Rule, Trigger
from tests.schemas.clients.test_triggers import FOLDERS, SPELLED, location, only
from tests.schemas.formats.rule_files import ALL

KEY = Key("rules", "style")
ALWAYS = Rule("# Style\n\nBe kind.\n")

globs = st.text("abc*/.{},#: \"'[", min_size=1, max_size=6)
triggers: st.SearchStrategy[Trigger] = st.sampled_from(["always", "files", "model", "manual"])
rules = st.builds(
    Rule,
    body=st.text("ab #-:\r\n\ufeff한", max_size=20) | st.text(max_size=5),
    trigger=triggers,
    globs=st.lists(globs, max_size=3).map(tuple),
    description=st.none() | st.text("ab #:'\"\n,[true]", min_size=1, max_size=10),
)
SPELLINGS: dict[str, Callable[[bytes], bytes]] = {
    "as is": bytes,
    "CRLF": lambda raw: raw.replace(b"\n", b"\r\n"),
    "BOM": lambda raw: b"\xef\xbb\xbf" + raw,
    "no final newline": lambda raw: raw.rstrip(b"\n"),
}


def written(folder: Folder, files: Files, wanted: Wanted) -> dict[Location, bytes]:
    """What is there when it has been written."""
    left = {**files, **folder.write(files, wanted).files}
    return {at: raw for at, raw in left.items() if raw is not None}


def only_rule(folder: Folder, files: Files) -> Rule:
    """The one that is there."""
    (rule,) = folder.read(files).elements.values()
    assert isinstance(rule, Rule)
    return rule


@pytest.mark.parametrize(("client", "folder"), FOLDERS)
@settings(max_examples=60)
@given(rule=rules, other=rules)
def test_what_is_written_and_not_lost_is_read_back(client: Client, folder: Folder, rule: Rule, other: Rule) -> None:
    before = written(folder, {}, {KEY: other})
    for files in ({}, before):
        made = folder.write(files, {KEY: rule})
        lost = {loss.field for loss in made.losses}
        if "*" in lost:
            assert set(made.files.values()) <= {None}
            continue
        there = written(folder, files, {KEY: rule})
        back = only_rule(folder, there)
        for field, value in msgspec.structs.asdict(rule).items():
            assert field in lost or getattr(back, field) == value, field
        assert folder.write(there, {KEY: rule}).files == {}
        assert written(folder, there, {KEY: None}) == {}


@pytest.mark.parametrize(("client", "folder"), FOLDERS)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_in_and_out_again(client: Client, folder: Folder, spelling: str) -> None:
    files: Files = {
        location(folder, meaning): SPELLINGS[spelling](f"{fields}# {meaning}\r\n\ntext\n".encode())
        for meaning, fields in SPELLED[client.name].items()
    }
    said = folder.read(files).elements
    assert {rule.trigger for rule in said.values() if isinstance(rule, Rule)} == set(SPELLED[client.name])
    assert folder.write(files, said).files == {}
    both = written(folder, files, {KEY: ALWAYS})
    assert only_rule(folder, {location(folder): both[location(folder)]}) == ALWAYS
    assert {at: raw for at, raw in both.items() if at != location(folder)} == files
    assert written(folder, both, {KEY: None}) == files


@pytest.mark.parametrize(("client", "folder"), FOLDERS)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_another_text_leaves_the_fields_as_they_are(client: Client, folder: Folder, spelling: str) -> None:
    for fields in SPELLED[client.name].values():
        head = fields.replace("---\n", "---\n# by hand\ntheirs: [1,  2]   # ours\n", 1).encode()
        raw = SPELLINGS[spelling](head + b"before\n")
        files = {location(folder): raw}
        rule = msgspec.structs.replace(only_rule(folder, files), body="after")
        after = SPELLINGS[spelling](head) if head else raw[: raw.index(b"before")]
        gap = b"\n" if after and not after.endswith(b"\n") and head else b""
        assert written(folder, files, {KEY: rule}) == {location(folder): after + gap + b"after"}


@pytest.mark.parametrize(("client", "folder"), FOLDERS)
def test_files_as_people_leave_them(client: Client, folder: Folder) -> None:
    held = read = 0
    for name, raw in ALL.items():
        files = {location(folder): raw}
        config = folder.read(files)
        assert len(config.elements) + len(config.held) == bool(raw.removeprefix(b"\xef\xbb\xbf").strip()), name
        assert folder.write(files, config.elements).files == {}, name
        held, read = held + len(config.held), read + len(config.elements)
        for wanted in (ALWAYS, None) if config.held else ():
            assert folder.write(files, {KEY: wanted}).files == {}, name
        for rule in config.elements.values():
            assert isinstance(rule, Rule)
            changed = msgspec.structs.replace(rule, body="another")
            assert only_rule(folder, written(folder, files, {KEY: changed})) == changed, name
    assert held
    assert read


NAMES = [
    "../style",
    "a/../../style",
    "/etc/style",
    "a//b",
    "a/",
    "",
    ".",
    "a/..",
    "a\\b",
    "c:style",
    "a\nb",
    "a\x00b",
    "con",
    "a/NUL",
    "lpt1.x",
    "a.",
    "a ",
    "x" * 253,
    "한" * 30,
    "/".join(["abcdefgh"] * 200),
    "\ud800",
]


@pytest.mark.parametrize(("client", "folder"), FOLDERS)
def test_no_file_is_named_so(client: Client, folder: Folder) -> None:
    for name in NAMES:
        key = Key("rules", name)
        made = folder.write({}, {key: ALWAYS})
        assert made.files == {}, name
        (loss,) = made.losses
        assert (loss.key, loss.field) == (key, "*")
        assert "no file may be named so" in loss.why or "no folders in it" in loss.why


def test_a_file_that_is_named_so_is_held() -> None:
    folder = only("claude")
    file = location(folder, "sub/aux")
    config = folder.read({file: b"x"})
    problem = config.held[Key("rules", "sub/aux")]
    assert "reserved" in problem.why
    assert problem.remedy == f"rename {file.path}"
    assert folder.write({file: b"x"}, {Key("rules", "sub/aux"): None}).files == {}


@pytest.mark.parametrize("name", ["STYLE", "stýle", "style.md/more"])
def test_two_rules_that_would_be_one_file_on_some_systems(name: str) -> None:
    folder = only("claude")
    files = {location(folder, "style"): b"x", location(folder, "sty\u0301le"): b"y"}
    made = folder.write(files, {Key("rules", name): ALWAYS})
    assert made.files == {}
    assert "on some systems it would be .claude/rules/sty" in made.losses[0].why
    both = folder.write({}, {Key("rules", "one"): ALWAYS, Key("rules", "ONE"): ALWAYS})
    assert set(both.files) == {location(folder, "one")}
    assert [loss.key.name for loss in both.losses] == ["ONE"]


def test_two_rules_that_are_two_files_here_are_both_written() -> None:
    folder = only("claude")
    files = {location(folder, "style"): b"x", location(folder, "STYLE"): b"y"}
    made = folder.write(files, {KEY: ALWAYS, Key("rules", "STYLE"): ALWAYS})
    assert made == (dict.fromkeys(files, ALWAYS.body.encode()), ())


def test_a_folder_in_the_folder_is_part_of_the_name() -> None:
    deep, flat = only("cursor"), only("windsurf")
    key = Key("rules", "api/style")
    made = written(deep, {}, {key: ALWAYS})
    assert set(made) == {Location("project", ".cursor/rules/api/style.mdc")}
    assert set(deep.read(made).elements) == {key}
    assert deep.patterns == (Location("project", ".cursor/rules/**/*.mdc"),)
    assert flat.patterns[0] == Location("project", ".windsurf/rules/*.md")
    files = {Location("project", ".windsurf/rules/api/style.md"): b"---\ntrigger: manual\n---\nx"}
    assert flat.read(files) == UnifiedConfig({}, {}, {})
    (loss,) = flat.write({}, {key: ALWAYS}).losses
    assert loss.field == "*"


def test_what_is_not_in_the_folder_is_no_rule() -> None:
    others = [
        Location("project", ".claude/rules/style.txt"),
        Location("project", ".claude/style.md"),
        Location("user", ".claude/rules/style.md"),
        Location("project", "sub/.claude/rules/style.md"),
    ]
    assert only("claude").read(dict.fromkeys(others, b"x")) == UnifiedConfig({}, {}, {})


def test_a_rule_stays_in_its_folder_and_new_ones_go_to_the_others() -> None:
    folder = only("windsurf")
    raw = b"---\ntrigger: always_on\n---\nx"
    old, new = (Location("project", f".{name}/rules/style.md") for name in ("windsurf", "devin"))
    other = Key("rules", "other")
    assert set(folder.write({}, {other: ALWAYS}).files) == {Location("project", ".windsurf/rules/other.md")}
    assert set(folder.write({new: raw}, {KEY: ALWAYS, other: ALWAYS}).files) == {
        new,
        Location("project", ".devin/rules/other.md"),
    }
    config = folder.read({old: raw, new: raw})
    assert not config.elements
    assert "the same rule stands in" in config.held[KEY].why
    assert folder.write({old: raw, new: raw}, {KEY: None}).files == {}


TOKEN = "ghp_" + "0aB1" * 9


@pytest.mark.parametrize(("client", "folder"), FOLDERS)
def test_a_secret_stays_where_it_is(client: Client, folder: Folder) -> None:
    fields = SPELLED[client.name]["always"]
    files = {location(folder): f"{fields}Use {TOKEN}\n".encode()}
    config = folder.read(files)
    assert not config.elements
    problem = config.held[KEY]
    assert "GitHub" in problem.why
    assert "$NAME" in problem.remedy
    assert TOKEN not in repr(config)
    assert folder.write(files, {KEY: ALWAYS}).files == {}
    assert folder.write({}, {KEY: Rule(f"Use {TOKEN}")}).files == {}


def test_a_secret_in_a_description() -> None:
    folder = only("cursor")
    config = folder.read({location(folder): f"---\ndescription: see {TOKEN}\n---\nx".encode()})
    assert "description holds a secret" in config.held[KEY].why
    assert TOKEN not in repr(config)


@pytest.mark.parametrize(
    ("raw", "why", "line"),
    [
        (b"a" * (LARGEST + 1), "larger than 1024 KiB", 1),
        (b"\n" * (LARGEST // 2) + b"a", "larger than 1024 KiB", 1),
        (b"one\n\xff", "not UTF-8", 2),
        (b"---\npaths: \xff\n---\n", "not UTF-8", 2),
        (b"---\npaths: a\n", "does not end", 1),
        (b"---\nx: " + b"a" * 70000 + b"\n---\n", "front matter is larger", 1),
    ],
)
def test_a_file_that_cannot_be_read_is_held(raw: bytes, why: str, line: int) -> None:
    folder = only("claude")
    files = {location(folder): raw, location(folder, "other"): b"x"}
    config = folder.read(files)
    assert set(config.elements) == {Key("rules", "other")}
    assert why in config.held[KEY].why
    assert config.held[KEY].place == (
        location(folder),
        (line, 1 if line == 1 else config.held[KEY].place.position.column),
    )
    assert location(folder).path in config.held[KEY].remedy
    assert folder.write(files, {KEY: ALWAYS}).files == {}
    assert folder.write(files, {KEY: None}).files == {}


def test_a_rule_that_is_too_large_is_not_written() -> None:
    (loss,) = only("claude").write({}, {KEY: Rule("a" * LARGEST)}).losses
    assert loss.field == "*"
    assert "larger than" in loss.why


@pytest.mark.parametrize("raw", [b"", b" \n\t\r\n", b"\xef\xbb\xbf\n"])
def test_an_empty_file_is_no_rule_until_there_is_one(raw: bytes) -> None:
    folder = only("cursor")
    files = {location(folder): raw}
    assert folder.read(files) == UnifiedConfig({}, {}, {})
    assert folder.write(files, {KEY: None}).files == {}
    made = written(folder, files, {KEY: ALWAYS})
    assert only_rule(folder, made) == ALWAYS
    assert made[location(folder)].startswith(raw[:3] if raw.startswith(b"\xef") else b"---")


def test_instructions_are_no_rule_among_others() -> None:
    folder = only("cursor")
    files = {location(folder, "instructions"): b"x"}
    problem = folder.read(files).held[INSTRUCTIONS]
    assert "file of its own" in problem.why
    assert "rename" in problem.remedy
    assert folder.write({}, {INSTRUCTIONS: ALWAYS}) == ({}, ())


def test_instructions_in_a_folder_where_they_have_no_other_file() -> None:
    folder = only("continue")
    assert only_rule(folder, written(folder, {}, {INSTRUCTIONS: ALWAYS})) == ALWAYS
    files = {location(folder, "instructions"): b"---\nglobs: a\n---\nx"}
    assert "counts always" in folder.read(files).held[INSTRUCTIONS].why
    made = folder.write({}, {INSTRUCTIONS: Rule("x", "files", ("a",))})
    assert made.files == {}
    assert [loss.field for loss in made.losses] == ["*"]


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_what_is_no_rule_is_passed_over(client: Client) -> None:
    other = {Key("permissions", "x"): None, Key("servers", "x"): None}
    for scope in ("project", "user"):
        assert configuration.write(client, scope, {}, other) == ({}, ())


def test_no_two_clients_write_one_file() -> None:
    patterns = [(folder.scope, path) for param in FOLDERS for folder in [param.values[1]] for path in folder.paths]  # type: ignore[union-attr]
    assert len(patterns) == len(set(patterns))
