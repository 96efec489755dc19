"""Webhooks on the page of a payment, and the button that sends one again."""

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.gateway.server import Server, says
from tests.staff.conftest import last_event, stored, words_of

pytestmark = pytest.mark.django_db


def listed(page):
    return [words_of(row) for row in page.main.select("[aria-labelledby=webhooks] li")]


@pytest.fixture
def answering(webhook, settings):
    """Its endpoint is there, and takes these turns."""
    running = []

    def answer(*turns):
        server = Server(turns).__enter__()
        running.append(server)
        webhooks = settings.WAGTAIL_KHALTI["WEBHOOKS"]
        crm = {**webhooks["crm"], "URL": f"{server.url}/khalti?token=hidden"}
        settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "WEBHOOKS": {"crm": crm}}
        return server

    yield answer
    for server in running:
        server.__exit__()


def test_where_there_are_none_nothing_is_said(desk, paid):
    assert "Webhook" not in desk.get("inspect", paid).text


def test_what_became_of_each_is_said(desk, paid, webhook):
    page = desk.get("inspect", paid)

    [row] = listed(page)
    assert row.startswith("Given up crm: Payment completed ")
    assert row.endswith("Attempts: 10 Last response: HTTP 500 Send again")
    assert "Webhook failing" in page.text
    assert page.main.select_one("#technical").has_attr("open")
    for secret in ("token=", "127.0.0.1:9", "whsec_", "QUJD"):
        assert secret not in page.html


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"state": "pending", "attempts": 0, "last_status": None, "attempted_at": None}, "Pending"),
        ({"state": "pending", "last_status": None, "last_error": "ReadTimeout"}, "Failing"),
        ({"state": "delivered", "last_status": 204}, "Delivered"),
        ({"state": "gone", "last_status": 410}, "Endpoint gone"),
    ],
)
def test_each_state_has_a_word(desk, paid, webhook, columns, words):
    columns = columns | {"due_at": timezone.now()} if words in ("Pending", "Failing") else columns
    type(webhook).objects.update(**columns)

    [row] = listed(desk.get("inspect", paid))

    assert row.startswith(words)
    assert ("Next attempt:" in row) == ("due_at" in columns)
    assert columns.get("last_error", "") in row


def test_one_is_sent_again_at_the_press_of_a_button(sign_in, paid, webhook, answering):
    server = answering(says())
    cashier = sign_in("cashier")
    form = cashier.get("inspect", paid).main.select_one("[aria-labelledby=webhooks] form")
    assert form["action"] == reverse("khalti_payments:resend_webhook", args=[webhook.pk])
    assert form.select_one("[name=csrfmiddlewaretoken]")

    page = cashier.post("resend_webhook", webhook)

    assert (page.badges, page.messages) == (["success"], ["Webhook sent to “crm”."])
    assert server.requests[0].body.decode() == webhook.body
    assert listed(page)[0].startswith("Delivered crm")
    assert any("Webhook sent again" in line and "crm" in line for line in page.timeline)
    assert last_event(paid).user.username == "cashier"


@pytest.mark.parametrize(
    ("status", "said", "state"),
    [
        (500, "“crm” did not accept the webhook: HTTP 500. It is sent again automatically.", "pending"),
        (410, "The endpoint “crm” says that it is gone (HTTP 410). Nothing more is sent to it.", "gone"),
    ],
)
def test_that_it_was_not_accepted_is_said(desk, webhook, answering, status, said, state):
    answering(says(status=status))

    page = desk.post("resend_webhook", webhook)

    assert (page.badges, page.messages) == (["warning"], [said])
    assert stored(webhook).state == state


def test_that_nobody_is_there_is_said(desk, webhook):
    page = desk.post("resend_webhook", webhook)

    assert page.messages == ["“crm” did not accept the webhook: ConnectionError. It is sent again automatically."]


def test_an_endpoint_that_left_the_settings(desk, webhook, settings):
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "WEBHOOKS": {}}

    page = desk.post("resend_webhook", webhook)

    assert (page.badges, page.messages) == (["error"], ["The settings of the site no longer have this endpoint."])
    assert stored(webhook).state == "failed"


def test_one_that_is_being_sent(desk, webhook):
    now = timezone.now()
    leased = {"state": "pending", "attempts": 1, "last_status": None, "due_at": now.replace(year=now.year + 1)}
    type(webhook).objects.update(**leased)

    page = desk.post("resend_webhook", webhook)

    assert page.messages == ["This webhook is being sent at the moment. Reload this page in a minute."]


def test_who_only_looks_has_no_button(sign_in, paid, webhook):
    page = sign_in("viewer").get("inspect", paid)

    assert len(listed(page)) == 1
    assert not page.main.select("[aria-labelledby=webhooks] form")


def test_one_that_is_not_there(desk, webhook):
    assert desk.client.post(reverse("khalti_payments:resend_webhook", args=[webhook.pk + 1])).status_code == 404
