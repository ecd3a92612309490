"""What planning reads grows with the subscriptions that it plans for, and no faster."""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


def test_a_part_of_a_filters_subscriptions_is_one_range_of_an_index() -> None:
    """Without the number in it each part of a million subscribers read them all: 5 min and more,
    not 22 s. PostgreSQL chooses so only with statistics from before a rush, so that small tables
    do not show it; `make bench-reminders` does.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'subscription_active'")
        (definition,) = cursor.fetchone()
    assert "(selection_id, id) WHERE ((confirmed_at IS NOT NULL) AND" in definition
