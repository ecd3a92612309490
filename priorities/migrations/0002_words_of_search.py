import django.contrib.postgres.indexes
import django.contrib.postgres.search
import publishing.words
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("priorities", "0001_initial"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="priority",
            name="priority_search",
        ),
        migrations.RemoveField(
            model_name="priority",
            name="search",
        ),
        migrations.AddField(
            model_name="priority",
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
                            publishing.words.Words("note"), config="english", weight="D"
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
            model_name="priority",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["search"], name="priority_search"
            ),
        ),
    ]
