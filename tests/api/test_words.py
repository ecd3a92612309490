"""Words that are asked for, and words that are not wanted, in either language."""

import pytest
from django.test import Client

from tests import factories as make

pytestmark = pytest.mark.django_db


def keys(client: Client, path: str, **query: str) -> set[str]:
    return {row["key"] for row in client.get(path, query).json()["results"]}


def listed(client: Client, words: str) -> set[str]:
    return keys(client, "/api/v1/events/", q=words)


def searched(client: Client, words: str) -> set[str]:
    return keys(client, "/api/v1/search/", q=words, kind="events")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ОДКБ", {"minsk", "moscow"}),
        ("ОДКБ -Москва", {"minsk"}),
        ("ОДКБ -москве", {"minsk"}),
        ("-Москва", {"minsk", "other"}),
        ("CSTO -Moscow", {"minsk"}),
        ("CSTO -Moscow -Minsk", set()),
        ('ОДКБ -"сессия в Москве"', {"minsk"}),
        ('"-Москва" ОДКБ', {"moscow"}),
    ],
)
def test_what_is_not_wanted_is_left_out(client: Client, words: str, found: set[str]) -> None:
    make.event(slug="moscow", title="CSTO session in Moscow", title_ru="Сессия в Москве: ОДКБ")
    make.event(slug="minsk", title="CSTO session in Minsk", title_ru="Сессия в Минске: ОДКБ")
    make.event(slug="other", title="Report", title_ru="Доклад")
    assert listed(client, words) == searched(client, words) == found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("2026", {"rubezh-2026", "plan-2026", "day"}),
        ("Rubezh 2026", {"rubezh-2026"}),
        ("Rubezh-2026", {"rubezh-2026"}),
        ("Рубеж 2026", {"rubezh-2026"}),
        ("Rubezh -2025", {"rubezh-2026"}),
        ("rubezh -2026", {"rubezh-2025"}),
        ('"Rubezh 2025" or plan', {"rubezh-2025", "plan-2026"}),
        ("15", {"day"}),
    ],
)
def test_a_year_after_a_hyphen_is_found_and_left_out(
    client: Client, words: str, found: set[str]
) -> None:
    for year in (2025, 2026):
        make.event(slug=f"rubezh-{year}", title=f"Rubezh-{year}", title_ru=f"Учение «Рубеж-{year}»")
    make.event(slug="plan-2026", title="Plan for 2026", title_ru="План на 2026 год")
    make.event(slug="day", title="Report of 2026-02-15", title_ru="Доклад")
    assert listed(client, words) == searched(client, words) == found


def test_publisher_with_a_comma_is_found_as_it_is_written(client: Client) -> None:
    for slug, name in (("a", "Lavrov, Minister"), ("b", "Agency"), ("c", "Gazette")):
        make.source(slug=slug, publisher=name)
    for query, found in (
        ({"publisher": "Lavrov, Minister"}, {"a"}),
        ({"publisher": "Agency,Gazette"}, {"b", "c"}),
        ({"not_publisher": "Lavrov, Minister"}, {"b", "c"}),
    ):
        assert keys(client, "/api/v1/sources/", **query) == found
