"""Under ASGI, in a real uvicorn: what may go another way there than under WSGI."""

import csv
import io
import signal
from contextlib import contextmanager
from urllib.parse import urljoin

import pytest
import requests
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook
from wagtail.models import Locale, Page, Site

from tests.demo.visitor import Visitor
from tests.simulator.conftest import running_command
from tests.staff.conftest import make_person, url_of
from tests.staff.many import make_many
from tests.workers.processes import Process, environment
from tests.workers.watched_khalti import WatchedKhalti
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.staff.exports.spreadsheets import rows

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.heavy, pytest.mark.every_version]


@pytest.fixture(scope="module")
def khalti(tmp_path_factory):
    with running_command(tmp_path_factory.mktemp("khalti")) as (address, _process), WatchedKhalti(address) as watched:
        yield watched


@contextmanager
def serving(khalti, **options):
    with Process(["tests.asgi.serve"], environment(khalti.url, **options)) as server:
        server.root = server.line()
        yield server
        server.signal(signal.SIGTERM)
        server.ends()


@pytest.fixture(scope="module")
def server(khalti, django_db_setup):
    """Does nothing after its answers, or it would write while the tables are emptied for the next test."""
    with serving(khalti) as server:
        yield server


@pytest.fixture
def home(transactional_db):
    """Also after a test that left the tables empty."""
    if not Site.objects.exists():
        Locale.objects.get_or_create(language_code="en")
        root = Page.objects.filter(depth=1).first() or Page.add_root(title="Root")
        home = root.add_child(title="Home", slug="home")
        Site.objects.create(hostname="localhost", root_page=home, is_default_site=True)
    return Site.objects.get(is_default_site=True).root_page


@pytest.fixture
def visitor(server, shop_page):
    """With the form of a checkout open."""
    visitor = Visitor(server.root)
    visitor.open(shop_page().url)
    return visitor.open(visitor.page.select_one("a.khalti-button")["href"])


def press(visitor, **answers):
    """The address to which the form of this page leads."""
    form = {field["name"]: field.get("value", "") for field in visitor.page.select("form[method=post] input[name]")}
    where, headers = visitor.answer.url, {"Referer": visitor.answer.url}
    answer = visitor.session.post(where, form | answers, headers=headers, allow_redirects=False, timeout=30)
    assert answer.status_code == 302, answer.text
    return urljoin(where, answer.headers["Location"])


def pay(visitor):
    """The address to which Khalti sends the visitor back."""
    at_khalti = Visitor("")
    at_khalti.open(press(visitor))
    at_khalti.open(press(at_khalti, mobile="9800000001", mpin="1111"))
    return press(at_khalti, otp="987654")


def test_a_visitor_pays_and_comes_back(visitor):
    back = pay(visitor)
    assert KhaltiPayment.objects.get().status == "initiated"

    visitor.session.get(back, timeout=30).raise_for_status()

    assert KhaltiPayment.objects.get().status == "completed"


def test_a_page_view_moves_a_lost_payment_on(khalti, visitor):
    """And its answer is out before Khalti is asked."""
    pay(visitor)
    KhaltiPayment.objects.update(next_check_at=timezone.now())
    khalti.lock_payment()

    with serving(khalti, reconcile_every="3600") as server:
        answer = requests.get(f"{server.root}/khalti/checkout/a-link-that-is-none/", timeout=30)
        khalti.wait_for(1)
        assert (answer.status_code, KhaltiPayment.objects.get().status) == (404, "initiated")
        khalti.answer()
        assert server.line()

    assert KhaltiPayment.objects.get().status == "completed"


@pytest.fixture
def download(server, home):
    """The file as the accountant gets it."""
    client = Client()
    client.force_login(make_person("accountant"))
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}

    def download(file_type):
        address = f"{server.root}{url_of('export_payments')}?format={file_type}"
        answer = requests.get(address, cookies=cookies, allow_redirects=False, timeout=30)
        assert answer.status_code == 200
        assert answer.headers["Transfer-Encoding"] == "chunked"
        return answer.content

    return download


PURPOSES = [f"Seat {number}" for number in range(1, rows.ROWS + 6)]
"""More than are read at once."""


def test_a_csv_file_comes_whole(download):
    make_many(len(PURPOSES))

    lines = list(csv.DictReader(io.StringIO(download("csv").decode("utf-8-sig"))))

    assert [line["Description"] for line in lines] == PURPOSES


def test_a_spreadsheet_comes_whole(download):
    make_many(len(PURPOSES))

    heading, *lines, _total = load_workbook(io.BytesIO(download("xlsx"))).worksheets[0].values

    assert [line[heading.index("Description")] for line in lines] == PURPOSES
