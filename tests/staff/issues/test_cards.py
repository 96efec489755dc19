"""Each kind of issue has its words and its steps, the same on the payment's page and in the inbox."""

import pytest
from django.urls import reverse
from django.utils import translation

from tests.staff.conftest import Seen, words_of
from tests.staff.issues_made import Kind, new_issue
from wagtail_khalti.actions import resolve_issue
from wagtail_khalti.exceptions import RefundInProgress
from wagtail_khalti.models import KhaltiIssue
from wagtail_khalti.models.refund import State
from wagtail_khalti.staff.issues.advice import ADVICE, IssueAction
from wagtail_khalti.staff.issues.cards import ACTION_BUTTONS, REFUND_ACTIONS, card_of, cards_of
from wagtail_khalti.staff.issues.details import LABELS, details_of
from wagtail_khalti.testing.factories import RefundFactory

pytestmark = pytest.mark.django_db

STEPS = {
    Kind.AMOUNT_MISMATCH: ["REFRESH", "RESOLVE"],
    Kind.PIDX_MISMATCH: ["REFRESH", "RESOLVE"],
    Kind.UNKNOWN_STATUS: ["REFRESH", "RESOLVE"],
    Kind.UNEXPECTED_STATUS: ["REFRESH", "RESOLVE"],
    Kind.CONFLICTING_STATUS: ["REFRESH", "RESOLVE"],
    Kind.NOT_FOUND: ["TEST_CONNECTION", "REFRESH", "RESOLVE"],
    Kind.KEY_REJECTED: ["TEST_CONNECTION", "REFRESH", "RESOLVE"],
    Kind.LATE_PAYMENT: ["REFUND", "RESOLVE"],
    Kind.DUPLICATE_PAYMENT: ["REFUND_DUPLICATE", "RESOLVE"],
    Kind.POSSIBLE_DUPLICATE: ["REFUND", "RESOLVE"],
    Kind.OVERSOLD: ["REFUND", "RESOLVE"],
    Kind.PAYABLE_DELETED: ["REFUND", "RESOLVE"],
    Kind.REFUND_UNCONFIRMED: ["CONFIRM_REFUND", "REFRESH"],
    Kind.REFUND_AMOUNT_MISSING: ["ENTER_AMOUNT"],
    Kind.REFUND_CONTRADICTED: ["RECORD_REFUND", "RESOLVE"],
    Kind.OVER_REFUNDED: ["RESOLVE"],
    Kind.DELIVERY_FAILING: ["RETRY_DELIVERY", "RESOLVE"],
}


def steps_of(card):
    return [button.action.name for button in card.buttons]


def refunds_of(issue):
    return list(issue.payment.refunds.all())


def test_every_kind_has_its_advice_and_its_evidence_here():
    assert set(ADVICE) == set(STEPS) == set(Kind)
    assert set(ACTION_BUTTONS) == set(IssueAction)


@pytest.mark.parametrize("kind", Kind)
class TestEveryKind:
    def test_has_its_steps(self, kind):
        issue = new_issue(kind)

        assert steps_of(card_of(issue, refunds_of(issue))) == STEPS[kind]

    def test_says_what_happened_what_it_means_and_what_to_do(self, kind):
        issue = new_issue(kind)

        card = card_of(issue, refunds_of(issue))

        assert (card.kind, card.title) == (kind, str(kind.label))
        assert card.sentence == issue.sentence
        assert card.advice == str(ADVICE[kind].text)
        assert len(card.advice.split()) >= 8

    def test_says_the_same_on_the_page_of_the_payment(self, kind):
        issue = new_issue(kind)

        [there] = cards_of(issue.payment, refunds_of(issue))

        here = card_of(issue, refunds_of(issue))
        assert (there.title, there.sentence, there.advice) == (here.title, here.sentence, here.advice)
        on_the_page_anyway = {"REFUND_DUPLICATE", "REFUND"}
        assert steps_of(there) == [step for step in STEPS[kind] if step not in on_the_page_anyway]

    def test_leads_to_pages_that_are_there(self, kind, sign_in, home):
        issue = new_issue(kind)
        client = sign_in("superuser").client

        for button in card_of(issue, refunds_of(issue)).buttons:
            if button.looks.is_posted:
                assert client.get(button.url).status_code == 405
            else:
                assert client.get(button.url, follow=True).status_code == 200, button.url

    def test_can_be_closed_unless_it_waits_for_a_word_on_its_refund(self, kind):
        issue = new_issue(kind)
        card = card_of(issue, refunds_of(issue))

        if kind in REFUND_ACTIONS:
            assert not card.can_be_resolved
            with pytest.raises(RefundInProgress):
                resolve_issue(issue, resolution=KhaltiIssue.Resolution.NO_ACTION_NEEDED)
        else:
            assert card.can_be_resolved
            resolve_issue(issue, resolution=KhaltiIssue.Resolution.NO_ACTION_NEEDED)

    def test_has_a_label_for_all_that_it_is_opened_on(self, kind):
        assert set(new_issue(kind).details) <= set(LABELS)

    def test_is_readable_in_nepali_too(self, kind):
        issue = new_issue(kind)

        with translation.override("ne"):
            card = card_of(issue, refunds_of(issue))

        assert card.title
        assert card.advice


