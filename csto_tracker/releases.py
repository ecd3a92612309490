"""Making a release: a Data Package of the public record, reproducible byte for byte."""

import csv
import hashlib
import io
import json
import re
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from rest_framework import serializers

from csto_tracker.api import RESOURCES
from publishing import shape
from publishing.models import PublicChange
from publishing.releases import Release, ReleaseFile
from publishing.version import Version, current_version

NAME = "csto-presidency-tracker"
NUMBER = re.compile(r"20\d\d\.(0[1-9]|1[0-2])(\.\d{1,3})?", re.ASCII)
MONTHLY_DAYS = 7
_MAKER = 7_204_005  # advisory lock
TABLES = {name: viewset for name, viewset in RESOURCES.items() if name != "changes"}
LISTS = {viewset.serializer_class.Meta.model: name for name, viewset in TABLES.items()}  # type: ignore[attr-defined]
TYPES = {
    ".csv": "text/csv",
    ".jsonl": "application/jsonl",
    ".parquet": "application/vnd.apache.parquet",
    ".json": "application/json",
    ".sqlite": "application/vnd.sqlite3",
    ".zip": "application/zip",
    ".cff": "application/yaml",
    ".md": "text/markdown",
    "": "text/plain",
}
# The optional extra of that name.
HAS_PARQUET = find_spec("pyarrow") is not None
LICENCE = (
    "Facts in this package are free to use: they are dedicated to the public domain (CC0 1.0).\n"
    "Quotations keep the rights of their authors and are quoted as sources, with attribution.\n"
    "Please cite the release: see CITATION.cff.\n"
)


@transaction.atomic
def make_release(*, number: str, note: str = "") -> Release:
    """Build and store a release of what is public now.

    The number is a year and month, with a third part for a second release of the month. Raises
    ValidationError for a number of another form or one that is taken, or when nothing is public.
    """
    with connection.cursor() as cursor:
        # One view of the data for all tables, whatever is saved meanwhile.
        if not connection.savepoint_ids:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    if not NUMBER.fullmatch(number):
        raise ValidationError(_("A release has a number such as 2026.11 or 2026.11.2."))
    if Release.objects.filter(number=number).exists():
        raise ValidationError(
            _("Release %(number)s exists; releases never change.") % {"number": number}
        )
    version = current_version()
    if version.changed_at is None:
        raise ValidationError(_("Nothing is public yet, so there is nothing to release."))
    release = Release.objects.create(
        number=number, data_version=version.number, data_changed_at=version.changed_at, note=note
    )
    with override("en"):
        files = build(number, version)
    ReleaseFile.objects.bulk_create(
        ReleaseFile(
            release=release,
            path=path,
            media_type=TYPES[Path(path).suffix],
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
            content=content,
        )
        for path, content in files.items()
    )
    return release


def make_monthly_release(*, at: date | None = None) -> Release | None:
    """The release of the month of the day `at` (today, UTC), made on its first day.

    When nothing ran then, on the next day when something does, but within MONTHLY_DAYS: a number
    is not to promise what the data do not hold. The first of all is made on any day. None when
    there is nothing to do: there is one, it is too late, nothing is public, or another process is
    making it.
    """
    day = at or timezone.now().date()
    number = f"{day:%Y.%m}"
    if day.day > MONTHLY_DAYS and Release.objects.exists():
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_MAKER])
        if not cursor.fetchone()[0]:
            return None
    try:
        if Release.objects.filter(number=number).exists() or current_version().changed_at is None:
            return None
        return make_release(number=number)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_MAKER])


def build(number: str, version: Version) -> dict[str, bytes]:
    """All files of a release by path; the same data version gives the same bytes."""
    files: dict[str, bytes] = {}
    database: dict[str, tuple[list[str], list[dict[str, Any]]]] = {}
    for name, viewset in TABLES.items():
        serializer = viewset.serializer_class()
        rows = list(_rows(viewset))
        header = list(shape.columns(serializer))
        files[f"data/{name}.csv"] = _csv(header, rows)
        files[f"data/{name}.jsonl"] = "".join(
            json.dumps(row, ensure_ascii=False) + "\n" for row in rows
        ).encode()
        if HAS_PARQUET:
            files[f"data/{name}.parquet"] = _parquet(serializer, rows)
        database[name] = (header, rows)
    files["tracker.sqlite"] = _sqlite(database)
    files["datapackage.json"] = _json(_package(number, version))
    files["codebook.md"] = _codebook().encode()
    files["LICENSE"] = LICENCE.encode()
    files["CITATION.cff"] = _citation(number, version).encode()
    files["SHA256SUMS"] = "".join(
        f"{hashlib.sha256(content).hexdigest()}  {path}\n"
        for path, content in sorted(files.items())
    ).encode()
    files[f"{NAME}-{number}.zip"] = _zip(files, version)
    return files


def _rows(viewset: Any) -> Iterator[dict[str, Any]]:
    """The public rows of a list as the API shows them, by natural key."""
    serializer = viewset.serializer_class()
    texts = (
        viewset()
        .get_queryset()
        .values_list(Cast(shape.row_json(serializer), models.TextField()), flat=True)
    )
    yield from sorted((json.loads(text) for text in texts), key=lambda row: str(row["key"]))


def _plain(value: Any) -> Any:
    """A cell: lists of keys are joined by “; ”, lists of objects are JSON."""
    if isinstance(value, list):
        if all(isinstance(item, str) for item in value):
            return "; ".join(value)
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


def _csv(header: list[str], rows: list[dict[str, Any]]) -> bytes:
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow(["" if row[name] is None else _plain(row[name]) for name in header])
    return target.getvalue().encode()


