"""A visitor with nothing but HTTP: no test client, no JavaScript, no knowledge of the code."""

from __future__ import annotations

import requests
from bs4 import BeautifulSoup

TIMEOUT = 30  # seconds, on a busy machine


class Visitor:
    def __init__(self, root: str, *, language: str = "en") -> None:
        self.root = root.rstrip("/")
        self.session = requests.Session()
        self.session.headers["Accept-Language"] = language

    def open(self, path: str) -> Visitor:
        return self._arrive(self.session.get(self.root + path, timeout=TIMEOUT))

    def press(self, words: str) -> Visitor:
        """Follow the link that begins with these words."""
        link = next(link for link in self.page.find_all("a") if link.get_text().strip().startswith(words))
        return self.open(link["href"])

    def send(self, **answers: str) -> Visitor:
        """Fill in the form of this page, as far as it asks, and send it."""
        form = self.page.find("form", method="post")
        given = {field["name"]: field.get("value", "") for field in form.find_all("input", attrs={"name": True})}
        given |= {name: answer for name, answer in answers.items() if name in given}
        headers = {"Referer": self.answer.url}
        return self._arrive(self.session.post(self.answer.url, data=given, headers=headers, timeout=TIMEOUT))

    def pay_at_khalti(self) -> Visitor:
        return self.send(mobile="9800000001", mpin="1111").send(otp="987654")

    @property
    def headline(self) -> str:
        return self.page.h1.get_text(" ", strip=True)

    @property
    def path(self) -> str:
        return self.answer.url.removeprefix(self.root)

    @property
    def method(self) -> list[str]:
        """The addresses of the last step, redirects included."""
        return [answer.url.removeprefix(self.root) for answer in [*self.answer.history, self.answer]]

    def _arrive(self, answer: requests.Response) -> Visitor:
        answer.raise_for_status()
        self.answer, self.page = answer, BeautifulSoup(answer.text, "lxml")
        return self
