"""A bad file: every error at its row and field, in both languages, and nothing is loaded."""

import json
import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from assessments.models import Assessment
from csto_tracker.record.kinds import KINDS
from csto_tracker.record.load import load
from csto_tracker.record.problems import Problem, RecordError
from members.models import Presidency
from sources.models import Passage, Source
from tests.record import small
from tests.record.small import Rows

pytestmark = pytest.mark.django_db


def problems(folder: Path) -> list[Problem]:
    """What is wrong with a folder; that nothing was loaded is checked as well."""
    before = [list(kind.model.objects.order_by("pk").values()) for kind in KINDS]
    with pytest.raises(RecordError) as caught:
        load(directory=folder, by="test")
    assert [list(kind.model.objects.order_by("pk").values()) for kind in KINDS] == before
    return caught.value.problems


def places(folder: Path) -> list[tuple[str, int, str, str]]:
    return [(one.file, one.row, one.key, one.field) for one in problems(folder)]


def to(kind: str, row: int, /, **values: object) -> Callable[[Rows], None]:
    """A change of a record: fields of one row (from 1) get other values."""
    return lambda record: record[kind][row - 1].update(values)


def without(kind: str, row: int, name: str) -> Callable[[Rows], None]:
    return lambda record: record[kind][row - 1].pop(name)


def more(kind: str, row: int, /, **values: object) -> Callable[[Rows], None]:
    """A change of a record: one more row, a copy of another with other values."""
    return lambda record: record[kind].append({**record[kind][row - 1], **values})


