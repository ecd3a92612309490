"""The OpenAPI document: valid, current, served, and kept to."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import schemathesis
import yaml
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, settings
from pytest_django import DjangoDbBlocker
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from csto_tracker.api import RESOURCES
from publishing.expanding import expansions
from tests.api.cases import CASES

COMMITTED = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"


@cache
def document() -> dict:  # type: ignore[type-arg]
    return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-any-return, no-untyped-call]


def test_document_is_valid() -> None:
    validate_schema(document())


def test_committed_document_is_current() -> None:
    assert COMMITTED.read_bytes() == OpenApiYamlRenderer().render(document())


def test_document_names_every_filter() -> None:
    for name, viewset in RESOURCES.items():
        parameters = document()["paths"][f"/api/v1/{name}/"]["get"]["parameters"]
        known = set(viewset.record_filters.filters)
        known |= {"ordering", "page_size", "cursor", "recorded_at"}
        known |= {"expand"} if expansions(viewset.serializer_class) else set()
        named = {one["name"] for one in parameters if one["in"] == "query"}
        assert named == known


def test_document_names_the_headers_of_answers() -> None:
    answers = document()["paths"]["/api/v1/events/"]["get"]["responses"]
    rates = {"RateLimit", "RateLimit-Policy"}
    assert set(answers["200"]["headers"]) == {"ETag", "Link", *rates}
    assert set(answers["429"]["headers"]) == {"Retry-After", *rates}
    assert set(answers["304"]["headers"]) == {"ETag"}
    assert set(answers["400"]["content"]) == {"application/problem+json"}


@pytest.mark.django_db
def test_document_is_served(client: Client) -> None:
    answer = client.get("/api/v1/schema/")
    assert yaml.safe_load(answer.content)["openapi"] == "3.1.0"


schema = schemathesis.openapi.from_dict(yaml.safe_load(COMMITTED.read_text()))
# Without the cache ahead of it, whose listener would hold the test database open.
schema.app = get_wsgi_application()


@pytest.fixture(scope="module")
def _rows(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Rows that are committed, as the application under test closes its connection."""
    with django_db_blocker.unblock():
        for case in CASES.values():
            case.make()
        yield
        call_command("flush", verbosity=0, interactive=False)


@pytest.mark.usefixtures("_rows")
@schema.include(method="GET").parametrize()
@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_answers_keep_to_the_document(case: schemathesis.Case) -> None:
    case.call_and_validate(
        headers={"Accept-Encoding": "identity"},
        checks=[
            not_a_server_error,
            status_code_conformance,
            content_type_conformance,
            response_schema_conformance,
        ],
    )
