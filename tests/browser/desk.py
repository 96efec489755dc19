"""A person at work in Wagtail's admin, in a browser."""

import re

from django.conf import settings
from django.test import Client
from django.urls import reverse
from wagtail.users.models import UserProfile

from tests.staff.conftest import make_person

FOCUSED = "(document.activeElement.labels?.[0] ?? document.activeElement).innerText.trim()"


class Desk:
    """What a person does with a payment, step by step."""

    def __init__(self, page, server, *, role="manager", language="en"):
        self.page = page
        self.person = make_person(role)
        UserProfile.objects.create(user=self.person, preferred_language=language)
        client = Client()
        client.force_login(self.person)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": server}])

    def open(self, name, *args, **query):
        """A page of the payments, or another one by its full name."""
        full_name = name if ":" in name or name.startswith("wagtail") else f"khalti_payments:{name}"
        self.page.goto(reverse(full_name, args=args, query=query))
        return self

    def rise(self):
        """To somebody who may do all there is."""
        self.person.is_superuser = True
        self.person.save()
        return self

    def open_payment(self, payment):
        return self.open("inspect", payment.pk)

    def go_to_refund(self, name="Refund"):
        return self.click(self.page.locator("main").get_by_role("link", name=name, exact=True).last)

    def click(self, what):
        """On what leads to another page."""
        with self.page.expect_navigation():
            what.click(no_wait_after=True)
        return self

    def follow(self, name):
        return self.click(self.page.get_by_role("link", name=name))

    def fill(self, **answers):
        for name, text in answers.items():
            self.page.locator(f"main [name={name}]").fill(text)
        return self

    def press(self, name):
        return self.click(self.page.get_by_role("button", name=name))

    def choose(self, name, role="button"):
        """From the menu in the header; without a script, from the same buttons on the page."""
        on_page = self.page.locator("noscript .khalti-buttons")
        if on_page.count():
            return self.click(on_page.get_by_role(role, name=name, exact=True))
        self.page.locator("#w-slim-header-buttons .w-dropdown__toggle").click()
        return self.click(self.page.get_by_role(role, name=name))

    def refund(self, **answers):
        """Both steps."""
        return self.go_to_refund().fill(**answers).press("Continue").press_last_button()

    @property
    def last_button(self):
        return self.page.get_by_role("button", name=re.compile("^Refund Rs"))

    def press_last_button(self):
        return self.click(self.last_button)

    def tab_to(self, words):
        """With the keyboard alone, until what begins with these words, or has such a label, has the focus."""
        for _step in range(60):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(FOCUSED).replace("\xa0", " ").startswith(words):
                return self.page.keyboard
        raise AssertionError(f"“{words}” can't be reached with the Tab key")

    def look_again(self):
        """As the page says, until no refund is on its way."""
        for _look in range(50):
            if "Refund in progress" not in self.issues:
                return
            self.page.reload()
        raise AssertionError("The refund is still on its way")

    @property
    def message(self):
        """What Wagtail says on top of the next page."""
        return plain(self.page.locator(".messages li").inner_text())

    @property
    def figures(self):
        facts = self.page.locator(".khalti-facts > div").all()
        return {plain(fact.locator("dt").inner_text()): plain(fact.locator("dd").inner_text()) for fact in facts}

    @property
    def refunds(self):
        rows = self.page.locator(".khalti-refunds tbody tr").all()
        return [[plain(cell.inner_text()) for cell in row.locator("td").all()][1:4] for row in rows]

    @property
    def issues(self):
        return [plain(words) for words in self.page.locator(".khalti-issue").all_inner_texts()]


def plain(words):
    """As a person reads it: an amount's space doesn't break, and is a space."""
    return " ".join(words.replace("\xa0", " ").split())
