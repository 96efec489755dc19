"""What a page may not be seen for can't be bought from it either, whatever link somebody kept."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from wagtail.models import PageViewRestriction

from tests.public.test_offers import assert_cannot_be_bought
from tests.shop.models import ShopPage, Teaser
from wagtail_khalti.models import KhaltiPayment

LOGIN, GROUPS, PASSWORD = PageViewRestriction.LOGIN, PageViewRestriction.GROUPS, PageViewRestriction.PASSWORD


@pytest.fixture
def shop(shop_page):
    return shop_page()


def restrict(page, kind, **more):
    return PageViewRestriction.objects.create(page=page, restriction_type=kind, **more)


@pytest.mark.parametrize("kind", [LOGIN, GROUPS, PASSWORD])
def test_an_earlier_link_leads_to_the_page(visitor, shop, kind):
    visitor.choose(shop)
    restrict(shop, kind, password="open sesame")

    visitor.visit(visitor.address)

    assert visitor.response.url == shop.url


def test_a_form_that_was_open_starts_no_payment(visitor, shop):
    visitor.choose(shop)
    restrict(shop, LOGIN)

    visitor.press_pay()

    assert visitor.response.url == shop.url
    assert not KhaltiPayment.objects.exists()


def test_a_restriction_above_the_page_counts(visitor, shop, home):
    visitor.choose(shop)
    restrict(home, LOGIN)

    assert visitor.visit(visitor.address).response.url == shop.url


def test_the_password_opens_page_and_checkout(visitor, shop):
    visitor.choose(shop)
    restriction = restrict(shop, PASSWORD, password="open sesame")
    form = {"password": "open sesame", "return_url": shop.url}

    visitor.client.post(f"/_util/authenticate_with_password/{restriction.pk}/{shop.pk}/", form)
    visitor.choose(shop).press_pay()

    assert KhaltiPayment.objects.get().source == shop


def test_members_of_the_group_may_buy(visitor, shop, django_user_model):
    visitor.choose(shop)
    members = Group.objects.create(name="Members")
    restrict(shop, GROUPS).groups.add(members)
    user = django_user_model.objects.create_user("sita")
    visitor.client.force_login(user)

    refused = visitor.visit(visitor.address).response.status_code
    user.groups.add(members)

    assert (refused, visitor.visit(visitor.address).response.status_code) == (302, 200)


def test_a_page_that_has_expired_sells_nothing(visitor, shop):
    visitor.choose(shop)
    ShopPage.objects.update(expire_at=timezone.now() - timedelta(seconds=1))

    visitor.press_pay()

    assert_cannot_be_bought(visitor, status=410)


def test_a_page_that_will_expire_still_sells(visitor, shop):
    ShopPage.objects.update(expire_at=timezone.now() + timedelta(days=1))

    assert visitor.choose(shop).response.status_code == 200


def test_a_snippet_that_has_expired_sells_nothing(visitor, shop):
    teaser = Teaser.objects.create(name="Teaser", body=shop.body)
    shop.body, shop.teaser = [], teaser
    shop.save()
    visitor.choose(shop)
    Teaser.objects.update(expire_at=timezone.now() - timedelta(seconds=1))

    assert_cannot_be_bought(visitor.visit(visitor.address), status=410)
