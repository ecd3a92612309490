"""Rows with one error each: what is done to a record, where the error is, what is said of it."""

from collections.abc import Callable

from tests.record import small
from tests.record.small import Rows


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
    "address of a page as slug": (
        more("events", 2, slug="calendar"),
        ("events.json", 3, "calendar", "slug"),
        "is the address of a page of the site",
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
    "assessment of a day to come": (
        to("assessments", 2, as_of="2099-01-01"),
        ("assessments.json", 2, "russia-2026:coordination:2", "as_of"),
        "days to come",
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
