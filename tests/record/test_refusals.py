"""A bad file: every error at its row and field, in both languages, and nothing is loaded."""

import json
import re
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
from publishing.language import of_environment
from sources.models import Passage, Source
from tests.record import small
from tests.record.bad_rows import CASES, more, to, without

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


# What is written alike in both languages: JSON's own words, and names of standards.
ALIKE = {"true", "false", "null", "NULL", "passage", "json", "alpha", "uuuuuu", "Asia", "Bishkek"}
ALIKE |= {"EDTF", "HTML", "IANA", "http", "https", "JSON", "YYYY"}


def english(problem: Problem) -> list[str]:
    """English words of a problem, but for names of fields, files and keys, and what was found."""
    said = re.sub("“.*?”|«.*?»", "", problem.message)
    names = {field.name for kind in KINDS for field in kind.model._meta.get_fields()}
    names |= {kind.name for kind in KINDS} | set(re.findall("[A-Za-z_]+", problem.found))
    return [word for word in re.findall("[A-Za-z_]{4,}", said) if word not in ALIKE | names]


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
        assert english(found) == []
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
    assert str(found) == "assessments.json: The file cannot be read: there is none."


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


def test_command_says_every_error_in_russian_where_asked(tmp_path: Path) -> None:
    record = small.rows()
    to("themes", 1, title=7)(record)
    more("presidencies", 2, slug="again", period=["2026-12-31", "2028-01-01"])(record)
    to("memberships", 1, until="2010")(record)
    small.write(tmp_path, record)
    (tmp_path / "claims.json").write_text("[\n  {]\n")
    (tmp_path / "checks.json").unlink()
    with pytest.raises(CommandError) as caught:
        call_command("load_record", directory=tmp_path, language="ru", stdout=StringIO())
    assert str(caught.value).splitlines() == [
        "ничего не загружено; ошибок: 5",
        "checks.json: Файл не читается: его нет.",
        "themes.json, строка 1 (unity), title: Ожидался текст в кавычках. [7]",
        "claims.json: Ошибка JSON в строке 2, столбец 4: ожидалось имя поля в кавычках.",
        (
            "memberships.json, строка 2 (RU:2003-09-18), state, since: В этот период у государства"
            ' другой статус. ["RU", "2003-09-18"]'
        ),
        (
            "presidencies.json, строка 3 (again), period: Этот срок пересекается со сроком другого"
            ' председательства. [["2026-12-31", "2028-01-01"]]'
        ),
    ]


def test_command_tells_its_progress_in_russian_where_asked(tmp_path: Path) -> None:
    out = StringIO()
    folder = small.write(tmp_path, small.rows())
    call_command("load_record", directory=folder, language="ru", stdout=out)
    assert out.getvalue().splitlines()[0] == "  sources: добавлено 2"


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "ru_RU.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8", "LANGUAGE": "de:ru"}, "ru"),
        ({"LANG": "ru_RU.UTF-8", "LANGUAGE": "en_US"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
    ],
)
def test_language_is_that_of_the_terminal(environment: dict[str, str], language: str) -> None:
    assert of_environment(environment) == language


def test_rule_of_a_trigger_is_told_in_russian_at_its_field(tmp_path: Path) -> None:
    load(directory=small.write(tmp_path, small.rows()), by="test")
    small.write(tmp_path, small.rows(), "New. " + small.TEXT)
    with translation.override("ru"):
        found = problems(tmp_path)
    assert [(one.file, one.field, english(one)) for one in found] == [("sources.json", "text", [])]


def test_dump_command_counts_what_it_wrote(tmp_path: Path) -> None:
    call_command("load_record", directory=small.write(tmp_path, small.rows()), stdout=StringIO())
    out = StringIO()
    call_command("dump_record", directory=tmp_path / "dumped", stdout=out)
    assert out.getvalue().splitlines()[0] == "  sources: 2"
    assert json.loads((tmp_path / "dumped" / "themes.json").read_text())[0]["slug"] == "unity"
    assert Passage.objects.count() == 2
