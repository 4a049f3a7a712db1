"""Configs on disk: what they need, and what no config can make us do."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import Misconfigured, NotFound, Rejected
from watchers.configs import MAX_BYTES, read_needs

EXAMPLES = Path(__file__).parents[2] / "examples/cvlab"

Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a config and say where it is."""

    def written(content: str | bytes) -> Path:
        path = tmp_path / "config.yaml"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return written


def wires(path: Path) -> list[str]:
    return [component.wire for component in read_needs(path)]


@pytest.mark.parametrize("config", sorted(EXAMPLES.glob("config/*.yaml")), ids=lambda path: path.stem)
def test_the_examples_need_files_that_exist(config: Path) -> None:
    found = read_needs(config)
    folders = [EXAMPLES / "cvlabkit" / ("" if component.category == "agent" else "component") for component in found]
    assert len(found) >= 8
    assert [c.wire for c, folder in zip(found, folders, strict=True) if not (folder / c.wire).is_file()] == []


def test_an_example_word_by_word() -> None:
    assert wires(EXAMPLES / "config/ablation.yaml") == [
        "agent/classification.py",
        "model/resnet.py",
        "dataset/folder.py",
        "dataloader/basic.py",
        "sampler/balanced.py",
        "transform/resize.py",
        "transform/normalize.py",
        "optimizer/sgd.py",
        "scheduler/cosine.py",
        "solver/early_stop.py",
        "loss/cross_entropy.py",
        "metric/accuracy.py",
        "checkpoint/best.py",
        "logger/csv.py",
    ]


CONFIGS = [
    pytest.param("", [], id="empty"),
    pytest.param("# nothing\n\n---\n---\n", [], id="comments"),
    pytest.param("just text", [], id="text"),
    pytest.param("model: a\n---\nmodel: b\nloss: c\n", ["model/a.py", "model/b.py", "loss/c.py"], id="documents"),
    pytest.param("\ufeffmodel: a", ["model/a.py"], id="a byte order mark"),
    pytest.param("%YAML 1.1\n---\r\nmodel: a\r\n...\r\n", ["model/a.py"], id="as Windows writes it"),
    pytest.param("모델: x\nmodel: 모델", ["model/모델.py"], id="Korean"),
    pytest.param("m: &m resnet\nmodel: [*m, vit]", ["model/resnet.py", "model/vit.py"], id="alias"),
    pytest.param(
        "x: &x {train: a, test: b c}\ntransform: {<<: *x, test: d}",
        ["transform/a.py", "transform/d.py"],
        id="merge: the own key wins, wherever it stands",
    ),
    pytest.param("x: &x {test: b c}\ntransform: {test: d, <<: *x}", ["transform/d.py"], id="merge at the end"),
    pytest.param("x: [&x {r: a}, &y {r: b}]\nmodel: {<<: [*x, *y]}", ["model/a.py"], id="merge: the first wins"),
    pytest.param(
        "x: [&x {r: a, s: c}, &y {r: b}]\nmodel: {<<: *x, <<: *y}",
        ["model/b.py", "model/c.py"],
        id="merge twice: the last wins",
    ),
    pytest.param('model: {"<<": a}', ["model/a.py"], id="no merge in quotes"),
    pytest.param("model: !!python/tuple [a, b]", ["model/a.py", "model/b.py"], id="tuple"),
    pytest.param("model: !mine a", ["model/a.py"], id="a tag on text"),
    pytest.param("model: !mine {r: a}", ["model/a.py"], id="a tag on a mapping"),
    pytest.param("model: !<tag:example.org,2000:x> [a]", ["model/a.py"], id="a full tag"),
    pytest.param("transform: !!omap [train: a, test: b]", ["transform/a.py", "transform/b.py"], id="an ordered map"),
    pytest.param("model: !!python/name:os.system a", ["model/a.py"], id="a Python name"),
    pytest.param("model: !!python/int 5\nloss: !x null\nmetric: !x", [], id="tags on what is no text"),
    pytest.param(
        "loss: ~\nmodel: no\nmetric: 1e-4\ncheckpoint: +1E5\nsampler: !x 1e3\nagent: 0x1f\nlogger: 1:59\nsolver:",
        [],
        id="no text",
    ),
    pytest.param(
        "logger: 'no'\nmetric: !x 'off'\nmodel: !!str no\nloss: |\n  on\n",
        ["logger/no.py", "metric/off.py", "model/no.py", "loss/on.py"],
        id="what quotes, tags and blocks make text",
    ),
    pytest.param("x: 2024-13-45\ny: 2024-01-02T99:99:99\nz: =\nmodel: a", ["model/a.py"], id="no such date"),
    pytest.param("on: {model: a}\n1: b\n2: c\n~: d", ["model/a.py"], id="keys that are no text"),
    pytest.param("x: " + "9" * 5000 + "\nmodel: a", ["model/a.py"], id="a number too long for Python"),
    pytest.param("a: 1" + ":59" * 100_000, [], id="a number too long to work out"),
]  # fmt: skip - a list to read


