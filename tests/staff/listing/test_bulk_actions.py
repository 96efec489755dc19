"""What is done with several payments at once: checked with Khalti, or exported."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.urls import reverse

from tests.staff.conftest import Seen, make_person, stored, url_of, words_of
from tests.staff.many import make_many, purposes
from wagtail_khalti.actions import start_payment
from wagtail_khalti.gateway import client
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment
from wagtail_khalti.staff.listing import bulk_actions, refreshing
from wagtail_khalti.staff.listing.refreshing import refresh_statuses

EVERY_TRY = client.TRIES * 3
BACK = "/admin/khalti_payments/?status=waiting"


def url_of_action(action):
    return reverse("wagtail_bulk_action", args=["wagtail_khalti", "khaltipayment", action])


@pytest.fixture
def started(khalti, home):
    """Three payments that their visitors went to Khalti with."""
    return [
        start_payment(10_000 * number, purpose=f"Seat {number}", base_url="http://testserver") for number in (1, 2, 3)
    ]


@pytest.fixture
def select(desk):
    """The page that Wagtail's button leads to."""

    def select(payments, action="refresh_status", *, by=desk, **query):
        chosen = {"id": [getattr(payment, "pk", payment) for payment in payments], "next": BACK} | query
        return Seen(by.client.get(url_of_action(action), chosen, follow=True))

    return select


def listed(page):
    return [words_of(link) for link in page.main.select("li a")]


class TestTheButtons:
    @pytest.mark.parametrize(
        ("role", "expected"),
        [
            ("viewer", []),
            ("cashier", ["Refresh status from Khalti"]),
            ("accountant", ["Export selection"]),
            ("manager", ["Refresh status from Khalti", "Export selection"]),
        ],
    )
    def test_are_those_that_the_role_may_use(self, sign_in, paid, role, expected):
        page = sign_in(role).get("index")

        assert [words_of(link) for link in page.soup.select("[data-bulk-action-button]")] == expected
        assert len(page.main.select("tbody [data-bulk-action-checkbox]")) == bool(expected)
        assert ("bulk-actions.js" in page.html) == bool(expected)

    def test_have_checkboxes_that_are_named_after_their_rows(self, desk, paid):
        page = desk.get("index")

        box = page.main.select_one("[data-bulk-action-checkbox]")
        assert words_of(page.main.find(id=box["aria-describedby"])) == "Membership"

    def test_are_not_lost_while_somebody_types(self, desk, paid):
        assert desk.get("index_results").soup.select("[data-bulk-action-checkbox]")


class TestRefreshing:
    def test_asks_before_it_does_anything(self, select, started, khalti):
        before = khalti.calls("lookup")

        page = select(started[:2])

        assert listed(page) == ["Seat 2", "Seat 1"]
        assert "The status of each of these payments is looked up at Khalti." in page.text
        assert page.main.select_one(f'form a[href="{BACK}"]')
        assert khalti.calls("lookup") == before

    @pytest.mark.every_database
    def test_applies_what_khalti_says_of_each(self, desk, select, started, khalti):
        khalti.pay(started[0])
        khalti.cancel(started[1])

        page = desk.send(select(started).form_with("button"))

        assert [stored(payment).status for payment in started] == ["completed", "canceled", "initiated"]
        assert page.messages == ["3 payments were checked with Khalti. 2 statuses changed."]
        assert (page.path, page.response.request["QUERY_STRING"]) == tuple(BACK.split("?"))

    def test_is_on_the_record_with_who_did_it(self, desk, select, started):
        desk.send(select(started[:1]).form_with("button"))

        event = KhaltiEvent.objects.filter(kind="looked_up").get()
        assert (event.actor, event.user.username) == ("staff", "manager")

    @pytest.mark.every_database
    def test_is_done_also_where_every_request_is_a_transaction(self, desk, select, started, khalti, monkeypatch):
        monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
        khalti.pay(started[0])

        desk.send(select(started[:1]).form_with("button"))

        assert stored(started[0]).status == "completed"

    def test_tells_in_words_which_could_not_be_checked(self, desk, select, started, khalti):
        page = select(started)
        khalti.trouble("lookup", "server_error", payment=started[0], times=EVERY_TRY)

        done = desk.send(page.form_with("button"))

        assert done.messages == [
            "2 payments were checked with Khalti. No status changed.",
            "1 payment could not be checked: Khalti is temporarily unavailable. Try again later.",
        ]
        assert done.badges == ["success", "error"]

    def test_tells_where_the_response_does_not_match(self, desk, select, started, khalti):
        page = select(started[:1])
        khalti.answer_lookup(started[0], total_amount=1, status="Completed")

        done = desk.send(page.form_with("button"))

        assert "Khalti's response doesn't match 1 payment" in done.messages[1]
        assert stored(started[0]).status == "initiated"

    def test_stops_when_it_has_taken_long(self, started, monkeypatch, khalti):
        monkeypatch.setattr(refreshing, "MAX_SECONDS", -1)

        resolution = refresh_statuses(started, by=make_person("cashier"))

        assert (resolution.checked, resolution.unchecked) == (0, 3)
        assert [words for _tell, words in resolution.in_words()] == [
            "Khalti is slow right now. 3 payments were not checked; try again later."
        ]

    def test_leaves_out_what_was_never_sent(self, select, started):
        [unsent] = make_many(1, first=4, pidx=None, status="created")

        page = select([*started, unsent])

        assert "This payment was never sent to Khalti, so there is nothing to check: Seat 4" in page.text

    def test_has_no_button_where_nothing_can_be_checked(self, desk, select, db):
        [unsent] = make_many(1, pidx=None, status="created")

        page = select([unsent])

        assert page.form_with("button") is None
        assert words_of(page.main.select_one(f'a[href="{BACK}"]')) == "Go back"
        done = Seen(desk.client.post(f"{url_of('refresh')}?id={unsent.pk}", follow=True))
        assert done.messages == ["None of these payments can be checked."]

    def test_of_too_many_is_refused(self, select, db, monkeypatch):
        monkeypatch.setattr(bulk_actions, "MAX_REFRESHED", 2)
        payments = make_many(3)

        page = select(payments)

        assert page.messages == ["At most 2 payments can be refreshed at once. Select fewer."]
        assert page.path == url_of("index")

    @pytest.mark.every_database
    def test_of_all_in_the_list_is_of_those_that_it_shows(self, select, started):
        make_many(1, first=4, status="failed")

        assert listed(select(["all"], status="failed")) == ["Seat 4"]

    def test_of_a_list_that_makes_no_sense_is_refused(self, select, started):
        assert "Enter a valid date" in select(["all"], created_from="2026-02-30").messages[0]

    @pytest.mark.parametrize("key", ["abc", "9" * 5000, "\x00", "-1", "1 OR 1=1", "²", ""])
    @pytest.mark.every_database
    def test_finds_nothing_for_what_is_no_key(self, select, started, key):
        page = select([key])

        assert page.status == 200
        assert "None of these payments is there." in page.text

    def test_does_nothing_at_wagtails_own_address(self, desk, started, khalti):
        """Which may be inside a transaction."""
        before = khalti.calls("lookup")

        answer = desk.client.post(f"{url_of_action('refresh_status')}?id={started[0].pk}")

        assert (answer.status_code, khalti.calls("lookup")) == (405, before)


