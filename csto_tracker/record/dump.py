"""Writing the published record to files."""

from datetime import date
from pathlib import Path
from typing import Any

from django.contrib.postgres.fields import DateRangeField
from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from csto_tracker.record import files
from csto_tracker.record.kinds import KINDS, OF_MODEL, TEXTS, Kind, Many
from csto_tracker.record.problems import Problem, RecordError
from csto_tracker.record.stored import Stored
from csto_tracker.record.values import is_left_out, to_json
from publishing import edtf
from publishing.fields import EDTFField


def dump(directory: Path) -> dict[str, int]:
    """Write the published rows as the files that `load` reads; returns their numbers by kind.

    All comes from one snapshot of the database. Each file is replaced whole; other files are
    left alone. Raises RecordError, and writes nothing, if a published row needs a draft.
    """
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:  # PostgreSQL lets only a transaction's first statement choose.
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        dumping = _Dump()
    if dumping.problems:
        raise RecordError(dumping.problems)
    for name, data in dumping.files.items():
        files.write(directory / name, data)
    return dumping.counts


class _Dump:
    def __init__(self) -> None:
        self.stored = Stored()
        self.problems: list[Problem] = []
        self.files: dict[Path, bytes] = {}
        self.counts: dict[str, int] = {}
        self.places: dict[Kind, dict[int, int]] = {}
        for kind in KINDS:
            public = set(kind.model.objects.public().values_list("pk", flat=True))
            rows = [row for pk, row in self.stored.rows[kind].items() if pk in public]
            rows.sort(key=lambda row: self._order(kind, row))
            self.places[kind] = {row.pk: place for place, row in enumerate(rows)}
            self.files[Path(kind.file)] = files.encode(self._object(kind, row) for row in rows)
            self.counts[kind.name] = len(rows)
            if kind.has_texts:
                for row in rows:
                    if row.text:
                        self.files[TEXTS / f"{row.slug}.txt"] = row.text.encode()

    def _order(self, kind: Kind, row: Any) -> list[Any]:
        parts: list[Any] = []
        for name in kind.order:
            field = kind.model._meta.get_field(name.removeprefix("-"))
            value = getattr(row, field.attname)
            if isinstance(field, models.ForeignKey):
                value = self.places[OF_MODEL[field.related_model]].get(value, -1)
            elif isinstance(field, EDTFField):
                value = (_first_day(value), value)
            elif isinstance(field, DateRangeField):
                value = value.lower
            parts.append(-value if name.startswith("-") else value)
        return parts

    def _object(self, kind: Kind, row: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for field in kind.fields:
            value = getattr(row, field.attname)
            if isinstance(field, models.ForeignKey):
                if (key := self._reference(kind, row, field, value)) is not None:
                    found[field.name] = key
            elif not is_left_out(field, value):
                found[field.name] = to_json(value)
        for many in kind.manies:
            if links := self._links(kind, row, many):
                found[many.name] = links
        return found

    def _reference(self, kind: Kind, row: Any, field: models.ForeignKey, pk: int) -> str | None:
        """The key that a foreign key points at; a draft is not named, as if it were not there."""
        if pk is None:
            return None
        target = OF_MODEL[field.related_model]
        public = self.places.get(target)
        # A row may point at one of its own kind, whose places are known already by then.
        if public is not None and pk in public:
            return self.stored.keys[target][pk]
        if not field.null:
            key = self.stored.keys[kind][row.pk]
            message = _("The published row needs “%(key)s”, which is a draft.") % {
                "key": self.stored.keys[target][pk]
            }
            self.problems.append(Problem(kind.file, message, key=key, field=field.name))
        return None

    def _links(self, kind: Kind, row: Any, many: Many) -> list[Any]:
        target = OF_MODEL[many.target.related_model]
        found: list[Any] = []
        for link in self.stored.links[kind, many.name].get(row.pk, []):
            if link.target not in self.places[target]:
                continue
            key = self.stored.keys[target][link.target]
            if many.extras:
                names = [extra.name for extra in many.extras]
                extras = dict(zip(names, map(to_json, link.extras), strict=True))
                found.append({many.target.name: key} | extras)
            else:
                found.append(key)
        return found


def _first_day(value: str) -> date:
    """The first possible day of an EDTF text; what has no date comes last."""
    if not value:
        return date.max
    start = edtf.parse(value).start
    return start.first if start else date.min
