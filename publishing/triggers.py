"""Database triggers of the public models: change time, data version, sources, append-only.

They work for bulk updates and raw SQL as well, which is why they are not signals.
Visibility is given as SQL over `{row}` (NEW or OLD), for example `{row}.is_published`.
"""

from typing import Any

import pgtrigger
from django.db import models

CHANGE = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete


def raise_version(visible: str) -> pgtrigger.Trigger:
    """Raise the data version when a row that the public sees, or saw, changes."""
    return pgtrigger.Trigger(
        name="raise_version",
        when=pgtrigger.After,
        operation=CHANGE,
        func=f"""
            IF TG_OP = 'UPDATE' AND OLD IS NOT DISTINCT FROM NEW THEN
                RETURN NULL;
            END IF;
            IF (TG_OP <> 'INSERT' AND ({visible.format(row="OLD")}))
                OR (TG_OP <> 'DELETE' AND ({visible.format(row="NEW")})) THEN
                PERFORM publishing_raise_version();
            END IF;
            RETURN NULL;
        """,
    )


class Touch(pgtrigger.Trigger):
    """Set `changed_at` to the transaction's time whenever a row's content changes."""

    name = "touch"
    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update

    def get_func(self, model: Any) -> str:
        # PostgreSQL computes generated columns after this trigger: here NEW lacks them.
        computed = [
            str(f.column) for f in model._meta.fields if isinstance(f, models.GeneratedField)
        ]
        lacking = f" - '{{{','.join(computed)}}}'::text[]" if computed else ""
        return f"""
            IF TG_OP = 'INSERT'
                OR to_jsonb(OLD){lacking} IS DISTINCT FROM to_jsonb(NEW){lacking} THEN
                NEW.changed_at := now();
            END IF;
            RETURN NEW;
        """


def record(visible: str = "{row}.is_published") -> list[pgtrigger.Trigger]:
    """The triggers that each public model carries."""
    return [Touch(), raise_version(visible)]


def refuse(condition: str, message: str, name: str) -> str:
    """PL/pgSQL that raises a check violation under a constraint name when a condition holds."""
    return f"""
        IF {condition} THEN
            RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';
        END IF;
    """


def needs_source(name: str, lacks_source: str) -> pgtrigger.Trigger:
    """At commit, refuse a row for which the SQL condition over {row} `lacks_source` holds."""
    return pgtrigger.Trigger(
        name="needs_source",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update,
        timing=pgtrigger.Deferred,
        func=refuse(lacks_source.format(row="NEW"), "a source is missing", name) + "RETURN NULL;",
    )


def keeps_source(name: str, lacks_source: str) -> pgtrigger.Trigger:
    """The same rule from the side of the citation: the last one cannot be taken away."""
    return pgtrigger.Trigger(
        name="keeps_source",
        when=pgtrigger.After,
        operation=pgtrigger.Update | pgtrigger.Delete,
        timing=pgtrigger.Deferred,
        func=refuse(lacks_source.format(row="OLD"), "a source is missing", name) + "RETURN NULL;",
    )


def sequence(*fields: str) -> pgtrigger.Trigger:
    """Raise `sequence` (RFC 5545, 3.8.7.4) when one of the fields changes."""
    changed = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in fields)
    return pgtrigger.Trigger(
        name="sequence",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=f"IF {changed} THEN NEW.sequence := OLD.sequence + 1; END IF; RETURN NEW;",
    )
