"""What pages say of their subject to search engines, in terms of schema.org."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from csto_tracker.api import RESOURCES
from members.models import Body
from publishing.formats.answers import CSV, JSONL
from publishing.formats.jsonld import days, thing
from publishing.releases import Release, ReleaseFile
from publishing.version import current_version

ORGANISATION = {
    "@type": "Organization",
    "name": "Collective Security Treaty Organization",
    "alternateName": ["CSTO", "Организация Договора о коллективной безопасности", "ОДКБ"],
}
# Of the facts; quotations keep the rights of their authors.
LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"


def body(found: Body) -> dict[str, Any]:
    """A body as a GovernmentOrganization."""
    return thing(
        "GovernmentOrganization",
        settings.SITE_URL + found.get_absolute_url(),
        name=str(found),
        alternateName=found.in_language("abbreviation"),
        description=found.in_language("description"),
        foundingDate=days(found.established)[0],
        parentOrganization=ORGANISATION,
    )


def record() -> dict[str, Any]:
    """The record as it is now as a Dataset, with its lists as files."""
    version = current_version()
    return _dataset(
        settings.SITE_URL + reverse("site:releases"),
        name=_("CSTO Presidency Tracker"),
        version=str(version.number),
        dateModified=version.changed_at.isoformat() if version.changed_at else "",
        distribution=[
            _file(reverse("api-export", args=[name, kind.extension]), kind.content_type)
            for name in RESOURCES
            for kind in (CSV, JSONL)
        ],
    )


def release(found: Release, files: Iterable[ReleaseFile]) -> dict[str, Any]:
    """A release as a Dataset, with its files and their checksums."""
    return _dataset(
        settings.SITE_URL + reverse("site:release", args=[found.number]),
        name=f"{_('CSTO Presidency Tracker')} {found.number}",
        version=found.number,
        datePublished=found.made_at.isoformat(),
        distribution=[
            _file(
                reverse("site:release-file", args=[found.number, file.path]),
                file.media_type,
                name=file.path,
                contentSize=f"{file.size} B",
                sha256=file.sha256,
            )
            for file in files
        ],
    )


def _dataset(address: str, **properties: Any) -> dict[str, Any]:
    return thing(
        "Dataset",
        address,
        description=_(
            "Presidencies of the Collective Security Treaty Organization: what they announced,"
            " what events bear on it, how far each priority has come, and who says so."
        ),
        license=LICENCE,
        isAccessibleForFree=True,
        inLanguage=["en", "ru"],
        about=ORGANISATION,
        creator={"@type": "Organization", "name": "CSTO Presidency Tracker"},
        **properties,
    )


def _file(path: str, media_type: str, **properties: str) -> dict[str, str]:
    return {
        "@type": "DataDownload",
        "contentUrl": settings.SITE_URL + path,
        "encodingFormat": media_type.partition(";")[0],
        **properties,
    }
