import django.contrib.postgres.indexes
import django.contrib.postgres.search
import publishing.words
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sources", "0001_initial"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="source",
            name="source_search",
        ),
        migrations.RemoveField(
            model_name="source",
            name="search",
        ),
        migrations.AddField(
            model_name="source",
            name="search",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.contrib.postgres.search.CombinedSearchVector(
                    django.contrib.postgres.search.CombinedSearchVector(
                        django.contrib.postgres.search.CombinedSearchVector(
                            django.contrib.postgres.search.SearchVector(
                                publishing.words.Words("title"),
                                publishing.words.Words("publisher"),
                                config="english",
                                weight="B",
                            ),
                            "||",
                            django.contrib.postgres.search.SearchVector(
                                publishing.words.Words("title"), config="russian", weight="B"
                            ),
                            django.contrib.postgres.search.SearchConfig("english"),
                        ),
                        "||",
                        django.contrib.postgres.search.SearchVector(
                            publishing.words.Words("text"), config="english", weight="D"
                        ),
                        django.contrib.postgres.search.SearchConfig("english"),
                    ),
                    "||",
                    django.contrib.postgres.search.SearchVector(
                        publishing.words.Words("note_ru"), config="russian", weight="D"
                    ),
                    django.contrib.postgres.search.SearchConfig("english"),
                ),
                output_field=django.contrib.postgres.search.SearchVectorField(),
            ),
        ),
        migrations.AddIndex(
            model_name="source",
            index=django.contrib.postgres.indexes.GinIndex(fields=["search"], name="source_search"),
        ),
    ]
