"""The rows that the database holds, with their natural keys, in a few queries per kind."""

from typing import Any, NamedTuple

from csto_tracker.record.kinds import KINDS, OF_MODEL, Kind, Many


class Link(NamedTuple):
    """One row of a many-to-many table."""

    pk: int
    target: int
    extras: tuple[Any, ...]


class Stored:
    """Everything in the database, drafts included: one query per kind and many-to-many field."""

    def __init__(self) -> None:
        self.rows: dict[Kind, dict[int, Any]] = {}
        self.keys: dict[Kind, dict[int, str]] = {}
        self.links: dict[tuple[Kind, str], dict[int, list[Link]]] = {}
        for kind in KINDS:
            rows = kind.model.objects.defer(*kind.generated).order_by("pk")
            self.rows[kind] = {row.pk: row for row in rows}
            self.keys[kind] = {pk: self._key(kind, row) for pk, row in self.rows[kind].items()}
            for many in kind.manies:
                self.links[kind, many.name] = self._links(many)

    def _key(self, kind: Kind, row: Any) -> str:
        parts = []
        for field in kind.key_fields:
            value = getattr(row, field.attname)
            if field.related_model:
                value = self.keys[OF_MODEL[field.related_model]][value]
            parts.append(str(value))
        return ":".join(parts)

    def _links(self, many: Many) -> dict[int, list[Link]]:
        links: dict[int, list[Link]] = {}
        extras = [field.attname for field in many.extras]
        for pk, owner, target, *values in many.through._base_manager.order_by("pk").values_list(
            "pk", many.owner.attname, many.target.attname, *extras
        ):
            links.setdefault(owner, []).append(Link(pk, target, tuple(values)))
        return links
