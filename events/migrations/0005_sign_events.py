from django.db import migrations

# A signature is no change of an event: no trigger has a say.
SIGN = """
ALTER TABLE events_event DISABLE TRIGGER USER;
UPDATE events_event e SET signature = (
    SELECT coalesce(bit_or(1::bigint << mod(state_id, 20)::int), 0)
    FROM events_attendance WHERE event_id = e.id
) | (
    SELECT coalesce(bit_or(1::bigint << (20 + mod(priority_id, 43))::int), 0)
    FROM events_contribution WHERE event_id = e.id
);
ALTER TABLE events_event ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0004_signatures"),
    ]

    operations = [
        migrations.RunSQL(SIGN, migrations.RunSQL.noop),
    ]
