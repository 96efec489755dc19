"""A program without a browser."""

import json
import uuid

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client, RequestFactory
from wagtail.models import Site

from tests.shop.models import Invoice
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.public.offers import sign_offer

ROOT = "/api/khalti/"


class Program:
    """Sends JSON, and keeps the last response."""

    def __init__(self, user=None, **headers):
        self.client = Client(headers=headers, enforce_csrf_checks=True)
        self.headers = {}
        if user:
            self.client.force_login(user)
            self.client.cookies["csrftoken"] = "c" * 32
            self.headers["X-CSRFToken"] = "c" * 32
        self.response = None

    def get(self, path, **headers):
        self.response = self.client.get(ROOT + path, headers=headers)
        return self

    def post(self, path, body=None, *, key="", **headers):
        """``body``: JSON, or text as it is. Without a ``key`` a new one is sent."""
        key = {"Idempotency-Key": key or f'"{uuid.uuid4()}"'} if key is not None else {}
        data = body if isinstance(body, str | bytes) else json.dumps({} if body is None else body)
        self.response = self.client.post(
            ROOT + path, data, content_type="application/json", headers={**self.headers, **key, **headers}
        )
        return self

    @property
    def status(self):
        return self.response.status_code

    @property
    def json(self):
        return self.response.json()

    @property
    def problem(self):
        """Status and kind; checks that it looks as it has to."""
        body = self.json
        assert self.response["Content-Type"] == "application/problem+json"
        assert body["status"] == self.status
        assert body["title"]
        assert body["detail"]
        return self.status, body["type"].removeprefix("urn:wagtail-khalti:problem:")

    @property
    def wrong(self):
        """Pointers to what is wrong."""
        assert self.problem == (422, "invalid-request")
        return {error["pointer"] for error in self.json["errors"]}

    @property
    def payment(self):
        return KhaltiPayment.objects.get(reference=self.json["reference"])


def make_user(name, *permissions):
    user = get_user_model().objects.create_user(name)
    user.user_permissions.add(*Permission.objects.filter(codename__in=permissions))
    return user


@pytest.fixture
def sita(db):
    return make_user("sita")


@pytest.fixture
def hari(db):
    return make_user("hari")


@pytest.fixture
def manager(db):
    return make_user("manager", "view_khaltipayment", "refund_khaltipayment")


@pytest.fixture
def anybody(khalti):
    """Without cookies."""
    return Program()


@pytest.fixture
def program(khalti, sita):
    """That of Sita, in her session."""
    return Program(sita)


@pytest.fixture
def stranger(khalti, hari):
    return Program(hari)


@pytest.fixture
def invoice(sita):
    return Invoice.objects.create(owner=sita)


def start(invoice):
    """The body."""
    return {"payable": {"type": "shop.invoice", "id": str(invoice.pk)}}


@pytest.fixture
def token_of():
    """Of the offer of a page's first block."""

    def token(page):
        child = page.body[0]
        site = Site.objects.get(is_default_site=True)
        request = RequestFactory().get("/")
        request._wagtail_site = site
        context = {"page": page, "request": request}
        return sign_offer(child.block, child.block.terms(child.value), child.value, context=context)

    return token
