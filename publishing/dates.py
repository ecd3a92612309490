"""Dates in words, as precise as they are recorded, in the active language.

Month names stand in the case that the sentence needs, which translation by single words cannot
give: both languages are written out here.
"""

from functools import lru_cache

from django.utils.translation import get_language

from publishing import edtf
from publishing.edtf import Point, Span

_MONTHS_EN = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_MONTHS_RU = [
    "январь",
    "февраль",
    "март",
    "апрель",
    "май",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
]
_MONTHS_RU_OF = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]
_SEASONS_EN = {21: "spring", 22: "summer", 23: "autumn"}
_SEASONS_RU = {21: "весна", 22: "лето", 23: "осень"}
_SEASONS_RU_OF = {21: "весны", 22: "лета", 23: "осени"}
_SEASONS_RU_TO = {21: "весну", 22: "лето", 23: "осень"}


def in_words(text: str) -> str:
    """An EDTF date in words, such as “about 29 August 2025”; raises InvalidDate."""
    return _in_words(text, get_language() == "ru")


@lru_cache(maxsize=8192)
def _in_words(text: str, russian: bool) -> str:
    span = edtf.parse(text)
    return _russian(span) if russian else _english(span)


def _qualifier(span: Span) -> str | None:
    """The qualifier that both sides share; None when they differ."""
    if span.start and span.end and span.start.qualifier != span.end.qualifier:
        return None
    point = span.start or span.end
    return point.qualifier if point else ""


def _uncertain(qualifier: str | None) -> bool:
    return qualifier in {"?", "%"}


def _about(qualifier: str | None) -> bool:
    return qualifier in {"~", "%"}


# --- English --------------------------------------------------------------------------------
def _english(span: Span) -> str:
    if not span.is_interval:
        return _english_point(span.end)
    if span.start is None:
        return f"until {_english_point(span.end)}"
    if span.end is None:
        return f"from {_english_point(span.start)}"
    qualifier = _qualifier(span)
    if qualifier is None:
        return f"{_english_point(span.start)} – {_english_point(span.end)}"
    words = ("about " if _about(qualifier) else "") + _english_interval(span.start, span.end)
    return words + (" (uncertain)" if _uncertain(qualifier) else "")


def _english_point(point: Point | None) -> str:
    if point is None:
        return ""
    words = ("about " if _about(point.qualifier) else "") + _english_plain(point)
    return words + (" (uncertain)" if _uncertain(point.qualifier) else "")


def _english_plain(point: Point, *, year: bool = True) -> str:
    number = f" {point.first.year}" if year else ""
    match point.precision:
        case "year":
            return str(point.first.year)
        case "season":
            return f"{_SEASONS_EN[point.season or 0]}{number}"
        case "month":
            return f"{_MONTHS_EN[point.first.month - 1]}{number}"
    return f"{point.first.day} {_MONTHS_EN[point.first.month - 1]}{number}"


def _english_interval(start: Point, end: Point) -> str:
    same_year = start.first.year == end.first.year
    same_kind = start.precision == end.precision
    if same_kind and start.precision == "year":
        return f"{start.first.year}–{end.first.year}"
    if same_kind and same_year and start.precision == "day":
        if start.first.month == end.first.month:
            return f"{start.first.day}–{_english_plain(end)}"
        return f"{_english_plain(start, year=False)} – {_english_plain(end)}"
    if same_kind and same_year:
        return f"{_english_plain(start, year=False)}–{_english_plain(end)}"
    return f"{_english_plain(start)} – {_english_plain(end)}"


# --- Russian --------------------------------------------------------------------------------
def _russian(span: Span) -> str:
    if not span.is_interval:
        return _russian_point(span.end)
    if span.start is None:
        return f"по {_russian_point(span.end, case='to')}"
    if span.end is None:
        return f"с {_russian_point(span.start, case='of')}"
    qualifier = _qualifier(span)
    if qualifier is None:
        return f"{_russian_point(span.start)} – {_russian_point(span.end)}"
    about = _about(qualifier)
    words = ("около " if about else "") + _russian_interval(
        span.start, span.end, case="of" if about else ""
    )
    return words + (" (предположительно)" if _uncertain(qualifier) else "")


def _russian_point(point: Point | None, *, case: str = "") -> str:
    if point is None:
        return ""
    about = _about(point.qualifier)
    words = ("около " if about else "") + _russian_plain(point, case="of" if about else case)
    return words + (" (предположительно)" if _uncertain(point.qualifier) else "")


def _russian_plain(point: Point, *, case: str = "", year: bool = True) -> str:
    """`case` is empty for the nominative, `of` for the genitive, `to` for the accusative."""
    number = f" {point.first.year} года" if year else ""
    match point.precision:
        case "year":
            return f"{point.first.year} {'года' if case == 'of' else 'год'}"
        case "season":
            seasons = {"of": _SEASONS_RU_OF, "to": _SEASONS_RU_TO}.get(case, _SEASONS_RU)
            return f"{seasons[point.season or 0]}{number}"
        case "month":
            months = _MONTHS_RU_OF if case == "of" else _MONTHS_RU
            return f"{months[point.first.month - 1]}{number}"
    return f"{point.first.day} {_MONTHS_RU_OF[point.first.month - 1]}{number}"


def _russian_interval(start: Point, end: Point, *, case: str) -> str:
    same_year = start.first.year == end.first.year
    same_kind = start.precision == end.precision
    if same_kind and start.precision == "year":
        return f"{start.first.year}–{end.first.year} {'годов' if case == 'of' else 'годы'}"
    if same_kind and same_year and start.precision == "day":
        if start.first.month == end.first.month:
            return f"{start.first.day}–{_russian_plain(end, case=case)}"
        return f"{_russian_plain(start, case=case, year=False)} – {_russian_plain(end, case=case)}"
    if same_kind and same_year:
        return f"{_russian_plain(start, case=case, year=False)}–{_russian_plain(end, case=case)}"
    return f"{_russian_plain(start, case=case)} – {_russian_plain(end, case=case)}"
