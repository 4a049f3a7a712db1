"""compose.yaml and Dockerfile, as far as they can be checked without Docker."""

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from headrace import __version__
from headrace.cli import app
from schemas.settings import Settings
from tests.build import until
from tests.faults import environment, process

ROOT = Path(__file__).parent.parent
TEXT = ROOT.joinpath("compose.yaml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
PROJECT = tomllib.loads(ROOT.joinpath("pyproject.toml").read_text(encoding="utf-8"))
DOCKERFILE = ROOT.joinpath("Dockerfile").read_text(encoding="utf-8")

SERVICE_KEYS = re.compile(
    "build|cap_drop|command|depends_on|deploy|environment|healthcheck|image|init|ports|read_only|restart|security_opt"
    "|shm_size|stop_grace_period|tmpfs|volumes"
)
"""What of the Compose specification a service here uses; a word beyond it is a slip until it is looked up."""

CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}
DURATION = re.compile(r"(\d+(us|ms|s|m|h))+")
VARIABLE = re.compile(r"\$\{(\w+)(:[?-][^}]*)?\}")


def test_it_has_the_shape_of_the_compose_specification() -> None:
    assert {key for key in COMPOSE if not key.startswith("x-")} == {"name", "services", "volumes"}
    assert set(SERVICES) == {"redis", "postgres", "migrate", "worker", "gateway"}
    for name, service in SERVICES.items():
        assert all(SERVICE_KEYS.fullmatch(key) for key in service), name
        assert isinstance(service["image"], str)
        assert isinstance(service.get("command", []), list)
        assert all(isinstance(part, str) for part in service.get("command", []))
        assert all(isinstance(value, str) for value in service.get("environment", {}).values()), name
        assert service["restart"] in {"no", "always", "on-failure", "unless-stopped"}
        assert DURATION.fullmatch(service.get("stop_grace_period", "1s"))


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_waits_for_exists_and_can_come_true(name: str) -> None:
    for other, wait in SERVICES[name].get("depends_on", {}).items():
        assert wait["condition"] in CONDITIONS
        assert wait["condition"] != "service_healthy" or "healthcheck" in SERVICES[other]
        assert wait["condition"] != "service_completed_successfully" or SERVICES[other]["restart"] == "on-failure"


def test_what_lasts_lies_on_volumes() -> None:
    mounted = {volume.partition(":")[0] for service in SERVICES.values() for volume in service.get("volumes", ())}
    assert mounted == set(COMPOSE["volumes"]) == {"redis-data", "postgres-data"}
    command = " ".join(SERVICES["redis"]["command"])
    assert "--appendonly yes" in command
    assert "--maxmemory-policy noeviction" in command


@pytest.mark.parametrize("name", ["redis", "postgres", "gateway"])
def test_health_is_checked(name: str) -> None:
    check = SERVICES[name]["healthcheck"]
    assert check.keys() <= {"test", "interval", "timeout", "retries", "start_period"}
    assert check["test"][0] in {"CMD", "CMD-SHELL"}
    assert all(DURATION.fullmatch(check[key]) for key in ("interval", "timeout"))


def test_secrets_come_from_outside_and_have_no_default() -> None:
    variables = dict(VARIABLE.findall(TEXT))
    assert set(variables) == {"REDIS_PASSWORD", "POSTGRES_PASSWORD", "HEADRACE_API_KEY", "REDIS_MAXMEMORY"}
    for name, rule in variables.items():
        assert rule.startswith(":-" if name == "REDIS_MAXMEMORY" else ":?"), name
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            assert VARIABLE.search(value) or not re.search("PASSWORD|AUTH|KEY|_URL", name), name


def test_nothing_is_open_to_the_network_but_the_gateway_on_loopback() -> None:
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert ports == {"gateway": ["127.0.0.1:8000:8000"]}


