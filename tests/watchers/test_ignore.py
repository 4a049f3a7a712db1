"""What is not watched: by git's own word, by the defaults, and as rules come and go."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.watchers.conftest import Observe
from tests.watchers.observed import Observed, digest
from watchers.ignore import Ignore

# Git as the oracle

NAMES = (b"a", b"ab", b"a.py", b"a b", b"a ", b"#a", b"!a", b"[a]", b"a\\b", b"-", b"^", b"\xc3\xa9", b"\xff", b"&")
DIRECTORIES = (b"d", b"d/d", b"d/e", b"x", b"x/e")
PIECES = (
    *(b"a", b"b", b"d", b"e", b"x", b".py", b"-", b"^", b"\xc3\xa9", b"\xff", b".", b"+", b"{a,b}", b"|", b"\t"),
    *(b"*", b"*", b"**", b"?", b"/", b"/", b"**/", b"/**", b"!", b"#", b" ", b"\\ ", b"\\", b"\\a", b"\\*", b"\\!"),
    *(b"[ab]", b"[!a]", b"[^a]", b"[a-d]", b"[]a]", b"[]-a]", b"[!]]", b"[z-a]", b"[--0]", b"[&-~]", b"[a&&b]"),
    *(b"[[]", b"[[:alpha:]]", b"[[:punct:]-z]", b"[[:nope:]]", b"[\\]a]", b"[\\a-\\d]", b"[a/]", b"[!/]", b"[a\\]"),
    *(b"[", b"]", b"[!]", b"[a-"),
)
lines = st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map(b"".join)
rules = st.dictionaries(st.sampled_from([b"", b"d", b"d/d", b"x"]), st.lists(lines, min_size=1, max_size=3), max_size=3)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree with names that patterns may mean; no rules yet."""
    root = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q", root], check=True)
    for directory in (b"", *DIRECTORIES):
        (root / os.fsdecode(directory)).mkdir(exist_ok=True)
        for name in NAMES[:3] if directory else NAMES:
            path = root / os.fsdecode(directory) / os.fsdecode(name)
            if not path.exists():
                path.touch()
    return root


def paths(root: Path) -> list[bytes]:
    found = (path for path in root.rglob("*") if ".git" not in path.parts and path.name != ".gitignore")
    return sorted(os.fsencode(path.relative_to(root)) for path in found)


def git_says(root: Path, asked: list[bytes]) -> dict[bytes, tuple[bool, bytes, int]]:
    """Of each path whether it is ignored, and by which line of which file."""
    command = ["git", "-C", str(root), "check-ignore", "--no-index", "-v", "-n", "-z", "--stdin"]
    done = subprocess.run(command, input=b"\0".join(asked), stdout=subprocess.PIPE, check=False)
    fields = done.stdout.split(b"\0")[:-1]
    answers = zip(fields[0::4], fields[1::4], fields[2::4], fields[3::4], strict=True)
    return {
        path: (bool(line) and not text.startswith(b"!"), source, int(line or 0)) for source, line, text, path in answers
    }


def we_say(root: Path, path: bytes) -> tuple[bool, bytes, int]:
    verdict = Ignore(os.fsencode(root), gitignore=True).explain(path, is_directory=(root / os.fsdecode(path)).is_dir())
    return (verdict.ignored, verdict.rule.source, verdict.rule.line) if verdict.rule else (verdict.ignored, b"", 0)


@settings(max_examples=60, deadline=None)
@given(rules=rules)
@example(rules={b"": [b"d/**", b"!d/d", b"d/d/**"]})
@example(rules={b"": [b"/*", b"!/d/", b"/d/*", b"!/d/e"], b"d": [b"a*", b"!a.py"]})
@example(rules={b"": [b"a**/a", b"**/a", b"x/**/a", b"**"]})
@example(rules={b"": [b"a\\ ", b"a\t", b"\\#a", b"\\!a", b"a\\\\b", b"?\r"]})
@example(rules={b"": [b"\xef\xbb\xbfa", b"a\0b"], b"d": [b"", b"/", b"//", b"!"]})
def test_git_and_we_say_the_same(repository: Path, rules: dict[bytes, list[bytes]]) -> None:
    files = [repository / os.fsdecode(directory) / ".gitignore" for directory in rules]
    for file, texts in zip(files, rules.values(), strict=True):
        file.write_bytes(b"\n".join(texts))
    try:
        said = git_says(repository, paths(repository))
        assert {path: we_say(repository, path) for path in said} == said
    finally:
        for file in files:
            file.unlink()


# What is built in

DEFAULTS = (
    ".git",
    "__pycache__",
    ".headrace",
    "a.py~",
    ".a.py.swp",
    ".#a.py",
    "#a.py#",
    "a.py___jb_tmp___",
    ".goutputstream-X1Y2Z3",
    ".nfs" + "0" * 24,
)


@pytest.mark.parametrize("name", DEFAULTS)
def test_defaults(tmp_path: Path, name: str) -> None:
    verdict = Ignore(os.fsencode(tmp_path)).judge(b"d/" + name.encode(), is_directory=False)
    assert verdict.ignored
    assert str(verdict.rule).startswith("built in: ")


