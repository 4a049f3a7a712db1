"""The server keeps to its own document: whatever is sent, nothing breaks, and nothing is answered that is not said."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from gateway.openapi import document
from gateway.routes import ROUTES
from tests.headrace.process import KEY, Up

SCHEMA = schemathesis.openapi.from_dict(document(ROUTES))
CHECKS: list[Any] = [
    schemathesis.checks.not_a_server_error,
    schemathesis.checks.status_code_conformance,
    schemathesis.checks.content_type_conformance,
    schemathesis.checks.response_schema_conformance,
]


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """A server with something in it."""
    with Up(tmp_path_factory.mktemp("up")) as started:
        started.post("/api/components/versions/upload", {"path": "model/a.py", "content": "x = 1\n"})
        yield started


@SCHEMA.parametrize()
@settings(
    max_examples=5,
    phases=[Phase.explicit, Phase.generate],
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_it_keeps_to_its_document(up: Up, case: schemathesis.Case[Any]) -> None:
    case.call_and_validate(base_url=up.url, headers={"X-API-Key": KEY}, checks=CHECKS)
