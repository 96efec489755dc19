"""Pages with payments, and people who edit some of them."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse
from wagtail.models import GroupPagePermission, GroupSitePermission

from tests.staff.conftest import Desk, Seen
from tests.staff.made import make_paid  # noqa: F401 - a fixture
from wagtail_khalti.testing.factories import PaymentFactory

VIEW_PAGE = "view_page_khaltipayment"


def answer(label, value, *, name="", kind="text"):
    return {"name": name or label.lower(), "label": label, "kind": kind, "value": value, "on_receipt": False}


def url_of(page, name="payments"):
    return reverse(f"khalti_pages:{name}", args=[page.pk])


@pytest.fixture
def shop(shop_page):
    """A page with a checkout block."""
    return shop_page()


@pytest.fixture
def pay(db):
    """A payment of Rs 1,500 by Sita Rai that Khalti confirmed, started on this page."""

    def pay(page, *answers, **columns):
        scenario = {} if "scenario" in columns else {"scenario": "completed"}
        return PaymentFactory(**scenario, source=page, answers=list(answers), **columns)

    return pay


@pytest.fixture
def person(db):
    """A desk of a new person who edits ``pages``, and has the permissions of ``codenames``, of all or some sites."""

    def person(*codenames, pages=(), sites=None):
        group = Group.objects.create(name=f"Group {Group.objects.count()}")
        group.permissions.add(Permission.objects.get(codename="access_admin"))
        user = get_user_model().objects.create_user(group.name)
        user.groups.add(group)
        change = Permission.objects.get(content_type__app_label="wagtailcore", codename="change_page")
        for page in pages:
            GroupPagePermission.objects.create(group=group, page=page, permission=change)
        for permission in Permission.objects.filter(codename__in=codenames):
            for site in sites or ():
                GroupSitePermission.objects.create(group=group, site=site, permission=permission)
            if sites is None:
                group.permissions.add(permission)
        client = Client()
        client.force_login(user)
        return Desk(client)

    return person


@pytest.fixture
def organiser(person, shop):
    """Edits the shop, and may view payments of own pages."""
    return person(VIEW_PAGE, pages=[shop])


@pytest.fixture
def look(organiser):
    def look(page, desk=None, name="payments", **query):
        return Seen((desk or organiser).client.get(url_of(page, name), query, follow=True))

    return look


def headings(page):
    return [" ".join(heading.get_text(" ").split()) for heading in page.main.select("thead th")]


def source_of(page):
    """As columns of a payment, for many of them at once."""
    return {"source_type": ContentType.objects.get_for_model(page), "source_id": str(page.pk)}
