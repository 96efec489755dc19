"""``manage.py khalti_simulator``, in a process of its own, called by a client that isn't Django."""

import re
import signal
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from django.core.management import CommandError, call_command

from .conftest import running_command
from .merchant import AUTHORIZATION, ORDER

HEADERS = {"Authorization": AUTHORIZATION}


def post(address: str, endpoint: str, body: dict[str, object]) -> requests.Response:
    return requests.post(f"{address}api/v2/epayment/{endpoint}/", json=body, headers=HEADERS, timeout=30)


def submit(browser: requests.Session, page: requests.Response, **typed: str) -> requests.Response:
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
    data = typed | {"csrfmiddlewaretoken": token[1] if token else ""}
    return browser.post(page.url, data=data, timeout=30, allow_redirects=False)


def pay(address: str, payment_url: str, *, otp_at_once: int = 1) -> list[requests.Response]:
    """Sign in, then send the OTP form so many times at the same moment."""
    with requests.Session() as browser:
        signed_in = submit(browser, browser.get(payment_url, timeout=30), mobile="9800000001", mpin="1111")
        otp_page = browser.get(f"{address.rstrip('/')}{signed_in.headers['Location']}", timeout=30)
        with ThreadPoolExecutor(otp_at_once) as threads:
            return list(threads.map(lambda _: submit(browser, otp_page, otp="987654"), range(otp_at_once)))


def test_a_whole_payment_over_the_wire(standalone):
    started = post(standalone, "initiate", ORDER).json()
    assert started["payment_url"] == f"{standalone}?pidx={started['pidx']}"

    [paid] = pay(standalone, started["payment_url"])

    assert paid.status_code == 302
    assert paid.headers["Location"].startswith(f"https://example.com/payment/?pidx={started['pidx']}&")
    assert post(standalone, "lookup", {"pidx": started["pidx"]}).json()["status"] == "Completed"


def test_sending_the_otp_many_times_at_the_same_moment_pays_once(standalone):
    started = post(standalone, "initiate", ORDER).json()
    answers = pay(standalone, started["payment_url"], otp_at_once=8)

    transaction_id = post(standalone, "lookup", {"pidx": started["pidx"]}).json()["transaction_id"]
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert f"transaction_id={transaction_id}&" in answers[0].headers["Location"]


def test_its_pages_have_their_style(standalone):
    page = requests.get(standalone, timeout=30)
    style = re.search(r'<link rel="stylesheet" href="([^"]+)"', page.text)

    assert style
    sheet = requests.get(standalone.rstrip("/") + style[1], timeout=30)
    assert (sheet.status_code, sheet.headers["Content-Type"]) == (200, "text/css")


@pytest.mark.heavy
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_and_a_restart_loses_nothing(tmp_path, how):
    with running_command(tmp_path) as (address, process):
        pidx = post(address, "initiate", ORDER).json()["pidx"]
        process.send_signal(how)
        assert process.wait(30) == 0

    with running_command(tmp_path) as (address, _process):
        assert post(address, "lookup", {"pidx": pidx}).json()["status"] == "Initiated"


@pytest.mark.parametrize("addrport", ["", "nonsense", "127.0.0.1:", "127.0.0.1:99999", "8010x"])
def test_a_port_that_is_none_is_said(addrport):
    with pytest.raises(CommandError, match="is not a PORT or an ADDR:PORT"):
        call_command("khalti_simulator", addrport)


@pytest.mark.django_db
def test_a_port_that_is_taken_is_said(monkeypatch):
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(CommandError, match="Can't listen on"),
    ):
        call_command("khalti_simulator", str(taken.getsockname()[1]))
