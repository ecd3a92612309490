"""Issuing and revoking tokens of the API."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from publishing.tokens import ApiToken

SignIn = Callable[[str], Client]
LIST = "admin:publishing_apitoken_changelist"
pytestmark = pytest.mark.django_db


def issue(client: Client, name: str = "A newsroom") -> str:
    """Issue a token and return the page that shows it."""
    answer = client.post(reverse("admin:publishing_apitoken_add"), {"name": name})
    assert answer.status_code == 200
    return answer.content.decode()


def test_secret_is_shown_once_and_opens(sign_in: SignIn) -> None:
    client = sign_in("administrator")
    page = issue(client)
    secret = page.partition('id="secret">')[2].partition("<")[0]
    token = ApiToken.used(secret)
    assert token is not None
    assert token.name == "A newsroom"
    for address in (reverse(LIST), reverse("admin:publishing_apitoken_change", args=[token.pk])):
        again = client.get(address).content.decode()
        assert token.prefix in again
        assert secret not in again
    assert secret not in str(client.cookies)
    assert secret not in str(dict(client.session.items()))


def test_new_name_leaves_the_secret(sign_in: SignIn) -> None:
    client = sign_in("administrator")
    issue(client)
    before = ApiToken.objects.get()
    address = reverse("admin:publishing_apitoken_change", args=[before.pk])
    assert client.post(address, {"name": "Another"}).status_code == 302
    after = ApiToken.objects.get()
    assert (after.name, after.sha256) == ("Another", before.sha256)


def test_revoking_ends_a_token_and_keeps_its_row(sign_in: SignIn) -> None:
    client = sign_in("administrator")
    secret = issue(client).partition('id="secret">')[2].partition("<")[0]
    token = ApiToken.objects.get()
    client.post(reverse(LIST), {"action": "revoke", "_selected_action": [token.pk]})
    token.refresh_from_db()
    assert token.revoked_at is not None
    assert ApiToken.used(secret) is None
    delete = reverse("admin:publishing_apitoken_delete", args=[token.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("group", ["curator", "editor"])
def test_only_administrators_issue_tokens(sign_in: SignIn, group: str) -> None:
    client = sign_in(group)
    assert client.get(reverse(LIST)).status_code == 403
    assert client.post(reverse("admin:publishing_apitoken_add"), {"name": "x"}).status_code == 403
    assert not ApiToken.objects.exists()
