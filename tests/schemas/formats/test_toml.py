"""What an edited TOML file looks like, to the byte."""

import pytest

from schemas.errors import Rejected
from schemas.formats import toml, toml_lines
from schemas.formats.edits import LARGEST, Append, Drop, Edit, Format, Path, Position, Put, Unreadable
from tests.schemas.formats import codex_configs

FORMAT: Format = toml

SERVERS = """\
model = "gpt-5"

# ours
[mcp_servers.a]
command = "a"  # run
args = ["x"]

[mcp_servers.a.env]
K = "v"

# theirs
[projects."/p"]
trust_level = "trusted"
"""


def edited(text: str, *edits: Edit) -> str:
    return toml.edit(text.encode(), edits).decode()


def part(text: str, old: str, new: str) -> str:
    """`text` with one place changed, which is there once."""
    assert text.count(old) == 1
    return text.replace(old, new)


def test_a_value_is_replaced_and_its_comment_stays() -> None:
    after = edited(SERVERS, Put(("mcp_servers", "a", "command"), "b"))
    assert after == part(SERVERS, '"a"  # run', '"b"  # run')


def test_a_new_key_stands_behind_the_last_of_its_table() -> None:
    after = edited(SERVERS, Put(("mcp_servers", "a", "cwd"), "/x y"), Put(("sandbox_mode",), "read-only"))
    expected = part(SERVERS, 'args = ["x"]\n', 'args = ["x"]\ncwd = "/x y"\n')
    assert after == part(expected, 'model = "gpt-5"\n', 'model = "gpt-5"\nsandbox_mode = "read-only"\n')


def test_a_new_server_stands_behind_the_others() -> None:
    server = {"command": "b", "env": {"K": "v"}, "tools": {"t": {"approval_mode": "auto"}}, "empty": {}}
    new = """\
K = "v"

[mcp_servers."b.c"]
command = "b"
env = { K = "v" }
empty = {}

[mcp_servers."b.c".tools.t]
approval_mode = "auto"

# theirs
"""
    assert edited(SERVERS, Put(("mcp_servers", "b.c"), server)) == part(SERVERS, 'K = "v"\n\n# theirs\n', new)  # type: ignore[arg-type]


def test_a_long_table_gets_a_header_and_a_long_list_gets_lines() -> None:
    long = "x" * 60
    after = edited("", Put(("mcp_servers", "a"), {"args": [long, long], "env": {"A": long, "B": long}}))
    lines = f'[mcp_servers.a]\nargs = [\n    "{long}",\n    "{long}",\n]\n'
    assert after == f'{lines}\n[mcp_servers.a.env]\nA = "{long}"\nB = "{long}"\n'


def test_a_dropped_server_takes_its_comments_along_and_no_others() -> None:
    after = edited(SERVERS, Drop(("mcp_servers", "a")))
    assert after == 'model = "gpt-5"\n\n# ours\n\n# theirs\n[projects."/p"]\ntrust_level = "trusted"\n'


def test_a_scattered_server_goes_wherever_it_is() -> None:
    after = edited(codex_configs.SCATTERED, Drop(("mcp_servers", "one")))
    gone = ('[mcp_servers.one]\ncommand = "one"\n', '[mcp_servers.one.http_headers]\nX-Team = "vision"\n')
    expected = part(part(codex_configs.SCATTERED, gone[0], ""), gone[1], "")
    assert after == part(expected, '[mcp_servers.one.tools.search]\napproval_mode = "auto"\n', "")


def test_dotted_servers() -> None:
    after = edited(
        codex_configs.DOTTED,
        Put(("mcp_servers", "docs", "tool_timeout_sec"), 5),
        Drop(("mcp_servers", "db")),
        Put(("projects", "/home/kim/b", "trust_level"), "trusted"),
        Put(("projects", "/home/kim/b", "note"), "n"),
    )
    expected = part(codex_configs.DOTTED, "# too slow\n", "# too slow\nmcp_servers.docs.tool_timeout_sec = 5\n")
    for line in ('command = "uvx"', 'args = ["db-mcp"]', 'env.DSN = "postgres:///x"'):
        expected = part(expected, f"mcp_servers.db.{line}\n", "")
    assert after == part(expected, '"untrusted"\n', '"trusted"\n"/home/kim/b".note = "n"\n')


