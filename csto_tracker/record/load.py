"""Bringing the database to what the files say."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import DatabaseError, DataError, IntegrityError, connection, models, transaction
from django.utils.translation import gettext as _

from csto_tracker.record.kinds import Kind, Many
from csto_tracker.record.problems import Problem, RecordError
from csto_tracker.record.reading import Entry, Reading, changed
from publishing.models import RECORD_LOADED
from publishing.refused import diagnosis, refusal

# The field that the rule of a trigger is about.
_OF_TRIGGER = {
    "passage_matches_text": "quote",
    "lineage_forward_in_time": "later",
    "evidence_append_only": "evidence",
}
_LOCK = 0x43_53_54_4F  # any number that nothing else locks


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows of a kind were new, changed and unchanged; how many no file holds."""

    kind: str
    added: int
    changed: int
    unchanged: int
    left_alone: int

    def __str__(self) -> str:
        numbers = {
            _("%(number)d added"): self.added,
            _("%(number)d changed"): self.changed,
            _("%(number)d unchanged"): self.unchanged,
            _("%(number)d only in the database"): self.left_alone,
        }
        said = [words % {"number": number} for words, number in numbers.items() if number]
        return f"{self.kind}: " + (", ".join(said) or _("none"))


def _silent(line: str) -> None:
    """Show no progress."""


@transaction.atomic
def load(*, directory: Path, by: str, progress: Callable[[str], None] = _silent) -> list[Loaded]:
    """Add the rows of the files and change those that differ, all or nothing.

    Rows that agree are not touched, so a second load changes nothing, not even the data
    version. Rows that no file holds, and links to them, are left alone. What was a draft is
    published. Raises RecordError with every problem found. `progress` gets a line per kind.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])  # one load at a time
    reading = Reading(directory)
    writing = _Writing(reading)
    report = []
    with pghistory.context(reason=RECORD_LOADED, by=by):
        # Also when something is wrong already: what the database refuses is to be said as well.
        for kind, entries in reading.entries.items():
            writing.write(kind)
            report.append(_count(reading, kind, list(entries.values())))
            if not writing.problems:
                progress(str(report[-1]))
        if not writing.problems:
            writing.check_deferred()
    if writing.problems:
        raise RecordError(writing.problems)
    return report


def _count(reading: Reading, kind: Kind, entries: list[Entry]) -> Loaded:
    added = sum(entry.existing is None for entry in entries)
    differing = sum(1 for _entry in changed(entries))
    rows = len(reading.stored.rows[kind])
    unchanged = len(entries) - added - differing
    return Loaded(kind.name, added, differing, unchanged, rows - differing - unchanged)


class _Writing:
    """Writes the sound rows of what was read; adds to its problems what the database refuses."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.problems = reading.problems
        self.refused: set[models.Model] = {
            entry.instance
            for entries in reading.entries.values()
            for entry in entries.values()
            if entry.faulty
        }

    def write(self, kind: Kind) -> None:
        entries = [entry for entry in self.reading.entries[kind].values() if self._stands(entry)]
        # Old links go first: they may be those of an assessment that becomes published now.
        for many in kind.manies:
            self._unlink(many, [entry for entry in entries if many.name in entry.relinked])
        self._attempt([entry for entry in entries if entry.differing], _update)
        self._attempt([entry for entry in entries if entry.existing is None], _insert)
        for many in kind.manies:
            relinked = [
                entry
                for entry in entries
                if many.name in entry.relinked and entry.instance not in self.refused
            ]
            self._attempt(relinked, partial(self._insert_links, many))

    def check_deferred(self) -> None:
        """Let PostgreSQL check now what it would check at commit."""
        with connection.cursor() as cursor:
            try:
                with transaction.atomic():
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            except (IntegrityError, DataError) as error:
                self.problems.append(Problem("", refusal(error)))
            else:
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")  # as the caller had them

    def _stands(self, entry: Entry) -> bool:
        """True unless this row, or one that it builds on, was refused."""
        if not self.refused:
            return True
        if entry.instance in self.refused:
            return False
        targets = [
            getattr(entry.instance, column.name)
            for column in entry.kind.fields
            if isinstance(column, models.ForeignKey)
        ] + [target for links in entry.links.values() for target, _extras in links]
        if self.refused.isdisjoint(target for target in targets if target is not None):
            return True
        self.refused.add(entry.instance)
        return False

    def _attempt(self, entries: list[Entry], action: Callable[[list[Entry]], None]) -> None:
        """Write all at once; if the database refuses, row by row, to learn which rows it refuses.

        Rows are tried again after others succeeded: one may wait for a number that another has.
        """
        if not entries or _refusal(action, entries) is None:
            return
        while entries:
            refusals = [(entry, _refusal(action, [entry])) for entry in entries]
            failed = [(entry, error) for entry, error in refusals if error is not None]
            if len(failed) == len(entries):
                for entry, error in failed:
                    self.refused.add(entry.instance)
                    self.problems.append(_problem(entry, error))
                return
            entries = [entry for entry, _error in failed]

    def _changed_links(self, many: Many, entry: Entry) -> tuple[int, list[int]]:
        """How many links at the beginning may stay, and the ids of those that go.

        The order of links is the order of their ids, so all after the first difference go.
        """
        stored = self.reading.links(entry, many)
        wanted = [(target.pk, extras) for target, extras in entry.links[many.name]]
        same = 0
        for link, want in zip(stored, wanted, strict=False):
            if (link.target, link.extras) != want:
                break
            same += 1
        return same, [link.pk for link in stored[same:]]

    def _unlink(self, many: Many, entries: Iterable[Entry]) -> None:
        pks = [pk for entry in entries for pk in self._changed_links(many, entry)[1]]
        if pks:
            many.through._base_manager.filter(pk__in=pks).delete()

    def _insert_links(self, many: Many, entries: Iterable[Entry]) -> None:
        rows = []
        for entry in entries:
            same = self._changed_links(many, entry)[0]
            for target, extras in entry.links[many.name][same:]:
                values = {many.owner.attname: entry.instance.pk, many.target.attname: target.pk}
                names = [extra.name for extra in many.extras]
                rows.append(many.through(**values, **dict(zip(names, extras, strict=True))))
        many.through._base_manager.bulk_create(rows)


