"""Text that no spreadsheet takes for a formula."""

from django.db import migrations

PLAIN_CELL = r"""
CREATE FUNCTION publishing_plain_cell(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
-- A number keeps its sign; anything else that begins like a formula is marked as text.
RETURN CASE WHEN value ~ '^[=+\-@\t\r]' AND value !~ '^[+-]?[0-9]+([.][0-9]+)?$'
    THEN '''' || value ELSE value END;
"""


class Migration(migrations.Migration):
    dependencies = [("publishing", "0002_initial")]
    operations = [migrations.RunSQL(PLAIN_CELL, "DROP FUNCTION publishing_plain_cell(text);")]
