"""A payment, found by what a customer can read out."""

import pytest
from django.db import connection

from tests.staff.conftest import Seen, words_of
from tests.staff.many import make_many, purposes
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.references import REFERENCE_ALPHABET
from wagtail_khalti.staff.listing import search
from wagtail_khalti.staff.listing.search import find

pytestmark = pytest.mark.every_database

REFERENCE = "ABCD2345EFGH6789"
WRITTEN = {
    "reference": [
        REFERENCE,
        "ABCD-2345-EFGH-6789",
        "abcd-2345-efgh-6789",
        f"  {REFERENCE} ",
        "\u200eABCD 2345 EFGH 6789",
    ],
    "reference, its beginning": ["ABCD", "abcd-2345", "ABCD-2345-E", "abcd2"],
    "receipt number": ["2083/84-00042", "2083/84-42", " 2083-84-00042", "२०८३/८४-०००४२", "2083/84-00042 (test)"],
    "pidx": ["HT6o6PEZRWFJ5ygavzHWd5", " HT6o6PEZRWFJ5ygavzHWd5\n", "HT6o"],
    "transaction id": ["GFq9PFS7b2iYvL8Lir9oXe", "GFq9PFS7", "\ufeffGFq9PFS7b2iYvL8Lir9oXe"],
    "order id": ["INV/2083 100%_é", "INV/", "INV/2083 100%"],
    "e-mail": ["sita@example.com", "Sita@Example.COM", " sita@example.com ", "sita", "SITA@ex"],
    "phone": [
        "9800000001",
        "+977 980-0000001",
        "00977 9800000001",
        "977-9800000001",
        "09800000001",
        "09800",
        "+977 09800",
        "९८००००००01",
        "9800",
        "+977 98000",
        "(980) 000.0001",
    ],
}
PERSONAL = {"e-mail", "phone"}
COLUMNS = {
    "reference": "khalti_payment_reference_unique",
    "pidx": "khalti_payment_pidx_unique",
    "transaction_id": "khalti_payment_transaction",
    "purchase_order_id": "khalti_payment_order_unique",
    "customer_email": "khalti_payment_email",
    "customer_phone": "khalti_payment_phone",
}
"""Each with its index."""
PARTS = [
    "BCD2345", "T6o6PEZ", "Fq9PFS7", "NV/2083", "ita@example.com", "800000001",  # from the middle
    "ABC", "HT6", "980", "sit",  # too short a beginning
    "%", "_", "____", "%%%%", "ABCD%", "ABCD____EFGH6789", "GFq9_FS7", "INV/2083 100__", "sita@example_com",
    "'", '"', "''''", "'; DROP TABLE", "\\\\\\\\", "\\%\\%", "* OR *", "[a-z]", "{{ 7 }}",
    "\x00", "ABCD\x002345", "ABCD2345\x00",
    "x" * 10_240, "ABCD2345" * 1_280, "९" * 10_240,
    "💸💸💸💸", "\u202e\u202e\u202e\u202e", "\u200b", "फिर्ता पैसा", "- - - -", "+977", "----", "ABCD2345EFGH6789X",
]  # fmt: skip


@pytest.fixture
def viewer(sign_in):
    return sign_in("viewer")


@pytest.fixture
def cashier(sign_in):
    return sign_in("cashier")


@pytest.fixture
def wanted(home):
    """One among others that it has nothing in common with."""
    make_many(3, pidx=lambda number: f"other{number}", purchase_order_id=lambda number: f"other-{number}")
    return make_many(
        1,
        first=4,
        purpose="Wanted",
        reference=REFERENCE,
        pidx="HT6o6PEZRWFJ5ygavzHWd5",
        transaction_id="GFq9PFS7b2iYvL8Lir9oXe",
        purchase_order_id="INV/2083 100%_é",
        customer_email="sita@example.com",
        customer_phone="9800000001",
        receipt_year=2083,
        receipt_number=42,
    )[0]


def found_by(typed, *, personal=None):
    return [KhaltiPayment.objects.get(pk=key).purpose for key in find(typed, "simulator", personal=personal).keys]


class TestAPayment:
    @pytest.mark.parametrize("kind", WRITTEN)
    def test_is_found_however_it_is_written(self, wanted, kind):
        for typed in WRITTEN[kind]:
            assert found_by(typed) == ["Wanted"], typed

    def test_is_not_found_by_anything_else_and_nothing_breaks(self, wanted):
        for typed in PARTS:
            assert found_by(typed) == [], typed[:20]

    def test_is_shown_where_it_is_found_and_nothing_where_it_isn_t(self, cashier, wanted):
        assert purposes(cashier.get("index", q=f" {REFERENCE}\n")) == ["Wanted"]
        assert cashier.get("index", q="ABCD%").rows == []

    def test_is_not_looked_for_where_nothing_was_typed(self, cashier, wanted):
        assert len(cashier.get("index", q="  ").rows) == 4

    def test_is_not_found_by_name_for_who_may_not_see_it(self, viewer, wanted):
        for typed in (typed for kind in PERSONAL for typed in WRITTEN[kind]):
            assert found_by(typed, personal=()) == [], typed
        page = viewer.get("index", q="9800000001")
        assert page.rows == []
        assert "e-mail" not in page.text

    def test_is_found_by_all_else_for_them(self, viewer, wanted):
        for typed in (typed for kind in WRITTEN.keys() - PERSONAL for typed in WRITTEN[kind]):
            assert found_by(typed, personal=()) == ["Wanted"], typed
        assert purposes(viewer.get("index", q=REFERENCE)) == ["Wanted"]

    def test_of_one_customer_are_found_together(self, cashier, wanted):
        make_many(2, first=5, customer_phone="9800000001")

        assert sorted(purposes(cashier.get("index", q="9800000001"))) == ["Seat 5", "Seat 6", "Wanted"]


