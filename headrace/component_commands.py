"""The commands about components: what there is, what experiments used, what waits for a decision, and `sync`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from headrace.options import Data, Json, Project, ServerUrl, settings_with, with_remote
from schemas.sides import SyncStrategy


def _group(help_: str) -> typer.Typer:
    return typer.Typer(help=help_, no_args_is_help=True, rich_markup_mode=None)


components = _group("Components and their versions: list, show, history, diff, activate, scan, users.")
manifests = _group("What experiments used: list, show, save, restore, diff, since.")
conflicts = _group("What waits for a person: list, show, decide.")

Component = Annotated[str, typer.Argument(help="Such as model/resnet, or a version's hash.")]
Uid = Annotated[str, typer.Argument(help="The experiment.")]
ConflictId = Annotated[str, typer.Argument(help="The conflict's id, or its beginning or end.")]
BasePath = Annotated[Path, typer.Option(help="Checkout of the worker: the directory that holds cvlabkit/.")]


class Decision(StrEnum):
    """What becomes of a conflict."""

    UPLOAD = "upload"
    DOWNLOAD = "download"
    SKIP = "skip"


@components.command("list")
def list_components(
    category: Annotated[str | None, typer.Argument(help="Only this category's, such as model.")] = None,
    server: ServerUrl = None,
    data: Data = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """List components with their active version."""
    from headrace.components import show_list

    with_remote(server, data, lambda remote: show_list(remote, category, project, as_json=as_json))


@components.command("show")
def show_component(
    component: Component, server: ServerUrl = None, data: Data = None, project: Project = None, as_json: Json = False
) -> None:
    """Print the source of a component as it is active, or of any version."""
    from headrace.components import show_source

    with_remote(server, data, lambda remote: show_source(remote, component, project, as_json=as_json))


@components.command("history")
def show_history(
    component: Component, server: ServerUrl = None, data: Data = None, project: Project = None, as_json: Json = False
) -> None:
    """List a component's versions, newest first."""
    from headrace.components import show_history

    with_remote(server, data, lambda remote: show_history(remote, component, project, as_json=as_json))


