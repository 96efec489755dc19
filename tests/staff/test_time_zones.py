"""Staff abroad, whose clock Wagtail knows: lists, pages and files keep the site's time, and say so."""

from datetime import UTC, datetime

import pytest
from wagtail.users.models import UserProfile

from wagtail_khalti.models import KhaltiEvent, KhaltiPayment
from wagtail_khalti.testing.factories import PaymentFactory

MIDNIGHT = datetime(2026, 1, 2, 18, 15, tzinfo=UTC)  # 3 January 00:00 in Nepal


@pytest.fixture
def paid(db):
    payment = PaymentFactory(completed=True, customer_email="sita@example.com")
    KhaltiPayment.objects.update(created_at=MIDNIGHT, completed_at=MIDNIGHT)
    payment.refresh_from_db()
    return payment


@pytest.fixture
def desk_in(sign_in, django_user_model):
    def desk_in(zone):
        desk = sign_in("manager")
        user = django_user_model.objects.get(username="manager")
        UserProfile.objects.update_or_create(user=user, defaults={"current_time_zone": zone})
        return desk

    return desk_in


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/London", "3 Jan 2026, 00:00, Nepal Time"),
        ("Asia/Kathmandu", "3 Jan 2026, 00:00"),
        ("Asia/Katmandu", "3 Jan 2026, 00:00"),
    ],
)
def test_the_list_agrees_with_its_own_filter(desk_in, paid, zone, words):
    desk = desk_in(zone)

    [row] = desk.get("index", paid_from="2026-01-03", paid_to="2026-01-03").rows

    assert row[1] == words
    assert desk.get("index", paid_to="2026-01-02").rows == []


def test_the_payment_says_whose_time_it_is(desk_in, paid):
    page = desk_in("Europe/London").get("inspect", paid)

    assert "3 Jan 2026, 00:00, Nepal Time" in page.text
    assert "18:15" not in page.text


@pytest.mark.parametrize(("zone", "last"), [("Europe/London", ", Nepal Time)"), ("Asia/Kathmandu", "00:00)")])
def test_so_does_the_history_of_what_was_repeated(desk_in, paid, zone, last, time_machine):
    time_machine.move_to(MIDNIGHT, tick=False)
    for _visit in range(3):
        KhaltiEvent.objects.add(KhaltiEvent.about(paid, KhaltiEvent.Kind.RETURNED, data={"hints": {}}))

    timeline = desk_in(zone).get("inspect", paid).timeline

    assert [line.endswith(last) for line in timeline if "(3 times, last on 3 Jan 2026, 00:00" in line] == [True]


@pytest.mark.parametrize(("zone", "is_said"), [("Europe/London", True), ("Asia/Kathmandu", False)])
def test_the_export_says_whose_days_are_meant(desk_in, paid, zone, is_said):
    text = desk_in(zone).get("export").text

    assert ("in the site's time zone: Nepal Time." in text) == is_said


def test_a_receipt_is_the_same_from_wherever_it_is_sent(desk_in, paid, mailoutbox):
    desk_in("Europe/London").post("receipt", paid)

    assert "3 Jan 2026, 00:00, Nepal Time (2082-09-19 BS)" in mailoutbox[0].body
