"""CSV, JSON Lines and spreadsheets of a list, read back by other programs' readers."""

import csv
import io
import json
import threading
from datetime import datetime
from html import escape
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from django.conf import settings
from django.http import QueryDict
from django.test import Client, RequestFactory

from events.filters import EventFilters
from events.models import Event
from events.serializers import EventSerializer
from publishing.formats.answers import CSV, JSONL, TABLES, XLSX, Format, download
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)
ATOM = "{http://www.w3.org/2005/Atom}"


def body(format_: Format, query: str = "", **options: Any) -> bytes:
    response = answer(format_, query, **options)
    return b"".join(response.streaming_content)


def answer(format_: Format, query: str = "", **options: Any) -> Any:
    request = RequestFactory().get(f"/events.{format_.extension}?{query}")
    filters = EventFilters(QueryDict(query), Event.objects.public())
    return download(request, "events", filters, EventSerializer(), format_, **options)


def test_csv_obeys_the_filter_and_joins_keys() -> None:
    source = make.source(slug="agency-1")
    make.event(slug="one", kind="summit", sources=[source, make.source(slug="agency-2")])
    make.event(slug="two", kind="report")
    rows = list(csv.DictReader(io.StringIO(body(CSV, "kind=summit").decode())))
    assert [(row["key"], row["sources"]) for row in rows] == [("one", "agency-1; agency-2")]


def test_csv_has_all_fields_of_the_api_in_their_order() -> None:
    assert body(CSV).decode().splitlines()[0].split(",") == list(EventSerializer().fields)


def test_csv_begins_with_a_byte_order_mark_only_when_asked() -> None:
    make.event(title_ru="Рубеж")
    with_mark, without = body(CSV, bom=True), body(CSV)
    assert (with_mark[:3], with_mark[3:]) == (b"\xef\xbb\xbf", without)


@pytest.mark.parametrize("text", ["=1+1", "+1;x", "-cmd", "@SUM(A1)", "\tx"])
def test_csv_marks_what_a_spreadsheet_would_run(text: str) -> None:
    make.event(title=text)
    rows = list(csv.DictReader(io.StringIO(body(CSV).decode())))
    assert rows[0]["title"] == f"'{text}"


def test_jsonl_has_one_whole_object_per_line_and_leaves_texts_alone() -> None:
    make.event(slug="one", title="=1+1", summary="a\nb\t“c” \\ \x01".replace("\x01", ""))
    make.attendance(event=Event.objects.get())
    lines = body(JSONL).decode().splitlines()
    found = json.loads(lines[0])
    assert (len(lines), found["title"], found["summary"]) == (1, "=1+1", "a\nb\t“c” \\ ")


def test_xlsx_has_typed_cells_texts_as_texts_and_says_what_it_is() -> None:
    make.event(slug="one", title="=1+1", sequence=3)
    book = openpyxl.load_workbook(io.BytesIO(body(XLSX, "kind=summit")))
    header = [cell.value for cell in book["data"][1]]
    row = dict(zip(header, book["data"][2], strict=True))
    about = {line[0].value: line[1].value for line in book["about"].iter_rows()}
    assert (row["title"].data_type, row["title"].value) == ("s", "=1+1")
    assert (row["sequence"].value, type(row["changed_at"].value)) == (3, datetime)
    assert book["data"].freeze_panes == "A2"
    assert about["query"].endswith("/events.xlsx?kind=summit")


@pytest.mark.parametrize("format_", TABLES.values(), ids=TABLES)
def test_drafts_are_in_no_file(format_: Format) -> None:
    make.event(slug="shown")
    before = answer(format_).headers["Content-Type"], len(body(format_))
    make.event(slug="canary", is_published=False)
    assert (format_.content_type, len(body(format_))) == (
        before[0],
        pytest.approx(before[1], abs=60),
    )
    if format_ is not XLSX:
        assert b"canary" not in body(format_)


def test_file_name_carries_query_and_day() -> None:
    name = answer(CSV, "kind=summit&q=рубеж").headers["Content-Disposition"]
    assert name.startswith('attachment; filename="events_q-_kind-summit_20')
    assert "%D1%80%D1%83%D0%B1%D0%B5%D0%B6" in name


