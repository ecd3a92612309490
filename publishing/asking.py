"""Asking the past: `recorded_at` on any page or answer shows what this site said then.

`as_of` asks what was true on a day, where that is another thing: a status, an assessment, a term.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.http import http_date
from django.utils.timezone import now
from django.utils.translation import gettext as _

from publishing.past import recorded_at
from publishing.problems import BadQuery
from publishing.today import NOTED
from publishing.values import parse_day, parse_moment


def asked_moment(data: QueryDict) -> datetime | None:
    """The moment of `recorded_at`, if asked for; raises BadQuery for a wrong or future one."""
    text = data.get("recorded_at")
    if not text:
        return None
    try:
        moment = parse_moment(text)
    except ValueError as error:
        raise BadQuery({"recorded_at": [str(error)]}) from error
    if moment > now():
        raise BadQuery({"recorded_at": [_("That moment has not come yet.")]})
    return moment


def asked_day(request: HttpRequest, begins: date | None = None) -> date | None:
    """The day of `as_of`, if asked for; raises BadQuery for a wrong one, or one before `begins`.

    Notes the day on the request, for the banner of the page.
    """
    text = request.GET.get("as_of")
    if not text:
        return None
    try:
        day = parse_day(text)
        if begins and day < begins:
            raise ValueError(_("It begins later, on %(day)s.") % {"day": begins.isoformat()})
    except ValueError as error:
        raise BadQuery({"as_of": [str(error)]}) from error
    request.as_of = day.isoformat()  # type: ignore[attr-defined]  # read by templates
    if (noted := NOTED.get()) is not None:
        noted.append(day)
    return day


def note_day(request: HttpRequest) -> None:
    """Note the day for what the answer says of itself. A wrong one is left to the list's filters,
    which refuse all that is wrong at once."""
    with suppress(BadQuery):
        asked_day(request)


def answer(request: HttpRequest, view: Callable[[], Any]) -> Any:
    """The view's response, from the past if the request asks for it (Memento, RFC 7089).

    The response is rendered within the transaction that reads the past. It says which day and
    moment it shows. A view within a view reads the past that is open already.
    """
    moment = asked_moment(request.GET)
    if moment is None or getattr(request, "recorded_at", None) == moment:
        response = view()
    else:
        request.recorded_at = moment  # type: ignore[attr-defined]  # read by templates
        with recorded_at(moment):
            response = view()
            if callable(getattr(response, "render", None)) and not response.is_rendered:
                response.render()
    if moment:
        response.headers["Memento-Datetime"] = http_date(moment.astimezone(UTC).timestamp())
    day = getattr(request, "as_of", None)
    if day and response.status_code == 200:
        response.headers["As-Of"] = day
    return response