@pytest.mark.parametrize("name", ["a.py", "4913", ".nfs1", "git", "a.swp.py", "#a", "a#"])
def test_not_by_default(tmp_path: Path, name: str) -> None:
    assert not Ignore(os.fsencode(tmp_path)).judge(name.encode(), is_directory=False).ignored


def test_a_rule_takes_a_default_back(tmp_path: Path) -> None:
    (tmp_path / ".headraceignore").write_bytes(b"!*~\n")
    assert not Ignore(os.fsencode(tmp_path)).explain(b"a~", is_directory=False).ignored


@pytest.mark.parametrize(("gitignore", "ignored"), [(False, [b"b"]), (True, [b"a", b"b"])])
def test_which_files_hold_rules(tmp_path: Path, gitignore: bool, ignored: list[bytes]) -> None:
    (tmp_path / ".gitignore").write_bytes(b"a\nc\n")
    (tmp_path / ".headraceignore").write_bytes(b"b\n!c\n")
    rules = Ignore(os.fsencode(tmp_path), gitignore=gitignore)
    assert [name for name in (b"a", b"b", b"c") if rules.explain(name, is_directory=False).ignored] == ignored


def test_the_rule_that_decides_is_named(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / ".headraceignore").write_bytes(b"# ours\n*.\xff\n")
    verdict = Ignore(os.fsencode(tmp_path)).explain(b"d/a.\xff", is_directory=False)
    assert str(verdict.rule) == "d/.headraceignore:2: *.\udcff"


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: path.symlink_to("/dev/zero")])
def test_a_rule_file_that_is_no_file(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / ".headraceignore")
    assert not Ignore(os.fsencode(tmp_path)).explain(b"a", is_directory=False).ignored


# In a watched tree


def watched(observed: Observed) -> set[bytes]:
    """The directories that are watched, for looking into the engine."""
    hints = observed.watch._engine._hints
    return {*hints._descriptors, *hints.polled}


async def test_ignored_directories_are_not_watched(root: Path, observe: Observe) -> None:
    (root / ".headraceignore").write_bytes(b"build/\n")
    for path in ("build/deep", "src/build", "src/__pycache__", ".git/objects"):
        (root / path).mkdir(parents=True)
        (root / path / "a").write_bytes(b"a")
    async with observe() as observed:
        assert watched(observed) == {b"", b"src"}
        (root / "src" / "late" / "build").mkdir(parents=True)
        (root / "src" / "late" / "a").write_bytes(b"a")
        await observed.hears("src/late/a", b"a")
        assert watched(observed) == {b"", b"src", b"src/late"}
        (root / "build" / "deep" / "b").write_bytes(b"b")
        (root / "src" / "a~").write_bytes(b"b")
        assert await observed.rests() == 0


async def test_rules_come_change_and_go(root: Path, observe: Observe) -> None:
    (root / "d" / "logs").mkdir(parents=True)
    async with observe() as observed:
        for number, (rule, taken) in enumerate([(b"", True), (b"logs/\n", False), (b"*.py\n", True), (None, True)]):
            rules = root / "d" / ".headraceignore"
            rules.unlink() if rule is None else rules.write_bytes(rule)
            await observed.hears("d/.headraceignore", rule)
            (root / "d" / "logs" / "a").write_bytes(b"%d" % number)
            if taken:
                await observed.hears("d/logs/a", b"%d" % number)
            await observed.rests()
            assert (observed.last[b"d/logs/a"] == digest(b"%d" % number)) == taken
            assert (b"d/logs" in watched(observed)) == taken
        observed.chain()


async def test_what_was_ignored_is_reported_when_the_rule_goes(root: Path, observe: Observe) -> None:
    (root / ".gitignore").write_bytes(b"out\n")
    (root / "out").mkdir()
    (root / "out" / "a").write_bytes(b"a")
    async with observe(gitignore=True) as observed:
        assert observed.watch.files == 1
        (root / ".gitignore").unlink()
        await observed.hears("out/a", b"a")


async def test_own_state_below_the_root_is_not_watched(root: Path, observe: Observe) -> None:
    (root / "state").mkdir()
    async with observe(own=b"state") as observed:
        (root / "state" / "a").write_bytes(b"a")
        (root / "state-of-others").write_bytes(b"a")
        await observed.hears("state-of-others", b"a")
        assert await observed.rests() == 0
        assert watched(observed) == {b""}


async def test_a_checkout_with_its_rules_arrives_at_once(root: Path, observe: Observe, tmp_path: Path) -> None:
    (tmp_path / "new" / "out").mkdir(parents=True)
    (tmp_path / "new" / ".headraceignore").write_bytes(b"out\n")
    (tmp_path / "new" / "out" / "a").write_bytes(b"a")
    (tmp_path / "new" / "b").write_bytes(b"b")
    async with observe() as observed:
        shutil.move(tmp_path / "new", root / "new")
        await observed.hears("new/b", b"b")
        await observed.rests()
        assert observed.said("new/out/a") == []
