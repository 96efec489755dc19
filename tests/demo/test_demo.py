"""What a newcomer finds after ``make demo``."""

import sqlite3
from contextlib import closing

import pytest

from .conftest import Demo, free_port
from .visitor import Visitor

pytestmark = pytest.mark.heavy  # the example site is a process of its own

SITA = {"name": "Sita Sharma", "email": "sita@example.com", "phone": "9800000001"}


@pytest.fixture
def visitor(demo):
    return Visitor(demo.root)


def test_it_says_where_it_is_when_it_answers(demo, visitor):
    assert demo.ready == f"Demo ready: {demo.root}/\n"
    assert visitor.open("/").headline == "Himal Community Library"


def test_a_visitor_becomes_a_member_exactly_once(demo, visitor):
    visitor.open("/").press("Membership").press("Pay with Khalti").send(**SITA).pay_at_khalti()
    reference = visitor.path.split("/")[-2]
    [callback] = [path for path in visitor.method if path.startswith("/khalti/return/")]

    Visitor(demo.root).open(callback).open(callback)

    assert visitor.headline == "Thank you. Your payment is complete."
    members = f"""
        SELECT member.name, member.email, member.phone FROM home_membership AS member
        JOIN wagtail_khalti_khaltipayment AS payment ON payment.id = member.payment_id
        WHERE payment.status = 'completed' AND payment.amount = 150000 AND payment.reference = '{reference}'
    """
    assert demo.rows(members) == [("Sita Sharma", "sita@example.com", "9800000001")]


def test_who_books_seats_has_a_receipt_and_a_way_back_to_it(demo, visitor):
    members = demo.rows("SELECT count(*) FROM home_membership")
    visitor.open("/en/events/").press("Book seats").send(name="Hari", phone="9800000002", quantity="3")
    assert (
        "Rs\N{NO-BREAK SPACE}750" in visitor.page.form.button.get_text()
    )  # nobody pays a total that they have not seen

    visitor.send().pay_at_khalti()

    assert visitor.page.h2.get_text() == "Payment receipt"
    receipt = visitor.path
    visitor.press("Continue to See you there")
    assert (visitor.path, visitor.headline) == ("/en/events/see-you-there/", "See you there")
    assert visitor.press("Show my receipt").path == receipt
    assert "Hari" in visitor.page.get_text()
    [[amount]] = demo.rows("SELECT amount FROM wagtail_khalti_khaltipayment WHERE customer_name = 'Hari'")
    assert amount == 75_000
    assert demo.rows("SELECT count(*) FROM home_membership") == members


def test_a_gift_in_a_card_and_one_in_a_snippet_can_be_paid(visitor):
    visitor.open("/en/support/").press("Give with Khalti").send().pay_at_khalti()
    assert visitor.headline == "Thank you. Your payment is complete."

    visitor.open("/en/").press("Give a sheet").send(name="Gita", quantity="1").pay_at_khalti()
    assert visitor.headline == "Thank you. Your payment is complete."


def test_who_reads_nepali_pays_in_nepali(demo):
    visitor = Visitor(demo.root, language="ne").open("/").press("सदस्यता").press("खल्ती").send(**SITA).pay_at_khalti()

    assert visitor.headline == "धन्यवाद। तपाईंको भुक्तानी पूरा भयो।"


@pytest.mark.parametrize("name", ["admin", "editor", "cashier", "accountant", "manager"])
def test_each_of_the_staff_can_sign_in(visitor, name):
    visitor.open("/admin/").send(username=name, password=name)

    assert visitor.path == "/admin/"


def test_visitor_pages_need_no_exception_from_a_strict_policy(visitor):
    policy = visitor.open("/en/").answer.headers["Content-Security-Policy"]

    assert "unsafe" not in policy


def test_a_restart_keeps_what_is_there_and_a_stop_is_clean(demo, tmp_path):
    again = Demo(tmp_path / "demo.sqlite3", free_port())
    with closing(sqlite3.connect(demo.database)) as there, closing(sqlite3.connect(again.database)) as copy:
        there.backup(copy)
    everything = """
        SELECT (SELECT count(*) FROM wagtailcore_page), (SELECT count(*) FROM auth_user),
               (SELECT count(*) FROM wagtailcore_grouppagepermission), (SELECT count(*) FROM home_appeal)
    """
    before = again.rows(everything)

    with again:
        after = again.rows(everything)

    assert after == before
    assert again.process.returncode == 0


def test_a_port_that_is_taken_is_said_with_a_way_out(demo, tmp_path):
    second = Demo(tmp_path / "demo.sqlite3", demo.port).start()
    _said, complaint = second.communicate(timeout=60)

    assert second.returncode == 1
    assert complaint.startswith(f"CommandError: Port {demo.port} can't be used")
    assert f"make demo PORT={demo.port + 1}" in complaint
