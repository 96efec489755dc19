"""The list of payments: what a row says, in which order, and which ones are there at all."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth import get_user
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.staff.conftest import Seen, url_of, words_of
from tests.staff.many import make_many, purposes
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.staff.listing import page as listing
from wagtail_khalti.staff.listing import paging
from wagtail_khalti.staff.listing.page import filtered_payments
from wagtail_khalti.staff.permissions import EXPORT

COLUMNS = ["Description", "Started", "Paid", "Customer", "Amount", "Status", "Page"]
CUSTOMER, AMOUNT, STATUS, PAGE = 3, 4, 5, 6
NASTY = {
    "markup": "<script>alert(1)</script>",
    "attribute": '"><img src=x onerror=alert(1)>',
    "formula": '=HYPERLINK("http://example.com")',
    "right to left": "\u202eatiS\u202c \u2067Rai",
    "long": "S" * 200,
    "template": "{{ 7|add:7 }} {% now 'Y' %} %(name)s",
}


@pytest.fixture
def viewer(sign_in):
    return sign_in("viewer")


@pytest.fixture
def cashier(sign_in):
    return sign_in("cashier")


@pytest.fixture
def cap(monkeypatch):
    """Of how many rows the pager takes account."""
    monkeypatch.setattr(paging, "CAP", 30)
    monkeypatch.setattr(listing, "CAP", 30)


def sortable(page):
    return [words_of(heading) for heading in page.main.select("thead th:has(a[href*=ordering])")]


class TestAnEmptyList:
    def test_says_what_will_be_there_and_how_to_get_there(self, viewer):
        page = viewer.get("index")

        assert "Each payment appears here as soon as somebody presses “Pay with Khalti” on your site." in page.text
        assert page.rows == []

    def test_says_so_where_nothing_was_found(self, viewer, paid):
        assert "No payments match your search." in viewer.get("index", q="NOSUCHREFERENCE").text

    def test_shows_the_way_back_to_all_of_them(self, viewer, paid):
        page = viewer.get("index", status="failed")

        link = page.main.find("a", string="Clear the filters")
        assert "No payments match these filters." in page.text
        assert purposes(viewer.get("index", **dict([link["href"].split("?")[1].split("=")]))) == ["Membership"]

    def test_says_that_the_filters_hide_what_the_search_found(self, viewer, paid):
        page = viewer.get("index", q=paid.reference, status="failed")

        assert "The filters hide what the search found." in page.text


class TestARow:
    def test_says_when_who_for_what_how_much_and_whether_it_worked(self, cashier, paid):
        page = cashier.get("index")

        assert [words_of(title) for title in page.main.select("thead th:not([aria-label])")] == COLUMNS
        assert page.rows == [["Membership", "Just now", "Just now", "Sita Rai", "Rs 1,500", "Completed", "–"]]

    def test_says_no_more_of_the_customer_than_one_may_know(self, viewer, paid):
        page = viewer.get("index")

        assert page.rows[0][CUSTOMER] == "98XXXXX001"
        assert "Sita" not in page.html
        assert "9800000001" not in page.html

    def test_says_of_the_customer_what_there_is(self, cashier, make_paid):
        make_paid(name="")

        assert cashier.get("index").rows[0][CUSTOMER] == "9800000001"

    def test_leads_to_the_page_of_the_payment(self, sign_in, paid):
        for role in ("viewer", "manager", "superuser"):
            page = sign_in(role).get("index")

            assert page.main.select_one("tbody td.title .title-wrapper a")["href"] == url_of("inspect", paid)

    def test_leads_to_all_payments_of_its_page(self, viewer, home, paid):
        source_type = ContentType.objects.get_for_model(home)
        KhaltiPayment.objects.update(source_type=source_type, source_id=home.pk, source_title="Shop")
        make_many(2)

        link = viewer.get("index").main.find("a", string="Shop")
        page = Seen(viewer.client.get(url_of("index") + link["href"]))

        assert link["href"] == f"?mode=simulator&source={source_type.pk}-{home.pk}"
        assert purposes(page) == ["Membership"]

    def test_has_rupees_as_nepal_groups_them(self, viewer, make_paid):
        make_paid(12_345_650)

        assert viewer.get("index").rows[0][AMOUNT] == "Rs 1,23,456.50"

    @pytest.mark.parametrize("name", ["unconfirmed", "nameless", "paid_twice"])
    @pytest.mark.every_database
    def test_says_where_somebody_has_to_look(self, viewer, request, name):
        request.getfixturevalue(name)

        statuses = [row[STATUS] for row in viewer.get("index").rows]

        assert statuses[0].endswith("Needs attention")
        assert [status for status in statuses[1:] if "Needs attention" in status] == []

    @pytest.mark.every_database
    def test_says_it_also_for_an_unconfirmed_refund_without_an_issue(self, viewer, paid, khalti):
        KhaltiPayment.objects.update(refunding_since=timezone.now())

        assert viewer.get("index").rows[0][STATUS] == "Completed Needs attention"

    @pytest.mark.every_database
    def test_says_it_no_more_once_that_is_done(self, desk, nameless):
        desk.post("enter_amount", nameless.reference, amount="400")

        assert desk.get("index").rows[0][STATUS] == "Partially refunded"

    def test_shows_no_number_and_no_key(self, viewer, unconfirmed):
        page = viewer.get("index")

        assert "9800000001" not in page.html
        assert "a-key-for-tests" not in page.html

    @pytest.mark.parametrize("typed", NASTY.values(), ids=NASTY)
    @pytest.mark.every_database
    def test_shows_what_a_visitor_typed_as_it_is(self, cashier, db, typed):
        make_many(1, customer_name=typed, purpose=typed, source_title=typed)

        page = cashier.get("index")

        words = " ".join(typed.split())
        assert [page.rows[0][place] for place in (0, CUSTOMER, PAGE)] == [words] * 3
        assert page.main.select("tbody script, tbody img") == []
        assert len(page.main.select("tbody bdi")) == 3, "each in its own direction"


class TestTheTime:
    @pytest.mark.parametrize(("ago", "words"), [(0, "Just now"), (3, "3 minutes ago"), (150, "2 hours ago")])
    def test_is_said_by_how_long_ago_it_was_while_that_is_short(self, viewer, db, ago, words):
        make_many(1, created_at=timezone.now() - timedelta(minutes=ago))

        page = viewer.get("index")

        assert page.rows[0][1] == words

    def test_is_there_exactly_when_one_points_at_it(self, viewer, db, time_machine):
        time_machine.move_to(datetime(2026, 11, 21, 12, 0, tzinfo=timezone.get_default_timezone()), tick=False)
        make_many(1, created_at=timezone.now() - timedelta(hours=2))

        tip = viewer.get("index").main.select_one("tbody .w-human-readable-date")

        assert tip["data-w-tooltip-content-value"] == "21 Nov 2026, 10:00 (2083-08-05 BS)"

    def test_is_said_by_the_clock_of_the_site_later_on(self, viewer, db):
        make_many(1, created_at=datetime(2026, 1, 2, 20, 0, tzinfo=timezone.get_fixed_timezone(0)))

        assert viewer.get("index").rows[0][1] == "3 Jan 2026, 01:45"

    def test_it_was_paid_is_what_sorts_where_that_was_asked(self, viewer, paid):
        page = viewer.get("index", paid_from="2020-01-01")

        assert page.main.select_one("th.khalti-paid .icon-arrow-down-after")["href"].endswith("ordering=completed_at")
        assert page.rows[0][2] == "Just now"


@pytest.mark.every_database
class TestTheOrder:
    def test_is_the_newest_first(self, viewer, db):
        make_many(3)

        assert purposes(viewer.get("index")) == ["Seat 1", "Seat 2", "Seat 3"]

    def test_is_of_the_same_moment_the_last_first(self, viewer, db):
        make_many(3, created_at=timezone.now())

        assert purposes(viewer.get("index")) == ["Seat 3", "Seat 2", "Seat 1"]

    def test_is_the_oldest_first_where_the_heading_was_pressed(self, viewer, db):
        make_many(3)

        assert purposes(viewer.get("index", ordering="created_at")) == ["Seat 3", "Seat 2", "Seat 1"]
        assert purposes(viewer.get("index", ordering="-created_at")) == ["Seat 1", "Seat 2", "Seat 3"]

    @pytest.mark.parametrize("ordering", ["-customer_name", "merchant", "status", "pk; --", ""])
    def test_is_the_usual_one_where_no_index_serves_what_was_asked(self, viewer, db, ordering):
        make_many(3)

        assert purposes(viewer.get("index", ordering=ordering)) == ["Seat 1", "Seat 2", "Seat 3"]

    def test_can_be_chosen_at_three_headings(self, viewer, paid):
        assert sortable(viewer.get("index")) == ["Started", "Paid", "Amount"]

    def test_is_by_amount_where_that_heading_was_pressed(self, viewer, db):
        make_many(3, amount=lambda number: [20_000, 30_000, 10_000][number - 1])

        assert purposes(viewer.get("index", ordering="amount")) == ["Seat 3", "Seat 1", "Seat 2"]
        assert purposes(viewer.get("index", ordering="-amount", status="initiated")) == ["Seat 2", "Seat 1", "Seat 3"]
        assert purposes(viewer.get("index", ordering="-amount", q="ORDER-")) == ["Seat 2", "Seat 1", "Seat 3"]

    @pytest.mark.parametrize("asked", [{}, {"status": "completed"}, {"q": "ORDER-"}], ids=str)
    def test_has_unpaid_ones_last_in_either_direction(self, viewer, db, asked):
        now = timezone.now()
        paid_at = [None, now - timedelta(hours=2), now - timedelta(hours=1), None]
        make_many(4, status="completed", completed_at=lambda number: paid_at[number - 1])

        newest_first = purposes(viewer.get("index", ordering="-completed_at", **asked))
        oldest_first = purposes(viewer.get("index", ordering="completed_at", **asked))

        assert newest_first == ["Seat 3", "Seat 2", "Seat 4", "Seat 1"]
        assert oldest_first == ["Seat 2", "Seat 3", "Seat 1", "Seat 4"]

    @pytest.mark.parametrize(
        ("asked", "headings"),
        [
            ({}, ["Started", "Paid", "Amount"]),
            ({"amount_from": "1"}, ["Started", "Amount"]),
            ({"paid_from": "2020-01-01"}, ["Paid"]),
            ({"status": "completed"}, ["Started"]),
            ({"created_from": "2020-01-01"}, ["Started"]),
            ({"q": "ORDER-"}, ["Started"]),
        ],
        ids=str,
    )
    def test_of_very_many_is_only_what_an_index_serves(self, viewer, db, cap, asked, headings):
        make_many(31, status="completed", completed_at=timezone.now())

        assert sortable(viewer.get("index", **asked)) == headings

    def test_of_very_many_is_by_time_for_who_sees_one_site(self, sign_in_for, home, cap):
        site = home.get_site()
        make_many(31, site=site)

        assert sortable(sign_in_for(view=[site]).get("index")) == ["Started"]

    def test_is_the_newest_payment_first_where_that_was_asked(self, viewer, db):
        now = timezone.now()
        make_many(3, status="completed", completed_at=lambda number: now - timedelta(hours=10 - number))

        days = {"paid_from": "2020-01-01"}
        assert purposes(viewer.get("index", **days)) == ["Seat 3", "Seat 2", "Seat 1"]
        assert purposes(viewer.get("index", ordering="completed_at", **days)) == ["Seat 1", "Seat 2", "Seat 3"]


@pytest.mark.every_database
class TestTests:
    def test_are_never_among_live_payments(self, viewer, db):
        for number, mode in enumerate(("simulator", "sandbox", "live"), start=1):
            make_many(1, first=number, mode=mode, purpose=mode)

        assert {mode: purposes(viewer.get("index", mode=mode)) for mode in ("simulator", "sandbox", "live")} == {
            "simulator": ["simulator"],
            "sandbox": ["sandbox"],
            "live": ["live"],
        }

    def test_are_shown_by_default_where_the_settings_say_so(self, viewer, db):
        make_many(1, mode="live", purpose="Real")
        make_many(1, first=2, purpose="Test")

        for mode in ["", "LIVE", "all", "live,simulator", "\x00"]:
            page = viewer.get("index", mode=mode)

            assert purposes(page) == ["Test"], mode
            assert words_of(page.main.select_one(".khalti-modes [aria-current]")) == "Test (simulator)"

    def test_are_called_so(self, viewer, db):
        make_many(1, mode="sandbox")

        assert "No money moves." in viewer.get("index", mode="sandbox").text
        assert "Test mode" not in viewer.get("index", mode="live").text

    def test_are_one_link_away_and_keep_what_was_asked(self, viewer, db):
        make_many(1, mode="live", status="failed")
        make_many(1, first=2, mode="live")

        page = viewer.get("index", status="failed", p="7")
        link = page.main.find("a", string="Live")
        switched = Seen(viewer.client.get(link["href"]))

        assert link["href"] == f"{url_of('index')}?status=failed&mode=live"
        assert purposes(switched) == ["Seat 1"]


@pytest.mark.every_database
class TestOtherSites:
    def test_are_out_of_reach(self, sign_in_for, home, other_site):
        make_many(1, site=other_site, purpose="Mine")
        make_many(1, first=2, site=home.get_site(), purpose="Theirs")
        make_many(1, first=3, site=None, purpose="Nobody's")
        desk = sign_in_for(view=[other_site])

        assert purposes(desk.get("index")) == ["Mine"]
        assert purposes(desk.get("index", site=home.get_site().pk)) == []
        assert purposes(desk.get("index", q="ORDER-0000")) == ["Mine"]
        assert purposes(desk.get("index", status="initiated")) == ["Mine"]
        assert purposes(desk.get("index", created_from="2020-01-01")) == ["Mine"]

    def test_keep_their_customers_to_themselves(self, sign_in_for, home, other_site):
        here = home.get_site()
        for number, site in enumerate((here, other_site), start=1):
            make_many(1, first=number, site=site, customer_name="Sita Rai", customer_phone="9800000001")
        desk = sign_in_for(view=[here, other_site], personal=[other_site])

        assert [row[CUSTOMER] for row in desk.get("index").rows] == ["98XXXXX001", "Sita Rai"]
        assert purposes(desk.get("index", q="9800000001")) == ["Seat 2"]

    def test_can_be_chosen_where_there_are_several(self, viewer, home, other_site):
        make_many(1, site=other_site, purpose="Branch")
        make_many(1, first=2, site=home.get_site(), purpose="Home")

        page = viewer.get("index", site=other_site.pk)

        assert purposes(page) == ["Branch"]
        assert "Site: Branch" in page.text

    def test_are_no_question_where_there_is_one(self, viewer, home):
        assert viewer.get("index").soup.select("[name=site]") == []


@pytest.mark.every_database
class TestQueries:
    @pytest.fixture
    def count(self, cashier):
        def count(**asked):
            with CaptureQueriesContext(connection) as queries:
                page = cashier.get("index", **asked)
            assert page.status == 200
            return len(queries)

        return count

    @pytest.mark.parametrize(
        "asked",
        [
            {},
            {"status": "completed"},
            {"created_from": "2020-01-01", "created_to": "2029-01-01"},
            {"paid_from": "2020-01-01"},
            {"refunded_from": "2020-01-01"},
            {"amount_from": "1", "amount_to": "1000000"},
            {"needs": "look"},
            {"q": "ORDER-"},
            {"q": "ORDER-", "status": "completed", "p": "2"},
            {"ordering": "-amount"},
            {"ordering": "completed_at"},
            {"ordering": "-completed_at", "status": "completed"},
        ],
        ids=str,
    )
    def test_are_as_many_for_60_payments_as_for_10(self, count, home, asked):
        columns = {"status": "completed", "completed_at": timezone.now(), "site": home.get_site()}
        make_many(10, **columns)
        count(**asked)  # what is read once in each process
        few = count(**asked)
        make_many(50, first=11, **columns)

        assert count(**asked) == few

    def test_bring_no_more_than_a_page(self, cashier, db):
        make_many(300)

        with CaptureQueriesContext(connection) as queries:
            cashier.get("index")

        wide = [query["sql"] for query in queries if "breakdown" in query["sql"]]
        assert len(wide) == 1
        assert wide[0].count(",") < 100, "the rows by their keys"


class TestTheRefreshedList:
    def test_is_the_same_while_somebody_types(self, viewer, paid):
        make_many(2)

        assert purposes(viewer.get("index_results", q=paid.readable_reference)) == ["Membership"]

    def test_offers_no_export_of_wagtails(self, viewer, paid):
        for kind in ("csv", "xlsx"):
            assert "text/html" in viewer.get("index", export=kind).response["Content-Type"]


class TestWithoutAScript:
    def test_there_is_a_form_for_all_of_it(self, viewer, paid):
        form = viewer.get("index", status="completed", q="Memb").soup.select_one("noscript form")

        assert form.select_one("[name=q]")["value"] == "Memb"
        assert form.select_one("[name=status][checked]")["value"] == "completed"
        assert {"created_from", "paid_to", "amount_from", "mode"} <= {field["name"] for field in form.select("[name]")}


class TestWhatTheExportAsksFor:
    @pytest.fixture
    def ask(self, sign_in):
        def ask(role="manager", **query):
            request = RequestFactory().get("/", query)
            request.user = get_user(sign_in(role).client)
            return [payment.purpose for payment in filtered_payments(request, permission=EXPORT).order_by("pk")]

        return ask

    def test_is_what_the_list_shows(self, ask, db):
        make_many(3, status=lambda number: "failed" if number > 1 else "expired")
        make_many(1, first=4, mode="live", status="failed")

        assert ask(status="failed") == ["Seat 2", "Seat 3"]
        assert ask(status="failed", q="ORDER-00003") == ["Seat 3"]
        assert ask(mode="live") == ["Seat 4"]

    def test_is_refused_in_words_where_it_makes_no_sense(self, ask, db):
        with pytest.raises(ValidationError) as refusal:
            ask(created_from="2026-02-30")

        assert refusal.value.messages[0].startswith("Started: Enter a valid date")

    @pytest.mark.every_database
    def test_is_refused_where_the_search_finds_too_many(self, ask, db):
        make_many(1001)

        with pytest.raises(ValidationError, match="More than 1,000 payments begin like this: type more"):
            ask(q="ORDER")

    def test_is_nothing_for_who_may_not(self, ask, db):
        make_many(1)

        assert ask("cashier") == []