def test_inline_servers() -> None:
    before = "mcp_servers = { a = { command = 'a', args = [] }, b = {} } # mine"
    after = edited(
        before,
        Put(("mcp_servers", "a", "cwd"), "/"),
        Drop(("mcp_servers", "b")),
        Put(("mcp_servers", "c"), {"url": "u"}),
    )
    assert after == """mcp_servers = { a = { command = 'a', args = [], cwd = "/" }, c = { url = "u" } } # mine"""


def test_a_table_over_a_table_changes_what_differs() -> None:
    after = edited(
        SERVERS, Put(("mcp_servers", "a"), {"command": "a", "args": ["x", "y"], "env": {"L": "w"}, "cwd": "/"})
    )
    expected = part(SERVERS, 'args = ["x"]\n', 'args = ["x", "y"]\ncwd = "/"\n')
    assert after == part(expected, 'K = "v"', 'L = "w"')


LINES = """\
args = [
  "a", # first
  # next comes
  'b',
  "c" # last
]
"""


@pytest.mark.parametrize(
    ("before", "edit", "after"),
    [
        (LINES, Append(("args",), "d"), part(LINES, '"c" # last', '"c", # last\n  "d"')),
        (LINES, Drop(("args", 0)), part(LINES, '  "a", # first\n', "")),
        (LINES, Drop(("args", 1)), part(LINES, "  'b',\n", "")),
        (LINES, Drop(("args", 2)), part(LINES, "'b',\n  \"c\" # last", "'b'")),
        (LINES, Put(("args", 1), "x"), part(LINES, "'b'", '"x"')),
        (LINES, Put(("args",), ["0", "a", "b", "c"]), part(LINES, '"a",', '"0",\n  "a",')),
        (LINES, Put(("args",), ["a", "b", "b2", "c"]), part(LINES, "'b',\n", "'b',\n  \"b2\",\n")),
        (LINES, Put(("args",), ["b"]), part(part(LINES, '  "a", # first\n', ""), "'b',\n  \"c\" # last", "'b'")),
        ("a = [1, 2, 3, 4, 5]", Put(("a",), [0, 2, 4, 5, 6]), "a = [0, 2, 4, 5, 6]"),
        ("a = [0x1, 0x2, 0x3, 0x4]", Put(("a",), [9, 2, 8, 4]), "a = [9, 0x2, 8, 0x4]"),
        ("a = [0x1, 0x2, 0x3, 0x4]", Put(("a",), [2, 4]), "a = [0x2, 0x4]"),
        ("a = [0x1, 0x2, 0x3, 0x4]", Put(("a",), [1, 3]), "a = [0x1, 0x3]"),
        ("a = [0x1, 0x2]", Put(("a",), [7, 1, 8, 9, 2, 6]), "a = [7, 0x1, 8, 9, 0x2, 6]"),
        ("a = [1, 2, ]", Append(("a",), 3), "a = [1, 2, 3, ]"),
        ("a = [1,2]", Append(("a",), 3), "a = [1,2, 3]"),
        ("a = [ 1, 2 ]", Drop(("a", 1)), "a = [ 1 ]"),
        ("a = [0x1, 2, 0x3]", Put(("a",), [1, 3]), "a = [0x1, 0x3]"),
        ("a = []", Append(("a",), {"b": 1}), "a = [{ b = 1 }]"),
        ("a = [\n]", Append(("a",), 1), "a = [\n    1,\n]"),
        ("a = [\r\n\t1\r\n]", Append(("a",), 2), "a = [\r\n\t1,\r\n\t2\r\n]"),
        ("", Append(("a", "b"), 1), "[a]\nb = [1]\n"),
        ("[[t]]\na=1\n", Append(("t",), {"a": 2}), "[[t]]\na=1\n\n[[t]]\na=2\n"),
        ("[[t]]\na=1\n\n[[t]]\na=2\n", Drop(("t", 0)), "[[t]]\na=2\n"),
        ("[[t]]\na=1\n[[t]]\na=2\n", Put(("t", 0, "b"), 3), "[[t]]\na=1\nb=3\n[[t]]\na=2\n"),
        ("[[t]]\na=1\n", Put(("t",), ["x"]), 't = ["x"]\n'),
    ],
)
def test_lists(before: str, edit: Edit, after: str) -> None:
    assert edited(before, edit) == after