# What is done to the record; where the one error is; a part of its message.
CASES = {
    "10 MB in a line": (
        to("events", 1, title="x" * 10_000_000),
        ("events.json", 1, "drill", "title"),
        "at most 300 characters (it has 10000000)",
    ),
    "10 MB in prose": (
        to("events", 1, summary="ж" * 10_000_000),
        ("events.json", 1, "drill", "summary"),
        "at most 20000 characters (it has 10000000)",
    ),
    "NUL byte": (
        to("events", 1, title="a\x00b"),
        ("events.json", 1, "drill", "title"),
        "Null characters are not allowed",
    ),
    "NUL byte in an address": (
        to("sources", 1, url="https://example.org/\x00"),
        ("sources.json", 1, "agency", "url"),
        "Null characters are not allowed",
    ),
    "half a surrogate pair": (
        lambda record: record["events"][0].update(title="\ud83d"),
        ("events.json", 1, "drill", "title"),
        "surrogate",
    ),
    "HTML": (
        to("events", 1, title="<b>Bold</b>"),
        ("events.json", 1, "drill", "title"),
        "HTML is not allowed here",
    ),
    "malformed EDTF": (
        to("events", 1, date="June 2026"),
        ("events.json", 1, "drill", "date"),
        "is not an EDTF date",
    ),
    "no day of the calendar": (
        to("events", 1, date="2026-02-30"),
        ("events.json", 1, "drill", "date"),
        "not a date of the calendar",
    ),
    "event that ends before it begins": (
        to("events", 1, date="2026-03/2026-02"),
        ("events.json", 1, "drill", "date"),
        "ends before it begins",
    ),
    "time that ends before it begins": (
        to("events", 2, end_time="09:00"),
        ("events.json", 2, "session", "end_time"),
        "must end after it begins",
    ),
    "time without a day": (
        to("events", 2, date="2026-01"),
        ("events.json", 2, "session", "start_time"),
        "needs an exact day",
    ),
    "no time of the clock": (
        to("events", 2, end_time="25:00"),
        ("events.json", 2, "session", "end_time"),
        "invalid time",
    ),
    "passage past the end of the text": (
        more("passages", 2, end=100_000),
        ("passages.json", 3, f"statement:{small.COORDINATION['start']}:100000", "end"),
        "the passage ends at 100000",
    ),
    "quote that is not in the text": (
        to("passages", 2, quote="Coordination"),
        ("passages.json", 2, small.PART, "quote"),
        "At these offsets the text reads “coordination”",
    ),
    "passage of a source without text": (
        more("passages", 2, source="agency"),
        ("passages.json", 3, small.PART.replace("statement", "agency"), "source"),
        "text of this source is not stored",
    ),
    "term that overlaps another": (
        more("presidencies", 2, slug="again", period=["2026-12-31", "2028-01-01"]),
        ("presidencies.json", 3, "again", "period"),
        "overlaps the term of another presidency",
    ),
    "term that ends before it begins": (
        to("presidencies", 2, period=["2027-01-01", "2026-01-01"]),
        ("presidencies.json", 2, "russia-2026", "period"),
        "first day must come before",
    ),
    "term with one end": (
        to("presidencies", 2, period=["2026-01-01"]),
        ("presidencies.json", 2, "russia-2026", "period"),
        "Two dates were expected",
    ),
    "membership that overlaps another": (
        to("memberships", 1, until="2003-09-19"),
        ("memberships.json", 2, "RU:2003-09-18", "state, since"),
        "Another status of this state",
    ),
    "membership that ends before it begins": (
        to("memberships", 1, until="1990"),
        ("memberships.json", 1, "RU:1994-04-20", "until"),
        "end must be later",
    ),
    "address that is not http": (
        to("sources", 1, url="ftp://example.org/"),
        ("sources.json", 1, "agency", "url"),
        "begins with http:// or https://",
    ),
    "address that is a script": (
        to("sources", 1, url="javascript:alert(1)"),
        ("sources.json", 1, "agency", "url"),
        "begins with http:// or https://",
    ),
    "unknown state": (
        to("attendances", 1, state="XX"),
        ("attendances.json", 1, "session:XX", "state"),
        "“XX” is the key of no row of states.json",
    ),
    "unknown country": (
        to("events", 2, country="XX"),
        ("events.json", 2, "session", "country"),
        "XX",
    ),
    "unknown time zone": (
        to("events", 2, time_zone="Bishkek"),
        ("events.json", 2, "session", "time_zone"),
        "IANA time zone",
    ),
    "unknown source": (
        to("events", 1, sources=["agency", "nobody"]),
        ("events.json", 1, "drill", "sources"),
        "“nobody” is the key of no row of sources.json",
    ),
    "source named twice": (
        to("events", 1, sources=["agency", "agency"]),
        ("events.json", 1, "drill", "sources"),
        "“agency” stands in the list twice",
    ),
    "no source": (
        without("events", 1, "sources"),
        ("events.json", 1, "drill", "sources"),
        "At least one source",
    ),
    "priority with neither source nor passage": (
        without("priorities", 2, "passages"),
        ("priorities.json", 2, "russia-2026:coordination", "sources"),
        "At least one source",
    ),
    "unknown choice": (
        to("events", 1, kind="party"),
        ("events.json", 1, "drill", "kind"),
        "is not a valid choice",
    ),
    "unknown role of a passage": (
        to("priorities", 2, passages=[{"passage": small.KEY, "role": "chief"}]),
        ("priorities.json", 2, "russia-2026:coordination", "passages"),
        "is not a valid choice",
    ),
    "passage without a role": (
        to("priorities", 2, passages=[{"passage": small.KEY}]),
        ("priorities.json", 2, "russia-2026:coordination", "passages"),
        "with these fields was expected: passage, role",
    ),
    "unknown field": (
        to("themes", 1, is_published=True),
        ("themes.json", 1, "unity", "is_published"),
        "no such field; expected one of: slug, number, title, title_ru",
    ),
    "missing field": (
        without("themes", 1, "title"),
        ("themes.json", 1, "unity", "title"),
        "cannot be blank",
    ),
    "missing number": (
        without("checks", 1, "number"),
        ("checks.json", 1, "statement:", "number"),
        "cannot be null",
    ),
    "missing reference": (
        without("lineage", 1, "later"),
        ("lineage.json", 1, "kyrgyzstan-2025:coordination:", "later"),
        "cannot be blank",
    ),
    "number for text": (
        to("themes", 1, title=7),
        ("themes.json", 1, "unity", "title"),
        "Text in quotation marks was expected",
    ),
    "text for a number": (
        to("themes", 1, number="7"),
        ("themes.json", 1, "unity", "number"),
        "whole number was expected",
    ),
    "truth for a number": (
        to("themes", 1, number=True),
        ("themes.json", 1, "unity", "number"),
        "whole number was expected",
    ),
    "text for truth": (
        to("priorities", 3, is_tracked="no"),
        ("priorities.json", 3, "russia-2026:closing", "is_tracked"),
        "true or false was expected",
    ),
    "text for a list": (
        to("events", 1, sources="agency"),
        ("events.json", 1, "drill", "sources"),
        "A list was expected",
    ),
    "null": (
        to("themes", 1, title=None),
        ("themes.json", 1, "unity", "title"),
        "Text in quotation marks was expected",
    ),
    "negative number": (
        to("themes", 1, number=-1),
        ("themes.json", 1, "unity", "number"),
        "greater than or equal to 0",
    ),
    "no decimal": (
        to("states", 1, latitude="north"),
        ("states.json", 1, "KG", "latitude"),
        "decimal number",
    ),
    "not on earth": (
        to("states", 1, latitude="91"),
        ("states.json", 1, "KG", "latitude"),
        "less than or equal to 90",
    ),
    "no date": (
        to("assessments", 2, as_of="soon"),
        ("assessments.json", 2, "russia-2026:coordination:2", "as_of"),
        "date format",
    ),
    "key of two rows": (
        more("themes", 1, title="Other"),
        ("themes.json", 2, "unity", ""),
        "This key stands in row 1 already",
    ),
    "number of two rows": (
        to("priorities", 3, number=1),
        ("priorities.json", 3, "russia-2026:closing", "number"),
        "“russia-2026:coordination” has the same value",
    ),
    "lineage to an earlier presidency": (
        to(
            "lineage",
            1,
            earlier="russia-2026:coordination",
            later="kyrgyzstan-2025:coordination",
        ),
        ("lineage.json", 1, "russia-2026:coordination:kyrgyzstan-2025:coordination", "later"),
        "must belong to a later presidency",
    ),
    "claim on another presidency's priority": (
        to("claims", 1, presidency="kyrgyzstan-2025"),
        ("claims.json", 1, "done", "priority"),
        "priority of the same presidency",
    ),
}


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("case", CASES)
def test_one_error_is_found_at_its_row_and_field(tmp_path: Path, case: str, language: str) -> None:
    change, place, message = CASES[case]
    record = small.rows()
    change(record)
    small.write(tmp_path, record)
    with translation.override(language):
        (found,) = problems(tmp_path)
    assert (found.file, found.row, found.key, found.field) == place
    if language == "en":
        assert message in found.message
    else:
        assert re.search("[а-яё]{3}", re.sub("“.*?”", "", found.message))
    assert len(str(found)) < 500