@components.command("diff")
def diff_components(
    old: Component,
    new: Annotated[str | None, typer.Argument(help="Another version's hash; else the active one.")] = None,
    server: ServerUrl = None,
    data: Data = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Show what differs between two versions; for a component, between the version before and the active one."""
    from headrace.components import show_diff

    with_remote(server, data, lambda remote: show_diff(remote, old, new, project, as_json=as_json))


@components.command("activate")
def activate_component(
    version: Annotated[str, typer.Argument(help="The version's hash.")],
    path: Annotated[str | None, typer.Option(help="Whose, where several components have these bytes.")] = None,
    reason: Annotated[str, typer.Option(help="Why; it is written into the log.")] = "",
    server: ServerUrl = None,
    data: Data = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Make an older version the active one again: a roll-back."""
    from headrace.components import activate

    with_remote(server, data, lambda remote: activate(remote, version, path, reason, project, as_json=as_json))


@components.command("scan")
def scan_components(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be added.")] = False,
    server: ServerUrl = None,
    data: Data = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Let the server read its own trees and add what is not there yet."""
    from headrace.components import scan

    with_remote(server, data, lambda remote: scan(remote, project, dry_run=dry_run, as_json=as_json))


@components.command("users")
def component_users(
    version: Annotated[str, typer.Argument(help="The version's hash.")],
    server: ServerUrl = None,
    data: Data = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """List the experiments that used a version."""
    from headrace.manifests import show_users

    with_remote(server, data, lambda remote: show_users(remote, version, project, as_json=as_json))


@manifests.command("list")
def list_manifests(server: ServerUrl = None, data: Data = None, project: Project = None, as_json: Json = False) -> None:
    """List experiments."""
    from headrace.manifests import show_list

    with_remote(server, data, lambda remote: show_list(remote, project, as_json=as_json))


@manifests.command("show")
def show_manifest(
    uid: Uid,
    revision: Annotated[int | None, typer.Option(help="Which; else the newest.")] = None,
    server: ServerUrl = None,
    data: Data = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Show what an experiment used."""
    from headrace.manifests import show_one

    with_remote(server, data, lambda remote: show_one(remote, uid, revision, project, as_json=as_json))


@manifests.command("since")
def show_since(
    uid: Uid, server: ServerUrl = None, data: Data = None, project: Project = None, as_json: Json = False
) -> None:
    """Show what has changed since an experiment."""
    from headrace.manifests import show_since

    with_remote(server, data, lambda remote: show_since(remote, uid, project, as_json=as_json))


@manifests.command("diff")
def diff_manifests(
    good: Uid,
    bad: Annotated[str, typer.Argument(help="The other experiment.")],
    code: Annotated[bool, typer.Option("--code", help="Show the lines that differ, too.")] = False,
    server: ServerUrl = None,
    data: Data = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Show the components in which two experiments differ: of a good and a bad one, the suspects."""
    from headrace.manifests import show_diff

    with_remote(server, data, lambda remote: show_diff(remote, (good, bad), project, code=code, as_json=as_json))


@manifests.command("save")
def save_manifest(
    uid: Uid,
    file: Annotated[typer.FileText, typer.Argument(help='JSON, {"model/a.py": "HASH"}; - for standard input.')],
    server: ServerUrl = None,
    data: Data = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Keep what an experiment used. `headrace sync --experiment` does so for a config."""
    from headrace.manifests import save

    text = file.read()
    with_remote(server, data, lambda remote: save(remote, uid, text, project, as_json=as_json))


@manifests.command("restore")
def restore_manifest(
    uid: Uid,
    base_path: BasePath = Path(),
    server: ServerUrl = None,
    data: Data = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Bring a checkout back to what an experiment used. What differs there is kept on the server first."""
    from headrace.syncing import restore

    restore(settings_with(), server, data, base_path, uid, project, as_json=as_json)


@conflicts.command("list")
def list_conflicts(
    every: Annotated[bool, typer.Option("--all", help="Those that were decided, too.")] = False,
    worker: Annotated[str | None, typer.Option(help="Only this worker's.")] = None,
    server: ServerUrl = None,
    data: Data = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """List what waits for a person."""
    from headrace.conflicts import show_list

    with_remote(server, data, lambda remote: show_list(remote, project, worker, every=every, as_json=as_json))


@conflicts.command("show")
def show_conflict(
    conflict: ConflictId, server: ServerUrl = None, data: Data = None, project: Project = None, as_json: Json = False
) -> None:
    """Show both sides."""
    from headrace.conflicts import show_one

    with_remote(server, data, lambda remote: show_one(remote, conflict, project, as_json=as_json))


@conflicts.command("decide")
def decide_conflict(
    conflict: ConflictId,
    decision: Annotated[Decision, typer.Argument(help="upload: the worker's side; download: the active one; skip.")],
    server: ServerUrl = None,
    data: Data = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Settle a conflict. The worker does as was decided when it synchronises next."""
    from headrace.conflicts import decide

    with_remote(server, data, lambda remote: decide(remote, conflict, decision, project, as_json=as_json))


def sync(
    config: Annotated[Path, typer.Argument(help="The experiment's config, in YAML.")],
    strategy: Annotated[SyncStrategy, typer.Option(help="How two sides become one.")] = SyncStrategy.INTERACTIVE,
    base_path: BasePath = Path(),
    experiment: Annotated[str | None, typer.Option(help="Keep what is used as this experiment's manifest.")] = None,
    server: ServerUrl = None,
    data: Data = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Bring the components that a config needs up to date. Exits with 2 where conflicts wait, with 1 for failures."""
    from headrace.syncing import Wanted, run_sync

    wanted = Wanted(config, strategy, base_path, experiment, project, as_json)
    run_sync(settings_with(), server, data, wanted)


def import_cvlab(
    file: Annotated[Path, typer.Argument(help="CVLab-Kit's store, a SQLite file.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check it; import nothing.")] = False,
    server: ServerUrl = None,
    data: Data = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Import versions and manifests from CVLab-Kit's own store."""
    from headrace.imports import import_store

    if dry_run:
        import asyncio

        from headrace.remote import Remote, Server

        nobody = Remote(Server("", None))  # a dry run asks no server
        asyncio.run(import_store(nobody, file, project=project, dry_run=True, as_json=as_json))
        return
    with_remote(
        server, data, lambda remote: import_store(remote, file, project=project, dry_run=False, as_json=as_json)
    )
