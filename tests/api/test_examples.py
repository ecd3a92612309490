"""Every filter's example, as the schema shows it, finds something in the real record."""

from pathlib import Path

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from csto_tracker.api import RESOURCES
from csto_tracker.record.load import load
from publishing.filters import NOT

RECORD = Path(__file__).resolve().parents[2] / "record"


@pytest.mark.django_db
def test_every_example_finds_something(client: Client) -> None:
    load(directory=RECORD, by="test", progress=lambda line: None)
    found = {}
    for name, viewset in RESOURCES.items():
        for parameter, filter_ in viewset.record_filters.filters.items():
            if filter_.example:
                query = {parameter: filter_.example, "page_size": "1"}
                answer = client.get(reverse(f"api:{name}-list"), query).json()
                found[f"{name}?{parameter}={filter_.example}"] = len(answer.get("results", []))
    # The record is loaded today, so changes since its last day are all of it.
    assert {query for query, rows in found.items() if rows == 0} == set()
    _opposites_share_the_rows()


def _opposites_share_the_rows() -> None:
    """A filter and its opposite choose each row once between them."""
    for name, viewset in RESOURCES.items():
        filters, rows = viewset.record_filters, viewset().get_queryset()
        for parameter in filters.filters:
            opposite = filters.filters.get(f"{NOT}{parameter}")
            if opposite and opposite.example:
                chosen, left = (
                    filters(QueryDict(f"{one}={opposite.example}"), rows).rows.count()
                    for one in (parameter, f"{NOT}{parameter}")
                )
                assert (name, parameter, chosen + left) == (name, parameter, rows.count())
