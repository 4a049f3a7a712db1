"""What clients' programs are given on this machine, whether they are asked, and how a person hears of what they say."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from headrace.cli import app
from headrace.clients import Place, Wanted, scene_of
from headrace.clients_shown import as_json, show
from schemas.clients.adapter import UnifiedConfig, Written
from schemas.clients.adapters import CLIENTS
from schemas.clients.planning import Deployment, Member, Plan
from schemas.clients.reconcile import Outcome
from watchers.clients.checking import Finding
from watchers.clients.report import Report


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place("project", tmp_path, tmp_path, "team")


def test_a_program_is_given_no_variable_of_ours_but_two(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("OPENAI_API_KEY", "ours")
    monkeypatch.setenv("HEADRACE_API_KEY", "ours")
    programs = scene_of(place, Wanted()).programs
    assert programs is not None
    assert set(programs.variables) == {"PATH", "LANG"}


@pytest.mark.parametrize(("typed", "asked"), [((), True), (("--no-validate",), False)])
def test_programs_need_not_be_asked(
    place: Place, monkeypatch: pytest.MonkeyPatch, typed: tuple[str, ...], asked: bool
) -> None:
    wanted: list[Any] = []
    monkeypatch.setattr("headrace.clients.run_sync", lambda *given: wanted.append(given[-1]))
    assert CliRunner().invoke(app, ["clients", "sync", *typed]).exit_code == 0
    assert (scene_of(place, wanted[0]).programs is not None) is asked


def test_who_is_not_checked_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    codex = next(one for one in CLIENTS if one.name == "codex")
    member = Member(codex, {}, UnifiedConfig({}, {}, {}), None, 0.0)
    plan = Plan(Outcome({}, (), ()), {}, (Deployment(member, Written({}), (), {}, {}, {}),))
    report = Report("project", plan, {}, unchecked={"codex": Finding(False, "it hangs\nalways")})
    show(report, is_done=True)
    assert capsys.readouterr().err == "unchecked  codex: it hangs always\n"
    assert as_json(report, is_done=True)["clients"]["codex"]["unchecked"] == "it hangs\nalways"
