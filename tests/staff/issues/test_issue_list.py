"""Needs attention: the gravest first, each with what can be done by who looks."""

from datetime import datetime

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupSitePermission, Page, Site

from tests.staff.conftest import REFUND, VIEW, Seen, words_of
from tests.staff.issues_made import Kind, many_issues, new_issue
from wagtail_khalti.models import KhaltiIssue, KhaltiPayment
from wagtail_khalti.testing.factories import PaymentFactory

INDEX, RESULTS = "khalti_issues:index", "khalti_issues:index_results"


@pytest.fixture
def open_inbox(sign_in):
    def open_inbox(role="manager", name=INDEX, **query):
        return Seen(sign_in(role).client.get(reverse(name), query, follow=True))

    return open_inbox


def cases_of(page):
    return page.main.select(".khalti-issue-row")


def titles_of(page):
    return [words_of(case.h3) for case in cases_of(page)]


def buttons_of(case):
    return [words_of(button) for button in case.select(".button")]


class TestWhatIsThere:
    def test_has_a_sentence_its_payment_and_what_it_means(self, open_inbox, home):
        issue = new_issue(Kind.AMOUNT_MISMATCH)

        [case] = cases_of(open_inbox())

        words = words_of(case)
        assert "Khalti reports Rs 1,499.99, expected Rs 1,500." in words
        assert "Check the amount in Khalti's dashboard." in words
        assert issue.payment.purpose in words
        link = case.select_one(f'a[href="{reverse("khalti_payments:inspect", args=[issue.payment_id])}"]')
        assert words_of(link) == issue.payment.readable_reference
        assert datetime.fromisoformat(case.time["datetime"]) == issue.opened_at

    def test_shows_what_was_found_folded_away_and_with_labels(self, open_inbox, home):
        payment = new_issue(Kind.AMOUNT_MISMATCH).payment

        [case] = cases_of(open_inbox())

        facts = {words_of(fact.dt): words_of(fact.dd) for fact in case.select("details .khalti-issue-details > div")}
        assert facts == {
            "Khalti status": "Completed",
            "Amount at Khalti": "Rs 1,499.99",
            "Khalti fees": "Rs 0",
            "Khalti transaction ID": f"T{payment.reference}",
            "Refunded, according to Khalti": "no",
            "pidx": payment.pidx,
            "Status before": "Sent to Khalti",
        }
        assert not case.details.has_attr("open")

    def test_leaves_out_what_has_no_label(self, open_inbox, home):
        new_issue(Kind.UNKNOWN_STATUS, {"status": "Odd", "secret_key": "live_secret_key_1"})

        page = open_inbox()

        assert "Odd" in page.text
        assert "live_secret_key_1" not in page.html

    def test_is_shown_as_words_whatever_khalti_said(self, open_inbox, home):
        new_issue(Kind.UNKNOWN_STATUS, {"status": "<script>alert(1)</script>", "total_amount": {"a": ["<b>"]}})

        page = open_inbox()

        assert "“<script>alert(1)</script>”" in page.text
        assert "<script>alert" not in page.html

    @pytest.mark.parametrize("details", [[], "text", 3, None, {"total_amount": 10**40, "status": None}])
    def test_may_have_evidence_of_any_kind(self, open_inbox, home, details):
        issue = new_issue(Kind.DUPLICATE_PAYMENT)
        KhaltiIssue.objects.filter(pk=issue.pk).update(details=details if isinstance(details, dict) else {})

        assert open_inbox().status == 200

    def test_has_the_gravest_first_and_of_these_the_newest(self, open_inbox, home, time_machine):
        time_machine.move_to(timezone.now(), tick=False)
        for kind in (Kind.UNKNOWN_STATUS, Kind.DELIVERY_FAILING, Kind.DUPLICATE_PAYMENT, Kind.NOT_FOUND):
            new_issue(kind)
            time_machine.shift(60)

        page = open_inbox()

        assert titles_of(page) == [
            str(kind.label)
            for kind in (Kind.NOT_FOUND, Kind.UNKNOWN_STATUS, Kind.DUPLICATE_PAYMENT, Kind.DELIVERY_FAILING)
        ]
        assert [words_of(risk) for risk in page.main.select(".khalti-risk")] == [
            str(risk.label) for risk in reversed(KhaltiIssue.Risk)
        ]

    def test_is_not_what_was_closed(self, open_inbox, home):
        new_issue()
        KhaltiIssue.objects.update(is_open=None)

        assert cases_of(open_inbox()) == []

    def test_names_the_account_where_it_concerns_all_its_payments(self, open_inbox, home):
        new_issue(Kind.KEY_REJECTED)

        [case] = cases_of(open_inbox())

        assert "Affects all payments of the account “default”" in words_of(case)

    def test_never_shows_who_paid(self, open_inbox, home):
        new_issue(customer_name="Sita Rai", customer_phone="9800000001", customer_email="sita@example.com")

        page = open_inbox("superuser")

        assert not any(word in page.html for word in ("Sita", "9800000001", "sita@"))

    def test_hides_personal_data_from_who_may_not_see_it(self, open_inbox, home):
        new_issue(
            Kind.REFUND_CONTRADICTED,
            {"answer": "Sent to 9800000001"},
            customer_name="Sita",
            customer_phone="9800000001",
        )

        assert "98XXXXX001" in open_inbox("viewer").text
        assert "9800000001" not in open_inbox("viewer").html
        assert "9800000001" in open_inbox("manager").html


