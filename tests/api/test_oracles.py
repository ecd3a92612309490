"""No relation path is a filter or an ordering: every one to depth 3 is refused."""

from collections.abc import Iterator
from itertools import islice

import pytest
from django.db import models
from django.test import Client
from django.urls import reverse

from csto_tracker.api import RESOURCES

pytestmark = pytest.mark.django_db


def paths(model: type[models.Model], depth: int = 3) -> Iterator[str]:
    """Every lookup path of a model to the given depth, with a lookup now and then."""
    for field in model._meta.get_fields():
        yield field.name
        yield f"{field.name}__startswith"
        if field.related_model and depth > 1 and isinstance(field.related_model, type):
            for rest in paths(field.related_model, depth - 1):
                yield f"{field.name}__{rest}"


@pytest.mark.parametrize("name", RESOURCES)
def test_every_lookup_path_is_refused(client: Client, name: str) -> None:
    viewset = RESOURCES[name]
    filters = viewset.record_filters
    known = {*filters.filters, *filters.CONTROLS}
    every = set(paths(viewset.serializer_class.Meta.model))
    unknown = sorted(every - known)
    address = reverse(f"api:{name}-list")
    rows = iter(unknown)
    while batch := list(islice(rows, 100)):
        answer = client.get(address, dict.fromkeys(batch, "a"))
        assert answer.status_code == 400
        assert {error["parameter"] for error in answer.json()["errors"]} == set(batch)
    for path in unknown[:: max(1, len(unknown) // 40)]:
        for ordering in (path, f"-{path}"):
            if ordering not in filters.orderings:
                assert client.get(address, {"ordering": ordering}).status_code == 400
