"""Functions that later tables build on: EDTF ranges and the data version."""

from django.db import migrations

EDTF = r"""
CREATE FUNCTION publishing_edtf_point(part text) RETURNS daterange
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    bare text := regexp_replace(part, '[?~%]$', '');
    y int;
    m int;
BEGIN
    IF bare ~ '^\d{4}(-\d{2}){0,2}$' THEN
        y := substr(bare, 1, 4)::int;
        IF length(bare) = 4 THEN
            RETURN daterange(make_date(y, 1, 1), make_date(y + 1, 1, 1));
        END IF;
        m := substr(bare, 6, 2)::int;
        IF length(bare) = 10 THEN
            RETURN daterange(make_date(y, m, substr(bare, 9, 2)::int),
                             make_date(y, m, substr(bare, 9, 2)::int) + 1);
        ELSIF m BETWEEN 21 AND 23 THEN
            RETURN daterange(make_date(y, 3 * (m - 20), 1), make_date(y, 3 * (m - 20) + 3, 1));
        ELSIF m BETWEEN 1 AND 12 THEN
            RETURN daterange(make_date(y, m, 1), make_date(y + m / 12, m % 12 + 1, 1));
        END IF;
    END IF;
    RAISE EXCEPTION 'not an EDTF date that this site keeps: %', part
        USING ERRCODE = 'check_violation', CONSTRAINT = 'edtf_date';
EXCEPTION WHEN datetime_field_overflow THEN
    RAISE EXCEPTION 'not a date of the calendar: %', part
        USING ERRCODE = 'check_violation', CONSTRAINT = 'edtf_date';
END $$;

CREATE FUNCTION publishing_edtf_range(value text) RETURNS daterange
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = public -- a restore of a dump works with an empty one
AS $$
DECLARE
    first text := split_part(value, '/', 1);
    second text := split_part(value, '/', 2);
    result daterange;
BEGIN
    IF value = '' THEN
        RETURN NULL;
    END IF;
    IF value !~ '/' THEN
        RETURN publishing_edtf_point(value);
    END IF;
    IF split_part(value, '/', 3) <> '' OR (first = '..' AND second = '..') THEN
        RAISE EXCEPTION 'not an EDTF interval that this site keeps: %', value
            USING ERRCODE = 'check_violation', CONSTRAINT = 'edtf_date';
    END IF;
    IF first <> '..' AND second <> '..'
        AND upper(publishing_edtf_point(second)) <= lower(publishing_edtf_point(first)) THEN
        RAISE EXCEPTION 'ends before it begins: %', value
            USING ERRCODE = 'check_violation', CONSTRAINT = 'edtf_date';
    END IF;
    RETURN daterange(
        CASE WHEN first <> '..' THEN lower(publishing_edtf_point(first)) END,
        CASE WHEN second <> '..' THEN upper(publishing_edtf_point(second)) END);
END $$;

CREATE FUNCTION publishing_edtf_period(since text, until text) RETURNS daterange
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN daterange(lower(publishing_edtf_range(since)), lower(publishing_edtf_range(until)));
"""

VERSION = """
CREATE FUNCTION publishing_raise_version() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    xid text := pg_current_xact_id()::text;
    raised bigint;
BEGIN
    -- Once per transaction; the setting is undone with the savepoint that set it.
    IF current_setting('csto.version_raised_by', true) IS DISTINCT FROM xid THEN
        INSERT INTO publishing_dataversion (id, number, changed_at) VALUES (1, 1, now())
            ON CONFLICT (id) DO UPDATE
            SET number = publishing_dataversion.number + 1, changed_at = now()
            RETURNING number INTO raised;
        PERFORM set_config('csto.version_raised_by', xid, true);
        PERFORM pg_notify('data_version', raised::text);
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(
            EDTF,
            "DROP FUNCTION publishing_edtf_period(text, text);"
            " DROP FUNCTION publishing_edtf_range(text);"
            " DROP FUNCTION publishing_edtf_point(text);",
        ),
        migrations.RunSQL(VERSION, "DROP FUNCTION publishing_raise_version();"),
    ]
