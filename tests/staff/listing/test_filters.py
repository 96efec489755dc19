"""What narrows the list of payments, and what can't be meant."""

from datetime import date, datetime, time, timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.test import RequestFactory
from django.utils import timezone

from tests.staff.conftest import make_person, url_of, words_of
from tests.staff.many import make_many, purposes
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.status import Status
from wagtail_khalti.staff.listing.page import filtered_payments
from wagtail_khalti.testing.factories import RefundFactory

NO_SUCH_DAY = "Enter a valid date, such as 2026-11-21, or 2083-08-05 in Bikram Sambat."
SENSELESS_DAYS = [
    "2026-02-30",
    "2083-01-33",
    "2083-13-01",
    "21.11.26",
    "yesterday",
    "2026-11",
    "9999-12-31",
    "0001-01-01",
    "٢٠٢٦",
]


@pytest.fixture
def viewer(sign_in):
    return sign_in("viewer")


@pytest.fixture
def ask(db):
    """What the list would show for this query, the newest first; or what can't be meant of it."""
    user = make_person("superuser")

    def ask(**query):
        request = RequestFactory().get("/", query)
        request.user = user
        try:
            return [payment.purpose for payment in filtered_payments(request).order_by("-created_at")]
        except ValidationError as error:
            return error.messages

    return ask


def at(day, hour=12):
    return timezone.make_aware(datetime.combine(day, time(hour)), timezone.get_default_timezone())


def pills(page):
    return [words_of(pill.select_one(".w-pill__content")) for pill in page.soup.select(".w-pill")]


def complaints(page):
    return [words_of(line) for line in page.main.select(".help-critical p")][:-1]


