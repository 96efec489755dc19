"""The menu says how much needs somebody, on each page of the admin, and costs next to nothing."""

import json

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.staff.issues_made import many_issues, new_issue

ACCOUNT = "wagtailadmin_account"


def menu_of(client):
    """By label, as Wagtail's script draws it."""
    html = client.get(reverse(ACCOUNT)).content.decode()
    props = json.loads(BeautifulSoup(html, "lxml").select_one("#wagtail-sidebar-props").text)

    def items(value):
        if isinstance(value, dict):
            if "url" in value and "label" in value:
                yield value["label"], value["url"]
            value = list(value.values())
        if isinstance(value, list):
            for inner in value:
                yield from items(inner)

    return dict(items(props))


INBOX = "/admin/khalti_issues/"


def test_it_says_how_many_matters_are_open(sign_in, home):
    client = sign_in("viewer").client

    for more, label in [
        (0, "Needs attention"),
        (1, "Needs attention (1)"),
        (98, "Needs attention (99)"),
        (1, "Needs attention (99+)"),
        (150, "Needs attention (99+)"),
    ]:
        many_issues(more)
        menu = menu_of(client)

        assert menu.get(label) == INBOX, label
        assert menu["Payments"] == "/admin/khalti_payments/"


def test_it_says_so_anew_on_each_page(sign_in, home):
    """Wagtail keeps the item itself."""
    client = sign_in("viewer").client
    seen = [set(menu_of(client)) & {"Needs attention", "Needs attention (1)"}]
    issue = new_issue()
    seen.append(set(menu_of(client)) & {"Needs attention", "Needs attention (1)"})
    type(issue).objects.update(is_open=None)
    seen.append(set(menu_of(client)) & {"Needs attention", "Needs attention (1)"})

    assert seen == [{"Needs attention"}, {"Needs attention (1)"}, {"Needs attention"}]


def test_it_counts_no_tests_where_money_is_real(sign_in, home, settings):
    new_issue()
    new_issue(mode="live")
    new_issue(mode="live")
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "MODE": "live"}

    assert "Needs attention (2)" in menu_of(sign_in("viewer").client)


@pytest.mark.parametrize(("role", "is_shown"), [("editor", False), ("viewer", True), ("superuser", True)])
def test_it_is_there_for_who_may_see_payments(sign_in, home, role, is_shown):
    menu = menu_of(sign_in(role).client)

    assert (INBOX in menu.values()) == is_shown


def asked_on(client):
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse(ACCOUNT))
    return [query["sql"] for query in queries if "wagtail_khalti_" in query["sql"]]


def test_it_costs_one_query(sign_in, home):
    client = sign_in("viewer").client
    client.get(reverse(ACCOUNT))
    for more in (3, 150):
        many_issues(more)

        assert len(asked_on(client)) == 1


def test_it_costs_those_nothing_who_may_not_see_payments(sign_in, home):
    client = sign_in("editor").client
    many_issues(3)

    assert asked_on(client) == []


def test_no_error_of_it_breaks_a_page_of_the_admin(sign_in, home, caplog):
    client = sign_in("viewer").client

    def fail(execute, sql, params, many, context):
        return execute(sql.replace("wagtail_khalti_khaltiissue", "no_such_table"), params, many, context)

    with connection.execute_wrapper(fail):
        menu = menu_of(client)

    assert menu["Needs attention"] == INBOX
    assert "Payments are missing from the menu of the admin" in caplog.messages