@pytest.mark.parametrize(
    ("before", "edit", "after"),
    [
        ("", Put(("a",), {}), "[a]\n"),
        ("[x]\n", Put(("a",), 1), "a = 1\n\n[x]\n"),
        ("# top\n\n# of x\n[x]\n", Put(("a",), 1), "# top\n\na = 1\n\n# of x\n[x]\n"),
        ("[a.b]\nc = 1\n\n[z]\n", Put(("a", "d"), 1), "[a.b]\nc = 1\n\n[a]\nd = 1\n\n[z]\n"),
        ("[a]\n  b=1\n", Put(("a", "c"), 2), "[a]\n  b=1\n  c=2\n"),
        ("[a]\n[b]\n[c]\n", Put(("b", "d"), {"e": {}}), "[a]\n[b]\n[b.d.e]\n[c]\n"),
        ("a = 1 # c", Put(("a",), {"b": 1}), "a = { b = 1 } # c"),
        ("[a]\nb = 1\n", Drop(("a", "b")), "[a]\n"),
        ("[a]\nb = 1\n", Drop(("a", "b"), 1), ""),
        ("[a.b]\nc = 1\n", Drop(("a", "b", "c"), 5), ""),
        ("[a.b]\nc = 1\n", Put(("a",), {}), "[a]\n"),
        ("x = {a.b = 1, a.c = 2}", Drop(("x", "a", "b")), "x = {a.c = 2}"),
        ("x = {a.b = 1}", Put(("x", "a", "c"), 2), "x = {a.b = 1, a.c = 2}"),
        ("x = { }", Put(("x", "k"), 'q"\\\n\x01'), 'x = {  k = "q\\"\\\\\\n\\u0001" }'),
        ("a = 1\r\n", Put(("t",), {"b": 1}), "a = 1\r\n\r\n[t]\r\nb = 1\r\n"),
        ("a = 1", Put(("t",), {"b": 1}), "a = 1\n\n[t]\nb = 1"),
        ("a = 1\r\nb = 2\n", Drop(("b",)), "a = 1\r\n"),
        ("a = 1\n[t]\r\n", Put(("b",), 2), "a = 1\nb = 2\n[t]\r\n"),
        ("a = [\r\n  1\n]", Append(("a",), 2), "a = [\r\n  1,\n  2\r\n]"),
        ("[a]\nx = 1\n\n[b]\ny = 1\n[c]\n", Drop(("b",)), "[a]\nx = 1\n[c]\n"),
        ("[m.a]\n# of z\n[z]\n", Put(("m", "b"), {"y": 1}), "[m.a]\n[m.b]\ny = 1\n# of z\n[z]\n"),
        ("[m.a]\n# of a\n\n[z]\n", Put(("m", "b"), {"y": 1}), "[m.a]\n# of a\n\n[m.b]\ny = 1\n\n[z]\n"),
        ("[a]\n  [a.b]\n  x = 1\n", Put(("z",), {"y": 1}), "[a]\n  [a.b]\n  x = 1\n[z]\ny = 1\n"),
        ("a = [\n  1, # one\n  2]", Drop(("a", 1)), "a = [\n  1 # one\n  ]"),
        ("a = 1\n\nb = 2\nc = 3\n", Drop(("b",)), "a = 1\n\nc = 3\n"),
        ("a = 1\n\nb = 2\n\nc = 3\n", Drop(("b",)), "a = 1\n\nc = 3\n"),
        ("a = 1\n\nb = 2\n", Drop(("b",)), "a = 1\n"),
        ("a = 1.0", Put(("a",), 1), "a = 1.0"),
        ("a = 1", Put(("a",), True), "a = true"),
        ("a = nan", Put(("b",), float("inf")), "a = nan\nb = inf"),
        ("l = [1, 2]", Put(("l", 2), 3), "l = [1, 2, 3]"),
        ("l = [1, 2]", Append(("l",), 2), "l = [1, 2]"),
        ("[[l]]\na = 1\n", Put(("l", 1), {"a": 2}), "[[l]]\na = 1\n\n[[l]]\na = 2\n"),
        ("[[l]]\na = 1\n", Append(("l",), {"a": 2}), "[[l]]\na = 1\n\n[[l]]\na = 2\n"),
    ],
)
def test_tables_and_values(before: str, edit: Edit, after: str) -> None:
    assert edited(before, edit) == after


