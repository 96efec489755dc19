"""Who may give money back in the example site, and what it does when money went back."""

import subprocess
import sys

import pytest

from .conftest import ROOT
from .visitor import Visitor

pytestmark = pytest.mark.heavy  # the example site is a process of its own

SITA = {"name": "Sita Sharma", "email": "sita@example.com", "phone": "9800000001"}

MAY = """
    SELECT users.username FROM auth_user AS users
    JOIN auth_user_groups AS member ON member.user_id = users.id
    JOIN auth_group_permissions AS granted ON granted.group_id = member.group_id
    JOIN auth_permission AS permission ON permission.id = granted.permission_id
    WHERE permission.codename = '{codename}' ORDER BY users.username
"""


@pytest.mark.parametrize(
    ("codename", "who"),
    [
        ("refund_khaltipayment", ["manager"]),
        ("check_khaltipayment", ["cashier", "manager"]),
        ("view_khaltipayment", ["accountant", "cashier", "manager"]),
    ],
)
def test_who_may_do_what_with_payments(demo, codename, who):
    assert demo.rows(MAY.format(codename=codename)) == [(name,) for name in who]


def a_membership(demo, **member):
    """The id of its payment."""
    shop = Visitor(demo.root).open("/").press("Membership").press("Pay with Khalti")
    visitor = shop.send(**SITA | member).pay_at_khalti()
    reference = visitor.path.split("/")[-2]
    [[payment]] = demo.rows(f"SELECT id FROM wagtail_khalti_khaltipayment WHERE reference = '{reference}'")
    return payment


def members(demo, payment):
    return demo.rows(f"SELECT count(*) FROM home_membership WHERE payment_id = {payment}")


def test_a_membership_ends_when_all_of_its_money_went_back(demo):
    of_all = a_membership(demo, email="maya@example.com", phone="9800000003")
    of_a_part = a_membership(demo, email="hari@example.com", phone="9800000002")
    assert members(demo, of_all) == members(demo, of_a_part) == [(1,)]

    give_back = (
        "from wagtail_khalti.actions import refund_payment;"
        "from wagtail_khalti.models import KhaltiPayment;"
        f"refund_payment(KhaltiPayment.objects.get(pk={of_all}), 150_000);"
        f"refund_payment(KhaltiPayment.objects.get(pk={of_a_part}), 50_000)"
    )
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", give_back], cwd=ROOT, env=demo.environment, check=True, timeout=60
    )

    assert members(demo, of_all) == [(0,)]
    assert members(demo, of_a_part) == [(1,)]
