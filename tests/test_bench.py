"""The made-up record that speed is measured on: made by SQL of its own, it keeps to the model."""

import pytest
from django.test import Client

from bench import record
from events.models import Event

EVENTS = 40


@pytest.mark.django_db(transaction=True)
def test_made_up_record_is_filtered_as_a_real_one(client: Client) -> None:
    record.make(EVENTS)
    rows = client.get(f"/api/v1/events/?page_size={EVENTS}").json()["results"]
    assert len(rows) == EVENTS
    first = rows[0]
    state, priority = first["attendances"][0]["state"], first["contributions"][0]["priority"]
    found = client.get(f"/api/v1/events/?state={state}&priority={priority}").json()["results"]
    assert [row["key"] for row in found] == [
        row["key"]
        for row in rows
        if state in {one["state"] for one in row["attendances"]}
        and priority in {one["priority"] for one in row["contributions"]}
    ]
    for row in Event.objects.all():
        row.full_clean()
