from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reminders", "0006_parts_of_a_filter")]

    operations = [
        migrations.AddField(
            model_name="sweep",
            name="searched",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Day and version of the data for which curators' work was last looked for.",
                max_length=40,
            ),
        ),
        migrations.AlterField(
            model_name="reminder",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "–"),
                    ("moved", "The date was moved"),
                    ("status", "The event is not planned any more"),
                    ("withdrawn", "The record was withdrawn"),
                    ("no-match", "The filter does not choose it any more"),
                    ("over", "The event was over before it could be sent"),
                    ("empty", "There was nothing to say"),
                    ("not-wanted", "The subscriber changed what they want"),
                    ("dead", "Delivery was given up"),
                ],
                max_length=20,
                verbose_name="why dropped",
            ),
        ),
    ]
