"""The menu of a row: what the person may do with this payment, and no more."""

import pytest
from django.utils import timezone

from tests.staff.conftest import url_of, words_of
from tests.staff.many import make_many
from wagtail_khalti.models import KhaltiPayment

VIEW_ONLY = ["View"]
CHECK = ["View", "Refresh status from Khalti"]
ALL = ["View", "Refund", "Record manual refund", "Refresh status from Khalti"]


def menus(page):
    return [
        [words_of(link) for link in row.select("ul.actions .w-dropdown__content a")]
        for row in page.main.select("tbody tr")
    ]


@pytest.mark.parametrize(
    ("role", "expected"),
    [("viewer", VIEW_ONLY), ("accountant", VIEW_ONLY), ("cashier", CHECK), ("manager", ALL), ("superuser", ALL)],
)
def test_has_what_the_role_may_do(sign_in, paid, role, expected):
    assert menus(sign_in(role).get("index")) == [expected]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"status": "initiated"}, CHECK),
        ({"status": "initiated", "pidx": None}, VIEW_ONLY),
        ({"status": "refunded", "refund_total": 150_000}, CHECK),
        ({"status": "completed", "refund_total": 150_000}, CHECK),
        ({"status": "partially_refunded", "refund_total": 50_000}, ALL),
        ({"status": "completed", "refunding_since": timezone.now()}, CHECK),
    ],
    ids=lambda value: " ".join(value),
)
def test_has_what_can_be_done_with_the_payment(desk, paid, columns, expected):
    KhaltiPayment.objects.update(**columns)

    assert menus(desk.get("index")) == [expected]


def test_keeps_to_the_sites_of_each_right(sign_in_for, home, other_site):
    here = home.get_site()
    for number, site in enumerate((here, other_site, None), start=1):
        make_many(1, first=number, site=site, status="completed")
    desk = sign_in_for(view=[here, other_site], refund=[here], check=[other_site])

    assert menus(desk.get("index")) == [["View", "Refund", "Record manual refund"], CHECK]


def test_leads_where_it_says(desk, paid):
    page = desk.get("index", status="completed")

    links = {words_of(link): link["href"] for link in page.main.select("ul.actions a")}
    assert links["View"] == url_of("inspect", paid)
    assert links["Refund"] == url_of("refund", paid)
    assert links["Record manual refund"] == url_of("record_refund", paid)
    assert desk.client.get(links["Refresh status from Khalti"]).status_code == 200


def test_is_named_after_the_payment(desk, paid):
    button = desk.get("index").main.select_one("ul.actions button")

    assert button["aria-label"] == "More options for “Membership”"
