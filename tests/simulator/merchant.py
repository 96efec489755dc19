"""A merchant's server and a payer's browser, as the tests see them."""

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.test import Client
from django.urls import reverse

ORDER = {
    "return_url": "https://example.com/payment/",
    "website_url": "https://example.com/",
    "amount": 1300,
    "purchase_order_id": "test12",
    "purchase_order_name": "Pet Adoption",
}
AUTHORIZATION = "Key live_secret_key_68791341fdd94846a146f0457ff7b455"


class Merchant:
    def __init__(self, client: Client, authorization: str | None = AUTHORIZATION) -> None:
        self.client = client
        self.headers = {"Authorization": authorization} if authorization else {}

    def post(self, endpoint: str, body: Any, *where: str, **headers: str) -> Any:
        raw = body if isinstance(body, str | bytes) else json.dumps(body)
        address = reverse(f"khalti_simulator:{endpoint}", args=where)
        return self.client.post(address, raw, "application/json", headers=self.headers | headers)

    def initiate(self, **changes: Any) -> Any:
        order = ORDER | changes
        return self.post("initiate", {name: value for name, value in order.items() if value is not ...})

    def start(self, **changes: Any) -> str:
        pidx: str = self.initiate(**changes).json()["pidx"]
        return pidx

    def lookup(self, pidx: str) -> Any:
        return self.post("lookup", {"pidx": pidx})

    def refund(self, transaction_id: str, **body: Any) -> Any:
        return self.post("refund", body, transaction_id)


class Payer:
    def __init__(self, client: Client) -> None:
        self.client = client

    def open(self, pidx: str, step: str = "page") -> Any:
        return self.client.get(self._address(step, pidx))

    def sign_in(self, pidx: str, *, mobile: str = "9800000001", mpin: str = "1111") -> Any:
        return self.client.post(self._address("page", pidx), {"mobile": mobile, "mpin": mpin})

    def confirm(self, pidx: str, *, otp: str = "987654") -> Any:
        return self.client.post(self._address("confirm", pidx), {"otp": otp})

    def pay(self, pidx: str, *, mobile: str = "9800000001") -> Any:
        self.sign_in(pidx, mobile=mobile)
        return self.confirm(pidx)

    def cancel(self, pidx: str) -> Any:
        return self.client.post(self._address("cancel", pidx))

    def _address(self, step: str, pidx: str) -> str:
        return f"{reverse(f'khalti_simulator:{step}')}?pidx={pidx}"


def parameters(address: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(address).query, keep_blank_values=True)