def test_every_error_is_reported_at_once(tmp_path: Path) -> None:
    record = small.rows()
    for change in (
        to("sources", 1, url="ftp://example.org", colour="red", date="yesterday"),
        to("passages", 2, quote="nothing", kind="noise"),
        to("attendances", 1, state="XX"),
        to("assessments", 1, evidence=["session:russia-2026:nothing"]),
        without("events", 2, "sources"),
    ):
        change(record)
    record["themes"].append("unity")  # type: ignore[arg-type]  # what a bad file may hold
    small.write(tmp_path, record)
    (tmp_path / "claims.json").write_text("[\n  {]\n")
    (tmp_path / "texts" / "nobody.txt").write_text("Text")
    (tmp_path / "event.json").write_text("[]")
    assert sorted(places(tmp_path)) == [
        ("assessments.json", 1, "russia-2026:coordination:1", "evidence"),
        ("attendances.json", 1, "session:XX", "state"),
        ("claims.json", 0, "", ""),
        ("event.json", 0, "", ""),
        ("events.json", 2, "session", "sources"),
        ("passages.json", 2, small.PART, "kind"),
        ("passages.json", 2, small.PART, "quote"),
        ("sources.json", 1, "agency", "colour"),
        ("sources.json", 1, "agency", "date"),
        ("sources.json", 1, "agency", "url"),
        ("texts/nobody.txt", 0, "", ""),
        ("themes.json", 2, "", ""),
    ]


def test_what_the_database_refuses_is_reported_row_by_row(tmp_path: Path) -> None:
    record = small.rows()
    for change in (
        to("memberships", 1, until="2010"),
        more("presidencies", 2, slug="russia-2026-again"),
        more("presidencies", 2, slug="russia-2026-late", period=["2026-12-31", "2028-01-01"]),
        more("priorities", 3, presidency="russia-2026-late"),
        to("events", 1, title=7),
    ):
        change(record)
    assert places(small.write(tmp_path, record)) == [
        ("events.json", 1, "drill", "title"),
        ("memberships.json", 2, "RU:2003-09-18", "state, since"),
        ("presidencies.json", 3, "russia-2026-again", "period"),
        ("presidencies.json", 4, "russia-2026-late", "period"),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'[\n {"slug": "a",}\n]', "Malformed JSON in line 2, column"),
        (b"", "Malformed JSON in line 1, column 1"),
        (b"[" * 100_000, "Malformed JSON"),
        (b"[NaN]", "NaN is not JSON"),
        (b'["\xff"]', "not UTF-8 at byte 2"),
        (b"{}", "array of objects was expected"),
    ],
)
def test_a_file_of_the_wrong_form_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    small.write(tmp_path, small.rows())
    (tmp_path / "assessments.json").write_bytes(content)
    (found,) = problems(tmp_path)
    assert found.file == "assessments.json"
    assert message in found.message