class TestExporting:
    def test_leads_to_the_export_of_the_chosen_ones(self, desk, select, started):
        page = select(started[1:], "export")

        assert page.path == url_of("export")
        assert page.figures["Number of payments"] == "2 payments"
        assert page.figures["Selection"] == "2 selected payments"

    @pytest.mark.every_database
    def test_has_them_in_the_file_and_in_the_list(self, desk, select, started):
        page = select(started[1:], "export")

        query = {field["name"]: field["value"] for field in page.main.select("form input[type=hidden]")}
        file = b"".join(desk.client.get(url_of("export_payments"), query | {"format": "csv"})).decode()
        assert [f"Seat {number}" in file for number in (1, 2, 3)] == [False, True, True]
        assert sorted(purposes(desk.get("index", selected=query["selected"]))) == ["Seat 2", "Seat 3"]

    def test_of_all_in_the_list_keeps_the_filters(self, desk, started):
        answer = desk.client.get(
            url_of_action("export"), {"id": "all", "status": "failed", "q": "Seat", "next": BACK, "p": "2"}
        )

        assert parse_qs(urlsplit(answer.url).query) == {"status": ["failed"], "q": ["Seat"]}

    def test_is_of_the_mode_of_what_was_chosen(self, select, db):
        page = select(make_many(1, mode="live"), "export")

        assert words_of(page.main.select_one(".khalti-mode-bar strong")) == "Live"
        assert page.figures["Number of payments"] == "1 payment"

    def test_of_nothing_is_refused(self, select, db):
        page = select(["abc"], "export")

        assert page.messages == ["You don't have permission to export these payments."]

    def test_of_too_many_is_refused(self, select, db):
        page = select(range(1, 102), "export")

        assert page.messages == ["At most 100 payments can be selected. Use the filters instead."]

    @pytest.mark.parametrize("selected", ["1;2", "1,", ",1", "abc", "1" * 19, ",".join("1" * 101), "\x00", "-1"])
    def test_of_what_is_no_selection_is_told(self, desk, db, selected):
        page = desk.get("index", selected=selected)

        assert "Selection: This is not one of the choices." in page.text


class TestOtherSites:
    @pytest.fixture
    def both(self, home, other_site):
        sites = {"Here": home.get_site(), "There": other_site, "Nowhere": None}
        return [
            make_many(1, first=number, site=site, purpose=name)[0]
            for number, (name, site) in enumerate(sites.items(), start=1)
        ]

    def test_are_not_asked_about(self, sign_in_for, select, both, home, other_site):
        desk = sign_in_for(view=[home.get_site(), other_site], check=[other_site])

        page = select(both, by=desk)

        assert "The status of this payment is looked up at Khalti." in page.text
        assert "You don't have permission to check this payment: Here" in page.text
        assert "Nowhere" not in page.text, "nobody may know that it is there"

    def test_are_not_checked_by_whoever_sends_their_keys(self, sign_in_for, both, home, other_site, khalti):
        desk = sign_in_for(view=[home.get_site()], check=[other_site])
        before = khalti.calls("lookup")

        page = Seen(desk.client.post(f"{url_of('refresh')}?id={both[0].pk}&id={both[2].pk}", follow=True))

        assert page.messages == ["None of these payments can be checked."]
        assert khalti.calls("lookup") == before

    def test_are_left_out_of_an_export_and_that_is_told(self, sign_in_for, select, both, home, other_site):
        desk = sign_in_for(view=[home.get_site(), other_site], export=[other_site])

        page = select(both, "export", by=desk)

        assert page.messages == ["1 payment is left out: you don't have permission to export it."]
        assert page.figures["Number of payments"] == "1 payment"


@pytest.mark.parametrize(("role", "action"), [("accountant", "refresh_status"), ("cashier", "export")])
def test_who_has_no_right_is_sent_away(sign_in, paid, role, action):
    answer = sign_in(role).client.get(url_of_action(action), {"id": paid.pk})

    assert answer.url == reverse("wagtailadmin_home")
    assert get_user_model().objects.count() == KhaltiPayment.objects.count() == 1
