"""Whoever controls a simulator in another process, through HTTP."""

from typing import Any, Self

import requests


class Controller:
    def __init__(self, address: str, token: str) -> None:
        self.address = address
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {token}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.session.close()

    def trouble(self, endpoint: str, fault: str, **options: Any) -> Any:
        return self._say("POST", "troubles/", json={"endpoint": endpoint, "fault": fault, **options})

    def troubles(self) -> Any:
        return self._say("GET", "troubles/")["troubles"]

    def forget_troubles(self) -> None:
        self._say("DELETE", "troubles/")

    def move(self, pidx: str, move: str, **options: Any) -> Any:
        return self._say("POST", f"payments/{pidx}/{move}/", json=options)

    def payment(self, pidx: str) -> Any:
        return self._say("GET", f"payments/{pidx}/")

    def payments(self, after: str = "") -> Any:
        return self._say("GET", "payments/", params={"after": after})

    def returns(self, pidx: str, how: str) -> Any:
        return self._say("GET", f"payments/{pidx}/returns/", params={"how": how})["addresses"]

    def calls(self, **about: str) -> Any:
        return self._say("GET", "calls/", params=about)["count"]

    def _say(self, method: str, path: str, **said: Any) -> Any:
        response = self.session.request(method, self.address + path, timeout=30, **said)
        assert response.status_code == 200, response.text
        return response.json()
