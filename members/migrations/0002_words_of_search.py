import django.contrib.postgres.indexes
import django.contrib.postgres.search
import publishing.words
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0001_initial"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="state",
            name="state_search",
        ),
        migrations.RemoveField(
            model_name="state",
            name="search",
        ),
        migrations.AddField(
            model_name="state",
            name="search",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.contrib.postgres.search.CombinedSearchVector(
                    django.contrib.postgres.search.SearchVector(
                        publishing.words.Words("name"),
                        publishing.words.Words("official_name"),
                        publishing.words.Words("capital"),
                        config="english",
                        weight="A",
                    ),
                    "||",
                    django.contrib.postgres.search.SearchVector(
                        publishing.words.Words("name_ru"),
                        publishing.words.Words("official_name_ru"),
                        publishing.words.Words("other_name_ru"),
                        publishing.words.Words("capital_ru"),
                        config="russian",
                        weight="A",
                    ),
                    django.contrib.postgres.search.SearchConfig("english"),
                ),
                output_field=django.contrib.postgres.search.SearchVectorField(),
            ),
        ),
        migrations.AddIndex(
            model_name="state",
            index=django.contrib.postgres.indexes.GinIndex(fields=["search"], name="state_search"),
        ),
        migrations.RemoveIndex(
            model_name="body",
            name="body_search",
        ),
        migrations.RemoveField(
            model_name="body",
            name="search",
        ),
        migrations.AddField(
            model_name="body",
            name="search",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.contrib.postgres.search.CombinedSearchVector(
                    django.contrib.postgres.search.CombinedSearchVector(
                        django.contrib.postgres.search.CombinedSearchVector(
                            django.contrib.postgres.search.SearchVector(
                                publishing.words.Words("name"),
                                publishing.words.Words("abbreviation"),
                                config="english",
                                weight="A",
                            ),
                            "||",
                            django.contrib.postgres.search.SearchVector(
                                publishing.words.Words("name_ru"),
                                publishing.words.Words("abbreviation_ru"),
                                config="russian",
                                weight="A",
                            ),
                            django.contrib.postgres.search.SearchConfig("english"),
                        ),
                        "||",
                        django.contrib.postgres.search.SearchVector(
                            publishing.words.Words("description"), config="english", weight="C"
                        ),
                        django.contrib.postgres.search.SearchConfig("english"),
                    ),
                    "||",
                    django.contrib.postgres.search.SearchVector(
                        publishing.words.Words("description_ru"), config="russian", weight="C"
                    ),
                    django.contrib.postgres.search.SearchConfig("english"),
                ),
                output_field=django.contrib.postgres.search.SearchVectorField(),
            ),
        ),
        migrations.AddIndex(
            model_name="body",
            index=django.contrib.postgres.indexes.GinIndex(fields=["search"], name="body_search"),
        ),
        migrations.RemoveIndex(
            model_name="presidency",
            name="presidency_search",
        ),
        migrations.RemoveField(
            model_name="presidency",
            name="search",
        ),
        migrations.AddField(
            model_name="presidency",
            name="search",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.contrib.postgres.search.CombinedSearchVector(
                    django.contrib.postgres.search.SearchVector(
                        publishing.words.Words("title"),
                        publishing.words.Words("motto"),
                        config="english",
                        weight="A",
                    ),
                    "||",
                    django.contrib.postgres.search.SearchVector(
                        publishing.words.Words("title_ru"),
                        publishing.words.Words("motto_ru"),
                        config="russian",
                        weight="A",
                    ),
                    django.contrib.postgres.search.SearchConfig("english"),
                ),
                output_field=django.contrib.postgres.search.SearchVectorField(),
            ),
        ),
        migrations.AddIndex(
            model_name="presidency",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["search"], name="presidency_search"
            ),
        ),
    ]
