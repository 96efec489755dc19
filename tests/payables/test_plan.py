"""How the database finds what is paid: by the index, one object at a time."""

import pytest
from django.db import connection

from tests.payables.models import Booking, Invoice, Voucher
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.sources import payable_columns

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]

MANY = 500
PAID = {"amount": 150_000, "mode": "simulator", "status": "completed", "is_primary": True}


@pytest.fixture(params=[Invoice, Booking, Voucher])
def model(request):
    """So many of them are paid that an index is worth it."""
    model = request.param
    given = [{"code": str(number)} if model is Voucher else {} for number in range(MANY)]
    made = model.objects.bulk_create(model(**values) for values in given)
    KhaltiPayment.objects.bulk_create(
        KhaltiPayment(**PAID, **payable_columns(each), purchase_order_id=str(number))
        for number, each in enumerate(made)
    )
    if connection.vendor != "mysql":  # there it would commit
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return model


def test_payments_are_found_by_the_key_of_the_object(model):
    found = model.objects.with_payment_state(paisa=1).order_by("pk")[:50]

    plan = found.explain()

    searches = {
        "sqlite": [line for line in plan.splitlines() if " U0" in line],
        "postgresql": [line for line in plan.splitlines() if "Index Cond" in line],
        "mysql": [
            line.replace("khalti_payment_one_primary", "payable_id") for line in plan.splitlines() if "U0" in line
        ],
    }[connection.vendor]
    assert len(searches) == 4, plan
    assert all("payable_id" in line for line in searches), plan
    assert "hashed" not in plan
    assert [each.is_paid for each in found] == [True] * 50
