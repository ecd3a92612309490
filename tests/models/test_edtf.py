"""EDTF in Python, in PostgreSQL and in the edtf library agree."""

import re
from datetime import date

import edtf as library
import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from publishing import edtf

QUALIFIERS = st.sampled_from(["", "?", "~", "%"])
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
POINTS = st.builds(
    lambda day, form, qualifier: form(day) + qualifier,
    DAYS,
    st.sampled_from(
        [
            lambda day: day.isoformat(),
            lambda day: f"{day:%Y-%m}",
            lambda day: f"{day:%Y}",
            lambda day: f"{day:%Y}-{21 + day.month % 3}",
        ]
    ),
    QUALIFIERS,
)
TEXTS = st.one_of(
    POINTS,
    st.builds("{}/{}".format, POINTS, POINTS),
    st.builds("{}/..".format, POINTS),
    st.builds("../{}".format, POINTS),
    st.text("0123456789-/~?.%", max_size=12),
)


def in_postgres(text: str) -> tuple[date | None, date | None] | None:
    """The range that PostgreSQL computes, or None when it refuses the text."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT lower(r), upper(r) FROM publishing_edtf_range(%s) AS r", [text])
            return cursor.fetchone()
    except DatabaseError:
        return None


def in_python(text: str) -> tuple[date | None, date | None] | None:
    try:
        span = edtf.parse(text)
    except edtf.InvalidDate:
        return None
    return (span.start and span.start.first, span.end and span.end.after)


@pytest.mark.django_db
@settings(max_examples=300, deadline=None)
@given(text=TEXTS.filter(bool))
def test_ranges_in_python_and_postgres_agree(text: str) -> None:
    assert in_postgres(text) == in_python(text)


@settings(max_examples=100, deadline=None)
@given(text=POINTS.filter(lambda text: not re.search("-2[0-9][?~%]$", text)))
def test_first_and_last_day_agree_with_the_library(text: str) -> None:
    # The library knows no qualified season, which ISO 8601-2 allows.
    point = edtf.parse(text).start
    assert point is not None
    other = library.parse_edtf(text)
    found = [date(*moment[:3]) for moment in (other.lower_strict(), other.upper_strict())]
    assert [point.first, point.last] == found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("June 2026", "is not an EDTF date"),
        ("2026-13", "is not a date of the calendar"),
        ("2026-24", "Winter straddles two years"),
        ("2026-10/2026-09", "ends before it begins"),
    ],
)
def test_wrong_text_says_what_was_expected(text: str, words: str) -> None:
    with pytest.raises(edtf.InvalidDate) as caught:
        edtf.parse(text)
    assert words in str(caught.value.message)
