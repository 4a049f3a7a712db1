"""One file of instructions: nobody is given the same text twice, and nobody loses what they have."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.clients.adapter import Client, Files, Location, Scope
from schemas.clients.adapters import CLIENTS
from schemas.clients.configuration import patterns, read, write
from schemas.clients.documents import LARGEST
from schemas.clients.instructions import AGENTS_MD, Instructions, Unsaid
from schemas.clients.rules import INSTRUCTIONS, Folder
from schemas.clients.unified import Element, Key, Rule

BY_NAME = {client.name: client for client in CLIENTS}
RULE = Rule("# Team\n\nBe kind.\n")
CHANGED = Rule("# Team\r\n\r\nBe kind, and brief.")
CLAUDE_MD = Location("project", "CLAUDE.md")
COPILOT_MD = Location("project", ".github/copilot-instructions.md")
GEMINI_MD = Location("project", "GEMINI.md")

EVERY = [
    pytest.param(client, section, id=f"{client.name}-{section.scope}")
    for client in CLIENTS
    for section in client.sections
    if isinstance(section, Instructions)
]
MADE = [param for param in EVERY if param.values[1].agents in {"no", "imported"}]  # type: ignore[union-attr]
MARK = b"\xef\xbb\xbf"


def location(section: Instructions) -> Location:
    """Where the file is made."""
    return Location(section.scope, section.paths[0])


def said(client: str, files: Files, scope: Scope = "project") -> Element | None:
    """The instructions that a client has."""
    return read(BY_NAME[client], scope, files).elements.get(INSTRUCTIONS)


def left(client: str, files: Files, wanted: Element | None, scope: Scope = "project") -> dict[Location, bytes]:
    """What is there when they have been written."""
    now = {**files, **write(BY_NAME[client], scope, files, {INSTRUCTIONS: wanted}).files}
    return {at: raw for at, raw in now.items() if raw is not None}


def why_lost(client: str, files: Files, scope: Scope = "project") -> list[tuple[str, str]]:
    """What is lost when they are written."""
    losses = write(BY_NAME[client], scope, files, {INSTRUCTIONS: CHANGED}).losses
    return [(loss.field, loss.why) for loss in losses]


@pytest.mark.parametrize(("client", "section"), MADE)
def test_in_and_out_again(client: Client, section: Instructions) -> None:
    made = left(client.name, {}, RULE, section.scope)
    assert made == {location(section): RULE.body.encode()}
    assert said(client.name, made, section.scope) == RULE
    assert write(client, section.scope, made, {INSTRUCTIONS: RULE}) == ({}, ())
    assert left(client.name, made, CHANGED, section.scope) == {location(section): CHANGED.body.encode()}
    assert left(client.name, made, None, section.scope) == {}


@pytest.mark.parametrize(("client", "section"), EVERY)
@settings(max_examples=40)
@given(
    body=st.text("ab\r\n \ufeff한@AGENTS.md-", max_size=30),
    before=st.sampled_from([b"x", MARK + b"x\r\n", b"", b" \n"]),
)
def test_what_is_written_is_the_text_byte_for_byte(
    client: Client, section: Instructions, body: str, before: bytes
) -> None:
    files = {location(section): before}
    written = write(client, section.scope, files, {INSTRUCTIONS: Rule(body)})
    if [loss.field for loss in written.losses] == ["*"]:
        assert written.files == {}
        assert not body.strip() or body.startswith("\ufeff") or "@AGENTS.md" in body
        return
    now = {**files, **written.files}
    mark = MARK if before.startswith(MARK) else b""
    assert now == {location(section): mark + body.encode()}
    assert said(client.name, {location(section): mark + body.encode()}, section.scope) == Rule(body)


@pytest.mark.parametrize(("client", "section"), EVERY)
@pytest.mark.parametrize("raw", [b"", b" \r\n\t\n", MARK])
def test_an_empty_file_says_nothing_and_stays(client: Client, section: Instructions, raw: bytes) -> None:
    files = {location(section): raw}
    assert said(client.name, files, section.scope) is None
    assert left(client.name, files, None, section.scope) == files
    assert left(client.name, files, RULE, section.scope) == {location(section): raw.strip() + RULE.body.encode()}


@pytest.mark.parametrize(("client", "section"), EVERY)
@pytest.mark.parametrize(
    ("raw", "why", "line"),
    [
        (b"Use ghp_" + b"0aB1" * 9, "GitHub", 1),
        (b"one\ntwo \xff", "not UTF-8", 2),
        (b"a" * (LARGEST + 1), "larger than", 1),
    ],
)
def test_what_cannot_be_carried_is_held(client: Client, section: Instructions, raw: bytes, why: str, line: int) -> None:
    files = {location(section): raw}
    config = read(client, section.scope, files)
    assert config.elements == {}
    problem = config.held[INSTRUCTIONS]
    assert why in problem.why
    assert problem.remedy
    assert (problem.place.location, problem.place.position.line) == (location(section), line)
    assert b"0aB1" not in repr(config).encode()
    for wanted in (RULE, None):
        assert write(client, section.scope, files, {INSTRUCTIONS: wanted}) == ({}, ())
    (loss,) = write(client, section.scope, {location(section): b"x"}, {INSTRUCTIONS: Rule("a" * LARGEST)}).losses
    assert loss.field == "*"


@pytest.mark.parametrize(("client", "section"), EVERY)
def test_a_rule_for_some_files_would_always_count(client: Client, section: Instructions) -> None:
    files = {location(section): b"x"}
    for rule in (Rule("x", "files", ("*.py",)), Rule("x", "model", (), "it"), Rule("x", "manual")):
        written = write(client, section.scope, files, {INSTRUCTIONS: rule})
        assert written.files == {}
        assert [loss.field for loss in written.losses] == ["*"]
    described = write(client, section.scope, files, {INSTRUCTIONS: Rule("y", "always", (), "it")})
    assert described.files == {location(section): b"y"}
    assert [loss.field for loss in described.losses] == ["description"]


def test_codex_is_warned_of_what_it_does_not_read() -> None:
    for size, fields in ((32768, []), (32769, ["body"])):
        written = write(BY_NAME["agents"], "project", {}, {INSTRUCTIONS: Rule("a" * size)})
        assert written.files == {AGENTS_MD: b"a" * size}
        assert [loss.field for loss in written.losses] == fields
        assert all("32768" in loss.why for loss in written.losses)


def test_no_program_writes_agents_md() -> None:
    for client in CLIENTS:
        files = {AGENTS_MD: b"old"}
        written = write(client, "project", files, {INSTRUCTIONS: RULE}).files
        assert (AGENTS_MD in written) == (client.name == "agents")
        assert AGENTS_MD not in write(client, "project", {}, {INSTRUCTIONS: RULE}).files or client.name == "agents"
        assert AGENTS_MD not in write(client, "project", files, {INSTRUCTIONS: None}).files or client.name == "agents"


PROGRAMS = [client for client in CLIENTS if not client.shared]
READERS = [client.name for client in PROGRAMS if client.name not in {"gemini", "qwen", "continue"}]


@pytest.mark.parametrize("client", READERS)
def test_who_reads_agents_md_is_not_given_the_same_again(client: str) -> None:
    assert AGENTS_MD in BY_NAME[client].reads
    for files in ({}, {AGENTS_MD: b"old"}):
        written = write(BY_NAME[client], "project", files, {INSTRUCTIONS: RULE})
        assert written.files == {}
        assert all("AGENTS.md" in loss.why and loss.harmful for loss in written.losses)
        assert bool(written.losses) == (client != "copilot")


def test_claude_reads_agents_md_where_it_has_no_file_of_its_own() -> None:
    files = {AGENTS_MD: RULE.body.encode()}
    assert said("claude", files) == RULE
    assert read(BY_NAME["claude"], "project", files).places[INSTRUCTIONS].location == AGENTS_MD
    assert left("claude", files, RULE) == files
    assert why_lost("claude", files) == [("*", "it reads AGENTS.md")]
    assert write(BY_NAME["claude"], "project", files, {INSTRUCTIONS: None}) == ({}, ())


@pytest.mark.parametrize("client", ["claude", "gemini", "qwen"])
@pytest.mark.parametrize("pointer", [b"@AGENTS.md", b"@./AGENTS.md\n", MARK + b"\r\n@AGENTS.md\r\n"])
def test_a_pointer_is_neither_read_nor_overwritten(client: str, pointer: bytes) -> None:
    own = next(one for one in patterns(BY_NAME[client], "project") if one.path.endswith(".md") and "*" not in one.path)
    alone, both = {own: pointer}, {own: pointer, AGENTS_MD: RULE.body.encode()}
    assert said(client, alone) is None
    assert said(client, both) == RULE
    for files in (alone, both):
        for wanted in (RULE, CHANGED, None):
            assert left(client, files, wanted) == files
        assert [field for field, _ in why_lost(client, files)] == ["*"]
    assert write(BY_NAME[client], "project", both, {INSTRUCTIONS: RULE}).losses == ()


def test_a_file_that_becomes_a_pointer_or_goes_deletes_nothing() -> None:
    agents = {AGENTS_MD: RULE.body.encode()}
    for files in ({CLAUDE_MD: RULE.body.encode(), **agents}, {CLAUDE_MD: b"@AGENTS.md", **agents}, agents):
        assert said("claude", files) == RULE


def test_claude_md_and_agents_md_are_kept_in_step() -> None:
    files: Files = {CLAUDE_MD: b"for Claude", AGENTS_MD: b"for others"}
    assert said("claude", files) == Rule("for Claude")
    assert said("agents", files) == Rule("for others")
    now = left("agents", left("claude", files, RULE), RULE)
    assert now == dict.fromkeys(files, RULE.body.encode())
    assert left("agents", left("claude", now, None), None) == {}


def test_claude_looks_into_its_folder_too() -> None:
    inner = Location("project", ".claude/CLAUDE.md")
    assert left("claude", {inner: b"x"}, RULE) == {inner: RULE.body.encode()}
    assert left("claude", {inner: b"x", AGENTS_MD: b"y"}, None) == {AGENTS_MD: b"y"}


@pytest.mark.parametrize("text", [b"@AGENTS.md\n\nAnd be brief.\n", b"See @./AGENTS.md for all"])
def test_a_file_that_imports_agents_md_and_says_more_is_held(text: bytes) -> None:
    files: Files = {CLAUDE_MD: text, AGENTS_MD: b"x"}
    problem = read(BY_NAME["claude"], "project", files).held[INSTRUCTIONS]
    assert "imports AGENTS.md, and says more" in problem.why
    assert "AGENTS.md" in problem.remedy
    for wanted in (RULE, None):
        assert write(BY_NAME["claude"], "project", files, {INSTRUCTIONS: wanted}) == ({}, ())
    mail: Files = {CLAUDE_MD: b"Write to team@AGENTS.md.example"}
    assert said("claude", mail) == Rule("Write to team@AGENTS.md.example")


def test_copilot_reads_both_so_that_they_are_not_made_the_same() -> None:
    alone: Files = {COPILOT_MD: b"x"}
    assert said("vscode", alone) == Rule("x")
    assert left("vscode", alone, RULE) == {COPILOT_MD: RULE.body.encode()}
    both: Files = {COPILOT_MD: b"x", AGENTS_MD: b"y"}
    problem = read(BY_NAME["vscode"], "project", both).held[INSTRUCTIONS]
    assert "read twice" in problem.why
    assert COPILOT_MD.path in problem.remedy
    for wanted in (RULE, None):
        assert write(BY_NAME["vscode"], "project", both, {INSTRUCTIONS: wanted}) == ({}, ())
    assert said("vscode", {AGENTS_MD: b"y"}) == Rule("y")


def test_instructions_that_stand_among_the_rules_too_are_held() -> None:
    files: Files = {CLAUDE_MD: b"x", Location("project", ".claude/rules/instructions.md"): b"y"}
    config = read(BY_NAME["claude"], "project", files)
    assert (config.elements, config.places) == ({}, {})
    assert set(config.held) == {INSTRUCTIONS}


def test_gemini_has_a_file_of_its_own_beside_agents_md() -> None:
    files: Files = {AGENTS_MD: b"x"}
    assert said("gemini", files) is None
    assert left("gemini", files, RULE) == {**files, GEMINI_MD: RULE.body.encode()}


def test_an_older_place_is_used_where_it_is_there() -> None:
    old = Location("user", ".rovodev/.agent.md")
    assert left("rovodev", {old: b"x"}, RULE, "user") == {old: RULE.body.encode()}


@pytest.mark.parametrize("client", ["codex", "rovodev", "gemini", "zed", "opencode"])
@pytest.mark.parametrize("scope", ["project", "user"])
def test_other_rules_are_lost_where_there_is_one_file(client: str, scope: Scope) -> None:
    wanted = {Key("rules", "style"): RULE, Key("rules", "api"): Rule("x", "manual"), Key("rules", "old"): None}
    written = write(BY_NAME[client], scope, {}, wanted)
    assert written.files == {}
    assert [(loss.key.name, loss.field) for loss in written.losses] == [("style", "*"), ("api", "*")]
    assert all("one file of instructions" in loss.why for loss in written.losses)


WITHOUT = {("cursor", "user"), ("vscode", "user"), ("continue", "user"), ("copilot", "project"), ("copilot", "user")}
"""Who has no place for rules that is known, or has them in files of another client alone."""


@pytest.mark.parametrize("scope", ["project", "user"])
@pytest.mark.parametrize("client", PROGRAMS, ids=lambda client: client.name)
def test_each_rule_is_read_back_or_said_to_be_lost(client: Client, scope: Scope) -> None:
    style, manual = Key("rules", "style"), Key("rules", "manual")
    wanted = {INSTRUCTIONS: RULE, style: CHANGED, manual: Rule("x", "manual")}
    written = write(client, scope, {}, wanted)
    back = read(client, scope, {at: raw for at, raw in written.files.items() if raw is not None})
    lost = {loss.key for loss in written.losses if loss.harmful}
    assert back.held == {}
    assert not lost & back.elements.keys()
    assert lost | back.elements.keys() == (set() if (client.name, scope) in WITHOUT else wanted.keys())
    assert all(wanted[key] == rule for key, rule in back.elements.items())


@pytest.mark.parametrize("scope", ["project", "user"])
@pytest.mark.parametrize("client", PROGRAMS, ids=lambda client: client.name)
def test_instructions_have_one_place_in_each_client(client: Client, scope: Scope) -> None:
    places = [
        section
        for section in client.sections
        if section.scope == scope
        and (isinstance(section, Instructions) or (isinstance(section, Folder | Unsaid) and section.instructions))
    ]
    assert len(places) == (0 if (client.name, scope) in WITHOUT else 1)
