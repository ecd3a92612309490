"""`not_` before a filter's name leaves out what the filter chooses, everywhere alike."""

import csv
import io
from typing import Any

import pytest
from django.test import Client

from events.models import Attendance, Event
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def parts() -> dict[str, Event]:
    """An event for each thing that may be known of Kyrgyzstan's part in it, and one for nothing."""
    kyrgyzstan = make.state(code="KG", name="Kyrgyz Republic", name_ru="Кыргызская Республика")
    other = make.state(code="AM")
    found = {"none": make.event(slug="none")}
    for role in Attendance.Role.values:
        found[role] = make.event(slug=role)
        make.attendance(event=found[role], state=kyrgyzstan, role=role)
    for row in found.values():
        make.attendance(event=row, state=other, role="participant")
    return found


def keys(client: Client, query: str) -> set[str]:
    answer = client.get(f"/api/v1/events/?{query}")
    assert answer.status_code == 200, answer.content
    return {row["key"] for row in answer.json()["results"]}


@pytest.mark.parametrize("name", ["state", "priority"])
def test_many_keys_of_one_filter_cost_one_query(
    client: Client, django_assert_num_queries: Any, name: str
) -> None:
    made = make.state if name == "state" else make.priority
    keys = [made().key for _ in range(5)]
    address = f"/api/v1/events/?{name}="
    with django_assert_num_queries(3):  # Version, keys, rows.
        assert client.get(address + ",".join(keys)).status_code == 200
    answer = client.get(f"{address}{keys[0]},none,{keys[1]}")
    assert (answer.status_code, "“none”" in answer.json()["detail"]) == (400, True)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state=KG", {"host", "participant", "observer"}),
        ("not_state=KG", {"absent", "unknown", "none"}),
        ("absent=KG", {"absent"}),
        ("not_absent=KG", {"host", "participant", "observer", "unknown", "none"}),
        ("attendance_unknown=KG", {"unknown", "none"}),
        ("not_attendance_unknown=KG", {"host", "participant", "observer", "absent"}),
        ("attendance_unknown=KG,AM", {"unknown", "none"}),
        ("not_state=KG,AM", set()),
        ("state=AM&not_state=KG&not_absent=KG", {"unknown", "none"}),
    ],
)
def test_absent_and_unknown_are_told_apart(
    client: Client, parts: dict[str, Event], query: str, expected: set[str]
) -> None:
    assert keys(client, query) == expected


def test_a_row_without_a_value_is_not_left_out(client: Client) -> None:
    make.event(slug="somewhere", country="")
    make.event(slug="there", country="KG")
    assert keys(client, "not_country=KG") == {"somewhere"}


@pytest.mark.django_db(transaction=True)
def test_page_and_file_leave_out_alike(client: Client, parts: dict[str, Event]) -> None:
    page = client.get("/events/?not_state=KG").content.decode()
    table = client.get("/events.csv?not_state=KG&bom=false").getvalue().decode()
    assert {row["key"] for row in csv.DictReader(io.StringIO(table))} == {
        "absent",
        "unknown",
        "none",
    }
    for slug in parts:
        assert (f'href="/events/{slug}/"' in page) == (slug in {"absent", "unknown", "none"})


def test_chip_says_not_and_can_be_taken_away_or_turned_round(
    client: Client, parts: dict[str, Event]
) -> None:
    form = client.get("/events/?not_state=KG&kind=summit").context["form"]
    chip = next(chip for chip in form.chips if chip.is_excluding)
    assert (chip.label, chip.value) == ("State", "not Kyrgyz Republic")
    assert chip.without == "/events/?kind=summit"
    assert chip.opposite == "/events/?state=KG&kind=summit"
    assert ("not_state", "KG") in form.hidden
    other = next(chip for chip in form.chips if not chip.is_excluding)
    assert other.opposite == "/events/?not_kind=summit&not_state=KG"
    russian = client.get("/ru/events/?not_state=KG").content.decode()
    assert "<b>не Кыргызская Республика</b>" in russian


@pytest.mark.parametrize("query", ["not_state=XX", "not_kind=party", "not_q=a", "not_since=2026"])
def test_a_wrong_exclusion_is_refused_by_name(client: Client, query: str) -> None:
    answer = client.get(f"/api/v1/events/?{query}")
    assert answer.status_code == 400
    assert [error["parameter"] for error in answer.json()["errors"]] == [query.split("=")[0]]


def test_presidency_and_status_today_can_be_left_out(client: Client) -> None:
    term = make.presidency(2026)
    make.event(slug="within", date="2026-05")
    make.event(slug="after", date="2027-05")
    assert keys(client, f"not_presidency={term.slug}") == {"after"}
    member, former = make.state(), make.state()
    make.membership(state=member, status="member")
    answer = client.get("/api/v1/states/?not_status=member").json()
    codes = {row["code"] for row in answer["results"]}
    assert former.code in codes
    assert member.code not in codes