@pytest.mark.parametrize(("kind", "before"), [(Kind.LATE_PAYMENT, "Failed"), (Kind.REFUND_CONTRADICTED, "Failed")])
def test_what_failed_before_is_named_as_what_it_was(kind, before):
    """A payment, or a refund: the stored value is the same."""
    issue = new_issue(kind, details={"was": "failed"})

    assert list(details_of(issue)) == [("Status before", before)]


class TestAMatterAboutARefund:
    @pytest.mark.parametrize("kind", REFUND_ACTIONS)
    def test_that_outlived_it_can_be_closed(self, kind):
        issue = new_issue(kind)
        issue.payment.refunds.update(state=State.FAILED, amount=1, resolved_at=issue.opened_at)

        for card in (card_of(issue, refunds_of(issue)), *cards_of(issue.payment, refunds_of(issue))):
            assert steps_of(card) == ["RESOLVE"]
            assert "nothing left to decide" in card.advice
        resolve_issue(issue, resolution=KhaltiIssue.Resolution.NO_ACTION_NEEDED)

    def test_waits_while_another_refund_is_on_its_way(self):
        issue = new_issue(Kind.REFUND_UNCONFIRMED)
        issue.payment.refunds.in_progress().update(state=State.PROCESSING)

        seen = [card_of(issue, refunds_of(issue)), *cards_of(issue.payment, refunds_of(issue))]

        assert [(card.title, steps_of(card)) for card in seen] == [("Refund in progress", ["REFRESH"])] * 2

    def test_is_no_matter_yet_while_khalti_is_still_asked(self):
        payment = RefundFactory(lost=True).payment
        issue = new_issue(Kind.UNKNOWN_STATUS, payment=payment)

        unconfirmed, other = cards_of(issue.payment, refunds_of(issue))

        assert unconfirmed.advice.startswith("It is checked with Khalti automatically")
        assert other.kind == Kind.UNKNOWN_STATUS


class TestOnThePageOfAPayment:
    @pytest.mark.parametrize(
        ("role", "buttons"),
        [
            ("viewer", []),
            ("cashier", ["Refresh status from Khalti"]),
            ("manager", ["Refresh status from Khalti", "Resolve"]),
        ],
    )
    def test_each_has_the_buttons_for_which_one_has_the_right(self, sign_in, paid, role, buttons):
        new_issue(Kind.UNKNOWN_STATUS, payment=paid)

        page = sign_in(role).get("inspect", paid)

        [block] = page.main.select(".help-warning:has(.khalti-issue)")
        assert [words_of(button) for button in block.select(".button")] == buttons

    def test_leads_to_the_page_that_closes_it(self, desk):
        issue = new_issue(Kind.DUPLICATE_PAYMENT)

        page = desk.get("inspect", issue.payment)

        url = reverse("khalti_issues:resolve", args=[issue.pk])
        assert page.main.select_one(f'.help-warning a[href="{url}"]')
        assert Seen(desk.client.get(url)).status == 200
