"""A list as a download: the rows that a filtered list shows, all of them, in one format."""

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import quote

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.timezone import now
from rest_framework import serializers

from publishing.expanding import expanded_text
from publishing.filters import RecordFilters
from publishing.formats import stream, table
from publishing.shape import columns
from publishing.version import current_version


class Format(NamedTuple):
    """A format by its file extension."""

    extension: str
    content_type: str
    label: str


JSONL = Format("jsonl", "application/jsonl", "JSON Lines")
CSV = Format("csv", "text/csv; charset=utf-8; header=present", "CSV")
XLSX = Format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel")
TABLES = {format_.extension: format_ for format_ in (JSONL, CSV, XLSX)}


def download(
    request: HttpRequest,
    name: str,
    filters: RecordFilters,
    serializer: serializers.Serializer,
    format_: Format,
    *,
    bom: bool = False,
    recorded_at: datetime | None = None,
    citation: str = "",
    expand: Sequence[str] = (),
) -> StreamingHttpResponse:
    """All rows of a filtered list as a file. Raises BadQuery before anything is sent.

    Records that `expand` names are JSON in a cell of a table.
    """
    rows, day = filters.rows, filters.day
    if format_ is JSONL:
        text = expanded_text(serializer, expand, day)
        body = stream.copy(rows.values_list(text), stream.LINES, recorded_at=recorded_at)
    elif format_ is CSV:
        cells = table.cells(serializer, day, expand)
        body = _csv(list(cells), table.texts(rows, cells), bom=bom, recorded_at=recorded_at)
    else:
        from publishing.formats import spreadsheet  # its library is large, and seldom needed

        cells = table.cells(serializer, day, expand)
        body = spreadsheet.workbook(
            list(cells),
            _values(rows.values_list(*cells.values())),
            about(request, name, meanings(serializer, expand), citation),
        )
    response = StreamingHttpResponse(body, content_type=format_.content_type)
    response.headers["Content-Disposition"] = disposition(name, filters.chosen, format_.extension)
    return response


def _csv(
    names: Sequence[str], cells: QuerySet, *, bom: bool, recorded_at: datetime | None
) -> Iterator[bytes]:
    """CSV (RFC 4180) in UTF-8; with a byte order mark Excel reads Cyrillic as it is."""
    header = ",".join(names) + "\n"
    yield (codecs.BOM_UTF8 if bom else b"") + header.encode()
    yield from stream.copy(cells, stream.CSV_ROWS, recorded_at=recorded_at)


def _values(cells: QuerySet) -> Iterator[tuple[Any, ...]]:
    """Rows of typed values, a thousand at a time."""
    return cells.iterator(chunk_size=1000)


def meanings(serializer: serializers.Serializer, expand: Sequence[str] = ()) -> dict[str, str]:
    """What each field of a serializer means, and what is expanded, for the codebook."""
    fields = {field: str(found.help_text or "") for field, found in columns(serializer).items()}
    records = "Records of the field, whole, as JSON."
    return fields | {table.EXPANDED.format(name): records for name in expand}


def about(
    request: HttpRequest, name: str, meanings: Mapping[str, str], citation: str = ""
) -> list[tuple[str, str]]:
    """What a file must say of itself: the question, the version of the data, the codebook, and
    where it stands how to cite it."""
    version = current_version()
    return [
        ("list", name),
        ("query", settings.SITE_URL + request.get_full_path()),
        ("data version", str(version.number)),
        ("data changed at", version.changed_at.isoformat() if version.changed_at else ""),
        ("made at", now().isoformat(timespec="seconds")),
        *([("how to cite", citation)] if citation else []),
        ("", ""),
        ("field", "meaning"),
        *meanings.items(),
    ]


def disposition(name: str, chosen: Iterable[tuple[str, str]], extension: str) -> str:
    """A file name that carries the query and the day (RFC 6266; RFC 8187 for other letters)."""
    parts = [name, *(f"{field}-{value}" for field, value in chosen)]
    parts.append(f"{now():%Y-%m-%d}")
    full = re.sub(r"[^\w.-]+", "-", "_".join(parts))[:150] + f".{extension}"
    plain = full.encode("ascii", "ignore").decode() or f"{name}.{extension}"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(full)}"
