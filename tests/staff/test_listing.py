"""The list of payments: what a row says, in which order, and how one is found."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.staff.conftest import url_of, words_of
from wagtail_khalti.actions import check_payment, start_payment
from wagtail_khalti.models import KhaltiPayment

COLUMNS = ["Purpose", "Started", "Name", "Amount", "Status", "Mode"]


@pytest.fixture
def make_waiting(khalti, home):
    """So many that were begun, one after another, each for more than the last."""

    def make(how_many):
        now = timezone.now()
        for number in range(1, how_many + 1):
            payment = start_payment(number * 10_000, purpose=f"Seat {number}", base_url="http://testserver")
            begun_at = now - timedelta(days=100 - number)
            KhaltiPayment.objects.filter(pk=payment.pk).update(created_at=begun_at)

    return make


@pytest.fixture
def viewer(sign_in):
    return sign_in("viewer")


def purposes(page):
    return [row[0] for row in page.rows]


class TestAnEmptyList:
    def test_says_what_will_be_there_and_how_to_get_there(self, viewer):
        page = viewer.get("index")

        assert "Each payment appears here as soon as somebody presses “Pay with Khalti” on your site." in page.text
        assert page.rows == []

    def test_says_so_where_nothing_was_found(self, viewer, paid):
        assert "No payment has this number." in viewer.get("index", q="NOSUCHREFERENCE").text
        assert "No payment is like that." in viewer.get("index", status="failed").text


class TestARow:
    def test_says_when_who_for_what_how_much_and_whether_it_worked(self, viewer, paid):
        page = viewer.get("index")

        assert [words_of(title) for title in page.main.select("thead th")] == COLUMNS
        assert page.rows == [["Membership", "Just now", "Sita Rai", "Rs 1,500", "Completed", "Simulator"]]

    def test_leads_to_the_page_of_the_payment_and_offers_nothing_else(self, sign_in, paid):
        for role in ("viewer", "manager", "superuser"):
            page = sign_in(role).get("index")

            assert {link["href"] for link in page.main.select("tbody a")} == {url_of("inspect", paid)}
            assert page.main.select("tbody input, tbody button:not(.w-human-readable-date)") == []

    def test_has_rupees_as_nepal_groups_them(self, viewer, make_paid):
        make_paid(12_345_650)

        assert viewer.get("index").rows[0][3] == "Rs 1,23,456.50"

    @pytest.mark.parametrize("mode", ["simulator", "sandbox", "live"])
    def test_tells_real_money_from_a_test(self, viewer, paid, mode):
        KhaltiPayment.objects.update(mode=mode)

        assert viewer.get("index").rows[0][5] == mode.title()

    @pytest.mark.parametrize("name", ["in_doubt", "nameless", "paid_twice"])
    def test_says_where_somebody_has_to_look(self, viewer, request, name):
        request.getfixturevalue(name)

        statuses = [row[4] for row in viewer.get("index").rows]

        assert statuses[0].endswith("Needs a look")
        assert [status for status in statuses[1:] if "Needs a look" in status] == []

    def test_says_it_also_while_a_refund_is_in_doubt_that_no_matter_was_opened_for(self, viewer, paid, khalti):
        KhaltiPayment.objects.update(refunding_since=timezone.now())

        assert viewer.get("index").rows[0][4] == "Completed Needs a look"

    def test_says_it_no_more_once_that_is_done(self, desk, nameless):
        desk.post("amount", nameless.reference, amount="400")

        assert desk.get("index").rows[0][4] == "Partially refunded"

    def test_shows_no_number_and_no_key(self, viewer, in_doubt):
        page = viewer.get("index")

        assert "9800000001" not in page.html
        assert "a-key-for-tests" not in page.html


class TestTheOrder:
    def test_is_the_newest_first(self, viewer, make_waiting):
        make_waiting(3)

        assert purposes(viewer.get("index")) == ["Seat 3", "Seat 2", "Seat 1"]

    def test_is_of_the_same_moment_the_last_first(self, viewer, make_waiting):
        make_waiting(3)
        KhaltiPayment.objects.update(created_at=timezone.now())

        assert purposes(viewer.get("index")) == ["Seat 3", "Seat 2", "Seat 1"]

    @pytest.mark.parametrize(
        ("ordering", "expected"),
        [
            ("amount", ["Seat 1", "Seat 2", "Seat 3"]),
            ("-amount", ["Seat 3", "Seat 2", "Seat 1"]),
            ("created_at", ["Seat 1", "Seat 2", "Seat 3"]),
            ("-created_at", ["Seat 3", "Seat 2", "Seat 1"]),
        ],
    )
    def test_is_what_the_heading_says_that_was_pressed(self, viewer, make_waiting, ordering, expected):
        make_waiting(3)

        assert purposes(viewer.get("index", ordering=ordering)) == expected

    def test_can_be_chosen_at_these_headings(self, viewer, paid):
        headings = viewer.get("index").main.select("thead th:has(a[href*=ordering])")

        assert [words_of(heading) for heading in headings] == ["Purpose", "Started", "Amount", "Status"]


class TestPages:
    def test_show_each_payment_once(self, viewer, make_waiting):
        make_waiting(25)

        seen = [purpose for number in (1, 2) for purpose in purposes(viewer.get("index", p=number))]

        assert seen == [f"Seat {number}" for number in range(25, 0, -1)]

    def test_need_as_many_queries_for_many_payments_as_for_few(self, viewer, make_waiting):
        def queries():
            with CaptureQueriesContext(connection) as queries:
                rows = viewer.get("index").rows
            return len(rows), len(queries)

        make_waiting(5)
        queries()  # what is read once in each process
        few = queries()
        make_waiting(20)
        many = queries()

        assert (few[0], many[0]) == (5, 20), "a page has 20"
        assert many[1] == few[1]


class TestTheSearch:
    def test_finds_a_payment_by_each_number_a_customer_can_read_out(self, viewer, paid, make_waiting):
        make_waiting(2)
        wanted = [paid.reference, paid.readable_reference, paid.readable_reference.lower()]
        wanted += [f" {paid.reference} ", paid.pidx, paid.transaction_id, paid.purchase_order_id]

        for number in wanted:
            assert purposes(viewer.get("index", q=number)) == ["Membership"], number

    @pytest.mark.parametrize("part", ["", "Sita", "Membership", "9800000001"])
    def test_finds_nobody_by_what_others_have_too(self, viewer, paid, make_waiting, part):
        make_waiting(1)

        found = purposes(viewer.get("index", q=part or paid.reference[:8]))

        assert found == []

    def test_finds_the_same_while_it_is_typed(self, viewer, paid, make_waiting):
        make_waiting(2)

        assert purposes(viewer.get("index_results", q=paid.readable_reference)) == ["Membership"]


class TestTheFilters:
    def test_show_what_has_this_status(self, viewer, paid, make_waiting, khalti):
        make_waiting(1)

        assert purposes(viewer.get("index", status="completed")) == ["Membership"]
        assert purposes(viewer.get("index", status="initiated")) == ["Seat 1"]

    def test_tell_real_money_from_tests(self, viewer, paid, make_waiting):
        make_waiting(1)
        KhaltiPayment.objects.filter(pk=paid.pk).update(mode="live")

        assert purposes(viewer.get("index", mode="live")) == ["Membership"]
        assert purposes(viewer.get("index", mode="simulator")) == ["Seat 1"]

    def test_know_each_status(self, viewer, payment, khalti):
        khalti.cancel(payment)
        check_payment(payment)

        for status in KhaltiPayment._meta.get_field("status").choices:
            expected = ["Membership"] * (status[0] == "canceled")
            assert purposes(viewer.get("index", status=status[0])) == expected
