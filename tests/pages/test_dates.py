"""Dates in words: as precise as recorded, in the right case."""

import re

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from members.models import Presidency
from publishing import edtf
from publishing.dates import in_words
from tests import factories as make


@pytest.mark.parametrize(
    ("date", "english", "russian"),
    [
        ("2026", "2026", "2026 год"),
        ("2026~", "about 2026", "около 2026 года"),
        ("2001?", "2001 (uncertain)", "2001 год (предположительно)"),
        ("2026-06", "June 2026", "июнь 2026 года"),
        ("2026-06~", "about June 2026", "около июня 2026 года"),
        ("2026-23", "autumn 2026", "осень 2026 года"),
        ("2026-23~", "about autumn 2026", "около осени 2026 года"),
        ("2025-08-29", "29 August 2025", "29 августа 2025 года"),
        ("2025-08-29~", "about 29 August 2025", "около 29 августа 2025 года"),
        (
            "2025-08-29%",
            "about 29 August 2025 (uncertain)",
            "около 29 августа 2025 года (предположительно)",
        ),
        ("2026-09/2026-10", "September–October 2026", "сентябрь–октябрь 2026 года"),
        ("2026-21/2026-22", "spring–summer 2026", "весна–лето 2026 года"),
        (
            "2025-12/2026-02",
            "December 2025 – February 2026",
            "декабрь 2025 года – февраль 2026 года",
        ),
        ("2025/2029", "2025–2029", "2025–2029 годы"),
        ("2025~/2029~", "about 2025–2029", "около 2025–2029 годов"),
        ("2025-10-20/2025-10-24", "20–24 October 2025", "20–24 октября 2025 года"),
        (
            "2025-08-31/2025-09-06",
            "31 August – 6 September 2025",
            "31 августа – 6 сентября 2025 года",
        ),
        (
            "2025-12-30/2026-01-02",
            "30 December 2025 – 2 January 2026",
            "30 декабря 2025 года – 2 января 2026 года",
        ),
        (
            "2024-09-07~/2024-09-11~",
            "about 7–11 September 2024",
            "около 7–11 сентября 2024 года",
        ),
        (
            "2024-08-12?/2024-08-16",
            "12 August 2024 (uncertain) – 16 August 2024",
            "12 августа 2024 года (предположительно) – 16 августа 2024 года",
        ),
        ("2024-09-30/2024", "30 September 2024 – 2024", "30 сентября 2024 года – 2024 год"),
        ("2026-06/..", "from June 2026", "с июня 2026 года"),
        ("../2026-06", "until June 2026", "по июнь 2026 года"),
        ("../2026-21", "until spring 2026", "по весну 2026 года"),
        ("../2026", "until 2026", "по 2026 год"),
    ],
)
def test_date_in_words(date: str, english: str, russian: str) -> None:
    with translation.override("en"):
        assert in_words(date) == english
    with translation.override("ru"):
        assert in_words(date) == russian


def test_what_is_no_date_is_refused() -> None:
    with pytest.raises(edtf.InvalidDate):
        in_words("next week")


@pytest.mark.django_db
def test_no_line_of_a_russian_heading_ends_between_a_year_and_its_word(client: Client) -> None:
    for year in (2025, 2026):
        make.presidency(year, slug=f"p-{year}", title_ru=f"Армения, {year} год")
    source = make.source(text="We will.", kind="statement")
    Presidency.objects.filter(slug="p-2026").update(statement=source)
    pages = (
        *("/", "/presidencies/", "/presidencies/p-2026/", "/presidencies/p-2026/priorities/"),
        *("/presidencies/p-2026/statement/", "/matrix/?presidency=p-2026", "/compare/"),
        *("/timeline/?presidency=p-2026", "/events/calendar/?month=2026-06"),
    )
    with time_machine.travel("2026-03-01", tick=False):
        said = {page: client.get(f"/ru{page}").content.decode() for page in pages}
    headings = {
        page: re.findall(r"<h[12].*?</h[12]>", text, re.DOTALL) for page, text in said.items()
    }
    assert [page for page in pages if not re.search(r"\d\xa0год", "".join(headings[page]))] == []
    assert [page for page in pages if re.search(r"\d год", "".join(headings[page]))] == []
