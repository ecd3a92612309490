"""The OpenAPI document: valid, current, served, and kept to."""

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import schemathesis
import yaml
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, settings
from pytest_django import DjangoDbBlocker
from schemathesis import CheckContext, Response
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from csto_tracker.api import RESOURCES
from csto_tracker.record.load import load
from publishing.expanding import expansions
from tests.api import promises

# Requests made up for each address, besides those that cover each parameter: `make test-schema`
# asks for more.
CASES_EACH = int(os.environ.get("SCHEMA_CASES", "5"))
ROOT = Path(__file__).resolve().parents[2]
COMMITTED = ROOT / "docs" / "openapi.yaml"


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
        known |= {"ordering", "page_size", "cursor", "recorded_at", "fields", "as_of"}
        known |= {"expand"} if expansions(viewset.serializer_class) else set()
        named = {one["name"] for one in parameters if one["in"] == "query"}
        assert named == known


def test_document_names_the_headers_of_answers() -> None:
    answers = document()["paths"]["/api/v1/events/"]["get"]["responses"]
    rates = {"RateLimit", "RateLimit-Policy"}
    past = {"As-Of", "Memento-Datetime"}
    assert set(answers["200"]["headers"]) == {"ETag", "Link", *past, *rates}
    assert set(answers["429"]["headers"]) == {"Retry-After", *rates}
    assert set(answers["304"]["headers"]) == {"ETag"}
    assert set(answers["400"]["content"]) == {"application/problem+json"}


@pytest.mark.django_db
def test_document_is_served(client: Client) -> None:
    answer = client.get("/api/v1/schema/")
    assert yaml.safe_load(answer.content)["openapi"] == "3.1.0"


PROMISED = promises.document()


@pytest.fixture(params=PROMISED["paths"])
def address(request: pytest.FixtureRequest) -> schemathesis.BaseSchema:
    """What the document says of one address.

    Schemathesis makes up requests from it when the test runs, which takes seconds for all, and not
    while each process collects tests.
    """
    request.node._nodeid = request.node.nodeid  # Schemathesis reads what pytest 9.2 lacks
    path = request.param
    schema = schemathesis.openapi.from_dict(PROMISED | {"paths": {path: PROMISED["paths"][path]}})
    # Without the cache ahead of it, whose listener would hold the test database open.
    schema.app = get_wsgi_application()
    return schema


@pytest.fixture(scope="module")
def _record(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The whole record, which the examples in the document are taken from; loaded once."""
    with django_db_blocker.unblock():
        load(directory=ROOT / "record", by="test", progress=lambda line: None)
    # As Django's own test client does: the end of a request would close the test's transaction.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
    with django_db_blocker.unblock():
        call_command("flush", verbosity=0, interactive=False)


# Only the data says which keys there are, only the clock which moments are past, and only the
# server gives out cursors. Schemathesis writes some whole numbers as 5.0, which JSON would allow.
BEYOND_THE_DOCUMENT = re.compile(
    r"^There is no |has not come yet|not a cursor that this list gave out|^A whole number from"
    r"|^A null character|^At most|^Say which words|^The last day is before"
)


def accepts_what_the_document_allows(
    context: CheckContext, response: Response, case: schemathesis.Case
) -> bool | None:
    """As Schemathesis checks it, but for reasons that no document can hold."""
    if response.status_code == 400:
        reasons = [one["detail"] for one in response.json().get("errors", [])]
        if reasons and all(BEYOND_THE_DOCUMENT.search(reason) for reason in reasons):
            return None
    return positive_data_acceptance(context, response, case)


def refuses_what_the_document_forbids(
    context: CheckContext, response: Response, case: schemathesis.Case
) -> bool | None:
    """As Schemathesis checks it, but empty values are left out, as the document says in words."""
    query = parse_qsl(urlsplit(response.request.url).query, keep_blank_values=True)
    if response.status_code in {200, 304} and any("" in value.split(",") for _name, value in query):
        return None
    return negative_data_rejection(context, response, case)


@pytest.mark.django_db
@pytest.mark.usefixtures("_record")
@settings(
    max_examples=CASES_EACH,
    # The same few in each run of the tests; those of `make test-schema` are new each time.
    derandomize="SCHEMA_CASES" not in os.environ,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@schemathesis.pytest.from_fixture("address").parametrize()
def test_answers_keep_to_the_document(case: schemathesis.Case) -> None:
    """All checks of Schemathesis, for requests that the document allows and that it forbids."""
    case.call_and_validate(
        headers={"Accept-Encoding": "identity"},
        excluded_checks=[positive_data_acceptance, negative_data_rejection],
        additional_checks=[accepts_what_the_document_allows, refuses_what_the_document_forbids],
    )