class TestDays:
    @pytest.fixture
    def three_days(self, db):
        for number in (1, 2, 3):
            day = date(2026, 11, 19 + number)
            make_many(1, first=number, created_at=at(day, 23), completed_at=at(day, 0), purpose=f"Day {number}")

    @pytest.mark.parametrize(
        ("first", "last", "expected"),
        [
            ("2026-11-21", "", ["Day 3", "Day 2"]),
            ("", "2026-11-21", ["Day 2", "Day 1"]),
            ("2026-11-21", "2026-11-21", ["Day 2"]),
            ("2083-08-05", "2083-08-05", ["Day 2"]),
            ("2083/8/5", "2026-11-22", ["Day 3", "Day 2"]),
            ("२०८३-०८-०५", "\u200e2083-08-05 ", ["Day 2"]),
            ("2020-01-01", "2020-12-31", []),
            (" ", "", ["Day 3", "Day 2", "Day 1"]),
            ("1944-01-01", "", ["Day 3", "Day 2", "Day 1"]),
            ("", "1944-01-01", []),
        ],
    )
    @pytest.mark.parametrize("name", ["created", "paid"])
    @pytest.mark.every_database
    def test_are_understood_in_both_calendars_and_both_count(self, ask, three_days, name, first, last, expected):
        assert ask(**{f"{name}_from": first, f"{name}_to": last}) == expected

    @pytest.mark.every_database
    def test_of_refunds_are_those_on_which_the_money_went_back(self, viewer, paid, unconfirmed, time_machine):
        make_many(1)
        today = timezone.localdate(timezone=timezone.get_default_timezone())
        tomorrow = today + timedelta(days=1)

        found = viewer.get("index", refunded_from=today, refunded_to=today)
        later = viewer.get("index", refunded_from=tomorrow)

        assert [row.a["href"] for row in found.main.select("tbody tr")] == [url_of("inspect", unconfirmed.payment)]
        assert purposes(later) == []

    @pytest.mark.every_database
    def test_of_refunds_don_t_count_what_is_in_doubt_or_was_refused(self, ask):
        RefundFactory(failed=True)
        RefundFactory(lost=True)

        assert ask(refunded_from="2020-01-01") == []

    @pytest.mark.parametrize("name", ["created_from", "paid_to", "refunded_from"])
    def test_that_don_t_exist_are_told(self, ask, three_days, name):
        label = {"created_from": "Started", "paid_to": "Paid", "refunded_from": "Refunded"}[name]
        for typed in SENSELESS_DAYS:
            assert ask(status="initiated", **{name: typed}) == [f"{label}: {NO_SUCH_DAY}"], typed

    def test_that_don_t_exist_are_an_error_and_nothing_is_shown(self, viewer, three_days):
        page = viewer.get("index", status="initiated", created_from="2083-13-01")

        assert complaints(page) == [f"Started: {NO_SUCH_DAY}"]
        assert page.rows == []
        assert page.status == 200

    def test_are_kept_as_they_were_typed(self, viewer, three_days):
        page = viewer.get("index", created_from="2083-13-01", created_to="2083-08-05", status="initiated")

        for form in page.soup.select("form[role=search], noscript form"):
            assert form.select_one("[name=created_from]")["value"] == "2083-13-01"
            assert form.select_one("[name=created_to]")["value"] == "2083-08-05"
            assert form.select_one("[name=status][checked]")["value"] == "initiated"

    @pytest.mark.parametrize("name", ["created", "paid", "refunded"])
    @pytest.mark.parametrize(
        ("first", "last", "words"),
        [
            ("2026-11-21", "2026-11-20", "The end date is before the start date."),
            ("2083-08-05", "2083-08-04", "The end date is before the start date."),
            ("2083-08-05", "2026-11-20", "The end date is before the start date."),
            ("1976-11-21", "2026-11-21", "A period can't be longer than ten years."),
            ("2026-02-30", "2026-02-31", NO_SUCH_DAY),
        ],
    )
    def test_that_can_t_be_meant_together_are_told(self, ask, name, first, last, words):
        [told] = ask(**{f"{name}_from": first, f"{name}_to": last})

        assert told.split(": ")[1] == words

    @pytest.mark.parametrize(
        ("asked", "words"),
        [
            ({"created_from": "2083-08-05", "created_to": "2083-08-06"}, "Started: 2083-08-05 to 2083-08-06"),
            ({"paid_from": "2026-11-21"}, "Paid: from 2026-11-21"),
            ({"paid_to": "2026-11-21"}, "Paid: to 2026-11-21"),
            ({"amount_from": "1,500"}, "Amount: from 1,500"),
        ],
    )
    def test_stand_above_the_list_and_go_with_a_press(self, viewer, three_days, asked, words):
        page = viewer.get("index", **asked, status="initiated")

        button = page.soup.select(".w-pill__remove")[-1]
        assert words in pills(page)
        left = [pill["data-w-swap-src-value"] for pill in page.soup.select(".w-pill__remove")]
        assert f"{url_of('index_results')}?status=initiated&_w_filter_fragment=1" in left
        assert button["aria-label"] == "Clear"


class TestAmounts:
    @pytest.mark.parametrize(
        ("first", "last", "expected"),
        [
            ("200", "300", ["Seat 2", "Seat 3"]),
            ("200", "", ["Seat 2", "Seat 3", "Seat 4"]),
            ("", "Rs २००", ["Seat 1", "Seat 2"]),
            ("100.01", "199.99", []),
            ("9" * 30, "", []),
            ("", "", ["Seat 1", "Seat 2", "Seat 3", "Seat 4"]),
        ],
    )
    @pytest.mark.every_database
    def test_are_in_rupees_and_both_count(self, ask, first, last, expected):
        make_many(4)

        assert ask(amount_from=first, amount_to=last) == expected

    @pytest.mark.parametrize(
        ("first", "last", "words"),
        [
            ("300", "200", "This amount is below the first one."),
            ("abc", "", "Enter an amount in rupees, such as 1500 or 1500.50."),
            ("", "-5", "Enter an amount above zero."),
            ("1" * 10_000, "", "Ensure this value has at most 30 characters (it has 10000)."),
            ("5\x00", "", "Null characters are not allowed."),
        ],
    )
    def test_that_make_no_sense_are_told(self, ask, first, last, words):
        assert ask(amount_from=first, amount_to=last) == [f"Amount: {words}"]


