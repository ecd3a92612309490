import django.contrib.postgres.indexes
import django.contrib.postgres.search
import publishing.words
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0001_initial"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="event",
            name="event_search",
        ),
        migrations.RemoveField(
            model_name="event",
            name="search",
        ),
        migrations.AddField(
            model_name="event",
            name="search",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.contrib.postgres.search.CombinedSearchVector(
                    django.contrib.postgres.search.CombinedSearchVector(
                        django.contrib.postgres.search.CombinedSearchVector(
                            django.contrib.postgres.search.SearchVector(
                                publishing.words.Words("title"), config="english", weight="A"
                            ),
                            "||",
                            django.contrib.postgres.search.SearchVector(
                                publishing.words.Words("title_ru"), config="russian", weight="A"
                            ),
                            django.contrib.postgres.search.SearchConfig("english"),
                        ),
                        "||",
                        django.contrib.postgres.search.SearchVector(
                            publishing.words.Words("summary"),
                            publishing.words.Words("place"),
                            config="english",
                            weight="C",
                        ),
                        django.contrib.postgres.search.SearchConfig("english"),
                    ),
                    "||",
                    django.contrib.postgres.search.SearchVector(
                        publishing.words.Words("summary_ru"),
                        publishing.words.Words("place_ru"),
                        config="russian",
                        weight="C",
                    ),
                    django.contrib.postgres.search.SearchConfig("english"),
                ),
                output_field=django.contrib.postgres.search.SearchVectorField(),
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=django.contrib.postgres.indexes.GinIndex(fields=["search"], name="event_search"),
        ),
    ]
