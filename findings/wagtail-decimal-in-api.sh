#!/usr/bin/env bash
# What: Wagtail's API v2 gives a DecimalBlock in a StreamField as a JSON number, and API v3 gives the same block as text.
#  The number that v2 sends went through a float: 90071992547409.93 rupees become 90071992547409.94, also for a reader
#  that takes numbers exactly. Ending zeros are lost, too.
# Where it matters: a headless front end that sells what is in a block. Emit whole paisa, or text.
# Versions: Wagtail 8.0.1 (v3 is a preview there), Django 5.2.19, djangorestframework 3.18.3, django-ninja 1.7.1.
# Source: found by running it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    wagtail==8.0.1 django==5.2.19 djangorestframework==3.18.3 django-ninja==1.7.1
mkdir "$folder/offers"
cd "$folder"
cat >offers/__init__.py </dev/null
cat >offers/models.py <<'PYTHON'
from wagtail import blocks
from wagtail.api import APIField
from wagtail.fields import StreamField
from wagtail.models import Page


class OfferPage(Page):
    body = StreamField([("price", blocks.DecimalBlock())])
    api_fields = [APIField("body")]
PYTHON
cat >offers/urls.py <<'PYTHON'
from django.urls import path
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.views import PagesAPIViewSet
from wagtail.api.v3.urls import api

router = WagtailAPIRouter("v2")
router.register_endpoint("pages", PagesAPIViewSet)
urlpatterns = [path("v2/", router.urls), path("v3/", api.urls)]
PYTHON
cat >show.py <<'PYTHON'
import json
from decimal import Decimal

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="of no use elsewhere",
    ALLOWED_HOSTS=["*"],
    STATIC_URL="/static/",
    ROOT_URLCONF="offers.urls",
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=[
        "offers",
        *(f"wagtail.{app}" for app in ("users", "sites", "images", "documents", "search", "admin", "api.v2", "api.v3")),
        *("wagtail", "taggit", "modelcluster", "rest_framework", "ninja"),
        *(f"django.contrib.{app}" for app in ("auth", "contenttypes", "sessions")),
    ],
)
django.setup()

from django.core.management import call_command
from django.test import Client
from offers.models import OfferPage
from wagtail.models import Page, Site

call_command("makemigrations", "offers", verbosity=0)
call_command("migrate", verbosity=0)
amounts = [Decimal("90071992547409.93"), Decimal("1500.10")]
page = OfferPage(title="Offer", slug="offer", body=[("price", amount) for amount in amounts])
Page.objects.get(depth=1).add_child(instance=page)
Site.objects.update(root_page=page)


def prices(address, parse_float):
    answer = Client().get(address)
    assert answer.status_code == 200, answer.content
    return [str(block["value"]) for block in json.loads(answer.content, parse_float=parse_float)["body"]]


number, text = (json.loads(Client().get(f"/{version}/pages/{page.pk}/").content) for version in ("v2", "v3"))
seen = {
    "stored": [str(block.value) for block in OfferPage.objects.get().body],
    "v2 is": type(number["body"][0]["value"]).__name__,
    "v2, as sent": prices(f"/v2/pages/{page.pk}/", str),
    "v3 is": type(text["body"][0]["value"]).__name__,
    "v3": prices(f"/v3/pages/{page.pk}/", float),
}
stated = {
    "stored": ["90071992547409.93", "1500.10"],
    "v2 is": "float",
    "v2, as sent": ["90071992547409.94", "1500.1"],
    "v3 is": "str",
    "v3": ["90071992547409.93", "1500.10"],
}
for what, value in seen.items():
    print(f"{what}: {value}")
if seen != stated:
    raise SystemExit(f"Changed. Stated was: {stated}")
print("As stated.")
PYTHON
venv/bin/python show.py