class TestAnEmptyInbox:
    def test_is_a_pleasant_page(self, open_inbox, home):
        page = open_inbox()

        assert "Nothing needs attention." in page.text
        assert page.main.select_one('a[href="/admin/khalti_payments/?mode=simulator"]')

    def test_says_so_of_one_kind_and_leads_back(self, open_inbox, home):
        new_issue()

        page = open_inbox(kind="not_found")

        assert "No issues of this kind." in page.text
        assert page.main.select_one(f'a[href="{reverse(INDEX)}?mode=simulator"]')


class TestModes:
    def test_are_never_mixed(self, open_inbox, home):
        new_issue(purpose="A test")
        new_issue(purpose="Real money", mode="live")

        assert "A test" in open_inbox().text
        assert "Real money" not in open_inbox().text
        live = open_inbox(mode="live").text
        assert "Real money" in live
        assert "A test" not in live

    def test_of_tests_are_said(self, open_inbox, home):
        assert "No money moves." in open_inbox(mode="sandbox").text
        assert "Test mode" not in open_inbox(mode="live").text

    def test_that_do_not_exist_are_the_usual_one(self, open_inbox, home):
        new_issue(purpose="A test")

        for mode in ["", "nonsense", "' OR 1=1 --", "\x00", "x" * 10_000]:
            assert "A test" in open_inbox(name=RESULTS, mode=mode).html, mode[:20]

    def test_can_be_switched(self, open_inbox, home):
        page = open_inbox(mode="live")

        [shown] = page.main.select(".khalti-modes a[aria-current]")
        assert words_of(shown) == "Live"
        assert {link["href"] for link in page.main.select(".khalti-modes a")} == {
            f"{reverse(INDEX)}?mode={mode}" for mode in ("live", "sandbox", "simulator")
        }


class TestKinds:
    def test_narrow_the_inbox(self, open_inbox, home):
        for kind in (Kind.NOT_FOUND, Kind.DUPLICATE_PAYMENT, Kind.LATE_PAYMENT):
            new_issue(kind)

        page = open_inbox(kind=["not_found", "late_payment"])

        assert titles_of(page) == [str(Kind.NOT_FOUND.label), str(Kind.LATE_PAYMENT.label)]

    def test_that_do_not_exist_narrow_nothing(self, open_inbox, home):
        new_issue()

        for kind in ["nonsense", "%", "_", "'", "\x00", "x" * 10_000]:
            page = open_inbox(name=RESULTS, kind=kind)

            assert (page.status, len(page.soup.select(".khalti-issue-row"))) == (200, 1), kind[:20]

    def test_narrow_the_part_that_wagtail_swaps(self, open_inbox, home):
        new_issue()
        new_issue(Kind.NOT_FOUND)

        page = open_inbox(name=RESULTS, kind="not_found", _w_filter_fragment="1")

        assert len(page.soup.select(".khalti-issue-row")) == 1
        assert page.soup.select_one("header") is None


