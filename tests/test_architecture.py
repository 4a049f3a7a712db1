"""What STYLE says of the tree, as far as neither the linter nor import-linter can see it."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

import pytest

from handlers.domains import DOMAINS

ROOT = Path(__file__).parents[1]
PACKAGES = ("headrace", "schemas", "streams", "handlers", "watchers", "gateway")
DOMAIN_LAYERS = ("schemas", "streams/store", "handlers", "watchers", "gateway/routes")
NOT_FILES = {"manifests"}
"""Domains whose documents are no files: nobody watches them."""
SOURCES = [path for package in PACKAGES for path in sorted(ROOT.joinpath(package).rglob("*.py"))]
PEERS = ROOT / "benchmarks" / "peers" / "workers"
"""Programs for environments of their own: other frameworks, nothing of ours."""

FILES = [*SOURCES, *sorted(ROOT.joinpath("tests").rglob("*.py")), *sorted(ROOT.joinpath("benchmarks").rglob("*.py"))]
NOT_FOR_HANDLERS = {"datetime.now", "os", "random", "secrets", "socket", "subprocess", "time", "uuid"}
"""The world outside the event and the store: with it the same log could end in two histories."""

HEAVY = {"aiohttp", "aiokafka", "asyncio", "asyncpg", "faust", "pydantic", "redis", "rich.table", "watchdog"}
"""What `headrace --help` must not wait for."""


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_domain_has_the_same_file_in_every_layer(domain: str) -> None:
    missing = [
        f"{layer}/{domain}"
        for layer in DOMAIN_LAYERS
        if not (layer == "watchers" and domain in NOT_FILES)
        and not any(ROOT.joinpath(layer, name).exists() for name in (f"{domain}.py", domain))
    ]
    assert missing == []
    assert list(ROOT.joinpath("tests").rglob(f"test_{domain}.py"))


def test_every_folder_of_tests_is_a_package() -> None:
    folders = {path.parent for path in ROOT.joinpath("tests").rglob("*.py")}
    assert [named(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def imported(path: Path) -> Iterator[str]:
    """Everything that a module names in its imports: `datetime`, `datetime.now`."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", sorted(ROOT.joinpath("handlers").rglob("*.py")), ids=named)
def test_a_handler_sees_the_event_and_the_store_alone(path: Path) -> None:
    assert NOT_FOR_HANDLERS.isdisjoint(imported(path))
    attributes = [node.attr for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)]
    assert {"now", "utcnow", "today"}.isdisjoint(attributes)


def functions() -> Iterator[tuple[int, str]]:
    """How many lines each function of the product has."""
    for path in SOURCES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield (node.end_lineno or 0) - node.lineno + 1, f"{named(path)}: {node.name}"


def test_functions_are_short() -> None:
    lengths = sorted(functions())
    assert lengths[len(lengths) * 9 // 10][0] <= 20
    assert lengths[-1][0] <= 40, lengths[-1]


def test_a_file_holds_one_thing() -> None:
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert {name: length for name, length in lengths.items() if length > 400} == {}


def test_nobody_else_claims_our_names() -> None:
    owners = packages_distributions()
    for package in PACKAGES:
        module = sys.modules.get(package) or __import__(package)
        assert module.__file__ == str(ROOT / package / "__init__.py")
        assert set(owners.get(package, [])) <= {"headrace"}


def declared() -> dict[str, set[str]]:
    """The distributions in pyproject.toml, by extra; `""` is what everyone installs."""
    project = tomllib.loads(ROOT.joinpath("pyproject.toml").read_text(encoding="utf-8"))["project"]
    lists = {"": project["dependencies"], **project["optional-dependencies"]}
    names = {extra: {re.split(r"[\[<>=~!; ]", line)[0] for line in lines} for extra, lines in lists.items()}
    return {extra: {plain(name) for name in found} - {"headrace"} for extra, found in names.items()}


def plain(name: str) -> str:
    """A distribution's name as the registry compares names (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def used(paths: list[Path]) -> set[str]:
    """The distributions that these modules import."""
    owners = packages_distributions()
    tops = {name.partition(".")[0] for path in paths for name in imported(path)}
    foreign = tops - set(PACKAGES) - sys.stdlib_module_names - {"tests", "benchmarks"}
    return {plain(owners[top][0]) for top in foreign}


def test_what_is_imported_is_declared_and_the_other_way_round() -> None:
    """But for the embedded servers, which are programs in wheels."""
    extras = declared()
    product = used(SOURCES)
    assert product == extras[""].union(*(extras[name] for name in ("server", "parquet", "sentry", "kafka")))
    assert used([path for path in FILES if PEERS not in path.parents]) <= product | extras["dev"]


def test_the_workers_of_other_frameworks_import_nothing_of_ours() -> None:
    tops = {name.partition(".")[0] for path in PEERS.rglob("*.py") for name in imported(path)}
    assert {"arq", "celery", "faststream", "faust", "taskiq"} <= tops
    assert tops.isdisjoint(PACKAGES)


def test_a_watcher_needs_no_extra() -> None:
    assert used([path for path in SOURCES if path.is_relative_to(ROOT / "watchers")]) <= declared()[""]


def test_help_loads_little() -> None:
    script = "import sys, headrace.cli; print('\\n'.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert HEAVY.isdisjoint(loaded.splitlines())


def test_kafka_is_loaded_where_it_is_used_alone() -> None:
    users = [named(path) for path in SOURCES if {"aiokafka", "faust"} & {name.split(".")[0] for name in imported(path)}]
    assert users == ["streams/kafka/publisher.py", "streams/kafka/source.py"]
    script = "import sys, handlers, gateway.app, headrace.run, streams.worker; print('\\n'.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert {"aiokafka", "faust"}.isdisjoint(loaded.splitlines())


def test_the_version_is_said_once() -> None:
    from headrace import __version__

    assert distribution("headrace").version == __version__
