"""Curators, editors and administrators as the groups make them."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from csto_tracker.groups import make_groups


@pytest.fixture
def sign_in(db: None) -> Callable[[str], Client]:
    """A client signed in as a new member of a group."""

    def signed_in(group: str) -> Client:
        make_groups()
        name = f"{group}-{User.objects.count()}"
        user = User.objects.create_user(name, is_staff=True)
        user.groups.add(Group.objects.get(name=group))
        client = Client()
        client.force_login(user)
        return client

    return signed_in
