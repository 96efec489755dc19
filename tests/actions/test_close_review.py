"""A matter is closed on the record: who, how, and what was done."""

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from tests.actions.conftest import kinds
from wagtail_khalti.actions import close_review
from wagtail_khalti.actions.open_review import open_review
from wagtail_khalti.exceptions import ReviewIsClosed
from wagtail_khalti.models import KhaltiPayment, KhaltiReview

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]
Outcome = KhaltiReview.Outcome


@pytest.fixture
def review(payment):
    open_review(payment, KhaltiReview.Kind.SECOND_PAYMENT, {"earlier": "ABCD-EFGH"})
    return payment.reviews.get()


@pytest.fixture
def cashier(db):
    return get_user_model().objects.create_user("cashier")


def test_who_how_and_what_was_done_are_kept(review, cashier):
    before = timezone.now()

    returned = close_review(review, outcome=Outcome.HANDLED, by=cashier, note="Given back in Khalti's dashboard")

    assert returned is review
    stored = KhaltiReview.objects.get()
    for row in (review, stored):
        assert (row.is_open, row.outcome, row.closed_by) == (None, "handled", cashier)
        assert row.note == "Given back in Khalti's dashboard"
        assert before <= row.closed_at <= timezone.now()
    event = review.payment.events.get(kind="review_closed")
    assert (event.actor, event.user) == ("staff", cashier)
    assert event.data == {"review": "second_payment", "outcome": "handled", "note": "Given back in Khalti's dashboard"}


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_can_be_stored(review, outcome):
    close_review(review, outcome=outcome)

    assert KhaltiReview.objects.get().outcome == outcome


def test_what_closes_without_a_person_is_of_the_system(review):
    close_review(review, outcome=Outcome.CAME_RIGHT)

    event = review.payment.events.get(kind="review_closed")
    assert (event.actor, event.user) == ("system", None)


def test_the_first_word_stands(review, cashier):
    same = KhaltiReview.objects.get()
    close_review(review, outcome=Outcome.HANDLED, by=cashier, note="first")

    for late in (review, same):
        with pytest.raises(ReviewIsClosed, match=f"review {review.pk} of payment {review.payment.reference}"):
            close_review(late, outcome=Outcome.NOTHING_TO_DO, note="second")

    stored = KhaltiReview.objects.get()
    assert (stored.outcome, stored.note, stored.closed_by) == ("handled", "first", cashier)
    assert kinds(review.payment).count("review_closed") == 1


def test_it_moves_no_money(review):
    before = KhaltiPayment.objects.values().get()

    close_review(review, outcome=Outcome.HANDLED)

    assert KhaltiPayment.objects.values().get() == before


def test_the_record_outlives_the_person(review, cashier):
    close_review(review, outcome=Outcome.HANDLED, by=cashier)

    cashier.delete()

    assert KhaltiReview.objects.get().closed_by is None