@pytest.mark.parametrize(
    "edit",
    [
        Put(("a", "b"), 1),
        Put(("l", 3), 1),
        Put(("l", -1), 1),
        Put(("l", "x"), 1),
        Put((0,), 1),
        Put((), 1),
        Append(("a",), 1),
        Append((), 1),
        Append(("t",), 1),
    ],
)
def test_what_cannot_be_done_is_rejected(edit: Edit) -> None:
    with pytest.raises(Rejected):
        edited("a = 1\nl = [1, 2]\n[t]\n", edit)


def test_dates_are_given_as_they_are_written() -> None:
    value = toml.parse(codex_configs.NUMBERS.encode()).value
    assert value["moments"] == ["07:32:00", "1979-05-27 07:32:00.5"]
    assert (value["stamp"], value["day"]) == ("1979-05-27T07:32:00Z", "1979-05-27")
    assert value["desktop"] == {"window": {"width": 1200, "opened": "2026-11-20T10:00:00+09:00"}}


@pytest.mark.parametrize(
    ("path", "position"),
    [
        ((), (1, 1)),
        (("nowhere",), (1, 1)),
        (("model",), (1, 9)),
        (("mcp_servers",), (4, 1)),
        (("mcp_servers", "a", "command"), (5, 11)),
        (("mcp_servers", "a", "args", 0), (6, 9)),
        (("mcp_servers", "a", "args", 7), (6, 8)),
        (("mcp_servers", "a", "env", "K"), (9, 5)),
        (("mcp_servers", "a", "env", "L"), (8, 1)),
    ],
)
def test_positions(path: Path, position: tuple[int, int]) -> None:
    assert toml.parse(SERVERS.encode()).position(path) == Position(*position)


def test_positions_inside_a_value() -> None:
    tree = toml.parse(b"# here\nx = {a.b = 1, c = [\n { d = 2 }]}\n")
    assert tree.position(("x", "a", "b")) == Position(2, 12)
    assert tree.position(("x", "c", 0, "d")) == Position(3, 8)
    assert tree.position(("x", "c", 0, "e")) == Position(3, 2)


@pytest.mark.parametrize("wrong", ["2", "[", "1\n[t]"])
def test_an_edit_that_went_wrong_is_noticed(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toml_lines, "rewritten", lambda *_: wrong)
    with pytest.raises(Rejected) as refused:
        edited("a = 0\n", Put(("a",), 1), Put(("b",), 1))
    assert not isinstance(refused.value, Unreadable)
    assert refused.value.remedy


def test_a_file_is_not_made_too_large() -> None:
    with pytest.raises(Rejected, match="8 MiB"):
        edited("a = 0\n", Put(("a",), "x" * LARGEST))