def _insert(entries: Iterable[Entry]) -> None:
    rows = [entry.instance for entry in entries]
    type(rows[0])._base_manager.bulk_create(rows)


def _update(entries: Iterable[Entry]) -> None:
    for entry in entries:
        entry.instance.save(update_fields=entry.differing)


def _refusal(
    action: Callable[[list[Entry]], None], entries: list[Entry]
) -> IntegrityError | DataError | None:
    """Run the action; if PostgreSQL refuses it, undo it and return the refusal."""
    try:
        with transaction.atomic():
            action(entries)
    except (IntegrityError, DataError) as error:
        return error
    return None


def _problem(entry: Entry, error: DatabaseError) -> Problem:
    """The refusal in the words of the constraint if it has some, at the fields it is about."""
    name = diagnosis(error).constraint_name
    for constraint in entry.kind.model._meta.constraints:
        if constraint.name == name:
            message = str(constraint.get_violation_error_message())
            names = [name for name in _fields(entry.kind, constraint) if name in entry.raw]
            return entry.problem(", ".join(names), message)
    return entry.problem(_OF_TRIGGER.get(name, ""), refusal(error))


def _fields(kind: Kind, constraint: Any) -> list[str]:
    """The fields of the file that a constraint is about; for a computed column, its sources."""
    if isinstance(constraint, models.UniqueConstraint):
        names = list(constraint.fields)
    elif isinstance(constraint, ExclusionConstraint):
        names = _referenced(expression for expression, _operator in constraint.expressions)
    else:
        names = sorted(constraint.condition.referenced_base_fields)
    found: dict[str, None] = {}
    for name in names:
        computed = getattr(kind.model._meta.get_field(name), "expression", None)
        found.update(dict.fromkeys([name] if computed is None else _referenced([computed])))
    return list(found)


def _referenced(expressions: Iterable[Any]) -> list[str]:
    """The names of the fields in expressions, each once."""
    names: dict[str, None] = {}
    for expression in expressions:
        named = models.F(expression) if isinstance(expression, str) else expression
        parts: Iterable[Any] = named.flatten() if hasattr(named, "flatten") else [named]
        names.update((getattr(part, "name", ""), None) for part in parts)
    return [name for name in names if name]
