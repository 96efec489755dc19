"""Wagtail's own log of what people did with money: in the history of a payment, and in that of the site."""

import json

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from wagtail.models import ModelLogEntry

from tests.payments import Receiver, listening
from tests.staff.conftest import Seen, url_of
from wagtail_khalti.actions import check_payment, record_refund, refund_payment
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.refund import Method

VISITOR = ("9800000001", "9811111111", "Sita Rai", "sita@example.com", "a-key-for-tests")


def refund(desk, payment):
    page = desk.post("refund", payment, amount="500", reason="Came too late", mobile="9811111111")
    desk.send(page.form)


def record(desk, payment):
    form = desk.get("record_refund", payment).form
    desk.send(form, amount="200", method="cash", reason="At the counter")


def say_it_was_found(desk, refund):
    desk.post("resolve_refund", refund.reference, was_found="yes", note="Looked at 3 pm")


def say_it_was_not_sent(desk, refund):
    desk.post("resolve_refund", refund.reference, was_found="no", note="")


def check(desk, payment):
    desk.post("check", payment)


def note(desk, payment):
    desk.post("note", payment, text="Called 9811111111: will come on Sunday")


def send_receipt(desk, payment):
    desk.post("receipt", payment)


def replay(desk, payment):
    desk.post("redeliver", payment)


def resend(desk, webhook):
    desk.post("resend_webhook", webhook)


def enter(desk, refund):
    desk.post("enter_amount", refund.reference, amount="400", note="From the dashboard")


ACTIONS = {
    refund: ("paid", "Refund of Rs 500 requested"),
    record: ("paid", "Manual refund of Rs 200 recorded"),
    say_it_was_found: ("unconfirmed", "Refund of Rs 500 confirmed as succeeded"),
    say_it_was_not_sent: ("unconfirmed", "Refund of Rs 500 confirmed as failed"),
    enter: ("nameless", "Amount of a refund entered: Rs 400"),
    check: ("paid", "Status refreshed from Khalti"),
    note: ("paid", "Note added"),
    send_receipt: ("with_address", "Receipt sent by e-mail"),
    replay: ("unheard", "Delivery retried: Payment completed"),
    resend: ("webhook", "Webhook sent again to crm: Payment completed"),
}
"""With what each is done, and how it is told."""


@pytest.fixture
def with_address(paid):
    KhaltiPayment.objects.update(customer_email="sita@example.com")
    return paid


@pytest.fixture
def unheard(make_paid):
    """The site's code fails on it."""
    with listening("completed", Receiver()):
        yield make_paid()


@pytest.fixture
def site_history(sign_in):
    """Wagtail's report, as somebody of this role sees it."""

    def site_history(role, **query):
        client = sign_in(role).client
        return Seen(client.get(reverse("wagtailadmin_reports:site_history"), query))

    return site_history


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.__name__)
def test_each_deed_is_told_with_who_did_it(request, desk, sign_in, site_history, action):
    """In the log, in the history of its payment and in that of the site; and nothing of the visitor in any of them."""
    fixture, words = ACTIONS[action]
    subject = request.getfixturevalue(fixture)
    payment = getattr(getattr(subject, "delivery", subject), "payment", subject)

    action(desk, subject)

    entry = ModelLogEntry.objects.get()
    assert (entry.user.username, entry.object_id) == ("manager", str(payment.pk))
    assert entry.message.replace("\xa0", " ") == words
    assert entry.label == str(payment)
    logged = f"{entry.label} {json.dumps(entry.data)}"
    assert not [secret for secret in (*VISITOR, payment.key_fingerprint) if secret in logged]

    assert sign_in("viewer").get("history", payment).rows == [[words, "Manager Gurung", "Just now"]]

    page = site_history("superuser")
    assert page.rows == [[str(payment).replace("\xa0", " "), "Payment", words, "Manager Gurung", "Just now"]]
    assert {link["href"] for link in page.main.select("tbody a")} == {url_of("inspect", payment)}


