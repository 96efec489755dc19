"""Each kind of matter has its words and its steps, the same on the payment's page and in the inbox."""

import pytest
from django.urls import reverse
from django.utils import translation

from tests.staff.conftest import Seen, words_of
from tests.staff.matters import Kind, new_matter
from wagtail_khalti.actions import close_review
from wagtail_khalti.exceptions import RefundUndecided
from wagtail_khalti.models import KhaltiReview
from wagtail_khalti.models.refund import State
from wagtail_khalti.staff.inbox.advice import ADVICE, Step
from wagtail_khalti.staff.inbox.evidence import LABELS
from wagtail_khalti.staff.inbox.matters import ABOUT_A_REFUND, DOORS, matter_of, matters_of
from wagtail_khalti.testing.factories import RefundFactory

pytestmark = pytest.mark.django_db

STEPS = {
    Kind.AMOUNT_MISMATCH: ["CHECK", "CLOSE"],
    Kind.OTHER_PIDX: ["CHECK", "CLOSE"],
    Kind.UNKNOWN_STATUS: ["CHECK", "CLOSE"],
    Kind.UNEXPECTED_STATUS: ["CHECK", "CLOSE"],
    Kind.REFUND_UNCLEAR: ["CHECK", "CLOSE"],
    Kind.NOT_FOUND: ["CONNECTION", "CHECK", "CLOSE"],
    Kind.LOOKUP_REFUSED: ["CONNECTION", "CHECK", "CLOSE"],
    Kind.LATE_PAYMENT: ["REFUND", "CLOSE"],
    Kind.SECOND_PAYMENT: ["GIVE_BACK", "CLOSE"],
    Kind.POSSIBLE_DUPLICATE: ["REFUND", "CLOSE"],
    Kind.PAYABLE_GONE: ["REFUND", "CLOSE"],
    Kind.REFUND_IN_DOUBT: ["DECIDE", "CHECK"],
    Kind.REFUND_WITHOUT_AMOUNT: ["ENTER"],
    Kind.REFUND_CONTRADICTED: ["RECORD", "CLOSE"],
    Kind.REFUNDED_TOO_MUCH: ["CLOSE"],
    Kind.DELIVERY_FAILING: ["REPLAY", "CLOSE"],
}


def steps_of(matter):
    return [button.step.name for button in matter.buttons]


def refunds_of(review):
    return list(review.payment.refunds.all())


def test_every_kind_has_its_advice_and_its_evidence_here():
    assert set(ADVICE) == set(STEPS) == set(Kind)
    assert set(DOORS) == set(Step)


@pytest.mark.parametrize("kind", Kind)
class TestEveryKind:
    def test_has_its_steps(self, kind):
        review = new_matter(kind)

        assert steps_of(matter_of(review, refunds_of(review))) == STEPS[kind]

    def test_says_what_happened_what_it_means_and_what_to_do(self, kind):
        review = new_matter(kind)

        matter = matter_of(review, refunds_of(review))

        assert (matter.kind, matter.title) == (kind, str(kind.label))
        assert matter.sentence == review.sentence
        assert matter.advice == str(ADVICE[kind].words)
        assert len(matter.advice.split()) >= 8

    def test_says_the_same_on_the_page_of_the_payment(self, kind):
        review = new_matter(kind)

        [there] = matters_of(review.payment, refunds_of(review))

        here = matter_of(review, refunds_of(review))
        assert (there.title, there.sentence, there.advice) == (here.title, here.sentence, here.advice)
        on_the_page_anyway = {"GIVE_BACK", "REFUND"}
        assert steps_of(there) == [step for step in STEPS[kind] if step not in on_the_page_anyway]

    def test_leads_to_pages_that_are_there(self, kind, sign_in, home):
        review = new_matter(kind)
        client = sign_in("superuser").client

        for button in matter_of(review, refunds_of(review)).buttons:
            if button.door.is_posted:
                assert client.get(button.url).status_code == 405
            else:
                assert client.get(button.url, follow=True).status_code == 200, button.url

    def test_can_be_closed_unless_it_waits_for_a_word_on_its_refund(self, kind):
        review = new_matter(kind)
        matter = matter_of(review, refunds_of(review))

        if kind in ABOUT_A_REFUND:
            assert not matter.can_be_closed
            with pytest.raises(RefundUndecided):
                close_review(review, outcome=KhaltiReview.Outcome.NOTHING_TO_DO)
        else:
            assert matter.can_be_closed
            close_review(review, outcome=KhaltiReview.Outcome.NOTHING_TO_DO)

    def test_has_a_label_for_all_that_it_is_opened_on(self, kind):
        assert set(new_matter(kind).evidence) <= set(LABELS)

    def test_is_readable_in_nepali_too(self, kind):
        review = new_matter(kind)

        with translation.override("ne"):
            matter = matter_of(review, refunds_of(review))

        assert matter.title
        assert matter.advice


class TestAMatterAboutARefund:
    @pytest.mark.parametrize("kind", ABOUT_A_REFUND)
    def test_that_outlived_it_can_be_closed(self, kind):
        review = new_matter(kind)
        review.payment.refunds.update(state=State.REFUSED, amount=1, decided_at=review.opened_at)

        for matter in (matter_of(review, refunds_of(review)), *matters_of(review.payment, refunds_of(review))):
            assert steps_of(matter) == ["CLOSE"]
            assert "nothing left to decide" in matter.advice
        close_review(review, outcome=KhaltiReview.Outcome.NOTHING_TO_DO)

    def test_waits_while_another_refund_is_on_its_way(self):
        review = new_matter(Kind.REFUND_IN_DOUBT)
        review.payment.refunds.undecided().update(state=State.SENDING)

        seen = [matter_of(review, refunds_of(review)), *matters_of(review.payment, refunds_of(review))]

        assert [(matter.title, steps_of(matter)) for matter in seen] == [("A refund is on its way", ["CHECK"])] * 2

    def test_is_no_matter_yet_while_khalti_is_still_asked(self):
        payment = RefundFactory(unknown=True).payment
        review = new_matter(Kind.UNKNOWN_STATUS, payment=payment)

        in_doubt, other = matters_of(review.payment, refunds_of(review))

        assert in_doubt.advice.startswith("Khalti is asked again by itself")
        assert other.kind == Kind.UNKNOWN_STATUS


class TestOnThePageOfAPayment:
    @pytest.mark.parametrize(
        ("role", "buttons"),
        [
            ("viewer", []),
            ("cashier", ["Check with Khalti now"]),
            ("manager", ["Check with Khalti now", "Close this matter"]),
        ],
    )
    def test_each_has_the_buttons_for_which_one_has_the_right(self, sign_in, paid, role, buttons):
        new_matter(Kind.UNKNOWN_STATUS, payment=paid)

        page = sign_in(role).get("inspect", paid)

        [block] = page.main.select(".help-warning:has(.khalti-matter)")
        assert [words_of(button) for button in block.select(".button")] == buttons

    def test_leads_to_the_page_that_closes_it(self, desk):
        review = new_matter(Kind.SECOND_PAYMENT)

        page = desk.get("inspect", review.payment)

        url = reverse("khalti_matters:close", args=[review.pk])
        assert page.main.select_one(f'.help-warning a[href="{url}"]')
        assert Seen(desk.client.get(url)).status == 200