class TestPages:
    def test_hold_twenty_each(self, open_inbox, home):
        many_issues(45)

        seen = [len(cases_of(open_inbox(p=number))) for number in (1, 2, 3)]

        assert seen == [20, 20, 5]
        assert "45 issues" in open_inbox().text

    def test_that_do_not_exist_are_the_nearest(self, open_inbox, home):
        new_issue()

        for number in ["0", "-1", "99", "abc", "9" * 5000, "\x00"]:
            assert len(open_inbox(name=RESULTS, p=number).soup.select(".khalti-issue-row")) == 1, number[:20]

    def test_are_counted_no_further_than_a_thousand(self, open_inbox, home):
        many_issues(1001)

        page = open_inbox(p=99)

        assert "1,000 issues or more" in page.text
        assert "Page 50 of 50" in page.text

    def test_cost_the_same_however_many_are_open(self, sign_in, home):
        client = sign_in("manager").client
        url = reverse(INDEX)
        client.get(url)

        def cost():
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            return len(queries), sum("wagtail_khalti" in query["sql"] for query in queries)

        many_issues(3)
        new_issue(Kind.REFUND_UNCONFIRMED)
        few = cost()
        many_issues(300)
        for kind in Kind:
            if kind is not Kind.REFUND_UNCONFIRMED:
                new_issue(kind)

        assert cost() == few
        assert few[1] == 4, "the count in the menu, the count of the page, its issues, and their refunds"


BUTTONS = {
    Kind.AMOUNT_MISMATCH: ["Refresh status from Khalti", "Resolve"],
    Kind.DUPLICATE_PAYMENT: ["Refund duplicate", "Resolve"],
    Kind.REFUND_UNCONFIRMED: ["Confirm refund outcome", "Refresh status from Khalti"],
    Kind.REFUND_AMOUNT_MISSING: ["Enter refunded amount"],
    Kind.DELIVERY_FAILING: ["Retry delivery", "Resolve"],
    Kind.LATE_PAYMENT: ["Refund", "Resolve"],
    Kind.KEY_REJECTED: ["Refresh status from Khalti", "Resolve"],
}
OF_A_CASHIER = {"Refresh status from Khalti", "Retry delivery"}


class TestButtons:
    def test_are_those_for_which_one_has_the_right(self, open_inbox, home):
        for kind in BUTTONS:
            new_issue(kind)
        titles = {str(kind.label): kind for kind in BUTTONS}

        for role in ("viewer", "cashier", "manager"):
            page = open_inbox(role)
            seen = {
                titles[title]: buttons_of(case) for title, case in zip(titles_of(page), cases_of(page), strict=True)
            }

            may = {"viewer": set(), "cashier": OF_A_CASHIER, "manager": set().union(*BUTTONS.values())}[role]
            assert seen == {kind: [button for button in BUTTONS[kind] if button in may] for kind in BUTTONS}, role

    def test_lead_to_the_settings_who_may_change_them(self, open_inbox, home):
        new_issue(Kind.KEY_REJECTED)

        [case] = cases_of(open_inbox("superuser"))

        assert words_of(case.select_one('a[href="/admin/settings/wagtail_khalti/khaltisettings/"]')) == (
            "Test connection"
        )

    def test_lead_to_the_connection_of_the_site_that_it_is_about(self, open_inbox, home):
        another = Site.objects.create(hostname="another.example", root_page=home)
        new_issue(Kind.KEY_REJECTED)
        KhaltiPayment.objects.update(site=another)

        [case] = cases_of(open_inbox("superuser"))

        assert case.select_one(f'a[href="/admin/khalti_settings/connection/{another.pk}/"]')

    def test_do_not_ask_khalti_about_what_never_came_there(self, open_inbox, home):
        new_issue(Kind.UNKNOWN_STATUS)
        KhaltiPayment.objects.update(pidx=None)

        [case] = cases_of(open_inbox())

        assert buttons_of(case) == ["Resolve"]

    def test_are_forms_where_they_do_something(self, desk, khalti, paid):
        new_issue(Kind.UNKNOWN_STATUS, payment=paid)
        page = Seen(desk.client.get(reverse(INDEX)))

        done = Seen(desk.client.post(page.forms[0]["action"], follow=True))

        assert done.messages == ["Status refreshed. Khalti reports “Completed”."]

    def test_tell_the_sites_code_again(self, desk, paid):
        new_issue(Kind.DELIVERY_FAILING, payment=paid)
        page = Seen(desk.client.get(reverse(INDEX)))

        done = Seen(desk.client.post(page.forms[0]["action"], follow=True))

        assert done.messages == ["Integration event “Payment completed” delivered."]
        assert not paid.deliveries.undelivered().exists()
        assert cases_of(Seen(desk.client.get(reverse(INDEX)))) == []


