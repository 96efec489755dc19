"""More than one site, and people who look after one of them."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from wagtail.models import GroupSitePermission, Page, Site

KEY, MUSEUMS_KEY = "a-key-for-tests", "the-museums-key-for-tests"
SIMULATED = {"MODE": "simulator", "SECRET_KEY": KEY, "API_URL": "http://khalti.test/khalti-simulator"}
MUSEUM = {"SECRET_KEY": MUSEUMS_KEY, "API_URL": "http://khalti.test/khalti-simulator"}
TWO = {**SIMULATED, "MERCHANTS": {"museum": MUSEUM}, "CONTACT": "accounts@example.com", "RECONCILE_EVERY": 0}


@pytest.fixture
def museum(home):
    """A second site."""
    root = Page.get_first_root_node()
    page = root.add_child(instance=Page(title="Museum", slug="museum"))
    yield Site.objects.create(hostname="museum.example", root_page=page, site_name="Museum")
    Site.clear_site_root_paths_cache()  # which a rollback does not


def keeper_of(*sites, name="keeper"):
    """A browser of somebody who may change the settings of these sites; without any, of all."""
    group = Group.objects.create(name=name)
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    change = Permission.objects.get(codename="change_khaltisettings")
    if sites:
        GroupSitePermission.objects.bulk_create(
            GroupSitePermission(group=group, site=site, permission=change) for site in sites
        )
    else:
        group.permissions.add(change)
    person = get_user_model().objects.create_user(name)
    person.groups.add(group)
    client = Client()
    client.force_login(person)
    return client


def settings_url(site):
    return reverse("wagtailsettings:edit", args=["wagtail_khalti", "khaltisettings", site.pk])


def connection_url(site):
    return reverse("khalti_settings:connection", args=[site.pk])
