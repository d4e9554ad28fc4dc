"""Whatever fits the OpenAPI document, and much that does not, is answered without a fault of the server."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from heygen_studio import Settings

from .conftest import new_key


def answers_without_faults(live: str, where: Settings, examples: int) -> int:
    """Send generated requests to every address of the document and return how many were sent."""
    key = new_key(where, "ann")
    schema = schemathesis.openapi.from_url(f"{live}/api/openapi.json")
    sent = 0
    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(
            max_examples=examples,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.generate],
        )
        @given(case=operation.as_strategy())
        def probe(case: schemathesis.Case) -> None:
            nonlocal sent
            sent += 1
            answer = case.call(headers={"X-Api-Key": key})
            assert answer.status_code < 500 or case.path == "/healthz", f"{case.as_curl_command()}\n{answer.status_code} {answer.text}"
            if answer.status_code >= 400 and answer.headers.get("content-type") == "application/json" and case.path != "/healthz":
                told = answer.json()
                sentence = told.get("message") or told["error"]["message"]
                assert sentence.endswith(".") and str(where.data) not in answer.text

        probe()
    return sent


def test_generated_requests_find_no_fault(live: str, where: Settings) -> None:
    assert answers_without_faults(live, where, examples=3) > 100


@pytest.mark.slow
def test_many_generated_requests_find_no_fault(live: str, where: Settings) -> None:
    assert answers_without_faults(live, where, examples=150) > 3000
