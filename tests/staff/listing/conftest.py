"""What is looked at here was not made here; and people who look after some of the sites."""

import pytest
from django.contrib.auth.models import Group, Permission
from wagtail.models import GroupSitePermission, Page, Site

from tests.staff.conftest import CHECK, EXPORT, PERSONAL, REFUND, VIEW
from tests.staff.made import make_paid, nameless, paid_twice, payment, unconfirmed  # noqa: F401 - fixtures

RIGHTS = {"view": VIEW, "personal": PERSONAL, "check": CHECK, "refund": REFUND, "export": EXPORT}


@pytest.fixture
def other_site(home):
    page = home.add_sibling(instance=Page(title="Branch", slug="branch"))
    return Site.objects.create(hostname="branch.example", root_page=page, site_name="Branch")


@pytest.fixture
def sign_in_for(sign_in, db):
    """At a desk of somebody who may see this much, of these sites only."""

    def sign_in_for(**sites_by_right):
        group = Group.objects.create(name="Branch")
        group.permissions.add(Permission.objects.get(codename="access_admin"))
        for right, sites in sites_by_right.items():
            permission = Permission.objects.get(codename=RIGHTS[right])
            for site in sites:
                GroupSitePermission.objects.create(group=group, site=site, permission=permission)
        desk = sign_in("editor")
        user = desk.client.session["_auth_user_id"]
        group.user_set.add(user)
        return desk

    return sign_in_for
