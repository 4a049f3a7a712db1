"""Nothing that comes from outside may name anything outside its root."""

from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.paths import MAX_BYTES, relative_path

HOSTILE = [
    "",
    "/",
    "/etc/passwd",
    "..",
    "../x",
    "a/../../x",
    "a/..",
    "./a",
    "a/./b",
    "a//b",
    "a/",
    "a\0b",
    "a\nb",
    "a\x7fb",
    "a\\b",
    "C:/x",
    "c:x",
    "\\\\host\\share",
    "CON",
    "con.py",
    "a/NUL.txt",
    "com1",
    "LPT9.log",
    "aux .py",
    "a ",
    "a.",
    "a/b ./c",
    "\ud800",
    "x" * 256,
    "/".join(["abc"] * 300),
]


@pytest.mark.parametrize("path", HOSTILE)
def test_refused(path: str) -> None:
    with pytest.raises(ValueError, match=".+"):
        relative_path(path)


@pytest.mark.parametrize(
    "path", ["a", "a/b.py", ".hidden", "model/resnet.py", "가/나.py", "a b/c", "...x", "console.py", "com10"]
)
def test_taken(path: str) -> None:
    assert relative_path(path) == path


@given(st.text())
def test_what_is_taken_stays_below_its_root(path: str) -> None:
    try:
        taken = relative_path(path)
    except ValueError:
        return
    assert len(taken.encode()) <= MAX_BYTES
    for kind in (PurePosixPath, PureWindowsPath):
        below = kind("root") / taken
        assert not kind(taken).is_absolute()
        assert ".." not in below.parts
        assert below.parts[0] == "root"
