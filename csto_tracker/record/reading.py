"""Rows of the files as unsaved model instances: references resolved, every error collected."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import connection, models
from django.utils.translation import gettext as _

from csto_tracker.record import files
from csto_tracker.record.kinds import KINDS, OF_MODEL, Kind, Many
from csto_tracker.record.problems import Problem
from csto_tracker.record.stored import Link, Stored
from csto_tracker.record.values import from_json, require_text, shown


@dataclass(eq=False)
class Entry:
    """A row of a file beside the row of the database that has the same key, if there is one."""

    kind: Kind
    number: int
    key: str
    raw: files.Row
    instance: Any
    existing: Any = None
    # False if a value that others may build on is missing: no rule across rows is checked then.
    is_complete: bool = True
    differing: list[str] = field(default_factory=list)
    links: dict[str, list[tuple[Any, tuple[Any, ...]]]] = field(default_factory=dict)
    relinked: list[str] = field(default_factory=list)
    faulty: set[str] = field(default_factory=set)

    def problem(self, name: str, message: str) -> Problem:
        """An error of this row at a field, or at several ("state, since")."""
        found = ", ".join(shown(self.raw[one]) for one in name.split(", ") if one in self.raw)
        return Problem(self.kind.file, str(message), self.number, self.key[:120], name, found)


class Reading:
    """The files of a directory, read against the database. Nothing is written.

    `entries` holds the rows by kind and key, `problems` all that is wrong with them.
    """

    def __init__(self, directory: Path) -> None:
        self.problems: list[Problem] = []
        self.entries: dict[Kind, dict[str, Entry]] = {}
        self.unread: set[Kind] = set()
        self.stored = Stored()
        self.pks = {
            kind: {key: pk for pk, key in keys.items()} for kind, keys in self.stored.keys.items()
        }
        self.texts = files.read_texts(directory, self.problems)
        files.find_strangers(directory, self.problems)
        for kind in KINDS:
            self._read(directory, kind)
        self._check_texts()

    def _read(self, directory: Path, kind: Kind) -> None:
        entries = self.entries[kind] = {}
        rows = files.read_rows(directory, kind, self.problems)
        if rows is None:
            self.unread.add(kind)
        for number, raw in enumerate(rows or [], start=1):
            if not isinstance(raw, files.Row):
                message = _("An object was expected.")
                self.problems.append(Problem(kind.file, message, number, found=shown(raw)))
                continue
            entry = Entry(kind, number, _key(kind, raw), raw, kind.model())
            if twin := entries.get(entry.key):
                message = _("This key stands in row %(row)d already.") % {"row": twin.number}
                self._refuse(entry, "", message)
            else:
                entries[entry.key] = entry
        self._number(kind)
        for entry in entries.values():
            self._fill(entry)
        for entry in entries.values():
            self._check(entry)
        self._check_unique(kind)

    def _number(self, kind: Kind) -> None:
        """Give each row its id, a new row one of the sequence, so that rows can refer to it."""
        new = []
        for entry in self.entries[kind].values():
            entry.existing = self.stored.rows[kind].get(self.pks[kind].get(entry.key, 0))
            if entry.existing is None:
                new.append(entry)
                continue
            entry.instance.pk = entry.existing.pk
            entry.instance._state.adding = False
            entry.instance._state.db = entry.existing._state.db
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [kind.model._meta.db_table, len(new)],
            )
            for entry, (pk,) in zip(new, cursor.fetchall(), strict=True):
                entry.instance.pk = pk

    def _fill(self, entry: Entry) -> None:
        kind, raw, row = entry.kind, entry.raw, entry.instance
        names = [field.name for field in kind.fields] + [many.name for many in kind.manies]
        for name in raw.repeated:
            self._refuse(entry, name, _("This field stands in the row twice."))
        for name in raw:
            if name not in names:
                message = _("There is no such field; expected one of: %(names)s.")
                self._refuse(entry, name, message % {"names": ", ".join(names)})
        for column in kind.fields:
            if isinstance(column, models.ForeignKey):
                self._refer(entry, column)
            elif column.name in raw:
                try:
                    setattr(row, column.name, from_json(column, raw[column.name]))
                except ValidationError as error:
                    entry.is_complete = False
                    self._refuse(entry, column.name, *error.messages)
        for many in kind.manies:
            self._link(entry, many)
        if hasattr(row, "is_published"):
            row.is_published = True
        if kind.has_texts:
            text = self.texts.get(entry.key, "")
            if text is None:
                entry.is_complete = False
                entry.faulty.add("text")
            row.text = text or ""
            row.set_hash()

    def _refer(self, entry: Entry, column: models.ForeignKey) -> None:
        if column.name not in entry.raw:
            if not column.null:
                entry.is_complete = False
                self._refuse(entry, column.name, column.error_messages["blank"])
            return
        kind = OF_MODEL[column.related_model]
        if kind in self.unread:
            entry.is_complete = False
            entry.faulty.add(column.name)
            return
        try:
            target = self._find(kind, entry.raw[column.name])
        except ValidationError as error:
            entry.is_complete = False
            self._refuse(entry, column.name, *error.messages)
            return
        setattr(entry.instance, column.name, target.instance)
        # Rows of the same kind may not be filled yet; no rule looks at more than their keys.
        if kind is not entry.kind and not target.is_complete:
            entry.is_complete = False

    def _find(self, kind: Kind, key: Any) -> Entry:
        found = self.entries[kind].get(require_text(key))
        if found is None:
            raise ValidationError(
                _("“%(key)s” is the key of no row of %(file)s."),
                params={"key": key[:200], "file": kind.file},
            )
        return found

    def _link(self, entry: Entry, many: Many) -> None:
        """Read a many-to-many field: a list of keys, or of objects if a link says more."""
        raw = entry.raw.get(many.name, [])
        links = entry.links[many.name] = []
        if not isinstance(raw, list):
            self._refuse(entry, many.name, _("A list was expected."))
            return
        kind = OF_MODEL[many.target.related_model]
        if kind in self.unread:
            entry.faulty.add(many.name)
            return
        for item in raw:
            try:
                key, extras = _parts(many, item)
                link = (self._find(kind, key).instance, extras)
            except ValidationError as error:
                self._refuse(entry, many.name, *error.messages)
                continue
            if link in links:
                message = _("“%(key)s” stands in the list twice.") % {"key": key}
                self._refuse(entry, many.name, message)
            else:
                links.append(link)

    def _check(self, entry: Entry) -> None:
        """Compare with the database; hold what is new or differs against the model's rules."""
        kind, row, existing = entry.kind, entry.instance, entry.existing
        if existing is not None:
            entry.differing = [
                column.name
                for column in kind.stored
                if getattr(row, column.attname) != getattr(existing, column.attname)
            ]
        for many in kind.manies:
            wanted = [(target.pk, extras) for target, extras in entry.links[many.name]]
            if wanted != [(link.target, link.extras) for link in self.links(entry, many)]:
                entry.relinked.append(many.name)
        if existing is not None and kind.is_append_only and existing.is_published:
            self._refuse_changes(entry)
        elif existing is None or entry.differing:
            self._apply_rules(entry)
        if kind.needs_source and not any(
            entry.links[many.name] or many.name in entry.faulty for many in kind.citing
        ):
            message = _("At least one source must be named: nothing is kept without one.")
            self._refuse(entry, "sources", message)

    def links(self, entry: Entry, many: Many) -> list[Link]:
        """The links that the database holds to rows which the files hold as well."""
        kind = OF_MODEL[many.target.related_model]
        keys = self.stored.keys[kind]
        found = self.stored.links[entry.kind, many.name].get(entry.instance.pk, [])
        return [link for link in found if keys[link.target] in self.entries[kind]]

    def _refuse_changes(self, entry: Entry) -> None:
        for name in entry.differing + entry.relinked:
            message = _("This is published with another value: a later row must correct it.")
            self._refuse(entry, name, message)

    def _apply_rules(self, entry: Entry) -> None:
        keys = {column.name for column in entry.kind.fields if column.remote_field}
        try:
            entry.instance.clean_fields(exclude=keys | entry.faulty)
        except ValidationError as error:
            self._refuse_all(entry, error)
            if any(getattr(entry.instance, name) is None for name in error.message_dict):
                entry.is_complete = False
        if entry.is_complete:
            try:
                entry.instance.clean()
            except ValidationError as error:
                self._refuse_all(entry, error)

    def _check_unique(self, kind: Kind) -> None:
        """Find values that two rows share, of the file or of those that only the database holds."""
        others = [
            row
            for pk, row in self.stored.rows[kind].items()
            if self.stored.keys[kind][pk] not in self.entries[kind]
        ]
        for names in kind.unique_sets:
            columns = [kind.model._meta.get_field(name) for name in names]
            seen = {_values(row, columns): self.stored.keys[kind][row.pk] for row in others}
            for entry in self.entries[kind].values():
                values = _values(entry.instance, columns)
                if None in values or entry.faulty & set(names):
                    continue
                if values in seen:
                    message = _("“%(key)s” has the same value, which only one row may have.")
                    self._refuse(entry, names[-1], message % {"key": seen[values]})
                seen.setdefault(values, entry.key)

    def _check_texts(self) -> None:
        source = next(kind for kind in KINDS if kind.has_texts)
        if source in self.unread:
            return
        for key in self.texts.keys() - self.entries[source].keys():
            message = _("“%(key)s” is the key of no row of %(file)s.")
            name = f"texts/{key}.txt"
            self.problems.append(Problem(name, message % {"key": key, "file": source.file}))

    def _refuse(self, entry: Entry, name: str, *messages: Any) -> None:
        entry.faulty.add(name)
        self.problems.extend(entry.problem(name, message) for message in messages)

    def _refuse_all(self, entry: Entry, error: ValidationError) -> None:
        for name, messages in error.update_error_dict({}).items():
            for message in ValidationError(messages).messages:
                self._refuse(entry, "" if name == NON_FIELD_ERRORS else name, message)


def _key(kind: Kind, raw: files.Row) -> str:
    return ":".join(str(raw.get(column.name, "")) for column in kind.key_fields)


def _values(row: Any, columns: Iterable[models.Field]) -> tuple[Any, ...]:
    return tuple(getattr(row, column.attname) for column in columns)


def _parts(many: Many, item: Any) -> tuple[Any, tuple[Any, ...]]:
    """The key in an item of a list of links, and the values of the link's own fields."""
    if not many.extras:
        return item, ()
    names = [many.target.name, *(extra.name for extra in many.extras)]
    if not isinstance(item, files.Row) or item.keys() != set(names) or item.repeated:
        raise ValidationError(
            _("An object with these fields was expected: %(names)s."),
            params={"names": ", ".join(names)},
        )
    values = [extra.clean(from_json(extra, item[extra.name]), None) for extra in many.extras]
    return item[many.target.name], tuple(values)


def changed(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The entries whose row stands in the database with other values or links."""
    for entry in entries:
        if entry.existing is not None and (entry.differing or entry.relinked):
            yield entry
