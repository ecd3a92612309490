"""Database triggers of the public models: change time, data version, sources, append-only.

They work for bulk updates and raw SQL as well, which is why they are not signals.
Visibility is given as SQL over `{row}` (NEW or OLD), for example `{row}.is_published`.
"""

from typing import Any

import pgtrigger

from publishing.fields import computed

CHANGE = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete


def regardless_of(signature: str) -> str:
    """PL/pgSQL before which OLD and NEW may differ in a column of signatures, not after; empty
    where there is none."""
    same = f"IF TG_OP = 'UPDATE' THEN OLD.{signature} := NEW.{signature}; END IF;"
    return same if signature else ""


def raise_version(visible: str, signature: str = "") -> pgtrigger.Trigger:
    """Raise the data version when a row that the public sees, or saw, changes."""
    return pgtrigger.Trigger(
        name="raise_version",
        when=pgtrigger.After,
        operation=CHANGE,
        func=f"""{regardless_of(signature)}
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
        names = ",".join(computed(model))
        lacking = f" - '{{{names}}}'::text[]" if names else ""
        return f"""
            IF TG_OP = 'INSERT'
                OR to_jsonb(OLD){lacking} IS DISTINCT FROM to_jsonb(NEW){lacking} THEN
                NEW.changed_at := now();
            END IF;
            RETURN NEW;
        """


def record(visible: str = "{row}.is_published", signature: str = "") -> list[pgtrigger.Trigger]:
    """The triggers that each public model carries, which may have a column of signatures."""
    return [Touch(), raise_version(visible, signature)]


def keep_signature(signature: str) -> pgtrigger.Trigger:
    """Bits that were set stay, also when a row is saved that was read before."""
    return pgtrigger.Trigger(
        name="keep_signature",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=f"NEW.{signature} := NEW.{signature} | OLD.{signature}; RETURN NEW;",
    )


def sign(table: str, key: str, bit: str) -> pgtrigger.Trigger:
    """Set a bit, SQL over NEW, in the signature of the row that a new link belongs to."""
    return pgtrigger.Trigger(
        name="sign",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
            UPDATE {table} SET signature = signature | {bit}
            WHERE id = NEW.{key} AND signature & {bit} = 0;
            RETURN NULL;
        """,
    )


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
