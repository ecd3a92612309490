"""When a feed or calendar was last fetched; those of before count as fetched on this day."""

from typing import Any

from django.db import migrations, models
from django.utils import timezone


def count_as_fetched(apps: Any, schema_editor: Any) -> None:
    rows = apps.get_model("reminders", "Subscription").objects
    rows.filter(channel__in=["calendar", "feed"]).update(fetched_on=timezone.now().date())


class Migration(migrations.Migration):
    dependencies = [("reminders", "0004_calls_of_host")]

    operations = [
        migrations.AddField(
            model_name="subscription",
            name="fetched_on",
            field=models.DateField(blank=True, null=True, verbose_name="last fetched"),
        ),
        migrations.RunPython(count_as_fetched, migrations.RunPython.noop),
    ]
