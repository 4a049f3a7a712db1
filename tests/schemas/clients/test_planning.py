"""What a sync would do, from values alone."""

from collections.abc import Mapping

import pytest

from schemas.clients import configuration
from schemas.clients.adapter import Client, Files, Location
from schemas.clients.adapters import CLIENTS
from schemas.clients.planning import Member, Plan, plan
from schemas.clients.reconcile import Elements, Policy, Standing
from schemas.clients.unified import Element, Key, Server

BY_NAME = {client.name: client for client in CLIENTS}
DOCS, MORE = Key("servers", "docs"), Key("servers", "more")
ONE, TWO = Server(transport="http", url="https://one.example"), Server(transport="http", url="https://two.example")


def member(name: str, elements: Elements, base: Elements | None = None, time: float = 1.0) -> Member:
    """A client whose files say this."""
    client = BY_NAME[name]
    written = configuration.write(client, "project", {}, elements)
    files = {location: raw for location, raw in written.files.items() if raw is not None}
    return of_files(client, files, base, time)


def of_files(client: Client, files: Files, base: Elements | None = None, time: float = 1.0) -> Member:
    return Member(client, files, configuration.read(client, "project", files), base, time)


def standing(elements: Mapping[Key, Element | None]) -> dict[Key, Standing]:
    return {key: Standing(element, "claude", 0.0) for key, element in elements.items()}


def made(*members: Member, centre: Mapping[Key, Element | None] | None = None, refused: tuple[Key, ...] = ()) -> Plan:
    return plan("project", standing(centre or {}), members, lambda _: Policy(), lambda _: True, refused)


def test_a_centre_that_never_heard_of_an_element_deletes_nothing() -> None:
    """It is another one than the one that was told, or a new one."""
    found = made(member("cursor", {DOCS: ONE}, base={DOCS: ONE}), member("claude", {}, base={}))
    assert {key: one.element for key, one in found.news.items()} == {DOCS: ONE}
    assert {one.member.client.name: [change.after for change in one.changes] for one in found.deployments} == {
        "cursor": [],
        "claude": [ONE],
    }


def test_what_another_file_lends_is_not_written_twice() -> None:
    """Qwen Code and Copilot CLI read Claude's."""
    found = made(member("qwen", {}), member("copilot", {}), member("claude", {DOCS: ONE}), centre={DOCS: ONE})
    assert not any(one.written.files for one in found.deployments)
    alone = made(member("qwen", {}), centre={DOCS: ONE})
    assert [change.key for one in alone.deployments for change in one.changes] == [DOCS]


def test_what_is_off_in_another_file_is_written_so_that_it_does_not_run() -> None:
    off = Server(transport="stdio", command="npx", enabled=False)
    found = made(member("qwen", {}), member("claude", {DOCS: off}), centre={DOCS: off})
    qwen = next(one for one in found.deployments if one.member.client.name == "qwen")
    assert qwen.after == {DOCS: off}


def test_what_is_there_twice_is_kept_in_step() -> None:
    found = made(
        member("qwen", {DOCS: ONE}, base={DOCS: ONE}),
        member("claude", {DOCS: TWO}, base={DOCS: ONE}),
        centre={DOCS: ONE},
    )
    assert [one.after for one in found.deployments] == [{DOCS: TWO}, {DOCS: TWO}]


def test_what_cannot_be_looked_at_is_neither_gone_nor_written() -> None:
    cursor = BY_NAME["cursor"]
    (location,) = configuration.patterns(cursor, "project")[:1]
    blind = Member(
        cursor,
        {},
        configuration.read(cursor, "project", {}, [location]),
        {DOCS: ONE},
        1.0,
        frozenset([location]),
    )
    found = made(blind, member("claude", {DOCS: ONE, MORE: TWO}, base={DOCS: ONE}), centre={DOCS: ONE})
    assert found.outcome.centre[DOCS].element == ONE
    (deployment,) = [one for one in found.deployments if one.member.client.name == "cursor"]
    assert not deployment.written.files
    assert deployment.base == {DOCS: ONE}


def test_a_file_that_cannot_be_parsed_is_neither() -> None:
    files = {Location("project", ".cursor/mcp.json"): b"{ not json"}
    found = made(
        of_files(BY_NAME["cursor"], files, {DOCS: ONE}), member("claude", {DOCS: ONE}, {DOCS: ONE}), centre={DOCS: ONE}
    )
    assert found.news == {}
    assert not any(one.written.files for one in found.deployments)
    assert [one.base for one in found.deployments] == [{DOCS: ONE}, {DOCS: ONE}]


def test_what_the_centre_refuses_stays_where_it_is() -> None:
    found = made(member("cursor", {DOCS: ONE}), member("claude", {}), refused=(DOCS,))
    assert found.news == {}
    assert not any(one.written.files for one in found.deployments)
    cursor = next(one for one in found.deployments if one.member.client.name == "cursor")
    assert cursor.base == {}, "it is asked about again"


def test_who_lends_borrows_from_nobody_who_borrows_from_him() -> None:
    """All clients at once can be put in an order."""
    assert len(made(*(member(client.name, {}) for client in CLIENTS)).deployments) == len(CLIENTS)


@pytest.mark.parametrize("client", BY_NAME)
def test_what_cannot_be_reached_is_lost_and_all_else_goes_on(client: str) -> None:
    """Servers before this one took a server without a command."""
    (deployment,) = made(member(client, {}), centre={DOCS: Server(transport="stdio"), MORE: TWO}).deployments
    alone = made(member(client, {}), centre={MORE: TWO}).deployments[0]
    assert deployment.written.files == alone.written.files
    lost = [(loss.key, loss.field, loss.why) for loss in deployment.written.losses if loss.key == DOCS]
    takes_servers = any(
        section.kind == "servers" and section.scope == "project" for section in BY_NAME[client].sections
    )
    assert lost == ([(DOCS, "*", "it has no command")] if takes_servers else [])
