"""`/api/v1/`: where a program that knows nothing else finds everything."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.plumbing import build_object_type
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from csto_tracker.api import RESOURCES
from publishing.conditional import public_data
from publishing.openapi import refusals
from publishing.problems import BadQuery
from publishing.version import current_version

FURTHER = {
    "search": ("api-search", "Words in any list; wants `q`."),
    "guide": ("site:api", "The API in ten minutes."),
    "changelog": ("site:api-changes", "What changed in the API itself."),
    "schema": ("schema", "This API as an OpenAPI document."),
    "reference": ("reference", "The document to read."),
    "console": ("swagger", "The document to try."),
    "feeds": ("site:feeds", "Feeds, calendars and files of each list."),
    "releases": ("site:releases", "Numbered releases of the whole record."),
}
_ADDRESS = {"type": "string", "format": "uri"}


def _at(name: str) -> str:
    return settings.SITE_URL + reverse(name)


class ContentsView(APIView):
    """The lists of the record by name, and what explains them; addresses are absolute."""

    @extend_schema(
        operation_id="contents",
        tags=["contents"],
        responses={
            200: OpenApiResponse(
                build_object_type(
                    properties={
                        "data_version": {
                            "type": "integer",
                            "description": "Rises with each change of public data.",
                        },
                        "lists": build_object_type(
                            properties=dict.fromkeys(RESOURCES, _ADDRESS),
                            required=list(RESOURCES),
                        ),
                        **{
                            name: {**_ADDRESS, "description": meaning}
                            for name, (_view, meaning) in FURTHER.items()
                        },
                    },
                    required=["data_version", "lists", *FURTHER],
                ),
                "Where everything is.",
            ),
            **refusals(400, 401, 406, 429),
        },
    )
    def get(self, request: Request) -> Response:
        if unknown := sorted(request.GET):
            raise BadQuery({name: [_("No parameter is known here.")] for name in unknown})
        lists = {name: _at(f"api:{name}-list") for name in RESOURCES}
        further = {name: _at(view) for name, (view, _meaning) in FURTHER.items()}
        version = current_version().number
        return Response({"data_version": version, "lists": lists, **further})


contents = public_data(ContentsView.as_view())
