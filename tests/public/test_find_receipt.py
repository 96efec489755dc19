"""A receipt asked for again: it goes to the payer, and nobody else learns anything."""

import threading
from datetime import timedelta
from functools import partial

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone
from wagtail.models import Site

from tests.public.conftest import page_of
from tests.public.test_limits import HERE, limit, must_wait  # noqa: F401 - a fixture
from wagtail_khalti import mailing
from wagtail_khalti.actions import start_payment
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.public import after_response
from wagtail_khalti.testing.factories import PaymentFactory

FIND = "/khalti/receipt/find/"
REFERENCE = "ABCD2345EFGH6789"


@pytest.fixture
def paid(home):
    site = Site.objects.get(is_default_site=True)
    return PaymentFactory(completed=True, reference=REFERENCE, site=site, receipt_year=2083, receipt_number=42)


@pytest.fixture
def ask(client, paid):
    """Sends the form; gives the page."""

    def ask(quoted=REFERENCE, contact="sita.rai@example.com"):
        return client.post(FIND, {"quoted": quoted, "contact": contact})

    return ask


def without_token(response):
    page = page_of(response)
    [token.decompose() for token in page.select("[name=csrfmiddlewaretoken]")]
    return response.status_code, str(page)


class TestThePayer:
    @pytest.mark.parametrize(
        "quoted",
        [REFERENCE, "ABCD-2345-EFGH-6789", " abcd 2345 efgh 6789 ", "\u200eABCD–2345–EFGH–6789", "ABCD-२३४५-EFGH-६७८९"],
    )
    def test_finds_it_by_reference_however_it_is_written(self, ask, mailoutbox, quoted):
        ask(quoted)

        assert [sent.to for sent in mailoutbox] == [["sita.rai@example.com"]]

    @pytest.mark.parametrize("quoted", ["2083/84-00042", "2083/84-42", "२०८३/८४-०००४२", "2083-84-00042 (test)"])
    def test_finds_it_by_receipt_number(self, ask, mailoutbox, quoted):
        ask(quoted)

        assert [sent.to for sent in mailoutbox] == [["sita.rai@example.com"]]

    @pytest.mark.parametrize(
        "contact",
        ["Sita.Rai@EXAMPLE.com ", "\u200bsita.rai@example.com", "9800000001", "+977 980-0000001", "९८००००००01"],
    )
    def test_gives_an_address_or_a_number_as_people_type_it(self, ask, mailoutbox, contact):
        ask(contact=contact)

        assert len(mailoutbox) == 1

    def test_gets_it_when_the_mail_server_is_back(self, ask, mailoutbox, monkeypatch):
        with monkeypatch.context() as patch:
            patch.setattr(mailing, "send", lambda mail: 1 / 0)
            for _time in range(6):
                ask()

        ask()

        assert len(mailoutbox) == 1

    def test_may_have_many_receipts_in_a_day(self, ask, paid, mailoutbox):
        """Such as an office that pays for a hundred pupils with one address."""
        for number in range(30):
            PaymentFactory(completed=True, site=paid.site, receipt_year=2082, receipt_number=number)

        for number in range(30):
            ask(f"2082/83-{number:05}")

        assert len(mailoutbox) == 30

    def test_is_told_on_the_receipt_where_it_went(self, ask, client, paid):
        ask()

        said = page_of(client.get(paid.get_receipt_url())).get_text(" ", strip=True)
        assert "We've e-mailed it to s…@example.com." in said
        assert "e-mailed" not in client.get(paid.get_absolute_url()).content.decode(), "not to who lacks the signature"

    def test_finds_the_form_where_the_browser_has_no_receipt(self, client, db):
        for address in ("/khalti/receipt/", "/khalti/payments/NOBODY/"):
            links = [link["href"] for link in page_of(client.get(address)).select("a")]
            assert FIND in links


