"""One question, with all that a question may hold, has one answer: at every address, in every
format, by ending and by `Accept`."""

import csv
import io
import json
from typing import Any
from urllib.parse import urlencode

import openpyxl
import pytest
from django.db import connection
from django.test import Client

from csto_tracker.api import RESOURCES
from csto_tracker.calendars import CALENDARS
from csto_tracker.refusals import FORMATS
from publishing.expanding import expansions
from tests.api.cases import CASES, Case
from tests.pages.reading import main_of

pytestmark = pytest.mark.django_db(transaction=True)
ACCEPT = {extension: kind for kind, extension in FORMATS.items()}


def question(name: str, case: Case, row: Any) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment = cursor.fetchone()[0].isoformat()
    expand = list(expansions(RESOURCES[name].serializer_class))
    return urlencode(
        {
            **case.filter(row),
            "as_of": "9998-01-01",
            "recorded_at": moment,
            "fields": "key",
            "ordering": "changed",
            **({"expand": ",".join(expand)} if expand else {}),
        }
    )


def keys(extension: str, body: bytes) -> list[str]:
    """The keys that an answer holds."""
    match extension:
        case "json":
            return [row["key"] for row in json.loads(body)["results"]]
        case "jsonl":
            return [json.loads(line)["key"] for line in body.splitlines()]
        case "csv":
            return [row["key"] for row in csv.DictReader(io.StringIO(body.decode("utf-8-sig")))]
        case "xlsx":
            sheet = openpyxl.load_workbook(io.BytesIO(body))["data"]
            return [str(row[0]) for row in sheet.iter_rows(min_row=2, values_only=True)]
    return [row[0] for row in main_of(body).rows()]


@pytest.mark.parametrize(
    ("name", "case"), CASES.items(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_it_has_one_answer(client: Client, name: str, case: Case) -> None:
    row = case.make()
    case.make()
    query = question(name, case, row)
    expected = keys("json", client.get(f"/api/v1/{name}/?{query}").content)
    assert row.key in expected
    extensions = ["json", "jsonl", "csv", "xlsx", "atom", *(["ics"] if name in CALENDARS else [])]
    asked = [(f"/{name}/?{query}", "text/html", "html"), (f"/ru/{name}/?{query}", "*/*", "html")]
    for root in ("/api/v1/", "/", "/ru/"):
        for extension in extensions:
            asked.append((f"{root}{name}.{extension}?{query}", "*/*", extension))
            asked.append((f"{root}{name}/?{query}", ACCEPT[extension], extension))
    for address, accept, extension in asked:
        answer = client.get(address, headers={"Accept": accept})
        assert answer.status_code == 200, (address, accept)
        assert {"As-Of", "Memento-Datetime"} <= set(answer.headers), (address, accept)
        body = b"".join(answer) if answer.streaming else answer.content
        if extension == "atom":
            assert body.count(b"<entry>") == len(expected), address
        elif extension != "ics":
            assert keys(extension, body) == expected, (address, accept)
        if extension == "html":
            assert body.count(b'class="past-banner"') == 2
