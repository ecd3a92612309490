from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class PublishingConfig(AppConfig):
    name = "publishing"
    verbose_name = _("Publishing")

    def ready(self) -> None:
        from publishing import past  # models must be there first

        pre_migrate.connect(past.drop_before_migration, sender=self)
        post_migrate.connect(past.make_after_migration, sender=self)
