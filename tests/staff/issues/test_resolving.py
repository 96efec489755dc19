"""An issue is resolved by a person, once, and on the record."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from wagtail.models import GroupSitePermission, ModelLogEntry, Page, Site

from tests.staff.conftest import REFUND, VIEW, Form, Seen, words_of
from tests.staff.issues_made import Kind, new_issue
from wagtail_khalti.actions import resolve_issue
from wagtail_khalti.models import KhaltiIssue, KhaltiPayment

Resolution = KhaltiIssue.Resolution
SAID = {"resolution": "resolved", "note": "Called the customer"}


@pytest.fixture
def issue(home):
    return new_issue()


def url_of(issue):
    return reverse("khalti_issues:resolve", args=[getattr(issue, "pk", issue)])


def look(desk, issue):
    return Seen(desk.client.get(url_of(issue), follow=True))


def close(desk, issue, **said):
    return Seen(desk.client.post(url_of(issue), said, follow=True))


def stored(issue):
    return KhaltiIssue.objects.get(pk=issue.pk)


class TestThePage:
    def test_says_what_it_is_about_and_that_nothing_moves(self, desk, issue):
        page = look(desk, issue)

        assert "Duplicate payment" in page.text
        assert issue.sentence.replace("\xa0", " ") in page.text
        assert "It moves no money and doesn't change the payment." in page.text
        assert page.figures["Description"] == issue.payment.purpose
        assert list(page.form.buttons) == ["Resolve"]

    def test_leads_back_to_the_inbox_and_to_the_payment(self, desk, issue):
        page = look(desk, issue)

        assert page.soup.select_one(f'.w-breadcrumbs a[href="{reverse("khalti_issues:index")}"]')
        assert page.main.select_one(
            f'.khalti-back a[href="{reverse("khalti_payments:inspect", args=[issue.payment_id])}"]'
        )


class TestClosing:
    @pytest.mark.parametrize(("resolution", "note"), [("resolved", "Called"), ("no_action_needed", "")])
    def test_keeps_who_how_and_what_was_done(self, desk, issue, resolution, note):
        page = close(desk, issue, resolution=resolution, note=note)

        row = stored(issue)
        assert (row.is_open, row.resolution, row.note, row.resolved_by.username) == (None, resolution, note, "manager")
        assert page.messages == ["Resolved: Duplicate payment."]
        assert page.path == reverse("khalti_issues:index")

    def test_moves_no_money(self, desk, issue):
        before = list(KhaltiPayment.objects.values())

        close(desk, issue, **SAID)

        assert list(KhaltiPayment.objects.values()) == before

    def test_goes_on_with_the_inbox_that_it_came_from(self, desk, home):
        page = close(desk, new_issue(mode="live"), **SAID)

        assert page.response.request["QUERY_STRING"] == "mode=live"

    def test_lands_in_wagtails_log_of_the_payment(self, desk, issue):
        close(desk, issue, **SAID)

        entry = ModelLogEntry.objects.get()
        assert (entry.user.username, entry.object_id) == ("manager", str(issue.payment_id))
        assert entry.message == "Issue resolved: Duplicate payment"
        rows = desk.get("history", issue.payment).rows
        assert [row[0] for row in rows] == [entry.message]

    def test_shows_the_note_as_words_and_in_the_story_only(self, desk, issue):
        close(desk, issue, resolution="resolved", note="<b>50 %</b> %(x)s {y}")

        assert "50 %" not in desk.get("history", issue.payment).text
        page = desk.get("inspect", issue.payment)
        assert "“<b>50 %</b> %(x)s {y}”" in " ".join(page.timeline)
        assert "<b>50" not in page.html

    def test_that_comes_by_itself_is_in_no_log(self, issue):
        resolve_issue(issue, resolution=Resolution.RESOLVED_AUTOMATICALLY)

        assert not ModelLogEntry.objects.exists()

    def test_that_follows_from_a_refund_is_told_with_it_alone(self, desk, unconfirmed):
        desk.post("resolve_refund", unconfirmed.reference, was_found="no", note="")

        assert [entry.action for entry in ModelLogEntry.objects.all()] == ["wagtail_khalti.resolve_refund"]


class TestBadInput:
    @pytest.mark.parametrize(
        ("said", "errors"),
        [
            ({}, ["Choose one of these."]),
            ({"resolution": "resolved"}, ["Enter what was done."]),
            ({"resolution": "resolved", "note": " \n\t "}, ["Enter what was done."]),
            ({"resolution": "resolved_automatically", "note": "x"}, 1),
            ({"resolution": "nonsense", "note": "x"}, 1),
            ({"resolution": "resolved", "note": "x" * 1001}, 1),
            ({"resolution": "resolved", "note": "a\x00b"}, 1),
        ],
    )
    def test_is_said_where_it_is_and_closes_nothing(self, desk, issue, said, errors):
        page = close(desk, issue, **said)

        assert stored(issue).is_open
        assert page.messages == ["Please correct the errors below."]
        assert (page.errors if isinstance(errors, list) else len(page.errors)) == errors

    def test_keeps_what_was_typed(self, desk, issue):
        page = close(desk, issue, note="Called the customer")

        assert page.main.select_one("textarea").text.strip() == "Called the customer"

    @pytest.mark.parametrize("number", ["0", "404", "9" * 25])
    def test_may_be_a_matter_that_is_not_there(self, desk, issue, number):
        url = url_of(12345).replace("12345", number)

        assert desk.client.get(url).status_code == desk.client.post(url, SAID).status_code == 404


class TestTwoWhoCloseTheSame:
    def test_the_second_is_told_of_the_first(self, desk, colleague, issue):
        page = look(desk, issue)
        close(colleague, issue, resolution="no_action_needed")

        late = desk.send(page.form, **SAID)

        assert late.messages == [
            "This issue was already resolved: “No action needed”, by superuser. Your resolution was not saved."
        ]
        assert late.badges == ["warning"]
        assert (stored(issue).resolution, stored(issue).note) == ("no_action_needed", "")
        assert ModelLogEntry.objects.count() == 1

    def test_the_second_is_told_also_where_both_have_looked_at_once(self, desk, colleague, issue, monkeypatch):
        """Between the look and the UPDATE of the one, the other closes it."""
        from wagtail_khalti.staff.issues import resolving

        def with_a_faster_colleague(row, **how):
            monkeypatch.undo()
            close(colleague, issue, resolution="no_action_needed")
            return resolve_issue(row, **how)

        monkeypatch.setattr(resolving, "resolve_issue", with_a_faster_colleague)
        late = close(desk, issue, **SAID)

        assert late.badges[-1] == "warning"
        assert stored(issue).resolution == "no_action_needed"
        assert issue.payment.events.filter(kind="issue_resolved").count() == 1

    def test_who_comes_later_to_look_is_told_too(self, desk, colleague, issue):
        close(colleague, issue, **SAID)

        assert look(desk, issue).badges == ["warning"]

    def test_it_may_have_come_right_by_itself(self, desk, issue):
        resolve_issue(issue, resolution=Resolution.RESOLVED_AUTOMATICALLY)

        assert look(desk, issue).messages == [
            "This issue was already resolved: “Resolved automatically”, by the system. Your resolution was not saved."
        ]

    def test_a_double_click_is_no_error(self, desk, issue):
        form = look(desk, issue).form
        desk.send(form, **SAID)

        again = desk.send(form, **SAID)

        assert (again.messages, again.badges) == (["You have already resolved this issue."], ["info"])
        assert issue.payment.events.filter(kind="issue_resolved").count() == 1


class TestWhatWaitsForItsRefund:
    @pytest.mark.parametrize("kind", [Kind.REFUND_UNCONFIRMED, Kind.REFUND_AMOUNT_MISSING])
    def test_is_not_closed(self, desk, home, kind):
        issue = new_issue(kind)

        for page in (look(desk, issue), close(desk, issue, **SAID)):
            assert page.messages == ["This issue is resolved by confirming the outcome of the refund."]
            assert page.path == reverse("khalti_payments:inspect", args=[issue.payment_id])
        assert stored(issue).is_open


class TestWhoMayClose:
    @pytest.mark.parametrize("role", ["", "member", "editor", "viewer", "cashier", "accountant"])
    def test_is_nobody_without_the_right(self, sign_in, issue, role):
        client = sign_in(role).client

        assert client.get(url_of(issue)).status_code == 302
        assert client.post(url_of(issue), SAID).status_code == 302
        assert stored(issue).is_open

    @pytest.mark.parametrize("role", ["manager", "superuser"])
    def test_is_who_may_refund(self, sign_in, issue, role):
        close(sign_in(role), issue, **SAID)

        assert not stored(issue).is_open

    @pytest.mark.parametrize(("rights", "status"), [((VIEW, REFUND), 404), ((), 404)])
    def test_for_others_it_is_not_there(self, sign_in, home, rights, status):
        """The rights are for another site."""
        desk, other = sign_in("editor"), Site.objects.create(hostname="b", root_page=Page.objects.get(depth=1))
        group = Group.objects.create(name="Other site")
        group.user_set.add(desk.client.get(reverse("wagtailadmin_home")).wsgi_request.user)
        for codename in (*rights, *(() if rights else (VIEW, REFUND))):
            permission = Permission.objects.get(codename=codename)
            GroupSitePermission.objects.create(group=group, site=other, permission=permission)
        here = new_issue(site=Site.objects.get(is_default_site=True))
        there = new_issue(site=other)

        assert desk.client.get(url_of(here)).status_code == status
        assert desk.client.post(url_of(here), SAID).status_code == status
        assert stored(here).is_open
        close(desk, there, **SAID)
        assert not stored(there).is_open

    def test_needs_the_right_for_this_site(self, sign_in, home):
        """Who may look here and refund elsewhere is sent away."""
        desk, other = sign_in("viewer"), Site.objects.create(hostname="b", root_page=Page.objects.get(depth=1))
        group = Group.objects.create(name="Other site")
        group.user_set.add(desk.client.get(reverse("wagtailadmin_home")).wsgi_request.user)
        GroupSitePermission.objects.create(group=group, site=other, permission=Permission.objects.get(codename=REFUND))
        here = new_issue(site=Site.objects.get(is_default_site=True))

        assert desk.client.post(url_of(here), SAID).status_code == 302
        assert stored(here).is_open

    def test_is_nobody_whom_another_site_sends(self, sign_in, issue):
        client = sign_in("manager", enforce_csrf_checks=True).client

        assert client.post(url_of(issue), SAID).status_code == 403
        assert stored(issue).is_open


def test_no_cache_keeps_the_page(desk, issue):
    assert {"no-store", "private"} <= set(desk.client.get(url_of(issue))["Cache-Control"].split(", "))


def test_enter_in_a_field_sends_the_form_once(desk, issue):
    [form] = look(desk, issue).forms

    assert isinstance(Form(form, "/").buttons, dict)
    assert [words_of(button) for button in form.select("button[type=submit]")] == ["Resolve"]
