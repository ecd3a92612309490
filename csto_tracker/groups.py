"""Who may do what in the admin: curators edit, editors publish, administrators manage users."""

from typing import Any

from django.apps import apps

# Of the reminders, curators see how they go and send again what was given up.
REMINDERS = ("view_delivery", "change_delivery", "view_reminder", "view_subscription")
RECORD = ("sources", "members", "priorities", "events", "assessments")


def make_groups(**_options: Any) -> None:
    """Create the groups and give each its permissions; safe to run after every migration."""
    from django.contrib.auth.models import Group, Permission  # models must be there first
    from django.contrib.contenttypes.models import ContentType

    models = [
        model
        for label in RECORD
        for model in apps.get_app_config(label).get_models()
        if not model.__name__.endswith("History")
    ]
    types = ContentType.objects.get_for_models(*models).values()
    edit = list(
        Permission.objects.filter(content_type__in=types)
        | Permission.objects.filter(content_type__app_label="reminders", codename__in=REMINDERS)
    )
    publish = list(
        Permission.objects.filter(content_type__app_label="publishing", codename="publish")
    )
    people = list(
        Permission.objects.filter(content_type__app_label="auth")
        | Permission.objects.filter(
            content_type__app_label="publishing", content_type__model="apitoken"
        )
    )
    if not edit:
        return  # Permissions are made at the end of the first migration, before this runs again.
    for name, permissions in {
        "curator": edit,
        "editor": edit + publish,
        "administrator": edit + publish + people,
    }.items():
        Group.objects.get_or_create(name=name)[0].permissions.set(permissions)