class TestChoices:
    @pytest.mark.every_database
    def test_show_what_has_this_status(self, ask):
        for number, status in enumerate(Status.values, start=1):
            make_many(1, first=number, status=status, purpose=status)

        for status in Status.values:
            assert ask(status=status) == [status]

    @pytest.mark.parametrize(
        ("name", "label"),
        [
            ("status", "Status"),
            ("merchant", "Khalti account"),
            ("site", "Site"),
            ("source", "Page"),
            ("needs", "Issues"),
        ],
    )
    def test_that_aren_t_there_are_an_error_and_nothing_is_shown(self, ask, viewer, name, label):
        make_many(2)
        told = f"{label}: This is not one of the choices."

        for value in ["nonsense", "\x00", "-1", "9" * 5000, "%", "completed' OR 1=1"]:
            assert ask(**{name: value}) == [told], value[:20]

        page = viewer.get("index", **{name: "nonsense"})
        assert complaints(page) == [told]
        assert page.rows == []

    def test_of_a_khalti_account_are_there_where_there_are_several(self, viewer, db, settings):
        more = {"MERCHANTS": {"charity": {"SECRET_KEY": "another-key", "API_URL": "http://khalti.test"}}}
        settings.WAGTAIL_KHALTI = settings.WAGTAIL_KHALTI | more
        make_many(1, merchant="charity")
        make_many(1, first=2)

        page = viewer.get("index", merchant="charity")

        assert purposes(page) == ["Seat 1"]
        assert pills(page) == ["Khalti account: charity"]

    @pytest.mark.every_database
    def test_of_a_removed_khalti_account_are_still_found(self, ask):
        make_many(1, merchant="gone")
        make_many(1, first=2)

        assert ask() == ["Seat 1", "Seat 2"]
        assert ask(merchant="gone") == ["Seat 1"]

    def test_of_one_account_are_no_choice(self, viewer, db):
        assert viewer.get("index").soup.select("[name=merchant]") == []

    @pytest.mark.every_database
    def test_of_the_page_come_by_a_link_and_say_its_title(self, viewer, home):
        source_type = ContentType.objects.get_for_model(home)
        make_many(2, source_type=source_type, source_id=str(home.pk), source_title="Membership page")
        make_many(1, first=3, source_type=source_type, source_id=f"{home.pk}1", source_title="Another")

        page = viewer.get("index", source=f"{source_type.pk}-{home.pk}")

        assert purposes(page) == ["Seat 1", "Seat 2"]
        assert pills(page) == ["Page: Membership page"]

    def test_of_a_page_without_payments_find_none(self, viewer, db):
        make_many(1)

        page = viewer.get("index", source="999999999-17")

        assert pills(page) == ["Page: A page without payments"]
        assert "No payments match these filters." in page.text

    def test_of_the_page_are_not_listed(self, viewer, db):
        assert viewer.get("index").soup.select("[name=source]") == []

    @pytest.mark.every_database
    def test_show_what_somebody_has_to_look_at(self, viewer, nameless):
        make_many(2)

        page = viewer.get("index", needs="look")

        assert purposes(page) == [nameless.payment.purpose]
        assert pills(page) == ["Issues: Needs attention"]

    @pytest.mark.every_database
    def test_are_all_of_them_true_at_once(self, ask):
        make_many(4, status=lambda number: "failed" if number % 2 else "expired")

        assert ask(status="failed", amount_from="200", q="ORDER-0000") == ["Seat 3"]

    def test_say_how_many_there_are(self, viewer, db):
        make_many(25)

        assert "25 payments match." in viewer.get("index", status="initiated").text
        assert "1 payment matches." in viewer.get("index", amount_to="100").text
        assert "match" not in viewer.get("index").text


class TestTheMode:
    def test_is_a_pill_only_where_it_is_not_the_usual_one(self, viewer, db):
        assert pills(viewer.get("index", mode="simulator")) == []
        assert pills(viewer.get("index", mode="live")) == ["Mode: Live"]

    def test_alone_is_no_filter(self, viewer, db):
        make_many(1, mode="live")

        assert "match" not in viewer.get("index", mode="live").text
        assert "Each payment appears here" in viewer.get("index", mode="sandbox").text

    def test_goes_with_what_is_typed_next(self, viewer, db):
        form = viewer.get("index", mode="live").soup.select_one("form[role=search]")

        assert [field["value"] for field in form.select("[name=mode][checked]")] == ["live"]
        assert KhaltiPayment.objects.count() == 0