def test_download_that_is_abandoned_ends_its_thread_and_connection() -> None:
    for _ in range(3):
        make.event(summary="long " * 4000)
    response = answer(CSV)
    iterator = iter(response.streaming_content)
    next(iterator), next(iterator)
    response.close()
    assert [thread.name for thread in threading.enumerate() if thread.name == "export"] == []


def test_past_is_in_the_file_as_it_was() -> None:
    from django.db import connection

    event = make.event(slug="one", title="Old")
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        then = cursor.fetchone()[0]
    Event.objects.filter(pk=event.pk).update(title="New")
    found = [json.loads(line)["title"] for line in body(JSONL, recorded_at=then).splitlines()]
    assert found == ["Old"]


@pytest.mark.parametrize("extension", ["csv", "jsonl", "xlsx", "atom", "ics", "json"])
@pytest.mark.parametrize("root", ["/", "/ru/", "/api/v1/"])
def test_every_file_says_how_to_cite_it(client: Client, root: str, extension: str) -> None:
    make.event(kind="summit")
    query = "kind=summit&as_of=2099-01-01" + ("&bom=true" if extension == "csv" else "")
    answer = client.get(f"{root}events.{extension}?{query}")
    address, relation = answer.headers["Link"].rsplit(", ", 1)[-1].split(">; ", 1)
    assert relation == 'rel="describedby"; type="text/html"'
    page = client.get(address.removeprefix("<").removeprefix(settings.SITE_URL))
    assert page.status_code == 200
    cited = f"{root.replace('/api/v1', '')}events/?kind=summit&amp;as_of=2099-01-01"
    assert f"{settings.SITE_URL}{cited}" in page.content.decode()
    if extension == "json" and root == "/api/v1/":
        listed = client.get(f"{root}events/?{query}&page_size=1")
        assert listed.headers["Link"].endswith(f"{address}>; {relation}")
    if extension == "xlsx":
        notes = openpyxl.load_workbook(io.BytesIO(b"".join(answer)))["about"]
        assert ("how to cite", address.removeprefix("<")) in list(notes.values)
    if extension == "atom":
        feed = ElementTree.fromstring(answer.content)  # noqa: S314  # ours
        links = {link.attrib["rel"]: link.attrib["href"] for link in feed.findall(f"{ATOM}link")}
        assert links["describedby"] == address.removeprefix("<")
        assert address.removeprefix("<") in str(feed.findtext(f"{ATOM}subtitle"))


@pytest.mark.parametrize(
    ("file", "page"),
    [
        ("/search.csv?q=rubezh&kind=events", "/search/?q=rubezh&kind=events"),
        ("/ru/search.xlsx?q=rubezh", "/ru/search/?q=rubezh"),
        ("/api/v1/search.atom?q=rubezh&as_of=2099-01-01", "/search/?q=rubezh&as_of=2099-01-01"),
        ("/api/v1/search/?q=rubezh&fields=title", "/search/?q=rubezh&fields=title"),
        ("/matrix.xlsx?presidency=one&table=months", "/matrix/?presidency=one"),
        ("/ru/matrix.json?as_of=2026-03-01&table=themes", "/ru/matrix/?as_of=2026-03-01"),
        ("/api/v1/events.csv?fields=key&expand=sources", "/events/?fields=key&expand=sources"),
        ("/sources/one.txt", "/sources/one/"),
    ],
)
def test_files_that_are_no_lists_say_it_too(client: Client, file: str, page: str) -> None:
    make.event(title="Rubezh")
    make.presidency(2026, slug="one")
    make.source(slug="one", text="Words.")
    answer = client.get(file)
    address = answer.headers["Link"].rsplit(", ", 1)[-1].partition(">")[0].removeprefix("<")
    shown = client.get(address.removeprefix(settings.SITE_URL))
    assert shown.status_code == 200
    assert f"{settings.SITE_URL}{escape(page)}" in shown.content.decode()
    if ".xlsx" in file:
        notes = openpyxl.load_workbook(io.BytesIO(answer.content))["about"]
        assert ("how to cite", address) in list(notes.values)