def _parquet(serializer: serializers.Serializer, rows: list[dict[str, Any]]) -> bytes:
    """A table with the types of the package; keys as lists of text, objects as JSON."""
    import pyarrow as pa
    from pyarrow import parquet

    types = {"boolean": pa.bool_(), "integer": pa.int64()}
    columns = {}
    for name, field in shape.columns(serializer).items():
        kind, values = _field(name, field)["type"], [row[name] for row in rows]
        if isinstance(field, shape.ReferencesColumn):
            columns[name] = pa.array(values, pa.list_(pa.string()))
        elif kind == "date":
            days = [date.fromisoformat(value) if value else None for value in values]
            columns[name] = pa.array(days, pa.date32())
        elif kind == "number":
            columns[name] = pa.array(
                [None if value is None else float(value) for value in values], pa.float64()
            )
        else:
            texts = values if kind in types else [_text(value) for value in values]
            columns[name] = pa.array(texts, types.get(kind, pa.string()))
    target = io.BytesIO()
    parquet.write_table(pa.table(columns), target)
    return target.getvalue()


def _text(value: Any) -> str | None:
    return None if value is None else str(_plain(value))


def _sqlite(tables: dict[str, tuple[list[str], list[dict[str, Any]]]]) -> bytes:
    """One SQLite file with a table per list. Names are those of our own fields."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tracker.sqlite"
        database = sqlite3.connect(path)
        for name, (header, rows) in tables.items():
            columns = ", ".join(
                f'"{column}" TEXT PRIMARY KEY' if column == "key" else f'"{column}"'
                for column in header
            )
            marks = ", ".join("?" for _column in header)
            database.execute(f'CREATE TABLE "{name}" ({columns})')
            database.executemany(
                f'INSERT INTO "{name}" VALUES ({marks})',  # noqa: S608
                [[_plain(row[column]) for column in header] for row in rows],
            )
        database.commit()
        database.execute("VACUUM")
        database.close()
        return path.read_bytes()


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def _package(number: str, version: Version) -> dict[str, Any]:
    """datapackage.json (Data Package, version 1) with types, constraints and foreign keys."""
    return {
        "name": NAME,
        "title": "CSTO Presidency Tracker",
        "version": number,
        "homepage": settings.SITE_URL,
        "created": version.changed_at.isoformat() if version.changed_at else "",
        "dataVersion": version.number,
        "licenses": [{"name": "CC0-1.0", "path": "LICENSE"}],
        "resources": [_resource(name, viewset) for name, viewset in TABLES.items()],
    }


def _resource(name: str, viewset: Any) -> dict[str, Any]:
    serializer = viewset.serializer_class()
    found = shape.columns(serializer)
    keys = [
        {"fields": column, "reference": {"resource": LISTS[field.model], "fields": "key"}}
        for column, field in found.items()
        if isinstance(field, shape.ReferenceColumn) and field.model in LISTS
    ]
    return {
        "name": name,
        "path": f"data/{name}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "description": " ".join((viewset.__doc__ or "").split()),
        "schema": {
            "fields": [_field(column, field) for column, field in found.items()],
            "primaryKey": "key",
            "missingValues": [""],
            **({"foreignKeys": keys} if keys else {}),
        },
    }


def _field(name: str, field: serializers.Field) -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "type": "string"}
    if isinstance(field, shape.FirstDayColumn | shape.LastDayColumn | serializers.DateField):
        found["type"] = "date"
    elif isinstance(field, serializers.BooleanField):
        found["type"] = "boolean"
    elif isinstance(field, serializers.IntegerField):
        found["type"] = "integer"
    elif isinstance(field, serializers.DecimalField):
        found["type"] = "number"
    if isinstance(field, serializers.ChoiceField):
        found["constraints"] = {"enum": [str(value) for value in field.choices]}
    if name == "key":
        found["constraints"] = {"required": True, "unique": True}
    if field.help_text:
        found["description"] = str(field.help_text)
    return found


def _codebook() -> str:
    lines = ["# Codebook", ""]
    for name, viewset in TABLES.items():
        lines += [f"## {name}", "", " ".join((viewset.__doc__ or "").split()), ""]
        lines += ["| field | type | meaning |", "|---|---|---|"]
        for column, field in shape.columns(viewset.serializer_class()).items():
            described = _field(column, field)
            meaning = described.get("description", "")
            if "enum" in described.get("constraints", {}):
                meaning = (
                    f"{meaning} One of: {', '.join(described['constraints']['enum'])}.".strip()
                )
            lines.append(f"| {column} | {described['type']} | {meaning} |")
        lines.append("")
    return "\n".join(lines)


def _citation(number: str, version: Version) -> str:
    day = version.changed_at.date().isoformat() if version.changed_at else ""
    return (
        "cff-version: 1.2.0\n"
        "message: Please cite this release when you use its data.\n"
        "type: dataset\n"
        "title: CSTO Presidency Tracker\n"
        "authors:\n  - name: CSTO Presidency Tracker\n"
        f'version: "{number}"\n'
        f"date-released: {day}\n"
        "license: CC0-1.0\n"
        f'url: "{settings.SITE_URL}/data/{number}/"\n'
    )


def _zip(files: dict[str, bytes], version: Version) -> bytes:
    """All files in one archive; their times are that of the data, not of the making."""
    target = io.BytesIO()
    moment = version.changed_at.timetuple()[:6] if version.changed_at else (1980, 1, 1, 0, 0, 0)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(path, moment), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def changes_between(older: Release, newer: Release) -> dict[str, int]:
    """How many public changes of each kind lie between two releases."""
    rows = (
        PublicChange.objects.filter(
            changed_at__gt=older.data_changed_at, changed_at__lte=newer.data_changed_at
        )
        .order_by()
        .values_list("change")
        .annotate(count=models.Count("pk"))
    )
    return dict(rows)