def test_rows_that_build_on_an_unreadable_file_are_not_blamed(tmp_path: Path) -> None:
    small.write(tmp_path, small.rows())
    (tmp_path / "sources.json").write_text("[")
    assert places(tmp_path) == [("sources.json", 0, "", "")]


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    small.write(tmp_path, small.rows())
    (tmp_path / "assessments.json").unlink()
    (found,) = problems(tmp_path)
    assert str(found) == "assessments.json: The file cannot be read: No such file or directory."


def test_a_field_that_stands_twice_in_a_row_is_refused(tmp_path: Path) -> None:
    small.write(tmp_path, small.rows())
    path = tmp_path / "themes.json"
    path.write_text(path.read_text().replace('"slug"', '"title": "First", "slug"'))
    assert places(tmp_path) == [("themes.json", 1, "unity", "title")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("statement.txt", b"\xff"),
        ("agency.txt", b""),
        ("agency.md", b"Text"),
    ],
)
def test_a_text_file_of_the_wrong_form_is_refused(
    tmp_path: Path, name: str, content: bytes
) -> None:
    small.write(tmp_path, small.rows())
    (tmp_path / "texts" / name).write_bytes(content)
    assert places(tmp_path) == [(f"texts/{name}", 0, "", "")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (small.TEXT + "\x00", "NUL bytes"),
        (small.TEXT + "<script>", "HTML is not allowed"),
        (small.TEXT + "x" * 10_000_000, "at most 500000"),
    ],
)
def test_a_text_that_may_not_be_stored_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (found,) = problems(small.write(tmp_path, small.rows(), text))
    assert (found.file, found.row, found.field) == ("sources.json", 2, "text")
    assert message in found.message


def test_a_published_assessment_that_differs_is_refused(tmp_path: Path) -> None:
    load(directory=small.write(tmp_path, small.rows()), by="test")
    record = small.rows()
    to("assessments", 1, completion="completed", evidence=[])(record)
    found = problems(small.write(tmp_path, record))
    assert [(one.row, one.field) for one in found] == [(1, "completion"), (1, "evidence")]
    assert found[0].message == (
        "This is published with another value: a later row must correct it."
    )
    assert Assessment.objects.get(number=1).completion == "limited"


def test_a_text_that_passages_no_longer_match_is_refused(tmp_path: Path) -> None:
    load(directory=small.write(tmp_path, small.rows()), by="test")
    found = problems(small.write(tmp_path, small.rows(), "New. " + small.TEXT))
    assert [(one.file, one.field) for one in found] == [("sources.json", "text")]
    assert Source.objects.get(slug="statement").text == small.TEXT


def test_terms_may_move_together_though_one_would_overlap_the_other(tmp_path: Path) -> None:
    load(directory=small.write(tmp_path, small.rows()), by="test")
    record = small.rows()
    to("presidencies", 1, period=["2024-11-28", "2026-02-01"])(record)
    to("presidencies", 2, period=["2026-02-01", "2027-01-01"])(record)
    load(directory=small.write(tmp_path, record), by="test")
    term: Any = Presidency.objects.get(slug="kyrgyzstan-2025").period
    assert term.upper.month == 2


def test_command_shows_progress_of_each_kind(tmp_path: Path) -> None:
    out = StringIO()
    call_command("load_record", directory=small.write(tmp_path, small.rows()), stdout=out)
    lines = out.getvalue().splitlines()
    assert len(lines) == len(KINDS)
    assert lines[:2] == ["  sources: 2 added", "  passages: 2 added"]


def test_command_says_every_error_and_fails(tmp_path: Path) -> None:
    record = small.rows()
    to("themes", 1, title=7, number=-1)(record)
    out = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("load_record", directory=small.write(tmp_path, record), stdout=out)
    assert str(caught.value).splitlines() == [
        "nothing was loaded; errors: 2",
        "themes.json, row 1 (unity), title: Text in quotation marks was expected. [7]",
        "themes.json, row 1 (unity), number: Ensure this value is greater than or equal to 0. [-1]",
    ]
    assert (caught.value.returncode, out.getvalue()) == (1, "")


def test_dump_command_counts_what_it_wrote(tmp_path: Path) -> None:
    call_command("load_record", directory=small.write(tmp_path, small.rows()), stdout=StringIO())
    out = StringIO()
    call_command("dump_record", directory=tmp_path / "dumped", stdout=out)
    assert out.getvalue().splitlines()[0] == "  sources: 2"
    assert json.loads((tmp_path / "dumped" / "themes.json").read_text())[0]["slug"] == "unity"
    assert Passage.objects.count() == 2
