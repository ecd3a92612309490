"""Planning finds a part of a filter's subscriptions without reading the others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reminders", "0005_fetched_on")]

    operations = [
        migrations.RemoveIndex(model_name="subscription", name="subscription_active"),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(
                condition=models.Q(("confirmed_at__isnull", False), ("disabled_at", None)),
                fields=["selection", "id"],
                name="subscription_active",
            ),
        ),
    ]