@pytest.mark.parametrize(("content", "found"), CONFIGS)
def test_a_config_needs(write: Write, content: str, found: list[str]) -> None:
    assert wires(write(content)) == found


REJECTED = [
    pytest.param("model: [a", "line 1, column 10: while parsing a flow sequence, expected", id="unclosed"),
    pytest.param("a:\n\tmodel: b", r"line 2, column 1: .*'\\t'", id="a tab"),
    pytest.param("a: *b", "line 1, column 4: found undefined alias 'b'", id="an alias of nothing"),
    pytest.param("a: *" + "b" * 1000, "found undefined alias 'bbb", id="a long alias of nothing"),
    pytest.param("a: !e!x b", "undefined tag handle", id="a tag of nothing"),
    pytest.param("a: \x01", "unacceptable character #x0001: special characters are not allowed$", id="control"),
    pytest.param("model: a\nx: 1\nmodel: b", "line 3: the key 'model' stands here a second time", id="a key twice"),
    pytest.param("x:\n- lr: 1\n  lr: 2", "line 3: the key 'lr' stands", id="any key twice"),
    pytest.param("? {a: b}\n: c", "line 1: a key is a mapping or a list", id="a mapping as a key"),
    pytest.param("x:\n  <<: 5", "line 2: << merges mappings only", id="a number merged"),
    pytest.param("x: {<<: [{a: b}, 5]}", "line 1: << merges mappings only", id="a number merged in a list"),
    pytest.param('\nx: "\\U00110000"', "line 2: .*0x110000", id="an escape of no character"),
    pytest.param('\nx: "\\UFFFFFFFF"', "line 2: ", id="an escape of no integer"),
    pytest.param("%YAML 1." + "1" * 5000, "line 1: ", id="no such version"),
    pytest.param('model: "\\ud800"', r"model: '\\ud800' is not a component's name", id="half a character"),
    pytest.param(b"model: \xff", "it is not UTF-8: byte 0xff at 7", id="not UTF-8"),
    pytest.param("model: a".encode("utf-16"), "it is not UTF-8", id="UTF-16"),
    pytest.param(b"model: a\0", "unacceptable character", id="NUL"),
    pytest.param("transform: {train: a/b}", "transform.train: 'a/b' is not a component's name", id="no name"),
    pytest.param("model: a\n---\nmodel: b/c", r"\[1\].model: 'b/c' is not", id="no name in the second document"),
    pytest.param("model: nul", "model: 'nul.py' is a reserved name", id="a reserved name"),
    pytest.param("a: &a [*a]", "refers to itself", id="a list in itself"),
    pytest.param("a: &a {b: *a}", "refers to itself", id="a mapping in itself"),
    pytest.param("a: &a {<<: *a}", "refers to itself", id="a mapping merged into itself"),
    pytest.param("[" * 100_000, "nested more than 100 levels", id="deep"),
    pytest.param("- " * 100_000, "nested more than 100 levels", id="deep in block style"),
    pytest.param("[" * 102 + "]" * 102, "nested more than 100 levels", id="a level too deep"),
    pytest.param("#" * (MAX_BYTES + 1), f"larger than {MAX_BYTES} bytes", id="a byte too large"),
]


