import django.contrib.postgres.indexes
import django.contrib.postgres.search
import publishing.words
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0001_initial"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="claim",
            name="claim_search",
        ),
        migrations.RemoveField(
            model_name="claim",
            name="search",
        ),
        migrations.AddField(
            model_name="claim",
            name="search",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.contrib.postgres.search.CombinedSearchVector(
                    django.contrib.postgres.search.SearchVector(
                        publishing.words.Words("claimant"),
                        publishing.words.Words("text"),
                        config="english",
                        weight="B",
                    ),
                    "||",
                    django.contrib.postgres.search.SearchVector(
                        publishing.words.Words("claimant_ru"),
                        publishing.words.Words("text_ru"),
                        config="russian",
                        weight="B",
                    ),
                    django.contrib.postgres.search.SearchConfig("english"),
                ),
                output_field=django.contrib.postgres.search.SearchVectorField(),
            ),
        ),
        migrations.AddIndex(
            model_name="claim",
            index=django.contrib.postgres.indexes.GinIndex(fields=["search"], name="claim_search"),
        ),
    ]
