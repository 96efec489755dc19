"""Answers to a site's own questions: stored with the payment, and told to nobody."""

import json
import logging

import pytest
from django.utils.translation import gettext_lazy, override

from wagtail_khalti.actions import Answer, start_payment
from wagtail_khalti.actions.starting.arguments import MAX_ANSWERS_SIZE
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.questions import MAX_LABEL_LENGTH, MAX_LONG_TEXT_LENGTH, MAX_QUESTIONS, same_answers
from wagtail_khalti.testing.in_process import InProcessAdapter

ANSWER = Answer(name="q1", label="Roll number", kind="text", value="Secret 12 क 🎂", on_receipt=True)


def start(*answers, **given):
    return start_payment(1000, purpose="Fee", base_url="http://testserver", answers=answers, **given)


def stored(payment):
    return KhaltiPayment.objects.get(pk=payment.pk).answers


def test_are_stored_as_they_were_given(khalti, db):
    ticked = Answer(name="q2", label="Terms", kind="checkbox", value=True)
    left_out = Answer(name="q3", label="Message", kind="long_text", value=None)

    assert stored(start(ANSWER, ticked, left_out)) == [
        {"name": "q1", "label": "Roll number", "kind": "text", "value": "Secret 12 क 🎂", "on_receipt": True},
        {"name": "q2", "label": "Terms", "kind": "checkbox", "value": True, "on_receipt": False},
        {"name": "q3", "label": "Message", "kind": "long_text", "value": None, "on_receipt": False},
    ]


def test_a_payment_without_questions_has_none(khalti, db):
    assert stored(start()) == []


def test_lazy_texts_are_stored_in_the_active_language(khalti, db):
    with override("ne"):
        payment = start(Answer(name="q", label=gettext_lazy("Name"), kind="text", value=gettext_lazy("Yes")))

    assert [answer["label"] for answer in stored(payment)] == ["नाम"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"value": "a\x00b"}, ValueError),
        ({"value": "a\ud800"}, ValueError),
        ({"label": "a\x00"}, ValueError),
        ({"kind": "file"}, ValueError),
        ({"value": 12}, TypeError),
        ({"value": b"Secret"}, TypeError),
        ({"value": ["Secret"]}, TypeError),
        ({"label": None}, TypeError),
        ({"on_receipt": "yes"}, TypeError),
        ({"value": "x" * MAX_ANSWERS_SIZE}, ValueError),
    ],
)
def test_what_can_not_be_stored_is_refused_before_anything(khalti, db, changes, error):
    given = {"name": "q1", "label": "Label", "kind": "text", "value": "Secret", **changes}

    with pytest.raises(error) as refused:
        start(Answer(**given))

    assert "Secret" not in str(refused.value)
    assert not KhaltiPayment.objects.exists()


def test_a_dict_is_no_answer(khalti, db):
    with pytest.raises(TypeError, match="An answer is an Answer, not dict"):
        start({"name": "q1", "label": "Label", "kind": "text", "value": "x"})


@pytest.mark.every_database
def test_a_full_form_fits_into_every_database(khalti, db):
    full = [
        Answer(name=str(number), label="प" * MAX_LABEL_LENGTH, kind="long_text", value="क" * MAX_LONG_TEXT_LENGTH)
        for number in range(MAX_QUESTIONS)
    ]

    assert [answer["value"] for answer in stored(start(*full))] == ["क" * MAX_LONG_TEXT_LENGTH] * MAX_QUESTIONS


def test_neither_khalti_nor_timeline_nor_log_has_them(khalti, db, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    sent, send = [], InProcessAdapter.send
    monkeypatch.setattr(
        InProcessAdapter, "send", lambda self, request, **given: _sent(sent, send, self, request, given)
    )

    payment = start(ANSWER)

    told = [*sent, caplog.text, *(json.dumps(event.data) for event in payment.events.all())]
    assert sent
    assert not [text for text in told if "Secret" in text or "Roll number" in text]


def _sent(sent, send, adapter, request, given):
    sent.append(str(request.body))
    return send(adapter, request, **given)


def test_a_renamed_question_has_the_same_answer():
    old = [{"name": "q1", "label": "Roll", "value": "12"}]

    assert same_answers(old, [{"name": "q1", "label": "Roll number", "value": "12"}])
    assert not same_answers(old, [{"name": "q1", "label": "Roll", "value": "13"}])
    assert not same_answers(old, [])
