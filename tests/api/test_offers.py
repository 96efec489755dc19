"""Payments for what a block sells, for pages without our form."""

import uuid

import pytest
from wagtail.models import PageViewRestriction

from tests.public.test_donations import GIFT
from tests.public.test_price_lists import FEES, TICKETS
from tests.public.test_questions import BORN, CLASS, GOOD, MESSAGE, ROLL, SCHOOL, TERMS
from wagtail_khalti.models import KhaltiPayment

ANSWERS = {**GOOD, TERMS: True}


@pytest.fixture
def fixed(shop_page, token_of):
    return token_of(shop_page(fields=["name", "email"], max_quantity=5))


@pytest.fixture
def gift(page_selling, token_of):
    return token_of(page_selling("donation", **{**GIFT, "minimum": "100.00", "maximum": "9000.00"}))


@pytest.fixture
def tickets(page_selling, token_of):
    return token_of(page_selling("price_list", **TICKETS))


@pytest.fixture
def school(shop_page, token_of):
    return token_of(shop_page(questions=SCHOOL))


def test_an_offer_says_what_a_page_has_to_show(anybody, fixed):
    offer = anybody.get(f"offers/{fixed}/").json

    assert offer["name"] == "Membership"
    assert (offer["price"]["kind"], offer["price"]["unit_price"], offer["price"]["max_quantity"]) == (
        "fixed",
        150_000,
        5,
    )
    assert offer["fields"] == [{"name": "name", "required": True}, {"name": "email", "required": True}]
    assert offer["availability"]["is_on_sale"]
    assert offer["is_test"]


def test_anybody_pays_an_offer_and_gets_access_to_it(anybody, fixed):
    body = {"offer": fixed, "quantity": 2, "customer": {"name": "Sita Rai", "email": "sita@example.com"}}
    body["expected_amount"] = 300_000

    anybody.post("payments/", body)

    assert anybody.status == 201
    payment = anybody.payment
    assert (payment.amount, payment.customer_name, payment.user) == (300_000, "Sita Rai", None)
    path, access = f"payments/{payment.reference}/", {"Khalti-Access": anybody.json["access"]}
    assert anybody.get(path, **access).json["status"] == "initiated"
    assert not anybody.client.cookies
    other = anybody.post("payments/", body).payment
    assert anybody.get(f"payments/{other.reference}/", **access).problem == (404, "not-found")


def test_a_user_who_pays_an_offer_has_it_in_the_list(program, gift, sita):
    reference = program.post("payments/", {"offer": gift, "amount": 70_000}).json["reference"]

    assert KhaltiPayment.objects.get().user == sita
    assert program.get("payments/").json["items"][0]["reference"] == reference


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"quantity": 6}, "/quantity"),
        ({"quantity": 0}, "/quantity"),
        ({"amount": 1000}, "/amount"),
        ({"option": "x"}, "/option"),
        ({"quantities": {"x": 1}}, "/quantities"),
        ({"customer": {"email": "sita@example.com"}}, "/customer/name"),
        ({"customer": {"name": "Sita", "email": "sita"}}, "/customer/email"),
        ({"customer": {"name": "S", "email": "s@example.com", "phone": "9800000001"}}, "/customer/phone"),
        ({"answers": {"colour": "red"}}, "/answers/colour"),
        ({"answers": {"name": "x"}}, "/answers/name"),
    ],
)
def test_what_the_form_refuses_is_refused(anybody, fixed, changes, wrong):
    body = {"offer": fixed, "customer": {"name": "Sita", "email": "sita@example.com"}, **changes}

    assert wrong in anybody.post("payments/", body).wrong
    assert not KhaltiPayment.objects.exists()


@pytest.mark.parametrize(("amount", "status"), [(50_000, 201), (10_000, 201), (9_999, 422), (900_001, 422)])
def test_an_amount_within_the_limits(anybody, gift, amount, status):
    anybody.post("payments/", {"offer": gift, "amount": amount})

    assert anybody.status == status
    assert status == 201 or anybody.wrong == {"/amount"}


def test_an_amount_is_needed(anybody, gift):
    assert anybody.post("payments/", {"offer": gift}).wrong == {"/amount"}


def test_another_price_than_the_one_seen_starts_nothing(anybody, fixed):
    body = {"offer": fixed, "customer": {"name": "S", "email": "s@example.com"}, "expected_amount": 140_000}

    assert anybody.post("payments/", body).problem == (409, "amount-changed")
    assert anybody.json["amount"] == 150_000


@pytest.mark.parametrize("token", ["nonsense", "p.", "t.eyJh:x", "p." + "A" * 2000, "नेपाली", "a%00b", "%ff"])
def test_a_token_that_is_none(anybody, token):
    assert anybody.get(f"offers/{token}/").problem == (404, "not-found")


def test_an_unpublished_offer_is_gone(anybody, shop_page, token_of):
    page = shop_page()
    token = token_of(page)
    page.unpublish()

    assert anybody.get(f"offers/{token}/").problem == (410, "offer-unavailable")
    assert anybody.post("payments/", {"offer": token}).problem == (410, "offer-unavailable")