class TestTheLog:
    def test_has_nothing_of_what_was_refused(self, desk, paid, unconfirmed, nameless):
        desk.post("refund", paid, amount="1501")
        desk.post("record_refund", paid, amount="1501", method="cash", refundable="150000")
        desk.post("resolve_refund", unconfirmed.reference, was_found="perhaps")
        desk.post("enter_amount", nameless.reference, amount="1500")

        assert not ModelLogEntry.objects.exists()

    def test_has_each_deed_once_however_often_it_was_sent(self, desk, make_paid, confirm, unconfirmed, nameless):
        forms = {
            confirm(make_paid()).form: {},
            desk.get("record_refund", make_paid()).form: {"amount": "200", "method": "cash"},
            desk.get("enter_amount", nameless.reference).form: {"amount": "400"},
            desk.get("resolve_refund", unconfirmed.reference).form: {"was_found": "yes"},
        }

        for form, typed in [*forms.items(), *forms.items()]:
            desk.send(form, **typed)

        logged = ModelLogEntry.objects.order_by("pk").values_list("action", flat=True)
        assert [action.removeprefix("wagtail_khalti.") for action in logged] == [
            *("refund", "record_refund", "enter_refund_amount", "resolve_refund"),
        ]


class TestTheHistoryOfAPayment:
    def test_is_reached_from_its_page_and_leads_back(self, sign_in, paid):
        desk = sign_in("viewer")
        assert desk.get("inspect", paid).soup.select(f'a[href="{url_of("history", paid)}"]')

        page = desk.get("history", paid)

        assert page.soup.select(f'a[href="{url_of("inspect", paid)}"]')
        assert page.rows == []

    def test_has_the_newest_first_and_only_of_this_payment(self, desk, paid, make_paid):
        record(desk, make_paid())
        for action in (record, refund):
            action(desk, paid)

        rows = desk.get("history", paid).rows

        assert [row[0] for row in rows] == [ACTIONS[refund][1], ACTIONS[record][1]]

    def test_can_be_narrowed_to_one_kind_of_deed(self, desk, paid):
        for action in (record, refund):
            action(desk, paid)

        for name in ("history", "history_results"):
            rows = desk.get(name, paid, action="wagtail_khalti.refund").rows
            assert [row[0] for row in rows] == [ACTIONS[refund][1]]

    def test_has_no_word_of_a_reason_which_may_name_a_customer(self, desk, sign_in, site_history, paid):
        desk.post(
            "record_refund", paid, amount="1", method="cash", refundable="150000", reason="For Sita Rai, 98 0000 0001"
        )

        assert "Manual refund of Rs 1 recorded" in site_history("manager").text
        for page in (desk.get("history", paid), site_history("manager")):
            assert "Sita" not in page.html
        assert "Sita" not in json.dumps(ModelLogEntry.objects.get().data)
        assert "For Sita Rai, 98 0000 0001" in desk.get("inspect", paid).text

    def test_outlives_the_person(self, sign_in, colleague, paid):
        record(colleague, paid)
        get_user_model().objects.filter(username="superuser").delete()

        page = sign_in("viewer").get("history", paid)

        assert page.rows[0][0] == ACTIONS[record][1]


class TestTheHistoryOfTheSite:
    @pytest.mark.parametrize(("role", "rows"), [("viewer", 1), ("manager", 1), ("editor", 0)])
    def test_is_for_those_who_may_see_payments(self, site_history, desk, paid, role, rows):
        record(desk, paid)

        assert len(site_history(role).rows) == rows

    def test_can_be_narrowed_to_one_kind_of_deed(self, site_history, desk, paid):
        for action in (record, refund):
            action(desk, paid)

        rows = site_history("superuser", action="wagtail_khalti.refund").rows

        assert [row[2] for row in rows] == [ACTIONS[refund][1]]

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_can_be_taken_along(self, sign_in, desk, paid, kind):
        record(desk, paid)
        address = reverse("wagtailadmin_reports:site_history")

        answer = sign_in("superuser").client.get(address, {"export": kind})

        content = answer.getvalue()
        assert answer.status_code == 200
        assert kind == "xlsx" or str(paid) in content.decode()

    def test_has_nothing_of_what_code_did(self, site_history, khalti, paid):
        record_refund(paid, 10_000, method=Method.CASH)
        refund_payment(paid, 10_000)
        khalti.refund_in_dashboard(paid)
        check_payment(paid)

        assert site_history("superuser").rows == []
