"""Every file of the corpus, in every spelling: it says what it says, and what is not edited stays as it is."""

from collections import Counter
from dataclasses import dataclass

import msgspec
import pytest

from schemas.clients.adapter import Files, Wanted
from schemas.clients.configuration import read, write
from schemas.clients.containers import Made, pruned
from schemas.clients.unified import Key, Server
from tests.schemas.clients.corpus import CASES, ROOT, SPELLINGS, Case, spelled
from tests.schemas.clients.test_configuration import written

NEW = Key("servers", "gauge-of-line-7")
LOCAL = Server(
    transport="stdio",
    command="uvx",
    args=("gauge-mcp", "--unit", "mm", "두께 측정"),
    env={"LEVEL": "info", "LINE": "7"},
)


@dataclass(frozen=True)
class Spelled:
    """A case of the corpus in one of its spellings."""

    case: Case
    files: Files

    def servers(self, files: Files) -> dict[Key, Server]:
        """Those that files say."""
        elements = read(self.case.client, self.case.scope, files).elements
        return {key: element for key, element in elements.items() if isinstance(element, Server)}

    def written(self, files: Files, wanted: Wanted) -> Files:
        """What the files become."""
        return written(self.case.client, self.case.scope, files, wanted)


@pytest.fixture(
    params=[
        pytest.param((case, spelling), id=f"{case}-{spelling}")
        for case in CASES
        for spelling in SPELLINGS
        if spelling == "as is" or spelled(case.files, spelling) != case.files
    ]
)
def one(request: pytest.FixtureRequest) -> Spelled:
    case, spelling = request.param
    return Spelled(case, spelled(case.files, spelling))


def lines(files: Files) -> Counter[bytes]:
    """The lines of all files, without what separates them from their neighbours."""
    raws = [raw.removeprefix(b"\xef\xbb\xbf") for raw in files.values()]
    return Counter(line.strip().rstrip(b",") for raw in raws for line in raw.splitlines() if line.strip())


def said(case: Case) -> str:
    """The servers of a case in a line: those that are off in brackets, those that are held with an exclamation mark."""
    config = read(case.client, case.scope, case.files)
    elements = {key.name: one for key, one in config.elements.items() if isinstance(one, Server)}
    told = {name: one.transport if one.enabled else f"({one.transport})" for name, one in elements.items()}
    told |= {key.name: "!" for key in config.held if key.kind == "servers"}
    return ", ".join(f"{name} {told[name]}" for name in sorted(told))


def test_every_case_says_what_its_author_meant() -> None:
    meant = dict(line.split(": ", 1) for line in ROOT.joinpath("servers.txt").read_text("utf-8").splitlines())
    assert {str(case): said(case) or "-" for case in CASES} == meant


def test_how_many_there_are() -> None:
    assert sum(len(case.files) for case in CASES) >= 60
    assert len({case.client.name for case in CASES}) == 15
    assert all(case.files for case in CASES)


def test_what_was_read_is_written_back_without_a_change(one: Spelled) -> None:
    config = read(one.case.client, one.case.scope, one.files)
    assert not config.unreadable
    assert write(one.case.client, one.case.scope, one.files, config.elements).files == {}


def test_a_server_goes_in_and_out_without_a_trace(one: Spelled) -> None:
    before = one.servers(one.files)
    with_new, made = synced(one.case, one.files, {NEW: LOCAL}, {})
    assert one.servers(with_new) == {**before, NEW: LOCAL}
    without, made = synced(one.case, with_new, {NEW: None}, made)
    assert without == one.files
    assert made == {}


def test_what_a_person_keeps_empty_stays(one: Spelled) -> None:
    """Whose a container is that nobody remembers is not known."""
    before = one.servers(one.files)
    with_new = one.written(one.files, {NEW: LOCAL})
    without, _ = synced(one.case, with_new, {NEW: None}, {})
    if without != one.files:
        assert not before
        assert lines(one.files) <= lines(without) + Counter([b"{}"])


def synced(case: Case, files: Files, wanted: Wanted, made: Made) -> tuple[Files, Made]:
    """The files after a sync that remembers what earlier ones have made, and what it remembers."""
    done, made = pruned(case.client, case.scope, files, write(case.client, case.scope, files, wanted), made)
    after = {**files, **done.files}
    return {location: raw for location, raw in after.items() if raw is not None}, made


def test_an_edit_of_one_server_leaves_all_other_lines(one: Spelled) -> None:
    before = one.servers(one.files)
    for key, server in before.items():
        field = "command" if server.transport == "stdio" else "url"
        edited = msgspec.structs.replace(server, **{field: "https://edited.example.com"})
        after = one.written(one.files, {key: edited})
        assert one.servers(after) == {**before, key: edited}
        for at in after:
            assert (lines({at: one.files[at]}) - lines({at: after[at]})).total() <= 1
            assert (lines({at: after[at]}) - lines({at: one.files[at]})).total() <= 1
        assert one.servers(one.written(after, {key: server})) == before


def test_a_server_that_goes_takes_nothing_along(one: Spelled) -> None:
    before = one.servers(one.files)
    for key in before:
        after = one.written(one.files, {key: None})
        assert one.servers(after) == {other: server for other, server in before.items() if other != key}
        for at in after:
            added = lines({at: after[at]}) - lines({at: one.files[at]})
            assert added.total() <= 1, "but for the line that held it with others"
