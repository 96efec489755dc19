"""The units of a limited number on the page of a payment."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.staff.conftest import words_of
from wagtail_khalti.actions import Reservation, check_payment, start_payment

pytestmark = pytest.mark.django_db


def start(units, limit=60):
    seats = Reservation(key="concert", limit=limit, units=units)
    return start_payment(150_000, purpose="Concert", base_url="http://testserver", reservation=seats)


def units_on(page):
    return [words_of(row) for row in page.main.select("dl > div") if "Units" in row.text]


def test_the_page_says_how_many_it_takes_and_are_sold(desk, khalti):
    payment = start(2)
    khalti.pay(payment)
    check_payment(payment)
    start(3)

    assert units_on(desk.get("inspect", payment)) == ["Units 2 · 2 of 60 sold, 3 being paid"]


def test_where_nothing_is_limited_nothing_is_said_or_asked(desk, paid):
    desk.get("inspect", paid)
    with CaptureQueriesContext(connection) as questions:
        page = desk.get("inspect", paid)

    assert units_on(page) == []
    assert not [query["sql"] for query in questions if "khaltiinventory" in query["sql"]]