def test_a_private_page_sells_only_to_those_who_see_it(anybody, program, shop_page, token_of):
    page = shop_page()
    token = token_of(page)
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)

    assert anybody.get(f"offers/{token}/").problem == (403, "offer-restricted")
    assert anybody.post("payments/", {"offer": token}).problem == (403, "offer-restricted")
    assert program.post("payments/", {"offer": token}).status == 201


def test_the_last_one_is_sold_once(anybody, shop_page, token_of):
    token = token_of(shop_page(limit={"units": 1}, max_quantity=5))

    assert anybody.post("payments/", {"offer": token}).status == 201
    assert anybody.post("payments/", {"offer": token, "quantity": 2}).problem == (409, "sold-out")
    assert anybody.json["available"] == 0
    assert not anybody.get(f"offers/{token}/").json["availability"]["is_on_sale"]


def test_somebody_who_has_paid_is_asked_first(anybody, khalti, shop_page, token_of):
    body = {"offer": token_of(shop_page(fields=["email"])), "customer": {"email": "sita@example.com"}}
    anybody.post("payments/", body)
    khalti.pay(anybody.payment)
    access = {"Khalti-Access": anybody.json["access"]}
    anybody.post(f"payments/{anybody.payment.reference}/verify/", **access)

    assert anybody.post("payments/", body).problem == (409, "already-paid")
    assert "reference" not in anybody.json
    assert anybody.post("payments/", {**body, "is_repeat": True}).status == 201


def test_what_khalti_rejects_is_said_once_and_again(anybody, khalti, shop_page, token_of):
    body = {"offer": token_of(shop_page(fields=["email"])), "customer": {"email": "sita@example.com"}}
    khalti.answer("initiate", {"customer_info": {"email": ["Bad."]}, "error_key": "validation_error"}, status=400)
    key = str(uuid.uuid4())

    for _ in range(2):
        assert anybody.post("payments/", body, key=key).problem == (422, "rejected-by-khalti")
        assert anybody.json["errors"] == [{"pointer": "/customer/email", "detail": "Bad."}]
    assert khalti.calls("initiate") == 1


def test_quantities_of_options(anybody, tickets):
    price = anybody.get(f"offers/{tickets}/").json["price"]
    assert [option["id"] for option in price["options"]] == ["adult", "child"]
    assert price["takes_quantities"]

    payment = anybody.post("payments/", {"offer": tickets, "quantities": {"adult": 1, "child": 2}}).payment

    assert payment.amount == 90_000
    assert [product["identity"] for product in payment.products] == ["adult", "child"]


@pytest.mark.parametrize(
    ("quantities", "wrong"),
    [
        ({"child": 4}, "/quantities/child"),
        ({"nobody": 1}, ""),
        ({}, ""),
        ({"adult": 5, "child": 3}, ""),
        ({"adult": True}, "/quantities/adult"),
    ],
)
def test_quantities_that_are_not_offered(anybody, tickets, quantities, wrong):
    assert wrong in anybody.post("payments/", {"offer": tickets, "quantities": quantities}).wrong


def test_one_option(anybody, page_selling, token_of):
    token = token_of(page_selling("price_list", **FEES))

    assert anybody.post("payments/", {"offer": token, "option": "c2"}).payment.amount == 600_000
    assert anybody.post("payments/", {"offer": token, "option": "c3"}).wrong == {"/option"}
    assert anybody.post("payments/", {"offer": token}).wrong == {"/option"}


def test_questions_and_answers(anybody, school):
    questions = anybody.get(f"offers/{school}/").json["questions"]
    assert [question["name"] for question in questions] == [ROLL, CLASS, BORN, TERMS, MESSAGE]
    assert questions[1]["choices"] == ["Class 1", "Class 2", "Class 3"]

    payment = anybody.post("payments/", {"offer": school, "answers": ANSWERS}).payment

    assert [answer["value"] for answer in payment.answers] == ["12", "Class 2", "2026-11-29", True, "Thank\nyou"]


@pytest.mark.parametrize(
    ("name", "answer"), [(ROLL, "twelve"), (CLASS, "Class 9"), (BORN, "tomorrow"), (TERMS, False), (ROLL, "")]
)
def test_answers_that_are_none(anybody, school, name, answer):
    answers = {**ANSWERS, name: answer}

    assert anybody.post("payments/", {"offer": school, "answers": answers}).wrong == {f"/answers/{name}"}


def test_terms_are_accepted_again_for_a_retry(anybody, khalti, school):
    payment = anybody.post("payments/", {"offer": school, "answers": ANSWERS}).payment
    access, where = {"Khalti-Access": anybody.json["access"]}, f"payments/{payment.reference}/retry/"
    khalti.cancel(payment)

    assert anybody.post(where, **access).wrong == {f"/answers/{TERMS}"}
    assert anybody.post(where, {"answers": {TERMS: True}}, **access).payment.answers == payment.answers