class TestInAnotherMode:
    def test_it_is_not_shown_but_told(self, cashier, wanted):
        KhaltiPayment.objects.update(mode="live")

        page = cashier.get("index", q=REFERENCE)
        link = page.main.select_one(".khalti-elsewhere a")

        assert page.rows == []
        assert words_of(link) == "1 payment is found in “Live”: show it"
        assert purposes(Seen(cashier.client.get(link["href"]))) == ["Wanted"]

    def test_nothing_is_told_while_something_is_found_here(self, cashier, wanted):
        make_many(2, first=5, mode="sandbox", reference=lambda number: f"ABCD2345EFGH678{number}")

        page = cashier.get("index", q="ABCD2345")

        assert purposes(page) == ["Wanted"]
        assert page.main.select(".khalti-elsewhere") == []

    def test_nothing_is_told_of_other_sites(self, sign_in, wanted, home):
        from django.contrib.auth.models import Group, Permission
        from wagtail.models import GroupSitePermission

        KhaltiPayment.objects.update(mode="live")
        desk = sign_in("editor")
        group = Group.objects.create(name="Branch")
        right = Permission.objects.get(codename="view_khaltipayment")
        GroupSitePermission.objects.create(group=group, site=home.get_site(), permission=right)
        group.user_set.add(desk.client.session["_auth_user_id"])

        page = desk.get("index", q=REFERENCE)

        assert "No payments match your search." in page.text


class TestVeryMany:
    @pytest.fixture
    def limit(self, monkeypatch):
        monkeypatch.setattr(search, "LIMIT", 5)
        return 5

    def test_are_cut_and_that_is_said(self, cashier, wanted):
        make_many(1001, first=5)

        page = cashier.get("index", q="ORDER-")

        assert "More than 1,000 payments begin like this: type more." in page.text
        assert len(page.rows) == 20

    def test_are_not_cut_at_the_limit(self, db, limit):
        make_many(limit)

        assert len(find("ORDER-", "simulator").keys) == limit
        assert not find("ORDER-", "simulator").is_cut

    def test_don_t_hide_the_one_that_is_written_so(self, db, limit):
        make_many(20, customer_email=lambda number: f"a{number:02}@example.com" if number < 20 else "a01@example.com")
        make_many(20, first=21, customer_email=lambda number: f"a01@example.com.{number}")

        found = find("a01@example.com", "simulator", personal=None)

        exact = KhaltiPayment.objects.filter(customer_email="a01@example.com").values_list("pk", flat=True)
        assert set(exact) <= set(found.keys)
        assert found.is_cut

    def test_of_another_mode_are_counted_but_not_kept(self, db, limit):
        make_many(3)
        make_many(2, first=4, mode="live")

        found = find("ORDER-", "live")

        assert len(found.keys) == 2
        assert found.elsewhere == {"simulator": 3}


class TestTheIndex:
    """Of each column, in the plan of the database: a full scan is fast with few payments, and slow with a million."""

    @pytest.fixture
    def rows(self, db):
        """As the search reads them, of 2,000 that have nothing in common."""
        numbers = range(2_000)
        letters = [
            REFERENCE_ALPHABET[n % 30] + REFERENCE_ALPHABET[n // 30 % 30] + REFERENCE_ALPHABET[n // 900]
            for n in numbers
        ]
        make_many(
            2_000,
            first=0,
            amount=100,
            reference=lambda n: f"{letters[n]}AAAAAAAAAAAAA",
            transaction_id=lambda n: f"{letters[n]}transaction",
            purchase_order_id=lambda n: f"{letters[n]}/order",
            customer_email=lambda n: f"{letters[n].lower()}@example.com",
            customer_phone=lambda n: f"98{n * 4_999:08}",
        )
        if connection.vendor != "mysql":  # where it would commit, and has no need to
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        return KhaltiPayment.objects.order_by().values_list("pk", "mode", "site_id")

    @pytest.fixture
    def one(self, rows):
        return KhaltiPayment.objects.order_by("pk")[1_000]

    def by_index(self, asked):
        """The columns whose index is named in the plan of what is asked of them."""
        return {column for column, rows in asked.items() if COLUMNS[column] in rows[:1001].explain()}

    def test_serves_how_it_begins(self, rows, one):
        begins = {column: rows.filter(**search.beginning(column, getattr(one, column)[:8])) for column in COLUMNS}

        assert self.by_index(begins) == COLUMNS.keys()

    def test_serves_all_of_it(self, rows, one):
        whole = {column: rows.filter(**{column: getattr(one, column)}) for column in COLUMNS}

        assert self.by_index(whole) == COLUMNS.keys()

    def test_would_not_serve_what_is_in_the_middle(self, rows, one):
        """So that the two above can fail."""
        inside = {column: rows.filter(**{f"{column}__contains": getattr(one, column)[2:6]}) for column in COLUMNS}

        assert self.by_index(inside) == set()