@pytest.mark.parametrize("name", OURS)
def test_ours_are_real_commands_with_real_settings(name: str) -> None:
    service = OURS[name]
    command = get_command(app)
    verb, *options = service["command"]
    with command.make_context("headrace", [verb, *options], resilient_parsing=True) as context:
        found = command.get_command(context, verb)  # type: ignore[attr-defined] # a group
        assert found is not None, verb
        found.make_context(verb, list(options)).close()
    settings = {f"HEADRACE_{field.upper()}" for field in Settings.model_fields}
    assert service["environment"].keys() <= settings
    given = {
        key.removeprefix("HEADRACE_").lower(): interpolated(value) for key, value in service["environment"].items()
    }
    assert Settings(**given).log_json is True  # type: ignore[arg-type] # pydantic checks them
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]


def interpolated(value: str) -> str:
    """A value as Compose gives it on."""
    return VARIABLE.sub(lambda found: f"{found[1].lower()}", value)


async def test_the_gateways_health_is_what_readyz_says(
    redis_url: str, postgres_url: str, settings: Settings, tmp_path: Path
) -> None:
    from streams.embedded import free_port

    port = free_port()
    kind, _, *rest = SERVICES["gateway"]["healthcheck"]["test"]
    assert kind == "CMD"
    check = [sys.executable, *[part.replace(":8000/", f":{port}/") for part in rest]]
    servers = {"HEADRACE_REDIS_URL": redis_url, "HEADRACE_POSTGRES_URL": postgres_url, "HEADRACE_PORT": str(port)}
    env = environment(settings, HEADRACE_API_KEY="a-key", **servers)

    async def is_healthy() -> bool:
        return subprocess.run(check, env=env, capture_output=True, check=False).returncode == 0

    assert not await is_healthy()
    with process(["gateway"], env, tmp_path / "gateway.log"):
        assert await until(is_healthy)
        env["HEADRACE_API_KEY"] = "wrong"
        assert not await is_healthy()


# --- Dockerfile


def instructions() -> list[tuple[str, str]]:
    """The steps: (INSTRUCTION, the rest)."""
    joined = re.sub(r"\\\n\s*", " ", DOCKERFILE)
    lines = [line for line in joined.splitlines() if line and not line.startswith("#")]
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines]


def test_what_is_copied_exists_and_is_all_that_is_built() -> None:
    copies = [shlex.split(rest) for step, rest in instructions() if step == "COPY" and "--from" not in rest]
    sources = {source for copy in copies for source in copy[:-1]}
    assert all(ROOT.joinpath(source).exists() for source in sources)
    packages = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert sources == {"pyproject.toml", PROJECT["project"]["readme"], "LICENSE", *packages}
    assert all([name, name] in copies for name in packages)


def test_the_extras_exist() -> None:
    extras = re.findall(r"'\.\[([\w,]+)\]'", DOCKERFILE)
    assert extras
    assert {name for found in extras for name in found.split(",")} <= PROJECT["project"]["optional-dependencies"].keys()


def test_it_runs_as_nobody_in_particular_and_safely() -> None:
    last = DOCKERFILE[DOCKERFILE.rindex("FROM ") :]
    steps = dict(instructions())
    assert steps["USER"] == "headrace"
    assert last.index("useradd") < last.index("USER headrace") < last.index("ENTRYPOINT")
    variables = dict(part.split("=", 1) for part in shlex.split(steps["ENV"]))
    assert variables["PYTHONSAFEPATH"] == "1"
    ours = {name.removeprefix("HEADRACE_").lower() for name in variables if name.startswith("HEADRACE_")}
    assert ours <= Settings.model_fields.keys()
    assert steps["ENTRYPOINT"] == '["headrace"]'
    assert "headrace" in PROJECT["project"]["scripts"]
    assert not re.search(r"PASSWORD|SECRET|API_KEY", DOCKERFILE)


def test_the_images_python_is_one_that_the_project_takes() -> None:
    images = {rest.split()[0] for step, rest in instructions() if step == "FROM"}
    assert len(images) == 1
    python = re.fullmatch(r"python:3\.(\d+)-slim", images.pop())
    oldest = re.fullmatch(r">=3\.(\d+)", PROJECT["project"]["requires-python"])
    assert python
    assert oldest
    assert int(python[1]) >= int(oldest[1])


def test_compose_names_the_version_of_the_project() -> None:
    assert {service["image"] for service in OURS.values()} == {f"headrace:{__version__}"}
