"""Who may give money back in the example site, and what it does when money went back."""

import subprocess
import sys

import pytest

from .conftest import ROOT
from .visitor import Visitor

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


@pytest.mark.parametrize(("part", "is_member"), [("1500.00", False), ("500.00", True)], ids=["all", "a part"])
def test_a_membership_ends_when_all_of_its_money_went_back(demo, part, is_member):
    visitor = Visitor(demo.root).open("/").press("Membership").press("Pay with Khalti").send(**SITA).pay_at_khalti()
    reference = visitor.path.split("/")[-2]
    [[payment, pidx]] = demo.rows(f"SELECT id, pidx FROM wagtail_khalti_khaltipayment WHERE reference = '{reference}'")
    members = f"SELECT count(*) FROM home_membership WHERE payment_id = {payment}"
    assert demo.rows(members) == [(1,)]

    give_back = (
        "from wagtail_khalti.actions import refund_payment;"
        "from wagtail_khalti.models import KhaltiPayment;"
        "from wagtail_khalti.money import to_paisa;"
        "from decimal import Decimal;"
        f"refund_payment(KhaltiPayment.objects.get(pidx='{pidx}'), to_paisa(Decimal('{part}')))"
    )
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", give_back], cwd=ROOT, env=demo.environment, check=True, timeout=60
    )

    assert demo.rows(members) == [(int(is_member),)]