class TestAStranger:
    WRONG = [
        {"quoted": "ABCD2345EFGH678A"},
        {"quoted": "2083/84-00043"},
        {"quoted": "2082/83-00042"},
        {"quoted": "x" * 100},
        {"quoted": "' OR 1=1 --"},
        {"contact": "hari@example.com"},
        {"contact": "9800000002"},
        {"contact": "sita"},
        {"contact": "%"},
        {"contact": "@"},
    ]

    @pytest.mark.parametrize("wrong", WRONG)
    def test_gets_the_answer_that_the_payer_gets(self, ask, mailoutbox, wrong):
        answer = without_token(ask(**wrong))
        assert mailoutbox == []

        assert answer == without_token(ask())
        assert answer[0] == 200
        assert len(mailoutbox) == 1

    def test_waits_for_no_database_and_no_mail_server(self, ask, monkeypatch, django_assert_num_queries):
        begun = []
        monkeypatch.setattr(after_response, "_begin", begun.append)
        for wrong in ({}, {"contact": "hari@example.com"}):
            with django_assert_num_queries(2):  # the site and its settings
                ask(**wrong)

        assert len(begun) == 2

    def test_can_send_one_a_minute_and_a_few_a_day(self, ask, mailoutbox, time_machine):
        ask()
        ask()
        assert len(mailoutbox) == 1

        for minutes in range(1, 10):
            time_machine.move_to(timezone.now() + timedelta(minutes=minutes))
            ask()
        assert len(mailoutbox) == 5

    def test_can_send_no_more_by_counting_up_numbers(self, ask, paid, mailoutbox):
        last_year = {"site": paid.site, "receipt_year": 2082, "completed_at": timezone.now() - timedelta(days=200)}
        for number in range(30):
            PaymentFactory(completed=True, receipt_number=number, **last_year)

        for number in range(30):
            ask(f"2082/83-{number:05}")

        assert len(mailoutbox) == 20

    def test_can_not_fill_the_timeline_while_the_mail_server_is_down(self, ask, paid, monkeypatch):
        monkeypatch.setattr(mailing, "send", lambda mail: 1 / 0)

        for _time in range(50):
            ask()

        assert paid.events.filter(kind="receipt_sent").count() == 40

    def test_has_a_limit(self, paid, limit, mailoutbox):  # noqa: F811
        limit(receipt=1)
        client = Client(REMOTE_ADDR=HERE)
        client.post(FIND, {"quoted": REFERENCE, "contact": "hari@example.com"})

        response = client.post(FIND, {"quoted": REFERENCE, "contact": "sita.rai@example.com"})

        assert must_wait(response)
        assert page_of(response).select_one("[name=quoted]")["value"] == REFERENCE
        assert mailoutbox == []


class TestNothingIsSent:
    @pytest.mark.parametrize("changes", [{"status": "initiated"}, {"customer_email": ""}])
    def test_for_what_is_unpaid_or_has_no_address(self, ask, paid, mailoutbox, changes):
        KhaltiPayment.objects.update(**changes)

        assert ask(contact="9800000001").status_code == 200
        assert mailoutbox == []

    @pytest.mark.parametrize("empty", [{"quoted": ""}, {"contact": "  "}, {"quoted": "x" * 101}, {"contact": "a\x00b"}])
    def test_without_an_answer_to_both_questions(self, ask, mailoutbox, empty):
        response = ask(**empty)

        page = page_of(response)
        [error] = page.select("#errors a")
        assert page.select_one(error["href"])["name"] == next(iter(empty))
        assert mailoutbox == []

    def test_to_who_has_no_token(self, paid):
        assert Client(enforce_csrf_checks=True).post(FIND, {"quoted": REFERENCE, "contact": "x"}).status_code == 403

    def test_where_the_mail_server_is_down(self, ask, client, paid, monkeypatch, caplog):
        def refuse(mail):
            raise ConnectionRefusedError("sita.rai@example.com")

        monkeypatch.setattr(mailing, "send", refuse)

        assert ask().status_code == 200
        assert "sita" not in caplog.text
        assert "e-mailed" not in page_of(client.get(paid.get_receipt_url())).get_text()


def test_the_page_works_with_the_keyboard_and_names_its_fields(client, home):
    page = BeautifulSoup(client.get(FIND).content, "lxml")

    for field in page.select("form input:not([type=hidden])"):
        assert page.select_one(f"label[for={field['id']}]")
    assert page.select_one("form button[type=submit]")


@pytest.mark.django_db(transaction=True)
def test_another_thread_sends_it_after_the_response(khalti):
    payment = start_payment(150_000, purpose="Membership", base_url="http://testserver")
    names, done = [], threading.Event()

    def work():
        names.append(threading.current_thread().name)
        names.append(KhaltiPayment.objects.get().reference)
        done.set()

    after_response._begin(work)

    assert done.wait(10)
    assert names[0].startswith("khalti-after-response")
    assert names[1] == payment.reference


def test_work_that_fails_is_logged_without_what_was_typed(db, caplog):
    def find(contact):
        raise LookupError

    after_response._begin(partial(find, "sita@example.com"))

    assert "find failed after a response" in caplog.text
    assert "sita" not in caplog.text