@pytest.fixture
def other_site(home):
    return Site.objects.create(hostname="other.example.com", root_page=Page.objects.get(depth=1))


@pytest.fixture
def limited(sign_in, other_site):
    """Who may see the payments of the other site only."""
    desk = sign_in("editor")
    editor = desk.client.get(reverse("wagtailadmin_home")).wsgi_request.user
    group = Group.objects.create(name="Other site")
    group.user_set.add(editor)
    for codename in (VIEW, REFUND):
        permission = Permission.objects.get(codename=codename)
        GroupSitePermission.objects.create(group=group, site=other_site, permission=permission)
    return sign_in("editor")


class TestWhoIsLimitedToASite:
    def test_sees_what_needs_somebody_there(self, limited, other_site):
        new_issue(purpose="Here", site=Site.objects.get(is_default_site=True))
        new_issue(purpose="Nowhere")
        new_issue(purpose="There", site=other_site)

        page = Seen(limited.client.get(reverse(INDEX)))

        assert [case.select_one("[dir=auto]").text for case in cases_of(page)] == ["There"]
        assert "Needs attention (1)" in page.html

    def test_costs_the_same_however_many_are_open(self, limited, other_site):
        def cost():
            with CaptureQueriesContext(connection) as queries:
                limited.client.get(reverse(INDEX))
            return len(queries)

        many_issues(3, site=other_site)
        few = cost()
        many_issues(100, site=other_site)

        assert cost() == few


class TestWhoMayLook:
    @pytest.mark.parametrize("name", [INDEX, RESULTS])
    @pytest.mark.parametrize(
        ("role", "status"),
        [("", 302), ("member", 302), ("editor", 302), ("viewer", 200), ("accountant", 200), ("superuser", 200)],
    )
    def test_is_who_may_see_payments(self, sign_in, home, name, role, status):
        answer = sign_in(role).client.get(reverse(name))

        assert answer.status_code == status
        if status == 200:
            assert {"no-store", "private"} <= set(answer["Cache-Control"].split(", "))

    def test_can_post_nothing_there(self, desk, home):
        assert desk.client.post(reverse(INDEX)).status_code == 405


def plans_of(queryset):
    return queryset.explain().casefold()


@pytest.mark.parametrize("sites", [None, [1, 2]])
def test_the_search_begins_at_what_is_open(rf, home, sites):
    """And not at the payments of a mode, which may be a million."""
    from wagtail_khalti.conf import Mode
    from wagtail_khalti.staff.issues.attention import open_issues

    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL decides by what the tables hold, which is next to nothing here")
    PaymentFactory()
    request = rf.get("/")
    request._khalti_attention = {"permitted_sites": sites}

    for rows in (open_issues(request, Mode.LIVE)[:20], open_issues(request, Mode.LIVE).order_by()[:100]):
        first, second = plans_of(rows).strip().splitlines()[:2]
        assert "khalti_issue_risk" in first
        assert "primary" in second


def test_events_of_a_payment_never_sent_can_be_redelivered(sign_in, open_inbox, home):
    """Such a payment has no pidx to ask with, and an event all the same."""
    issue = new_issue(Kind.DELIVERY_FAILING)
    KhaltiPayment.objects.update(pidx=None)

    [case] = cases_of(open_inbox("cashier"))
    page = sign_in("cashier").get("inspect", issue.payment)

    for buttons in (buttons_of(case), [words_of(button) for button in page.main.select(".help-warning .button")]):
        assert "Retry delivery" in buttons
        assert "Refresh status from Khalti" not in buttons
