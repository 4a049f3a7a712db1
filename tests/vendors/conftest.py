"""The programs, each of which is skipped, with the reason, where it cannot be had."""

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.vendors.answers import VENDORS, Told, Vendor
from tests.vendors.programs import Sandbox, Unavailable, installed

BY_NAME = {vendor.client.name: vendor for vendor in VENDORS}


def program(vendor: Vendor) -> Path:
    found = installed(vendor.package, vendor.version, vendor.client.name)
    if isinstance(found, Unavailable):
        pytest.skip(f"{vendor.client.title}: {found}")
    return found


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    return Sandbox(tmp_path)


@pytest.fixture
def call(sandbox: Sandbox) -> Callable[..., "CompletedProcess[str]"]:
    """Have a vendor's program do something."""

    def call(vendor: Vendor, *arguments: str, **variables: str) -> "CompletedProcess[str]":
        return sandbox.run(program(vendor), *arguments, **vendor.variables, **variables)

    return call


@pytest.fixture
def listed(call: Callable[..., "CompletedProcess[str]"]) -> Callable[[Vendor], dict[str, Told]]:
    """What a vendor's program tells when it is asked for its servers; it must be content with its files."""

    def listed(vendor: Vendor) -> dict[str, Told]:
        answer = call(vendor, *vendor.ask)
        assert answer.returncode == 0, answer.stderr
        assert "Invalid configuration" not in answer.stdout + answer.stderr
        return vendor.read(answer.stdout or answer.stderr)

    return listed
