"""Small tables that no single query makes, whole in memory, in the formats of the lists."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse

from publishing.formats.answers import CSV, JSONL, Format, about, disposition

# As `publishing_plain_cell` has them: with these a spreadsheet begins a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def table(
    request: HttpRequest,
    name: str,
    meanings: Mapping[str, str],
    rows: Iterable[Sequence[Any]],
    format_: Format,
    *,
    chosen: Iterable[tuple[str, str]] = (),
    citation: str = "",
    bom: bool = False,
) -> HttpResponse:
    """Rows under the columns that `meanings` explains, as CSV, JSON Lines or a spreadsheet.

    `chosen` are the pairs of the question, which the name of the file tells.
    """
    columns = list(meanings)
    if format_ is JSONL:
        body = b"".join(orjson.dumps(dict(zip(columns, row, strict=True))) + b"\n" for row in rows)
    elif format_ is CSV:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_cell(value) for value in row] for row in rows)
        body = text.getvalue().encode("utf-8-sig" if bom else "utf-8")
    else:
        from publishing.formats import spreadsheet  # its library is large, and seldom needed

        body = b"".join(
            spreadsheet.workbook(columns, rows, about(request, name, meanings, citation))
        )
    headers = {"Content-Disposition": disposition(name, chosen, format_.extension)}
    return HttpResponse(body, content_type=format_.content_type, headers=headers)


def _cell(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