@pytest.mark.parametrize(("content", "reason"), REJECTED)
def test_what_is_no_config_is_rejected(write: Write, content: str | bytes, reason: str) -> None:
    path = write(content)
    with pytest.raises(Rejected, match=reason) as rejected:
        read_needs(path)
    assert rejected.value.message.startswith(f"{path}: ")
    assert len(rejected.value.message) < len(str(path)) + 300
    assert rejected.value.remedy
    rejected.value.message.encode()


def test_a_file_may_be_as_large_and_as_deep_as_it_may(write: Write) -> None:
    assert wires(write("[" * 101 + "]" * 101)) == []
    assert wires(write("model: a\n" + "#" * (MAX_BYTES - 9))) == ["model/a.py"]


LAUGHS = "a: &a [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]\n"


@pytest.mark.parametrize("line", ["{0}: &{0} [{1}]\n", "{0}: &{0} {{<<: [{1}]}}\n"], ids=["lists", "merges"])
def test_a_billion_laughs_end_early(write: Write, line: str) -> None:
    content = "a: &a {x: ha}\n" if "<<" in line else LAUGHS
    for before, letter in zip("abcdefgh", "bcdefghi", strict=True):
        content += line.format(letter, ", ".join([f"*{before}"] * 10))
    with pytest.raises(Rejected, match="more than 100000 values, with its aliases written out"):
        read_needs(write(content))


def test_a_file_of_too_many_values_ends_early(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schemas.needs.MAX_VALUES", 1000)  # the real number takes seconds to compose
    assert wires(write("[" + "a," * 900 + "]")) == []
    with pytest.raises(Rejected, match="line 1: it holds more than 1000 values"):
        read_needs(write("[" + "a," * 500_000))


@pytest.mark.parametrize(
    "tag",
    [
        "!!python/object/apply:os.mkdir [{0}]",
        "!!python/object/new:os.mkdir [{0}]",
        "!!python/object/apply:os.mkdir {{args: [{0}]}}",
        "!!python/module:{0}",
        "!!python/name:watchers.nosuch {0}",
    ],
)
def test_nothing_is_executed(write: Write, tmp_path: Path, tag: str) -> None:
    made = tmp_path / "made"
    assert wires(write(f"x: {tag.format(made)}\nmodel: a\n")) == ["model/a.py"]
    with suppress(Rejected):
        read_needs(write(f"model: {tag.format(made)}\n"))
    assert not made.exists()


def test_a_file_that_is_missing(tmp_path: Path) -> None:
    for path in (tmp_path / "no.yaml", Path(__file__) / "no.yaml"):
        with pytest.raises(NotFound, match="no.yaml"):
            read_needs(path)


def test_what_is_no_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (tmp_path, pipe):
        with pytest.raises(Misconfigured, match="is not a file"):
            read_needs(path)


def test_what_cannot_be_read(tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(Misconfigured, match="loop cannot be read: "):
        read_needs(loop)
    path = write("model: a")

    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(Misconfigured, match="cannot be read: Permission denied"):
        read_needs(path)


def test_a_path_that_can_be_none() -> None:
    with pytest.raises(Rejected, match="null"):
        read_needs(Path("a\0b"))


SCRAPS = [
    "model",
    "transform",
    ": ",
    "\n",
    "  ",
    "- ",
    "a",
    "b(c)",
    " | ",
    "[",
    "]",
    "{",
    "}",
    ", ",
    "&x ",
    "*x",
    "<<",
    "? ",
    "!t ",
    "!!python/tuple ",
    "'",
    '"',
    "\\U",
    "|\n",
    ">",
    "---\n",
    "...",
    "%YAML 1.1",
    "#",
    "\t",
    "1:2",
    "\x85",
]  # fmt: skip - scraps of YAML


@given(
    st.binary(max_size=40) | st.lists(st.sampled_from(SCRAPS), max_size=14).map(lambda parts: "".join(parts).encode())
)
def test_any_bytes_give_needs_or_an_error(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(content)
    with suppress(Rejected):
        assert isinstance(read_needs(path), list)
